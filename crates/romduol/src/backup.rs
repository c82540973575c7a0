//! Backups and copies on the command line: write, check, restore, follow. Refuses to know how a backup is built.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use romduol_app::backup::{missing_files, position};
use romduol_ledger::{
    Copied, Copy, Ledger, LedgerError, OffsiteCopy, Place, check_backup, check_offsite, is_offsite, unpack_backup,
    unpack_offsite,
};

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
    fn passphrase(&self) -> anyhow::Result<Option<String>> {
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

pub(crate) async fn back_up(file: &Path, data: &Place, seal: &Seal) -> anyhow::Result<()> {
    let passphrase = seal.passphrase()?;
    let ledger = Ledger::open(data).await?;
    let content = ledger.backup(file, passphrase.as_deref()).await?;
    let size = std::fs::metadata(file).map(|file| file.len().div_ceil(1024)).unwrap_or_default();
    println!("{} ({size} KB) was written and read back.", file.display());
    println!("It holds {} files and {} entries, fingerprint {}.", content.files, content.head.seq, content.head.hash);
    Ok(())
}

pub(crate) async fn restore(file: &Path, data: &Path, to: Option<&str>, seal: &Seal) -> anyhow::Result<()> {
    let mut unpacked = match offsite(file) {
        Some(address) => unpack_offsite(address, &seal.needed()?, data).await?,
        None => unpack_backup(file, seal.passphrase()?.as_deref(), data).await?,
    };
    if let Some(to) = to {
        let position = position(&unpacked.ledger, to).await?;
        unpacked.end_at(position).await?;
    }
    whole_files(&unpacked.ledger).await?;
    let content = unpacked.finish().await?;
    println!("{} is ready, with {} entries, fingerprint {}.", data.display(), content.head.seq, content.head.hash);
    println!("Nobody is signed in. Passwords and addresses are those of the day of the backup.");
    Ok(())
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

    async fn pass(&mut self, rows: bool) -> Result<Copied, LedgerError> {
        match self {
            Following::Ledger(copy) => copy.pass(rows).await,
            Following::Offsite(copy) => copy.pass(rows).await,
        }
    }

    async fn close(self) {
        match self {
            Following::Ledger(copy) => copy.close().await,
            Following::Offsite(copy) => copy.close().await,
        }
    }
}

pub(crate) async fn copy(data: &Place, to: &Place, follow: bool, seal: &Seal) -> anyhow::Result<()> {
    let mut copy = Following::begin(&Ledger::open(data).await?, to, seal).await?;
    let copied = copy.pass(true).await?;
    println!(
        "{to} has {} entries, {} of them new, and {} new files, fingerprint {}.",
        copied.head.seq, copied.entries, copied.files, copied.head.hash
    );
    if follow {
        println!("It follows until you stop this program.");
        tokio::select! {
            never = keep_following(&mut copy) => never?,
            stopped = tokio::signal::ctrl_c() => stopped?,
        }
        copy.pass(true).await?;
    }
    copy.close().await;
    Ok(())
}

/// Goes on when a place was away for a while; stops when the copy can never be one again.
async fn keep_following(copy: &mut Following) -> anyhow::Result<()> {
    let (mut away, mut passes) = (false, 0);
    loop {
        tokio::time::sleep(FOLLOW_EVERY).await;
        match copy.pass(passes % ROWS_EVERY == 0).await {
            Ok(_) => (away, passes) = (false, passes + 1),
            Err(error @ (LedgerError::NotACopy { .. } | LedgerError::Broken(_) | LedgerError::Diverged { .. })) => {
                return Err(error.into());
            }
            Err(error) if !away => {
                away = true;
                eprintln!("romduol: {error}");
            }
            Err(_) => {}
        }
    }
}

pub(crate) async fn verify(file: Option<&Path>, data: Option<&Place>, seal: &Seal) -> anyhow::Result<()> {
    let head = match (file, data) {
        (Some(file), _) => {
            let content = match offsite(file) {
                Some(address) => check_offsite(address, &seal.needed()?).await?,
                None => check_backup(file, seal.passphrase()?.as_deref()).await?,
            };
            println!("The backup is whole, with {} files.", content.files);
            content.head
        }
        (None, Some(data)) => {
            let ledger = Ledger::open(data).await?;
            let head = ledger.verify().await?.into_result()?;
            whole_files(&ledger).await?;
            head
        }
        (None, None) => bail!("name a backup, or a data folder with --data"),
    };
    println!("The chain holds: {} entries, fingerprint {}.", head.seq, head.hash);
    Ok(())
}

/// Refuses a ledger whose records name files that are not there.
async fn whole_files(ledger: &Ledger) -> anyhow::Result<()> {
    let (named, missing) = missing_files(ledger).await?;
    if let Some(first) = missing.first() {
        bail!(
            "{} of {named} files that records name are missing or damaged, the first is {first}; take the folder blobs \
             from a backup",
            missing.len()
        );
    }
    println!("{named} files that records name are there and unchanged.");
    Ok(())
}
