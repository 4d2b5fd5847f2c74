//! Files cut short or with flipped bits: what opens is a prefix without gaps, and acknowledged data is never lost silently.

use std::fs;
use std::path::{Path, PathBuf};

use nano_woof::{Config, Error, Log, LogId, LogOptions, Origin, Sequence, SyncPolicy};
use proptest::prelude::*;

const CONFIG: Config = Config { element: 64, history: 0 };

fn payload(n: u64) -> Vec<u8> {
    (0..n % 60).map(|i| (n * 31 + i) as u8).collect()
}

/// A log of `count` records, and its segment files.
fn write(directory: &Path, policy: SyncPolicy, count: u64, segment_bytes: u32) -> Vec<PathBuf> {
    let log =
        Log::create(directory, LogId(3), CONFIG, LogOptions { policy, segment_bytes, ..LogOptions::default() }, 1)
            .unwrap();
    for n in 1..=count {
        log.append(&payload(n), n).unwrap();
    }
    drop(log);
    let mut files: Vec<_> = fs::read_dir(directory).unwrap().map(|f| f.unwrap().path()).collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "log"));
    files.sort();
    files
}

fn open(directory: &Path) -> Result<Log, Error> {
    Log::open(directory, LogOptions::default())
}

/// The log opened, and how many of its records are there, each checked.
fn prefix(directory: &Path) -> Result<(Log, u64), Error> {
    let log = open(directory)?;
    let mut count = 0;
    for entry in log.range(Sequence::FIRST) {
        let entry = entry?;
        count += 1;
        assert_eq!((entry.header.sequence.get(), entry.header.timestamp_ms), (count, count));
        assert_eq!(entry.payload, payload(count));
    }
    assert_eq!(log.last().map_or(0, Sequence::get), count);
    Ok((log, count))
}

#[test]
fn cut_anywhere_a_prefix_is_left_and_takes_new_records() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Group, 20, 1 << 20);
    let whole = fs::read(&files[0]).unwrap();
    let mut last = 0;
    for length in 44..=whole.len() {
        fs::write(&files[0], &whole[..length]).unwrap();
        let (log, count) = prefix(directory.path()).unwrap();
        assert!(count >= last);
        last = count;
        assert_eq!(log.recovery().truncated_bytes > 0, fs::metadata(&files[0]).unwrap().len() < length as u64);
        log.append(&payload(count + 1), count + 1).unwrap();
        drop(log);
        assert_eq!(prefix(directory.path()).unwrap().1, count + 1);
    }
    assert_eq!(last, 20);
}

#[test]
fn a_cut_within_the_header_is_damage() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Group, 2, 1 << 20);
    let whole = fs::read(&files[0]).unwrap();
    for length in 0..44 {
        fs::write(&files[0], &whole[..length]).unwrap();
        assert!(matches!(open(directory.path()), Err(Error::Corrupt { offset: 0, .. })), "{length}");
    }
}

#[test]
fn rubbish_and_blank_space_at_the_end_are_cut_off() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Group, 5, 1 << 20);
    let whole = fs::read(&files[0]).unwrap();
    for (tail, name) in [(vec![0; 70_000], "blank"), (vec![0xFF; 3], "odd"), (b"WF".repeat(5000), "magic")] {
        fs::write(&files[0], [whole.as_slice(), &tail].concat()).unwrap();
        let (log, count) = prefix(directory.path()).unwrap();
        // Zeros are room that was made ahead, and no append.
        let truncated = if name == "blank" { 0 } else { tail.len() as u64 };
        assert_eq!((count, log.recovery().truncated_bytes), (5, truncated), "{name}");
        drop(log);
        assert_eq!(fs::read(&files[0]).unwrap(), whole, "{name}");
    }
}

#[test]
fn room_that_a_finished_file_did_not_give_back_is_no_damage_but_rubbish_there_is() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Group, 300, 4096);
    assert!(files.len() > 2);
    for file in &files[..files.len() - 1] {
        let whole = fs::read(file).unwrap();
        fs::write(file, [whole.as_slice(), &vec![0; 70_000]].concat()).unwrap();
        assert_eq!(prefix(directory.path()).unwrap().1, 300);
        assert_eq!(fs::read(file).unwrap(), whole);
        let damaged = [whole.as_slice(), &vec![0; 70_000], b"x"].concat();
        fs::write(file, &damaged).unwrap();
        let error = prefix(directory.path()).map(|_| ()).unwrap_err();
        assert!(matches!(&error, Error::Corrupt { path, .. } if path == file), "{error}");
        assert_eq!(fs::read(file).unwrap(), damaged);
        fs::write(file, whole).unwrap();
    }
}

#[test]
fn the_file_of_the_next_segment_is_made_ahead_and_does_not_stay_for_nothing() {
    let drafts = |directory: &Path| {
        let files = fs::read_dir(directory).unwrap().map(|f| f.unwrap().path());
        files.filter(|f| f.extension().is_some_and(|e| e == "tmp")).collect::<Vec<_>>()
    };
    let (directory, copy) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let options = LogOptions { segment_bytes: 4096, ..LogOptions::default() };
    let log = Log::create(directory.path(), LogId(3), CONFIG, options, 1).unwrap();
    let mut count = 0;
    let mut append = |log: &Log| {
        count += 1;
        log.append(&payload(count), count).unwrap();
        count
    };
    while drafts(directory.path()).is_empty() {
        assert_eq!((append(&log), log.segments().len()).1, 1, "it is there before it is needed");
    }
    // As a crash leaves it.
    for file in fs::read_dir(directory.path()).unwrap().map(|f| f.unwrap().path()) {
        fs::copy(&file, copy.path().join(file.file_name().unwrap())).unwrap();
    }
    let made = prefix(copy.path()).unwrap().1;
    assert_eq!(drafts(copy.path()), Vec::<PathBuf>::new());
    while log.segments().len() == 1 {
        assert_eq!(drafts(directory.path()).len(), 1);
        append(&log);
    }
    assert!(drafts(directory.path()).is_empty(), "it is the segment now");
    while drafts(directory.path()).is_empty() {
        append(&log);
    }
    drop(log);
    assert_eq!(drafts(directory.path()), Vec::<PathBuf>::new());
    assert!(prefix(directory.path()).unwrap().1 > made);
}

#[test]
fn damage_before_the_last_append_is_reported_with_its_place_and_nothing_is_cut() {
    for policy in [SyncPolicy::EveryAppend, SyncPolicy::Group] {
        let directory = tempfile::tempdir().unwrap();
        let files = write(directory.path(), policy, 20, 1 << 20);
        let whole = fs::read(&files[0]).unwrap();
        let last_record = whole.len() - nano_woof::record::stored_bytes(payload(20).len());
        for at in (44..last_record).step_by(7) {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x10;
            fs::write(&files[0], &damaged).unwrap();
            match prefix(directory.path()) {
                Err(Error::Corrupt { path, offset, .. }) => {
                    assert_eq!(path, files[0]);
                    assert!(offset <= at as u64 && at as u64 - offset < 100);
                }
                // Padding carries nothing.
                Ok((_, count)) => assert_eq!(count, 20),
                Err(other) => unreachable!("{other}"),
            }
            assert_eq!(fs::read(&files[0]).unwrap(), damaged);
        }
    }
}

#[test]
fn what_the_operating_system_was_trusted_with_is_cut_but_counted() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Os, 20, 1 << 20);
    let mut bytes = fs::read(&files[0]).unwrap();
    let third = 44 + (1..3).map(|n| nano_woof::record::stored_bytes(payload(n).len())).sum::<usize>();
    bytes[third + 36] ^= 1;
    fs::write(&files[0], bytes).unwrap();
    let (log, count) = prefix(directory.path()).unwrap();
    assert_eq!((count, log.recovery().dropped_records), (2, 17));
}

#[test]
fn a_damaged_finished_segment_is_reported_when_read_or_when_opened() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Os, 200, 4096);
    assert!(files.len() > 2);
    let mut bytes = fs::read(&files[0]).unwrap();
    bytes[200] ^= 1;
    fs::write(&files[0], bytes).unwrap();
    let log = open(directory.path()).unwrap();
    assert!(matches!(log.verify(), Err(Error::Corrupt { path, .. }) if path == files[0]));
    drop(log);
    fs::remove_file(files[0].with_extension("idx")).unwrap();
    assert!(matches!(open(directory.path()), Err(Error::Corrupt { path, .. }) if path == files[0]));
}

#[test]
fn a_missing_segment_is_reported() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Os, 200, 4096);
    fs::remove_file(&files[1]).unwrap();
    assert!(matches!(open(directory.path()), Err(Error::Corrupt { path, .. }) if path == files[2]));
}

#[test]
fn a_wrong_index_is_not_believed() {
    let directory = tempfile::tempdir().unwrap();
    let files = write(directory.path(), SyncPolicy::Os, 200, 4096);
    let index = files[0].with_extension("idx");
    let whole = fs::read(&index).unwrap();
    for at in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[at] ^= 1;
        fs::write(&index, damaged).unwrap();
        assert_eq!(prefix(directory.path()).unwrap().1, 200);
        assert_eq!(fs::read(&index).unwrap(), whole, "it is written anew");
    }
    // An index of another file with the same name.
    fs::copy(files[1].with_extension("idx"), &index).unwrap();
    assert_eq!(prefix(directory.path()).unwrap().1, 200);
}

#[test]
fn a_record_stored_in_a_record_is_not_mistaken_for_one_beyond_damage() {
    let directory = tempfile::tempdir().unwrap();
    let inner = directory.path().join("inner");
    let files = write(&inner, SyncPolicy::Group, 9, 1 << 20);
    let segment = fs::read(&files[0]).unwrap();
    let outer = directory.path().join("outer");
    let config = Config { element: 1 << 16, history: 0 };
    let log = Log::create(&outer, LogId(4), config, LogOptions::default(), 1).unwrap();
    log.append(b"first", 1).unwrap();
    log.append(&segment, 2).unwrap();
    drop(log);
    let file = outer.join("00000000000000000001.log");
    let mut bytes = fs::read(&file).unwrap();
    bytes.pop();
    fs::write(&file, bytes).unwrap();
    assert_eq!(open(&outer).unwrap().last(), Some(Sequence(1)));
}

#[test]
fn drafts_of_segments_are_removed() {
    let directory = tempfile::tempdir().unwrap();
    write(directory.path(), SyncPolicy::Group, 3, 1 << 20);
    let draft = directory.path().join("00000000000000000004.tmp");
    fs::write(&draft, b"half a head").unwrap();
    assert_eq!(prefix(directory.path()).unwrap().1, 3);
    assert!(!draft.exists());
}

#[test]
fn retries_are_known_after_reopening_and_after_rotation() {
    let directory = tempfile::tempdir().unwrap();
    let options = LogOptions { policy: SyncPolicy::Os, segment_bytes: 4096, ..LogOptions::default() };
    let log = Log::create(directory.path(), LogId(1), CONFIG, options, 1).unwrap();
    for n in 1..=300 {
        log.append_once(b"x", 1, Origin { lane: (n % 5) as u8, client_sequence: n }).unwrap();
    }
    drop(log);
    let log = Log::open(directory.path(), options).unwrap();
    for n in 281..=300 {
        let again = log.append_once(b"x", 1, Origin { lane: (n % 5) as u8, client_sequence: n }).unwrap();
        assert_eq!((again.sequence, again.duplicate), (Sequence(n), true));
    }
    assert!(matches!(
        log.append_once(b"x", 1, Origin { lane: 1, client_sequence: 1 }),
        Err(Error::Stale { lane: 1, last: 296 })
    ));
    assert_eq!(log.last(), Some(Sequence(300)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_tails_recover_to_a_prefix(count in 1..40_u64, cut in 0..400_usize,
                                         flips in proptest::collection::vec((0..400_usize, 0..8), 0..4)) {
        let directory = tempfile::tempdir().unwrap();
        let files = write(directory.path(), SyncPolicy::Os, count, 4096);
        let newest = files.last().unwrap();
        let mut bytes = fs::read(newest).unwrap();
        bytes.truncate(bytes.len().saturating_sub(cut).max(44));
        for (back, bit) in flips {
            if let Some(at) = bytes.len().checked_sub(back + 1).filter(|at| *at >= 44) {
                bytes[at] ^= 1_u8 << bit;
            }
        }
        fs::write(newest, &bytes).unwrap();
        let (log, left) = prefix(directory.path()).unwrap();
        prop_assert!(left <= count);
        log.append(&payload(left + 1), left + 1).unwrap();
        drop(log);
        prop_assert_eq!(prefix(directory.path()).unwrap().1, left + 1);
    }
}
