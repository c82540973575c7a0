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
        "policies.csv",
        "gaps.csv",
        "instruments.csv",
        "positions.csv",
        "alignments.csv",
        "consultations.csv",
        "attendances.csv",
        "contributions.csv",
        "contradictions.csv",
        "elements.csv",
        "assessments.csv",
        "models.csv",
        "decisions.csv",
        "next_steps.csv",
        "bodies.csv",
        "seats.csv",
        "meetings.csv",
        "presences.csv",
        "proposals.csv",
        "tasks.csv",
        "ratings.csv",
        "occasions.csv",
        "choices.csv",
        "rates.csv",
        "unit_costs.csv",
        "cost_lines.csv",
        "funds.csv",
        "fundings.csv",
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

#[cfg(test)]
mod tests {
    /// A file of the package that is not built in would silently be missing from the demo.
    #[test]
    fn every_file_of_the_package_is_built_in() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
        let here = romduol_app::package::files(&folder).expect("the folder stands in the repository");
        let built_in = super::reference_plan();
        for name in here.keys().filter(|name| !matches!(name.as_str(), "README.md" | "datapackage.json")) {
            assert!(built_in.contains_key(name), "{name}");
        }
    }
}
