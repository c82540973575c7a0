//! Writing the records of the plan: one in a form, many from a table (`intake`), and taking one out again. Refuses to know
//! what a kind means: its columns and the rules of the package say what is right.

pub mod intake;
mod table;

use romduol_plan::Kind;
use romduol_plan::commands::records::{Draft, WriteLocally, WriteRecord, is_edited};
pub use romduol_plan::commands::records::{amend, last_touched};
use romduol_plan::kinds::Id;
use romduol_plan::package::Fault;
use romduol_plan::permission::writing;

use crate::accounts::Person;
use crate::{App, AppError};

pub use table::{book, table};

/// What came of writing a record.
pub enum Written {
    Kept(Id),
    /// Nothing was kept; each fault says why.
    Faults(Vec<Fault>),
}

impl App {
    /// Writes one record from the cells of a form. `seen` is the entry that last touched it when the form was opened. What is
    /// wrong with it is found before it waits for the writer.
    pub async fn write_record(&self, person: &Person, command: WriteRecord) -> Result<Written, AppError> {
        may_edit(person, command.draft.kind)?;
        match command.draft.record(&self.snapshot().state) {
            Err(faults) => Ok(Written::Faults(faults)),
            Ok(body) => self.execute(person, command).await.map(|_| Written::Kept(body.id().to_string())),
        }
    }

    /// The same for a record of one's own place or institution.
    pub(crate) async fn keep_locally(&self, person: &Person, draft: Draft) -> Result<Written, AppError> {
        match draft.record(&self.snapshot().state) {
            Err(faults) => Ok(Written::Faults(faults)),
            Ok(body) => {
                let done = self.execute(person, WriteLocally { draft }).await;
                done.map(|_| Written::Kept(body.id().to_string()))
            }
        }
    }
}

fn may_edit(person: &Person, kind: Kind) -> Result<(), AppError> {
    person.post.may(writing(kind))?;
    Ok(is_edited(kind)?)
}
