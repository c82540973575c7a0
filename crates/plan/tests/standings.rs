//! How an indicator stands: which of its values is held against which target, what that value lacks, and which status it
//! takes; compared with a naive reading of the same returns, for every time rule, target and rhythm of reporting.

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use romduol_plan::completeness::Lacks;
use romduol_plan::kinds::*;
use romduol_plan::readings::{Reading, Standing, View};
use romduol_plan::status::Status;
use romduol_plan::totals::{Totals, Update};
use romduol_plan::{Actor, Change, Entry, Frequency, Period, State};
use serde_json::{Value, json};

const UNITS: [&str; 3] = ["KH-01", "KH-02", "KH-03"];

/// A plan with one indicator that three provinces report, and its targets.
struct Plan {
    kind: ValueKind,
    time: TimeRule,
    place: PlaceRule,
    every: Frequency,
    direction: Direction,
    baseline: Option<(f64, &'static str)>,
    targets: Vec<(String, f64)>,
}

impl Default for Plan {
    fn default() -> Plan {
        Plan {
            kind: ValueKind::Count,
            time: TimeRule::Sum,
            place: PlaceRule::Sum,
            every: Frequency::Quarter,
            direction: Direction::Up,
            baseline: Some((100.0, "2024")),
            targets: vec![("2026".into(), 200.0)],
        }
    }
}

/// What units gave: the number, and what it is divided by.
type Given = BTreeMap<(usize, Period), (f64, f64)>;

fn put(kind: Kind, body: Value) -> Change {
    Change::Put(Body::read(kind, body).unwrap())
}

impl Plan {
    fn records(&self) -> Vec<Change> {
        let text = |en: &str| json!({ "en": en, "km": "" });
        let area = |id: &str, parent: Value, level: &str| {
            put(Kind::Area, json!({ "id": id, "name": text(id), "level": level, "parent": parent }))
        };
        let mut records = vec![
            put(
                Kind::Plan,
                json!({ "id": "p", "title": text("p"), "description": text(""), "secretariat": "S", "area": "KH",
                    "map_level": "province", "source": "" }),
            ),
            area("KH", Value::Null, "country"),
            put(
                Kind::Form,
                json!({ "id": "f", "name": text("f"), "audience": "area", "frequency": self.every, "due_days": 30,
                    "chain": ["secretariat"], "source": "" }),
            ),
            put(
                Kind::Indicator,
                json!({ "id": "I", "name": text("I"), "definition": text(""), "kind": self.kind, "unit": "",
                    "time": self.time, "place": self.place, "direction": self.direction, "owner": "S", "nodes": [],
                    "level": "output", "frequency": self.every, "form": "f", "data_source": "", "class": "public",
                    "baseline": self.baseline.map(|(value, _)| value),
                    "baseline_period": self.baseline.map(|(_, period)| period),
                    "k": 1, "floor": "province", "source": "" }),
            ),
        ];
        for unit in UNITS {
            records.push(area(unit, json!("KH"), "province"));
            records.push(put(
                Kind::Assignment,
                json!({ "id": format!("f.{unit}"), "form": "f", "institution": "S", "area": unit, "from": "2020" }),
            ));
        }
        for (period, value) in &self.targets {
            records.push(put(
                Kind::Target,
                json!({ "id": format!("I.{period}"), "indicator": "I", "kind": "target", "area": "KH",
                    "period": period, "value": value }),
            ));
        }
        records
    }

    fn state(&self, given: &Given) -> State {
        let mut changes = self.records();
        changes.extend(given.iter().map(|((unit, period), numbers)| self.returned(*unit, *period, *numbers)));
        let actor = Actor { account: "test".into(), post: "secretariat".into() };
        let mut state = State::default();
        state.apply(1, &Entry { at: "2026-11-23T00:00:00Z".into(), actor, why: "test".into(), changes }).unwrap();
        state
    }

    fn returned(&self, unit: usize, period: Period, (value, base): (f64, f64)) -> Change {
        let bases = if self.kind == ValueKind::Ratio { vec![Some(base)] } else { vec![] };
        let cells = Cells { grid: Arc::new(Grid(vec![vec![]])), values: vec![Some(value)], bases };
        let answer = Answer { cells, ..Answer::to("I") };
        let record = Return {
            id: format!("f.{}.{period}", UNITS[unit]),
            assignment: format!("f.{}", UNITS[unit]),
            period,
            version: 1,
            status: ReturnStatus::Accepted,
            steps_done: 1,
            answers: Answers::pack(&[answer]),
            illustrative: false,
        };
        Change::Put(record.into())
    }

    /// A unit that says that there is nothing to count, in a version of its return.
    fn not_applicable(&self, unit: usize, period: Period, version: u32, state: AnswerState) -> Return {
        let Change::Put(Body::Return(record)) = self.returned(unit, period, (0.0, 0.0)) else { unreachable!() };
        let answer = Answer { state, cells: Cells::default(), ..record.answers.open().remove(0) };
        Return { version, answers: Answers::pack(&[answer]), ..(*record).clone() }
    }

    fn standing(&self, given: &Given, at: Period) -> Standing {
        let state = self.state(given);
        let totals = Totals::build(&state, false);
        let view = View { state: &state, totals: &totals, illustrative: false };
        view.standing(state.find::<Indicator>("I").unwrap(), at)
    }
}

fn period(text: &str) -> Period {
    text.parse().unwrap()
}

/// What a person with paper and pencil would say: months are counted by hand.
struct Naive<'a> {
    plan: &'a Plan,
    given: &'a Given,
}

/// First and last month.
type Months = (i32, i32);

impl Naive<'_> {
    fn months(&self, period: Period) -> Months {
        (period.last_month() + 1 - i32::from(period.frequency().months()), period.last_month())
    }

    /// How long a value must be to be held against the targets.
    fn length(&self) -> i32 {
        let own = i32::from(self.plan.every.months());
        let longest = self.plan.targets.iter().map(|(p, _)| i32::from(period(p).frequency().months())).max();
        if self.plan.time == TimeRule::Sum { own.max(longest.unwrap_or(own)) } else { own }
    }

    /// The newest value at the end of 2026, by its months, and whether anything of it is missing.
    fn value(&self) -> Option<(Months, f64, bool)> {
        let (own, length) = (i32::from(self.plan.every.months()), self.length());
        let ends = (2025 * 12..2027 * 12).filter(|month| (month + 1) % length == 0).rev();
        for last in ends {
            let span = (last + 1 - length, last);
            let inside = |p: &Period| self.months(*p).0 >= span.0 && self.months(*p).1 <= span.1;
            let numbers: Vec<f64> =
                self.given.iter().filter(|((_, p), _)| inside(p)).map(|(_, (value, _))| *value).collect();
            if !numbers.is_empty() {
                let all = UNITS.len() as i32 * (length / own);
                return Some((span, numbers.iter().sum(), numbers.len() < all as usize));
            }
        }
        None
    }

    /// The targets as ends in months and values.
    fn aims(&self) -> Vec<(i32, f64)> {
        let length = self.length();
        let mut found: BTreeMap<i32, Vec<f64>> = BTreeMap::new();
        let mut each = length;
        for (text, value) in &self.plan.targets {
            let months = self.months(period(text));
            let own = months.1 - months.0 + 1;
            let end = if self.plan.time == TimeRule::Sum { (months.1 / length + 1) * length - 1 } else { months.1 };
            each = own;
            found.entry(end).or_default().push(*value);
        }
        match self.plan.time {
            // The parts of a year are its target where all of them are given.
            TimeRule::Sum => {
                let whole = found.into_iter().filter(|(_, parts)| parts.len() as i32 == length / each);
                whole.map(|(end, parts)| (end, parts.iter().sum())).collect()
            }
            _ => found.into_iter().map(|(end, parts)| (end, parts[0])).collect(),
        }
    }

    fn status(&self) -> Status {
        let Some(((_, last), value, lacks)) = self.value() else { return Status::NoData };
        let aims = self.aims();
        let Some(&(end, goal)) = aims.last() else { return Status::NoTarget };
        if 2027 * 12 - (last + 1) > 2 * i32::from(self.plan.every.months()) {
            return Status::Stale;
        }
        let up = self.plan.direction == Direction::Up;
        let comparable = self.plan.time != TimeRule::Sum || self.length() == 12;
        let base = self.plan.baseline.filter(|_| comparable);
        let judged = match base {
            _ if (up && value >= goal) || (!up && value <= goal) => Status::Achieved,
            Some((base, _)) if (up && goal <= base) || (!up && goal >= base) => Status::OffTrack,
            _ if last >= end => Status::OffTrack,
            None => return Status::NoBaseline,
            Some((base, _)) => {
                let start = f64::from(2025 * 12);
                let mut points = vec![(start, base)];
                points.extend(aims.iter().map(|(end, value)| (f64::from(end + 1), *value)));
                let now = f64::from(last + 1).clamp(start, f64::from(end + 1));
                let pair = points.windows(2).find(|pair| now <= pair[1].0).unwrap();
                let path = pair[0].1 + (pair[1].1 - pair[0].1) * (now - pair[0].0) / (pair[1].0 - pair[0].0);
                let sign = if up { 1.0 } else { -1.0 };
                let (due, gone) = ((path - base) * sign, (value - base) * sign);
                let share = if due <= 0.0 { f64::from(u8::from(gone >= due)) } else { gone / due };
                [(0.9, Status::OnTrack), (0.6, Status::AtRisk)]
                    .into_iter()
                    .find(|(from, _)| share >= *from)
                    .map_or(Status::OffTrack, |found| found.1)
            }
        };
        let certain = if up { Status::Achieved } else { Status::OffTrack };
        if lacks && judged != certain { Status::Incomplete } else { judged }
    }
}

/// Two years of returns, some of them missing.
fn given(every: Frequency, numbers: &[Option<u8>]) -> Given {
    let years = [Period::year(2025), Period::year(2026)];
    let parts = years.iter().flat_map(|year| year.parts(every));
    let slots = parts.flat_map(|part| (0..UNITS.len()).map(move |unit| (unit, part)));
    let given = slots.zip(numbers.iter().cycle());
    given.filter_map(|(slot, number)| Some((slot, (f64::from((*number)?), 0.0)))).collect()
}

fn targets(every: Frequency, values: &[u8]) -> Vec<(String, f64)> {
    let years = [Period::year(2025), Period::year(2026)];
    let parts = years.iter().flat_map(|year| year.parts(every)).collect::<Vec<_>>();
    parts.iter().zip(values.iter().cycle()).map(|(part, value)| (part.to_string(), f64::from(*value))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    /// Every time rule × rhythm of the targets × rhythm of the returns, each with the same drawn numbers.
    #[test]
    fn a_standing_is_what_a_naive_reader_says(
        numbers in proptest::collection::vec(proptest::option::weighted(0.9, 0u8..60), 72),
        whole in any::<bool>(),
        aims in proptest::collection::vec(1u8..250, 1..9),
        up in any::<bool>(),
        base in proptest::option::of(0.0..300.0f64),
    ) {
        let numbers: Vec<Option<u8>> = numbers.into_iter().map(|n| if whole { Some(n.unwrap_or(7)) } else { n }).collect();
        let direction = if up { Direction::Up } else { Direction::Down };
        for time in TimeRule::ALL {
            for target in Frequency::ALL {
                for every in Frequency::ALL {
                    let baseline = base.map(|value| (value, "2024"));
                    let plan = Plan { time: *time, every: *every, direction, baseline, targets: targets(*target, &aims), ..Plan::default() };
                    let given = given(*every, &numbers);
                    let naive = Naive { plan: &plan, given: &given };
                    let standing = plan.standing(&given, Period::year(2026));
                    let case = format!("{time:?} target {target:?} reported {every:?}");
                    let value = standing.reading.as_ref().map(|r| (naive.months(r.period), r.value));
                    prop_assert_eq!(value, naive.value().map(|(months, value, _)| (months, value)), "{}", case);
                    prop_assert_eq!(standing.judgement.status, naive.status(), "{}", case);
                }
            }
        }
    }
}

/// Quarters of a year by unit; a dash is no return.
fn quarters(year: i32, rows: [&str; 3]) -> Given {
    let cell = |unit: usize, quarter: usize, text: &str| {
        Some(((unit, Period::quarter(year, quarter as u8 + 1)), (text.parse().ok()?, 0.0)))
    };
    let row = |(unit, row): (usize, &&str)| {
        row.split_whitespace().enumerate().filter_map(|(quarter, text)| cell(unit, quarter, text)).collect::<Vec<_>>()
    };
    rows.iter().enumerate().flat_map(row).collect()
}

fn marks(reading: &Reading) -> Option<String> {
    reading.incomplete().map(|say| say.key.to_string())
}

#[test]
fn a_quarter_is_never_held_against_a_target_of_the_year() {
    // 60 in each quarter is 240 in the year: more than the 200 that were aimed at.
    let whole = quarters(2026, ["20 20 20 20", "20 20 20 20", "20 20 20 20"]);
    let standing = Plan::default().standing(&whole, Period::year(2026));
    let reading = standing.reading.as_ref().unwrap();
    assert_eq!((reading.period, reading.value), (period("2026"), 240.0));
    assert_eq!((standing.status(), marks(reading)), (Status::Achieved, None));
    // Three quarters in, it is neither a fall nor a rise.
    let so_far = quarters(2026, ["20 20 20", "20 20 20", "20 20 20"]);
    let standing = Plan::default().standing(&so_far, Period::year(2026));
    let reading = standing.reading.as_ref().unwrap();
    assert_eq!((reading.value, standing.status()), (180.0, Status::Incomplete));
    assert_eq!(marks(reading).as_deref(), Some("so-far"));
    assert!(standing.judgement.on_path.is_none());
    // A quarter that nobody reported is missing, however many came after it.
    let gap = quarters(2026, ["20 - 20 20", "20 - 20 20", "20 - 20 20"]);
    let standing = Plan::default().standing(&gap, Period::year(2026));
    assert_eq!(marks(standing.reading.as_ref().unwrap()).as_deref(), Some("incomplete-parts"));
    assert_eq!(standing.status(), Status::Incomplete);
    // What is reached already stays reached.
    let reached = quarters(2026, ["90 90", "90 90", "90 90"]);
    assert_eq!(Plan::default().standing(&reached, Period::year(2026)).status(), Status::Achieved);
    // Before the year is over a quarter is all there is, and no year.
    let standing = Plan::default().standing(&so_far, period("2026Q2"));
    assert_eq!(standing.reading.as_ref().map(|r| (r.period, r.value)), Some((period("2026Q2"), 60.0)));
    assert_eq!(standing.status(), Status::Incomplete);
    // Where the quarters have targets, a quarter is judged.
    let aims = ["2026Q1", "2026Q2", "2026Q3", "2026Q4"].map(|quarter| (quarter.to_string(), 50.0));
    let plan = Plan { targets: aims.to_vec(), baseline: None, ..Plan::default() };
    let standing = plan.standing(&whole, Period::year(2026));
    assert_eq!(standing.reading.map(|r| (r.period, r.value)), Some((period("2026Q4"), 60.0)));
    assert_eq!(standing.judgement.status, Status::Achieved);
}

#[test]
fn like_is_compared_with_like() {
    let given = quarters(2026, ["30 10", "40 45", "50 -"]);
    let plan = Plan { targets: vec![], ..Plan::default() };
    let state = plan.state(&given);
    let totals = Totals::build(&state, false);
    let view = View { state: &state, totals: &totals, illustrative: false };
    let indicator = state.find::<Indicator>("I").unwrap();
    let series = view.series(indicator, "KH").counted;
    let last = series.last().unwrap();
    // 120 and 55: but the two that gave both went from 70 to 55.
    assert_eq!((series[0].value, last.value, last.sign()), (120.0, 55.0, "≥\u{a0}"));
    let alike = view.alike(indicator, "KH", last).unwrap();
    assert_eq!((alike.units, alike.was, alike.now, alike.level), (2, 70.0, 55.0, Some(AreaLevel::Province)));
    let absent = view.absent(indicator, "KH", last);
    assert_eq!(
        absent.iter().map(|a| (a.assignment.area.as_str(), a.period)).collect::<Vec<_>>(),
        [("KH-03", period("2026Q2"))]
    );
    assert!(view.alike(indicator, "KH", &series[0]).is_none(), "nothing was before");
    // Two whole years need no such help; a year so far is held against the same quarters of the year before.
    let mut years = quarters(2025, ["10 10 10 10", "20 20 20 20", "5 5 5 5"]);
    years.extend(quarters(2026, ["11 11 11", "22 - 22", "6 6 -"]));
    let plan = Plan::default();
    let state = plan.state(&years);
    let totals = Totals::build(&state, false);
    let view = View { state: &state, totals: &totals, illustrative: false };
    let reading = view.standing(indicator, period("2026")).reading.unwrap();
    assert_eq!((reading.value, marks(&reading).as_deref()), (89.0, Some("so-far-returns")));
    let alike = view.alike(indicator, "KH", &reading).unwrap();
    // Seven returns: three quarters of the first, two of each other.
    assert_eq!((alike.units, alike.was, alike.now), (3, 30.0 + 40.0 + 10.0, 33.0 + 44.0 + 12.0));
    let absent = view.absent(indicator, "KH", &reading);
    let absent: Vec<_> = absent.iter().map(|a| (a.assignment.area.as_str(), a.period.to_string())).collect();
    assert_eq!(absent, [("KH-02", "2026Q2".to_string()), ("KH-03", "2026Q3".into())], "the fourth quarter is to come");
}

#[test]
fn a_status_set_by_hand_belongs_to_its_value() {
    let plan = Plan { every: Frequency::Year, baseline: Some((100.0, "2024")), ..Plan::default() };
    let given: Given = (0..3).map(|unit| ((unit, period("2025")), (20.0, 0.0))).collect();
    let set = |value: Option<f64>| {
        let reason = romduol_plan::Text::en("three counted twice");
        let (id, indicator) = ("I.2025".into(), "I".into());
        let status = Status::OnTrack;
        Change::Put(Override { id, indicator, period: period("2025"), status, reason, value }.into())
    };
    let standing = |value: Option<f64>, at: &str| {
        let mut state = plan.state(&given);
        let actor = Actor { account: "test".into(), post: "secretariat".into() };
        let changes = vec![set(value)];
        state.apply(2, &Entry { at: "2026-11-23T00:00:00Z".into(), actor, why: "test".into(), changes }).unwrap();
        let totals = Totals::build(&state, false);
        let view = View { state: &state, totals: &totals, illustrative: false };
        view.standing(state.find::<Indicator>("I").unwrap(), period(at))
    };
    // Wherever the value of 2025 is shown, also a year later; beside it what is computed.
    for at in ["2025", "2026"] {
        let found = standing(Some(60.0), at);
        assert_eq!((found.status(), found.judgement.status), (Status::OnTrack, Status::OffTrack), "{at}");
        assert!(found.lapsed.is_none());
    }
    // Set for a value that was corrected since, it is told and does not count.
    let found = standing(Some(66.0), "2025");
    assert_eq!((found.status(), found.lapsed.is_some()), (Status::OffTrack, true));
    // An older record names no value and holds for any.
    assert_eq!(standing(None, "2025").status(), Status::OnTrack);
    assert!(standing(Some(60.0), "2024").set_by_person.is_none(), "there is no value to show");
}

#[test]
fn what_does_not_apply_is_not_missing() {
    let plan = Plan { targets: vec![], ..Plan::default() };
    let quarter = period("2026Q1");
    let mut state = plan.state(&quarters(2026, ["30", "40", "-"]));
    let mut totals = Totals::build(&state, false);
    let indicator = state.find::<Indicator>("I").unwrap().clone();
    let coverage = |totals: &Totals| totals.total(&indicator, "KH", quarter).map(|t| (t.reported, t.expected));
    assert_eq!(coverage(&totals), Some((2, 3)));
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    let mut before: Option<Return> = None;
    // Said, taken back, said again: what is in memory is what the ledger gives.
    let steps =
        [(AnswerState::NotApplicable, (2, 2)), (AnswerState::Missing, (2, 3)), (AnswerState::NotApplicable, (2, 2))];
    for (n, (answer, came)) in (1..).zip(steps) {
        let record = plan.not_applicable(2, quarter, n, answer);
        let (actor, changes) = (actor.clone(), vec![Change::Put(record.clone().into())]);
        state
            .apply(u64::from(n) + 1, &Entry { at: "2026-11-23T00:00:00Z".into(), actor, why: "test".into(), changes })
            .unwrap();
        assert_eq!(totals.put(&state, before.as_ref(), &record), Update::Done);
        assert_eq!(coverage(&totals), Some(came), "{answer:?}");
        assert_eq!(coverage(&Totals::build(&state, false)), Some(came), "{answer:?}");
        before = Some(record);
    }
    let view = View { state: &state, totals: &totals, illustrative: false };
    let series = view.series(&indicator, "KH").counted;
    assert!(series[0].incomplete().is_none() && view.absent(&indicator, "KH", &series[0]).is_empty());
}

#[test]
fn a_share_of_few_takes_no_status_and_one_of_most_does() {
    let plan = Plan {
        kind: ValueKind::Ratio,
        time: TimeRule::Last,
        place: PlaceRule::Ratio,
        every: Frequency::Year,
        baseline: Some((10.0, "2024")),
        targets: vec![("2026".into(), 40.0)],
        ..Plan::default()
    };
    let of = |units: &[usize]| -> Given { units.iter().map(|unit| ((*unit, period("2026")), (20.0, 40.0))).collect() };
    let standing = plan.standing(&of(&[0, 1]), period("2026"));
    assert_eq!((standing.status(), standing.reading.unwrap().value), (Status::Achieved, 50.0));
    let few = plan.standing(&of(&[0]), period("2026"));
    assert_eq!(few.status(), Status::Incomplete);
    assert_eq!(few.reading.unwrap().completeness().unwrap().lacks, Lacks::Base);
}
