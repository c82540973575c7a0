//! The budget note: one page for the finance ministry with need, allocated, gap and what is promised, by programme code,
//! and planned against executed by year. As a document for page, PDF and Word, and as a workbook.

use romduol_locale::{Arg, Locale};
use romduol_plan::kinds::*;
use romduol_plan::money::Books;
use romduol_plan::money::above::Above;
use romduol_plan::money::gap::{Figures, uncosted};
use romduol_plan::money::note::{Programme, next_date, programmes, promised, years};
use romduol_plan::{Amount, Date, Kind};
use romduol_report::document::KeyNumber;
use romduol_report::{Block, Document, Field, Sheet};

use super::{Cell, Grid, Head, Line, currency_name, gap_cell, need_cell};
use crate::Snapshot;

/// How many programmes fit on the paper; the others are one line. Screen and workbook have them all.
const ROWS: usize = 11;
/// How many promises of a programme are told.
const PROMISES: usize = 2;

pub struct Note {
    /// One sheet of paper: the first programmes, the others summed in one line, and the years around the note's own.
    pub document: Document,
    /// The same with every programme and year, for the screen.
    pub page: Document,
    pub sheets: Vec<Sheet>,
    pub year: i32,
}

/// The year that the ministry asks for next, or the coming one where it has no calendar.
pub fn next_year(snapshot: &Snapshot, today: Date) -> i32 {
    let books = Books::of(&snapshot.state, Currency::Khr, false);
    next_date(&books, today).map_or(today.year + 1, |(.., year)| year)
}

struct Writer<'a> {
    books: Books<'a>,
    locale: &'static Locale,
    year: i32,
}

pub fn compose(
    snapshot: &Snapshot,
    illustrative: bool,
    currency: Currency,
    year: i32,
    locale: &'static Locale,
    today: Date,
) -> Note {
    let books = Books::of(&snapshot.state, currency, illustrative);
    let writer = Writer { books, locale, year };
    let all = programmes(&writer.books, year);
    let (rows, executed) = (writer.programmes(&all), writer.executed());
    let total = writer.total(&all);
    let page = writer.document(snapshot, &rows, &executed, &total, today);
    let document = writer.document(snapshot, &writer.on_paper(&rows), &writer.recent(&executed), &total, today);
    let sheets = vec![
        rows.sheet(locale, &locale.t("note-programmes")),
        executed.sheet(locale, &locale.t("note-executed")),
        writer.about(snapshot, today),
    ];
    Note { document, page, sheets, year }
}

impl Writer<'_> {
    fn total(&self, all: &[Programme]) -> Figures {
        let mut sum = Figures::default();
        all.iter().for_each(|one| sum += one.figures);
        sum
    }

    /// The programmes of the year with a total.
    fn programmes(&self, all: &[Programme]) -> Grid {
        let locale = self.locale;
        let heads = vec![
            Head::text(locale.t("field-programme")),
            Head::number(locale.t("money-need"), true),
            Head::number(locale.t("note-allocated"), true),
            Head::number(locale.t("money-gap"), true),
            Head::number(locale.t("money-pledged"), false),
            Head::text(locale.t("note-promised")),
        ];
        let mut rows: Vec<Line> =
            all.iter().map(|one| self.line(self.name(one), &one.figures, self.promise(one), false)).collect();
        rows.push(self.line(locale.t("total"), &self.total(all), String::new(), true));
        let title =
            format!("{} {} ({})", locale.t("note-programmes"), self.year, currency_name(locale, self.books.currency));
        Grid { title, currency: self.books.currency, heads, rows }
    }

    fn line(&self, name: String, figures: &Figures, promise: String, total: bool) -> Line {
        let cells = vec![
            Cell::Text(name),
            need_cell(self.locale, figures, figures.need.likely),
            Cell::Amount(figures.firm()),
            gap_cell(self.locale, figures),
            Cell::Amount(figures.pledged),
            Cell::Text(promise),
        ];
        Line { cells, total, path: None, made_up: figures.made_up }
    }

    fn name(&self, programme: &Programme) -> String {
        let state = self.books.state;
        let short = |id: &Id| {
            let body = state.find::<Institution>(id);
            body.map(|body| if body.short.is_empty() { id.clone() } else { body.short.clone() }).unwrap_or(id.clone())
        };
        let who = programme.institutions.iter().map(short).collect::<Vec<_>>().join(", ");
        let code = if programme.code.is_empty() { self.locale.t("no-code") } else { programme.code.clone() };
        if who.is_empty() { code } else { format!("{code} · {who}") }
    }

    /// The results promised: targets, where there are any, else what the programme does.
    fn promise(&self, programme: &Programme) -> String {
        let (state, locale) = (self.books.state, self.locale);
        let all = promised(&self.books, &programme.nodes, self.year);
        let with_target = all.iter().filter_map(|(indicator, target)| Some((indicator, (*target)?)));
        let told = with_target.take(PROMISES).map(|(indicator, target)| {
            let percent = if indicator.unit == "%" { " %" } else { "" };
            let value = locale.number(target.value, 1);
            format!("{}: {value}{percent} ({})", indicator.name.get(locale.lang), locale.period(target.period))
        });
        let told: Vec<String> = told.collect();
        if !told.is_empty() {
            return told.join("; ");
        }
        let titles = programme.nodes.iter().filter_map(|id| state.find::<Node>(id));
        let told: Vec<&str> = titles.take(PROMISES).map(|node| node.title.get(locale.lang)).collect();
        told.join("; ")
    }

    /// Planned against executed: what each step of the ladder has reached, so that one column never exceeds the one before.
    fn executed(&self) -> Grid {
        let locale = self.locale;
        let keys = ["money-need", "note-allocated", "note-released", "note-executed"];
        let mut heads = vec![Head::text(locale.t("field-year"))];
        heads.extend(keys.map(|key| Head::number(locale.t(key), true)));
        heads.push(Head::number(locale.t("note-share"), true));
        let line = |(year, figures): (i32, Figures)| {
            let released = figures.released + figures.spent;
            let share = figures.spent.share_of(figures.firm());
            let cells = vec![
                Cell::Text(year.to_string()),
                need_cell(locale, &figures, figures.need.likely),
                Cell::Amount(figures.firm()),
                Cell::Amount(released),
                Cell::Amount(figures.spent),
                share.map_or(Cell::Empty, |share| Cell::Text(format!("{} %", locale.amount(share, 0)))),
            ];
            Line { cells, total: false, path: None, made_up: figures.made_up }
        };
        let rows = years(&self.books).into_iter().map(line).collect();
        let title = format!("{} ({})", locale.t("note-executed-title"), currency_name(locale, self.books.currency));
        Grid { title, currency: self.books.currency, heads, rows }
    }

    fn document(&self, snapshot: &Snapshot, rows: &Grid, executed: &Grid, total: &Figures, today: Date) -> Document {
        let (locale, state) = (self.locale, self.books.state);
        let year = self.year.to_string();
        let mut document = Document::new(locale.lang.code(), locale.say("note-title", &[("year", (&year).into())]));
        document.brief = true;
        document.organisation = state.plan().map(|plan| plan.title.get(locale.lang).to_string()).unwrap_or_default();
        document.subtitle = self.due(today);
        document.date_line = locale.date(today);
        document.marker = self.books.made_up.then(|| locale.t("illustrative-long"));
        let shown = |cell: Cell| rows.shown(locale, &cell);
        let key = |label: &str, value: String| KeyNumber { value, label: locale.t(label), note: String::new() };
        document.blocks.push(Block::KeyNumbers {
            items: vec![
                key("money-need", shown(need_cell(locale, total, total.need.likely))),
                key("note-allocated", shown(Cell::Amount(total.firm()))),
                key("money-gap", shown(gap_cell(locale, total))),
            ],
        });
        let mut table = rows.table(locale, String::new());
        // The promise needs the room; code and amounts are short.
        table.columns.iter_mut().filter(|column| column.weight > 0.0).zip([1.0, 2.2]).for_each(|(c, w)| c.weight = w);
        document.blocks.push(Block::Table(table));
        document.blocks.push(Block::Table(executed.table(locale, String::new())));
        document.blocks.push(Block::paragraph(self.remarks(total).join(" ")));
        document.fingerprint = vec![snapshot.ledger_line(locale)];
        document
    }

    /// The first programmes and the total; the rest as one line.
    fn on_paper(&self, rows: &Grid) -> Grid {
        let copy = |line: &Line| Line { cells: line.cells.clone(), path: None, ..*line };
        let heads = rows.heads.iter().map(|head| Head { label: head.label.clone(), ..*head }).collect();
        let mut lines: Vec<Line> = rows.rows.iter().map(copy).collect();
        if lines.len() > ROWS + 2 {
            let others = lines.drain(ROWS..lines.len() - 1).collect::<Vec<_>>();
            let sum = |at: usize| -> Amount {
                others
                    .iter()
                    .map(|line| if let Cell::Amount(amount) = line.cells[at] { amount } else { Amount::ZERO })
                    .sum()
            };
            let name = self.locale.say("note-others", &[("count", Arg::Count(others.len()))]);
            let mut cells = vec![Cell::Text(name)];
            cells.extend((1..5).map(|at| Cell::Amount(sum(at))));
            cells.push(Cell::Text(String::new()));
            let made_up = others.iter().any(|line| line.made_up);
            lines.insert(ROWS, Line { cells, total: false, path: None, made_up });
        }
        Grid { title: rows.title.clone(), currency: rows.currency, heads, rows: lines }
    }

    /// The six years around the note's own: more do not fit on the page.
    fn recent(&self, executed: &Grid) -> Grid {
        let copy = |line: &Line| Line { cells: line.cells.clone(), path: None, ..*line };
        let near = |line: &&Line| match &line.cells[0] {
            Cell::Text(year) => year.parse::<i32>().is_ok_and(|year| (self.year - 4..=self.year + 1).contains(&year)),
            _ => false,
        };
        let heads = executed.heads.iter().map(|head| Head { label: head.label.clone(), ..*head }).collect();
        let rows = executed.rows.iter().filter(near).map(copy).collect();
        Grid { title: executed.title.clone(), currency: executed.currency, heads, rows }
    }

    fn due(&self, today: Date) -> String {
        let Some((date, day, _)) = next_date(&self.books, today) else { return String::new() };
        let (day, what) = (self.locale.date(day), date.title.get(self.locale.lang));
        self.locale.say("note-due", &[("date", (&day).into()), ("what", what.into())])
    }

    fn remarks(&self, total: &Figures) -> Vec<String> {
        let mut remarks = vec![self.locale.t("money-rule")];
        let open = uncosted(&self.books, &Above::of(self.books.state)).len();
        if open > 0 {
            remarks.push(self.locale.say("money-note-uncosted", &[("count", Arg::Count(open))]));
        }
        if total.unpriced > 0 {
            remarks.push(self.locale.say("money-note-unpriced", &[("count", Arg::Count(total.unpriced))]));
        }
        if self.books.without_rate > 0 {
            remarks.push(self.locale.say("money-note-rate", &[("count", Arg::Count(self.books.without_rate))]));
        }
        remarks
    }

    fn about(&self, snapshot: &Snapshot, today: Date) -> Sheet {
        let locale = self.locale;
        let plan = self.books.state.plan().map(|plan| plan.title.get(locale.lang).to_string()).unwrap_or_default();
        let mut rows = vec![
            (locale.word("kind", Kind::Plan.code()), plan),
            (locale.t("field-year"), self.year.to_string()),
            (locale.t("pivot-made"), locale.date(today)),
            (locale.t("field-date"), self.due(today)),
            (locale.t("pivot-ledger-entry"), snapshot.ledger_line(locale)),
        ];
        rows.extend(self.remarks(&Figures::default()).into_iter().map(|remark| (locale.t("notices"), remark)));
        let rows = rows.into_iter().map(|(name, text)| vec![Field::text(name), Field::text(text)]).collect();
        Sheet { name: locale.t("pivot-about"), heads: 0, names: 1, rows }
    }
}
