//! The state of a plan: the fold of its ledger. A snapshot is immutable and cheap to clone.
//! Refuses to know where entries come from and what the date is.

mod illustrative;
mod kept;
#[cfg(test)]
mod reported;
mod withdrawn;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};

use crate::computed;
use crate::entry::{Change, Entry};
use crate::kinds::*;
use crate::period::{Date, Period};
use crate::zone::Zone;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct State {
    tables: Tables,
    /// The number of the last entry applied; 0 for the empty state.
    position: u64,
    /// The entries that touched each record, in order.
    history: OrdMap<(Kind, Id), Vector<u64>>,
    /// The last accepted version of each return. A correction under way does not change it.
    accepted: OrdMap<Id, Arc<Return>>,
    /// How many of them are illustrative.
    illustrative: usize,
    /// How many records in force are illustrative, of all kinds.
    marked: usize,
    /// The returns that a verifier has to decide.
    pending: OrdSet<Id>,
    /// How many returns of each assignment have come in, hold something and were not sent back; none is not kept.
    filed: OrdMap<Id, u32>,
    /// The entries at which another day began than that of the entry before.
    days: OrdMap<u64, Date>,
    /// The clock of the place that the plan is for; UTC where the plan names none.
    zone: Option<Zone>,
    /// The entries by which decisions were told to be carried out.
    carried_out: OrdMap<Id, u64>,
    /// The entries that filled returns which had held nothing before.
    filled_later: OrdMap<Id, u64>,
    /// What was counted in it since it last changed.
    pub(crate) counted: computed::Memo,
}

/// An amendment of a version of a return that is not the one in force.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it amends version {base} of the return “{id}”, and here is {}", .now.map_or("none".into(), |now| format!("version {now}")))]
pub struct WrongBase {
    pub id: Id,
    pub base: u32,
    pub now: Option<u32>,
}

impl State {
    /// The state after an entry. Entries are applied in order; the ledger has checked them.
    ///
    /// # Errors
    /// Where the entry amends another version of a return than the one that is here: the ledger is not what this program
    /// wrote. The state then is as before.
    pub fn apply(&mut self, position: u64, entry: &Entry) -> Result<(), WrongBase> {
        self.amends_what_is_here(entry)?;
        self.position = position;
        self.counted = computed::Memo::default();
        for change in &entry.changes {
            let (kind, id) = change.subject();
            self.history.entry((kind, id.to_string())).or_default().push_back(position);
            match change {
                Change::Put(body) => self.put(body.clone()),
                // Looked at above.
                Change::Amend(by) => {
                    if let Some(record) = self.find::<Return>(&by.id) {
                        self.put(record.amended(by).into());
                    }
                }
                Change::Retire(kind, id) => self.remove(*kind, id),
            }
        }
        // Last, so that the entry that brings the plan is dated by its clock, too.
        let day = self.zone.as_ref().and_then(|zone| zone.day_of(&entry.at)).or_else(|| Date::parse(&entry.at));
        if let Some(day) = day.filter(|day| self.today() != Some(*day)) {
            self.days.insert(position, day);
        }
        Ok(())
    }

    /// Decided on the newest state and chained behind it, an amendment is of the version that is here, or that the entry
    /// itself has made.
    fn amends_what_is_here(&self, entry: &Entry) -> Result<(), WrongBase> {
        for (n, change) in entry.changes.iter().enumerate() {
            let Change::Amend(by) = change else { continue };
            let made = entry.changes[..n].iter().rev().find(|change| change.subject() == (Kind::Return, &by.id));
            let now = match made {
                Some(Change::Amend(earlier)) => Some(earlier.version),
                Some(Change::Put(Body::Return(record))) => Some(record.version),
                Some(Change::Put(_) | Change::Retire(..)) => None,
                None => self.find::<Return>(&by.id).map(|record| record.version),
            };
            if now != Some(by.base) {
                return Err(WrongBase { id: by.id.clone(), base: by.base, now });
            }
        }
        Ok(())
    }

    fn put(&mut self, body: Body) {
        self.marked -= usize::from(self.tables.is_illustrative(body.kind(), body.id()));
        self.marked += usize::from(body.is_illustrative());
        match &body {
            Body::Return(record) => self.put_return(record),
            Body::Decision(decision) => self.note_carried_out(&decision.id, decision.state),
            Body::Plan(plan) => self.zone = plan.time_zone.as_deref().and_then(Zone::named),
            _ => {}
        }
        self.tables.put(body);
    }

    fn remove(&mut self, kind: Kind, id: &str) {
        self.marked -= usize::from(self.tables.is_illustrative(kind, id));
        match kind {
            Kind::Return => self.retire_return(id),
            Kind::Decision => self.note_carried_out(id, TaskState::Dropped),
            _ => {}
        }
        self.tables.retire(kind, id);
    }

    fn put_return(&mut self, record: &Arc<Return>) {
        let before = self.find::<Return>(&record.id).cloned();
        self.count_filed(before.as_deref(), Some(record));
        if before.is_some_and(|before| before.answers.hold_nothing()) && !record.answers.hold_nothing() {
            self.filled_later.insert(record.id.clone(), self.position);
        }
        match record.status {
            ReturnStatus::Submitted | ReturnStatus::Verified => self.pending.insert(record.id.clone()),
            ReturnStatus::SentBack | ReturnStatus::Accepted => self.pending.remove(&record.id),
        };
        if record.status == ReturnStatus::Accepted {
            self.accept(record);
        }
    }

    fn retire_return(&mut self, id: &str) {
        let before = self.find::<Return>(id).cloned();
        self.count_filed(before.as_deref(), None);
        self.filled_later.remove(id);
        self.pending.remove(id);
        let gone = self.accepted.remove(id);
        self.illustrative -= usize::from(gone.is_some_and(|record| record.illustrative));
    }

    fn count_filed(&mut self, before: Option<&Return>, after: Option<&Return>) {
        // Each where it belongs: nothing keeps a later version from naming another unit.
        let filed = |record: &&Return| record.has_come_in();
        if let Some(record) = after.filter(filed) {
            *self.filed.entry(record.assignment.clone()).or_insert(0) += 1;
        }
        let Some(before) = before.filter(filed) else { return };
        let left = self.filed(&before.assignment).saturating_sub(1);
        match left {
            0 => self.filed.remove(&before.assignment),
            _ => self.filed.insert(before.assignment.clone(), left),
        };
    }

    /// The first entry that told it counts, until the decision is open again.
    fn note_carried_out(&mut self, decision: &str, state: TaskState) {
        if state == TaskState::Done {
            self.carried_out.entry(decision.to_string()).or_insert(self.position);
        } else {
            self.carried_out.remove(decision);
        }
    }

    /// The day of the last entry by the clock of the plan: how far this state knows.
    pub fn today(&self) -> Option<Date> {
        self.days.get_max().map(|(_, day)| *day)
    }

    /// The day of an entry by the clock of the plan.
    pub fn day_of(&self, position: u64) -> Option<Date> {
        self.days.get_prev(&position).map(|(_, day)| *day)
    }

    /// The day on which a return came in: the first since which it has held something, also if it was sent back since.
    pub fn received(&self, id: &str) -> Option<Date> {
        let first = || self.history.get(&(Kind::Return, id.to_string()))?.front();
        self.day_of(*self.filled_later.get(id).or_else(first)?)
    }

    /// The day on which a decision was told to be carried out.
    pub fn carried_out(&self, decision: &str) -> Option<Date> {
        self.carried_out.get(decision).and_then(|position| self.day_of(*position))
    }

    /// The returns that a verifier has to decide, in order of their ids.
    pub fn pending(&self) -> impl Iterator<Item = &Arc<Return>> {
        self.pending.iter().filter_map(|id| self.find::<Return>(id))
    }

    /// How many returns of an assignment have come in, hold something and were not sent back.
    pub fn filed(&self, assignment: &str) -> u32 {
        self.filed.get(assignment).copied().unwrap_or(0)
    }

    fn accept(&mut self, record: &Arc<Return>) {
        let before = self.accepted.insert(record.id.clone(), record.clone());
        self.illustrative -= usize::from(before.is_some_and(|record| record.illustrative));
        self.illustrative += usize::from(record.illustrative);
    }

    pub fn position(&self) -> u64 {
        self.position
    }

    pub fn find<T: Tabled>(&self, id: &str) -> Option<&Arc<T>> {
        T::table(&self.tables).get(id)
    }

    /// All records of a kind, in order of their ids.
    pub fn all<T: Tabled>(&self) -> impl Iterator<Item = &Arc<T>> {
        T::table(&self.tables).values()
    }

    pub fn count<T: Tabled>(&self) -> usize {
        T::table(&self.tables).len()
    }

    pub fn body(&self, kind: Kind, id: &str) -> Option<Body> {
        self.tables.get(kind, id)
    }

    pub fn ids(&self, kind: Kind) -> Vec<&str> {
        self.tables.ids(kind)
    }

    /// The positions of the entries that touched a record, oldest first.
    pub fn touched_by(&self, kind: Kind, id: &str) -> Vec<u64> {
        self.history.get(&(kind, id.to_string())).map(|seqs| seqs.iter().copied().collect()).unwrap_or_default()
    }

    /// Whether there was a record of this id that was taken out of the plan.
    pub fn is_retired(&self, kind: Kind, id: &str) -> bool {
        self.history.contains_key(&(kind, id.to_string())) && self.body(kind, id).is_none()
    }

    /// The accepted returns: what every figure is computed from.
    pub fn accepted(&self) -> impl Iterator<Item = &Arc<Return>> {
        self.accepted.values()
    }

    pub fn accepted_return(&self, id: &str) -> Option<&Arc<Return>> {
        self.accepted.get(id)
    }

    pub fn plan(&self) -> Option<&Arc<Plan>> {
        self.all::<Plan>().next()
    }

    /// Whether `area` lies inside `outer`, or is it.
    pub fn within(&self, area: &str, outer: &str) -> bool {
        self.ancestry(area).any(|step| step.id == outer)
    }

    /// The area at `level` that contains `area`, or is it.
    pub fn ancestor_at(&self, area: &str, level: AreaLevel) -> Option<Id> {
        self.ancestry(area).find(|step| step.level == level).map(|step| step.id.clone())
    }

    /// An area and all that contain it, outwards. Ends after 16 steps so that a faulty circle cannot hang it.
    pub fn ancestry<'a>(&'a self, area: &str) -> impl Iterator<Item = &'a Arc<Area>> {
        let first = self.find::<Area>(area);
        std::iter::successors(first, |area| area.parent.as_ref().and_then(|id| self.find::<Area>(id))).take(16)
    }

    /// The categories of a dimension in their order.
    pub fn categories(&self, dimension: &str) -> Vec<&Arc<Category>> {
        let mut list: Vec<_> = self.all::<Category>().filter(|category| category.dimension == dimension).collect();
        list.sort_by_key(|category| category.order);
        list
    }

    /// The indicators that a unit is asked for, in order of their codes.
    pub fn asked(&self, assignment: &Assignment) -> Vec<&Arc<Indicator>> {
        let Some(form) = self.find::<Form>(&assignment.form) else { return Vec::new() };
        let asked = self.all::<Indicator>().filter(|indicator| {
            indicator.form.as_ref() == Some(&form.id)
                && (form.audience == Audience::Area || indicator.owner == assignment.institution)
        });
        asked.collect()
    }

    /// Whether every unit is asked the same as in another state: forms, units, indicators and what they are broken down by.
    pub fn asks_as(&self, other: &State) -> bool {
        fn alike<T: Tabled>(a: &Tables, b: &Tables) -> bool {
            T::table(a).ptr_eq(T::table(b))
        }
        let (a, b) = (&self.tables, &other.tables);
        alike::<Form>(a, b)
            && alike::<Assignment>(a, b)
            && alike::<Indicator>(a, b)
            && alike::<Dimension>(a, b)
            && alike::<Category>(a, b)
    }

    pub fn is_locked(&self, form: &str, period: Period) -> bool {
        self.find::<Lock>(&lock_id(form, period)).is_some()
    }

    pub fn has_illustrative_returns(&self) -> bool {
        self.illustrative > 0
    }
}

pub fn lock_id(form: &str, period: Period) -> Id {
    format!("{form}.{period}")
}

pub fn return_id(assignment: &str, period: Period) -> Id {
    format!("{assignment}.{period}")
}
