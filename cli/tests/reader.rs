//! What becomes of commands that go on printing when nobody reads them any more: `nano dev | head`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

fn nano(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_nano"));
    command.args(arguments).current_dir(folder).stderr(Stdio::null()).stdin(Stdio::null());
    command
}

/// Starts it, and reads the line that says where it listens.
fn started(mut command: Command) -> (Child, BufReader<ChildStdout>, String) {
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap();
    (child, output, ready["endpoint"].as_str().unwrap().to_owned())
}

fn ended(child: &mut Child) -> i32 {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code().unwrap();
        }
        assert!(since.elapsed() < Duration::from_mins(1), "it runs on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn what_tells_events_ends_with_its_reader_and_a_server_does_not() {
    let folder = tempfile::tempdir().unwrap();
    assert!(nano(folder.path(), &["new", "app", "--no-input"]).stdout(Stdio::null()).status().unwrap().success());
    let app = folder.path().join("app");

    let (mut dev, events, endpoint) = started(nano(&app, &["dev", "--json", "--port", "0"]));
    let mut logs = nano(&app, &["logs", "-f", "--endpoint", &endpoint]).stdout(Stdio::piped()).spawn().unwrap();
    drop(logs.stdout.take());
    assert_eq!(ended(&mut logs), 0);
    drop(events);
    assert_eq!(ended(&mut dev), 0);
    // Where nobody was to read it in the first place, it goes on.
    let mut quiet = nano(&app, &["dev", "--json", "--port", "0"]).stdout(Stdio::null()).spawn().unwrap();

    let (mut server, line, endpoint) = started(nano(folder.path(), &["serve", "--json", "--port", "0"]));
    drop(line);
    std::thread::sleep(Duration::from_millis(300));
    let mut stream = TcpStream::connect(endpoint.strip_prefix("http://").unwrap()).unwrap();
    stream.write_all(b"GET /_nano/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    for child in [&mut quiet, &mut server] {
        assert!(child.try_wait().unwrap().is_none(), "it has ended");
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
