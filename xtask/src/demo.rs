//! `cargo xtask demo`: builds nano and plays its main job with the real program, step by step.

mod stage;
mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::process;
use crate::repository::Repository;
use crate::setup::{self, Clients};
use stage::{Folder, Server, Stage, answers, free_port, say};
use table::Table;

/// What `cargo xtask demo --help` prints.
pub const HELP: &str = "\
cargo xtask demo

Builds nano and plays its main job, visibly: scaffolds the templates, runs their handlers in a device's memory, at the
edge and on CPython and compares the results, starts the edge, deploys and invokes the functions with the stock AWS
clients, changes one's code and sees it take effect, writes and reads a log, ends the edge and finds everything again,
and derives a read-only capability.

Exit code 0 only if every step did what it says. Nothing is left running and no file is left behind.";

/// The templates played, with a function of each and what is edited to show the reload.
const APPLICATIONS: [Application; 2] = [
    Application { template: "sensor-app", function: "new_light_lvl", source: "lights.py", event: "[42]" },
    Application {
        template: "predictive-maintenance",
        function: "check_bearing",
        source: "maintenance.py",
        event: "@predictive-maintenance/data/window.json",
    },
];

/// How long a server may take to be ready, and an event to show.
const PATIENCE: Duration = Duration::from_secs(30);

struct Application {
    template: &'static str,
    function: &'static str,
    source: &'static str,
    event: &'static str,
}

/// Builds `nano` in this profile and returns where cargo put it.
pub fn build_nano(repository: &Repository, profile: &str) -> Result<PathBuf, String> {
    process::run(repository.cargo().args(["build", "--package", "nano-cli", "--bin", "nano", "--profile", profile]))?;
    let nano = repository.target.join(profile).join("nano");
    if nano.is_file() { Ok(nano) } else { Err(format!("{}: not there after the build", nano.display())) }
}

/// Plays it; an error names the step that did not do what it says.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    if !arguments.is_empty() {
        return Err("the demo takes no arguments".into());
    }
    setup::ensure(setup::Need::Linker)?;
    let mut stage = Stage::default();
    let mut table = Table::default();
    let nano = stage.step("Build nano", || build_nano(repository, "demo"))?;
    let clients = stage.step("Find the stock AWS clients", || setup::clients(repository))?;
    let folder = Folder::new()?;
    let play = Play { nano, clients, folder: folder.path().to_path_buf() };

    for application in &APPLICATIONS {
        stage.step(&format!("Scaffold {}", application.template), || play.scaffold(application))?;
    }
    for application in &APPLICATIONS {
        let title = format!("Run {} on the device, at the edge and on CPython", application.function);
        stage.step(&title, || play.compare(application, &mut table))?;
    }
    play.serve(&mut stage)?;
    stage.step("Derive a read-only capability", || play.capabilities())?;
    stage.step("What ran where", || {
        say(&table.to_string());
        Ok(())
    })?;
    println!("\nEvery step did what it says. Nothing is left running.");
    Ok(true)
}

/// What every step needs.
struct Play {
    nano: PathBuf,
    clients: Clients,
    folder: PathBuf,
}

impl Play {
    fn project(&self, application: &Application) -> PathBuf {
        self.folder.join(application.template)
    }

    fn nano(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(&self.nano);
        command.current_dir(&self.folder).args(arguments);
        command
    }

    fn scaffold(&self, application: &Application) -> Result<(), String> {
        let template = application.template;
        let mut new = self.nano(&["new", template, "--template", template, "--no-input"]);
        say(&format!("$ {}", process::display(&new)));
        process::output(&mut new)?;
        for file in ["nano.toml", application.source] {
            let file = self.project(application).join(file);
            let size = fs::metadata(&file).map_err(|error| format!("{}: {error}", file.display()))?.len();
            say(&format!("{} ({size} bytes)", shortened(&file, &self.folder)));
        }
        Ok(())
    }

    /// The same event, three places, one result.
    fn compare(&self, application: &Application, table: &mut Table) -> Result<(), String> {
        let mut all = self.nano(&[
            "run",
            application.template,
            "--function",
            application.function,
            "--event",
            application.event,
            "--on",
            "all",
            "--json",
        ]);
        say(&format!("$ {}", process::display(&all)));
        let runs: Value = serde_json::from_str(&process::output(&mut all)?).map_err(|error| error.to_string())?;
        let runs = runs.as_array().ok_or("`--on all --json` did not print an array")?;
        let places: Vec<&str> = runs.iter().filter_map(|run| run["on"].as_str()).collect();
        if places != ["device", "edge", "cloud"] {
            return Err(format!("ran on {places:?}, not on device, edge and cloud"));
        }
        for run in runs {
            say(&format!("{:<7} {}", run["on"].as_str().unwrap_or_default(), run["result"]));
            if !run["error"].is_null() || run["result"] != runs[0]["result"] {
                return Err(format!("results differ: {run}"));
            }
            table.add(application.function, run);
        }
        say("the three results are equal");
        Ok(())
    }

    /// Everything that needs the running edge.
    fn serve(&self, stage: &mut Stage) -> Result<(), String> {
        let port = free_port()?;
        let start = || {
            let mut serve = self.nano(&["serve", "--data", "edge", "--json"]);
            serve.args(["--port", &port.to_string()]);
            let mut server = Server::start(&serve)?;
            server.wait("GET /_nano/health", PATIENCE, |_| answers(port, "/_nano/health").then_some(()))?;
            say(&format!("the edge answers on 127.0.0.1:{port}"));
            Ok(server)
        };
        let server = stage.step("Start nano serve", start)?;
        stage.step("Deploy, invoke and change functions with boto3", || self.boto3("deploy", port))?;
        stage.step("List and invoke them with the AWS CLI", || self.aws_cli(port))?;
        stage.step("Write and read a log", || self.logs(port))?;
        stage.step("End the edge", || server.stop())?;
        let server = stage.step("Start it again on the same data", start)?;
        stage.step("Functions and logs are all there", || {
            self.boto3("again", port)?;
            self.tail(port)
        })?;
        stage.step("End it", || server.stop())
    }

    fn boto3(&self, what: &str, port: u16) -> Result<(), String> {
        let mut boto3 = Command::new(self.clients.python());
        boto3.current_dir(&self.folder).args([
            "-c",
            include_str!("demo/boto3.py"),
            &format!("http://127.0.0.1:{port}"),
            what,
        ]);
        say(&format!("$ python3 (boto3): {what}"));
        say(process::output(with_credentials(&mut boto3))?.trim_end());
        Ok(())
    }

    fn aws_cli(&self, port: u16) -> Result<(), String> {
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut list = Command::new(self.clients.aws());
        list.args(["--endpoint-url", &endpoint, "lambda", "list-functions", "--query", "Functions[].FunctionName"]);
        say(&format!("$ {}", process::display(&list)));
        let listed = process::output(with_credentials(&mut list))?;
        say(listed.trim_end());
        let mut invoke = Command::new(self.clients.aws());
        invoke.current_dir(&self.folder).args([
            "--endpoint-url",
            &endpoint,
            "lambda",
            "invoke",
            "--function-name",
            "new_light_lvl",
        ]);
        invoke.args(["--payload", "[900]", "answer.json"]);
        say(&format!("$ {}", process::display(&invoke)));
        process::output(with_credentials(&mut invoke))?;
        let answer = fs::read_to_string(self.folder.join("answer.json")).map_err(|error| error.to_string())?;
        say(&answer);
        let listed = APPLICATIONS.iter().all(|application| listed.contains(application.function));
        if listed && answer.contains("\"off\"") { Ok(()) } else { Err("the AWS CLI saw something else".into()) }
    }

    fn logs(&self, port: u16) -> Result<(), String> {
        let log = format!("woof://127.0.0.1:{port}/demo/light");
        process::output(&mut self.nano(&["woof", "create", &log, "--element", "64 B", "--history", "128"]))?;
        for level in ["[512]", "[42]"] {
            let sequence = process::output(&mut self.nano(&["woof", "put", &log, level]))?;
            say(&format!("append {level} -> sequence {}", sequence.trim_end()));
        }
        self.tail(port)
    }

    fn tail(&self, port: u16) -> Result<(), String> {
        let log = format!("woof://127.0.0.1:{port}/demo/light");
        let tail = process::output(&mut self.nano(&["woof", "tail", &log]))?;
        say(tail.trim_end());
        if tail == "1  [512]\n2  [42]\n" { Ok(()) } else { Err(format!("the log reads {tail:?}")) }
    }

    fn capabilities(&self) -> Result<(), String> {
        process::output(&mut self.nano(&["cap", "new", "walkway"]))?;
        let derive =
            ["cap", "derive", "--device", "walkway", "--readonly", "--ns", "1", "--woof", "2", "--expires", "1h"];
        say(&format!("$ nano {}", derive.join(" ")));
        let token = process::output(&mut self.nano(&derive))?;
        let shown = process::output(&mut self.nano(&["cap", "inspect", token.trim(), "--json"]))?;
        let shown: Value = serde_json::from_str(&shown).map_err(|error| error.to_string())?;
        for frame in shown["frames"].as_array().into_iter().flatten() {
            say(&frame.to_string());
        }
        let verdict = process::output(&mut self.nano(&["cap", "verify", token.trim(), "--device", "walkway"]))?;
        say(verdict.trim_end());
        if verdict.starts_with("authentic") { Ok(()) } else { Err("the device's secret doesn't verify it".into()) }
    }
}

/// Any key will do on loopback, but the clients insist on having one.
fn with_credentials(command: &mut Command) -> &mut Command {
    command
        .env("AWS_ACCESS_KEY_ID", "demo")
        .env("AWS_SECRET_ACCESS_KEY", "demo")
        .env("AWS_DEFAULT_REGION", "us-east-1")
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .env("AWS_CONFIG_FILE", "/dev/null")
        .env("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
}

fn shortened(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}
