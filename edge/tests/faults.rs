//! The object store on a disk that fails: every call once, in every way, while objects are put, overwritten, deleted,
//! uploaded in parts, checkpoints are made, and room in both logs is reclaimed.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use nano_edge::store::{Attributes, CompletedPart, Content, ObjectStore, Precondition, StoreError, StoreOptions};
use nano_woof::faults::{Disk, Fault};

const SEGMENT: u32 = 128 << 10;
const JOURNAL_SEGMENT: u32 = 4 << 10;

/// What each key is; absent keys are not there.
type Model = BTreeMap<String, Vec<u8>>;

fn bytes(number: u8, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 7) as u8 ^ number).collect()
}

/// A key, and what is put there; nothing: it is deleted.
type Step = (String, Option<Vec<u8>>);

/// What is done, one after the other.
fn steps() -> Vec<Step> {
    let mut steps = vec![];
    for number in 0..14_u8 {
        let key = format!("k{}", number % 4);
        let length = [500, 40_000, 16_384, 90_000, 20_000][usize::from(number) % 5];
        steps.push((key, Some(bytes(number, length))));
        if number % 5 == 4 {
            steps.push((format!("k{}", (number + 1) % 4), None));
        }
    }
    steps
}

fn content(store: &ObjectStore, bytes: &[u8]) -> Result<Content, StoreError> {
    let mut writer = store.writer();
    writer.write(bytes)?;
    writer.finish()
}

fn step(store: &ObjectStore, key: &str, value: Option<&[u8]>) -> Result<(), StoreError> {
    match value {
        None => store.delete("b", &[key.to_owned()], "", &Precondition::None).map(drop),
        // One of them in parts, another one aborted on the way.
        Some(value) if key == "k3" => {
            let aborted = store.create_upload("b", "k3", Attributes::default())?;
            store.put_part("b", "k3", &aborted, 1, content(store, &bytes(200, 50_000))?, BTreeMap::new())?;
            store.abort_upload("b", "k3", &aborted)?;
            let upload = store.create_upload("b", "k3", Attributes::default())?;
            let part = store.put_part("b", "k3", &upload, 1, content(store, value)?, BTreeMap::new())?;
            let named = [CompletedPart { number: 1, etag: part.etag, checksums: BTreeMap::new() }];
            let combine = |_: &[_]| Ok(BTreeMap::new());
            store.complete_upload("b", "k3", &upload, &named, &Precondition::None, combine).map(drop)
        }
        Some(value) => {
            let content = content(store, value)?;
            store.put("b", key, content, Attributes::default(), &Precondition::None).map(drop)
        }
    }
}

fn open(directory: &Path) -> Result<ObjectStore, StoreError> {
    let options =
        StoreOptions { blob_segment_bytes: SEGMENT, journal_segment_bytes: JOURNAL_SEGMENT, ..StoreOptions::default() };
    ObjectStore::open(directory, options, Arc::new(|| 1_000))
}

/// Works until something fails: what was answered, and the step that was not.
fn work(directory: &Path) -> (Model, Option<Step>, bool) {
    let mut model = Model::new();
    let Ok(store) = open(directory) else { return (model, None, true) };
    if store.create_bucket("b", "r").is_err() {
        return (model, None, true);
    }
    for (index, (key, value)) in steps().into_iter().enumerate() {
        if step(&store, &key, value.as_deref()).is_err() {
            return (model, Some((key, value)), true);
        }
        match value {
            Some(value) => model.insert(key, value),
            None => model.remove(&key),
        };
        if index % 4 == 3 {
            let kept = [store.reclaim().map(drop), store.checkpoint().map(drop), store.compact_journal().map(drop)];
            if kept.iter().any(Result::is_err) {
                return (model, None, true);
            }
        }
    }
    (model, None, false)
}

fn check(directory: &Path, model: &Model, tried: Option<&Step>, what: &str) {
    let store = open(directory).unwrap_or_else(|error| panic!("{what}: {error}"));
    store.verify().unwrap_or_else(|error| panic!("{what}: {error}"));
    for number in 0..4 {
        let key = format!("k{number}");
        let found = match store.object("b", &key) {
            Ok(object) => Some(store.reader(&object, 0..object.length).read_to_end().unwrap().to_vec()),
            Err(StoreError::NoSuchKey | StoreError::NoSuchBucket) => None,
            Err(error) => panic!("{what}: {error}"),
        };
        let was_tried = tried.is_some_and(|(other, value)| *other == key && *value == found);
        assert!(
            found.as_ref() == model.get(&key) || was_tried,
            "{what}: {key} is neither what it was nor what it became"
        );
    }
    if store.create_bucket("b", "r").is_ok() {
        assert!(model.is_empty(), "{what}");
    }
    // And it goes on.
    for (key, value) in steps() {
        step(&store, &key, value.as_deref()).unwrap_or_else(|error| panic!("{what}: {error}"));
    }
    store.reclaim().unwrap();
    store.checkpoint().unwrap();
    store.compact_journal().unwrap();
    store.verify().unwrap();
    let expected: Vec<_> = keys(&store);
    drop(store);
    let store = open(directory).unwrap_or_else(|error| panic!("{what}: {error}"));
    store.verify().unwrap_or_else(|error| panic!("{what}: {error}"));
    assert!(store.start().checkpoint.is_some() && store.start().refused.is_empty(), "{what}: {:?}", store.start());
    assert_eq!(keys(&store), expected, "{what}");
}

/// What each key is.
fn keys(store: &ObjectStore) -> Vec<Option<Vec<u8>>> {
    let get = |key: String| {
        let object = store.object("b", &key).ok()?;
        Some(store.reader(&object, 0..object.length).read_to_end().unwrap().to_vec())
    };
    (0..4).map(|number| get(format!("k{number}"))).collect()
}

/// Each call fails once.
fn every_call(fault: Fault) {
    let calls = {
        let directory = tempfile::tempdir().unwrap();
        let disk = Disk::over(directory.path());
        assert!(!work(&directory.path().join("store")).2);
        let calls = disk.calls();
        disk.forget();
        calls
    };
    assert!(calls > 200, "{calls}");
    for call in 1..=calls {
        let what = format!("{fault:?} at call {call} of {calls}");
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("store");
        let disk = Disk::over(directory.path());
        disk.fail(call, fault);
        let (model, tried, _) = work(&path);
        disk.mend();
        if fault == Fault::PowerCut || call % 2 == 0 {
            let mut state = call | 1 << 20;
            disk.cut_power(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state >> 33
            })
            .unwrap();
        }
        check(&path, &model, tried.as_ref(), &what);
        disk.forget();
    }
}

#[test]
fn every_call_is_an_io_error_once() {
    every_call(Fault::Error);
}

#[test]
fn every_call_finds_the_disk_full_once() {
    every_call(Fault::Full);
}

#[test]
fn every_call_is_torn_once() {
    every_call(Fault::Torn);
}

#[test]
fn the_power_goes_at_every_call_once() {
    every_call(Fault::PowerCut);
}

#[test]
fn a_full_disk_takes_nothing_and_goes_on_by_itself_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let disk = Disk::over(directory.path());
    let store = open(&path).unwrap();
    store.create_bucket("b", "r").unwrap();
    let put = |key: &str, bytes: &[u8]| {
        let content = content(&store, bytes)?;
        store.put("b", key, content, Attributes::default(), &Precondition::None)
    };
    let get = |store: &ObjectStore, key: &str| {
        let object = store.object("b", key)?;
        store.reader(&object, 0..object.length).read_to_end().map(|bytes| bytes.to_vec())
    };
    let mut model = Model::new();
    for round in 0..6_u8 {
        for (number, length) in [500, 90_000, 16_385, 600_000, 3].into_iter().enumerate() {
            let (key, value) = (format!("k{number}"), bytes(round * 8 + number as u8, length));
            put(&key, &value).unwrap();
            model.insert(key, value);
        }
        disk.fill();
        let is_full = |error: &StoreError| matches!(error, StoreError::Log(nano_woof::Error::Full(_)));
        let mut tried = Model::new();
        for attempt in 0..3_u8 {
            for (key, length) in [("large", 200_000), ("k1", 300_000), ("small", 10)] {
                let key = if key == "k1" { key.to_owned() } else { format!("{key}{round}{attempt}") };
                let value = bytes(99 + attempt, length);
                match put(&key, &value) {
                    // What a write that failed gives back may be room enough.
                    Ok(_) => drop(model.insert(key, value)),
                    Err(error) => {
                        assert!(is_full(&error), "{error}");
                        tried.insert(key, value);
                    }
                }
            }
            for (key, value) in &model {
                match get(&store, key) {
                    Ok(found) => assert_eq!(found, *value, "{key}"),
                    // It is the one whose place is not certain yet.
                    Err(error) => assert!(is_full(&error) && tried.contains_key(key), "{key}: {error}"),
                }
            }
        }
        assert!(tried.len() >= 3, "{tried:?}");
        disk.mend();
        // Garbage of what was refused goes, and room comes back, without a restart.
        store.reclaim().unwrap();
        store.checkpoint().unwrap();
        // The first small one may have its place in the journal already; all others are refused before.
        let mut late = 0;
        for (key, value) in tried {
            match get(&store, &key) {
                Ok(found) if Some(&found) == model.get(&key) => {}
                Ok(found) => {
                    assert_eq!(found, value, "{key}");
                    model.insert(key, value);
                    late += 1;
                }
                Err(error) => assert!(matches!(error, StoreError::NoSuchKey) && !model.contains_key(&key), "{error}"),
            }
        }
        assert!(late <= 1, "{late}");
    }
    store.verify().unwrap();
    drop(store);
    let store = open(&path).unwrap();
    store.verify().unwrap();
    for (key, value) in &model {
        assert_eq!(get(&store, key).unwrap(), *value, "{key}");
    }
    disk.forget();
}

/// Whoever deletes on a full disk makes room, although all there is is in one file.
#[test]
fn what_is_deleted_makes_room_on_a_full_disk() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store");
    let disk = Disk::over(directory.path());
    let store = ObjectStore::open(&path, StoreOptions::default(), Arc::new(|| 1_000)).unwrap();
    store.create_bucket("b", "r").unwrap();
    let put = |key: &str, bytes: &[u8]| {
        let content = content(&store, bytes)?;
        store.put("b", key, content, Attributes::default(), &Precondition::None)
    };
    disk.leave(6 << 20);
    let mut there = vec![];
    let refused = (0..100_u8).find_map(|number| match put(&format!("k{number}"), &bytes(number, 400_000)) {
        Ok(_) => {
            there.push(number);
            None
        }
        Err(error) => Some(error),
    });
    assert!(matches!(refused, Some(StoreError::Log(nano_woof::Error::Full(_)))), "{refused:?}");
    assert!(there.len() > 5, "{there:?}");
    // A new file needs a little, for what waits for room.
    disk.leave(600_000);
    for number in &there {
        store.delete("b", &[format!("k{number}")], "", &Precondition::None).unwrap();
    }
    let reclaimed = store.reclaim().unwrap();
    assert!(reclaimed.bytes > 2 << 20, "{reclaimed:?}");
    put("again", &bytes(7, 400_000)).unwrap();
    store.verify().unwrap();
    drop(store);
    let store = open(&path).unwrap();
    store.verify().unwrap();
    let object = store.object("b", "again").unwrap();
    assert_eq!(store.reader(&object, 0..object.length).read_to_end().unwrap(), bytes(7, 400_000));
    disk.forget();
}
