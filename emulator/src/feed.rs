//! What happens on all devices, in one place: told to who listens, and kept for a while for who asks later.

use std::collections::VecDeque;
use std::fmt;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::event::DeviceEvent;

/// Events that are kept.
const KEPT: usize = 2000;

#[derive(Default)]
struct State {
    kept: VecDeque<DeviceEvent>,
    /// Number of the next event; the first is 1.
    next: u64,
    listeners: Vec<Sender<DeviceEvent>>,
}

/// All devices' events.
pub struct Feed {
    state: Mutex<State>,
    changed: Condvar,
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Feed").finish_non_exhaustive()
    }
}

impl Default for Feed {
    fn default() -> Self {
        Self { state: Mutex::new(State { next: 1, ..State::default() }), changed: Condvar::new() }
    }
}

impl Feed {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells an event to everybody.
    pub fn tell(&self, event: DeviceEvent) {
        let mut state = self.lock();
        state.listeners.retain(|listener| listener.send(event.clone()).is_ok());
        state.next += 1;
        state.kept.push_back(event);
        if state.kept.len() > KEPT {
            state.kept.pop_front();
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Events from now on.
    pub fn listen(&self) -> Receiver<DeviceEvent> {
        let (sender, receiver) = mpsc::channel();
        self.lock().listeners.push(sender);
        receiver
    }

    /// Up to `count` events after number `after` (without it: the newest), each with its number; waits for one if there
    /// is none.
    pub fn after(&self, after: Option<u64>, count: usize, patience: Duration) -> Vec<(u64, DeviceEvent)> {
        let mut state = self.lock();
        if let Some(after) = after {
            let none = |state: &mut State| state.next <= after.saturating_add(1);
            let waited = self.changed.wait_timeout_while(state, patience, none);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let first = state.next - state.kept.len() as u64;
        let from = match after {
            Some(after) => after.saturating_add(1).max(first),
            None => state.next.saturating_sub(count as u64).max(first),
        };
        let kept = state.kept.iter().skip((from - first) as usize).take(count);
        (from..).zip(kept.cloned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Happened;

    fn event(at_us: u64) -> DeviceEvent {
        DeviceEvent { device: "d".into(), at_us, what: Happened::Started }
    }

    #[test]
    fn events_are_told_and_kept() {
        let feed = Feed::default();
        let listener = feed.listen();
        for at_us in 1..=5 {
            feed.tell(event(at_us));
        }
        assert_eq!(listener.try_iter().map(|event| event.at_us).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
        let numbers = |after, count| -> Vec<u64> {
            feed.after(after, count, Duration::ZERO)
                .into_iter()
                .map(|(number, event)| {
                    assert_eq!(number, event.at_us);
                    number
                })
                .collect()
        };
        assert_eq!(numbers(None, 2), [4, 5]);
        assert_eq!(numbers(Some(0), 3), [1, 2, 3]);
        assert_eq!(numbers(Some(3), 100), [4, 5]);
        assert!(numbers(Some(5), 100).is_empty() && numbers(Some(u64::MAX), 100).is_empty());
        for at_us in 6..=3000 {
            feed.tell(event(at_us));
        }
        assert_eq!(numbers(Some(0), 1), [1001]);
    }
}
