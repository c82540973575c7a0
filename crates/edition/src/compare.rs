//! What an edition says otherwise than an earlier one, number by number. Refuses to know why.

use std::collections::{BTreeMap, BTreeSet};

use romduol_plan::Id;

use crate::content::{Body, Difference, Key, Measured, Told};

/// The differences, in order of indicators and places. What is told for the first time, of a period that the earlier
/// edition did not reach, is new and no difference.
#[must_use]
pub fn differences(before: &Body, after: &Body) -> Vec<Difference> {
    let by_id = |body: &Body| -> BTreeMap<Id, Measured> {
        body.indicators.iter().map(|measured| (measured.indicator.id.clone(), measured.clone())).collect()
    };
    let (old, new) = (by_id(before), by_id(after));
    let ids: BTreeSet<&Id> = old.keys().chain(new.keys()).collect();
    let mut found = Vec::new();
    for id in ids {
        match (old.get(id), new.get(id)) {
            (Some(old), Some(new)) => found.extend(of_one(old, new, before)),
            (old, new) => {
                let told = |there: bool| if there { Told::Present } else { Told::Nothing };
                let (before, after) = (told(old.is_some()), told(new.is_some()));
                found.push(Difference { indicator: id.clone(), at: None, before, after });
            }
        }
    }
    found
}

/// A number that was written as text and read again may differ in its last digit.
fn same(one: Told, other: Told) -> bool {
    match (one, other) {
        (Told::Value(one), Told::Value(other)) => (one - other).abs() <= 1e-9 * one.abs().max(other.abs()),
        (one, other) => one == other,
    }
}

fn of_one(old: &Measured, new: &Measured, before: &Body) -> Vec<Difference> {
    let told = |measured: &Measured| -> BTreeMap<Key, Told> {
        measured.observations.iter().map(|at| (at.key(), at.told())).collect()
    };
    let (was, is) = (told(old), told(new));
    let keys: BTreeSet<&Key> = was.keys().chain(is.keys()).collect();
    let differ = keys.into_iter().filter_map(|key| {
        let get = |list: &BTreeMap<Key, Told>| list.get(key).copied().unwrap_or(Told::Nothing);
        let (earlier, later) = (get(&was), get(&is));
        let first_time = earlier == Told::Nothing && key.period.last_month() > before.until.last_month();
        let differs = !same(earlier, later) && !first_time;
        differs.then(|| Difference {
            indicator: new.indicator.id.clone(),
            at: Some(key.clone()),
            before: earlier,
            after: later,
        })
    });
    differ.collect()
}
