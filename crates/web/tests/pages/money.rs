//! The pages of money: what is made up can be switched off everywhere, and a partner can find and pledge.

use axum::http::Method;
use romduol_plan::kinds::{Funding, Ladder};
use romduol_plan::permission::Role;

use crate::house::{house, text};

#[tokio::test]
async fn made_up_money_is_marked_and_can_be_switched_off() {
    let house = house().await;
    let on = house.session(Role::Secretariat).await;
    let off = format!("{on}; illustrative=off");
    let pages = [
        "/money",
        "/money/unfunded",
        "/money/tags",
        "/money/note",
        "/records/cost_lines",
        "/csv/fundings",
        "/nodes/A1.01",
    ];
    for path in pages {
        let (on, off) = (house.read(path, Some(&on)).await, house.read(path, Some(&off)).await);
        assert!(on.contains("data-illustrative") || on.contains(">illustrative<") || on.contains("DEMO-"), "{path}");
        assert!(!off.contains("data-illustrative") && !off.contains("DEMO-"), "{path}");
    }
    let bare = house.read("/money", Some(&off)).await;
    assert!(bare.contains("not costed") && bare.contains("<b>33</b> Actions not costed"));
    let one = house.read("/records/cost_lines/DEMO-A1.01-2027-1", Some(&off)).await;
    assert!(!one.contains("DEMO-11"));
}

#[tokio::test]
async fn a_partner_finds_what_lacks_money_and_pledges() {
    let house = house().await;
    let partner = house.session(Role::Partner).await;
    let pledge = async |form: &str| house.send("/money/pledges", Some(&partner), form).await.0;
    let page = house.read("/money/unfunded?area=KH-11", Some(&partner)).await;
    assert!(page.contains("action=\"/money/pledges?once=") && page.contains("name=\"area\" value=\"KH-11\""));
    assert_eq!(pledge("node=A1.01&fund=&area=KH-11&year=2027&amount=12%2C500.50&currency=USD").await, 303);
    let state = &house.app.snapshot().state;
    let kept = state.all::<Funding>().find(|one| one.fund == "FUND-UNWOMEN").unwrap();
    assert_eq!((kept.state, kept.amount.to_string().as_str()), (Ladder::Pledged, "12500.5"));
    // One clear sentence, and nothing kept.
    assert_eq!(pledge("node=A1.01&fund=&area=&year=2027&amount=-5&currency=USD").await, 422);
    assert_eq!(pledge("node=A1.01&fund=DEMO-STATE&area=&year=2027&amount=5&currency=USD").await, 404);
    // Whoever may not pledge sees no form.
    let committee = house.session(Role::Committee).await;
    assert!(!house.read("/money/unfunded", Some(&committee)).await.contains("/money/pledges"));
}

/// Whoever takes a table in is told before anything is kept that two of its amounts are probably the same money.
#[tokio::test]
async fn a_payment_beside_its_commitment_is_told_before_it_is_kept() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let head = "id,fund,node,year,state,amount,currency,date,from";
    let row =
        |id: &str, state: &str, from: &str| format!("{id},DEMO-STATE,A1.01,2035,{state},500,KHR,2026-11-01,{from}\n");
    let look = async |rows: String| {
        let part = "--x\r\nContent-Disposition: form-data; name=\"table\"; filename=\"t.csv\"\r\n\r\n";
        let body = format!("{part}{head}\n{rows}\r\n--x--\r\n");
        let kind = ("multipart/form-data; boundary=x", body.as_str());
        text(house.ask(&Method::POST, "/import/fundings", Some(&cookie), kind).await).await
    };
    let page = look(row("X1", "committed", "") + &row("X2", "spent", "")).await;
    assert!(page.contains("500 riel spent (X2) and 500 riel committed (X1)"), "{page}");
    assert!(page.contains("<b>2</b>") && page.contains("name=\"why\""), "it may be kept: {page}");
    let page = look(row("X1", "committed", "") + &row("X2", "spent", "X1")).await;
    assert!(!page.contains("both count"), "{page}");
}
