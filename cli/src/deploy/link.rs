//! A board's serial line carried on to an edge that waits for boards: `nano monitor --devices`.
//!
//! The edge takes it for a board on a network: whenever the board starts, a connection is made that begins with who it is,
//! which such a board says itself. What the two say afterwards passes as it is, the console excepted; they prove to each other
//! who they are, so that whoever carries it needs no secret and is not believed.

use super::port::Serial;
use super::{Introduction, introduction};
use nano_emulator::encode_frame;
use nano_wire::link::Frame;
use nano_wire::message::{Hello, Message};
use std::io::{self, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// How soon an edge that is away is tried again.
const RETRY: Duration = Duration::from_secs(1);
/// Longest that an edge that does not read is waited for.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);
/// Bytes of a greeting besides the texts in it, at most.
const AROUND: usize = 16;

/// The way to the edge.
pub struct Link {
    /// `HOST:PORT`.
    edge: String,
    serial: Serial,
    /// The board, once it has said who it is.
    board: Option<Introduction>,
    connection: Option<Connection>,
    tried: Option<Instant>,
    /// What the person was told last.
    told: String,
}

struct Connection {
    stream: TcpStream,
    /// What the thread that hears the edge says of it.
    heard: Arc<Heard>,
}

#[derive(Default)]
struct Heard {
    something: AtomicBool,
    end: AtomicBool,
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Ends its thread, too.
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}

impl Link {
    /// From a board at this line to the edge at this machine and port.
    pub fn new(serial: Serial, edge: &str) -> Self {
        Self { edge: edge.to_owned(), serial, board: None, connection: None, tried: None, told: String::new() }
    }

    /// The board is plugged in again.
    pub fn attach(&mut self, serial: Serial) {
        (self.serial, self.board, self.connection) = (serial, None, None);
    }

    /// A line of the board's console: where it says who it is, it has started, and begins anew at the edge.
    pub fn hear(&mut self, line: &str) {
        if let Some(board) = introduction(line) {
            (self.board, self.connection, self.tried) = (Some(board), None, None);
            self.keep();
        }
    }

    /// A frame of the board's, for the edge.
    pub fn send(&mut self, frame: &Frame<'_>) {
        if let Some(connection) = &self.connection {
            // Of a connection that has ended, the thread says so.
            let _ = (&connection.stream).write_all(&encode_frame(frame.kind, frame.body));
        }
    }

    /// Makes the connection that ought to be there, and says what became of the one before. To be called now and then.
    pub fn keep(&mut self) {
        let Some(board) = self.board.clone() else {
            return self.tell("the board has not said who it is yet: press its reset button".into());
        };
        if let Some(Connection { heard, .. }) = &self.connection {
            let (something, end) = (heard.something.load(Ordering::Acquire), heard.end.load(Ordering::Acquire));
            if something {
                self.tell(format!("{} is linked to the edge at {}", board.holds.name, self.edge));
            }
            if !end {
                return;
            }
            self.connection = None;
            self.tell(if something {
                format!("the edge at {} has hung up; it is tried again", self.edge)
            } else {
                format!(
                    "the edge at {} does not let {} in; pair them: nano deploy --edge URL --device {1}",
                    self.edge, board.holds.name
                )
            });
        }
        if self.tried.is_some_and(|tried| tried.elapsed() < RETRY) {
            return;
        }
        self.tried = Some(Instant::now());
        match self.connect(&board) {
            Ok(connection) => self.connection = Some(connection),
            Err(error) => self.tell(format!("nothing answers at {} ({error}); it is tried again", self.edge)),
        }
    }

    fn connect(&self, board: &Introduction) -> io::Result<Connection> {
        let mut line = self.serial.again()?;
        let stream = TcpStream::connect(&self.edge)?;
        stream.set_nodelay(true)?;
        stream.set_write_timeout(Some(WRITE_TIMEOUT))?;
        (&stream).write_all(&greeting(board))?;
        let (mut edge, heard) = (stream.try_clone()?, Arc::<Heard>::default());
        let telling = Arc::clone(&heard);
        thread::Builder::new().name("nano-link".into()).spawn(move || {
            let _ = carry(&mut edge, &mut line, &telling.something);
            telling.end.store(true, Ordering::Release);
        })?;
        Ok(Connection { stream, heard })
    }

    /// Once, however often it is so.
    fn tell(&mut self, text: String) {
        if self.told != text {
            anstream::eprintln!("{text}");
            self.told = text;
        }
    }
}

/// What the edge says, to the board. A serial line takes its time.
fn carry(edge: &mut TcpStream, line: &mut Serial, something: &AtomicBool) -> io::Result<()> {
    let mut buffer = [0; 1024];
    loop {
        let count = edge.read(&mut buffer)?;
        if count == 0 {
            return Ok(());
        }
        something.store(true, Ordering::Release);
        let mut rest = buffer.get(..count).unwrap_or_default();
        while !rest.is_empty() {
            match line.write(rest) {
                Ok(written) => rest = rest.get(written..).unwrap_or_default(),
                Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

/// What a board on a network says first, behind the end of whatever was on the line before.
fn greeting(board: &Introduction) -> Vec<u8> {
    let hello = Message::Hello(Hello { name: &board.holds.name, board: &board.board, version: &board.version });
    let mut body = vec![0; AROUND + board.holds.name.len() + board.board.len() + board.version.len()];
    let length = hello.encode(&mut body).unwrap_or(0);
    let frame = encode_frame(hello.kind() as u8, body.get(..length).unwrap_or_default());
    [&[0], &frame[..]].concat()
}
