//! The commands of the plan, by what they are about. Each says in one place what it needs and what it writes, and is tested
//! here, without a ledger, with a row for each refusal. Refuses to know pages and files.

pub mod analysis;
pub mod bodies;
pub mod duties;
pub mod editions;
pub mod local;
pub mod meetings;
pub mod money;
pub mod ratings;
pub mod records;
pub mod returns;
pub mod status;
pub mod versions;

#[cfg(test)]
mod tests;
