//! A board whose link is a network, in QEMU, with a live `nano serve`: fetches, runs, streams; the edge restarts, the link
//! drops, the line is full of garbage or of what somebody sends who means harm (to one on a serial line, too); flash fails,
//! power goes in the middle of a write. `cargo xtask test firmware` runs it.

mod flash;
mod hostile;
#[path = "../serving/mod.rs"]
mod serving;
mod workbench;

use std::process::Command;
use std::sync::{Arc, Mutex};

use nano_caps::Rights;
use nano_edge::{EDGE_RIGHTS, Package};
use nano_emulator::Selection;
use serde_json::{Value, json};

use workbench::{Serve, Wire, board, free_port, install, result, root, wait};

const LIGHTS: &str = include_str!("../../../templates/sensor-app/lights.py");
const MAINTENANCE: &str = include_str!("../../../templates/predictive-maintenance/maintenance.py");

#[test]
fn a_board_on_a_network_works_through_restarts_cuts_and_garbage() {
    let folder = tempfile::tempdir().unwrap();
    let (endpoint, devices, data) = (free_port(), free_port(), folder.path().join("edge"));
    let serve = Serve::start(&data, endpoint, devices);
    let wire = Wire::to(devices);
    let console = Arc::<Mutex<Vec<String>>>::default();

    // A board that the edge holds nothing of is not served.
    let device = board(&folder, wire.address, &console);
    let said = |part: &str| console.lock().unwrap().iter().any(|line| line.contains(part));
    wait("the board is hung up on", || said("the connection to the edge is gone").then_some(()));
    assert_eq!(serve.request("GET", "/_nano/devices", b"").1, json!([]));
    let mut text = [0; nano_caps::MAX_TEXT];
    let (wrong, text) = (root(0, Rights::ALL), root(1, EDGE_RIGHTS).write_text(&mut text).unwrap().to_owned());
    let mut buffer = [0; nano_caps::MAX_TEXT];
    let (status, _) =
        serve.request("PUT", "/_nano/devices/walkway/capability", wrong.write_text(&mut buffer).unwrap().as_bytes());
    assert_eq!(status, 400);
    let (status, said_of_it) = serve.request("PUT", "/_nano/devices/walkway/capability", text.as_bytes());
    assert_eq!(status, 200, "{said_of_it}");

    // Light control and the KS test are fetched, run, and their results can be read.
    let lights = Package::build([("lights.py", LIGHTS.as_bytes())]).unwrap();
    let maintenance = Package::build([("maintenance.py", MAINTENANCE.as_bytes())]).unwrap();
    serve.put_function("light", "lights.new_light_lvl", &lights);
    serve.put_function("check", "maintenance.check_bearing", &maintenance);
    let mut owner = serve.owner();
    let ns = owner.make_namespace("app").unwrap();
    let light = (ns, owner.make_log(ns, "light", 32, 8).unwrap());
    let vibration = (ns, owner.make_log(ns, "vibration", 64, 64).unwrap());
    install(&mut owner, light, "light", "lights.new_light_lvl", 1, &lights);
    install(&mut owner, vibration, "check", "maintenance.check_bearing", 32, &maintenance);
    owner.exec(light.0, light.1, b"[42]").unwrap();
    let first = result(&mut owner, 1);
    assert_eq!((&first["on"], &first["result"]["lights"]), (&json!("device"), &json!("on")), "{first}");
    for sample in 0..32 {
        // A healthy motor's.
        let sample = json!([0.0, 0.0, 0.91 + 0.007 * f64::from(sample)]).to_string();
        owner.exec(vibration.0, vibration.1, sample.as_bytes()).unwrap();
    }
    let second = result(&mut owner, 2);
    assert_eq!((&second["function"], &second["on"]), (&json!("check"), &json!("device")), "{second}");
    assert_eq!(second["result"]["alarm"], false, "{second}");

    let listed = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(["devices", "--endpoint", &format!("http://{endpoint}")])
        .output()
        .unwrap();
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    assert!(listed.starts_with("walkway") && listed.contains("mps2-an386") && listed.contains("connected"), "{listed}");

    // The edge is killed and comes back: the board does, too.
    drop((serve, owner));
    let serve = Serve::start(&data, endpoint, devices);
    let mut owner = serve.owner();
    owner.exec(light.0, light.1, b"[512]").unwrap();
    assert_eq!(result(&mut owner, 3)["result"]["lights"], "off");

    // The link drops, in the middle of whatever is under way.
    let connections = || console.lock().unwrap().iter().filter(|line| line.contains("connected to the edge")).count();
    for round in 0..5 {
        let before = connections();
        wire.cut();
        wait("the board connects anew", || (connections() > before).then_some(()));
        wait("the edge has it", || {
            let put = serve.owner().exec(light.0, light.1, b"[1]").ok()?;
            (put > round).then_some(())
        });
    }

    // Garbage: the end of a frame in it, the beginning of one, nothing at all of one.
    let mut chance = 1_u64;
    for round in 0..20_usize {
        let noise: Vec<u8> = (0..2048)
            .map(|_| {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                if chance >> 60 == 0 { 0 } else { (chance >> 33) as u8 }
            })
            .collect();
        wire.babble(&noise);
        for kind in [0x10, 0x11, 0x21, 0x23, 0x31, 0x60, 0x70, 0x72, 0x73] {
            let body = &noise[..round * 40];
            let mut frame = vec![0; nano_wire::link::encoded_bytes(body.len())];
            let length = nano_wire::link::encode(kind, &[body], &mut frame).unwrap();
            wire.babble(&frame[..length]);
        }
    }
    wire.babble(&[0]);
    let mut owner = serve.owner();
    let sequence = wait("it answers after garbage", || owner.exec(light.0, light.1, b"[700]").ok());
    let last = wait("its result", || {
        let record = owner.get(1, 1, Selection::Latest).ok()?.pop()?;
        let value: Value = serde_json::from_slice(&record.payload).ok()?;
        (value["sequence"].as_u64()? >= sequence).then_some(value)
    });
    assert_eq!(last["result"]["level"], 700, "{last}");

    // What it keeps outlives a power cut, without the edge's help.
    drop((device, owner));
    let _device = board(&folder, wire.address, &console);
    let mut owner = serve.owner();
    assert_eq!(owner.get(light.0, light.1, Selection::Latest).unwrap()[0].payload, b"[700]");
    let lines = console.lock().unwrap();
    assert!(!lines.iter().any(|line| line.contains("starting anew")), "{lines:?}");
}
