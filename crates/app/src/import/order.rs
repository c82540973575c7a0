//! The rows of each return, together: sees in one quick pass whether they stand so already, and if not puts them so, on
//! disk, in bounded memory. Refuses to know what rows say beside their unit and period.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Result, Seek, Write};
use std::ops::Range;

use romduol_plan::kinds::Id;
use tempfile::NamedTempFile;

use super::lines::Lines;
use super::units::Units;

/// Where a row goes: units as they come first, each with its periods in order. Rows of no unit come last.
type Place = (u32, u32);
const NOWHERE: Place = (u32::MAX, 0);

/// How much text is put in order in memory. A file of sixty gigabytes makes a thousand of them.
const CHUNK: usize = 64 << 20;

/// The places of rows as they come up.
struct Places<'a> {
    units: &'a Units,
    known: HashMap<Id, u32>,
    /// How the last row begins, up to its unit and period, and the place of both.
    last: (Vec<u8>, Place),
}

impl<'a> Places<'a> {
    fn new(units: &'a Units) -> Places<'a> {
        Places { units, known: HashMap::new(), last: (Vec::new(), NOWHERE) }
    }

    /// The place of the present row. Most begin as the one before; those are not even split.
    fn of<R: BufRead>(&mut self, row: &mut Lines<R>) -> Result<Place> {
        let (beginning, place) = &self.last;
        if !beginning.is_empty() && row.raw().starts_with(beginning) {
            return Ok(*place);
        }
        row.split()?;
        let place = match self.units.find(row) {
            Ok((unit, period)) => {
                let next = self.known.len() as u32;
                let unit = *self.known.entry(unit.id.clone()).or_insert(next);
                // A year and its last quarter end together.
                (unit, period.ordinal() << 4 | u32::from(period.frequency().months()))
            }
            Err(_) => NOWHERE,
        };
        self.last.0.clear();
        if let Some(end) = row.prefix(self.units.width()) {
            self.last.0.extend_from_slice(&row.raw()[..end]);
        }
        self.last.1 = place;
        Ok(place)
    }
}

/// Which rows are looked at on the way.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Looked {
    Quoted,
    All,
}

/// Whether the rows of each return stand together; `look` is shown rows on the way.
pub(super) fn is_grouped<R: BufRead>(
    rows: &mut Lines<R>,
    units: &Units,
    looked: Looked,
    mut look: impl FnMut(&Lines<R>),
) -> Result<bool> {
    let (mut places, mut closed, mut open) = (Places::new(units), HashSet::new(), NOWHERE);
    let mut grouped = true;
    loop {
        if !rows.next_record()? {
            return Ok(grouped);
        }
        if rows.has_quotes() || looked == Looked::All {
            rows.split()?;
            look(rows);
        }
        let place = places.of(rows)?;
        if place != open && place != NOWHERE {
            closed.insert(open);
            open = place;
            grouped &= !closed.contains(&open);
        }
    }
}

/// The rows in order, each behind the number that it had.
pub(super) fn sorted<R: BufRead>(rows: &mut Lines<R>, units: &Units, delimiter: u8) -> Result<NamedTempFile> {
    sorted_by(CHUNK, rows, units, delimiter)
}

fn sorted_by<R: BufRead>(size: usize, rows: &mut Lines<R>, units: &Units, delimiter: u8) -> Result<NamedTempFile> {
    let (mut places, mut chunk, mut runs) = (Places::new(units), Chunk::default(), Vec::new());
    while rows.next_record()? {
        let place = places.of(rows)?;
        chunk.push(place, rows.row(), delimiter, rows.raw());
        if chunk.text.len() >= size {
            runs.push(chunk.write()?);
        }
    }
    runs.push(chunk.write()?);
    let mut out = BufWriter::with_capacity(1 << 20, NamedTempFile::new()?);
    merge(runs, &mut out)?;
    out.into_inner().map_err(std::io::IntoInnerError::into_error)
}

/// Rows that wait to be put in order.
#[derive(Default)]
struct Chunk {
    text: Vec<u8>,
    /// Place, number, and where the text lies.
    rows: Vec<(Place, u64, Range<usize>)>,
}

impl Chunk {
    fn push(&mut self, place: Place, row: u64, delimiter: u8, raw: &[u8]) {
        let from = self.text.len();
        self.text.extend_from_slice(row.to_string().as_bytes());
        self.text.push(delimiter);
        self.text.extend_from_slice(raw);
        self.text.push(b'\n');
        self.rows.push((place, row, from..self.text.len()));
    }

    /// Puts them in order and on disk, and is empty again.
    fn write(&mut self) -> Result<Run> {
        self.rows.sort_unstable_by_key(|(place, row, _)| (*place, *row));
        let mut out = BufWriter::with_capacity(1 << 20, tempfile::tempfile()?);
        for ((unit, period), row, text) in self.rows.drain(..) {
            let head = [u64::from(unit) << 32 | u64::from(period), row, text.len() as u64];
            head.iter().try_for_each(|number| out.write_all(&number.to_le_bytes()))?;
            out.write_all(&self.text[text])?;
        }
        self.text.clear();
        let mut file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        file.rewind()?;
        Ok(Run { source: BufReader::with_capacity(256 << 10, file), text: Vec::new() })
    }
}

/// Rows in order, in a file that is gone when it is closed.
struct Run {
    source: BufReader<File>,
    text: Vec<u8>,
}

impl Run {
    /// Place and number of the next row, whose text is then in `text`; none at the end.
    fn next(&mut self) -> Result<Option<(u64, u64)>> {
        if self.source.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let [place, row, length] = [self.number()?, self.number()?, self.number()?];
        self.text.resize(length as usize, 0);
        self.source.read_exact(&mut self.text)?;
        Ok(Some((place, row)))
    }

    fn number(&mut self) -> Result<u64> {
        let mut bytes = [0; 8];
        self.source.read_exact(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

fn merge(mut runs: Vec<Run>, out: &mut impl Write) -> Result<()> {
    let mut waiting = BinaryHeap::new();
    for (n, run) in runs.iter_mut().enumerate() {
        waiting.extend(run.next()?.map(|key| Reverse((key, n))));
    }
    while let Some(Reverse((_, n))) = waiting.pop() {
        out.write_all(&runs[n].text)?;
        waiting.extend(runs[n].next()?.map(|key| Reverse((key, n))));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::lines::{Layout, Start};
    use super::super::rows::tests::plan;
    use super::super::units::UnitColumns;
    use super::*;

    const LAYOUT: Layout = Layout { delimiter: b',', numbered: false };

    fn units() -> Units {
        Units::new(plan(), UnitColumns::FormArea(0, 1), Vec::new(), 2)
    }

    fn lines(text: &str) -> Lines<&[u8]> {
        Lines::new(text.as_bytes(), LAYOUT, Start { position: 0, row: 1 })
    }

    #[test]
    fn rows_that_stand_together_are_seen() {
        let row = |area: &str, period: &str| format!("province-quarter,{area},{period},X,1\n");
        let together = row("KH-01", "2026Q1") + &row("KH-01", "2026Q1") + &row("KH-02", "2026Q1");
        assert!(is_grouped(&mut lines(&together), &units(), Looked::Quoted, |_| ()).unwrap());
        // Written otherwise, it is the same unit and period.
        let written = together.clone() + "province-quarter, KH-02 ,2026Q1,X,1\n";
        assert!(is_grouped(&mut lines(&written), &units(), Looked::Quoted, |_| ()).unwrap());
        // A row of no unit belongs nowhere.
        let foreign = row("KH-01", "2026Q1") + &row("KH-99", "2026Q1") + &row("KH-01", "2026Q1");
        assert!(is_grouped(&mut lines(&foreign), &units(), Looked::Quoted, |_| ()).unwrap());
        for apart in [row("KH-01", "2026Q1"), row("KH-02", "2026Q1") + &row("KH-01", "2026Q1")] {
            assert!(
                !is_grouped(&mut lines(&(together.clone() + &apart)), &units(), Looked::Quoted, |_| ()).unwrap(),
                "{apart}"
            );
        }
    }

    proptest! {
        /// Whatever the size of what fits in memory: every row once, with its number, units as they came first, periods
        /// in order, and within a return as in the file.
        #[test]
        fn rows_come_out_in_order(rows in prop::collection::vec((1u8..5, 1u8..4, any::<bool>()), 0..40), size in 1usize..600) {
            let text: String = rows.iter().enumerate().map(|(n, (area, quarter, quoted))| {
                let note = if *quoted { format!("\"{n}\n,\"") } else { n.to_string() };
                format!("province-quarter,KH-0{area},2026Q{quarter},{note}\n")
            }).collect();
            let mut first: Vec<u8> = Vec::new();
            rows.iter().for_each(|(area, ..)| if !first.contains(area) { first.push(*area) });
            let mut wanted: Vec<_> = rows.iter().enumerate().map(|(n, (area, quarter, _))| {
                (first.iter().position(|a| a == area).unwrap(), *quarter, n as u64 + 2)
            }).collect();
            wanted.sort_unstable();
            let file = sorted_by(size, &mut lines(&text), &units(), b',').unwrap();
            let layout = Layout { numbered: true, ..LAYOUT };
            let mut lines = Lines::new(BufReader::new(file.reopen().unwrap()), layout, Start::default());
            let mut found = Vec::new();
            while lines.advance().unwrap() {
                prop_assert!(lines.field(3).starts_with((lines.row() - 2).to_string().as_bytes()));
                found.push(lines.row());
            }
            prop_assert_eq!(found, wanted.into_iter().map(|(.., row)| row).collect::<Vec<_>>());
        }
    }
}
