//! Need by tag as grids: one marker against the other, the share that serves the plan, and functions of government.

use romduol_locale::Locale;
use romduol_plan::kinds::{DacMarker, GenderMarker};
use romduol_plan::money::Books;
use romduol_plan::money::gap::Figures;
use romduol_plan::money::tags::{cofog, cross, plan_share};
use romduol_plan::{Amount, Kind, column};

use super::{Cell, Grid, Head, Line, currency_name};

/// The OECD-DAC marker down, the four-level marker across. Every cost stands in one cell, so both margins make the same
/// total; what is not screened has a row and a column of its own.
pub fn markers(books: &Books, year: Option<i32>, locale: &Locale) -> Grid {
    let sums = cross(books, year);
    let across: Vec<Option<GenderMarker>> = GenderMarker::ALL.iter().copied().map(Some).chain([None]).collect();
    let code = |code: Option<&str>| code.map_or(locale.t("not-screened"), |code| locale.word("code", code));
    let mut heads = vec![Head::text(field(locale, "dac"))];
    heads.extend(across.iter().map(|mark| Head::number(code(mark.map(GenderMarker::code)), true)));
    heads.push(Head::number(locale.t("total"), true));
    let need = |down: Option<Option<DacMarker>>, across: Option<Option<GenderMarker>>| -> Amount {
        let wanted = sums.iter().filter(|((d, a), _)| down.is_none_or(|x| x == *d) && across.is_none_or(|x| x == *a));
        wanted.map(|(_, figures)| figures.need.likely).sum()
    };
    let made_up = sums.values().any(|figures| figures.made_up);
    let line = |name: String, down: Option<Option<DacMarker>>, total: bool| {
        let cells = across.iter().map(|mark| Cell::Amount(need(down, Some(*mark))));
        let cells = [Cell::Text(name)].into_iter().chain(cells).chain([Cell::Amount(need(down, None))]).collect();
        Line { cells, total, path: None, made_up }
    };
    let downs = DacMarker::ALL.iter().copied().map(Some).chain([None]);
    let mut rows: Vec<Line> = downs.map(|mark| line(code(mark.map(DacMarker::code)), Some(mark), false)).collect();
    rows.push(line(locale.t("total"), None, true));
    let title =
        format!("{} × {} ({})", field(locale, "dac"), field(locale, "gender"), currency_name(locale, books.currency));
    Grid { title, currency: books.currency, heads, rows }
}

/// A column of the costing in the reader's words.
fn field(locale: &Locale, name: &str) -> String {
    debug_assert!(column::columns(Kind::CostLine).iter().any(|column| column.field == name));
    locale.word("field", name)
}

/// What serves the plan by the lines' own shares, beside what nobody has given a share.
pub fn shares(books: &Books, year: Option<i32>, locale: &Locale) -> Grid {
    let (serves, unsaid) = plan_share(books, year);
    let total: Amount = cross(books, year).values().map(|figures| figures.need.likely).sum();
    let line = |key: &str, amount: Amount, total: bool| Line {
        cells: vec![Cell::Text(locale.t(key)), Cell::Amount(amount)],
        total,
        path: None,
        made_up: books.made_up,
    };
    let rows = vec![
        line("share-serves", serves, false),
        line("share-elsewhere", total - serves - unsaid, false),
        line("share-unsaid", unsaid, false),
        line("total", total, true),
    ];
    let heads = vec![Head::text(field(locale, "plan_share")), Head::number(locale.t("money-need"), true)];
    let title = format!("{} ({})", field(locale, "plan_share"), currency_name(locale, books.currency));
    Grid { title, currency: books.currency, heads, rows }
}

pub fn functions(books: &Books, year: Option<i32>, locale: &Locale) -> Grid {
    let line = |code: String, figures: &Figures, total: bool| Line {
        cells: vec![Cell::Text(code), Cell::Amount(figures.need.likely), Cell::Amount(figures.firm())],
        total,
        path: None,
        made_up: figures.made_up,
    };
    let sums = cofog(books, year);
    let name = |code: &String| if code.is_empty() { locale.t("no-code") } else { code.clone() };
    let rows = sums.iter().map(|(code, figures)| line(name(code), figures, false)).collect();
    let heads = vec![
        Head::text(field(locale, "cofog")),
        Head::number(locale.t("money-need"), true),
        Head::number(locale.t("money-firm"), true),
    ];
    let title = format!("{} ({})", field(locale, "cofog"), currency_name(locale, books.currency));
    Grid { title, currency: books.currency, heads, rows }
}
