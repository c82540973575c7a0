//! A pivot table in the words of a language: its heads, and the sheets to take home, with what they rest on. Refuses to
//! know pages.

use romduol_locale::Locale;
use romduol_plan::completeness::Lacks;
use romduol_plan::kinds::{Dimension, Indicator};
use romduol_plan::pivot::{Axis, Cell, Choice, Head, Measure, Section, Table};
use romduol_plan::{Date, Say, State};
use romduol_report::{Field, Sheet};

use crate::Snapshot;

/// A table with everything that is said about it.
pub struct Book<'a> {
    pub snapshot: &'a Snapshot,
    pub locale: &'static Locale,
    pub choice: &'a Choice,
    pub table: &'a Table,
    pub notes: &'a [Say],
    pub illustrative: bool,
    pub today: Date,
}

/// Stands for a number that the reader is not shown, as in editions.
pub const KEPT_BACK: &str = "c";

/// A share keeps a decimal; what is counted is whole.
pub fn decimals(indicator: &Indicator, measure: Measure) -> u8 {
    match (measure, indicator.unit.as_str()) {
        (Measure::Value, "%") => 1,
        (Measure::Value, _) if romduol_plan::answers::has_base(indicator.kind) => 2,
        _ => 0,
    }
}

pub fn axis_name(state: &State, locale: &Locale, axis: &Axis) -> String {
    match axis {
        Axis::Place => locale.t("place"),
        Axis::Period => locale.t("period"),
        Axis::Indicator => locale.t("indicator"),
        Axis::Whole => locale.t("pivot-whole"),
        Axis::Dimension(id) => {
            state.find::<Dimension>(id).map_or(id.clone(), |dimension| dimension.name.get(locale.lang).to_string())
        }
    }
}

pub fn head_name(locale: &Locale, measure: Measure, head: &Head) -> String {
    match head {
        Head::Place(area) => area.name.get(locale.lang).to_string(),
        Head::Period(period) => locale.period(*period),
        Head::Indicator(indicator) => indicator.name.get(locale.lang).to_string(),
        Head::Category(category) => category.name.get(locale.lang).to_string(),
        Head::NotStated => locale.t("not-stated"),
        Head::Whole => measure_name(locale, measure),
        Head::Total => locale.t("total"),
    }
}

pub fn measure_name(locale: &Locale, measure: Measure) -> String {
    locale.t(measure.code())
}

impl<'a> Book<'a> {
    /// The numbers, how much is in them, and what they rest on.
    pub fn sheets(&self) -> Vec<Sheet> {
        vec![self.numbers(), self.coverage(), self.about()]
    }

    /// Everything in one sheet, for programs: the columns of the table, then those of its coverage.
    pub fn single(&self) -> Sheet {
        let (numbers, coverage) = (self.numbers(), self.coverage());
        let mut rows: Vec<Vec<Field>> = numbers.rows;
        for (row, coverage) in rows.iter_mut().zip(coverage.rows) {
            row.extend(coverage.into_iter().skip(numbers.names));
        }
        let marks = self.lines().map(|(_, _, cells)| {
            let made_up = cells.iter().flatten().any(|cell| cell.illustrative && cell.value.is_some());
            if made_up { Field::text(self.locale.t("illustrative")) } else { Field::Empty }
        });
        let marks: Vec<Field> = [Field::text(self.locale.t("illustrative"))].into_iter().chain(marks).collect();
        rows.iter_mut().zip(marks).for_each(|(row, mark)| row.push(mark));
        Sheet { rows, ..numbers }
    }

    /// Every row of the table with its section, one after the other.
    fn lines(&self) -> impl Iterator<Item = (&'a Section, &'a Head, &'a Vec<Option<Cell>>)> {
        let of_section = |section: &'a Section| {
            self.table.rows.iter().zip(&section.cells).map(move |(head, cells)| (section, head, cells))
        };
        self.table.sections.iter().flat_map(of_section)
    }

    /// What names a row: its indicator where they are not along an axis, its code and name.
    fn names(&self, section: &Section, head: &Head) -> Vec<Field> {
        let locale = self.locale;
        let own = section.indicator.as_ref().map(|indicator| &indicator.id);
        let code = match head {
            Head::Place(area) => area.id.clone(),
            Head::Period(period) => period.to_string(),
            Head::Indicator(indicator) => indicator.id.clone(),
            Head::Category(category) => category.id.clone(),
            _ => String::new(),
        };
        let name = head_name(locale, self.choice.measure, head);
        own.into_iter().cloned().chain([code, name]).map(Field::text).collect()
    }

    fn name_heads(&self) -> Vec<Field> {
        let own = self.table.sections.first().is_some_and(|section| section.indicator.is_some());
        let rows = axis_name(&self.snapshot.state, self.locale, &self.choice.rows);
        let own = own.then(|| self.locale.t("indicator"));
        own.into_iter().chain([self.locale.t("pivot-code"), rows]).map(Field::text).collect()
    }

    fn column_names(&self) -> impl Iterator<Item = String> {
        self.table.columns.iter().map(|head| head_name(self.locale, self.choice.measure, head))
    }

    fn indicator<'b>(&'b self, section: &'b Section, row: &'b Head, column: &'b Head) -> Option<&'b Indicator> {
        let of = |head: &'b Head| if let Head::Indicator(indicator) = head { Some(&**indicator) } else { None };
        section.indicator.as_deref().or(of(row)).or(of(column))
    }

    fn numbers(&self) -> Sheet {
        let mut head = self.name_heads();
        let names = head.len();
        head.extend(self.column_names().map(Field::text));
        let mut rows = vec![head];
        for (section, row, cells) in self.lines() {
            let field = |(cell, column): (&Option<Cell>, &Head)| {
                let decimals = self.indicator(section, row, column).map_or(0, |i| decimals(i, self.choice.measure));
                let cell = cell.unwrap_or_default();
                match cell.value {
                    Some(value) => Field::Number { value, decimals, illustrative: cell.illustrative },
                    None if cell.kept_back => Field::text(KEPT_BACK),
                    None => Field::Empty,
                }
            };
            let numbers = cells.iter().zip(&self.table.columns).map(field);
            rows.push(self.names(section, row).into_iter().chain(numbers).collect());
        }
        Sheet { name: self.locale.t("pivot-numbers"), heads: 1, names, rows }
    }

    fn coverage(&self) -> Sheet {
        let mut head = self.name_heads();
        let names = head.len();
        let (reported, expected) = (self.locale.t("pivot-reported"), self.locale.t("pivot-expected"));
        let incomplete = self.locale.t("status-incomplete");
        let three = |name: String| [&reported, &expected, &incomplete].map(|what| format!("{name} · {what}"));
        head.extend(self.column_names().flat_map(three).map(Field::text));
        let mut rows = vec![head];
        for (section, row, cells) in self.lines() {
            let yes = || Field::text(self.locale.t("yes"));
            let three = |cell: &Option<Cell>| match cell {
                Some(cell) if !cell.kept_back => {
                    let short = cell.lacks != Lacks::Nothing && cell.value.is_some();
                    let mark = if short { yes() } else { Field::Empty };
                    [Field::count(cell.reported), Field::count(cell.expected), mark]
                }
                _ => [Field::Empty, Field::Empty, Field::Empty],
            };
            rows.push(self.names(section, row).into_iter().chain(cells.iter().flat_map(three)).collect());
        }
        Sheet { name: self.locale.t("pivot-coverage"), heads: 1, names, rows }
    }

    /// What was chosen, when, from which entry of the ledger, and whether anything is made up.
    fn about(&self) -> Sheet {
        let (locale, choice, state) = (self.locale, self.choice, &self.snapshot.state);
        let mut rows: Vec<(String, String)> = Vec::new();
        let plan = state.plan().map(|plan| plan.title.get(locale.lang).to_string()).unwrap_or_default();
        rows.push((locale.t("kind-plans"), plan));
        for indicator in &choice.indicators {
            let name = format!(
                "{} {} ({})",
                indicator.id,
                indicator.name.get(locale.lang),
                locale.word("unit", &indicator.unit)
            );
            rows.push((locale.t("indicator"), name));
        }
        rows.push((locale.t("place"), choice.place.name.get(locale.lang).to_string()));
        rows.push((locale.t("pivot-level"), locale.t(&level_key(choice))));
        rows.push((locale.t("pivot-every"), locale.word("frequency", choice.every.code())));
        let ends = [("pivot-from", choice.from), ("pivot-to", choice.to), ("pivot-at", self.table.at)];
        rows.extend(ends.into_iter().filter_map(|(key, period)| Some((locale.t(key), locale.period(period?)))));
        rows.push((locale.t("pivot-rows"), axis_name(state, locale, &choice.rows)));
        rows.push((locale.t("pivot-columns"), axis_name(state, locale, &choice.columns)));
        rows.push((locale.t("pivot-measure"), measure_name(locale, choice.measure)));
        rows.push((locale.t("pivot-made"), locale.date(self.today)));
        rows.push((locale.t("pivot-ledger-entry"), self.snapshot.head.seq.to_string()));
        let hash = self.snapshot.fingerprint();
        rows.extend(hash.map(|hash| (locale.t("pivot-ledger-hash"), hash.to_string())));
        if self.table.incomplete() {
            rows.push((locale.t("status-incomplete"), locale.t("pivot-incomplete")));
        }
        rows.push((locale.t("illustrative"), locale.t(self.made_up_key())));
        rows.push((locale.t("method"), locale.t("pivot-method")));
        rows.extend(self.notes.iter().map(|say| (locale.t("notices"), locale.tell(say))));
        let field = |(name, text): (String, String)| vec![Field::text(name), Field::text(text)];
        Sheet { name: locale.t("pivot-about"), heads: 0, names: 1, rows: rows.into_iter().map(field).collect() }
    }

    fn made_up_key(&self) -> &'static str {
        match (self.illustrative, self.table.illustrative()) {
            (_, true) => "pivot-illustrative-in",
            (true, false) => "pivot-illustrative-none",
            (false, false) => "illustrative-hidden",
        }
    }
}

/// The key of the word for the level that is broken down to.
pub fn level_key(choice: &Choice) -> String {
    format!("pivot-level-{}", choice.level.map_or("itself", |level| level.code()))
}
