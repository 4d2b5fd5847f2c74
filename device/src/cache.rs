//! The interpreter cache: functions that are ready to run, each in an arena of its own; the longest unused gives way.

use crate::config::Config;
use crate::context::Texts;
use crate::function::Version;
use alloc::boxed::Box;
use alloc::vec::Vec;
use nano_vm::{Aligned, Instance, Limits, Module, Needed, Shortage, arena};
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
    /// Where the arena of this function is, if it holds this module and has this size. It counts as used.
    pub fn find(&mut self, function: u16, version: &Version, memory: u32) -> Option<usize> {
        self.clock += 1;
        let same = |ready: &Ready| {
            let is_version = ready.instance.module().is_clone_of(&version.module) || ready.hash == version.hash;
            ready.function == function && ready.memory == memory && is_version
        };
        let place = self.ready.iter().position(same)?;
        self.ready.get_mut(place)?.used = self.clock;
        Some(place)
    }

    /// The arena in this place.
    pub fn get_mut(&mut self, place: usize) -> Option<&mut Ready> {
        self.ready.get_mut(place)
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

    /// A fresh arena for a module, and where it is. That of another version of the function stays beside it; one of the
    /// same version in another size does not. Where memory is short, all others give way.
    #[inline(never)]
    pub fn add(
        &mut self,
        function: u16,
        hash: &ModuleHash,
        memory: u32,
        module: &Module<Aligned>,
    ) -> Result<usize, Shortage> {
        self.remove_version(function, hash);
        self.clock += 1;
        let arena = self.room(memory).or_else(|_| {
            self.clear();
            self.room(memory)
        })?;
        // Made where it stays: an instance is large, and a small core takes long to move one.
        let instance = Instance::over(module.clone(), arena, Limits::default());
        let place = self.ready.len();
        self.ready.push(Ready { function, hash: *hash, memory, instance, context: Texts::default(), used: self.clock });
        Ok(place)
    }

    /// Memory for an arena, and a place for its instance.
    fn room(&mut self, memory: u32) -> Result<Box<[u32]>, Shortage> {
        self.ready.try_reserve(1).map_err(|_| Shortage { what: Needed::Arena, bytes: size_of::<Ready>() as u32 })?;
        arena(memory as usize)
    }

    /// A version of a function has proved itself: arenas of others are given up.
    pub fn keep_only(&mut self, function: u16, hash: &ModuleHash) {
        self.ready.retain(|ready| ready.function != function || ready.hash == *hash);
    }

    /// Gives up the arena of a function.
    pub fn remove(&mut self, function: u16) {
        self.ready.retain(|ready| ready.function != function);
    }

    /// Gives up the arena of a version of a function.
    pub fn remove_version(&mut self, function: u16, hash: &ModuleHash) {
        self.ready.retain(|ready| ready.function != function || ready.hash != *hash);
    }

    /// Gives up all arenas.
    pub fn clear(&mut self) {
        self.ready.clear();
    }
}
