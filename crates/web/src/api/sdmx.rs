//! The newest edition to programs that speak SDMX REST, as a statistics office answers them. Refuses to know the standard:
//! the edition reads the question and answers it.

use axum::extract::State;
use axum::http::header::{ACCEPT, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use romduol_app::edition::newest;
use romduol_edition::open::Request;

use crate::Site;
use crate::error::{Page, not_found};

/// The path is taken as it was sent: in it a plus sign is a version.
pub(crate) async fn answer(State(site): State<Site>, uri: Uri, headers: HeaderMap) -> Page {
    let Some(id) = newest(&site.app.snapshot().state).map(|edition| edition.id.clone()) else {
        return Ok(not_found());
    };
    let opened = site.app.edition(&id).await?;
    let accept = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",");
    let answered = tokio::task::spawn_blocking(move || {
        let path = uri.path().strip_prefix("/sdmx/").unwrap_or_default();
        let request = Request { path, query: uri.query().unwrap_or_default(), accept: &accept };
        opened.answer(&request)
    });
    Ok(match answered.await {
        Ok(Ok(answer)) => dressed(StatusCode::OK, answer.media, answer.body),
        Ok(Err(refused)) => {
            let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::BAD_REQUEST);
            dressed(status, "text/plain; charset=utf-8".into(), format!("{refused}\n"))
        }
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    })
}

/// Everything here is public: pages of other sites may read it as well.
fn dressed(status: StatusCode, media: String, body: String) -> Response {
    let headers = [
        (CONTENT_TYPE, media.as_str()),
        (VARY, "accept"),
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (status, headers, body).into_response()
}
