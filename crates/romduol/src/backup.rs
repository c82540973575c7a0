//! Backups and copies on the command line: write, check, restore, follow. Refuses to know how a backup is built.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use romduol_app::AppError;
use romduol_app::backup::{Lost, Named, Names, position};
use romduol_app::sound::{self, Beside};
use romduol_ledger::{
    BackupContent, BlobId, Copied, Copy, Ledger, LedgerError, OffsiteCopy, Place, check_backup, check_offsite,
    is_offsite, unpack_backup, unpack_offsite,
};

use crate::Ended;
use crate::metrics_file::{self, Run};

/// Shorter ones are guessed by a machine that has the file.
const SHORTEST: usize = 12;

/// How far a copy is behind at most.
const FOLLOW_EVERY: std::time::Duration = std::time::Duration::from_secs(1);
/// With how many passes accounts, drafts and the trail are looked at once: all of them are read for that.
const ROWS_EVERY: u64 = 30;

#[derive(clap::Args)]
pub(crate) struct Seal {
    /// Encrypt with the passphrase that is the first line of this file, or open what was encrypted with it. Without it
    /// nobody opens the backup again, so keep it elsewhere.
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

impl Seal {
    pub(crate) fn passphrase(&self) -> anyhow::Result<Option<String>> {
        let Some(path) = &self.passphrase_file else { return Ok(None) };
        let text = std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let line = text.lines().next().unwrap_or_default().to_string();
        if line.chars().count() < SHORTEST {
            bail!(
                "the first line of {} has fewer than {SHORTEST} characters; choose a longer passphrase",
                path.display()
            );
        }
        Ok(Some(line))
    }

    /// What stands in an object store is always encrypted.
    fn needed(&self) -> anyhow::Result<String> {
        let why = "what is in an object store is encrypted; name the file with the passphrase with --passphrase-file";
        self.passphrase()?.context(why)
    }
}

/// The address, if it is one of an object store.
fn offsite(path: &Path) -> Option<&str> {
    path.to_str().filter(|address| is_offsite(address))
}

/// Writes a backup and, where it was asked for, numbers about it, whatever came of it.
pub(crate) async fn back_up(file: &Path, data: &Place, seal: &Seal, metrics: Option<&Path>) -> anyhow::Result<Ended> {
    let written = write_backup(file, data, seal).await;
    // What came of the backup is worth more than the numbers about it.
    if let Some(Err(error)) = metrics.map(|path| metrics_file::write(path, written.as_ref().ok())) {
        eprintln!("romduol: the numbers about the backup: {error:#}");
    }
    Ok(if written?.lost == 0 { Ended::Whole } else { Ended::Lacking })
}

async fn write_backup(file: &Path, data: &Place, seal: &Seal) -> anyhow::Result<Run> {
    let passphrase = seal.passphrase()?;
    let ledger = Ledger::open_as_it_is(data).await?;
    let checked = ledger.backup(file, passphrase.as_deref()).await?;
    let lost = Named::by(&checked.ledger).await?.lost_from(&checked.content.files);
    let content = checked.close().await;
    let bytes = std::fs::metadata(file).map(|file| file.len()).unwrap_or_default();
    println!("{} ({} KB) was written and read back.", file.display(), bytes.div_ceil(1024));
    println!("It holds {}.", held(&content));
    tell_lost(&lost, "They cannot be read here, so they are not in the backup. Look for them in older backups.");
    Ok(Run { bytes, entries: content.head.seq, files: content.files.len(), lost: lost.len() })
}

fn held(content: &BackupContent) -> String {
    let BackupContent { head, files } = content;
    format!("{} files and {} entries, fingerprint {}", files.len(), head.seq, head.hash)
}

/// Lists the files that are named and not there.
fn tell_lost(lost: &[Lost], what_now: &str) -> Ended {
    if lost.is_empty() {
        return Ended::Whole;
    }
    eprintln!("romduol: {} files that records name are missing or damaged:", lost.len());
    for lost in lost {
        eprintln!("  {lost}");
    }
    eprintln!("{what_now}");
    Ended::Lacking
}

pub(crate) async fn restore(file: &Path, data: &Path, to: Option<&str>, seal: &Seal) -> anyhow::Result<Ended> {
    let mut unpacked = match offsite(file) {
        Some(address) => unpack_offsite(address, &seal.needed()?, data).await?,
        None => unpack_backup(file, seal.passphrase()?.as_deref(), data).await?,
    };
    if let Some(to) = to {
        let position = position(&unpacked.ledger, to).await?;
        if position == 0 {
            bail!("nothing was entered up to {to}, so that there is nothing to restore; choose a later moment");
        }
        unpacked.end_at(position).await?;
    }
    let named = Named::by(&unpacked.ledger).await?;
    let lost = named.lost_from(&unpacked.content.files);
    let content = unpacked.finish().await?;
    println!("{} is ready, with {} entries, fingerprint {}.", data.display(), content.head.seq, content.head.hash);
    println!("Nobody is signed in. Passwords and addresses are those of the day of the backup.");
    println!("{} of {} files that records name are there.", named.count() - lost.len(), named.count());
    Ok(tell_lost(&lost, "Everything else was restored. Look for these in older backups."))
}

/// A copy that is kept up to date.
enum Following {
    Ledger(Copy),
    Offsite(OffsiteCopy),
}

impl Following {
    async fn begin(from: &Ledger, to: &Place, seal: &Seal) -> anyhow::Result<Following> {
        let address = match to {
            Place::Folder(folder) => offsite(folder),
            Place::Database(_) => None,
        };
        Ok(match address {
            Some(address) => Following::Offsite(OffsiteCopy::new(from, address, &seal.needed()?).await?),
            None => Following::Ledger(Copy::new(from, to).await?),
        })
    }

    /// All of it, and which files it lacks.
    async fn full_pass(&mut self, names: &mut Names) -> anyhow::Result<(Copied, Vec<Lost>)> {
        let named = names.now().await?;
        let copied = self.pass(Some(&named.ids())).await?;
        let lost = named.lost_from(&copied.holds);
        Ok((copied, lost))
    }

    async fn pass(&mut self, named: Option<&BTreeSet<BlobId>>) -> Result<Copied, LedgerError> {
        match self {
            Following::Ledger(copy) => copy.pass(named).await,
            Following::Offsite(copy) => copy.pass(named).await,
        }
    }

    async fn close(self) {
        match self {
            Following::Ledger(copy) => copy.close().await,
            Following::Offsite(copy) => copy.close().await,
        }
    }
}

pub(crate) async fn copy(data: &Place, to: &Place, follow: bool, seal: &Seal) -> anyhow::Result<Ended> {
    let from = Ledger::open(data).await?;
    let mut copy = Following::begin(&from, to, seal).await?;
    let mut names = Names::of(&from);
    let (copied, mut lost) = copy.full_pass(&mut names).await?;
    println!(
        "{to} has {} entries, {} of them new, and {} new files, fingerprint {}.",
        copied.head.seq, copied.entries, copied.files, copied.head.hash
    );
    let mut ended = tell_lost(&lost, NOT_IN_COPY);
    if follow {
        println!("It follows until you stop this program.");
        tokio::select! {
            never = keep_following(&mut copy, &mut names, lost) => never?,
            stopped = tokio::signal::ctrl_c() => stopped?,
        }
        lost = copy.full_pass(&mut names).await?.1;
        ended = if lost.is_empty() { Ended::Whole } else { Ended::Lacking };
    }
    copy.close().await;
    Ok(ended)
}

const NOT_IN_COPY: &str =
    "They cannot be read here and are not in the copy. Put them back into the folder blobs from a backup.";

/// Goes on when a place was away for a while; stops when the copy can never be one again. Files that are lost on the way are
/// told once.
async fn keep_following(copy: &mut Following, names: &mut Names, mut known: Vec<Lost>) -> anyhow::Result<()> {
    let (mut away, mut passes) = (false, 0);
    loop {
        tokio::time::sleep(FOLLOW_EVERY).await;
        let passed = match passes % ROWS_EVERY {
            0 => copy.full_pass(names).await.map(|(_, lost)| Some(lost)),
            _ => copy.pass(None).await.map(|_| None).map_err(anyhow::Error::from),
        };
        match passed {
            Ok(lost) => {
                (away, passes) = (false, passes + 1);
                if let Some(lost) = lost.filter(|lost| *lost != known) {
                    tell_lost(&lost, NOT_IN_COPY);
                    known = lost;
                }
            }
            Err(error) if never_again(&error) => return Err(error),
            Err(error) if !away => {
                away = true;
                eprintln!("romduol: {error}");
            }
            Err(_) => {}
        }
    }
}

fn never_again(error: &anyhow::Error) -> bool {
    use LedgerError::{Broken, Diverged, NotACopy};
    let inner = match error.downcast_ref::<AppError>() {
        Some(AppError::Ledger(error)) => Some(&**error),
        _ => error.downcast_ref::<LedgerError>(),
    };
    matches!(inner, Some(NotACopy { .. } | Broken(_) | Diverged { .. }))
}

pub(crate) async fn verify(file: Option<&Path>, data: Option<&Place>, seal: &Seal) -> anyhow::Result<Ended> {
    match (file, data) {
        (Some(file), _) => verify_file(file, seal).await,
        (None, Some(data)) => verify_data(data).await,
        (None, None) => bail!("name a backup, or a data folder with --data"),
    }
}

async fn verify_file(file: &Path, seal: &Seal) -> anyhow::Result<Ended> {
    let checked = match offsite(file) {
        Some(address) => check_offsite(address, &seal.needed()?).await?,
        None => check_backup(file, seal.passphrase()?.as_deref()).await?,
    };
    let lost = Named::by(&checked.ledger).await?.lost_from(&checked.content.files);
    let content = checked.close().await;
    match lost.is_empty() {
        true => println!("The backup is whole, with {} files.", content.files.len()),
        false => println!("The backup can be restored without {} files.", lost.len()),
    }
    println!("The chain holds: {} entries, fingerprint {}.", content.head.seq, content.head.hash);
    Ok(tell_lost(&lost, "The backup does not have them, and restores everything else. Look for them in older backups."))
}

async fn verify_data(data: &Place) -> anyhow::Result<Ended> {
    // Looking changes nothing: an older ledger stays one.
    let ledger = Ledger::open_as_it_is(data).await?;
    let head = ledger.verify().await?.into_result()?;
    if sound::beside(&ledger).await? == Beside::Forged {
        bail!(
            "the entries are whole, but {} does not follow from them; remove it, and find out who can write there",
            ledger.path().with_extension("snapshot").display()
        );
    }
    let named = Named::by(&ledger).await?;
    let lost = named.lost_in(&ledger).await?;
    println!("{} of {} files that records name are there and unchanged.", named.count() - lost.len(), named.count());
    println!("The chain holds: {} entries, fingerprint {}.", head.seq, head.hash);
    Ok(tell_lost(&lost, "Put them back into the folder blobs from a backup."))
}
