//! People: who is engaged and was heard, the consultations with their counts, and what became of what was said.

use std::sync::Arc;

use axum::extract::Path;
use romduol_app::heard::{self, Hidden};
use romduol_app::{AppError, analysis_tables};
use romduol_plan::Kind;
use romduol_plan::kinds::*;
use romduol_plan::people::{self, Counts};
use romduol_plan::permission::Act;
use romduol_plan::quality::{self, Finding};
use romduol_report::Markup;

use crate::chrome::{Chrome, render};
use crate::error::Page;
use crate::pages::records::Ref;
use crate::pages::take_home;
use crate::viewer::Viewer;

struct Stakeholder {
    to: Ref,
    kind: String,
    engagement: String,
    inferred: bool,
    pillars: Vec<Ref>,
    heard_at: Vec<Ref>,
    named_in: Vec<Ref>,
}

#[derive(askama::Template)]
#[template(path = "analysis/people.html")]
struct People {
    c: Chrome,
    levels: Vec<(Engagement, String, Vec<Stakeholder>)>,
    events: Vec<(Arc<Consultation>, [Option<u32>; 3])>,
    /// Bodies that nodes name and nobody has heard.
    unheard: Vec<(String, Vec<Ref>)>,
    heard: usize,
    all: usize,
    voices: usize,
}

pub(crate) async fn show(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let state = &viewer.snapshot.state;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-people"));
    let list = people::stakeholders(state);
    // Units that only report were never meant to be heard.
    let meant = |one: &&people::Stakeholder| one.institution.engagement != Engagement::NotStated;
    let heard = list.iter().filter(meant).filter(|one| !one.heard_at.is_empty()).count();
    let all = list.iter().filter(meant).count();
    let unheard = people::named_bodies(state).into_iter().filter(|body| !body.heard).map(|body| {
        let nodes = body.nodes.iter().map(|node| Ref::to(&viewer, Kind::Node, &node.id));
        (body.name.to_string(), nodes.collect())
    });
    let unheard = unheard.collect();
    let levels = Engagement::ALL.iter().map(|level| {
        let of_level = list.iter().filter(|one| one.institution.engagement == *level);
        let mut rows: Vec<Stakeholder> = of_level.map(|one| stakeholder(&viewer, &c, one)).collect();
        viewer.locale.sort_by_name(&mut rows, |row| row.to.title.get(viewer.lang()));
        (*level, c.code(level.code()), rows)
    });
    let levels = levels.filter(|(.., rows)| !rows.is_empty()).collect();
    let told = |event: &Consultation| {
        let groups: Vec<&Arc<Attendance>> = people::groups(state, &event.id).collect();
        let hides = hidden(&viewer, &groups).head;
        if hides { [None; 3] } else { people::counts_of_event(event).valid() }
    };
    let events = state.all::<Consultation>().map(|event| (event.clone(), told(event)));
    render(&People { levels, events: events.collect(), unheard, heard, all, voices: state.count::<Contribution>(), c })
}

fn stakeholder(viewer: &Viewer, c: &Chrome, one: &people::Stakeholder) -> Stakeholder {
    Stakeholder {
        to: Ref::to(viewer, Kind::Institution, &one.institution.id),
        kind: c.code(one.institution.kind.code()),
        engagement: one.institution.coordination_role.clone(),
        inferred: one.institution.engagement_inferred,
        pillars: one.institution.pillars.iter().map(|id| Ref::to(viewer, Kind::Node, id)).collect(),
        heard_at: one.heard_at.iter().map(|event| Ref::to(viewer, Kind::Consultation, &event.id)).collect(),
        named_in: one.named_in.iter().map(|node| Ref::to(viewer, Kind::Node, &node.id)).collect(),
    }
}

pub(crate) async fn csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    take_home::csv(&analysis_tables::stakeholders(&viewer.snapshot.state, viewer.locale), "people")
}

pub(crate) async fn named_csv(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    take_home::csv(&analysis_tables::named_bodies(&viewer.snapshot.state, viewer.locale), "named")
}

/// A row of a consultation's table; a hidden one has no numbers.
struct Row {
    group: Arc<Attendance>,
    counts: Option<Counts>,
}

#[derive(askama::Template)]
#[template(path = "analysis/consultation.html")]
struct Event {
    c: Chrome,
    event: Arc<Consultation>,
    head: Option<Counts>,
    rows: Vec<Row>,
    hides: bool,
    /// How grave, and the sentence.
    findings: Vec<(&'static str, String)>,
    voices: Vec<Voice>,
    edits: bool,
}

pub(crate) async fn consultation(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let state = &viewer.snapshot.state;
    let event = event(&viewer, &id)?;
    let groups: Vec<&Arc<Attendance>> = people::groups(state, &id).collect();
    let hidden = hidden(&viewer, &groups);
    let row = |group: &&Arc<Attendance>| Row {
        counts: (!hidden.groups.contains(&group.id)).then(|| people::counts_of_group(group)),
        group: (*group).clone(),
    };
    let c = Chrome::of(&viewer, event.title.get(viewer.lang()));
    // A finding says its numbers; those of hidden rows are not said either.
    let told = |finding: &Finding| {
        let own = finding.records.iter().any(|(kind, record)| match kind {
            Kind::Consultation => *record == id,
            Kind::Attendance => groups.iter().any(|group| group.id == *record),
            _ => false,
        });
        let hides = |record: &Id| hidden.groups.contains(record) || (hidden.head && *record == id);
        own && !finding.records.iter().any(|(_, record)| hides(record))
    };
    let findings = quality::findings(state, viewer.site.app.now().date);
    render(&Event {
        head: (!hidden.head).then(|| people::counts_of_event(&event)),
        rows: groups.iter().map(row).collect(),
        hides: !hidden.nothing(),
        findings: findings
            .iter()
            .filter(|f| told(f))
            .map(|f| (f.severity.code(), viewer.locale.tell(&f.say)))
            .collect(),
        voices: voices(&viewer, &c, |said| said.consultation == id && said.consent == Consent::Public),
        edits: viewer.may(Act::EditPlan),
        event,
        c,
    })
}

fn event(viewer: &Viewer, id: &str) -> Result<Arc<Consultation>, AppError> {
    let missing = || AppError::NotFound { kind: Kind::Consultation, id: id.into() };
    viewer.snapshot.state.find::<Consultation>(id).cloned().ok_or_else(missing)
}

/// What the reader does not see of a consultation.
fn hidden(viewer: &Viewer, groups: &[&Arc<Attendance>]) -> Hidden {
    match viewer.person.post.may_read(Class::Restricted) {
        true => Hidden::default(),
        false => heard::hidden(groups),
    }
}

pub(crate) async fn consultation_csv(viewer: Viewer, Path(id): Path<String>) -> Page {
    viewer.must(Act::ReadPlan)?;
    let state = &viewer.snapshot.state;
    let event = event(&viewer, &id)?;
    let hidden = hidden(&viewer, &people::groups(state, &id).collect::<Vec<_>>());
    take_home::csv(&analysis_tables::consultation(state, viewer.locale, &event, &hidden), &id)
}

/// “You said, we did.”
struct Voice {
    said: Arc<Contribution>,
    group: String,
    changed: Vec<Ref>,
}

fn voices(viewer: &Viewer, c: &Chrome, which: impl Fn(&Contribution) -> bool) -> Vec<Voice> {
    let list = viewer.snapshot.state.all::<Contribution>().filter(|said| which(said));
    let seen = list.filter(|said| viewer.person.post.may_see(&(***said).clone().into()));
    let voice = |said: &Arc<Contribution>| Voice {
        group: c.plain(&said.group),
        changed: said.changed.iter().map(|id| Ref::to(viewer, Kind::Node, id)).collect(),
        said: said.clone(),
    };
    seen.map(voice).collect()
}

#[derive(askama::Template)]
#[template(path = "analysis/voices.html")]
struct Voices {
    c: Chrome,
    voices: Vec<Voice>,
    taken_up: usize,
    edits: bool,
}

pub(crate) async fn said(viewer: Viewer) -> Page {
    viewer.must(Act::ReadPlan)?;
    let c = Chrome::of(&viewer, viewer.locale.t("menu-voices"));
    let voices = voices(&viewer, &c, |_| true);
    let taken_up = voices.iter().filter(|voice| !voice.changed.is_empty()).count();
    render(&Voices { voices, taken_up, edits: viewer.may(Act::EditPlan), c })
}

/// Three cells of numbers: where one was corrected, the valid one stands first and the printed one is struck out.
fn counts(counts: &Counts) -> Markup {
    let number = |n: Option<u32>| n.map_or("–".to_string(), |n| n.to_string());
    let cell = |(printed, corrected): (&Option<u32>, &Option<u32>)| match corrected {
        Some(_) => {
            let (valid, struck) = (number(*corrected), number(*printed));
            Markup::element("b", &[], valid) + " " + Markup::element("s", &[], struck)
        }
        None => number(*printed).into(),
    };
    let cell = |counts| Markup::element("td", &[("class", "number")], cell(counts));
    counts.printed.iter().zip(&counts.corrected).map(cell).collect()
}
