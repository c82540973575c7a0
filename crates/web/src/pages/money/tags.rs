//! Need by tag: both gender markers against each other, the share that serves the plan, functions of government.

use romduol_app::money::tags_view::{functions, markers, shares};
use romduol_plan::money::Books;
use romduol_plan::permission::Act;

use super::{Options, Shown, choice, currencies, currency, shown, years};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "money/tags.html")]
struct Tags {
    c: Chrome,
    years: Options,
    currencies: Options,
    grids: Vec<Shown>,
    nothing: bool,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (year, currency) = (choice(&viewer)?.year, currency(&viewer)?);
    let state = &viewer.snapshot.state;
    let books = Books::of(state, currency, viewer.illustrative);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-tags"));
    let grids = [
        markers(&books, year, viewer.locale),
        shares(&books, year, viewer.locale),
        functions(&books, year, viewer.locale),
    ];
    render(&Tags {
        years: years(state, year),
        currencies: currencies(&c, currency),
        grids: grids.iter().map(|grid| shown(&viewer, grid)).collect(),
        nothing: books.costs.is_empty(),
        c,
    })
}
