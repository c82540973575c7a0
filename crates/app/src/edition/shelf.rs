//! Published editions as they are read again and again: unpacked once, checked, and kept. Refuses to know anything of an
//! edition that is not in its own files.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use romduol_edition::content::Content;
use romduol_edition::manifest::{Files, Manifest, verify};
use romduol_edition::open::{Answer, Dataset, Refused, Request, answer, dataset};
use romduol_edition::{site, unpack};
use romduol_ledger::BlobId;
use romduol_plan::Say;
use romduol_plan::kinds::EditionState;

use super::{find, missing};
use crate::{App, AppError};

/// An edition with its files.
pub struct Opened {
    pub content: Content,
    pub manifest: Manifest,
    pub files: Files,
    /// All of them in one ZIP file.
    pub bundle: Vec<u8>,
    /// Its numbers as statistics offices ask for them, from the first question on.
    statistics: OnceLock<Dataset>,
}

impl Opened {
    /// Answers a question of the SDMX REST standard.
    ///
    /// # Errors
    /// What cannot be read, what is not there, and what is not offered.
    pub fn answer(&self, request: &Request) -> Result<Answer, Refused> {
        answer(self.statistics.get_or_init(|| dataset(&self.content)), request)
    }
}

/// Editions by their bundle. A published one never changes.
#[derive(Default)]
pub struct Shelf(Mutex<HashMap<String, Arc<Opened>>>);

/// How many are kept at hand: the newest and those that people compare it with.
const KEPT: usize = 4;

impl Shelf {
    fn get(&self, bundle: &str) -> Option<Arc<Opened>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(bundle).cloned()
    }

    fn put(&self, bundle: &str, opened: &Arc<Opened>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(bundle.into(), opened.clone());
    }
}

impl App {
    /// A published edition, its signature checked.
    pub async fn edition(&self, id: &str) -> Result<Arc<Opened>, AppError> {
        let snapshot = self.snapshot();
        let edition = find(&snapshot.state, id)?;
        let Some(blob) = edition.bundle.clone().filter(|_| edition.state == EditionState::Published) else {
            return Err(missing(id));
        };
        if let Some(opened) = self.shelf.get(&blob) {
            return Ok(opened);
        }
        let bundle = self.ledger.blobs().get(&BlobId::from_str(&blob)?).await?;
        let key = self.edition_key().await?;
        let opened = tokio::task::spawn_blocking(move || open(bundle, &key)).await;
        let opened = Arc::new(opened.map_err(|error| AppError::fault(error.to_string()))??);
        self.shelf.put(&blob, &opened);
        Ok(opened)
    }
}

fn open(bundle: Vec<u8>, key: &str) -> Result<Opened, AppError> {
    let broken = |broken: romduol_edition::Broken| AppError::Bad(broken.say());
    let files = unpack(&bundle).map_err(broken)?;
    let manifest = verify(&files, Some(key)).map_err(broken)?;
    let content = files.get(site::CONTENT).and_then(|bytes| serde_json::from_slice(bytes).ok());
    let unreadable = || AppError::Bad(Say::new("edition-broken-unreadable").words("value", site::CONTENT));
    let content = content.ok_or_else(unreadable)?;
    Ok(Opened { content, manifest, files, bundle, statistics: OnceLock::new() })
}
