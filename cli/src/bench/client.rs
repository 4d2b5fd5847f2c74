//! A client that costs little: on a connection one request after the other, bytes as they are. Where it shares cores with
//! the server that it measures, what it spends is what the server has not.

use crate::failure::Failure;
use rustix::event::{PollFd, PollFlags};
use std::io::{ErrorKind, Read, Write};
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

/// How long an answer is waited for.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Room for bytes that come.
const ROOM: usize = 256 << 10;

impl Incoming {
    fn held(&self) -> &[u8] {
        self.bytes.get(self.start..self.end).unwrap_or_default()
    }

    fn pass(&mut self, count: usize) {
        self.start += count;
    }

    /// Reads more bytes, as many as there is room for. None: there will be no more.
    fn more(&mut self, stream: &mut TcpStream) -> std::io::Result<usize> {
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
        Ok(count)
    }

    /// The text before a mark, which is passed over; nothing if the mark has not come yet.
    fn until(&mut self, mark: &[u8]) -> Option<String> {
        let end = self.held().windows(mark.len()).position(|window| window == mark)?;
        let text = String::from_utf8_lossy(self.held().get(..end).unwrap_or_default()).into_owned();
        self.pass(end + mark.len());
        Some(text)
    }
}

/// What of an answer comes next.
#[derive(Clone, Copy)]
enum Next {
    Headers,
    /// So many bytes of a body whose length is known.
    Body(usize),
    ChunkSize,
    /// So many bytes of a chunk, and the end of its line.
    Chunk(usize),
    ChunkEnd {
        is_last: bool,
    },
    /// All bytes until the connection is closed.
    Everything,
}

/// An answer of which a part has come.
struct Coming {
    next: Next,
    status: u16,
    headers: String,
    body: Vec<u8>,
    /// The body is wanted even if the answer is good.
    keeps: bool,
}

impl Coming {
    fn new(keeps: bool) -> Self {
        Self { next: Next::Headers, status: 0, headers: String::new(), body: vec![], keeps }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
    }

    /// The status, and where the body ends.
    fn begin(&mut self, headers: &str) -> Result<(), Failure> {
        self.headers = headers.to_ascii_lowercase();
        let status = self.headers.split(' ').nth(1).and_then(|status| status.parse().ok());
        self.status = status.ok_or_else(|| broken(headers))?;
        self.next = if self.status == 100 {
            Next::Headers
        } else if self.header("transfer-encoding").is_some_and(|encoding| encoding.contains("chunked")) {
            Next::ChunkSize
        } else if let Some(length) = self.header("content-length").and_then(|length| length.parse().ok()) {
            Next::Body(length)
        } else if self.status == 204 || self.status == 304 {
            Next::Body(0)
        } else {
            Next::Everything
        };
        Ok(())
    }

    /// Takes up to so many bytes of the body, and says how many are left.
    fn take(&mut self, incoming: &mut Incoming, length: usize) -> usize {
        let now = incoming.held().len().min(length);
        if self.keeps || self.status >= 300 {
            self.body.extend_from_slice(incoming.held().get(..now).unwrap_or_default());
        }
        incoming.pass(now);
        length - now
    }

    /// Reads what has come. Whether that is all of the answer.
    fn advance(&mut self, incoming: &mut Incoming) -> Result<bool, Failure> {
        loop {
            self.next = match self.next {
                Next::Headers => {
                    let Some(headers) = incoming.until(b"\r\n\r\n") else { return Ok(false) };
                    self.begin(&headers)?;
                    continue;
                }
                Next::Body(length) => match self.take(incoming, length) {
                    0 => return Ok(true),
                    left => Next::Body(left),
                },
                Next::ChunkSize => {
                    let Some(size) = incoming.until(b"\r\n") else { return Ok(false) };
                    let size = size.split(';').next().unwrap_or_default().trim();
                    match usize::from_str_radix(size, 16).map_err(broken)? {
                        0 => Next::ChunkEnd { is_last: true },
                        size => Next::Chunk(size),
                    }
                }
                Next::Chunk(length) => match self.take(incoming, length) {
                    0 => Next::ChunkEnd { is_last: false },
                    left => Next::Chunk(left),
                },
                Next::ChunkEnd { is_last } => match incoming.until(b"\r\n") {
                    Some(_) if is_last => return Ok(true),
                    Some(_) => Next::ChunkSize,
                    None => return Ok(false),
                },
                Next::Everything => {
                    self.take(incoming, usize::MAX);
                    return Ok(false);
                }
            };
            if incoming.held().is_empty() {
                return Ok(false);
            }
        }
    }

    /// Whether the answer is whole now that no more will come.
    fn ends_here(&self) -> bool {
        matches!(self.next, Next::Everything)
    }

    /// Whether the server closes the connection after it.
    fn is_last(&self) -> bool {
        self.header("connection") == Some("close")
            || matches!(self.next, Next::Everything)
            || (self.headers.starts_with("http/1.0") && !self.headers.contains("keep-alive"))
    }
}

/// A connection on which one request is under way at most; made again when the server has closed it.
pub struct Connection {
    addr: SocketAddr,
    stream: Option<TcpStream>,
    incoming: Incoming,
    coming: Coming,
    /// The request, and how much of it is sent.
    request: Vec<u8>,
    sent: usize,
    /// The request is the first one of this stream: if it fails, another stream would not help.
    is_fresh: bool,
    keeps: bool,
    /// It never waits: what has not come yet is asked for again.
    is_polled: bool,
}

impl Connection {
    fn new(addr: SocketAddr, keeps: bool, is_polled: bool) -> Self {
        let (coming, request) = (Coming::new(keeps), vec![]);
        Self {
            addr,
            stream: None,
            incoming: Incoming::default(),
            coming,
            request,
            sent: 0,
            is_fresh: true,
            keeps,
            is_polled,
        }
    }

    /// One that never waits, and passes over the bodies of good answers.
    pub fn polled(addr: SocketAddr) -> Self {
        Self::new(addr, false, true)
    }

    /// Begins to send a request.
    pub fn begin(&mut self, request: Vec<u8>) -> Result<(), Failure> {
        (self.request, self.sent, self.coming) = (request, 0, Coming::new(self.keeps));
        self.is_fresh = self.stream.is_none();
        self.go_on()
    }

    /// Sends what is left of the request, on another stream if there is none.
    fn go_on(&mut self) -> Result<(), Failure> {
        match self.send() {
            Err(_) if !self.is_fresh => self.again(),
            done => done,
        }
    }

    fn send(&mut self) -> Result<(), Failure> {
        let stream = match &mut self.stream {
            Some(stream) => stream,
            none => {
                let stream = TcpStream::connect(self.addr)?;
                stream.set_nodelay(true)?;
                stream.set_read_timeout(Some(PATIENCE))?;
                stream.set_nonblocking(self.is_polled)?;
                (self.incoming.start, self.incoming.end) = (0, 0);
                none.insert(stream)
            }
        };
        while let Some(left) = self.request.get(self.sent..).filter(|left| !left.is_empty()) {
            match stream.write(left) {
                Ok(count) => self.sent += count,
                Err(error) if self.is_polled && error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error.into()),
            }
        }
        acknowledge_at_once(stream);
        Ok(())
    }

    /// Everything once more on another stream: the server has closed this one while it was idle.
    fn again(&mut self) -> Result<(), Failure> {
        (self.stream, self.sent, self.is_fresh) = (None, 0, true);
        self.coming = Coming::new(self.keeps);
        self.send()
    }

    /// Reads what of the answer there is; all of it has come when this gives it.
    pub fn answer(&mut self) -> Result<Option<Answer>, Failure> {
        if self.sent < self.request.len() {
            self.go_on()?;
        }
        let Some(stream) = &mut self.stream else { return Err(broken("no connection")) };
        let is_whole = match self.incoming.more(stream) {
            Ok(0) if self.coming.ends_here() => true,
            Ok(0) if !self.is_fresh => {
                self.again()?;
                return Ok(None);
            }
            Ok(0) => return Err(broken("the connection was closed")),
            Ok(_) => {
                let is_whole = self.coming.advance(&mut self.incoming)?;
                if !is_whole {
                    acknowledge_at_once(stream);
                }
                is_whole
            }
            Err(error) if self.is_polled && error.kind() == ErrorKind::WouldBlock => false,
            Err(_) if !self.is_fresh => {
                self.again()?;
                return Ok(None);
            }
            Err(error) => {
                self.stream = None;
                return Err(error.into());
            }
        };
        if !is_whole {
            return Ok(None);
        }
        if self.coming.is_last() {
            self.stream = None;
        }
        let Coming { status, headers, body, .. } = std::mem::replace(&mut self.coming, Coming::new(self.keeps));
        Ok(Some(Answer { status, headers, body }))
    }

    /// What a polled one is to be waited for by: the rest of its request can be sent, or some of its answer is there.
    pub fn awaits(&self) -> Option<PollFd<'_>> {
        let flags = if self.sent < self.request.len() { PollFlags::OUT } else { PollFlags::IN };
        Some(PollFd::new(self.stream.as_ref()?, flags))
    }
}

/// What makes requests to a server, and sends them one after the other.
pub struct Client {
    addr: SocketAddr,
    service: &'static str,
    connection: Connection,
}

/// A server that has not set `TCP_NODELAY` waits with the last bytes of an answer until the client has acknowledged those before,
/// which the client's system puts off for 40 ms: that would be measured, and it is one line to mend. The system forgets
/// what it was told here soon, so it is told after every request, and whenever a part of an answer has come.
fn acknowledge_at_once(stream: &TcpStream) {
    #[cfg(target_os = "linux")]
    let _ = rustix::net::sockopt::set_tcp_quickack(stream, true);
    #[cfg(not(target_os = "linux"))]
    let _ = stream;
}

fn broken(what: impl std::fmt::Display) -> Failure {
    Failure::usage(format!("the server answers what is no HTTP: {what}"))
}

impl Client {
    /// To a server; `service` is what the signature names, which none of the servers verifies. Empty: no signature.
    pub fn new(addr: SocketAddr, service: &'static str) -> Self {
        Self { addr, service, connection: Connection::new(addr, true, false) }
    }

    /// As [`Client::new`], but the bodies of good answers are passed over.
    pub fn without_bodies(addr: SocketAddr, service: &'static str) -> Self {
        Self { addr, service, connection: Connection::new(addr, false, false) }
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
    pub fn send(&mut self, request: Vec<u8>) -> Result<Answer, Failure> {
        self.connection.begin(request)?;
        loop {
            if let Some(answer) = self.connection.answer()? {
                return Ok(answer);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    /// Answers each connection's requests with these bytes, in pieces of so many, and closes it after so many answers.
    fn server(answer: &'static [u8], piece: usize, answers: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                stream.set_nodelay(true).unwrap();
                let mut bytes = [0; 4096];
                for _ in 0..answers {
                    if !stream.read(&mut bytes).is_ok_and(|count| count > 0) {
                        break;
                    }
                    for part in answer.chunks(piece) {
                        let _ = stream.write_all(part);
                    }
                }
            }
        });
        addr
    }

    /// What a polled connection and a waiting client read of an answer, twice each.
    fn bodies(answer: &'static [u8], piece: usize, answers: usize) -> Vec<(u16, Vec<u8>)> {
        let addr = server(answer, piece, answers);
        let mut client = Client::new(addr, "");
        let request = client.request("GET", "/", "", b"");
        let mut read = vec![];
        for _ in 0..2 {
            let answer = client.send(request.clone()).unwrap();
            read.push((answer.status, answer.body));
        }
        let addr = server(answer, piece, answers);
        let mut connection = Connection::new(addr, true, true);
        for _ in 0..2 {
            connection.begin(request.clone()).unwrap();
            let answer = loop {
                if let Some(answer) = connection.answer().unwrap() {
                    break answer;
                }
            };
            read.push((answer.status, answer.body));
        }
        read
    }

    #[test]
    fn answers_are_read_in_whatever_pieces_they_come() {
        let known: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
        let chunked: &[u8] =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nbo\r\n2;x=y\r\ndy\r\n0\r\n\r\n";
        let none: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";
        for piece in [1, 3, 1000] {
            assert_eq!(bodies(known, piece, 9), vec![(200, b"body".to_vec()); 4]);
            assert_eq!(bodies(chunked, piece, 9), vec![(200, b"body".to_vec()); 4]);
            assert_eq!(bodies(none, piece, 9), vec![(204, vec![]); 4]);
        }
    }

    #[test]
    fn a_connection_that_the_server_closed_is_made_again() {
        let known: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody";
        assert_eq!(bodies(known, 1000, 1), vec![(200, b"body".to_vec()); 4]);
        let closing: &[u8] = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody";
        assert_eq!(bodies(closing, 1000, 1), vec![(200, b"body".to_vec()); 4]);
        let old: &[u8] = b"HTTP/1.0 200 OK\r\n\r\nbody";
        assert_eq!(bodies(old, 1000, 1), vec![(200, b"body".to_vec()); 4]);
    }

    #[test]
    fn a_server_that_closes_every_connection_is_no_server() {
        let client = Client::new(server(b"", 1, 0), "");
        let request = client.request("GET", "/", "", b"");
        let mut connection = Connection::new(client.addr, true, true);
        let failed = connection.begin(request).is_err()
            || loop {
                match connection.answer() {
                    Ok(None) => {}
                    other => break other.is_err(),
                }
            };
        assert!(failed);
    }
}
