//! The answer sheet of a commitment: what the plan does about it, with what figures and what money, and what is not
//! collected. A drafter of a report to a treaty body takes it home and edits it.

use romduol_locale::{Arg, Locale};
use romduol_plan::commitments::{Coverage, coverage, parts, positions};
use romduol_plan::kinds::*;
use romduol_plan::money::Books;
use romduol_plan::money::above::Above;
use romduol_plan::money::gap::of_nodes;
use romduol_plan::readings::View;
use romduol_plan::status::Status;
use romduol_plan::{Date, Kind, Period, Text};
use romduol_report::document::{Cell, Column, Table};
use romduol_report::{Block, Document};

use crate::Snapshot;
use crate::progress_report::{shape, status_words};

struct Sheet<'a> {
    view: View<'a>,
    locale: &'static Locale,
    at: Period,
    books: Books<'a>,
    above: Above<'a>,
    may_read: &'a dyn Fn(&Indicator) -> bool,
    made_up: bool,
}

/// The sheet of an instrument or one of its paragraphs, its own paragraphs included.
pub fn compose(
    snapshot: &Snapshot,
    illustrative: bool,
    locale: &'static Locale,
    instrument: &Instrument,
    today: Date,
    may_read: &dyn Fn(&Indicator) -> bool,
) -> Document {
    let view = snapshot.view(illustrative);
    let at = Period::year(today.year);
    let books = Books::of(&snapshot.state, Currency::Khr, illustrative);
    let above = Above::of(&snapshot.state);
    let mut sheet = Sheet { view, locale, at, books, above, may_read, made_up: false };
    let lang = locale.lang;
    let mut document = Document::new(lang.code(), instrument.title.get(lang));
    document.subtitle = locale.t("answer-sheet");
    document.organisation = view.state.plan().map(|plan| plan.title.get(lang).to_string()).unwrap_or_default();
    document.date_line = locale.date(today);
    document.running_head = document.title.clone();
    document.contents_title = locale.t("contents");
    sheet.write(instrument, 1, &mut document.blocks);
    document.marker = sheet.made_up.then(|| locale.t("illustrative-long"));
    document.fingerprint = vec![snapshot.ledger_line(locale)];
    document
}

impl Sheet<'_> {
    fn write(&mut self, instrument: &Instrument, level: u8, blocks: &mut Vec<Block>) {
        let state = self.view.state;
        if level > 1 {
            blocks.push(Block::heading(level - 1, self.text(&instrument.title)));
        }
        let summary = self.text(&instrument.summary);
        if !summary.is_empty() {
            blocks.push(Block::paragraph(summary));
        }
        for position in positions(state, &instrument.id) {
            let stance = self.locale.word("code", position.stance.code());
            let date = self.locale.date(position.date);
            let args = [("date", Arg::Text(&date)), ("stance", Arg::Text(&stance))];
            blocks.push(Block::paragraph(format!("{} {}", self.locale.say("answer-position", &args), position.note)));
        }
        let found = coverage(state, &instrument.id);
        let below = parts(state, &instrument.id);
        if !found.is_empty() || below.is_empty() {
            self.actions(&found, level, blocks);
            self.indicators(&found, level, blocks);
            self.figures(&found, level, blocks);
            blocks.push(Block::heading(level, self.locale.t("money")));
            blocks.push(Block::paragraph(self.money(&found)));
        }
        // Circles are refused; three levels are more than any instrument here has.
        if level < 4 {
            for part in below {
                self.write(part, level + 1, blocks);
            }
        }
    }

    /// What the linked actions need, have and lack, each line and amount once; or that nobody has costed them.
    fn money(&mut self, found: &Coverage) -> String {
        let nodes = found.nodes.iter().map(|node| node.id.as_str()).collect();
        let figures = of_nodes(&self.books, &self.above, &nodes);
        self.made_up |= figures.made_up;
        crate::money::sentence(self.locale, &figures, self.books.currency)
    }

    fn text(&self, text: &Text) -> String {
        text.get(self.locale.lang).to_string()
    }

    /// A heading, and a table or the sentence that there is nothing.
    fn table(&self, level: u8, title: &str, nothing: &str, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> [Block; 2] {
        let caption = self.locale.t(title);
        let body = match rows.is_empty() {
            true => Block::paragraph(self.locale.t(nothing)),
            false => Block::Table(Table { caption: caption.clone(), columns, rows, note: String::new() }),
        };
        [Block::heading(level, caption), body]
    }

    fn actions(&mut self, found: &Coverage, level: u8, blocks: &mut Vec<Block>) {
        let state = self.view.state;
        let rows = found.nodes.iter().map(|node| {
            let leads = node.leads.iter().filter_map(|id| state.find::<Institution>(id));
            let leads: Vec<String> = leads.map(|body| self.text(&body.name)).collect();
            let leads = if leads.is_empty() { self.locale.t("no-leads") } else { leads.join(", ") };
            let progress = Cell::text(self.progress(node));
            vec![Cell::text(&node.id), Cell::text(self.text(&node.title)), Cell::text(leads), progress]
        });
        let columns = vec![
            Column::text(self.locale.t("field-id"), 0.6),
            Column::text(self.locale.t("answer-action"), 3.0),
            Column::text(self.locale.t("leads"), 1.6),
            Column::text(self.locale.t("answer-progress"), 1.4),
        ];
        let rows = rows.collect();
        blocks.extend(self.table(level, "answer-actions", "answer-no-actions", columns, rows));
    }

    /// How the indicators of an action stand, counted by status; an action without any is not measured.
    fn progress(&self, node: &Node) -> String {
        let measuring = self.view.state.all::<Indicator>().filter(|indicator| indicator.nodes.contains(&node.id));
        let standings: Vec<Status> =
            measuring.filter_map(|one| self.view.standing(one, self.at).told_status((self.may_read)(one))).collect();
        let count = |status: &Status| (standings.iter().filter(|one| *one == status).count(), *status);
        let counted = Status::ALL.iter().map(count).filter(|(n, _)| *n > 0);
        let words = counted.map(|(n, status)| format!("{n} {}", self.locale.word("status", status.code())));
        match standings.is_empty() {
            true => self.locale.t("answer-not-measured"),
            false => words.collect::<Vec<_>>().join(", "),
        }
    }

    fn indicators(&mut self, found: &Coverage, level: u8, blocks: &mut Vec<Block>) {
        let mut rows = Vec::new();
        for indicator in &found.indicators {
            let standing = self.view.standing(indicator, self.at);
            let hidden = !(self.may_read)(indicator);
            let with_unit = |value: f64| {
                let number = self.locale.number(value, 1);
                if indicator.unit == "%" { format!("{number} %") } else { number }
            };
            let mut value = Cell::text(match standing.reading.as_ref() {
                _ if hidden => self.locale.t("restricted"),
                Some(reading) => {
                    let period = self.locale.period(reading.period);
                    let mark = reading.incomplete().map(|say| format!("; {}", self.locale.tell(&say)));
                    let value = with_unit(reading.value);
                    format!("{}{value} ({period}{})", reading.sign(), mark.unwrap_or_default())
                }
                None => self.locale.t("not-collected"),
            });
            value.illustrative = !hidden && standing.reading.as_ref().is_some_and(|reading| reading.illustrative);
            self.made_up |= value.illustrative;
            let target = standing.aims.last().map_or("–".into(), |target| {
                format!("{} ({})", with_unit(target.value), self.locale.period(target.period))
            });
            rows.push(vec![
                Cell::text(format!("{} {}", indicator.id, self.text(&indicator.name))),
                value,
                Cell::text(target),
                match hidden {
                    true => Cell::text(self.locale.t("restricted")),
                    false => Cell::status(shape(standing.status()), status_words(self.locale, &standing)),
                },
            ]);
        }
        let columns = vec![
            Column::text(self.locale.t("indicator"), 2.4),
            Column::text(self.locale.t("value"), 1.2),
            Column::text(self.locale.t("target"), 1.0),
            Column::text(self.locale.t("status"), 1.0),
        ];
        blocks.extend(self.table(level, "answer-data", "answer-no-data", columns, rows));
    }

    fn figures(&mut self, found: &Coverage, level: u8, blocks: &mut Vec<Block>) {
        let rows = found.figures.iter().map(|figure| {
            let percent = if figure.unit == Unit::Percent { " %" } else { "" };
            vec![
                Cell::text(self.text(&figure.label)),
                Cell::text(format!("{}{percent}", figure.printed)),
                Cell::text(&figure.date),
                Cell::text(format!("{} {}", figure.section, figure.cited_source).trim()),
            ]
        });
        let columns = vec![
            Column::text(self.locale.t("figure"), 2.0),
            Column::number(self.locale.t("value")),
            Column::text(self.locale.t("period"), 0.8),
            Column::text(self.locale.t("source"), 2.0),
        ];
        let rows = rows.collect();
        blocks.extend(self.table(level, "answer-figures", "answer-no-figures", columns, rows));
    }
}

/// The instrument under an id, or that there is none.
pub fn instrument<'a>(snapshot: &'a Snapshot, id: &str) -> Result<&'a Instrument, crate::AppError> {
    let found = snapshot.state.find::<Instrument>(id).map(|one| &**one);
    found.ok_or_else(|| crate::AppError::NotFound { kind: Kind::Instrument, id: id.into() })
}
