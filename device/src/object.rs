//! Namespaces and logs: their names, their handles, and what of them survives a reset.

use crate::board::{Board, Item};
use crate::config::Config;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use nano_wire::message::operation::{ANY, Refused};
use nano_wire::message::{MessageError, Reader, Writer};
use nano_woof::{LogId, RingLog, is_name};

/// The device's own namespace, made at its first start.
pub const OWN_NAMESPACE: &str = "nano";
/// Its handle.
pub const OWN_NAMESPACE_HANDLE: u16 = 1;
/// The log of results in it.
pub const RESULTS: &str = "results";
/// Its handle.
pub const RESULTS_HANDLE: u16 = 1;

/// Version of the stored form.
const STORED: u8 = 1;
/// Most bytes of a namespace in it.
const STORED_NAMESPACE: usize = 2 + 1 + nano_woof::LONGEST_NAME;
/// Most bytes of a log in it.
const STORED_LOG: usize = 2 + 2 + 4 + 4 + 4 + 1 + nano_woof::LONGEST_NAME;

/// A namespace.
#[derive(Clone, Debug)]
pub struct Namespace {
    /// Given out upwards, never again.
    pub handle: u16,
    /// Its name.
    pub name: String,
}

/// A log with its records.
#[derive(Debug)]
pub struct Log<M> {
    /// Handle of its namespace.
    pub ns: u16,
    /// Given out upwards over all namespaces, never again.
    pub woof: u16,
    /// Its name.
    pub name: String,
    /// Tells its records from those of a log that had the memory before.
    id: LogId,
    /// The records.
    pub ring: RingLog<M>,
}

impl<M> Log<M> {
    /// Whether it is the device's own: written by the runtime only.
    pub fn is_own(&self) -> bool {
        self.ns == OWN_NAMESPACE_HANDLE
    }

    fn bytes(&self) -> usize {
        RingLog::<M>::bytes_for(self.ring.element(), self.ring.history())
    }
}

/// All namespaces and logs of a device.
#[derive(Debug)]
pub struct Objects<M> {
    next_ns: u16,
    next_woof: u16,
    namespaces: Vec<Namespace>,
    logs: Vec<Log<M>>,
    bytes: usize,
}

impl<M: AsRef<[u8]> + AsMut<[u8]>> Objects<M> {
    /// As stored before the reset, or as on a new device: the own namespace with the log of results. `None` where what was
    /// stored can't be read: to begin anew would lose it for good.
    // What it takes of the stack is free again before the runtime is made.
    #[inline(never)]
    pub fn restore<B: Board<Memory = M>>(board: &mut B, config: &Config, created_ms: u64) -> Option<Self> {
        let most = usize::from(config.logs) + 1;
        let mut stored = vec![0; 9 + most * (STORED_NAMESPACE + STORED_LOG)];
        let length = board.load(Item::Objects, &mut stored);
        let mut objects = Self { next_ns: 1, next_woof: 1, namespaces: Vec::new(), logs: Vec::new(), bytes: 0 };
        if let Some(length) = length {
            objects.read(board, config, stored.get(..length)?).ok()?;
        } else {
            // The first of each, so they get the handles that are documented.
            let _ = objects.make_namespace(config, OWN_NAMESPACE);
            if config.results > 0 {
                let shape = (u32::from(config.result_bytes), u32::from(config.results));
                let _ = objects.make_log(board, config, (OWN_NAMESPACE_HANDLE, RESULTS), shape, created_ms);
            }
        }
        Some(objects)
    }

    fn read<B: Board<Memory = M>>(
        &mut self,
        board: &mut B,
        config: &Config,
        stored: &[u8],
    ) -> Result<(), MessageError> {
        let mut reader = Reader::new(stored);
        if reader.u8()? != STORED {
            return Err(MessageError::Value);
        }
        (self.next_ns, self.next_woof) = (reader.u16()?, reader.u16()?);
        for _ in 0..reader.u16()? {
            self.namespaces.push(Namespace { handle: reader.u16()?, name: reader.str8()?.into() });
        }
        for _ in 0..reader.u16()? {
            let (ns, woof, id) = (reader.u16()?, reader.u16()?, LogId(reader.u32()?));
            let (element, history, name) = (reader.u32()?, reader.u32()?, reader.str8()?);
            // A log whose memory can't be had any more is gone; its handle stays unused.
            if let Some(ring) = self.ring(board, config, woof, id, (element, history)) {
                self.logs.push(Log { ns, woof, name: name.into(), id, ring });
            }
        }
        reader.end()
    }

    /// The stored form.
    fn write(&self) -> Result<Vec<u8>, MessageError> {
        let mut out = vec![0; 9 + self.namespaces.len() * STORED_NAMESPACE + self.logs.len() * STORED_LOG];
        let mut w = Writer::new(&mut out);
        w.u8(STORED)?;
        w.u16(self.next_ns)?;
        w.u16(self.next_woof)?;
        // Counts are those of a u8 in the configuration.
        w.u16(self.namespaces.len() as u16)?;
        for namespace in &self.namespaces {
            w.u16(namespace.handle)?;
            w.str8(&namespace.name)?;
        }
        w.u16(self.logs.len() as u16)?;
        for log in &self.logs {
            w.u16(log.ns)?;
            w.u16(log.woof)?;
            w.u32(log.id.0)?;
            w.u32(log.ring.element())?;
            w.u32(log.ring.history())?;
            w.str8(&log.name)?;
        }
        let length = w.len();
        out.truncate(length);
        Ok(out)
    }

    /// Stores them, so that handles stay what they are.
    pub fn store(&self, board: &mut impl Board) -> Result<(), Refused> {
        let stored = self.write().map_err(|_| Refused::Storage)?;
        if board.store(Item::Objects, &stored) { Ok(()) } else { Err(Refused::Storage) }
    }

    /// The memory of a log: with its records where the board kept them.
    fn ring<B: Board<Memory = M>>(
        &mut self,
        board: &mut B,
        config: &Config,
        woof: u16,
        id: LogId,
        (element, history): (u32, u32),
    ) -> Option<RingLog<M>> {
        let bytes = RingLog::<M>::bytes_for(element, history);
        let total = self.bytes.checked_add(bytes).filter(|total| *total <= config.log_bytes as usize)?;
        let kept = board.lend(woof, bytes).and_then(|memory| RingLog::open(memory).ok());
        let ring = match kept.filter(|ring| (ring.id(), ring.element(), ring.history()) == (id, element, history)) {
            Some(ring) => ring,
            None => {
                let ring = RingLog::format(board.lend(woof, bytes)?, id, element, history).ok()?;
                crate::world::keep(board, woof, &ring, None).then_some(ring)?
            }
        };
        self.bytes = total;
        Some(ring)
    }

    /// The handle of a namespace, made if it isn't there yet, and whether it was made.
    pub fn make_namespace(&mut self, config: &Config, name: &str) -> Result<(u16, bool), Refused> {
        if !is_name(name) {
            return Err(Refused::Name);
        }
        if let Some(found) = self.namespaces.iter().find(|namespace| namespace.name == name) {
            return Ok((found.handle, false));
        }
        if self.namespaces.len() > usize::from(config.logs) || self.next_ns == ANY {
            return Err(Refused::Full);
        }
        let handle = self.next_ns;
        self.next_ns += 1;
        self.namespaces.push(Namespace { handle, name: name.into() });
        Ok((handle, true))
    }

    /// The handle of a log of a namespace, made if it isn't there yet, and whether it was made.
    pub fn make_log<B: Board<Memory = M>>(
        &mut self,
        board: &mut B,
        config: &Config,
        (ns, name): (u16, &str),
        (element, history): (u32, u32),
        created_ms: u64,
    ) -> Result<(u16, bool), Refused> {
        if !is_name(name) {
            return Err(Refused::Name);
        }
        if let Some(log) = self.logs.iter().find(|log| log.ns == ns && log.name == name) {
            let same = (log.ring.element(), log.ring.history()) == (element, history);
            return if same { Ok((log.woof, false)) } else { Err(Refused::Differs) };
        }
        // One more than configured: the device's own.
        if self.logs.len() > usize::from(config.logs) || self.next_woof == ANY {
            return Err(Refused::Full);
        }
        let woof = self.next_woof;
        let mut seed = [0; nano_woof::LONGEST_NAME + 2];
        let mut w = Writer::new(&mut seed);
        let seeded = w.u16(woof).and_then(|()| w.put(name.as_bytes())).map(|()| w.len());
        let id = LogId::derive(seeded.ok().and_then(|length| seed.get(..length)).unwrap_or_default(), created_ms);
        let ring = self.ring(board, config, woof, id, (element, history)).ok_or(Refused::Full)?;
        self.next_woof += 1;
        self.logs.push(Log { ns, woof, name: name.into(), id, ring });
        Ok((woof, true))
    }

    /// What was made last and can't be stored: it would be gone after a reset, with the records in it.
    pub fn take_namespace_back(&mut self) {
        self.namespaces.pop();
        self.next_ns -= 1;
    }

    /// As [`Objects::take_namespace_back`].
    pub fn take_log_back(&mut self) {
        if let Some(log) = self.logs.pop() {
            self.bytes -= log.bytes();
            self.next_woof -= 1;
        }
    }

    /// Drops a log, if the board can note that; its handle is never given out again.
    pub fn drop_log(&mut self, board: &mut impl Board, ns: u16, woof: u16) -> Result<(), Refused> {
        let found = self.logs.iter().position(|log| log.ns == ns && log.woof == woof);
        let Some(index) = found else { return Ok(()) };
        let log = self.logs.remove(index);
        if let Err(refused) = self.store(board) {
            self.logs.insert(index, log);
            return Err(refused);
        }
        self.bytes -= log.bytes();
        Ok(())
    }

    /// The namespace with this handle.
    pub fn namespace(&self, handle: u16) -> Option<&Namespace> {
        self.namespaces.iter().find(|namespace| namespace.handle == handle)
    }

    /// The namespace with this name.
    pub fn namespace_named(&self, name: &str) -> Option<&Namespace> {
        self.namespaces.iter().find(|namespace| namespace.name == name)
    }

    /// The namespaces.
    pub fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
    }

    /// The logs.
    pub fn logs(&self) -> &[Log<M>] {
        &self.logs
    }

    /// The log with these handles.
    pub fn log(&self, ns: u16, woof: u16) -> Option<&Log<M>> {
        self.logs.iter().find(|log| log.ns == ns && log.woof == woof)
    }

    /// The log with these handles, and the name of its namespace.
    pub fn log_mut_in(&mut self, ns: u16, woof: u16) -> Option<(&mut Log<M>, &str)> {
        let log = self.logs.iter_mut().find(|log| log.ns == ns && log.woof == woof)?;
        let namespace = self.namespaces.iter().find(|namespace| namespace.handle == ns);
        Some((log, namespace.map_or("", |namespace| &namespace.name)))
    }

    /// The namespace that a function is at home in which log of namespace `ns` invokes; one that no log invokes is at home
    /// in the first namespace that isn't the device's own.
    pub fn home(&self, ns: u16) -> u16 {
        let first = self.namespaces.iter().find(|namespace| namespace.handle != OWN_NAMESPACE_HANDLE);
        if ns == ANY { first.map_or(ns, |namespace| namespace.handle) } else { ns }
    }

    /// The handles of the log that `name` means to somebody at home in namespace `home`: `name` there, or
    /// `namespace/name`.
    pub fn find(&self, home: u16, name: &str) -> Option<(u16, u16)> {
        let (ns, name) = match name.split_once('/') {
            Some((namespace, name)) => (self.namespace_named(namespace)?.handle, name),
            None => (home, name),
        };
        self.logs.iter().find(|log| log.ns == ns && log.name == name).map(|log| (log.ns, log.woof))
    }
}
