//! Verifying a return: its numbers beside the last ones, the checks, and the decision. Closing periods.

use std::sync::Arc;

use axum::extract::{Form as Body, Path};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;
use romduol_app::{AppError, attach};
use romduol_plan::answers::{self, Severity};
use romduol_plan::kinds::{Assignment, File, Indicator, Return};
use romduol_plan::permission::Act;
use romduol_plan::returns::Decision;
use romduol_plan::state::return_id;
use romduol_plan::{Kind, Period};

use super::home::unit_name;
use super::returns::summary;
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::viewer::Viewer;

struct Answered {
    indicator: Arc<Indicator>,
    now: String,
    last: String,
    comment: String,
    files: Vec<File>,
    problems: Vec<(Severity, String)>,
}

#[derive(askama::Template)]
#[template(path = "review.html")]
struct Review {
    c: Chrome,
    record: Arc<Return>,
    unit: String,
    answers: Vec<Answered>,
    may_decide: bool,
    status_key: String,
    refused: bool,
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    let page = page(&viewer, &id, false)?;
    viewer.note(Kind::Return, &id).await;
    Ok(page)
}

fn page(viewer: &Viewer, id: &str, refused: bool) -> Page {
    let state = &viewer.snapshot.state;
    let missing = || AppError::NotFound { kind: Kind::Return, id: id.to_string() };
    let record = state.find::<Return>(id).ok_or_else(missing)?.clone();
    let assignment = state.find::<Assignment>(&record.assignment).ok_or_else(missing)?;
    viewer.person.post.may_for(Act::ReadReturn, assignment, state)?;
    let given = record.answers.open();
    let problems = answers::check(state, assignment, record.period, &given);
    let last = state.accepted_return(&return_id(&assignment.id, record.period.previous()));
    let last = last.map(|record| record.answers.open()).unwrap_or_default();
    let answered = given.iter().filter_map(|answer| {
        let indicator = state.find::<Indicator>(&answer.indicator)?;
        let before = last.iter().find(|a| a.indicator == indicator.id);
        let own = problems.iter().filter(|p| p.indicator == indicator.id);
        Some(Answered {
            indicator: indicator.clone(),
            now: summary(viewer, answer),
            last: before.map(|a| summary(viewer, a)).unwrap_or_default(),
            comment: answer.comment.clone(),
            files: answer.files.clone(),
            problems: own.map(|p| (p.severity, viewer.locale.tell(&p.say))).collect(),
        })
    });
    render(&Review {
        c: Chrome::of(viewer, viewer.locale.t("review-title")),
        unit: unit_name(viewer, &record.assignment),
        answers: answered.collect(),
        may_decide: viewer.person.post.may_verify(&record, state).is_ok(),
        status_key: super::home::return_status_key(record.status),
        refused,
        record: record.clone(),
    })
}

/// An evidence file to take home; never shown inside the site.
pub(crate) async fn file(viewer: Viewer, Path((id, blob)): Path<(String, String)>) -> Page {
    let (file, bytes) = attach::fetch(&viewer.site.app, &viewer.person, &id, &blob).await?;
    viewer.note(Kind::Return, &id).await;
    let plain: String =
        file.name.chars().map(|c| if c.is_ascii_alphanumeric() || ".-_ ".contains(c) { c } else { '_' }).collect();
    let name: String = file.name.bytes().map(|b| format!("%{b:02X}")).collect();
    let disposition = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{name}");
    let kind = "application/octet-stream".to_string();
    Ok(([(CONTENT_TYPE, kind), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

#[derive(serde::Deserialize)]
pub(crate) struct Given {
    decision: String,
    version: u32,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn decide(viewer: Viewer, Path(id): Path<String>, Body(given): Body<Given>) -> Page {
    viewer.must(Act::Verify)?;
    let decision = match given.decision.as_str() {
        "pass" => Decision::Pass,
        _ if given.reason.trim().is_empty() => return page(&viewer, &id, true),
        _ => Decision::SendBack { reason: given.reason },
    };
    viewer.site.app.decide(&viewer.person, &id, given.version, decision).await?;
    Ok(see("/"))
}

#[derive(serde::Deserialize)]
pub(crate) struct Locked {
    form: String,
    period: String,
    action: String,
    reason: String,
}

pub(crate) async fn lock(viewer: Viewer, Body(given): Body<Locked>) -> Page {
    let period: Period = given.period.trim().parse()?;
    viewer.site.app.lock(&viewer.person, &given.form, period, given.action == "close", &given.reason).await?;
    Ok(see("/returns"))
}
