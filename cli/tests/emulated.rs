//! `nano dev --device NAME=qemu:BOARD`: a project's device is the real image of its board, in QEMU.
//! `cargo xtask test firmware` runs it.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Longest that anything is waited for. No test depends on how soon it comes.
const PATIENCE: Duration = Duration::from_secs(120);
const LIGHTS: &str = include_str!("../../templates/sensor-app/lights.py");
const PROJECT: &str = r#"
[project]
name = "sensor-app"

[functions.light]
handler = "lights.new_light_lvl"
memory = "4 KiB"
timeout = "1 s"
trigger = { woof = "light", every = 1 }
run = "device"

[woofs.light]
element = "64 B"
history = 8

[devices.walkway]
board = "esp8266"
sensors.light = { pin = "ADC0", rate = "2 Hz", source = "light.csv" }
"#;

/// A cache folder with the images that are under test.
fn cache(folder: &Path) -> PathBuf {
    let from = std::env::var_os("NANO_TEST_FIRMWARE").expect("cargo xtask test firmware says where the images are");
    let cache = folder.join("cache");
    fs::create_dir_all(cache.join("nano")).unwrap();
    std::os::unix::fs::symlink(from, cache.join("nano/firmware")).unwrap();
    cache
}

fn project() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("nano.toml"), PROJECT).unwrap();
    fs::write(folder.path().join("lights.py"), LIGHTS).unwrap();
    fs::write(folder.path().join("light.csv"), "42\n512\n").unwrap();
    folder
}

/// Saves as editors do: a new file, renamed over the old one.
fn save(folder: &Path, text: &str) {
    fs::write(folder.join(".new"), text).unwrap();
    fs::rename(folder.join(".new"), folder.join("lights.py")).unwrap();
}

struct Dev {
    child: Child,
    events: Receiver<Value>,
    endpoint: String,
}

impl Dev {
    fn start(project: &Path, device: &str) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["dev", "--json", "--port", "0", "--device", device])
            .arg(project)
            .env("XDG_CACHE_HOME", cache(project))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let (tell, events) = mpsc::channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        thread::spawn(move || {
            for line in out.lines().map_while(Result::ok) {
                let _ = tell.send(serde_json::from_str(&line).unwrap_or(Value::Null));
            }
        });
        let mut dev = Self { child, events, endpoint: String::new() };
        let started = dev.wait("it says where it is", |event| event["endpoint"].is_string());
        started["endpoint"].as_str().unwrap().clone_into(&mut dev.endpoint);
        dev
    }

    fn wait(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let (deadline, mut seen) = (Instant::now() + PATIENCE, Vec::new());
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let Ok(event) = self.events.recv_timeout(left) else { panic!("it did not happen: {what}; but {seen:#?}") };
            if holds(&event) {
                return event;
            }
            seen.push(event.to_string().chars().take(300).collect::<String>());
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What `nano new` writes runs on the board that it names: its logs, memory and results have room there.
#[test]
fn the_scaffolds_run_on_their_board() {
    for (template, device, key) in
        [("sensor-app", "walkway", "lights"), ("predictive-maintenance", "motor", "probability")]
    {
        let folder = tempfile::tempdir().unwrap();
        let project = folder.path().join("app");
        let made = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["new", "--template", template])
            .arg(&project)
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let dev = Dev::start(&project, &format!("{device}=qemu:esp8266"));
        dev.wait(&format!("a whole result of {template}"), |event| {
            event["event"] == "invocation" && event["device"] == device && !event["result"][key].is_null()
        });
    }
}

fn a_save_shows_its_result(board: &str) {
    let project = project();
    let dev = Dev::start(project.path(), &format!("walkway=qemu:{board}"));
    let ran = |event: &Value| event["event"] == "invocation" && event["device"] == "walkway" && event["on"] == "device";
    let first = dev.wait("the board runs the function", ran);
    // The first of all may have come before anybody watched.
    assert!(first["result"]["level"] == 42 || first["result"]["level"] == 512, "{first}");

    save(project.path(), &LIGHTS.replace("\"lights\": \"on\"", "\"lights\": \"bright\""));
    let reloaded = dev.wait("the save's result", |event| event["event"] == "reloaded");
    assert!(!reloaded["invocation"]["result"].is_null(), "{reloaded}");
    dev.wait("the new code's result", |event| ran(event) && event["result"]["lights"] == "bright");

    // What that took is in the list of devices.
    let listed = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(["devices", "--json", "--endpoint", dev.endpoint.as_str()])
        .output()
        .unwrap();
    let listed: Value = serde_json::from_slice(&listed.stdout).unwrap();
    assert!(listed["energy_uj"].as_f64().unwrap() > 0.0 && listed["uptime_us"].as_u64().unwrap() > 0, "{listed}");

    // Code that fails at its first run is taken back, and that is said.
    save(project.path(), &LIGHTS.replace("    level = payload[0]", "    level = payload[7]"));
    let said = dev.wait("that it is taken back", |event| {
        event["text"].as_str().is_some_and(|text| text.contains("is refused, the one before goes on"))
    });
    assert!(said["text"].as_str().unwrap().contains("IndexError"), "{said}");
    dev.wait("the old code's result", |event| ran(event) && event["result"]["lights"] == "bright");
    drop(dev);

    // Power is cut and comes back: it is still the code that worked.
    fs::remove_file(project.path().join("cache/nano/firmware")).unwrap();
    save(project.path(), &LIGHTS.replace("\"lights\": \"on\"", "\"lights\": \"bright\""));
    let dev = Dev::start(project.path(), &format!("walkway=qemu:{board}"));
    dev.wait("the code that worked", |event| ran(event) && event["result"]["lights"] == "bright");
}

#[test]
fn a_save_shows_its_result_on_an_emulated_esp8266() {
    a_save_shows_its_result("esp8266");
}

#[test]
fn a_save_shows_its_result_on_an_emulated_cortex() {
    a_save_shows_its_result("mps2-an386");
}

/// A cache folder with an image of another version than the one that runs.
fn other_cache(folder: &Path) -> PathBuf {
    let cache = folder.join("other");
    let images = cache.join("nano/firmware");
    fs::create_dir_all(&images).unwrap();
    let from = PathBuf::from(std::env::var_os("NANO_TEST_FIRMWARE").unwrap());
    let mut image = fs::read(from.join("esp8266.bin")).unwrap();
    let version = env!("CARGO_PKG_VERSION").as_bytes();
    let at = (0x1000..image.len()).find(|at| image[*at..].starts_with(version)).expect("it names its version");
    image[at + version.len() - 1] = b'9';
    fs::write(images.join("esp8266.bin"), &image).unwrap();
    fs::write(images.join("esp8266.crc"), format!("{:08x}\n", nano_wire::link::crc32(0, &image))).unwrap();
    cache
}

#[test]
fn a_firmware_is_brought_by_the_link_to_who_may() {
    let project = project();
    let folder = project.path();
    let dev = Dev::start(folder, "walkway=qemu:esp8266");
    let endpoint = dev.endpoint.clone();
    dev.wait("the board runs the function", |event| event["event"] == "invocation" && event["on"] == "device");
    let nano = |arguments: &[&str], cache: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(arguments)
            .current_dir(folder)
            .env("XDG_CACHE_HOME", cache)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        (output.status.success(), text)
    };
    let same = folder.join("cache");
    let ota = ["deploy", "--ota", "--device", "walkway", "--endpoint", endpoint.as_str()];
    let (_, text) = nano(&ota, &same);
    assert!(text.contains("runs this firmware already"), "{text}");

    let derive = ["cap", "derive", "--device", "walkway", "--rights", "stat,install", "-o", "other.cap"];
    let (is_made, text) = nano(&derive, &same);
    assert!(is_made, "{text}");
    let other = other_cache(folder);
    let (is_done, text) = nano(&[&ota[..], &["--cap", "@other.cap"]].concat(), &other);
    assert!(!is_done && text.contains("DENIED"), "{text}");
    let (is_done, text) = nano(&ota, &other);
    assert!(is_done && text.contains("walkway runs it"), "{text}");
    let (_, text) = nano(&[&ota[..], &["--json"]].concat(), &other);
    assert!(text.contains(r#""outcome":"already""#), "{text}");
    dev.wait("its functions are still there", |event| event["event"] == "invocation" && event["on"] == "device");
}

#[test]
fn what_is_missing_is_said_with_the_command_that_mends_it() {
    let project = project();
    let run = |device: &str, path: &str, cache: &Path| {
        let output = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["dev", "--port", "0", "--device", device])
            .arg(project.path())
            .env("XDG_CACHE_HOME", cache)
            .env("PATH", path)
            .output()
            .unwrap();
        assert!(!output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let path = std::env::var("PATH").unwrap();
    let images = cache(project.path());
    let nowhere = project.path().join("nowhere");
    let text = run("walkway=qemu:esp8266", &path, &nowhere);
    assert!(text.contains("cargo xtask firmware"), "{text}");
    let text = run("walkway=qemu:esp8266", "/nonexistent", &images);
    assert!(text.contains("sudo apt-get install qemu-system-misc"), "{text}");
    let text = run("walkway=qemu:pdp11", &path, &images);
    assert!(text.contains("QEMU can be: esp8266"), "{text}");
    let text = run("hallway=qemu:esp8266", &path, &images);
    assert!(text.contains("its devices are: walkway"), "{text}");
    let text = run("walkway=esp8266", &path, &images);
    assert!(text.contains("--device walkway=qemu:esp8266"), "{text}");
}

/// What is measured is the same on every machine, so a goal that was met once is not lost unseen.
#[test]
fn the_path_of_an_event_takes_no_longer_than_its_goals() {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_nano"))
        .args(["bench", "path", "--target", "lx106", "--json"])
        .env("XDG_CACHE_HOME", cache(folder.path()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    let rows = said["rows"].as_array().unwrap();
    let goals = rows.iter().filter_map(|row| Some((row, row["goal_ms"].as_f64()?, row["ms"].as_f64()?)));
    let mut count = 0;
    for (row, goal, ms) in goals {
        assert!(ms <= goal, "{} takes {} instructions, {ms} ms, and may take {goal}", row["what"], row["instructions"]);
        count += 1;
    }
    assert_eq!(count, 4, "{said}");
    // The image that is flashed is built for size: a tenth more than it took once, or what the pin may take anywhere.
    let flashed = &said["flashed"];
    for (what, most) in [("light_pin", 8000), ("light_warm", 16_600), ("keep", 11_400), ("console", 12_600)] {
        let instructions = flashed[what].as_u64().unwrap_or_else(|| panic!("nothing flashed was measured: {said}"));
        assert!(
            instructions > 0 && instructions <= most,
            "{what} takes {instructions} instructions, and may take {most}"
        );
    }
}
