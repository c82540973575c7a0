//! The bridge between returns and the cube: which answer becomes which observation. Refuses to judge (see `readings` and
//! `status`) and to roll up (see `ask`).

mod ask;
mod layout;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use romduol_cube::{AreaTree, Cube, Row};

pub use ask::{Total, months};
pub(crate) use layout::reported;
use layout::{Layout, Pair};
pub use table::{Corner, Placed};

use crate::answers::questions;
use crate::kinds::*;
use crate::period::Period;
use crate::state::State;

/// All accepted numbers, ready to be rolled up. Cloning is cheap.
#[derive(Clone)]
pub struct Totals {
    /// Whether illustrative returns count.
    illustrative: bool,
    areas: Arc<HashMap<Id, u32>>,
    area_ids: Arc<Vec<Id>>,
    layouts: Arc<HashMap<Id, Layout>>,
    expected: Arc<HashSet<(Id, Period)>>,
    /// The periods of an indicator that made-up returns speak for.
    made_up: BTreeMap<Id, BTreeSet<u32>>,
    cube: Cube,
    /// Clones share it until the numbers of one of them change.
    memo: Arc<Mutex<Memo>>,
}

/// Totals that were asked for since the numbers last changed, by indicator, area and period.
type Memo = HashMap<(Id, Id, Period), Option<Total>>;

impl Totals {
    /// Builds the totals of a state from its accepted returns.
    pub fn build(state: &State, illustrative: bool) -> Totals {
        let mut totals = Totals::empty(state, illustrative);
        for record in state.accepted() {
            totals.put(state, None, record);
        }
        totals
    }

    /// The totals of a state without any return: its areas and measures.
    fn empty(state: &State, illustrative: bool) -> Totals {
        let area_ids: Vec<Id> = state.all::<Area>().map(|area| area.id.clone()).collect();
        let areas: HashMap<Id, u32> = area_ids.iter().zip(0..).map(|(id, n)| (id.clone(), n)).collect();
        let mut cube = Cube::new(tree(state, &areas));
        let layout = |i: &Arc<Indicator>| (i.id.clone(), Layout::new(state, i, &mut cube));
        let layouts = state.all::<Indicator>().map(layout).collect();
        Totals {
            illustrative,
            areas: Arc::new(areas),
            area_ids: Arc::new(area_ids),
            layouts: Arc::new(layouts),
            expected: Arc::default(),
            made_up: BTreeMap::new(),
            cube,
            memo: Arc::default(),
        }
    }

    /// The totals of a state whose numbers were kept as bytes; none where the bytes do not belong to it.
    pub fn restore(state: &State, cube: &[u8]) -> Option<Totals> {
        let mut totals = Totals::empty(state, false);
        let restored = Cube::from_bytes(cube).ok()?;
        let same = |n| restored.measure(n).ok() == totals.cube.measure(n).ok();
        let measures = restored.measures().max(totals.cube.measures());
        if restored.tree() != totals.cube.tree() || !(0..measures).all(same) {
            return None;
        }
        totals.cube = restored;
        // What was to be reported came with the bytes.
        totals.expected = Arc::new(state.accepted().map(|record| (form_of(state, record), record.period)).collect());
        Some(totals)
    }

    /// The numbers as bytes, for [`Totals::restore`].
    pub fn to_bytes(&self) -> Vec<u8> {
        self.cube.to_bytes()
    }

    /// How much the numbers take, in bytes.
    pub fn memory(&self) -> usize {
        self.cube.memory()
    }

    /// Takes in a newly accepted return; `old` is the version it corrects.
    pub fn put(&mut self, state: &State, old: Option<&Return>, record: &Return) {
        let counts = |record: &&Return| self.illustrative || !record.illustrative;
        let (old, new) = (old.filter(counts), Some(record).filter(counts));
        if old.is_none() && new.is_none() {
            return;
        }
        self.memo = Arc::default();
        let Some(assignment) = state.find::<Assignment>(&record.assignment) else { return };
        let Some(area) = self.areas.get(&assignment.area).copied() else { return };
        self.expect(state, &assignment.form, record.period);
        let changed = changed(old, new);
        let mut rows = Vec::with_capacity(changed.len());
        for answer in &changed {
            if let Some(layout) = self.layouts.get(&answer.indicator) {
                layout.rows(answer, old.is_some(), &mut rows);
            }
        }
        let period = record.period.ordinal();
        let rows: Vec<Row> =
            rows.iter().map(|(measure, cells)| Row { measure: *measure, period, area, cells }).collect();
        if let Err(refused) = self.cube.load(&rows) {
            // `may_report` lets no return in for an area that does not exist; an old ledger may hold one all the same.
            debug_assert!(false, "{refused}");
        }
        if record.illustrative && self.illustrative {
            for answer in changed.iter().filter(|answer| answer.state == AnswerState::Given) {
                self.made_up.entry(answer.indicator.clone()).or_default().insert(period);
            }
        }
    }

    /// Notes, once per form and period, which areas were to report.
    fn expect(&mut self, state: &State, form: &str, period: Period) {
        let key = (form.to_string(), period);
        if self.expected.contains(&key) {
            return;
        }
        Arc::make_mut(&mut self.expected).insert(key);
        let mut expected: HashMap<u32, Vec<u32>> = HashMap::new();
        // Areas are asked the same; only institutions differ in what they own.
        let mut asked: HashMap<&str, Vec<u32>> = HashMap::new();
        for assignment in state.all::<Assignment>().filter(|a| a.form == form && a.owes(period)) {
            let Some(area) = self.areas.get(&assignment.area) else { continue };
            let by_area = state.find::<Form>(form).is_some_and(|form| form.audience == Audience::Area);
            let who = if by_area { "" } else { assignment.institution.as_str() };
            let measures = asked.entry(who).or_insert_with(|| self.measures_of(state, assignment));
            for measure in measures {
                expected.entry(*measure).or_default().push(*area);
            }
        }
        for (measure, areas) in expected {
            self.cube.expect(measure, period.ordinal(), &areas).expect("areas and measures are the cube's own");
        }
    }

    fn measures_of(&self, state: &State, assignment: &Assignment) -> Vec<u32> {
        let layouts = questions(state, assignment).into_iter().filter_map(|q| self.layouts.get(&q.indicator.id));
        layouts.flat_map(|layout| layout.whole().iter()).collect()
    }

    /// The numbers themselves, for whoever asks in the cube's own words.
    pub fn cube(&self) -> &Cube {
        &self.cube
    }

    /// The cube's number of an area.
    pub fn area_number(&self, id: &str) -> Option<u32> {
        self.areas.get(id).copied()
    }

    /// The cube's measure of an indicator's value.
    pub fn measure(&self, indicator: &str) -> Option<u32> {
        self.pair(indicator, None).map(|pair| pair.value)
    }

    fn pair(&self, indicator: &str, overlapping: Option<&str>) -> Option<&Pair> {
        self.layouts.get(indicator)?.pair(overlapping)
    }
}

/// The answers whose numbers a new version replaces: those that differ, and as missing those that it has not got any more.
/// The others are left where readers share them.
fn changed(old: Option<&Return>, new: Option<&Return>) -> Vec<Answer> {
    let alike = old.zip(new).filter(|(old, new)| old.illustrative == new.illustrative);
    if let Some(changed) = alike.and_then(|(old, new)| new.answers.since(&old.answers)) {
        return changed;
    }
    let open = |record: Option<&Return>| record.map(|record| record.answers.open()).unwrap_or_default();
    let (mut given, before) = (open(new), open(old));
    let gone = before.into_iter().filter(|b| !given.iter().any(|g| g.indicator == b.indicator));
    let cleared: Vec<Answer> = gone.map(|b| Answer { state: AnswerState::Missing, ..b }).collect();
    given.extend(cleared);
    given
}

fn form_of(state: &State, record: &Return) -> Id {
    state.find::<Assignment>(&record.assignment).map(|a| a.form.clone()).unwrap_or_default()
}

/// The areas depth first, each for as long as it exists, and what became of it.
fn tree(state: &State, areas: &HashMap<Id, u32>) -> AreaTree {
    let parent = |area: &Arc<Area>| area.parent.as_ref().and_then(|id| areas.get(id).copied());
    let parents: Vec<Option<u32>> = state.all::<Area>().map(parent).collect();
    // The package check has refused circles; an empty tree keeps a damaged state readable.
    let mut tree = AreaTree::new(&parents).or_else(|_| AreaTree::new(&[])).expect("an empty tree has no circle");
    for (area, n) in
        state.all::<Area>().zip(0..).filter(|(area, _)| area.valid_from.is_some() || area.valid_to.is_some())
    {
        // A range without periods is a fault of the package; the area then simply exists.
        let _ = tree.set_valid(n, area.months());
    }
    for (area, n) in state.all::<Area>().zip(0..) {
        for into in area.successors.iter().filter_map(|id| areas.get(id)) {
            // A circle is a fault of the package, too; its last link is then left out.
            let _ = tree.succeed(n, *into);
        }
    }
    tree
}
