//! Capabilities against a device that runs: `nano dev` and the commands a person types, each the real binary.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longest that anything is waited for. No test depends on how soon it comes.
const PATIENCE: Duration = Duration::from_secs(60);
const IDENTITY: &str = "a1a2a3a4a5a6a7a8";
const PROJECT: &str = r#"
[project]
name = "app"

[functions.lamp]
handler = "lights.lamp"
memory = "8 KiB"
trigger = { woof = "light", every = 1 }
run = "device"

[woofs.light]
element = "64 B"
history = 64

[devices.walkway]
board = "esp8266"
"#;

/// A project with `nano dev` running in it.
struct Running {
    folder: TempDir,
    child: Child,
    endpoint: String,
}

impl Running {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("nano.toml"), PROJECT).unwrap();
        let code = "def lamp(payload, ctx):\n    return payload[0] < 100\n";
        std::fs::write(folder.path().join("lights.py"), code).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["dev", "--port", "0", "--json"])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut events = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let mut endpoint = None;
        while events.read_line(&mut line).unwrap() > 0 {
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["event"] == "ready" {
                endpoint = event["endpoint"].as_str().map(str::to_owned);
            }
            if event["text"].as_str().is_some_and(|text| text.contains("INSTALL Ok")) {
                break;
            }
            line.clear();
        }
        thread::spawn(move || std::io::copy(&mut events, &mut std::io::sink()));
        Self { folder, child, endpoint: endpoint.expect("it was ready") }
    }

    /// Exit code, standard output and standard error of a command in the project.
    fn told(&self, arguments: &[&str]) -> (i32, String, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nano"));
        command.args(arguments).env("RUST_BACKTRACE", "0").current_dir(self.folder.path());
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().trim_end().to_owned();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    /// Standard output of a command that ends with 0.
    fn ok(&self, arguments: &[&str]) -> String {
        let (code, out, errors) = self.told(arguments);
        assert_eq!(code, 0, "{arguments:?}: {errors}");
        out
    }

    /// `nano cap derive --device walkway`, to a file.
    fn derive(&self, more: &[&str]) -> String {
        self.ok(&[&["cap", "derive", "--device", "walkway", "--endpoint", &self.endpoint], more].concat())
    }

    /// The device's address.
    fn address(&self) -> String {
        let devices: Value =
            serde_json::from_str(&self.ok(&["devices", "--endpoint", &self.endpoint, "--json"])).unwrap();
        let device = devices.as_array().map_or(&devices, |devices| &devices[0]);
        device["address"].as_str().unwrap().to_owned()
    }

    /// What the device answers to a packet that the edge passes on: its status; none where there is silence.
    fn send(&self, packet: &[u8]) -> Option<u8> {
        let host = self.endpoint.strip_prefix("http://").unwrap();
        let mut stream = TcpStream::connect(host).unwrap();
        let length = packet.len();
        write!(
            stream,
            "POST /_nano/devices/walkway/request HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
        )
        .unwrap();
        stream.write_all(packet).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let split = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap() + 4;
        match &answer[9..12] {
            b"200" => Some(answer[split + 1]),
            b"204" => None,
            _ => panic!("{}", String::from_utf8_lossy(&answer)),
        }
    }

    /// A packet that `nano cap bind` makes.
    fn bind(&self, capability: &str, op: &str, more: &[&str]) -> Vec<u8> {
        let (ns, woof) = self.handles();
        let digits = self.ok(&[&["cap", "bind", capability, "--op", op, "--ns", &ns, "--woof", &woof], more].concat());
        (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap()).collect()
    }

    fn handles(&self) -> (String, String) {
        let line = self.ok(&["cap", "resolve", "walkway", "app/light", "--endpoint", &self.endpoint]);
        let mut words = line.split(' ').map(str::to_owned);
        (words.next().unwrap(), words.next().unwrap())
    }

    /// Number of the log's newest record.
    fn last(&self) -> u64 {
        let stat = self.ok(&["woof", "stat", "woof://walkway/app/light", "--endpoint", &self.endpoint]);
        serde_json::from_str::<Value>(&stat).unwrap()["last"].as_u64().unwrap_or(0)
    }

    fn file(&self, capability: &str) -> PathBuf {
        self.folder.path().join(capability.trim_start_matches('@'))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn words(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap().trim().to_owned()
}

const OK: Option<u8> = Some(0);
const SEQ_LOW: Option<u8> = Some(0x21);
const DENIED: Option<u8> = Some(0x24);
const SILENCE: Option<u8> = None;

#[test]
fn a_reader_reads_may_not_write_nor_say_a_thing_twice_and_revoked_meets_silence() {
    let dev = Running::start();
    let log = "woof://walkway/app/light";
    dev.ok(&["woof", "put", log, "[33]", "--exec", "--endpoint", &dev.endpoint]);
    let reader = dev.derive(&["--readonly", "--woof", "app/light", "--lane", "3", "--expires", "1h"]);
    let read = |capability: &str| dev.told(&["woof", "tail", log, "--cap", capability, "--endpoint", &dev.endpoint]);
    let (code, out, errors) = read(&reader);
    assert!(code == 0 && out.contains("[33]"), "{out} {errors}");
    let (code, out, errors) = dev.told(&["woof", "put", log, "[34]", "--cap", &reader, "--endpoint", &dev.endpoint]);
    assert!(code == 1 && out.is_empty() && errors.contains("DENIED"), "{errors}");

    // The same as packets: what is sent again gets its old answer or SEQ_LOW, and does nothing.
    let writer = dev.derive(&["--rights", "put,get,stat", "--woof", "app/light", "--lane", "4"]);
    let write = dev.bind(&writer, "put", &["--payload", "[35]"]);
    let next = dev.bind(&writer, "put", &["--payload", "[36]"]);
    assert_eq!((dev.send(&write), dev.send(&next)), (OK, OK));
    assert_eq!(dev.last(), 3);
    assert_eq!((dev.send(&write), dev.send(&next), dev.send(&write)), (SEQ_LOW, OK, SEQ_LOW));
    assert_eq!(dev.send(&dev.bind(&reader, "put", &["--payload", "[37]"])), DENIED);
    let mut forged = dev.bind(&writer, "put", &["--payload", "[38]"]);
    *forged.last_mut().unwrap() ^= 1;
    assert_eq!(dev.send(&forged), SILENCE);
    assert_eq!(dev.last(), 3);

    // Revoked with all that was derived from it; everyone else goes on.
    let derived = dev.ok(&["cap", "derive", &reader, "--expires", "10m"]);
    let (before, later) = (dev.bind(&derived, "get", &[]), dev.bind(&writer, "put", &["--payload", "[39]"]));
    let said = dev.ok(&["cap", "revoke", &reader, "--device", "walkway", "--endpoint", &dev.endpoint]);
    assert!(said.starts_with("subtree") && said.contains(derived.trim_start_matches('@')), "{said}");
    assert_eq!((dev.send(&before), dev.send(&dev.bind(&reader, "get", &[]))), (SILENCE, SILENCE));
    let (code, out, errors) = read(&reader);
    assert!(code == 1 && out.is_empty() && errors.contains("does not answer"), "{errors}");
    assert_eq!(dev.told(&["cap", "verify", &derived, "--device", "walkway"]).0, 1);
    assert_eq!((dev.send(&later), dev.last()), (OK, 4));

    // The owner's own slot: all of it is dead, and who has the device's secret has a new root.
    let root = dev.file("@.nano/keys/walkway.cap");
    dev.ok(&["cap", "new", "walkway"]);
    let old = words(&root);
    dev.ok(&["cap", "revoke", "--slot", "0", "--device", "walkway", "--endpoint", &dev.endpoint]);
    assert_ne!(words(&root), old);
    assert_eq!(dev.told(&["cap", "verify", &old, "--device", "walkway"]).0, 1);
    assert_eq!(dev.send(&dev.bind(&old, "get", &[])), SILENCE);
    assert_eq!(dev.last(), 4, "asked by the new root");
}

#[test]
fn what_is_asked_of_a_sleeping_device_waits_and_is_answered_when_it_wakes() {
    let dev = Running::start();
    let (log, edge) = ("woof://walkway/app/light", ["--endpoint", &dev.endpoint]);
    let told = |arguments: &[&str]| dev.told(&[arguments, &edge].concat());
    let ok = |arguments: &[&str]| dev.ok(&[arguments, &edge].concat());
    ok(&["woof", "put", log, "[33]"]);
    ok(&["devices", "sleep", "walkway"]);
    assert!(ok(&["devices"]).contains("asleep"));
    let (code, _, errors) = told(&["woof", "put", log, "[34]"]);
    assert!(code == 1 && errors.contains("does not answer"), "{errors}");

    // A client of the device and of its queue; each takes a capability of its own.
    let writer = dev.derive(&["--rights", "put,get", "--woof", "app/light", "--lane", "4"]);
    let sender = dev.ok(&["queue", "allow", "walkway", "--lane", "2", "--expires", "1h"]);
    let queue = ["--cap", &writer, "--queue", "10m", "--by", &sender];
    let put = ok(&[&["woof", "put", log, "[35]"], &queue[..]].concat());
    let tail = ok(&[&["woof", "tail", log, "-n", "5"], &queue[..]].concat());
    assert_eq!((put.len(), tail.len()), (32, 32));
    // One that the owner has made beside it, and one that he cancels.
    ok(&["woof", "put", log, "[36]", "--queue", "10m"]);
    let cancelled = ok(&["woof", "put", log, "[37]", "--queue", "10m"]);
    assert!(ok(&["devices"]).contains("4 waiting"));
    let list = ok(&["queue", "list", "walkway", "--by", &sender]);
    assert!(list.lines().count() == 4 && list.starts_with(&put) && list.contains("PUT"), "{list}");
    assert_eq!(ok(&["queue", "cancel", "walkway", &cancelled]), "cancelled");
    let (code, _, errors) = told(&["queue", "cancel", "walkway", &cancelled]);
    assert!(code == 2 && errors.contains("nothing of this id"), "{errors}");
    let read = ["queue", "read", "walkway", &put, "--cap", &writer, "--by", &sender];
    let (code, out, errors) = told(&read);
    assert!(code == 1 && out.is_empty() && errors.contains("not answered yet"), "{errors}");

    ok(&["devices", "wake", "walkway"]);
    assert_eq!(ok(&[&read[..], &["--wait", "60s"]].concat()), "2");
    let answer = ["queue", "read", "walkway", &tail, "--wait", "60s", "--by", &sender];
    let (code, _, errors) = told(&answer);
    assert!(code == 2 && errors.contains("another capability"), "{errors}");
    let records = ok(&[&answer[..], &["--cap", &writer]].concat());
    assert!(records.contains("[33]") && records.contains("[35]") && !records.contains("[37]"), "{records}");
    // It has been read: its place is free, and it is gone.
    let (code, _, errors) = told(&[&answer[..], &["--cap", &writer]].concat());
    assert!(code == 2 && errors.contains("nothing of this id"), "{errors}");

    // Not without a capability of the edge's: not with the device's, not with another device's.
    let (code, _, errors) = told(&["woof", "put", log, "[38]", "--cap", &writer, "--queue", "10m", "--by", &writer]);
    assert!(code == 1 && errors.contains("not of its key"), "{errors}");
    let (code, _, errors) = told(&["queue", "list", "walkway", "--data", "elsewhere"]);
    assert!(code == 2 && errors.contains("--by @FILE"), "{errors}");
    let (code, _, errors) = told(&["woof", "put", log, "[38]", "--queue", "2d"]);
    assert!(code == 2 && errors.contains("24 hours"), "{errors}");
    let (code, _, errors) = told(&["devices", "sleep", "nobody"]);
    assert!(code == 2 && errors.contains("there is no device nobody"), "{errors}");
    // What a packet asks for waits, too; one that the capability does not allow is refused by the device.
    let reader = dev.derive(&["--readonly", "--woof", "app/light", "--lane", "5"]);
    let request = dev.bind(&reader, "put", &["--payload", "[39]"]);
    let file = dev.folder.path().join("request");
    std::fs::write(&file, request).unwrap();
    let sent = ok(&["queue", "send", "walkway", &format!("@{}", file.display()), "--keep", "1m"]);
    let (code, _, errors) = told(&["queue", "read", "walkway", &sent, "--cap", &reader, "--wait", "60s"]);
    assert!(code == 1 && errors.contains("walkway refuses: DENIED"), "{errors}");
    // The audit has who used what, and does not take the queue for a device.
    let audit = ok(&["cap", "audit"]);
    assert!(audit.contains(writer.trim_start_matches('@')) && !audit.contains("(queue)"), "{audit}");
}

#[test]
fn a_device_mints_an_identity_and_a_capability_that_requires_it_works_beside_it_only() {
    let dev = Running::start();
    let address = dev.address();
    dev.ok(&["woof", "put", "woof://walkway/app/light", "[33]", "--endpoint", &dev.endpoint]);
    let minted = dev.derive(&["--identity", IDENTITY, "--ask", &address, "--expires", "1h"]);
    let shown: Value = serde_json::from_str(&dev.ok(&["cap", "inspect", &minted, "--json"])).unwrap();
    assert_eq!(shown["frames"].as_array().unwrap().len(), 1, "nothing of the parent is in it");
    assert_eq!((&shown["identities"][0], shown["rights"].as_array().unwrap().len()), (&IDENTITY.into(), 0));
    assert!(shown["expires"].is_u64());
    dev.ok(&["cap", "verify", &minted, "--device", "walkway"]);
    let reader = dev.derive(&["--readonly", "--woof", "app/light"]);
    let (code, _, errors) = dev.told(&["cap", "derive", &reader, "--identity", IDENTITY, "--ask", &address]);
    assert!(code == 2 && errors.contains("lacks the right MINTID"), "{errors}");

    let conditional = dev.derive(&["--readonly", "--woof", "app/light", "--requires", IDENTITY]);
    let log = format!("woof://{address}/app/light");
    let tail = ["woof", "tail", &log, "--cap", &conditional];
    let (code, out, errors) = dev.told(&tail);
    assert!(code == 1 && out.is_empty() && errors.contains("DENIED"), "{errors}");
    assert!(dev.ok(&[&tail[..], &["--with", &minted]].concat()).contains("[33]"));
    let (code, _, errors) = dev.told(&["woof", "tail", &log, "--with", &minted]);
    assert!(code == 2 && errors.contains("--cap"), "{errors}");

    // By the device, too, a deep one is said in one frame.
    let deep = dev.derive(&["--rights", "get,stat,flatten", "--woof", "app/light"]);
    let deep = dev.ok(&["cap", "derive", &deep, "--rights", "get,stat,flatten", "--expires", "1h"]);
    let flat = dev.ok(&["cap", "flatten", &deep, "--ask", &address]);
    let shown: Value = serde_json::from_str(&dev.ok(&["cap", "inspect", &flat, "--json"])).unwrap();
    assert_eq!(shown["frames"].as_array().unwrap().len(), 1);
    assert!(dev.ok(&["woof", "tail", &log, "--cap", &flat]).contains("[33]"));
}

#[test]
fn whoever_reads_no_further_and_a_full_disk_are_no_defects() {
    let dev = Running::start();
    let resolve = |to: Stdio| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nano"));
        command.args(["cap", "resolve", "walkway", "--endpoint", &dev.endpoint]).current_dir(dev.folder.path());
        command.stdout(to).stderr(Stdio::piped());
        command
    };
    let mut gone = resolve(Stdio::piped()).spawn().unwrap();
    drop(gone.stdout.take());
    let deadline = Instant::now() + PATIENCE;
    while gone.try_wait().unwrap().is_none() && Instant::now() < deadline {
        thread::sleep(Duration::from_millis(10));
    }
    let ended = gone.wait_with_output().unwrap();
    assert_eq!((ended.status.code(), String::from_utf8_lossy(&ended.stderr).as_ref()), (Some(0), ""));
    if let Ok(full) = std::fs::OpenOptions::new().write(true).open("/dev/full") {
        let ended = resolve(full.into()).output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(2));
        assert!(
            said.starts_with("error: stdout can't be written: No space left") && said.lines().count() == 1,
            "{said}"
        );
    }
}
