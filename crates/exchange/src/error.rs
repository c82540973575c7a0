//! Why an export was refused or failed, each as one sentence. Refuses to know how it is shown.

use std::io;
use std::path::{Path, PathBuf};

/// After any of these there is no OUT, and nothing half-written is left.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExportError {
    #[error("There is no plan to export; load one with `romduol init`.")]
    NoPlan,
    #[error("{} is there already and is not an empty folder; name a new folder or remove it first.", .0.display())]
    Exists(PathBuf),
    #[error("{} is left by an export that was cut off or still runs; remove it if none runs, and export again.", .0.display())]
    Unfinished(PathBuf),
    #[error("“{}” names no folder; give the name of a new folder.", .0.display())]
    NoName(PathBuf),
    #[error("The disk is full at {}; nothing was exported; free some space and export again.", .0.display())]
    DiskFull(PathBuf),
    #[error("{} cannot be written ({detail}); nothing was exported; choose a place where the program may write.", path.display())]
    CannotWrite { path: PathBuf, detail: String },
}

impl ExportError {
    pub(crate) fn io(path: &Path, error: &io::Error) -> ExportError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => ExportError::DiskFull(path.into()),
            _ => ExportError::other(path, error),
        }
    }

    pub(crate) fn csv(path: &Path, error: csv::Error) -> ExportError {
        match error.into_kind() {
            csv::ErrorKind::Io(error) => ExportError::io(path, &error),
            other => ExportError::CannotWrite { path: path.into(), detail: format!("{other:?}") },
        }
    }

    pub(crate) fn parquet(path: &Path, error: &parquet::errors::ParquetError) -> ExportError {
        let inner = match error {
            parquet::errors::ParquetError::External(inner) => inner.downcast_ref::<io::Error>(),
            _ => None,
        };
        match inner {
            Some(error) => ExportError::io(path, error),
            None => ExportError::other(path, error),
        }
    }

    pub(crate) fn sqlite(path: &Path, error: &sqlx::Error) -> ExportError {
        /// <https://www.sqlite.org/rescode.html#full>
        const SQLITE_FULL: &str = "13";
        match error {
            sqlx::Error::Io(error) => ExportError::io(path, error),
            sqlx::Error::Database(fault) if fault.code().as_deref() == Some(SQLITE_FULL) => {
                ExportError::DiskFull(path.into())
            }
            _ => ExportError::other(path, error),
        }
    }

    pub(crate) fn other(path: &Path, error: &dyn std::error::Error) -> ExportError {
        ExportError::CannotWrite { path: path.into(), detail: error.to_string() }
    }
}
