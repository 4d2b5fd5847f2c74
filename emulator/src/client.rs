//! A client of a device: one capability, one connection, one request at a time; retries that execute nothing twice.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::{Duration, Instant};

use nano_caps::{Capability, Error, Exchange, Identity, Op, Request, Response, Sequencer, Status};
use nano_edge::World;
use nano_wire::link::{self, Decoder};
use nano_wire::message::operation::{
    ANY, Configuration, DeviceStat, END, FunctionStat, FunctionState, Install, Installed, Listed, Listing, LogStat,
    Mint, Refused, Revocation,
};
use nano_wire::message::{Kind, MessageError, ModuleHash, Reader, Records, Selection, Writer};

/// How long an answer is waited for before the same request is sent again.
const PATIENCE: Duration = Duration::from_millis(1000);
/// How often it is sent.
const ATTEMPTS: u32 = 3;
/// Largest frame of a device.
const MOST_FRAME: usize = 64 << 10;

/// Why a device did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// Nobody listens there, or the connection broke.
    #[error("the device can't be reached: {0}")]
    Io(#[from] io::Error),
    /// No answer: the capability is revoked or not this device's, or the device is off.
    #[error("the device does not answer: the capability may be revoked or another device's, or it is off")]
    Silent,
    /// The answer was lost, and the device has forgotten it: it was reset since, or was asked in this lane by another. It would
    /// have counted twice, so it was not asked anew.
    #[error(
        "the answer was lost, and the device has forgotten it since: it was done, or not; look before you ask again"
    )]
    Forgotten,
    /// It answered that it won't.
    #[error("{}", refusal(*status, *reason))]
    Refused {
        /// The answer.
        status: Status,
        /// Why, where the capability is not the reason.
        reason: Option<Refused>,
    },
    /// A request that can't be made.
    #[error("the request {0}")]
    Request(Error),
    /// An answer that makes no sense.
    #[error("the device's answer can't be read: {0}")]
    Answer(MessageError),
}

fn refusal(status: Status, reason: Option<Refused>) -> String {
    match (status, reason) {
        (_, Some(reason)) => format!("{}: {reason}", status.name()),
        (Status::Denied, None) => "DENIED: the capability does not allow it".into(),
        (Status::Expired, None) => "EXPIRED: the capability has expired".into(),
        (Status::NotFound, None) => "NOTFOUND: there is no such log or function".into(),
        (Status::Busy, None) => "BUSY: the device can't take it now".into(),
        (Status::SeqLow, None) => "SEQ_LOW: others in its lane are ahead of the device's time".into(),
        (Status::TooBig, None) => "TOOBIG: larger than the log's records, the capability or the answer allow".into(),
        (status, None) => status.name().into(),
    }
}

impl From<MessageError> for ClientError {
    fn from(error: MessageError) -> Self {
        Self::Answer(error)
    }
}

/// An answer whose status is OK.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The log's sequence number, where the operation has one.
    pub sequence: u64,
    /// What the operation's row in `nano_wire::message::operation` says.
    pub payload: Vec<u8>,
}

/// A record, with its own bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogRecord {
    /// Position in the log.
    pub sequence: u64,
    /// When it was appended, by the device's time.
    pub timestamp_ms: u64,
    /// Its bytes.
    pub payload: Vec<u8>,
}

/// A log of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogInfo {
    /// Handle of its namespace.
    pub ns: u16,
    /// Its handle; [`ANY`]: the namespace has no logs.
    pub woof: u16,
    /// Most bytes of a record.
    pub element: u32,
    /// How many records stay.
    pub history: u32,
    /// Oldest record; 0 when there is none.
    pub first: u64,
    /// Newest record; 0 when there is none.
    pub last: u64,
    /// The namespace.
    pub namespace: String,
    /// Its name.
    pub name: String,
}

impl From<LogStat<'_>> for LogInfo {
    fn from(stat: LogStat<'_>) -> Self {
        let LogStat { ns, woof, element, history, first, last, namespace, name } = stat;
        Self { ns, woof, element, history, first, last, namespace: namespace.into(), name: name.into() }
    }
}

/// A function of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionInfo {
    /// Its name.
    pub name: String,
    /// The log that invokes it.
    pub log: (u16, u16),
    /// Whether it can run.
    pub state: FunctionState,
    /// The module that runs; none: the edge runs it.
    pub hash: ModuleHash,
    /// Bytes of its arena.
    pub memory: u32,
    /// Invocations.
    pub runs: u32,
    /// Those that failed.
    pub errors: u32,
    /// Most bytes of the arena in use during the last one.
    pub heap_peak: u32,
}

/// Status, rseq and payload of an answer.
type Said = (Status, u64, Vec<u8>);

/// Whether doing it twice differs from doing it once.
fn counts(op: Op) -> bool {
    matches!(op, Op::Put | Op::Exec | Op::Revoke)
}

/// A client of one device.
pub struct DeviceClient {
    stream: TcpStream,
    decoder: Decoder<Vec<u8>>,
    capability: Capability,
    second: Option<Capability>,
    encrypted: bool,
    lane: u8,
    sequencer: Sequencer,
    world: World,
}

impl fmt::Debug for DeviceClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeviceClient").field("lane", &self.lane).finish_non_exhaustive()
    }
}

impl DeviceClient {
    /// Connects to a device's port. Requests go in the capability's lane (0 if it names none), on the world's time.
    pub fn connect(address: impl ToSocketAddrs, capability: Capability, world: &World) -> Result<Self, ClientError> {
        let address = address.to_socket_addrs()?.next().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
        let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
        stream.set_nodelay(true)?;
        // Whatever the line carried before ends here.
        stream.write_all(&[0])?;
        let lane = capability.body().frames().flat_map(|frame| frame.entries()).find_map(|entry| match entry {
            nano_caps::Entry::Lane(lane) => Some(lane),
            _ => None,
        });
        Ok(Self {
            stream,
            decoder: Decoder::new(vec![0; link::decoder_bytes(MOST_FRAME)]),
            capability,
            second: None,
            encrypted: false,
            lane: lane.unwrap_or(0),
            sequencer: Sequencer::new(),
            world: world.clone(),
        })
    }

    /// Presents a second capability with every request, for what the first one REQUIRES.
    #[must_use]
    pub fn with_second(mut self, capability: Capability) -> Self {
        self.second = Some(capability);
        self
    }

    /// Lets nobody on the way read payloads from now on.
    #[must_use]
    pub fn encrypted(mut self) -> Self {
        self.encrypted = true;
        self
    }

    /// Bytes of the capabilities that are shown with a request.
    pub(crate) fn shown_bytes(&self) -> usize {
        std::iter::once(&self.capability).chain(&self.second).map(|shown| shown.body().as_bytes().len()).sum()
    }

    /// Asks for an operation. Where the device's time differs, or its power was cut and its mark is ahead, the client follows it
    /// and asks once more: what was refused for its number was not done. Only where it was sent twice, since no answer came,
    /// the first may have been done: then what [`counts`] is not asked for anew.
    pub fn request(&mut self, op: Op, ns: u16, woof: u16, payload: &[u8]) -> Result<Answer, ClientError> {
        self.exchange(op, ns, woof, payload).map(|(answer, _)| answer)
    }

    fn exchange(&mut self, op: Op, ns: u16, woof: u16, payload: &[u8]) -> Result<(Answer, Exchange), ClientError> {
        for followed in [false, true] {
            let ((status, rseq, payload), exchange, repeated) = self.ask(op, ns, woof, payload)?;
            if matches!(status, Status::SeqLow | Status::SeqAhead) {
                self.sequencer.follow(rseq, self.world.now_ms());
            }
            match status {
                Status::Ok => return Ok((Answer { sequence: rseq, payload }, exchange)),
                Status::SeqLow if repeated && counts(op) => return Err(ClientError::Forgotten),
                Status::SeqLow | Status::SeqAhead if !followed => {}
                status => return Err(ClientError::Refused { status, reason: Refused::decode(&payload) }),
            }
        }
        Err(ClientError::Silent)
    }

    /// One request, sent until it is answered; and whether it was more than once.
    fn ask(&mut self, op: Op, ns: u16, woof: u16, payload: &[u8]) -> Result<(Said, Exchange, bool), ClientError> {
        let seq = self.sequencer.next(self.world.now_ms());
        let request = Request { op, lane: self.lane, seq, ns, woof, payload, wide_tag: false };
        let mut bytes = vec![0; payload.len() + 2 * nano_caps::MAX_BODY + 64];
        let tokens: Vec<_> = std::iter::once(&self.capability).chain(&self.second).map(Capability::token).collect();
        let bound = if self.encrypted {
            request.bind_encrypted(&tokens, &mut bytes)
        } else {
            request.bind(&tokens, &mut bytes)
        };
        let bound = bound.map_err(ClientError::Request)?;
        bytes.truncate(bound.len);
        let mut wire = vec![0; link::encoded_bytes(bytes.len())];
        let too_long = |_| ClientError::Request(Error::PayloadSize);
        let length = link::encode(Kind::Request as u8, &[&bytes], &mut wire).map_err(too_long)?;
        wire.truncate(length);
        for attempt in 0..ATTEMPTS {
            self.stream.write_all(&wire)?;
            if let Some(answer) = self.wait(&bound.exchange)? {
                return Ok((answer, bound.exchange, attempt > 0));
            }
        }
        Err(ClientError::Silent)
    }

    /// Waits for the answer to this very request; others are none of ours.
    fn wait(&mut self, exchange: &Exchange) -> Result<Option<Said>, ClientError> {
        let deadline = Instant::now() + PATIENCE;
        let mut buffer = [0; 4096];
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(None);
            }
            self.stream.set_read_timeout(Some(left))?;
            let count = match self.stream.read(&mut buffer) {
                Ok(0) => return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
                Ok(count) => count,
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => {
                    return Ok(None);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            let mut answer = None;
            for byte in buffer.get(..count).unwrap_or_default() {
                if self.decoder.push(*byte) != Ok(true) {
                    continue;
                }
                let Some(frame) = self.decoder.frame().filter(|frame| frame.kind == Kind::Response as u8) else {
                    continue;
                };
                if let Ok(response) = exchange.open_in_place(&mut frame.body.to_vec()) {
                    answer = Some((response.status, response.rseq, response.payload.to_vec()));
                }
            }
            if answer.is_some() {
                return Ok(answer);
            }
        }
    }

    // ---- operations ----

    /// Appends a record; its sequence number.
    pub fn put(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<u64, ClientError> {
        self.request(Op::Put, ns, woof, payload).map(|answer| answer.sequence)
    }

    /// Appends a record and lets its handlers run; its sequence number.
    pub fn exec(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<u64, ClientError> {
        self.request(Op::Exec, ns, woof, payload).map(|answer| answer.sequence)
    }

    /// Reads records, as many as one answer holds.
    pub fn get(&mut self, ns: u16, woof: u16, selection: Selection) -> Result<Vec<LogRecord>, ClientError> {
        let mut payload = [0; 16];
        let mut writer = Writer::new(&mut payload);
        Selection::write(Some(selection), &mut writer)?;
        let length = writer.len();
        let answer = self.request(Op::Get, ns, woof, payload.get(..length).unwrap_or_default())?;
        let records = Records::decode(&answer.payload)?;
        let owned = |record: nano_wire::message::Record<'_>| LogRecord {
            sequence: record.sequence,
            timestamp_ms: record.timestamp_ms,
            payload: record.payload.to_vec(),
        };
        Ok(records.iter().map(owned).collect())
    }

    /// The newest `count` records, oldest first, in as many requests as it takes.
    pub fn tail(&mut self, ns: u16, woof: u16, count: u16) -> Result<Vec<LogRecord>, ClientError> {
        let Some(stat) = self.logs(ns, woof)?.pop().filter(|stat| stat.last > 0) else { return Ok(Vec::new()) };
        let mut from = stat.last.saturating_sub(u64::from(count).max(1) - 1).max(stat.first);
        let mut records = Vec::new();
        while from <= stat.last && records.len() < usize::from(count) {
            let more = self.get(ns, woof, Selection::Range { from, count })?;
            let Some(last) = more.last() else { break };
            from = last.sequence + 1;
            records.extend(more);
        }
        records.truncate(count.into());
        Ok(records)
    }

    /// The logs that the capability may know of: one, those of a namespace (`woof` [`ANY`]), or all (both).
    pub fn logs(&mut self, ns: u16, woof: u16) -> Result<Vec<LogInfo>, ClientError> {
        self.list(ns, woof, Listed::Logs, |reader| LogStat::read(reader).map(LogInfo::from))
    }

    /// The functions that the capability may know of.
    pub fn functions(&mut self, ns: u16, woof: u16) -> Result<Vec<FunctionInfo>, ClientError> {
        self.list(ns, woof, Listed::Functions, |reader| {
            let stat = FunctionStat::read(reader)?;
            Ok(FunctionInfo {
                name: stat.name.to_owned(),
                log: (stat.ns, stat.woof),
                state: stat.state,
                hash: stat.hash,
                memory: stat.memory,
                runs: stat.runs,
                errors: stat.errors,
                heap_peak: stat.heap_peak,
            })
        })
    }

    /// Board, version and time of the device: (board, version, unix ms).
    pub fn device(&mut self) -> Result<(String, String, u64), ClientError> {
        let mut payload = [0; 3];
        let length = Listing { what: Listed::Device, from: 0 }.encode(&mut payload)?;
        let answer = self.request(Op::Stat, ANY, ANY, payload.get(..length).unwrap_or_default())?;
        let stat = DeviceStat::decode(&answer.payload)?;
        Ok((stat.board.to_owned(), stat.version.to_owned(), stat.time_ms))
    }

    fn list<T>(
        &mut self,
        ns: u16,
        woof: u16,
        what: Listed,
        read: impl Fn(&mut Reader<'_>) -> Result<T, MessageError>,
    ) -> Result<Vec<T>, ClientError> {
        let (mut all, mut from) = (Vec::new(), 0);
        while from != END {
            let mut payload = [0; 3];
            let length = Listing { what, from }.encode(&mut payload)?;
            let answer = self.request(Op::Stat, ns, woof, payload.get(..length).unwrap_or_default())?;
            let mut reader = Reader::new(&answer.payload);
            let next = reader.u16()?;
            while reader.remaining() > 0 {
                all.push(read(&mut reader)?);
            }
            // A device that does not go on would be asked for ever.
            if next <= from {
                return Err(ClientError::Answer(MessageError::Value));
            }
            from = next;
        }
        Ok(all)
    }

    /// Makes a namespace, or finds it; its handle.
    pub fn make_namespace(&mut self, name: &str) -> Result<u16, ClientError> {
        let mut payload = [0; 256];
        let mut writer = Writer::new(&mut payload);
        writer.str8(name)?;
        let length = writer.len();
        let answer = self.request(Op::MkNs, ANY, ANY, payload.get(..length).unwrap_or_default())?;
        Ok(Reader::new(&answer.payload).u16()?)
    }

    /// Makes a log, or finds it; its handle.
    pub fn make_log(&mut self, ns: u16, name: &str, element: u32, history: u32) -> Result<u16, ClientError> {
        let mut payload = [0; 264];
        let mut writer = Writer::new(&mut payload);
        writer.u32(element)?;
        writer.u32(history)?;
        writer.str8(name)?;
        let length = writer.len();
        let answer = self.request(Op::MkWoof, ns, ANY, payload.get(..length).unwrap_or_default())?;
        Ok(Reader::new(&answer.payload).u16()?)
    }

    /// Drops a log.
    pub fn drop_log(&mut self, ns: u16, woof: u16) -> Result<(), ClientError> {
        self.request(Op::Drop, ns, woof, &[]).map(|_| ())
    }

    /// Makes or changes a function; the device fetches its module.
    pub fn configure(&mut self, log: (u16, u16), configuration: Configuration<'_>) -> Result<Installed, ClientError> {
        self.install(log, &Install::Configure(configuration))
    }

    /// Bytes of a module that a function wants, at this offset; the answer says what is next.
    pub fn push(
        &mut self,
        log: (u16, u16),
        hash: ModuleHash,
        offset: u32,
        bytes: &[u8],
    ) -> Result<Installed, ClientError> {
        self.install(log, &Install::Chunk { hash, offset, bytes })
    }

    /// Removes a function.
    pub fn remove(&mut self, log: (u16, u16), name: &str) -> Result<(), ClientError> {
        self.install(log, &Install::Remove { name }).map(|_| ())
    }

    fn install(&mut self, (ns, woof): (u16, u16), install: &Install<'_>) -> Result<Installed, ClientError> {
        let mut payload = vec![0; 2048];
        let length = install.encode(&mut payload)?;
        let answer = self.request(Op::Install, ns, woof, payload.get(..length).unwrap_or_default())?;
        Ok(Installed::decode(&answer.payload)?)
    }

    /// Lets the device say the capability in one frame, which costs it less to verify. Needs the right FLATTEN on the
    /// object that is named.
    pub fn flatten(&mut self, ns: u16, woof: u16) -> Result<Capability, ClientError> {
        let (answer, exchange) = self.exchange(Op::Flatten, ns, woof, &[])?;
        let response = Response { status: Status::Ok, rseq: answer.sequence, payload: &answer.payload };
        exchange.open_flatten(&response).map_err(ClientError::Request)
    }

    /// Lets the device vouch for an identity, until `expires` (unix s) at most: a capability in one frame that grants
    /// nothing. Needs the right MINTID on the object that is named.
    pub fn mint(&mut self, ns: u16, woof: u16, identity: Identity, expires: u32) -> Result<Capability, ClientError> {
        let mut payload = [0; Mint::SIZE];
        Mint { identity: identity.0, expires }.encode(&mut payload)?;
        let (answer, exchange) = self.exchange(Op::MintId, ns, woof, &payload)?;
        let response = Response { status: Status::Ok, rseq: answer.sequence, payload: &answer.payload };
        exchange.open_flatten(&response).map_err(ClientError::Request)
    }

    /// Kills capabilities.
    pub fn revoke(&mut self, revocation: &Revocation<'_>) -> Result<(), ClientError> {
        let mut payload = vec![0; nano_caps::MAX_BODY + 8];
        let length = revocation.encode(&mut payload)?;
        self.request(Op::Revoke, ANY, ANY, payload.get(..length).unwrap_or_default()).map(|_| ())
    }
}
