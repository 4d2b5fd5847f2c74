//! The four bytes a capability begins with: which of a device's keys it hangs from.

use crate::Error;

/// The format's version.
pub const VERSION: u8 = 1;
/// Number of slots.
pub const SLOTS: u8 = 16;

/// `version | slot | generation | epoch`. Version is 1 and the slot is 0..=15; it does not prove that they are current.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Header {
    slot: u8,
    generation: u8,
    epoch: u8,
}

impl Header {
    /// Size on the wire.
    pub const SIZE: usize = 4;

    /// Slots are 0..=15: 0 the owner's, 1 the Edgistry's.
    pub const fn new(slot: u8, generation: u8, epoch: u8) -> Result<Self, Error> {
        if slot < SLOTS { Ok(Self { slot, generation, epoch }) } else { Err(Error::Slot) }
    }

    /// From the wire.
    pub const fn from_bytes(bytes: [u8; 4]) -> Result<Self, Error> {
        let [version, slot, generation, epoch] = bytes;
        if version == VERSION { Self::new(slot, generation, epoch) } else { Err(Error::Version) }
    }

    /// As on the wire.
    pub const fn to_bytes(self) -> [u8; 4] {
        [VERSION, self.slot, self.generation, self.epoch]
    }

    /// 0..=15.
    pub const fn slot(self) -> u8 {
        self.slot
    }

    /// Raised to revoke the slot.
    pub const fn generation(self) -> u8 {
        self.generation
    }

    /// Raised to revoke everything.
    pub const fn epoch(self) -> u8 {
        self.epoch
    }
}
