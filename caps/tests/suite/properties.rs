//! What must hold for every capability, request and run of a device, tried on thousands of random ones.

use std::collections::HashSet;

use nano_caps::{
    ANY, Capability, Entry, Error, Frame, FrameBuilder, Grant, Identity, LaneRule, Op, Request, Right, Rights,
    Sequence, Sequencer, Status, Token,
};

use crate::fixture::{DENIED, Device, NOW_MS, OK, Outcome, Rng, all, bind, get, grant, rounds};

const HANDLES: [u16; 4] = [ANY, 0, 1, 2];

fn some_rights(rng: &mut Rng) -> Rights {
    match rng.below(4) {
        0 => Rights::ALL,
        1 => Rights::NONE,
        _ => Rights::from_bits(rng.next() as u16),
    }
}

/// Grants only, so that the grants alone decide.
fn granting_frame(rng: &mut Rng) -> Frame {
    let mut frame = FrameBuilder::new();
    if rng.percent(10) {
        frame = frame.max_len(u16::MAX);
    }
    for _ in 0..rng.pick(&[1, 1, 2, 3]) {
        let rights = some_rights(rng);
        frame = frame.grant(rng.pick(&HANDLES), rng.pick(&HANDLES), rights);
    }
    frame.build().unwrap()
}

/// Anything a frame may say but SEALED, except what makes a request fail in all circumstances. IDENT only where the frames
/// before it let it.
fn any_frame(rng: &mut Rng, may_mint: bool) -> Frame {
    let mut frame = FrameBuilder::new();
    for _ in 0..=rng.below(4) {
        let entry = match rng.below(if may_mint { 8 } else { 7 }) {
            0 => Entry::Expires((NOW_MS / 1000) as u32 + rng.below(100) as u32),
            1 => Entry::NotBefore((NOW_MS / 1000) as u32 + rng.below(20) as u32 - 10),
            2 => Entry::Lane(rng.pick(&[0, 3, 3, 5])),
            3 => Entry::MaxLen(rng.below(200) as u16),
            4 => Entry::MinGap(rng.next() as u16),
            5 => Entry::Requires(Identity([rng.below(2) as u8; 8])),
            7 => Entry::Ident(Identity([rng.below(2) as u8; 8])),
            _ => {
                let rights = some_rights(rng);
                Entry::Grant(Grant { ns: rng.pick(&HANDLES), woof: rng.pick(&HANDLES), rights })
            }
        };
        frame = frame.entry(entry);
    }
    frame.build().unwrap()
}

/// Chains of up to eight frames of every kind of entry, alone, beside who brings the identities they require, and as the
/// second of two.
#[test]
fn a_derived_capability_never_allows_what_its_parent_does_not() {
    let (device, mut rng) = (Device::new(), Rng(1));
    let who = FrameBuilder::new().ident(Identity([0; 8])).ident(Identity([1; 8])).build().unwrap();
    let who = device.root().derive(&who).unwrap();
    let (mut alone, mut beside, mut sealed, mut kinds) = (0, 0, 0, HashSet::new());
    for _ in 0..rounds(1500) {
        let mut parent = device.root();
        for _ in 0..rng.below(7) {
            let may_mint = parent.body().summary().may_mint;
            let frame = any_frame(&mut rng, may_mint);
            let child = match parent.derive(&frame) {
                Ok(child) => child,
                Err(error) => {
                    assert_eq!(error, Error::TooManyIdentities);
                    break;
                }
            };
            kinds.extend(
                child.body().frames().flat_map(|frame| frame.entries()).map(|entry| std::mem::discriminant(&entry)),
            );
            let payload = vec![0; rng.below(200)];
            let request = Request {
                op: rng.pick(Op::ALL),
                lane: rng.pick(&[0, 0, 3]),
                seq: Sequence::new(NOW_MS + rng.pick(&[0, 5, 50, 99]) * 1000, 0),
                ns: rng.below(3) as u16,
                woof: rng.below(3) as u16,
                payload: &payload,
                ..get()
            };
            // More than four identities are refused when they are bound.
            let ask = |capabilities: &[&Capability]| {
                let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
                let mut out = vec![0; 4096];
                let bound = request.bind(&tokens, &mut out).ok()?;
                Some(device.fresh(&out[..bound.len]))
            };
            // A LANE entry moves a capability from lane 0 into its lane; inside a lane it only ever narrows.
            let lane = |capability: &Capability| capability.body().summary().lane;
            let moved = lane(&parent) == LaneRule::Default && lane(&child) != LaneRule::Default;
            for (number, (before, after)) in
                [(ask(&[&parent]), ask(&[&child])), (ask(&[&parent, &who]), ask(&[&child, &who]))]
                    .into_iter()
                    .enumerate()
            {
                let allowed = after == Some(OK);
                assert!(!allowed || before == Some(OK) || moved, "{parent:?}\n{child:?}\n{request:?}");
                *[&mut alone, &mut beside][number] += usize::from(allowed);
            }
            // As the second one its grants and lane count for nothing; its identity was its to bring, or its parent's to give.
            let brings = child.body().identities().any(|id| !parent.body().identities().any(|had| had == id));
            let (before, after) = (ask(&[&who, &parent]), ask(&[&who, &child]));
            assert!(after != Some(OK) || before == Some(OK) || (brings && may_mint), "{parent:?}\n{child:?}");
            for (ns, woof) in [(0, 0), (1, 2), (2, 1), (ANY, ANY), (1, ANY), (ANY, 2)] {
                assert!(parent.body().rights(ns, woof).contains(child.body().rights(ns, woof)));
            }
            assert!(!brings || may_mint, "an identity is given, not taken");
            if rng.percent(10) {
                let end = child.derive(&FrameBuilder::new().sealed().build().unwrap()).unwrap();
                assert_eq!((ask(&[&end]), ask(&[&end, &who])), (ask(&[&child]), ask(&[&child, &who])));
                assert!(matches!(end.derive(&all()), Err(Error::Sealed | Error::FrameCount)));
                sealed += 1;
            }
            parent = child;
        }
    }
    assert!(
        cfg!(miri) || (alone > 100 && beside > alone && sealed > 100),
        "hardly tried: {alone} alone, {beside} beside, {sealed} sealed"
    );
    assert!(cfg!(miri) || kinds.len() == 8, "every kind but SEALED, which ends a chain");
}

#[test]
fn effective_rights_are_what_the_verifier_allows() {
    let (device, mut rng) = (Device::new(), Rng(2));
    for _ in 0..rounds(300) {
        let mut capability = device.ring.root(1, &granting_frame(&mut rng)).unwrap();
        for _ in 0..rng.below(4) {
            capability = capability.derive(&granting_frame(&mut rng)).unwrap();
        }
        for op in Op::ALL {
            let (ns, woof) = (rng.below(3) as u16, rng.below(3) as u16);
            let wanted = if capability.body().rights(ns, woof).has(*op) { OK } else { DENIED };
            let request = Request { op: *op, ns, woof, ..get() };
            assert_eq!(device.fresh(&bind(&request, &[&capability])), wanted, "{capability:?} {request:?}");
        }
    }
}

#[test]
fn narrowing_never_widens_and_keeps_what_was_asked_for() {
    let mut rng = Rng(3);
    let root = Device::new().root();
    let mut made = 0;
    for _ in 0..rounds(2000) {
        let mut parent = root.clone();
        for _ in 0..rng.below(5) {
            let (ns, woof, rights) = (rng.pick(&HANDLES), rng.pick(&HANDLES), some_rights(&mut rng));
            let frame = match FrameBuilder::new().narrow(parent.body(), ns, woof, rights).build() {
                Err(error) => {
                    assert_eq!(error, Error::Nothing);
                    continue;
                }
                Ok(frame) => frame,
            };
            let child = parent.derive(&frame).unwrap();
            assert_eq!(child.body().widenings().next(), None, "{child:?}");
            for (a, b) in [(0, 0), (0, 1), (1, 2), (2, 1), (2, 2)] {
                let inside = (ns == ANY || ns == a) && (woof == ANY || woof == b);
                let wanted = if inside { parent.body().rights(a, b) & rights } else { Rights::NONE };
                assert_eq!(child.body().rights(a, b), wanted, "{parent:?} -> {child:?} on {a}, {b}");
            }
            parent = child;
            made += 1;
        }
    }
    assert!(made > rounds(1000));
}

#[test]
fn inert_widening_is_named_exactly() {
    let root = Device::new().ring.root(0, &grant(1, ANY, Right::Get | Right::Put)).unwrap();
    assert_eq!(root.body().widenings().next(), None);
    let frame = FrameBuilder::new()
        .grant(1, 2, Right::Get.into())
        .grant(1, 3, Right::Get | Right::Drop)
        .grant(ANY, 2, Right::Put.into())
        .grant(2, 2, Rights::NONE);
    let wide = root.derive(&frame.build().unwrap()).unwrap();
    let found: Vec<_> = wide.body().widenings().map(|wide| (wide.frame, wide.grant.woof, wide.inert)).collect();
    assert_eq!(found, [(1, 3, Right::Drop.into()), (1, 2, Right::Put.into())]);
}

#[test]
fn no_changed_byte_is_accepted() {
    let (device, mut rng) = (Device::new(), Rng(4));
    let root = device.root();
    let identity = Identity(*b"a person");
    let read = root.derive(&grant(1, 2, Right::Get)).unwrap();
    let who = root.derive(&FrameBuilder::new().grant(ANY, ANY, Rights::NONE).ident(identity).build().unwrap()).unwrap();
    let conditional = read.derive(&FrameBuilder::new().requires(identity).build().unwrap()).unwrap();
    let payload = [7; 40];
    for (wide_tag, capabilities) in [(false, &[&read][..]), (true, &[&read]), (true, &[&conditional, &who])] {
        let request = Request { payload: &payload, wide_tag, ..get() };
        let bytes = bind(&request, capabilities);
        assert_eq!(device.fresh(&bytes), OK);
        for at in (0..bytes.len()).step_by(if cfg!(miri) { 19 } else { 1 }) {
            let mut flipped = bytes.clone();
            for change in [1, 2, 0x80, 0xFF, 1 + rng.below(255) as u8] {
                flipped[at] = bytes[at] ^ change;
                assert!(matches!(device.fresh(&flipped), Outcome::Silent(_)), "byte {at} ^ {change:02x}");
            }
            assert!(matches!(device.fresh(&bytes[..at]), Outcome::Silent(_)), "cut to {at}");
            let mut longer = bytes.clone();
            longer.insert(at, rng.next() as u8);
            assert!(matches!(device.fresh(&longer), Outcome::Silent(_)), "inserted at {at}");
        }
    }
}

#[test]
fn no_changed_byte_of_a_response_is_believed() {
    let root = Device::new().root();
    let (mut request, mut answer) = ([0; 256], [0; 256]);
    for wide_tag in [false, true] {
        let bound = Request { wide_tag, ..get() }.bind(&[root.token()], &mut request).unwrap();
        let length = bound.exchange.respond(Status::Ok, 7, b"payload", &mut answer).unwrap();
        assert!(bound.exchange.open(&answer[..length]).is_ok());
        for at in 0..length {
            let mut flipped = answer;
            flipped[at] ^= 0x10;
            assert!(bound.exchange.open(&flipped[..length]).is_err(), "byte {at}");
            assert!(bound.exchange.open(&answer[..at]).is_err(), "cut to {at}");
        }
        assert!(bound.exchange.open(&answer[..=length]).is_err());
    }
}

#[test]
fn stored_form_there_and_back() {
    let mut rng = Rng(5);
    let device = Device::new();
    for _ in 0..rounds(500) {
        let mut capability = device.ring.root(1, &any_frame(&mut rng, false)).unwrap();
        for _ in 0..rng.below(8) {
            capability = capability.derive(&any_frame(&mut rng, false)).unwrap();
        }
        let stored = capability.stored();
        let again = Capability::parse(stored).unwrap();
        assert_eq!(again, capability);
        assert_eq!(Token::parse(stored), Ok(capability.token()));
        for cut in 0..stored.len() {
            assert!(Capability::parse(&stored[..cut]).is_err());
        }
        assert_eq!(Capability::parse(&[stored, &[0]].concat()), Err(Error::Trailing));
    }
}

#[test]
fn the_largest_capability_fits_everywhere() {
    let device = Device::new();
    let full = (0..36).fold(FrameBuilder::new(), |frame, _| frame.grant(1, 2, Right::Get.into()));
    let full = full.lane(0).build().unwrap();
    let mut capability = device.ring.root(0, &full).unwrap();
    for _ in 0..7 {
        capability = capability.derive(&full).unwrap();
    }
    assert_eq!(capability.stored().len(), nano_caps::MAX_STORED);
    assert_eq!(capability.derive(&full), Err(Error::FrameCount));
    assert_eq!(Capability::parse(capability.stored()).as_ref(), Ok(&capability));
    let payload = vec![1; 65_535];
    let request = Request { payload: &payload, ..get() };
    assert_eq!(device.fresh(&bind(&request, &[&capability, &capability])), OK);
    let payload = vec![1; 65_536];
    let too_big = Request { payload: &payload, ..get() };
    assert_eq!(too_big.bind(&[capability.token()], &mut vec![0; 70_000]), Err(Error::PayloadSize));
    assert_eq!(get().bind(&[capability.token()], &mut [0; 2000]), Err(Error::NoSpace));
}

/// Clients in all lanes, power cuts at random and in the middle of flash writes, and somebody who recorded everything and sends it again at any time.
#[test]
fn nothing_is_executed_twice_whatever_is_cut_or_sent_again() {
    let steps = if cfg!(miri) { 60 } else { 400 };
    for seed in 0..rounds(20) as u64 {
        let mut rng = Rng(1000 + seed);
        let mut device = Device::new();
        let root = device.root();
        let capabilities: Vec<_> =
            (0..8).map(|lane| root.derive(&FrameBuilder::new().lane(lane).build().unwrap()).unwrap()).collect();
        let mut clients = [Sequencer::new(); 8];
        let mut recorded: Vec<Vec<u8>> = vec![];
        let mut executed = HashSet::new();
        let (mut clock, mut reboots, mut cuts, mut settled) = (NOW_MS, 0, 0, 0);
        for _ in 0..steps {
            clock += rng.below(5000) as u64;
            let lane = rng.below(8);
            // A clock may be wrong by up to half a minute.
            let skewed = clock + rng.below(60_000) as u64 - 30_000;
            for round in 0.. {
                let request = Request { lane: lane as u8, seq: clients[lane].next(skewed), ..get() };
                let mut out = [0; 256];
                let bound = request.bind(&[capabilities[lane].token()], &mut out).unwrap();
                let bytes = out[..bound.len].to_vec();
                let armed = rng.percent(40);
                device.cut = armed.then(|| rng.percent(50));
                let result = device.verify(&bytes);
                if armed && device.cut.is_none() {
                    // Nobody learns what the device was about to say.
                    // Who has neither mark nor clock was given the time when it was flashed.
                    let knows_time = device.mark.is_none() || rng.percent(50);
                    device.reboot(if knows_time { clock } else { 0 });
                    cuts += 1;
                    for old in &recorded {
                        assert_ne!(device.outcome(old), OK, "replayed after a cut in a flash write");
                    }
                    break;
                }
                device.cut = None;
                match result {
                    Ok(verified) => {
                        assert!(executed.insert((verified.lane, verified.seq)), "executed twice");
                        recorded.push(bytes);
                        break;
                    }
                    Err(refusal) => {
                        let mut answer = [0; 64];
                        let length = refusal.answer(&mut answer).unwrap().expect("an answer");
                        let response = bound.exchange.open(&answer[..length]).unwrap();
                        assert_eq!(response.status, Status::SeqLow);
                        // Another client of the lane may be ahead of the device's time by its clock's error.
                        assert!(
                            round <= 1 || device.verifier.last(lane as u8).unwrap().ms() >= device.verifier.time_ms()
                        );
                        if round == 2 {
                            break;
                        }
                        clients[lane].follow(response.rseq, skewed);
                    }
                }
            }
            if rng.percent(60) && !recorded.is_empty() {
                let again = rng.pick(&(0..recorded.len()).collect::<Vec<_>>());
                assert_ne!(device.outcome(&recorded[again]), OK, "replayed");
            }
            if rng.percent(5) {
                // Before a reset, in the midst of one, or in vain: it goes on.
                device.cut = rng.percent(30).then(|| rng.percent(50));
                device.settle();
                device.cut = None;
                settled += 1;
            }
            if rng.percent(3) {
                // With and without a clock that survives.
                device.reboot(if rng.percent(50) { clock } else { 0 });
                reboots += 1;
                for old in &recorded {
                    assert_ne!(device.outcome(old), OK, "replayed after a power cut");
                }
            }
        }
        assert!(
            reboots > 0 && cuts > 0 && settled > 0 && executed.len() > steps / 2,
            "{reboots} reboots, {cuts} cuts, {} executed",
            executed.len()
        );
        let minutes = (device.mark.unwrap().ms() - NOW_MS) / 60_000;
        assert!(
            // Settled and used again within the minute: two more.
            device.writes as u64 <= minutes + 2 + reboots + cuts + 2 * settled,
            "{} flash writes in {minutes} minutes",
            device.writes
        );
    }
}

#[test]
fn after_a_power_cut_each_client_needs_one_round_at_most() {
    let mut device = Device::new();
    let root = device.root();
    let lane5 = root.derive(&FrameBuilder::new().lane(5).build().unwrap()).unwrap();
    assert_eq!(device.outcome(&bind(&get(), &[&root])), OK);
    device.reboot(0);
    for (lane, capability) in [(0, &root), (5, &lane5)] {
        let mut client = Sequencer::new();
        let seq = client.next(NOW_MS + 1000);
        let mut out = [0; 256];
        let request = Request { lane, seq, ..get() };
        let bound = request.bind(&[capability.token()], &mut out).unwrap();
        let refusal = device.verify(&out[..bound.len]).unwrap_err();
        let mut answer = [0; 64];
        let length = refusal.answer(&mut answer).unwrap().unwrap();
        let response = bound.exchange.open(&answer[..length]).unwrap();
        assert_eq!(response.status, Status::SeqLow);
        client.follow(response.rseq, NOW_MS + 1000);
        let seq = client.next(NOW_MS + 1000);
        assert!(seq > Sequence::new(NOW_MS + 60_000, 0));
        assert_eq!(device.outcome(&bind(&Request { seq, ..request }, &[capability])), OK, "lane {lane}");
    }
}

#[test]
fn after_a_reset_that_is_meant_only_used_numbers_are_refused() {
    let mut device = Device::new();
    let root = device.root();
    let lane5 = root.derive(&FrameBuilder::new().lane(5).build().unwrap()).unwrap();
    let at = |ms: u64, counter| Request { seq: Sequence::new(NOW_MS + ms, counter), ..get() };
    let last = bind(&at(1000, 7), &[&root]);
    assert_eq!(device.outcome(&last), OK);
    device.settle();
    device.reboot(0);
    for (request, capability) in [(at(1000, 6), &root), (Request { lane: 5, ..at(1000, 7) }, &lane5)] {
        assert_eq!(device.outcome(&bind(&request, &[capability])), Outcome::Is(Status::SeqLow));
    }
    assert_eq!(device.outcome(&last), Outcome::Is(Status::SeqLow), "its answer was forgotten, so it is no retry");
    // What was bound while it slept.
    assert_eq!(device.outcome(&bind(&Request { lane: 5, ..at(1000, 8) }, &[&lane5])), OK);
    assert_eq!(device.outcome(&bind(&at(2000, 0), &[&root])), OK);
    // Nothing was used since: nothing is written.
    device.settle();
    let writes = device.writes;
    device.settle();
    device.reboot(0);
    device.settle();
    assert_eq!(device.writes, writes);
    // Without notice it is a minute.
    assert_eq!(device.outcome(&bind(&at(3000, 0), &[&root])), OK);
    device.reboot(0);
    assert_eq!(device.outcome(&bind(&at(63_000, 0), &[&root])), Outcome::Is(Status::SeqLow));
    assert_eq!(device.outcome(&bind(&at(63_000, 1), &[&root])), OK);
}

#[test]
fn nobody_prints_a_secret() {
    let device = Device::new();
    let root = device.ring.root(0, &all()).unwrap();
    let mut out = [0; 256];
    let bound = get().bind(&[root.token()], &mut out).unwrap();
    let shown = format!(
        "{root:?} {:?} {:?} {bound:?} {:?} {:?}",
        root.token(),
        device.ring,
        device.slot_key(0),
        device.verify_once(&out[..bound.len])
    );
    let (key, slot) = (root.token().key, device.slot_key(0));
    for secret in [&key.as_bytes()[..], slot.as_bytes(), &std::array::from_fn::<u8, 32, _>(|i| i as u8)] {
        let decimal: Vec<_> = secret[..6].iter().map(u8::to_string).collect();
        assert!(!shown.contains(&decimal.join(", ")) && !shown.contains(&crate::fixture::hex(&secret[..6])), "{shown}");
    }
}
