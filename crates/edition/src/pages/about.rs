//! What an edition says of itself: how its numbers are made and protected, what it corrects, what there is to take home,
//! and for whom it can be read.

use romduol_report::Block;
use romduol_report::document::{Cell, Column, Span, Table};

use super::{HIDDEN, Writer, path_of};
use crate::content::{Difference, Told};
use crate::site::downloads;

impl Writer<'_> {
    pub(super) fn method(&self) -> Vec<Block> {
        let body = &self.content.body;
        let rule = |name: &str| {
            let found = body.rules.iter().find(|(rule, _)| rule == name);
            found.map(|(_, version)| version.clone()).unwrap_or_default()
        };
        let until = self.period(body.until);
        let mut blocks = vec![
            Block::paragraph(self.locale.say("edition-until", &[("period", (&until).into())])),
            Block::heading(1, self.locale.t("edition-numbers")),
            self.plain("edition-roll-up"),
            Block::paragraph(self.locale.say("method-text", &[("version", (&rule("status")).into())])),
        ];
        if body.waiting > 0 {
            let args = [("count", (body.waiting as usize).into())];
            blocks.push(Block::paragraph(self.locale.say("edition-waiting", &args)));
        }
        blocks.push(Block::heading(1, self.locale.t("edition-protection")));
        blocks.push(Block::paragraph(self.hidden_legend()));
        blocks.extend(["edition-promise-1", "edition-promise-2", "edition-promise-not"].map(|key| self.plain(key)));
        blocks.push(self.protection_table());
        blocks.push(Block::heading(1, self.locale.t("edition-verify")));
        blocks.push(self.plain("edition-verify-how"));
        blocks
    }

    /// How much of each protected indicator is hidden.
    fn protection_table(&self) -> Block {
        let protected = self.content.body.indicators.iter().filter(|measured| measured.protection.k > 1);
        let row = |measured: &crate::content::Measured| {
            let (hidden, all) = (measured.hidden(), measured.observations.len());
            vec![
                Cell::text(self.title(measured)).link(format!("{}{}", self.root, path_of(&measured.indicator))),
                Cell::text(self.locale.number(f64::from(measured.protection.k), 0)),
                Cell::text(self.number(hidden)),
                Cell::text(self.number(all)),
            ]
        };
        let columns = vec![
            Column::text(self.locale.t("indicator"), 3.0),
            Column::number("k"),
            Column::number(self.locale.t("edition-hidden")),
            Column::number(self.locale.t("edition-cells")),
        ];
        let caption = self.locale.t("edition-protected-indicators");
        Block::Table(Table { caption, columns, rows: protected.map(row).collect(), note: String::new() })
    }

    /// What earlier editions said otherwise.
    pub(super) fn changes(&self) -> Vec<Block> {
        let columns = vec![
            Column::text(self.locale.t("indicator"), 2.0),
            Column::text(self.locale.t("edition-where"), 2.0),
            Column::number(self.locale.t("edition-before")),
            Column::number(self.locale.t("edition-now")),
        ];
        let row = |difference: &Difference| {
            vec![
                Cell::text(&difference.indicator),
                Cell::text(self.where_it_is(difference)),
                Cell::text(self.told(difference, difference.before)),
                Cell::text(self.told(difference, difference.after)),
            ]
        };
        let caption = self.locale.t("edition-changes");
        let rows = self.content.changes.iter().map(row).collect();
        vec![
            self.plain("edition-changes-how"),
            Block::Table(Table { caption, columns, rows, note: self.hidden_legend() }),
        ]
    }

    fn where_it_is(&self, difference: &Difference) -> String {
        let Some(at) = &difference.at else { return self.locale.t("edition-whole-indicator") };
        let groups = at.categories.iter().map(|category| self.name(category));
        [self.name(&at.area), self.period(at.period)].into_iter().chain(groups).collect::<Vec<_>>().join(" · ")
    }

    fn told(&self, difference: &Difference, told: Told) -> String {
        match (told, self.content.find(&difference.indicator)) {
            (Told::Nothing, _) => "–".into(),
            (Told::Present, _) => self.locale.t("yes"),
            (Told::Hidden, _) => HIDDEN.into(),
            (Told::Value(value), Some(measured)) => self.value(&measured.indicator, value),
            (Told::Value(value), None) => self.locale.number(value, 1),
        }
    }

    pub(super) fn downloads(&self) -> Vec<Block> {
        let item = |(path, key): (String, String)| {
            let name = self.locale.t(&key);
            vec![Span::link(path.clone(), format!("../{}{path}", self.root)), Span::plain(format!(": {name}"))]
        };
        let items = downloads(self.content, self.lang()).into_iter().map(item).collect();
        vec![
            self.plain("edition-licence"),
            Block::List { ordered: false, items },
            Block::paragraph(self.hidden_legend()),
        ]
    }

    pub(super) fn accessibility(&self) -> Vec<Block> {
        ["edition-access-1", "edition-access-2", "edition-access-3"].map(|key| self.plain(key)).into()
    }
}
