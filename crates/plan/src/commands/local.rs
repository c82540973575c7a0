//! Local plans: an area takes an action of the national plan into its own and says what is different there.

use crate::command::{By, Command, Need, Refusal, Why};
use crate::kinds::{Choice, Id, Kind, Node, NodeLevel};
use crate::permission::{Act, Denied};
use crate::text::Lang;
use crate::{Change, State, Text};

/// Chooses an action for the plan of one's own area, or changes what is different there.
pub struct ChooseAction {
    pub node: Id,
    pub adaptation: String,
    pub target: String,
    pub lang: Lang,
}

impl Command for ChooseAction {
    fn needs(&self) -> Need {
        Need::May(Act::PlanLocally)
    }

    fn why(&self) -> Why<'_> {
        Why::Fixed("local plan")
    }

    fn texts(&self) -> Vec<&str> {
        vec![&self.adaptation, &self.target]
    }

    fn decide(&self, by: &By, state: &State) -> Result<Vec<Change>, Refusal> {
        let area = by.post.area.clone().ok_or(Denied(Act::PlanLocally))?;
        let action = state.find::<Node>(&self.node).filter(|node| node.level >= NodeLevel::Action);
        let node = action.ok_or_else(|| Refusal::missing(Kind::Node, &self.node))?.id.clone();
        let before = state.all::<Choice>().find(|choice| choice.area == area && choice.node == node);
        let words =
            |words: &str, before: Option<&Text>| before.cloned().unwrap_or_default().with(self.lang, words.trim());
        let choice = Choice {
            id: before.map_or_else(|| format!("{area}.{node}"), |choice| choice.id.clone()),
            adaptation: words(&self.adaptation, before.map(|choice| &choice.adaptation)),
            target: words(&self.target, before.map(|choice| &choice.target)),
            area,
            node,
            lead: by.post.institution.clone(),
            illustrative: false,
        };
        Ok(vec![Change::Put(choice.into())])
    }
}
