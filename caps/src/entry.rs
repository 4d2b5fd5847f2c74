//! What a frame is made of: grants and conditions.

use core::fmt;

use crate::{Error, Right, Rights, bytes::Reader};

/// Namespace or log "any" in a GRANT.
pub const ANY: u16 = 0xFFFF;

/// An identity that a REQUIRES asks for and an IDENT brings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity(pub [u8; 8]);

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identity({self})")
    }
}

/// Rights on an object. `ns` and `woof` are handles that are never reused, or [`ANY`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// Namespace handle.
    pub ns: u16,
    /// Log handle inside the namespace.
    pub woof: u16,
    /// What may be done.
    pub rights: Rights,
}

impl Grant {
    /// Whether it names the object. Asked about [`ANY`], only an any-grant does.
    pub const fn names(&self, ns: u16, woof: u16) -> bool {
        (self.ns == ANY || self.ns == ns) && (self.woof == ANY || self.woof == woof)
    }

    /// Whether it allows `right` on the object.
    pub const fn covers(&self, ns: u16, woof: u16, right: Right) -> bool {
        self.names(ns, woof) && self.rights.has(right)
    }
}

/// One entry of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    /// Rights on an object; a frame with GRANTs allows only what one of them covers.
    Grant(Grant),
    /// Last second (unix time) of validity.
    Expires(u32),
    /// First second (unix time) of validity.
    NotBefore(u32),
    /// The only lane, 0..=7, it may be used in.
    Lane(u8),
    /// The other capability of the request must bring this identity.
    Requires(Identity),
    /// Brings an identity.
    Ident(Identity),
    /// Largest payload in bytes.
    MaxLen(u16),
    /// No frame may follow.
    Sealed,
    /// Least milliseconds since the lane's last operation.
    MinGap(u16),
}

/// Type bytes on the wire.
mod kind {
    pub const GRANT: u8 = 0x01;
    pub const EXPIRES: u8 = 0x10;
    pub const NOT_BEFORE: u8 = 0x11;
    pub const LANE: u8 = 0x12;
    pub const REQUIRES: u8 = 0x13;
    pub const IDENT: u8 = 0x14;
    pub const MAX_LEN: u8 = 0x15;
    pub const SEALED: u8 = 0x16;
    pub const MIN_GAP: u8 = 0x17;
}

impl Entry {
    /// Largest entry on the wire: type and body.
    pub(crate) const MAX_SIZE: usize = 9;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match reader.u8()? {
            kind::GRANT => {
                Self::Grant(Grant { ns: reader.u16()?, woof: reader.u16()?, rights: Rights::from_bits(reader.u16()?) })
            }
            kind::EXPIRES => Self::Expires(reader.u32()?),
            kind::NOT_BEFORE => Self::NotBefore(reader.u32()?),
            kind::LANE => Self::Lane(reader.u8()?),
            kind::REQUIRES => Self::Requires(Identity(reader.array()?)),
            kind::IDENT => Self::Ident(Identity(reader.array()?)),
            kind::MAX_LEN => Self::MaxLen(reader.u16()?),
            kind::SEALED => Self::Sealed,
            kind::MIN_GAP => Self::MinGap(reader.u16()?),
            _ => return Err(Error::Entry),
        })
    }

    /// The wire form and its length.
    pub(crate) fn encode(self) -> ([u8; Self::MAX_SIZE], usize) {
        fn join<const N: usize>(kind: u8, body: [u8; N]) -> ([u8; Entry::MAX_SIZE], usize) {
            const { assert!(N < Entry::MAX_SIZE) };
            let mut bytes = [0; Entry::MAX_SIZE];
            for (to, from) in bytes.iter_mut().zip([kind].into_iter().chain(body)) {
                *to = from;
            }
            (bytes, 1 + N)
        }
        match self {
            Self::Grant(Grant { ns, woof, rights }) => {
                let ([a, b], [c, d], [e, f]) = (ns.to_le_bytes(), woof.to_le_bytes(), rights.bits().to_le_bytes());
                join(kind::GRANT, [a, b, c, d, e, f])
            }
            Self::Expires(unix_s) => join(kind::EXPIRES, unix_s.to_le_bytes()),
            Self::NotBefore(unix_s) => join(kind::NOT_BEFORE, unix_s.to_le_bytes()),
            Self::Lane(lane) => join(kind::LANE, [lane]),
            Self::Requires(identity) => join(kind::REQUIRES, identity.0),
            Self::Ident(identity) => join(kind::IDENT, identity.0),
            Self::MaxLen(bytes) => join(kind::MAX_LEN, bytes.to_le_bytes()),
            Self::Sealed => join(kind::SEALED, []),
            Self::MinGap(ms) => join(kind::MIN_GAP, ms.to_le_bytes()),
        }
    }
}

/// The entries of a frame, front to back; an error ends it.
#[derive(Clone)]
pub struct Entries<'a>(Reader<'a>);

impl<'a> Entries<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(Reader::new(bytes))
    }

    /// Offset just after the entry last returned.
    pub(crate) fn at(&self) -> usize {
        self.0.at()
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        // Whatever is wrong with an entry refuses the whole token, so the rest is not looked at.
        let entry = Entry::read(&mut self.0).map_err(|_| Error::Entry);
        if entry.is_err() {
            self.0 = Reader::new(&[]);
        }
        Some(entry)
    }
}
