//! Events to a worker and what becomes of them, in as few system calls as there can be: one to write and one to read on each side.
//!
//! Workers run by AWS's own client speak the [Runtime API](super::runtime_api) instead, which is HTTP, and takes four.
//!
//! ```text
//! event   <its number: u32> <length of the head: u32> <length of the event: u32> <head: lines> <event>
//! answer  <kind: u8> <the event's number: u32> <largest size in kilobytes: u32> <length: u32> <bytes>
//! ```
//! Numbers have their most significant byte first. The lines of a head are in the order of [`Head`]'s members. A handler can get at
//! its runtime's connection: what is no answer to the event that the edge waits for is nobody's.

use std::io::{self, IoSlice};

use bytes::{Buf, Bytes, BytesMut};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

use crate::run::MOST_RESULT_BYTES;

/// Bytes before those of an answer.
const ANSWER_HEAD: usize = 13;
/// What is read at once, mostly.
const USUAL: usize = 16 << 10;
/// The most bytes of an error's report.
const MOST_REPORT_BYTES: usize = MOST_RESULT_BYTES;

/// What a worker is told about an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Head<'a> {
    pub request_id: &'a str,
    pub deadline_ms: u64,
    pub function_arn: &'a str,
    pub trace_id: &'a str,
    /// Whether the event is no JSON but bytes.
    pub is_bytes: bool,
    /// JSON of the caller's own. The last one: it may have lines.
    pub client_context: &'a str,
}

/// What a worker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// It waits for its first event.
    Ready,
    /// Its module could not be imported: the runtime's report.
    NotInitialised(Bytes),
    /// The handler's result, and the process's largest size in kilobytes.
    Result(Bytes, u64),
    /// The runtime's report of an error.
    Error(Bytes),
    /// A result that is larger than allowed.
    TooLarge,
}

/// The edge's end.
#[derive(Debug)]
pub(super) struct Link {
    stream: UnixStream,
    unread: BytesMut,
    /// Of the last event; 0 before the first.
    number: u32,
}

impl Link {
    pub fn new(stream: UnixStream) -> Self {
        Self { stream, unread: BytesMut::new(), number: 0 }
    }

    /// Sends an event.
    pub async fn send(&mut self, head: &Head<'_>, event: &[u8]) -> io::Result<()> {
        let Head { request_id, deadline_ms, function_arn, trace_id, is_bytes, client_context } = head;
        let kind = if *is_bytes { "bytes" } else { "json" };
        let lines = format!("{request_id}\n{deadline_ms}\n{function_arn}\n{trace_id}\n{kind}\n{client_context}");
        self.number = number_of(request_id);
        let mut start = Vec::with_capacity(12 + lines.len());
        start.extend_from_slice(&self.number.to_be_bytes());
        start.extend_from_slice(&(lines.len() as u32).to_be_bytes());
        start.extend_from_slice(&(event.len() as u32).to_be_bytes());
        start.extend_from_slice(lines.as_bytes());
        let mut parts = [IoSlice::new(&start), IoSlice::new(event)];
        let mut parts = parts.as_mut_slice();
        while !parts.is_empty() {
            match self.stream.write_vectored(parts).await? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => IoSlice::advance_slices(&mut parts, written),
            }
        }
        Ok(())
    }

    /// The next thing that it says about the last event. What has come is kept when this is dropped before it is done.
    pub async fn receive(&mut self) -> io::Result<Said> {
        loop {
            self.fill(ANSWER_HEAD).await?;
            let (kind, mut numbers) = (self.unread[0], &self.unread[1..ANSWER_HEAD]);
            let (number, kilobytes, length) = (numbers.get_u32(), numbers.get_u32(), numbers.get_u32() as usize);
            let most = match kind {
                b'r' => MOST_RESULT_BYTES,
                b'e' | b'i' => MOST_REPORT_BYTES,
                b'R' => 0,
                _ => return Err(io::Error::new(io::ErrorKind::InvalidData, "no such answer")),
            };
            let is_stale = number != self.number;
            if length > most || is_stale {
                self.unread.advance(ANSWER_HEAD);
                self.discard(length).await?;
                if is_stale {
                    continue;
                }
                return Ok(Said::TooLarge);
            }
            self.fill(ANSWER_HEAD + length).await?;
            self.unread.advance(ANSWER_HEAD);
            let bytes = self.unread.split_to(length).freeze();
            return Ok(match kind {
                b'r' => Said::Result(bytes, u64::from(kilobytes)),
                b'e' => Said::Error(bytes),
                b'i' => Said::NotInitialised(bytes),
                _ => Said::Ready,
            });
        }
    }

    /// Reads until so many bytes are there.
    async fn fill(&mut self, wanted: usize) -> io::Result<()> {
        while self.unread.len() < wanted {
            self.unread.reserve((wanted - self.unread.len()).max(USUAL));
            if self.stream.read_buf(&mut self.unread).await? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
        }
        Ok(())
    }

    async fn discard(&mut self, mut length: usize) -> io::Result<()> {
        loop {
            let count = length.min(self.unread.len());
            self.unread.advance(count);
            length -= count;
            if length == 0 {
                return Ok(());
            }
            self.fill(1).await?;
        }
    }
}

/// The beginning of its id, which nobody knows before it is sent.
fn number_of(request_id: &str) -> u32 {
    request_id.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(kind: u8, body: &[u8]) -> Vec<u8> {
        answer_to(0, kind, body)
    }

    fn answer_to(number: u32, kind: u8, body: &[u8]) -> Vec<u8> {
        let numbers = [number, 7, body.len() as u32].map(u32::to_be_bytes).concat();
        [&[kind], numbers.as_slice(), body].concat()
    }

    #[tokio::test]
    async fn answers_come_in_any_pieces() {
        let (ours, mut its) = UnixStream::pair().unwrap();
        let mut link = Link::new(ours);
        let large = vec![b'x'; MOST_RESULT_BYTES + 1];
        let said = [
            answer(b'R', b""),
            answer(b'r', b"{}"),
            answer_to(1, b'r', b"of none that was asked"),
            answer(b'e', b"why"),
            answer(b'i', b"why"),
            answer(b'r', &large),
            answer(b'r', &large[1..]),
            answer(b'?', b""),
        ]
        .concat();
        let writing = tokio::spawn(async move {
            for piece in said[..64].chunks(5) {
                its.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
            its.write_all(&said[64..]).await.unwrap();
        });
        let why = Bytes::from_static(b"why");
        assert_eq!(link.receive().await.unwrap(), Said::Ready);
        assert_eq!(link.receive().await.unwrap(), Said::Result(Bytes::from_static(b"{}"), 7));
        assert_eq!(link.receive().await.unwrap(), Said::Error(why.clone()));
        assert_eq!(link.receive().await.unwrap(), Said::NotInitialised(why));
        assert_eq!(link.receive().await.unwrap(), Said::TooLarge);
        assert!(matches!(link.receive().await.unwrap(), Said::Result(all, 7) if all.len() == MOST_RESULT_BYTES));
        assert_eq!(link.receive().await.unwrap_err().kind(), io::ErrorKind::InvalidData);
        writing.await.unwrap();
    }

    #[tokio::test]
    async fn events_are_sent_whole() {
        let (ours, mut its) = UnixStream::pair().unwrap();
        let mut link = Link::new(ours);
        let event = vec![b'x'; 3 << 20];
        let head = Head {
            request_id: "0000000a-id",
            deadline_ms: 5,
            function_arn: "arn",
            trace_id: "Root=1",
            is_bytes: false,
            client_context: "{\n}",
        };
        let sent = event.clone();
        let sending = tokio::spawn(async move { link.send(&head, &sent).await });
        let lines = b"0000000a-id\n5\narn\nRoot=1\njson\n{\n}";
        let mut got = vec![0; 12 + lines.len() + event.len()];
        its.read_exact(&mut got).await.unwrap();
        sending.await.unwrap().unwrap();
        let start = [10, lines.len() as u32, event.len() as u32].map(u32::to_be_bytes).concat();
        assert_eq!(got, [start.as_slice(), lines, &event].concat());
    }
}
