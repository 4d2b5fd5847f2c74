//! A device, an unchecked forger of capabilities and requests, and a deterministic source of chance.

use hmac::{Hmac, KeyInit, Mac};
use nano_caps::{
    ANY, Capability, ChainKey, DeviceId, DeviceKey, Domain, Frame, FrameBuilder, Header, KeyRing, Op, Refusal, Request,
    Right, Rights, Sequence, Silence, SlotKey, SlotKeys, Status, Verifier, epoch_key, slot_key, step,
};
use sha2::Sha256;

/// The time of the vectors.
pub const NOW_MS: u64 = 1_790_000_000_000;

/// So many rounds; under Miri, which takes hundreds of times as long for each, as many fewer.
pub const fn rounds(count: usize) -> usize {
    if cfg!(miri) { count.div_ceil(300) } else { count }
}

pub fn now(counter: u16) -> Sequence {
    Sequence::new(NOW_MS, counter)
}

/// splitmix64.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }

    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.next() as u8).collect()
    }

    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.next() as u8)
    }

    /// Bits flipped, bytes cut off, doubled, put in or appended.
    pub fn mutate(&mut self, bytes: &mut Vec<u8>) {
        match self.below(5) {
            _ if bytes.is_empty() => bytes.push(self.next() as u8),
            0 | 1 => {
                let at = self.below(bytes.len());
                bytes[at] ^= 1 << self.below(8);
            }
            2 => bytes.truncate(self.below(bytes.len())),
            3 => {
                let (from, to) = (self.below(bytes.len()), self.below(bytes.len()));
                let piece = bytes[from.min(to)..=from.max(to)].to_vec();
                let at = self.below(bytes.len());
                bytes.splice(at..at, piece);
            }
            _ => bytes.push(self.next() as u8),
        }
    }
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

pub fn unhex(text: &str) -> Vec<u8> {
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).expect("hex")).collect()
}

/// What a device made of a request, in the format's words; the silent ones are one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Is(Status),
    Silent(Silence),
    Retry,
}

pub const OK: Outcome = Outcome::Is(Status::Ok);
pub const DENIED: Outcome = Outcome::Is(Status::Denied);
pub const FORGED: Outcome = Outcome::Silent(Silence::Tag);
pub const DEAD: Outcome = Outcome::Silent(Silence::Revoked);

pub fn outcome<T>(result: &Result<T, Refusal<'_>>) -> Outcome {
    match result {
        Ok(_) => OK,
        Err(Refusal::Answer { status, .. }) => Outcome::Is(*status),
        Err(Refusal::Silent(why)) => Outcome::Silent(*why),
        Err(Refusal::Retry(_)) => Outcome::Retry,
    }
}

/// A device with slots 0 and 1, the owner's and the Edgistry's, at [`NOW_MS`].
pub struct Device {
    pub ring: KeyRing,
    pub verifier: Verifier,
    /// The high-water mark in flash and how often it was written.
    pub mark: Option<Sequence>,
    pub writes: usize,
    pub uptime_ms: u64,
    /// Power fails during the next flash write: before the new mark is whole (`false`), or just after.
    pub cut: Option<bool>,
}

impl Device {
    pub fn new() -> Self {
        Self::with(DeviceKey::new(std::array::from_fn(|i| i as u8)), DeviceId([0, 17, 34, 51, 68, 85, 102, 119]))
    }

    pub fn with(key: DeviceKey, id: DeviceId) -> Self {
        let mut ring = KeyRing::new(key, id, 0);
        ring.enable(0).unwrap();
        ring.enable(1).unwrap();
        Self { ring, verifier: Verifier::boot(None, NOW_MS, 0), mark: None, writes: 0, uptime_ms: 0, cut: None }
    }

    /// Power fails and comes back; only flash and keys survive. The clock chip, if any, said `time_ms`.
    pub fn reboot(&mut self, time_ms: u64) {
        self.uptime_ms = 0;
        self.verifier = Verifier::boot(self.mark, time_ms, 0);
    }

    /// The device is about to be reset, and knows.
    pub fn settle(&mut self) {
        let (mark, writes, cut) = (&mut self.mark, &mut self.writes, &mut self.cut);
        self.verifier.settle(|new| {
            if cut.take() != Some(false) {
                *mark = Some(new);
            }
            *writes += 1;
        });
    }

    pub fn verify<'a>(&mut self, bytes: &'a [u8]) -> Result<nano_caps::Verified<'a>, Refusal<'a>> {
        let (mark, writes, cut) = (&mut self.mark, &mut self.writes, &mut self.cut);
        // Verification floods are a test of their own.
        self.uptime_ms += 20;
        self.verifier.verify(&self.ring, bytes, self.uptime_ms, |new| {
            let whole = cut.take();
            if whole != Some(false) {
                *mark = Some(new);
            }
            *writes += 1;
            // What follows a cut does not happen.
            whole.is_none()
        })
    }

    pub fn outcome(&mut self, bytes: &[u8]) -> Outcome {
        outcome(&self.verify(bytes))
    }

    /// As on a device that has seen nothing yet.
    pub fn fresh(&self, bytes: &[u8]) -> Outcome {
        let mut verifier = Verifier::boot(None, NOW_MS, 0);
        outcome(&verifier.verify(&self.ring, bytes, 0, |_| true))
    }

    /// What a debugger would see of a verification.
    pub fn verify_once(&self, bytes: &[u8]) -> String {
        format!("{:?}", Verifier::boot(None, NOW_MS, 0).verify(&self.ring, bytes, 0, |_| true))
    }

    pub fn root(&self) -> Capability {
        self.ring.root(0, &all()).unwrap()
    }

    pub fn slot_key(&self, slot: u8) -> SlotKey {
        self.ring.slot_key(self.ring.header(slot).unwrap()).unwrap()
    }
}

pub fn all() -> Frame {
    FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap()
}

pub fn grant(ns: u16, woof: u16, rights: impl Into<Rights>) -> Frame {
    FrameBuilder::new().grant(ns, woof, rights.into()).build().unwrap()
}

/// A request for `(1, 2)` in lane 0 at [`NOW_MS`].
pub fn ask(op: Op) -> Request<'static> {
    Request { op, lane: 0, seq: now(0), ns: 1, woof: 2, payload: &[], wide_tag: false }
}

pub fn get() -> Request<'static> {
    ask(Right::Get)
}

pub fn bind(request: &Request<'_>, capabilities: &[&Capability]) -> Vec<u8> {
    let tokens: Vec<_> = capabilities.iter().map(|capability| capability.token()).collect();
    let mut out = vec![0; 70_000];
    let bound = request.bind(&tokens, &mut out).unwrap();
    out.truncate(bound.len);
    out
}

/// Capabilities without any check: what an attacker with a keyboard can make. Written apart from the crate's own encoder.
#[derive(Clone)]
pub struct Forged {
    pub header: [u8; 4],
    pub frames: Vec<Vec<u8>>,
    pub key: ChainKey,
}

impl Forged {
    pub fn root(slot: &SlotKey, header: [u8; 4], frame: &[u8]) -> Self {
        let key = step(&ChainKey::from(*slot), Domain::Root, &[&header, frame].concat());
        Self { header, frames: vec![frame.to_vec()], key }
    }

    /// The frames and key of a real one, to go on from.
    pub fn from(capability: &Capability) -> Self {
        let token = capability.token();
        let frames = token.body.frames().map(|frame| frame.as_bytes().to_vec()).collect();
        Self { header: token.body.header().to_bytes(), frames, key: token.key }
    }

    pub fn derive(&self, frame: &[u8]) -> Self {
        let mut next = self.clone();
        next.frames.push(frame.to_vec());
        next.key = step(&self.key, Domain::Frame, frame);
        next
    }

    pub fn body(&self) -> Vec<u8> {
        [&self.header[..], &[self.frames.len() as u8], &self.frames.concat()].concat()
    }
}

/// A frame of raw entry bytes.
pub fn raw_frame(entries: &[u8]) -> Vec<u8> {
    [&[entries.len() as u8], entries].concat()
}

/// The fields of a request, none of them checked.
#[derive(Clone)]
pub struct ForgedRequest {
    pub flags: u8,
    pub lane: u8,
    pub op: u8,
    pub seq: u64,
    pub ns: u16,
    pub woof: u16,
    pub payload: Vec<u8>,
}

impl ForgedRequest {
    pub fn get() -> Self {
        Self { flags: 0, lane: 0, op: 1, seq: now(0).0, ns: 1, woof: 2, payload: vec![] }
    }

    pub fn header(&self) -> Vec<u8> {
        let mut header = vec![0x10, self.flags, self.lane, self.op];
        header.extend(self.seq.to_le_bytes());
        header.extend(self.ns.to_le_bytes());
        header.extend(self.woof.to_le_bytes());
        header.extend((self.payload.len() as u16).to_le_bytes());
        header
    }

    /// With the tag that the capabilities' keys give.
    pub fn bind(&self, capabilities: &[&Forged]) -> Vec<u8> {
        let key = match capabilities {
            [one] => one.key,
            [one, two] => step(&one.key, Domain::Join, two.key.as_bytes()),
            _ => unreachable!(),
        };
        let bodies: Vec<_> = capabilities.iter().flat_map(|capability| capability.body()).collect();
        self.with(&bodies, &self.tag(&key))
    }

    pub fn tag(&self, key: &ChainKey) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(&[3]);
        mac.update(&self.header());
        mac.update(&self.payload);
        mac.finalize().into_bytes().into()
    }

    /// With any bodies and tag.
    pub fn with(&self, bodies: &[u8], tag: &[u8]) -> Vec<u8> {
        let size = if self.flags & 1 != 0 { 16 } else { 8 };
        [&self.header(), bodies, &self.payload, &tag[..size]].concat()
    }
}

/// A slot key of any device, slot, generation and epoch.
pub fn any_slot_key(device: &DeviceKey, id: DeviceId, header: Header) -> SlotKey {
    slot_key(&epoch_key(device, id, header.epoch()), header.slot(), header.generation())
}
