//! The interpreter cache: functions that are ready to run, each in an arena of its own; the longest unused gives way.

use crate::config::Config;
use crate::context::Texts;
use alloc::vec::Vec;
use nano_vm::{Aligned, Instance};
use nano_wire::message::ModuleHash;

/// A function in its arena.
#[derive(Debug)]
pub struct Ready {
    pub function: u16,
    pub hash: ModuleHash,
    pub memory: u32,
    pub instance: Instance<Aligned>,
    pub context: Texts,
    used: u64,
}

/// The arenas.
#[derive(Debug, Default)]
pub struct Cache {
    ready: Vec<Ready>,
    clock: u64,
}

impl Cache {
    /// The arena of this function, if it holds this module and has this size.
    pub fn get(&mut self, function: u16, hash: ModuleHash, memory: u32) -> Option<&mut Ready> {
        self.clock += 1;
        let clock = self.clock;
        let found = self.ready.iter_mut().find(|ready| (ready.function, ready.hash) == (function, hash))?;
        if found.memory != memory {
            return None;
        }
        found.used = clock;
        Some(found)
    }

    /// Whether there is room for an arena of this size.
    pub fn has_room(&self, config: &Config, memory: u32) -> bool {
        let taken: u64 = self.ready.iter().map(|ready| u64::from(ready.memory)).sum();
        self.ready.len() < usize::from(config.arenas) && taken + u64::from(memory) <= config.arena_bytes.into()
    }

    /// Makes room for an arena of this size; `false` where it never fits.
    pub fn make_room(&mut self, config: &Config, memory: u32) -> bool {
        if memory > config.arena_bytes || config.arenas == 0 {
            return false;
        }
        while !self.has_room(config, memory) {
            let oldest = self.ready.iter().enumerate().min_by_key(|(_, ready)| ready.used).map(|(index, _)| index);
            let Some(oldest) = oldest else { return false };
            self.ready.swap_remove(oldest);
        }
        true
    }

    /// Keeps a function ready. Another arena of it is given up.
    pub fn insert(&mut self, function: u16, hash: ModuleHash, memory: u32, ready: (Instance<Aligned>, Texts)) {
        self.remove(function);
        self.clock += 1;
        let (instance, context) = ready;
        self.ready.push(Ready { function, hash, memory, instance, context, used: self.clock });
    }

    /// Gives up the arena of a function.
    pub fn remove(&mut self, function: u16) {
        self.ready.retain(|ready| ready.function != function);
    }

    /// Gives up the arena of a version of a function.
    pub fn remove_version(&mut self, function: u16, hash: ModuleHash) {
        self.ready.retain(|ready| (ready.function, ready.hash) != (function, hash));
    }

    /// Gives up all arenas.
    pub fn clear(&mut self) {
        self.ready.clear();
    }
}
