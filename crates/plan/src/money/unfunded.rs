//! What still needs money: actions with a gap or without a cost, by theme and place. Refuses to rank them.

use std::collections::HashMap;
use std::sync::Arc;

use super::Books;
use super::above::Above;
use super::gap::{Choice, Figures, Tied, chosen, uncosted};
use crate::kinds::*;

/// An action that lacks money, or whose cost nobody knows.
#[derive(Clone, Debug)]
pub struct Want {
    pub node: Arc<Node>,
    pub figures: Figures,
}

/// The actions with a gap in what was chosen, the largest gap first; then those that are not costed, unless a place is
/// asked for: what has no cost has no place.
pub fn unfunded(books: &Books, choice: &Choice) -> Vec<Want> {
    let (state, above) = (books.state, Above::of(books.state));
    let mut sums: HashMap<&str, Figures> = HashMap::new();
    let mut add = |tied: Tied, put: &dyn Fn(&mut Figures)| {
        if chosen(&tied, choice, state, &above) {
            // A line of an activity is its action's, too.
            let above = above.of_node(tied.node.unwrap_or(""));
            for action in above.iter().filter(|node| node.level == NodeLevel::Action) {
                put(sums.entry(action.id.as_str()).or_default());
            }
        }
    };
    books.costs.iter().for_each(|cost| add(Tied::cost(cost), &|sum| sum.add_cost(cost)));
    books.money.iter().for_each(|held| add(Tied::money(held), &|sum| sum.add_money(held)));
    let want = |id: &str, figures: Figures| state.find::<Node>(id).map(|node| Want { node: node.clone(), figures });
    let lacking = sums.iter().filter(|(_, sum)| sum.gap().is_some_and(|gap| gap.is_positive()));
    let mut wants: Vec<Want> = lacking.filter_map(|(id, sum)| want(id, *sum)).collect();
    wants.sort_by(|a, b| b.figures.gap().cmp(&a.figures.gap()).then_with(|| a.node.id.cmp(&b.node.id)));
    if choice.area.is_none() {
        let themed = |node: &&Node| choice.theme.as_ref().is_none_or(|theme| node.themes.contains(theme));
        let open = uncosted(books, &above).into_iter().filter(themed);
        let open = open.filter_map(|node| want(&node.id, sums.get(node.id.as_str()).copied().unwrap_or_default()));
        wants.extend(open.filter(|want| want.figures.costed == 0));
    }
    wants
}
