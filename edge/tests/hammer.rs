//! Functions that change while they run: what many do at once, and who goes away in the middle.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use nano_edge::{Answer, Config, Deployment, Edge, EdgeOptions, Invoke, NanoSettings, Package, Run, Running, Server};

/// Says that it has begun, and waits until it may go on.
const WAITS: &str = "\
import device, time

def handler(event, context):
    device.append('begun', b'1')
    while not device.latest('go'):
        time.sleep(0.01)
    return 'over'
";

fn options(data: &Path) -> EdgeOptions {
    EdgeOptions::new(data, std::env::var("PATH").unwrap())
}

fn deploy(edge: &Edge, name: &str, text: &str, run: Run) {
    let package = Package::build([("app.py", text.as_bytes())]).unwrap();
    let nano = NanoSettings { run, namespace: Some("home".into()), ..NanoSettings::default() };
    let deployment = Deployment { name: name.into(), handler: "app.handler".into(), nano, ..Deployment::default() };
    edge.deploy(&deployment, &package).unwrap();
}

fn deploy_waiting(edge: &Edge) {
    for log in ["home/begun", "home/go"] {
        edge.woofs().create(log, 64, 64).unwrap();
    }
    deploy(edge, "waits", WAITS, Run::Cloud);
}

fn result(answer: &Answer) -> String {
    match &answer.result {
        Ok(result) => String::from_utf8(result.to_vec()).unwrap(),
        Err(failure) => panic!("{}: {}", failure.error_type, failure.message),
    }
}

/// Waits until it is so.
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    for _ in 0..3000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("never: {what}");
}

fn begun(edge: &Edge, count: u64) {
    until("begun", || edge.woofs().stat("home/begun").unwrap().last.is_some_and(|last| last.get() >= count));
}

#[test]
fn an_update_takes_no_code_from_who_waits_for_a_worker() {
    let data = tempfile::tempdir().unwrap();
    let edge = Edge::open(EdgeOptions { most_workers: 1, ..options(data.path()) }).unwrap();
    deploy_waiting(&edge);
    let version = |number: u32| format!("def handler(event, context):\n    return {number}\n");
    deploy(&edge, "f", &version(1), Run::Cloud);
    thread::scope(|scope| {
        let first = scope.spawn(|| edge.invoke("waits", Invoke::default()));
        begun(&edge, 1);
        let second = scope.spawn(|| edge.invoke("f", Invoke::default()));
        // It has found its version, and all workers are busy.
        until("found", || {
            let functions = edge.functions().all();
            std::sync::Arc::strong_count(&functions[0]) > 2
        });
        deploy(&edge, "f", &version(2), Run::Cloud);
        // Whoever cleans up has been here.
        edge.functions().drop_unused_code().unwrap();
        edge.woofs().append("home/go", b"1").unwrap();
        assert_eq!(result(&first.join().unwrap().unwrap()), "\"over\"");
        assert_eq!(result(&second.join().unwrap().unwrap()), "1");
    });
    assert_eq!(result(&edge.invoke("f", Invoke::default()).unwrap()), "2");
}

#[test]
fn functions_change_while_they_are_invoked() {
    let data = tempfile::tempdir().unwrap();
    let edge = Edge::open(EdgeOptions { most_workers: 2, ..options(data.path()) }).unwrap();
    let version = |number: u32| format!("def handler(event, context):\n    return {number}\n");
    for (name, run) in [("edge", Run::Edge), ("cloud", Run::Cloud)] {
        deploy(&edge, name, &version(0), run);
    }
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        for name in ["edge", "edge", "cloud", "cloud"] {
            let (edge, is_over) = (&edge, &is_over);
            scope.spawn(move || {
                let mut last = 0;
                while !is_over.load(Ordering::Relaxed) {
                    let number = result(&edge.invoke(name, Invoke::default()).unwrap()).parse::<u32>().unwrap();
                    assert!(number >= last, "{name} went back from {last} to {number}");
                    last = number;
                }
            });
        }
        for number in 1..40 {
            for (name, run) in [("edge", Run::Edge), ("cloud", Run::Cloud)] {
                deploy(&edge, name, &version(number), run);
            }
            edge.functions().drop_unused_code().unwrap();
            thread::sleep(Duration::from_millis(10));
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

fn invoke(running: &Running, name: &str) -> TcpStream {
    let mut stream = TcpStream::connect(running.addr()).unwrap();
    let request = format!(
        "POST /2015-03-31/functions/{name}/invocations HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{{}}"
    );
    stream.write_all(request.as_bytes()).unwrap();
    stream
}

fn status(mut stream: TcpStream) -> String {
    let mut answer = String::new();
    std::io::Read::read_to_string(&mut stream, &mut answer).unwrap();
    answer.split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn an_invocation_counts_until_it_ends_although_its_client_is_gone() {
    let data = tempfile::tempdir().unwrap();
    let running = Server::start(Config::new(0, data.path(), std::env::var("PATH").unwrap())).unwrap();
    let edge = running.edge();
    deploy_waiting(edge);
    let reserve = br#"{"ReservedConcurrentExecutions": 1}"#;
    let mut stream = TcpStream::connect(running.addr()).unwrap();
    let head = format!(
        "PUT /2017-10-31/functions/waits/concurrency HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        reserve.len()
    );
    stream.write_all(&[head.as_bytes(), reserve].concat()).unwrap();
    assert_eq!(status(stream), "200");

    let client = invoke(&running, "waits");
    begun(edge, 1);
    // Gone without a word: the connection is reset, not closed.
    rustix::net::sockopt::set_socket_linger(&client, Some(Duration::ZERO)).unwrap();
    drop(client);
    for _ in 0..20 {
        assert_eq!(status(invoke(&running, "waits")), "429");
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(edge.woofs().stat("home/begun").unwrap().last.unwrap().get(), 1);
    edge.woofs().append("home/go", b"1").unwrap();
    let mut last = String::new();
    until("its place is free", || {
        last = status(invoke(&running, "waits"));
        last == "200"
    });
}
