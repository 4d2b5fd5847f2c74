//! `requirements.txt`: what it names is in the package wherever a project's functions run. A wheel of our own, no network.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use nano_edge::Package;
use serde_json::Value;

const PROJECT: &str = r#"
[project]
name = "app"

[functions.greet]
handler = "app.greet"
memory = "24 KiB"

[functions.count]
handler = "counting.count"

[functions.always]
handler = "counting.count"
run = "cloud"
"#;

/// A wheel in the project's folder, as an index would have it.
fn wheel(folder: &Path, version: &str) -> String {
    let text = format!("VERSION = {version:?}\n\ndef greet(name):\n    return f'hello {{name}}, {{VERSION}}'\n");
    let metadata = format!("Metadata-Version: 2.1\nName: greeting\nVersion: {version}\n");
    let about = format!("greeting-{version}.dist-info");
    let files = [
        ("greeting/__init__.py".to_owned(), text),
        // Not for IoTPy, and data beside it.
        ("greeting/native.py".to_owned(), "import ctypes, os\nSIZE = ctypes.sizeof(ctypes.c_int)\nwith open(os.path.join(os.path.dirname(__file__), 'words.txt')) as file:\n    WORDS = len(file.read().split())\n".to_owned()),
        ("greeting/words.txt".to_owned(), "one two three\n".to_owned()),
        (format!("{about}/METADATA"), metadata),
        (format!("{about}/WHEEL"), "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n".to_owned()),
        (format!("{about}/RECORD"), String::new()),
    ];
    let package = Package::build(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes()))).unwrap();
    let name = format!("greeting-{version}-py3-none-any.whl");
    fs::write(folder.join(&name), package.zip()).unwrap();
    format!("# What the functions import.\n./{name}\n")
}

fn project() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let requirements = wheel(folder.path(), "1.0");
    for (name, text) in [
        ("nano.toml", PROJECT),
        ("requirements.txt", &requirements),
        ("app.py", "import greeting\n\ndef greet(event, context):\n    return greeting.greet(event)\n"),
        (
            "counting.py",
            "from greeting import native, greet\n\ndef count(event, context):\n    return [greet('count'), native.SIZE, native.WORDS]\n",
        ),
        ("main.py", "import greeting\nprint(greeting.greet('world'))\n"),
    ] {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn nano(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nano"));
    command.args(arguments).current_dir(folder).stdin(Stdio::null());
    command.env("PIP_NO_INDEX", "1").env("UV_OFFLINE", "1").env("NO_COLOR", "1");
    command
}

fn done(output: &Output) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{error}");
    out.into_owned()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn packages_are_built_in_and_run_everywhere() {
    let folder = project();
    let built = nano(folder.path(), &["build", "--json"]).output().unwrap();
    let told = String::from_utf8_lossy(&built.stderr).into_owned();
    assert!(told.contains("installing what requirements.txt names"), "{told}");
    let built = lines(&done(&built));
    let of = |name: &str| built.iter().find(|line| line["function"] == name).unwrap();
    assert!(of("greet")["module_bytes"].as_u64().unwrap() > 100);
    assert_eq!(of("count")["runs_on"], "cloud");
    let why = of("count")["why"].as_str().unwrap();
    assert!(why.contains("greeting/native.py:1: ") && why.contains("ctypes"), "{why}");
    assert_eq!((&of("always")["runs_on"], of("always").get("module_bytes")), (&Value::from("cloud"), None));

    // It is installed once.
    let ran = nano(folder.path(), &["run", ".", "--function", "greet", "--event", "\"you\"", "--on", "all", "--json"]);
    let ran = { ran }.output().unwrap();
    assert!(!String::from_utf8_lossy(&ran.stderr).contains("installing"));
    let results: Value = serde_json::from_str(&done(&ran)).unwrap();
    for row in results.as_array().unwrap() {
        assert_eq!(row["result"], "hello you, 1.0", "{row}");
    }
    let ran = nano(folder.path(), &["run", ".", "--function", "count", "--on", "cloud", "--json"]).output().unwrap();
    let result: Value = serde_json::from_str(&done(&ran)).unwrap();
    assert_eq!(result["result"], serde_json::json!(["hello count, 1.0", 4, 3]));
    assert_eq!(done(&nano(folder.path(), &["run", "main.py"]).output().unwrap()), "hello world, 1.0\n");
    let file = ["run", "app.py", "--function", "greet", "--event", "1", "--on", "cloud", "--json"];
    let result: Value = serde_json::from_str(&done(&nano(folder.path(), &file).output().unwrap())).unwrap();
    assert_eq!(result["result"], "hello 1, 1.0");
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn an_edge_gets_them_with_the_functions_and_follows_the_file() {
    let folder = project();
    let mut dev = nano(folder.path(), &["dev", "--json", "--port", "0"]);
    let mut dev = Ended(dev.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut events = BufReader::new(dev.0.stdout.take().unwrap()).lines().map(|line| {
        let value: Value = serde_json::from_str(&line.unwrap()).unwrap();
        value
    });
    let endpoint = events.next().unwrap()["endpoint"].as_str().unwrap().to_owned();
    let invoke = |function: &str, event: &str, endpoint: &str| {
        let arguments = ["invoke", function, "--event", event, "--json", "--endpoint", endpoint];
        let answer: Value = serde_json::from_str(&done(&nano(folder.path(), &arguments).output().unwrap())).unwrap();
        (answer["result"].clone(), answer["on"].clone())
    };
    assert_eq!(invoke("greet", "\"dev\"", &endpoint), ("hello dev, 1.0".into(), "edge".into()));
    assert_eq!(invoke("count", "1", &endpoint).1, "cloud");
    let requirements = wheel(folder.path(), "2.0");
    fs::write(folder.path().join("requirements.txt"), requirements).unwrap();
    let saved = events.find(|event| event["event"] == "saved" || event["event"] == "refused").unwrap();
    assert_eq!(saved["event"], "saved", "{saved}");
    assert_eq!(invoke("greet", "\"dev\"", &endpoint).0, "hello dev, 2.0");
    // What can't be installed changes nothing.
    fs::write(folder.path().join("requirements.txt"), "./greeting-3.0-py3-none-any.whl\n").unwrap();
    let refused = events.find(|event| event["event"] == "saved" || event["event"] == "refused").unwrap();
    assert!(refused["text"].as_str().unwrap().contains("greeting-3.0"), "{refused}");
    assert_eq!(invoke("greet", "\"dev\"", &endpoint).0, "hello dev, 2.0");
    drop(dev);

    fs::write(folder.path().join("requirements.txt"), wheel(folder.path(), "1.0")).unwrap();
    let mut serve = nano(folder.path(), &["serve", "--json", "--port", "0", "--data", "served"]);
    let mut serve = Ended(serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(serve.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let endpoint = serde_json::from_str::<Value>(&line).unwrap()["endpoint"].as_str().unwrap().to_owned();
    done(&nano(folder.path(), &["deploy", "--target", "edge", "--yes", "--endpoint", &endpoint]).output().unwrap());
    assert_eq!(invoke("count", "1", &endpoint).0, serde_json::json!(["hello count, 1.0", 4, 3]));
}

#[test]
fn what_can_not_be_installed_is_told() {
    let folder = project();
    let said = |command: &mut Command| {
        let output = command.output().unwrap();
        (output.status.code().unwrap(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (status, text) = said(nano(folder.path(), &["build"]).env("PATH", "/nowhere"));
    assert_eq!(status, 2, "{text}");
    assert!(text.contains("neither uv nor pip") && text.contains("hint: install one"), "{text}");
    fs::write(folder.path().join("requirements.txt"), "no-such-package-of-nano==1\n").unwrap();
    let (status, text) = said(&mut nano(folder.path(), &["build"]));
    assert_eq!(status, 1, "{text}");
    assert!(text.contains("can't install") && text.contains("no-such-package-of-nano"), "{text}");
    assert!(fs::read_dir(folder.path().join(".nano/packages")).unwrap().next().is_none(), "nothing is left of it");
    // Comments alone name nothing.
    fs::write(folder.path().join("requirements.txt"), "# nothing\n\n").unwrap();
    let (_, text) = said(nano(folder.path(), &["build"]).env("PATH", "/nowhere"));
    assert!(!text.contains("installing") && text.contains("greeting"), "{text}");
}
