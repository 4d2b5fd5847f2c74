//! Hands a board that has come what waited for it, and keeps what it says to that.

use std::time::Duration;

use nano_edge::Edge;

use crate::bridge::Bridge;
use crate::event::Happened;

/// How often it is looked whether the board is still here.
const LOOK: Duration = Duration::from_millis(200);

/// Asks the board, one request after the other, what has been asked of it in its absence and what is asked while it is
/// here; returns when it goes.
pub fn hand_over(edge: &Edge, bridge: &Bridge, name: &str, is_here: impl Fn() -> bool) {
    let mut after = 0;
    while is_here() {
        let handed = edge.waiting().next(name, after, LOOK).and_then(|waiter| {
            let Some(waiter) = waiter else { return Ok(()) };
            after = waiter.number;
            let Some(answers) = bridge.ask(&waiter.request, &is_here) else { return Ok(()) };
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
