//! Hostile bytes for every decoder: whatever comes in, nothing panics and nothing is accepted by luck.

use nano_caps::{
    ANY, Body, Capability, DeviceId, DeviceKey, Entry, FrameBuilder, Identity, KeyRing, MAX_TEXT, RING_STATE_SIZE,
    Request, RequestView, Right, Rights, Status, Token, Verifier,
};

use crate::fixture::{Device, Forged, ForgedRequest, NOW_MS, OK, Rng, bind, get, outcome, raw_frame, rounds};

const INPUTS: usize = rounds(200_000);

/// Takes apart what was parsed, down to the last entry.
fn look_at(body: &Body<'_>) -> usize {
    let entries: usize = body.frames().map(|frame| frame.entries().count()).sum();
    let inert: usize = body.widenings().map(|widening| widening.frame).sum();
    let identities = body.required().count() + body.identities().count();
    let summary = body.summary();
    assert_eq!(summary.frames, body.frames().count());
    let narrowed = FrameBuilder::new().narrow(*body, 1, ANY, Rights::ALL).build();
    entries + inert + identities + usize::from(narrowed.is_ok()) + usize::from(!body.rights(1, 2).is_empty())
}

#[test]
fn random_and_mutated_bytes() {
    let device = Device::new();
    let mut rng = Rng(77);
    let root = device.root();
    let who = root.derive(&FrameBuilder::new().ident(Identity([5; 8])).build().unwrap()).unwrap();
    let rich = FrameBuilder::new()
        .entry(Entry::Requires(Identity([5; 8])))
        .grant(1, 2, Right::Get | Right::Put)
        .expires(u32::MAX)
        .not_before(0)
        .lane(0)
        .max_len(100)
        .min_gap(0)
        .sealed();
    let rich = root.derive(&rich.build().unwrap()).unwrap();
    let payload = [1; 33];
    let one = bind(&Request { payload: &payload, ..get() }, &[&root]);
    let two = bind(&Request { payload: &payload, wide_tag: true, ..get() }, &[&rich, &who]);
    assert_eq!(device.fresh(&two), OK);
    let mut out = [0; MAX_TEXT];
    let text = rich.write_text(&mut out).unwrap().as_bytes().to_vec();
    let mut answer = [0; 128];
    let bound = get().bind(&[root.token()], &mut [0; 256]).unwrap();
    let length = bound.exchange.respond(Status::Ok, 5, &payload, &mut answer).unwrap();
    let (state, answer) = (device.ring.state(), answer[..length].to_vec());
    let seeds = [one.clone(), two.clone(), rich.stored().to_vec(), who.stored().to_vec(), text.clone(), answer.clone()];

    let mut parsed = 0;
    for round in 0..INPUTS {
        let mut bytes = if rng.percent(25) {
            let size = rng.below(120);
            rng.bytes(size)
        } else {
            seeds[rng.below(seeds.len())].clone()
        };
        for _ in 0..rng.below(4) {
            rng.mutate(&mut bytes);
        }
        // Half of what pretends to be a request begins like one.
        if rng.percent(30) && bytes.len() > 22 {
            bytes[..4].copy_from_slice(&[0x10, rng.below(4) as u8, 0, 1]);
            bytes[18] = 1;
        }
        if let Ok(view) = RequestView::parse(&bytes) {
            parsed += look_at(&view.first) + view.second.map_or(0, |second| look_at(&second));
        }
        if let Ok((body, _)) = Body::split(&bytes) {
            parsed += look_at(&body);
        }
        if let Ok(capability) = Capability::parse(&bytes) {
            assert_eq!(capability.stored(), bytes);
            assert_eq!(Ok(capability.token()), Token::parse(&bytes));
            parsed += look_at(&capability.body());
        }
        if bytes != text
            && let Ok(string) = str::from_utf8(&bytes)
        {
            assert!(Capability::from_text(string).is_err());
        }
        if let Ok(response) = bound.exchange.open(&bytes) {
            assert_eq!((bytes == answer, response.status), (true, Status::Ok));
        }
        let mut verifier = Verifier::boot(None, NOW_MS, 0);
        let result = outcome(&verifier.verify(&device.ring, &bytes, rng.next(), |_| true));
        assert!(result != OK || bytes == one || bytes == two, "round {round}");
        let mut hostile = state;
        hostile[rng.below(RING_STATE_SIZE)] = rng.next() as u8;
        if round % 64 == 0 {
            let _ = KeyRing::restore(DeviceKey::new([1; 32]), DeviceId([1; 8]), &hostile);
        }
    }
    assert!(parsed > INPUTS / 20, "only {parsed} entries got past the parsers");
}

/// Whoever holds a key can put any bytes at all into a frame, with a right tag.
#[test]
fn authentic_nonsense() {
    let device = Device::new();
    let mut rng = Rng(78);
    let root = Forged::from(&device.root());
    let kinds = [0x01, 0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x00, 0xFF];
    let mut accepted = 0;
    for _ in 0..rounds(30_000) {
        let mut forged = root.clone();
        for _ in 0..rng.pick(&[0, 1, 1, 1, 2, 2, 9]) {
            let size = rng.pick(&[0, 1, 1, 2, 3, 3, 5, 7, 9, 14, 200, 255]);
            let mut entries = rng.bytes(size);
            if rng.percent(70) && size > 0 {
                entries[0] = rng.pick(&kinds);
            }
            forged = forged.derive(&raw_frame(&entries));
        }
        let two = rng.percent(30);
        let request = ForgedRequest {
            flags: u8::from(two) << 1,
            lane: rng.pick(&[0, 0, 0, 3, 8]),
            op: rng.pick(&[1, 1, 2, 3, 4, 5, 6, 9, 14, 15]),
            seq: rng.pick(&[rng.0, NOW_MS << 16]),
            ..ForgedRequest::get()
        };
        let bytes = request.bind(&[&forged, &root][..=usize::from(two)]);
        let mut verifier = Verifier::boot(None, rng.pick(&[0, NOW_MS, u64::MAX]), u64::MAX);
        if outcome(&verifier.verify(&device.ring, &bytes, rng.next(), |_| true)) == OK {
            accepted += 1;
            RequestView::parse(&bytes).expect("what the verifier accepts is well-formed");
        }
    }
    assert!(cfg!(miri) || accepted > 300, "{accepted} accepted: the frames were refused too early to matter");
}
