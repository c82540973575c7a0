//! A correction against a list of all that an answer says: what a file says is replaced, everything else is there as before.

use std::collections::BTreeMap;
use std::io::Write;

use proptest::prelude::*;
use romduol_plan::answers::{Question, has_base, questions};

use super::super::rows::tests::plan;
use super::super::rows::{Event, Rows};
use super::super::source::Source;
use super::*;

const UNIT: &str = "province-quarter.KH-01";

/// Everything that answers say, by its place.
type Said = BTreeMap<(Id, String, &'static str), String>;

fn said(answers: &[Answer]) -> Said {
    let mut said = Said::new();
    for answer in answers {
        let mut note = |cell: String, what, text: String| said.insert((answer.indicator.clone(), cell, what), text);
        for (n, categories) in answer.cells.grid.0.iter().enumerate() {
            let number = |list: &[Option<f64>]| list.get(n).copied().flatten();
            number(&answer.cells.values).map(|value| note(categories.join("/"), "value", value.to_string()));
            number(&answer.cells.bases).map(|base| note(categories.join("/"), "base", base.to_string()));
        }
        answer.total.map(|total| note("total".into(), "value", total.to_string()));
        note(String::new(), "state", answer.state.code().into());
        note(String::new(), "remark", answer.comment.clone());
        note(String::new(), "files", format!("{:?}", answer.files));
    }
    said
}

fn asked() -> Vec<Question> {
    let unit = plan().find::<Assignment>(UNIT).unwrap();
    questions(plan(), unit).into_iter().filter(|question| question.indicator.kind != ValueKind::Narrative).collect()
}

/// What stands: each cell with a number of its own, a remark and a file; some indicators missing.
fn standing(missing: &[bool]) -> Vec<Answer> {
    let answer = |(n, question): (usize, Question)| {
        let id = question.indicator.id.clone();
        let files = vec![File { blob: "b".into(), name: format!("{id}.pdf") }];
        if missing[n % missing.len()] {
            let comment = if n % 2 == 0 { "no row in older.csv" } else { "the register was lost" };
            return Answer { state: AnswerState::Missing, comment: comment.into(), files, ..Answer::to(&id) };
        }
        let cells = question.grid.0.len();
        let bases = if has_base(question.indicator.kind) { vec![Some(900.0); cells] } else { Vec::new() };
        let cells = Cells { grid: question.grid.clone(), values: (0..cells).map(|n| Some(n as f64)).collect(), bases };
        Answer { cells, comment: "counted by hand".into(), files, ..Answer::to(&id) }
    };
    asked().into_iter().enumerate().map(answer).collect()
}

/// A file that says a number of some cells, and what it should come to.
fn file(chosen: &[usize], before: &[Answer]) -> (String, Said) {
    let dimensions: Vec<Id> = plan().all::<Dimension>().map(|dimension| dimension.id.clone()).collect();
    let mut text = format!("assignment,period,indicator,{},value\n", dimensions.join(","));
    let mut wanted = said(before);
    let cells: Vec<(Id, Vec<Id>)> = asked()
        .iter()
        .flat_map(|question| question.grid.0.iter().map(|cell| (question.indicator.id.clone(), cell.clone())))
        .collect();
    let mut taken = std::collections::BTreeSet::new();
    for at in chosen.iter().map(|at| at % cells.len()).filter(|at| taken.insert(*at)) {
        let (indicator, categories) = &cells[at];
        let of = |dimension: &Id| {
            let own = categories.iter().find(|id| plan().find::<Category>(id).unwrap().dimension == *dimension);
            own.cloned().unwrap_or_default()
        };
        let groups: Vec<Id> = dimensions.iter().map(of).collect();
        text += &format!("{UNIT},2026Q1,{indicator},{},{}\n", groups.join(","), 100 + at);
        wanted.insert((indicator.clone(), categories.join("/"), "value"), (100 + at).to_string());
        wanted.insert((indicator.clone(), String::new(), "state"), "given".into());
        let remark = wanted.get_mut(&(indicator.clone(), String::new(), "remark")).unwrap();
        if remark.starts_with("no row in") {
            remark.clear();
        }
    }
    (text, wanted)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_correction_changes_what_the_file_says(
        chosen in prop::collection::vec(0usize..10_000, 1..40),
        missing in prop::collection::vec(any::<bool>(), 1..5),
    ) {
        let before = standing(&missing);
        let (text, wanted) = file(&chosen, &before);
        let mut path = tempfile::NamedTempFile::new().unwrap();
        path.write_all(text.as_bytes()).unwrap();
        let source = Source::open(plan(), path.path()).unwrap();
        let events: Vec<Event> = Rows::new(plan(), source.lines().unwrap(), &source.header).collect();
        let [Event::Group(_)] = &events[..] else { panic!("{text}") };
        let Some(Event::Group(group)) = events.into_iter().next() else { unreachable!() };
        let named = group.rows.by_question.iter().map(|rows| *rows > 0).collect();
        let merged = Merged::over(before.clone(), group.intake, group.questions, named);
        let after = said(&merged.answers);
        prop_assert_eq!(&after, &wanted);
        // What is told as changed is what differs, and nothing else.
        let told = merged.changes(&UNIT.to_string(), "2026Q1".parse().unwrap());
        let then = said(&before);
        let differ = |key: &&(Id, String, &'static str)| then.get(*key) != after.get(*key);
        prop_assert_eq!(told.len(), after.keys().chain(then.keys().filter(|key| !after.contains_key(*key))).filter(differ).count());
    }
}
