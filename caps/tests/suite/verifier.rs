//! The order of the answers, time, retries, and conditions that come from either capability.

use nano_caps::{ANY, FrameBuilder, Identity, Refusal, Request, Right, Rights, Sequence, Sequencer, Status, Verifier};

use crate::fixture::{DENIED, Device, NOW_MS, OK, Outcome, bind, get, grant, now, outcome};

const NOW_S: u32 = (NOW_MS / 1000) as u32;

/// Every reason to refuse at once; taken away one by one, the next answer shows.
#[test]
fn answers_come_in_the_order_of_the_format() {
    let device = Device::new();
    let root = device.root();
    let day_s = 24 * 3600;
    let ahead_ms = NOW_MS + (u64::from(day_s) + 10) * 1000;
    let payload = [0; 5];
    // (lane fits, granted, identity brought, started, not expired, fits, lane's last, gap, status)
    let is = Outcome::Is;
    for step in 0..10 {
        let fixed = |reason| step > reason;
        let mut frame = FrameBuilder::new()
            .lane(if fixed(0) { 3 } else { 4 })
            .grant(1, if fixed(1) { 2 } else { 9 }, Right::Get.into())
            .not_before(if fixed(3) { 0 } else { NOW_S + 2 * day_s })
            .expires(if fixed(4) { NOW_S + 3 * day_s } else { NOW_S })
            .max_len(if fixed(5) { 5 } else { 4 })
            .min_gap(if fixed(7) { 0 } else { 60_000 });
        if !fixed(2) {
            frame = frame.requires(Identity([1; 8]));
        }
        let capability = root.derive(&frame.build().unwrap()).unwrap();
        let seq = Sequence::new(if fixed(8) { NOW_MS + 1000 } else { ahead_ms }, 0);
        let last = if fixed(6) { Sequence(seq.0 - (100 << 16)) } else { seq };
        let request = Request { lane: 3, seq, payload: &payload, ..get() };
        let mut verifier = Verifier::boot(None, NOW_MS, 0);
        verifier.set_last(3, last).unwrap();
        let bytes = bind(&request, &[&capability]);
        let result = verifier.verify(&device.ring, &bytes, 0, |_| true);
        let wanted = match step {
            0..=3 => DENIED,
            4 => is(Status::Expired),
            5 => is(Status::TooBig),
            6 => is(Status::SeqLow),
            7 => is(Status::Busy),
            8 => is(Status::SeqAhead),
            _ => OK,
        };
        assert_eq!(outcome(&result), wanted, "step {step}");
        if let Err(Refusal::Answer { rseq, .. }) = result {
            let time = Sequence::new(NOW_MS, 0).0;
            assert_eq!(rseq, if matches!(step, 6 | 8) { time } else { 0 }, "step {step}");
            assert_eq!(verifier.last(3), Some(last), "a refusal changes nothing");
        }
    }
}

#[test]
fn conditions_of_either_capability_count_but_grants_and_lane_of_the_first_only() {
    let device = Device::new();
    let root = device.root();
    let with = |frame: FrameBuilder| root.derive(&frame.build().unwrap()).unwrap();
    let payload = [0; 5];
    let request = Request { payload: &payload, ..get() };
    for (frame, wanted) in [
        (FrameBuilder::new().expires(NOW_S - 1), Outcome::Is(Status::Expired)),
        (FrameBuilder::new().not_before(NOW_S + 1), DENIED),
        (FrameBuilder::new().max_len(4), Outcome::Is(Status::TooBig)),
        (FrameBuilder::new().requires(Identity([1; 8])), DENIED),
        (FrameBuilder::new().expires(NOW_S).not_before(NOW_S).max_len(5).sealed(), OK),
    ] {
        let capability = with(frame);
        assert_eq!(device.fresh(&bind(&request, &[&capability])), wanted);
        assert_eq!(device.fresh(&bind(&request, &[&capability, &root])), wanted);
        assert_eq!(device.fresh(&bind(&request, &[&root, &capability])), wanted);
    }
    let nothing = with(FrameBuilder::new().grant(ANY, ANY, Rights::NONE).lane(5));
    assert_eq!(device.fresh(&bind(&request, &[&root, &nothing])), OK);
    assert_eq!(device.fresh(&bind(&request, &[&nothing, &root])), DENIED);
}

#[test]
fn up_to_four_identities_a_request() {
    let device = Device::new();
    let root = device.root();
    let ids = |count: u8| (0..count).map(|id| Identity([id; 8]));
    let wanting = |count| ids(count).fold(FrameBuilder::new(), FrameBuilder::requires).build().unwrap();
    let bringing = |count| ids(count).fold(FrameBuilder::new(), FrameBuilder::ident).build().unwrap();
    let (four, brings) = (root.derive(&wanting(4)).unwrap(), root.derive(&bringing(4)).unwrap());
    assert_eq!(device.fresh(&bind(&get(), &[&four, &brings])), OK);
    assert_eq!(device.fresh(&bind(&get(), &[&four, &root.derive(&bringing(3)).unwrap()])), DENIED);
    // Said twice is said once.
    let twice = four.derive(&wanting(4)).unwrap();
    assert_eq!(device.fresh(&bind(&get(), &[&twice, &brings])), OK);
    assert_eq!(root.derive(&wanting(5)), Err(nano_caps::Error::TooManyIdentities));
    assert_eq!(root.derive(&bringing(5)), Err(nano_caps::Error::TooManyIdentities));
    let two = get().bind(&[four.token(), four.token()], &mut [0; 512]);
    assert_eq!(two, Err(nano_caps::Error::TooManyIdentities));
}

#[test]
fn a_retry_is_told_from_everything_else() {
    let mut device = Device::new();
    let root = device.root();
    let until = FrameBuilder::new().expires(NOW_S + 10).build().unwrap();
    let short = root.derive(&until).unwrap();
    let bytes = bind(&get(), &[&short]);
    let first = device.verify(&bytes).unwrap();
    // Meanwhile it expires: executed in time, so its answer stands.
    device.uptime_ms += 60_000;
    let Err(Refusal::Retry(again)) = device.verify(&bytes) else { panic!("not known again") };
    assert_eq!((again.exchange, again.op, again.seq), (first.exchange, first.op, first.seq));
    assert_eq!(device.outcome(&bind(&Request { seq: now(1), ..get() }, &[&short])), Outcome::Is(Status::Expired));
    // The same request under another capability is another operation.
    let other = root.derive(&grant(1, 2, Right::Get)).unwrap();
    assert_eq!(device.outcome(&bind(&get(), &[&other])), Outcome::Is(Status::SeqLow));
    // Refused requests are not remembered.
    let lane3 = Request { lane: 3, ..get() };
    for _ in 0..2 {
        assert_eq!(device.outcome(&bind(&lane3, &[&root])), DENIED);
    }
    // After a power cut the answer is gone; the mark still prevents a second execution.
    let last = bind(&Request { seq: Sequence::new(NOW_MS + 90_000, 0), ..get() }, &[&root]);
    assert_eq!(device.outcome(&last), OK);
    assert_eq!(device.outcome(&last), Outcome::Retry);
    device.reboot(0);
    assert_eq!(device.outcome(&last), Outcome::Is(Status::SeqLow));
}

#[test]
fn time_moves_by_its_own_tick_and_by_lane_0() {
    let mut device = Device::new();
    let root = device.root();
    let lane3 = root.derive(&FrameBuilder::new().lane(3).build().unwrap()).unwrap();
    device.verifier.advance(1500);
    assert_eq!(device.verifier.time_ms(), NOW_MS + 1500);
    device.verifier.advance(1000);
    assert_eq!(device.verifier.time_ms(), NOW_MS + 1500, "a clock that runs back moves nothing");
    device.uptime_ms = 1480;
    let later = Sequence::new(NOW_MS + 50_000, 0);
    assert_eq!(device.outcome(&bind(&Request { lane: 3, seq: later, ..get() }, &[&lane3])), OK);
    assert_eq!(device.verifier.time_ms(), NOW_MS + 1500);
    assert_eq!(device.outcome(&bind(&Request { seq: later, ..get() }, &[&root])), OK);
    assert_eq!(device.verifier.time_ms(), NOW_MS + 50_000);
    // An expiry counts by the device's time even when the client claims an earlier one.
    let until = root.derive(&FrameBuilder::new().expires(NOW_S + 40).lane(4).build().unwrap()).unwrap();
    let early = Request { lane: 4, seq: now(0), ..get() };
    assert_eq!(device.outcome(&bind(&early, &[&until])), Outcome::Is(Status::Expired));
}

#[test]
fn min_gap_is_measured_in_the_lane() {
    let mut device = Device::new();
    let slow = device.root().derive(&FrameBuilder::new().min_gap(500).build().unwrap()).unwrap();
    let mut at = |ms, counter| {
        let seq = Sequence::new(NOW_MS + ms, counter);
        device.outcome(&bind(&Request { seq, ..get() }, &[&slow]))
    };
    assert_eq!(at(0, 0), OK, "the lane's first operation waits for nothing");
    assert_eq!(at(499, 9), Outcome::Is(Status::Busy));
    assert_eq!(at(500, 0), OK);
    assert_eq!(at(500, 1), Outcome::Is(Status::Busy));
}

#[test]
fn the_mark_is_written_at_most_once_a_minute() {
    let mut device = Device::new();
    let root = device.root();
    let minutes = if cfg!(miri) { 2 } else { 10 };
    for second in 0..minutes * 60 {
        let seq = Sequence::new(NOW_MS + second * 1000, 0);
        assert_eq!(device.outcome(&bind(&Request { seq, ..get() }, &[&root])), OK);
        assert!(device.mark.unwrap() >= seq, "what was executed is below the mark");
    }
    assert_eq!(device.writes as u64, minutes);
}

#[test]
fn two_owners_in_lane_0_meet_in_one_round_without_time_passing() {
    let mut device = Device::new();
    let root = device.root();
    let (mut first, mut second) = (Sequencer::new(), Sequencer::new());
    for counter in 0..3 {
        let seq = first.next(NOW_MS + 5000);
        assert_eq!(seq, Sequence::new(NOW_MS + 5000, counter));
        assert_eq!(device.outcome(&bind(&Request { seq, ..get() }, &[&root])), OK);
    }
    let bytes = bind(&Request { seq: second.next(NOW_MS + 4000), ..get() }, &[&root]);
    let Err(Refusal::Answer { status: Status::SeqLow, rseq, .. }) = device.verify(&bytes) else {
        panic!("not SEQ_LOW")
    };
    second.follow(rseq, NOW_MS + 4000);
    assert_eq!(device.outcome(&bind(&Request { seq: second.next(NOW_MS + 4000), ..get() }, &[&root])), OK);
}
