//! Lambda as its users see it: a real server, and boto3 and the AWS CLI against it.

mod support;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use nano_edge::s3::AccessKeys;
use nano_edge::{Config, Deployment, EdgeError, NanoSettings, Package, Run, Running, Server};

fn path() -> String {
    std::env::var("PATH").unwrap()
}

fn start(data: &Path) -> Running {
    // An edge that was dropped lets go of its folder when its last thread has ended, which is a moment later.
    for _ in 0..500 {
        match Server::start(Config::new(0, data, path())) {
            Err(error) if error.is_locked() => std::thread::sleep(Duration::from_millis(20)),
            started => return started.unwrap(),
        }
    }
    panic!("the folder stays locked");
}

fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{command:?}\n{out}{error}");
    output
}

/// Runs a flow of `lambda/flows.py` against a server; returns what it printed.
fn flow(endpoint: &str, arguments: &[&str]) -> String {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lambda/flows.py");
    let output = run(Command::new(support::python()).arg(flows).arg(endpoint).args(arguments));
    String::from_utf8(output.stdout).unwrap()
}

fn endpoint(running: &Running) -> String {
    format!("http://{}", running.addr())
}

fn flow_alone(arguments: &[&str]) {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    flow(&endpoint(&running), arguments);
    running.shutdown();
}

#[test]
fn functions() {
    flow_alone(&["functions"]);
}

#[test]
fn listing() {
    flow_alone(&["listing"]);
}

#[test]
fn placed() {
    flow_alone(&["placed"]);
}

#[test]
fn versions() {
    flow_alone(&["versions"]);
}

#[test]
fn settings() {
    flow_alone(&["settings"]);
}

#[test]
fn urls() {
    flow_alone(&["urls"]);
}

#[test]
fn asynchronous() {
    flow_alone(&["asynchronous"]);
}

#[test]
fn constraints() {
    flow_alone(&["constraints"]);
}

#[test]
fn streams() {
    flow_alone(&["streams"]);
}

#[test]
fn from_s3() {
    flow_alone(&["from_s3"]);
}

#[test]
fn refusals() {
    flow_alone(&["refusals"]);
}

#[test]
fn results_at_the_edge() {
    flow_alone(&["results", "edge"]);
}

#[test]
fn results_in_the_cloud() {
    flow_alone(&["results", "cloud"]);
}

#[test]
fn updates_at_the_edge() {
    flow_alone(&["update", "edge"]);
}

#[test]
fn updates_in_the_cloud() {
    flow_alone(&["update", "cloud"]);
}

#[test]
fn faults_at_the_edge() {
    flow_alone(&["faults", "edge"]);
}

#[test]
fn faults_in_the_cloud() {
    flow_alone(&["faults", "cloud"]);
}

#[test]
fn workers() {
    flow_alone(&["workers"]);
}

#[test]
fn pythons() {
    flow_alone(&["pythons"]);
}

#[test]
fn layers() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let rooted = running.edge().sandbox().is_ok_and(|sandbox| sandbox.namespaces);
    let more = if rooted { &["--rooted"][..] } else { &[] };
    flow(&endpoint(&running), &[&["layers"][..], more].concat());
    running.shutdown();
}

#[test]
fn kinds_of_invocations() {
    flow_alone(&["kinds"]);
}

#[test]
fn a_machine_without_python() {
    let data = tempfile::tempdir().unwrap();
    let running = Server::start(Config::new(0, data.path(), "/nowhere")).unwrap();
    flow(&endpoint(&running), &["no_python"]);
}

fn flow_with_keys(name: &str) {
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::new(0, data.path(), path());
    config.keys = Some(AccessKeys::default().with("alice", "wonderland"));
    let running = Server::start(config).unwrap();
    flow(&endpoint(&running), &[name]);
}

#[test]
fn signatures() {
    flow_with_keys("signed");
}

#[test]
fn roles() {
    flow_with_keys("roles");
}

#[test]
fn a_restart_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let first = start(data.path());
    let printed: serde_json::Value = serde_json::from_str(&flow(&endpoint(&first), &["fill"])).unwrap();
    first.shutdown();
    let second = start(data.path());
    flow(&endpoint(&second), &["check", printed[0].as_str().unwrap(), printed[1].as_str().unwrap()]);
}

/// Serves in a process of its own, which is killed.
struct Killed {
    child: Child,
    endpoint: String,
}

impl Killed {
    fn start(data: &Path) -> Self {
        // The test binary itself, in a test that serves when it is told to.
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "serves_until_killed", "--nocapture"])
            .env("NANO_TEST_SERVE", data)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stdout.take().unwrap()));
        let marked = lines.map(Result::unwrap).find_map(|line| Some(line.split_once("serving at ")?.1.to_owned()));
        Self { endpoint: marked.unwrap(), child }
    }

    fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

#[test]
fn serves_until_killed() {
    let Some(data) = std::env::var_os("NANO_TEST_SERVE") else { return };
    let running = start(Path::new(&data));
    println!("serving at {}", endpoint(&running));
    // Ends with the test that started it, if that forgets.
    let _ = std::io::stdin().read_line(&mut String::new());
}

#[test]
fn kill_9_loses_nothing() {
    let data = tempfile::tempdir().unwrap();
    let first = Killed::start(data.path());
    let printed: serde_json::Value = serde_json::from_str(&flow(&first.endpoint, &["fill"])).unwrap();
    first.kill();
    let second = Killed::start(data.path());
    flow(&second.endpoint, &["check", printed[0].as_str().unwrap(), printed[1].as_str().unwrap()]);
    second.kill();
}

/// Takes a moment, so that events wait.
const SEEN: &str = "\
import device

def handler(event, context):
    for _ in range(20000):
        pass
    device.append('seen', str(event))
";

/// Sends an event that nobody waits for; whether it was accepted.
fn send(addr: &str, event: u32) -> bool {
    let event = event.to_string();
    let request = format!(
        "POST /2015-03-31/functions/seen/invocations HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\
         X-Amz-Invocation-Type: Event\r\nContent-Length: {}\r\n\r\n{event}",
        event.len()
    );
    let mut answer = String::new();
    let exchanged = TcpStream::connect(addr).and_then(|mut stream| {
        stream.write_all(request.as_bytes())?;
        stream.read_to_string(&mut answer)
    });
    exchanged.is_ok() && answer.starts_with("HTTP/1.1 202")
}

#[test]
fn kill_9_loses_no_event_that_was_accepted() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let package = Package::build([("app.py", SEEN.as_bytes())]).unwrap();
    let nano = NanoSettings { run: Run::Edge, namespace: Some("home".into()), ..NanoSettings::default() };
    let deployment = Deployment { name: "seen".into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    running.edge().deploy(&deployment, &package).unwrap();
    running.edge().woofs().create("home/seen", 16, 1 << 20).unwrap();
    running.shutdown();
    let mut sent = 0;
    let mut accepted = BTreeSet::new();
    for round in 0..6 {
        let served = Killed::start(data.path());
        let addr = served.endpoint.strip_prefix("http://").unwrap().to_owned();
        std::thread::scope(|scope| {
            scope.spawn(|| {
                std::thread::sleep(Duration::from_millis(50 + 50 * round));
                served.kill();
            });
            while send(&addr, sent) {
                accepted.insert(sent.to_string());
                sent += 1;
            }
            // Nobody knows whether that one was accepted.
            sent += 1;
        });
    }
    let running = start(data.path());
    let seen = || -> BTreeSet<String> {
        let records = running.edge().woofs().tail("home/seen", 1 << 20).unwrap();
        records.into_iter().map(|record| String::from_utf8(record.payload).unwrap()).collect()
    };
    for _ in 0..600 {
        if accepted.is_subset(&seen()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let seen = seen();
    let lost: Vec<_> = accepted.difference(&seen).collect();
    panic!("{} of {} accepted events were never run: {lost:?}", lost.len(), accepted.len());
}

#[test]
fn a_port_in_use_is_said() {
    let data = tempfile::tempdir().unwrap();
    let first = start(data.path());
    let mut config = Config::new(first.addr().port(), data.path().join("other"), path());
    let error = Server::start(config.clone()).unwrap_err();
    assert!(matches!(error, EdgeError::PortInUse { .. }), "{error}");
    let expected =
        format!("port {} is in use: end the other program, or choose another port with --port", first.addr().port());
    assert_eq!(error.to_string(), expected);
    assert!(!data.path().join("other").exists());
    // The data of a running edge is its own.
    config.addr.set_port(0);
    config.edge.data = data.path().to_owned();
    let error = Server::start(config).unwrap_err();
    assert!(error.to_string().contains("in use by another process"), "{error}");
}

#[test]
fn the_aws_cli() {
    let data = tempfile::tempdir().unwrap();
    let running = start(&data.path().join("data"));
    let work = data.path();
    let zip = |text: &str| {
        let package = Package::build([("app.py", text.as_bytes())]).unwrap();
        std::fs::write(work.join("app.zip"), package.zip()).unwrap();
    };
    let aws = |arguments: &[&str]| {
        let output = run(Command::new(support::python().with_file_name("aws"))
            .args(["--endpoint-url", &endpoint(&running), "--output", "json", "lambda"])
            .args(arguments)
            .current_dir(work)
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_DEFAULT_REGION", "us-east-1"));
        String::from_utf8(output.stdout).unwrap()
    };
    zip("def handler(event, context):\n    print('hello')\n    return event['level'] > 100\n");
    let role = "arn:aws:iam::000000000000:role/any";
    let create = ["create-function", "--function-name", "lights", "--runtime", "python3.11", "--role", role];
    let made = aws(&[&create[..], &["--handler", "app.handler", "--zip-file", "fileb://app.zip"]].concat());
    let made: serde_json::Value = serde_json::from_str(&made).unwrap();
    assert_eq!(made["State"], "Active");
    aws(&["wait", "function-active-v2", "--function-name", "lights"]);
    let invoke = |payload: &str| {
        let format = ["--cli-binary-format", "raw-in-base64-out"];
        let is_v2 = aws_version_is_2();
        let format = if is_v2 { &format[..] } else { &[] };
        let arguments = ["invoke", "--function-name", "lights", "--log-type", "Tail", "--payload", payload, "out.json"];
        let told = aws(&[&arguments[..], format].concat());
        (
            serde_json::from_str::<serde_json::Value>(&told).unwrap(),
            std::fs::read_to_string(work.join("out.json")).unwrap(),
        )
    };
    let (told, result) = invoke(r#"{"level": 120}"#);
    assert_eq!((told["StatusCode"].as_u64(), result.as_str()), (Some(200), "true"));
    assert!(told["LogResult"].is_string());
    let (told, result) = invoke("{}");
    assert_eq!(told["FunctionError"], "Unhandled");
    assert!(result.contains("\"errorType\":\"KeyError\""), "{result}");
    zip("def handler(event, context):\n    return 'new'\n");
    aws(&["update-function-code", "--function-name", "lights", "--zip-file", "fileb://app.zip"]);
    assert_eq!(invoke("{}").1, "\"new\"");
    let listed: serde_json::Value = serde_json::from_str(&aws(&["list-functions"])).unwrap();
    assert_eq!(listed["Functions"][0]["FunctionName"], "lights");
    aws(&["delete-function", "--function-name", "lights"]);
}

/// Version 1 takes payloads as they are.
fn aws_version_is_2() -> bool {
    let output = run(Command::new(support::python().with_file_name("aws")).arg("--version"));
    String::from_utf8_lossy(&output.stdout).starts_with("aws-cli/2")
}
