//! Two records that cannot both be: the form and the table refuse the new one and name the one that is there.

use axum::http::Method;
use romduol_plan::Kind;
use romduol_plan::kinds::*;
use romduol_plan::permission::Role;

use crate::house::{House, house, text};

/// Shows a table to the import, as the page does before anything is kept.
async fn look(house: &House, cookie: &str, kind: &str, table: &str) -> String {
    let part = "--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"t.csv\"\r\n\r\n";
    let body = format!("{part}{table}\r\n--x--\r\n");
    let path = format!("/import/{kind}");
    text(house.ask(&Method::POST, &path, Some(cookie), ("multipart/form-data; boundary=x", &body)).await).await
}

/// Sends one record as a form and as a table; both refuse it with the words, and nothing is kept.
async fn refused(house: &House, cookie: &str, kind: Kind, cells: &[(&str, &str)], words: &[&str]) {
    let count = || house.app.snapshot().state.ids(kind).len();
    let before = count();
    let form: String = cells.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let form = format!("_id=&_seen=0&_why=test&{form}");
    let (_, page) = house.send(&format!("/records/{}", kind.code()), Some(cookie), &form).await;
    let (head, row): (Vec<&str>, Vec<&str>) = cells.iter().copied().unzip();
    let table = look(house, cookie, kind.code(), &format!("{}\n{}\n", head.join(","), row.join(","))).await;
    for words in words {
        assert!(page.contains(words), "{words} in the form: {page}");
        assert!(table.contains(words), "{words} in the table: {table}");
    }
    assert_eq!(count(), before);
}

async fn keeps(house: &House, cookie: &str, kind: Kind, cells: &[(&str, &str)]) {
    let form: String = cells.iter().map(|(name, value)| format!("{name}={value}&")).collect();
    let form = format!("_id=&_seen=0&_why=test&{form}");
    let (status, page) = house.send(&format!("/records/{}", kind.code()), Some(cookie), &form).await;
    assert_eq!(status, 303, "{page}");
}

#[tokio::test]
async fn a_seat_that_is_held_is_not_given_twice() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let seat = |id, role, institution, since, until| {
        [
            ("id", id),
            ("body", "C03"),
            ("role", role),
            ("institution", institution),
            ("since", since),
            ("until", until),
            ("source", "test"),
        ]
    };
    // Without dates, the seat of the plan is held on every day.
    let again = seat("X1", "member", "MOI", "2026-01-01", "");
    refused(&house, &cookie, Kind::Seat, &again, &["held by MOI already", "C03-S04"]).await;
    keeps(&house, &cookie, Kind::Seat, &seat("X2", "chair", "MOWA", "2026-01-01", "2026-06-30")).await;
    // Another institution cannot chair while the first does, but may afterwards, or be its deputy.
    let second = seat("X3", "chair", "MOI", "2026-06-30", "");
    refused(&house, &cookie, Kind::Seat, &second, &["second chair beside MOWA", "X2"]).await;
    keeps(&house, &cookie, Kind::Seat, &seat("X3", "chair", "MOI", "2026-07-01", "")).await;
    keeps(&house, &cookie, Kind::Seat, &seat("X4", "deputy-chair", "MOWA", "2026-01-01", "")).await;
}

#[tokio::test]
async fn a_day_has_one_rate_and_a_place_chooses_an_action_once() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let snapshot = house.app.snapshot();
    let rate = snapshot.state.all::<Rate>().next().unwrap().clone();
    let day = rate.date.to_string();
    let again = [("id", "X1"), ("date", day.as_str()), ("khr_per_usd", "4000"), ("source", "test")];
    refused(&house, &cookie, Kind::Rate, &again, &["has a rate already", &rate.id]).await;
    let choice = snapshot.state.all::<Choice>().next().unwrap().clone();
    let again = [("id", "X1"), ("area", choice.area.as_str()), ("node", choice.node.as_str())];
    refused(&house, &cookie, Kind::Choice, &again, &["has chosen for the same place", &choice.id]).await;
}
