//! Words and rules of a national action plan: records, entries, state, checks, progress, permissions.
//!
//! Pure: no IO, no clock, no randomness, no async. Time and ids come in as arguments.

pub mod aims;
pub mod alike;
pub mod amount;
pub mod answers;
pub mod baseline;
pub mod cell;
pub mod clean;
pub mod coherence;
pub mod column;
pub mod command;
pub mod commands;
pub mod commitments;
pub mod completeness;
pub mod computed;
pub mod coordination;
pub mod deed;
pub mod diff;
pub mod entry;
pub mod id;
pub mod intake;
pub mod kinds;
pub mod links;
pub mod money;
pub mod number;
pub mod package;
pub mod people;
pub mod period;
pub mod permission;
pub mod pivot;
pub mod quality;
pub mod readings;
pub mod returns;
#[cfg(test)]
mod sample;
pub mod say;
pub mod screen;
pub mod sight;
pub mod state;
pub mod status;
pub mod text;
pub mod told_in_words;
pub mod totals;
pub mod upgrade;
pub mod versions;
pub mod yes_no;
pub mod zone;

pub use amount::Amount;
pub use command::{By, Command, Refusal};
pub use completeness::Completeness;
pub use deed::Deed;
pub use entry::{Actor, Change, Entry, Nonce};
pub use kinds::{Body, Id, Kind, Record};
pub use period::{BadPeriod, Date, Frequency, Period};
pub use say::{Part, Say};
pub use state::State;
pub use text::{Lang, Text};
