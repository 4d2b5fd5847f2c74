//! Capabilities end to end in `nano dev`: what a read-only one reads, what is refused, what is replayed, who is silent.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nano_caps::{Capability, Exchange, FrameBuilder, Request, Right, Sequence, Status};
use nano_edge::{EdgeOptions, World, read_chain};
use nano_emulator::{
    ClientError, Dev, DevOptions, DeviceClient, DeviceFolder, EdgePort, Link, LogStatus, Op, Revocation, Selection,
};
use nano_wire::link::{self, Decoder};
use nano_wire::message::{Append, Kind, Message, Paired};
use tempfile::TempDir;

use crate::bench::PATIENCE;
use crate::capture::Capture;

/// A device whose log only clients write.
const TOML: &str = r#"
[project]
name = "app"

[functions.double]
handler = "lamp.double"
memory = "8 KiB"
trigger = { woof = "level", every = 1 }
run = "device"

[woofs.level]
element = "64 B"
history = 64

[devices.walkway]
board = "esp8266"
"#;

struct Stage {
    dev: Dev,
    root: Capability,
    log: LogStatus,
    address: SocketAddr,
    _folder: TempDir,
}

impl Stage {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("nano.toml"), TOML).unwrap();
        std::fs::write(folder.path().join("lamp.py"), "def double(payload, ctx):\n    return payload[0] * 2\n")
            .unwrap();
        let dev = Dev::start(DevOptions {
            folder: folder.path().to_path_buf(),
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            edge: EdgeOptions::new(folder.path().join(".nano/edge"), std::env::var("PATH").unwrap_or_default()),
            link: Link::LOCAL,
            seed: 1,
            emulated: nano_emulator::Emulated::default(),
            prepare: nano_emulator::Prepare::default(),
        })
        .unwrap();
        let keys = DeviceFolder::new(&dev.project().local_folder(), "walkway");
        let root = keys.root(&keys.identity().unwrap().unwrap()).unwrap();
        let device = dev.emulator().devices().remove(0);
        let log = device.logs.iter().find(|log| log.name == "level").unwrap().clone();
        let address = device.address.parse().unwrap();
        Self { dev, root, log, address, _folder: folder }
    }

    fn derive(&self, rights: nano_caps::Rights, lane: u8) -> Capability {
        let frame = FrameBuilder::new().grant(self.log.ns, self.log.woof, rights).lane(lane).build().unwrap();
        self.root.derive(&frame).unwrap()
    }

    /// What can be seen of the device: logs, functions and their runs.
    fn state(&self) -> (u64, Vec<(String, u32)>) {
        let device = self.dev.emulator().devices().remove(0);
        let last = device.logs.iter().find(|log| log.name == "level").unwrap().last;
        (last, device.functions.iter().map(|function| (function.name.clone(), function.runs)).collect())
    }

    /// Waits until the function has run so often.
    fn has_invoked(&self, runs: u32) {
        let deadline = Instant::now() + PATIENCE;
        while self.state().1[0].1 < runs && Instant::now() < deadline {
            thread::sleep(Duration::from_millis(1));
        }
    }
}

fn client(address: SocketAddr, capability: &Capability) -> DeviceClient {
    DeviceClient::connect(address, capability.clone(), &World::system()).unwrap()
}

/// A wire-tap: passes everything on between a client and a device, and writes it down.
struct Tap {
    address: SocketAddr,
    sent: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    fn new(device: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let sent = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&sent);
        thread::spawn(move || {
            while let Ok((client, _)) = listener.accept() {
                let Ok(device) = TcpStream::connect(device) else { return };
                let (mut to_device, mut from_device) = (device.try_clone().unwrap(), device);
                let (mut to_client, mut from_client) = (client.try_clone().unwrap(), client);
                let kept = Arc::clone(&kept);
                thread::spawn(move || {
                    let mut buffer = [0; 4096];
                    while let Ok(count @ 1..) = from_client.read(&mut buffer) {
                        kept.lock().unwrap().extend(&buffer[..count]);
                        if to_device.write_all(&buffer[..count]).is_err() {
                            return;
                        }
                    }
                    let _ = to_device.shutdown(std::net::Shutdown::Both);
                });
                thread::spawn(move || {
                    let _ = std::io::copy(&mut from_device, &mut to_client);
                    let _ = to_client.shutdown(std::net::Shutdown::Both);
                });
            }
        });
        Self { address, sent }
    }

    fn recorded(&self) -> Vec<u8> {
        self.sent.lock().unwrap().clone()
    }
}

/// Sends bytes to the device and collects the statuses of its answers until it has been silent for a while.
fn replay(address: SocketAddr, bytes: &[u8], wait: Duration) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(bytes).unwrap();
    stream.set_read_timeout(Some(wait)).unwrap();
    let mut decoder = Decoder::new(vec![0; link::decoder_bytes(64 << 10)]);
    let (mut buffer, mut statuses) = ([0; 4096], Vec::new());
    while let Ok(count @ 1..) = stream.read(&mut buffer) {
        for byte in &buffer[..count] {
            if decoder.push(*byte) == Ok(true) {
                statuses.push(decoder.frame().unwrap().body[1]);
            }
        }
    }
    statuses
}

fn frame(request: &[u8]) -> Vec<u8> {
    let mut wire = vec![0; link::encoded_bytes(request.len())];
    let length = link::encode(Kind::Request as u8, &[request], &mut wire).unwrap();
    [&[0], &wire[..length]].concat()
}

fn bind(
    capability: &Capability,
    op: Op,
    log: &LogStatus,
    lane: u8,
    payload: &[u8],
    seq: Sequence,
) -> (Vec<u8>, Exchange) {
    let mut out = vec![0; 512];
    let request = Request { op, lane, seq, ns: log.ns, woof: log.woof, payload, wide_tag: false };
    let bound = request.bind(&[capability.token()], &mut out).unwrap();
    out.truncate(bound.len);
    (out, bound.exchange)
}

#[test]
fn a_readonly_token_reads_is_denied_a_write_a_replay_is_too_low_and_a_revoked_one_meets_silence() {
    let stage = Stage::new();
    let (ns, woof) = (stage.log.ns, stage.log.woof);
    let writer = stage.derive(Right::Put | Right::Exec, 2);
    let reader = stage.derive(Right::Get | Right::Stat, 3);
    let mut writes = client(stage.address, &writer);
    assert_eq!(writes.put(ns, woof, b"[21]").unwrap(), 1);

    let mut reads = client(stage.address, &reader);
    assert_eq!(reads.get(ns, woof, Selection::Latest).unwrap()[0].payload, b"[21]");
    match reads.put(ns, woof, b"[0]") {
        Err(ClientError::Refused { status: Status::Denied, reason: None }) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(stage.state().0, 1);

    // One packet, twice with another in between: the first has become old.
    let now = World::system().now_ms() + 2000;
    let (first, exchange) = bind(&writer, Op::Put, &stage.log, 2, b"[1]", Sequence::new(now, 0));
    let (second, _) = bind(&writer, Op::Put, &stage.log, 2, b"[2]", Sequence::new(now, 1));
    let wire = [frame(&first), frame(&second), frame(&first)].concat();
    assert_eq!(replay(stage.address, &wire, Duration::from_millis(500)), [0, 0, Status::SeqLow.code()]);
    assert_eq!(stage.state().0, 3, "each was appended once");
    // The last one again, byte for byte, gets its answer again and appends nothing.
    assert_eq!(replay(stage.address, &frame(&second), Duration::from_millis(500)), [0]);
    assert_eq!(stage.state().0, 3);
    // SEQ_LOW is signed and carries the time; nobody else could have said it.
    assert!(exchange.request_tag() != [0; 16]);

    let mut owner = client(stage.address, &stage.root);
    owner.revoke(&Revocation::Subtree(reader.body().as_bytes())).unwrap();
    assert!(matches!(reads.get(ns, woof, Selection::Latest), Err(ClientError::Silent)));
    // A device has a few clients at a time.
    drop((owner, reads));
    // What is derived from it is as dead; others live.
    let below = reader.derive(&FrameBuilder::new().max_len(9).build().unwrap()).unwrap();
    let mut reads = client(stage.address, &below);
    assert!(matches!(reads.get(ns, woof, Selection::Latest), Err(ClientError::Silent)));
    writes.put(ns, woof, b"[3]").unwrap();

    // All of it is in the edge's audit log, and its chain holds.
    let records = stage.dev.emulator().edge().audit().tail(10_000).unwrap();
    let chain = records.iter().map(|record| (record.header.sequence.get(), record.payload.as_slice()));
    let entries = read_chain(chain).unwrap();
    let client = nano_edge::AuditEntry::client_of(reader.body().as_bytes());
    let of_reader: Vec<_> = entries.iter().filter(|entry| entry.client == client).collect();
    let said: Vec<_> = of_reader.iter().map(|entry| (entry.op.as_str(), entry.answer.as_str())).collect();
    assert_eq!(said, [("GET", "OK"), ("PUT", "DENIED")]);
    assert!(entries.iter().any(|entry| entry.answer == "SEQ_LOW" && entry.lane == 2));
    assert!(entries.iter().any(|entry| entry.answer == "silence: Revoked" && entry.client.is_empty()));
    assert!(entries.iter().any(|entry| entry.op == "REVOKE" && entry.is_allowed()));
}

#[test]
fn the_edge_holds_a_root_of_its_own_slot_and_derives_for_clients() {
    let stage = Stage::new();
    let (ns, woof) = (stage.log.ns, stage.log.woof);
    let holdings = stage.dev.emulator().edge().holdings();
    let frame = FrameBuilder::new().grant(ns, woof, Right::Get | Right::Put).lane(6).build().unwrap();
    let derived = holdings.derive("walkway", &frame).unwrap();
    assert_eq!(derived.body().header().slot(), 1);
    let mut client_of_edge = client(stage.address, &derived);
    assert_eq!(client_of_edge.put(ns, woof, b"[1]").unwrap(), 1);
    // Neither it nor anything the edge derives installs, revokes or mends numbers.
    let all = FrameBuilder::new().grant(nano_caps::ANY, nano_caps::ANY, nano_caps::Rights::ALL).build().unwrap();
    let most = holdings.derive("walkway", &all).unwrap();
    let mut edge = client(stage.address, &most);
    for op in [Op::Install, Op::Update, Op::Revoke, Op::SeqFix] {
        let refused = edge.request(op, nano_caps::ANY, nano_caps::ANY, &[2]);
        assert!(matches!(refused, Err(ClientError::Refused { status: Status::Denied, reason: None })), "{op}");
    }
    // The owner ends it all by raising the slot's generation, and keeps what is his.
    let mut owner = client(stage.address, &stage.root);
    owner.revoke(&Revocation::Slot(1)).unwrap();
    assert!(matches!(client_of_edge.get(ns, woof, Selection::Latest), Err(ClientError::Silent)));
    assert_eq!(owner.get(ns, woof, Selection::Latest).unwrap().len(), 1);
}

/// What the edge answers to a frame, as kinds.
fn heard(port: &EdgePort, kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut kinds = Vec::new();
    port.hear(kind as u8, body, &mut |kind, _| kinds.push(kind));
    kinds
}

#[test]
fn the_edge_hears_nothing_of_a_device_that_has_not_proved_itself() {
    let stage = Stage::new();
    let edge = stage.dev.emulator().edge();
    let message = |append: Message<'_>| {
        let mut body = vec![0; 256];
        let length = append.encode(&mut body).unwrap();
        body.truncate(length);
        body
    };
    let append = Append { id: 1, lane: 0, client_sequence: 1, log: "app/level", payload: b"[9]" };
    let append = message(Message::Append(append));
    // Of this device the edge holds a root, so it asks for a proof and does nothing; of another it holds none.
    let port = EdgePort::new("walkway", edge.clone(), Arc::default());
    assert_eq!(heard(&port, Kind::Append, &append), [Kind::Pair as u8]);
    let sealed = [&[Kind::Append as u8, 1, 0, 0, 0][..], &append, &[0; 8]].concat();
    assert_eq!(heard(&port, Kind::Sealed, &sealed), [Kind::Pair as u8], "a forged seal");
    let wrong = message(Message::Paired(Paired { nonce: [1; 8], proof: [2; 16] }));
    assert_eq!(heard(&port, Kind::Paired, &wrong), [0; 0], "a forged proof");
    assert_eq!(heard(&port, Kind::Append, &append), [Kind::Pair as u8]);
    let other = EdgePort::new("stranger", edge.clone(), Arc::default());
    assert_eq!(heard(&other, Kind::Append, &append), [Kind::Appended as u8]);
}

#[test]
fn code_is_still_deployed_after_the_owner_has_revoked_everything() {
    let stage = Stage::new();
    let mut owner = client(stage.address, &stage.root);
    owner.revoke(&Revocation::All).unwrap();
    assert!(matches!(owner.logs(stage.log.ns, stage.log.woof), Err(ClientError::Silent)));
    drop(owner);
    let project = stage.dev.project().clone();
    std::fs::write(project.folder.join("lamp.py"), "def double(payload, ctx):\n    return payload[0] * 3\n").unwrap();
    stage.dev.emulator().deploy(&project).unwrap();
    // The edge's new root is held and proved, too.
    let frame = FrameBuilder::new().grant(stage.log.ns, stage.log.woof, Right::Stat.into()).build().unwrap();
    let derived = stage.dev.emulator().edge().holdings().derive("walkway", &frame).unwrap();
    assert_eq!(derived.body().header().epoch(), 1);
    assert_eq!(client(stage.address, &derived).logs(stage.log.ns, stage.log.woof).unwrap().len(), 1);
}

#[test]
fn recorded_traffic_replayed_in_full_changes_nothing() {
    let stage = Stage::new();
    let (ns, woof) = (stage.log.ns, stage.log.woof);
    let tap = Tap::new(stage.address);
    let capture = Capture::start(stage.address.port());
    let clear = stage.derive(Right::Put | Right::Exec | Right::Get, 2);
    let mut sender = client(tap.address, &clear);
    for level in 0..20 {
        sender.exec(ns, woof, format!("[{level}]").as_bytes()).unwrap();
        sender.put(ns, woof, b"[7]").unwrap();
        // The device keeps few events waiting.
        stage.has_invoked(level + 1);
    }
    let mut encrypted = client(tap.address, &stage.derive(Right::Put.into(), 4)).encrypted();
    encrypted.put(ns, woof, b"[4242]").unwrap();
    // The owner's, too: a log made, one dropped, a capability killed.
    let mut owner = client(tap.address, &stage.root);
    let other = owner.make_log(ns, "other", 8, 4).unwrap();
    owner.drop_log(ns, other).unwrap();
    owner.revoke(&Revocation::Subtree(stage.derive(Right::Get.into(), 5).body().as_bytes())).unwrap();
    drop((sender, encrypted, owner));

    let mut recorded = tap.recorded();
    match capture {
        // What a stock tool has seen is replayed; it is all that was sent.
        Some(capture) => {
            let captured = capture.sent(recorded.len());
            assert!(captured == recorded, "{} of {} bytes were captured", captured.len(), recorded.len());
            recorded = captured;
        }
        None => println!("neither tshark nor tcpdump may listen here: replayed from a recorder of our own"),
    }
    assert!(!recorded.windows(6).any(|bytes| bytes == b"[4242]") && recorded.windows(4).any(|bytes| bytes == b"[19]"));
    let before = stage.state();
    assert_eq!(before, (41, vec![("double".to_owned(), 20)]));
    let device = stage.dev.emulator().devices().remove(0);
    for _ in 0..2 {
        // The device verifies 50 requests a second, and was busy.
        thread::sleep(Duration::from_secs(1));
        let statuses = replay(stage.address, &recorded, Duration::from_millis(700));
        assert!(statuses.len() >= 40, "{} answers", statuses.len());
        // The last packet of a lane gets its old answer again; all others are too low. Nothing is done.
        assert!(statuses.iter().all(|status| [0, Status::SeqLow.code()].contains(status)), "{statuses:?}");
        assert!(statuses.len() - statuses.iter().filter(|status| **status != 0).count() <= 3, "{statuses:?}");
    }
    let after = stage.dev.emulator().devices().remove(0);
    assert_eq!(stage.state(), before);
    let names = |device: &nano_emulator::DeviceStatus| {
        device
            .logs
            .iter()
            .map(|log| (log.name.clone(), log.woof, log.last))
            .filter(|log| log.0 != "results")
            .collect::<Vec<_>>()
    };
    assert_eq!(names(&device), names(&after));
}

fn http(address: SocketAddr, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
    let mut stream = TcpStream::connect(address).unwrap();
    let head =
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let split = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let status = std::str::from_utf8(&answer[9..12]).unwrap().parse().unwrap();
    (status, answer[split + 4..].to_vec())
}

#[test]
fn the_edge_passes_requests_on_and_never_acts_with_a_capability_of_its_own() {
    let stage = Stage::new();
    let writer = stage.derive(Right::Put | Right::Exec, 2);
    let reader = stage.derive(Right::Get | Right::Stat, 3);
    let ask = |request: &[u8]| http(stage.dev.address(), "/_nano/devices/walkway/request", request);
    let now = World::system().now_ms();
    let (put, exchange) = bind(&writer, Op::Put, &stage.log, 2, b"[5]", Sequence::new(now, 0));
    let (status, answer) = ask(&put);
    assert_eq!((status, exchange.open(&answer).unwrap().rseq), (200, 1));
    // What the client may not do, the edge doesn't do for him either.
    let (denied, exchange) = bind(&reader, Op::Put, &stage.log, 3, b"[6]", Sequence::new(now, 0));
    let (_, answer) = ask(&denied);
    assert_eq!(exchange.open(&answer).unwrap().status, Status::Denied);
    let mut forged = put.clone();
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(ask(&forged), (204, vec![]));
    assert_eq!(ask(b"noise").0, 204);
    assert_eq!(http(stage.dev.address(), "/_nano/devices/nobody/request", &put).0, 404);
    assert_eq!(stage.state().0, 1);
    // Nor can the audit log be written from outside.
    assert_eq!(http(stage.dev.address(), "/_nano/woofs/nano/audit", b"{}").0, 403);
}
