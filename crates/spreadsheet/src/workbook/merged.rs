//! Merged cells: a value that stands over several rows is meant for each of them. Refuses what could be meant otherwise: a
//! value over several columns, and a number that may be the sum of the rows it stands over.

use romduol_plan::Say;
use romduol_plan::cell::Cell;

use super::super::{Unreadable, header};
use super::cells::{Cells, Range};

/// Fills the rows below the header that hold something. Returns what should be told.
pub fn fill(cells: &mut Cells, top: u32) -> Result<Vec<Say>, Unreadable> {
    let mut notes = Vec::new();
    for range in std::mem::take(&mut cells.merged) {
        let Range { first, last } = range;
        let value = cells.rows.get(&first.0).and_then(|row| row.get(&first.1)).cloned();
        let Some(value) = value.filter(|_| last.0 > top) else { continue };
        let address = format!("{}{}", header::letters(first.1 as usize), first.0 + 1);
        let whole = format!("{address}:{}{}", header::letters(last.1 as usize), last.0 + 1);
        let refused = |key: &'static str| {
            let problem = Say::new(key).words("range", &whole);
            Unreadable { row: first.0 as usize + 1, cell: address.clone(), problem }
        };
        if first.1 != last.1 {
            return Err(refused("fault-merged-columns"));
        }
        if first.0 <= top {
            return Err(refused("fault-merged-header"));
        }
        if matches!(&value, Cell::Number(digits) | Cell::Percent(digits) if !is_year(digits)) {
            return Err(refused("fault-merged-number"));
        }
        for (_, row) in cells.rows.range_mut(first.0 + 1..=last.0) {
            row.insert(first.1, value.clone());
        }
        notes.push(Say::new("table-merged").words("range", whole));
    }
    Ok(notes)
}

/// A year stands over its rows; an amount could be that of all of them together.
fn is_year(digits: &str) -> bool {
    digits.parse::<u32>().is_ok_and(|year| (1900..=2200).contains(&year))
}
