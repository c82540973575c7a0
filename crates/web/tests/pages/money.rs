//! The pages of money: what is made up can be switched off everywhere, and a partner can find and pledge.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use romduol_app::accounts::Doors;
use romduol_app::{App, Clock, demo, package};
use romduol_plan::kinds::{Funding, Ladder};
use tower::ServiceExt;

/// 23 November 2026.
const TODAY: i64 = 1_795_392_000;

struct House {
    app: App,
    router: axum::Router,
    cookie: String,
    _folder: tempfile::TempDir,
}

async fn house(login: &str) -> House {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let app = App::create(folder.path(), Clock::Fixed(TODAY), &package::files(&plan).unwrap()).await.unwrap();
    app.fill_demo(true).await.unwrap();
    let session = app.sign_in(login, demo::PASSWORD).await.unwrap().session().unwrap();
    let cookie = format!("session={}", session.as_str());
    House { router: romduol_web::router(app.clone(), None, Doors::default(), true), app, cookie, _folder: folder }
}

impl House {
    async fn get(&self, path: &str, more: &str) -> String {
        let cookie = format!("{}; {more}", self.cookie);
        let request = Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        String::from_utf8_lossy(&response.into_body().collect().await.unwrap().to_bytes()).into_owned()
    }

    async fn pledge(&self, form: &str) -> StatusCode {
        let request = Request::post("/money/pledges")
            .header(header::COOKIE, &self.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.router.clone().oneshot(request.body(Body::from(form.to_string())).unwrap()).await.unwrap().status()
    }
}

#[tokio::test]
async fn made_up_money_is_marked_and_can_be_switched_off() {
    let house = house("secretariat").await;
    let pages = [
        "/money",
        "/money/unfunded",
        "/money/tags",
        "/money/note",
        "/records/cost_lines",
        "/csv/fundings",
        "/nodes/A1.01",
    ];
    for path in pages {
        let (on, off) = (house.get(path, "").await, house.get(path, "illustrative=off").await);
        assert!(on.contains("data-illustrative") || on.contains(">illustrative<") || on.contains("DEMO-"), "{path}");
        assert!(!off.contains("data-illustrative") && !off.contains("DEMO-"), "{path}");
    }
    let bare = house.get("/money", "illustrative=off").await;
    assert!(bare.contains("not costed") && bare.contains("<b>33</b> Actions not costed"));
    let one = house.get("/records/cost_lines/DEMO-A1.01-2027-1", "illustrative=off").await;
    assert!(!one.contains("DEMO-11"));
}

#[tokio::test]
async fn a_partner_finds_what_lacks_money_and_pledges() {
    let house = house("partner").await;
    let page = house.get("/money/unfunded?area=KH-11", "").await;
    assert!(page.contains("action=\"/money/pledges\"") && page.contains("name=\"area\" value=\"KH-11\""));
    assert_eq!(
        house.pledge("node=A1.01&fund=&area=KH-11&year=2027&amount=12%2C500.50&currency=USD").await,
        StatusCode::SEE_OTHER
    );
    let state = &house.app.snapshot().state;
    let kept = state.all::<Funding>().find(|one| one.fund == "FUND-UNWOMEN").unwrap();
    assert_eq!((kept.state, kept.amount.to_string().as_str()), (Ladder::Pledged, "12500.5"));
    // One clear sentence, and nothing kept.
    assert_eq!(
        house.pledge("node=A1.01&fund=&area=&year=2027&amount=-5&currency=USD").await,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        house.pledge("node=A1.01&fund=DEMO-STATE&area=&year=2027&amount=5&currency=USD").await,
        StatusCode::NOT_FOUND
    );
    // Whoever may not pledge sees no form.
    let committee = house.app.sign_in("committee", demo::PASSWORD).await.unwrap().session().unwrap();
    let other = House {
        cookie: format!("session={}", committee.as_str()),
        router: house.router.clone(),
        app: house.app.clone(),
        _folder: tempfile::tempdir().unwrap(),
    };
    assert!(!other.get("/money/unfunded", "").await.contains("/money/pledges"));
}
