//! Checks of shares: against their two counts, against the whole they are a share of, against the places that have one
//! each; and parts against their whole. Refuses to know series and comparisons.

use std::sync::Arc;

use super::Finding;
use super::figures::{Hedge, decimals, hedge};
use crate::answers::Severity;
use crate::kinds::*;
use crate::period::Date;
use crate::state::State;

/// How far a base may lie from the number of places: posts stand empty, and places are founded between two counts.
const PLACES_OFF: f64 = 1.25;

/// How far a number that is only about may lie from what is computed.
const ABOUT: f64 = 0.05;

pub(super) fn check(state: &State, today: Date, found: &mut Vec<Finding>) {
    beyond_whole(state, found);
    of_counts(state, found);
    for share in state.all::<Evidence>().filter(|figure| figure.unit == Unit::Percent) {
        found.extend(of_whole(state, share));
        found.extend(of_places(state, share, today));
    }
}

/// The numbers that a share as printed may stand for.
fn shares(share: &Evidence) -> Option<(f64, f64, f64)> {
    let (value, half) = (share.value?, 0.5 * 10f64.powi(-decimals(&share.printed)));
    Some(((value - half) / 100.0, value / 100.0, (value + half) / 100.0))
}

/// Half of the last digit that a count prints: 50,000 for 15.6 million, half a person for 7,163,764.
fn half_digit(count: &Evidence) -> f64 {
    let plain: String = count.printed.chars().filter(|c| *c != ',').collect();
    let number: String = plain.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
    let scale = match (number.parse::<f64>(), count.value) {
        (Ok(number), Some(value)) if number != 0.0 => value / number,
        _ => 1.0,
    };
    0.5 * 10f64.powi(-decimals(&plain)) * scale
}

/// The share of a counted whole against the count that is printed for the part.
fn of_whole(state: &State, share: &Arc<Evidence>) -> Option<Finding> {
    let whole = share.part_of.as_ref().and_then(|id| state.find::<Evidence>(id))?;
    let (base, part) = (whole.value.filter(|_| whole.unit == Unit::Count)?, share.numerator?);
    let (low, middle, high) = shares(share)?;
    let half = half_digit(whole);
    // The count of the part stands by itself with its hedge, where the source prints it so.
    let itself = |figure: &&Arc<Evidence>| {
        figure.unit == Unit::Count && figure.value == Some(part) && figure.part_of == share.part_of
    };
    let count = state.all::<Evidence>().find(itself);
    let hedged = count.and_then(|count| hedge(count));
    let slack = if hedged == Some(Hedge::About) { part * ABOUT } else { count.map_or(0.5, |count| half_digit(count)) };
    let (least, most, computed) = (low * (base - half) - slack, high * (base + half) + slack, middle * base);
    let against_hedge = match hedged {
        Some(Hedge::Below) => computed >= part,
        Some(Hedge::Above) => computed <= part,
        Some(Hedge::About) | None => false,
    };
    let (rule, severity) = match () {
        () if part < least || part > most => ("finding-share-of-whole", Severity::Error),
        () if against_hedge => ("finding-share-of-whole-hedged", Severity::Note),
        () => return None,
    };
    let finding = Finding::new(rule, severity)
        .about([share, whole].into_iter().chain(count))
        .name("label", &share.label)
        .number("share", middle * 100.0)
        .number("whole", base)
        .number("computed", computed.round())
        .number("part", part)
        .word("qualifier", count.map_or("", |count| &count.qualifier))
        .word("section", &share.section);
    Some(finding)
}

/// The base that a share and its count imply, against the number of places that have one each.
fn of_places(state: &State, share: &Arc<Evidence>, today: Date) -> Option<Finding> {
    let (level, part) = (share.one_per?, share.numerator?);
    let (low, middle, high) = shares(share).filter(|(low, ..)| *low > 0.0)?;
    let (least, most) = match share.denominator {
        Some(base) => (base, base),
        None => (part / high, part / low),
    };
    let month = crate::period::Period::month(today.year, today.month);
    let places = state.all::<Area>().filter(|area| area.level == level && area.exists_in(month)).count() as f64;
    if places == 0.0 || (least <= places * PLACES_OFF && most >= places / PLACES_OFF) {
        return None;
    }
    let mut finding = Finding::new("finding-base-not-places", Severity::Warning)
        .about([share])
        .name("label", &share.label)
        .number("part", part)
        .number("share", middle * 100.0)
        .number("base", (part / middle).round())
        .number("places", places)
        .word("section", &share.section);
    finding.say = finding.say.code("level", level.code());
    Some(finding)
}

/// A part that is larger than its whole.
fn beyond_whole(state: &State, found: &mut Vec<Finding>) {
    for part in state.all::<Evidence>() {
        let Some(whole) = part.part_of.as_ref().and_then(|id| state.find::<Evidence>(id)) else { continue };
        let (Some(p), Some(w)) = (part.value, whole.value) else { continue };
        if p > w && part.unit == whole.unit {
            found.push(
                Finding::new("finding-part-exceeds-whole", Severity::Error)
                    .about([part, whole])
                    .number("part", p)
                    .number("whole", w)
                    .name("label", &part.label)
                    .name("whole-label", &whole.label)
                    .word("section", &part.section),
            );
        }
    }
}

/// A share printed with both its counts must be their quotient.
fn of_counts(state: &State, found: &mut Vec<Finding>) {
    for figure in state.all::<Evidence>().filter(|f| f.unit == Unit::Percent) {
        let (Some(value), Some(top), Some(bottom)) = (figure.value, figure.numerator, figure.denominator) else {
            continue;
        };
        let share = if bottom == 0.0 { continue } else { top / bottom * 100.0 };
        if (share - value).abs() > 0.5 * 10f64.powi(-decimals(&figure.printed)) + 1e-9 {
            found.push(
                Finding::new("finding-share-differs-from-counts", Severity::Error)
                    .about([figure])
                    .number("share", value)
                    .number("computed", share)
                    .number("numerator", top)
                    .number("denominator", bottom)
                    .name("label", &figure.label),
            );
        }
    }
}
