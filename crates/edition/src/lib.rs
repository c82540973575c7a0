//! Editions: the frozen public content of a plan, and everything made from it: the public site, reports, open data, the
//! signed list of files. Refuses to know the live plan: nothing that is not in [`Content`] can get out from here.

mod bundle;
mod compare;
pub mod content;
pub mod figure;
pub mod manifest;
pub mod open;
pub mod pages;
pub mod site;
mod workbook;

pub use bundle::{pack, unpack};
pub use compare::differences;
pub use content::Content;
pub use manifest::{Broken, Files, Manifest, verify};
