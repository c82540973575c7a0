//! What a reader of a PDF finds and copies where letters are shaped: Khmer draws a syllable from glyphs that stand above,
//! below, before and on both sides of its first letter. Moves no glyph; refuses to know PDF (docs/adr/0031).

use std::collections::{BTreeMap, BTreeSet};

use typst::diag::EcoString;
use typst::layout::{Abs, Em, Frame, FrameItem, Point};
use typst::model::Document;
use typst::text::{FontInstance, Glyph, TextItem};
use typst::visualize::{Curve, FillRule, Geometry, Shape};
use typst_layout::{Page, PagedDocument};

/// The mark in front of a subscript letter; the two are one glyph.
const COENG: char = '\u{17D2}';
const COENG_RO: &str = "\u{17D2}\u{179A}";

/// Says that nothing follows, and is nothing to see: a place where a line may break, as people type it after a word.
const END: char = '\u{200B}';

/// The template sets one letter this small outside the paper. It becomes the list of what each glyph stands for.
const SAMPLE: f64 = 0.01;

/// Glyphs that are one syllable, and its text.
struct Cluster {
    text: EcoString,
    glyphs: Vec<Glyph>,
}

/// What stands in one row in one font. The typesetter cuts it wherever a mark is raised or lowered.
struct Run {
    pos: Point,
    /// The font, its size and colour; text and glyphs are the clusters'.
    style: TextItem,
    clusters: Vec<Cluster>,
}

enum Piece<'a> {
    Run(Run),
    Other(Point, &'a FrameItem),
}

/// What each glyph of a font stands for.
struct Alphabet {
    font: FontInstance,
    /// The glyphs that are the whole of a letter.
    letters: BTreeMap<u16, Vec<char>>,
    /// The glyphs of the document, by what is left of their syllables.
    learned: BTreeMap<u16, String>,
}

/// The same pages, to the eye, in which every row of shaped letters is one piece of text.
pub(crate) fn readable(document: &PagedDocument) -> PagedDocument {
    let mut syllables = BTreeMap::new();
    for page in document.pages() {
        gather(&page.frame, &mut syllables);
    }
    let alphabets: Vec<Alphabet> = syllables.into_values().map(|(font, found)| Alphabet::of(font, &found)).collect();
    let page = |page: &Page| Page { frame: rewrite(&page.frame, &alphabets), ..page.clone() };
    PagedDocument::new(document.pages().iter().map(page).collect(), document.info().clone())
}

/// Shortest first: what a mark stands for is told by the syllable that has nothing else.
type Syllables = BTreeSet<(usize, EcoString, Vec<u16>)>;

fn gather(frame: &Frame, found: &mut BTreeMap<u128, (FontInstance, Syllables)>) {
    for piece in pieces(frame) {
        match piece {
            Piece::Run(run) => {
                let key = typst::utils::hash128(&run.style.font);
                let font = || (run.style.font.clone(), Syllables::new());
                let (_, syllables) = found.entry(key).or_insert_with(font);
                for cluster in run.clusters {
                    let ids = cluster.glyphs.iter().map(|glyph| glyph.id).collect();
                    syllables.insert((cluster.text.len(), cluster.text, ids));
                }
            }
            Piece::Other(_, FrameItem::Group(group)) => gather(&group.frame, found),
            Piece::Other(..) => {}
        }
    }
}

fn rewrite(frame: &Frame, alphabets: &[Alphabet]) -> Frame {
    let mut new = Frame::new(frame.size(), frame.kind());
    if frame.has_baseline() {
        new.set_baseline(frame.baseline());
    }
    for piece in pieces(frame) {
        match piece {
            Piece::Run(run) => match alphabets.iter().find(|alphabet| alphabet.font == run.style.font) {
                Some(alphabet) => run.write(alphabet, &mut new),
                None => new.push(run.pos, FrameItem::Text(run.plain())),
            },
            Piece::Other(pos, FrameItem::Group(group)) => {
                let mut group = group.clone();
                group.frame = rewrite(&group.frame, alphabets);
                new.push(pos, FrameItem::Group(group));
            }
            Piece::Other(pos, FrameItem::Text(sample)) if sample.size.to_pt() < SAMPLE => {
                new.push_multiple(alphabets.iter().map(|alphabet| (pos, FrameItem::Text(alphabet.sample(sample)))));
            }
            Piece::Other(pos, FrameItem::Text(text)) => new.push(pos, FrameItem::Text(seen(text))),
            Piece::Other(pos, item) => new.push(pos, item.clone()),
        }
    }
    new
}

/// The frame's items, those put together again that were one row of shaped letters.
fn pieces(frame: &Frame) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut end = Point::zero();
    for (pos, item) in frame.items() {
        let FrameItem::Text(text) = item else {
            pieces.push(Piece::Other(*pos, item));
            continue;
        };
        if text.size.to_pt() < SAMPLE || !text.text.chars().any(is_shaped) {
            pieces.push(Piece::Other(*pos, item));
            continue;
        }
        match pieces.last_mut() {
            Some(Piece::Run(run)) if run.goes_on(end, *pos, text) => run.take(*pos, text),
            _ => {
                let style = TextItem { text: EcoString::new(), glyphs: Vec::new(), ..text.clone() };
                let mut run = Run { pos: *pos, style, clusters: Vec::new() };
                run.take(*pos, text);
                pieces.push(Piece::Run(run));
            }
        }
        end = Point::new(pos.x + text.width(), pos.y);
    }
    pieces
}

/// Without the places where a line may break: they are nothing to copy.
fn seen(item: &TextItem) -> TextItem {
    let mut item = item.clone();
    let text = item.text.clone();
    for glyph in &mut item.glyphs {
        let own = text[usize::from(glyph.range.start)..usize::from(glyph.range.end)].trim_end_matches(END);
        glyph.range.end = glyph.range.start + own.len() as u16;
    }
    item.glyphs.retain(|glyph| !glyph.range.is_empty());
    item
}

fn is_shaped(c: char) -> bool {
    matches!(c, '\u{1780}'..='\u{17FF}' | '\u{19E0}'..='\u{19FF}')
}

impl Run {
    fn goes_on(&self, end: Point, pos: Point, next: &TextItem) -> bool {
        let style = &self.style;
        let alike = (&style.font, style.size, &style.fill, &style.stroke, style.lang, style.region)
            == (&next.font, next.size, &next.fill, &next.stroke, next.lang, next.region);
        alike && (pos.x - end.x).abs() < style.size * 0.001 && (pos.y - self.pos.y).abs() < style.size
    }

    fn take(&mut self, pos: Point, item: &TextItem) {
        let raised = Em::from_abs(self.pos.y - pos.y, item.size);
        for glyph in &item.glyphs {
            let text = item.text[usize::from(glyph.range.start)..usize::from(glyph.range.end)].trim_matches(END);
            if text.is_empty() {
                continue;
            }
            let glyph = Glyph { y_offset: glyph.y_offset + raised, ..glyph.clone() };
            // Where in its source a syllable begins tells it from an equal one that follows.
            match self.clusters.last_mut() {
                Some(last) if last.text == text && last.glyphs.last().is_some_and(|g| g.span == glyph.span) => {
                    last.glyphs.push(glyph)
                }
                _ => self.clusters.push(Cluster { text: text.into(), glyphs: vec![glyph] }),
            }
        }
    }

    fn text(&self) -> EcoString {
        self.clusters.iter().map(|cluster| cluster.text.clone()).collect()
    }

    /// Every glyph stands for the text of its syllable.
    fn plain(&self) -> TextItem {
        let mut start = 0;
        let mut glyphs = Vec::new();
        for cluster in &self.clusters {
            let end = start + cluster.text.len();
            glyphs
                .extend(cluster.glyphs.iter().map(|glyph| Glyph { range: start as u16..end as u16, ..glyph.clone() }));
            start = end;
        }
        TextItem { text: self.text(), glyphs, ..self.style.clone() }
    }

    fn write(&self, alphabet: &Alphabet, frame: &mut Frame) {
        let whole = self.text();
        let lone = |cluster: &Cluster| {
            let [glyph] = cluster.glyphs.as_slice() else { return false };
            glyph.y_offset == Em::zero() && alphabet.stands_for(glyph.id) == Some(cluster.text.as_str().into())
        };
        let too_long = whole.len() > usize::from(u16::MAX) - END.len_utf8();
        if too_long || self.clusters.iter().all(lone) {
            frame.push(self.pos, FrameItem::Text(self.plain()));
            return;
        }
        let (mut glyphs, mut spelled, mut parts) = (Vec::<Glyph>::new(), String::new(), Curve::new());
        let (mut pen, mut gap) = (Em::zero(), Em::zero());
        let letters = |cluster: &Cluster| {
            let ids: Vec<u16> = cluster.glyphs.iter().map(|glyph| glyph.id).collect();
            alphabet.letters_of(&ids, &cluster.text)
        };
        let letters = self.clusters.iter().flat_map(letters);
        let end: Em = self.clusters.iter().flat_map(|it| &it.glyphs).map(|glyph| glyph.x_advance).sum();
        for (glyph, is_letter) in self.clusters.iter().flat_map(|it| &it.glyphs).zip(letters) {
            // PDFium sorts by where a glyph begins: one that begins behind the row would tear it in two.
            let behind = glyph.y_offset != Em::zero() && pen + glyph.x_offset > end;
            if !is_letter || behind {
                let at = Point::new((pen + glyph.x_offset).at(self.style.size), -glyph.y_offset.at(self.style.size));
                outline(&self.style, glyph.id, at, &mut parts);
                gap += glyph.x_advance;
            } else {
                spelled.extend(alphabet.stands_for(glyph.id));
                let (x_offset, x_advance) = (glyph.x_offset + gap, glyph.x_advance + gap);
                glyphs.push(Glyph { x_offset, x_advance, ..glyph.clone() });
                gap = Em::zero();
            }
            pen += glyph.x_advance;
        }
        let mut text = whole.clone();
        // MuPDF says the end of a text twice where the last glyph stands for the last letter and an earlier one does not fit.
        if spelled != whole.as_str() {
            text.push(END);
        }
        for glyph in &mut glyphs {
            glyph.range = 0..text.len() as u16;
        }
        frame.push(self.pos, FrameItem::Text(TextItem { text, glyphs, ..self.style.clone() }));
        if !parts.0.is_empty() {
            let shape = Shape {
                geometry: Geometry::Curve(parts),
                fill: Some(self.style.fill.clone()),
                fill_rule: FillRule::NonZero,
                stroke: self.style.stroke.clone(),
            };
            frame.push(self.pos, FrameItem::Shape(shape, typst::syntax::Span::detached()));
        }
    }
}

impl Alphabet {
    fn of(font: FontInstance, syllables: &Syllables) -> Alphabet {
        let mut letters: BTreeMap<u16, Vec<char>> = BTreeMap::new();
        for table in font.ttf().tables().cmap.iter().flat_map(|cmap| cmap.subtables).filter(|it| it.is_unicode()) {
            table.codepoints(|c| {
                if let (Some(glyph), Some(c)) = (table.glyph_index(c), char::from_u32(c)) {
                    letters.entry(glyph.0).or_default().push(c);
                }
            });
        }
        let mut alphabet = Alphabet { font, letters, learned: BTreeMap::new() };
        for (_, text, glyphs) in syllables {
            alphabet.learn(text, glyphs);
        }
        alphabet
    }

    /// What nobody else in the syllable stands for is shared among the glyphs that are seen for the first time.
    fn learn(&mut self, text: &str, glyphs: &[u16]) {
        let mut rest = text.to_owned();
        let mut new = Vec::new();
        for &glyph in glyphs {
            match self.stands_for(glyph) {
                _ if self.is_part(glyph, text) => {}
                Some(known) => {
                    rest = rest.replacen(&known, "", 1);
                    self.learned.insert(glyph, known);
                }
                None => new.push(glyph),
            }
        }
        // The subscript that is written before everything else.
        if new.len() > 1 && new.first() == glyphs.first() && rest.contains(COENG_RO) {
            rest = rest.replacen(COENG_RO, "", 1);
            self.learned.insert(new.remove(0), COENG_RO.to_owned());
        }
        let mut units = units(&rest);
        units.resize(units.len().max(new.len()), END.to_string());
        let last = new.len().saturating_sub(1);
        for (n, glyph) in new.into_iter().enumerate() {
            let share = if n == last { units[n..].concat() } else { units[n].clone() };
            self.learned.entry(glyph).or_insert(share);
        }
    }

    fn stands_for(&self, glyph: u16) -> Option<String> {
        let letter = || self.letters.get(&glyph)?.first().map(char::to_string);
        self.learned.get(&glyph).cloned().or_else(letter)
    }

    /// Which glyphs of a syllable are text: those that stand for one of its letters, and of the others as many as it has
    /// letters more. The rest is drawn, so that there are as many letters as their text has.
    fn letters_of(&self, glyphs: &[u16], syllable: &str) -> Vec<bool> {
        let mut letters: Vec<bool> = glyphs.iter().map(|glyph| !self.is_part(*glyph, syllable)).collect();
        let told = |glyph: &u16| self.stands_for(*glyph).map_or(1, |text| text.chars().count());
        let all: usize = glyphs.iter().zip(&letters).filter(|(_, letter)| **letter).map(|(glyph, _)| told(glyph)).sum();
        let missing = syllable.chars().count().saturating_sub(all);
        letters.iter_mut().filter(|letter| !**letter).take(missing).for_each(|letter| *letter = true);
        letters
    }

    /// Whether this is one side of a letter that another glyph stands for, or a ring around nothing.
    fn is_part(&self, glyph: u16, syllable: &str) -> bool {
        self.letters.get(&glyph).is_some_and(|letters| !letters.iter().any(|letter| syllable.contains(*letter)))
    }

    /// Who writes the PDF notes for each glyph what it first stands for.
    fn sample(&self, style: &TextItem) -> TextItem {
        let mut text = EcoString::new();
        let mut glyphs = Vec::new();
        for (id, stands_for) in &self.learned {
            let start = text.len() as u16;
            text.push_str(stands_for);
            let (zero, span) = (Em::zero(), (typst::syntax::Span::detached(), 0));
            let range = start..text.len() as u16;
            glyphs.push(Glyph {
                id: *id,
                x_advance: zero,
                x_offset: zero,
                y_advance: zero,
                y_offset: zero,
                range,
                span,
            });
        }
        TextItem { font: self.font.clone(), text, glyphs, ..style.clone() }
    }
}

/// Letters, each subscript with its mark.
fn units(text: &str) -> Vec<String> {
    let mut units: Vec<String> = Vec::new();
    for c in text.chars() {
        match units.last_mut() {
            Some(last) if last.ends_with(COENG) => last.push(c),
            _ => units.push(c.to_string()),
        }
    }
    units
}

/// The shape of a glyph, for what is no letter of its own.
fn outline(style: &TextItem, glyph: u16, at: Point, curve: &mut Curve) {
    let mut pen = Pen { curve, style, at, last: at };
    style.font.ttf().outline_glyph(ttf_parser::GlyphId(glyph), &mut pen);
}

struct Pen<'a> {
    curve: &'a mut Curve,
    style: &'a TextItem,
    at: Point,
    last: Point,
}

impl Pen<'_> {
    fn point(&self, x: f32, y: f32) -> Point {
        let size = self.style.size;
        let units = |value: f32| -> Abs { self.style.font.to_em(value).at(size) };
        self.at + Point::new(units(x), -units(y))
    }
}

impl ttf_parser::OutlineBuilder for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.last = self.point(x, y);
        self.curve.move_(self.last);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.last = self.point(x, y);
        self.curve.line(self.last);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let (from, control, to) = (self.last, self.point(x1, y1), self.point(x, y));
        let towards = |end: Point| end + (control - end) * (2.0 / 3.0);
        self.curve.cubic(towards(from), towards(to), to);
        self.last = to;
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let (first, second, to) = (self.point(x1, y1), self.point(x2, y2), self.point(x, y));
        self.curve.cubic(first, second, to);
        self.last = to;
    }

    fn close(&mut self) {
        self.curve.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{Block, Cell, Column, Document, Table};
    use crate::{pdf, text::breaks};

    const LINE: &str = "ស្ត្រី សន្តិភាព និងសន្តិសុខ៖ ការចូលរួម នៅភ្នំពេញ កើនឡើង ២៥% ដោយព្រះរាជក្រឹត្យ";

    fn document(text: &str) -> Document {
        let mut document = Document::new("km", text);
        document.blocks.push(Block::heading(1, text));
        document.blocks.push(Block::paragraph(text));
        document.blocks.push(Block::Table(Table {
            columns: vec![Column::text(text, 1.0)],
            rows: vec![vec![Cell::text(text).illustrative()]],
            ..Table::default()
        }));
        document
    }

    /// What the glyphs of each row stand for, as a reader puts it together: a text once for all glyphs that share it.
    fn read(frame: &Frame, lines: &mut Vec<String>) {
        for (_, item) in frame.items() {
            match item {
                FrameItem::Group(group) => read(&group.frame, lines),
                FrameItem::Text(text) if text.size.to_pt() >= SAMPLE => {
                    let mut last = None;
                    for range in text.glyphs.iter().map(|glyph| glyph.range.clone()).filter(|r| !r.is_empty()) {
                        if last.as_ref() != Some(&range) {
                            lines.push(text.text[usize::from(range.start)..usize::from(range.end)].to_string());
                        }
                        last = Some(range);
                    }
                }
                _ => {}
            }
        }
    }

    fn reads(document: &Document) -> String {
        let pages = readable(&pdf::layout(document).unwrap());
        let mut lines = Vec::new();
        pages.pages().iter().for_each(|page| read(&page.frame, &mut lines));
        lines.concat().replace(END, "")
    }

    #[test]
    fn every_word_is_said_once_and_in_its_order() {
        let read = reads(&document(LINE));
        // Title, running head, heading, contents or paragraph, column and cell: lines break where they must.
        let plain = |text: &str| text.replace(' ', "");
        let whole = plain(LINE);
        assert!(plain(&read).matches(&whole).count() >= 4, "{read}");
        assert!(!read.contains("ស្ត្រីស្ត្រី") && !read.contains("ន្តិន្តិ"), "{read}");
    }

    #[test]
    fn nothing_moves_and_nothing_is_lost() {
        fn ink(frame: &Frame, at: Point, found: &mut Vec<(u16, i64, i64)>) {
            for (pos, item) in frame.items() {
                let at = at + *pos;
                match item {
                    FrameItem::Group(group) => ink(&group.frame, at, found),
                    FrameItem::Text(text) if text.size.to_pt() >= SAMPLE => {
                        let mut pen = at.x;
                        for glyph in &text.glyphs {
                            let x = pen + glyph.x_offset.at(text.size);
                            let y = at.y - glyph.y_offset.at(text.size);
                            found.push((
                                glyph.id,
                                (x.to_pt() * 100.0).round() as i64,
                                (y.to_pt() * 100.0).round() as i64,
                            ));
                            pen += glyph.x_advance.at(text.size);
                        }
                    }
                    _ => {}
                }
            }
        }
        let before = pdf::layout(&document(LINE)).unwrap();
        let after = readable(&before);
        let (mut drawn, mut kept) = (Vec::new(), Vec::new());
        before.pages().iter().for_each(|page| ink(&page.frame, Point::zero(), &mut drawn));
        after.pages().iter().for_each(|page| ink(&page.frame, Point::zero(), &mut kept));
        let same =
            |a: &(u16, i64, i64), b: &(u16, i64, i64)| a.0 == b.0 && a.1.abs_diff(b.1) < 3 && a.2.abs_diff(b.2) < 3;
        let moved: Vec<_> = kept.iter().filter(|glyph| !drawn.iter().any(|other| same(glyph, other))).collect();
        assert!(moved.is_empty(), "stand where none stood: {moved:?}");
        let missing: BTreeSet<u16> =
            drawn.iter().filter(|glyph| !kept.iter().any(|other| same(glyph, other))).map(|(id, ..)| *id).collect();
        // Shapes now: one half of a vowel with two, and a raised sign at the end of a row.
        assert!(missing.len() <= 3, "{missing:?}");
    }

    #[test]
    fn a_broken_address_is_copied_whole() {
        let address = format!("https://example.org/{}", "aVeryLongNameWithoutAnyPlaceToBreak".repeat(4));
        let read = reads(&document(&address));
        assert!(read.contains(&address) && breaks(&address).len() < 9, "{read}");
    }
}
