//! Coordination through its pages: a meeting with ten decisions, quorum, closing, ratings and answers, local plans.

use crate::house::house;
use axum::http::Method;
use romduol_plan::coordination::{duties, seats};
use romduol_plan::kinds::*;
use romduol_plan::permission::Role;
use romduol_plan::{Date, Kind};

const TODAY: Date = Date { year: 2026, month: 11, day: 23 };

#[tokio::test]
async fn a_meeting_of_ten_decisions_is_one_form() {
    let house = house().await;
    let cookie = house.session(Role::Committee).await;
    let cookie = Some(cookie.as_str());
    let secretariat = house.session(Role::Secretariat).await;
    let fields = "_id=&_seen=0&id=M1&body=C03&title=First+meeting&date=2026-11-20&state=planned&_why=test";
    assert_eq!(house.send("/records/meetings", Some(&secretariat), fields).await.0, 303);
    let page = house.read("/meetings/M1", cookie).await;
    assert!(page.contains("No quorum can be told") && page.contains("name=\"title.9\""), "{page}");
    let decision = |n: usize| format!("&title.{n}=Decision+{n}&owner.{n}=MOI&due.{n}=2026-12-01&dissent.{n}=");
    let all: String = (0..10).map(decision).collect();
    // One without an owner: the sentence names it, and nothing is kept.
    let (status, page) =
        house.send("/meetings/M1", cookie, &format!("women.MOI=2{}", all.replace("owner.6=MOI", "owner.6="))).await;
    assert_eq!(status, 422);
    assert!(page.contains("Decision 7 has no owner"), "{page}");
    let count = || house.app.snapshot().state.all::<Decision>().filter(|d| d.meeting.as_deref() == Some("M1")).count();
    assert_eq!(count(), 0);
    assert_eq!(house.send("/meetings/M1", cookie, &format!("women.MOI=២&men.MOI=1&women.MOWA=3{all}")).await.0, 303);
    assert_eq!(count(), 10);
    let page = house.read("/meetings/M1", cookie).await;
    assert!(page.contains("<b>6</b> people") && page.contains("<b>83 %</b>"), "{page}");
    // Six voting seats, two filled; the body has no quorum rule yet.
    let snapshot = house.app.snapshot();
    assert_eq!(seats(&snapshot.state, "C03", TODAY).len(), 6);
    assert!(page.contains("<b>2 / 6</b>"));
    // A name is no minute.
    let (status, page) = house.send("/meetings/M1", cookie, "minutes=Mrs.+Chan+objected").await;
    assert_eq!(status, 422);
    assert!(page.contains("Nothing was kept"));
    for path in ["/meetings/M1/pdf", "/meetings/M1/docx", "/meetings/M1/ics"] {
        assert_eq!(house.ask(&Method::GET, path, cookie, ("text/plain", "")).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_decision_below_quorum_is_a_finding_and_is_closed_not_deleted() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let body = "_id=C03&_seen=1&id=C03&name=Political+level&khmer=draft&level=strategic&state=draft&quorum=50&source=8.2&_why=rule";
    assert_eq!(house.send("/records/bodies", cookie, body).await.0, 303);
    let fields = "_id=&_seen=0&id=M1&body=C03&title=Small+meeting&date=2026-11-20&state=planned&_why=test";
    assert_eq!(house.send("/records/meetings", cookie, fields).await.0, 303);
    let held = "women.MOI=1&title.0=Go+on&owner.0=MOI&due.0=2026-11-21";
    assert_eq!(house.send("/meetings/M1", cookie, held).await.0, 303);
    assert!(house.read("/meetings/M1", cookie).await.contains("Below the quorum"));
    assert!(house.read("/findings", cookie).await.contains("below its quorum"));
    // The owner sees it first thing, and it is overdue.
    let owner = house.session(Role::Reporter).await;
    let home = house.read("/", Some(&owner)).await;
    assert!(home.contains("M1-01") && home.contains("overdue"), "{home}");
    assert_eq!(house.send("/retire/decisions/M1-01", cookie, "why=test").await.0, 422);
    // Whoever has to do it says that it is done; dropping it is for those who decided.
    assert_eq!(house.send("/close/decisions/M1-01", Some(&owner), "state=dropped&why=test").await.0, 403);
    assert_eq!(house.send("/close/decisions/M1-01", Some(&owner), "state=done&why=+").await.0, 422);
    assert_eq!(house.send("/close/decisions/M1-01", Some(&owner), "state=done&why=sent").await.0, 303);
    assert!(duties(&house.app.snapshot().state).iter().all(|duty| duty.id != "M1-01"));
    assert!(house.read("/history/decisions/M1-01", cookie).await.contains("sent"));
}

#[tokio::test]
async fn a_decision_says_what_it_rests_on() {
    let house = house().await;
    let cookie = house.session(Role::Committee).await;
    let cookie = Some(cookie.as_str());
    let held = "title.0=Open+a+shelter&owner.0=MOI&evidence.0=ST001,+visit+of+May";
    let (status, page) = house.send("/meetings/DEMO-M1", cookie, &format!("{held}+by+Mrs.+Chan")).await;
    assert_eq!(status, 422, "{page}");
    assert_eq!(house.send("/meetings/DEMO-M1", cookie, held).await.0, 303);
    assert!(house.read("/meetings/DEMO-M1", cookie).await.contains("Evidence: ST001, visit of May"));
    let close = "/close/decisions/DEMO-M1-03";
    assert_eq!(house.send(close, cookie, "state=done&why=opened&evidence=call+012+345+678").await.0, 422);
    assert_eq!(house.send(close, cookie, "state=done&why=opened&evidence=photograph").await.0, 303);
    let page = house.read("/records/decisions/DEMO-M1-03", cookie).await;
    assert!(page.contains("ST001, visit of May; photograph"), "{page}");
}

#[tokio::test]
async fn civil_society_rates_and_the_owner_answers_in_time_or_not() {
    let house = house().await;
    let civil = house.session(Role::CivilSociety).await;
    assert_eq!(
        house.send("/rate/indicators/PAR-07", Some(&civil), "rating=poor&reason=Few+women&evidence=").await.0,
        303
    );
    let snapshot = house.app.snapshot();
    let rating = snapshot.state.all::<Rating>().find(|rating| !rating.illustrative).unwrap().clone();
    assert!(house.read("/indicators/PAR-07", Some(&civil)).await.contains("answer due on 23 December 2026"));
    let verifier = house.session(Role::Verifier).await;
    let answer = format!("/ratings/{}/answer", rating.id);
    assert_eq!(house.send(&answer, Some(&civil), "answer=No").await.0, 403);
    assert_eq!(house.send(&answer, Some(&verifier), "answer=Recruits+join+in+2027").await.0, 303);
    let page = house.read("/ratings", Some(&civil)).await;
    assert!(page.contains("Recruits join in 2027") && page.contains("answer overdue since"), "{page}");
    // What is computed, what a person set with a reason, and what civil society says stand side by side.
    assert!(page.contains("as computed"));
    let secretariat = house.session(Role::Secretariat).await;
    let set = "period=2026&status=at-risk&reason=Two+courses+begin+in+December";
    assert_eq!(house.send("/indicators/PAR-07/status", Some(&secretariat), set).await.0, 303);
    let page = house.read("/ratings", Some(&civil)).await;
    assert!(page.contains("Computed status") && page.contains("Official status"));
    assert!(page.contains("Two courses begin in December"), "{page}");
    // Only somebody else's rating is still overdue.
    let owed = house.read("/owed", Some(&civil)).await;
    assert!(owed.contains("A rating is answered within 30 days"));
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
        format!("_line=&node={node}&input=services&year=2027&quantity=2&likely=1,000,000&currency=KHR{more}")
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
    let (status, page) = house.send("/local/costs", here, &form("A1.01", "&shared_share=120&title=Mr.+Sok")).await;
    assert_eq!(status, 200);
    for words in ["Percent borne here: “120” is not a share", "contains what looks like a person", "1,000,000"] {
        assert!(page.contains(words), "{words} in {page}");
    }
    // Nobody else's: neither by naming the line, nor by naming the place.
    let foreign = form("A1.01", "&area=KH-12").replace("_line=", "_line=KH-12.A1.01.2027.2");
    assert_eq!(house.send("/local/costs", there, &foreign).await.0, 403);
    assert_eq!(house.send("/local/costs", there, &form("A1.01", "&area=KH-12")).await.0, 303);
    assert!(house.app.snapshot().state.find::<CostLine>("KH-01.A1.01.2027.1").is_some());
    let changed = form("A1.01", "&title=Boats").replace("_line=", "_line=KH-12.A1.01.2027.2").replace("=2&", "=3&");
    assert_eq!(house.send("/local/costs", here, &changed).await.0, 303);
    let snapshot = house.app.snapshot();
    assert_eq!(snapshot.state.find::<CostLine>("KH-12.A1.01.2027.2").unwrap().quantity, romduol_plan::Amount::whole(3));
}

/// The demonstration's made-up rule is met once and missed once, and says that it is made up.
#[tokio::test]
async fn a_quorum_is_met_or_missed_in_sight() {
    let house = house().await;
    let cookie = house.session(Role::Committee).await;
    for (meeting, words) in [("DEMO-M1", "The quorum was met."), ("DEMO-M2", "Below the quorum.")] {
        let page = house.read(&format!("/meetings/{meeting}"), Some(&cookie)).await;
        assert!(page.contains(words) && page.contains("Made up to show"), "{page}");
    }
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

/// An answered rating stays when the same part is rated again on the same day.
#[tokio::test]
async fn an_answered_rating_is_not_written_over() {
    let house = house().await;
    let civil = house.session(Role::CivilSociety).await;
    let rate = async |words: &str| {
        let form = format!("rating=poor&reason={words}&evidence=");
        assert_eq!(house.send("/rate/nodes/A1.01", Some(&civil), &form).await.0, 303);
    };
    let mine = || {
        let state = &house.app.snapshot().state;
        let all = state.all::<Rating>().filter(|rating| rating.node.is_some() && !rating.illustrative);
        all.map(|rating| (rating.id.clone(), rating.reason.en.clone())).collect::<Vec<_>>()
    };
    rate("One").await;
    rate("Two").await;
    let [(first, words)] = mine().try_into().unwrap();
    assert_eq!(words, "Two");
    let secretariat = house.session(Role::Secretariat).await;
    let answer = format!("/ratings/{first}/answer");
    assert_eq!(house.send(&answer, Some(&secretariat), "answer=Seen").await.0, 303);
    rate("Three").await;
    assert_eq!(mine(), [(first.clone(), "Two".to_string()), (format!("{first}.2"), "Three".to_string())]);
    assert_eq!(house.app.snapshot().state.find::<Rating>(&first).unwrap().answer.en, "Seen");
}

/// Beside the rating of a node stands how its indicators do, or that it has none.
#[tokio::test]
async fn a_rated_node_tells_how_its_indicators_stand() {
    let house = house().await;
    let civil = house.session(Role::CivilSociety).await;
    let snapshot = house.app.snapshot();
    let state = &snapshot.state;
    let measured = |node: &&std::sync::Arc<Node>| romduol_plan::quality::indicators_under(state, &node.id).count();
    let with = state.all::<Node>().find(|node| measured(node) > 1).unwrap();
    let bare = state.all::<Node>().find(|node| measured(node) == 0).unwrap();
    for node in [with, bare] {
        let form = "rating=mixed&reason=Slow&evidence=";
        assert_eq!(house.send(&format!("/rate/nodes/{}", node.id), Some(&civil), form).await.0, 303);
    }
    let now = house.app.snapshot();
    let counts = romduol_app::ratings::counts(now.view(true), &with.id, TODAY).unwrap();
    assert_eq!(counts.computed.iter().map(|(_, n)| n).sum::<usize>(), measured(&with));
    let (status, n) = counts.computed[0];
    let word = romduol_locale::Locale::of(romduol_plan::Lang::En).t(&format!("status-{}", status.code()));
    let page = house.read("/ratings", Some(&civil)).await;
    assert!(page.contains(&format!("{word}</span>: {n}")) && page.contains("no indicator"), "{page}");
    let report =
        romduol_app::ratings::shadow_report(now.view(true), romduol_locale::Locale::of(romduol_plan::Lang::En), TODAY);
    let report = serde_json::to_string(&report).unwrap();
    assert!(report.contains(&format!("{word}: {n}")) && report.contains("no indicator"), "{report}");
}

/// The committee calls a meeting, invites to it, takes the suggested points into its agenda and enters a guest.
#[tokio::test]
async fn the_committee_calls_a_meeting() {
    let house = house().await;
    let committee = house.session(Role::Committee).await;
    let cookie = Some(committee.as_str());
    assert!(house.read("/bodies/C03", cookie).await.contains("href=\"/new/meetings?body=C03\""));
    assert!(house.read("/new/meetings?body=C03", cookie).await.contains("name=\"title\""));
    let fields = "_id=&_seen=0&id=M1&body=C03&title=Second+meeting&date=2026-12-10&place=Hall+2,+Phnom+Penh&state=planned\
                  &papers=Report+2026&_why=test";
    assert_eq!(house.send("/records/meetings", cookie, fields).await.0, 303);
    // A meeting is all that it may write besides: the rest of the plan is the secretariat's.
    assert_eq!(house.send("/records/seats", cookie, "_id=&_seen=0&_why=test&id=X").await.0, 403);
    let civil = house.session(Role::CivilSociety).await;
    assert_eq!(house.send("/records/meetings", Some(&civil), fields).await.0, 403);
    let page = house.read("/meetings/M1/invitation", cookie).await;
    for words in ["10 December 2026", "Hall 2, Phnom Penh", "Report 2026", "Overdue since", "DEMO-M1-01", "MOI"] {
        let name = house.app.snapshot().state.find::<Institution>(words).map(|body| body.name.en.clone());
        assert!(page.contains(&name.unwrap_or(words.into())), "{words} in {page}");
    }
    for path in ["pdf?in=km", "docx?in=en"] {
        let path = format!("/meetings/M1/invitation/{path}");
        assert_eq!(house.ask(&Method::GET, &path, cookie, ("text/plain", "")).await.status(), 200, "{path}");
    }
    let agenda = || house.app.snapshot().state.find::<Meeting>("M1").unwrap().agenda.clone();
    assert_eq!(house.send("/meetings/M1/agenda", cookie, "").await.0, 303);
    let taken = agenda();
    assert!(taken.en.contains("DEMO-M1-01") && taken.en.contains("(illustrative)"), "{}", taken.en);
    assert_eq!(taken.en.lines().count(), taken.km.lines().count());
    assert_ne!(taken.en, taken.km);
    // Nothing is taken twice.
    assert_eq!(house.send("/meetings/M1/agenda", cookie, "").await.0, 422);
    assert_eq!(agenda(), taken);
    assert_eq!(house.send("/meetings/M1/agenda", Some(&civil), "").await.0, 403);
    // Somebody without a seat comes as a guest.
    assert!(house.read("/meetings/M1", cookie).await.contains("name=\"guest.0\""));
    assert_eq!(house.send("/meetings/M1", cookie, "guest.0=&guest_women.0=2").await.0, 422);
    assert_eq!(house.send("/meetings/M1", cookie, "guest.0=GADC&guest_women.0=2&guest_men.0=1").await.0, 303);
    let snapshot = house.app.snapshot();
    let guest = snapshot.state.find::<Presence>("M1.GADC").unwrap();
    assert_eq!((guest.women, guest.men), (2, 1));
}

/// The calendar is told where a meeting is and that it was cancelled.
#[tokio::test]
async fn a_cancelled_meeting_says_so() {
    let house = house().await;
    let cookie = house.session(Role::Committee).await;
    let cookie = Some(cookie.as_str());
    let fields = |seen: u64, id: &str, state: &str| {
        format!(
            "_id={id}&_seen={seen}&id=M1&body=C03&title=Third+meeting&date=2026-12-10&place=Hall+2&state={state}&_why=test"
        )
    };
    assert_eq!(house.send("/records/meetings", cookie, &fields(0, "", "planned")).await.0, 303);
    let text = house.read("/meetings/M1/ics", cookie).await;
    assert!(text.contains("LOCATION:Hall 2") && text.contains("STATUS:CONFIRMED"), "{text}");
    let seen = house.app.snapshot().state.touched_by(Kind::Meeting, "M1").last().copied().unwrap();
    assert_eq!(house.send("/records/meetings", cookie, &fields(seen, "M1", "cancelled")).await.0, 303);
    assert!(house.read("/meetings/M1/ics", cookie).await.contains("STATUS:CANCELLED"));
    assert!(house.read("/meetings/M1/invitation", cookie).await.contains("This meeting has been cancelled."));
}

/// The minutes are a note: one page without a cover, with the papers and the state of each decision.
#[tokio::test]
async fn the_minutes_are_a_note() {
    let house = house().await;
    let snapshot = house.app.snapshot();
    let meeting = Meeting {
        papers: vec!["Report 2026".into()],
        ..(**snapshot.state.find::<Meeting>("DEMO-M1").unwrap()).clone()
    };
    let locale = romduol_locale::Locale::of(romduol_plan::Lang::En);
    let document = romduol_app::minutes::compose(&snapshot.state, locale, &meeting);
    assert!(document.brief);
    let text = serde_json::to_string(&document).unwrap();
    assert!(text.contains("Report 2026") && text.contains("\"text\":\"open\""), "{text}");
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
