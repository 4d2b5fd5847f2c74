//! A backup of an edge at work is restored whole, and what is damaged is said.

use std::io::{Read, Seek, SeekFrom, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use nano_edge::store::{Attributes, Precondition};
use nano_edge::{Deployment, Edge, EdgeOptions, Invoke, Package, World, backup, check, restore};

fn open(data: &std::path::Path) -> Edge {
    Edge::open(EdgeOptions::new(data, "")).unwrap()
}

fn put(edge: &Edge, key: &str, value: &[u8]) {
    let mut writer = edge.store().writer();
    writer.write(value).unwrap();
    let content = writer.finish().unwrap();
    edge.store().put("bkt", key, content, Attributes::default(), &Precondition::None).unwrap();
}

#[test]
fn a_backup_at_work_is_restored_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("edge.nanobackup"));
    let edge = open(&data);
    edge.store().create_bucket("bkt", "").unwrap();
    edge.woofs().create("home/light", 64, 0).unwrap();
    let package =
        Package::build([("app.py", &b"def handler(event, context):\n    return event['n'] + 1\n"[..])]).unwrap();
    let deployment = Deployment { name: "count".into(), handler: "app.handler".into(), ..Deployment::default() };
    edge.deploy(&deployment, &package).unwrap();
    let large: Vec<u8> = (0..300_000_u32).map(|n| (n * 7) as u8).collect();
    for n in 0..40 {
        put(&edge, &format!("before/{n}"), &large[..n * 5000]);
        edge.woofs().append("home/light", format!("[{n}]").as_bytes()).unwrap();
    }
    // Somebody goes on writing meanwhile.
    let ends = Arc::new(AtomicBool::new(false));
    let writer = {
        let (edge, ends, large) = (edge.clone(), Arc::clone(&ends), large.clone());
        std::thread::spawn(move || {
            let mut n = 0;
            while !ends.load(Ordering::Relaxed) {
                put(&edge, &format!("meanwhile/{n}"), &large[..(n % 9) * 30_000]);
                n += 1;
            }
        })
    };
    let copied = backup(&data, &file, 1).unwrap();
    assert!(copied.files >= 3 && copied.bytes > 3_000_000, "{copied:?}");
    assert!(backup(&data, &file, 1).is_err(), "a file that is there is not overwritten");
    ends.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    let again = folder.path().join("again");
    let (_, checked) = restore(&file, &again, World::system()).unwrap();
    assert!(checked.object_records > 80 && checked.woof_records >= 40, "{checked:?}");
    assert!(restore(&file, &again, World::system()).is_err(), "a folder with something in it is left alone");
    let restored = open(&again);
    for n in 0..40 {
        let object = restored.store().object("bkt", &format!("before/{n}")).unwrap();
        let bytes = restored.store().reader(&object, 0..object.length).read_to_end().unwrap();
        assert!(bytes == large[..n * 5000]);
    }
    assert_eq!(restored.woofs().tail("home/light", 100).unwrap().len(), 40);
    assert_eq!(restored.invoke("count", Invoke::new(r#"{"n": 1}"#)).unwrap().result.unwrap(), "2");
}

/// The edge's keys go with it, and nobody else can read them on the way.
#[test]
fn a_restored_edge_knows_its_devices_and_the_clients_of_their_queues() {
    use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Op, Request, Rights, Sequence, Status};
    use nano_edge::{QueueAnswer, QueueKeys};
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let (data, file, again) = (folder.path().join("data"), folder.path().join("b"), folder.path().join("again"));
    let edge = open(&data);
    let mut keys = KeyRing::new(DeviceKey::new([7; 32]), DeviceId([1; 8]), 0);
    keys.enable(1).unwrap();
    let root = keys.root(1, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap()).unwrap();
    for device in ["lamp", "walkway"] {
        edge.holdings().hold(device, &root).unwrap();
        edge.queues().handle(device).unwrap();
    }
    std::fs::write(data.join("keys.json"), r#"{"keys": []}"#).unwrap();
    std::fs::write(data.join("queues/mark.new"), "half").unwrap();
    let client = QueueKeys::read(&data).unwrap().unwrap().client(2, 3, None).unwrap();
    let ask = |edge: &Edge, ms: u64| {
        let seq = Sequence::new(ms, 0);
        let asked = Request { op: Op::Stat, lane: 3, seq, ns: 1, woof: 2, payload: b"", wide_tag: false };
        let mut bytes = [0; 256];
        let bound = asked.bind(&[client.token()], &mut bytes).unwrap();
        let QueueAnswer::Response(answer) = edge.queues().hear(edge.audit(), "walkway", &bytes[..bound.len]) else {
            panic!("no answer")
        };
        let answer = bound.exchange.open(&answer).unwrap();
        (answer.status, Sequence(answer.rseq).ms())
    };
    let now_ms = World::system().now_ms();
    assert_eq!(ask(&edge, now_ms).0, Status::Ok);
    backup(&data, &file, 1).unwrap();
    // What is asked for after the backup was made.
    assert_eq!(ask(&edge, now_ms + 50_000).0, Status::Ok);
    drop(edge);
    restore(&file, &again, World::system()).unwrap();
    let edge = open(&again);
    assert_eq!(edge.holdings().names(), ["lamp", "walkway"]);
    assert_eq!(edge.queues().handle("walkway").unwrap(), 2);
    let (status, time_ms) = ask(&edge, now_ms + 50_000);
    assert_eq!(status, Status::SeqLow, "it does not count twice");
    assert_eq!(ask(&edge, time_ms + 1).0, Status::Ok, "and its client goes on");
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&file), 0o600);
    for (path, expected) in [
        ("queues", 0o700),
        ("capabilities", 0o700),
        ("queues/key", 0o600),
        ("queues/mark", 0o600),
        ("queues/devices", 0o600),
        ("capabilities/lamp.cap", 0o600),
        ("keys.json", 0o600),
    ] {
        assert_eq!(mode(&again.join(path)), expected, "{path}");
    }
    assert!(!again.join("queues/mark.new").exists());
}

#[test]
fn damage_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("b"));
    assert!(backup(&data, &file, 1).is_err());
    {
        let edge = open(&data);
        edge.store().create_bucket("bkt", "").unwrap();
        for n in 0..50 {
            put(&edge, &n.to_string(), &[n; 9000]);
        }
    }
    backup(&data, &file, 1).unwrap();
    assert!(check(&data, World::system()).is_ok());
    // A byte in the middle of a segment is another one: in the backup, and in the data.
    let flip = |path: &std::path::Path| {
        let mut file = std::fs::File::options().read(true).write(true).open(path).unwrap();
        let middle = file.metadata().unwrap().len() / 2;
        let mut byte = [0];
        file.seek(SeekFrom::Start(middle)).unwrap();
        file.read_exact(&mut byte).unwrap();
        file.seek(SeekFrom::Start(middle)).unwrap();
        file.write_all(&[byte[0] ^ 1]).unwrap();
    };
    flip(&file);
    let error = restore(&file, &folder.path().join("to"), World::system()).unwrap_err().to_string();
    assert!(error.contains("checksum") || error.contains("Invalid"), "{error}");
    assert!(!folder.path().join("to").exists(), "nobody takes half of the data for all of it");
    std::fs::create_dir(folder.path().join("to")).unwrap();
    assert!(restore(&file, &folder.path().join("to"), World::system()).is_err());
    assert_eq!(std::fs::read_dir(folder.path().join("to")).unwrap().count(), 0);
    // What a kill leaves behind is recognized.
    std::fs::write(data.join("restoring"), "").unwrap();
    let options = EdgeOptions::new(&data, std::env::var("PATH").unwrap());
    let refused = [
        Edge::open(options).unwrap_err(),
        check(&data, World::system()).unwrap_err(),
        backup(&data, &folder.path().join("half"), 1).unwrap_err(),
    ];
    for error in refused.map(|error| error.to_string()) {
        assert!(error.contains("was cut short: delete the folder and restore again"), "{error}");
    }
    std::fs::remove_file(data.join("restoring")).unwrap();
    let journal = std::fs::read_dir(data.join("objects/journal")).unwrap().flatten().map(|entry| entry.path());
    flip(&journal.filter(|path| path.extension().is_some_and(|e| e == "log")).max().unwrap());
    let error = check(&data, World::system()).unwrap_err().to_string();
    assert!(error.contains("damaged") || error.contains("corrupt"), "{error}");
    std::fs::write(folder.path().join("none"), "PK").unwrap();
    let error = restore(&folder.path().join("none"), &folder.path().join("x"), World::system()).unwrap_err();
    assert!(error.to_string().ends_with("it is no backup of an edge, or not all of it"), "{error}");
}

/// Each is what a crash at its moment would have left, however busy the edge is, and although logs leave their history
/// behind meanwhile.
#[test]
fn backups_of_a_busy_edge_are_whole() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let edge = open(&data);
    edge.store().create_bucket("bkt", "").unwrap();
    edge.woofs().create("home/light", 4096, 100).unwrap();
    let ends = AtomicBool::new(false);
    let is_over = || ends.load(Ordering::Relaxed);
    let written = AtomicU64::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for n in 0_usize.. {
                if is_over() {
                    return;
                }
                put(&edge, &n.to_string(), &vec![n as u8 | 1; (n % 5) * 300_000 + 10]);
                written.store(n as u64 + 1, Ordering::Relaxed);
            }
        });
        for _ in 0..2 {
            scope.spawn(|| {
                while !is_over() {
                    edge.woofs().append("home/light", &[7; 4096]).unwrap();
                }
            });
        }
        for round in 0..2 {
            let (file, again) = (folder.path().join(format!("{round}")), folder.path().join(format!("{round}-again")));
            while edge.woofs().stat("home/light").unwrap().last.map_or(0, nano_woof::Sequence::get) < 200 * (round + 1)
            {
                std::thread::yield_now();
            }
            let before = written.load(Ordering::Relaxed);
            let copied = backup(&data, &file, 1);
            let restored = copied.and_then(|_| restore(&file, &again, World::system()));
            if restored.is_err() || round == 1 {
                ends.store(true, Ordering::Relaxed);
            }
            restored.unwrap();
            let restored = open(&again);
            for n in 0..before {
                assert!(restored.store().object("bkt", &n.to_string()).is_ok(), "{n} of {before}");
            }
            assert_eq!(restored.woofs().tail("home/light", 100).unwrap().len(), 100);
            std::fs::remove_file(&file).unwrap();
            drop(restored);
            std::fs::remove_dir_all(&again).unwrap();
        }
    });
}
