//! What is kept from entry to entry is what is built anew from the ledger: random commands, and restarts of every kind.

use std::cell::Cell;
use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseResult, TestRunner};
use romduol_ledger::{Entry as StoredEntry, Head};
use romduol_plan::kinds::*;
use romduol_plan::returns::{self, Decision as Verdict};
use romduol_plan::state::{lock_id, return_id};
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Change, Date, Entry, Kind, Period, State, quality};
use serde_json::{Value, json};

use super::Snapshot;

/// A small plan with two forms: one that asks areas by the quarter, one that asks institutions by the year.
fn plan() -> Vec<Change> {
    let text = |en: &str| json!({ "en": en, "km": "" });
    let indicator = |id: &str, kind: &str, form: &str, owner: &str, dimensions: Value, overlapping: Value| {
        let body = json!({ "id": id, "name": text(id), "definition": text(""), "kind": kind, "unit": "", "time": "sum",
            "place": "sum", "dimensions": dimensions, "overlapping": overlapping, "direction": "up", "owner": owner,
            "nodes": [], "level": "output", "frequency": if form == "q" { "quarter" } else { "year" }, "form": form,
            "data_source": "", "method": text(""), "class": "public", "k": 5, "floor": "province", "source": "" });
        (Kind::Indicator, body)
    };
    let area = |id: &str, parent: Value, level: &str| {
        (Kind::Area, json!({ "id": id, "name": text(id), "level": level, "parent": parent }))
    };
    let institution = |id: &str| {
        (
            Kind::Institution,
            json!({ "id": id, "name": text(id), "kind": "ministry", "engagement": "not stated", "source": "" }),
        )
    };
    let category = |id: &str, dimension: &str, order: u32| {
        (Kind::Category, json!({ "id": id, "dimension": dimension, "name": text(id), "order": order }))
    };
    let dimension = |id: &str| {
        (Kind::Dimension, json!({ "id": id, "name": text(id), "additivity": "partition", "version": 1, "source": "" }))
    };
    let form = |id: &str, audience: &str, frequency: &str| {
        let body = json!({ "id": id, "name": text(id), "audience": audience, "frequency": frequency, "due_days": 15,
            "chain": ["institution", "secretariat"], "source": "" });
        (Kind::Form, body)
    };
    let unit = |id: &str, form: &str, institution: &str, area: &str, from: &str| {
        (Kind::Assignment, json!({ "id": id, "form": form, "institution": institution, "area": area, "from": from }))
    };
    let plan = json!({ "id": "P", "title": text("Plan"), "description": text(""), "secretariat": "MOWA", "area": "KH",
        "map_level": "province", "source": "" });
    let records = vec![
        (Kind::Plan, plan),
        institution("MOWA"),
        institution("MOI"),
        area("KH", Value::Null, "country"),
        area("KH-01", json!("KH"), "province"),
        area("KH-02", json!("KH"), "province"),
        dimension("sex"),
        dimension("hazard"),
        category("sex.f", "sex", 1),
        category("sex.m", "sex", 2),
        category("hazard.flood", "hazard", 1),
        form("q", "area", "quarter"),
        form("y", "institution", "year"),
        indicator("A", "count", "q", "MOI", json!(["sex"]), json!(["hazard"])),
        indicator("B", "ratio", "q", "MOI", json!(["sex"]), json!([])),
        indicator("C", "count", "y", "MOI", json!([]), json!([])),
        indicator("D", "count", "y", "MOWA", json!([]), json!([])),
        unit("q.KH-01", "q", "MOI", "KH-01", "2024Q1"),
        unit("q.KH-02", "q", "MOI", "KH-02", "2024Q1"),
        unit("y.MOI", "y", "MOI", "KH", "2024"),
        unit("y.MOWA", "y", "MOWA", "KH", "2024"),
    ];
    records.into_iter().map(|(kind, body)| Change::Put(Body::read(kind, body).unwrap())).collect()
}

const UNITS: [&str; 4] = ["q.KH-01", "q.KH-02", "y.MOI", "y.MOWA"];

/// A command in numbers: what it is about is looked up in the state when its turn comes.
#[derive(Clone, Debug)]
struct Command {
    what: What,
    unit: usize,
    when: u8,
    seed: u64,
    illustrative: bool,
    /// Days since the command before.
    days: u16,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum What {
    /// As a unit files it, where it may.
    File,
    Verify,
    SendBack,
    /// As a package of returns puts it, accepted at once.
    Accept,
    /// Two versions in one entry.
    AcceptTwice,
    /// A later version names another unit, which nothing in a ledger forbids.
    Move,
    RetireReturn,
    Lock,
    Record,
    RetireRecord,
    Decision,
    StatusByHand,
    Edition,
    EndArea,
    EndUnit,
    HandOver,
    SecondUnit,
    Category,
    RetireUnit,
    /// Another form asks for an indicator.
    AskElsewhere,
    /// The program stops and starts: from the ledger, from its file, or from an older file.
    Restart,
}

fn command() -> impl Strategy<Value = Command> {
    use What::*;
    let often = vec![File, Verify, Accept];
    let seldom = vec![
        SendBack,
        AcceptTwice,
        Move,
        RetireReturn,
        Lock,
        Record,
        RetireRecord,
        Decision,
        StatusByHand,
        Edition,
        EndArea,
        EndUnit,
        HandOver,
        SecondUnit,
        Category,
        RetireUnit,
        AskElsewhere,
        Restart,
    ];
    let what = prop_oneof![3 => prop::sample::select(often), 2 => prop::sample::select(seldom)];
    (what, 0..UNITS.len(), 0..3_u8, any::<u64>(), any::<bool>(), 0..40_u16)
        .prop_map(|(what, unit, when, seed, illustrative, days)| Command { what, unit, when, seed, illustrative, days })
}

impl Command {
    fn pick<'a, T>(&self, list: &'a [T]) -> Option<&'a T> {
        list.get((self.seed % list.len().max(1) as u64) as usize)
    }

    fn period(&self, state: &State) -> Period {
        let form = state.find::<Assignment>(UNITS[self.unit]).and_then(|unit| state.find::<Form>(&unit.form));
        match form.is_none_or(|form| form.frequency == romduol_plan::Frequency::Quarter) {
            true => Period::quarter(2024, 2 + self.when),
            false => Period::year(2024 + i32::from(self.when)),
        }
    }

    /// Answers to some of the questions, some of them without a number, fractions among them.
    fn answers(&self, state: &State) -> Answers {
        let Some(unit) = state.find::<Assignment>(UNITS[self.unit]) else { return Answers::pack(&[]) };
        let mut dice = self.seed;
        let mut roll = |sides: u64| {
            dice = dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (dice >> 33) % sides
        };
        let mut answers = Vec::new();
        for question in romduol_plan::answers::questions(state, unit) {
            let given = roll(4) > 0;
            let mut number = || (roll(5) > 0).then(|| roll(60) as f64 / 4.0);
            let cells = question.grid.0.len();
            let values: Vec<Option<f64>> = (0..if given { cells } else { 0 }).map(|_| number()).collect();
            let ratio = question.indicator.kind == ValueKind::Ratio;
            let bases = if ratio { values.iter().map(|_| number()).collect() } else { Vec::new() };
            let cells = Cells { grid: if values.is_empty() { Arc::default() } else { question.grid }, values, bases };
            let state = if given { AnswerState::Given } else { AnswerState::Missing };
            let total = cells.is_empty().then(&mut number).flatten();
            let total_base = total.filter(|_| ratio).and_then(|_| number());
            answers.push(Answer { state, cells, total, total_base, ..Answer::to(&question.indicator.id) });
        }
        Answers::pack(&answers)
    }

    fn accepted(&self, state: &State, illustrative: bool) -> Return {
        let (assignment, period) = (UNITS[self.unit].to_string(), self.period(state));
        let id = return_id(&assignment, period);
        let version = state.find::<Return>(&id).map_or(0, |record| record.version) + 1;
        let answers = self.answers(state);
        let status = ReturnStatus::Accepted;
        Return { id, assignment, period, version, status, steps_done: 2, answers, illustrative }
    }

    /// What the command changes in a state; nothing where it would be refused.
    fn changes(&self, state: &State) -> Vec<Change> {
        let pending: Vec<&Arc<Return>> = state.pending().collect();
        let verdict = |verdict: Verdict| {
            let waiting = self.pick(&pending)?;
            let next = returns::decide(state, &waiting.id, waiting.version, &verdict).ok()?;
            Some(returns::change(Some(waiting), next))
        };
        match self.what {
            What::File => self.file(state).into_iter().collect(),
            What::Verify => verdict(Verdict::Pass).into_iter().collect(),
            What::SendBack => verdict(Verdict::SendBack { reason: "why".into() }).into_iter().collect(),
            What::Accept => vec![Change::Put(self.accepted(state, self.illustrative).into())],
            What::AcceptTwice => {
                let first = self.accepted(state, !self.illustrative);
                let other = Command { seed: self.seed.rotate_left(7), ..self.clone() };
                let second = Return { version: first.version + 1, ..other.accepted(state, self.illustrative) };
                vec![Change::Put(first.into()), Change::Put(second.into())]
            }
            What::Move => {
                let all: Vec<&Arc<Return>> = state.all::<Return>().collect();
                let moved = |record: &&Arc<Return>| Return {
                    assignment: UNITS[self.unit].into(),
                    version: record.version + 1,
                    ..Return::clone(record)
                };
                self.pick(&all).map(moved).map(|record| Change::Put(record.into())).into_iter().collect()
            }
            What::RetireReturn => {
                let ids = state.ids(Kind::Return);
                self.pick(&ids).map(|id| Change::Retire(Kind::Return, id.to_string())).into_iter().collect()
            }
            What::Restart => Vec::new(),
            _ => self.plan_changes(state),
        }
    }

    fn file(&self, state: &State) -> Option<Change> {
        let today = Date { year: 2028, month: 1, day: 1 };
        let due = returns::may_report(state, UNITS[self.unit], self.period(state), today).ok()?;
        let record = returns::submit(&due, self.answers(state), "corrected", self.illustrative).ok()?;
        Some(returns::change(due.record.as_deref(), record))
    }

    fn plan_changes(&self, state: &State) -> Vec<Change> {
        let text = |en: &str| json!({ "en": en, "km": "" });
        let put = |kind: Kind, body: Value| vec![Change::Put(Body::read(kind, body).unwrap())];
        let (n, day, made_up) = (self.seed % 3, "2025-03-01", self.illustrative);
        let decided = ["open", "done", "dropped"][self.seed as usize / 3 % 3];
        let published = ["prepared", "published"][self.seed as usize / 3 % 2];
        match self.what {
            What::Record => match self.seed % 7 {
                0 => put(
                    Kind::Target,
                    json!({ "id": format!("T{n}"), "indicator": "A", "kind": "target", "area": "KH",
                    "period": "2026", "value": 9.0, "illustrative": made_up }),
                ),
                1 => put(
                    Kind::Node,
                    json!({ "id": format!("N{n}"), "level": "action", "title": text("Peace"), "source": "" }),
                ),
                2 => put(
                    Kind::Meeting,
                    json!({ "id": format!("M{n}"), "body": "B", "title": text("Talk"), "date": day,
                    "state": "held", "illustrative": made_up }),
                ),
                3 => put(
                    Kind::Presence,
                    json!({ "id": format!("M{n}.MOI"), "meeting": format!("M{n}"),
                    "institution": "MOI", "women": 1, "men": 2 }),
                ),
                4 => put(
                    Kind::NextStep,
                    json!({ "id": format!("S{n}"), "stage": "review", "order": 1,
                    "title": text("Step"), "start": day, "progress": "planned", "illustrative": made_up, "source": "" }),
                ),
                5 => put(
                    Kind::Task,
                    json!({ "id": format!("K{n}"), "title": text("Do"), "owner": "MOI", "due": day,
                    "state": "open", "illustrative": made_up }),
                ),
                _ => put(
                    Kind::Committee,
                    json!({ "id": "B", "name": text("Body"), "level": "strategic",
                    "state": "draft", "source": "" }),
                ),
            },
            What::RetireRecord => {
                let kinds = [
                    Kind::Target,
                    Kind::Node,
                    Kind::Meeting,
                    Kind::Presence,
                    Kind::NextStep,
                    Kind::Task,
                    Kind::Decision,
                    Kind::Override,
                ];
                let all: Vec<(Kind, &str)> =
                    kinds.iter().flat_map(|kind| state.ids(*kind).into_iter().map(|id| (*kind, id))).collect();
                self.pick(&all).map(|(kind, id)| Change::Retire(*kind, id.to_string())).into_iter().collect()
            }
            What::Decision => put(
                Kind::Decision,
                json!({ "id": format!("D{n}"), "title": text("Decided"), "date": day,
                "reason": text("why"), "owner": "MOI", "due": "2025-06-01", "illustrative": made_up,
                "state": decided }),
            ),
            What::StatusByHand => put(
                Kind::Override,
                json!({ "id": "A.2025", "indicator": "A", "period": "2025",
                "status": "at-risk", "reason": text("seen") }),
            ),
            What::Edition => put(
                Kind::Edition,
                json!({ "id": format!("{n}"), "position": state.position(),
                "until": "2025", "level": "province", "sections": [], "tables": [], "without_waiting": true,
                "demonstration": made_up, "note": text(""), "state": published,
                "prepared": day, "prepared_by": "a", "content": "", "reason": text("") }),
            ),
            What::Lock => {
                let (id, period) =
                    (lock_id("q", Period::quarter(2024, 1 + self.when)), format!("2024Q{}", 1 + self.when));
                match state.find::<Lock>(&id) {
                    Some(_) => vec![Change::Retire(Kind::Lock, id)],
                    None => put(Kind::Lock, json!({ "id": id, "form": "q", "period": period })),
                }
            }
            _ => self.reshaping_changes(state),
        }
    }

    /// Changes of what the totals are shaped by.
    fn reshaping_changes(&self, state: &State) -> Vec<Change> {
        let put = |body: Body| vec![Change::Put(body)];
        let unit = state.find::<Assignment>(UNITS[self.unit]).map(|unit| Assignment::clone(unit));
        let last = Some(Period::quarter(2024, 1 + self.when)).filter(|_| self.illustrative);
        match (self.what, unit) {
            (What::EndArea, _) => {
                let area = state.find::<Area>(["KH-01", "KH-02"][self.unit % 2]).unwrap();
                let valid_to = last.map(|period| period.last_day().to_string());
                put(Area { valid_to, ..Area::clone(area) }.into())
            }
            (What::EndUnit, Some(unit)) => put(Assignment { to: last, ..unit }.into()),
            (What::HandOver, Some(unit)) => {
                put(Assignment { institution: ["MOI", "MOWA"][self.seed as usize % 2].into(), ..unit }.into())
            }
            // Two units speak for one area with one form.
            (What::SecondUnit, Some(unit)) => {
                put(Assignment { area: ["KH-01", "KH-02"][self.seed as usize % 2].into(), ..unit }.into())
            }
            (What::AskElsewhere, _) => {
                let asked = state.find::<Indicator>("C").unwrap();
                let form = Some(["q", "y"][self.seed as usize % 2].to_string());
                put(Indicator { form, ..Indicator::clone(asked) }.into())
            }
            (What::RetireUnit, Some(unit)) => vec![Change::Retire(Kind::Assignment, unit.id)],
            (What::RetireUnit, None) => {
                plan().into_iter().filter(|change| change.subject().1 == UNITS[self.unit]).collect()
            }
            (What::Category, _) if state.find::<Category>("sex.x").is_some() => {
                vec![Change::Retire(Kind::Category, "sex.x".into())]
            }
            (What::Category, _) => put(Body::read(
                Kind::Category,
                json!({ "id": "sex.x", "dimension": "sex", "name": { "en": "x", "km": "" }, "order": 3 }),
            )
            .unwrap()),
            _ => Vec::new(),
        }
    }
}

/// A program that runs, its ledger, a file that it kept, and another program that follows the same ledger.
struct House {
    ledger: Vec<StoredEntry>,
    live: Snapshot,
    other: Snapshot,
    kept: Option<(Vec<u8>, Vec<u8>, Head)>,
    day: Date,
}

impl House {
    fn new() -> House {
        let day = Date { year: 2024, month: 1, day: 1 };
        let mut house =
            House { ledger: Vec::new(), live: Snapshot::empty(), other: Snapshot::empty(), kept: None, day };
        house.write(plan());
        house.live.settle();
        house
    }

    /// As the writer does it, without its thread.
    fn write(&mut self, changes: Vec<Change>) {
        let actor = Actor { account: "test".into(), post: "test".into() };
        let entry = Entry { at: format!("{}T08:00:00Z", self.day), actor, why: "test".into(), changes };
        let body = entry.to_stored(romduol_plan::Nonce(u128::from(self.live.head.seq)));
        let Head { seq, hash } = self.live.head.next(&body);
        let stored = StoredEntry { seq, body, hash };
        self.live.take(&stored, &entry).unwrap();
        self.ledger.push(stored);
    }

    fn keep(&mut self) {
        let live = &self.live;
        self.kept = Some((live.state.to_bytes(), live.totals_to_bytes(), live.head.clone()));
    }

    fn tail(&self, head: &Head) -> &[StoredEntry] {
        &self.ledger[head.seq as usize..]
    }

    /// The snapshot that starts like this: from the file that was kept, and what the ledger holds behind it.
    fn restarted_from_file(&self) -> Option<Snapshot> {
        let (state, cube, head) = self.kept.as_ref()?;
        let state = State::from_bytes(state).unwrap();
        let totals = Totals::restore(&state, cube).expect("the totals belong to the state");
        Some(Snapshot::with(state, totals, head.clone(), true).after(self.tail(head)).unwrap())
    }
}

/// Where two snapshots of one moment differ.
fn differ(a: &Snapshot, b: &Snapshot) -> Option<String> {
    if a.head != b.head {
        return Some(format!("heads {:?} {:?}", a.head, b.head));
    }
    for kind in Kind::ALL {
        let of = |snapshot: &Snapshot| {
            let ids = snapshot.state.ids(*kind).into_iter();
            ids.map(|id| (snapshot.state.body(*kind, id), snapshot.state.touched_by(*kind, id))).collect::<Vec<_>>()
        };
        if of(a) != of(b) {
            return Some(format!("{}: {:?} and {:?}", kind.code(), of(a), of(b)));
        }
    }
    let today = Date { year: 2026, month: 1, day: 1 };
    let found = |snapshot: &Snapshot| quality::findings(&snapshot.state, today);
    let parts: [(&str, bool); 8] = [
        ("accepted", a.state.accepted().eq(b.state.accepted())),
        ("pending", a.state.pending().eq(b.state.pending())),
        ("state", a.state == b.state),
        ("totals", a.real == b.real),
        ("totals with illustrative returns", a.all == b.all),
        ("links", a.links() == b.links()),
        ("search", a.index() == b.index() && a.alike() == b.alike()),
        ("findings", found(a) == found(b)),
    ];
    parts.into_iter().find(|(_, same)| !same).map(|(part, _)| part.to_string())
}

fn same(what: &str, a: &Snapshot, b: &Snapshot) -> TestCaseResult {
    let differ = differ(a, b);
    prop_assert!(differ.is_none(), "{what}: {}", differ.unwrap_or_default());
    Ok(())
}

/// Compares what runs with what starts from the ledger, from scratch, from a file and beside it, and how all of them look
/// without illustrative data.
fn compare(house: &mut House, restarts: &Cell<usize>) -> TestCaseResult {
    let live = house.live.clone();
    let fresh = Snapshot::empty().after(&house.ledger).unwrap();
    same("from the ledger", &live, &fresh)?;
    let built = Snapshot::with(live.state.clone(), Totals::build(&live.state, false), live.head.clone(), true);
    same("built anew", &live, &built)?;
    if let Some(restored) = house.restarted_from_file() {
        same("from the file", &live, &restored)?;
        restarts.set(restarts.get() + 1);
    }
    house.other = house.other.after(house.tail(&house.other.head.clone())).unwrap();
    same("followed", &live, &house.other)?;
    let without = |snapshot: Snapshot| Arc::new(snapshot).shown(false);
    let (live, fresh) = (without(live), without(fresh));
    same("without illustrative data", &live, &fresh)?;
    prop_assert!(!live.state.has_illustrative(), "something illustrative is left");
    let real = Snapshot::with(live.state.clone(), Totals::build(&live.state, false), live.head.clone(), true);
    same("without illustrative data, built anew", &live, &real)?;
    restarts.set(restarts.get() + 3);
    Ok(())
}

/// Longer with `PROPTEST_CASES=2000`.
#[test]
fn what_is_kept_is_what_is_built_anew() {
    let (commands, restarts) = (Cell::new(0), Cell::new(0));
    let config = Config { failure_persistence: None, ..Config::default() };
    let cases = Config { cases: config.cases.min(if config.cases == 256 { 60 } else { config.cases }), ..config };
    let steps = proptest::collection::vec(proptest::collection::vec(command(), 1..4), 1..14);
    let run = TestRunner::new(cases).run(&steps, |batches| {
        let mut house = House::new();
        for batch in batches {
            let restart = batch.iter().find(|command| command.what == What::Restart).cloned();
            for command in batch {
                commands.set(commands.get() + 1);
                house.day = house.day.plus_days(command.days);
                let changes = command.changes(&house.live.state);
                if !changes.is_empty() {
                    house.write(changes);
                }
            }
            house.live.settle();
            compare(&mut house, &restarts)?;
            match restart.map(|command| command.seed % 3) {
                Some(0) => house.live = Snapshot::empty().after(&house.ledger).unwrap(),
                Some(1) => house.live = house.restarted_from_file().unwrap_or(house.live),
                Some(_) => house.keep(),
                None => {}
            }
        }
        Ok(())
    });
    println!("{} commands, {} restarts", commands.get(), restarts.get());
    run.unwrap();
}

fn filed(house: &House, version: u32, value: f64, illustrative: bool) -> Return {
    let state = &house.live.state;
    let unit = state.find::<Assignment>("y.MOI").unwrap();
    let question = romduol_plan::answers::questions(state, unit).remove(0);
    let cells = Cells { grid: question.grid, values: vec![Some(value)], bases: Vec::new() };
    let answer = Answer { cells, ..Answer::to(&question.indicator.id) };
    let (assignment, period) = ("y.MOI".to_string(), Period::year(2024));
    let (id, status) = (return_id(&assignment, period), ReturnStatus::Accepted);
    Return { id, assignment, period, version, status, steps_done: 2, answers: Answers::pack(&[answer]), illustrative }
}

/// The mark stayed on the number until a restart, and every edition in between was refused.
#[test]
fn a_corrected_illustrative_return_loses_its_mark() {
    let mut house = House::new();
    house.write(vec![Change::Put(filed(&house, 1, 12.0, true).into())]);
    house.live.settle();
    let marked = |snapshot: &Snapshot| {
        let indicator = snapshot.state.find::<Indicator>("C").unwrap().clone();
        snapshot
            .view(true)
            .series(&indicator, "KH")
            .counted
            .iter()
            .map(|r| (r.value, r.illustrative))
            .collect::<Vec<_>>()
    };
    assert_eq!(marked(&house.live), [(12.0, true)]);
    house.write(vec![Change::Put(filed(&house, 2, 15.0, false).into())]);
    house.live.settle();
    assert_eq!(marked(&house.live), [(15.0, false)]);
    assert_eq!(differ(&house.live, &Snapshot::empty().after(&house.ledger).unwrap()), None);
    // And the other way round.
    house.write(vec![Change::Put(filed(&house, 3, 9.0, true).into())]);
    house.live.settle();
    assert_eq!(
        (
            marked(&house.live),
            house
                .live
                .view(false)
                .totals
                .periods(&house.live.state.find::<Indicator>("C").unwrap().clone(), romduol_plan::Frequency::Year)
        ),
        (vec![(9.0, true)], vec![])
    );
    assert_eq!(differ(&house.live, &Snapshot::empty().after(&house.ledger).unwrap()), None);
}

/// A start from the file once took the units of illustrative returns as asked already, and missed them when real ones came.
#[test]
fn what_was_to_be_reported_is_known_after_a_start_from_the_file() {
    let mut house = House::new();
    house.write(vec![Change::Put(filed(&house, 1, 12.0, true).into())]);
    house.live.settle();
    house.keep();
    house.write(vec![Change::Put(filed(&house, 2, 15.0, false).into())]);
    house.live.settle();
    let restored = house.restarted_from_file().unwrap();
    let indicator = restored.state.find::<Indicator>("C").unwrap().clone();
    let expected = |s: &Snapshot| s.view(false).totals.total(&indicator, "KH", Period::year(2024)).unwrap().expected;
    assert_eq!((expected(&house.live), expected(&restored)), (1, 1));
    assert_eq!(differ(&house.live, &restored), None);
}

/// An entry as an earlier version wrote it, before there were nonces.
fn without_nonce(text: &str) -> String {
    let (nonce, rest) = text.split_once(',').unwrap();
    assert!(nonce.starts_with("{\"nonce\":\""), "{nonce}");
    format!("{{{rest}")
}

/// Whoever knows the fingerprint before and after a small return, the moment, the author and the form, and tries every
/// number that it may hold, finds it in a ledger without nonces and in no other.
#[test]
fn no_guess_of_a_small_return_is_confirmed() {
    let mut house = House::new();
    let before = house.live.head.clone();
    house.write(vec![Change::Put(filed(&house, 1, 3.0, false).into())]);
    let after = house.live.fingerprint().expect("an entry with a nonce").to_string();
    let written = house.ledger.last().unwrap().body.clone();
    let guess = |value: u32, text: &str| {
        let given = Entry::from_stored(text).unwrap();
        let Change::Put(romduol_plan::Body::Return(record)) = &given.changes[0] else { panic!("a return") };
        let mut answers = record.answers.open();
        answers.iter_mut().for_each(|answer| answer.cells.values = vec![Some(f64::from(value))]);
        let record = Return { answers: Answers::pack(&answers), ..Return::clone(record) };
        Entry { changes: vec![Change::Put(record.into())], ..given }.to_stored(romduol_plan::Nonce(0))
    };
    let old = without_nonce(&written);
    let of_old = before.next(&old).hash;
    let found = |hash: &str| (0..10).find(|value| before.next(&without_nonce(&guess(*value, &old))).hash == hash);
    assert_eq!(found(&of_old), Some(3), "the attack works where there is no nonce");
    assert_eq!(found(&after), None);
    assert!((0..10).all(|value| before.next(&guess(value, &written)).hash != after), "nor with another nonce");
    // The fingerprint of an old entry is not shown, that of the next one is.
    let Head { seq, hash } = before.next(&old);
    let stored = StoredEntry { seq, body: old, hash };
    let upgraded = Snapshot::empty().after(&house.ledger[..house.ledger.len() - 1]).unwrap().after(&[stored]).unwrap();
    assert_eq!(upgraded.fingerprint(), None);
    let locale = romduol_locale::Locale::of(romduol_plan::Lang::En);
    assert_eq!(upgraded.ledger_line(locale), format!("Ledger entry {seq}"));
    assert!(house.live.ledger_line(locale).contains(&after));
}
