//! The demo's made-up side of the situation analysis: dates of the next steps, what the sides say of readiness, a choice
//! of models, a draft open for comment. All of it is marked.

use std::sync::Arc;

use romduol_plan::kinds::*;
use romduol_plan::{Change, Date, State, Text};

use super::Chance;

pub(super) fn made_up() -> Text {
    Text {
        en: "Made up to show the program at work".into(), km: "បង្កើតឡើងដើម្បីបង្ហាញកម្មវិធី".into()
    }
}

pub(super) fn changes(state: &State, today: Date) -> Vec<Change> {
    let mut changes = road(state, today);
    changes.extend(assessments(state, today));
    changes.extend(choice(state, today));
    changes
}

/// Steps one after the other from last year on; what should be over is done.
fn road(state: &State, today: Date) -> Vec<Change> {
    let mut steps: Vec<Arc<NextStep>> = state.all::<NextStep>().cloned().collect();
    steps.sort_by_key(|step| (step.stage, step.order));
    let first = Date { year: today.year - 1, month: 9, day: 1 };
    let dated = steps.iter().enumerate().map(|(n, step)| {
        let start = first.plus_days(n as u16 * 45);
        let end = start.plus_days(90);
        let progress = match () {
            () if end < today && n % 5 != 4 => Progress::Done,
            () if start <= today => Progress::UnderWay,
            () => Progress::Planned,
        };
        let step = NextStep { start: Some(start), end: Some(end), progress, illustrative: true, ..(**step).clone() };
        Change::Put(step.into())
    });
    dated.collect()
}

/// Two sides, two years; civil society is a step less content.
fn assessments(state: &State, today: Date) -> Vec<Change> {
    let mut changes = Vec::new();
    for element in state.all::<Element>() {
        for (side, less) in [(Assessor::Government, 0), (Assessor::CivilSociety, 1)] {
            for year in [today.year - 1, today.year] {
                let mut chance = Chance::of(&element.id);
                let level = (chance.below(3) + u64::from(year == today.year)).saturating_sub(less) as usize;
                let date = Date { year, month: 3, day: 8 };
                let said = Assessment {
                    id: format!("{}.{}.{date}", element.id, side.code()),
                    element: element.id.clone(),
                    assessor: side,
                    institution: None,
                    date,
                    readiness: Readiness::ALL[level.min(Readiness::ALL.len() - 1)],
                    reason: made_up(),
                    evidence: Vec::new(),
                    policies: Vec::new(),
                    illustrative: true,
                };
                changes.push(Change::Put(said.into()));
            }
        }
    }
    changes
}

/// A choice among the models of form and orientation.
fn choice(state: &State, today: Date) -> Option<Change> {
    let plan = state.plan()?;
    let first =
        |group: ModelGroup| state.all::<Model>().find(|model| model.group == group).map(|model| model.id.clone());
    let models: Vec<Id> = [ModelGroup::Form, ModelGroup::Orientation].into_iter().filter_map(first).collect();
    let decision = Decision {
        id: "DEMO-CHOICE".into(),
        title: Text {
            en: "Form and orientation of the plan".into(), km: "ទម្រង់ និងទិសដៅផែនការ".into()
        },
        date: Date { year: today.year - 1, month: 12, day: 10 },
        reason: made_up(),
        evidence: String::new(),
        models,
        nodes: Vec::new(),
        meeting: None,
        owner: plan.secretariat.clone(),
        due: None,
        dissent: Text::default(),
        state: TaskState::Done,
        closed: made_up(),
        illustrative: true,
    };
    (!decision.models.is_empty()).then(|| Change::Put(decision.into()))
}

/// A draft that anybody may comment on, so that the public's pages can be seen.
pub(super) fn draft(position: u64, today: Date) -> Vec<Change> {
    let title = Text {
        en: "Demonstration draft".into(), km: "សេចក្តីព្រាងសាកល្បង".into()
    };
    let version = Version {
        id: "DEMO-1".into(),
        title,
        position: u32::try_from(position).unwrap_or(u32::MAX),
        date: today,
        state: VersionState::Consultation,
        note: made_up(),
        comments_until: Some(today.plus_days(60)),
        consultation: Some("ONLINE-DEMO-1".into()),
    };
    let event = romduol_plan::commands::versions::online(&version, today);
    vec![Change::Put(event.into()), Change::Put(version.into())]
}
