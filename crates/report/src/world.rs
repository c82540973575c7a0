//! The closed world a report is set in: one template, one data file, its drawings, five embedded fonts. No disk, no clock.
//! Refuses every other file and every package.

use std::collections::HashMap;
use std::sync::OnceLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use crate::payload::Payload;

const TEMPLATE: &str = include_str!("../templates/document.typ");

/// Order decides which font serves a character that several hold.
const FONTS: [&[u8]; 5] = [
    include_bytes!("../fonts/NotoSans-Regular.ttf"),
    include_bytes!("../fonts/NotoSans-Bold.ttf"),
    include_bytes!("../fonts/NotoSansKhmer-Regular.ttf"),
    include_bytes!("../fonts/NotoSansKhmer-Bold.ttf"),
    include_bytes!("../fonts/NotoSansMath-Regular.ttf"),
];

/// What does not change between reports; built once, because parsing fonts costs more than a page.
struct Base {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    template: Source,
}

fn base() -> &'static Base {
    static BASE: OnceLock<Base> = OnceLock::new();
    BASE.get_or_init(|| {
        let fonts: Vec<Font> = FONTS.iter().filter_map(|data| Font::new(Bytes::new(*data), 0)).collect();
        Base {
            library: LazyHash::new(Library::default()),
            book: LazyHash::new(FontBook::from_fonts(&fonts)),
            fonts,
            template: Source::new(file_id("document.typ"), TEMPLATE.into()),
        }
    })
}

/// Ids are interned for the life of the process, so names must repeat from report to report.
fn file_id(name: &str) -> FileId {
    let path = VirtualPath::new(name).expect("names of the report's files are plain");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// Replaces what no embedded font can draw by a question mark: PDF/A refuses a file with one missing glyph, and one
/// emoji in a comment must not cost a country its report. Works on the JSON text, where only strings leave ASCII.
fn printable(data: String) -> String {
    let fonts = &base().fonts;
    let drawn = |c: char| c.is_ascii() || fonts.iter().any(|font| font.info().coverage.contains(u32::from(c)));
    if data.chars().all(drawn) {
        return data;
    }
    // A variation selector only chooses the look of the character before it.
    let kept = data.chars().filter(|c| !('\u{FE00}'..='\u{FE0F}').contains(c));
    kept.map(|c| if drawn(c) { c } else { '?' }).collect()
}

pub struct ReportWorld {
    files: HashMap<FileId, Bytes>,
}

impl ReportWorld {
    pub fn new(payload: Payload) -> Self {
        let mut files = HashMap::new();
        files.insert(file_id("data.json"), Bytes::from_string(printable(payload.data)));
        for (name, content) in payload.drawings {
            files.insert(file_id(&name), Bytes::from_string(content));
        }
        ReportWorld { files }
    }
}

impl World for ReportWorld {
    fn library(&self) -> &LazyHash<Library> {
        &base().library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &base().book
    }

    fn main(&self) -> FileId {
        base().template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        let template = &base().template;
        if id == template.id() { Ok(template.clone()) } else { Err(not_found(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        base().fonts.get(index).cloned()
    }

    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.vpath().get_with_slash().into())
}
