//! The kinds of record a plan is made of: the list, and the sum type over it. Refuses to know how records are stored.
//!
//! One struct per kind is the only definition: its fields are the columns of the package file, the body in the
//! ledger, the JSON of the API and the JSON Schema (its doc comments are the descriptions there).

mod answer;
mod answers;
mod coherence;
mod collect;
mod contradiction;
mod coordination;
mod count_link;
mod edition;
mod evidence;
mod framework;
mod indicator;
mod money;
mod people;
mod place;
mod road;
mod stored;
mod title;

pub use answer::*;
pub use answers::*;
pub use coherence::*;
pub use collect::*;
pub use contradiction::*;
pub use coordination::*;
pub use count_link::*;
pub use edition::*;
pub use evidence::*;
pub use framework::*;
pub use indicator::*;
pub use money::*;
pub use people::*;
pub use place::*;
pub use road::*;

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use std::sync::Arc;

/// A readable code from the package (`PAR-09`, `A2.04`, `KH-12`), never a number that users must guess.
pub type Id = String;

/// What every kind of record has in common.
pub trait Record: Serialize + DeserializeOwned + schemars::JsonSchema + PartialEq {
    const KIND: Kind;
    /// The version of the body; [`crate::upgrade`] lifts older bodies to it.
    const VERSION: u32 = 1;
    fn id(&self) -> &str;
    /// Whether records of the kind may be made up to show the program at work, and then say so.
    const MARKED: bool = false;
    /// Whether this one was.
    fn is_illustrative(&self) -> bool {
        false
    }
}

macro_rules! kinds {
    ($($(#[$meta:meta])* $name:ident = $file:literal $(version $version:literal)? $(marked $mark:ident)?),+ $(,)?) => {
        /// The name of a kind; its code is also the name of the package file and of the table in [`crate::State`].
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Kind {
            $($(#[$meta])* #[serde(rename = $file)] $name),+
        }

        impl Kind {
            pub const ALL: &'static [Kind] = &[$(Kind::$name),+];

            pub fn code(self) -> &'static str {
                match self { $(Kind::$name => $file),+ }
            }

            pub fn version(self) -> u32 {
                match self { $(Kind::$name => <$name as Record>::VERSION),+ }
            }

            /// Whether its records may be made up to show the program at work, and then say so.
            pub fn is_marked(self) -> bool {
                match self { $(Kind::$name => <$name as Record>::MARKED),+ }
            }

            /// The JSON Schema of the kind's body.
            pub fn schema(self) -> schemars::Schema {
                match self { $(Kind::$name => schemars::schema_for!($name)),+ }
            }
        }

        $(impl Record for $name {
            const KIND: Kind = Kind::$name;
            $(const VERSION: u32 = $version;)?
            fn id(&self) -> &str { &self.id }
            $(
                const MARKED: bool = true;
                fn is_illustrative(&self) -> bool { self.$mark }
            )?
        })+

        /// One record of any kind, shared rather than copied between snapshots.
        #[derive(Clone, Debug, PartialEq)]
        pub enum Body {
            $($name(Arc<$name>)),+
        }

        impl Body {
            pub fn kind(&self) -> Kind {
                match self { $(Body::$name(_) => Kind::$name),+ }
            }

            pub fn id(&self) -> &str {
                match self { $(Body::$name(record) => record.id()),+ }
            }

            /// Whether it was made up to show the program at work.
            pub fn is_illustrative(&self) -> bool {
                match self { $(Body::$name(record) => record.is_illustrative()),+ }
            }

            pub fn to_json(&self) -> Value {
                match self { $(Body::$name(record) => serde_json::to_value(&**record)),+ }
                    .expect("records hold only strings, numbers, lists and objects")
            }

            /// Reads a body of a kind, from text or from a tree of values.
            pub fn read<'de, D: serde::Deserializer<'de>>(kind: Kind, from: D) -> Result<Body, D::Error> {
                Ok(match kind { $(Kind::$name => Body::$name(Arc::new($name::deserialize(from)?))),+ })
            }
        }

        impl Serialize for Body {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self { $(Body::$name(record) => record.serialize(serializer)),+ }
            }
        }

        $(impl From<$name> for Body {
            fn from(record: $name) -> Body { Body::$name(Arc::new(record)) }
        })+

        #[allow(non_snake_case)] // a field per kind, named as the kind
        /// The records that are in force, one table per kind. Cloning is cheap: the tables share their nodes.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Tables {
            $($name: imbl::OrdMap<Id, Arc<$name>>),+
        }

        impl Tables {
            pub(crate) fn put(&mut self, body: Body) {
                match body { $(Body::$name(record) => { self.$name.insert(record.id.clone(), record); }),+ }
            }

            pub(crate) fn retire(&mut self, kind: Kind, id: &str) {
                match kind { $(Kind::$name => { self.$name.remove(id); }),+ }
            }

            pub fn get(&self, kind: Kind, id: &str) -> Option<Body> {
                match kind { $(Kind::$name => self.$name.get(id).cloned().map(Body::$name)),+ }
            }

            pub(crate) fn is_illustrative(&self, kind: Kind, id: &str) -> bool {
                match kind { $(Kind::$name => self.$name.get(id).is_some_and(|record| record.is_illustrative())),+ }
            }

            /// All records that were made up to show the program at work.
            pub(crate) fn illustrative(&self) -> Vec<Body> {
                let mut found = Vec::new();
                $(
                    let marked = self.$name.values().filter(|record| record.is_illustrative());
                    found.extend(marked.cloned().map(Body::$name));
                )+
                found
            }

            pub fn ids(&self, kind: Kind) -> Vec<&str> {
                match kind { $(Kind::$name => self.$name.keys().map(String::as_str).collect()),+ }
            }
        }

        /// A kind's own table, so that `state.all::<Indicator>()` finds it.
        pub trait Tabled: Record + Sized + 'static {
            fn table(tables: &Tables) -> &imbl::OrdMap<Id, Arc<Self>>;
        }

        $(impl Tabled for $name {
            fn table(tables: &Tables) -> &imbl::OrdMap<Id, Arc<Self>> { &tables.$name }
        })+
    };
}

kinds! {
    Plan = "plans",
    Area = "areas",
    Institution = "institutions",
    Dimension = "dimensions",
    Category = "categories",
    Theme = "themes",
    Node = "nodes",
    Indicator = "indicators",
    Slot = "slots",
    Target = "targets" marked illustrative,
    Form = "forms",
    Assignment = "assignments",
    Evidence = "evidence",
    Preference = "preferences",
    Policy = "policies",
    Gap = "gaps",
    Instrument = "instruments",
    Position = "positions",
    Alignment = "alignments",
    CountLink = "count_links",
    Consultation = "consultations",
    Attendance = "attendances",
    Contribution = "contributions",
    Contradiction = "contradictions",
    Element = "elements",
    Assessment = "assessments" marked illustrative,
    Model = "models",
    Committee = "bodies",
    Seat = "seats",
    Meeting = "meetings" marked illustrative,
    Presence = "presences",
    Proposal = "proposals",
    Decision = "decisions" marked illustrative,
    Task = "tasks" marked illustrative,
    Rating = "ratings" marked illustrative,
    Occasion = "occasions" version 2,
    Choice = "choices" marked illustrative,
    NextStep = "next_steps" marked illustrative,
    Rate = "rates" marked illustrative,
    UnitCost = "unit_costs" marked illustrative,
    CostLine = "cost_lines" marked illustrative,
    Fund = "funds" marked illustrative,
    Funding = "fundings" marked illustrative,
    Version = "versions",
    Edition = "editions",
    Override = "overrides",
    Lock = "locks",
    Return = "returns" version 3 marked illustrative,
}

impl Kind {
    pub fn parse(code: &str) -> Option<Kind> {
        Kind::ALL.iter().copied().find(|kind| kind.code() == code)
    }

    /// The kinds a plan package holds, in an order in which every reference but those to the same kind points backwards.
    /// The others arise while the plan runs.
    pub fn of_package() -> impl Iterator<Item = Kind> {
        let arises =
            |kind: &Kind| matches!(kind, Kind::Return | Kind::Lock | Kind::Override | Kind::Version | Kind::Edition);
        Kind::ALL.iter().copied().filter(move |kind| !arises(kind))
    }

    /// Whether a package without the file is no package. Those of the situation analysis and of money may be missing.
    pub fn is_essential(self) -> bool {
        Kind::of_package().take_while(|kind| *kind != Kind::Policy).any(|kind| kind == self)
    }

    /// Whether it says what the plan costs or who pays.
    pub fn is_money(self) -> bool {
        use Kind::*;
        matches!(self, Rate | UnitCost | CostLine | Fund | Funding)
    }

    /// Whether its records are written in a form of the program or taken in from a table. The shape of the numbers
    /// (areas, indicators, forms …) comes with the package; what is reported has a way of its own.
    pub fn is_edited(self) -> bool {
        use Kind::*;
        let shape = matches!(self, Plan | Area | Dimension | Category | Indicator | Target | Form | Assignment);
        !shape && !matches!(self, Return | Lock | Override | Version | Edition)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A kind whose records can say that they are made up cannot be left out of what hides them.
    #[test]
    fn a_kind_is_marked_where_its_struct_says_so() {
        for kind in Kind::ALL {
            let schema = kind.schema();
            let says_so = schema.get("properties").is_some_and(|fields| fields.get("illustrative").is_some());
            assert_eq!(kind.is_marked(), says_so, "{}: write `marked illustrative` behind the kind", kind.code());
        }
        assert!(Kind::ALL.iter().filter(|kind| kind.is_marked()).count() >= 14);
    }
}
