//! The flash of a board with two places for a firmware, and the first stage that chooses; power fails when it is told.

/// Bytes of a place.
const ROOM: usize = 4096;
const SECTOR: usize = 256;
/// Starts that a firmware on trial gets.
const TRIES: u8 = 3;

/// What is noted of the firmware to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Note {
    Kept,
    Trial { starts: u8 },
}

#[derive(Clone, Debug)]
pub struct Places {
    both: [Vec<u8>; 2],
    /// Which runs.
    pub running: usize,
    /// Which is to run, and how sure that is.
    chosen: usize,
    note: Note,
    /// Writes of a word or a note until power fails.
    pub left: usize,
}

impl Places {
    pub fn new() -> Self {
        let mut first = vec![0xFF; ROOM];
        first[..4].copy_from_slice(b"old!");
        Self { both: [first, vec![0xFF; ROOM]], running: 0, chosen: 0, note: Note::Kept, left: usize::MAX }
    }

    /// Power is back: the first stage chooses.
    pub fn start(mut self) -> Self {
        self.left = usize::MAX;
        match &mut self.note {
            Note::Trial { starts: TRIES } => {
                self.chosen = 1 - self.chosen;
                self.note = Note::Kept;
            }
            Note::Trial { starts } => *starts += 1,
            Note::Kept => {}
        }
        self.running = self.chosen;
        self
    }

    /// What runs, its first bytes.
    pub fn image(&self) -> &[u8] {
        &self.both[self.running]
    }

    pub fn room(&self) -> u32 {
        self.both[0].len() as u32
    }

    fn powered(&mut self) -> bool {
        let on = self.left > 0;
        self.left = self.left.saturating_sub(1);
        on
    }

    pub fn write(&mut self, offset: usize, bytes: &[u8]) -> bool {
        for (at, byte) in (offset..).zip(bytes) {
            if at % SECTOR == 0 {
                if !self.powered() {
                    return false;
                }
                self.both[1 - self.running][at..at + SECTOR].fill(0xFF);
            }
            if at % 4 == 0 && !self.powered() {
                return false;
            }
            self.both[1 - self.running][at] &= byte;
        }
        self.both[1 - self.running][offset..offset + bytes.len()] == *bytes
    }

    pub fn read(&self, offset: usize, buffer: &mut [u8]) -> bool {
        let other = &self.both[1 - self.running];
        other.get(offset..offset + buffer.len()).is_some_and(|bytes| {
            buffer.copy_from_slice(bytes);
            true
        })
    }

    pub fn try_other(&mut self) -> bool {
        // What an image of this board begins with.
        let is_image = self.both[1 - self.running].starts_with(b"new");
        is_image && self.powered() && {
            (self.chosen, self.note) = (1 - self.running, Note::Trial { starts: 0 });
            true
        }
    }

    pub fn is_on_trial(&self) -> bool {
        self.note != Note::Kept
    }

    pub fn keep(&mut self) -> bool {
        self.powered() && {
            self.note = Note::Kept;
            true
        }
    }
}
