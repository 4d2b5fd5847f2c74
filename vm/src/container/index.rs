//! The index of a dict: where the entry of a hash is.
//!
//! A power of two of places, each empty (0) or an entry's position + 1, in 1, 2 or 4 bytes by how many places there
//! are. Linear probing from the top bits of a product: no division, and a place is freed for good when its entry is
//! deleted.

use super::key::{NeedsEqual, Same};
use crate::vm::Vm;
use nano_wire::value::{Value, header_length};

/// Bytes of a place in an index of this many bytes.
#[inline]
pub(crate) fn place_bytes(index_bytes: u32) -> u32 {
    match index_bytes {
        0..=256 => 1,
        257..=131_072 => 2,
        _ => 4,
    }
}

/// Places in an index of this many bytes.
#[inline(always)]
pub(super) fn places_in(index_bytes: u32) -> u32 {
    match place_bytes(index_bytes) {
        1 => index_bytes,
        2 => index_bytes / 2,
        _ => index_bytes / 4,
    }
}

/// Bytes of the index for room for this many entries: at most two thirds of its places get used.
pub(super) fn index_bytes(capacity: u32) -> u32 {
    let places = (capacity.saturating_add(capacity / 2).saturating_add(1)).next_power_of_two().max(16);
    match places {
        0..=256 => places,
        257..=65_536 => places * 2,
        _ => places.saturating_mul(4),
    }
}

/// First place to look at for a hash.
#[inline]
pub(crate) fn home(hash: Value, places: u32) -> u32 {
    // As many bits as a power of two of places has: leading zeros are one instruction where trailing ones aren't.
    hash.0.wrapping_mul(0x9E37_79B1) >> ((places.leading_zeros() + 1) & 31)
}

impl Vm<'_> {
    #[inline]
    pub(super) fn place(&self, index: Value, bytes: u32, place: u32) -> u32 {
        let at = index.0 + 4;
        match place_bytes(bytes) {
            1 => self.mem.word(at + place) >> (place % 4 * 8) & 0xFF,
            2 => self.mem.word(at + place * 2) >> (place % 2 * 16) & 0xFFFF,
            _ => self.mem.word(at + place * 4),
        }
    }

    #[inline]
    pub(super) fn set_place(&mut self, index: Value, bytes: u32, place: u32, entry: u32) {
        let at = index.0 + 4;
        let (offset, shift, mask) = match place_bytes(bytes) {
            1 => (at + place, place % 4 * 8, 0xFF),
            2 => (at + place * 2, place % 2 * 16, 0xFFFF),
            _ => (at + place * 4, 0, u32::MAX),
        };
        let word = self.mem.word(offset) & !(mask << shift) | entry << shift;
        self.mem.set_word(offset, word);
    }

    pub(super) fn dict_find_indexed(
        &self,
        entries: &[[Value; 3]],
        index: Value,
        hash: Value,
        key: Value,
    ) -> Result<Option<u32>, NeedsEqual> {
        let Some(&[head]) = self.mem.head(index) else { return Ok(None) };
        let bytes = header_length(head.0) * 4;
        if bytes <= 256 {
            let places = self.mem.slice(index.0 + 4, bytes);
            return self.dict_probe(entries, bytes, hash, key, |place| {
                u32::from(places.get(place as usize).copied().unwrap_or(0))
            });
        }
        let places = places_in(bytes);
        self.dict_probe(entries, places, hash, key, |place| self.place(index, bytes, place))
    }

    #[inline]
    pub(super) fn dict_probe(
        &self,
        entries: &[[Value; 3]],
        places: u32,
        hash: Value,
        key: Value,
        read: impl Fn(u32) -> u32,
    ) -> Result<Option<u32>, NeedsEqual> {
        let mut place = home(hash, places);
        loop {
            let entry = read(place).wrapping_sub(1);
            let Some([stored, candidate, _]) = entries.get(entry as usize) else { return Ok(None) };
            if *stored == hash {
                match self.same_key(*candidate, key) {
                    Same::Yes => return Ok(Some(entry)),
                    Same::No => {}
                    Same::Ask => return Err(NeedsEqual),
                }
            }
            place = (place + 1) & (places - 1);
            self.note(1);
        }
    }

    #[inline]
    pub(super) fn index_put(&mut self, index: Value, hash: Value, entry: u32) {
        let bytes = self.length(index) * 4;
        let places = places_in(bytes);
        let mut place = home(hash, places);
        while self.place(index, bytes, place) != 0 {
            place = (place + 1) & (places - 1);
            self.note(1);
        }
        self.set_place(index, bytes, place, entry + 1);
    }

    /// Frees the place of an entry: later ones of its run move up, so that no search is cut short.
    pub(super) fn index_remove(&mut self, dict: Value, index: Value, hash: Value, entry: u32) {
        let bytes = self.length(index) * 4;
        let places = places_in(bytes);
        let mask = places - 1;
        let mut hole = home(hash, places);
        loop {
            match self.place(index, bytes, hole) {
                0 => return,
                found if found == entry + 1 => break,
                _ => hole = (hole + 1) & mask,
            }
        }
        let mut place = hole;
        loop {
            place = (place + 1) & mask;
            let found = self.place(index, bytes, place);
            let Some([hash, _, _]) = self.entries(dict).get(found.wrapping_sub(1) as usize) else { break };
            // It may move into the hole unless its home lies behind the hole.
            let distance = place.wrapping_sub(home(*hash, places)) & mask;
            if distance >= (place.wrapping_sub(hole) & mask) {
                self.set_place(index, bytes, hole, found);
                hole = place;
            }
        }
        self.set_place(index, bytes, hole, 0);
    }

    pub(super) fn index_all(&mut self, dict: Value, index: Value) {
        for entry in 0..self.entries(dict).len() as u32 {
            let hash = self.entries(dict).get(entry as usize).map_or(Value::UNBOUND, |[hash, _, _]| *hash);
            self.index_put(index, hash, entry);
        }
    }
}
