//! The object store against a model and over restarts.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use nano_edge::store::{
    Attributes, CompletedPart, Content, Listed, ListingQuery, Object, ObjectStore, Precondition, StoreError,
    StoreOptions,
};
use proptest::prelude::*;

fn open(directory: &Path) -> Arc<ObjectStore> {
    Arc::new(ObjectStore::open(directory, StoreOptions::default(), Arc::new(|| 1_700_000_000_000)).unwrap())
}

/// Bytes that say which they are.
fn bytes(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn content(store: &ObjectStore, bytes: &[u8]) -> Content {
    let mut writer = store.writer();
    for part in bytes.chunks(100_000) {
        writer.write(part).unwrap();
    }
    writer.finish().unwrap()
}

fn put(store: &ObjectStore, key: &str, bytes: &[u8]) -> Arc<Object> {
    store.put("b", key, content(store, bytes), Attributes::default(), &Precondition::None).unwrap()
}

fn read(store: &ObjectStore, object: &Object) -> Vec<u8> {
    store.reader(object, 0..object.length).read_to_end().unwrap().to_vec()
}

fn get(store: &ObjectStore, key: &str) -> Option<Vec<u8>> {
    match store.object("b", key) {
        Ok(object) => Some(read(store, &object)),
        Err(StoreError::NoSuchKey) => None,
        Err(other) => unreachable!("{other}"),
    }
}

fn keys(store: &ObjectStore) -> Vec<String> {
    let listing = store.list("b", &ListingQuery { limit: 10_000, ..ListingQuery::default() }).unwrap();
    let key = |found| if let Listed::Item(key, _) = found { Some(key) } else { None };
    listing.found.into_iter().filter_map(key).collect()
}

#[test]
fn objects_of_every_size_come_back_whole_and_in_ranges_after_a_restart() {
    let directory = tempfile::tempdir().unwrap();
    let sizes = [0, 1, 16_383, 16_384, 16_385, 32_768, 262_143, 262_144, 262_145, 1_000_000, 5_000_003];
    let mut store = open(directory.path());
    store.create_bucket("b", "us-east-1").unwrap();
    for size in sizes {
        put(&store, &size.to_string(), &bytes(size as u64, size));
    }
    for _ in 0..2 {
        for size in sizes {
            let expected = bytes(size as u64, size);
            let object = store.object("b", &size.to_string()).unwrap();
            assert_eq!(object.length, size as u64);
            assert!(read(&store, &object) == expected);
            for (from, to) in [(0, 1), (size / 2, size / 2 + 1), (size / 3, size), (16_383, 16_386), (size, size + 5)] {
                let (from, to) = (from.min(size), to.min(size));
                let found = store.reader(&object, from as u64..to as u64).read_to_end().unwrap();
                assert!(found == expected[from..to], "{size} {from} {to}");
            }
        }
        assert_eq!(store.object("b", "0").unwrap().etag, "d41d8cd98f00b204e9800998ecf8427e");
        drop(store);
        store = open(directory.path());
    }
    assert!(store.verify().unwrap() > 0);
}

#[test]
fn a_reader_goes_on_when_its_object_is_replaced_or_deleted() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "").unwrap();
    for length in [10, 2_000_000] {
        let old = bytes(1, length);
        let object = put(&store, "k", &old);
        let reader = store.reader(&object, 0..object.length);
        put(&store, "k", b"new");
        store.delete("b", &["k".to_owned()], "", &Precondition::None).unwrap();
        assert!(reader.read_to_end().unwrap() == old);
    }
}

#[test]
fn preconditions_are_checked_against_what_is_there() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "").unwrap();
    let attempt = |precondition| store.put("b", "k", content(&store, b"hello"), Attributes::default(), &precondition);
    assert!(matches!(attempt(Precondition::Exists), Err(StoreError::NoSuchKey)));
    assert!(matches!(attempt(Precondition::Etag("x".into())), Err(StoreError::NoSuchKey)));
    let first = attempt(Precondition::Absent).unwrap();
    assert_eq!(first.etag, "5d41402abc4b2a76b9719d911017c592");
    assert!(matches!(attempt(Precondition::Absent), Err(StoreError::PreconditionFailed)));
    assert!(matches!(attempt(Precondition::Etag("x".into())), Err(StoreError::PreconditionFailed)));
    let second = attempt(Precondition::Etag(first.etag.clone())).unwrap();
    assert!(matches!(attempt(Precondition::Revision(first.revision)), Err(StoreError::PreconditionFailed)));
    attempt(Precondition::Revision(second.revision)).unwrap();
    assert!(matches!(
        store.put("none", "k", content(&store, b""), Attributes::default(), &Precondition::None),
        Err(StoreError::NoSuchBucket)
    ));
}

#[test]
fn of_many_conditional_writers_one_wins() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    let counter = store.namespace("counter").unwrap();
    let first = counter.create("n", b"0").unwrap();
    let wins = std::thread::scope(|scope| {
        let attempts: Vec<_> = (0..8).map(|_| scope.spawn(|| counter.replace("n", b"1", first).is_ok())).collect();
        attempts.into_iter().map(|a| a.join().unwrap()).filter(|won| *won).count()
    });
    assert_eq!(wins, 1);
}

#[test]
fn namespaces_are_kept_and_no_bucket() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "us-east-1").unwrap();
    let functions = store.namespace("functions").unwrap();
    let large = bytes(5, 3_000_000);
    functions.put("code/lights", &large).unwrap();
    functions.put("config/lights", b"{}").unwrap();
    functions.put("config/other", b"{}").unwrap();
    assert!(functions.delete("config/other").unwrap());
    assert!(!functions.delete("config/other").unwrap());
    drop((functions, store));
    let store = open(directory.path());
    let functions = store.namespace("functions").unwrap();
    assert!(functions.get("code/lights").unwrap().unwrap().bytes == large);
    assert_eq!(functions.get("config/other").unwrap(), None);
    assert_eq!(functions.keys("").unwrap(), ["code/lights", "config/lights"]);
    assert_eq!(functions.entries("config/").unwrap()[0].1.bytes, &b"{}"[..]);
    let names: Vec<_> = store.buckets().into_iter().map(|b| b.name).collect();
    assert_eq!(names, ["b"]);
}

#[test]
fn uploads_survive_a_restart_and_become_one_object() {
    let directory = tempfile::tempdir().unwrap();
    let mut store = open(directory.path());
    store.create_bucket("b", "").unwrap();
    let attributes = Attributes { metadata: BTreeMap::from([("who".into(), "me".into())]), ..Attributes::default() };
    let upload = store.create_upload("b", "k", attributes).unwrap();
    let parts = [bytes(1, 5 << 20), bytes(2, (5 << 20) + 7), bytes(3, 100)];
    let mut named = vec![];
    for (number, part) in (1..).zip(&parts) {
        store.put_part("b", "k", &upload, number, content(&store, b"replaced"), BTreeMap::new()).unwrap();
        let put = store.put_part("b", "k", &upload, number, content(&store, part), BTreeMap::new()).unwrap();
        named.push(CompletedPart { number, etag: put.etag, checksums: BTreeMap::new() });
        drop(store);
        store = open(directory.path());
    }
    let complete = |named: &[CompletedPart]| {
        store.complete_upload("b", "k", &upload, named, &Precondition::None, |_| Ok(BTreeMap::new()))
    };
    let reversed: Vec<_> = named.iter().rev().cloned().collect();
    assert!(matches!(complete(&reversed), Err(StoreError::InvalidPartOrder)));
    let mut wrong = named.clone();
    wrong[1].etag = "0".repeat(32);
    assert!(matches!(complete(&wrong), Err(StoreError::InvalidPart(2))));
    wrong[1].number = 9;
    assert!(matches!(complete(&wrong), Err(StoreError::InvalidPartOrder | StoreError::InvalidPart(9))));
    let object = complete(&named).unwrap();
    assert!(matches!(complete(&named), Err(StoreError::NoSuchUpload)));
    assert!(object.etag.ends_with("-3"));
    let whole = parts.concat();
    assert!(read(&store, &object) == whole);
    // A copy, and a part of one, share the bytes.
    let before = store.stored_bytes();
    let copy = store.copy(&object, "b", "copy", Attributes::default(), &Precondition::None).unwrap();
    let range = store.content_of(&object, 5_000_000..11_000_000).unwrap();
    let piece = store.put("b", "range", range, Attributes::default(), &Precondition::None).unwrap();
    assert!(store.stored_bytes() - before < 10_000);
    store.delete("b", &["k".to_owned()], "", &Precondition::None).unwrap();
    drop(store);
    let store = open(directory.path());
    assert!(read(&store, &copy) == whole);
    assert!(read(&store, &piece) == whole[5_000_000..whole.len().min(11_000_000)]);
    assert_eq!(store.object("b", "copy").unwrap(), copy);
}

#[test]
fn a_small_part_in_the_middle_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "").unwrap();
    let upload = store.create_upload("b", "k", Attributes::default()).unwrap();
    let other = store.create_upload("b", "k", Attributes::default()).unwrap();
    assert_ne!(upload, other);
    let named: Vec<_> = (1..=2)
        .map(|number| {
            let put = store.put_part("b", "k", &upload, number, content(&store, b"x"), BTreeMap::new()).unwrap();
            CompletedPart { number, etag: put.etag, checksums: BTreeMap::new() }
        })
        .collect();
    let result = store.complete_upload("b", "k", &upload, &named, &Precondition::None, |_| Ok(BTreeMap::new()));
    assert!(matches!(result, Err(StoreError::PartTooSmall { number: 1, length: 1 })));
    let uploads = store.uploads("b", &ListingQuery { limit: 10, ..ListingQuery::default() }).unwrap();
    assert!(matches!(&uploads.found[..], [Listed::Item(key, two)] if key == "k" && two.len() == 2));
    store.abort_upload("b", "k", &upload).unwrap();
    assert!(matches!(store.abort_upload("b", "k", &upload), Err(StoreError::NoSuchUpload)));
}

#[test]
fn a_directory_has_one_store_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let _store = open(directory.path());
    let second = ObjectStore::open(directory.path(), StoreOptions::default(), Arc::new(|| 1));
    assert!(matches!(second, Err(StoreError::Log(nano_woof::Error::Locked(_)))));
}

#[test]
fn damage_to_a_chunk_is_an_error_and_not_wrong_bytes() {
    let directory = tempfile::tempdir().unwrap();
    let store = open(directory.path());
    store.create_bucket("b", "").unwrap();
    put(&store, "k", &bytes(1, 100_000));
    put(&store, "other", &bytes(2, 100_000));
    let blobs = directory.path().join("blobs/00000000000000000001.log");
    let mut file = std::fs::read(&blobs).unwrap();
    file[40_000] ^= 1;
    std::fs::write(&blobs, file).unwrap();
    let object = store.object("b", "k").unwrap();
    assert!(matches!(
        store.reader(&object, 0..object.length).read_to_end(),
        Err(StoreError::Log(nano_woof::Error::Corrupt { .. }))
    ));
    assert!(store.verify().is_err());
    assert_eq!(get(&store, "other").unwrap(), bytes(2, 100_000));
    drop(store);
    let reopened = ObjectStore::open(directory.path(), StoreOptions::default(), Arc::new(|| 1));
    assert!(matches!(reopened, Err(StoreError::Log(nano_woof::Error::Corrupt { .. }))));
}

#[derive(Debug, Clone)]
enum Operation {
    Put(u8, usize),
    Copy(u8, u8),
    Delete(Vec<u8>),
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    prop_oneof![
        6 => (0..12_u8, prop_oneof![0..100_usize, 16_000..17_000_usize, 0..400_000_usize]).prop_map(|(k, n)| Operation::Put(k, n)),
        2 => (0..12_u8, 0..12_u8).prop_map(|(a, b)| Operation::Copy(a, b)),
        2 => proptest::collection::vec(0..12_u8, 0..4).prop_map(Operation::Delete),
        1 => Just(Operation::Reopen),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equals_a_map(operations in proptest::collection::vec(operation(), 1..40)) {
        let directory = tempfile::tempdir().unwrap();
        let mut store = open(directory.path());
        store.create_bucket("b", "").unwrap();
        let mut model: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (step, operation) in operations.into_iter().enumerate() {
            match operation {
                Operation::Put(key, length) => {
                    let value = bytes(step as u64, length);
                    put(&store, &key.to_string(), &value);
                    model.insert(key.to_string(), value);
                }
                Operation::Copy(from, to) => {
                    let source = store.object("b", &from.to_string());
                    prop_assert_eq!(source.is_ok(), model.contains_key(&from.to_string()));
                    if let (Ok(source), Some(value)) = (source, model.get(&from.to_string()).cloned()) {
                        store.copy(&source, "b", &to.to_string(), Attributes::default(), &Precondition::None).unwrap();
                        model.insert(to.to_string(), value);
                    }
                }
                Operation::Delete(keys) => {
                    let keys: Vec<_> = keys.iter().map(u8::to_string).collect();
                    store.delete("b", &keys, "", &Precondition::None).unwrap();
                    model.retain(|key, _| !keys.contains(key));
                }
                Operation::Reopen => {
                    drop(store);
                    store = open(directory.path());
                }
            }
            prop_assert_eq!(keys(&store), model.keys().cloned().collect::<Vec<_>>());
        }
        for (key, value) in &model {
            prop_assert!(get(&store, key).as_ref() == Some(value));
        }
    }
}

mod lifecycle {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use nano_edge::s3::{Carried, carry_out_lifecycle};
    use nano_edge::store::{Attributes, ObjectStore, Precondition, StoreOptions};

    const DAY_MS: u64 = 24 * 60 * 60 * 1000;

    fn put(store: &ObjectStore, key: &str, tag: Option<&str>) {
        let mut writer = store.writer();
        writer.write(key.as_bytes()).unwrap();
        let tags = tag.map(|value| ("class".to_owned(), value.to_owned())).into_iter().collect();
        let attributes = Attributes { tags, ..Attributes::default() };
        store.put("bkt", key, writer.finish().unwrap(), attributes, &Precondition::None).unwrap();
    }

    /// Rules do what they say when it is due, and not before; the clock is ours.
    #[test]
    fn rules_are_carried_out() {
        let directory = tempfile::tempdir().unwrap();
        let now = Arc::new(AtomicU64::new(DAY_MS * 100 + 5));
        let clock = Arc::clone(&now);
        let clock = Arc::new(move || clock.load(Ordering::Relaxed));
        let store = Arc::new(ObjectStore::open(directory.path(), StoreOptions::default(), clock).unwrap());
        store.create_bucket("bkt", "").unwrap();
        store.set_versioning("bkt", "Enabled").unwrap();
        let rules = r"<LifecycleConfiguration>
            <Rule><ID>a</ID><Status>Enabled</Status>
              <Filter><And><Prefix>tmp/</Prefix><Tag><Key>class</Key><Value>x</Value></Tag></And></Filter>
              <Expiration><Days>1</Days></Expiration></Rule>
            <Rule><ID>b</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>
              <NoncurrentVersionExpiration><NoncurrentDays>2</NoncurrentDays></NoncurrentVersionExpiration>
              <AbortIncompleteMultipartUpload><DaysAfterInitiation>3</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
            <Rule><ID>c</ID><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>
              <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule>
            <Rule><ID>d</ID><Status>Enabled</Status>
              <Filter><And><Prefix>cold/</Prefix><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></And></Filter>
              <Transition><Days>4</Days><StorageClass>STANDARD_IA</StorageClass></Transition></Rule>
            <Rule><ID>f</ID><Status>Enabled</Status><Filter><Prefix>small/</Prefix></Filter>
              <Transition><Days>4</Days><StorageClass>STANDARD_IA</StorageClass></Transition></Rule>
            <Rule><ID>e</ID><Status>Disabled</Status><Filter><Prefix></Prefix></Filter>
              <Expiration><Days>1</Days></Expiration></Rule>
            </LifecycleConfiguration>";
        store.configure("bkt", "lifecycle", Some(rules.to_owned())).unwrap();
        for (key, tag) in [("tmp/x", Some("x")), ("tmp/y", Some("y")), ("cold/z", None), ("small/z", None)] {
            put(&store, key, tag);
        }
        store.create_upload("bkt", "parts", Attributes::default()).unwrap();
        let after = |days: u64| {
            now.store(DAY_MS * (100 + days) + 5, Ordering::Relaxed);
            carry_out_lifecycle(&store).unwrap()
        };
        assert_eq!(after(1), Carried::default(), "a day has to end");
        assert_eq!(after(2), Carried { expired: 1, ..Carried::default() });
        assert!(store.object("bkt", "tmp/x").is_err() && store.object("bkt", "tmp/y").is_ok());
        assert_eq!(store.versions_of("bkt", "tmp/x").unwrap().len(), 2, "the object and its delete marker");
        assert_eq!(after(4), Carried { uploads: 1, ..Carried::default() });
        assert_eq!(after(5), Carried { versions: 2, moved: 1, ..Carried::default() });
        assert!(store.versions_of("bkt", "tmp/x").unwrap().is_empty());
        let cold = store.object("bkt", "cold/z").unwrap();
        assert_eq!(cold.attributes.storage_class.as_deref(), Some("STANDARD_IA"));
        assert_eq!(store.object("bkt", "small/z").unwrap().attributes.storage_class, None);
        assert_eq!(after(50), Carried::default());
        // A delete marker that hides nothing goes by the rule that its object would go by.
        let rule = r"<LifecycleConfiguration><Rule><ID>a</ID><Status>Enabled</Status><Prefix>gone</Prefix>
            <Expiration><Days>2</Days></Expiration></Rule></LifecycleConfiguration>";
        store.configure("bkt", "lifecycle", Some(rule.to_owned())).unwrap();
        store.delete("bkt", &["gone".to_owned(), "other".to_owned()], "", &Precondition::None).unwrap();
        assert_eq!(after(52), Carried::default());
        assert_eq!(after(53), Carried { versions: 1, ..Carried::default() });
    }
}
