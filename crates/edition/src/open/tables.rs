//! The numbers and their code lists as plain CSV tables, and what they hold as a Frictionless data package. Refuses to know
//! how the numbers came about.

use romduol_exchange::sdmx::{CodeList, Dataset, Kind, Names, TIME, VALUE};
use romduol_plan::{Lang, clean};
use romduol_report::map::Outlines;
use serde_json::{Value, json};

use super::{places, sdg};
use crate::content::Content;
use crate::manifest::Files;

pub const OBSERVATIONS: &str = "data/observations.csv";
pub const SDG: &str = "data/sdg.csv";
pub const PACKAGE: &str = "datapackage.json";

/// The licence of all data of an edition.
pub const LICENCE: (&str, &str, &str) =
    ("CC-BY-4.0", "Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/");

const PERIOD: &str = "^[0-9]{4}(-(S[12]|Q[1-4]|(0[1-9]|1[0-2])))?$";

/// Stands before a table with words in other letters than Latin ones: a spreadsheet takes it for another encoding without.
const MARK: char = '\u{feff}';

/// The tables and their description.
pub fn files(content: &Content, data: &Dataset, outlines: Option<&Outlines>) -> Files {
    let mut files = Files::new();
    files.insert(OBSERVATIONS.into(), observations(data).into_bytes());
    files.insert(SDG.into(), sdg::table(content).into_bytes());
    files.insert(places::PLACES.into(), format!("{MARK}{}", places::table(content, outlines)).into_bytes());
    for list in &data.lists {
        files.insert(path(list), format!("{MARK}{}", codes(list)).into_bytes());
    }
    files.insert(PACKAGE.into(), format!("{:#}\n", package(content, data)).into_bytes());
    files
}

fn path(list: &CodeList) -> String {
    format!("data/codes/{}.csv", list.id)
}

/// A CSV table; every cell is quoted where it has to be, and a text that a spreadsheet would compute is guarded.
pub fn csv(rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in rows {
        let cells = row.iter().map(|cell| match cell.parse::<f64>() {
            Ok(_) => std::borrow::Cow::Borrowed(cell.as_str()),
            Err(_) => clean::guarded(cell),
        });
        writer.write_record(cells.map(|cell| cell.into_owned())).expect("writing to memory does not fail");
    }
    String::from_utf8(writer.into_inner().expect("writing to memory does not fail")).expect("all cells are text")
}

fn heads(data: &Dataset) -> Vec<String> {
    let dimensions = data.dimensions.iter().map(|dimension| dimension.id.clone());
    let attributes = data.attributes.iter().map(|attribute| attribute.id.clone());
    dimensions.chain([TIME.into(), VALUE.into()]).chain(attributes).collect()
}

fn observations(data: &Dataset) -> String {
    let rows = data.rows.iter().map(|row| {
        let value = row.value.map(|value| value.to_string()).unwrap_or_default();
        row.key.iter().cloned().chain([row.period.clone(), value]).chain(row.attributes.iter().cloned()).collect()
    });
    csv([heads(data)].into_iter().chain(rows))
}

fn codes(list: &CodeList) -> String {
    let of = |names: &Names, lang: Lang| {
        names.iter().find(|(code, _)| code == lang.code()).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let heads = ["id", "name", "name_km", "description", "description_km"].map(String::from).to_vec();
    let rows = list.codes.iter().map(|code| {
        let (name, more) = (&code.name, &code.description);
        vec![code.id.clone(), of(name, Lang::En), of(name, Lang::Km), of(more, Lang::En), of(more, Lang::Km)]
    });
    csv([heads].into_iter().chain(rows))
}

fn package(content: &Content, data: &Dataset) -> Value {
    let body = &content.body;
    let (name, title, path) = LICENCE;
    let lists = data.lists.iter().map(code_list);
    let resources: Vec<Value> = [main(data), sdg::resource(), places::resource()].into_iter().chain(lists).collect();
    json!({
        "profile": "tabular-data-package",
        "name": name_of(&body.plan.id),
        "title": body.plan.title.get(Lang::En),
        "version": format!("{}.0.0", content.number),
        "created": format!("{}T00:00:00Z", content.date),
        "licenses": [{ "name": name, "title": title, "path": path }],
        "demonstration": body.demonstration,
        "resources": resources,
    })
}

/// Small letters, digits, points, dashes and low lines are what the standard allows.
pub fn name_of(id: &str) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c.to_ascii_lowercase() } else { '-' };
    id.chars().map(allowed).collect()
}

/// A resource of the package.
pub fn resource(name: &str, path: &str, title: &str, schema: Value) -> Value {
    json!({
        "profile": "tabular-data-resource",
        "name": name_of(name),
        "path": path,
        "title": title,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    })
}

fn english(names: &Names) -> &str {
    names.first().map_or("", |(_, text)| text)
}

fn main(data: &Dataset) -> Value {
    let codes = |list: &str| data.list(list).map(|list| list.codes.iter().map(|code| &code.id).collect::<Vec<_>>());
    let coded = |id: &str, name: &Names, list: &str, required: bool| {
        let constraints = json!({ "required": required, "enum": codes(list) });
        json!({ "name": id, "type": "string", "title": english(name), "constraints": constraints })
    };
    let mut fields: Vec<Value> = data.dimensions.iter().map(|d| coded(&d.id, &d.name, &d.list, true)).collect();
    let constraints = json!({ "required": true, "pattern": PERIOD });
    fields.push(json!({ "name": TIME, "type": "string", "title": english(&data.time), "constraints": constraints }));
    fields.push(json!({ "name": VALUE, "type": "number", "title": english(&data.measure) }));
    fields.extend(data.attributes.iter().map(|attribute| {
        let kind = match &attribute.kind {
            Kind::Coded(list) => return coded(&attribute.id, &attribute.name, list, attribute.required),
            Kind::Text => "string",
            Kind::Number => "number",
            Kind::Integer => "integer",
            Kind::Boolean => "boolean",
        };
        let constraints = json!({ "required": attribute.required });
        json!({ "name": attribute.id, "type": kind, "title": english(&attribute.name), "constraints": constraints })
    }));
    let dimensions = data.dimensions.iter().map(|dimension| dimension.id.as_str());
    let key: Vec<&str> = dimensions.chain([TIME]).collect();
    let foreign = |(field, list): (&String, &String)| json!({ "fields": field, "reference": { "resource": name_of(list), "fields": "id" } });
    let foreign: Vec<Value> = data.dimensions.iter().map(|d| (&d.id, &d.list)).map(foreign).collect();
    let schema = json!({ "fields": fields, "primaryKey": key, "foreignKeys": foreign });
    resource("observations", OBSERVATIONS, english(&data.flow.name), schema)
}

fn code_list(list: &CodeList) -> Value {
    let optional = |name: &str| json!({ "name": name, "type": "string" });
    let id = json!({ "name": "id", "type": "string", "constraints": { "required": true, "unique": true } });
    let name = json!({ "name": "name", "type": "string", "constraints": { "required": true } });
    let fields = json!([id, name, optional("name_km"), optional("description"), optional("description_km")]);
    resource(&list.id, &path(list), english(&list.name), json!({ "fields": fields, "primaryKey": "id" }))
}
