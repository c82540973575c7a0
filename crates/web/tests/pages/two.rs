//! Two people in one form: the second one sees both versions, and nothing is written over unseen.

use romduol_plan::kinds::{Meeting, Policy, Presence, Rating};
use romduol_plan::permission::Role;

use crate::house::{House, house};

/// The address that a form of a page goes to, as it stands there now.
async fn action(house: &House, cookie: &str, page: &str, path: &str) -> String {
    let html = house.read(page, Some(cookie)).await;
    let action = html.split("action=\"").find(|action| action.starts_with(&format!("{path}?"))).unwrap_or_else(|| {
        panic!("{page} has no form that goes to {path}: {html}");
    });
    action.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")
}

/// Opens the form twice, sends both; gives the page that the second one gets.
async fn both(house: &House, cookies: (&str, &str), page: &str, path: &str, forms: (&str, &str)) -> String {
    let first = action(house, cookies.0, page, path).await;
    let second = action(house, cookies.1, page, path).await;
    let (status, answer) = house.send(&first, Some(cookies.0), forms.0).await;
    assert_eq!(status, 303, "{answer}");
    let before = house.app.snapshot().head.seq;
    let (status, answer) = house.send(&second, Some(cookies.1), forms.1).await;
    assert_eq!((status, house.app.snapshot().head.seq), (409, before), "{answer}");
    // What comes back is about the newer version: sent once more, it is taken.
    let again = answer.split("action=\"").find(|action| action.starts_with(&format!("{path}?"))).unwrap();
    let again = again.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let seen = |action: &str| action.split("seen=").nth(1).unwrap().to_string();
    assert_eq!(seen(&again), before.to_string());
    answer
}

#[tokio::test]
async fn two_in_a_meeting() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let state = &house.app.snapshot().state;
    let body = state.find::<Meeting>("DEMO-M1").unwrap().body.clone();
    let seat = romduol_plan::coordination::seats(state, &body, romduol_plan::Date::parse("2026-11-23").unwrap());
    let id = seat.iter().find_map(|seat| seat.institution.clone()).unwrap();
    let form = |women: u32, minutes: &str| format!("women.{id}={women}&men.{id}=2&minutes={minutes}");
    let page = both(
        &house,
        (&cookie, &cookie),
        "/meetings/DEMO-M1",
        "/meetings/DEMO-M1",
        (&form(3, "First+words"), &form(5, "Other+words")),
    )
    .await;
    for words in ["value=\"5\"", "Other words</textarea>", "First words</span>"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    let kept = house.app.snapshot().state.find::<Presence>(&format!("DEMO-M1.{id}")).unwrap().clone();
    assert_eq!(kept.women, 3);
}

#[tokio::test]
async fn two_in_a_record() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let id = house.app.snapshot().state.all::<Policy>().next().unwrap().id.clone();
    let page = house.read(&format!("/edit/policies/{id}"), Some(&cookie)).await;
    let form = crate::house::fields(&page, "/records/policies");
    let with = |title: &str| crate::house::form(&form, &[("name", title), ("_why", "test")]);
    let path = format!("/edit/policies/{id}");
    let page =
        both(&house, (&cookie, &cookie), &path, "/records/policies", (&with("First title"), &with("Other title")))
            .await;
    assert!(page.contains("Other title</textarea>") && page.contains("First title</span>"), "{page}");
    assert_eq!(page.matches("hint other").count(), 1, "what is the same is not told: {page}");
}

#[tokio::test]
async fn two_in_the_answer_to_a_rating() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let id = house.app.snapshot().state.all::<Rating>().next().unwrap().id.clone();
    let path = format!("/ratings/{id}/answer");
    let page =
        both(&house, (&cookie, &cookie), "/ratings", &path, ("answer=First+answer", "answer=Other+answer")).await;
    assert!(page.contains("Other answer</textarea>") && page.contains("First answer"), "{page}");
}

#[tokio::test]
async fn two_in_a_local_record() {
    let house = house().await;
    let cookie = house.login("province").await;
    let new = "_id=&node=A1.01&input=services&year=2027&quantity=2&likely=900000&currency=KHR";
    assert_eq!(house.send("/local/costs", Some(&cookie), new).await.0, 303);
    let at = "/local?costs=KH-12.A1.01.2027.1";
    let page = house.read(at, Some(&cookie)).await;
    let form = crate::house::fields(&page, "/local/costs");
    let with = |likely: &str| {
        crate::house::form(
            &form,
            &[("likely", likely), ("low", ""), ("high", ""), ("currency", "KHR"), ("unit_cost", "")],
        )
    };
    let page = both(&house, (&cookie, &cookie), at, "/local/costs", (&with("1000000"), &with("2000000"))).await;
    assert!(page.contains("value=\"2000000\"") && page.contains("1000000</span>"), "{page}");
}

#[tokio::test]
async fn two_in_an_account() {
    let house = house().await;
    let cookie = house.session(Role::Administrator).await;
    let path = "/accounts/demo-committee";
    let page = house.read(path, Some(&cookie)).await;
    let form = crate::house::fields(&page, path);
    let with = |name: &str| crate::house::form(&form, &[("name", name)]);
    let first = action(&house, &cookie, path, path).await;
    let second = action(&house, &cookie, path, path).await;
    assert_eq!(house.send(&first, Some(&cookie), &with("First name")).await.0, 303);
    let (status, page) = house.send(&second, Some(&cookie), &with("Other name")).await;
    assert_eq!(status, 409, "{page}");
    assert!(page.contains("value=\"Other name\"") && page.contains("First name</span>"), "{page}");
}
