//! What a running handler and the runtime share: the board, the logs, the events that wait, the time.

use crate::board::Board;
use crate::config::Config;
use crate::object::Objects;
use crate::trace::Trace;
use alloc::collections::VecDeque;
use alloc::vec::Vec;
use nano_wire::message::operation::Refused;
use nano_woof::{Origin, RingError, RingLog, Sequence};

/// Which function an append to which log invokes.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    /// The function.
    pub function: u16,
    /// The log's namespace.
    pub ns: u16,
    /// The log.
    pub woof: u16,
    /// After how many appends; 0: never.
    pub every: u16,
    /// Appends since the last time.
    pub since: u16,
}

/// An event that waits for its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// The function.
    pub function: u16,
    /// Namespace of the log.
    pub ns: u16,
    /// The log.
    pub woof: u16,
    /// The newest record of the event.
    pub sequence: u64,
    /// How many records it is made of.
    pub count: u16,
    /// When it was appended.
    pub at_us: u64,
}

/// Why a record was not appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendError {
    /// No such log.
    NotFound,
    /// The log is the device's own.
    Reserved,
    /// Over the element size.
    TooLong,
    /// A handler must run for it, and the queue is full.
    Busy,
    /// A later append of the lane has been made before.
    Stale,
    /// The board can't keep it over a reset.
    Storage,
}

/// Lets the board keep a record of a log, or its header.
pub fn keep<B: Board>(board: &mut B, woof: u16, ring: &RingLog<B::Memory>, sequence: Option<Sequence>) -> bool {
    ring.stored(sequence).is_some_and(|(offset, bytes)| board.keep(woof, offset, bytes))
}

/// Who appends, and what it entails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The device itself: a sampler or a handler. Handlers run; when the queue is full they miss it.
    Local,
    /// EXEC: handlers run, or nothing is appended.
    Exec(Origin),
    /// PUT: no handler runs.
    Put(Origin),
    /// The runtime, into its own logs. No handler runs.
    Runtime,
}

/// So many microseconds, in whole milliseconds. A small core has no division, and one of 64 bits takes it longest.
pub fn milliseconds(us: u64) -> u64 {
    u32::try_from(us).map_or_else(|_| us / 1000, |us| u64::from(us / 1000))
}

/// Board, logs, events, time.
pub struct World<B: Board> {
    pub board: B,
    pub config: Config,
    pub objects: Objects<B::Memory>,
    pub bindings: Vec<Binding>,
    pub queue: VecDeque<Event>,
    /// The device's time was this ..
    time_ms: u64,
    /// .. at this moment.
    time_at_us: u64,
}

impl<B: Board> World<B> {
    pub fn new(mut board: B, config: Config, time_ms: u64) -> Option<Self> {
        let objects = Objects::restore(&mut board, &config, time_ms)?;
        let time_at_us = board.now_us();
        let queue = VecDeque::with_capacity(usize::from(config.queue));
        Some(Self { board, config, objects, bindings: Vec::new(), queue, time_ms, time_at_us })
    }

    /// The device's time as the gate keeps it.
    pub fn set_time(&mut self, time_ms: u64) {
        self.time_ms = time_ms;
        self.time_at_us = self.board.now_us();
    }

    /// The device's time, unix ms.
    pub fn time_ms(&mut self) -> u64 {
        // Its clock never runs back.
        let since_us = self.board.now_us().wrapping_sub(self.time_at_us);
        self.time_ms.saturating_add(milliseconds(since_us))
    }

    pub fn trace(&mut self, event: &Trace<'_>) {
        let now_us = self.board.now_us();
        self.board.trace(now_us, event);
    }

    /// Events that an append to this log would queue now.
    fn due(&self, ns: u16, woof: u16) -> usize {
        let due = |binding: &&Binding| {
            (binding.ns, binding.woof) == (ns, woof) && binding.every > 0 && binding.since + 1 >= binding.every
        };
        self.bindings.iter().filter(due).count()
    }

    /// Appends a record and queues the handlers it invokes; its sequence number.
    pub fn append(&mut self, ns: u16, woof: u16, payload: &[u8], cause: Cause) -> Result<u64, AppendError> {
        let room = usize::from(self.config.queue).saturating_sub(self.queue.len());
        if matches!(cause, Cause::Exec(_)) && self.due(ns, woof) > room {
            return Err(AppendError::Busy);
        }
        let (time_ms, now_us) = (self.time_ms(), self.board.now_us());
        let (log, namespace) = self.objects.log_mut_in(ns, woof).ok_or(AppendError::NotFound)?;
        if log.is_own() && cause != Cause::Runtime {
            return Err(AppendError::Reserved);
        }
        let appended = match cause {
            Cause::Local | Cause::Runtime => log.ring.append(payload, time_ms),
            Cause::Exec(origin) | Cause::Put(origin) => match log.ring.append_once(payload, time_ms, origin) {
                // Done before a reset, which took the answer: nothing happens twice. It may be a retry because the
                // record could not be kept.
                Ok(appended) if appended.duplicate => {
                    let kept = keep(&mut self.board, woof, &log.ring, Some(appended.sequence));
                    return if kept { Ok(appended.sequence.0) } else { Err(AppendError::Storage) };
                }
                other => other.map(|appended| appended.sequence),
            },
        };
        let Sequence(sequence) = appended.map_err(|error| match error {
            RingError::TooLong => AppendError::TooLong,
            RingError::Origin | RingError::Stale => AppendError::Stale,
            _ => AppendError::NotFound,
        })?;
        if !keep(&mut self.board, woof, &log.ring, Some(Sequence(sequence))) {
            return Err(AppendError::Storage);
        }
        self.board.trace(now_us, &Trace::Appended { namespace, log: &log.name, sequence, payload });
        if matches!(cause, Cause::Local | Cause::Exec(_)) {
            self.invoke(ns, woof, sequence, now_us);
        }
        Ok(sequence)
    }

    /// Queues the handlers of a log, each after as many records as it wants.
    fn invoke(&mut self, ns: u16, woof: u16, sequence: u64, at_us: u64) {
        let most = usize::from(self.config.queue);
        for binding in self.bindings.iter_mut().filter(|b| (b.ns, b.woof) == (ns, woof) && b.every > 0) {
            binding.since += 1;
            if binding.since < binding.every {
                continue;
            }
            binding.since = 0;
            let Binding { function, every: count, .. } = *binding;
            if self.queue.len() < most {
                self.queue.push_back(Event { function, ns, woof, sequence, count, at_us });
            } else {
                let log = self.objects.log(ns, woof).map_or("", |log| &log.name);
                self.board.trace(at_us, &Trace::MissedEvent { log });
            }
        }
    }

    /// Makes a log, and says where it is.
    pub fn make_log(&mut self, ns: u16, name: &str, shape: (u32, u32)) -> Result<u16, Refused> {
        let created_ms = self.time_ms();
        let (woof, made) = self.objects.make_log(&mut self.board, &self.config, (ns, name), shape, created_ms)?;
        if made && let Err(refused) = self.objects.store(&mut self.board) {
            self.objects.take_log_back();
            return Err(refused);
        }
        Ok(woof)
    }
}
