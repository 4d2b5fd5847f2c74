//! `kill -9` at random moments of an edge's stores at work: objects put, overwritten and deleted, uploads in parts,
//! versions, appends that are retried by lane and sequence, while checkpoints are made and both logs are cleaned.
//!
//! After each kill everything that was answered in that round is looked for, byte by byte, and nothing may be half there;
//! every fiftieth time, and at the end, everything there is. `cargo xtask crash --count 1000` prints what came of it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nano_edge::store::{
    Attributes, CompletedPart, Content, Listed, ListingQuery, Object, ObjectStore, Precondition, StoreError,
    StoreOptions,
};
use nano_woof::{Config, FileStore, LogOptions, Origin, Sequence, Store, WoofName};

/// Says where the process works that is to be killed.
const DIRECTORY: &str = "NANO_CRASH_DIRECTORY";
/// The number that it begins with.
const FROM: &str = "NANO_CRASH_FROM";
/// The last client sequence of each lane that was answered, comma-separated.
const LANES: &str = "NANO_CRASH_LANES";

/// Threads that put objects, and keys of each.
const PUTTERS: (u64, u64) = (2, 5);
const APPENDERS: usize = 2;
/// Versions of a key that are kept.
const VERSIONS: usize = 5;

/// Small, so that files are finished and go all the time.
fn objects(directory: &Path) -> Result<ObjectStore, StoreError> {
    let options = StoreOptions { blob_segment_bytes: 2 << 20, journal_segment_bytes: 128 << 10, ..Default::default() };
    ObjectStore::open(&directory.join("objects"), options, Arc::new(|| 1_700_000_000_000))
}

fn woofs(directory: &Path) -> FileStore {
    let options = LogOptions { segment_bytes: 32 << 10, ..LogOptions::default() };
    FileStore::open(&directory.join("woofs"), options).unwrap()
}

fn name() -> WoofName<'static> {
    WoofName::parse("home/door").unwrap()
}

/// What is put under that number: it says which it is, and all of it follows from that.
fn bytes(number: u64) -> Vec<u8> {
    let length = [8, 700, 5_000, 16_384, 30_000, 150_000, 9, 60_000][(number / 3 % 8) as usize];
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    number.to_le_bytes().into_iter().chain(std::iter::repeat_with(next)).take(length).collect()
}

fn content(store: &ObjectStore, bytes: &[u8]) -> Content {
    let mut writer = store.writer();
    writer.write(bytes).unwrap();
    writer.finish().unwrap()
}

/// A line in one write, so that a kill leaves it whole or not at all.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(format!("{line}\n").as_bytes()).unwrap();
    out.flush().unwrap();
}

/// Says what is tried, does it, and says that it was answered.
fn promise(what: &str, does: impl FnOnce()) {
    say(&format!("try {what}"));
    does();
    say(&format!("done {what}"));
}

/// The process that is killed: this program again, with [`DIRECTORY`] set.
#[test]
fn works_until_killed() {
    let Ok(directory) = std::env::var(DIRECTORY) else { return };
    let directory = Path::new(&directory);
    // The test's name has begun a line.
    println!();
    let numbers = AtomicU64::new(std::env::var(FROM).unwrap().parse().unwrap());
    let lanes: Vec<u64> = std::env::var(LANES).unwrap().split(',').map(|last| last.parse().unwrap()).collect();
    let (objects, woofs) = (objects(directory).unwrap(), woofs(directory));
    for bucket in ["b", "versions"] {
        match objects.create_bucket(bucket, "") {
            Ok(()) | Err(StoreError::BucketExists) => {}
            Err(error) => unreachable!("{error}"),
        }
    }
    objects.set_versioning("versions", "Enabled").unwrap();
    let log = woofs.create(name(), Config { element: 64, history: 0 }, 0).unwrap();
    let (objects, numbers) = (&objects, &numbers);
    let next = || numbers.fetch_add(1, Ordering::Relaxed);
    std::thread::scope(|scope| {
        for putter in 0..PUTTERS.0 {
            scope.spawn(move || {
                for round in 0_u64.. {
                    let (number, key) = (next(), format!("{putter}/{}", round % PUTTERS.1));
                    if number % 9 == 8 {
                        promise(&format!("delete {key} {number}"), || {
                            objects.delete("b", std::slice::from_ref(&key), "", &Precondition::None).unwrap();
                        });
                    } else {
                        promise(&format!("put {key} {number}"), || {
                            let content = content(objects, &bytes(number));
                            objects.put("b", &key, content, Attributes::default(), &Precondition::None).unwrap();
                        });
                    }
                }
            });
        }
        scope.spawn(move || in_parts(objects, next));
        scope.spawn(move || in_versions(objects, next));
        scope.spawn(move || {
            loop {
                objects.checkpoint().unwrap();
                objects.compact_journal().unwrap();
                objects.reclaim().unwrap();
                std::thread::sleep(Duration::from_millis(3));
            }
        });
        for (lane, last) in lanes.into_iter().enumerate() {
            let log = Arc::clone(&log);
            scope.spawn(move || {
                // What was not answered is tried again first.
                for sequence in last + 1.. {
                    promise(&format!("append {lane} {sequence}"), || {
                        let payload = format!("{lane} {sequence}");
                        let origin = Origin { lane: lane as u8 + 1, client_sequence: sequence };
                        let appended = log.append_once(payload.as_bytes(), 0, origin).unwrap();
                        assert!(!appended.duplicate || sequence == last + 1);
                        if appended.duplicate {
                            say("again");
                        }
                    });
                }
            });
        }
    });
}

/// Uploads in parts, some of them aborted; those that a kill left are aborted first.
fn in_parts(store: &ObjectStore, next: impl Fn() -> u64) {
    let all = ListingQuery { limit: 1_000, ..ListingQuery::default() };
    for found in store.uploads("b", &all).unwrap().found {
        let Listed::Item(key, uploads) = found else { continue };
        for upload in uploads {
            store.abort_upload("b", &key, &upload.upload).unwrap();
        }
    }
    loop {
        let number = next();
        let upload = store.create_upload("b", "parts", Attributes::default()).unwrap();
        let part = store.put_part("b", "parts", &upload, 1, content(store, &bytes(number)), BTreeMap::new()).unwrap();
        if number.is_multiple_of(4) {
            store.abort_upload("b", "parts", &upload).unwrap();
            continue;
        }
        promise(&format!("put parts {number}"), || {
            let named = [CompletedPart { number: 1, etag: part.etag, checksums: BTreeMap::new() }];
            let combine = |_: &[_]| Ok(BTreeMap::new());
            store.complete_upload("b", "parts", &upload, &named, &Precondition::None, combine).unwrap();
        });
    }
}

/// Versions, of which the oldest go for good.
fn in_versions(store: &ObjectStore, next: impl Fn() -> u64) {
    loop {
        let versions = store.versions_of("versions", "key").unwrap();
        if versions.len() >= VERSIONS {
            let oldest = versions.last().unwrap();
            let number = number_of(&read(store, oldest).unwrap());
            promise(&format!("forget key {number}"), || {
                let named = [("key".to_owned(), oldest.version_name().to_owned())];
                store.delete_versions("versions", &named, &Precondition::None, false).unwrap();
            });
        }
        let number = next();
        promise(&format!("version key {number}"), || {
            let content = content(store, &bytes(number));
            store.put("versions", "key", content, Attributes::default(), &Precondition::None).unwrap();
        });
    }
}

fn read(store: &ObjectStore, object: &Object) -> Result<Vec<u8>, StoreError> {
    store.reader(object, 0..object.length).read_to_end().map(|bytes| bytes.to_vec())
}

fn number_of(bytes: &[u8]) -> u64 {
    u64::from_le_bytes(*bytes.first_chunk().unwrap())
}

/// What has been promised.
#[derive(Default)]
struct Promises {
    /// What each key may be: what was answered last, or what was tried after it. None: it is not there.
    keys: BTreeMap<String, Vec<Option<u64>>>,
    /// Keys that something happened to since they were looked at.
    touched: BTreeSet<String>,
    /// Versions that must be there, and those that may.
    versions: (BTreeSet<u64>, BTreeSet<u64>),
    /// By lane, the last that was answered and the last that was tried.
    lanes: [(u64, u64); APPENDERS],
    /// By lane, the last that was found in the log, up to this record.
    found: ([u64; APPENDERS], u64),
    highest: u64,
    answered: u64,
    repeated: u64,
}

impl Promises {
    fn note(&mut self, line: &str) {
        let words: Vec<&str> = line.trim_end().split(' ').collect();
        let [said @ ("try" | "done"), what, key, number] = words.as_slice() else {
            self.repeated += u64::from(line == "again\n");
            return;
        };
        let Ok(number) = number.parse::<u64>() else { return };
        let is_answer = *said == "done";
        self.answered += u64::from(is_answer);
        if *what == "append" {
            let (answered, tried) = &mut self.lanes[key.parse::<usize>().unwrap()];
            *if is_answer { answered } else { tried } = number;
            return;
        }
        self.highest = self.highest.max(number);
        match *what {
            "put" | "delete" => {
                let value = (*what == "put").then_some(number);
                let may = self.keys.entry((*key).to_owned()).or_insert_with(|| vec![None]);
                if is_answer {
                    *may = vec![value];
                } else {
                    may.push(value);
                }
                self.touched.insert((*key).to_owned());
            }
            "version" if is_answer => {
                self.versions.1.remove(&number);
                self.versions.0.insert(number);
            }
            "version" => drop(self.versions.1.insert(number)),
            "forget" if is_answer => drop(self.versions.1.remove(&number)),
            "forget" => {
                self.versions.0.remove(&number);
                self.versions.1.insert(number);
            }
            other => unreachable!("{other}"),
        }
    }

    /// Looks for what was answered since the last time; how many of the answers are not kept.
    fn check(&mut self, directory: &Path, all: bool) -> Vec<String> {
        let mut lost = vec![];
        let store = match objects(directory) {
            Ok(store) => store,
            Err(error) => return vec![format!("the store does not open: {error}")],
        };
        if !store.start().refused.is_empty() {
            lost.push(format!("a checkpoint was refused: {:?}", store.start()));
        }
        if all && let Err(error) = store.verify() {
            lost.push(format!("verification: {error}"));
        }
        let touched = std::mem::take(&mut self.touched);
        let keys: Vec<String> = if all { self.keys.keys().cloned().collect() } else { touched.into_iter().collect() };
        for key in keys {
            let found = match store.object("b", &key).and_then(|object| read(&store, &object)) {
                Ok(value) => Some(value),
                Err(StoreError::NoSuchKey | StoreError::NoSuchBucket) => None,
                Err(error) => {
                    lost.push(format!("{key}: {error}"));
                    continue;
                }
            };
            let number = found.as_deref().map(number_of);
            let may = self.keys.get_mut(&key).unwrap();
            if !may.contains(&number) {
                lost.push(format!("{key} is {number:?}, none of {may:?}"));
            } else if found.is_some_and(|found| found != bytes(number.unwrap())) {
                lost.push(format!("{key} is not all of {number:?}"));
            }
            *may = vec![number];
        }
        let versions = match store.versions_of("versions", "key") {
            Err(StoreError::NoSuchBucket) => vec![],
            other => other.unwrap(),
        };
        let mut there = BTreeSet::new();
        for version in versions {
            let value = read(&store, &version).unwrap();
            let number = number_of(&value);
            if value != bytes(number) {
                lost.push(format!("version {number} is not whole"));
            }
            there.insert(number);
        }
        lost.extend(self.versions.0.difference(&there).map(|number| format!("version {number} is not there")));
        let may: BTreeSet<_> = self.versions.0.union(&self.versions.1).copied().collect();
        lost.extend(there.difference(&may).map(|number| format!("version {number} is there")));
        self.versions = (there, BTreeSet::new());
        self.check_appends(directory, all, &mut lost);
        lost
    }

    fn check_appends(&mut self, directory: &Path, all: bool, lost: &mut Vec<String>) {
        let woofs = woofs(directory);
        let Ok(log) = woofs.log(name()) else {
            if self.lanes.iter().any(|(answered, _)| *answered > 0) {
                lost.push("the log is not there".to_owned());
            }
            return;
        };
        let (found, upto) = &mut self.found;
        if all {
            (*found, *upto) = Default::default();
        }
        for entry in log.range(Sequence(*upto + 1)) {
            let entry = entry.unwrap();
            *upto += 1;
            let text = String::from_utf8(entry.payload).unwrap();
            let (lane, sequence) = text.split_once(' ').unwrap();
            let last = &mut found[lane.parse::<usize>().unwrap()];
            *last += 1;
            // Once each, in order.
            if entry.header.sequence != Sequence(*upto) || sequence.parse() != Ok(*last) {
                lost.push(format!("record {upto} is {text}, not {last} of its lane"));
            }
        }
        for (lane, (answered, tried)) in self.lanes.iter_mut().enumerate() {
            if found[lane] < *answered || found[lane] > *tried {
                lost.push(format!("lane {lane} is at {}, not {answered} to {tried}", found[lane]));
            }
        }
    }
}

#[test]
fn kill_9_loses_nothing() {
    let kills = std::env::var("NANO_CRASHES").ok().and_then(|kills| kills.parse().ok()).unwrap_or(25_u64);
    let directory = tempfile::tempdir().unwrap();
    let directory = directory.path();
    let begun = Instant::now();
    let mut promises = Promises::default();
    let mut random = 0x2545_F491_4F6C_DD1D_u64;
    let (mut lost, mut from_checkpoint, mut largest) = (0, 0, 0);
    for kill in 1..=kills {
        let lanes: Vec<String> = promises.lanes.iter().map(|(answered, _)| answered.to_string()).collect();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "works_until_killed", "--nocapture"])
            .env(DIRECTORY, directory)
            .env(FROM, (promises.highest + 1).to_string())
            .env(LANES, lanes.join(","))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let mut output = BufReader::new(child.stdout.take().unwrap());
        // Sometimes while it starts; mostly at work, after some answers and a little more.
        let answers = if random.is_multiple_of(8) { 0 } else { promises.answered + random / 8 % 120 };
        let mut line = String::new();
        while promises.answered < answers && output.read_line(&mut line).unwrap() > 0 {
            promises.note(&line);
            line.clear();
        }
        std::thread::sleep(Duration::from_micros(random / 1024 % 12_000));
        child.kill().unwrap();
        child.wait().unwrap();
        while output.read_line(&mut line).unwrap() > 0 {
            if line.ends_with('\n') {
                promises.note(&line);
            }
            line.clear();
        }
        let wrong = promises.check(directory, kill % 50 == 0 || kill == kills);
        lost += wrong.len();
        assert!(wrong.is_empty(), "after kill {kill}: {wrong:?}");
        let store = objects(directory).unwrap();
        from_checkpoint += u64::from(store.start().checkpoint.is_some());
        largest = largest.max(store.stored_bytes());
    }
    println!(
        "{kills} kills, {} acknowledged writes, lost {lost}; {} appends were retried after they had happened, once each; \
         {from_checkpoint} starts from a checkpoint; {largest} bytes of objects at most; {:.0} s",
        promises.answered,
        promises.repeated,
        begun.elapsed().as_secs_f64()
    );
    assert!(promises.answered > kills && from_checkpoint > kills / 2);
    // Garbage did not pile up.
    assert!(largest < 24 << 20, "{largest}");
}
