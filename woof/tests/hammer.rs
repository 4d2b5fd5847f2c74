//! Many threads at one log of tiny segments: every record is what its writer made of it, none is missing, none is twice;
//! also when the log is trimmed, reopened, or deleted and made anew meanwhile.
//!
//! `NANO_HAMMERS=1000` goes round a thousand times.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use nano_woof::{Config, Error, FileStore, Log, LogId, LogOptions, Sequence, Store, SyncPolicy, WoofName};

const POLICIES: [SyncPolicy; 3] = [SyncPolicy::Os, SyncPolicy::Group, SyncPolicy::EveryAppend];

fn rounds(usual: u64) -> u64 {
    std::env::var("NANO_HAMMERS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(usual)
}

/// Tells the others of a test that it is at its end, be that a failure.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Who wrote it, which of his it is, and bytes that follow from both.
fn payload(writer: u64, number: u64) -> Vec<u8> {
    let length = (writer * 131 + number * 197) % 900;
    let mut bytes = [writer.to_le_bytes(), number.to_le_bytes()].concat();
    bytes.extend((0..length).map(|at| (writer * 7 + number * 31 + at) as u8));
    bytes
}

fn written(bytes: &[u8]) -> (u64, u64) {
    let at = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let (writer, number) = (at(0), at(8));
    assert!(bytes == payload(writer, number), "record {number} of writer {writer} has other bytes");
    (writer, number)
}

/// Every record from `first` on, with each writer's in their order and without a gap; how many each has written.
fn check(log: &Log, first: Sequence, writers: u64) -> Vec<u64> {
    let mut last = vec![None; writers as usize];
    let mut expected = first;
    for entry in log.range(first) {
        let entry = entry.unwrap();
        assert_eq!(entry.header.sequence, expected);
        let (writer, number) = written(&entry.payload);
        let last = &mut last[writer as usize];
        assert!(last.is_none_or(|last| last + 1 == number), "writer {writer}: {number} after {last:?}");
        *last = Some(number);
        expected = expected.next();
    }
    assert_eq!(expected.get(), log.last().map_or(1, |last| last.get() + 1));
    last.into_iter().map(|last| last.map_or(0, |last| last + 1)).collect()
}

#[test]
fn written_read_trimmed_and_reopened() {
    const WRITERS: u64 = 6;
    const EACH: u64 = 60;
    let directory = tempfile::tempdir().unwrap();
    for round in 0..rounds(4) {
        let policy = POLICIES[round as usize % POLICIES.len()];
        let options = LogOptions { policy, segment_bytes: 4096 << (round % 3), ahead_bytes: 256 << 10 };
        let path = directory.path().join(round.to_string());
        let mut done = vec![0; WRITERS as usize];
        for _ in 0..3 {
            let log = Log::open_or_create(&path, LogId(9), Config { element: 1024, history: 0 }, options, 1).unwrap();
            assert_eq!(log.recovery(), nano_woof::Recovery::default());
            let ends = AtomicBool::new(false);
            std::thread::scope(|scope| {
                let _ends = Ends(&ends);
                let writers: Vec<_> = (0..WRITERS)
                    .map(|writer| {
                        let (log, from) = (&log, done[writer as usize]);
                        scope.spawn(move || {
                            for number in from..from + EACH {
                                let bytes = payload(writer, number);
                                let at = log.append(&bytes, number).unwrap();
                                match log.get(at) {
                                    Ok(entry) => assert_eq!(entry.payload, bytes),
                                    Err(Error::Gone { .. }) => {}
                                    Err(error) => panic!("{error}"),
                                }
                            }
                        })
                    })
                    .collect();
                for _ in 0..2 {
                    scope.spawn(|| {
                        while !ends.load(Ordering::Relaxed) {
                            let middle = log.last().map_or(1, |last| last.get().saturating_sub(100).max(1));
                            log.trim_before(Sequence(middle)).unwrap();
                            for entry in log.range(Sequence::FIRST) {
                                written(&entry.unwrap().payload);
                            }
                        }
                    });
                }
                for writer in writers {
                    writer.join().unwrap();
                }
            });
            for done in &mut done {
                *done += EACH;
            }
            assert_eq!(log.last().unwrap().get(), done.iter().sum::<u64>());
            let last = check(&log, log.first(), WRITERS);
            assert!(last.iter().zip(&done).all(|(last, done)| *last == 0 || last == done), "{last:?} of {done:?}");
        }
        std::fs::remove_dir_all(&path).unwrap();
    }
}

#[test]
fn the_newest_is_there_however_short_the_history() {
    let directory = tempfile::tempdir().unwrap();
    for round in 0..rounds(4) {
        let options = LogOptions { policy: POLICIES[round as usize % 2], segment_bytes: 4096, ahead_bytes: 64 << 10 };
        let config = Config { element: 1024, history: 1 + round % 3 };
        let log = Log::create(&directory.path().join(round.to_string()), LogId(9), config, options, 1).unwrap();
        log.append(&payload(0, 0), 1).unwrap();
        let ends = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _ends = Ends(&ends);
            let writers: Vec<_> = (1..5)
                .map(|writer| {
                    let log = &log;
                    scope.spawn(move || {
                        for number in 0..200 {
                            log.append(&payload(writer, number), 1).unwrap();
                        }
                    })
                })
                .collect();
            scope.spawn(|| {
                let mut newest = Sequence::FIRST;
                while !ends.load(Ordering::Relaxed) {
                    let entry = log.latest().unwrap();
                    written(&entry.payload);
                    assert!(entry.header.sequence >= newest);
                    newest = entry.header.sequence;
                    for entry in log.tail(config.history).unwrap() {
                        written(&entry.payload);
                    }
                }
            });
            for writer in writers {
                writer.join().unwrap();
            }
        });
        assert_eq!(log.last().unwrap().get(), 801);
        assert!(log.segments().len() <= 3, "{:?}", log.segments());
    }
}

#[test]
fn copied_at_work() {
    let directory = tempfile::tempdir().unwrap();
    let (path, copy) = (directory.path().join("log"), directory.path().join("copy"));
    let options = LogOptions { segment_bytes: 8 << 20, ahead_bytes: 2 << 20, policy: SyncPolicy::Group };
    let config = Config { element: 16 << 10, history: 0 };
    let log = Log::create(&path, LogId(9), config, options, 1).unwrap();
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let _ends = Ends(&ends);
        scope.spawn(|| {
            for number in 0_u64.. {
                // Records that end in zeros are whole, too.
                let bytes = vec![if number % 3 == 0 { 0 } else { number as u8 }; 16 << 10];
                let last = log.submit(&[bytes.as_slice(); 16], number).unwrap();
                log.wait(last).unwrap();
                if ends.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        for round in 0..rounds(10) {
            let acknowledged = log.last();
            let base = log.segments().last().unwrap().get();
            let name = format!("{base:020}.log");
            std::fs::create_dir(&copy).unwrap();
            let mut to = std::fs::File::create(copy.join(&name)).unwrap();
            let file = std::fs::File::open(path.join(&name)).unwrap();
            nano_woof::copy_segment(&path.join(&name), file, &mut to).unwrap();
            let found = Log::open(&copy, options).unwrap_or_else(|error| panic!("round {round}: {error}"));
            assert!(found.last() >= acknowledged, "{acknowledged:?} was acknowledged, {:?} is there", found.last());
            found.verify().unwrap();
            drop(found);
            std::fs::remove_dir_all(&copy).unwrap();
        }
    });
}

#[test]
fn deleted_and_made_anew_at_work() {
    let name = WoofName::new("ns", "log").unwrap();
    let directory = tempfile::tempdir().unwrap();
    let mut store = FileStore::open(directory.path(), LogOptions::default()).unwrap();
    for round in 0..rounds(3) {
        let history = if round % 2 == 0 { 40 } else { 0 };
        drop(store);
        let options = LogOptions { policy: SyncPolicy::Os, segment_bytes: 64 << 10, ahead_bytes: 128 << 10 };
        store = FileStore::open(directory.path(), options).unwrap();
        let created = AtomicU64::new(round * 1000);
        let config = Config { element: 16 << 10, history };
        let anew = |store: &FileStore| {
            store.create(name, config, created.fetch_add(1, Ordering::Relaxed)).unwrap();
        };
        anew(&store);
        let ends = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let _ends = Ends(&ends);
            for _ in 0..5 {
                scope.spawn(|| {
                    while !ends.load(Ordering::Relaxed) {
                        let Ok(woof) = store.open(name) else {
                            std::thread::yield_now();
                            continue;
                        };
                        for number in 0..50_u8 {
                            match woof.append(&[number; 9000], 1) {
                                Ok(at) => match woof.get(at) {
                                    Ok(entry) => assert_eq!(entry.payload, [number; 9000]),
                                    Err(Error::Gone { .. }) => {}
                                    Err(error) => panic!("{error}"),
                                },
                                Err(Error::NotFound(_)) => break,
                                Err(error) => panic!("{error}"),
                            }
                        }
                    }
                });
            }
            for _ in 0..30 {
                std::thread::sleep(std::time::Duration::from_millis(2));
                store.delete(name).unwrap();
                anew(&store);
            }
        });
        // As whoever comes next finds it.
        let last = store.open(name).unwrap().last();
        drop(store);
        store = FileStore::open(directory.path(), options).unwrap();
        let log = store.log(name).unwrap();
        assert_eq!(log.last(), last);
        log.verify().unwrap();
        store.delete(name).unwrap();
    }
}
