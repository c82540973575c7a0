//! Data-quality checks over the figures and the plan: what cannot hold together, computed by rule.
//! Refuses to mend anything: a contradiction is shown with its numbers, never smoothed over.

mod analysis;
mod figures;
mod framework;
mod money;

use std::sync::Arc;

use crate::answers::Severity;
use crate::kinds::*;
use crate::period::Date;
use crate::say::Say;
use crate::state::State;
use crate::text::Text;

pub use money::counted_twice;

/// What a check found, as the sentence it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub severity: Severity,
    /// The records it is about.
    pub records: Vec<(Kind, Id)>,
    pub say: Say,
}

impl Finding {
    fn new(rule: &'static str, severity: Severity) -> Finding {
        Finding { severity, records: Vec::new(), say: Say::new(rule) }
    }

    fn about<'a>(mut self, figures: impl IntoIterator<Item = &'a Arc<Evidence>>) -> Finding {
        self.records.extend(figures.into_iter().map(|figure| (Kind::Evidence, figure.id.clone())));
        self
    }

    fn number(self, name: &'static str, value: f64) -> Finding {
        Finding { say: self.say.number(name, value), ..self }
    }

    fn word(self, name: &'static str, value: impl Into<String>) -> Finding {
        Finding { say: self.say.words(name, value), ..self }
    }

    fn name(self, name: &'static str, text: &Text) -> Finding {
        Finding { say: self.say.name(name, text), ..self }
    }
}

/// All findings, in a fixed order: errors first, then by rule and record.
pub fn findings(state: &State, today: Date) -> Vec<Finding> {
    let mut found = Vec::new();
    figures::check(state, &mut found);
    framework::check(state, &mut found);
    analysis::check(state, today, &mut found);
    money::check(state, &mut found);
    // A baseline that rests on a figure which cannot hold is named once the figures have been judged.
    framework::disputed_baselines(state, &mut found);
    found.sort_by(|a, b| (a.severity, &a.say.key, &a.records).cmp(&(b.severity, &b.say.key, &b.records)));
    found
}

/// The indicators that measure a node or anything below it.
pub fn indicators_under<'a>(state: &'a State, node: &'a str) -> impl Iterator<Item = &'a Arc<Indicator>> {
    state.all::<Indicator>().filter(move |indicator| indicator.nodes.iter().any(|id| serves(state, id, node, 8)))
}

/// Whether `node` is `target` or serves it over at most `steps` links.
pub fn serves(state: &State, node: &str, target: &str, steps: u8) -> bool {
    node == target
        || (steps > 0
            && state.find::<Node>(node).is_some_and(|n| n.parents.iter().any(|p| serves(state, p, target, steps - 1))))
}
