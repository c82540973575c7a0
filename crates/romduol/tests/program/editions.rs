//! Editions of the demo from beginning to end: prepared, looked over, approved by somebody else, corrected, opened again;
//! and no hidden count stands anywhere in what is published.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use romduol_app::accounts::{Person, Proof};
use romduol_app::correction::Correction;
use romduol_app::edition::{self, Choice, Opened};
use romduol_app::{App, Clock, package};
use romduol_edition::content::{Figure, Told};
use romduol_edition::{Broken, Content, pack, site, unpack, verify};
use romduol_locale::Locale;
use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Actor, Lang, Period};
use romduol_report::map::Outlines;

/// Small counts of survivors: what an edition of the demo has to protect.
const VIOLENCE: &str = "PRT-06";

async fn demo() -> (tempfile::TempDir, App) {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let app = App::create(folder.path(), Clock::System, &package::files(&plan).unwrap()).await.unwrap();
    app.fill_demo(true).await.unwrap();
    (folder, app)
}

fn outlines() -> Option<Arc<Outlines>> {
    let map = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps/map.geojson");
    Some(Arc::new(Outlines::from_geojson(&std::fs::read_to_string(map).unwrap()).unwrap()))
}

fn person(account: &str, role: Role) -> Person {
    let post = Post { role, institution: None, area: None };
    Person { account: account.into(), name: account.into(), post, lang: Lang::En, proof: Proof::default() }
}

fn choice(app: &App) -> Choice {
    let today = app.now().date;
    Choice { without_waiting: true, ..Choice::usual(&app.snapshot().state, today) }
}

async fn published(app: &App) -> String {
    let id = app.prepare_edition(&person("a", Role::Secretariat), choice(app)).await.unwrap();
    app.approve_edition(&person("b", Role::Committee), &id, outlines()).await.unwrap();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_comes_out_when_a_second_person_agrees() {
    let (_folder, app) = demo().await;
    let (anna, bora) = (person("a", Role::Secretariat), person("b", Role::Committee));
    // Returns wait: that has to be said.
    let whole = Choice { until: Period::year(app.now().date.year), without_waiting: false, ..choice(&app) };
    let refused = app.prepare_edition(&anna, whole).await.unwrap_err();
    assert!(refused.to_string().contains("wait for verification"), "{refused}");
    assert!(app.prepare_edition(&bora, choice(&app)).await.is_err(), "a committee does not prepare");
    // An edition of what is real has nothing made up in it.
    let real = Choice { demonstration: false, ..choice(&app) };
    let real = app.prepare_edition(&anna, real).await.unwrap();
    let (real, _) = app.look_into_edition(&anna, &real).await.unwrap();
    assert!(!real.body.to_json().contains("\"illustrative\":true"), "made-up numbers are in a real edition");
    assert!(real.body.indicators.iter().flat_map(|m| &m.observations).all(|at| at.source.is_some()));
    let id = app.prepare_edition(&anna, choice(&app)).await.unwrap();
    assert!(app.edition(&id).await.is_err(), "what is not approved is not public");
    let refused = app.approve_edition(&anna, &id, None).await.unwrap_err();
    assert!(refused.to_string().contains("somebody else"), "{refused}");
    app.approve_edition(&bora, &id, outlines()).await.unwrap();
    assert_eq!(edition::newest(&app.snapshot().state).unwrap().id, id);
    let refused = app.decline_edition(&bora, &id, "too late").await.unwrap_err();
    assert!(refused.to_string().contains("decided on already"), "{refused}");
    let opened = app.edition(&id).await.unwrap();
    assert!(opened.content.body.demonstration);
    for (path, bytes) in opened.files.iter().filter(|(path, _)| path.ends_with(".html")) {
        assert!(bytes.len() < 100_000, "{path} has {} bytes", bytes.len());
        let text = std::str::from_utf8(bytes).unwrap();
        assert!(text.contains("Demonstration") || text.contains("ការបង្ហាញសាកល្បង"), "{path} does not say what it is");
        assert!(!text.contains("<script"), "{path}");
    }
    no_hidden_count_is_left_alone_in_its_sum(&opened);
    every_format_tells_the_same(&opened);
    every_number_of_the_site_is_told(&opened);
    a_changed_file_is_found(&opened, &app.edition_key().await.unwrap());
    // The same position and choice give the same bytes.
    let (composed, _) = app.look_into_edition(&anna, &id).await.unwrap();
    let content =
        Content { number: opened.content.number, date: app.now().date, changes: Vec::new(), body: composed.body };
    for (path, bytes) in site::files(&content, outlines().as_deref()).unwrap() {
        assert!(opened.files[&path] == bytes, "{path} differs");
    }
    assert_eq!(pack(&opened.files), opened.bundle);
}

/// Every number in a table of an indicator's page is one that the edition tells of it, and every hidden cell is marked.
fn every_number_of_the_site_is_told(opened: &Opened) {
    let locale = Locale::of(Lang::En);
    let mut anywhere = BTreeMap::from([("–".to_string(), ()), ("c".to_string(), ())]);
    for measured in &opened.content.body.indicators {
        let indicator = &measured.indicator;
        let page = String::from_utf8(opened.files[&format!("en/indicators/{}.html", indicator.id)].clone()).unwrap();
        let mut told = BTreeMap::from([("–".to_string(), 0), ("c".to_string(), 0)]);
        let unit = |value: f64| {
            let number = locale.number(value, 1);
            if indicator.unit == "%" { format!("{number}\u{a0}%") } else { number }
        };
        anywhere.extend(measured.targets.iter().map(|target| (unit(target.value), ())));
        let mut tell = |text: String| {
            anywhere.insert(text.clone(), ());
            told.insert(text, 0);
        };
        for at in &measured.observations {
            let Figure::Shown { value, numerator, denominator } = at.figure else { continue };
            tell(unit(value));
            if let (Some(upper), Some(lower)) = (numerator, denominator) {
                tell(format!("{} / {}", locale.number(upper, 1), locale.number(lower, 1)));
            }
        }
        let cells = numbers(&page);
        let untold = cells.iter().find(|text| !told.contains_key(**text));
        assert!(untold.is_none(), "{}: {untold:?} is told nowhere", indicator.id);
        let marks = cells.iter().filter(|text| **text == "c").count();
        assert!(marks >= measured.hidden(), "{}: {marks} marks", indicator.id);
    }
    for path in ["en/index.html", "en/indicators.html"] {
        let page = String::from_utf8(opened.files[path].clone()).unwrap();
        let untold = numbers(&page).into_iter().find(|text| !anywhere.contains_key(*text));
        assert!(untold.is_none(), "{path}: {untold:?} is told nowhere");
    }
}

/// The cells of a page's columns of numbers.
fn numbers(page: &str) -> Vec<&str> {
    let cells = page.split("<td class=\"number\"").skip(1);
    cells.map(|cell| cell.split_once('>').unwrap().1.split_once("</td>").unwrap().0).collect()
}

fn a_changed_file_is_found(opened: &Opened, key: &str) {
    assert_eq!(verify(&opened.files, Some(key)).unwrap(), opened.manifest);
    let mut files = opened.files.clone();
    files.get_mut("en/index.html").unwrap().push(b' ');
    assert_eq!(verify(&files, Some(key)), Err(Broken::Changed("en/index.html".into())));
    files = opened.files.clone();
    files.insert("extra.html".into(), Vec::new());
    assert_eq!(verify(&files, None), Err(Broken::Foreign("extra.html".into())));
    files = opened.files.clone();
    files.remove("site.css");
    assert_eq!(verify(&files, None), Err(Broken::Missing("site.css".into())));
    files = opened.files.clone();
    let list = String::from_utf8(files["manifest.json"].clone()).unwrap().replace("\"edition\": ", "\"edition\": 7");
    files.insert("manifest.json".into(), list.into_bytes());
    assert!(verify(&files, None) == Err(Broken::Signature), "the list was changed");
    assert!(matches!(verify(&opened.files, Some(&"0".repeat(64))), Err(Broken::Key { .. })));
    assert!(unpack(b"no zip").is_err());
}

/// The numbers of a correction come out, what it was stays in the first edition, and both tell of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_a_new_edition_that_lists_it() {
    let (_folder, app) = demo().await;
    let first = published(&app).await;
    let before = app.edition(&first).await.unwrap();
    let state = &app.snapshot().state;
    let year = Period::year(app.now().date.year - 1);
    let shown = before.content.find(VIOLENCE).unwrap().observations.iter().find(|at| {
        at.area != "KH" && at.period == year && at.categories.is_empty() && at.value().is_some_and(|value| value > 20.0)
    });
    let place = shown.unwrap().area.clone();
    let quarter = Period::quarter(year.end_year(), 2);
    let unit = state.all::<Assignment>().find(|unit| unit.area == place && unit.form == "province-quarter").unwrap();
    let change =
        Correction { indicator: VIOLENCE.into(), categories: vec!["sex.f".into(), "age.18-24".into()], value: 37.0 };
    let cells = BTreeMap::from([((unit.id.clone(), quarter), vec![change])]);
    let actor = Actor { account: "a".into(), post: "test".into() };
    app.correct_cells(&actor, "counted again", &cells).await.unwrap();
    // Two are prepared, and the one that comes out second would not know what the other one has told.
    let (anna, bora) = (person("a", Role::Secretariat), person("b", Role::Committee));
    let stale = app.prepare_edition(&anna, choice(&app)).await.unwrap();
    let second = published(&app).await;
    let refused = app.approve_edition(&bora, &stale, outlines()).await.unwrap_err();
    assert!(refused.to_string().contains("prepare it anew"), "{refused}");
    app.decline_edition(&bora, &stale, "another one came out").await.unwrap();
    let after = app.edition(&second).await.unwrap();
    let changed = after.content.changes.iter().find(|difference| {
        difference.at.as_ref().is_some_and(|at| at.area == place && at.period == year && at.categories.is_empty())
    });
    let changed = changed.unwrap();
    assert!(matches!((changed.before, changed.after), (Told::Value(a), Told::Value(b)) if b > a + 20.0), "{changed:?}");
    assert!(after.files.contains_key("en/changes.html"));
    assert_eq!(app.edition(&first).await.unwrap().content, before.content, "the first edition stays as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_person_and_a_clock_that_runs_backwards_are_refused() {
    let (folder, app) = demo().await;
    let anna = person("a", Role::Secretariat);
    let year = Period::year(app.now().date.year - 1);
    let half =
        Correction { indicator: VIOLENCE.into(), categories: vec!["sex.f".into(), "age.18-24".into()], value: 7.5 };
    let cells = BTreeMap::from([(("province-quarter.KH-01".into(), Period::quarter(year.end_year(), 2)), vec![half])]);
    let actor = Actor { account: "a".into(), post: "test".into() };
    app.correct_cells(&actor, "half a person", &cells).await.unwrap();
    let refused = app.prepare_edition(&anna, choice(&app)).await.unwrap_err().to_string();
    for part in [VIOLENCE, "KH-01", "no whole number", "leave the indicator out"] {
        assert!(refused.contains(part), "{refused}");
    }
    let week_ago = Clock::Fixed(app.now().unix - 7 * 86_400);
    app.close().await;
    let early = App::open(folder.path(), week_ago).await.unwrap();
    let refused = early.prepare_edition(&anna, choice(&early)).await.unwrap_err().to_string();
    assert!(refused.contains("set the clock"), "{refused}");
}

/// No number of a hidden cell can be had from the cells that are shown beside it: wherever the parts of a whole are told
/// but one, that one is told, too.
fn no_hidden_count_is_left_alone_in_its_sum(opened: &Opened) {
    let mut hidden = 0;
    for measured in &opened.content.body.indicators {
        let mut sums: BTreeMap<(String, Vec<String>), (bool, usize)> = BTreeMap::new();
        for at in &measured.observations {
            hidden += usize::from(at.figure == Figure::Hidden);
            if measured.indicator.place == PlaceRule::Sum && measured.indicator.floor == AreaLevel::Province {
                let sum = sums.entry((at.period.to_string(), at.categories.clone())).or_default();
                match at.area == "KH" {
                    true => sum.0 = at.figure != Figure::Hidden,
                    false => sum.1 += usize::from(at.figure == Figure::Hidden),
                }
            }
        }
        let alone = sums.iter().find(|(_, (whole, parts))| *whole && *parts == 1);
        assert!(alone.is_none(), "{}: {alone:?}", measured.indicator.id);
    }
    assert!(hidden > 20, "the demo has something to protect: {hidden}");
}

/// A number as it was told: indicator, place, period with its year first, and the value; none where it is hidden.
type Fact = (String, String, String, Option<String>);

/// CSV, SDMX-CSV, SDMX-ML and SDMX-JSON tell what the content tells, and a hidden cell has a value in none of them.
fn every_format_tells_the_same(opened: &Opened) {
    let mut told: Vec<Fact> = Vec::new();
    for measured in &opened.content.body.indicators {
        for at in &measured.observations {
            let period = at.period.to_string().replace('Q', "-Q").replace('S', "-S");
            let value = at.value().map(|value| value.to_string());
            told.push((measured.indicator.id.clone(), at.area.clone(), period, value));
        }
    }
    told.sort();
    let hidden = told.iter().filter(|fact| fact.3.is_none()).count();
    assert!(hidden > 20, "{hidden} hidden");
    let text = |path: &str| String::from_utf8(opened.files[path].clone()).unwrap();
    assert_eq!(facts_of_csv(&text("data/observations.csv")), told);
    assert_eq!(facts_of_csv(&text("sdmx/data.csv")), told);
    assert_eq!(facts_of_xml(&text("sdmx/data.xml")), told);
    assert_eq!(facts_of_json(&text("sdmx/data.json")), told);
}

fn facts_of_csv(text: &str) -> Vec<Fact> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let place = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let places =
        ["VALUE_TYPE", "SERIES", "REF_AREA", "TIME_PERIOD", "OBS_VALUE", "CONF_STATUS", "NUMERATOR"].map(place);
    let mut facts = Vec::new();
    for row in reader.records() {
        let row = row.unwrap();
        let [kind, series, area, period, value, confidential, numerator] = places.map(|place| row[place].to_string());
        if confidential == "C" {
            assert!(value.is_empty() && numerator.is_empty(), "{row:?}");
        }
        if kind == "ACT" {
            facts.push((series, area, period, (!value.is_empty()).then_some(value)));
        }
    }
    facts.sort();
    facts
}

/// Reads what the writer writes: attributes in double quotes, codes without anything to escape.
fn facts_of_xml(text: &str) -> Vec<Fact> {
    let attribute = |tag: &str, name: &str| {
        let rest = tag.split_once(&format!(" {name}=\""))?.1;
        Some(rest.split_once('"')?.0.to_string())
    };
    let (mut facts, mut series) = (Vec::new(), None);
    for tag in text.split('<') {
        if tag.starts_with("Series ") {
            let of = |name| attribute(tag, name).unwrap();
            series = (of("VALUE_TYPE") == "ACT").then(|| (of("SERIES"), of("REF_AREA")));
        }
        if let (true, Some((id, area))) = (tag.starts_with("Obs "), &series) {
            let period = attribute(tag, "TIME_PERIOD").unwrap();
            facts.push((id.clone(), area.clone(), period, attribute(tag, "OBS_VALUE")));
        }
    }
    facts.sort();
    facts
}

fn facts_of_json(text: &str) -> Vec<Fact> {
    let message: serde_json::Value = serde_json::from_str(text).unwrap();
    let keys = message["data"]["structures"][0]["dimensions"]["observation"].as_array().unwrap();
    let place = |name: &str| keys.iter().position(|key| key["id"] == name).unwrap();
    let places = ["VALUE_TYPE", "SERIES", "REF_AREA", "TIME_PERIOD"].map(place);
    let mut facts = Vec::new();
    for (key, told) in message["data"]["dataSets"][0]["observations"].as_object().unwrap() {
        let at: Vec<usize> = key.split(':').map(|place| place.parse().unwrap()).collect();
        let [kind, series, area, period] =
            places.map(|place| keys[place]["values"][at[place]]["id"].as_str().unwrap().to_string());
        if kind == "ACT" {
            facts.push((series, area, period, told[0].as_f64().map(|value| value.to_string())));
        }
    }
    facts.sort();
    facts
}
