//! `nano.toml`: as documented it is read; every mistake is shown at its place, with what to do.

use std::fs;
use std::path::Path;

use nano_emulator::project::{Project, ProjectError, RunOn, SensorPin};
use tempfile::TempDir;

fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lights.py"), "").unwrap();
    fs::create_dir(folder.path().join("data")).unwrap();
    fs::write(folder.path().join("data/light.csv"), "1\n").unwrap();
    folder
}

/// The example of the documentation.
const EXAMPLE: &str = r#"[project]
name = "sensor-app"

[functions.new_light_lvl]
handler = "lights.new_light_lvl"          # module.function, as in AWS Lambda
memory = "16 KiB"                         # arena on a device
timeout = "1 s"
trigger = { woof = "light", every = 1 }   # invoked by an append
run = "device"                            # device | edge | cloud | auto

[woofs.light]
element = "64 B"
history = 128

[devices.walkway]
board = "esp8266"
sensors.light = { pin = "ADC0", rate = "5 Hz", source = "data/light.csv" }   # what the software device samples
"#;

#[test]
fn the_documented_example_is_read() {
    let folder = folder();
    let project = Project::parse(folder.path(), EXAMPLE).unwrap();
    assert_eq!(project.name, "sensor-app");
    let function = project.function("new_light_lvl").unwrap();
    assert_eq!(
        (function.handler.as_str(), function.memory, function.timeout_ms),
        ("lights.new_light_lvl", 16384, 1000)
    );
    assert_eq!(function.run, RunOn::Device);
    assert_eq!(function.trigger.as_ref().map(|t| (t.woof.as_str(), t.every)), Some(("light", 1)));
    assert_eq!((project.woofs[0].element, project.woofs[0].history), (64, 128));
    let device = &project.devices[0];
    assert_eq!((device.name.as_str(), device.board.model.as_str()), ("walkway", "esp8266"));
    let sensor = &device.sensors[0];
    assert_eq!((sensor.pin, sensor.period_us), (SensorPin::Adc(0), 200_000));
    assert!(project.runs_on(function, device));
}

#[test]
fn the_book_shows_projects() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../book/src/reference/project.md");
    let page = fs::read_to_string(page).unwrap();
    let blocks: Vec<_> = page.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert!(!blocks.is_empty());
    let folder = folder();
    for block in blocks {
        if let Err(problems) = Project::parse(folder.path(), block) {
            panic!("{problems}");
        }
    }
}

#[test]
fn the_templates_are_projects() {
    let templates = Path::new(env!("CARGO_MANIFEST_DIR")).join("../templates");
    let mut found = 0;
    for entry in fs::read_dir(templates).unwrap().flatten().filter(|entry| entry.path().join("nano.toml").exists()) {
        let project =
            Project::load(&entry.path()).unwrap_or_else(|error| panic!("{}: {error}", entry.path().display()));
        assert!(project.files().unwrap().iter().any(|(path, _)| path.contains(".py")));
        found += 1;
    }
    assert!(found >= 2);
}

/// What is shown when `from` stands as `to` in the example.
fn broken(from: &str, to: &str) -> String {
    let folder = folder();
    assert!(EXAMPLE.contains(from), "{from}");
    Project::parse(folder.path(), &EXAMPLE.replace(from, to)).expect_err(to).to_string()
}

#[test]
fn every_mistake_is_shown_at_its_place() {
    for (from, to, shown) in [
        (
            "handler =",
            "handlr =",
            "unknown key `handlr` in [functions.new_light_lvl]\n --> nano.toml:5:1\n  |\n5 | handlr = \"lights.new_light_lvl\"          # module.function, as in AWS Lambda\n  | ^^^^^^\n  = hint: did you mean `handler`?",
        ),
        ("\"16 KiB\"", "\"16 KiBs\"", "`memory`: \"KiBs\" is no unit here: B, KiB"),
        ("\"16 KiB\"", "16384", "`memory` is an integer here"),
        ("\"1 s\"", "\"soon\"", "`timeout`: expected a quantity such as \"1 s\""),
        ("run = \"device\"", "run = \"devise\"", "`run` can't be \"devise\"\n --> nano.toml:9:7"),
        ("run = \"device\"", "run = \"devise\"", "hint: did you mean \"device\"?"),
        ("woof = \"light\"", "woof = \"lihgt\"", "there is no log `lihgt`"),
        ("woof = \"light\"", "woof = \"lihgt\"", "hint: did you mean \"light\"?"),
        ("every = 1 ", "every = 200 ", "every 200 appends, but `light` keeps only 128 records"),
        ("every = 1 ", "every = 0 ", "`every` must be a whole number from 1 to 4096"),
        ("lights.new", "lamps.new", "the handler's file lamps.py does not exist"),
        ("\"lights.new_light_lvl\"", "\"lights\"", "\"lights\" is no handler"),
        ("\"esp8266\"", "\"esp8622\"", "there is no board \"esp8622\""),
        ("\"esp8266\"", "\"esp8622\"", "hint: did you mean \"esp8266\"?"),
        ("\"ADC0\"", "\"A0\"", "\"A0\" is no pin: ADC0, GPIO4"),
        ("\"5 Hz\"", "\"5 s\"", "`rate`: \"s\" is no unit here"),
        ("data/light.csv", "data/dark.csv", "the file data/dark.csv does not exist"),
        ("sensors.light", "sensors.dark", "there is no log `dark`"),
        ("history = 128", "history = -1", "`history` must be a whole number from 1 to 1000000"),
        ("[project]\nname = \"sensor-app\"", "", "the section [project] is missing"),
        ("name = \"sensor-app\"", "name = \"../x\"", "\"../x\" can't be a project's name"),
        ("name = \"sensor-app\"", "", "`name` is missing in `project`"),
        ("[woofs.light]", "[wofs.light]", "unknown key `wofs` in nano.toml"),
        ("history = 128", "history = 128\nhistory = 1", "duplicate key"),
        ("[woofs.light]", "[woofs.light", "nano.toml:11"),
        ("[functions.new_light_lvl]", "[functions.\"a b\"]", "\"a b\" can't be a name"),
        (
            "[woofs.light]",
            "[woofs.results]\n[woofs.light]",
            "`light` takes 12824 bytes of `walkway`; the esp8266 has 1200 left for logs\n  --> nano.toml:12:8",
        ),
        (
            "[woofs.light]",
            "[woofs.results]\n[woofs.light]",
            "hint: lower it, or that of the logs before it: history = 11",
        ),
        ("history = 128", "history = 1000000", "hint: lower it"),
        ("\"64 B\"", "\"4 GB\"", "hint: lower `history` or `element`"),
    ] {
        let error = broken(from, to);
        assert!(error.contains(shown), "{to}:\n{error}\n\nlacks: {shown}");
    }
}

#[test]
fn all_mistakes_are_shown_at_once_and_in_order() {
    let folder = folder();
    let text = EXAMPLE.replace("handler =", "handlr =").replace("\"esp8266\"", "\"esp\"").replace("run =", "rum =");
    let error = Project::parse(folder.path(), &text).unwrap_err().to_string();
    let places: Vec<_> = error.lines().filter_map(|line| line.trim().strip_prefix("--> nano.toml:")).collect();
    assert_eq!(places, ["4:12", "5:1", "9:1", "16:9"], "{error}");
}

#[test]
fn any_bytes_are_a_project_or_refused() {
    let folder = folder();
    for cut in 0..EXAMPLE.len() {
        if let Some(text) = EXAMPLE.get(..cut) {
            if let Err(problems) = Project::parse(folder.path(), text) {
                assert!(!problems.to_string().is_empty());
            }
            let _ = Project::parse(folder.path(), &format!("{text}\u{e9}\" = [ {}", &EXAMPLE[cut..]));
        }
    }
}

#[test]
fn a_folder_without_a_project_is_told() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(Project::load(folder.path()), Err(ProjectError::NotFound(_))));
    assert!(matches!(Project::load(&folder.path().join("nothing")), Err(ProjectError::NotFound(_))));
    fs::write(folder.path().join("nano.toml"), [0xFF, 0xFE]).unwrap();
    assert!(matches!(Project::load(folder.path()), Err(ProjectError::Unreadable { .. })));
}

#[test]
fn the_package_has_the_python_files_and_nothing_hidden() {
    let folder = folder();
    let write = |path: &str| {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "x = 1\n").unwrap();
    };
    for path in [
        "lib/__init__.py",
        "lib/deep/a.py",
        "__pycache__/x.py",
        ".nano/secret.py",
        "venv/pyvenv.cfg",
        "venv/a.py",
        "notes.txt",
    ] {
        write(path);
    }
    let project = Project::parse(folder.path(), EXAMPLE).unwrap();
    let files: Vec<_> = project.files().unwrap().into_iter().map(|(path, _)| path).collect();
    assert_eq!(files, ["lib/__init__.py", "lib/deep/a.py", "lights.py"]);

    // What it says it reads comes with it, and a file that is too long is not left out in silence.
    write("tables/deep/t.csv");
    write("tables/.hidden");
    let naming = |names: &str| {
        let text = EXAMPLE.replacen("[project]\n", &format!("[project]\nfiles = {names}\n"), 1);
        Project::parse(folder.path(), &text)
    };
    let project = naming(r#"["notes.txt", "tables/", "lib"]"#).unwrap();
    let files: Vec<_> = project.files().unwrap().into_iter().map(|(path, _)| path).collect();
    assert_eq!(files, ["lib/__init__.py", "lib/deep/a.py", "lights.py", "notes.txt", "tables/deep/t.csv"]);
    fs::write(folder.path().join("long.py"), vec![b'#'; (1 << 20) + 1]).unwrap();
    let error = project.files().unwrap_err().to_string();
    assert!(error.ends_with("long.py has 1048577 bytes, and at most 1048576 are packed"), "{error}");

    let error = naming(r#"["/etc/passwd", "../x", "", "missing.json", 7]"#).unwrap_err().to_string();
    for part in [
        "\"/etc/passwd\" is no file or folder below the project's",
        "\"../x\" is no file or folder below the project's",
        "\"\" is no file or folder below the project's",
        "there is no file or folder missing.json",
        "`files` is an integer here",
        "write: files = [\"model.json\", \"tables\"]",
    ] {
        assert!(error.contains(part), "{error}");
    }
}
