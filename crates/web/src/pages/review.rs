//! Verifying a return: its numbers beside the last ones, the checks, and the decision. Closing periods.

use romduol_plan::commands::returns::{self, DecideReturn, LockPeriod};
use std::sync::Arc;

use axum::extract::{Form as Body, Path};
use romduol_app::{AppError, attach};
use romduol_plan::answers::{self, Severity};
use romduol_plan::kinds::{Assignment, File, Indicator, Return, ReturnStatus};
use romduol_plan::permission::Act;
use romduol_plan::returns::Decision;
use romduol_plan::{Kind, Period, Say};

use super::home::unit_name;
use super::return_form::{Weight, handed_out, last_time, summary};
use crate::chrome::{Chrome, render, see};
use crate::error::Page;
use crate::form::{self, told};
use crate::given::{one_of, whole};
use crate::viewer::Viewer;

/// What the unit was told, and what is to be asked of it now.
struct Told {
    severity: Severity,
    weight: Weight,
    sentence: String,
}

struct Answered {
    indicator: Arc<Indicator>,
    now: String,
    last: String,
    comment: String,
    files: Vec<File>,
    problems: Vec<Told>,
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
}

pub(crate) async fn show(viewer: Viewer, Path(id): Path<String>) -> Page {
    let page = page(&viewer, &id)?;
    viewer.note(Kind::Return, &id).await;
    Ok(page)
}

fn page(viewer: &Viewer, id: &str) -> Page {
    let state = &viewer.snapshot.state;
    let missing = || AppError::NotFound { kind: Kind::Return, id: id.to_string() };
    let record = state.find::<Return>(id).ok_or_else(missing)?.clone();
    let assignment = state.find::<Assignment>(&record.assignment).ok_or_else(missing)?;
    viewer.person.post.may_for(Act::ReadReturn, assignment, state)?;
    let given = record.answers.open();
    let problems = answers::check(state, assignment, record.period, &given);
    let last = answers::last_times(state, assignment, &answers::questions(state, assignment), record.period);
    let answered = given.iter().filter_map(|answer| {
        let indicator = state.find::<Indicator>(&answer.indicator)?;
        let own = problems.iter().filter(|p| p.indicator == indicator.id);
        Some(Answered {
            indicator: indicator.clone(),
            now: summary(viewer, answer),
            last: last.get(&indicator.id).map(|last| last_time(viewer, last)).unwrap_or_default(),
            comment: answer.comment.clone(),
            files: answer.files.clone(),
            problems: own
                .map(|problem| Told {
                    severity: problem.severity,
                    weight: Weight::of(problem.severity, &answer.comment),
                    sentence: viewer.locale.tell(&problem.say),
                })
                .collect(),
        })
    });
    render(&Review {
        c: Chrome::of(viewer, viewer.locale.t("review-title")),
        unit: unit_name(viewer, &record.assignment),
        answers: answered.collect(),
        may_decide: viewer.person.post.may_verify(&record, state).is_ok(),
        status_key: super::home::return_status_key(record.status),
        record: record.clone(),
    })
}

/// An evidence file to take home; never shown inside the site.
pub(crate) async fn file(viewer: Viewer, Path((id, blob)): Path<(String, String)>) -> Page {
    let (file, bytes) = attach::fetch(&viewer.site.app, &viewer.person, &id, &blob).await?;
    viewer.note(Kind::Return, &id).await;
    Ok(handed_out(&file, bytes))
}

#[derive(serde::Deserialize)]
pub(crate) struct Given {
    decision: String,
    version: String,
    #[serde(default)]
    reason: String,
}

pub(crate) async fn decide(viewer: Viewer, Path(id): Path<String>, Body(given): Body<Given>) -> Page {
    viewer.must(Act::Verify)?;
    let passes = one_of("decision", &given.decision, &[("pass", true), ("back", false)])?;
    let seen = whole("version", &given.version)?;
    let decision = match passes {
        true => Decision::Pass,
        false if given.reason.trim().is_empty() => return Err(AppError::Bad(Say::new("reason-needed")).into()),
        false => Decision::SendBack { reason: given.reason },
    };
    viewer.execute(DecideReturn { id: id.clone(), seen, decision }).await?;
    let record = viewer.site.app.snapshot().state.find::<Return>(&id).cloned();
    let said = viewer.locale.t(match record.as_ref().map_or(ReturnStatus::Accepted, |record| record.status) {
        ReturnStatus::Accepted => "done-accepted",
        ReturnStatus::SentBack => "done-sent-back",
        ReturnStatus::Submitted | ReturnStatus::Verified => "done-verified",
    });
    let what = record.map(|r| format!("{}, {}", unit_name(&viewer, &r.assignment), viewer.locale.period(r.period)));
    let link = crate::address::path(&["review", &id]);
    Ok(told(see("/"), form::Told::of(said).with(link, what.unwrap_or(id))))
}

#[derive(serde::Deserialize)]
pub(crate) struct Locked {
    form: String,
    period: String,
    action: String,
    reason: String,
}

pub(crate) async fn lock(viewer: Viewer, Body(given): Body<Locked>) -> Page {
    viewer.must(Act::Lock)?;
    let period: Period = given.period.trim().parse()?;
    let to = one_of("action", &given.action, &[("close", returns::Locked::Closed), ("reopen", returns::Locked::Open)])?;
    viewer.execute(LockPeriod { form: given.form, period, to, reason: given.reason }).await?;
    Ok(see("/returns"))
}
