//! Running a handler: the event it gets, the world it sees, and what is made of its result.
//!
//! The first argument of a handler is the appended record: the JSON value it holds, else its bytes. A function that is
//! invoked by every n-th append (n > 1) gets a list of the newest n records, oldest first. Where one of them is no JSON it
//! gets the bytes of all, joined.
//!
//! The second argument, the context, has the attributes of AWS Lambda's that mean something here, and `device`,
//! `namespace`, `woof` and `sequence`, all of them text.

use crate::board::Board;
use crate::cache::Ready;
use crate::context::Texts;
use crate::function::{Function, Version};
use crate::json;
use crate::object::{OWN_NAMESPACE_HANDLE, RESULTS_HANDLE};
use crate::runtime::Runtime;
use crate::trace::{Fault, Report, Trace, VersionError};
use crate::world::{AppendError, Cause, Event, World};
use alloc::string::String;
use alloc::vec::Vec;
use nano_vm::{Context, Failure, Host, HostError, Invocation, Limits};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{FunctionState, Place};
use nano_woof::Sequence;

/// The longest run of a function that says nothing about it, as AWS Lambda has it.
const DEFAULT_TIMEOUT_MS: u32 = 3000;

/// What the records of an event are together.
enum Gathered {
    /// One, whatever it holds.
    Record,
    /// JSON, each of them: a list.
    List,
    /// Several that are not.
    Bytes,
}

/// An event that has been dealt with.
#[derive(Clone, Copy, Debug)]
pub struct Ended<'e> {
    pub event: &'e Event,
    pub place: Place,
    pub started_us: u64,
    /// A version of the function was to run here, which is the one that it has now.
    pub ran: bool,
    /// Whether the handler was reached: the arena sufficed, the top level ran, the handler is there.
    pub reached: bool,
    pub instructions: u64,
    pub heap_peak: u32,
    pub cold: bool,
    pub slept_us: u64,
}

impl<'e> Ended<'e> {
    /// Nothing has run yet.
    pub fn new(event: &'e Event, place: Place, started_us: u64) -> Self {
        let (ran, reached, cold) = (false, false, false);
        Self { event, place, started_us, ran, reached, instructions: 0, heap_peak: 0, cold, slept_us: 0 }
    }
}

/// What a running handler sees of the device.
struct View<'a, B: Board> {
    world: &'a mut World<B>,
    /// Namespace where it looks for logs: that of the log that invoked it.
    home: u16,
    deadline_us: u64,
    slept_us: u64,
    event: &'a Event,
    function: &'a Function,
    texts: &'a mut Texts,
}

impl<B: Board> Host for View<'_, B> {
    fn print(&mut self, text: &str) {
        self.world.board.console(text);
    }

    fn wall_clock_ns(&mut self) -> u64 {
        self.world.time_ms().saturating_mul(1_000_000)
    }

    fn monotonic_ns(&mut self) -> u64 {
        self.world.board.now_us().saturating_mul(1000)
    }

    fn sleep_ns(&mut self, nanoseconds: u64) {
        let start = self.world.board.now_us();
        let until = start.saturating_add(nanoseconds / 1000).min(self.deadline_us);
        // Whatever comes in meanwhile wakes the board, not the handler.
        while self.world.board.now_us() < until {
            self.world.board.idle(until);
        }
        self.slept_us = self.slept_us.saturating_add(until.saturating_sub(start));
    }

    fn remaining_ms(&mut self) -> Option<u64> {
        Some(self.deadline_us.saturating_sub(self.world.board.now_us()) / 1000)
    }

    fn interrupted(&mut self) -> bool {
        // A link that must be emptied and a watchdog don't wait for the handler's end.
        self.world.board.worked(0);
        self.world.board.now_us() >= self.deadline_us
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        self.world.board.set_pin(pin, high)?;
        self.world.trace(&Trace::Pin { pin, high });
        Ok(())
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        self.world.board.read_pin(pin)
    }

    fn read_adc(&mut self, channel: u32) -> Result<u32, HostError> {
        self.world.board.read_adc(channel)
    }

    fn append(&mut self, log: &str, payload: &[u8]) -> Result<u64, HostError> {
        let (ns, woof) = self.world.objects.find(self.home, log).ok_or(HostError::NotFound)?;
        self.world.append(ns, woof, payload, Cause::Local).map_err(|error| match error {
            AppendError::NotFound => HostError::NotFound,
            AppendError::TooLong => HostError::TooLarge,
            _ => HostError::Refused,
        })
    }

    fn latest(&mut self, log: &str, buffer: &mut [u8]) -> Result<Option<(u64, usize)>, HostError> {
        let (ns, woof) = self.world.objects.find(self.home, log).ok_or(HostError::NotFound)?;
        let log = self.world.objects.log(ns, woof).ok_or(HostError::NotFound)?;
        if log.ring.last().is_none() {
            return Ok(None);
        }
        let record = log.ring.latest().map_err(|_| HostError::Refused)?;
        for (to, from) in buffer.iter_mut().zip(record.payload) {
            *to = *from;
        }
        Ok(Some((record.header.sequence.0, record.payload.len())))
    }

    fn device_name(&self) -> &str {
        self.world.board.name()
    }

    fn context(&mut self) -> Context {
        self.texts.update(self.world, self.event, self.function)
    }

    fn context_text(&self, index: usize) -> &str {
        self.texts.get(index)
    }
}

impl<B: Board> Runtime<B> {
    /// Where the first event that can be dealt with stands in the queue.
    pub(crate) fn next_event(&self) -> Option<usize> {
        let room = self.remote.len() < usize::from(self.world.config.remote);
        self.world.queue.iter().position(|event| {
            // Events of a function that waits for its module wait with it; the others go on.
            self.functions.get(event.function).is_none_or(|f| f.is_runnable() && (room || !f.is_remote()))
        })
    }

    /// Deals with the first event that can be; `false` when there is none.
    pub(crate) fn run_next(&mut self) -> bool {
        let Some(index) = self.next_event() else { return false };
        let Some(event) = self.world.queue.get(index).copied() else { return false };
        // Nearly always the first; and taking one out of the middle costs more.
        if index == 0 {
            self.world.queue.pop_front();
        } else {
            self.world.queue.remove(index);
        }
        let mut bytes = core::mem::take(&mut self.event);
        let input = match self.gather(&event, &mut bytes) {
            None => None,
            Some(Gathered::Record) => Some(nano_vm::Event::Record(&bytes)),
            Some(Gathered::List) => core::str::from_utf8(&bytes).ok().map(nano_vm::Event::Json),
            Some(Gathered::Bytes) => Some(nano_vm::Event::Bytes(&bytes)),
        };
        self.deal_with(&event, input);
        self.event = bytes;
        true
    }

    #[inline(never)]
    pub(crate) fn deal_with(&mut self, event: &Event, input: Option<nano_vm::Event<'_>>) {
        let Some(function) = self.functions.get(event.function) else { return };
        let started_us = self.world.board.now_us();
        let place = if function.is_remote() { Place::Edge } else { Place::Device };
        let Some(input) = input else {
            return self.finish(&Ended::new(event, place, started_us), &[], Err(Fault::Event));
        };
        let bytes = match input {
            nano_vm::Event::Json(text) => text.as_bytes(),
            nano_vm::Event::Bytes(bytes) | nano_vm::Event::Record(bytes) => bytes,
        };
        if place == Place::Edge {
            return self.offload(event, bytes);
        }
        let mut ended = Ended::new(event, place, started_us);
        if function.current.is_none() && function.next.is_none() {
            return self.finish(&ended, bytes, Err(Fault::NoModule));
        }
        let result = self.run(&mut ended, input);
        self.finish(&ended, bytes, result.as_deref().map_err(Fault::Failed));
        if let Ok(text) = result {
            self.result = text;
        }
    }

    /// Puts the records of an event together; `None` when that can't be done.
    fn gather(&self, event: &Event, out: &mut Vec<u8>) -> Option<Gathered> {
        out.clear();
        let log = self.world.objects.log(event.ns, event.woof)?;
        let most = self.world.config.event_bytes as usize;
        if event.count <= 1 {
            let payload = log.ring.payload(Sequence(event.sequence))?;
            return put(out, payload, most).then_some(Gathered::Record);
        }
        let first = event.sequence.saturating_sub(u64::from(event.count) - 1).max(1);
        let records = || log.ring.payloads(Sequence(first), Sequence(event.sequence));
        // Reading a record means summing it: each is read once, unless it turns out that they are no JSON.
        let mut fits = true;
        for payload in records() {
            if !json::is_value(payload) {
                out.clear();
                return records().all(|payload| put(out, payload, most)).then_some(Gathered::Bytes);
            }
            let before = if out.is_empty() { &b"["[..] } else { b", " };
            fits &= put(out, before, most) && put(out, payload, most);
        }
        (fits && !out.is_empty() && put(out, b"]", most)).then_some(Gathered::List)
    }

    /// Runs a function's handler: the new version if one has come. If its first run fails, whatever the reason, the one
    /// before is back for good and deals with the event.
    fn run(&mut self, ended: &mut Ended<'_>, input: nano_vm::Event<'_>) -> Result<String, Failure> {
        self.clock += 1;
        let clock = self.clock;
        let next = self.functions.get_mut(ended.event.function).and_then(|function| {
            function.used = clock;
            function.next.take()
        });
        match next {
            None => self.run_version(ended, input, None),
            Some(next) => self.try_version(ended, input, next),
        }
    }

    /// Runs the handler of a version that has come: it takes over, or is taken back.
    #[inline(never)]
    fn try_version(
        &mut self,
        ended: &mut Ended<'_>,
        input: nano_vm::Event<'_>,
        next: Version,
    ) -> Result<String, Failure> {
        let id = ended.event.function;
        let result = self.run_version(ended, input, Some(&next));
        let now_us = self.world.board.now_us();
        let Some(function) = self.functions.get_mut(id) else { return result };
        match &result {
            Err(failure) if !ended.reached || function.current.is_some() => {
                let why = VersionError::Start(failure);
                self.world.board.trace(now_us, &Trace::Refused { function: &function.name, hash: next.hash, why });
                if function.current.is_none() {
                    // Nothing to fall back to: every event tries it again and says what is wrong with it.
                    function.state = FunctionState::Refused;
                    function.next = Some(next);
                    return result;
                }
                function.revert();
                self.cache.remove_version(id, &next.hash);
                // Where that can't be stored the new version is tried once more after a reset.
                let _ = self.functions.store(&mut self.world.board);
                *ended = Ended::new(ended.event, Place::Device, ended.started_us);
                self.run_version(ended, input, None)
            }
            _ => {
                self.world.board.trace(now_us, &Trace::Swapped { function: &function.name, hash: next.hash });
                function.state = FunctionState::Ready;
                function.current = Some(next);
                if !core::mem::take(&mut function.previous).is_none() {
                    let _ = self.functions.store(&mut self.world.board);
                }
                result
            }
        }
    }

    /// Runs a handler in its arena, which is made ready where it isn't: a version that has come, or the current one.
    #[inline(never)]
    fn run_version(
        &mut self,
        ended: &mut Ended<'_>,
        input: nano_vm::Event<'_>,
        next: Option<&Version>,
    ) -> Result<String, Failure> {
        let event = ended.event;
        ended.cold = true;
        let Some(function) = self.functions.get(event.function) else { return Err(Failure::NotFound) };
        let Some(version) = next.or(function.current.as_ref()) else { return Err(Failure::NotFound) };
        let Version { hash, module } = version;
        ended.ran = true;
        let timeout_ms = if function.timeout_ms == 0 { DEFAULT_TIMEOUT_MS } else { function.timeout_ms };
        let fuel = u64::from(timeout_ms) * u64::from(self.world.config.instructions_per_ms);
        let deadline_us = self.world.board.now_us().saturating_add(u64::from(timeout_ms) * 1000);
        let (id, memory) = (function.id, function.memory);
        let home = self.world.objects.home(event.ns);

        let found = self.cache.find(id, version, memory);
        let cold = found.is_none();
        let place = if let Some(place) = found {
            place
        } else {
            // The arena of the version before goes first, if there is no room for both.
            if !self.cache.has_room(&self.world.config, memory) {
                self.cache.remove(id);
            }
            if !self.cache.make_room(&self.world.config, memory) {
                return Err(Failure::ArenaTooSmall(self.world.config.arena_bytes));
            }
            self.cache.add(id, hash, memory, module).map_err(Failure::Memory)?
        };
        let Some(Ready { instance, context: texts, .. }) = self.cache.get_mut(place) else {
            return Err(Failure::NotFound);
        };
        let mut view = View { world: &mut self.world, home, deadline_us, slept_us: 0, event, function, texts };
        instance.set_limits(Limits { fuel, ..Limits::default() });

        let Invocation { result, instructions, heap_peak_bytes, started, .. } =
            instance.invoke_into(&mut self.result, &mut view, function.entry(), input);
        view.world.board.worked(instructions);
        ended.slept_us = view.slept_us;
        ended.reached = started && !matches!(result, Err(Failure::NotFound));
        let spent_up = result.as_ref().is_err_and(is_spent_up);
        match (cold, ended.reached && !spent_up) {
            (true, true) => self.cache.keep_only(id, hash),
            (true, false) => self.cache.remove_version(id, hash),
            (false, _) if spent_up => self.cache.remove(id),
            _ => {}
        }
        (ended.instructions, ended.heap_peak, ended.cold) = (instructions, heap_peak_bytes, cold);
        result
    }

    /// Says what became of an event: to the function's record, the console, the log of results, and who watches.
    #[inline(never)]
    pub(crate) fn finish(&mut self, ended: &Ended<'_>, bytes: &[u8], result: Result<&str, Fault<'_>>) {
        let Ended { event, place, started_us, ran, instructions, heap_peak, cold, slept_us, .. } = *ended;
        let finished_us = self.world.board.now_us();
        let Some(function) = self.functions.get_mut(event.function) else { return };
        function.runs = function.runs.saturating_add(1);
        function.errors = function.errors.saturating_add(u32::from(result.is_err()));
        (function.instructions, function.heap_peak) = (instructions, heap_peak);
        let World { board, config, objects, .. } = &mut self.world;
        let report = Report {
            function: &function.name,
            hash: function.version().filter(|_| ran).map_or(ModuleHash::NONE, |version| version.hash),
            namespace: objects.namespace(event.ns).map_or("", |namespace| &namespace.name),
            log: objects.log(event.ns, event.woof).map_or("", |log| &log.name),
            sequence: event.sequence,
            event: bytes,
            place,
            result,
            instructions,
            heap_peak,
            cold,
            queued_us: event.at_us,
            started_us,
            finished_us,
            slept_us,
        };
        board.trace(finished_us, &Trace::Finished(&report));
        if config.results > 0 {
            let of = (event.function, event.ns, event.woof);
            let most = usize::from(config.result_bytes);
            if let Some(record) = self.results.record(of, &report, most) {
                let _ = self.world.append(OWN_NAMESPACE_HANDLE, RESULTS_HANDLE, record, Cause::Runtime);
            }
        }
    }
}

/// Whether a run has left its arena in the middle of something, or full: the next one begins with a fresh one, as AWS
/// Lambda starts a new environment after a time-out or when memory is out.
fn is_spent_up(failure: &Failure) -> bool {
    match failure {
        Failure::Stopped(_) => true,
        Failure::Exception(exception) => matches!(&*exception.class, "MemoryError" | "RecursionError"),
        _ => false,
    }
}

/// Adds bytes unless they are too many.
fn put(out: &mut Vec<u8>, bytes: &[u8], most: usize) -> bool {
    let fits = out.len() + bytes.len() <= most;
    if fits {
        out.extend_from_slice(bytes);
    }
    fits
}
