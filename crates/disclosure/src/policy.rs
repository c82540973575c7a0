//! What counts as small and what is done about it. It refuses to know which counts there are.

/// What becomes of zeros.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Zeros {
    /// Always published. So everybody knows that a hidden cell of a table is 1 or more.
    Shown,
    /// Not small, but may be hidden to protect others; a hidden cell may be 0.
    Eligible,
    /// Small like 1 or 2, unless nothing could have been counted there.
    Protected,
}

/// What a reader loses with a hidden cell that is not small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Weigh {
    /// Its count: totals stay.
    Count,
    /// Its count and one more, and `k` for a zero: totals stay, and of sums that are about equal the one of fewer cells is
    /// hidden. For where zeros may be hidden: by count they cost nothing, and many are hidden for little.
    Both,
    /// One: as few cells as can be.
    Cell,
    /// In between: the number of binary digits of its count.
    Digits,
}

/// The rule of one measure. It belongs to an edition and is kept with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Policy {
    /// Counts of people below `k` are small.
    pub k: u32,
    pub zeros: Zeros,
    /// Whether a count is also hidden where so few are missing to its total that these are a small count.
    pub complements: bool,
    /// Whether it is also a secret that all of a total are in one of its parts. Not where zeros are shown.
    pub groups: bool,
    /// Whether one who is the only one in a hidden cell, and knows it, is to learn no other small count.
    pub insiders: bool,
    pub weigh: Weigh,
    /// What a cell of a planned table weighs more than others.
    pub planned: u32,
    /// By the number of cells if not given.
    pub effort: Option<Effort>,
    pub seed: u64,
}

/// How long to look for fewer cells to hide; counted in rounds, so that the same input gives the same output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Effort {
    /// Rounds of hiding again and publishing otherwise, before bounds are looked at.
    pub search: u32,
    /// Rounds of publishing a cell and finding other witnesses.
    pub prune: u32,
    /// How far to look for a witness: tens of steps from cell to cell, after which a plain one must do.
    pub reach: u32,
}

impl Effort {
    /// For so many cells on two ordinary cores within seconds.
    #[must_use]
    pub fn for_cells(cells: usize) -> Self {
        match cells {
            0..=2_000 => Self { search: 4_000, prune: 400, reach: 400 },
            2_001..=6_000 => Self { search: 1_000, prune: 300, reach: 400 },
            6_001..=20_000 => Self { search: 200, prune: 20, reach: 200 },
            20_001..=60_000 => Self { search: 4, prune: 0, reach: 40 },
            _ => Self { search: 0, prune: 0, reach: 15 },
        }
    }
}

impl Effort {
    /// What of it falls to a part of the cells.
    pub(crate) fn share(self, cells: usize, all: usize) -> Self {
        #[allow(clippy::cast_possible_truncation)]
        let share = |rounds: u32| (u64::from(rounds) * cells as u64).div_ceil(all.max(1) as u64) as u32;
        Self { search: share(self.search), prune: share(self.prune), reach: self.reach }
    }
}

impl Policy {
    /// Counts of people: five, zeros are shown.
    #[must_use]
    pub fn people() -> Self {
        Self {
            k: 5,
            zeros: Zeros::Shown,
            complements: false,
            groups: false,
            insiders: true,
            weigh: Weigh::Count,
            planned: 4,
            effort: None,
            seed: 1,
        }
    }

    /// Violence, trafficking, minorities: ten, and a zero is small too.
    #[must_use]
    pub fn sensitive() -> Self {
        Self { k: 10, zeros: Zeros::Protected, ..Self::people() }
    }

    /// Whether a count of so much is small.
    #[must_use]
    pub fn is_small(&self, value: i64) -> bool {
        let size = value.unsigned_abs();
        size < u64::from(self.k) && (size > 0 || self.zeros == Zeros::Protected)
    }

    pub(crate) fn weight(&self, value: i64) -> u64 {
        let size = value.unsigned_abs();
        match self.weigh {
            Weigh::Count => size.max(1),
            Weigh::Both if size == 0 => u64::from(self.k).max(1),
            Weigh::Both => size + 1,
            Weigh::Cell => 1,
            Weigh::Digits => u64::from(64 - size.leading_zeros()).max(1),
        }
    }
}
