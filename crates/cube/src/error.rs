//! Every refusal of this crate, with the numbers in it. It refuses to know names: the caller puts them in.

/// Why a list of parents is no forest.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// A parent that is not in the list.
    #[error("area {area} names parent {parent}, which does not exist")]
    UnknownParent { area: u32, parent: u32 },
    /// The area is its own ancestor, or below one that is.
    #[error("area {area} never reaches a root: its ancestors form a circle")]
    Cycle { area: u32 },
    /// An area that is not in the tree.
    #[error("there is no area {area}")]
    UnknownArea { area: u32 },
    /// It would exist in no period.
    #[error("area {area} cannot exist from period {from} up to but without {to}")]
    NeverValid { area: u32, from: u32, to: u32 },
    /// An area cannot come from itself, also not through others.
    #[error("area {area} cannot come from itself")]
    OwnSuccessor { area: u32 },
    /// More areas than a `u32` can number.
    #[error("{count} areas are too many")]
    TooMany { count: usize },
}

/// Why dimensions make no shape.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShapeError {
    /// `keep` is a bitmask of 32 bits.
    #[error("{count} dimensions are more than 32")]
    TooManyDimensions { count: usize },
    /// Combinations are numbered by a `u32`.
    #[error("the dimensions have more than {} combinations", u32::MAX)]
    TooManyCombinations,
}

/// Why a change or a query was refused. Nothing was changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CubeError {
    /// No measure with this number.
    #[error("there is no measure {measure}")]
    UnknownMeasure { measure: u32 },
    /// No area with this number.
    #[error("there is no area {area}")]
    UnknownArea { area: u32 },
    /// The area did not exist in that period.
    #[error("area {area} exists from period {from} up to but without {to}, not in {period}")]
    NotValid { area: u32, period: u32, from: u32, to: u32 },
    /// A row has one cell for each combination.
    #[error("a row of measure {measure} has {expected} cells, but {given} were given")]
    WrongRow { measure: u32, given: usize, expected: u32 },
    /// One category for each dimension is needed.
    #[error("{given} categories were given for {expected} dimensions")]
    WrongDimensions { given: usize, expected: usize },
    /// No such category; the last one of a dimension is "not stated".
    #[error("dimension {dimension} has no category {category}")]
    UnknownCategory { dimension: usize, category: u16 },
    /// No such combination of categories.
    #[error("measure {measure} has no combination {combination}")]
    UnknownCombination { measure: u32, combination: u32 },
    /// A bit of `keep` names no dimension.
    #[error("there is no dimension {dimension} to keep")]
    UnknownDimension { dimension: u32 },
    /// Infinite or not a number.
    #[error("{value} is not a number that can be added up")]
    NotFinite { value: f64 },
    /// The categories of this dimension overlap, so they have no sum; keep it.
    #[error("dimension {dimension} overlaps and cannot be summed over; keep it")]
    NotAdditive { dimension: usize },
    /// The measure has no rule to roll periods into one; ask per period.
    #[error("measure {measure} does not roll up over time; ask for it per period")]
    NotOverTime { measure: u32 },
}

/// Why bytes are no cube.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BytesError {
    /// They do not begin as the bytes of a cube do.
    #[error("these bytes are not a cube; write them with Cube::to_bytes")]
    Foreign,
    /// Written by another version of this crate.
    #[error("these bytes are a cube of format {found}, but only format {known} can be read; build the cube again")]
    Format { found: u32, known: u32 },
    /// There are fewer or more than were written.
    #[error("the bytes of the cube are cut off or were added to: {found} instead of {expected}; build the cube again")]
    Length { found: u64, expected: u64 },
    /// They were changed after they were written.
    #[error("the bytes of the cube are damaged: their checksum is wrong; build the cube again")]
    Checksum,
    /// They contradict themselves.
    #[error("the bytes of the cube make no sense at byte {at}: {what}; build the cube again")]
    Nonsense { at: usize, what: &'static str },
}
