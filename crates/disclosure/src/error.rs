//! Every refusal of this crate, with names and numbers in it. It refuses to know the next step of the reader's program.

/// Why dimensions and tables make no edition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    #[error("there is no dimension {dimension}")]
    UnknownDimension { dimension: String },
    #[error("{dimension} has no code {code}")]
    UnknownCode { dimension: String, code: String },
    #[error("{dimension} has two codes named {code}")]
    TwiceTheSame { dimension: String, code: String },
    #[error("{code} is no leaf of {dimension}; counts are given for leaves")]
    NotALeaf { dimension: String, code: String },
    #[error("{given} codes were given for {expected} dimensions")]
    WrongDimensions { given: usize, expected: usize },
    #[error("a tie names measure {measure}, which is not in the list")]
    UnknownMeasure { measure: usize },
    #[error("{count} dimensions are more than 64")]
    TooManyDimensions { count: usize },
    #[error("table {table} names {dimension} twice")]
    NamedTwice { table: String, dimension: String },
    #[error("the tables cross into {cells} cells, {most} is the most: publish fewer breakdowns together")]
    TooFine { cells: u128, most: u128 },
    #[error("{cell} has a count of {count}; only changes may be below 0")]
    Negative { cell: String, count: i64 },
    #[error("group disclosure cannot be kept from happening where zeros are shown; make them eligible or protected")]
    GroupsWithShownZeros,
    #[error(transparent)]
    System(#[from] SystemError),
}

/// Why cells and sums make no system.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SystemError {
    #[error("sum {relation} names cell {cell}, which does not exist")]
    UnknownCell { relation: usize, cell: u32 },
    #[error("sum {relation} has a total of {total}, but its parts add up to {parts}")]
    DoesNotAddUp { relation: usize, total: i64, parts: i64 },
    #[error("cell {cell} is a part of itself")]
    Circle { cell: u32 },
    #[error("cell {cell} is {value}, below the {least} that everybody knows")]
    BelowLeast { cell: usize, value: i64, least: i64 },
}

/// Why what was published before cannot be taken into account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MemoryError {
    #[error("entries of the memory are out of order; it is only ever added to")]
    OutOfOrder,
    #[error(
        "edition {edition} had {then} dimensions, this one has {now}; keep the dimensions and sum over what is new"
    )]
    Dimensions { edition: u32, then: usize, now: usize },
    #[error("edition {edition} published {dimension} {code}, which is no code now; say which leaves it groups")]
    UnknownCode { edition: u32, dimension: String, code: String },
    #[error("{cell} was published as {then} and is {now} now; give the revision as a dimension with a change")]
    Revised { cell: String, then: i64, now: i64 },
}

/// A small count that cannot be protected, and what helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{cell} cannot be hidden well enough beside what is known already; {}", self.advice())]
pub struct Lost {
    /// The cell in words.
    pub cell: String,
    /// The same as dimension and code, where it is not all of a dimension.
    pub at: Vec<(String, String)>,
    /// Names of the tables that hold it; if it only follows from tables, of the nearest.
    pub tables: Vec<String>,
    /// The dimension to publish coarser, if that helps.
    pub dimension: Option<String>,
    /// The smallest total that is large enough, in words.
    pub merged: Option<String>,
}

impl Lost {
    fn advice(&self) -> String {
        match (&self.dimension, &self.merged, self.tables.as_slice()) {
            (Some(dimension), Some(merged), _) => {
                format!("publish {dimension} only for {merged}, or withhold a table")
            }
            (.., []) => "withhold a table that it follows from".into(),
            (.., tables) => format!("withhold {}", tables.join(" or ")),
        }
    }
}

/// Why nothing can be published.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error(transparent)]
    Shape(#[from] ShapeError),
    #[error(transparent)]
    Memory(#[from] MemoryError),
    /// What is known already tells a small count, or leaves it no room.
    #[error("{}", lost.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Unprotectable { lost: Vec<Lost> },
    /// A bug of this crate, found before anything was published.
    #[error("the audit refuses: {}", findings.join("; "))]
    Audit { findings: Vec<String> },
}
