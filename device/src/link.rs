//! Frames in and out: each port's stream is decoded for itself, and what comes out goes where it belongs.

use crate::board::{Board, Port};
use crate::runtime::Runtime;
use crate::trace::Trace;
use alloc::vec;
use alloc::vec::Vec;
use nano_wire::link::{self, Decoder, LinkError};
use nano_wire::message::{Kind, Message};

/// Frames of one port that are handled before anything else gets its turn.
const FRAMES_A_TURN: usize = 8;
/// Bytes taken from the board at a time.
const PIECE: usize = 64;
/// Pieces of a frame that are taken before anything else gets its turn: noise need not have an end.
const PIECES_A_TURN: usize = 256;

/// One port's end of the stream.
#[derive(Debug)]
pub struct Stream {
    port: Port,
    decoder: Decoder<Vec<u8>>,
    /// Taken from the board and not decoded yet.
    piece: [u8; PIECE],
    from: usize,
    to: usize,
}

impl Stream {
    /// The end of a port, for bodies of up to this many bytes.
    pub fn new(port: Port, frame_bytes: u16) -> Self {
        let decoder = Decoder::new(vec![0; link::decoder_bytes(frame_bytes.into())]);
        Self { port, decoder, piece: [0; PIECE], from: 0, to: 0 }
    }

    /// Whether something has come in.
    fn fill(&mut self, board: &mut impl Board) -> bool {
        if self.from == self.to {
            (self.from, self.to) = (0, board.receive(self.port, &mut self.piece).min(PIECE));
        }
        self.from < self.to
    }

    /// Decodes what has come in up to the end of a frame; `None` when there is nothing.
    fn next(&mut self, board: &mut impl Board) -> Option<Result<bool, LinkError>> {
        self.fill(board);
        let bytes = self.piece.get(self.from..self.to).filter(|bytes| !bytes.is_empty())?;
        let (taken, decoded) = self.decoder.push_many(bytes);
        self.from += taken;
        Some(decoded)
    }
}

impl<B: Board> Runtime<B> {
    /// Handles what has come in; `true` when there may be more.
    pub(crate) fn receive(&mut self) -> bool {
        let mut more = false;
        for index in 0..self.streams.len() {
            // Out of the table while its frames are handled, so that handling may use everything else.
            let Some(mut stream) = self.streams.get_mut(index).and_then(Option::take) else { continue };
            more |= stream.fill(&mut self.world.board) && self.receive_from(&mut stream);
            if let Some(place) = self.streams.get_mut(index) {
                *place = Some(stream);
            }
        }
        more
    }

    /// Of its own, for what it keeps at hand for its loop is for nothing where nothing has come in.
    #[inline(never)]
    fn receive_from(&mut self, stream: &mut Stream) -> bool {
        let (mut frames, mut pieces) = (0, 0);
        while let Some(decoded) = stream.next(&mut self.world.board) {
            match decoded {
                Ok(false) if pieces < PIECES_A_TURN => {
                    pieces += 1;
                    continue;
                }
                Ok(false) => return true,
                Ok(true) => {
                    if let Some((kind, body)) = stream.decoder.frame_mut() {
                        self.frame(stream.port, kind, body);
                    }
                }
                Err(_) => self.world.trace(&Trace::Noise { port: stream.port }),
            }
            frames += 1;
            if frames == FRAMES_A_TURN {
                return true;
            }
        }
        false
    }

    fn frame(&mut self, port: Port, kind: u8, body: &mut [u8]) {
        if kind == Kind::Request as u8 {
            return self.request(port, body);
        }
        // Only the edge is listened to otherwise, and only when it was asked something.
        let is_sealed = kind == Kind::Sealed as u8;
        let opened = if port == Port::EDGE && is_sealed { self.edge.open(body) } else { None };
        if opened.is_some_and(|(kind, _)| kind == Kind::Request as u8) {
            return self.waited(body);
        }
        let is_heard = port == Port::EDGE && (opened.is_some() || self.hears_clear());
        let is_paired = opened.is_some();
        match opened.map_or_else(|| Message::decode(kind, body), |(kind, body)| Message::decode(kind, body)) {
            Ok(Message::Pair(pair)) if port == Port::EDGE => self.pair(&pair),
            Ok(Message::PairProof(proof)) if port == Port::EDGE => self.paired(&proof),
            Ok(Message::Fetched(fetched)) if is_heard => self.fetched(&fetched),
            Ok(Message::Chunk(chunk)) if is_heard => self.chunk(&chunk),
            Ok(Message::Invoked(invoked)) if is_heard => self.invoked(&invoked),
            Ok(Message::Entrust(entrust)) if is_paired => self.entrusted(&entrust),
            _ => self.world.trace(&Trace::Noise { port }),
        }
    }

    /// Sends a RESPONSE: to who asked, or to the edge for who asked while this device slept.
    pub(crate) fn respond(&mut self, port: Port, response: &[u8]) {
        let place = self.edge.queue.as_ref().and_then(|queue| queue.place);
        match place {
            _ if response.is_empty() => {}
            Some(place) => self.answer_waiting(place, response),
            None => {
                self.send(port, Kind::Response, &[response]);
            }
        }
    }

    /// Sends a message to the edge, sealed where the two have paired; `false` when that can't be done now.
    pub(crate) fn tell_edge(&mut self, message: &Message<'_>) -> bool {
        let written = message.encode(&mut self.message);
        self.tell_edge_written(message.kind(), written.unwrap_or(0))
    }

    /// As [`Runtime::tell_edge`], of one that is written already, in so many bytes; 0: it could not be.
    pub(crate) fn tell_edge_written(&mut self, kind: Kind, length: usize) -> bool {
        let body = core::mem::take(&mut self.message);
        let sent = length > 0 && self.send_to_edge(kind, body.get(..length).unwrap_or_default());
        self.message = body;
        sent
    }

    pub(crate) fn send_to_edge(&mut self, kind: Kind, body: &[u8]) -> bool {
        match &mut self.edge.session {
            // The answer to a new question of the edge's, which may have forgotten the old session.
            Some(session) if kind != Kind::Paired => match session.seal(kind as u8, body) {
                Ok((header, tag)) => self.send(Port::EDGE, Kind::Sealed, &[&header, body, &tag]),
                Err(_) => {
                    // All numbers are used up: the next message goes out in the clear, and the edge asks to pair.
                    self.edge.session = None;
                    false
                }
            },
            _ => self.send(Port::EDGE, kind, &[body]),
        }
    }

    fn send(&mut self, port: Port, kind: Kind, parts: &[&[u8]]) -> bool {
        match link::encode(kind as u8, parts, &mut self.wire) {
            Ok(length) => self.world.board.send(port, self.wire.get(..length).unwrap_or_default()),
            Err(_) => false,
        }
    }
}
