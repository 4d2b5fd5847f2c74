//! Capability tokens: mint, derive, bind, verify. no_std, no heap.
//!
//! A [`Capability`] names an object, the rights on it and a secret `K`. Whoever holds one derives a weaker one alone
//! ([`Capability::derive`]) and binds it to one request ([`Request::bind`]); the device checks any derivation in one pass
//! ([`Verifier::verify`]) and answers under the same key ([`Exchange`]). A holder shows the frames and a tag; `K` stays.
//!
//! It is not a transport, a key store or a policy language: clock, flash and entropy are the caller's, and what an
//! operation *does* is the device's business.
//!
//! ```
//! use nano_caps::{
//!     ANY, Capability, DeviceId, DeviceKey, FrameBuilder, KeyRing, Op, Request, Right, Rights, Sequence, Status, Verifier,
//! };
//!
//! # fn main() -> Result<(), nano_caps::Error> {
//! // The owner flashes a device and keeps the root of slot 0.
//! let mut ring = KeyRing::new(DeviceKey::new([7; 32]), DeviceId([1; 8]), 0);
//! ring.enable(0)?;
//! let everything = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build()?;
//! let root = ring.root(0, &everything)?;
//!
//! // Anyone holding it derives a weaker one, without asking anybody.
//! let narrower = FrameBuilder::new().grant(1, 2, Right::Get.into()).expires(1_800_000_000).build()?;
//! let readonly = root.derive(&narrower)?;
//!
//! let now_ms = 1_790_000_000_000;
//! let request =
//!     Request { op: Op::Get, lane: 0, seq: Sequence::new(now_ms, 0), ns: 1, woof: 2, payload: &[], wide_tag: false };
//! let mut wire = [0; 256];
//! let bound = request.bind(&[readonly.token()], &mut wire)?;
//!
//! // The device: one pass, one answer. The closure writes the high-water mark before anything is executed.
//! let mut verifier = Verifier::boot(None, now_ms, 0);
//! let verified = verifier.verify(&ring, &wire[..bound.len], 0, |_mark| true).expect("in order");
//! assert_eq!((verified.op, verified.ns, verified.woof), (Op::Get, 1, 2));
//! let mut answer = [0; 64];
//! let length = verified.exchange.respond(Status::Ok, 41, b"21.5", &mut answer)?;
//!
//! let response = bound.exchange.open(&answer[..length])?;
//! assert_eq!((response.status, response.rseq, response.payload), (Status::Ok, 41, &b"21.5"[..]));
//! # Ok(())
//! # }
//! ```

#![no_std]
#![forbid(unsafe_code)]
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing))]

mod body;
mod bucket;
mod bytes;
mod capability;
mod cipher;
mod entry;
mod error;
mod flatten;
mod frame;
mod hash;
mod header;
mod inspect;
mod keyring;
mod keys;
mod pairing;
mod policy;
mod request;
mod response;
mod rights;
mod sequence;
mod session;
mod sha256;
mod text;
mod verifier;

pub use body::{Body, FrameRef, MAX_BODY, MAX_FRAMES};
pub use bucket::TokenBucket;
pub use capability::{Capability, MAX_STORED, Token};
pub use entry::{ANY, Entries, Entry, Grant, Identity};
pub use error::Error;
pub use flatten::MAX_FLATTENED;
pub use frame::{Frame, FrameBuilder, MAX_ENTRIES_BYTES};
pub use hash::{Domain, Hasher, sha256, step};
pub use header::{Header, SLOTS, VERSION};
pub use inspect::{Summary, Widening};
pub use keyring::{KeyRing, RING_STATE_SIZE, SUBTREES, SlotKeys, SubtreeId, Unrevoked, root_key};
pub use keys::{ChainKey, DeviceId, DeviceKey, EpochKey, SlotKey, epoch_key, slot_key};
pub use pairing::{NONCE_SIZE, Pairing};
pub use policy::{LANES, LaneRule, MAX_IDENTITIES};
pub use request::{Bound, REQUEST_HEADER_SIZE, Request, RequestView};
pub use response::{Exchange, RESPONSE_HEADER_SIZE, Response, Status};
pub use rights::{Op, Right, Rights};
pub use sequence::{Sequence, Sequencer};
pub use session::{End, SEAL_HEADER_SIZE, SEAL_TAG_SIZE, Session};
pub use text::{MAX_TEXT, TEXT_PREFIX};
pub use verifier::{HIGH_WATER_STEP_MS, MAX_AHEAD_MS, Refusal, Silence, Verified, Verifier};
