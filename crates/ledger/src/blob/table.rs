//! Files in a table: nodes that share a database share no folder. It refuses to know other tables.

use std::path::Path;
use std::sync::Arc;

use sqlx::PgPool;

use super::BlobId;
use crate::{LedgerError, dialect};

#[derive(Clone, Debug)]
pub(super) struct Table {
    name: Arc<Path>,
    pool: PgPool,
}

impl Table {
    pub(super) fn new(name: &Path, pool: PgPool) -> Self {
        Self { name: name.into(), pool }
    }

    pub(super) async fn put(&self, id: &BlobId, bytes: Vec<u8>) -> Result<(), LedgerError> {
        sqlx::query("INSERT INTO blob (id, bytes) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET bytes = $2")
            .bind(id.as_str())
            .bind(bytes)
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|e| self.fault(e))
    }

    pub(super) async fn get(&self, id: &BlobId) -> Result<Vec<u8>, LedgerError> {
        let bytes: Option<Vec<u8>> = sqlx::query_scalar("SELECT bytes FROM blob WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await
            .map_err(|e| self.fault(e))?;
        bytes.ok_or_else(|| LedgerError::BlobMissing { id: id.to_string() })
    }

    pub(super) async fn erase(&self, id: &BlobId) -> Result<(), LedgerError> {
        sqlx::query("DELETE FROM blob WHERE id = $1")
            .bind(id.as_str())
            .execute(&self.pool)
            .await
            .map(drop)
            .map_err(|e| self.fault(e))
    }

    pub(super) async fn list(&self) -> Result<Vec<BlobId>, LedgerError> {
        let ids: Vec<String> =
            sqlx::query_scalar("SELECT id FROM blob").fetch_all(&self.pool).await.map_err(|e| self.fault(e))?;
        ids.iter().map(|id| id.parse()).collect()
    }

    fn fault(&self, error: sqlx::Error) -> LedgerError {
        dialect::fault(&self.name, error)
    }
}
