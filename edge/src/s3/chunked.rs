//! `aws-chunked` bodies, read as strictly as S3 reads them, and taken apart where nobody else does that.
//!
//! ```text
//! <hex size>[;chunk-signature=..]\r\n <bytes> \r\n   ...   0[;..]\r\n [<trailer>: <value>\r\n]... \r\n
//! ```
//!
//! Without keys the chunking is taken off here. With keys `s3s` takes it off and verifies the signatures of chunks and trailers;
//! what it lets pass besides is refused on the way to it: a body without its last chunk, trailers that nobody announced, or
//! twice, bytes behind the end. It holds a chunk in memory until it is whole, so that no chunk that it sees is large.

use std::collections::{BTreeSet, VecDeque};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use hyper::body::{Body, Frame};
use s3s::StdError;

/// The longest line: a size with its signature, or a trailer.
const LONGEST_LINE: usize = 4096;
/// The most trailers.
const MOST_TRAILERS: usize = 32;
/// The most bytes of a chunk that is signed: it is held until its signature is verified. SDKs send 64 KiB to 1 MiB.
const LARGEST_SIGNED: u64 = 16 << 20;
/// Where the signature of the trailers is, behind them.
const TRAILER_SIGNATURE: &str = "x-amz-trailer-signature";

/// What is wrong with a body's chunking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ChunkingError {
    /// Not what a chunk looks like.
    #[error("the chunking is malformed: {0}")]
    Malformed(&'static str),
    /// It ends too early.
    #[error("the body ends before its last chunk")]
    Incomplete,
    /// Trailers that were not announced, twice, missing, or none.
    #[error("the trailers are not those announced")]
    Trailers,
}

/// Headers that came behind the body; complete when the body has ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Trailers(Arc<Mutex<HeaderMap>>);

impl Trailers {
    pub fn get(&self, name: &str) -> Option<String> {
        let headers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    /// Takes one; its name. Nothing if it is none, or one of that name is there.
    fn insert(&self, line: &[u8]) -> Option<HeaderName> {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?;
        let mut headers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if headers.len() >= MOST_TRAILERS || headers.insert(&name, value).is_some() {
            return None;
        }
        Some(name)
    }
}

/// How a body comes, as its `x-amz-content-sha256` says, and the trailers that are announced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Chunking {
    pub is_signed: bool,
    announced: BTreeSet<String>,
}

impl Chunking {
    /// Nothing if it does not come in chunks.
    pub fn of(headers: &HeaderMap) -> Option<Self> {
        let kind = headers.get("x-amz-content-sha256")?.to_str().ok()?.strip_prefix("STREAMING-")?;
        let announced = headers.get_all("x-amz-trailer").iter().filter_map(|value| value.to_str().ok());
        let names = announced.flat_map(|value| value.split(',')).map(|name| name.trim().to_ascii_lowercase());
        let announced = if kind.ends_with("-TRAILER") { names.collect() } else { BTreeSet::new() };
        Some(Self { is_signed: !kind.starts_with("UNSIGNED-"), announced })
    }
}

/// What is made of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// Its bytes.
    Plain,
    /// Chunks as they came.
    Same,
    /// Chunks of what is there at a time.
    Small,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expecting {
    Size,
    Data(u64),
    EndOfData,
    Trailers,
    Nothing,
}

/// A body without its chunking, or with one that is whole.
pub(super) struct Dechunked<B> {
    body: B,
    buffer: BytesMut,
    ready: VecDeque<Bytes>,
    expecting: Expecting,
    ended: bool,
    form: Form,
    chunking: Chunking,
    trailers: Trailers,
}

impl<B> Dechunked<B> {
    /// The bytes without their chunking. Signatures are not looked at.
    pub fn new(body: B, chunking: Chunking, trailers: Trailers) -> Self {
        Self::with(body, Form::Plain, chunking, trailers)
    }

    /// The chunks, for who verifies and takes them off.
    pub fn checked(body: B, chunking: Chunking) -> Self {
        let form = if chunking.is_signed { Form::Same } else { Form::Small };
        Self::with(body, form, chunking, Trailers::default())
    }

    fn with(body: B, form: Form, chunking: Chunking, trailers: Trailers) -> Self {
        let (buffer, ready) = (BytesMut::new(), VecDeque::new());
        Self { body, buffer, ready, expecting: Expecting::Size, ended: false, form, chunking, trailers }
    }

    /// The next bytes that are in the buffer already; none when more must come first.
    fn step(&mut self) -> Result<Option<Bytes>, ChunkingError> {
        loop {
            if let Some(bytes) = self.ready.pop_front() {
                return Ok(Some(bytes));
            }
            match self.expecting {
                Expecting::Size => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    self.expecting = match self.size(&line)? {
                        0 => Expecting::Trailers,
                        size => Expecting::Data(size),
                    };
                    if self.form == Form::Same || (self.form == Form::Small && self.expecting == Expecting::Trailers) {
                        self.pass(line);
                    }
                }
                Expecting::Data(left) => {
                    if self.buffer.is_empty() {
                        return Ok(None);
                    }
                    let now = (self.buffer.len() as u64).min(left);
                    let data = self.buffer.split_to(now as usize).freeze();
                    self.expecting = if now == left { Expecting::EndOfData } else { Expecting::Data(left - now) };
                    if self.form == Form::Small {
                        self.pass(Bytes::from(format!("{now:x}")));
                        self.pass(data);
                    } else {
                        self.ready.push_back(data);
                    }
                }
                Expecting::EndOfData => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    if !line.is_empty() {
                        return Err(ChunkingError::Malformed("a chunk is longer than its size says"));
                    }
                    if self.form == Form::Same {
                        self.pass(line);
                    }
                    self.expecting = Expecting::Size;
                }
                Expecting::Trailers => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    if line.is_empty() {
                        self.expecting = Expecting::Nothing;
                    } else {
                        self.trailer(&line)?;
                    }
                    if self.form != Form::Plain {
                        self.pass(line);
                    }
                }
                Expecting::Nothing if self.buffer.is_empty() => return Ok(None),
                Expecting::Nothing => return Err(ChunkingError::Malformed("there is more behind the end")),
            }
        }
    }

    /// Hands on what ends a line.
    fn pass(&mut self, bytes: Bytes) {
        self.ready.push_back(bytes);
        self.ready.push_back(Bytes::from_static(b"\r\n"));
    }

    fn size(&self, line: &[u8]) -> Result<u64, ChunkingError> {
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        let size = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let size = size.and_then(|d| u64::from_str_radix(d, 16).ok());
        let size = size.ok_or(ChunkingError::Malformed("a chunk's size is no number"))?;
        if self.form == Form::Same && size > LARGEST_SIGNED {
            return Err(ChunkingError::Malformed("a signed chunk may have 16 MiB"));
        }
        Ok(size)
    }

    fn trailer(&self, line: &[u8]) -> Result<(), ChunkingError> {
        let name = self.trailers.insert(line).ok_or(ChunkingError::Trailers)?;
        let is_signature = name == TRAILER_SIGNATURE && self.chunking.is_signed && !self.chunking.announced.is_empty();
        // The signature is the last one.
        let is_late = self.trailers.get(TRAILER_SIGNATURE).is_some() && !is_signature;
        if is_late || !(is_signature || self.chunking.announced.contains(name.as_str())) {
            return Err(ChunkingError::Trailers);
        }
        Ok(())
    }

    /// Whether a body that has ended is whole.
    fn check_end(&self) -> Result<(), ChunkingError> {
        // Clients leave out the end of the last line.
        if !matches!(self.expecting, Expecting::Nothing | Expecting::Trailers) || !self.buffer.is_empty() {
            return Err(ChunkingError::Incomplete);
        }
        let is_there = |name: &String| self.trailers.get(name).is_some();
        if self.form == Form::Same && !self.chunking.announced.is_empty() && !is_there(&TRAILER_SIGNATURE.to_owned()) {
            return Err(ChunkingError::Trailers);
        }
        if self.chunking.announced.iter().all(is_there) { Ok(()) } else { Err(ChunkingError::Trailers) }
    }

    /// A whole line, without its end.
    fn line(&mut self) -> Result<Option<Bytes>, ChunkingError> {
        let Some(end) = self.buffer.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n') else {
            // The last trailer's line may have no end.
            if self.ended && self.expecting == Expecting::Trailers && !self.buffer.is_empty() {
                return Ok(Some(self.buffer.split().freeze()));
            }
            let is_long = self.buffer.len() >= LONGEST_LINE;
            return if is_long { Err(ChunkingError::Malformed("a line is too long")) } else { Ok(None) };
        };
        let mut line = self.buffer.split_to(end).freeze();
        self.buffer.advance(1);
        if line.last() == Some(&b'\r') {
            line.truncate(line.len() - 1);
        }
        Ok(Some(line))
    }
}

impl<B: Body<Data = Bytes, Error = StdError> + Unpin> Body for Dechunked<B> {
    type Data = Bytes;
    type Error = StdError;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, StdError>>> {
        loop {
            match self.step() {
                Ok(Some(data)) => return Poll::Ready(Some(Ok(Frame::data(data)))),
                Ok(None) => {}
                Err(error) => return Poll::Ready(Some(Err(error.into()))),
            }
            if self.ended {
                return Poll::Ready(self.check_end().err().map(|error| Err(error.into())));
            }
            match ready!(Pin::new(&mut self.body).poll_frame(cx)) {
                Some(Ok(frame)) => {
                    if let Ok(data) = frame.into_data() {
                        self.buffer.extend_from_slice(&data);
                    }
                }
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => self.ended = true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::{BodyExt, StreamBody};
    use tokio::runtime::Builder;

    fn chunking(kind: &str, announced: &[&'static str]) -> Chunking {
        let mut headers = HeaderMap::new();
        headers.insert("x-amz-content-sha256", HeaderValue::try_from(format!("STREAMING-{kind}")).unwrap());
        for name in announced {
            headers.append("x-amz-trailer", HeaderValue::from_static(name));
        }
        Chunking::of(&headers).unwrap()
    }

    const SIGNED: &str = "AWS4-HMAC-SHA256-PAYLOAD";
    const SIGNED_TRAILER: &str = "AWS4-HMAC-SHA256-PAYLOAD-TRAILER";
    const UNSIGNED_TRAILER: &str = "UNSIGNED-PAYLOAD-TRAILER";

    fn run(body: impl FnOnce(Parts) -> Dechunked<Parts>, text: &[u8], at_once: usize) -> Result<Vec<u8>, String> {
        let parts: Vec<_> = text.chunks(at_once).map(|c| Ok(Frame::data(Bytes::copy_from_slice(c)))).collect();
        let body = body(StreamBody::new(futures::stream::iter(parts)));
        let collected = Builder::new_current_thread().build().unwrap().block_on(body.collect());
        Ok(collected.map_err(|error| error.to_string())?.to_bytes().to_vec())
    }

    type Parts = StreamBody<futures::stream::Iter<std::vec::IntoIter<Result<Frame<Bytes>, StdError>>>>;

    fn decode(text: &[u8], at_once: usize, chunking: Chunking) -> Result<(Vec<u8>, Trailers), String> {
        let trailers = Trailers::default();
        let data = run(|parts| Dechunked::new(parts, chunking, trailers.clone()), text, at_once)?;
        Ok((data, trailers))
    }

    #[test]
    fn bodies_cut_anywhere_are_put_together() {
        let signed = b"5;chunk-signature=ab\r\nhello\r\n1;chunk-signature=cd\r\n!\r\n0;chunk-signature=ef\r\n\r\n";
        let trailing = b"6\r\nhello!\r\n0\r\nx-amz-checksum-crc32: AAAAAA==\r\nx-other:1\r\n\r\n";
        for at_once in 1..trailing.len() {
            assert_eq!(decode(signed, at_once, chunking(SIGNED, &[])).unwrap().0, b"hello!");
            let announced = chunking(UNSIGNED_TRAILER, &["x-amz-checksum-crc32, X-Other"]);
            for end in [0, 2, 4] {
                let text = &trailing[..trailing.len() - end];
                let (data, trailers) = decode(text, at_once, announced.clone()).unwrap();
                assert_eq!(data, b"hello!");
                assert_eq!(trailers.get("x-amz-checksum-crc32").as_deref(), Some("AAAAAA=="));
            }
            // Who verifies signatures sees what was sent; what nobody signed comes in pieces.
            let same = run(|parts| Dechunked::checked(parts, chunking(SIGNED, &[])), signed, at_once);
            assert_eq!(same.unwrap(), signed);
            let pieces = run(|parts| Dechunked::checked(parts, announced.clone()), trailing, at_once).unwrap();
            assert_eq!(decode(&pieces, 7, announced).unwrap().0, b"hello!");
        }
        assert_eq!(decode(b"0\r\n", 9, chunking(SIGNED, &[])).unwrap().0, b"");
    }

    #[test]
    fn what_is_malformed_or_cut_short_is_refused() {
        let bad: [&[u8]; 13] = [
            b"",
            b"x\r\n",
            b"+5\r\nhello\r\n0\r\n\r\n",
            b"5zz\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhel",
            b"5\r\nhello\r\n",
            b"5\r\nhello\r\n0;chunk-sig",
            b"5\r\nhello!\r\n0\r\n\r\n",
            b"4\r\nhello\r\n0\r\n\r\n",
            b"fffffffffffffffff\r\n",
            b"0\r\nno colon\r\n\r\n",
            b"5\r\nhello\r\n0\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
            &[b'0'; 5000],
        ];
        for text in bad {
            let what = String::from_utf8_lossy(text);
            assert!(decode(text, 1000, chunking(SIGNED, &[])).is_err(), "{what:?}");
            for kind in [SIGNED, UNSIGNED_TRAILER] {
                assert!(run(|parts| Dechunked::checked(parts, chunking(kind, &[])), text, 1000).is_err(), "{what:?}");
            }
        }
        let large = b"1000001;chunk-signature=ab\r\n";
        assert!(
            run(|parts| Dechunked::checked(parts, chunking(SIGNED, &[])), large, 99).unwrap_err().contains("16 MiB")
        );
    }

    #[test]
    fn trailers_are_those_announced_each_once() {
        let crc = "x-amz-checksum-crc32: AAAAAA==\r\n";
        let signature = "x-amz-trailer-signature:ab\r\n";
        let signed = |trailers: &str| format!("0;chunk-signature=ab\r\n{trailers}\r\n");
        for (kind, announced, trailers, is_taken) in [
            (UNSIGNED_TRAILER, "x-amz-checksum-crc32", crc.to_owned(), true),
            (UNSIGNED_TRAILER, "x-amz-checksum-crc32", String::new(), false),
            (UNSIGNED_TRAILER, "x-amz-checksum-crc32", crc.repeat(2), false),
            (UNSIGNED_TRAILER, "x-amz-checksum-crc32", format!("{crc}x-other: 1\r\n"), false),
            (UNSIGNED_TRAILER, "x-amz-checksum-sha1", crc.to_owned(), false),
            // Nobody signs them.
            (UNSIGNED_TRAILER, "x-amz-checksum-crc32", format!("{crc}{signature}"), false),
            (SIGNED_TRAILER, "x-amz-checksum-crc32", format!("{crc}{signature}"), true),
            (SIGNED_TRAILER, "x-amz-checksum-crc32", format!("{signature}{crc}"), false),
            (SIGNED_TRAILER, "x-amz-checksum-crc32", format!("{crc}{signature}{signature}"), false),
            (SIGNED, "x-amz-checksum-crc32", format!("{crc}{signature}"), false),
            (SIGNED, "x-amz-checksum-crc32", String::new(), true),
        ] {
            let chunking = chunking(kind, &[announced]);
            let text = signed(&trailers);
            let plain = decode(text.as_bytes(), 9, chunking.clone());
            assert_eq!(plain.is_ok(), is_taken, "{kind} {trailers:?}");
            let checked = run(|parts| Dechunked::checked(parts, chunking.clone()), text.as_bytes(), 9);
            assert_eq!(checked.is_ok(), is_taken, "{kind} {trailers:?}");
        }
    }
}
