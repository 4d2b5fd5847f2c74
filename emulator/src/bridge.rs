//! A board that is really there, or in QEMU: its line to edge and clients on one side, they on the other.
//!
//! Frames of the board go to the edge's end of its link, RESPONSES to all clients, text of its console to who watches;
//! REQUESTS of clients go to the board, whole, so that those of two don't mix.

mod asking;

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_caps::Pairing;
use nano_wire::link::{self, Decoder, Frame, decoder_bytes};
use nano_wire::message::{Kind, Message};

use crate::event::{DeviceEvent, Happened};
use crate::handover::hand_over;
use crate::soft::Sink;
use crate::uplink::EdgePort;

/// Most bytes of a frame's body, either way.
pub const MOST_FRAME_BYTES: usize = 64 << 10;
/// Longest that a client that doesn't read is waited for.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);
/// How often the door looks whether it is to close.
const LOOK: Duration = Duration::from_millis(20);
/// Longest line of a console that is kept together.
const MOST_LINE: usize = 4096;

/// Where the board hears.
type Output = Box<dyn Write + Send>;

/// Who is connected to a board, and the way to it.
pub struct Bridge {
    name: String,
    output: Mutex<Option<Output>>,
    clients: Mutex<Vec<TcpStream>>,
    /// Who of this process hears the board's answers, too.
    taps: Mutex<Vec<Sender<Vec<u8>>>>,
    /// Who asks the board for this process holds it; when it has said nothing to a request last.
    turn: Mutex<Option<Instant>>,
    /// When a client last asked.
    asked: Mutex<Option<Instant>>,
    edge: Option<EdgePort>,
    sink: Sink,
    stopped: AtomicBool,
    begun: Instant,
}

impl fmt::Debug for Bridge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bridge").field("name", &self.name).finish_non_exhaustive()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Bridge {
    /// To the board of this name, which is not connected yet.
    pub fn new(name: &str, edge: Option<EdgePort>, sink: Sink) -> Arc<Self> {
        Arc::new(Self {
            name: name.to_owned(),
            output: Mutex::default(),
            clients: Mutex::default(),
            taps: Mutex::default(),
            turn: Mutex::default(),
            asked: Mutex::default(),
            edge,
            sink,
            stopped: AtomicBool::new(false),
            begun: Instant::now(),
        })
    }

    /// Opens a port for clients; it closes when the bridge is closed.
    pub fn open_door(self: &Arc<Self>) -> io::Result<(SocketAddr, JoinHandle<()>)> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        let (address, bridge) = (listener.local_addr()?, Arc::clone(self));
        let door = thread::Builder::new().name("nano-door".into()).spawn(move || admit(&bridge, &listener))?;
        Ok((address, door))
    }

    /// What is said to the board goes there from now on.
    pub fn attach(&self, output: Option<Output>) {
        *lock(&self.output) = output;
    }

    /// Nobody is served any more.
    pub fn close(&self) {
        self.stopped.store(true, Ordering::Release);
        self.attach(None);
        for client in lock(&self.clients).drain(..) {
            let _ = client.shutdown(Shutdown::Both);
        }
    }

    /// Bytes to the board as they are.
    pub fn send(&self, bytes: &[u8]) {
        if let Some(output) = lock(&self.output).as_mut() {
            // A board that is off hears nothing.
            let _ = output.write_all(bytes).and_then(|()| output.flush());
        }
    }

    /// A frame to the board.
    pub fn send_frame(&self, kind: u8, body: &[u8]) {
        self.send(&encode(kind, body));
    }

    fn broadcast(&self, bytes: &[u8]) {
        // Only the asker can open an answer, so that it may be heard by all.
        lock(&self.clients).retain_mut(|client| client.write_all(bytes).is_ok());
    }

    /// The board's RESPONSES from now on, until this is dropped.
    pub fn tap(&self) -> Receiver<Vec<u8>> {
        let (tap, answers) = mpsc::channel();
        lock(&self.taps).push(tap);
        answers
    }

    /// Asks the board what waits for it, until it goes.
    pub fn hand_over(&self, is_here: &dyn Fn() -> bool) {
        let Some(edge) = &self.edge else { return };
        if let Err(error) = hand_over(edge, &mut |kind, body| self.send_frame(kind, body), is_here) {
            self.tell(Happened::Note { text: format!("what waits for it can't be kept: {error}") });
        }
    }

    /// Held while this process asks the board and waits for its answer, so that it asks for one thing at a time.
    pub(crate) fn turn(&self) -> MutexGuard<'_, Option<Instant>> {
        lock(&self.turn)
    }

    /// Whether a client asked so short a time ago that the next answer may be his.
    pub fn was_asked_within(&self, time: Duration) -> bool {
        lock(&self.asked).is_some_and(|asked| asked.elapsed() <= time)
    }

    /// Whether nobody is served any more.
    pub fn is_closed(&self) -> bool {
        self.stopped.load(Ordering::Acquire)
    }

    /// Tells who watches.
    pub fn tell(&self, what: Happened) {
        let at_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        (self.sink)(DeviceEvent { device: self.name.clone(), at_us, what });
    }

    /// Tells the console's text by lines; what is not a whole line yet stays in `line`.
    pub fn console(&self, text: &str, line: &mut String) {
        line.push_str(text);
        while let Some((whole, rest)) = line.split_once('\n') {
            self.tell(Happened::Progress { text: whole.trim_end_matches('\r').to_owned() });
            *line = rest.to_owned();
        }
        if line.len() > MOST_LINE {
            self.tell(Happened::Progress { text: std::mem::take(line) });
        }
    }

    /// A frame of the board.
    pub fn hear(self: &Arc<Self>, frame: Frame<'_>, line: &mut String) {
        if frame.kind == Kind::Response as u8 {
            lock(&self.taps).retain(|tap| tap.send(frame.body.to_vec()).is_ok());
            return self.broadcast(&encode(frame.kind, frame.body));
        }
        if frame.kind == Kind::Console as u8 {
            return self.console(&String::from_utf8_lossy(frame.body), line);
        }
        let is_slow = EdgePort::is_slow(frame.kind, frame.body);
        let (kind, body, bridge) = (frame.kind, frame.body.to_vec(), Arc::clone(self));
        let answer = move || {
            if let Some(edge) = &bridge.edge {
                edge.hear(kind, &body, &mut |kind, body| bridge.send_frame(kind, body));
            }
        };
        // A function at the edge may take its time; everything else is quick, and stays in order.
        if is_slow {
            let _ = thread::Builder::new().name("nano-offload".into()).spawn(answer);
        } else {
            answer();
        }
    }

    /// Edge and board have paired: they speak under this run's key as soon as the board knows it.
    pub fn paired(&self, pairing: &Pairing) {
        if let Some(edge) = &self.edge {
            edge.paired(pairing);
        }
    }

    /// A message to the board.
    pub fn say(&self, message: &Message<'_>) {
        let mut body = vec![0; MOST_FRAME_BYTES];
        if let Ok(length) = message.encode(&mut body) {
            self.send_frame(message.kind() as u8, &body[..length]);
        }
    }

    /// Hears the board until its line ends.
    pub fn listen(self: &Arc<Self>, mut input: impl Read) {
        let mut decoder = Decoder::new(vec![0; decoder_bytes(MOST_FRAME_BYTES)]);
        let (mut buffer, mut line) = ([0; 4096], String::new());
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            for byte in &buffer[..count] {
                if decoder.push(*byte) == Ok(true)
                    && let Some(frame) = decoder.frame()
                {
                    self.hear(Frame { kind: frame.kind, body: frame.body }, &mut line);
                }
            }
        }
    }

    /// Tells plain text by lines until it ends.
    pub fn show(&self, mut input: impl Read) {
        let (mut buffer, mut line) = ([0; 4096], String::new());
        while let Ok(count @ 1..) = input.read(&mut buffer) {
            self.console(&String::from_utf8_lossy(&buffer[..count]), &mut line);
        }
    }

    /// Lets a client's requests through.
    fn serve_client(&self, mut client: TcpStream) {
        let mut decoder = Decoder::new(vec![0; decoder_bytes(MOST_FRAME_BYTES)]);
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = client.read(&mut buffer) {
            for byte in &buffer[..count] {
                if decoder.push(*byte) == Ok(true)
                    && let Some(frame) = decoder.frame()
                    && frame.kind == Kind::Request as u8
                {
                    *lock(&self.asked) = Some(Instant::now());
                    self.send_frame(frame.kind, frame.body);
                }
            }
        }
    }
}

/// A frame on the wire.
pub fn encode(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut wire = vec![0; link::encoded_bytes(body.len())];
    let length = link::encode(kind, &[body], &mut wire).unwrap_or(0);
    wire.truncate(length);
    wire
}

fn admit(bridge: &Arc<Bridge>, listener: &TcpListener) {
    while !bridge.stopped.load(Ordering::Acquire) {
        let Ok((client, _)) = listener.accept() else {
            thread::sleep(LOOK);
            continue;
        };
        let kept =
            client.set_nonblocking(false).and_then(|()| client.set_nodelay(true)).and_then(|()| client.try_clone());
        let Ok(kept) = kept else { continue };
        let _ = kept.set_write_timeout(Some(WRITE_TIMEOUT));
        lock(&bridge.clients).push(kept);
        let bridge = Arc::clone(bridge);
        // Ends when the client goes, or is shut out as the board is switched off.
        let _ = thread::Builder::new().name("nano-door-client".into()).spawn(move || bridge.serve_client(client));
    }
}
