//! Names: one body under two short forms. Refuses to say which of them is right.

use std::collections::BTreeSet;

use super::Finding;
use crate::answers::Severity;
use crate::kinds::*;
use crate::state::State;

pub(super) fn check(state: &State, found: &mut Vec<Finding>) {
    for body in state.all::<Institution>() {
        let forms: BTreeSet<&str> = std::iter::once(&body.short)
            .chain(&body.aliases)
            .map(String::as_str)
            .filter(|form| is_short(form))
            .collect();
        if forms.len() > 1 {
            let finding = Finding::new("finding-two-short-forms", Severity::Note)
                .name("body", &body.name)
                .word("forms", forms.into_iter().collect::<Vec<_>>().join(", "))
                .records([(Kind::Institution, body.id.clone())]);
            found.push(finding);
        }
    }
}

/// Initials, as in `MoWA`, `UN OHCHR` or `GAD/C`: at most two words, at least half of each in capitals. A name of one
/// capital, or one in another script, is a name.
fn is_short(form: &str) -> bool {
    let words: Vec<&str> = form.split_whitespace().collect();
    let initials = |word: &&str| {
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let capitals = word.chars().filter(|c| c.is_uppercase()).count();
        capitals >= 2 && capitals * 2 >= letters && word.chars().count() <= 10
    };
    (1..=2).contains(&words.len()) && words.iter().all(initials)
}

#[cfg(test)]
mod tests {
    #[test]
    fn initials_are_short_forms_and_names_are_not() {
        for form in ["MoWA", "UN OHCHR", "GAD/C", "MoPTC", "NCDD"] {
            assert!(super::is_short(form), "{form}");
        }
        for name in ["", "Silaka", "TI Cambodia", "Kdei Karuna", "8th Commission", "ក្រសួងកិច្ចការនារី", "Plan", "A B C"]
        {
            assert!(!super::is_short(name), "{name}");
        }
    }
}
