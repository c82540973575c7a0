//! How the plan stands: how many indicators have which status, and all of them by pillar.

use romduol_plan::kinds::{Node, NodeLevel};
use romduol_plan::status::Status;
use romduol_report::Block;
use romduol_report::document::{CalloutTone, Cell, Column, KeyNumber, Span, Table};

use super::{HIDDEN, Writer, path_of};
use crate::content::Measured;

impl Writer<'_> {
    pub(super) fn scorecard(&self) -> Vec<Block> {
        let all = &self.content.body.indicators;
        let of = |status: Status| all.iter().filter(|measured| measured.status() == Some(status)).count();
        let items = Status::ALL.iter().filter(|status| of(**status) > 0).map(|status| KeyNumber {
            value: self.number(of(*status)),
            label: self.locale.t(&format!("status-{}", status.code())),
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
            Column::text(self.locale.t("period"), 1.0),
            Column::number(self.locale.t("target")),
            Column::text(self.locale.t("status"), 1.0),
        ];
        let rows = all.iter().map(|measured| self.row(measured)).collect();
        Block::Table(Table { columns, rows, ..Table::default() })
    }

    fn row(&self, measured: &Measured) -> Vec<Cell> {
        let indicator = &measured.indicator;
        let at = measured.standing_at(self.content.body.country());
        let target = measured.last_target(self.content.body.country());
        let mut aim = Cell::text(target.map_or("–".into(), |target| self.value(indicator, target.value)));
        aim.illustrative = target.is_some_and(|target| target.illustrative);
        vec![
            Cell::text(self.title(measured)).link(format!("{}{}", self.root, path_of(indicator))),
            self.cell(indicator, at),
            Cell::text(at.map(|at| self.period(at.period)).unwrap_or_default()),
            aim,
            self.status(measured.status()),
        ]
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
