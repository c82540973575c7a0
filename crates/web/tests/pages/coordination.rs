//! Coordination through its pages: local plans and their costs, models, proposals, the handover, tasks.

use crate::house::house;
use romduol_plan::kinds::*;
use romduol_plan::permission::Role;
use romduol_plan::{Date, Kind};

const TODAY: Date = Date { year: 2026, month: 11, day: 23 };

/// Who is late is told once, with every form and how often, and leads on.
#[tokio::test]
async fn who_is_late_stands_once_with_its_forms() {
    let house = house().await;
    let (snapshot, today) = (house.app.snapshot(), house.app.now().date);
    let owed = romduol_plan::coordination::owed(&snapshot.state, today, true);
    let (id, several) = owed.iter().find(|(_, owed)| owed.returns.len() > 1).expect("somebody is late with two forms");
    let cookie = house.session(Role::Secretariat).await;
    let home = house.read("/", Some(&cookie)).await;
    let late = home.split("<h2>Who is late</h2>").nth(1).unwrap().split("</section>").next().unwrap();
    assert_eq!(late.matches(&format!("href=\"/handover/{id}\"")).count(), 1, "{late}");
    for (assignment, count) in &several.returns {
        let form = &snapshot.state.find::<Assignment>(assignment).unwrap().form;
        let told = format!("{}: {count}", snapshot.state.find::<Form>(form).unwrap().name.en);
        for (page, text) in [("home", late), ("owed", &house.read("/owed", Some(&cookie)).await)] {
            assert!(text.contains(&told), "{told} on {page}");
        }
    }
    let rows = late.matches("<tr>").count() - 1;
    assert_eq!(rows, owed.iter().filter(|(_, owed)| owed.returns() > 0).count());
}

#[tokio::test]
async fn a_province_chooses_and_adapts_for_itself_only() {
    let house = house().await;
    let (login, ..) = romduol_app::demo::ACCOUNTS[1];
    let token = house.app.sign_in(login, romduol_app::demo::PASSWORD).await.unwrap().session().unwrap();
    let cookie = Some(token.as_str());
    assert_eq!(house.send("/local", cookie, "node=A1.05&adaptation=Floods&target=200+women").await.0, 303);
    assert_eq!(house.send("/local", cookie, "node=PROT&adaptation=All").await.0, 404);
    let snapshot = house.app.snapshot();
    let choice = snapshot.state.all::<Choice>().find(|choice| !choice.illustrative).unwrap();
    assert_eq!((choice.area.as_str(), choice.adaptation.en.as_str()), ("KH-12", "Floods"));
    // A ministry has no place of its own.
    let ministry = house.session(Role::Reporter).await;
    assert_eq!(house.send("/local", Some(&ministry), "node=A1.05&adaptation=All").await.0, 403);
}

/// A province costs an action that it has chosen: as a part of a national line, so that the need counts once. Another
/// province's line, and an action that it has not chosen, are not its to cost.
#[tokio::test]
async fn a_province_costs_its_own_actions_only() {
    let house = house().await;
    let province = |login: &'static str, area: &'static str| romduol_ledger::NewAccount {
        id: None,
        login: login.into(),
        name: login.into(),
        role: "reporter".into(),
        institution: None,
        area: Some(area.into()),
        language: "en".into(),
    };
    house.app.add_account(province("here", "KH-12"), "a long password").await.unwrap();
    house.app.add_account(province("there", "KH-01"), "a long password").await.unwrap();
    let here = house.app.sign_in("here", "a long password").await.unwrap().session().unwrap();
    let there = house.app.sign_in("there", "a long password").await.unwrap().session().unwrap();
    let (here, there) = (Some(here.as_str()), Some(there.as_str()));
    let chosen = |area: &str, state: &romduol_plan::State| {
        state.all::<Choice>().filter(|choice| choice.area == area).map(|choice| choice.node.clone()).collect::<Vec<_>>()
    };
    let form = |node: &str, more: &str| {
        format!("_id=&node={node}&input=services&year=2027&quantity=2&likely=1,000,000&currency=KHR{more}")
    };
    for (cookie, node) in [(here, "A1.01"), (there, "A1.01")] {
        assert_eq!(house.send("/local", cookie, &format!("node={node}&adaptation=Boats")).await.0, 303);
    }
    let other = house.app.snapshot();
    let other = other.state.all::<Node>().find(|node| {
        node.level == NodeLevel::Action && !chosen("KH-12", &house.app.snapshot().state).contains(&node.id)
    });
    assert_eq!(house.send("/local/costs", here, &form(&other.unwrap().id, "")).await.0, 403);
    let need = || {
        let snapshot = house.app.snapshot();
        let books = romduol_plan::money::Books::of(&snapshot.state, Currency::Khr, true);
        let all = books.costs.iter().filter(|cost| cost.line.node.as_deref() == Some("A1.01"));
        all.filter_map(|cost| cost.range).map(|range| range.likely).sum::<romduol_plan::Amount>()
    };
    let before = need();
    // Without a place, this line of the demonstration may hold the province's part.
    assert_eq!(house.send("/local/costs", here, &form("A1.01", "&part_of=DEMO-A1.01-2027-2")).await.0, 303);
    assert_eq!(need(), before);
    assert_eq!(house.send("/local/costs", here, &form("A1.01", "&title=Boats")).await.0, 303);
    assert_eq!(need(), before + romduol_plan::Amount::whole(2_000_000));
    let snapshot = house.app.snapshot();
    let own = snapshot.state.find::<CostLine>("KH-12.A1.01.2027.2").unwrap();
    assert_eq!((own.area.as_deref(), own.illustrative, own.date.is_some()), (Some("KH-12"), false, true));
    let page = house.read("/local", here).await;
    assert!(page.contains("Boats") && page.contains("A need counts once"), "{page}");
    // What is wrong is said on the page, and what was typed is still there.
    let (status, page) = house.send("/local/costs", here, &form("A1.01", "&shared_share=120&title=Boats")).await;
    assert_eq!(status, 200);
    for words in ["Percent borne here: “120” is not a share", "1,000,000"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    // What points to a person gets no further than the page.
    let path = "/local/costs?from=/local";
    let (status, page) = house.send(path, here, &form("A1.01", "&shared_share=120&title=Mr.+Sok")).await;
    assert_eq!(status, 422);
    for words in ["what looks like a person", "value=\"Mr. Sok\"", "1,000,000"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    // Nobody else's: neither by naming the line, nor by naming the place.
    let foreign = form("A1.01", "&area=KH-12").replace("_id=", "_id=KH-12.A1.01.2027.2");
    assert_eq!(house.send("/local/costs", there, &foreign).await.0, 403);
    assert_eq!(house.send("/local/costs", there, &form("A1.01", "&area=KH-12")).await.0, 303);
    assert!(house.app.snapshot().state.find::<CostLine>("KH-01.A1.01.2027.1").is_some());
    let changed = form("A1.01", "&title=Boats").replace("_id=", "_id=KH-12.A1.01.2027.2").replace("=2&", "=3&");
    assert_eq!(house.send("/local/costs", here, &changed).await.0, 303);
    let snapshot = house.app.snapshot();
    assert_eq!(snapshot.state.find::<CostLine>("KH-12.A1.01.2027.2").unwrap().quantity, romduol_plan::Amount::whole(3));

    // Money of its own is new; money that is passed on to it counts once, here.
    let firm = || {
        let snapshot = house.app.snapshot();
        let books = romduol_plan::money::Books::of(&snapshot.state, Currency::Khr, true);
        let all = books.money.iter().filter(|held| held.node() == Some("A1.01"));
        all.map(|held| held.left).sum::<romduol_plan::Amount>()
    };
    let before = firm();
    let money = |more: &str| format!("_id=&node=A1.01&year=2027&state=committed&currency=KHR{more}");
    assert_eq!(house.send("/local/money", here, &money("&fund=&amount=700,000")).await.0, 303);
    assert_eq!(firm(), before + romduol_plan::Amount::whole(700_000));
    let fund = house.app.snapshot().state.find::<Fund>("FUND-KH-12").unwrap().clone();
    assert_eq!((fund.kind, fund.illustrative), (FundKind::SubNational, false));
    let snapshot = house.app.snapshot();
    let books = romduol_plan::money::Books::of(&snapshot.state, Currency::Khr, true);
    let national = books
        .money
        .iter()
        .find(|held| held.node() == Some("A1.01") && held.area().is_none() && held.funding.state <= Ladder::Committed);
    let national = national.unwrap().funding;
    let passed = format!("&fund={}&amount=1&from={}", national.fund, national.id);
    let passed = money(&passed).replace("KHR", national.currency.code()).replace("2027", &national.year.to_string());
    let before = firm();
    assert_eq!(house.send("/local/money", here, &passed).await.0, 303);
    assert_eq!(firm(), before, "what is passed on is not counted twice");
    let (status, page) = house.send("/local/money", here, &money("&fund=&amount=-5")).await;
    assert!(status == 200 && page.contains("Amount:") && page.contains("value=\"-5\""), "{page}");
    assert_eq!(
        house.send("/local/money", there, &money("&fund=&amount=5").replace("_id=", "_id=KH-12.A1.01.2027.1")).await.0,
        403
    );

    // A target of its own stands beside the national one.
    let target = "_id=&indicator=PAR-09&period=2027&value=35";
    assert_eq!(house.send("/local/targets", here, target).await.0, 303);
    let snapshot = house.app.snapshot();
    let own = snapshot.state.all::<Target>().find(|target| target.area == "KH-12").unwrap();
    assert_eq!((own.id.as_str(), own.value, own.kind), ("KH-12.PAR-09.2027.1", 35.0, TargetKind::Target));
    let page = house.read("/local", here).await;
    assert!(page.contains("35 (2027)") && page.contains("own budget of the place"), "{page}");
    assert_eq!(house.send("/local/nothing", here, target).await.0, 422);
}

#[tokio::test]
async fn a_coordination_model_becomes_a_draft() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let before = house.app.snapshot().state.ids(Kind::Committee).len();
    assert_eq!(house.send("/bodies", Some(&cookie), "model=M08").await.0, 303);
    let snapshot = house.app.snapshot();
    assert_eq!(snapshot.state.ids(Kind::Committee).len(), before + 2);
    let draft = snapshot.state.find::<Committee>("T08-DRAFT").unwrap();
    assert_eq!((draft.parent.as_deref(), draft.state), (Some("C14-DRAFT"), BodyState::Draft));
    assert_eq!(house.send("/bodies", Some(&cookie), "model=M01").await.0, 404);
    // What was written into a draft stays, whoever takes the model again; a draft that is gone comes back.
    let seen = snapshot.state.touched_by(Kind::Committee, "T08-DRAFT").last().copied().unwrap();
    let edited = format!(
        "_id=T08-DRAFT&_seen={seen}&id=T08-DRAFT&name=Our+own+name&khmer=draft&level=strategic&state=draft&source=test&_why=test"
    );
    assert_eq!(house.send("/records/bodies", Some(&cookie), &edited).await.0, 303);
    let (status, page) = house.send("/bodies", Some(&cookie), "model=M08").await;
    assert_eq!(status, 422);
    assert!(page.contains("M08 was taken already") && page.contains("T08-DRAFT"), "{page}");
    assert_eq!(house.send("/retire/bodies/C14-DRAFT", Some(&cookie), "why=test").await.0, 303);
    assert_eq!(house.send("/bodies", Some(&cookie), "model=M08").await.0, 303);
    let snapshot = house.app.snapshot();
    assert!(snapshot.state.find::<Committee>("C14-DRAFT").is_some());
    assert_eq!(snapshot.state.find::<Committee>("T08-DRAFT").unwrap().name.en, "Our own name");
}

#[tokio::test]
async fn members_propose_and_the_agenda_has_it() {
    let house = house().await;
    let civil = house.session(Role::CivilSociety).await;
    let propose = "/bodies/C04/propose";
    assert_eq!(house.send(propose, Some(&civil), "title=Shelters+in+the+north&reason=Three+are+closed").await.0, 303);
    assert_eq!(house.send(propose, Some(&civil), "title=+").await.0, 422);
    assert!(house.read("/meetings/DEMO-M2", Some(&civil)).await.contains("Shelters in the north"));
    let committee = house.session(Role::Committee).await;
    let close = "/close/proposals/C04-P001";
    assert_eq!(house.send(close, Some(&civil), "state=done&why=test").await.0, 403);
    assert_eq!(house.send(close, Some(&committee), "state=done&why=On+the+agenda").await.0, 303);
    assert!(!house.read("/meetings/DEMO-M2", Some(&civil)).await.contains("Shelters in the north"));
}

/// Whoever takes over finds the accepted reports by period. The links are for those who may read them.
#[tokio::test]
async fn a_handover_lists_the_past_reports() {
    let house = house().await;
    let snapshot = house.app.snapshot();
    let mut accepted = snapshot.state.accepted().filter(|r| r.assignment == "ministry-quarter.MOI");
    let link = format!("href=\"/review/{}\"", accepted.next().unwrap().id);
    for (role, reads) in [(Role::Reporter, true), (Role::Committee, true), (Role::CivilSociety, false)] {
        let cookie = house.session(role).await;
        let page = house.read("/handover/MOI", Some(&cookie)).await;
        assert!(page.contains("Past reports (accepted)"), "{page}");
        assert_eq!(page.contains(&link), reads, "{}", role.code());
        let off = house.read("/handover/MOI", Some(&format!("{cookie}; illustrative=off"))).await;
        assert!(!off.contains(&link), "made-up reports are switched off");
    }
    // What is due opens in the form, for whoever has to fill it.
    let due = snapshot.state.all::<Assignment>().find(|a| a.id == "ministry-quarter.MOI").unwrap();
    let owed = romduol_plan::returns::owed(&snapshot.state, due, TODAY);
    if let Some(open) = owed.iter().find(|due| due.open()) {
        let cookie = house.session(Role::Reporter).await;
        let page = house.read("/handover/MOI", Some(&cookie)).await;
        assert!(page.contains(&format!("href=\"/returns/ministry-quarter.MOI/{}\"", open.period)), "{page}");
    }
}

/// A task can be about a record of any kind: its page begins one, and shows it afterwards.
#[tokio::test]
async fn a_task_is_about_any_record() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let page = house.read("/records/gaps/G1.1.1", cookie).await;
    assert!(page.contains("/new/tasks?about_kind=gaps&#38;about=G1.1.1"), "{page}");
    let form = house.read("/new/tasks?about_kind=gaps&about=G1.1.1", cookie).await;
    assert!(form.contains("value=\"gaps\"") && form.contains("value=\"G1.1.1\""), "{form}");
    let fields = "_id=&_seen=0&id=T1&title=Close+it&owner=MOI&state=open&about_kind=gaps&_why=test";
    let (_, page) = house.send("/records/tasks", cookie, &format!("{fields}&about=G9")).await;
    assert!(page.contains("is not an id in gaps.csv"), "{page}");
    assert_eq!(house.send("/records/tasks", cookie, &format!("{fields}&about=G1.1.1")).await.0, 303);
    assert!(house.read("/records/tasks/T1", cookie).await.contains("href=\"/records/gaps/G1.1.1\""));
    assert!(house.read("/records/gaps/G1.1.1", cookie).await.contains("Close it"));
    // What a task is about cannot be taken out.
    let (status, page) = house.send("/retire/gaps/G1.1.1", cookie, "why=test").await;
    assert!(status == 422 && page.contains("T1"), "{page}");
}
