//! What a process did with the files of one folder, as `strace` wrote it down: each call that changes something, in order
//! and with its bytes, and each line that the process said. It refuses to know what of it reaches a disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The calls that the model of a disk understands.
const KNOWN: &str = "openat,mkdir,mkdirat,write,pwrite64,lseek,ftruncate,fsync,fdatasync,rename,renameat,renameat2,\
                     unlink,unlinkat,rmdir,mmap";
/// Calls that change files in ways that nobody here has used so far. One of them in the folder fails the test: the model
/// has to learn it first.
const FOREIGN: &str = "open,creat,writev,pwritev,pwritev2,truncate,fallocate,copy_file_range,sendfile,splice,link,linkat,\
                       symlink,symlinkat,sync,syncfs,sync_file_range,io_uring_setup";

/// One thing that was done; paths are below the folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A file was opened and made if there was none.
    File(PathBuf),
    Folder(PathBuf),
    Write {
        path: PathBuf,
        at: usize,
        bytes: Vec<u8>,
    },
    Length {
        path: PathBuf,
        length: usize,
    },
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove(PathBuf),
    /// The process was told that the disk has all of a file, or all names of a folder.
    Sync(PathBuf),
    Said(String),
}

/// Runs a process to its end and gives all that it did in `folder`.
pub(crate) fn record(folder: &Path, start: impl FnOnce(&[&str]) -> Command) -> Vec<Deed> {
    let log = tempfile::NamedTempFile::new().unwrap();
    let calls = format!("trace={KNOWN},{FOREIGN}");
    // Only calls that succeeded, each in one line when it returned; descriptors with their paths; all text in hexadecimal.
    let under = [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-qq",
        "-z",
        "-y",
        "-xx",
        "-s",
        "99999999",
        "-e",
        "signal=none",
        "-e",
        &calls,
        "-o",
    ];
    let under = [&under[..], &[log.path().to_str().unwrap()]].concat();
    let output = start(&under).output().expect("strace is installed (apt-get install strace)");
    assert!(output.status.success(), "the recorded process came to its end");
    read(&std::fs::read_to_string(log.path()).unwrap(), folder)
}

fn read(log: &str, folder: &Path) -> Vec<Deed> {
    let mut reader = Reader { folder, places: HashMap::new(), deeds: Vec::new() };
    log.lines().for_each(|line| reader.line(line));
    reader.deeds
}

struct Reader<'a> {
    folder: &'a Path,
    /// Where the next plain `write` to a descriptor goes.
    places: HashMap<String, usize>,
    deeds: Vec<Deed>,
}

impl Reader<'_> {
    fn line(&mut self, line: &str) {
        let Some((call, result)) = line.rsplit_once(" = ") else { return };
        let call = call.split_once(' ').unwrap().1.trim();
        let (name, given) = call.strip_suffix(')').and_then(|call| call.split_once('(')).expect(line);
        let given: Vec<&str> = given.split(", ").collect();
        match name {
            "openat" => self.open(&given, result),
            "mkdir" => self.change(self.below(given[0]).map(Deed::Folder)),
            "mkdirat" => self.change(self.below_of(given[0], given[1]).map(Deed::Folder)),
            "write" if given[0].starts_with("1<") => self.said(&bytes(given[1])),
            "write" | "pwrite64" => self.write(&given, result.parse().unwrap()),
            "lseek" => drop(self.places.insert(descriptor(given[0]).into(), result.parse().unwrap())),
            "ftruncate" => {
                let length = given[1].parse().unwrap();
                self.change(self.of(given[0]).map(|path| Deed::Length { path, length }));
            }
            "fsync" | "fdatasync" => self.change(self.of(given[0]).map(Deed::Sync)),
            "rename" => self.rename(self.below(given[0]), self.below(given[1])),
            "renameat" | "renameat2" => {
                self.rename(self.below_of(given[0], given[1]), self.below_of(given[2], given[3]));
            }
            "unlink" | "rmdir" => self.change(self.below(given[0]).map(Deed::Remove)),
            "unlinkat" => self.change(self.below_of(given[0], given[1]).map(Deed::Remove)),
            "mmap" => self.map(&given),
            _ => assert!(given.iter().all(|g| self.of(g).or(self.below(g)).is_none()), "{name} is not in the model"),
        }
    }

    fn change(&mut self, deed: Option<Deed>) {
        self.deeds.extend(deed);
    }

    fn open(&mut self, given: &[&str], result: &str) {
        let Some(path) = self.of(result) else { return };
        self.places.insert(descriptor(result).into(), 0);
        assert!(!given[2].contains("O_APPEND"), "appending is not in the model");
        if given[2].contains("O_CREAT") {
            self.deeds.push(Deed::File(path.clone()));
        }
        if given[2].contains("O_TRUNC") {
            self.deeds.push(Deed::Length { path, length: 0 });
        }
    }

    fn write(&mut self, given: &[&str], written: usize) {
        let Some(path) = self.of(given[0]) else { return };
        let bytes = bytes(given[1])[..written].to_vec();
        let at = match given.get(3) {
            Some(at) => at.parse().unwrap(),
            None => {
                let next = self.places.get_mut(descriptor(given[0])).expect("written where nothing was opened");
                *next += written;
                *next - written
            }
        };
        self.deeds.push(Deed::Write { path, at, bytes });
    }

    fn rename(&mut self, from: Option<PathBuf>, to: Option<PathBuf>) {
        match (from, to) {
            (Some(from), Some(to)) => self.deeds.push(Deed::Rename { from, to }),
            (None, None) => {}
            other => panic!("renamed into the folder or out of it: {other:?}"),
        }
    }

    /// What is written through memory is not seen here. SQLite does so with one file, which the next start makes anew.
    fn map(&mut self, given: &[&str]) {
        let writes = given[2].contains("PROT_WRITE") && given[3].contains("MAP_SHARED");
        let foreign = self.of(given[4]).filter(|path| writes && !path.to_string_lossy().ends_with("-shm"));
        assert_eq!(foreign, None, "a file is written through memory");
    }

    fn said(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        self.deeds.extend(text.lines().map(|line| Deed::Said(line.into())));
    }

    /// The path behind a descriptor, `3<\x2f…>`, if it is in the folder and still there.
    fn of(&self, descriptor: &str) -> Option<PathBuf> {
        let path = descriptor.split_once('<')?.1.strip_suffix('>')?;
        self.inside(Path::new(&text(path)))
    }

    /// A path that was given, `"\x2f…"`.
    fn below(&self, given: &str) -> Option<PathBuf> {
        self.inside(Path::new(&text(given.strip_prefix('"')?.strip_suffix('"')?)))
    }

    /// A path that was given beside a descriptor of the folder that it starts from.
    fn below_of(&self, start: &str, given: &str) -> Option<PathBuf> {
        let start = text(start.split_once('<')?.1.strip_suffix('>')?);
        self.inside(&Path::new(&start).join(text(given.trim_matches('"'))))
    }

    fn inside(&self, path: &Path) -> Option<PathBuf> {
        path.strip_prefix(self.folder).ok().map(Path::to_path_buf)
    }
}

fn descriptor(given: &str) -> &str {
    given.split_once('<').map_or(given, |(number, _)| number)
}

fn text(hexadecimal: &str) -> String {
    String::from_utf8(bytes(hexadecimal)).unwrap()
}

/// `\x66\x6f`, with or without quotation marks around it.
fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digit = |digit: u8| (digit as char).to_digit(16).unwrap() as u8;
    let signs = hexadecimal.trim_matches('"').as_bytes().chunks_exact(4);
    signs.map(|sign| digit(sign[2]) * 16 + digit(sign[3])).collect()
}

#[test]
fn a_log_is_read() {
    let hex = |text: &str| text.bytes().map(|byte| format!("\\x{byte:02x}")).collect::<String>();
    let (home, file, pipe) = (hex("/d"), hex("/d/a"), hex("pipe:[1]"));
    let log = format!(
        "7  openat(AT_FDCWD<{home}>, \"{file}\", O_RDWR|O_CREAT, 0600) = 5<{file}>\n\
         7  write(5<{file}>, \"{}\", 3) = 2\n7  write(5<{file}>, \"{}\", 1) = 1\n\
         8  pwrite64(5<{file}>, \"{}\", 1, 900) = 1\n7  fsync(5<{file}>) = 0\n7  fsync(6<{}>) = 0\n\
         7  write(1<{pipe}>, \"{}\", 4) = 4\n7  unlinkat(4<{home}>, \"{}\", 0) = 0\n7  +++ exited with 0 +++\n",
        hex("abc"),
        hex("c"),
        hex("z"),
        hex("/elsewhere"),
        hex("ack\n"),
        hex("a"),
    );
    let write = |at, text: &str| Deed::Write { path: "a".into(), at, bytes: text.into() };
    let path = || PathBuf::from("a");
    let done = [Deed::File(path()), write(0, "ab"), write(2, "c"), write(900, "z"), Deed::Sync(path())];
    let rest = [Deed::Said("ack".into()), Deed::Remove(path())];
    assert_eq!(read(&log, Path::new("/d")), [&done[..], &rest[..]].concat());
}
