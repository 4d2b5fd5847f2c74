//! What the tests stand on: `nano serve`, a network that can be cut, the board.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use nano_caps::{ANY, Capability, DeviceId, DeviceKey, FrameBuilder, KeyRing, Rights};
use nano_edge::{EDGE_RIGHTS, Edge, EdgeOptions, Package, Run, World};
use nano_emulator::{DeviceClient, DeviceEvent, EdgePort, Identity, Library, QemuDevice, QemuOptions, Selection};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{Configuration, FunctionState, Place};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::serving;

/// Longest that anything is waited for. No test depends on how soon it comes.
const PATIENCE: Duration = Duration::from_secs(90);

pub fn identity() -> Identity {
    Identity { key: DeviceKey::new([7; 32]), id: DeviceId([7; 8]) }
}

pub fn root(slot: u8, rights: Rights) -> Capability {
    let identity = identity();
    let mut ring = KeyRing::new(identity.key, identity.id, 0);
    ring.enable(slot).unwrap();
    ring.root(slot, &FrameBuilder::new().grant(ANY, ANY, rights).build().unwrap()).unwrap()
}

pub fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("it did not happen: {what}");
}

pub fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// `nano serve` that boards connect to, killed as by a power cut when this is dropped.
pub struct Serve {
    _process: serving::Serve,
    endpoint: SocketAddr,
}

impl Serve {
    pub fn start(data: &Path, endpoint: SocketAddr, devices: SocketAddr) -> Self {
        let (port, devices) = (endpoint.port().to_string(), devices.to_string());
        let process = serving::Serve::with(data, &["--port", &port, "--devices", &devices]);
        assert_eq!(process.ready["devices"], devices);
        Self { _process: process, endpoint }
    }

    pub fn request(&self, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
        let mut stream = TcpStream::connect(self.endpoint).unwrap();
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nHost: edge\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .unwrap();
        stream.write_all(body).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or_else(|_| json!(body)))
    }

    /// As any client of AWS would.
    pub fn put_function(&self, name: &str, handler: &str, package: &Package) {
        let zip = base64::engine::general_purpose::STANDARD.encode(package.zip());
        let function = json!({
            "FunctionName": name, "Runtime": "python3.11", "Role": "arn:aws:iam::000000000000:role/any",
            "Handler": handler, "Code": {"ZipFile": zip},
        });
        let (status, said) = self.request("POST", "/2015-03-31/functions", function.to_string().as_bytes());
        assert_eq!(status, 201, "{said}");
    }

    /// Where clients reach the board, once it is connected.
    pub fn board(&self) -> String {
        wait("the board connects", || {
            let (_, devices) = self.request("GET", "/_nano/devices", b"");
            let board = devices.as_array()?.first()?.clone();
            (board["linked"] == true && board["board"] == "mps2-an386").then_some(())?;
            Some(board["address"].as_str()?.to_owned())
        })
    }

    pub fn owner(&self) -> DeviceClient {
        DeviceClient::connect(self.board(), root(0, Rights::ALL), &World::system()).unwrap()
    }
}

/// Takes a connection of the board that was meant for the edge.
pub type Enemy = Box<dyn FnMut(TcpStream) + Send>;

/// Most that is remembered of what was said.
const OVERHEARD: usize = 64 << 10;

/// A network between board and edge that can be cut, that says things of its own, and that listens.
pub struct Wire {
    pub address: SocketAddr,
    streams: Arc<Mutex<Vec<(TcpStream, TcpStream)>>>,
    enemy: Arc<Mutex<Option<Enemy>>>,
    overheard: Arc<Mutex<Vec<u8>>>,
}

impl Wire {
    pub fn to(edge: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let streams: Arc<Mutex<Vec<(TcpStream, TcpStream)>>> = Arc::default();
        let (enemy, overheard) = (Arc::<Mutex<Option<Enemy>>>::default(), Arc::<Mutex<Vec<u8>>>::default());
        let wire = Self { address, streams, enemy, overheard };
        let (kept, enemy, overheard) =
            (Arc::clone(&wire.streams), Arc::clone(&wire.enemy), Arc::clone(&wire.overheard));
        thread::spawn(move || {
            for board in listener.incoming() {
                let Ok(board) = board else { return };
                if let Some(enemy) = enemy.lock().unwrap().as_mut() {
                    enemy(board);
                    continue;
                }
                // An edge that is away: the board is hung up on.
                let Ok(edge) = TcpStream::connect(edge) else { continue };
                kept.lock().unwrap().push((board.try_clone().unwrap(), edge.try_clone().unwrap()));
                let (from_edge, to_board) = (edge.try_clone().unwrap(), board.try_clone().unwrap());
                for (from, to) in [(from_edge, to_board), (board, edge)] {
                    let overheard = Arc::clone(&overheard);
                    thread::spawn(move || {
                        carry(from, to, |bytes| {
                            let mut all = overheard.lock().unwrap();
                            let room = OVERHEARD - all.len();
                            all.extend(bytes.iter().take(room));
                        });
                    });
                }
            }
        });
        wire
    }

    /// From the next connection on, the board reaches somebody else; `None`: its edge again.
    pub fn divert(&self, enemy: Option<Enemy>) {
        *self.enemy.lock().unwrap() = enemy;
    }

    /// The first that both ends said.
    pub fn overheard(&self) -> Vec<u8> {
        self.overheard.lock().unwrap().clone()
    }

    pub fn cut(&self) {
        for (board, edge) in self.streams.lock().unwrap().drain(..) {
            let _ = board.shutdown(Shutdown::Both);
            let _ = edge.shutdown(Shutdown::Both);
        }
    }

    /// Bytes that nobody sent, to both ends.
    pub fn babble(&self, bytes: &[u8]) {
        for (board, edge) in self.streams.lock().unwrap().iter_mut() {
            let _ = board.write_all(bytes);
            let _ = edge.write_all(bytes);
        }
    }
}

fn carry(mut from: TcpStream, mut to: TcpStream, mut listen: impl FnMut(&[u8])) {
    let mut buffer = [0; 4096];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        listen(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

/// Hash and size of a function's module, as the edge makes it of the same package.
fn translated(package: &Package, handler: &str) -> (ModuleHash, u32) {
    let folder = tempfile::tempdir().unwrap();
    let edge = Edge::open(EdgeOptions::new(folder.path(), std::env::var("PATH").unwrap_or_default())).unwrap();
    let translation = edge.check(package, handler, Run::Device).unwrap();
    (ModuleHash(translation.hash), translation.module.bytes().len() as u32)
}

pub fn install(owner: &mut DeviceClient, log: (u16, u16), name: &str, handler: &str, every: u16, package: &Package) {
    let (hash, size) = translated(package, handler);
    let configuration =
        Configuration { hash, size, memory: 24 << 10, timeout_ms: 2000, every, place: Place::Device, name, handler };
    owner.configure(log, configuration).unwrap();
    wait("the function is fetched", || {
        let functions = owner.functions(ANY, ANY).ok()?;
        functions.iter().any(|f| f.name == name && f.state == FunctionState::Ready).then_some(())
    });
}

/// The newest result, once there are `count`.
pub fn result(client: &mut DeviceClient, count: u64) -> Value {
    wait("a result", || {
        let record = client.get(1, 1, Selection::Latest).ok()?.pop()?;
        (record.sequence >= count).then(|| serde_json::from_slice(&record.payload).unwrap())
    })
}

/// What a board says.
type Lines = Arc<Mutex<Vec<String>>>;

fn options(board: &str, folder: &TempDir, console: &Lines) -> QemuOptions<'static> {
    let console = Arc::clone(console);
    let firmware = std::env::var_os("NANO_TEST_FIRMWARE").expect("cargo xtask test firmware says where the images are");
    QemuOptions {
        name: "walkway".into(),
        board: board.into(),
        firmware: PathBuf::from(firmware),
        folder: folder.path().join("board"),
        identity: identity(),
        time_ms: World::system().now_ms(),
        samplers: &[],
        edge: None,
        gateway: None,
        arguments: Vec::new(),
        sink: Arc::new(move |event: DeviceEvent| console.lock().unwrap().push(event.to_string())),
    }
}

pub fn board(folder: &TempDir, gateway: SocketAddr, console: &Lines) -> QemuDevice {
    QemuDevice::start(QemuOptions { gateway: Some(gateway), ..options("mps2-an386", folder, console) }).unwrap()
}

fn assert_no_defect(console: &Lines) {
    let lines = console.lock().unwrap();
    assert!(!lines.iter().any(|line| line.contains("starting anew") || line.contains("exception")), "{lines:?}");
}

/// A board, its edge that may serve it, and the network between them.
pub struct Bench {
    pub folder: TempDir,
    pub serve: Serve,
    pub wire: Wire,
    pub console: Lines,
}

impl Bench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (endpoint, devices) = (free_port(), free_port());
        let serve = Serve::start(&folder.path().join("edge"), endpoint, devices);
        let mut text = [0; nano_caps::MAX_TEXT];
        let text = root(1, EDGE_RIGHTS).write_text(&mut text).unwrap().to_owned();
        let (status, said) = serve.request("PUT", "/_nano/devices/walkway/capability", text.as_bytes());
        assert_eq!(status, 200, "{said}");
        Self { folder, serve, wire: Wire::to(devices), console: Arc::default() }
    }

    pub fn start(&self) -> QemuDevice {
        board(&self.folder, self.wire.address, &self.console)
    }

    /// Its owner, once it can be talked to.
    pub fn owner(&self) -> DeviceClient {
        wait("the board can be talked to", || {
            DeviceClient::connect(self.serve.board(), root(0, Rights::ALL), &World::system()).ok()
        })
    }

    pub fn no_defect(&self) {
        assert_no_defect(&self.console);
    }
}

/// An ESP8266, whose link is a serial line, with an edge in this process.
pub struct SerialBench {
    folder: TempDir,
    edge: Edge,
    console: Lines,
}

/// It is on; its clients are listened to.
pub struct SerialBoard {
    pub device: QemuDevice,
    wire: Wire,
}

impl SerialBench {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let edge = Edge::open(EdgeOptions::new(folder.path().join("edge"), String::new())).unwrap();
        edge.holdings().hold("walkway", &root(1, EDGE_RIGHTS)).unwrap();
        Self { folder, edge, console: Lines::default() }
    }

    pub fn start(&self) -> SerialBoard {
        let edge = Some(EdgePort::new("walkway", self.edge.clone(), Arc::new(Library::default())));
        let options = QemuOptions { edge, ..options("esp8266", &self.folder, &self.console) };
        let device = QemuDevice::start(options).unwrap();
        SerialBoard { wire: Wire::to(device.address().unwrap()), device }
    }

    pub fn no_defect(&self) {
        assert_no_defect(&self.console);
    }
}

impl SerialBoard {
    pub fn owner(&self) -> DeviceClient {
        DeviceClient::connect(self.wire.address, root(0, Rights::ALL), &World::system()).unwrap()
    }

    /// The first that its clients asked, and what it answered.
    pub fn overheard(&self) -> Vec<u8> {
        self.wire.overheard()
    }
}
