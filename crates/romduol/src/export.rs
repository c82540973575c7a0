//! `romduol export`: writes the accepted numbers and the records for analysts, or the open data of the newest edition.
//! Refuses to know formats.

use std::path::Path;

use anyhow::bail;
use romduol_app::edition::newest;
use romduol_app::everybody::for_everybody;
use romduol_app::{App, Clock};
use romduol_edition::manifest::Files;
use romduol_exchange::{About, Format, export};
use romduol_plan::kinds::{Class, Indicator};

use crate::{Export, FileFormat, publish};

pub(crate) async fn run(wanted: Export) -> anyhow::Result<()> {
    let Export { format, out, data, partition, public } = wanted;
    let app = App::open(&data, Clock::System).await?;
    let snapshot = app.snapshot();
    let format = match (format, partition) {
        (FileFormat::Parquet, true) => Format::PartitionedParquet,
        (_, true) => bail!("--partition goes with parquet only; leave it out"),
        (FileFormat::Csv, false) => Format::Csv,
        (FileFormat::Sqlite, false) => Format::Sqlite,
        (FileFormat::Parquet, false) => Format::Parquet,
        (FileFormat::Sdmx, false) => return of_edition(app, &out, &["sdmx/"]).await,
        (FileFormat::Iati, false) => return of_edition(app, &out, &["iati-activities.xml"]).await,
        (FileFormat::Datapackage, false) => return of_edition(app, &out, &["datapackage.json", "data/"]).await,
    };
    let about = About {
        date: app.now().date,
        hash: snapshot.fingerprint().map(str::to_string),
        licence: "As agreed with the plan's secretariat; not for publication before disclosure control.".into(),
        program: format!("Romduol {}", env!("CARGO_PKG_VERSION")),
    };
    // The command line belongs to whoever holds the data folder; `--public` leaves out what not everybody may read, among
    // records, too. Counts of people are public as an edition tells them, and no table of raw numbers can say that.
    let may_read = move |indicator: &Indicator| match indicator.class {
        Class::Prohibited => false,
        class => !public || (class == Class::Public && !indicator.counts_people()),
    };
    let state = if public { for_everybody(&snapshot.state) } else { snapshot.state.clone() };
    let summary = export(&state, &about, format, &out, &may_read).await?;
    for written in &summary.tables {
        println!("{:>12}  {}", written.tally.rows, written.table.name);
    }
    if !summary.withheld.is_empty() {
        println!("Left out, because not everybody may read them: {}", summary.withheld.join(", "));
    }
    if public {
        println!("What editions tell of counts of people is written by “romduol export datapackage”.");
    }
    if summary.without_place > 0 {
        println!(
            "{} numbers belong to something that the plan no longer has; no total counts them.",
            summary.without_place
        );
    }
    println!("{} is ready; codebook.md in it says what the columns mean.", out.display());
    Ok(())
}

/// Writes the files of the newest edition whose paths begin so.
async fn of_edition(app: App, out: &Path, beginnings: &[&str]) -> anyhow::Result<()> {
    let Some(id) = newest(&app.snapshot().state).map(|edition| edition.id.clone()) else {
        bail!("no edition has been approved yet; prepare one with “romduol edition prepare” or on the page /editions");
    };
    let opened = app.edition(&id).await?;
    let chosen = opened.files.iter().filter(|(path, _)| beginnings.iter().any(|start| path.starts_with(start)));
    let files: Files = chosen.map(|(path, bytes)| (path.clone(), bytes.clone())).collect();
    if files.is_empty() {
        bail!("edition {id} has no such files: it tells of no costed action, or is older than they are");
    }
    publish::write(out, &files)?;
    println!("{} is ready: {} files of edition {id}.", out.display(), files.len());
    app.close().await;
    Ok(())
}
