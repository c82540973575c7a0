//! The numbers of an edition as open data. Every file is written from the content: what is hidden there has no value here.
//!
//! - `codes`, `statistics`: the content as a statistical dataset with codes that statistics offices use
//! - `tables`, `sdg`: plain CSV, a Frictionless data package, and the rows that are global series
//! - `places`: the places with their official codes and outlines
//! - `dcat`: a description for catalogues
//! - `iati`: costed actions for registers of aid
//! - the formats of SDMX and its questions are `romduol_exchange::sdmx`

mod codes;
mod dcat;
mod iati;
mod iati_results;
mod places;
mod sdg;
mod statistics;
mod tables;

pub use romduol_exchange::sdmx::{Answer, Dataset, Refused, Request, answer, as_of};
pub use statistics::{dataset, same_structures};

use romduol_report::map::Outlines;

use crate::content::Content;
use crate::manifest::Files;

const SDMX: [(&str, &str); 5] = [
    ("sdmx/data.csv", "edition-file-sdmx-csv"),
    ("sdmx/data.xml", "edition-file-sdmx-xml"),
    ("sdmx/data.json", "edition-file-sdmx-json"),
    ("sdmx/structure.xml", "edition-file-sdmx-structure-xml"),
    ("sdmx/structure.json", "edition-file-sdmx-structure-json"),
];

/// The files and the keys of what they are. The code lists stand in the data package and are not named one by one.
#[must_use]
pub fn names(content: &Content) -> Vec<(String, &'static str)> {
    let tables = [
        (tables::OBSERVATIONS, "edition-file-observations"),
        (tables::PACKAGE, "edition-file-datapackage"),
        (tables::SDG, "edition-file-sdg"),
        (places::PLACES, "edition-file-places"),
        (dcat::CATALOGUE, "edition-file-dcat"),
    ];
    // A list of no activities is not valid; without money told there is no file.
    let aid = (!content.body.costed.is_empty()).then_some((iati::ACTIVITIES, "edition-file-iati"));
    tables.into_iter().chain(SDMX).chain(aid).map(|(path, key)| (path.to_string(), key)).collect()
}

/// Writes them.
#[must_use]
pub fn files(content: &Content, outlines: Option<&Outlines>) -> Files {
    let data = dataset(content);
    let mut files = tables::files(content, &data, outlines);
    let drawn = outlines.and_then(|outlines| places::geojson(content, outlines));
    files.extend(drawn.map(|map| (places::OUTLINES.to_string(), map.into_bytes())));
    if !content.body.costed.is_empty() {
        files.insert(iati::ACTIVITIES.into(), iati::text(content).into_bytes());
    }
    let texts = [data.csv(), data.data_xml(), data.data_json(), data.structure_xml(), data.structure_json()];
    files.extend(SDMX.iter().zip(texts).map(|((path, _), text)| ((*path).to_string(), text.into_bytes())));
    // It tells how large the others are.
    let catalogue = dcat::text(content, &data, &files);
    files.insert(dcat::CATALOGUE.into(), catalogue.into_bytes());
    files
}
