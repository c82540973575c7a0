//! Where a person is reminded, beside the account and erased with it. It refuses to send anything.

use crate::account::{Account, Row, account};
use crate::dialect::on;
use crate::{Ledger, LedgerError};

/// An active account with an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// Whose it is.
    pub account: Account,
    /// As entered.
    pub email: String,
    /// The day of the last reminder, in days since 1970.
    pub reminded: Option<i64>,
}

impl Ledger {
    /// Sets the address of an account; `None` erases it.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine; a missing account is one.
    pub async fn set_contact(&self, account: &str, email: Option<&str>) -> Result<(), LedgerError> {
        let done = match email {
            Some(email) => {
                on!(&self.writer, |pool| {
                    sqlx::query(
                        "INSERT INTO contact (account, email) VALUES ($1, $2)
                         ON CONFLICT (account) DO UPDATE SET email = $2",
                    )
                    .bind(account)
                    .bind(email)
                    .execute(pool)
                    .await
                    .map(|done| done.rows_affected())
                })
            }
            None => {
                on!(&self.writer, |pool| {
                    sqlx::query("DELETE FROM contact WHERE account = $1")
                        .bind(account)
                        .execute(pool)
                        .await
                        .map(|done| done.rows_affected())
                })
            }
        };
        done.map(drop).map_err(|e| self.fault(e))
    }

    /// The active accounts with an address, by login.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn contacts(&self) -> Result<Vec<Contact>, LedgerError> {
        type Joined = (String, String, Option<i64>);
        let rows: Vec<Joined> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT c.account, c.email, c.reminded
                 FROM contact c JOIN account a ON a.id = c.account WHERE a.active = 1",
            )
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        let accounts: Vec<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT a.id, a.login, a.name, a.role, a.institution, a.area, a.language, a.active, a.created
                 FROM account a JOIN contact c ON c.account = a.id WHERE a.active = 1",
            )
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        let mut contacts: Vec<Contact> = accounts
            .into_iter()
            .map(account)
            .filter_map(|account| {
                let (_, email, reminded) = rows.iter().find(|(id, ..)| *id == account.id)?;
                Some(Contact { email: email.clone(), reminded: *reminded, account })
            })
            .collect();
        contacts.sort_by(|a, b| a.account.login.cmp(&b.account.login));
        Ok(contacts)
    }

    /// Notes that an account was reminded on a day. `false` if it was already, by another process too.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn mark_reminded(&self, account: &str, day: i64) -> Result<bool, LedgerError> {
        on!(&self.writer, |pool| {
            sqlx::query("UPDATE contact SET reminded = $2 WHERE account = $1 AND (reminded IS NULL OR reminded < $2)")
                .bind(account)
                .bind(day)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map(|rows| rows == 1)
        .map_err(|e| self.fault(e))
    }
}
