//! A disk whose power goes: it has what was synced, and of everything since it has any part. It refuses to know which
//! program writes to it.
//!
//! A file is durable up to its last sync, a name up to the last sync of the folder that it stands in; nothing is assumed of
//! what real file systems give on top, such as names that come with their file or stay in their order. Of what came later
//! each piece is there or not, one by one: since a place on a disk holds the last piece that reached it, that is every
//! order in which a disk may write as well.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::Path;

use super::trace::Deed;
use crate::Dice;

/// Everything on the disk; the first node is the folder that all else is in.
#[derive(Clone)]
pub(crate) struct Disk(Vec<Node>);

#[derive(Clone)]
enum Node {
    File { durable: Vec<u8>, since: Vec<Change> },
    Folder { durable: Names, since: Vec<Renaming>, now: Names },
}

type Names = BTreeMap<OsString, usize>;
/// Names of one folder that change together, each with what it stands for from then on.
type Renaming = Vec<(OsString, Option<usize>)>;

#[derive(Clone)]
enum Change {
    Bytes { at: usize, bytes: Vec<u8> },
    Length(usize),
}

/// How one power cut treats what was not synced.
#[derive(Debug)]
pub(crate) struct Loss {
    /// Of eight pieces so many are kept.
    kept: u64,
    /// The largest piece that is written whole.
    grain: usize,
}

impl Loss {
    pub(crate) fn any(dice: &mut Dice) -> Self {
        let pick = |of: &[usize], dice: &mut Dice| of[dice.below(of.len() as u64) as usize];
        Self { kept: pick(&[0, 1, 4, 7, 8], dice) as u64, grain: pick(&[512, 4_096, usize::MAX], dice) }
    }

    /// Each piece by the toss of a coin.
    pub(crate) fn even(_: &mut Dice) -> Self {
        Self { kept: 4, grain: 512 }
    }

    fn keeps(&self, dice: &mut Dice) -> bool {
        dice.below(8) < self.kept
    }
}

impl Disk {
    /// A disk that has all of a folder.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut disk = Self(Vec::new());
        disk.take_in(folder);
        disk
    }

    fn take_in(&mut self, path: &Path) -> usize {
        let node = self.0.len();
        if path.is_file() {
            self.0.push(Node::File { durable: fs::read(path).unwrap(), since: Vec::new() });
            return node;
        }
        self.0.push(folder(Names::new()));
        let entries = fs::read_dir(path).unwrap().map(|entry| entry.unwrap());
        let names = entries.map(|entry| (entry.file_name(), self.take_in(&entry.path()))).collect();
        self.0[node] = folder(names);
        node
    }

    /// Does what a process did. What it does stands in its memory first; only a sync brings it to the disk.
    pub(crate) fn take(&mut self, deed: &Deed) {
        match deed {
            Deed::File(path) if self.find(path).is_some() => {}
            Deed::File(path) => self.make(path, Node::File { durable: Vec::new(), since: Vec::new() }),
            Deed::Folder(path) => self.make(path, folder(Names::new())),
            Deed::Write { path, at, bytes } => self.change(path, Change::Bytes { at: *at, bytes: bytes.clone() }),
            Deed::Length { path, length } => self.change(path, Change::Length(*length)),
            Deed::Rename { from, to } => {
                let node = self.find(from);
                let (old, new) = ((name(from), None), (name(to), node));
                if from.parent() == to.parent() {
                    self.rename(from, vec![old, new]);
                } else {
                    self.rename(from, vec![old]);
                    self.rename(to, vec![new]);
                }
            }
            Deed::Remove(path) => self.rename(path, vec![(name(path), None)]),
            Deed::Sync(path) => self.sync(path),
            Deed::Said(_) => {}
        }
    }

    fn find(&self, path: &Path) -> Option<usize> {
        path.iter().try_fold(0, |at, name| match &self.0[at] {
            Node::Folder { now, .. } => now.get(name).copied(),
            Node::File { .. } => None,
        })
    }

    fn at(&mut self, path: &Path) -> &mut Node {
        let node = self.find(path).unwrap_or_else(|| panic!("there is no {}", path.display()));
        &mut self.0[node]
    }

    fn make(&mut self, path: &Path, made: Node) {
        self.0.push(made);
        let node = self.0.len() - 1;
        self.rename(path, vec![(name(path), Some(node))]);
    }

    /// Changes names in the folder that `path` stands in.
    fn rename(&mut self, path: &Path, names: Renaming) {
        let Node::Folder { now, since, .. } = self.at(path.parent().unwrap()) else { panic!("a file has no names") };
        apply(&names, now);
        since.push(names);
    }

    fn change(&mut self, path: &Path, change: Change) {
        let Node::File { since, .. } = self.at(path) else { panic!("a folder has no bytes") };
        since.push(change);
    }

    fn sync(&mut self, path: &Path) {
        match self.at(path) {
            Node::File { durable, since } => since.drain(..).for_each(|change| change.apply(durable)),
            Node::Folder { durable, since, .. } => since.drain(..).for_each(|names| apply(&names, durable)),
        }
    }

    /// The power goes: writes what the disk has then into an empty folder.
    pub(crate) fn cut(&self, loss: &Loss, dice: &mut Dice, to: &Path) {
        self.leave(0, loss, dice, to);
    }

    fn leave(&self, node: usize, loss: &Loss, dice: &mut Dice, to: &Path) {
        match &self.0[node] {
            Node::File { durable, since } => {
                let mut content = durable.clone();
                for piece in since.iter().flat_map(|change| change.pieces(loss.grain)) {
                    if loss.keeps(dice) {
                        piece.apply(&mut content);
                    }
                }
                fs::write(to, content).unwrap();
            }
            Node::Folder { durable, since, .. } => {
                let mut names = durable.clone();
                since.iter().filter(|_| loss.keeps(dice)).for_each(|change| apply(change, &mut names));
                fs::create_dir_all(to).unwrap();
                for (name, node) in names {
                    self.leave(node, loss, dice, &to.join(name));
                }
            }
        }
    }
}

impl Change {
    fn apply(&self, content: &mut Vec<u8>) {
        match self {
            Change::Length(length) => content.resize(*length, 0),
            Change::Bytes { at, bytes } => {
                let end = at + bytes.len();
                content.resize(content.len().max(end), 0);
                content[*at..end].copy_from_slice(bytes);
            }
        }
    }

    /// What of it reaches the disk at once: bytes come in sectors.
    fn pieces(&self, grain: usize) -> Vec<Change> {
        let Change::Bytes { at, bytes } = self else { return vec![self.clone()] };
        let (mut pieces, mut from) = (Vec::new(), 0);
        while from < bytes.len() {
            let to = bytes.len().min(from.saturating_add(grain - (at + from) % grain));
            pieces.push(Change::Bytes { at: at + from, bytes: bytes[from..to].to_vec() });
            from = to;
        }
        pieces
    }
}

fn folder(names: Names) -> Node {
    Node::Folder { durable: names.clone(), since: Vec::new(), now: names }
}

fn name(path: &Path) -> OsString {
    path.file_name().map(OsStr::to_os_string).unwrap()
}

fn apply(change: &Renaming, names: &mut Names) {
    for (name, node) in change {
        match node {
            Some(node) => drop(names.insert(name.clone(), *node)),
            None => drop(names.remove(name)),
        }
    }
}

/// What a file `a` of 2,000 bytes looks like after many cuts: not there, empty, whole, or anything else.
fn seen(deeds: &[Deed]) -> [usize; 4] {
    let (mut dice, mut disk, mut seen) = (Dice::new(), Disk(vec![folder(Names::new())]), [0; 4]);
    deeds.iter().for_each(|deed| disk.take(deed));
    for _ in 0..300 {
        let dir = tempfile::tempdir().unwrap();
        disk.cut(&Loss::any(&mut dice), &mut dice, dir.path());
        seen[match fs::read(dir.path().join("a")) {
            Err(_) => 0,
            Ok(content) if content.is_empty() => 1,
            Ok(content) if content == [7; 2_000] => 2,
            Ok(_) => 3,
        }] += 1;
    }
    seen
}

#[test]
fn what_was_not_synced_is_lost_at_some_cut_and_what_was_synced_at_none() {
    let (made, named) = (Deed::File("a".into()), Deed::Sync("".into()));
    let write = Deed::Write { path: "a".into(), at: 0, bytes: vec![7; 2_000] };
    let synced = Deed::Sync("a".into());
    let [absent, empty, whole, torn] = seen(&[made.clone(), named.clone(), write.clone()]);
    assert!(absent == 0 && empty > 0 && whole > 0 && torn > 0, "bytes that were not synced");
    let [absent, empty, whole, torn] = seen(&[made.clone(), write.clone(), synced.clone()]);
    assert!(absent > 0 && whole > 0 && empty + torn == 0, "a name that was not synced");
    assert_eq!(seen(&[made, write, synced, named]), [0, 0, 300, 0]);
}

#[test]
fn a_file_that_takes_the_place_of_another_is_one_of_both() {
    let write = |path: &str, byte| Deed::Write { path: path.into(), at: 0, bytes: vec![byte; 2_000] };
    let made = ["a", "b"].map(|name| Deed::File(name.into()));
    let synced = ["a", "b", ""].map(|name| Deed::Sync(name.into()));
    let rename = Deed::Rename { from: "b".into(), to: "a".into() };
    let deeds = [&made[..], &[write("a", 7), write("b", 1)], &synced[..], &[rename, write("a", 2)]].concat();
    let [absent, empty, old, new] = seen(&deeds);
    assert!(absent + empty == 0 && old > 0 && new > 0);
    let [.., old, new] = seen(&[&deeds[..], &[Deed::Sync("".into())]].concat());
    assert_eq!((old, new), (0, 300));
}
