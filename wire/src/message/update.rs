//! UPDATE: another firmware for a board, by its link.
//!
//! The image comes piece by piece into the place that the running one does not lie in; [`Update::Start`] has the board
//! check it whole and run it from its next start on, on trial: an image that nobody reaches by a capability is left
//! again for the one before. What arrives when is up to the client; what has not come yet a power cut forgets.

use super::{MessageError, ModuleHash, Reader, Writer};

/// The payload of UPDATE.
///
/// ```text
/// 1 begin: hash [32], length u32, board str8 | 2 piece: hash [32], offset u32, bytes | 3 start: hash [32]
/// ```
///
/// The hash is SHA-256 of the whole image and names the update; `begin` again with the same goes on where it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update<'a> {
    /// An image will come.
    Begin {
        /// Of the image.
        hash: ModuleHash,
        /// Bytes of the image.
        length: u32,
        /// The board it was built for, as [`DeviceStat`](super::operation::DeviceStat) has it.
        board: &'a str,
    },
    /// Bytes of it. They are taken in order; a piece that is not the next changes nothing.
    Piece {
        /// Of the image.
        hash: ModuleHash,
        /// Where they belong.
        offset: u32,
        /// The bytes; a whole number of words but at the end of the image.
        bytes: &'a [u8],
    },
    /// It is whole: run it.
    Start {
        /// Of the image.
        hash: ModuleHash,
    },
}

impl<'a> Update<'a> {
    /// Exactly one.
    pub fn decode(payload: &'a [u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let what = r.u8()?;
        let hash = ModuleHash(r.array()?);
        let update = match what {
            1 => Self::Begin { hash, length: r.u32()?, board: r.str8()? },
            2 => Self::Piece { hash, offset: r.u32()?, bytes: r.rest() },
            3 => Self::Start { hash },
            _ => return Err(MessageError::Value),
        };
        r.end()?;
        Ok(update)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        match *self {
            Self::Begin { hash, length, board } => {
                w.u8(1)?;
                w.put(&hash.0)?;
                w.u32(length)?;
                w.str8(board)?;
            }
            Self::Piece { hash, offset, bytes } => {
                w.u8(2)?;
                w.put(&hash.0)?;
                w.u32(offset)?;
                w.put(bytes)?;
            }
            Self::Start { hash } => {
                w.u8(3)?;
                w.put(&hash.0)?;
            }
        }
        Ok(w.len())
    }
}

/// The answer to UPDATE.
///
/// ```text
/// next u32 | running u32
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Updating {
    /// CRC-32 (IEEE 802.3) of the image that runs, in the answer to `begin`; else 0. So it is seen whether an update is
    /// needed, and whether the one before has stayed.
    pub running: u32,
    /// Bytes of the image that are there: where the next piece goes.
    pub next: u32,
}

impl Updating {
    /// Exactly one.
    pub fn decode(payload: &[u8]) -> Result<Self, MessageError> {
        let mut r = Reader::new(payload);
        let (next, running) = (r.u32()?, r.u32()?);
        let updating = Self { running, next };
        r.end()?;
        Ok(updating)
    }

    /// Writes it and returns its length.
    pub fn encode(&self, out: &mut [u8]) -> Result<usize, MessageError> {
        let mut w = Writer::new(out);
        w.u32(self.next)?;
        w.u32(self.running)?;
        Ok(w.len())
    }
}
