//! An edge that is told to end, that must not, and whose files may not grow.

mod serving;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Resource, Rlimit, Signal, kill_process, prlimit};
use serving::Serve;

fn address(serve: &Serve) -> SocketAddr {
    serve.endpoint.strip_prefix("http://").unwrap().parse().unwrap()
}

fn pid(serve: &Serve) -> Pid {
    Pid::from_raw(serve.id()).unwrap()
}

/// The answer; empty where there is none.
fn ask(address: SocketAddr, method: &str, path: &str, body: &[u8]) -> String {
    let Ok(mut stream) = TcpStream::connect(address) else { return String::new() };
    let length = body.len();
    let head =
        format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n");
    let _ = stream.write_all(&[head.as_bytes(), body].concat());
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

fn status(answer: &str) -> u16 {
    answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

/// Puts an object of ten pieces, which takes that long.
fn put_slowly(address: SocketAddr, key: &str, time: Duration) -> u16 {
    let piece = [7; 10_000];
    let Ok(mut stream) = TcpStream::connect(address) else { return 0 };
    let head =
        format!("PUT /bucket/{key} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\nContent-Length: 100000\r\n\r\n");
    let _ = stream.write_all(head.as_bytes());
    for _ in 0..10 {
        thread::sleep(time / 10);
        if stream.write_all(&piece).is_err() {
            return 0;
        }
    }
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    status(&answer)
}

#[test]
fn what_is_under_way_ends_first_and_nothing_holds_the_end_up() {
    let data = tempfile::tempdir().unwrap();
    let mut serve = Serve::with(data.path(), &["--port", "0"]);
    let address = address(&serve);
    assert_eq!(status(&ask(address, "PUT", "/bucket", b"")), 200);
    thread::scope(|scope| {
        let short = scope.spawn(move || put_slowly(address, "short", Duration::from_secs(2)));
        let long = scope.spawn(move || put_slowly(address, "long", Duration::from_secs(20)));
        let waiting = scope.spawn(move || ask(address, "GET", "/_nano/logs/none?wait_ms=30000", b""));
        let idle = TcpStream::connect(address).unwrap();
        thread::sleep(Duration::from_millis(500));
        // The terminal it was started from is closed: nothing to it.
        kill_process(pid(&serve), Signal::HUP).unwrap();
        thread::sleep(Duration::from_millis(200));
        assert!(serve.is_running());
        kill_process(pid(&serve), Signal::TERM).unwrap();
        let begun = Instant::now();
        assert!(serve.wait().success());
        // Five seconds for those, and one for the rest; and this machine may be busy.
        assert!(begun.elapsed() < Duration::from_secs(12), "{:?}", begun.elapsed());
        assert_eq!(short.join().unwrap(), 200);
        assert_eq!(long.join().unwrap(), 0);
        drop((waiting.join().unwrap(), idle));
    });
    // Nobody has the folder any more, and what was answered is there.
    let serve = Serve::with(data.path(), &["--port", "0"]);
    assert_eq!(status(&ask(self::address(&serve), "GET", "/bucket/short", b"")), 200);
    assert_eq!(status(&ask(self::address(&serve), "GET", "/bucket/long", b"")), 404);
}

/// `ulimit -f`: the kernel sends SIGXFSZ, whose default is the end of the process.
#[test]
fn a_file_that_may_not_grow_is_as_a_full_disk() {
    let data = tempfile::tempdir().unwrap();
    let mut serve = Serve::with(data.path(), &["--port", "0"]);
    let (address, pid) = (address(&serve), pid(&serve));
    assert_eq!(status(&ask(address, "PUT", "/bucket", b"")), 200);
    let large = vec![7; 3 << 20];
    assert_eq!(status(&ask(address, "PUT", "/bucket/first", &large)), 200);
    let limit = Rlimit { current: Some(4 << 20), maximum: None };
    let before = prlimit(Some(pid), Resource::Fsize, limit).unwrap();
    for _ in 0..3 {
        let answer = ask(address, "PUT", "/bucket/second", &large);
        assert!(status(&answer) == 503 && answer.contains("ServiceUnavailable"), "{answer}");
        assert_eq!(status(&ask(address, "GET", "/bucket/first", b"")), 200);
        assert_eq!(status(&ask(address, "PUT", "/bucket/small", b"x")), 200);
    }
    assert!(serve.is_running());
    prlimit(Some(pid), Resource::Fsize, before).unwrap();
    assert_eq!(status(&ask(address, "PUT", "/bucket/second", &large)), 200);
    drop(serve);
    let serve = Serve::with(data.path(), &["--port", "0"]);
    for key in ["first", "second", "small"] {
        assert_eq!(status(&ask(self::address(&serve), "GET", &format!("/bucket/{key}"), b"")), 200, "{key}");
    }
}

/// Two over one folder: the second says why not, and harms nothing.
#[test]
fn a_folder_has_one_edge() {
    let folder = tempfile::tempdir().unwrap();
    let project = folder.path().join("app");
    let nano = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_nano"));
        command.args(arguments).env("HOME", folder.path()).env("NO_COLOR", "1").stdin(Stdio::null());
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let path = project.to_str().unwrap();
    let (code, said) = nano(&["new", path, "--template", "sensor-app"]);
    assert_eq!(code, Some(0), "{said}");
    let data = project.join(".nano/edge");
    let serve = Serve::with(&data, &["--port", "0"]);
    for arguments in [
        &["dev", path, "--port", "0"][..],
        &["serve", "--data", data.to_str().unwrap(), "--port", "0"],
        &["serve", "--data", data.to_str().unwrap(), "--check"],
    ] {
        let (code, said) = nano(arguments);
        assert_eq!(code, Some(2), "{arguments:?}: {said}");
        assert!(said.contains("in use by another process"), "{arguments:?}: {said}");
    }
    assert_eq!(status(&ask(address(&serve), "PUT", "/bucket", b"")), 200);
    assert!(data.join("running").is_file(), "the first one is still found");
}
