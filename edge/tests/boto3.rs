//! boto3 in IoTPy: a handler's calls of S3 and Lambda, answered in process, give what AWS's SDK on CPython gives.

mod support;

use std::path::Path;
use std::process::Command;

use nano_edge::s3::AccessKeys;
use nano_edge::{Config, Server};

fn check(keys: Option<AccessKeys>) {
    let data = tempfile::tempdir().unwrap();
    let config = Config { keys, ..Config::new(0, data.path(), std::env::var("PATH").unwrap()) };
    let running = Server::start(config).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/boto3/check.py");
    let output =
        Command::new(support::python()).arg(script).arg(format!("http://{}", running.addr())).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    running.shutdown();
}

#[test]
fn handlers_get_what_the_sdk_gives() {
    check(None);
}

/// The calls are signed with the function's credentials, and an edge with keys checks them.
#[test]
fn calls_are_signed() {
    check(Some(AccessKeys::default().with("nano", "nano")));
}
