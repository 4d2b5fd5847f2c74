//! `WooFs`: append-only logs of fixed-size records with sequence numbers, in memory, in files and on devices.
//!
//! Not a database: no keys, no queries, no handlers. Whoever appends is told where the record is, and invokes what is
//! bound to that event. Nothing here reads a clock, entropy or the environment.
//!
//! - Everywhere (`no_std`, no heap): the [`record`] format, [`WoofName`], [`WoofUri`], and [`RingLog`] over memory
//!   that the caller provides.
//! - With feature `std` (default): [`Store`] with its engines [`MemoryStore`] and [`FileStore`], and [`Log`], the
//!   segmented log of variable-size records that the file store is made of.
//!
//! ```
//! # #[cfg(feature = "std")] {
//! use nano_woof::{Config, FileStore, LogOptions, Store, WoofName};
//!
//! let directory = tempfile::tempdir()?;
//! let store = FileStore::open(directory.path(), LogOptions::default())?;
//! let level = store.create(WoofName::parse("lights/level")?, Config { element: 64, history: 128 }, 1_000)?;
//! let sequence = level.append(b"42", 1_001)?;
//! assert_eq!(level.get(sequence)?.payload, b"42");
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod checksum;
mod name;
pub mod record;
mod ring;
mod sequence;

#[cfg(feature = "std")]
mod commit;
#[cfg(feature = "std")]
mod copy;
#[cfg(feature = "std")]
mod directory;
#[cfg(feature = "std")]
mod disk;
#[cfg(feature = "std")]
mod error;
#[cfg(feature = "faults")]
pub mod faults;
#[cfg(feature = "std")]
mod file;
#[cfg(feature = "std")]
mod index;
#[cfg(feature = "std")]
mod lanes;
#[cfg(feature = "std")]
mod log;
#[cfg(feature = "std")]
mod memory;
#[cfg(feature = "std")]
mod read;
#[cfg(feature = "std")]
mod recover;
#[cfg(feature = "std")]
mod room;
#[cfg(feature = "std")]
mod segment;
#[cfg(feature = "std")]
mod store;
#[cfg(feature = "std")]
mod whole;

pub use checksum::crc32c;
pub use name::{LONGEST_NAME, NameError, WoofName, WoofPlace, WoofUri, is_name};
pub use record::{Header, Record, RecordError};
pub use ring::{RING_LANES, RingError, RingLog};
pub use sequence::{Appended, Config, LogId, Origin, Sequence};

#[cfg(feature = "std")]
pub use copy::copy_segment;
#[cfg(feature = "std")]
pub use directory::DirectoryLock;
#[cfg(feature = "std")]
pub use error::Error;
#[cfg(feature = "std")]
pub use file::FileStore;
#[cfg(feature = "std")]
pub use log::{Entry, Log, LogOptions, LogRange, Recovery, Run, SyncPolicy};
#[cfg(feature = "std")]
pub use memory::MemoryStore;
#[cfg(feature = "std")]
pub use store::{Stat, Store, Woof};
#[cfg(feature = "std")]
pub use whole::{Draft, WholeFile, remove_durably};
