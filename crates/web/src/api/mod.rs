//! What other programs call under `/api/v1`: the same use cases as the pages, with JSON instead of HTML.

pub(crate) mod openapi;
pub(crate) mod returns;
pub(crate) mod sdmx;
