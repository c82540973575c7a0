//! What must hold between numbers of the same people: a link names numbers that there are, and whatever is to be protected has
//! people behind it that can be counted. Refuses to know the numbers themselves.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Fault, Package, fault};
use crate::kinds::*;
use crate::say::Say;
use crate::text::Text;

pub(super) fn check(package: &mut Package) {
    let indicators: HashMap<&str, &Indicator> = indicators(package).map(|one| (one.id.as_str(), one)).collect();
    let about: HashSet<&str> = links(package)
        .filter(|link| link.relation == CountRelation::About)
        .map(|link| link.indicator.as_str())
        .collect();
    let mut faults = Vec::new();
    let mut told: HashSet<&str> = HashSet::new();
    for (row, body) in &package.records {
        match body {
            Body::CountLink(link) => {
                ends(*row, link, &indicators, &mut faults);
                if link.relation == CountRelation::About && !told.insert(&link.indicator) {
                    let problem = Say::new("fault-link-about-twice");
                    faults.push(fault(*row, Kind::CountLink, "indicator", &link.indicator, problem));
                }
            }
            Body::Indicator(indicator) if is_ignored(indicator) && !about.contains(indicator.id.as_str()) => {
                let problem = Say::new("fault-k-ignored").code("kind", indicator.kind.code());
                faults.push(fault(*row, Kind::Indicator, "k", &indicator.k.to_string(), problem));
            }
            _ => {}
        }
    }
    package.faults.extend(faults);
}

/// Whether there is no count of people in it that `k` could be held against: an amount says nothing of how many got it.
fn is_ignored(indicator: &Indicator) -> bool {
    let words = indicator.kind == ValueKind::Narrative;
    indicator.k > 1 && !words && (!indicator.is_counted() || indicator.computed.is_some())
}

fn indicators(package: &Package) -> impl Iterator<Item = &Indicator> {
    package.records.iter().filter_map(|(_, body)| match body {
        Body::Indicator(indicator) => Some(&**indicator),
        _ => None,
    })
}

fn links(package: &Package) -> impl Iterator<Item = &CountLink> {
    package.records.iter().filter_map(|(_, body)| match body {
        Body::CountLink(link) => Some(&**link),
        _ => None,
    })
}

fn ends(row: usize, link: &CountLink, indicators: &HashMap<&str, &Indicator>, faults: &mut Vec<Fault>) {
    let (Some(one), Some(other)) = (indicators.get(link.indicator.as_str()), indicators.get(link.other.as_str()))
    else {
        return;
    };
    let mut say = |column: &str, value: &str, problem: Say| {
        faults.push(fault(row, Kind::CountLink, column, value, problem));
    };
    let about = link.relation == CountRelation::About;
    if (&link.indicator, link.part) == (&link.other, link.other_part) || (about && one.id == other.id) {
        say("other", &link.other, Say::new("fault-link-to-itself"));
    }
    for (column, indicator, part) in [("part", one, link.part), ("other_part", other, link.other_part)] {
        // An amount has no count in it; of a mean only the cases are one.
        let counts =
            if about && column == "part" { part == CountPart::Number } else { indicator.counts().contains(&part) };
        if !counts {
            let problem = Say::new("fault-link-no-count").name("indicator", &indicator.name);
            say(column, part.code(), problem.code("kind", indicator.kind.code()));
        }
    }
    if about && one.is_counted() {
        say("relation", link.relation.code(), Say::new("fault-link-about-count").name("indicator", &one.name));
    }
    let weaker = |weak: &Indicator, strong: &Indicator| {
        let problem = Say::new("fault-link-k").words("other", &weak.id).number("theirs", f64::from(weak.k));
        problem.number("k", f64::from(strong.k))
    };
    // The strictest k of numbers of the same people holds for all of them, save for one that nothing is hidden of.
    match link.relation {
        CountRelation::About if other.k < one.k => say("other", &other.id, weaker(other, one)),
        CountRelation::Same | CountRelation::PartOf if other.k <= 1 && one.k > 1 => {
            say("other", &other.id, weaker(other, one));
        }
        CountRelation::Same | CountRelation::PartOf if one.k <= 1 && other.k > 1 => {
            say("indicator", &one.id, weaker(one, other));
        }
        _ => {}
    }
}

impl Package {
    /// What is no fault and should be asked: counts and shares whose words are alike and of which nobody said whether they
    /// are the same people. Of such a pair the one would tell what is hidden in the other.
    pub fn questions(&self) -> Vec<Say> {
        let answered: HashSet<[(&str, CountPart); 2]> = links(self)
            .flat_map(|link| {
                let (one, other) = ((link.indicator.as_str(), link.part), (link.other.as_str(), link.other_part));
                [[one, other], [other, one]]
            })
            .collect();
        let protected: Vec<&Indicator> = indicators(self).filter(|one| one.k > 1 && one.computed.is_none()).collect();
        let mut found = Vec::new();
        for count in protected.iter().filter(|one| one.kind == ValueKind::Count) {
            for share in &protected {
                for part in share.counts().iter().filter(|part| **part != CountPart::Number) {
                    let ends = [(count.id.as_str(), CountPart::Number), (share.id.as_str(), *part)];
                    if !answered.contains(&ends) && are_alike(&count.name, words_of(share, *part)) {
                        let say = Say::new("check-same-people").words("count", &count.id).words("share", &share.id);
                        found.push(say.code("part", part.code()));
                    }
                }
            }
        }
        found
    }
}

fn words_of(indicator: &Indicator, part: CountPart) -> &Text {
    match part {
        CountPart::Number => &indicator.name,
        CountPart::Numerator => &indicator.numerator,
        CountPart::Denominator => &indicator.denominator,
    }
}

/// Whether nearly all words of the shorter name are in the longer one.
fn are_alike(one: &Text, other: &Text) -> bool {
    let words = |text: &Text| -> BTreeSet<String> {
        let lower = text.en.to_lowercase();
        let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() > 3);
        // The plural and the singular are one word here.
        words.map(|word| word.trim_end_matches('s').to_string()).collect()
    };
    let (one, other) = (words(one), words(other));
    let shared = one.intersection(&other).count();
    let shorter = one.len().min(other.len());
    shorter >= 2 && shared * 4 >= shorter * 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::package::Sheet;

    fn sheet(header: &[&str], rows: &[&[&str]]) -> Sheet {
        let strings = |row: &[&str]| row.iter().map(|cell| cell.to_string()).collect::<Vec<_>>();
        Sheet::of_texts(strings(header), rows.iter().map(|row| strings(row)).collect())
    }

    const INDICATOR: [&str; 19] = [
        "id",
        "name",
        "definition",
        "kind",
        "unit",
        "numerator",
        "denominator",
        "time",
        "place",
        "direction",
        "owner",
        "nodes",
        "level",
        "frequency",
        "data_source",
        "class",
        "k",
        "floor",
        "source",
    ];

    fn indicator<'a>(id: &'a str, name: &'a str, kind: &'a str, upper: &'a str, k: &'a str) -> [&'a str; 19] {
        let place = if kind == "ratio" { "ratio" } else { "sum" };
        let lower = if kind == "ratio" || kind == "mean" { "People asked" } else { "" };
        [
            id, name, "d", kind, "u", upper, lower, "sum", place, "up", "M", "N", "output", "quarter", "s", "public",
            k, "province", "s",
        ]
    }

    fn read(indicators: &[[&str; 19]], links: &[&[&str]]) -> Package {
        let rows: Vec<&[&str]> = indicators.iter().map(|row| row.as_slice()).collect();
        let header = ["id", "indicator", "part", "relation", "other", "other_part", "source"];
        let sheets = [(Kind::Indicator, sheet(&INDICATOR, &rows)), (Kind::CountLink, sheet(&header, links))];
        Package::read(&sheets.into())
    }

    fn keys(package: &Package, kind: Kind) -> Vec<String> {
        let own = package.faults.iter().filter(|fault| fault.file == format!("{}.csv", kind.code()));
        own.map(|fault| fault.problem.key.to_string()).filter(|key| key != "fault-no-such-id").collect()
    }

    #[test]
    fn a_k_that_no_count_is_held_against_is_a_fault() {
        for kind in ["money", "score", "yes-no", "milestone"] {
            let plan = [indicator("A", "Support paid", kind, "", "10"), indicator("B", "Survivors", "count", "", "10")];
            assert_eq!(keys(&read(&plan, &[]), Kind::Indicator), ["fault-k-ignored"], "{kind}");
            let link: &[&str] = &["L", "A", "number", "about-them", "B", "number", "s"];
            let told = read(&plan, &[link]);
            assert!(keys(&told, Kind::Indicator).is_empty() && keys(&told, Kind::CountLink).is_empty(), "{kind}");
            let open = [indicator("A", "Support paid", kind, "", "0")];
            assert!(keys(&read(&open, &[]), Kind::Indicator).is_empty(), "{kind}");
        }
        // The people behind it must be protected as well as it is, and it is not about itself.
        let plan = [indicator("A", "Support paid", "money", "", "10"), indicator("B", "Survivors", "count", "", "5")];
        let link: &[&str] = &["L", "A", "number", "about-them", "B", "number", "s"];
        assert_eq!(keys(&read(&plan, &[link]), Kind::CountLink), ["fault-link-k"]);
        let twice: [&[&str]; 2] = [link, &["M", "A", "number", "about-them", "B", "number", "s"]];
        assert_eq!(
            keys(&read(&plan, &twice), Kind::CountLink),
            ["fault-link-k", "fault-link-about-twice", "fault-link-k"]
        );
        // One that tells everything would tell what is hidden of the other.
        let open = [indicator("A", "Survivors", "count", "", "0"), indicator("B", "Survivors", "count", "", "10")];
        for (one, other) in [("A", "B"), ("B", "A")] {
            for (relation, expected) in [("same-people", 1), ("some-of-them", 1), ("other-people", 0)] {
                let link: &[&str] = &["L", one, "number", relation, other, "number", "s"];
                let found = keys(&read(&open, &[link]), Kind::CountLink);
                assert_eq!(found, vec!["fault-link-k"; expected], "{one} {relation} {other}");
            }
        }
        let itself: &[&str] = &["L", "B", "number", "same-people", "B", "number", "s"];
        assert_eq!(keys(&read(&plan, &[itself]), Kind::CountLink), ["fault-link-to-itself"]);
        let no_count: &[&str] = &["L", "B", "numerator", "same-people", "A", "number", "s"];
        assert_eq!(keys(&read(&plan, &[no_count]), Kind::CountLink), ["fault-link-no-count"; 2]);
    }

    #[test]
    fn a_count_and_a_share_of_the_same_words_are_asked_about_until_somebody_answers() {
        let plan = [
            indicator("RAR-04", "People who receive psychosocial care", "count", "", "10"),
            indicator("RAR-08", "Survivors cared for", "ratio", "People who received psychosocial care", "10"),
            indicator("RAR-09", "Schools with lessons", "ratio", "Schools that teach it", "10"),
            indicator("RAR-10", "Care without small counts", "ratio", "People who receive psychosocial care", "0"),
        ];
        let questions = read(&plan, &[]).questions();
        assert_eq!(questions.len(), 1, "{questions:?}");
        for relation in ["same-people", "some-of-them", "other-people"] {
            let link: &[&str] = &["L", "RAR-08", "numerator", relation, "RAR-04", "number", "s"];
            assert!(read(&plan, &[link]).questions().is_empty());
        }
    }
}
