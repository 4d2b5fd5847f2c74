//! A client of a device's queue: requests under the edge's key, over HTTP.

use crate::cap;
use crate::client;
use crate::failure::Failure;
use nano_caps::{ANY, Capability, MAX_BODY, Op, Request, Response, Sequencer, Status};
use nano_edge::{QueueKeys, World};
use nano_wire::message::Reader;
use nano_wire::message::queue::{ANSWERS, Collected, Entry, Put, REQUESTS, State};
use serde_json::Value;
use std::path::Path;

/// Where the edge of `nano dev` keeps its data.
pub const DATA: &str = ".nano/edge";
/// How often a request is made anew whose number is not above the lane's last: others may be in the same lane.
const ATTEMPTS: u32 = 5;

/// An answer and its request, as the edge has kept them.
pub struct Kept {
    /// How far it has come.
    pub state: State,
    /// The REQUEST.
    pub request: Vec<u8>,
    /// The RESPONSE.
    pub answer: Vec<u8>,
}

/// A client of one device's queue.
pub struct QueueClient {
    endpoint: String,
    device: String,
    capability: Capability,
    lane: u8,
    handle: u16,
    sequencer: Sequencer,
}

impl QueueClient {
    /// With this capability; else with that of the edge's owner, whose data is in this folder.
    pub fn open(endpoint: &str, device: &str, by: Option<&str>, data: Option<&Path>) -> Result<Self, Failure> {
        let capability = match by {
            Some(capability) => cap::read(capability)?,
            None => owners(data.unwrap_or(Path::new(DATA)))?,
        };
        let handle = match named(&capability) {
            Some(handle) => handle,
            None => listed(endpoint, device)?,
        };
        let lane = cap::lane(&capability)?;
        let (endpoint, device) = (endpoint.to_owned(), device.to_owned());
        Ok(Self { endpoint, device, capability, lane, handle, sequencer: Sequencer::new() })
    }

    /// Has a request wait; its id.
    pub fn put(&mut self, request: &[u8], wait_s: u32) -> Result<[u8; 16], Failure> {
        let mut payload = vec![0; request.len() + 4];
        let encoded = Put { wait_s, request }.encode(&mut payload);
        encoded.map_err(|error| Failure::Internal(anyhow::anyhow!("{error}")))?;
        match self.ask(Op::Put, REQUESTS, &payload)? {
            (Status::Ok, id) => id.try_into().map_err(|_| self.nonsense()),
            (Status::TooBig, _) => Err(Failure::usage(format!(
                "the request has {} bytes; up to {} can wait",
                request.len(),
                nano_edge::MOST_REQUEST
            ))),
            (status, _) => Err(self.refused(status)),
        }
    }

    /// What waits, and what has been answered.
    pub fn list(&mut self) -> Result<Vec<Entry>, Failure> {
        match self.ask(Op::Stat, REQUESTS, &[])? {
            (Status::Ok, list) => {
                let (mut reader, mut entries) = (Reader::new(&list), Vec::new());
                while reader.remaining() > 0 {
                    entries.push(Entry::read(&mut reader).map_err(|_| self.nonsense())?);
                }
                Ok(entries)
            }
            (status, _) => Err(self.refused(status)),
        }
    }

    /// A request and its answer; nothing where there is no such request.
    pub fn collect(&mut self, id: &[u8; 16]) -> Result<Option<Kept>, Failure> {
        match self.ask(Op::Get, ANSWERS, id)? {
            (Status::Ok, payload) => {
                let Collected { state, request, answer } = Collected::decode(&payload).map_err(|_| self.nonsense())?;
                Ok(Some(Kept { state, request: request.to_vec(), answer: answer.to_vec() }))
            }
            (Status::NotFound, _) => Ok(None),
            (status, _) => Err(self.refused(status)),
        }
    }

    /// Forgets a request and its answer; whether there was one.
    pub fn cancel(&mut self, id: &[u8; 16]) -> Result<bool, Failure> {
        match self.ask(Op::Drop, REQUESTS, id)? {
            (Status::Ok, _) => Ok(true),
            (Status::NotFound, _) => Ok(false),
            (status, _) => Err(self.refused(status)),
        }
    }

    fn ask(&mut self, op: Op, ns: u16, payload: &[u8]) -> Result<(Status, Vec<u8>), Failure> {
        let path = format!("/_nano/devices/{}/queue", client::segment(&self.device));
        let world = World::system();
        let mut bytes = vec![0; payload.len() + MAX_BODY + 64];
        for attempt in 1..=ATTEMPTS {
            let seq = self.sequencer.next(world.now_ms());
            let request = Request { op, lane: self.lane, seq, ns, woof: self.handle, payload, wide_tag: false };
            let bound = request.bind(&[self.capability.token()], &mut bytes);
            let bound = bound.map_err(|error| Failure::usage(format!("this can't be asked: the request {error}")))?;
            let said = client::post(&self.endpoint, &path, bytes.get(..bound.len).unwrap_or_default())?;
            let Ok(Response { status, rseq, payload }) = bound.exchange.open(&said.body) else {
                return Err(self.unanswered(&said));
            };
            match status {
                Status::SeqLow | Status::SeqAhead if attempt < ATTEMPTS => {
                    self.sequencer.follow(rseq, world.now_ms());
                }
                Status::Busy => return Err(self.full(said.retry_after)),
                status => return Ok((status, payload.to_vec())),
            }
        }
        Err(self.refused(Status::SeqLow))
    }

    fn full(&self, retry_after: Option<u64>) -> Failure {
        let device = &self.device;
        Failure::Code(format!(
            "error: {} requests wait for {device} or their askers already\nhint: ask again in {} s; nano queue list \
{device} and nano queue cancel {device} ID make room\n",
            nano_edge::MOST_WAITING,
            retry_after.unwrap_or(1)
        ))
    }

    fn unanswered(&self, said: &client::Said) -> Failure {
        match said.status {
            204 => Failure::Code(format!(
                "error: the edge says nothing to this capability: it is not of its key\nhint: for the queue of {0} the \
edge's owner makes one: nano queue allow {0}\n",
                self.device
            )),
            400.. if said.json().get("message").is_some() => said.refusal(&self.endpoint),
            _ => self.nonsense(),
        }
    }

    fn refused(&self, status: Status) -> Failure {
        Failure::Code(format!(
            "error: the edge refuses: {status}\nhint: nano cap inspect shows what a capability allows; namespace {REQUESTS} \
is what is asked, {ANSWERS} the answers, and {} is {}\n",
            self.handle, self.device
        ))
    }

    fn nonsense(&self) -> Failure {
        Failure::usage(format!("what answers at {} is no edge with devices", self.endpoint))
    }
}

fn owners(data: &Path) -> Result<Capability, Failure> {
    let keys = QueueKeys::read(data).map_err(|error| Failure::usage(format!("{}: {error}", data.display())))?;
    let keys = keys.ok_or_else(|| {
        Failure::with_hint(
            format!("a queue takes a capability of its edge, and there is no key of an edge in {}", data.display()),
            "give one that the edge's owner made with nano queue allow: --by @FILE; or, as its owner, --data DIR",
        )
    })?;
    keys.root().map_err(|error| Failure::Internal(anyhow::anyhow!("the capability {error}")))
}

/// The device whose queue a capability names.
fn named(capability: &Capability) -> Option<u16> {
    let grants = capability.body().frames().flat_map(|frame| frame.grants()).collect::<Vec<_>>();
    grants.iter().map(|grant| grant.woof).find(|woof| *woof != ANY)
}

/// The device's number, as the edge lists it.
fn listed(endpoint: &str, device: &str) -> Result<u16, Failure> {
    let devices = client::request("GET", endpoint, "/_nano/devices", b"")?;
    let found = devices
        .as_array()
        .into_iter()
        .flatten()
        .find(|value| value.get("name").and_then(Value::as_str) == Some(device));
    let handle = found.and_then(|value| u16::try_from(value.get("queue")?.as_u64()?).ok());
    handle.filter(|handle| *handle != ANY).ok_or_else(|| {
        Failure::with_hint(format!("the edge at {endpoint} knows no device {device}"), "nano devices lists them")
    })
}
