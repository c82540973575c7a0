//! Statistical disclosure control: hides small counts in published tables, and as many others as it takes that nobody
//! can tell them. Pure; refuses to know plans, indicators, files and the time. A seed comes in as an argument: the same
//! input gives the same output, byte for byte.
//!
//! # How to use it
//!
//! ```
//! use romduol_disclosure::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let area = Dimension::new("area", ["north", "east", "south"])?.total("country")?;
//! let sex = Dimension::new("sex", ["women", "men"])?.total("both")?;
//! let mut edition = Edition::new(vec![area, sex], Policy { k: 5, ..Policy::people() });
//! for (place, women, men) in [("north", 3, 20), ("east", 15, 30), ("south", 12, 17)] {
//!     edition.count(&[place, "women"], women)?;
//!     edition.count(&[place, "men"], men)?;
//! }
//! let areas = ["north", "east", "south", "country"];
//! edition.publish(Table::new("by sex").by("area", areas).by("sex", ["women", "men", "both"]));
//!
//! let release = suppress(&edition, &Memory::new())?;
//! let figures = &release.tables[0].figures;
//! // 3 women in the north are few. Hidden alone, 23 less 20 would tell them; so a block of four is hidden.
//! assert_eq!(figures[0], Figure::Hidden);
//! assert_eq!(figures.iter().filter(|&&figure| figure == Figure::Hidden).count(), 4);
//! assert_eq!(figures[11].count(), Some(97), "totals stay");
//!
//! // The attacker is asked apart, with nothing but cells, sums, marks and witnesses.
//! assert!(audit(&release.system, &release.hidden, &release.witnesses, true).is_ok());
//! // The next edition takes the memory: what was shown stays known, what was hidden stays protected.
//! let later = suppress(&edition, &release.memory)?;
//! assert_eq!(later.tables[0].figures, release.tables[0].figures);
//! # Ok(())
//! # }
//! ```
//!
//! One [`Edition`] is one measure: its dimensions, the counts of their finest leaves, its tables and the [`Policy`].
//! Measures that add up to each other are leaves of a dimension; measures that count the same people, or some of them, are
//! protected together by [`suppress_linked`]; the leaves of a dimension can be running totals ([`Dimension::running`]). A ratio with a public denominator and a sum quoted in
//! a text publish the numerator: give them as tables. [`hide`] and [`audit`] also take a [`System`] of sums that comes
//! from no table at all.
//!
//! For the page that explains a release to those who may know what is hidden: [`Release::reasons`] says of each hidden
//! cell what it protects, [`what_if`] how much would be shown if a dimension were coarser. A [`Refusal`] that names small
//! counts says of each in which tables it stands and which dimension to publish coarser ([`Lost`]).
//!
//! # What is promised
//!
//! 1. No hidden small count can be computed from anything published, in this edition and those that the memory holds.
//! 2. For every hidden small count there is another table of whole numbers with the same published figures in which it
//!    is `k` or more. These tables are kept ([`Release::witnesses`]); the audit checks them without trusting who made
//!    them.
//! 3. If asked ([`Policy::insiders`]), who is the only one in a hidden cell cannot compute another small count.
//!
//! The attacker is taken to know the rule, `k`, what becomes of zeros, that counts are whole and not negative (and where
//! zeros are shown: at least 1 where hidden), all editions and this program. Not promised: protection against several
//! insiders together, against statistics published elsewhere, against guesses from neighbouring periods, against people
//! who are known for a rare trait.

mod audit;
mod axes;
mod boxes;
mod coarser;
mod compile;
mod dimension;
mod edition;
mod eliminate;
mod error;
mod faces;
mod field;
mod hide;
mod linked;
mod memory;
mod mover;
mod names;
mod pieces;
mod policy;
mod primary;
mod reasons;
mod reduced;
mod release;
mod running;
mod series;
mod shape;
mod simplex;
mod system;
mod told;
mod witness;

pub use audit::{Finding, Passed, audit};
pub use coarser::what_if;
pub use dimension::Dimension;
pub use edition::{Edition, Table};
pub use error::{Lost, MemoryError, Refusal, ShapeError, SystemError};
pub use hide::{hide, uncomputable};
pub use linked::{Side, Tie, suppress_linked};
pub use memory::{Entry, Memory};
pub use policy::{Effort, Policy, Weigh, Zeros};
pub use reasons::Reason;
pub use release::{Figure, Published, Release, Released, Tally, Why, suppress};
pub use system::{Cell, Relation, Role, System};
