//! Numbers of different indicators that are the same people, or some of them: declared by the plan, or found in the data and
//! asked about. They are protected as one. Refuses to know what may be told of them.

use std::collections::{BTreeMap, BTreeSet};

use romduol_plan::kinds::*;
use romduol_plan::{Period, State};

use super::counts::{Counts, Parts};

/// Which number of which indicator.
pub type Number = (Id, CountPart);

/// Two numbers of the same people, or of which the first are some of the second.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    pub one: Number,
    pub other: Number,
    pub same: bool,
}

/// Something that the data say and the plan does not: two numbers are equal, or one is never more than the other, wherever
/// both were reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    pub one: Number,
    pub other: Number,
    /// Whether they are equal everywhere; such are protected together until somebody says that they are other people.
    pub same: bool,
    /// In how many places and periods.
    pub cells: usize,
}

/// A link of the plan that the data contradict: where both were reported, at a place and a period, the numbers do not fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Contradiction {
    pub link: Id,
    pub area: Id,
    pub period: Period,
    pub one: i64,
    pub other: i64,
}

/// What belongs together, and what is to be asked and said about it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Kinship {
    pub pairs: Vec<Pair>,
    pub questions: Vec<Question>,
    pub contradictions: Vec<Contradiction>,
}

/// Equal numbers in fewer places and periods say nothing.
const LEAST_EQUAL: usize = 4;
/// Smaller numbers in fewer places and periods say nothing.
const LEAST_NESTED: usize = 8;

/// The counts of numbers by place and period, with their totals.
type Counted = BTreeMap<(Id, Period), i64>;

impl Kinship {
    /// Looks through the counts of indicators: all pairs that the plan declares, and all that the data suggest.
    pub fn of<'a>(state: &State, all: impl Iterator<Item = (&'a Id, &'a Counts)>) -> Kinship {
        let numbers: BTreeMap<Number, Counted> = all
            .flat_map(|(id, counts)| {
                let parts = parts_of(counts.parts).iter();
                parts.map(move |part| ((id.clone(), *part), counted(counts, *part)))
            })
            .collect();
        let mut kinship = Kinship::default();
        let mut answered: BTreeSet<[&Number; 2]> = BTreeSet::new();
        let ends: Vec<(&CountLink, Number, Number)> = state
            .all::<CountLink>()
            .map(|link| (&**link, (link.indicator.clone(), link.part), (link.other.clone(), link.other_part)))
            .collect();
        for (link, one, other) in &ends {
            answered.extend([[one, other], [other, one]]);
            let (Some(own), Some(others)) = (numbers.get(one), numbers.get(other)) else { continue };
            let same = match link.relation {
                CountRelation::Same => true,
                CountRelation::PartOf => false,
                CountRelation::About | CountRelation::Apart => continue,
            };
            kinship.contradictions.extend(contradiction(link, own, others, same));
            kinship.pairs.push(Pair { one: one.clone(), other: other.clone(), same });
        }
        kinship.look(&numbers, &answered);
        kinship.close();
        kinship
    }

    /// What is the same as the same is the same, also where the number between them is not broken down as both are; and so are
    /// numbers of which each counts some of the next in a circle: none of them is more than any other.
    fn close(&mut self) {
        let all: BTreeSet<Number> = self.pairs.iter().flat_map(|pair| [pair.one.clone(), pair.other.clone()]).collect();
        let within: BTreeMap<&Number, BTreeSet<Number>> = all.iter().map(|one| (one, self.within(one))).collect();
        let are_same = |one: &Number, other: &Number| within[one].contains(other) && within[other].contains(one);
        let mut pairs: Vec<Pair> = Vec::new();
        for pair in &self.pairs {
            let pair = Pair { same: are_same(&pair.one, &pair.other), ..pair.clone() };
            let turned = Pair { one: pair.other.clone(), other: pair.one.clone(), same: true };
            if !pairs.contains(&pair) && !pairs.contains(&turned) {
                pairs.push(pair);
            }
        }
        for one in &all {
            for other in all.range(one.clone()..).skip(1).filter(|other| other.0 != one.0 && are_same(one, other)) {
                let is = |pair: &Pair| [(&pair.one, &pair.other), (&pair.other, &pair.one)].contains(&(one, other));
                if !pairs.iter().any(is) {
                    pairs.push(Pair { one: one.clone(), other: other.clone(), same: true });
                }
            }
        }
        self.pairs = pairs;
    }

    /// The numbers of the same people as this one, or of more: this one is in them.
    fn within(&self, one: &Number) -> BTreeSet<Number> {
        let (mut found, mut waiting) = (BTreeSet::from([one.clone()]), vec![one.clone()]);
        while let Some(one) = waiting.pop() {
            let up = self.pairs.iter().filter(|pair| pair.one == one).map(|pair| &pair.other);
            let back = self.pairs.iter().filter(|pair| pair.same && pair.other == one).map(|pair| &pair.one);
            for other in up.chain(back) {
                if found.insert(other.clone()) {
                    waiting.push(other.clone());
                }
            }
        }
        found
    }

    /// What ties a category of one indicator to the same category of another: where all of them are the same people, so are
    /// those of the category. Upper numbers are those of the category, lower ones the whole.
    pub fn of_categories(&self) -> Vec<Pair> {
        let ends = self.pairs.iter().flat_map(|pair| [&pair.one, &pair.other]);
        let counts: BTreeSet<&Number> = ends.filter(|number| number.1 == CountPart::Number).collect();
        let within: BTreeMap<&Number, BTreeSet<Number>> = counts.iter().map(|one| (*one, self.within(one))).collect();
        let mut pairs = Vec::new();
        for (one, above) in &within {
            for other in counts.iter().filter(|other| *other != one && above.contains(**other)) {
                let same = within[*other].contains(*one);
                if same && other < one {
                    continue;
                }
                for part in [CountPart::Numerator, CountPart::Denominator] {
                    pairs.push(Pair { one: (one.0.clone(), part), other: (other.0.clone(), part), same });
                }
            }
        }
        pairs
    }

    fn look(&mut self, numbers: &BTreeMap<Number, Counted>, answered: &BTreeSet<[&Number; 2]>) {
        for (one, own) in numbers {
            for (other, others) in numbers.range(one.clone()..).skip(1) {
                if one.0 == other.0 || answered.contains(&[one, other]) {
                    continue;
                }
                let both: Vec<(i64, i64)> =
                    own.iter().filter_map(|(at, count)| Some((*count, *others.get(at)?))).collect();
                let question = |one: &Number, other: &Number, same: bool, cells: usize| Question {
                    one: one.clone(),
                    other: other.clone(),
                    same,
                    cells,
                };
                if let Some(cells) = equal(&both) {
                    self.pairs.push(Pair { one: one.clone(), other: other.clone(), same: true });
                    self.questions.push(question(one, other, true, cells));
                } else if let Some(cells) = nested(both.iter().copied()) {
                    self.questions.push(question(one, other, false, cells));
                } else if let Some(cells) = nested(both.iter().map(|(one, other)| (*other, *one))) {
                    self.questions.push(question(other, one, false, cells));
                }
            }
        }
    }

    /// Indicators in sets, each protected as one: those that hang together over pairs, and every other by itself.
    pub fn sets<'a>(&self, all: impl Iterator<Item = &'a Id>) -> Vec<BTreeSet<Id>> {
        let mut sets: Vec<BTreeSet<Id>> = all.map(|id| BTreeSet::from([id.clone()])).collect();
        for pair in &self.pairs {
            let holds = |set: &BTreeSet<Id>| set.contains(&pair.one.0) || set.contains(&pair.other.0);
            let (joined, mut rest): (Vec<_>, Vec<_>) = sets.into_iter().partition(holds);
            rest.push(joined.into_iter().flatten().collect());
            sets = rest;
        }
        sets.retain(|set| !set.is_empty());
        sets.sort();
        sets
    }
}

/// The numbers of a pair that are counts.
fn parts_of(parts: Parts) -> &'static [CountPart] {
    match parts {
        Parts::Count => &[CountPart::Number],
        Parts::Share | Parts::Rate => &[CountPart::Numerator, CountPart::Denominator],
        Parts::Mean => &[CountPart::Denominator],
    }
}

/// What was counted at each place and period, smaller and larger ones.
fn counted(counts: &Counts, part: CountPart) -> Counted {
    let mut found = Counted::new();
    for ((leaf, period, _), pair) in &counts.at {
        let count = match part {
            CountPart::Number | CountPart::Numerator => pair.upper,
            CountPart::Denominator => pair.lower,
        };
        let above = counts.places.groups.iter().filter(|(_, leaves)| leaves.contains(leaf)).map(|(area, _)| area);
        let years = counts.years.iter().filter(|(_, inside)| inside.contains(period)).map(|(year, _)| *year);
        let periods: Vec<Period> = years.chain([*period]).collect();
        for area in above.chain([leaf]).filter(|area| !area.ends_with("/rest")) {
            for period in &periods {
                *found.entry((area.clone(), *period)).or_default() += count;
            }
        }
    }
    found
}

/// In how many places and periods two numbers are equal, if they are so everywhere and by no mere chance.
fn equal(both: &[(i64, i64)]) -> Option<usize> {
    let some: Vec<i64> = both.iter().filter(|(one, other)| (*one, *other) != (0, 0)).map(|(one, _)| *one).collect();
    let values: BTreeSet<&i64> = some.iter().collect();
    let all = both.iter().all(|(one, other)| one == other);
    (all && some.len() >= LEAST_EQUAL && values.len() >= 3).then_some(some.len())
}

/// In how many places and periods a number is at most another one, if it is so everywhere and often equal: a small number
/// is below a large one without any kinship.
fn nested(both: impl Iterator<Item = (i64, i64)>) -> Option<usize> {
    let some: Vec<(i64, i64)> = both.filter(|(one, _)| *one > 0).collect();
    let equal = some.iter().filter(|(one, other)| one == other).count();
    let below = some.iter().all(|(one, other)| one <= other);
    (below && some.len() >= LEAST_NESTED && equal * 3 >= some.len()).then_some(some.len())
}

/// The first place and period where a link of the plan does not hold.
fn contradiction(link: &CountLink, own: &Counted, others: &Counted, same: bool) -> Option<Contradiction> {
    let wrong = |one: i64, other: i64| if same { one != other } else { one > other };
    let found = own
        .iter()
        .find_map(|(at, one)| others.get(at).filter(|other| wrong(*one, **other)).map(|other| (at, one, other)));
    let ((area, period), one, other) = found?;
    Some(Contradiction { link: link.id.clone(), area: area.clone(), period: *period, one: *one, other: *other })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_and_nested_numbers_are_told_from_chance() {
        assert_eq!(equal(&[(3, 3), (14, 14), (0, 0), (8, 8), (1, 1)]), Some(4));
        assert_eq!(equal(&[(3, 3), (14, 14), (8, 8), (1, 2)]), None);
        assert_eq!(equal(&[(3, 3), (14, 14), (8, 8)]), None, "three are chance");
        assert_eq!(equal(&[(1, 1), (1, 1), (2, 2), (1, 1)]), None, "and so are small numbers that repeat");
        let some = [(1, 1), (2, 2), (3, 3), (4, 9), (5, 8), (6, 6), (7, 7), (8, 40)];
        assert_eq!(nested(some.into_iter()), Some(8));
        let far_below = some.map(|(one, _)| (one, 500));
        assert_eq!(nested(far_below.into_iter()), None, "a small number is below a large one");
        assert_eq!(nested(some.map(|(one, other)| (other, one)).into_iter()), None);
    }

    #[test]
    fn what_is_the_same_as_the_same_is_the_same() {
        let number = |id: &str| (id.to_string(), CountPart::Number);
        let pair = |one, other, same| Pair { one: number(one), other: number(other), same };
        let pairs = vec![pair("A", "B", true), pair("C", "B", true), pair("C", "D", false)];
        let mut kinship = Kinship { pairs, ..Kinship::default() };
        kinship.close();
        assert_eq!(kinship.pairs[3..], [pair("A", "C", true)]);
    }

    /// Each is in the next, so none is more than another.
    #[test]
    fn a_circle_of_parts_is_the_same_people() {
        let number = |id: &str| (id.to_string(), CountPart::Number);
        let part = |one, other| Pair { one: number(one), other: number(other), same: false };
        let pairs = vec![part("A", "B"), part("B", "C"), part("C", "A"), part("D", "A")];
        let mut kinship = Kinship { pairs, ..Kinship::default() };
        kinship.close();
        assert!(kinship.pairs[..3].iter().all(|pair| pair.same));
        assert_eq!(kinship.pairs[3..], [part("D", "A")]);
    }

    #[test]
    fn categories_are_tied_as_their_wholes_are_also_over_a_share() {
        let upper = ("S".to_string(), CountPart::Numerator);
        let number = |id: &str| (id.to_string(), CountPart::Number);
        let pairs = vec![
            Pair { one: number("A"), other: upper.clone(), same: true },
            Pair { one: upper, other: number("B"), same: false },
        ];
        let tied = Kinship { pairs, ..Kinship::default() }.of_categories();
        let of = |part| Pair { one: ("A".into(), part), other: ("B".into(), part), same: false };
        assert_eq!(tied, [of(CountPart::Numerator), of(CountPart::Denominator)]);
    }

    #[test]
    fn indicators_that_hang_together_are_one_set() {
        let number = |id: &str| (id.to_string(), CountPart::Number);
        let pair = |one, other| Pair { one: number(one), other: number(other), same: true };
        let kinship = Kinship { pairs: vec![pair("A", "C"), pair("C", "D")], ..Kinship::default() };
        let ids = ["A", "B", "C", "D"].map(String::from);
        let sets: Vec<Vec<Id>> = kinship.sets(ids.iter()).into_iter().map(|set| set.into_iter().collect()).collect();
        assert_eq!(sets, [vec!["A", "C", "D"], vec!["B"]]);
    }
}
