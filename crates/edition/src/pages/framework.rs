//! The results framework: what each part of the plan wants, who leads it and how it is measured.

use romduol_plan::kinds::{Node, NodeLevel};
use romduol_report::Block;
use romduol_report::document::Span;

use super::{Writer, path_of};

impl Writer<'_> {
    pub(super) fn framework(&self) -> Vec<Block> {
        let mut blocks = Vec::new();
        for pillar in self.content.body.nodes.iter().filter(|node| node.level == NodeLevel::Pillar) {
            blocks.push(Block::heading(1, self.text(&pillar.title)));
            blocks.extend(self.about(pillar));
            self.below(pillar, 2, &mut blocks);
        }
        blocks
    }

    /// Outcomes and outputs are headings, actions the items of a list.
    fn below(&self, node: &Node, level: u8, blocks: &mut Vec<Block>) {
        let children = self.content.body.nodes.iter().filter(|child| child.parents.contains(&node.id));
        let (leaves, inner): (Vec<&Node>, Vec<&Node>) = children.partition(|child| child.level >= NodeLevel::Action);
        if !leaves.is_empty() {
            let items = leaves.into_iter().map(|leaf| self.item(leaf)).collect();
            blocks.push(Block::List { ordered: false, items });
        }
        // Circles are refused in plans; deeper than this no plan goes.
        for child in inner.into_iter().filter(|_| level < 6) {
            blocks.push(Block::heading(level.min(4), self.text(&child.title)));
            blocks.extend(self.about(child));
            self.below(child, level + 1, blocks);
        }
    }

    fn item(&self, node: &Node) -> Vec<Span> {
        let mut spans = vec![Span::bold(node.id.clone()), Span::plain(format!(" {}", self.text(&node.title)))];
        let leads: Vec<String> = node.leads.iter().map(|id| self.name(id)).collect();
        if !leads.is_empty() {
            spans.push(Span::plain(format!(" ({})", leads.join(", "))));
        }
        spans.extend(self.measures(node));
        spans
    }

    fn about(&self, node: &Node) -> Option<Block> {
        let mut spans = vec![Span::plain(self.text(&node.summary))];
        spans.extend(self.measures(node));
        let empty = spans.iter().all(|span| span.text.trim().is_empty());
        (!empty).then_some(Block::Paragraph { spans })
    }

    /// The indicators of a node itself, as links.
    fn measures(&self, node: &Node) -> Vec<Span> {
        let own = self.content.body.indicators.iter().filter(|measured| measured.indicator.nodes.contains(&node.id));
        let link = |measured: &crate::content::Measured| {
            [Span::plain(" "), self.link(measured.indicator.id.clone(), &path_of(&measured.indicator))]
        };
        own.flat_map(link).collect()
    }
}
