//! Like compared with like in an edition: only from numbers that are told.

use romduol_edition::content::Measured;
use romduol_plan::kinds::Area;
use serde_json::{Value, json};

fn areas() -> Vec<Area> {
    let area = |id: &str, parent: Option<&str>| {
        let level = if parent.is_some() { "province" } else { "country" };
        let body = json!({ "id": id, "name": { "en": id, "km": "" }, "level": level, "parent": parent });
        serde_json::from_value(body).unwrap()
    };
    vec![area("KH", None), area("KH-01", Some("KH")), area("KH-02", Some("KH")), area("KH-03", Some("KH"))]
}

/// Values of two years by area; none is hidden. The third province has not reported the second year.
fn measured(cells: &[(&str, &str, Option<f64>)]) -> Measured {
    let indicator = json!({ "id": "I", "name": { "en": "I", "km": "" }, "definition": { "en": "", "km": "" }, "kind": "count",
        "unit": "", "time": "sum", "place": "sum", "direction": "up", "owner": "S", "nodes": [], "level": "output",
        "frequency": "year", "data_source": "", "class": "public", "k": 5, "floor": "province", "source": "" });
    let short = json!({ "reported": 2, "expected": 3, "lacks": "sum" });
    let observation = |(area, period, value): &(&str, &str, Option<f64>)| -> Value {
        let figure = value.map_or(json!("hidden"), |value| json!({ "shown": { "value": value } }));
        let incomplete = (*area == "KH" && *period == "2026").then(|| short.clone());
        let mut observation = json!({ "area": area, "period": period, "figure": figure });
        if let Some(came) = incomplete {
            observation["incomplete"] = came;
        }
        observation
    };
    let observations: Vec<Value> = cells.iter().map(observation).collect();
    let standing = json!({ "computed": "incomplete", "period": "2026" });
    let protection = json!({ "k": 5, "zeros": false });
    let body = json!({ "indicator": indicator, "targets": [], "standing": standing, "protection": protection,
        "observations": observations });
    serde_json::from_value(body).unwrap()
}

#[test]
fn the_places_that_told_both_are_compared_unless_one_is_hidden() {
    let told = [
        ("KH", "2025", Some(120.0)),
        ("KH", "2026", Some(55.0)),
        ("KH-01", "2025", Some(30.0)),
        ("KH-01", "2026", Some(10.0)),
        ("KH-02", "2025", Some(40.0)),
        ("KH-02", "2026", Some(45.0)),
        ("KH-03", "2025", Some(50.0)),
    ];
    let alike = measured(&told).alike("KH", &areas()).unwrap();
    assert_eq!((alike.units, alike.was, alike.now), (2, 70.0, 55.0));
    assert_eq!(measured(&told).standing_at("KH").unwrap().sign(), "≥\u{a0}");
    // The sum over the others would tell what is hidden.
    for hidden in 2..told.len() {
        let mut cells = told;
        cells[hidden].2 = None;
        assert!(measured(&cells).alike("KH", &areas()).is_none(), "{:?}", told[hidden]);
    }
}
