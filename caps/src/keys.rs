//! The keys above the chain: device, epoch, slot; and the chain key itself. None of them ever prints its bytes.

use core::fmt;

use crate::{
    hash::{equal, mac, truncate},
    sha256::KEY_WORDS,
};

/// A key of fixed size: compared in constant time, never printed.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        // Aligned, so that a small core copies it by words.
        #[derive(Clone, Copy)]
        #[repr(align(4))]
        pub struct $name([u8; $size]);

        impl $name {
            /// Takes the bytes as they are.
            pub const fn new(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            /// The bytes as words in memory, zeros behind them: what HMAC begins with.
            #[inline]
            #[allow(dead_code, reason = "a slot's key becomes a chain's before it hashes anything")]
            pub(crate) fn words(&self) -> [u32; KEY_WORDS] {
                let mut words = [0; KEY_WORDS];
                for (to, from) in words.iter_mut().zip(self.0.as_chunks().0) {
                    *to = u32::from_ne_bytes(*from);
                }
                words
            }

            /// The secret bytes: for storage and sealed transport only.
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                equal(&self.0, &other.0)
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(secret)"))
            }
        }
    };
}

key!(
    /// `K_device`: made by flashing, from the host's CSPRNG; everything else is derived from it.
    DeviceKey, 32
);
key!(
    /// `K_epoch`: all slots of one device in one epoch.
    EpochKey, 32
);
key!(
    /// `K_slot`: mints the roots of one slot and generation.
    SlotKey, 16
);
key!(
    /// `K_i`: belongs to a capability of `i` frames; whoever has it can derive and bind.
    ChainKey, 16
);

impl From<SlotKey> for ChainKey {
    fn from(key: SlotKey) -> Self {
        Self(key.0)
    }
}

impl ChainKey {
    /// HMAC-SHA256 of the joined parts under this key.
    pub fn hmac(&self, message: &[&[u8]]) -> [u8; 32] {
        mac(&self.words(), message).0
    }
}

/// The device's identity. It is inside `K_epoch` and never on the device's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub [u8; 8]);

/// `K_epoch = H(K_device, "nano/1 epoch" || device_id || epoch)`.
pub fn epoch_key(device: &DeviceKey, id: DeviceId, epoch: u8) -> EpochKey {
    EpochKey(mac(&device.words(), &[b"nano/1 epoch", &id.0, &[epoch]]).0)
}

/// `K_slot = T16 H(K_epoch, "nano/1 slot" || slot || generation)`.
pub fn slot_key(epoch: &EpochKey, slot: u8, generation: u8) -> SlotKey {
    SlotKey(truncate(&mac(&epoch.words(), &[b"nano/1 slot", &[slot, generation]])))
}
