//! Making an edition on the pages: a job that goes on by itself, says how far it is and leads to what came of it.

use std::time::{Duration, Instant};

use axum::http::{Method, StatusCode, header};
use romduol_plan::permission::Role;

use crate::house::{House, house, text};

/// Follows the page of the job until it leads on or says what is wrong.
async fn ended(house: &House, session: &str) -> Result<String, String> {
    for _ in 0..1_500 {
        let answer = house.ask(&Method::GET, "/editions/job", Some(session), ("text/plain", "")).await;
        if answer.status() == StatusCode::SEE_OTHER {
            return Ok(answer.headers()[header::LOCATION].to_str().unwrap().to_string());
        }
        let page = text(answer).await;
        if !page.contains("http-equiv=\"refresh\"") {
            return Err(page);
        }
        assert!(page.contains("<progress") && page.contains("You can close this page"), "{page}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("it does not end")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_edition_is_made_by_a_job_that_says_how_far_it_is() {
    let house = house().await;
    let (secretariat, committee) = (house.session(Role::Secretariat).await, house.session(Role::Committee).await);
    let page = house.read("/editions/job", Some(&secretariat)).await;
    assert!(page.contains("No edition is being prepared"), "{page}");
    let choice = "until=2025&level=province&sections=money&tables=over-time&tables=by-place&demonstration=1&note=";
    // What is refused without any work is refused at once.
    let (status, page) = house.send("/editions", Some(&secretariat), &choice.replace("2025", "2026")).await;
    assert!(status == 422 && page.contains("wait for verification"), "{status} {page}");
    let choice = format!("{choice}&without_waiting=1");
    let kind = "application/x-www-form-urlencoded";
    let start = Instant::now();
    let answer = house.ask(&Method::POST, "/editions", Some(&secretariat), (kind, &choice)).await;
    assert_eq!(answer.headers()[header::LOCATION], "/editions/job");
    assert!(start.elapsed() < Duration::from_secs(5), "it answers at once");
    // One at a time.
    let (status, page) = house.send("/editions", Some(&secretariat), &choice).await;
    assert!(status == 303 || page.contains("wait until that is done"), "{status} {page}");
    let made = ended(&house, &secretariat).await.unwrap();
    assert_eq!(made, "/editions/1");
    let page = house.read(&made, Some(&committee)).await;
    assert!(page.contains("Fingerprint of what is approved"), "{page}");
    let page = house.read("/editions/1/hidden", Some(&secretariat)).await;
    assert!(page.contains("PRT-06"), "{page}");
    // Who prepared it does not approve it, and is told so at once.
    let (status, page) = house.send("/editions/1", Some(&secretariat), "decision=approve").await;
    assert!(status == 422 && page.contains("somebody else"), "{status} {page}");
    let (status, _) = house.send("/editions/1", Some(&committee), "decision=approve").await;
    assert_eq!(status, 303);
    assert_eq!(ended(&house, &committee).await.unwrap(), "/editions/1");
    // Another start of the program finds what was worked out for it.
    let house = house.again().await;
    let session = house.session(Role::Secretariat).await;
    assert!(house.read("/editions/1/hidden", Some(&session)).await.contains("PRT-06"));
    assert!(house.read("/public/en/index.html", None).await.contains("Demonstration"));
}
