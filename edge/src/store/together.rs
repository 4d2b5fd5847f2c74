//! What is written together with a change, in one record of the journal: there if the change is, and gone if it is not.

use super::event::{Event, Keeping};
use super::object::{Attributes, NULL_VERSION, ObjectRecord, Piece, Place, version_id};

/// Asked while a change is made, with the index locked, for what is to be written with it. It must not ask the store.
pub(crate) type Along = Box<dyn FnOnce(&Coming<'_>) -> Companions + Send>;

/// A change as it is about to be written.
#[derive(Debug)]
pub(crate) struct Coming<'a> {
    /// Its event's, and so the revision of the objects that it makes.
    pub sequence: u64,
    pub now_ms: u64,
    /// The keys that it is about.
    pub keys: Vec<ComingKey<'a>>,
}

/// What is about to become of a key.
#[derive(Debug)]
pub(crate) struct ComingKey<'a> {
    pub key: &'a str,
    /// Length and entity tag of the object that is put; nothing: it is deleted.
    pub put: Option<(u64, &'a str)>,
    /// The version that is made or deleted, if it has an id.
    pub version: Option<String>,
    /// Whether it is a delete marker that is made.
    pub is_marked: bool,
}

/// Written with a change.
pub(crate) struct Companions {
    pub values: Vec<Companion>,
    /// Told when the journal has them, and for which sequence to wait until they are durable. Must not ask the store either.
    pub begin: Box<dyn FnOnce(u64) + Send>,
}

/// A value of a namespace.
#[derive(Debug, Clone)]
pub(crate) struct Companion {
    pub bucket: String,
    pub key: String,
    pub value: Vec<u8>,
}

impl<'a> Coming<'a> {
    pub(super) fn of(event: &'a Event, sequence: u64, now_ms: u64) -> Self {
        let keys = match event {
            Event::ObjectPut { key, keeping, object, .. } | Event::UploadCompleted { key, keeping, object, .. } => {
                let version = (*keeping == Keeping::All).then(|| version_id(sequence));
                let put = Some((object.length, object.etag.as_str()));
                vec![ComingKey { key, put, version, is_marked: false }]
            }
            Event::ObjectsDeleted { keys, keeping, .. } => {
                let version = match keeping {
                    Keeping::One => None,
                    Keeping::All => Some(version_id(sequence)),
                    Keeping::Null => Some(NULL_VERSION.to_owned()),
                };
                let is_marked = version.is_some();
                keys.iter().map(|key| ComingKey { key, put: None, version: version.clone(), is_marked }).collect()
            }
            Event::VersionsDeleted { versions, .. } => {
                let of = |(key, version): &'a (String, String)| {
                    let version = Some(version.clone());
                    ComingKey { key, put: None, version, is_marked: false }
                };
                versions.iter().map(of).collect()
            }
            _ => vec![],
        };
        Self { sequence, now_ms, keys }
    }
}

/// One event of a change and its companions, whose values go behind the bytes that the change has itself.
pub(super) fn together(event: Event, inline: &mut Vec<u8>, companions: Vec<Companion>) -> Event {
    if companions.is_empty() {
        return event;
    }
    let mut events = vec![event];
    for Companion { bucket, key, value } in companions {
        let length = value.len() as u64;
        let pieces = vec![Piece { length, skip: inline.len() as u64, place: Place::Here }];
        inline.extend_from_slice(&value);
        // Nobody asks for its tag.
        let (etag, attributes) = (String::new(), Attributes::default());
        let object = ObjectRecord { length, etag, pieces, parts: vec![], attributes };
        events.push(Event::ObjectPut { bucket, key, keeping: Keeping::One, object });
    }
    Event::Together { events }
}
