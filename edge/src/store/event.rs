//! What happened to the store, as the journal keeps it.
//!
//! A journal record is `length u32 (little endian) | JSON of that length | bytes of a small object`. JSON, so that a
//! later version reads what an earlier one wrote, and a person can.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::object::{Attributes, Grant, ObjectRecord, Part, Piece, Retention};

/// One change. Applied in the journal's order these make the index.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub(super) enum Event {
    BucketCreated {
        bucket: String,
        region: String,
        #[serde(default, skip_serializing_if = "String::is_empty")]
        owner: String,
    },
    BucketConfigured {
        bucket: String,
        setting: String,
        value: Option<String>,
    },
    BucketDeleted {
        bucket: String,
    },
    ObjectPut {
        bucket: String,
        key: String,
        #[serde(default, skip_serializing_if = "Keeping::is_one")]
        keeping: Keeping,
        object: ObjectRecord,
    },
    ObjectsDeleted {
        bucket: String,
        keys: Vec<String>,
        #[serde(default, skip_serializing_if = "Keeping::is_one")]
        keeping: Keeping,
        /// Of the delete markers that are left, if any are.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        owner: String,
    },
    VersionsDeleted {
        bucket: String,
        versions: Vec<(String, String)>,
    },
    ObjectChanged {
        bucket: String,
        key: String,
        version: String,
        change: Change,
    },
    UploadCreated {
        bucket: String,
        key: String,
        upload: String,
        attributes: Attributes,
    },
    PartPut {
        bucket: String,
        key: String,
        upload: String,
        part: PartRecord,
    },
    UploadCompleted {
        bucket: String,
        key: String,
        upload: String,
        #[serde(default, skip_serializing_if = "Keeping::is_one")]
        keeping: Keeping,
        object: ObjectRecord,
    },
    UploadAborted {
        bucket: String,
        key: String,
        upload: String,
    },
    /// Bytes are somewhere else now, so that where they were can go.
    PiecesMoved {
        moves: Vec<Moved>,
    },
    /// All of these, in this order, or none. What it makes is what the first one does.
    Together {
        events: Vec<Event>,
    },
}

/// The bytes of one version or part, and where they are now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub bucket: String,
    pub key: String,
    pub of: Owner,
    pub pieces: Vec<Piece>,
}

/// Whose bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Owner {
    /// A version of the key.
    Version(String),
    /// A part of an upload.
    Part(String, u16),
}

/// What becomes of the object that a change replaces or deletes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Keeping {
    /// It goes: the bucket has no versions.
    #[default]
    One,
    /// It stays; the new one is a version with an id of its own.
    All,
    /// It stays unless it is the version without an id, which the new one becomes.
    Null,
}

impl Keeping {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
    fn is_one(&self) -> bool {
        *self == Self::One
    }
}

/// What is changed about an object that keeps its bytes, its time and its version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Its tags, all of them.
    Tags(BTreeMap<String, String>),
    /// Who may do what with it.
    Grants(Vec<Grant>),
    /// Until when it must stay; nothing ends that.
    Retention(Option<Retention>),
    /// Whether it must stay until told otherwise.
    LegalHold(bool),
    /// Its storage class; nothing is the usual one.
    StorageClass(Option<String>),
}

/// A part of an upload that is not complete yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PartRecord {
    #[serde(flatten)]
    pub part: Part,
    pub etag: String,
    pub pieces: Vec<Piece>,
}

/// The journal record of an event with the bytes of a small object behind it, and where they begin.
pub(super) fn encode(event: &Event, inline: &[u8]) -> Result<(Vec<u8>, u64), StoreError> {
    let mut record = Vec::with_capacity(512 + inline.len());
    record.extend([0; 4]);
    serde_json::to_writer(&mut record, event).map_err(|error| StoreError::Damaged(error.to_string()))?;
    let offset = record.len();
    let length = ((offset - 4) as u32).to_le_bytes();
    for (to, from) in record.iter_mut().zip(length) {
        *to = from;
    }
    record.extend_from_slice(inline);
    Ok((record, offset as u64))
}

/// The event in a journal record, and where the bytes behind it begin.
pub(super) fn decode(record: &[u8]) -> Result<(Event, u64), StoreError> {
    let damaged = || StoreError::Damaged("a journal record without an event".to_owned());
    let (length, rest) = record.split_first_chunk::<4>().ok_or_else(damaged)?;
    let length = u32::from_le_bytes(*length) as usize;
    let json = rest.get(..length).ok_or_else(damaged)?;
    let event = serde_json::from_slice(json).map_err(|error| StoreError::Damaged(error.to_string()))?;
    Ok((event, 4 + length as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::object::Place;

    /// The bytes of records written by the first version: later ones must go on reading them.
    #[test]
    fn old_records_are_read() {
        let json = r#"{"event":"object_put","bucket":"b","key":"k/ü","object":{"length":3,"etag":"e","pieces":[{"length":3,"place":"here"},{"length":1,"skip":2,"place":{"journal":9}},{"length":1,"place":{"blobs":[[4,1]]}}],"headers":{"content-type":"a/b"},"later":"unknown"}}"#;
        let mut record = (json.len() as u32).to_le_bytes().to_vec();
        record.extend(json.bytes());
        record.extend(b"xyz");
        let (event, offset) = decode(&record).unwrap();
        let Event::ObjectPut { key, object, .. } = &event else { unreachable!() };
        assert_eq!((key.as_str(), &record[offset as usize..]), ("k/ü", b"xyz".as_slice()));
        assert_eq!(object.pieces[0], Piece { length: 3, skip: 0, place: Place::Here });
        assert_eq!(object.pieces[1], Piece { length: 1, skip: 2, place: Place::Journal(9.into()) });
        assert_eq!(object.pieces[2], Piece { length: 1, skip: 0, place: Place::Blobs([(4, 1)].into()) });
        let (again, offset) = encode(&event, b"xyz").unwrap();
        assert_eq!(decode(&again).unwrap(), (event, offset));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for bad in [&b""[..], b"\x01", b"\xff\xff\xff\xff{}", b"\x02\0\0\0{}", b"\x03\0\0\0{}x"] {
            assert!(matches!(decode(bad), Err(StoreError::Damaged(_))));
        }
    }
}
