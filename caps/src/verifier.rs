//! The gate of a device: every remote operation passes here once, or not at all.

use core::mem;

use crate::{
    Body, ChainKey, Error, Exchange, Header, LANES, Op, REQUEST_HEADER_SIZE, RequestView, Sequence, SlotKeys, Status,
    TokenBucket,
    cipher::{self, Direction},
    hash::equal,
    keyring::chain,
    policy::Policy,
    request::{request_key, request_tag},
};

/// How far ahead of the device's time a sequence number may be.
pub const MAX_AHEAD_MS: u64 = 24 * 3600 * 1000;
/// How far above the last accepted number the high-water mark is set: at most one flash write in this time.
pub const HIGH_WATER_STEP_MS: u64 = 60_000;
/// Verifications a second, and at once, before a flood is dropped unverified.
const VERIFICATIONS: u16 = 50;
/// How much of a request's tag is remembered to know its retry. The retry's own tag has been verified in full by then.
const REMEMBERED: usize = 8;

/// A request that is authentic, allowed and fresh: to be executed once and answered.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Verified<'a> {
    /// The operation.
    pub op: Op,
    /// With `seq` the operation's identity.
    pub lane: u8,
    /// Time and order in the lane.
    pub seq: Sequence,
    /// Namespace handle.
    pub ns: u16,
    /// Log handle.
    pub woof: u16,
    /// The payload.
    pub payload: &'a [u8],
    /// The capability that granted it.
    pub capability: Body<'a>,
    /// The key and whole tag the answer is made with.
    pub exchange: Exchange,
}

/// Why a request is not executed, and whether the asker learns it.
#[derive(Clone, Copy, Debug)]
pub enum Refusal<'a> {
    /// No answer at all: no oracle, no amplifier. The reason is for the device's own counters.
    Silent(Silence),
    /// The request was authentic; answer with this status.
    Answer {
        /// Never `Ok`.
        status: Status,
        /// The device's time for `SEQ_*`, else 0.
        rseq: u64,
        /// Makes the answer.
        exchange: Exchange,
    },
    /// The lane's last operation again, byte for byte: send its answer again, execute nothing.
    Retry(Verified<'a>),
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silence {
    /// The bytes are no request.
    Malformed(Error),
    /// Slot, generation or epoch is not current, or the subtree was revoked.
    Revoked,
    /// More verifications than the device affords.
    Flood,
    /// The tag is not the key's.
    Tag,
}

impl From<Error> for Refusal<'_> {
    fn from(error: Error) -> Self {
        Self::Silent(Silence::Malformed(error))
    }
}

impl From<Silence> for Refusal<'_> {
    fn from(why: Silence) -> Self {
        Self::Silent(why)
    }
}

/// A refusal that borrows nothing.
enum Judgement {
    Silent(Silence),
    Answer { status: Status, rseq: u64, exchange: Exchange },
    Retry(Exchange),
}

impl Judgement {
    fn about<'a>(self, view: &RequestView<'a>) -> Refusal<'a> {
        match self {
            Self::Silent(why) => Refusal::Silent(why),
            Self::Answer { status, rseq, exchange } => Refusal::Answer { status, rseq, exchange },
            Self::Retry(exchange) => Refusal::Retry(Verified::new(view, exchange)),
        }
    }
}

impl From<Error> for Judgement {
    fn from(error: Error) -> Self {
        Self::Silent(Silence::Malformed(error))
    }
}

impl<'a> Verified<'a> {
    fn new(view: &RequestView<'a>, exchange: Exchange) -> Self {
        let RequestView { op, lane, seq, ns, woof, payload, first: capability, .. } = *view;
        Self { op, lane, seq, ns, woof, payload, capability, exchange }
    }
}

impl Refusal<'_> {
    /// Writes the answer, when there is one to make from the refusal alone, and returns its length. Silence has none;
    /// that to a retry is the one the device gave before.
    pub fn answer(&self, out: &mut [u8]) -> Result<Option<usize>, Error> {
        match self {
            Self::Silent(_) | Self::Retry(_) => Ok(None),
            Self::Answer { status, rseq, exchange } => exchange.respond(*status, *rseq, &[], out).map(Some),
        }
    }
}

#[derive(Clone, Copy, Debug, Default)]
struct Lane {
    last: Sequence,
    tag: [u8; REMEMBERED],
}

/// The lanes' last sequence numbers, the device's time and its high-water mark.
#[derive(Clone, Debug)]
pub struct Verifier {
    lanes: [Lane; LANES as usize],
    time_ms: u64,
    uptime_ms: u64,
    high_water: Sequence,
    bucket: TokenBucket,
}

/// Of the first and of the second capability.
struct Slots {
    first: ChainKey,
    second: ChainKey,
}

/// What one verification holds besides the request and one hash: the chain so far and the frames' meet.
struct Pass {
    policy: Policy,
    /// Of the capability being read.
    key: ChainKey,
    /// Before the second capability: its slot key. From then on: the first one's last key.
    other: ChainKey,
    revoked: bool,
}

impl Verifier {
    /// At power-on. `high_water` is the mark last persisted, if any; `time_ms` the best known unix time (0 if none);
    /// `uptime_ms` the monotonic clock that every later call is given, too.
    ///
    /// No number up to the mark is accepted again. The device's time moves past the mark, so that a client which follows
    /// the time in the `SEQ_LOW` answer is accepted at once.
    pub fn boot(high_water: Option<Sequence>, time_ms: u64, uptime_ms: u64) -> Self {
        let mark = high_water.unwrap_or_default();
        let past_mark = if mark == Sequence::ZERO { 0 } else { mark.ms() + 1 };
        Self {
            lanes: [Lane { last: mark, ..Lane::default() }; LANES as usize],
            time_ms: time_ms.max(past_mark),
            uptime_ms,
            high_water: mark,
            bucket: TokenBucket::new(VERIFICATIONS, VERIFICATIONS, uptime_ms),
        }
    }

    /// The device's time, unix ms, as of the last call.
    pub fn time_ms(&self) -> u64 {
        self.time_ms
    }

    /// The lane's last accepted number; `None` above lane 7.
    pub fn last(&self, lane: u8) -> Option<Sequence> {
        self.lanes.get(usize::from(lane)).map(|lane| lane.last)
    }

    /// Moves the time on by the device's own tick.
    pub fn advance(&mut self, uptime_ms: u64) {
        if uptime_ms > self.uptime_ms {
            self.time_ms = self.time_ms.saturating_add(uptime_ms - self.uptime_ms);
            self.uptime_ms = uptime_ms;
        }
    }

    /// Whether the device affords another verification now; for what costs as much as one.
    pub fn afford(&mut self, uptime_ms: u64) -> bool {
        self.bucket.take(uptime_ms)
    }

    /// Sets the time: when flashing, or for SEQFIX.
    pub fn set_time(&mut self, time_ms: u64) {
        self.time_ms = time_ms;
    }

    /// Sets a lane's last number: for SEQFIX. Lowering it frees a lane that was jammed by a far-future number, and lets
    /// what was accepted above `last` be replayed; revoke the jammer's slot first. The mark stays.
    pub fn set_last(&mut self, lane: u8, last: Sequence) -> Result<(), Error> {
        *self.lanes.get_mut(usize::from(lane)).ok_or(Error::Lane)? = Lane { last, ..Lane::default() };
        Ok(())
    }

    /// Before a reset that is meant: brings the mark down to the highest number that was accepted, so that afterwards a request
    /// is refused only for a number that is not above those. Call it at any time; `persist` stores the mark, or fails to: the
    /// next number accepted stores one above itself in any case.
    pub fn settle(&mut self, persist: impl FnOnce(Sequence)) {
        let highest = self.lanes.iter().map(|lane| lane.last).max().unwrap_or_default();
        if highest < self.high_water {
            self.high_water = highest;
            persist(highest);
        }
    }

    /// Verifies one request. `Ok` means: execute it, once.
    ///
    /// Header, lengths, lane, slot, generation and epoch are checked before anything is hashed, and the token bucket
    /// before that costs time; then frames are hashed and read in one pass, and what they say is acted on only after the
    /// tag compared equal. `persist` is called when the high-water mark rises: it must have stored the mark when it
    /// returns true; on false the answer is `BUSY` and nothing has changed.
    pub fn verify<'a>(
        &mut self,
        keys: &impl SlotKeys,
        bytes: &'a [u8],
        uptime_ms: u64,
        persist: impl FnOnce(Sequence) -> bool,
    ) -> Result<Verified<'a>, Refusal<'a>> {
        let slots = self.admit(keys, bytes, uptime_ms)?;
        if RequestView::is_encrypted(bytes) {
            return Err(Error::Encrypted.into());
        }
        let view = RequestView::delimit(bytes)?;
        match self.judge(keys, &slots, bytes, &view, persist) {
            Ok(exchange) => Ok(Verified::new(&view, exchange)),
            Err(judgement) => Err(judgement.about(&view)),
        }
    }

    /// As [`Verifier::verify`], and takes encrypted payloads, too: once the request is accepted, its payload is decrypted
    /// where it stands. A refused request is left as it came.
    #[inline(never)]
    pub fn verify_in_place<'a>(
        &mut self,
        keys: &impl SlotKeys,
        bytes: &'a mut [u8],
        uptime_ms: u64,
        persist: impl FnOnce(Sequence) -> bool,
    ) -> Result<Verified<'a>, Refusal<'a>> {
        let slots = self.admit(keys, bytes, uptime_ms)?;
        let view = RequestView::delimit(bytes)?;
        let judged = self.judge(keys, &slots, bytes, &view, persist);
        if let (Ok(exchange), true) = (&judged, view.encrypted) {
            let (key, seq, header, tag) = (exchange.key(), view.seq, *view.header, view.tag.len());
            let end = bytes.len().saturating_sub(tag);
            let start = end.saturating_sub(view.payload.len());
            cipher::apply(&key, seq, Direction::Request(&header), bytes.get_mut(start..end).unwrap_or_default());
        }
        let view = RequestView::delimit(bytes)?;
        match judged {
            Ok(exchange) => Ok(Verified::new(&view, exchange)),
            Err(judgement) => Err(judgement.about(&view)),
        }
    }

    /// What is refused before anything is hashed, at the cost of some hundred instructions: noise, requests under keys
    /// that are not current, floods. Returns the slot keys of both capabilities.
    #[inline(never)]
    fn admit(&mut self, keys: &impl SlotKeys, bytes: &[u8], uptime_ms: u64) -> Result<Slots, Silence> {
        self.advance(uptime_ms);
        let second = RequestView::check(bytes).map_err(Silence::Malformed)?;
        let slot_key = |at: usize| {
            let header = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(Silence::Revoked)?;
            let header = Header::from_bytes(*header).map_err(Silence::Malformed)?;
            keys.slot_key(header).map(ChainKey::from).ok_or(Silence::Revoked)
        };
        let first = slot_key(REQUEST_HEADER_SIZE)?;
        let second = if second == 0 { first } else { slot_key(second)? };
        if self.bucket.take(uptime_ms) { Ok(Slots { first, second }) } else { Err(Silence::Flood) }
    }

    // Each a function of its own: with the states of its hashes in the caller's stack frame as well, the lx106's
    // compiler gives up on it.
    #[inline(never)]
    fn judge(
        &mut self,
        keys: &impl SlotKeys,
        slots: &Slots,
        bytes: &[u8],
        view: &RequestView<'_>,
        persist: impl FnOnce(Sequence) -> bool,
    ) -> Result<Exchange, Judgement> {
        let mut pass = Pass {
            policy: Policy::new(view.op, view.ns, view.woof),
            key: slots.first,
            other: slots.second,
            revoked: false,
        };
        let Pass { policy, key, other, revoked } = &mut pass;
        view.frames(policy, bytes, |which, header, index, frame| {
            if which == 1 && index == 0 {
                mem::swap(key, other);
            }
            let (next, subtree) = chain(key, header, index, frame);
            *key = next;
            *revoked |= keys.is_revoked(header, subtree);
        })?;
        let key = if view.second.is_some() { request_key(pass.other, Some(pass.key)) } else { pass.key };
        let tag = request_tag(&key, view.header, view.payload);
        if !equal(tag.0.get(..view.tag.len()).unwrap_or_default(), view.tag) {
            return Err(Judgement::Silent(Silence::Tag));
        }
        if pass.revoked {
            return Err(Judgement::Silent(Silence::Revoked));
        }
        let exchange = Exchange::new(key, &tag, view.wide_tag(), view.encrypted.then_some(view.seq));
        self.accept(&pass.policy, bytes, view, exchange, persist)?;
        Ok(exchange)
    }

    /// Policy, freshness and the change of state, of a request whose tag is right.
    #[inline(never)]
    fn accept(
        &mut self,
        policy: &Policy,
        bytes: &[u8],
        view: &RequestView<'_>,
        exchange: Exchange,
        persist: impl FnOnce(Sequence) -> bool,
    ) -> Result<(), Judgement> {
        let lane = self.lanes.get_mut(usize::from(view.lane)).ok_or(Error::Lane)?;
        let mut remembered = Lane { last: view.seq, tag: [0; REMEMBERED] };
        for (to, from) in remembered.tag.iter_mut().zip(exchange.request_tag()) {
            *to = from;
        }
        // First of all, so that a retry gets its answer even if the capability has expired since: it was executed in time.
        if view.seq == lane.last && view.seq != Sequence::ZERO && remembered.tag == lane.tag {
            return Err(Judgement::Retry(exchange));
        }

        let time = Sequence::new(self.time_ms, 0).0;
        policy.decide(bytes, view, self.time_ms, lane.last).map_err(|status| Judgement::Answer {
            status,
            rseq: if matches!(status, Status::SeqLow | Status::SeqAhead) { time } else { 0 },
            exchange,
        })?;
        if view.seq > self.high_water {
            let mark = view.seq.later(HIGH_WATER_STEP_MS);
            if !persist(mark) {
                return Err(Judgement::Answer { status: Status::Busy, rseq: 0, exchange });
            }
            self.high_water = mark;
        }
        *lane = remembered;
        if view.lane == 0 {
            self.time_ms = self.time_ms.max(view.seq.ms());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_small() {
        // Section 6 of the format: everything but the hash context, what is kept and what one verification needs.
        let size = size_of::<Verifier>() + size_of::<Pass>();
        assert!(size <= 256, "{size} bytes");
    }
}
