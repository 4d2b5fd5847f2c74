//! Room that nobody needs any more is reclaimed while others write and read, and whatever happens meanwhile.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nano_edge::store::{Attributes, BackupClaim, ObjectStore, Precondition, StoreOptions};

/// Small enough that a test fills many.
const SEGMENT: u32 = 1 << 20;

fn open(directory: &Path) -> ObjectStore {
    let options = StoreOptions { blob_segment_bytes: SEGMENT, ..StoreOptions::default() };
    ObjectStore::open(directory, options, Arc::new(|| 1_000)).unwrap()
}

/// Bytes that tell key, round and place.
fn content(key: usize, round: usize, length: usize) -> Vec<u8> {
    let mut state = (key as u64 + 1) * 0x9E37_79B9 + round as u64 * 0x85EB_CA6B;
    (0..length)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as u8
        })
        .collect()
}

fn put(store: &ObjectStore, key: &str, bytes: &[u8]) {
    let mut writer = store.writer();
    writer.write(bytes).unwrap();
    store.put("b", key, writer.finish().unwrap(), Attributes::default(), &Precondition::None).unwrap();
}

fn get(store: &ObjectStore, key: &str) -> Vec<u8> {
    let object = store.object("b", key).unwrap();
    store.reader(&object, 0..object.length).read_to_end().unwrap().to_vec()
}

#[test]
fn overwritten_deleted_and_aborted_bytes_go() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "r").unwrap();
    put(&store, "stays", &content(0, 0, 100_000));
    let copied = store.object("b", "stays").unwrap();
    store.copy(&copied, "b", "copy", Attributes::default(), &Precondition::None).unwrap();
    drop(copied);
    let upload = store.create_upload("b", "half", Attributes::default()).unwrap();
    let part = |bytes: &[u8], upload: &str, number| {
        let mut writer = store.writer();
        writer.write(bytes).unwrap();
        store.put_part("b", "half", upload, number, writer.finish().unwrap(), BTreeMap::new()).unwrap();
    };
    part(&content(1, 0, 300_000), &upload, 1);
    let aborted = store.create_upload("b", "half", Attributes::default()).unwrap();
    part(&content(2, 0, 3_000_000), &aborted, 1);
    for round in 0..10 {
        put(&store, "changes", &content(3, round, 1_000_000));
    }
    let full = store.stored_bytes();
    assert!(full > 13_000_000);
    // The aborted upload's bytes are still somebody's.
    let reader = store.reader(&store.object("b", "changes").unwrap(), 0..1_000_000);
    store.reclaim().unwrap();
    store.abort_upload("b", "half", &aborted).unwrap();
    put(&store, "changes", &content(3, 10, 1_000_000));
    let reclaimed = store.reclaim().unwrap();
    assert!(store.stored_bytes() < 8_000_000, "{} after {reclaimed:?}", store.stored_bytes());
    assert_eq!(store.reclaim().unwrap(), nano_edge::store::Reclaimed::default(), "nothing is left to do");
    // A reader that began before reads on.
    assert_eq!(reader.read_to_end().unwrap(), content(3, 9, 1_000_000));
    let check = |store: &ObjectStore| {
        assert_eq!(get(store, "stays"), content(0, 0, 100_000));
        assert_eq!(get(store, "copy"), content(0, 0, 100_000));
        assert_eq!(get(store, "changes"), content(3, 10, 1_000_000));
        assert_eq!(store.parts("b", "half", &upload, 0, 10).unwrap().0[0].part.length, 300_000);
        store.verify().unwrap();
    };
    check(&store);
    drop(store);
    let store = open(directory.path());
    check(&store);
    let etag = store.parts("b", "half", &upload, 0, 10).unwrap().0[0].etag.clone();
    let named = [nano_edge::store::CompletedPart { number: 1, etag, checksums: BTreeMap::new() }];
    store.complete_upload("b", "half", &upload, &named, &Precondition::None, |_| Ok(BTreeMap::new())).unwrap();
    assert_eq!(get(&store, "half"), content(1, 0, 300_000));
}

#[test]
fn nothing_goes_while_a_backup_is_made() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "r").unwrap();
    for round in 0..8 {
        put(&store, "changes", &content(3, round, 1_000_000));
    }
    let claim = BackupClaim::take(directory.path()).unwrap();
    assert_eq!(store.reclaim().unwrap().bytes, 0);
    drop(claim);
    assert!(store.reclaim().unwrap().bytes > 4_000_000);
}

#[test]
fn writers_and_readers_go_on_meanwhile() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "r").unwrap();
    store.set_versioning("b", "Enabled").unwrap();
    let done = AtomicBool::new(false);
    let (store, done) = (&store, &done);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|thread| {
                scope.spawn(move || {
                    let mut expected = HashMap::new();
                    for round in 0..60 {
                        let key = format!("{thread}/{}", round % 7);
                        let bytes = content(thread * 100 + round % 7, round, 20_000 + 9_000 * (round % 5));
                        put(store, &key, &bytes);
                        let before = expected.insert(key.clone(), bytes);
                        assert_eq!(get(store, &key), expected[&key]);
                        if before.is_some() {
                            // The version before goes for good.
                            let versions = store.versions_of("b", &key).unwrap();
                            let old: Vec<_> = versions[1..]
                                .iter()
                                .map(|version| (key.clone(), version.version_name().to_owned()))
                                .collect();
                            store.delete_versions("b", &old, &Precondition::None, false).unwrap();
                        }
                    }
                    expected
                })
            })
            .collect();
        let cleaner = scope.spawn(move || {
            let mut reclaimed = 0;
            while !done.load(Ordering::SeqCst) {
                reclaimed += store.reclaim().unwrap().bytes;
                std::thread::yield_now();
            }
            reclaimed
        });
        let expected: Vec<_> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        done.store(true, Ordering::SeqCst);
        assert!(cleaner.join().unwrap() > 0);
        for (key, bytes) in expected.into_iter().flatten() {
            assert_eq!(get(store, &key), bytes, "{key}");
        }
    });
    store.verify().unwrap();
}
