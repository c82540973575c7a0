//! `romduol export`: writes the accepted numbers and the records for analysts. Refuses to know formats.

use romduol_app::{App, Clock};
use romduol_exchange::{About, Format, export};

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
        (FileFormat::Csv, _) => Format::Csv,
        (FileFormat::Sqlite, _) => Format::Sqlite,
        (FileFormat::Parquet, false) => Format::Parquet,
        (FileFormat::Parquet, true) => Format::PartitionedParquet,
    };
    // The command line belongs to whoever holds the data folder; `--public` leaves out what not everybody may read.
    let may_read = move |indicator: &romduol_plan::kinds::Indicator| {
        !public || indicator.class == romduol_plan::kinds::Class::Public
    };
    let summary = export(&snapshot.state, &about, format, &out, &may_read).await?;
    for written in &summary.tables {
        println!("{:>12}  {}", written.tally.rows, written.table.name);
    }
    if !summary.withheld.is_empty() {
        println!("Left out, because not everybody may read them: {}", summary.withheld.join(", "));
    }
    println!("{} is ready; codebook.md in it says what the columns mean.", out.display());
    Ok(())
}
