//! A frame under construction, and a finished one.

use core::fmt;

use crate::{ANY, Body, Entries, Entry, Error, Grant, Identity, LANES, Rights, bytes::Writer};

/// Most bytes of entries a frame holds.
pub const MAX_ENTRIES_BYTES: usize = 254;

/// A frame ready to be minted or derived: length byte and 1..=254 bytes of well-formed entries.
#[derive(Clone, Copy)]
pub struct Frame {
    bytes: [u8; MAX_ENTRIES_BYTES + 1],
}

impl Frame {
    /// As on the wire, with the length byte.
    pub fn as_bytes(&self) -> &[u8] {
        let [length, ..] = self.bytes;
        self.bytes.get(..=usize::from(length)).unwrap_or_default()
    }

    /// The entries.
    pub fn entries(&self) -> impl Iterator<Item = Entry> {
        Entries::new(self.as_bytes().get(1..).unwrap_or_default()).map_while(Result::ok)
    }
}

impl PartialEq for Frame {
    fn eq(&self, other: &Self) -> bool {
        self.as_bytes() == other.as_bytes()
    }
}

impl Eq for Frame {}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}

/// Collects entries in a fixed buffer; the first mistake is reported by [`FrameBuilder::build`].
///
/// A frame of up to 29 bytes of entries as the first, or 33 as a later one, costs the device one SHA-256 compression.
#[derive(Clone, Copy)]
pub struct FrameBuilder {
    bytes: [u8; MAX_ENTRIES_BYTES + 1],
    length: u8,
    error: Option<Error>,
}

impl Default for FrameBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl FrameBuilder {
    /// No entries yet.
    pub const fn new() -> Self {
        Self { bytes: [0; MAX_ENTRIES_BYTES + 1], length: 0, error: None }
    }

    /// Appends any entry.
    #[must_use]
    pub fn entry(mut self, entry: Entry) -> Self {
        let (bytes, size) = entry.encode();
        let (start, end) = (1 + usize::from(self.length), 1 + usize::from(self.length) + size);
        match (self.bytes.get_mut(start..end), bytes.get(..size)) {
            (Some(to), Some(from)) => {
                to.copy_from_slice(from);
                self.length += size as u8; // at most 254: the slice above ends inside the buffer
            }
            _ => self.error = self.error.or(Some(Error::FrameSize)),
        }
        self
    }

    /// Grants rights on `(ns, woof)`; either may be [`ANY`].
    #[must_use]
    pub fn grant(self, ns: u16, woof: u16, rights: Rights) -> Self {
        self.entry(Entry::Grant(Grant { ns, woof, rights }))
    }

    /// Valid until this second (unix time), inclusive.
    #[must_use]
    pub fn expires(self, unix_s: u32) -> Self {
        self.entry(Entry::Expires(unix_s))
    }

    /// Valid from this second (unix time).
    #[must_use]
    pub fn not_before(self, unix_s: u32) -> Self {
        self.entry(Entry::NotBefore(unix_s))
    }

    /// Usable only in this lane, 0..=7.
    #[must_use]
    pub fn lane(mut self, lane: u8) -> Self {
        if lane >= LANES {
            self.error = self.error.or(Some(Error::Lane));
        }
        self.entry(Entry::Lane(lane))
    }

    /// Usable only beside a capability that brings this identity.
    #[must_use]
    pub fn requires(self, identity: Identity) -> Self {
        self.entry(Entry::Requires(identity))
    }

    /// Brings this identity.
    #[must_use]
    pub fn ident(self, identity: Identity) -> Self {
        self.entry(Entry::Ident(identity))
    }

    /// Largest payload, bytes.
    #[must_use]
    pub fn max_len(self, bytes: u16) -> Self {
        self.entry(Entry::MaxLen(bytes))
    }

    /// Least time since the lane's last operation.
    #[must_use]
    pub fn min_gap(self, ms: u16) -> Self {
        self.entry(Entry::MinGap(ms))
    }

    /// Nothing may be derived any further.
    #[must_use]
    pub fn sealed(self) -> Self {
        self.entry(Entry::Sealed)
    }

    /// Grants what is left of `body`'s last grants inside `(ns, woof)` and `rights`, so that the new frame says no more
    /// than its parent and [`Body::widenings`] stays empty. Nothing left is [`Error::Nothing`].
    #[must_use]
    pub fn narrow(mut self, body: Body<'_>, ns: u16, woof: u16, rights: Rights) -> Self {
        let meet = |a: u16, b: u16| match (a, b) {
            (ANY, other) | (other, ANY) => Some(other),
            (a, b) => (a == b).then_some(a),
        };
        let Some(last) = body.frames().filter(|frame| frame.grants().next().is_some()).last() else {
            return self.grant(ns, woof, rights);
        };
        let mut left = false;
        for grant in last.grants() {
            let common = grant.rights & rights;
            if let (Some(ns), Some(woof), false) = (meet(grant.ns, ns), meet(grant.woof, woof), common.is_empty()) {
                self = self.grant(ns, woof, common);
                left = true;
            }
        }
        if !left {
            self.error = self.error.or(Some(Error::Nothing));
        }
        self
    }

    /// The frame, or the first mistake made.
    pub fn build(self) -> Result<Frame, Error> {
        match self.error {
            Some(error) => Err(error),
            None if self.length == 0 => Err(Error::FrameSize),
            None => {
                let mut bytes = self.bytes;
                Writer::new(&mut bytes).put(&[self.length])?;
                Ok(Frame { bytes })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builder_refuses_what_the_format_cannot_say() {
        assert_eq!(FrameBuilder::new().build(), Err(Error::FrameSize));
        assert_eq!(FrameBuilder::new().lane(8).build(), Err(Error::Lane));
        let mut full = FrameBuilder::new();
        for _ in 0..36 {
            full = full.grant(1, 2, Rights::ALL); // 36 * 7 = 252
        }
        assert_eq!(full.lane(7).build().map(|frame| frame.as_bytes().len()), Ok(255));
        assert_eq!(full.max_len(1).build(), Err(Error::FrameSize));
        // The first mistake is the one reported, and an entry that does not fit leaves no half behind.
        assert_eq!(full.max_len(1).lane(9).build(), Err(Error::FrameSize));
        assert_eq!(full.entry(Entry::Sealed).build().map(|frame| frame.entries().count()), Ok(37));
    }
}
