//! Whatever door the same answers come through, the same entry is written or the same sentence is said: the form as a
//! browser sends it, a file, and the API. Another door is one more line in `DOORS`.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::Arc;

use axum::http::{Method, Request, header};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use romduol_app::demo;
use romduol_app::import::Options;
use romduol_locale::Locale;
use romduol_plan::answers::{Question, Severity, check, has_base, questions};
use romduol_plan::intake::{Field, Intake, Questions};
use romduol_plan::kinds::*;
use romduol_plan::state::return_id;
use romduol_plan::{Actor, Change, Kind, Lang, Period, State};
use serde_json::Value;

use crate::house::{House, bare_house, text};

const UNIT: &str = "province-quarter.KH-12";
const PERIOD: &str = "2026Q3";
/// What a file says of an indicator about which it has no row.
const NO_ROW: &str = "no row in the imported file";
const REMARK: &str = "counted in the register";
/// What people write instead of a plain number.
const ODD: [&str; 9] = ["twelve", "-1", "3.7", "21,4", "1e5", "99999999999999999999", "៣", "1,200", "0"];

/// Two that contradict each other: a decimal comma, and one of thousands.
const TWO_COMMAS: [&str; 2] = ["\"21,4\"", "\"1,200\""];

#[derive(Clone, Copy, Debug)]
enum Door {
    Form,
    File,
    Api,
}

const DOORS: [Door; 3] = [Door::Form, Door::File, Door::Api];

/// What is answered to one question, as it is typed.
#[derive(Clone, Debug)]
enum How {
    Missing,
    /// In words.
    Words,
    /// Cells by their place in the grid, each with a value and a base; and a total.
    Numbers {
        cells: Vec<(usize, String, String)>,
        total: Option<(String, String)>,
    },
}

/// The dice for one question: which way, whether cells are left out, and the numbers.
type Dice = (u8, bool, Vec<u8>);
/// A number that is written otherwise: of which question, which number, how, and whether it is the base.
type Odd = (prop::sample::Index, prop::sample::Index, usize, bool);

fn how(question: &Question, (way, gaps, numbers): &Dice) -> How {
    let indicator = &question.indicator;
    if indicator.kind == ValueKind::Narrative {
        return How::Words;
    }
    let number = |n: usize| -> (String, String) {
        let dice = numbers[n % numbers.len()];
        let value = if indicator.kind == ValueKind::YesNo { dice % 2 } else { dice % 6 };
        let base = if has_base(indicator.kind) { (6 + dice / 32).to_string() } else { String::new() };
        (value.to_string(), base)
    };
    let left_out = |n: usize| *gaps && numbers[n % numbers.len()].is_multiple_of(5);
    let cells: Vec<_> = (0..question.grid.0.len())
        .filter(|n| !left_out(*n))
        .map(|n| {
            let (value, base) = number(n);
            // Groups beside the total are the few.
            (n, if n < question.parts { value } else { "0".into() }, base)
        })
        .collect();
    let total = || Some(number(7)).filter(|_| question.parts > 1);
    match way % 5 {
        0 => How::Missing,
        1 if question.parts > 1 => How::Numbers { cells: Vec::new(), total: total() },
        2 => How::Numbers { cells, total: total() },
        _ if cells.is_empty() => How::Missing,
        _ => How::Numbers { cells, total: None },
    }
}

fn spoil(answers: &mut [How], (answer, number, odd, base): &Odd) {
    let at = answer.index(answers.len());
    let How::Numbers { cells, total } = &mut answers[at] else { return };
    let all = cells.iter_mut().map(|(_, value, base)| (value, base));
    let mut all: Vec<_> = all.chain(total.iter_mut().map(|(value, base)| (value, base))).collect();
    if !all.is_empty() {
        let at = number.index(all.len());
        let (value, below) = &mut all[at];
        **if *base { below } else { value } = ODD[*odd].to_string();
    }
}

/// The answers as the fields of a form.
fn fields(asked: &[Question], answers: &[How]) -> Vec<(Field, String)> {
    let mut fields = Vec::new();
    for (question, how) in asked.iter().zip(answers) {
        let id = &question.indicator.id;
        let (state, remark) = match how {
            How::Missing => (AnswerState::Missing, NO_ROW),
            How::Words | How::Numbers { .. } => (AnswerState::Given, REMARK),
        };
        fields.push((Field::State(id.clone()), state.code().to_string()));
        fields.push((Field::Comment(id.clone()), remark.to_string()));
        let How::Numbers { cells, total } = how else { continue };
        for (cell, value, base) in cells {
            let categories = &question.grid.0[*cell];
            fields.push((Field::value(id, categories), value.clone()));
            fields.push((Field::base(id, categories), base.clone()));
        }
        if let Some((value, base)) = total {
            fields.push((Field::Total(id.clone()), value.clone()));
            fields.push((Field::TotalBase(id.clone()), base.clone()));
        }
    }
    fields
}

/// The answers as the rows of a file.
fn rows(state: &State, asked: &[Question], answers: &[How]) -> String {
    let dimensions: Vec<&Id> = state.all::<Dimension>().map(|dimension| &dimension.id).collect();
    let names: String = dimensions.iter().map(|id| format!("{id},")).collect();
    let mut file = format!("assignment,period,indicator,{names}value,base,comment\n");
    for (question, how) in asked.iter().zip(answers) {
        let mut row = |categories: &[Id], value: &str, base: &str| {
            let own = |dimension: &Id| {
                let of = |id: &&Id| state.find::<Category>(id).is_some_and(|c| c.dimension == *dimension);
                categories.iter().find(of).map_or(String::new(), Clone::clone)
            };
            let groups: String = dimensions.iter().map(|dimension| format!("{},", own(dimension))).collect();
            let id = &question.indicator.id;
            writeln!(file, "{UNIT},{PERIOD},{id},{groups}\"{value}\",\"{base}\",{REMARK}").unwrap();
        };
        match how {
            How::Missing => {}
            How::Words => row(&[], "", ""),
            How::Numbers { cells, total } => {
                cells.iter().for_each(|(cell, value, base)| row(&question.grid.0[*cell], value, base));
                total.iter().for_each(|(value, base)| row(&[], value, base));
            }
        }
    }
    file
}

/// What the rules make of the answers: the answers to be kept, or what is said of them.
fn expected(state: &State, fields: &[(Field, String)]) -> Result<Vec<Answer>, Vec<(String, String)>> {
    let unit = state.find::<Assignment>(UNIT).unwrap();
    let mut intake = Intake::new(Arc::new(Questions::of(state, unit)));
    let mut problems = intake.fields(fields.iter().map(|(field, typed)| (field, typed.as_str())));
    let answers = intake.finish();
    if problems.is_empty() {
        problems = check(state, unit, PERIOD.parse().unwrap(), &answers);
        problems.retain(|problem| problem.severity == Severity::Error);
    }
    let told = |say| (Locale::of(Lang::En).tell(say), say.key.to_string());
    let said: Vec<_> = problems.iter().map(|problem| told(&problem.say)).collect();
    if said.is_empty() { Ok(answers) } else { Err(said) }
}

/// What a door says where it files nothing: its words, and the keys of its reasons where it tells them.
struct Said {
    words: String,
    keys: BTreeSet<String>,
}

impl Door {
    async fn send(self, house: &House, fields: &[(Field, String)], file: &str) -> Said {
        match self {
            Door::Form => form(house, fields).await,
            Door::File => import(house, file).await,
            Door::Api => api(house, file).await,
        }
    }
}

/// What is sent is what the page would send: its hidden fields and those that were filled.
async fn form(house: &House, fields: &[(Field, String)]) -> Said {
    const BOUNDARY: &str = "----same-answers";
    let session = house.app.sign_in("province", demo::PASSWORD).await.unwrap().session().unwrap().as_str().to_string();
    let path = format!("/returns/{UNIT}/{PERIOD}");
    let page = house.read(&path, Some(&session)).await;
    let start = page.find("class=\"return\"").expect("the form");
    let attribute = |tag: &str, name: &str| -> String {
        let (_, rest) = tag.split_once(&format!("{name}=\"")).unwrap_or_default();
        rest.split('"').next().unwrap_or_default().to_string()
    };
    let tag = &page[page[..start].rfind('<').expect("its tag")..];
    let action = meant(&attribute(tag, "action"));
    let hidden = page[start..].split('<').filter(|tag| tag.starts_with("input type=\"hidden\""));
    let hidden = hidden.map(|tag| (attribute(tag, "name"), attribute(tag, "value")));
    let typed = fields.iter().map(|(field, typed)| (field.to_string(), typed.clone()));
    let mut body = String::new();
    for (name, value) in hidden.chain(typed).chain([("action".to_string(), "submit".to_string())]) {
        write!(body, "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").unwrap();
    }
    write!(body, "--{BOUNDARY}--\r\n").unwrap();
    let request = Request::builder()
        .method(Method::POST)
        .uri(&action)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .header(header::COOKIE, format!("session={session}"));
    let words = text(house.request(request.body(body.into()).unwrap()).await).await;
    Said { words: meant(&words), keys: BTreeSet::new() }
}

/// A text out of HTML.
fn meant(html: &str) -> String {
    const WRITTEN: [(&str, &str); 7] = [
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#38;", "&"),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&amp;", "&"),
    ];
    WRITTEN.iter().fold(html.to_string(), |text, (written, meant)| text.replace(written, meant))
}

async fn import(house: &House, file: &str) -> Said {
    let folder = tempfile::tempdir().unwrap();
    let (path, rejects) = (folder.path().join("returns.csv"), folder.path().join("rejected.csv"));
    std::fs::write(&path, file).unwrap();
    let options = Options {
        actor: Actor { account: "test".into(), post: "secretariat".into() },
        accept: false,
        correct: None,
        dry_run: false,
        all_or_nothing: true,
        partial: false,
        rejects: Some(rejects.clone()),
        lang: Lang::En,
    };
    let tally = house.app.import_returns(&path, &options, |_| {}).await.unwrap();
    let words = std::fs::read_to_string(&rejects).unwrap_or_default().replace("\"\"", "\"");
    Said { words, keys: tally.reasons.into_keys().collect() }
}

async fn api(house: &House, file: &str) -> Said {
    let session =
        house.app.sign_in("secretariat", demo::PASSWORD).await.unwrap().session().unwrap().as_str().to_string();
    let path = "/api/v1/returns?all-or-nothing=true";
    let answer = house.ask(&Method::POST, path, Some(&session), ("text/csv", file)).await;
    let came: Value = serde_json::from_str(&text(answer).await).unwrap();
    let words = came["rejected"].as_str().unwrap().replace("\"\"", "\"");
    Said { words, keys: came["reasons"].as_object().unwrap().keys().cloned().collect() }
}

/// The return that was filed; taken out again, so that the next door finds nothing.
async fn filed(house: &House) -> Option<Return> {
    let id = return_id(UNIT, PERIOD.parse::<Period>().unwrap());
    let record = house.app.snapshot().state.find::<Return>(&id).map(|record| Return::clone(record));
    let gone = id.clone();
    let retire = move |state: &State| {
        Ok(state.find::<Return>(&gone).map(|_| Change::Retire(Kind::Return, gone.clone())).into_iter().collect())
    };
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    house.app.run(actor, "test".into(), Box::new(retire)).await.unwrap();
    house.app.ledger.erase_draft(&id).await.unwrap();
    record
}

async fn compare(house: &House, dice: &[Dice], odd: &[Odd]) -> Result<bool, TestCaseError> {
    let snapshot = house.app.snapshot();
    let state = &snapshot.state;
    let asked = questions(state, state.find::<Assignment>(UNIT).unwrap());
    let mut answers: Vec<How> = asked.iter().zip(dice.iter().cycle()).map(|(asked, dice)| how(asked, dice)).collect();
    odd.iter().for_each(|odd| spoil(&mut answers, odd));
    let (fields, file) = (fields(&asked, &answers), rows(state, &asked, &answers));
    let expected = expected(state, &fields);
    for door in DOORS {
        let said = door.send(house, &fields, &file).await;
        let record = filed(house).await;
        match &expected {
            Ok(answers) => {
                let Some(record) = record else { return Err(TestCaseError::fail(format!("{door:?}: {}", said.words))) };
                prop_assert_eq!(&record.answers.open(), answers, "{:?}", door);
                let stands = (record.version, record.status, record.steps_done, record.illustrative);
                prop_assert_eq!(stands, (1, ReturnStatus::Submitted, 0, false), "{:?}", door);
            }
            Err(problems) => {
                prop_assert!(record.is_none(), "{door:?} filed what is refused: {problems:?}");
                let told: Vec<_> = problems.iter().filter(|(words, _)| said.words.contains(words.as_str())).collect();
                // A page says all of it; a file says the first fault of a row, and of a return. A file reads a comma by
                // all of its numbers, so that "21,4" in one row makes "1,200" in another a question too.
                let asked =
                    TWO_COMMAS.iter().all(|number| file.contains(number)) && said.words.contains("can be read as");
                let enough = match door {
                    Door::Form => told.len() == problems.len(),
                    Door::File | Door::Api => !told.is_empty() || asked,
                };
                prop_assert!(enough, "{door:?} says not {problems:?}, but {}", said.words);
                let strange = said.keys.iter().find(|key| !problems.iter().any(|(_, known)| known == *key));
                prop_assert!(strange.is_none(), "{door:?} says {strange:?} beside {problems:?}");
            }
        }
    }
    Ok(expected.is_ok())
}

#[test]
fn whatever_door_answers_come_through_the_same_is_written_or_said() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let house = runtime.block_on(bare_house());
    let dice = proptest::collection::vec((any::<u8>(), any::<bool>(), proptest::collection::vec(any::<u8>(), 9)), 12);
    let odd = prop_oneof![
        2 => Just(Vec::new()),
        3 => proptest::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..ODD.len(), any::<bool>()), 1..4),
    ];
    let mut runner = TestRunner::new(Config { cases: 60, failure_persistence: None, ..Config::default() });
    let (written, all) = (std::cell::Cell::new(0), std::cell::Cell::new(0));
    let result = runner.run(&(dice, odd), |(dice, odd)| {
        let ok = runtime.block_on(compare(&house, &dice, &odd))?;
        written.set(written.get() + usize::from(ok));
        all.set(all.get() + 1);
        Ok(())
    });
    result.unwrap();
    let (written, all) = (written.get(), all.get());
    println!("{all} returns through {} doors: {written} written, {} refused", DOORS.len(), all - written);
    assert!(written > 5 && all - written > 5, "{written} of {all}");
}
