//! Every call that reaches the disk fails once, in each way: what was acknowledged is there afterwards, the rest is whole
//! or not there, without gaps, and a retry happens once.

use std::path::Path;

use nano_woof::faults::{Disk, Fault};
use nano_woof::{Config, Error, Log, LogId, LogOptions, Origin, Sequence, SyncPolicy};

/// Small, so that segments end often.
const SEGMENT: u32 = 4096;
const APPENDS: u64 = 60;

fn options(policy: SyncPolicy) -> LogOptions {
    LogOptions { policy, segment_bytes: SEGMENT, ..LogOptions::default() }
}

fn open(directory: &Path, policy: SyncPolicy) -> Result<Log, Error> {
    Log::open_or_create(directory, LogId(7), Config { element: 600, history: 0 }, options(policy), 1)
}

fn payload(number: u64) -> Vec<u8> {
    (0..number * 97 % 600).map(|at| (number * 31 + at) as u8).collect()
}

fn origin(number: u64) -> Origin {
    Origin { lane: (number % 3) as u8, client_sequence: number / 3 + 1 }
}

/// Appends until something fails: how many were acknowledged, and what failed.
fn work(directory: &Path, policy: SyncPolicy) -> (u64, Option<Error>) {
    let log = match open(directory, policy) {
        Ok(log) => log,
        Err(error) => return (0, Some(error)),
    };
    let begin = log.last().map_or(0, Sequence::get);
    for number in begin..APPENDS {
        if number == 40 {
            // Its failure takes no record away that is not gone by right.
            let _ = log.trim_before(Sequence(12));
        }
        if let Err(error) = log.append_once(&payload(number), number, origin(number)) {
            if matches!(error, Error::Full(_)) {
                // There is room again, and it was not there before.
                assert!(log.failure().is_none() && log.last().map_or(0, Sequence::get) == number);
                let again = log.append_once(&payload(number), number, origin(number)).unwrap();
                assert_eq!((again.sequence.get(), again.duplicate), (number + 1, false));
                continue;
            }
            // It says so from then on, instead of trying again.
            let again = log.append_once(&payload(number), number, origin(number)).unwrap_err();
            assert!(matches!(again, Error::Poisoned(_)), "{error} and then {again}");
            assert!(log.failure().is_some());
            return (number, Some(error));
        }
    }
    (APPENDS, None)
}

/// What is there is a prefix of what was tried, and has all that was acknowledged.
fn check(directory: &Path, policy: SyncPolicy, acknowledged: u64, what: &str) {
    let log = open(directory, policy).unwrap_or_else(|error| panic!("{what}: {error}"));
    let last = log.last().map_or(0, Sequence::get);
    assert!(last >= acknowledged, "{what}: {acknowledged} were acknowledged, {last} are there");
    assert!(last <= acknowledged + 1, "{what}: one append was under way");
    let first = log.first();
    assert!(first.get() <= 12, "{what}");
    let mut expected = first.get();
    for entry in log.range(first) {
        let entry = entry.unwrap_or_else(|error| panic!("{what}: {error}"));
        assert_eq!(entry.header.sequence.get(), expected, "{what}");
        assert_eq!(entry.payload, payload(expected - 1), "{what}: record {expected}");
        expected += 1;
    }
    assert_eq!(expected, last + 1, "{what}: no gap at the end");
    // Whoever did not hear of its append tries again, and it is there once.
    for number in acknowledged.saturating_sub(1)..(acknowledged + 1).min(APPENDS) {
        let appended = log.append_once(&payload(number), number, origin(number)).unwrap();
        assert_eq!((appended.sequence.get(), appended.duplicate), (number + 1, number < last), "{what}");
    }
}

fn random(seed: u64) -> impl FnMut() -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    }
}

#[test]
fn every_call_fails_once_in_every_way() {
    for policy in [SyncPolicy::Group, SyncPolicy::EveryAppend] {
        let calls = {
            let directory = tempfile::tempdir().unwrap();
            let disk = Disk::over(directory.path());
            assert!(work(&directory.path().join("log"), policy).1.is_none());
            let calls = disk.calls();
            disk.forget();
            calls
        };
        assert!(calls > 150, "{calls}");
        for fault in [Fault::Error, Fault::Full, Fault::Torn, Fault::PowerCut] {
            for call in 1..=calls {
                let cuts = if fault == Fault::PowerCut { 4 } else { 2 };
                for cut in 0..cuts {
                    let what = format!("{policy:?}, {fault:?} at call {call} of {calls}, cut {cut}");
                    let directory = tempfile::tempdir().unwrap();
                    let path = directory.path().join("log");
                    let disk = Disk::over(directory.path());
                    disk.fail(call, fault);
                    let (acknowledged, failed) = work(&path, policy);
                    disk.mend();
                    // The power goes when the process is at its end anyway, or only the process ends.
                    if cut > 0 || fault == Fault::PowerCut {
                        disk.cut_power(random(call * 31 + cut)).unwrap();
                    }
                    check(&path, policy, acknowledged, &what);
                    if failed.is_some() {
                        let (all, failed) = work(&path, policy);
                        assert!(all == APPENDS && failed.is_none(), "{what}: {failed:?}");
                    }
                    disk.forget();
                }
            }
        }
    }
}

/// Appends to a log that gets room ahead, with zeros in it, after the first 64 KiB: how many were acknowledged.
fn work_with_room(directory: &Path) -> Result<u64, (u64, Error)> {
    let options = LogOptions { segment_bytes: 1 << 20, ..LogOptions::default() };
    let config = Config { element: 8 << 10, history: 0 };
    let log = Log::open_or_create(directory, LogId(7), config, options, 1).map_err(|error| (0, error))?;
    let begin = log.last().map_or(0, Sequence::get);
    for number in begin..30 {
        log.append(&[number as u8 + 1; 6000], number).map_err(|error| (number, error))?;
    }
    Ok(30)
}

#[test]
fn what_is_written_over_zeros_is_as_safe() {
    let calls = {
        let directory = tempfile::tempdir().unwrap();
        let disk = Disk::over(directory.path());
        assert_eq!(work_with_room(&directory.path().join("log")).unwrap(), 30);
        let calls = disk.calls();
        disk.forget();
        calls
    };
    assert!(calls > 60 + 3, "each append writes and syncs, and there is more: {calls}");
    for fault in [Fault::Error, Fault::Torn, Fault::PowerCut] {
        // Those of the last 20.
        for call in calls - 45..=calls {
            let what = format!("{fault:?} at call {call} of {calls}");
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("log");
            let disk = Disk::over(directory.path());
            disk.fail(call, fault);
            let acknowledged = work_with_room(&path).unwrap_or_else(|(acknowledged, _)| acknowledged);
            disk.mend();
            disk.cut_power(random(call)).unwrap();
            let last = Log::open(&path, LogOptions::default()).unwrap().last().map_or(0, Sequence::get);
            assert!(
                (acknowledged..=acknowledged + 1).contains(&last),
                "{what}: {acknowledged} acknowledged, {last} there"
            );
            assert_eq!(work_with_room(&path).unwrap(), 30, "{what}");
            let log = Log::open(&path, LogOptions::default()).unwrap();
            for (index, entry) in log.range(Sequence::FIRST).enumerate() {
                assert_eq!(entry.unwrap().payload, [index as u8 + 1; 6000], "{what}: record {index}");
            }
            assert_eq!(log.verify().unwrap(), 30, "{what}");
            disk.forget();
        }
    }
}

#[test]
fn recovery_may_fail_anywhere_too() {
    for torn in [30, 64, 65, 100, 128] {
        for call in 1.. {
            let what = format!("torn at {torn}, recovery fails at call {call}");
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("log");
            let disk = Disk::over(directory.path());
            disk.fail(torn, Fault::Torn);
            let (acknowledged, _) = work(&path, SyncPolicy::Group);
            disk.fail(call, Fault::PowerCut);
            let opened = open(&path, SyncPolicy::Group).map(drop);
            let calls = disk.calls();
            disk.mend();
            disk.cut_power(random(call)).unwrap();
            check(&path, SyncPolicy::Group, acknowledged, &what);
            disk.forget();
            if opened.is_ok() && calls < call {
                break;
            }
        }
    }
}

#[test]
fn what_the_operating_system_was_trusted_with_is_lost_from_the_end() {
    let mut lost = 0;
    for seed in 0..40 {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let disk = Disk::over(directory.path());
        disk.fail(60 + seed, Fault::PowerCut);
        let (acknowledged, _) = work(&path, SyncPolicy::Os);
        disk.mend();
        disk.cut_power(random(seed)).unwrap();
        let log = open(&path, SyncPolicy::Os).unwrap();
        for (index, entry) in log.range(log.first()).enumerate() {
            let number = log.first().get() - 1 + index as u64;
            assert_eq!(entry.unwrap().payload, payload(number), "seed {seed}");
        }
        lost += u64::from(log.last().map_or(0, Sequence::get) < acknowledged);
        disk.forget();
    }
    // Which also shows that a cut takes what is not synced.
    assert!(lost > 0);
}

/// A log on a disk that is full now and then: what was refused is not there, what was answered is, in order.
#[test]
fn a_full_disk_refuses_and_goes_on_by_itself_when_there_is_room() {
    for policy in [SyncPolicy::Group, SyncPolicy::EveryAppend, SyncPolicy::Os] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let disk = Disk::over(directory.path());
        let log = open(&path, policy).unwrap();
        let mut expected = vec![];
        for number in 0..200_u64 {
            if number % 20 == 13 {
                disk.fill();
            }
            if number % 20 == 17 {
                disk.mend();
            }
            match log.append_once(&payload(number), number, origin(number)) {
                Ok(appended) => {
                    expected.push(payload(number));
                    assert_eq!((appended.sequence.get(), appended.duplicate), (expected.len() as u64, false));
                }
                Err(error) => assert!(matches!(error, Error::Full(_)) && (13..17).contains(&(number % 20)), "{error}"),
            }
            assert_eq!(log.last().map_or(0, Sequence::get), expected.len() as u64);
        }
        assert!(expected.len() < 180 && log.failure().is_none(), "{}", expected.len());
        let found = |log: &Log| log.range(log.first()).map(|entry| entry.unwrap().payload).collect::<Vec<_>>();
        assert_eq!(found(&log), expected);
        drop(log);
        assert_eq!(found(&open(&path, policy).unwrap()), expected, "{policy:?}");
        disk.forget();
    }
}

/// Records that somebody counts on keep their places, and are written when there is room.
#[test]
fn what_was_submitted_to_a_full_disk_keeps_its_place() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("log");
    let disk = Disk::over(directory.path());
    let log = open(&path, SyncPolicy::Group).unwrap();
    log.append(&payload(1), 1).unwrap();
    disk.fill();
    let submitted = log.submit(&[&payload(2), &payload(3)], 2).unwrap();
    for _ in 0..3 {
        assert!(matches!(log.wait(submitted), Err(Error::Full(_))));
        assert!(!log.takes_at_once() && log.failure().is_none());
        // Nothing more is taken.
        assert!(matches!(log.submit(&[&payload(4)], 3), Err(Error::Full(_))));
        assert!(matches!(log.append(&payload(4), 3), Err(Error::Full(_))));
        log.sync_acknowledged().unwrap();
        assert_eq!((log.last(), log.latest().unwrap().payload), (Some(Sequence(1)), payload(1)));
    }
    disk.mend();
    assert_eq!(log.append(&payload(5), 4).unwrap(), Sequence(4));
    log.wait(submitted).unwrap();
    let found: Vec<_> = log.range(Sequence::FIRST).map(|entry| entry.unwrap().payload).collect();
    assert_eq!(found, [payload(1), payload(2), payload(3), payload(5)]);
    drop(log);
    assert_eq!(open(&path, SyncPolicy::Group).unwrap().verify().unwrap(), 4);
    disk.forget();
}

#[test]
fn many_who_append_while_a_disk_fills_up_and_has_room_again_hear_the_truth() {
    for policy in [SyncPolicy::Group, SyncPolicy::EveryAppend] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("log");
        let disk = Disk::over(directory.path());
        let log = open(&path, policy).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        let mut answered: Vec<(u64, Vec<u8>)> = std::thread::scope(|scope| {
            let appenders: Vec<_> = (0..6_u8)
                .map(|thread| {
                    let log = &log;
                    scope.spawn(move || {
                        let mut answered = vec![];
                        for number in 0..150_u8 {
                            let payload = vec![thread, number, 7];
                            match log.append(&payload, 1) {
                                Ok(sequence) => answered.push((sequence.get(), payload)),
                                Err(error) => assert!(matches!(error, Error::Full(_)), "{error}"),
                            }
                        }
                        answered
                    })
                })
                .collect();
            let (disk, done) = (&disk, &done);
            scope.spawn(move || {
                while !done.load(std::sync::atomic::Ordering::SeqCst) {
                    disk.fill();
                    std::thread::sleep(std::time::Duration::from_micros(300));
                    disk.mend();
                    std::thread::sleep(std::time::Duration::from_micros(700));
                }
            });
            let answered = appenders.into_iter().flat_map(|thread| thread.join().unwrap()).collect();
            done.store(true, std::sync::atomic::Ordering::SeqCst);
            answered
        });
        disk.mend();
        answered.sort();
        assert!(answered.len() > 20, "{}", answered.len());
        let found: Vec<_> =
            log.range(Sequence::FIRST).map(Result::unwrap).map(|e| (e.header.sequence.get(), e.payload)).collect();
        assert_eq!(found, answered);
        drop(log);
        assert_eq!(open(&path, policy).unwrap().verify().unwrap(), answered.len() as u64);
        disk.forget();
    }
}
