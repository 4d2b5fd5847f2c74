//! SHA-256 over parts, with `sha2`'s compression, or with one of our own where the core has no better.
//!
//! The message is gathered into blocks here, so that a device pays for compressions and little else. The compression for
//! the lx106 keeps 16 words of the schedule and renews them as they are used up: 64 bytes of stack instead of 256, all
//! indices known when compiling, and rotations that become funnel shifts.

/// Bytes of a block.
const BLOCK: usize = 64;
/// Where the message's length begins in the last block.
const LENGTH_AT: usize = BLOCK - 8;

const INITIAL: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// A hash under way.
pub(crate) struct Sha256 {
    state: [u32; 8],
    block: [u8; BLOCK],
    /// Bytes so far; a message here has at most some 70 KB.
    length: u32,
}

impl Sha256 {
    pub const fn new() -> Self {
        Self { state: INITIAL, block: [0; BLOCK], length: 0 }
    }

    /// A message that begins with a whole block: `pad` under the key.
    fn padded(&mut self, key: &[u8], pad: u8) {
        self.state = INITIAL;
        self.block = [pad; BLOCK];
        for (to, from) in self.block.iter_mut().zip(key) {
            *to ^= from;
        }
        self.length = BLOCK as u32;
        compress(&mut self.state, &self.block);
    }

    pub fn update(&mut self, bytes: &[u8]) {
        let mut at = self.length as usize % BLOCK;
        self.length = self.length.wrapping_add(bytes.len() as u32);
        // Byte by byte: most parts have a few, and calling for a copy costs a small core more than copying.
        for byte in bytes {
            if let Some(to) = self.block.get_mut(at) {
                *to = *byte;
            }
            at += 1;
            if at == BLOCK {
                compress(&mut self.state, &self.block);
                at = 0;
            }
        }
    }

    /// The digest; what is left in `self` means nothing.
    pub fn finalize(&mut self) -> [u8; 32] {
        let at = self.length as usize % BLOCK;
        let mut rest = self.block.iter_mut().skip(at);
        if let Some(first) = rest.next() {
            *first = 0x80;
        }
        rest.for_each(|byte| *byte = 0);
        if at >= LENGTH_AT {
            compress(&mut self.state, &self.block);
            self.block = [0; BLOCK];
        }
        if let Some(length) = self.block.last_chunk_mut() {
            // Messages are below 2^29 bytes.
            *length = (self.length << 3).to_be_bytes();
        }
        compress(&mut self.state, &self.block);
        let mut out = [0; 32];
        for (to, word) in out.as_chunks_mut().0.iter_mut().zip(&self.state) {
            *to = word.to_be_bytes();
        }
        out
    }
}

/// HMAC-SHA256 (RFC 2104) of the joined parts. Keys are at most one block; the format's are 16 or 32 bytes.
pub(crate) fn hmac(key: &[u8], message: &[&[u8]]) -> [u8; 32] {
    debug_assert!(key.len() <= BLOCK, "longer keys would have to be hashed first");
    let mut hash = Sha256::new();
    hash.padded(key, 0x36);
    for part in message {
        hash.update(part);
    }
    let inner = hash.finalize();
    hash.padded(key, 0x5c);
    hash.update(&inner);
    hash.finalize()
}

/// What the core has: processors with instructions for SHA-256 do better than anything written here.
#[cfg(not(target_arch = "xtensa"))]
fn compress(state: &mut [u32; 8], block: &[u8; BLOCK]) {
    sha2::block_api::compress256(state, core::slice::from_ref(block));
}

#[cfg(target_arch = "xtensa")]
use rolling::compress;

#[cfg(any(target_arch = "xtensa", test))]
mod rolling {
    use super::BLOCK;

    /// The round constants, 16 a turn.
    static K: [[u32; 16]; 4] = [
        [
            0x428a_2f98,
            0x7137_4491,
            0xb5c0_fbcf,
            0xe9b5_dba5,
            0x3956_c25b,
            0x59f1_11f1,
            0x923f_82a4,
            0xab1c_5ed5,
            0xd807_aa98,
            0x1283_5b01,
            0x2431_85be,
            0x550c_7dc3,
            0x72be_5d74,
            0x80de_b1fe,
            0x9bdc_06a7,
            0xc19b_f174,
        ],
        [
            0xe49b_69c1,
            0xefbe_4786,
            0x0fc1_9dc6,
            0x240c_a1cc,
            0x2de9_2c6f,
            0x4a74_84aa,
            0x5cb0_a9dc,
            0x76f9_88da,
            0x983e_5152,
            0xa831_c66d,
            0xb003_27c8,
            0xbf59_7fc7,
            0xc6e0_0bf3,
            0xd5a7_9147,
            0x06ca_6351,
            0x1429_2967,
        ],
        [
            0x27b7_0a85,
            0x2e1b_2138,
            0x4d2c_6dfc,
            0x5338_0d13,
            0x650a_7354,
            0x766a_0abb,
            0x81c2_c92e,
            0x9272_2c85,
            0xa2bf_e8a1,
            0xa81a_664b,
            0xc24b_8b70,
            0xc76c_51a3,
            0xd192_e819,
            0xd699_0624,
            0xf40e_3585,
            0x106a_a070,
        ],
        [
            0x19a4_c116,
            0x1e37_6c08,
            0x2748_774c,
            0x34b0_bcb5,
            0x391c_0cb3,
            0x4ed8_aa4a,
            0x5b9c_ca4f,
            0x682e_6ff3,
            0x748f_82ee,
            0x78a5_636f,
            0x84c8_7814,
            0x8cc7_0208,
            0x90be_fffa,
            0xa450_6ceb,
            0xbef9_a3f7,
            0xc671_78f2,
        ],
    ];

    /// One round on registers that change their roles instead of their places.
    macro_rules! round {
        ($a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident, $word:expr) => {
            let sum = $e.rotate_right(6) ^ $e.rotate_right(11) ^ $e.rotate_right(25);
            $h = $h.wrapping_add(sum).wrapping_add($g ^ ($e & ($f ^ $g))).wrapping_add($word);
            $d = $d.wrapping_add($h);
            let sum = $a.rotate_right(2) ^ $a.rotate_right(13) ^ $a.rotate_right(22);
            $h = $h.wrapping_add(sum).wrapping_add($b ^ (($a ^ $b) & ($b ^ $c)));
        };
    }

    /// Eight of them, after which each register has its old role again.
    macro_rules! rounds {
        ($($index:literal)+, $k:ident $w:ident $word:ident, $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
            rounds!(@ [$($index)+] $k $w $word $a $b $c $d $e $f $g $h);
        };
        (@ [] $k:ident $w:ident $word:ident $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {};
        (@ [$index:literal $($more:literal)*] $k:ident $w:ident $word:ident $a:ident $b:ident $c:ident $d:ident $e:ident $f:ident $g:ident $h:ident) => {
            round!($a $b $c $d $e $f $g $h, $k[$index].wrapping_add($word!($w $index)));
            rounds!(@ [$($more)*] $k $w $word $h $a $b $c $d $e $f $g);
        };
    }

    /// A word of the message.
    macro_rules! given {
        ($w:ident $index:literal) => {
            $w[$index]
        };
    }

    /// The word 16 further on, in the place of the one that is used up.
    macro_rules! renewed {
        ($w:ident $index:literal) => {{
            let (old, near) = ($w[($index + 1) & 15], $w[($index + 14) & 15]);
            let low = old.rotate_right(7) ^ old.rotate_right(18) ^ (old >> 3);
            let high = near.rotate_right(17) ^ near.rotate_right(19) ^ (near >> 10);
            $w[$index] = $w[$index].wrapping_add(low).wrapping_add($w[($index + 9) & 15]).wrapping_add(high);
            $w[$index]
        }};
    }

    pub fn compress(state: &mut [u32; 8], block: &[u8; BLOCK]) {
        let mut w = [0; 16];
        for (word, bytes) in w.iter_mut().zip(block.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = *state;
        let [first, more @ ..] = &K;
        rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15, first w given, a b c d e f g h);
        for k in more {
            rounds!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15, k w renewed, a b c d e f g h);
        }
        for (word, add) in state.iter_mut().zip([a, b, c, d, e, f, g, h]) {
            *word = word.wrapping_add(add);
        }
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
    fn the_rolling_compression_is_sha2s() {
        let (mut ours, mut theirs) = (INITIAL, INITIAL);
        for seed in 0..2000 {
            let block: [u8; BLOCK] = match seed {
                0 => [0; BLOCK],
                1 => [0xFF; BLOCK],
                _ => bytes(seed, BLOCK).try_into().unwrap(),
            };
            rolling::compress(&mut ours, &block);
            sha2::block_api::compress256(&mut theirs, &[block]);
            assert_eq!(ours, theirs, "block {seed}");
        }
    }

    #[test]
    fn messages_of_all_lengths_in_all_pieces() {
        for length in 0..300 {
            let message = bytes(length as u64 + 7, length);
            for cut in [0, 1, 55, 63, 64, 65, length / 2, length] {
                let (head, tail) = message.split_at(cut.min(length));
                let mut hash = Sha256::new();
                hash.update(head);
                hash.update(tail);
                assert_eq!(hash.finalize()[..], sha2::Sha256::digest(&message)[..], "{length} bytes cut at {cut}");
                let mut mac = <Hmac<sha2::Sha256> as KeyInit>::new_from_slice(&message[..length.min(64)]).unwrap();
                mac.update(&message);
                assert_eq!(hmac(&message[..length.min(64)], &[head, tail])[..], mac.finalize().into_bytes()[..]);
            }
        }
    }
}
