//! What comes to a software device: bytes with the moment they arrive, and work from the process around it.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nano_device::{Port, Runtime};

use crate::soft::SoftBoard;

/// Work done on the device's own thread, between two turns of its loop.
pub type Work = Box<dyn FnOnce(&mut Runtime<SoftBoard>) + Send>;

/// Most bytes that wait on a port; a sender that floods it loses the rest, as on a real link.
const MOST_WAITING: usize = 1 << 20;

/// Bytes on their way: by arrival, then in the order they were sent.
type Coming = (u64, u64, Port, Vec<u8>);

#[derive(Default)]
struct State {
    coming: BinaryHeap<Reverse<Coming>>,
    sent: u64,
    arrived: BTreeMap<Port, VecDeque<u8>>,
    work: VecDeque<Work>,
    /// Something is there that the device hasn't looked at.
    news: bool,
    stopped: bool,
}

/// Shared between a device and everything around it.
#[derive(Default)]
pub struct Inbox {
    state: Mutex<State>,
    changed: Condvar,
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, mut state: MutexGuard<'_, State>) {
        state.news = true;
        drop(state);
        self.changed.notify_all();
    }

    /// Bytes that arrive on a port at a moment of the device's clock.
    pub fn deliver(&self, port: Port, at_us: u64, bytes: Vec<u8>) {
        let mut state = self.lock();
        let order = state.sent;
        state.sent += 1;
        state.coming.push(Reverse((at_us, order, port, bytes)));
        self.tell(state);
    }

    /// Work for the device's thread.
    pub fn work(&self, work: Work) {
        let mut state = self.lock();
        state.work.push_back(work);
        self.tell(state);
    }

    /// The next piece of work.
    pub fn take_work(&self) -> Option<Work> {
        self.lock().work.pop_front()
    }

    /// Ends the device.
    pub fn stop(&self) {
        let mut state = self.lock();
        state.stopped = true;
        self.tell(state);
    }

    /// Whether it is to end.
    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Takes bytes that have arrived on a port by `now_us`.
    pub fn receive(&self, port: Port, now_us: u64, buffer: &mut [u8]) -> usize {
        let mut state = self.lock();
        // What comes in between the ports of one turn is no news to the next port: only who waits has seen it all.
        while state.coming.peek().is_some_and(|Reverse((at_us, ..))| *at_us <= now_us) {
            let Some(Reverse((_, _, port, bytes))) = state.coming.pop() else { break };
            let arrived = state.arrived.entry(port).or_default();
            if arrived.len() + bytes.len() <= MOST_WAITING {
                arrived.extend(bytes);
            }
        }
        let arrived = state.arrived.entry(port).or_default();
        let count = arrived.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(arrived.drain(..count)) {
            *to = from;
        }
        count
    }

    /// When the next bytes arrive; `u64::MAX`: none are on their way.
    pub fn next_us(&self) -> u64 {
        self.lock().coming.peek().map_or(u64::MAX, |Reverse((at_us, ..))| *at_us)
    }

    /// Waits for news, for at most this long.
    pub fn wait(&self, patience: Duration) {
        let state = self.lock();
        let waiting = |state: &mut State| !state.news && state.work.is_empty() && !state.stopped;
        // Whether the time is up or not, the device looks.
        let waited = self.changed.wait_timeout_while(state, patience, waiting);
        waited.unwrap_or_else(PoisonError::into_inner).0.news = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_arrive_when_they_are_due_and_in_order() {
        let inbox = Inbox::default();
        inbox.deliver(Port(0), 20, vec![3]);
        inbox.deliver(Port(0), 10, vec![1]);
        inbox.deliver(Port(0), 10, vec![2]);
        inbox.deliver(Port(1), 10, vec![9]);
        let mut buffer = [0; 8];
        assert_eq!(inbox.receive(Port(0), 9, &mut buffer), 0);
        assert_eq!(inbox.next_us(), 10);
        assert_eq!(inbox.receive(Port(0), 10, &mut buffer), 2);
        assert_eq!(buffer[..2], [1, 2]);
        assert_eq!(inbox.receive(Port(1), 10, &mut buffer), 1);
        assert_eq!(inbox.receive(Port(0), 20, &mut buffer[..1]), 1);
        assert_eq!((buffer[0], inbox.next_us()), (3, u64::MAX));
    }

    #[test]
    fn what_comes_while_another_port_is_read_ends_the_waiting() {
        let inbox = Inbox::default();
        let mut buffer = [0; 8];
        assert_eq!(inbox.receive(Port(1), 0, &mut buffer), 0);
        inbox.deliver(Port(1), 0, vec![1]);
        assert_eq!(inbox.receive(Port(2), 0, &mut buffer), 0);
        inbox.wait(Duration::from_secs(600));
        assert_eq!(inbox.receive(Port(1), 0, &mut buffer), 1);
    }

    #[test]
    fn news_end_the_waiting() {
        let inbox = Inbox::default();
        inbox.deliver(Port(0), 0, vec![1]);
        inbox.wait(Duration::from_secs(600));
        inbox.stop();
        inbox.wait(Duration::from_secs(600));
        assert!(inbox.is_stopped());
    }
}
