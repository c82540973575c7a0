//! Pages of the program: the only HTTP. Refuses to know rules; it decodes, calls a use case and shows the answer.

mod address;
mod api;
mod chrome;
mod error;
mod form;
mod gate;
mod given;
mod given_out;
mod limits;
mod listen;
mod metrics;
mod pages;
mod patience;
mod refusal;
mod routes;
mod unread;
mod viewer;
mod watch;

pub use form::{Takes, Texts};
pub use gate::Cost;
pub use patience::Patience;
pub use routes::{Need, Route, table};

use std::sync::Arc;

use romduol_app::App;
use romduol_app::accounts::Doors;
use romduol_report::map::Outlines;
use tokio::net::TcpListener;

/// What every handler shares.
#[derive(Clone)]
pub struct Site {
    pub app: App,
    /// The outlines for maps, where the plan has them.
    pub outlines: Option<Arc<Outlines>>,
    /// Shows the demo's accounts on the sign-in page.
    pub demo: bool,
    pub limits: limits::Limits,
    gate: gate::Gate,
    seals: form::Seals,
    metrics: metrics::Metrics,
    patience: Patience,
    /// What is asked of those who come in.
    pub doors: Arc<Doors>,
}

impl Site {
    pub fn new(app: App, map: Option<Vec<u8>>, doors: Doors, demo: bool) -> Site {
        let outlines = map.and_then(|bytes| Outlines::from_geojson(&String::from_utf8_lossy(&bytes)).ok());
        let limits = limits::Limits::default();
        let metrics = metrics::Metrics::new(&limits);
        let gate = gate::Gate::new(limits.refused.clone());
        let (outlines, doors, patience) = (outlines.map(Arc::new), Arc::new(doors), Patience::default());
        Site { app, outlines, demo, limits, gate, seals: form::Seals::default(), metrics, patience, doors }
    }

    /// Believes this proxy, beside those on the same machine, about whom it speaks for.
    pub fn behind(mut self, proxy: Option<std::net::IpAddr>) -> Site {
        self.limits.proxy = proxy;
        self
    }

    /// Waits for slow people as long as this.
    pub fn with_patience(self, patience: Patience) -> Site {
        Site { patience, ..self }
    }
}

/// The routes of the site, for tests.
pub fn router(app: App, map: Option<Vec<u8>>, doors: Doors, demo: bool) -> axum::Router {
    routes::router(Site::new(app, map, doors, demo))
}

/// Serves until `stop` is there and everybody who had asked is answered; numbers about it on a listener of their own.
pub async fn serve(site: Site, listener: TcpListener, numbers: Option<TcpListener>, stop: impl Future<Output = ()>) {
    let patience = site.patience;
    let numbers = numbers.map(|listener| {
        let router = metrics::router(site.app.clone(), site.metrics.clone());
        tokio::spawn(listen::answer(listener, router, patience, std::future::pending()))
    });
    listen::answer(listener, routes::router(site), patience, stop).await;
    if let Some(numbers) = numbers {
        numbers.abort();
    }
}

/// Until the process is asked to stop: a service manager asks with SIGTERM, a person with Ctrl-C.
pub async fn asked_to_stop() {
    let mut asked = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    let terminated = async {
        match &mut asked {
            Some(asked) => drop(asked.recv().await),
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
