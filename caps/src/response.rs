//! A response: how a device answers an authentic request, and how the client knows the answer for its own.

use crate::{
    ChainKey, Domain, Error, Sequence,
    bytes::{Reader, Writer},
    cipher::{self, Direction},
    hash::{Digest, equal, mac, truncate},
    request::tag_size,
};

const RESPONSE: u8 = 0x11;
/// Bytes before the payload.
pub const RESPONSE_HEADER_SIZE: usize = 12;

/// What became of a request whose tag was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Status {
    /// Done.
    Ok = 0x00,
    /// The sequence number is not above the lane's last; `rseq` carries the device's time.
    SeqLow = 0x21,
    /// The sequence number is more than a day ahead; `rseq` carries the device's time.
    SeqAhead = 0x22,
    /// The capability has expired.
    Expired = 0x23,
    /// The capability does not allow it: lane, grant, identity or not yet.
    Denied = 0x24,
    /// No such object.
    NotFound = 0x25,
    /// Too soon after the last one, or the device cannot take it now.
    Busy = 0x26,
    /// The payload is larger than allowed.
    TooBig = 0x27,
}

impl Status {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Ok,
        Self::SeqLow,
        Self::SeqAhead,
        Self::Expired,
        Self::Denied,
        Self::NotFound,
        Self::Busy,
        Self::TooBig,
    ];

    /// As on the wire.
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// The status with this code.
    pub fn from_code(code: u8) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.code() == code)
    }

    /// The name as the format's table has it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "OK",
            Self::SeqLow => "SEQ_LOW",
            Self::SeqAhead => "SEQ_AHEAD",
            Self::Expired => "EXPIRED",
            Self::Denied => "DENIED",
            Self::NotFound => "NOTFOUND",
            Self::Busy => "BUSY",
            Self::TooBig => "TOOBIG",
        }
    }
}

impl core::fmt::Display for Status {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}

/// What the two ends share about one request: its key, its whole tag, its tag size. The device answers with it, the
/// client verifies with it; no other request's answer fits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    key: ChainKey,
    tag: [u8; 16],
    wide: bool,
    /// The request's number where payloads are encrypted.
    encrypted: Option<Sequence>,
}

impl Exchange {
    pub(crate) fn new(key: ChainKey, tag: &Digest, wide: bool, encrypted: Option<Sequence>) -> Self {
        Self { key, tag: truncate(tag), wide, encrypted }
    }

    /// Whether payloads travel encrypted.
    pub fn is_encrypted(&self) -> bool {
        self.encrypted.is_some()
    }

    fn cipher(&self, payload: &mut [u8]) {
        if let Some(seq) = self.encrypted {
            cipher::apply(&self.key, seq, Direction::Response(&self.tag), payload);
        }
    }

    /// `K_req`.
    pub fn key(&self) -> ChainKey {
        self.key
    }

    /// The 16-byte tag of the request, whatever part of it travelled. Equal tags mean the same request.
    pub fn request_tag(&self) -> [u8; 16] {
        self.tag
    }

    /// Bytes of the response's tag: the request's size.
    pub fn tag_size(&self) -> usize {
        tag_size(self.wide)
    }

    fn response_tag(&self, header: &[u8], payload: &[u8]) -> [u8; 16] {
        truncate(&mac(&self.key.words(), &[&[Domain::Response as u8], &self.tag, header, payload]))
    }

    /// Writes the answer into `out` and returns its length. `rseq` is the WooF's sequence number; on `SEQ_*` the device's
    /// time, shifted like a sequence number. The payload of an encrypted request's answer is encrypted, too.
    #[inline(never)]
    pub fn respond(&self, status: Status, rseq: u64, payload: &[u8], out: &mut [u8]) -> Result<usize, Error> {
        let size = u16::try_from(payload.len()).map_err(|_| Error::PayloadSize)?;
        let mut header = [0; RESPONSE_HEADER_SIZE];
        let mut writer = Writer::new(&mut header);
        writer.put(&[RESPONSE, status.code()])?;
        writer.put(&size.to_le_bytes())?;
        writer.put(&rseq.to_le_bytes())?;
        let mut writer = Writer::new(out);
        writer.put(&header)?;
        writer.put(payload)?;
        let payload = writer.written_mut(RESPONSE_HEADER_SIZE);
        self.cipher(payload);
        let tag = self.response_tag(&header, payload);
        writer.put(tag.get(..self.tag_size()).unwrap_or_default())?;
        Ok(writer.len())
    }

    /// As [`Exchange::open`]; an encrypted payload is decrypted where it stands.
    pub fn open_in_place<'a>(&self, bytes: &'a mut [u8]) -> Result<Response<'a>, Error> {
        let Response { status, rseq, payload } = self.authentic(bytes)?;
        let end = RESPONSE_HEADER_SIZE + payload.len();
        let payload = bytes.get_mut(RESPONSE_HEADER_SIZE..end).ok_or(Error::Truncated)?;
        self.cipher(payload);
        Ok(Response { status, rseq, payload })
    }

    /// The answer, if it is one to this very request by somebody who has its key. [`Error::Encrypted`] when its payload
    /// would have to be decrypted.
    pub fn open<'a>(&self, bytes: &'a [u8]) -> Result<Response<'a>, Error> {
        if self.is_encrypted() { Err(Error::Encrypted) } else { self.authentic(bytes) }
    }

    fn authentic<'a>(&self, bytes: &'a [u8]) -> Result<Response<'a>, Error> {
        let header = bytes.get(..RESPONSE_HEADER_SIZE).ok_or(Error::Truncated)?;
        let mut reader = Reader::new(bytes);
        if reader.u8()? != RESPONSE {
            return Err(Error::Kind);
        }
        let (status, size, rseq) = (reader.u8()?, reader.u16()?, reader.u64()?);
        let payload = reader.take(usize::from(size))?;
        let tag = reader.take(self.tag_size())?;
        if !reader.is_empty() {
            return Err(Error::Trailing);
        }
        let whole = self.response_tag(header, payload);
        if !equal(whole.get(..tag.len()).unwrap_or_default(), tag) {
            return Err(Error::Tag);
        }
        Ok(Response { status: Status::from_code(status).ok_or(Error::Status)?, rseq, payload })
    }
}

/// An authentic answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response<'a> {
    /// What became of the request.
    pub status: Status,
    /// The WooF's sequence number; on `SEQ_*` the device's time, to be given to [`crate::Sequencer::follow`].
    pub rseq: u64,
    /// The payload.
    pub payload: &'a [u8],
}
