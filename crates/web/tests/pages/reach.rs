//! How far the records of the situation analysis are from the framework tree, and whether every table goes home.

use std::collections::BTreeSet;

use romduol_plan::Kind;
use romduol_plan::permission::Role;

use crate::house::house;

/// The addresses that a page links to, without what follows the path.
pub fn links(page: &str) -> BTreeSet<String> {
    let main = page.split("<main").nth(1).unwrap_or_default();
    let addresses = main.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '?', '#']).next());
    addresses.filter(|address| address.starts_with('/')).map(String::from).collect()
}

/// Every record of these kinds is at most two taps from the framework tree: one opens a page, the next the record.
#[tokio::test]
async fn two_taps_from_the_tree_reach_every_record() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let first = links(&house.read("/framework", Some(&cookie)).await);
    let mut reached = first.clone();
    for address in first.iter().filter(|address| !address.ends_with("/pdf")) {
        reached.extend(links(&house.read(address, Some(&cookie)).await));
    }
    let snapshot = house.app.snapshot();
    let (mut all, mut missing, mut alone) = (0, Vec::new(), 0);
    use Kind::*;
    let kinds = [
        Theme,
        Node,
        Indicator,
        Gap,
        Policy,
        Instrument,
        Position,
        Alignment,
        Evidence,
        Preference,
        Institution,
        Consultation,
        Attendance,
        Contribution,
        Element,
        Assessment,
        Model,
        Committee,
        Decision,
        NextStep,
        Slot,
        Version,
    ];
    for kind in kinds {
        for id in snapshot.state.ids(kind) {
            let own = match kind {
                Theme => format!("/issues/{id}"),
                Node | Indicator | Consultation | Committee => format!("/{}/{id}", kind.code()),
                _ => format!("/records/{}/{id}", kind.code()),
            };
            all += 1;
            alone += usize::from(snapshot.links().is_alone(kind, id));
            if !reached.contains(&own) {
                missing.push(own);
            }
        }
    }
    println!("{all} records, {} reached, {alone} without a link", all - missing.len());
    assert!(all > 900 && missing.is_empty(), "{} of {all}: {:?}", missing.len(), &missing[..missing.len().min(20)]);
}
