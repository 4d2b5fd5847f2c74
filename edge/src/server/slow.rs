//! Bodies that come too slowly: a client that says it will send something, and then hardly does, is let go.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep_until};

/// Bytes that buy a client another second.
const BYTES_A_SECOND: u64 = 512;

/// A body whose next bytes are waited for so long and no longer. Time in which nobody asks for them does not count, and
/// what comes earns time again, but never more than there was at first: a byte now and then is not enough.
pub(super) struct Patient {
    body: Incoming,
    most: Duration,
    left: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

/// The client sent too little for too long.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the request's body came too slowly")]
pub(super) struct TooSlow;

impl Patient {
    pub fn new(body: Incoming, most: Duration) -> Self {
        Self { body, most, left: most, waiting: None }
    }
}

impl Body for Patient {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            if let Some((since, _)) = self.waiting.take() {
                let bytes = match &frame {
                    Some(Ok(frame)) => frame.data_ref().map_or(0, Bytes::len) as u64,
                    _ => 0,
                };
                let earned = Duration::from_millis(bytes * 1000 / BYTES_A_SECOND);
                self.left = (self.left.saturating_sub(since.elapsed()) + earned).min(self.most);
            }
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let left = self.left;
        let (_, sleep) = self.waiting.get_or_insert_with(|| {
            let now = Instant::now();
            (now, Box::pin(sleep_until(now + left)))
        });
        ready!(sleep.as_mut().poll(context));
        Poll::Ready(Some(Err(TooSlow.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
