//! Returns in bulk over HTTP: what came of them in numbers, sentences and old and new values, and the right status.

use axum::http::Method;
use romduol_plan::kinds::Return;
use romduol_plan::permission::Role;
use serde_json::{Value, json};

use crate::house::{House, house, text};

const HEADER: &str = "form,area,period,indicator,seat,value,base\n";

async fn send(house: &House, query: &str, rows: &str) -> (u16, Value) {
    let session = house.session(Role::Secretariat).await;
    let body = format!("{HEADER}{rows}");
    let path = format!("/api/v1/returns?{query}");
    let response = house.ask(&Method::POST, &path, Some(&session), ("text/csv", &body)).await;
    (response.status().as_u16(), serde_json::from_str(&text(response).await).unwrap())
}

fn numbers(came: &Value) -> [u64; 5] {
    ["rows", "filed", "already", "rejected_rows", "held_rows"].map(|name| came[name].as_u64().unwrap())
}

#[tokio::test]
async fn a_return_with_a_bad_row_is_held_back_and_told() {
    let house = house().await;
    let rows = "province-year,KH-25,2024,PAR-03,,20,60\nprovince-year,KH-25,2024,PRT-03,,2,1O\n";
    let returns = || house.app.snapshot().state.count::<Return>();
    let before = returns();
    let (status, came) = send(&house, "accept=true", rows).await;
    assert_eq!((status, numbers(&came), returns()), (200, [2, 0, 0, 1, 1], before));
    assert_eq!(came["held"][0]["unit"], json!("province-year.KH-25"));
    assert!(came["held"][0]["sentence"].as_str().unwrap().contains("row 3 of the file"), "{came}");
    let rejected = came["rejected"].as_str().unwrap();
    assert!(rejected.starts_with("line,reason,form,") && rejected.lines().count() == 3, "{rejected}");
    let (_, came) = send(&house, "accept=true&partial=true", rows).await;
    assert_eq!((numbers(&came), returns()), ([2, 1, 0, 1, 0], before + 1));
}

#[tokio::test]
async fn a_dry_correction_shows_old_and_new() {
    let house = house().await;
    let good = "province-year,KH-25,2024,PAR-03,,20,60\nprovince-year,KH-25,2024,PRT-03,,3,10\n";
    send(&house, "accept=true", good).await;
    let head = || house.app.snapshot().head.clone();
    let before = head();
    let row = "province-year,KH-25,2024,PRT-03,,2,10\n";
    let (status, came) = send(&house, "dry-run=true&accept=true&correct=recounted", row).await;
    assert_eq!((status, numbers(&came), head()), (200, [1, 1, 0, 0, 0], before));
    let change = json!({ "unit": "province-year.KH-25", "period": "2024", "indicator": "PRT-03", "categories": [],
        "what": "value", "old": 3.0, "new": 2.0 });
    assert_eq!((&came["changes"], came["changed_cells"].as_u64()), (&json!([change]), Some(1)));
    let (_, came) = send(&house, "accept=true&correct=recounted", row).await;
    assert_eq!((numbers(&came), &came["changes"]), ([1, 1, 0, 0, 0], &json!([change])));
    let (_, came) = send(&house, "accept=true&correct=recounted", row).await;
    assert_eq!(numbers(&came), [1, 0, 1, 0, 0], "sent again, it is there");
}

#[tokio::test]
async fn a_file_that_is_no_table_is_one_sentence() {
    let house = house().await;
    let session = house.session(Role::Secretariat).await;
    for body in ["form,area,period\n", "%PDF-1.7\n", ""] {
        let response = house.ask(&Method::POST, "/api/v1/returns", Some(&session), ("text/csv", body)).await;
        assert_eq!(response.status(), 422, "{body}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    let (status, problem) = send(&house, "correct=call+012+345+678", "").await;
    assert_eq!(status, 422, "{problem}");
}
