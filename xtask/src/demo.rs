//! `cargo xtask demo`: builds nano and plays its main job with the real program, step by step.

mod flow;
mod site;
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
cargo xtask demo [--profile PROFILE]

Builds nano and plays its main job, visibly: scaffolds both templates, runs their handlers in a device's memory, at the
edge and on CPython and compares the results; starts `nano dev` with two software devices that sample real data, shows
records becoming events, events becoming results and pins; invokes the same functions with the stock AWS clients; reads
a device's log with a derived read-only capability and is refused a write; edits a handler and sees the new code run;
ends everything, starts it again and finds all that was stored.

Exit code 0 only if every step did what it says. Nothing is left running and no file is left behind.
PROFILE is how nano is built: `demo` where left out, `release` (quickest to run) or `dev` (quickest to build).";

/// The templates played, with a function of each.
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
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

struct Application {
    template: &'static str,
    function: &'static str,
    source: &'static str,
    event: &'static str,
}

/// Builds `nano` in this profile and returns where cargo put it.
pub fn build_nano(repository: &Repository, profile: &str) -> Result<PathBuf, String> {
    process::run(repository.cargo().args(["build", "--package", "nano-cli", "--bin", "nano", "--profile", profile]))?;
    let folder = if profile == "dev" { "debug" } else { profile };
    let nano = repository.target.join(folder).join("nano");
    if nano.is_file() { Ok(nano) } else { Err(format!("{}: not there after the build", nano.display())) }
}

/// Plays it; an error names the step that did not do what it says.
pub fn run(repository: &Repository, arguments: &[String]) -> Result<bool, String> {
    let profile = match arguments {
        [] => "demo",
        [option, profile] if option == "--profile" => profile,
        _ => return Err("unknown arguments; hint: cargo xtask demo --help".into()),
    };
    setup::ensure(setup::Need::Linker)?;
    let mut stage = Stage::default();
    let mut table = Table::default();
    let nano = stage.step("Build nano", || build_nano(repository, profile))?;
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
    stage.step("Make one project of both: two devices", || site::make(&play.folder, &APPLICATIONS))?;
    play.dev(&mut stage, &mut table)?;
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

    /// Everything that needs the running emulator.
    fn dev(&self, stage: &mut Stage, table: &mut Table) -> Result<(), String> {
        let port = free_port()?;
        let start = || {
            let mut dev = self.nano(&["dev", site::FOLDER, "--json", "--port", &port.to_string()]);
            let mut server = Server::start(dev.arg("--seed").arg("1"))?;
            let ready = server.wait_for("both devices", 0, PATIENCE, |event| event["event"] == "ready")?;
            server.wait("GET /_nano/health", PATIENCE, |_| answers(port, "/_nano/health").then_some(()))?;
            say(&format!("edge {}, devices {}", ready["endpoint"], ready["devices"]));
            match ready["devices"].as_array().map(Vec::len) {
                Some(2) => Ok(server),
                _ => Err(format!("two devices were expected: {ready}")),
            }
        };
        let mut server = stage.step("Start nano dev: the edge and two software devices", start)?;
        stage.step("Samples become records, records events, events results and pins", || {
            flow::watch(&mut server, table)
        })?;
        let running = Running { play: self, endpoint: format!("http://127.0.0.1:{port}") };
        stage.step("The same functions with boto3, and an object in S3", || running.boto3("play"))?;
        stage.step("The same functions with the AWS CLI", || running.aws_cli())?;
        stage.step("The same event on the running device, at its edge and on CPython", || running.everywhere(table))?;
        stage.step("Read a device's log with a derived read-only capability", || running.capabilities())?;
        stage.step("Edit a handler: the new code runs on the last event", || {
            flow::reload(&mut server, &self.folder.join(site::FOLDER))
        })?;
        stage.step("End it all", || server.stop())?;
        let mut server = stage.step("Start it again on the same data", start)?;
        stage.step("Functions, objects and logs are all there", || {
            running.boto3("again")?;
            flow::first_result(&mut server)?;
            running.logs()
        })?;
        stage.step("End it", || server.stop())
    }
}

/// The steps against a running `nano dev`.
struct Running<'p> {
    play: &'p Play,
    endpoint: String,
}

impl Running<'_> {
    /// `nano ..` in the project's folder, for this edge.
    fn nano(&self, arguments: &[&str]) -> Command {
        let mut command = self.play.nano(arguments);
        command.current_dir(self.play.folder.join(site::FOLDER)).args(["--endpoint", &self.endpoint]);
        command
    }

    fn boto3(&self, what: &str) -> Result<(), String> {
        let mut boto3 = Command::new(self.play.clients.python());
        boto3.current_dir(&self.play.folder).args(["-c", include_str!("demo/boto3.py"), &self.endpoint, what]);
        say("$ python3 (boto3)");
        say(process::output(with_credentials(&mut boto3))?.trim_end());
        Ok(())
    }

    fn aws_cli(&self) -> Result<(), String> {
        let aws = |arguments: &[&str]| {
            let mut command = Command::new(self.play.clients.aws());
            command.current_dir(&self.play.folder).args(["--endpoint-url", &self.endpoint]).args(arguments);
            say(&format!("$ {}", process::display(&command)));
            process::output(with_credentials(&mut command))
        };
        let listed = aws(&["lambda", "list-functions", "--query", "Functions[].FunctionName"])?;
        say(listed.trim_end());
        let invoke = ["lambda", "invoke", "--function-name", "new_light_lvl", "--payload", "[900]", "answer.json"];
        aws(&invoke)?;
        let answer = fs::read_to_string(self.play.folder.join("answer.json")).map_err(|error| error.to_string())?;
        say(&answer);
        let objects = aws(&["s3", "ls", "s3://measurements/"])?;
        say(objects.trim_end());
        let all = APPLICATIONS.iter().all(|application| listed.contains(application.function));
        if all && answer.contains("\"off\"") && objects.contains("light.csv") {
            Ok(())
        } else {
            Err("the AWS CLI saw something else".into())
        }
    }

    /// One event through the running edge to each place; one result.
    fn everywhere(&self, table: &mut Table) -> Result<(), String> {
        let mut results = Vec::new();
        for on in ["device", "edge", "cloud"] {
            let mut invoke = self.nano(&["invoke", "new_light_lvl", "--event", "[42]", "--on", on, "--json"]);
            let answer: Value =
                serde_json::from_str(&process::output(&mut invoke)?).map_err(|error| error.to_string())?;
            say(&format!("{on:<7} {}", answer["result"]));
            if answer["on"] != on || !answer["error"].is_null() {
                return Err(format!("not run on {on}: {answer}"));
            }
            table.add("new_light_lvl", &answer);
            results.push(answer["result"].clone());
        }
        if results.windows(2).all(|pair| pair[0] == pair[1]) { Ok(()) } else { Err("results differ".into()) }
    }

    fn capabilities(&self) -> Result<(), String> {
        const LOG: &str = "woof://walkway/site/light";
        let devices = process::output(&mut self.nano(&["devices", "--json"]))?;
        let walkway = devices
            .lines()
            .filter_map(|line| serde_json::from_str::<Value>(line).ok())
            .find(|device| device["name"] == "walkway")
            .ok_or("`nano devices` does not list walkway")?;
        let logs = walkway["logs"].as_array().map_or(&[][..], Vec::as_slice);
        let log = logs.iter().find(|log| log["name"] == "light").ok_or("walkway has no log light")?;
        let (ns, woof) = (log["ns"].to_string(), log["woof"].to_string());
        let site = self.play.folder.join(site::FOLDER);
        let mut derive = self.play.nano(&["cap", "derive", "--device", "walkway", "--readonly", "--expires", "1h"]);
        derive.current_dir(&site).args(["--ns", &ns, "--woof", &woof, "--lane", "3", "--output", "reader.cap"]);
        say(&format!("$ {}", process::display(&derive)));
        process::output(&mut derive)?;
        let mut tail = self.nano(&["woof", "tail", LOG, "-n", "3", "--cap", "@reader.cap"]);
        say(&format!("$ {}", process::display(&tail)));
        let records = process::output(&mut tail)?;
        say(records.trim_end());
        if records.lines().count() != 3 {
            return Err("three records were expected".into());
        }
        let mut put = self.nano(&["woof", "put", LOG, "[1023]", "--cap", "@reader.cap"]);
        say(&format!("$ {}", process::display(&put)));
        let refused = put.output().map_err(|error| error.to_string())?;
        let words = String::from_utf8_lossy(&refused.stderr).into_owned();
        say(words.trim_end());
        if refused.status.code() == Some(1) && words.contains("DENIED") {
            Ok(())
        } else {
            Err(format!("the write was not refused: {}", refused.status))
        }
    }

    fn logs(&self) -> Result<(), String> {
        let mut logs = self.nano(&["logs", "summarise", "-n", "1"]);
        say(&format!("$ {}", process::display(&logs)));
        let kept = process::output(&mut logs)?;
        say(kept.trim_end());
        if kept.contains("REPORT RequestId") { Ok(()) } else { Err("the log of summarise is empty".into()) }
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
