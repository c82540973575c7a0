//! Editions to programs that speak SDMX REST, as a statistics office answers them: the newest, or one that is named by its
//! version or its day. Refuses to know the standard: the edition reads the question and answers it.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use romduol_app::AppError;
use romduol_app::edition::{Opened, published};
use romduol_edition::manifest::sha256;
use romduol_edition::open::{Refused, Request, as_of};

use crate::Site;
use crate::error::{Page, not_found};
use crate::given_out::PublicFile;

/// The path is taken as it was sent: in it a plus sign is a version.
pub(crate) async fn answer(State(site): State<Site>, uri: Uri, headers: HeaderMap) -> Page {
    let day = match as_of(uri.query().unwrap_or_default()) {
        Ok(day) => day,
        Err(refused) => return Ok(refusal(&refused)),
    };
    let snapshot = site.app.snapshot();
    let then = published(&snapshot.state).filter(|edition| day.is_none_or(|day| edition.decided <= Some(day)));
    let mut ids: Vec<String> = then.map(|edition| edition.id.clone()).collect();
    let Some(newest) = ids.pop() else { return Ok(not_found()) };
    let newest = site.app.edition(&newest).await?;
    let (mut opened, mut answered) = ask(&newest, &uri, &headers).await?;
    // An earlier one is only asked for what it alone has: its own version of the structures.
    while matches!(answered, Err(Refused::Nothing(_))) {
        let Some(earlier) = ids.pop() else { break };
        let earlier = site.app.edition(&earlier).await?;
        if earlier.is_named_in(uri.path()) {
            (opened, answered) = ask(&earlier, &uri, &headers).await?;
        }
    }
    Ok(match answered {
        Ok(answer) => {
            let (bytes, modified) = (Bytes::from(answer.body), site.app.calendar().midnight(opened.content.date));
            let (kind, hash, cache) = (answer.media.as_str(), sha256(&bytes), "public, max-age=300");
            let mut given = PublicFile { kind, bytes, hash: &hash, modified, cache, name: None }.answer(&headers);
            given.headers_mut().insert(VARY, HeaderValue::from_static("accept"));
            given
        }
        Err(refused) => refusal(&refused),
    })
}

type Answered = Result<romduol_edition::open::Answer, Refused>;

async fn ask(opened: &Arc<Opened>, uri: &Uri, headers: &HeaderMap) -> Result<(Arc<Opened>, Answered), AppError> {
    let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let (asked, uri) = (opened.clone(), uri.clone());
    let answered = tokio::task::spawn_blocking(move || {
        let path = uri.path().strip_prefix("/sdmx/").unwrap_or_default();
        asked.answer(&Request { path, query: uri.query().unwrap_or_default(), accept: &accept })
    });
    let answered = answered.await.map_err(|error| AppError::fault(format!("a question to the statistics: {error}")))?;
    Ok((opened.clone(), answered))
}

/// Pages of other sites read why as well.
fn refusal(refused: &Refused) -> Response {
    let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let headers = [
        (CONTENT_TYPE, "text/plain; charset=utf-8"),
        (VARY, "accept"),
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (status, headers, format!("{refused}\n")).into_response()
}
