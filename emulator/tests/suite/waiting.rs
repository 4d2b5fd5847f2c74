//! Boards that sleep: what waits for them at the edge outlives it, comes to them byte for byte, and is executed once.

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nano_caps::{
    ANY, Body, Capability, ChainKey, DeviceId, DeviceKey, End, Exchange, FrameBuilder, KeyRing, Pairing, Refusal,
    Request, RequestView, Right, Rights, Sequence, Sequencer, Session, Status, Token, Verifier,
};
use nano_edge::{
    EDGE_RIGHTS, Edge, EdgeOptions, Extension, ExtensionRequest, ExtensionResponse, MOST_REQUEST, MOST_WAITING,
    QueueKeys, World, read_chain,
};
use nano_emulator::{Gateway, Op};
use nano_wire::link::{self, Decoder};
use nano_wire::message::queue::{ANSWERS, Collected, Entry, Put, REQUESTS, State};
use nano_wire::message::{Hello, Kind, Message, Paired, Reader};
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
        home.gateway.edge().queues().handle(NAME).unwrap();
        home
    }

    /// What the edge's owner makes for a client of the board's queue.
    fn allow(&self, lane: u8) -> Asker {
        let keys = QueueKeys::read(&self.data).unwrap().unwrap();
        Asker::new(keys.client(keys.handle(NAME).unwrap(), lane, None).unwrap(), lane)
    }

    /// The edge is killed now: what is on its disk this moment is all that the next one has.
    fn killed(self) -> Self {
        let next = format!("{}0", self.data.file_name().unwrap().to_str().unwrap());
        copy(&self.data, &self.folder.path().join(&next));
        let Self { gateway, clock, folder, .. } = self;
        drop(gateway);
        Self::open(folder, &next, &clock)
    }

    /// What a board that is awake says to a request.
    fn request(&self, body: &[u8]) -> (u16, Vec<u8>) {
        let said = self.send("POST", &format!("/_nano/devices/{NAME}/request"), body);
        (said.status, said.body.to_vec())
    }

    fn post(&self, device: &str, body: &[u8]) -> ExtensionResponse {
        self.send("POST", &format!("/_nano/devices/{device}/queue"), body)
    }

    fn send(&self, method: &str, path: &str, body: &[u8]) -> ExtensionResponse {
        let request = ExtensionRequest {
            method: method.to_owned(),
            path: path.to_owned(),
            query: Vec::new(),
            operator: None,
            body: body.to_vec().into(),
        };
        self.gateway.answer(&request).unwrap()
    }

    /// Its answer, which comes as soon as the board has given it.
    fn collected(&self, asker: &mut Asker, id: Id) -> (State, Vec<u8>) {
        for _ in 0..400 {
            let collected = asker.collect(self, id).unwrap();
            if collected.0 != State::Waiting {
                return collected;
            }
            // A client is no flood.
            std::thread::sleep(Duration::from_millis(25));
            self.clock.fetch_add(25, Ordering::Relaxed);
        }
        panic!("no answer");
    }
}

type Id = [u8; 16];

/// Who asks things of the board through its queue.
struct Asker {
    capability: Capability,
    lane: u8,
    sequencer: Sequencer,
}

impl Asker {
    fn new(capability: Capability, lane: u8) -> Self {
        Self { capability, lane, sequencer: Sequencer::new() }
    }

    fn bind(&mut self, home: &Home, op: Op, (ns, woof): (u16, u16), payload: &[u8]) -> (Vec<u8>, Exchange) {
        let seq = self.sequencer.next(home.clock.load(Ordering::Relaxed));
        let request = Request { op, lane: self.lane, seq, ns, woof, payload, wide_tag: false };
        let mut out = vec![0; payload.len() + 512];
        let bound = request.bind(&[self.capability.token()], &mut out).unwrap();
        out.truncate(bound.len);
        (out, bound.exchange)
    }

    /// The HTTP status, and the answer where there is one.
    fn ask(&mut self, home: &Home, op: Op, ns: u16, payload: &[u8]) -> (u16, Option<(Status, Vec<u8>)>) {
        for _ in 0..3 {
            let (request, exchange) = self.bind(home, op, (ns, 1), payload);
            let said = home.post(NAME, &request);
            let answer =
                exchange.open(&said.body).ok().map(|answer| (answer.status, answer.rseq, answer.payload.to_vec()));
            match answer {
                Some((Status::SeqLow, rseq, _)) => self.sequencer.follow(rseq, home.clock.load(Ordering::Relaxed)),
                answer => return (said.status, answer.map(|(status, _, payload)| (status, payload))),
            }
        }
        panic!("always SEQ_LOW")
    }

    fn must(&mut self, home: &Home, op: Op, ns: u16, payload: &[u8]) -> Vec<u8> {
        let (http, answer) = self.ask(home, op, ns, payload);
        let (status, payload) = answer.unwrap();
        assert_eq!((http, status), (200, Status::Ok));
        payload
    }

    /// Has a request wait; its id.
    fn queue(&mut self, home: &Home, request: &[u8]) -> Id {
        self.must(home, Op::Put, REQUESTS, &put_payload(600, request)).try_into().unwrap()
    }

    fn collect(&mut self, home: &Home, id: Id) -> Option<(State, Vec<u8>)> {
        let (_, answer) = self.ask(home, Op::Get, ANSWERS, &id);
        let (status, payload) = answer.unwrap();
        if status == Status::NotFound {
            return None;
        }
        let collected = Collected::decode(&payload).unwrap();
        Some((collected.state, collected.answer.to_vec()))
    }

    fn list(&mut self, home: &Home) -> Vec<Entry> {
        let list = self.must(home, Op::Stat, REQUESTS, &[]);
        let mut reader = Reader::new(&list);
        std::iter::from_fn(|| (reader.remaining() > 0).then(|| Entry::read(&mut reader).unwrap())).collect()
    }
}

fn put_payload(wait_s: u32, request: &[u8]) -> Vec<u8> {
    let mut payload = vec![0; request.len() + 4];
    Put { wait_s, request }.encode(&mut payload).unwrap();
    payload
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

    /// Connects and pairs, under a name of which the edge holds this board's root.
    fn connect(&self, address: SocketAddr, name: &str, nonce: u8) -> Link {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(&[0]).unwrap();
        let mut link = Link { stream, decoder: Decoder::new(vec![0; 1 << 16]), session: None, queue: None, asked: 0 };
        link.say(&Message::Hello(Hello { name, board: "test", version: "0" }));
        let (kind, body) = link.next();
        let Ok(Message::Pair(pair)) = Message::decode(kind, &body) else { panic!("kind {kind:#x}") };
        let pairing = Pairing::new(self.edge.token(), pair.nonce, [nonce; 8]);
        link.say(&Message::Paired(Paired { nonce: [nonce; 8], proof: pairing.device_proof() }));
        assert_eq!(link.next().0, Kind::PairProof as u8);
        link.session = Some(Session::new(&pairing, End::Device));
        link
    }

    fn wake(&self, address: SocketAddr) -> Link {
        self.connect(address, NAME, 9)
    }

    /// What the gate says to a request that waited.
    fn gate(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        let mut taken = request.to_vec();
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
        answer.truncate(length?);
        Some(answer)
    }

    /// Takes what is asked of it while it is awake.
    fn take(&mut self, link: &mut Link, request: &[u8]) {
        if let Some(answer) = self.gate(request) {
            link.frame(Kind::Response as u8, &answer);
        }
    }

    /// Takes the next request as a device does; its bytes.
    fn serve(&mut self, link: &mut Link, then: Then) -> Vec<u8> {
        let (place, request) = link.take();
        if let (Some(answer), Then::Answer) = (self.gate(&request), then) {
            link.bring(place, &answer);
        }
        request
    }
}

struct Link {
    stream: TcpStream,
    decoder: Decoder<Vec<u8>>,
    session: Option<Session>,
    /// What the edge has entrusted the board with.
    queue: Option<(Vec<u8>, ChainKey)>,
    asked: u64,
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

    fn seal(&mut self, kind: Kind, body: &[u8]) {
        let (header, tag) = self.session.as_mut().unwrap().seal(kind as u8, body).unwrap();
        self.frame(Kind::Sealed as u8, &[&header[..], body, &tag].concat());
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

    /// A REQUEST under the edge's key, with this capability.
    fn ask_with(&mut self, (body, key): (&[u8], ChainKey), op: Op, ns: u16, payload: &[u8]) {
        self.asked += 1;
        let seq = Sequence(self.asked);
        let request = Request { op, lane: 0, seq, ns, woof: 1, payload, wide_tag: false };
        let mut out = vec![0; payload.len() + 512];
        let bound = request.bind(&[Token { body: Body::parse(body).unwrap(), key }], &mut out).unwrap();
        self.seal(Kind::Request, &out[..bound.len]);
    }

    fn ask(&mut self, op: Op, ns: u16, payload: &[u8]) {
        let (body, key) = self.queue.clone().unwrap();
        self.ask_with((&body, key), op, ns, payload);
    }

    /// The next that the edge says: the capability that it entrusts the board with, or a request and its place.
    fn hear(&mut self) -> Option<(u64, Vec<u8>)> {
        loop {
            let (kind, body) = self.next();
            if kind != Kind::Sealed as u8 {
                // Asked to pair again: it has heard no answer for long.
                continue;
            }
            let Ok((kind, body)) = self.session.as_mut().unwrap().open(&body) else { continue };
            if kind == Kind::Request as u8 {
                let (place, request) = body.split_first_chunk().unwrap();
                return Some((u64::from_le_bytes(*place), request.to_vec()));
            }
            let Ok(Message::Entrust(entrust)) = Message::decode(kind, body) else { panic!("kind {kind:#x}") };
            let parsed = Body::parse(entrust.body).unwrap();
            let key = self.session.as_ref().unwrap().mask(parsed, &ChainKey::new(entrust.masked));
            self.queue = Some((entrust.body.to_vec(), key));
            return None;
        }
    }

    /// The next request and its place, as a device takes it.
    fn take(&mut self) -> (u64, Vec<u8>) {
        loop {
            match self.hear() {
                Some(taken) => return taken,
                None => self.ask(Op::Get, REQUESTS, &[]),
            }
        }
    }

    fn bring(&mut self, place: u64, answer: &[u8]) {
        self.ask(Op::Put, ANSWERS, &[answer, &place.to_le_bytes()].concat());
    }
}

fn put_at(capability: &Capability, lane: u8, ms: u64, counter: u16) -> (Vec<u8>, Exchange) {
    let seq = Sequence::new(ms, counter);
    let request = Request { op: Op::Put, lane, seq, ns: 1, woof: 1, payload: b"[5]", wide_tag: false };
    let mut out = vec![0; 512];
    let bound = request.bind(&[capability.token()], &mut out).unwrap();
    out.truncate(bound.len);
    (out, bound.exchange)
}

fn put(capability: &Capability, lane: u8, counter: u16) -> (Vec<u8>, Exchange) {
    put_at(capability, lane, NOW_MS, counter)
}

#[test]
fn a_request_waits_through_sleep_and_the_edges_end_and_is_executed_once() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let mut asker = home.allow(1);
    let writer = board.client(Right::Put | Right::Exec, 2);
    let ((first, exchange), (second, later)) = (put(&writer, 2, 1), put(&writer, 2, 2));
    let id = asker.queue(&home, &first);
    assert_eq!(asker.collect(&home, id), Some((State::Waiting, vec![])));

    // The edge is killed while the board sleeps; the board takes the request, and its link fails before the answer.
    let home = home.killed();
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::FallAsleep), first);
    drop(link);
    assert_eq!((board.executed.len(), asker.collect(&home, id).unwrap().0), (1, State::Waiting));

    // The edge is killed again; at the next waking the very same bytes come, and the device answers and does nothing.
    let home = home.killed();
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), first);
    let (state, answer) = home.collected(&mut asker, id);
    let response = exchange.open(&answer).unwrap();
    assert_eq!(
        (state, response.status, response.rseq, response.payload),
        (State::Answered, Status::Ok, 1, &b"done"[..])
    );
    assert_eq!(board.executed, [(2, Sequence::new(NOW_MS, 1))]);
    // Who no longer has what opened it makes it anew from the request.
    let again = RequestView::parse(&first).unwrap().exchange(&[writer.token()]).unwrap();
    assert_eq!(again, exchange);
    assert!(RequestView::parse(&first).unwrap().exchange(&[board.owner.token()]).is_err());

    // What is asked while it is awake comes at once, and the first request does not come again, whatever is killed.
    let next = asker.queue(&home, &second);
    assert_eq!(board.serve(&mut link, Then::FallAsleep), second);
    drop(link);
    let home = home.killed();
    assert_eq!(asker.collect(&home, id), Some((State::Answered, answer)), "the answer outlives the edge");
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), second);
    assert_eq!(later.open(&home.collected(&mut asker, next).1).unwrap().rseq, 2);
    assert_eq!(board.executed.len(), 2);
    // To have it wait again changes nothing: it is the same request, and has its answer.
    assert_eq!(asker.queue(&home, &first), id);
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Answered);
}

#[test]
fn who_asks_on_a_line_that_is_shared_gets_his_own_answer() {
    const ASKERS: u8 = 5;
    let mut board = Board::new();
    let home = Home::new(&board);
    let requests: Vec<_> = (2..2 + ASKERS).map(|lane| put(&board.client(Right::Put, lane), lane, 1)).collect();
    let (strange, _) = put(&board.client(Right::Put, 1), 1, 1);
    assert_eq!(home.request(&strange).0, 404, "it has not been here");
    let mut link = board.wake(home.gateway.address());
    while !home.gateway.is_linked(NAME) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(home.request(b"noise").0, 204);
    // All at once through the edge, and one more by the board's own port meanwhile, whose answer comes first.
    let mut other = TcpStream::connect(home.gateway.client_address(NAME).unwrap()).unwrap();
    let mut wire = vec![0; link::encoded_bytes(strange.len())];
    let length = link::encode(Kind::Request as u8, &[&strange], &mut wire).unwrap();
    std::thread::scope(|scope| {
        other.write_all(&wire[..length]).unwrap();
        let first = link.next().1;
        assert_eq!(first, strange);
        let asking: Vec<_> = requests.iter().map(|(request, _)| scope.spawn(|| home.request(request))).collect();
        // The board is slow: it answers the stranger when the first of the others has asked, too.
        let (kind, waiting) = link.next();
        assert_eq!(kind, Kind::Request as u8);
        board.take(&mut link, &first);
        board.take(&mut link, &waiting);
        for _ in 1..ASKERS {
            let request = link.next().1;
            board.take(&mut link, &request);
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
    assert_eq!(home.request(&requests[0].0).0, 502);
}

#[test]
fn what_waits_passes_the_gate_like_everything_else() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let mut asker = home.allow(1);
    let (denied, exchange) = put(&board.client(Right::Get, 3), 3, 1);
    let (mut forged, _) = put(&board.client(Right::Put, 4), 4, 1);
    *forged.last_mut().unwrap() ^= 1;
    let (refused, unheard) = (asker.queue(&home, &denied), asker.queue(&home, &forged));
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), denied);
    assert_eq!(exchange.open(&home.collected(&mut asker, refused).1).unwrap().status, Status::Denied);
    // Silence is asked again at three wakings; what waits behind it is not held up.
    let (good, exchange) = put(&board.client(Right::Put, 5), 5, 1);
    let place = asker.queue(&home, &good);
    for waking in 0..3 {
        if waking > 0 {
            link = board.wake(home.gateway.address());
        }
        // Twice at each, since a link may lose one.
        assert_eq!(board.serve(&mut link, Then::Answer), forged, "waking {waking}");
        assert_eq!(board.serve(&mut link, Then::Answer), forged, "waking {waking}");
        if waking == 0 {
            assert_eq!(board.serve(&mut link, Then::Answer), good);
            assert!(exchange.open(&home.collected(&mut asker, place).1).is_ok());
        } else {
            // The next request comes when the silence before it has been noted.
            let (mark, _) = put(&board.client(Right::Put, 5), 5, 1 + waking);
            let place = asker.queue(&home, &mark);
            assert_eq!(board.serve(&mut link, Then::Answer), mark, "waking {waking}");
            assert_eq!(home.collected(&mut asker, place).0, State::Answered);
        }
    }
    assert_eq!(asker.collect(&home, unheard), Some((State::Silent, vec![])));
    assert_eq!(board.executed.len(), 3);
}

#[test]
fn requests_come_in_their_order_and_each_lane_keeps_its_own() {
    let mut board = Board::new();
    let home = Home::new(&board);
    let (mut one, mut two) = (home.allow(1), home.allow(2));
    let (left, right) = (board.client(Right::Put, 3), board.client(Right::Put, 4));
    // The second client's clock is behind: in a lane of his own that harms nobody.
    let mut sent = Vec::new();
    for counter in 1..=6 {
        let request =
            if counter % 2 == 1 { put(&left, 3, counter) } else { put_at(&right, 4, NOW_MS - 50_000, counter) };
        let id = if counter % 2 == 1 { one.queue(&home, &request.0) } else { two.queue(&home, &request.0) };
        sent.push((id, request));
    }
    // One that is older than its lane's last when it comes: nothing is done, and its asker learns why.
    let (late, exchange) = put_at(&left, 3, NOW_MS - 1, 0);
    let late_id = one.queue(&home, &late);
    let home = home.killed();
    let mut link = board.wake(home.gateway.address());
    for (number, (id, (request, exchange))) in sent.iter().enumerate() {
        assert_eq!(&board.serve(&mut link, Then::Answer), request);
        let (_, answer) = home.collected(&mut one, *id);
        assert_eq!(exchange.open(&answer).unwrap().rseq, number as u64 + 1, "answers are not exchanged");
    }
    assert_eq!(board.serve(&mut link, Then::Answer), late);
    let (_, answer) = home.collected(&mut one, late_id);
    assert_eq!(exchange.open(&answer).unwrap().status, Status::SeqLow);
    let seq = |lane: u8| board.executed.iter().filter(|(of, _)| *of == lane).map(|(_, seq)| *seq).collect::<Vec<_>>();
    for lane in [3, 4] {
        assert_eq!(seq(lane).len(), 3);
        assert!(seq(lane).is_sorted());
    }
}

#[test]
fn a_queue_is_bounded_and_forgets_what_is_past_its_time() {
    let board = Board::new();
    let home = Home::new(&board);
    let mut asker = home.allow(1);
    let writer = board.client(Right::Put, 2);
    let requests: Vec<_> = (1..).map(|counter| put(&writer, 2, counter).0).take(MOST_WAITING + 1).collect();
    let ids: Vec<Id> = requests[..MOST_WAITING].iter().map(|request| asker.queue(&home, request)).collect();
    assert_eq!(home.gateway.boards()[0].waiting, MOST_WAITING);
    let last = put_payload(600, &requests[MOST_WAITING]);
    // Full: 429, when it is worth asking again, and the answer is the edge's.
    home.clock.fetch_add(100_000, Ordering::Relaxed);
    let (request, exchange) = asker.bind(&home, Op::Put, (REQUESTS, 1), &last);
    let said = home.post(NAME, &request);
    let first_ends_s = said.retry_after.unwrap().as_secs();
    assert_eq!((said.status, exchange.open(&said.body).unwrap().status), (429, Status::Busy));
    assert!((490..=500).contains(&first_ends_s), "{first_ends_s}");
    // The same request again is the same request.
    assert_eq!(asker.queue(&home, &requests[0]), ids[0]);

    // One that is cancelled makes room, over a restart, too; its device never hears of it.
    assert!(asker.must(&home, Op::Drop, REQUESTS, &ids[1]).is_empty());
    assert_eq!(asker.ask(&home, Op::Drop, REQUESTS, &ids[1]).1.unwrap().0, Status::NotFound);
    let home = home.killed();
    assert_eq!(asker.collect(&home, ids[1]), None);
    let id = asker.queue(&home, &requests[MOST_WAITING]);
    let list = asker.list(&home);
    assert_eq!((list.len(), list[0].id, list[MOST_WAITING - 1].id), (MOST_WAITING, ids[0], id));
    assert!(list.iter().all(|entry| entry.state == State::Waiting && entry.header[3] == Op::Put.code()));

    let asks: [(&str, Vec<u8>, u16); 5] = [
        ("nobody", put_payload(60, &requests[0]), 404),
        (NAME, put_payload(60, b"noise"), 400),
        (NAME, put_payload(0, &requests[0]), 400),
        (NAME, put_payload(86_401, &requests[0]), 400),
        (NAME, vec![1], 400),
    ];
    for (device, payload, wanted) in asks {
        let (request, _) = asker.bind(&home, Op::Put, (REQUESTS, 1), &payload);
        assert_eq!(home.post(device, &request).status, wanted, "{device} {payload:?}");
        home.clock.fetch_add(1000, Ordering::Relaxed);
    }
    let (_, answer) = asker.ask(&home, Op::Put, REQUESTS, &put_payload(60, &[0x10; MOST_REQUEST + 1]));
    assert_eq!(answer.unwrap().0, Status::TooBig);
    assert_eq!(asker.ask(&home, Op::Get, ANSWERS, b"short").0, 400);
    assert_eq!(asker.collect(&home, [0; 16]), None);

    // Their time passes: they are gone, now and after a restart, and there is room again.
    home.clock.fetch_add(601_000, Ordering::Relaxed);
    assert_eq!(asker.collect(&home, ids[0]), None);
    let mut board = board;
    let fresh = put_at(&writer, 2, NOW_MS + 700_000, 0).0;
    let id = asker.queue(&home, &fresh);
    let home = home.killed();
    let mut link = board.wake(home.gateway.address());
    assert_eq!(board.serve(&mut link, Then::Answer), fresh, "nothing that is past its time goes out");
    assert_eq!(home.collected(&mut asker, id).0, State::Answered);
}

#[test]
fn a_client_shows_a_capability_under_the_edges_key() {
    let board = Board::new();
    let home = Home::new(&board);
    let keys = QueueKeys::read(&home.data).unwrap().unwrap();
    let (request, _) = put(&board.client(Right::Put, 2), 2, 1);
    let payload = put_payload(600, &request);
    let mut good = home.allow(1);
    let silent = |asker: &mut Asker, op, ns, payload: &[u8]| {
        let (http, answer) = asker.ask(&home, op, ns, payload);
        assert_eq!((http, answer), (204, None));
    };
    let denied = |asker: &mut Asker, op, ns, payload: &[u8]| {
        assert_eq!(asker.ask(&home, op, ns, payload).1.unwrap().0, Status::Denied);
    };
    // Nothing but the request, noise, the device's own capabilities, another edge's, a bent tag: no answer at all.
    assert_eq!(home.post(NAME, &request).status, 204);
    assert_eq!(home.post(NAME, b"noise").status, 204);
    silent(&mut Asker::new(board.owner.clone(), 0), Op::Put, REQUESTS, &payload);
    silent(&mut Asker::new(board.edge.clone(), 0), Op::Put, REQUESTS, &payload);
    let other = Home::new(&board);
    silent(&mut other.allow(1), Op::Put, REQUESTS, &payload);
    let (mut bent, _) = good.bind(&home, Op::Put, (REQUESTS, 1), &payload);
    *bent.last_mut().unwrap() ^= 1;
    assert_eq!(home.post(NAME, &bent).status, 204);
    home.clock.fetch_add(1000, Ordering::Relaxed);

    // One that lacks the right, is another lane's, another queue's, expired.
    let root = keys.root().unwrap();
    let narrowed = |ns, woof, rights: Rights| {
        root.derive(&FrameBuilder::new().grant(ns, woof, rights).lane(5).build().unwrap()).unwrap()
    };
    denied(&mut Asker::new(narrowed(ANSWERS, 1, Right::Get.into()), 5), Op::Put, REQUESTS, &payload);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Right::Put.into()), 5), Op::Get, ANSWERS, &[0; 16]);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Right::Put.into()), 5), Op::Stat, REQUESTS, &[]);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Right::Put.into()), 5), Op::Drop, REQUESTS, &[0; 16]);
    denied(&mut Asker::new(narrowed(REQUESTS, 2, Rights::ALL), 5), Op::Put, REQUESTS, &payload);
    denied(&mut Asker::new(narrowed(REQUESTS, 1, Rights::ALL), 6), Op::Put, REQUESTS, &payload);
    let mut expired = Asker::new(keys.client(1, 3, Some((NOW_MS / 1000) as u32 - 1)).unwrap(), 3);
    assert_eq!(expired.ask(&home, Op::Put, REQUESTS, &payload).1.unwrap().0, Status::Expired);
    // What a device does over its link nobody does over HTTP, not even the edge's owner.
    let mut owner = Asker::new(root, 0);
    denied(&mut owner, Op::Get, REQUESTS, &[]);
    denied(&mut owner, Op::Put, ANSWERS, &[0; 40]);
    home.clock.fetch_add(1000, Ordering::Relaxed);

    // A good one, whose bytes are no good a second time: not elsewhere, not again, not after a restart.
    let stranger = Board::new();
    home.gateway.edge().holdings().hold("motor", &stranger.edge).unwrap();
    home.gateway.edge().queues().handle("motor").unwrap();
    let (bytes, exchange) = good.bind(&home, Op::Put, (REQUESTS, 1), &payload);
    assert_eq!(exchange.open(&home.post("motor", &bytes).body).unwrap().status, Status::Denied);
    let (bytes, exchange) = good.bind(&home, Op::Put, (REQUESTS, 1), &payload);
    let answer = home.post(NAME, &bytes).body;
    let id: Id = exchange.open(&answer).unwrap().payload.try_into().unwrap();
    assert_eq!(home.post(NAME, &bytes).body, answer, "the last one again is its retry");
    assert!(good.must(&home, Op::Drop, REQUESTS, &id).is_empty());
    assert_eq!(exchange.open(&home.post(NAME, &bytes).body).unwrap().status, Status::SeqLow);
    home.gateway.edge().audit().flush();
    let home = home.killed();
    assert_eq!(exchange.open(&home.post(NAME, &bytes).body).unwrap().status, Status::SeqLow);
    assert!(good.list(&home).is_empty());
    // All that was authentic is in the audit log, allowed and refused.
    let records = home.gateway.edge().audit().tail(100).unwrap();
    let records = records.iter().map(|entry| (entry.header.sequence.get(), entry.payload.as_slice()));
    let entries = read_chain(records).unwrap();
    let told = |op: &str, answer: &str| {
        entries.iter().any(|entry| entry.device == "walkway (queue)" && entry.op == op && entry.answer == answer)
    };
    assert!(told("PUT", "OK") && told("DROP", "OK") && told("GET", "DENIED"));

    // Without its key the edge makes another one: what hung from the old one is dead.
    fs::remove_file(home.data.join("queues/key")).unwrap();
    let home = home.killed();
    assert_eq!(good.ask(&home, Op::Stat, REQUESTS, &[]), (204, None));
    assert!(home.allow(1).list(&home).is_empty());
}

#[test]
fn a_board_takes_and_answers_with_its_own_capability_only() {
    let (mut board, other) = (Board::new(), Board::new());
    let home = Home::new(&board);
    let edge = home.gateway.edge();
    edge.holdings().hold("motor", &other.edge).unwrap();
    edge.queues().handle("motor").unwrap();
    let mut asker = home.allow(1);
    let writer = board.client(Right::Put, 2);
    let (request, exchange) = put(&writer, 2, 1);
    let id = asker.queue(&home, &request);

    // A board that shows nothing, or what is not its own, gets nothing: only the same offer again and again.
    let mut link = board.wake(home.gateway.address());
    let offered = |link: &mut Link| assert_eq!(link.hear(), None, "the request was handed out");
    offered(&mut link);
    offered(&mut link);
    let mine = link.queue.clone().unwrap();
    let client = (asker.capability.body().as_bytes().to_vec(), asker.capability.token().key);
    link.ask_with((&client.0, client.1), Op::Get, REQUESTS, &[]);
    offered(&mut link);
    link.ask_with((&mine.0, ChainKey::new([0; 16])), Op::Get, REQUESTS, &[]);
    offered(&mut link);
    // Another board's capability, over this board's link and over its own.
    let device = edge.queues().entrust("motor").unwrap();
    let theirs = (device.body().as_bytes().to_vec(), device.token().key);
    link.ask_with((&theirs.0, theirs.1), Op::Get, REQUESTS, &[]);
    offered(&mut link);
    let mut stranger = other.connect(home.gateway.address(), "motor", 4);
    stranger.ask_with((&mine.0, mine.1), Op::Get, REQUESTS, &[]);
    // An answer that it brings unasked, or for a place that is not its own, is no answer.
    stranger.queue = Some(theirs.clone());
    stranger.bring(1, &board.gate(&put(&writer, 2, 9).0).unwrap());
    link.bring(7, &[0x11; 30]);
    link.bring(1, b"short");
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);

    // With its own it gets the request. Said in the clear, the answer is not heard; nor is it in another session.
    link.asked += 100;
    let (place, taken) = link.take();
    assert_eq!(taken, request);
    let mut board = Board { executed: Vec::new(), verifier: Verifier::boot(None, NOW_MS, 0), ..board };
    let answer = board.gate(&taken).unwrap();
    let payload = [&answer[..], &place.to_le_bytes()].concat();
    let (body, key) = link.queue.clone().unwrap();
    let clear =
        Request { op: Op::Put, lane: 0, seq: Sequence(500), ns: ANSWERS, woof: 1, payload: &payload, wide_tag: false };
    let mut out = vec![0; 512];
    let bound = clear.bind(&[Token { body: Body::parse(&body).unwrap(), key }], &mut out).unwrap();
    link.frame(Kind::Request as u8, &out[..bound.len]);
    link.frame(Kind::Response as u8, &answer);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);
    link.bring(place, &answer);
    assert_eq!(exchange.open(&home.collected(&mut asker, id).1).unwrap().status, Status::Ok);
    // It stays answered, whatever the board says later.
    link.bring(place, &{
        let mut other = answer.clone();
        other[4] ^= 1;
        other
    });
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(home.collected(&mut asker, id).1, answer);
}

#[test]
fn what_still_waits_is_written_anew_before_it_leaves_the_log() {
    let board = Board::new();
    let home = Home::new(&board);
    let (writer, (old, exchange)) = (board.client(Right::Put, 2), put(&board.client(Right::Put, 3), 3, 1));
    let mut asker = home.allow(1);
    let id = asker.queue(&home, &old);
    let waiting = home.gateway.edge().waiting();
    // Each is two records of a log that keeps 256.
    for counter in 1..=200 {
        waiting.queue(NAME, &put(&writer, 2, counter).0, Duration::from_secs(1)).unwrap();
        let next = waiting.next(NAME, 1, Duration::ZERO).unwrap().unwrap();
        let mut answer = [0; 64];
        let length = exchange.respond(Status::Ok, 1, b"", &mut answer).unwrap();
        waiting.answered(NAME, next.number, Some(&answer[..length])).unwrap();
        home.clock.fetch_add(1000, Ordering::Relaxed);
    }
    let home = home.killed();
    assert_eq!(asker.collect(&home, id).unwrap().0, State::Waiting);
    let first = home.gateway.edge().waiting().next(NAME, 0, Duration::ZERO).unwrap().unwrap();
    assert_eq!((first.number, first.request), (1, old));
}

#[test]
fn nobody_writes_into_the_edges_own_logs() {
    let board = Board::new();
    let home = Home::new(&board);
    home.allow(1).queue(&home, &put(&board.client(Right::Put, 2), 2, 1).0);
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
