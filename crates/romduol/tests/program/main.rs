//! The program as a whole, with the reference plan. One program for all of them: each would link typesetting for itself
//! otherwise.

mod analysis;
mod architecture;
mod backup;
mod certificate;
mod cut_off;
mod days;
mod editions;
mod faults;
mod findings;
mod import;
mod import_cases;
mod import_order;
mod newer;
mod nodes;
mod operations;
mod pivot;
mod reference_plan;
mod release_folders;
mod releases;
mod returns_loop;
