//! Money in the words of a language: one grid for page, paper and spreadsheet, so that they agree to the riel. Refuses to
//! reckon: the rules do (`romduol_plan::money`).

pub mod budget_note;
pub mod gap_view;
pub mod tags_view;

use romduol_locale::Locale;
use romduol_plan::Amount;
use romduol_plan::kinds::Currency;
use romduol_plan::money::gap::Figures;
use romduol_report::document::{self, Column};
use romduol_report::{Field, Sheet};

/// A table of amounts, written in any form from the same cells.
pub struct Grid {
    pub title: String,
    pub currency: Currency,
    pub heads: Vec<Head>,
    pub rows: Vec<Line>,
}

pub struct Head {
    pub label: String,
    pub numbers: bool,
    /// Stands on paper, too, where there is less room.
    pub paper: bool,
}

pub struct Line {
    pub cells: Vec<Cell>,
    pub total: bool,
    /// Where its subject can be read.
    pub path: Option<String>,
    pub made_up: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing known; never zero.
    Empty,
    Text(String),
    Amount(Amount),
    Count(usize),
}

/// Riel are whole, dollars have cents.
pub fn decimals(currency: Currency) -> u32 {
    match currency {
        Currency::Khr => 0,
        Currency::Usd => 2,
    }
}

impl Head {
    pub fn text(label: String) -> Head {
        Head { label, numbers: false, paper: true }
    }

    pub fn number(label: String, paper: bool) -> Head {
        Head { label, numbers: true, paper }
    }
}

impl Grid {
    /// A cell as it is read.
    pub fn shown(&self, locale: &Locale, cell: &Cell) -> String {
        match cell {
            Cell::Empty => "–".into(),
            Cell::Text(text) => text.clone(),
            Cell::Amount(amount) => locale.amount(*amount, decimals(self.currency)),
            Cell::Count(count) => locale.number(*count as f64, 0),
        }
    }

    /// For page reports, PDF and Word.
    pub fn table(&self, locale: &Locale, note: String) -> document::Table {
        let shown = |head: &&Head| head.paper;
        let column = |head: &Head| match head.numbers {
            true => Column::number(&head.label),
            false => Column::text(&head.label, 1.6),
        };
        let row = |line: &Line| {
            let cells = line.cells.iter().zip(&self.heads).filter(|(_, head)| head.paper);
            let cell = |(cell, head): (&Cell, &Head)| document::Cell {
                text: self.shown(locale, cell),
                bold: line.total,
                status: None,
                illustrative: line.made_up && head.numbers && matches!(cell, Cell::Amount(_)),
                link: String::new(),
            };
            cells.map(cell).collect()
        };
        document::Table {
            caption: self.title.clone(),
            columns: self.heads.iter().filter(shown).map(column).collect(),
            rows: self.rows.iter().map(row).collect(),
            note,
        }
    }

    /// For spreadsheets: the same rounded amounts, as numbers.
    pub fn sheet(&self, locale: &Locale, name: &str) -> Sheet {
        let head = |head: &Head| Field::text(&head.label);
        let field = |line: &Line, cell: &Cell| match cell {
            Cell::Empty => Field::Empty,
            Cell::Text(text) => Field::text(text),
            Cell::Amount(amount) => {
                Field::Amount { digits: amount.shown(decimals(self.currency)), illustrative: line.made_up }
            }
            Cell::Count(count) => Field::count(u32::try_from(*count).unwrap_or(u32::MAX)),
        };
        let mut rows = vec![self.heads.iter().map(head).chain([Field::text(locale.t("illustrative"))]).collect()];
        for line in &self.rows {
            let mark = if line.made_up { Field::text(locale.t("yes")) } else { Field::Empty };
            rows.push(line.cells.iter().map(|cell| field(line, cell)).chain([mark]).collect());
        }
        Sheet { name: name.into(), heads: 1, names: 1, rows }
    }
}

/// The gap as a cell: not costed is not zero.
fn gap_cell(locale: &Locale, figures: &Figures) -> Cell {
    figures.gap().map_or_else(|| Cell::Text(locale.t("not-costed")), Cell::Amount)
}

/// The need as a cell: not costed is not zero.
fn need_cell(locale: &Locale, figures: &Figures, amount: Amount) -> Cell {
    if figures.costed > 0 { Cell::Amount(amount) } else { Cell::Text(locale.t("not-costed")) }
}

/// What an amount is in: `riel`, `US dollars`.
pub fn currency_name(locale: &Locale, currency: Currency) -> String {
    locale.word("code", currency.code())
}

/// Need, money and gap of something in one sentence; without any cost it says that it is not costed.
pub fn sentence(locale: &Locale, figures: &Figures, currency: Currency) -> String {
    let written =
        |amount: Amount| format!("{} {}", locale.amount(amount, decimals(currency)), currency_name(locale, currency));
    let firm = written(figures.firm());
    let Some(gap) = figures.gap() else {
        return match figures.firm().is_zero() {
            true => locale.t("answer-no-money"),
            false => locale.say("money-without-cost", &[("firm", (&firm).into())]),
        };
    };
    let (need, gap, pledged) = (written(figures.need.likely), written(gap), written(figures.pledged));
    let args =
        [("need", (&need).into()), ("firm", (&firm).into()), ("gap", (&gap).into()), ("pledged", (&pledged).into())];
    locale.say("money-sentence", &args)
}
