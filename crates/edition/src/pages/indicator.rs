//! The page of an indicator: the number first, how it stands, its course, by place and group, and how it is made.

use std::collections::BTreeSet;

use romduol_plan::Period;
use romduol_plan::kinds::Indicator;
use romduol_plan::status::Status;
use romduol_report::Block;
use romduol_report::document::{CalloutTone, Cell, Column, KeyNumber, Span, Table};

use super::{HIDDEN, Writer};
use crate::content::{Measured, Observation};

impl Writer<'_> {
    pub(super) fn indicator(&self, measured: &Measured) -> Vec<Block> {
        let mut blocks = self.headline(measured);
        blocks.push(Block::heading(1, self.locale.t("edition-over-time")));
        blocks.extend(self.trend(measured));
        blocks.extend(self.over_time(measured));
        blocks.extend(self.by_place(measured));
        blocks.extend(self.by_group(measured));
        if measured.hidden() > 0 {
            let legend = Span::plain(self.hidden_legend());
            blocks.push(Block::Callout { tone: CalloutTone::Note, text: vec![legend] });
        }
        blocks.extend(self.made_how(measured));
        blocks
    }

    fn headline(&self, measured: &Measured) -> Vec<Block> {
        let (indicator, country) = (&measured.indicator, self.content.body.country());
        let at = measured.standing_at(country);
        let target = measured.last_target(country);
        let value = at.map_or("–".into(), |at| self.number_of(indicator, at));
        let none = || self.locale.tell(&Status::NoData.say(indicator));
        let when = at.map(|at| self.period(at.period)).unwrap_or_else(none);
        let mark =
            |made_up: bool| if made_up { format!(" ({})", self.locale.t("illustrative")) } else { String::new() };
        let mut items = vec![KeyNumber {
            value,
            label: when,
            note: at.map(|at| self.origin(at) + &mark(at.illustrative)).unwrap_or_default(),
        }];
        items.extend(target.map(|target| KeyNumber {
            value: self.value(indicator, target.value),
            label: format!("{} {}", self.locale.t("target"), self.period(target.period)),
            note: mark(target.illustrative).trim().to_string(),
        }));
        let mut status = vec![self.status_span(indicator, measured.status())];
        if let Some(set) = &measured.standing.official {
            let computed = self.status_span(indicator, measured.standing.computed);
            status.push(Span::plain(format!(". {} {}: ", self.locale.t("set-by-person"), self.locale.t("computed"))));
            status.push(computed);
            status.push(Span::plain(format!(". {}", self.text(&set.reason))));
        }
        let notes = self.notes(measured);
        let mut blocks = vec![Block::KeyNumbers { items }];
        if !notes.is_empty() {
            let text = vec![Span::plain(notes.join("; "))];
            blocks.push(Block::Callout { tone: CalloutTone::Note, text });
        }
        blocks.push(Block::Paragraph { spans: status });
        blocks
    }

    fn status_span(&self, indicator: &Indicator, status: Option<Status>) -> Span {
        match status {
            Some(status) => Span::status(super::shape(status), self.locale.tell(&status.say(indicator))),
            None => Span::plain(HIDDEN),
        }
    }

    /// Where a number comes from, and that not all of it came.
    pub(super) fn source(&self, at: &Observation) -> String {
        [Some(self.origin(at)), self.mark(at)].into_iter().flatten().collect::<Vec<_>>().join("; ")
    }

    /// Where a number comes from, in one line.
    pub(super) fn origin(&self, at: &Observation) -> String {
        if let Some(by) = &at.by_program {
            return self.locale.tell(&by.say());
        }
        if let Some(came) = at.incomplete.as_ref().filter(|_| at.source.is_none()) {
            return self.locale.tell(&came.coverage());
        }
        match (&at.source, at.coverage) {
            (Some(printed), _) => {
                let parts = [&printed.evidence, &printed.section, &printed.cited];
                parts.into_iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(", ")
            }
            (None, Some((reported, expected))) => self.locale.say(
                "from-returns",
                &[("reported", (reported as usize).into()), ("expected", (expected as usize).into())],
            ),
            (None, None) => String::new(),
        }
    }

    fn over_time(&self, measured: &Measured) -> Vec<Block> {
        let mut list: Vec<&Observation> = measured.over_time(self.content.body.country()).collect();
        if list.is_empty() {
            return vec![self.plain("no-values")];
        }
        list.sort_by_key(|at| std::cmp::Reverse(at.period));
        let shares = list.iter().any(|at| at.figure.numbers().is_some_and(|numbers| numbers.denominator.is_some()));
        let row = |at: &&Observation| {
            let mut row = vec![Cell::text(self.period(at.period)), self.cell(&measured.indicator, Some(at))];
            if shares {
                row.push(Cell::text(self.fraction(at)));
            }
            row.push(Cell::text(self.source(at)));
            row
        };
        let mut columns = vec![Column::text(self.locale.t("period"), 1.0), Column::number(self.locale.t("value"))];
        columns.extend(shares.then(|| Column::number(self.locale.t("edition-fraction"))));
        columns.push(Column::text(self.locale.t("source"), 2.0));
        let rows = list.iter().map(row).collect();
        vec![Block::Table(Table { columns, rows, ..Table::default() })]
    }

    /// What was divided by what.
    fn fraction(&self, at: &Observation) -> String {
        let Some(numbers) = at.figure.numbers() else { return HIDDEN.into() };
        let said = |(upper, lower)| format!("{} / {}", self.locale.number(upper, 1), self.locale.number(lower, 1));
        numbers.numerator.zip(numbers.denominator).map_or_else(|| "–".into(), said)
    }

    fn by_place(&self, measured: &Measured) -> Vec<Block> {
        let country = self.content.body.country();
        let own: Vec<&Observation> =
            measured.observations.iter().filter(|at| at.area != country && at.categories.is_empty()).collect();
        let periods: BTreeSet<Period> = own.iter().map(|at| at.period).collect();
        let Some(newest) = periods.last() else { return Vec::new() };
        let mut places: Vec<(String, &str)> = own.iter().map(|at| (self.name(&at.area), at.area.as_str())).collect();
        places.sort();
        places.dedup();
        self.locale.sort_by_name(&mut places, |(name, _)| name);
        let find = |area: &str, period: Period| own.iter().find(|at| at.area == area && at.period == period).copied();
        let row = |(name, area): &(String, &str)| {
            let cells = periods.iter().map(|period| self.cell(&measured.indicator, find(area, *period)));
            [Cell::text(name.clone())].into_iter().chain(cells).collect()
        };
        let columns = periods.iter().map(|period| Column::number(self.period(*period)));
        let columns = [Column::text(self.locale.t("place"), 2.0)].into_iter().chain(columns).collect();
        let rows = places.iter().map(row).collect();
        let mut blocks = vec![Block::heading(1, self.locale.t("by-place"))];
        blocks.extend(self.map(measured, *newest));
        blocks.push(Block::Table(Table { columns, rows, ..Table::default() }));
        blocks
    }

    /// One table for each set of dimensions: groups down, periods across, for the whole area.
    fn by_group(&self, measured: &Measured) -> Vec<Block> {
        let country = self.content.body.country();
        let own = measured.observations.iter().filter(|at| at.area == country && !at.categories.is_empty());
        let own: Vec<&Observation> = own.collect();
        let dimension = |category: &String| category.split('.').next().unwrap_or_default().to_string();
        let shape = |at: &&Observation| at.categories.iter().map(dimension).collect::<Vec<_>>();
        let shapes: BTreeSet<Vec<String>> = own.iter().map(shape).collect();
        let mut blocks = Vec::new();
        for dimensions in shapes {
            let of_shape: Vec<&Observation> = own.iter().filter(|at| shape(at) == dimensions).copied().collect();
            let periods: BTreeSet<Period> = of_shape.iter().map(|at| at.period).collect();
            let mut groups: Vec<&Vec<String>> = of_shape.iter().map(|at| &at.categories).collect();
            groups.sort_by_key(|group| group.iter().map(|category| self.order(category)).collect::<Vec<_>>());
            groups.dedup();
            let find = |group: &Vec<String>, period: Period| {
                of_shape.iter().find(|at| at.categories == *group && at.period == period).copied()
            };
            let row = |group: &&Vec<String>| {
                let name = group.iter().map(|category| self.name(category)).collect::<Vec<_>>().join(", ");
                let cells = periods.iter().map(|period| self.cell(&measured.indicator, find(group, *period)));
                [Cell::text(name)].into_iter().chain(cells).collect()
            };
            let names: Vec<String> = dimensions.iter().map(|id| self.dimension(id)).collect();
            let caption = names.join(" × ");
            let columns = periods.iter().map(|period| Column::number(self.period(*period)));
            let columns = [Column::text(caption.clone(), 2.0)].into_iter().chain(columns).collect();
            blocks.push(Block::heading(1, caption));
            let rows = groups.iter().map(row).collect();
            blocks.push(Block::Table(Table { columns, rows, ..Table::default() }));
        }
        blocks
    }

    /// Where a category stands in its list; what was not stated comes last.
    fn order(&self, category: &str) -> u32 {
        let found = self.content.body.categories.iter().find(|known| known.id == category);
        found.map_or(u32::MAX, |known| known.order)
    }

    fn dimension(&self, id: &str) -> String {
        let found = self.content.body.dimensions.iter().find(|dimension| dimension.id == id);
        found.map_or_else(|| id.to_string(), |dimension| self.text(&dimension.name).to_string())
    }

    fn made_how(&self, measured: &Measured) -> Vec<Block> {
        let indicator = &measured.indicator;
        let mut rows: Vec<(String, String)> =
            vec![(self.locale.t("definition"), self.text(&indicator.definition).into())];
        let mut add = |key: &str, text: &str| {
            if !text.is_empty() {
                rows.push((self.locale.t(key), text.to_string()));
            }
        };
        add("numerator", self.text(&indicator.numerator));
        add("denominator", self.text(&indicator.denominator));
        add("field-method", self.text(&indicator.method));
        add("owner", &self.name(&indicator.owner));
        add("data-source", &indicator.data_source);
        add("references", &indicator.frameworks.join(", "));
        add("source", &indicator.source);
        let protection = measured.protection;
        if protection.k > 1 {
            let k = self.locale.number(f64::from(protection.k), 0);
            let key = if protection.zeros { "edition-protected-zeros" } else { "edition-protected" };
            rows.push((self.locale.t("edition-protection"), self.locale.say(key, &[("k", (&k).into())])));
        }
        let parts = measured.withheld.iter().map(|part| {
            let periods = part.periods.iter().map(|period| self.locale.period(*period)).collect();
            let name = |id: &String| match self.content.body.categories.iter().any(|category| category.id == *id) {
                true => self.name(id),
                false => self.dimension(id),
            };
            part.name(self.locale, periods, name)
        });
        rows.extend(parts.map(|part| (self.locale.t("edition-withheld"), part)));
        let items = rows.into_iter();
        let items = items.map(|(name, text)| vec![Span::bold(format!("{name}: ")), Span::plain(text)]).collect();
        vec![
            Block::heading(1, self.locale.t("method")),
            Block::List { ordered: false, items },
            Block::Paragraph { spans: vec![self.link(self.locale.t("edition-how-all"), "method.html")] },
        ]
    }
}
