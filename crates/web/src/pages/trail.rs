//! Who saw or changed what, with filters and to take home.

use romduol_app::accounts::{Trace, TrailFilter};
use romduol_app::{AppError, Calendar};
use romduol_plan::Deed;
use romduol_plan::permission::Act;
use romduol_report::Sheet;

use super::take_home;
use crate::address::query;
use crate::chrome::{Chrome, render};
use crate::error::{Page, PageError};
use crate::given::date;
use crate::viewer::Viewer;

/// How many days are shown when none are asked for.
const DAYS: u16 = 7;
/// How many lines a page has.
const LINES: usize = 200;
/// Nobody turns so many pages.
const MOST_PAGES: usize = 100_000;

#[derive(askama::Template)]
#[template(path = "trail.html")]
struct Trail {
    c: Chrome,
    filter: TrailFilter,
    from: String,
    until: String,
    deeds: &'static [Deed],
    lines: Vec<Trace>,
    calendar: Calendar,
    /// The number of the first line, from 1.
    first: usize,
    newer: Option<usize>,
    older: Option<usize>,
    /// The filter as it stands in an address.
    query: String,
}

fn filter(viewer: &Viewer) -> Result<TrailFilter, AppError> {
    let today = viewer.site.app.now().date;
    let day = |name: &str| date(name, viewer.asked(name).unwrap_or_default());
    let until = day("until")?.unwrap_or(today);
    let text = |name: &str| viewer.asked(name).unwrap_or("").trim().chars().take(80).collect::<String>();
    Ok(TrailFilter {
        from: day("from")?.unwrap_or_else(|| today.minus_days(DAYS)),
        until,
        who: text("who"),
        deed: viewer.chosen("act")?,
        object: text("object"),
    })
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadTrail)?;
    let filter = filter(&viewer)?;
    let page = viewer.asked("page").and_then(|page| page.parse().ok()).unwrap_or(0usize).min(MOST_PAGES);
    let (lines, more) = viewer.site.app.trail(&viewer.person, &filter, page * LINES, LINES).await?;
    let (from, until) = (filter.from.to_string(), filter.until.to_string());
    let deed = filter.deed.map_or("", Deed::code);
    let given = [("from", from.as_str()), ("until", &until), ("who", &filter.who), ("act", deed)];
    let query = query(given.into_iter().chain([("object", filter.object.as_str())]));
    let c = Chrome::of(&viewer, viewer.locale.t("menu-trail"));
    let calendar = viewer.site.app.calendar();
    let (newer, older) = (page.checked_sub(1), more.then_some(page + 1));
    render(&Trail {
        from,
        until,
        deeds: Deed::ALL,
        lines,
        first: page * LINES + 1,
        newer,
        older,
        query,
        filter,
        calendar,
        c,
    })
}

async fn sheet(viewer: &Viewer) -> Result<Sheet, PageError> {
    viewer.must(Act::ReadTrail)?;
    Ok(viewer.site.app.trail_home(&viewer.person, &filter(viewer)?, viewer.locale).await?)
}

pub(crate) async fn csv(viewer: Viewer) -> Page {
    take_home::csv(&sheet(&viewer).await?, "trail")
}

pub(crate) async fn xlsx(viewer: Viewer) -> Page {
    let sheet = sheet(&viewer).await?;
    take_home::xlsx(&viewer, sheet, "trail")
}
