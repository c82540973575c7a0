//! What was typed is never lost: it comes back with a refusal, through the sign-in, and beside what somebody else wrote.

use axum::http::{Method, header};
use romduol_plan::permission::Role;

use crate::house::{House, house, text};

const FORM: &str = "application/x-www-form-urlencoded";
const PROPOSE: &str = "/bodies/C03/propose?once=abc&from=/bodies/C03";

/// The value of the hidden field that goes through the sign-in, as a browser sends it back.
fn carried(page: &str) -> String {
    let (_, value) = page.split_once("name=\"carried\" value=\"").unwrap_or_else(|| panic!("nothing carried: {page}"));
    let value = value.split_once('"').unwrap().0.replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&");
    value
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

async fn sign_in(house: &House, login: &str, carried: &str) -> (u16, String) {
    let form = format!("login={login}&password=romduol-demo&carried={carried}");
    let response = house.ask(&Method::POST, "/sign-in", None, (FORM, &form)).await;
    let session = response.headers().get(header::SET_COOKIE).map(|cookie| cookie.to_str().unwrap().to_string());
    assert!(session.is_none_or(|cookie| cookie.starts_with("session=")));
    (response.status().as_u16(), text(response).await)
}

#[tokio::test]
async fn a_form_whose_session_has_ended_comes_back_behind_the_sign_in() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    house.send("/sign-out", Some(&cookie), "").await;
    let (status, page) = house.send(PROPOSE, Some(&cookie), "title=Shelters+%3C&reason=line%0D%0Atwo").await;
    assert_eq!(status, 401);
    assert!(page.contains("name=\"password\"") && page.contains("session has ended"), "{page}");
    let carried = carried(&page);
    // A wrong password loses nothing.
    let (status, page) = sign_in_with(&house, "nobody", &carried).await;
    assert!(status == 401 && page.contains("name=\"carried\""), "{page}");
    let (status, page) = sign_in(&house, "secretariat", &carried).await;
    assert_eq!(status, 200);
    assert!(page.contains("value=\"Shelters &lt;\""), "{page}");
    assert!(page.contains("line\r\ntwo") || page.contains("line\ntwo"), "{page}");
    assert!(page.contains("signed in again") && page.contains("/bodies/C03/propose?once="), "{page}");
    // Somebody else at the same machine does not see it.
    let (_, page) = sign_in(&house, "committee", &carried).await;
    assert!(!page.contains("Shelters") && page.contains("another account"), "{page}");
}

/// A proof in a session gives back what its own account has typed, and nobody else's.
#[tokio::test]
async fn a_proof_opens_nobody_elses_words() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    house.send("/sign-out", Some(&cookie), "").await;
    let (_, page) = house.send(PROPOSE, Some(&cookie), "title=Shelters&reason=r").await;
    let proof = format!("given=romduol-demo&back=%2F&carried={}", carried(&page));
    for (login, theirs) in [("committee", false), ("secretariat", true)] {
        let session = house.login(login).await;
        let (status, page) = house.send("/prove", Some(&session), &proof).await;
        assert_eq!((status, page.contains("Shelters")), (200, theirs), "{login}: {page}");
    }
}

/// Each with words of their own, and nothing but one key of the day is written for all of them.
#[tokio::test]
async fn strangers_who_send_much_leave_one_key_behind() {
    let house = house().await;
    let mut seals = Vec::new();
    for title in ["one", "two"] {
        let (status, page) = house.send(PROPOSE, None, &format!("title={title}&reason=r")).await;
        assert_eq!(status, 401);
        let carried = carried(&page);
        let (ticket, sealed) = carried.split_once("%2E").unwrap();
        seals.push((ticket.to_string(), sealed.to_string()));
    }
    assert_eq!(seals[0].0, seals[1].0);
    assert_ne!(seals[0].1, seals[1].1);
}

async fn sign_in_with(house: &House, login: &str, carried: &str) -> (u16, String) {
    house.send("/sign-in", None, &format!("login={login}&password=wrong&carried={carried}")).await
}

#[tokio::test]
async fn whoever_comes_back_gets_to_the_page_they_asked_for() {
    let house = house().await;
    let away = house.ask(&Method::GET, "/indicators/PAR-09?x=1", None, (FORM, "")).await;
    assert_eq!(away.headers()[header::LOCATION], "/sign-in?back=%2Findicators%2FPAR-09%3Fx%3D1");
    let page = house.read("/sign-in?back=%2Findicators%2FPAR-09%3Fx%3D1", None).await;
    let form = format!("login=secretariat&password=romduol-demo&carried={}", carried(&page));
    let response = house.ask(&Method::POST, "/sign-in", None, (FORM, &form)).await;
    assert_eq!(response.headers()[header::LOCATION], "/indicators/PAR-09?x=1");
    // Nobody is led to another site.
    let page = house.read("/sign-in?back=//evil.example", None).await;
    assert!(!page.contains("carried"), "{page}");
}

#[tokio::test]
async fn a_refusal_comes_with_the_form_and_what_was_typed() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let (status, page) = house.send(PROPOSE, Some(&cookie), "title=+&reason=Because+of+the+flood").await;
    assert_eq!(status, 422);
    assert!(page.contains("Because of the flood</textarea>") && page.contains("<nav class=\"menu\""), "{page}");
    // Where the page of the form is gone, the words are there all the same.
    let path = "/bodies/C03/propose?once=abc&from=/nowhere";
    let (_, page) = house.send(path, Some(&cookie), "title=+&reason=Because+of+the+flood").await;
    assert!(page.contains("Because of the flood"), "{page}");
}

/// The address that a form of a page goes to, with its token and whose page it is.
async fn action(house: &House, cookie: &str, page: &str, path: &str) -> String {
    let html = house.read(page, Some(cookie)).await;
    let action = html.split("action=\"").find(|action| action.starts_with(&format!("{path}?"))).unwrap();
    action.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")
}

/// Even where the session is not known any more: what was typed belongs to whom its page was shown to, and to nobody else.
#[tokio::test]
async fn what_was_typed_is_given_back_to_its_author_only() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let path = action(&house, &cookie, "/bodies/C03", "/bodies/C03/propose").await;
    for gone in [None, Some("no-session-of-this-plan")] {
        let (status, page) = house.send(&path, gone, "title=Shelters&reason=").await;
        assert_eq!(status, 401);
        assert!(!page.contains("Shelters"), "whoever sits there next can look into the page: {page}");
        let carried = carried(&page);
        let (_, other) = sign_in(&house, "committee", &carried).await;
        assert!(!other.contains("Shelters") && other.contains("another account"), "{other}");
        let (_, own) = sign_in(&house, "secretariat", &carried).await;
        assert!(own.contains("value=\"Shelters\""), "{own}");
        // Where nobody can tell whose it is, it is nobody's.
        let (_, page) = house.send(PROPOSE, gone, "title=Shelters&reason=").await;
        let (_, any) = sign_in(&house, "secretariat", &crate::typed::carried(&page)).await;
        assert!(!any.contains("value=\"Shelters\""), "{any}");
    }
}

/// A page that one person left open is not sent in the name of the next one.
#[tokio::test]
async fn a_page_is_sent_by_whom_it_was_shown_to() {
    let house = house().await;
    let (one, other) = (house.session(Role::Secretariat).await, house.session(Role::Committee).await);
    let path = action(&house, &one, "/bodies/C03", "/bodies/C03/propose").await;
    let before = house.app.snapshot().head.seq;
    let (status, page) = house.send(&path, Some(&other), "title=Shelters&reason=").await;
    assert_eq!((status, house.app.snapshot().head.seq), (403, before), "{page}");
    assert!(page.contains("another account") && !page.contains("Shelters"), "{page}");
    assert_eq!(house.send(&path, Some(&one), "title=Shelters&reason=").await.0, 303);
}

/// The confirmation of a table stands only on the answer to its file: refused, it comes back whole, and shows no insides.
#[tokio::test]
async fn a_refused_confirmation_comes_back_with_its_table() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let table = "--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"t.csv\"\r\n\r\nid,name,kind,stated,stated_basis,source\nX-1,New policy,mechanism,in force,stated,3.6.2\n\r\n--x--\r\n";
    let parts = "multipart/form-data; boundary=x";
    let path = "/import/policies?once=a&from=/import/policies";
    let page = text(house.ask(&Method::POST, path, Some(&cookie), (parts, table)).await).await;
    let fields = crate::house::fields(&page, "/import/policies");
    let ready = fields.iter().find(|(name, _)| name == "ready").map(|(_, value)| value.clone()).unwrap_or_default();
    let ready = ready.replace("&quot;", "\"").replace("&#34;", "\"");
    let part =
        |name: &str, value: &str| format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let confirm =
        |why: &str| [part("_step", "confirm"), part("ready", &ready), part("why", why), "--x--\r\n".into()].concat();
    let path = "/import/policies?once=b&from=/import/policies";
    let response = house.ask(&Method::POST, path, Some(&cookie), (parts, &confirm("call Sok Dara, 012 345 678"))).await;
    let (status, page) = (response.status().as_u16(), text(response).await);
    assert_eq!(status, 422, "{page}");
    assert!(page.contains("name=\"ready\"") && page.contains("012 345 678") && page.contains("data-again"), "{page}");
    assert!(!page.contains("Also typed") && !page.contains("<li class=\"lines\">"), "{page}");
    assert!(page.contains("from=%2Fimport%2Fpolicies"), "the next refusal finds its page, too: {page}");
    // The session ended meanwhile: the confirmation is there again behind the sign-in.
    let path = action(&house, &cookie, "/import/policies", "/import/policies").await;
    let page = text(house.ask(&Method::POST, &path, None, (parts, &confirm("because"))).await).await;
    let (_, page) = sign_in(&house, "secretariat", &carried(&page)).await;
    assert!(page.contains("name=\"ready\"") && page.contains("value=\"because\""), "{page}");
    // Kept, it says how much was taken.
    let response = house.ask(&Method::POST, &path, Some(&cookie), (parts, &confirm("because"))).await;
    assert_eq!(response.status(), 303);
    let told = crate::house::cookie_of(&response, "told");
    let page = house.read("/records/policies", Some(&format!("{cookie}; told={told}"))).await;
    assert!(page.contains("1 new, 0 changed, 0 left"), "{page}");
}

/// Files do not come along through a sign-in: both pages say so.
#[tokio::test]
async fn a_file_whose_session_has_ended_is_told() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let path = action(&house, &cookie, "/import/policies", "/import/policies").await;
    let table = "--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"t.csv\"\r\n\r\nid\n\r\n--x--\r\n";
    let response = house.ask(&Method::POST, &path, None, ("multipart/form-data; boundary=x", table)).await;
    let page = text(response).await;
    assert!(page.contains("your file was not sent"), "{page}");
    let (_, page) = sign_in(&house, "secretariat", &carried(&page)).await;
    assert!(page.contains("Files have to be chosen again"), "{page}");
}

/// A verifier's answer comes back without the buttons, and what was done is said with the way to it.
#[tokio::test]
async fn a_decision_is_told() {
    let house = house().await;
    let mut told = 0;
    for role in [Role::Verifier, Role::Secretariat] {
        let cookie = house.session(role).await;
        let home = house.read("/", Some(&cookie)).await;
        let Some(review) = home.split("href=\"").find(|link| link.starts_with("/review/")) else { continue };
        let review = review.split('"').next().unwrap();
        let form = crate::house::fields(&house.read(review, Some(&cookie)).await, review);
        let path = format!("{review}?once=a&from={review}");
        let without = crate::house::form(&form, &[("decision", "back"), ("reason", "")]);
        let (status, page) = house.send(&path, Some(&cookie), &without).await;
        assert_eq!(status, 422, "{page}");
        assert!(page.contains("needs a reason") && !page.contains("Also typed"), "{page}");
        let with = crate::house::form(&form, &[("decision", "back"), ("reason", "Look again")]);
        let response = house.ask(&Method::POST, &path, Some(&cookie), (FORM, &with)).await;
        assert_eq!(response.status(), 303);
        let notice = crate::house::cookie_of(&response, "told");
        let page = house.read("/", Some(&format!("{cookie}; told={notice}"))).await;
        assert!(page.contains("Sent back to the unit") && page.contains(&format!("href=\"{review}\"")), "{page}");
        told += 1;
        // Where the form is gone, the reason stands with its name and the buttons are not shown.
        let late = crate::house::form(&form, &[("decision", "back"), ("reason", "Look once more")]);
        let (_, page) = house.send(&format!("{review}?once=b&from={review}"), Some(&cookie), &late).await;
        assert!(page.contains("<b>Reason</b>: Look once more") || page.contains("Look once more</textarea>"), "{page}");
        assert!(!page.contains("<li class=\"lines\"><b>decision") && !page.contains(">back</li>"), "{page}");
    }
    assert!(told > 0);
}
