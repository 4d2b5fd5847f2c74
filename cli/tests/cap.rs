//! `nano cap` as a person uses it: the real binary, in a folder of its own.

use nano_caps::{Capability, FrameBuilder};
use serde_json::Value;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

struct Machine(TempDir);

impl Machine {
    fn new() -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        machine.ok(&["new", "walkway"]);
        machine
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_nano")).arg("cap").args(arguments).current_dir(self.0.path()).output().unwrap()
    }

    /// Standard output of a command that ends with 0.
    fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap().trim_end().to_string()
    }

    /// Exit code, standard output and standard error.
    fn told(&self, arguments: &[&str]) -> (i32, String, String) {
        let output = self.run(arguments);
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }

    fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.ok(&[arguments, &["--json"]].concat())).unwrap()
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.0.path().join(file.trim_start_matches('@'))
    }
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn no_secret_is_printed_without_reveal() {
    let machine = Machine::new();
    let root = machine.ok(&["new", "walkway"]);
    let derived = machine.ok(&["derive", "--device", "walkway", "--readonly", "--expires", "1h"]);
    let own = machine.ok(&["derive", &root, "--ns", "1", "-o", "own.cap"]);
    assert_eq!(own, "@own.cap");
    let flat = machine.ok(&["flatten", &derived, "--device", "walkway"]);
    for file in [&root, &derived, &own, &flat] {
        assert!(file.starts_with('@'), "{file}");
        assert_eq!(mode(&machine.path(file)), 0o600);
    }
    assert_eq!(mode(&machine.path(".nano/capabilities")), 0o700);
    assert_eq!(mode(&machine.path(".nano/devices/walkway/key")), 0o600);
    let secret = std::fs::read_to_string(machine.path(".nano/devices/walkway/key")).unwrap();
    let token = std::fs::read_to_string(machine.path(&derived)).unwrap();
    let request = machine.ok(&["bind", &derived, "--op", "get", "--ns", "1", "--woof", "2"]);
    for arguments in [
        vec!["inspect", &derived],
        vec!["inspect", &derived, "--json"],
        vec!["check", &derived],
        vec!["verify", &derived, "--device", "walkway"],
        vec!["bind", &derived, "--op", "get", "--json"],
        vec!["why-denied", &request, "--device", "walkway"],
        vec!["revoke", &derived, "--device", "walkway", "--dry-run"],
        vec!["derive", &derived, "--lane", "3", "--json"],
        vec!["new", "garage", "--json"],
    ] {
        let (_, out, errors) = machine.told(&arguments);
        let said = out + &errors;
        assert!(!said.contains("ncap1.") && !said.contains(secret.trim()), "{arguments:?}: {said}");
        // Nor the key in another form.
        assert!(!said.contains(&token.trim()[token.trim().len() - 20..]), "{arguments:?}: {said}");
    }
    let revealed = machine.ok(&["derive", "--device", "walkway", "--readonly", "--reveal"]);
    assert!(revealed.starts_with("ncap1.") && revealed.lines().count() == 1);
    assert!(machine.ok(&["inspect", &derived, "--reveal"]).ends_with(token.trim()));
    let code = machine.ok(&["inspect", &derived, "--reveal", "--qr"]);
    assert!(code.contains('█') && code.lines().count() > 30);
    assert_eq!(machine.told(&["derive", "--device", "walkway", "--qr"]).0, 2, "a picture of a secret is one, too");
}

#[test]
fn a_file_that_others_read_is_named() {
    let machine = Machine::new();
    let file = machine.ok(&["derive", "--device", "walkway", "--readonly"]);
    std::fs::set_permissions(machine.path(&file), std::fs::Permissions::from_mode(0o644)).unwrap();
    assert!(machine.told(&["inspect", &file]).2.contains("chmod 600"));
}

#[test]
fn keys_of_a_device_are_made_once() {
    let machine = Machine::new();
    let before = std::fs::read(machine.path(".nano/devices/walkway/key")).unwrap();
    assert!(machine.told(&["new", "walkway"]).2.contains("was there and is kept"));
    assert_eq!(std::fs::read(machine.path(".nano/devices/walkway/key")).unwrap(), before);
    assert_eq!(machine.json(&["new", "walkway"])["capability"], Value::Null);
    let (code, _, errors) = machine.told(&["derive", "--device", "nobody", "--readonly"]);
    assert!(code == 2 && errors.contains("hint: make one: nano cap new nobody"), "{errors}");
    assert_eq!(machine.told(&["new", "../walkway"]).0, 2);
}

#[test]
fn every_condition_is_derived_and_shown() {
    let machine = Machine::new();
    let rich = machine.ok(&[
        "derive",
        "--device",
        "walkway",
        "--ns",
        "1",
        "--woof",
        "2",
        "--rights",
        "get,put",
        "--expires",
        "1h",
        "--not-before",
        "10s",
        "--lane",
        "3",
        "--requires",
        "a1a2a3a4a5a6a7a8",
        "--max-len",
        "64",
        "--min-gap",
        "500ms",
        "--sealed",
    ]);
    let shown = machine.json(&["inspect", &rich]);
    assert_eq!(shown["verified"], false);
    assert_eq!((shown["lane"].as_u64(), shown["max_payload"].as_u64()), (Some(3), Some(64)));
    assert_eq!((shown["min_gap_ms"].as_u64(), shown["sealed"].as_bool()), (Some(500), Some(true)));
    assert_eq!(shown["requires"][0], "a1a2a3a4a5a6a7a8");
    assert_eq!(shown["rights"].as_array().unwrap().len(), 0);
    let effective = shown["effective"].as_array().unwrap();
    let on = effective.iter().find(|on| on["woof"] == 2).unwrap();
    assert_eq!(on["rights"], serde_json::json!(["get", "put"]));
    // Root one compression, the second frame of 40 bytes two, the tag four.
    assert_eq!(shown["compressions"], 7);
    let tree = machine.ok(&["inspect", &rich]);
    for words in
        ["unverified", "frame 1", "allow get, put on namespace 1, woof 2", "UTC", "lane 3", "sealed", "7 SHA-256"]
    {
        assert!(tree.contains(words), "{words}: {tree}");
    }
    assert!(machine.told(&["derive", &rich, "--readonly"]).2.contains("sealed"));
    assert!(machine.told(&["derive", "--device", "walkway"]).2.contains("hint: add one of --readonly"));
    assert!(machine.told(&["derive", "--device", "walkway", "--rights", "read"]).2.contains("they are: get, put"));
    // An identity grants nothing by itself.
    let who = machine.ok(&["derive", "--device", "walkway", "--identity", "a1a2a3a4a5a6a7a8"]);
    let shown = machine.json(&["inspect", &who]);
    assert_eq!((shown["rights"].as_array().unwrap().len(), &shown["identities"][0]), (0, &"a1a2a3a4a5a6a7a8".into()));
    let request =
        machine.ok(&["bind", &rich, "--with", &who, "--op", "put", "--ns", "1", "--woof", "2", "--payload", "x"]);
    let (code, out, _) = machine.told(&["why-denied", &request, "--device", "walkway", "--time", "1"]);
    // It is not valid for ten seconds yet, and that is all that is wrong with it.
    assert!(code == 1 && out.starts_with("DENIED\n  frame 1 is valid from") && out.lines().count() == 2, "{out}");
}

#[test]
fn inert_grants_are_named() {
    let machine = Machine::new();
    let narrow = machine.ok(&["derive", "--device", "walkway", "--ns", "1", "--rights", "get"]);
    assert!(machine.ok(&["check", &narrow]).starts_with("nothing inert"));
    let (code, _, errors) = machine.told(&["derive", &narrow, "--ns", "2"]);
    assert!(code == 2 && errors.contains("grant nothing"), "{errors}");
}

#[test]
fn what_could_never_be_used_is_not_derived() {
    let machine = Machine::new();
    let parent = machine.ok(&["derive", "--device", "walkway", "--lane", "2", "--expires", "1h"]);
    let refused = |arguments: &[&str], why: &str| {
        let (code, out, errors) = machine.told(&[&["derive", &parent], arguments].concat());
        assert!(code == 2 && out.is_empty() && errors.contains(why) && errors.contains("never be used"), "{errors}");
    };
    refused(&["--lane", "3"], "different lanes");
    refused(&["--not-before", "2h"], "ends before it begins");
    let (code, _, errors) = machine.told(&["derive", &parent, "--lane", "2", "--expires", "7d"]);
    assert!(code == 0 && errors.contains("warning: it ends when its parent does"), "{errors}");
    // Made by other means it is named.
    let capability = Capability::from_text(&machine.ok(&["derive", &parent, "--lane", "2", "--reveal"])).unwrap();
    let capability = capability.derive(&FrameBuilder::new().lane(4).build().unwrap()).unwrap();
    let mut text = [0; nano_caps::MAX_TEXT];
    let (code, out, _) = machine.told(&["check", capability.write_text(&mut text).unwrap()]);
    assert!(code == 1 && out.contains("can never be used: its frames name different lanes"), "{out}");
}

#[test]
fn capabilities_in_tracked_files_are_found() {
    let machine = Machine::new();
    let git = |arguments: &[&str]| {
        let mut git = Command::new("git");
        git.args(["-c", "user.name=t", "-c", "user.email=t@t"]).args(arguments).current_dir(machine.0.path());
        assert!(git.output().unwrap().status.success(), "{arguments:?}");
    };
    assert_eq!(machine.told(&["check", "--git"]).0, 2, "git does not know this folder");
    git(&["init", "-q"]);
    let token = machine.ok(&["derive", "--device", "walkway", "--readonly", "--reveal"]);
    std::fs::write(machine.path("notes.md"), format!("one\nuse {token} for it\nncap1.notoneatallbutlookslikeit\n"))
        .unwrap();
    std::fs::write(machine.path("other.md"), format!("{token}x\n{}\n", "0f".repeat(40))).unwrap();
    std::fs::write(machine.path(".gitignore"), ".nano\n").unwrap();
    assert!(machine.ok(&["check", "--git"]).starts_with("no capability"), "nothing is tracked yet");
    git(&["add", "."]);
    let (code, out, errors) = machine.told(&["check", "--git"]);
    assert!(code == 1 && out.lines().count() == 1 && out.starts_with("notes.md:2: a capability of slot 0"), "{out}");
    assert!(!out.contains(&token) && errors.contains("revoke"));
    // Taken out of the file, but not of what will be committed.
    std::fs::write(machine.path("notes.md"), "one\n").unwrap();
    assert!(machine.told(&["check", "--git"]).1.contains("(in git's index)"));
    git(&["add", "."]);
    machine.ok(&["check", "--git", "."]);
    // A name may hold anything, and a file what is no text.
    let odd = machine.path("od\nd name");
    std::fs::write(&odd, [b"\0\xFF ", token.as_bytes(), b" \0"].concat()).unwrap();
    git(&["add", "."]);
    let out = machine.told(&["check", "--git"]).1;
    assert!(out.lines().count() == 1 && out.starts_with(r#""od\nd name":1: a capability"#), "{out}");
    std::fs::remove_file(&odd).unwrap();
    std::fs::write(machine.path(".nano/operator"), "0123456789abcdef0123456789abcdef\n").unwrap();
    git(&["add", "-A", "."]);
    git(&["add", "-f", ".nano/operator"]);
    let out = machine.told(&["check", "--git"]).1;
    assert!(out.lines().count() == 1 && out.starts_with(".nano/operator:1: the token of a nano dev"), "{out}");
    git(&["add", "-f", ".nano/devices/walkway/key"]);
    assert!(machine.told(&["check", "--git"]).1.contains("a device's secret key"));
    std::fs::create_dir_all(machine.path(".nano/edge/queues")).unwrap();
    std::fs::copy(machine.path(".nano/devices/walkway/key"), machine.path(".nano/edge/queues/key")).unwrap();
    git(&["add", "-f", ".nano/edge/queues/key"]);
    assert!(machine.told(&["check", "--git"]).1.contains(".nano/edge/queues/key:1: an edge's key"));
}

#[test]
fn requests_are_bound_and_explained() {
    let machine = Machine::new();
    let read =
        machine.ok(&["derive", "--device", "walkway", "--readonly", "--ns", "1", "--woof", "2", "--expires", "1h"]);
    let bind = |op: &str, woof: &str| machine.ok(&["bind", &read, "--op", op, "--ns", "1", "--woof", woof]);
    let why = |request: &str, more: &[&str]| machine.told(&[&["why-denied", request], more].concat());
    let good = bind("get", "2");
    assert_eq!(why(&good, &[]).0, 0);
    assert_eq!(why(&good, &["--device", "walkway"]).1, "OK\n");
    let (code, out, _) = why(&bind("put", "2"), &["--device", "walkway"]);
    assert_eq!(code, 1);
    assert!(
        out.starts_with("DENIED\n  frame 1 does not allow put on namespace 1, woof 2; it says: allow get, stat"),
        "{out}"
    );
    assert!(why(&bind("get", "3"), &[]).1.contains("(unverified"));
    assert!(why(&good, &["--time", "9999999999"]).1.starts_with("EXPIRED"));
    assert!(why(&good, &["--time", "1"]).1.starts_with("SEQ_AHEAD"));
    assert!(why(&good, &["--last", "18446744073709551615"]).1.starts_with("SEQ_LOW"));
    let mut forged = good.clone().into_bytes();
    // Another digit; a bit flipped would make a letter that is none in one of eight cases.
    let last = forged.last_mut().unwrap();
    *last = if *last == b'0' { b'1' } else { b'0' };
    let forged = String::from_utf8(forged).unwrap();
    assert!(why(&forged, &["--device", "walkway"]).1.contains("the tag is wrong"));
    assert!(why(&good[..20], &[]).1.contains("ends too early"));
    machine.ok(&["new", "garage"]);
    assert!(why(&good, &["--device", "garage"]).1.contains("silence"));
    let encrypted =
        machine.ok(&["bind", &read, "--op", "get", "--ns", "1", "--woof", "2", "--payload", "hello", "--encrypt"]);
    assert!(!encrypted.contains("68656c6c6f"));
    assert_eq!(why(&encrypted, &["--device", "walkway"]).0, 0);
    std::fs::write(
        machine.path("request.bin"),
        (0..good.len()).step_by(2).map(|i| u8::from_str_radix(&good[i..i + 2], 16).unwrap()).collect::<Vec<_>>(),
    )
    .unwrap();
    assert_eq!(why("@request.bin", &["--device", "walkway"]).0, 0);
    assert_eq!(why("zz", &[]).0, 2);
}

#[test]
fn standing_flattening_and_the_cheapest_revocation() {
    let machine = Machine::new();
    let one = machine.ok(&["derive", "--device", "walkway", "--ns", "1"]);
    let two = machine.ok(&["derive", &one, "--readonly", "--woof", "2"]);
    assert!(machine.ok(&["verify", &two, "--device", "walkway"]).starts_with("authentic"));
    machine.ok(&["new", "garage"]);
    let (code, out, _) = machine.told(&["verify", &two, "--device", "garage"]);
    assert!(code == 1 && out.starts_with("not authentic"), "{out}");
    for how in [["--device", "walkway"], ["--by", &one]] {
        let flat = machine.ok(&[&["flatten", &two][..], &how].concat());
        assert!(machine.ok(&["verify", &flat, "--device", "walkway"]).starts_with("authentic"));
        let (deep, flat) = (machine.json(&["inspect", &two]), machine.json(&["inspect", &flat]));
        assert!(flat["compressions"].as_u64() <= deep["compressions"].as_u64());
        let of = |shown: &Value| {
            shown["effective"].as_array().unwrap().iter().find(|on| on["woof"] == 2).unwrap()["rights"].clone()
        };
        assert_eq!(of(&deep), of(&flat));
    }
    assert_eq!(machine.told(&["flatten", &two, "--device", "garage"]).0, 2);
    assert_eq!(machine.told(&["flatten", &two]).0, 2);
    let said = machine.json(&["revoke", &one, "--device", "walkway", "--dry-run"]);
    assert_eq!(said["way"], "subtree");
    let dies: Vec<_> =
        said["dies"].as_array().unwrap().iter().map(|file| format!("@{}", file.as_str().unwrap())).collect();
    assert!(dies.contains(&one) && dies.contains(&two) && dies.len() == 3, "{dies:?}: those and one flattened by it");
    let all = machine.json(&["revoke", "--slot", "0", "--device", "walkway", "--dry-run"]);
    assert!(all["way"] == "slot" && all["dies"].as_array().unwrap().len() == 5, "{all}");
    assert_eq!(machine.told(&["revoke", &one, "--device", "garage", "--dry-run"]).0, 2);
    // Nothing listens: said so, with what to do.
    let (code, _, errors) = machine.told(&["revoke", &one, "--device", "walkway", "--endpoint", "http://127.0.0.1:9"]);
    assert!(code == 2 && errors.contains("hint: start it: nano dev"), "{errors}");
}

#[test]
fn vectors_are_those_of_the_format() {
    let machine = Machine::new();
    let made: Value = serde_json::from_str(&machine.ok(&["vectors"])).unwrap();
    let known: Value = serde_json::from_str(include_str!("../../caps/tests/data/vectors.json")).unwrap();
    for (name, value) in known.as_object().unwrap() {
        assert_eq!(&made[name], value, "{name}");
    }
    assert!(made.as_object().unwrap().len() > known.as_object().unwrap().len());
}

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
sensors.light = { pin = "ADC0", rate = "50 Hz", source = "light.csv" }
"#;

#[test]
fn a_projects_events_tell_the_least_that_each_client_needs() {
    let machine = Machine::new();
    std::fs::write(machine.path("nano.toml"), PROJECT).unwrap();
    std::fs::write(machine.path("lights.py"), "def lamp(payload, ctx):\n    return payload[0] < 100\n").unwrap();
    std::fs::write(machine.path("light.csv"), "level\n33\n512\n").unwrap();
    let told = machine.ok(&["audit", "--json"]);
    let lines: Vec<Value> = told.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    // nano itself made namespace and log and installed the function, as the owner.
    let owner = lines.iter().find(|line| line["client"] == "@.nano/keys/walkway.cap").unwrap();
    let command = owner["derive"].as_str().unwrap();
    assert!(command.contains("mkns") && command.contains("install") && !command.contains("revoke"), "{command}");
    let function = lines.iter().find(|line| line["client"].as_str().unwrap().starts_with("function lamp")).unwrap();
    assert_eq!(function["derive"], "nano cap derive --device walkway --grant get,stat@app/light");
    assert!(lines.iter().any(|line| line["derive"] == "nano cap derive --device walkway --grant exec@app/light"));
    // The project's own devices were left alone, and what is printed can be run (names: where the device is).
    assert!(!machine.path(".nano/devices/walkway/flash").exists() && !machine.path(".nano/edge").exists());
    let token = machine.ok(&["derive", "--device", "walkway", "--grant", "get,stat@1/2", "--grant", "mkns@any"]);
    let shown = machine.json(&["inspect", &token]);
    assert_eq!(shown["effective"].as_array().unwrap().len(), 2);
    assert_eq!(machine.told(&["derive", "--device", "walkway", "--grant", "get"]).0, 2);
    assert_eq!(machine.told(&["derive", "--device", "walkway", "--grant", "get@7"]).0, 2);
}
