//! The store itself.

use crate::{Nor, SECTOR};
use alloc::vec;
use alloc::vec::Vec;
use nano_wire::link;

const MAGIC: u32 = u32::from_le_bytes(*b"KEP2");
/// Of the version before, whose sectors begin with the first value after [`HEADER`] bytes.
const MAGIC_BEFORE: u32 = u32::from_le_bytes(*b"KEEP");
/// Bytes of a sector's header, and of a value's.
const SECTOR_HEADER: usize = 16;
const HEADER: usize = 12;
/// Bytes of a sector that values have.
const ROOM: usize = SECTOR - SECTOR_HEADER;
/// Where a sector says that it is begun: all that was to be copied into it is there.
const BEGUN_AT: u32 = 12;
const BEGUN: u32 = 0;
/// Sectors that hold nothing, beside the one that is written: one to go on with, and one where that fails.
const SPARE: usize = 2;
/// Words read at a time when scanning or copying.
const PIECE: usize = 16;

/// Why a value is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeepError {
    /// It is larger than a sector takes.
    TooLarge,
    /// All that is kept leaves no room for it.
    Full,
    /// So many sectors fail that there is no place left.
    Worn,
}

/// Where a value lies.
#[derive(Clone, Copy, Debug)]
struct Place {
    key: u32,
    offset: u32,
}

/// Values in flash.
#[derive(Debug)]
pub struct Keep<N> {
    nor: N,
    /// Sorted by key.
    places: Vec<Place>,
    /// Sector that is written, its turn, and where in it the next value goes.
    head: u32,
    turn: u32,
    next: usize,
}

/// CRC-32 of words as they lie in flash, going on from `crc` (0 to begin).
fn crc32(crc: u32, words: &[u32]) -> u32 {
    words.iter().fold(crc, |crc, word| link::crc32(crc, &word.to_le_bytes()))
}

const fn stored(length: usize) -> usize {
    HEADER + length.next_multiple_of(4)
}

impl<N: Nor> Keep<N> {
    /// Most bytes of a value.
    pub const MOST: usize = ROOM - HEADER;

    /// Finds what was kept; makes an empty store where there was none. At least 3 sectors.
    #[inline(never)]
    pub fn open(nor: N) -> Result<Self, KeepError> {
        let mut keep = Self { nor, places: Vec::new(), head: 0, turn: 0, next: SECTOR };
        if keep.nor.sectors() <= SPARE as u32 {
            return Err(KeepError::Full);
        }
        let mut order: Vec<(u32, u32)> = (0..keep.nor.sectors()).filter_map(|s| Some((keep.turn_of(s)?, s))).collect();
        // Few, and once: the code of a sort would be three times that of all else here.
        while let Some((index, _)) = order.iter().enumerate().min_by_key(|(_, place)| **place) {
            let (turn, sector) = order.swap_remove(index);
            keep.turn = turn;
            // One that is not begun has copies, if anything: what they are of is still there.
            if let Some(first) = keep.first(sector) {
                keep.head = sector;
                keep.next = keep.scan(sector, first);
            }
        }
        Ok(keep)
    }

    /// The flash.
    pub fn nor_mut(&mut self) -> &mut N {
        &mut self.nor
    }

    /// The keys of what is kept, ascending.
    pub fn keys(&self) -> impl Iterator<Item = u32> {
        self.places.iter().map(|place| place.key)
    }

    /// The turn of a sector.
    fn turn_of(&mut self, sector: u32) -> Option<u32> {
        let mut header = [0; 3];
        let [magic, turn, crc] = if self.nor.read(start(sector), &mut header) { header } else { return None };
        ([MAGIC, MAGIC_BEFORE].contains(&magic) && crc == crc32(0, &[magic, turn])).then_some(turn)
    }

    /// Where the first value of a sector is; none in one that is not begun.
    fn first(&mut self, sector: u32) -> Option<usize> {
        let mut header = [0; SECTOR_HEADER / 4];
        match self.nor.read(start(sector), &mut header).then_some(header)? {
            [MAGIC_BEFORE, ..] => Some(HEADER),
            [.., BEGUN] => Some(SECTOR_HEADER),
            _ => None,
        }
    }

    /// Learns a sector's values, later ones instead of earlier ones; where the next may be written.
    fn scan(&mut self, sector: u32, first: usize) -> usize {
        let mut at = first;
        while at + HEADER <= SECTOR {
            let offset = start(sector) + at as u32;
            match self.value(offset, SECTOR - at) {
                Some((key, length)) => {
                    self.note(key, offset);
                    at += stored(length);
                }
                None if self.is_blank(offset, SECTOR - at) => return at,
                None => return SECTOR,
            }
        }
        at
    }

    fn note(&mut self, key: u32, offset: u32) {
        match self.places.binary_search_by_key(&key, |place| place.key) {
            Ok(index) => {
                if let Some(place) = self.places.get_mut(index) {
                    place.offset = offset;
                }
            }
            Err(index) => self.places.insert(index, Place { key, offset }),
        }
    }

    /// Key and length of the value there, if there is a whole one.
    fn value(&mut self, offset: u32, room: usize) -> Option<(u32, usize)> {
        let mut header = [0; HEADER / 4];
        let [key, length, crc] = if self.nor.read(offset, &mut header) { header } else { return None };
        let length = usize::try_from(length).ok().filter(|length| *length <= Self::MOST && stored(*length) <= room)?;
        let mut sum = crc32(0, &[key, length as u32]);
        self.pieces(offset + HEADER as u32, length.div_ceil(4), |piece| sum = crc32(sum, piece))?;
        (sum == crc).then_some((key, length))
    }

    /// Reads words in pieces.
    fn pieces(&mut self, offset: u32, words: usize, mut each: impl FnMut(&[u32])) -> Option<()> {
        let mut piece = [0; PIECE];
        for from in (0..words).step_by(PIECE) {
            let piece = piece.get_mut(..(words - from).min(PIECE))?;
            if !self.nor.read(offset + from as u32 * 4, piece) {
                return None;
            }
            each(piece);
        }
        Some(())
    }

    fn is_blank(&mut self, offset: u32, bytes: usize) -> bool {
        let mut blank = true;
        self.pieces(offset, bytes / 4, |piece| blank &= piece.iter().all(|word| *word == u32::MAX)).is_some() && blank
    }

    /// Whether there is such a value, readable or not.
    pub fn has(&self, key: u32) -> bool {
        self.places.binary_search_by_key(&key, |place| place.key).is_ok()
    }

    /// Copies a value into `out`; its length, `None` when there is none or it doesn't fit.
    #[inline(never)]
    pub fn load(&mut self, key: u32, out: &mut [u8]) -> Option<usize> {
        let index = self.places.binary_search_by_key(&key, |place| place.key).ok()?;
        let offset = self.places.get(index)?.offset;
        let (_, length) = self.value(offset, SECTOR)?;
        let mut rest = out.get_mut(..length)?.chunks_mut(4);
        self.pieces(offset + HEADER as u32, length.div_ceil(4), |piece| {
            for (word, to) in piece.iter().zip(rest.by_ref()) {
                to.iter_mut().zip(word.to_le_bytes()).for_each(|(to, from)| *to = from);
            }
        })?;
        Some(length)
    }

    /// Keeps a value in the place of the one before. When this returns `Ok` it survives a power cut.
    #[inline(never)]
    pub fn store(&mut self, key: u32, bytes: &[u8]) -> Result<(), KeepError> {
        if bytes.len() > Self::MOST {
            return Err(KeepError::TooLarge);
        }
        // Over the bytes at once, which is quicker than by words.
        let padding = [0xFF; 3];
        let padding = padding.get(..bytes.len().wrapping_neg() & 3).unwrap_or_default();
        let crc = link::crc32(link::crc32(crc32(0, &[key, bytes.len() as u32]), bytes), padding);
        let mut words = Vec::with_capacity(stored(bytes.len()) / 4);
        words.extend([key, bytes.len() as u32, crc]);
        words.extend(bytes.chunks(4).map(|chunk| {
            let mut word = [0xFF; 4];
            word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
            u32::from_le_bytes(word)
        }));
        if self.put(&words) {
            return Ok(());
        }
        if !self.has_room(words.len() * 4) {
            return Err(KeepError::Full);
        }
        // One turn of the ring comes to every sector that has room, and one more to what was worn on the way.
        for _ in 0..2 * self.nor.sectors() {
            self.advance()?;
            if self.put(&words) {
                return Ok(());
            }
        }
        Err(KeepError::Full)
    }

    /// Bytes that are left to values; some of them only to small ones.
    pub fn room(&mut self) -> usize {
        let taken = self.taken();
        (ROOM * taken.len().saturating_sub(SPARE)).saturating_sub(taken.iter().sum())
    }

    /// Whether so many bytes go into a sector, beside what is copied into it: found out without a write, for asking again
    /// and again must not wear the flash.
    fn has_room(&mut self, bytes: usize) -> bool {
        let taken = self.taken();
        let free = taken.iter().filter(|taken| **taken == 0).count();
        free > SPARE || taken.iter().any(|taken| *taken > 0 && taken + bytes <= ROOM)
    }

    /// Bytes of what counts, by sector.
    fn taken(&mut self) -> Vec<usize> {
        let mut taken = vec![0; self.nor.sectors() as usize];
        for index in 0..self.places.len() {
            let Some(place) = self.places.get(index).copied() else { break };
            let mut header = [0; HEADER / 4];
            let length = if self.nor.read(place.offset, &mut header) { header[1] as usize } else { Self::MOST };
            if let Some(taken) = taken.get_mut(place.offset as usize / SECTOR) {
                *taken += stored(length.min(Self::MOST));
            }
        }
        taken
    }

    /// Forgets values; the sectors give them up as they are collected. After a power cut they may be there again.
    pub fn forget(&mut self, mut which: impl FnMut(u32) -> bool) {
        self.places.retain(|place| !which(place.key));
    }

    /// Writes a value behind the last one, if it fits and holds.
    fn put(&mut self, words: &[u32]) -> bool {
        let bytes = words.len() * 4;
        if self.next + bytes > SECTOR {
            return false;
        }
        let offset = start(self.head) + self.next as u32;
        self.next += bytes;
        let (Some((header, body)), Some(key)) = (words.split_first_chunk::<{ HEADER / 4 }>(), words.first()) else {
            return false;
        };
        // The header last: until it is there the place is no value. Its checksum covers both in any order.
        let written =
            (body.is_empty() || self.nor.write(offset + HEADER as u32, body)) && self.nor.write(offset, header);
        if written {
            self.note(*key, offset);
        } else {
            // What does not hold here may hold elsewhere.
            self.next = SECTOR;
        }
        written
    }

    /// Begins the next free sector. Where few are left it gets what counts of the oldest one, which is freed.
    fn advance(&mut self) -> Result<(), KeepError> {
        let sectors = self.nor.sectors();
        for _ in 0..sectors {
            self.head = (self.head + 1) % sectors;
            if self.is_used(self.head) {
                continue;
            }
            let (sector, turn) = (self.head, self.turn + 1);
            let blank = self.is_blank(start(sector), SECTOR) || self.nor.erase(sector);
            if !blank || !self.nor.write(start(sector), &[MAGIC, turn, crc32(0, &[MAGIC, turn])]) {
                continue;
            }
            (self.turn, self.next) = (turn, SECTOR_HEADER);
            let others = || (1..sectors).map(|step| (sector + step) % sectors);
            let oldest = others().find(|other| self.is_used(*other));
            let free = others().filter(|other| !self.is_used(*other)).count();
            let freed = oldest.filter(|_| free < SPARE);
            let before: Vec<Place> = freed.map_or_else(Vec::new, |freed| self.places_in(freed));
            // What is put into it from here on is no copy: then it is a sector like others, and not sooner.
            if before.iter().all(|place| self.copy(*place)) && self.nor.write(start(sector) + BEGUN_AT, &[BEGUN]) {
                // One that does not erase is found out when it is to be written.
                if let Some(freed) = freed
                    && !self.is_blank(start(freed), SECTOR)
                {
                    self.nor.erase(freed);
                }
                return Ok(());
            }
            // It does not hold: what it has are copies.
            for place in before {
                if self.has(place.key) {
                    self.note(place.key, place.offset);
                }
            }
        }
        self.next = SECTOR;
        Err(KeepError::Worn)
    }

    fn places_in(&self, sector: u32) -> Vec<Place> {
        self.places.iter().filter(|place| place.offset / SECTOR as u32 == sector).copied().collect()
    }

    /// Whether anything that counts is in a sector.
    fn is_used(&self, sector: u32) -> bool {
        self.places.iter().any(|place| place.offset / SECTOR as u32 == sector)
    }

    /// Copies a value to the newest sector; `false` when it does not hold there.
    fn copy(&mut self, place: Place) -> bool {
        let Some((_, length)) = self.value(place.offset, SECTOR) else {
            // It can't be read any more; it is not kept by pretending.
            self.places.retain(|other| other.key != place.key);
            return true;
        };
        let mut words = vec![0; stored(length) / 4];
        self.nor.read(place.offset, &mut words) && self.put(&words)
    }
}

fn start(sector: u32) -> u32 {
    sector * SECTOR as u32
}
