//! Lists to read: institutions, figures with their source, findings of the data-quality checks, about.

use std::sync::Arc;

use axum::extract::{Form, Path};
use romduol_app::analysis_tables;
use romduol_plan::answers::Severity;
use romduol_plan::kinds::{Evidence, Institution};
use romduol_plan::permission::Act;
use romduol_plan::quality::{self, Finding};

use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::pages::records::path_of;
use crate::pages::take_home;
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
    let words: Vec<String> = asked.to_lowercase().split_whitespace().map(String::from).collect();
    let state = &viewer.snapshot.state;
    let found = state.all::<Evidence>().filter(|f| {
        let text =
            format!("{} {} {} {} {} {} {}", f.id, f.label.en, f.label.km, f.group, f.place, f.cited_source, f.topic)
                .to_lowercase();
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

struct Found {
    severity: Severity,
    sentence: String,
    /// Address and id of the records it is about.
    records: Vec<(String, String)>,
    more: usize,
}

#[derive(askama::Template)]
#[template(path = "findings.html")]
struct Findings {
    c: Chrome,
    list: Vec<Found>,
}

pub(crate) async fn findings(viewer: Viewer) -> Page {
    viewer.must(Act::ReadFindings)?;
    let list = quality::findings(&viewer.snapshot.state, viewer.site.app.now().date)
        .iter()
        .map(|finding| found(&viewer, finding))
        .collect();
    render(&Findings { c: Chrome::of(&viewer, viewer.locale.t("menu-findings")), list })
}

fn findings_table(viewer: &Viewer) -> romduol_report::Sheet {
    analysis_tables::findings(&viewer.snapshot.state, viewer.locale, viewer.site.app.now().date)
}

pub(crate) async fn findings_csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadFindings)?;
    take_home::csv(&findings_table(&viewer), "findings")
}

pub(crate) async fn findings_xlsx(viewer: Viewer) -> Page {
    viewer.must(Act::ReadFindings)?;
    take_home::xlsx(&viewer, findings_table(&viewer), "findings")
}

/// The finding as a sentence with its numbers in it.
fn found(viewer: &Viewer, finding: &Finding) -> Found {
    const SHOWN: usize = 6;
    Found {
        severity: finding.severity,
        sentence: viewer.locale.tell(&finding.say),
        records: finding.records.iter().take(SHOWN).map(|(kind, id)| (path_of(*kind, id), id.clone())).collect(),
        more: finding.records.len().saturating_sub(SHOWN),
    }
}

#[derive(askama::Template)]
#[template(path = "about.html")]
struct About {
    c: Chrome,
    description: String,
    attribution: String,
    source: String,
    position: u64,
    fingerprint: String,
}

pub(crate) async fn about(viewer: Viewer) -> Page {
    let plan = viewer.snapshot.state.plan().cloned();
    let text = |f: &dyn Fn(&romduol_plan::kinds::Plan) -> String| plan.as_ref().map(|p| f(p)).unwrap_or_default();
    render(&About {
        c: Chrome::of(&viewer, viewer.locale.t("menu-about")),
        description: text(&|p| p.description.get(viewer.lang()).to_string()),
        attribution: text(&|p| p.map_attribution.get(viewer.lang()).to_string()),
        source: text(&|p| p.source.clone()),
        position: viewer.snapshot.head.seq,
        fingerprint: viewer.snapshot.head.hash.clone(),
    })
}

#[derive(serde::Deserialize)]
pub(crate) struct Baseline {
    indicator: String,
    why: String,
}

/// Makes a figure the baseline of an indicator; the figure stays its source.
pub(crate) async fn make_baseline(viewer: Viewer, Path(id): Path<String>, Form(given): Form<Baseline>) -> Page {
    viewer.site.app.make_baseline(&viewer.person, &id, &given.indicator, &given.why).await?;
    Ok(see(&format!("/indicators/{}", given.indicator)))
}
