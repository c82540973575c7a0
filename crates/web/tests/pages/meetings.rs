//! Meetings through their pages: called and invited to, held with ten decisions, quorum, minutes, closing what was decided.

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
