//! All files of an edition in one ZIP file, the same bytes for the same files. Refuses to know what the files hold.

use std::io::{Cursor, Read, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipArchive, ZipWriter};

use crate::manifest::{Broken, Files};

/// What one file may take; an edition's own are far below.
const LARGEST: u64 = 64 << 20;
/// What all of them may take together.
const ALL: u64 = 1 << 30;

/// Writes the files in order of their paths, without any time of day.
#[must_use]
pub fn pack(files: &Files) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(zip::DateTime::default())
        .unix_permissions(0o644);
    for (path, bytes) in files {
        zip.start_file(path, options).expect("memory takes every file");
        zip.write_all(bytes).expect("memory takes every byte");
    }
    zip.finish().expect("memory takes the directory").into_inner()
}

/// Reads all files; refuses what would not fit or leave its folder.
///
/// # Errors
/// The path that cannot be read.
pub fn unpack(bytes: &[u8]) -> Result<Files, Broken> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Broken::Unreadable("ZIP".into()))?;
    let (mut files, mut left) = (Files::new(), ALL);
    for n in 0..zip.len() {
        let mut file = zip.by_index(n).map_err(|_| Broken::Unreadable(format!("ZIP, {n}")))?;
        let path = file.name().map_err(|_| Broken::Unreadable(format!("ZIP, {n}")))?.into_owned();
        let unreadable = || Broken::Unreadable(path.clone());
        // The library would make `/etc/a` to `etc/a` and say nothing.
        if file.enclosed_name().is_none_or(|inside| inside != Path::new(&path)) {
            return Err(unreadable());
        }
        if file.is_dir() {
            continue;
        }
        let mut content = Vec::new();
        let most = LARGEST.min(left);
        // Not what the directory says, but what really comes out is counted.
        file.by_ref().take(most + 1).read_to_end(&mut content).map_err(|_| unreadable())?;
        left = left.checked_sub(content.len() as u64).ok_or_else(unreadable)?;
        if content.len() as u64 > most {
            return Err(unreadable());
        }
        files.insert(path, content);
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn files() -> Files {
        let file = |path: &str, bytes: &[u8]| (path.to_string(), bytes.to_vec());
        Files::from([file("index.html", b"<p>"), file("data/a.csv", &[b'0'; 3_000]), file("data/empty", b"")])
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        assert_eq!(unpack(&pack(&files())), Ok(files()));
    }

    #[test]
    fn no_file_leaves_its_folder() {
        for path in ["../a", "a/../../b", "/etc/passwd"] {
            let packed = pack(&Files::from([(path.to_string(), Vec::new())]));
            assert_eq!(unpack(&packed), Err(Broken::Unreadable(path.into())));
        }
    }

    #[test]
    fn a_file_that_unpacks_to_too_much_is_refused() {
        let bomb = pack(&Files::from([("a".to_string(), vec![b'0'; (LARGEST + 1) as usize])]));
        assert!(bomb.len() < 200_000, "{}", bomb.len());
        assert_eq!(unpack(&bomb), Err(Broken::Unreadable("a".into())));
    }

    proptest! {
        #[test]
        fn damaged_bytes_are_read_or_refused(edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
            let mut bytes = pack(&files());
            for (at, value) in edits {
                let at = at.index(bytes.len());
                bytes[at] = value;
            }
            if let Ok(files) = unpack(&bytes) {
                prop_assert!(files.values().all(|content| content.len() as u64 <= LARGEST));
            }
        }
    }
}
