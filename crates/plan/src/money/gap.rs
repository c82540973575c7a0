//! Need, money and gap by pillar, outcome, year, institution, place or source. Refuses to close one gap with another's
//! surplus without saying so.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::{Books, Cost, Held, Range};
use crate::amount::Amount;
use crate::kinds::*;
use crate::state::State;
use crate::vocabulary;

vocabulary! {
    By {
        Pillar = "pillar",
        Outcome = "outcome",
        Year = "year",
        Institution = "institution",
        Area = "area",
        Source = "source",
    }
}

/// What is looked at: everything where nothing is chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choice {
    pub year: Option<i32>,
    pub theme: Option<Id>,
    pub area: Option<Id>,
}

/// Sums of need and of money, each amount at the state it is in now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub need: Range,
    /// Lines that have a price, and lines that have none.
    pub costed: usize,
    pub unpriced: usize,
    pub planned: Amount,
    pub pledged: Amount,
    pub committed: Amount,
    pub released: Amount,
    pub spent: Amount,
    /// Something made up is in it.
    pub made_up: bool,
}

impl Figures {
    /// Committed or beyond: what can be counted on.
    pub fn firm(&self) -> Amount {
        self.committed + self.released + self.spent
    }

    /// What is lacking; none where nothing is costed.
    pub fn gap(&self) -> Option<Amount> {
        (self.costed > 0).then(|| (self.need.likely - self.firm()).max(Amount::ZERO))
    }

    /// What is there beyond the need.
    pub fn over(&self) -> Amount {
        (self.firm() - self.need.likely).max(Amount::ZERO)
    }

    pub fn is_empty(&self) -> bool {
        *self == Figures::default()
    }

    pub fn add_cost(&mut self, cost: &Cost) {
        self.made_up |= cost.line.illustrative;
        match cost.range {
            Some(range) => {
                self.need += range;
                self.costed += 1;
            }
            None => self.unpriced += 1,
        }
    }

    /// What was passed on leaves nothing behind.
    pub fn add_money(&mut self, held: &Held) {
        self.made_up |= held.funding.illustrative && held.left.is_positive();
        let sum = match held.funding.state {
            Ladder::Planned => &mut self.planned,
            Ladder::Pledged => &mut self.pledged,
            Ladder::Committed => &mut self.committed,
            Ladder::Released => &mut self.released,
            Ladder::Spent => &mut self.spent,
        };
        *sum += held.left;
    }
}

/// What a row is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    Of(Id),
    Year(i32),
    /// Something that serves several pillars or outcomes, counted once in a row of its own.
    Several(Vec<Id>),
    /// Not tied to any.
    None,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub key: Key,
    pub figures: Figures,
    /// Actions without any price.
    pub uncosted: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct GapTable {
    pub rows: Vec<Row>,
    pub total: Row,
    /// The gaps of the rows added up: more than the gap of the total where a row has more than it needs.
    pub gaps: Amount,
}

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

    fn key(&self, node: Option<&str>, level: NodeLevel) -> Key {
        let mut ids: Vec<&Id> =
            self.of_node(node.unwrap_or("")).iter().filter(|node| node.level == level).map(|node| &node.id).collect();
        ids.sort_unstable();
        match ids.as_slice() {
            [] => Key::None,
            [one] => Key::Of((*one).clone()),
            several => Key::Several(several.iter().map(|id| (*id).clone()).collect()),
        }
    }

    fn tagged(&self, node: Option<&str>, theme: &str) -> bool {
        self.of_node(node.unwrap_or("")).iter().any(|node| node.themes.iter().any(|id| id == theme))
    }
}

/// What a cost or an amount is tied to, whichever of the two it is.
pub(super) struct Tied<'a> {
    pub node: Option<&'a str>,
    pub area: Option<&'a str>,
    pub institution: Option<&'a str>,
    pub year: i32,
    pub origin: Option<&'a str>,
}

impl<'a> Tied<'a> {
    pub fn cost(cost: &Cost<'a>) -> Tied<'a> {
        let line = cost.line;
        let (node, area, institution) = (line.node.as_deref(), line.area.as_deref(), line.institution.as_deref());
        Tied { node, area, institution, year: line.year, origin: None }
    }

    pub fn money(held: &Held<'a>) -> Tied<'a> {
        let (node, area, institution) = (held.node(), held.area(), held.institution());
        Tied { node, area, institution, year: held.funding.year, origin: Some(held.origin) }
    }
}

pub(super) fn chosen(tied: &Tied, choice: &Choice, state: &State, above: &Above) -> bool {
    choice.year.is_none_or(|year| tied.year == year)
        && choice.theme.as_deref().is_none_or(|theme| above.tagged(tied.node, theme))
        && choice.area.as_deref().is_none_or(|outer| tied.area.is_some_and(|area| state.within(area, outer)))
}

/// Groups the books. Rows come in the order of their keys, what is tied to none last.
pub fn table(books: &Books, by: By, choice: &Choice) -> GapTable {
    let (state, above) = (books.state, Above::of(books.state));
    let mut rows: BTreeMap<Key, Row> = BTreeMap::new();
    let mut total = Row { key: Key::None, figures: Figures::default(), uncosted: 0 };
    let row = |key: Key| Row { key, figures: Figures::default(), uncosted: 0 };
    let mut areas: HashMap<&str, Key> = HashMap::new();
    for cost in &books.costs {
        let tied = Tied::cost(cost);
        if chosen(&tied, choice, state, &above) {
            total.figures.add_cost(cost);
            if by != By::Source {
                let key = key(&tied, by, state, &above, &mut areas);
                rows.entry(key.clone()).or_insert_with(|| row(key)).figures.add_cost(cost);
            }
        }
    }
    for held in books.money.iter().filter(|held| held.left.is_positive()) {
        let tied = Tied::money(held);
        if chosen(&tied, choice, state, &above) {
            total.figures.add_money(held);
            let key = key(&tied, by, state, &above, &mut areas);
            rows.entry(key.clone()).or_insert_with(|| row(key)).figures.add_money(held);
        }
    }
    for node in uncosted(books, &above) {
        let theme = choice.theme.as_deref().is_none_or(|theme| above.tagged(Some(&node.id), theme));
        if theme && choice.area.is_none() {
            total.uncosted += 1;
            if matches!(by, By::Pillar | By::Outcome | By::Institution) {
                let tied = Tied { node: Some(&node.id), area: None, institution: None, year: 0, origin: None };
                let key = key(&tied, by, state, &above, &mut areas);
                rows.entry(key.clone()).or_insert_with(|| row(key)).uncosted += 1;
            }
        }
    }
    let rows: Vec<Row> = rows.into_values().collect();
    GapTable { gaps: rows.iter().filter_map(|row| row.figures.gap()).sum(), rows, total }
}

fn key<'a>(tied: &Tied<'a>, by: By, state: &State, above: &Above, areas: &mut HashMap<&'a str, Key>) -> Key {
    let some = |id: Option<&str>| id.map_or(Key::None, |id| Key::Of(id.into()));
    match by {
        By::Pillar => above.key(tied.node, NodeLevel::Pillar),
        By::Outcome => above.key(tied.node, NodeLevel::Outcome),
        By::Year => Key::Year(tied.year),
        By::Source => some(tied.origin),
        By::Institution => match (tied.institution, above.of_node(tied.node.unwrap_or("")).first()) {
            (Some(id), _) => Key::Of(id.into()),
            // Several who lead have not said who pays.
            (None, Some(node)) if node.leads.len() == 1 => Key::Of(node.leads[0].clone()),
            _ => Key::None,
        },
        By::Area => {
            let Some(area) = tied.area else { return Key::None };
            let level = state.plan().map_or(AreaLevel::Province, |plan| plan.map_level);
            let shown = || Key::Of(state.ancestor_at(area, level).unwrap_or_else(|| area.to_string()));
            areas.entry(area).or_insert_with(shown).clone()
        }
    }
}

/// The actions that have no price on them or below them. This is not a cost of zero.
pub fn uncosted<'a>(books: &Books<'a>, above: &Above<'a>) -> Vec<&'a Node> {
    let priced = books.costs.iter().filter(|cost| super::priced(books.state, cost.line));
    let mut costed: HashSet<&str> = HashSet::new();
    for node in priced.filter_map(|cost| cost.line.node.as_deref()).collect::<HashSet<_>>() {
        costed.extend(above.of_node(node).iter().map(|node| node.id.as_str()));
    }
    let actions = books.state.all::<Node>().map(|node| &**node).filter(|node| node.level == NodeLevel::Action);
    actions.filter(|node| !costed.contains(node.id.as_str())).collect()
}

/// The figures of some nodes with all below them, each line and each amount once.
pub fn of_nodes(books: &Books, above: &Above, nodes: &HashSet<&str>) -> Figures {
    let mut figures = Figures::default();
    let inside = |node: Option<&str>| node.is_some_and(|id| above.serves(id, nodes));
    books.costs.iter().filter(|cost| inside(cost.line.node.as_deref())).for_each(|cost| figures.add_cost(cost));
    books.money.iter().filter(|held| inside(held.node())).for_each(|held| figures.add_money(held));
    figures
}
