//! Any edition after any edition: levels, ends, tables, groups, kinds and corrections change at random, and an attacker who has
//! all editions, a linear programme of his own, and knows which counts were corrected, looks for what is hidden.
//!
//! `SEQUENCES` says how many are tried, `FIRST` from which on.

mod attacker;
mod drawn;

use super::*;
use attacker::Attacker;
use drawn::{Chosen, Draw, Form, Office, World};

const COUNT: Form = Form { parts: Parts::Count, upper: &[0], lower: &[] };
const SHARE: Form = Form { parts: Parts::Share, upper: &[0], lower: &[0, 1] };
const RATE: Form = Form { parts: Parts::Rate, upper: &[0], lower: &[1] };
const MEAN: Form = Form { parts: Parts::Mean, upper: &[], lower: &[1] };

/// Measures that are protected together, and what ties them: for each tie the whole and the part of it.
struct Scene {
    forms: &'static [Form],
    ties: &'static [(End, End, Tied)],
}

/// A measure by its place, and a number of it.
type End = (usize, CountPart);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tied {
    Same,
    Part,
}

use CountPart::{Denominator, Number, Numerator};

const LINKED: [Scene; 7] = [
    // A count, and the share whose upper number it is.
    Scene { forms: &[COUNT, SHARE], ties: &[((0, Number), (1, Numerator), Tied::Same)] },
    // A count, and the share of some of them.
    Scene {
        forms: &[Form { parts: Parts::Count, upper: &[0, 1], lower: &[] }, SHARE],
        ties: &[((0, Number), (1, Denominator), Tied::Same)],
    },
    Scene { forms: &[COUNT, COUNT], ties: &[((0, Number), (1, Number), Tied::Same)] },
    Scene {
        forms: &[Form { parts: Parts::Count, upper: &[0, 1], lower: &[] }, COUNT],
        ties: &[((0, Number), (1, Number), Tied::Part)],
    },
    // Two shares of the same people: some are in both, some in one of them, some in none.
    Scene {
        forms: &[
            Form { parts: Parts::Share, upper: &[0, 1], lower: &[0, 1, 2, 3] },
            Form { parts: Parts::Share, upper: &[0, 2], lower: &[0, 1, 2, 3] },
        ],
        ties: &[((0, Denominator), (1, Denominator), Tied::Same)],
    },
    // The cases of a mean are counted, and by a rate to others.
    Scene {
        forms: &[Form { parts: Parts::Mean, upper: &[], lower: &[0] }, COUNT, RATE],
        ties: &[
            ((0, Denominator), (1, Number), Tied::Same),
            ((1, Number), (2, Numerator), Tied::Same),
            ((0, Denominator), (2, Numerator), Tied::Same),
        ],
    },
    // Some of some.
    Scene {
        forms: &[
            Form { parts: Parts::Count, upper: &[0, 1, 2], lower: &[] },
            Form { parts: Parts::Share, upper: &[0], lower: &[0, 1] },
            COUNT,
        ],
        ties: &[((0, Number), (1, Denominator), Tied::Part), ((1, Numerator), (2, Number), Tied::Same)],
    },
];

/// What became of sequences.
#[derive(Default)]
struct Tally {
    editions: usize,
    silent: usize,
    withheld: usize,
    attacked: usize,
}

/// How sequences are drawn beside what is measured.
#[derive(Clone, Copy)]
struct Mischief {
    /// Below it counts are small; where ten are few, a zero is small as well.
    k: u32,
    /// A count becomes a share, and the like.
    kinds_change: bool,
    /// One in so many corrections has not come to an office yet.
    stale: Option<u64>,
    /// Offices do not hear from the same units.
    own_units: bool,
}

impl Scene {
    fn bonds(&self) -> Vec<Bond> {
        self.ties
            .iter()
            .map(|(whole, part, tied)| Bond { whole: *whole, part: *part, same: *tied == Tied::Same })
            .collect()
    }

    fn kinds(&self) -> usize {
        self.forms.iter().flat_map(Form::some).max().map_or(0, |kind| kind + 1)
    }
}

fn kinds_of(form: &Form, part: CountPart) -> &'static [usize] {
    if part == Denominator { form.lower } else { form.upper }
}

/// A sequence of three editions.
struct Sequence<'a> {
    scene: &'a Scene,
    mischief: Mischief,
    draw: Draw,
    world: World,
    offices: Vec<Office>,
    attacker: Attacker,
    policy: Policy,
}

impl<'a> Sequence<'a> {
    fn new(scene: &'a Scene, mischief: Mischief, seed: u64) -> Self {
        let mut draw = Draw(seed);
        let kinds = if mischief.kinds_change { 2 } else { scene.kinds() };
        let world = World::draw(&mut draw, kinds);
        let missing = Office::draw_missing(&mut draw);
        let mut office = |form: &Form| {
            let missing = if mischief.own_units { Office::draw_missing(&mut draw) } else { missing.clone() };
            Office::new(*form, missing)
        };
        let offices = scene.forms.iter().map(&mut office).collect();
        let policy = Policy { effort: Some(Effort { search: 5, prune: 5, reach: 100 }), ..policy(mischief.k) };
        Self { scene, mischief, draw, world, offices, attacker: Attacker::new(policy), policy }
    }

    /// What happens between two editions; gives the offices that have not heard of it.
    fn pass_time(&mut self) -> Vec<bool> {
        let Self { draw, world, offices, mischief, .. } = self;
        world.correct(draw);
        if mischief.own_units {
            offices.iter_mut().for_each(|office| office.come_late(draw));
        } else {
            let late = Draw(draw.below(u64::MAX >> 33));
            offices.iter_mut().for_each(|office| office.come_late(&mut Draw(late.0)));
        }
        if mischief.kinds_change && draw.one_in(4) {
            offices[0].form = [COUNT, SHARE, RATE, MEAN][draw.below(4) as usize];
        }
        offices.iter().map(|_| mischief.stale.is_some_and(|times| draw.one_in(times))).collect()
    }

    fn edition(&mut self, number: usize, tally: &mut Tally) {
        let stale = if number > 0 { self.pass_time() } else { vec![false; self.offices.len()] };
        let reports = self.offices.iter().zip(stale);
        let reports = reports.map(|(office, stale)| (!stale).then(|| office.counts_of(&self.world))).collect();
        let chosen: Vec<Chosen> = self.offices.iter().map(|_| Chosen::draw(&mut self.draw)).collect();
        let by_sex: Vec<bool> = chosen.iter().map(|chosen| chosen.by_sex).collect();
        self.attacker.hear(&mut self.offices, reports, &by_sex);
        // Measures of the same people are read as finely and as far as any of them.
        let reach = self.offices.iter().zip(&chosen).map(|(office, chosen)| office.reach(chosen));
        let reach = reach.reduce(|one, other| (one.0.max(other.0), one.1.max(other.1))).expect("there are offices");
        let counts: Vec<Counts> =
            self.offices.iter().zip(&chosen).map(|(office, chosen)| office.counts(chosen, reach)).collect();
        let wanted: Vec<Vec<Wanted>> = chosen.iter().map(Chosen::wanted).collect();
        let done = self.protect(&counts, &wanted, number);
        tally.editions += 1;
        let is_other = |done: &Protected| done.withheld.iter().any(|part| matches!(part.cause, Cause::Unlike(_)));
        tally.silent += usize::from(done.iter().all(|done| done.told.is_empty() && !is_other(done)));
        tally.withheld += done.iter().map(|done| done.withheld.len()).sum::<usize>();
        self.look(&done);
        for (((office, counts), chosen), done) in self.offices.iter_mut().zip(&counts).zip(&chosen).zip(done) {
            office.counted = Some((counts.level, chosen.by_sex));
            office.before = done.remembered;
        }
    }

    fn protect(&self, counts: &[Counts], wanted: &[Vec<Wanted>], number: usize) -> Vec<Protected> {
        let of = |at: usize| Measure {
            counts: &counts[at],
            wanted: &wanted[at],
            secrets: &[],
            policy: self.policy,
            before: &self.offices[at].before,
        };
        let measures: Vec<Measure> = (0..counts.len()).map(of).collect();
        let done = protect(&measures, &self.scene.bonds(), &format!("e{number}"));
        let is_fault = |cause: &Cause| match cause {
            Cause::Told(_) => false,
            Cause::Unlike(Unlike::Parts) => !self.mischief.kinds_change,
            _ => true,
        };
        let fault = done.iter().flat_map(|done| &done.withheld).find(|part| is_fault(&part.cause));
        assert!(fault.is_none(), "edition {number}: {fault:?}");
        done
    }

    /// The attacker reads what is told of each, and of those that are tied what one has more.
    fn look(&mut self, done: &[Protected]) {
        for (office, done) in self.offices.iter().zip(done) {
            self.attacker.read(office, &done.told);
        }
        for (whole, part, _) in self.scene.ties {
            let end = |(at, part): End| (&self.offices[at], kinds_of(&self.offices[at].form, part));
            let key = |told: &Told| (told.area.clone(), told.period, told.categories.clone());
            let others: BTreeSet<_> = done[part.0].told.iter().map(key).collect();
            let both = done[whole.0].told.iter().filter(|told| others.contains(&key(told))).cloned();
            self.attacker.compare(end(*whole), end(*part), &both.collect::<Vec<Told>>());
        }
    }
}

/// Sequences of counts in which the attacker finds something, and nobody has mended it yet: see ADR 34, what is open. Any other
/// that fails is a new fault.
const OPEN: [u64; 2] = [2425, 2518];

/// The sequences that are asked for.
fn seeds(usual: u64) -> std::ops::Range<u64> {
    let asked = |name: &str| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let first = asked("FIRST").unwrap_or(0);
    first..first + asked("SEQUENCES").unwrap_or(usual)
}

/// Tries sequences of each scene in turn.
fn attack(scenes: &[Scene], mischief: Mischief, seeds: impl Iterator<Item = u64>) {
    let mut tally = Tally::default();
    for seed in seeds {
        let mut sequence = Sequence::new(&scenes[seed as usize % scenes.len()], mischief, seed);
        for number in 0..3 {
            sequence.edition(number, &mut tally);
            tally.attacked += sequence.attacker.hidden();
            let found = sequence.attacker.found();
            assert!(found.is_empty(), "seed {seed}, edition {number}: {found:#?}");
            // It takes long: every fourth sequence.
            let betrayed = if seed / 4 % 4 == 0 { sequence.attacker.betrayed() } else { Vec::new() };
            assert!(betrayed.is_empty(), "seed {seed}, edition {number}: {betrayed:#?}");
        }
    }
    let Tally { editions, silent, withheld, attacked } = tally;
    println!("{editions} editions, {silent} without any number, {withheld} parts withheld, {attacked} hidden cells");
    assert!(silent * 10 < editions, "{silent} of {editions} tell nothing");
}

const QUIET: Mischief = Mischief { k: 5, kinds_change: false, stale: None, own_units: false };

const COUNTS: [Scene; 1] = [Scene { forms: &[COUNT], ties: &[] }];

const ALONE: [Scene; 4] = [
    Scene { forms: &[COUNT], ties: &[] },
    Scene { forms: &[SHARE], ties: &[] },
    Scene { forms: &[RATE], ties: &[] },
    Scene { forms: &[MEAN], ties: &[] },
];

#[test]
fn any_edition_after_any_edition() {
    attack(&COUNTS, QUIET, seeds(80).filter(|seed| !OPEN.contains(seed)));
}

#[test]
#[ignore = "finds numbers: see ADR 34, what is open"]
fn what_is_open() {
    attack(&COUNTS, QUIET, OPEN.into_iter());
}

/// The attacker finds nothing in 700 sequences, and something in the 703rd: see ADR 34, what is open.
#[test]
fn shares_rates_and_means_after_any_edition() {
    attack(&ALONE, QUIET, seeds(80));
}

#[test]
#[ignore = "finds a number: see ADR 34, what is open"]
fn any_edition_after_any_edition_where_a_zero_is_small() {
    attack(&ALONE, Mischief { k: 10, ..QUIET }, seeds(80));
}

#[test]
#[ignore = "finds a number in the 210th: see ADR 34, what is open"]
fn any_edition_after_any_edition_where_a_count_becomes_a_share() {
    attack(&ALONE, Mischief { kinds_change: true, ..QUIET }, seeds(40));
}

#[test]
#[ignore = "finds numbers: see ADR 34, what is open"]
fn any_edition_after_any_edition_of_measures_of_the_same_people() {
    attack(&LINKED, QUIET, seeds(40));
}

#[test]
#[ignore = "finds numbers: see ADR 34, what is open"]
fn any_edition_after_any_edition_of_measures_that_were_corrected_one_by_one() {
    attack(&LINKED, Mischief { stale: Some(4), own_units: true, ..QUIET }, seeds(40));
}
