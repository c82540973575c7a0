//! The gap view: need, money and gap by what is chosen, with what its rows are called. Page, PDF and workbook are
//! written from the same grid.

use romduol_locale::{Arg, Locale};
use romduol_plan::id::encoded;
use romduol_plan::kinds::*;
use romduol_plan::money::Books;
use romduol_plan::money::gap::{By, Choice, Figures, GapTable, Key, Row, table};
use romduol_plan::{Date, Kind, State};
use romduol_report::{Block, Document, Field, Sheet};

use super::{Cell, Grid, Head, Line, currency_name, gap_cell, need_cell};
use crate::Snapshot;

/// What is asked for.
pub struct Asked {
    pub by: By,
    pub choice: Choice,
    pub currency: Currency,
    pub illustrative: bool,
}

/// The answer: the table and how it is written.
pub struct GapView {
    pub table: GapTable,
    pub grid: Grid,
    /// What must be said about it, each a sentence.
    pub notes: Vec<String>,
}

pub fn compose(state: &State, asked: &Asked, locale: &'static Locale) -> GapView {
    let books = Books::of(state, asked.currency, asked.illustrative);
    let table = table(&books, asked.by, &asked.choice);
    let title = locale.word("money-by", asked.by.code());
    let by_source = asked.by == By::Source;
    let heads = if by_source { source_heads(locale) } else { heads(locale, asked.by) };
    let line = |row: &Row, total: bool| {
        let name = if total { locale.t("total") } else { name(state, locale, asked.by, &row.key) };
        let cells = if by_source { source_cells(&row.figures) } else { cells(locale, row, asked.by) };
        Line {
            cells: [Cell::Text(name)].into_iter().chain(cells).collect(),
            total,
            path: if total { None } else { path(asked.by, &row.key) },
            made_up: row.figures.made_up,
        }
    };
    let mut rows: Vec<Line> = table.rows.iter().map(|row| line(row, false)).collect();
    rows.push(line(&table.total, true));
    let grid = Grid {
        title: format!("{title} ({})", currency_name(locale, asked.currency)),
        currency: asked.currency,
        heads,
        rows,
    };
    let notes = notes(&books, &table, by_source, &grid, locale);
    GapView { table, grid, notes }
}

fn heads(locale: &Locale, by: By) -> Vec<Head> {
    let number = |key: &str, paper| Head::number(locale.t(key), paper);
    let mut heads = vec![
        Head::text(locale.word("money", by.code())),
        number("money-need", true),
        number("money-firm", true),
        number("money-gap", true),
        number("money-pledged", true),
        number("money-planned", false),
    ];
    if counts_actions(by) {
        heads.push(number("money-not-costed", true));
    }
    let more = ["money-low", "money-high", "money-committed", "money-released", "money-spent", "money-over"];
    heads.extend(more.map(|key| number(key, false)));
    heads
}

fn counts_actions(by: By) -> bool {
    matches!(by, By::Pillar | By::Outcome | By::Institution)
}

fn cells(locale: &Locale, row: &Row, by: By) -> Vec<Cell> {
    let figures = &row.figures;
    let mut cells = vec![
        need_cell(locale, figures, figures.need.likely),
        Cell::Amount(figures.firm()),
        gap_cell(locale, figures),
        Cell::Amount(figures.pledged),
        Cell::Amount(figures.planned),
    ];
    if counts_actions(by) {
        cells.push(Cell::Count(row.uncosted));
    }
    cells.extend([
        need_cell(locale, figures, figures.need.low),
        need_cell(locale, figures, figures.need.high),
        Cell::Amount(figures.committed),
        Cell::Amount(figures.released),
        Cell::Amount(figures.spent),
        Cell::Amount(figures.over()),
    ]);
    cells
}

/// A source has no need; its money is told step by step.
fn source_heads(locale: &Locale) -> Vec<Head> {
    let number = |key: &str| Head::number(locale.t(key), true);
    let keys = ["money-firm", "money-planned", "money-pledged", "money-committed", "money-released", "money-spent"];
    [Head::text(locale.t("money-source"))].into_iter().chain(keys.map(number)).collect()
}

fn source_cells(figures: &Figures) -> Vec<Cell> {
    let Figures { planned, pledged, committed, released, spent, .. } = *figures;
    [figures.firm(), planned, pledged, committed, released, spent].map(Cell::Amount).into()
}

fn kind(by: By) -> Option<Kind> {
    match by {
        By::Pillar | By::Outcome => Some(Kind::Node),
        By::Institution => Some(Kind::Institution),
        By::Area => Some(Kind::Area),
        By::Source => Some(Kind::Fund),
        By::Year => None,
    }
}

fn name(state: &State, locale: &Locale, by: By, key: &Key) -> String {
    let title = |id: &Id| {
        let body = kind(by).and_then(|kind| state.body(kind, id));
        body.map(|body| body.title().get(locale.lang).to_string()).filter(|name| !name.is_empty()).unwrap_or(id.clone())
    };
    match key {
        Key::Of(id) => title(id),
        Key::Year(year) => year.to_string(),
        Key::Several(ids) => ids.iter().map(title).collect::<Vec<_>>().join(" + "),
        Key::None => locale.word("money-no", by.code()),
    }
}

fn path(by: By, key: &Key) -> Option<String> {
    match (kind(by)?, key) {
        (Kind::Node, Key::Of(id)) => Some(format!("/nodes/{}", encoded(id))),
        (kind, Key::Of(id)) => Some(format!("/records/{}/{}", kind.code(), encoded(id))),
        _ => None,
    }
}

fn notes(books: &Books, table: &GapTable, by_source: bool, grid: &Grid, locale: &Locale) -> Vec<String> {
    let mut notes = vec![locale.t("money-rule")];
    let total = &table.total;
    if total.uncosted > 0 {
        notes.push(locale.say("money-note-uncosted", &[("count", Arg::Count(total.uncosted))]));
    }
    if total.figures.unpriced > 0 {
        notes.push(locale.say("money-note-unpriced", &[("count", Arg::Count(total.figures.unpriced))]));
    }
    if !by_source && table.gaps > total.figures.gap().unwrap_or_default() {
        let gaps = grid.shown(locale, &Cell::Amount(table.gaps));
        notes.push(locale.say("money-note-over", &[("gaps", (&gaps).into())]));
    }
    if books.without_rate > 0 {
        notes.push(locale.say("money-note-rate", &[("count", Arg::Count(books.without_rate))]));
    }
    notes
}

/// The same view on paper.
pub fn document(snapshot: &Snapshot, asked: &Asked, locale: &'static Locale, today: Date) -> Document {
    let view = compose(&snapshot.state, asked, locale);
    let mut document = Document::new(locale.lang.code(), locale.t("menu-money"));
    document.subtitle = view.grid.title.clone();
    document.organisation =
        snapshot.state.plan().map(|plan| plan.title.get(locale.lang).to_string()).unwrap_or_default();
    document.date_line = locale.date(today);
    document.contents_title = locale.t("contents");
    document.marker = view.table.total.figures.made_up.then(|| locale.t("illustrative-long"));
    let choice = chosen(&snapshot.state, asked, locale);
    document.cover_lines = choice.into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    document.blocks.push(Block::Table(view.grid.table(locale, String::new())));
    document.blocks.extend(view.notes.iter().map(Block::paragraph));
    document.fingerprint = vec![snapshot.ledger_line(locale)];
    document
}

/// The same view as a workbook: the numbers, and what they rest on.
pub fn sheets(snapshot: &Snapshot, asked: &Asked, locale: &'static Locale, today: Date) -> Vec<Sheet> {
    let view = compose(&snapshot.state, asked, locale);
    let mut about = vec![(locale.t("menu-money"), view.grid.title.clone())];
    about.extend(chosen(&snapshot.state, asked, locale));
    about.push((locale.t("pivot-made"), locale.date(today)));
    about.extend(view.notes.iter().map(|note| (locale.t("notices"), note.clone())));
    about.push((locale.t("pivot-ledger-entry"), snapshot.ledger_line(locale)));
    let rows = about.into_iter().map(|(name, text)| vec![Field::text(name), Field::text(text)]).collect();
    let about = Sheet { name: locale.t("pivot-about"), heads: 0, names: 1, rows };
    vec![view.grid.sheet(locale, &locale.t("pivot-numbers")), about]
}

/// What was chosen, in words.
fn chosen(state: &State, asked: &Asked, locale: &Locale) -> Vec<(String, String)> {
    let title =
        |kind, id: &Id| state.body(kind, id).map_or(id.clone(), |body| body.title().get(locale.lang).to_string());
    let Choice { year, theme, area } = &asked.choice;
    let mut list = Vec::new();
    list.extend(year.map(|year| (locale.t("field-year"), year.to_string())));
    list.extend(theme.as_ref().map(|id| (locale.t("field-theme"), title(Kind::Theme, id))));
    list.extend(area.as_ref().map(|id| (locale.t("place"), title(Kind::Area, id))));
    list
}
