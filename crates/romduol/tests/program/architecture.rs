//! The house: dependencies point one way, the papers name paths that exist, files keep their size and their first line.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn dependencies_point_one_way() {
    let order =
        ["cube", "disclosure", "plan", "exchange", "ledger", "locale", "report", "edition", "app", "web", "romduol"];
    let allowed: [&[&str]; 11] = [
        &[],
        &[],
        &["cube"],
        &["cube", "plan"],
        &[],
        &["plan"],
        &[],
        &["exchange", "locale", "plan", "report"],
        &["disclosure", "edition", "exchange", "ledger", "locale", "plan", "report"],
        &["app", "edition", "ledger", "locale", "plan", "report"],
        &["app", "cube", "edition", "exchange", "ledger", "locale", "plan", "report", "web"],
    ];
    for (room, may) in order.iter().zip(allowed) {
        let manifest = std::fs::read_to_string(root().join("crates").join(room).join("Cargo.toml")).unwrap();
        let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
        let ours = dependencies.lines().filter_map(|line| line.strip_prefix("romduol-"));
        for name in ours.filter_map(|line| line.split(['.', ' ']).next()) {
            assert!(may.contains(&name), "{room} must not depend on {name}");
        }
    }
    let rooms = std::fs::read_dir(root().join("crates")).unwrap().count();
    assert_eq!(rooms, order.len(), "a new room needs its place in this order");
}

#[test]
fn paths_in_the_papers_exist() {
    for paper in ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"] {
        let text = std::fs::read_to_string(root().join(paper)).unwrap();
        for path in text
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|part| part.contains('/') && !part.contains([' ', '<', '{', '*', '\n']))
        {
            let is_route = path.starts_with('/') || path.contains("://");
            assert!(is_route || root().join(path).exists(), "{paper} names {path}");
        }
    }
}

#[test]
fn every_file_says_what_it_holds() {
    let mut folders = vec![root().join("crates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
            } else if entry.extension().is_some_and(|e| e == "rs") && entry.components().any(|c| c.as_os_str() == "src")
            {
                let text = std::fs::read_to_string(&entry).unwrap();
                let is_test = entry.file_name().is_some_and(|name| name == "tests.rs");
                assert!(is_test || text.starts_with("//!"), "{} has no //! line", entry.display());
            }
        }
    }
}
