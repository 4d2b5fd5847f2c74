//! What was asked of this device while it slept, which its edge kept.
//!
//! When the two have paired the edge entrusts the device with a capability under the edge's own key. The device takes what
//! waits for it with that, and brings the answers with it, each in a REQUEST of its own; the edge hands out nothing and
//! keeps nothing without. What comes passes the gate like everything else: its asker's capability decides, not the edge's.

use crate::board::{Board, Port};
use crate::runtime::Runtime;
use crate::trace::Trace;
use alloc::vec::Vec;
use nano_caps::{Body, ChainKey, Op, Request, SEAL_HEADER_SIZE, SEAL_TAG_SIZE, Sequence, Token};
use nano_wire::message::queue::{ANSWERS, REQUESTS};
use nano_wire::message::{Entrust, Kind};

/// Bytes of the place that stands before a request that waited.
const PLACE: usize = 8;

/// The device's way to its queue.
#[derive(Debug)]
pub struct Queue {
    body: Vec<u8>,
    key: ChainKey,
    /// The device's number at the edge.
    handle: u16,
    /// Its requests to the edge so far: their sequence numbers. The link takes care that none comes twice.
    asked: u64,
    /// Place of the request that is being executed for its asker.
    pub(crate) place: Option<[u8; PLACE]>,
}

impl<B: Board> Runtime<B> {
    /// The edge hands over the capability; at once it is shown, to take what waits.
    pub(crate) fn entrusted(&mut self, entrust: &Entrust<'_>) {
        let found = Body::parse(entrust.body).ok().zip(self.edge.session.as_ref()).and_then(|(body, session)| {
            let handle = body.frames().flat_map(|frame| frame.grants()).find(|grant| grant.ns == REQUESTS)?.woof;
            Some((handle, session.mask(body, &ChainKey::new(entrust.masked))))
        });
        let Some((handle, key)) = found else { return self.world.trace(&Trace::Noise { port: Port::EDGE }) };
        // Numbers go on: to the edge this is the same capability as before.
        let asked = self.edge.queue.take().map_or(0, |queue| queue.asked);
        self.edge.queue = Some(Queue { body: entrust.body.to_vec(), key, handle, asked, place: None });
        self.ask_queue(Op::Get, REQUESTS, &[]);
    }

    /// A request that waited, as the edge's sealed message has it: its place, and the REQUEST.
    pub(crate) fn waited(&mut self, sealed: &mut [u8]) {
        let end = sealed.len().saturating_sub(SEAL_TAG_SIZE);
        let inside = sealed.get_mut(SEAL_HEADER_SIZE..end).and_then(<[u8]>::split_first_chunk_mut::<PLACE>);
        let (Some((place, request)), Some(queue)) = (inside, &mut self.edge.queue) else {
            return self.world.trace(&Trace::Noise { port: Port::EDGE });
        };
        queue.place = Some(*place);
        self.request(Port::EDGE, request);
        if let Some(queue) = &mut self.edge.queue {
            queue.place = None;
        }
    }

    /// Brings the answer to the request of this place.
    pub(crate) fn answer_waiting(&mut self, place: [u8; PLACE], response: &[u8]) {
        // Free between two handlers.
        let mut payload = core::mem::take(&mut self.event);
        payload.clear();
        payload.extend_from_slice(response);
        payload.extend_from_slice(&place);
        self.ask_queue(Op::Put, ANSWERS, &payload);
        self.event = payload;
    }

    /// Asks the edge for something under its own key.
    fn ask_queue(&mut self, op: Op, ns: u16, payload: &[u8]) {
        let Some(queue) = &mut self.edge.queue else { return };
        queue.asked += 1;
        let Ok(body) = Body::parse(&queue.body) else { return };
        let request =
            Request { op, lane: 0, seq: Sequence(queue.asked), ns, woof: queue.handle, payload, wide_tag: false };
        let mut out = core::mem::take(&mut self.message);
        if let Ok(bound) = request.bind(&[Token { body, key: queue.key }], &mut out) {
            self.send_to_edge(Kind::Request, out.get(..bound.len).unwrap_or_default());
        }
        self.message = out;
    }
}
