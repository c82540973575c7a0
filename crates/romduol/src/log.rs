//! What the program says about itself, on standard error: for a person or for a machine that collects it. Refuses to know
//! what is worth saying.

use std::io::IsTerminal;

use anyhow::Context;
use tracing_subscriber::EnvFilter;

/// One line for each request and each thing that whoever runs the program has to know.
pub(crate) const SERVING: &str = "warn,romduol=info";

#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Format {
    Text,
    Json,
}

/// For commands that end by themselves: only what goes wrong, unless ROMDUOL_LOG asks for more.
pub(crate) fn begin_for_command() -> anyhow::Result<()> {
    begin(Format::Text, &std::env::var("ROMDUOL_LOG").unwrap_or_else(|_| "warn".into()))
}

pub(crate) fn begin(format: Format, filter: &str) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter).with_context(|| {
        format!("“{filter}” is not a filter for the log; write such as info, or warn,romduol=debug")
    })?;
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_env_filter(filter);
    match format {
        Format::Text => log.with_ansi(std::io::stderr().is_terminal()).init(),
        Format::Json => log.json().flatten_event(true).init(),
    }
    // A panic is a line like every other, so that a collector keeps it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, said = ?panic.payload_as_str(), "the program has a fault");
    }));
    Ok(())
}
