//! Attacks over several indicators that count the same people: by categories that overlap others, by what was told of one
//! that cannot be counted any more, and where a plan says in a circle that each counts some of the next.

use super::*;

const CATEGORY: &str = "disability.yes";
/// Of those whom both count, with a disability: two in the first province.
const DISABLED: [[i64; 4]; PROVINCES] =
    [[1, 0, 1, 0], [6, 0, 0, 0], [3, 4, 2, 0], [11, 0, 9, 3], [14, 0, 0, 8], [2, 12, 11, 0]];

/// What is told of a category at a place in the year.
fn in_category(composed: &Composed, id: &str, area: &str) -> Option<f64> {
    let key = Key { area: area.into(), period: Period::year(2024), categories: vec![CATEGORY.into()] };
    measured(composed, id).observations.iter().find(|at| at.key() == key).and_then(|at| at.value())
}

/// Two counts of the same people, each by disability; the second one lacks a province.
fn by_disability() -> Made {
    let mut plan = Made::default();
    plan.put(
        Kind::Dimension,
        json!({ "id": "disability", "name": text("d"), "additivity": "overlapping", "version": 1, "source": "" }),
    );
    plan.put(Kind::Category, json!({ "id": CATEGORY, "dimension": "disability", "name": text("yes"), "order": 1 }));
    for id in ["CARE", "HELP"] {
        plan.indicator(id, "count", "sum", 5, json!({ "overlapping": ["disability"] }));
        plan.numbers.insert(id.into(), counts(DISABLED.map(|row| row.map(|count| 40 + count))));
        plan.groups.insert(id.into(), (CATEGORY.into(), DISABLED));
    }
    plan.silent.push(("HELP", 1));
    plan.link(("HELP", "number"), "same-people", ("CARE", "number"));
    plan
}

fn by_groups(id: &str, leave_out: &[&str]) -> Edition {
    let tables = vec![EditionTable::Time, EditionTable::Place, EditionTable::Group, EditionTable::PlaceGroup];
    Edition { tables, ..edition(id, leave_out) }
}

/// What is left of the whole of the second count when all that is told of either is subtracted, and of how many places.
fn left_of_help(told: &[&Composed]) -> (f64, usize) {
    let all = |area: &str| {
        let of = |(composed, id): (&&Composed, &str)| {
            let is_in = composed.body.indicators.iter().any(|measured| measured.indicator.id == id);
            is_in.then(|| in_category(composed, id, area)).flatten()
        };
        told.iter().flat_map(|composed| ["CARE", "HELP"].map(|id| (composed, id))).find_map(of)
    };
    let places: Vec<String> = (0..PROVINCES).filter(|n| *n != 1).map(province).collect();
    let known: Vec<f64> = places.iter().filter_map(|area| all(area)).collect();
    let whole = told.last().and_then(|composed| in_category(composed, "HELP", "KH"));
    (whole.map_or(f64::INFINITY, |whole| whole - known.iter().sum::<f64>()), places.len() - known.len())
}

/// The attack: the one hides the first province and the second, the other the first and the third, and tells the second's.
#[test]
fn categories_of_the_same_people_are_hidden_together() {
    let composed = by_disability().after(&by_groups("1", &[]), &Memory::default());
    let (care, help) = (in_category(&composed, "CARE", "KH"), in_category(&composed, "HELP", "KH"));
    assert!(care.is_some() || help.is_some(), "something is told");
    let (left, hidden) = left_of_help(&[&composed]);
    assert!(left.is_infinite() || hidden > 1 && left >= 5.0 + 1.0, "{left} are left in {hidden} places");
}

/// The same over two editions: what was told of the one is held against the other, although it is left out now.
#[test]
fn categories_of_the_same_people_are_held_against_earlier_editions() {
    let plan = by_disability();
    let first = plan.after(&by_groups("1", &["HELP"]), &Memory::default());
    let second = plan.after(&by_groups("2", &["CARE"]), &memory(&first));
    assert!(in_category(&first, "CARE", "KH").is_some());
    let (left, hidden) = left_of_help(&[&first, &second]);
    assert!(left.is_infinite() || hidden > 1 && left >= 5.0 + 1.0, "{left} are left in {hidden} places");
}

/// A count was told, and one of its numbers is none of people now: what it told is held against the share of the same people.
#[test]
fn what_was_told_of_a_number_that_cannot_be_counted_any_more_stays_known() {
    let mut rows = [[20; 4]; PROVINCES];
    (rows[0], rows[1], rows[2]) = ([1, 0, 1, 0], [3, 3, 3, 3], [4, 4, 3, 3]);
    let mut plan = pair(rows, 0);
    plan.link(("SHARE", "numerator"), "same-people", ("CARE", "number"));
    // The second province has many others, so that the share would rather hide the third.
    plan.numbers.get_mut("SHARE").unwrap()[1].iter_mut().for_each(|(_, all)| *all += 4_000.0);
    let first = plan.after(&edition("1", &["SHARE"]), &Memory::default());
    let count = |area: &str| told(measured(&first, "CARE"), area, "2024").map(|told| told.0);
    assert!(count("KH").is_some() && count("KH-01").is_none());
    plan.numbers.get_mut("CARE").unwrap()[4][2].0 += 0.5;
    for leave_out in [&["CARE"][..], &[]] {
        let second = plan.after(&edition("2", leave_out), &memory(&first));
        let share = |area: &str| told(measured(&second, "SHARE"), area, "2024").and_then(|told| told.1);
        let known: Vec<f64> = (0..PROVINCES).map(province).filter_map(|p| count(&p).or_else(|| share(&p))).collect();
        let left = count("KH").unwrap() - known.iter().sum::<f64>();
        assert!(
            known.len() < PROVINCES - 1 && left >= 10.0 + 1.0,
            "{left} are left in {} places",
            PROVINCES - known.len()
        );
        assert!((0..PROVINCES).any(|n| share(&province(n)).is_some()), "what is safe is told");
        // It is told again as soon as it can be counted.
        let mut mended = pair(rows, 0);
        mended.link(("SHARE", "numerator"), "same-people", ("CARE", "number"));
        let third = mended.after(&edition("3", &[]), &memory(&second));
        assert!(told(measured(&third, "CARE"), "KH", "2024").is_some());
    }
}

/// Each counts some of the next, in a circle: they are the same people, and are told as such.
#[test]
fn a_circle_of_links_withholds_nothing() {
    let mut plan = Made::default();
    for id in ["A", "B", "C"] {
        plan.indicator(id, "count", "sum", 10, json!({}));
        plan.numbers.insert(id.into(), counts(SURVIVORS));
    }
    for (one, other) in [("A", "B"), ("B", "C"), ("C", "A")] {
        plan.link((one, "number"), "some-of-them", (other, "number"));
    }
    let composed = plan.composed();
    for id in ["A", "B", "C"] {
        let measured = measured(&composed, id);
        assert!(measured.withheld.is_empty() && told(measured, "KH", "2024").is_some(), "{id}");
        assert_eq!(told(measured, "KH-01", "2024"), None);
    }
    assert!(composed.questions.is_empty(), "the plan has answered");
}
