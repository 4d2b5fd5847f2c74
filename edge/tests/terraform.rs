//! What Terraform's AWS provider asks, in its order, of a real server.

mod support;

use std::path::Path;
use std::process::Command;

use nano_edge::s3::AccessKeys;
use nano_edge::{Config, Server};

#[test]
fn what_terraform_asks_is_answered_as_it_expects() {
    let data = tempfile::tempdir().unwrap();
    let mut config = Config::new(0, data.path(), std::env::var("PATH").unwrap());
    config.keys = Some(AccessKeys::default().with("test", "test"));
    let running = Server::start(config).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/terraform/replay.py");
    let output =
        Command::new(support::python()).arg(script).arg(format!("http://{}", running.addr())).output().unwrap();
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    running.shutdown();
}
