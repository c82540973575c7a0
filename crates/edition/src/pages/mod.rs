//! The pages of an edition as documents, in one language. Site, report and files are written from the same documents, so
//! that they show the same numbers and hide the same cells. Refuses to know HTML.

mod about;
mod charts;
mod framework;
mod indicator;
mod scorecard;

use romduol_locale::Locale;
use romduol_plan::computed;
use romduol_plan::kinds::{EditionSection, Indicator, Target};
use romduol_plan::status::Status;
use romduol_plan::{Lang, Period, Text};
use romduol_report::document::{Cell, Span};
use romduol_report::map::Outlines;
use romduol_report::{Block, Document};

use crate::content::{Content, Figure, Measured, Observation};

/// The mark of every hidden cell.
pub const HIDDEN: &str = "c";

/// A page and where it stands below its language's folder.
pub struct Page {
    pub path: String,
    /// The key of its name in the menu; empty for a page that others lead to.
    pub menu: &'static str,
    /// It speaks of violence: a help line and a quick way out stand on it.
    pub violence: bool,
    pub document: Document,
}

/// Every page of an edition in a language, those of the menu in its order.
#[must_use]
pub fn pages(content: &Content, outlines: Option<&Outlines>, lang: Lang) -> Vec<Page> {
    let writer = |root| Writer { content, locale: Locale::of(lang), outlines, root };
    let top = writer("");
    let page = |path: &str, menu: &'static str, title: String, blocks: Vec<Block>| Page {
        path: path.into(),
        menu,
        violence: false,
        document: top.document(title, blocks),
    };
    let t = |key: &str| top.locale.t(key);
    let mut pages = vec![
        page("index.html", "menu-scorecard", t("menu-scorecard"), top.scorecard()),
        page("framework.html", "menu-framework", t("menu-framework"), top.framework()),
        page("indicators.html", "kinds-indicators", t("kinds-indicators"), top.indicators()),
    ];
    for section in &content.body.sections {
        if section.lang == lang {
            let (path, menu) = (format!("{}.html", section.id.code()), section_title(section.id));
            pages.push(page(&path, menu, t(menu), section.blocks.clone()));
        }
    }
    if !content.changes.is_empty() {
        pages.push(page("changes.html", "edition-changes", t("edition-changes"), top.changes()));
    }
    pages.push(page("method.html", "method", t("method"), top.method()));
    pages.push(page("downloads.html", "edition-downloads", t("edition-downloads"), top.downloads()));
    pages.push(page("accessibility.html", "edition-accessibility", t("edition-accessibility"), top.accessibility()));
    let below = writer("../");
    pages.extend(content.body.indicators.iter().map(|measured| Page {
        path: path_of(&measured.indicator),
        menu: "",
        violence: measured.indicator.is_sensitive(),
        document: below.document(below.title(measured), below.indicator(measured)),
    }));
    pages
}

/// The key of a section's name.
#[must_use]
pub fn section_title(section: EditionSection) -> &'static str {
    match section {
        EditionSection::Money => "menu-money",
        EditionSection::Commitments => "menu-commitments",
        EditionSection::Decisions => "kinds-decisions",
        EditionSection::Late => "edition-late",
    }
}

/// The whole edition as one document for paper, Word and screen readers of files.
#[must_use]
pub fn report(content: &Content, outlines: Option<&Outlines>, lang: Lang) -> Document {
    let writer = Writer { content, locale: Locale::of(lang), outlines, root: "" };
    let t = |key: &str| writer.locale.t(key);
    let part = |title: String, blocks: Vec<Block>| [vec![Block::heading(1, title)], blocks].concat();
    let mut blocks = part(t("menu-scorecard"), writer.scorecard());
    for measured in &content.body.indicators {
        blocks.push(Block::heading(1, writer.title(measured)));
        blocks.extend(writer.indicator(measured).into_iter().map(deeper));
    }
    for section in content.body.sections.iter().filter(|section| section.lang == lang) {
        blocks.extend(part(t(section_title(section.id)), section.blocks.iter().cloned().map(deeper).collect()));
    }
    if !content.changes.is_empty() {
        blocks.extend(part(t("edition-changes"), writer.changes()));
    }
    blocks.extend(part(t("method"), writer.method()));
    writer.document(t("report-title"), blocks)
}

/// Below the heading of its part.
fn deeper(block: Block) -> Block {
    match block {
        Block::Heading { level, text } => Block::Heading { level: level + 1, text },
        other => other,
    }
}

fn path_of(indicator: &Indicator) -> String {
    format!("indicators/{}.html", indicator.id)
}

/// Which edition this is, and of which day.
pub(crate) fn colophon(content: &Content, locale: &Locale) -> String {
    let (number, date) = (content.number.to_string(), locale.date(content.date));
    locale.say("edition-line", &[("number", (&number).into()), ("date", (&date).into())])
}

/// What a place, an institution, a node or a category is called.
pub(crate) fn name(content: &Content, locale: &Locale, id: &str) -> String {
    match content.name(id).get(locale.lang) {
        "" if id.ends_with(".?") => locale.t("not-stated"),
        "" => id.to_string(),
        name => name.to_string(),
    }
}

pub(crate) struct Writer<'a> {
    pub content: &'a Content,
    pub locale: &'static Locale,
    pub outlines: Option<&'a Outlines>,
    /// From the page to its language's folder.
    pub root: &'static str,
}

impl Writer<'_> {
    fn lang(&self) -> Lang {
        self.locale.lang
    }

    fn text<'t>(&self, text: &'t Text) -> &'t str {
        text.get(self.lang())
    }

    fn name(&self, id: &str) -> String {
        name(self.content, self.locale, id)
    }

    fn title(&self, measured: &Measured) -> String {
        format!("{} {}", measured.indicator.id, self.text(&measured.indicator.name))
    }

    fn document(&self, title: String, blocks: Vec<Block>) -> Document {
        let (content, locale) = (self.content, self.locale);
        let mut document = Document::new(self.lang().code(), title);
        document.organisation = self.text(&content.body.plan.title).to_string();
        document.subtitle = colophon(content, locale);
        document.running_head = document.subtitle.clone();
        document.contents_title = locale.t("contents");
        document.marker = content.body.demonstration.then(|| locale.t("edition-demonstration"));
        if self.lang() == Lang::Km {
            document.cover_lines.push(locale.t("khmer-draft-long"));
        }
        document.blocks = blocks;
        let position = content.body.position.to_string();
        let position = ("position", (&position).into());
        document.fingerprint = vec![match &content.body.chain {
            Some(hash) => locale.say("ledger-line", &[position, ("hash", hash.into())]),
            None => locale.say("ledger-line-alone", &[position]),
        }];
        document
    }

    fn number(&self, count: usize) -> String {
        self.locale.number(count as f64, 0)
    }

    fn value(&self, indicator: &Indicator, value: f64) -> String {
        let number = self.locale.number(value, 1);
        if indicator.unit == "%" { format!("{number}\u{a0}%") } else { number }
    }

    /// A target with the period by whose end it is to be reached.
    fn aim(&self, indicator: &Indicator, target: &Target) -> String {
        format!("{} ({})", self.value(indicator, target.value), self.period(target.period))
    }

    /// A figure as it is shown; one mark for all that is hidden.
    fn figure(&self, indicator: &Indicator, figure: Figure) -> String {
        figure.numbers().map_or_else(|| HIDDEN.into(), |numbers| self.value(indicator, numbers.value))
    }

    /// A figure with the sign of a sum of which something is missing.
    fn number_of(&self, indicator: &Indicator, at: &Observation) -> String {
        format!("{}{}", at.sign(), self.figure(indicator, at.figure))
    }

    /// That not all of a number came; nothing where all did or where it is hidden.
    fn mark(&self, at: &Observation) -> Option<String> {
        let came = at.incomplete.as_ref().filter(|_| at.figure != Figure::Hidden)?;
        came.mark().map(|say| self.locale.tell(&say))
    }

    /// The mark of the number that an indicator stands on, and what the same places told before.
    fn notes(&self, measured: &Measured) -> Vec<String> {
        let country = self.content.body.country();
        let mark = measured.standing_at(country).and_then(|at| self.mark(at));
        let alike = measured.alike(country, &self.content.body.areas);
        let alike = alike.map(|alike| self.locale.tell(&alike.say(&measured.indicator.unit)));
        let nothing = || computed::nothing(&measured.indicator).map(|why| self.locale.tell(&why));
        let nothing = if measured.standing_at(country).is_none() { nothing() } else { None };
        nothing.into_iter().chain(mark).chain(alike).collect()
    }

    fn cell(&self, indicator: &Indicator, at: Option<&Observation>) -> Cell {
        let Some(at) = at else { return Cell::text("–") };
        let mut cell = Cell::text(self.number_of(indicator, at));
        cell.illustrative = at.illustrative && at.figure != Figure::Hidden;
        cell
    }

    fn period(&self, period: Period) -> String {
        self.locale.period(period)
    }

    /// The status as it is shown; where a person set it, what is computed stands beside it with the reason.
    fn status(&self, measured: &Measured) -> Cell {
        let standing = &measured.standing;
        let word = |status: Option<Status>| match status {
            Some(status) => self.locale.tell(&status.say(&measured.indicator)),
            None => HIDDEN.into(),
        };
        let Some(set) = &standing.official else {
            return match standing.computed {
                Some(status) => Cell::status(shape(status), word(Some(status))),
                None => Cell::text(HIDDEN),
            };
        };
        let computed = format!("{}: {}", self.locale.t("computed"), word(standing.computed));
        let parts = [word(Some(set.status)), self.locale.t("set-by-person"), computed, self.text(&set.reason).into()];
        let words = parts.iter().map(|part| part.trim_end_matches(['.', '។'])).collect::<Vec<_>>().join(". ");
        Cell::status(shape(set.status), words)
    }

    fn link(&self, text: impl Into<String>, path: &str) -> Span {
        Span::link(text, format!("{}{path}", self.root))
    }

    fn plain(&self, key: &str) -> Block {
        Block::paragraph(self.locale.t(key))
    }
}

/// The mark of a status, the same on paper and on screen.
#[must_use]
pub fn shape(status: Status) -> romduol_report::Status {
    use romduol_report::Status as Shape;
    match status {
        Status::OffTrack => Shape::OffTrack,
        Status::AtRisk => Shape::AtRisk,
        Status::OnTrack => Shape::OnTrack,
        Status::Achieved => Shape::Achieved,
        Status::Incomplete => Shape::Incomplete,
        Status::NoData => Shape::NoData,
        Status::Stale => Shape::Stale,
        Status::NoBaseline => Shape::NoBaseline,
        Status::NoTarget => Shape::NoTarget,
    }
}
