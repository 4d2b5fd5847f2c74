//! `nano bench s3`: operations a second over HTTP, ours and others' in one run.

use super::bare::Bare;
use super::client::Client;
use super::cores::{self, Cores, Stalls};
use super::matches;
use super::peers::{self, OURS, Peer};
use super::traffic::{self, Half, Load, Requests};
use crate::arguments::BenchS3;
use crate::failure::Failure;
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

/// Servers that are measured beside ours.
const PEERS: [&str; 4] = ["moto", "ministack", "rclone", "s3s-fs"];

/// Keys that are read and listed.
const KEYS: u64 = 100;

/// What is measured: a name, and requests for objects of so many bytes.
struct Column {
    name: &'static str,
    method: &'static str,
    length: usize,
}

const fn column(name: &'static str, method: &'static str, length: usize) -> Column {
    Column { name, method, length }
}

const COLUMNS: [Column; 7] = [
    column("PUT 1K", "PUT", 1 << 10),
    column("GET 1K", "GET", 1 << 10),
    column("PUT 16K", "PUT", 16 << 10),
    column("GET 16K", "GET", 16 << 10),
    column("PUT 1M", "PUT", 1 << 20),
    column("GET 1M", "GET", 1 << 20),
    column("list 100", "LIST", 0),
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

fn expect(client: &mut Client, request: Vec<u8>, what: &str) -> Result<(), Failure> {
    let answer = client.send(request)?;
    // A bucket that is there is as good.
    if answer.status < 300 || answer.status == 409 {
        return Ok(());
    }
    Err(Failure::usage(format!("{what}: {}", answer.headers.lines().next().unwrap_or_default())))
}

impl Column {
    /// How many objects it reads or writes.
    fn keys(&self) -> u64 {
        match self.method {
            "PUT" => 1000,
            _ if self.length > 1 << 16 => 8,
            _ => KEYS,
        }
    }

    /// Makes a request of it.
    fn request(&self, client: &Client, number: u64, body: &[u8]) -> Vec<u8> {
        let (length, key) = (self.length, number % self.keys());
        match self.method {
            "PUT" => client.request("PUT", &format!("/bench/put-{length}-{key}"), "", body),
            "GET" => client.request("GET", &format!("/bench/get-{length}-{key}"), "", b""),
            _ => client.request("GET", "/listed?list-type=2&max-keys=100", "", b""),
        }
    }
}

/// A server at work, and how it is asked.
struct Subject<'a> {
    addr: SocketAddr,
    process: u32,
    service: &'static str,
    arguments: &'a BenchS3,
}

impl Subject<'_> {
    fn columns(&self) -> impl Iterator<Item = &'static Column> {
        COLUMNS.iter().filter(|column| matches(&self.arguments.filter, column.name))
    }

    fn time(&self) -> Duration {
        Duration::from_secs_f64(self.arguments.seconds.clamp(0.05, 600.0))
    }

    fn requests<M: Fn(&Client, u64) -> Vec<u8> + Sync>(&self, make: M) -> Requests<M> {
        let (addr, process, service) = (self.addr, self.process, self.service);
        Requests { addr, process, service, connections: self.arguments.connections, make }
    }

    /// Makes what is read and listed.
    fn prepare(&self) -> Result<(), Failure> {
        let mut client = Client::new(self.addr, self.service);
        for bucket in ["bench", "listed"] {
            let request = client.request("PUT", &format!("/{bucket}"), "", b"");
            expect(&mut client, request, "a bucket")?;
        }
        for key in 0..KEYS {
            let request = client.request("PUT", &format!("/listed/key-{key:04}"), "", b"x");
            expect(&mut client, request, "an object")?;
        }
        for column in self.columns().filter(|column| column.method == "GET") {
            let body = noise(column.length);
            for key in 0..column.keys() {
                let request = client.request("PUT", &format!("/bench/get-{}-{key}", column.length), "", &body);
                expect(&mut client, request, "an object")?;
            }
        }
        Ok(())
    }

    fn at_most(&self) -> Result<Row<Load>, Failure> {
        self.prepare()?;
        let one = |column: &'static Column| {
            let body = noise(column.length);
            let requests = self.requests(|client, number| column.request(client, number, &body));
            Ok((column.name, requests.at_most(self.time())?))
        };
        self.columns().map(one).collect()
    }

    /// At half of the most; of ours also as many requests that need nothing done, and as many that go to nobody.
    fn at_half(&self, cores: Option<Cores>, is_ours: bool) -> Result<Halves, Failure> {
        self.prepare()?;
        let bare = is_ours.then(|| Bare::start(cores)).transpose()?;
        let mut halves = Halves::default();
        for column in self.columns() {
            let body = noise(column.length);
            let requests = self.requests(|client, number| column.request(client, number, &body));
            let half = requests.at_half(cores, self.time())?;
            halves.row.push((column.name, half));
            if let Some(bare) = &bare {
                let health = || self.requests(|client, _| client.request("GET", "/_nano/health", "", b""));
                let as_many = |requests: Requests<_>| requests.at_rate(half.load.per_second, cores, self.time());
                halves.trivial.push((column.name, as_many(health())?));
                halves.bare.push((column.name, as_many(Requests { addr: bare.addr, ..health() })?));
            }
        }
        Ok(halves)
    }
}

/// What a server came to, by column.
type Row<T> = Vec<(&'static str, T)>;

/// What a server came to at half load. At the rates of ours also what of those times is the machine's and the client's.
#[derive(Default)]
struct Halves {
    row: Row<Half>,
    /// By requests to ours that need nothing done.
    trivial: Row<Load>,
    /// By a loop in its place.
    bare: Row<Load>,
}

/// What servers came to; ours is the first.
#[derive(Default)]
struct Measured {
    at_most: Vec<(&'static str, Row<Load>)>,
    at_half: Vec<(&'static str, Halves)>,
    /// Who could not be measured, and why.
    failed: Vec<(&'static str, String)>,
    stalls: Option<Stalls>,
}

/// Measures ours, then the peers that are wanted, and says how they compare.
pub fn s3(arguments: &BenchS3) -> Result<u8, Failure> {
    let peers = peers::wanted(&arguments.peers, &PEERS)?;
    if !COLUMNS.iter().any(|column| matches(&arguments.filter, column.name)) {
        let there = COLUMNS.map(|column| column.name).join(", ");
        return Err(Failure::with_hint(
            format!("no column matches '{}'", arguments.filter),
            format!("there are {there}"),
        ));
    }
    let cores = Cores::apart();
    let folder = std::env::temp_dir().join(format!("nano-bench-s3-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let measured = all(&peers, &folder, cores, arguments);
    let _ = std::fs::remove_dir_all(&folder);
    let measured = measured?;
    if arguments.json {
        println!("{}", json_of(&measured, cores));
    } else {
        table(&measured.at_most);
        half_table(&measured, cores);
    }
    Ok(0)
}

/// Whose signature is sent: rclone verifies one that is there although it has no keys, s3s-fs refuses it then.
fn signature(peer: &str) -> &'static str {
    if peer == "rclone" || peer == "s3s-fs" { "" } else { "s3" }
}

/// Measures each server twice: on all cores, and on one of its own.
fn all(peers: &[&'static str], folder: &Path, cores: Option<Cores>, arguments: &BenchS3) -> Result<Measured, Failure> {
    let stalls = cores.map(Stalls::measure).transpose()?;
    let mut measured = Measured { stalls, ..Measured::default() };
    let subject = |peer: &Peer| {
        let (addr, process, service) = (peer.addr, peer.process(), signature(peer.name));
        Subject { addr, process, service, arguments }
    };
    let mut one = |name: &'static str, start: &dyn Fn(&Path) -> Result<Peer, Failure>| -> Result<(), Failure> {
        let on_all = folder.join(name).join("all");
        std::fs::create_dir_all(&on_all)?;
        let most = subject(&start(&on_all)?).at_most()?;
        measured.at_most.push((name, most));
        std::fs::remove_dir_all(&on_all)?;
        let on_one = folder.join(name).join("one");
        std::fs::create_dir_all(&on_one)?;
        let peer = cores::start(cores, || start(&on_one))?;
        let halves = cores::ask(cores, || subject(&peer).at_half(cores, name == OURS))?;
        measured.at_half.push((name, halves));
        Ok(())
    };
    one(OURS, &|folder| peers::start_ours(folder, arguments.sync))?;
    let mut failed = vec![];
    for name in peers {
        if let Err(failure) = one(name, &|folder| peers::start(name, folder)) {
            failed.push(peers::failed(name, &failure));
        }
    }
    Ok(Measured { failed, ..measured })
}

fn json_of(measured: &Measured, cores: Option<Cores>) -> Value {
    fn row<T>(row: &Row<T>, cell: impl Fn(&T) -> Value) -> Value {
        row.iter().map(|(column, value)| ((*column).to_owned(), cell(value))).collect()
    }
    let mut half: Map<String, Value> =
        measured.at_half.iter().map(|(name, halves)| ((*name).to_owned(), row(&halves.row, Half::json))).collect();
    if let Some((_, ours)) = measured.at_half.first() {
        half.insert("health at the rates of nano".to_owned(), row(&ours.trivial, Load::json));
        half.insert("bare loop at the rates of nano".to_owned(), row(&ours.bare, Load::json));
    }
    half.insert("cores".to_owned(), traffic::cores_json(cores));
    half.insert("machine by itself".to_owned(), measured.stalls.map_or(Value::Null, Stalls::json));
    let most = measured.at_most.iter().map(|(name, loads)| ((*name).to_owned(), row(loads, Load::json)));
    let half = [("at half load".to_owned(), Value::Object(half))];
    Value::Object(most.chain(half).chain(peers::failed_json(&measured.failed)).collect())
}

/// A line of a table.
fn line(head: &str, cells: impl Iterator<Item = String>) {
    let cells: String = cells.map(|cell| format!("{cell:>15}")).collect();
    anstream::println!("{head:<14}{cells}");
}

/// Median and tail.
fn times(load: &Load) -> String {
    format!("{:.0}/{:.0}", load.p50_us, load.p99_us)
}

/// The tail where the machine does not stand still.
fn typical(load: &Load) -> String {
    load.typical.map_or_else(String::new, |typical| format!("{typical:.1}x"))
}

/// Operations a second by server, and ours by the best of the others.
fn table(measured: &[(&'static str, Row<Load>)]) {
    let Some((_, ours)) = measured.first() else { return };
    line("per second", ours.iter().map(|(column, _)| (*column).to_owned()));
    for (name, loads) in measured {
        line(name, loads.iter().map(|(_, load)| format!("{:.0}", load.per_second)));
    }
    line("p50/p99 us", ours.iter().map(|(_, load)| times(load)));
    for (name, theirs) in measured.iter().skip(1) {
        let ratios = ours.iter().zip(theirs).map(|((_, our), (_, their))| our.per_second / their.per_second);
        line(&format!("by {name}"), ratios.map(|ratio| format!("{ratio:.2}x")));
    }
}

/// Times at half load by server, and whether ours are within the goal.
fn half_table(measured: &Measured, cores: Option<Cores>) {
    let Some((_, ours)) = measured.at_half.first() else { return };
    anstream::println!("\n{}", traffic::arrangement(cores));
    line("", ours.row.iter().map(|(column, _)| (*column).to_owned()));
    for (name, Halves { row: halves, .. }) in &measured.at_half {
        line(&format!("{name}/s"), halves.iter().map(|(_, half)| format!("{:.0}", half.load.per_second)));
        if cores.is_some() {
            let busy = |half: &Half| half.busy.map_or_else(String::new, |busy| format!("{:.0} %", busy * 100.0));
            line("  core busy", halves.iter().map(|(_, half)| busy(half)));
        }
        line("  p50/p99 us", halves.iter().map(|(_, half)| times(&half.load)));
        line("  p99 by p50", halves.iter().map(|(_, half)| format!("{:.1}x", half.load.p99_by_p50())));
        line("  typical", halves.iter().map(|(_, half)| typical(&half.load)));
    }
    for (name, loads) in [("health", &ours.trivial), ("bare loop", &ours.bare)] {
        line(name, loads.iter().map(|(_, load)| times(load)));
        line("  p99 by p50", loads.iter().map(|(_, load)| format!("{:.1}x", load.p99_by_p50())));
        line("  typical", loads.iter().map(|(_, load)| typical(load)));
    }
    anstream::println!(
        "typical: p99 by p50 in a tenth of a second, the median of all; health: as many requests to nano that need nothing \
         done; bare loop: as many in whose place a loop answers the same few bytes, which is the machine and the client alone"
    );
    let rows = ours.row.iter().zip(&ours.bare).map(|((column, half), (_, bare))| (*column, half, Some(bare)));
    anstream::println!("{}", traffic::verdict(rows, measured.stalls));
}
