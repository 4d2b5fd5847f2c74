//! The link between a device and its edge once they have paired: every message under a tag, each heard once.

use crate::{
    Body, ChainKey, Domain, Error, Pairing,
    bytes::{Reader, Writer},
    hash::{equal, mac, truncate},
};

/// Bytes before a sealed message: its kind and its number.
pub const SEAL_HEADER_SIZE: usize = 5;
/// Bytes behind it.
pub const SEAL_TAG_SIZE: usize = 8;
/// Numbers below the highest heard that may still come: a link may change the order.
const WINDOW: u32 = 64;

/// An end of the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// The device.
    Device,
    /// The edge.
    Edge,
}

impl End {
    /// What its messages are tagged for, so that none can be sent back to where it came from.
    fn domain(self) -> Domain {
        match self {
            Self::Device => Domain::FromDevice,
            Self::Edge => Domain::FromEdge,
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Device => Self::Edge,
            Self::Edge => Self::Device,
        }
    }
}

/// What one end keeps of a pairing: the key that no other run has, and which messages have come and gone.
///
/// A sealed message is `kind u8 | number u32 | body | tag 8`, with tag = `H(K_link, domain || kind || number || body)[..8]`
/// and `K_link = step(K_1, 0A, n_e || n_d || HDR)`. It tells who speaks, not what: nothing is encrypted.
#[derive(Clone, Copy, Debug)]
pub struct Session {
    key: ChainKey,
    end: End,
    /// Number of the last message sent.
    sent: u32,
    /// The highest number heard, and which of those below it were.
    heard: u32,
    seen: u64,
}

impl Session {
    /// `end` is ours. Both ends have proved themselves.
    pub fn new(pairing: &Pairing, end: End) -> Self {
        Self { key: pairing.link_key(), end, sent: 0, heard: 0, seen: 0 }
    }

    fn tag(&self, from: End, header: &[u8], body: &[u8]) -> [u8; SEAL_TAG_SIZE] {
        truncate(&mac(&self.key.words(), &[&[from.domain() as u8], header, body]))
    }

    /// A key that only the other end of the link can take off again, `K xor H(K_link, 0D || body)[..16]`, for the edge to
    /// entrust its device with a capability of this body; the same again is the key.
    #[must_use]
    pub fn mask(&self, body: Body<'_>, key: &ChainKey) -> ChainKey {
        let mut bytes: [u8; 16] = truncate(&mac(&self.key.words(), &[&[Domain::EntrustMask as u8], body.as_bytes()]));
        for (to, from) in bytes.iter_mut().zip(key.as_bytes()) {
            *to ^= from;
        }
        ChainKey::new(bytes)
    }

    /// Header and tag of our next message. [`Error::Exhausted`] after 2^32 of them: pair again.
    pub fn seal(&mut self, kind: u8, body: &[u8]) -> Result<([u8; SEAL_HEADER_SIZE], [u8; SEAL_TAG_SIZE]), Error> {
        self.sent = self.sent.checked_add(1).ok_or(Error::Exhausted)?;
        let mut header = [0; SEAL_HEADER_SIZE];
        let mut writer = Writer::new(&mut header);
        writer.put(&[kind])?;
        writer.put(&self.sent.to_le_bytes())?;
        Ok((header, self.tag(self.end, &header, body)))
    }

    /// Kind and body of a message of the other end. [`Error::Tag`] when it isn't one of this session, [`Error::Stale`] when
    /// it was heard before or is too old to tell.
    pub fn open<'a>(&mut self, bytes: &'a [u8]) -> Result<(u8, &'a [u8]), Error> {
        let (sealed, tag) = bytes.split_last_chunk::<SEAL_TAG_SIZE>().ok_or(Error::Truncated)?;
        let (header, body) = sealed.split_first_chunk::<SEAL_HEADER_SIZE>().ok_or(Error::Truncated)?;
        let mut reader = Reader::new(header);
        let (kind, number) = (reader.u8()?, reader.u32()?);
        if !equal(&self.tag(self.end.other(), header, body), tag) {
            return Err(Error::Tag);
        }
        self.hear(number)?;
        Ok((kind, body))
    }

    /// Notes a number; each is taken once. Bit `n` of `seen` is for `heard - n`.
    fn hear(&mut self, number: u32) -> Result<(), Error> {
        if number > self.heard {
            let ahead = number - self.heard;
            self.seen = self.seen.checked_shl(ahead).unwrap_or(0) | 1;
            self.heard = number;
            return Ok(());
        }
        let behind = self.heard - number;
        let bit = if behind < WINDOW { 1 << behind } else { 0 };
        // Nothing has the number 0.
        if number == 0 || bit == 0 || self.seen & bit != 0 {
            return Err(Error::Stale);
        }
        self.seen |= bit;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use super::*;
    use crate::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Rights};

    fn pairing(nonce: u8) -> Pairing {
        let mut ring = KeyRing::new(DeviceKey::new([1; 32]), DeviceId([2; 8]), 0);
        ring.enable(1).unwrap();
        let root = ring.root(1, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap()).unwrap();
        Pairing::new(root.token(), [nonce; 8], [4; 8])
    }

    fn ends() -> (Session, Session) {
        (Session::new(&pairing(3), End::Device), Session::new(&pairing(3), End::Edge))
    }

    fn sealed(session: &mut Session, kind: u8, body: &[u8]) -> Vec<u8> {
        let (header, tag) = session.seal(kind, body).unwrap();
        [&header[..], body, &tag].concat()
    }

    #[test]
    fn what_one_end_says_the_other_hears_once() {
        let (mut device, mut edge) = ends();
        let first = sealed(&mut edge, 0x21, b"first");
        let second = sealed(&mut edge, 0x23, b"");
        assert_eq!(device.open(&second), Ok((0x23, &b""[..])));
        assert_eq!(device.open(&first), Ok((0x21, &b"first"[..])), "the link may change the order");
        assert_eq!(device.open(&first), Err(Error::Stale));
        assert_eq!(device.open(&second), Err(Error::Stale));
        assert_eq!(edge.open(&first), Err(Error::Tag), "reflected");
        let back = sealed(&mut device, 0x20, b"fetch");
        assert_eq!(edge.open(&back), Ok((0x20, &b"fetch"[..])));
    }

    #[test]
    fn every_bit_and_every_cut_counts() {
        let (mut device, mut edge) = ends();
        let message = sealed(&mut edge, 0x21, b"a module");
        for bit in 0..message.len() * 8 {
            let mut bent = message.clone();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(device.open(&bent), Err(Error::Tag), "bit {bit}");
        }
        for cut in 0..message.len() {
            assert!(device.open(&message[..cut]).is_err());
        }
        assert!(device.open(&message).is_ok());
    }

    #[test]
    fn another_run_has_another_key() {
        let (mut device, _) = ends();
        let mut other = Session::new(&pairing(5), End::Edge);
        assert_eq!(device.open(&sealed(&mut other, 1, b"x")), Err(Error::Tag));
    }

    #[test]
    fn a_key_is_entrusted_to_the_other_end_alone() {
        let (device, edge) = ends();
        let mut ring = KeyRing::new(DeviceKey::new([5; 32]), DeviceId([6; 8]), 0);
        ring.enable(1).unwrap();
        let one = ring.root(1, &FrameBuilder::new().grant(1, 7, Rights::ALL).build().unwrap()).unwrap();
        let other = ring.root(1, &FrameBuilder::new().grant(1, 8, Rights::ALL).build().unwrap()).unwrap();
        let (body, key) = (one.body(), one.token().key);
        let masked = edge.mask(body, &key);
        assert!(masked != key && device.mask(body, &masked) == key);
        // Under another run's key, or beside another body, it is no key of anything.
        assert!(Session::new(&pairing(5), End::Device).mask(body, &masked) != key);
        assert!(device.mask(other.body(), &masked) != key);
    }

    #[test]
    fn numbers_are_heard_once_whatever_their_order() {
        let (mut session, _) = ends();
        let mut taken = std::collections::BTreeSet::new();
        let mut state = 7_u32;
        for _ in 0..20_000 {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let number = taken.len() as u32 + (state >> 16) % 100;
            if session.hear(number).is_ok() {
                assert!(taken.insert(number), "{number} twice");
            }
        }
        assert!(taken.len() > 1000);
        assert_eq!(session.hear(0), Err(Error::Stale));
        session.hear(u32::MAX).unwrap();
        assert_eq!(session.hear(u32::MAX), Err(Error::Stale));
        session.sent = u32::MAX;
        assert_eq!(session.seal(1, b""), Err(Error::Exhausted));
    }
}
