//! CloudWatch Logs as its users see it: a real server, and boto3 against it. (Of the AWS CLI `clients` has a test.)

mod support;

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use nano_edge::{Config, Running, Server};

fn start(data: &Path, day: Duration) -> Running {
    let mut config = Config::new(0, data, std::env::var("PATH").unwrap());
    config.edge.lifecycle_day = day;
    Server::start(config).unwrap()
}

/// Runs a flow of `logs/flows.py` against a server.
fn flow(running: &Running, name: &str) {
    let flows = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs/flows.py");
    let mut command = Command::new(support::python());
    let output = command.arg(flows).arg(format!("http://{}", running.addr())).arg(name).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{name}\n{out}{error}");
}

const DAY: Duration = Duration::from_hours(24);

fn flow_alone(name: &str, day: Duration) {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), day);
    flow(&running, name);
    running.shutdown();
}

#[test]
fn groups() {
    flow_alone("groups", DAY);
}

#[test]
fn functions() {
    flow_alone("functions", DAY);
}

#[test]
fn patterns() {
    flow_alone("patterns", DAY);
}

#[test]
fn retention() {
    flow_alone("retention", Duration::from_hours(1));
}

#[test]
fn expiry() {
    flow_alone("expiry", Duration::from_secs(1));
}

#[test]
fn what_was_put_is_there_after_a_restart() {
    let data = tempfile::tempdir().unwrap();
    let running = start(data.path(), DAY);
    flow(&running, "fill");
    running.shutdown();
    let running = start(data.path(), DAY);
    flow(&running, "filled");
    running.shutdown();
}
