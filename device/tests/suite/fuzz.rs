//! Every decoder that bytes from outside reach, under bytes that were bent from good ones; what found something new is
//! kept and bent further.
//!
//! Nothing may panic, what is accepted must be what would be written, and no bent request may pass the gate. A test
//! tries some hundred thousand inputs; `cargo run -p nano-device --example fuzz -- --iterations 10000000` as many as one
//! likes, and `--keep` writes the corpus down.

use std::collections::HashSet;

use nano_caps::{
    ANY, Body, Capability, DeviceId, DeviceKey, End, Exchange, FrameBuilder, Identity, KeyRing, MAX_FLATTENED, Op,
    Pairing, RING_STATE_SIZE, Refusal, Request, RequestView, Right, Rights, Sequence, Session, Silence, Status, Token,
    Verifier,
};
use nano_wire::features::Features;
use nano_wire::link::{self, Decoder};
use nano_wire::message::operation::{
    DeviceStat, FunctionStat, Install, Installed, Limit, Listing, LogStat, Mint, Refused, Revocation, SequenceFix,
};
use nano_wire::message::update::{Update, Updating};
use nano_wire::message::{Fetch, Kind, Message, Reader, Records, Selection, queue};

/// Inputs that found something new in earlier runs, one a line.
pub const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/fuzz-corpus.txt");
/// The time of the gate.
const NOW_MS: u64 = 1_790_000_000_000;
/// Longest input that is kept.
const LONGEST: usize = 400;

/// splitmix64.
struct Rng(u64);

impl Rng {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound.max(1) as u64) as usize
    }

    fn bend(&mut self, bytes: &mut Vec<u8>, other: &[u8]) {
        let at = self.below(bytes.len());
        match self.below(9) {
            _ if bytes.is_empty() => bytes.push(self.next() as u8),
            0 | 1 => bytes[at] ^= 1 << self.below(8),
            2 => bytes[at] = self.next() as u8,
            3 => bytes[at] = [0, 1, 2, 8, 9, 0x10, 0x7F, 0x80, 0xFE, 0xFF][self.below(10)],
            4 => bytes.truncate(at),
            5 => bytes.insert(at, self.next() as u8),
            6 => drop(bytes.remove(at)),
            7 => {
                let end = (at + 1 + self.below(24)).min(bytes.len());
                let piece = bytes[at..end].to_vec();
                let to = self.below(bytes.len());
                bytes.splice(to..to, piece);
            }
            _ => {
                // The beginning of one and the end of another.
                let from = self.below(other.len());
                bytes.truncate(at);
                bytes.extend(&other[from..]);
            }
        }
        bytes.truncate(LONGEST);
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(line: &str) -> Vec<u8> {
    (0..line.len() / 2 * 2).step_by(2).map(|at| u8::from_str_radix(&line[at..at + 2], 16).expect("digits")).collect()
}

/// What the decoders are tried with.
pub struct Fuzz {
    ring: KeyRing,
    exchange: Exchange,
    encrypted: Exchange,
    /// Requests that may pass.
    good: HashSet<Vec<u8>>,
    answers: HashSet<Vec<u8>>,
    texts: HashSet<Vec<u8>>,
    /// The edge's side of a paired link, and what the device has said on it.
    link: Session,
    sealed: HashSet<Vec<u8>>,
    corpus: Vec<Vec<u8>>,
    seen: HashSet<u64>,
    rng: Rng,
    /// What was accepted by some decoder.
    pub accepted: u64,
}

impl Fuzz {
    /// With good inputs of every kind, and those of `corpus`.
    pub fn new(corpus: &str, seed: u64) -> Self {
        let mut ring = KeyRing::new(DeviceKey::new([3; 32]), DeviceId([4; 8]), 0);
        ring.enable(0).expect("a slot");
        ring.enable(1).expect("a slot");
        let frame = |frame: FrameBuilder| frame.build().expect("a frame");
        let root = ring.root(0, &frame(FrameBuilder::new().grant(ANY, ANY, Rights::ALL))).expect("a root");
        let who = root.derive(&frame(FrameBuilder::new().ident(Identity([5; 8])))).expect("a token");
        let rich = FrameBuilder::new()
            .requires(Identity([5; 8]))
            .grant(1, 2, Right::Get | Right::Put)
            .expires(u32::MAX)
            .not_before(1)
            .lane(0)
            .max_len(100)
            .min_gap(1)
            .sealed();
        let rich = root.derive(&frame(rich)).expect("a token");
        let edge = ring.root(1, &frame(FrameBuilder::new().grant(ANY, ANY, Rights::ALL))).expect("a root");
        let pairing = Pairing::new(edge.token(), [6; 8], [7; 8]);
        let mut device = Session::new(&pairing, End::Device);
        let mut fuzz = Self {
            ring,
            exchange: Request { op: Op::Flatten, ..request(&[]) }
                .bind(&[root.token()], &mut [0; 256])
                .expect("bound")
                .exchange,
            encrypted: request(&[]).bind_encrypted(&[root.token()], &mut [0; 256]).expect("bound").exchange,
            good: HashSet::new(),
            answers: HashSet::new(),
            texts: HashSet::new(),
            link: Session::new(&pairing, End::Edge),
            sealed: HashSet::new(),
            corpus: Vec::new(),
            seen: HashSet::new(),
            rng: Rng(seed),
            accepted: 0,
        };
        for body in [&b""[..], b"what a device says to its edge"] {
            let (header, tag) = device.seal(Kind::Fetch as u8, body).expect("a number");
            fuzz.sealed.insert([&header[..], body, &tag].concat());
        }
        fuzz.corpus.extend(fuzz.sealed.clone());
        fuzz.requests(&root, &rich, &who);
        fuzz.messages(&root);
        fuzz.corpus.extend(corpus.lines().map(unhex));
        fuzz.corpus.sort();
        fuzz.corpus.dedup();
        for input in fuzz.corpus.clone() {
            fuzz.try_out(&input);
        }
        fuzz
    }

    fn requests(&mut self, root: &Capability, rich: &Capability, who: &Capability) {
        let mut wire = vec![0; 1024];
        for (capabilities, encrypt, op) in [
            (vec![root], false, Op::Get),
            (vec![rich, who], false, Op::Put),
            (vec![root], true, Op::Put),
            (vec![root], false, Op::Flatten),
            (vec![root], false, Op::Revoke),
        ] {
            let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
            let request = Request { op, ..request(b"payload of 20 bytes.") };
            let bound =
                if encrypt { request.bind_encrypted(&tokens, &mut wire) } else { request.bind(&tokens, &mut wire) };
            let length = bound.expect("bound").len;
            self.good.insert(wire[..length].to_vec());
            self.corpus.push(wire[..length].to_vec());
        }
        for exchange in [self.exchange, self.encrypted] {
            let mut payload = [0; MAX_FLATTENED];
            let slot = nano_caps::SlotKeys::slot_key(&self.ring, root.body().header()).expect("enabled");
            let length = exchange.answer_flatten(&slot, root.body(), &mut payload).expect("fits");
            let length = exchange.respond(Status::Ok, 5, &payload[..length], &mut wire).expect("fits");
            self.answers.insert(wire[..length].to_vec());
            self.corpus.push(wire[..length].to_vec());
        }
        for capability in [root, rich, who] {
            self.corpus.push(capability.stored().to_vec());
            let mut out = [0; nano_caps::MAX_TEXT];
            let text = capability.write_text(&mut out).expect("fits").as_bytes().to_vec();
            self.texts.insert(text.clone());
            self.corpus.push(text);
        }
        self.corpus.push(self.ring.state().to_vec());
    }

    /// Operations' payloads and messages of the link: their corpus grows from short ones.
    fn messages(&mut self, root: &Capability) {
        let mut out = vec![0; 1024];
        for revocation in [Revocation::Subtree(root.body().as_bytes()), Revocation::Slot(1), Revocation::All] {
            let length = revocation.encode(&mut out).expect("fits");
            self.corpus.push(out[..length].to_vec());
        }
        for first in 0..6 {
            self.corpus.push([&[first], &[1; 60][..], b"\x04lamp\x0alights.fun"].concat());
        }
        let mut wire = vec![0; 256];
        let length = link::encode(Kind::Request as u8, &[b"some body \0 with a zero"], &mut wire).expect("fits");
        self.corpus.push(wire[..length].to_vec());
    }

    /// Whether this outcome of this decoder has not been seen before.
    fn new_outcome(&mut self, decoder: u64, outcome: u64) -> bool {
        self.seen.insert(decoder << 48 | outcome & 0xFFFF_FFFF_FFFF)
    }

    /// Bends one input of the corpus and tries it out.
    pub fn step(&mut self) {
        let mut input = self.corpus[self.rng.below(self.corpus.len())].clone();
        for _ in 0..=self.rng.below(4) {
            let other = self.rng.below(self.corpus.len());
            self.rng.bend(&mut input, &self.corpus[other]);
        }
        if self.try_out(&input) && !self.corpus.contains(&input) {
            self.corpus.push(input);
        }
    }

    /// The corpus, one input a line.
    pub fn corpus(&self) -> String {
        let mut lines: Vec<String> = self.corpus.iter().map(|input| hex(input)).collect();
        lines.sort();
        lines.join("\n") + "\n"
    }

    /// How many inputs are kept, and how many outcomes they have shown.
    pub fn found(&self) -> (usize, usize) {
        (self.corpus.len(), self.seen.len())
    }

    /// Gives bytes to every decoder. `true` when one of them did something new.
    fn try_out(&mut self, input: &[u8]) -> bool {
        let mut is_new = self.capabilities(input);
        is_new |= self.gate(input);
        is_new | self.wire(input)
    }

    fn capabilities(&mut self, input: &[u8]) -> bool {
        let mut is_new = false;
        let outcome = match Body::split(input) {
            Ok((body, rest)) => {
                self.accepted += 1;
                assert_eq!(Body::parse(body.as_bytes()), Ok(body));
                assert_eq!(body.as_bytes().len() + rest.len(), input.len());
                if let Ok(flat) = Capability::flatten_root(&nano_caps::SlotKey::new([1; 16]), body) {
                    assert_eq!(flat.body().rights(1, 2), body.rights(1, 2), "{body:?}");
                    assert_eq!(flat.body().frames().count(), 1);
                }
                let mut payload = [0; MAX_FLATTENED];
                let slot = nano_caps::SlotKey::new([1; 16]);
                let _ = self.exchange.answer_flatten(&slot, body, &mut payload);
                if let Ok(length) = self.exchange.answer_identity(&slot, body, Identity([9; 8]), u32::MAX, &mut payload)
                {
                    let minted = Body::parse(&payload[..length - 16]).expect("a body");
                    assert!(minted.rights(1, 2).is_empty() && minted.identities().any(|id| id == Identity([9; 8])));
                }
                for (index, frame) in body.frames().enumerate() {
                    for entry in frame.entries() {
                        let kind = match entry {
                            nano_caps::Entry::Grant(_) => 0,
                            nano_caps::Entry::Expires(_) => 1,
                            nano_caps::Entry::NotBefore(_) => 2,
                            nano_caps::Entry::Lane(_) => 3,
                            nano_caps::Entry::Requires(_) => 4,
                            nano_caps::Entry::Ident(_) => 5,
                            nano_caps::Entry::MaxLen(_) => 6,
                            nano_caps::Entry::Sealed => 7,
                            nano_caps::Entry::MinGap(_) => 8,
                        };
                        is_new |= self.new_outcome(0x40, kind << 4 | index as u64);
                    }
                }
                let inert = body.widenings().count().min(3) as u64;
                let rights = u64::from(body.rights(1, 2).is_empty());
                1 << 20 | inert << 4 | rights << 6 | (body.summary().frames as u64) << 8
            }
            Err(error) => error as u64,
        };
        is_new |= self.new_outcome(1, outcome);
        let outcome = match Capability::parse(input) {
            Ok(capability) => {
                assert_eq!(capability.stored(), input);
                assert_eq!(Token::parse(input), Ok(capability.token()));
                1 << 20
            }
            Err(error) => error as u64,
        };
        is_new |= self.new_outcome(2, outcome);
        if let Ok(text) = str::from_utf8(input) {
            let outcome = match Capability::from_text(text) {
                Ok(_) => {
                    assert!(self.texts.contains(input), "a checksum of 4 bytes was met by chance: {text}");
                    1 << 20
                }
                Err(error) => error as u64,
            };
            is_new |= self.new_outcome(3, outcome);
        }
        for (number, exchange) in [(4, self.exchange), (5, self.encrypted)] {
            let mut copy = input.to_vec();
            let outcome = match exchange.open_in_place(&mut copy) {
                Ok(response) => {
                    assert!(self.answers.contains(input), "a forged answer was believed");
                    let _ = exchange.open_flatten(&response);
                    1 << 20
                }
                Err(error) => error as u64,
            };
            is_new |= self.new_outcome(number, outcome);
            // As if the tag had been right.
            let response = nano_caps::Response { status: Status::Ok, rseq: 0, payload: input };
            let outcome = exchange.open_flatten(&response).map_or_else(|error| error as u64, |_| 1 << 20);
            is_new |= self.new_outcome(number + 2, outcome);
        }
        let mut link = self.link;
        let outcome = match link.open(input) {
            Ok(_) => {
                assert!(self.sealed.contains(input), "a forged message was heard");
                1 << 20
            }
            Err(error) => error as u64,
        };
        is_new |= self.new_outcome(19, outcome);
        if let Some(state) = input.first_chunk::<RING_STATE_SIZE>() {
            let ring = KeyRing::restore(DeviceKey::new([3; 32]), DeviceId([4; 8]), state);
            let outcome = ring.map_or_else(|error| error as u64, |ring| 1 << 20 | u64::from(ring.header(0).is_ok()));
            is_new |= self.new_outcome(8, outcome);
        }
        is_new
    }

    fn gate(&mut self, input: &[u8]) -> bool {
        let outcome = match RequestView::parse(input) {
            Ok(view) => {
                self.accepted += 1;
                1 << 30
                    | u64::from(view.op.code())
                    | u64::from(view.second.is_some()) << 8
                    | u64::from(view.encrypted) << 9
                    | u64::from(view.wide_tag()) << 10
                    | u64::from(view.payload.is_empty()) << 11
            }
            Err(error) => error as u64,
        };
        let mut is_new = self.new_outcome(9, outcome);
        for in_place in [false, true] {
            let mut verifier = Verifier::boot(None, NOW_MS, 0);
            let mut copy = input.to_vec();
            let result = if in_place {
                verifier.verify_in_place(&self.ring, &mut copy, 0, |_| true)
            } else {
                verifier.verify(&self.ring, input, 0, |_| true)
            };
            let outcome = match result {
                Ok(_) => {
                    assert!(self.good.contains(input), "a bent request passed the gate: {}", hex(input));
                    1 << 20
                }
                Err(Refusal::Silent(Silence::Malformed(error))) => error as u64,
                Err(Refusal::Silent(Silence::Revoked)) => 1 << 21,
                Err(Refusal::Silent(Silence::Flood)) => panic!("the first request is no flood"),
                Err(Refusal::Silent(Silence::Tag)) => 1 << 22,
                Err(Refusal::Answer { status, .. }) => {
                    assert!(self.good.contains(input), "a bent request was answered: {}", hex(input));
                    1 << 23 | u64::from(status.code())
                }
                Err(Refusal::Retry(_)) => panic!("nothing came before"),
            };
            is_new |= self.new_outcome(10 + u64::from(in_place), outcome);
        }
        is_new
    }

    fn wire(&mut self, input: &[u8]) -> bool {
        let mut is_new = false;
        let mut out = vec![0; input.len() + 16];
        for kind in Kind::ALL {
            let outcome = match Message::decode(*kind as u8, input) {
                Ok(message) => {
                    self.accepted += 1;
                    let length = message.encode(&mut out).expect("as long as it was");
                    // All features are said by nothing at all, but a device that has one more than this edge knows of,
                    // and left that one out, spells them out.
                    let spelled = matches!(message, Message::Fetch(Fetch { features: Features::ALL, .. }));
                    let written = input.strip_suffix(&Features::ALL.0.to_le_bytes()).filter(|_| spelled);
                    assert_eq!(
                        &out[..length],
                        written.filter(|rest| rest.len() == length).unwrap_or(input),
                        "{message:?}"
                    );
                    1 << 20
                }
                Err(error) => error as u64,
            };
            is_new |= self.new_outcome(0x100 + *kind as u64, outcome);
        }
        macro_rules! both_ways {
            ($number:literal, $decoder:expr) => {
                let outcome = match $decoder {
                    Ok(decoded) => {
                        let length = decoded.encode(&mut out).expect("as long as it was");
                        assert_eq!(&out[..length], input, "{decoded:?}");
                        1 << 20
                    }
                    Err(error) => error as u64,
                };
                is_new |= self.new_outcome($number, outcome);
            };
        }
        both_ways!(0x20, Install::decode(input));
        both_ways!(0x21, Installed::decode(input));
        both_ways!(0x22, Limit::decode(input));
        both_ways!(0x23, SequenceFix::decode(input));
        both_ways!(0x24, Revocation::decode(input));
        both_ways!(0x26, Mint::decode(input));
        both_ways!(0x27, Update::decode(input));
        both_ways!(0x28, Updating::decode(input));
        both_ways!(0x25, Listing::decode(input));
        both_ways!(0x29, queue::Put::decode(input));
        both_ways!(0x2A, queue::Collected::decode(input));
        macro_rules! once {
            ($number:literal, $decoder:expr) => {
                let outcome = $decoder.map_or_else(|error| error as u64, |_| 1 << 20);
                is_new |= self.new_outcome($number, outcome);
            };
        }
        once!(0x30, DeviceStat::decode(input));
        once!(0x2B, queue::Entry::read(&mut Reader::new(input)));
        once!(0x31, LogStat::read(&mut Reader::new(input)));
        once!(0x32, FunctionStat::read(&mut Reader::new(input)));
        once!(0x33, Selection::read(&mut Reader::new(input)));
        let outcome = Refused::decode(input).map_or(0, |refused| refused as u64 + 1);
        is_new |= self.new_outcome(0x34, outcome);
        let outcome = match Records::decode(input) {
            Ok(records) => 1 << 20 | records.iter().count().min(4) as u64,
            Err(error) => error as u64,
        };
        is_new |= self.new_outcome(0x35, outcome);
        let mut decoder = Decoder::new([0; 128]);
        let mut outcome = 0;
        for byte in input.iter().chain(&[0]) {
            outcome = outcome << 3 & 0x3F
                | match decoder.push(*byte) {
                    Ok(false) => continue,
                    Ok(true) => 7,
                    Err(error) => error as u64 + 1,
                };
        }
        is_new | self.new_outcome(0x36, outcome)
    }
}

fn request(payload: &[u8]) -> Request<'_> {
    Request { op: Op::Get, lane: 0, seq: Sequence::new(NOW_MS, 0), ns: 1, woof: 2, payload, wide_tag: false }
}

#[test]
fn no_decoder_panics_and_no_bent_request_passes() {
    let corpus = std::fs::read_to_string(CORPUS).expect("the corpus is kept");
    let mut fuzz = Fuzz::new(&corpus, 1);
    let (kept, outcomes) = fuzz.found();
    for _ in 0..150_000 {
        fuzz.step();
    }
    assert!(fuzz.accepted > 20_000, "only {} were accepted by some decoder", fuzz.accepted);
    let (more, seen) = fuzz.found();
    assert_eq!(fuzz.corpus().lines().count(), more);
    println!("{kept} inputs and {outcomes} outcomes were known, now {more} and {seen}");
}
