//! One page for whoever looks after the machine: what is well, and what wants somebody. It changes nothing and refuses to
//! mend anything; what to do stands in docs/operations.md.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use romduol_app::backup::Named;
use romduol_app::sound::{self, Beside};
use romduol_ledger::{Head, Ledger, Place, SCHEMA_VERSION, check_backup};
use romduol_plan::Entry;

use crate::backup::Seal;
use crate::{Ended, certificate};

#[derive(clap::Args)]
pub(crate) struct Doctor {
    /// The settings of `romduol serve`: its data and its address are taken from there. What is typed goes before the
    /// environment, the environment before the file.
    #[arg(long, value_name = "FILE", env = "ROMDUOL_CONFIG")]
    config: Option<PathBuf>,
    #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
    data: Place,
    /// Where the backups are; the newest one is read to its end.
    #[arg(long, value_name = "FOLDER")]
    backups: Option<PathBuf>,
    /// How browsers reach the site, such as https://wps.example.org: asked for its certificate.
    #[arg(long, env = "ROMDUOL_ADDRESS")]
    address: Option<String>,
    /// The mail server for letters, such as smtp://127.0.0.1:25: asked whether it answers.
    #[arg(long, env = "ROMDUOL_SMTP", hide_env_values = true)]
    smtp: Option<String>,
    #[command(flatten)]
    seal: Seal,
}

/// What was looked at.
pub(crate) enum Line {
    Well(String),
    /// It wants somebody.
    Look(String),
    /// Only said.
    Said(String),
}

use Line::{Look, Said, Well};

/// A backup that is older than this was forgotten.
const OLDEST_BACKUP: Duration = Duration::from_secs(26 * 3_600);
/// Two nights of backups and the snapshot need room.
const LEAST_FREE: u64 = 1 << 30;

pub(crate) async fn run(wanted: Doctor) -> anyhow::Result<Ended> {
    let settings = wanted.config.as_ref().map(|file| format!(", settings in {}", file.display())).unwrap_or_default();
    let mut lines = vec![Said(format!("romduol {}, data in {}{settings}", env!("CARGO_PKG_VERSION"), wanted.data))];
    match Ledger::open_as_it_is(&wanted.data).await {
        Ok(ledger) => {
            lines.push(told("schema", schema(&ledger).await));
            lines.extend(entries(&ledger).await);
            lines.push(told("sessions", sessions(&ledger).await));
            ledger.close().await;
        }
        Err(error) => lines.push(Look(format!("ledger: {error}"))),
    }
    if let Place::Folder(data) = &wanted.data {
        lines.extend(folder(data));
    }
    lines.push(match &wanted.backups {
        Some(backups) => told("backups", newest_backup(&wanted.data, backups, &wanted.seal).await),
        None => Said("backups: not looked at; name their folder with --backups".into()),
    });
    lines.push(match wanted.smtp {
        Some(server) => told("letters", tokio::task::spawn_blocking(move || mail(&server)).await.map_err(Into::into)),
        None => Said("letters: not looked at; name the mail server with --smtp".into()),
    });
    match &wanted.address {
        Some(address) => lines.extend(certificate::look(address, unix_now()).await),
        None => lines.push(Said("certificate: not looked at; name the site with --address https://…".into())),
    }
    let mut ended = Ended::Whole;
    for line in lines {
        let (mark, text) = match line {
            Well(text) => ("well", text),
            Said(text) => ("    ", text),
            Look(text) => {
                ended = Ended::Lacking;
                ("LOOK", text)
            }
        };
        println!("{mark}  {text}");
    }
    Ok(ended)
}

/// What could not be looked at is told in its line; the others are worth having.
fn told(what: &str, line: anyhow::Result<Line>) -> Line {
    line.unwrap_or_else(|error| Look(format!("{what}: {error:#}")))
}

async fn schema(ledger: &Ledger) -> anyhow::Result<Line> {
    let found = ledger.schema().await?;
    Ok(match found == SCHEMA_VERSION {
        true => Well(format!("schema {found}, nothing to migrate")),
        false => Look(format!("schema {found}; the next start of `serve` moves it to {SCHEMA_VERSION}: back up first")),
    })
}

/// The chain, the clock, the snapshot and the files that records name.
async fn entries(ledger: &Ledger) -> Vec<Line> {
    let mut lines = vec![match ledger.verify().await.and_then(|found| found.into_result()) {
        Ok(head) => Well(format!("the chain holds: {} entries, fingerprint {}", head.seq, head.hash)),
        Err(error) => Look(format!("ledger: {error}")),
    }];
    match last_stamp(ledger).await {
        Some(last) if last > now_stamp() => lines.push(Look(format!(
            "clock: this machine says {}, and the last entry was written at {last}; set the clock",
            now_stamp()
        ))),
        Some(last) => lines.push(Well(format!("clock: {}, last entry at {last}", now_stamp()))),
        None => {}
    }
    lines.push(match sound::beside(ledger).await {
        Ok(Beside::None) => Said("no snapshot beside the ledger: the next start folds all of it".into()),
        Ok(Beside::Sound) => Well("the snapshot beside the ledger follows from it".into()),
        Ok(Beside::Forged) => {
            Look("the snapshot beside the ledger does not follow from it; remove romduol.snapshot".into())
        }
        Err(error) => Look(format!("the snapshot beside the ledger: {error}")),
    });
    lines.push(match lost(ledger).await {
        Ok((0, named)) => Well(format!("all {named} files that records name are there")),
        Ok((lost, named)) => {
            Look(format!("{lost} of {named} files that records name are lost; `romduol verify` lists them"))
        }
        Err(error) => Look(format!("files: {error}")),
    });
    lines
}

async fn lost(ledger: &Ledger) -> anyhow::Result<(usize, usize)> {
    let named = Named::by(ledger).await?;
    Ok((named.lost_in(ledger).await?.len(), named.count()))
}

async fn last_stamp(ledger: &Ledger) -> Option<String> {
    let stored = ledger.entry(ledger.head().await.ok()?.seq).await.ok()??;
    Entry::from_stored(&stored.body).ok().map(|entry| entry.at)
}

fn now_stamp() -> String {
    romduol_app::Clock::System.stamp()
}

fn unix_now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs().cast_signed())
}

/// Sizes, free room, and who else may read.
fn folder(folder: &Path) -> Vec<Line> {
    let (mut open, mut bytes) = (Vec::new(), 0);
    look_through(folder, &mut open, &mut bytes);
    let mut lines = vec![Said(format!("{} in {}", size(bytes), folder.display()))];
    lines.push(match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail * disk.f_frsize;
            let text = format!("{} free on its disk", size(free));
            if free < LEAST_FREE.max(2 * bytes) {
                Look(text + "; a backup needs twice what is there")
            } else {
                Well(text)
            }
        }
        Err(error) => Look(format!("free disk: {error}")),
    });
    lines.push(match open.first() {
        None => Well("only its owner may read it".into()),
        Some(first) => Look(format!(
            "{} files or folders can be read by others, such as {}; the next start of `serve` closes them",
            open.len(),
            first.display()
        )),
    });
    lines
}

fn look_through(at: &Path, open: &mut Vec<PathBuf>, bytes: &mut u64) {
    let Ok(found) = fs::symlink_metadata(at) else { return };
    if found.permissions().mode() & 0o077 != 0 {
        open.push(at.to_path_buf());
    }
    if !found.is_dir() {
        *bytes += found.len();
        return;
    }
    for entry in fs::read_dir(at).into_iter().flatten().flatten() {
        look_through(&entry.path(), open, bytes);
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_048_576 => format!("{} KB", bytes.div_ceil(1 << 10)),
        1_048_576..1_073_741_824 => format!("{} MB", bytes >> 20),
        _ => format!("{:.1} GB", bytes as f64 / f64::from(1 << 30)),
    }
}

async fn sessions(ledger: &Ledger) -> anyhow::Result<Line> {
    let now = unix_now();
    Ok(match ledger.oldest_session(now).await? {
        None => Well("nobody is signed in".into()),
        Some(begun) => Well(format!("the oldest session began {} hours ago", (now - begun) / 3_600)),
    })
}

async fn newest_backup(data: &Place, folder: &Path, seal: &Seal) -> anyhow::Result<Line> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let backups = files.filter(|file| file.path().extension().is_some_and(|ending| ending == "backup"));
    let newest = backups.filter_map(|file| Some((file.metadata().ok()?.modified().ok()?, file.path()))).max();
    let Some((made, path)) = newest else {
        return Ok(Look(format!("no backup in {}", folder.display())));
    };
    let age = SystemTime::now().duration_since(made).unwrap_or_default();
    let (name, hours) = (path.display(), age.as_secs() / 3_600);
    let checked = match check_backup(&path, seal.passphrase()?.as_deref()).await {
        Ok(checked) => checked,
        Err(error) => return Ok(Look(format!("the newest backup, {hours} hours old: {error}"))),
    };
    let lost = Named::by(&checked.ledger).await?.lost_from(&checked.content.files).len();
    let end = checked.ledger.head().await?;
    checked.close().await;
    if is_elsewhere(data, &end).await {
        let words = format!("the newest backup is not of this ledger as it stands: {name} ends with entry {}", end.seq);
        return Ok(Look(words + ", which is another one here, or none"));
    }
    Ok(match lost {
        0 if age <= OLDEST_BACKUP => Well(format!("the newest backup restores: {name}, {hours} hours old")),
        0 => Look(format!("the newest backup restores and is {hours} hours old: {name}")),
        lost => Look(format!("the newest backup restores without {lost} files that records name: {name}")),
    })
}

/// Whether the end of a backup is no entry of the ledger. Of one that cannot be read nobody knows.
async fn is_elsewhere(data: &Place, end: &Head) -> bool {
    let Ok(ledger) = Ledger::open_as_it_is(data).await else { return false };
    let own = ledger.entry(end.seq).await;
    ledger.close().await;
    own.is_ok_and(|own| own.is_none_or(|entry| entry.hash != end.hash))
}

fn mail(server: &str) -> Line {
    let asked = lettre::SmtpTransport::from_url(server).map(|mailer| mailer.build().test_connection());
    match asked {
        Ok(Ok(true)) => Well("the mail server answers".into()),
        Ok(Ok(false)) => Look("the mail server does not answer as one".into()),
        Ok(Err(error)) | Err(error) => Look(format!("the mail server: {error}")),
    }
}
