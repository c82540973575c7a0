//! Lists to read: institutions, figures with their source, about.

use romduol_plan::commands::analysis::MakeBaseline;
use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::spelling::fold;
use romduol_plan::kinds::{Evidence, Institution};
use romduol_plan::permission::Act;

use crate::address::path;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::Viewer;

#[derive(askama::Template)]
#[template(path = "institutions.html")]
struct Institutions {
    c: Chrome,
    list: Vec<Arc<Institution>>,
}

pub(crate) async fn institutions(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let mut list: Vec<Arc<Institution>> = viewer.snapshot.state.all::<Institution>().cloned().collect();
    let lang = viewer.lang();
    viewer.locale.sort_by_name(&mut list, |body| body.name.get(lang));
    list.sort_by_key(|body| body.kind);
    render(&Institutions { c: Chrome::of(&viewer, viewer.locale.t("menu-institutions")), list })
}

#[derive(askama::Template)]
#[template(path = "figures.html")]
struct Figures {
    c: Chrome,
    asked: String,
    list: Vec<Arc<Evidence>>,
    all: usize,
    history: bool,
}

pub(crate) async fn figures(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let asked = viewer.asked("q").unwrap_or("").to_string();
    let words: Vec<String> = fold(&asked).split_whitespace().map(String::from).collect();
    let state = &viewer.snapshot.state;
    let found = state.all::<Evidence>().filter(|f| {
        let text =
            format!("{} {} {} {} {} {} {}", f.id, f.label.en, f.label.km, f.group, f.place, f.cited_source, f.topic);
        let text = fold(&text);
        words.iter().all(|word| text.contains(word))
    });
    let list: Vec<Arc<Evidence>> = found.cloned().collect();
    let all = state.count::<Evidence>();
    render(&Figures {
        c: Chrome::of(&viewer, viewer.locale.t("menu-figures")),
        asked,
        list,
        all,
        history: viewer.may(Act::ReadHistory),
    })
}

#[derive(askama::Template)]
#[template(path = "about.html")]
struct About {
    c: Chrome,
    description: String,
    attribution: String,
    source: String,
    ledger: String,
}

pub(crate) async fn about(viewer: Viewer) -> Page {
    let plan = viewer.snapshot.state.plan().cloned();
    let text = |f: &dyn Fn(&romduol_plan::kinds::Plan) -> String| plan.as_ref().map(|p| f(p)).unwrap_or_default();
    render(&About {
        c: Chrome::of(&viewer, viewer.locale.t("menu-about")),
        description: text(&|p| p.description.get(viewer.lang()).to_string()),
        attribution: text(&|p| p.map_attribution.get(viewer.lang()).to_string()),
        source: text(&|p| p.source.clone()),
        ledger: viewer.snapshot.ledger_line(viewer.locale),
    })
}

#[derive(serde::Deserialize)]
pub(crate) struct Baseline {
    indicator: String,
    why: String,
}

/// Makes a figure the baseline of an indicator; the figure stays its source.
pub(crate) async fn make_baseline(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Baseline>) -> Page {
    let to = path(&["indicators", &given.indicator]);
    viewer.execute(MakeBaseline { figure: id, indicator: given.indicator, reason: given.why }).await?;
    Ok(see(&to))
}
