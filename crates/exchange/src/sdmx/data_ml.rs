//! SDMX-ML data, 3.0, 3.1 and 2.1 structure-specific: one `Obs` for each observation, in its series or flat. Refuses to know
//! which rows were asked for.

pub use super::structure_ml::Version;
use super::structure_ml::{header, reference};
use super::{Dataset, Row, TIME, VALUE};
use crate::xml::Element;

pub fn write(data: &Dataset, rows: &[&Row], version: Version, in_series: bool) -> String {
    let name = match in_series {
        true => TIME,
        false => "AllDimensions",
    };
    let space = format!("{}:ObsLevelDim:{name}", data.flow_urn());
    let set =
        Element::new("mes:DataSet").with("ss:structureRef", &data.structure.id).with("xsi:type", "own:DataSetType");
    let set = match version {
        Version::V21 => set.with("ss:dataScope", "DataStructure").with("action", "Information"),
        Version::V30 | Version::V31 => set.with("action", "Information"),
    };
    let set = match in_series {
        true => set.all(rows.chunk_by(|a, b| a.key == b.key).map(|series| in_a_series(data, series))),
        false => set.all(rows.iter().map(|row| observation(data, row, keyed(data, Element::new("Obs"), row)))),
    };
    Element::new("mes:StructureSpecificData")
        .with("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
        .with("xmlns:mes", version.space("message"))
        .with("xmlns:ss", version.space("data/structurespecific"))
        .with("xmlns:com", version.space("common"))
        .with("xmlns:own", &space)
        .child(header(data, Some(structure(data, version, &space, name))))
        .child(set)
        .document()
}

fn structure(data: &Dataset, version: Version, space: &str, at_observation: &str) -> Element {
    let usage = match version {
        Version::V30 | Version::V31 => Element::new("com:StructureUsage").text(data.flow_urn()),
        Version::V21 => {
            let to = reference("datastructure", "Dataflow", &data.agency, &data.flow.id, &data.version);
            Element::new("com:StructureUsage").child(to)
        }
    };
    Element::new("mes:Structure")
        // An id within the message; some readers ask for the structure by it.
        .with("structureID", &data.structure.id)
        .with("namespace", space)
        .with("dimensionAtObservation", at_observation)
        .child(usage)
}

fn in_a_series(data: &Dataset, rows: &[&Row]) -> Element {
    let series = keyed(data, Element::new("Series"), rows[0]);
    // A series of which only the key is asked has no observation.
    let told = rows.iter().filter(|row| !row.period.is_empty());
    series.all(told.map(|row| observation(data, row, Element::new("Obs"))))
}

fn keyed(data: &Dataset, element: Element, row: &Row) -> Element {
    let pairs = data.dimensions.iter().zip(&row.key);
    pairs.fold(element, |element, (dimension, code)| element.with(dimension.id.clone(), code))
}

fn observation(data: &Dataset, row: &Row, element: Element) -> Element {
    let element = if row.period.is_empty() { element } else { element.with(TIME, &row.period) };
    let element = match row.value {
        Some(value) => element.with(VALUE, value.to_string()),
        None => element,
    };
    let told = data.attributes.iter().zip(&row.attributes).filter(|(_, text)| !text.is_empty());
    told.fold(element, |element, (attribute, text)| element.with(attribute.id.clone(), text))
}
