//! Other Lambda servers beside ours, with the figures of [`super::lambda`].

use super::client::{Client, Load, load};
use super::peers;
use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use nano_edge::Package;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::path::Path;
use std::time::{Duration, Instant};

/// Servers that are measured beside ours.
const PEERS: [&str; 3] = ["ministack", "serverless-offline", "localstack"];

const CODE: &str = "
def handler(event, context):
    readings = event['readings']
    total = 0
    for reading in readings:
        total += reading
    return {'mean': total / len(readings), 'device': event['device'], 'dark': total < VERSION}
";
const EVENT: &str = r#"{"device": "walkway", "readings": [310, 295, 402, 118, 87, 64, 70, 91]}"#;

/// How long each load takes, and over how many connections the last one comes.
const TIME: Duration = Duration::from_secs(2);
const CONNECTIONS: usize = 8;

fn code(version: u32) -> String {
    CODE.replace("VERSION", &version.to_string())
}

fn zip(version: u32) -> Result<String, Failure> {
    let package = Package::build([("app.py", code(version).as_bytes())]).map_err(Failure::usage)?;
    Ok(BASE64.encode(package.zip()))
}

fn ask(client: &mut Client, method: &str, path: &str, body: &Value) -> Result<Vec<u8>, Failure> {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = client.request(method, path, "Content-Type: application/json\r\n", body.as_bytes());
    let answer = client.send(&request)?;
    if answer.status < 300 && !answer.headers.contains("function-error") {
        return Ok(answer.body);
    }
    let text = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
    Err(Failure::usage(format!("{method} {path}: {} {text}", answer.headers.lines().next().unwrap_or_default())))
}

/// How long until the first result.
fn invoke(client: &mut Client, path: &str) -> Result<Duration, Failure> {
    let event: Value = serde_json::from_str(EVENT).map_err(|error| Failure::Internal(error.into()))?;
    let begun = Instant::now();
    ask(client, "POST", path, &event).map(|_| begun.elapsed())
}

/// New code until its own result is there, in milliseconds: the middle of a few.
fn updates(
    client: &mut Client,
    path: &str,
    update: impl Fn(&mut Client, u32) -> Result<(), Failure>,
) -> Result<f64, Failure> {
    let mut times = vec![];
    for version in 1..=5 {
        let begun = Instant::now();
        update(client, version)?;
        invoke(client, path)?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    times.sort_by(f64::total_cmp);
    Ok(times.get(times.len() / 2).copied().unwrap_or(f64::NAN))
}

/// One connection, and many.
fn loads(addr: SocketAddr, path: &str) -> Result<(Load, Load), Failure> {
    let request =
        |client: &Client, _| client.request("POST", path, "Content-Type: application/json\r\n", EVENT.as_bytes());
    let alone = load(addr, "lambda", 1, TIME, request)?;
    // Who starts a process for each that comes at once has started them then.
    load(addr, "lambda", CONNECTIONS, TIME, request)?;
    Ok((alone, load(addr, "lambda", CONNECTIONS, TIME, request)?))
}

fn row(cold: Duration, update_ms: f64, (alone, many): (Load, Load)) -> Value {
    json!({
        "cold_ms": cold.as_secs_f64() * 1e3,
        "p50_ms": alone.p50_us / 1e3,
        "p99_ms": alone.p99_us / 1e3,
        "per_second": many.per_second,
        "update_ms": update_ms,
    })
}

/// A server that functions are made in by Lambda's API.
fn by_api(name: &'static str, folder: &Path) -> Result<Value, Failure> {
    let peer = peers::start(name, folder)?;
    let mut client = Client::new(peer.addr, "lambda");
    let made = json!({"FunctionName": "bench", "Runtime": "python3.11", "Role": "arn:aws:iam::000000000000:role/any",
        "Handler": "app.handler", "Code": {"ZipFile": zip(0)?}});
    ask(&mut client, "POST", "/2015-03-31/functions", &made)?;
    let path = "/2015-03-31/functions/bench/invocations";
    let cold = invoke(&mut client, path)?;
    let update = updates(&mut client, path, |client, version| {
        ask(client, "PUT", "/2015-03-31/functions/bench/code", &json!({"ZipFile": zip(version)?})).map(|_| ())
    })?;
    Ok(row(cold, update, loads(peer.addr, path)?))
}

/// One that takes functions from a folder. New code is measured on another that looks at the folder each time, which it
/// does not do unless it is told to.
fn by_folder(folder: &Path) -> Result<Value, Failure> {
    let folder = folder.join("project");
    std::fs::create_dir_all(&folder)?;
    let app = folder.join("app.py");
    std::fs::write(&app, code(0))?;
    let path = "/2015-03-31/functions/nano-dev-bench/invocations";
    let peer = peers::start_serverless(&folder, false)?;
    let cold = invoke(&mut Client::new(peer.addr, "lambda"), path)?;
    let loads = loads(peer.addr, path)?;
    drop(peer);
    let peer = peers::start_serverless(&folder, true)?;
    let mut client = Client::new(peer.addr, "lambda");
    invoke(&mut client, path)?;
    let update = updates(&mut client, path, |_, version| Ok(std::fs::write(&app, code(version))?))?;
    Ok(row(cold, update, loads))
}

/// Peers by the names that are asked for.
pub fn wanted(asked: &str) -> Result<Vec<&'static str>, Failure> {
    peers::wanted(asked, &PEERS)
}

/// The figures of the peers that are wanted and can be measured.
pub fn rows(wanted: Vec<&'static str>) -> Result<Vec<(&'static str, Value)>, Failure> {
    let folder = std::env::temp_dir().join(format!("nano-bench-peers-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut rows = vec![];
    for name in wanted {
        let measured = match name {
            "serverless-offline" => by_folder(&folder),
            "localstack" => {
                anstream::eprintln!(
                    "skipped: localstack: what its packages have (as of 4.14.0) runs functions in Docker containers only"
                );
                continue;
            }
            _ => by_api(name, &folder),
        };
        match measured {
            Ok(row) => rows.push((name, row)),
            Err(failure) => {
                anstream::eprintln!("{name} can't be measured:");
                failure.print();
            }
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    Ok(rows)
}
