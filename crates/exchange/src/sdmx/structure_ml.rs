//! SDMX-ML structures, 3.0, 3.1 and 2.1. Refuses to know which ones were asked for.

use super::artefacts::Wanted;
use super::{Attribute, CodeList, Dataset, Dimension, Kind, Names, TIME, VALUE};
use crate::xml::Element;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    V21,
    V30,
    /// Says of our structures and data what 3.0 says, in a namespace of its own.
    V31,
}

impl Version {
    pub fn space(self, of: &str) -> String {
        let version = match self {
            Version::V21 => "v2_1",
            Version::V30 => "v3_0",
            Version::V31 => "v3_1",
        };
        format!("http://www.sdmx.org/resources/sdmxml/schemas/{version}/{of}")
    }
}

pub fn write(data: &Dataset, wanted: &Wanted, version: Version) -> String {
    let writer = Writer { data, version, stubs: wanted.stubs };
    let group =
        |name: &'static str, children: Vec<Element>| (!children.is_empty()).then(|| Element::new(name).all(children));
    let flow = group("str:Dataflows", wanted.flow.then(|| writer.flow()).into_iter().collect());
    let lists = group("str:Codelists", wanted.lists.iter().map(|list| writer.list(list)).collect());
    let concepts = if version == Version::V21 { "str:Concepts" } else { "str:ConceptSchemes" };
    let concepts = group(concepts, wanted.concepts.then(|| writer.concepts()).into_iter().collect());
    let structure = group("str:DataStructures", wanted.structure.then(|| writer.structure()).into_iter().collect());
    // The order of the schema; both versions keep it for these four.
    let groups = [flow, lists, concepts, structure].into_iter().flatten();
    Element::new("mes:Structure")
        .with("xmlns:mes", version.space("message"))
        .with("xmlns:str", version.space("structure"))
        .with("xmlns:com", version.space("common"))
        .child(header(data, None))
        .child(Element::new("mes:Structures").all(groups))
        .document()
}

/// Who sends what; the same for structures and data.
pub fn header(data: &Dataset, structure: Option<Element>) -> Element {
    let element = |name: &'static str, text: &str| Element::new(name).text(text);
    Element::new("mes:Header")
        .child(element("mes:ID", &data.message_id()))
        .child(element("mes:Test", "false"))
        .child(element("mes:Prepared", &format!("{}T00:00:00Z", data.prepared)))
        .child(Element::new("mes:Sender").with("id", &data.agency))
        .all(structure)
}

/// A reference in 2.1; an element in no namespace.
pub fn reference(package: &str, class: &str, agency: &str, id: &str, version: &str) -> Element {
    Element::new("Ref")
        .with("package", package)
        .with("agencyID", agency)
        .with("id", id)
        .with("version", version)
        .with("class", class)
}

fn named<'a>(element: &'static str, names: &'a Names) -> impl Iterator<Item = Element> + 'a {
    let said = names.iter().filter(|(_, text)| !text.is_empty());
    said.map(move |(lang, text)| Element::new(element).with("xml:lang", lang).text(text))
}

struct Writer<'a> {
    data: &'a Dataset,
    version: Version,
    stubs: bool,
}

impl Writer<'_> {
    fn old(&self) -> bool {
        self.version == Version::V21
    }

    fn artefact(&self, element: &'static str, urn: String, id: &str, name: &Names) -> Element {
        let start = Element::new(element)
            .with("id", id)
            .with("urn", urn)
            .with("agencyID", &self.data.agency)
            .with("version", &self.data.version)
            .with("isExternalReference", if self.stubs { "true" } else { "false" });
        let start = if self.old() { start.with("isFinal", "true") } else { start };
        start.all(named("com:Name", name))
    }

    fn flow(&self) -> Element {
        let flow = self.artefact("str:Dataflow", self.data.flow_urn(), &self.data.flow.id, &self.data.flow.name);
        if self.stubs {
            return flow;
        }
        let Dataset { agency, version, structure, .. } = self.data;
        let to = Element::new("str:Structure");
        flow.child(match self.old() {
            true => to.child(reference("datastructure", "DataStructure", agency, &structure.id, version)),
            false => to.text(self.data.structure_urn()),
        })
    }

    fn list(&self, list: &CodeList) -> Element {
        let element = self.artefact("str:Codelist", self.data.list_urn(&list.id), &list.id, &list.name);
        if self.stubs {
            return element;
        }
        element.all(list.codes.iter().map(|code| {
            let element = Element::new("str:Code").with("id", &code.id).all(named("com:Name", &code.name));
            element.all(named("com:Description", &code.description))
        }))
    }

    fn concepts(&self) -> Element {
        let Dataset { concepts, .. } = self.data;
        let urn = self.data.urn("conceptscheme.ConceptScheme", &concepts.id);
        let element = self.artefact("str:ConceptScheme", urn, &concepts.id, &concepts.name);
        if self.stubs {
            return element;
        }
        let concept = |(id, name)| Element::new("str:Concept").with("id", id).all(named("com:Name", name));
        element.all(self.data.concepts().map(concept))
    }

    fn structure(&self) -> Element {
        let Dataset { structure, dimensions, attributes, .. } = self.data;
        let element = self.artefact("str:DataStructure", self.data.structure_urn(), &structure.id, &structure.name);
        if self.stubs {
            return element;
        }
        let list = |name: &'static str, id: &str| Element::new(name).with("id", id);
        let dimensions = list("str:DimensionList", "DimensionDescriptor")
            .all(dimensions.iter().enumerate().map(|(n, dimension)| self.dimension(n, dimension)))
            .child(self.time());
        let attributes =
            list("str:AttributeList", "AttributeDescriptor").all(attributes.iter().map(|a| self.attribute(a)));
        let measure = if self.old() { "str:PrimaryMeasure" } else { "str:Measure" };
        let measure = Element::new(measure).with("id", VALUE).child(self.concept(VALUE)).child(format("Double"));
        let measures = list("str:MeasureList", "MeasureDescriptor").child(measure);
        element.child(Element::new("str:DataStructureComponents").child(dimensions).child(attributes).child(measures))
    }

    fn dimension(&self, place: usize, dimension: &Dimension) -> Element {
        let element = Element::new("str:Dimension").with("id", &dimension.id).with("position", (place + 1).to_string());
        element.child(self.concept(&dimension.id)).child(self.coded(&dimension.list))
    }

    fn time(&self) -> Element {
        let element = Element::new("str:TimeDimension").with("id", TIME);
        let element = match self.old() {
            true => element.with("position", (self.data.dimensions.len() + 1).to_string()),
            false => element,
        };
        element.child(self.concept(TIME)).child(format("ObservationalTimePeriod"))
    }

    fn attribute(&self, attribute: &Attribute) -> Element {
        let (word, required, optional) = match self.old() {
            true => ("assignmentStatus", "Mandatory", "Conditional"),
            false => ("usage", "mandatory", "optional"),
        };
        let usage = if attribute.required { required } else { optional };
        let element = Element::new("str:Attribute").with("id", &attribute.id).with(word, usage);
        let element = element.child(self.concept(&attribute.id)).child(match &attribute.kind {
            Kind::Coded(list) => self.coded(list),
            kind => format(kind.word()),
        });
        let belongs = Element::new("str:AttributeRelationship");
        match self.old() {
            true => {
                let measure = Element::new("str:PrimaryMeasure").child(Element::new("Ref").with("id", VALUE));
                element.child(belongs.child(measure))
            }
            // That it belongs to the one measure there is goes without saying, and some readers know no word for it.
            false => element.child(belongs.child(Element::new("str:Observation"))),
        }
    }

    fn concept(&self, id: &str) -> Element {
        let Dataset { agency, version, concepts, .. } = self.data;
        let element = Element::new("str:ConceptIdentity");
        if !self.old() {
            return element.text(self.data.concept_urn(id));
        }
        let to = Element::new("Ref")
            .with("maintainableParentID", &concepts.id)
            .with("maintainableParentVersion", version)
            .with("package", "conceptscheme")
            .with("agencyID", agency)
            .with("id", id)
            .with("class", "Concept");
        element.child(to)
    }

    fn coded(&self, list: &str) -> Element {
        let Dataset { agency, version, .. } = self.data;
        let element = Element::new("str:Enumeration");
        let element = match self.old() {
            true => element.child(reference("codelist", "Codelist", agency, list, version)),
            false => element.text(self.data.list_urn(list)),
        };
        Element::new("str:LocalRepresentation").child(element)
    }
}

fn format(kind: &str) -> Element {
    Element::new("str:LocalRepresentation").child(Element::new("str:TextFormat").with("textType", kind))
}
