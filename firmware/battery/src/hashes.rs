//! SHA-256 and HMAC, which everything that is trusted rests on: as the compiler makes them of `sha2`, and as capabilities
//! use them, whose compression is the core's own.

use crate::Battery;
use crate::chance::Chance;
use crate::digest::Digest;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt::Write;
use core::hint::black_box;
use hmac::{Hmac, KeyInit, Mac};
use nano_caps::{
    ANY, ChainKey, DeviceId, DeviceKey, Domain, FrameBuilder, KeyRing, Op, Request, Right, Rights, Sequence, Status,
    Verifier, step,
};
use sha2::{Digest as _, Sha256, Sha512};

pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    battery.group("hash", "sha256", |chance, digest| {
        let bytes: Vec<u8> = (0..chance.below(200)).map(|_| chance.next() as u8).collect();
        digest.bytes(&Sha256::digest(black_box(&bytes)));
    });
    battery.group("hash", "caps_sha256", |chance, digest| {
        let bytes: Vec<u8> = (0..chance.below(200)).map(|_| chance.next() as u8).collect();
        let (head, tail) = bytes.split_at(chance.below(bytes.len() + 1));
        let ours = nano_caps::sha256(black_box(&[head, tail]));
        assert_eq!(ours[..], Sha256::digest(&bytes)[..], "the same hash");
        digest.bytes(&ours);
    });
    battery.group("hash", "caps_hmac", |chance, digest| {
        let key = ChainKey::new(core::array::from_fn(|_| chance.next() as u8));
        let bytes: Vec<u8> = (0..chance.below(150)).map(|_| chance.next() as u8).collect();
        let ours = key.hmac(black_box(&[&bytes]));
        let theirs = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).map(|mac| mac.chain_update(&bytes));
        assert!(theirs.is_ok_and(|mac| mac.finalize().into_bytes()[..] == ours), "the same code");
        digest.bytes(&ours);
        digest.bytes(step(&key, Domain::Frame, &bytes).as_bytes());
    });
    battery.group("capability", "whole", capability);
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

/// Mints, derives some levels, binds a request, verifies it, answers, and reads the answer.
fn capability(chance: &mut Chance, digest: &mut Digest) {
    let key = DeviceKey::new(core::array::from_fn(|_| chance.next() as u8));
    let mut ring = KeyRing::new(key, DeviceId(core::array::from_fn(|_| chance.next() as u8)), chance.next() as u8);
    let frame = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build();
    let root = ring.enable(0).and_then(|()| ring.root(0, &frame?));
    let Ok(mut token) = root else { return digest.bytes(b"no root") };
    for _ in 0..chance.below(5) {
        let frame =
            FrameBuilder::new().grant(1, ANY, Right::Put.into()).expires(chance.next() as u32 | 1 << 31).build();
        let Ok(derived) = frame.and_then(|frame| token.derive(&frame)) else { return digest.bytes(b"not derived") };
        token = derived;
    }
    digest.bytes(token.stored());
    let payload: Vec<u8> = (0..chance.below(100)).map(|_| chance.next() as u8).collect();
    let request = Request {
        op: Op::Put,
        lane: 0,
        seq: Sequence::new(1_790_000_000_000, chance.next() as u16),
        ns: 1,
        woof: 2,
        payload: &payload,
        wide_tag: chance.below(2) == 1,
    };
    let mut wire = vec![0; 512];
    let bound = if chance.below(2) == 1 {
        request.bind_encrypted(&[token.token()], &mut wire)
    } else {
        request.bind(&[token.token()], &mut wire)
    };
    let Ok(bound) = bound else { return digest.bytes(b"not bound") };
    wire.truncate(bound.len);
    digest.bytes(&wire);
    let mut verifier = Verifier::boot(None, 1_790_000_000_000, 0);
    let Ok(verified) = verifier.verify_in_place(&ring, &mut wire, 0, |_| true) else { return digest.bytes(b"refused") };
    digest.bytes(verified.payload);
    let mut answer = [0; 256];
    let length = verified.exchange.respond(Status::Ok, chance.next(), &payload, &mut answer).unwrap_or_default();
    digest.bytes(&answer[..length]);
    digest.bytes(bound.exchange.open_in_place(&mut answer[..length]).map_or(&b"not opened"[..], |r| r.payload));
}
