//! A `nano serve` that verifies signatures, for as long as a test needs it.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Its process, and where it listens. Key: `AKTEST`, secret: `hidden`.
pub struct Serve(Child, pub String);

impl Serve {
    pub fn start(data: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["serve", "--json", "--port", "0", "--auth", "AKTEST:hidden", "--data"])
            .arg(data)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        let endpoint = serde_json::from_str::<Value>(&ready).unwrap()["endpoint"].as_str().unwrap().to_owned();
        Self(child, endpoint)
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
