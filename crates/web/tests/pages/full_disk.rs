//! A disk that is really full, through the whole program: reading goes on, writing says so, and what was sent before is
//! there afterwards.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use romduol_app::accounts::Doors;
use romduol_app::{App, Clock, demo, package};
use romduol_plan::kinds::Lock;
use tower::ServiceExt;

/// Run by `.ci/run` as root:
/// `mount -t tmpfs -o size=24m tmpfs /mnt/small` and `SMALL_DISK=/mnt/small cargo test -p romduol-web -- --ignored`.
#[tokio::test]
#[ignore = "needs a small file system named by SMALL_DISK"]
async fn a_full_disk_refuses_in_the_readers_language_and_loses_nothing() {
    let disk = std::env::var("SMALL_DISK").expect("SMALL_DISK names a folder on a small file system");
    let folder = tempfile::tempdir_in(&disk).unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let files = package::files(&plan).unwrap();
    let app = App::create(folder.path(), Clock::Fixed(1_795_392_000), &files).await.unwrap();
    app.fill_demo(false).await.unwrap();
    let router = romduol_web::router(app.clone(), None, Doors::default(), true);
    let session = app.sign_in("secretariat", demo::PASSWORD).await.unwrap().session().unwrap().as_str().to_string();
    let close = |period: &str, lang: &str| {
        let body =
            format!("form=province-quarter&period={period}&action=close&reason={}", "books+closed+".repeat(4_000));
        Request::post("/periods")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, format!("session={session}; lang={lang}"))
            .body(Body::from(body))
            .unwrap()
    };
    let ballast = Path::new(&disk).join("ballast");
    let mut size = 24 << 20;
    while size > 4096 {
        // Fill to the brim: what no longer fits is tried in halves.
        let mut bytes = std::fs::read(&ballast).unwrap_or_default();
        bytes.resize(bytes.len() + size, 1);
        if std::fs::write(&ballast, &bytes).is_err() {
            bytes.truncate(bytes.len() - size);
            std::fs::write(&ballast, &bytes).unwrap();
            size /= 2;
        }
    }
    let mut accepted = 0;
    let refused = loop {
        let answer = router.clone().oneshot(close(&format!("20{:02}Q1", 24 + accepted), "en")).await.unwrap();
        if answer.status() != StatusCode::SEE_OTHER {
            break answer;
        }
        accepted += 1;
    };
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key(header::RETRY_AFTER));
    let page = String::from_utf8(refused.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    assert!(page.contains("disk of the server is full"), "{page}");
    let khmer = router.clone().oneshot(close("2060Q1", "km")).await.unwrap();
    let page = String::from_utf8(khmer.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    assert!(page.contains("ថាស"), "{page}");
    let read = Request::get("/scorecard").header(header::COOKIE, format!("session={session}"));
    let read = router.clone().oneshot(read.body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(read.status(), StatusCode::OK, "reading goes on");
    // A form of the site with its token gives back what was typed.
    let list = Request::get("/returns").header(header::COOKIE, format!("session={session}; lang=en"));
    let list = router.clone().oneshot(list.body(Body::empty()).unwrap()).await.unwrap();
    let list = String::from_utf8(list.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    let token = list.split("action=\"/periods").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let mut typed = close("2062Q1", "en");
    *typed.uri_mut() = format!("/periods{}", token.replace("&amp;", "&")).parse().unwrap();
    let refused = router.clone().oneshot(typed).await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    let page = String::from_utf8(refused.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
    assert!(page.contains("books closed books closed"), "{}", &page[..2_000.min(page.len())]);

    std::fs::remove_file(&ballast).unwrap();
    let again = router.clone().oneshot(close("2061Q1", "en")).await.unwrap();
    assert_eq!(again.status(), StatusCode::SEE_OTHER, "and writing, once there is room");
    let reopened = App::open(folder.path(), Clock::Fixed(1_795_392_000)).await.unwrap();
    assert_eq!(reopened.snapshot().state.count::<Lock>(), accepted + 1, "nothing acknowledged is lost");
}
