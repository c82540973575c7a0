//! What was taken back stays back: no page, table or file shows it to anybody who may not see it now, at whatever moment of
//! the plan it is asked for.

use axum::http::{Method, StatusCode};
use http_body_util::BodyExt;
use romduol_plan::kinds::Body;
use romduol_plan::permission::Role;
use romduol_plan::{Actor, Change, Deed, Kind};
use romduol_spreadsheet::Wanted;
use romduol_web::{Cost, table};
use serde_json::json;

use crate::house::{House, house, text};
use crate::permissions::{Walk, Whose};

/// In no record of the plan.
const KEPT_BACK: &str = "Quokkafirst";
const RETIRED: &str = "Quokkasecond";

async fn write(house: &House, changes: Vec<Change>) -> u64 {
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    house.app.run(actor, "test".into(), Box::new(move |_| Ok(changes.clone()))).await.unwrap().seq
}

fn put(kind: Kind, body: serde_json::Value) -> Change {
    Change::Put(Body::read(kind, body).unwrap())
}

fn said(id: &str, words: &str, consent: &str) -> Change {
    let body = json!({ "id": id, "consultation": "CON-3", "group": { "en": "Women" }, "said": { "en": words },
        "consent": consent, "source": "Workshop" });
    put(Kind::Contribution, body)
}

/// What an answer says, also inside a workbook.
async fn said_by(house: &House, path: &str, cookie: &str) -> String {
    let response = house.visit(&Method::GET, path, Some(cookie)).await;
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    if bytes.starts_with(b"PK") { cells(&bytes) } else { String::from_utf8_lossy(&bytes).into() }
}

/// The cells of a workbook with whatever heads; nothing of one that is no table.
fn cells(book: &[u8]) -> String {
    let wanted = Wanted { names: Vec::new(), knows: &|_| true };
    let Ok(table) = romduol_spreadsheet::read("t.xlsx", book, &wanted) else { return String::new() };
    let words = table.sheet.rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.written().to_string()));
    words.collect::<Vec<_>>().join(",")
}

#[tokio::test(flavor = "multi_thread")]
async fn no_door_shows_at_an_earlier_moment_what_was_taken_back() {
    let house = house().await;
    let then = write(&house, vec![said("QC1", KEPT_BACK, "public"), said("QC2", RETIRED, "public")]).await;
    let partner = house.session(Role::Partner).await;
    for (id, words) in [("QC1", KEPT_BACK), ("QC2", RETIRED)] {
        let page = house.read(&format!("/records/contributions/{id}"), Some(&partner)).await;
        assert!(page.contains(words), "it was public, or the test shows nothing");
    }
    write(&house, vec![said("QC1", KEPT_BACK, "internal"), Change::Retire(Kind::Contribution, "QC2".into())]).await;

    let mut doors: Vec<String> = table()
        .iter()
        // What these hold is packed beyond reading; they are made from what the pages show.
        .filter(|route| route.method == Method::GET && !["pdf", "docx"].iter().any(|end| route.path.ends_with(end)))
        .map(|route| match route.path {
            p if p.contains("{kind}") && !p.starts_with("/history") => {
                p.replace("{kind}", "contributions").replace("{id}", "QC1")
            }
            _ => house.path(route, Whose::Own),
        })
        .collect();
    for id in ["QC1", "QC2"] {
        doors.extend(["records/contributions", "history/contributions"].map(|page| format!("/{page}/{id}")));
        doors.push(format!("/history/contributions/{id}/csv"));
    }
    for role in [Role::Partner, Role::Reporter, Role::Verifier] {
        let cookie = house.session(role).await;
        for door in &doors {
            for path in [door.clone(), format!("{door}?at={then}")] {
                let page = said_by(&house, &path, &cookie).await;
                let shown = [KEPT_BACK, RETIRED].map(|word| page.contains(word));
                assert_eq!(shown, [false, false], "{} {path}", role.code());
            }
        }
        for (id, word) in [("QC1", KEPT_BACK), ("QC2", RETIRED)] {
            let found = said_by(&house, &format!("/search?q={word}&at={then}"), &cookie).await;
            assert!(!found.contains(id), "{} finds {id}", role.code());
        }
    }
    // Who works on the plan reads what was said in confidence, and not what was withdrawn.
    let secretariat = house.session(Role::Secretariat).await;
    let page = async |id: &str| house.read(&format!("/records/contributions/{id}?at={then}"), Some(&secretariat)).await;
    assert!(page("QC1").await.contains(KEPT_BACK) && !page("QC2").await.contains(RETIRED));
}

#[tokio::test(flavor = "multi_thread")]
async fn findings_tell_no_count_of_a_small_group() {
    let house = house().await;
    let group = json!({ "id": "QAT", "consultation": "CON-3", "group": { "en": "Quokkas" }, "total": 6, "female": 4,
        "male": 1, "class": "restricted", "source": "Workshop" });
    write(&house, vec![put(Kind::Attendance, group)]).await;
    for (role, told) in [(Role::Verifier, false), (Role::Secretariat, true), (Role::Committee, true)] {
        let cookie = house.session(role).await;
        for path in ["/findings", "/findings.csv", "/findings.xlsx", "/consultations/CON-3"] {
            let page = said_by(&house, path, &cookie).await;
            let numbers = page.contains("make 5, not 6") || page.contains("4 women and 1 men");
            assert_eq!(numbers, told, "{} {path}", role.code());
        }
    }
    let noted = house.app.ledger.accesses(0, i64::MAX).await.unwrap();
    let read = noted.iter().filter(|line| line.act == Deed::Read.code() && line.object == "attendances/QAT");
    assert!(read.count() >= 2, "by either role");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_asks_for_too_much_at_once_is_told_to_come_back_and_others_are_answered() {
    let house = house().await;
    let partner = house.session(Role::Partner).await;
    let other = house.session(Role::Verifier).await;
    let many = (0..60).map(|_| house.visit(&Method::GET, "/report/2024", Some(&partner)));
    let (many, theirs) = tokio::join!(async { join_all(many.collect()).await }, async {
        (
            house.visit(&Method::GET, "/report/2024", Some(&other)).await,
            house.visit(&Method::GET, "/owed", Some(&other)).await,
        )
    });
    let refused = many.iter().filter(|response| response.status() == StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.clone().count() > 0 && refused.clone().count() < 60, "{}", refused.clone().count());
    assert!(refused.clone().all(|response| response.headers().contains_key("retry-after")));
    assert!(many.iter().all(|response| [200, 503].contains(&response.status().as_u16())));
    assert_eq!((theirs.0.status(), theirs.1.status()), (StatusCode::OK, StatusCode::OK));
    // What was answered is read, and leaves its place.
    let many: Vec<_> = many.into_iter().filter(|response| response.status() != StatusCode::OK).collect();
    assert_eq!(
        house.visit(&Method::GET, "/report/2024", Some(&partner)).await.status(),
        StatusCode::OK,
        "and later again"
    );
    let page = text(many.into_iter().next().unwrap()).await;
    assert!(page.contains("takes the program long"), "{page}");
}

pub async fn join_all<T>(waiting: Vec<impl Future<Output = T>>) -> Vec<T> {
    let mut waiting: Vec<_> = waiting.into_iter().map(Box::pin).collect();
    let mut done: Vec<Option<T>> = waiting.iter().map(|_| None).collect();
    std::future::poll_fn(|cx| {
        for (one, done) in waiting.iter_mut().zip(&mut done) {
            if done.is_none()
                && let std::task::Poll::Ready(answer) = one.as_mut().poll(cx)
            {
                *done = Some(answer);
            }
        }
        if done.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    done.into_iter().flatten().collect()
}

/// Whatever is made anew for each who asks has a turn, and what holds files has a place.
#[test]
fn every_costly_route_passes_the_gate() {
    for route in table() {
        let costly = ["pdf", "docx", "xlsx", "csv", "sdmx", "/editions/", "/search", "/pivot", "/trail"];
        if route.method == Method::GET
            && costly.iter().any(|part| route.path.contains(part))
            && !route.path.starts_with("/public")
            // How far a piece of work is costs nothing.
            && route.path != "/editions/job"
        {
            assert_eq!(route.cost, Cost::Heavy, "{}", route.path);
        }
        if ["/returns/", "/import/", "/api/v1/returns"].iter().any(|part| route.path.starts_with(part))
            && route.method == Method::POST
        {
            assert_eq!(route.cost, Cost::Upload, "{}", route.path);
        }
    }
}
