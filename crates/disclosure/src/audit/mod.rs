//! The attacker: tries to compute what is hidden and to do without the witnesses. Shares no code with what hides cells,
//! only the cells and sums themselves; it trusts no solver, and in doubt it refuses.

mod exposure;
mod finding;
mod insider;
mod testimony;

pub use finding::Finding;

use crate::System;

/// What was checked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Passed {
    pub hidden: usize,
    pub small: usize,
    pub witnesses: usize,
}

/// Checks that no hidden cell of these can be computed from the rest, that every small count has a witness among the
/// given changes, and, if asked, that no insider learns another small count. `hidden` is by cell.
///
/// # Errors
/// Everything that speaks against publishing.
pub fn audit(
    system: &System,
    hidden: &[bool],
    witnesses: &[Vec<(u32, i64)>],
    insiders: bool,
) -> Result<Passed, Vec<Finding>> {
    audit_news(system, hidden, witnesses, insiders, &vec![true; system.cells().len()])
}

/// The same where only some cells are news: whoever has learnt nothing of a small count since the edition before needs no
/// witness against it. That it cannot be computed is checked all the same.
pub(crate) fn audit_news(
    system: &System,
    hidden: &[bool],
    witnesses: &[Vec<(u32, i64)>],
    insiders: bool,
    news: &[bool],
) -> Result<Passed, Vec<Finding>> {
    let mut findings = Vec::new();
    if hidden.len() != system.cells().len() {
        return Err(vec![Finding::WrongLength { given: hidden.len(), expected: system.cells().len() }]);
    }
    for ((at, cell), &hidden) in (0..).zip(system.cells()).zip(hidden) {
        let shown = matches!(cell.role, crate::Role::Shown);
        if !shown && !hidden && (cell.reach.is_some() || !matches!(cell.role, crate::Role::Open)) {
            findings.push(Finding::Published { cell: at });
        }
        if shown && hidden {
            findings.push(Finding::KnownAlready { cell: at });
        }
    }
    findings.extend(exposure::computed(system, hidden));
    let usable = testimony::usable(system, hidden, witnesses, &mut findings);
    testimony::missing(system, &spoken_of(system, news), &usable, &mut findings);
    if insiders {
        insider::betrayed(system, hidden, &usable, &mut findings);
    }
    if findings.is_empty() {
        let small = system.cells().iter().filter(|cell| cell.reach.is_some()).count();
        let hidden = hidden.iter().filter(|&&hidden| hidden).count();
        Ok(Passed { hidden, small, witnesses: witnesses.len() })
    } else {
        Err(findings)
    }
}

/// Cells that hang together with news, sum by sum.
fn spoken_of(system: &System, news: &[bool]) -> Vec<bool> {
    let mut spoken_of = news.to_vec();
    let is_open = |cell: u32| !matches!(system.cells()[cell as usize].role, crate::Role::Shown);
    loop {
        let mut further = false;
        for relation in system.relations() {
            let cells = || std::iter::once(relation.total).chain(relation.parts.iter().copied());
            let tells = |cell: u32| spoken_of[cell as usize] && (is_open(cell) || news[cell as usize]);
            if !cells().any(tells) {
                continue;
            }
            for cell in cells().filter(|&cell| is_open(cell)) {
                further |= !std::mem::replace(&mut spoken_of[cell as usize], true);
            }
        }
        if !further {
            return spoken_of;
        }
    }
}
