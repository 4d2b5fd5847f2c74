//! `nano dev`: the life of a save, and of a save that does not compile.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc::Receiver;
use std::time::Instant;

use nano_edge::{DEFAULT_REGION, Deployment, EdgeError, EdgeOptions, FunctionName, Invoke, Package};
use nano_emulator::{Dev, DevError, DevEvent, DevOptions, Emulated, Happened, Link};

use crate::bench::{PATIENCE, SOURCE, TOML, project_folder};

fn options(folder: &Path, address: SocketAddr) -> DevOptions {
    DevOptions {
        folder: folder.to_path_buf(),
        address,
        edge: EdgeOptions::new(folder.join(".nano/edge"), std::env::var("PATH").unwrap_or_default()),
        link: Link::LOCAL,
        seed: 1,
        emulated: Emulated::default(),
        prepare: nano_emulator::Prepare::default(),
    }
}

fn start(folder: &Path) -> (Dev, Receiver<DevEvent>) {
    let mut dev = Dev::start(options(folder, SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap();
    let events = dev.take_events().unwrap();
    (dev, events)
}

fn wait<T>(events: &Receiver<DevEvent>, mut look: impl FnMut(&DevEvent) -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    let mut seen = Vec::new();
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(event) = events.recv_timeout(left) else { panic!("it did not happen; but: {seen:#?}") };
        if let Some(found) = look(&event) {
            return found;
        }
        seen.push(format!("{event:?}").chars().take(300).collect::<String>());
    }
}

/// Saves as editors do: a new file, renamed over the old one.
fn save(folder: &Path, file: &str, text: &str) {
    fs::write(folder.join(".new"), text).unwrap();
    fs::rename(folder.join(".new"), folder.join(file)).unwrap();
}

#[test]
fn a_save_takes_effect_on_the_device_and_at_the_edge() {
    let folder = project_folder();
    let (dev, events) = start(folder.path());
    wait(&events, |event| match event {
        DevEvent::Device(event) => matches!(&event.what, Happened::Invocation(i) if i.function == "lamp").then_some(()),
        _ => None,
    });
    save(folder.path(), "lights.py", &SOURCE.replace("'level': payload[0]", "'level': payload[0], 'new': True"));
    let (reloaded, since_save) = wait(&events, |event| match event {
        DevEvent::Reloaded { invocation, since_save, .. } => Some((invocation.clone(), *since_save)),
        DevEvent::Refused { text, .. } => panic!("{text}"),
        _ => None,
    });
    assert_eq!((reloaded.function.as_str(), reloaded.result["new"].as_bool()), ("lamp", Some(true)));
    assert!(since_save < PATIENCE);
    let answer = dev.emulator().edge().invoke("lamp", Invoke::new("[5]")).unwrap();
    assert_eq!(answer.result.unwrap(), r#"{"level": 5, "new": true, "dark": true}"#);

    // Only a comment more: the same module, but the result is shown again.
    save(
        folder.path(),
        "lights.py",
        &fs::read_to_string(folder.path().join("lights.py")).unwrap().replace("def lamp", "# hello\ndef lamp"),
    );
    wait(&events, |event| matches!(event, DevEvent::Reloaded { .. }).then_some(()));
}

#[test]
fn a_save_with_a_mistake_shows_the_caret_and_the_old_code_keeps_serving() {
    let folder = project_folder();
    let (dev, events) = start(folder.path());
    for (file, text, words) in [
        ("lights.py", SOURCE.replace("return {", "return {{{"), "lights.py"),
        ("lights.py", SOURCE.replace("def lamp", "import numpy\ndef lamp"), "numpy"),
        ("nano.toml", TOML.replace("handler =", "handlr ="), "did you mean `handler`?"),
        ("nano.toml", TOML.replace("\"light.csv\"", "\"dark.csv\""), "dark.csv does not exist"),
    ] {
        let good = fs::read_to_string(folder.path().join(file)).unwrap();
        save(folder.path(), file, &text);
        let shown = wait(&events, |event| match event {
            DevEvent::Refused { text, files } => {
                assert_eq!(files, &[file.to_owned()]);
                Some(text.clone())
            }
            _ => None,
        });
        assert!(shown.contains(words) && shown.contains('^'), "{shown}");
        // The device goes on with what it has, and so does the edge.
        wait(&events, |event| match event {
            DevEvent::Device(event) => {
                matches!(&event.what, Happened::Invocation(i) if i.function == "lamp" && i.error.is_none())
                    .then_some(())
            }
            _ => None,
        });
        assert!(dev.emulator().edge().invoke("lamp", Invoke::new("[5]")).unwrap().result.is_ok());
        save(folder.path(), file, &good);
        wait(&events, |event| matches!(event, DevEvent::Saved { .. }).then_some(()));
    }
}

#[test]
fn a_handler_that_never_ends_keeps_its_device_no_busier_than_a_processor() {
    let folder = project_folder();
    // From the start on: as a new version it would be taken back at its first run.
    save(folder.path(), "lights.py", &SOURCE.replace("    return", "    while True:\n        pass\n    return"));
    let started = Instant::now();
    let (dev, events) = start(folder.path());
    let invoked = |event: &DevEvent| match event {
        DevEvent::Device(event) => match &event.what {
            Happened::Invocation(i) if i.function == "lamp" => Some((event.at_us, i.error.clone())),
            _ => None,
        },
        _ => None,
    };
    for _ in 0..3 {
        wait(&events, |event| invoked(event).and_then(|(_, error)| error).filter(|e| e.kind == "Sandbox.Timedout"));
    }
    save(folder.path(), "lights.py", SOURCE);
    wait(&events, |event| matches!(event, DevEvent::Reloaded { .. }).then_some(()));
    let (_, error) = wait(&events, invoked);
    assert_eq!(error, None);
    // Its clock is ahead of the machine's by the runs that were begun, not by all that waited.
    let uptime_us = dev.emulator().devices().remove(0).uptime_us;
    let real_us = u64::try_from(started.elapsed().as_micros()).unwrap();
    assert!(uptime_us < real_us + 5_000_000, "{uptime_us} of {real_us}");
}

#[test]
fn code_that_fails_on_its_device_falls_back_to_the_one_before() {
    let folder = project_folder();
    let (_dev, events) = start(folder.path());
    wait(&events, |event| match event {
        DevEvent::Device(event) => matches!(&event.what, Happened::Invocation(i) if i.function == "lamp").then_some(()),
        _ => None,
    });
    save(folder.path(), "lights.py", &format!("x = 1 // 0\n{SOURCE}"));
    let reason = wait(&events, |event| match event {
        DevEvent::Device(event) => match &event.what {
            Happened::Refused { function, reason, .. } if function == "lamp" => Some(reason.clone()),
            _ => None,
        },
        _ => None,
    });
    assert!(reason.contains("ZeroDivisionError"), "{reason}");
    wait(&events, |event| match event {
        DevEvent::Device(event) => {
            matches!(&event.what, Happened::Invocation(i) if i.function == "lamp" && i.error.is_none()).then_some(())
        }
        _ => None,
    });
}

#[test]
fn code_that_an_aws_client_deploys_reaches_the_device() {
    let folder = project_folder();
    let (dev, events) = start(folder.path());
    wait(&events, |event| match event {
        DevEvent::Device(event) => matches!(&event.what, Happened::Invocation(i) if i.function == "lamp").then_some(()),
        _ => None,
    });
    let source = SOURCE.replace("'level'", "'aws'");
    let package = Package::build([("lights.py", source.as_bytes())]).unwrap();
    let edge = dev.emulator().edge();
    let nano = edge.functions().find(&FunctionName::parse("lamp", 256).unwrap(), DEFAULT_REGION).unwrap();
    let nano = nano.configuration.nano.clone();
    let deployment = Deployment { name: "lamp".into(), handler: "lights.lamp".into(), nano, ..Deployment::default() };
    edge.deploy(&deployment, &package).unwrap();
    wait(&events, |event| match event {
        DevEvent::Device(event) => {
            matches!(&event.what, Happened::Invocation(i) if i.on == "device" && i.result.get("aws").is_some())
                .then_some(())
        }
        _ => None,
    });
}

fn get(address: SocketAddr, path: &str) -> (u16, serde_json::Value) {
    ask(address, "GET", path, "")
}

fn ask(address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, serde_json::Value) {
    ask_as("nobody", address, method, path, body)
}

fn ask_as(operator: &str, address: SocketAddr, method: &str, path: &str, body: &str) -> (u16, serde_json::Value) {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nnano-operator: {operator}\r\nContent-Length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(text.split_once("\r\n\r\n").unwrap().1).unwrap())
}

#[test]
fn devices_and_events_are_routes_of_the_edge() {
    let folder = project_folder();
    let (dev, _events) = start(folder.path());
    let address = dev.address();
    assert_eq!(get(address, "/_nano/health").0, 200);
    let (_, devices) = get(address, "/_nano/devices");
    assert_eq!(devices[0]["name"], "walkway");
    assert_eq!(devices[0]["functions"].as_array().unwrap().len(), 2);
    let (_, events) = get(address, "/_nano/events?after=0&count=5&wait_ms=10000");
    assert_eq!(events["events"].as_array().unwrap()[0]["number"], 1);
    let next = events["next"].as_u64().unwrap();
    let (_, more) = get(address, &format!("/_nano/events?after={next}&wait_ms=10000"));
    assert!(more["next"].as_u64().unwrap() > next);
    // A device runs nothing past its gate for who can't read the project.
    let lamp = "/_nano/devices/walkway/functions/lamp/invoke";
    let (status, refused) = ask(address, "POST", lamp, "[7]");
    let file = folder.path().canonicalize().unwrap().join(".nano/operator");
    assert_eq!((status, refused["operator"].as_str()), (403, file.to_str()));
    assert_eq!(ask(address, "POST", "/_nano/functions/lamp/invoke?on=device", "[7]").0, 403);
    let token = fs::read_to_string(&file).unwrap();
    let ask = |address, method, path, body| ask_as(token.trim(), address, method, path, body);
    let deadline = Instant::now() + PATIENCE;
    let (status, ran) = loop {
        let answer = ask(address, "POST", lamp, "[7]");
        // Its module may still be on the way.
        if answer.0 == 200 || Instant::now() > deadline {
            break answer;
        }
    };
    assert_eq!((status, ran["result"]["level"].as_u64(), ran["on"].as_str()), (200, Some(7), Some("device")));
    assert_eq!(ask(address, "POST", "/_nano/devices/nobody/functions/lamp/invoke", "[7]").0, 404);
    assert_eq!(ask(address, "POST", "/_nano/devices/walkway/functions/nothing/invoke", "[7]").0, 404);
}

#[test]
fn what_cannot_start_says_why() {
    let folder = project_folder();
    let (dev, _events) = start(folder.path());
    let other = project_folder();
    let taken = Dev::start(options(other.path(), dev.address())).unwrap_err();
    assert!(matches!(taken, DevError::Edge(EdgeError::PortInUse { .. })), "{taken}");
    fs::write(other.path().join("lights.py"), "def lamp(:\n").unwrap();
    let broken = Dev::start(options(other.path(), SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap_err();
    assert!(broken.to_string().contains("lights.py"), "{broken}");
    fs::remove_file(other.path().join("nano.toml")).unwrap();
    let none = Dev::start(options(other.path(), SocketAddr::from(([127, 0, 0, 1], 0)))).unwrap_err();
    assert!(matches!(none, DevError::Project(_)), "{none}");
}
