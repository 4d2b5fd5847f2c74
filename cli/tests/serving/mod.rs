//! `nano serve`, for as long as a test needs it. Each test file uses what it needs.
#![allow(dead_code)]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

/// Its process, killed as by a power cut when this is dropped.
pub struct Serve {
    child: Child,
    lines: BufReader<ChildStdout>,
    /// Where it listens: `http://127.0.0.1:PORT`.
    pub endpoint: String,
    /// What it said first.
    pub ready: Value,
}

impl Serve {
    /// At a port that is free, with signatures verified. Key: `AKTEST`, secret: `hidden`.
    pub fn start(data: &Path) -> Self {
        Self::with(data, &["--port", "0", "--auth", "AKTEST:hidden"])
    }

    /// With these arguments.
    pub fn with(data: &Path, arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_nano"))
            .args(["serve", "--json", "--data"])
            .arg(data)
            .args(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap());
        let mut serve = Self { child, lines, endpoint: String::new(), ready: Value::Null };
        serve.ready = serve.line();
        serve.endpoint = serve.ready["endpoint"].as_str().unwrap().to_owned();
        serve
    }

    /// Its number.
    pub fn id(&self) -> i32 {
        self.child.id().try_into().unwrap()
    }

    /// Its exit status, once it has ended by itself.
    pub fn wait(&mut self) -> std::process::ExitStatus {
        self.child.wait().unwrap()
    }

    /// Whether it is there.
    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The next line of JSON that it prints.
    pub fn line(&mut self) -> Value {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line:?}"))
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
