//! The folder an export is written to: all of it appears at once or not at all. Refuses to know what is in it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::ExportError;

/// A folder under construction, `OUT.part`. Dropping it throws it away.
pub struct Part {
    out: PathBuf,
    path: PathBuf,
    finished: bool,
}

impl Part {
    pub fn begin(out: &Path) -> Result<Part, ExportError> {
        let name = out.file_name().ok_or_else(|| ExportError::NoName(out.into()))?;
        if !is_free(out)? {
            return Err(ExportError::Exists(out.into()));
        }
        let mut part = name.to_os_string();
        part.push(".part");
        let path = out.with_file_name(part);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| ExportError::io(parent, &error))?;
        }
        match fs::create_dir(&path) {
            Ok(()) => Ok(Part { out: out.into(), path, finished: false }),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(ExportError::Unfinished(path)),
            Err(error) => Err(ExportError::io(&path, &error)),
        }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes a small file.
    pub fn write(&self, name: &str, text: &str) -> Result<(), ExportError> {
        let path = self.path.join(name);
        fs::write(&path, text).and_then(|()| sync(&path)).map_err(|error| ExportError::io(&path, &error))
    }

    /// Gives the folder its name.
    pub fn finish(mut self) -> Result<(), ExportError> {
        let fault = |error: io::Error| ExportError::io(&self.out, &error);
        // Not every system renames onto an empty folder. Somebody may have put a file there meanwhile: it stays.
        if self.out.exists() && fs::remove_dir(&self.out).is_err() {
            return Err(ExportError::Exists(self.out.clone()));
        }
        sync(&self.path).map_err(fault)?;
        fs::rename(&self.path, &self.out).map_err(fault)?;
        self.finished = true;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if !self.finished {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn is_free(out: &Path) -> Result<bool, ExportError> {
    match fs::read_dir(out) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Ok(false),
        Err(error) => Err(ExportError::io(out, &error)),
    }
}

/// Waits until a file or folder is on the disk. Only Unix opens folders.
pub fn sync(path: &Path) -> io::Result<()> {
    if cfg!(unix) || path.is_file() { File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_stays() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join("mine"), "1").unwrap();
        assert!(matches!(Part::begin(&out), Err(ExportError::Exists(_))));
        let file = folder.path().join("file");
        fs::write(&file, "1").unwrap();
        assert!(matches!(Part::begin(&file), Err(ExportError::Exists(_))));
        assert!(matches!(Part::begin(Path::new("/")), Err(ExportError::NoName(_))));
    }

    #[test]
    fn an_empty_folder_is_taken_and_a_failed_export_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        fs::create_dir(&out).unwrap();
        let part = Part::begin(&out).unwrap();
        assert!(matches!(Part::begin(&out), Err(ExportError::Unfinished(_))));
        drop(part);
        assert!(!folder.path().join("out.part").exists());
        let part = Part::begin(&out).unwrap();
        part.write("a", "1").unwrap();
        part.finish().unwrap();
        assert!(out.join("a").exists() && !folder.path().join("out.part").exists());
    }
}
