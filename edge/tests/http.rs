//! What other clients may send: requests by hand, whole, broken and hostile.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use nano_edge::{
    ClientLimits, Config, Deployment, Extension, ExtensionRequest, ExtensionResponse, NanoSettings, Package, Run,
    Running, Server,
};
use serde_json::Value;

fn start(data: &Path) -> Running {
    start_with(Config::new(0, data, std::env::var("PATH").unwrap()))
}

fn start_with(config: Config) -> Running {
    let running = Server::start(config).unwrap();
    let package =
        Package::build([("app.py", &b"def handler(event, context):\n    print('hi')\n    return event\n"[..])]);
    let nano = NanoSettings { run: Run::Edge, ..NanoSettings::default() };
    let deployment = Deployment { name: "echo".into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    running.edge().deploy(&deployment, &package.unwrap()).unwrap();
    running
}

/// Sends bytes as they are, and reads all that comes back.
fn exchange(running: &Running, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(running.addr()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    // The server may answer and close before everything is sent.
    let _ = stream.write_all(request);
    let _ = stream.shutdown(Shutdown::Write);
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Status and body.
fn request(running: &Running, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n{headers}\r\n",
        running.addr(),
        body.len()
    );
    let answer = exchange(running, &[head.as_bytes(), body].concat());
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
    (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

const INVOKE: &str = "/2015-03-31/functions/echo/invocations";

fn is_alive(running: &Running) {
    assert_eq!(request(running, "POST", INVOKE, "", b"[1, 2]"), (200, "[1, 2]".to_owned()));
}

#[test]
fn unsigned_requests_go_by_their_path() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    is_alive(&running);
    let (status, body) = request(&running, "GET", "/2015-03-31/functions/", "", b"");
    assert_eq!((status, &json(&body)["Functions"][0]["FunctionName"]), (200, &Value::from("echo")));
    let (status, body) = request(&running, "PUT", "/bucket", "", b"");
    assert_eq!(status, 200, "{body}");
    let (status, body) = request(&running, "GET", "/", "", b"");
    assert!(status == 200 && body.contains("<Name>bucket</Name>"), "{body}");
    let (status, body) = request(&running, "GET", "/_nano/health", "", b"");
    assert_eq!((status, &json(&body)["status"]), (200, &Value::from("running")));
}

#[test]
fn what_is_broken_is_refused_and_hurts_nobody() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let refused = |method: &str, path: &str, headers: &str, body: &[u8], status: u16, kind: &str| {
        let (got, text) = request(&running, method, path, headers, body);
        assert_eq!(got, status, "{method} {path}: {text}");
        assert!(text.contains(kind) || kind.is_empty(), "{method} {path}: {text}");
    };
    let functions = "/2015-03-31/functions";
    refused("POST", INVOKE, "", b"{'a': 1}", 400, "Could not parse request body into json");
    refused("POST", INVOKE, "", b"\xff\xfe", 400, "Could not parse request body into json");
    // Within a text, too.
    refused("POST", INVOKE, "", b"[\"\xff\"]", 400, "Could not parse request body into json");
    refused("POST", INVOKE, "", "[".repeat(100_000).as_bytes(), 400, "Could not parse");
    refused("POST", INVOKE, "X-Amz-Invocation-Type: Sometimes\r\n", b"{}", 400, "invocationType");
    refused("POST", INVOKE, "X-Amz-Log-Type: All\r\n", b"{}", 400, "logType");
    refused("POST", "/2015-03-31/functions/a%20b/invocations", "", b"{}", 400, "functionName");
    refused("POST", "/2015-03-31/functions/%FF/invocations", "", b"{}", 400, "functionName");
    refused("POST", "/2015-03-31/functions/..%2F..%2Fetc/invocations", "", b"{}", 400, "functionName");
    refused("POST", &format!("/2015-03-31/functions/{}/invocations", "x".repeat(300)), "", b"{}", 400, "256");
    refused("POST", functions, "", b"{", 400, "Could not parse request body into json");
    refused("POST", functions, "", b"[]", 400, "");
    refused("POST", functions, "", b"{}", 400, "Value null at 'functionName'");
    refused("POST", functions, "", br#"{"FunctionName": 5}"#, 400, "can not be converted to a String");
    refused("POST", functions, "Content-Type: text/xml\r\n", b"<a/>", 415, "Unsupported Content-Type");
    let small = br#"{"FunctionName":"n","Role":"arn:aws:iam::000000000000:role/r","MemorySize":127,"Timeout":0}"#;
    refused("POST", functions, "", small, 400, "2 validation errors detected");
    let code = |code: &str| {
        format!(
            "{{\"FunctionName\":\"n\",\"Role\":\"arn:aws:iam::000000000000:role/r\",\"Handler\":\"a.b\",\
             \"Runtime\":\"python3.11\",\"Code\":{code}}}"
        )
    };
    refused("POST", functions, "", code("{}").as_bytes(), 400, "Please provide a source for function code.");
    refused("POST", functions, "", code(r#"{"ZipFile":"%%%"}"#).as_bytes(), 400, "base64");
    refused("POST", functions, "", code(r#"{"ImageUri":"x"}"#).as_bytes(), 400, "container images");
    refused("GET", "/2015-03-31/functions/nobody", "", b"", 404, "Function not found: arn:aws:lambda:us-east-1:");
    refused("GET", "/2018-10-31/layers/l/versions/1", "", b"", 404, "The resource you requested does not exist.");
    refused("POST", "/2018-10-31/layers/a%20b/versions", "", b"{}", 400, "layerName");
    refused("POST", "/2018-10-31/layers/l/versions", "", b"{}", 400, "Please provide a source for layer content.");
    refused("GET", "/2020-04-22/code-signing-configs/x", "", b"", 501, "GetCodeSigningConfig is not implemented.");
    refused("PATCH", "/2015-03-31/functions/echo", "", b"", 404, "no operation of Lambda");
    refused("GET", "/2015-03-31/functions?MaxItems=0", "", b"", 400, "maxItems");
    refused("GET", "/2015-03-31/functions?Marker=%FF", "", b"", 400, "marker");
    refused("GET", "/_nano/nothing", "", b"", 404, "there is no");
    refused("GET", "/_nano/woofs/a%2Fb/c", "", b"", 404, "");
    refused("GET", "/_nano/woofs/-x/c", "", b"", 400, "");
    refused("GET", "/_nano/code/echo/..%2F..%2Fsecret", "", b"", 404, "");
    for garbage in
        [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n\r\n\r\n", b"\0"]
    {
        let answer = exchange(&running, garbage);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    }
    for hosts in ["", "Host: a\r\nHost: a\r\n", "Host: a\r\nhost: b\r\n"] {
        for path in ["/_nano/health", "/bucket", "/2015-03-31/functions"] {
            let answer = exchange(&running, format!("GET {path} HTTP/1.1\r\n{hosts}\r\n").as_bytes());
            assert!(answer.starts_with("HTTP/1.1 400"), "{path} {hosts:?}: {answer}");
        }
    }
    let answer = exchange(&running, b"GET /_nano/health HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 200"), "{answer}");
    let many: String = (0..600).map(|n| format!("X-{n}: {n}\r\n")).collect();
    let answer = exchange(&running, format!("GET / HTTP/1.1\r\nHost: x\r\n{many}\r\n").as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    is_alive(&running);
}

#[test]
fn what_ends_early_or_is_too_long_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    // It says 100 bytes and sends 3.
    let head = format!("POST {INVOKE} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n[1,");
    let answer = exchange(&running, head.as_bytes());
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
    let chunked = format!(
        "POST {INVOKE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\n[1]\r\n0\r\n\r\n"
    );
    assert!(exchange(&running, chunked.as_bytes()).ends_with("\r\n\r\n[1]"));
    // One byte over, with its length and without.
    let mut body = vec![b'1'; (6 << 20) + 1];
    let (status, text) = request(&running, "POST", INVOKE, "", &body);
    assert_eq!(status, 413, "{text}");
    assert!(text.contains("Request must be smaller than 6291456 bytes for the InvokeFunction operation"));
    let mut chunked =
        format!("POST {INVOKE} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n")
            .into_bytes();
    chunked.extend(format!("{:x}\r\n", body.len()).bytes());
    chunked.extend(&body);
    chunked.extend(b"\r\n0\r\n\r\n");
    let answer = exchange(&running, &chunked);
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{}", &answer[..answer.len().min(200)]);
    // Exactly the limit.
    body.truncate(6 << 20);
    (body[0], body[(6 << 20) - 1]) = (b'"', b'"');
    let (status, text) = request(&running, "POST", INVOKE, "", &body);
    assert_eq!((status, text.len()), (200, 6 << 20), "{}", &text[..text.len().min(200)]);
    is_alive(&running);
}

#[test]
fn events_nobody_waits_for_are_run_and_run_again() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let text = b"n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    print('attempt', n)\n    raise ValueError(event)\n";
    let package = Package::build([("app.py", &text[..])]).unwrap();
    let nano = NanoSettings { run: Run::Edge, ..NanoSettings::default() };
    let deployment = Deployment { name: "fails".into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    running.edge().deploy(&deployment, &package).unwrap();
    let head = "X-Amz-Invocation-Type: Event\r\n";
    let (status, body) = request(&running, "POST", "/2015-03-31/functions/fails/invocations", head, b"{}");
    assert_eq!((status, body.as_str()), (202, ""));
    let mut after = 0;
    for attempt in 1..=3 {
        // Waits on the server's side until there is more.
        let path = format!("/_nano/logs/fails?after={after}&wait_ms=30000");
        let (status, body) = request(&running, "GET", &path, "", b"");
        let records = json(&body);
        assert_eq!((status, records.as_array().unwrap().len()), (200, 1), "{body}");
        assert!(records[0]["text"].as_str().unwrap().contains(&format!("\nattempt {attempt}\n")), "{body}");
        after = records[0]["sequence"].as_u64().unwrap();
    }
}

#[test]
fn nanos_own_routes() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let get = |path: &str| {
        let (status, body) = request(&running, "GET", path, "", b"");
        (status, json(&body))
    };
    let (status, functions) = get("/_nano/functions");
    assert_eq!((status, &functions[0]["name"], &functions[0]["runs_on"]), (200, &"echo".into(), &"edge".into()));
    let (status, body) = request(&running, "POST", "/_nano/functions/echo/invoke?on=cloud", "", b"[1]");
    let answer = json(&body);
    assert_eq!(
        (status, &answer["on"], &answer["result"], &answer["logs"]),
        (200, &"cloud".into(), &json("[1]"), &"hi\n".into())
    );
    let (status, _) = request(&running, "POST", "/_nano/functions/echo/invoke?on=moon", "", b"[1]");
    assert_eq!(status, 400);
    let (status, records) = get("/_nano/logs/echo");
    assert!(status == 200 && records[0]["text"].as_str().unwrap().contains("\nhi\n"));
    assert_eq!(get("/_nano/logs/nobody"), (200, json("[]")));

    assert_eq!(request(&running, "PUT", "/_nano/woofs/garden/level?element=8&history=4", "", b"").0, 200);
    assert_eq!(request(&running, "PUT", "/_nano/woofs/garden/level?element=9&history=4", "", b"").0, 409);
    for text in ["1", "2", "3"] {
        assert_eq!(request(&running, "POST", "/_nano/woofs/garden/level", "", text.as_bytes()).0, 200);
    }
    assert_eq!(request(&running, "POST", "/_nano/woofs/garden/level", "", b"too long for it").0, 413);
    assert_eq!(request(&running, "POST", "/_nano/woofs/garden/nothing", "", b"x").0, 404);
    let (_, stat) = get("/_nano/woofs/garden/level");
    assert_eq!((&stat["last"], &stat["element"]), (&3.into(), &8.into()));
    let (_, tail) = get("/_nano/woofs/garden/level?tail=2");
    assert_eq!((&tail[0]["text"], &tail[1]["text"], &tail[1]["base64"]), (&"2".into(), &"3".into(), &"Mw==".into()));
    assert_eq!(get("/_nano/woofs/garden/level?sequence=1").1["text"], "1");
    assert_eq!(get("/_nano/woofs/garden/level?sequence=9").0, 404);
    assert_eq!(get("/_nano/woofs/garden").1.as_array().unwrap().len(), 1);
    assert_eq!(request(&running, "DELETE", "/_nano/woofs/garden/level", "", b"").0, 200);
    assert_eq!(get("/_nano/woofs/garden/level").0, 404);
}

/// What an emulator does.
struct Devices;

impl Extension for Devices {
    fn answer(&self, request: &ExtensionRequest) -> Option<ExtensionResponse> {
        let wants = request.query.iter().any(|(name, value)| name == "on" && value == "device");
        (request.path.ends_with("/invoke") && wants).then(|| ExtensionResponse {
            status: 200,
            content_type: "application/json",
            retry_after: None,
            body: format!("{{\"on\":\"device\",\"event\":{}}}", String::from_utf8_lossy(&request.body)).into(),
        })
    }
}

/// A browser sends such requests for any page, without asking the edge first.
#[test]
fn pages_of_other_sites_ask_for_nothing() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    running.edge().woofs().create("house/light", 64, 8).unwrap();
    let append = |origin: &str| {
        let head = format!("Content-Type: text/plain\r\nOrigin: {origin}\r\n");
        request(&running, "POST", "/_nano/woofs/house/light", &head, b"1").0
    };
    assert_eq!([append("https://evil.example"), append("null")], [403, 403]);
    assert_eq!(running.edge().woofs().stat("house/light").unwrap().last, None);
    assert_eq!(append("http://localhost:3000"), 200);
    for path in [INVOKE, "/2015-03-31/functions", "/_nano/functions/echo/invoke"] {
        assert_eq!(request(&running, "POST", path, "Origin: https://evil.example\r\n", b"{}").0, 403, "{path}");
    }
    is_alive(&running);
}

#[test]
fn extensions_are_asked_first() {
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::new(0, data.path(), "");
    config.extension = Some(Arc::new(Devices));
    let running = Server::start(config).unwrap();
    let (status, body) = request(&running, "POST", "/_nano/functions/x/invoke?on=device", "", b"7");
    assert_eq!((status, body.as_str()), (200, r#"{"on":"device","event":7}"#));
    assert_eq!(request(&running, "POST", "/_nano/functions/x/invoke?on=edge", "", b"7").0, 404);
}

#[test]
fn a_shutdown_lets_requests_end() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let text = b"import time\ndef handler(event, context):\n    time.sleep(0.5)\n    return 'done'\n";
    let package = Package::build([("app.py", &text[..])]).unwrap();
    let nano = NanoSettings { run: Run::Cloud, ..NanoSettings::default() };
    let deployment = Deployment { name: "slow".into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    running.edge().deploy(&deployment, &package).unwrap();
    let mut events = running.edge().events();
    let mut stream = TcpStream::connect(running.addr()).unwrap();
    let path = "/2015-03-31/functions/slow/invocations";
    stream.write_all(format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{{}}").as_bytes()).unwrap();
    // The request is under way when its worker has been asked for.
    while std::fs::read_dir(data.path().join("work")).unwrap().count() < 3 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let addr = running.addr();
    running.shutdown();
    assert!(TcpStream::connect(addr).is_err());
    let mut answer = String::new();
    let _ = stream.read_to_string(&mut answer);
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with("\"done\""), "{answer}");
    assert!(events.try_recv().is_ok());
}

/// What is being read at once has room; what comes on top is told to come again, and finds room when others have gone.
#[test]
fn bodies_beyond_the_room_there_is_are_put_off() {
    let data = tempfile::tempdir().unwrap();
    // Whoever is slow is waited for as long as this takes.
    let body_timeout = Duration::from_secs(3600);
    let limits = ClientLimits { body_timeout, ..ClientLimits::default() };
    let running = start_with(Config { limits, ..Config::new(0, data.path(), std::env::var("PATH").unwrap()) });
    let head =
        format!("POST /2015-03-31/functions HTTP/1.1\r\nHost: {}\r\nContent-Length: 70000000\r\n\r\n", running.addr());
    // Each of these has said that it will send 70 MB, and sends nothing.
    let slow: Vec<TcpStream> = (0..7)
        .map(|_| {
            let mut stream = TcpStream::connect(running.addr()).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    let put_off = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        let answer = exchange(&running, head.as_bytes());
        assert!(
            answer.is_empty() || answer.starts_with("HTTP/1.1 4") || answer.starts_with("HTTP/1.1 503"),
            "{answer}"
        );
        let lower = answer.to_ascii_lowercase();
        lower.starts_with("http/1.1 503") && lower.contains("retry-after: 1")
    });
    assert!(put_off);
    // Small requests have room still.
    is_alive(&running);
    let (status, text) = request(&running, "GET", "/_nano/metrics", "", b"");
    assert_eq!(status, 200);
    let value = |name: &str| -> f64 {
        let line = text.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
        line.and_then(|line| line.rsplit(' ').next()).unwrap_or_else(|| panic!("{name}: {text}")).parse().unwrap()
    };
    assert!(value("nano_shed_total") >= 1.0 && value("nano_connections") >= 8.0 && value("nano_functions") == 1.0);
    assert!(value("nano_requests_total{service=\"lambda\",status=\"2xx\"}") >= 1.0);
    drop(slow);
    let back = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !exchange(&running, head.as_bytes()).starts_with("HTTP/1.1 503")
    });
    assert!(back);
}

/// The disk below an edge fills up, and has room again.
#[test]
fn a_full_disk_is_answered_as_unavailable_until_there_is_room() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let disk = nano_woof::faults::Disk::over(data.path());
    assert_eq!(request(&running, "PUT", "/bucket", "", b"").0, 200);
    let large: Vec<u8> = (0..3_000_000_u32).map(|at| (at % 251) as u8).collect();
    assert_eq!(request(&running, "PUT", "/bucket/large", "", &large).0, 200);
    disk.fill();
    for attempt in 0..3 {
        let (status, body) = request(&running, "PUT", &format!("/bucket/other{attempt}"), "", &large);
        assert!(status == 503 && body.contains("<Code>ServiceUnavailable</Code>"), "{status} {body}");
        let (status, body) = request(&running, "PUT", "/_nano/woofs/app/log?element=64", "", b"");
        assert!(status >= 500, "{status} {body}");
        // What is there is read, and functions run.
        let (status, body) = request(&running, "GET", "/bucket/large", "", b"");
        assert_eq!((status, body.len()), (200, String::from_utf8_lossy(&large).len()));
        is_alive(&running);
    }
    disk.mend();
    // The first one's event may have its place in the journal; the others were refused before.
    let (status, body) = request(&running, "GET", "/bucket/other0", "", b"");
    assert!(status == 404 || body.len() == String::from_utf8_lossy(&large).len(), "{status} {}", body.len());
    for attempt in 1..3 {
        assert_eq!(request(&running, "GET", &format!("/bucket/other{attempt}"), "", b"").0, 404);
    }
    assert_eq!(request(&running, "PUT", "/bucket/other1", "", &large).0, 200);
    assert_eq!(request(&running, "PUT", "/bucket/small", "", b"x").0, 200);
    assert_eq!(request(&running, "PUT", "/_nano/woofs/app/log?element=64", "", b"").0, 200);
    assert_eq!(request(&running, "POST", "/_nano/woofs/app/log", "", b"1").0, 200);
    disk.fill();
    for _ in 0..3 {
        let (status, body) = request(&running, "POST", "/_nano/woofs/app/log", "", b"2");
        assert_eq!(status, 507, "{body}");
    }
    disk.mend();
    let (status, body) = request(&running, "POST", "/_nano/woofs/app/log", "", b"3");
    assert_eq!((status, &json(&body)["sequence"]), (200, &Value::from(2)));
    disk.forget();
}

/// A disk that fails once ends what is written, until the edge is started again; who watches its health hears of it.
#[test]
fn an_edge_that_writes_no_more_says_so() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    let disk = nano_woof::faults::Disk::over(data.path());
    assert_eq!(request(&running, "PUT", "/bucket", "", b"").0, 200);
    let (status, body) = request(&running, "GET", "/_nano/health", "", b"");
    assert_eq!((status, json(&body)["status"].as_str()), (200, Some("running")));
    assert!(request(&running, "GET", "/_nano/metrics", "", b"").1.contains("\nnano_store_failed 0\n"));
    let failed = (1..40).any(|call| {
        disk.fail(call, nano_woof::faults::Fault::Error);
        request(&running, "PUT", "/bucket/key", "", b"x").0 >= 500
            && request(&running, "GET", "/_nano/health", "", b"").0 == 503
    });
    assert!(failed);
    disk.mend();
    assert_eq!(request(&running, "PUT", "/bucket/key", "", b"x").0, 500);
    let (status, body) = request(&running, "GET", "/_nano/health", "", b"");
    let health = json(&body);
    assert_eq!(
        (status, health["status"].as_str(), health["services"]["s3"].as_str()),
        (503, Some("failed"), Some("failed"))
    );
    assert!(health["reason"].as_str().unwrap().contains("open it again"), "{health}");
    assert!(request(&running, "GET", "/_nano/metrics", "", b"").1.contains("\nnano_store_failed 1\n"));
    disk.forget();
}

/// A page of another site, whose name was made to lead here after it had come ("DNS rebinding"): its browser takes the two for
/// one site, and sends no `Origin`.
#[test]
fn without_keys_names_that_anyone_may_have_are_not_answered_to() {
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::new(0, data.path(), std::env::var("PATH").unwrap());
    config.names = vec!["edge.example".to_owned()];
    let running = start_with(config);
    running.edge().store().create_bucket("bucket", "").unwrap();
    let ask = |method: &str, path: &str, host: &str| {
        let head =
            format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        exchange(&running, head.as_bytes())
    };
    for (method, path) in [
        ("GET", "/"),
        ("GET", "/bucket"),
        ("PUT", "/bucket/key"),
        ("GET", "/_nano/health"),
        ("GET", "/_nano/metrics"),
        ("GET", "/_nano/woofs"),
        ("GET", "/2015-03-31/functions/"),
        ("POST", INVOKE),
        ("GET", "/_nano/url/x/"),
    ] {
        for host in ["evil.example:4566", "evil.example", "127.0.0.1.evil.example", "x.lambda-url.evil.example"] {
            let answer = ask(method, path, host);
            assert!(answer.starts_with("HTTP/1.1 421 "), "{method} {path} {host}: {answer}");
            assert!(answer.contains("names of this machine only"), "{answer}");
        }
        for host in ["localhost:4566", "127.0.0.1", "[::1]:1", "edge.example", "bucket.s3.localhost:4566"] {
            let answer = ask(method, path, host);
            assert!(!answer.starts_with("HTTP/1.1 421 "), "{method} {path} {host}: {answer}");
        }
    }
    assert!(running.edge().store().object("bucket", "key").is_ok(), "it was put by another name");
}

/// What a browser sends for a page of any site without asking first: forms and texts.
#[test]
fn without_keys_pages_of_other_sites_change_no_objects() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path());
    assert_eq!(request(&running, "PUT", "/bucket", "", b"").0, 200);
    assert_eq!(request(&running, "PUT", "/bucket/key", "", b"kept").0, 200);
    let delete: &[u8] = b"<Delete><Object><Key>key</Key></Object></Delete>";
    let form: &[u8] = b"--x\r\nContent-Disposition: form-data; name=\"key\"\r\n\r\nforeign\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\nbytes\r\n--x--\r\n";
    let form_type = "Content-Type: multipart/form-data; boundary=x\r\n";
    let try_all = |origin: &str, expected: u16| {
        let (status, body) = request(&running, "POST", "/bucket?delete", origin, delete);
        assert_eq!(status, expected, "{body}");
        let (status, body) = request(&running, "POST", "/bucket", &format!("{form_type}{origin}"), form);
        assert_eq!(status == 403, expected == 403, "{body}");
        let (status, body) = request(&running, "POST", "/bucket/other?uploads", origin, b"");
        assert_eq!(status, expected, "{body}");
    };
    for origin in ["Origin: http://evil.example\r\n", "Origin: null\r\n"] {
        try_all(origin, 403);
        assert_eq!(request(&running, "GET", "/bucket/key", "", b"").0, 200);
        assert_eq!(request(&running, "GET", "/bucket/foreign", "", b"").0, 404);
    }
    // A bucket may say that they may.
    let cors: &[u8] = b"<CORSConfiguration><CORSRule><AllowedOrigin>http://evil.example</AllowedOrigin><AllowedMethod>POST</AllowedMethod><AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>";
    let (status, body) = request(&running, "PUT", "/bucket?cors", "", cors);
    assert_eq!(status, 200, "{body}");
    try_all("Origin: http://evil.example\r\n", 200);
    assert_eq!(request(&running, "GET", "/bucket/key", "", b"").0, 404);
    try_all("Origin: http://localhost:3000\r\n", 200);
}

/// A socket of version 6 takes clients of version 4 as `::ffff:a.b.c.d`, which no network of version 4 has.
#[test]
fn addresses_of_clients_are_written_as_policies_write_them() {
    if std::net::TcpListener::bind("[::]:0").is_err() {
        return;
    }
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::new(0, data.path(), std::env::var("PATH").unwrap());
    config.addr = "[::]:0".parse().unwrap();
    let running = start_with(config);
    let ask = |method: &str, path: &str, body: &str| {
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", running.addr().port())) else { return String::new() };
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    let made = ask("POST", "/2021-10-31/functions/echo/url", r#"{"AuthType": "NONE"}"#);
    if made.is_empty() {
        // Sockets of version 6 take no others here.
        return;
    }
    let url = json(made.split_once("\r\n\r\n").unwrap().1)["FunctionUrl"].as_str().unwrap().to_owned();
    let path = &url[url.find("/_nano/").unwrap()..];
    let answer = ask("GET", path, "");
    assert!(
        answer.contains("\"sourceIp\":\"127.0.0.1\"") || answer.contains("\"sourceIp\": \"127.0.0.1\""),
        "{answer}"
    );
}

/// What says what is to be done with objects is read before it is known who says it.
#[test]
fn requests_for_s3_that_are_held_have_room_together() {
    let data = tempfile::tempdir().unwrap();
    let limits = ClientLimits { body_timeout: Duration::from_secs(3600), ..ClientLimits::default() };
    let running = start_with(Config { limits, ..Config::new(0, data.path(), std::env::var("PATH").unwrap()) });
    assert_eq!(request(&running, "PUT", "/bucket", "", b"").0, 200);
    let head = |method: &str, path: &str| {
        format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nContent-Length: 20000000\r\n\r\n", running.addr())
    };
    let begin = |head: String| {
        let mut stream = TcpStream::connect(running.addr()).unwrap();
        stream.write_all(head.as_bytes()).unwrap();
        stream
    };
    let paths = [("POST", "/bucket?delete"), ("PUT", "/bucket?policy"), ("POST", "/bucket/key?uploadId=x")];
    let slow: Vec<TcpStream> = (0..30).map(|number| paths[number % 3]).map(|(m, p)| begin(head(m, p))).collect();
    let put_off = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        let answer = exchange(&running, head("POST", "/bucket?delete").as_bytes());
        let is_put_off = answer.starts_with("HTTP/1.1 503");
        assert!(
            !is_put_off || (answer.contains("<Code>SlowDown</Code>") && answer.contains("<RequestId>")),
            "{answer}"
        );
        is_put_off
    });
    assert!(put_off);
    // Objects are not held, and others have room still.
    assert_eq!(request(&running, "PUT", "/bucket/key", "", &vec![7; 300_000]).0, 200);
    assert_eq!(request(&running, "GET", "/bucket/key", "", b"").0, 200);
    drop(slow);
    let back = (0..6000).any(|_| {
        std::thread::sleep(Duration::from_millis(10));
        !exchange(&running, head("POST", "/bucket?delete").as_bytes()).starts_with("HTTP/1.1 503")
    });
    assert!(back);
}
