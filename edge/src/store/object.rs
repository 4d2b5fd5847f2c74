//! What is known of an object: its attributes and where its bytes are.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::CHUNK_BYTES;

/// What was said about an object when it was put; given back as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// System headers by lower-case name: content-type, cache-control, ...
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// User metadata, without the `x-amz-meta-`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, String>,
    /// Verified checksums in base64 by algorithm: crc32, crc32c, crc64nvme, sha1, sha256.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub checksums: BTreeMap<String, String>,
    /// `FULL_OBJECT` or `COMPOSITE`, when there are checksums.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum_type: Option<String>,
    /// A multipart upload's checksum algorithm.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checksum_algorithm: Option<String>,
    /// Other than `STANDARD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_class: Option<String>,
}

/// A stretch of an object's bytes that was written in one go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Piece {
    /// Bytes of it that count.
    pub length: u64,
    /// Bytes before them that don't.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skip: u64,
    pub place: Place,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
const fn is_zero(value: &u64) -> bool {
    *value == 0
}

/// Where a piece is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Place {
    /// At the end of the journal record that this is written in. Becomes `Journal` when the record has its position.
    Here,
    /// In the journal record of that sequence.
    Journal(u64),
    /// In chunks of the blob log: runs of (first sequence, count).
    Blobs(Box<[(u64, u64)]>),
}

impl Piece {
    /// Gives a piece that is in its own record its position: record `sequence`, bytes from `offset` on.
    pub fn resolve(&mut self, sequence: u64, offset: u64) {
        if self.place == Place::Here {
            self.place = Place::Journal(sequence);
            self.skip += offset;
        }
    }

    /// Bytes `start..end` of this piece.
    pub fn cut(&self, start: u64, end: u64) -> Self {
        let mut piece = Self { length: end - start, skip: self.skip + start, place: self.place.clone() };
        if let Place::Blobs(runs) = &self.place {
            // Chunks before the first and after the last one needed are left out, so that they can be reclaimed.
            let chunk = CHUNK_BYTES as u64;
            let (mut before, mut needed) = (piece.skip / chunk, (piece.skip % chunk + piece.length).div_ceil(chunk));
            let mut kept = vec![];
            for &(first, count) in runs {
                let passed = before.min(count);
                let taken = needed.min(count - passed);
                before -= passed;
                needed -= taken;
                if taken > 0 {
                    kept.push((first + passed, taken));
                }
            }
            piece = Self { length: piece.length, skip: piece.skip % chunk, place: Place::Blobs(kept.into()) };
        }
        piece
    }
}

/// Bytes `start..end` of the pieces one after the other.
pub(super) fn cut(pieces: &[Piece], start: u64, end: u64) -> Vec<Piece> {
    let mut found = vec![];
    let mut at = 0;
    for piece in pieces {
        let (from, to) = (start.max(at), end.min(at + piece.length));
        if from < to {
            found.push(if to - from == piece.length { piece.clone() } else { piece.cut(from - at, to - at) });
        }
        at += piece.length;
    }
    found
}

/// A part of an object that was uploaded in parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// 1 to 10,000.
    pub number: u16,
    /// Bytes.
    pub length: u64,
    /// Checksums of the part in base64 by algorithm.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub checksums: BTreeMap<String, String>,
}

/// An object as the journal has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ObjectRecord {
    pub length: u64,
    pub etag: String,
    pub pieces: Vec<Piece>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    #[serde(flatten)]
    pub attributes: Attributes,
}

/// An object: everything but its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Bytes.
    pub length: u64,
    /// Entity tag without quotes: MD5 in hex, or that of the parts' MD5s with `-<parts>`.
    pub etag: String,
    /// When it was put, Unix time.
    pub modified_ms: u64,
    /// What was said about it.
    pub attributes: Attributes,
    /// The parts that it was uploaded in, if it was.
    pub parts: Vec<Part>,
    /// The journal's sequence of the event that made it: another one whenever the object changes.
    pub revision: u64,
    pub(super) pieces: Vec<Piece>,
}

impl Object {
    pub(super) fn from_record(record: ObjectRecord, revision: u64, modified_ms: u64) -> Self {
        let ObjectRecord { length, etag, pieces, parts, attributes } = record;
        Self { length, etag, modified_ms, attributes, parts, revision, pieces }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cutting_keeps_only_the_chunks_that_are_needed() {
        let chunk = CHUNK_BYTES as u64;
        let piece = Piece { length: 5 * chunk, skip: 0, place: Place::Blobs([(10, 2), (20, 3)].into()) };
        let middle = piece.cut(chunk + 5, 3 * chunk + 1);
        assert_eq!(middle, Piece { length: 2 * chunk - 4, skip: 5, place: Place::Blobs([(11, 1), (20, 2)].into()) });
        assert_eq!(middle.cut(0, 1), Piece { length: 1, skip: 5, place: Place::Blobs([(11, 1)].into()) });
        let inline = Piece { length: 9, skip: 100, place: Place::Journal(7) };
        assert_eq!(inline.cut(2, 5), Piece { length: 3, skip: 102, place: Place::Journal(7) });
        let both = cut(&[inline.clone(), piece.clone()], 8, 9 + chunk);
        assert_eq!(both[0], inline.cut(8, 9));
        assert_eq!(both[1], piece.cut(0, chunk));
        assert_eq!(cut(std::slice::from_ref(&piece), 0, 5 * chunk), [piece]);
    }
}
