//! SDMX-JSON data, 2.0, 1.0 and the draft before it, flat: each observation is named by the places of its codes. Refuses to know which rows were asked
//! for.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::structure_json::{meta, names, sent};
use super::{Attribute, Dataset, Kind, Names, Row, TIME, VALUE};

const SCHEMA: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json";
const SCHEMA_1: &str = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/1.0/sdmx-json-data-schema.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.0 without the envelope.
    Draft,
    One,
    Two,
}

/// The values that occur, each with its place.
type Places<'a> = BTreeMap<&'a str, usize>;

pub fn write(data: &Dataset, rows: &[&Row], version: Version) -> String {
    let new = version == Version::Two;
    let dimensions: Vec<Places> =
        (0..data.dimensions.len()).map(|n| places(rows.iter().map(|row| &row.key[n]))).collect();
    let periods = places(rows.iter().map(|row| &row.period));
    let attributes: Vec<Places> =
        (0..data.attributes.len()).map(|n| places(rows.iter().map(|row| &row.attributes[n]))).collect();
    let observations: Map<String, Value> = rows
        .iter()
        .map(|row| {
            let key = dimensions.iter().zip(&row.key).map(|(places, code)| places[code.as_str()].to_string());
            let key = key.chain([periods[row.period.as_str()].to_string()]).collect::<Vec<_>>().join(":");
            let told = attributes.iter().zip(&row.attributes).map(|(places, text)| json!(places.get(text.as_str())));
            (key, [json!(row.value)].into_iter().chain(told).collect())
        })
        .collect();
    let flow = json!([{ "rel": "dataflow", "urn": data.flow_urn() }]);
    let mut structure = Map::new();
    names(&mut structure, "name", "names", &data.flow.name);
    structure.insert("links".into(), flow.clone());
    if new {
        structure.insert("dataSets".into(), json!([0]));
    }
    // Readers ask for the lists of every level, also where nothing stands at it.
    let keys = keys(data, &dimensions, &periods);
    structure.insert("dimensions".into(), json!({ "dataSet": [], "series": [], "observation": keys }));
    if new {
        structure.insert("measures".into(), json!({ "observation": [component(VALUE, &data.measure, Map::new())] }));
    }
    let told = data.attributes.iter().zip(&attributes);
    let told: Vec<Value> = told.map(|(attribute, places)| described(data, attribute, places, new)).collect();
    let told = json!({ "dataSet": [], "dimensionGroup": [], "series": [], "observation": told });
    structure.insert("attributes".into(), told);
    let old = || json!({ "action": "Information", "links": flow, "observations": observations });
    let body = match version {
        Version::Draft => json!({ "header": sent(data), "dataSets": [old()], "structure": structure }),
        Version::One => {
            json!({ "meta": meta(data, SCHEMA_1), "data": { "dataSets": [old()], "structure": structure } })
        }
        Version::Two => {
            let set = json!({ "structure": 0, "action": "Information", "links": flow, "observations": observations });
            json!({ "meta": meta(data, SCHEMA), "data": { "dataSets": [set], "structures": [structure] } })
        }
    };
    body.to_string()
}

fn places<'a>(values: impl Iterator<Item = &'a String>) -> Places<'a> {
    let mut places: Places = values.filter(|value| !value.is_empty()).map(|value| (value.as_str(), 0)).collect();
    places.values_mut().enumerate().for_each(|(n, place)| *place = n);
    places
}

fn component(id: &str, name: &Names, more: Map<String, Value>) -> Value {
    let mut map = Map::from_iter([("id".to_string(), Value::from(id))]);
    names(&mut map, "name", "names", name);
    map.extend(more);
    map.into()
}

fn keys(data: &Dataset, dimensions: &[Places], periods: &Places) -> Vec<Value> {
    let of = |(n, (dimension, places)): (usize, (&super::Dimension, &Places))| {
        let values = coded(data, &dimension.list, places);
        let more = Map::from_iter([("keyPosition".into(), n.into()), ("values".into(), values)]);
        component(&dimension.id, &dimension.name, more)
    };
    let mut keys: Vec<Value> = data.dimensions.iter().zip(dimensions).enumerate().map(of).collect();
    let values: Vec<Value> = periods.keys().map(|period| json!({ "id": period, "name": period })).collect();
    let roles = json!([TIME]);
    let more = Map::from_iter([
        ("keyPosition".into(), data.dimensions.len().into()),
        ("roles".into(), roles),
        ("values".into(), values.into()),
    ]);
    keys.push(component(TIME, &data.time, more));
    keys
}

fn coded(data: &Dataset, list: &str, places: &Places) -> Value {
    let list = data.list(list);
    let value = |id: &str| {
        let mut map = Map::from_iter([("id".to_string(), Value::from(id))]);
        if let Some(code) = list.and_then(|list| list.codes.iter().find(|code| code.id == id)) {
            names(&mut map, "name", "names", &code.name);
        }
        Value::from(map)
    };
    places.keys().map(|id| value(id)).collect()
}

fn described(data: &Dataset, attribute: &Attribute, places: &Places, new: bool) -> Value {
    // The schema takes a whole number for two things at once and refuses it, so numbers are told as text.
    let read = |text: &str| match attribute.kind {
        Kind::Boolean => json!(text == "true"),
        _ => Value::from(text),
    };
    let values = match &attribute.kind {
        Kind::Coded(list) => coded(data, list, places),
        _ if new => places.keys().map(|text| json!({ "value": read(text) })).collect(),
        _ => places.keys().map(|text| json!({ "name": text })).collect(),
    };
    let belongs = if new { json!({ "observation": {} }) } else { json!({ "primaryMeasure": VALUE }) };
    let more = Map::from_iter([("relationship".to_string(), belongs), ("values".to_string(), values)]);
    component(&attribute.id, &attribute.name, more)
}
