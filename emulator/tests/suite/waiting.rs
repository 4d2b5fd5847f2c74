//! Boards that sleep: what waits for them at the edge outlives it, comes to them byte for byte, and is executed once.

mod delivery;
mod rights;
mod room;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use nano_caps::{
    ANY, Body, Capability, ChainKey, DeviceId, DeviceKey, End, Exchange, FrameBuilder, KeyRing, Pairing, Refusal,
    Request, Rights, Sequence, Sequencer, Session, Status, Token, Verifier,
};
use nano_edge::{EDGE_RIGHTS, Edge, EdgeOptions, Extension, ExtensionRequest, ExtensionResponse, QueueKeys, World};
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
