//! Issues against what exists, policies with their state today, figures as they are, positions over time: what the pages of
//! the analysis say.

use romduol_plan::coherence::{state_of, tally};
use romduol_plan::kinds::{Policy, PolicyState, Theme};
use romduol_plan::permission::Role;

use crate::house::house;

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
