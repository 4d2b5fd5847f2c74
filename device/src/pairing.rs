//! Pairing: the device and its edge prove to each other that they hold the root of the edge's slot.
//!
//! The edge asks with a number and the body of its root; the device, which can compute that root's key, proves itself and
//! asks back; the edge proves itself. From then on both seal what they say with a key that only this run has, and the device
//! hears nothing from its edge that is not sealed. Where the configuration demands it, it hears nothing before either.

use crate::board::{Board, Port};
use crate::queue::Queue;
use crate::runtime::Runtime;
use crate::trace::Trace;
use nano_caps::{Body, End, NONCE_SIZE, Pairing, Session, SlotKeys as _, SubtreeId};
use nano_wire::message::{Message, Pair, PairProof, Paired};

/// The edge's slot.
const EDGE_SLOT: u8 = 1;

/// How far it has come.
#[derive(Debug, Default)]
pub struct EdgeTrust {
    /// The edge's proof is waited for.
    pending: Option<Pairing>,
    /// What both ends have since the edge has proved itself.
    pub session: Option<Session>,
    /// Of the pairing before: what the edge said until it heard of the new one may still be on its way.
    previous: Option<Session>,
    /// What the edge has entrusted this device with.
    pub(crate) queue: Option<Queue>,
    /// The connection that all this is about.
    connection: u32,
}

impl EdgeTrust {
    /// Opens what the edge has sealed.
    pub fn open<'a>(&mut self, bytes: &'a [u8]) -> Option<(u8, &'a [u8])> {
        let mut sessions = [&mut self.session, &mut self.previous].into_iter().flatten();
        sessions.find_map(|session| session.open(bytes).ok())
    }
}

impl<B: Board> Runtime<B> {
    /// Whether the edge has proved that it holds the root of its slot, on the connection there is.
    pub fn is_paired(&self) -> bool {
        self.edge.session.is_some()
    }

    /// Whether it is heard what the edge says unsealed.
    pub(crate) fn hears_clear(&self) -> bool {
        self.edge.session.is_none() && !self.world.config.pairing
    }

    /// A new connection to the edge: nothing is proved yet.
    pub(crate) fn follow_connection(&mut self) {
        let connection = self.world.board.connections(Port::EDGE);
        if connection != self.edge.connection {
            self.edge = EdgeTrust { connection, ..EdgeTrust::default() };
        }
    }

    /// The edge begins.
    pub(crate) fn pair(&mut self, pair: &Pair<'_>) {
        let uptime_ms = self.world.board.now_us() / 1000;
        let body = Body::parse(pair.root).ok().filter(|body| body.header().slot() == EDGE_SLOT);
        // It costs as much as verifying a request, so it counts as one.
        let root = body.filter(|_| self.gate.verifier.afford(uptime_ms)).and_then(|body| {
            let slot = self.gate.keys.slot_key(body.header())?;
            let subtree = SubtreeId::of(&slot, body);
            if self.gate.keys.is_revoked(body.header(), subtree) {
                return None;
            }
            nano_caps::root_key(&slot, body).map(|key| (body, key))
        });
        let Some((body, key)) = root else {
            return self.world.trace(&Trace::Noise { port: Port::EDGE });
        };
        let mut nonce = [0; NONCE_SIZE];
        self.world.board.entropy(&mut nonce);
        let pairing = Pairing::of(key, body.header(), pair.nonce, nonce);
        self.edge.pending = Some(pairing);
        self.tell_edge(&Message::Paired(Paired { nonce, proof: pairing.device_proof() }));
    }

    /// The edge ends.
    pub(crate) fn paired(&mut self, answer: &PairProof) {
        // One try for each question: a second guess needs another one.
        let Some(pairing) = self.edge.pending.take().filter(|pairing| pairing.is_edge(&answer.proof)) else {
            return self.world.trace(&Trace::Noise { port: Port::EDGE });
        };
        self.edge.previous = self.edge.session.replace(Session::new(&pairing, End::Device));
        self.world.trace(&Trace::Paired);
        self.firmware_is_reached();
        if self.edge.previous.is_none() {
            // What was asked before was not heard.
            self.ask_again();
        }
    }
}
