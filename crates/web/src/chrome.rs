//! What surrounds every page: title, menu, language, marks. Templates reach sentences and numbers through it.

use axum::response::{Html, IntoResponse, Response};
use romduol_locale::{Arg, Locale};
use romduol_plan::kinds::KhmerStatus;
use romduol_plan::permission::Act;
use romduol_plan::status::Status;
use romduol_plan::{Date, Kind, Lang, Period, Text};

use crate::error::{Page, PageError};
use crate::viewer::Viewer;

pub(crate) struct Chrome {
    pub locale: &'static Locale,
    pub title: String,
    pub plan: String,
    pub path: String,
    /// Name of the person; empty where nobody is signed in.
    pub who: String,
    /// The sections of the site, and the pages of the section that is open; empty where nobody is signed in.
    pub menu: Vec<Section>,
    pub at: Option<u64>,
    /// Illustrative data is there: shown (true) or switched off (false).
    pub illustrative: Option<bool>,
}

/// A section of the site with the pages that the person may open.
pub(crate) struct Section {
    pub key: &'static str,
    pub open: bool,
    pub items: Vec<(&'static str, &'static str)>,
}

/// Address, key of the name, what it takes to open it.
type Line = (&'static str, &'static str, Act);

/// The pages by section.
const MENU: [(&str, &[Line]); 6] = [
    (
        "section-plan",
        &[
            ("/scorecard", "menu-scorecard", Act::ReadPlan),
            ("/framework", "menu-framework", Act::ReadPlan),
            ("/road", "menu-road", Act::ReadPlan),
            ("/versions", "menu-versions", Act::ReadPlan),
            ("/editions", "menu-editions", Act::ReadPlan),
            ("/comments", "menu-comments", Act::EditPlan),
        ],
    ),
    (
        "section-analysis",
        &[
            ("/issues", "menu-issues", Act::ReadPlan),
            ("/coherence", "menu-coherence", Act::ReadPlan),
            ("/commitments", "menu-commitments", Act::ReadPlan),
            ("/people", "menu-people", Act::ReadPlan),
            ("/voices", "menu-voices", Act::ReadPlan),
            ("/readiness", "menu-readiness", Act::ReadPlan),
            ("/figures", "menu-figures", Act::ReadPlan),
            ("/findings", "menu-findings", Act::ReadFindings),
        ],
    ),
    (
        "section-coordination",
        &[
            ("/bodies", "menu-bodies", Act::ReadPlan),
            ("/owed", "menu-owed", Act::ReadPlan),
            ("/ratings", "menu-ratings", Act::ReadPlan),
            ("/local", "menu-local", Act::ReadPlan),
            ("/year", "menu-year", Act::ReadPlan),
        ],
    ),
    ("section-numbers", &[("/pivot", "menu-pivot", Act::ReadPlan), ("/returns", "menu-returns", Act::ReadReturn)]),
    (
        "section-money",
        &[
            ("/money", "menu-money", Act::ReadPlan),
            ("/money/unfunded", "menu-unfunded", Act::ReadPlan),
            ("/money/tags", "menu-tags", Act::ReadPlan),
            ("/money/note", "menu-note", Act::ReadPlan),
        ],
    ),
    (
        "section-more",
        &[
            ("/search", "menu-search", Act::ReadPlan),
            ("/institutions", "menu-institutions", Act::ReadPlan),
            ("/accounts", "menu-accounts", Act::ManageAccounts),
            ("/trail", "menu-trail", Act::ReadTrail),
            ("/about", "menu-about", Act::ReadPlan),
        ],
    ),
];

/// Pages without a line in the menu, and the page whose section they belong to.
const BELONGS: [(&str, &str); 8] = [
    ("/meetings", "/bodies"),
    ("/handover", "/owed"),
    ("/nodes", "/framework"),
    ("/indicators", "/scorecard"),
    ("/answers", "/commitments"),
    ("/consultations", "/people"),
    ("/review", "/returns"),
    ("/records", "/coherence"),
];

fn menu(viewer: &Viewer) -> Vec<Section> {
    let mut parts = viewer.path.split('/').skip(1);
    let mut first = parts.next().map(|part| format!("/{part}")).unwrap_or_default();
    // Records of every kind share their addresses; those of money belong with money.
    if parts.next().and_then(Kind::parse).is_some_and(Kind::is_money) {
        first = "/money".into();
    }
    let page = BELONGS.iter().find(|(path, _)| *path == first).map_or(first.as_str(), |(_, page)| page);
    let sections = MENU.iter().map(|(key, items)| {
        let mine = items.iter().filter(|(.., act)| viewer.may(*act)).map(|(to, name, _)| (*to, *name));
        Section { key, open: items.iter().any(|(to, ..)| *to == page), items: mine.collect() }
    });
    sections.filter(|section| !section.items.is_empty()).collect()
}

impl Chrome {
    /// What surrounds a page for people who are not signed in.
    pub fn open(site: &crate::Site, lang: Lang, path: &str, title: impl Into<String>) -> Chrome {
        let snapshot = site.app.snapshot();
        Chrome {
            locale: Locale::of(lang),
            title: title.into(),
            plan: snapshot.state.plan().map(|plan| plan.title.get(lang).to_string()).unwrap_or_default(),
            path: path.into(),
            who: String::new(),
            menu: Vec::new(),
            at: None,
            illustrative: None,
        }
    }

    pub fn of(viewer: &Viewer, title: impl Into<String>) -> Chrome {
        let state = &viewer.snapshot.state;
        Chrome {
            locale: viewer.locale,
            title: title.into(),
            plan: state.plan().map(|plan| plan.title.get(viewer.lang()).to_string()).unwrap_or_default(),
            path: viewer.path.clone(),
            who: viewer.person.name.clone(),
            // Nothing else is open to whoever has to set up a second proof first.
            menu: if viewer.site.doors.want_more_of(&viewer.person) { Vec::new() } else { menu(viewer) },
            at: viewer.at,
            illustrative: state.has_illustrative().then_some(viewer.illustrative),
        }
    }

    pub fn lang(&self) -> &'static str {
        self.locale.lang.code()
    }

    pub fn t(&self, key: &str) -> String {
        self.locale.t(key)
    }

    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        self.locale.say(key, &[(name, Arg::Text(value))])
    }

    /// The sentence whose key ends in a code.
    pub fn tk(&self, prefix: &str, code: &str) -> String {
        self.locale.t(&format!("{prefix}{code}"))
    }

    /// A code of a vocabulary in the reader's language.
    pub fn code(&self, code: &str) -> String {
        self.locale.code(code)
    }

    pub fn count(&self, key: &str, count: impl Plain<usize>) -> String {
        self.locale.say(key, &[("count", Arg::Count(count.plain()))])
    }

    pub fn status(&self, status: impl Plain<Status>) -> String {
        self.tk("status-", status.plain().code())
    }

    /// The status as shape and word. The markup is the report crate's own.
    pub fn mark(&self, status: impl Plain<Status>) -> String {
        let status = status.plain();
        format!("<span class=\"status s-{}\">{} {}</span>", status.code(), icon(status), self.status(status))
    }

    pub fn period(&self, period: impl Plain<Period>) -> String {
        self.locale.period(period.plain())
    }

    pub fn date(&self, date: impl Plain<Date>) -> String {
        self.locale.date(date.plain())
    }

    pub fn number(&self, value: impl Plain<f64>) -> String {
        self.locale.number(value.plain(), 2)
    }

    /// A share as a whole percentage.
    pub fn percent(&self, share: impl Plain<f64>) -> String {
        self.locale.number(share.plain() * 100.0, 0)
    }

    /// Text in the page's language, or in the other one where that is all there is.
    pub fn plain(&self, text: &Text) -> String {
        text.get(self.locale.lang).to_string()
    }

    /// Text in the page's language; where it has to fall back, the language is said for screen readers.
    pub fn text(&self, text: &Text) -> String {
        let shown = escape(text.get(self.locale.lang));
        let other = if self.locale.lang == Lang::Km { Lang::En } else { Lang::Km };
        match text.lacks(self.locale.lang) && !shown.is_empty() {
            true => format!("<span lang=\"{}\">{shown}</span>", other.code()),
            false => shown,
        }
    }

    /// A mark behind Khmer that no native reader has approved yet.
    pub fn draft(&self, khmer: &KhmerStatus) -> String {
        match self.locale.lang == Lang::Km && *khmer == KhmerStatus::Draft {
            true => format!(" <span class=\"mark\">{}</span>", self.t("khmer-draft")),
            false => String::new(),
        }
    }
}

/// A small value, however many references the template engine has put before it.
pub(crate) trait Plain<T> {
    fn plain(self) -> T;
}

macro_rules! plain {
    ($($kind:ty),+) => {$(
        impl Plain<$kind> for $kind { fn plain(self) -> $kind { self } }
        impl Plain<$kind> for &$kind { fn plain(self) -> $kind { *self } }
        impl Plain<$kind> for &&$kind { fn plain(self) -> $kind { **self } }
    )+};
}

plain!(usize, f64, Status, Period, Date);

pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// The shape of a status, drawn by the report crate so that paper and screen agree.
pub(crate) fn icon(status: Status) -> String {
    romduol_report::status_icon(romduol_app::progress_report::shape(status))
}

pub(crate) fn render(template: &impl askama::Template) -> Page {
    let html = template.render().map_err(|error| {
        PageError::App(romduol_app::AppError::fault(format!("the page could not be made: {error}")))
    })?;
    Ok(Html(html).into_response())
}

pub(crate) fn see(path: &str) -> Response {
    axum::response::Redirect::to(path).into_response()
}
