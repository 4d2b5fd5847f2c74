//! The edge's end of the link to a device: fetch, pull, invoke, append, read; answered by the edge in this process.

use std::fmt;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_caps::{End, Pairing, Session, Verifier};
use nano_device::Port;
use nano_edge::{AppendError, DeviceAsks, Edge, Invoke as EdgeInvoke, TranslationError, Waiter};
use nano_wire::features::Features;
use nano_wire::link::{self, Frame};
use nano_wire::message::operation::LogStat;
use nano_wire::message::{
    Append, AppendRefusal, Appended, Chunk, Entrust, Fetch, Fetched, Invoke, InvokeOutcome, Invoked, Kind, Message,
    ModuleHash, Offer, Pair, PairProof, Pull, Read, ReadOutcome, ReadReply, Record, Records, RecordsWriter, Selection,
};
use nano_wire::module::ISA_VERSION;
use nano_woof::{Entry, Sequence};

use crate::inbox::Inbox;
use crate::library::Library;
use crate::network::Link;
use crate::random::Random;

/// Largest body of an answer.
const MOST_BODY: usize = 60_000;
/// Most records of one answer.
const MOST_RECORDS: u16 = 1000;

/// The edge as a device sees it.
pub struct EdgePort {
    device: String,
    edge: Edge,
    library: Arc<Library>,
    sessions: Mutex<Sessions>,
    taking: Mutex<Taking>,
    taken: Condvar,
}

/// How the device stands to its queue.
struct Taking {
    /// Hears each of its requests in a session once.
    verifier: Verifier,
    /// It has shown its capability in this session.
    is_taking: bool,
}

impl Default for Taking {
    fn default() -> Self {
        Self { verifier: Verifier::boot(None, 0, 0), is_taking: false }
    }
}

/// Until the device has heard the edge's proof, it speaks as before.
#[derive(Debug, Default)]
struct Sessions {
    /// The one in which the device has spoken last.
    spoken: Option<Session>,
    /// Of a pairing since then.
    offered: Option<Session>,
}

impl Sessions {
    /// Opens a sealed message. `begun`: it is the first of its session.
    fn open<'a>(&mut self, bytes: &'a [u8], begun: &mut bool) -> Result<(u8, &'a [u8]), nano_caps::Error> {
        if let Some(Ok(opened)) = self.offered.as_mut().map(|session| session.open(bytes)) {
            self.spoken = self.offered.take();
            *begun = true;
            return Ok(opened);
        }
        self.spoken.as_mut().map_or(Err(nano_caps::Error::Tag), |session| session.open(bytes))
    }
}

impl fmt::Debug for EdgePort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EdgePort").finish_non_exhaustive()
    }
}

impl EdgePort {
    /// For the device of this name. Modules that go out are remembered in `library`.
    pub fn new(device: &str, edge: Edge, library: Arc<Library>) -> Self {
        Self {
            device: device.to_owned(),
            edge,
            library,
            sessions: Mutex::default(),
            taking: Mutex::default(),
            taken: Condvar::new(),
        }
    }

    /// The edge.
    pub fn edge(&self) -> &Edge {
        &self.edge
    }

    /// The device's name.
    pub fn device(&self) -> &str {
        &self.device
    }

    /// Whether answering this frame may take its time, because a function runs.
    pub fn is_slow(kind: u8, body: &[u8]) -> bool {
        let inside = if kind == Kind::Sealed as u8 { body.first().copied() } else { Some(kind) };
        inside == Some(Kind::Invoke as u8)
    }

    /// Answers a frame of the device; each answer is told as it is made, its kind and body.
    ///
    /// Where the edge holds a root of the device, it hears nothing but what the device has sealed since they paired, and
    /// seals its answers. Whatever else comes is answered by the question that begins a pairing: the device, or the edge,
    /// has begun anew.
    pub fn hear(&self, kind: u8, body: &[u8], tell: &mut dyn FnMut(u8, &[u8])) {
        if kind == Kind::Sealed as u8 {
            let mut begun = false;
            let opened = self.sessions().open(body, &mut begun);
            if begun {
                *self.taking() = Taking::default();
            }
            if let Ok((kind, request)) = opened
                && kind == Kind::Request as u8
            {
                return self.hear_of_queue(request);
            }
            return match opened.map(|(kind, body)| Message::decode(kind, body)) {
                Ok(Ok(message)) => self.answer(&message, &mut |answer| self.seal(answer, tell)),
                // Heard before, or too old.
                Ok(Err(_)) | Err(nano_caps::Error::Stale) => {}
                Err(_) => {
                    self.ask_to_pair(tell);
                }
            };
        }
        match Message::decode(kind, body) {
            Ok(Message::Paired(paired)) => {
                let Some(pairing) = self.edge.holdings().finish(&self.device, paired.nonce, &paired.proof) else {
                    return;
                };
                self.paired(&pairing);
                say(&Message::PairProof(PairProof { proof: pairing.edge_proof() }), tell);
            }
            Ok(_) if self.ask_to_pair(tell) => {}
            Ok(message) => self.answer(&message, &mut |answer| say(answer, tell)),
            Err(_) => {}
        }
    }

    /// The device has proved itself; it will speak under this run's key as soon as it knows that the edge has, too.
    pub fn paired(&self, pairing: &Pairing) {
        *self.taking() = Taking::default();
        self.sessions().offered = Some(Session::new(pairing, End::Edge));
    }

    fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seal(&self, answer: &Message<'_>, tell: &mut dyn FnMut(u8, &[u8])) {
        say(answer, &mut |kind, body| {
            let sealed = self.sessions().spoken.as_mut().map(|session| session.seal(kind, body));
            if let Some(Ok((header, tag))) = sealed {
                tell(Kind::Sealed as u8, &[&header[..], body, &tag].concat());
            }
        });
    }

    fn taking(&self) -> MutexGuard<'_, Taking> {
        self.taking.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A REQUEST of the device's under the edge's key: it takes what waits, or brings an answer.
    fn hear_of_queue(&self, request: &[u8]) {
        let asks = self.edge.queues().hear_device(&self.device, &mut self.taking().verifier, request);
        match asks {
            Some(DeviceAsks::Take) => {
                self.taking().is_taking = true;
                self.taken.notify_all();
            }
            // What the disk can't keep has not been answered: it is asked again.
            Some(DeviceAsks::Answer(place, answer)) => {
                let _ = self.edge.waiting().answered(&self.device, place, Some(&answer));
            }
            None => {}
        }
    }

    /// Whether the device has shown that it may take from its queue, on the link as it is.
    pub fn is_taking(&self) -> bool {
        self.taking().is_taking
    }

    /// As [`EdgePort::is_taking`], within so long.
    pub fn is_taking_within(&self, patience: Duration) -> bool {
        let waited = self.taken.wait_timeout_while(self.taking(), patience, |taking| !taking.is_taking);
        waited.unwrap_or_else(PoisonError::into_inner).0.is_taking
    }

    /// The device is to show that again.
    pub fn doubt(&self) {
        self.taking().is_taking = false;
    }

    /// Entrusts the device with the capability for its queue; whether the two have paired.
    pub fn entrust(&self, tell: &mut dyn FnMut(u8, &[u8])) -> bool {
        let Some(capability) = self.edge.queues().entrust(&self.device) else { return false };
        let mut sessions = self.sessions();
        let Sessions { spoken, offered } = &mut *sessions;
        let Some(session) = offered.as_mut().or(spoken.as_mut()) else { return false };
        let token = capability.token();
        let masked = *session.mask(token.body, &token.key).as_bytes();
        let message = Message::Entrust(Entrust { masked, body: token.body.as_bytes() });
        let mut sealed = Vec::new();
        say(&message, &mut |kind, body| {
            if let Ok((header, tag)) = session.seal(kind, body) {
                sealed = [&header[..], body, &tag].concat();
            }
        });
        drop(sessions);
        tell(Kind::Sealed as u8, &sealed);
        true
    }

    /// Hands the device a request that waited, and the place that its answer names.
    pub fn hand(&self, waiter: &Waiter, tell: &mut dyn FnMut(u8, &[u8])) {
        let body = [&waiter.number.to_le_bytes()[..], &waiter.request].concat();
        let sealed = self.sessions().spoken.as_mut().map(|session| session.seal(Kind::Request as u8, &body));
        if let Some(Ok((header, tag))) = sealed {
            tell(Kind::Sealed as u8, &[&header[..], &body, &tag].concat());
        }
    }

    /// Asks the device to pair, where the edge can; whether it can.
    pub fn ask_to_pair(&self, tell: &mut dyn FnMut(u8, &[u8])) -> bool {
        let Some((nonce, root)) = self.edge.holdings().begin(&self.device) else { return false };
        say(&Message::Pair(Pair { nonce, root: &root }), tell);
        true
    }

    fn answer(&self, message: &Message<'_>, tell: &mut dyn FnMut(&Message<'_>)) {
        match *message {
            Message::Fetch(fetch) => self.fetch(&fetch, tell),
            Message::Pull(pull) => self.pull(&pull, tell),
            Message::Invoke(invoke) => self.invoke(&invoke, tell),
            Message::Append(append) => {
                let outcome = self.append(&append);
                tell(&Message::Appended(Appended { id: append.id, outcome }));
            }
            Message::Read(read) => self.read(&read, tell),
            // Answers are the edge's own; a device that sends one is ignored.
            _ => {}
        }
    }

    fn fetch(&self, fetch: &Fetch<'_>, tell: &mut dyn FnMut(&Message<'_>)) {
        let Fetch { id, isa, arena, wanted, held, function, features, .. } = *fetch;
        let reason;
        let offer = match self.offer(isa, arena, features, wanted, function) {
            Ok((hash, _)) if hash == held => Offer::NotModified,
            Ok((hash, size)) => Offer::Module { hash, size, memory: 0 },
            Err(TranslationError::TooLarge { needed, .. }) => Offer::TooLarge { needed },
            Err(TranslationError::Lacks(features)) => Offer::Lacks { features },
            // There is no such function, or no longer.
            Err(TranslationError::Store(_)) => Offer::NotFound,
            Err(error) => {
                let mut words = error.reason();
                words.truncate(words.floor_char_boundary(255));
                reason = words;
                Offer::Failed { reason: &reason }
            }
        };
        tell(&Message::Fetched(Fetched { id, offer }));
    }

    /// Hash and size of the module that a device gets.
    fn offer(
        &self,
        isa: u16,
        arena: u32,
        features: Features,
        wanted: ModuleHash,
        function: &str,
    ) -> Result<(ModuleHash, u32), TranslationError> {
        if isa != ISA_VERSION {
            let words = format!("the device runs modules of version {isa}, the edge makes {ISA_VERSION}");
            return Err(TranslationError::Unsound(words));
        }
        let current =
            self.edge.translate_for(function, arena, features).map(|translation| self.library.add(translation));
        let known = match current {
            Ok(current) if wanted.is_none() || current.hash == wanted.0 => current,
            // The one that was installed, if it is still known.
            Ok(_) => self.library.get(wanted).ok_or_else(|| TranslationError::Store("replaced".into()))?,
            Err(error) => return Err(error),
        };
        // Modules are at most 8 MiB.
        Ok((ModuleHash(known.hash), known.module.bytes().len() as u32))
    }

    fn pull(&self, pull: &Pull, tell: &mut dyn FnMut(&Message<'_>)) {
        let Pull { id, hash, offset, length, chunk } = *pull;
        let known = self.library.get(hash);
        let bytes = known.as_ref().map_or(&[][..], |translation| translation.module.bytes());
        let from = (offset as usize).min(bytes.len());
        let to = from.saturating_add(length as usize).min(bytes.len());
        let wanted = bytes.get(from..to).unwrap_or_default();
        if wanted.is_empty() {
            return tell(&Message::Chunk(Chunk { id, offset, bytes: &[] }));
        }
        let chunk = usize::from(chunk).clamp(1, MOST_BODY);
        for (index, bytes) in wanted.chunks(chunk).enumerate() {
            let offset = offset + (index * chunk) as u32;
            tell(&Message::Chunk(Chunk { id, offset, bytes }));
        }
    }

    fn invoke(&self, invoke: &Invoke<'_>, tell: &mut dyn FnMut(&Message<'_>)) {
        let Invoke { id, function, event, .. } = *invoke;
        let event = json_event(event);
        let answer = self.edge.invoke(function, EdgeInvoke::new(event));
        let (outcome, duration_us, instructions, body) = match answer {
            Ok(answer) => {
                let duration = u32::try_from(answer.duration.as_micros()).unwrap_or(u32::MAX);
                let instructions = answer.instructions.unwrap_or(0);
                match answer.result {
                    Ok(result) => (InvokeOutcome::Returned, duration, instructions, result.to_vec()),
                    Err(failure) => {
                        let text = format!("{}: {}", failure.error_type, failure.message);
                        (InvokeOutcome::Raised, duration, instructions, text.into_bytes())
                    }
                }
            }
            Err(error) if error.kind == nano_edge::ErrorKind::ResourceNotFound => {
                (InvokeOutcome::NotFound, 0, 0, Vec::new())
            }
            Err(error) => (InvokeOutcome::NotRun, 0, 0, error.message.into_bytes()),
        };
        // What doesn't fit a frame is no answer a device could take.
        let (outcome, body) = if body.len() <= MOST_BODY {
            (outcome, body)
        } else {
            (InvokeOutcome::Raised, b"the result is too large for the link".to_vec())
        };
        tell(&Message::Invoked(Invoked { id, outcome, duration_us, instructions, body: &body }));
    }

    fn append(&self, append: &Append<'_>) -> Result<u64, AppendRefusal> {
        let Append { lane, client_sequence, log, payload, .. } = *append;
        let appended = self.edge.append_once(log, payload, (&self.device, lane), client_sequence);
        appended.map(Sequence::get).map_err(|error| match error {
            AppendError::Woof(nano_woof::Error::NotFound(_) | nano_woof::Error::Name(_)) => AppendRefusal::NotFound,
            AppendError::Woof(nano_woof::Error::TooLong { .. }) => AppendRefusal::TooLong,
            _ => AppendRefusal::Refused,
        })
    }

    fn read(&self, read: &Read<'_>, tell: &mut dyn FnMut(&Message<'_>)) {
        let Read { id, selection, log } = *read;
        let woofs = self.edge.woofs();
        let reply = |outcome| Message::ReadReply(ReadReply { id, outcome });
        let failed = |error: &nano_woof::Error| match error {
            nano_woof::Error::Gone { .. } => ReadOutcome::Gone,
            nano_woof::Error::NotYet(_) => ReadOutcome::NotYet,
            _ => ReadOutcome::NotFound,
        };
        let Some(selection) = selection else {
            return match woofs.stat(log) {
                Ok(stat) => tell(&reply(ReadOutcome::Stat(LogStat {
                    ns: 0,
                    woof: 0,
                    element: stat.config.element,
                    history: u32::try_from(stat.config.history).unwrap_or(u32::MAX),
                    first: stat.last.map_or(0, |_| stat.first.get()),
                    last: stat.last.map_or(0, Sequence::get),
                    namespace: &stat.namespace,
                    name: &stat.name,
                }))),
                Err(error) => tell(&reply(failed(&error))),
            };
        };
        let entries = match selection {
            Selection::Latest => woofs.latest(log).map(|entry| vec![entry]),
            Selection::At(sequence) => woofs.get(log, Sequence(sequence)).map(|entry| vec![entry]),
            Selection::Tail(count) => woofs.tail(log, count.min(MOST_RECORDS).into()),
            Selection::Range { from, count } => woofs.range(log, Sequence(from.max(1)), count.min(MOST_RECORDS).into()),
        };
        match entries {
            Ok(entries) => {
                let list = records(&entries, matches!(selection, Selection::Tail(_)));
                let outcome = Records::decode(&list).map_or(ReadOutcome::NotFound, ReadOutcome::Records);
                tell(&reply(outcome));
            }
            Err(error) => tell(&reply(failed(&error))),
        }
    }
}

/// Tells a message as kind and body. What doesn't fit a frame is not said.
fn say(message: &Message<'_>, tell: &mut dyn FnMut(u8, &[u8])) {
    let mut body = vec![0; MOST_BODY + 1024];
    if let Ok(length) = message.encode(&mut body) {
        tell(message.kind() as u8, &body[..length]);
    }
}

/// A list of as many records as fit an answer: the newest of a tail, else the first.
fn records(entries: &[Entry], newest: bool) -> Vec<u8> {
    let mut out = vec![0; MOST_BODY];
    let size = |entry: &Entry| entry.payload.len() + nano_wire::message::RECORD_OVERHEAD;
    let mut total: usize = 2 + entries.iter().map(size).sum::<usize>();
    let mut skipped = 0;
    while newest && total > MOST_BODY && skipped < entries.len() {
        total -= size(&entries[skipped]);
        skipped += 1;
    }
    let length = RecordsWriter::new(&mut out).and_then(|mut writer| {
        for Entry { header, payload } in entries.iter().skip(skipped) {
            let record = Record { sequence: header.sequence.get(), timestamp_ms: header.timestamp_ms, payload };
            if !writer.push(&record) {
                break;
            }
        }
        writer.finish()
    });
    out.truncate(length.unwrap_or(0));
    out
}

/// An event as JSON: what is none becomes a list of its bytes, which a handler reads as it would bytes.
fn json_event(event: &[u8]) -> Vec<u8> {
    if serde_json::from_slice::<serde::de::IgnoredAny>(event).is_ok() {
        return event.to_vec();
    }
    serde_json::to_vec(event).unwrap_or_default()
}

/// A frame on its way to the edge.
struct Job {
    kind: u8,
    body: Vec<u8>,
    arrives_us: u64,
}

/// How a device's frames come to the edge.
#[derive(Debug)]
pub enum Uplink {
    /// There is no edge.
    None,
    /// Answered at once, in the device's thread: the edge takes no time, so that the same run takes the same time.
    Inline(Arc<EdgePort>),
    /// Answered by a thread, while the device goes on.
    Thread(UplinkThread),
}

/// The thread of an [`Uplink`]. It has ended when this is dropped, and lets go of the edge.
pub struct UplinkThread {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for UplinkThread {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for UplinkThread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UplinkThread").finish_non_exhaustive()
    }
}

impl Uplink {
    /// An uplink that is answered by a thread.
    pub fn thread(port: Arc<EdgePort>, link: Link, seed: u64, inbox: &Arc<Inbox>) -> std::io::Result<Self> {
        let (sender, jobs) = mpsc::channel();
        let inbox = Arc::clone(inbox);
        let builder = thread::Builder::new().name("nano-uplink".into());
        let thread = builder.spawn(move || serve(&jobs, &port, &link, seed, &inbox))?;
        Ok(Self::Thread(UplinkThread { jobs: Some(sender), thread: Some(thread) }))
    }

    /// Whether there is an edge.
    pub fn is_there(&self) -> bool {
        !matches!(self, Self::None)
    }

    /// Takes a frame that arrives at the edge at `arrives_us`; its answers go to the inbox.
    pub fn send(&self, frame: Frame<'_>, arrives_us: u64, link: &Link, random: &mut Random, inbox: &Inbox) {
        match self {
            Self::None => {}
            Self::Inline(port) => {
                port.hear(frame.kind, frame.body, &mut |kind, body| {
                    deliver(kind, body, arrives_us, link, random, inbox);
                });
            }
            Self::Thread(thread) => {
                if let Some(jobs) = &thread.jobs {
                    // A thread that is gone answers nothing, as an edge that is down.
                    let _ = jobs.send(Job { kind: frame.kind, body: frame.body.to_vec(), arrives_us });
                }
            }
        }
    }
}

/// Sends an answer that leaves the edge at `at_us`.
fn deliver(kind: u8, body: &[u8], at_us: u64, link: &Link, random: &mut Random, inbox: &Inbox) {
    let Some(delay) = link.delay(body.len(), random) else { return };
    let mut wire = vec![0; link::encoded_bytes(body.len())];
    let Ok(size) = link::encode(kind, &[body], &mut wire) else { return };
    wire.truncate(size);
    inbox.deliver(Port::EDGE, at_us.saturating_add(delay), wire);
}

fn serve(jobs: &Receiver<Job>, port: &Arc<EdgePort>, link: &Link, seed: u64, inbox: &Arc<Inbox>) {
    let random = Arc::new(Mutex::new(Random::new(seed)));
    while let Ok(job) = jobs.recv() {
        let (port, link, inbox, random) = (Arc::clone(port), *link, Arc::clone(inbox), Arc::clone(&random));
        let begun = Instant::now();
        let is_slow = EdgePort::is_slow(job.kind, &job.body);
        let work = move || {
            port.hear(job.kind, &job.body, &mut |kind, body| {
                let took_us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
                let mut random = random.lock().unwrap_or_else(PoisonError::into_inner);
                deliver(kind, body, job.arrives_us.saturating_add(took_us), &link, &mut random, &inbox);
            });
        };
        // A function at the edge may take its time; everything else is quick, and stays in order.
        if is_slow {
            // Where there can be no more threads the device gets no answer, and says so.
            let _ = thread::Builder::new().name("nano-offload".into()).spawn(work);
        } else {
            work();
        }
    }
}
