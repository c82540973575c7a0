//! The counts of an indicator as disclosure control needs them: places that make up each other, periods, groups, and what
//! stands above and below the line of a ratio. Refuses to know what may be told and what was told before.

use std::collections::{BTreeMap, BTreeSet};

use romduol_edition::content::unknown;
use romduol_plan::kinds::*;
use romduol_plan::readings::View;
use romduol_plan::totals::{Corner, Total, months};
use romduol_plan::{Frequency, Period, State};
use serde::{Deserialize, Serialize};

/// What lies in a place besides the smaller places that are told; nobody is shown it.
pub(super) fn rest(area: &str) -> Id {
    format!("{area}/rest")
}

/// Places of one level, and the larger ones that they make up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    pub leaves: Vec<Id>,
    /// Larger places with their leaves, the smaller of them first.
    pub groups: Vec<(Id, Vec<Id>)>,
}

impl Places {
    /// The places that a reader is shown.
    pub fn shown(&self) -> Vec<Id> {
        let leaves = self.leaves.iter().filter(|leaf| !leaf.ends_with("/rest"));
        self.groups.iter().rev().map(|(area, _)| area).chain(leaves).cloned().collect()
    }
}

impl Counts {
    /// Every period that has a code.
    pub fn codes(&self) -> BTreeSet<Period> {
        let sums = self.years.iter().chain(&self.running).chain(&self.spans).map(|(period, _)| *period);
        self.periods.iter().copied().chain(sums).collect()
    }

    /// The period whose count stands for that of another one, which may be told otherwise than by a table: itself, or what
    /// was reported of it, which gets a code of its own. None where nothing of it was reported.
    pub fn stand_in(&mut self, time: TimeRule, period: Period) -> Option<Period> {
        if self.codes().contains(&period) {
            return Some(period);
        }
        let inside: Vec<Period> = self.periods.iter().copied().filter(|own| period.contains(*own)).collect();
        if time != TimeRule::Sum {
            // A stock at the end of December is that of the fourth quarter.
            let ends = |own: &&Period| own.contains(period) && own.last_month() == period.last_month();
            return inside.last().or_else(|| self.periods.iter().find(ends)).copied();
        }
        inside.last()?;
        self.spans.push((period, inside));
        Some(period)
    }
}

/// A leaf: place, period, and a category of each dimension.
pub(crate) type Leaf = (Id, Period, Vec<Id>);

/// Everything that was counted for an indicator.
#[derive(Clone, Debug)]
pub(crate) struct Counts {
    pub places: Places,
    /// As they were reported, oldest first.
    pub periods: Vec<Period>,
    /// Whole years that are sums of them.
    pub years: Vec<(Period, Vec<Period>)>,
    /// The year that is not over yet, with what was reported of it: its total will be told.
    pub running: Option<(Period, Vec<Period>)>,
    /// Other periods of which something beside the tables tells the sum, with what was reported of them.
    pub spans: Vec<(Period, Vec<Period>)>,
    /// Whether what is reported for a period holds all that came before it.
    pub running_totals: bool,
    /// By dimension that is crossed: the categories that occur.
    pub dimensions: Vec<(Id, Vec<Id>)>,
    /// What was counted at each leaf; nothing where nobody reported.
    pub at: BTreeMap<Leaf, Pair>,
    pub parts: Parts,
    /// The smallest places that were looked at.
    pub level: AreaLevel,
}

/// The number, and what it is divided by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Pair {
    pub upper: i64,
    pub lower: i64,
}

/// What of a pair is a count of people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Parts {
    /// A number that adds up.
    #[default]
    Count,
    /// The upper number is a part of the lower one.
    Share,
    /// Two numbers that say nothing of each other.
    Rate,
    /// Only the number of cases: what is averaged is no count.
    Mean,
}

/// A number that should be a count of people and is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotACount {
    pub value: f64,
    pub area: Id,
    pub period: Period,
}

/// Whether the numbers of smaller places make those of larger ones.
fn adds_up(indicator: &Indicator) -> bool {
    matches!(indicator.place, PlaceRule::Sum | PlaceRule::Ratio)
}

fn frequency(view: View, indicator: &Indicator) -> Frequency {
    let form = indicator.form.as_ref().and_then(|form| view.state.find::<Form>(form));
    form.map_or(indicator.frequency, |form| form.frequency)
}

pub(crate) fn periods(view: View, indicator: &Indicator, until: Period) -> (Vec<Period>, Vec<(Period, Vec<Period>)>) {
    let frequency = frequency(view, indicator);
    let all = view.totals.periods(indicator, frequency).into_iter().map(|(period, _)| period);
    let periods: Vec<Period> = all.filter(|period| period.last_month() <= until.last_month()).collect();
    let mut years = Vec::new();
    if indicator.time == TimeRule::Sum && frequency != Frequency::Year {
        let ends: BTreeSet<i32> = periods.iter().map(|period| period.end_year()).collect();
        for year in ends.into_iter().map(Period::year).filter(|year| year.last_month() <= until.last_month()) {
            let inside: Vec<Period> = periods.iter().copied().filter(|period| year.contains(*period)).collect();
            years.push((year, inside));
        }
    }
    (periods, years)
}

/// The year after the last whole one. What is left of it will be known: its total, less that, is the sum of these periods.
fn running(view: View, indicator: &Indicator, periods: &[Period], until: Period) -> Option<(Period, Vec<Period>)> {
    if indicator.time != TimeRule::Sum || frequency(view, indicator) == Frequency::Year {
        return None;
    }
    let year = Period::year(periods.last()?.end_year());
    let inside: Vec<Period> = periods.iter().copied().filter(|period| year.contains(*period)).collect();
    (year.last_month() > until.last_month() && inside.len() > 1).then_some((year, inside))
}

/// The smallest places that are told: the indicator's own floor, what was chosen, and never below a province where a single
/// person is easily recognised, by this number or by one that a link of the plan ties to it.
pub(super) fn lowest(state: &State, indicator: &Indicator, level: AreaLevel) -> AreaLevel {
    let other = |link: &CountLink| match (&link.indicator, &link.other) {
        _ if link.relation == CountRelation::Apart => None,
        (one, other) if *one == indicator.id => state.find::<Indicator>(other),
        (one, other) if *other == indicator.id => state.find::<Indicator>(one),
        _ => None,
    };
    let mut tied = state.all::<CountLink>().filter_map(|link| other(link));
    let floor = indicator.floor.min(level);
    let sensitive = indicator.is_sensitive() || tied.any(|other| other.is_sensitive());
    if sensitive { floor.min(AreaLevel::Province) } else { floor }
}

/// The places down to a level, without what is left over between them.
pub(crate) fn places(view: View, indicator: &Indicator, level: AreaLevel, country: &str) -> Places {
    match adds_up(indicator) {
        true => places_of(view.state, level, country),
        false => Places { leaves: vec![country.into()], groups: Vec::new() },
    }
}

/// All places of a level, and the larger ones that they make up.
pub(super) fn places_of(state: &State, level: AreaLevel, country: &str) -> Places {
    let of_level = |area: &&Area| area.level == level && area.id != country && state.within(&area.id, country);
    let inside: Vec<&Area> = state.all::<Area>().map(|area| &**area).filter(of_level).collect();
    if inside.is_empty() {
        return Places { leaves: vec![country.into()], groups: Vec::new() };
    }
    let mut groups: BTreeMap<(std::cmp::Reverse<AreaLevel>, Id), Vec<Id>> = BTreeMap::new();
    for leaf in &inside {
        for above in state.ancestry(&leaf.id).skip(1) {
            groups.entry((std::cmp::Reverse(above.level), above.id.clone())).or_default().push(leaf.id.clone());
            if above.id == country {
                break;
            }
        }
    }
    let groups = groups.into_iter().map(|((_, area), leaves)| (area, leaves)).collect();
    Places { leaves: inside.iter().map(|area| area.id.clone()).collect(), groups }
}

/// Reads all counts of an indicator down to a level, whatever may be told of them.
pub(crate) fn counts(view: View, indicator: &Indicator, level: AreaLevel, until: Period) -> Result<Counts, NotACount> {
    let country = view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default();
    let (periods, years) = periods(view, indicator, until);
    let running = running(view, indicator, &periods, until);
    let mut reader = Reader { view, indicator, periods: &periods, at: BTreeMap::new() };
    let mut places = places(view, indicator, level, &country);
    let smallest = if places.groups.is_empty() { None } else { Some(level) };
    for (leaf, total) in reader.ask(&country, smallest) {
        reader.at.insert(leaf, total);
    }
    for n in 0..places.groups.len() {
        let (area, leaves) = places.groups[n].clone();
        if reader.left_over(&area, &leaves) {
            places.leaves.push(rest(&area));
            let holds = |group: &(Id, Vec<Id>)| group.0 == area || view.state.within(&area, &group.0);
            places.groups.iter_mut().filter(|group| holds(group)).for_each(|group| group.1.push(rest(&area)));
        }
    }
    let raw = reader.at;
    let parts = parts(indicator, &raw);
    let at: BTreeMap<Leaf, Pair> = raw
        .into_iter()
        .map(|(leaf, total)| Ok((leaf.clone(), pair(&leaf, total, parts)?)))
        .collect::<Result<_, _>>()?;
    let dimensions = dimensions(view, indicator, &at);
    let running_totals = indicator.time == TimeRule::RunningTotal;
    Ok(Counts { places, periods, years, running, spans: Vec::new(), running_totals, dimensions, at, parts, level })
}

struct Reader<'a> {
    view: View<'a>,
    indicator: &'a Indicator,
    periods: &'a [Period],
    at: BTreeMap<Leaf, (f64, f64)>,
}

impl Reader<'_> {
    fn ask(&self, within: &str, level: Option<AreaLevel>) -> Vec<(Leaf, (f64, f64))> {
        let spans: Vec<_> = self.periods.iter().map(|period| months(*period)).collect();
        let keep = &self.indicator.dimensions;
        let found =
            self.view.totals.table(self.view.state, self.indicator, &Corner { within, level, spans: &spans, keep });
        let name = |(dimension, category): (&Id, Option<Id>)| category.unwrap_or_else(|| unknown(dimension));
        let leaf = |placed: romduol_plan::totals::Placed| {
            let categories = keep.iter().zip(placed.categories).map(name).collect();
            ((placed.area, self.periods[placed.span], categories), numbers(&placed.total))
        };
        found.into_iter().map(leaf).collect()
    }

    /// Puts beside the leaves of a place what it has besides them; false where there is nothing.
    fn left_over(&mut self, area: &str, leaves: &[Id]) -> bool {
        let mut over = BTreeMap::new();
        for ((_, period, categories), whole) in self.ask(area, None) {
            let part = |leaf: &Id| self.at.get(&(leaf.clone(), period, categories.clone())).copied();
            let sum = leaves.iter().filter_map(part).fold((0.0, 0.0), |sum, part| (sum.0 + part.0, sum.1 + part.1));
            let left = (whole.0 - sum.0, whole.1 - sum.1);
            if left.0.abs() > 1e-6 || left.1.abs() > 1e-6 {
                over.insert((rest(area), period, categories), left);
            }
        }
        let any = !over.is_empty();
        self.at.extend(over);
        any
    }
}

fn numbers(total: &Total) -> (f64, f64) {
    match (total.numerator, total.denominator) {
        (Some(upper), Some(lower)) => (upper, lower),
        _ => (total.value, 0.0),
    }
}

fn parts(indicator: &Indicator, raw: &BTreeMap<Leaf, (f64, f64)>) -> Parts {
    match indicator.kind {
        ValueKind::Ratio if raw.values().all(|(upper, lower)| upper <= lower) => Parts::Share,
        ValueKind::Ratio => Parts::Rate,
        ValueKind::Mean => Parts::Mean,
        _ => Parts::Count,
    }
}

fn pair(leaf: &Leaf, (upper, lower): (f64, f64), parts: Parts) -> Result<Pair, NotACount> {
    let whole = |value: f64| {
        let rounded = value.round();
        let is_count = (value - rounded).abs() < 1e-6 && (0.0..1e15).contains(&rounded);
        let not = || NotACount { value, area: leaf.0.clone(), period: leaf.1 };
        is_count.then_some(rounded as i64).ok_or_else(not)
    };
    let upper = if parts == Parts::Mean { 0 } else { whole(upper)? };
    Ok(Pair { upper, lower: if parts == Parts::Count { 0 } else { whole(lower)? } })
}

/// The categories of each crossed dimension, "not stated" last and only where there is such a count.
fn dimensions(view: View, indicator: &Indicator, at: &BTreeMap<Leaf, Pair>) -> Vec<(Id, Vec<Id>)> {
    let of = |(n, dimension): (usize, &Id)| {
        let mut categories: Vec<Id> =
            view.state.categories(dimension).iter().map(|category| category.id.clone()).collect();
        let used = at.keys().any(|(_, _, own)| own[n] == unknown(dimension));
        categories.extend(used.then(|| unknown(dimension)));
        (dimension.clone(), categories)
    };
    indicator.dimensions.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn nothing_sensitive_is_told_below_a_province() {
        let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
        let changes = crate::package::changes(&crate::package::files(&plan).unwrap()).unwrap();
        let mut indicators = changes.into_iter().filter_map(|change| match change {
            romduol_plan::Change::Put(Body::Indicator(indicator)) => Some(Indicator::clone(&indicator)),
            _ => None,
        });
        let violence = indicators.find(|indicator| indicator.is_sensitive()).unwrap();
        let fine = Indicator { floor: AreaLevel::Commune, ..violence };
        let mut state = State::default();
        let lowest = |state: &State, indicator: &Indicator, level| super::lowest(state, indicator, level);
        assert_eq!(lowest(&state, &fine, AreaLevel::Village), AreaLevel::Province);
        let open = Indicator { id: "OPEN".into(), k: 5, ..fine.clone() };
        assert_eq!(lowest(&state, &open, AreaLevel::District), AreaLevel::District);
        let coarse = Indicator { floor: AreaLevel::Country, ..fine.clone() };
        assert_eq!(lowest(&state, &coarse, AreaLevel::District), AreaLevel::Country);
        // One that counts the same people is told no finer.
        let link = serde_json::json!({ "id": "L", "indicator": "OPEN", "part": "number", "relation": "same-people",
            "other": fine.id, "other_part": "number", "source": "" });
        let link = Body::read(Kind::CountLink, link).unwrap();
        let changes = [fine.into(), open.clone().into(), link].map(romduol_plan::Change::Put).into();
        let actor = romduol_plan::Actor { account: String::new(), post: String::new() };
        let entry = romduol_plan::Entry { at: String::new(), actor, why: String::new(), changes };
        state.apply(1, &entry).unwrap();
        assert_eq!(lowest(&state, &open, AreaLevel::District), AreaLevel::Province);
    }
}
