//! What a task about a finding is called. Refuses to know what a rule says.

use romduol_locale::Locale;
use romduol_plan::commands::duties::found;
use romduol_plan::{Date, Lang, Say, State, Text};

use crate::AppError;

/// How many records the title names.
const NAMED: usize = 4;

/// Its title names the records and no numbers: tasks are read by more people than findings.
pub fn task_title(state: &State, today: Date, code: &str) -> Result<Text, AppError> {
    let finding = found(state, today, code)?;
    let ids: Vec<&str> = finding.records.iter().take(NAMED).map(|(_, id)| id.as_str()).collect();
    let title = Say::new("finding-task").words("records", ids.join(", "));
    Ok(Text { en: Locale::of(Lang::En).tell(&title), km: Locale::of(Lang::Km).tell(&title) })
}
