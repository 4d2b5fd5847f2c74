//! What devices, edges and clients say to each other: fetch, deploy, invoke, append, read. Binary, decoded in place.
//!
//! A message is the body of a [`crate::link`] frame (or of a datagram that carries the kind byte first). All numbers are
//! little endian, nothing is padded, text is UTF-8 behind a length byte (`str8`). Decoding borrows from the bytes and
//! needs no heap; trailing bytes are refused, so that one value has one encoding.
//!
//! - Towards a device everything is a capability REQUEST ([`Kind::Request`]); what its payload says for each operation
//!   is in [`operation`]. The device answers with a RESPONSE.
//! - From a device to its edge go [`Fetch`], [`Pull`], [`Invoke`], [`Append`] and [`Read`]; the edge answers each under
//!   the same `id`. By themselves these messages prove nothing about their sender; a device runs only modules whose hash an
//!   authentic INSTALL has named.
//! - [`Hello`] is the first thing a device says on a link that others could use, too.
//! - [`Pair`], [`Paired`] and [`PairProof`] let both ends of the link prove that they hold the root of the edge's slot. From
//!   then on each message travels inside a [`Kind::Sealed`] one, and both hear nothing else.
//! - [`Entrust`] gives the device a capability under the edge's own key, for the queue of what was asked of it while it
//!   slept. With it the device takes what waits and brings the answers, in REQUESTs of its own; what it takes comes as the
//!   `number u64` of its place and the REQUEST as its asker made it.
//!
//! Fetching is pulled: the device names the bytes it wants next, so a lost frame or a lost link costs a repetition, and
//! the slower side sets the pace.

mod codec;
mod edge;
pub mod operation;
pub mod queue;
mod records;
pub mod update;

pub use codec::{MessageError, Reader, Writer};
pub use edge::{
    Append, AppendRefusal, Appended, Chunk, Entrust, Fetch, Fetched, Hello, Invoke, InvokeOutcome, Invoked, Message,
    Offer, Pair, PairProof, Paired, Pull, Read, ReadOutcome, ReadReply, Selection,
};
pub use records::{RECORD_OVERHEAD, Record, Records, RecordsWriter};

use core::fmt;

/// SHA-256 of a module's bytes. Aligned, so that copying and comparing it goes by words.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(align(4))]
pub struct ModuleHash(pub [u8; 32]);

impl ModuleHash {
    /// No module.
    pub const NONE: Self = Self([0; 32]);

    /// Whether it names none.
    #[must_use]
    pub fn is_none(&self) -> bool {
        *self == Self::NONE
    }
}

/// In hexadecimal; `{:.8}` gives the first 8 digits.
impl fmt::Display for ModuleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = f.precision().unwrap_or(64);
        for (index, byte) in self.0.iter().enumerate().take(digits.div_ceil(2)) {
            let (high, low) = (byte >> 4, byte & 15);
            if index * 2 + 1 < digits { write!(f, "{high:x}{low:x}")? } else { write!(f, "{high:x}")? }
        }
        Ok(())
    }
}

impl fmt::Debug for ModuleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModuleHash({self:.8})")
    }
}

/// One row a kind: its number and its name.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal,)+) => {
        /// What a frame's body is.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u8)]
        pub enum Kind {
            $($(#[$doc])* $variant = $code,)+
        }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The kind with this number.
            #[must_use]
            pub fn from_code(code: u8) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| *kind as u8 == code)
            }
        }
    };
}

kinds! {
    /// A capability REQUEST, whole.
    Request = 0x10,
    /// A capability RESPONSE, whole.
    Response = 0x11,
    /// [`Fetch`], device to edge.
    Fetch = 0x20,
    /// [`Fetched`], edge to device.
    Fetched = 0x21,
    /// [`Pull`], device to edge.
    Pull = 0x22,
    /// [`Chunk`], edge to device.
    Chunk = 0x23,
    /// [`Invoke`], device to edge.
    Invoke = 0x30,
    /// [`Invoked`], edge to device.
    Invoked = 0x31,
    /// [`Append`], device to edge.
    Append = 0x40,
    /// [`Appended`], edge to device.
    Appended = 0x41,
    /// [`Read`], device to edge.
    Read = 0x50,
    /// [`ReadReply`], edge to device.
    ReadReply = 0x51,
    /// [`Pair`], edge to device.
    Pair = 0x70,
    /// [`Paired`], device to edge.
    Paired = 0x71,
    /// [`PairProof`], edge to device.
    PairProof = 0x72,
    /// [`Hello`], device to edge.
    Hello = 0x73,
    /// A message between a device and its edge under the key that both have since they paired: `kind u8 | number u32 |
    /// body | tag 8`, the kind being that of the message inside.
    Sealed = 0x74,
    /// [`Entrust`], edge to device.
    Entrust = 0x75,
    /// Text of the device's console, in pieces, where the console shares the link.
    Console = 0x60,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::string::ToString;

    #[test]
    fn kinds_are_numbered_once() {
        for (index, kind) in Kind::ALL.iter().enumerate() {
            assert_eq!(Kind::from_code(*kind as u8), Some(*kind));
            assert!(Kind::ALL[..index].iter().all(|other| *other as u8 != *kind as u8));
        }
        assert_eq!(Kind::from_code(0), None);
    }

    #[test]
    fn hashes_print_as_many_digits_as_asked() {
        let hash = ModuleHash(core::array::from_fn(|index| index as u8 | 0x10));
        assert_eq!(std::format!("{hash:.5}"), "10111");
        assert_eq!(hash.to_string().len(), 64);
    }
}
