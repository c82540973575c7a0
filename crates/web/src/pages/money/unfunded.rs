//! What still needs money, by theme and place, and recording a pledge for it.

use axum::extract::Form;
use romduol_app::money::decimals;
use romduol_plan::Amount;
use romduol_plan::commands::money::{Pledge, funds};
use romduol_plan::kinds::Currency;
use romduol_plan::money::Books;
use romduol_plan::money::unfunded::{Want, unfunded};
use romduol_plan::permission::{Act, Reach, reach};
use romduol_report::Markup;

use super::{Options, areas, choice, currencies, currency, themes, years};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::whole;
use crate::viewer::Viewer;

struct Row {
    id: String,
    title: Markup,
    /// Without markup, for the list of the form.
    plain: String,
    need: String,
    firm: String,
    gap: String,
    pledged: String,
    /// Where there is no cost there is no gap either.
    costed: bool,
    made_up: bool,
}

#[derive(askama::Template)]
#[template(path = "money/unfunded.html")]
struct Unfunded {
    c: Chrome,
    years: Options,
    themes: Options,
    areas: Options,
    currencies: Options,
    rows: Vec<Row>,
    made_up: bool,
    /// The sources that the person may pledge from; none where the person may not.
    funds: Option<Options>,
    /// Whether the own source may be made with the first pledge.
    own: bool,
    year: String,
    area: String,
    done: bool,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (choice, currency) = (choice(&viewer)?, currency(&viewer)?);
    let state = &viewer.snapshot.state;
    let books = Books::of(state, currency, viewer.illustrative);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-unfunded"));
    let rows: Vec<Row> = unfunded(&books, &choice).iter().map(|want| row(&c, want, currency)).collect();
    let may = viewer.may(Act::Pledge) && viewer.at.is_none();
    let sources = may.then(|| {
        let list = funds(state, &viewer.person.post).into_iter();
        list.map(|fund| (fund.id.clone(), c.plain(&fund.name), false)).collect::<Options>()
    });
    let own = reach(viewer.person.post.role, Act::Pledge) == Reach::Own && sources.as_ref().is_some_and(Vec::is_empty);
    let next = viewer.site.app.now().date.year + 1;
    render(&Unfunded {
        years: years(state, choice.year),
        themes: themes(&viewer, &c, choice.theme.as_deref()),
        areas: areas(&viewer, &c, choice.area.as_deref()),
        currencies: currencies(&c, currency),
        made_up: rows.iter().any(|row| row.made_up),
        rows,
        funds: sources,
        own,
        year: choice.year.unwrap_or(next).to_string(),
        area: choice.area.unwrap_or_default(),
        done: viewer.asked("done").is_some(),
        c,
    })
}

fn row(c: &Chrome, want: &Want, currency: Currency) -> Row {
    let amount = |amount: Amount| c.locale.amount(amount, decimals(currency));
    let figures = &want.figures;
    let costed = figures.costed > 0;
    Row {
        id: want.node.id.clone(),
        title: c.text(&want.node.title),
        plain: c.plain(&want.node.title),
        need: if costed { amount(figures.need.likely) } else { c.t("not-costed") },
        firm: amount(figures.firm()),
        gap: figures.gap().map_or_else(|| c.t("not-costed"), amount),
        pledged: amount(figures.pledged),
        costed,
        made_up: figures.made_up,
    }
}

#[derive(serde::Deserialize)]
pub(crate) struct Given {
    node: String,
    #[serde(default)]
    fund: String,
    #[serde(default)]
    area: String,
    year: String,
    amount: String,
    currency: String,
    #[serde(default)]
    note: String,
}

pub(crate) async fn pledge(viewer: Viewer, Form(given): Form<Given>) -> Page {
    viewer.must(Act::Pledge)?;
    let Given { node, fund, area, year, amount, currency, note } = given;
    let year = whole("year", &year)?;
    viewer.execute(Pledge { node, fund, area, year, amount, currency, note }).await?;
    Ok(see("/money/unfunded?done=1"))
}
