//! `nano bench lambda`: invocations over HTTP, on IoTPy and on CPython workers: cold, warm, many at once, new code.

use super::client::load_at;
use crate::arguments::BenchLambda;
use crate::failure::Failure;
use nano_edge::{Deployment, Edge, EdgeOptions, NanoSettings, Package, Run, Server};
use serde_json::{Value, json};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Warm invocations, one after another.
const WARM: usize = 4000;
/// Connections of the throughput, and how long it is taken.
const CONNECTIONS: usize = 8;
const BUSY: Duration = Duration::from_secs(2);
/// Cold starts and updates.
const ROUNDS: usize = 20;

/// Prints the figures of both.
pub fn lambda(arguments: &BenchLambda) -> Result<u8, Failure> {
    let peers = super::lambda_peers::wanted(&arguments.peers)?;
    let folder = std::env::temp_dir().join(format!("nano-bench-lambda-{}", std::process::id()));
    let rows = measure(&folder);
    let _ = std::fs::remove_dir_all(&folder);
    let mut rows = rows?;
    rows.extend(super::lambda_peers::rows(peers)?);
    if arguments.json {
        println!("{}", rows.iter().map(|(name, row)| ((*name).to_owned(), row.clone())).collect::<Value>());
        return Ok(0);
    }
    anstream::println!(
        "{:<18} {:>10} {:>10} {:>10} {:>14} {:>16}",
        "runtime",
        "cold ms",
        "p50 ms",
        "p99 ms",
        "invocations/s",
        "new code ms"
    );
    for (name, row) in &rows {
        let figure = |key: &str| row.get(key).and_then(Value::as_f64).unwrap_or(f64::NAN);
        anstream::println!(
            "{name:<18} {:>10.3} {:>10.3} {:>10.3} {:>14.0} {:>16.2}",
            figure("cold_ms"),
            figure("p50_ms"),
            figure("p99_ms"),
            figure("per_second"),
            figure("update_ms")
        );
    }
    for (name, row) in &rows {
        let figure = |key: &str| row.get(key).and_then(Value::as_f64);
        if let (Some(p50), Some(p99)) = (figure("half_p50_ms"), figure("half_p99_ms")) {
            let ratio = p99 / p50;
            anstream::println!("{name} at half load: p50 {p50:.3} ms, p99 {p99:.3} ms, {ratio:.1}x");
        }
    }
    let per_second = |name: &str| rows.iter().find(|(row, _)| *row == name)?.1.get("per_second")?.as_f64();
    for (name, _) in rows.iter().filter(|(name, _)| !["iotpy", "cpython"].contains(name)) {
        for ours in ["iotpy", "cpython"] {
            if let (Some(ours_is), Some(theirs)) = (per_second(ours), per_second(name)) {
                anstream::println!("{ours} by {name}: {:.2}x invocations a second", ours_is / theirs);
            }
        }
    }
    Ok(0)
}

fn measure(folder: &std::path::Path) -> Result<Vec<(&'static str, Value)>, Failure> {
    let options = EdgeOptions::new(folder, std::env::var("PATH").unwrap_or_default());
    let edge = Edge::open(options)?;
    let running = Server::attach(edge.clone(), SocketAddr::from(([127, 0, 0, 1], 0)), None, None)?;
    let mut rows = vec![("iotpy", runtime(&edge, running.addr(), Run::Edge)?)];
    if crate::python::version().is_some() {
        rows.push(("cpython", runtime(&edge, running.addr(), Run::Cloud)?));
    } else {
        anstream::eprintln!("skipped: cpython: there is no python3 on this machine");
    }
    running.shutdown();
    Ok(rows)
}

/// Light control, as a person would deploy it.
fn deploy(edge: &Edge, name: &str, run: Run, dark: usize) -> Result<(), Failure> {
    let source = format!(
        "def handler(event, context):\n    level = event[0]\n    return {{'level': level, 'lights': 'on' if level < {dark} else 'off'}}\n"
    );
    let package = Package::build([("lights.py", source.as_bytes())]).map_err(Failure::usage)?;
    let nano = NanoSettings { run, ..NanoSettings::default() };
    let deployment = Deployment { name: name.into(), handler: "lights.handler".into(), nano, ..Deployment::default() };
    edge.deploy(&deployment, &package).map(|_| ()).map_err(|error| Failure::usage(error.message))
}

fn runtime(edge: &Edge, address: SocketAddr, run: Run) -> Result<Value, Failure> {
    let mut client = Client::connect(address)?;
    let ms = |start: Instant| start.elapsed().as_secs_f64() * 1e3;
    let mut cold = Vec::new();
    for round in 0..ROUNDS {
        let name = format!("cold-{round}");
        deploy(edge, &name, run, 100 + round)?;
        let request = request(&name);
        let start = Instant::now();
        client.invoke(&request)?;
        cold.push(ms(start));
    }
    deploy(edge, "warm", run, 100)?;
    let request = request("warm");
    for _ in 0..100 {
        client.invoke(&request)?;
    }
    let mut warm = Vec::with_capacity(WARM);
    for _ in 0..WARM {
        let start = Instant::now();
        client.invoke(&request)?;
        warm.push(ms(start));
    }
    let mut update = Vec::new();
    for round in 0..ROUNDS {
        let start = Instant::now();
        deploy(edge, "warm", run, 101 + round)?;
        client.invoke(&request)?;
        update.push(ms(start));
    }
    let begin = Instant::now();
    let threads: Vec<_> = (0..CONNECTIONS)
        .map(|_| {
            let request = request.clone();
            std::thread::spawn(move || -> Result<usize, Failure> {
                let mut client = Client::connect(address)?;
                let mut count = 0;
                while begin.elapsed() < BUSY {
                    client.invoke(&request)?;
                    count += 1;
                }
                Ok(count)
            })
        })
        .collect();
    let mut count = 0;
    for thread in threads {
        count += thread.join().map_err(|_| Failure::Internal(anyhow::anyhow!("a client ended abnormally")))??;
    }
    let per_second = count as f64 / begin.elapsed().as_secs_f64();
    let half = load_at(address, "", CONNECTIONS, BUSY, Some(per_second / 2.0), |_, _| request.clone())?;
    Ok(json!({
        "half_p50_ms": half.p50_us / 1e3, "half_p99_ms": half.p99_us / 1e3,
        "cold_ms": at(&mut cold, 0.5), "p50_ms": at(&mut warm, 0.5), "p99_ms": at(&mut warm, 0.99),
        "per_second": per_second, "update_ms": at(&mut update, 0.5),
    }))
}

/// The value that this part of them does not exceed.
fn at(values: &mut [f64], part: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(((values.len().max(1) - 1) as f64 * part).ceil() as usize).copied().unwrap_or(f64::NAN)
}

fn request(function: &str) -> Vec<u8> {
    format!(
        "POST /2015-03-31/functions/{function}/invocations HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
         Content-Length: 4\r\n\r\n[42]"
    )
    .into_bytes()
}

/// A connection that is kept, as AWS's clients keep theirs.
struct Client {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Client {
    fn connect(address: SocketAddr) -> Result<Self, Failure> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(30)))?;
        Ok(Self { stream, buffer: vec![0; 8192] })
    }

    /// One request, one answer with status 200 and the handler's result.
    fn invoke(&mut self, request: &[u8]) -> Result<(), Failure> {
        self.stream.write_all(request)?;
        let mut length = 0;
        loop {
            let count = self.stream.read(self.buffer.get_mut(length..).unwrap_or_default())?;
            length += count;
            let text = String::from_utf8_lossy(self.buffer.get(..length).unwrap_or_default());
            if count == 0 {
                return Err(Failure::Code(format!("error: the edge closed the connection: {text}\n")));
            }
            let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
            let wanted = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
            });
            if body.len() < wanted.unwrap_or(0) {
                continue;
            }
            if head.starts_with("HTTP/1.1 200") && body.contains("\"on\"") {
                return Ok(());
            }
            return Err(Failure::Code(format!("error: the edge answered: {text}\n")));
        }
    }
}
