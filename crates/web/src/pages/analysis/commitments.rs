//! Instruments and their paragraphs with what the plan does about each, and the answer sheet of one.

use std::sync::Arc;

use axum::extract::Path;
use romduol_app::money::decimals;
use romduol_app::{AppError, analysis_tables, answer_sheet};
use romduol_locale::Locale;
use romduol_plan::commitments;
use romduol_plan::kinds::{Currency, Framework, Indicator, Instrument, Node, Position};
use romduol_plan::money::Books;
use romduol_plan::money::above::Above;
use romduol_plan::money::gap::of_nodes;
use romduol_plan::permission::Act;
use romduol_report::{Document, Markup, html};

use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::take_home;
use crate::viewer::Viewer;

/// An instrument or paragraph with the counts of what is linked to it.
struct Line {
    depth: usize,
    instrument: Arc<Instrument>,
    nodes: usize,
    indicators: usize,
    figures: usize,
    /// What the linked actions lack of what they need, and whether it is made up.
    money: (String, bool),
    position: Option<Arc<Position>>,
}

#[derive(askama::Template)]
#[template(path = "analysis/commitments.html")]
struct Commitments {
    c: Chrome,
    frameworks: Vec<(String, String, usize)>,
    asked: String,
    bare: bool,
    lines: Vec<Line>,
    all: usize,
    covered: usize,
    edits: bool,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let state = &viewer.snapshot.state;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-commitments"));
    let asked = viewer.asked("framework").unwrap_or("").to_string();
    let bare = viewer.asked("bare").is_some();
    let mut lines = Vec::new();
    let purse = (Books::of(state, Currency::Khr, viewer.illustrative), Above::of(state));
    for instrument in state.all::<Instrument>().filter(|one| one.part_of.is_none()) {
        add(&viewer, &purse, instrument, 0, &mut lines);
    }
    let count = |framework: Framework| lines.iter().filter(|line| line.instrument.framework == framework).count();
    let frameworks = Framework::ALL.iter().filter(|framework| count(**framework) > 0);
    let frameworks = frameworks.map(|f| (f.code().to_string(), c.code(f.code()), count(*f))).collect();
    let covered = lines.iter().filter(|line| line.nodes + line.indicators + line.figures > 0).count();
    let all = lines.len();
    lines.sort_by_key(|line| line.instrument.framework);
    lines.retain(|line| asked.is_empty() || line.instrument.framework.code() == asked);
    lines.retain(|line| !bare || line.nodes == 0);
    render(&Commitments { frameworks, asked, bare, lines, all, covered, edits: viewer.may(Act::EditPlan), c })
}

pub(crate) async fn csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let table = analysis_tables::commitments(&viewer.snapshot.state, viewer.locale, viewer.illustrative);
    take_home::csv(&table, "commitments")
}

/// The money of some nodes in a few words.
fn money(viewer: &Viewer, (books, above): &(Books, Above), nodes: &[&Arc<Node>]) -> (String, bool) {
    let figures = of_nodes(books, above, &nodes.iter().map(|node| node.id.as_str()).collect());
    let written = |amount| viewer.locale.amount(amount, decimals(books.currency));
    let text = figures.gap().map_or_else(
        || viewer.locale.t("not-costed"),
        |gap| {
            let (gap, need) = (written(gap), written(figures.need.likely));
            viewer.locale.say("money-short", &[("gap", (&gap).into()), ("need", (&need).into())])
        },
    );
    (text, figures.made_up)
}

fn add(viewer: &Viewer, purse: &(Books, Above), instrument: &Arc<Instrument>, depth: usize, lines: &mut Vec<Line>) {
    let state = &viewer.snapshot.state;
    let found = commitments::coverage(state, &instrument.id);
    lines.push(Line {
        depth,
        instrument: instrument.clone(),
        nodes: found.nodes.len(),
        indicators: found.indicators.len(),
        figures: found.figures.len(),
        money: money(viewer, purse, &found.nodes),
        position: commitments::positions(state, &instrument.id).last().map(|position| (*position).clone()),
    });
    // The rules of a package refuse circles; the limit is for a record that got past them.
    if depth < 6 {
        for part in commitments::parts(state, &instrument.id) {
            add(viewer, purse, part, depth + 1, lines);
        }
    }
}

#[derive(askama::Template)]
#[template(path = "analysis/answer.html")]
struct AnswerPage {
    c: Chrome,
    id: String,
    body: Markup,
    takes: bool,
    edits: bool,
}

pub(crate) async fn answer(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let document = sheet(&viewer, &id)?;
    let body = html::fragment(&document);
    let edits = viewer.may(Act::EditPlan) && viewer.at.is_none();
    render(&AnswerPage { c: Chrome::of(&viewer, document.title), id, body, takes: viewer.may(Act::ReadReport), edits })
}

pub(crate) async fn answer_pdf(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::pdf(&viewer, sheet(&viewer, &id)?, &format!("answer-{id}")).await
}

pub(crate) async fn answer_docx(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::docx(&sheet(&viewer, &id)?, &format!("answer-{id}"))
}

/// The sheet in the asked language, or in the reader's.
fn sheet(viewer: &Viewer, id: &str) -> Result<Document, AppError> {
    let instrument = answer_sheet::instrument(&viewer.snapshot, id)?;
    let lang = viewer.chosen("in")?.unwrap_or(viewer.lang());
    let (locale, today) = (Locale::of(lang), viewer.site.app.now().date);
    let may_read = |indicator: &Indicator| viewer.may_read(indicator);
    Ok(answer_sheet::compose(&viewer.snapshot, viewer.illustrative, locale, instrument, today, &may_read))
}
