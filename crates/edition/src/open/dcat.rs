//! The edition for catalogues of data: DCAT as JSON-LD, as DCAT-AP 3.0 wants it. What stands elsewhere is named with its kind,
//! for who checks a catalogue does not go there and look. Refuses to know where the site will stand: every address is relative
//! to this file, save the one of the running program's SDMX service.

use romduol_exchange::sdmx::Dataset;
use romduol_plan::kinds::NodeLevel;
use romduol_plan::{Date, Period, Text};
use serde_json::{Value, json};

use super::codes::{said, titled, word, written};
use super::names;
use super::places::OUTLINES;
use super::tables::LICENCE;
use crate::content::Content;
use crate::manifest::Files;

pub const CATALOGUE: &str = "dcat.jsonld";

const CONTEXT: [(&str, &str); 9] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dcatap", "http://data.europa.eu/r5r/"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("rdfs", "http://www.w3.org/2000/01/rdf-schema#"),
    ("skos", "http://www.w3.org/2004/02/skos/core#"),
    ("vcard", "http://www.w3.org/2006/vcard/ns#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

/// Lists that catalogues share, with their own names for it: what the data are about, how often they come, and so on.
const LISTS: &str = "http://publications.europa.eu/resource/authority/";
const THEMES: [(&str, &str); 2] = [("SOCI", "Population and society"), ("GOVE", "Government and public sector")];
const MEDIA: &str = "https://www.iana.org/assignments/media-types/";

/// Describes the data and the files that hold them.
pub fn text(content: &Content, data: &Dataset, files: &Files) -> String {
    let body = &content.body;
    let title = tagged(&body.plan.title);
    let mut set = json!({
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dct:title": title,
        "dct:description": tagged(&body.plan.description),
        "dct:identifier": format!("{}-{}", body.plan.id, content.number),
        "owl:versionInfo": content.number.to_string(),
        "dct:issued": day(content.date),
        "dct:modified": day(content.date),
        "dct:publisher": publisher(content),
        "dcat:contactPoint": contact(content),
        "dct:license": licence(),
        "dct:language": languages(content),
        "dcat:theme": THEMES.map(|(code, name)| concept("data-theme", code, name)),
        "dcat:keyword": keywords(content),
        "dct:spatial": place(content),
        "dct:accrualPeriodicity": listed("frequency", "IRREG", "dct:Frequency"),
        "dcat:distribution": distributions(content, data, files),
    });
    if let Some(time) = time(content) {
        set["dct:temporal"] = time;
    }
    let catalogue = json!({
        "@context": CONTEXT.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": title,
        "dct:description": tagged(&body.plan.description),
        "dct:publisher": publisher(content),
        "dct:license": licence(),
        "dct:issued": day(content.date),
        "dct:modified": day(content.date),
        "dct:language": languages(content),
        "dct:spatial": place(content),
        "dcat:themeTaxonomy": {
            "@id": format!("{LISTS}data-theme"),
            "@type": "skos:ConceptScheme",
            "dct:title": { "@value": "Data theme", "@language": "en" },
        },
        "foaf:homepage": { "@id": "index.html", "@type": "foaf:Document" },
        "dcat:dataset": set,
        "dcat:service": service(),
    });
    format!("{catalogue:#}\n")
}

/// Words with the tag of their language.
fn tagged(text: &Text) -> Vec<Value> {
    tags(&written(text))
}

fn tags(names: &[(String, String)]) -> Vec<Value> {
    names.iter().map(|(lang, text)| json!({ "@value": text, "@language": lang })).collect()
}

fn licence() -> Value {
    json!({ "@id": LICENCE.2, "@type": "dct:LicenseDocument" })
}

/// A code of a list that catalogues share.
fn listed(list: &str, code: &str, kind: &str) -> Value {
    json!({
        "@id": format!("{LISTS}{list}/{code}"),
        "@type": kind,
        "skos:inScheme": { "@id": format!("{LISTS}{list}") },
    })
}

fn concept(list: &str, code: &str, name: &str) -> Value {
    let mut told = listed(list, code, "skos:Concept");
    told["skos:prefLabel"] = json!({ "@value": name, "@language": "en" });
    told
}

/// Those of the texts, where the shared list's code for them is known.
fn languages(content: &Content) -> Vec<Value> {
    let code = |lang: &str| match lang {
        "en" => Some("ENG"),
        "km" => Some("KHM"),
        "fr" => Some("FRA"),
        "es" => Some("SPA"),
        _ => None,
    };
    let codes = written(&content.body.plan.title).into_iter().filter_map(|(lang, _)| code(&lang));
    codes.map(|code| listed("language", code, "dct:LinguisticSystem")).collect()
}

fn day(date: Date) -> Value {
    json!({ "@value": date.to_string(), "@type": "xsd:date" })
}

fn publisher(content: &Content) -> Value {
    let id = &content.body.plan.secretariat;
    json!({ "@id": format!("#{id}"), "@type": "foaf:Agent", "foaf:name": tagged(&content.name(id)) })
}

/// Whom to ask: the secretariat, of which the plan has no address.
fn contact(content: &Content) -> Value {
    let name = content.name(&content.body.plan.secretariat);
    json!({ "@id": "#contact", "@type": ["vcard:Kind", "vcard:Organization"], "vcard:fn": tagged(&name) })
}

/// The pillars of the plan.
fn keywords(content: &Content) -> Vec<Value> {
    let pillars = content.body.nodes.iter().filter(|node| node.level == NodeLevel::Pillar);
    pillars.flat_map(|node| tagged(&node.title)).collect()
}

fn place(content: &Content) -> Value {
    let country = content.body.country();
    let label = tags(&titled(&content.name(country), country));
    json!({
        "@id": format!("#{}", word(country)),
        "@type": "dct:Location",
        "dct:identifier": country,
        "rdfs:label": label,
    })
}

/// From the first to the last period of which anything is told.
fn time(content: &Content) -> Option<Value> {
    let periods = || content.body.indicators.iter().flat_map(|measured| &measured.observations).map(|at| at.period);
    let begun = |period: Period| period.previous().last_day().plus_days(1);
    let (first, last) = (periods().map(begun).min()?, periods().map(Period::last_day).max()?);
    Some(json!({ "@type": "dct:PeriodOfTime", "dcat:startDate": day(first), "dcat:endDate": day(last) }))
}

fn service() -> Value {
    json!({
        "@id": "#service",
        "@type": "dcat:DataService",
        "dct:title": tags(&said("open-service")),
        "dcat:endpointURL": resource("/sdmx/v2"),
        "dcat:servesDataset": { "@id": "#dataset" },
        "dcat:contactPoint": { "@id": "#contact" },
        "dct:license": licence(),
    })
}

fn distributions(content: &Content, data: &Dataset, files: &Files) -> Vec<Value> {
    let map = files.contains_key(OUTLINES).then(|| (OUTLINES.to_string(), "edition-file-outlines"));
    let named = names(content).into_iter().filter(|(path, _)| path != CATALOGUE).chain(map);
    let mut all: Vec<Value> = named
        .map(|(path, key)| {
            let mut file = distribution(&format!("#{path}"), key, &path);
            file["dcat:downloadURL"] = resource(&path);
            let (kind, format) = media(&path);
            file["dcat:mediaType"] = json!({ "@id": format!("{MEDIA}{kind}"), "@type": "dct:MediaType" });
            file["dct:format"] = listed("file-type", format, "dct:MediaTypeOrExtent");
            if let Some(bytes) = files.get(&path) {
                let size = json!({ "@value": bytes.len().to_string(), "@type": "xsd:nonNegativeInteger" });
                file["dcat:byteSize"] = size;
            }
            file
        })
        .collect();
    let address = format!("/sdmx/v2/data/dataflow/{}/{}/{}/*", data.agency, data.flow.id, data.version);
    let mut answered = distribution("#sdmx", "open-service", &address);
    answered["dcat:accessService"] = json!({ "@id": "#service" });
    all.push(answered);
    all
}

fn distribution(id: &str, key: &str, address: &str) -> Value {
    json!({
        "@id": id,
        "@type": "dcat:Distribution",
        "dct:title": tags(&said(key)),
        "dct:license": licence(),
        "dcatap:availability": concept("planned-availability", "STABLE", "stable"),
        "dcat:accessURL": resource(address),
    })
}

fn resource(address: &str) -> Value {
    json!({ "@id": address, "@type": "rdfs:Resource" })
}

/// The media type of a file and the shared list's code for its kind.
fn media(path: &str) -> (&'static str, &'static str) {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "csv" => ("text/csv", "CSV"),
        "json" => ("application/json", "JSON"),
        "geojson" => ("application/geo+json", "GEOJSON"),
        _ => ("application/xml", "XML"),
    }
}
