//! Boards that sleep: what waits for them at the edge outlives it, comes to them byte for byte, and is executed once.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, Exchange, FrameBuilder, KeyRing, Pairing, Refusal, Request, Right, Rights,
    Sequence, Status, Verifier,
};
use nano_edge::{EDGE_RIGHTS, Edge, EdgeOptions, Extension, ExtensionRequest, MOST_REQUEST, MOST_WAITING, World};
use nano_emulator::{Gateway, Op};
use nano_wire::link::{self, Decoder};
use nano_wire::message::{Hello, Kind, Message, Paired};
use tempfile::TempDir;

const NAME: &str = "walkway";
const NOW_MS: u64 = 1_790_000_000_000;

/// An edge whose clock the test sets, and its door.
struct Home {
    gateway: Gateway,
    clock: Arc<AtomicU64>,
    data: PathBuf,
    folder: TempDir,
}

impl Home {
    fn open(folder: TempDir, name: &str, clock: &Arc<AtomicU64>) -> Self {
        let now = Arc::clone(clock);
        let data = folder.path().join(name);
        let world = World { clock: Arc::new(move || now.load(Ordering::Relaxed)), ..World::system() };
        let edge = Edge::open(EdgeOptions { world, ..EdgeOptions::new(data.clone(), String::new()) }).unwrap();
        let gateway = Gateway::open(([127, 0, 0, 1], 0).into(), edge, Arc::default(), Arc::new(|_| ())).unwrap();
        Self { gateway, clock: Arc::clone(clock), data, folder }
    }

    fn new(board: &Board) -> Self {
        let home = Self::open(tempfile::tempdir().unwrap(), "0", &Arc::new(AtomicU64::new(NOW_MS)));
        home.gateway.edge().holdings().hold(NAME, &board.edge).unwrap();
        home
    }

    /// The edge is killed now: what is on its disk this moment is all that the next one has.
    fn killed(self) -> Self {
        let next = format!("{}0", self.data.file_name().unwrap().to_str().unwrap());
        copy(&self.data, &self.folder.path().join(&next));
        let Self { gateway, clock, folder, .. } = self;
        drop(gateway);
        Self::open(folder, &next, &clock)
    }

    fn ask(&self, method: &str, path: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let query = query.split_once('=').map(|(key, value)| (key.to_owned(), value.to_owned()));
        let answer = self.gateway.answer(&ExtensionRequest {
            method: method.to_owned(),
            path: format!("/_nano/devices/{path}"),
            query: query.into_iter().collect(),
            operator: None,
            body: body.to_vec().into(),
        });
        let answer = answer.unwrap();
        (answer.status, answer.body.to_vec())
    }

    /// Has a request wait; where its answer will be.
    fn queue(&self, request: &[u8]) -> String {
        let (status, body) = self.ask("POST", &format!("{NAME}/queue?wait=600"), request);
        let body = String::from_utf8(body).unwrap();
        assert_eq!(status, 202, "{body}");
        let id = body.split('"').find(|part| part.len() == 32).unwrap();
        format!("{NAME}/queue/{id}")
    }

    fn collect(&self, path: &str) -> (u16, Vec<u8>) {
        self.ask("GET", path, b"")
    }

    /// Its answer, which comes as soon as the board has given it.
    fn collected(&self, path: &str) -> (u16, Vec<u8>) {
        for _ in 0..2000 {
            let (status, body) = self.collect(path);
            if status != 202 {
                return (status, body);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        panic!("no answer");
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else if entry.file_type().unwrap().is_file() {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// A board's gate, awake or not, and what it has done.
struct Board {
    keys: KeyRing,
    verifier: Verifier,
    edge: Capability,
    owner: Capability,
    last: Vec<u8>,
    executed: Vec<(u8, Sequence)>,
}

/// What a board does with the next request.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    Answer,
    /// It executes, and its link fails before the answer is out.
    FallAsleep,
}

impl Board {
    fn new() -> Self {
        let mut keys = KeyRing::new(DeviceKey::new([7; 32]), DeviceId([2; 8]), 0);
        keys.enable(0).and_then(|()| keys.enable(1)).unwrap();
        let root = |slot, rights: Rights| {
            keys.root(slot, &FrameBuilder::new().grant(ANY, ANY, rights).build().unwrap()).unwrap()
        };
        let (owner, edge) = (root(0, Rights::ALL), root(1, EDGE_RIGHTS));
        Self { verifier: Verifier::boot(None, NOW_MS, 0), edge, owner, keys, last: Vec::new(), executed: Vec::new() }
    }

    fn client(&self, rights: impl Into<Rights>, lane: u8) -> Capability {
        let frame = FrameBuilder::new().grant(1, 1, rights.into()).lane(lane).build().unwrap();
        self.owner.derive(&frame).unwrap()
    }

    /// Connects and pairs.
    fn wake(&self, address: SocketAddr) -> Link {
        let mut link = Link { stream: TcpStream::connect(address).unwrap(), decoder: Decoder::new(vec![0; 1 << 16]) };
        link.stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        link.stream.write_all(&[0]).unwrap();
        link.say(&Message::Hello(Hello { name: NAME, board: "test", version: "0" }));
        let (kind, body) = link.next();
        let Ok(Message::Pair(pair)) = Message::decode(kind, &body) else { panic!("kind {kind:#x}") };
        let pairing = Pairing::new(self.edge.token(), pair.nonce, [9; 8]);
        link.say(&Message::Paired(Paired { nonce: [9; 8], proof: pairing.device_proof() }));
        assert_eq!(link.next().0, Kind::PairProof as u8);
        link
    }

    /// Takes the next request as a device does; its bytes.
    fn serve(&mut self, link: &mut Link, then: Then) -> Vec<u8> {
        let (kind, bytes) = link.next();
        assert_eq!(kind, Kind::Request as u8);
        self.take(link, bytes, then)
    }

    fn take(&mut self, link: &mut Link, bytes: Vec<u8>, then: Then) -> Vec<u8> {
        let mut taken = bytes.clone();
        let mut answer = vec![0; 256];
        let length = match self.verifier.verify_in_place(&self.keys, &mut taken, 0, |_| true) {
            Ok(verified) => {
                self.executed.push((verified.lane, verified.seq));
                let rseq = self.executed.len() as u64;
                let length = verified.exchange.respond(Status::Ok, rseq, b"done", &mut answer).unwrap();
                self.last = answer[..length].to_vec();
                Some(length)
            }
            Err(Refusal::Retry(_)) => {
                answer.clone_from(&self.last);
                Some(answer.len())
            }
            Err(refusal) => refusal.answer(&mut answer).unwrap(),
        };
        if let (Some(length), Then::Answer) = (length, then) {
            link.frame(Kind::Response as u8, &answer[..length]);
        }
        bytes
    }
}

struct Link {
    stream: TcpStream,
    decoder: Decoder<Vec<u8>>,
}

impl Link {
    fn frame(&mut self, kind: u8, body: &[u8]) {
        let mut wire = vec![0; link::encoded_bytes(body.len())];
        let length = link::encode(kind, &[body], &mut wire).unwrap();
        self.stream.write_all(&wire[..length]).unwrap();
    }

    fn say(&mut self, message: &Message<'_>) {
        let mut body = [0; 256];
        let length = message.encode(&mut body).unwrap();
        self.frame(message.kind() as u8, &body[..length]);
    }

    fn next(&mut self) -> (u8, Vec<u8>) {
        let mut byte = [0];
        loop {
            self.stream.read_exact(&mut byte).expect("the edge goes on");
            if self.decoder.push(byte[0]) == Ok(true)
                && let Some(frame) = self.decoder.frame()
            {
                return (frame.kind, frame.body.to_vec());
            }
        }
    }
}

fn put(capability: &Capability, lane: u8, counter: u16) -> (Vec<u8>, Exchange) {
    let seq = Sequence::new(NOW_MS, counter);
    let request = Request { op: Op::Put, lane, seq, ns: 1, woof: 1, payload: b"[5]", wide_tag: false };
    let mut out = vec![0; 512];
    let bound = request.bind(&[capability.token()], &mut out).unwrap();
    out.truncate(bound.len);
    (out, bound.exchange)
}

#[test]
fn a_request_waits_through_sleep_and_the_edges_end_and_is_executed_once() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let writer = board.client(Right::Put | Right::Exec, 2);
    let ((first, exchange), (second, later)) = (put(&writer, 2, 1), put(&writer, 2, 2));
    let place = home.queue(&first);
    assert_eq!(home.collect(&place).0, 202);

    // The edge is killed while the board sleeps; the board takes the request, and its link fails before the answer.
    let home = home.killed();
    assert_eq!(home.collect(&place).0, 202);
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::FallAsleep), first);
    drop(link);
    assert_eq!((board.executed.len(), home.collect(&place).0), (1, 202));

    // The edge is killed again; at the next waking the very same bytes come, and the device answers and does nothing.
    let home = home.killed();
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), first);
    let (status, answer) = home.collected(&place);
    let response = exchange.open(&answer).unwrap();
    assert_eq!((status, response.status, response.rseq, response.payload), (200, Status::Ok, 1, &b"done"[..]));
    assert_eq!(board.executed, [(2, Sequence::new(NOW_MS, 1))]);

    // What is asked while it is awake comes at once, and the first request does not come again, whatever is killed.
    let next = home.queue(&second);
    assert_eq!(board.serve(&mut link, Then::FallAsleep), second);
    drop(link);
    let home = home.killed();
    assert_eq!(home.collect(&place), (200, answer), "the answer outlives the edge");
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), second);
    assert_eq!(later.open(&home.collected(&next).1).unwrap().rseq, 2);
    assert_eq!(board.executed.len(), 2);
    // To have it wait again changes nothing: it is the same request, and has its answer.
    assert_eq!(home.queue(&first), place);
    assert_eq!(home.collect(&place).0, 200);
}

#[test]
fn who_asks_on_a_line_that_is_shared_gets_his_own_answer() {
    const ASKERS: u8 = 5;
    let mut board = Board::new();
    let home = Home::new(&board);
    let requests: Vec<_> = (2..2 + ASKERS).map(|lane| put(&board.client(Right::Put, lane), lane, 1)).collect();
    let (strange, _) = put(&board.client(Right::Put, 1), 1, 1);
    assert_eq!(home.ask("POST", "walkway/request", &strange).0, 404, "it has not been here");
    let mut link = board.wake(home.gateway.address());
    while !home.gateway.is_linked(NAME) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(home.ask("POST", "walkway/request", b"noise").0, 204);
    // All at once through the edge, and one more by the board's own port meanwhile, whose answer comes first.
    let mut other = TcpStream::connect(home.gateway.client_address(NAME).unwrap()).unwrap();
    let mut wire = vec![0; link::encoded_bytes(strange.len())];
    let length = link::encode(Kind::Request as u8, &[&strange], &mut wire).unwrap();
    std::thread::scope(|scope| {
        other.write_all(&wire[..length]).unwrap();
        let first = link.next().1;
        assert_eq!(first, strange);
        let asking: Vec<_> =
            requests.iter().map(|(request, _)| scope.spawn(|| home.ask("POST", "walkway/request", request))).collect();
        // The board is slow: it answers the stranger when the first of the others has asked, too.
        let (kind, waiting) = link.next();
        assert_eq!(kind, Kind::Request as u8);
        board.take(&mut link, first, Then::Answer);
        board.take(&mut link, waiting, Then::Answer);
        for _ in 1..ASKERS {
            board.serve(&mut link, Then::Answer);
        }
        for (asking, (_, exchange)) in asking.into_iter().zip(&requests) {
            let (status, answers) = asking.join().unwrap();
            assert_eq!(status, 200);
            // 12 bytes, the payload, and a tag of 8.
            let mine = answers.chunks(12 + 4 + 8).filter(|answer| exchange.open(answer).is_ok());
            assert_eq!(mine.count(), 1, "{} bytes", answers.len());
        }
    });
    assert_eq!(board.executed.len(), 1 + usize::from(ASKERS));
    drop(link);
    while home.gateway.is_linked(NAME) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(home.ask("POST", "walkway/request", &requests[0].0).0, 502);
}

#[test]
fn what_waits_passes_the_gate_like_everything_else() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let (denied, exchange) = put(&board.client(Right::Get, 3), 3, 1);
    let (mut forged, _) = put(&board.client(Right::Put, 4), 4, 1);
    *forged.last_mut().unwrap() ^= 1;
    let (refused, unheard) = (home.queue(&denied), home.queue(&forged));
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), denied);
    assert_eq!(exchange.open(&home.collected(&refused).1).unwrap().status, Status::Denied);
    // Silence is asked again at three wakings; what waits behind it is not held up.
    let (good, exchange) = put(&board.client(Right::Put, 5), 5, 1);
    let place = home.queue(&good);
    for waking in 0..3 {
        if waking > 0 {
            link = board.wake(home.gateway.address());
        }
        assert_eq!(board.serve(&mut link, Then::Answer), forged, "waking {waking}");
        if waking == 0 {
            assert_eq!(board.serve(&mut link, Then::Answer), good);
            assert!(exchange.open(&home.collected(&place).1).is_ok());
        } else {
            // The next request comes when the silence before it has been noted.
            let (mark, _) = put(&board.client(Right::Put, 5), 5, 1 + waking);
            let place = home.queue(&mark);
            assert_eq!(board.serve(&mut link, Then::Answer), mark, "waking {waking}");
            assert_eq!(home.collected(&place).0, 200);
        }
    }
    assert_eq!(home.collected(&unheard), (204, vec![]));
    assert_eq!(board.executed.len(), 3);
}

#[test]
fn a_queue_is_bounded_and_forgets_what_is_past_its_time() {
    let board = Board::new();
    let home = Home::new(&board);
    let writer = board.client(Right::Put, 2);
    let requests: Vec<_> = (1..).map(|counter| put(&writer, 2, counter).0).take(MOST_WAITING + 1).collect();
    for request in &requests[..MOST_WAITING] {
        home.queue(request);
    }
    let queue = format!("{NAME}/queue");
    let told = |(status, body): (u16, Vec<u8>)| (status, String::from_utf8(body).unwrap());
    let (status, text) = told(home.ask("POST", &queue, &requests[MOST_WAITING]));
    assert!(status == 429 && text.contains("ask again later"), "{status} {text}");
    let place = home.queue(&requests[0]);
    let cases: [(&str, &[u8], u16); 7] = [
        ("nobody/queue", &requests[0][..], 404),
        ("../queue", &requests[0], 404),
        (&queue, b"noise", 400),
        (&queue, &[0x10; MOST_REQUEST + 1], 413),
        (&format!("{queue}?wait=0"), &requests[0], 400),
        (&format!("{queue}?wait=86401"), &requests[0], 400),
        (&format!("{queue}?wait=soon"), &requests[0], 400),
    ];
    for (path, body, wanted) in cases {
        assert_eq!(home.ask("POST", path, body).0, wanted, "{path}");
    }
    assert_eq!(home.collect(&format!("{queue}/1")).0, 400);
    assert_eq!(home.collect(&format!("{queue}/{}", "0".repeat(32))).0, 404);

    // Their time passes: they are gone, now and after a restart, and there is room again.
    home.clock.fetch_add(601_000, Ordering::Relaxed);
    assert_eq!(home.collect(&place).0, 404);
    let place = home.queue(&requests[MOST_WAITING]);
    let home = home.killed();
    let mut board = board;
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), requests[MOST_WAITING]);
    assert_eq!(home.collected(&place).0, 200);
}

#[test]
fn what_still_waits_is_written_anew_before_it_leaves_the_log() {
    let board = Board::new();
    let home = Home::new(&board);
    let (writer, old) = (board.client(Right::Put, 2), put(&board.client(Right::Put, 3), 3, 1).0);
    let place = home.queue(&old);
    let waiting = home.gateway.edge().waiting();
    // Each is two records of a log that keeps 256.
    for counter in 1..=200 {
        waiting.queue(NAME, &put(&writer, 2, counter).0, Duration::from_secs(1)).unwrap();
        let next = waiting.next(NAME, 1, Duration::ZERO).unwrap().unwrap();
        waiting.answered(NAME, next.number, vec![vec![1; 20]]).unwrap();
        home.clock.fetch_add(1000, Ordering::Relaxed);
    }
    let home = home.killed();
    assert_eq!(home.collect(&place).0, 202);
    let first = home.gateway.edge().waiting().next(NAME, 0, Duration::ZERO).unwrap().unwrap();
    assert_eq!((first.number, first.request), (1, old));
}

#[test]
fn nobody_writes_into_the_edges_own_logs() {
    let board = Board::new();
    let home = Home::new(&board);
    home.queue(&put(&board.client(Right::Put, 2), 2, 1).0);
    let woofs = home.gateway.edge().woofs();
    for name in ["nano/audit", "nano-waiting/walkway", "nano-waiting/other"] {
        let refused = |result: Result<(), nano_woof::Error>| {
            let error = result.unwrap_err();
            assert!(matches!(error, nano_woof::Error::Reserved(_)), "{name}: {error}");
        };
        refused(woofs.append(name, b"{}").map(drop));
        refused(woofs.create(name, 64, 8));
        refused(woofs.delete(name));
    }
    // A device's append over its link is refused, too: it would break the chain that accuses it.
    let port = nano_emulator::EdgePort::new("stranger", home.gateway.edge().clone(), Arc::default());
    let append = nano_wire::message::Append { id: 1, lane: 0, client_sequence: 1, log: "nano/audit", payload: b"{}" };
    let mut body = vec![0; 256];
    let length = Message::Append(append).encode(&mut body).unwrap();
    let mut outcome = None;
    port.hear(Kind::Append as u8, &body[..length], &mut |kind, body| {
        if let Ok(Message::Appended(appended)) = Message::decode(kind, body) {
            outcome = Some(appended.outcome);
        }
    });
    assert!(matches!(outcome, Some(Err(nano_wire::message::AppendRefusal::Refused))));
}
