//! Frames on a byte stream (UART, TCP): a kind, a length, a checksum; stuffed so that a zero byte ends each.
//!
//! ```text
//! plain   kind u8 | length u16 | body | crc32 u32     (little endian; the CRC is over all before it)
//! wire    COBS(plain) 00
//! ```
//!
//! COBS replaces the zeros of the plain frame by distances, so that a zero byte on the wire is always an end. Whatever
//! garbage came before, the frame after the next zero is read whole. Whoever opens a stream sends one zero first.
//! The checksum tells a damaged frame; it doesn't tell a forged one (capabilities and hashes do).
//!
//! ```
//! use nano_wire::link::{self, Decoder};
//!
//! let mut wire = [0; link::encoded_bytes(5)];
//! let length = link::encode(7, &[b"he", b"llo"], &mut wire).unwrap();
//! let mut decoder = Decoder::new([0; 64]);
//! for byte in &wire[..length - 1] {
//!     assert_eq!(decoder.push(*byte), Ok(false));
//! }
//! assert_eq!(decoder.push(wire[length - 1]), Ok(true));
//! let frame = decoder.frame().unwrap();
//! assert_eq!((frame.kind, frame.body), (7, &b"hello"[..]));
//! ```

use core::slice;

/// Most bytes in a frame's body.
pub const MAX_BODY: usize = u16::MAX as usize;
/// Kind and length.
const HEADER: usize = 3;
/// The checksum.
const TRAILER: usize = 4;
/// What a frame adds to its body before stuffing.
pub const OVERHEAD: usize = HEADER + TRAILER;
/// Longest run that one code byte of COBS stands for.
const RUN: usize = 254;

/// Why a frame was not written or not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LinkError {
    /// The output buffer, or the body's limit, is too small.
    NoSpace,
    /// The frame is longer than the decoder's buffer.
    TooLong,
    /// The bytes between two zeros are no frame: cut off, or their length disagrees.
    Shape,
    /// The checksum differs.
    Checksum,
}

impl core::fmt::Display for LinkError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(match self {
            Self::NoSpace => "the frame does not fit the buffer",
            Self::TooLong => "the frame is longer than this end takes",
            Self::Shape => "the bytes are no frame",
            Self::Checksum => "the frame was damaged on its way",
        })
    }
}

impl core::error::Error for LinkError {}

/// Bytes on the wire of a frame with a body of this many, at most.
#[must_use]
pub const fn encoded_bytes(body: usize) -> usize {
    let plain = body.saturating_add(OVERHEAD);
    plain.saturating_add(plain / RUN).saturating_add(2)
}

/// Bytes a decoder's buffer needs for frames with bodies of up to this many.
#[must_use]
pub const fn decoder_bytes(body: usize) -> usize {
    body.saturating_add(OVERHEAD)
}

/// What each part of a byte does to the sum: 16 words for half a byte, 256 for a whole one.
const fn remainders<const PARTS: usize>() -> [u32; PARTS] {
    let mut table = [0; PARTS];
    let mut index = 0;
    while index < PARTS {
        let mut value = index as u32;
        let mut bit = 0;
        while bit < PARTS.trailing_zeros() {
            value = if value & 1 != 0 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        #[expect(clippy::indexing_slicing, reason = "evaluated by the compiler")]
        {
            table[index] = value;
        }
        index += 1;
    }
    table
}

/// CRC-32 (IEEE 802.3) of `bytes`, going on from `crc` (0 to begin).
#[cfg(target_arch = "xtensa")]
#[must_use]
pub fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    static TABLE: [u32; 256] = remainders();
    !nano_lx106_crc::update(&TABLE, !crc, bytes)
}

/// CRC-32 (IEEE 802.3) of `bytes`, going on from `crc` (0 to begin).
#[cfg(not(target_arch = "xtensa"))]
#[must_use]
pub fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    /// 64 bytes of table: a small device's compromise.
    const TABLE: [u32; 16] = remainders();
    let half = |crc: u32| crc >> 4 ^ TABLE.get((crc & 15) as usize).copied().unwrap_or_default();
    let byte = |crc: u32| half(half(crc));
    let (words, rest) = bytes.as_chunks();
    let crc = words.iter().fold(!crc, |crc, word| byte(byte(byte(byte(crc ^ u32::from_le_bytes(*word))))));
    !rest.iter().fold(crc, |crc, last| byte(crc ^ u32::from(*last)))
}

/// Stuffs bytes as they come.
struct Stuffer<'a> {
    /// What is left of the output.
    places: slice::IterMut<'a, u8>,
    /// Where the code byte of the current run stands, and what it will be.
    code: &'a mut u8,
    run: usize,
}

impl<'a> Stuffer<'a> {
    fn new(out: &'a mut [u8]) -> Result<Self, LinkError> {
        let mut places = out.iter_mut();
        let code = places.next().ok_or(LinkError::NoSpace)?;
        Ok(Self { places, code, run: 1 })
    }

    #[inline(always)]
    fn put(&mut self, bytes: &[u8]) -> Result<(), LinkError> {
        for byte in bytes {
            if *byte != 0 {
                *self.places.next().ok_or(LinkError::NoSpace)? = *byte;
                self.run += 1;
                if self.run <= RUN {
                    continue;
                }
            }
            self.end_run();
            self.code = self.places.next().ok_or(LinkError::NoSpace)?;
            self.run = 1;
        }
        Ok(())
    }

    fn end_run(&mut self) {
        // A run has at most 254 bytes, so its code is at most 255.
        *self.code = self.run as u8;
    }

    /// Ends the frame; what is left of the output.
    fn end(mut self) -> Result<usize, LinkError> {
        self.end_run();
        *self.places.next().ok_or(LinkError::NoSpace)? = 0;
        Ok(self.places.len())
    }
}

/// Writes one frame, its closing zero included, and returns its length. The body comes in parts.
pub fn encode(kind: u8, body: &[&[u8]], out: &mut [u8]) -> Result<usize, LinkError> {
    let length = body.iter().map(|part| part.len()).sum::<usize>();
    let [low, high] = u16::try_from(length).map_err(|_| LinkError::NoSpace)?.to_le_bytes();
    let header = [kind, low, high];
    let crc = body.iter().fold(crc32(0, &header), |crc, part| crc32(crc, part)).to_le_bytes();
    let room = out.len();
    let mut stuffer = Stuffer::new(out)?;
    for part in [&header[..]].iter().chain(body).chain(&[&crc[..]]) {
        stuffer.put(part)?;
    }
    Ok(room - stuffer.end()?)
}

/// A frame that came through whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// What the body is; see [`crate::message::Kind`].
    pub kind: u8,
    /// The body.
    pub body: &'a [u8],
}

/// Reads frames from a stream, byte by byte, in a buffer it was given; its size is the longest frame it takes
/// ([`decoder_bytes`]).
#[derive(Clone, Debug)]
pub struct Decoder<B> {
    buffer: B,
    /// Bytes of the frame so far.
    length: usize,
    /// Bytes until the next code.
    run: usize,
    /// The run before stands for a zero at its end, if anything follows it.
    zero: bool,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// In a frame, or between two.
    Reading,
    /// In a frame that doesn't fit; its rest is thrown away.
    Overrun,
    /// The buffer holds a whole frame.
    Complete,
}

impl<B: AsRef<[u8]> + AsMut<[u8]>> Decoder<B> {
    /// Waits for a frame, or for the end of one that began earlier.
    pub const fn new(buffer: B) -> Self {
        Self { buffer, length: 0, run: 0, zero: false, state: State::Reading }
    }

    /// Forgets what has come of the current frame: the stream is another one now.
    pub fn reset(&mut self) {
        (self.length, self.run, self.zero, self.state) = (0, 0, false, State::Reading);
    }

    /// Takes one byte. `Ok(true)`: a frame is complete, [`Decoder::frame`] has it until the next byte. An error: what
    /// has come since the last zero was none; reading goes on with the next frame.
    pub fn push(&mut self, byte: u8) -> Result<bool, LinkError> {
        self.push_many(&[byte]).1
    }

    /// Takes bytes of the stream until a frame is complete or one was damaged, as [`Decoder::push`] says, or they are
    /// used up; how many it took. Much quicker than one at a time.
    pub fn push_many(&mut self, bytes: &[u8]) -> (usize, Result<bool, LinkError>) {
        if self.state == State::Complete && !bytes.is_empty() {
            self.reset();
        }
        let buffer = self.buffer.as_mut();
        let size = buffer.len();
        let mut room = buffer.get_mut(self.length..).unwrap_or_default().iter_mut();
        // Not in memory while the loop changes them.
        let (mut run, mut zero) = (self.run, self.zero);
        let mut rest = bytes.iter();
        let ends = loop {
            let Some(byte) = rest.next() else { break false };
            if *byte == 0 {
                // Zeros between frames are no frames.
                if run == 0 && !zero && room.len() == size && self.state == State::Reading {
                    continue;
                }
                break true;
            }
            if run > 0 {
                run -= 1;
                match room.next() {
                    Some(place) => *place = *byte,
                    None => self.state = State::Overrun,
                }
                continue;
            }
            if zero {
                match room.next() {
                    Some(place) => *place = 0,
                    None => self.state = State::Overrun,
                }
            }
            (run, zero) = (usize::from(*byte) - 1, *byte != 255);
        };
        (self.length, self.run, self.zero) = (size - room.len(), run, zero);
        (bytes.len() - rest.len(), if ends { self.end().map(|()| true) } else { Ok(false) })
    }

    fn end(&mut self) -> Result<(), LinkError> {
        let checked = match self.state {
            State::Overrun => Err(LinkError::TooLong),
            _ if self.run > 0 => Err(LinkError::Shape),
            _ => self.check(),
        };
        let length = self.length;
        self.reset();
        checked?;
        (self.length, self.state) = (length, State::Complete);
        Ok(())
    }

    fn check(&self) -> Result<(), LinkError> {
        let bytes = self.buffer.as_ref().get(..self.length).ok_or(LinkError::Shape)?;
        let (plain, crc) = bytes.split_last_chunk().ok_or(LinkError::Shape)?;
        if crc32(0, plain) != u32::from_le_bytes(*crc) {
            return Err(LinkError::Checksum);
        }
        match plain {
            [_, low, high, body @ ..] if body.len() == usize::from(u16::from_le_bytes([*low, *high])) => Ok(()),
            _ => Err(LinkError::Shape),
        }
    }

    /// The body of the frame that was completed by the last byte, with its kind, to be changed in place.
    pub fn frame_mut(&mut self) -> Option<(u8, &mut [u8])> {
        if self.state != State::Complete {
            return None;
        }
        match self.buffer.as_mut().get_mut(..self.length.checked_sub(TRAILER)?)? {
            [kind, _, _, body @ ..] => Some((*kind, body)),
            _ => None,
        }
    }

    /// The frame that was completed by the last byte.
    pub fn frame(&self) -> Option<Frame<'_>> {
        if self.state != State::Complete {
            return None;
        }
        match self.buffer.as_ref().get(..self.length.checked_sub(TRAILER)?)? {
            [kind, _, _, body @ ..] => Some(Frame { kind: *kind, body }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    fn wire(kind: u8, body: &[u8]) -> Vec<u8> {
        let mut out = vec![0xAA; encoded_bytes(body.len())];
        let length = encode(kind, &[body], &mut out).unwrap();
        out.truncate(length);
        out
    }

    /// Everything that comes out of `bytes`.
    fn read(bytes: &[u8], size: usize) -> Vec<Result<(u8, Vec<u8>), LinkError>> {
        let mut decoder = Decoder::new(vec![0; size]);
        let mut out = Vec::new();
        for byte in bytes {
            match decoder.push(*byte) {
                Ok(false) => assert_eq!(decoder.frame(), None),
                Ok(true) => {
                    let frame = decoder.frame().unwrap();
                    let seen = (frame.kind, frame.body.to_vec());
                    assert_eq!(decoder.frame_mut().map(|(kind, body)| (kind, body.to_vec())), Some(seen.clone()));
                    out.push(Ok(seen));
                }
                Err(error) => out.push(Err(error)),
            }
        }
        for piece in [1, 2, 3, 7, 64, 1000] {
            assert_eq!(read_pieces(bytes, size, piece), out, "in pieces of {piece}");
        }
        out
    }

    /// As [`read`], by many bytes at a time.
    fn read_pieces(bytes: &[u8], size: usize, piece: usize) -> Vec<Result<(u8, Vec<u8>), LinkError>> {
        let mut decoder = Decoder::new(vec![0; size]);
        let mut out = Vec::new();
        for mut piece in bytes.chunks(piece) {
            while !piece.is_empty() {
                let (taken, decoded) = decoder.push_many(piece);
                assert!(taken > 0 && (decoded != Ok(false) || taken == piece.len()));
                piece = &piece[taken..];
                match decoded {
                    Ok(false) => {}
                    Ok(true) => out.push(Ok(decoder.frame().map(|frame| (frame.kind, frame.body.to_vec())).unwrap())),
                    Err(error) => out.push(Err(error)),
                }
            }
        }
        out
    }

    #[test]
    fn checksum_is_the_known_one() {
        assert_eq!(crc32(0, b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(crc32(0, b"1234"), b"56789"), 0xCBF4_3926);
    }

    #[test]
    fn the_wire_is_as_documented() {
        // A fixture: the format is shared with programs that are already out.
        assert_eq!(wire(0x10, &[0, 1]), [3, 0x10, 2, 1, 6, 1, 0x82, 0x98, 0xCC, 0x7B, 0]);
    }

    #[test]
    fn frames_come_back() {
        for length in [0, 1, 246, 247, 248, 253, 254, 255, 508, 509, 1000, MAX_BODY] {
            for fill in [0u8, 1, 255] {
                let mut body = vec![fill; length];
                if let Some(last) = body.last_mut() {
                    *last = 9;
                }
                let bytes = wire(3, &body);
                assert!(bytes.len() <= encoded_bytes(length));
                assert!(!bytes[..bytes.len() - 1].contains(&0));
                assert_eq!(read(&bytes, decoder_bytes(length)), [Ok((3, body))]);
            }
        }
        assert_eq!(encode(0, &[&vec![0; MAX_BODY], &[0]], &mut vec![0; 70_000]), Err(LinkError::NoSpace));
        for size in 0..wire(1, b"abc").len() {
            assert_eq!(encode(1, &[b"abc"], &mut vec![0; size]), Err(LinkError::NoSpace));
        }
    }

    #[test]
    fn garbage_costs_at_most_the_frame_it_touches() {
        let mut bytes = vec![5, 6, 7]; // the tail of something
        bytes.push(0);
        bytes.extend(wire(1, b"first"));
        bytes.extend([0, 0, 0, 200, 1]); // noise that swallows the next start
        bytes.extend(wire(2, b"lost"));
        bytes.extend(wire(3, b"third"));
        let got = read(&bytes, 64);
        assert_eq!(got.len(), 4);
        assert!(got[0].is_err() && got[2].is_err());
        assert_eq!(got[1], Ok((1, b"first".to_vec())));
        assert_eq!(got[3], Ok((3, b"third".to_vec())));
    }

    #[test]
    fn long_frames_are_thrown_away_whole() {
        let mut bytes = wire(1, &[7; 100]);
        bytes.extend(wire(2, &[8; 10]));
        assert_eq!(read(&bytes, 64), [Err(LinkError::TooLong), Ok((2, vec![8; 10]))]);
    }

    #[test]
    fn any_flipped_bit_is_noticed() {
        let bytes = wire(1, b"some body \0 with a zero");
        for index in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[index] ^= 1 << bit;
                damaged.push(0); // in case the end was hit
                assert!(read(&damaged, 64).iter().all(Result::is_err), "byte {index} bit {bit}");
            }
        }
    }
}
