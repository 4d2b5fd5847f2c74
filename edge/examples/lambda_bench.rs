//! Measures `Invoke` over HTTP: `cargo run --release -p nano-edge --example lambda_bench [SECONDS]`. Prints JSON.
//!
//! For each arm: the first invocation of new code, then one connection after the other request (p50, p99), then eight
//! connections at once (invocations a second).

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use nano_edge::{Config, Deployment, NanoSettings, Package, Run, Server};

const CODE: &str = "
def handler(event, context):
    readings = event['readings']
    total = 0
    for reading in readings:
        total += reading
    return {'mean': total / len(readings), 'device': event['device'], 'dark': total < 100}
";
const EVENT: &str = r#"{"device": "walkway", "readings": [310, 295, 402, 118, 87, 64, 70, 91]}"#;

struct Client {
    stream: TcpStream,
    request: Vec<u8>,
    buffer: Vec<u8>,
}

impl Client {
    fn new(addr: SocketAddr, function: &str) -> Self {
        let stream = TcpStream::connect(addr).expect("the server listens");
        stream.set_nodelay(true).expect("a socket");
        let request = format!(
            "POST /2015-03-31/functions/{function}/invocations HTTP/1.1\r\nHost: {addr}\r\nAuthorization: \
             AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, \
             Signature=0\r\nContent-Length: {}\r\n\r\n{EVENT}",
            EVENT.len()
        );
        Self { stream, request: request.into_bytes(), buffer: vec![0; 8192] }
    }

    fn invoke(&mut self) -> Duration {
        let begun = Instant::now();
        self.stream.write_all(&self.request).expect("a request is sent");
        let mut filled = 0;
        loop {
            let count = self.stream.read(&mut self.buffer[filled..]).expect("an answer comes");
            assert!(count > 0, "the connection was closed");
            filled += count;
            let text = &self.buffer[..filled];
            if let Some(head) = text.windows(4).position(|window| window == b"\r\n\r\n") {
                let headers = String::from_utf8_lossy(&text[..head]).to_ascii_lowercase();
                assert!(headers.starts_with("http/1.1 200") && !headers.contains("function-error"), "{headers}");
                let length = headers.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
                let length: usize = length.and_then(|length| length.parse().ok()).expect("a length");
                if filled >= head + 4 + length {
                    return begun.elapsed();
                }
            }
        }
    }
}

fn measure(addr: SocketAddr, function: &str, time: Duration) -> serde_json::Value {
    let cold = Client::new(addr, function).invoke();
    let mut client = Client::new(addr, function);
    let begun = Instant::now();
    let mut times = Vec::new();
    while begun.elapsed() < time {
        times.push(client.invoke().as_nanos() as f64 / 1000.0);
    }
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    let begun = Instant::now();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let mut client = Client::new(addr, function);
            std::thread::spawn(move || {
                let mut count = 0u64;
                while begun.elapsed() < time {
                    client.invoke();
                    count += 1;
                }
                count
            })
        })
        .collect();
    let count: u64 = threads.into_iter().map(|thread| thread.join().expect("a client ends")).sum();
    serde_json::json!({
        "cold_us": cold.as_micros() as u64,
        "p50_us": at(0.5),
        "p99_us": at(0.99),
        "per_second": (count as f64 / begun.elapsed().as_secs_f64()) as u64,
    })
}

fn main() {
    let seconds: f64 = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(2.0);
    let data = tempfile::tempdir().expect("a temporary folder");
    let path = std::env::var("PATH").unwrap_or_default();
    let running = Server::start(Config::new(0, data.path(), path)).expect("the edge starts");
    let mut results = serde_json::Map::new();
    for (name, run) in [("edge", Run::Edge), ("cloud", Run::Cloud)] {
        let package = Package::build([("app.py", CODE.as_bytes())]).expect("a package");
        let nano = NanoSettings { run, ..NanoSettings::default() };
        let deployment = Deployment { name: name.into(), handler: "app.handler".into(), nano, ..Deployment::default() };
        running.edge().deploy(&deployment, &package).expect("it is deployed");
        results.insert(name.to_owned(), measure(running.addr(), name, Duration::from_secs_f64(seconds)));
    }
    println!("{}", serde_json::Value::Object(results));
    running.shutdown();
}
