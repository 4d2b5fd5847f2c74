//! The door for boards whose link is a network: each connects, says who it is, and pairs; then it has its edge.
//!
//! ```text
//! board   00 HELLO        who it is; proves nothing
//! edge    00 PAIR         a number, and the body of the root that the edge holds of this board's slot
//! board   PAIRED          its proof; a board that can't give it is shut out
//! edge    PAIR_PROOF      the edge's; from here on the board listens, and everything is as on a wire
//! ```
//!
//! The edge serves only boards of which it holds a root ([`nano_edge::Holdings`]), put there by their owner. Each has a port
//! of this machine for its clients, which stays the same while the board comes and goes. What waited for it
//! ([`nano_edge::Waiting`]) is handed over when it has paired and shown its capability for that.

mod routes;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_edge::Edge;
use nano_wire::link::{Decoder, decoder_bytes};
use nano_wire::message::{Hello, Message, Pair, PairProof};

use crate::bridge::{Bridge, MOST_FRAME_BYTES, encode};
use crate::event::{DeviceEvent, Happened};
use crate::library::Library;
use crate::soft::Sink;
use crate::uplink::EdgePort;

/// Boards at a time, those that have not paired yet included.
const MOST_BOARDS: usize = 256;
/// Longest that a board may take to say who it is and to prove it.
const GREETING: Duration = Duration::from_secs(5);
/// Most bytes of a frame before a board has paired.
const MOST_GREETING: usize = 1024;
/// Longest that a board that doesn't read is waited for.
const WRITE_TIMEOUT: Duration = Duration::from_secs(2);
/// How often the listener looks whether it is to end.
const LOOK: Duration = Duration::from_millis(20);

/// A board that has been here, for listings.
#[derive(Clone, Debug, serde::Serialize)]
pub struct LinkedBoard {
    /// Its name.
    pub name: String,
    /// What kind of board it is, as it says.
    pub board: String,
    /// Version of its firmware, as it says.
    pub version: String,
    /// Where clients reach it; empty: it has not been here since the edge started.
    pub address: String,
    /// Whether it is connected now.
    pub linked: bool,
    /// Since it was last heard, seconds.
    pub last_seen_s: Option<u64>,
    /// Requests that wait for it.
    pub waiting: usize,
    /// Its number at the edge, as capabilities for its queue name it.
    pub queue: u16,
}

/// A board and its bridge.
struct Entry {
    bridge: Arc<Bridge>,
    address: SocketAddr,
    board: String,
    version: String,
    /// The connection there is, and its number.
    stream: Option<TcpStream>,
    connection: u64,
    heard: Instant,
}

struct Shared {
    edge: Edge,
    library: Arc<Library>,
    sink: Sink,
    entries: Mutex<BTreeMap<String, Entry>>,
    connected: AtomicUsize,
    ended: AtomicBool,
    begun: Instant,
}

/// The door. It closes when this is dropped, and every board is shut out.
pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Gateway {
    /// Listens; port 0: any that is free. Modules that go out are remembered in `library`.
    pub fn open(address: SocketAddr, edge: Edge, library: Arc<Library>, sink: Sink) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            edge,
            library,
            sink,
            entries: Mutex::default(),
            connected: AtomicUsize::new(0),
            ended: AtomicBool::new(false),
            begun: Instant::now(),
        });
        let accepting = Arc::clone(&shared);
        let thread = thread::Builder::new().name("nano-gateway".into()).spawn(move || accept(&accepting, &listener))?;
        Ok(Self { address, shared, thread: Some(thread) })
    }

    /// Where boards connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The edge that it is the door of.
    pub fn edge(&self) -> &Edge {
        &self.shared.edge
    }

    /// Where clients reach a board that has been here.
    pub fn client_address(&self, name: &str) -> Option<SocketAddr> {
        self.shared.entries().get(name).map(|entry| entry.address)
    }

    /// The way to a board that has been here.
    pub(crate) fn bridge(&self, name: &str) -> Option<Arc<Bridge>> {
        self.shared.entries().get(name).map(|entry| Arc::clone(&entry.bridge))
    }

    /// Whether a board is connected and has paired.
    pub fn is_linked(&self, name: &str) -> bool {
        self.shared.entries().get(name).is_some_and(|entry| entry.stream.is_some())
    }

    /// The boards that have been here, and those of which the edge holds a root.
    pub fn boards(&self) -> Vec<LinkedBoard> {
        let entries = self.shared.entries();
        let names: BTreeSet<String> =
            self.edge().holdings().names().into_iter().chain(entries.keys().cloned()).collect();
        let board = |name: String| {
            let entry = entries.get(&name);
            LinkedBoard {
                board: entry.map_or_else(String::new, |entry| entry.board.clone()),
                version: entry.map_or_else(String::new, |entry| entry.version.clone()),
                address: entry.map_or_else(String::new, |entry| entry.address.to_string()),
                linked: entry.is_some_and(|entry| entry.stream.is_some()),
                last_seen_s: entry.map(|entry| entry.heard.elapsed().as_secs()),
                waiting: self.edge().waiting().count(&name),
                queue: self.edge().queues().handle(&name).unwrap_or(nano_caps::ANY),
                name,
            }
        };
        names.into_iter().map(board).collect()
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
        for entry in self.shared.entries().values_mut() {
            entry.bridge.close();
            if let Some(stream) = entry.stream.take() {
                let _ = stream.shutdown(Shutdown::Both);
            }
        }
    }
}

impl Shared {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, device: &str, text: String) {
        let at_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        (self.sink)(DeviceEvent { device: device.to_owned(), at_us, what: Happened::Note { text } });
    }

    /// The bridge of a board that has paired; what it had as a connection before is closed.
    fn admit(&self, hello: &Hello<'_>, stream: &TcpStream) -> io::Result<(Arc<Bridge>, u64)> {
        let (kept, output) = (stream.try_clone()?, stream.try_clone()?);
        let mut entries = self.entries();
        if !entries.contains_key(hello.name) {
            let port = EdgePort::new(hello.name, self.edge.clone(), Arc::clone(&self.library));
            let bridge = Bridge::new(hello.name, Some(port), Arc::clone(&self.sink));
            let (address, _) = bridge.open_door()?;
            let entry = Entry {
                bridge,
                address,
                board: String::new(),
                version: String::new(),
                stream: None,
                connection: 0,
                heard: Instant::now(),
            };
            entries.insert(hello.name.to_owned(), entry);
        }
        let entry = entries.get_mut(hello.name).ok_or(io::ErrorKind::NotFound)?;
        if let Some(before) = entry.stream.replace(kept) {
            let _ = before.shutdown(Shutdown::Both);
        }
        (entry.board, entry.version) = (hello.board.to_owned(), hello.version.to_owned());
        entry.connection += 1;
        entry.heard = Instant::now();
        entry.bridge.attach(Some(Box::new(output)));
        Ok((Arc::clone(&entry.bridge), entry.connection))
    }

    fn heard(&self, name: &str) {
        if let Some(entry) = self.entries().get_mut(name) {
            entry.heard = Instant::now();
        }
    }

    /// Whether this connection is the board's, and goes on.
    fn is_here(&self, name: &str, connection: u64) -> bool {
        self.entries().get(name).is_some_and(|entry| entry.connection == connection && entry.stream.is_some())
    }

    /// A connection is over; unless there is another one by now, the board is away.
    fn left(&self, name: &str, connection: u64) {
        let mut entries = self.entries();
        if let Some(entry) = entries.get_mut(name).filter(|entry| entry.connection == connection) {
            entry.stream = None;
            entry.bridge.attach(None);
        }
    }
}

fn accept(shared: &Arc<Shared>, listener: &TcpListener) {
    while !shared.ended.load(Ordering::Acquire) {
        let Ok((stream, peer)) = listener.accept() else {
            thread::sleep(LOOK);
            continue;
        };
        if shared.connected.fetch_add(1, Ordering::AcqRel) >= MOST_BOARDS {
            shared.connected.fetch_sub(1, Ordering::AcqRel);
            continue;
        }
        let serving = Arc::clone(shared);
        let serve = move || {
            if let Err(why) = serve(&serving, &stream) {
                serving.note(&peer.to_string(), why);
            }
            let _ = stream.shutdown(Shutdown::Both);
            serving.connected.fetch_sub(1, Ordering::AcqRel);
        };
        if thread::Builder::new().name("nano-board".into()).spawn(serve).is_err() {
            shared.connected.fetch_sub(1, Ordering::AcqRel);
        }
    }
}

/// The next frame of a board that has not paired.
fn next_frame(
    stream: &mut &TcpStream,
    decoder: &mut Decoder<Vec<u8>>,
    until: Instant,
) -> Result<(u8, Vec<u8>), String> {
    let mut byte = [0];
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err("it did not say who it is in time".into());
        }
        // A board's greeting is some hundred bytes, once: read one by one, so that nothing behind it is taken along.
        stream.set_read_timeout(Some(left)).map_err(|error| error.to_string())?;
        match stream.read(&mut byte) {
            Ok(1) => {}
            Ok(_) => return Err("it went before it had said who it is".into()),
            Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => continue,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.to_string()),
        }
        let [byte] = byte;
        if decoder.push(byte) == Ok(true)
            && let Some(frame) = decoder.frame()
        {
            return Ok((frame.kind, frame.body.to_vec()));
        }
    }
}

/// A board from its greeting to its end; the error is for the owner.
fn serve(shared: &Arc<Shared>, stream: &TcpStream) -> Result<(), String> {
    let failed = |error: io::Error| error.to_string();
    stream.set_nonblocking(false).and_then(|()| stream.set_nodelay(true)).map_err(failed)?;
    stream.set_write_timeout(Some(WRITE_TIMEOUT)).map_err(failed)?;
    let until = Instant::now() + GREETING;
    let mut decoder = Decoder::new(vec![0; decoder_bytes(MOST_GREETING)]);
    let mut line = stream;
    let (name, board, version) = loop {
        let (kind, body) = next_frame(&mut line, &mut decoder, until)?;
        if let Ok(Message::Hello(hello)) = Message::decode(kind, &body) {
            break (hello.name.to_owned(), hello.board.to_owned(), hello.version.to_owned());
        }
    };
    let Some((nonce, root)) = shared.edge.holdings().begin(&name) else {
        return Err(format!("it says it is {name:?}, of which this edge holds no capability"));
    };
    let mut body = vec![0; MOST_FRAME_BYTES];
    let mut say = |message: &Message<'_>| -> Result<(), String> {
        let length = message.encode(&mut body).map_err(|_| "its capability is too long".to_owned())?;
        line.write_all(&encode(message.kind() as u8, &body[..length])).map_err(failed)
    };
    (&*stream).write_all(&[0]).map_err(failed)?;
    say(&Message::Pair(Pair { nonce, root: &root }))?;
    let mut from = stream;
    let pairing = loop {
        let (kind, body) = next_frame(&mut from, &mut decoder, until)?;
        if let Ok(Message::Paired(paired)) = Message::decode(kind, &body) {
            let pairing = shared.edge.holdings().finish(&name, paired.nonce, &paired.proof);
            break pairing
                .ok_or_else(|| format!("it says it is {name:?} and can't prove it: has it another secret?"))?;
        }
    };
    let hello = Hello { name: &name, board: &board, version: &version };
    let (bridge, connection) = shared.admit(&hello, stream).map_err(failed)?;
    bridge.paired(&pairing);
    bridge.say(&Message::PairProof(PairProof { proof: pairing.edge_proof() }));
    bridge.tell(Happened::Progress { text: format!("connected: {board}, firmware {version}") });
    stream.set_read_timeout(None).map_err(failed)?;
    thread::scope(|scope| {
        let waking = || bridge.hand_over(&|| shared.is_here(&name, connection));
        // Without a thread what waits goes on waiting.
        let _ = thread::Builder::new().name("nano-waking".into()).spawn_scoped(scope, waking);
        bridge.listen(Heard { stream, shared, name: &name });
        shared.left(&name, connection);
    });
    bridge.tell(Happened::Note { text: "its connection has ended".into() });
    Ok(())
}

/// A stream that notes when something comes.
struct Heard<'a> {
    stream: &'a TcpStream,
    shared: &'a Shared,
    name: &'a str,
}

impl Read for Heard<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = loop {
            match self.stream.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other?,
            }
        };
        self.shared.heard(self.name);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Pairing};
    use nano_edge::{EDGE_RIGHTS, EdgeOptions};
    use nano_wire::message::Kind;
    use std::sync::mpsc;

    /// A board of which only the greeting is real.
    struct Board {
        stream: TcpStream,
        decoder: Decoder<Vec<u8>>,
    }

    impl Board {
        fn connect(address: SocketAddr, name: &str) -> Self {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let (mut body, hello) = ([0; 256], Message::Hello(Hello { name, board: "test", version: "0" }));
            let length = hello.encode(&mut body).unwrap();
            stream.write_all(&[0x55, 0]).unwrap();
            stream.write_all(&encode(hello.kind() as u8, &body[..length])).unwrap();
            Self { stream, decoder: Decoder::new(vec![0; decoder_bytes(4096)]) }
        }

        fn next(&mut self) -> Option<(u8, Vec<u8>)> {
            let until = Instant::now() + Duration::from_secs(10);
            next_frame(&mut &self.stream, &mut self.decoder, until).ok()
        }

        /// Answers the edge's question with the key of a token; the edge's proof, if it gives one.
        fn pair(&mut self, root: &nano_caps::Capability) -> Option<bool> {
            let (kind, body) = self.next()?;
            let Ok(Message::Pair(pair)) = Message::decode(kind, &body) else { panic!("kind {kind:#x}") };
            let pairing = Pairing::new(root.token(), pair.nonce, [9; nano_caps::NONCE_SIZE]);
            let paired =
                nano_wire::message::Paired { nonce: [9; nano_caps::NONCE_SIZE], proof: pairing.device_proof() };
            let (mut body, message) = ([0; 64], Message::Paired(paired));
            let length = message.encode(&mut body).unwrap();
            self.stream.write_all(&encode(message.kind() as u8, &body[..length])).unwrap();
            let (kind, body) = self.next()?;
            let Ok(Message::PairProof(proof)) = Message::decode(kind, &body) else { panic!("kind {kind:#x}") };
            Some(pairing.is_edge(&proof.proof))
        }
    }

    fn root(seed: u8) -> nano_caps::Capability {
        let mut ring = KeyRing::new(DeviceKey::new([seed; 32]), DeviceId([2; 8]), 0);
        ring.enable(1).unwrap();
        ring.root(1, &FrameBuilder::new().grant(ANY, ANY, EDGE_RIGHTS).build().unwrap()).unwrap()
    }

    #[test]
    fn a_board_proves_who_it_is_and_may_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let edge = Edge::open(EdgeOptions::new(folder.path().join("edge"), String::new())).unwrap();
        edge.holdings().hold("walkway", &root(1)).unwrap();
        let (told, events) = mpsc::channel();
        let told = Mutex::new(told);
        let sink: Sink = Arc::new(move |event: DeviceEvent| drop(told.lock().unwrap().send(event.to_string())));
        let gateway = Gateway::open(([127, 0, 0, 1], 0).into(), edge, Arc::default(), sink).unwrap();
        let note = |part: &str| {
            let wanted = |text: &String| text.contains(part);
            events.iter().find(wanted).unwrap()
        };

        assert!(Board::connect(gateway.address(), "stranger").next().is_none());
        assert!(note("stranger").contains("holds no capability"));
        assert_eq!(Board::connect(gateway.address(), "walkway").pair(&root(3)), None);
        assert!(note("can't prove it").contains("another secret"));
        assert!(!gateway.is_linked("walkway"));

        let mut board = Board::connect(gateway.address(), "walkway");
        assert_eq!(board.pair(&root(1)), Some(true));
        note("connected: test");
        assert!(gateway.is_linked("walkway"));
        let address = gateway.client_address("walkway").unwrap();
        // A client's request comes to the board, and its answer goes back.
        let mut client = TcpStream::connect(address).unwrap();
        client.write_all(&encode(Kind::Request as u8, b"ask")).unwrap();
        assert_eq!(board.next().unwrap(), (Kind::Request as u8, b"ask".to_vec()));
        board.stream.write_all(&encode(Kind::Response as u8, b"answer")).unwrap();
        let mut decoder = Decoder::new(vec![0; decoder_bytes(64)]);
        let until = Instant::now() + Duration::from_secs(10);
        assert_eq!(next_frame(&mut &client, &mut decoder, until).unwrap().1, b"answer");

        // It comes back without having gone, as after a reset: the connection before is closed, its clients stay.
        let mut again = Board::connect(gateway.address(), "walkway");
        assert_eq!(again.pair(&root(1)), Some(true));
        assert!(board.next().is_none());
        client.write_all(&encode(Kind::Request as u8, b"more")).unwrap();
        assert_eq!(again.next().unwrap().1, b"more");
        assert_eq!(gateway.client_address("walkway"), Some(address));
        drop(gateway);
        assert!(again.next().is_none());
    }
}
