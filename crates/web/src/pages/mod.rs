//! The pages: one file each, a struct of what it shows, and a template of the same name.

pub(crate) mod assets;
pub(crate) mod explain;
pub(crate) mod framework;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod indicator;
pub(crate) mod lists;
pub(crate) mod pivot;
pub(crate) mod report;
pub(crate) mod returns;
pub(crate) mod review;
pub(crate) mod scorecard;
pub(crate) mod sign_in;
