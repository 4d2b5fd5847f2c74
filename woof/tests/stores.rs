//! Both engines against one model: random operations, the file store reopened in between.

use std::collections::BTreeMap;

use nano_woof::{Config, Error, FileStore, LogOptions, MemoryStore, Origin, Sequence, Store, SyncPolicy, WoofName};
use proptest::prelude::*;

#[derive(Debug, Clone)]
enum Operation {
    Append(Vec<u8>, u64),
    Once(Vec<u8>, u8, u64),
    Get(u64),
    Tail(u64),
    Range(u64, u64),
    Reopen,
}

fn operation() -> impl Strategy<Value = Operation> {
    let payload = || proptest::collection::vec(any::<u8>(), 0..40);
    prop_oneof![
        4 => (payload(), any::<u64>()).prop_map(|(p, t)| Operation::Append(p, t)),
        4 => (payload(), 0..3_u8, 0..30_u64).prop_map(|(p, l, c)| Operation::Once(p, l, c)),
        1 => (0..60_u64).prop_map(Operation::Get),
        1 => (0..60_u64).prop_map(Operation::Tail),
        1 => (0..60_u64, 0..60_u64).prop_map(|(f, c)| Operation::Range(f, c)),
        1 => Just(Operation::Reopen),
    ]
}

/// What a log should do, written as plainly as possible.
#[derive(Default)]
struct Model {
    records: Vec<(Vec<u8>, u64)>,
    lanes: BTreeMap<u8, BTreeMap<u64, u64>>,
}

impl Model {
    fn first(&self, history: u64) -> u64 {
        match history {
            0 => 1,
            _ => (self.records.len() as u64).saturating_sub(history) + 1,
        }
    }

    fn from(&self, history: u64, from: u64, count: u64) -> Vec<Vec<u8>> {
        let from = from.max(self.first(history)) as usize - 1;
        self.records.iter().skip(from).take(count as usize).map(|r| r.0.clone()).collect()
    }
}

const ELEMENT: u32 = 32;

fn check(store: &dyn Store, model: &mut Model, history: u64, operation: &Operation) -> Result<(), TestCaseError> {
    let woof = store.open(WoofName::new("ns", "log").unwrap()).unwrap();
    let last = model.records.len() as u64;
    match operation {
        Operation::Append(payload, time) => match woof.append(payload, *time) {
            Ok(sequence) => {
                prop_assert_eq!(sequence.get(), last + 1);
                model.records.push((payload.clone(), *time));
            }
            Err(Error::TooLong { .. }) => prop_assert!(payload.len() > ELEMENT as usize),
            Err(other) => prop_assert!(false, "{other}"),
        },
        Operation::Once(payload, lane, client) => {
            let origin = Origin { lane: *lane, client_sequence: *client };
            let known = model.lanes.entry(*lane).or_default();
            let newest = known.keys().max().copied().unwrap_or(0);
            match woof.append_once(payload, 7, origin) {
                Ok(appended) if appended.duplicate => {
                    prop_assert_eq!(known.get(client), Some(&appended.sequence.get()));
                }
                Ok(appended) => {
                    prop_assert_eq!(appended.sequence.get(), last + 1);
                    prop_assert!(*client > newest);
                    known.insert(*client, last + 1);
                    model.records.push((payload.clone(), 7));
                }
                Err(Error::TooLong { .. }) => prop_assert!(payload.len() > ELEMENT as usize),
                Err(Error::Origin) => prop_assert_eq!(*client, 0),
                Err(Error::Stale { last, .. }) => {
                    prop_assert_eq!(last, newest);
                    let remembered: Vec<_> = known.keys().rev().take(16).collect();
                    prop_assert!(*client < newest && !remembered.contains(&client));
                }
                Err(other) => prop_assert!(false, "{other}"),
            }
        }
        Operation::Get(sequence) => match woof.get(Sequence(*sequence)) {
            Ok(entry) => {
                let (payload, time) = &model.records[*sequence as usize - 1];
                prop_assert_eq!((&entry.payload, entry.header.timestamp_ms), (payload, *time));
            }
            Err(Error::NotYet(_)) => prop_assert!(*sequence == 0 || *sequence > last),
            Err(Error::Gone { first, .. }) => {
                prop_assert_eq!(first.get(), model.first(history));
                prop_assert!(*sequence < first.get());
            }
            Err(other) => prop_assert!(false, "{other}"),
        },
        Operation::Tail(count) => {
            let found: Vec<_> = woof.tail(*count).unwrap().into_iter().map(|e| e.payload).collect();
            prop_assert_eq!(found, model.from(history, (last + 1).saturating_sub(*count), u64::MAX));
        }
        Operation::Range(from, count) => {
            let found: Vec<_> = woof.range(Sequence(*from), *count).unwrap().into_iter().map(|e| e.payload).collect();
            prop_assert_eq!(found, model.from(history, *from, *count));
        }
        Operation::Reopen => {}
    }
    prop_assert_eq!(woof.last().map_or(0, Sequence::get), model.records.len() as u64);
    prop_assert_eq!(woof.first().get(), model.first(history));
    if let Some((payload, _)) = model.records.last() {
        prop_assert_eq!(&woof.latest().unwrap().payload, payload);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn engines_equal_the_model(operations in proptest::collection::vec(operation(), 1..60),
                               history in prop_oneof![Just(0), 1..20_u64], policy in 0..3_usize) {
        let config = Config { element: ELEMENT, history };
        let name = WoofName::new("ns", "log").unwrap();
        let policy = [SyncPolicy::EveryAppend, SyncPolicy::Group, SyncPolicy::Os][policy];
        let options = LogOptions { policy, segment_bytes: 4096, ..LogOptions::default() };
        let directory = tempfile::tempdir().unwrap();
        let memory = MemoryStore::default();
        memory.create(name, config, 1).unwrap();
        let mut files = FileStore::open(directory.path(), options).unwrap();
        files.create(name, config, 1).unwrap();
        let (mut in_memory, mut in_files) = (Model::default(), Model::default());
        for operation in &operations {
            check(&memory, &mut in_memory, history, operation)?;
            if matches!(operation, Operation::Reopen) {
                drop(files);
                files = FileStore::open(directory.path(), options).unwrap();
            }
            check(&files, &mut in_files, history, operation)?;
        }
    }
}

fn each_store(test: impl Fn(&dyn Store)) {
    test(&MemoryStore::default());
    let directory = tempfile::tempdir().unwrap();
    test(&FileStore::open(directory.path(), LogOptions::default()).unwrap());
}

#[test]
fn woofs_are_created_listed_and_deleted() {
    each_store(|store| {
        let [a, b, c] = ["x/a", "x/b", "y/c"].map(|n| WoofName::parse(n).unwrap());
        let config = Config { element: 8, history: 4 };
        for name in [c, b, a] {
            store.create(name, config, 1).unwrap();
        }
        store.open(a).unwrap().append(b"1", 2).unwrap();
        store.create(a, config, 3).unwrap();
        assert_eq!(store.stat(a).unwrap().last, Some(Sequence(1)), "creating again keeps what is there");
        assert!(matches!(store.create(a, Config { element: 9, history: 4 }, 1), Err(Error::Exists(_))));
        assert!(matches!(store.create(a, Config { element: 8, history: 5 }, 1), Err(Error::Exists(_))));
        let names = |of| store.list(of).unwrap().into_iter().map(|s| s.name).collect::<Vec<_>>();
        assert_eq!(
            (names(None), names(Some("x")), names(Some("z"))),
            (["a", "b", "c"].map(String::from).to_vec(), ["a", "b"].map(String::from).to_vec(), vec![])
        );
        let held = store.open(a).unwrap();
        store.delete(a).unwrap();
        assert!(matches!(held.append(b"2", 3), Err(Error::NotFound(_))));
        assert_eq!(held.latest().unwrap().payload, b"1");
        assert!(matches!(store.delete(a), Err(Error::NotFound(_))));
        assert!(matches!(store.open(a), Err(Error::NotFound(_))));
        assert_eq!(names(Some("x")), ["b"]);
        store.create(a, Config { element: 1, history: 1 }, 9).unwrap();
        assert_eq!(store.stat(a).unwrap().last, None);
    });
}

#[test]
fn more_woofs_than_files_are_kept_open() {
    let directory = tempfile::tempdir().unwrap();
    let store =
        FileStore::open(directory.path(), LogOptions { policy: SyncPolicy::Os, ..LogOptions::default() }).unwrap();
    let config = Config { element: 8, history: 4 };
    for n in 0..200_u32 {
        let name = format!("n{n}");
        store.create(WoofName::new("many", &name).unwrap(), config, 1).unwrap().append(&n.to_le_bytes(), 1).unwrap();
    }
    let open_files = std::fs::read_dir("/proc/self/fd").unwrap().flatten();
    let ours = open_files.filter(|fd| std::fs::read_link(fd.path()).is_ok_and(|to| to.starts_with(directory.path())));
    assert!(ours.count() <= 130);
    for n in 0..200_u32 {
        let name = format!("n{n}");
        let latest = store.open(WoofName::new("many", &name).unwrap()).unwrap().latest().unwrap();
        assert_eq!(latest.payload, n.to_le_bytes());
    }
}

#[test]
fn a_directory_has_one_store_at_a_time() {
    let directory = tempfile::tempdir().unwrap();
    let store = FileStore::open(directory.path(), LogOptions::default()).unwrap();
    let error = FileStore::open(directory.path(), LogOptions::default()).unwrap_err();
    assert!(matches!(&error, Error::Locked(path) if path == directory.path()));
    assert!(error.to_string().contains("in use by another process"), "{error}");
    drop(store);
    FileStore::open(directory.path(), LogOptions::default()).unwrap();
}

#[test]
fn history_removes_segments_and_survives_reopening() {
    let directory = tempfile::tempdir().unwrap();
    let name = WoofName::new("ns", "long").unwrap();
    let options = LogOptions { policy: SyncPolicy::Os, ..LogOptions::default() };
    let store = FileStore::open(directory.path(), options).unwrap();
    let woof = store.create(name, Config { element: 1024, history: 100 }, 1).unwrap();
    for n in 0..1000_u64 {
        woof.append_once(&[0; 1024], n, Origin { lane: (n % 3) as u8, client_sequence: n + 1 }).unwrap();
    }
    let log = store.log(name).unwrap();
    assert!(log.stored_bytes() < 300 * 1060, "{}", log.stored_bytes());
    let files = std::fs::read_dir(directory.path().join("ns/long")).unwrap().count();
    assert!(files < 12, "{files}");
    drop((woof, log, store));
    let store = FileStore::open(directory.path(), options).unwrap();
    let woof = store.open(name).unwrap();
    assert_eq!((woof.first(), woof.last()), (Sequence(901), Some(Sequence(1000))));
    assert!(matches!(woof.get(Sequence(900)), Err(Error::Gone { first: Sequence(901), .. })));
    assert_eq!(woof.range(Sequence(1), 5000).unwrap().len(), 100);
    for n in 997..1000_u64 {
        let origin = Origin { lane: (n % 3) as u8, client_sequence: n + 1 };
        assert!(woof.append_once(b"again", 1, origin).unwrap().duplicate);
    }
}

#[test]
fn a_lanes_retry_is_known_after_its_record_has_left() {
    let directory = tempfile::tempdir().unwrap();
    let name = WoofName::new("ns", "lanes").unwrap();
    let options = LogOptions { policy: SyncPolicy::Os, ..LogOptions::default() };
    let store = FileStore::open(directory.path(), options).unwrap();
    let woof = store.create(name, Config { element: 1024, history: 50 }, 1).unwrap();
    let origin = Origin { lane: 9, client_sequence: 5 };
    let once = woof.append_once(b"once", 1, origin).unwrap();
    for n in 0..500 {
        woof.append(&[0; 1024], n).unwrap();
    }
    drop((woof, store));
    let store = FileStore::open(directory.path(), options).unwrap();
    let woof = store.open(name).unwrap();
    assert!(matches!(woof.get(once.sequence), Err(Error::Gone { .. })));
    assert_eq!(woof.append_once(b"once", 1, origin).unwrap(), nano_woof::Appended { duplicate: true, ..once });
}
