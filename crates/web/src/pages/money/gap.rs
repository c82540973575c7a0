//! Need, money and gap at a glance, by what the reader chooses; the same as PDF, workbook and CSV.

use romduol_app::AppError;
use romduol_app::money::gap_view::{self, Asked};
use romduol_plan::money::gap::By;
use romduol_plan::permission::Act;

use super::{Options, Shown, areas, choice, currencies, currency, shown, themes, years};
use crate::address;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::take_home::{self, XLSX};
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "money/gap.html")]
struct Gap {
    c: Chrome,
    views: Vec<(String, String, bool)>,
    by: String,
    years: Options,
    themes: Options,
    areas: Options,
    currencies: Options,
    /// The largest figures, before the table: value, name, whether it is made up.
    key_numbers: Vec<(String, String, bool)>,
    grid: Shown,
    notes: Vec<String>,
    nothing: bool,
    /// The choice, for the links to take it home.
    query: String,
    takes: bool,
    edits: bool,
}

fn asked(viewer: &Viewer) -> Result<Asked, AppError> {
    Ok(Asked {
        by: viewer.chosen("by")?.unwrap_or(By::Pillar),
        choice: choice(viewer)?,
        currency: currency(viewer)?,
        illustrative: viewer.illustrative,
    })
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let asked = asked(&viewer)?;
    let state = &viewer.snapshot.state;
    let view = gap_view::compose(state, &asked, viewer.locale);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-money"));
    let query = query(&asked);
    let link = |by: &By| {
        let choice = Asked { by: *by, choice: asked.choice.clone(), ..asked };
        (format!("/money?{}", self::query(&choice)), c.tk("money-", by.code()), *by == asked.by)
    };
    let total = &view.table.total.figures;
    let made_up = total.made_up;
    let amount = |amount| {
        let decimals = romduol_app::money::decimals(asked.currency);
        viewer.locale.amount(amount, decimals)
    };
    let gap = total.gap().map_or_else(|| c.t("not-costed"), amount);
    let need = if total.costed > 0 { amount(total.need.likely) } else { c.t("not-costed") };
    let key_numbers = vec![
        (need, c.t("money-need"), made_up),
        (amount(total.firm()), c.t("money-firm"), made_up),
        (gap, c.t("money-gap"), made_up),
        (amount(total.pledged), c.t("money-pledged"), made_up),
        (view.table.total.uncosted.to_string(), c.t("money-not-costed"), false),
    ];
    render(&Gap {
        views: By::ALL.iter().map(link).collect(),
        by: asked.by.code().into(),
        years: years(state, asked.choice.year),
        themes: themes(&viewer, &c, asked.choice.theme.as_deref()),
        areas: areas(&viewer, &c, asked.choice.area.as_deref()),
        currencies: currencies(&c, asked.currency),
        nothing: total.is_empty(),
        key_numbers,
        grid: shown(&viewer, &view.grid),
        notes: view.notes,
        query,
        takes: viewer.may(Act::ReadReport),
        edits: viewer.may(Act::EditPlan) && viewer.at.is_none(),
        c,
    })
}

/// The choice as it stands in an address.
fn query(asked: &Asked) -> String {
    let mut parts = vec![("by", asked.by.code().to_string()), ("currency", asked.currency.code().to_string())];
    parts.extend(asked.choice.year.map(|year| ("year", year.to_string())));
    parts.extend(asked.choice.theme.clone().map(|theme| ("theme", theme)));
    parts.extend(asked.choice.area.clone().map(|area| ("area", area)));
    address::query(parts)
}

pub(crate) async fn pdf(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReport)?;
    let (asked, today) = (asked(&viewer)?, viewer.site.app.now().date);
    let document = gap_view::document(&viewer.snapshot, &asked, viewer.locale, today);
    take_home::pdf(&viewer, document, "money").await
}

pub(crate) async fn xlsx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReport)?;
    let (asked, now) = (asked(&viewer)?, viewer.site.app.now());
    let sheets = gap_view::sheets(&viewer.snapshot, &asked, viewer.locale, now.date);
    let bytes = romduol_report::xlsx(&viewer.locale.t("menu-money"), &sheets, now.unix);
    let bytes = bytes.map_err(|error| AppError::fault(error.to_string()))?;
    Ok(take_home::file(&format!("money-{}.xlsx", now.date), XLSX, bytes))
}
