//! The description of the API is complete, consistent, and true of what the API answers.

use std::path::Path;

use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use http_body_util::BodyExt;
use romduol_app::accounts::Doors;
use romduol_app::{App, Clock, demo, package};
use serde_json::Value;
use tower::ServiceExt;

struct House {
    router: axum::Router,
    cookie: String,
    _folder: tempfile::TempDir,
}

async fn house() -> House {
    let folder = tempfile::tempdir().unwrap();
    let plan = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plans/cambodia-wps");
    let clock = Clock::Fixed(1_795_392_000);
    let app = App::create(folder.path(), clock, &package::files(&plan).unwrap()).await.unwrap();
    app.fill_demo(false).await.unwrap();
    let (login, ..) = demo::ACCOUNTS.iter().find(|(_, role, ..)| *role == "secretariat").unwrap();
    let cookie = format!("session={}", app.sign_in(login, demo::PASSWORD).await.unwrap().session().unwrap().as_str());
    House { router: romduol_web::router(app, None, Doors::default(), true), cookie, _folder: folder }
}

impl House {
    async fn ask(&self, method: &str, path: &str, body: &'static str) -> (StatusCode, Value) {
        let request = Request::builder().method(method).uri(path).header(header::COOKIE, &self.cookie);
        let request = request.header(header::CONTENT_TYPE, "text/csv").body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&bytes).unwrap())
    }

    async fn document(&self) -> Value {
        let (status, document) = self.ask("GET", "/api/v1/openapi.json", "").await;
        assert_eq!(status, StatusCode::OK);
        document
    }
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(String::from));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[tokio::test]
async fn every_route_is_described() {
    let document = house().await.document().await;
    assert_eq!(document["openapi"], "3.1.0");
    let mut routes = 0;
    for route in romduol_web::table().iter().filter(|route| route.path.starts_with("/api/v1/")) {
        let method = route.method.as_str().to_lowercase();
        assert!(document["paths"][route.path][&method]["responses"].is_object(), "{method} {}", route.path);
        routes += 1;
    }
    let described = document["paths"].as_object().unwrap().values().map(|path| path.as_object().unwrap().len());
    assert_eq!(described.sum::<usize>(), routes, "nothing is described that is not there");
    let mut all = Vec::new();
    references(&document, &mut all);
    assert!(all.len() > 1);
    for reference in all {
        let path = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(path).is_some(), "{reference}");
    }
}

#[tokio::test]
async fn what_is_described_is_answered() {
    let house = house().await;
    let document = house.document().await;
    let post = &document["paths"]["/api/v1/returns"]["post"];
    let names: Vec<&str> = post["parameters"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dry-run", "all-or-nothing", "accept", "correct"]);
    let fields = |name: &str| {
        let schema = &document["components"]["schemas"][name];
        let mut names: Vec<String> = schema["properties"].as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let keys = |answer: &Value| {
        let mut names: Vec<String> = answer.as_object().unwrap().keys().cloned().collect();
        names.sort();
        names
    };
    let rows = "form,area,period,indicator,value\nno-form,KH-01,2025Q1,X,1\n";
    let (status, came) = house.ask("POST", "/api/v1/returns?dry-run=true&accept=false&correct=", rows).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(keys(&came), fields("Came"));
    assert_eq!((came["rows"].as_u64(), came["rejected_rows"].as_u64()), (Some(1), Some(1)));
    for wrong in ["dryrun=true", "dry-run=yes"] {
        let (status, problem) = house.ask("POST", &format!("/api/v1/returns?{wrong}"), rows).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert_eq!(keys(&problem), fields("Problem"));
    }
}
