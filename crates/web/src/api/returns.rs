//! Returns in bulk over HTTP: the same import as on the command line. Refuses to know rows and rules.
//!
//! `POST /api/v1/returns` with a CSV body (`text/csv`), as docs/import.md describes it. Answers with what came of it, as
//! JSON. `openapi.rs` describes the query and the answers from the structs here.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use romduol_app::AppError;
use romduol_app::import::Options;
use romduol_plan::Say;
use romduol_plan::permission::Act;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncWriteExt;

use crate::viewer::Viewer;

/// Of many refused rows the first ones tell enough; the person mends and sends again.
const SHOWN: usize = 1_000;

/// What may stand in the query. A name that is not known is refused: a misspelt `dry-run` would file everything.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub(crate) struct Asked {
    /// Check everything and file nothing.
    dry_run: bool,
    /// File nothing if one row is refused.
    all_or_nothing: bool,
    /// The returns were verified elsewhere and count at once. Otherwise they wait for their verifiers.
    accept: bool,
    /// Why returns that are there with other numbers are corrected. Without a reason they are refused.
    correct: Option<String>,
}

/// What came of an import.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Came {
    /// Rows read, without the header.
    rows: u64,
    /// Returns that were filed.
    filed: u64,
    /// Returns that were there with the same numbers.
    already: u64,
    rejected_rows: u64,
    /// Rejected rows by the key of their reason.
    reasons: BTreeMap<String, u64>,
    /// Answers with a warning, by its key. Each got a remark that names the file.
    warnings: BTreeMap<String, u64>,
    /// The first 1,000 refused rows as CSV, each with its line and reason.
    rejected: String,
}

/// A refusal as RFC 9457 has it.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Problem {
    r#type: String,
    title: String,
    status: u16,
    /// One sentence in the reader's language.
    detail: String,
}

pub(crate) async fn import(viewer: Viewer, asked: Result<Query<Asked>, QueryRejection>, body: Body) -> Response {
    match run(&viewer, asked, body).await {
        Ok(came) => axum::Json(came).into_response(),
        Err(error) => problem(&viewer, &error),
    }
}

async fn run(viewer: &Viewer, asked: Result<Query<Asked>, QueryRejection>, body: Body) -> Result<Came, AppError> {
    viewer.person.post.may(Act::Import)?;
    let Query(asked) = asked.map_err(|_| AppError::Bad(Say::new("refused-bad-address")))?;
    let folder = tempfile::tempdir().map_err(|error| AppError::fault(error.to_string()))?;
    let (file, rejects) = (folder.path().join("returns.csv"), folder.path().join("rejected.csv"));
    store(body, &file).await?;
    let options = Options {
        actor: viewer.person.actor(),
        accept: asked.accept,
        correct: asked.correct.filter(|reason| !reason.is_empty()),
        dry_run: asked.dry_run,
        all_or_nothing: asked.all_or_nothing,
        rejects: Some(rejects.clone()),
    };
    let tally = viewer.site.app.import_returns(&file, &options, |_| {}).await?;
    let rejected = tokio::fs::read_to_string(&rejects).await.unwrap_or_default();
    Ok(Came {
        rows: tally.rows,
        filed: tally.filed,
        already: tally.already,
        rejected_rows: tally.rejected_rows,
        reasons: tally.reasons,
        warnings: tally.warnings,
        rejected: rejected.lines().take(SHOWN + 1).collect::<Vec<_>>().join("\n"),
    })
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

fn problem(viewer: &Viewer, error: &AppError) -> Response {
    let status = crate::error::status(error);
    if status.is_server_error() {
        tracing::error!(said = ?error.to_string());
    }
    let problem = Problem {
        r#type: format!("/problems/{}", error.say().key),
        title: status.canonical_reason().unwrap_or_default().to_string(),
        status: status.as_u16(),
        detail: viewer.locale.tell(&error.say()),
    };
    (status, [(CONTENT_TYPE, "application/problem+json")], axum::Json(problem)).into_response()
}
