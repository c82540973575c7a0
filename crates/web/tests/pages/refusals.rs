//! What is refused, and what breaks: each is told as what it is, inside the frame, and nothing that was typed is lost.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use romduol_plan::kinds::{Node, Theme};
use romduol_plan::permission::Role;
use romduol_plan::{Actor, Change};
use romduol_report::Markup;
use serde_json::Value;

use crate::house::{House, house, text};

const FORM: &str = "application/x-www-form-urlencoded";
const FROM: &str = "http://localhost/meetings/DEMO-M1";

/// A form as a browser sends it from a page.
async fn sent(house: &House, path: &str, (cookie, lang): (&str, &str), (kind, body): (&str, &str)) -> Response {
    let request = Request::post(path).header(header::CONTENT_TYPE, kind).header(header::REFERER, FROM);
    let request = request.header(header::COOKIE, format!("session={cookie}; lang={lang}"));
    house.request(request.body(Body::from(body.to_string())).unwrap()).await
}

fn kind(response: &Response) -> String {
    response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_string()
}

#[tokio::test]
async fn a_refusal_is_a_page_of_the_site_with_what_was_typed() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let form = (FORM, "state=later&why=%3Cb%3Emany+words%3C%2Fb%3E%0Aand+more&_own=7");
    for (lang, title) in [("en", "Not saved"), ("km", "មិនបានរក្សាទុក")] {
        let response = sent(&house, "/close/tasks/none", (&cookie, lang), form).await;
        assert_eq!(response.status(), StatusCode::UNPROCESSABLE_ENTITY);
        let page = text(response).await;
        let typed = Markup::text("<b>many words</b>\nand more");
        for part in [
            format!("<title>{title} – Romduol</title>"),
            format!("<html lang=\"{lang}\">"),
            "<nav class=\"menu\"".into(),
            "href=\"/account\"".into(),
            "href=\"/lang/km?back=%2Fmeetings%2FDEMO-M1\"".into(),
            "<a href=\"/meetings/DEMO-M1\">".into(),
        ] {
            assert!(page.contains(&part), "{part} is not in {page}");
        }
        assert!(page.replace("&#60;", "&lt;").replace("&#62;", "&gt;").contains(&*typed), "{page}");
        assert!(page.contains("later") && page.contains("done"), "the value and the choices: {page}");
    }
    let back = house.ask(&Method::GET, "/lang/km?back=%2F%2Fevil.example", None, ("text/plain", "")).await;
    assert_eq!(back.headers()[header::LOCATION], "/", "only a page of this site");
}

#[tokio::test]
async fn what_may_not_be_done_can_be_copied_and_not_sent_again() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let response = sent(&house, "/versions", (&cookie, "en"), (FORM, "id=V9&title=A+long+title&note=n")).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    let page = text(response).await;
    assert!(page.contains("A long title") && !page.contains("action=\"/versions\""), "{page}");
    let guest = house.read("/nowhere", None).await;
    assert!(guest.contains("<h1>Not found</h1>") && !guest.contains("class=\"menu\""), "{guest}");
}

#[tokio::test]
async fn passwords_and_codes_are_never_shown_again() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    for path in ["/account/password", "/account/app/none", "/prove"] {
        let form = (FORM, "old=geheim-1&new=geheim-2&again=geheim-3&code=geheim-4&given=geheim-5");
        let response = sent(&house, path, (&cookie, "en"), form).await;
        assert!(response.status().is_client_error(), "{path}");
        assert!(!text(response).await.contains("geheim"), "{path}");
    }
}

#[tokio::test]
async fn what_the_framework_refuses_is_told_as_well() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let part = "--x\r\nContent-Disposition: form-data; name=\"why\"\r\n\r\nkept";
    let large = "a".repeat(2 << 20);
    let broken = [
        (Method::PUT, "/scorecard", FORM, "", 405),
        (Method::POST, "/scorecard", FORM, "", 405),
        (Method::POST, "/bodies/C03/propose", "text/plain", "title=T", 415),
        (Method::POST, "/bodies/C03/propose", FORM, "reason=only", 422),
        (Method::POST, "/bodies/C03/propose", FORM, &large, 413),
        (Method::POST, "/import/gaps", "multipart/form-data", part, 422),
        (Method::GET, "/scorecard?at=then", FORM, "", 422),
        (Method::GET, "/nodes/%FF", FORM, "", 400),
    ];
    for (method, path, kind_sent, body, status) in broken {
        let request = Request::builder().method(&method).uri(path).header(header::CONTENT_TYPE, kind_sent);
        let request = request.header(header::CONTENT_LENGTH, body.len());
        let request = request.header(header::COOKIE, format!("session={cookie}; lang=km"));
        let response = house.request(request.body(Body::from(body.to_string())).unwrap()).await;
        assert_eq!(response.status(), status, "{method} {path}");
        assert_eq!(response.headers().contains_key(header::ALLOW), status == 405, "{method} {path}");
        assert!(kind(&response).starts_with("text/html"), "{method} {path}");
        let page = text(response).await;
        assert!(page.contains("<html lang=\"km\">") && page.contains("class=\"menu\""), "{method} {path}: {page}");
    }
    let foreign = Request::post("/sign-out").header("sec-fetch-site", "cross-site");
    let foreign = house.request(foreign.body(Body::empty()).unwrap()).await;
    assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
    assert!(text(foreign).await.contains("another site"));
}

#[tokio::test]
async fn a_program_gets_problem_details() {
    let house = house().await;
    let (reporter, secretariat) = (house.session(Role::Reporter).await, house.session(Role::Secretariat).await);
    let asked = [
        (Method::POST, "/api/v1/returns", None, 401),
        (Method::POST, "/api/v1/returns", Some(&reporter), 403),
        (Method::POST, "/api/v1/returns?dry-run=perhaps", Some(&secretariat), 422),
        (Method::PUT, "/api/v1/returns", Some(&secretariat), 405),
        (Method::GET, "/api/v1/nothing", None, 404),
    ];
    for (method, path, cookie, status) in asked {
        let response = house.ask(&method, path, cookie.map(String::as_str), ("text/csv", "a,b\n")).await;
        assert_eq!(
            (response.status().as_u16(), kind(&response)),
            (status, "application/problem+json".into()),
            "{path}"
        );
        assert_eq!(response.headers().contains_key(header::WWW_AUTHENTICATE), status == 401, "{path}");
        let problem: Value = serde_json::from_str(&text(response).await).unwrap();
        assert_eq!(problem["status"], status);
        assert!(["type", "title", "detail"].iter().all(|name| problem[name].as_str().is_some_and(|s| !s.is_empty())));
    }
}

/// Each form with a value that it does not know: nothing is taken for something else.
#[tokio::test]
async fn unknown_values_of_forms_are_refused() {
    let house = house().await;
    let waiting = |house: &House| {
        let snapshot = house.app.snapshot();
        let mut returns = snapshot.state.all::<romduol_plan::kinds::Return>();
        returns.find(|r| r.status != romduol_plan::kinds::ReturnStatus::Accepted).unwrap().id.clone()
    };
    let review = format!("/review/{}", waiting(&house));
    let edition = "until=2025&level=province&sections=money&tables=by-place&note=n";
    let cases = [
        (Role::Committee, "/editions/1".to_string(), "decision=later&reason=because".to_string(), "decision"),
        (Role::Secretariat, "/editions".into(), edition.replace("province", "galaxy"), "level"),
        (Role::Secretariat, "/editions".into(), edition.replace("money", "gossip"), "sections"),
        (Role::Secretariat, "/editions".into(), format!("{edition}&demonstration=perhaps"), "demonstration"),
        (
            Role::Secretariat,
            "/periods".into(),
            "form=province-quarter&period=2025Q1&action=x&reason=r".into(),
            "action",
        ),
        (Role::Secretariat, "/comments/abc".into(), "action=perhaps&words=w".into(), "action"),
        (Role::Secretariat, review.clone(), "decision=maybe&version=1&reason=because".into(), "decision"),
        (Role::Secretariat, review, "decision=pass&version=first".into(), "version"),
        (Role::Secretariat, "/records/gaps".into(), "_seen=x&_why=w&id=G1.1.1".into(), "_seen"),
        (Role::Secretariat, "/indicators/PAR-09/status".into(), "period=2024&status=fine&reason=r".into(), "status"),
        (Role::Secretariat, "/versions/V1".into(), "to=nowhere&why=w".into(), "to"),
    ];
    let head = house.app.snapshot().head.clone();
    for (role, path, form, field) in cases {
        let (status, page) = house.send(&path, Some(&house.session(role).await), &form).await;
        assert_eq!(status, 422, "{path} {form}: {page}");
        assert!(page.contains(&format!("“{field}”")), "{path} {form} names {field}: {page}");
    }
    assert_eq!(house.app.snapshot().head, head, "nothing was written");
    let cookie = house.session(Role::Secretariat).await;
    for view in ["/money?currency=EUR", "/money?by=mood", "/scorecard?at=then", "/money/note?in=fr", "/trail?act=x"] {
        let status = house.ask(&Method::GET, view, Some(&cookie), ("text/plain", "")).await.status();
        assert_eq!(status, 422, "{view}");
    }
}

/// A ledger from before the rule of ids: its pages are there, and an id is never markup.
#[tokio::test]
async fn ids_of_old_ledgers_are_reachable_and_harmless() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let odd = "a/b?c#d \"><i>ក";
    let node = house.app.snapshot().state.all::<Node>().next().unwrap().as_ref().clone();
    let theme = house.app.snapshot().state.all::<Theme>().next().unwrap().as_ref().clone();
    let puts = [
        Change::Put(Node { id: odd.into(), themes: vec![odd.into()], ..node }.into()),
        Change::Put(Theme { id: odd.into(), ..theme }.into()),
    ];
    let actor = Actor { account: "program".into(), post: "test".into() };
    house.app.run(actor, "old".into(), Box::new(move |_| Ok(puts.to_vec()))).await.unwrap();
    let encoded = romduol_plan::id::encoded(odd);
    for path in
        ["/framework", "/issues", "/records/themes", &format!("/nodes/{encoded}"), &format!("/issues/{encoded}")]
    {
        let response = house.ask(&Method::GET, path, Some(&cookie), ("text/plain", "")).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        let page = text(response).await;
        assert!(!page.contains("\"><i>") && !page.contains("/a/b?c"), "{path}");
        assert!(page.contains(&encoded) || path.contains("records"), "{path}");
    }
    let retired = house.send(&format!("/retire/themes/{encoded}"), Some(&cookie), "why=test").await;
    assert!(retired.0 == 422, "a node names it: {retired:?}");
}

/// What the program writes into its log while `during` runs.
async fn logged<T>(during: impl Future<Output = T>) -> (T, String) {
    let written = Arc::new(Mutex::new(Vec::new()));
    let to = Log(written.clone());
    let log = tracing_subscriber::fmt().with_ansi(false).with_writer(move || to.clone()).finish();
    let guard = tracing::subscriber::set_default(log);
    let done = during.await;
    drop(guard);
    let written = written.lock().unwrap();
    (done, String::from_utf8_lossy(&written).into_owned())
}

#[derive(Clone)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn damage_is_a_500_with_a_number_in_page_and_log() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    // An entry that the chain holds and nobody can read.
    let head = house.app.snapshot().head.clone();
    house.app.ledger.append(&head, &["no entry at all".to_string()]).await.unwrap();
    let form = "form=province-quarter&period=2025Q1&action=close&reason=books+closed";
    let (answer, log) = logged(house.send("/periods", Some(&cookie), form)).await;
    let (status, page) = answer;
    assert_eq!(status, 500, "{page}");
    assert!(page.contains("The program has a fault") && page.contains("books closed"), "{page}");
    let number = page.split("this number: ").nth(1).unwrap().split('<').next().unwrap();
    assert!(number.len() == 12 && log.contains(number) && log.contains("cannot be read"), "{number}: {log}");
    assert!(!page.contains("cannot be read"), "a visitor is told no details");
    let (status, _) = house.send("/api/v1/returns", Some(&cookie), "form,area,period,indicator,value\n").await;
    assert_eq!(status, 200, "reading rows needs no entry");
}

/// A command that panics takes nobody with it.
#[tokio::test]
async fn a_command_that_panics_is_a_fault_and_the_writer_lives() {
    let house = house().await;
    let actor = || Actor { account: "program".into(), post: "test".into() };
    let broken = house.app.run(actor(), "test".into(), Box::new(|_| panic!("planted"))).await.unwrap_err();
    assert_eq!(broken.class(), romduol_app::ErrorClass::Internal, "{broken}");
    house.app.run(actor(), "test".into(), Box::new(|_| Ok(Vec::new()))).await.unwrap();
}

#[tokio::test]
async fn a_store_that_is_full_or_away_is_a_503_that_says_when_to_come_back() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    // Words that do not repeat, so that they take the room that they seem to take.
    let mut seed = 1_u32;
    let mut letter = || {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        char::from(b'a' + (seed >> 24) as u8 % 26)
    };
    let words: String = (0..12_000).map(|n| if n % 8 == 7 { '+' } else { letter() }).collect();
    let form = format!("form=province-quarter&period=2025Q1&action=close&reason=books+closed+{words}");
    house.app.ledger.set_max_pages(1).await.unwrap();
    let mut full = sent(&house, "/periods", (&cookie, "en"), (FORM, &form)).await;
    for year in 2030..2060 {
        if full.status() != StatusCode::SEE_OTHER {
            break;
        }
        // The pages that the ledger has are filled first.
        full = sent(&house, "/periods", (&cookie, "en"), (FORM, &form.replace("2025", &year.to_string()))).await;
    }
    assert_eq!((full.status().as_u16(), full.headers()[header::RETRY_AFTER].to_str().unwrap()), (503, "30"));
    let page = text(full).await;
    assert!(page.contains("disk of the server is full") && page.contains("books closed"), "{page}");
    house.app.ledger.set_max_pages(1_000_000).await.unwrap();
    let (status, page) = house.send("/periods", Some(&cookie), &form.replace("2025", "2061")).await;
    assert_eq!(status, 303, "the same form goes through once there is room: {page}");
    house.app.ledger.clone().close().await;
    let away = sent(&house, "/periods", (&cookie, "km"), (FORM, &form)).await;
    assert_eq!((away.status().as_u16(), away.headers()[header::RETRY_AFTER].to_str().unwrap()), (503, "30"));
    assert!(text(away).await.contains("books closed"), "what was typed is there although nobody could be asked");
}
