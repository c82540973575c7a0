//! Data-quality checks over the figures and the plan: what cannot hold together, computed by rule.
//! Refuses to mend anything: a contradiction is shown with its numbers, never smoothed over.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::answers::Severity;
use crate::kinds::*;
use crate::say::Say;
use crate::state::State;
use crate::text::Text;

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
pub fn findings(state: &State) -> Vec<Finding> {
    let mut found = Vec::new();
    two_values(state, &mut found);
    for (_, figures) in grouped(state, |figure| figure.comparison.clone()) {
        comparisons(&figures, &mut found);
    }
    parts_beyond_whole(state, &mut found);
    shares_of_counts(state, &mut found);
    plan_gaps(state, &mut found);
    found.sort_by(|a, b| (a.severity, &a.say.key, &a.records).cmp(&(b.severity, &b.say.key, &b.records)));
    found
}

fn grouped(state: &State, key: impl Fn(&Evidence) -> Option<Id>) -> BTreeMap<Id, Vec<Arc<Evidence>>> {
    let mut groups: BTreeMap<Id, Vec<Arc<Evidence>>> = BTreeMap::new();
    for figure in state.all::<Evidence>() {
        if let Some(key) = key(figure) {
            groups.entry(key).or_default().push(figure.clone());
        }
    }
    groups
}

/// Two observed values of one measure for one moment. What only differs by rounding is a note.
fn two_values(state: &State, found: &mut Vec<Finding>) {
    for (series, figures) in grouped(state, |figure| figure.series.clone()) {
        for (n, a) in figures.iter().enumerate() {
            for b in &figures[n + 1..] {
                let same = a.kind == FigureKind::Observed
                    && b.kind == FigureKind::Observed
                    && (a.sex, &a.date, &a.place, a.unit) == (b.sex, &b.date, &b.place, b.unit);
                let (Some(x), Some(y)) = (a.value, b.value) else { continue };
                if !same || x == y {
                    continue;
                }
                let rounding = is_rounding(&a.printed, x, &b.printed, y);
                let chosen = state.all::<Preference>().find(|p| p.evidence == a.id || p.evidence == b.id);
                let (rule, severity) = match (rounding, chosen) {
                    (true, _) => ("finding-two-values-rounded", Severity::Note),
                    (false, Some(_)) => ("finding-two-values-chosen", Severity::Warning),
                    (false, None) => ("finding-two-values", Severity::Error),
                };
                let mut finding = Finding::new(rule, severity)
                    .about([a, b])
                    .number("first", x)
                    .number("second", y)
                    .word("measure", &series)
                    .word("date", &a.date)
                    .word("section-a", &a.section)
                    .word("section-b", &b.section);
                if let Some(chosen) = chosen {
                    finding = finding.word("chosen", &chosen.evidence);
                    finding.records.push((Kind::Preference, chosen.id.clone()));
                }
                found.push(finding);
            }
        }
    }
}

fn decimals(printed: &str) -> i32 {
    printed.split_once('.').map_or(0, |(_, tail)| tail.bytes().take_while(u8::is_ascii_digit).count() as i32)
}

/// Whether the coarser figure is the finer one rounded to its decimals.
fn is_rounding(printed_a: &str, a: f64, printed_b: &str, b: f64) -> bool {
    let (coarse, fine, places) = match decimals(printed_a).cmp(&decimals(printed_b)) {
        std::cmp::Ordering::Less => (a, b, decimals(printed_a)),
        std::cmp::Ordering::Greater => (b, a, decimals(printed_b)),
        std::cmp::Ordering::Equal => return false,
    };
    let unit = 10f64.powi(places);
    ((fine * unit).round() - coarse * unit).abs() < 1e-6
}

fn comparisons(figures: &[Arc<Evidence>], found: &mut Vec<Finding>) {
    match figures.iter().find_map(|figure| figure.comparison_rule) {
        Some(Comparison::BySex) => by_sex(figures, found),
        Some(Comparison::Parts) => parts(figures, found),
        _ => {}
    }
}

/// Shares: the total lies between women and men. Counts: women and men make the total.
fn by_sex(figures: &[Arc<Evidence>], found: &mut Vec<Finding>) {
    let of = |sex| figures.iter().find(|figure| figure.sex == sex).and_then(|f| f.value.map(|value| (f, value)));
    let (Some((total, all)), Some((female, women)), Some((male, men))) =
        (of(Sex::Total), of(Sex::Female), of(Sex::Male))
    else {
        return;
    };
    let finding = |rule, severity| {
        Finding::new(rule, severity)
            .about([total, female, male])
            .number("total", all)
            .number("women", women)
            .number("men", men)
            .name("label", &total.label)
            .word("section", &total.section)
    };
    match total.unit {
        Unit::Percent if all < women.min(men) || all > women.max(men) => {
            found.push(finding("finding-total-outside-sexes", Severity::Error));
        }
        Unit::Count if women + men != all => {
            let hedged = !matches!(total.qualifier.as_str(), "" | "exact");
            let severity = if hedged { Severity::Warning } else { Severity::Error };
            found.push(
                finding("finding-sexes-do-not-add-up", severity)
                    .number("sum", women + men)
                    .word("qualifier", &total.qualifier),
            );
        }
        _ => {}
    }
}

/// Shares of one whole make 100, within what rounding of each part allows.
fn parts(figures: &[Arc<Evidence>], found: &mut Vec<Finding>) {
    let shares: Vec<f64> = figures
        .iter()
        .filter(|f| f.unit == Unit::Percent && f.sex != Sex::NotApplicable)
        .filter_map(|f| f.value)
        .collect();
    if shares.len() < 2 || shares.len() != figures.len() {
        return;
    }
    let sum: f64 = shares.iter().sum();
    let slack: f64 = figures.iter().map(|f| 0.5 * 10f64.powi(-decimals(&f.printed))).sum();
    if (sum - 100.0).abs() < 1e-9 {
        return;
    }
    let (rule, severity) = match (sum - 100.0).abs() <= slack + 1e-9 {
        true => ("finding-parts-not-100-rounding", Severity::Note),
        false => ("finding-parts-not-100", Severity::Error),
    };
    let list: Vec<String> = figures.iter().map(|f| f.printed.clone()).collect();
    found.push(
        Finding::new(rule, severity)
            .about(figures)
            .number("sum", sum)
            .word("parts", list.join(" + "))
            .name("label", &figures[0].label)
            .word("section", &figures[0].section),
    );
}

/// A part that is larger than its whole.
fn parts_beyond_whole(state: &State, found: &mut Vec<Finding>) {
    for part in state.all::<Evidence>() {
        let Some(whole) = part.part_of.as_ref().and_then(|id| state.find::<Evidence>(id)) else { continue };
        let (Some(p), Some(w)) = (part.value, whole.value) else { continue };
        if p > w && part.unit == whole.unit {
            found.push(
                Finding::new("finding-part-exceeds-whole", Severity::Error)
                    .about([part, whole])
                    .number("part", p)
                    .number("whole", w)
                    .name("label", &part.label)
                    .name("whole-label", &whole.label)
                    .word("section", &part.section),
            );
        }
    }
}

/// A share printed with both its counts must be their quotient.
fn shares_of_counts(state: &State, found: &mut Vec<Finding>) {
    for figure in state.all::<Evidence>().filter(|f| f.unit == Unit::Percent) {
        let (Some(value), Some(top), Some(bottom)) = (figure.value, figure.numerator, figure.denominator) else {
            continue;
        };
        let share = if bottom == 0.0 { continue } else { top / bottom * 100.0 };
        if (share - value).abs() > 0.5 * 10f64.powi(-decimals(&figure.printed)) + 1e-9 {
            found.push(
                Finding::new("finding-share-differs-from-counts", Severity::Error)
                    .about([figure])
                    .number("share", value)
                    .number("computed", share)
                    .number("numerator", top)
                    .number("denominator", bottom)
                    .name("label", &figure.label),
            );
        }
    }
}

/// What the plan itself lacks: the four things that made other plans fail.
fn plan_gaps(state: &State, found: &mut Vec<Finding>) {
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
            Finding { records: ids, ..Finding::new(rule, Severity::Note) }
                .number("count", count)
                .number("all", indicators)
        })
    };
    found.extend(lacking("finding-indicators-without-baseline", &|i| i.baseline.is_none()));
    found.extend(lacking("finding-indicators-without-target", &|i| {
        !state.all::<Target>().any(|t| t.indicator == i.id && t.kind == TargetKind::Target && !t.illustrative)
    }));
    let slots: Vec<_> = state.all::<Slot>().map(|slot| (Kind::Slot, slot.id.clone())).collect();
    if !slots.is_empty() {
        let count = slots.len() as f64;
        found.push(
            Finding { records: slots, ..Finding::new("finding-slots-empty", Severity::Note) }.number("count", count),
        );
    }
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
