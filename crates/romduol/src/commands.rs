//! What each command does, as calls of the use cases. Every refusal is one sentence on standard error.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use romduol_app::{App, Clock, package, progress_report};
use romduol_ledger::Place;
use romduol_locale::Locale;
use romduol_plan::{Lang, Period, Say};

use crate::{
    Command, Config, Ended, Plan, Report, backup, bench, config, doctor, embedded, export, import, publish, remind,
    serve, user,
};

pub(crate) async fn run(command: Command) -> anyhow::Result<Ended> {
    match command {
        Command::Demo { port, data, no_illustrative } => serve::demo(port, data, !no_illustrative).await?,
        Command::Serve(wanted) => serve::run(wanted).await?,
        Command::Init { data, plan } => init(&data, &plan).await?,
        Command::Plan(Plan::Check { folder, lang }) => check(&folder, &lang)?,
        Command::Plan(Plan::Describe { folder }) => describe(&folder)?,
        Command::Verify { file, data, seal } => return backup::verify(file.as_deref(), data.as_ref(), &seal).await,
        Command::Backup { file, metrics, data, seal } => {
            return backup::back_up(&file, &data, &seal, metrics.as_deref()).await;
        }
        Command::Restore { file, data, to, seal } => return backup::restore(&file, &data, to.as_deref(), &seal).await,
        Command::Copy { data, to, follow, seal } => return backup::copy(&data, &to, follow, &seal).await,
        Command::Doctor(wanted) => return doctor::run(wanted).await,
        Command::Bench { data } => bench::run(&data).await?,
        Command::Export(wanted) => export::run(wanted).await?,
        Command::Import(wanted) => import::run(wanted).await?,
        Command::Publish { data, out } => publish::publish(&data, &out).await?,
        Command::Edition(edition) => publish::run(edition).await?,
        Command::Config(Config::Example) => print!("{}", config::EXAMPLE),
        Command::User(wanted) => user::run(wanted).await?,
        Command::Remind(wanted) => remind::run(wanted).await?,
        Command::Report(Report::Progress { data, period, lang, output, no_illustrative }) => {
            write_report(data, &period, &lang, &output, !no_illustrative).await?;
        }
    }
    Ok(Ended::Whole)
}

async fn init(data: &Place, plan: &Path) -> anyhow::Result<()> {
    let files = package::files(plan)?;
    let app = App::create(data, Clock::System, &files).await?;
    println!("{data} is ready, with {} entry.", app.snapshot().head.seq);
    app.close().await;
    Ok(())
}

fn check(folder: &Path, lang: &str) -> anyhow::Result<()> {
    let locale = Locale::of(language(lang)?);
    let package = package::check(&package::files(folder)?);
    for fault in &package.faults {
        println!("{}", locale.tell(&fault.say()));
    }
    // What is no fault, and better asked before the first edition than after it.
    for question in package.questions() {
        println!("{}", locale.tell(&question));
    }
    let said = |key: &'static str, count: usize| {
        locale.tell(&Say::new(key).words("folder", folder.display().to_string()).number("count", count as f64))
    };
    match package.faults.len() {
        0 => println!("{}", said("check-fine", package.records.len())),
        faults => bail!(said("check-faults", faults)),
    }
    Ok(())
}

pub(crate) fn language(code: &str) -> anyhow::Result<Lang> {
    Lang::parse(code).with_context(|| format!("“{code}” is not a language of the program; use en or km"))
}

fn describe(folder: &Path) -> anyhow::Result<()> {
    let name = folder.file_name().and_then(|n| n.to_str()).unwrap_or("plan");
    let text = serde_json::to_string_pretty(&romduol_plan::package::descriptor(name))? + "\n";
    let path = folder.join("datapackage.json");
    std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
}

/// Writes the progress report. Nothing is left behind half-written: the file appears when it is whole.
async fn write_report(
    data: Option<PathBuf>,
    period: &str,
    lang: &str,
    output: &Path,
    illustrative: bool,
) -> anyhow::Result<()> {
    let period: Period = period.parse()?;
    let lang = language(lang)?;
    if output.extension().is_none_or(|ending| ending != "pdf") {
        bail!("{} does not end in .pdf; choose such a name", output.display());
    }
    let scratch = std::env::temp_dir().join(format!("romduol-report-{}", std::process::id()));
    let app = match &data {
        Some(folder) => App::open(folder, Clock::System).await?,
        None => {
            std::fs::create_dir_all(&scratch)?;
            App::begin_demo(&scratch, Clock::System, &embedded::reference_plan(), illustrative).await?
        }
    };
    let now = app.now();
    // The command line belongs to whoever holds the data folder, so nothing is held back from it.
    let snapshot = app.snapshot().shown(illustrative);
    let document = progress_report::compose(&snapshot, illustrative, period, lang, now.date, &|_| true);
    let bytes = romduol_report::pdf(&document, romduol_report::Timestamp::from_unix(now.unix))?;
    let whole = || format!("{} cannot be written", output.display());
    let part = output.with_extension("pdf.part");
    std::fs::write(&part, &bytes).and_then(|()| std::fs::rename(&part, output)).with_context(whole)?;
    if data.is_none() {
        let _ = std::fs::remove_dir_all(&scratch);
    }
    println!("{} ({} KB)", output.display(), bytes.len() / 1024);
    Ok(())
}
