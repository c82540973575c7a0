//! Ratings of civil society through their pages: the answer and its clock, what stands beside them, the shadow report.

use crate::house::house;
use romduol_plan::Date;
use romduol_plan::kinds::*;
use romduol_plan::permission::Role;

const TODAY: Date = Date { year: 2026, month: 11, day: 23 };

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
