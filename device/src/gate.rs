//! The gate: every remote operation passes here once, is answered once, and a retry gets that very answer.

use crate::board::{Board, Item, Port};
use crate::runtime::Runtime;
use crate::trace::{Asked, Trace};
use alloc::vec::Vec;
use nano_caps::{
    DeviceId, DeviceKey, KeyRing, LANES, RING_STATE_SIZE, Refusal, RequestView, Sequence, Status, Verifier,
};

/// Bytes of an answer beside its payload.
pub const ANSWER_OVERHEAD: usize = nano_caps::RESPONSE_HEADER_SIZE + 16;

/// Who a device is. The key never leaves it.
#[derive(Clone, Copy, Debug)]
pub struct Identity {
    /// Made when it was flashed, by the host's CSPRNG.
    pub key: DeviceKey,
    /// Its identity; never on its link.
    pub id: DeviceId,
}

/// Keys, order, and the last answer of every lane.
#[derive(Debug)]
pub struct Gate {
    pub keys: KeyRing,
    pub verifier: Verifier,
    answers: [Vec<u8>; LANES as usize],
    /// Requests that got no answer.
    pub silent: u32,
}

impl Gate {
    /// With what survived the reset. A new device enables slot 0, the owner's, and slot 1, the Edgistry's.
    // What it takes of the stack is free again before the runtime is made.
    #[inline(never)]
    pub fn boot(board: &mut impl Board, identity: &Identity) -> Option<Self> {
        let mut state = [0; RING_STATE_SIZE];
        let keys = match board.load(Item::KeyRing, &mut state) {
            Some(RING_STATE_SIZE) => KeyRing::restore(identity.key, identity.id, &state).ok()?,
            // Keys that were revoked must not come back because flash can't be read.
            Some(_) => return None,
            None => {
                let mut keys = KeyRing::new(identity.key, identity.id, 0);
                keys.enable(0).and_then(|()| keys.enable(1)).ok()?;
                board.store(Item::KeyRing, &keys.state()).then_some(keys)?
            }
        };
        let mut mark = [0; 8];
        let high_water = match board.load(Item::HighWater, &mut mark) {
            Some(8) => Some(Sequence(u64::from_le_bytes(mark))),
            Some(_) => return None,
            None => None,
        };
        let time_ms = board.wall_ms().unwrap_or(0);
        let verifier = Verifier::boot(high_water, time_ms, board.now_us() / 1000);
        Some(Self { keys, verifier, answers: Default::default(), silent: 0 })
    }

    /// Before the power goes on purpose.
    pub fn settle(&mut self, board: &mut impl Board) {
        self.verifier.settle(|mark| {
            board.store(Item::HighWater, &mark.0.to_le_bytes());
        });
    }

    /// Kills keys; on failure to store that, nothing has changed.
    pub fn revoke<T>(
        &mut self,
        board: &mut impl Board,
        kill: impl FnOnce(&mut KeyRing) -> Result<T, nano_caps::Error>,
    ) -> Option<Result<T, nano_caps::Error>> {
        let before = self.keys.clone();
        let killed = kill(&mut self.keys);
        if killed.is_ok() && !board.store(Item::KeyRing, &self.keys.state()) {
            self.keys = before;
            return None;
        }
        Some(killed)
    }
}

impl<B: Board> Runtime<B> {
    /// Takes a REQUEST, executes it if it may be, and answers on the port it came in on, or is silent. An encrypted
    /// payload is decrypted where it stands.
    #[inline(never)]
    pub(crate) fn request(&mut self, port: Port, bytes: &mut [u8]) {
        let uptime_ms = self.world.board.now_us() / 1000;
        let board = &mut self.world.board;
        let persist = |mark: Sequence| board.store(Item::HighWater, &mark.0.to_le_bytes());
        let verified = self.gate.verifier.verify_in_place(&self.gate.keys, bytes, uptime_ms, persist);
        self.world.set_time(self.gate.verifier.time_ms());
        let mut answer = core::mem::take(&mut self.answer);
        match verified {
            Ok(verified) => {
                self.firmware_is_reached();
                let outcome = self.execute(&verified);
                let payload = self.payload.get(..outcome.length).unwrap_or_default();
                answer.resize(outcome.length + ANSWER_OVERHEAD, 0);
                // The buffer has room for header, payload and the longer tag.
                let length =
                    verified.exchange.respond(outcome.status, outcome.rseq, payload, &mut answer).unwrap_or_default();
                answer.truncate(length);
                if let Some(last) = self.gate.answers.get_mut(usize::from(verified.lane)) {
                    last.clear();
                    last.extend_from_slice(&answer);
                }
                self.world.trace(&Trace::Answered {
                    port,
                    op: Some(verified.op),
                    status: outcome.status,
                    asked: Asked {
                        op: verified.op,
                        lane: verified.lane,
                        seq: verified.seq,
                        ns: verified.ns,
                        woof: verified.woof,
                        capability: verified.capability,
                    },
                });
                self.respond(port, &answer);
            }
            Err(Refusal::Retry(verified)) => {
                answer.clear();
                let last = self.gate.answers.get(usize::from(verified.lane)).map_or(&[][..], Vec::as_slice);
                answer.extend_from_slice(last);
                self.world.trace(&Trace::Repeated { port });
                self.respond(port, &answer);
            }
            Err(Refusal::Silent(why)) => {
                self.gate.silent = self.gate.silent.saturating_add(1);
                self.world.trace(&Trace::Silent { port, why });
            }
            Err(refusal) => {
                answer.resize(ANSWER_OVERHEAD, 0);
                let length = refusal.answer(&mut answer).ok().flatten().unwrap_or_default();
                answer.truncate(length);
                let status = if let Refusal::Answer { status, .. } = refusal { Some(status) } else { None };
                if let (Some(status), Ok(view)) = (status, RequestView::parse(bytes)) {
                    let RequestView { op, lane, seq, ns, woof, first: capability, .. } = view;
                    let asked = Asked { op, lane, seq, ns, woof, capability };
                    self.world.trace(&Trace::Answered { port, op: None, status, asked });
                }
                self.respond(port, &answer);
            }
        }
        self.answer = answer;
    }
}

/// What an operation came to; its payload is in the runtime's buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub status: Status,
    pub rseq: u64,
    pub length: usize,
}

impl Outcome {
    pub const fn ok(rseq: u64, length: usize) -> Self {
        Self { status: Status::Ok, rseq, length }
    }

    pub const fn only(status: Status) -> Self {
        Self { status, rseq: 0, length: 0 }
    }
}
