//! `romduol export`: writes the accepted numbers and the records for analysts. Refuses to know formats.

use anyhow::bail;
use romduol_app::{App, Clock};
use romduol_exchange::{About, Format, export};
use romduol_plan::kinds::{Class, Indicator};

use crate::{Export, FileFormat};

pub(crate) async fn run(wanted: Export) -> anyhow::Result<()> {
    let Export { format, out, data, partition, public } = wanted;
    let app = App::open(&data, Clock::System).await?;
    let snapshot = app.snapshot();
    let about = About {
        date: app.now().date,
        hash: snapshot.head.hash.clone(),
        licence: "As agreed with the plan's secretariat; not for publication before disclosure control.".into(),
        program: format!("Romduol {}", env!("CARGO_PKG_VERSION")),
    };
    let format = match (format, partition) {
        (FileFormat::Csv | FileFormat::Sqlite, true) => bail!("--partition goes with parquet only; leave it out"),
        (FileFormat::Csv, false) => Format::Csv,
        (FileFormat::Sqlite, false) => Format::Sqlite,
        (FileFormat::Parquet, false) => Format::Parquet,
        (FileFormat::Parquet, true) => Format::PartitionedParquet,
    };
    // The command line belongs to whoever holds the data folder; `--public` leaves out what not everybody may read.
    let may_read = move |indicator: &Indicator| match indicator.class {
        Class::Prohibited => false,
        class => !public || class == Class::Public,
    };
    let summary = export(&snapshot.state, &about, format, &out, &may_read).await?;
    for written in &summary.tables {
        println!("{:>12}  {}", written.tally.rows, written.table.name);
    }
    if !summary.withheld.is_empty() {
        println!("Left out, because not everybody may read them: {}", summary.withheld.join(", "));
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
