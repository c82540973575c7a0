//! The pages: one file each, a struct of what it shows, and a template of the same name.

pub(crate) mod account;
pub(crate) mod analysis;
pub(crate) mod assets;
pub(crate) mod consult;
pub(crate) mod coordination;
pub(crate) mod editions;
pub(crate) mod explain;
pub(crate) mod framework;
pub(crate) mod history;
pub(crate) mod home;
pub(crate) mod indicator;
pub(crate) mod lists;
pub(crate) mod money;
pub(crate) mod pivot;
pub(crate) mod public;
pub(crate) mod records;
pub(crate) mod report;
pub(crate) mod returns;
pub(crate) mod review;
pub(crate) mod road;
pub(crate) mod scorecard;
pub(crate) mod search;
pub(crate) mod sign_in;
pub(crate) mod take_home;
pub(crate) mod versions;
