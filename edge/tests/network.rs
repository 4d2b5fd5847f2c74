//! What of the network CPython workers reach: handlers that try.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use nano_edge::{
    Config, Deployment, Invoke, NanoSettings, Network, NetworkLimit, Package, Run, Running, Sandbox, Server,
};
use serde_json::{Value, json};

const TRIES: &str = r#"
import json, os, socket, urllib.request

def outcome(what, *arguments):
    try:
        return what(*arguments)
    except OSError as error:
        return type(error).__name__

def connect(host, port):
    with socket.create_connection((host, port), timeout=5) as line:
        line.sendall(b"hello")
        return line.recv(100).decode()

def send(host, port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        return line.sendto(b"hello", (host, port))

def abstract(name):
    with socket.socket(socket.AF_UNIX) as line:
        line.connect("\0" + name)
        return "connected"

def handler(event, context):
    health = json.load(urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_nano/health"))
    named = outcome(socket.getaddrinfo, "nano.invalid", 80)
    return {
        "health": health["status"],
        "tcp": outcome(connect, "127.0.0.1", event["port"]),
        "udp": outcome(send, "127.0.0.1", event["port"]),
        "abstract": outcome(abstract, event["abstract"]),
        "outside": outcome(connect, "192.0.2.1", 80) if event["outside"] else None,
        "named": named,
        "interfaces": [name for _, name in socket.if_nameindex()],
    }
"#;

fn start(data: &Path, network: Network) -> (Running, Sandbox) {
    let mut config = Config::new(0, data, std::env::var("PATH").unwrap());
    config.edge.network = network;
    let running = Server::start(config).unwrap();
    let sandbox = running.edge().sandbox().unwrap();
    for name in ["tries", "other"] {
        let package = Package::build([("app.py", format!("{TRIES}# {name}\n").as_bytes())]).unwrap();
        let nano = NanoSettings { run: Run::Cloud, timeout_ms: Some(30_000), ..NanoSettings::default() };
        let handler = "app.handler".to_owned();
        let deployment = Deployment { name: name.to_owned(), handler, nano, ..Deployment::default() };
        running.edge().deploy(&deployment, &package).unwrap();
    }
    (running, sandbox)
}

fn invoke(running: &Running, name: &str, event: &Value) -> (Value, String) {
    let answer = running.edge().invoke(name, Invoke::new(event.to_string())).unwrap();
    let result = answer.result.unwrap_or_else(|failure| panic!("{failure:?}\n{}", answer.output));
    (serde_json::from_slice(&result).unwrap(), answer.output)
}

/// Somebody on this machine who answers whoever connects.
fn neighbour() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 5]);
            let _ = stream.write_all(b"secret");
        }
    });
    port
}

fn abstract_socket() -> (std::os::unix::net::UnixListener, String) {
    use std::os::linux::net::SocketAddrExt as _;
    let name = format!("nano-test-{}", std::process::id());
    let address = std::os::unix::net::SocketAddr::from_abstract_name(&name).unwrap();
    (std::os::unix::net::UnixListener::bind_addr(&address).unwrap(), name)
}

#[test]
fn a_function_reaches_the_edge_and_nothing_else() {
    let data = tempfile::tempdir().unwrap();
    let (running, sandbox) = start(data.path(), Network::Edge);
    if sandbox.network == NetworkLimit::Shared {
        eprintln!("this kernel has no way to do it: {sandbox}");
        return;
    }
    let (_listener, name) = abstract_socket();
    let event = json!({"port": neighbour(), "abstract": name, "outside": true});
    for function in ["tries", "other", "tries"] {
        let (got, _) = invoke(&running, function, &event);
        assert_eq!(got["health"], "running", "{got}");
        assert!(matches!(got["tcp"].as_str(), Some("ConnectionRefusedError" | "PermissionError")), "{got}");
        assert!(matches!(got["outside"].as_str(), Some("OSError" | "PermissionError")), "{got}");
        assert_eq!(got["named"], "gaierror", "{got}");
        if sandbox.network == NetworkLimit::Own {
            assert_eq!(got["interfaces"], json!(["lo"]));
            assert_eq!(got["abstract"], "ConnectionRefusedError", "{got}");
        }
    }
    // Many requests at once, and large ones, go through a worker's door as through the edge's own.
    let many = r#"
import concurrent.futures, os, urllib.request
URL = os.environ["AWS_ENDPOINT_URL"]

def put(number):
    body = bytes([number]) * 1_000_000
    urllib.request.urlopen(urllib.request.Request(f"{URL}/bkt/{number}", method="PUT", data=body)).close()
    return urllib.request.urlopen(f"{URL}/bkt/{number}").read() == body

def handler(event, context):
    urllib.request.urlopen(urllib.request.Request(URL + "/bkt", method="PUT")).close()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        return all(pool.map(put, range(32)))
"#;
    let package = Package::build([("app.py", many.as_bytes())]).unwrap();
    let nano = NanoSettings { run: Run::Cloud, timeout_ms: Some(60_000), ..NanoSettings::default() };
    let handler = "app.handler".to_owned();
    let deployment = Deployment { name: "many".to_owned(), handler, nano, ..Deployment::default() };
    running.edge().deploy(&deployment, &package).unwrap();
    assert_eq!(invoke(&running, "many", &json!({})).0, true);
}

#[test]
fn who_is_cut_off_is_told_how_not_to_be() {
    let data = tempfile::tempdir().unwrap();
    let (running, sandbox) = start(data.path(), Network::Edge);
    if sandbox.network != NetworkLimit::Own {
        return;
    }
    let text = "import urllib.request\ndef handler(event, context):\n    urllib.request.urlopen(event)\n";
    let package = Package::build([("app.py", text.as_bytes())]).unwrap();
    let nano = NanoSettings { run: Run::Cloud, ..NanoSettings::default() };
    let handler = "app.handler".to_owned();
    running
        .edge()
        .deploy(&Deployment { name: "calls".to_owned(), handler, nano, ..Deployment::default() }, &package)
        .unwrap();
    for url in ["http://192.0.2.1/", "http://nano.invalid/"] {
        let answer = running.edge().invoke("calls", Invoke::new(json!(url).to_string())).unwrap();
        assert_eq!(answer.result.unwrap_err().error_type, "URLError");
        assert!(answer.output.contains("--network host"), "{url}: {}", answer.output);
    }
}

#[test]
fn a_function_has_the_machines_network_where_that_is_asked_for() {
    let data = tempfile::tempdir().unwrap();
    let (running, sandbox) = start(data.path(), Network::Host);
    assert_eq!(sandbox.network, NetworkLimit::Shared);
    let (_listener, name) = abstract_socket();
    let (got, output) = invoke(&running, "tries", &json!({"port": neighbour(), "abstract": name, "outside": false}));
    assert_eq!((&got["health"], &got["tcp"], &got["udp"]), (&json!("running"), &json!("secret"), &json!(5)));
    assert!(!output.contains("--network"), "{output}");
}

/// Where namespaces can't be had, Landlock and seccomp keep all ports but one away: what `sandbox.py` does then.
const WITHOUT_NAMESPACES: &str = r#"
import os, socket, sys, tempfile
sys.path.insert(0, sys.argv[1])
import sandbox

sandbox.PIVOT_ROOT = None  # as on a processor that is not known: no namespaces
folder = tempfile.mkdtemp()
box = sandbox.Sandbox(folder, folder)
report = box.report()
assert not report["namespaces"], report
if report["network"] != "ports":
    print("skipped:", report)
    sys.exit()

def listener():
    made = socket.socket()
    made.bind(("127.0.0.1", 0))
    made.listen()
    return made, made.getsockname()[1]

edge, edge_port = listener()
other, other_port = listener()
tried = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
tried.bind(("127.0.0.1", 0))

def attempt(what):
    try:
        what()
        return "done"
    except OSError as error:
        return type(error).__name__

def inside():
    temporary = os.path.join(folder, "tmp")
    os.mkdir(temporary)
    request = {"task": folder, "runtime": folder, "layers": None, "temporary": temporary, "doors": [edge_port],
               "memory_megabytes": 512, "file_megabytes": 512}
    box.show(request, sandbox.owner_of(1))
    box.close(request, sandbox.owner_of(1))
    got = [
        attempt(lambda: socket.create_connection(("127.0.0.1", edge_port)).close()),
        attempt(lambda: socket.create_connection(("127.0.0.1", other_port)).close()),
        attempt(lambda: socket.socket().bind(("127.0.0.1", 0))),
        attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM)),
        attempt(lambda: socket.socket(socket.AF_INET6, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)),
        attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262)),
        attempt(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)),
        attempt(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)),
        attempt(lambda: socket.socket(socket.AF_INET6).close()),
        attempt(lambda: [one.close() for one in socket.socketpair()]),
    ]
    wanted = ["done"] + ["PermissionError"] * 7 + ["done"] * 2
    assert got == wanted, got

why = sandbox.attempt(inside)
assert why is None, why
print("held")
"#;

#[test]
fn without_namespaces_all_ports_but_the_edges_are_closed() {
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/run/cpython");
    let output = Command::new("python3").args(["-c", WITHOUT_NAMESPACES]).arg(runtime).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    eprintln!("{out}");
}

/// A package with a runtime client of its own finds the Runtime API where Lambda has it, in its own network.
#[test]
fn the_runtime_api_is_in_the_workers_network_too() {
    let client = r#"
import http.client, json, os, urllib.request
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
while True:
    api.request("GET", "/2018-06-01/runtime/invocation/next")
    answer = api.getresponse()
    event, request_id = json.load(answer), answer.headers["Lambda-Runtime-Aws-Request-Id"]
    health = json.load(urllib.request.urlopen(os.environ["AWS_ENDPOINT_URL"] + "/_nano/health"))
    result = json.dumps([event, os.environ["AWS_LAMBDA_RUNTIME_API"], health["status"]])
    api.request("POST", "/2018-06-01/runtime/invocation/" + request_id + "/response", result)
    api.getresponse().read()
"#;
    let files = [("app.py", ""), ("awslambdaric/__init__.py", ""), ("awslambdaric/__main__.py", client)];
    for network in [Network::Edge, Network::Host] {
        let data = tempfile::tempdir().unwrap();
        let (running, sandbox) = start(data.path(), network);
        let package = Package::build(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap();
        let nano = NanoSettings { run: Run::Cloud, timeout_ms: Some(30_000), ..NanoSettings::default() };
        let handler = "app.handler".to_owned();
        let deployment = Deployment { name: "own".to_owned(), handler, nano, ..Deployment::default() };
        running.edge().deploy(&deployment, &package).unwrap();
        for event in 0..3 {
            let (got, _) = invoke(&running, "own", &json!(event));
            assert_eq!((&got[0], &got[2]), (&json!(event), &json!("running")));
            assert_eq!(got[1] == "127.0.0.1:9001", sandbox.network == NetworkLimit::Own, "{got}");
        }
    }
}
