//! A workbench: a board whose world is a few vectors, an edge that has modules, and a client with the root capability.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::rc::Rc;

use crate::places::Places;
use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, Exchange, FrameBuilder, KeyRing, Op, Request, Rights, Sequence, Sequencer,
    Session, Status, Token,
};
use nano_compiler::{Options, Package, compile};
use nano_device::{Board, Config, HostError, Identity, Item, Port, Runtime, Trace};
use nano_wire::link::{self, Decoder};
use nano_wire::message::operation::{Configuration, Install, Installed, Place};
use nano_wire::message::{
    Chunk, Fetch, Fetched, Invoke, Invoked, Kind, Message, ModuleHash, Offer, Paired, Pull, Record, Records, Selection,
    Writer,
};
use sha2::{Digest, Sha256};

/// The time the boards are switched on at: unix ms.
pub const NOW_MS: u64 = 1_795_000_000_000;

/// When power fails: in the write after so many more; what was being written is there whole, or as before.
#[derive(Clone, Copy, Debug)]
pub struct Cut {
    pub writes: usize,
    pub whole: bool,
}

/// What a board is connected to, seen from outside.
#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch that a test throws")]
pub struct Outside {
    pub now_us: u64,
    pub pins: BTreeMap<u32, bool>,
    pub adc: VecDeque<u32>,
    pub sensor: Option<String>,
    pub flash: BTreeMap<Item, Vec<u8>>,
    pub flash_fails: bool,
    pub flash_writes: usize,
    pub cut: Option<Cut>,
    /// Power has failed: nothing is said or written any more.
    pub is_off: bool,
    /// The write that power failed in changed something else than the mark.
    pub cut_wrote: bool,
    pub console: String,
    pub trace: Vec<String>,
    pub unlinked: bool,
    /// Its two places for a firmware, if it has.
    pub places: Option<Places>,
    pub restarts: usize,
    /// Logs of which something is kept, and the modules that are.
    pub logs: BTreeSet<u16>,
    pub modules: BTreeMap<[u8; 32], Vec<u8>>,
    /// What comes in on the clients' port without end.
    pub noise: Option<u8>,
    /// How often the board was given a turn.
    pub turns: usize,
    incoming: BTreeMap<Port, VecDeque<u8>>,
    outgoing: BTreeMap<Port, Vec<u8>>,
    entropy: u8,
}

/// A board of virtual time: 1000 instructions take a millisecond.
#[derive(Clone, Default)]
pub struct TestBoard(Rc<RefCell<Outside>>);

impl TestBoard {
    pub fn with_flash(flash: BTreeMap<Item, Vec<u8>>) -> Self {
        let board = Self::default();
        board.0.borrow_mut().flash = flash;
        board
    }

    pub fn flash(&self) -> BTreeMap<Item, Vec<u8>> {
        self.0.borrow().flash.clone()
    }
}

impl Board for TestBoard {
    type Memory = Vec<u8>;

    fn name(&self) -> &'static str {
        "walkway"
    }

    fn model(&self) -> &'static str {
        "test"
    }

    fn now_us(&mut self) -> u64 {
        self.0.borrow().now_us
    }

    fn wall_ms(&mut self) -> Option<u64> {
        Some(NOW_MS)
    }

    fn worked(&mut self, instructions: u64) {
        let mut outside = self.0.borrow_mut();
        outside.now_us += instructions;
        outside.turns += 1;
    }

    fn idle(&mut self, until_us: u64) {
        let mut outside = self.0.borrow_mut();
        assert!(until_us < u64::MAX, "nothing would ever happen again");
        outside.now_us = outside.now_us.max(until_us);
    }

    fn set_pin(&mut self, pin: u32, high: bool) -> Result<(), HostError> {
        if pin > 16 {
            return Err(HostError::NotFound);
        }
        self.0.borrow_mut().pins.insert(pin, high);
        Ok(())
    }

    fn read_pin(&mut self, pin: u32) -> Result<bool, HostError> {
        Ok(self.0.borrow().pins.get(&pin).copied().unwrap_or_default())
    }

    fn read_adc(&mut self, _: u32) -> Result<u32, HostError> {
        self.0.borrow_mut().adc.pop_front().ok_or(HostError::NotFound)
    }

    fn read_sensor(&mut self, _: u32, reading: &mut String) -> Result<(), HostError> {
        reading.push_str(self.0.borrow().sensor.as_ref().ok_or(HostError::NotFound)?);
        Ok(())
    }

    fn linked(&mut self, _: Port) -> bool {
        !self.0.borrow().unlinked
    }

    fn receive(&mut self, port: Port, buffer: &mut [u8]) -> usize {
        let mut outside = self.0.borrow_mut();
        if let (Port(1), Some(noise)) = (port, outside.noise) {
            buffer.fill(noise);
            return buffer.len();
        }
        let incoming = outside.incoming.entry(port).or_default();
        let count = incoming.len().min(buffer.len());
        for (to, from) in buffer.iter_mut().zip(incoming.drain(..count)) {
            *to = from;
        }
        count
    }

    fn send(&mut self, port: Port, bytes: &[u8]) -> bool {
        let mut outside = self.0.borrow_mut();
        if outside.is_off {
            return false;
        }
        outside.outgoing.entry(port).or_default().extend(bytes);
        true
    }

    fn entropy(&mut self, buffer: &mut [u8]) {
        for byte in buffer {
            let mut outside = self.0.borrow_mut();
            outside.entropy = outside.entropy.wrapping_mul(5).wrapping_add(1);
            *byte = outside.entropy;
        }
    }

    fn load(&mut self, item: Item, buffer: &mut [u8]) -> Option<usize> {
        let outside = self.0.borrow();
        let stored = outside.flash.get(&item)?;
        buffer.get_mut(..stored.len())?.copy_from_slice(stored);
        Some(stored.len())
    }

    fn store(&mut self, item: Item, bytes: &[u8]) -> bool {
        let mut outside = self.0.borrow_mut();
        if outside.is_off {
            return false;
        }
        match &mut outside.cut {
            Some(Cut { writes: 0, whole }) => {
                let whole = *whole;
                outside.is_off = true;
                if whole {
                    outside.cut_wrote = item != Item::HighWater;
                    outside.flash.insert(item, bytes.to_vec());
                }
                return false;
            }
            Some(cut) => cut.writes -= 1,
            None => {}
        }
        if !outside.flash_fails {
            outside.flash.insert(item, bytes.to_vec());
            outside.flash_writes += 1;
        }
        !outside.flash_fails
    }

    fn lend(&mut self, _: u16, bytes: usize) -> Option<Vec<u8>> {
        Some(vec![0; bytes])
    }

    fn keep(&mut self, log: u16, _: usize, _: &[u8]) -> bool {
        self.0.borrow_mut().logs.insert(log);
        true
    }

    fn keep_module(&mut self, hash: &ModuleHash, bytes: &[u8]) {
        self.0.borrow_mut().modules.insert(hash.0, bytes.to_vec());
    }

    fn kept_module(&mut self, hash: &ModuleHash) -> Option<Vec<u8>> {
        self.0.borrow().modules.get(&hash.0).cloned()
    }

    fn keep_only(&mut self, is_log: &dyn Fn(u16) -> bool, is_module: &dyn Fn(&ModuleHash) -> bool) {
        let mut outside = self.0.borrow_mut();
        outside.logs.retain(|log| is_log(*log));
        outside.modules.retain(|hash, _| is_module(&ModuleHash(*hash)));
    }

    fn firmware_room(&mut self) -> u32 {
        self.0.borrow().places.as_ref().map_or(0, Places::room)
    }

    fn firmware_crc(&mut self) -> u32 {
        self.0.borrow().places.as_ref().map_or(0, |places| link::crc32(0, places.image()))
    }

    fn write_firmware(&mut self, offset: u32, bytes: &[u8]) -> bool {
        self.0.borrow_mut().places.as_mut().is_some_and(|places| places.write(offset as usize, bytes))
    }

    fn read_firmware(&mut self, offset: u32, buffer: &mut [u8]) -> bool {
        self.0.borrow().places.as_ref().is_some_and(|places| places.read(offset as usize, buffer))
    }

    fn try_firmware(&mut self) -> bool {
        self.0.borrow_mut().places.as_mut().is_some_and(Places::try_other)
    }

    fn is_on_trial(&mut self) -> bool {
        self.0.borrow().places.as_ref().is_some_and(Places::is_on_trial)
    }

    fn keep_firmware(&mut self) -> bool {
        self.0.borrow_mut().places.as_mut().is_none_or(Places::keep)
    }

    fn restart(&mut self) {
        self.0.borrow_mut().restarts += 1;
    }

    fn console(&mut self, text: &str) {
        self.0.borrow_mut().console.push_str(text);
    }

    fn trace(&mut self, at_us: u64, event: &Trace<'_>) {
        let mut outside = self.0.borrow_mut();
        if let Trace::Finished(report) = event {
            outside.console.push_str(&format!("{report}\n"));
        }
        if !outside.is_off {
            outside.trace.push(format!("{at_us} {event}"));
        }
    }
}

/// A compiled module and its hash.
#[derive(Clone)]
pub struct Code {
    pub bytes: Vec<u8>,
    pub hash: ModuleHash,
}

impl Code {
    pub fn new(source: &str) -> Self {
        let compiled = compile(&Package::single("lights.py", source), &Options::default());
        let bytes = compiled.unwrap_or_else(|diagnostics| panic!("{diagnostics:?}")).module;
        Self::raw(bytes)
    }

    pub fn raw(bytes: Vec<u8>) -> Self {
        let hash = ModuleHash(Sha256::digest(&bytes).into());
        Self { bytes, hash }
    }
}

/// What the edge does with what devices ask.
#[derive(Default)]
pub struct Edge {
    pub modules: Vec<Code>,
    /// Answers to Fetch instead of the truth.
    pub offer: Option<fn(&Fetch<'_>) -> Offer<'static>>,
    /// Says which of its frames get lost, by number.
    pub loses: Option<fn(usize) -> bool>,
    /// What it answers to Invoke; none: nothing.
    pub result: Option<&'static str>,
    pub asked: Vec<String>,
    /// The device's answer to a pairing.
    pub paired: Option<Paired>,
    /// What it has since then: it seals what it says, and hears nothing else but an answer to a pairing.
    pub session: Option<Session>,
    /// What the device has asked under the edge's own key.
    pub queue: Vec<Vec<u8>>,
    sent: usize,
}

impl Edge {
    /// Hears a frame; those it answers with.
    fn hear(&mut self, kind: u8, body: &[u8]) -> Vec<Vec<u8>> {
        let (kind, body) = match &mut self.session {
            Some(session) if kind == Kind::Sealed as u8 => session.open(body).unwrap(),
            Some(_) if kind != Kind::Paired as u8 => panic!("a paired device seals what it says"),
            _ => (kind, body),
        };
        if kind == Kind::Request as u8 {
            assert!(self.session.is_some(), "only a paired device speaks of its queue");
            self.queue.push(body.to_vec());
            return Vec::new();
        }
        let answers = self.answer(&Message::decode(kind, body).unwrap());
        answers.into_iter().map(|(kind, body)| self.say(kind, &body)).collect()
    }

    /// A frame that says this.
    pub fn say(&mut self, kind: Kind, body: &[u8]) -> Vec<u8> {
        let Some(session) = &mut self.session else { return frame(kind, body) };
        let (header, tag) = session.seal(kind as u8, body).unwrap();
        frame(Kind::Sealed, &[&header[..], body, &tag].concat())
    }

    fn answer(&mut self, message: &Message<'_>) -> Vec<(Kind, Vec<u8>)> {
        let mut frames = Vec::new();
        let mut say = |message: Message<'_>| {
            self.sent += 1;
            if !self.loses.is_some_and(|loses| loses(self.sent)) {
                let mut body = vec![0; 10_000];
                let length = message.encode(&mut body).unwrap();
                frames.push((message.kind(), body[..length].to_vec()));
            }
        };
        match *message {
            Message::Fetch(fetch) => {
                let Fetch { id, wanted, function, arena, .. } = fetch;
                self.asked.push(format!("fetch {function} {arena}"));
                let known = self.modules.iter().find(|code| code.hash == wanted);
                let offer = match (self.offer, known) {
                    (Some(offer), _) => offer(&fetch),
                    (None, Some(code)) => {
                        Offer::Module { hash: code.hash, size: code.bytes.len() as u32, memory: 1024 }
                    }
                    (None, None) => Offer::NotFound,
                };
                say(Message::Fetched(Fetched { id, offer }));
            }
            Message::Pull(Pull { id, hash, offset, length, chunk }) => {
                self.asked.push(format!("pull {offset} {length}"));
                let known = self.modules.iter().find(|code| code.hash == hash);
                let bytes = known.map_or(&[][..], |code| &code.bytes[offset as usize..(offset + length) as usize]);
                for (index, bytes) in bytes.chunks(chunk.into()).enumerate() {
                    let offset = offset + index as u32 * u32::from(chunk);
                    say(Message::Chunk(Chunk { id, offset, bytes }));
                }
            }
            Message::Invoke(Invoke { id, function, event, .. }) => {
                self.asked.push(format!("invoke {function} {}", event.escape_ascii()));
                if let Some(result) = self.result {
                    let outcome = nano_wire::message::InvokeOutcome::Returned;
                    let body = result.as_bytes();
                    say(Message::Invoked(Invoked { id, outcome, duration_us: 5, instructions: 7, body }));
                }
            }
            Message::Paired(paired) => self.paired = Some(paired),
            ref other => panic!("a device does not say {other:?}"),
        }
        frames
    }
}

pub fn frame(kind: Kind, body: &[u8]) -> Vec<u8> {
    let mut out = vec![0; link::encoded_bytes(body.len())];
    let length = link::encode(kind as u8, &[body], &mut out).unwrap();
    out.truncate(length);
    out
}

/// A device on the workbench.
pub struct Bench {
    pub runtime: Runtime<TestBoard>,
    pub outside: Rc<RefCell<Outside>>,
    pub edge: Edge,
    pub config: Config,
    pub root: Capability,
    decoders: BTreeMap<Port, Decoder<Vec<u8>>>,
    /// Responses that came out, by port.
    pub responses: BTreeMap<Port, VecDeque<Vec<u8>>>,
    sequencer: Sequencer,
}

pub fn identity() -> Identity {
    Identity { key: DeviceKey::new([7; 32]), id: DeviceId([1; 8]) }
}

pub const CONFIG: Config = Config { ports: 2, frame_bytes: 1024, answer_bytes: 512, ..Config::SMALL };

impl Bench {
    pub fn new() -> Self {
        Self::with(CONFIG)
    }

    pub fn with(config: Config) -> Self {
        Self::on(TestBoard::default(), config)
    }

    fn on(board: TestBoard, config: Config) -> Self {
        let outside = Rc::clone(&board.0);
        let runtime = Runtime::boot(board, &identity(), config).unwrap();
        let mut ring = KeyRing::new(identity().key, identity().id, 0);
        ring.enable(0).unwrap();
        let everything = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap();
        let root = ring.root(0, &everything).unwrap();
        Self {
            runtime,
            outside,
            edge: Edge::default(),
            config,
            root,
            decoders: BTreeMap::new(),
            responses: BTreeMap::new(),
            sequencer: Sequencer::new(),
        }
    }

    /// A device with two places for a firmware.
    pub fn with_places() -> Self {
        let board = TestBoard::default();
        board.0.borrow_mut().places = Some(Places::new());
        Self::on(board, CONFIG)
    }

    /// Power fails and comes back; only flash survives, without modules.
    pub fn reboot(self) -> Self {
        self.reboot_with(BTreeMap::new())
    }

    /// As [`Bench::reboot`], with these modules.
    pub fn reboot_with(self, modules: BTreeMap<[u8; 32], Vec<u8>>) -> Self {
        let flash = self.outside.borrow().flash.clone();
        let places = self.outside.borrow().places.clone();
        let board = TestBoard::with_flash(flash);
        board.0.borrow_mut().places = places.map(Places::start);
        board.0.borrow_mut().modules = modules;
        let mut bench = Self::on(board, self.config);
        bench.edge = self.edge;
        bench
    }

    /// Bytes for a port.
    pub fn push(&mut self, port: Port, bytes: &[u8]) {
        self.outside.borrow_mut().incoming.entry(port).or_default().extend(bytes);
    }

    /// Takes turns for this long, the edge and its answers included.
    pub fn run(&mut self, us: u64) {
        let until = self.outside.borrow().now_us + us;
        while self.outside.borrow().now_us < until {
            let poll = self.runtime.poll();
            if !self.exchange() && !poll.busy {
                self.runtime.board_mut().idle(poll.next_us.min(until));
            }
        }
    }

    /// Delivers what came out; whether anything was.
    fn exchange(&mut self) -> bool {
        let outgoing = std::mem::take(&mut self.outside.borrow_mut().outgoing);
        let any = !outgoing.is_empty();
        for (port, bytes) in outgoing {
            for byte in bytes {
                let decoder = self.decoders.entry(port).or_insert_with(|| Decoder::new(vec![0; 10_000]));
                if !decoder.push(byte).unwrap() {
                    continue;
                }
                let frame = decoder.frame().unwrap();
                if frame.kind == Kind::Response as u8 {
                    self.responses.entry(port).or_default().push_back(frame.body.to_vec());
                    continue;
                }
                assert_eq!(port, Port::EDGE);
                for answer in self.edge.hear(frame.kind, frame.body) {
                    self.outside.borrow_mut().incoming.entry(port).or_default().extend(answer);
                }
            }
        }
        any
    }

    pub fn now_ms(&self) -> u64 {
        NOW_MS + self.outside.borrow().now_us / 1000
    }

    /// Follows the device's time, which it says in an answer that a sequence number is low.
    pub fn follow(&mut self, rseq: u64) {
        let now_ms = self.now_ms();
        self.sequencer.follow(rseq, now_ms);
    }

    /// A request in the next place of lane 0.
    pub fn bind(&mut self, capability: &Capability, op: Op, ns: u16, woof: u16, payload: &[u8]) -> (Vec<u8>, Exchange) {
        let now_ms = self.now_ms();
        let seq = self.sequencer.next(now_ms);
        Self::bind_at(capability, op, ns, woof, payload, seq)
    }

    /// As [`Bench::bind`], with one capability or two.
    pub fn bind_tokens(
        &mut self,
        tokens: &[Token<'_>],
        op: Op,
        ns: u16,
        woof: u16,
        payload: &[u8],
    ) -> (Vec<u8>, Exchange) {
        let now_ms = self.now_ms();
        let request = Request { op, lane: 0, seq: self.sequencer.next(now_ms), ns, woof, payload, wide_tag: false };
        let mut wire = vec![0; 1000];
        let bound = request.bind(tokens, &mut wire).unwrap();
        wire.truncate(bound.len);
        (wire, bound.exchange)
    }

    pub fn bind_at(
        capability: &Capability,
        op: Op,
        ns: u16,
        woof: u16,
        payload: &[u8],
        seq: Sequence,
    ) -> (Vec<u8>, Exchange) {
        let mut out = vec![0; 5000];
        let request = Request { op, lane: 0, seq, ns, woof, payload, wide_tag: false };
        let bound = request.bind(&[capability.token()], &mut out).unwrap();
        out.truncate(bound.len);
        (out, bound.exchange)
    }

    /// Sends request bytes on the client's port; the response, if there is one.
    pub fn send(&mut self, request: &[u8]) -> Option<Vec<u8>> {
        let bytes = frame(Kind::Request, request);
        self.push(Port(1), &bytes);
        self.run(1000);
        self.responses.entry(Port(1)).or_default().pop_front()
    }

    /// Asks with any capability: status, rseq, payload.
    pub fn ask(
        &mut self,
        capability: &Capability,
        op: Op,
        ns: u16,
        woof: u16,
        payload: &[u8],
    ) -> (Status, u64, Vec<u8>) {
        let (request, exchange) = self.bind(capability, op, ns, woof, payload);
        let answer = self.send(&request).expect("an answer");
        let response = exchange.open(&answer).unwrap();
        (response.status, response.rseq, response.payload.to_vec())
    }

    /// As the owner, who expects it to be done.
    pub fn must(&mut self, op: Op, ns: u16, woof: u16, payload: &[u8]) -> (u64, Vec<u8>) {
        let root = self.root.clone();
        let (status, rseq, payload) = self.ask(&root, op, ns, woof, payload);
        assert_eq!(status, Status::Ok, "{op}: {payload:?}");
        (rseq, payload)
    }

    /// As the owner, who expects it to be refused.
    pub fn refused(&mut self, op: Op, ns: u16, woof: u16, payload: &[u8]) -> (Status, Vec<u8>) {
        let root = self.root.clone();
        let (status, _, payload) = self.ask(&root, op, ns, woof, payload);
        assert_ne!(status, Status::Ok, "{op}");
        (status, payload)
    }

    pub fn make_namespace(&mut self, name: &str) -> u16 {
        let (_, payload) = self.must(Op::MkNs, ANY, ANY, &str8(name));
        u16::from_le_bytes(payload.try_into().unwrap())
    }

    pub fn make_log(&mut self, ns: u16, name: &str, element: u32, history: u32) -> u16 {
        let payload = [&element.to_le_bytes()[..], &history.to_le_bytes(), &str8(name)].concat();
        let (_, payload) = self.must(Op::MkWoof, ns, ANY, &payload);
        u16::from_le_bytes(payload.try_into().unwrap())
    }

    /// The log `app/light`.
    pub fn light(&mut self) -> (u16, u16) {
        let ns = self.make_namespace("app");
        (ns, self.make_log(ns, "light", 64, 32))
    }

    pub fn configuration<'a>(code: &Code, name: &'a str) -> Configuration<'a> {
        Configuration {
            hash: code.hash,
            size: code.bytes.len() as u32,
            memory: 16 << 10,
            timeout_ms: 1000,
            every: 1,
            place: Place::Device,
            name,
            handler: "lights.handler",
        }
    }

    pub fn install(&mut self, (ns, woof): (u16, u16), install: &Install<'_>) -> Installed {
        let mut payload = vec![0; 2000];
        let length = install.encode(&mut payload).unwrap();
        let (_, answer) = self.must(Op::Install, ns, woof, &payload[..length]);
        Installed::decode(&answer).unwrap()
    }

    /// Installs a function whose module the edge has, and waits for it to be fetched.
    pub fn deploy(&mut self, log: (u16, u16), name: &str, source: &str) -> Code {
        let code = Code::new(source);
        self.edge.modules.push(code.clone());
        self.install(log, &Install::Configure(Self::configuration(&code, name)));
        self.run(10_000);
        code
    }

    pub fn append(&mut self, (ns, woof): (u16, u16), payload: &[u8]) -> u64 {
        self.runtime.append(ns, woof, payload).unwrap()
    }

    /// The newest records of a log, through GET.
    pub fn tail(&mut self, ns: u16, woof: u16, count: u16) -> Vec<(u64, Vec<u8>)> {
        let mut payload = [0; 11];
        let mut writer = Writer::new(&mut payload);
        Selection::write(Some(Selection::Tail(count)), &mut writer).unwrap();
        let length = writer.len();
        let (_, answer) = self.must(Op::Get, ns, woof, &payload[..length]);
        Records::decode(&answer)
            .unwrap()
            .iter()
            .map(|Record { sequence, payload, .. }| (sequence, payload.into()))
            .collect()
    }

    /// The last line of the console.
    pub fn said(&self) -> String {
        self.outside.borrow().console.lines().last().unwrap_or_default().to_owned()
    }

    /// The last record of the log of results.
    pub fn result(&self) -> String {
        let log = self.runtime.objects().log(1, 1).unwrap();
        String::from_utf8(log.ring.latest().unwrap().payload.to_vec()).unwrap()
    }

    /// Whether the trace has a line with this text.
    pub fn traced(&self, text: &str) -> bool {
        self.outside.borrow().trace.iter().any(|line| line.contains(text))
    }
}

pub fn str8(text: &str) -> Vec<u8> {
    [&[text.len() as u8], text.as_bytes()].concat()
}
