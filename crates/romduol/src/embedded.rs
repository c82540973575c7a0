//! The reference plan, built into the program so that the demo needs no other file.

use romduol_app::package::Files;

macro_rules! files {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_bytes!(concat!("../../../plans/cambodia-wps/", $name)).as_slice())),+]
    };
}

pub fn reference_plan() -> Files {
    let files = files![
        "plans.csv",
        "areas.csv",
        "institutions.csv",
        "dimensions.csv",
        "categories.csv",
        "themes.csv",
        "nodes.csv",
        "indicators.csv",
        "slots.csv",
        "targets.csv",
        "forms.csv",
        "assignments.csv",
        "evidence.csv",
        "preferences.csv",
        "map.geojson",
    ];
    files.into_iter().map(|(name, bytes)| (name.to_string(), bytes.to_vec())).collect()
}
