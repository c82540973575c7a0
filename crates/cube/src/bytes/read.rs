//! Reads the body of a cube's bytes and believes nothing: every number is checked before it is used, and nothing is
//! made room for that is not there. It refuses to know the head.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{DENSE, SPARSE};
use crate::bits::Bits;
use crate::cube::Column;
use crate::dense::Dense;
use crate::lane::Lane;
use crate::lanes::Lanes;
use crate::slice::{Slice, Store};
use crate::sparse::{Sparse, unkey};
use crate::stored::Stored;
use crate::tree::NONE;
use crate::{AreaTree, BytesError, Cube, Dimension, Measure, PlaceRule, Shape, TimeRule};

type Read<T> = Result<T, BytesError>;

pub(super) fn body(bytes: &[u8]) -> Read<Cube> {
    let mut reader = Reader { all: bytes.len(), rest: bytes };
    let tree = reader.tree()?;
    let count = reader.word()?;
    let mut columns = Vec::new();
    for _ in 0..count {
        columns.push(Arc::new(reader.column(&tree)?));
    }
    if !reader.rest.is_empty() {
        return Err(reader.nonsense("there is something behind the end"));
    }
    Ok(Cube { tree: Arc::new(tree), columns: Arc::new(columns) })
}

/// What is left to read.
struct Reader<'a> {
    all: usize,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn nonsense(&self, what: &'static str) -> BytesError {
        BytesError::Nonsense { at: self.all - self.rest.len(), what }
    }

    fn take<const N: usize>(&mut self) -> Read<[u8; N]> {
        let (chunk, rest) = self.rest.split_first_chunk().ok_or_else(|| self.nonsense("it ends too early"))?;
        self.rest = rest;
        Ok(*chunk)
    }

    fn byte(&mut self) -> Read<u8> {
        self.take().map(u8::from_le_bytes)
    }

    fn word(&mut self) -> Read<u32> {
        self.take().map(u32::from_le_bytes)
    }

    /// So many numbers of `N` bytes; refused before room is made if they are not there.
    fn list<T, const N: usize>(&mut self, count: usize, read: impl Fn([u8; N]) -> T) -> Read<Vec<T>> {
        let list = count.checked_mul(N).and_then(|len| self.rest.split_at_checked(len));
        let (list, rest) = list.ok_or_else(|| self.nonsense("it ends before a list does"))?;
        self.rest = rest;
        Ok(list.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect())
    }

    fn words(&mut self) -> Read<Vec<u32>> {
        let count = self.word()?;
        self.list(count as usize, u32::from_le_bytes)
    }

    fn tree(&mut self) -> Read<AreaTree> {
        let parents: Vec<Option<u32>> = self.words()?.into_iter().map(|p| (p != NONE).then_some(p)).collect();
        let mut tree = AreaTree::new(&parents).map_err(|_| self.nonsense("the areas make no tree"))?;
        for _ in 0..self.word()? {
            let (area, periods) = (self.word()?, self.word()?..self.word()?);
            tree.set_valid(area, periods).map_err(|_| self.nonsense("an area exists in no period"))?;
        }
        for _ in 0..self.word()? {
            let (from, into) = (self.word()?, self.word()?);
            tree.succeed(from, into).map_err(|_| self.nonsense("an area comes from itself or from an unknown one"))?;
        }
        Ok(tree)
    }

    fn column(&mut self, tree: &AreaTree) -> Read<Column> {
        let measure = self.measure()?;
        let mut slices = BTreeMap::new();
        for _ in 0..self.word()? {
            let period = self.word()?;
            if slices.last_key_value().is_some_and(|(&last, _)| period <= last) {
                return Err(self.nonsense("the periods are not in order"));
            }
            let slice = self.slice(tree, period, &measure.shape)?;
            if slice.knows_nothing() {
                return Err(self.nonsense("a period has nothing in it"));
            }
            slices.insert(period, Arc::new(slice));
        }
        Ok(Column { measure, slices })
    }

    fn measure(&mut self) -> Read<Measure> {
        let mut dimensions = Vec::new();
        for _ in 0..self.word()? {
            let size = u16::from_le_bytes(self.take()?);
            dimensions.push(Dimension { size, additive: self.flag()? });
        }
        let shape = Shape::new(dimensions).map_err(|_| self.nonsense("there are too many dimensions"))?;
        let place = match self.byte()? {
            0 => PlaceRule::Sum,
            1 => PlaceRule::Max,
            2 => PlaceRule::OnlyWhereMeasured,
            _ => return Err(self.nonsense("there is no such place rule")),
        };
        let time = match self.byte()? {
            0 => TimeRule::Sum,
            1 => TimeRule::Last,
            2 => TimeRule::Average,
            3 => TimeRule::None,
            _ => return Err(self.nonsense("there is no such time rule")),
        };
        Ok(Measure { shape, place, time })
    }

    fn flag(&mut self) -> Read<bool> {
        match self.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.nonsense("a flag is neither 0 nor 1")),
        }
    }

    fn slice(&mut self, tree: &AreaTree, period: u32, shape: &Shape) -> Read<Slice> {
        let expected = if self.flag()? { Some(Arc::new(self.areas(tree, period)?)) } else { None };
        let store = match self.byte()? {
            SPARSE => self.sparse(tree, period, shape)?,
            DENSE => self.dense(tree, period, shape)?,
            _ => return Err(self.nonsense("there is no such way to keep observations")),
        };
        Ok(Slice { store, expected })
    }

    /// Positions of areas that exist in the period, at least one.
    fn areas(&mut self, tree: &AreaTree, period: u32) -> Read<Bits> {
        let words = self.list(tree.len() / 64 + 1, u64::from_le_bytes)?;
        let areas = Bits::from_words(words, tree.len()).filter(|areas| areas.len() > 0);
        let exist = |areas: &Bits| areas.iter().all(|at| tree.exists_at(at, period));
        areas.filter(exist).ok_or_else(|| self.nonsense("areas are unknown, none, or did not exist"))
    }

    fn sparse(&mut self, tree: &AreaTree, period: u32, shape: &Shape) -> Read<Store> {
        let count = u64::from_le_bytes(self.take()?);
        let count = usize::try_from(count).map_err(|_| self.nonsense("there are too many observations"))?;
        let keys = self.list(count, u64::from_le_bytes)?;
        let values = self.list(count, f64::from_le_bytes)?;
        let known = |&key: &u64| {
            let (position, combination) = unkey(key);
            (position as usize) < tree.len() && combination < shape.combinations() && tree.exists_at(position, period)
        };
        if !keys.is_sorted_by(|a, b| a < b) || !keys.iter().all(known) || !values.iter().all(|v| v.is_finite()) {
            return Err(self.nonsense("observations are out of order, unknown or no numbers"));
        }
        Ok(Store::Sparse(Sparse::new(keys.into_iter().zip(values)), 2 * count))
    }

    fn dense(&mut self, tree: &AreaTree, period: u32, shape: &Shape) -> Read<Store> {
        let rows = self.areas(tree, period)?;
        let combinations = self.words()?;
        let known = combinations.last().is_some_and(|&last| last < shape.combinations());
        if !known || !combinations.is_sorted_by(|a, b| a < b) {
            return Err(self.nonsense("combinations are none, unknown or out of order"));
        }
        let count = (combinations.len(), rows.len());
        let lanes = match self.byte()? {
            1 => Lanes::U8(self.lanes(count, u8::from_le_bytes)?),
            2 => Lanes::U16(self.lanes(count, u16::from_le_bytes)?),
            4 => Lanes::U32(self.lanes(count, u32::from_le_bytes)?),
            8 => Lanes::F64(self.lanes(count, f64::from_le_bytes)?),
            _ => return Err(self.nonsense("there is no such width")),
        };
        let (len, largest) = (lanes.len(), lanes.largest());
        if !lanes.rows_are_used(rows.len()) || !largest.is_finite() {
            return Err(self.nonsense("a row is empty, or a number is none"));
        }
        Ok(Store::Dense(Dense::of_parts(tree, combinations, rows, lanes, len, largest)))
    }

    fn lanes<T: Stored, const N: usize>(
        &mut self,
        (lanes, rows): (usize, usize),
        read: impl Fn([u8; N]) -> T,
    ) -> Read<Vec<Arc<Lane<T>>>> {
        let mut list = Vec::new();
        for _ in 0..lanes {
            let there = self.list(rows.div_ceil(64), u64::from_le_bytes)?;
            let lane = Lane::of_parts(self.list(rows, &read)?, there);
            list.push(Arc::new(lane.ok_or_else(|| self.nonsense("a missing number is not zero"))?));
        }
        Ok(list)
    }
}
