//! What every node serves, over however many links, walked once. Refuses to know money.

use std::collections::{HashMap, HashSet};

use crate::kinds::Node;
use crate::state::State;

/// The framework above every node, walked once.
pub struct Above<'a>(HashMap<&'a str, Vec<&'a Node>>);

impl<'a> Above<'a> {
    pub fn of(state: &'a State) -> Above<'a> {
        let walk = |node: &'a Node| {
            let mut seen = vec![node];
            let mut at = 0;
            while let Some(node) = seen.get(at).copied() {
                for parent in node.parents.iter().filter_map(|id| state.find::<Node>(id)) {
                    if !seen.iter().any(|known| known.id == parent.id) {
                        seen.push(parent);
                    }
                }
                at += 1;
            }
            seen
        };
        Above(state.all::<Node>().map(|node| (node.id.as_str(), walk(node))).collect())
    }

    /// A node and all it serves.
    pub fn of_node(&self, id: &str) -> &[&'a Node] {
        self.0.get(id).map_or(&[], Vec::as_slice)
    }

    /// Whether the node is one of these or serves one of them.
    pub fn serves(&self, id: &str, wanted: &HashSet<&str>) -> bool {
        self.of_node(id).iter().any(|node| wanted.contains(node.id.as_str()))
    }

    /// Whether the node or one that it serves bears a theme.
    pub fn tagged(&self, node: Option<&str>, theme: &str) -> bool {
        self.of_node(node.unwrap_or("")).iter().any(|node| node.themes.iter().any(|id| id == theme))
    }
}
