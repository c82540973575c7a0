//! SDMX-JSON structures, 2.0 and 1.0. Refuses to know which ones were asked for.

use serde_json::{Map, Value, json};

use super::artefacts::Wanted;
use super::{Attribute, CodeList, Dataset, Dimension, Kind, Names, TIME, VALUE};

const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/2.0.0/\
     sdmx-json-structure-schema.json";
const SCHEMA_1: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/structure-message/tools/schemas/1.0/\
     sdmx-json-structure-schema.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    One,
    Two,
}

impl Version {
    pub fn schema(self) -> &'static str {
        match self {
            Version::One => SCHEMA_1,
            Version::Two => SCHEMA,
        }
    }
}

pub fn write(data: &Dataset, wanted: &Wanted, version: Version) -> String {
    let stubs = wanted.stubs;
    let mut parts = Map::new();
    if wanted.flow {
        let mut flow = artefact(data, &data.flow.id, &data.flow.name, stubs);
        flow.insert("structure".into(), data.structure_urn().into());
        parts.insert("dataflows".into(), json!([flow]));
    }
    if !wanted.lists.is_empty() {
        let lists: Vec<_> = wanted.lists.iter().map(|list| code_list(data, list, stubs)).collect();
        parts.insert("codelists".into(), lists.into());
    }
    if wanted.concepts {
        let mut scheme = artefact(data, &data.concepts.id, &data.concepts.name, stubs);
        if !stubs {
            let concepts: Vec<_> = data.concepts().map(|(id, name)| item(id, name, &[])).collect();
            scheme.insert("concepts".into(), concepts.into());
        }
        parts.insert("conceptSchemes".into(), json!([scheme]));
    }
    if wanted.structure {
        let mut structure = artefact(data, &data.structure.id, &data.structure.name, stubs);
        if !stubs {
            let parts = match version {
                Version::One => older_components(data),
                Version::Two => components(data),
            };
            structure.insert("dataStructureComponents".into(), parts);
        }
        parts.insert("dataStructures".into(), json!([structure]));
    }
    json!({ "meta": meta(data, version.schema()), "data": parts }).to_string()
}

/// Who sends it, as messages before 1.0 said it.
pub fn sent(data: &Dataset) -> Value {
    json!({
        "id": data.message_id(),
        "test": false,
        "prepared": format!("{}T00:00:00Z", data.prepared),
        "sender": { "id": data.agency },
    })
}

/// Who sends what; the same for structures and data.
pub fn meta(data: &Dataset, schema: &str) -> Value {
    json!({
        "schema": schema,
        "id": data.message_id(),
        "test": false,
        "prepared": format!("{}T00:00:00Z", data.prepared),
        "contentLanguages": data.flow.name.iter().map(|(lang, _)| lang).collect::<Vec<_>>(),
        "sender": { "id": data.agency },
        "links": [
            { "rel": "dataflow", "urn": data.flow_urn() },
            { "rel": "datastructure", "urn": data.structure_urn() },
        ],
    })
}

/// The name for programs that know no languages, and the names in each.
pub fn names(into: &mut Map<String, Value>, one: &str, many: &str, names: &[(String, String)]) {
    let said: Vec<_> = names.iter().filter(|(_, text)| !text.is_empty()).collect();
    if let Some((_, first)) = said.first() {
        into.insert(one.into(), first.as_str().into());
        into.insert(many.into(), said.iter().map(|(lang, text)| (lang.clone(), Value::from(text.as_str()))).collect());
    }
}

fn artefact(data: &Dataset, id: &str, name: &Names, stub: bool) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("id".into(), id.into());
    map.insert("version".into(), data.version.as_str().into());
    map.insert("agencyID".into(), data.agency.as_str().into());
    map.insert("isExternalReference".into(), stub.into());
    names(&mut map, "name", "names", name);
    map
}

fn item(id: &str, name: &[(String, String)], description: &[(String, String)]) -> Value {
    let mut map = Map::new();
    map.insert("id".into(), id.into());
    names(&mut map, "name", "names", name);
    names(&mut map, "description", "descriptions", description);
    map.into()
}

fn code_list(data: &Dataset, list: &CodeList, stub: bool) -> Value {
    let mut map = artefact(data, &list.id, &list.name, stub);
    if !stub {
        let codes: Vec<_> = list.codes.iter().map(|code| item(&code.id, &code.name, &code.description)).collect();
        map.insert("codes".into(), codes.into());
    }
    map.into()
}

fn components(data: &Dataset) -> Value {
    let format = |kind: &str| json!({ "format": { "dataType": kind } });
    let dimension = |(place, dimension): (usize, &Dimension)| {
        json!({
            "id": dimension.id,
            "position": place,
            "conceptIdentity": data.concept_urn(&dimension.id),
            "localRepresentation": { "enumeration": data.list_urn(&dimension.list) },
        })
    };
    let attribute = |attribute: &Attribute| {
        let representation = match &attribute.kind {
            Kind::Coded(list) => json!({ "enumeration": data.list_urn(list) }),
            kind => format(kind.word()),
        };
        json!({
            "id": attribute.id,
            "conceptIdentity": data.concept_urn(&attribute.id),
            "localRepresentation": representation,
            "usage": if attribute.required { "mandatory" } else { "optional" },
            "attributeRelationship": { "observation": {} },
            "measureRelationship": [VALUE],
        })
    };
    let time = json!({
        "id": TIME,
        "conceptIdentity": data.concept_urn(TIME),
        "localRepresentation": format("ObservationalTimePeriod"),
    });
    let measure = json!({
        "id": VALUE,
        "conceptIdentity": data.concept_urn(VALUE),
        "localRepresentation": format("Double"),
        "usage": "optional",
    });
    json!({
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": data.dimensions.iter().enumerate().map(dimension).collect::<Vec<_>>(),
            "timeDimension": time,
        },
        "measureList": { "id": "MeasureDescriptor", "measures": [measure] },
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": data.attributes.iter().map(attribute).collect::<Vec<_>>(),
        },
    })
}

/// The same in 1.0, which has one measure, a list of times, and other words.
fn older_components(data: &Dataset) -> Value {
    let format = |kind: &str| json!({ "textFormat": { "textType": kind } });
    let dimension = |(place, dimension): (usize, &Dimension)| {
        json!({
            "id": dimension.id,
            "position": place,
            "type": "Dimension",
            "conceptIdentity": data.concept_urn(&dimension.id),
            "localRepresentation": { "enumeration": data.list_urn(&dimension.list) },
        })
    };
    let attribute = |attribute: &Attribute| {
        let representation = match &attribute.kind {
            Kind::Coded(list) => json!({ "enumeration": data.list_urn(list) }),
            kind => format(kind.word()),
        };
        json!({
            "id": attribute.id,
            "conceptIdentity": data.concept_urn(&attribute.id),
            "localRepresentation": representation,
            "assignmentStatus": if attribute.required { "Mandatory" } else { "Conditional" },
            "attributeRelationship": { "primaryMeasure": VALUE },
        })
    };
    let time = json!({
        "id": TIME,
        "position": data.dimensions.len(),
        "type": "TimeDimension",
        "conceptIdentity": data.concept_urn(TIME),
        "localRepresentation": format("ObservationalTimePeriod"),
    });
    let measure = json!({
        "id": VALUE,
        "conceptIdentity": data.concept_urn(VALUE),
        "localRepresentation": format("Double"),
    });
    json!({
        "dimensionList": {
            "id": "DimensionDescriptor",
            "dimensions": data.dimensions.iter().enumerate().map(dimension).collect::<Vec<_>>(),
            "timeDimensions": [time],
        },
        "measureList": { "id": "MeasureDescriptor", "primaryMeasure": measure },
        "attributeList": {
            "id": "AttributeDescriptor",
            "attributes": data.attributes.iter().map(attribute).collect::<Vec<_>>(),
        },
    })
}
