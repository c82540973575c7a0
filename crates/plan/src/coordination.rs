//! What a body is and owes: who holds its seats on a day, whether a meeting had a quorum, what is overdue, who answers
//! late, and what a meeting should talk about. Refuses to know today's date.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::kinds::*;
use crate::period::Date;
use crate::returns;
use crate::state::State;

/// Days in which an institution answers a rating. A contribution has no day by which it is answered.
pub const ANSWER_DAYS: u16 = 30;

/// The seats of a body on a day, the chair first.
pub fn seats<'a>(state: &'a State, body: &'a str, day: Date) -> Vec<&'a Arc<Seat>> {
    let held = |seat: &&Arc<Seat>| {
        seat.body == body && seat.since.is_none_or(|since| since <= day) && seat.until.is_none_or(|until| day <= until)
    };
    let mut seats: Vec<_> = state.all::<Seat>().filter(held).collect();
    seats.sort_by_key(|seat| (seat.role, seat.id.clone()));
    seats
}

fn votes(seat: &Seat) -> bool {
    !matches!(seat.role, SeatRole::Observer | SeatRole::Secretary)
}

/// Who was in the room, counted from what was entered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Room {
    pub women: u32,
    pub men: u32,
    /// Voting seats, and those of them whose institution or its stand-in was there.
    pub seats: usize,
    pub filled: usize,
    /// Whether the body's rule was met; `None` where it has no rule or nothing was entered.
    pub quorum: Option<bool>,
}

impl Room {
    pub fn people(&self) -> u32 {
        self.women + self.men
    }

    /// Women in per cent of the room.
    pub fn share(&self) -> Option<f64> {
        (self.people() > 0).then(|| f64::from(self.women) / f64::from(self.people()) * 100.0)
    }
}

pub fn attendance(state: &State, meeting: &Meeting) -> Room {
    let present: Vec<&Arc<Presence>> = state.all::<Presence>().filter(|p| p.meeting == meeting.id).collect();
    let there = |institution: &Option<Id>| {
        institution.as_ref().is_some_and(|id| present.iter().any(|p| p.institution == *id && p.women + p.men > 0))
    };
    let voting: Vec<&Arc<Seat>> =
        seats(state, &meeting.body, meeting.date).into_iter().filter(|seat| votes(seat)).collect();
    let filled = voting.iter().filter(|seat| there(&seat.institution) || there(&seat.alternate)).count();
    let rule = state.find::<Committee>(&meeting.body).and_then(|body| body.quorum);
    let quorum = rule.filter(|_| !present.is_empty() && !voting.is_empty());
    Room {
        women: present.iter().map(|p| p.women).sum(),
        men: present.iter().map(|p| p.men).sum(),
        seats: voting.len(),
        filled,
        quorum: quorum.map(|percent| filled as u64 * 100 >= u64::from(percent) * voting.len() as u64),
    }
}

/// What has to be done by somebody.
#[derive(Clone, Debug)]
pub struct Duty {
    pub kind: Kind,
    pub id: Id,
    pub title: crate::text::Text,
    pub owner: Id,
    pub due: Option<Date>,
    pub illustrative: bool,
}

impl Duty {
    pub fn overdue(&self, today: Date) -> bool {
        self.due.is_some_and(|due| due < today)
    }
}

/// Decisions and tasks that are open, the most overdue first, those without a day last.
pub fn duties(state: &State) -> Vec<Duty> {
    let decisions = state.all::<Decision>().filter(|d| d.state == TaskState::Open).map(|d| Duty {
        kind: Kind::Decision,
        id: d.id.clone(),
        title: d.title.clone(),
        owner: d.owner.clone(),
        due: d.due,
        illustrative: d.illustrative,
    });
    let tasks = state.all::<Task>().filter(|t| t.state == TaskState::Open).map(|t| Duty {
        kind: Kind::Task,
        id: t.id.clone(),
        title: t.title.clone(),
        owner: t.owner.clone(),
        due: t.due,
        illustrative: t.illustrative,
    });
    let mut duties: Vec<Duty> = decisions.chain(tasks).collect();
    duties.sort_by_key(|duty| (duty.due.is_none(), duty.due, duty.id.clone()));
    duties
}

/// The day by which a rating is to be answered.
pub fn answer_due(rating: &Rating) -> Date {
    rating.date.plus_days(ANSWER_DAYS)
}

/// Who has to answer a rating: the owner of its indicator, or the first lead of its node, or the secretariat.
pub fn answers_for(state: &State, rating: &Rating) -> Id {
    let of_indicator = rating.indicator.as_ref().and_then(|id| state.find::<Indicator>(id)).map(|i| i.owner.clone());
    let of_node = rating.node.as_ref().and_then(|id| state.find::<Node>(id)).and_then(|n| n.leads.first().cloned());
    let secretariat = || state.plan().map(|plan| plan.secretariat.clone()).unwrap_or_default();
    of_indicator.or(of_node).unwrap_or_else(secretariat)
}

/// What an institution has let pass.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owed {
    /// How many returns are late, of each assignment that is late.
    pub returns: Vec<(Id, usize)>,
    pub duties: usize,
    pub answers: usize,
}

impl Owed {
    pub fn all(&self) -> usize {
        self.returns() + self.duties + self.answers
    }

    pub fn returns(&self) -> usize {
        self.returns.iter().map(|(_, late)| late).sum()
    }
}

/// Late returns, decisions, tasks and answers by institution, the latest first.
pub fn owed(state: &State, today: Date, illustrative: bool) -> Vec<(Id, Owed)> {
    let mut owed: BTreeMap<Id, Owed> = BTreeMap::new();
    for assignment in state.all::<Assignment>() {
        let late = returns::late(state, assignment, today);
        if late > 0 {
            owed.entry(assignment.institution.clone()).or_default().returns.push((assignment.id.clone(), late));
        }
    }
    for duty in duties(state).into_iter().filter(|d| d.overdue(today) && (illustrative || !d.illustrative)) {
        owed.entry(duty.owner).or_default().duties += 1;
    }
    let waiting = state.all::<Rating>().filter(|r| r.answered.is_none() && (illustrative || !r.illustrative));
    for rating in waiting.filter(|rating| answer_due(rating) < today) {
        owed.entry(answers_for(state, rating)).or_default().answers += 1;
    }
    let mut list: Vec<(Id, Owed)> = owed.into_iter().collect();
    list.sort_by_key(|(id, owed)| (std::cmp::Reverse(owed.all()), id.clone()));
    list
}

/// The next occurrence of a date of the plan's year, from its first to its last day.
pub fn next(occasion: &Occasion, today: Date) -> Option<(Date, Date)> {
    let last_day = if occasion.last.is_empty() { &occasion.first } else { &occasion.last };
    (today.year..=today.year + 4).find_map(|year| {
        let (first, last) = (in_year(year, &occasion.first)?, in_year(year, last_day)?);
        (last >= today).then_some((first, last))
    })
}

/// The day on which a date of the plan's year begins next.
pub fn next_beginning(occasion: &Occasion, today: Date) -> Option<Date> {
    (today.year..=today.year + 4).filter_map(|year| in_year(year, &occasion.first)).find(|first| *first >= today)
}

/// None where a year has no such day, as with 29 February.
fn in_year(year: i32, day: &str) -> Option<Date> {
    Date::parse(&format!("{year}-{day}"))
}

/// An action with the areas that chose it, and how many of them only copied it.
pub struct Chosen<'a> {
    pub node: &'a Arc<Node>,
    pub choices: Vec<&'a Arc<Choice>>,
}

impl Chosen<'_> {
    pub fn copies(&self) -> usize {
        self.choices.iter().filter(|choice| choice.adaptation.is_empty() && choice.target.is_empty()).count()
    }
}

/// All actions with what the local plans do about them; an action that nobody chose is there with nobody.
pub fn chosen(state: &State, illustrative: bool) -> Vec<Chosen<'_>> {
    let actions = state.all::<Node>().filter(|node| node.level >= NodeLevel::Action);
    let of = |node| Chosen {
        node,
        choices: state
            .all::<Choice>()
            .filter(|choice| choice.node == *node.id && (illustrative || !choice.illustrative))
            .collect(),
    };
    actions.map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::{Actor, Change, Entry};
    use crate::text::Text;

    fn date(text: &str) -> Date {
        Date::parse(text).unwrap()
    }

    fn seat(id: &str, institution: &str, role: SeatRole, from: Option<&str>, to: Option<&str>) -> Change {
        let seat = Seat {
            id: id.into(),
            body: "B".into(),
            role,
            institution: Some(institution.into()),
            alternate: None,
            reserved: None,
            since: from.map(date),
            until: to.map(date),
            source: String::new(),
        };
        Change::Put(seat.into())
    }

    fn presence(institution: &str, women: u32, men: u32) -> Change {
        let id = format!("P-{institution}");
        Change::Put(Presence { id, meeting: "M".into(), institution: institution.into(), women, men }.into())
    }

    fn body(quorum: Option<u32>) -> Change {
        let body = Committee {
            id: "B".into(),
            name: Text::en("B"),
            khmer: KhmerStatus::Draft,
            level: BodyLevel::Strategic,
            parent: None,
            area: None,
            state: BodyState::Draft,
            terms: Text::default(),
            proposed_members: String::new(),
            quorum,
            quorum_source: Text::default(),
            meetings_a_year: None,
            template: None,
            source: String::new(),
        };
        Change::Put(body.into())
    }

    fn meeting() -> Meeting {
        Meeting {
            id: "M".into(),
            body: "B".into(),
            title: Text::en("M"),
            date: date("2026-03-10"),
            place: Text::default(),
            state: MeetingState::Held,
            agenda: Text::default(),
            papers: Vec::new(),
            minutes: Text::default(),
            illustrative: false,
        }
    }

    fn state(changes: Vec<Change>) -> State {
        let mut state = State::default();
        let actor = Actor { account: "t".into(), post: "t".into() };
        state.apply(1, &Entry { at: String::new(), actor, why: String::new(), changes }).unwrap();
        state
    }

    #[test]
    fn a_quorum_counts_voting_seats_held_on_the_day() {
        let seats = || {
            vec![
                seat("S1", "A", SeatRole::Chair, None, None),
                seat("S2", "C", SeatRole::Member, None, None),
                seat("S3", "D", SeatRole::Member, None, Some("2026-03-09")),
                seat("S4", "E", SeatRole::Observer, None, None),
            ]
        };
        let held = |quorum, present: Vec<Change>| {
            let mut changes = vec![body(quorum)];
            changes.extend(seats());
            changes.extend(present);
            attendance(&state(changes), &meeting())
        };
        // Two voting seats on the day: the third ended the day before, the fourth only watches.
        let one = held(Some(50), vec![presence("A", 3, 1), presence("E", 2, 0)]);
        assert_eq!((one.seats, one.filled, one.quorum), (2, 1, Some(true)));
        assert_eq!((one.people(), one.share()), (6, Some(5.0 / 6.0 * 100.0)));
        assert_eq!(held(Some(51), vec![presence("A", 1, 0)]).quorum, Some(false));
        assert_eq!(held(None, vec![presence("A", 1, 0)]).quorum, None);
        assert_eq!(held(Some(50), vec![]).quorum, None);
        assert_eq!(held(Some(50), vec![presence("C", 0, 0)]).quorum, Some(false));
    }

    #[test]
    fn a_date_of_the_year_comes_back() {
        let occasion = |first: &str, last: &str| Occasion {
            id: "O".into(),
            title: Text::en("O"),
            khmer: KhmerStatus::Draft,
            kind: OccasionKind::Budget,
            first: first.into(),
            last: last.into(),
            years_ahead: None,
            note: Text::default(),
            source: String::new(),
        };
        let next = |first, last, today| next(&occasion(first, last), date(today)).map(|(a, b)| format!("{a} {b}"));
        assert_eq!(next("04-01", "04-15", "2026-04-15"), Some("2026-04-01 2026-04-15".into()));
        assert_eq!(next("04-01", "04-15", "2026-04-16"), Some("2027-04-01 2027-04-15".into()));
        assert_eq!(next("02-29", "", "2026-01-01"), Some("2028-02-29 2028-02-29".into()));
        assert_eq!(next("13-01", "", "2026-01-01"), None);
    }
}
