//! Ratings of civil society beside the computed and the official status, with the clock for the answer; the shadow report.

use romduol_plan::commands::ratings::{self, AnswerRating, Rate};
use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::AppError;
use romduol_app::ratings::{counts, shadow_report, subject, waiting};
use romduol_locale::Locale;
use romduol_plan::kinds::*;
use romduol_plan::permission::Act;
use romduol_plan::status::Status;
use romduol_plan::{Kind, Period};
use romduol_report::Markup;

use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::given::choice;
use crate::pages::records::Ref;
use crate::pages::take_home;
use crate::viewer::Viewer;

/// A rating as it is shown: on its list and on the page of what it rates.
pub(crate) struct RatingLine {
    pub rating: Arc<Rating>,
    pub of: Ref,
    pub word: String,
    pub computed: Markup,
    pub official: Markup,
    /// Why the official status is not the computed one.
    pub because: Markup,
    pub clock: String,
    pub answers: bool,
}

/// The ratings that the reader sees.
pub(crate) fn lines(viewer: &Viewer, c: &Chrome, which: impl Fn(&Rating) -> bool) -> Vec<RatingLine> {
    let (state, today) = (&viewer.snapshot.state, viewer.site.app.now().date);
    let shown = state.all::<Rating>().filter(|rating| which(rating));
    let line = |rating: &Arc<Rating>| {
        let (kind, id) = subject(rating);
        let indicator = state.find::<Indicator>(id).filter(|_| kind == Kind::Indicator);
        let indicator = indicator.filter(|indicator| viewer.may_read(indicator));
        let standing = indicator.map(|indicator| viewer.view().standing(indicator, Period::year(today.year)));
        let counted = (kind == Kind::Node).then(|| of_node(viewer, c, id));
        let [of_node, of_node_official] = counted.unwrap_or_default();
        let set = standing.as_ref().and_then(|standing| standing.set_by_person.as_deref());
        RatingLine {
            of: Ref::to(viewer, kind, id),
            word: c.code(rating.rating.code()),
            computed: standing.as_ref().map_or(of_node, |standing| c.mark(standing.judgement.status)),
            official: match (set, &standing) {
                (Some(set), _) => c.mark(set.status),
                (None, Some(_)) => c.t("official-as-computed").into(),
                (None, None) => of_node_official,
            },
            because: set.map(|set| c.text(&set.reason)).unwrap_or_default(),
            clock: waiting(rating, today).map(|say| viewer.locale.tell(&say)).unwrap_or_default(),
            answers: viewer.person.post.may_answer(rating, state).is_ok() && viewer.at.is_none(),
            rating: rating.clone(),
        }
    };
    let mut lines: Vec<RatingLine> = shown.map(line).collect();
    lines.sort_by_key(|line| (line.rating.answered.is_some(), line.rating.date, line.rating.id.clone()));
    lines
}

/// How many indicators of a node stand where: computed, and official.
fn of_node(viewer: &Viewer, c: &Chrome, node: &str) -> [Markup; 2] {
    let one = |(status, n): &(Status, usize)| {
        let count = viewer.locale.number(*n as f64, 0);
        Markup::element("div", &[], c.mark(*status) + ": " + count)
    };
    let listed = |counts: &[(Status, usize)]| counts.iter().map(one).collect::<Markup>();
    match counts(viewer.view(), node, viewer.site.app.now().date) {
        None => [c.t("rated-no-indicator").into(), Markup::default()],
        Some(counts) if counts.computed == counts.official => {
            [listed(&counts.computed), c.t("official-as-computed").into()]
        }
        Some(counts) => [listed(&counts.computed), listed(&counts.official)],
    }
}

#[derive(askama::Template)]
#[template(path = "coordination/ratings.html")]
struct Ratings {
    c: Chrome,
    ratings: Vec<RatingLine>,
    takes: bool,
}

pub(crate) async fn list(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-ratings"));
    render(&Ratings { ratings: lines(&viewer, &c, |_| true), takes: viewer.may(Act::ReadReport), c })
}

#[derive(serde::Deserialize)]
pub(crate) struct Rated {
    rating: String,
    reason: String,
    #[serde(default)]
    evidence: String,
}

pub(crate) async fn rate(viewer: Viewer, Path((code, id)): Path<(String, String)>, Form(given): Form<Rated>) -> Page {
    viewer.must(Act::Rate)?;
    let (kind, of) = match Kind::parse(&code) {
        Some(kind @ Kind::Node) => (kind, ratings::Rated::Node(id.clone())),
        Some(kind @ Kind::Indicator) => (kind, ratings::Rated::Indicator(id.clone())),
        Some(_) | None => return Ok(crate::error::not_found()),
    };
    let rating = choice("rating", &given.rating)?;
    let (Rated { reason, evidence, .. }, lang) = (given, viewer.lang());
    viewer.execute(Rate { of, rating, reason, evidence, lang }).await?;
    Ok(see(&crate::pages::records::path_of(kind, &id)))
}

#[derive(serde::Deserialize)]
pub(crate) struct Answer {
    answer: String,
}

pub(crate) async fn answer(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Answer>) -> Page {
    viewer.must(Act::AnswerRating)?;
    viewer.execute(AnswerRating { id, answer: given.answer, lang: viewer.lang() }).await?;
    Ok(see("/ratings"))
}

fn document(viewer: &Viewer) -> Result<romduol_report::Document, AppError> {
    let lang = viewer.chosen("in")?.unwrap_or(viewer.lang());
    Ok(shadow_report(viewer.view(), Locale::of(lang), viewer.site.app.now().date))
}

pub(crate) async fn pdf(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::pdf(&viewer, document(&viewer)?, "shadow-report").await
}

pub(crate) async fn docx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadReport)?;
    take_home::docx(&document(&viewer)?, "shadow-report")
}
