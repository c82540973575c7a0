//! Backups that earlier programs have made (`fixtures/releases`): this one checks, restores, upgrades and reads them. A fixture is
//! made once, by the program of its release, and never again: `romduol backup` of the reference plan and of the demo with its
//! first edition.

use std::path::Path;
use std::process::Command;

/// A backup, where its ledger ends, and how many records of some kinds it holds.
const RELEASES: [(&str, &str, usize); 2] = [
    ("0.1-plan", "1 entries, fingerprint 7dd777a84629e87bbd219bc83e5d7f4e855ce9cf7cd295013712f0b4f601f582", 0),
    ("0.1-demo", "34 entries, fingerprint 05c010e59886312ae4a02943a527af24768dafce4a58eff4808513700e1eb587", 1),
];

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_romduol")).args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn what_earlier_releases_kept_is_restored_upgraded_and_read() {
    for (name, end, editions) in RELEASES {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/program/fixtures/releases/{name}.backup"));
        let file = file.to_str().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
        assert!(done(&["verify", file]).contains(end), "{name}");
        done(&["restore", file, "--data", &at("data")]);
        // Opened for work, and so moved forward.
        let list = done(&["edition", "list", "--data", &at("data")]);
        assert_eq!(list.lines().filter(|line| line.contains("published")).count(), editions, "{list}");
        assert!(done(&["verify", "--data", &at("data")]).contains(end), "{name}: looking and opening writes no entry");
        done(&["export", "csv", &at("tables"), "--data", &at("data")]);
        assert!(std::fs::read_to_string(dir.path().join("tables/nodes.csv")).unwrap().lines().count() > 50);
        if editions > 0 {
            done(&["publish", "--data", &at("data"), "--out", &at("site")]);
            done(&["edition", "verify", &at("site")]);
        }
        done(&["backup", &at("again.backup"), "--data", &at("data")]);
        assert!(done(&["verify", &at("again.backup")]).contains(end));
    }
}
