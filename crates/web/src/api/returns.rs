//! Returns in bulk over HTTP: the same import as on the command line. Refuses to know rows and rules.
//!
//! `POST /api/v1/returns` with a CSV file or a workbook as its body, as docs/import.md describes it. Answers with what came of it, as
//! JSON. `openapi.rs` describes the query and the answers from the structs here.

use axum::body::Body;
use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::response::IntoResponse;
use http_body_util::BodyExt;
use romduol_app::AppError;
use romduol_app::import::{Options, Report};
use romduol_plan::Say;
use romduol_plan::permission::Act;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::fs::OpenOptions;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};

use crate::error::Page;
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
    /// File what is good of a return although other rows of it are refused. Otherwise the return is held back.
    partial: bool,
    /// The returns were verified elsewhere and count at once. Otherwise they wait for their verifiers.
    accept: bool,
    /// Why returns that are there with other numbers are corrected. Without a reason they are refused.
    correct: Option<String>,
}

/// What came of an import.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Came {
    #[serde(flatten)]
    report: Report,
    /// The first 1,000 refused and held rows as CSV, each with its row in the file (`line`) and reason.
    rejected: String,
}

pub(crate) async fn import(viewer: Viewer, asked: Result<Query<Asked>, QueryRejection>, body: Body) -> Page {
    Ok(axum::Json(run(&viewer, asked, body).await?).into_response())
}

async fn run(viewer: &Viewer, asked: Result<Query<Asked>, QueryRejection>, body: Body) -> Result<Came, AppError> {
    viewer.person.post.may(Act::Import)?;
    let Query(asked) = asked.map_err(|_| AppError::Bad(Say::new("refused-bad-address")))?;
    // On the disk of the data, as files of forms are: elsewhere there may be neither room nor a lock.
    let folder = viewer.site.app.ledger.scratch()?;
    let (file, rejects) = (folder.path().join("returns.csv"), folder.path().join("rejected.csv"));
    store(body, &file).await?;
    let options = Options {
        actor: viewer.person.actor(),
        accept: asked.accept,
        correct: asked.correct.filter(|reason| !reason.is_empty()),
        dry_run: asked.dry_run,
        all_or_nothing: asked.all_or_nothing,
        partial: asked.partial,
        rejects: Some(rejects.clone()),
        lang: viewer.lang(),
    };
    let tally = viewer.site.app.import_returns(&file, &options, |_| {}).await?;
    Ok(Came { report: Report::of(tally, viewer.locale), rejected: first_rows(&rejects).await? })
}

/// Of a file of refused rows, which is there if any were refused. A program needs no mark at its start.
async fn first_rows(path: &std::path::Path) -> Result<String, AppError> {
    if !path.exists() {
        return Ok(String::new());
    }
    let broken = |error: std::io::Error| AppError::io(path, &error);
    let (mut file, mut text) = (BufReader::new(tokio::fs::File::open(path).await.map_err(broken)?), Vec::new());
    for _ in 0..=SHOWN {
        file.read_until(b'\n', &mut text).await.map_err(broken)?;
    }
    Ok(String::from_utf8_lossy(&text).trim_start_matches('\u{feff}').to_string())
}

/// The body goes to a file as it comes, so that a national load needs no memory.
async fn store(mut body: Body, path: &std::path::Path) -> Result<(), AppError> {
    let broken = || AppError::Bad(Say::new("refused-form-broken"));
    let full = |error: std::io::Error| AppError::io(path, &error);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).await.map_err(full)?;
    while let Some(frame) = body.frame().await {
        if let Ok(bytes) = frame.map_err(|_| broken())?.into_data() {
            file.write_all(&bytes).await.map_err(full)?;
        }
    }
    file.flush().await.map_err(full)
}
