//! How much of what makes up a value has come in, and what that allows to be said of it. Refuses to know the numbers.

use serde::{Deserialize, Serialize};

use crate::answers::has_base;
use crate::kinds::{Indicator, PlaceRule, TimeRule};
use crate::period::{Frequency, Period};
use crate::say::Say;
use crate::totals::Total;

/// What of a value has come in. The one thing that pages, papers, editions and the rule of the status ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completeness {
    /// Returns that are in the value: units, each once for every part of the period.
    pub reported: u32,
    /// Returns that were to come. Of a part in which nobody reported nothing is known; see [`Parts`].
    pub expected: u32,
    /// Returns in it that left groups empty, so that what they say is less than what there was.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub partial: u32,
    /// The parts of a period that is longer than what is reported at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Parts>,
    pub lacks: Lacks,
}

/// Quarters of a year and the like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parts {
    pub each: Frequency,
    /// Of how many anything came.
    pub reported: u32,
    pub of: u32,
    /// The last of them.
    pub last: Period,
    /// All before the last came, and nothing after the period: it is not over, as far as the numbers know.
    pub running: bool,
}

/// What is missing means for a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lacks {
    /// Nothing is missing, or what is missing does not make the value smaller.
    #[default]
    Nothing,
    /// The value is a sum, and what is missing can only add to it.
    Sum,
    /// It is divided from what fewer than half of the units gave, or from some of the groups of some.
    Base,
}

impl Completeness {
    /// All came that is known to have been due.
    pub fn of(reported: u32, expected: u32) -> Completeness {
        Completeness { reported, expected, ..Completeness::default() }
    }

    /// A value of an indicator, with what of it came in.
    pub fn judged(indicator: &Indicator, total: &Total, parts: Option<Parts>) -> Completeness {
        let Total { reported, expected, partial, .. } = *total;
        let units_missing = reported < expected || partial > 0;
        let parts_missing = parts.is_some_and(|parts| parts.reported < parts.of);
        let over_places = matches!(indicator.place, PlaceRule::Sum | PlaceRule::Max);
        let over_time = parts.is_some() && indicator.time == TimeRule::Sum;
        let lacks = match has_base(indicator.kind) {
            // A share of those who reported is no smaller for the others; but a few do not speak for all.
            true if u64::from(reported) * 2 < u64::from(expected) => Lacks::Base,
            // Nor do some groups of a unit speak for its others.
            true if partial > 0 => Lacks::Base,
            true => Lacks::Nothing,
            false if units_missing && (over_places || over_time) || parts_missing && over_time => Lacks::Sum,
            false => Lacks::Nothing,
        };
        Completeness { reported, expected, partial, parts, lacks }
    }

    /// Too little came for the value to be drawn, told or judged as it is.
    pub fn is_short(&self) -> bool {
        self.lacks != Lacks::Nothing
    }

    /// The sign before the number: a sum of which something is missing is at least what has come.
    pub fn sign(&self) -> &'static str {
        self.lacks.sign()
    }

    /// Whether everything came.
    pub fn is_whole(&self) -> bool {
        self.reported >= self.expected && self.partial == 0 && self.parts.is_none_or(|parts| parts.reported >= parts.of)
    }

    /// The mark of a value of which too little came, in the fewest words; none for all others.
    pub fn mark(&self) -> Option<Say> {
        let (reported, expected) = (f64::from(self.reported), f64::from(self.expected));
        let returns = |say: Say| say.number("reported", reported).number("expected", expected);
        let units_missing = self.reported < self.expected;
        let parts_missing = self.parts.is_some_and(|parts| parts.reported < parts.of);
        match self.parts {
            _ if !self.is_short() => None,
            _ if !units_missing && !parts_missing => {
                Some(returns(Say::new("incomplete-groups")).number("partial", self.partial.into()))
            }
            None => Some(returns(Say::new("incomplete-units"))),
            Some(Parts { running: true, last, .. }) => {
                let key = if units_missing { "so-far-returns" } else { "so-far" };
                Some(returns(Say::new(key)).period("last", last))
            }
            Some(parts) => {
                let key = match (parts.reported < parts.of, units_missing) {
                    (true, true) => "incomplete-both",
                    (true, false) => "incomplete-parts",
                    (false, _) => "incomplete-returns",
                };
                Some(parts.told(returns(Say::new(key))))
            }
        }
    }

    /// How many of how many returned, also where all did.
    pub fn coverage(&self) -> Say {
        let key = if self.parts.is_some() { "from-returns-over" } else { "from-returns" };
        let say = Say::new(key).number("reported", self.reported.into()).number("expected", self.expected.into());
        self.parts.map_or(say.clone(), |parts| parts.told(say))
    }
}

fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Lacks {
    pub fn sign(self) -> &'static str {
        match self {
            Lacks::Sum => "≥\u{a0}",
            Lacks::Nothing | Lacks::Base => "",
        }
    }
}

impl Parts {
    fn told(&self, say: Say) -> Say {
        let each = Say::new(format!("parts-{}", self.each.code()));
        say.number("parts", self.reported.into()).number("of", self.of.into()).clause("each", each)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::ValueKind;

    fn parts(reported: u32, running: bool) -> Option<Parts> {
        Some(Parts { each: Frequency::Quarter, reported, of: 4, last: Period::quarter(2026, 3), running })
    }

    fn indicator(kind: ValueKind, time: TimeRule, place: PlaceRule) -> Indicator {
        let body = serde_json::json!({ "id": "I", "name": { "en": "I", "km": "" }, "definition": { "en": "", "km": "" },
            "kind": kind, "unit": "", "time": time, "place": place, "direction": "up", "owner": "O", "nodes": ["N"],
            "level": "output", "frequency": "quarter", "data_source": "", "class": "public", "k": 1,
            "floor": "province", "source": "" });
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_sum_is_short_where_units_or_parts_are_missing() {
        use PlaceRule as P;
        use TimeRule as T;
        use ValueKind::{Count, Ratio};
        let cases = [
            // What is measured, returns, parts, what it lacks and how that is marked.
            (Count, T::Sum, P::Sum, (18, 25), None, Lacks::Sum, Some("incomplete-units")),
            (Count, T::Sum, P::Sum, (25, 25), None, Lacks::Nothing, None),
            (Count, T::Last, P::Max, (24, 25), None, Lacks::Sum, Some("incomplete-units")),
            (Count, T::Sum, P::Sum, (75, 75), parts(3, true), Lacks::Sum, Some("so-far")),
            (Count, T::Sum, P::Sum, (68, 75), parts(3, true), Lacks::Sum, Some("so-far-returns")),
            (Count, T::Sum, P::Sum, (75, 75), parts(3, false), Lacks::Sum, Some("incomplete-parts")),
            (Count, T::Sum, P::Sum, (70, 75), parts(3, false), Lacks::Sum, Some("incomplete-both")),
            (Count, T::Sum, P::Sum, (99, 100), parts(4, false), Lacks::Sum, Some("incomplete-returns")),
            (Count, T::Sum, P::Sum, (100, 100), parts(4, false), Lacks::Nothing, None),
            // Measured in one place, added up over time only.
            (Count, T::Sum, P::None, (3, 3), parts(3, false), Lacks::Sum, Some("incomplete-parts")),
            (Count, T::Average, P::None, (3, 3), parts(3, false), Lacks::Nothing, None),
            // A share is divided anew: half of the units speak for it.
            (Ratio, T::Last, P::Ratio, (13, 25), None, Lacks::Nothing, None),
            (Ratio, T::Last, P::Ratio, (12, 25), None, Lacks::Base, Some("incomplete-units")),
        ];
        let total = |(reported, expected), partial| Total {
            value: 0.0,
            numerator: None,
            denominator: None,
            reported,
            expected,
            came: None,
            partial,
        };
        let groups_empty = Completeness::judged(&indicator(Count, T::Sum, P::Sum), &total((25, 25), 10), None);
        assert_eq!((groups_empty.lacks, groups_empty.is_whole()), (Lacks::Sum, false));
        let share_of_some = Completeness::judged(&indicator(Ratio, T::Last, P::Ratio), &total((25, 25), 1), None);
        assert_eq!(share_of_some.lacks, Lacks::Base);
        assert_eq!(share_of_some.mark().map(|say| say.key.to_string()).as_deref(), Some("incomplete-groups"));
        assert_eq!(groups_empty.mark().map(|say| say.key.to_string()).as_deref(), Some("incomplete-groups"));
        for (kind, time, place, came, parts, lacks, mark) in cases {
            let total = total(came, 0);
            let found = Completeness::judged(&indicator(kind, time, place), &total, parts);
            assert_eq!(found.lacks, lacks, "{found:?}");
            assert_eq!(found.mark().map(|say| say.key.to_string()).as_deref(), mark, "{found:?}");
        }
    }
}
