//! How the plan fits what exists: the state of a policy today, what answers a gap, what each issue has and lacks.
//! Refuses to know today's date; it comes in.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::kinds::*;
use crate::period::Date;
use crate::state::State;

/// The state of a policy as its years say today. A draft stays a draft, and what does not exist does not expire.
pub fn state_of(policy: &Policy, today: Date) -> PolicyState {
    use PolicyState::*;
    match policy.stated {
        NotExisting => NotExisting,
        _ if policy.end_year.is_some_and(|end| end < today.year) => Expired,
        Draft => Draft,
        _ if policy.start_year.is_some_and(|start| start > today.year) => Forthcoming,
        // Its years may run, but nothing says that it was adopted.
        Forthcoming => Forthcoming,
        // An end that is still to come speaks against a stated end.
        Expired if policy.end_year.is_some() => InForce,
        stated => stated,
    }
}

/// The nodes that answer a gap.
pub fn answers_to<'a>(state: &'a State, gap: &'a str) -> impl Iterator<Item = &'a Arc<Node>> {
    let links = state.all::<Alignment>().filter(move |link| link.gap.as_deref() == Some(gap));
    links.filter_map(|link| link.node.as_deref()).filter_map(|id| state.find::<Node>(id))
}

/// Whether something must be done about it: measures and notes ask for nothing.
pub fn asks(gap: &Gap) -> bool {
    matches!(gap.kind, GapKind::Gap | GapKind::Opportunity)
}

/// The gaps and opportunities that no node answers.
pub fn unanswered(state: &State) -> impl Iterator<Item = &Arc<Gap>> {
    state.all::<Gap>().filter(|gap| asks(gap) && answers_to(state, &gap.id).next().is_none())
}

/// What an issue has, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub in_force: usize,
    pub expired: usize,
    /// Drafts, forthcoming, unclear and missing ones.
    pub other: usize,
    pub measures: usize,
    pub gaps: usize,
    pub opportunities: usize,
    /// Gaps and opportunities that no node answers.
    pub unanswered: usize,
    /// The nodes that answer a gap or an opportunity of the issue, each once.
    pub answering: usize,
    /// The nodes that name the issue.
    pub actions: usize,
    pub figures: usize,
    pub voices: usize,
}

pub fn tally(state: &State, theme: &str, today: Date) -> Tally {
    let mut tally = Tally::default();
    for policy in policies_of(state, theme) {
        match state_of(policy, today) {
            PolicyState::InForce => tally.in_force += 1,
            PolicyState::Expired => tally.expired += 1,
            _ => tally.other += 1,
        }
    }
    let mut answering: BTreeSet<&Id> = BTreeSet::new();
    for gap in state.all::<Gap>().filter(|gap| gap.theme == theme) {
        match gap.kind {
            GapKind::Gap => tally.gaps += 1,
            GapKind::Opportunity => tally.opportunities += 1,
            GapKind::Measure => tally.measures += 1,
            GapKind::Note => {}
        }
        let answers = answers_to(state, &gap.id).filter(|_| asks(gap)).map(|node| &node.id);
        answering.extend(answers);
        tally.unanswered += usize::from(asks(gap) && answers_to(state, &gap.id).next().is_none());
    }
    tally.answering = answering.len();
    let tagged = |themes: &[Id]| themes.iter().any(|id| id == theme);
    tally.actions = state.all::<Node>().filter(|node| tagged(&node.themes)).count();
    tally.figures = state.all::<Evidence>().filter(|figure| figure.topic == theme).count();
    tally.voices = state.all::<Contribution>().filter(|said| tagged(&said.themes)).count();
    tally
}

/// The policies that deal with an issue.
pub fn policies_of<'a>(state: &'a State, theme: &'a str) -> impl Iterator<Item = &'a Arc<Policy>> {
    state.all::<Policy>().filter(move |policy| policy.themes.iter().any(|id| id == theme))
}

/// The policies whose period ends while the plan runs; before the plan has years, within the five years to come.
pub fn ending(state: &State, today: Date) -> (std::ops::RangeInclusive<i32>, Vec<&Arc<Policy>>) {
    let years = match state.plan().map(|plan| (plan.first_year, plan.last_year)) {
        Some((Some(first), Some(last))) => first..=last,
        _ => today.year..=today.year + 5,
    };
    let mut list: Vec<_> =
        state.all::<Policy>().filter(|policy| policy.end_year.is_some_and(|end| years.contains(&end))).collect();
    list.sort_by_key(|policy| policy.end_year);
    (years, list)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Actor, Change, Entry};
    use crate::text::Text;

    fn policy(stated: PolicyState, start: Option<i32>, end: Option<i32>) -> Policy {
        Policy {
            id: "P".into(),
            name: Text::en("P"),
            khmer: KhmerStatus::Draft,
            kind: PolicyType::Plan,
            owner_printed: String::new(),
            owners: Vec::new(),
            start_year: start,
            end_year: end,
            stated,
            stated_basis: StateBasis::Stated,
            themes: Vec::new(),
            note: String::new(),
            source: String::new(),
        }
    }

    #[test]
    fn years_speak_louder_than_words_and_drafts_stay_drafts() {
        use PolicyState::*;
        let today = Date { year: 2026, month: 11, day: 24 };
        let cases = [
            (InForce, Some(2019), Some(2023), Expired),
            (InForce, Some(2024), Some(2028), InForce),
            (InForce, None, None, InForce),
            (InForce, Some(2027), None, Forthcoming),
            (Draft, Some(2024), None, Draft),
            (Draft, Some(2019), Some(2023), Expired),
            (Forthcoming, Some(2024), Some(2028), Forthcoming),
            (Expired, None, None, Expired),
            (Expired, Some(2020), Some(2030), InForce),
            (InForce, Some(2020), Some(2026), InForce),
            (NotExisting, None, Some(2020), NotExisting),
            (Unclear, None, None, Unclear),
        ];
        for (stated, start, end, expected) in cases {
            assert_eq!(state_of(&policy(stated, start, end), today), expected, "{stated:?} {start:?} {end:?}");
        }
    }

    fn state(changes: Vec<Change>) -> State {
        let mut state = State::default();
        let actor = Actor { account: "t".into(), post: "t".into() };
        state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
        state
    }

    fn gap(id: &str, kind: GapKind) -> Change {
        let summary = Text::en(id);
        let (khmer, theme) = (KhmerStatus::Draft, "I".into());
        let gap = Gap {
            id: id.into(),
            theme,
            kind,
            kind_printed: "".into(),
            summary,
            khmer,
            policies: vec![],
            source: "".into(),
        };
        Change::Put(gap.into())
    }

    fn json<T: serde::de::DeserializeOwned + Into<Body>>(json: serde_json::Value) -> Change {
        Change::Put(serde_json::from_value::<T>(json).expect("a record").into())
    }

    /// Two gaps and an opportunity; one action answers one gap and the opportunity, so it counts once.
    #[test]
    fn the_tally_of_an_issue_counts_each_kind_by_itself() {
        let today = Date { year: 2026, month: 11, day: 24 };
        let link = |id: &str, gap: &str| {
            json::<Alignment>(serde_json::json!({
                "id": id, "node": "A", "gap": gap, "basis": "secretariat", "source": "t"
            }))
        };
        let of_issue = |stated, end| Policy { themes: vec!["I".into()], ..policy(stated, None, end) };
        let expired = Policy { id: "Q".into(), ..of_issue(PolicyState::InForce, Some(2020)) };
        let state = state(vec![
            gap("G1", GapKind::Gap),
            gap("G2", GapKind::Gap),
            gap("O", GapKind::Opportunity),
            gap("M", GapKind::Measure),
            gap("N", GapKind::Note),
            json::<Node>(serde_json::json!({
                "id": "A", "level": "action", "parents": ["P"], "title": { "en": "A" }, "source": "t"
            })),
            link("L1", "G1"),
            link("L2", "O"),
            link("L3", "M"),
            Change::Put(of_issue(PolicyState::InForce, None).into()),
            Change::Put(expired.into()),
        ]);
        let found = tally(&state, "I", today);
        let counts = (found.gaps, found.opportunities, found.measures, found.unanswered, found.answering);
        assert_eq!(counts, (2, 1, 1, 1, 1));
        assert_eq!((found.in_force, found.expired, found.other), (1, 1, 0));
    }

    #[test]
    fn policies_that_end_while_the_plan_runs_are_told_by_year() {
        let today = Date { year: 2026, month: 11, day: 24 };
        let until =
            |id: &str, end| Change::Put(Policy { id: id.into(), ..policy(PolicyState::InForce, None, end) }.into());
        let policies =
            || vec![until("L", Some(2031)), until("E", Some(2027)), until("B", Some(2025)), until("O", None)];
        let ids = |state: &State| {
            let (years, list) = ending(state, today);
            (years, list.iter().map(|policy| policy.id.clone()).collect::<Vec<_>>())
        };
        assert_eq!(ids(&state(policies())), (2026..=2031, vec!["E".to_string(), "L".to_string()]));
        let plan = json::<Plan>(serde_json::json!({
            "id": "P", "title": { "en": "P" }, "area": "KH", "secretariat": "S", "first_year": 2024, "last_year": 2028,
            "description": {}, "map_level": "province", "source": "t"
        }));
        let with_years = state(policies().into_iter().chain([plan]).collect());
        assert_eq!(ids(&with_years), (2024..=2028, vec!["B".to_string(), "E".to_string()]));
    }
}
