//! The rest of a request that was answered before its end: read past and thrown away, so that the answer arrives. Refuses to
//! know what was asked and what was answered.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::http::HeaderMap;
use axum::http::header::EXPECT;
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;

use crate::patience::Patience;

/// The most that is read past, in bytes: what a proxy lets through. Whoever sends more is cut off.
const MOST: usize = crate::routes::FILES_LIMIT;

/// What a request brings. Whoever lets go of it before its end leaves the rest to a task that reads past it: a connection
/// that is closed with something unread is reset, and then a browser shows its own words for that and a proxy answers 502,
/// instead of the sentence that we gave (RFC 9112, section 9.6).
pub(crate) struct Unread {
    body: Option<Incoming>,
    patience: Patience,
}

impl Unread {
    /// Whoever first asks whether it may send waits for the answer, and sends nothing after a refusal.
    pub fn of(body: Incoming, head: &HeaderMap, patience: Patience) -> axum::body::Body {
        if head.contains_key(EXPECT) {
            return axum::body::Body::new(body);
        }
        axum::body::Body::new(Unread { body: Some(body), patience })
    }
}

impl Body for Unread {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<hyper::Result<Frame<Bytes>>>> {
        match &mut self.body {
            Some(body) => Pin::new(body).poll_frame(context),
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.body.as_ref().map(Body::size_hint).unwrap_or_default()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let rest = self.body.take().filter(|body| !body.is_end_stream());
        // Outside of the runtime nobody is left who could wait for an answer.
        if let (Some(rest), Ok(runtime)) = (rest, Handle::try_current()) {
            runtime.spawn(read_past(rest, self.patience));
        }
    }
}

/// To the end, or until it is too much, too slow or broken off. Nobody is waited for here as long as for a form that is
/// wanted: the refusal may have been that he stood still.
async fn read_past(mut rest: Incoming, patience: Patience) {
    let pause = patience.idle / 10;
    let reading = async {
        let mut left = MOST;
        while let Ok(Some(Ok(frame))) = tokio::time::timeout(pause, rest.frame()).await {
            let size = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(size) {
                Some(less) => left = less,
                None => break,
            }
        }
    };
    drop(tokio::time::timeout(patience.form, reading).await);
}
