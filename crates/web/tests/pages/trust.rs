//! What ends an account's sessions and tokens, and what answers leave behind: on a shared computer, in an address, in a
//! history.

use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, StatusCode, header};
use axum::response::Response;
use romduol_app::accounts::{Doors, Guest, Person, Proof};
use romduol_app::edition::Choice;
use romduol_plan::Lang;
use romduol_plan::permission::{Post, Role};

use crate::house::{House, TODAY, cookie_of, house, house_with};
use crate::permissions::Walk;
use crate::withdrawn::join_all;

fn administrator() -> Person {
    let post = Post { role: Role::Administrator, institution: None, area: None };
    Person {
        account: "root".into(),
        name: "root".into(),
        post,
        lang: Lang::En,
        proof: Proof { strong: true, at: TODAY, ..Proof::default() },
    }
}

async fn program(house: &House, path: &str, token: &str) -> Response {
    house.request(Request::get(path).header(header::AUTHORIZATION, token).body(Body::empty()).unwrap()).await
}

/// A session and a token of the demo's reporter, and its account.
async fn inside(house: &House) -> (String, String, String) {
    let session = house.login("reporter").await;
    let person = house.app.person(&session).await.unwrap().unwrap();
    let token = house.app.add_token(&person, "a script", "read", 30).await.unwrap();
    (session, format!("Bearer {token}"), person.account)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_should_end_sessions_and_tokens_ends_them_at_once() {
    let house = house().await;
    let admin = administrator();
    for end in ["post", "address", "closed", "phone"] {
        let (session, token, account) = inside(&house).await;
        assert!(house.app.ledger.add_identity("provider", end, &account).await.unwrap());
        assert_eq!(program(&house, "/scorecard", &token).await.status(), StatusCode::OK);
        match end {
            "post" | "address" => {
                let old = house.app.ledger.account(&account).await.unwrap().unwrap();
                let guest = Guest {
                    login: old.login,
                    name: format!("{} {end}", old.name),
                    role: old.role,
                    language: "en".into(),
                    institution: old.institution.unwrap_or_default(),
                    area: old.area.unwrap_or_default(),
                    email: if end == "address" { "new@example.org".into() } else { String::new() },
                };
                house.app.change_account(&admin, &account, &guest).await.unwrap();
            }
            "closed" => {
                house.app.set_active(&admin, &account, false).await.unwrap();
                house.app.set_active(&admin, &account, true).await.unwrap();
            }
            _ => drop(house.app.new_link(&admin, &account, true).await.unwrap()),
        }
        let (path, cookie) = ("/scorecard", Some(session.as_str()));
        assert_eq!(program(&house, path, &token).await.status(), StatusCode::UNAUTHORIZED, "{end}");
        assert_eq!(house.visit(&Method::GET, path, cookie).await.status(), StatusCode::SEE_OTHER, "{end}");
        let tied = house.app.ledger.account_of_identity("provider", end).await.unwrap();
        assert_eq!(tied.is_some(), end == "post", "{end}: whoever is known to the provider");
        house.app.ledger.erase_identities(&account).await.unwrap();
    }
}

fn from(mut request: Request<Body>, n: u16) -> Request<Body> {
    let [a, b] = n.to_be_bytes();
    request.extensions_mut().insert(ConnectInfo(SocketAddr::from(([10, 0, a, b], 4_000))));
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_one_asker_from_wherever_it_comes() {
    let house = house().await;
    let (_, token, _) = inside(&house).await;
    let asked = async |n: u16| {
        let request = Request::get("/search?q=women").header(header::AUTHORIZATION, &token).body(Body::empty());
        house.request(from(request.unwrap(), n)).await
    };
    let answers = join_all((0..40).map(asked).collect()).await;
    let crowded = answers.iter().filter(|response| response.status() == StatusCode::SERVICE_UNAVAILABLE).count();
    assert!((20..40).contains(&crowded), "{crowded} of 40 addresses were refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_lock_no_owner_out_also_after_a_restart() {
    let mut house = house().await;
    let right = format!("login=reporter&password={}", romduol_app::demo::PASSWORD);
    let attempt = async |house: &House, n: u16, form: &str, device: &str| {
        let request = Request::post("/sign-in")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(header::COOKIE, format!("device={device}"));
        house.request(from(request.body(Body::from(form.to_string())).unwrap(), n)).await
    };
    let device = cookie_of(&attempt(&house, 1, &right, "").await, "device");
    for _ in 0..2 {
        for n in 100..162 {
            attempt(&house, n, "login=reporter&password=wrong-wrong", "made.up").await;
        }
        let stranger = attempt(&house, 200, &right, "").await;
        assert_eq!(stranger.status(), StatusCode::TOO_MANY_REQUESTS, "from a place where nobody was before");
        let owner = attempt(&house, 201, &right, &format!("other.{device}")).await;
        assert_eq!(owner.status(), StatusCode::SEE_OTHER, "the owner's own browser, from elsewhere");
        let again =
            owner.headers().get_all(header::SET_COOKIE).iter().any(|cookie| cookie.as_bytes().starts_with(b"device"));
        assert!(!again, "it is known already");
        let theirs = attempt(&house, 202, &right.replace("reporter", "verifier"), &device).await;
        assert_eq!(theirs.status(), StatusCode::SEE_OTHER);
        assert_eq!(cookie_of(&theirs, "device").split('.').count(), 2, "a shared computer is known for both");
        house = house.again().await;
    }
    let held = async |n: u16| attempt(&house, 300 + n, "login=reporter&password=wrong-wrong", &device).await.status();
    let mut answers = Vec::new();
    for n in 0..20 {
        answers.push(held(n).await);
    }
    assert!(answers.contains(&StatusCode::TOO_MANY_REQUESTS), "a browser that was stolen is held as well");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_erases_somebody_is_shown_that_nothing_is_left() {
    let house = house().await;
    let guest =
        "login=quokka-login&name=Quokka+Erased&role=reporter&institution=MOI&language=en&email=quokka@example.org";
    let admin = house.session(Role::Administrator).await;
    assert_eq!(house.send("/accounts", Some(&admin), guest).await.0, 200);
    let accounts = house.app.ledger.accounts().await.unwrap();
    let id = &accounts.iter().find(|account| account.login == "quokka-login").unwrap().id;
    let (status, page) = house.send(&format!("/accounts/{id}"), Some(&admin), "act=erase").await;
    assert_eq!(status, 200, "{page}");
    assert!(page.contains("romduol.sqlite, romduol.sqlite-wal") && page.contains("not found there any more"), "{page}");
    assert!(!page.contains("role=\"alert\"") && !page.contains("Quokka"), "{page}");
}

/// What is made anew for each who asks is not made without end for one address.
#[tokio::test(flavor = "multi_thread")]
async fn questions_to_the_statistics_are_counted() {
    let house = house().await;
    let mut answers = Vec::new();
    for _ in 0..140 {
        answers.push(house.visit(&Method::GET, "/sdmx/v2/structure/dataflow", None).await.status());
    }
    assert_eq!(answers[100], StatusCode::NOT_FOUND, "there is no edition yet");
    assert_eq!(answers.last(), Some(&StatusCode::TOO_MANY_REQUESTS));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_worth_no_more_than_the_second_proof_of_its_account() {
    let house = house_with(Doors::new(Some("https://wps.example.org"), true, None).unwrap()).await;
    let session = house.session(Role::Secretariat).await;
    let person = house.app.person(&session).await.unwrap().unwrap();
    // As one that an older program gave out before a second proof was asked for.
    let token = house.app.add_token(&person, "a script", "read", 30).await.unwrap();
    let refused = program(&house, "/trail", &format!("Bearer {token}")).await;
    assert_eq!(refused.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(refused.headers()[header::WWW_AUTHENTICATE], "Bearer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_has_a_latest_end() {
    let house = house().await;
    let account = house.app.person(&house.login("reporter").await).await.unwrap().unwrap().account;
    let begun = async |days: i64| {
        let (begin, end) = (TODAY - days * 86_400, TODAY + 3_600);
        house.app.ledger.add_session(&account, begin, end, false).await.unwrap().as_str().to_string()
    };
    let (young, old) = (begun(6).await, begun(8).await);
    assert!(house.app.person(&young).await.unwrap().is_some());
    assert!(house.app.person(&old).await.unwrap().is_none(), "however much it is used");
    let end = house.app.ledger.session(&young, TODAY).await.unwrap().unwrap().expires;
    assert_eq!(end, TODAY + 12 * 3_600);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_private_stays_in_the_browser() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let kept = async |path: &str| {
        let response = house.visit(&Method::GET, path, Some(&cookie)).await;
        response.headers().get(header::CACHE_CONTROL).map(|value| value.to_str().unwrap().to_string())
    };
    for path in
        ["/", "/returns", "/scorecard", "/records/contributions", "/csv/nodes", "/trail", "/account", "/nowhere"]
    {
        assert_eq!(kept(path).await.as_deref(), Some("no-store"), "{path}");
    }
    assert!(kept("/assets/style.css").await.unwrap().starts_with("public"));
    let left = house.visit(&Method::POST, "/sign-out", Some(&cookie)).await;
    assert_eq!(left.headers()["clear-site-data"], "\"cache\"");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_elsewhere_is_not_gone_on_to() {
    let house = house().await;
    let cookie = house.session(Role::Partner).await;
    for back in ["/%09/evil.example", "/%0A/evil.example", "//evil.example", "/%5Cevil.example", "https://evil.example"]
    {
        let response = house.visit(&Method::GET, &format!("/lang/en?back={back}"), Some(&cookie)).await;
        assert_eq!(response.headers()[header::LOCATION], "/", "{back}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_prepared_edition_is_for_those_who_approve_it() {
    let house = house().await;
    let session = house.session(Role::Secretariat).await;
    let person = house.app.person(&session).await.unwrap().unwrap();
    let usual = Choice::usual(&house.app.snapshot().state, house.app.now().date);
    let id = house.app.prepare_edition(&person, Choice { without_waiting: true, ..usual }).await.unwrap();
    for (role, reads) in [
        (Role::Reporter, false),
        (Role::Verifier, false),
        (Role::Administrator, false),
        (Role::Committee, true),
        (Role::Secretariat, true),
    ] {
        let cookie = house.session(role).await;
        for path in [format!("/history/editions/{id}"), format!("/history/editions/{id}/csv")] {
            let status = house.visit(&Method::GET, &path, Some(&cookie)).await.status();
            assert_eq!(status == StatusCode::OK, reads, "{} {path}: {status}", role.code());
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_zero_byte_is_refused_and_the_word_bearer_is_read_in_any_case() {
    let house = house().await;
    let (session, token, _) = inside(&house).await;
    let cookie = Some(session.as_str());
    for (path, form) in [("/account/tokens", "name=a%00b&scope=read&days=1"), ("/account/sessions", "key=%00")] {
        assert_eq!(house.send(path, cookie, form).await.0, 422, "{path}");
    }
    for path in ["/records/gaps/%00", "/join/%00"] {
        assert_eq!(house.visit(&Method::GET, path, cookie).await.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
    }
    for word in ["bearer", "BEARER"] {
        let spoken = token.replace("Bearer", word);
        assert_eq!(program(&house, "/scorecard", &spoken).await.status(), StatusCode::OK, "{word}");
        assert_eq!(
            program(&house, "/scorecard", &format!("{word} romduol_0")).await.status(),
            StatusCode::UNAUTHORIZED
        );
    }
}
