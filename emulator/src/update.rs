//! Another firmware for a device, brought by its link.

use std::thread;
use std::time::{Duration, Instant};

use nano_caps::{Op, Status, sha256};
use nano_wire::link::crc32;
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::ANY;
use nano_wire::message::update::{Update, Updating};

use crate::client::{ClientError, DeviceClient};

/// What goes around the bytes of a piece, in a frame and in a request: hash, offset, header, tag, checksum.
const AROUND: usize = 128;
/// Most bytes of a piece, and of a frame of the smallest device.
const PIECE: usize = 768;
const FRAME: usize = 1024;
/// A device takes so many requests and no more.
const PACE: Duration = Duration::from_millis(21);
/// How long a device goes on after it was told to start another firmware, about.
const GOODBYE: Duration = Duration::from_millis(700);
/// How long it takes a device to start, and to start again as often as a firmware is tried.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an update came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Updated {
    /// It ran already.
    Already,
    /// It runs now, and stays.
    Runs,
    /// The device went back to another one: its checksum.
    Back(u32),
}

impl DeviceClient {
    /// Brings a firmware, has it started and waits until the device answers again, which ends its trial. Needs the right
    /// UPDATE on everything. It can be repeated at any time, and goes on where it was. `progress` hears how much is there.
    pub fn update(
        &mut self,
        board: &str,
        image: &[u8],
        mut progress: impl FnMut(usize),
    ) -> Result<Updated, ClientError> {
        let hash = ModuleHash(sha256(&[image]));
        let crc = crc32(0, image);
        let begun = self.begin_update(board, image)?;
        if begun.running == crc {
            return Ok(Updated::Already);
        }
        let most = PIECE.min(FRAME.saturating_sub(AROUND + self.shown_bytes())).max(64) & !3;
        let mut next = begun.next as usize;
        while next < image.len() {
            progress(next);
            let sent = Instant::now();
            let bytes = image.get(next..image.len().min(next + most)).unwrap_or_default();
            let update = Update::Piece { hash, offset: next as u32, bytes };
            let is = self.ask_update(&update)?.next as usize;
            if is < next {
                // It has started meanwhile and forgotten what was on its way.
                self.begin_update(board, image)?;
            }
            next = is;
            thread::sleep(PACE.saturating_sub(sent.elapsed()));
        }
        progress(image.len());
        match self.ask_update(&Update::Start { hash }) {
            // It looks at all of it first, which takes a while. Asked again meanwhile, it is about to start.
            Ok(_) | Err(ClientError::Silent | ClientError::Refused { status: Status::Busy, .. }) => {}
            Err(error) => return Err(error),
        }
        self.wait_for_update(board, image, crc)
    }

    /// Asks until it has started anew and answers.
    fn wait_for_update(&mut self, board: &str, image: &[u8], crc: u32) -> Result<Updated, ClientError> {
        let deadline = Instant::now() + PATIENCE;
        // While it says goodbye the old one still answers.
        thread::sleep(GOODBYE);
        loop {
            match self.begin_update(board, image) {
                Ok(Updating { running, .. }) if running == crc => return Ok(Updated::Runs),
                Ok(Updating { running, .. }) => return Ok(Updated::Back(running)),
                Err(ClientError::Silent) if Instant::now() < deadline => {}
                // It is still about to start.
                Err(ClientError::Refused { status: Status::Busy, .. }) if Instant::now() < deadline => {
                    thread::sleep(GOODBYE);
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn begin_update(&mut self, board: &str, image: &[u8]) -> Result<Updating, ClientError> {
        let hash = ModuleHash(sha256(&[image]));
        let length = u32::try_from(image.len()).unwrap_or(u32::MAX);
        self.ask_update(&Update::Begin { hash, length, board })
    }

    fn ask_update(&mut self, update: &Update<'_>) -> Result<Updating, ClientError> {
        let mut payload = vec![0; 2048];
        let length = update.encode(&mut payload)?;
        let answer = self.request(Op::Update, ANY, ANY, payload.get(..length).unwrap_or_default())?;
        Ok(Updating::decode(&answer.payload)?)
    }
}
