//! Thousands of random requests, given to this crate and to the independent reference.

use std::{
    collections::HashMap,
    fmt::Write as _,
    io::{BufRead, BufReader, Write as _},
    process::{Command, Stdio},
    thread,
};

use nano_caps::{DeviceId, DeviceKey, Header, Sequence, Status, Unrevoked, Verifier};

use crate::fixture::{Forged, ForgedRequest, NOW_MS, Outcome, Rng, any_slot_key, hex, outcome, raw_frame};

const CASES: usize = 100_000;
const NOW_S: u32 = (NOW_MS / 1000) as u32;

struct Case {
    bytes: Vec<u8>,
    device: [u8; 32],
    id: [u8; 8],
    time_ms: u64,
    last: Vec<(u8, u64)>,
    /// A REQUIRES met only by the capability it stands in. The format's text demands the *other* capability, and so does
    /// this crate; the reference takes either.
    vouches_for_itself: bool,
}

/// The identities a capability requires and brings, as the generator put them in.
#[derive(Default)]
struct Identities {
    required: Vec<u8>,
    brought: Vec<u8>,
}

/// Half of the capabilities are friendly: what they say mostly holds, so that the later answers are reached as well.
fn entry(rng: &mut Rng, friendly: bool, entries: &mut Vec<u8>, identities: &mut Identities) {
    let handle = |rng: &mut Rng| rng.pick(&[0xFFFFu16, 0xFFFF, 1, 1, 1, 2]).to_le_bytes();
    let kind = if friendly { rng.pick(&[0, 0, 0, 0, 8, 9, 15, 15, 18, 18, 18]) } else { rng.below(20) };
    match kind {
        0 if friendly => entries.extend([0x01, 1, 0, 0xFF, 0xFF, 0x07, 0x01]),
        0..8 => {
            entries.push(0x01);
            entries.extend(handle(rng));
            entries.extend(handle(rng));
            let rights: u16 = rng.pick(&[0xFFFF, 0x3FFF, 0x3FFF, 0x0107, 7, 7, 3, 1, 0, 0x8002]);
            entries.extend(rights.to_le_bytes());
        }
        8 => {
            let unix_s = rng.pick(&[NOW_S - 2, NOW_S - 1, NOW_S, NOW_S + 1, NOW_S + 90_000, NOW_S + 90_000, u32::MAX]);
            entries.push(0x10);
            entries.extend(unix_s.to_le_bytes());
        }
        9 => {
            entries.push(0x11);
            entries.extend(rng.pick(&[0, NOW_S - 1, NOW_S - 1, NOW_S, NOW_S + 1]).to_le_bytes());
        }
        10 => entries.extend([0x12, rng.pick(&[3, 3, 3, 3, 0, 9])]),
        11 | 12 => {
            let which = rng.below(2) as u8;
            identities.required.push(which);
            entries.push(0x13);
            entries.extend([which; 8]);
        }
        13 | 14 => {
            let which = rng.below(2) as u8;
            identities.brought.push(which);
            entries.push(0x14);
            entries.extend([which; 8]);
        }
        15 | 16 => {
            entries.push(0x15);
            entries.extend(rng.pick(&[0u16, 3, 4, 5, 64, 0xFFFF]).to_le_bytes());
        }
        17 if rng.percent(40) => entries.push(0x16),
        18 => {
            entries.push(0x17);
            entries.extend(rng.pick(&[0u16, 1, 499, 500, 500, 60_000]).to_le_bytes());
        }
        19 if rng.percent(5) => entries.push(rng.next() as u8),
        _ => entries.extend([0x15, 0xFF, 0xFF]),
    }
}

fn capability(rng: &mut Rng, friendly: bool, device: &DeviceKey, id: DeviceId) -> (Forged, Identities) {
    let mut identities = Identities::default();
    let header = Header::new(rng.below(16) as u8, rng.next() as u8, rng.next() as u8).unwrap();
    let mut frame = |rng: &mut Rng| {
        let mut entries = vec![];
        for _ in 0..=rng.below(3) {
            entry(rng, friendly, &mut entries, &mut identities);
        }
        raw_frame(&entries)
    };
    let slot = any_slot_key(device, id, header);
    let mut forged = Forged::root(&slot, header.to_bytes(), &frame(rng));
    for _ in 0..rng.pick(if friendly { &[0, 1, 2, 3] } else { &[0, 0, 1, 1, 2, 3, 4, 7, 8] }) {
        forged = forged.derive(&frame(rng));
    }
    (forged, identities)
}

fn case(rng: &mut Rng) -> Case {
    let (device, id) = (rng.array(), rng.array());
    let (key, device_id) = (DeviceKey::new(device), DeviceId(id));
    let friendly = rng.percent(50);
    let (first, one) = capability(rng, friendly, &key, device_id);
    let (second, two) = capability(rng, friendly, &key, device_id);
    let joined = rng.percent(50);

    let hour = 3_600_000;
    let ms = NOW_MS + rng.pick(&[0, 0, 0, 0, 1, 499, 500, 999, 1000, 24 * hour, 24 * hour + 1, 30 * hour]);
    let size = rng.pick(&[0, 0, 3, 4, 5, 80]);
    let request = ForgedRequest {
        flags: u8::from(rng.percent(30)) | u8::from(joined) << 1,
        lane: if friendly { 0 } else { rng.pick(&[0, 0, 0, 3, 3, 7]) },
        op: rng.pick(&[1, 2, 3]),
        seq: Sequence::new(ms, rng.below(4) as u16).0,
        ns: if friendly { 1 } else { rng.pick(&[1, 1, 1, 2]) },
        woof: rng.pick(&[1, 1, 1, 2]),
        payload: rng.bytes(size),
    };
    let mut bytes = request.bind(&[&first, &second][..=usize::from(joined)]);
    if rng.percent(15) {
        for _ in 0..=rng.below(2) {
            rng.mutate(&mut bytes);
        }
    }
    let mut last = vec![];
    for lane in 0..8 {
        if rng.percent(30) {
            let ms = rng.pick(&[1, ms - 60_000, ms - 500, ms - 499, ms - 1, ms, ms, ms + 1, NOW_MS + 23 * hour]);
            last.push((lane, Sequence::new(ms, rng.below(4) as u16).0));
        }
    }
    let vouches = |own: &Identities, other: &Identities| {
        own.required.iter().any(|id| own.brought.contains(id) && !other.brought.contains(id))
    };
    let vouches_for_itself =
        if joined { vouches(&one, &two) || vouches(&two, &one) } else { vouches(&one, &Identities::default()) };
    let time_ms = NOW_MS + rng.pick(&[0, 0, 0, 400, 1000, 5000]);
    Case { bytes, device, id, time_ms, last, vouches_for_itself }
}

fn ours(case: &Case) -> Outcome {
    let keys = Unrevoked { device: DeviceKey::new(case.device), id: DeviceId(case.id) };
    let mut verifier = Verifier::boot(None, case.time_ms, 0);
    for (lane, last) in &case.last {
        verifier.set_last(*lane, Sequence(*last)).unwrap();
    }
    outcome(&verifier.verify(&keys, &case.bytes, 0, |_| true))
}

/// The reference's status words; the first five get no answer.
fn same(word: &str, ours: Outcome) -> bool {
    match ours {
        Outcome::Is(status) => status.name() == word,
        Outcome::Silent(_) => ["SHORT", "BADREQ", "BADCAP", "REVOKED", "BADTAG"].contains(&word),
        Outcome::Retry => false,
    }
}

#[test]
#[cfg_attr(miri, ignore = "it runs another program")]
fn agrees_with_the_independent_reference() {
    let mut rng = Rng(20_260_301);
    let cases: Vec<_> = (0..CASES).map(|_| case(&mut rng)).collect();

    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/reference.py");
    let mut reference = Command::new("python3")
        .args([script, "verify"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs python3");
    let mut input = reference.stdin.take().unwrap();
    let mut lines = String::new();
    for case in &cases {
        let last: Vec<_> = case.last.iter().map(|(lane, seq)| format!("\"{lane}\": {seq}")).collect();
        writeln!(
            lines,
            r#"{{"request": "{}", "k_device": "{}", "device_id": "{}", "time_ms": {}, "last": {{{}}}}}"#,
            hex(&case.bytes),
            hex(&case.device),
            hex(&case.id),
            case.time_ms,
            last.join(", ")
        )
        .unwrap();
    }
    let feeder = thread::spawn(move || input.write_all(lines.as_bytes()));
    let words: Vec<_> = BufReader::new(reference.stdout.take().unwrap()).lines().map(|line| line.unwrap()).collect();
    feeder.join().unwrap().expect("the reference read everything");
    assert!(reference.wait().unwrap().success(), "the reference failed");
    assert_eq!(words.len(), CASES, "one word a request");

    let (mut seen, mut vouching) = (HashMap::<_, usize>::new(), 0);
    for (case, word) in cases.iter().zip(&words) {
        let ours = ours(case);
        if case.vouches_for_itself && !same(word, ours) {
            assert_eq!(ours, Outcome::Is(Status::Denied), "reference: {word}, request {}", hex(&case.bytes));
            vouching += 1;
            continue;
        }
        assert!(same(word, ours), "reference: {word}, here: {ours:?}, request {}", hex(&case.bytes));
        *seen.entry(word.as_str()).or_default() += 1;
    }
    // The comparison is worth something only if every answer occurs often.
    for word in ["OK", "DENIED", "EXPIRED", "TOOBIG", "SEQ_LOW", "BUSY", "SEQ_AHEAD", "SHORT", "BADCAP", "BADTAG"] {
        assert!(seen.get(word).copied().unwrap_or(0) >= 20, "{word} is rare: {seen:?}");
    }
    assert!(vouching < CASES / 20, "{vouching} requests were not compared");
}
