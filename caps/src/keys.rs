//! The keys above the chain: device, epoch, slot; and the chain key itself. None of them ever prints its bytes.

use core::fmt;

use crate::hash::{equal, mac, truncate};

/// A key of fixed size: compared in constant time, never printed.
macro_rules! key {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy)]
        pub struct $name([u8; $size]);

        impl $name {
            /// Takes the bytes as they are.
            pub const fn new(bytes: [u8; $size]) -> Self {
                Self(bytes)
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

/// The device's identity. It is inside `K_epoch` and never on the device's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub [u8; 8]);

/// `K_epoch = H(K_device, "nano/1 epoch" || device_id || epoch)`.
pub fn epoch_key(device: &DeviceKey, id: DeviceId, epoch: u8) -> EpochKey {
    EpochKey(mac(&device.0, &[b"nano/1 epoch", &id.0, &[epoch]]))
}

/// `K_slot = T16 H(K_epoch, "nano/1 slot" || slot || generation)`.
pub fn slot_key(epoch: &EpochKey, slot: u8, generation: u8) -> SlotKey {
    SlotKey(truncate(&mac(&epoch.0, &[b"nano/1 slot", &[slot, generation]])))
}
