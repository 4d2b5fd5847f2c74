//! The same seed gives the same trace: software devices in virtual time, with a real edge behind a lossy link.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};

use nano_caps::{DeviceId, DeviceKey};
use nano_device::{Identity, Runtime, Source};
use nano_edge::{Deployment, Edge, EdgeOptions, Package};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{Configuration, Place};

use crate::clients::Clients;
use crate::clock::Clock;
use crate::flash::Flash;
use crate::inbox::Inbox;
use crate::library::Library;
use crate::network::Link;
use crate::random::Random;
use crate::sensor::SensorData;
use crate::soft::{Parts, SoftBoard};
use crate::table::BoardTable;
use crate::uplink::{EdgePort, Uplink};

const SOURCE: &str = "\
count = 0

def handler(payload, ctx):
    global count
    count += 1
    return [count, payload[0] < 100, ctx.sequence]

def summarise(payload, ctx):
    return sum(sample[0] for sample in payload)
";

fn edge(folder: &Path) -> (Edge, ModuleHash, u32) {
    let edge = Edge::open(EdgeOptions::new(folder, "")).unwrap();
    let package = Package::build([("lights.py", SOURCE.as_bytes())]).unwrap();
    for (name, handler) in [("lamp", "lights.handler"), ("summary", "lights.summarise")] {
        let deployment = Deployment { name: name.into(), handler: handler.into(), ..Deployment::default() };
        edge.deploy(&deployment, &package).unwrap();
    }
    let translation = edge.check(&package, "lights.handler", nano_edge::Run::Device).unwrap();
    (edge, ModuleHash(translation.hash), translation.module.bytes().len() as u32)
}

fn trace(folder: &Path, seed: u64) -> String {
    let (edge, hash, size) = edge(folder);
    let lines = Arc::new(Mutex::new(String::new()));
    let library = Arc::new(Library::default());
    let sink = Arc::clone(&lines);
    let table = BoardTable::named("esp8266").unwrap();
    let mut board = SoftBoard::new(Parts {
        name: "walkway".into(),
        table: table.clone(),
        clock: Clock::virtual_time(),
        flash: Flash::memory(),
        inbox: Arc::new(Inbox::default()),
        clients: Arc::new(Clients::default()),
        uplink: Uplink::Inline(Arc::new(EdgePort::new("walkway", edge, Arc::clone(&library)))),
        link: Link { outage_us: 2_000_000, outage_every_us: 7_000_000, loss: 0.1, ..Link::PAPER },
        random: Random::new(seed),
        world: None,
        library,
        audit: None,
        awake: Arc::new(AtomicBool::new(true)),
        sink: Arc::new(move |event| {
            // What the edge measures of itself is the machine's time.
            let _ = writeln!(sink.lock().unwrap(), "{} {event}", event.at_us);
        }),
    });
    board.feed_adc(0, SensorData::parse("light", "33\n512\n90\n101\n").unwrap());
    let identity = Identity { key: DeviceKey::new([1; 32]), id: DeviceId([2; 8]) };
    let mut runtime = Runtime::boot(board, &identity, table.config(1)).unwrap();
    let ns = runtime.make_namespace("app").unwrap();
    let woof = runtime.make_log(ns, "light", 64, 64).unwrap();
    let configuration = |name, place, every| Configuration {
        hash: if place == Place::Device { hash } else { ModuleHash::NONE },
        size: if place == Place::Device { size } else { 0 },
        memory: 16 << 10,
        timeout_ms: 1000,
        every,
        place,
        name,
        handler: if place == Place::Device { "lights.handler" } else { "lights.summarise" },
    };
    for (name, place, every) in [("lamp", Place::Device, 1), ("summary", Place::Edge, 8)] {
        runtime.configure((ns, woof), &configuration(name, place, every)).unwrap();
    }
    runtime.sample(ns, woof, Source::Adc(0), 200_000).unwrap();
    runtime.run_until(30_000_000);
    let lines = lines.lock().unwrap().clone();
    assert!(lines.contains("fetched lamp") && lines.contains("lamp(app/light 100)"), "{lines}");
    assert!(lines.contains("at the edge"), "{lines}");
    lines
}

#[test]
fn same_seed_same_trace() {
    let folders: Vec<_> = (0..3).map(|_| tempfile::tempdir().unwrap()).collect();
    let [first, second, other] = [(0, 7), (1, 7), (2, 8)].map(|(index, seed)| trace(folders[index].path(), seed));
    assert!(first.lines().count() > 200);
    assert_eq!(first, second);
    assert_ne!(first, other);
}
