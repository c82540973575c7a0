//! A row of cells as the body of a record: what each cell means in its column. Refuses to guess: what could mean two things
//! is told with both readings.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{BadCell, CellType, Column, beginning};
use crate::amount::Amount;
use crate::cell::{self, Cell, Shown};
use crate::clean;
use crate::kinds::{Body, Kind};
use crate::number::{self, Marks};
use crate::period::BadDate;
use crate::say::Say;
use crate::yes_no;

/// The cells of one row by the names of their columns.
pub struct Row<'a> {
    pub cells: BTreeMap<&'a str, &'a Cell>,
    /// Which mark starts the decimals in the file.
    pub marks: Marks,
    /// The record as it is. A column that the table lacks leaves its field alone.
    pub old: Option<&'a Body>,
}

/// Reads one row. Every bad cell is reported, not only the first.
pub fn read_row(kind: Kind, columns: &[Column], row: &Row) -> Result<Body, Vec<BadCell>> {
    let old = row.old.map(Body::to_json);
    let mut body = Map::new();
    let mut bad = Vec::new();
    for column in columns {
        match (row.cells.get(column.name.as_str()), &old) {
            (None, Some(old)) => keep(&mut body, column, old),
            (Some(cell), _) if !cell.is_empty() => match read_cell(column, cell, row, old.as_ref()) {
                Ok(value) => place(&mut body, column, value),
                Err(problem) => bad.push(problem),
            },
            _ => match (&column.cell, column.required) {
                (CellType::List(_), true) => place(&mut body, column, Value::Array(Vec::new())),
                (CellType::List(_) | CellType::Boolean, _) | (_, false) => {}
                (_, true) => bad.push(bad_cell(column, "", Say::new("fault-empty").words("name", &column.name))),
            },
        }
    }
    // A bilingual field is an object even where no language is filled in.
    for column in columns.iter().filter(|column| column.lang.is_some()) {
        body.entry(column.field.clone()).or_insert_with(|| Value::Object(Map::new()));
    }
    if !bad.is_empty() {
        return Err(bad);
    }
    Body::read(kind, Value::Object(body)).map_err(|_| {
        let id = row.cells.get("id").map(|cell| cell.written()).unwrap_or_default();
        let value = beginning(&id, 80);
        vec![BadCell { column: String::new(), value, problem: Say::new("fault-row-unreadable") }]
    })
}

/// The field as it was.
fn keep(body: &mut Map<String, Value>, column: &Column, old: &Value) {
    let value = match column.lang {
        None => old.get(&column.field),
        Some(lang) => old.get(&column.field).and_then(|text| text.get(lang)),
    };
    if let Some(value) = value {
        place(body, column, value.clone());
    }
}

fn place(body: &mut Map<String, Value>, column: &Column, value: Value) {
    match column.lang {
        None => {
            body.insert(column.field.clone(), value);
        }
        Some(lang) => {
            let text = body.entry(column.field.clone()).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(text) = text {
                text.insert(lang.to_string(), value);
            }
        }
    }
}

fn read_cell(column: &Column, cell: &Cell, row: &Row, old: Option<&Value>) -> Result<Value, BadCell> {
    let bad = |problem: Say| bad_cell(column, &cell.written(), problem);
    match cell {
        Cell::Unknown(problem) => return Err(bad(problem.clone())),
        Cell::Text(text) if cell::is_error(text) => return Err(bad(Say::new("fault-error-cell"))),
        _ => {}
    }
    match &column.cell {
        // Spreadsheets make dates of codes such as `MAR-1`; what was typed is gone.
        CellType::Text | CellType::Code(_) | CellType::List(_)
            if matches!(cell, Cell::Day(..)) && (column.name == "id" || column.refers.is_some()) =>
        {
            Err(bad(Say::new("fault-became-a-date")))
        }
        CellType::Text if column.name == "id" || column.refers.is_some() => {
            Ok(Value::from(clean::id(&cell.written()).as_ref()))
        }
        CellType::Text => Ok(Value::from(clean::text(&cell.written()).as_ref())),
        CellType::Number | CellType::Integer | CellType::Decimal => {
            let percentages = column.percent.allowed(|| unit_of(row, old));
            read_number(column, cell, row.marks, percentages).map_err(bad)
        }
        CellType::Boolean => match yes_no::read(&clean::id(&cell.written())) {
            Some(yes) => Ok(Value::from(yes)),
            None => Err(bad(Say::new("fault-not-true-or-false"))),
        },
        CellType::Period => match (cell, clean::id(&cell.written()).parse::<crate::Period>()) {
            (Cell::Day(_, Shown::Day), _) | (_, Err(_)) => Err(bad(Say::new("fault-not-a-period"))),
            (_, Ok(period)) => Ok(Value::from(period.to_string())),
        },
        CellType::Date => match cell {
            Cell::Day(date, _) => Ok(Value::from(date.to_string())),
            other => read_date(&clean::id(&other.written())).map_err(bad),
        },
        CellType::Code(codes) => known(column, codes, &clean::code(&cell.written())).map(Value::from),
        CellType::List(codes) => read_list(column, codes.as_deref(), &cell.written()),
    }
}

/// What the row, or the record as it is, says of its unit.
fn unit_of(row: &Row, old: Option<&Value>) -> String {
    match row.cells.get("unit") {
        Some(cell) => clean::code(&cell.written()).to_lowercase(),
        None => old.and_then(|old| old["unit"].as_str()).unwrap_or_default().to_string(),
    }
}

fn read_number(column: &Column, cell: &Cell, marks: Marks, percentages: bool) -> Result<Value, Say> {
    let written = cell.written();
    // A spreadsheet's mark for text, and the sign of a percentage, are no part of the number.
    let text = clean::id(&written);
    let (text, percent) = match text.strip_suffix(['%', '٪']) {
        Some(number) => (number.trim_end(), true),
        None => (&*text, false),
    };
    if percent && !percentages {
        return Err(Say::new("fault-no-percentage"));
    }
    let marks = if matches!(cell, Cell::Text(_)) { marks } else { Marks::Point };
    let not_a_number = |why: number::BadNumber| Say::new("fault-not-a-number").clause("mend", why.say());
    match column.cell {
        CellType::Decimal => match Amount::read_in(text, marks) {
            Ok(amount) => Ok(Value::from(amount.to_string())),
            Err(why) => Err(Say::new("fault-not-an-amount").clause("mend", why.say())),
        },
        CellType::Integer => {
            let whole = number::parse_in(text, marks).map_err(not_a_number)?;
            let (least, most) = column.limits;
            match whole as i64 {
                _ if whole.fract() != 0.0 => Err(Say::new("fault-not-whole")),
                whole if whole < least && least == 0 => Err(Say::new("fault-negative")),
                whole if whole < least || whole > most => Err(Say::new("fault-number-large")),
                whole => Ok(Value::from(whole)),
            }
        }
        _ => Ok(Value::from(number::parse_in(text, marks).map_err(not_a_number)?)),
    }
}

fn read_date(text: &str) -> Result<Value, Say> {
    match crate::Date::read(text) {
        Ok(date) => Ok(Value::from(date.to_string())),
        Err(BadDate::NotADate) => Err(Say::new("fault-not-a-date")),
        Err(BadDate::TwoReadings(first, second)) => {
            let say = Say::new("fault-two-dates").words("first", first.to_string());
            Err(say.words("second", second.to_string()))
        }
        Err(BadDate::Counted(date)) => Err(Say::new("fault-date-counted").words("date", date.to_string())),
    }
}

fn read_list(column: &Column, codes: Option<&[String]>, text: &str) -> Result<Value, BadCell> {
    let clean = |item| if column.refers.is_some() { clean::id(item) } else { clean::code(item) };
    let items = text.split(';').map(clean).filter(|item| !item.is_empty());
    let read = |item: Cow<'_, str>| match codes {
        Some(codes) => known(column, codes, &item).map(Value::from),
        None => Ok(Value::from(item.as_ref())),
    };
    items.map(read).collect::<Result<Vec<Value>, _>>().map(Value::from)
}

/// The code as the vocabulary has it; a spreadsheet likes to begin with a capital.
fn known(column: &Column, codes: &[String], text: &str) -> Result<String, BadCell> {
    let exact = codes.iter().find(|code| *code == text);
    let mut near = codes.iter().filter(|code| code.eq_ignore_ascii_case(text));
    match (exact, near.next(), near.next()) {
        (Some(code), _, _) | (None, Some(code), None) => Ok(code.clone()),
        _ => Err(bad_cell(column, text, Say::new("fault-unknown-code").words("names", codes.join(", ")))),
    }
}

fn bad_cell(column: &Column, value: &str, problem: Say) -> BadCell {
    BadCell { column: column.name.clone(), value: beginning(value, 80), problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Date;
    use crate::column::columns;

    /// What a cell of a column means, or the key of what is wrong with it.
    fn read(kind: Kind, name: &str, cell: Cell) -> String {
        let column = columns(kind).into_iter().find(|column| column.name == name).unwrap();
        let row = Row { cells: BTreeMap::new(), marks: Marks::Unsaid, old: None };
        match read_cell(&column, &cell, &row, None) {
            Ok(value) => super::super::show(&value),
            Err(bad) => bad.problem.key.to_string(),
        }
    }

    #[test]
    fn a_cell_means_what_its_column_holds() {
        let day = |shown| Cell::Day(Date { year: 2026, month: 7, day: 1 }, shown);
        let (number, percent) = (|text: &str| Cell::Number(text.into()), |text: &str| Cell::Percent(text.into()));
        let cost = [
            ("plan_share", percent("45"), "45"),
            ("plan_share", Cell::from("45 %"), "45"),
            ("plan_share", Cell::from("'45"), "45"),
            ("quantity", percent("45"), "fault-no-percentage"),
            // A spreadsheet's own number is in no language.
            ("quantity", number("1.450"), "1.45"),
            ("quantity", number("1.45"), "1.45"),
            ("quantity", Cell::from("1,450"), "fault-not-an-amount"),
            ("year", Cell::from("២០២៧"), "2027"),
            ("year", day(Shown::Year), "2026"),
            ("year", day(Shown::Day), "fault-not-a-number"),
            ("year", number("99999999999"), "fault-number-large"),
            ("date", day(Shown::Day), "2026-07-01"),
            ("date", Cell::from("31/12/2026"), "2026-12-31"),
            ("date", Cell::from("03/04/2026"), "fault-two-dates"),
            ("date", number("46356"), "fault-date-counted"),
            ("date", Cell::from("tomorrow"), "fault-not-a-date"),
            ("currency", Cell::from("usd\u{a0}"), "USD"),
            ("currency", Cell::from("EUR"), "fault-unknown-code"),
            ("node", Cell::from("A1.\u{200b}01"), "A1.01"),
            ("node", day(Shown::Day), "fault-became-a-date"),
            ("evidence", Cell::from("ST1;\u{a0}ST2 ;"), "ST1;ST2"),
            ("illustrative", Cell::from("FALSE"), "false"),
            ("illustrative", Cell::Boolean(true), "true"),
            ("illustrative", Cell::from("perhaps"), "fault-not-true-or-false"),
            ("note", Cell::from("a\u{202e}b"), "ab"),
            ("note", number("2027"), "2027"),
            ("note", Cell::from("#N/A"), "fault-error-cell"),
            ("note", Cell::Unknown(Say::new("fault-formula")), "fault-formula"),
        ];
        for (name, cell, means) in cost {
            assert_eq!(read(Kind::CostLine, name, cell.clone()), means, "{name} {cell:?}");
        }
        assert_eq!(read(Kind::Target, "period", day(Shown::Month)), "2026-07");
        assert_eq!(read(Kind::Target, "period", day(Shown::Day)), "fault-not-a-period");
        assert_eq!(read(Kind::Target, "period", Cell::from("2026q3")), "2026Q3");
        assert_eq!(read(Kind::Target, "value", percent("27")), "fault-no-percentage");
    }

    #[test]
    fn what_a_table_lacks_stays() {
        let columns = columns(Kind::Evidence);
        let texts = ["E1", "Share", "45", "percent", "45 %", "total", "women", "stated", "observed", "I1", "up", "3.1"];
        let names = [
            "id",
            "label",
            "value",
            "unit",
            "printed",
            "sex",
            "group",
            "date_basis",
            "kind",
            "topic",
            "direction",
            "section",
        ];
        let cells = texts.map(Cell::from);
        let of = |cells, old| Row { cells, marks: Marks::Point, old };
        let old = match read_row(Kind::Evidence, &columns, &of(names.into_iter().zip(&cells).collect(), None)) {
            Ok(old) => old,
            Err(bad) => panic!("{bad:?}"),
        };
        let (id, value, printed) = (Cell::from("E1"), Cell::Percent("46".into()), Cell::from(""));
        let some = BTreeMap::from([("id", &id), ("value", &value)]);
        let new = read_row(Kind::Evidence, &columns, &of(some, Some(&old))).unwrap();
        let (before, after) = (old.to_json(), new.to_json());
        assert_eq!(after["value"], 46.0);
        assert_eq!((&after["label"], &after["printed"]), (&before["label"], &before["printed"]));
        let emptied = BTreeMap::from([("id", &id), ("printed", &printed)]);
        let bad = read_row(Kind::Evidence, &columns, &of(emptied, Some(&old))).unwrap_err();
        assert_eq!((bad[0].column.as_str(), &*bad[0].problem.key), ("printed", "fault-empty"));
    }
}
