//! Writes the small state of the tests in every format, for `crates/exchange/tests/roundtrip.py` to read.

#[path = "../tests/small/mod.rs"]
mod small;

use std::path::PathBuf;

use romduol_exchange::{Format, export};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let out = std::env::args_os().nth(1).ok_or("use: small FOLDER")?;
    let out = PathBuf::from(out);
    let state = small::state();
    for (name, format) in [
        ("csv", Format::Csv),
        ("sqlite", Format::Sqlite),
        ("parquet", Format::Parquet),
        ("partitioned", Format::PartitionedParquet),
    ] {
        let summary = export(&state, &small::about(), format, &out.join(name), &|_| true).await?;
        println!("{name}: {} rows in {} tables", summary.rows(), summary.tables.len());
    }
    Ok(())
}
