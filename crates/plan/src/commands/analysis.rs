//! The analysis behind the plan: saying how ready it is, for one's own side, and making a figure the baseline of an indicator.

use crate::baseline;
use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Assessment, Assessor, Element, Evidence, Id, Indicator, Kind, Policy, Readiness};
use crate::permission::{Act, Role};
use crate::text::Lang;
use crate::{Change, State, Text};

/// How ready an element of the plan is today, for one's own side. The same side's word of the same day is replaced; earlier
/// ones stay.
pub struct Assess {
    pub element: Id,
    pub readiness: Readiness,
    pub reason: String,
    /// Ids of figures and policies that it rests on.
    pub rests_on: Vec<Id>,
    pub lang: Lang,
}

impl Command for Assess {
    fn needs(&self) -> Need {
        Need::May(Act::Assess)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let element = state.known::<Element>(&self.element)?.id.clone();
        let assessor = match by.post.role {
            Role::CivilSociety => Assessor::CivilSociety,
            _ => Assessor::Government,
        };
        let is_figure = |id: &Id| state.find::<Evidence>(id).is_some();
        let (evidence, policies): (Vec<Id>, Vec<Id>) = self.rests_on.iter().cloned().partition(is_figure);
        if let Some(unknown) = policies.iter().find(|id| state.find::<Policy>(id).is_none()) {
            return Err(Refusal::missing(Kind::Evidence, unknown));
        }
        let said = Assessment {
            id: format!("{element}.{}.{}", assessor.code(), by.today),
            element,
            assessor,
            institution: by.post.institution.clone(),
            date: by.today,
            readiness: self.readiness,
            reason: Text::of(self.lang, self.reason.trim()),
            evidence,
            policies,
            illustrative: false,
        };
        Ok(vec![Change::Put(said.into())])
    }
}

/// Makes a figure the baseline of an indicator. The figure stays its source.
pub struct MakeBaseline {
    pub figure: Id,
    pub indicator: Id,
    pub reason: String,
}

impl Command for MakeBaseline {
    fn needs(&self) -> Need {
        Need::May(Act::EditPlan)
    }

    fn why(&self) -> Why<'_> {
        Why::Reason(&self.reason)
    }

    fn decide(&self, _by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let figure = state.known::<Evidence>(&self.figure)?;
        let made = baseline::with_figure(state.known::<Indicator>(&self.indicator)?, figure)?;
        Ok(vec![Change::Put(made.into())])
    }
}
