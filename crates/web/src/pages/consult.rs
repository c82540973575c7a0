//! The public's pages on a draft: reading a version and saying something to it without an account. Shows the plan's text
//! as it was when the version was named, and nothing else; keeps no address and sets no cookie.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Form, Path, Query, State};
use axum::http::HeaderMap;
use romduol_app::AppError;
use romduol_app::versions::{Comment, LONGEST, Standing};
use romduol_plan::kinds::{Contribution, Node, NodeLevel, Version};
use romduol_plan::versions::takes_comments;
use romduol_plan::{Kind, Lang};

use crate::Site;
use crate::address::path;
use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::form::done;
use crate::given::spoken;
use crate::limits::Asking;
use crate::viewer::language;

#[derive(askama::Template)]
#[template(path = "consult/list.html")]
struct Open {
    c: Chrome,
    versions: Vec<Arc<Version>>,
}

pub(crate) async fn list(State(site): State<Site>, headers: HeaderMap) -> Page {
    let lang = language(&headers);
    let (snapshot, today) = (site.app.snapshot(), site.app.now().date);
    let versions = snapshot.state.all::<Version>().filter(|version| takes_comments(version, today)).cloned().collect();
    let title = romduol_locale::Locale::of(lang).t("consult-title");
    render(&Open { c: Chrome::open(&site, lang, "/consult", title), versions })
}

#[derive(askama::Template)]
#[template(path = "consult/version.html")]
struct OneVersion {
    c: Chrome,
    version: Arc<Version>,
    nodes: Vec<Arc<Node>>,
    longest: usize,
    /// The code, when something was said just now.
    code: Option<String>,
}

pub(crate) async fn show(
    State(site): State<Site>,
    Asking(place): Asking,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Page {
    page(&site, place, &id, language(&headers), None).await
}

async fn page(site: &Site, place: IpAddr, id: &str, lang: Lang, code: Option<String>) -> Page {
    let missing = || AppError::NotFound { kind: Kind::Version, id: id.into() };
    let snapshot = site.app.snapshot();
    let version = snapshot.state.find::<Version>(id).filter(|v| takes_comments(v, site.app.now().date));
    let version = version.ok_or_else(missing)?.clone();
    let fold = site.gate.fold(None, place).await?;
    let then = site.app.at(version.position.into()).await?;
    drop(fold);
    let mut nodes: Vec<Arc<Node>> = then.state.all::<Node>().cloned().collect();
    nodes.sort_by_key(|node| (node.level != NodeLevel::Pillar, node.level));
    let c = Chrome::open(site, lang, &path(&["consult", id]), version.title.get(lang));
    render(&OneVersion { c, version, nodes, longest: LONGEST, code })
}

#[derive(serde::Deserialize)]
pub(crate) struct Said {
    text: String,
    #[serde(default)]
    group: String,
    #[serde(default)]
    node: String,
    #[serde(default)]
    lang: String,
}

pub(crate) async fn say(
    State(site): State<Site>,
    Asking(place): Asking,
    Path(id): Path<String>,
    Form(said): Form<Said>,
) -> Page {
    let lang = spoken(&said.lang)?;
    let comment = Comment {
        text: said.text.trim().into(),
        group: said.group.trim().chars().take(80).collect(),
        node: Some(said.node).filter(|node| !node.is_empty()),
        lang: lang.code().into(),
    };
    let code = site.app.comment(&id, comment).await?;
    done(page(&site, place, &id, lang, Some(code)).await)
}

#[derive(askama::Template)]
#[template(path = "consult/answer.html")]
struct Answer {
    c: Chrome,
    code: String,
    asked: bool,
    standing: Option<Standing>,
}

#[derive(serde::Deserialize)]
pub(crate) struct Code {
    #[serde(default)]
    code: String,
}

pub(crate) async fn answer(State(site): State<Site>, Query(given): Query<Code>, headers: HeaderMap) -> Page {
    let lang = language(&headers);
    let asked = !given.code.trim().is_empty();
    let standing = if asked { site.app.comment_standing(&given.code).await? } else { None };
    let title = romduol_locale::Locale::of(lang).t("consult-answer");
    let c = Chrome::open(&site, lang, "/consult-answer", title);
    render(&Answer { c, code: given.code, asked, standing })
}

/// What was done about it, for its author.
fn answered(c: &Chrome, said: &Contribution) -> String {
    match said.answer.is_empty() {
        true => c.t("not-answered"),
        false => c.plain(&said.answer),
    }
}
