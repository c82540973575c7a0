//! Correcting single numbers of returns after acceptance: what one asks for who has found a mistake. Refuses to know how
//! the numbers were found.

use std::collections::BTreeMap;

use romduol_plan::answers::{self, Severity};
use romduol_plan::kinds::*;
use romduol_plan::returns::{self, Refused};
use romduol_plan::{Actor, Kind, Period, Say, State};

use crate::{App, AppError, Decide};

/// A new value for one cell.
#[derive(Clone, Debug)]
pub struct Correction {
    pub indicator: Id,
    pub categories: Vec<Id>,
    pub value: f64,
}

impl App {
    /// Each return gets a new version with this reason, which counts at once. A cell that the return has not got is
    /// refused, and with it the new version of its return.
    pub async fn correct_cells(
        &self,
        actor: &Actor,
        reason: &str,
        cells: &BTreeMap<(Id, Period), Vec<Correction>>,
    ) -> Result<(), AppError> {
        let today = self.now().date;
        let mut commands: Vec<(String, Decide)> = Vec::with_capacity(cells.len());
        for ((assignment, period), corrections) in cells {
            let (assignment, period, why) = (assignment.clone(), *period, reason.to_string());
            let corrections = corrections.clone();
            let decide = move |state: &State| {
                let due = returns::may_report(state, &assignment, period, today)?;
                let missing = || AppError::NotFound { kind: Kind::Return, id: due.id() };
                let old = due.record.as_ref().ok_or_else(missing)?;
                let changed = corrected(&old.answers, &corrections)?;
                let answers = old.answers.amend(&Answers::pack(&changed));
                // What was at fault before, and is not touched, does not stand in the way of what is mended.
                let mut problems = answers::check(state, &due.assignment, period, &answers.open());
                problems
                    .retain(|p| p.severity == Severity::Error && changed.iter().any(|a| a.indicator == p.indicator));
                if !problems.is_empty() {
                    return Err(Refused::Problems(problems).into());
                }
                let mut record = returns::submit(&due, answers, &why, false)?;
                record.status = ReturnStatus::Accepted;
                record.steps_done = due.form.chain.len() as u8;
                Ok(vec![returns::change(Some(old), record)])
            };
            commands.push((reason.to_string(), Box::new(decide)));
        }
        self.run_all(actor, commands).await.into_iter().try_for_each(|answer| answer.map(|_| ()))
    }
}

/// The answers that corrections change, as they are afterwards.
fn corrected(answers: &Answers, corrections: &[Correction]) -> Result<Vec<Answer>, AppError> {
    let mut changed: Vec<Answer> = Vec::new();
    for Correction { indicator, categories, value } in corrections {
        let at = match changed.iter().position(|answer| answer.indicator == *indicator) {
            Some(at) => at,
            None => {
                let unknown = || AppError::Bad(Say::new("import-unknown-indicator").words("value", indicator));
                changed.push(answers.about(indicator).ok_or_else(unknown)?);
                changed.len() - 1
            }
        };
        let Cells { grid, values, .. } = &mut changed[at].cells;
        let cell = grid.0.iter().position(|own| own == categories).and_then(|cell| values.get_mut(cell));
        let unasked = || AppError::Bad(Say::new("check-not-asked").words("category", categories.join(" · ")));
        *cell.ok_or_else(unasked)? = Some(*value);
    }
    Ok(changed)
}
