//! Numbers for whoever looks after the machine, as Prometheus and OpenMetrics read them. Refuses to know people and
//! records: no label holds anything that somebody typed.
//!
//! They have a listener of their own rather than a route of the site. A route would have to tell a neighbour on the
//! machine from a proxy that speaks for the world, and one forgotten header in the proxy's settings would open it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use romduol_app::App;

use crate::limits::Limits;

/// The budget of a page is 20 ms at the 99th percentile; a report takes up to a second.
const BUCKETS: [f64; 11] = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What was asked, and how it ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    route: String,
    method: &'static str,
    /// `2xx` to `5xx`.
    status: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Asked {
    route: String,
    method: &'static str,
}

/// How an attempt to sign in ended: `in`, `second` or `no`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

/// Which limit refused a request.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(crate) struct Limit {
    pub limit: &'static str,
}

/// The counts of a running site. Cloning shares them.
#[derive(Clone)]
pub(crate) struct Metrics {
    requests: Family<Answered, Counter>,
    seconds: Family<Asked, Histogram>,
    sign_ins: Family<Outcome, Counter>,
    ready: Gauge,
    position: Gauge,
    memory: Gauge,
    all: Arc<Registry>,
}

impl Metrics {
    pub fn new(limits: &Limits) -> Metrics {
        let requests = Family::default();
        let seconds = Family::new_with_constructor((|| Histogram::new(BUCKETS)) as fn() -> Histogram);
        let sign_ins = Family::default();
        let (ready, position, memory) = (Gauge::default(), Gauge::default(), Gauge::default());
        let mut all = Registry::default();
        all.register("romduol_requests", "Requests answered", requests.clone());
        all.register("romduol_request_seconds", "Until an answer begins", seconds.clone());
        all.register("romduol_sign_ins", "Attempts to sign in, by outcome", sign_ins.clone());
        all.register("romduol_refused", "Requests refused by a limit", limits.refused.clone());
        all.register("romduol_ready", "1 if the ledger can be read and this node knows its end", ready.clone());
        all.register("romduol_ledger_position", "Entries that this node knows", position.clone());
        all.register("process_resident_memory_bytes", "Memory of the process", memory.clone());
        Metrics { requests, seconds, sign_ins, ready, position, memory, all: Arc::new(all) }
    }

    pub fn answered(&self, route: &str, method: &'static str, status: u16, seconds: f64) {
        let status = match status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            _ => "5xx",
        };
        self.requests.get_or_create(&Answered { route: route.into(), method, status }).inc();
        self.seconds.get_or_create(&Asked { route: route.into(), method }).observe(seconds);
    }

    pub fn signed_in(&self, outcome: &'static str) {
        self.sign_ins.get_or_create(&Outcome { outcome }).inc();
    }

    async fn text(&self, app: &App) -> Result<String, std::fmt::Error> {
        self.ready.set(i64::from(app.is_current().await.is_ok()));
        self.position.set(app.snapshot().head.seq.cast_signed());
        if let Some(memory) = memory_stats::memory_stats() {
            self.memory.set(memory.physical_mem.cast_signed() as i64);
        }
        let mut text = String::new();
        encode(&mut text, &self.all)?;
        Ok(text)
    }
}

/// The site of the numbers.
pub(crate) fn router(app: App, metrics: Metrics) -> axum::Router {
    axum::Router::new().route("/metrics", get(show)).with_state((app, metrics))
}

async fn show(State((app, metrics)): State<(App, Metrics)>) -> Response {
    match metrics.text(&app).await {
        Ok(text) => {
            ([(CONTENT_TYPE, "application/openmetrics-text; version=1.0.0; charset=utf-8")], text).into_response()
        }
        Err(_) => axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
