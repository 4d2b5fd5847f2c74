//! What survives a reset: the runtime's items, the logs' records, the modules; all in [`Keep`].

use alloc::vec::Vec;
use nano_device::{Item, ModuleHash};
use nano_keep::{Keep, KeepError, Nor, SECTOR};

/// Kinds of keys, in their top bits; then a log's handle or a module's slot; then what of it.
mod kind {
    pub const ITEM: u32 = 1 << 28;
    pub const LOG: u32 = 2 << 28;
    pub const MODULE: u32 = 3 << 28;
    pub const BOOTS: u32 = 4 << 28;
}

/// Modules that are kept: each function's current one and the one before.
const MODULES: u32 = 64;
/// Bytes of a module in one value.
const PIECE: usize = 1024;
/// Largest module.
const MOST_MODULE: usize = 32 << 10;
/// Bytes that modules leave to everything else: where little is free, much is copied for each value that is written.
const LEFT: usize = 2 * SECTOR;

/// The store.
pub struct Store<N> {
    keep: Keep<N>,
}

fn of_log(log: u16, offset: usize) -> Option<u32> {
    // Offsets of records are multiples of 4; handles up to 4095 are kept.
    let (log, offset) = (u32::from(log), u32::try_from(offset / 4).ok()?);
    (log < 1 << 12 && offset < 1 << 16).then_some(kind::LOG | log << 16 | offset)
}

impl<N: Nor> Store<N> {
    /// Opens it; `None` when the flash is worn out.
    pub fn open(flash: N) -> Option<Self> {
        Some(Self { keep: Keep::open(flash).ok()? })
    }

    /// Counts this start; how many there were.
    pub fn count_boot(&mut self) -> u32 {
        let mut count = [0; 4];
        self.keep.load(kind::BOOTS, &mut count);
        let count = u32::from_le_bytes(count).wrapping_add(1);
        // Entropy and numbers of questions rest on it, not correctness.
        self.put(kind::BOOTS, &count.to_le_bytes());
        count
    }

    /// Stores a value. Modules give way: they can be had again, which nothing else can.
    fn put(&mut self, key: u32, bytes: &[u8]) -> bool {
        loop {
            match self.keep.store(key, bytes) {
                Err(KeepError::Full) => {
                    let Some(module) = self.keep.keys().find(|key| key >> 28 == kind::MODULE >> 28) else {
                        return false;
                    };
                    self.keep.forget(|key| key >> 16 == module >> 16);
                }
                stored => return stored.is_ok(),
            }
        }
    }

    /// An item, as stored last; 0 bytes of one that is there and can't be read.
    #[inline(never)]
    pub fn load(&mut self, item: Item, buffer: &mut [u8]) -> Option<usize> {
        let key = kind::ITEM | item as u32;
        self.keep.load(key, buffer).or_else(|| self.keep.has(key).then_some(0))
    }

    /// Gives up what is kept of other logs and modules than these.
    #[inline(never)]
    pub fn keep_only(&mut self, is_log: &dyn Fn(u16) -> bool, is_module: &dyn Fn(&ModuleHash) -> bool) {
        let stays = |slot| self.module_header(slot).is_some_and(|(hash, _)| is_module(&ModuleHash(hash)));
        let stay =
            (0..MODULES).map(stays).enumerate().fold(0_u64, |stay, (slot, stays)| stay | u64::from(stays) << slot);
        self.keep.forget(|key| {
            let of = key >> 16 & 0xFFF;
            match key & 15 << 28 {
                kind::LOG => !is_log(of as u16),
                kind::MODULE => stay >> (of % MODULES) & 1 == 0,
                _ => false,
            }
        });
    }

    /// Stores an item.
    #[inline(never)]
    pub fn store(&mut self, item: Item, bytes: &[u8]) -> bool {
        self.put(kind::ITEM | item as u32, bytes)
    }

    /// Puts what was kept of a log back into its memory.
    pub fn restore_log(&mut self, log: u16, memory: &mut [u8]) {
        let Some(first) = of_log(log, 0) else { return };
        let keys: Vec<u32> = self.keep.keys().filter(|key| key & !0xFFFF == first).collect();
        for key in keys {
            let offset = (key & 0xFFFF) as usize * 4;
            if let Some(place) = memory.get_mut(offset..) {
                self.keep.load(key, place);
            }
        }
    }

    /// Keeps bytes of a log.
    #[inline(never)]
    pub fn keep_log(&mut self, log: u16, offset: usize, bytes: &[u8]) -> bool {
        of_log(log, offset).is_some_and(|key| {
            // A log begun anew: what was in its memory before is nothing any more.
            if offset == 0 {
                self.keep.forget(|other| other & !0xFFFF == key & !0xFFFF);
            }
            self.put(key, bytes)
        })
    }

    /// Hash and size of the module in a slot.
    fn module_header(&mut self, slot: u32) -> Option<([u8; 32], usize)> {
        let mut header = [0; 36];
        let length = self.keep.load(kind::MODULE | slot << 16, &mut header)?;
        let (hash, size) = header.split_first_chunk::<32>()?;
        let size = u32::from_le_bytes(*size.first_chunk()?) as usize;
        (length == 36 && size <= MOST_MODULE).then_some((*hash, size))
    }

    /// Keeps a module, if there is room for it and for what may come; the header comes last.
    #[inline(never)]
    pub fn keep_module(&mut self, hash: &ModuleHash, bytes: &[u8]) {
        if bytes.len() > MOST_MODULE || self.slot_of(hash).is_some() || self.keep.room() < bytes.len() + LEFT {
            return;
        }
        let Some(slot) = (0..MODULES).find(|slot| self.module_header(*slot).is_none()) else { return };
        let slot = kind::MODULE | slot << 16;
        let mut header = hash.0.to_vec();
        header.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
        let pieces = (1..).zip(bytes.chunks(PIECE)).chain([(0, &header[..])]);
        for (index, piece) in pieces {
            if self.keep.store(slot | index, piece).is_err() {
                // Not kept: it is fetched again after a reset.
                self.keep.forget(|key| key & !0xFFFF == slot);
                return;
            }
        }
    }

    fn slot_of(&mut self, hash: &ModuleHash) -> Option<(u32, usize)> {
        (0..MODULES).find_map(|slot| {
            let (kept, size) = self.module_header(slot)?;
            (kept == hash.0).then_some((slot, size))
        })
    }

    /// A module that was kept.
    #[inline(never)]
    pub fn module(&mut self, hash: &ModuleHash) -> Option<Vec<u8>> {
        let (slot, size) = self.slot_of(hash)?;
        let mut bytes = Vec::new();
        bytes.try_reserve_exact(size).ok()?;
        bytes.resize(size, 0);
        for (index, piece) in (1..).zip(bytes.chunks_mut(PIECE)) {
            self.keep.load(kind::MODULE | slot << 16 | index, piece)?;
        }
        Some(bytes)
    }
}
