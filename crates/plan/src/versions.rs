//! Versions of the plan: which state may follow which, and what differs between two of them, node by node.

use std::collections::BTreeSet;

use crate::diff::{self, Changed};
use crate::kinds::*;
use crate::say::Say;
use crate::state::State;

/// The states that may follow. A version goes forward, or back to the draft after a consultation.
pub fn next_states(state: VersionState) -> &'static [VersionState] {
    use VersionState::*;
    match state {
        Draft => &[Consultation, Closed],
        Consultation => &[Draft, Approved, Closed],
        Approved => &[InForce, Closed],
        InForce => &[Closed],
        Closed => &[],
    }
}

/// The version with a new state, or why it cannot have it. Only one version is in force.
pub fn moved(state: &State, version: &Version, to: VersionState) -> Result<Version, Say> {
    if !next_states(version.state).contains(&to) {
        return Err(Say::new("refused-version-state").code("from", version.state.code()).code("to", to.code()));
    }
    let other = state.all::<Version>().find(|other| other.state == VersionState::InForce && other.id != version.id);
    match other.filter(|_| to == VersionState::InForce) {
        Some(other) => Err(Say::new("refused-version-in-force").words("value", &other.id)),
        None => Ok(Version { state: to, ..version.clone() }),
    }
}

/// How a node differs between two versions.
#[derive(Clone, Debug, PartialEq)]
pub enum Difference {
    Added,
    Removed,
    Changed(Vec<Changed>),
}

/// The nodes that differ between two states, in order of their codes.
pub fn differences(before: &State, after: &State) -> Vec<(Id, Difference)> {
    let ids: BTreeSet<&Id> = before.all::<Node>().chain(after.all::<Node>()).map(|node| &node.id).collect();
    let differ = ids.into_iter().filter_map(|id| {
        let difference = match (before.find::<Node>(id), after.find::<Node>(id)) {
            (None, _) => Difference::Added,
            (_, None) => Difference::Removed,
            (Some(old), Some(new)) if old == new => return None,
            (Some(old), Some(new)) => {
                let json = |node: &Node| Body::from(node.clone()).to_json();
                Difference::Changed(diff::between(Some(&json(old)), Some(&json(new))))
            }
        };
        Some((id.clone(), difference))
    });
    differ.collect()
}

/// Whether the public may comment on a version on a day.
pub fn takes_comments(version: &Version, today: crate::Date) -> bool {
    version.state == VersionState::Consultation && version.comments_until.is_none_or(|last| today <= last)
}
