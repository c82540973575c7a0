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
use romduol_edition::figure::Numbers;
use romduol_edition::{Broken, Content, pack, site, unpack, verify};
use romduol_locale::Locale;
use romduol_plan::commands::editions::DeclineEdition;
use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Actor, Lang, Period, State, returns};
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
    let proof = Proof { strong: true, at: i64::MAX, ..Proof::default() };
    Person { account: account.into(), name: account.into(), post, lang: Lang::En, proof }
}

fn decline(id: &str, reason: &str) -> DeclineEdition {
    DeclineEdition { id: id.into(), reason: reason.into(), lang: Lang::En }
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
    let mut told = real.body.indicators.iter().flat_map(|m| &m.observations);
    assert!(told.all(|at| at.source.is_some() || at.by_program.is_some()));
    let counted = real.body.indicators.iter().filter(|m| m.observations.iter().any(|at| at.by_program.is_some()));
    assert!(counted.count() > 0, "the plan's own indicators are in an edition, too");
    let id = app.prepare_edition(&anna, choice(&app)).await.unwrap();
    assert!(app.edition(&id).await.is_err(), "what is not approved is not public");
    let refused = app.approve_edition(&anna, &id, None).await.unwrap_err();
    assert!(refused.to_string().contains("somebody else"), "{refused}");
    app.approve_edition(&bora, &id, outlines()).await.unwrap();
    assert_eq!(edition::newest(&app.snapshot().state).unwrap().id, id);
    let refused = app.execute(&bora, decline(&id, "too late")).await.unwrap_err();
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
    let content = Content {
        number: opened.content.number,
        date: app.now().date,
        structures: opened.content.structures,
        changes: Vec::new(),
        body: composed.body.clone(),
    };
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
        for target in &measured.targets {
            anywhere.insert(format!("{} ({})", unit(target.value), locale.period(target.period)), ());
        }
        let mut tell = |text: String| {
            anywhere.insert(text.clone(), ());
            told.insert(text, 0);
        };
        for at in &measured.observations {
            let Some(Numbers { value, numerator, denominator }) = at.figure.numbers() else { continue };
            // A sum of which something is missing is told as the least that it can be, and nowhere as less than that.
            tell(format!("{}{}", at.sign(), unit(value)));
            if let (Some(upper), Some(lower)) = (numerator, denominator) {
                tell(format!("{} / {}", locale.number(upper, 1), locale.number(lower, 1)));
            }
        }
        let country = opened.content.body.country();
        for at in measured.over_time(country).filter(|at| at.incomplete.is_some() && at.value().is_some()) {
            let mark = at.incomplete.as_ref().and_then(|came| came.mark()).map(|say| locale.tell(&say));
            assert!(page.contains(&mark.unwrap()), "{} {}", indicator.id, at.period);
        }
        assert!(measured.standing.official.as_ref().is_none_or(|set| set.value.is_none()));
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
    app.execute(&bora, decline(&stale, "another one came out")).await.unwrap();
    let after = app.edition(&second).await.unwrap();
    let changed = after.content.changes.iter().find(|difference| {
        difference.at.as_ref().is_some_and(|at| at.area == place && at.period == year && at.categories.is_empty())
    });
    let changed = changed.unwrap();
    assert!(matches!((changed.before, changed.after), (Told::Value(a), Told::Value(b)) if b > a + 20.0), "{changed:?}");
    assert!(after.files.contains_key("en/changes.html"));
    assert_eq!(app.edition(&first).await.unwrap().content, before.content, "the first edition stays as it was");
}

/// Two are prepared; the second leaves an indicator out that the first, which came out since, has told. It is remembered.
#[tokio::test(flavor = "multi_thread")]
async fn an_edition_remembers_what_came_out_since_it_was_prepared() {
    let (_folder, app) = demo().await;
    let (anna, bora) = (person("a", Role::Secretariat), person("b", Role::Committee));
    let whole = app.prepare_edition(&anna, choice(&app)).await.unwrap();
    let without = Choice { leave_out: vec![VIOLENCE.into()], ..choice(&app) };
    let without = app.prepare_edition(&anna, without).await.unwrap();
    let remembers = async |id: &str| {
        let kept = app.snapshot().state.find::<Edition>(id).unwrap().memory.clone().unwrap();
        let bytes = app.ledger.blobs().get(&kept.parse().unwrap()).await.unwrap();
        String::from_utf8(bytes).unwrap().contains(&format!("\"{VIOLENCE}\":"))
    };
    assert!(!remembers(&without).await, "nothing was told of it when it was prepared");
    app.approve_edition(&bora, &whole, None).await.unwrap();
    app.approve_edition(&bora, &without, None).await.unwrap();
    assert!(remembers(&whole).await && remembers(&without).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn half_a_person_is_withheld_and_a_clock_that_runs_backwards_refused() {
    let (folder, app) = demo().await;
    let anna = person("a", Role::Secretariat);
    let year = Period::year(app.now().date.year - 1);
    let id = format!("province-quarter.KH-01.{}", Period::quarter(year.end_year(), 2));
    // No door lets it in; an old ledger may hold one.
    let half = move |state: &State| {
        let old = state.find::<Return>(&id).unwrap();
        let mut answers = old.answers.open();
        let answer = answers.iter_mut().find(|answer| answer.indicator == VIOLENCE).unwrap();
        let of_women = ["sex.f".to_string(), "age.18-24".to_string()];
        let cell = answer.cells.grid.0.iter().position(|categories| *categories == of_women).unwrap();
        answer.cells.values[cell] = Some(7.5);
        let new = Return { version: old.version + 1, answers: Answers::pack(&answers), ..Return::clone(old) };
        Ok(vec![returns::change(Some(old), new)])
    };
    let actor = Actor { account: "a".into(), post: "test".into() };
    app.run(actor, "half a person".into(), Box::new(half)).await.unwrap();
    // The indicator is withheld by name; nothing else stops for it.
    let id = app.prepare_edition(&anna, choice(&app)).await.unwrap();
    let (composed, _) = app.look_into_edition(&anna, &id).await.unwrap();
    let told = composed.explained.iter().find(|told| told.indicator == VIOLENCE).unwrap();
    let [(part, edition::Cause::NotACount(not))] = told.withheld.as_slice() else { panic!("it is withheld") };
    assert!(part.periods.is_empty() && not.area == "KH-01" && (not.value - 7.5).abs() < 1e-9, "{not:?}");
    for measured in &composed.body.indicators {
        assert_eq!(measured.indicator.id == VIOLENCE, !measured.withheld.is_empty(), "{}", measured.indicator.id);
    }
    assert!(composed.body.indicators.iter().filter(|measured| !measured.observations.is_empty()).count() > 10);
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

/// How SDMX-CSV writes a number that is not told.
const NOT_TOLD: &str = "NaN";

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
            assert!(matches!(value.as_str(), "" | NOT_TOLD) && numerator.is_empty(), "{row:?}");
        }
        if kind == "ACT" {
            facts.push((series, area, period, (!matches!(value.as_str(), "" | NOT_TOLD)).then_some(value)));
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

/// Ends within a year and other levels, before and after an edition of the whole year: each can be prepared.
#[tokio::test(flavor = "multi_thread")]
async fn an_edition_until_any_period_by_any_level_can_be_prepared() {
    let (_folder, app) = demo().await;
    let (anna, bora) = (person("a", Role::Secretariat), person("b", Role::Committee));
    let year = app.now().date.year;
    let usual = Choice { leave_out: Vec::new(), ..choice(&app) };
    let until = |period: String| period.parse::<Period>().unwrap();
    let prepared = async |until: Period, level: AreaLevel| {
        let choice = Choice { until, level, ..usual.clone() };
        let id = app.prepare_edition(&anna, choice).await.unwrap_or_else(|why| panic!("{until}, {level:?}: {why}"));
        let (composed, _) = app.look_into_edition(&anna, &id).await.unwrap();
        let fault = composed.explained.iter().flat_map(|told| &told.withheld);
        let fault = fault.filter(|(_, cause)| !matches!(cause, edition::Cause::Told(_))).collect::<Vec<_>>();
        assert!(fault.is_empty(), "{until}, {level:?}: {fault:?}");
        let figures = composed.body.indicators.iter().flat_map(|measured| &measured.observations);
        assert!(figures.filter(|at| at.figure != Figure::Hidden).count() > 100, "{until}, {level:?}");
        id
    };
    for first in [format!("{year}Q1"), format!("{year}Q3"), format!("{}S1", year - 1)] {
        let id = prepared(until(first), AreaLevel::Province).await;
        app.execute(&bora, decline(&id, "another end")).await.unwrap();
    }
    let whole = prepared(Period::year(year - 1), AreaLevel::Province).await;
    app.approve_edition(&bora, &whole, None).await.unwrap();
    for (end, level) in [
        (format!("{}", year - 1), AreaLevel::Country),
        (format!("{}-07", year - 1), AreaLevel::Province),
        (format!("{}S1", year - 1), AreaLevel::Province),
        (format!("{year}Q1"), AreaLevel::Country),
    ] {
        let id = prepared(until(end), level).await;
        app.execute(&bora, decline(&id, "another end")).await.unwrap();
    }
}
