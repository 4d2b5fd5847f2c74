//! SHA-256 and HMAC, which everything that is trusted rests on.

use crate::Battery;
use alloc::vec::Vec;
use core::fmt::Write;
use core::hint::black_box;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest as _, Sha256, Sha512};

pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    battery.group("hash", "sha256", |chance, digest| {
        let bytes: Vec<u8> = (0..chance.below(200)).map(|_| chance.next() as u8).collect();
        digest.bytes(&Sha256::digest(black_box(&bytes)));
    });
    battery.group("hash", "sha512", |chance, digest| {
        let bytes: Vec<u8> = (0..chance.below(150)).map(|_| chance.next() as u8).collect();
        digest.bytes(&Sha512::digest(black_box(&bytes)));
    });
    battery.group("hash", "hmac", |chance, digest| {
        let key: Vec<u8> = (0..chance.below(80)).map(|_| chance.next() as u8).collect();
        if let Ok(mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(black_box(&key)) {
            digest.bytes(&mac.chain_update(&key).finalize().into_bytes());
        }
    });
}
