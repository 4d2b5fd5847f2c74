//! One test an attack, named after it.

use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, Error, FrameBuilder, Header, Identity, Op, Request, Right, Rights, Sequence,
    Silence, Status, Verifier,
};

use crate::fixture::{
    DEAD, DENIED, Device, FORGED, Forged, ForgedRequest, NOW_MS, OK, Outcome, Rng, all, ask, bind, get, grant, now,
    outcome, raw_frame, rounds,
};

const IDENTITY: Identity = Identity(*b"operator");

fn malformed(error: Error) -> Outcome {
    Outcome::Silent(Silence::Malformed(error))
}

fn requires(capability: &Capability) -> Capability {
    capability.derive(&FrameBuilder::new().requires(IDENTITY).build().unwrap()).unwrap()
}

fn identity(root: &Capability) -> Capability {
    root.derive(&FrameBuilder::new().grant(ANY, ANY, Rights::NONE).ident(IDENTITY).build().unwrap()).unwrap()
}

#[test]
fn forgery() {
    let (device, mut rng) = (Device::new(), Rng(1));
    let request = ForgedRequest::get();
    let all = all();
    // Keys out of thin air, and keys that only look near.
    let root = Forged::from(&device.root());
    let mut wrong = vec![[0; 16], [0xFF; 16], *device.ring.root(1, &all).unwrap().token().key.as_bytes()];
    wrong.extend((0..rounds(1000)).map(|_| rng.array()));
    wrong.extend((0..128).step_by(if cfg!(miri) { 17 } else { 1 }).map(|bit| {
        let mut key = *root.key.as_bytes();
        key[bit / 8] ^= 1 << (bit % 8);
        key
    }));
    for key in wrong {
        let forged = Forged { key: nano_caps::ChainKey::new(key), ..root.clone() };
        assert_eq!(device.fresh(&request.bind(&[&forged])), FORGED);
    }
    // Tags out of thin air, of either size.
    for flags in [0, 1] {
        for _ in 0..rounds(2000) {
            let bytes = ForgedRequest { flags, ..request.clone() }.with(&root.body(), &rng.array::<32>());
            assert_eq!(device.fresh(&bytes), FORGED);
        }
    }
    assert_eq!(device.fresh(&request.bind(&[&root])), OK);
}

#[test]
fn escalation() {
    let device = Device::new();
    let read = device.root().derive(&grant(1, 2, Right::Get)).unwrap();
    // A frame that "adds" rights is inert.
    let wide = read.derive(&all()).unwrap();
    for op in Op::ALL {
        let wanted = if *op == Right::Get { OK } else { DENIED };
        assert_eq!(device.fresh(&bind(&ask(*op), &[&wide])), wanted, "{op}");
    }
    for (ns, woof) in [(1, 3), (2, 2), (ANY, 2), (1, ANY), (0, 0)] {
        assert_eq!(device.fresh(&bind(&Request { ns, woof, ..get() }, &[&wide])), DENIED);
    }
    // Presenting something stronger as the second capability lends no rights, nor its lane.
    let strong = device.root();
    assert_eq!(device.fresh(&bind(&ask(Right::Put), &[&read, &strong])), DENIED);
    let lane3 = strong.derive(&FrameBuilder::new().lane(3).build().unwrap()).unwrap();
    assert_eq!(device.fresh(&bind(&Request { lane: 3, ..get() }, &[&read, &lane3])), DENIED);
    // Nor does a later expiry, start, lane or size.
    let short = FrameBuilder::new().expires((NOW_MS / 1000) as u32 - 1).max_len(0).lane(2).build().unwrap();
    let long = FrameBuilder::new().expires(u32::MAX).max_len(u16::MAX).build().unwrap();
    let late = strong.derive(&short).unwrap().derive(&long).unwrap();
    assert_eq!(device.fresh(&bind(&Request { lane: 2, ..get() }, &[&late])), Outcome::Is(Status::Expired));
    let two_lanes = late.derive(&FrameBuilder::new().lane(0).build().unwrap()).unwrap();
    for lane in [0, 2] {
        assert_eq!(device.fresh(&bind(&Request { lane, ..get() }, &[&two_lanes])), DENIED);
    }
    // Reserved rights stand for no operation.
    let reserved = Forged::from(&device.root()).derive(&raw_frame(&[1, 1, 0, 2, 0, 0, 0xC0]));
    assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&reserved])), DENIED);
}

#[test]
fn replay() {
    let mut device = Device::new();
    let root = device.root();
    let (first, second) = (bind(&get(), &[&root]), bind(&Request { seq: now(1), ..get() }, &[&root]));
    assert_eq!(device.outcome(&first), OK);
    assert_eq!(device.outcome(&first), Outcome::Retry, "its answer again, nothing executed");
    // The same number with other content is no retry.
    assert_eq!(device.outcome(&bind(&ask(Right::Put), &[&root])), Outcome::Is(Status::SeqLow));
    assert_eq!(device.outcome(&second), OK);
    assert_eq!(device.outcome(&first), Outcome::Is(Status::SeqLow));
    device.reboot(0);
    for bytes in [&first, &second] {
        assert_eq!(device.outcome(bytes), Outcome::Is(Status::SeqLow));
    }
    // A mark that could not be stored would allow a replay after the next power cut: nothing is executed then.
    let mut verifier = Verifier::boot(None, NOW_MS, 0);
    let ring = &device.ring;
    assert_eq!(outcome(&verifier.verify(ring, &first, 0, |_| false)), Outcome::Is(Status::Busy));
    assert_eq!(verifier.last(0), Some(Sequence::ZERO));
    assert_eq!(outcome(&verifier.verify(ring, &first, 0, |_| true)), OK);
}

#[test]
fn frame_drop() {
    let device = Device::new();
    let three = device.root().derive(&grant(1, 2, Right::Get)).unwrap();
    let three = three.derive(&FrameBuilder::new().max_len(4).build().unwrap()).unwrap();
    let forged = Forged::from(&three);
    for drop in 0..3 {
        let mut less = forged.clone();
        less.frames.remove(drop);
        assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&less])), FORGED, "without frame {drop}");
        // Also when only the bytes on the wire are changed.
        let bytes = ForgedRequest::get().with(&less.body(), &ForgedRequest::get().tag(&forged.key));
        assert_eq!(device.fresh(&bytes), FORGED);
    }
    assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&forged])), OK);
}

#[test]
fn frame_reorder() {
    let device = Device::new();
    let mut forged = Forged::from(&device.root());
    for woof in [2, ANY, 2] {
        forged = forged.derive(grant(1, woof, Right::Get | Right::Put).as_bytes());
    }
    assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&forged])), OK);
    for (a, b) in [(0, 1), (1, 2), (2, 3), (0, 3)] {
        let mut other = forged.clone();
        other.frames.swap(a, b);
        assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&other])), FORGED, "{a} and {b}");
    }
}

#[test]
fn frame_splice() {
    let device = Device::new();
    let root = device.root();
    let weak = Forged::from(&root.derive(&grant(1, 2, Right::Get)).unwrap());
    let strong = Forged::from(&root.derive(&grant(1, ANY, Right::Put)).unwrap());
    // The strong one's frames under the weak one's key, and mixtures of both.
    let mut spliced = weak.clone();
    spliced.frames = strong.frames.clone();
    assert_eq!(device.fresh(&ForgedRequest { op: 2, ..ForgedRequest::get() }.bind(&[&spliced])), FORGED);
    spliced.frames.push(weak.frames[1].clone());
    assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&spliced])), FORGED);
    // Two frames said to be one, and one said to be two: the length bytes are under the key as well.
    let mut joined = weak.clone();
    let entries: Vec<u8> = weak.frames.iter().flat_map(|frame| frame[1..].to_vec()).collect();
    joined.frames = vec![raw_frame(&entries)];
    assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&joined])), FORGED);
    let mut split = Forged::from(&root);
    let two = raw_frame(&[0x15, 9, 0, 0x15, 9, 0]);
    split = split.derive(&two);
    split.frames.splice(1.., [raw_frame(&[0x15, 9, 0]), raw_frame(&[0x15, 9, 0])]);
    assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&split])), FORGED);
    // The boundary between capability and payload moved, with the tag of the original.
    let payload = grant(1, ANY, Rights::ALL).as_bytes().to_vec();
    let honest = ForgedRequest { payload, ..ForgedRequest::get() };
    let mut moved = weak.clone();
    moved.frames.push(honest.payload.clone());
    let bytes = ForgedRequest::get().with(&moved.body(), &honest.tag(&weak.key));
    assert_eq!(device.fresh(&bytes), FORGED);
}

#[test]
fn extension_of_a_sniffed_tag() {
    // An eavesdropper has a body and a tag, but no key; he appends a frame or payload and tries what he has.
    let device = Device::new();
    let read = Forged::from(&device.root().derive(&grant(1, 2, Right::Get)).unwrap());
    let sniffed = ForgedRequest { flags: 1, ..ForgedRequest::get() };
    let tag = sniffed.tag(&read.key);
    assert_eq!(device.fresh(&sniffed.with(&read.body(), &tag)), OK);
    let guesses: [[u8; 16]; 2] = [tag[..16].try_into().unwrap(), tag[16..].try_into().unwrap()];
    for guess in guesses {
        let believed = Forged { key: nano_caps::ChainKey::new(guess), ..read.clone() };
        let more = believed.derive(&raw_frame(&[0x15, 0xFF, 0xFF]));
        assert_eq!(device.fresh(&sniffed.bind(&[&believed])), FORGED);
        assert_eq!(device.fresh(&sniffed.bind(&[&more])), FORGED);
        assert_eq!(device.fresh(&sniffed.with(&more.body(), &tag)), FORGED);
    }
    // SHA-256's own padding after the message, as length extension would have it.
    let mut padded = vec![0x80];
    padded.resize(64 - 19, 0);
    padded.extend(((64 + 19) * 8u64).to_be_bytes());
    let longer = ForgedRequest { payload: padded, ..sniffed.clone() };
    assert_eq!(device.fresh(&longer.with(&read.body(), &tag)), FORGED);
    // And an 8-byte tag does not become a 16-byte one.
    assert_eq!(device.fresh(&sniffed.with(&read.body(), &[&tag[..8], &[0; 24]].concat())), FORGED);
}

#[test]
fn paste_across_devices() {
    let (one, key) = (Device::new(), DeviceKey::new(std::array::from_fn(|i| i as u8)));
    let root = one.root();
    // Even with the same device key, the device's identity keeps them apart.
    let twin = Device::with(key, DeviceId([9; 8]));
    let other = Device::with(DeviceKey::new([9; 32]), DeviceId([0, 17, 34, 51, 68, 85, 102, 119]));
    let bytes = bind(&get(), &[&root]);
    assert_eq!(one.fresh(&bytes), OK);
    assert_eq!(twin.fresh(&bytes), FORGED);
    assert_eq!(other.fresh(&bytes), FORGED);
    // As the second capability, too: an identity of another device.
    let mixed = bind(&get(), &[&requires(&root), &identity(&twin.root())]);
    assert_eq!(one.fresh(&mixed), FORGED);
}

#[test]
fn paste_across_slots() {
    let device = Device::new();
    let edge = Forged::from(&device.ring.root(1, &all()).unwrap());
    let request = ForgedRequest::get();
    assert_eq!(device.fresh(&request.bind(&[&edge])), OK);
    let header = |slot| [1, slot, 0, 0];
    assert_eq!(device.fresh(&request.bind(&[&Forged { header: header(0), ..edge.clone() }])), FORGED);
    // A slot that is not enabled, and one that does not exist.
    assert_eq!(device.fresh(&request.bind(&[&Forged { header: header(2), ..edge.clone() }])), DEAD);
    let none = Forged::root(&device.slot_key(0), header(16), all().as_bytes());
    assert_eq!(device.fresh(&request.bind(&[&none])), malformed(Error::Slot));
}

#[test]
fn paste_across_generations_and_epochs() {
    let mut device = Device::new();
    let old = Forged::from(&device.root());
    let request = ForgedRequest::get();
    device.ring.revoke_slot(0).unwrap();
    assert_eq!(device.fresh(&request.bind(&[&old])), DEAD);
    assert_eq!(device.fresh(&request.bind(&[&Forged { header: [1, 0, 1, 0], ..old.clone() }])), FORGED);
    let renewed = device.root();
    assert_eq!(device.fresh(&bind(&get(), &[&renewed])), OK);
    device.ring.revoke_all().unwrap();
    assert_eq!(device.fresh(&bind(&get(), &[&renewed])), DEAD);
    for header in [[1, 0, 0, 1], [1, 0, 1, 1]] {
        let wanted = if header[2] == 0 { FORGED } else { DEAD };
        assert_eq!(device.fresh(&request.bind(&[&Forged { header, ..Forged::from(&renewed) }])), wanted);
        assert_eq!(device.fresh(&request.bind(&[&Forged { header, ..old.clone() }])), wanted);
    }
}

#[test]
fn self_minted_identity() {
    let device = Device::new();
    let read = device.root().derive(&grant(1, 2, Right::Get)).unwrap();
    let mine = FrameBuilder::new().ident(IDENTITY).build().unwrap();
    assert_eq!(read.derive(&mine), Err(Error::SelfMinted));
    // Made by hand, it takes the whole token down.
    let forged = Forged::from(&read).derive(mine.as_bytes());
    let conditional = Forged::from(&requires(&read));
    let two = ForgedRequest { flags: 2, ..ForgedRequest::get() };
    assert_eq!(device.fresh(&two.bind(&[&conditional, &forged])), malformed(Error::SelfMinted));
    assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&forged])), malformed(Error::SelfMinted));
    // Not even a GRANT of MINTID in the same or an earlier frame brings the right back.
    let again = Forged::from(&read).derive(all().as_bytes()).derive(mine.as_bytes());
    assert_eq!(device.fresh(&two.bind(&[&conditional, &again])), malformed(Error::SelfMinted));
    // Nor does one identity token make another.
    let who = Forged::from(&identity(&device.root()));
    let second = who.derive(FrameBuilder::new().ident(Identity([1; 8])).build().unwrap().as_bytes());
    assert_eq!(device.fresh(&two.bind(&[&conditional, &second])), malformed(Error::SelfMinted));
    assert_eq!(device.fresh(&two.bind(&[&conditional, &who])), OK);
}

#[test]
fn requires_splice() {
    let device = Device::new();
    let root = device.root();
    let (conditional, who) = (requires(&root), identity(&root));
    let two = ForgedRequest { flags: 2, ..ForgedRequest::get() };
    let (c, w) = (Forged::from(&conditional), Forged::from(&who));
    assert_eq!(device.fresh(&two.bind(&[&c, &w])), OK);
    // Alone, with a stranger's identity, or with itself.
    let stranger = FrameBuilder::new().grant(ANY, ANY, Rights::NONE).ident(Identity(*b"stranger")).build().unwrap();
    assert_eq!(device.fresh(&bind(&get(), &[&conditional])), DENIED);
    assert_eq!(device.fresh(&bind(&get(), &[&conditional, &root.derive(&stranger).unwrap()])), DENIED);
    assert_eq!(device.fresh(&bind(&get(), &[&conditional, &conditional])), DENIED);
    // One tag covers both: an identity token seen elsewhere cannot be put beside a capability without its key.
    let sniffed = [c.body(), w.body()].concat();
    assert_eq!(device.fresh(&two.with(&sniffed, &two.tag(&c.key))), FORGED);
    let guess = Forged { key: c.key, ..w.clone() };
    assert_eq!(device.fresh(&two.bind(&[&c, &guess])), FORGED);
    // Taken off, or the flag of the second one cleared.
    let tag = two.tag(&nano_caps::step(&c.key, nano_caps::Domain::Join, w.key.as_bytes()));
    assert_eq!(device.fresh(&ForgedRequest::get().with(&c.body(), &tag)), FORGED);
    // The two exchanged: the identity token grants nothing, so losing it gives no access.
    assert_eq!(device.fresh(&two.bind(&[&w, &c])), DENIED);
    assert_eq!(device.fresh(&bind(&get(), &[&who])), DENIED);
    // A token that brings what it requires does not vouch for itself; the other one has to.
    let itself = requires(&root.derive(&FrameBuilder::new().ident(IDENTITY).build().unwrap()).unwrap());
    assert_eq!(device.fresh(&bind(&get(), &[&itself])), DENIED);
    assert_eq!(device.fresh(&bind(&get(), &[&itself, &root])), DENIED);
    assert_eq!(device.fresh(&bind(&get(), &[&itself, &who])), OK);
}

#[test]
fn far_future_sequence() {
    let mut device = Device::new();
    let root = device.root();
    let day = 24 * 3600 * 1000;
    let at = |ms, counter| Request { seq: Sequence::new(ms, counter), ..get() };
    for ms in [NOW_MS + day + 1000, NOW_MS + 365 * day] {
        let bytes = bind(&at(ms, 0), &[&root]);
        let Err(refusal) = device.verify(&bytes) else { panic!("accepted") };
        assert_eq!(outcome(&Err::<(), _>(refusal)), Outcome::Is(Status::SeqAhead));
        assert_eq!(device.verifier.last(0), Some(Sequence::ZERO), "nothing moved");
    }
    assert_eq!(
        device.fresh(&bind(&Request { seq: Sequence(u64::MAX), ..get() }, &[&root])),
        Outcome::Is(Status::Expired)
    );
    assert!(device.verifier.time_ms() < NOW_MS + 1000);
    assert_eq!(device.fresh(&bind(&at(NOW_MS + day, 0), &[&root])), OK, "the limit itself");
    assert_eq!(device.fresh(&bind(&at(NOW_MS + day + 1, 0), &[&root])), Outcome::Is(Status::SeqAhead));
}

#[test]
fn lane_jamming() {
    // Who has lane 3 sends the highest number the device takes: nobody else notices.
    let mut device = Device::new();
    let root = device.root();
    let lane = |lane| root.derive(&FrameBuilder::new().lane(lane).build().unwrap()).unwrap();
    let highest = Sequence::new(NOW_MS + 24 * 3600 * 1000, 0xFFFF);
    assert_eq!(device.outcome(&bind(&Request { lane: 3, seq: highest, ..get() }, &[&lane(3)])), OK);
    let time = device.verifier.time_ms();
    assert!(time < NOW_MS + 1000, "only lane 0 moves the time");
    assert_eq!(device.outcome(&bind(&Request { lane: 3, ..get() }, &[&lane(3)])), Outcome::Is(Status::SeqLow));
    for other in [0, 1, 2, 4, 5, 6, 7] {
        assert_eq!(device.outcome(&bind(&Request { lane: other, ..get() }, &[&lane(other)])), OK, "lane {other}");
    }
    // In lane 0, where a capability without LANE goes, a number moves the time, whatever it was for: a day each.
    let mut clock = Device::new();
    let reader = root.derive(&grant(1, 2, Right::Get)).unwrap();
    for day in 1..4 {
        let seq = Sequence::new(NOW_MS + day * 24 * 3600 * 1000, 0);
        assert_eq!(clock.outcome(&bind(&Request { seq, ..get() }, &[&reader])), OK);
        assert_eq!(clock.verifier.time_ms(), seq.ms());
    }
    // He cannot use another lane, nor one that does not exist.
    for other in [0, 4, 7] {
        let request = Request { lane: other, seq: highest, ..get() };
        assert_eq!(device.outcome(&bind(&request, &[&lane(3)])), DENIED);
    }
    let request = ForgedRequest { lane: 8, ..ForgedRequest::get() };
    assert_eq!(device.outcome(&request.bind(&[&Forged::from(&lane(3))])), malformed(Error::Lane));
    // SEQFIX frees the lane.
    device.verifier.set_last(3, now(5)).unwrap();
    assert_eq!(device.outcome(&bind(&Request { lane: 3, seq: now(6), ..get() }, &[&lane(3)])), OK);
}

#[test]
fn reuse_of_a_handle() {
    // Handles are given out upwards: recreated, log 7 is log 8, and what was granted on 7 is dead.
    let device = Device::new();
    let old = device.root().derive(&grant(1, 7, Rights::ALL)).unwrap();
    assert_eq!(device.fresh(&bind(&Request { woof: 7, ..get() }, &[&old])), OK);
    assert_eq!(device.fresh(&bind(&Request { woof: 8, ..get() }, &[&old])), DENIED);
    assert_eq!(device.fresh(&bind(&Request { woof: 7, ns: 2, ..get() }, &[&old])), DENIED);
    // "Any" is no object: only who may touch all may name it.
    assert_eq!(device.fresh(&bind(&Request { woof: ANY, ..get() }, &[&old])), DENIED);
    assert_eq!(device.fresh(&bind(&Request { woof: ANY, ns: ANY, ..get() }, &[&device.root()])), OK);
}

#[test]
fn downgrade() {
    let device = Device::new();
    let root = device.root();
    let forged = Forged::from(&root);
    for op in Op::ALL {
        let flatten = if *op == Right::Flatten { 8 } else { 0 };
        let request = ForgedRequest { op: op.code(), flags: flatten, ..ForgedRequest::get() };
        let wanted = if op.demands_wide_tag() { malformed(Error::TagSize) } else { OK };
        assert_eq!(device.fresh(&request.bind(&[&forged])), wanted, "{op} with 8 bytes");
        assert_eq!(
            device.fresh(&ForgedRequest { flags: flatten | 1, ..request }.bind(&[&forged])),
            OK,
            "{op} with 16 bytes"
        );
        // The client's own encoder makes 16 of its own accord.
        assert_eq!(device.fresh(&bind(&ask(*op), &[&root])), OK);
    }
    // A 16-byte tag cut to 8, the flag cleared: the flags are under the tag.
    let wide = ForgedRequest { flags: 1, ..ForgedRequest::get() };
    let cut = ForgedRequest::get().with(&forged.body(), &wide.tag(&forged.key));
    assert_eq!(device.fresh(&cut), FORGED);
    // Other versions and unknown flags.
    let version = |version| Forged::root(&device.slot_key(0), [version, 0, 0, 0], all().as_bytes());
    for (number, wanted) in [(0, malformed(Error::Version)), (2, malformed(Error::Version)), (1, OK)] {
        assert_eq!(device.fresh(&ForgedRequest::get().bind(&[&version(number)])), wanted);
    }
    for flags in [0x10, 0x20, 0x40, 0x80] {
        let request = ForgedRequest { flags, ..ForgedRequest::get() };
        assert_eq!(device.fresh(&request.bind(&[&forged])), malformed(Error::Flags));
    }
    // The flag and the operation FLATTEN come together.
    for (flags, op) in [(8, 1), (9, 2), (1, 12)] {
        let request = ForgedRequest { flags, op, ..ForgedRequest::get() };
        assert_eq!(device.fresh(&request.bind(&[&forged])), malformed(Error::Flags));
    }
    // An encrypted payload is never read as a clear one.
    let request = ForgedRequest { flags: 4, ..ForgedRequest::get() };
    assert_eq!(device.fresh(&request.bind(&[&forged])), malformed(Error::Encrypted));
    for op in [0, 15, 0xFF] {
        let request = ForgedRequest { op, ..ForgedRequest::get() };
        assert_eq!(device.fresh(&request.bind(&[&forged])), malformed(Error::Operation));
    }
}

#[test]
fn confused_deputy() {
    // A proxy holds everything and passes a client's request on: what counts is the client's capability.
    let device = Device::new();
    let client = device.root().derive(&grant(1, 2, Right::Get)).unwrap();
    let proxy = Forged::from(&device.root());
    let asked = bind(&ask(Right::Put), &[&client]);
    assert_eq!(device.fresh(&asked), DENIED);
    // It can answer for nobody: neither its key under the client's frames nor its frames over the client's tag verify.
    let put = ForgedRequest { op: 2, ..ForgedRequest::get() };
    let client = Forged::from(&client);
    assert_eq!(device.fresh(&put.with(&client.body(), &put.tag(&proxy.key))), FORGED);
    assert_eq!(device.fresh(&put.with(&proxy.body(), &put.tag(&client.key))), FORGED);
}

#[test]
fn spoofed_errors() {
    let mut device = Device::new();
    let root = device.root();
    let (mut mine, mut other, mut answer) = ([0; 256], [0; 256], [0; 64]);
    let bound = get().bind(&[root.token()], &mut mine).unwrap();
    // The answer to another request of the same capability, or to the same one under another key.
    let another = Request { seq: now(1), ..get() }.bind(&[root.token()], &mut other).unwrap();
    let weaker = root.derive(&grant(1, 2, Right::Get)).unwrap();
    let weaker = get().bind(&[weaker.token()], &mut other).unwrap();
    for wrong in [another.exchange, weaker.exchange] {
        let length = wrong.respond(Status::Denied, 0, &[], &mut answer).unwrap();
        assert_eq!(bound.exchange.open(&answer[..length]), Err(Error::Tag));
    }
    // A request is not its own answer, and a status cannot be exchanged.
    assert_eq!(bound.exchange.open(&mine[..bound.len]), Err(Error::Kind));
    let verified = device.verify(&mine[..bound.len]).unwrap();
    let length = verified.exchange.respond(Status::Ok, 9, b"ok", &mut answer).unwrap();
    for status in Status::ALL.iter().filter(|status| **status != Status::Ok) {
        answer[1] = status.code();
        assert_eq!(bound.exchange.open(&answer[..length]), Err(Error::Tag));
    }
    // A bad request gets no answer, so there is nothing to learn from or to amplify.
    mine[bound.len - 1] ^= 1;
    let refusal = device.verify(&mine[..bound.len]).unwrap_err();
    assert_eq!(refusal.answer(&mut answer), Ok(None));
}

#[test]
fn verify_flood() {
    let device = Device::new();
    let root = device.root();
    let good = bind(&get(), &[&root]);
    let mut bad = good.clone();
    *bad.last_mut().unwrap() ^= 1;
    let mut verifier = Verifier::boot(None, NOW_MS, 0);
    let mut send = |bytes: &[u8], uptime_ms| outcome(&verifier.verify(&device.ring, bytes, uptime_ms, |_| true));
    // Noise that cannot be a request costs nothing.
    for _ in 0..1000 {
        assert!(matches!(send(&bad[..30], 0), Outcome::Silent(Silence::Malformed(_))));
    }
    for _ in 0..50 {
        assert_eq!(send(&bad, 0), FORGED);
    }
    let flood = Outcome::Silent(Silence::Flood);
    assert_eq!(send(&bad, 0), flood);
    assert_eq!(send(&good, 0), flood);
    assert_eq!(send(&good, 19), flood);
    assert_eq!(send(&good, 20), OK, "50 a second");
    let seconds = if cfg!(miri) { 1 } else { 10 };
    let hashed = (0..seconds * 1000).filter(|i| send(&bad, 20 + i) != flood).count() as u64;
    assert!((seconds * 49..=seconds * 50).contains(&hashed), "{hashed} verifications in {seconds} seconds");
}

#[test]
fn revoked_subtree() {
    let mut device = Device::new();
    let root = device.root();
    let (gone, stays) =
        (root.derive(&grant(1, 2, Right::Get)).unwrap(), root.derive(&grant(1, ANY, Right::Get)).unwrap());
    let below = gone.derive(&FrameBuilder::new().max_len(9).build().unwrap()).unwrap();
    device.ring.revoke_subtree(gone.body()).unwrap();
    for dead in [&gone, &below] {
        assert_eq!(device.fresh(&bind(&get(), &[dead])), DEAD);
        assert_eq!(device.fresh(&bind(&get(), &[&root, dead])), DEAD, "also as the second one");
    }
    for alive in [&root, &stays] {
        assert_eq!(device.fresh(&bind(&get(), &[alive])), OK);
    }
    assert_eq!(Header::new(0, 0, 0), device.ring.header(0));
}
