//! The console's text among the frames of a line.

use nano_device::{Kind, framing};

/// Text of one frame.
const PIECE: usize = 64;

/// Sends text for whoever watches the console, in frames.
pub fn say(text: &str, mut send: impl FnMut(&[u8])) {
    let mut wire = [0; framing::encoded_bytes(PIECE)];
    let mut rest = text;
    while !rest.is_empty() {
        let end = (0..=PIECE.min(rest.len())).rev().find(|end| rest.is_char_boundary(*end)).unwrap_or(0);
        let (piece, more) = rest.split_at(end.max(1));
        if let Ok(length) = framing::encode(Kind::Console as u8, &[piece.as_bytes()], &mut wire) {
            send(wire.get(..length).unwrap_or_default());
        }
        rest = more;
    }
}
