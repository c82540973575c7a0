//! Connections: takes them in, gives up on those that stand still, lets the rest finish when the program stops. Refuses to
//! know what is asked on them.

use std::pin::pin;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt;

use crate::patience::Patience;
use crate::unread::Unread;

/// The longest head of a request in bytes. Ours have one cookie and a short address.
const LONGEST_HEAD: usize = 64 * 1024;

/// Answers until `stop` is there, and then those who have already asked. Written here because the framework's own server
/// waits for ever: for a head that never ends, and for a reader that never reads.
pub(crate) async fn answer(
    mut listener: TcpListener,
    router: Router,
    patience: Patience,
    stop: impl Future<Output = ()>,
) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(patience.head).max_buf_size(LONGEST_HEAD);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut stop => break,
        };
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(patience.unread));
        let router = router.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let (mut head, body) = request.into_parts();
            head.extensions.insert(ConnectInfo(peer));
            let body = Unread::of(body, &head.headers, patience);
            router.clone().oneshot(Request::from_parts(head, body))
        });
        let connection = open.watch(http.serve_connection(TokioIo::new(Box::pin(stream)), service));
        // How a connection ends is the other side's business: most simply go away.
        tokio::spawn(async move { drop(connection.await) });
    }
    // Nobody new gets in while the others finish.
    drop(listener);
    if tokio::time::timeout(patience.stop, open.shutdown()).await.is_err() {
        tracing::warn!("requests that did not end within {} s were cut off", patience.stop.as_secs());
    }
}
