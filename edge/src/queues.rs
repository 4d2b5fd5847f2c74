//! The gate of this edge's queues: the edge's own key, the capabilities under it, and who may put in and take out.
//!
//! What waits for a device that sleeps ([`crate::Waiting`]) is reached only with a capability under this key: a client's, which
//! puts requests in and takes answers out, or the device's own, which takes requests and brings answers. Neither is good
//! for anything at a device, whose gate asks for a capability under the device's key as well.
//!
//! ```text
//! queues/key       the edge's key (32 bytes) and identity (8 bytes), hexadecimal, mode 0600. Without the file a new one is
//!                  made at the next start, and what hung from the old one is dead; devices get theirs anew as they pair
//! queues/mark      the high-water mark of its clients' sequence numbers
//! queues/devices   the devices' names; a device's number is its line
//! ```

use std::fmt;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use nano_caps::{
    ANY, Capability, DeviceId, DeviceKey, Error, FrameBuilder, KeyRing, LANES, Op, Refusal, RequestView, Right, Rights,
    Sequence, Silence, Status, Verified, Verifier,
};
use nano_wire::message::Writer;
use nano_wire::message::queue::{ANSWERS, Collected, Entry, Put, REQUESTS, State};

use crate::audit::{Audit, AuditEntry};
use crate::secret::write_secret;
use crate::waiting::{LONGEST_WAIT, Listed, MOST_WAITING, QueueError, RequestId, WaitState, Waiting};
use crate::world::World;

/// The owner's and his clients' slot, and that of devices.
const CLIENTS: u8 = 0;
const DEVICES: u8 = 1;
const KEY_BYTES: usize = 32;
const ID_BYTES: usize = 8;
/// What the audit log says behind a device's name where its queue was asked and not the device.
pub const QUEUE_OF: &str = " (queue)";
/// Longest that a client is told to wait before he asks again, seconds.
const MOST_RETRY_S: u64 = 3600;

/// The edge's key and what it numbers devices by, as it lies in the edge's folder. Who may read it owns the queues.
#[derive(Debug)]
pub struct QueueKeys {
    keys: KeyRing,
    devices: Vec<String>,
}

impl QueueKeys {
    /// That of the edge whose data this is; nothing where it has none.
    pub fn read(data: &Path) -> io::Result<Option<Self>> {
        let folder = data.join("queues");
        let text = match fs::read_to_string(folder.join("key")) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let damaged =
            || io::Error::new(io::ErrorKind::InvalidData, "the edge's key is damaged: delete it for a new one");
        let (key, id) = parse(text.trim()).ok_or_else(damaged)?;
        let mut keys = KeyRing::new(key, id, 0);
        keys.enable(CLIENTS).and_then(|()| keys.enable(DEVICES)).map_err(io::Error::other)?;
        let devices = match fs::read_to_string(folder.join("devices")) {
            Ok(text) => text.lines().map(str::to_owned).collect(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Some(Self { keys, devices }))
    }

    /// The number of a device that the edge has had to do with.
    pub fn handle(&self, device: &str) -> Option<u16> {
        let line = self.devices.iter().position(|name| name == device)?;
        u16::try_from(line + 1).ok().filter(|handle| *handle != ANY)
    }

    /// What the owner of the edge may: everything with all queues.
    pub fn root(&self) -> Result<Capability, Error> {
        self.keys.root(CLIENTS, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build()?)
    }

    /// What lets a client ask things of one device while it sleeps: put in, list and cancel, and take answers out.
    pub fn client(&self, handle: u16, lane: u8, expires: Option<u32>) -> Result<Capability, Error> {
        let frame = FrameBuilder::new()
            .grant(REQUESTS, handle, Right::Put | Right::Stat | Right::Drop)
            .grant(ANSWERS, handle, Right::Get.into())
            .lane(lane);
        let frame = expires.into_iter().fold(frame, FrameBuilder::expires);
        self.root()?.derive(&frame.build()?)
    }

    /// What lets the device take what waits for it and bring its answers.
    fn device(&self, handle: u16) -> Result<Capability, Error> {
        let frame =
            FrameBuilder::new().grant(REQUESTS, handle, Right::Get.into()).grant(ANSWERS, handle, Right::Put.into());
        self.keys.root(DEVICES, &frame.build()?)
    }
}

fn parse(text: &str) -> Option<(DeviceKey, DeviceId)> {
    if text.len() != (KEY_BYTES + ID_BYTES) * 2 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; KEY_BYTES + ID_BYTES];
    for (index, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    let (key, id) = bytes.split_first_chunk::<KEY_BYTES>()?;
    Some((DeviceKey::new(*key), DeviceId(id.try_into().ok()?)))
}

/// What a client of a queue hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueueAnswer {
    /// A RESPONSE under the client's key.
    Response(Vec<u8>),
    /// The same, to who had better wait so long before he asks again: the queue is full.
    Later(Vec<u8>, Duration),
    /// Nothing: no capability of this edge's proves what was asked.
    Silent,
    /// Nothing now: too many ask.
    Flood,
    /// An authentic request that asks for nonsense.
    Wrong(String),
}

/// What a device asks for, having shown its capability.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceAsks {
    /// It is awake and takes what waits for it.
    Take,
    /// Its answer to the request of this place.
    Answer(u64, Vec<u8>),
}

struct Gate {
    keys: QueueKeys,
    verifier: Verifier,
    /// The last answer of each lane, for the same request again.
    answers: [Vec<u8>; LANES as usize],
}

/// The gate.
pub struct Queues {
    folder: PathBuf,
    world: World,
    waiting: Waiting,
    gate: Mutex<Gate>,
}

impl fmt::Debug for Queues {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queues").finish_non_exhaustive()
    }
}

impl Queues {
    /// With the key of before, or one that is made now.
    pub(crate) fn open(data: &Path, world: World, waiting: Waiting) -> io::Result<Self> {
        let folder = data.join("queues");
        DirBuilder::new().recursive(true).mode(0o700).create(&folder)?;
        let keys = match QueueKeys::read(data)? {
            Some(keys) => keys,
            None => {
                let mut secret = [0; KEY_BYTES + ID_BYTES];
                (world.random)(&mut secret);
                let text = secret.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
                write_secret(&folder.join("key"), format!("{text}\n").as_bytes())?;
                QueueKeys::read(data)?.ok_or(io::ErrorKind::NotFound)?
            }
        };
        let mark = read_mark(&folder)?;
        let now_ms = world.now_ms();
        let gate = Gate { keys, verifier: Verifier::boot(mark, now_ms, now_ms), answers: Default::default() };
        Ok(Self { folder, world, waiting, gate: Mutex::new(gate) })
    }

    /// What waits.
    pub fn waiting(&self) -> &Waiting {
        &self.waiting
    }

    fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A device's number, which it keeps for ever; given now where it has none. The edge gives one to devices of which it
    /// holds a capability.
    pub fn handle(&self, device: &str) -> io::Result<u16> {
        let mut gate = self.gate();
        if let Some(handle) = gate.keys.handle(device) {
            return Ok(handle);
        }
        if !nano_woof::is_name(device) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "no name of a device"));
        }
        let names = gate.keys.devices.iter().map(String::as_str).chain([device]);
        let text: String = names.map(|name| format!("{name}\n")).collect();
        write_secret(&self.folder.join("devices"), text.as_bytes())?;
        gate.keys.devices.push(device.to_owned());
        gate.keys.handle(device).ok_or_else(|| io::Error::other("this edge has numbered 65534 devices"))
    }

    /// What a device is entrusted with when it has paired.
    pub fn entrust(&self, device: &str) -> Option<Capability> {
        let handle = self.handle(device).ok()?;
        self.gate().keys.device(handle).ok()
    }

    /// A device's REQUEST, which came under the key of its link: what it asks for, if its capability allows that. `verifier`
    /// is that of the link, which hears each number once.
    pub fn hear_device(&self, device: &str, verifier: &mut Verifier, request: &[u8]) -> Option<DeviceAsks> {
        let now_ms = self.world.now_ms();
        let gate = self.gate();
        let handle = gate.keys.handle(device)?;
        let verified = verifier.verify(&gate.keys.keys, request, now_ms, |_| true).ok()?;
        match (verified.op, verified.ns, verified.woof) {
            (Op::Get, REQUESTS, woof) if woof == handle => Some(DeviceAsks::Take),
            (Op::Put, ANSWERS, woof) if woof == handle => {
                let (answer, place) = verified.payload.split_last_chunk()?;
                Some(DeviceAsks::Answer(u64::from_le_bytes(*place), answer.to_vec()))
            }
            _ => None,
        }
    }

    /// A client's REQUEST about the queue of a device.
    pub fn hear(&self, audit: &Audit, device: &str, request: &[u8]) -> QueueAnswer {
        let now_ms = self.world.now_ms();
        let mut bytes = request.to_vec();
        let mut gate = self.gate();
        let Gate { keys, verifier, answers } = &mut *gate;
        let mark = self.folder.join("mark");
        let persist = |to: Sequence| write_secret(&mark, &to.0.to_le_bytes()).is_ok();
        let verified = match verifier.verify_in_place(&keys.keys, &mut bytes, now_ms, persist) {
            Ok(verified) => verified,
            Err(Refusal::Silent(Silence::Flood)) => return QueueAnswer::Flood,
            Err(Refusal::Silent(_)) => return QueueAnswer::Silent,
            Err(Refusal::Retry(verified)) => {
                return QueueAnswer::Response(answers.get(usize::from(verified.lane)).cloned().unwrap_or_default());
            }
            Err(refusal) => {
                if let (Refusal::Answer { status, .. }, Ok(view)) = (&refusal, RequestView::parse(request)) {
                    audit.record(entry(device, &view, *status));
                }
                let mut out = vec![0; 64];
                let length = refusal.answer(&mut out).ok().flatten().unwrap_or_default();
                out.truncate(length);
                return QueueAnswer::Response(out);
            }
        };
        let done = match keys.handle(device) {
            Some(handle) if handle == verified.woof => self.act(device, &verified, now_ms),
            // Another device's queue, or none.
            _ => Ok(Done::only(Status::Denied)),
        };
        let done = match done {
            Ok(done) => done,
            Err(text) => {
                // The same again gets no other request's answer.
                answers.get_mut(usize::from(verified.lane)).map(Vec::clear);
                return QueueAnswer::Wrong(text);
            }
        };
        if let Ok(view) = RequestView::parse(request) {
            audit.record(entry(device, &view, done.status));
        }
        let mut out = vec![0; done.payload.len() + 64];
        let length = verified.exchange.respond(done.status, done.place, &done.payload, &mut out).unwrap_or_default();
        out.truncate(length);
        if let Some(last) = answers.get_mut(usize::from(verified.lane)) {
            last.clone_from(&out);
        }
        match done.later {
            None => QueueAnswer::Response(out),
            Some(wait) => QueueAnswer::Later(out, wait),
        }
    }

    /// Does what a client may.
    fn act(&self, device: &str, verified: &Verified<'_>, now_ms: u64) -> Result<Done, String> {
        let failed = |error: nano_woof::Error| error.to_string();
        let id = || {
            let id = verified.payload.try_into().map(RequestId);
            id.map_err(|_| "a request's id has 16 bytes".to_owned())
        };
        match (verified.op, verified.ns) {
            (Op::Put, REQUESTS) => {
                let put = Put::decode(verified.payload).map_err(|error| error.to_string())?;
                let longest = LONGEST_WAIT.as_secs();
                if put.wait_s == 0 || u64::from(put.wait_s) > longest {
                    return Err(format!("a request waits from 1 to {longest} seconds"));
                }
                match self.waiting.queue(device, put.request, Duration::from_secs(put.wait_s.into())) {
                    Ok(id) => Ok(Done { payload: id.0.to_vec(), ..Done::only(Status::Ok) }),
                    Err(QueueError::Full { until_ms }) => {
                        let wait_s = until_ms.saturating_sub(now_ms).div_ceil(1000).clamp(1, MOST_RETRY_S);
                        Ok(Done { later: Some(Duration::from_secs(wait_s)), ..Done::only(Status::Busy) })
                    }
                    Err(QueueError::TooLong(_)) => Ok(Done::only(Status::TooBig)),
                    Err(error) => Err(error.to_string()),
                }
            }
            (Op::Stat, REQUESTS) => {
                let mut payload = vec![0; MOST_WAITING * Entry::SIZE];
                let mut writer = Writer::new(&mut payload);
                for listed in self.waiting.list(device).map_err(failed)? {
                    let header = listed.request.first_chunk().copied().unwrap_or([0; 18]);
                    let state = state(&listed);
                    let Listed { id: RequestId(id), expires_ms, silences, .. } = listed;
                    let entry = Entry { id, state, silences, expires_ms, header };
                    entry.write(&mut writer).map_err(|error| error.to_string())?;
                }
                let length = writer.len();
                payload.truncate(length);
                Ok(Done { payload, ..Done::only(Status::Ok) })
            }
            (Op::Drop, REQUESTS) => {
                let cancelled = self.waiting.cancel(device, id()?).map_err(failed)?;
                Ok(Done::only(if cancelled { Status::Ok } else { Status::NotFound }))
            }
            (Op::Get, ANSWERS) => {
                let Some(listed) = self.waiting.state(device, id()?).map_err(failed)? else {
                    return Ok(Done::only(Status::NotFound));
                };
                let answer = match &listed.state {
                    WaitState::Answered(answer) => &answer[..],
                    _ => &[],
                };
                let collected = Collected { state: state(&listed), request: &listed.request, answer };
                let mut payload = vec![0; listed.request.len() + answer.len() + 3];
                let length = collected.encode(&mut payload).map_err(|error| error.to_string())?;
                payload.truncate(length);
                Ok(Done { payload, ..Done::only(Status::Ok) })
            }
            // The device's, over its link.
            _ => Ok(Done::only(Status::Denied)),
        }
    }
}

/// What came of a client's request.
struct Done {
    status: Status,
    place: u64,
    payload: Vec<u8>,
    later: Option<Duration>,
}

impl Done {
    const fn only(status: Status) -> Self {
        Self { status, place: 0, payload: Vec::new(), later: None }
    }
}

fn state(listed: &Listed) -> State {
    match listed.state {
        WaitState::Waiting => State::Waiting,
        WaitState::Answered(_) => State::Answered,
        WaitState::Silent => State::Silent,
    }
}

/// For the audit log: whose queue, and who asked the edge for what.
fn entry(device: &str, view: &RequestView<'_>, status: Status) -> AuditEntry {
    let header = view.first.header();
    AuditEntry {
        at_ms: 0,
        device: format!("{device}{QUEUE_OF}"),
        client: AuditEntry::client_of(view.first.as_bytes()),
        slot: [header.slot(), header.generation(), header.epoch()],
        lane: view.lane,
        seq: view.seq.0,
        op: view.op.name().to_owned(),
        ns: view.ns,
        woof: view.woof,
        answer: status.name().to_owned(),
        missed: 0,
    }
}

/// Moves the mark of a key that has been used since this copy of it was made: above every number that a client whose clock is
/// right can have used until now.
pub(crate) fn renew_mark(data: &Path, now_ms: u64) -> io::Result<()> {
    let folder = data.join("queues");
    if !folder.join("key").exists() {
        return Ok(());
    }
    let mark =
        Sequence::new(now_ms, 0).later(nano_caps::HIGH_WATER_STEP_MS).max(read_mark(&folder)?.unwrap_or_default());
    write_secret(&folder.join("mark"), &mark.0.to_le_bytes())
}

fn read_mark(folder: &Path) -> io::Result<Option<Sequence>> {
    match fs::read(folder.join("mark")) {
        Ok(bytes) => {
            let damaged = "queues/mark is damaged: restore the data, or delete it and queues/key for a new key";
            let bytes: [u8; 8] = bytes.try_into().map_err(|_| io::Error::new(io::ErrorKind::InvalidData, damaged))?;
            Ok(Some(Sequence(u64::from_le_bytes(bytes))))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
