//! `nano bench s3`: operations a second over HTTP, ours and others' in one run.

use super::client::{Client, Load, load, load_at};
use super::{matches, peers};
use crate::arguments::BenchS3;
use crate::failure::Failure;
use serde_json::{Map, Value, json};
use std::net::SocketAddr;
use std::time::Duration;

/// Servers that are measured beside ours.
const PEERS: [&str; 4] = ["moto", "ministack", "rclone", "s3s-fs"];

/// Keys that are read and listed.
const KEYS: u64 = 100;

const COLUMNS: [(&str, &str, usize); 7] = [
    ("PUT 1K", "PUT", 1 << 10),
    ("GET 1K", "GET", 1 << 10),
    ("PUT 16K", "PUT", 16 << 10),
    ("GET 16K", "GET", 16 << 10),
    ("PUT 1M", "PUT", 1 << 20),
    ("GET 1M", "GET", 1 << 20),
    ("list 100", "LIST", 0),
];

/// Bytes that don't compress, the same in every run.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

fn expect(client: &mut Client, request: &[u8], what: &str) -> Result<(), Failure> {
    let answer = client.send(request)?;
    // A bucket that is there is as good.
    if answer.status < 300 || answer.status == 409 {
        return Ok(());
    }
    Err(Failure::usage(format!("{what}: {}", answer.headers.lines().next().unwrap_or_default())))
}

/// A server's columns.
type Loads = Vec<(&'static str, Load)>;

/// Those at half of what the server did a second at most.
#[derive(Default)]
struct Half {
    /// The same requests.
    loads: Loads,
    /// As many that need nothing done: what the machine, its network and the client take of the time above.
    trivial: Loads,
}

/// Columns at full load and, if that is wanted, at half load.
type Columns = (Loads, Half);

fn measure(addr: SocketAddr, service: &'static str, arguments: &BenchS3, halves: bool) -> Result<Columns, Failure> {
    let mut client = Client::new(addr, service);
    let time = Duration::from_secs_f64(arguments.seconds.clamp(0.05, 600.0));
    let (mut rows, mut half) = (vec![], Half::default());
    for bucket in ["bench", "listed"] {
        let request = client.request("PUT", &format!("/{bucket}"), "", b"");
        expect(&mut client, &request, "a bucket")?;
    }
    for key in 0..KEYS {
        let request = client.request("PUT", &format!("/listed/key-{key:04}"), "", b"x");
        expect(&mut client, &request, "an object")?;
    }
    for (column, method, length) in COLUMNS.into_iter().filter(|(column, ..)| matches(&arguments.filter, column)) {
        let body = noise(length);
        if method == "GET" {
            for key in 0..KEYS.min(if length > 1 << 16 { 8 } else { KEYS }) {
                let request = client.request("PUT", &format!("/bench/get-{length}-{key}"), "", &body);
                expect(&mut client, &request, "an object")?;
            }
        }
        let keys = if length > 1 << 16 { 8 } else { KEYS };
        let make = |client: &Client, number: u64| match method {
            "PUT" => client.request("PUT", &format!("/bench/put-{length}-{}", number % 1000), "", &body),
            "GET" => client.request("GET", &format!("/bench/get-{length}-{}", number % keys), "", b""),
            _ => client.request("GET", "/listed?list-type=2&max-keys=100", "", b""),
        };
        let full = load(addr, service, arguments.connections, time, make)?;
        if halves {
            let rate = Some(full.per_second / 2.0);
            half.loads.push((column, load_at(addr, service, arguments.connections, time, rate, make)?));
            let trivial = |client: &Client, _| client.request("GET", "/_nano/health", "", b"");
            half.trivial.push((column, load_at(addr, service, arguments.connections, time, rate, trivial)?));
        }
        rows.push((column, full));
    }
    Ok((rows, half))
}

/// A row of results as JSON.
pub fn row(loads: &[(&'static str, Load)]) -> Value {
    let columns = loads.iter().map(|(column, load)| {
        let shown = json!({"per_second": load.per_second, "p50_us": load.p50_us, "p99_us": load.p99_us});
        ((*column).to_owned(), shown)
    });
    Value::Object(columns.collect::<Map<_, _>>())
}

/// Measures ours, then the peers that are wanted, and says how they compare.
pub fn s3(arguments: &BenchS3) -> Result<u8, Failure> {
    let peers = peers::wanted(&arguments.peers, &PEERS)?;
    if !COLUMNS.iter().any(|(column, ..)| matches(&arguments.filter, column)) {
        let there = COLUMNS.map(|(column, ..)| column).join(", ");
        return Err(Failure::with_hint(
            format!("no column matches '{}'", arguments.filter),
            format!("there are {there}"),
        ));
    }
    let folder = std::env::temp_dir().join(format!("nano-bench-s3-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = all(&peers, &folder, arguments);
    let _ = std::fs::remove_dir_all(&folder);
    let (measured, half) = measured?;
    if arguments.json {
        let rows = measured.iter().map(|(name, loads)| ((*name).to_owned(), row(loads)));
        let rows = rows.chain([
            ("nano at half load".to_owned(), row(&half.loads)),
            ("health at that rate".to_owned(), row(&half.trivial)),
        ]);
        println!("{}", Value::Object(rows.collect::<Map<_, _>>()));
        return Ok(0);
    }
    table(&measured);
    at_half_load(&half);
    Ok(0)
}

/// What ours takes at half of what it did a second at most.
fn at_half_load(half: &Half) {
    let times = |loads: &Loads| {
        let times = loads.iter().map(|(_, load)| format!("{:>11}", format!("{:.0}/{:.0}", load.p50_us, load.p99_us)));
        times.collect::<String>()
    };
    anstream::println!("{:<14}{}", "at half load", times(&half.loads));
    let ratios = half.loads.iter().map(|(_, load)| format!("{:>11}", format!("{:.1}x", load.p99_us / load.p50_us)));
    anstream::println!("{:<14}{}", "p99 by p50", ratios.collect::<String>());
    anstream::println!("{:<14}{}", "health so", times(&half.trivial));
}

/// Operations a second by server, and ours by the best of the others.
pub fn table(measured: &[(&'static str, Vec<(&'static str, Load)>)]) {
    let Some((_, ours)) = measured.first() else { return };
    let heads: Vec<String> = ours.iter().map(|(column, _)| format!("{column:>11}")).collect();
    anstream::println!("{:<14}{}", "per second", heads.concat());
    for (name, loads) in measured {
        let cells: Vec<String> = loads.iter().map(|(_, load)| format!("{:>11.0}", load.per_second)).collect();
        anstream::println!("{name:<14}{}", cells.concat());
    }
    let times: Vec<String> =
        ours.iter().map(|(_, load)| format!("{:>11}", format!("{:.0}/{:.0}", load.p50_us, load.p99_us))).collect();
    anstream::println!("{:<14}{}", "p50/p99 us", times.concat());
    if measured.len() > 1 {
        let ratios: Vec<String> = ours
            .iter()
            .enumerate()
            .map(|(column, (_, load))| {
                let others = measured.iter().skip(1).filter_map(|(_, loads)| loads.get(column));
                let best = others.map(|(_, load)| load.per_second).fold(0.0, f64::max);
                format!("{:>11}", format!("{:.2}x", load.per_second / best))
            })
            .collect();
        anstream::println!("{:<14}{}", "ours by best", ratios.concat());
    }
}

/// Whose signature is sent: rclone verifies one that is there although it has no keys, s3s-fs refuses it then.
fn signature(peer: &str) -> &'static str {
    if peer == "rclone" || peer == "s3s-fs" { "" } else { "s3" }
}

type Measured = Vec<(&'static str, Loads)>;

fn all(peers: &[&'static str], folder: &std::path::Path, arguments: &BenchS3) -> Result<(Measured, Half), Failure> {
    let mut measured = vec![];
    let ours = peers::start_ours(folder, arguments.sync)?;
    let (full, half) = measure(ours.addr, "s3", arguments, true)?;
    measured.push((ours.name, full));
    drop(ours);
    for name in peers {
        let result = peers::start(name, folder).and_then(|peer| {
            measure(peer.addr, signature(peer.name), arguments, false).map(|(rows, _)| (peer.name, rows))
        });
        match result {
            Ok(row) => measured.push(row),
            Err(failure) => {
                anstream::eprintln!("{name} can't be measured:");
                failure.print();
            }
        }
    }
    Ok((measured, half))
}
