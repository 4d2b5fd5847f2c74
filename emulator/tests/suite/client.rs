//! A device and its clients over TCP: the owner, a derived read-only capability, one that is revoked.

use nano_caps::{FrameBuilder, Right, Status};
use nano_edge::World;
use nano_emulator::{ANY, ClientError, DeviceClient, Op, Revocation, Selection};
use nano_wire::message::operation::Refused;

use crate::bench::{emulator, invocation, owner, project_folder};

#[test]
fn a_devices_log_is_read_with_a_derived_capability_and_a_write_is_refused() {
    let folder = project_folder();
    let (emulator, project) = emulator(folder.path());
    let events = emulator.feed().listen();
    // Summaries may come before the lamp's module does.
    let summaries = emulator.feed().listen();
    emulator.deploy(&project).unwrap();
    assert!(emulator.is_ready());

    let first = invocation(&events, |invocation| invocation.function == "lamp");
    assert_eq!((first.on, first.result["dark"].as_bool()), ("device", Some(true)));
    assert!(first.energy_uj > 0.0 && first.instructions > 0 && first.heap_peak_bytes > 0);
    let summary = invocation(&summaries, |invocation| invocation.function == "summary" && invocation.error.is_none());
    assert_eq!((summary.on, summary.woof.as_str()), ("edge", "app/light"));
    assert_eq!(summary.result.as_u64(), Some(33 * 3 + 512 * 2));

    let device = emulator.devices().remove(0);
    let log = device.logs.iter().find(|log| log.name == "light").unwrap();
    assert!(log.last > 0 && log.namespace == "app");
    let mut owner = owner(&emulator, &project);
    let (board, version, time_ms) = owner.device().unwrap();
    assert_eq!((board.as_str(), version.as_str()), ("esp8266", env!("CARGO_PKG_VERSION")));
    assert!(time_ms > 1_700_000_000_000);

    let identity = nano_emulator::DeviceFolder::new(&project.local_folder(), "walkway");
    let root = identity.root(&identity.identity().unwrap().unwrap()).unwrap();
    let frame = FrameBuilder::new().grant(log.ns, log.woof, Right::Get | Right::Stat).build().unwrap();
    let readonly = root.derive(&frame).unwrap();
    let mut reader = DeviceClient::connect(&device.address, readonly.clone(), &World::system()).unwrap();
    let records = reader.tail(log.ns, log.woof, 5).unwrap();
    assert!(!records.is_empty());
    assert!(records.iter().all(|record| record.payload == b"[33]" || record.payload == b"[512]"));
    assert_eq!(reader.get(log.ns, log.woof, Selection::At(1)).unwrap()[0].sequence, 1);
    match reader.put(log.ns, log.woof, b"[0]") {
        Err(ClientError::Refused { status: Status::Denied, reason: None }) => {}
        other => panic!("{other:?}"),
    }
    assert!(matches!(
        owner.get(log.ns, log.woof, Selection::At(1_000_000)),
        Err(ClientError::Refused { reason: Some(Refused::NotYet), .. })
    ));
    let sequence = owner.exec(log.ns, log.woof, b"[7]").unwrap();
    let ran = invocation(&events, |invocation| invocation.function == "lamp" && invocation.sequence == sequence);
    assert_eq!(ran.result["level"].as_u64(), Some(7));

    owner.revoke(&Revocation::Subtree(readonly.body().as_bytes())).unwrap();
    assert!(matches!(reader.get(log.ns, log.woof, Selection::Latest), Err(ClientError::Silent)));
    assert!(owner.request(Op::Stat, ANY, ANY, &[]).is_ok());
}

#[test]
fn clients_come_and_go_and_noise_harms_nobody() {
    use std::io::Write;
    let folder = project_folder();
    let (emulator, project) = emulator(folder.path());
    emulator.deploy(&project).unwrap();
    let address = emulator.devices().remove(0).address;
    for round in 0..12 {
        let mut noise = std::net::TcpStream::connect(&address).unwrap();
        let _ = noise.write_all(&[round, 1, 2, 0, 200, 9]);
        drop(noise);
    }
    // The emulator's own connection and three more are served; who comes and goes leaves room.
    for _ in 0..8 {
        let mut client = owner(&emulator, &project);
        client.logs(ANY, ANY).unwrap();
    }
}

#[test]
fn handles_and_keys_outlive_the_process() {
    let folder = project_folder();
    let handles = |emulator: &nano_emulator::Emulator| {
        let logs = emulator.devices().remove(0).logs;
        logs.into_iter().map(|log| (log.name, log.ns, log.woof)).collect::<Vec<_>>()
    };
    let (first, project) = emulator(folder.path());
    first.deploy(&project).unwrap();
    let before = handles(&first);
    drop(first);
    let (second, project) = emulator(folder.path());
    second.deploy(&project).unwrap();
    assert_eq!(handles(&second), before);
}
