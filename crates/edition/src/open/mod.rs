//! The numbers of an edition as open data. Every file is written from the content: what is hidden there has no value here.

use crate::content::Content;
use crate::manifest::Files;

/// The files and the keys of what they are.
#[must_use]
pub fn names(_content: &Content) -> Vec<(String, &'static str)> {
    Vec::new()
}

/// Writes them.
#[must_use]
pub fn files(_content: &Content) -> Files {
    Files::new()
}
