//! Other Lambda servers beside ours, with the figures of [`super::lambda`].

use super::client::{Client, load};
use super::peers;
use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use nano_edge::Package;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// Servers that are measured beside ours.
const PEERS: [&str; 1] = ["ministack"];

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

fn zip(version: u32) -> Result<String, Failure> {
    let code = CODE.replace("VERSION", &version.to_string());
    let package = Package::build([("app.py", code.as_bytes())]).map_err(Failure::usage)?;
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

fn measure(addr: SocketAddr) -> Result<Value, Failure> {
    let mut client = Client::new(addr, "lambda");
    let function = "bench";
    let made = json!({"FunctionName": function, "Runtime": "python3.11", "Role": "arn:aws:iam::000000000000:role/any",
        "Handler": "app.handler", "Code": {"ZipFile": zip(0)?}});
    ask(&mut client, "POST", "/2015-03-31/functions", &made)?;
    let path = format!("/2015-03-31/functions/{function}/invocations");
    let event: Value = serde_json::from_str(EVENT).map_err(|error| Failure::Internal(error.into()))?;
    let invoke = |client: &mut Client| {
        let begun = Instant::now();
        ask(client, "POST", &path, &event).map(|_| begun.elapsed())
    };
    let cold = invoke(&mut client)?;
    // New code until its own result is there, a few times.
    let mut updates = vec![];
    for version in 1..=5 {
        let begun = Instant::now();
        ask(&mut client, "PUT", &format!("/2015-03-31/functions/{function}/code"), &json!({"ZipFile": zip(version)?}))?;
        invoke(&mut client)?;
        updates.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    updates.sort_by(f64::total_cmp);
    let request =
        |client: &Client, _| client.request("POST", &path, "Content-Type: application/json\r\n", EVENT.as_bytes());
    let alone = load(addr, "lambda", 1, TIME, request)?;
    let many = load(addr, "lambda", CONNECTIONS, TIME, request)?;
    Ok(json!({
        "cold_ms": cold.as_secs_f64() * 1e3,
        "p50_ms": alone.p50_us / 1e3,
        "p99_ms": alone.p99_us / 1e3,
        "per_second": many.per_second,
        "update_ms": updates.get(updates.len() / 2).copied().unwrap_or(f64::NAN),
    }))
}

/// The figures of the peers that are wanted and can be measured.
pub fn rows(asked: &str) -> Result<Vec<(&'static str, Value)>, Failure> {
    let wanted = peers::wanted(asked, &PEERS)?;
    let folder = std::env::temp_dir().join(format!("nano-bench-peers-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut rows = vec![];
    for name in wanted {
        match peers::start(name, &folder).and_then(|peer| measure(peer.addr)) {
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
