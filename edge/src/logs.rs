//! What functions print: a WooF each in the namespace `logs`, written behind the invocations' backs.
//!
//! An invocation does not wait for its log to reach the disk. One thread takes what has come up, writes each log in one
//! go and waits for all of them together; whoever reads first waits until everything said before is written.

use std::collections::HashMap;
use std::fmt::{self, Write as _};
use std::io;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::JoinHandle;
use std::time::Duration;

use nano_woof::{Error, Log, Sequence};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use crate::woofs::Woofs;
use crate::world::World;

/// Most bytes of a record; longer logs take several.
const RECORD_BYTES: u32 = 64 << 10;

/// Most bytes of text in one record, so that it fits however it is escaped.
const TEXT_BYTES: usize = 10 << 10;

/// Records kept of each function.
const HISTORY: u64 = 20_000;

/// Most bytes of a record of a client's events: the largest event, however it is escaped.
const CLIENT_RECORD_BYTES: u32 = 8 << 20;

/// Most bytes of clients' messages in one record, unless one alone has more.
const CLIENT_TEXT_BYTES: usize = 256 << 10;

/// Invocations whose logs wait to be written.
const MOST_WAITING: usize = 64 << 10;

/// How long logs are gathered that nobody waits for: an fsync takes a core as long as several invocations do.
const GATHERED: Duration = Duration::from_millis(5);

/// A piece of a function's log: all of one invocation, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogRecord {
    /// Its place in the log.
    pub sequence: u64,
    /// Unix time in milliseconds.
    pub timestamp_ms: u64,
    /// The invocation.
    pub request_id: String,
    /// The instance that ran it, as CloudWatch names it.
    pub stream: String,
    /// The lines.
    pub text: String,
}

/// An event that a client put into a stream.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClientEvent {
    /// Unix time in milliseconds, as the client says.
    #[serde(rename = "t")]
    pub timestamp_ms: u64,
    #[serde(rename = "m")]
    pub message: String,
}

/// What came from a client together, or a part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ClientRecord {
    /// Its place in the stream.
    pub sequence: u64,
    /// When it came.
    pub ingested_ms: u64,
    pub events: Vec<ClientEvent>,
}

/// As stored.
#[derive(Serialize, Deserialize)]
struct Stored<'a> {
    #[serde(borrow)]
    r: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    s: std::borrow::Cow<'a, str>,
    #[serde(borrow)]
    t: std::borrow::Cow<'a, str>,
}

/// The log of an invocation, as it is to be written.
struct Line {
    function: String,
    records: Vec<Vec<u8>>,
    timestamp_ms: u64,
}

/// What waits to be written.
#[derive(Default)]
struct Waiting {
    lines: Vec<Line>,
    /// Told when everything before is written.
    flushes: Vec<Sender<()>>,
    /// Invocations whose logs came when there was no more room.
    dropped: u64,
    /// Nothing comes any more.
    is_closed: bool,
}

/// Between those who say something and the thread that writes it.
#[derive(Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has come, when there is something and some time has passed, or somebody waits for it. Nothing at the end.
    fn take(&self) -> Option<Waiting> {
        let is_idle = |waiting: &mut Waiting| waiting.lines.is_empty() && !waiting.is_urgent();
        let waiting = self.changed.wait_while(self.lock(), is_idle).unwrap_or_else(PoisonError::into_inner);
        let gathered = self.changed.wait_timeout_while(waiting, GATHERED, |waiting| !waiting.is_urgent());
        let (mut waiting, _) = gathered.unwrap_or_else(PoisonError::into_inner);
        let is_closed = waiting.is_closed;
        let taken = std::mem::replace(&mut *waiting, Waiting { is_closed, ..Waiting::default() });
        (!is_closed || !taken.lines.is_empty()).then_some(taken)
    }
}

/// Lets everybody go on who waits for the thread that writes, when that ends, however it does.
struct Closing<'q>(&'q Queue);

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        *self.0.lock() = Waiting { is_closed: true, ..Waiting::default() };
    }
}

impl Waiting {
    fn is_urgent(&self) -> bool {
        self.is_closed || !self.flushes.is_empty()
    }
}

/// The logs of all functions.
pub struct Logs {
    woofs: Arc<Woofs>,
    queue: Arc<Queue>,
    written: watch::Receiver<u64>,
    changed: watch::Sender<u64>,
    files: Arc<RwLock<()>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    world: World,
}

impl fmt::Debug for Logs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Logs").finish_non_exhaustive()
    }
}

impl Logs {
    /// Starts the thread that writes.
    pub(crate) fn start(woofs: Arc<Woofs>, world: World) -> io::Result<Self> {
        let queue = Arc::new(Queue::default());
        let (told, written) = watch::channel(0);
        let changed = told.clone();
        let files = Arc::new(RwLock::new(()));
        let mut writer = Writer { woofs: Arc::clone(&woofs), open: HashMap::new(), told, files: Arc::clone(&files) };
        let work = Arc::clone(&queue);
        let thread = std::thread::Builder::new().name("nano-logs".to_owned()).spawn(move || writer.run(&work))?;
        Ok(Self { woofs, queue, written, changed, files, writer: Mutex::new(Some(thread)), world })
    }

    /// Hands the log of an invocation over. Does not wait; when the disk is far behind it is dropped, and that is said
    /// in the log.
    pub fn write(&self, function: &str, request_id: &str, stream: &str, text: &str) {
        // Here and not by the thread that writes: that would take the core from others for that of many at once.
        let records = records(request_id, stream, text);
        let line = Line { function: function.to_owned(), records, timestamp_ms: self.world.now_ms() };
        let mut waiting = self.queue.lock();
        if waiting.is_closed {
            return;
        }
        if waiting.lines.len() >= MOST_WAITING {
            waiting.dropped += 1;
            return;
        }
        waiting.lines.push(line);
        if waiting.lines.len() == 1 {
            self.queue.changed.notify_one();
        }
    }

    /// Waits until everything handed over so far is written. Blocks.
    pub fn flush(&self) {
        let (told, done) = mpsc::channel();
        let mut waiting = self.queue.lock();
        if waiting.is_closed {
            return;
        }
        waiting.flushes.push(told);
        drop(waiting);
        self.queue.changed.notify_one();
        let _ = done.recv();
    }

    /// The newest `count` records of a function's log, oldest first. Blocks.
    pub fn tail(&self, function: &str, count: u64) -> Result<Vec<LogRecord>, Error> {
        self.read(function, |log| log.tail(count))
    }

    /// Up to `count` records behind `sequence` (0: from the beginning), oldest first. Blocks.
    pub fn after(&self, function: &str, sequence: u64, count: u64) -> Result<Vec<LogRecord>, Error> {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        self.read(function, |log| log.range(Sequence(sequence.saturating_add(1))).take(count).collect())
    }

    fn read(
        &self,
        function: &str,
        read: impl FnOnce(&Log) -> Result<Vec<nano_woof::Entry>, Error>,
    ) -> Result<Vec<LogRecord>, Error> {
        self.flush();
        let log = match self.woofs.log(&woof_of(function)) {
            Ok(log) => log,
            // Nothing was ever printed.
            Err(Error::NotFound(_)) => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let record = |entry: nano_woof::Entry| {
            let stored: Option<Stored<'_>> = serde_json::from_slice(&entry.payload).ok();
            let (request_id, stream, text) = stored.map_or_else(
                || (String::new(), String::new(), String::from_utf8_lossy(&entry.payload).into_owned()),
                |stored| (stored.r.into_owned(), stored.s.into_owned(), stored.t.into_owned()),
            );
            let header = entry.header;
            LogRecord { sequence: header.sequence.get(), timestamp_ms: header.timestamp_ms, request_id, stream, text }
        };
        Ok(read(&log)?.into_iter().map(record).collect())
    }

    /// Whether a function ever printed anything that is still here. Blocks.
    pub(crate) fn has(&self, function: &str) -> bool {
        self.flush();
        self.woofs.log(&woof_of(function)).is_ok_and(|log| log.last().is_some())
    }

    /// Removes all that a function printed. Blocks.
    pub(crate) fn delete(&self, function: &str) -> Result<(), Error> {
        self.flush();
        self.remove(&woof_of(function))
    }

    /// Adds a client's events to a stream of a group; durable when this returns.
    pub(crate) fn append(&self, group: &str, stream: &str, events: &[ClientEvent]) -> Result<Sequence, Error> {
        let name = woof_of_stream(group, stream);
        let now_ms = self.world.now_ms();
        let _files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        let log = match self.woofs.log(&name) {
            Err(Error::NotFound(_)) => {
                self.woofs.create_at(&name, CLIENT_RECORD_BYTES, 0, now_ms)?;
                self.woofs.log(&name)?
            }
            other => other?,
        };
        let records = client_records(events);
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        let sequence = log.submit(&records, now_ms)?;
        log.wait(sequence)?;
        self.changed.send_modify(|count| *count += 1);
        Ok(sequence)
    }

    /// All that clients put into a stream, oldest first. Blocks.
    pub(crate) fn stream(&self, group: &str, stream: &str) -> Result<Vec<ClientRecord>, Error> {
        let log = match self.woofs.log(&woof_of_stream(group, stream)) {
            Err(Error::NotFound(_)) => return Ok(Vec::new()),
            other => other?,
        };
        let record = |entry: nano_woof::Entry| ClientRecord {
            sequence: entry.header.sequence.get(),
            ingested_ms: entry.header.timestamp_ms,
            events: serde_json::from_slice(&entry.payload).unwrap_or_default(),
        };
        log.range(Sequence::FIRST).map(|entry| entry.map(record)).collect()
    }

    /// Removes all that clients put into a stream. Blocks.
    pub(crate) fn delete_stream(&self, group: &str, stream: &str) -> Result<(), Error> {
        self.remove(&woof_of_stream(group, stream))
    }

    /// Removes what a function printed before this time, as far as whole files are of before it. Blocks.
    pub(crate) fn expire(&self, function: &str, before_ms: u64) -> Result<(), Error> {
        self.expire_of(&woof_of(function), before_ms)
    }

    /// The same for what clients put into a stream: when it came is what counts, which is after it was.
    pub(crate) fn expire_stream(&self, group: &str, stream: &str, before_ms: u64) -> Result<(), Error> {
        self.expire_of(&woof_of_stream(group, stream), before_ms)
    }

    fn expire_of(&self, name: &str, before_ms: u64) -> Result<(), Error> {
        let log = match self.woofs.log(name) {
            Err(Error::NotFound(_)) => return Ok(()),
            other => other?,
        };
        let is_over = |sequence| log.get(sequence).map(|entry| entry.header.timestamp_ms < before_ms);
        // A file is over when the one behind it begins with what is over.
        let mut over = None;
        for begin in log.segments().into_iter().skip(1) {
            if log.last().is_none_or(|last| begin > last) || !is_over(begin)? {
                break;
            }
            over = Some(begin);
        }
        if let Some(begin) = over {
            log.trim_before(begin)?;
        }
        let _files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        match log.last() {
            Some(last) if is_over(last)? => self.woofs.delete(name),
            _ => Ok(()),
        }
    }

    fn remove(&self, name: &str) -> Result<(), Error> {
        let _files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        match self.woofs.delete(name) {
            Err(Error::NotFound(_)) => Ok(()),
            other => other,
        }
    }

    /// Changes whenever something was written, to any log.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.written.clone()
    }
}

impl Drop for Logs {
    fn drop(&mut self) {
        self.queue.lock().is_closed = true;
        self.queue.changed.notify_one();
        if let Some(writer) = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = writer.join();
        }
    }
}

/// The `WooF` of a function's log. Functions may have names that `WooFs` may not.
fn woof_of(function: &str) -> String {
    if nano_woof::is_name(function) {
        format!("logs/{function}")
    } else {
        let hash = Sha256::digest(function);
        let mut name = "logs/x.".to_owned();
        for byte in hash.iter().take(16) {
            // Writing to a String cannot fail.
            let _ = write!(name, "{byte:02x}");
        }
        name
    }
}

/// The `WooF` of what clients put into a stream.
fn woof_of_stream(group: &str, stream: &str) -> String {
    let mut hash = Sha256::new();
    // Groups have no colon in their names.
    for part in [group, ":", stream] {
        hash.update(part);
    }
    let mut name = "logs/s.".to_owned();
    for byte in hash.finalize().iter().take(16) {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

struct Writer {
    woofs: Arc<Woofs>,
    /// Had, among others, by who writes, and by nobody but who removes files.
    files: Arc<RwLock<()>>,
    open: HashMap<String, Arc<Log>>,
    told: watch::Sender<u64>,
}

impl Writer {
    fn run(&mut self, queue: &Queue) {
        let _closing = Closing(queue);
        while let Some(Waiting { lines, flushes, dropped, .. }) = queue.take() {
            self.write(lines, dropped);
            for told in flushes {
                let _ = told.send(());
            }
        }
    }

    fn write(&mut self, waiting: Vec<Line>, dropped: u64) {
        if waiting.is_empty() {
            return;
        }
        let mut lines: HashMap<String, Vec<Line>> = HashMap::new();
        for line in waiting {
            match lines.get_mut(&line.function) {
                Some(lines) => lines.push(line),
                None => drop(lines.insert(line.function.clone(), vec![line])),
            }
        }
        let mut submitted = Vec::new();
        let files = Arc::clone(&self.files);
        let _files = files.read().unwrap_or_else(PoisonError::into_inner);
        for (function, lines) in lines {
            // What cannot be written cannot be said in the log either; the next attempt opens it again.
            let Ok(mut log) = self.log(&function, &lines) else { continue };
            if matches!(log.failure(), Some(Error::NotFound(_))) {
                // It was deleted since it was opened, and begins anew.
                self.open.remove(&function);
                let Ok(anew) = self.log(&function, &lines) else { continue };
                log = anew;
            }
            let timestamp_ms = lines.last().map_or(0, |line| line.timestamp_ms);
            let mut records: Vec<&[u8]> = lines.iter().flat_map(|line| &line.records).map(Vec::as_slice).collect();
            let note = (dropped > 0).then(|| {
                record("", "", &format!("[logs of {dropped} invocations came faster than the disk takes them]\n"))
            });
            records.extend(note.as_deref());
            match log.submit(&records, timestamp_ms) {
                Ok(sequence) => submitted.push((function, log, sequence)),
                Err(_) => drop(self.open.remove(&function)),
            }
        }
        // All of them wait for their disk together.
        for (function, log, sequence) in submitted {
            if log.wait(sequence).is_err() {
                self.open.remove(&function);
            }
        }
        self.told.send_modify(|count| *count += 1);
    }

    fn log(&mut self, function: &str, lines: &[Line]) -> Result<Arc<Log>, Error> {
        if let Some(log) = self.open.get(function) {
            return Ok(Arc::clone(log));
        }
        let name = woof_of(function);
        let log = match self.woofs.log(&name) {
            Err(Error::NotFound(_)) => {
                let created_ms = lines.first().map_or(0, |line| line.timestamp_ms);
                self.woofs.create_at(&name, RECORD_BYTES, HISTORY, created_ms)?;
                self.woofs.log(&name)?
            }
            other => other?,
        };
        if self.open.len() >= 64 {
            self.open.clear();
        }
        self.open.insert(function.to_owned(), Arc::clone(&log));
        Ok(log)
    }
}

fn record(request_id: &str, stream: &str, text: &str) -> Vec<u8> {
    serde_json::to_vec(&Stored { r: request_id.into(), s: stream.into(), t: text.into() }).unwrap_or_default()
}

/// A client's events as records, several in each.
fn client_records(events: &[ClientEvent]) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let (mut from, mut bytes) = (0, 0);
    let mut put = |events: &[ClientEvent]| records.push(serde_json::to_vec(events).unwrap_or_default());
    for (at, event) in events.iter().enumerate() {
        if at > from && bytes + event.message.len() > CLIENT_TEXT_BYTES {
            put(&events[from..at]);
            (from, bytes) = (at, 0);
        }
        bytes += event.message.len();
    }
    if from < events.len() {
        put(&events[from..]);
    }
    records
}

/// The records of one invocation's log, cut between lines where it is long.
fn records(request_id: &str, stream: &str, text: &str) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let mut end = rest.len().min(TEXT_BYTES);
        while !rest.is_char_boundary(end) {
            end -= 1;
        }
        if end < rest.len() {
            end = rest[..end].rfind('\n').map_or(end, |newline| newline + 1);
        }
        let (piece, after) = rest.split_at(end);
        records.push(record(request_id, stream, piece));
        rest = after;
    }
    records
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(folder: &std::path::Path) -> Logs {
        let world = World { clock: Arc::new(|| 1_000), random: Arc::new(|buffer| buffer.fill(1)) };
        let woofs = Woofs::open(folder, nano_woof::LogOptions::default(), world.clone()).unwrap();
        Logs::start(Arc::new(woofs), world).unwrap()
    }

    #[test]
    fn what_is_written_is_read_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let logs = open(folder.path());
        assert_eq!(logs.tail("f", 10).unwrap(), []);
        logs.write("f", "r-1", "s", "one\n");
        logs.write("f", "r-2", "s", "two\n");
        logs.write("-g", "r-3", "s", "other\n");
        let texts = |records: Vec<LogRecord>| records.into_iter().map(|r| r.text).collect::<Vec<_>>();
        assert_eq!(texts(logs.tail("f", 10).unwrap()), ["one\n", "two\n"]);
        assert_eq!(texts(logs.after("f", 1, 10).unwrap()), ["two\n"]);
        assert_eq!(texts(logs.after("f", u64::MAX, 10).unwrap()), Vec::<String>::new());
        drop(logs);
        let logs = open(folder.path());
        assert_eq!(logs.tail("-g", 1).unwrap()[0].request_id, "r-3");
        assert_eq!(texts(logs.tail("f", 1).unwrap()), ["two\n"]);
    }

    #[test]
    fn a_log_that_was_deleted_begins_anew_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let logs = open(folder.path());
        logs.write("f", "r-1", "s", "one\n");
        assert!(logs.has("f") && !logs.has("g"));
        logs.delete("f").unwrap();
        assert!(!logs.has("f") && logs.tail("f", 10).unwrap().is_empty());
        logs.write("f", "r-2", "s", "two\n");
        assert_eq!(logs.tail("f", 10).unwrap()[0].text, "two\n");
    }

    #[test]
    fn what_is_over_leaves_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let now = Arc::new(std::sync::atomic::AtomicU64::new(1_000));
        let clock = Arc::clone(&now);
        let clock = Arc::new(move || clock.load(std::sync::atomic::Ordering::Relaxed));
        let world = World { clock, random: Arc::new(|buffer| buffer.fill(1)) };
        let woofs = Woofs::open(folder.path(), nano_woof::LogOptions::default(), world.clone()).unwrap();
        let logs = Logs::start(Arc::new(woofs), world).unwrap();
        logs.write("f", "r-1", "s", "one\n");
        logs.flush();
        now.store(2_000, std::sync::atomic::Ordering::Relaxed);
        logs.write("f", "r-2", "s", "two\n");
        logs.flush();
        logs.expire("f", 1_500).unwrap();
        assert_eq!(logs.tail("f", 10).unwrap().last().unwrap().text, "two\n");
        logs.expire("f", 2_001).unwrap();
        assert!(!logs.has("f"));
        logs.write("f", "r-3", "s", "three\n");
        assert_eq!(logs.tail("f", 10).unwrap()[0].text, "three\n");
        logs.expire("g", 1).unwrap();
    }

    #[test]
    fn what_clients_put_is_durable_by_stream() {
        let folder = tempfile::tempdir().unwrap();
        let logs = open(folder.path());
        let event = |timestamp_ms, message: String| ClientEvent { timestamp_ms, message };
        let events =
            [event(5, "one".into()), event(6, "\u{1}".repeat(1 << 20)), event(7, "three".into()), event(7, "4".into())];
        assert_eq!(logs.append("g", "s", &events).unwrap(), Sequence(3));
        logs.append("g", "other", &events[..1]).unwrap();
        drop(logs);
        let logs = open(folder.path());
        let records = logs.stream("g", "s").unwrap();
        assert_eq!(records.iter().flat_map(|record| &record.events).collect::<Vec<_>>(), events.each_ref());
        assert_eq!(records[0].ingested_ms, 1_000);
        logs.delete_stream("g", "s").unwrap();
        logs.delete_stream("g", "s").unwrap();
        assert_eq!((logs.stream("g", "s").unwrap().len(), logs.stream("g", "other").unwrap().len()), (0, 1));
    }

    #[test]
    fn long_logs_are_cut_between_lines() {
        let text = "\u{1}é".repeat(2000) + "\n" + &"x".repeat(30_000);
        let records = records("r", "s", &text);
        assert!(records.iter().all(|record| record.len() <= RECORD_BYTES as usize));
        let joined: String =
            records.iter().map(|r| serde_json::from_slice::<Stored<'_>>(r).unwrap().t.into_owned()).collect();
        assert_eq!(joined, text);
    }
}
