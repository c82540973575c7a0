//! The draft of a return: evidence stays with it and goes in once, an estimate comes back, two people see both versions.

use axum::http::Method;
use romduol_plan::permission::Role;

use crate::house::{House, house, text};

const PARTS: &str = "multipart/form-data; boundary=x";
const PDF: &str = "%PDF-1.7 minutes";

fn part(name: &str, value: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
}

fn file(name: &str, file: &str, value: &str) -> String {
    format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{file}\"\r\n\r\n{value}\r\n")
}

async fn send(house: &House, cookie: &str, path: &str, parts: &[String]) -> (u16, String) {
    let body = format!("{}--x--\r\n", parts.concat());
    let response = house.ask(&Method::POST, path, Some(cookie), (PARTS, &body)).await;
    (response.status().as_u16(), text(response).await)
}

/// Everything answered as not collected, with a remark, so that nothing blocks.
fn answered(house: &House, path: &str) -> Vec<String> {
    let asked = house.all_asked_in(path);
    asked
        .iter()
        .flat_map(|id| [part(&format!("s|{id}"), "missing"), part(&format!("c|{id}"), "not collected")])
        .collect()
}

#[tokio::test]
async fn evidence_stays_with_the_draft_and_goes_in_once() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let id = house.asked_in(&path);
    let field = format!("f|{id}");
    let begin = |revision: &str, action: &str| vec![part("revision", revision), part("action", action)];
    // Chosen before “save draft”, together with one that is not what it says.
    let parts = [
        begin("0", "save"),
        vec![
            part(&format!("c|{id}"), "remark"),
            file(&field, "minutes.pdf", PDF),
            file(&field, "bad.pdf", "MZ program"),
        ],
    ];
    let (status, page) = send(&house, &cookie, &path, &parts.concat()).await;
    assert!(status == 200 && page.contains("not what its name says") && page.contains("remark"), "{page}");
    assert!(page.contains("minutes.pdf</a>"), "{page}");
    // It is there another day, and opens for its author only.
    let page = house.read(&path, Some(&cookie)).await;
    let link = page.split("href=\"").find(|link| link.starts_with(&format!("{path}/files/"))).unwrap();
    let link = link.split('"').next().unwrap();
    assert_eq!(house.read(link, Some(&cookie)).await, PDF);
    let other = house.session(Role::CivilSociety).await;
    assert_ne!(house.read(link, Some(&other)).await, PDF);
    // Sent again, and blocked: still once.
    let mut parts = begin(&house.revision(&path).await, "submit");
    parts.extend([part(&format!("v|{id}|"), "many"), file(&field, "minutes.pdf", PDF)]);
    let (status, page) = send(&house, &cookie, &path, &parts).await;
    assert_eq!((status, page.matches("minutes.pdf</a>").count()), (200, 1), "{page}");
    // A second one comes and goes again.
    let mut parts = begin(&house.revision(&path).await, "save");
    parts.push(file(&field, "other.pdf", "%PDF-1.7 other"));
    assert_eq!(send(&house, &cookie, &path, &parts).await.0, 303);
    let page = house.read(&path, Some(&cookie)).await;
    assert_eq!(page.matches(".pdf</a>").count(), 2, "{page}");
    let (_, rest) = page.split_once("other.pdf</a>").unwrap();
    let name = rest.split_once("name=\"").unwrap().1.split('"').next().unwrap().to_string();
    let mut parts = begin(&house.revision(&path).await, "submit");
    parts.extend(answered(&house, &path));
    parts.push(part(&name, "on"));
    let (status, page) = send(&house, &cookie, &path, &parts).await;
    assert_eq!(status, 303, "{page}");
    let record = house.filed(&path);
    let files: Vec<_> =
        record.answers.open().into_iter().flat_map(|answer| answer.files).map(|file| file.name).collect();
    assert_eq!(files, ["minutes.pdf"]);
}

#[tokio::test]
async fn an_estimate_comes_back_and_goes_in() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let id = house.number_asked_in(&path);
    let estimate = [part(&format!("e|{id}"), "on"), part(&format!("s|{id}"), "given"), part(&format!("c|{id}"), "x")];
    let save = [vec![part("revision", "0"), part("action", "save")], estimate.to_vec()].concat();
    assert_eq!(send(&house, &cookie, &path, &save).await.0, 303);
    let page = house.read(&path, Some(&cookie)).await;
    assert!(page.contains(&format!("name=\"e|{id}\" value=\"on\" checked")), "{page}");
}

#[tokio::test]
async fn a_file_that_is_too_large_keeps_the_form() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let id = house.asked_in(&path);
    let large = "x".repeat((10 << 20) + 1);
    let parts = [
        part("revision", "0"),
        part("action", "submit"),
        file(&format!("f|{id}"), "scan.csv", &large),
        part(&format!("c|{id}"), "remark behind it"),
    ];
    let (status, page) = send(&house, &cookie, &path, &parts).await;
    assert!(
        status == 200 && page.contains("larger than 10 MB") && page.contains("remark behind it"),
        "{status} {page}"
    );
}

/// The second one sees numbers, states and remarks of both, and a file chosen meanwhile is not lost.
#[tokio::test]
async fn two_people_see_both_versions_of_a_return() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let id = house.asked_in(&path);
    let filled = |state: &str, remark: &str| {
        vec![
            part("revision", "0"),
            part("action", "save"),
            part(&format!("s|{id}"), state),
            part(&format!("c|{id}"), remark),
        ]
    };
    assert_eq!(send(&house, &cookie, &path, &filled("missing", "first remark")).await.0, 303);
    let mut second = filled("given", "second remark");
    second.push(file(&format!("f|{id}"), "minutes.pdf", PDF));
    let (status, page) = send(&house, &cookie, &path, &second).await;
    assert_eq!(status, 200);
    for words in ["second remark</textarea>", "first remark</span>", "minutes.pdf</a>", "hint other"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let house = &house;
    assert!(
        page.contains(&format!("name=\"revision\" value=\"{}\"", house.revision(&path).await)),
        "the next save decides"
    );
}

/// Unknown values are no choice.
#[tokio::test]
async fn a_button_that_does_not_exist_does_nothing() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    for parts in [[part("revision", "0"), part("action", "destroy")], [part("revision", "x"), part("action", "save")]] {
        assert_eq!(send(&house, &cookie, &path, &parts).await.0, 422);
    }
    assert!(house.app.ledger.drafts().await.unwrap().is_empty());
}

/// Sends a return whole, as on another machine, and has its verifier send it back.
async fn sent_and_sent_back(house: &House, cookie: &str, path: &str) {
    let mut parts = vec![part("revision", &house.revision(path).await), part("version", "0"), part("action", "submit")];
    parts.extend(answered(house, path));
    parts.push(file(&format!("f|{}", house.asked_in(path)), "minutes.pdf", PDF));
    let (status, page) = send(house, cookie, path, &parts).await;
    assert_eq!(status, 303, "{page}");
    let id = path.trim_start_matches("/returns/").replace('/', ".");
    for login in ["governor", "verifier", "secretariat"] {
        let verifier = house.login(login).await;
        let form = "decision=back&version=1&reason=Look+again";
        if house.send(&format!("/review/{id}"), Some(&verifier), form).await.0 == 303 {
            return;
        }
    }
    panic!("nobody could send {id} back");
}

/// A form that was opened before the return was sent: whatever revision it names, nothing of it goes over what was sent.
#[tokio::test]
async fn a_form_from_before_a_newer_version_stands_beside_it() {
    for revision in ["0", "26"] {
        let house = house().await;
        let cookie = house.login("province").await;
        let path = "/returns/province-quarter.KH-12/2026Q3".to_string();
        let asked = house.all_asked_in(&path);
        sent_and_sent_back(&house, &cookie, &path).await;
        let opened = [part("revision", revision), part("version", "0")];
        let typed = [part(&format!("c|{}", asked[0]), "typed on the phone"), part(&format!("c|{}", asked[1]), "")];
        for action in ["submit", "save"] {
            let parts = [opened.to_vec(), vec![part("action", action)], typed.to_vec()].concat();
            let (status, page) = send(&house, &cookie, &path, &parts).await;
            assert_eq!(status, 200, "{page}");
            for words in [
                "typed on the phone</textarea>",
                "kept now: not collected</span>",
                "minutes.pdf</a>",
                "what is kept now is version 1",
                "name=\"revision\" value=\"0\"",
                "name=\"version\" value=\"1\"",
            ] {
                assert!(page.contains(words), "{words} in {page}");
            }
            let blank = format!("name=\"c|{}\" rows=\"2\">not collected</textarea>", asked[1]);
            assert!(page.contains(&blank), "an empty field goes over nothing: {page}");
        }
        // By itself it is not saved either.
        let parts = [opened.to_vec(), vec![part("action", "autosave")], typed.to_vec()].concat();
        assert_eq!(send(&house, &cookie, &path, &parts).await.0, 409);
        assert!(house.app.ledger.drafts().await.unwrap().is_empty());
    }
}

/// A version that came in by another door does not hide behind an older draft.
#[tokio::test]
async fn a_draft_from_before_a_newer_version_says_so() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let id = house.asked_in(&path);
    sent_and_sent_back(&house, &cookie, &path).await;
    let draft = serde_json::json!({ "typed": { format!("c|{id}"): "old words" }, "files": {}, "version": 0 });
    let key = path.trim_start_matches("/returns/").replace('/', ".");
    house.app.ledger.save_draft(&key, &draft.to_string(), 0, "demo-reporter", 0).await.unwrap();
    let page = house.read(&path, Some(&cookie)).await;
    for words in ["begun before version 1", "old words</textarea>", "kept now: not collected</span>", "minutes.pdf</a>"]
    {
        assert!(page.contains(words), "{words} in {page}");
    }
}

/// The same words twice, because the page was left before the answer came: nobody else has changed anything.
#[tokio::test]
async fn the_same_words_again_are_no_conflict() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let id = house.asked_in(&path);
    let parts = [
        part("revision", "0"),
        part("version", "0"),
        part("action", "autosave"),
        part(&format!("c|{id}"), "typed a moment ago"),
    ];
    for _ in 0..2 {
        let (status, answer) = send(&house, &cookie, &path, &parts).await;
        assert!(status == 200 && answer.contains("\"revision\":1"), "{status} {answer}");
    }
}

#[tokio::test]
async fn everything_that_blocks_is_named_at_once_with_the_way_to_it() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let id = house.number_asked_in(&path);
    let others: Vec<String> = house.all_asked_in(&path).into_iter().filter(|other| *other != id).collect();
    let parts = [
        part("revision", "0"),
        part("action", "submit"),
        part(&format!("t|{id}"), "many"),
        part(&format!("s|{id}"), "given"),
    ];
    let (status, page) = send(&house, &cookie, &path, &parts).await;
    assert_eq!(status, 200);
    let (_, summary) = page.split_once("Not sent yet").unwrap();
    let summary = summary.split("</div>").next().unwrap();
    assert!(summary.contains("many"), "a number that cannot be read: {summary}");
    for id in others.iter().chain([&id]) {
        assert!(summary.contains(&format!("href=\"#{id}\"")), "{id} in {summary}");
        assert!(page.contains(&format!("<fieldset id=\"{id}\"")), "{id}");
    }
    assert!(!summary.contains("below") && page.contains("To be mended:"), "{summary}");
}

/// “Saved” is said once, by the page behind the save, and by no address.
#[tokio::test]
async fn saved_is_said_once() {
    let house = house().await;
    let cookie = house.session(Role::Reporter).await;
    let path = house.own_return();
    let parts = [part("revision", "0"), part("action", "save"), part("reason", "x"), "--x--\r\n".into()].concat();
    let response = house.ask(&Method::POST, &path, Some(&cookie), (PARTS, &parts)).await;
    assert_eq!(response.headers()[axum::http::header::LOCATION], path);
    let told = crate::house::cookie_of(&response, "told");
    let next = house.ask(&Method::GET, &path, Some(&format!("{cookie}; told={told}")), ("text/plain", "")).await;
    assert_eq!(crate::house::cookie_of(&next, "told"), "", "it is said once");
    assert_eq!(next.headers()[axum::http::header::CACHE_CONTROL], "no-store", "whoever comes back asks again");
    assert!(text(next).await.contains("role=\"status\">The draft is saved"));
    for address in [path.clone(), format!("{path}?saved=1")] {
        assert!(!house.read(&address, Some(&cookie)).await.contains("role=\"status\">The draft is saved"));
    }
}
