//! The public part of a capability: header and frames, as every request carries it.

use core::fmt;

use crate::{Entries, Entry, Error, Grant, Header, Right, bytes::Reader, frame::MAX_ENTRIES_BYTES, policy::Policy};

/// Most frames of a capability.
pub const MAX_FRAMES: usize = 8;
/// Most bytes of a body: header, count, 8 full frames.
pub const MAX_BODY: usize = Header::SIZE + 1 + MAX_FRAMES * (1 + MAX_ENTRIES_BYTES);

/// `HDR NFRAMES FRAME{1..8}`, well-formed: known version, slot and entries, nothing after a seal, no self-minted identity.
/// It does not prove that anyone with the right key made it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Body<'a> {
    bytes: &'a [u8],
    header: Header,
}

impl<'a> Body<'a> {
    /// Exactly one body.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        match Self::split(bytes)? {
            (body, []) => Ok(body),
            _ => Err(Error::Trailing),
        }
    }

    /// A body and what follows it.
    pub fn split(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let mut reader = Reader::new(bytes);
        let body = Self::delimit(&mut reader)?;
        let mut policy = Policy::new(Right::Get, 0, 0);
        body.frames().try_for_each(|frame| policy.frame(body.bytes, frame.at + 1, frame.entries_size()))?;
        Ok((body, reader.rest()))
    }

    /// Bytes that were parsed before, with the header they begin with.
    pub(crate) fn checked(bytes: &'a [u8], header: Header) -> Self {
        Self { bytes, header }
    }

    /// Where the body that begins at `at` ends, by version, slot and lengths alone.
    pub(crate) fn check(bytes: &[u8], at: usize) -> Result<usize, Error> {
        let [version, slot, _, _, count] =
            bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(Error::Truncated)?;
        if *version != crate::VERSION {
            return Err(Error::Version);
        }
        if *slot >= crate::SLOTS {
            return Err(Error::Slot);
        }
        if !(1..=MAX_FRAMES).contains(&usize::from(*count)) {
            return Err(Error::FrameCount);
        }
        let mut end = at + Header::SIZE + 1;
        for _ in 0..*count {
            let size = usize::from(*bytes.get(end).ok_or(Error::Truncated)?);
            if !(1..=MAX_ENTRIES_BYTES).contains(&size) {
                return Err(Error::FrameSize);
            }
            end += 1 + size;
        }
        if end > bytes.len() { Err(Error::Truncated) } else { Ok(end) }
    }

    /// Finds where a body ends by its lengths alone. The entries are yet to be checked (the verifier hashes as it does).
    pub(crate) fn delimit(reader: &mut Reader<'a>) -> Result<Self, Error> {
        let all = reader.rest();
        let start = reader.at();
        let header = Header::from_bytes(reader.array()?)?;
        let count = reader.u8()?;
        if !(1..=MAX_FRAMES).contains(&usize::from(count)) {
            return Err(Error::FrameCount);
        }
        for _ in 0..count {
            let size = usize::from(reader.u8()?);
            if !(1..=MAX_ENTRIES_BYTES).contains(&size) {
                return Err(Error::FrameSize);
            }
            reader.take(size)?;
        }
        Ok(Self { bytes: all.get(..reader.at() - start).ok_or(Error::Truncated)?, header })
    }

    /// As on the wire.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Slot, generation, epoch.
    pub fn header(&self) -> Header {
        self.header
    }

    /// The frames, root first.
    pub fn frames(&self) -> impl Iterator<Item = FrameRef<'a>> + Clone + use<'a> {
        Frames { bytes: self.bytes, at: Header::SIZE + 1 }
    }
}

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} ", self.header)?;
        f.debug_list().entries(self.frames()).finish()
    }
}

#[derive(Clone)]
struct Frames<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Frames<'a> {
    type Item = FrameRef<'a>;

    fn next(&mut self) -> Option<FrameRef<'a>> {
        let at = self.at;
        let size = 1 + usize::from(*self.bytes.get(at)?);
        let bytes = self.bytes.get(at..at + size)?;
        self.at += size;
        Some(FrameRef { bytes, at })
    }
}

/// One frame of a [`Body`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct FrameRef<'a> {
    bytes: &'a [u8],
    /// Offset in the body of the length byte.
    pub(crate) at: usize,
}

impl<'a> FrameRef<'a> {
    /// As on the wire, with the length byte.
    pub fn as_bytes(&self) -> &'a [u8] {
        self.bytes
    }

    pub(crate) fn entries_size(&self) -> usize {
        self.bytes.len().saturating_sub(1)
    }

    /// The entries, in order.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + use<'a> {
        Entries::new(self.bytes.get(1..).unwrap_or_default()).map_while(Result::ok)
    }

    /// The GRANT entries, in order.
    pub fn grants(&self) -> impl Iterator<Item = Grant> + use<'a> {
        self.entries().filter_map(|entry| match entry {
            Entry::Grant(grant) => Some(grant),
            _ => None,
        })
    }
}

impl fmt::Debug for FrameRef<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.entries()).finish()
    }
}
