//! Who saw or changed what, with filters and to take home.

use romduol_app::accounts::{Trace, TrailFilter, trail_sheet};
use romduol_plan::Date;
use romduol_plan::permission::Act;

use super::take_home;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

/// The acts that the trail knows, for the choice.
const ACTS: [&str; 19] = [
    "write",
    "retire",
    "read",
    "sign-in",
    "invite",
    "change-account",
    "hand-over",
    "close-account",
    "open-account",
    "erase-account",
    "reset-password",
    "reset-all",
    "set-password",
    "add-second",
    "drop-second",
    "new-codes",
    "add-token",
    "drop-token",
    "read-trail",
];

/// How many days are shown when none are asked for.
const DAYS: u16 = 7;

#[derive(askama::Template)]
#[template(path = "trail.html")]
struct Trail {
    c: Chrome,
    filter: TrailFilter,
    from: String,
    until: String,
    acts: [&'static str; 19],
    lines: Vec<Trace>,
    more: bool,
    /// The filter as it stands in an address.
    query: String,
}

fn filter(viewer: &Viewer) -> TrailFilter {
    let today = viewer.site.app.now().date;
    let day = |name: &str| viewer.asked(name).and_then(Date::parse);
    let until = day("until").unwrap_or(today);
    let text = |name: &str| viewer.asked(name).unwrap_or("").trim().chars().take(80).collect::<String>();
    TrailFilter {
        from: day("from").unwrap_or_else(|| today.minus_days(DAYS)),
        until,
        who: text("who"),
        act: text("act"),
        object: text("object"),
    }
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadTrail)?;
    let filter = filter(&viewer);
    let (lines, more) = viewer.site.app.trail(&viewer.person, &filter).await?;
    let field = |(name, value): (&str, &str)| format!("{name}={}", crate::error::form_urlencoded(value));
    let (from, until) = (filter.from.to_string(), filter.until.to_string());
    let given = [("from", from.as_str()), ("until", &until), ("who", &filter.who), ("act", &filter.act)];
    let query = given.into_iter().chain([("object", filter.object.as_str())]).map(field).collect::<Vec<_>>().join("&");
    let c = Chrome::of(&viewer, viewer.locale.t("menu-trail"));
    render(&Trail { from, until, acts: ACTS, lines, more, query, filter, c })
}

/// Taking it home is noted in it.
async fn sheet(viewer: &Viewer) -> Result<romduol_report::Sheet, crate::error::PageError> {
    viewer.must(Act::ReadTrail)?;
    let (lines, _) = viewer.site.app.trail(&viewer.person, &filter(viewer)).await?;
    viewer.site.app.trace(&viewer.person.account, "read-trail", "").await;
    Ok(trail_sheet(&lines, viewer.locale))
}

pub(crate) async fn csv(viewer: Viewer) -> Page {
    take_home::csv(&sheet(&viewer).await?, "trail")
}

pub(crate) async fn xlsx(viewer: Viewer) -> Page {
    let sheet = sheet(&viewer).await?;
    take_home::xlsx(&viewer, sheet, "trail")
}
