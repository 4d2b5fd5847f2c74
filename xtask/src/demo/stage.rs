//! Where the demo plays: numbered steps, a folder that goes away, children that are ended.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::process;
use crate::repository::on_path;

/// Numbers the steps and says what became of each.
#[derive(Debug, Default)]
pub struct Stage {
    steps: u32,
}

impl Stage {
    /// Plays one step. What it returns is what it showed; an error ends the demo.
    pub fn step<T>(&mut self, title: &str, play: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
        self.steps += 1;
        println!("\n{}. {title}", self.steps);
        let start = Instant::now();
        let shown = play().map_err(|error| format!("step {} ({title}): {error}", self.steps))?;
        println!("   done in {:.1} s", start.elapsed().as_secs_f64());
        Ok(shown)
    }
}

/// Prints a line of what a step shows.
pub fn say(text: &str) {
    for line in text.lines() {
        println!("   {line}");
    }
}

/// A folder of the demo's own; gone when this is.
#[derive(Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// A new folder in the system's place for such.
    pub fn new() -> Result<Self, String> {
        let path = std::env::temp_dir().join(format!("nano-demo-{}", std::process::id()));
        fs::create_dir(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        Ok(Self(path))
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A program that keeps running while the demo talks to it, in a process group of its own.
#[derive(Debug)]
pub struct Server {
    child: Child,
    name: String,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts it; every line it prints is kept.
    pub fn start(command: &Command) -> Result<Self, String> {
        let name = process::display(command);
        say(&format!("$ {name} &"));
        let mut child = tied_to_us(command)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name}: {error}"))?;
        let lines = Arc::new(Mutex::new(Vec::new()));
        if let Some(pipe) = child.stdout.take() {
            collect(pipe, Arc::clone(&lines));
        }
        if let Some(pipe) = child.stderr.take() {
            collect(pipe, Arc::clone(&lines));
        }
        Ok(Self { child, name, lines })
    }

    /// The JSON objects it printed so far, from the one numbered `from` on.
    pub fn objects(&self, from: usize) -> Vec<Value> {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().filter_map(|line| serde_json::from_str(line).ok()).filter(Value::is_object).skip(from).collect()
    }

    /// Waits for an object it prints, from the one numbered `from` on.
    pub fn wait_for(
        &mut self,
        what: &str,
        from: usize,
        patience: Duration,
        is_it: impl Fn(&Value) -> bool,
    ) -> Result<Value, String> {
        self.wait(what, patience, |server| server.objects(from).into_iter().find(|object| is_it(object)))
    }

    /// Waits until `look` finds something; an error when the program ends or patience does.
    pub fn wait<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut look: impl FnMut(&mut Self) -> Option<T>,
    ) -> Result<T, String> {
        let start = Instant::now();
        loop {
            if let Some(found) = look(self) {
                return Ok(found);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{} ended while waiting for {what}: {status}\n{}", self.name, self.last_words()));
            }
            if start.elapsed() > patience {
                return Err(format!("{what}: not within {} s\n{}", patience.as_secs(), self.last_words()));
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Asks it to end and waits; an error when it, or anything it started, does not.
    pub fn stop(mut self) -> Result<(), String> {
        let group = self.child.id();
        // The program alone: ending what it started is its own duty, and is checked below.
        process::succeeds(Command::new("kill").args(["-TERM", &group.to_string()]));
        let start = Instant::now();
        let mut status = None;
        while status.is_none() && start.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(20));
            status = self.child.try_wait().map_err(|error| error.to_string())?;
        }
        match status {
            Some(status) if is_running(group) => {
                Err(format!("{} ended ({status}) and left processes of its group {group} running", self.name))
            }
            Some(status) => {
                say(&format!("ended: {status}"));
                Ok(())
            }
            None => Err(format!("{} did not end within 10 s of being asked", self.name)),
        }
    }

    fn last_words(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines[lines.len().saturating_sub(20)..].join("\n")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Whatever happened, nothing of the group outlives the demo. Killed processes take a moment to go.
        let group = self.child.id();
        let start = Instant::now();
        while is_running(group) && start.elapsed() < Duration::from_secs(10) {
            process::succeeds(Command::new("kill").args(["-KILL", "--", &format!("-{group}")]));
            thread::sleep(Duration::from_millis(5));
        }
        let _ = self.child.wait();
    }
}

/// The same program, asked to end when the demo does not live to do so (an interrupt from the keyboard).
fn tied_to_us(command: &Command) -> Command {
    let mut tied = if on_path("setpriv") {
        let mut tied = Command::new("setpriv");
        tied.args(["--pdeathsig", "TERM", "--"]).arg(command.get_program());
        tied
    } else {
        Command::new(command.get_program())
    };
    tied.args(command.get_args());
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => tied.env(name, value),
            None => tied.env_remove(name),
        };
    }
    if let Some(folder) = command.get_current_dir() {
        tied.current_dir(folder);
    }
    tied
}

fn collect(pipe: impl Read + Send + 'static, lines: Arc<Mutex<Vec<String>>>) {
    thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line);
        }
    });
}

/// Whether any process of the group is alive; one that has ended and waits to be noticed is not.
fn is_running(group: u32) -> bool {
    let Ok(processes) = fs::read_dir("/proc") else {
        return process::succeeds(Command::new("kill").args(["-0", "--", &format!("-{group}")]));
    };
    processes.filter_map(|entry| fs::read_to_string(entry.ok()?.path().join("stat")).ok()).any(|stat| {
        // `pid (name) state parent group ..`; the name may hold anything.
        let mut fields = stat.rsplit(") ").next().unwrap_or_default().split(' ');
        let state = fields.next();
        fields.nth(1) == Some(&group.to_string()) && state != Some("Z") && state != Some("X")
    })
}

/// A port that was free a moment ago.
pub fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(|error| format!("no free port: {error}"))?;
    listener.local_addr().map(|address| address.port()).map_err(|error| error.to_string())
}

/// Whether `GET path` on this machine's port answers 200.
pub fn answers(port: u16, path: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)) else { return false };
    let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    let mut start = [0; 12];
    stream.write_all(request.as_bytes()).is_ok() && stream.read_exact(&mut start).is_ok() && start.ends_with(b" 200")
}

#[cfg(test)]
mod tests {
    use super::{Server, free_port, is_running};
    use std::process::Command;
    use std::time::Duration;

    #[test]
    fn a_server_is_heard_and_ended() {
        let mut server = Server::start(Command::new("sh").args(["-c", "echo '{\"a\": 1}'; exec sleep 600"])).unwrap();
        let group = server.child.id();
        let object = server.wait_for("the object", 0, Duration::from_secs(10), |object| object["a"] == 1).unwrap();
        assert_eq!(object["a"], 1);
        assert!(server.wait_for("another", 1, Duration::from_millis(30), |_| true).is_err());
        server.stop().unwrap();
        assert!(!is_running(group));
    }

    #[test]
    fn what_a_server_leaves_running_is_reported_and_ended() {
        let mut server = Server::start(Command::new("sh").args(["-c", "sleep 600 & echo '{}'; wait"])).unwrap();
        let group = server.child.id();
        server.wait_for("its child", 0, Duration::from_secs(10), |_| true).unwrap();
        assert!(server.stop().unwrap_err().contains("left processes"));
        assert!(!is_running(group));
    }

    #[test]
    fn a_dropped_server_is_ended() {
        let server = Server::start(Command::new("sleep").arg("600")).unwrap();
        let group = server.child.id();
        drop(server);
        assert!(!is_running(group));
    }

    #[test]
    fn a_server_that_ends_early_is_an_error_with_its_last_words() {
        let mut server = Server::start(Command::new("sh").args(["-c", "echo gone >&2; exit 3"])).unwrap();
        let error = server.wait("the impossible", Duration::from_secs(10), |_| None::<()>).unwrap_err();
        assert!(error.contains("exit status: 3"), "{error}");
    }

    #[test]
    fn ports_are_free() {
        assert!(free_port().unwrap() > 0);
    }
}
