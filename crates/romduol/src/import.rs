//! `romduol import`: shows how far it is and what came of it. Refuses to know rows and rules.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use anyhow::bail;
use romduol_app::import::{Options, Tally};
use romduol_app::{App, Clock};
use romduol_plan::Actor;

use crate::Import;

pub(crate) async fn run(wanted: Import) -> anyhow::Result<()> {
    let Import::Returns { file, data, dry_run, all_or_nothing, accept, correct, rejects } = wanted;
    let rejects = rejects.unwrap_or_else(|| {
        let mut name = file.file_name().unwrap_or_default().to_os_string();
        name.push(".rejected.csv");
        file.with_file_name(name)
    });
    let app = App::open(&data, Clock::System).await?;
    let options = Options {
        // The command line belongs to whoever holds the data folder.
        actor: Actor { account: "program".into(), post: "import".into() },
        accept,
        correct,
        dry_run,
        all_or_nothing,
        rejects: Some(rejects.clone()),
    };
    let (start, mut shown) = (Instant::now(), Instant::now());
    let bar = std::io::stderr().is_terminal();
    let tally = app
        .import_returns(&file, &options, |tally| {
            if bar && shown.elapsed() > Duration::from_millis(200) {
                shown = Instant::now();
                let _ = write!(std::io::stderr(), "\r{}\x1b[K", line(tally));
            }
        })
        .await?;
    if bar {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    app.close().await;
    let done = if dry_run { "would be filed" } else { "filed" };
    println!(
        "{} rows in {:.1} s: {} returns {done}, {} were there already, {} rows refused.",
        tally.rows,
        start.elapsed().as_secs_f64(),
        tally.filed,
        tally.already,
        tally.rejected_rows
    );
    for (key, count) in &tally.warnings {
        println!("  {count} answers got a remark because of {key}");
    }
    for (key, rows) in &tally.reasons {
        println!("  {rows} rows refused: {key}");
    }
    if tally.rejected_rows > 0 {
        let nothing = if all_or_nothing { ", and nothing was filed" } else { "" };
        bail!(
            "{} rows were refused{nothing}; they stand with their reasons in {}",
            tally.rejected_rows,
            rejects.display()
        );
    }
    Ok(())
}

fn line(tally: &Tally) -> String {
    let share = tally.bytes as f64 / tally.of_bytes.max(1) as f64;
    let full = (share * 30.0) as usize;
    let bar: String = (0..30).map(|n| if n < full { '#' } else { '.' }).collect();
    format!(
        "[{bar}] {:3.0} %  {} rows  {} returns  {} refused",
        share * 100.0,
        tally.rows,
        tally.filed,
        tally.rejected_rows
    )
}
