//! Since when nothing names a stored file: a form that was refused, a draft that was replaced. It refuses to know what names
//! files, and to erase any.

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use crate::dialect::on;
use crate::{BlobId, Ledger, LedgerError, dialect};

impl Ledger {
    /// Notes at `now` which stored files are not `named`, and gives those that were not at `before` either. A file that is
    /// named again begins anew.
    ///
    /// # Errors
    /// [`LedgerError`] of the engine.
    pub async fn note_unnamed(
        &self,
        named: &BTreeSet<BlobId>,
        now: i64,
        before: i64,
    ) -> Result<BTreeSet<BlobId>, LedgerError> {
        let stored = self.blobs.list().await?;
        let unnamed: BTreeSet<BlobId> = stored.into_iter().filter(|id| !named.contains(id)).collect();
        let known = self.unnamed().await?;
        let gone: Vec<&BlobId> = known.keys().filter(|id| !unnamed.contains(id)).collect();
        let new: Vec<&BlobId> = unnamed.iter().filter(|id| !known.contains_key(id)).collect();
        if !gone.is_empty() || !new.is_empty() {
            self.write_unnamed(&gone, &new, now).await.map_err(|e| self.fault(e))?;
        }
        let due = |(id, since): (BlobId, i64)| (unnamed.contains(&id) && since <= before).then_some(id);
        Ok(known.into_iter().filter_map(due).collect())
    }

    async fn unnamed(&self) -> Result<BTreeMap<BlobId, i64>, LedgerError> {
        let rows: Vec<(String, i64)> =
            on!(&self.reader, |pool| sqlx::query_as("SELECT file, since FROM unnamed").fetch_all(pool).await)
                .map_err(|e| self.fault(e))?;
        rows.into_iter().map(|(id, since)| Ok((BlobId::from_str(&id)?, since))).collect()
    }

    async fn write_unnamed(&self, gone: &[&BlobId], new: &[&BlobId], now: i64) -> Result<(), sqlx::Error> {
        on!(&self.writer, |pool| {
            let mut transaction = dialect::begin_write(pool).await?;
            for id in gone {
                let delete = sqlx::query("DELETE FROM unnamed WHERE file = $1");
                delete.bind(id.as_str()).execute(&mut *transaction).await?;
            }
            for id in new {
                // Another node looks, too.
                let insert = "INSERT INTO unnamed (file, since) VALUES ($1, $2) ON CONFLICT (file) DO NOTHING";
                sqlx::query(insert).bind(id.as_str()).bind(now).execute(&mut *transaction).await?;
            }
            transaction.commit().await
        })
    }
}
