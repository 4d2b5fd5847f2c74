//! boto3 in IoTPy: a handler's calls of S3 and Lambda, answered in process, give what AWS's SDK on CPython gives.

mod support;

use std::path::Path;
use std::process::Command;

use nano_edge::{Config, Server};

#[test]
fn handlers_get_what_the_sdk_gives() {
    let data = tempfile::tempdir().unwrap();
    let running = Server::start(Config::new(0, data.path(), std::env::var("PATH").unwrap())).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3/check.py");
    let output =
        Command::new(support::python()).arg(script).arg(format!("http://{}", running.addr())).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    running.shutdown();
}
