//! `romduol import`: shows how far it is and what came of it. Refuses to know rows and rules.

use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

use anyhow::bail;
use romduol_app::import::{About, Change, Kept, Options, Progress, Reason, Report, Tally, What};
use romduol_app::{App, Clock};
use romduol_locale::Locale;
use romduol_plan::Actor;

use crate::Import;
use crate::commands::language;

pub(crate) async fn run(wanted: Import) -> anyhow::Result<()> {
    let Import::Returns { file, data, dry_run, all_or_nothing, partial, accept, correct, rejects, lang, json } = wanted;
    let lang = language(&lang)?;
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
        partial,
        rejects: Some(rejects.clone()),
        lang,
    };
    let start = Instant::now();
    let tally = app.import_returns(&file, &options, bar()).await;
    if std::io::stderr().is_terminal() {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
    app.close().await;
    let tally = tally?;
    let (clean, untaken) = (tally.is_clean(), tally.rejected_rows + tally.held_rows);
    let locale = Locale::of(lang);
    if json {
        println!("{}", serde_json::to_string_pretty(&Report::of(tally, locale))?);
    } else {
        tell(&tally, locale, dry_run, start.elapsed());
    }
    if !clean {
        let nothing = if all_or_nothing { ", and nothing was filed" } else { "" };
        bail!("{untaken} rows were not taken{nothing}; they stand with their reasons in {}", rejects.display());
    }
    Ok(())
}

/// Shows now and then how far it is.
fn bar() -> impl FnMut(&Progress) {
    let (mut shown, wanted) = (Instant::now(), std::io::stderr().is_terminal());
    move |progress| {
        if wanted && shown.elapsed() > Duration::from_millis(200) {
            shown = Instant::now();
            let _ = write!(std::io::stderr(), "\r{}\x1b[K", line(progress));
        }
    }
}

fn line(progress: &Progress) -> String {
    let share = progress.bytes as f64 / progress.of_bytes.max(1) as f64;
    let full = (share * 30.0) as usize;
    let bar: String = (0..30).map(|n| if n < full { '#' } else { '.' }).collect();
    let Progress { rows, filed, refused_rows, .. } = progress;
    format!("[{bar}] {:3.0} %  {rows} rows  {filed} returns  {refused_rows} refused", share * 100.0)
}

fn tell(tally: &Tally, locale: &Locale, dry_run: bool, took: Duration) {
    // Labels before numbers, so that one is as right as many.
    let filed = if dry_run { "Returns to be filed" } else { "Returns filed" };
    println!("Rows read: {}, in {:.1} s", tally.rows, took.as_secs_f64());
    println!("{filed}: {}; there already: {}", tally.filed, tally.already);
    println!("Rows refused: {}; good rows held back: {}", tally.rejected_rows, tally.held_rows);
    tally.notes.iter().for_each(|note| println!("  {}", locale.tell(note)));
    let warned: u64 = tally.warnings.values().sum();
    if warned > 0 {
        println!("  Answers with a warning: {warned}");
    }
    tally.warned.iter().for_each(|about| println!("    {}", sentence(about, locale)));
    for Reason { rows, such_as } in tally.reasons.values() {
        println!("  Rows refused: {rows}, such as: {}", locale.tell(such_as));
    }
    tally.held.iter().for_each(|about| println!("  {}", sentence(about, locale)));
    if !tally.changes.is_empty() {
        println!("{}", table(&tally.changes));
        let more = tally.changed_cells - tally.changes.len() as u64;
        if more > 0 {
            println!("… and {more} more");
        }
    }
}

fn sentence(about: &About, locale: &Locale) -> String {
    let place = format!("{} {}", about.unit, about.period);
    let place = about.indicator.as_ref().map_or(place.clone(), |indicator| format!("{place} {indicator}"));
    format!("{place}: {}", locale.tell(&about.say))
}

/// Old and new, one line for each.
fn table(changes: &[Change]) -> String {
    let kept = |kept: &Option<Kept>| kept.as_ref().map_or("–".into(), Kept::to_string);
    let row = |change: &Change| {
        let what = match change.what {
            What::Value => "value",
            What::Base => "base",
            What::State => "state",
            What::Estimate => "estimate",
            What::Remark => "remark",
            What::Counts => "what counts",
        };
        let cell = if change.categories.is_empty() { "total".to_string() } else { change.categories.join(" · ") };
        let place = format!("{} {}", change.unit, change.period);
        [place, change.indicator.clone(), cell, what.into(), kept(&change.old), "→".into(), kept(&change.new)]
    };
    let head = ["return", "indicator", "cell", "what", "old", "", "new"].map(String::from);
    let rows: Vec<[String; 7]> = std::iter::once(head).chain(changes.iter().map(row)).collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    let padded = |row: &[String; 7]| {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(text, width)| format!("{text:width$}")).collect();
        cells.join("  ").trim_end().to_string()
    };
    rows.iter().map(padded).collect::<Vec<_>>().join("\n")
}
