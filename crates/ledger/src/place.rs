//! Where a ledger is: in a folder, or in a PostgreSQL database. It refuses to open either.

use std::convert::Infallible;
use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// Where a ledger is kept.
#[derive(Clone, PartialEq, Eq)]
pub enum Place {
    /// A folder with one database file and a folder of files.
    Folder(PathBuf),
    /// The address of a database, `postgres://user:password@host/name`. What it may say is PostgreSQL's own; several
    /// plans in one database are told apart by `?options[search_path]=NAME`.
    Database(String),
}

impl Place {
    /// How to name it where others may read: without the password.
    #[must_use]
    pub fn name(&self) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.clone(),
            Self::Database(address) => without_secrets(address).into(),
        }
    }
}

/// Keeps host, port and name; what stands before `@` or behind `?` may be secret.
fn without_secrets(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").unwrap_or(("postgres", address));
    let (rest, behind) = rest.split_once('?').unwrap_or((rest, ""));
    // A question mark inside the password, where `%3F` should stand: nobody can tell where the secret ends.
    if behind.contains('@') {
        return format!("{scheme}://…");
    }
    let rest = rest.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{rest}")
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.name().display().fmt(f)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let database = text.starts_with("postgres://") || text.starts_with("postgresql://");
        Ok(if database { Self::Database(text.into()) } else { Self::Folder(text.into()) })
    }
}

impl From<&Path> for Place {
    fn from(folder: &Path) -> Self {
        Self::Folder(folder.to_path_buf())
    }
}

impl From<PathBuf> for Place {
    fn from(folder: PathBuf) -> Self {
        Self::Folder(folder)
    }
}

impl From<&PathBuf> for Place {
    fn from(folder: &PathBuf) -> Self {
        Self::Folder(folder.clone())
    }
}

impl From<&Place> for Place {
    fn from(place: &Place) -> Self {
        place.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_is_ever_shown() {
        let place: Place = "postgres://wps:s3cr@t@db.example:5432/wps?password=t0p".parse().unwrap();
        assert_eq!(format!("{place} {place:?}"), "postgres://db.example:5432/wps postgres://db.example:5432/wps");
        let place: Place = "postgres://wps:s3?cr@t@db.example/wps".parse().unwrap();
        assert_eq!(place.to_string(), "postgres://…");
        assert_eq!("data".parse::<Place>().unwrap(), Place::Folder("data".into()));
    }
}
