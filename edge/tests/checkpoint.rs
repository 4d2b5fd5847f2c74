//! Checkpoints of the index: what is read from one is what the journal makes; a bad one is not believed; and what they
//! cover leaves the journal.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use nano_edge::store::{
    Attributes, BackupClaim, Change, CompletedPart, Content, Listed, ListingQuery, ObjectStore, Precondition,
    StoreError, StoreOptions, VersionsQuery,
};
use proptest::prelude::*;

/// Small enough that a test fills many.
const SEGMENT: u32 = 64 << 10;

fn try_open(directory: &Path) -> Result<ObjectStore, StoreError> {
    let options =
        StoreOptions { journal_segment_bytes: SEGMENT, blob_segment_bytes: 1 << 20, ..StoreOptions::default() };
    ObjectStore::open(directory, options, Arc::new(|| 1_000))
}

fn open(directory: &Path) -> ObjectStore {
    try_open(directory).unwrap()
}

fn content(store: &ObjectStore, bytes: &[u8]) -> Content {
    let mut writer = store.writer();
    writer.write(bytes).unwrap();
    writer.finish().unwrap()
}

fn bytes(seed: usize, length: usize) -> Vec<u8> {
    (0..length).map(|at| (at / 5 + seed * 31) as u8).collect()
}

fn put(store: &ObjectStore, bucket: &str, key: &str, value: &[u8]) {
    let mut attributes = Attributes::default();
    attributes.headers.insert("content-type".into(), ["a/b", "c/d"][value.len() % 2].into());
    if value.len().is_multiple_of(3) {
        attributes.checksums.insert("crc32".into(), format!("{}", value.len()));
    }
    store.put(bucket, key, content(store, value), attributes, &Precondition::None).unwrap();
}

/// All that there is, as text; but ids of uploads, which go on from the last event of the start.
fn dump(store: &ObjectStore) -> String {
    let mut lines = vec![];
    for bucket in store.buckets() {
        lines.push(format!("{bucket:?} versioning {:?}", store.versioning(&bucket.name).unwrap()));
        let all = VersionsQuery { limit: 100_000, ..VersionsQuery::default() };
        for found in store.list_versions(&bucket.name, &all).unwrap().found {
            let Listed::Item(key, (object, is_latest)) = found else { continue };
            let bytes = store.reader(&object, 0..object.length).read_to_end().unwrap();
            let sum = bytes.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31) + u64::from(*byte));
            let current = store.object(&bucket.name, &key).map(|object| object.revision);
            let attributes = Attributes { upload: None, ..Attributes::clone(&object.attributes) };
            lines.push(format!(
                "{key} {is_latest} {:?} {} {} {} {:?} {:?} {} {sum} {current:?}",
                object.version,
                object.revision,
                object.etag,
                object.length,
                attributes,
                object.parts,
                object.is_delete_marker
            ));
        }
        let mut begun = vec![];
        let all = ListingQuery { limit: 100_000, ..ListingQuery::default() };
        for found in store.uploads(&bucket.name, &all).unwrap().found {
            let Listed::Item(key, uploads) = found else { continue };
            for upload in uploads {
                let parts = store.parts(&bucket.name, &key, &upload.upload, 0, 10_000).unwrap();
                begun.push(format!("{key} {} {:?} {parts:?}", upload.created_ms, upload.attributes));
            }
        }
        begun.sort();
        lines.extend(begun);
    }
    lines.join("\n")
}

fn checkpoints(directory: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<_> = fs::read_dir(directory.join("index")).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn segments(directory: &Path) -> usize {
    let entries = fs::read_dir(directory.join("journal")).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().path().extension().is_some_and(|end| end == "log")).count()
}

#[derive(Debug, Clone)]
enum Operation {
    Put(usize, usize),
    Delete(usize),
    DeleteVersion(usize),
    Copy(usize, usize),
    Tag(usize),
    Versioning(bool),
    Upload(usize),
    Part(usize, usize),
    Complete,
    Abort,
    Bucket,
    Checkpoint,
    Compact,
    Reclaim,
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        8 => (0..9_usize, 0..25_000_usize).prop_map(|(key, length)| Operation::Put(key, length)),
        3 => (0..9_usize).prop_map(Operation::Delete),
        2 => (0..9_usize).prop_map(Operation::DeleteVersion),
        2 => (0..9_usize, 0..9_usize).prop_map(|(from, to)| Operation::Copy(from, to)),
        2 => (0..9_usize).prop_map(Operation::Tag),
        1 => any::<bool>().prop_map(Operation::Versioning),
        2 => (0..9_usize).prop_map(Operation::Upload),
        3 => (1..5_usize, 0..40_000_usize).prop_map(|(number, length)| Operation::Part(number, length)),
        1 => Just(Operation::Complete),
        1 => Just(Operation::Abort),
        1 => Just(Operation::Bucket),
        4 => Just(Operation::Checkpoint),
        3 => Just(Operation::Compact),
        1 => Just(Operation::Reclaim),
        3 => Just(Operation::Reopen),
    ]
}

/// Does it; whether it could be done does not matter, as both stores say the same.
fn perform(store: &ObjectStore, operation: &Operation, upload: &mut Option<(String, String)>) {
    let key = |key: usize| format!("k/{key}");
    match operation {
        Operation::Put(at, length) => put(store, "b", &key(*at), &bytes(*at, *length)),
        Operation::Delete(at) => {
            let _ = store.delete("b", &[key(*at), key(at + 1)], "me", &Precondition::None);
        }
        Operation::DeleteVersion(at) => {
            let versions = store.versions_of("b", &key(*at)).unwrap();
            if let Some(version) = versions.get(at % versions.len().max(1)) {
                let named = [(key(*at), version.version_name().to_owned())];
                let _ = store.delete_versions("b", &named, &Precondition::None, false).unwrap();
            }
        }
        Operation::Copy(from, to) => {
            if let Ok(object) = store.object("b", &key(*from)) {
                store.copy(&object, "b", &key(*to), Attributes::default(), &Precondition::None).unwrap();
            }
        }
        Operation::Tag(at) => {
            let tags = BTreeMap::from([("n".to_owned(), at.to_string())]);
            let _ = store.change_object("b", &key(*at), None, Change::Tags(tags), |_, _| Ok(()));
        }
        Operation::Versioning(on) => store.set_versioning("b", if *on { "Enabled" } else { "Suspended" }).unwrap(),
        Operation::Upload(at) => {
            *upload = Some((key(*at), store.create_upload("b", &key(*at), Attributes::default()).unwrap()));
        }
        Operation::Part(number, length) => {
            if let Some((key, id)) = upload {
                let content = content(store, &bytes(*number, *length));
                store.put_part("b", key, id, *number as u16, content, BTreeMap::new()).unwrap();
            }
        }
        Operation::Complete => {
            if let Some((key, id)) = upload.take() {
                let (parts, _) = store.parts("b", &key, &id, 0, 10).unwrap();
                let Some(part) = parts.last() else { return };
                let named =
                    CompletedPart { number: part.part.number, etag: part.etag.clone(), checksums: BTreeMap::new() };
                store.complete_upload("b", &key, &id, &[named], &Precondition::None, |_| Ok(BTreeMap::new())).unwrap();
            }
        }
        Operation::Abort => {
            if let Some((key, id)) = upload.take() {
                store.abort_upload("b", &key, &id).unwrap();
            }
        }
        Operation::Bucket => {
            if store.create_bucket("other", "r").is_err() {
                let _ = store.delete("other", &["x".to_owned()], "", &Precondition::None);
                store.delete_bucket("other").unwrap();
            } else {
                put(store, "other", "x", b"1");
                store.create_upload("other", "y", Attributes::default()).unwrap();
            }
        }
        Operation::Checkpoint | Operation::Compact | Operation::Reclaim | Operation::Reopen => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// One store makes checkpoints, compacts and starts from them; the other has its journal alone.
    #[test]
    fn with_checkpoints_everything_is_as_without(operations in proptest::collection::vec(operation(), 1..70)) {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one"), folder.path().join("other"));
        let (mut store, plain) = (open(&one), open(&other));
        for store in [&store, &plain] {
            store.create_bucket("b", "r").unwrap();
        }
        let (mut upload, mut plain_upload) = (None, None);
        // Moves of bytes are events too, so the events after them have other numbers: only those that are told matter.
        let same = |store: &ObjectStore, moved: bool| if moved { String::new() } else { dump(store) };
        let mut moved = false;
        for operation in &operations {
            perform(&store, operation, &mut upload);
            perform(&plain, operation, &mut plain_upload);
            match operation {
                Operation::Checkpoint => drop(store.checkpoint().unwrap()),
                Operation::Compact => moved |= store.compact_journal().unwrap().moved_chunks > 0,
                Operation::Reclaim => moved |= store.reclaim().unwrap().moved_chunks > 0,
                Operation::Reopen => {
                    let before = dump(&store);
                    drop(store);
                    store = open(&one);
                    prop_assert!(store.start().refused.is_empty());
                    prop_assert_eq!(dump(&store), before);
                    store.verify().unwrap();
                }
                _ => {}
            }
            prop_assert_eq!(same(&store, moved), same(&plain, moved));
        }
        let before = dump(&store);
        drop(store);
        let store = open(&one);
        prop_assert_eq!(dump(&store), before);
        prop_assert_eq!(store.checkpoint().unwrap().is_some(), store.start().events > 0 || store.start().checkpoint.is_none());
        store.verify().unwrap();
    }
}

#[test]
fn what_a_checkpoint_refers_to_stays_in_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("b", "r").unwrap();
    put(&store, "b", "first", &bytes(1, 700));
    for round in 0..6 {
        put(&store, "b", &format!("{round}"), &bytes(round, 12_000));
    }
    store.checkpoint().unwrap();
    drop(store);
    let store = open(folder.path());
    for round in 0..2 {
        store
            .delete(
                "b",
                &(round * 3..round * 3 + 3).map(|n| n.to_string()).collect::<Vec<_>>(),
                "",
                &Precondition::None,
            )
            .unwrap();
        store.checkpoint().unwrap();
    }
    assert!(segments(folder.path()) > 1);
    store.compact_journal().unwrap();
    store.verify().unwrap();
    let first = store.object("b", "first").unwrap();
    assert_eq!(store.reader(&first, 0..700).read_to_end().unwrap(), bytes(1, 700));
}

#[test]
fn a_damaged_checkpoint_is_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path();
    let store = open(directory);
    store.create_bucket("b", "r").unwrap();
    let mut made = vec![];
    for round in 0..3 {
        for key in 0..40 {
            put(&store, "b", &format!("{round}/{key}"), &bytes(key, 500));
        }
        made.push(store.checkpoint().unwrap().unwrap().position);
        assert_eq!(store.checkpoint().unwrap(), None, "nothing has happened since");
    }
    put(&store, "b", "last", b"1");
    let expected = dump(&store);
    drop(store);
    let paths = checkpoints(directory);
    assert_eq!(paths.len(), 2, "the oldest is gone");
    let whole: Vec<_> = paths.iter().map(|path| fs::read(path).unwrap()).collect();
    let damage = |at: usize| {
        let mut bytes = whole[at].clone();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        fs::write(&paths[at], bytes).unwrap();
    };
    let restore = || paths.iter().zip(&whole).for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    let check = |checkpoint: Option<u64>, refused: usize, events: u64| {
        let store = open(directory);
        let start = store.start().clone();
        assert_eq!((start.checkpoint, start.refused.len(), start.events), (checkpoint, refused, events));
        assert_eq!(dump(&store), expected);
        assert!(start.refused.iter().all(|refused| !refused.path.exists()), "{start:?}");
        drop(store);
        restore();
    };
    check(Some(made[2]), 0, 1);
    damage(1);
    check(Some(made[1]), 1, 41);
    damage(0);
    check(Some(made[2]), 0, 1);
    damage(0);
    damage(1);
    check(None, 2, 122);
    fs::remove_dir_all(directory.join("index")).unwrap();
    fs::create_dir(directory.join("index")).unwrap();
    fs::write(directory.join("index/next.tmp"), b"half").unwrap();
    let store = open(directory);
    assert_eq!((store.start().checkpoint, dump(&store)), (None, expected.clone()));
    assert!(checkpoints(directory).is_empty(), "what was not finished is removed");
    drop(store);
    // Another event's under that name, and one of an event that the journal does not have.
    let (last, ahead) = (made[2], made[2] + 1000);
    let path = |position: u64| directory.join(format!("index/{position:020}.index"));
    fs::write(path(last - 1), &whole[1]).unwrap();
    fs::write(path(ahead), &whole[1]).unwrap();
    let store = open(directory);
    assert_eq!((store.start().checkpoint, store.start().refused.len()), (None, 2));
    assert_eq!(dump(&store), expected);
}

#[test]
fn overwritten_small_objects_leave_the_journal() {
    let folder = tempfile::tempdir().unwrap();
    let directory = folder.path();
    let store = open(directory);
    store.create_bucket("b", "r").unwrap();
    put(&store, "b", "stays", &bytes(1, 9_000));
    let stays = store.object("b", "stays").unwrap();
    store.copy(&stays, "b", "copy", Attributes::default(), &Precondition::None).unwrap();
    drop(stays);
    let upload = store.create_upload("b", "half", Attributes::default()).unwrap();
    let part = content(&store, &bytes(2, 3_000));
    store.put_part("b", "half", &upload, 1, part, BTreeMap::new()).unwrap();
    let mut reader = None;
    for round in 0..1_500 {
        put(&store, "b", "changes", &bytes(round, 1_000));
        if round == 0 {
            reader = Some(store.reader(&store.object("b", "changes").unwrap(), 0..1_000));
        }
        if round % 100 == 99 {
            store.checkpoint().unwrap();
            store.compact_journal().unwrap();
        }
    }
    let full = store.stored_bytes();
    assert!(full > 1_200_000, "the reader has its bytes still: {full}");
    // It reads on, and is the last who needs them.
    assert_eq!(reader.unwrap().read_to_end().unwrap(), bytes(0, 1_000));
    let claim = BackupClaim::take(directory).unwrap();
    assert_eq!(store.compact_journal().unwrap().bytes, 0, "a backup is made");
    drop(claim);
    let reclaimed = store.compact_journal().unwrap();
    assert!(reclaimed.bytes > 900_000, "{reclaimed:?}");
    assert!(segments(directory) <= 12, "{}", segments(directory));
    assert_eq!(store.compact_journal().unwrap(), nano_edge::store::Reclaimed::default(), "nothing is left to do");
    let expected = dump(&store);
    drop(store);
    let store = open(directory);
    assert_eq!(dump(&store), expected);
    store.verify().unwrap();
    let get = |key: &str| {
        let object = store.object("b", key).unwrap();
        store.reader(&object, 0..object.length).read_to_end().unwrap().to_vec()
    };
    assert_eq!((get("stays"), get("copy")), (bytes(1, 9_000), bytes(1, 9_000)));
    assert_eq!(get("changes"), bytes(1_499, 1_000));
    assert_eq!(store.parts("b", "half", &upload, 0, 9).unwrap().0[0].part.length, 3_000);
    drop(store);
    // The beginning is only in the checkpoints now: the one before the newest will do, none will not.
    let paths = checkpoints(directory);
    fs::write(&paths[1], b"rubbish").unwrap();
    let store = open(directory);
    assert_eq!((dump(&store), store.start().refused.len()), (expected, 1));
    drop(store);
    fs::write(&paths[0], b"rubbish").unwrap();
    let error = try_open(directory).unwrap_err().to_string();
    assert!(error.contains("the journal begins at event") && error.contains("restore a backup"), "{error}");
    assert!(paths[0].exists(), "what may be the last trace of it is not removed");
}

#[test]
fn writers_and_readers_go_on_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path());
    store.create_bucket("b", "r").unwrap();
    store.set_versioning("b", "Enabled").unwrap();
    for key in 0..3_000 {
        put(&store, "b", &format!("old/{key:04}"), b"x");
    }
    let done = AtomicBool::new(false);
    let (store, done) = (&store, &done);
    let made = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3_usize)
            .map(|thread| {
                scope.spawn(move || {
                    for round in 0..150 {
                        let key = format!("old/{:04}", (thread * 997 + round * 61) % 3_000);
                        put(store, "b", &key, &bytes(round, 100 + round * 100));
                        if round % 3 == 0 {
                            store.delete("b", &[key], "", &Precondition::None).unwrap();
                        }
                        let name = format!("bucket-{thread}");
                        if store.create_bucket(&name, "r").is_err() {
                            store.delete_bucket(&name).unwrap();
                        }
                        let upload = store.create_upload("b", "u", Attributes::default()).unwrap();
                        let part = content(store, &bytes(round, 200));
                        store.put_part("b", "u", &upload, 1, part, BTreeMap::new()).unwrap();
                        if round % 2 == 0 {
                            store.abort_upload("b", "u", &upload).unwrap();
                        }
                    }
                })
            })
            .collect();
        let maker = scope.spawn(move || {
            let mut made = 0;
            while !done.load(Ordering::SeqCst) {
                made += usize::from(store.checkpoint().unwrap().is_some());
                store.compact_journal().unwrap();
            }
            made
        });
        for writer in writers {
            writer.join().unwrap();
        }
        done.store(true, Ordering::SeqCst);
        maker.join().unwrap()
    });
    assert!(made > 2, "{made}");
    let expected = dump(store);
    let copy = folder.path().join("copy");
    // As a crash would leave it, with a checkpoint from amid the work.
    for name in ["index", "journal", "blobs"] {
        fs::create_dir_all(copy.join(name)).unwrap();
        for entry in fs::read_dir(folder.path().join(name)).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, copy.join(name).join(path.file_name().unwrap())).unwrap();
        }
    }
    let again = open(&copy);
    assert!(again.start().checkpoint.is_some() && again.start().refused.is_empty(), "{:?}", again.start());
    assert_eq!(dump(&again), expected);
    again.verify().unwrap();
}
