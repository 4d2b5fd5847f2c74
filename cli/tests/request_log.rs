//! What `nano serve` says of requests: a line each, with the id that the client was told.

mod serving;

use std::io::{Read, Write};
use std::net::TcpStream;

use serving::Serve;

fn address(serve: &Serve) -> String {
    serve.endpoint.strip_prefix("http://").unwrap().to_owned()
}

/// The answer's head.
fn ask(address: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    write!(stream, "{request} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split("\r\n\r\n").next().unwrap().to_ascii_lowercase()
}

#[test]
fn every_answer_has_a_line_with_its_id_and_no_query() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = Serve::with(&folder.path().join("edge"), &["--port", "0", "--log", "all"]);
    let address = address(&serve);
    ask(&address, "PUT /readings");
    let refused = ask(&address, "GET /readings/none?X-Amz-Signature=0123");
    ask(&address, "GET /2015-03-31/functions");

    let made = serve.line();
    assert_eq!((&made["service"], &made["method"], &made["path"]), (&"s3".into(), &"PUT".into(), &"/readings".into()));
    let line = serve.line();
    assert_eq!(line["path"], "/readings/none", "{line}");
    assert!(line["status"].as_u64() >= Some(400), "{line}");
    let id = line["request_id"].as_str().unwrap();
    assert!(!id.is_empty() && refused.contains(&format!("x-amz-request-id: {}", id.to_ascii_lowercase())), "{refused}");
    let listed = serve.line();
    assert_eq!((&listed["service"], &listed["status"]), (&"lambda".into(), &200.into()), "{listed}");
    assert!(!listed["request_id"].as_str().unwrap().is_empty(), "{listed}");
}

#[test]
fn without_being_asked_it_tells_of_what_failed() {
    let folder = tempfile::tempdir().unwrap();
    let mut serve = Serve::with(&folder.path().join("edge"), &["--port", "0"]);
    let address = address(&serve);
    ask(&address, "PUT /readings");
    ask(&address, "GET /none/at/all");
    let line = serve.line();
    assert_eq!((&line["path"], &line["status"]), (&"/none/at/all".into(), &404.into()), "{line}");
}
