//! A capability with its secret: minted from a slot key, derived from another, or parsed.

use core::fmt;

use crate::{
    Body, ChainKey, Domain, Error, Frame, Header, MAX_BODY, SlotKey,
    bytes::{Reader, Writer},
    hash::{equal, step, step_full, truncate},
};

const KEY_SIZE: usize = 16;
/// Most bytes of a stored capability: body and `K`.
pub const MAX_STORED: usize = MAX_BODY + KEY_SIZE;

/// A stored capability borrowed from somebody's bytes: body and `K`. What requests are bound with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token<'a> {
    /// The public part.
    pub body: Body<'a>,
    /// The secret part.
    pub key: ChainKey,
}

impl<'a> Token<'a> {
    /// Parses exactly one stored capability: `HDR NFRAMES FRAME{1..8} K`. Whether `K` belongs to the body only the
    /// device can tell.
    pub fn parse(stored: &'a [u8]) -> Result<Self, Error> {
        let (body, rest) = Body::split(stored)?;
        let mut reader = Reader::new(rest);
        let key = ChainKey::new(reader.array()?);
        if reader.is_empty() { Ok(Self { body, key }) } else { Err(Error::Trailing) }
    }
}

/// A stored capability that owns its bytes. `K` is in it: it moves only over TLS, USB, QR or sealed, and is never printed.
#[derive(Clone)]
pub struct Capability {
    bytes: [u8; MAX_STORED],
    body_length: u16,
    header: Header,
    key: ChainKey,
}

impl Capability {
    /// The first capability of a slot and generation: `K_1 = step(K_slot, 01, HDR || FRAME_0)`.
    pub fn root(slot: &SlotKey, header: Header, frame: &Frame) -> Result<Self, Error> {
        let header = header.to_bytes();
        let key = step_full(&ChainKey::from(*slot), Domain::Root, &[&header, frame.as_bytes()]);
        Self::assemble(&[&header, &[1], frame.as_bytes(), &truncate::<KEY_SIZE>(&key)])
    }

    /// A weaker one, made without asking anybody: `K_{i+1} = step(K_i, 02, FRAME_i)`.
    ///
    /// Refused when no verifier would take the result: below a seal, a ninth frame, an IDENT without MINTID, more than
    /// 4 identities.
    pub fn derive(&self, frame: &Frame) -> Result<Self, Error> {
        let Token { body, key } = self.token();
        let mut reader = Reader::new(body.as_bytes());
        let header = reader.take(Header::SIZE)?;
        let count = reader.u8()?.checked_add(1).ok_or(Error::FrameCount)?;
        let key = step(&key, Domain::Frame, frame.as_bytes());
        if usize::from(count) > crate::MAX_FRAMES {
            return Err(Error::FrameCount);
        }
        Self::assemble(&[header, &[count], reader.rest(), frame.as_bytes(), key.as_bytes()])
    }

    /// Parses exactly one stored capability.
    pub fn parse(stored: &[u8]) -> Result<Self, Error> {
        Self::assemble(&[stored])
    }

    /// From a body and the key that belongs to it.
    pub(crate) fn from_parts(body: Body<'_>, key: &ChainKey) -> Result<Self, Error> {
        Self::assemble(&[body.as_bytes(), key.as_bytes()])
    }

    fn assemble(parts: &[&[u8]]) -> Result<Self, Error> {
        let mut bytes = [0; MAX_STORED];
        let mut writer = Writer::new(&mut bytes);
        // Longer than the longest capability is a capability with something after it.
        parts.iter().try_for_each(|part| writer.put(part)).map_err(|_| Error::Trailing)?;
        let Token { body, key } = Token::parse(writer.written())?;
        let (header, body_length) = (body.header(), body.as_bytes().len() as u16); // MAX_BODY is 2045
        Ok(Self { bytes, body_length, header, key })
    }

    /// The stored form with the secret: `HDR NFRAMES FRAME{1..8} K`.
    pub fn stored(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.body_length) + KEY_SIZE).unwrap_or_default()
    }

    /// The request form, without the secret.
    pub fn body(&self) -> Body<'_> {
        Body::checked(self.bytes.get(..usize::from(self.body_length)).unwrap_or_default(), self.header)
    }

    /// What requests are bound with.
    pub fn token(&self) -> Token<'_> {
        Token { body: self.body(), key: self.key }
    }
}

impl PartialEq for Capability {
    fn eq(&self, other: &Self) -> bool {
        equal(self.stored(), other.stored())
    }
}

impl Eq for Capability {}

impl fmt::Debug for Capability {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Capability({:?}, secret)", self.body())
    }
}
