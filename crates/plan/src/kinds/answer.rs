//! What a return says about each indicator, and how it is kept small. Refuses to know what is asked.
//!
//! A national load has tens of thousands of returns of a thousand numbers each, and few are looked at one by one: their
//! numbers are in the cube. So a return keeps its answers packed and opens them when somebody asks.

use std::borrow::Cow;
use std::cell::RefCell;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Id;
use crate::vocabulary;

vocabulary! {
    AnswerState {
        Given = "given",
        /// The unit should know but does not.
        Missing = "missing",
        /// The question does not apply to the unit.
        NotApplicable = "not-applicable",
    }
}

/// What a return says about one indicator.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    pub indicator: Id,
    pub state: AnswerState,
    pub cells: Cells,
    /// A total given beside the cells, kept as given.
    pub total: Option<f64>,
    pub estimate: bool,
    /// For a text indicator the answer itself, otherwise the reporter's remark.
    pub comment: String,
    /// Evidence files by content id.
    pub files: Vec<File>,
}

/// An attached file: its content id and the name it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct File {
    pub blob: String,
    pub name: String,
}

/// Combinations of categories, in the order in which their numbers stand: the category ids in the order of the
/// indicator's dimensions, one id for a group that stands beside the total, none for the total itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Grid(pub Vec<Vec<Id>>);

/// The numbers of an answer. Answers that are broken down alike share their grid.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cells {
    pub grid: Arc<Grid>,
    /// The count, numerator or sum of each combination; none where it was left empty.
    pub values: Vec<Option<f64>>,
    /// The denominator or number of cases, for ratios and means; otherwise empty.
    pub bases: Vec<Option<f64>>,
}

/// One number of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell<'a> {
    pub categories: &'a [Id],
    pub value: f64,
    pub base: Option<f64>,
}

impl Cells {
    /// The cells that have a value.
    pub fn iter(&self) -> impl Iterator<Item = Cell<'_>> {
        self.grid.0.iter().enumerate().filter_map(|(n, categories)| {
            let value = self.values.get(n).copied().flatten()?;
            Some(Cell { categories, value, base: self.bases.get(n).copied().flatten() })
        })
    }

    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }
}

/// The answers of a return, packed.
#[derive(Clone, PartialEq)]
pub struct Answers(Arc<[u8]>);

/// The stored form: the grids once, then the answers.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Stored<'a> {
    /// Each a list of combinations of category ids.
    grids: Vec<Grid>,
    #[serde(borrow)]
    of: Vec<Line<'a>>,
}

/// One answer as stored.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Line<'a> {
    #[serde(borrow)]
    #[schemars(extend("x-refers" = "indicators"))]
    indicator: Cow<'a, str>,
    #[serde(default = "given", skip_serializing_if = "is_given")]
    state: AnswerState,
    /// Which grid the numbers follow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grid: Option<usize>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    values: Vec<Option<Number>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    bases: Vec<Option<Number>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    total: Option<Number>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    estimate: bool,
    #[serde(default, skip_serializing_if = "str::is_empty", borrow)]
    comment: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "<[File]>::is_empty")]
    files: Cow<'a, [File]>,
}

fn given() -> AnswerState {
    AnswerState::Given
}

fn is_given(state: &AnswerState) -> bool {
    *state == AnswerState::Given
}

/// A number that is written without `.0` where it is whole: most are counts.
#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(transparent)]
struct Number(f64);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Beyond 2^53 not every whole number is its own.
        match self.0 {
            whole if whole.fract() == 0.0 && whole.abs() < 9e15 => serializer.serialize_i64(whole as i64),
            other => serializer.serialize_f64(other),
        }
    }
}

fn numbers(values: &[Option<f64>]) -> Vec<Option<Number>> {
    values.iter().map(|value| value.map(Number)).collect()
}

fn plain(values: &[Option<Number>]) -> Vec<Option<f64>> {
    values.iter().map(|value| value.map(|number| number.0)).collect()
}

impl Answers {
    pub fn pack(answers: &[Answer]) -> Answers {
        let mut grids: Vec<&Arc<Grid>> = Vec::new();
        let mut lines = Vec::with_capacity(answers.len());
        for answer in answers {
            let known = grids.iter().position(|g| Arc::ptr_eq(g, &answer.cells.grid) || **g == answer.cells.grid);
            let empty = answer.cells.values.is_empty();
            let grid = (!empty).then(|| known.unwrap_or(grids.len()));
            if !empty && known.is_none() {
                grids.push(&answer.cells.grid);
            }
            lines.push(Line {
                indicator: Cow::Borrowed(&answer.indicator),
                state: answer.state,
                grid,
                values: numbers(&answer.cells.values),
                bases: numbers(&answer.cells.bases),
                total: answer.total.map(Number),
                estimate: answer.estimate,
                comment: Cow::Borrowed(&answer.comment),
                files: Cow::Borrowed(&answer.files),
            });
        }
        let grids = grids.into_iter().map(|grid| (**grid).clone()).collect();
        Answers::from_stored(&Stored { grids, of: lines })
    }

    fn from_stored(stored: &Stored) -> Answers {
        let text = serde_json::to_vec(stored).expect("answers hold only strings, numbers and lists");
        Answers(compress(&text))
    }

    /// The answers, one by one.
    pub fn open(&self) -> Vec<Answer> {
        let text = self.text();
        let stored: Stored = serde_json::from_str(&text).expect("answers were packed by this program");
        let grids: Vec<Arc<Grid>> = stored.grids.into_iter().map(Arc::new).collect();
        let answer = |line: Line| Answer {
            indicator: line.indicator.into_owned(),
            state: line.state,
            cells: Cells {
                grid: line.grid.and_then(|grid| grids.get(grid)).cloned().unwrap_or_default(),
                values: plain(&line.values),
                bases: plain(&line.bases),
            },
            total: line.total.map(|total| total.0),
            estimate: line.estimate,
            comment: line.comment.into_owned(),
            files: line.files.into_owned(),
        };
        stored.of.into_iter().map(answer).collect()
    }

    /// The bytes, for keeping a whole state; only what comes from here may go back through `from_packed`.
    pub(crate) fn packed(&self) -> &[u8] {
        &self.0
    }

    pub(crate) fn from_packed(bytes: Vec<u8>) -> Answers {
        Answers(bytes.into())
    }

    /// The answer for one indicator, if the return has it.
    pub fn about(&self, indicator: &str) -> Option<Answer> {
        self.open().into_iter().find(|answer| answer.indicator == indicator)
    }

    fn text(&self) -> String {
        let bytes = decompress(&self.0).expect("answers were packed by this program");
        String::from_utf8(bytes).expect("answers were packed from text")
    }
}

/// Nothing but the count: the numbers would fill a screen.
impl std::fmt::Debug for Answers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answers({} bytes)", self.0.len())
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // From text to text, number by number, without building the answers in between.
        serde_transcode::transcode(&mut serde_json::Deserializer::from_str(&self.text()), serializer)
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let stored = Stored::deserialize(deserializer)?;
        let wrong = |line: &&Line| {
            let cells = line.grid.map_or(Some(0), |grid| stored.grids.get(grid).map(|grid| grid.0.len()));
            cells.is_none_or(|cells| line.values.len() > cells || line.bases.len() > cells)
        };
        match stored.of.iter().find(wrong) {
            Some(line) => {
                Err(serde::de::Error::custom(format!("the numbers of {} do not fit their grid", line.indicator)))
            }
            None => Ok(Answers::from_stored(&stored)),
        }
    }
}

impl JsonSchema for Answers {
    fn schema_name() -> Cow<'static, str> {
        "Answers".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Stored::json_schema(generator)
    }
}

/// Fast rather than smallest: the second level takes twice the time for a tenth of the size.
const LEVEL: i32 = 1;
/// No return comes near it; what claims more is damaged.
const LARGEST: usize = 64 << 20;

thread_local! {
    static CODEC: RefCell<Option<(zstd::bulk::Compressor<'static>, zstd::bulk::Decompressor<'static>)>> = const { RefCell::new(None) };
}

fn compress(bytes: &[u8]) -> Arc<[u8]> {
    with_codec(|(compressor, _)| compressor.compress(bytes)).expect("memory for a return").into()
}

fn decompress(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let size = zstd::zstd_safe::get_frame_content_size(bytes).ok().flatten().unwrap_or(0) as usize;
    with_codec(|(_, decompressor)| decompressor.decompress(bytes, size.min(LARGEST)))
}

/// The codec's tables are large; each thread keeps its own.
fn with_codec<T>(
    work: impl FnOnce(&mut (zstd::bulk::Compressor<'static>, zstd::bulk::Decompressor<'static>)) -> std::io::Result<T>,
) -> std::io::Result<T> {
    CODEC.with_borrow_mut(|codec| {
        if codec.is_none() {
            *codec = Some((zstd::bulk::Compressor::new(LEVEL)?, zstd::bulk::Decompressor::new()?));
        }
        work(codec.as_mut().expect("just made"))
    })
}
