//! What points to a person is kept nowhere, whichever way it comes: the ways are those of the table of routes, the fields
//! those of the templates, and the whole data folder is looked through.

use std::collections::BTreeSet;
use std::path::Path;

use axum::http::{Method, Request, header};
use romduol_plan::Kind;
use romduol_plan::permission::Role;
use romduol_web::{Takes, Texts, table};

use crate::house::{House, house, text};
use crate::permissions::{Walk, Whose, body_of};

/// Names nobody; found where it was kept.
const PLANTED: &str = "Sreyplanted";
const SENTENCE: &str = "a girl named Sreyplanted, call 012 345 678";
const FORM: &str = "application/x-www-form-urlencoded";
const PARTS: &str = "multipart/form-data; boundary=x";

/// The names of all fields for words that a template has.
fn words() -> BTreeSet<String> {
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("templates")];
    let mut names = BTreeSet::new();
    while let Some(at) = waiting.pop() {
        if at.is_dir() {
            waiting.extend(std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let page = std::fs::read_to_string(&at).unwrap();
        for field in page.split("<input").skip(1).chain(page.split("<textarea").skip(1)) {
            let tag = field.split('>').next().unwrap();
            let hidden =
                ["type=\"hidden\"", "type=\"password\"", "type=\"file\""].iter().any(|kind| tag.contains(kind));
            let name = tag.split_once("name=\"").and_then(|(_, rest)| rest.split('"').next());
            names.extend(name.filter(|_| !hidden).map(|name| name.replace("{{ n }}", "0")));
        }
    }
    names.retain(|name| !name.contains("{{"));
    names
}

/// A form in which one field holds the planted words.
fn planted(form: &str, field: &str, words: &str) -> String {
    let others = form.split('&').filter(|pair| pair.split('=').next() != Some(field));
    let escaped: String = words
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    others.map(String::from).chain([format!("{field}={escaped}")]).collect::<Vec<_>>().join("&")
}

/// Every file of the data folder, and every entry as it reads: a long one is compressed in its file.
async fn traces(house: &House) -> Vec<String> {
    let mut found = Vec::new();
    let mut waiting = vec![house.app.ledger.folder().unwrap().to_path_buf()];
    while let Some(at) = waiting.pop() {
        if at.is_dir() {
            waiting.extend(std::fs::read_dir(at).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let bytes = std::fs::read(&at).unwrap();
        if bytes.windows(PLANTED.len()).any(|part| part == PLANTED.as_bytes()) {
            found.push(at.display().to_string());
        }
    }
    let mut next = 1;
    while let Some(last) = {
        let entries = house.app.ledger.read_from(next).await.unwrap();
        found.extend(
            entries.iter().filter(|e| e.body.contains(PLANTED)).map(|e| format!("entry {}: {}", e.seq, e.body)),
        );
        entries.last().map(|entry| entry.seq)
    } {
        next = last + 1;
    }
    found
}

#[tokio::test]
async fn no_way_in_keeps_what_points_to_a_person() {
    let house = house().await;
    let words = words();
    assert!(words.len() > 25, "{words:?}");
    let mut ways = 0;
    for role in [Role::Secretariat, Role::Committee, Role::CivilSociety, Role::Reporter] {
        let cookie = house.session(role).await;
        for route in
            table().into_iter().filter(|route| matches!(route.takes, Takes::Form(Texts::Screened | Texts::Only(_))))
        {
            let path = house.path(&route, Whose::Own);
            let (kind, form) = body_of(&path);
            if kind != FORM {
                continue;
            }
            for (n, field) in words.iter().enumerate() {
                let path = format!("{path}?once={}{n}{}", role.code(), path.len());
                let form = planted(form, field, SENTENCE);
                let response = house.ask(&Method::POST, &path, Some(&cookie), (kind, &form)).await;
                ways += usize::from(response.status() == 422);
            }
            assert_eq!(traces(&house).await, Vec::<String>::new(), "{} {path}", role.code());
        }
    }
    assert!(ways > 300, "only {ways} were stopped");
}

/// Fields of records of any kind in which people tell what happened, as a form and as a table.
#[tokio::test]
async fn no_record_keeps_it() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    for kind in Kind::of_package().filter(|kind| kind.is_edited()) {
        let form = planted("_id=&_seen=0&_why=test&id=X1", "_why", SENTENCE);
        let (status, _) =
            house.send(&format!("/records/{}?once=r{}", kind.code(), kind.code()), Some(&cookie), &form).await;
        assert!(status >= 400, "{} answers {status}", kind.code());
    }
    let said = "_id=&_seen=0&_why=test&id=X1&consultation=CON-3&said=x&consent=public&source=test";
    house.send("/records/contributions?once=c", Some(&cookie), &planted(said, "said", SENTENCE)).await;
    let table = format!("id,consultation,said,consent,source\nX1,CON-3,\"{SENTENCE}\",public,test\n");
    for why in ["", "because"] {
        let file =
            format!("--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"t.csv\"\r\n\r\n{table}\r\n");
        let why = match why {
            "" => String::new(),
            why => format!("--x\r\nContent-Disposition: form-data; name=\"why\"\r\n\r\n{why}\r\n"),
        };
        let body = format!("{file}{why}--x--\r\n");
        house.ask(&Method::POST, "/import/contributions?once=i", Some(&cookie), (PARTS, &body)).await;
    }
    assert_eq!(traces(&house).await, Vec::<String>::new());
}

fn part(name: &str, value: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file(name: &str, file: &str, value: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n{value}\r\n")
}

/// A remark is stopped and everything else of the draft is kept; the page holds the remark, says why and names the help line.
#[tokio::test]
async fn a_draft_keeps_the_rest() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let indicator = house.asked_in(&path);
    for action in ["autosave", "save", "submit"] {
        let body = [
            part("revision", &house.revision(&path).await),
            part("action", action),
            part(&format!("c|{indicator}"), SENTENCE),
            part("reason", "fine"),
            file(&format!("f|{indicator}"), "photo of a girl named Sreyplanted.csv", "a,b\n"),
            "--x--\r\n".into(),
        ];
        let response = house.ask(&Method::POST, &path, Some(&cookie), (PARTS, &body.concat())).await;
        assert_eq!(response.status(), 200, "{action}");
        let answer = text(response).await;
        if action == "autosave" {
            let json: serde_json::Value = serde_json::from_str(&answer).unwrap();
            assert_eq!(json["stopped"][0][0], format!("c|{indicator}"));
        } else {
            assert!(answer.contains(SENTENCE) && answer.contains("data-stopped"), "{answer}");
            assert!(answer.contains("If you know somebody who needs help"), "{answer}");
        }
        assert_eq!(traces(&house).await, Vec::<String>::new(), "{action}");
        let page = house.read(&path, Some(&cookie)).await;
        assert!(!page.contains(PLANTED), "{action}");
    }
    let draft = house.app.ledger.drafts().await.unwrap();
    assert_eq!(draft.len(), 1);
}

#[tokio::test]
async fn no_program_brings_it() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let csv = format!(
        "form,area,period,indicator,value,comment\nprovince-quarter,KH-01,2026Q3,PAR-09,1,{PLANTED}: {SENTENCE}\n"
    );
    let request = Request::builder()
        .method(Method::POST)
        .uri("/api/v1/returns")
        .header(header::CONTENT_TYPE, "text/csv")
        .header("idempotency-key", "0123456789")
        .header(header::COOKIE, format!("session={cookie}"));
    house.request(request.body(csv.into()).unwrap()).await;
    let (status, page) =
        house.send("/consult/DEMO-1?once=p", None, &planted("lang=en&node=&group=", "text", SENTENCE)).await;
    assert!(status == 422 && page.contains(PLANTED), "{page}");
    house.send("/consult/DEMO-1?once=q", None, &planted("lang=en&node=&text=x", "group", SENTENCE)).await;
    assert_eq!(traces(&house).await, Vec::<String>::new());
}

/// A draft of an older program is screened when the plan is opened; its author is told.
#[tokio::test]
async fn an_old_draft_is_cleaned() {
    let house = house().await;
    let path = house.own_return();
    let indicator = house.asked_in(&path);
    let id = path.trim_start_matches("/returns/").replace('/', ".");
    let body = serde_json::json!({ format!("c|{indicator}"): SENTENCE, format!("v|{indicator}|"): "7" }).to_string();
    house.app.ledger.save_draft(&id, &body, 0, "demo-reporter", 0).await.unwrap();
    assert!(!traces(&house).await.is_empty(), "the test finds what is there");
    let house = house.again().await;
    assert_eq!(traces(&house).await, Vec::<String>::new());
    let cookie = house.session(Role::Reporter).await;
    let page = house.read(&path, Some(&cookie)).await;
    assert!(page.contains("It was erased") && page.contains("value=\"7\""), "{page}");
}
