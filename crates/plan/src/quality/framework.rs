//! What the plan itself lacks or contradicts: the things that made other plans fail.
//! Refuses to judge figures against each other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Subject, indicators_under};
use crate::answers::Severity;
use crate::kinds::*;
use crate::state::State;

/// What the plan itself lacks: the four things that made other plans fail.
pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    let of = |node: &Node, rule| Finding {
        records: vec![(Kind::Node, node.id.clone())],
        ..Finding::new(rule, Severity::Warning)
    };
    for node in state.all::<Node>().filter(|node| node.level == NodeLevel::Outcome) {
        let measured: Vec<_> = indicators_under(state, &node.id).collect();
        let changed = measured.iter().any(|i| i.level == ResultLevel::Outcome);
        if !changed {
            let trainings = measured.iter().filter(|i| i.training).count() as f64;
            let finding = of(node, "finding-outcome-without-outcome-indicator");
            found.push(finding.number("indicators", measured.len() as f64).number("trainings", trainings));
        }
    }
    for node in state.all::<Node>().filter(|node| node.level == NodeLevel::Output) {
        if !state.all::<Node>().any(|n| n.level == NodeLevel::Action && n.parents.contains(&node.id)) {
            found.push(of(node, "finding-output-without-action"));
        }
    }
    let indicators = state.count::<Indicator>() as f64;
    let lacking = |rule, lacks: &dyn Fn(&Indicator) -> bool| {
        let ids: Vec<_> =
            state.all::<Indicator>().filter(|i| lacks(i)).map(|i| (Kind::Indicator, i.id.clone())).collect();
        let count = ids.len() as f64;
        (count > 0.0).then(|| {
            Finding { records: ids, subject: Subject::Rule, ..Finding::new(rule, Severity::Note) }
                .number("count", count)
                .number("all", indicators)
        })
    };
    found.extend(lacking("finding-indicators-without-baseline", &|i| i.baseline.is_none()));
    found.extend(lacking("finding-indicators-without-target", &|i| {
        !state.all::<Target>().any(|t| t.indicator == i.id && t.kind == TargetKind::Target && !t.illustrative)
    }));
    // Whoever reads about violence may need help at once; a page of an edition can only show a number that the plan has.
    let sensitive = state.all::<Indicator>().any(|indicator| indicator.is_sensitive());
    if let Some(plan) = state.plan().filter(|plan| sensitive && plan.hotline.is_empty()) {
        let records = vec![(Kind::Plan, plan.id.clone())];
        found.push(Finding { records, ..Finding::new("finding-no-hotline", Severity::Warning) });
    }
    let slots: Vec<_> = state.all::<Slot>().map(|slot| (Kind::Slot, slot.id.clone())).collect();
    if !slots.is_empty() {
        let count = slots.len() as f64;
        found.push(
            Finding { records: slots, subject: Subject::Rule, ..Finding::new("finding-slots-empty", Severity::Note) }
                .number("count", count),
        );
    }
    baselines_after_targets(state, found);
    pillar_numbers(state, found);
}

/// A baseline that is not earlier than the target leaves no way to measure.
fn baselines_after_targets(state: &State, found: &mut Vec<Finding>) {
    for target in state.all::<Target>().filter(|t| t.kind == TargetKind::Target && t.categories.is_empty()) {
        let Some(indicator) = state.find::<Indicator>(&target.indicator) else { continue };
        let Some(base) = indicator.baseline_period.filter(|base| base.last_month() >= target.period.last_month())
        else {
            continue;
        };
        let mut finding = Finding::new("finding-baseline-not-before-target", Severity::Warning);
        finding.records = vec![(Kind::Indicator, indicator.id.clone()), (Kind::Target, target.id.clone())];
        finding.say =
            finding.say.name("indicator", &indicator.name).period("base", base).period("target", target.period);
        found.push(finding);
    }
}

/// A baseline that rests on a figure which another finding shows to be impossible.
pub(super) fn disputed_baselines(state: &State, found: &mut Vec<Finding>) {
    let disputed: BTreeSet<Id> = found
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .flat_map(|f| &f.records)
        .filter(|(kind, _)| *kind == Kind::Evidence)
        .map(|(_, id)| id.clone())
        .collect();
    for indicator in state.all::<Indicator>() {
        let Some(figure) = indicator.baseline_evidence.as_ref().filter(|id| disputed.contains(*id)) else { continue };
        let mut finding = Finding::new("finding-disputed-baseline", Severity::Warning)
            .name("indicator", &indicator.name)
            .word("figure", figure);
        finding.records = vec![(Kind::Indicator, indicator.id.clone()), (Kind::Evidence, figure.clone())];
        found.push(finding);
    }
}

/// The source numbers the pillars differently in different places: `Pillar 2: Protection` and `Pillar 2: Participation`.
fn pillar_numbers(state: &State, found: &mut Vec<Finding>) {
    let mut meanings: BTreeMap<String, BTreeMap<String, Vec<Id>>> = BTreeMap::new();
    for body in state.all::<Institution>() {
        for printed in body.pillars_printed.split(';') {
            let Some((number, name)) = printed.split_once(':') else { continue };
            // What stands in brackets is a remark of the source, not part of the name.
            let name = name.split(" (").next().unwrap_or_default().trim();
            let bodies = meanings.entry(number.trim().into()).or_default().entry(name.into()).or_default();
            bodies.push(body.id.clone());
        }
    }
    for (number, names) in meanings.into_iter().filter(|(_, names)| names.len() > 1) {
        let list: Vec<String> = names.iter().map(|(name, bodies)| format!("{name} ({})", bodies.join(", "))).collect();
        let mut finding =
            Finding::new("finding-pillar-number-clash", Severity::Note).word("number", &number).named(number);
        finding = finding.word("names", list.join("; "));
        finding.records = names.into_values().flatten().map(|id| (Kind::Institution, id)).collect();
        found.push(finding);
    }
}
