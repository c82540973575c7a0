//! The house: dependencies point one way, the papers name paths that exist, files keep their size and their first line.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn dependencies_point_one_way() {
    let order = [
        "cube",
        "disclosure",
        "plan",
        "spreadsheet",
        "exchange",
        "ledger",
        "locale",
        "report",
        "edition",
        "app",
        "web",
        "romduol",
    ];
    let allowed: [&[&str]; 12] = [
        &[],
        &[],
        &["cube"],
        &["plan"],
        &["cube", "plan"],
        &[],
        &["plan"],
        &[],
        &["disclosure", "exchange", "locale", "plan", "report"],
        &["disclosure", "edition", "exchange", "ledger", "locale", "plan", "report", "spreadsheet"],
        &["app", "edition", "ledger", "locale", "plan", "report"],
        &["app", "cube", "edition", "exchange", "ledger", "locale", "plan", "report", "web"],
    ];
    for (room, may) in order.iter().zip(allowed) {
        let manifest = std::fs::read_to_string(root().join("crates").join(room).join("Cargo.toml")).unwrap();
        let (_, dependencies) = manifest.split_once("[dependencies]").unwrap();
        // What only tests read stands in nobody's way.
        let dependencies = dependencies.split("[dev-dependencies]").next().unwrap_or_default();
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

/// Markup is made by escaping and by the writers of the report crate; no template takes a string for markup.
#[test]
fn no_template_trusts_a_string() {
    let mut folders: Vec<_> = ["web", "edition", "report"].map(|room| root().join("crates").join(room)).into();
    let mut looked_at = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            let ending = entry.extension().and_then(|ending| ending.to_str());
            match ending {
                _ if entry.is_dir() => folders.push(entry),
                Some(ending @ ("html" | "rs")) => {
                    let text: String = std::fs::read_to_string(&entry).unwrap().split_whitespace().collect();
                    let ways = if ending == "html" {
                        ["|safe", "|escape(", "{%autoescape", "filtersafe"]
                    } else {
                        ["escape=\"none\"", "filters::Safe", "HtmlSafeOutput", "#[template(ext=\"txt\""]
                    };
                    for way in ways {
                        assert!(!text.contains(way), "{} has {way}", entry.display());
                    }
                    looked_at += usize::from(ending == "html");
                }
                _ => {}
            }
        }
    }
    assert!(looked_at > 60, "{looked_at} templates");
}

/// What is data in an address of a template is encoded: an id may hold anything that an old ledger has.
#[test]
fn addresses_in_templates_are_encoded() {
    // Made by `address.rs`, or numbers and codes of the program's own.
    let made = |expression: &str| {
        const OWN: [&str; 11] =
            ["query", "task", "to", "path", "back", "again", "home", "page", "at", "c.lang()", "part.anchor"];
        OWN.contains(&expression)
            || ["c.path", "c.back", "c.from", "c.once()", ".path", "position", "code()", "setup.url", ".0"]
                .iter()
                .any(|end| expression.ends_with(end))
            || expression.contains("|urlencode")
    };
    let mut folders = vec![root().join("crates/web/templates")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let text = std::fs::read_to_string(&entry).unwrap();
            for attribute in ["href=\"", "action=\"", "src=\""] {
                for rest in text.split(attribute).skip(1) {
                    let address = rest.split('"').next().unwrap_or_default();
                    for part in address.split("{{").skip(1) {
                        let expression = part.split("}}").next().unwrap_or_default().trim();
                        assert!(made(expression), "{} has {attribute}{address}", entry.display());
                    }
                }
            }
        }
    }
}
