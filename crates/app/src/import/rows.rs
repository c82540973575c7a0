//! Returns out of a CSV file: which row belongs to which unit, indicator and cell. Refuses to know the ledger and who
//! imports. A row that cannot be read is named with its reason; it never stops the file.
//!
//! The rows of one return stand together. So a file of any length is read in bounded memory, and a second return for
//! the same unit and period is found.

use std::collections::{HashMap, HashSet};
use std::io::{BufRead, ErrorKind};
use std::ops::Range;
use std::sync::Arc;

use romduol_plan::answers::{Question, questions};
use romduol_plan::kinds::*;
use romduol_plan::{Period, Say, State, number};

use super::lines::Lines;

/// Where rows stand in the file: which bytes, and the line of the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub bytes: Range<u64>,
    pub line: u64,
    pub rows: u64,
}

/// What could not be used, and why.
pub struct Rejected {
    pub place: Place,
    pub reason: Say,
}

/// All rows of one unit and period.
pub struct Group {
    pub assignment: Arc<Assignment>,
    pub period: Period,
    pub questions: Arc<Vec<Question>>,
    pub answers: Vec<Answer>,
    pub place: Place,
}

/// Which column holds what.
struct Columns {
    unit: Unit,
    period: usize,
    indicator: usize,
    value: usize,
    base: Option<usize>,
    comment: Option<usize>,
    dimensions: Vec<(Id, usize)>,
}

enum Unit {
    Assignment(usize),
    FormArea(usize, usize),
    FormInstitution(usize, usize),
}

/// For each cell of a grid, what stands in each dimension column of its row.
type Keys = Vec<Vec<Box<[u8]>>>;

/// The questions of a form for one kind of unit.
struct Sheet {
    questions: Arc<Vec<Question>>,
    /// By question; shared where the grid is.
    keys: Vec<Arc<Keys>>,
    by_id: HashMap<Box<[u8]>, usize>,
}

/// What has been read of the return under way.
struct Open {
    assignment: Arc<Assignment>,
    period: Period,
    sheet: Arc<Sheet>,
    answers: Vec<Answer>,
    place: Place,
    /// The unit and period columns as they stand in the rows.
    key: Vec<u8>,
    at: usize,
    cell: usize,
}

pub struct Rows<'a, R> {
    state: &'a State,
    lines: Lines<R>,
    columns: Columns,
    units: HashMap<Box<[u8]>, Arc<Assignment>>,
    sheets: HashMap<(Id, Id), Arc<Sheet>>,
    seen: HashSet<(Id, Period)>,
    key: Vec<u8>,
    open: Option<Open>,
    /// Groups that may not be filed: all further rows of the same key are refused for the same reason.
    refused: Option<(Vec<u8>, Say)>,
    no_row: String,
}

impl<'a, R: BufRead> Rows<'a, R> {
    /// Reads the header. `no_row` is the remark for an indicator about which the file says nothing.
    pub fn new(state: &'a State, source: R, delimiter: u8, no_row: String) -> Result<Self, Say> {
        let mut lines = Lines::new(source, delimiter);
        let header = lines.advance().map_err(|error| unreadable(&error))?;
        if !header {
            return Err(Say::new("import-no-column").words("value", "assignment"));
        }
        let columns = columns(state, lines.iter())?;
        let unit = |a: &Arc<Assignment>| {
            let key = match columns.unit {
                Unit::Assignment(_) => a.id.clone(),
                Unit::FormArea(..) => format!("{}\u{1f}{}", a.form, a.area),
                Unit::FormInstitution(..) => format!("{}\u{1f}{}", a.form, a.institution),
            };
            (key.into_bytes().into_boxed_slice(), a.clone())
        };
        let units = state.all::<Assignment>().map(unit).collect();
        let (sheets, seen, key) = (HashMap::new(), HashSet::new(), Vec::new());
        Ok(Rows { state, lines, columns, units, sheets, seen, key, open: None, refused: None, no_row })
    }

    /// How far the file has been read.
    pub fn position(&self) -> u64 {
        self.lines.position()
    }

    /// The next whole return, with the rows that were refused on the way. Neither at the end of the file.
    pub fn next(&mut self, rejected: &mut Vec<Rejected>) -> Option<Group> {
        loop {
            let start = self.lines.position();
            let more = match self.lines.advance() {
                Ok(more) => more,
                Err(error) => {
                    let place = Place { bytes: start..self.position(), line: self.lines.line(), rows: 1 };
                    rejected.push(Rejected { place, reason: unreadable(&error) });
                    // What cannot be split can be passed by; what cannot be read ends the file.
                    match error.kind() {
                        ErrorKind::InvalidData => continue,
                        _ => false,
                    }
                }
            };
            if !more {
                return self.open.take().map(|open| self.close(open));
            }
            let place = Place { bytes: start..self.lines.position(), line: self.lines.line(), rows: 1 };
            self.key();
            let same = self.open.as_ref().is_some_and(|open| open.key == self.key);
            let done = if same { None } else { self.open.take().map(|open| self.close(open)) };
            if let Err(reason) = self.row(&place) {
                rejected.push(Rejected { place, reason });
            }
            if done.is_some() {
                return done;
            }
        }
    }

    /// Puts the unit and period columns of the row into `key`.
    fn key(&mut self) {
        let columns = match self.columns.unit {
            Unit::Assignment(a) => [a, a, self.columns.period],
            Unit::FormArea(form, other) | Unit::FormInstitution(form, other) => [form, other, self.columns.period],
        };
        self.key.clear();
        for column in columns {
            self.key.extend_from_slice(self.lines.field(column));
            self.key.push(0x1f);
        }
    }

    /// Takes the row in.
    fn row(&mut self, place: &Place) -> Result<(), Say> {
        if self.open.is_none() {
            if let Some((_, reason)) = self.refused.as_ref().filter(|(key, _)| *key == self.key) {
                return Err(reason.clone());
            }
            match self.begin(place) {
                Ok(open) => self.open = Some(open),
                Err(reason) => {
                    self.refused = Some((self.key.clone(), reason.clone()));
                    return Err(reason);
                }
            }
        }
        let open = self.open.as_mut().expect("begun above");
        take(&self.columns, &self.lines, open)?;
        open.place.bytes.end = place.bytes.end;
        open.place.rows += 1;
        Ok(())
    }

    fn begin(&mut self, place: &Place) -> Result<Open, Say> {
        let column = |n: usize| String::from_utf8_lossy(self.lines.field(n)).to_string();
        let unit = match self.columns.unit {
            Unit::Assignment(a) => column(a),
            Unit::FormArea(form, other) | Unit::FormInstitution(form, other) => {
                format!("{}\u{1f}{}", column(form), column(other))
            }
        };
        let named = || unit.replace('\u{1f}', ", ").chars().take(80).collect::<String>();
        let unknown = || Say::new("import-unknown-unit").words("value", named());
        let assignment = self.units.get(unit.as_bytes()).ok_or_else(unknown)?.clone();
        let period: Period =
            column(self.columns.period).trim().parse().map_err(|bad: romduol_plan::BadPeriod| bad.say())?;
        if !self.seen.insert((assignment.id.clone(), period)) {
            return Err(Say::new("import-twice").words("unit", &assignment.id).period("period", period));
        }
        let sheet = self.sheet(&assignment);
        let answers = sheet.questions.iter().map(empty).collect();
        let place = Place { bytes: place.bytes.start..place.bytes.start, line: place.line, rows: 0 };
        Ok(Open { assignment, period, sheet, answers, place, key: self.key.clone(), at: 0, cell: 0 })
    }

    /// Areas of a form are asked the same, so their sheet is made once; institutions have one each.
    fn sheet(&mut self, assignment: &Assignment) -> Arc<Sheet> {
        let by_area = self.state.find::<Form>(&assignment.form).is_some_and(|form| form.audience == Audience::Area);
        let who = if by_area { Id::new() } else { assignment.institution.clone() };
        let make = || Arc::new(Sheet::new(questions(self.state, assignment), self.state, &self.columns.dimensions));
        self.sheets.entry((assignment.form.clone(), who)).or_insert_with(make).clone()
    }

    /// The return as read. What the file says nothing about is missing, not zero.
    fn close(&self, open: Open) -> Group {
        let mut answers = open.answers;
        for answer in &mut answers {
            if answer.cells.is_empty() && answer.total.is_none() {
                answer.state = AnswerState::Missing;
                answer.cells = Cells::default();
                if answer.comment.is_empty() {
                    answer.comment.clone_from(&self.no_row);
                }
            }
        }
        let Open { assignment, period, sheet, place, .. } = open;
        Group { assignment, period, questions: sheet.questions.clone(), answers, place }
    }
}

fn empty(question: &Question) -> Answer {
    let cells = question.grid.0.len();
    let bases = if romduol_plan::answers::has_base(question.indicator.kind) { cells } else { 0 };
    Answer {
        indicator: question.indicator.id.clone(),
        state: AnswerState::Given,
        cells: Cells { grid: question.grid.clone(), values: vec![None; cells], bases: vec![None; bases] },
        total: None,
        estimate: false,
        comment: String::new(),
        files: Vec::new(),
    }
}

impl Sheet {
    fn new(questions: Vec<Question>, state: &State, dimensions: &[(Id, usize)]) -> Sheet {
        let mut known: Vec<(Arc<Grid>, Arc<Keys>)> = Vec::new();
        let mut all = Vec::new();
        for question in &questions {
            let keys = match known.iter().find(|(grid, _)| Arc::ptr_eq(grid, &question.grid)) {
                Some((_, keys)) => keys.clone(),
                None => {
                    let keys = Arc::new(keys(&question.grid, state, dimensions));
                    known.push((question.grid.clone(), keys.clone()));
                    keys
                }
            };
            all.push(keys);
        }
        let id = |(n, question): (usize, &Question)| (question.indicator.id.as_bytes().into(), n);
        let by_id = questions.iter().enumerate().map(id).collect();
        Sheet { questions: Arc::new(questions), keys: all, by_id }
    }
}

/// What stands in each dimension column for each cell of a grid.
fn keys(grid: &Grid, state: &State, dimensions: &[(Id, usize)]) -> Keys {
    let of = |categories: &Vec<Id>, dimension: &Id| -> Box<[u8]> {
        let own = categories.iter().find(|id| state.find::<Category>(id).is_some_and(|c| c.dimension == *dimension));
        own.map_or(&b""[..], |id| id.as_bytes()).into()
    };
    grid.0
        .iter()
        .map(|categories| dimensions.iter().map(|(dimension, _)| of(categories, dimension)).collect())
        .collect()
}

/// Puts the number of a row where it belongs.
fn take<R: BufRead>(columns: &Columns, record: &Lines<R>, open: &mut Open) -> Result<(), Say> {
    let column = |n: usize| record.field(n);
    let words = |n: usize| String::from_utf8_lossy(column(n)).chars().take(60).collect::<String>();
    if record.len() <= columns.value {
        return Err(Say::new("import-short-row").number("given", record.len() as f64));
    }
    let id = column(columns.indicator);
    // Rows mostly come in the order of the form: the same indicator as before, or the next one.
    let here = |n: usize| open.sheet.questions.get(n).is_some_and(|q| q.indicator.id.as_bytes() == id);
    let at = match () {
        () if here(open.at) => open.at,
        () if here(open.at + 1) => open.at + 1,
        () => *open
            .sheet
            .by_id
            .get(id)
            .ok_or_else(|| Say::new("import-unknown-indicator").words("value", words(columns.indicator)))?,
    };
    let keys = &open.sheet.keys[at];
    let fits =
        |key: &Vec<Box<[u8]>>| columns.dimensions.iter().zip(key).all(|((_, n), wanted)| column(*n) == &**wanted);
    let next = if at == open.at { open.cell } else { 0 };
    let cell = match keys.get(next) {
        Some(key) if fits(key) => Some(next),
        _ => keys.iter().position(fits),
    };
    let value = parse(column(columns.value)).map_err(|mend| bad_number("value", &words(columns.value), mend))?;
    let base = match columns.base.filter(|n| !column(*n).is_empty()) {
        Some(n) => Some(parse(column(n)).map_err(|mend| bad_number("base", &words(n), mend))?),
        None => None,
    };
    let answer = &mut open.answers[at];
    match cell {
        Some(cell) if answer.cells.values[cell].is_some() => return Err(Say::new("import-cell-twice")),
        Some(cell) => {
            answer.cells.values[cell] = Some(value);
            if let Some(slot) = answer.cells.bases.get_mut(cell) {
                *slot = base;
            }
            (open.at, open.cell) = (at, cell + 1);
        }
        // A row without any group is the total given beside the cells.
        None if columns.dimensions.iter().all(|(_, n)| column(*n).is_empty()) => answer.total = Some(value),
        None => {
            let groups: Vec<String> =
                columns.dimensions.iter().map(|(_, n)| words(*n)).filter(|w| !w.is_empty()).collect();
            return Err(Say::new("check-not-asked").words("category", groups.join(" · ")));
        }
    }
    if let Some(comment) = columns.comment.map(column).filter(|comment| !comment.is_empty()) {
        answer.comment = String::from_utf8(comment.to_vec()).map_err(|_| Say::new("import-not-utf8"))?;
    }
    Ok(())
}

fn unreadable(error: &std::io::Error) -> Say {
    Say::new("import-unreadable").words("what", error.to_string())
}

fn bad_number(column: &str, value: &str, mend: Say) -> Say {
    Say::new("check-not-a-number").words("category", column).words("value", value).clause("mend", mend)
}

/// Most numbers are short and plain; the rest takes the careful way.
fn parse(bytes: &[u8]) -> Result<f64, Say> {
    if (1..=15).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit) {
        return Ok(bytes.iter().fold(0_u64, |n, digit| n * 10 + u64::from(digit - b'0')) as f64);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Say::new("import-not-utf8"))?;
    number::parse(text).map_err(|bad| bad.say())
}

/// Finds the columns. A header that names something unknown is refused: it may be a misspelt dimension.
fn columns<'a>(state: &State, header: impl Iterator<Item = &'a [u8]>) -> Result<Columns, Say> {
    let names: Vec<String> = header.map(|name| String::from_utf8_lossy(name).to_string()).collect();
    let names: Vec<&str> = names.iter().map(|name| name.trim_start_matches('\u{feff}')).collect();
    let find = |name: &str| names.iter().position(|n| *n == name);
    let need = |name: &str| find(name).ok_or_else(|| Say::new("import-no-column").words("value", name));
    let unit = match (find("assignment"), find("form"), find("area"), find("institution")) {
        (Some(assignment), ..) => Unit::Assignment(assignment),
        (None, Some(form), Some(area), _) => Unit::FormArea(form, area),
        (None, Some(form), None, Some(institution)) => Unit::FormInstitution(form, institution),
        _ => {
            return Err(
                Say::new("import-no-column").words("value", "assignment, or form and area, or form and institution")
            );
        }
    };
    const KNOWN: [&str; 9] =
        ["assignment", "form", "area", "institution", "period", "indicator", "value", "base", "comment"];
    let dimensions: Vec<(Id, usize)> = names
        .iter()
        .enumerate()
        .filter(|(_, name)| state.find::<Dimension>(name).is_some())
        .map(|(n, name)| (name.to_string(), n))
        .collect();
    let unknown = names.iter().find(|name| !KNOWN.contains(*name) && state.find::<Dimension>(name).is_none());
    if let Some(unknown) = unknown {
        return Err(Say::new("import-unknown-column").words("value", unknown.chars().take(60).collect::<String>()));
    }
    Ok(Columns {
        unit,
        period: need("period")?,
        indicator: need("indicator")?,
        value: need("value")?,
        base: find("base"),
        comment: find("comment"),
        dimensions,
    })
}

#[cfg(test)]
mod tests;
