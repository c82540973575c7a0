//! Illustrative data switched off: no page, table or search of the site shows a record of it.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use axum::http::{Method, header};
use romduol_plan::kinds::*;
use romduol_plan::permission::Role;
use romduol_plan::{Change, Kind};

use crate::house::{House, house, text};
use crate::reach::links;

/// Every page that lists or tells something, to begin with.
const PAGES: [&str; 34] = [
    "/",
    "/scorecard",
    "/framework",
    "/institutions",
    "/figures",
    "/findings",
    "/findings.csv",
    "/returns",
    "/report/2026",
    "/pivot",
    "/money",
    "/money/unfunded",
    "/money/tags",
    "/money/note",
    "/about",
    "/issues",
    "/coherence",
    "/commitments",
    "/commitments.csv",
    "/people",
    "/voices",
    "/readiness",
    "/road",
    "/road.ics",
    "/versions",
    "/comments",
    "/bodies",
    "/owed",
    "/year",
    "/year.ics",
    "/ratings",
    "/local",
    "/editions",
    "/search?q=demonstration",
];

/// More than these are like those before.
const MOST: usize = 420;

/// How an illustrative record is told from all others on a page: by its id, and by its name if it has one of its own.
fn marks(state: &romduol_plan::State, body: &Body) -> Vec<String> {
    let made_up = "Made up to show the program at work";
    match body {
        // The step is real, only its dates are not.
        Body::NextStep(_) => Vec::new(),
        Body::Return(record) => vec![format!("/review/{}\"", record.id), format!("/history/returns/{}\"", record.id)],
        body => {
            let title = body.title().en;
            let own = !title.is_empty() && title != made_up && state.ids(body.kind()).len() < 50;
            let id = format!("/{}/{}\"", body.kind().code(), body.id());
            [Some(id), own.then_some(title)].into_iter().flatten().collect()
        }
    }
}

async fn page(house: &House, path: &str, cookie: &str) -> (StatusCode, String) {
    let response = house.ask(&Method::GET, path, Some(cookie), ("text/plain", "")).await;
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    match kind.starts_with("text/") {
        true => (response.status(), text(response).await),
        false => (response.status(), String::new()),
    }
}

/// One record of each kind that can be marked, so that none of them hides behind the demo having none.
async fn one_of_each(house: &House) -> Vec<Body> {
    let task = serde_json::json!({ "id": "ZZ-TASK", "title": { "en": "Zebra errand", "km": "" }, "owner": "MOWA",
        "due": "2026-01-01", "state": "open", "illustrative": true });
    let task = Body::read(Kind::Task, task).unwrap();
    let (actor, put) = (romduol_plan::Actor { account: "t".into(), post: "t".into() }, task.clone());
    house.app.run(actor, "test".into(), Box::new(move |_| Ok(vec![Change::Put(put.clone())]))).await.unwrap();
    let state = &house.app.snapshot().state;
    let marked = Kind::ALL.iter().filter(|kind| kind.is_marked());
    let all = marked.flat_map(|kind| state.ids(*kind).into_iter().filter_map(|id| state.body(*kind, id)));
    all.filter(Body::is_illustrative).collect()
}

#[tokio::test]
async fn nothing_illustrative_is_shown_once_it_is_switched_off() {
    let house = house().await;
    let records = one_of_each(&house).await;
    let kinds: BTreeSet<Kind> = records.iter().map(Body::kind).collect();
    let marked: BTreeSet<Kind> = Kind::ALL.iter().copied().filter(|kind| kind.is_marked()).collect();
    assert_eq!(kinds, marked, "the demo has an illustrative record of each kind");
    let on = house.session(Role::Secretariat).await;
    let off = format!("{on}; illustrative=off");
    let snapshot = house.app.snapshot();
    let marks: Vec<String> = records.iter().flat_map(|body| marks(&snapshot.state, body)).collect();
    let mut pages: Vec<String> = PAGES.iter().map(|page| page.to_string()).collect();
    for kind in Kind::of_package() {
        pages.extend([format!("/records/{}", kind.code()), format!("/csv/{}", kind.code())]);
    }
    let (mut seen, mut next) = (BTreeSet::new(), 0);
    while next < pages.len() && next < MOST {
        let path = pages[next].clone();
        next += 1;
        let (status, text) = page(&house, &path, &off).await;
        assert!(status.is_success(), "{path}: {status}");
        let shown: Vec<&String> = marks.iter().filter(|mark| text.contains(mark.as_str())).collect();
        assert!(shown.is_empty(), "{path} shows {shown:?}");
        seen.insert(path);
        let more = links(&text).into_iter().filter(|to| !seen.contains(to) && !pages.contains(to));
        let goes = |to: &String| {
            !["/pdf", "/docx", "/xlsx", "/edit/", "/new/", "/import/", "/illustrative/", "/lang/"]
                .iter()
                .any(|part| to.contains(part))
        };
        pages.extend(more.filter(goes).collect::<Vec<_>>());
    }
    assert!(seen.len() > 200, "{} pages", seen.len());
    println!("{} pages without any of {} marks", seen.len(), marks.len());
}

#[tokio::test]
async fn the_table_of_a_kind_holds_illustrative_records_only_while_they_are_on() {
    let house = house().await;
    let records = one_of_each(&house).await;
    let on = house.session(Role::Secretariat).await;
    let off = format!("{on}; illustrative=off");
    for kind in Kind::of_package().filter(|kind| kind.is_marked()) {
        let path = format!("/csv/{}", kind.code());
        let ((_, with), (_, without)) = (page(&house, &path, &on).await, page(&house, &path, &off).await);
        let own: Vec<&str> = records.iter().filter(|body| body.kind() == kind).map(Body::id).collect();
        let row = |text: &str, id: &str| text.lines().any(|line| line.starts_with(&format!("{id},")));
        assert!(own.iter().all(|id| row(&with, id)), "{path} with illustrative data");
        let left = own.iter().filter(|id| row(&without, id)).count();
        // A step stays and loses its dates.
        assert_eq!(left, if kind == Kind::NextStep { own.len() } else { 0 }, "{path} without illustrative data");
    }
    let steps = page(&house, "/csv/next_steps", &off).await.1;
    assert!(!steps.contains(",true,") && !steps.contains("2026-"), "{steps}");
    // The presences of an illustrative meeting go with it, and the switch itself stays.
    assert!(!page(&house, "/csv/presences", &off).await.1.contains("DEMO-M1"));
    assert!(page(&house, "/", &off).await.1.contains("/illustrative/on"));
    assert_eq!(page(&house, "/records/meetings/DEMO-M1", &off).await.0, StatusCode::NOT_FOUND);
    assert!(page(&house, "/records/meetings/DEMO-M1", &on).await.0.is_success());
}
