//! Pages of the program: the only HTTP. Refuses to know rules; it decodes, calls a use case and shows the answer.

mod api;
mod chrome;
mod error;
mod limits;
mod pages;
mod routes;
mod viewer;

pub use routes::{Need, Route, table};

use std::sync::Arc;

use romduol_app::App;
use romduol_app::accounts::Doors;
use romduol_report::map::Outlines;

/// What every handler shares.
#[derive(Clone)]
pub struct Site {
    pub app: App,
    /// The outlines for maps, where the plan has them.
    pub outlines: Option<Arc<Outlines>>,
    /// Shows the demo's accounts on the sign-in page.
    pub demo: bool,
    pub limits: limits::Limits,
    /// What is asked of those who come in.
    pub doors: Arc<Doors>,
}

/// The routes of the site, for the server and for tests.
pub fn router(app: App, map: Option<Vec<u8>>, doors: Doors, demo: bool) -> axum::Router {
    let outlines = map.and_then(|bytes| Outlines::from_geojson(&String::from_utf8_lossy(&bytes)).ok()).map(Arc::new);
    routes::router(Site { app, outlines, demo, limits: limits::Limits::default(), doors: Arc::new(doors) })
}

/// Serves until the process is asked to stop.
pub async fn serve(
    listener: tokio::net::TcpListener,
    app: App,
    map: Option<Vec<u8>>,
    doors: Doors,
    demo: bool,
) -> std::io::Result<()> {
    let stop = async {
        // A service manager asks with SIGTERM, a person with Ctrl-C.
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
    };
    let service = router(app, map, doors, demo).into_make_service_with_connect_info::<std::net::SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}
