//! Who is engaged and who was heard: the stakeholder map, and consultations with the counts of their groups.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::kinds::*;
use crate::state::State;

/// An institution with what the plan asks of it and whether it was heard.
pub struct Stakeholder<'a> {
    pub institution: &'a Arc<Institution>,
    /// The consultations whose remarks name it.
    pub heard_at: Vec<&'a Arc<Consultation>>,
    /// The nodes that name it, as lead or in words.
    pub named_in: Vec<&'a Arc<Node>>,
}

/// All institutions that are no mere reporting units.
pub fn stakeholders(state: &State) -> Vec<Stakeholder<'_>> {
    let of = |institution| Stakeholder {
        institution,
        heard_at: heard_at(state, &institution.id),
        named_in: named_in(state, institution),
    };
    state.all::<Institution>().map(of).collect()
}

fn heard_at<'a>(state: &'a State, institution: &str) -> Vec<&'a Arc<Consultation>> {
    let groups = state.all::<Attendance>().filter(|group| group.institutions.iter().any(|id| id == institution));
    let ids: BTreeSet<&Id> = groups.map(|group| &group.consultation).collect();
    ids.into_iter().filter_map(|id| state.find::<Consultation>(id)).collect()
}

/// Named bodies stand in the source's own words; an institution is meant where its short form or an alias is one of them.
fn named_in<'a>(state: &'a State, institution: &Institution) -> Vec<&'a Arc<Node>> {
    let names: Vec<String> = names_of(institution).map(|name| name.to_lowercase()).collect();
    let means = |body: &String| names.contains(&body.trim().to_lowercase());
    state
        .all::<Node>()
        .filter(|node| node.leads.contains(&institution.id) || node.named_bodies.iter().any(means))
        .collect()
}

/// A body that the plan names in the source's own words.
pub struct NamedBody<'a> {
    pub name: &'a str,
    pub nodes: Vec<&'a Arc<Node>>,
    /// Whether an institution of that name was heard, or a consultation names it in words.
    pub heard: bool,
}

/// The bodies that nodes name, by name.
pub fn named_bodies(state: &State) -> Vec<NamedBody<'_>> {
    let mut bodies: BTreeMap<&str, Vec<&Arc<Node>>> = BTreeMap::new();
    for node in state.all::<Node>() {
        for name in &node.named_bodies {
            bodies.entry(name.trim()).or_default().push(node);
        }
    }
    let stakeholders = stakeholders(state);
    let heard = |name: &str| {
        let lower = name.to_lowercase();
        let institution = stakeholders
            .iter()
            .any(|one| !one.heard_at.is_empty() && names_of(one.institution).any(|own| own.to_lowercase() == lower));
        let told = |group: &Arc<Attendance>| {
            group.group.en.to_lowercase().contains(&lower) || group.remarks.to_lowercase().contains(&lower)
        };
        institution || state.all::<Attendance>().any(told)
    };
    bodies.into_iter().map(|(name, nodes)| NamedBody { name, nodes, heard: heard(name) }).collect()
}

fn names_of(institution: &Institution) -> impl Iterator<Item = &String> {
    let names = [&institution.short, &institution.name.en].into_iter().chain(&institution.aliases);
    names.filter(|name| !name.is_empty())
}

/// Numbers of a group at a consultation: printed, and corrected where somebody said why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    pub printed: [Option<u32>; 3],
    pub corrected: [Option<u32>; 3],
}

impl Counts {
    /// What to count with.
    pub fn valid(&self) -> [Option<u32>; 3] {
        std::array::from_fn(|i| self.corrected[i].or(self.printed[i]))
    }
}

pub fn counts_of_group(group: &Attendance) -> Counts {
    Counts {
        printed: [group.total, group.female, group.male],
        corrected: [group.corrected_total, group.corrected_female, group.corrected_male],
    }
}

pub fn counts_of_event(event: &Consultation) -> Counts {
    Counts {
        printed: [event.total, event.female, event.male],
        corrected: [event.corrected_total, event.corrected_female, event.corrected_male],
    }
}

pub fn groups<'a>(state: &'a State, consultation: &'a str) -> impl Iterator<Item = &'a Arc<Attendance>> {
    state.all::<Attendance>().filter(move |group| group.consultation == consultation)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    fn group(id: &str, total: u32, class: Class) -> Arc<Attendance> {
        Arc::new(Attendance {
            id: id.into(),
            consultation: "C".into(),
            group: Text::en(id),
            khmer: KhmerStatus::Draft,
            total: Some(total),
            female: Some(total),
            male: Some(0),
            corrected_total: None,
            corrected_female: None,
            corrected_male: None,
            correction_reason: String::new(),
            class,
            remarks: String::new(),
            institutions: Vec::new(),
            source: String::new(),
        })
    }

    /// One institution was heard, one is only named by an action, one body is named in words and stands in no remark.
    #[test]
    fn who_is_named_and_was_never_heard_is_seen() {
        use crate::entry::{Actor, Change, Entry};
        let institution = |id: &str, short: &str| {
            let json = serde_json::json!({
                "id": id, "name": { "en": id }, "short": short, "kind": "ministry", "engagement": "technical", "source": "t"
            });
            Change::Put(serde_json::from_value::<Institution>(json).unwrap().into())
        };
        let mut heard = (*group("A", 40, Class::Public)).clone();
        (heard.institutions, heard.remarks) = (vec!["HEARD".into()], "with the Veterans Association".into());
        let json = serde_json::json!({
            "id": "N", "level": "action", "parents": ["P"], "title": { "en": "N" }, "source": "t", "leads": ["LEADS"],
            "named_bodies": ["MoH", "MoN", "Veterans Association", "Fishers Union"]
        });
        let event = serde_json::json!({ "id": "C", "title": { "en": "C" }, "method": "workshop", "source": "t" });
        let changes = vec![
            institution("HEARD", "MoH"),
            institution("NAMED", "MoN"),
            institution("LEADS", ""),
            institution("NEITHER", "MoX"),
            Change::Put(heard.into()),
            Change::Put(serde_json::from_value::<Node>(json).unwrap().into()),
            Change::Put(serde_json::from_value::<Consultation>(event).unwrap().into()),
        ];
        let mut state = State::default();
        let actor = Actor { account: "t".into(), post: "t".into() };
        state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
        let found = stakeholders(&state);
        let of = |id: &str| {
            let one = found.iter().find(|one| one.institution.id == id).unwrap();
            (one.heard_at.len(), one.named_in.len())
        };
        assert_eq!(["HEARD", "NAMED", "LEADS", "NEITHER"].map(of), [(1, 1), (0, 1), (0, 1), (0, 0)]);
        let unheard: Vec<_> =
            named_bodies(&state).into_iter().filter(|body| !body.heard).map(|body| body.name).collect();
        assert_eq!(unheard, ["Fishers Union", "MoN"]);
    }
}
