//! What people write beside a change: not empty where a reason is due, and nothing that points to a single person.
//! Refuses to know what the words are about.

use romduol_plan::returns::Refused;
use romduol_plan::screen;

use crate::AppError;

/// The words without the space around them; refused where there are none, or where they point to a single person: a
/// reason stays in the ledger for ever.
pub(crate) fn reason(words: &str) -> Result<String, AppError> {
    let words = words.trim();
    if words.is_empty() {
        return Err(Refused::ReasonNeeded.into());
    }
    impersonal([words])?;
    Ok(words.to_string())
}

/// Refuses texts of which one points to a single person; the first one found is told.
pub(crate) fn impersonal<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<(), AppError> {
    match texts.into_iter().find_map(screen::personal) {
        Some(say) => Err(AppError::Bad(say)),
        None => Ok(()),
    }
}
