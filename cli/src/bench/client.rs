//! A client that costs little: one connection, one request after the other, bytes as they are. Where it shares cores with the
//! server that it measures, what it spends is what the server has not.

use crate::failure::Failure;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// An answer.
pub struct Answer {
    pub status: u16,
    pub headers: String,
    pub body: Vec<u8>,
}

/// Bytes that have come and were not looked at yet. The room is made once.
#[derive(Default)]
struct Incoming {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
}

/// Room for bytes that come.
const ROOM: usize = 256 << 10;

impl Incoming {
    fn held(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    fn pass(&mut self, count: usize) {
        self.start += count;
    }

    /// Waits for more bytes.
    fn more(&mut self, stream: &mut TcpStream) -> Result<(), Failure> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.end == self.bytes.len() {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end == self.bytes.len() {
            self.bytes.resize(self.end.max(ROOM / 2) * 2, 0);
        }
        let count = stream.read(self.bytes.get_mut(self.end..).unwrap_or_default())?;
        self.end += count;
        if count == 0 { Err(broken("the connection was closed")) } else { Ok(()) }
    }

    /// Takes this many bytes, and keeps them if they are wanted.
    fn take(&mut self, stream: &mut TcpStream, length: usize, kept: Option<&mut Vec<u8>>) -> Result<(), Failure> {
        let mut kept = kept;
        let mut left = length;
        while left > 0 {
            if self.start == self.end {
                self.more(stream)?;
            }
            let now = self.held().len().min(left);
            if let Some(kept) = kept.as_deref_mut() {
                kept.extend_from_slice(self.held().get(..now).unwrap_or_default());
            }
            self.pass(now);
            left -= now;
        }
        Ok(())
    }

    /// The text before a mark, which is passed over.
    fn until(&mut self, stream: &mut TcpStream, mark: &[u8]) -> Result<String, Failure> {
        loop {
            if let Some(end) = self.held().windows(mark.len()).position(|window| window == mark) {
                let text = String::from_utf8_lossy(self.held().get(..end).unwrap_or_default()).into_owned();
                self.pass(end + mark.len());
                return Ok(text);
            }
            self.more(stream)?;
        }
    }
}

/// A connection to a server, made again when the server closes it.
pub struct Client {
    addr: SocketAddr,
    service: &'static str,
    stream: Option<TcpStream>,
    incoming: Incoming,
    /// Bodies of good answers are wanted.
    keeps: bool,
}

fn broken(what: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("the server answers what is no HTTP: {what}"))
}

impl Client {
    /// To a server; `service` is what the signature names, which none of the servers verifies. Empty: no signature.
    pub fn new(addr: SocketAddr, service: &'static str) -> Self {
        Self { addr, service, stream: None, incoming: Incoming::default(), keeps: true }
    }

    /// As [`Client::new`], but the bodies of good answers are passed over.
    pub fn without_bodies(addr: SocketAddr, service: &'static str) -> Self {
        Self { keeps: false, ..Self::new(addr, service) }
    }

    /// The bytes of a request.
    pub fn request(&self, method: &str, path: &str, headers: &str, body: &[u8]) -> Vec<u8> {
        let signature = match self.service {
            "" => String::new(),
            service => format!(
                "Authorization: AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, \
                 SignedHeaders=host, Signature=00\r\nx-amz-date: 20260101T000000Z\r\n\
                 x-amz-content-sha256: UNSIGNED-PAYLOAD\r\n"
            ),
        };
        let (addr, length) = (self.addr, body.len());
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: {addr}\r\n{signature}{headers}Content-Length: {length}\r\n\r\n");
        [head.as_bytes(), body].concat()
    }

    /// Sends a request and reads the whole answer; once more on another connection if this one was closed.
    pub fn send(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        let fresh = self.stream.is_none();
        match self.attempt(request) {
            Err(_) if !fresh => {
                self.stream = None;
                self.attempt(request)
            }
            other => other,
        }
    }

    fn attempt(&mut self, request: &[u8]) -> Result<Answer, Failure> {
        if self.stream.is_none() {
            let stream = TcpStream::connect(self.addr)?;
            stream.set_nodelay(true)?;
            stream.set_read_timeout(Some(Duration::from_secs(60)))?;
            self.stream = Some(stream);
            (self.incoming.start, self.incoming.end) = (0, 0);
        }
        let stream = self.stream.as_mut().ok_or_else(|| broken("no connection"))?;
        stream.write_all(request)?;
        let answered = read(stream, &mut self.incoming, self.keeps);
        let ends = |answer: &Answer| {
            answer.headers.contains("connection: close")
                || (answer.headers.starts_with("http/1.0") && !answer.headers.contains("keep-alive"))
        };
        if answered.as_ref().map_or(true, ends) {
            self.stream = None;
        }
        answered
    }
}

fn read(stream: &mut TcpStream, incoming: &mut Incoming, keeps: bool) -> Result<Answer, Failure> {
    loop {
        let headers = incoming.until(stream, b"\r\n\r\n")?.to_ascii_lowercase();
        let status = headers.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        let status = status.ok_or_else(|| broken(&headers))?;
        if status == 100 {
            continue;
        }
        let value = |name: &str| {
            headers
                .lines()
                .find_map(|line| line.strip_prefix(name)?.strip_prefix(':').map(|value| value.trim().to_owned()))
        };
        let mut body = vec![];
        let mut kept = (keeps || status >= 300).then_some(&mut body);
        if value("transfer-encoding").is_some_and(|encoding| encoding.contains("chunked")) {
            loop {
                let size = incoming.until(stream, b"\r\n")?;
                let size = size.split(';').next().unwrap_or_default().trim();
                let size = usize::from_str_radix(size, 16).map_err(broken)?;
                incoming.take(stream, size, kept.as_deref_mut())?;
                incoming.take(stream, 2, None)?;
                if size == 0 {
                    break;
                }
            }
        } else if let Some(length) = value("content-length").and_then(|length| length.parse::<usize>().ok()) {
            incoming.take(stream, length, kept)?;
        } else if status != 204 && status != 304 {
            // To the end of the connection.
            while incoming.take(stream, 1, kept.as_deref_mut()).is_ok() {}
        }
        return Ok(Answer { status, headers, body });
    }
}
