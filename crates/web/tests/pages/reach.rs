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
        Contradiction,
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

/// Every page of the analysis that shows a table lets it go home, and what goes home has what the page computes.
#[tokio::test]
async fn every_table_goes_home() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let pages = [
        "/figures",
        "/institutions",
        "/consultations/CON-3",
        "/issues",
        "/issues/I1",
        "/versions",
        "/versions/DEMO-1",
        "/nodes/A1.01",
        "/nodes/1.1",
        "/indicators/PAR-07",
        "/history/gaps/G1.1.1",
        "/readiness",
        "/coherence",
        "/commitments",
        "/answers/CEDAW-CO-2019",
        "/people",
        "/voices",
        "/road",
        "/findings",
        "/framework",
        "/records/policies",
        "/records/policies/PL001",
        "/search?q=women",
    ];
    for address in pages {
        let page = house.read(address, cookie).await;
        let home: Vec<&str> = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let home: Vec<String> = home
            .into_iter()
            .filter(|to| to.contains("csv"))
            .map(|to| to.replace("&amp;", "&").replace("&#38;", "&"))
            .collect();
        assert!(!page.contains("<table") || !home.is_empty(), "{address} has a table that stays");
        for to in home {
            let table = house.read(&to, cookie).await;
            assert!(table.lines().count() > 1 && !table.contains("<html"), "{address} → {to}: {table:.200}");
        }
    }
}

#[tokio::test]
async fn tables_hold_what_the_pages_compute() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let read = async |path: &str| house.read(path, Some(&cookie)).await;
    let snapshot = house.app.snapshot();
    let lines = |table: &str| table.lines().count();
    let policies = read("/policies.csv").await;
    assert!(policies.starts_with("Code,Title,Kind,State today,State by the source,First year"), "{policies:.200}");
    assert!(policies.contains(",expired,in force,"), "one that is past its end though the source says otherwise");
    assert!(lines(&read("/policies.csv?issue=I1&state=expired").await) < lines(&policies));
    let gaps = read("/gaps.csv").await;
    assert!(gaps.starts_with("Code,Gap or measure,Kind,Issues,Answered by,Policies") && gaps.contains("nothing yet"));
    assert!(lines(&read("/gaps.csv?issue=I1").await) < lines(&gaps));
    let commitments = read("/commitments.csv").await;
    assert!(
        commitments.starts_with("Code,instrument or commitment,Framework,Part of,Actions,Indicators,Figures,Need,Gap")
    );
    assert_eq!(csv_rows(&commitments), snapshot.state.ids(Kind::Instrument).len());
    let people = read("/people.csv").await;
    assert!(people.lines().next().unwrap().ends_with("Heard at,Named in,Never heard"));
    assert_eq!(csv_rows(&people), snapshot.state.ids(Kind::Institution).len());
    assert!(read("/named.csv").await.contains(",yes") && read("/named.csv").await.contains(",no"));
    let indicator = read("/indicators/PRT-08/csv").await;
    assert!(indicator.contains("Values and their sources,") && indicator.contains("By place,"), "{indicator}");
    assert!(
        read("/history/gaps/G1.1.1/csv").await.contains(",Issue,,I1"),
        "{}",
        read("/history/gaps/G1.1.1/csv").await
    );
    // A hidden group has no numbers in the table either.
    let civil = house.session(Role::CivilSociety).await;
    let table = house.read("/consultations/CON-3/csv", Some(&civil)).await;
    assert!(table.contains("hidden: small group") && !read("/consultations/CON-3/csv").await.contains("hidden: small"));
}

/// The rows of a table below its heads; a cell may hold several lines.
fn csv_rows(table: &str) -> usize {
    let (mut rows, mut quoted) = (0, false);
    for c in table.chars() {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => rows += 1,
            _ => {}
        }
    }
    rows - 1
}

/// A link between an indicator and what it answers is seen, and walked, from both ends.
#[tokio::test]
async fn the_links_of_an_indicator_lead_both_ways() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let read = async |path: &str| house.read(path, Some(&cookie)).await;
    // As the package has it, and one that is made in the form.
    let policy = links(&read("/indicators/PAR-08").await);
    assert!(policy.contains("/records/policies/POLICE-GMAP-2024") && policy.contains("/records/alignments/AL053"));
    assert!(links(&read("/records/policies/POLICE-GMAP-2024").await).contains("/indicators/PAR-08"));
    let before = read("/indicators/PAR-09").await;
    assert!(before.contains("href=\"/new/alignments?indicator=PAR-09\"") && !before.contains("CEDAW-CO-2019-31A"));
    assert!(read("/new/alignments?indicator=PAR-09").await.contains("value=\"PAR-09\" selected"));
    let link = "_id=&_seen=0&id=AL900&indicator=PAR-09&instrument=CEDAW-CO-2019-31A&basis=our+reading&source=t&_why=t";
    assert_eq!(house.send("/records/alignments", Some(&cookie), link).await.0, 303);
    assert!(links(&read("/indicators/PAR-09").await).contains("/records/instruments/CEDAW-CO-2019-31A"));
    assert!(links(&read("/records/instruments/CEDAW-CO-2019-31A").await).contains("/indicators/PAR-09"));
    let own = links(&read("/records/alignments/AL900").await);
    assert!(own.contains("/indicators/PAR-09") && own.contains("/records/instruments/CEDAW-CO-2019-31A"));
}
