//! What refers to a record, by kind: the way back along every link. Part of the pages of all records.

use romduol_plan::Kind;

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
        let seen = viewer.snapshot.state.body(*from, other).is_some_and(|body| viewer.person.post.may_see(&body));
        if !seen {
            continue;
        }
        let group = match groups.iter_mut().find(|group| group.kind == *from) {
            Some(group) => group,
            None => {
                groups.push(Referring { kind: *from, refs: Vec::new(), more: 0 });
                groups.last_mut().expect("just pushed")
            }
        };
        match group.refs.len() < SHOWN {
            true => group.refs.push(far_end(viewer, *from, other, kind, id)),
            false => group.more += 1,
        }
    }
    groups
}

/// An alignment is a link with a life of its own: what it leads to on the other side says more than its number.
fn far_end(viewer: &Viewer, from: Kind, other: &str, kind: Kind, id: &str) -> Ref {
    let own = Ref::to(viewer, from, other);
    if from != Kind::Alignment {
        return own;
    }
    let far = viewer.snapshot.links().from(from, other).iter().find(|link| link.to != (kind, id.to_string()));
    match far {
        Some(link) => Ref { title: Ref::to(viewer, link.to.0, &link.to.1).title, id: link.to.1.clone(), ..own },
        None => own,
    }
}
