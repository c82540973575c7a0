//! Local plans: an area takes an action of the national plan into its own and says what is different there.

use romduol_plan::kinds::{Choice, Id, Node, NodeLevel};
use romduol_plan::permission::{Act, Denied};
use romduol_plan::{Change, Kind, Lang, State, Text};

use crate::accounts::Person;
use crate::said::impersonal;
use crate::{App, AppError};

impl App {
    /// Chooses an action for the person's own area, or changes what is different there.
    pub async fn choose(
        &self,
        person: &Person,
        node: &str,
        adaptation: &str,
        target: &str,
        lang: Lang,
    ) -> Result<(), AppError> {
        person.post.may(Act::PlanLocally)?;
        let area = person.post.area.clone().ok_or(Denied(Act::PlanLocally))?;
        let (adaptation, target) = (adaptation.trim().to_string(), target.trim().to_string());
        impersonal([adaptation.as_str(), &target])?;
        let (node, lead): (Id, _) = (node.into(), person.post.institution.clone());
        let decide = move |state: &State| {
            let action = state.find::<Node>(&node).filter(|node| node.level >= NodeLevel::Action);
            action.ok_or_else(|| AppError::NotFound { kind: Kind::Node, id: node.clone() })?;
            let before = state.all::<Choice>().find(|choice| choice.area == area && choice.node == node);
            let words = |words: &str, before: Option<&Text>| before.cloned().unwrap_or_default().with(lang, words);
            let choice = Choice {
                id: before.map_or_else(|| format!("{area}.{node}"), |choice| choice.id.clone()),
                area: area.clone(),
                node: node.clone(),
                adaptation: words(&adaptation, before.map(|choice| &choice.adaptation)),
                target: words(&target, before.map(|choice| &choice.target)),
                lead: lead.clone(),
                illustrative: false,
            };
            Ok(vec![Change::Put(choice.into())])
        };
        self.run(person.actor(), "local plan".into(), Box::new(decide)).await?;
        Ok(())
    }
}
