//! What sequences of editions draw: people of some kinds by district, quarter and sex, the offices that report numbers of them,
//! what is corrected and comes late, and what is chosen for an edition. Refuses to know what may be told.

use romduol_plan::kinds::AreaLevel;

use super::super::*;
use crate::edition::counts::Places;

pub const DISTRICTS: [&str; 6] = ["A1", "A2", "B1", "B2", "C1", "C2"];
pub const SEXES: [&str; 2] = ["f", "m"];

/// District, quarter, sex.
pub type Atom = (usize, usize, usize);

/// People of one kind at one place and time: what every reported number is a sum of.
pub type People = (Atom, usize);

/// What somebody counted.
pub type Report = BTreeMap<People, i64>;

/// What an attacker calls a count: the same as long as it is not corrected.
pub type Variable = usize;

pub struct Draw(pub u64);

impl Draw {
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Once in so many times.
    pub fn one_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }

    fn count(&mut self) -> i64 {
        (if self.one_in(2) { self.below(7) } else { self.below(60) }).cast_signed()
    }
}

/// A measure: of which kinds of people its upper and its lower number are the sums.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    pub parts: Parts,
    pub upper: &'static [usize],
    pub lower: &'static [usize],
}

impl Form {
    /// Every number of it that tells of people, by its kinds; in the order of [`Form::figures`].
    pub fn numbers(&self) -> Vec<Vec<usize>> {
        let (upper, lower) = (self.upper.to_vec(), self.lower.to_vec());
        match self.parts {
            Parts::Count => vec![upper],
            Parts::Share => vec![upper, self.others(), lower],
            Parts::Rate => vec![upper, lower],
            Parts::Mean => vec![lower],
        }
    }

    pub fn figures(&self, pair: Pair) -> Vec<i64> {
        match self.parts {
            Parts::Count => vec![pair.upper],
            Parts::Share => vec![pair.upper, pair.lower - pair.upper, pair.lower],
            Parts::Rate => vec![pair.upper, pair.lower],
            Parts::Mean => vec![pair.lower],
        }
    }

    /// The kinds of which there is somebody wherever a cell is hidden: not all of its numbers are zero then.
    pub fn some(&self) -> BTreeSet<usize> {
        self.upper.iter().chain(self.lower).copied().collect()
    }

    fn others(&self) -> Vec<usize> {
        self.lower.iter().copied().filter(|kind| !self.upper.contains(kind)).collect()
    }
}

/// What is chosen for an edition.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub level: AreaLevel,
    pub quarters: usize,
    pub by_sex: bool,
    pub tables: [bool; 4],
}

impl Chosen {
    pub fn draw(draw: &mut Draw) -> Self {
        let mut tables = [(); 4].map(|()| draw.one_in(2));
        tables[draw.below(2) as usize] = true;
        Self {
            level: [AreaLevel::Country, AreaLevel::Province, AreaLevel::District][draw.below(3) as usize],
            quarters: 1 + draw.below(4) as usize,
            by_sex: !draw.one_in(4),
            tables,
        }
    }

    pub fn wanted(&self) -> Vec<Wanted> {
        let mut periods: Vec<Period> = (0..self.quarters).map(quarter).collect();
        periods.extend((self.quarters == 4).then(|| Period::year(2025)));
        let table = |areas: Vec<Id>, dimensions: Vec<usize>| Wanted {
            outlet: Outlet::Table,
            areas,
            periods: periods.clone(),
            dimensions,
        };
        let [time, place, group, both] = self.tables;
        let mut wanted = Vec::new();
        let all = || places(self.level).shown();
        wanted.extend(time.then(|| table(vec!["KH".into()], Vec::new())));
        wanted.extend(place.then(|| table(all(), Vec::new())));
        wanted.extend((group && self.by_sex).then(|| table(vec!["KH".into()], vec![0])));
        wanted.extend((both && self.by_sex).then(|| table(all(), vec![0])));
        wanted
    }
}

/// Everybody there is, as those know who count them.
pub struct World {
    people: BTreeMap<People, i64>,
}

impl World {
    pub fn draw(draw: &mut Draw, kinds: usize) -> Self {
        let atoms = (0..DISTRICTS.len()).flat_map(|d| (0..4).flat_map(move |q| (0..2).map(move |s| (d, q, s))));
        let people = atoms.flat_map(|atom| (0..kinds).map(move |kind| (atom, kind)));
        Self { people: people.map(|one| (one, draw.count())).collect() }
    }

    /// Some counts turn out to have been wrong.
    pub fn correct(&mut self, draw: &mut Draw) {
        for count in self.people.values_mut() {
            if draw.one_in(16) {
                *count = draw.count();
            }
        }
    }
}

/// Who reports a measure.
pub struct Office {
    pub form: Form,
    /// Districts and quarters of which nothing came in.
    missing: Vec<(usize, usize)>,
    /// What it reported, and which count of an attacker each is.
    pub reported: BTreeMap<People, (i64, Variable)>,
    pub before: Remembered,
    /// What was counted for the edition before: by which level and whether by sex.
    pub counted: Option<(AreaLevel, bool)>,
}

impl Office {
    pub fn new(form: Form, missing: Vec<(usize, usize)>) -> Self {
        Self { form, missing, reported: BTreeMap::new(), before: Remembered::default(), counted: None }
    }

    pub fn draw_missing(draw: &mut Draw) -> Vec<(usize, usize)> {
        let all = (0..DISTRICTS.len()).flat_map(|d| (0..4).map(move |q| (d, q)));
        all.filter(|_| draw.one_in(8)).collect()
    }

    /// Some that did not report do now.
    pub fn come_late(&mut self, draw: &mut Draw) {
        self.missing.retain(|_| !draw.one_in(4));
    }

    /// What it counts, wherever it reports.
    pub fn counts_of(&self, world: &World) -> Report {
        let kinds = self.form.some();
        let own = |((district, q, _), kind): &People| kinds.contains(kind) && !self.missing.contains(&(*district, *q));
        world.people.iter().filter(|(one, _)| own(one)).map(|(one, count)| (*one, *count)).collect()
    }

    /// How finely and how far it was told or is to be told: the level, and the number of quarters.
    pub fn reach(&self, chosen: &Chosen) -> (AreaLevel, usize) {
        let told_to = self.before.until();
        let is_told = |at: &usize| told_to.is_some_and(|until| quarter(*at).last_month() <= until.last_month());
        let level = self.before.level().map_or(chosen.level, |told| told.max(chosen.level));
        (level, chosen.quarters.max((0..4).filter(is_told).count()))
    }

    /// What it reported, read as finely and as far as that.
    pub fn counts(&self, chosen: &Chosen, (level, quarters): (AreaLevel, usize)) -> Counts {
        let periods: Vec<Period> = (0..quarters).map(quarter).collect();
        let mut at: BTreeMap<Leaf, Pair> = BTreeMap::new();
        for (&((district, q, sex), kind), (count, _)) in &self.reported {
            if q >= quarters {
                continue;
            }
            let categories = if chosen.by_sex { vec![SEXES[sex].to_string()] } else { Vec::new() };
            let pair = at.entry((place(district, level), quarter(q), categories)).or_default();
            pair.upper += if self.form.upper.contains(&kind) { *count } else { 0 };
            pair.lower += if self.form.lower.contains(&kind) { *count } else { 0 };
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
            parts: self.form.parts,
            level,
        }
    }
}

pub fn quarter(at: usize) -> Period {
    Period::quarter(2025, u8::try_from(at + 1).unwrap_or(1))
}

pub fn place(district: usize, level: AreaLevel) -> String {
    match level {
        AreaLevel::Country => "KH".into(),
        AreaLevel::Province => DISTRICTS[district][..1].into(),
        _ => DISTRICTS[district].into(),
    }
}

/// Whether an attacker sees a count in the cell.
pub fn is_inside(cell: &Told, &(district, q, sex): &Atom) -> bool {
    (cell.area == "KH" || DISTRICTS[district].starts_with(&cell.area))
        && cell.period.contains(quarter(q))
        && cell.categories.first().is_none_or(|category| category == SEXES[sex])
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
