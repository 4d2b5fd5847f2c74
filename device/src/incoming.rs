//! A module on its way here: asked for and pulled from the edge, or pushed by INSTALL. One at a time; whole or not at all.

use crate::board::{Board, Port};
use crate::function::{Function, Version};
use crate::runtime::Runtime;
use crate::trace::{FetchError, Trace, VersionError};
use alloc::vec::Vec;
use nano_caps::{SEAL_HEADER_SIZE, SEAL_TAG_SIZE};
use nano_vm::{Aligned, LoadError, Module, Needed, Shortage};
use nano_wire::message::operation::{FunctionState, Installed, Refused};
use nano_wire::message::{Chunk, Fetch, Fetched, Message, ModuleHash, Offer, Pull};
use nano_wire::module::{ISA_VERSION, Packed};

/// Without progress for this long, what is missing is asked for again.
const PATIENCE_US: u64 = 500_000;
/// So often; then what has come is thrown away and it begins anew later.
const ATTEMPTS: u8 = 5;
/// Least and most time until then; it doubles in between.
const BACKOFF_US: (u64, u64) = (1_000_000, 32_000_000);
/// Bytes that are asked for at a time, in chunks.
const CHUNKS_A_PULL: u32 = 8;
/// Most bytes of a chunk, and what a frame needs beside it.
const CHUNK: (u16, u16) = (4096, 8 + (SEAL_HEADER_SIZE + SEAL_TAG_SIZE) as u16);

/// Who brings it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// The edge was asked whether it has it.
    Asked,
    /// The edge sends it.
    Pulling,
    /// A client sends it.
    Pushed,
}

/// A module on its way.
#[derive(Debug)]
pub struct Incoming {
    function: u16,
    hash: ModuleHash,
    size: usize,
    id: u16,
    stage: Stage,
    bytes: Vec<u8>,
    /// Where the current pull ends; 0 before the first.
    until: usize,
    /// When to ask again.
    pub next_us: u64,
    attempts: u8,
}

impl<B: Board> Runtime<B> {
    /// Begins, repeats or gives up, as the time and the link are.
    pub(crate) fn poll_incoming(&mut self) {
        let now_us = self.world.board.now_us();
        let linked = self.world.board.linked(Port::EDGE);
        let Some(incoming) = &mut self.incoming else {
            if linked && self.functions.any_wanted() {
                self.fetch(now_us);
            }
            return;
        };
        if incoming.stage != Stage::Pushed && !linked {
            return self.give_up(FetchError::Unlinked);
        }
        if now_us < incoming.next_us {
            return;
        }
        incoming.attempts += 1;
        if incoming.attempts >= ATTEMPTS || incoming.stage == Stage::Pushed {
            return self.give_up(FetchError::Silent);
        }
        self.ask();
    }

    /// When the next module may be asked for.
    pub(crate) fn next_fetch_us(&mut self) -> u64 {
        if let Some(incoming) = &self.incoming {
            return incoming.next_us;
        }
        if !self.functions.any_wanted() {
            return u64::MAX;
        }
        match self.wanted().map(|function| function.retry_at_us).min() {
            Some(at_us) if self.world.board.linked(Port::EDGE) => at_us,
            _ => u64::MAX,
        }
    }

    /// The functions whose modules are to be fetched: at once when they are new, when an event waits for them otherwise.
    fn wanted(&self) -> impl Iterator<Item = &Function> {
        let waits = |function: &Function| self.world.queue.iter().any(|event| event.function == function.id);
        self.functions.iter().filter(move |function| function.wants() && (!function.evicted || waits(function)))
    }

    /// Asks for the module that has been wanted longest, if it is time.
    #[inline(never)]
    fn fetch(&mut self, now_us: u64) {
        let wanted = self.wanted().filter(|function| function.retry_at_us <= now_us);
        let first = wanted.min_by_key(|function| (function.retry_at_us, function.id));
        let Some((function, hash)) = first.map(|function| (function.id, function.wanted)) else { return };
        self.incoming = Some(Incoming {
            function,
            hash,
            size: 0,
            id: self.next_id,
            stage: Stage::Asked,
            bytes: Vec::new(),
            until: 0,
            next_us: now_us,
            attempts: 0,
        });
        self.next_id = self.next_id.wrapping_add(1);
        let name = self.functions.get(function).map_or("", |function| &function.name);
        self.world.board.trace(now_us, &Trace::Fetching { function: name, hash });
        self.ask();
    }

    /// Asks for what is missing now.
    #[inline(never)]
    fn ask(&mut self) {
        let now_us = self.world.board.now_us();
        let Some(incoming) = &mut self.incoming else { return };
        incoming.next_us = now_us.saturating_add(PATIENCE_US);
        let (id, hash, offset) = (incoming.id, incoming.hash, incoming.bytes.len());
        match incoming.stage {
            Stage::Asked => {
                let Some(function) = self.functions.get(incoming.function) else { return };
                let held = function.current.as_ref().map_or(ModuleHash::NONE, |current| current.hash);
                let arena = function.memory.min(self.world.config.arena_bytes);
                let (size, first) = (function.size as usize, incoming.attempts == 0);
                // Where INSTALL has said how long it is, its beginning need not wait for the offer: a round trip less.
                let pulled = first
                    && size > 0
                    && size <= self.world.config.module_bytes as usize
                    && incoming.bytes.try_reserve_exact(size).is_ok();
                incoming.size = if pulled { size } else { 0 };
                incoming.until = 0;
                let message = Message::Fetch(Fetch {
                    id,
                    isa: ISA_VERSION,
                    arena,
                    wanted: hash,
                    held,
                    function: &function.name,
                    handler: &function.handler,
                    features: self.world.config.features,
                });
                let written = message.encode(&mut self.message);
                self.tell_edge_written(message.kind(), written.unwrap_or(0));
                if pulled {
                    self.pull(id, hash, 0, size);
                }
            }
            Stage::Pulling => {
                let size = incoming.size;
                self.pull(id, hash, offset, size);
            }
            Stage::Pushed => {}
        }
    }

    /// What was asked of the edge is asked again at once.
    pub(crate) fn fetch_now(&mut self) {
        let now_us = self.world.board.now_us();
        if let Some(incoming) = self.incoming.as_mut().filter(|incoming| incoming.stage != Stage::Pushed) {
            incoming.next_us = now_us;
        }
    }

    /// Asks for the next chunks of a module of `size` bytes, of which `offset` have come.
    fn pull(&mut self, id: u16, hash: ModuleHash, offset: usize, size: usize) {
        let (most, beside) = CHUNK;
        let chunk = self.world.config.frame_bytes.saturating_sub(beside).clamp(1, most);
        // Fewer after silence: a link that loses in a rhythm would lose the first of eight every time.
        let silences = self.incoming.as_ref().map_or(0, |incoming| incoming.attempts);
        let length =
            size.saturating_sub(offset).min((u32::from(chunk) * (CHUNKS_A_PULL >> (2 * silences).min(3))) as usize);
        if let Some(incoming) = &mut self.incoming {
            incoming.until = offset + length;
        }
        // Modules are at most 8 MiB.
        let (offset, length) = (offset as u32, length as u32);
        self.tell_edge(&Message::Pull(Pull { id, hash, offset, length, chunk }));
    }

    /// The edge says what it has.
    #[inline(never)]
    pub(crate) fn fetched(&mut self, fetched: &Fetched<'_>) {
        let expected = |i: &&mut Incoming| i.id == fetched.id && i.stage == Stage::Asked;
        let Some(incoming) = self.incoming.as_mut().filter(expected) else { return };
        let (function, wanted) = (incoming.function, incoming.hash);
        match fetched.offer {
            Offer::Module { hash, size, memory } => {
                let Some(function) = self.functions.get_mut(function) else { return };
                if hash != wanted || (function.size != 0 && function.size != size) {
                    return self.give_up(FetchError::Other);
                }
                if memory > function.memory {
                    function.state = FunctionState::TooLarge;
                    return self.give_up(FetchError::TooLarge(memory));
                }
                let size = size as usize;
                let id = function.id;
                let fits = size > 0
                    && self.functions.make_room(&self.world.config, id, size)
                    && incoming.bytes.try_reserve_exact(size.saturating_sub(incoming.bytes.len())).is_ok();
                if !fits {
                    return self.give_up(no_memory(Needed::Module, size));
                }
                (incoming.size, incoming.stage, incoming.attempts) = (size, Stage::Pulling, 0);
                let (have, until) = (incoming.bytes.len(), incoming.until);
                if have == size {
                    self.complete();
                } else if have >= until {
                    // Nothing that was asked for together with the offer is on its way.
                    self.ask();
                }
            }
            Offer::TooLarge { needed } => {
                if let Some(function) = self.functions.get_mut(function) {
                    function.state = FunctionState::TooLarge;
                }
                self.give_up(FetchError::TooLarge(needed));
            }
            Offer::Lacks { features } => {
                if let Some(function) = self.functions.get_mut(function) {
                    function.state = FunctionState::Lacks;
                }
                self.give_up(FetchError::Lacks(features));
            }
            Offer::NotModified => self.give_up(FetchError::Other),
            Offer::NotFound => self.give_up(FetchError::NotFound),
            Offer::Failed { .. } => self.give_up(FetchError::Failed),
        }
    }

    /// Bytes from the edge. Those out of order are dropped: they are asked for again.
    #[inline(never)]
    pub(crate) fn chunk(&mut self, chunk: &Chunk<'_>) {
        // On a link that changes the order, bytes may come before the offer that they were asked for with.
        let early = |i: &Incoming| i.stage == Stage::Asked && i.until > 0 && !chunk.bytes.is_empty();
        let expected = |i: &&mut Incoming| i.id == chunk.id && (i.stage == Stage::Pulling || early(i));
        let Some(incoming) = self.incoming.as_mut().filter(expected) else { return };
        if chunk.bytes.is_empty() {
            return self.give_up(FetchError::NotFound);
        }
        if chunk.offset as usize != incoming.bytes.len() || incoming.bytes.len() + chunk.bytes.len() > incoming.size {
            return;
        }
        incoming.bytes.extend_from_slice(chunk.bytes);
        incoming.attempts = 0;
        incoming.next_us = self.world.board.now_us().saturating_add(PATIENCE_US);
        let (have, size, until) = (incoming.bytes.len(), incoming.size, incoming.until);
        if incoming.stage == Stage::Asked {
            // The offer decides.
        } else if have == size {
            self.complete();
        } else if have >= until {
            self.ask();
        }
    }

    /// Bytes from a client.
    #[inline(never)]
    pub(crate) fn pushed(
        &mut self,
        id: u16,
        hash: ModuleHash,
        offset: u32,
        bytes: &[u8],
    ) -> Result<Installed, Refused> {
        let now_us = self.world.board.now_us();
        let Some(function) = self.functions.get(id).filter(|function| function.wants()) else {
            return Ok(self.installed(id));
        };
        let size = function.size as usize;
        let is_pushed = |i: &Incoming| i.stage == Stage::Pushed;
        if !self.incoming.as_ref().is_some_and(|i| i.function == id && i.hash == hash && is_pushed(i)) {
            if self.incoming.as_ref().is_some_and(|i| i.hash != hash || is_pushed(i)) {
                return Err(Refused::Full);
            }
            // The same module from the edge: whoever brings bytes goes first.
            let mut buffer = Vec::new();
            let fits = size > 0
                && self.functions.make_room(&self.world.config, id, size)
                && buffer.try_reserve_exact(size).is_ok();
            if !fits {
                return Err(Refused::Full);
            }
            self.incoming = Some(Incoming {
                function: id,
                hash,
                size,
                id: self.next_id,
                stage: Stage::Pushed,
                bytes: buffer,
                until: size,
                next_us: 0,
                attempts: 0,
            });
            self.next_id = self.next_id.wrapping_add(1);
        }
        let Some(incoming) = &mut self.incoming else { return Err(Refused::Full) };
        incoming.next_us = now_us.saturating_add(PATIENCE_US * u64::from(ATTEMPTS) * 4);
        let have = incoming.bytes.len();
        // A chunk that came before is no mistake: the answer says where to go on.
        if offset as usize == have && have + bytes.len() <= incoming.size {
            incoming.bytes.extend_from_slice(bytes);
            if incoming.bytes.len() == incoming.size && !self.complete() {
                return Err(Refused::Module);
            }
        }
        Ok(self.installed(id))
    }

    /// What INSTALL answers.
    pub(crate) fn installed(&mut self, id: u16) -> Installed {
        let now_us = self.world.board.now_us();
        self.bind();
        let Some(function) = self.functions.get(id) else {
            return Installed { state: FunctionState::Refused, next: 0 };
        };
        let stale = |i: &Incoming| i.function == id && i.hash != function.wanted;
        if self.incoming.as_ref().is_some_and(stale) {
            self.incoming = None;
        }
        let next = self.incoming.as_ref().filter(|i| i.function == id).map_or(0, |i| i.bytes.len() as u32);
        let next = if function.state == FunctionState::Ready { function.size } else { next };
        let installed = Installed { state: function.state, next };
        self.world.board.trace(now_us, &Trace::Installed { function: &function.name, hash: function.wanted });
        installed
    }

    /// A function is gone.
    pub(crate) fn removed(&mut self, id: u16) {
        self.bind();
        self.give_up_others();
        self.cache.remove(id);
        self.world.queue.retain(|event| event.function != id);
        if self.incoming.as_ref().is_some_and(|incoming| incoming.function == id) {
            self.incoming = None;
        }
    }

    /// All bytes are here: it is the module or it is nothing.
    #[inline(never)]
    fn complete(&mut self) -> bool {
        let now_us = self.world.board.now_us();
        self.give_up_others();
        let Some(incoming) = self.incoming.take() else { return false };
        if nano_caps::sha256(&[&incoming.bytes]) != incoming.hash.0 {
            self.incoming = Some(incoming);
            self.give_up(FetchError::Hash);
            return false;
        }
        // What is kept in memory is its image, which is larger than what came.
        let packed = Packed::read(&incoming.bytes);
        let image_bytes = packed.as_ref().map_or(0, Packed::image_bytes);
        if !self.functions.make_room(&self.world.config, incoming.function, image_bytes) {
            self.incoming = Some(incoming);
            self.give_up(no_memory(Needed::Image, image_bytes));
            return false;
        }
        let Some(function) = self.functions.get_mut(incoming.function) else { return false };
        let (hash, bytes) = (incoming.hash, &incoming.bytes);
        self.world.board.trace(now_us, &Trace::Fetched { function: &function.name, hash, bytes: bytes.len() });
        match Module::load_for(Aligned::unpacked(packed), self.world.config.features) {
            Ok(module) => {
                self.world.board.keep_module(&hash, bytes);
                function.next = Some(Version { hash, module });
                (function.state, function.absent, function.evicted) = (FunctionState::Ready, false, false);
                function.failures = 0;
                true
            }
            Err(LoadError::Memory(shortage)) => {
                // Another time there may be.
                self.incoming = Some(incoming);
                self.give_up(FetchError::Memory(shortage));
                false
            }
            Err(error) => {
                // One that came some other way than from the edge, which would have said so.
                let lacks = matches!(error, LoadError::Lacks(_));
                function.state = if lacks { FunctionState::Lacks } else { FunctionState::Refused };
                let why = VersionError::Load(error);
                self.world.board.trace(now_us, &Trace::Refused { function: &function.name, hash, why });
                false
            }
        }
    }

    /// Throws away what has come. A link that was down is used as soon as it is up; else it takes a while.
    fn give_up(&mut self, why: FetchError) {
        let now_us = self.world.board.now_us();
        let Some(incoming) = self.incoming.take() else { return };
        let Some(function) = self.functions.get_mut(incoming.function) else { return };
        let (least, most) = BACKOFF_US;
        let wait_us = if why == FetchError::Unlinked { 0 } else { (least << function.failures.min(8)).min(most) };
        function.failures = function.failures.saturating_add(1);
        function.retry_at_us = now_us.saturating_add(wait_us);
        function.absent =
            matches!(why, FetchError::NotFound | FetchError::Failed | FetchError::Other | FetchError::Memory(_));
        self.world.board.trace(now_us, &Trace::NotFetched { function: &function.name, why });
    }
}

/// Part of a module does not fit, which takes so many bytes.
fn no_memory(what: Needed, bytes: usize) -> FetchError {
    FetchError::Memory(Shortage { what, bytes: bytes as u32 })
}

impl Function {
    /// Whether an event can be dealt with now: run, handed to the edge, or failed.
    pub(crate) fn is_runnable(&self) -> bool {
        self.is_remote()
            || self.current.is_some()
            || self.next.is_some()
            || self.absent
            || self.state == FunctionState::Refused
    }
}
