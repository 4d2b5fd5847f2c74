//! Capability operations, counted: the rows of the paper's table, and their parts.

use crate::stopwatch::count;
use core::fmt::Write;
use core::hint::black_box;
use hmac::{Hmac, KeyInit, Mac};
use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, Error, FrameBuilder, KeyRing, Op, Request, Right, Rights, Sequence, Verifier,
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
    let block = black_box([7; 32]);
    print("sha256_32", || black_box(Sha256::digest(black_box(&block))));
    let key = black_box([3; 16]);
    print("hmac_16", || {
        let mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&key).map(|mac| mac.chain_update(black_box(block)));
        black_box(mac.map(Mac::finalize).is_ok())
    });

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
    Ok(())
}

fn bind(capability: &Capability, counter: u16, wire: &mut [u8]) -> Result<usize, Error> {
    let request = Request {
        op: Op::Get,
        lane: 0,
        seq: Sequence::new(NOW_MS, counter),
        ns: 1,
        woof: 2,
        payload: black_box(&[]),
        wide_tag: false,
    };
    request.bind(&[capability.token()], wire).map(|bound| bound.len)
}
