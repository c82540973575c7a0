//! The program `romduol`: the command line over the use cases. Refuses to know rules and pages.

mod backup;
mod bench;
mod certificate;
mod commands;
mod config;
mod doctor;
mod embedded;
mod export;
mod import;
mod log;
mod metrics_file;
mod publish;
mod remind;
mod serve;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use romduol_ledger::Place;

/// Packing and opening returns is many short allocations; the system's allocator takes a fifth of an import.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use clap::{CommandFactory, Parser, Subcommand};

/// Develop, coordinate, monitor and publish a national action plan.
#[derive(Parser)]
#[command(version, propagate_version = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start with the reference plan, its real figures and clearly marked illustrative returns.
    Demo {
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Where to keep the demo's data; a fresh folder in the system's temporary place if not given.
        #[arg(long)]
        data: Option<PathBuf>,
        /// Leave out the illustrative returns and targets.
        #[arg(long)]
        no_illustrative: bool,
    },
    /// Serve an existing data folder or database. Several may serve the same.
    Serve(serve::Serve),
    /// Make a new data folder from a plan package, or fill an empty database with it.
    Init {
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
        #[arg(long)]
        plan: PathBuf,
    },
    /// Check a plan package, or describe its columns.
    #[command(subcommand)]
    Plan(Plan),
    /// Recompute the hash chain of a ledger and of its files, or of a backup. Ends with 3 where all is well but for files
    /// that records name.
    Verify {
        /// A backup, or the address of a copy in an object store.
        #[arg(required_unless_present = "data")]
        file: Option<PathBuf>,
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Option<Place>,
        #[command(flatten)]
        seal: backup::Seal,
    },
    /// Write everything into one new file, while the program runs, and check it. Ends with 3 where it was written without
    /// files that records name, because they are missing or damaged.
    Backup {
        file: PathBuf,
        /// Also write numbers about it into this file, for the textfile collector of Prometheus' node exporter.
        #[arg(long, value_name = "FILE.prom")]
        metrics: Option<PathBuf>,
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
        #[command(flatten)]
        seal: backup::Seal,
    },
    /// Make a data folder of a backup, or of a copy in an object store.
    Restore {
        /// A file, or s3://BUCKET/FOLDER.
        file: PathBuf,
        /// A new folder, or an empty one.
        #[arg(long)]
        data: PathBuf,
        /// Leave out what came later: an entry's number, a day (2026-11-23: its end), or a moment (2026-11-23T14:30).
        #[arg(long, value_name = "POSITION|TIME")]
        to: Option<String>,
        #[command(flatten)]
        seal: backup::Seal,
    },
    /// Copy everything to another folder or to a database, which can then be served; or, encrypted, to an object store.
    /// Again: only what is new.
    Copy {
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
        /// A folder, postgres://user@host/name, or s3://BUCKET/FOLDER with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY,
        /// AWS_REGION and AWS_ENDPOINT_URL in the environment (file:///FOLDER is the same in a folder).
        #[arg(long)]
        to: Place,
        /// Go on until the program is stopped, a second behind at most.
        #[arg(long)]
        follow: bool,
        #[command(flatten)]
        seal: backup::Seal,
    },
    /// Answer the queries of bench/, for bench/compare.
    #[command(hide = true)]
    Bench { data: PathBuf },
    /// Take in data from files.
    #[command(subcommand)]
    Import(Import),
    /// Write the accepted numbers and the records as flat tables, for DuckDB, Power BI, R or a spreadsheet; or the open
    /// data of the newest edition, as sdmx, iati or datapackage.
    Export(Export),
    /// Write the newest approved edition as a folder that any web server can give out.
    Publish {
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
        /// A new folder, or an empty one.
        #[arg(long)]
        out: PathBuf,
    },
    /// Prepare, approve, list and check editions.
    #[command(subcommand)]
    Edition(publish::Edition),
    /// Tell on one page what whoever looks after the machine must know. Ends with 3 where something wants somebody.
    Doctor(doctor::Doctor),
    /// Settings in a file.
    #[command(subcommand)]
    Config(Config),
    /// Manage accounts.
    #[command(subcommand)]
    User(user::User),
    /// Send everybody with an address one letter with what waits for them, at most once a day. Run it from a timer.
    Remind(Remind),
    /// Write a report as a file.
    #[command(subcommand)]
    Report(Report),
}

#[derive(clap::Args)]
struct Remind {
    #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
    data: Place,
    /// The mail server: smtp://host:25, smtps://user:password@host, smtp://host:587?tls=required.
    #[arg(long, env = "ROMDUOL_SMTP", default_value = "smtp://127.0.0.1:25", hide_env_values = true)]
    smtp: String,
    /// Who writes, such as "WPS secretariat <secretariat@example.org>".
    #[arg(long)]
    from: String,
    /// Where the program is reached, for the link in the letter.
    #[arg(long)]
    address: String,
    /// Show the letters and send none.
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args)]
struct Export {
    format: FileFormat,
    /// A new folder, or an empty one.
    out: PathBuf,
    #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
    data: Place,
    /// Parquet in folders by country, year and indicator, as engines over many machines read it.
    #[arg(long)]
    partition: bool,
    /// Leave out the numbers of indicators that are not public.
    #[arg(long)]
    public: bool,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum FileFormat {
    Csv,
    Sqlite,
    Parquet,
    /// Numbers and structures of the newest edition, for statistical programs.
    Sdmx,
    /// The costed actions of the newest edition, for registers of aid.
    Iati,
    /// Numbers and code lists of the newest edition as CSV, with their description.
    Datapackage,
}

#[derive(Subcommand)]
enum Import {
    /// Returns from a CSV file or a workbook: columns form, area (or institution), period, indicator, one per dimension,
    /// value, and if needed base, state, estimate and comment. Importing the same file again files nothing twice.
    Returns {
        file: PathBuf,
        #[arg(long, visible_alias = "database", env = "ROMDUOL_DATABASE", hide_env_values = true)]
        data: Place,
        /// Check everything and file nothing.
        #[arg(long)]
        dry_run: bool,
        /// File nothing at all if one row is refused.
        #[arg(long)]
        all_or_nothing: bool,
        /// File what is good of a return although other rows of it are refused; otherwise it is held back.
        #[arg(long, conflicts_with = "all_or_nothing")]
        partial: bool,
        /// The returns were verified elsewhere and count at once; otherwise they wait for their verifiers.
        #[arg(long)]
        accept: bool,
        /// Correct returns that are there with other numbers, for this reason.
        #[arg(long, value_name = "REASON")]
        correct: Option<String>,
        /// Where refused rows go, with their reasons [default: FILE.rejected.csv].
        #[arg(long)]
        rejects: Option<PathBuf>,
        /// The language of the reasons: en or km.
        #[arg(long, default_value = "en")]
        lang: String,
        /// Tell what came of it as JSON, for programs.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Subcommand)]
enum Report {
    /// The progress report as PDF.
    Progress {
        /// The data folder; the demo's reference plan in memory if not given.
        #[arg(long)]
        data: Option<PathBuf>,
        /// A year, e.g. 2024.
        #[arg(long)]
        period: String,
        #[arg(long, default_value = "en")]
        lang: String,
        /// Where to write it; must end in .pdf.
        #[arg(short, long)]
        output: PathBuf,
        /// Leave out illustrative returns and targets.
        #[arg(long)]
        no_illustrative: bool,
    },
}

#[derive(Subcommand)]
enum Plan {
    /// Report every fault of a package: file, row, column, value, what is wrong and how to mend it.
    Check {
        folder: PathBuf,
        #[arg(long, default_value = "en")]
        lang: String,
    },
    /// Write datapackage.json, the description of all files and columns, into the folder.
    Describe { folder: PathBuf },
}

#[derive(Subcommand)]
enum Config {
    /// Print a file with every setting and what it is for.
    Example,
}

/// How a command ended that did what it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Whole,
    /// But something is missing or damaged, and wants somebody.
    Lacking,
}

impl From<Ended> for ExitCode {
    /// A refusal ends with 1, an option that there is not with 2.
    fn from(ended: Ended) -> ExitCode {
        match ended {
            Ended::Whole => ExitCode::SUCCESS,
            Ended::Lacking => ExitCode::from(3),
        }
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    run().await.map_or_else(
        |error| {
            eprintln!("romduol: {error:#}");
            ExitCode::FAILURE
        },
        ExitCode::from,
    )
}

async fn run() -> anyhow::Result<Ended> {
    let given = config::with_file(&Arguments::command(), std::env::args_os().collect())?;
    let arguments = Arguments::try_parse_from(given.arguments).unwrap_or_else(|error| {
        if let Some(file) = given.file.filter(|_| error.use_stderr()) {
            eprintln!("romduol: with the settings in {}:", file.display());
        }
        error.exit()
    });
    if !matches!(arguments.command, Command::Serve(_)) {
        log::begin_for_command()?;
    }
    commands::run(arguments.command).await
}
