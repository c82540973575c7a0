//! The Khmer font for pages, as subsets that a browser fetches once. How they are made: `fonts/README.md`.

pub const KHMER: &[u8] = include_bytes!("../fonts/NotoSansKhmer-Regular.woff2");
pub const KHMER_BOLD: &[u8] = include_bytes!("../fonts/NotoSansKhmer-Bold.woff2");
/// The licence that goes with them.
pub const LICENCE: &str = include_str!("../fonts/OFL.txt");
