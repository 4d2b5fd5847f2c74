//! Capability operations, counted: the rows of the paper's table, and their parts.

use crate::stopwatch::count;
use core::fmt::Write;
use core::hint::black_box;
use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, Error, FrameBuilder, KeyRing, Op, Refusal, Request, Right, Rights, Sequence,
    Silence, Verifier,
};
use nano_lx106::simulator::Console;
use sha2::{Digest, Sha256};

const NOW_MS: u64 = 1_790_000_000_000;

/// Prints `name instructions` a line.
pub fn run() {
    if let Err(error) = measure() {
        let _ = writeln!(Console, "error {error:?}");
    }
}

fn print<R>(name: &str, run: impl FnOnce() -> R) -> R {
    let (result, instructions) = count(run);
    let _ = writeln!(Console, "{name} {instructions}");
    result
}

fn measure() -> Result<(), Error> {
    let block: [u8; 32] = black_box([7; 32]);
    let key_of_chain = nano_caps::ChainKey::new([3; 16]);
    print("step", || black_box(nano_caps::step(&key_of_chain, nano_caps::Domain::Frame, black_box(&block[..8]))));
    print("sha256_32", || black_box(nano_caps::sha256(&[black_box(&block)])));
    print("hmac_16", || black_box(key_of_chain.hmac(&[black_box(&block)])));
    print("sha256_32_sha2", || black_box(Sha256::digest(black_box(&block))));

    let mut ring = KeyRing::new(DeviceKey::new([7; 32]), DeviceId([1; 8]), 0);
    ring.enable(0)?;
    let root = ring.root(0, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build()?)?;
    let frame = FrameBuilder::new().grant(1, 2, Right::Get.into()).build()?;
    print("derive", || black_box(root.derive(black_box(&frame))))?;

    let mut chain = [root.clone(), root.clone(), root.clone(), root.clone(), root];
    for level in 1..chain.len() {
        chain[level] = chain[level - 1].derive(&frame)?;
    }
    let mut wire = [0; 256];
    let bound = print("bind", || bind(&chain[0], 1, &mut wire))?;
    let mut verifier = Verifier::boot(None, NOW_MS, 0);
    let mut exchange = None;
    for (level, name) in [(0, "verify_1"), (2, "verify_3"), (4, "verify_5")] {
        let length = bind(&chain[level], 2 + level as u16, &mut wire)?;
        let verified = print(name, || verifier.verify(&ring, &wire[..length], 0, |_| true).map(|v| v.exchange).ok());
        exchange = verified;
        if exchange.is_none() {
            let _ = writeln!(Console, "error {name}: refused");
        }
    }
    let _ = bound;
    if let Some(exchange) = exchange {
        let mut answer = [0; 64];
        print("respond", || exchange.respond(nano_caps::Status::Ok, 41, black_box(b"21.5"), &mut answer))?;
    }
    // A request whose tag is wrong: what a flood costs.
    let length = bind(&chain[0], 9, &mut wire)?;
    wire[length - 1] ^= 1;
    print("refuse_tag", || verifier.verify(&ring, &wire[..length], 0, |_| true).is_ok());
    wrong_tags(&ring, &chain[0], &mut wire)?;
    early(&ring, &chain[0], &mut wire)
}

/// The same wrong tag but for the byte that differs: whoever measures the time must not learn how far it was right.
fn wrong_tags(ring: &KeyRing, capability: &Capability, wire: &mut [u8]) -> Result<(), Error> {
    for wide_tag in [false, true] {
        let request = Request { wide_tag, ..request(20) };
        let length = request.bind(&[capability.token()], wire)?.len;
        let size = if wide_tag { 16 } else { 8 };
        let (mut first, mut last) = (u64::MAX, 0);
        for at in length - size..length {
            for bit in [1, 0x80] {
                wire[at] ^= bit;
                let mut verifier = Verifier::boot(None, NOW_MS, 0);
                let (accepted, instructions) =
                    count(|| verifier.verify(black_box(ring), &wire[..length], 0, |_| true).is_ok());
                wire[at] ^= bit;
                if accepted {
                    let _ = writeln!(Console, "error a wrong tag was accepted");
                }
                (first, last) = (first.min(instructions), last.max(instructions));
            }
        }
        let _ = writeln!(Console, "wrong_tag_{size}_least {first}\nwrong_tag_{size}_most {last}");
    }
    Ok(())
}

/// What is refused before anything is hashed; the dearest of them.
fn early(ring: &KeyRing, capability: &Capability, wire: &mut [u8]) -> Result<(), Error> {
    let length = bind(capability, 30, wire)?;
    let mut most = 0;
    // (byte, new value): kind, flags, lane, operation; version, slot, generation, epoch, count and size of the frames.
    let bent = [
        (0, 0x11),
        (1, 0x80),
        (1, 8),
        (2, 8),
        (3, 0),
        (3, 15),
        (16, 200),
        (17, 200),
        (18, 2),
        (19, 16),
        (19, 5),
        (20, 1),
        (21, 1),
        (22, 0),
        (22, 9),
        (22, 8),
        (23, 0),
        (23, 255),
    ];
    for (at, value) in bent {
        let old = core::mem::replace(&mut wire[at], value);
        let mut verifier = Verifier::boot(None, NOW_MS, 0);
        let (accepted, instructions) = count(|| verifier.verify(black_box(ring), &wire[..length], 0, |_| true).is_ok());
        wire[at] = old;
        if accepted {
            let _ = writeln!(Console, "error a bent header was accepted");
        }
        most = most.max(instructions);
    }
    for cut in 0..length {
        let mut verifier = Verifier::boot(None, NOW_MS, 0);
        most = most.max(count(|| verifier.verify(black_box(ring), &wire[..cut], 0, |_| true).is_ok()).1);
    }
    let _ = writeln!(Console, "refuse_early {most}");
    // A flood: the bucket is empty.
    let mut verifier = Verifier::boot(None, NOW_MS, 0);
    wire[length - 1] ^= 1;
    while !matches!(verifier.verify(ring, &wire[..length], 0, |_| true), Err(Refusal::Silent(Silence::Flood))) {}
    print("refuse_flood", || verifier.verify(black_box(ring), &wire[..length], 0, |_| true).is_ok());
    Ok(())
}

fn bind(capability: &Capability, counter: u16, wire: &mut [u8]) -> Result<usize, Error> {
    request(counter).bind(&[capability.token()], wire).map(|bound| bound.len)
}

fn request(counter: u16) -> Request<'static> {
    Request {
        op: Op::Get,
        lane: 0,
        seq: Sequence::new(NOW_MS, counter),
        ns: 1,
        woof: 2,
        payload: black_box(&[]),
        wide_tag: false,
    }
}
