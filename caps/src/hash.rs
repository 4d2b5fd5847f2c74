//! SHA-256 and HMAC as the format uses them: key steps, tags, and a comparison that takes the same time for any answer.

use core::hint::black_box;

pub(crate) use crate::sha256::{Digest, hmac as mac};
use crate::{ChainKey, sha256::Sha256};

/// The byte that tells what a key is used for. Disjoint, so derivation, binding and response cannot be confused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Domain {
    /// Slot key to the key of the first frame.
    Root = 0x01,
    /// Key of one frame to the key of the next.
    Frame = 0x02,
    /// Tag of a request.
    Request = 0x03,
    /// Tag of a response.
    Response = 0x04,
    /// Keys of two capabilities to the key of their common request.
    Join = 0x05,
    /// Mask of a flattened key.
    FlattenMask = 0x06,
    /// Encryption key of a request.
    Encryption = 0x07,
    /// The device's proof when pairing.
    PairingDevice = 0x08,
    /// The Edgistry's proof when pairing.
    PairingEdge = 0x09,
    /// Key of a paired link.
    Link = 0x0A,
    /// Tag of what a paired device says to its edge.
    FromDevice = 0x0B,
    /// Tag of what a paired edge says to its device.
    FromEdge = 0x0C,
    /// Mask of the key of a capability that an edge hands its device.
    EntrustMask = 0x0D,
}

/// One key from another: `T16 SHA256(00 00 00 01 || key || domain || message)`, the one-step form of NIST SP 800-56C.
pub fn step(key: &ChainKey, domain: Domain, message: &[u8]) -> ChainKey {
    ChainKey::new(truncate(&step_full(key, domain, &[message])))
}

/// All 32 bytes of [`step`]; the key is the first 16.
pub(crate) fn step_full(key: &ChainKey, domain: Domain, message: &[&[u8]]) -> Digest {
    let mut hash = Sha256::derivation(&key.words(), domain as u8);
    for part in message {
        hash.update(part);
    }
    hash.finalize()
}

/// SHA-256 of the joined parts, by what the core does it best with.
pub fn sha256(message: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in message {
        hash.update(part);
    }
    hash.finalize().0
}

/// SHA-256 of what comes in pieces, by what the core does it best with. Up to 512 MiB.
pub struct Hasher(Sha256);

impl Hasher {
    /// Of nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self(Sha256::new())
    }

    /// The next bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash.
    #[must_use]
    pub fn finalize(mut self) -> [u8; 32] {
        self.0.finalize().0
    }
}

impl Default for Hasher {
    fn default() -> Self {
        Self::new()
    }
}

/// First 4 bytes of SHA-256: tells a copying mistake in a token's text.
pub(crate) fn checksum(bytes: &[u8]) -> [u8; 4] {
    truncate(&Digest(sha256(&[bytes])))
}

/// The first `N` bytes of a digest.
pub(crate) fn truncate<const N: usize>(digest: &Digest) -> [u8; N] {
    const { assert!(N <= 32) };
    digest.0.first_chunk().map_or([0; N], |first| *first)
}

/// Equality in a time that depends on the lengths only.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    // `black_box` keeps the optimiser from turning the fold into an early exit.
    a.len() == b.len() && black_box(a.iter().zip(b).fold(0, |different, (x, y)| black_box(different | (x ^ y)))) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hmac_of_rfc_4231() {
        // Test case 2: key "Jefe".
        let key = [u32::from_ne_bytes(*b"Jefe"), 0, 0, 0, 0, 0, 0, 0];
        let tag = mac(&key, &[b"what do ya want ", b"for nothing?"]);
        assert_eq!(tag.0[..8], [0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e]);
    }

    #[test]
    fn equality_sees_every_byte_and_the_length() {
        let a = [7; 16];
        assert!(equal(&a, &a));
        assert!(!equal(&a, &a[..15]));
        for i in 0..16 {
            let mut b = a;
            b[i] ^= 0x80;
            assert!(!equal(&a, &b));
        }
    }
}
