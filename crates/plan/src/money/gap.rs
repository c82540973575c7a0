//! Need, money and gap by pillar, outcome, year, institution, place or source. Refuses to close one gap with another's
//! surplus without saying so.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::above::Above;
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

impl std::ops::AddAssign for Figures {
    fn add_assign(&mut self, other: Figures) {
        self.need += other.need;
        self.costed += other.costed;
        self.unpriced += other.unpriced;
        self.planned += other.planned;
        self.pledged += other.pledged;
        self.committed += other.committed;
        self.released += other.released;
        self.spent += other.spent;
        self.made_up |= other.made_up;
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

/// What a cost or an amount is tied to, whichever of the two it is.
#[derive(Default)]
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
    let above = Above::of(books.state);
    let mut groups = Groups { by, state: books.state, above: &above, rows: BTreeMap::new(), known: HashMap::new() };
    let mut total = Sums::default();
    for cost in &books.costs {
        let tied = Tied::cost(cost);
        if chosen(&tied, choice, books.state, &above) {
            total.figures.add_cost(cost);
            if by != By::Source {
                groups.of(&tied).figures.add_cost(cost);
            }
        }
    }
    for held in books.money.iter().filter(|held| held.left.is_positive()) {
        let tied = Tied::money(held);
        if chosen(&tied, choice, books.state, &above) {
            total.figures.add_money(held);
            groups.of(&tied).figures.add_money(held);
        }
    }
    // What has no cost has no place either.
    let open = if choice.area.is_none() { uncosted(books, &above) } else { Vec::new() };
    let theme = |node: &&Node| choice.theme.as_deref().is_none_or(|theme| above.tagged(Some(&node.id), theme));
    for node in open.into_iter().filter(theme) {
        total.uncosted += 1;
        if matches!(by, By::Pillar | By::Outcome | By::Institution) {
            groups.of(&Tied { node: Some(&node.id), ..Tied::default() }).uncosted += 1;
        }
    }
    let rows = groups.rows();
    let total = Row { key: Key::None, figures: total.figures, uncosted: total.uncosted };
    GapTable { gaps: rows.iter().filter_map(|row| row.figures.gap()).sum(), rows, total }
}

#[derive(Clone, Default)]
struct Sums {
    figures: Figures,
    uncosted: usize,
}

/// What decides the row: an id, a second one where the first is missing, a year.
type Ids<'b> = (Option<&'b str>, Option<&'b str>, i32);

/// The rows while they fill. What a cost is tied to is looked up once and then known by its ids.
struct Groups<'a, 'b> {
    by: By,
    state: &'a State,
    above: &'b Above<'a>,
    rows: BTreeMap<Key, usize>,
    known: HashMap<Ids<'b>, (usize, Sums)>,
}

impl<'a, 'b> Groups<'a, 'b> {
    fn of(&mut self, tied: &Tied<'b>) -> &mut Sums {
        let ids = match self.by {
            By::Pillar | By::Outcome => (tied.node, None, 0),
            By::Year => (None, None, tied.year),
            By::Institution => (tied.institution, tied.node.filter(|_| tied.institution.is_none()), 0),
            By::Area => (tied.area, None, 0),
            By::Source => (tied.origin, None, 0),
        };
        let (rows, by, state, above) = (&mut self.rows, self.by, self.state, self.above);
        let (_, sums) = self.known.entry(ids).or_insert_with(|| {
            let next = rows.len();
            (*rows.entry(key(tied, by, state, above)).or_insert(next), Sums::default())
        });
        sums
    }

    fn rows(self) -> Vec<Row> {
        let mut sums = vec![Sums::default(); self.rows.len()];
        for (at, part) in self.known.into_values() {
            sums[at].figures += part.figures;
            sums[at].uncosted += part.uncosted;
        }
        let row = |(key, at): (Key, usize)| Row { key, figures: sums[at].figures, uncosted: sums[at].uncosted };
        self.rows.into_iter().map(row).collect()
    }
}

/// The one node of a level that a node serves, or the several.
fn at_level(above: &Above, node: Option<&str>, level: NodeLevel) -> Key {
    let served = above.of_node(node.unwrap_or("")).iter().filter(|node| node.level == level);
    let mut ids: Vec<Id> = served.map(|node| node.id.clone()).collect();
    ids.sort_unstable();
    match ids.len() {
        0 => Key::None,
        1 => Key::Of(ids.remove(0)),
        _ => Key::Several(ids),
    }
}

fn key(tied: &Tied, by: By, state: &State, above: &Above) -> Key {
    let some = |id: Option<&str>| id.map_or(Key::None, |id| Key::Of(id.into()));
    match by {
        By::Pillar => at_level(above, tied.node, NodeLevel::Pillar),
        By::Outcome => at_level(above, tied.node, NodeLevel::Outcome),
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
            Key::Of(state.ancestor_at(area, level).unwrap_or_else(|| area.to_string()))
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
