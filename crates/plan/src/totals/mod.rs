//! The bridge between returns and the cube: which answer becomes which observation. Refuses to judge (see `readings` and
//! `status`) and to roll up (see `ask`).

mod ask;
mod layout;
mod seen;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use romduol_cube::{AreaTree, Cube, Row};

pub use ask::{Total, months};
pub(crate) use layout::reported;
use layout::{Layout, Pair};
pub(crate) use seen::KeptBack;
pub use seen::{Own, Seen, Sight, Told, ToldTotal, unknown};
pub use table::{Corner, Placed};

use crate::alike::Alike;
use crate::answers::questions;
use crate::kinds::*;
use crate::period::{Frequency, Period};
use crate::state::{State, return_id};

/// All accepted numbers, ready to be rolled up. Cloning is cheap.
#[derive(Clone)]
pub struct Totals {
    /// Whether illustrative returns count.
    illustrative: bool,
    areas: Arc<HashMap<Id, u32>>,
    area_ids: Arc<Vec<Id>>,
    layouts: Arc<HashMap<Id, Layout>>,
    /// The units that report on an area, where they are several, and how often: two of them may speak for one number.
    beside: Arc<HashMap<Id, Vec<(Id, Frequency)>>>,
    /// A return has another id than its unit and period give, so that two may speak for the same.
    strays: bool,
    /// How many returns that count there are for a form and a period. While there is one, all units are expected.
    counted: Arc<HashMap<(Id, u32), u32>>,
    /// How many illustrative returns speak for an indicator in a period.
    illustrative_at: BTreeMap<Id, BTreeMap<u32, u32>>,
    cube: Cube,
    /// Clones share it until the numbers of one of them change.
    memo: Arc<Mutex<Memo>>,
    /// Likewise, like compared with like.
    compared: Arc<Mutex<HashMap<Asked, Option<Alike>>>>,
    /// What a reader may see of them; nothing where that is everything.
    seen: Option<Arc<Seen>>,
}

/// An indicator, an area and a period.
pub(crate) type Asked = (Id, Id, Period);

/// Whether totals could take in a return.
#[must_use]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    Done,
    /// They have to be built anew: what they hold does not tell what was there before.
    Rebuild,
}

/// Totals that were asked for since the numbers last changed, by indicator, area and period.
type Memo = HashMap<Asked, Option<Total>>;

impl Totals {
    /// Builds the totals of a state from its accepted returns.
    pub fn build(state: &State, illustrative: bool) -> Totals {
        let mut totals = Totals::empty(state, illustrative);
        for record in state.accepted() {
            totals.replace(state, None, record);
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
            beside: Arc::new(beside(state)),
            strays: state.accepted().any(|record| is_stray(record)),
            counted: Arc::default(),
            illustrative_at: BTreeMap::new(),
            cube,
            memo: Arc::default(),
            compared: Arc::default(),
            seen: None,
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
        // What was to be reported came with the bytes; here it is only counted.
        let mut counted = HashMap::new();
        for record in state.accepted().filter(|record| totals.counts(record)) {
            if let Some(unit) = totals.unit(state, record) {
                *counted.entry((unit.form.clone(), record.period.ordinal())).or_insert(0) += 1;
            }
        }
        totals.counted = Arc::new(counted);
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
    pub fn put(&mut self, state: &State, old: Option<&Return>, record: &Return) -> Update {
        let moved = old.is_some_and(|old| (&old.assignment, old.period) != (&record.assignment, record.period));
        if moved || self.strays || is_stray(record) || self.is_contested(state, old, record) {
            return Update::Rebuild;
        }
        self.replace(state, old, record);
        Update::Done
    }

    fn replace(&mut self, state: &State, old: Option<&Return>, record: &Return) {
        let (old, new) = (old.filter(|old| self.counts(old)), Some(record).filter(|new| self.counts(new)));
        if old.is_none() && new.is_none() {
            return;
        }
        self.memo = Arc::default();
        self.compared = Arc::default();
        let Some(unit) = self.unit(state, record) else { return };
        let Some(area) = self.areas.get(&unit.area).copied() else { return };
        let period = record.period.ordinal();
        self.count(state, &unit.form, period, (old.is_some(), new.is_some()));
        let changed = changed(old, new);
        let mut rows = Vec::with_capacity(changed.len());
        for answer in &changed {
            if let Some(layout) = self.layouts.get(&answer.indicator) {
                layout.rows(answer, old.is_some(), &mut rows);
            }
        }
        self.excuse(state, unit, &changed, (area, period), old.is_some());
        let rows: Vec<Row> =
            rows.iter().map(|(measure, cells)| Row { measure: *measure, period, area, cells }).collect();
        // `may_report` lets no return in for an area that does not exist then. Where the area was ended afterwards its
        // numbers belong nowhere, and the cube refuses them.
        let _ = self.cube.load(&rows);
        self.mark(period, old, new);
    }

    /// Whether another return has spoken for a number of this one, as after an indicator was handed over or asked by
    /// another form.
    fn is_contested(&self, state: &State, old: Option<&Return>, record: &Return) -> bool {
        let Some(units) = self.unit(state, record).and_then(|unit| self.beside.get(&unit.area)) else { return false };
        let accepted = |(unit, frequency): &(Id, Frequency)| {
            state.accepted_return(&return_id(unit, Period::ending(record.period.ordinal(), *frequency)))
        };
        let others: Vec<&Arc<Return>> =
            units.iter().filter_map(accepted).filter(|other| other.id != record.id).collect();
        if others.is_empty() {
            return false;
        }
        let own: HashSet<Id> = old.into_iter().chain([record]).flat_map(spoken_about).collect();
        others.iter().any(|other| spoken_about(other).any(|indicator| own.contains(&indicator)))
    }

    /// Whether a return is one of those that are added up here.
    fn counts(&self, record: &Return) -> bool {
        self.illustrative || !record.illustrative
    }

    /// The unit that filled a return, if its numbers have a place.
    fn unit<'a>(&self, state: &'a State, record: &Return) -> Option<&'a Arc<Assignment>> {
        state.find::<Assignment>(&record.assignment).filter(|unit| self.areas.contains_key(&unit.area))
    }

    /// Notes for which indicators illustrative returns speak, and for which no longer.
    fn mark(&mut self, period: u32, old: Option<&Return>, new: Option<&Return>) {
        let (before, now) = (spoken_for(old), spoken_for(new));
        for indicator in now.difference(&before) {
            *self.illustrative_at.entry(indicator.clone()).or_default().entry(period).or_insert(0) += 1;
        }
        for indicator in before.difference(&now) {
            let Some(periods) = self.illustrative_at.get_mut(indicator) else { continue };
            if periods.get_mut(&period).is_some_and(|count| {
                *count -= 1;
                *count == 0
            }) {
                periods.remove(&period);
            }
            if periods.is_empty() {
                self.illustrative_at.remove(indicator);
            }
        }
    }

    /// Counts the returns of a form and period. The first one that counts tells that all units were to report, and with
    /// the last one that is forgotten.
    fn count(&mut self, state: &State, form: &str, period: u32, (before, now): (bool, bool)) {
        let key = (form.to_string(), period);
        let counted = Arc::make_mut(&mut self.counted);
        let count = counted.get(&key).copied().unwrap_or(0) + u32::from(now) - u32::from(before);
        let known = if count == 0 { counted.remove(&key) } else { counted.insert(key, count) }.is_some();
        match (known, count) {
            (false, 1..) => self.expect(state, form, period, true),
            (true, 0) => self.expect(state, form, period, false),
            _ => {}
        }
    }

    /// Notes which areas are to report, or that none is.
    fn expect(&mut self, state: &State, form: &str, period: u32, any: bool) {
        let Some(form) = state.find::<Form>(form) else { return };
        let mut expected: HashMap<u32, Vec<u32>> = HashMap::new();
        // Areas are asked the same; only institutions differ in what they own.
        let mut asked: HashMap<&str, Vec<u32>> = HashMap::new();
        let own = Period::ending(period, form.frequency);
        for assignment in state.all::<Assignment>().filter(|a| a.form == form.id && a.owes(own)) {
            let Some(area) = self.areas.get(&assignment.area) else { continue };
            let who = if form.audience == Audience::Area { "" } else { assignment.institution.as_str() };
            let measures = asked.entry(who).or_insert_with(|| self.measures_of(state, assignment));
            for measure in measures {
                let areas = expected.entry(*measure).or_default();
                areas.extend(any.then_some(*area));
            }
        }
        for (measure, areas) in expected {
            self.cube.expect(measure, period, &areas).expect("areas and measures are the cube's own");
        }
    }

    /// What does not apply to a unit is not missing: its number is not waited for, until an answer takes the place of one
    /// that said so.
    fn excuse(
        &mut self,
        state: &State,
        unit: &Assignment,
        changed: &[Answer],
        (area, period): (u32, u32),
        again: bool,
    ) {
        let Some(form) = state.find::<Form>(&unit.form) else { return };
        let counted = self.counted.contains_key(&(form.id.clone(), period));
        let owed = again && counted && unit.owes(Period::ending(period, form.frequency));
        let asked = |id: &str| {
            let of_unit = |i: &Arc<Indicator>| form.audience == Audience::Area || i.owner == unit.institution;
            state.find::<Indicator>(id).is_some_and(|i| i.form.as_ref() == Some(&form.id) && of_unit(i))
        };
        for answer in changed {
            let excused = answer.state == AnswerState::NotApplicable;
            if !(excused || owed) || !asked(&answer.indicator) {
                continue;
            }
            let Some(layout) = self.layouts.get(&answer.indicator) else { continue };
            for measure in layout.whole().iter() {
                self.cube.excuse(measure, period, area, excused).expect("areas and measures are the cube's own");
            }
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

/// The indicators that an illustrative return gives numbers for; none of a real one.
fn spoken_for(record: Option<&Return>) -> BTreeSet<Id> {
    let answers = record.filter(|record| record.illustrative).map(|record| record.answers.open());
    let given = answers.into_iter().flatten().filter(|answer| answer.state == AnswerState::Given);
    given.map(|answer| answer.indicator).collect()
}

fn is_stray(record: &Return) -> bool {
    record.id != return_id(&record.assignment, record.period)
}

/// The units that report on an area, where they are several.
fn beside(state: &State) -> HashMap<Id, Vec<(Id, Frequency)>> {
    let mut units: HashMap<Id, Vec<(Id, Frequency)>> = HashMap::new();
    for unit in state.all::<Assignment>() {
        let Some(form) = state.find::<Form>(&unit.form) else { continue };
        units.entry(unit.area.clone()).or_default().push((unit.id.clone(), form.frequency));
    }
    units.retain(|_, units| units.len() > 1);
    units
}

fn spoken_about(record: &Return) -> impl Iterator<Item = Id> + use<> {
    record.answers.open().into_iter().map(|answer| answer.indicator)
}

/// Whether two hold the same numbers, the same expectations and the same marks, however they came about.
impl PartialEq for Totals {
    fn eq(&self, other: &Totals) -> bool {
        (self.illustrative, &self.area_ids, &self.counted, &self.illustrative_at)
            == (other.illustrative, &other.area_ids, &other.counted, &other.illustrative_at)
            && self.cube == other.cube
    }
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
