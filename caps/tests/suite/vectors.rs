//! The published vectors, byte for byte.

use std::{collections::HashMap, process::Command};

use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, FrameBuilder, Header, Identity, Op, Request, Right, Rights, Sequence, Status,
    epoch_key, slot_key,
};

use crate::fixture::{Device, NOW_MS, OK, hex, unhex};

const VECTORS: &str = include_str!("../data/vectors.json");

fn vectors() -> HashMap<&'static str, Vec<u8>> {
    let strings: Vec<_> = VECTORS.split('"').skip(1).step_by(2).collect();
    strings.chunks(2).map(|pair| (pair[0], unhex(pair[1]))).collect()
}

struct Tokens {
    root: Capability,
    app: Capability,
    read: Capability,
    ident: Capability,
    conditional: Capability,
}

/// The capabilities of the reference's self-test, made by this crate.
fn tokens() -> Tokens {
    let identity = Identity([0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8]);
    let frame = FrameBuilder::new;
    let root = Device::new().root();
    let app_rights = Right::Get | Right::Put | Right::Stat;
    let app = root.derive(&frame().grant(1, ANY, app_rights).expires(1_800_000_000).build().unwrap()).unwrap();
    let read = app.derive(&frame().grant(1, 2, Right::Get.into()).lane(3).build().unwrap()).unwrap();
    let ident = root.derive(&frame().grant(ANY, ANY, Rights::NONE).ident(identity).build().unwrap()).unwrap();
    let conditional = read.derive(&frame().requires(identity).build().unwrap()).unwrap();
    Tokens { root, app, read, ident, conditional }
}

fn request(payload: &[u8]) -> Request<'_> {
    let seq = Sequence::new(1_790_000_000_123, 0);
    Request { op: Op::Get, lane: 3, seq, ns: 1, woof: 2, payload, wide_tag: false }
}

#[test]
fn keys() {
    let vectors = vectors();
    let device = DeviceKey::new(std::array::from_fn(|i| i as u8));
    let epoch = epoch_key(&device, DeviceId([0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77]), 0);
    assert_eq!(epoch.as_bytes()[..], vectors["k_epoch"]);
    assert_eq!(slot_key(&epoch, 0, 0).as_bytes()[..], vectors["k_slot"]);
}

#[test]
fn stored_capabilities() {
    let (vectors, tokens) = (vectors(), tokens());
    for (name, made) in [
        ("root", &tokens.root),
        ("app", &tokens.app),
        ("ro", &tokens.read),
        ("ident", &tokens.ident),
        ("cond", &tokens.conditional),
    ] {
        assert_eq!(hex(made.stored()), hex(&vectors[name]), "{name}");
        assert_eq!(Capability::parse(&vectors[name]).as_ref(), Ok(made), "{name}");
    }
    assert_eq!(tokens.root.body().header(), Header::new(0, 0, 0).unwrap());
}

#[test]
fn request_with_one_capability_and_its_responses() {
    let (vectors, tokens) = (vectors(), tokens());
    let mut out = [0; 512];
    let bound = request(&[0; 4]).bind(&[tokens.read.token()], &mut out).unwrap();
    assert_eq!(hex(&out[..bound.len]), hex(&vectors["req_get"]));
    assert_eq!(hex(&bound.exchange.request_tag()), hex(&vectors["req_get_fulltag"][..16]));

    let mut device = Device::new();
    let verified = device.verify(&vectors["req_get"]).unwrap();
    assert_eq!(verified.exchange, bound.exchange);
    for (name, status, rseq, payload) in [
        ("resp_ok", Status::Ok, 41, &[1, 2, 3, 4][..]),
        ("resp_seq_low", Status::SeqLow, Sequence::new(NOW_MS + 5000, 0).0, &[]),
    ] {
        let length = verified.exchange.respond(status, rseq, payload, &mut out).unwrap();
        assert_eq!(hex(&out[..length]), hex(&vectors[name]), "{name}");
        let response = bound.exchange.open(&vectors[name]).unwrap();
        assert_eq!((response.status, response.rseq, response.payload), (status, rseq, payload), "{name}");
    }
}

#[test]
fn request_with_two_capabilities() {
    let (vectors, tokens) = (vectors(), tokens());
    let mut out = [0; 512];
    let seq = Sequence(request(&[]).seq.0 + 1);
    let two = Request { seq, wide_tag: true, ..request(&[0; 4]) };
    let bound = two.bind(&[tokens.conditional.token(), tokens.ident.token()], &mut out).unwrap();
    assert_eq!(hex(&out[..bound.len]), hex(&vectors["req_two"]));
    assert_eq!(Device::new().outcome(&vectors["req_two"]), OK);
}

#[test]
#[cfg_attr(miri, ignore = "it runs another program")]
fn the_reference_still_makes_these_vectors() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference.py");
    let output = Command::new("python3").arg(script).output().expect("this test needs python3");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), VECTORS.trim());
}
