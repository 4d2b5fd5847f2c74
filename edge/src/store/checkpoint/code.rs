//! How a checkpoint says what a key is.
//!
//! Numbers are LEB128, texts have their length before them. Attributes are JSON, as in the journal, the first time they
//! occur and by their number after that: of most objects the same was said. Checksums are each object's own, so they are
//! written apart.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::hex::hex;
use crate::store::hold::{Held, Inline, Runs};
use crate::store::object::{Attributes, Object, Part, Piece, Place};

/// Attributes that have a number; those after them are written out each time.
const MOST_NUMBERED: usize = 1 << 14;

/// All that a key is: its current object, and its versions if there are, or were, several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct KeyState {
    pub current: Option<Arc<Object>>,
    pub history: Option<Vec<Arc<Object>>>,
}

/// Flags of a key.
mod key {
    pub const HISTORY: u8 = 1;
    /// The last of the history, or the only one, is the current one.
    pub const CURRENT: u8 = 2;
    pub const ALL: u8 = 3;
}

/// Flags of an object.
mod flag {
    pub const VERSION: u8 = 1;
    pub const DELETE_MARKER: u8 = 2;
    pub const PARTS: u8 = 4;
    pub const CHECKSUMS: u8 = 8;
    /// The entity tag is an MD5, and so 16 bytes.
    pub const MD5: u8 = 16;
    pub const ALL: u8 = 31;
}

/// Writes keys.
#[derive(Debug, Default)]
pub(super) struct Encoder {
    numbers: HashMap<Arc<Attributes>, u64>,
}

impl Encoder {
    /// Adds a key to a block.
    pub fn key(&mut self, out: &mut Vec<u8>, name: &str, state: &KeyState) -> Result<(), serde_json::Error> {
        text(out, name);
        let objects = state.history.as_deref().unwrap_or(state.current.as_slice());
        let mut flags = if state.history.is_some() { key::HISTORY } else { 0 };
        if state.current.is_some() {
            flags |= key::CURRENT;
        }
        out.push(flags);
        number(out, objects.len() as u64);
        objects.iter().try_for_each(|object| self.object(out, object))
    }

    fn object(&mut self, out: &mut Vec<u8>, object: &Object) -> Result<(), serde_json::Error> {
        let md5 = digest(&object.etag);
        let mut flags = 0;
        for (is_so, flag) in [
            (object.version.is_some(), flag::VERSION),
            (object.is_delete_marker, flag::DELETE_MARKER),
            (!object.parts.is_empty(), flag::PARTS),
            (!object.attributes.checksums.is_empty(), flag::CHECKSUMS),
            (md5.is_some(), flag::MD5),
        ] {
            flags |= if is_so { flag } else { 0 };
        }
        out.push(flags);
        number(out, object.length);
        number(out, object.modified_ms);
        number(out, object.revision);
        match md5 {
            Some(md5) => out.extend(md5),
            None => text(out, &object.etag),
        }
        if let Some(version) = &object.version {
            text(out, version);
        }
        self.attributes(out, &object.attributes)?;
        if !object.attributes.checksums.is_empty() {
            number(out, object.attributes.checksums.len() as u64);
            for (algorithm, sum) in &object.attributes.checksums {
                text(out, algorithm);
                text(out, sum);
            }
        }
        if !object.parts.is_empty() {
            json(out, &object.parts)?;
        }
        number(out, object.pieces.len() as u64);
        for piece in &object.pieces {
            number(out, piece.length);
            number(out, piece.skip);
            match &piece.place {
                // In the index there is none of the first kind.
                Place::Here => out.push(0),
                Place::Journal(inline) => {
                    out.push(1);
                    number(out, inline.sequence());
                }
                Place::Blobs(runs) => {
                    out.push(2);
                    number(out, runs.len() as u64);
                    for (first, count) in runs.iter() {
                        number(out, *first);
                        number(out, *count);
                    }
                }
            }
        }
        Ok(())
    }

    fn attributes(&mut self, out: &mut Vec<u8>, attributes: &Arc<Attributes>) -> Result<(), serde_json::Error> {
        let common = if attributes.checksums.is_empty() {
            Arc::clone(attributes)
        } else {
            Arc::new(Attributes { checksums: BTreeMap::new(), ..Attributes::clone(attributes) })
        };
        if let Some(known) = self.numbers.get(&common) {
            number(out, *known);
            return Ok(());
        }
        // 0: these are not remembered. The number after the last one: from here on they are this.
        let next = self.numbers.len() as u64 + 1;
        let is_remembered = self.numbers.len() < MOST_NUMBERED;
        number(out, if is_remembered { next } else { 0 });
        json(out, &*common)?;
        if is_remembered {
            self.numbers.insert(common, next);
        }
        Ok(())
    }
}

/// Reads keys in the order in which they were written.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    known: Vec<Arc<Attributes>>,
    held: Held,
}

impl Decoder {
    pub fn new(held: &Held) -> Self {
        Self { known: vec![], held: held.clone() }
    }

    /// The attributes that several objects may share.
    pub fn known(self) -> Vec<Arc<Attributes>> {
        self.known
    }

    /// Takes a key from the front; nothing when it makes no sense.
    pub fn key(&mut self, bytes: &mut &[u8]) -> Option<(String, KeyState)> {
        let name = take_text(bytes)?;
        let flags = take_byte(bytes)?;
        let count = take_number(bytes)?;
        let has_history = flags & key::HISTORY != 0;
        if flags & !key::ALL != 0 || (!has_history && count != u64::from(flags & key::CURRENT != 0)) {
            return None;
        }
        if !has_history {
            let current = if count == 0 { None } else { Some(self.object(bytes)?) };
            return Some((name, KeyState { current, history: None }));
        }
        let mut versions = vec![];
        for _ in 0..count {
            versions.push(self.object(bytes)?);
        }
        let is_current = flags & key::CURRENT != 0;
        let current = if is_current { Some(Arc::clone(versions.last()?)) } else { None };
        Some((name, KeyState { current, history: Some(versions) }))
    }

    fn object(&mut self, bytes: &mut &[u8]) -> Option<Arc<Object>> {
        let flags = take_byte(bytes)?;
        if flags & !flag::ALL != 0 {
            return None;
        }
        let has = |flag: u8| flags & flag != 0;
        let length = take_number(bytes)?;
        let modified_ms = take_number(bytes)?;
        let revision = take_number(bytes)?;
        let etag = if has(flag::MD5) { hex(take(bytes, 16)?) } else { take_text(bytes)? };
        let version = if has(flag::VERSION) { Some(take_text(bytes)?) } else { None };
        let mut attributes = self.attributes(bytes)?;
        if has(flag::CHECKSUMS) {
            let mut own = Attributes::clone(&attributes);
            for _ in 0..take_number(bytes)? {
                let algorithm = take_text(bytes)?;
                own.checksums.insert(algorithm, take_text(bytes)?);
            }
            attributes = Arc::new(own);
        }
        let parts: Vec<Part> = if has(flag::PARTS) { take_json(bytes)? } else { vec![] };
        let count = take_number(bytes)?;
        let mut pieces = Vec::with_capacity(count.min(16) as usize);
        for _ in 0..count {
            let (length, skip) = (take_number(bytes)?, take_number(bytes)?);
            let place = match take_byte(bytes)? {
                1 => Place::Journal(Inline::new(take_number(bytes)?, &self.held.journal)),
                2 => {
                    let count = take_number(bytes)?;
                    let mut runs = Vec::with_capacity(count.min(16) as usize);
                    for _ in 0..count {
                        runs.push((take_number(bytes)?, take_number(bytes)?));
                    }
                    Place::Blobs(Runs::new(runs.into(), &self.held.blobs))
                }
                _ => return None,
            };
            pieces.push(Piece { length, skip, place });
        }
        let is_delete_marker = has(flag::DELETE_MARKER);
        Some(Arc::new(Object {
            length,
            etag,
            modified_ms,
            attributes,
            parts,
            revision,
            version,
            is_delete_marker,
            pieces,
        }))
    }

    fn attributes(&mut self, bytes: &mut &[u8]) -> Option<Arc<Attributes>> {
        let which = take_number(bytes)?;
        if let Some(known) = which.checked_sub(1).and_then(|at| self.known.get(at as usize)) {
            return Some(Arc::clone(known));
        }
        let attributes = Arc::new(take_json::<Attributes>(bytes)?);
        if which != 0 {
            if which != self.known.len() as u64 + 1 {
                return None;
            }
            self.known.push(Arc::clone(&attributes));
        }
        Some(attributes)
    }
}

pub(super) fn number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn text(out: &mut Vec<u8>, text: &str) {
    number(out, text.len() as u64);
    out.extend(text.as_bytes());
}

pub(super) fn json(out: &mut Vec<u8>, value: &impl serde::Serialize) -> Result<(), serde_json::Error> {
    let bytes = serde_json::to_vec(value)?;
    number(out, bytes.len() as u64);
    out.extend(bytes);
    Ok(())
}

fn take<'a>(bytes: &mut &'a [u8], count: u64) -> Option<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(usize::try_from(count).ok()?)?;
    *bytes = rest;
    Some(taken)
}

fn take_byte(bytes: &mut &[u8]) -> Option<u8> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    Some(*first)
}

pub(super) fn take_number(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let byte = take_byte(bytes)?;
        value |= u64::from(byte & 0x7F).checked_shl(shift)?;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

pub(super) fn take_text(bytes: &mut &[u8]) -> Option<String> {
    let length = take_number(bytes)?;
    Some(std::str::from_utf8(take(bytes, length)?).ok()?.to_owned())
}

pub(super) fn take_json<T: serde::de::DeserializeOwned>(bytes: &mut &[u8]) -> Option<T> {
    let length = take_number(bytes)?;
    serde_json::from_slice(take(bytes, length)?).ok()
}

/// The bytes of an entity tag that is an MD5 in lower-case hex.
fn digest(etag: &str) -> Option<[u8; 16]> {
    let (pairs, rest) = etag.as_bytes().as_chunks::<2>();
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut md5 = [0; 16];
    if pairs.len() != md5.len() || !rest.is_empty() {
        return None;
    }
    for (to, [high, low]) in md5.iter_mut().zip(pairs) {
        *to = digit(*high)? << 4 | digit(*low)?;
    }
    Some(md5)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::object::ObjectRecord;

    fn object(revision: u64, attributes: Attributes, place: Place) -> Arc<Object> {
        let pieces = vec![Piece { length: 300, skip: 2, place }];
        let record = ObjectRecord { length: 300, etag: "e-2".into(), pieces, parts: vec![], attributes };
        Arc::new(Object::from_record(record, revision, 1_800_000_000_000))
    }

    #[test]
    fn keys_come_back_as_they_were_and_share_what_they_shared() {
        let plain = Attributes { headers: BTreeMap::from([("a".into(), "b".into())]), ..Attributes::default() };
        let summed = Attributes { checksums: BTreeMap::from([("crc32".into(), "AA==".into())]), ..plain.clone() };
        let held = Held::default();
        let first = object(1, plain.clone(), Place::Journal(1.into()));
        let mut second = Object::clone(&object(9, summed, Place::Blobs([(4, 2), (1 << 60, 1)].into())));
        second.version = Some("v".into());
        second.etag = "0123456789abcdef0123456789abcdef".into();
        second.parts = vec![Part { number: 3, length: 300, checksums: BTreeMap::new(), salt: None }];
        let second = Arc::new(second);
        let marker = Arc::new(Object::delete_marker(12, 5, "me".into()));
        let states = [
            KeyState::default(),
            KeyState { current: Some(Arc::clone(&first)), history: None },
            KeyState { current: Some(Arc::clone(&second)), history: Some(vec![first, Arc::clone(&second)]) },
            KeyState { current: None, history: Some(vec![second, marker]) },
        ];
        let (mut encoder, mut bytes) = (Encoder::default(), vec![]);
        for (at, state) in states.iter().enumerate() {
            encoder.key(&mut bytes, &format!("k/ü{at}"), state).unwrap();
        }
        let mut decoder = Decoder::new(&held);
        let mut rest = &bytes[..];
        let mut found = vec![];
        while !rest.is_empty() {
            found.push(decoder.key(&mut rest).unwrap());
        }
        assert_eq!(found.iter().map(|(_, state)| state.clone()).collect::<Vec<_>>(), states);
        assert_eq!((found[3].0.as_str(), held.journal.total(), held.blobs.total()), ("k/ü3", 2, 6));
        let attributes = |at: usize| Arc::clone(&found[at].1.current.as_ref().unwrap().attributes);
        assert!(Arc::ptr_eq(&attributes(1), &found[2].1.history.as_ref().unwrap()[0].attributes));
        let (current, history) = (found[2].1.current.as_ref().unwrap(), found[2].1.history.as_ref().unwrap());
        assert!(Arc::ptr_eq(current, &history[1]));
        // What is cut off is no key, and no cut makes it panic.
        for cut in 0..bytes.len() {
            let (mut decoder, mut rest) = (Decoder::new(&Held::default()), &bytes[..cut]);
            while !rest.is_empty() && decoder.key(&mut rest).is_some() {}
        }
    }

    #[test]
    fn entity_tags_that_are_no_md5_stay_texts() {
        for other in ["", "0123456789ABCDEF0123456789abcdef", "0123456789abcdef0123456789abcde", "x-3"] {
            assert_eq!(digest(other), None);
        }
        let etag = "00ff456789abcdef0123456789abcdef";
        assert_eq!(hex(&digest(etag).unwrap()), etag);
    }
}
