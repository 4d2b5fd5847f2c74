//! `aws-chunked` bodies taken apart without verifying their chunks' signatures, for when no keys are configured.
//!
//! ```text
//! <hex size>[;chunk-signature=..]\r\n <bytes> \r\n   ...   0[;..]\r\n [<trailer>: <value>\r\n]... \r\n
//! ```

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

/// Headers that came behind the body; complete when the body has ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Trailers(Arc<Mutex<HeaderMap>>);

impl Trailers {
    pub fn get(&self, name: &str) -> Option<String> {
        let headers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
    }

    fn insert(&self, line: &[u8]) -> Option<()> {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let (name, value) = line.split_at_checked(colon)?;
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.get(1..)?.trim_ascii()).ok()?;
        let mut headers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (headers.len() < MOST_TRAILERS).then(|| headers.append(name, value))?;
        Some(())
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expecting {
    Size,
    Data(u64),
    EndOfData,
    Trailers,
    Nothing,
}

/// A body without its chunking.
pub(super) struct Dechunked<B> {
    body: B,
    buffer: BytesMut,
    expecting: Expecting,
    ended: bool,
    trailers: Trailers,
}

impl<B> Dechunked<B> {
    pub fn new(body: B, trailers: Trailers) -> Self {
        Self { body, buffer: BytesMut::new(), expecting: Expecting::Size, ended: false, trailers }
    }

    /// The next data that is in the buffer already; none when more must come first.
    fn step(&mut self) -> Result<Option<Bytes>, &'static str> {
        loop {
            match self.expecting {
                Expecting::Size => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
                    let size = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                    let size =
                        size.and_then(|d| u64::from_str_radix(d, 16).ok()).ok_or("a chunk's size is no number")?;
                    self.expecting = if size == 0 { Expecting::Trailers } else { Expecting::Data(size) };
                }
                Expecting::Data(left) => {
                    if self.buffer.is_empty() {
                        return Ok(None);
                    }
                    let now = (self.buffer.len() as u64).min(left);
                    let data = self.buffer.split_to(now as usize).freeze();
                    self.expecting = if now == left { Expecting::EndOfData } else { Expecting::Data(left - now) };
                    return Ok(Some(data));
                }
                Expecting::EndOfData => {
                    let Some(line) = self.line()? else { return Ok(None) };
                    if !line.is_empty() {
                        return Err("a chunk is longer than its size says");
                    }
                    self.expecting = Expecting::Size;
                }
                Expecting::Trailers => match self.line() {
                    Ok(Some(line)) if line.is_empty() => self.expecting = Expecting::Nothing,
                    Ok(Some(line)) => self.trailers.insert(&line).ok_or("a trailer is malformed")?,
                    Ok(None) => return Ok(None),
                    Err(error) => return Err(error),
                },
                Expecting::Nothing => return Ok(None),
            }
        }
    }

    /// A whole line, without its end.
    fn line(&mut self) -> Result<Option<Bytes>, &'static str> {
        let Some(end) = self.buffer.iter().take(LONGEST_LINE).position(|byte| *byte == b'\n') else {
            return if self.buffer.len() < LONGEST_LINE { Ok(None) } else { Err("a line of the chunking is too long") };
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
                // Clients leave out the last line's end when there are no trailers.
                let whole = self.expecting == Expecting::Nothing
                    || (self.expecting == Expecting::Trailers && self.buffer.is_empty());
                return Poll::Ready(if whole { None } else { Some(Err("the body ends within a chunk".into())) });
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

    fn decode(text: &[u8], at_once: usize) -> Result<(Vec<u8>, Trailers), String> {
        let parts: Vec<_> = text.chunks(at_once).map(|c| Ok(Frame::data(Bytes::copy_from_slice(c)))).collect();
        let trailers = Trailers::default();
        let body = Dechunked::new(StreamBody::new(futures::stream::iter(parts)), trailers.clone());
        let data = Builder::new_current_thread()
            .build()
            .unwrap()
            .block_on(body.collect())
            .map_err(|error| error.to_string())?
            .to_bytes();
        Ok((data.to_vec(), trailers))
    }

    #[test]
    fn bodies_cut_anywhere_are_put_together() {
        let signed = b"5;chunk-signature=ab\r\nhello\r\n1;chunk-signature=cd\r\n!\r\n0;chunk-signature=ef\r\n\r\n";
        let trailing = b"6\r\nhello!\r\n0\r\nx-amz-checksum-crc32: AAAAAA==\r\nx-other:1\r\n\r\n";
        for at_once in 1..trailing.len() {
            assert_eq!(decode(signed, at_once).unwrap().0, b"hello!");
            let (data, trailers) = decode(trailing, at_once).unwrap();
            assert_eq!(data, b"hello!");
            assert_eq!(trailers.get("x-amz-checksum-crc32").as_deref(), Some("AAAAAA=="));
        }
        assert_eq!(decode(b"0\r\n", 9).unwrap().0, b"");
    }

    #[test]
    fn what_is_malformed_or_cut_short_is_refused() {
        let bad: [&[u8]; 9] = [
            b"",
            b"x\r\n",
            b"+5\r\nhello\r\n0\r\n\r\n",
            b"5\r\nhel",
            b"5\r\nhello\r\n",
            b"5\r\nhello!\r\n0\r\n\r\n",
            b"fffffffffffffffff\r\n",
            b"0\r\nno colon\r\n\r\n",
            &[b'0'; 5000],
        ];
        for text in bad {
            assert!(decode(text, 1000).is_err(), "{:?}", String::from_utf8_lossy(text));
        }
    }
}
