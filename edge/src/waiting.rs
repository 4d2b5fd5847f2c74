//! Requests that wait at the edge for a device that sleeps, and the answers that wait for who asked.
//!
//! The edge keeps a capability REQUEST byte for byte as it came, hands it on when the device is there, and keeps what the
//! device said until the time that the asker gave is over. It shows no capability of its own: the device's gate decides, as
//! if the asker had come himself. A request whose answer was lost goes out again, byte for byte, at the next waking; that
//! is the operation's retry, which the device answers again and executes once.
//!
//! A device's requests are a WooF, `nano-waiting/DEVICE`, so they outlive the edge. A record is the whole state of one
//! request, and of those with the same number the newest counts:
//!
//! ```text
//! number u64 | expires_ms u64 | silences u8 | is_over u8 | length u32 | request | (length u32 | answer)?
//! ```
//!
//! One that is cancelled is written once more, with a time that is over. Who may ask for any of this is decided by
//! [`crate::queues`].

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as Slot;
use std::fmt;
use std::str::FromStr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nano_caps::RequestView;
use nano_woof::{Error, Log};
use sha2::{Digest, Sha256};

use crate::woofs::{WAITING_NAMESPACE, Woofs};
use crate::world::World;

/// Requests of a device that are kept at a time, answered ones included.
pub const MOST_WAITING: usize = 32;
/// Largest request, bytes. What takes more room than that on a device is pushed while it is awake.
pub const MOST_REQUEST: usize = 8 << 10;
/// Longest that a request and its answer are kept: further ahead than this a device takes no sequence number either.
pub const LONGEST_WAIT: Duration = Duration::from_secs(24 * 3600);
/// Wakings in which the device says nothing to a request, after which it is not asked again: it is revoked or forged.
pub const MOST_SILENCES: u8 = 3;

/// A device's answer: a frame's worth.
const MOST_ANSWER_BYTES: usize = 64 << 10;
const ELEMENT: u32 = (MOST_REQUEST + MOST_ANSWER_BYTES + 128) as u32;
/// Records kept. What still counts is written anew before it leaves.
const HISTORY: u64 = 256;

/// Names a request: the first half of its SHA-256, so that who sends the same bytes again asks for the same answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub [u8; 16]);

impl RequestId {
    /// Of a request.
    pub fn of(request: &[u8]) -> Self {
        let digest = Sha256::digest(request);
        Self(std::array::from_fn(|index| digest[index]))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for RequestId {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.len() != 32 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(());
        }
        u128::from_str_radix(text, 16).map(|number| Self(number.to_be_bytes())).map_err(|_| ())
    }
}

/// Why a request can't wait.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// It is none.
    #[error("the body is no REQUEST: it {0}")]
    NotARequest(nano_caps::Error),
    /// It is over [`MOST_REQUEST`].
    #[error("the request has {0} bytes; up to {MOST_REQUEST} can wait")]
    TooLong(usize),
    /// [`MOST_WAITING`] are there already.
    #[error("{MOST_WAITING} requests wait for the device or their askers already: ask again later")]
    Full {
        /// When the first of them is forgotten, unix ms.
        until_ms: u64,
    },
    /// The log that keeps them.
    #[error(transparent)]
    Log(#[from] Error),
}

/// What became of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitState {
    /// The device has not answered yet.
    Waiting,
    /// What it said.
    Answered(Vec<u8>),
    /// It was there [`MOST_SILENCES`] times and said nothing.
    Silent,
}

/// A request that waits, or whose answer does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub id: RequestId,
    /// When it is forgotten, unix ms.
    pub expires_ms: u64,
    /// How often the device was there and said nothing.
    pub silences: u8,
    /// Its bytes.
    pub request: Vec<u8>,
    /// What became of it.
    pub state: WaitState,
}

/// A request on its way to its device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiter {
    /// Its place in the queue.
    pub number: u64,
    /// Its bytes.
    pub request: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Kept {
    id: RequestId,
    expires_ms: u64,
    silences: u8,
    is_over: bool,
    request: Vec<u8>,
    answer: Option<Vec<u8>>,
    /// Its newest record.
    record: u64,
}

impl Kept {
    fn listed(&self) -> Listed {
        Listed {
            id: self.id,
            expires_ms: self.expires_ms,
            silences: self.silences,
            request: self.request.clone(),
            state: self.state(),
        }
    }

    fn state(&self) -> WaitState {
        match (self.is_over, &self.answer) {
            (false, _) => WaitState::Waiting,
            (true, Some(answer)) => WaitState::Answered(answer.clone()),
            (true, None) => WaitState::Silent,
        }
    }

    fn write(&self, number: u64) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.request.len() + 64);
        out.extend_from_slice(&number.to_le_bytes());
        out.extend_from_slice(&self.expires_ms.to_le_bytes());
        out.extend_from_slice(&[self.silences, u8::from(self.is_over)]);
        for part in std::iter::once(&self.request).chain(&self.answer) {
            // Bounded where they came in.
            out.extend_from_slice(&u32::try_from(part.len()).unwrap_or(0).to_le_bytes());
            out.extend_from_slice(part);
        }
        out
    }

    fn read(record: u64, bytes: &[u8]) -> Option<(u64, Self)> {
        let (number, rest) = bytes.split_first_chunk()?;
        let (expires_ms, rest) = rest.split_first_chunk()?;
        let ([silences, is_over], mut rest) = rest.split_first_chunk()?;
        let mut parts = Vec::new();
        while let Some((length, after)) = rest.split_first_chunk() {
            let (part, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            parts.push(part.to_vec());
            rest = after;
        }
        let mut parts = parts.into_iter();
        let request = parts.next()?;
        let kept = Self {
            id: RequestId::of(&request),
            expires_ms: u64::from_le_bytes(*expires_ms),
            silences: *silences,
            is_over: *is_over != 0,
            request,
            answer: parts.next(),
            record,
        };
        Some((u64::from_le_bytes(*number), kept))
    }
}

/// One device's requests, by their place.
struct Queue {
    log: Arc<Log>,
    kept: BTreeMap<u64, Kept>,
    next: u64,
}

impl Queue {
    fn open(log: Arc<Log>) -> Result<Self, Error> {
        let (mut kept, mut next) = (BTreeMap::new(), 1);
        for entry in log.tail(HISTORY)? {
            if let Some((number, request)) = Kept::read(entry.header.sequence.get(), &entry.payload) {
                kept.insert(number, request);
                next = next.max(number.saturating_add(1));
            }
        }
        Ok(Self { log, kept, next })
    }

    /// Writes a request's state; what can't be written has not changed.
    fn put(&mut self, number: u64, mut state: Kept, now_ms: u64) -> Result<(), Error> {
        state.record = self.log.append(&state.write(number), now_ms)?.get();
        let newest = state.record;
        self.kept.insert(number, state);
        // Half a history is room enough to write all of them anew.
        let old = |state: &Kept| newest.saturating_sub(state.record) > HISTORY / 2;
        let old: Vec<u64> = self.kept.iter().filter(|(_, state)| old(state)).map(|(number, _)| *number).collect();
        for number in old {
            if let Some(state) = self.kept.get_mut(&number) {
                state.record = self.log.append(&state.write(number), now_ms)?.get();
            }
        }
        Ok(())
    }

    fn forget_expired(&mut self, now_ms: u64) {
        self.kept.retain(|_, state| state.expires_ms > now_ms);
    }
}

/// The queues of all devices.
pub struct Waiting {
    woofs: Arc<Woofs>,
    world: World,
    queues: Mutex<BTreeMap<String, Queue>>,
    changed: Condvar,
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

impl Waiting {
    pub(crate) fn new(woofs: Arc<Woofs>, world: World) -> Self {
        Self { woofs, world, queues: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Queue>> {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The device's queue without what is past its time. It is made when `make`; else none is nothing.
    fn open<'a>(
        &self,
        queues: &'a mut BTreeMap<String, Queue>,
        device: &str,
        make: bool,
    ) -> Result<Option<&'a mut Queue>, Error> {
        let now_ms = self.world.now_ms();
        let queue = match queues.entry(device.to_owned()) {
            Slot::Occupied(slot) => slot.into_mut(),
            Slot::Vacant(slot) => {
                let name = format!("{WAITING_NAMESPACE}/{device}");
                let log = match self.woofs.log(&name) {
                    Err(Error::NotFound(_)) if make => {
                        self.woofs.create_at(&name, ELEMENT, HISTORY, now_ms)?;
                        self.woofs.log(&name)?
                    }
                    Err(Error::NotFound(_) | Error::Name(_)) if !make => return Ok(None),
                    other => other?,
                };
                slot.insert(Queue::open(log)?)
            }
        };
        queue.forget_expired(now_ms);
        Ok(Some(queue))
    }

    /// Keeps a request for a device; it returns when that is durable. The same bytes again are the same request. It is
    /// forgotten, with its answer, after `wait`, which is at most [`LONGEST_WAIT`].
    pub fn queue(&self, device: &str, request: &[u8], wait: Duration) -> Result<RequestId, QueueError> {
        if request.len() > MOST_REQUEST {
            return Err(QueueError::TooLong(request.len()));
        }
        RequestView::parse(request).map_err(QueueError::NotARequest)?;
        let id = RequestId::of(request);
        let now_ms = self.world.now_ms();
        let wait_ms = u64::try_from(wait.min(LONGEST_WAIT).as_millis()).unwrap_or(0);
        let mut queues = self.lock();
        let Some(queue) = self.open(&mut queues, device, true)? else { return Ok(id) };
        if queue.kept.values().any(|state| state.id == id) {
            return Ok(id);
        }
        if queue.kept.len() >= MOST_WAITING {
            let until_ms = queue.kept.values().map(|state| state.expires_ms).min().unwrap_or(now_ms);
            return Err(QueueError::Full { until_ms });
        }
        let state = Kept {
            id,
            expires_ms: now_ms.saturating_add(wait_ms),
            silences: 0,
            is_over: false,
            request: request.to_vec(),
            answer: None,
            record: 0,
        };
        let number = queue.next;
        queue.put(number, state, now_ms)?;
        queue.next = number.saturating_add(1);
        self.changed.notify_all();
        Ok(id)
    }

    /// What is kept of a device, in the order it came.
    pub fn list(&self, device: &str) -> Result<Vec<Listed>, Error> {
        let mut queues = self.lock();
        let queue = self.open(&mut queues, device, false)?;
        Ok(queue.map_or_else(Vec::new, |queue| queue.kept.values().map(Kept::listed).collect()))
    }

    /// How many requests have no answer yet.
    pub fn count(&self, device: &str) -> usize {
        let mut queues = self.lock();
        // A log that can't be read has nothing to hand out either.
        let queue = self.open(&mut queues, device, false).ok().flatten();
        queue.map_or(0, |queue| queue.kept.values().filter(|state| !state.is_over).count())
    }

    /// What became of a request; nothing when there is none of this name, or its time is over.
    pub fn state(&self, device: &str, id: RequestId) -> Result<Option<Listed>, Error> {
        let mut queues = self.lock();
        let queue = self.open(&mut queues, device, false)?;
        Ok(queue.and_then(|queue| queue.kept.values().find(|state| state.id == id)).map(Kept::listed))
    }

    /// Forgets a request and its answer, durably; whether there was one. What the device has been handed it may do.
    pub fn cancel(&self, device: &str, id: RequestId) -> Result<bool, Error> {
        let now_ms = self.world.now_ms();
        let mut queues = self.lock();
        let Some(queue) = self.open(&mut queues, device, false)? else { return Ok(false) };
        let found = queue.kept.iter().find(|(_, state)| state.id == id);
        let Some((number, mut state)) = found.map(|(number, state)| (*number, state.clone())) else { return Ok(false) };
        state.expires_ms = 0;
        queue.put(number, state, now_ms)?;
        queue.forget_expired(now_ms);
        Ok(true)
    }

    /// The first request behind this number (0: the first of all) that has no answer yet. When there is none, one is waited
    /// for so long.
    pub fn next(&self, device: &str, after: u64, patience: Duration) -> Result<Option<Waiter>, Error> {
        let begun = Instant::now();
        let mut queues = self.lock();
        let mut is_last = false;
        loop {
            let queue = self.open(&mut queues, device, false)?;
            let found = queue.and_then(|queue| {
                let mut behind = queue.kept.range(after.saturating_add(1)..).filter(|(_, state)| !state.is_over);
                behind.next().map(|(number, state)| Waiter { number: *number, request: state.request.clone() })
            });
            if found.is_some() || is_last {
                return Ok(found);
            }
            let left = patience.saturating_sub(begun.elapsed());
            let (guard, timeout) = self.changed.wait_timeout(queues, left).unwrap_or_else(PoisonError::into_inner);
            (queues, is_last) = (guard, timeout.timed_out());
        }
    }

    /// The device was there and said this to a request; nothing: it was silent. An answer to what is not asked (any more),
    /// or that can't be the request's, is none.
    pub fn answered(&self, device: &str, number: u64, answer: Option<&[u8]>) -> Result<(), Error> {
        let now_ms = self.world.now_ms();
        let mut queues = self.lock();
        let Some(queue) = self.open(&mut queues, device, false)? else { return Ok(()) };
        let Some(mut state) = queue.kept.get(&number).filter(|state| !state.is_over).cloned() else { return Ok(()) };
        match answer {
            Some(answer)
                if answer.len() <= MOST_ANSWER_BYTES
                    && RequestView::parse(&state.request).is_ok_and(|request| request.may_be_answered_by(answer)) =>
            {
                state.answer = Some(answer.to_vec());
            }
            Some(_) => return Ok(()),
            None => state.silences = state.silences.saturating_add(1),
        }
        state.is_over = state.answer.is_some() || state.silences >= MOST_SILENCES;
        queue.put(number, state, now_ms)?;
        self.changed.notify_all();
        Ok(())
    }

    /// Whether this request needs no asking any more, within so long.
    pub fn is_over_within(&self, device: &str, number: u64, patience: Duration) -> Result<bool, Error> {
        let begun = Instant::now();
        let mut queues = self.lock();
        loop {
            let queue = self.open(&mut queues, device, false)?;
            if queue.is_none_or(|queue| queue.kept.get(&number).is_none_or(|state| state.is_over)) {
                return Ok(true);
            }
            let Some(left) = patience.checked_sub(begun.elapsed()) else { return Ok(false) };
            queues = self.changed.wait_timeout(queues, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
