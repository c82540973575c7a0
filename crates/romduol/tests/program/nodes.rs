//! Two nodes of the program on one database: what one writes the other shows, and one record is not written twice. Run by
//! `.ci/postgres`, which brings a server.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use romduol_app::records::last_touched;
use romduol_app::{App, AppError, Clock, package};
use romduol_ledger::{Head, Place};
use romduol_plan::kinds::Area;
use romduol_plan::{Actor, Change, Kind, Say, State};

pub(crate) fn plan() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps")
}

/// An address with a database of its own.
pub(crate) fn database(name: &str) -> String {
    let server = std::env::var("ROMDUOL_TEST_POSTGRES").expect("run by .ci/postgres, which brings a server");
    let name = format!("{name}_{}", std::process::id());
    let made = Command::new("psql").args(["-q", &server, "-c", &format!("CREATE DATABASE {name}")]).status().unwrap();
    assert!(made.success());
    format!("{}/{name}", server.rsplit_once('/').unwrap().0)
}

fn romduol(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_romduol")).args(arguments).stdin(Stdio::null()).output().unwrap()
}

#[track_caller]
fn done(arguments: &[&str]) -> String {
    let output = romduol(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Writes the first area again, as a form does that was opened when `seen` was the last entry that touched it.
pub(crate) async fn write(app: &App, seen: u64, why: String) -> Result<Head, AppError> {
    let actor = Actor { account: "a1".into(), post: "test".into() };
    let area = first_area(app);
    let decide = move |state: &State| {
        if last_touched(state, Kind::Area, &area.id) != seen {
            return Err(AppError::Bad(Say::new("refused-record-changed").words("value", &area.id)));
        }
        Ok(vec![Change::Put(Area::clone(&area).into())])
    };
    app.run(actor, why, Box::new(decide)).await
}

fn first_area(app: &App) -> Arc<Area> {
    app.snapshot().state.all::<Area>().next().unwrap().clone()
}

pub(crate) fn seen(app: &App) -> u64 {
    last_touched(&app.snapshot().state, Kind::Area, &first_area(app).id)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the server that .ci/postgres brings"]
async fn a_node_shows_what_another_wrote() {
    let place: Place = database("fresh").parse().unwrap();
    let one = App::create(&place, Clock::System, &package::files(&plan()).unwrap()).await.unwrap();
    let two = App::open(&place, Clock::System).await.unwrap();
    tokio::spawn(two.clone().follow());
    let mut late = Vec::new();
    for _ in 0..100 {
        let head = write(&one, seen(&one), "again".into()).await.unwrap();
        let start = Instant::now();
        while two.snapshot().head.seq < head.seq {
            assert!(start.elapsed() < Duration::from_secs(10), "the other node does not follow");
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        late.push(start.elapsed().as_millis());
    }
    late.sort_unstable();
    println!("another node shows an entry after {} ms (median), {} ms (worst of 100)", late[50], late[99]);
    assert!(late[50] < 100);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs the server that .ci/postgres brings"]
async fn one_of_two_nodes_gets_the_record() {
    let place: Place = database("race").parse().unwrap();
    let one = App::create(&place, Clock::System, &package::files(&plan()).unwrap()).await.unwrap();
    let two = App::open(&place, Clock::System).await.unwrap();
    tokio::spawn(one.clone().follow());
    let (mut won, mut lost) = ([0, 0], 0);
    for round in 0..40 {
        let last = seen(&one);
        let name = |node: &str| format!("round {round}, node {node}");
        let (first, second) = tokio::join!(write(&one, last, name("one")), write(&two, last, name("two")));
        assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
        won[usize::from(second.is_ok())] += 1;
        let refused = first.err().or(second.err()).unwrap().to_string();
        assert!(refused.contains(&first_area(&one).id), "{refused}");
        lost += 1;
        // Whoever was refused has read the other one's entry before deciding again; the winner may be behind.
        let newest = one.ledger.head().await.unwrap();
        while one.snapshot().head != newest {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    println!("{lost} races for one record: one node won {} times, the other {}; each loser was told", won[0], won[1]);
    assert!(one.ledger.verify().await.unwrap().broken.is_none());
}

#[test]
#[ignore = "needs the server that .ci/postgres brings"]
fn the_command_line_on_a_database() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_string();
    let (address, folder, file, restored) = (database("cli"), at("folder"), at("backup"), at("restored"));
    let none = romduol(&["verify", "--database", &address]);
    let said = String::from_utf8_lossy(&none.stderr).to_string();
    assert!(said.contains("romduol init") && !none.status.success(), "{said}");
    done(&["init", "--database", &address, "--plan", plan().to_str().unwrap()]);
    let verified = done(&["verify", "--database", &address]);
    assert!(!romduol(&["init", "--database", &address, "--plan", plan().to_str().unwrap()]).status.success());
    done(&["copy", "--database", &address, "--to", &folder]);
    assert_eq!(done(&["verify", "--data", &folder]), verified);
    done(&["backup", &file, "--database", &address]);
    done(&["restore", &file, "--data", &restored]);
    assert_eq!(done(&["verify", "--data", &restored]), verified);
    let back = database("back");
    done(&["copy", "--data", &restored, "--to", &back]);
    assert_eq!(done(&["verify", "--database", &back]), verified);
    let away = romduol(&["verify", "--database", "postgres://u:secret@127.0.0.1:1/none"]);
    let said = String::from_utf8_lossy(&away.stderr).to_string();
    assert!(said.contains("cannot be reached") && !said.contains("secret"), "{said}");
}
