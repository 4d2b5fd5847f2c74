//! Clients that take their time, or take more than their part: the others are served all the same.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use nano_edge::{ClientLimits, Config, Running, Server};

/// Short enough to be waited for.
const SOON: Duration = Duration::from_millis(700);

/// When a test that waits for something gives up.
const LATE: Duration = Duration::from_secs(60);

fn start(data: &Path, most_connections: usize) -> Running {
    let mut config = Config::new(0, data, "");
    config.limits = ClientLimits { header_timeout: SOON, body_timeout: SOON, most_connections };
    Server::start(config).unwrap()
}

fn connect(running: &Running) -> TcpStream {
    let stream = TcpStream::connect(running.addr()).unwrap();
    stream.set_read_timeout(Some(LATE)).unwrap();
    stream
}

/// All that comes until the server closes.
fn rest(mut stream: TcpStream) -> String {
    let mut answer = Vec::new();
    if let Err(error) = stream.read_to_end(&mut answer) {
        assert!(matches!(error.kind(), ErrorKind::ConnectionReset), "it was not closed: {error}");
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn is_alive(running: &Running) {
    let mut stream = connect(running);
    stream.write_all(b"GET /_nano/health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    assert!(rest(stream).starts_with("HTTP/1.1 200"));
}

#[test]
fn headers_that_come_slowly_end_the_connection() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), 64);
    // Nothing at all; a line without an end; a header every now and then for ever; silence after an answer.
    let silent = connect(&running);
    let mut half = connect(&running);
    half.write_all(b"GET / HT").unwrap();
    let mut idle = connect(&running);
    idle.write_all(b"GET /_nano/health HTTP/1.1\r\nHost: x\r\n\r\n").unwrap();
    let mut slow = connect(&running);
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n").unwrap();
    let begun = Instant::now();
    while slow.write_all(b"X-A: b\r\n").is_ok() {
        assert!(begun.elapsed() < LATE, "it goes on");
        std::thread::sleep(Duration::from_millis(50));
    }
    is_alive(&running);
    rest(silent);
    rest(half);
    assert!(rest(idle).starts_with("HTTP/1.1 200"));
}

#[test]
fn bodies_that_come_slowly_end_the_connection() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), 64);
    let mut bucket = connect(&running);
    bucket.write_all(b"PUT /bucket HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
    assert!(rest(bucket).starts_with("HTTP/1.1 200"));
    for head in ["PUT /bucket/key", "POST /2015-03-31/functions", "POST /_nano/woofs/a/b"] {
        let request = format!("{head} HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n{{");
        // One that stops, and one that sends a byte now and then.
        let mut stopped = connect(&running);
        stopped.write_all(request.as_bytes()).unwrap();
        let mut trickling = connect(&running);
        trickling.write_all(request.as_bytes()).unwrap();
        let begun = Instant::now();
        while trickling.write_all(b" ").is_ok() {
            assert!(begun.elapsed() < LATE, "{head}: it goes on");
            std::thread::sleep(Duration::from_millis(20));
        }
        let answer = rest(stopped);
        assert!(!answer.starts_with("HTTP/1.1 2"), "{head}: {answer}");
    }
    // Of what was half there nothing is left.
    let mut get = connect(&running);
    get.write_all(b"GET /bucket/key HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
    assert!(rest(get).starts_with("HTTP/1.1 404"));
    // Slow, but fast enough, where there is time.
    drop(running);
    let mut config = Config::new(0, data.path(), "");
    config.limits = ClientLimits { body_timeout: LATE / 2, ..ClientLimits::default() };
    let running = Server::start(config).unwrap();
    let mut steady = connect(&running);
    let bytes = 4096;
    let head =
        format!("PUT /bucket/steady HTTP/1.1\r\nHost: x\r\nContent-Length: {bytes}\r\nConnection: close\r\n\r\n");
    steady.write_all(head.as_bytes()).unwrap();
    for _ in 0..bytes / 512 {
        std::thread::sleep(SOON / 8);
        steady.write_all(&[b'x'; 512]).unwrap();
    }
    assert!(rest(steady).starts_with("HTTP/1.1 200"));
}

#[test]
fn connections_beyond_the_limit_wait_their_turn() {
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::new(0, data.path(), "");
    config.limits = ClientLimits { most_connections: 4, ..ClientLimits::default() };
    let running = Server::start(config).unwrap();
    let request = b"GET /_nano/health HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut held: Vec<TcpStream> = (0..4)
        .map(|_| {
            let mut stream = connect(&running);
            stream.write_all(request).unwrap();
            assert!(stream.read(&mut [0; 512]).unwrap() > 0);
            stream
        })
        .collect();
    let mut fifth = connect(&running);
    fifth.write_all(request).unwrap();
    fifth.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    let waits = fifth.read(&mut [0; 512]).unwrap_err();
    assert!(matches!(waits.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "{waits}");
    held.pop();
    fifth.set_read_timeout(Some(LATE)).unwrap();
    assert!(fifth.read(&mut [0; 512]).unwrap() > 0);
}

#[test]
fn headers_without_end_are_refused() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), 64);
    let send = |head: String| {
        let mut stream = connect(&running);
        // The server may close before it has read everything.
        let _ = stream.write_all(head.as_bytes());
        rest(stream)
    };
    // As many as S3 has room for are none too many.
    let metadata: String = (0..400).map(|number| format!("x-amz-meta-{number}: v\r\n")).collect();
    for (request, headers) in [("PUT /bkt", ""), ("PUT /bkt/k", metadata.as_str()), ("HEAD /bkt/k", "")] {
        let head = format!("{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n");
        let answer = send(format!("{head}{headers}\r\n"));
        assert!(answer.starts_with("HTTP/1.1 200"), "{request}: {answer}");
        let expected = if request.starts_with("HEAD") { 400 } else { 0 };
        assert_eq!(answer.matches("x-amz-meta-").count(), expected, "{answer}");
    }
    let many = "X-A: b\r\n".repeat(5000);
    let answer = send(format!("GET /_nano/health HTTP/1.1\r\nHost: x\r\n{many}\r\n"));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    // Nor is much held of headers that have no end yet.
    let mut stream = connect(&running);
    let _ =
        stream.write_all(format!("GET /_nano/health HTTP/1.1\r\nHost: x\r\nX-A: {}", "y".repeat(100 << 10)).as_bytes());
    let answer = rest(stream);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = send(format!("GET /_nano/health HTTP/1.1\r\nHost: x\r\nX-A: {}\r\n\r\n", "y".repeat(2 << 20)));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = send(format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "z".repeat(2 << 20)));
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    is_alive(&running);
}
