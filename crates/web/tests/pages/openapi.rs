//! The description of the API is complete, consistent, and true of what the API answers.

use axum::http::Method;
use romduol_plan::permission::Role;
use serde_json::Value;

use crate::house::{House, house, text};

async fn ask(house: &House, method: &Method, path: &str, body: &str) -> (u16, Value) {
    let session = house.session(Role::Secretariat).await;
    let response = house.ask(method, path, Some(&session), ("text/csv", body)).await;
    (response.status().as_u16(), serde_json::from_str(&text(response).await).unwrap())
}

async fn document(house: &House) -> Value {
    let (status, document) = ask(house, &Method::GET, "/api/v1/openapi.json", "").await;
    assert_eq!(status, 200);
    document
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
    let document = document(&house().await).await;
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
    let document = document(&house).await;
    let post = &document["paths"]["/api/v1/returns"]["post"];
    let names: Vec<&str> = post["parameters"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["dry-run", "all-or-nothing", "partial", "accept", "correct", "Idempotency-Key"]);
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
    let (status, came) = ask(&house, &Method::POST, "/api/v1/returns?dry-run=true&accept=false&correct=", rows).await;
    assert_eq!(status, 200);
    assert_eq!(keys(&came), fields("Came"));
    assert_eq!((came["rows"].as_u64(), came["rejected_rows"].as_u64()), (Some(1), Some(1)));
    for wrong in ["dryrun=true", "dry-run=yes"] {
        let (status, problem) = ask(&house, &Method::POST, &format!("/api/v1/returns?{wrong}"), rows).await;
        assert_eq!(status, 422, "{wrong}");
        // The number of a request is for faults of the program.
        let known: Vec<String> = fields("Problem").into_iter().filter(|name| name != "request").collect();
        assert_eq!(keys(&problem), known);
    }
}
