//! What somebody has begun and comes back with: each step carries a ticket that counts for ten minutes, for one account.
//! It refuses to know what a step means.

use romduol_ledger::Ticket;
use romduol_plan::Say;

use crate::{App, AppError};

const STEP_SECONDS: i64 = 600;

/// The ticket does not count: used, too late, or of somebody else. Which of them is not told.
pub(super) fn lapsed() -> AppError {
    AppError::Bad(Say::new("refused-lapsed"))
}

fn of(account: &str, found: Option<Ticket>) -> Result<String, AppError> {
    found.filter(|found| found.account.as_deref() == Some(account)).map(|found| found.data).ok_or_else(lapsed)
}

impl App {
    /// The ticket with which somebody comes back; without an account it is for whoever brings it.
    pub(super) async fn begin_step(&self, step: &str, account: Option<&str>, data: &str) -> Result<String, AppError> {
        let now = self.now().unix;
        let ticket = Ticket { account: account.map(String::from), data: data.into(), expires: now + STEP_SECONDS };
        Ok(self.ledger.add_ticket(step, &ticket, now).await?)
    }

    /// What the ticket of an account carries; it stays for another try.
    pub(super) async fn step(&self, step: &str, account: &str, ticket: &str) -> Result<String, AppError> {
        of(account, self.ledger.ticket(step, ticket, self.now().unix).await?)
    }

    /// What the ticket of an account carries; it is used up, whoever brings it.
    pub(super) async fn take_step(&self, step: &str, account: &str, ticket: &str) -> Result<String, AppError> {
        of(account, self.ledger.take_ticket(step, ticket, self.now().unix).await?)
    }
}
