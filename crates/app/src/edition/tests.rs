//! Attacks on what an edition tells beside its protected tables, each as it was made: subtraction and division, no more.

use std::collections::BTreeMap;

use proptest::prelude::*;
use romduol_edition::content::{Figure, Key, Measured};
use romduol_ledger::Head;
use romduol_plan::Change;
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Entry};
use serde_json::{Value, json};

use super::compose::{Composed, compose};
use super::worked_out::{Memory, WorkedOut};
use super::*;

mod tied;

const QUARTERS: [&str; 4] = ["2024Q1", "2024Q2", "2024Q3", "2024Q4"];
const PROVINCES: usize = 6;

/// A plan of some indicators with the numbers that provinces reported: by province and quarter, the upper and the lower one.
#[derive(Default)]
struct Made {
    records: Vec<Change>,
    numbers: BTreeMap<String, Vec<[(f64, f64); 4]>>,
    /// By indicator, of those whom it counts: a category that overlaps others, and how many are in it.
    groups: BTreeMap<String, (String, [[i64; 4]; PROVINCES])>,
    /// Indicators and provinces of which nothing came in.
    silent: Vec<(&'static str, usize)>,
}

fn province(n: usize) -> String {
    format!("KH-{:02}", n + 1)
}

fn text(en: &str) -> Value {
    json!({ "en": en, "km": "" })
}

impl Made {
    fn put(&mut self, kind: Kind, body: Value) {
        self.records.push(Change::Put(Body::read(kind, body).unwrap()));
    }

    fn indicator(&mut self, id: &str, kind: &str, time: &str, k: u32, more: Value) {
        let place = if kind == "ratio" { "ratio" } else { "sum" };
        let mut body = json!({ "id": id, "name": text(id), "definition": text(""), "kind": kind, "unit": "", "time": time,
            "place": place, "direction": "up", "owner": "MOI", "nodes": [], "level": "output", "frequency": "quarter",
            "form": "f", "data_source": "", "method": text(""), "class": "public", "k": k, "floor": "province", "source": "" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.put(Kind::Indicator, body);
    }

    fn link(&mut self, one: (&str, &str), relation: &str, other: (&str, &str)) {
        let id = format!("{}-{}", one.0, other.0);
        let body = json!({ "id": id, "indicator": one.0, "part": one.1, "relation": relation, "other": other.0,
            "other_part": other.1, "source": "" });
        self.put(Kind::CountLink, body);
    }

    fn snapshot(&self) -> Snapshot {
        let mut made = Made::default();
        made.put(
            Kind::Plan,
            json!({ "id": "P", "title": text("P"), "description": text(""), "secretariat": "MOI", "area": "KH", "map_level": "province",
            "source": "" }),
        );
        let area = |id: &str, parent: Option<&str>, level: &str| json!({ "id": id, "name": text(id), "level": level, "parent": parent, "code": id, "source": "" });
        made.put(Kind::Area, area("KH", None, "country"));
        made.put(
            Kind::Form,
            json!({ "id": "f", "name": text("f"), "audience": "area", "frequency": "quarter", "due_days": 30,
            "chain": ["secretariat"], "source": "" }),
        );
        for n in 0..PROVINCES {
            let id = province(n);
            made.put(Kind::Area, area(&id, Some("KH"), "province"));
            made.put(
                Kind::Assignment,
                json!({ "id": format!("f.{id}"), "form": "f", "institution": "MOI", "area": id,
                "from": "2024Q1" }),
            );
        }
        let mut changes = made.records;
        changes.extend(self.records.iter().cloned());
        let mut state = State::default();
        let actor = || Actor { account: "t".into(), post: "t".into() };
        let entry = |changes| Entry { at: "2025-02-01T00:00:00Z".into(), actor: actor(), why: String::new(), changes };
        state.apply(1, &entry(changes)).unwrap();
        let mut returns = Vec::new();
        for n in 0..PROVINCES {
            for (at, quarter) in QUARTERS.iter().enumerate() {
                let answer = |(id, rows): (&String, &Vec<[(f64, f64); 4]>)| {
                    let kind = state.find::<Indicator>(id).unwrap().kind;
                    let (upper, lower) = rows[n][at];
                    let bases = if kind == ValueKind::Ratio { vec![Some(lower)] } else { Vec::new() };
                    let (mut grid, mut values) = (vec![vec![]], vec![Some(upper)]);
                    if let Some((category, rows)) = self.groups.get(id) {
                        grid.push(vec![category.clone()]);
                        values.push(Some(rows[n][at] as f64));
                    }
                    Answer { cells: Cells { grid: Arc::new(Grid(grid)), values, bases }, ..Answer::to(id) }
                };
                let came = |(id, _): &(&String, _)| !self.silent.iter().any(|(own, at)| own == id && *at == n);
                let answers: Vec<Answer> = self.numbers.iter().filter(came).map(answer).collect();
                let unit = format!("f.{}", province(n));
                let period: Period = quarter.parse().unwrap();
                let record = Return {
                    id: format!("{unit}.{quarter}"),
                    assignment: unit,
                    period,
                    version: 1,
                    status: ReturnStatus::Accepted,
                    steps_done: 1,
                    answers: Answers::pack(&answers),
                    illustrative: false,
                };
                returns.push(Change::Put(record.into()));
            }
        }
        state.apply(2, &entry(returns)).unwrap();
        let totals = Totals::build(&state, false);
        Snapshot::with(state, totals, Head::genesis(), false)
    }

    fn composed(&self) -> Composed {
        self.after(&edition("1", &[]), &Memory::default())
    }

    /// An edition after all that is remembered.
    fn after(&self, choice: &Edition, memory: &Memory) -> Composed {
        compose(&self.snapshot(), choice, memory, &WorkedOut::default(), &Progress::default()).unwrap()
    }
}

fn edition(id: &str, leave_out: &[&str]) -> Edition {
    Edition {
        id: id.into(),
        position: 2,
        until: Period::year(2024),
        level: AreaLevel::Province,
        sections: Vec::new(),
        tables: vec![EditionTable::Time, EditionTable::Place],
        leave_out: leave_out.iter().map(ToString::to_string).collect(),
        without_waiting: false,
        demonstration: false,
        note: Text::default(),
        state: EditionState::Prepared,
        prepared: Date { year: 2025, month: 2, day: 1 },
        prepared_by: "a".into(),
        content: String::new(),
        decided: None,
        reason: Text::default(),
        bundle: None,
        memory: None,
    }
}

/// What is remembered after an edition.
fn memory(composed: &Composed) -> Memory {
    WorkedOut::new(String::new(), &Memory::default(), composed.measures.clone()).memory()
}

fn measured<'a>(composed: &'a Composed, id: &str) -> &'a Measured {
    composed.body.indicators.iter().find(|measured| measured.indicator.id == id).unwrap()
}

/// What is told at a place and a period: value, upper and lower number.
fn told(measured: &Measured, area: &str, period: &str) -> Option<(f64, Option<f64>, Option<f64>)> {
    let key = Key { area: area.into(), period: period.parse().unwrap(), categories: Vec::new() };
    let numbers = measured.observations.iter().find(|at| at.key() == key)?.figure.numbers()?;
    Some((numbers.value, numbers.numerator, numbers.denominator))
}

/// One number for each province and quarter.
fn counts(rows: [[i64; 4]; PROVINCES]) -> Vec<[(f64, f64); 4]> {
    rows.map(|row| row.map(|count| (count as f64, 0.0))).into()
}

const SURVIVORS: [[i64; 4]; PROVINCES] =
    [[1, 0, 0, 0], [14, 20, 15, 30], [13, 12, 33, 11], [40, 31, 22, 60], [25, 26, 27, 28], [8, 16, 18, 90]];

/// The attack: amounts are told, the rate is one for all, so amount by rate is the count that is hidden.
#[test]
fn an_amount_is_hidden_where_the_people_who_got_it_are() {
    let mut plan = Made::default();
    plan.indicator("CARE", "count", "sum", 10, json!({ "class": "restricted" }));
    plan.indicator("PAID", "money", "sum", 10, json!({ "class": "restricted" }));
    plan.numbers.insert("CARE".into(), counts(SURVIVORS));
    plan.numbers.insert("PAID".into(), counts(SURVIVORS.map(|row| row.map(|count| count * 400_000))));
    // Without a word on who got it, nothing is told: k cannot be kept.
    let silent = plan.composed();
    assert!(measured(&silent, "PAID").observations.iter().all(|at| at.figure == Figure::Hidden));
    plan.link(("PAID", "number"), "about-them", ("CARE", "number"));
    let composed = plan.composed();
    let (care, paid) = (measured(&composed, "CARE"), measured(&composed, "PAID"));
    assert!(care.hidden() >= 2 && told(paid, "KH", "2024").is_some());
    for at in &paid.observations {
        let (area, period) = (at.area.as_str(), at.period.to_string());
        let count = told(care, area, &period).map(|told| told.0);
        assert_eq!(at.value().map(|amount| amount / 400_000.0), count, "{area} {period}");
        assert!(count.is_none_or(|count| count >= 10.0));
    }
    assert_eq!(paid.protection.k, 10);
    // Also where the count itself stays out of the edition.
    let alone = plan.after(&edition("1", &["CARE"]), &Memory::default());
    let paid = measured(&alone, "PAID");
    assert_eq!(told(paid, "KH-01", "2024"), None);
    assert!(paid.hidden() >= 2 && told(paid, "KH", "2024").is_some());
}

/// One got five millions of little more: the sum over the place says within 2 % how much.
#[test]
fn an_amount_of_which_one_got_nearly_all_is_hidden() {
    let mut plan = Made::default();
    plan.indicator("CARE", "count", "sum", 5, json!({}));
    plan.indicator("PAID", "money", "sum", 5, json!({}));
    let mut people = [[20, 20, 20, 20]; PROVINCES];
    let mut paid = [[2_000_000, 2_000_000, 2_000_000, 2_000_000]; PROVINCES];
    (people[0], paid[0]) = ([1, 20, 0, 0], [90_000_000, 400_000, 0, 0]);
    plan.numbers.insert("CARE".into(), counts(people));
    plan.numbers.insert("PAID".into(), counts(paid));
    plan.link(("PAID", "number"), "about-them", ("CARE", "number"));
    let composed = plan.composed();
    let paid = measured(&composed, "PAID");
    assert_eq!(told(paid, "KH-01", "2024"), None, "21 got it, and one of them 90 of 90.4 millions");
    assert!(paid.observations.iter().filter(|at| at.area != "KH" && at.figure == Figure::Hidden).count() >= 2);
}

/// The attack: a baseline and a preferred figure tell a total that is hidden.
#[test]
fn a_figure_and_a_baseline_tell_no_hidden_total() {
    let mut rows = [[0; 4]; PROVINCES];
    (rows[0][1], rows[3][2]) = (1, 1);
    for baseline in [true, false] {
        let mut plan = Made::default();
        let more = json!({ "baseline": 2.0, "baseline_period": "2024" });
        plan.indicator("WOMEN", "count", "sum", 5, if baseline { more } else { json!({}) });
        plan.numbers.insert("WOMEN".into(), counts(rows));
        if !baseline {
            plan.put(
                Kind::Evidence,
                json!({ "id": "ST999", "label": text("w"), "value": 2.0, "unit": "count", "printed": "2",
                "sex": "female", "group": "", "place": "", "qualifier": "", "also_in": "", "note": "", "area": "KH", "date": "2024", "date_basis": "stated", "kind": "observed", "topic": "",
                "direction": "up",
                "indicator": "WOMEN", "indicator_use": "value", "cited_source": "", "section": "1", "source": "" }),
            );
            plan.put(
                Kind::Preference,
                json!({ "id": "PR", "indicator": "WOMEN", "period": "2024", "evidence": "ST999",
                "reason": text("r") }),
            );
        }
        let composed = plan.composed();
        let women = measured(&composed, "WOMEN");
        assert_eq!(told(women, "KH", "2024"), None);
        assert_eq!((women.indicator.baseline, women.indicator.baseline_period), (None, None));
        assert!(!composed.body.to_json().contains("\"baseline\":2"));
        let withheld = &composed.explained[0].unprinted;
        let what = if baseline { Print::Baseline } else { Print::Figure("ST999".into()) };
        assert_eq!(withheld.iter().map(|own| &own.what).collect::<Vec<_>>(), [&what]);
        assert!(women.observations.iter().filter(|at| at.area == "KH-01" && at.figure == Figure::Hidden).count() >= 1);
    }
    // Where the count is told, so is what is printed.
    let mut plan = Made::default();
    plan.indicator("WOMEN", "count", "sum", 5, json!({ "baseline": 700.0, "baseline_period": "2024" }));
    plan.numbers.insert("WOMEN".into(), counts(SURVIVORS));
    let composed = plan.composed();
    assert!(told(measured(&composed, "WOMEN"), "KH", "2024").is_some());
    assert_eq!(measured(&composed, "WOMEN").indicator.baseline, Some(700.0));
}

/// The attack: new persons by subtraction of neighbouring quarters.
#[test]
fn a_running_total_does_not_tell_who_is_new() {
    let mut plan = Made::default();
    plan.indicator("CARE", "count", "running-total", 10, json!({ "class": "restricted" }));
    let run = SURVIVORS.map(|row| {
        let mut sum = 30;
        row.map(|count| {
            sum += count;
            sum
        })
    });
    plan.numbers.insert("CARE".into(), counts(run));
    let composed = plan.composed();
    let care = measured(&composed, "CARE");
    let areas: Vec<String> = (0..PROVINCES).map(province).chain(["KH".to_string()]).collect();
    let mut pairs = 0;
    for area in &areas {
        for (n, first) in QUARTERS.iter().enumerate() {
            for second in &QUARTERS[n + 1..] {
                if let (Some(was), Some(is)) = (told(care, area, first), told(care, area, second)) {
                    assert!(is.0 - was.0 >= 10.0, "{area}: {} new from {first} to {second}", is.0 - was.0);
                    pairs += 1;
                }
            }
        }
    }
    assert!(pairs > 10, "much is told: {pairs}");
}

/// The attack: a count and the share whose upper number it is hide two different pairs, and each tells the other's.
fn cross(plan: &Made, some: &[[i64; 4]; PROVINCES]) -> Result<(), String> {
    let composed = plan.composed();
    let (count, share) = (measured(&composed, "CARE"), measured(&composed, "SHARE"));
    for (n, row) in some.iter().enumerate() {
        let (area, period, sum) = (province(n), "2024", row.iter().sum::<i64>());
        let one = told(count, &area, period).map(|told| told.0);
        let other = told(share, &area, period).and_then(|told| told.1);
        if sum < 10 && (one.is_some() || other.is_some()) {
            return Err(format!("{area} {period} is {sum}: {one:?} {other:?}"));
        }
        if one.is_none() && other.is_some() {
            return Err(format!("{area} {period}: {one:?} and {other:?} of the same people"));
        }
    }
    // What the told ones leave of the whole must be room for each hidden one to be 10 or more.
    let (whole, all) = (told(count, "KH", "2024"), (0..PROVINCES).map(province).collect::<Vec<_>>());
    let Some((whole, ..)) = whole else { return Ok(()) };
    let known = |area: &String| {
        told(count, area, "2024").map(|told| told.0).or_else(|| told(share, area, "2024").and_then(|told| told.1))
    };
    let left = whole - all.iter().filter_map(known).sum::<f64>();
    let hidden = all.iter().filter(|area| known(area).is_none()).count();
    (hidden == 0 || (hidden > 1 && left >= 10.0)).then_some(()).ok_or_else(|| format!("{left} in {hidden}"))
}

fn pair(rows: [[i64; 4]; PROVINCES], others: i64) -> Made {
    let mut plan = Made::default();
    plan.indicator("CARE", "count", "sum", 10, json!({ "class": "restricted" }));
    plan.indicator("SHARE", "ratio", "sum", 10, json!({ "class": "restricted" }));
    plan.numbers.insert("CARE".into(), counts(rows));
    let share =
        rows.iter().enumerate().map(|(n, row)| row.map(|count| (count as f64, (count + others + n as i64) as f64)));
    plan.numbers.insert("SHARE".into(), share.collect());
    plan
}

#[test]
fn equal_numbers_that_nobody_declared_are_protected_together_and_asked_about() {
    let mut plan = pair(SURVIVORS, 17);
    cross(&plan, &SURVIVORS).unwrap();
    let asked = plan.composed().questions;
    let [question] = asked.as_slice() else { panic!("{asked:?}") };
    assert!(question.same && question.cells > 20, "{question:?}");
    assert_eq!(question.one, ("CARE".to_string(), CountPart::Number));
    assert_eq!(question.other, ("SHARE".to_string(), CountPart::Numerator));
    plan.link(("SHARE", "numerator"), "same-people", ("CARE", "number"));
    assert!(plan.composed().questions.is_empty(), "it was answered");
    cross(&plan, &SURVIVORS).unwrap();
}

#[test]
fn a_link_that_the_data_contradict_is_told_with_the_place() {
    let mut plan = pair(SURVIVORS, 17);
    plan.link(("SHARE", "numerator"), "same-people", ("CARE", "number"));
    plan.numbers.get_mut("SHARE").unwrap()[4][2].0 += 3.0;
    let found = plan.composed().contradictions;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].one - found[0].other, found[0].link.as_str()), (3, "SHARE-CARE"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_count_and_a_share_hide_the_same(
        rows in prop::array::uniform6(prop::array::uniform4(prop_oneof![2 => 0..4_i64, 3 => 5..60_i64])),
        others in 0..40_i64,
    ) {
        let mut plan = pair(rows, others);
        plan.link(("SHARE", "numerator"), "same-people", ("CARE", "number"));
        cross(&plan, &rows).map_err(TestCaseError::fail)?;
    }
}

#[test]
fn a_text_beside_the_tables_is_read_for_small_counts() {
    let mut plan = Made::default();
    plan.indicator("CARE", "count", "sum", 10, json!({ "class": "restricted" }));
    plan.numbers.insert("CARE".into(), counts(SURVIVORS));
    let note = Text { en: "Two provinces were late. In KH-01 only 1 woman was reached.".into(), km: String::new() };
    let choice = Edition { note, ..edition("1", &[]) };
    let composed = plan.after(&choice, &Memory::default());
    let found: Vec<&str> = composed.sentences.iter().map(|(_, sentence)| sentence.as_str()).collect();
    assert_eq!(found, ["In KH-01 only 1 woman was reached."]);
}

/// The status set by a person follows from a value, too.
#[test]
fn a_status_of_a_hidden_value_is_not_told() {
    let mut plan = Made::default();
    plan.indicator("CARE", "count", "sum", 10, json!({ "class": "restricted" }));
    let mut rows = [[0; 4]; PROVINCES];
    rows[2][3] = 4;
    plan.numbers.insert("CARE".into(), counts(rows));
    plan.put(
        Kind::Override,
        json!({ "id": "CARE.2024Q4", "indicator": "CARE", "period": "2024Q4", "status": "off-track",
        "reason": text("few") }),
    );
    let composed = plan.composed();
    let care = measured(&composed, "CARE");
    assert_eq!(told(care, "KH", "2024Q4"), None);
    assert_eq!((care.standing.computed, &care.standing.official), (None, &None));
}

/// Amounts and everything else that is prepared anew after another edition: what was hidden stays so.
#[test]
fn a_second_edition_of_linked_numbers_comes_out() {
    let plan = pair(SURVIVORS, 17);
    let first = plan.composed();
    let second = plan.after(&edition("2", &[]), &memory(&first));
    let figures = |composed: &Composed| {
        composed.body.indicators.iter().flat_map(|one| &one.observations).map(|at| at.figure).collect::<Vec<_>>()
    };
    assert_eq!(figures(&first), figures(&second));
    // One of them stays out: what it told and hid is remembered all the same.
    let alone = plan.after(&edition("2", &["CARE"]), &memory(&first));
    assert_eq!(told(measured(&alone, "SHARE"), "KH-01", "2024"), None);
}

/// Linked numbers for less of a year and fewer places after more of it, and the other way about: what is told of either is
/// held against all that was told of both, and neither stops the edition.
#[test]
fn any_edition_of_linked_numbers_comes_out_after_any() {
    let plan = pair(SURVIVORS, 17);
    let ends = ["2024Q2", "2024", "2024Q3", "2024S1"];
    for (first, second) in ends.iter().flat_map(|one| ends.iter().map(move |other| (*one, *other))) {
        for level in [AreaLevel::Country, AreaLevel::Province] {
            let before = Edition { until: first.parse().unwrap(), ..edition("1", &[]) };
            let told_first = plan.after(&before, &Memory::default());
            let now = Edition { until: second.parse().unwrap(), level, ..edition("2", &[]) };
            let told_second = plan.after(&now, &memory(&told_first));
            for measured in &told_second.body.indicators {
                let later = measured.observations.iter().find(|at| at.period.last_month() > now.until.last_month());
                assert!(later.is_none(), "{first} and then {second}: {later:?}");
            }
            for composed in [&told_first, &told_second] {
                assert!(["CARE", "SHARE"].iter().all(|id| told(measured(composed, id), "KH-01", "2024Q1").is_none()));
            }
            let all = |id: &str| told(measured(&told_second, id), "KH", "2024Q2");
            assert!(all("CARE").is_some() && all("SHARE").is_some(), "{first} and then {second} by {level:?}");
        }
    }
}

/// What was worked out for all of a set is taken again as long as nothing that went into any of it has changed.
#[test]
fn linked_numbers_are_worked_out_once() {
    let plan = pair(SURVIVORS, 17);
    let first = plan.composed();
    let kept = WorkedOut::new("salt".into(), &Memory::default(), first.measures.clone());
    let kept = WorkedOut::from_bytes(&kept.to_bytes().unwrap()).unwrap();
    let (snapshot, progress) = (plan.snapshot(), Progress::default());
    let again = compose(&snapshot, &edition("1", &[]), &Memory::default(), &kept, &progress).unwrap();
    assert_eq!(again.measures, first.measures);
    assert_eq!(again.body.to_json(), first.body.to_json());
    assert_eq!(progress.of(), (first.body.indicators.len(), first.body.indicators.len()));
}
