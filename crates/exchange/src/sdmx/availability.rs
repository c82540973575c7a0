//! Which codes occur in what is asked for, so that an explorer offers no others: SDMX-ML 3.0 and 2.1, SDMX-JSON 2.0 and 1.0.
//! Refuses to know how the question came in.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::structure_json::{self, meta, names};
use super::structure_ml::{Version, header, reference};
use super::{Dataset, Row, TIME};
use crate::xml::Element;

/// A dimension and the codes of it that occur.
type Occurring<'a> = Vec<(&'a str, BTreeSet<&'a str>)>;

/// The codes of the rows, of one dimension if only that is asked.
pub fn occurring<'a>(data: &'a Dataset, rows: &[&'a Row], only: Option<&str>) -> Occurring<'a> {
    let ids = data.dimensions.iter().map(|dimension| dimension.id.as_str()).chain([TIME]);
    let of = |(n, id): (usize, &'a str)| {
        let code = |row: &&'a Row| row.key.get(n).unwrap_or(&row.period).as_str();
        (id, rows.iter().map(code).collect())
    };
    ids.enumerate().filter(|(_, id)| only.is_none_or(|only| only == *id)).map(of).collect()
}

fn id(data: &Dataset) -> String {
    format!("AVAILABLE_{}", data.flow.id)
}

pub fn ml(data: &Dataset, codes: &Occurring, version: Version) -> String {
    let old = version == Version::V21;
    let name = if old { "str:ContentConstraint" } else { "str:DataConstraint" };
    let named = data.flow.name.iter().filter(|(_, text)| !text.is_empty());
    let named = named.map(|(lang, text)| Element::new("com:Name").with("xml:lang", lang).text(text));
    let to = Element::new("str:Dataflow");
    let to = match old {
        true => to.child(reference("datastructure", "Dataflow", &data.agency, &data.flow.id, &data.version)),
        false => to.text(data.flow_urn()),
    };
    let (key, value) = if old { ("com:KeyValue", "com:Value") } else { ("str:KeyValue", "str:Value") };
    let keys = codes.iter().map(|(id, codes)| {
        let codes = codes.iter().map(|code| Element::new(value).text(code));
        Element::new(key).with("id", id).all(codes)
    });
    let constraint = Element::new(name)
        .with("id", id(data))
        .with("agencyID", &data.agency)
        .with("version", &data.version)
        .with(if old { "type" } else { "role" }, "Actual")
        .all(named)
        .child(Element::new("str:ConstraintAttachment").child(to))
        .child(Element::new("str:CubeRegion").with("include", "true").all(keys));
    let group = Element::new(if old { "str:Constraints" } else { "str:DataConstraints" }).child(constraint);
    Element::new("mes:Structure")
        .with("xmlns:mes", version.space("message"))
        .with("xmlns:str", version.space("structure"))
        .with("xmlns:com", version.space("common"))
        .child(header(data, None))
        .child(Element::new("mes:Structures").child(group))
        .document()
}

pub fn json(data: &Dataset, codes: &Occurring, version: structure_json::Version) -> String {
    let old = version == structure_json::Version::One;
    let keys = codes.iter().map(|(id, codes)| {
        let values = codes.iter().map(|code| if old { json!(code) } else { json!({ "value": code }) });
        json!({ "id": id, "include": true, "values": values.collect::<Vec<_>>() })
    });
    let keys: Vec<Value> = keys.collect();
    let mut constraint = serde_json::Map::new();
    constraint.insert("id".into(), id(data).into());
    constraint.insert("version".into(), data.version.as_str().into());
    constraint.insert("agencyID".into(), data.agency.as_str().into());
    names(&mut constraint, "name", "names", &data.flow.name);
    let kind = if old { "type" } else { "role" };
    constraint.insert(kind.into(), "Actual".into());
    constraint.insert("constraintAttachment".into(), json!({ "dataflows": [data.flow_urn()] }));
    constraint.insert("cubeRegions".into(), json!([{ "include": true, "keyValues": keys }]));
    let name = if old { "contentConstraints" } else { "dataConstraints" };
    let parts = serde_json::Map::from_iter([(name.to_string(), json!([constraint]))]);
    json!({ "meta": meta(data, version.schema()), "data": parts }).to_string()
}
