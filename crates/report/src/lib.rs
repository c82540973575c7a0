//! One report model and its writers: document to HTML and PDF, charts and maps to SVG, sheets to XLSX and CSV.
//! Refuses to know plans, indicators or languages: every string arrives translated, every number formatted.

pub mod chart;
pub mod document;
pub mod docx;
mod fit;
pub mod fonts;
pub mod html;
pub mod map;
mod markup;
mod palette;
mod payload;
pub mod pdf;
pub mod scene;
pub mod sheet;
pub mod status;
pub mod svg;
mod text;
mod text_layer;
mod world;
pub mod xlsx;

pub use chart::{AxisText, bars::bars, gantt::gantt, multiples::multiples, status::status_strip, trend::trend};
pub use document::{Block, Document};
pub use docx::docx;
pub use map::map;
pub use markup::Markup;
pub use pdf::{PdfError, Timestamp, pdf};
pub use scene::Scene;
pub use sheet::{Field, Sheet, csv, guarded};
pub use status::{Status, status_icon};
pub use xlsx::xlsx;
