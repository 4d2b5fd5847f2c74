//! What is known of an object: its attributes and where its bytes are.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::CHUNK_BYTES;
use super::hold::{Held, Inline, Runs};

/// What was said about an object when it was put; given back as it came.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
    /// Id of the upload in parts that made it, if one did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub upload: Option<String>,
    /// Id of the user whose it is; empty without users.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub owner: String,
    /// Tags by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<String, String>,
    /// Who may do what; nothing said: the owner everything, nobody else anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grants: Option<Vec<Grant>>,
    /// Until when it must stay.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retention>,
    /// Whether it must stay until told otherwise; nothing: never said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub legal_hold: Option<bool>,
    /// That its bytes are kept encrypted; the store has them as they were given to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub encryption: Option<Encryption>,
}

/// What it takes, besides the key, to read bytes that were encrypted before they came into the store.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Encryption {
    /// Random, in hex: makes the key of these bytes another one than that of all others.
    pub salt: String,
    /// What the client's key is recognized by, in hex; none when the key is the edge's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
}

/// Allows someone something with a bucket or an object.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Grant {
    /// The id of a user, or the URI of a group.
    pub grantee: String,
    /// `READ`, `WRITE`, `READ_ACP`, `WRITE_ACP` or `FULL_CONTROL`.
    pub permission: String,
}

/// Until when an object's version must not be deleted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Retention {
    /// Whether nobody may shorten it; otherwise those may who are allowed to.
    pub compliance: bool,
    /// Unix time.
    pub until_ms: u64,
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
    Journal(Inline),
    /// In chunks of the blob log: runs of (first sequence, count).
    Blobs(Runs),
}

impl Piece {
    /// Gives a piece that is in its own record its position: record `sequence`, bytes from `offset` on. What it refers to
    /// is held from here on.
    pub fn resolve(&mut self, sequence: u64, offset: u64, held: &Held) {
        match &mut self.place {
            Place::Blobs(runs) => runs.hold(&held.blobs),
            Place::Journal(inline) => inline.hold(&held.journal),
            Place::Here => {
                self.place = Place::Journal(Inline::new(sequence, &held.journal));
                self.skip += offset;
            }
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
            for &(first, count) in runs.iter() {
                let passed = before.min(count);
                let taken = needed.min(count - passed);
                before -= passed;
                needed -= taken;
                if taken > 0 {
                    kept.push((first + passed, taken));
                }
            }
            piece = Self { length: piece.length, skip: piece.skip % chunk, place: Place::Blobs(runs.with(kept)) };
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
    /// The salt of its bytes, as in [`Encryption`], when they are encrypted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<String>,
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
    /// What was said about it; objects of which the same was said share it.
    pub attributes: Arc<Attributes>,
    /// The parts that it was uploaded in, if it was.
    pub parts: Vec<Part>,
    /// The journal's sequence of the event that made it: another one whenever the object changes.
    pub revision: u64,
    /// Id among the versions of its key; none for the one that was put while the bucket kept no versions.
    pub version: Option<String>,
    /// Says that the key was deleted, and is nothing else.
    pub is_delete_marker: bool,
    pub(super) pieces: Vec<Piece>,
}

/// What the version without an id is called.
pub const NULL_VERSION: &str = "null";

/// The id of a version that the event of that sequence made.
pub(super) fn version_id(sequence: u64) -> String {
    // Spread over 128 bits, so that ids are told apart at a glance; each sequence has another one.
    let high = sequence.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let low = high.rotate_left(32) ^ sequence.wrapping_mul(0xD1B5_4A32_D192_ED03);
    format!("{high:016x}{low:016x}")
}

impl Object {
    pub(super) fn from_record(record: ObjectRecord, revision: u64, modified_ms: u64) -> Self {
        let ObjectRecord { length, etag, pieces, parts, attributes } = record;
        let (version, is_delete_marker, attributes) = (None, false, Arc::new(attributes));
        Self { length, etag, modified_ms, attributes, parts, revision, version, is_delete_marker, pieces }
    }

    /// What is left of a key when it is deleted in a bucket that keeps versions.
    pub(super) fn delete_marker(revision: u64, modified_ms: u64, owner: String) -> Self {
        let attributes = Attributes { owner, ..Attributes::default() };
        let record = ObjectRecord { length: 0, etag: String::new(), pieces: vec![], parts: vec![], attributes };
        Self { is_delete_marker: true, ..Self::from_record(record, revision, modified_ms) }
    }

    /// Its version's id, or what the one without is called.
    pub fn version_name(&self) -> &str {
        self.version.as_deref().unwrap_or(NULL_VERSION)
    }

    /// Whether it must not be deleted now. `bypass`: the caller may end a retention that is not of the strict kind.
    pub fn is_locked(&self, now_ms: u64, bypass: bool) -> bool {
        let retained = |retention: &Retention| retention.until_ms > now_ms && (retention.compliance || !bypass);
        self.attributes.legal_hold == Some(true) || self.attributes.retention.as_ref().is_some_and(retained)
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
        let inline = Piece { length: 9, skip: 100, place: Place::Journal(7.into()) };
        assert_eq!(inline.cut(2, 5), Piece { length: 3, skip: 102, place: Place::Journal(7.into()) });
        let both = cut(&[inline.clone(), piece.clone()], 8, 9 + chunk);
        assert_eq!(both[0], inline.cut(8, 9));
        assert_eq!(both[1], piece.cut(0, chunk));
        assert_eq!(cut(std::slice::from_ref(&piece), 0, 5 * chunk), [piece]);
    }
}
