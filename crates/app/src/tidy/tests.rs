//! What has had its time goes, and a clock that is wrong takes nothing with it.

use romduol_ledger::Access;
use romduol_plan::kinds::{Body, Kind};
use romduol_plan::{Actor, Change};
use serde_json::json;

use super::*;
use crate::Clock;

/// 23 November 2026.
const TODAY: i64 = 1_795_392_000;

async fn app(folder: &std::path::Path, now: i64) -> App {
    App::start(Ledger::create(folder).await.unwrap(), Clock::Fixed(now)).await.unwrap()
}

/// The same program at another time.
fn at(app: &App, now: i64) -> App {
    App { clock: Clock::Fixed(now), ..app.clone() }
}

async fn sign_in(app: &App, at: i64) {
    let (account, act, object, why) = ("a".into(), "sign-in".into(), String::new(), String::new());
    app.ledger.note_access(&Access { at, account, act, object, why }).await.unwrap();
}

/// How many days ago the oldest line of the trail was written.
async fn oldest(app: &App) -> i64 {
    let lines = app.ledger.accesses(0, i64::MAX).await.unwrap();
    (TODAY - lines.iter().map(|line| line.at).min().unwrap()) / DAY
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_ahead_erases_nothing_of_the_trail() {
    for years in [2, 70] {
        let dir = tempfile::tempdir().unwrap();
        let app = app(dir.path(), TODAY).await;
        for days in (0..1_000).step_by(5) {
            sign_in(&app, TODAY - days * DAY).await;
        }
        app.forget_old().await.unwrap();
        assert_eq!(oldest(&app).await, 730, "two years are kept");
        let ahead = TODAY + years * 366 * DAY;
        at(&app, ahead).forget_old().await.unwrap();
        // People go on to work meanwhile, and the program is started anew.
        sign_in(&app, ahead).await;
        sign_in(&app, ahead + 20 * DAY).await;
        at(&app, ahead + 20 * DAY).forget_old().await.unwrap();
        assert!(oldest(&app).await >= 670, "{years} years ahead: {} days are left", oldest(&app).await);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_that_rested_goes_on_forgetting() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path(), TODAY).await;
    for days in [900, 800, 400, 100, 0] {
        sign_in(&app, TODAY - days * DAY).await;
    }
    app.forget_old().await.unwrap();
    assert_eq!(oldest(&app).await, 400);
}

fn edition(id: &str, bundle: &BlobId) -> Change {
    let body = json!({
        "id": id, "title": { "en": "T" }, "source": "", "said": { "en": bundle.to_string() },
        "consultation": "K", "consent": "public",
    });
    Change::Put(Body::read(Kind::Contribution, body).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn files_that_nothing_names_go_and_what_an_entry_ever_named_stays() {
    let dir = tempfile::tempdir().unwrap();
    let app = app(dir.path(), TODAY).await;
    let put = async |words: &str| app.ledger.blobs().put(words.into()).await.unwrap();
    let (left, drafted, earlier) =
        (put("of a form that was refused").await, put("drafted").await, put("earlier").await);
    let draft = json!({ "files": { "I": [{ "blob": drafted.to_string(), "name": "a.pdf" }] } }).to_string();
    app.ledger.save_draft("R", &draft, 0, "a", TODAY).await.unwrap();
    for (words, why) in [(&earlier, "named"), (&BlobId::of(b"other"), "named no more")] {
        let (actor, change) = (Actor { account: "a".into(), post: "p".into() }, edition("C", words));
        app.run(actor, why.into(), Box::new(move |_| Ok(vec![change.clone()]))).await.unwrap();
    }
    let held = async |days: i64| {
        at(&app, TODAY + days * DAY).forget_old().await.unwrap();
        let held = app.ledger.blobs().list().await.unwrap();
        [&left, &drafted, &earlier].map(|id| held.contains(id))
    };
    assert_eq!(held(0).await, [true; 3]);
    assert_eq!(held(29).await, [true; 3]);
    assert_eq!(held(30).await, [false, true, true]);
    app.ledger.erase_draft("R").await.unwrap();
    assert_eq!(held(30).await, [false, true, true], "a draft that was replaced today");
    assert_eq!(held(59).await, [false, true, true]);
    assert_eq!(held(60).await, [false, false, true]);
}
