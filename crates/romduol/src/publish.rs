//! Editions from the command line: preparing, approving, listing and checking them, and their files as a folder for any web
//! server. The same use cases as on the pages, with the same two people.

use std::fs::Permissions;
use std::io::Read;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use romduol_app::accounts::Person;
use romduol_app::edition::{Choice, in_order, newest};
use romduol_app::{App, Clock};
use romduol_edition::manifest::Files;
use romduol_edition::{unpack, verify};
use romduol_ledger::Place;
use romduol_locale::Locale;
use romduol_plan::kinds::{AreaLevel, EditionTable};
use romduol_plan::text::Vocabulary;
use romduol_plan::{Lang, Period};
use romduol_report::map::Outlines;

use crate::embedded;

#[derive(clap::Subcommand)]
pub(crate) enum Edition {
    /// Prepare an edition of the plan as it stands; somebody else approves it.
    Prepare {
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
        /// The account of who prepares it.
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
        /// The last period that is told, such as 2025; the last whole year if not given.
        #[arg(long)]
        until: Option<Period>,
        /// The tables, with commas between them: over-time, by-place, by-group, by-place-and-group; all but the last if
        /// not given.
        #[arg(long, value_delimiter = ',', value_parser = word::<EditionTable>)]
        tables: Vec<EditionTable>,
        /// The smallest places: country, province, district, commune, village.
        #[arg(long, value_parser = word::<AreaLevel>)]
        level: Option<AreaLevel>,
        /// Indicators that stay out besides those for partners only, with commas between them.
        #[arg(long, value_delimiter = ',')]
        leave_out: Vec<String>,
        /// Publish although returns wait for verification, without their numbers.
        #[arg(long)]
        without_waiting: bool,
    },
    /// Approve an edition that somebody else prepared, and publish it.
    Approve {
        number: String,
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
        #[arg(long = "as", value_name = "LOGIN")]
        login: String,
    },
    /// List all editions and the public key of their signatures.
    List {
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
    },
    /// Check the folder or ZIP file of an edition against its signature.
    Verify {
        path: PathBuf,
        /// The public key, as the secretariat tells it; the edition's own if not given.
        #[arg(long)]
        key: Option<String>,
    },
}

/// A word of the plan, as it is written in its files.
fn word<T: Vocabulary>(text: &str) -> Result<T, String> {
    let found = T::all().iter().find(|word| word.code() == text).copied();
    found.ok_or_else(|| T::all().iter().map(|word| word.code()).collect::<Vec<_>>().join(", ") + " are possible")
}

pub(crate) async fn run(edition: Edition) -> anyhow::Result<()> {
    match edition {
        Edition::Prepare { data, login, until, tables, level, leave_out, without_waiting } => {
            let app = App::open(&data, Clock::System).await?;
            let person = person(&app, &login).await?;
            let usual = Choice::usual(&app.snapshot().state, app.now().date);
            let choice = Choice {
                until: until.unwrap_or(usual.until),
                tables: if tables.is_empty() { usual.tables } else { tables },
                level: level.unwrap_or(usual.level),
                leave_out: usual.leave_out.into_iter().chain(leave_out).collect(),
                without_waiting,
                ..usual
            };
            let id = app.prepare_edition(&person, choice).await?;
            println!("Edition {id} is prepared. Somebody else approves it: romduol edition approve {id} --as LOGIN");
            app.close().await;
        }
        Edition::Approve { number, data, login } => {
            let app = App::open(&data, Clock::System).await?;
            let person = person(&app, &login).await?;
            app.approve_edition(&person, &number, outlines().map(Into::into)).await?;
            println!("Edition {number} is published, signed with {}.", app.edition_key().await?);
            app.close().await;
        }
        Edition::List { data } => list(&data).await?,
        Edition::Verify { path, key } => check(&path, key.as_deref())?,
    }
    Ok(())
}

/// Writes the newest edition's files into a new folder.
pub(crate) async fn publish(data: &Place, out: &Path) -> anyhow::Result<()> {
    let app = App::open(data, Clock::System).await?;
    let snapshot = app.snapshot();
    let Some(edition) = newest(&snapshot.state) else {
        bail!("no edition has been approved yet; prepare one with “romduol edition prepare” or on the page /editions");
    };
    let opened = app.edition(&edition.id).await?;
    write(out, &opened.files)?;
    println!("Edition {} stands in {}: {} files.", edition.id, out.display(), opened.files.len());
    app.close().await;
    Ok(())
}

/// What is published is for everybody, and for the web server that gives it out, whatever the program was started with.
fn open_to_all(file: &Path, part: &Path) -> std::io::Result<()> {
    std::fs::set_permissions(file, Permissions::from_mode(0o644))?;
    let mut folders = file.ancestors().skip(1).take_while(|folder| folder.starts_with(part));
    folders.try_for_each(|folder| std::fs::set_permissions(folder, Permissions::from_mode(0o755)))
}

/// The folder appears when everything is in it.
pub(crate) fn write(out: &Path, files: &Files) -> anyhow::Result<()> {
    if out.read_dir().is_ok_and(|mut entries| entries.next().is_some()) {
        bail!("the folder {} is not empty; name a new one", out.display());
    }
    let part = out.with_extension("part");
    let _ = std::fs::remove_dir_all(&part);
    for (path, bytes) in files {
        let to = part.join(path);
        let folder = to.parent().context("files stand in folders")?;
        std::fs::create_dir_all(folder).with_context(|| format!("the folder {} cannot be made", folder.display()))?;
        let written = std::fs::write(&to, bytes).and_then(|()| open_to_all(&to, &part));
        written.with_context(|| format!("{} cannot be written", to.display()))?;
    }
    let _ = std::fs::remove_dir(out);
    std::fs::rename(&part, out).with_context(|| format!("the folder {} cannot be made", out.display()))
}

async fn list(data: &Place) -> anyhow::Result<()> {
    let app = App::open(data, Clock::System).await?;
    let snapshot = app.snapshot();
    for edition in in_order(&snapshot.state) {
        println!(
            "{:>4}  {:<10} up to {:<8} prepared {}",
            edition.id,
            edition.state.code(),
            edition.until,
            edition.prepared
        );
    }
    println!("Public key: {}", app.edition_key().await?);
    app.close().await;
    Ok(())
}

fn check(path: &Path, key: Option<&str>) -> anyhow::Result<()> {
    let files = if path.is_dir() { folder(path)? } else { zip(path)? };
    match verify(&files, key) {
        Ok(manifest) => {
            println!(
                "Edition {} of {} is as it was published: {} files, signed with {}.",
                manifest.edition,
                manifest.date,
                manifest.files.len(),
                manifest.key
            );
            Ok(())
        }
        Err(broken) => bail!(Locale::of(Lang::En).tell(&broken.say())),
    }
}

fn zip(path: &Path) -> anyhow::Result<Files> {
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).with_context(|| format!("{} cannot be opened", path.display()))?;
    file.take(1 << 30).read_to_end(&mut bytes).with_context(|| format!("{} cannot be read", path.display()))?;
    unpack(&bytes).map_err(|broken| anyhow::anyhow!(Locale::of(Lang::En).tell(&broken.say())))
}

fn folder(top: &Path) -> anyhow::Result<Files> {
    let (mut files, mut waiting) = (Files::new(), vec![top.to_path_buf()]);
    while let Some(folder) = waiting.pop() {
        for entry in folder.read_dir().with_context(|| format!("{} cannot be read", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() {
                waiting.push(path);
                continue;
            }
            let inside = path.strip_prefix(top).unwrap_or(&path);
            let name = inside.iter().map(|step| step.to_string_lossy()).collect::<Vec<_>>().join("/");
            let bytes = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
            files.insert(name, bytes);
        }
    }
    Ok(files)
}

async fn person(app: &App, login: &str) -> anyhow::Result<Person> {
    let found = app.person_by_login(login).await?;
    found.with_context(|| format!("there is no active account {login}; see “romduol user add”"))
}

pub(crate) fn outlines() -> Option<Outlines> {
    let map = embedded::reference_plan().remove("map.geojson")?;
    Outlines::from_geojson(&String::from_utf8_lossy(&map)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_can_be_read_by_a_web_server() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("site");
        let file = |name: &str| (name.to_string(), b"words".to_vec());
        write(&out, &Files::from([file("index.html"), file("data/open/numbers.csv")])).unwrap();
        for (path, expected) in [
            ("", 0o755),
            ("data", 0o755),
            ("data/open", 0o755),
            ("index.html", 0o644),
            ("data/open/numbers.csv", 0o644),
        ] {
            let mode = std::fs::metadata(out.join(path)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, expected, "{path}");
        }
    }
}
