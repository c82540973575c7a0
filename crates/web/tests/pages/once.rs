//! Everything that is sent, however often: one record and the first answer. The ways are those of the table of routes.

use std::path::Path;

use axum::http::{Method, StatusCode, header};
use axum::response::Response;
use romduol_app::once::Before;
use romduol_plan::permission::Role;
use romduol_plan::{Actor, Change};
use romduol_web::{Route, Takes, Texts, table};

use crate::house::{House, house, text};
use crate::permissions::{Walk, Whose, body_of};

const FORM: &str = "application/x-www-form-urlencoded";

/// The ways in that a form goes.
pub fn forms() -> impl Iterator<Item = (Route, Texts)> {
    table().into_iter().filter_map(|route| match route.takes {
        Takes::Form(texts) => Some((route, texts)),
        Takes::Nothing | Takes::Passage | Takes::Program => None,
    })
}

fn seq(house: &House) -> u64 {
    house.app.snapshot().head.seq
}

fn told(response: &Response) -> (StatusCode, Option<String>) {
    let to = response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_string());
    (response.status(), to)
}

/// A template that has a form without a token is found here, and a route that takes a form in no way at all.
#[test]
fn every_form_carries_a_token() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("templates");
    let mut waiting = vec![folder];
    let (mut with, mut without) = (0, Vec::new());
    while let Some(at) = waiting.pop() {
        if at.is_dir() {
            waiting.extend(std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let page = std::fs::read_to_string(&at).unwrap();
        for form in page.split("<form").skip(1).filter(|form| form.contains("method=\"post\"")) {
            match form.split_once(" action=\"").and_then(|(_, action)| action.split_once('"')) {
                Some((action, _)) if action.ends_with("{{ c.once() }}") => with += 1,
                Some((action, _)) => without.push(action.to_string()),
                None => panic!("{}: a form that goes nowhere", at.display()),
            }
        }
    }
    let passages: Vec<_> = table().into_iter().filter(|route| route.takes == Takes::Passage).collect();
    without.retain(|action| !passages.iter().any(|route| route.path == action));
    assert!(without.is_empty() && with > 40, "{without:?} have no token, {with} have");
    for route in table().iter().filter(|route| route.method == Method::POST) {
        assert_ne!(route.takes, Takes::Nothing, "{}", route.path);
    }
}

/// Each way in, as each role: the second time nothing is written, and the answer is the first one.
#[tokio::test]
async fn sending_twice_is_sending_once() {
    let house = house().await;
    let mut done = std::collections::BTreeSet::new();
    for role in [Role::Secretariat, Role::Reporter, Role::Committee, Role::CivilSociety, Role::Administrator] {
        for (route, _) in forms() {
            let cookie = house.session(role).await;
            let path = house.path(&route, Whose::Own);
            let path = format!("{path}?once={}{:02}", role.code(), path.len());
            let before = seq(&house);
            let first = house.ask(&Method::POST, &path, Some(&cookie), body_of(&path)).await;
            let (after, first) = (seq(&house), (told(&first), text(first).await));
            let second = house.ask(&Method::POST, &path, Some(&cookie), body_of(&path)).await;
            let (end, second) = (seq(&house), (told(&second), text(second).await));
            assert_eq!(end, after, "{} {path} writes twice", role.code());
            if first.0.0.is_redirection() {
                assert_eq!(first, second, "{} {path}", role.code());
                done.insert(route.path);
            }
            if after > before {
                done.insert(route.path);
            }
        }
    }
    assert!(done.len() >= 12, "only these did anything: {done:?}");
}

fn propose(title: &str) -> String {
    format!("title={title}&reason=")
}

#[tokio::test]
async fn many_at_once_write_one_record_and_get_one_answer() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let before = seq(&house);
    let form = propose("Shelters");
    let ask = || house.ask(&Method::POST, "/bodies/C03/propose?once=abc", Some(&cookie), (FORM, &form));
    let (a, b, c, d) = tokio::join!(ask(), ask(), ask(), ask());
    for response in [a, b, c, d] {
        assert_eq!(told(&response), (StatusCode::SEE_OTHER, Some("/bodies/C03".into())));
    }
    assert_eq!(seq(&house), before + 1);
}

/// The two halves of a double click come to two nodes.
#[tokio::test]
async fn two_nodes_write_one_record_and_give_one_answer() {
    let house = house().await;
    let other = house.second().await;
    let cookie = house.session(Role::Secretariat).await;
    let before = house.app.ledger.head().await.unwrap().seq;
    let form = propose("Shelters");
    let path = "/bodies/C03/propose?once=abc";
    let (a, b) = tokio::join!(
        house.ask(&Method::POST, path, Some(&cookie), (FORM, &form)),
        other.ask(&Method::POST, path, Some(&cookie), (FORM, &form))
    );
    let answer = (StatusCode::SEE_OTHER, Some("/bodies/C03".to_string()));
    assert_eq!((told(&a), told(&b)), (answer.clone(), answer));
    assert_eq!(house.app.ledger.head().await.unwrap().seq, before + 1);
}

#[tokio::test]
async fn other_words_under_the_same_token_are_neither_lost_nor_kept_unasked() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let path = "/bodies/C03/propose?once=abc&from=/bodies/C03";
    let (first, _) = house.send(path, Some(&cookie), &propose("Shelters")).await;
    let before = seq(&house);
    let (second, page) = house.send(path, Some(&cookie), &propose("Shelters+and+a+helpline")).await;
    assert_eq!((first, second), (303, 409));
    assert_eq!(seq(&house), before);
    assert!(page.contains("value=\"Shelters and a helpline\"") && page.contains("sent already"), "{page}");
    // The form that comes back is a new one.
    let (_, token) = page.split_once("/bodies/C03/propose?once=").unwrap();
    let token = token.split('&').next().unwrap();
    let (third, _) = house
        .send(&format!("/bodies/C03/propose?once={token}"), Some(&cookie), &propose("Shelters+and+a+helpline"))
        .await;
    assert_eq!((third, seq(&house)), (303, before + 1));
}

#[tokio::test]
async fn a_token_is_its_senders_own_and_a_refusal_is_no_answer() {
    let house = house().await;
    let (one, other) = (house.session(Role::Secretariat).await, house.session(Role::Committee).await);
    let path = "/bodies/C03/propose?once=abc";
    let before = seq(&house);
    assert_eq!(house.send(path, Some(&one), "title=&reason=").await.0, 422);
    assert_eq!(house.send(path, Some(&one), &propose("Shelters")).await.0, 303, "mended, it is kept");
    house.send(path, Some(&other), &propose("Shelters")).await;
    assert_eq!(seq(&house), before + 2, "two people may say the same");
}

/// What is shown once is shown again to whoever sent it, and stands nowhere in the store.
#[tokio::test]
async fn a_comment_gets_its_code_again() {
    let house = house().await;
    let path = "/consult/DEMO-1?once=abc";
    let (first, page) = house.send(path, None, "text=More+shelters&group=&node=&lang=en").await;
    let (second, again) = house.send(path, None, "text=More+shelters&group=&node=&lang=en").await;
    assert_eq!((first, second), (200, 200));
    assert_eq!(page, again);
    let secretariat = house.session(Role::Secretariat).await;
    let waiting = house.read("/comments", Some(&secretariat)).await;
    assert_eq!(waiting.matches("<blockquote").count(), 1, "{waiting}");
}

#[tokio::test]
async fn a_program_names_what_it_sends() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let send = async |key: &str, body: &str| {
        let request = axum::http::Request::builder()
            .method(Method::POST)
            .uri("/api/v1/returns")
            .header(header::CONTENT_TYPE, "text/csv")
            .header(header::COOKIE, format!("session={cookie}"))
            .header("idempotency-key", key);
        let response = house.request(request.body(body.to_string().into()).unwrap()).await;
        (response.status().as_u16(), text(response).await)
    };
    let csv = "form,area,period,indicator,value\nprovince-quarter,KH-01,2026Q3,PAR-09,1\n";
    let (status, first) = send("load-2026-10", csv).await;
    assert_eq!(status, 200, "{first}");
    let before = seq(&house);
    assert_eq!(send("load-2026-10", csv).await, (200, first), "the first answer, with its counts");
    assert_eq!(seq(&house), before);
    let (status, said) = send("load-2026-10", "form,area,period,indicator,value\n").await;
    assert!(status == 422 && said.contains("Idempotency-Key"), "{said}");
    assert_eq!(send("short", csv).await.0, 422);
}

/// The process was lost between the entry and the answer: whoever asks again gets no second record.
#[tokio::test]
async fn a_lost_answer_is_no_second_record() {
    let house = house().await;
    let app = &house.app;
    let actor = || Actor { account: "a".into(), post: "test".into() };
    let plan = app.snapshot().state.plan().unwrap().clone();
    let run = || {
        let plan = (*plan).clone();
        app.under(
            "k",
            None,
            app.run(actor(), "test".into(), Box::new(move |_| Ok(vec![Change::Put(plan.clone().into())]))),
        )
    };
    assert!(matches!(app.begin_once("k").await.unwrap(), Before::New));
    let head = run().await.unwrap();
    app.drop_once("k").await.unwrap();
    assert!(matches!(app.begin_once("k").await.unwrap(), Before::Kept));
    // Somebody slow, who took itself for the first, is answered with the entry that is there.
    assert_eq!(run().await.unwrap(), head);
    assert_eq!(app.snapshot().head, head);
}
