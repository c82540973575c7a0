//! Which return a row belongs to: the unit and period columns, and the unit and period that they name. Refuses to know
//! what is asked of a unit.

use std::collections::HashMap;
use std::io::BufRead;
use std::sync::Arc;

use romduol_plan::kinds::Assignment;
use romduol_plan::{Period, Say, State, clean};

use super::lines::Lines;

/// The columns that say which unit reports.
#[derive(Clone, Copy, Debug)]
pub(super) enum UnitColumns {
    Assignment(usize),
    FormArea(usize, usize),
    FormInstitution(usize, usize),
}

/// A part of a unit that a row may name beside the columns that say which unit it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Form,
    Area,
    Institution,
}

impl Part {
    fn of(self, unit: &Assignment) -> &str {
        match self {
            Part::Form => &unit.form,
            Part::Area => &unit.area,
            Part::Institution => &unit.institution,
        }
    }
}

/// The units of a form by what stands in the column of the place; one form without a name where a column names the unit.
type Places = HashMap<Box<[u8]>, Arc<Assignment>>;

/// The units of a plan by what stands in the columns: the form and the place or institution, or the assignment alone.
pub(super) struct Units {
    columns: UnitColumns,
    /// What else a row says of its unit: it has to agree.
    beside: Vec<(Part, usize)>,
    period: usize,
    by_form: HashMap<Box<[u8]>, Places>,
}

impl Units {
    pub fn new(state: &State, columns: UnitColumns, beside: Vec<(Part, usize)>, period: usize) -> Units {
        let mut by_form: HashMap<Box<[u8]>, Places> = HashMap::new();
        for assignment in state.all::<Assignment>() {
            let (form, place) = match columns {
                UnitColumns::Assignment(_) => ("", &assignment.id),
                UnitColumns::FormArea(..) => (assignment.form.as_str(), &assignment.area),
                UnitColumns::FormInstitution(..) => (assignment.form.as_str(), &assignment.institution),
            };
            by_form.entry(form.as_bytes().into()).or_default().insert(place.as_bytes().into(), assignment.clone());
        }
        Units { columns, beside, period, by_form }
    }

    /// How many of the first columns say everything about unit and period.
    pub fn width(&self) -> usize {
        let last = match self.columns {
            UnitColumns::Assignment(n) => n,
            UnitColumns::FormArea(form, place) | UnitColumns::FormInstitution(form, place) => form.max(place),
        };
        self.beside.iter().map(|(_, n)| *n).fold(last.max(self.period), usize::max) + 1
    }

    /// The unit and period of the present row.
    pub fn find<R: BufRead>(&self, row: &Lines<R>) -> Result<(Arc<Assignment>, Period), Say> {
        let (form, place): (&[u8], &[u8]) = match self.columns {
            UnitColumns::Assignment(n) => (b"", row.field(n)),
            UnitColumns::FormArea(form, place) | UnitColumns::FormInstitution(form, place) => {
                (row.field(form), row.field(place))
            }
        };
        let named = |form: &[u8], place: &[u8]| self.by_form.get(form).and_then(|places| places.get(place)).cloned();
        let tidy = |bytes| clean::id(&String::from_utf8_lossy(bytes)).into_owned();
        let unit = named(form, place).or_else(|| named(tidy(form).as_bytes(), tidy(place).as_bytes()));
        let unknown = || {
            let words: Vec<String> = [form, place].into_iter().filter(|w| !w.is_empty()).map(tidy).collect();
            Say::new("import-unknown-unit").words("value", words.join(", ").chars().take(80).collect::<String>())
        };
        let unit = unit.ok_or_else(unknown)?;
        for (part, column) in &self.beside {
            let said = tidy(row.field(*column));
            if !said.is_empty() && said != part.of(&unit) {
                let said: String = said.chars().take(80).collect();
                return Err(Say::new("import-other-unit").words("value", said).words("unit", &unit.id));
            }
        }
        let period = tidy(row.field(self.period));
        Ok((unit, period.parse().map_err(|bad: romduol_plan::BadPeriod| bad.say())?))
    }
}
