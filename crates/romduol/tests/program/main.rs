//! The program as a whole, with the reference plan. One program for all of them: each would link typesetting for itself
//! otherwise.

mod analysis;
mod architecture;
mod backup;
mod editions;
mod faults;
mod import;
mod nodes;
mod operations;
mod pivot;
mod reference_plan;
mod returns_loop;
