//! What could be shown if a dimension were published coarser. It refuses to recommend anything.

use crate::edition::Edition;
use crate::release::{Tally, suppress};
use crate::{Effort, Memory, Refusal, ShapeError};

/// How far to look for a witness.
const HASTY: u32 = 40;

impl Edition {
    /// The same with one dimension a step coarser: tables leave out the codes of it that other codes of theirs hold as a
    /// part and that hold none themselves. A table that would show only all of it is no longer broken down by it.
    ///
    /// # Errors
    /// There is no such dimension.
    pub fn coarser(&self, dimension: &str) -> Result<Self, ShapeError> {
        let known = self.dimensions.iter().find(|known| known.name() == dimension);
        let known = known.ok_or_else(|| ShapeError::UnknownDimension { dimension: dimension.into() })?;
        let leaves = |code: &String| known.code(code).map(|code| known.codes()[code as usize].leaves.as_slice());
        let mut coarser = self.clone();
        for table in &mut coarser.tables {
            let Some(at) = table.axes.iter().position(|(name, _)| name == dimension) else { continue };
            let codes = &mut table.axes[at].1;
            let sets: Vec<&[u32]> = codes.iter().map(leaves).collect::<Result<_, _>>()?;
            let holds =
                |large: &[u32], part: &[u32]| large.len() > part.len() && part.iter().all(|l| large.contains(l));
            let is_finest =
                |set: &&[u32]| sets.iter().any(|large| holds(large, set)) && !sets.iter().any(|part| holds(set, part));
            let mut keep = sets.iter().map(|set| !is_finest(set));
            let only_all = sets.iter().filter(|set| !is_finest(set)).all(|set| set.len() == known.leaves() as usize);
            codes.retain(|_| keep.next().expect("one for each"));
            if only_all {
                table.axes.remove(at);
            }
        }
        Ok(coarser)
    }
}

/// How much would be shown and hidden of an edition with one dimension a step coarser, at least and at most: it is not
/// looked for the fewest. None where no table has a step to take. Nothing is remembered.
///
/// # Errors
/// There is no such dimension, or the coarser edition is refused.
pub fn what_if(edition: &Edition, memory: &Memory, dimension: &str) -> Result<Option<Tally>, Refusal> {
    let mut coarser = edition.coarser(dimension)?;
    if coarser.tables == edition.tables {
        return Ok(None);
    }
    let usual = coarser.policy.effort.unwrap_or_else(|| Effort::for_cells(usize::MAX));
    coarser.policy.effort = Some(Effort { search: 0, prune: 0, reach: usual.reach.min(HASTY) });
    Ok(Some(suppress(&coarser, memory)?.tally()))
}
