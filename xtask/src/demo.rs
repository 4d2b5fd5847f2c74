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

Builds nano and plays its main job, visibly: scaffolds the templates, runs their handlers on the device, at the
edge and on CPython and compares the results, starts the edge with software devices that are fed real samples,
invokes the functions with the stock AWS clients, and edits a handler to show the hot reload.

Exit code 0 only if every step did what it says. Nothing is left running and no file is left behind.";

/// The templates played, with a function of each and what is edited to show the reload.
const APPLICATIONS: [Application; 2] = [
    Application { template: "sensor-app", function: "new_light_lvl", source: "lights.py" },
    Application { template: "predictive-maintenance", function: "check", source: "vibration.py" },
];

/// How long a server may take to be ready, and an event to show.
const PATIENCE: Duration = Duration::from_secs(30);

struct Application {
    template: &'static str,
    function: &'static str,
    source: &'static str,
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
    for application in &APPLICATIONS {
        play.serve(application, &mut stage)?;
    }
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
        let mut all =
            self.nano(&["run", application.template, "--function", application.function, "--on", "all", "--json"]);
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

    /// Everything that needs the running edge and device.
    fn serve(&self, application: &Application, stage: &mut Stage) -> Result<(), String> {
        let port = free_port()?;
        let mut server = stage.step(&format!("Start nano dev in {}", application.template), || {
            let console = free_port()?;
            let mut dev = self.nano(&["dev", application.template, "--json"]);
            dev.args(["--port", &port.to_string(), "--console", &console.to_string()]);
            let mut server = Server::start(&dev)?;
            server.wait("GET /_nano/health", PATIENCE, |_| answers(port, "/_nano/health").then_some(()))?;
            say(&format!("the edge answers on 127.0.0.1:{port}"));
            Ok(server)
        })?;
        stage.step("Samples become events, events run the handler on the device", || {
            let event = server.wait_for("an invocation on the device", 0, PATIENCE, is_result_of(application))?;
            say(&event.to_string());
            Ok(())
        })?;
        stage.step("Invoke it with the stock AWS clients", || self.invoke_by_aws_clients(application, port))?;
        stage.step(&format!("Edit {} while it runs", application.source), || {
            let before = server.objects(0).len();
            let source = self.project(application).join(application.source);
            let text = fs::read_to_string(&source).map_err(|error| format!("{}: {error}", source.display()))?;
            replace(&source, &format!("{text}\n# edited\n"))?;
            let event = server.wait_for("the new code's result", before, PATIENCE, is_result_of(application))?;
            say(&event.to_string());
            Ok(())
        })?;
        stage.step("End it", || server.stop())
    }

    fn invoke_by_aws_clients(&self, application: &Application, port: u16) -> Result<(), String> {
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut boto3 = Command::new(self.clients.python());
        boto3.args(["-c", include_str!("demo/boto3.py"), &endpoint, application.function]);
        say("$ python3 (boto3): list_functions, invoke");
        say(process::output(with_credentials(&mut boto3))?.trim_end());
        let mut cli = Command::new(self.clients.aws());
        cli.args(["--endpoint-url", &endpoint, "lambda", "list-functions", "--query", "Functions[].FunctionName"]);
        say(&format!("$ {}", process::display(&cli)));
        let listed = process::output(with_credentials(&mut cli))?;
        say(listed.trim_end());
        if listed.contains(application.function) { Ok(()) } else { Err("the AWS CLI does not list it".into()) }
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

fn is_result_of(application: &Application) -> impl Fn(&Value) -> bool {
    let function = application.function;
    move |object| object["function"] == function && object["error"].is_null() && !object["result"].is_null()
}

/// Saves as editors do: a new file, renamed over the old one.
fn replace(path: &Path, text: &str) -> Result<(), String> {
    let new = path.with_extension("new");
    fs::write(&new, text).and_then(|()| fs::rename(&new, path)).map_err(|error| format!("{}: {error}", path.display()))
}

fn shortened(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}
