//! Encrypted payloads, against a model written from RFC 8439 and the format alone.

use hmac::{Hmac, KeyInit, Mac};
use nano_caps::{
    Capability, Domain, Error, FrameBuilder, Identity, Op, Refusal, Request, Right, Sequence, Status, Verifier, step,
};
use sha2::Sha256;

use crate::fixture::{Device, Forged, ForgedRequest, NOW_MS, OK, Outcome, Rng, get, grant, now, outcome, rounds};

/// ChaCha20 as RFC 8439 writes it down, counter from 0.
fn chacha20(key: &[u8; 32], nonce: &[u8; 12], data: &[u8]) -> Vec<u8> {
    let word = |bytes: &[u8]| u32::from_le_bytes(bytes.try_into().unwrap());
    let mut out = vec![];
    for (counter, block) in data.chunks(64).enumerate() {
        let mut start = [0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for i in 0..8 {
            start[4 + i] = word(&key[i * 4..i * 4 + 4]);
        }
        start[12] = counter as u32;
        for i in 0..3 {
            start[13 + i] = word(&nonce[i * 4..i * 4 + 4]);
        }
        let mut s = start;
        let mut quarter = |a: usize, b: usize, c: usize, d: usize| {
            for (x, y, z, by) in [(a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)] {
                s[x] = s[x].wrapping_add(s[y]);
                s[z] = (s[z] ^ s[x]).rotate_left(by);
            }
        };
        for _ in 0..10 {
            for i in 0..4 {
                quarter(i, 4 + i, 8 + i, 12 + i);
            }
            for i in 0..4 {
                quarter(i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4);
            }
        }
        let stream = s.iter().zip(start).flat_map(|(a, b)| a.wrapping_add(b).to_le_bytes());
        out.extend(block.iter().zip(stream).map(|(byte, key)| byte ^ key));
    }
    out
}

fn hmac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// What travels, by the model.
fn model(capabilities: &[&Capability], request: &Request<'_>) -> Vec<u8> {
    let keys: Vec<_> = capabilities.iter().map(|capability| capability.token().key).collect();
    let key = if let [one, two] = keys[..] { step(&one, Domain::Join, two.as_bytes()) } else { keys[0] };
    let flags = 4 | u8::from(request.wide_tag) | u8::from(keys.len() == 2) << 1;
    let forged = ForgedRequest {
        flags,
        lane: request.lane,
        op: request.op.code(),
        seq: request.seq.0,
        ns: request.ns,
        woof: request.woof,
        payload: request.payload.to_vec(),
    };
    let header = forged.header();
    let nonce: [u8; 12] = [&[0, 0], &header[2..4], &header[12..18], &[0, 0]].concat().try_into().unwrap();
    let cipher = hmac(key.as_bytes(), &[&[7], &request.seq.0.to_le_bytes()[..]].concat());
    let payload = chacha20(&cipher, &nonce, request.payload);
    let forged = ForgedRequest { payload, ..forged };
    let bodies: Vec<u8> = capabilities.iter().flat_map(|capability| Forged::from(capability).body()).collect();
    forged.with(&bodies, &forged.tag(&key))
}

#[test]
fn requests_and_answers_are_those_of_the_model() {
    let (device, mut rng) = (Device::new(), Rng(5));
    let root = device.root();
    let who = root.derive(&FrameBuilder::new().ident(Identity([5; 8])).build().unwrap()).unwrap();
    for round in 0..rounds(300) as u16 {
        let size = rng.pick(&[0, 1, 63, 64, 65, 130, 4000]);
        let payload = rng.bytes(size);
        let request = Request {
            op: rng.pick(&[Op::Get, Op::Put, Op::Exec]),
            seq: Sequence::new(NOW_MS, round),
            payload: &payload,
            wide_tag: rng.percent(50),
            ..get()
        };
        let capabilities = if rng.percent(50) { vec![&root] } else { vec![&root, &who] };
        let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
        let mut wire = vec![0; 5000];
        let bound = request.bind_encrypted(&tokens, &mut wire).unwrap();
        wire.truncate(bound.len);
        assert_eq!(wire, model(&capabilities, &request));
        assert!(size < 63 || !wire.windows(16).any(|bytes| payload.windows(16).any(|clear| clear == bytes)));

        let mut verifier = Verifier::boot(None, NOW_MS, 0);
        let verified = verifier.verify_in_place(&device.ring, &mut wire, 0, |_| true).unwrap();
        assert_eq!(verified.payload, payload);
        assert!(verified.exchange.is_encrypted());
        let mut answer = vec![0; 5000];
        let length = verified.exchange.respond(Status::Ok, 7, &payload, &mut answer).unwrap();
        answer.truncate(length);
        let key = verified.exchange.key();
        let nonce: [u8; 12] = [&[1], &bound.exchange.request_tag()[..11]].concat().try_into().unwrap();
        let cipher = hmac(key.as_bytes(), &[&[7], &request.seq.0.to_le_bytes()[..]].concat());
        assert_eq!(answer[12..12 + size], chacha20(&cipher, &nonce, &payload));
        assert_eq!(bound.exchange.open(&answer), Err(Error::Encrypted));
        let mut damaged = answer.clone();
        damaged[12 + size] ^= 1;
        assert_eq!(bound.exchange.open_in_place(&mut damaged), Err(Error::Tag));
        let response = bound.exchange.open_in_place(&mut answer).unwrap();
        assert_eq!((response.status, response.rseq, response.payload), (Status::Ok, 7, &payload[..]));
    }
}

#[test]
fn only_in_place_and_only_when_accepted() {
    let device = Device::new();
    let root = device.root();
    let request = Request { payload: b"21.5", ..get() };
    let mut wire = [0; 256];
    let bound = request.bind_encrypted(&[root.token()], &mut wire).unwrap();
    let sent = wire[..bound.len].to_vec();
    // A verifier that only looks takes no encrypted payload for a clear one.
    assert!(matches!(device.fresh(&sent), Outcome::Silent(nano_caps::Silence::Malformed(Error::Encrypted))));
    let mut verifier = Verifier::boot(None, NOW_MS, 0);
    let mut forged = sent.clone();
    *forged.last_mut().unwrap() ^= 1;
    let before = forged.clone();
    assert!(verifier.verify_in_place(&device.ring, &mut forged, 0, |_| true).is_err());
    assert_eq!(forged, before);
    assert_eq!(verifier.verify_in_place(&device.ring, &mut sent.clone(), 0, |_| true).unwrap().payload, b"21.5");
    // A retry is known by its tag.
    let mut again = sent.clone();
    let again = verifier.verify_in_place(&device.ring, &mut again, 0, |_| true);
    assert!(matches!(again, Err(Refusal::Retry(_))));
    // Clear requests pass in place as they are, and the flag can't be taken off or put on.
    let mut clear = vec![0; 256];
    let bound = Request { seq: now(1), ..request }.bind(&[root.token()], &mut clear).unwrap();
    clear.truncate(bound.len);
    assert_eq!(verifier.verify_in_place(&device.ring, &mut clear.clone(), 0, |_| true).unwrap().payload, b"21.5");
    for mut bytes in [sent, clear] {
        bytes[1] ^= 4;
        let mut verifier = Verifier::boot(None, NOW_MS, 0);
        let result = outcome(&verifier.verify_in_place(&device.ring, &mut bytes, 0, |_| true));
        assert_eq!(result, crate::fixture::FORGED);
    }
    let read = root.derive(&grant(1, 2, Right::Get)).unwrap();
    let mut wire = [0; 256];
    let bound = request.bind_encrypted(&[read.token()], &mut wire).unwrap();
    let mut verifier = Verifier::boot(None, NOW_MS, 0);
    assert_eq!(outcome(&verifier.verify_in_place(&device.ring, &mut wire[..bound.len], 0, |_| true)), OK);
}
