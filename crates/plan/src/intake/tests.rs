//! Each refusal with the input that raises it and the one beside it that does not, and the same answers through names of
//! fields and through columns.

use proptest::prelude::*;
use strum::VariantArray;

use super::refusal::RefusalDiscriminants as Kind;
use super::*;
use crate::sample::{plan, unit};

type Fields<'a> = &'a [(&'a str, &'a str)];

/// What a form with these fields is refused for first, or its answers.
fn fill(fields: Fields) -> Result<Vec<Answer>, Refusal> {
    let state = plan();
    let mut intake = Intake::new(Arc::new(Questions::of(&state, unit(&state))));
    for (name, typed) in fields {
        intake.field(&name.parse().unwrap(), typed)?;
    }
    Ok(intake.finish())
}

/// The same for one row of a table: indicator, category in each of the columns, value and base.
fn row(columns: &[&str], rows: &[(&str, &[&str], &str, &str)]) -> Result<Vec<Answer>, Refusal> {
    let state = plan();
    let columns: Vec<Id> = columns.iter().map(ToString::to_string).collect();
    let mut intake = Intake::new(Arc::new(Questions::by_columns(&state, unit(&state), &columns)));
    for (indicator, categories, value, base) in rows {
        let question = intake.questions().about(indicator.as_bytes(), 0)?;
        let place = intake.questions().place(question, 0, |column| categories[column].as_bytes())?;
        let value = intake.number(question, place, value.as_bytes())?;
        let base = intake.number(question, place, base.as_bytes())?;
        intake.put(question, place, value, base)?;
    }
    Ok(intake.finish())
}

/// What is refused, and what is beside it and is not.
fn case(kind: Kind) -> (Result<Vec<Answer>, Refusal>, Result<Vec<Answer>, Refusal>) {
    const ALL: [&str; 3] = ["sex", "age", "hazard"];
    match kind {
        Kind::UnknownIndicator => (fill(&[("v|NONE|", "1")]), fill(&[("v|COUNT|", "1")])),
        Kind::UnknownCategory => {
            (row(&["sex"], &[("SHARE", &["sex.x"], "1", "2")]), row(&["sex"], &[("SHARE", &["sex.m"], "1", "2")]))
        }
        Kind::NotAsked => (
            row(&ALL, &[("PEOPLE", &["sex.f", "age.18", "hazard.fire"], "1", "")]),
            row(&ALL, &[("PEOPLE", &["", "", "hazard.fire"], "1", "")]),
        ),
        Kind::MissingDimension => {
            (row(&["sex"], &[("PEOPLE", &["sex.f"], "60", "")]), row(&["sex"], &[("PEOPLE", &[""], "60", "")]))
        }
        Kind::Twice => (
            row(&ALL, &[("COUNT", &["", "", ""], "1", ""), ("COUNT", &["", "", ""], "1", "")]),
            row(&ALL, &[("COUNT", &["", "", ""], "1", ""), ("LAW", &["", "", ""], "1", "")]),
        ),
        Kind::NotANumber => (fill(&[("v|COUNT|", "twelve")]), fill(&[("v|COUNT|", "១២")])),
        Kind::BaseNotAsked => (fill(&[("b|COUNT|", "20")]), fill(&[("b|DAYS|", "20")])),
        Kind::NumberNotAsked => (fill(&[("v|STORY|", "1")]), fill(&[("c|STORY", "1")])),
        Kind::UnknownChoice => (fill(&[("s|COUNT", "none")]), fill(&[("s|COUNT", "missing")])),
        Kind::TwoStates => (
            fill(&[("s|COUNT", "missing"), ("s|COUNT", "given")]),
            fill(&[("s|COUNT", "missing"), ("s|COUNT", "missing")]),
        ),
    }
}

#[test]
fn every_refusal_has_an_input_that_raises_it_and_one_beside_it_that_does_not() {
    for kind in Kind::VARIANTS {
        let (raises, beside) = case(*kind);
        assert_eq!(raises.map_err(|refusal| Kind::from(&refusal)), Err(*kind));
        assert!(beside.is_ok(), "{kind:?}: {:?}", beside.err());
    }
    println!("{} refusals of the intake", Kind::VARIANTS.len());
}

fn answer(answers: Result<Vec<Answer>, Refusal>, indicator: &str) -> Answer {
    answers.unwrap().into_iter().find(|answer| answer.indicator == indicator).unwrap()
}

/// A file by sex of what is asked by sex and age must not fill the first age.
#[test]
fn a_margin_is_refused_with_the_missing_column_named() {
    let found = row(&["sex"], &[("PEOPLE", &["sex.f"], "60", "")]).unwrap_err();
    let (sex, age) = (crate::Text::en("sex"), crate::Text::en("age"));
    assert_eq!(found, Refusal::MissingDimension { given: vec![sex], missing: vec![age], columns: vec!["age".into()] });
    // The column is there and empty: the same.
    assert_eq!(row(&["sex", "age"], &[("PEOPLE", &["sex.f", ""], "60", "")]).unwrap_err(), found);
    let given = fill(&[("v|PEOPLE|sex.f", "60")]).unwrap_err();
    assert_eq!(given, found, "and by the name of a field");
}

#[test]
fn a_row_without_any_group_is_the_total_wherever_columns_lack() {
    for columns in [&[][..], &["sex"], &["sex", "age"], &["hazard"]] {
        let rows = [("PEOPLE", &["", "", ""][..columns.len()], "60", "")];
        let people = answer(row(columns, &rows), "PEOPLE");
        assert_eq!((people.total, people.cells.is_empty()), (Some(60.0), true), "{columns:?}");
    }
    let share = answer(row(&[], &[("SHARE", &[], "1,500", "2000")]), "SHARE");
    assert_eq!((share.total, share.total_base), (Some(1500.0), Some(2000.0)));
    // What is not broken down has its cell.
    let count = answer(row(&[], &[("COUNT", &[], "5", "")]), "COUNT");
    assert_eq!((count.total, count.cells.values), (None, vec![Some(5.0)]));
}

#[test]
fn a_category_in_the_column_of_another_dimension_is_none_of_it() {
    let found = row(&["sex", "age"], &[("PEOPLE", &["age.18", "age.18"], "1", "")]).unwrap_err();
    assert_eq!(found, Refusal::UnknownCategory { value: "age.18".into(), dimension: crate::Text::en("sex") });
}

#[test]
fn what_is_no_number_at_all_does_not_enter() {
    let state = plan();
    let mut intake = Intake::new(Arc::new(Questions::of(&state, unit(&state))));
    let count = intake.questions().about(b"COUNT", 0).unwrap();
    for bad in [f64::NAN, f64::INFINITY, -1e16] {
        for (value, base) in [(Some(bad), None), (None, Some(bad))] {
            let found = intake.put(count, Place::Cell(0), value, base).unwrap_err();
            assert_eq!(Kind::from(&found), Kind::NotANumber);
        }
    }
    assert!(!intake.says(count));
}

#[test]
fn a_refused_row_leaves_nothing_behind() {
    let state = plan();
    let mut intake = Intake::new(Arc::new(Questions::of(&state, unit(&state))));
    let (count, share) =
        (intake.questions().about(b"COUNT", 0).unwrap(), intake.questions().about(b"SHARE", 0).unwrap());
    assert!(intake.put(count, Place::Cell(0), Some(1.0), Some(2.0)).is_err());
    intake.put(share, Place::Total, None, Some(2.0)).unwrap();
    assert!(intake.put(share, Place::Total, Some(1.0), Some(3.0)).is_err());
    let answers = intake.finish();
    assert!(answers.iter().all(|answer| answer.total.is_none() && answer.cells.is_empty()));
}

#[test]
fn a_correction_changes_what_it_says_and_nothing_else() {
    let before = fill(&[
        ("v|PEOPLE|sex.f/age.18", "4"),
        ("v|PEOPLE|sex.m/age.18", "5"),
        ("c|PEOPLE", "as counted"),
        ("e|PEOPLE", "on"),
        ("v|SHARE|sex.f", "1"),
        ("b|SHARE|sex.f", "2"),
        ("s|LAW", "missing"),
        ("c|LAW", "not known"),
        ("c|STORY", "It went well"),
    ])
    .unwrap();
    let state = plan();
    let questions = Arc::new(Questions::of(&state, unit(&state)));
    let mut intake = Intake::new(questions.clone());
    intake.field(&"v|PEOPLE|sex.f/age.18".parse().unwrap(), "6").unwrap();
    intake.field(&"v|LAW|".parse().unwrap(), "1").unwrap();
    let after = intake.onto(&before);
    let expected = fill(&[
        ("v|PEOPLE|sex.f/age.18", "6"),
        ("v|PEOPLE|sex.m/age.18", "5"),
        ("c|PEOPLE", "as counted"),
        ("e|PEOPLE", "on"),
        ("v|SHARE|sex.f", "1"),
        ("b|SHARE|sex.f", "2"),
        ("v|LAW|", "1"),
        ("c|LAW", "not known"),
        ("c|STORY", "It went well"),
    ])
    .unwrap();
    assert_eq!(after, expected);
    assert_eq!(Intake::new(questions.clone()).onto(&after), expected, "nothing said, nothing changed");
    let mut intake = Intake::new(questions);
    let people = intake.questions().about(b"PEOPLE", 0).unwrap();
    intake.estimate(people, false);
    let people = answer(Ok(intake.onto(&after)), "PEOPLE");
    assert_eq!((people.estimate, people.cells.values.iter().flatten().sum::<f64>()), (false, 11.0));
}

#[test]
fn gaps_are_closed_with_a_remark_and_words_are_no_gap() {
    let state = plan();
    let mut intake = Intake::new(Arc::new(Questions::of(&state, unit(&state))));
    intake.field(&"c|STORY".parse().unwrap(), "It went well").unwrap();
    intake.field(&"v|COUNT|".parse().unwrap(), "0").unwrap();
    intake.close_gaps("no row");
    let answers = intake.finish();
    let missing = answers.iter().filter(|answer| answer.state == AnswerState::Missing && answer.comment == "no row");
    assert_eq!(missing.count(), answers.len() - 2);
}

#[test]
fn remarks_of_several_rows_are_kept_once_each() {
    let count = answer(fill(&[("c|COUNT", "seen"), ("c|COUNT", "late"), ("c|COUNT", " seen ")]), "COUNT");
    assert_eq!(count.comment, "seen\nlate");
}

proptest! {
    /// Every place of every question is found again by its columns in any order and with any guess, and by its categories;
    /// and what has no place is refused, never put elsewhere.
    #[test]
    fn a_place_is_found_by_its_categories_alone(
        columns in Just(vec!["sex", "age", "hazard"]).prop_shuffle(),
        kept in 0..4_usize,
        given in (0..4_usize, 0..4_usize, 0..3_usize),
        guess in 0..9_usize,
    ) {
        let state = plan();
        let columns: Vec<Id> = columns[..kept].iter().map(ToString::to_string).collect();
        let questions = Questions::by_columns(&state, unit(&state), &columns);
        let pick = |dimension: &str| -> &str {
            let lists: (&[&str], usize) = match dimension {
                "sex" => (&["", "sex.f", "sex.m", "sex.x"], given.0),
                "age" => (&["", "age.0-17", "age.18", "age.60"], given.1),
                _ => (&["", "hazard.flood", "hazard.fire"], given.2),
            };
            lists.0[lists.1]
        };
        let row: Vec<&str> = columns.iter().map(|dimension| pick(dimension)).collect();
        let brought: Vec<Id> =
            ["sex", "age", "hazard"].iter().filter(|d| columns.iter().any(|c| c == *d)).map(|d| pick(d).to_string())
                .filter(|id| !id.is_empty()).collect();
        for (n, question) in questions.list().iter().enumerate() {
            let found = questions.place(n, guess, |column| row[column].as_bytes());
            // The oracle: a cell is what is asked for with just these categories; no category at all is the total.
            let cell = question.grid.0.iter().position(|asked| *asked == brought);
            match cell {
                Some(cell) => prop_assert_eq!(found, Ok(Place::Cell(cell))),
                None if brought.is_empty() => prop_assert_eq!(found, Ok(Place::Total)),
                None => prop_assert!(found.is_err(), "{:?} {:?}", brought, found),
            }
        }
    }
}
