//! Every route as every role and as nobody: who gets in is what the table of permissions says, and no more.

use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use http_body_util::BodyExt;
use romduol_plan::coordination::answers_for;
use romduol_plan::kinds::{AnswerState, Attendance, Rating, Return, ReturnStatus};
use romduol_plan::permission::{Act, Reach, Role, reach};
use romduol_web::{Need, Route, table};

/// What a path is filled with: one's own record, or somebody else's.
#[derive(Clone, Copy, PartialEq)]
pub enum Whose {
    Own,
    Foreign,
}

use crate::house::{House, cells, house};

pub trait Walk {
    async fn visit(&self, method: &Method, path: &str, cookie: Option<&str>) -> Response;
    fn path(&self, route: &Route, whose: Whose) -> String;
}

impl Walk for House {
    async fn visit(&self, method: &Method, path: &str, cookie: Option<&str>) -> Response {
        self.ask(method, path, cookie, body_of(path)).await
    }

    /// A path of the route, about a record of the role's demo account or about another one's.
    fn path(&self, route: &Route, whose: Whose) -> String {
        let unit = if whose == Whose::Own { "ministry-quarter.MOI" } else { "province-quarter.KH-01" };
        let snapshot = self.app.snapshot();
        let mut returns = snapshot.state.all::<Return>().filter(|r| r.assignment == unit);
        let id = returns.find(|r| r.status == ReturnStatus::Accepted).map(|r| r.id.clone()).unwrap();
        let path = route
            .path
            .replace("{assignment}", unit)
            .replace("{on}", "on")
            .replace("{lang}", "en")
            .replace("{part}", "costs")
            .replace("{code}", "none");
        let path = match route.path {
            p if p.starts_with("/review") => path.replace("{id}", &id),
            p if p.starts_with("/history") => path.replace("{kind}", "indicators").replace("{id}", "PAR-07"),
            p if p.starts_with("/close/") => path.replace("{kind}", "tasks").replace("{id}", "none"),
            p if p.starts_with("/rate/") => path.replace("{kind}", "nodes").replace("{id}", "A1.01"),
            p if p.starts_with("/ratings/") => {
                let state = &snapshot.state;
                let mine = |rating: &Rating| answers_for(state, rating) == "MOI";
                let rating = state.all::<Rating>().find(|rating| mine(rating) == (whose == Whose::Own)).unwrap();
                path.replace("{id}", &rating.id)
            }
            p if p.starts_with("/public") => path.replace("{id}", "1").replace("{*path}", "index.html"),
            p if p.starts_with("/accounts") => path.replace("{id}", "none"),
            p if p.starts_with("/sdmx") => path.replace("{*path}", "v2/structure/dataflow"),
            p if p.starts_with("/editions") => path.replace("{id}", "1"),
            p if p.starts_with("/bodies") => path.replace("{id}", "C03"),
            p if p.starts_with("/meetings") => path.replace("{id}", "DEMO-M1"),
            p if p.starts_with("/handover") => path.replace("{id}", "MOI"),
            p if p.starts_with("/nodes") => path.replace("{id}", "A1.01"),
            p if p.contains("{kind}") => path.replace("{kind}", "gaps").replace("{id}", "G1.1.1"),
            p if p.starts_with("/issues") => path.replace("{id}", "I1"),
            p if p.starts_with("/answers") => path.replace("{id}", "CEDAW"),
            p if p.starts_with("/consultations") => path.replace("{id}", "CON-3"),
            p if p.starts_with("/figures") => path.replace("{id}", "ST001"),
            p if p.starts_with("/report") => path.replace("{period}", "2024"),
            p if p.starts_with("/assets") => path.replace("{name}", "style.css"),
            _ => path.replace("{id}", "PAR-09").replace("{period}", "2026Q3"),
        };
        let gone = "0".repeat(64);
        ["{blob}", "{secret}", "{ticket}", "{key}"].iter().fold(path, |path, name| path.replace(name, &gone))
    }
}

/// A body that the route can read, so that a refusal comes from the permission and not from the form.
pub fn body_of(path: &str) -> (&'static str, &'static str) {
    const MULTIPART: &str = "--x\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nsave\r\n--x--\r\n";
    match path {
        p if p.starts_with("/api/") => ("text/csv", "form,area,period,indicator,value\n"),
        p if p.starts_with("/returns/") || p.starts_with("/import/") => ("multipart/form-data; boundary=x", MULTIPART),
        _ => (
            "application/x-www-form-urlencoded",
            "login=x&password=x&decision=back&version=1&form=province-quarter&period=2025Q1&action=close&reason=test\
             &status=at-risk&to=closed&why=test&words=test&element=none&readiness=begun&id=V1&title=T&note=\
             &indicator=PAR-07&text=test&owner=MOI&model=M06&rating=good&answer=test&node=A1.01&fund=NONE&year=2027&amount=100&currency=KHR&state=done",
        ),
    }
}

fn to_sign_in(response: &Response) -> bool {
    response.headers().get(header::LOCATION).is_some_and(|to| to.as_bytes().starts_with(b"/sign-in"))
}

#[tokio::test]
async fn nobody_gets_in_without_signing_in() {
    let house = house().await;
    for route in table() {
        let path = house.path(&route, Whose::Own);
        let response = house.visit(&route.method, &path, None).await;
        let sent_away = to_sign_in(&response);
        match route.need {
            Need::Nothing => assert!(!response.status().is_server_error(), "{path}"),
            // A program would take a page to sign in for an answer.
            Need::May(_) if path.starts_with("/api/") => assert_eq!(response.status(), StatusCode::UNAUTHORIZED),
            // What was typed goes along through the sign-in, which is the page that answers.
            Need::SignedIn | Need::May(_) if route.method == Method::POST => {
                let away = sent_away || response.status() == StatusCode::UNAUTHORIZED;
                assert!(away, "{} {path} answers {}", route.method, response.status())
            }
            Need::SignedIn | Need::May(_) => {
                assert!(sent_away, "{} {path} answers {}", route.method, response.status())
            }
        }
    }
}

#[tokio::test]
async fn each_role_gets_what_the_table_gives_it() {
    let house = house().await;
    for role in Role::ALL {
        let cookie = house.session(*role).await;
        for route in table().iter().filter(|route| route.path != "/sign-out") {
            for whose in [Whose::Own, Whose::Foreign] {
                let path = house.path(route, whose);
                let status = house.visit(&route.method, &path, Some(&cookie)).await.status();
                let what = format!("{} {} {path} answers {status}", role.code(), route.method);
                assert!(!status.is_server_error(), "{what}");
                if let Need::May(act) = route.need {
                    expect(*role, act, whose, status, &what);
                }
            }
        }
    }
}

fn expect(role: Role, act: Act, whose: Whose, status: StatusCode, what: &str) {
    match reach(role, act) {
        Reach::No => assert_eq!(status, StatusCode::FORBIDDEN, "{what}"),
        Reach::All => assert_ne!(status, StatusCode::FORBIDDEN, "{what}"),
        // The list of returns and the history of records that are no returns have no foreign side.
        Reach::Own if whose == Whose::Foreign && !what.contains(" /returns answers") && act != Act::ReadHistory => {
            assert!(matches!(status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND), "{what}");
        }
        Reach::Own => {}
    }
}

/// One's own records open: otherwise a table that lets nobody in would pass, too.
#[tokio::test]
async fn ones_own_records_open() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    for path in ["/returns", "/returns/ministry-quarter.MOI/2026Q3", "/history/indicators/PAR-07"] {
        let status = house.visit(&Method::GET, path, Some(&cookie)).await.status();
        assert_eq!(status, StatusCode::OK, "{path}");
    }
    let snapshot = house.app.snapshot();
    let own = snapshot.state.all::<Return>().find(|r| r.assignment == "ministry-quarter.MOI").unwrap();
    assert!(own.answers.open().iter().any(|a| a.state == AnswerState::Given));
    let status = house.visit(&Method::GET, &format!("/review/{}", own.id), Some(&cookie)).await.status();
    assert_eq!(status, StatusCode::OK);
    // The history of a return is its unit's own business, as the return is.
    let history = |id: &str| format!("/history/returns/{id}");
    assert_eq!(house.visit(&Method::GET, &history(&own.id), Some(&cookie)).await.status(), StatusCode::OK);
    let foreign = snapshot.state.all::<Return>().find(|r| r.assignment == "province-quarter.KH-01").unwrap();
    let status = house.visit(&Method::GET, &history(&foreign.id), Some(&cookie)).await.status();
    assert_eq!(status, StatusCode::FORBIDDEN);
}

/// A session that was ended opens nothing, and neither does a made-up one.
#[tokio::test]
async fn an_ended_session_is_over() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    assert_eq!(house.visit(&Method::GET, "/scorecard", Some(&cookie)).await.status(), StatusCode::OK);
    house.visit(&Method::POST, "/sign-out", Some(&cookie)).await;
    for cookie in [cookie.as_str(), "", "made-up", "'; DROP TABLE session; --"] {
        assert!(to_sign_in(&house.visit(&Method::GET, "/scorecard", Some(cookie)).await), "{cookie}");
    }
}

/// Small groups of people are for those who work on the plan, whichever way they are asked for.
#[tokio::test]
async fn small_groups_are_kept_on_every_way() {
    let house = house().await;
    let small = house.app.snapshot().state.all::<Attendance>().find(|group| group.total == Some(3)).unwrap().clone();
    let own = format!("/records/attendances/{}", small.id);
    for (role, reads) in [(Role::CivilSociety, false), (Role::Reporter, false), (Role::Secretariat, true)] {
        let cookie = house.session(role).await;
        let status = house.visit(&Method::GET, &own, Some(&cookie)).await.status();
        assert_eq!(status == StatusCode::OK, reads, "{} {own}", role.code());
        let ways = ["/records/attendances", "/csv/attendances", "/search?q=migrant", "/records/consultations/CON-3"];
        for path in ways {
            let body =
                house.visit(&Method::GET, path, Some(&cookie)).await.into_body().collect().await.unwrap().to_bytes();
            let text = String::from_utf8_lossy(&body);
            let marked = |id: &str| [">", ",", "\n", "/"].iter().any(|before| text.contains(&format!("{before}{id}")));
            assert_eq!(marked(&small.id), reads, "{} {path}", role.code());
        }
        let page = house.visit(&Method::GET, "/consultations/CON-3", Some(&cookie)).await;
        let text = String::from_utf8(page.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
        assert_eq!(text.contains("colspan=\"3\""), !reads, "{}", role.code());
    }
}

/// What may be shown without its event shows it to nobody but those who work on the plan, whichever way it is asked for.
#[tokio::test]
async fn what_was_said_does_not_tell_its_event() {
    let house = house().await;
    let event = "CON-3";
    for (role, reads) in [(Role::CivilSociety, false), (Role::Committee, true)] {
        let cookie = house.session(role).await;
        let cookie = Some(cookie.as_str());
        let own = house.read("/records/contributions/CB05", cookie).await;
        assert!(own.contains("trauma handed down"), "the words are shown");
        assert_eq!(own.contains(event), reads, "{} {own}", role.code());
        let from_event = house.read("/records/consultations/CON-3", cookie).await;
        assert_eq!(from_event.contains("/records/contributions/CB05"), reads, "{}", role.code());
        for path in ["/records/contributions", "/search?q=trauma", "/voices", "/issues/I1", "/consultations/CON-4"] {
            assert!(!house.read(path, cookie).await.contains(event), "{} {path}", role.code());
        }
        assert!(!house.read("/consultations/CON-3", cookie).await.contains("CB05"));
        assert_eq!(house.read("/csv/contributions", cookie).await.contains(event), reads);
        let book = house.ask(&Method::GET, "/xlsx/contributions", cookie, ("text/plain", "")).await;
        let table = cells(&book.into_body().collect().await.unwrap().to_bytes());
        assert!(table.contains("trauma handed down") && table.contains(event) == reads, "{}", role.code());
        let history = house.ask(&Method::GET, "/history/contributions/CB05/csv", cookie, ("text/plain", "")).await;
        assert_eq!(history.status() == StatusCode::OK, reads);
    }
}

/// In a pivot table a restricted indicator is as unknown as one that does not exist, whichever way it is asked for.
#[tokio::test]
async fn the_pivot_table_keeps_restricted_numbers() {
    let house = house().await;
    for (role, reads) in [(Role::CivilSociety, false), (Role::Committee, true)] {
        let cookie = house.session(role).await;
        for path in ["/pivot", "/pivot.csv", "/pivot.xlsx"] {
            let path = format!("{path}?indicator=PRT-06&rows=place&columns=period&from=%00&level=%F0%9F%8C%BE");
            let response = house.visit(&Method::GET, &path, Some(&cookie)).await;
            assert_eq!(response.status(), StatusCode::OK, "{path}");
            let body = response.into_body().collect().await.unwrap().to_bytes();
            if !path.starts_with("/pivot.xlsx") {
                let text = String::from_utf8(body.to_vec()).unwrap();
                let own = if path.starts_with("/pivot.csv") {
                    text.contains("PRT-06")
                } else {
                    text.contains("value=\"PRT-06\" checked")
                };
                assert_eq!(own, reads, "{} {path}", role.code());
            }
        }
        let too_many = "/pivot.csv?indicator=PRT-08&rows=place&columns=period&level=commune&every=quarter";
        let status = house.visit(&Method::GET, too_many, Some(&cookie)).await.status();
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}
