//! What refers to a record, by kind: the way back along every link. Part of the pages of all records.

use romduol_plan::{Body, Kind};

use super::Ref;
use crate::viewer::Viewer;

/// The records of a kind that refer to this one.
pub(crate) struct Referring {
    pub kind: Kind,
    pub refs: Vec<Ref>,
    pub more: usize,
}

pub(crate) fn referring(viewer: &Viewer, kind: Kind, id: &str) -> Vec<Referring> {
    const SHOWN: usize = 40;
    let links = viewer.snapshot.links().to(kind, id);
    let mut groups: Vec<Referring> = Vec::new();
    for (from, other) in links.iter().map(|link| &link.from) {
        let seen = viewer.snapshot.state.body(*from, other).and_then(|body| viewer.seen(body));
        if !seen.is_some_and(|body| keeps_event(&body, kind, id)) {
            continue;
        }
        let (shown, to) = far_end(viewer, *from, other, (kind, id));
        let at = groups.iter().position(|group| group.kind == shown).unwrap_or_else(|| {
            groups.push(Referring { kind: shown, refs: Vec::new(), more: 0 });
            groups.len() - 1
        });
        match groups[at].refs.len() < SHOWN {
            true => groups[at].refs.push(to),
            false => groups[at].more += 1,
        }
    }
    groups
}

/// What is shown without its event is not found from the event either.
fn keeps_event(body: &Body, to: Kind, id: &str) -> bool {
    match body {
        Body::Contribution(said) => to != Kind::Consultation || said.consultation == id,
        _ => true,
    }
}

/// A link that is a record of its own is walked through: its other end is what a reader looks for.
fn far_end(viewer: &Viewer, from: Kind, other: &str, (kind, id): (Kind, &str)) -> (Kind, Ref) {
    let own = (from, Ref::to(viewer, from, other));
    if from != Kind::Alignment {
        return own;
    }
    let far = viewer.snapshot.links().from(from, other).iter().find(|link| link.to != (kind, id.to_string()));
    match far {
        Some(link) => (link.to.0, Ref { via: Some(other.into()), ..Ref::to(viewer, link.to.0, &link.to.1) }),
        None => own,
    }
}
