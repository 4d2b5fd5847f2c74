//! Flattening, as an ancestor's holder does it and as a device does it, against what the frames say one by one.

use nano_caps::{
    ANY, Capability, Entry, Error, Frame, FrameBuilder, Grant, Identity, MAX_FLATTENED, Op, Request, Right, Rights,
    Sequence, Status, Verifier,
};

use crate::fixture::{Device, NOW_MS, OK, Outcome, Rng, all, ask, bind, get, grant, now, rounds};

const HANDLES: [u16; 4] = [ANY, 0, 1, 2];

fn any_frame(rng: &mut Rng, may_mint: bool) -> Frame {
    let now_s = (NOW_MS / 1000) as u32;
    let mut frame = FrameBuilder::new();
    for _ in 0..=rng.below(4) {
        frame = frame.entry(match rng.below(if may_mint { 10 } else { 9 }) {
            0 => Entry::Expires(now_s + rng.below(4) as u32 - 2),
            1 => Entry::NotBefore(now_s + rng.below(4) as u32 - 2),
            2 => Entry::Lane(rng.pick(&[0, 0, 0, 3, 9])),
            3 => Entry::MaxLen(rng.pick(&[0, 3, 4, u16::MAX])),
            4 => Entry::MinGap(rng.pick(&[0, 499, 500])),
            5 => Entry::Requires(Identity([rng.below(2) as u8; 8])),
            9 => Entry::Ident(Identity([rng.below(2) as u8; 8])),
            _ => {
                let rights = rng.pick(&[Rights::ALL, Rights::NONE, Rights::from_bits(7), Rights::from_bits(0x105)]);
                Entry::Grant(Grant { ns: rng.pick(&HANDLES), woof: rng.pick(&HANDLES), rights })
            }
        });
    }
    if rng.percent(3) { frame.sealed() } else { frame }.build().unwrap()
}

/// A capability of several frames and the ancestors on the way to it.
fn chain(rng: &mut Rng, device: &Device) -> Vec<Capability> {
    let first = any_frame(rng, true);
    let mut chain = vec![device.ring.root(0, &first).unwrap()];
    for _ in 0..rng.below(5) {
        let last = chain.last().unwrap();
        let summary = last.body().summary();
        if summary.sealed {
            break;
        }
        match last.derive(&any_frame(rng, summary.may_mint)) {
            Ok(next) => chain.push(next),
            Err(Error::TooManyIdentities) => {}
            Err(error) => panic!("{error}"),
        }
    }
    chain
}

fn answers(device: &Device, capability: &Capability, other: Option<&Capability>, rng: &mut Rng) -> Vec<Outcome> {
    let mut questions = Rng(rng.0);
    let mut answers = vec![];
    for _ in 0..rounds(40) {
        let payload = vec![0; questions.pick(&[0, 3, 4, 5])];
        let request = Request {
            op: questions.pick(Op::ALL),
            lane: questions.pick(&[0, 0, 0, 3]),
            seq: Sequence::new(NOW_MS + questions.pick(&[0, 0, 499, 500, 1000, 2000]), 0),
            ns: questions.pick(&[0, 1, 2, 3, ANY]),
            woof: questions.pick(&[0, 1, 2, 3, ANY]),
            payload: &payload,
            wide_tag: false,
        };
        let orders = [vec![capability], [Some(capability), other].into_iter().flatten().collect()];
        let swapped = other.map(|other| vec![other, capability]);
        for capabilities in orders.into_iter().chain(swapped) {
            let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
            let mut out = vec![0; 4096];
            // More than four identities are refused when they are bound.
            let Ok(bound) = request.bind(&tokens, &mut out) else { continue };
            let mut verifier = Verifier::boot(None, NOW_MS, 0);
            verifier.set_last(request.lane, now(0)).unwrap();
            answers.push(crate::fixture::outcome(&verifier.verify(&device.ring, &out[..bound.len], 0, |_| true)));
        }
    }
    answers
}

#[test]
fn flattening_never_changes_what_is_allowed() {
    let (device, mut rng) = (Device::new(), Rng(11));
    let who = FrameBuilder::new().ident(Identity([0; 8])).ident(Identity([1; 8])).build().unwrap();
    let who = device.root().derive(&who).unwrap();
    let (mut flattened, mut allowed) = (0, 0);
    for _ in 0..rounds(1500) {
        let chain = chain(&mut rng, &device);
        let capability = chain.last().unwrap();
        let ancestor = rng.below(chain.len());
        let flat = [
            chain[ancestor].flatten(capability.token()),
            Capability::flatten_root(&device.slot_key(0), capability.body()),
        ];
        for (flat, frames) in flat.into_iter().zip([ancestor + 2, 1]) {
            let flat = match flat {
                Ok(flat) => flat,
                Err(error) => {
                    assert!(matches!(error, Error::FrameSize | Error::Sealed), "{error}");
                    continue;
                }
            };
            assert!(flat.body().frames().count() <= frames);
            let before = answers(&device, capability, Some(&who), &mut rng);
            assert_eq!(before, answers(&device, &flat, Some(&who), &mut rng), "{capability:?}\n{flat:?}");
            rng.next();
            for (ns, woof) in [(0, 0), (1, 2), (2, 1), (ANY, ANY), (1, ANY), (ANY, 2), (7, 7)] {
                assert_eq!(capability.body().rights(ns, woof), flat.body().rights(ns, woof));
            }
            let (long, short) = (capability.body().summary(), flat.body().summary());
            assert!(long.may_mint || !short.may_mint, "no right to mint is won");
            assert_eq!(
                (long.expires, long.not_before, long.lane, long.max_payload, long.min_gap_ms, long.sealed),
                (short.expires, short.not_before, short.lane, short.max_payload, short.min_gap_ms, short.sealed)
            );
            assert!(frames > 1 || flat.body().widenings().next().is_none());
            allowed += before.iter().filter(|answer| **answer == OK).count();
            flattened += 1;
        }
    }
    assert!(flattened > rounds(2500) && (cfg!(miri) || allowed > 2000), "{flattened} flattened, {allowed} allowed");
}

#[test]
fn only_who_holds_an_ancestor_flattens_only_what_hangs_from_it() {
    let device = Device::new();
    let root = device.root();
    let one = root.derive(&grant(1, ANY, Right::Get | Right::Put)).unwrap();
    let two = one.derive(&grant(ANY, 2, Right::Get)).unwrap();
    let flat = root.flatten(two.token()).unwrap();
    assert_eq!(flat, root.derive(&grant(1, 2, Right::Get)).unwrap());
    assert_eq!(two.flatten(two.token()).unwrap(), two);
    let cousin = root.derive(&grant(1, 7, Right::Get)).unwrap();
    assert_eq!(cousin.flatten(two.token()), Err(Error::Ancestor));
    assert_eq!(two.flatten(one.token()), Err(Error::Ancestor));
    // A body without its key is nobody's.
    let mut forged = two.token();
    forged.key = one.token().key;
    assert_eq!(root.flatten(forged), Err(Error::Ancestor));
    assert_eq!(device.ring.root(1, &all()).unwrap().flatten(two.token()), Err(Error::Ancestor));
}

#[test]
fn what_does_not_fit_one_frame_is_refused() {
    let device = Device::new();
    let many = |side: fn(u16) -> (u16, u16)| {
        (0..12).fold(FrameBuilder::new(), |frame, i| frame.grant(side(i).0, side(i).1, Right::Get.into()))
    };
    let one = device.root().derive(&many(|i| (i, ANY)).build().unwrap()).unwrap();
    let two = one.derive(&many(|i| (ANY, i)).build().unwrap()).unwrap();
    assert_eq!(device.root().flatten(two.token()), Err(Error::FrameSize));
    assert_eq!(Capability::flatten_root(&device.slot_key(0), two.body()), Err(Error::FrameSize));
}

#[test]
fn a_device_flattens_and_the_key_never_travels() {
    let mut device = Device::new();
    let rights = Right::Get | Right::Flatten;
    let deep = device.root().derive(&grant(1, ANY, rights)).unwrap();
    let deep = deep.derive(&FrameBuilder::new().grant(1, 2, rights).expires(u32::MAX - 1).build().unwrap()).unwrap();
    let mut wire = [0; 256];
    let bound = ask(Right::Flatten).bind(&[deep.token()], &mut wire).unwrap();
    let slot = device.slot_key(0);
    let verified = device.verify(&wire[..bound.len]).unwrap();
    assert_eq!((verified.op, verified.exchange.tag_size()), (Right::Flatten, 16));
    let (mut payload, mut answer) = ([0; MAX_FLATTENED], [0; 512]);
    let length = verified.exchange.answer_flatten(&slot, verified.capability, &mut payload).unwrap();
    let length = verified.exchange.respond(Status::Ok, 0, &payload[..length], &mut answer).unwrap();
    let response = bound.exchange.open(&answer[..length]).unwrap();
    let flat = bound.exchange.open_flatten(&response).unwrap();
    assert_eq!(flat, Capability::flatten_root(&slot, deep.body()).unwrap());
    assert_eq!(flat.body().frames().count(), 1);
    assert!(!answer[..length].windows(16).any(|bytes| bytes == flat.token().key.as_bytes()));
    assert_eq!(device.fresh(&bind(&get(), &[&flat])), OK);
    // Another's answer, or a cut one, opens nothing.
    let other = Request { seq: now(5), ..ask(Right::Flatten) }.bind(&[deep.token()], &mut wire).unwrap();
    assert_ne!(other.exchange.open_flatten(&response).unwrap(), flat, "another mask");
    let cut = nano_caps::Response { payload: &response.payload[..20], ..response };
    assert!(bound.exchange.open_flatten(&cut).is_err());
    let refused = nano_caps::Response { status: Status::Denied, ..response };
    assert_eq!(bound.exchange.open_flatten(&refused), Err(Error::Status));
    // Who has no right to it is denied.
    let read = device.root().derive(&grant(1, 2, Right::Get)).unwrap();
    assert_eq!(device.fresh(&bind(&ask(Right::Flatten), &[&read])), Outcome::Is(Status::Denied));
}
