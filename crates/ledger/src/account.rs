//! Who may sign in: an ordinary table whose rows can be erased. It refuses to know what a role may do.

use crate::dialect::on;
use crate::session::shut_out;
use crate::{Ledger, LedgerError, dialect, password, random};

/// A person's account, without the password hash (that never leaves this crate).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Opaque; the only thing about a person that ledger entries may name.
    pub id: String,
    /// What is typed to sign in; unique, compared byte by byte.
    pub login: String,
    /// As shown.
    pub name: String,
    /// A word that the permission table knows.
    pub role: String,
    /// Institution code, if the role is bound to one.
    pub institution: Option<String>,
    /// Area code, if the role is bound to one.
    pub area: Option<String>,
    /// Language tag such as `km`.
    pub language: String,
    /// An account that is not active cannot sign in and its sessions do not count.
    pub active: bool,
    /// Unix seconds.
    pub created: i64,
}

/// What a new account needs.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    /// Chosen by the caller (demo data, restore); `None` draws a random one.
    pub id: Option<String>,
    /// See [`Account::login`].
    pub login: String,
    /// See [`Account::name`].
    pub name: String,
    /// See [`Account::role`].
    pub role: String,
    /// See [`Account::institution`].
    pub institution: Option<String>,
    /// See [`Account::area`].
    pub area: Option<String>,
    /// See [`Account::language`].
    pub language: String,
}

/// What stands in the place of a hash until a password is set.
const NO_PASSWORD: &str = "";

/// Everything of an account but id, password and `created`.
macro_rules! update {
    ($account:expr) => {
        sqlx::query(
            "UPDATE account SET login = $1, name = $2, role = $3, institution = $4, area = $5,
             language = $6, active = $7 WHERE id = $8",
        )
        .bind(&$account.login)
        .bind(&$account.name)
        .bind(&$account.role)
        .bind(&$account.institution)
        .bind(&$account.area)
        .bind(&$account.language)
        .bind(i64::from($account.active))
        .bind(&$account.id)
    };
}

pub(crate) type Row = (String, String, String, String, Option<String>, Option<String>, String, i64, i64);

pub(crate) fn account(row: Row) -> Account {
    let (id, login, name, role, institution, area, language, active, created) = row;
    Account { id, login, name, role, institution, area, language, active: active != 0, created }
}

impl Ledger {
    /// Adds an active account. `created` in unix seconds. Without a password nobody signs in with one until it is set.
    ///
    /// # Errors
    /// [`LedgerError::LoginTaken`] if the login (or a given id) exists.
    pub async fn add_account<'a>(
        &self,
        new: NewAccount,
        password: impl Into<Option<&'a str>>,
        created: i64,
    ) -> Result<Account, LedgerError> {
        let id = match new.id {
            Some(id) => id,
            None => random::hex_bytes::<8>()?,
        };
        let hash = match password.into() {
            Some(password) => password::hash(password).await?,
            None => NO_PASSWORD.to_string(),
        };
        // All rows, though there is one: see `save_draft`.
        let rows: Result<Vec<Row>, sqlx::Error> = on!(&self.writer, |pool| {
            sqlx::query_as(
                "INSERT INTO account
                 (id, login, name, password_hash, role, institution, area, language, active, created)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9)
                 RETURNING id, login, name, role, institution, area, language, active, created",
            )
            .bind(id)
            .bind(&new.login)
            .bind(new.name)
            .bind(hash)
            .bind(new.role)
            .bind(new.institution)
            .bind(new.area)
            .bind(new.language)
            .bind(created)
            .fetch_all(pool)
            .await
        });
        let row = rows.and_then(|mut rows| rows.pop().ok_or(sqlx::Error::RowNotFound));
        row.map(account).map_err(|e| self.login_fault(e, &new.login))
    }

    /// The account with this id.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn account(&self, id: &str) -> Result<Option<Account>, LedgerError> {
        let row: Option<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT id, login, name, role, institution, area, language, active, created
                 FROM account WHERE id = $1",
            )
            .bind(id)
            .fetch_optional(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        Ok(row.map(account))
    }

    /// All accounts, by login.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn accounts(&self) -> Result<Vec<Account>, LedgerError> {
        let rows: Vec<Row> = on!(&self.reader, |pool| {
            sqlx::query_as(
                "SELECT id, login, name, role, institution, area, language, active, created
                 FROM account",
            )
            .fetch_all(pool)
            .await
        })
        .map_err(|e| self.fault(e))?;
        let mut accounts: Vec<_> = rows.into_iter().map(account).collect();
        // Sorted here: the order of text differs between engines.
        accounts.sort_by(|a, b| a.login.cmp(&b.login));
        Ok(accounts)
    }

    /// Writes everything but id, password and `created` of an existing account.
    ///
    /// # Errors
    /// [`LedgerError::NoAccount`], [`LedgerError::LoginTaken`].
    pub async fn update_account(&self, account: &Account) -> Result<(), LedgerError> {
        let done = on!(&self.writer, |pool| update!(account).execute(pool).await.map(|done| done.rows_affected()))
            .map_err(|e| self.login_fault(e, &account.login))?;
        found(done, &account.id)
    }

    /// The same, and whoever acts as the account is shut out ([`Ledger::shut_out`]), in one transaction: nobody goes on with
    /// what the account was before.
    ///
    /// # Errors
    /// As [`Ledger::update_account`].
    pub async fn change_account(&self, account: &Account, now: i64) -> Result<(), LedgerError> {
        let done = async {
            on!(&self.writer, |pool| {
                let mut transaction = dialect::begin_write(pool).await?;
                let done = update!(account).execute(&mut *transaction).await?.rows_affected();
                shut_out!(transaction, &account.id, now);
                transaction.commit().await?;
                Ok(done)
            })
        };
        let done = done.await.map_err(|e| self.login_fault(e, &account.login))?;
        found(done, &account.id)
    }

    /// Sets a new password and ends every session and token of the account, in one transaction: whoever knew the old one
    /// may have made them.
    ///
    /// # Errors
    /// [`LedgerError::NoAccount`].
    pub async fn set_password(&self, id: &str, password: &str) -> Result<(), LedgerError> {
        let hash = password::hash(password).await?;
        let done = async {
            on!(&self.writer, |pool| {
                let mut transaction = dialect::begin_write(pool).await?;
                let done = sqlx::query("UPDATE account SET password_hash = $1 WHERE id = $2")
                    .bind(hash)
                    .bind(id)
                    .execute(&mut *transaction)
                    .await?;
                for opened in ["DELETE FROM session WHERE account = $1", "DELETE FROM token WHERE account = $1"] {
                    sqlx::query(opened).bind(id).execute(&mut *transaction).await?;
                }
                transaction.commit().await?;
                Ok(done.rows_affected())
            })
        };
        found(done.await.map_err(|e| self.fault(e))?, id)
    }

    /// Erases the account and its sessions, also from what the engine would keep of them for a while. Entries keep the
    /// opaque id. `false` as for [`Ledger::scrub`].
    ///
    /// # Errors
    /// [`LedgerError::NoAccount`].
    pub async fn erase_account(&self, id: &str) -> Result<bool, LedgerError> {
        let done = on!(&self.writer, |pool| {
            sqlx::query("DELETE FROM account WHERE id = $1")
                .bind(id)
                .execute(pool)
                .await
                .map(|done| done.rows_affected())
        })
        .map_err(|e| self.fault(e))?;
        found(done, id)?;
        self.scrub().await
    }

    /// The active account with this login and password. An unknown login, a wrong password and an account that is not
    /// active all give `None` after the same work.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine or of hashing.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Option<Account>, LedgerError> {
        // No login has a zero byte, and one engine would not even take it as a question.
        let login = if login.contains('\0') { "" } else { login };
        let known: Option<(String, String)> = on!(&self.reader, |pool| {
            sqlx::query_as("SELECT id, password_hash FROM account WHERE login = $1")
                .bind(login)
                .fetch_optional(pool)
                .await
        })
        .map_err(|e| self.fault(e))?;
        let (id, hash) = known.filter(|(_, hash)| hash != NO_PASSWORD).unzip();
        let right = password::verify(password, hash).await?;
        match id {
            Some(id) if right => Ok(self.account(&id).await?.filter(|a| a.active)),
            _ => Ok(None),
        }
    }

    fn login_fault(&self, error: sqlx::Error, login: &str) -> LedgerError {
        if dialect::is_unique_violation(&error) {
            return LedgerError::LoginTaken { login: login.to_owned() };
        }
        self.fault(error)
    }
}

fn found(rows: u64, id: &str) -> Result<(), LedgerError> {
    if rows == 0 {
        return Err(LedgerError::NoAccount { id: id.to_owned() });
    }
    Ok(())
}
