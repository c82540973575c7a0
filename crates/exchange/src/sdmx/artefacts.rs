//! Which structures a question is about: those it names, and those they refer to or are referred to by. Refuses to know
//! formats.

use super::{CodeList, Dataset};

/// What a message of structures holds.
#[derive(Clone, Debug, Default)]
pub struct Wanted<'a> {
    pub flow: bool,
    pub structure: bool,
    pub concepts: bool,
    pub lists: Vec<&'a CodeList>,
    /// Only ids and names, without what is in them.
    pub stubs: bool,
}

/// The kinds of structures there are, each one above those that it refers to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Level {
    Flow,
    Structure,
    Parts,
}

impl<'a> Wanted<'a> {
    pub fn all(data: &'a Dataset) -> Wanted<'a> {
        Wanted { flow: true, structure: true, concepts: true, lists: data.lists.iter().collect(), stubs: false }
    }

    pub fn is_empty(&self) -> bool {
        !self.flow && !self.structure && !self.concepts && self.lists.is_empty()
    }

    /// What a type and an id name; an id is a list with commas, or `*`.
    pub fn named(data: &'a Dataset, kind: &str, id: &str) -> Wanted<'a> {
        let any = |kinds: &[&str]| kind == "*" || kind == "structure" || kinds.contains(&kind);
        let is = |own: &str| id == "*" || id == "all" || id.split(',').any(|wanted| wanted == own);
        Wanted {
            flow: any(&["dataflow"]) && is(&data.flow.id),
            structure: any(&["datastructure"]) && is(&data.structure.id),
            concepts: any(&["conceptscheme"]) && is(&data.concepts.id),
            lists: match any(&["codelist"]) {
                true => data.lists.iter().filter(|list| is(&list.id)).collect(),
                false => Vec::new(),
            },
            stubs: false,
        }
    }

    /// With what the named ones refer to, and what refers to them, as `references` asks; none for a word nobody knows.
    pub fn with_references(mut self, data: &'a Dataset, references: &str) -> Option<Wanted<'a>> {
        let (top, bottom) = self.span()?;
        let (above, below) = match references {
            "none" | "" => return Some(self),
            "children" => (top, next(bottom)),
            "descendants" => (top, Level::Parts),
            "parents" => (previous(top), bottom),
            "parentsandsiblings" => (previous(top), next(previous(top)).max(bottom)),
            "ancestors" => (Level::Flow, bottom),
            "all" | "dataflow" | "datastructure" | "codelist" | "conceptscheme" => (Level::Flow, Level::Parts),
            _ => return None,
        };
        let only = |kind: &str| {
            references == kind || !["dataflow", "datastructure", "codelist", "conceptscheme"].contains(&references)
        };
        let within = |level: Level| above <= level && level <= below;
        self.flow |= within(Level::Flow) && only("dataflow");
        self.structure |= within(Level::Structure) && only("datastructure");
        // Parts are siblings of each other: they come in only by way of the structure.
        let parts =
            within(Level::Parts) && (bottom != Level::Parts || references != "parents" && references != "ancestors");
        if parts {
            self.concepts |= only("conceptscheme");
            if only("codelist") {
                self.lists = data.lists.iter().collect();
            }
        }
        Some(self)
    }

    /// The highest and the lowest level of what is named.
    fn span(&self) -> Option<(Level, Level)> {
        let parts = self.concepts || !self.lists.is_empty();
        let levels = [(self.flow, Level::Flow), (self.structure, Level::Structure), (parts, Level::Parts)];
        let mut there = levels.into_iter().filter(|(there, _)| *there).map(|(_, level)| level);
        let top = there.next()?;
        Some((top, there.next_back().unwrap_or(top)))
    }
}

fn next(level: Level) -> Level {
    if level == Level::Flow { Level::Structure } else { Level::Parts }
}

fn previous(level: Level) -> Level {
    if level == Level::Parts { Level::Structure } else { Level::Flow }
}
