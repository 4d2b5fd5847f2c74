//! Pairing: the device and its edge prove to each other that they hold the root of the edge's slot.
//!
//! The edge asks with a number and the body of its root; the device, which can compute that root's key, proves itself and
//! asks back; the edge proves itself. Where the configuration demands it, nothing else that the edge says is heard before.

use crate::board::{Board, Port};
use crate::runtime::Runtime;
use crate::trace::Trace;
use nano_caps::{Body, NONCE_SIZE, Pairing, SlotKeys as _};
use nano_wire::message::{Message, Pair, PairProof, Paired};

/// The edge's slot.
const EDGE_SLOT: u8 = 1;

/// How far it has come.
#[derive(Clone, Copy, Debug, Default)]
pub struct EdgeTrust {
    /// The edge's proof is waited for.
    pending: Option<Pairing>,
    /// The edge has proved itself on this connection.
    pub paired: bool,
    /// The connection that all this is about.
    connection: u32,
}

impl<B: Board> Runtime<B> {
    /// Whether the edge has proved that it holds the root of its slot, on the connection there is.
    pub fn is_paired(&self) -> bool {
        self.edge.paired
    }

    /// Whether what the edge says is heard.
    pub(crate) fn hears_edge(&self) -> bool {
        self.edge.paired || !self.world.config.pairing
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
        let proved = self.edge.pending.take().is_some_and(|pairing| pairing.is_edge(&answer.proof));
        self.edge.paired |= proved;
        self.world.trace(&if proved { Trace::Paired } else { Trace::Noise { port: Port::EDGE } });
    }
}
