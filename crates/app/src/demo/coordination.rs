//! The demo's made-up meetings, decisions, ratings and local plans, so that a chair has something overdue to see. All of it
//! is marked.

use std::collections::BTreeMap;

use romduol_plan::kinds::*;
use romduol_plan::{Change, Date, State, Text};

use super::Chance;
use super::analysis::made_up;

pub(super) fn changes(state: &State, today: Date) -> Vec<Change> {
    let mut changes = ratings(state, today);
    changes.extend(choices(state));
    changes
}

/// Two meetings of the body with the most seats by their day, each with two decisions; one was carried out in time, the
/// older of the others are overdue. The plan gives no quorum, so a rule is made up, which the first meeting meets and the
/// second misses.
pub(super) fn meetings(state: &State, today: Date) -> BTreeMap<Date, Vec<Change>> {
    let mut days: BTreeMap<Date, Vec<Change>> = BTreeMap::new();
    let most = state.all::<Committee>().max_by_key(|body| members(state, &body.id).len());
    let Some(body) = most else { return days };
    let institutions = members(state, &body.id);
    let ruled = Committee { quorum: Some(60), quorum_source: made_up(), ..(**body).clone() };
    days.entry(today).or_default().push(Change::Put(ruled.into()));
    for (n, date) in
        [Date { year: today.year - 1, month: 12, day: 5 }, Date { month: 6, day: 12, ..today }].into_iter().enumerate()
    {
        let meeting = meeting(body, n, date);
        let mut changes = vec![Change::Put(meeting.clone().into())];
        let present = institutions.iter().enumerate().filter(|(k, _)| n == 0 || k % 3 == 1);
        changes.extend(present.map(|(_, institution)| Change::Put(presence(&meeting, institution, n).into())));
        for (k, owner) in institutions.iter().take(2).enumerate() {
            let decision = decision(&meeting, k, owner, date);
            changes.push(Change::Put(decision.clone().into()));
            if (n, k) == (0, 1) {
                let done = Decision { state: TaskState::Done, closed: made_up(), ..decision };
                days.entry(date.plus_days(120).min(today)).or_default().push(Change::Put(done.into()));
            }
        }
        days.entry(date.min(today)).or_default().extend(changes);
    }
    days
}

fn meeting(body: &Committee, n: usize, date: Date) -> Meeting {
    Meeting {
        id: format!("DEMO-M{}", n + 1),
        body: body.id.clone(),
        title: Text {
            en: format!("Demonstration meeting {}", n + 1), km: format!("កិច្ចប្រជុំសាកល្បង {}", n + 1)
        },
        date,
        place: Text::default(),
        state: MeetingState::Held,
        agenda: made_up(),
        papers: Vec::new(),
        minutes: made_up(),
        illustrative: true,
    }
}

fn presence(meeting: &Meeting, institution: &Id, n: usize) -> Presence {
    let mut chance = Chance::of(&format!("{institution}{n}"));
    let (women, men) = (1 + chance.below(4) as u32, chance.below(4) as u32);
    let id = format!("{}.{institution}", meeting.id);
    Presence { id, meeting: meeting.id.clone(), institution: institution.clone(), women, men }
}

fn members(state: &State, body: &str) -> Vec<Id> {
    state.all::<Seat>().filter(|seat| seat.body == body).filter_map(|seat| seat.institution.clone()).collect()
}

fn decision(meeting: &Meeting, n: usize, owner: &Id, date: Date) -> Decision {
    Decision {
        id: format!("{}-{:02}", meeting.id, n + 1),
        title: Text {
            en: format!("Demonstration decision {}", n + 1), km: format!("សេចក្តីសម្រេចសាកល្បង {}", n + 1)
        },
        date,
        reason: made_up(),
        evidence: String::new(),
        models: Vec::new(),
        nodes: Vec::new(),
        meeting: Some(meeting.id.clone()),
        owner: owner.clone(),
        due: Some(date.plus_days(60 + 200 * n as u16)),
        dissent: Text::default(),
        state: TaskState::Open,
        closed: Text::default(),
        illustrative: true,
    }
}

/// Ratings of an indicator of each kind of owner: one overdue, one still in time.
fn ratings(state: &State, today: Date) -> Vec<Change> {
    let rating = |indicator: &Indicator, date: Date, rating: Colour| Rating {
        id: format!("DEMO.{}", indicator.id),
        node: None,
        indicator: Some(indicator.id.clone()),
        institution: None,
        date,
        rating,
        reason: made_up(),
        evidence: String::new(),
        answer: Text::default(),
        answered: None,
        illustrative: true,
    };
    let old = Date { year: today.year - 1, month: 11, day: 25 };
    let owned = |owner: &str| state.all::<Indicator>().find(|indicator| indicator.owner == owner);
    let first = owned("MOI").map(|indicator| rating(indicator, old, Colour::Poor));
    let second = owned("MOWA").map(|indicator| rating(indicator, today, Colour::Mixed));
    first.into_iter().chain(second).map(|rating| Change::Put(rating.into())).collect()
}

/// Two provinces choose a few actions, and so does the one of the demo's account; the second of them only copies.
fn choices(state: &State) -> Vec<Change> {
    let actions: Vec<Id> =
        state.all::<Node>().filter(|node| node.level == NodeLevel::Action).map(|node| node.id.clone()).collect();
    let provinces: Vec<Id> =
        state.all::<Area>().filter(|area| area.level == AreaLevel::Province).map(|area| area.id.clone()).collect();
    let mut changes = Vec::new();
    let own = provinces.iter().filter(|area| super::ACCOUNTS.iter().any(|(.., place)| *place == Some(area)));
    let choosing: Vec<&Id> = provinces.iter().take(2).chain(own).collect();
    for (n, area) in choosing.into_iter().enumerate() {
        for node in actions.iter().step_by(6) {
            let adaptation = if n != 1 { made_up() } else { Text::default() };
            let (area, node) = (area.clone(), node.clone());
            let id = format!("{area}.{node}");
            let target = Text::default();
            changes.push(Change::Put(
                Choice { id, area, node, adaptation, target, lead: None, illustrative: true }.into(),
            ));
        }
    }
    changes
}
