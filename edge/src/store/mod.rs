//! The object store: buckets of objects, and namespaces of small values, over two append-only logs.
//!
//! ```text
//! <data>/lock      one process at a time
//! <data>/journal   log of events: bucket made, object put (small ones with their bytes), objects deleted, ...
//! <data>/index     checkpoints: the index as it was at an event
//! <data>/blobs     log of 16 KiB chunks: the bytes of larger objects and parts
//! <data>/backup    locked while a backup is made: no chunk goes meanwhile
//! ```
//!
//! The index in memory is what the journal's events make. At start it is read from the newest checkpoint that is whole,
//! and the events after that are applied; without one, all of them are. What both the newest checkpoint and the one before
//! it cover may leave the journal. Reads go by the index and never scan.
//!
//! An object's chunks are durable before the event that names them is written, and an answer waits until every event it
//! depends on is durable: what anyone has been told survives `kill -9` and, unless the sync policy is `Os`, a power cut.
//! Everything here blocks; asynchronous callers use a thread for it, but for what is named as not waiting for a disk.

mod checkpoint;
mod compact;
mod content;
mod error;
mod event;
mod hold;
mod index;
mod md5;
mod namespace;
mod object;
mod objects;
mod reader;
mod reclaim;
mod settings;
mod together;
mod touched;
mod uploads;
mod versions;

pub use checkpoint::{Checkpointed, Refused, Start};
pub use content::{Content, ContentWriter};
pub use error::StoreError;
pub use event::Change;
pub use index::{BucketInfo, Listed, Listing, ListingQuery, UploadInfo};
pub use namespace::{Namespace, Value};
pub use object::{Attributes, Encryption, Grant, NULL_VERSION, Object, Part, Retention};
pub(crate) use objects::Unsettled;
pub use objects::{Clock, ObjectStore, Precondition, StoreOptions};
pub use reader::Reader;
pub use reclaim::{BackupClaim, Reclaimed};
pub(crate) use together::{Along, Coming, ComingKey, Companion, Companions};
pub use uploads::{CompletedPart, UploadedPart};
pub use versions::{DeletedVersion, VersionsPage, VersionsQuery};

/// Bytes in a chunk; only the last one of an object or part may have fewer.
pub const CHUNK_BYTES: usize = 16 << 10;
