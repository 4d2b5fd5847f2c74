//! A board whose link is a network, in QEMU, with a live `nano serve`: fetches, runs, streams; the edge restarts, the link
//! drops, the line is full of garbage. `cargo xtask test firmware` runs it.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use base64::Engine as _;
use nano_caps::{ANY, Capability, DeviceId, DeviceKey, FrameBuilder, KeyRing, Rights};
use nano_edge::{EDGE_RIGHTS, Edge, EdgeOptions, Package, World};
use nano_emulator::{DeviceClient, DeviceEvent, Identity, QemuDevice, QemuOptions, Selection};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{Configuration, FunctionState, Place};
use serde_json::{Value, json};
use tempfile::TempDir;

/// Longest that anything is waited for. No test depends on how soon it comes.
const PATIENCE: Duration = Duration::from_secs(90);
const LIGHTS: &str = include_str!("../../templates/sensor-app/lights.py");
const MAINTENANCE: &str = include_str!("../../templates/predictive-maintenance/maintenance.py");

fn identity() -> Identity {
    Identity { key: DeviceKey::new([7; 32]), id: DeviceId([7; 8]) }
}

fn root(slot: u8, rights: Rights) -> Capability {
    let identity = identity();
    let mut ring = KeyRing::new(identity.key, identity.id, 0);
    ring.enable(slot).unwrap();
    ring.root(slot, &FrameBuilder::new().grant(ANY, ANY, rights).build().unwrap()).unwrap()
}

fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(20));
    }
    panic!("it did not happen: {what}");
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap()
}

/// `nano serve`, killed as by a power cut when this is dropped.
struct Serve {
    child: Child,
    endpoint: SocketAddr,
}

impl Serve {
    fn start(data: &Path, endpoint: SocketAddr, devices: SocketAddr) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["serve", "--json", "--port", &endpoint.port().to_string(), "--devices", &devices.to_string()])
            .arg("--data")
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let ready: Value = serde_json::from_str(&ready).unwrap();
        assert_eq!(ready["devices"], devices.to_string());
        Self { child, endpoint }
    }

    fn request(&self, method: &str, path: &str, body: &[u8]) -> (u16, Value) {
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
    fn put_function(&self, name: &str, handler: &str, package: &Package) {
        let zip = base64::engine::general_purpose::STANDARD.encode(package.zip());
        let function = json!({
            "FunctionName": name, "Runtime": "python3.11", "Role": "arn:aws:iam::000000000000:role/any",
            "Handler": handler, "Code": {"ZipFile": zip},
        });
        let (status, said) = self.request("POST", "/2015-03-31/functions", function.to_string().as_bytes());
        assert_eq!(status, 201, "{said}");
    }

    /// Where clients reach the board, once it is connected.
    fn board(&self) -> String {
        wait("the board connects", || {
            let (_, devices) = self.request("GET", "/_nano/devices", b"");
            let board = devices.as_array()?.first()?.clone();
            (board["linked"] == true && board["board"] == "mps2-an386").then_some(())?;
            Some(board["address"].as_str()?.to_owned())
        })
    }

    fn owner(&self) -> DeviceClient {
        DeviceClient::connect(self.board(), root(0, Rights::ALL), &World::system()).unwrap()
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A network between board and edge that can be cut, and that says things of its own.
struct Wire {
    address: SocketAddr,
    streams: Arc<Mutex<Vec<(TcpStream, TcpStream)>>>,
}

impl Wire {
    fn to(edge: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let streams: Arc<Mutex<Vec<(TcpStream, TcpStream)>>> = Arc::default();
        let kept = Arc::clone(&streams);
        thread::spawn(move || {
            for board in listener.incoming() {
                let Ok(board) = board else { return };
                // An edge that is away: the board is hung up on.
                let Ok(edge) = TcpStream::connect(edge) else { continue };
                kept.lock().unwrap().push((board.try_clone().unwrap(), edge.try_clone().unwrap()));
                for (mut from, mut to) in [(board.try_clone().unwrap(), edge.try_clone().unwrap()), (edge, board)] {
                    thread::spawn(move || {
                        let _ = std::io::copy(&mut from, &mut to);
                        let _ = to.shutdown(Shutdown::Both);
                        let _ = from.shutdown(Shutdown::Both);
                    });
                }
            }
        });
        Self { address, streams }
    }

    fn cut(&self) {
        for (board, edge) in self.streams.lock().unwrap().drain(..) {
            let _ = board.shutdown(Shutdown::Both);
            let _ = edge.shutdown(Shutdown::Both);
        }
    }

    /// Bytes that nobody sent, to both ends.
    fn babble(&self, bytes: &[u8]) {
        for (board, edge) in self.streams.lock().unwrap().iter_mut() {
            let _ = board.write_all(bytes);
            let _ = edge.write_all(bytes);
        }
    }
}

/// Hash and size of a function's module, as the edge makes it of the same package.
fn translated(package: &Package, handler: &str) -> (ModuleHash, u32) {
    let folder = tempfile::tempdir().unwrap();
    let edge = Edge::open(EdgeOptions::new(folder.path(), std::env::var("PATH").unwrap_or_default())).unwrap();
    let translation = edge.check(package, handler).unwrap();
    (ModuleHash(translation.hash), translation.module.bytes().len() as u32)
}

fn install(owner: &mut DeviceClient, log: (u16, u16), name: &str, handler: &str, every: u16, package: &Package) {
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
fn result(client: &mut DeviceClient, count: u64) -> Value {
    wait("a result", || {
        let record = client.get(1, 1, Selection::Latest).ok()?.pop()?;
        (record.sequence >= count).then(|| serde_json::from_slice(&record.payload).unwrap())
    })
}

fn board(folder: &TempDir, gateway: SocketAddr, console: &Arc<Mutex<Vec<String>>>) -> QemuDevice {
    let console = Arc::clone(console);
    let firmware = std::env::var_os("NANO_TEST_FIRMWARE").expect("cargo xtask test firmware says where the images are");
    QemuDevice::start(QemuOptions {
        name: "walkway".into(),
        board: "mps2-an386".into(),
        firmware: PathBuf::from(firmware),
        folder: folder.path().join("board"),
        identity: identity(),
        time_ms: World::system().now_ms(),
        samplers: &[],
        edge: None,
        gateway: Some(gateway),
        arguments: Vec::new(),
        sink: Arc::new(move |event: DeviceEvent| console.lock().unwrap().push(event.to_string())),
    })
    .unwrap()
}

#[test]
fn a_board_on_a_network_works_through_restarts_cuts_and_garbage() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, devices, data) = (free_port(), free_port(), folder.path().join("edge"));
    let serve = Serve::start(&data, endpoint, devices);
    let wire = Wire::to(devices);
    let console = Arc::<Mutex<Vec<String>>>::default();

    // A board that the edge holds nothing of is not served.
    let device = board(&folder, wire.address, &console);
    let said = |part: &str| console.lock().unwrap().iter().any(|line| line.contains(part));
    wait("the board is hung up on", || said("the connection to the edge is gone").then_some(()));
    assert_eq!(serve.request("GET", "/_nano/devices", b"").1, json!([]));
    let mut text = [0; nano_caps::MAX_TEXT];
    let (wrong, text) = (root(0, Rights::ALL), root(1, EDGE_RIGHTS).write_text(&mut text).unwrap().to_owned());
    let mut buffer = [0; nano_caps::MAX_TEXT];
    let (status, _) =
        serve.request("PUT", "/_nano/devices/walkway/capability", wrong.write_text(&mut buffer).unwrap().as_bytes());
    assert_eq!(status, 400);
    let (status, said_of_it) = serve.request("PUT", "/_nano/devices/walkway/capability", text.as_bytes());
    assert_eq!(status, 200, "{said_of_it}");

    // Light control and the KS test are fetched, run, and their results can be read.
    let lights = Package::build([("lights.py", LIGHTS.as_bytes())]).unwrap();
    let maintenance = Package::build([("maintenance.py", MAINTENANCE.as_bytes())]).unwrap();
    serve.put_function("light", "lights.new_light_lvl", &lights);
    serve.put_function("check", "maintenance.check_bearing", &maintenance);
    let mut owner = serve.owner();
    let ns = owner.make_namespace("app").unwrap();
    let light = (ns, owner.make_log(ns, "light", 32, 8).unwrap());
    let vibration = (ns, owner.make_log(ns, "vibration", 64, 64).unwrap());
    install(&mut owner, light, "light", "lights.new_light_lvl", 1, &lights);
    install(&mut owner, vibration, "check", "maintenance.check_bearing", 32, &maintenance);
    owner.exec(light.0, light.1, b"[42]").unwrap();
    let first = result(&mut owner, 1);
    assert_eq!((&first["on"], &first["result"]["lights"]), (&json!("device"), &json!("on")), "{first}");
    for sample in 0..32 {
        // A healthy motor's.
        let sample = json!([0.0, 0.0, 0.91 + 0.007 * f64::from(sample)]).to_string();
        owner.exec(vibration.0, vibration.1, sample.as_bytes()).unwrap();
    }
    let second = result(&mut owner, 2);
    assert_eq!((&second["function"], &second["on"]), (&json!("check"), &json!("device")), "{second}");
    assert_eq!(second["result"]["alarm"], false, "{second}");

    let listed = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(["devices", "--endpoint", &format!("http://{endpoint}")])
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.starts_with("walkway") && listed.contains("mps2-an386") && listed.contains("connected"), "{listed}");

    // The edge is killed and comes back: the board does, too.
    drop((serve, owner));
    let serve = Serve::start(&data, endpoint, devices);
    let mut owner = serve.owner();
    owner.exec(light.0, light.1, b"[512]").unwrap();
    assert_eq!(result(&mut owner, 3)["result"]["lights"], "off");

    // The link drops, in the middle of whatever is under way.
    let connections = || console.lock().unwrap().iter().filter(|line| line.contains("connected to the edge")).count();
    for round in 0..5 {
        let before = connections();
        wire.cut();
        wait("the board connects anew", || (connections() > before).then_some(()));
        wait("the edge has it", || {
            let put = serve.owner().exec(light.0, light.1, b"[1]").ok()?;
            (put > round).then_some(())
        });
    }

    // Garbage: the end of a frame in it, the beginning of one, nothing at all of one.
    let mut chance = 1_u64;
    for round in 0..20_usize {
        let noise: Vec<u8> = (0..2048)
            .map(|_| {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                if chance >> 60 == 0 { 0 } else { (chance >> 33) as u8 }
            })
            .collect();
        wire.babble(&noise);
        for kind in [0x10, 0x11, 0x21, 0x23, 0x31, 0x60, 0x70, 0x72, 0x73] {
            let body = &noise[..round * 40];
            let mut frame = vec![0; nano_wire::link::encoded_bytes(body.len())];
            let length = nano_wire::link::encode(kind, &[body], &mut frame).unwrap();
            wire.babble(&frame[..length]);
        }
    }
    wire.babble(&[0]);
    let mut owner = serve.owner();
    let sequence = wait("it answers after garbage", || owner.exec(light.0, light.1, b"[700]").ok());
    let last = wait("its result", || {
        let record = owner.get(1, 1, Selection::Latest).ok()?.pop()?;
        let value: Value = serde_json::from_slice(&record.payload).ok()?;
        (value["sequence"].as_u64()? >= sequence).then_some(value)
    });
    assert_eq!(last["result"]["level"], 700, "{last}");

    // What it keeps outlives a power cut, without the edge's help.
    drop((device, owner));
    let _device = board(&folder, wire.address, &console);
    let mut owner = serve.owner();
    assert_eq!(owner.get(light.0, light.1, Selection::Latest).unwrap()[0].payload, b"[700]");
    let lines = console.lock().unwrap();
    assert!(!lines.iter().any(|line| line.contains("starting anew")), "{lines:?}");
}
