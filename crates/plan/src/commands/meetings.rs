//! Meetings: entering in one go who was there, what was decided and the minutes; taking points into the agenda. Refuses to
//! know what should be talked about.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Decision, Id, Institution, Kind, Meeting, MeetingState, Presence, TaskState};
use crate::permission::Act;
use crate::text::Lang;
use crate::{Change, Date, Say, State, Text};

/// What is entered after a meeting.
pub struct HoldMeeting {
    pub id: Id,
    pub present: Vec<Attended>,
    pub decisions: Vec<Decided>,
    pub minutes: String,
    pub lang: Lang,
}

/// How many came from an institution; nobody came where both are zero.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attended {
    pub institution: Id,
    pub women: u32,
    pub men: u32,
}

/// A decision as it is entered in the minutes.
#[derive(Clone, Debug, Default)]
pub struct Decided {
    pub title: String,
    pub owner: Id,
    pub due: String,
    pub dissent: String,
    /// What it rests on: words, ids of figures or an address.
    pub evidence: String,
}

impl Command for HoldMeeting {
    fn needs(&self) -> Need {
        Need::May(Act::Coordinate)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("meeting held")
    }

    fn texts(&self) -> Vec<&str> {
        let decided = self.decisions.iter().flat_map(|d| [&d.title, &d.dissent, &d.evidence]);
        decided.chain([&self.minutes]).map(String::as_str).collect()
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let meeting = state.known::<Meeting>(&self.id)?;
        let mut changes = presences(state, meeting, &self.present)?;
        changes.extend(decisions(state, meeting, &self.decisions, self.lang)?);
        let minutes = match self.minutes.trim() {
            "" => meeting.minutes.clone(),
            words => meeting.minutes.clone().with(self.lang, words),
        };
        changes.push(Change::Put(Meeting { state: MeetingState::Held, minutes, ..(**meeting).clone() }.into()));
        Ok(changes)
    }
}

fn presences(state: &State, meeting: &Meeting, present: &[Attended]) -> Result<Vec<Change>, Refusal> {
    let mut changes = Vec::new();
    for Attended { institution, women, men } in present {
        state.known::<Institution>(institution)?;
        let id = format!("{}.{institution}", meeting.id);
        match (women + men, state.find::<Presence>(&id)) {
            (0, None) => {}
            (0, Some(_)) => changes.push(Change::Retire(Kind::Presence, id)),
            _ => {
                let (meeting, institution) = (meeting.id.clone(), institution.clone());
                changes.push(Change::Put(Presence { id, meeting, institution, women: *women, men: *men }.into()));
            }
        }
    }
    Ok(changes)
}

fn decisions(state: &State, meeting: &Meeting, decided: &[Decided], lang: Lang) -> Result<Vec<Change>, Refusal> {
    let before = state.all::<Decision>().filter(|d| d.meeting.as_ref() == Some(&meeting.id)).count();
    let entered = decided.iter().filter(|decided| !decided.title.trim().is_empty());
    let mut changes = Vec::new();
    for (n, decided) in entered.enumerate() {
        let number = (before + n + 1) as f64;
        if decided.owner.is_empty() {
            return Err(Say::new("refused-decision-without-owner").number("number", number).into());
        }
        state.known::<Institution>(&decided.owner)?;
        let due = match decided.due.trim() {
            "" => None,
            due => Some(Date::parse(due).ok_or_else(|| Say::new("refused-bad-date").words("value", due))?),
        };
        let decision = Decision {
            id: format!("{}-{:02}", meeting.id, before + n + 1),
            title: Text::of(lang, decided.title.trim()),
            date: meeting.date,
            reason: Text::default(),
            evidence: decided.evidence.trim().into(),
            models: Vec::new(),
            nodes: Vec::new(),
            meeting: Some(meeting.id.clone()),
            owner: decided.owner.clone(),
            due,
            dissent: match decided.dissent.trim() {
                "" => Text::default(),
                words => Text::of(lang, words),
            },
            state: TaskState::Open,
            closed: Text::default(),
            illustrative: meeting.illustrative,
        };
        changes.push(Change::Put(decision.into()));
    }
    Ok(changes)
}

/// Takes points into the agenda of a meeting, in both languages. What stands there stays, and a point that is there already is
/// not taken twice.
pub struct TakeAgenda {
    pub meeting: Id,
    pub en: Vec<String>,
    pub km: Vec<String>,
}

impl Command for TakeAgenda {
    fn needs(&self) -> Need {
        Need::May(Act::Coordinate)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("suggested agenda taken")
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let meeting = state.known::<Meeting>(&self.meeting)?;
        let agenda = Text { en: with(&meeting.agenda.en, &self.en), km: with(&meeting.agenda.km, &self.km) };
        if agenda == meeting.agenda {
            return Err(Say::new("refused-agenda-has-all").into());
        }
        Ok(vec![Change::Put(Meeting { agenda, ..(**meeting).clone() }.into())])
    }
}

/// Lines with those of more that are not among them.
fn with(lines: &str, more: &[String]) -> String {
    let mut all: Vec<&str> = lines.lines().collect();
    for line in more {
        if !all.contains(&line.as_str()) {
            all.push(line);
        }
    }
    all.join("\n")
}
