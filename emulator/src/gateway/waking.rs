//! Hands a board that has come what waited for it, and keeps what it says to that.

use std::time::{Duration, Instant};

use nano_caps::{RESPONSE_HEADER_SIZE, RequestView};
use nano_edge::Edge;
use nano_wire::message::Kind;

use crate::bridge::Bridge;
use crate::event::Happened;

/// How long a board is waited for. One that says nothing so long is asked again at its next waking.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often it is looked whether the board is still here.
const LOOK: Duration = Duration::from_millis(200);

/// Asks the board, one request after the other, what has been asked of it in its absence and what is asked while it is
/// here; returns when it goes.
pub fn hand_over(edge: &Edge, bridge: &Bridge, name: &str, is_here: impl Fn() -> bool) {
    let (mut after, mut is_sure) = (0, true);
    while is_here() {
        let handed = edge.waiting().next(name, after, LOOK).and_then(|waiter| {
            let Some(waiter) = waiter else { return Ok(()) };
            after = waiter.number;
            // The thread of the connection before may be at it still: the answers of two would be mixed up.
            let _turn = bridge.turn();
            if !is_here() {
                return Ok(());
            }
            let answers = ask(bridge, &waiter.request, is_sure);
            // The answer may come yet, in the next request's time.
            is_sure &= !answers.is_empty();
            // One that went meanwhile may have heard nothing: that is no silence.
            if answers.is_empty() && !is_here() {
                return Ok(());
            }
            edge.waiting().answered(name, waiter.number, answers)
        });
        if let Err(error) = handed {
            bridge.tell(Happened::Note { text: format!("what waits for it can't be kept: {error}") });
            return;
        }
    }
}

/// What the board says to a request: one answer where it is sure that the next one is this request's. Where clients asked
/// at the same time, or the answer to an earlier request may be late, it is not: an answer does not name its request, only
/// the asker's key tells. So he gets all that may be his.
fn ask(bridge: &Bridge, request: &[u8], is_sure: bool) -> Vec<Vec<u8>> {
    let begun = Instant::now();
    let answers = bridge.tap();
    bridge.send_frame(Kind::Request as u8, request);
    let mut heard = Vec::new();
    while let Some(left) = PATIENCE.checked_sub(begun.elapsed())
        && let Ok(answer) = answers.recv_timeout(left)
    {
        if may_answer(request, &answer) && !heard.contains(&answer) {
            heard.push(answer);
        }
        if is_sure && !heard.is_empty() && !bridge.was_asked_within(begun.elapsed() + PATIENCE) {
            break;
        }
    }
    heard
}

/// Whether an answer has the length that this request's answer has.
fn may_answer(request: &[u8], answer: &[u8]) -> bool {
    let (Ok(request), Some([_, _, low, high])) = (RequestView::parse(request), answer.first_chunk()) else {
        return false;
    };
    answer.len() == RESPONSE_HEADER_SIZE + usize::from(u16::from_le_bytes([*low, *high])) + request.tag.len()
}
