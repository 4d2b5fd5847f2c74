//! What each operation of a REQUEST does, once the gate has let it through.

use crate::board::Board;
use crate::gate::Outcome;
use crate::pairing::EdgeTrust;
use crate::runtime::Runtime;
use crate::world::{AppendError, Cause};
use nano_caps::{Body, Identity, Op, Sequence, SlotKeys as _, Status, Verified};
use nano_wire::message::operation::{
    ANY, DeviceStat, END, FunctionState, Install, Installed, Limit, Listed, Listing, LogStat, Mint, Refused,
    Revocation, SequenceFix,
};
use nano_wire::message::update::{Update, Updating};
use nano_wire::message::{MessageError, RECORD_OVERHEAD, Reader, Record, RecordsWriter, Selection, Writer};
use nano_woof::{Origin, RingError};

/// The status that a reason comes with.
fn status(refused: Refused) -> Status {
    match refused {
        Refused::Full | Refused::Storage => Status::Busy,
        Refused::Unsupported | Refused::NotYet | Refused::Gone => Status::NotFound,
        _ => Status::Denied,
    }
}

/// An operation that has no answer of its own: why.
enum No {
    Refused(Refused),
    Status(Status),
}

impl From<Refused> for No {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<MessageError> for No {
    fn from(error: MessageError) -> Self {
        // What does not fit the answer is no fault of the request's shape.
        if error == MessageError::NoSpace { Self::Status(Status::TooBig) } else { Self::Refused(Refused::Malformed) }
    }
}

impl From<Status> for No {
    fn from(status: Status) -> Self {
        Self::Status(status)
    }
}

impl<B: Board> Runtime<B> {
    /// Does what was asked. The answer's payload is left in the runtime's buffer.
    #[inline(never)]
    pub(crate) fn execute(&mut self, verified: &Verified<'_>) -> Outcome {
        let Verified { op, ns, woof, payload, .. } = *verified;
        // What concerns the whole device takes a right on the whole device: one on a log of it must not do.
        let wide = match op {
            Op::MkNs | Op::SeqFix | Op::Revoke | Op::Update => (ns, woof) == (ANY, ANY),
            Op::MkWoof => woof == ANY,
            _ => true,
        };
        let done = match op {
            _ if !wide => Err(Refused::Malformed.into()),
            Op::Get => self.get(ns, woof, payload),
            Op::Put => self.put(verified, Cause::Put),
            Op::Exec => self.put(verified, Cause::Exec),
            Op::MkNs => self.answer_namespace(payload),
            Op::MkWoof => self.answer_log(ns, payload),
            Op::Drop => self.drop_log(ns, woof, payload),
            Op::Stat => self.stat(ns, woof, payload),
            Op::Install => self.serve_install(ns, woof, payload),
            Op::Limit => self.limit(ns, woof, payload),
            Op::SeqFix => self.fix_sequence(payload),
            Op::Revoke => self.revoke(payload),
            Op::Flatten => self.flatten(verified),
            Op::MintId => self.mint(verified),
            Op::Update => self.serve_update(payload),
        };
        match done {
            Ok(outcome) => outcome,
            Err(No::Status(Status::SeqLow)) => {
                let time = Sequence::new(self.gate.verifier.time_ms(), 0).0;
                Outcome { status: Status::SeqLow, rseq: time, length: 0 }
            }
            Err(No::Status(status)) => Outcome::only(status),
            Err(No::Refused(refused)) => {
                let length = Writer::new(&mut self.payload).u8(refused as u8).map_or(0, |()| 1);
                Outcome { status: status(refused), rseq: 0, length }
            }
        }
    }

    #[inline(never)]
    fn get(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<Outcome, No> {
        let mut reader = Reader::new(payload);
        let selection = Selection::read(&mut reader)?.ok_or(Refused::Malformed)?;
        reader.end()?;
        let log = self.world.objects.log(ns, woof).ok_or(Status::NotFound)?;
        let room = self.payload.len();
        let mut writer = RecordsWriter::new(&mut self.payload)?;
        let mut newest = 0;
        let mut push = |record: nano_woof::Record<'_>| {
            let nano_woof::Header { sequence, timestamp_ms, .. } = record.header;
            let fits = writer.push(&Record { sequence: sequence.0, timestamp_ms, payload: record.payload });
            if fits {
                newest = sequence.0;
            }
            fits
        };
        let one = |found: Result<nano_woof::Record<'_>, RingError>,
                   push: &mut dyn FnMut(nano_woof::Record<'_>) -> bool| {
            let record = found.map_err(|error| match error {
                RingError::Gone | RingError::Damaged => Refused::Gone,
                _ => Refused::NotYet,
            })?;
            if push(record) { Ok(()) } else { Err(No::Status(Status::TooBig)) }
        };
        match selection {
            Selection::Latest => one(log.ring.latest(), &mut push)?,
            Selection::At(sequence) => one(log.ring.get(nano_woof::Sequence(sequence)), &mut push)?,
            Selection::Tail(count) => {
                let size = |record: &nano_woof::Record<'_>| RECORD_OVERHEAD + record.payload.len();
                let mut total: usize =
                    2 + log.ring.tail(count.into()).flatten().map(|record| size(&record)).sum::<usize>();
                for record in log.ring.tail(count.into()).flatten() {
                    if total > room {
                        total -= size(&record);
                    } else {
                        push(record);
                    }
                }
            }
            Selection::Range { from, count } => {
                let records = log.ring.range(nano_woof::Sequence(from.max(1))).flatten();
                let all_fit = records.take(count.into()).all(&mut push);
                // Not even one: the caller would ask for it for ever.
                if !all_fit && newest == 0 {
                    return Err(Status::TooBig.into());
                }
            }
        }
        Ok(Outcome::ok(newest, writer.finish()?))
    }

    #[inline(never)]
    fn put(&mut self, verified: &Verified<'_>, cause: fn(Origin) -> Cause) -> Result<Outcome, No> {
        let Verified { ns, woof, lane, seq, payload, .. } = *verified;
        let origin = Origin { lane, client_sequence: seq.0 };
        let sequence = self.world.append(ns, woof, payload, cause(origin)).map_err(|error| match error {
            AppendError::NotFound => No::Status(Status::NotFound),
            AppendError::Reserved => No::Refused(Refused::Reserved),
            AppendError::TooLong => No::Status(Status::TooBig),
            AppendError::Busy => No::Refused(Refused::Full),
            AppendError::Storage => No::Refused(Refused::Storage),
            AppendError::Stale => No::Status(Status::SeqLow),
        })?;
        Ok(Outcome::ok(sequence, 0))
    }

    fn handle(&mut self, handle: u16) -> Result<Outcome, No> {
        let mut writer = Writer::new(&mut self.payload);
        writer.u16(handle)?;
        Ok(Outcome::ok(0, writer.len()))
    }

    fn answer_namespace(&mut self, payload: &[u8]) -> Result<Outcome, No> {
        let mut reader = Reader::new(payload);
        let name = reader.str8()?;
        reader.end()?;
        let handle = self.make_namespace(name)?;
        self.handle(handle)
    }

    #[inline(never)]
    fn answer_log(&mut self, ns: u16, payload: &[u8]) -> Result<Outcome, No> {
        let mut reader = Reader::new(payload);
        let (element, history, name) = (reader.u32()?, reader.u32()?, reader.str8()?);
        reader.end()?;
        let namespace = self.world.objects.namespace(ns).ok_or(Status::NotFound)?;
        if namespace.handle == crate::object::OWN_NAMESPACE_HANDLE {
            return Err(Refused::Reserved.into());
        }
        let handle = self.world.make_log(ns, name, (element, history))?;
        self.handle(handle)
    }

    fn drop_log(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<Outcome, No> {
        Reader::new(payload).end()?;
        if self.world.objects.log(ns, woof).ok_or(Status::NotFound)?.is_own() {
            return Err(Refused::Reserved.into());
        }
        self.world.objects.drop_log(&mut self.world.board, ns, woof)?;
        self.give_up_others();
        self.samplers.retain(|sampler| (sampler.ns, sampler.woof) != (ns, woof));
        Ok(Outcome::ok(0, 0))
    }

    #[inline(never)]
    fn stat(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<Outcome, No> {
        let listing =
            if payload.is_empty() { Listing { what: Listed::Logs, from: 0 } } else { Listing::decode(payload)? };
        let asked = |a: u16, b: u16| (ns == ANY || ns == a) && (woof == ANY || woof == b);
        let from = usize::from(listing.from);
        let uptime_ms = self.world.board.now_us() / 1000;
        let mut writer = Writer::new(&mut self.payload);
        let mut rseq = 0;
        match listing.what {
            Listed::Device => {
                if (ns, woof) != (ANY, ANY) {
                    return Err(Refused::Malformed.into());
                }
                DeviceStat {
                    time_ms: self.gate.verifier.time_ms(),
                    uptime_ms,
                    silent: self.gate.silent,
                    arenas: self.world.config.arenas,
                    board: self.world.board.model(),
                    version: env!("CARGO_PKG_VERSION"),
                }
                .write(&mut writer)?;
            }
            Listed::Logs => {
                if ns != ANY && self.world.objects.namespace(ns).is_none() {
                    return Err(Status::NotFound.into());
                }
                let objects = &self.world.objects;
                let empty = objects.namespaces().iter().filter(|namespace| {
                    woof == ANY
                        && asked(namespace.handle, ANY)
                        && !objects.logs().iter().any(|log| log.ns == namespace.handle)
                });
                let empty = empty.map(|namespace| LogStat {
                    ns: namespace.handle,
                    woof: ANY,
                    element: 0,
                    history: 0,
                    first: 0,
                    last: 0,
                    namespace: &namespace.name,
                    name: "",
                });
                let logs = objects.logs().iter().filter(|log| asked(log.ns, log.woof)).map(|log| LogStat {
                    ns: log.ns,
                    woof: log.woof,
                    element: log.ring.element(),
                    history: log.ring.history(),
                    first: log.ring.first().map_or(0, |sequence| sequence.0),
                    last: log.ring.last().map_or(0, |sequence| sequence.0),
                    namespace: objects.namespace(log.ns).map_or("", |namespace| &namespace.name),
                    name: &log.name,
                });
                if woof != ANY {
                    rseq = logs.clone().next().ok_or(Status::NotFound)?.last;
                }
                list(&mut writer, from, logs.chain(empty), LogStat::write)?;
            }
            Listed::Functions => {
                let functions = self.functions.iter().filter(|function| asked(function.ns, function.woof));
                list(&mut writer, from, functions, |function, w| function.stat().write(w))?;
            }
        }
        Ok(Outcome::ok(rseq, writer.len()))
    }

    #[inline(never)]
    fn serve_install(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<Outcome, No> {
        let log = (ns, woof);
        if log != (ANY, ANY) && self.world.objects.log(ns, woof).is_none() {
            return Err(Status::NotFound.into());
        }
        let installed = match Install::decode(payload)? {
            Install::Configure(configuration) => {
                let id = self.functions.configure(&self.world.config, log, &configuration)?;
                self.functions.store(&mut self.world.board)?;
                self.installed(id)
            }
            Install::Chunk { hash, offset, bytes } => {
                // Of several with the same module the one that lacks it.
                let wanting = self.functions.iter().filter(|f| (f.ns, f.woof) == log && f.wanted == hash);
                let id = wanting.min_by_key(|function| !function.wants()).ok_or(Status::NotFound)?.id;
                self.pushed(id, hash, offset, bytes)?
            }
            Install::Remove { name } => {
                let removed = self.functions.remove(&mut self.world.board, log, name);
                let id = removed.ok_or(Status::NotFound)??;
                self.removed(id);
                Installed { state: FunctionState::Ready, next: 0 }
            }
        };
        let length = installed.encode(&mut self.payload)?;
        Ok(Outcome::ok(0, length))
    }

    fn serve_update(&mut self, payload: &[u8]) -> Result<Outcome, No> {
        let update = Update::decode(payload)?;
        let next = self.update(&update)?;
        let running = if let Update::Begin { .. } = update { self.world.board.firmware_crc() } else { 0 };
        let length = Updating { next, running }.encode(&mut self.payload)?;
        Ok(Outcome::ok(0, length))
    }

    fn limit(&mut self, ns: u16, woof: u16, payload: &[u8]) -> Result<Outcome, No> {
        let Limit { memory, timeout_ms, name } = Limit::decode(payload)?;
        let function = self.functions.iter_mut().find(|f| f.name == name && (f.ns, f.woof) == (ns, woof));
        let function = function.ok_or(Status::NotFound)?;
        if memory > 0 {
            function.memory = memory;
        }
        if timeout_ms > 0 {
            function.timeout_ms = timeout_ms;
        }
        self.functions.store(&mut self.world.board)?;
        Ok(Outcome::ok(0, 0))
    }

    fn fix_sequence(&mut self, payload: &[u8]) -> Result<Outcome, No> {
        match SequenceFix::decode(payload)? {
            SequenceFix::Time(ms) => {
                self.gate.verifier.set_time(ms);
                self.world.set_time(ms);
            }
            SequenceFix::Lane { lane, last } => {
                self.gate.verifier.set_last(lane, Sequence(last)).map_err(|_| Refused::Malformed)?;
            }
        }
        Ok(Outcome::ok(0, 0))
    }

    /// Says the asker's capability in one frame.
    #[inline(never)]
    fn flatten(&mut self, verified: &Verified<'_>) -> Result<Outcome, No> {
        Reader::new(verified.payload).end()?;
        let slot = self.gate.keys.slot_key(verified.capability.header()).ok_or(Status::Denied)?;
        let length = verified.exchange.answer_flatten(&slot, verified.capability, &mut self.payload);
        // It can't be said in one frame, or not in this device's answers.
        let length = length.map_err(|_| Status::TooBig)?;
        Ok(Outcome::ok(0, length))
    }

    /// Vouches for an identity, on the word of who may.
    #[inline(never)]
    fn mint(&mut self, verified: &Verified<'_>) -> Result<Outcome, No> {
        let Mint { identity, expires } = Mint::decode(verified.payload)?;
        let (body, identity) = (verified.capability, Identity(identity));
        let slot = self.gate.keys.slot_key(body.header()).ok_or(Status::Denied)?;
        let length = verified.exchange.answer_identity(&slot, body, identity, expires, &mut self.payload);
        let length = length.map_err(|error| match error {
            nano_caps::Error::Sealed => No::Status(Status::Denied),
            _ => No::Status(Status::TooBig),
        })?;
        Ok(Outcome::ok(0, length))
    }

    #[inline(never)]
    fn revoke(&mut self, payload: &[u8]) -> Result<Outcome, No> {
        let board = &mut self.world.board;
        let killed = match Revocation::decode(payload)? {
            Revocation::Subtree(body) => {
                let body = Body::parse(body).map_err(|_| Refused::Malformed)?;
                self.gate.revoke(board, |keys| keys.revoke_subtree(body).map(|_| body.header().epoch()))
            }
            Revocation::Slot(slot) => {
                self.gate.revoke(board, |keys| keys.revoke_slot(slot).map(nano_caps::Header::epoch))
            }
            Revocation::All => self.gate.revoke(board, nano_caps::KeyRing::revoke_all),
        };
        let epoch = killed.ok_or(Refused::Storage)?.map_err(|error| match error {
            nano_caps::Error::ListFull | nano_caps::Error::Exhausted => Refused::Full,
            _ => Refused::Malformed,
        })?;
        // It may have been the edge's: who still holds a root that lives proves it again.
        self.edge = EdgeTrust::default();
        let mut writer = Writer::new(&mut self.payload);
        writer.u8(epoch)?;
        Ok(Outcome::ok(0, writer.len()))
    }
}

/// Writes as many entries from number `from` on as fit, and before them the number to go on with.
fn list<T>(
    writer: &mut Writer<'_>,
    from: usize,
    entries: impl Iterator<Item = T>,
    write: impl Fn(&T, &mut Writer<'_>) -> Result<(), MessageError>,
) -> Result<(), MessageError> {
    writer.u16(END)?;
    for (index, entry) in entries.enumerate().skip(from) {
        let mark = writer.len();
        if write(&entry, writer).is_err() {
            if index == from {
                return Err(MessageError::NoSpace);
            }
            writer.rewind(mark);
            // Tables have fewer entries than a u8 says.
            return writer.patch(0, &(index as u16).to_le_bytes());
        }
    }
    Ok(())
}
