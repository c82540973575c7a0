//! Getting in, and getting no further than one should: invitations, second proofs, tokens, fresh proofs, the trail.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use romduol_app::accounts::{Doors, Entered};
use romduol_app::demo;
use romduol_plan::Deed;
use romduol_plan::permission::Role;
use totp_rs::{Builder, Secret};

use crate::house::{House, TODAY, house, house_with, text};

const FORM: &str = "application/x-www-form-urlencoded";

async fn strict() -> House {
    house_with(Doors::new(Some("https://wps.example.org"), true, None).unwrap()).await
}

/// What stands between two texts of a page.
fn between<'a>(page: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = page.split_once(before).unwrap_or_else(|| panic!("{before} is not in {page}"));
    rest.split_once(after).unwrap().0
}

fn goes_to(response: &Response) -> String {
    response.headers().get(header::LOCATION).map(|to| to.to_str().unwrap().to_string()).unwrap_or_default()
}

fn cookies(response: &Response) -> Vec<String> {
    response.headers().get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_string()).collect()
}

fn cookie_of(response: &Response, name: &str) -> String {
    let cookies = cookies(response);
    let own = cookies.iter().find(|cookie| cookie.starts_with(&format!("{name}="))).unwrap();
    between(own, "=", ";").to_string()
}

fn code_at(secret: &str, unix: i64) -> String {
    let totp = Builder::new().with_secret(Secret::try_from_base32(secret).unwrap()).build().unwrap();
    totp.generate(unix as u64).to_string()
}

/// Sets up an app through its pages: its secret, and the codes on paper.
async fn set_up(house: &House, cookie: &str) -> (String, Vec<String>) {
    let (_, page) = house.send("/account/app", Some(cookie), "").await;
    let secret = between(&page, "<span class=\"secret\">", "</span>").to_string();
    let ticket = between(&page, "action=\"/account/app/", "\"").to_string();
    assert!(page.contains("<svg") && page.contains("otpauth://totp/"));
    let path = format!("/account/app/{ticket}");
    let (status, again) = house.send(&path, Some(cookie), "code=000000").await;
    assert_eq!(status, 422);
    assert!(again.contains(&secret), "the same picture again after a wrong code");
    let (status, codes) = house.send(&path, Some(cookie), &format!("code={}", code_at(&secret, TODAY))).await;
    assert_eq!(status, 200, "{codes}");
    let codes = codes.split("<li class=\"secret\">").skip(1).map(|part| part.split('<').next().unwrap().to_string());
    (secret, codes.collect())
}

#[tokio::test]
async fn who_decides_over_others_sets_up_a_second_proof_first() {
    let house = strict().await;
    let secretariat = house.session(Role::Secretariat).await;
    for path in ["/", "/scorecard", "/editions", "/trail", "/pivot.csv"] {
        let response = house.ask(&Method::GET, path, Some(&secretariat), (FORM, "")).await;
        assert_eq!(goes_to(&response), "/account", "{path}");
    }
    let account = house.read("/account", Some(&secretariat)).await;
    assert!(account.contains("a password is not enough") && !account.contains("/scorecard"));
    let (_, page) = house.send("/account/tokens", Some(&secretariat), "name=x&scope=read&days=1").await;
    assert!(!page.contains("romduol_"), "no token before the second proof");
    let (_, codes) = set_up(&house, &secretariat).await;
    assert_eq!(codes.len(), 10);
    assert!(house.read("/scorecard", Some(&secretariat)).await.contains("/scorecard"));
    // A reporter only reports: a password is enough.
    let reporter = house.session(Role::Reporter).await;
    assert!(house.read("/scorecard", Some(&reporter)).await.contains("/scorecard"));
}

#[tokio::test]
async fn a_second_proof_is_asked_for_and_counts_once() {
    let house = strict().await;
    let first = house.session(Role::Verifier).await;
    let (secret, codes) = set_up(&house, &first).await;
    let form = format!("login=verifier&password={}", demo::PASSWORD);
    let response = house.ask(&Method::POST, "/sign-in", None, (FORM, &form)).await;
    assert_eq!(goes_to(&response), "/sign-in/second");
    let cookie = cookies(&response).remove(0);
    assert!(cookie.contains("HttpOnly") && cookie.contains("Secure") && cookie.contains("SameSite=Lax"), "{cookie}");
    let half = cookie_of(&response, "half");
    let attempt = async |half: &str, form: String| {
        let request = Request::post("/sign-in/second").header(header::COOKIE, format!("half={half}"));
        house.request(request.header(header::CONTENT_TYPE, FORM).body(Body::from(form)).unwrap()).await
    };
    // The code that set the app up has been shown; another time it opens nothing.
    let replayed = attempt(&half, format!("code={}", code_at(&secret, TODAY))).await;
    assert_eq!(replayed.status(), StatusCode::UNAUTHORIZED);
    assert!(text(replayed).await.contains("used already"));
    let fresh = code_at(&secret, TODAY + 30);
    let entered = attempt(&half, format!("code={}", &fresh)).await;
    assert_eq!(goes_to(&entered), "/");
    let session = cookie_of(&entered, "session");
    assert!(house.read("/scorecard", Some(&session)).await.contains("/scorecard"));
    // The ticket is used up, a made-up one is nothing, half is no session.
    for (half, form) in [(half.as_str(), format!("code={}", codes[0])), ("00", "code=1".into())] {
        assert_eq!(goes_to(&attempt(half, form).await), "/sign-in");
    }
    assert!(house.read("/scorecard", Some(&half)).await.is_empty());
    // A code on paper, as people type it, once.
    for expected in [StatusCode::SEE_OTHER, StatusCode::UNAUTHORIZED] {
        let Entered::Half(ticket) = house.app.sign_in("verifier", demo::PASSWORD).await.unwrap() else { panic!() };
        let typed = codes[0].to_uppercase().replace('-', "+");
        assert_eq!(attempt(&ticket, format!("code={typed}")).await.status(), expected);
    }
}

#[tokio::test]
async fn guessing_codes_is_held() {
    let house = strict().await;
    let first = house.session(Role::Verifier).await;
    set_up(&house, &first).await;
    let Entered::Half(ticket) = house.app.sign_in("verifier", demo::PASSWORD).await.unwrap() else { panic!() };
    let mut answers = Vec::new();
    for n in 0..12 {
        let request = Request::post("/sign-in/second").header(header::COOKIE, format!("half={ticket}"));
        let request = request.header(header::CONTENT_TYPE, FORM).body(Body::from(format!("code=00000{}", n % 10)));
        answers.push(house.request(request.unwrap()).await.status().as_u16());
    }
    assert!(answers.contains(&429), "{answers:?}");
}

#[tokio::test]
async fn an_invited_person_chooses_a_password_once() {
    let house = house().await;
    let admin = house.session(Role::Administrator).await;
    let guest = "login=sokha&name=Sokha&role=reporter&institution=MOI&area=&language=km&email=sokha@example.org";
    let (status, page) = house.send("/accounts", Some(&admin), guest).await;
    assert_eq!(status, 200, "{page}");
    let link = between(&page, "<p class=\"secret\" tabindex=\"0\">", "</p>").to_string();
    for _ in 0..2 {
        let shown = house.read(&link, None).await;
        assert!(shown.contains("Sokha") && shown.contains("lang=\"km\""), "in the invited person's language");
    }
    let (_, weak) = house.send(&link, None, "lang=en&new=sokha12345&again=sokha12345").await;
    assert!(weak.contains("role=\"alert\"") && weak.contains("Sokha"));
    let good = "lang=en&new=a+lotus+on+seven+ponds&again=a+lotus+on+seven+ponds";
    assert_eq!(house.send(&link, None, good).await.0, 303);
    assert_eq!(house.send(&link, None, good).await.0, 422, "used up");
    let token = house.app.sign_in("sokha", "a lotus on seven ponds").await.unwrap().session().unwrap();
    assert!(house.read("/scorecard", Some(token.as_str())).await.contains("/scorecard"));
    for (guest, sentence) in [
        ("login=a+b&name=x&role=reporter&institution=MOI", "cannot be a login"),
        ("login=vuthy&name=x&role=king&institution=MOI", "is not a role"),
        ("login=vuthy&name=x&role=reporter&institution=NIL", "no institution"),
        ("login=vuthy&name=x&role=reporter", "needs an institution or a place"),
        ("login=sokha&name=x&role=reporter&institution=MOI", "taken"),
        ("login=vuthy&name=x&role=reporter&institution=MOI&email=x", "not a mail address"),
    ] {
        let (status, page) = house.send("/accounts", Some(&admin), guest).await;
        assert_eq!(status, 422, "{guest}");
        assert!(page.contains(sentence), "{guest}: {page}");
        assert!(page.contains("value=\"x\""), "what was typed is still there");
    }
}

#[tokio::test]
async fn a_post_is_handed_over_and_a_person_erased_but_what_they_did_stays() {
    let house = house().await;
    let admin = house.session(Role::Administrator).await;
    let (status, _) = house.send("/accounts/demo-reporter", Some(&admin), "act=hand-over&login=next&name=Next").await;
    assert_eq!(status, 200);
    assert!(house.app.sign_in("reporter", demo::PASSWORD).await.unwrap().session().is_none(), "closed");
    let accounts = house.app.ledger.accounts().await.unwrap();
    let next = accounts.iter().find(|a| a.login == "next").unwrap();
    assert_eq!((next.role.as_str(), next.institution.as_deref()), ("reporter", Some("MOI")));
    let head = house.app.snapshot().head.clone();
    let (status, page) = house.send("/accounts/demo-reporter", Some(&admin), "act=erase").await;
    assert_eq!(status, 200);
    // The word for the role is the login, too.
    assert!(page.contains("another row holds the same word"), "{page}");
    assert!(house.app.ledger.account("demo-reporter").await.unwrap().is_none());
    assert_eq!(house.app.ledger.verify().await.unwrap().into_result().unwrap(), head, "the chain is untouched");
    // Nobody does any of it to themselves.
    for act in ["close", "erase", "link", "change&role=secretariat&login=admin&institution=MOWA"] {
        assert_eq!(house.send("/accounts/demo-admin", Some(&admin), &format!("act={act}")).await.0, 422, "{act}");
    }
    // A new post ends what was begun with the old one.
    let civil = house.session(Role::CivilSociety).await;
    let changed = "act=change&login=civil&name=Civil&role=partner&institution=UNWOMEN&language=en";
    assert_eq!(house.send("/accounts/demo-civil", Some(&admin), changed).await.0, 303);
    assert!(house.read("/scorecard", Some(&civil)).await.is_empty());
}

async fn with_token(house: &House, method: Method, path: &str, token: &str) -> Response {
    let request = Request::builder().method(method).uri(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.header(header::CONTENT_TYPE, "text/csv");
    house.request(request.body(Body::from("form,area,period,indicator,value\n")).unwrap()).await
}

#[tokio::test]
async fn a_token_does_what_its_scope_says_and_no_more_than_its_owner() {
    let house = house().await;
    let secretariat = house.session(Role::Secretariat).await;
    let make = async |cookie: &str, scope: &str| {
        let (_, page) = house.send("/account/tokens", Some(cookie), &format!("name=n&scope={scope}&days=30")).await;
        between(&page, "<li class=\"secret\">", "<").to_string()
    };
    let (read, send) = (make(&secretariat, "read").await, make(&secretariat, "send").await);
    let status =
        async |method: Method, path: &str, token: &str| with_token(&house, method, path, token).await.status().as_u16();
    assert_eq!(status(Method::GET, "/findings.csv", &read).await, 200);
    assert_eq!(status(Method::POST, "/api/v1/returns", &read).await, 401);
    assert_eq!(status(Method::POST, "/api/v1/returns", &send).await, 200);
    for (method, path) in [(Method::POST, "/periods"), (Method::POST, "/editions"), (Method::POST, "/account/tokens")] {
        let refused = with_token(&house, method, path, &send).await;
        assert!(refused.status() == 401 || goes_to(&refused) == "/sign-in", "{path}");
    }
    assert_eq!(status(Method::GET, "/findings.csv", "romduol_00").await, 401);
    assert_eq!(goes_to(&with_token(&house, Method::GET, "/account", &read).await), "/sign-in?back=%2Faccount");
    // What is dangerous is for people; what its owner may not do a token may not either.
    let admin = house.session(Role::Administrator).await;
    let token = make(&admin, "send").await;
    assert_eq!(status(Method::GET, "/accounts", &token).await, 403);
    assert_eq!(status(Method::GET, "/findings.csv", &token).await, 403);
    let account = house.read("/account", Some(&secretariat)).await;
    let key = between(&account, "action=\"/account/tokens/", "?");
    assert!(!account.contains(&read) && !account.contains(&send), "shown once");
    assert_eq!(house.send(&format!("/account/tokens/{key}"), Some(&admin), "").await.0, 303);
    assert!(house.read("/account", Some(&secretariat)).await.contains(key), "another's token is not ended");
    assert_eq!(house.send("/account/tokens", Some(&secretariat), "name=n&scope=all&days=30").await.0, 422);
    assert_eq!(house.send("/account/tokens", Some(&secretariat), "name=n&scope=read&days=9999").await.0, 422);
}

#[tokio::test]
async fn what_is_dangerous_asks_for_a_fresh_proof() {
    let house = house().await;
    let ledger = &house.app.ledger;
    // A session that began this morning.
    let old = ledger.add_session("demo-admin", TODAY - 7_200, TODAY + 3_600, false).await.unwrap();
    let old = Some(old.as_str());
    let response = house.ask(&Method::GET, "/accounts", old, (FORM, "")).await;
    assert_eq!(goes_to(&response), "/prove?back=%2Faccounts");
    assert!(house.read("/scorecard", old).await.contains("/scorecard"), "what is not dangerous goes on");
    let (status, page) = house.send("/prove", old, "back=/accounts&given=wrong").await;
    assert_eq!(status, 422);
    assert!(page.contains("role=\"alert\""));
    let form = format!("back=/accounts&given={}", demo::PASSWORD);
    let proved = house.ask(&Method::POST, "/prove", old, (FORM, &form)).await;
    assert_eq!(goes_to(&proved), "/accounts");
    assert!(house.read("/accounts", old).await.contains("demo") || !house.read("/accounts", old).await.is_empty());
    for elsewhere in ["https://evil.example", "//evil.example", "/\\evil.example", ""] {
        let form = format!("back={elsewhere}&given={}", demo::PASSWORD);
        assert_eq!(goes_to(&house.ask(&Method::POST, "/prove", old, (FORM, &form)).await), "/", "{elsewhere}");
    }
}

#[tokio::test]
async fn the_trail_tells_who_read_and_changed_what() {
    let house = house().await;
    let secretariat = house.session(Role::Secretariat).await;
    let cookie = Some(secretariat.as_str());
    let record = house.app.snapshot().state.all::<romduol_plan::kinds::Return>().next().unwrap().id.clone();
    house.read(&format!("/review/{record}"), cookie).await;
    house.read("/records/nodes/A1.01", cookie).await;
    let days = "from=2026-11-01&until=2026-12-31";
    let page = house.read(&format!("/trail?{days}&act=read"), cookie).await;
    assert!(page.contains(&record) && page.contains("Demo secretariat"));
    assert!(!page.contains("nodes/A1.01"), "what everybody may read is not noted");
    let written = house.read(&format!("/trail?{days}&act=write&object=PAR-07"), cookie).await;
    assert!(written.contains("plan package loaded"));
    let nobody = house.read(&format!("/trail?{days}&who=nobody-of-that-name"), cookie).await;
    assert!(!nobody.contains("<tbody>"));
    let csv = house.read(&format!("/trail.csv?{days}&act=read"), cookie).await;
    assert!(csv.lines().count() >= 2 && csv.contains(&record));
    let empty = house.read("/trail?from=2020-01-01&until=2020-01-02", cookie).await;
    assert!(!empty.contains("<tbody>"));
    assert!(house.read("/trail?from=0001-01-01&until=9999-12-31", cookie).await.contains("plan package loaded"));

    for number in 0..205 {
        house.app.trace("robot", Deed::AddToken, &format!("token-{number}")).await;
    }
    let page = async |page: usize| house.read(&format!("/trail?{days}&who=robot&page={page}"), cookie).await;
    let (first, second) = (page(0).await, page(1).await);
    assert!(first.contains("1–200") && first.contains("page=1") && second.contains("201–205"));
    let told = |page: &str| (0..205).filter(|n| page.contains(&format!("/token-{n}<"))).count();
    assert_eq!((told(&first), told(&second), second.contains("page=0")), (200, 5, true));
    let home = house.read(&format!("/trail.csv?{days}&who=robot"), cookie).await;
    assert_eq!(home.lines().count(), 206);
}
