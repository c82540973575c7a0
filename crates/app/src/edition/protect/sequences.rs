//! Any edition after any edition: levels, ends, tables, groups and corrections change at random, and an attacker who has all
//! editions, a linear programme of his own, and knows which counts were corrected, looks for what is hidden.

use microlp::{ComparisonOp, OptimizationDirection, Problem};
use romduol_plan::kinds::AreaLevel;

use super::*;
use crate::edition::counts::Places;

const K: i64 = 5;
const DISTRICTS: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
const SEXES: [&str; 2] = ["f", "m"];
/// District, quarter, sex.
type Atom = (usize, usize, usize);

struct Draw(u64);

impl Draw {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    fn count(&mut self) -> i64 {
        (if self.below(2) == 0 { self.below(7) } else { self.below(60) }).cast_signed()
    }
}

/// What is chosen for an edition.
struct Chosen {
    level: AreaLevel,
    quarters: usize,
    by_sex: bool,
    tables: [bool; 4],
}

fn quarter(at: usize) -> Period {
    Period::quarter(2025, u8::try_from(at + 1).unwrap_or(1))
}

fn place(district: usize, level: AreaLevel) -> String {
    match level {
        AreaLevel::Country => "KH".into(),
        AreaLevel::Province => DISTRICTS[district][..1].into(),
        _ => DISTRICTS[district].into(),
    }
}

fn places(level: AreaLevel) -> Places {
    let unique = |level| {
        let mut all: Vec<Id> = (0..DISTRICTS.len()).map(|district| place(district, level)).collect();
        all.dedup();
        all
    };
    let leaves = unique(level);
    let mut groups = Vec::new();
    if level > AreaLevel::Province {
        let inside =
            |province: &Id| leaves.iter().filter(|leaf| leaf.starts_with(province.as_str())).cloned().collect();
        groups.extend(unique(AreaLevel::Province).into_iter().map(|province| (province.clone(), inside(&province))));
    }
    if level > AreaLevel::Country {
        groups.push(("KH".into(), leaves.clone()));
    }
    Places { leaves, groups }
}

fn counts(truth: &BTreeMap<Atom, i64>, chosen: &Chosen, before: &Remembered) -> Counts {
    let level = before.level().map_or(chosen.level, |told| told.max(chosen.level));
    let told =
        before.until().map_or(0, |until| (0..4).filter(|at| quarter(*at).last_month() <= until.last_month()).count());
    let quarters = chosen.quarters.max(told);
    let periods: Vec<Period> = (0..quarters).map(quarter).collect();
    let mut at: BTreeMap<Leaf, Pair> = BTreeMap::new();
    for (&(district, q, sex), count) in truth.iter().filter(|((_, q, _), _)| *q < quarters) {
        let categories = if chosen.by_sex { vec![SEXES[sex].to_string()] } else { Vec::new() };
        at.entry((place(district, level), quarter(q), categories)).or_default().upper += count;
    }
    let sexes = ("sex".to_string(), SEXES.map(String::from).to_vec());
    let year = Period::year(2025);
    Counts {
        places: places(level),
        years: if quarters == 4 { vec![(year, periods.clone())] } else { Vec::new() },
        spans: Vec::new(),
        running_totals: false,
        running: (2..4).contains(&quarters).then(|| (year, periods.clone())),
        periods,
        dimensions: if chosen.by_sex { vec![sexes] } else { Vec::new() },
        at,
        parts: Parts::Count,
        level,
    }
}

fn wanted(chosen: &Chosen) -> Vec<Wanted> {
    let mut periods: Vec<Period> = (0..chosen.quarters).map(quarter).collect();
    periods.extend((chosen.quarters == 4).then(|| Period::year(2025)));
    let table = |areas: Vec<Id>, dimensions: Vec<usize>| Wanted {
        outlet: Outlet::Table,
        areas,
        periods: periods.clone(),
        dimensions,
    };
    let [time, place, group, both] = chosen.tables;
    let mut wanted = Vec::new();
    let all = || places(chosen.level).shown();
    wanted.extend(time.then(|| table(vec!["KH".into()], Vec::new())));
    wanted.extend(place.then(|| table(all(), Vec::new())));
    wanted.extend((group && chosen.by_sex).then(|| table(vec!["KH".into()], vec![0])));
    wanted.extend((both && chosen.by_sex).then(|| table(all(), vec![0])));
    wanted
}

/// A cell that was told or hidden: the variables that it sums, and its figure.
type Seen = (Vec<usize>, Option<i64>);

/// What everybody has seen. A count is the same variable in all editions until it is corrected.
#[derive(Default)]
struct Attacker {
    variables: BTreeMap<Atom, usize>,
    /// By variable.
    atoms: Vec<Atom>,
    truth: Vec<i64>,
    seen: Vec<Seen>,
    /// Counts that came in after something was told, which no table need tell.
    corrected: Vec<usize>,
}

impl Attacker {
    /// Which counts were corrected is known as finely as they were counted for this edition and the one before: where the sexes
    /// are not counted, or districts were not, nobody knows which of them was.
    fn learn(&mut self, truth: &BTreeMap<Atom, i64>, told: &[Told], level: AreaLevel, by_sex: bool) {
        let same = |atom: &Atom| self.variables.get(atom).is_some_and(|at| self.truth[*at] == truth[atom]);
        let is_new = |&(district, q, sex): &Atom| {
            let alike = |other: &Atom| {
                place(other.0, level) == place(district, level) && other.1 == q && (other.2 == sex || !by_sex)
            };
            truth.keys().filter(|other| alike(other)).any(|other| !same(other))
        };
        let new: Vec<Atom> = truth.keys().copied().filter(is_new).collect();
        for atom in new {
            self.variables.insert(atom, self.truth.len());
            self.atoms.push(atom);
            self.truth.push(truth[&atom]);
            self.corrected.extend((!self.seen.is_empty()).then_some(self.truth.len() - 1));
        }
        for cell in told {
            let inside = |&(district, q, sex): &Atom| {
                (cell.area == "KH" || DISTRICTS[district].starts_with(&cell.area))
                    && cell.period.contains(quarter(q))
                    && cell.categories.first().is_none_or(|category| category == SEXES[sex])
            };
            let own: Vec<usize> = self.variables.iter().filter(|(atom, _)| inside(atom)).map(|(_, at)| *at).collect();
            let sum: i64 = own.iter().map(|at| self.truth[*at]).sum();
            let figure = cell.upper();
            assert!(figure.is_none_or(|figure| figure == sum), "what is told is true");
            assert!(figure.is_none_or(|figure| figure == 0 || figure >= K), "{sum} is small");
            self.seen.push((own, figure));
        }
    }

    /// The small counts that are hidden and can be told to be small.
    fn found(&self) -> Vec<Seen> {
        let small = |(own, figure): &Seen| {
            let sum: i64 = own.iter().map(|at| self.truth[*at]).sum();
            figure.is_none() && sum < K
        };
        let alone = self.corrected.iter().map(|at| (vec![*at], None)).filter(|(own, _)| self.truth[own[0]] > 0);
        let all = self.seen.iter().cloned().chain(alone).filter(small);
        all.filter(|(own, _)| self.bound(own, None, OptimizationDirection::Maximize) < K as f64 - 1e-6).collect()
    }

    /// Hidden small counts of others that somebody computes who is the only one in a hidden cell, and knows that he is.
    fn betrayed(&self) -> Vec<(Seen, Seen)> {
        let sum = |own: &[usize]| own.iter().map(|at| self.truth[*at]).sum::<i64>();
        let small = |wanted: fn(i64) -> bool| -> BTreeMap<&Vec<usize>, &Seen> {
            let hidden = self.seen.iter().filter(|(own, figure)| figure.is_none() && wanted(sum(own)));
            hidden.map(|seen| (&seen.0, seen)).collect()
        };
        let (alone, secrets) = (small(|sum| sum == 1), small(|sum| sum < K));
        let mut betrayed = Vec::new();
        for (own, insider) in &alone {
            // Another cell of one that counts the same people, also before or after a correction, is he.
            let counted = |own: &[usize]| -> Vec<Atom> {
                own.iter().filter(|at| self.truth[**at] > 0).map(|at| self.atoms[*at]).collect()
            };
            let is_he = |target: &[usize]| {
                target.iter().all(|at| own.contains(at)) || (sum(target) == 1 && counted(target) == counted(own))
            };
            for (target, secret) in secrets.iter().filter(|(target, _)| !is_he(target)) {
                let least = self.bound(target, Some(own), OptimizationDirection::Minimize);
                let most = self.bound(target, Some(own), OptimizationDirection::Maximize);
                if most - least < 1e-6 {
                    betrayed.push(((*insider).clone(), (*secret).clone()));
                }
            }
        }
        betrayed
    }

    /// The least or the most that a sum can be; for somebody who knows that another one is 1.
    fn bound(&self, target: &[usize], alone: Option<&[usize]>, direction: OptimizationDirection) -> f64 {
        let mut problem = Problem::new(direction);
        let weight = |at: usize| f64::from(u8::from(target.contains(&at)));
        let variables: Vec<_> =
            (0..self.truth.len()).map(|at| problem.add_var(weight(at), (0.0, f64::INFINITY))).collect();
        let terms = |own: &[usize]| own.iter().map(|at| (variables[*at], 1.0)).collect::<Vec<_>>();
        for (own, figure) in &self.seen {
            match figure {
                Some(value) => problem.add_constraint(&terms(own)[..], ComparisonOp::Eq, *value as f64),
                // Zeros are shown: what is hidden is 1 or more.
                None => problem.add_constraint(&terms(own)[..], ComparisonOp::Ge, 1.0),
            };
        }
        if let Some(alone) = alone {
            problem.add_constraint(&terms(alone)[..], ComparisonOp::Eq, 1.0);
        }
        match problem.solve() {
            Ok(outcome) => outcome.into_solution().map_or(f64::NAN, |solution| solution.objective()),
            Err(microlp::Error::Unbounded) => f64::INFINITY,
            Err(error) => panic!("the attacker's programme: {error:?}"),
        }
    }
}

#[test]
fn any_edition_after_any_edition() {
    let (mut editions, mut silent, mut withheld, mut attacked) = (0, 0, 0, 0);
    let sequences = std::env::var("SEQUENCES").ok().and_then(|n| n.parse().ok()).unwrap_or(200);
    for seed in 0..sequences {
        let mut draw = Draw(seed);
        let mut truth: BTreeMap<Atom, i64> = BTreeMap::new();
        let atoms = (0..DISTRICTS.len()).flat_map(|d| (0..4).flat_map(move |q| (0..2).map(move |s| (d, q, s))));
        truth.extend(atoms.map(|atom| (atom, draw.count())));
        // A district that does not report for a quarter, and everybody knows which.
        let mut missing: Vec<(usize, usize)> = Vec::new();
        for (d, q) in (0..DISTRICTS.len()).flat_map(|d| (0..4).map(move |q| (d, q))) {
            if draw.below(8) == 0 {
                missing.push((d, q));
                truth.retain(|(own, at, _), _| (*own, *at) != (d, q));
            }
        }
        let (mut before, mut attacker) = (Remembered::default(), Attacker::default());
        let mut before_that = (AreaLevel::District, true);
        for number in 0..3 {
            for count in truth.values_mut().filter(|_| number > 0) {
                if draw.below(16) == 0 {
                    *count = draw.count();
                }
            }
            if number > 0 {
                let came: Vec<(usize, usize)> = missing.iter().copied().filter(|_| draw.below(4) == 0).collect();
                missing.retain(|one| !came.contains(one));
                for (d, q) in came {
                    truth.extend([0, 1].map(|sex| ((d, q, sex), draw.count())));
                }
            }
            let mut tables = [(); 4].map(|()| draw.below(2) == 0);
            tables[draw.below(2) as usize] = true;
            let chosen = Chosen {
                level: [AreaLevel::Country, AreaLevel::Province, AreaLevel::District][draw.below(3) as usize],
                quarters: 1 + draw.below(4) as usize,
                by_sex: draw.below(4) > 0,
                tables,
            };
            let counts = counts(&truth, &chosen, &before);
            let policy = Policy { effort: Some(Effort { search: 5, prune: 5, reach: 100 }), ..policy(K as u32) };
            let (wanted, name) = (wanted(&chosen), format!("e{number}"));
            let alone = Measure { counts: &counts, wanted: &wanted, secrets: &[], policy, before: &before };
            let done = protect(&[alone], &[], &name).remove(0);
            let fault = done.withheld.iter().find(|part| !matches!(part.cause, Cause::Told(_)));
            assert!(fault.is_none(), "seed {seed}, edition {number}: {fault:?}");
            editions += 1;
            silent += usize::from(done.told.is_empty());
            withheld += done.withheld.len();
            let (level, by_sex) = before_that;
            attacker.learn(&truth, &done.told, level, by_sex && chosen.by_sex);
            before_that = (counts.level, chosen.by_sex);
            before = done.remembered;
            let found = attacker.found();
            attacked += attacker.seen.iter().filter(|(_, figure)| figure.is_none()).count();
            let told = |(own, figure): &Seen| {
                let of = |at: &usize| attacker.variables.iter().find(|(_, own)| *own == at).map(|(atom, _)| *atom);
                let most = attacker.bound(own, None, OptimizationDirection::Maximize);
                format!(
                    "{:?} of {:?} is at most {most} ({figure:?})",
                    own.iter().map(of).collect::<Vec<_>>(),
                    own.iter().map(|at| attacker.truth[*at]).sum::<i64>()
                )
            };
            let found: Vec<String> = found.iter().map(told).collect();
            assert!(found.is_empty(), "seed {seed}, edition {number}: {found:#?}");
            // It takes long: every fourth sequence.
            let betrayed = if seed % 4 == 0 { attacker.betrayed() } else { Vec::new() };
            assert!(betrayed.is_empty(), "seed {seed}, edition {number}: {betrayed:?}");
        }
    }
    println!("{editions} editions, {silent} without any number, {withheld} parts withheld, {attacked} hidden cells");
    assert!(silent * 10 < editions, "{silent} of {editions} tell nothing");
}
