//! What surrounds every page: title, menu, language, marks. Templates reach sentences and numbers through it.

use axum::response::{Html, IntoResponse, Response};
use romduol_app::sight::Sees;
use romduol_locale::{Arg, Locale};
use romduol_plan::kinds::{Indicator, KhmerStatus};
use romduol_plan::permission::Act;
use romduol_plan::readings::Standing;
use romduol_plan::status::Status;
use romduol_plan::{Date, Kind, Lang, Period, Text};
use romduol_report::Markup;

use crate::error::{Page, PageError};
use crate::viewer::Viewer;

pub(crate) struct Chrome {
    pub locale: &'static Locale,
    pub title: String,
    pub plan: String,
    pub path: String,
    /// The page with its query, for forms that are shown again.
    pub from: String,
    /// Up to which entry the page knows the plan.
    pub seen: u64,
    /// Names the reader to their own browser only; empty where nobody is signed in.
    pub mark: String,
    /// Where a change of language leads, as the query of its address, if not to where one comes from.
    pub back: String,
    /// Name of the person; empty where nobody is signed in.
    pub who: String,
    /// The sections of the site, and the pages of the section that is open; empty where nobody is signed in.
    pub menu: Vec<Section>,
    pub at: Option<u64>,
    /// Illustrative data is there: shown (true) or switched off (false).
    pub illustrative: Option<bool>,
    /// What the reader sees of counts of people, where the plan has any.
    sees: Option<Sees>,
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
            from: path.into(),
            seen: snapshot.head.seq,
            mark: String::new(),
            back: String::new(),
            who: String::new(),
            menu: Vec::new(),
            at: None,
            illustrative: None,
            sees: None,
        }
    }

    pub fn of(viewer: &Viewer, title: impl Into<String>) -> Chrome {
        let state = &viewer.snapshot.state;
        Chrome {
            locale: viewer.locale,
            title: title.into(),
            plan: state.plan().map(|plan| plan.title.get(viewer.lang()).to_string()).unwrap_or_default(),
            path: viewer.path.clone(),
            from: viewer.back.clone(),
            seen: viewer.snapshot.head.seq,
            mark: crate::form::mark_of(&viewer.person.account),
            back: String::new(),
            who: viewer.person.name.clone(),
            // Nothing else is open to whoever has to set up a second proof first.
            menu: if viewer.site.doors.want_more_of(&viewer.person) { Vec::new() } else { menu(viewer) },
            at: viewer.at,
            illustrative: viewer.has_illustrative.then_some(viewer.illustrative),
            sees: state
                .all::<Indicator>()
                .any(|indicator| indicator.counts_people())
                .then(|| viewer.site.app.sees(&viewer.person, state)),
        }
    }

    /// What the reader is shown of counts of people, and whether that can be asked for.
    pub fn sight(&self) -> Option<(String, bool)> {
        Some(match self.sees.as_ref()? {
            Sees::All => (self.t("sees-all"), true),
            Sees::NothingSmall => (self.t("sees-nothing-small"), true),
            Sees::AsTold(Some(edition)) => (self.t1("sees-as-told", "edition", edition), false),
            Sees::AsTold(None) => (self.t("sees-nothing-told"), false),
        })
    }

    pub fn lang(&self) -> &'static str {
        self.locale.lang.code()
    }

    /// Behind the path that a form goes to: what makes this showing of it one that is done once, and not over what it does
    /// not show.
    pub fn once(&self) -> String {
        let from = crate::address::encoded(&self.from);
        // Whose page it is stands in it, for when somebody else is signed in by the time it is sent.
        let who = if self.mark.is_empty() { String::new() } else { format!("&who={}", self.mark) };
        format!("?once={}&from={from}{who}&seen={}", crate::form::token(), self.seen)
    }

    pub fn t(&self, key: &str) -> String {
        self.locale.t(key)
    }

    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        self.locale.say(key, &[(name, Arg::Text(value))])
    }

    /// What a code of a list is called; the list as it stands in the keys, with its hyphen.
    pub fn tk(&self, list: &str, code: &str) -> String {
        self.locale.word(list.trim_end_matches('-'), code)
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

    /// The status as shape and word.
    pub fn mark(&self, status: impl Plain<Status>) -> Markup {
        let status = status.plain();
        let class = format!("status s-{}", status.code());
        Markup::element("span", &[("class", &class)], icon(status) + " " + self.status(status))
    }

    /// The status of an indicator as shape and word.
    pub fn standing(&self, standing: &Standing) -> Markup {
        let status = standing.status();
        let class = format!("status s-{}", status.code());
        Markup::element("span", &[("class", &class)], icon(status) + " " + self.locale.tell(&standing.say()))
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

    /// Text in the page's language, or in the other one where that is all there is.
    pub fn plain(&self, text: &Text) -> String {
        text.get(self.locale.lang).to_string()
    }

    /// Text in the page's language; where it has to fall back, the language is said for screen readers.
    pub fn text(&self, text: &Text) -> Markup {
        let shown = text.get(self.locale.lang);
        let other = if self.locale.lang == Lang::Km { Lang::En } else { Lang::Km };
        match text.lacks(self.locale.lang) && !shown.is_empty() {
            true => Markup::element("span", &[("lang", other.code())], shown),
            false => shown.into(),
        }
    }

    /// A mark behind Khmer that no native reader has approved yet.
    pub fn draft(&self, khmer: &KhmerStatus) -> Markup {
        match self.locale.lang == Lang::Km && *khmer == KhmerStatus::Draft {
            true => Markup::text(" ") + Markup::element("span", &[("class", "mark")], self.t("khmer-draft")),
            false => Markup::default(),
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

/// The shape of a status, drawn by the report crate so that paper and screen agree.
fn icon(status: Status) -> Markup {
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
