//! The functions of a device: how each is to be run, the module it has and the one it wants.

use crate::board::{Board, Item};
use crate::config::Config;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nano_vm::{Aligned, Module};
use nano_wire::message::operation::{ANY, Configuration, FunctionStat, FunctionState, Install, Place, Refused};
use nano_wire::message::{MessageError, ModuleHash, Reader, Writer};
use nano_wire::module::Packed;

/// Version of the stored form. The first had no hash of the version before.
const STORED: u8 = 2;
/// Most bytes of a function in it: handles, length, configuration with two names, hash of the version before.
const STORED_FUNCTION: usize = 6 + 1 + 32 + 4 * 3 + 2 + 1 + 2 * 256 + 32;

/// A module that is here.
#[derive(Clone, Debug)]
pub struct Version {
    pub hash: ModuleHash,
    pub module: Module<Aligned>,
}

impl Version {
    fn bytes(&self) -> usize {
        self.module.bytes().len()
    }
}

/// A function.
#[derive(Debug)]
pub struct Function {
    /// Given out upwards.
    pub id: u16,
    pub name: String,
    /// `module.function`.
    pub handler: String,
    /// Where the function's name begins in it.
    entry: usize,
    /// The log that invokes it, or any, any.
    pub ns: u16,
    pub woof: u16,
    pub every: u16,
    pub place: Place,
    pub memory: u32,
    pub timeout_ms: u32,
    /// The module that was installed.
    pub wanted: ModuleHash,
    /// Its bytes; 0: not said.
    pub size: u32,
    /// The module to go back to when the wanted one fails at its first run; none once it has run.
    pub previous: ModuleHash,
    /// What runs.
    pub current: Option<Version>,
    /// What has come and is tried at the next invocation.
    pub next: Option<Version>,
    pub state: FunctionState,
    /// The edge has said that it doesn't have the module: events fail rather than wait.
    pub absent: bool,
    /// Its module had to make room for another's; it is fetched again when an event waits for it.
    pub evicted: bool,
    /// Not asked for again before.
    pub retry_at_us: u64,
    /// Attempts to get it that failed in a row.
    pub failures: u8,
    /// When it was last used, for making room.
    pub used: u64,
    pub runs: u32,
    pub errors: u32,
    pub instructions: u64,
    pub heap_peak: u32,
}

impl Function {
    fn new(id: u16, (ns, woof): (u16, u16), configuration: &Configuration<'_>) -> Self {
        let mut function = Self {
            id,
            name: configuration.name.into(),
            handler: String::new(),
            entry: 0,
            ns,
            woof,
            every: 0,
            place: Place::Device,
            memory: 0,
            timeout_ms: 0,
            wanted: ModuleHash::NONE,
            size: 0,
            previous: ModuleHash::NONE,
            current: None,
            next: None,
            state: FunctionState::Wanted,
            absent: false,
            evicted: false,
            retry_at_us: 0,
            failures: 0,
            used: 0,
            runs: 0,
            errors: 0,
            instructions: 0,
            heap_peak: 0,
        };
        function.configure(configuration);
        function
    }

    /// Takes over a configuration; what runs goes on until the new module is here.
    fn configure(&mut self, configuration: &Configuration<'_>) {
        let Configuration { hash, size, memory, timeout_ms, every, place, handler, .. } = *configuration;
        self.handler = handler.into();
        self.entry = handler.rfind('.').map_or(0, |dot| dot + 1);
        (self.every, self.place, self.memory, self.timeout_ms) = (every, place, memory, timeout_ms);
        (self.wanted, self.size) = (hash, size);
        self.previous = match &self.current {
            Some(current) if place == Place::Device && current.hash != hash => current.hash,
            _ => ModuleHash::NONE,
        };
        (self.absent, self.evicted, self.retry_at_us, self.failures) = (false, false, 0, 0);
        if self.next.as_ref().is_some_and(|next| next.hash != hash) {
            self.next = None;
        }
        self.state = match place {
            Place::Edge => FunctionState::Ready,
            Place::Device if self.has(hash) => FunctionState::Ready,
            Place::Device => FunctionState::Wanted,
        };
        if place == Place::Edge {
            (self.current, self.next) = (None, None);
        }
    }

    /// The wanted version has failed: the one that runs is wanted again, after a reset, too.
    pub fn revert(&mut self) {
        self.state = FunctionState::Refused;
        self.previous = ModuleHash::NONE;
        if let Some(current) = &self.current {
            // Modules are at most 8 MiB.
            (self.wanted, self.size) = (current.hash, current.bytes() as u32);
        }
    }

    /// Whether it runs this module, or will, or may have to again.
    pub fn needs(&self, hash: &ModuleHash) -> bool {
        [self.wanted, self.previous].contains(hash) || self.has(*hash)
    }

    /// Whether this module is here.
    fn has(&self, hash: ModuleHash) -> bool {
        [&self.current, &self.next].into_iter().flatten().any(|version| version.hash == hash)
    }

    /// Whether its module is not here and could be.
    pub fn wants(&self) -> bool {
        self.place == Place::Device && self.state == FunctionState::Wanted && !self.has(self.wanted)
    }

    /// Whether this device can't, however often it is asked.
    fn cannot_run(&self) -> bool {
        matches!(self.state, FunctionState::TooLarge | FunctionState::Lacks)
    }

    /// Whether the edge runs it.
    pub fn is_remote(&self) -> bool {
        self.place == Place::Edge || (self.cannot_run() && self.current.is_none())
    }

    /// The version that runs, or the one that does not and has nothing to fall back to.
    pub fn version(&self) -> Option<&Version> {
        self.current.as_ref().or(self.next.as_ref())
    }

    /// Name of the handler in its module.
    pub fn entry(&self) -> &str {
        self.handler.get(self.entry..).unwrap_or(&self.handler)
    }

    fn configuration(&self) -> Configuration<'_> {
        Configuration {
            hash: self.wanted,
            size: self.size,
            memory: self.memory,
            timeout_ms: self.timeout_ms,
            every: self.every,
            place: self.place,
            name: &self.name,
            handler: &self.handler,
        }
    }

    /// What it is and has done.
    pub fn stat(&self) -> FunctionStat<'_> {
        FunctionStat {
            hash: self.current.as_ref().map_or(self.wanted, |current| current.hash),
            ns: self.ns,
            woof: self.woof,
            every: self.every,
            state: self.state,
            place: self.place,
            memory: self.memory,
            timeout_ms: self.timeout_ms,
            runs: self.runs,
            errors: self.errors,
            instructions: self.instructions,
            heap_peak: self.heap_peak,
            name: &self.name,
            handler: &self.handler,
        }
    }

    fn module_bytes(&self) -> usize {
        [&self.current, &self.next].into_iter().flatten().map(Version::bytes).sum()
    }
}

/// A module that the board kept, if it is whole and there is room.
fn kept_version(board: &mut impl Board, config: &Config, hash: &ModuleHash, room: &mut usize) -> Option<Version> {
    let bytes = board.kept_module(hash).filter(|bytes| bytes.len() <= *room)?;
    if nano_caps::sha256(&[&bytes]) != hash.0 {
        return None;
    }
    let packed = Packed::read(&bytes).ok()?;
    *room = room.checked_sub(packed.image_bytes())?;
    let module = Module::load_for(Aligned::unpacked(Ok(packed)), config.features).ok()?;
    Some(Version { hash: *hash, module })
}

/// All functions.
#[derive(Debug, Default)]
pub struct Functions {
    all: Vec<Function>,
    next: u16,
}

impl Functions {
    /// As stored before the reset; modules that the board did not keep are wanted again.
    // What it takes of the stack is free again before the runtime is made.
    #[inline(never)]
    pub fn restore(board: &mut impl Board, config: &Config) -> Self {
        let mut stored = vec![0; 2 + usize::from(config.functions) * STORED_FUNCTION];
        let length = board.load(Item::Functions, &mut stored).unwrap_or(0);
        let mut functions = Self::default();
        if stored.get(..length).is_none_or(|stored| functions.read(stored).is_err()) {
            functions = Self::default();
        }
        let mut room = config.module_bytes as usize;
        for function in functions.all.iter_mut().filter(|function| function.wants()) {
            if let Some(next) = kept_version(board, config, &function.wanted, &mut room) {
                function.next = Some(next);
                function.state = FunctionState::Ready;
            }
        }
        // Those that have not run yet, or have not come: what they replace goes on.
        for function in functions.all.iter_mut().filter(|function| !function.previous.is_none()) {
            function.current = kept_version(board, config, &function.previous, &mut room);
        }
        functions
    }

    fn read(&mut self, stored: &[u8]) -> Result<(), MessageError> {
        let mut reader = Reader::new(stored);
        let version = reader.u8()?;
        if !(1..=STORED).contains(&version) {
            return Err(MessageError::Value);
        }
        for _ in 0..reader.u8()? {
            let log = (reader.u16()?, reader.u16()?);
            let Install::Configure(configuration) = Install::decode(reader.bytes16()?)? else {
                return Err(MessageError::Value);
            };
            let mut function = Function::new(self.next, log, &configuration);
            if version > 1 {
                function.previous = ModuleHash(reader.array()?);
            }
            self.all.push(function);
            self.next += 1;
        }
        reader.end()
    }

    fn write(&self) -> Result<Vec<u8>, MessageError> {
        let mut out = vec![0; 2 + self.all.len() * STORED_FUNCTION];
        let mut one = vec![0; STORED_FUNCTION];
        let mut w = Writer::new(&mut out);
        w.u8(STORED)?;
        // As many as a u8 of the configuration says, at most.
        w.u8(self.all.len() as u8)?;
        for function in &self.all {
            let length = Install::Configure(function.configuration()).encode(&mut one)?;
            w.u16(function.ns)?;
            w.u16(function.woof)?;
            w.bytes16(one.get(..length).unwrap_or_default())?;
            w.put(&function.previous.0)?;
        }
        let length = w.len();
        out.truncate(length);
        Ok(out)
    }

    /// Stores them.
    pub fn store(&self, board: &mut impl Board) -> Result<(), Refused> {
        let stored = self.write().map_err(|_| Refused::Storage)?;
        if board.store(Item::Functions, &stored) { Ok(()) } else { Err(Refused::Storage) }
    }

    /// Makes or changes the function of that name. It stays with its log: whoever may install for one log can't take
    /// over another log's function.
    pub fn configure(
        &mut self,
        config: &Config,
        log: (u16, u16),
        configuration: &Configuration<'_>,
    ) -> Result<u16, Refused> {
        if !nano_woof::is_name(configuration.name) {
            return Err(Refused::Name);
        }
        if configuration.place == Place::Device && configuration.hash.is_none() {
            return Err(Refused::Malformed);
        }
        if let Some(function) = self.all.iter_mut().find(|function| function.name == configuration.name) {
            if (function.ns, function.woof) != log {
                return Err(Refused::Differs);
            }
            function.configure(configuration);
            return Ok(function.id);
        }
        if self.all.len() >= usize::from(config.functions) || self.next == ANY {
            return Err(Refused::Full);
        }
        let id = self.next;
        self.next += 1;
        self.all.push(Function::new(id, log, configuration));
        Ok(id)
    }

    /// Removes a function of that log, if the board can note that; `None`: there is none.
    pub fn remove(&mut self, board: &mut impl Board, log: (u16, u16), name: &str) -> Option<Result<u16, Refused>> {
        let index = self.all.iter().position(|f| f.name == name && (f.ns, f.woof) == log)?;
        let function = self.all.remove(index);
        let id = function.id;
        let stored = self.store(board);
        if stored.is_err() {
            self.all.insert(index, function);
        }
        Some(stored.map(|()| id))
    }

    /// The functions.
    pub fn iter(&self) -> impl Iterator<Item = &Function> {
        self.all.iter()
    }

    /// The functions.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Function> {
        self.all.iter_mut()
    }

    /// Whether a module may be wanted.
    pub fn any_wanted(&self) -> bool {
        self.all.iter().any(|function| function.state == FunctionState::Wanted)
    }

    /// The function with this id.
    pub fn get(&self, id: u16) -> Option<&Function> {
        self.all.iter().find(|function| function.id == id)
    }

    /// The function with this id.
    pub fn get_mut(&mut self, id: u16) -> Option<&mut Function> {
        self.all.iter_mut().find(|function| function.id == id)
    }

    /// The function with this name.
    pub fn named(&self, name: &str) -> Option<&Function> {
        self.all.iter().find(|function| function.name == name)
    }

    /// Makes room for a module of `bytes` for function `keep`: those longest unused give up theirs and want it again.
    pub fn make_room(&mut self, config: &Config, keep: u16, bytes: usize) -> bool {
        let most = config.module_bytes as usize;
        loop {
            let taken: usize = self.all.iter().map(Function::module_bytes).sum();
            if taken.saturating_add(bytes) <= most {
                return true;
            }
            let others = self.all.iter_mut().filter(|function| function.id != keep && function.module_bytes() > 0);
            let Some(oldest) = others.min_by_key(|function| function.used) else { return false };
            (oldest.current, oldest.next) = (None, None);
            (oldest.state, oldest.evicted) = (FunctionState::Wanted, true);
        }
    }
}
