//! A large object goes in and comes out without being in memory. By hand: `NANO_STREAM_MIB=1024`.

use std::io::{Read, Write};
use std::net::TcpStream;

use nano_edge::{Config, Server};

/// The most that this process may take more than before, with the client in it.
const MOST_BYTES: u64 = 64 << 20;

/// A figure of this process, in bytes.
fn of_process(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).unwrap();
    line.trim().split(' ').next().unwrap().parse::<u64>().unwrap() * 1024
}

/// Bytes that tell their place, a piece at a time.
fn fill(piece: &mut [u8], number: u64) {
    for (at, word) in piece.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        *word = (number << 20 | at as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15).to_le_bytes();
    }
}

#[test]
fn a_large_object_is_never_in_memory() {
    let mib = std::env::var("NANO_STREAM_MIB").ok().and_then(|mib| mib.parse().ok()).unwrap_or(192_u64);
    let data = tempfile::tempdir().unwrap();
    let running = Server::start(Config::new(0, data.path(), "")).unwrap();
    let connect = || TcpStream::connect(running.addr()).unwrap();
    let mut stream = connect();
    let ask = |stream: &mut TcpStream, head: &str| stream.write_all(head.as_bytes()).unwrap();
    ask(&mut stream, "PUT /bucket HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
    let head = |stream: &mut TcpStream| {
        let (mut head, mut byte) = (vec![], [0]);
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    };
    assert!(head(&mut stream).starts_with("HTTP/1.1 200"));
    let before = of_process("VmHWM");
    let mut piece = vec![0; 1 << 20];
    ask(
        &mut stream,
        &format!("PUT /bucket/large HTTP/1.1\r\nHost: localhost\r\nContent-Length: {}\r\n\r\n", mib << 20),
    );
    for number in 0..mib {
        fill(&mut piece, number);
        stream.write_all(&piece).unwrap();
    }
    assert!(head(&mut stream).starts_with("HTTP/1.1 200"));
    let after_put = of_process("VmHWM");
    // Reader and writer of the same object, and a reader that takes its time.
    ask(&mut stream, "GET /bucket/large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    let mut slow = connect();
    ask(&mut slow, "GET /bucket/large HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assert!(head(&mut stream).starts_with("HTTP/1.1 200"));
    let mut expected = vec![0; 1 << 20];
    for number in 0..mib {
        fill(&mut expected, number);
        stream.read_exact(&mut piece).unwrap();
        assert!(piece == expected, "MiB {number}");
    }
    let after_get = of_process("VmHWM");
    println!(
        "{mib} MiB in and out: {:.1} MiB at most before, {:.1} after the upload, {:.1} after the download",
        before as f64 / 1048576.0,
        after_put as f64 / 1048576.0,
        after_get as f64 / 1048576.0
    );
    assert!(after_get - before < MOST_BYTES, "{} bytes more", after_get - before);
}
