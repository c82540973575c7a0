//! The situation analysis through its pages: writing a record, taking in a table, comments of the public.

use crate::house::house;
use crate::tables::{confirm, look};
use axum::http::Method;
use romduol_plan::Kind;
use romduol_plan::kinds::{Contribution, Gap, Indicator, Version, VersionState};
use romduol_plan::permission::Role;

#[tokio::test]
async fn a_record_is_written_with_a_reason_and_nothing_is_lost() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let form = house.read("/edit/gaps/G1.1.1", cookie).await;
    let seen = form.split("name=\"_seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
    let fields = format!("_id=G1.1.1&_seen={seen}&id=G1.1.1&kind=gap&summary=Shorter&khmer=draft&source=Annex+9.1");
    // A wrong link: the sentence stands at its field, and what was typed is still there.
    let (status, page) = house.send("/records/gaps", cookie, &format!("{fields}&theme=Pillar+2&_why=test")).await;
    assert_eq!(status, 422);
    assert!(page.contains("is not an id in themes.csv") && page.contains(">Shorter</textarea>"));
    assert_ne!(house.app.snapshot().state.find::<Gap>("G1.1.1").unwrap().summary.en, "Shorter");
    // Without a reason nothing is kept either.
    assert_eq!(house.send("/records/gaps", cookie, &format!("{fields}&theme=I1&_why=+")).await.0, 422);
    assert_eq!(house.send("/records/gaps", cookie, &format!("{fields}&theme=I1&_why=clearer")).await.0, 303);
    assert_eq!(house.app.snapshot().state.find::<Gap>("G1.1.1").unwrap().summary.en, "Shorter");
    assert!(house.read("/history/gaps/G1.1.1", cookie).await.contains("clearer"));
    // Somebody else's form is now an old one.
    let (status, page) = house.send("/records/gaps", cookie, &format!("{fields}&theme=I2&_why=late")).await;
    assert_eq!(status, 409);
    assert!(page.contains("was changed by somebody else"));
}

#[tokio::test]
async fn a_record_that_others_refer_to_stays() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let (status, page) = house.send("/retire/themes/I1", cookie, "why=test").await;
    assert_eq!(status, 422);
    assert!(page.contains("is referred to by"), "{page}");
    let fields = "_id=&_seen=0&id=G9.9&kind=gap&summary=New&theme=I1&khmer=draft&source=test&_why=test";
    assert_eq!(house.send("/records/gaps", cookie, fields).await.0, 303);
    assert_eq!(house.send("/retire/gaps/G9.9", cookie, "why=test").await.0, 303);
    assert!(house.app.snapshot().state.find::<Gap>("G9.9").is_none());
    assert!(house.read("/history/gaps/G9.9", cookie).await.contains("G9.9"));
}

/// A link to what was taken out says so, in a form as in a table; a pillar by number is answered with the pillars there are.
#[tokio::test]
async fn a_link_that_leads_nowhere_says_what_to_do() {
    let house = house().await;
    let session = house.session(Role::Secretariat).await;
    let cookie = Some(session.as_str());
    let gap = "_id=&_seen=0&id=G9.7&kind=gap&summary=New&theme=I1&khmer=draft&source=test&_why=test";
    assert_eq!(house.send("/records/gaps", cookie, gap).await.0, 303);
    assert_eq!(house.send("/retire/gaps/G9.7", cookie, "why=test").await.0, 303);
    let link = async |node: &str, gap: &str| {
        let form = format!("_id=&_seen=0&id=AL901&node={node}&gap={gap}&basis=secretariat&source=t&_why=t");
        house.send("/records/alignments", cookie, &form).await
    };
    let (status, page) = link("A1.01", "G9.7").await;
    assert_eq!(status, 422);
    assert!(page.contains("“G9.7” was taken out of the plan; link to another record"), "{page}");
    assert!(link("A1.01", "G9.6").await.1.contains("is not an id in gaps.csv"), "one that never was");
    let table = "id,node,gap,basis,source\nAL901,A1.01,G9.7,secretariat,t\n";
    let page = crate::tables::look(&house, &session, "alignments", "t.csv", table.as_bytes()).await;
    assert!(page.contains("“G9.7” was taken out of the plan"));
    for pillar in ["Pillar+2", "សសរស្តម្ភទី២"] {
        let page = link(pillar, "G1.1.1").await.1;
        assert!(page.contains("which pillar is meant? Write its code: ") && page.contains("PROT "), "{page}");
    }
}

/// What people tell is screened in every form and table; what the plan and its sources say is not.
#[tokio::test]
async fn a_record_that_points_to_a_person_is_not_kept() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let told = "_id=&_seen=0&id=CT900&consultation=CON-3&consent=anonymous&themes=I1&source=test&_why=test";
    let write = async |said: &str| house.send("/records/contributions", cookie, &format!("{told}&said={said}")).await;
    let (status, page) = write("Call+me+at+012+345+678").await;
    assert_eq!(status, 422);
    assert!(page.contains("contains a telephone or identity number; take out whatever points"), "{page}");
    assert!(house.app.snapshot().state.find::<Contribution>("CT900").is_none());
    let khmer = house.app.sign_in("secretariat", romduol_app::demo::PASSWORD).await.unwrap().session().unwrap();
    let khmer = Some(format!("{}; lang=km", khmer.as_str()));
    let form = format!("{told}&said=Call+me+at+012+345+678&consultation=CON-99");
    let page = house.send("/records/contributions", khmer.as_deref(), &form).await.1;
    assert!(page.contains("មិនមែនជាលេខសម្គាល់ក្នុង consultations.csv ទេ"), "{page}");
    assert_eq!(write("Shelters+in+2024-2026,+see+https://example.org/12345678").await.0, 303);
    let gap = "_id=&_seen=0&id=G9.8&kind=gap&summary=Hotline+012+345+678&theme=I1&khmer=draft&source=test&_why=test";
    assert_eq!(house.send("/records/gaps", cookie, gap).await.0, 303);
    // A reason stays for ever, whatever it is given for.
    assert_eq!(house.send("/retire/gaps/G9.8", cookie, "why=Mr.+Sok+asked").await.0, 422);
    let civil = house.session(Role::CivilSociety).await;
    let rating = "rating=poor&reason=Few+women&evidence=ask+sok@example.org";
    assert_eq!(house.send("/rate/nodes/A1.01", Some(&civil), rating).await.0, 422);
}

/// What the program finds by itself goes home in the reader's words.
#[tokio::test]
async fn findings_likeness_and_counts_go_home_as_tables() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    for (page, heads) in [
        ("/findings", "Severity,Finding,Kind,Code,Title"),
        ("/alike", "Likeness in per cent,Kind,Code,Action,Kind,Code,Resembles,Shared words"),
        ("/issues", "Code,issue,Gaps that nothing answers"),
    ] {
        let csv = house.read(&format!("{page}.csv"), Some(&cookie)).await;
        assert!(csv.lines().count() > 5 && csv.starts_with(heads), "{page}: {}", csv.lines().next().unwrap());
        assert!(house.read(&format!("{page}.xlsx"), Some(&cookie)).await.starts_with("PK"), "{page}");
        let from = if page == "/alike" { "/coherence" } else { page };
        assert!(house.read(from, Some(&cookie)).await.contains(&format!("{page}.csv")), "{from} links to it");
    }
}

#[tokio::test]
async fn recommendations_are_taken_in_as_a_table_after_a_look() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = cookie.as_str();
    let head = "id,framework,part_of,paragraph,title,khmer,source\n";
    let good = format!(
        "{head}UPR-2024-1,UPR,UPR-2024,1,Recommendation 1,draft,test\nUPR-2024-2,UPR,UPR-2024,2,Recommendation 2,draft,test\n"
    );
    let count = || house.app.snapshot().state.ids(Kind::Instrument).len();
    let before = count();
    let look = async |table: &str| look(&house, cookie, "instruments", "cycle 4.csv", table.as_bytes()).await;
    let page = look(&good).await;
    assert_eq!(count(), before);
    assert!(page.contains("<b>2</b> new"), "{page}");
    let bad = look(&good.replace("UPR-2024,2", "UPR-3000,2")).await;
    assert!(bad.contains("cycle 4.csv, row 3, column part_of: “UPR-3000” is not an id"), "{bad}");
    assert!(!bad.contains("name=\"ready\""), "nothing half-imported");
    assert_eq!(confirm(&house, cookie, "instruments", &page, &[]).await.0, 303);
    assert_eq!(count(), before + 2);
    assert!(look(&good).await.contains("<b>2</b> unchanged"));
}

/// A comment of the public: kept without an account, answered through its code, gone once it was dealt with.
#[tokio::test]
async fn the_public_comments_and_comes_back() {
    let house = house().await;
    let (status, page) = house.send("/consult/DEMO-1", None, "text=More+shelters&group=Youth&node=A1.01&lang=en").await;
    assert_eq!(status, 200);
    let code = page.split("consult-answer?code=").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_string();
    assert!(house.read(&format!("/consult-answer?code={code}"), None).await.contains("waits to be read"));
    assert!(house.read("/consult-answer?code=0000-0000", None).await.contains("No comment has this code"));
    // What points to a person is not kept at all.
    for personal in ["Call+012+345+678", "Mrs.+Chan+was+hit", "x%40example.org"] {
        let (status, page) = house.send("/consult/DEMO-1", None, &format!("text={personal}&lang=en")).await;
        assert_eq!(status, 422);
        assert!(page.contains("Nothing was kept"), "{page}");
    }
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let list = house.read("/comments", cookie).await;
    assert_eq!(list.matches("<blockquote").count(), 1);
    let key = list.split("action=\"/comments/").nth(1).and_then(|rest| rest.split('?').next()).unwrap().to_string();
    let deal = format!("/comments/{key}");
    assert_eq!(house.send(&deal, cookie, "action=take&words=More+shelters+are+needed").await.0, 303);
    assert_eq!(house.send(&deal, cookie, "action=take&words=Again").await.0, 422, "dealt with once");
    let snapshot = house.app.snapshot();
    let said = snapshot.state.all::<Contribution>().find(|said| said.id.starts_with("PC-")).unwrap();
    assert_eq!(said.said.en, "More shelters are needed");
    assert!(house.read(&format!("/consult-answer?code={code}"), None).await.contains("More shelters are needed"));
    assert!(!house.read("/comments", cookie).await.contains("<blockquote"));
}

#[tokio::test]
async fn versions_go_on_in_order_and_a_closed_one_takes_no_comment() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let state = || house.app.snapshot().state.find::<Version>("DEMO-1").unwrap().state;
    let go = async |to: &str| house.send("/versions/DEMO-1", cookie, &format!("to={to}&until=&why=test")).await.0;
    assert_eq!(go("in-force").await, 422, "not before it was approved");
    assert_eq!(go("approved").await, 303);
    assert_eq!(house.send("/consult/DEMO-1", None, "text=Late&lang=en").await.0, 422);
    assert_eq!(go("in-force").await, 303);
    assert_eq!(state(), VersionState::InForce);
    // A change of a node shows as a difference to the version.
    let fields =
        "_id=A1.01&_seen=1&id=A1.01&level=action&parents=1.1&title=Another+title&khmer=draft&source=8.1.1&_why=test";
    assert_eq!(house.send("/records/nodes", cookie, fields).await.0, 303);
    let page = house.read("/versions/DEMO-1", cookie).await;
    assert!(page.contains("Another title") && page.contains("Title (English)"), "{page}");
}

#[tokio::test]
async fn a_figure_becomes_a_baseline_and_stays_its_source() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let baseline = async |figure: &str, indicator: &str| {
        house.send(&format!("/figures/{figure}/baseline"), cookie, &format!("indicator={indicator}&why=test")).await
    };
    assert_eq!(baseline("ST125", "PAR-09").await.0, 303);
    let snapshot = house.app.snapshot();
    let indicator = snapshot.state.find::<Indicator>("PAR-09").unwrap();
    assert_eq!((indicator.baseline, indicator.baseline_evidence.as_deref()), (Some(21.4), Some("ST125")));
    let (status, page) = baseline("ST001", "PAR-09").await;
    assert_eq!(status, 422);
    assert!(page.contains("choose a figure in the same unit"), "{page}");
}

/// The answer sheet says the same on every way home, and what is missing is said in words.
#[tokio::test]
async fn an_answer_sheet_goes_home_in_both_languages() {
    let house = house().await;
    let cookie = house.session(Role::Committee).await;
    let page = house.read("/answers/CEDAW-CO-2019-25B", Some(&cookie)).await;
    assert!(page.contains("No action of the plan is linked to this") && page.contains("Not costed"));
    // An action with its progress: its indicators by status; one without any is not measured.
    let page = house.read("/answers/CEDAW-CO-2019-31A", Some(&cookie)).await;
    let row = page.split("A2.01").nth(1).unwrap().split("</tr>").next().unwrap();
    let progress = row.rsplit("<td").next().unwrap().split_once('>').unwrap().1.split('<').next().unwrap();
    let counts: usize =
        progress.split(", ").map(|part| part.split(' ').next().unwrap().parse::<usize>().unwrap()).sum();
    assert_eq!(counts, 3, "PAR-06, PAR-08 and PAR-17 measure it: {progress}");
    assert!(page.contains("Progress of its indicators"));
    assert!(house.read("/answers/BPFA-SO4", Some(&cookie)).await.contains("not measured"), "A1.06 has no indicator");
    for lang in ["en", "km"] {
        let path = format!("/answers/CEDAW-CO-2019-31A/docx?in={lang}");
        let response = house.ask(&Method::GET, &path, Some(&cookie), ("text/plain", "")).await;
        assert!(response.headers()["content-disposition"].to_str().unwrap().contains(&format!("-{lang}.docx")));
        use http_body_util::BodyExt;
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert!(bytes.starts_with(b"PK"));
    }
}
