//! Meetings: what to talk about, entering who was there and what was decided in one go, closing what was done.

use romduol_plan::coordination;
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::readings::View;
use romduol_plan::status::Status;
use romduol_plan::{Change, Date, Kind, Lang, Period, Say, State, Text};

use crate::accounts::Person;
use crate::said::{self, impersonal};
use crate::{App, AppError, findings};

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

/// What is entered after a meeting.
#[derive(Clone, Debug, Default)]
pub struct Held {
    /// Institution, women, men.
    pub present: Vec<(Id, u32, u32)>,
    pub decisions: Vec<Decided>,
    pub minutes: String,
}

/// Something a meeting of the body should talk about.
#[derive(Clone, Debug)]
pub enum Point {
    Overdue(coordination::Duty),
    Late(Id, coordination::Owed),
    OffTrack(Id),
}

/// The agenda that follows from what is overdue, late and off track; at most `most` of each.
pub fn agenda(view: View<'_>, today: Date, most: usize) -> Vec<Point> {
    let state = view.state;
    let shown = |made_up: bool| view.illustrative || !made_up;
    let duties = coordination::duties(state).into_iter().filter(|d| d.overdue(today) && shown(d.illustrative));
    let mut points: Vec<Point> = duties.take(most).map(Point::Overdue).collect();
    let owed = coordination::owed(state, today, view.illustrative).into_iter().filter(|(_, owed)| owed.returns() > 0);
    points.extend(owed.take(most).map(|(id, owed)| Point::Late(id, owed)));
    let at = Period::year(today.year);
    let off = state.all::<Indicator>().filter(|indicator| view.standing(indicator, at).status() == Status::OffTrack);
    points.extend(off.take(most).map(|indicator| Point::OffTrack(indicator.id.clone())));
    points
}

impl App {
    /// Keeps attendance, decisions and minutes of a meeting in one entry.
    pub async fn hold_meeting(&self, person: &Person, id: &str, held: Held, lang: Lang) -> Result<(), AppError> {
        person.post.may(Act::Coordinate)?;
        let texts = held.decisions.iter().flat_map(|d| [&d.title, &d.dissent, &d.evidence]).chain([&held.minutes]);
        impersonal(texts.map(String::as_str))?;
        let id = id.to_string();
        let decide = move |state: &State| {
            let missing = || AppError::NotFound { kind: Kind::Meeting, id: id.clone() };
            let meeting = state.find::<Meeting>(&id).ok_or_else(missing)?;
            let mut changes = presences(state, meeting, &held.present)?;
            changes.extend(decisions(state, meeting, &held.decisions, lang)?);
            let minutes = match held.minutes.trim() {
                "" => meeting.minutes.clone(),
                words => meeting.minutes.clone().with(lang, words),
            };
            changes.push(Change::Put(Meeting { state: MeetingState::Held, minutes, ..(**meeting).clone() }.into()));
            Ok(changes)
        };
        self.run(person.actor(), "meeting held".into(), Box::new(decide)).await?;
        Ok(())
    }

    /// Puts something forward for the agenda of a body.
    pub async fn propose(
        &self,
        person: &Person,
        body: &str,
        title: &str,
        reason: &str,
        lang: Lang,
    ) -> Result<(), AppError> {
        person.post.may(Act::Propose)?;
        let (title, reason) = (said::reason(title)?, reason.trim().to_string());
        impersonal([title.as_str(), &reason])?;
        let (body, today, institution) = (body.to_string(), self.now().date, person.post.institution.clone());
        let decide = move |state: &State| {
            let missing = || AppError::NotFound { kind: Kind::Committee, id: body.clone() };
            state.find::<Committee>(&body).ok_or_else(missing)?;
            let number = state.all::<Proposal>().filter(|proposal| proposal.body == body).count() + 1;
            let proposal = Proposal {
                id: format!("{body}-P{number:03}"),
                body: body.clone(),
                institution: institution.clone(),
                date: today,
                title: Text::of(lang, &title),
                reason: if reason.is_empty() { Text::default() } else { Text::of(lang, &reason) },
                state: TaskState::Open,
                closed: Text::default(),
            };
            Ok(vec![Change::Put(proposal.into())])
        };
        self.run(person.actor(), "proposal".into(), Box::new(decide)).await?;
        Ok(())
    }

    /// Closes a decision, a task or a proposal with what was done, or why it was dropped.
    pub async fn close_duty(
        &self,
        person: &Person,
        kind: Kind,
        id: &str,
        state: TaskState,
        (why, evidence): (&str, &str),
        lang: Lang,
    ) -> Result<(), AppError> {
        let (why, evidence) = (said::reason(why)?, evidence.trim().to_string());
        impersonal([why.as_str(), &evidence])?;
        let (id, person_, reason, today) = (id.to_string(), person.clone(), why.clone(), self.now().date);
        let decide = move |now: &State| {
            let missing = || AppError::NotFound { kind, id: id.clone() };
            // Whoever has to do it may say that it is done; dropping it is for those who decided.
            let owner_says_done =
                |owner: &Id| state == TaskState::Done && person_.post.institution.as_ref() == Some(owner);
            let may = |owner: &Id| if owner_says_done(owner) { Ok(()) } else { person_.post.may(Act::Coordinate) };
            let change = match now.body(kind, &id).ok_or_else(missing)? {
                Body::Decision(decision) => {
                    may(&decision.owner)?;
                    let closed = decision.closed.clone().with(lang, &reason);
                    let evidence = joined(&decision.evidence, &evidence);
                    Change::Put(Decision { state, closed, evidence, ..(*decision).clone() }.into())
                }
                Body::Task(task) => {
                    may(&task.owner)?;
                    let said = findings::said(now, today, &task);
                    Change::Put(findings::closed((*task).clone(), state, &reason, lang, said).into())
                }
                Body::Proposal(proposal) => {
                    person_.post.may(Act::Coordinate)?;
                    let closed = proposal.closed.clone().with(lang, &reason);
                    Change::Put(Proposal { state, closed, ..(*proposal).clone() }.into())
                }
                _ => return Err(missing()),
            };
            Ok(vec![change])
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(())
    }

    /// Copies the bodies of a coordination model into the plan, as drafts. A draft that is there stays as it is: somebody
    /// may have worked on it.
    pub async fn use_template(&self, person: &Person, model: &str) -> Result<(), AppError> {
        person.post.may(Act::EditPlan)?;
        let model = model.to_string();
        let decide = move |state: &State| {
            let parts: Vec<_> =
                state.all::<Committee>().filter(|body| body.template.as_ref() == Some(&model)).cloned().collect();
            if parts.is_empty() {
                return Err(AppError::NotFound { kind: Kind::Model, id: model.clone() });
            }
            let own = |id: &Id| format!("{id}-DRAFT");
            let copy = |body: &Committee| Committee {
                id: own(&body.id),
                parent: body.parent.as_ref().map(own),
                state: BodyState::Draft,
                template: None,
                ..body.clone()
            };
            let new: Vec<_> = parts.iter().filter(|body| state.find::<Committee>(&own(&body.id)).is_none()).collect();
            if new.is_empty() {
                let there: Vec<Id> = parts.iter().map(|body| own(&body.id)).collect();
                let say = Say::new("refused-model-taken").words("value", &model).words("records", there.join(", "));
                return Err(AppError::Bad(say));
            }
            Ok(new.into_iter().map(|body| Change::Put(copy(body).into())).collect())
        };
        self.run(person.actor(), "coordination model taken as draft".into(), Box::new(decide)).await?;
        Ok(())
    }
}

/// What a decision rests on, with what was added when it was closed.
fn joined(before: &str, more: &str) -> String {
    [before, more].into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("; ")
}

fn presences(state: &State, meeting: &Meeting, present: &[(Id, u32, u32)]) -> Result<Vec<Change>, AppError> {
    let mut changes = Vec::new();
    for (institution, women, men) in present {
        let missing = || AppError::NotFound { kind: Kind::Institution, id: institution.clone() };
        state.find::<Institution>(institution).ok_or_else(missing)?;
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

fn decisions(state: &State, meeting: &Meeting, decided: &[Decided], lang: Lang) -> Result<Vec<Change>, AppError> {
    let before = state.all::<Decision>().filter(|d| d.meeting.as_ref() == Some(&meeting.id)).count();
    let entered = decided.iter().filter(|decided| !decided.title.trim().is_empty());
    let mut changes = Vec::new();
    for (n, decided) in entered.enumerate() {
        let number = (before + n + 1) as f64;
        if decided.owner.is_empty() {
            return Err(AppError::Bad(Say::new("refused-decision-without-owner").number("number", number)));
        }
        let missing = || AppError::NotFound { kind: Kind::Institution, id: decided.owner.clone() };
        state.find::<Institution>(&decided.owner).ok_or_else(missing)?;
        let due = match decided.due.trim() {
            "" => None,
            due => {
                Some(Date::parse(due).ok_or_else(|| AppError::Bad(Say::new("refused-bad-date").words("value", due)))?)
            }
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
