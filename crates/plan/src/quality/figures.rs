//! Checks of figures of one series or comparison against each other: two values, two dates, women and men, parts.
//! Refuses to know plans and indicators beyond the public choice of a value.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Finding;
use crate::answers::Severity;
use crate::kinds::*;
use crate::readings::figure_period;
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    for (series, figures) in grouped(state, |figure| figure.series.clone()) {
        pairs(state, &series, &figures, found);
    }
    for (_, figures) in grouped(state, |figure| figure.comparison.clone()) {
        comparisons(&figures, found);
    }
}

pub(super) fn grouped(state: &State, key: impl Fn(&Evidence) -> Option<Id>) -> BTreeMap<Id, Vec<Arc<Evidence>>> {
    let mut groups: BTreeMap<Id, Vec<Arc<Evidence>>> = BTreeMap::new();
    for figure in state.all::<Evidence>() {
        if let Some(key) = key(figure) {
            groups.entry(key).or_default().push(figure.clone());
        }
    }
    groups
}

/// Every two observed values of one measure that are about the same sex and unit.
fn pairs(state: &State, series: &str, figures: &[Arc<Evidence>], found: &mut Vec<Finding>) {
    let observed: Vec<&Arc<Evidence>> = figures.iter().filter(|f| f.kind == FigureKind::Observed).collect();
    for (n, a) in observed.iter().enumerate() {
        for b in observed[n + 1..].iter().filter(|b| (a.sex, &a.place, a.unit) == (b.sex, &b.place, b.unit)) {
            let (Some(x), Some(y)) = (a.value, b.value) else { continue };
            let one_undated = a.date.is_empty() != b.date.is_empty();
            let rounding = is_rounding(&a.printed, x, &b.printed, y);
            if a.group != b.group {
                found.push(two_populations(a, b));
            }
            match () {
                () if x != y && a.date == b.date => found.push(two_values(state, series, (a, x), (b, y))),
                () if x != y && one_undated && rounding => {
                    found.push(undated("finding-two-values-undated-rounded", a, b));
                }
                () if x != y && one_undated => found.push(undated("finding-two-values-undated", a, b)),
                () if x == y && says_enough(a) && are_two_dates(a, b) && !is_one_list(&observed, a, b) => {
                    found.push(same_value(a, b, x));
                }
                () => {}
            }
        }
    }
}

type Valued<'a> = (&'a Arc<Evidence>, f64);

/// Two values for one moment. What only differs by rounding is a note.
fn two_values(state: &State, series: &str, (a, x): Valued, (b, y): Valued) -> Finding {
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
        .word("measure", series)
        .word("date", &a.date)
        .word("section-a", &a.section)
        .word("section-b", &b.section);
    if let Some(chosen) = chosen {
        finding = finding.word("chosen", &chosen.evidence);
        finding.records.push((Kind::Preference, chosen.id.clone()));
    }
    finding
}

/// Small counts are often the same by chance.
fn says_enough(figure: &Evidence) -> bool {
    match figure.unit {
        Unit::Percent | Unit::Index => true,
        Unit::Count => figure.value.is_some_and(|value| value >= 100.0),
        Unit::Rank | Unit::Year | Unit::Years => false,
    }
}

/// Whether one place of the source prints both moments: then it says itself that the value stood still.
fn is_one_list(observed: &[&Arc<Evidence>], a: &Evidence, b: &Evidence) -> bool {
    let prints = |section: &str, date: &str| observed.iter().any(|one| one.section == section && one.date == date);
    prints(&a.section, &b.date) || prints(&b.section, &a.date)
}

/// Two moments at most two years apart, in two places of the source. A date inside the other is the same moment, told
/// more precisely; one list of years is one place.
fn are_two_dates(a: &Evidence, b: &Evidence) -> bool {
    let (Some(first), Some(second)) = (figure_period(&a.date), figure_period(&b.date)) else { return false };
    let apart = (first.last_month() - second.last_month()).abs();
    !first.contains(second) && !second.contains(first) && apart <= 24 && a.section != b.section
}

/// The same value for two moments: it stood still, or one of the two is dated wrongly.
fn same_value(a: &Arc<Evidence>, b: &Arc<Evidence>, value: f64) -> Finding {
    Finding::new("finding-same-value", Severity::Note)
        .about([a, b])
        .name("label", &a.label)
        .number("value", value)
        .word("first-date", &a.date)
        .word("second-date", &b.date)
        .word("section-a", &a.section)
        .word("section-b", &b.section)
}

/// Of two values one has no date: nobody can say whether they disagree.
fn undated(rule: &'static str, a: &Arc<Evidence>, b: &Arc<Evidence>) -> Finding {
    let (undated, dated) = if a.date.is_empty() { (a, b) } else { (b, a) };
    Finding::new(rule, Severity::Note)
        .about([undated, dated])
        .word("first", &undated.printed)
        .word("second", &dated.printed)
        .word("date", &dated.date)
        .word("section-a", &undated.section)
        .word("section-b", &dated.section)
}

/// One measure, but the source names two populations for it.
fn two_populations(a: &Arc<Evidence>, b: &Arc<Evidence>) -> Finding {
    Finding::new("finding-two-populations", Severity::Warning)
        .about([a, b])
        .name("label", &a.label)
        .word("first", &a.group)
        .word("second", &b.group)
        .word("section-a", &a.section)
        .word("section-b", &b.section)
}

/// How a source takes its own figure back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hedge {
    /// Almost, nearly, less than.
    Below,
    /// Over, more than, at least.
    Above,
    About,
}

/// The hedge of a figure; none where it is exact. A hedge in words that nobody foresaw is about.
pub(super) fn hedge(figure: &Evidence) -> Option<Hedge> {
    let says = |words: &[&str]| words.iter().any(|word| figure.qualifier.to_lowercase().contains(word));
    match () {
        () if matches!(figure.qualifier.trim(), "" | "exact") => None,
        () if says(&["almost", "nearly", "less than", "fewer than", "under", "at most", "up to"]) => Some(Hedge::Below),
        () if says(&["over", "more than", "at least", "above"]) => Some(Hedge::Above),
        () => Some(Hedge::About),
    }
}

pub(super) fn decimals(printed: &str) -> i32 {
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
            let severity = if hedge(total).is_some() { Severity::Warning } else { Severity::Error };
            found.push(
                finding("finding-sexes-do-not-add-up", severity)
                    .number("sum", women + men)
                    .word("qualifier", &total.qualifier),
            );
        }
        _ => {}
    }
}

/// Counts of the parts make the count of the whole, where it is printed beside them.
fn counts(figures: &[Arc<Evidence>], found: &mut Vec<Finding>) {
    let of = |whole: bool| figures.iter().filter(move |f| (f.sex == Sex::Total) == whole);
    let (Some(total), None) = (of(true).next(), of(true).nth(1)) else { return };
    let parts: Vec<f64> = of(false).filter_map(|f| f.value).collect();
    let (Some(all), true) = (total.value, parts.len() > 1 && parts.len() + 1 == figures.len()) else { return };
    let sum: f64 = parts.iter().sum();
    if sum != all {
        let list: Vec<String> = of(false).map(|f| f.printed.clone()).collect();
        found.push(
            Finding::new("finding-parts-not-total", Severity::Error)
                .about(figures)
                .number("sum", sum)
                .number("total", all)
                .word("parts", list.join(" + "))
                .name("label", &total.label)
                .word("section", &total.section),
        );
    }
}

/// Shares of one whole make 100, within what rounding of each part allows.
fn parts(figures: &[Arc<Evidence>], found: &mut Vec<Finding>) {
    if figures.iter().all(|f| f.unit == Unit::Count) {
        return counts(figures, found);
    }
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
