//! How the plan stands: how many indicators have which status, and all of them by pillar.

use romduol_plan::kinds::{Node, NodeLevel};
use romduol_plan::status::Status;
use romduol_report::Block;
use romduol_report::document::{CalloutTone, Cell, Column, KeyNumber, Span, Table};

use super::{HIDDEN, Writer, path_of};
use crate::content::{Figure, Measured, Observation};

impl Writer<'_> {
    pub(super) fn scorecard(&self) -> Vec<Block> {
        let all = &self.content.body.indicators;
        let of = |status: Status| all.iter().filter(|measured| measured.status() == Some(status)).count();
        let items = Status::ALL.iter().filter(|status| of(**status) > 0).map(|status| KeyNumber {
            value: self.number(of(*status)),
            label: self.locale.word("status", status.code()),
            note: String::new(),
        });
        let note = self.text(&self.content.body.note);
        let mut blocks = Vec::new();
        blocks.extend((!note.is_empty()).then(|| Block::paragraph(note)));
        blocks.push(Block::KeyNumbers { items: items.collect() });
        blocks.push(self.plain("grey-is-not-red"));
        for pillar in self.content.body.nodes.iter().filter(|node| node.level == NodeLevel::Pillar) {
            let own: Vec<&Measured> = all.iter().filter(|measured| self.serves(measured, &pillar.id)).collect();
            if !own.is_empty() {
                blocks.push(Block::heading(1, self.text(&pillar.title)));
                blocks.push(self.table_of(&own));
            }
        }
        blocks.push(Block::Callout { tone: CalloutTone::Note, text: vec![Span::plain(self.hidden_legend())] });
        blocks
    }

    /// All indicators by their codes.
    pub(super) fn indicators(&self) -> Vec<Block> {
        let all: Vec<&Measured> = self.content.body.indicators.iter().collect();
        vec![self.table_of(&all), Block::paragraph(self.hidden_legend())]
    }

    pub(super) fn hidden_legend(&self) -> String {
        self.locale.say("edition-hidden-legend", &[("mark", HIDDEN.into())])
    }

    fn table_of(&self, all: &[&Measured]) -> Block {
        let columns = vec![
            Column::text(self.locale.t("indicator"), 3.0),
            Column::number(self.locale.t("value")),
            Column::text(self.locale.t("period"), 1.4),
            Column::number(self.locale.t("target")),
            Column::text(self.locale.t("status"), 1.2),
        ];
        let rows = all.iter().map(|measured| self.row(measured)).collect();
        Block::Table(Table { columns, rows, ..Table::default() })
    }

    fn row(&self, measured: &Measured) -> Vec<Cell> {
        let indicator = &measured.indicator;
        let at = measured.standing_at(self.content.body.country());
        let target = measured.last_target(self.content.body.country());
        let mut aim = Cell::text(target.map_or("–".into(), |target| self.aim(indicator, target)));
        aim.illustrative = target.is_some_and(|target| target.illustrative);
        vec![
            Cell::text(self.title(measured)).link(format!("{}{}", self.root, path_of(indicator))),
            self.cell(indicator, at),
            Cell::text(self.when(measured)),
            aim,
            self.status(measured),
        ]
    }

    /// The period of the number, and what is to be said where not all of it came.
    fn when(&self, measured: &Measured) -> String {
        let at = measured.standing_at(self.content.body.country());
        let period = at.map(|at| self.period(at.period)).unwrap_or_default();
        // How much came of a share that is judged all the same; of a sum the mark says it.
        let part = |at: &&Observation| {
            let came = at.coverage.is_some_and(|(reported, expected)| reported < expected);
            came && at.incomplete.is_none() && at.figure != Figure::Hidden
        };
        let coverage = at.filter(part).map(|at| self.source(at));
        let parts = [period].into_iter().chain(coverage).chain(self.notes(measured));
        parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }

    /// Whether an indicator measures something below a node; circles are refused in plans, and eight steps are more than
    /// any has.
    pub(super) fn serves(&self, measured: &Measured, node: &str) -> bool {
        let find = |id: &str| self.content.body.nodes.iter().find(|node| node.id == id);
        let mut level: Vec<&Node> = measured.indicator.nodes.iter().filter_map(|id| find(id)).collect();
        for _ in 0..8 {
            if level.iter().any(|own| own.id == node) {
                return true;
            }
            level = level.iter().flat_map(|own| &own.parents).filter_map(|id| find(id)).collect();
        }
        false
    }
}
