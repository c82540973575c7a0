//! The edition for catalogues of data: DCAT as JSON-LD. Refuses to know where the site will stand: every address is relative
//! to this file, save the one of the running program's SDMX service.

use romduol_exchange::sdmx::Dataset;
use romduol_plan::Text;
use serde_json::{Value, json};

use super::codes::{said, written};
use super::names;
use super::tables::LICENCE;
use crate::content::Content;

pub const CATALOGUE: &str = "dcat.jsonld";

const CONTEXT: [(&str, &str); 5] = [
    ("dcat", "http://www.w3.org/ns/dcat#"),
    ("dct", "http://purl.org/dc/terms/"),
    ("foaf", "http://xmlns.com/foaf/0.1/"),
    ("owl", "http://www.w3.org/2002/07/owl#"),
    ("xsd", "http://www.w3.org/2001/XMLSchema#"),
];

pub fn text(content: &Content, data: &Dataset) -> String {
    let body = &content.body;
    let title = tagged(&body.plan.title);
    let set = json!({
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dct:title": title,
        "dct:description": tagged(&body.plan.description),
        "dct:identifier": format!("{}-{}", body.plan.id, content.number),
        "owl:versionInfo": content.number.to_string(),
        "dct:issued": { "@value": content.date.to_string(), "@type": "xsd:date" },
        "dct:publisher": publisher(content),
        "dct:license": { "@id": LICENCE.2 },
        "dcat:distribution": distributions(content, data),
    });
    let catalogue = json!({
        "@context": CONTEXT.into_iter().collect::<std::collections::BTreeMap<_, _>>(),
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": title,
        "dct:description": tagged(&body.plan.description),
        "dct:publisher": publisher(content),
        "dct:license": { "@id": LICENCE.2 },
        "dcat:dataset": set,
    });
    format!("{catalogue:#}\n")
}

/// Words with the tag of their language.
fn tagged(text: &Text) -> Vec<Value> {
    written(text).into_iter().map(|(lang, text)| json!({ "@value": text, "@language": lang })).collect()
}

fn publisher(content: &Content) -> Value {
    let id = &content.body.plan.secretariat;
    json!({ "@id": format!("#{id}"), "@type": "foaf:Agent", "foaf:name": tagged(&content.name(id)) })
}

fn distributions(content: &Content, data: &Dataset) -> Vec<Value> {
    let files = names(content).into_iter().filter(|(path, _)| path != CATALOGUE);
    let service = format!("/sdmx/v2/data/dataflow/{}/{}/{}/*", data.agency, data.flow.id, data.version);
    let mut all: Vec<Value> = files
        .map(|(path, key)| {
            let mut file = distribution(&format!("#{path}"), key, media(&path), &path);
            file["dcat:downloadURL"] = json!({ "@id": path });
            file
        })
        .collect();
    all.push(distribution("#sdmx", "open-service", "application/vnd.sdmx.data+xml;version=3.0.0", &service));
    all
}

fn distribution(id: &str, key: &str, media: &str, address: &str) -> Value {
    let title = said(key).into_iter().map(|(lang, text)| json!({ "@value": text, "@language": lang }));
    json!({
        "@id": id,
        "@type": "dcat:Distribution",
        "dct:title": title.collect::<Vec<_>>(),
        "dct:license": { "@id": LICENCE.2 },
        "dcat:mediaType": media,
        "dcat:accessURL": { "@id": address },
    })
}

fn media(path: &str) -> &'static str {
    match path.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "csv" => "text/csv",
        "json" => "application/json",
        _ => "application/xml",
    }
}
