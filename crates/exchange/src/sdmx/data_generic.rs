//! SDMX-ML generic data 2.1: every code stands beside the id of its dimension, so that a client needs no schema of the
//! structure. Older clients ask for it. Refuses to know which rows were asked for.

use super::structure_ml::{Version, header, reference};
use super::{Dataset, Row, TIME};
use crate::xml::Element;

pub fn write(data: &Dataset, rows: &[&Row], in_series: bool) -> String {
    let at_observation = if in_series { TIME } else { "AllDimensions" };
    let usage = reference("datastructure", "Dataflow", &data.agency, &data.flow.id, &data.version);
    let structure = Element::new("mes:Structure")
        // An id within the message; some readers ask for the structure by it.
        .with("structureID", &data.structure.id)
        .with("dimensionAtObservation", at_observation)
        .child(Element::new("com:StructureUsage").child(usage));
    let set = Element::new("mes:DataSet").with("structureRef", &data.structure.id).with("action", "Information");
    let set = if in_series {
        set.all(rows.chunk_by(|a, b| a.key == b.key).map(|series| in_a_series(data, series)))
    } else {
        set.all(rows.iter().map(|row| alone(data, row)))
    };
    Element::new("mes:GenericData")
        .with("xmlns:mes", Version::V21.space("message"))
        .with("xmlns:gen", Version::V21.space("data/generic"))
        .with("xmlns:com", Version::V21.space("common"))
        .child(header(data, Some(structure)))
        .child(set)
        .document()
}

fn in_a_series(data: &Dataset, rows: &[&Row]) -> Element {
    let key = Element::new("gen:SeriesKey").all(key(data, rows[0]));
    // A series of which only the key is asked has no observation.
    let told = rows.iter().filter(|row| !row.period.is_empty());
    let at = |row: &Row| Element::new("gen:ObsDimension").with("value", &row.period);
    Element::new("gen:Series").child(key).all(told.map(|row| observation(data, row, at(row))))
}

fn alone(data: &Dataset, row: &Row) -> Element {
    let time = (!row.period.is_empty()).then(|| value(TIME, &row.period));
    observation(data, row, Element::new("gen:ObsKey").all(key(data, row)).all(time))
}

fn key<'a>(data: &'a Dataset, row: &'a Row) -> impl Iterator<Item = Element> + 'a {
    data.dimensions.iter().zip(&row.key).map(|(dimension, code)| value(&dimension.id, code))
}

fn observation(data: &Dataset, row: &Row, at: Element) -> Element {
    let told = data.attributes.iter().zip(&row.attributes).filter(|(_, text)| !text.is_empty());
    let attributes = Element::new("gen:Attributes").all(told.map(|(attribute, text)| value(&attribute.id, text)));
    let number = row.value.map(|number| Element::new("gen:ObsValue").with("value", number.to_string()));
    let attributes = (!attributes.is_empty()).then_some(attributes);
    Element::new("gen:Obs").child(at).all(number).all(attributes)
}

fn value(id: &str, code: &str) -> Element {
    Element::new("gen:Value").with("id", id).with("value", code)
}
