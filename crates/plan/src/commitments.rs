//! What the plan does about each commitment: the coverage of instruments and their paragraphs. Refuses to know money: that
//! is summed over the nodes found here.

use std::sync::Arc;

use crate::kinds::*;
use crate::state::State;

/// What is linked to an instrument or paragraph itself, not to its parts.
#[derive(Clone, Debug, Default)]
pub struct Coverage<'a> {
    pub nodes: Vec<&'a Arc<Node>>,
    pub indicators: Vec<&'a Arc<Indicator>>,
    pub figures: Vec<&'a Arc<Evidence>>,
}

impl Coverage<'_> {
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.indicators.is_empty() && self.figures.is_empty()
    }
}

pub fn coverage<'a>(state: &'a State, instrument: &str) -> Coverage<'a> {
    let mut found = Coverage::default();
    for link in state.all::<Alignment>().filter(|link| link.instrument.as_deref() == Some(instrument)) {
        found.nodes.extend(link.node.as_deref().and_then(|id| state.find::<Node>(id)));
        found.indicators.extend(link.indicator.as_deref().and_then(|id| state.find::<Indicator>(id)));
        found.figures.extend(link.evidence.as_deref().and_then(|id| state.find::<Evidence>(id)));
    }
    // What measures a linked action speaks to the commitment, too.
    for indicator in state.all::<Indicator>() {
        let measures = found.nodes.iter().any(|node| indicator.nodes.contains(&node.id));
        if measures && !found.indicators.iter().any(|known| known.id == indicator.id) {
            found.indicators.push(indicator);
        }
    }
    found
}

/// The paragraphs of an instrument, in the order of their numbers.
pub fn parts<'a>(state: &'a State, instrument: &str) -> Vec<&'a Arc<Instrument>> {
    let mut parts: Vec<_> =
        state.all::<Instrument>().filter(|part| part.part_of.as_deref() == Some(instrument)).collect();
    parts.sort_by_key(|part| (number_in(&part.paragraph), part.id.clone()));
    parts
}

/// `13a` before `31a` before `131`: by number, then by letter.
fn number_in(paragraph: &str) -> (Vec<u32>, String) {
    let numbers = paragraph.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok());
    (numbers.collect(), paragraph.to_string())
}

/// The positions on a recommendation, oldest first: the last one holds, the others are its history.
pub fn positions<'a>(state: &'a State, instrument: &str) -> Vec<&'a Arc<Position>> {
    let mut list: Vec<_> = state.all::<Position>().filter(|position| position.instrument == instrument).collect();
    list.sort_by_key(|position| position.date);
    list
}
