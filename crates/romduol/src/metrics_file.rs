//! Numbers about a backup in a file that Prometheus' node exporter reads (its textfile collector). Refuses to know what is
//! done about them.

use std::fmt::Write as _;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;

/// What a backup came to.
pub(crate) struct Run {
    pub bytes: u64,
    pub entries: u64,
    pub files: usize,
    /// Files that records name and that the backup does not have.
    pub lost: usize,
}

/// Writes the file whole or not at all, for everybody to read: there are numbers in it and nothing else. Without a run there
/// was no backup.
pub(crate) fn write(path: &Path, run: Option<&Run>) -> anyhow::Result<()> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map(|since| since.as_secs()).unwrap_or_default();
    let part = path.with_extension("prom.part");
    fs::write(&part, text(now, run))
        .and_then(|()| fs::set_permissions(&part, Permissions::from_mode(0o644)))
        .and_then(|()| fs::rename(&part, path))
        .with_context(|| format!("{} cannot be written", path.display()))
}

fn text(now: u64, run: Option<&Run>) -> String {
    let mut text = String::new();
    let mut gauge = |name: &str, help: &str, value: u64| {
        let _ = write!(text, "# HELP romduol_backup_{name} {help}\n# TYPE romduol_backup_{name} gauge\n");
        let _ = writeln!(text, "romduol_backup_{name} {value}");
    };
    gauge("time_seconds", "When the last backup was tried, in Unix seconds.", now);
    gauge("written", "1 if it was written and read back.", run.is_some().into());
    if let Some(run) = run {
        gauge("files_lost", "Files that records name and that it does not have.", run.lost as u64);
        gauge("files", "Files in it.", run.files as u64);
        gauge("entries", "Entries in it.", run.entries);
        gauge("bytes", "How large it is.", run.bytes);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_backup_has_numbers_too() {
        let lines = |run: Option<&Run>| {
            text(7, run).lines().filter(|line| !line.starts_with('#')).map(String::from).collect::<Vec<_>>()
        };
        assert_eq!(lines(None), ["romduol_backup_time_seconds 7", "romduol_backup_written 0"]);
        let run = Run { bytes: 9, entries: 4, files: 3, lost: 2 };
        let all = lines(Some(&run));
        assert_eq!(all[1..3], ["romduol_backup_written 1", "romduol_backup_files_lost 2"]);
        assert_eq!(all[3..], ["romduol_backup_files 3", "romduol_backup_entries 4", "romduol_backup_bytes 9"]);
    }
}
