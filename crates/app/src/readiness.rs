//! Saying how ready the plan is, for one's own side: government or civil society.

use romduol_plan::kinds::{Assessment, Assessor, Element, Evidence, Policy, Readiness};
use romduol_plan::permission::{Act, Role};
use romduol_plan::{Change, Kind, Lang, Say, State, Text};

use crate::accounts::Person;
use crate::said::{self, impersonal};
use crate::{App, AppError};

impl App {
    /// Keeps an assessment of today. The same side's word of the same day is replaced; earlier ones stay.
    pub async fn assess(
        &self,
        person: &Person,
        element: &str,
        readiness: &str,
        reason: &str,
        rests_on: &str,
        lang: Lang,
    ) -> Result<(), AppError> {
        person.post.may(Act::Assess)?;
        let bad = || AppError::Bad(Say::new("refused-bad-choice").words("value", readiness));
        let readiness = Readiness::parse(readiness).ok_or_else(bad)?;
        let reason = said::reason(reason)?;
        impersonal([reason.as_str()])?;
        let assessor = match person.post.role {
            Role::CivilSociety => Assessor::CivilSociety,
            _ => Assessor::Government,
        };
        let (today, element, institution) = (self.now().date, element.to_string(), person.post.institution.clone());
        let why = reason.clone();
        let codes: Vec<String> =
            rests_on.split([';', ',', ' ']).map(str::trim).filter(|code| !code.is_empty()).map(String::from).collect();
        let decide = move |state: &State| {
            let missing = || AppError::NotFound { kind: Kind::Element, id: element.clone() };
            state.find::<Element>(&element).ok_or_else(missing)?;
            let (evidence, policies): (Vec<String>, Vec<String>) =
                codes.iter().cloned().partition(|code| state.find::<Evidence>(code).is_some());
            if let Some(unknown) = policies.iter().find(|code| state.find::<Policy>(code).is_none()) {
                return Err(AppError::NotFound { kind: Kind::Evidence, id: unknown.clone() });
            }
            let said = Assessment {
                id: format!("{element}.{}.{today}", assessor.code()),
                element: element.clone(),
                assessor,
                institution: institution.clone(),
                date: today,
                readiness,
                reason: Text::of(lang, &reason),
                evidence,
                policies,
                illustrative: false,
            };
            Ok(vec![Change::Put(said.into())])
        };
        self.run(person.actor(), why, Box::new(decide)).await?;
        Ok(())
    }
}
