//! Numbers that are told beside a table and tell it: running totals, and two measures of the same people. The attacker has
//! the published figures and a linear programme, or only subtraction.

mod common;

use common::objective;
use microlp::{ComparisonOp, OptimizationDirection, Problem};
use proptest::prelude::*;
use romduol_disclosure::*;

const PLACES: [&str; 4] = ["A", "B", "C", "D"];
const QUARTERS: [&str; 4] = ["Q1", "Q2", "Q3", "Q4"];

fn hasty(k: u32, zeros: Zeros) -> Policy {
    Policy { k, zeros, effort: Some(Effort { search: 5, prune: 5, reach: 400 }), ..Policy::people() }
}

fn place() -> Dimension {
    Dimension::new("place", PLACES).unwrap().total("all").unwrap()
}

/// Places with the whole, by quarter.
fn by_quarter(dimension: Dimension, counts: &[[i64; 4]; 4], policy: Policy) -> Edition {
    let mut edition = Edition::new(vec![place(), dimension], policy);
    for (place, row) in PLACES.iter().zip(counts) {
        for (quarter, count) in QUARTERS.iter().zip(row) {
            edition.count(&[place, quarter], *count).unwrap();
        }
    }
    edition.publish(Table::new("t").by("place", ["A", "B", "C", "D", "all"]).by("quarter", QUARTERS));
    edition
}

/// What was added, made into running totals.
fn run_up(added: &[[i64; 4]; 4]) -> [[i64; 4]; 4] {
    added.map(|row| {
        let mut sum = 0;
        row.map(|count| {
            sum += count;
            sum
        })
    })
}

/// More than everything in these tables: the solver wants a sum around whatever it raises.
const MANY: f64 = 1e6;

/// The most that a sum of unknowns, each 0 or more, can be for one who knows these sums; none if there is no end.
fn most(unknowns: usize, target: &[usize], known: &[(Vec<usize>, i64)], at_least: &[(Vec<usize>, i64)]) -> f64 {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let all: Vec<_> = (0..unknowns)
        .map(|at| problem.add_var(f64::from(u8::from(target.contains(&at))), (0.0, f64::INFINITY)))
        .collect();
    for (cells, value) in known {
        let terms: Vec<_> = cells.iter().map(|&at| (all[at], 1.0)).collect();
        problem.add_constraint(&terms, ComparisonOp::Eq, *value as f64);
    }
    for (cells, value) in at_least {
        let terms: Vec<_> = cells.iter().map(|&at| (all[at], 1.0)).collect();
        problem.add_constraint(&terms, ComparisonOp::Ge, *value as f64);
    }
    let everything: Vec<_> = all.iter().map(|&one| (one, 1.0)).collect();
    problem.add_constraint(&everything, ComparisonOp::Le, MANY);
    objective(&problem).unwrap_or(f64::INFINITY)
}

fn counts(below: i64) -> impl Strategy<Value = [[i64; 4]; 4]> {
    prop::array::uniform4(prop::array::uniform4(prop_oneof![3 => 0..below, 1 => below..40]))
}

/// The attack as it was made: a restricted count of new persons as a running total, all of it told.
#[test]
fn running_totals_do_not_tell_who_came_in_between() {
    let added = [[20, 3, 15, 0], [30, 18, 1, 12], [40, 25, 16, 4], [15, 17, 19, 13]];
    let quarter = Dimension::new("quarter", QUARTERS).unwrap();
    let plain = suppress(&by_quarter(quarter.clone(), &run_up(&added), hasty(10, Zeros::Protected)), &Memory::new());
    let tells = |release: &Release| {
        let figures = &release.tables[0].figures;
        let shown = |place: usize, quarter: usize| figures[place * 4 + quarter].count();
        let steps = (0..5).flat_map(|place| (1..4).map(move |quarter| (place, quarter)));
        let steps = steps.filter_map(|(place, at)| Some(shown(place, at)? - shown(place, at - 1)?));
        steps.filter(|step| *step < 10).count()
    };
    assert_eq!(tells(&plain.unwrap()), 4, "as numbers of their own they tell every small step");
    let running = by_quarter(quarter.running(), &run_up(&added), hasty(10, Zeros::Protected));
    let release = suppress(&running, &Memory::new()).unwrap();
    assert_eq!(tells(&release), 0);
    assert!(release.tables[0].figures.iter().filter(|figure| **figure != Figure::Hidden).count() >= 8);
    // A later edition of the same numbers tells the same.
    let later = suppress(&running, &release.memory).unwrap();
    assert_eq!(later.tables[0].figures, release.tables[0].figures);
}

/// A province did not report in one quarter, and one total fell: what is left is protected all the same.
#[test]
fn a_running_total_with_a_gap_or_a_fall_is_protected_between_what_is_there() {
    let mut totals = run_up(&[[20, 30, 4, 30], [30, 18, 21, 12], [40, 25, 16, 34], [15, 17, 19, 13]]);
    totals[0][1] = 0;
    totals[1][2] = 41;
    let quarter = Dimension::new("quarter", QUARTERS).unwrap().running();
    let mut edition = by_quarter(quarter, &totals, hasty(10, Zeros::Shown));
    edition.impossible(&["A", "Q2"]).unwrap();
    let release = suppress(&edition, &Memory::new()).unwrap();
    let figures = &release.tables[0].figures;
    // 20 in the first quarter and 54 in the third: 34 came in between; 20 more by the fourth. B fell from 48 to 41 and rose
    // by 40.
    assert_eq!(figures[1].count(), Some(0));
    assert!(release.hidden.iter().any(|hidden| *hidden));
    assert!(audit(&release.system, &release.hidden, &release.witnesses, true).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    /// Over what was added in each place and quarter: no small step, of a place or of all, of one quarter or several whose
    /// ends are told, can be told to be small.
    #[test]
    fn no_step_of_a_running_total_is_told(added in counts(6), hides_zeros in any::<bool>()) {
        let zeros = if hides_zeros { Zeros::Protected } else { Zeros::Shown };
        let policy = hasty(5, zeros);
        let quarter = Dimension::new("quarter", QUARTERS).unwrap().running();
        let edition = by_quarter(quarter, &run_up(&added), policy);
        let release = suppress(&edition, &Memory::new()).map_err(|r| TestCaseError::fail(r.to_string()))?;
        let inside = |place: usize, quarters: std::ops::RangeInclusive<usize>| -> Vec<usize> {
            let places = if place == 4 { 0..=3 } else { place..=place };
            places.flat_map(|place| quarters.clone().map(move |quarter| place * 4 + quarter)).collect()
        };
        let value = |cells: &[usize]| cells.iter().map(|at| added[at / 4][at % 4]).sum::<i64>();
        let (mut known, mut at_least) = (Vec::new(), Vec::new());
        for place in 0..5 {
            for quarter in 0..4 {
                let cells = inside(place, 0..=quarter);
                match release.tables[0].figures[place * 4 + quarter].count() {
                    Some(count) => {
                        prop_assert_eq!(count, value(&cells));
                        known.push((cells, count));
                    }
                    None => at_least.push((cells, i64::from(!hides_zeros))),
                }
            }
        }
        for place in 0..5 {
            for from in 1..4 {
                for to in from..4 {
                    let shown = |quarter: usize| release.tables[0].figures[place * 4 + quarter] != Figure::Hidden;
                    let step = inside(place, from..=to);
                    if policy.is_small(value(&step)) && (to == from || (shown(to) && shown(from - 1))) {
                        let most = most(16, &step, &known, &at_least);
                        prop_assert!(most > 5.0 - 1e-6, "{place} {from}..{to} is told to be {most} at most");
                    }
                }
            }
        }
    }

    /// A count, and a share whose upper number it is: told by place and in all. Unknowns are the counted and the others of
    /// each place and quarter.
    #[test]
    fn a_count_and_a_share_of_the_same_people_tell_neither(upper in counts(6), others in counts(6), some in any::<bool>()) {
        // Where it is only some of them, the share counts a few more.
        let more = if some { others.map(|row| row.map(|count| count / 4)) } else { [[0; 4]; 4] };
        let mut share_upper = upper;
        share_upper.iter_mut().flatten().zip(more.iter().flatten()).for_each(|(count, more)| *count += more);
        let policy = hasty(5, Zeros::Protected);
        let count = by_quarter(Dimension::new("quarter", QUARTERS).unwrap(), &upper, policy);
        let part = Dimension::new("part", ["counted", "others"]).unwrap().total("whole").unwrap();
        let mut share = Edition::new(vec![place(), Dimension::new("quarter", QUARTERS).unwrap(), part], policy);
        for (at, place) in PLACES.iter().enumerate() {
            for (n, quarter) in QUARTERS.iter().enumerate() {
                share.count(&[place, quarter, "counted"], share_upper[at][n]).unwrap();
                share.count(&[place, quarter, "others"], others[at][n]).unwrap();
            }
        }
        let parts = ["counted", "others", "whole"];
        share.publish(Table::new("t").by("place", ["A", "B", "C", "D", "all"]).by("quarter", QUARTERS).by("part", parts));
        let side = |measure: usize, codes: &[(&str, &str)]| Side {
            measure,
            codes: codes.iter().map(|(d, code)| (d.to_string(), code.to_string())).collect(),
        };
        let named = vec!["place".to_string(), "quarter".to_string()];
        let tie = Tie { whole: side(1, &[("part", "counted")]), part: side(0, &[]), same: !some, named };
        let none = Memory::new();
        let both = suppress_linked(&[(&count, &none), (&share, &none)], &[tie])
            .map_err(|refusal| TestCaseError::fail(refusal.to_string()))?;
        // Unknowns: the count, what the share counts besides, the others.
        let cells = |place: usize, quarter: usize, kinds: &[usize]| -> Vec<usize> {
            let places = if place == 4 { 0..4 } else { place..place + 1 };
            places.flat_map(|place| kinds.iter().map(move |kind| kind * 16 + place * 4 + quarter)).collect()
        };
        let upper_kinds: &[usize] = if some { &[0, 1] } else { &[0] };
        let all_kinds: &[usize] = if some { &[0, 1, 2] } else { &[0, 2] };
        let truth = |cells: &[usize]| cells.iter().map(|&at| {
            let (place, quarter) = (at % 16 / 4, at % 4);
            [upper[place][quarter], more[place][quarter], others[place][quarter]][at / 16]
        }).sum::<i64>();
        let mut known = Vec::new();
        let mut secret = Vec::new();
        for place in 0..5 {
            for quarter in 0..4 {
                let share_at = (place * 4 + quarter) * 3;
                let figures = &both[1].tables[0].figures[share_at..share_at + 3];
                let mut told = vec![(cells(place, quarter, &[0]), both[0].tables[0].figures[place * 4 + quarter])];
                told.extend([upper_kinds, &[2], all_kinds].into_iter().map(|kinds| cells(place, quarter, kinds)).zip(figures.iter().copied()));
                for (cells, figure) in told {
                    match figure.count() {
                        Some(count) => {
                            prop_assert_eq!(count, truth(&cells));
                            prop_assert!(count >= 5);
                            known.push((cells, count));
                        }
                        None if truth(&cells) < 5 => secret.push(cells),
                        None => {}
                    }
                }
            }
        }
        for cells in secret {
            let most = most(48, &cells, &known, &[]);
            prop_assert!(most > 5.0 - 1e-6, "{cells:?} is told to be {most} at most");
        }
    }
}

/// Each by itself may hide a pair of its own, and the other one tells it. Tied they hide the same.
#[test]
fn two_measures_of_the_same_people_hide_the_same() {
    let upper = [[1, 40, 30, 30], [20, 41, 31, 31], [25, 42, 32, 32], [30, 43, 33, 33]];
    let quarter = || Dimension::new("quarter", QUARTERS).unwrap();
    let one = by_quarter(quarter(), &upper, hasty(10, Zeros::Protected));
    let mut other =
        by_quarter(quarter(), &upper, Policy { seed: 3, weigh: Weigh::Cell, ..hasty(10, Zeros::Protected) });
    // The other weighs otherwise: it does not hide the same.
    other.set_policy(Policy { seed: 3, weigh: Weigh::Cell, ..hasty(10, Zeros::Protected) });
    let none = Memory::new();
    let named = vec!["place".to_string(), "quarter".to_string()];
    let side = |measure| Side { measure, codes: Vec::new() };
    let tie = Tie { whole: side(0), part: side(1), same: true, named };
    let both = suppress_linked(&[(&one, &none), (&other, &none)], &[tie]).unwrap();
    assert_eq!(both[0].tables[0].figures, both[1].tables[0].figures, "what one of them tells, the other may tell");
    let hidden = both[0].tables[0].figures.iter().filter(|figure| **figure == Figure::Hidden).count();
    assert!(hidden >= 2 && both[0].tally().small == 1, "{hidden}");
    assert!(
        suppress_linked(&[(&one, &none)], &[Tie { whole: side(0), part: side(5), same: true, named: Vec::new() }])
            .is_err()
    );
}

/// Two numbers were told apart, by other rules, before anybody said that they are the same people. What one of them told of
/// the other is out: it stays hidden where it was, nothing new is told of it, and what else there is comes out.
#[test]
fn a_link_that_is_said_late_stops_nothing() {
    let upper = [[1, 40, 30, 30], [20, 41, 31, 31], [25, 42, 32, 32], [30, 43, 33, 33]];
    let quarter = || Dimension::new("quarter", QUARTERS).unwrap();
    let (loose, strict) = (hasty(1, Zeros::Shown), hasty(10, Zeros::Shown));
    let alone = |policy| suppress(&by_quarter(quarter(), &upper, policy), &Memory::new()).unwrap();
    let (told, hidden) = (alone(loose), alone(strict));
    let edition = by_quarter(quarter(), &upper, strict);
    let named = vec!["place".to_string(), "quarter".to_string()];
    let side = |measure| Side { measure, codes: Vec::new() };
    let tie = Tie { whole: side(0), part: side(1), same: true, named };
    let both = suppress_linked(&[(&edition, &told.memory), (&edition, &hidden.memory)], &[tie]).unwrap();
    assert_eq!(both[0].tables[0].figures, told.tables[0].figures);
    assert_eq!(both[1].tables[0].figures, hidden.tables[0].figures);
    assert!(hidden.tables[0].figures.contains(&Figure::Hidden));
}
