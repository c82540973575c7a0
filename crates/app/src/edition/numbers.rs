//! The numbers of an edition: which tables an indicator has, what of them may be told, and what documents say beside them.
//! Refuses to know the records around them.

use std::collections::BTreeMap;
use std::sync::Arc;

use romduol_disclosure::{Effort, Policy, Refusal, Why};
use romduol_edition::content::{Figure, Key, Measured, Observation, Printed, Protection, Standing, owned};
use romduol_plan::kinds::*;
use romduol_plan::readings::{Source, View};
use romduol_plan::totals::months;
use romduol_plan::{Period, Say};

use super::compose::{Explained, HiddenCell, Memory, Reason};
use super::counts::{self, Counts, Pair, Parts};
use super::protect::{self, Told, Wanted};
use crate::AppError;

/// What the numbers of one edition are made of.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub view: View<'a>,
    pub choice: &'a Edition,
    /// What editions before this one told and hid.
    pub memory: &'a Memory,
    pub explain: bool,
}

/// An indicator whose small counts are to be hidden: what was counted, and which tables are wanted of it.
pub(crate) struct Plan {
    counts: Counts,
    places: Vec<Id>,
    years: Vec<Period>,
    wanted: Vec<Wanted>,
}

/// What came out for one indicator.
pub(crate) struct Gathered {
    pub measured: Measured,
    /// What is to be remembered of its measures.
    pub memory: Memory,
    pub explained: Option<Explained>,
}

/// What has been asked of the measures of one indicator so far.
pub(super) struct Asked {
    memory: Memory,
    explained: Explained,
    effort: Effort,
}

impl Plan {
    pub fn cells(&self) -> usize {
        self.wanted.iter().map(|wanted| wanted.cells(&self.counts)).sum()
    }
}

impl Work<'_> {
    pub(super) fn country(&self) -> Id {
        self.view.state.plan().map(|plan| plan.area.clone()).unwrap_or_default()
    }

    /// The counts of an indicator that has small ones to hide; nothing for all others.
    pub fn plan(&self, indicator: &Indicator) -> Result<Option<Plan>, AppError> {
        if indicator.k <= 1 || !counts::counted(indicator) {
            return Ok(None);
        }
        let counts = counts::counts(self.view, indicator, self.choice.level, self.choice.until).map_err(|not| {
            let say =
                Say::new("refused-edition-not-counts").words("indicator", &indicator.id).number("value", not.value);
            AppError::Bad(say.words("area", not.area).period("period", not.period))
        })?;
        let places = counts.places.shown();
        let years: Vec<Period> = counts.years.iter().map(|(year, _)| *year).collect();
        let wanted = self.wanted(&places, &counts.periods, &years, counts.dimensions.len());
        Ok(Some(Plan { counts, places, years, wanted }))
    }

    /// An indicator with what may be told of it. `effort` is how long to look for fewer cells to hide.
    pub fn gather(
        &self,
        indicator: &Arc<Indicator>,
        plan: Option<&Plan>,
        effort: Effort,
    ) -> Result<Gathered, AppError> {
        let (mut found, asked) = match plan {
            Some(plan) => {
                let (found, asked) = self.protected(indicator, plan, effort)?;
                (found, Some(asked))
            }
            None => (self.open(indicator), None),
        };
        let measured = self.measured(indicator, &mut found, asked.is_some());
        let (memory, explained) = asked.map(|asked| (asked.memory, asked.explained)).unzip();
        Ok(Gathered { measured, memory: memory.unwrap_or_default(), explained })
    }

    fn measured(
        &self,
        indicator: &Arc<Indicator>,
        found: &mut BTreeMap<Key, Observation>,
        protected: bool,
    ) -> Measured {
        self.printed(indicator, found);
        let country = self.country();
        let view = self.view;
        let until = |target: &Arc<Target>| !target.illustrative || self.choice.demonstration;
        let targets = view.state.all::<Target>().filter(|t| t.indicator == indicator.id && until(t));
        let zeros = protected && protect::policy(indicator.k).zeros == romduol_disclosure::Zeros::Protected;
        Measured {
            indicator: Indicator::clone(indicator),
            targets: owned(targets),
            standing: self.standing(indicator, found, &country),
            protection: Protection { k: if protected { indicator.k } else { 0 }, zeros },
            observations: std::mem::take(found).into_values().collect(),
        }
    }

    fn standing(&self, indicator: &Arc<Indicator>, found: &BTreeMap<Key, Observation>, country: &str) -> Standing {
        let standing = self.view.standing(indicator, self.choice.until);
        let period = standing.reading.as_ref().map(|reading| reading.period);
        let key = |period| Key { area: country.into(), period, categories: Vec::new() };
        let told = period.and_then(|period| found.get(&key(period))).is_some_and(|at| at.figure != Figure::Hidden);
        Standing {
            computed: (told || period.is_none()).then_some(standing.judgement.status),
            official: standing.set_by_person.map(|set| Override::clone(&set)),
            period,
        }
    }

    /// The tables of the choice, as far as the indicator has them.
    pub(super) fn wanted(&self, places: &[Id], periods: &[Period], years: &[Period], dimensions: usize) -> Vec<Wanted> {
        let country = vec![self.country()];
        let main = if years.is_empty() { periods } else { years };
        let table = |areas: &[Id], periods: &[Period], dimensions: Vec<usize>| Wanted {
            areas: areas.to_vec(),
            periods: periods.to_vec(),
            dimensions,
        };
        let mut wanted = Vec::new();
        for kind in &self.choice.tables {
            match kind {
                EditionTable::Time => wanted.push(table(&country, &[periods, years].concat(), Vec::new())),
                EditionTable::Place if places.len() > 1 => wanted.push(table(places, main, Vec::new())),
                EditionTable::Group => {
                    wanted.extend((0..dimensions).map(|n| table(&country, main, vec![n])));
                    wanted.extend((dimensions > 1).then(|| table(&country, main, (0..dimensions).collect())));
                }
                EditionTable::PlaceGroup if places.len() > 1 => {
                    wanted.extend((0..dimensions).map(|n| table(places, main, vec![n])));
                }
                EditionTable::Place | EditionTable::PlaceGroup => {}
            }
        }
        wanted
    }

    pub(super) fn put(
        &self,
        found: &mut BTreeMap<Key, Observation>,
        key: Key,
        figure: Figure,
        coverage: Option<(u32, u32)>,
        illustrative: bool,
    ) {
        let Key { area, period, categories } = key.clone();
        let figure = figure.in_fifteen_digits();
        found.insert(key, Observation { area, period, categories, figure, coverage, illustrative, source: None });
    }

    /// The tables of dimensions whose categories overlap, of which each stands by itself.
    pub(super) fn overlapping_tables(&self, places: &[Id], periods: &[Period], years: &[Period]) -> Vec<(Id, Period)> {
        let main = if years.is_empty() { periods } else { years };
        let country = [self.country()];
        let areas: &[Id] = match &self.choice.tables {
            tables if tables.contains(&EditionTable::PlaceGroup) => places,
            tables if tables.contains(&EditionTable::Group) => &country,
            _ => &[],
        };
        areas.iter().flat_map(|area| main.iter().map(|period| (area.clone(), *period))).collect()
    }

    pub(super) fn illustrative(&self, indicator: &Indicator, period: Period) -> bool {
        self.view.totals.made_up_in(indicator, &months(period))
    }

    /// Counts of people: what is small is hidden, and as much else as it takes.
    fn protected(
        &self,
        indicator: &Arc<Indicator>,
        plan: &Plan,
        effort: Effort,
    ) -> Result<(BTreeMap<Key, Observation>, Asked), AppError> {
        let mut found = BTreeMap::new();
        let explained = Explained {
            indicator: indicator.id.clone(),
            k: indicator.k,
            shown: 0,
            hidden: Vec::new(),
            coarser: Vec::new(),
            instead: Vec::new(),
        };
        let mut asked = Asked { memory: Memory::default(), explained, effort };
        if !plan.counts.at.is_empty() {
            for cell in self.ask(indicator, &indicator.id, &plan.counts, &plan.wanted, &mut asked)? {
                self.tell(indicator, plan.counts.parts, cell, &mut found, &mut asked);
            }
            self.overlapping(indicator, &plan.counts, &plan.places, &plan.years, &mut found, &mut asked)?;
        }
        asked.explained.shown = found.len() - asked.explained.hidden.len();
        asked.explained.hidden.sort_by(|a, b| a.at.cmp(&b.at));
        Ok((found, asked))
    }

    pub(super) fn ask(
        &self,
        indicator: &Indicator,
        measure: &str,
        counts: &Counts,
        wanted: &[Wanted],
        asked: &mut Asked,
    ) -> Result<Vec<Told>, AppError> {
        let before = self.memory.0.get(measure).cloned().unwrap_or_default();
        let edition = format!("e{}", self.choice.number());
        let policy = Policy { effort: Some(asked.effort), ..protect::policy(indicator.k) };
        let done = protect::protect(counts, wanted, policy, &edition, &before, self.explain)
            .map_err(|refusal| unprotectable(indicator, &refusal))?;
        asked.memory.0.insert(measure.to_string(), done.remembered);
        asked.explained.coarser.extend(done.coarser);
        asked.explained.instead.extend(done.instead);
        Ok(done.told)
    }

    pub(super) fn tell(
        &self,
        indicator: &Indicator,
        parts: Parts,
        cell: Told,
        found: &mut BTreeMap<Key, Observation>,
        asked: &mut Asked,
    ) {
        let key = Key { area: cell.area, period: cell.period, categories: cell.categories };
        if found.contains_key(&key) {
            return;
        }
        let total =
            key.categories.is_empty().then(|| self.view.totals.total(indicator, &key.area, key.period)).flatten();
        let figure = match cell.pair {
            None => Figure::Hidden,
            Some(pair) => match figure(parts, pair, total.map(|total| total.value)) {
                Some(figure) => figure,
                None => return,
            },
        };
        if figure == Figure::Hidden {
            let key_of = |(area, period, categories)| Key { area, period, categories };
            asked.explained.hidden.push(HiddenCell {
                at: key.clone(),
                reason: reason(&cell.why),
                protects: cell.guard.protects.into_iter().map(key_of).collect(),
                sum: cell.guard.sum.map(key_of),
            });
        }
        let coverage = total.map(|total| (total.reported, total.expected));
        let illustrative = self.illustrative(indicator, key.period);
        self.put(found, key, figure, coverage, illustrative);
    }

    /// Figures of documents count beside what was reported; they are public already.
    fn printed(&self, indicator: &Indicator, found: &mut BTreeMap<Key, Observation>) {
        let country = self.country();
        for reading in self.view.series(indicator, &country).counted {
            let Source::Figure(figure) = &reading.source else { continue };
            if reading.period.last_month() > self.choice.until.last_month() {
                continue;
            }
            let key = Key { area: country.clone(), period: reading.period, categories: Vec::new() };
            let (numerator, denominator) = (reading.numerator, reading.denominator);
            let told = Figure::Shown { value: reading.value, numerator, denominator };
            self.put(found, key.clone(), told, None, false);
            if let Some(at) = found.get_mut(&key) {
                at.source = Some(Printed {
                    evidence: figure.id.clone(),
                    section: figure.section.clone(),
                    cited: figure.cited_source.clone(),
                });
            }
        }
    }
}

fn unprotectable(indicator: &Indicator, refusal: &Refusal) -> AppError {
    let why = refusal.to_string();
    AppError::Bad(Say::new("refused-edition-unprotectable").words("indicator", &indicator.id).words("why", why))
}

/// A share is divided anew from its counts; what has no base has no value.
fn figure(parts: Parts, pair: Pair, mean: Option<f64>) -> Option<Figure> {
    let (upper, lower) = (pair.upper as f64, pair.lower as f64);
    Some(match parts {
        Parts::Count => Figure::Shown { value: upper, numerator: None, denominator: None },
        Parts::Share | Parts::Rate if pair.lower == 0 => return None,
        Parts::Share | Parts::Rate => {
            Figure::Shown { value: upper / lower * 100.0, numerator: Some(upper), denominator: Some(lower) }
        }
        Parts::Mean => Figure::Shown { value: mean?, numerator: None, denominator: Some(lower) },
    })
}

fn reason(why: &[Why]) -> Reason {
    if why.contains(&Why::Small) {
        Reason::Small
    } else if why.contains(&Why::Earlier) {
        Reason::Earlier
    } else {
        Reason::Protects
    }
}
