//! Data-quality checks over the figures and the plan: what cannot hold together, computed by rule.
//! Refuses to mend anything: a contradiction is shown with its numbers, never smoothed over.

mod analysis;
mod figures;
mod framework;
mod heard;
mod jumps;
mod money;
mod names;
mod settled;
mod shares;
mod sources;
mod statements;
#[cfg(test)]
mod table;

use std::sync::Arc;

use crate::answers::Severity;
use crate::kinds::*;
use crate::period::Date;
use crate::say::{Part, Say};
use crate::state::State;
use crate::text::Text;
use crate::vocabulary;

pub use money::counted_twice;
pub use settled::{Standing, standing, task_of};

vocabulary! {
    /// What part of the plan a finding is about.
    Group {
        /// Statements of the source that contradict each other.
        Statements = "statements",
        /// Figures against each other.
        Figures = "figures",
        /// Consultations and who was counted there.
        Heard = "heard",
        /// Where figures and wordings come from, and what things are called.
        Sources = "sources",
        /// Policies, gaps, contributions and meetings.
        Analysis = "analysis",
        /// The framework, its indicators and targets.
        Framework = "framework",
        Money = "money",
    }
}

/// What makes a finding the same one tomorrow, when its numbers may differ.
#[derive(Clone, Debug, PartialEq)]
enum Subject {
    /// The records it is about.
    Records,
    /// The rule alone: its records are whatever it finds today.
    Rule,
    /// Something that the rule names.
    Named(String),
}

/// What a check found, as the sentence it says.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    pub severity: Severity,
    pub group: Group,
    /// The records it is about.
    pub records: Vec<(Kind, Id)>,
    pub say: Say,
    subject: Subject,
}

impl Finding {
    fn new(rule: &'static str, severity: Severity) -> Finding {
        let (group, subject) = (Group::Framework, Subject::Records);
        Finding { severity, group, records: Vec::new(), say: Say::new(rule), subject }
    }

    fn about<'a>(mut self, figures: impl IntoIterator<Item = &'a Arc<Evidence>>) -> Finding {
        self.records.extend(figures.into_iter().map(|figure| (Kind::Evidence, figure.id.clone())));
        self
    }

    fn records(self, records: impl IntoIterator<Item = (Kind, Id)>) -> Finding {
        Finding { records: records.into_iter().collect(), ..self }
    }

    fn named(self, subject: impl Into<String>) -> Finding {
        Finding { subject: Subject::Named(subject.into()), ..self }
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

    /// The rule that found it.
    pub fn rule(&self) -> &str {
        self.say.key.strip_prefix("finding-").unwrap_or(&self.say.key)
    }

    /// What it is called, now and when its numbers have changed: its rule and what that is about.
    pub fn code(&self) -> String {
        let subject = match &self.subject {
            Subject::Records => self.records.iter().map(|(_, id)| id.as_str()).collect::<Vec<_>>().join("+"),
            Subject::Rule => return self.rule().into(),
            Subject::Named(name) => name.clone(),
        };
        format!("{}:{subject}", self.rule())
    }

    /// What it says, apart from what things are called: as long as this stays, a settled finding stays settled.
    pub fn said(&self) -> String {
        let mut said = parts(&self.say);
        if self.subject != Subject::Records {
            said.extend(self.records.iter().map(|(_, id)| id.clone()));
        }
        said.join("; ")
    }
}

fn parts(say: &Say) -> Vec<String> {
    let told = |(name, part): &(&'static str, Part)| match part {
        Part::Number(value) => vec![format!("{name}={value}")],
        Part::Words(words) => vec![format!("{name}={words}")],
        Part::Period(period) => vec![format!("{name}={period}")],
        Part::Date(date) => vec![format!("{name}={date}")],
        Part::Code(code) => vec![format!("{name}={code}")],
        Part::Say(clause) => parts(clause),
        // A corrected name changes nothing of what was found.
        Part::Names(_) => Vec::new(),
    };
    say.parts.iter().flat_map(told).collect()
}

/// All findings, in a fixed order: errors first, then by rule and record.
pub fn findings(state: &State, today: Date) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut gather = |group: Group, check: &dyn Fn(&mut Vec<Finding>)| {
        let before = found.len();
        check(&mut found);
        found[before..].iter_mut().for_each(|finding| finding.group = group);
    };
    gather(Group::Statements, &|found| statements::check(state, found));
    gather(Group::Figures, &|found| {
        figures::check(state, found);
        shares::check(state, today, found);
        jumps::check(state, found);
    });
    gather(Group::Heard, &|found| heard::check(state, found));
    gather(Group::Sources, &|found| {
        sources::check(state, found);
        names::check(state, found);
    });
    gather(Group::Analysis, &|found| analysis::check(state, today, found));
    gather(Group::Money, &|found| money::check(state, found));
    // A baseline that rests on a figure which cannot hold is named once the figures have been judged.
    gather(Group::Framework, &|found| {
        framework::check(state, found);
        framework::disputed_baselines(state, found);
    });
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
