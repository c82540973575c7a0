//! An attacker who has all editions, a linear programme of his own, and knows the rule, which units reported and which counts
//! were corrected. Refuses to know how anything was protected.

use microlp::{ComparisonOp, OptimizationDirection, Problem};
use romduol_plan::kinds::AreaLevel;

use super::super::*;
use super::drawn::{Atom, DISTRICTS, Office, People, Report, SEXES, Variable, is_inside, place};

/// A sum of counts.
pub type Sum = BTreeSet<Variable>;

/// What everybody has seen.
pub struct Attacker {
    policy: Policy,
    /// By variable.
    truth: Vec<i64>,
    people: Vec<People>,
    told: BTreeMap<Sum, i64>,
    /// What was no more and no less before, whatever it was made of.
    equal: Vec<(Sum, Sum)>,
    /// Of which everybody knows that somebody is in them: what is hidden, where zeros are shown.
    some: BTreeSet<Sum>,
    /// Cells that were hidden.
    hidden: BTreeSet<Sum>,
    /// What no table tells, and is to stay unknown if it is small.
    beside: BTreeSet<Sum>,
    /// Counts that fit all that was seen.
    fits: Vec<Vec<f64>>,
}

impl Attacker {
    pub fn new(policy: Policy) -> Self {
        let (truth, people, told, some, equal) = Default::default();
        let (hidden, beside, fits) = Default::default();
        Self { policy, truth, people, told, equal, some, hidden, beside, fits }
    }

    /// Offices report anew, those of which there is a report. A count stays the same variable where nobody who reports it has
    /// changed it, or one who reports it alone and as finely as can be; and where another one has the number already. Where
    /// a number of several kinds stays, its sum does.
    pub fn hear(&mut self, offices: &mut [Office], reports: Vec<Option<Report>>, by_sex: &[bool]) {
        let cells = |((office, report), by_sex): ((&Office, &Option<Report>), &bool)| {
            report.as_ref().map(|report| cells(office, report, *by_sex)).unwrap_or_default()
        };
        let cells: Vec<Vec<Cell>> = offices.iter().zip(&reports).zip(by_sex).map(cells).collect();
        let changed: BTreeSet<People> = all(&cells, |cell| !cell.same).collect();
        let fine: BTreeSet<People> = all(&cells, |cell| cell.same && cell.people.len() == 1).collect();
        let stays = |one: &People| !changed.contains(one) || fine.contains(one);
        let old: Vec<BTreeMap<People, (i64, Variable)>> = offices.iter().map(|own| own.reported.clone()).collect();
        // What stands, wherever it does: by those who have it alone, or for those who have not had it.
        let (mut alone, mut any) = (BTreeMap::new(), BTreeMap::new());
        for ((office, report), cells) in offices.iter().zip(&reports).zip(&cells) {
            let same: BTreeSet<People> =
                cells.iter().filter(|cell| cell.same).flat_map(|cell| &cell.people).copied().collect();
            for (one, (count, variable)) in
                office.reported.iter().filter(|(one, _)| report.is_none() || same.contains(one))
            {
                any.insert((*one, *count), *variable);
                if office.form.numbers().iter().any(|kinds| *kinds == [one.1]) {
                    alone.insert((*one, *count), *variable);
                }
            }
        }
        for (office, report) in offices.iter_mut().zip(reports) {
            let Some(report) = report else { continue };
            let mut own = BTreeMap::new();
            for (one, count) in report {
                let before = office.reported.get(&one);
                let kept = before.filter(|(old, _)| *old == count && stays(&one)).map(|(_, variable)| *variable);
                let elsewhere = if before.is_some() && !stays(&one) { &alone } else { &any };
                let variable = kept.or_else(|| elsewhere.get(&(one, count)).copied());
                let variable = variable.unwrap_or_else(|| self.variable(one, count));
                any.insert((one, count), variable);
                alone.insert((one, count), variable);
                own.insert(one, (count, variable));
            }
            let old = std::mem::replace(&mut office.reported, own);
            let is_new = |one: &People, own: &(i64, Variable)| old.get(one) != Some(own);
            let new = office.reported.iter().filter(|(one, own)| is_new(one, own));
            let atoms: BTreeSet<Atom> = new.map(|((atom, _), _)| *atom).collect();
            if office.before.level().is_some() {
                self.come_in(office, &atoms);
            }
        }
        for ((office, old), cells) in offices.iter().zip(old).zip(cells) {
            let of = |all: &BTreeMap<People, (i64, Variable)>, cell: &Cell| -> Sum {
                cell.people.iter().filter_map(|one| all.get(one)).map(|(_, variable)| *variable).collect()
            };
            let both = cells.iter().filter(|cell| cell.same).map(|cell| (of(&old, cell), of(&office.reported, cell)));
            self.equal.extend(both.filter(|(then, now)| then != now));
        }
    }

    /// What came in after something was told is a count of its own, which no table need tell.
    fn come_in(&mut self, office: &Office, atoms: &BTreeSet<Atom>) {
        for atom in atoms {
            let numbers = office.form.numbers().into_iter().map(|kinds| self.sum(office, &kinds, |own| own == atom));
            let alone: Vec<Sum> = numbers.filter(|sum| self.truth_of(sum) > 0).collect();
            self.beside.extend(alone);
        }
    }

    fn variable(&mut self, one: People, count: i64) -> Variable {
        self.truth.push(count);
        self.people.push(one);
        self.truth.len() - 1
    }

    fn sum(&self, office: &Office, kinds: &[usize], inside: impl Fn(&Atom) -> bool) -> Sum {
        let own = office.reported.iter().filter(|((atom, kind), _)| kinds.contains(kind) && inside(atom));
        own.map(|(_, (_, variable))| *variable).collect()
    }

    fn truth_of(&self, sum: &Sum) -> i64 {
        sum.iter().map(|at| self.truth[*at]).sum()
    }

    fn is_small(&self, sum: &Sum) -> bool {
        self.policy.is_small(self.truth_of(sum))
    }

    /// Reads the cells of an edition.
    pub fn read(&mut self, office: &Office, cells: &[Told]) {
        self.fits.clear();
        for cell in cells {
            let figures = cell.pair().map(|pair| office.form.figures(pair));
            for (at, kinds) in office.form.numbers().iter().enumerate() {
                let sum = self.sum(office, kinds, |atom| is_inside(cell, atom));
                let Some(figure) = figures.as_ref().map(|figures| figures[at]) else {
                    self.hidden.insert(sum);
                    continue;
                };
                assert_eq!(figure, self.truth_of(&sum), "what is told is true: {cell:?}");
                assert!(!self.is_small(&sum), "{figure} is small: {cell:?}");
                self.told.insert(sum, figure);
            }
            if figures.is_none() && self.policy.zeros == Zeros::Shown {
                let kinds: Vec<usize> = office.form.some().into_iter().collect();
                self.some.insert(self.sum(office, &kinds, |atom| is_inside(cell, atom)));
            }
        }
    }

    /// What one number has more than another one of the same cell is a count of people, too.
    pub fn compare(
        &mut self,
        (whole, kinds): (&Office, &[usize]),
        (part, others): (&Office, &[usize]),
        cells: &[Told],
    ) {
        for cell in cells {
            let whole = self.sum(whole, kinds, |atom| is_inside(cell, atom));
            let part = self.sum(part, others, |atom| is_inside(cell, atom));
            if part.is_subset(&whole) && part.len() < whole.len() {
                self.beside.insert(whole.difference(&part).copied().collect());
            }
        }
    }

    pub fn hidden(&self) -> usize {
        self.hidden.len()
    }

    /// The small counts that can be told to be small, in words.
    pub fn found(&mut self) -> Vec<String> {
        let small: Vec<Sum> = self.hidden.union(&self.beside).filter(|sum| self.is_small(sum)).cloned().collect();
        let mut found = Vec::new();
        for sum in small {
            let enough = f64::from(self.policy.k) - 1e-6;
            if self.fits.iter().any(|fit| total(fit, &sum) >= enough) {
                continue;
            }
            let most = self.bound(&sum, None, OptimizationDirection::Maximize);
            if most.as_ref().is_none_or(|most| total(most, &sum) >= enough) {
                self.fits.extend(most);
                continue;
            }
            found.push(format!("{} is at most {:?}", self.say(&sum), most.map(|most| total(&most, &sum))));
        }
        found
    }

    /// Hidden small counts of others that somebody computes who is the only one in a hidden cell, and knows that he is.
    pub fn betrayed(&self) -> Vec<String> {
        let alone = self.hidden.iter().filter(|sum| self.truth_of(sum) == 1);
        let mut betrayed = Vec::new();
        for own in alone {
            let mut fits: Vec<Vec<f64>> = Vec::new();
            for target in self.hidden.iter().filter(|sum| self.is_small(sum) && !self.is_he(own, sum)) {
                let differ = |fits: &[Vec<f64>]| {
                    let values = || fits.iter().map(|fit| total(fit, target));
                    values().fold(f64::MIN, f64::max) - values().fold(f64::MAX, f64::min) > 1e-6
                };
                for direction in [OptimizationDirection::Maximize, OptimizationDirection::Minimize] {
                    if !differ(&fits) {
                        // Where there is no end to it, nothing is computed.
                        match self.bound(target, Some(own), direction) {
                            Some(fit) => fits.push(fit),
                            None => break,
                        }
                    }
                }
                let endless = || self.bound(target, Some(own), OptimizationDirection::Maximize).is_none();
                if !differ(&fits) && !endless() {
                    betrayed.push(format!("{} tells {}", self.say(own), self.say(target)));
                }
            }
        }
        betrayed
    }

    /// Another cell of one that counts the same person, also before or after a correction.
    fn is_he(&self, own: &Sum, target: &Sum) -> bool {
        let counted = |sum: &Sum| -> Vec<People> {
            sum.iter().filter(|at| self.truth[**at] > 0).map(|at| self.people[*at]).collect()
        };
        target.is_subset(own) || (self.truth_of(target) == 1 && counted(own) == counted(target))
    }

    /// Counts that fit all that was seen, in which a sum is the least or the most that it can be; none where there is no end
    /// to it. For somebody who knows that another one is 1, if he is given.
    fn bound(&self, target: &Sum, alone: Option<&Sum>, direction: OptimizationDirection) -> Option<Vec<f64>> {
        let mut problem = Problem::new(direction);
        let weight = |at: usize| f64::from(u8::from(target.contains(&at)));
        let variables: Vec<_> =
            (0..self.truth.len()).map(|at| problem.add_var(weight(at), (0.0, f64::INFINITY))).collect();
        let terms = |sum: &Sum| sum.iter().map(|at| (variables[*at], 1.0)).collect::<Vec<_>>();
        for (sum, figure) in &self.told {
            problem.add_constraint(&terms(sum)[..], ComparisonOp::Eq, *figure as f64);
        }
        for (then, now) in &self.equal {
            let less = then.difference(now).map(|at| (variables[*at], -1.0));
            let more = now.difference(then).map(|at| (variables[*at], 1.0));
            problem.add_constraint(&less.chain(more).collect::<Vec<_>>()[..], ComparisonOp::Eq, 0.0);
        }
        for sum in &self.some {
            problem.add_constraint(&terms(sum)[..], ComparisonOp::Ge, 1.0);
        }
        if let Some(alone) = alone {
            problem.add_constraint(&terms(alone)[..], ComparisonOp::Eq, 1.0);
        }
        match problem.solve() {
            Ok(outcome) => {
                let solution = outcome.into_solution().expect("it was not interrupted");
                Some(variables.iter().map(|variable| solution[*variable]).collect())
            }
            Err(microlp::Error::Unbounded) => None,
            Err(error) => panic!("the attacker's programme: {error:?}"),
        }
    }

    fn say(&self, sum: &Sum) -> String {
        let one = |at: &Variable| {
            let ((district, q, sex), kind) = self.people[*at];
            format!("{}.{}{}.{kind}#{at}={}", DISTRICTS[district], q + 1, SEXES[sex], self.truth[*at])
        };
        format!("{} of {:?}", self.truth_of(sum), sum.iter().map(one).collect::<Vec<_>>().join(" "))
    }
}

/// A number of an office at a place and time, and whether it is what it was.
struct Cell {
    people: Vec<People>,
    same: bool,
}

fn all(cells: &[Vec<Cell>], wanted: impl Fn(&Cell) -> bool) -> impl Iterator<Item = People> {
    cells.iter().flatten().filter(move |cell| wanted(cell)).flat_map(|cell| cell.people.iter().copied())
}

/// What an office reports, as finely as it was counted for this edition and the one before.
fn cells(office: &Office, report: &Report, by_sex: bool) -> Vec<Cell> {
    let (level, sexes) = office.counted.unwrap_or((AreaLevel::Country, false));
    let by_sex = by_sex && sexes;
    let numbers = office.form.numbers();
    // The lower number of a share is known from its parts.
    let numbers = if office.form.parts == Parts::Share { &numbers[..2] } else { &numbers[..] };
    let mut found: BTreeMap<_, Cell> = BTreeMap::new();
    for (one, count) in report {
        let ((district, q, sex), kind) = *one;
        let number = numbers.iter().position(|kinds| kinds.contains(&kind));
        let cell = found.entry((place(district, level), q, by_sex.then_some(sex), number));
        let cell = cell.or_insert_with(|| Cell { people: Vec::new(), same: true });
        cell.people.push(*one);
        cell.same &= office.reported.get(one).is_some_and(|(old, _)| old == count);
    }
    found.into_values().collect()
}

fn total(fit: &[f64], sum: &Sum) -> f64 {
    sum.iter().map(|at| fit[*at]).sum()
}
