//! The places of an edition with the codes that others know them by, as a table and with their outlines as GeoJSON, joined to
//! the numbers by `REF_AREA`. Refuses to know official codes itself: they are those of the plan's map.

use romduol_plan::Lang;
use romduol_plan::kinds::Area;
use romduol_report::map::{Outline, Outlines};
use serde_json::{Map, Value, json};

use super::codes::word;
use super::tables::{self, csv};
use crate::content::Content;

pub const PLACES: &str = "data/places.csv";
pub const OUTLINES: &str = "data/places.geojson";

const HEADS: [&str; 7] = ["REF_AREA", "name", "name_km", "level", "parent", "pcode", "iso"];

/// What the map says of a place.
fn drawn<'a>(area: &Area, outlines: Option<&'a Outlines>) -> Option<&'a Outline> {
    let id = area.map_id.as_deref()?;
    outlines?.given().iter().find(|outline| outline.id == id)
}

/// A code that the map gives; the key of the map is the P-code where the map gives none.
fn official(area: &Area, outline: Option<&Outline>, name: &str) -> String {
    let given = outline.and_then(|outline| outline.properties.get(name)).and_then(Value::as_str);
    match (given, name) {
        (Some(code), _) => code.to_string(),
        (None, "pcode") => area.map_id.clone().unwrap_or_default(),
        (None, _) => String::new(),
    }
}

fn row(area: &Area, outlines: Option<&Outlines>) -> Vec<String> {
    let outline = drawn(area, outlines);
    vec![
        word(&area.id),
        area.name.get(Lang::En).to_string(),
        if area.name.lacks(Lang::Km) { String::new() } else { area.name.get(Lang::Km).to_string() },
        area.level.code().to_string(),
        area.parent.as_deref().map(word).unwrap_or_default(),
        official(area, outline, "pcode"),
        official(area, outline, "iso"),
    ]
}

pub fn table(content: &Content, outlines: Option<&Outlines>) -> String {
    let rows = content.body.areas.iter().map(|area| row(area, outlines));
    csv([HEADS.map(String::from).to_vec()].into_iter().chain(rows))
}

pub fn resource() -> Value {
    let required = ["REF_AREA", "name", "level"];
    let field = |name: &str| {
        let constraints = json!({ "required": required.contains(&name), "unique": name == "REF_AREA" });
        json!({ "name": name, "type": "string", "constraints": constraints })
    };
    let schema = json!({ "fields": HEADS.map(field), "primaryKey": "REF_AREA" });
    tables::resource("places", PLACES, "Places with their official codes: P-code and ISO 3166-2", schema)
}

/// The outlines of the places that the map knows; none where it knows none.
pub fn geojson(content: &Content, outlines: &Outlines) -> Option<String> {
    let feature = |area: &Area| {
        let outline = drawn(area, Some(outlines))?;
        let told: Map<String, Value> = HEADS
            .iter()
            .map(|name| (*name).to_string())
            .zip(row(area, Some(outlines)).into_iter().map(Value::from))
            .collect();
        Some(json!({ "type": "Feature", "id": outline.id, "properties": told, "geometry": outline.geometry }))
    };
    let features: Vec<Value> = content.body.areas.iter().filter_map(feature).collect();
    let attribution = content.body.plan.map_attribution.get(Lang::En);
    let map = json!({ "type": "FeatureCollection", "attribution": attribution, "features": features });
    (!features.is_empty()).then(|| format!("{map}\n"))
}
