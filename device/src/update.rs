//! Another firmware by the link: taken piece by piece, checked whole, run on trial.
//!
//! Where the image goes and how the board starts it is the board's business ([`Board::write_firmware`] and those beside
//! it). What is decided here: only a whole image with the announced hash is ever started, and one that nobody reaches by
//! a capability within [`TRIAL_US`] is left again. Reached means that a request was let through the gate, or that the edge
//! has proved itself: then there is a way to bring the next firmware.

use crate::board::Board;
use crate::runtime::Runtime;
use nano_caps::Hasher;
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::Refused;
use nano_wire::message::update::Update;

/// How long a firmware on trial waits to be reached, µs.
pub const TRIAL_US: u64 = 5 * 60 * 1_000_000;
/// How long the board goes on after it was told to start another firmware, so that the answer gets out and can be
/// asked for once more, µs.
const FAREWELL_US: u64 = 500_000;

/// An image that is coming.
struct Coming {
    hash: ModuleHash,
    length: u32,
    /// Bytes that are there.
    next: u32,
}

/// What is under way.
#[derive(Default)]
pub struct Firmware {
    coming: Option<Coming>,
    /// When the board starts anew: it is to run another firmware, or the one on trial was not reached.
    restart_us: Option<u64>,
    is_on_trial: bool,
}

impl Firmware {
    /// When there is something to do.
    pub fn next_us(&self) -> u64 {
        self.restart_us.unwrap_or(u64::MAX)
    }
}

impl<B: Board> Runtime<B> {
    /// The board has started: perhaps with a firmware that is on trial.
    pub(crate) fn begin_trial(&mut self) {
        if self.world.board.is_on_trial() {
            self.firmware.is_on_trial = true;
            self.firmware.restart_us = Some(self.world.board.now_us().saturating_add(TRIAL_US));
        }
    }

    /// Somebody with a right has reached this firmware: it stays.
    pub(crate) fn firmware_is_reached(&mut self) {
        // Where that can't be noted the trial goes on, and so may the noting.
        if self.firmware.is_on_trial && self.world.board.keep_firmware() {
            self.firmware.is_on_trial = false;
            self.firmware.restart_us = None;
        }
    }

    /// Starts anew when it is time.
    pub(crate) fn poll_firmware(&mut self, now_us: u64) {
        if self.firmware.restart_us.is_some_and(|at| at <= now_us) {
            self.firmware.restart_us = None;
            self.settle();
            self.world.board.restart();
        }
    }

    /// Takes what an UPDATE brings; the bytes of the image that are there.
    pub(crate) fn update(&mut self, update: &Update<'_>) -> Result<u32, Refused> {
        let room = self.world.board.firmware_room();
        if room == 0 {
            return Err(Refused::Firmware);
        }
        // The other place holds what is gone back to, or what is about to run.
        if self.firmware.restart_us.is_some() {
            return Err(Refused::Storage);
        }
        match *update {
            Update::Begin { hash, length, board } => {
                if length == 0 || length > room || board != self.world.board.model() {
                    return Err(Refused::Image);
                }
                let same = self.firmware.coming.take().filter(|coming| coming.hash == hash && coming.length == length);
                let coming = same.unwrap_or(Coming { hash, length, next: 0 });
                Ok(self.firmware.coming.insert(coming).next)
            }
            Update::Piece { hash, offset, bytes } => {
                let coming = coming(&mut self.firmware.coming, hash)?;
                if offset != coming.next {
                    return Ok(coming.next);
                }
                let end = u32::try_from(bytes.len()).ok().and_then(|bytes| offset.checked_add(bytes));
                let end = end.filter(|end| *end <= coming.length).ok_or(Refused::Image)?;
                if !end.is_multiple_of(4) && end != coming.length {
                    return Err(Refused::Malformed);
                }
                if !self.world.board.write_firmware(offset, bytes) {
                    // What is there now is nothing to go on from.
                    self.firmware.coming = None;
                    return Err(Refused::Storage);
                }
                coming.next = end;
                Ok(end)
            }
            Update::Start { hash } => {
                let (length, next) =
                    coming(&mut self.firmware.coming, hash).map(|coming| (coming.length, coming.next))?;
                if next < length {
                    return Err(Refused::Image);
                }
                // From here on it must come anew: what is there has been judged.
                self.firmware.coming = None;
                if self.firmware_hash(length) != Some(hash) || !self.world.board.try_firmware() {
                    return Err(Refused::Image);
                }
                self.firmware.restart_us = Some(self.world.board.now_us().saturating_add(FAREWELL_US));
                Ok(length)
            }
        }
    }

    /// SHA-256 of the image as it can be read back.
    fn firmware_hash(&mut self, length: u32) -> Option<ModuleHash> {
        let mut hasher = Hasher::new();
        let mut buffer = [0; 256];
        let mut at = 0;
        while at < length {
            let count = buffer.len().min((length - at) as usize);
            let piece = buffer.get_mut(..count)?;
            if !self.world.board.read_firmware(at, piece) {
                return None;
            }
            hasher.update(piece);
            // It takes a while: a board's watchdog is to know that it is alive.
            self.world.board.worked(0);
            at += count as u32;
        }
        Some(ModuleHash(hasher.finalize()))
    }
}

/// The image that is coming, if it is this one.
fn coming(coming: &mut Option<Coming>, hash: ModuleHash) -> Result<&mut Coming, Refused> {
    coming.as_mut().filter(|coming| coming.hash == hash).ok_or(Refused::NotYet)
}
