//! Issues against what exists, policies with their state today, figures as they are, positions over time: what the pages of
//! the analysis say.

use romduol_plan::coherence::{state_of, tally};
use romduol_plan::kinds::{Policy, PolicyState, Theme};
use romduol_plan::permission::Role;

use crate::house::{cells, house};
use crate::reach::links;

#[tokio::test]
async fn the_matrix_counts_what_its_links_show() {
    let house = house().await;
    let cookie = house.session(Role::Committee).await;
    let page = house.read("/coherence", Some(&cookie)).await;
    let matrix = page.split("<h2>Issues against what exists</h2>").nth(1).unwrap().split("</table>").next().unwrap();
    let (snapshot, today) = (house.app.snapshot(), house.app.now().date);
    assert_eq!(matrix.matches("<tr>").count(), snapshot.state.count::<Theme>() + 1, "a row for every issue");
    for theme in snapshot.state.all::<Theme>() {
        let row =
            matrix.split(&format!("href=\"/issues/{}\">", theme.id)).nth(1).unwrap().split("</tr>").next().unwrap();
        let counts = tally(&snapshot.state, &theme.id, today);
        for n in [counts.measures, counts.gaps, counts.opportunities] {
            assert!(row.contains(&format!("/issues/{}#gaps\">{n}</a>", theme.id)), "{}: {n} in {row}", theme.id);
        }
        // The link of a state shows so many policies.
        let address = format!("/coherence?issue={}&amp;state=expired#policies\"><b>{}</b>", theme.id, counts.expired);
        assert!(counts.expired == 0 || row.contains(&address), "{address} in {row}");
        let path = format!("/coherence?issue={}&state=expired", theme.id);
        let shown = house.read(&path, Some(&cookie)).await;
        assert!(shown.contains(&format!("Policies: {} / ", counts.expired)), "{path}");
    }
    assert!(snapshot.state.all::<Theme>().any(|theme| tally(&snapshot.state, &theme.id, today).opportunities > 0));
}

#[tokio::test]
async fn a_policy_says_its_state_today() {
    let house = house().await;
    let cookie = house.session(Role::CivilSociety).await;
    let (snapshot, today) = (house.app.snapshot(), house.app.now().date);
    let over = |policy: &&std::sync::Arc<Policy>| {
        policy.stated == PolicyState::InForce && state_of(policy, today) == PolicyState::Expired
    };
    let policy = snapshot.state.all::<Policy>().find(over).unwrap();
    let page = house.read(&format!("/records/policies/{}", policy.id), Some(&cookie)).await;
    assert!(page.contains("<dt>State today</dt><dd>expired</dd>"), "{page}");
    assert!(page.contains("<dt>State by the source</dt><dd>in force</dd>"), "{page}");
}

#[tokio::test]
async fn figures_are_shown_as_they_are() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let cookie = Some(cookie.as_str());
    let page = house.read("/figures?q=ST131", cookie).await;
    assert!(page.contains("men · <span lang=\"en\">RCAF survey respondents</span>"), "{page}");
    assert!(page.contains("href=\"/records/evidence/ST131\""));
    // A share keeps its decimals in a workbook.
    let get = &axum::http::Method::GET;
    let book = house.ask(get, "/xlsx/evidence", cookie, ("text/plain", "")).await;
    let bytes = http_body_util::BodyExt::collect(book.into_body()).await.unwrap().to_bytes();
    assert!(cells(&bytes).contains(",21.4,"));
    // The goal is a tick with its value, not a bar beside what was counted.
    let issue = house.read("/issues/I5", cookie).await;
    let chart = issue.split("<figure").find(|part| part.contains(">ST127<")).unwrap();
    assert!(chart.contains("Target or threshold") && chart.contains("national target"), "{chart}");
    assert!(chart.contains(": 20 %") && !chart.contains(">20 %<"), "{chart}");
}

#[tokio::test]
async fn positions_on_a_recommendation_stay_by_date() {
    let house = house().await;
    let cookie = house.session(Role::Secretariat).await;
    let read = async |path: &str| house.read(path, Some(&cookie)).await;
    let review = "_id=&_seen=0&id=UPR-T1&framework=UPR&title=A+recommendation&khmer=draft&source=t&_why=t";
    assert_eq!(house.send("/records/instruments", Some(&cookie), review).await.0, 303);
    for page in ["/answers/UPR-T1", "/records/instruments/UPR-T1"] {
        assert!(links(&read(page).await).contains("/new/positions"), "{page}");
    }
    let form = read("/new/positions?instrument=UPR-T1").await;
    assert!(form.contains("value=\"UPR-T1\" selected"));
    for (id, date, stance) in [("PS2", "2025-03-21", "supported"), ("PS1", "2024-05-08", "noted")] {
        let position = format!("_id=&_seen=0&id={id}&instrument=UPR-T1&date={date}&stance={stance}&source=t&_why=t");
        assert_eq!(house.send("/records/positions", Some(&cookie), &position).await.0, 303);
    }
    let (earlier, later) = ("Position of 8 May 2024: noted.", "Position of 21 March 2025: supported.");
    for path in ["/answers/UPR-T1", "/records/instruments/UPR-T1"] {
        let page = read(path).await;
        let (first, second) = (page.find(earlier), page.find(later));
        assert!(first.is_some() && first < second, "{path}: {page}");
    }
    let list = read("/commitments?framework=UPR").await;
    let row = list.split("/answers/UPR-T1\"").nth(1).unwrap().split("</tr>").next().unwrap();
    assert!(row.contains("supported") && !row.contains("noted"), "the newest holds");
    assert!(read("/commitments.csv").await.contains("supported,2025-03-21"));
}
