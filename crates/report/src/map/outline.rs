//! Reads area outlines from GeoJSON text and projects them onto the plane of a drawing.
//! Refuses other geometry than polygons and knows nothing of values.

use serde::Deserialize;
use serde_json::Value;

use crate::scene::Point;

#[derive(Debug, thiserror::Error)]
pub enum GeoError {
    #[error("the map is not GeoJSON: {0}")]
    NotJson(#[from] serde_json::Error),
    #[error("feature {0} of the map has no id: give it a top-level \"id\" or a property \"id\"")]
    NoId(usize),
    #[error("area {0} of the map has a coordinate outside longitude ±180 and latitude ±90")]
    OutOfRange(String),
    #[error("the map has no polygons")]
    Empty,
}

/// Areas in longitude and latitude, in the order of the file.
#[derive(Debug, Clone)]
pub struct Outlines {
    areas: Vec<(String, Vec<Vec<Point>>)>,
    given: Vec<Outline>,
}

/// An area as the file gives it, for whoever passes it on.
#[derive(Debug, Clone)]
pub struct Outline {
    pub id: String,
    pub properties: serde_json::Map<String, Value>,
    pub geometry: Value,
}

/// Areas in scene units from the top left corner.
pub(crate) struct Placed<'a> {
    pub areas: Vec<(&'a str, Vec<Vec<Point>>)>,
    pub height: f64,
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    id: Option<Value>,
    properties: Option<serde_json::Map<String, Value>>,
    geometry: Option<Value>,
}

type Ring = Vec<Vec<f64>>;

#[derive(Deserialize)]
struct Geometry {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    coordinates: Value,
}

/// The rings of all parts; nothing for a geometry without an inside.
fn rings(geometry: &Value) -> Result<Option<Vec<Ring>>, serde_json::Error> {
    let geometry: Geometry = serde_json::from_value(geometry.clone())?;
    match geometry.kind.as_str() {
        "Polygon" => serde_json::from_value(geometry.coordinates).map(Some),
        "MultiPolygon" => {
            let parts: Vec<Vec<Ring>> = serde_json::from_value(geometry.coordinates)?;
            Ok(Some(parts.into_iter().flatten().collect()))
        }
        _ => Ok(None),
    }
}

impl Outlines {
    /// Reads a FeatureCollection; features without a polygon are left out.
    pub fn from_geojson(text: &str) -> Result<Self, GeoError> {
        let collection: Collection = serde_json::from_str(text)?;
        let (mut areas, mut given) = (Vec::new(), Vec::new());
        for (index, feature) in collection.features.into_iter().enumerate() {
            let id = id(&feature).ok_or(GeoError::NoId(index + 1))?;
            let geometry = feature.geometry.filter(|geometry| !geometry.is_null());
            let Some(rings) = geometry.as_ref().map(rings).transpose()?.flatten() else {
                continue;
            };
            let rings = rings.iter().map(points).collect::<Option<Vec<_>>>();
            let Some(rings) = rings else { return Err(GeoError::OutOfRange(id)) };
            let properties = feature.properties.unwrap_or_default();
            given.extend(geometry.map(|geometry| Outline { id: id.clone(), properties, geometry }));
            areas.push((id, rings));
        }
        if areas.iter().all(|(_, rings)| rings.iter().all(Vec::is_empty)) {
            return Err(GeoError::Empty);
        }
        Ok(Outlines { areas, given })
    }

    /// The areas as they stand in the file.
    pub fn given(&self) -> &[Outline] {
        &self.given
    }

    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.areas.iter().map(|(id, _)| id.as_str())
    }

    /// Equirectangular, with longitude shrunk by the cosine of the middle latitude: true enough for one country.
    pub(crate) fn fitted(&self, width: f64, tallest: f64) -> Placed<'_> {
        let all = || self.areas.iter().flat_map(|(_, rings)| rings.iter().flatten());
        let (west, east) = crate::chart::extent(all().map(|p| p.0)).unwrap_or((0.0, 1.0));
        let (south, north) = crate::chart::extent(all().map(|p| p.1)).unwrap_or((0.0, 1.0));
        let shrink = ((south + north) / 2.0).to_radians().cos().max(0.05);
        let (wide, high) = (((east - west) * shrink).max(1e-6), (north - south).max(1e-6));
        let margin = 1.0;
        let scale = ((width - 2.0 * margin) / wide).min((tallest - 2.0 * margin) / high);
        let left = (width - wide * scale) / 2.0;
        let place = |p: &Point| (left + (p.0 - west) * shrink * scale, margin + (north - p.1) * scale);
        let area = |rings: &Vec<Vec<Point>>| rings.iter().map(|ring| ring.iter().map(place).collect()).collect();
        Placed {
            areas: self.areas.iter().map(|(id, rings)| (id.as_str(), area(rings))).collect(),
            height: high * scale + 2.0 * margin,
        }
    }
}

fn id(feature: &Feature) -> Option<String> {
    let own = feature.id.as_ref();
    match own.or_else(|| feature.properties.as_ref()?.get("id"))? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn points(ring: &Ring) -> Option<Vec<Point>> {
    let point = |p: &Vec<f64>| match p.as_slice() {
        [x, y, ..] if x.abs() <= 180.0 && y.abs() <= 90.0 => Some((*x, *y)),
        _ => None,
    };
    ring.iter().map(point).collect()
}
