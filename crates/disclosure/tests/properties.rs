//! What must hold for every table: thousands of small ones, made at random, and an attacker who has nothing of ours but
//! the published figures.

mod common;

use common::{at_least, interval, objective};
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use romduol_disclosure::*;

/// A made-up edition, with what the attacker needs of it: leaves of every code, counts of every leaf.
#[derive(Clone, Debug)]
struct Made {
    sizes: Vec<u32>,
    /// By dimension: further codes.
    groups: Vec<Vec<Vec<u32>>>,
    counts: Vec<i64>,
    /// By table and dimension: whether it is broken down by it.
    tables: Vec<Vec<bool>>,
    zeros: Zeros,
    seed: u64,
}

fn made() -> impl Strategy<Value = Made> {
    let zeros = prop_oneof![Just(Zeros::Shown), Just(Zeros::Eligible), Just(Zeros::Protected)];
    let shape = (prop::collection::vec(2..5_u32, 1..4), zeros, any::<u64>());
    shape.prop_flat_map(|(sizes, zeros, seed)| {
        let cells = sizes.iter().product::<u32>() as usize;
        let groups: Vec<_> = sizes
            .iter()
            .map(|&size| prop::collection::vec(prop::collection::btree_set(0..size, 2..=size as usize), 0..3))
            .collect();
        let counts = prop::collection::vec(prop_oneof![3 => 0..6_i64, 2 => 5..40_i64], cells);
        let tables = prop::collection::vec(prop::collection::vec(any::<bool>(), sizes.len()), 1..4);
        (groups, counts, tables).prop_map(move |(groups, counts, tables)| Made {
            sizes: sizes.clone(),
            groups: groups.into_iter().map(|g| g.into_iter().map(|set| set.into_iter().collect()).collect()).collect(),
            counts,
            tables,
            zeros,
            seed,
        })
    })
}

impl Made {
    fn policy(&self) -> Policy {
        let effort = Some(Effort { search: 5, prune: 5, reach: 400 });
        Policy { k: 5, zeros: self.zeros, seed: self.seed, effort, ..Policy::people() }
    }

    fn codes(&self, d: usize) -> Vec<(String, Vec<u32>)> {
        let leaves = (0..self.sizes[d]).map(|leaf| (format!("{leaf}"), vec![leaf]));
        let groups = self.groups[d].iter().enumerate().map(|(at, group)| (format!("g{at}"), group.clone()));
        leaves.chain(groups).chain([("all".to_string(), (0..self.sizes[d]).collect())]).collect()
    }

    fn edition(&self, tables: &[Vec<bool>]) -> Edition {
        let dimensions = (0..self.sizes.len()).map(|d| {
            let mut dimension =
                Dimension::new(&format!("d{d}"), (0..self.sizes[d]).map(|leaf| leaf.to_string())).unwrap();
            for (at, group) in self.groups[d].iter().enumerate() {
                dimension = dimension.group(&format!("g{at}"), group.iter().map(ToString::to_string)).unwrap();
            }
            dimension.total("all").unwrap()
        });
        let mut edition = Edition::new(dimensions.collect(), self.policy());
        for (at, &count) in self.counts.iter().enumerate() {
            edition.count_at(self.leaves(at), count).unwrap();
        }
        for (number, table) in tables.iter().enumerate() {
            let mut shape = Table::new(&format!("t{number}"));
            for d in (0..table.len()).filter(|&d| table[d]) {
                shape = shape.by(&format!("d{d}"), self.codes(d).into_iter().map(|code| code.0));
            }
            edition.publish(shape);
        }
        edition
    }

    fn leaves(&self, mut at: usize) -> Vec<u32> {
        let mut leaves = vec![0; self.sizes.len()];
        for (leaf, &size) in leaves.iter_mut().zip(&self.sizes).rev() {
            (*leaf, at) = (at as u32 % size, at / size as usize);
        }
        leaves
    }

    /// The leaves of every cell of a table, in the order of its figures.
    fn cells(&self, table: &[bool]) -> Vec<Vec<usize>> {
        let mut cells: Vec<Vec<Vec<u32>>> = vec![Vec::new()];
        for (d, &broken_down) in table.iter().enumerate() {
            let codes = if broken_down {
                self.codes(d).into_iter().map(|code| code.1).collect()
            } else {
                vec![(0..self.sizes[d]).collect()]
            };
            cells = cells
                .iter()
                .flat_map(|cell| codes.iter().map(|code| [cell.as_slice(), std::slice::from_ref(code)].concat()))
                .collect();
        }
        let inside =
            |cell: &Vec<Vec<u32>>, at: usize| self.leaves(at).iter().zip(cell).all(|(leaf, set)| set.contains(leaf));
        cells.iter().map(|cell| (0..self.counts.len()).filter(|&at| inside(cell, at)).collect()).collect()
    }
}

/// Everything published of some editions, each cell once: its leaves, the figure, the truth.
fn published(made: &Made, parts: &[(&[Vec<bool>], &Release)]) -> Vec<(Vec<usize>, Figure, i64)> {
    let mut all: Vec<(Vec<usize>, Figure, i64)> = Vec::new();
    for (tables, release) in parts {
        for (table, published) in tables.iter().zip(&release.tables) {
            for (leaves, &figure) in made.cells(table).into_iter().zip(&published.figures) {
                let truth = leaves.iter().map(|&at| made.counts[at]).sum();
                if let Some(value) = figure.count() {
                    assert_eq!(value, truth);
                }
                match all.iter().find(|other| other.0 == leaves) {
                    Some(other) => assert_eq!(other.1, figure, "one cell, one figure"),
                    None => all.push((leaves, figure, truth)),
                }
            }
        }
    }
    all
}

/// Looks for a small count that can be told from everything published, over leaves and with bounds on what is hidden.
fn attack(made: &Made, all: &[(Vec<usize>, Figure, i64)]) {
    let least = if made.zeros == Zeros::Shown { 1.0 } else { 0.0 };
    for (target, figure, truth) in all {
        if *figure != Figure::Hidden || !made.policy().is_small(*truth) {
            assert!(*figure == Figure::Hidden || !made.policy().is_small(*truth), "a small count is shown");
            continue;
        }
        let ask = |direction| {
            let mut problem = Problem::new(direction);
            let leaves: Vec<_> = (0..made.counts.len())
                .map(|at| problem.add_var(f64::from(u8::from(target.contains(&at))), (0.0, f64::INFINITY)))
                .collect();
            for (cell, figure, _) in all {
                let terms: Vec<_> = cell.iter().map(|&at| (leaves[at], 1.0)).collect();
                match figure.count() {
                    Some(value) => problem.add_constraint(&terms, ComparisonOp::Eq, value as f64),
                    None => problem.add_constraint(&terms, ComparisonOp::Ge, least),
                };
            }
            objective(&problem)
        };
        let most = ask(OptimizationDirection::Maximize).unwrap_or(f64::INFINITY);
        assert!(most > 5.0 - 1e-6, "{target:?} is {truth} and can be told to be at most {most}");
    }
}

fn run(cases: u32, check: impl Fn(Made) -> Result<(), TestCaseError>) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    TestRunner::new_with_rng(config, rng).run(&made(), check).unwrap();
}

/// P2, and that the sums say everything: the attacker makes his own from the leaves.
#[test]
fn an_attacker_finds_nothing() {
    run(2_000, |made| {
        let release = suppress(&made.edition(&made.tables), &Memory::new())
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        attack(&made, &published(&made, &[(&made.tables, &release)]));
        Ok(())
    });
}

/// P10: what came out first stays safe when more comes out.
#[test]
fn an_attacker_with_two_editions_finds_nothing() {
    run(500, |made| {
        let (first, second) = made.tables.split_at(made.tables.len().div_ceil(2));
        let one = suppress(&made.edition(first), &Memory::new())
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        if let Ok(two) = suppress(&made.edition(second), &one.memory) {
            let both = published(&made, &[(first, &one), (second, &two)]);
            attack(&made, &both);
            prop_assert!(two.memory.entries().starts_with(one.memory.entries()), "a memory is only added to");
        }
        Ok(())
    });
}

/// P1: computed without bounds if and only if the audit says so. P3: hiding more computes nothing new.
#[test]
fn the_audit_finds_what_can_be_computed_and_only_that() {
    run(300, |made| {
        let system = made.edition(&made.tables).system().unwrap();
        let mut hidden: Vec<bool> =
            system.cells().iter().map(|cell| cell.role == Role::Unpublished || cell.is_primary()).collect();
        let computed = |hidden: &[bool]| -> Vec<u32> {
            let findings = audit(&system, hidden, &[], false).err().unwrap_or_default();
            findings
                .into_iter()
                .filter_map(|finding| if let Finding::Computed { cell, .. } = finding { Some(cell) } else { None })
                .collect()
        };
        let before = computed(&hidden);
        for at in (0..hidden.len()).filter(|&at| hidden[at] && system.cells()[at].is_primary()) {
            let (least, most) = interval(&system, &hidden, at, at_least(f64::NEG_INFINITY));
            prop_assert_eq!(most - least < 1e-6, before.contains(&(at as u32)), "cell {}", at);
        }
        let more = (0..hidden.len()).find(|&at| !hidden[at] && system.cells()[at].role == Role::Open);
        if let Some(more) = more {
            hidden[more] = true;
            prop_assert!(computed(&hidden).iter().all(|cell| before.contains(cell)));
        }
        Ok(())
    });
}

/// P4: nothing more can be published. P7: the same again is the same. P11: a changed witness is a false one.
#[test]
fn elimination_is_maximal_and_everything_is_repeatable() {
    run(300, |made| {
        let edition = made.edition(&made.tables);
        let system = edition.system().unwrap();
        let hidden = uncomputable(&system, 0, made.seed);
        let open = |hidden: &[bool]| {
            let findings = audit(&system, hidden, &[], false).err().unwrap_or_default();
            findings.iter().any(|finding| matches!(finding, Finding::Computed { .. }))
        };
        prop_assert!(!open(&hidden));
        for at in (0..hidden.len())
            .filter(|&at| hidden[at] && system.cells()[at].role == Role::Open && !system.cells()[at].is_primary())
        {
            let mut less = hidden.clone();
            less[at] = false;
            prop_assert!(open(&less), "cell {} was hidden for nothing", at);
        }
        let (a, b) = (suppress(&edition, &Memory::new()).unwrap(), suppress(&edition, &Memory::new()).unwrap());
        prop_assert_eq!((&a.tables, &a.witnesses, &a.memory), (&b.tables, &b.witnesses, &b.memory));
        if !a.witnesses.is_empty() {
            let mut witnesses = a.witnesses.clone();
            let number = made.seed as usize % witnesses.len();
            let at = made.seed as usize / 7 % witnesses[number].len();
            witnesses[number][at].1 = -1_000_000;
            prop_assert!(audit(&a.system, &a.hidden, &witnesses, false).is_err());
        }
        Ok(())
    });
}

/// P8: few hidden cells, all tables of whole numbers counted out. P9: never cheaper than the cheapest.
#[test]
fn small_tables_are_counted_out() {
    let mut gaps = [0_u64; 2];
    for seed in 0..60_i64 {
        let value = |at: i64| (seed * 7919 + at * at * 31 + at * 17) % 9;
        let rows = [[value(1), value(2) + 3, value(3)], [value(4) + 2, value(5), value(6) + 1]];
        let system = common::table(&[&rows[0], &rows[1]], 3);
        let policy = Policy { k: 3, zeros: Zeros::Eligible, insiders: false, ..Policy::people() };
        let (hidden, witnesses) = hide(&system, &policy).unwrap();
        assert!(audit(&system, &hidden, &witnesses, false).is_ok());
        let cells: Vec<usize> = (0..hidden.len()).collect();
        let secret = |hidden: &[bool]| {
            // Inner cells are 0..6; the rest follows from them.
            let inner: Vec<i64> = (0..6).map(|at| system.cells()[at].value).collect();
            let mut most = [0; 12];
            let mut try_all = vec![0_i64; 6];
            'all: loop {
                let at = |y: usize, x: usize| try_all[y * 3 + x];
                let mut all = try_all.clone();
                all.extend([at(0, 0) + at(0, 1) + at(0, 2), at(1, 0) + at(1, 1) + at(1, 2)]);
                all.extend((0..3).map(|x| at(0, x) + at(1, x)));
                all.push(try_all.iter().sum());
                if cells.iter().all(|&cell| hidden[cell] || all[cell] == system.cells()[cell].value) {
                    most.iter_mut().zip(&all).for_each(|(most, &now)| *most = now.max(*most));
                }
                for at in 0..6 {
                    let top = if hidden[at] { inner[at] + 3 } else { inner[at] };
                    let low = if hidden[at] { (inner[at] - 3).max(0) } else { inner[at] };
                    if try_all[at] < low {
                        try_all[at] = low;
                    }
                    if try_all[at] < top {
                        try_all[at] += 1;
                        continue 'all;
                    }
                    try_all[at] = low;
                }
                break;
            }
            cells.iter().all(|&cell| system.cells()[cell].reach.is_none_or(|reach| most[cell] >= reach))
        };
        assert!(secret(&hidden), "{rows:?}");
        let open: Vec<usize> = cells.iter().copied().filter(|&cell| !system.cells()[cell].is_primary()).collect();
        let weigh = |hidden: &[bool]| {
            open.iter().filter(|&&cell| hidden[cell]).map(|&cell| system.cells()[cell].weight).sum::<u64>()
        };
        let mut best = u64::MAX;
        for choice in 0..1_u32 << open.len() {
            let mut other: Vec<bool> = system.cells().iter().map(Cell::is_primary).collect();
            open.iter().enumerate().for_each(|(at, &cell)| other[cell] = choice >> at & 1 == 1);
            if weigh(&other) < best && secret(&other) {
                best = weigh(&other);
            }
        }
        assert!(weigh(&hidden) >= best);
        gaps[0] += weigh(&hidden);
        gaps[1] += best;
    }
    println!("weight hidden {} where {} is the least", gaps[0], gaps[1]);
    assert!(gaps[0] * 10 <= gaps[1] * 13, "{gaps:?}");
}
