//! Published editions as they are read again and again: unpacked once, checked, and kept. Refuses to know anything of an
//! edition that is not in its own files.

use std::collections::BTreeMap;
use std::io::Write;
use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use romduol_edition::content::Content;
use romduol_edition::manifest::{Files, Manifest, verify};
use romduol_edition::open::{Answer, Dataset, Refused, Request, answer, dataset};
use romduol_edition::{site, unpack};
use romduol_ledger::BlobId;
use romduol_locale::Locale;
use romduol_plan::Kind;
use romduol_plan::kinds::EditionState;
use romduol_plan::totals::Told;
use romduol_plan::{Lang, Say};
use tokio::sync::{OnceCell, Semaphore};

use super::{find, newest};
use crate::{App, AppError};

/// An edition with its files.
pub struct Opened {
    pub content: Content,
    pub manifest: Manifest,
    pub files: Files,
    /// All of them in one ZIP file.
    pub bundle: Vec<u8>,
    /// The files as they go to whoever unpacks them, each packed once for all who ask.
    packed: BTreeMap<String, OnceLock<Vec<u8>>>,
    /// Its numbers as statistics offices ask for them, from the first question on.
    statistics: OnceLock<Dataset>,
    told: OnceLock<Arc<Told>>,
}

impl Opened {
    /// What it told of counts of people.
    pub fn told(&self) -> Arc<Told> {
        self.told.get_or_init(|| Arc::new(crate::sight::told(&self.content))).clone()
    }

    /// A file packed with gzip (RFC 1952); none of that name.
    pub fn packed(&self, path: &str) -> Option<&[u8]> {
        let (file, packed) = (self.files.get(path)?, self.packed.get(path)?);
        Some(packed.get_or_init(|| gzip(file)))
    }

    /// Answers a question of the SDMX REST standard.
    ///
    /// # Errors
    /// What cannot be read, what is not there, and what is not offered.
    pub fn answer(&self, request: &Request) -> Result<Answer, Refused> {
        answer(self.statistics(), request)
    }

    /// Whether the path of a question names the version of its structures.
    pub fn is_named_in(&self, path: &str) -> bool {
        self.statistics().is_named_in(path)
    }

    fn statistics(&self) -> &Dataset {
        self.statistics.get_or_init(|| dataset(&self.content))
    }
}

fn gzip(file: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    packer.write_all(file).and_then(|()| packer.finish()).expect("writing to memory does not fail")
}

/// An edition by its bundle, opened or being so. A published one never changes.
struct Kept<T> {
    bundle: String,
    opened: Arc<OnceCell<Arc<T>>>,
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Kept { bundle: self.bundle.clone(), opened: self.opened.clone() }
    }
}

/// Published editions at hand. One is opened at a time, and once for all who ask: a national one takes a second and its room.
pub struct Shelf<T = Opened> {
    /// The one that was asked for last stands last.
    kept: Mutex<Vec<Kept<T>>>,
    turn: Semaphore,
}

impl<T> Default for Shelf<T> {
    fn default() -> Self {
        Shelf { kept: Mutex::default(), turn: Semaphore::new(1) }
    }
}

/// How many are kept at hand: the newest and those that people compare it with.
const KEPT: usize = 4;

impl<T> Shelf<T> {
    fn list(&self) -> MutexGuard<'_, Vec<Kept<T>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self, bundle: &str) -> Kept<T> {
        let mut kept = self.list();
        let known = kept.iter().position(|one| one.bundle == bundle).map(|at| kept.remove(at));
        let place = known.unwrap_or_else(|| Kept { bundle: bundle.into(), opened: Arc::default() });
        kept.push(place.clone());
        place
    }

    /// Forgets one that could not be opened, and what nobody has asked for the longest; the newest edition stays.
    fn settle(&self, bundle: &str, newest: Option<&str>) {
        let mut kept = self.list();
        kept.retain(|one| one.bundle != bundle || one.opened.initialized());
        while kept.iter().filter(|one| one.opened.initialized()).count() > KEPT {
            let goes = |one: &Kept<T>| one.opened.initialized() && newest != Some(one.bundle.as_str());
            let Some(oldest) = kept.iter().position(goes) else { break };
            kept.remove(oldest);
        }
    }
}

impl App {
    /// A published edition, its signature checked.
    pub async fn edition(&self, id: &str) -> Result<Arc<Opened>, AppError> {
        let snapshot = self.snapshot();
        let edition = find(&snapshot.state, id)?;
        let Some(bundle) = edition.bundle.clone().filter(|_| edition.state == EditionState::Published) else {
            return Err(AppError::NotFound { kind: Kind::Edition, id: id.into() });
        };
        let place = self.shelf.place(&bundle);
        if let Some(opened) = place.opened.get() {
            return Ok(opened.clone());
        }
        // Whoever asks may go away meanwhile: it is opened all the same, and not once more for each who comes and goes.
        let (app, newest) = (self.clone(), newest(&snapshot.state).and_then(|edition| edition.bundle.clone()));
        let work = tokio::spawn(async move {
            let opened = place.opened.get_or_try_init(|| app.open_edition(&place.bundle)).await.cloned();
            app.shelf.settle(&place.bundle, newest.as_deref());
            opened
        });
        work.await.map_err(|error| AppError::fault(format!("an edition could not be opened: {error}")))?
    }

    async fn open_edition(&self, bundle: &str) -> Result<Arc<Opened>, AppError> {
        let _turn = self.shelf.turn.acquire().await.map_err(|_| AppError::Stopping)?;
        let bundle = self.ledger.blobs().get(&BlobId::from_str(bundle)?).await?;
        let key = self.edition_key().await?;
        let opened = tokio::task::spawn_blocking(move || open(bundle, &key)).await;
        Ok(Arc::new(opened.map_err(|error| AppError::fault(error.to_string()))??))
    }
}

fn open(bundle: Vec<u8>, key: &str) -> Result<Opened, AppError> {
    // It was whole when it was published: whoever runs the program has to restore it.
    let damaged = |say: &Say| AppError::fault(Locale::of(Lang::En).tell(say));
    let broken = |broken: romduol_edition::Broken| damaged(&broken.say());
    let files = unpack(&bundle).map_err(broken)?;
    let manifest = verify(&files, Some(key)).map_err(broken)?;
    let content = files.get(site::CONTENT).and_then(|bytes| serde_json::from_slice(bytes).ok());
    let unreadable = || damaged(&Say::new("edition-broken-unreadable").words("value", site::CONTENT));
    let content = content.ok_or_else(unreadable)?;
    let packed = files.keys().map(|path| (path.clone(), OnceLock::new())).collect();
    Ok(Opened { content, manifest, files, bundle, packed, statistics: OnceLock::new(), told: OnceLock::new() })
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn an_edition_is_opened_once_however_many_ask_and_the_newest_stays() {
        let (shelf, counted) = (Arc::new(Shelf::<u32>::default()), Arc::new(AtomicU32::new(0)));
        let ask = |bundle: u32| {
            let (shelf, counted) = (shelf.clone(), counted.clone());
            tokio::spawn(async move {
                let place = shelf.place(&bundle.to_string());
                let open = || async {
                    counted.fetch_add(1, Ordering::SeqCst);
                    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
                    Arc::new(bundle)
                };
                let opened = place.opened.get_or_init(open).await.clone();
                shelf.settle(&place.bundle, Some("1"));
                *opened
            })
        };
        let many: Vec<_> = (0..20).map(|_| ask(1)).collect();
        for one in many {
            assert_eq!(one.await.unwrap(), 1);
        }
        assert_eq!(counted.load(Ordering::SeqCst), 1);
        for bundle in 2..9 {
            assert_eq!(ask(bundle).await.unwrap(), bundle);
        }
        let kept: Vec<String> = shelf.list().iter().map(|one| one.bundle.clone()).collect();
        assert_eq!(kept, ["1", "6", "7", "8"], "the newest, and those that were asked for last");
        shelf.place("broken");
        shelf.settle("broken", Some("1"));
        assert_eq!(shelf.list().len(), KEPT, "what could not be opened is forgotten");
    }
}
