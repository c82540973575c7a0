//! What the program counts in its own records stands where people look for it, with the way it was counted.

use romduol_plan::kinds::*;
use romduol_plan::permission::Role;
use romduol_plan::readings::Source;
use romduol_plan::{Change, Period};

use crate::house::{House, house};

async fn standing(house: &House, id: &str, illustrative: bool) -> (f64, Source) {
    let snapshot = house.app.snapshot().shown(illustrative);
    let view = snapshot.view(illustrative);
    let indicator = snapshot.state.find::<Indicator>(id).unwrap();
    let reading = view.standing(indicator, Period::year(2026)).reading.expect("the program counts it");
    (reading.value, reading.source)
}

#[tokio::test]
async fn the_plans_own_indicators_are_never_without_data() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    for id in ["MGT-01", "MGT-02", "MGT-03", "MGT-04"] {
        for illustrative in [true, false] {
            // Nothing real has been decided or chosen: then there is nothing to divide by.
            if id == "MGT-03" && !illustrative {
                continue;
            }
            let (_, source) = standing(&house, id, illustrative).await;
            assert!(matches!(source, Source::Program(_)), "{id}: {source:?}");
        }
        let page = house.read(&format!("/indicators/{id}"), Some(&cookie)).await;
        assert!(page.contains("Computed by the program"), "{id} does not say where its number comes from");
    }
    let why = house.read("/indicators/MGT-02/explain/2026", Some(&cookie)).await;
    assert!(why.contains("returns that fell due came in by their day") && why.contains("href=\"/owed\""), "{why}");
    let csv = house.read("/indicators/MGT-02/csv", Some(&cookie)).await;
    assert!(csv.contains("Computed by the program"), "{csv}");
    assert!(house.read("/scorecard?year=2026", Some(&cookie)).await.contains("by the program"));
    let report = house.read("/report/2026", Some(&cookie)).await;
    assert!(report.contains("MGT-04") && report.contains("Computed by the program"));
}

#[tokio::test]
async fn the_number_follows_the_records() {
    let house = house().await;
    let counted = async || match standing(&house, "MGT-03", true).await.1 {
        Source::Program(by) => (by.met, by.of),
        other => panic!("{other:?}"),
    };
    let before = counted().await;
    // A decision that fell due yesterday, and was never told to be carried out.
    let decision = serde_json::json!({ "id": "ZZ", "title": { "en": "Z", "km": "" }, "date": "2026-10-02",
        "reason": { "en": "", "km": "" }, "owner": "MOWA", "due": "2026-11-20", "state": "open" });
    let body = Body::read(romduol_plan::Kind::Decision, decision).unwrap();
    let actor = romduol_plan::Actor { account: "t".into(), post: "t".into() };
    house.app.run(actor, "test".into(), Box::new(move |_| Ok(vec![Change::Put(body.clone())]))).await.unwrap();
    let after = counted().await;
    assert_eq!(after.0, before.0, "it counts as due and not as carried out");
    assert!(after.1 == before.1 + 1 || after == (0, 1), "{before:?} {after:?}");
}
