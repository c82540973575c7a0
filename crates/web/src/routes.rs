//! Every route of the site on one page, and the headers that all answers carry.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::csrf::CsrfLayer;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::Site;
use crate::pages::*;

/// The largest request: a return with its evidence files.
const BODY_LIMIT: usize = 12 * 1024 * 1024;

pub(crate) fn router(site: Site) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route("/sign-in", get(sign_in::show).post(sign_in::enter))
        .route("/sign-out", post(sign_in::leave))
        .route("/lang/{lang}", get(sign_in::language_page))
        .route("/illustrative/{on}", get(sign_in::illustrative))
        .route("/scorecard", get(scorecard::show))
        .route("/framework", get(framework::show))
        .route("/nodes/{id}", get(framework::node))
        .route("/indicators/{id}", get(indicator::show))
        .route("/indicators/{id}/explain/{period}", get(explain::show))
        .route("/indicators/{id}/status", post(explain::set_status))
        .route("/institutions", get(lists::institutions))
        .route("/figures", get(lists::figures))
        .route("/findings", get(lists::findings))
        .route("/returns", get(returns::list))
        .route("/returns/{assignment}/{period}", get(returns::form).post(returns::submit))
        .route("/review/{id}", get(review::show).post(review::decide))
        .route("/periods", post(review::lock))
        .route("/history/{kind}/{id}", get(history::show))
        .route("/report/{period}", get(report::html))
        .route("/report/{period}/pdf", get(report::pdf))
        .route("/about", get(lists::about))
        .route("/assets/{name}", get(assets::show))
        .route("/healthz", get(|| async { "ok" }))
        .fallback(|| async { crate::error::not_found() })
        .layer(axum::middleware::from_fn(crate::error::dress))
        .layer(RequestBodyLimitLayer::new(BODY_LIMIT))
        .layer(CsrfLayer::new())
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new())
        .layer(always(header::CONTENT_SECURITY_POLICY, "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"))
        .layer(always(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(always(header::REFERRER_POLICY, "same-origin"))
        .with_state(site)
}

fn always(name: HeaderName, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value))
}
