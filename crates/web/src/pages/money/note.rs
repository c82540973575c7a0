//! The budget note for the finance ministry: as a page, as PDF and Word in both languages, and as a workbook.

use romduol_app::AppError;
use romduol_app::money::budget_note::{self, Note};
use romduol_locale::Locale;
use romduol_plan::permission::Act;
use romduol_report::{Markup, html};

use super::{Options, choice, currencies, currency, years};
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::take_home::{self, XLSX};
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "money/note.html")]
struct NotePage {
    c: Chrome,
    years: Options,
    currencies: Options,
    body: Markup,
    query: String,
    takes: bool,
}

/// The note in the asked language, or in the reader's.
fn note(viewer: &Viewer) -> Result<Note, AppError> {
    let today = viewer.site.app.now().date;
    let year = choice(viewer)?.year.unwrap_or_else(|| budget_note::next_year(&viewer.snapshot, today));
    let lang = viewer.chosen("in")?.unwrap_or(viewer.lang());
    Ok(budget_note::compose(&viewer.snapshot, viewer.illustrative, currency(viewer)?, year, Locale::of(lang), today))
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let (note, currency) = (note(&viewer)?, currency(&viewer)?);
    let c = Chrome::of(&viewer, viewer.locale.t("menu-note"));
    render(&NotePage {
        years: years(&viewer.snapshot.state, Some(note.year)),
        currencies: currencies(&c, currency),
        body: html::fragment(&note.page),
        query: format!("year={}&currency={}", note.year, currency.code()),
        takes: viewer.may(Act::ReadReport),
        c,
    })
}

pub(crate) async fn pdf(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReport)?;
    let note = note(&viewer)?;
    take_home::pdf(&viewer, note.document, &format!("budget-note-{}", note.year)).await
}

pub(crate) async fn docx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReport)?;
    let note = note(&viewer)?;
    take_home::docx(&note.document, &format!("budget-note-{}", note.year))
}

pub(crate) async fn xlsx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReport)?;
    let note = note(&viewer)?;
    let bytes = romduol_report::xlsx(&note.document.title, &note.sheets, viewer.site.app.now().unix);
    let bytes = bytes.map_err(|error| AppError::fault(error.to_string()))?;
    Ok(take_home::file(&format!("budget-note-{}-{}.xlsx", note.year, note.document.lang), XLSX, bytes))
}
