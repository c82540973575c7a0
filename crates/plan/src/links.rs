//! Which records refer to which, read from the columns of each kind, so that every link can be walked both ways and a
//! record that no link reaches is seen. Refuses to know what a link means.

use std::collections::BTreeMap;

use crate::column::{self, CellType, Column};
use crate::kinds::{Body, Evidence, Id, Kind, Task, Theme};
use crate::state::State;

/// A link from a record to another, through a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    pub from: (Kind, Id),
    pub field: String,
    pub to: (Kind, Id),
}

/// The links of a state, by the record they come from and by the one they lead to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Links {
    from: BTreeMap<(Kind, Id), Vec<Link>>,
    to: BTreeMap<(Kind, Id), Vec<Link>>,
}

impl Links {
    /// Walks every record of the kinds that a package holds; returns are no part of the web of the plan.
    pub fn of(state: &State) -> Links {
        let mut links = Links::default();
        for kind in Kind::of_package().chain([Kind::Version]) {
            let columns = column::columns(kind);
            let referring: Vec<&Column> = columns.iter().filter(|column| column.refers.is_some()).collect();
            for id in if referring.is_empty() { Vec::new() } else { state.ids(kind) } {
                let Some(body) = state.body(kind, id) else { continue };
                let json = body.to_json();
                for column in &referring {
                    links.add((kind, id), column, &column::show(&json[&column.field]));
                }
                if let Body::Evidence(figure) = &body {
                    links.topic(state, figure);
                }
                if let Body::Task(task) = &body {
                    links.subject(task);
                }
            }
        }
        links
    }

    fn add(&mut self, from: (Kind, &str), column: &Column, cell: &str) {
        let Some(to) = column.refers else { return };
        let ids: Vec<&str> = match column.cell {
            CellType::List(_) => cell.split(';').collect(),
            _ => vec![cell],
        };
        for id in ids.into_iter().filter(|id| !id.is_empty()) {
            self.put(Link { from: (from.0, from.1.into()), field: column.field.clone(), to: (to, id.to_string()) });
        }
    }

    /// The topic of a figure is an issue, or a heading of the source that is none.
    fn topic(&mut self, state: &State, figure: &Evidence) {
        if state.find::<Theme>(&figure.topic).is_some() {
            let to = (Kind::Theme, figure.topic.clone());
            self.put(Link { from: (Kind::Evidence, figure.id.clone()), field: "topic".into(), to });
        }
    }

    /// What a task is about, whatever kind that is.
    fn subject(&mut self, task: &Task) {
        if let Some((kind, id)) = task.subject() {
            let to = (kind, id.to_string());
            self.put(Link { from: (Kind::Task, task.id.clone()), field: "about".into(), to });
        }
    }

    fn put(&mut self, link: Link) {
        self.from.entry(link.from.clone()).or_default().push(link.clone());
        self.to.entry(link.to.clone()).or_default().push(link);
    }

    pub fn from(&self, kind: Kind, id: &str) -> &[Link] {
        self.from.get(&(kind, id.to_string())).map_or(&[], Vec::as_slice)
    }

    pub fn to(&self, kind: Kind, id: &str) -> &[Link] {
        self.to.get(&(kind, id.to_string())).map_or(&[], Vec::as_slice)
    }

    /// Whether the record neither refers to anything nor is referred to.
    pub fn is_alone(&self, kind: Kind, id: &str) -> bool {
        self.from(kind, id).is_empty() && self.to(kind, id).is_empty()
    }

    pub fn len(&self) -> usize {
        self.from.values().map(Vec::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.from.is_empty()
    }
}
