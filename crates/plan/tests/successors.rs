//! What the package says became of an area reaches the tree along which numbers are rolled up.

use romduol_plan::kinds::Body;
use romduol_plan::totals::Totals;
use romduol_plan::{Actor, Change, Entry, Kind, State};
use serde_json::json;

#[test]
fn a_rename_in_the_package_is_a_link_in_the_tree() {
    let area = |id: &str, from: Option<&str>, to: Option<&str>, successors: &[&str]| {
        let level = if id == "KH" { "country" } else { "province" };
        let parent = (id != "KH").then_some("KH");
        let body = json!({ "id": id, "name": { "en": id, "km": "" }, "level": level, "parent": parent,
            "valid_from": from, "valid_to": to, "successors": successors });
        Change::Put(Body::read(Kind::Area, body).unwrap())
    };
    let changes = vec![
        area("KH", None, None, &[]),
        area("KH-1", None, Some("2019-12-31"), &["KH-2"]),
        area("KH-2", Some("2020-01-01"), None, &[]),
    ];
    let actor = Actor { account: "test".into(), post: "secretariat".into() };
    let mut state = State::default();
    state.apply(1, &Entry { at: "2026-11-24T00:00:00Z".into(), actor, why: "test".into(), changes }).unwrap();
    let totals = Totals::build(&state, false);
    let (old, new) = (totals.area_number("KH-1").unwrap(), totals.area_number("KH-2").unwrap());
    let tree = totals.cube().tree();
    assert_eq!(tree.successors(old).collect::<Vec<_>>(), [new]);
    assert_eq!(tree.same_ground(new), (vec![new, old], 0));
}
