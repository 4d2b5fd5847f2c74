//! The runtime of a device: one loop over link, samplers, modules and events.

use crate::board::{Board, Port};
use crate::cache::Cache;
use crate::config::Config;
use crate::function::Functions;
use crate::gate::{ANSWER_OVERHEAD, Gate, Identity};
use crate::incoming::Incoming;
use crate::link::Stream;
use crate::object::Objects;
use crate::pairing::EdgeTrust;
use crate::remote::Remote;
use crate::results::Results;
use crate::sampler::{Sampler, Source};
use crate::trace::Trace;
use crate::update::Firmware;
use crate::world::{AppendError, Binding, Cause, Event, World, milliseconds};
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nano_caps::{SEAL_HEADER_SIZE, SEAL_TAG_SIZE};
use nano_wire::link;
use nano_wire::message::operation::{ANY, Configuration, FunctionStat, FunctionState, Refused};

/// Most bytes of a message beside an event or answer: the numbers and the two names of an `Invoke`.
const MESSAGE_OVERHEAD: usize = 2 + 4 + 8 + 2 * 256;

/// Why a device does not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BootError {
    /// What is stored of keys, sequence numbers and logs can't be read, or not be stored. It refuses to run rather than let
    /// revoked keys or old requests work again, or begin logs anew that have records.
    Storage,
}

impl core::fmt::Display for BootError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("the device's keys, sequence numbers and logs can't be read or stored")
    }
}

impl core::error::Error for BootError {}

/// What one turn of the loop left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Poll {
    /// There is more to do at once.
    pub busy: bool,
    /// Else: when there will be, unless something comes in before. `u64::MAX`: never.
    pub next_us: u64,
}

/// Everything on a device but the board itself.
///
/// Methods that are marked `inline(never)` stay functions of their own: merged into their only caller they would need a
/// stack frame that is dear on a board with 80 KiB, and larger than the lx106's compiler can address.
pub struct Runtime<B: Board> {
    pub(crate) world: World<B>,
    pub(crate) gate: Gate,
    pub(crate) edge: EdgeTrust,
    pub(crate) firmware: Firmware,
    pub(crate) functions: Functions,
    pub(crate) cache: Cache,
    pub(crate) samplers: Vec<Sampler>,
    pub(crate) incoming: Option<Incoming>,
    pub(crate) remote: Vec<Remote>,
    pub(crate) streams: Vec<Option<Box<Stream>>>,
    /// Number of the next message that wants an answer. Begins anywhere, so that an answer to a question from before a
    /// reset is not taken for one of now.
    pub(crate) next_id: u16,
    /// Counts runs, for making room.
    pub(crate) clock: u64,
    /// Payload of the answer that is being made.
    pub(crate) payload: Vec<u8>,
    /// The answer that is being made.
    pub(crate) answer: Vec<u8>,
    /// The message that is being made.
    pub(crate) message: Vec<u8>,
    /// The frame that is being made.
    pub(crate) wire: Vec<u8>,
    /// The event that is being put together.
    pub(crate) event: Vec<u8>,
    /// The last result, for the memory of the next one.
    pub(crate) result: String,
    /// The record of a result that is being written.
    pub(crate) results: Results,
}

impl<B: Board> Runtime<B> {
    /// Starts a device with what it had stored.
    pub fn boot(mut board: B, identity: &Identity, config: Config) -> Result<Self, BootError> {
        let gate = Gate::boot(&mut board, identity).ok_or(BootError::Storage)?;
        let functions = Functions::restore(&mut board, &config);
        let mut id = [0; 2];
        board.entropy(&mut id);
        let mut world = World::new(board, config, gate.verifier.time_ms()).ok_or(BootError::Storage)?;
        world.objects.store(&mut world.board).map_err(|_| BootError::Storage)?;
        let body = usize::from(config.answer_bytes).max(config.event_bytes as usize) + MESSAGE_OVERHEAD;
        let mut runtime = Self {
            world,
            gate,
            edge: EdgeTrust::default(),
            firmware: Firmware::default(),
            functions,
            cache: Cache::default(),
            samplers: Vec::new(),
            incoming: None,
            remote: Vec::new(),
            streams: (0..config.ports)
                .map(|port| Some(Box::new(Stream::new(Port(port), config.frame_bytes))))
                .collect(),
            next_id: u16::from_le_bytes(id),
            clock: 0,
            payload: vec![0; usize::from(config.answer_bytes)],
            answer: Vec::with_capacity(usize::from(config.answer_bytes) + ANSWER_OVERHEAD),
            message: vec![0; body],
            wire: vec![0; link::encoded_bytes(body + SEAL_HEADER_SIZE + SEAL_TAG_SIZE)],
            event: Vec::new(),
            result: String::new(),
            results: Results::default(),
        };
        runtime.bind();
        runtime.give_up_others();
        runtime.begin_trial();
        runtime.world.trace(&Trace::Started);
        Ok(runtime)
    }

    /// The board.
    pub fn board(&self) -> &B {
        &self.world.board
    }

    /// The board.
    pub fn board_mut(&mut self) -> &mut B {
        &mut self.world.board
    }

    /// The device's time, unix ms.
    pub fn time_ms(&mut self) -> u64 {
        self.world.time_ms()
    }

    /// The logs and namespaces.
    pub fn objects(&self) -> &Objects<B::Memory> {
        &self.world.objects
    }

    /// What the functions are and have done.
    pub fn functions(&self) -> impl Iterator<Item = FunctionStat<'_>> {
        self.functions.iter().map(crate::function::Function::stat)
    }

    /// Requests that got no answer.
    pub fn silent(&self) -> u32 {
        self.gate.silent
    }

    /// Makes a namespace, as MKNS does; for what belongs to the board's own firmware.
    pub fn make_namespace(&mut self, name: &str) -> Result<u16, Refused> {
        let World { board, config, objects, .. } = &mut self.world;
        let (handle, made) = objects.make_namespace(config, name)?;
        if made && let Err(refused) = objects.store(board) {
            objects.take_namespace_back();
            return Err(refused);
        }
        Ok(handle)
    }

    /// Makes a log, as MKWOOF does; for what belongs to the board's own firmware.
    pub fn make_log(&mut self, ns: u16, name: &str, element: u32, history: u32) -> Result<u16, Refused> {
        self.world.make_log(ns, name, (element, history))
    }

    /// Reads a sensor at a rate into a log from now on. Which sensors a board has is the board's business, so this is no
    /// operation of a request.
    pub fn sample(&mut self, ns: u16, woof: u16, source: Source, period_us: u64) -> Result<(), Refused> {
        let log = self.world.objects.log(ns, woof).filter(|log| !log.is_own()).ok_or(Refused::NotYet)?;
        let (ns, woof) = (log.ns, log.woof);
        let next_us = self.world.board.now_us();
        self.samplers.retain(|sampler| (sampler.ns, sampler.woof) != (ns, woof));
        self.samplers.push(Sampler { ns, woof, source, period_us: period_us.max(1), next_us });
        Ok(())
    }

    /// No sensor is read any more.
    pub fn stop_sampling(&mut self) {
        self.samplers.clear();
    }

    /// Appends a record as the device itself does, its handlers included; its sequence number.
    pub fn append(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<u64, AppendError> {
        self.world.append(ns, woof, payload, Cause::Local)
    }

    /// Queues the newest event of a function again, without another record; `false` when there is none to be had.
    pub fn replay(&mut self, function: &str) -> bool {
        let at_us = self.world.board.now_us();
        let Some(function) = self.functions.named(function) else { return false };
        let Some(log) = self.world.objects.log(function.ns, function.woof) else { return false };
        let Some(sequence) = log.ring.last() else { return false };
        if self.world.queue.len() >= usize::from(self.world.config.queue) {
            return false;
        }
        let (function, ns, woof, count) = (function.id, function.ns, function.woof, function.every);
        self.world.queue.push_back(Event { function, ns, woof, sequence: sequence.0, count, at_us });
        true
    }

    /// Makes a function, as INSTALL does, whose module is then fetched; for what belongs to the board's own firmware.
    pub fn configure(&mut self, log: (u16, u16), configuration: &Configuration<'_>) -> Result<(), Refused> {
        let id = self.functions.configure(&self.world.config, log, configuration)?;
        self.functions.store(&mut self.world.board)?;
        self.installed(id);
        Ok(())
    }

    /// Installs a function with its module at hand, as INSTALL does; for what belongs to the board's own firmware.
    pub fn install(
        &mut self,
        log: (u16, u16),
        configuration: &Configuration<'_>,
        module: &[u8],
    ) -> Result<(), Refused> {
        self.configure(log, configuration)?;
        let id = self.functions.named(configuration.name).ok_or(Refused::Module)?.id;
        let installed = self.pushed(id, configuration.hash, 0, module)?;
        if installed.state == FunctionState::Ready { Ok(()) } else { Err(Refused::Module) }
    }

    /// Runs a function with this event now, as from the board's own console; `false` when it can't be: no such function,
    /// it waits for its module, or the edge is to run it and too much waits for the edge. Its report is traced, with
    /// sequence number 0.
    pub fn invoke(&mut self, function: &str, event: &[u8]) -> bool {
        let at_us = self.world.board.now_us();
        let room = self.remote.len() < usize::from(self.world.config.remote);
        let found = self.functions.named(function).filter(|f| f.is_runnable() && (room || !f.is_remote()));
        let Some(function) = found else { return false };
        let (function, ns, woof) = (function.id, function.ns, function.woof);
        let input = nano_vm::Event::Record(event);
        self.deal_with(&Event { function, ns, woof, sequence: 0, count: 1, at_us }, Some(input));
        true
    }

    /// Gives up all arenas: the next run of every function is a cold start.
    pub fn clear_cache(&mut self) {
        self.cache.clear();
    }

    /// Binds functions to logs, keeping count where nothing changed.
    pub(crate) fn bind(&mut self) {
        let before = core::mem::take(&mut self.world.bindings);
        for function in self.functions.iter().filter(|f| (f.ns, f.woof) != (ANY, ANY)) {
            let (id, ns, woof, every) = (function.id, function.ns, function.woof, function.every);
            let same = before.iter().find(|b| (b.function, b.ns, b.woof, b.every) == (id, ns, woof, every));
            let since = same.map_or(0, |binding| binding.since);
            self.world.bindings.push(Binding { function: id, ns, woof, every, since });
        }
    }

    /// What the board keeps of logs and modules that are no more is given up.
    pub(crate) fn give_up_others(&mut self) {
        let Self { world: World { board, objects, .. }, functions, .. } = self;
        let is_log = |woof| objects.logs().iter().any(|log| log.woof == woof);
        board.keep_only(&is_log, &|hash| functions.iter().any(|function| function.needs(hash)));
    }

    /// One turn: what has come in, sensors, modules, answers that are overdue, and at most one handler.
    pub fn poll(&mut self) -> Poll {
        let now_us = self.world.board.now_us();
        self.gate.verifier.advance(milliseconds(now_us));
        self.world.set_time(self.gate.verifier.time_ms());
        self.follow_connection();
        let more = self.receive();
        for sampler in &mut self.samplers {
            sampler.poll(&mut self.world);
        }
        self.poll_incoming();
        self.poll_remote();
        self.poll_firmware(now_us);
        let occupied = self.world.board.occupied_until_us();
        let ran = occupied.is_none() && self.run_next();
        // What else a handler may have left to do has its time, which is asked for.
        let busy = more || ran && !self.world.queue.is_empty() && self.next_event().is_some();
        Poll { busy, next_us: self.next_us().min(occupied.unwrap_or(u64::MAX)) }
    }

    fn next_us(&mut self) -> u64 {
        let samplers = self.samplers.iter().map(|sampler| sampler.next_us);
        let remote = self.remote.iter().map(|remote| remote.deadline_us);
        let soonest = samplers.chain(remote).min().unwrap_or(u64::MAX);
        soonest.min(self.next_fetch_us()).min(self.firmware.next_us())
    }

    /// Before a reset that is meant, as that of deep sleep: what clients ask of the device meanwhile is not taken for what it
    /// may have done before.
    pub fn settle(&mut self) {
        self.gate.settle(&mut self.world.board);
    }

    /// Takes turns until `until_us`, before a sleep that takes all memory with it: and on, up to `at_most_us`, while an event
    /// waits for its handler, a module is coming, or the edge owes an answer.
    pub fn run_to_rest(&mut self, until_us: u64, at_most_us: u64) {
        self.run_until(until_us);
        while self.world.board.now_us() < at_most_us && !self.is_at_rest() {
            let poll = self.poll();
            if !poll.busy && !self.is_at_rest() {
                self.world.board.idle(poll.next_us.min(at_most_us));
            }
        }
    }

    fn is_at_rest(&self) -> bool {
        self.next_event().is_none() && self.remote.is_empty() && self.incoming.is_none()
    }

    /// Takes turns until `until_us`, and lets the board idle in between.
    pub fn run_until(&mut self, until_us: u64) {
        while self.world.board.now_us() < until_us {
            let poll = self.poll();
            if !poll.busy {
                self.world.board.idle(poll.next_us.min(until_us));
            }
        }
    }
}
