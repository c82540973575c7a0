//! Returns in bulk over HTTP: the same import as on the command line. Refuses to know rows and rules.
//!
//! `POST /api/v1/returns` with a CSV body (`text/csv`), as docs/import.md describes it. Query: `dry-run`, `accept`,
//! `all-or-nothing` (each `true`), `correct` (a reason). Answers with what came of it, as JSON.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use romduol_app::AppError;
use romduol_app::import::Options;
use romduol_plan::Say;
use romduol_plan::permission::Act;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;

use crate::viewer::Viewer;

/// Of many refused rows the first ones tell enough; the person mends and sends again.
const SHOWN: usize = 1_000;

pub(crate) async fn import(viewer: Viewer, body: Body) -> Response {
    match run(&viewer, body).await {
        Ok(value) => axum::Json(value).into_response(),
        Err(error) => problem(&viewer, &error),
    }
}

async fn run(viewer: &Viewer, body: Body) -> Result<Value, AppError> {
    viewer.person.post.may(Act::Import)?;
    let folder = tempfile::tempdir().map_err(|error| AppError::fault(error.to_string()))?;
    let (file, rejects) = (folder.path().join("returns.csv"), folder.path().join("rejected.csv"));
    store(body, &file).await?;
    let yes = |name| viewer.asked(name) == Some("true");
    let options = Options {
        actor: viewer.person.actor(),
        accept: yes("accept"),
        correct: viewer.asked("correct").map(String::from),
        dry_run: yes("dry-run"),
        all_or_nothing: yes("all-or-nothing"),
        rejects: Some(rejects.clone()),
    };
    let tally = viewer.site.app.import_returns(&file, &options, |_| {}).await?;
    let rejected = tokio::fs::read_to_string(&rejects).await.unwrap_or_default();
    Ok(json!({
        "rows": tally.rows,
        "filed": tally.filed,
        "already": tally.already,
        "rejected_rows": tally.rejected_rows,
        "reasons": tally.reasons,
        "warnings": tally.warnings,
        "rejected": rejected.lines().take(SHOWN + 1).collect::<Vec<_>>().join("\n"),
    }))
}

/// The body goes to a file as it comes, so that a national load needs no memory.
async fn store(mut body: Body, path: &std::path::Path) -> Result<(), AppError> {
    let broken = || AppError::Bad(Say::new("refused-form-broken"));
    let full = |error: std::io::Error| AppError::fault(format!("the upload could not be stored: {error}"));
    let mut file = tokio::fs::File::create(path).await.map_err(full)?;
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame.map_err(|_| broken())?.into_data() {
            file.write_all(&bytes).await.map_err(full)?;
        }
    }
    file.flush().await.map_err(full)
}

/// Problem details as RFC 9457 has them.
fn problem(viewer: &Viewer, error: &AppError) -> Response {
    let status = crate::error::status(error);
    let body = json!({
        "type": format!("/problems/{}", error.say().key),
        "title": status.canonical_reason().unwrap_or_default(),
        "status": status.as_u16(),
        "detail": viewer.locale.tell(&error.say()),
    });
    (status, [(CONTENT_TYPE, "application/problem+json")], body.to_string()).into_response()
}
