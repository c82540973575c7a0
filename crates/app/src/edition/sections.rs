//! The sections of an edition that are words and tables: money, commitments, decisions, late reports. Refuses to know the
//! numbers of indicators: those are protected first.

use romduol_edition::content::Section;
use romduol_locale::Locale;
use romduol_plan::commitments::{coverage, parts, positions};
use romduol_plan::kinds::*;
use romduol_plan::money::gap;
use romduol_plan::{Date, Lang, State};
use romduol_report::Block;
use romduol_report::document::{Cell, Column, Table};

use crate::money::gap_view::{self, Asked};
use crate::{Snapshot, late};

/// Every chosen section in every language, in the order of the choice.
pub(crate) fn write(snapshot: &Snapshot, choice: &Edition, today: Date) -> Vec<Section> {
    let mut sections = Vec::new();
    for id in &choice.sections {
        for lang in Lang::ALL {
            let writer =
                Writer { state: &snapshot.state, locale: Locale::of(lang), illustrative: choice.demonstration, today };
            let blocks = match id {
                EditionSection::Money => writer.money(),
                EditionSection::Commitments => writer.commitments(),
                EditionSection::Decisions => writer.decisions(),
                EditionSection::Late => writer.late(choice),
            };
            sections.push(Section { id: *id, lang, blocks });
        }
    }
    sections
}

struct Writer<'a> {
    state: &'a State,
    locale: &'static Locale,
    illustrative: bool,
    today: Date,
}

impl Writer<'_> {
    fn name(&self, institution: &str) -> String {
        let body = self.state.find::<Institution>(institution);
        body.map_or_else(|| institution.to_string(), |body| body.name.get(self.locale.lang).to_string())
    }

    fn table(&self, caption: String, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Block {
        match rows.is_empty() {
            true => Block::paragraph(self.locale.t("edition-nothing")),
            false => Block::Table(Table { caption, columns, rows, note: String::new() }),
        }
    }

    fn money(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        let choice = gap::Choice { year: None, theme: None, area: None };
        for by in [gap::By::Pillar, gap::By::Year, gap::By::Source] {
            let choice = choice.clone();
            let asked = Asked { by, choice, currency: Currency::Khr, illustrative: self.illustrative };
            let view = gap_view::compose(self.state, &asked, self.locale);
            blocks.push(Block::heading(1, view.grid.title.clone()));
            blocks.push(Block::Table(view.grid.table(self.locale, String::new())));
            blocks.extend(view.notes.iter().map(Block::paragraph));
        }
        blocks
    }

    /// Instruments and their paragraphs with what the plan does about each.
    fn commitments(&self) -> Vec<Block> {
        let mut blocks = vec![Block::paragraph(self.locale.t("edition-commitments-how"))];
        for framework in Framework::ALL {
            let top = self.state.all::<Instrument>().filter(|i| i.framework == *framework && i.part_of.is_none());
            let mut rows = Vec::new();
            top.for_each(|instrument| self.instrument(instrument, 0, &mut rows));
            if rows.is_empty() {
                continue;
            }
            let columns = vec![
                Column::text(self.locale.t("kind-instruments"), 3.0),
                Column::number(self.locale.t("edition-actions")),
                Column::number(self.locale.t("edition-indicators")),
                Column::text(self.locale.t("edition-position"), 1.0),
            ];
            let title = self.locale.word("code", framework.code());
            blocks.push(Block::heading(1, title.clone()));
            blocks.push(self.table(title, columns, rows));
        }
        blocks
    }

    fn instrument(&self, instrument: &Instrument, depth: usize, rows: &mut Vec<Vec<Cell>>) {
        let found = coverage(self.state, &instrument.id);
        let count = |n: usize| Cell::text(if n == 0 { "–".into() } else { self.locale.number(n as f64, 0) });
        let stance = positions(self.state, &instrument.id).last().map(|position| {
            let stance = self.locale.word("code", position.stance.code());
            format!("{stance} ({})", self.locale.date(position.date))
        });
        let title = format!("{}{}", "– ".repeat(depth), instrument.title.get(self.locale.lang));
        let stance = Cell::text(stance.unwrap_or_default());
        rows.push(vec![Cell::text(title), count(found.nodes.len()), count(found.indicators.len()), stance]);
        // Circles are refused; three levels are more than any instrument here has.
        if depth < 4 {
            parts(self.state, &instrument.id).iter().for_each(|part| self.instrument(part, depth + 1, rows));
        }
    }

    /// Decisions kept and missed, the missed ones first.
    fn decisions(&self) -> Vec<Block> {
        let shown = |d: &&std::sync::Arc<Decision>| self.illustrative || !d.illustrative;
        let mut decisions: Vec<_> = self.state.all::<Decision>().filter(shown).collect();
        let missed = |d: &Decision| d.state == TaskState::Open && d.due.is_some_and(|due| due < self.today);
        decisions.sort_by_key(|d| (!missed(d), d.state, d.due, d.id.clone()));
        let row = |d: &std::sync::Arc<Decision>| {
            let state = match d.state {
                TaskState::Open if missed(d) => self.locale.t("edition-missed"),
                state => self.locale.word("code", state.code()),
            };
            let mut title = Cell::text(d.title.get(self.locale.lang));
            title.illustrative = d.illustrative;
            vec![
                title,
                Cell::text(self.name(&d.owner)),
                Cell::text(self.locale.date(d.date)),
                Cell::text(d.due.map(|due| self.locale.date(due)).unwrap_or_default()),
                Cell::text(state),
            ]
        };
        let columns = vec![
            Column::text(self.locale.t("kind-decisions"), 3.0),
            Column::text(self.locale.t("field-owner"), 2.0),
            Column::text(self.locale.t("field-date"), 1.0),
            Column::text(self.locale.t("field-due"), 1.0),
            Column::text(self.locale.t("field-state"), 1.0),
        ];
        let rows = decisions.into_iter().map(row).collect();
        vec![self.as_of(), self.table(self.locale.t("kinds-decisions"), columns, rows)]
    }

    /// Who has not reported although the day has passed.
    fn late(&self, choice: &Edition) -> Vec<Block> {
        let nothing = || Block::paragraph(self.locale.t("edition-nothing"));
        vec![self.as_of(), late::table(self.state, self.locale, self.today, choice.until).unwrap_or_else(nothing)]
    }

    fn as_of(&self) -> Block {
        Block::paragraph(self.locale.say("edition-as-of", &[("date", (&self.locale.date(self.today)).into())]))
    }
}
