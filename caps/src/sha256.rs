//! SHA-256 over parts: the gathering into blocks, and HMAC. The compression is that of the core: `sha2`'s, which uses the
//! processor's own instructions, or on the lx106 one in its own assembly.
//!
//! A block is zero beyond what was gathered, so that padding writes nine bytes; keys and blocks are where words can be
//! loaded, so that a small core copies them by words.

#[cfg(target_arch = "xtensa")]
pub(crate) use nano_lx106_sha256::Digest;
#[cfg(target_arch = "xtensa")]
use nano_lx106_sha256::{Block, compress, compress_bytes, digest};

/// Bytes of a block.
const BLOCK: usize = 64;
/// Words of the longest key.
pub(crate) const KEY_WORDS: usize = 8;
/// Where the message's length begins in the last block.
const LENGTH_AT: usize = BLOCK - 8;
/// Bytes that a derivation begins with: a number, a key of 16, a domain.
const DERIVATION: u32 = 4 + 16 + 1;

const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A hash under way.
pub(crate) struct Sha256 {
    state: [u32; 8],
    block: Block,
    /// Bytes so far; in bits it must fit a u32.
    length: u32,
}

impl Sha256 {
    pub const fn new() -> Self {
        Self { state: INITIAL, block: Block([0; BLOCK]), length: 0 }
    }

    /// A message that begins as in NIST SP 800-56C: the number of the block, the key, what it is for.
    pub fn derivation(key: &[u32; KEY_WORDS], domain: u8) -> Self {
        let mut hash = Self::new();
        let [a, b, c, d, ..] = key.map(u32::to_ne_bytes);
        for (to, from) in hash.block.0.as_chunks_mut().0.iter_mut().zip([[0, 0, 0, 1], a, b, c, d, [domain, 0, 0, 0]]) {
            *to = from;
        }
        hash.length = DERIVATION;
        hash
    }

    /// A message that begins with a whole block: `pad` under the key.
    fn padded(&mut self, key: &[u32; KEY_WORDS], pad: u8) {
        self.state = INITIAL;
        let pad = u32::from_ne_bytes([pad; 4]);
        let mut key = key.iter();
        for to in self.block.0.as_chunks_mut().0 {
            *to = (pad ^ key.next().unwrap_or(&0)).to_ne_bytes();
        }
        self.length = BLOCK as u32;
        self.compress();
    }

    fn compress(&mut self) {
        compress(&mut self.state, &self.block);
        self.block = Block([0; BLOCK]);
    }

    pub fn update(&mut self, mut bytes: &[u8]) {
        let mut at = self.length as usize % BLOCK;
        self.length = self.length.wrapping_add(bytes.len() as u32);
        while let Some((now, later)) = bytes.split_at_checked(BLOCK - at) {
            match now.as_array() {
                Some(whole) => compress_bytes(&mut self.state, whole),
                None => {
                    self.put(at, now);
                    self.compress();
                }
            }
            (at, bytes) = (0, later);
        }
        self.put(at, bytes);
    }

    /// Into the block, where it fits.
    fn put(&mut self, at: usize, bytes: &[u8]) {
        if let Some(to) = self.block.0.get_mut(at..at + bytes.len()) {
            to.copy_from_slice(bytes);
        }
    }

    /// The digest; what is left in `self` means nothing.
    pub fn finalize(&mut self) -> Digest {
        let at = self.length as usize % BLOCK;
        self.put(at, &[0x80]);
        if at >= LENGTH_AT {
            self.compress();
        }
        if let Some(length) = self.block.0.last_chunk_mut() {
            // Messages are below 2^29 bytes.
            *length = (self.length << 3).to_be_bytes();
        }
        compress(&mut self.state, &self.block);
        digest(&self.state)
    }
}

/// HMAC-SHA256 (RFC 2104) of the joined parts. The key's words are those of its bytes in memory, zeros behind them.
pub(crate) fn hmac(key: &[u32; KEY_WORDS], message: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    hash.padded(key, 0x36);
    for part in message {
        hash.update(part);
    }
    let inner = hash.finalize();
    hash.padded(key, 0x5c);
    hash.update(&inner.0);
    hash.finalize()
}

#[cfg(not(target_arch = "xtensa"))]
pub(crate) use by_sha2::Digest;
#[cfg(not(target_arch = "xtensa"))]
use by_sha2::{Block, compress, compress_bytes, digest};

#[cfg(not(target_arch = "xtensa"))]
mod by_sha2 {
    pub struct Block(pub [u8; super::BLOCK]);

    pub struct Digest(pub [u8; 32]);

    pub fn compress(state: &mut [u32; 8], block: &Block) {
        compress_bytes(state, &block.0);
    }

    pub fn compress_bytes(state: &mut [u32; 8], block: &[u8; super::BLOCK]) {
        sha2::block_api::compress256(state, core::slice::from_ref(block));
    }

    /// The state's words, of each the most significant byte first.
    pub fn digest(state: &[u32; 8]) -> Digest {
        let mut out = Digest([0; 32]);
        for (to, word) in out.0.as_chunks_mut().0.iter_mut().zip(state) {
            *to = word.to_be_bytes();
        }
        out
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec::Vec;

    use hmac::{Hmac, KeyInit, Mac};
    use sha2::Digest;

    use super::*;

    fn bytes(seed: u64, length: usize) -> Vec<u8> {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn messages_of_all_lengths_in_all_pieces() {
        // Under Miri few of them.
        for length in (0..300).step_by(if cfg!(miri) { 101 } else { 1 }) {
            let message = bytes(length as u64 + 7, length);
            for cut in [0, 1, 55, 63, 64, 65, length / 2, length] {
                let (head, tail) = message.split_at(cut.min(length));
                let mut hash = Sha256::new();
                hash.update(head);
                hash.update(tail);
                assert_eq!(hash.finalize().0[..], sha2::Sha256::digest(&message)[..], "{length} bytes cut at {cut}");
                let (key, _) = message[..length.min(32)].as_chunks::<4>();
                let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(key.as_flattened()).unwrap();
                mac.update(&message);
                let mut words = [0; KEY_WORDS];
                words.iter_mut().zip(key).for_each(|(to, from)| *to = u32::from_ne_bytes(*from));
                assert_eq!(hmac(&words, &[head, tail]).0[..], mac.finalize().into_bytes()[..]);
            }
        }
    }
}
