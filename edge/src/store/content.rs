//! Bytes on their way into the store: small ones wait for their event, larger ones become chunks as they come.

use std::sync::Arc;

use bytes::Bytes;
use nano_woof::Sequence;

use super::CHUNK_BYTES;
use super::error::StoreError;
use super::hold::Runs;
use super::md5::Md5;
use super::object::{Piece, Place};
use super::objects::Logs;
use crate::hex::hex;

/// Bytes that are written to the blob log together.
const BATCH_BYTES: usize = 16 * CHUNK_BYTES;

/// Takes an object's or a part's bytes, holding [`BATCH_BYTES`] of them at most.
#[derive(Debug)]
pub struct ContentWriter {
    logs: Arc<Logs>,
    timestamp_ms: u64,
    md5: Md5,
    length: u64,
    buffer: Vec<u8>,
    runs: Vec<(u64, u64)>,
    /// Keeps the chunks until somebody else does.
    held: Vec<Runs>,
}

/// Bytes that are in the store but nobody's yet. When they never become an object's they are garbage.
#[derive(Debug, Clone)]
pub struct Content {
    pub(super) pieces: Vec<Piece>,
    /// The bytes themselves when they are few; they are written with the event that names them.
    pub(super) inline: Vec<u8>,
    /// How many.
    pub length: u64,
    /// Their MD5, or that of what they were before they were encrypted.
    pub md5: [u8; 16],
    /// The salt of a part's bytes that are encrypted; see [`super::Encryption`].
    pub salt: Option<String>,
}

impl ContentWriter {
    pub(super) fn new(logs: Arc<Logs>, timestamp_ms: u64) -> Self {
        Self { logs, timestamp_ms, md5: Md5::default(), length: 0, buffer: vec![], runs: vec![], held: vec![] }
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), StoreError> {
        self.md5.update(bytes);
        self.keep(bytes)
    }

    /// Adds many bytes, in parts. Blocks: they are hashed together with those of others.
    pub fn write_many(&mut self, parts: &[Bytes]) -> Result<(), StoreError> {
        self.md5 = self.logs.hashers.update(std::mem::take(&mut self.md5), parts.to_vec());
        parts.iter().try_for_each(|part| self.keep(part))
    }

    fn keep(&mut self, mut bytes: &[u8]) -> Result<(), StoreError> {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(BATCH_BYTES - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == BATCH_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// How many bytes there are so far.
    pub const fn length(&self) -> u64 {
        self.length
    }

    /// The MD5 of the bytes so far.
    pub fn md5(&self) -> [u8; 16] {
        self.md5.clone().finish()
    }

    fn flush(&mut self) -> Result<(), StoreError> {
        let chunks: Vec<&[u8]> = self.buffer.chunks(CHUNK_BYTES).collect();
        let count = chunks.len() as u64;
        if count == 0 {
            return Ok(());
        }
        let (first, held) = self.logs.submit_chunks(&chunks, self.timestamp_ms)?;
        match self.runs.last_mut() {
            Some((begin, length)) if *begin + *length == first => *length += count,
            _ => self.runs.push((first, count)),
        }
        self.held.push(held);
        self.buffer.clear();
        Ok(())
    }

    /// The bytes, durable if they are not few.
    pub fn finish(mut self) -> Result<Content, StoreError> {
        let md5 = std::mem::take(&mut self.md5).finish();
        let length = self.length;
        if self.runs.is_empty() && self.buffer.len() <= CHUNK_BYTES {
            let pieces = if length == 0 { vec![] } else { vec![Piece { length, skip: 0, place: Place::Here }] };
            return Ok(Content { pieces, inline: self.buffer, length, md5, salt: None });
        }
        self.flush()?;
        if let Some((first, count)) = self.runs.last() {
            self.logs.blobs.wait(Sequence(first + count - 1))?;
        }
        let pieces =
            vec![Piece { length, skip: 0, place: Place::Blobs(Runs::new(self.runs.into(), &self.logs.held.blobs)) }];
        Ok(Content { pieces, inline: vec![], length, md5, salt: None })
    }
}

impl Content {
    /// The MD5 in hex: the entity tag of what was put in one go.
    pub fn etag(&self) -> String {
        hex(&self.md5)
    }
}
