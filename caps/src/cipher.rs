//! Payloads that nobody on the link can read: ChaCha20 under the request's key, and the tag over what is sent.

use chacha20::{
    ChaCha20,
    cipher::{KeyIvInit, StreamCipher},
};

use crate::{
    ChainKey, Domain, Sequence,
    bytes::Writer,
    hash::mac,
    request::{HEADER_FIELDS, REQUEST_HEADER_SIZE},
};

const NONCE: usize = 12;

/// Which way a payload goes. Its first byte of the nonce differs, so that question and answer never share a key stream.
#[derive(Clone, Copy)]
pub(crate) enum Direction<'a> {
    /// `00 00 | lane | op | ns | woof | plen | 00 00`: two requests of one number differ unless they ask for the same.
    Request(&'a [u8; REQUEST_HEADER_SIZE]),
    /// `01 | first 11 bytes of the request's tag`: one answer a request.
    Response(&'a [u8; 16]),
}

impl Direction<'_> {
    fn nonce(self) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        let mut writer = Writer::new(&mut nonce);
        // Both fit; a test holds them apart.
        let _ = match self {
            Self::Request(header) => {
                let (from_lane, from_ns) = HEADER_FIELDS;
                writer
                    .put(&[0, 0])
                    .and_then(|()| writer.put(header.get(from_lane..from_lane + 2).unwrap_or_default()))
                    .and_then(|()| writer.put(header.get(from_ns..).unwrap_or_default()))
            }
            Self::Response(tag) => writer.put(&[1]).and_then(|()| writer.put(tag.get(..NONCE - 1).unwrap_or_default())),
        };
        nonce
    }
}

/// Encrypts, or decrypts. Key = `H(K_req, 07 || seq)`. It proves nothing: the tag does, over the encrypted bytes.
#[inline(never)]
pub(crate) fn apply(key: &ChainKey, seq: Sequence, direction: Direction<'_>, payload: &mut [u8]) {
    let key = mac(&key.words(), &[&[Domain::Encryption as u8], &seq.0.to_le_bytes()]);
    // At most 65535 bytes: the block counter ends at 2^32.
    ChaCha20::new(&key.0.into(), &direction.nonce().into()).apply_keystream(payload);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chacha20_of_rfc_8439() {
        // Section 2.4.2: the block counter begins at 1 there.
        let key: [u8; 32] = core::array::from_fn(|i| i as u8);
        let nonce = [0, 0, 0, 0, 0, 0, 0, 0x4A, 0, 0, 0, 0];
        let mut text = [0; 64 + 8];
        text[64..].copy_from_slice(b"Ladies a");
        ChaCha20::new(&key.into(), &nonce.into()).apply_keystream(&mut text);
        assert_eq!(text[64..], [0x6e, 0x2e, 0x35, 0x9a, 0x25, 0x68, 0xf9, 0x80]);
    }

    #[test]
    fn nonces_differ_by_direction_and_question() {
        let header: [u8; REQUEST_HEADER_SIZE] = core::array::from_fn(|i| i as u8 + 1);
        let nonce = Direction::Request(&header).nonce();
        assert_eq!(nonce, [0, 0, 3, 4, 13, 14, 15, 16, 17, 18, 0, 0]);
        let tag: [u8; 16] = core::array::from_fn(|i| i as u8 + 100);
        assert_eq!(Direction::Response(&tag).nonce(), [1, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 110]);
    }
}
