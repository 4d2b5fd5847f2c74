//! Asking a board for whoever can't wait at its line himself, and telling the answers that may be his.

use std::time::{Duration, Instant};

use nano_caps::RequestView;
use nano_wire::message::Kind;

use super::Bridge;

/// How long a board is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// An answer that has not come after this time comes no more: the board is off, or has been.
const LATEST: Duration = Duration::from_secs(10);

impl Bridge {
    /// What the board says to a request; nothing where it is silent. `None` where `may_ask` has become false before it was
    /// this request's turn.
    ///
    /// It is one answer where it is sure that the next one is this request's. Where clients ask at the same time, or the
    /// answer to an earlier request may be late, it is not: an answer does not name its request, only the asker's key tells.
    /// So he gets all that may be his, and opens each.
    pub fn ask(&self, request: &[u8], may_ask: impl Fn() -> bool) -> Option<Vec<Vec<u8>>> {
        // No board answers to what is no request.
        let Ok(view) = RequestView::parse(request) else { return Some(Vec::new()) };
        let mut turn = self.turn();
        if !may_ask() {
            return None;
        }
        let is_sure = turn.is_none_or(|silent| silent.elapsed() > LATEST);
        let begun = Instant::now();
        let answers = self.tap();
        self.send_frame(Kind::Request as u8, request);
        let mut heard = Vec::new();
        while let Some(left) = PATIENCE.checked_sub(begun.elapsed())
            && let Ok(answer) = answers.recv_timeout(left)
        {
            if view.may_be_answered_by(&answer) && !heard.contains(&answer) {
                heard.push(answer);
            }
            if is_sure && !heard.is_empty() && !self.was_asked_within(begun.elapsed() + PATIENCE) {
                break;
            }
        }
        if heard.is_empty() {
            *turn = Some(Instant::now());
        }
        Some(heard)
    }
}
