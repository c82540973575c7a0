//! An edition is the same from a program that ran, one that was started anew, and another one beside it.

use std::path::Path;

use romduol_app::accounts::{Person, Proof};
use romduol_app::edition::Choice;
use romduol_app::{App, Clock, package};
use romduol_plan::kinds::*;
use romduol_plan::permission::{Post, Role};
use romduol_plan::{Actor, Change, Kind, Lang, Period, State};

/// 23 November 2026.
const TODAY: i64 = 1_795_392_000;

fn person(account: &str, role: Role) -> Person {
    let post = Post { role, institution: None, area: None };
    Person {
        account: account.into(),
        name: account.into(),
        post,
        lang: Lang::En,
        proof: Proof { at: i64::MAX, ..Proof::default() },
    }
}

/// A return of the demo of last year that was accepted, corrected by a real one.
async fn correct(app: &App) {
    let decide = |state: &State| {
        let first = state.accepted().find(|record| record.illustrative && record.period == Period::year(2025));
        let record = first.expect("the demo has it");
        let real = Return { version: record.version + 1, illustrative: false, ..Return::clone(record) };
        Ok(vec![Change::Put(real.into())])
    };
    let actor = Actor { account: "test".into(), post: "test".into() };
    app.run(actor, "corrected".into(), Box::new(decide)).await.unwrap();
}

async fn look(app: &App, id: &str) -> String {
    app.look_into_edition(&person("bora", Role::Committee), id).await.unwrap().0.body.to_json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corrected_illustrative_return_blocks_no_edition() {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let (files, clock) = (package::files(&plan).unwrap(), Clock::Fixed(TODAY));
    let app = App::begin_demo(folder.path(), clock, &files, true).await.unwrap();
    let beside = App::open(folder.path(), clock).await.unwrap();
    correct(&app).await;
    let (anna, bora) = (person("anna", Role::Secretariat), person("bora", Role::Committee));
    let choice = Choice { without_waiting: true, ..Choice::usual(&app.snapshot().state, app.now().date) };
    let id = app.prepare_edition(&anna, choice.clone()).await.unwrap();
    let live = look(&app, &id).await;
    // A program beside it catches up when it is next asked for something.
    let nobody = Actor { account: "test".into(), post: "test".into() };
    beside.run(nobody, String::new(), Box::new(|_| Ok(Vec::new()))).await.unwrap();
    assert_eq!(beside.snapshot().state.position(), app.snapshot().state.position());
    assert!(look(&beside, &id).await == live, "the program beside it tells another edition");
    beside.close().await;
    // What was looked over comes out, without a restart.
    app.approve_edition(&bora, &id, None).await.unwrap();
    let second = app.prepare_edition(&anna, choice).await.unwrap();
    let before = (look(&app, &id).await, look(&app, &second).await);
    app.close().await;

    let again = App::open(folder.path(), clock).await.unwrap();
    assert!(look(&again, &second).await == before.1, "an edition prepared before a restart is another one after it");
    again.approve_edition(&bora, &second, None).await.unwrap();
    assert!(again.snapshot().state.body(Kind::Edition, &second).is_some());
    assert!(live == before.0);
}
