//! `WooFs`: append-only logs of fixed-size records with sequence numbers, in memory, in files and on devices.
#![cfg_attr(not(feature = "std"), no_std)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod checksum;
mod name;
pub mod record;
mod ring;
mod sequence;

pub use name::{LONGEST_NAME, NameError, WoofName, WoofPlace, WoofUri, is_name};
pub use record::{Header, Record, RecordError};
pub use ring::{RING_LANES, RingError, RingLog};
pub use sequence::{Appended, Config, LogId, Origin, Sequence};
