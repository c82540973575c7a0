//! The state of a plan: the fold of its ledger. A snapshot is immutable and cheap to clone.
//! Refuses to know where entries come from and what the date is.

mod kept;

use std::sync::Arc;

use imbl::{OrdMap, OrdSet, Vector};

use crate::entry::{Change, Entry};
use crate::kinds::*;
use crate::period::Period;

#[derive(Clone, Debug, Default)]
pub struct State {
    tables: Tables,
    /// The number of the last entry applied; 0 for the empty state.
    position: u64,
    /// The entries that touched each record, in order.
    history: OrdMap<(Kind, Id), Vector<u64>>,
    /// The last accepted version of each return. A correction under way does not change it.
    accepted: OrdMap<Id, Arc<Return>>,
    /// How many of them are made up.
    illustrative: usize,
    /// The returns that a verifier has to decide.
    pending: OrdSet<Id>,
    /// How many returns of each assignment have come in and were not sent back.
    filed: OrdMap<Id, u32>,
}

impl State {
    /// The state after an entry. Entries are applied in order; the ledger has checked them.
    pub fn apply(&mut self, position: u64, entry: &Entry) {
        self.position = position;
        for change in &entry.changes {
            let (kind, id) = change.subject();
            self.history.entry((kind, id.to_string())).or_default().push_back(position);
            match change {
                Change::Put(Body::Return(record)) => self.put_return(record),
                Change::Put(body) => self.tables.put(body.clone()),
                // Decided on the newest state and chained behind it, so the version that it amends is the one here.
                Change::Amend(by) => {
                    if let Some(record) = self.find::<Return>(&by.id).filter(|record| record.version == by.base) {
                        self.put_return(&Arc::new(record.amended(by)));
                    }
                }
                Change::Retire(kind, id) => {
                    if *kind == Kind::Return {
                        self.retire_return(id);
                    }
                    self.tables.retire(*kind, id);
                }
            }
        }
    }

    fn put_return(&mut self, record: &Arc<Return>) {
        let before = self.find::<Return>(&record.id).cloned();
        self.count_filed(before.as_deref(), Some(record));
        match record.status {
            ReturnStatus::Submitted | ReturnStatus::Verified => self.pending.insert(record.id.clone()),
            ReturnStatus::SentBack | ReturnStatus::Accepted => self.pending.remove(&record.id),
        };
        if record.status == ReturnStatus::Accepted {
            self.accept(record);
        }
        self.tables.put(Body::Return(record.clone()));
    }

    fn retire_return(&mut self, id: &str) {
        let before = self.find::<Return>(id).cloned();
        self.count_filed(before.as_deref(), None);
        self.pending.remove(id);
        let gone = self.accepted.remove(id);
        self.illustrative -= usize::from(gone.is_some_and(|record| record.illustrative));
    }

    fn count_filed(&mut self, before: Option<&Return>, after: Option<&Return>) {
        // Each where it belongs: nothing keeps a later version from naming another unit.
        let filed = |record: &&Return| record.status != ReturnStatus::SentBack;
        if let Some(record) = after.filter(filed) {
            *self.filed.entry(record.assignment.clone()).or_insert(0) += 1;
        }
        if let Some(count) = before.filter(filed).and_then(|record| self.filed.get_mut(&record.assignment)) {
            *count -= 1;
        }
    }

    /// The returns that a verifier has to decide, in order of their ids.
    pub fn pending(&self) -> impl Iterator<Item = &Arc<Return>> {
        self.pending.iter().filter_map(|id| self.find::<Return>(id))
    }

    /// How many returns of an assignment have come in and were not sent back.
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

    pub fn is_locked(&self, form: &str, period: Period) -> bool {
        self.find::<Lock>(&lock_id(form, period)).is_some()
    }

    pub fn has_illustrative_returns(&self) -> bool {
        self.illustrative > 0
    }

    /// Made-up records exist; pages then say so.
    pub fn has_illustrative(&self) -> bool {
        self.has_illustrative_returns()
            || self.all::<Target>().any(|target| target.illustrative)
            || self.all::<Assessment>().any(|said| said.illustrative)
            || self.all::<Decision>().any(|decision| decision.illustrative)
            || self.all::<NextStep>().any(|step| step.illustrative)
            || self.all::<Meeting>().any(|meeting| meeting.illustrative)
            || self.all::<Rating>().any(|rating| rating.illustrative)
            || self.all::<Choice>().any(|choice| choice.illustrative)
            || self.all::<CostLine>().any(|line| line.illustrative)
            || self.all::<Funding>().any(|funding| funding.illustrative)
    }
}

pub fn lock_id(form: &str, period: Period) -> Id {
    format!("{form}.{period}")
}

pub fn return_id(assignment: &str, period: Period) -> Id {
    format!("{assignment}.{period}")
}
