//! `nano bench lambda`: invocations over HTTP, on IoTPy and on CPython workers, and by others' servers: cold, warm, many at
//! once, new code.

use super::bare::Bare;
use super::client::Client;
use super::cores::{self, Cores, Stalls};
use super::peers::{self, Peer};
use super::traffic::{self, Half, Load, Requests};
use crate::arguments::{BenchLambda, Sync};
use crate::failure::Failure;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use nano_edge::Package;
use serde_json::{Map, Value, json};
use std::path::Path;
use std::time::{Duration, Instant};

/// Servers that are measured beside ours.
const PEERS: [&str; 3] = ["ministack", "serverless-offline", "localstack"];

const CODE: &str = "
def handler(event, context):
    readings = event['readings']
    total = 0
    for reading in readings:
        total += reading
    return {'mean': total / len(readings), 'device': event['device'], 'dark': total < VERSION}
";
const EVENT: &str = r#"{"device": "walkway", "readings": [310, 295, 402, 118, 87, 64, 70, 91]}"#;

/// What requests are signed for, and what they are.
const SERVICE: &str = "lambda";
const JSON: &str = "Content-Type: application/json\r\n";

/// How long each load takes, and over how many connections those come that are many.
const TIME: Duration = Duration::from_secs(2);
const CONNECTIONS: usize = 8;
/// Cold starts and updates; the middle one is told.
const ROUNDS: u32 = 9;

/// A runtime of ours or another server: how it is started, how functions get into it.
#[derive(Clone, Copy)]
enum Subject {
    /// Ours, with what decides on the runtime.
    Ours { run: &'static str },
    /// One that has Lambda's API.
    Api(&'static str),
    /// One that takes functions from a folder.
    Folder,
}

/// What it came to.
struct Figures {
    cold_ms: f64,
    update_ms: f64,
    alone: Load,
    many: Load,
    half: Half,
    /// Of ours: as many requests to a loop in its place, so what of those times is the machine's and the client's.
    bare: Option<Load>,
}

impl Figures {
    fn json(&self) -> Value {
        let mut shown = json!({
            "cold_ms": self.cold_ms,
            "p50_ms": self.alone.p50_us / 1e3,
            "p99_ms": self.alone.p99_us / 1e3,
            "per_second": self.many.per_second,
            "update_ms": self.update_ms,
            "at half load": self.half.json(),
        });
        if let Some(bare) = &self.bare {
            shown["bare loop at half load"] = bare.json();
        }
        shown
    }
}

type Rows = Vec<(&'static str, Figures)>;

/// What all came to.
struct Measured {
    ours: Rows,
    theirs: Rows,
    /// Who could not be measured, and why.
    failed: Vec<(&'static str, String)>,
}

/// Prints the figures of both runtimes, then those of the peers that are wanted.
pub fn lambda(arguments: &BenchLambda) -> Result<u8, Failure> {
    let wanted = peers::wanted(&arguments.peers, &PEERS)?;
    let cores = Cores::apart();
    let folder = std::env::temp_dir().join(format!("nano-bench-lambda-{}", std::process::id()));
    let stalls = cores.map(Stalls::measure).transpose()?;
    let rows = measure(&wanted, &folder, cores);
    let _ = std::fs::remove_dir_all(&folder);
    let Measured { ours, theirs, failed } = rows?;
    if arguments.json {
        let rows = ours.iter().chain(&theirs).map(|(name, figures)| ((*name).to_owned(), figures.json()));
        let machine = [
            ("cores".to_owned(), traffic::cores_json(cores)),
            ("machine by itself".to_owned(), stalls.map_or(Value::Null, Stalls::json)),
        ];
        println!("{}", Value::Object(rows.chain(machine).chain(peers::failed_json(&failed)).collect::<Map<_, _>>()));
    } else {
        table(&ours, &theirs);
        half_table(&ours, &theirs, cores, stalls);
    }
    Ok(0)
}

fn table(ours: &Rows, theirs: &Rows) {
    anstream::println!(
        "{:<18} {:>10} {:>10} {:>10} {:>14} {:>16}",
        "runtime",
        "cold ms",
        "p50 ms",
        "p99 ms",
        "invocations/s",
        "new code ms"
    );
    for (name, figures) in ours.iter().chain(theirs) {
        anstream::println!(
            "{name:<18} {:>10.3} {:>10.3} {:>10.3} {:>14.0} {:>16.2}",
            figures.cold_ms,
            figures.alone.p50_us / 1e3,
            figures.alone.p99_us / 1e3,
            figures.many.per_second,
            figures.update_ms
        );
    }
    for (their_name, their) in theirs {
        for (name, figures) in ours {
            let ratio = figures.many.per_second / their.many.per_second;
            anstream::println!("{name} by {their_name}: {ratio:.2}x invocations a second");
        }
    }
}

fn half_table(ours: &Rows, theirs: &Rows, cores: Option<Cores>, stalls: Option<Stalls>) {
    anstream::println!("\n{}", traffic::arrangement(cores));
    anstream::println!(
        "{:<18} {:>14} {:>10} {:>10} {:>10} {:>11} {:>10}",
        "runtime",
        "invocations/s",
        "core busy",
        "p50 ms",
        "p99 ms",
        "p99 by p50",
        "typical"
    );
    let row = |name: &str, load: &Load, busy: Option<f64>| {
        let busy = busy.map_or_else(|| "-".to_owned(), |busy| format!("{:.0} %", busy * 100.0));
        anstream::println!(
            "{name:<18} {:>14.0} {busy:>10} {:>10.3} {:>10.3} {:>10.1}x {:>9.1}x",
            load.per_second,
            load.p50_us / 1e3,
            load.p99_us / 1e3,
            load.p99_by_p50(),
            load.typical.unwrap_or(f64::NAN)
        );
    };
    for (name, Figures { half, bare, .. }) in ours.iter().chain(theirs) {
        row(name, &half.load, half.busy);
        if let Some(bare) = bare {
            row("  bare loop", bare, None);
        }
    }
    let rows = ours.iter().map(|(name, row)| (*name, &row.half, row.bare.as_ref()));
    anstream::println!("{}", traffic::verdict(rows, stalls));
}

/// Ours, and the peers that are wanted and can be measured.
fn measure(wanted: &[&'static str], folder: &Path, cores: Option<Cores>) -> Result<Measured, Failure> {
    let mut ours = vec![("iotpy", Subject::Ours { run: "edge" }.figures(&folder.join("iotpy"), cores)?)];
    if crate::python::version().is_some() {
        ours.push(("cpython", Subject::Ours { run: "cloud" }.figures(&folder.join("cpython"), cores)?));
    } else {
        anstream::eprintln!("skipped: cpython: there is no python3 on this machine");
    }
    let (mut theirs, mut failed) = (vec![], vec![]);
    for name in wanted {
        let subject = match *name {
            "serverless-offline" => Subject::Folder,
            "localstack" => {
                let why = "what its packages have (as of 4.14.0) runs functions in Docker containers only";
                failed.push(peers::failed(name, &Failure::usage(why)));
                continue;
            }
            name => Subject::Api(name),
        };
        match subject.figures(&folder.join(name), cores) {
            Ok(figures) => theirs.push((*name, figures)),
            Err(failure) => failed.push(peers::failed(name, &failure)),
        }
    }
    Ok(Measured { ours, theirs, failed })
}

/// A server that has a function.
struct Served {
    peer: Peer,
    client: Client,
    function: String,
}

impl Subject {
    /// On all cores, and at half load on a core of its own.
    fn figures(self, folder: &Path, cores: Option<Cores>) -> Result<Figures, Failure> {
        let on_all = folder.join("all");
        let mut served = self.start(&on_all)?;
        let cold_ms = self.cold(&mut served)?;
        let alone = served.requests(1).at_most(TIME)?;
        // Who starts a process for each that comes at once has started them then.
        served.requests(CONNECTIONS).at_most(TIME)?;
        let many = served.requests(CONNECTIONS).at_most(TIME)?;
        let update_ms = self.update(served, &on_all)?;
        let served = cores::start(cores, || self.start(&folder.join("one")))?;
        let bare = matches!(self, Self::Ours { .. }).then(|| Bare::start(cores)).transpose()?;
        let (half, bare) = cores::ask(cores, || {
            served.requests(CONNECTIONS).at_most(TIME)?;
            let half = served.requests(CONNECTIONS).at_half(cores, TIME)?;
            let as_many = |bare: &Bare| {
                let requests = Requests { addr: bare.addr, ..served.requests(CONNECTIONS) };
                requests.at_rate(half.load.per_second, cores, TIME)
            };
            Ok((half, bare.as_ref().map(as_many).transpose()?))
        })?;
        Ok(Figures { cold_ms, update_ms, alone, many, half, bare })
    }

    /// Starts it with a function that was not invoked yet.
    fn start(self, folder: &Path) -> Result<Served, Failure> {
        std::fs::create_dir_all(folder)?;
        let peer = match self {
            Self::Ours { .. } => peers::start_ours(folder, Sync::Group)?,
            Self::Api(name) => peers::start(name, folder)?,
            Self::Folder => {
                std::fs::write(folder.join("app.py"), code(0))?;
                peers::start_serverless(folder, false)?
            }
        };
        let mut served = Served::new(peer);
        if !matches!(self, Self::Folder) {
            self.create(&mut served, 0)?;
        }
        Ok(served)
    }

    /// Makes another function, which is the one from now on.
    fn create(self, served: &mut Served, number: u32) -> Result<(), Failure> {
        let variables = match self {
            Self::Ours { run } => json!({"NANO_RUN": run}),
            Self::Api(_) | Self::Folder => json!({}),
        };
        served.function = format!("bench-{number}");
        let made = json!({"FunctionName": served.function, "Runtime": "python3.11", "Handler": "app.handler",
            "Role": "arn:aws:iam::000000000000:role/any", "Environment": {"Variables": variables},
            "Code": {"ZipFile": zip(0)?}});
        ask(&mut served.client, "POST", "/2015-03-31/functions", &made.to_string())
    }

    /// How long until a function's first result, milliseconds.
    fn cold(self, served: &mut Served) -> Result<f64, Failure> {
        let mut times = vec![served.invoke()?];
        // A folder has one function.
        let others = if matches!(self, Self::Folder) { 1..1 } else { 1..ROUNDS };
        for number in others {
            self.create(served, number)?;
            times.push(served.invoke()?);
        }
        Ok(middle(times))
    }

    /// How long from new code to its own result, milliseconds.
    fn update(self, mut served: Served, folder: &Path) -> Result<f64, Failure> {
        if matches!(self, Self::Folder) {
            // It looks at the folder each time only if it is told to, which makes it slower.
            drop(served);
            served = Served::new(peers::start_serverless(folder, true)?);
            served.invoke()?;
        }
        let mut times = vec![];
        for version in 1..=ROUNDS {
            let begun = Instant::now();
            if matches!(self, Self::Folder) {
                std::fs::write(folder.join("app.py"), code(version))?;
            } else {
                let path = format!("/2015-03-31/functions/{}/code", served.function);
                ask(&mut served.client, "PUT", &path, &json!({"ZipFile": zip(version)?}).to_string())?;
            }
            served.invoke()?;
            times.push(milliseconds(begun));
        }
        Ok(middle(times))
    }
}

impl Served {
    fn new(peer: Peer) -> Self {
        let client = Client::new(peer.addr, SERVICE);
        Self { peer, client, function: peers::SERVERLESS_FUNCTION.to_owned() }
    }

    fn path(&self) -> String {
        format!("/2015-03-31/functions/{}/invocations", self.function)
    }

    /// How long until the result, milliseconds.
    fn invoke(&mut self) -> Result<f64, Failure> {
        let begun = Instant::now();
        let path = self.path();
        ask(&mut self.client, "POST", &path, EVENT)?;
        Ok(milliseconds(begun))
    }

    fn requests(&self, connections: usize) -> Requests<impl Fn(&Client, u64) -> Vec<u8> + use<>> {
        let path = self.path();
        let make = move |client: &Client, _| client.request("POST", &path, JSON, EVENT.as_bytes());
        Requests { addr: self.peer.addr, process: self.peer.process(), service: SERVICE, connections, make }
    }
}

fn milliseconds(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1e3
}

fn middle(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(f64::NAN)
}

fn code(version: u32) -> String {
    CODE.replace("VERSION", &version.to_string())
}

fn zip(version: u32) -> Result<String, Failure> {
    let package = Package::build([("app.py", code(version).as_bytes())]).map_err(Failure::usage)?;
    Ok(BASE64.encode(package.zip()))
}

/// A request whose answer is to be good.
fn ask(client: &mut Client, method: &str, path: &str, body: &str) -> Result<(), Failure> {
    let request = client.request(method, path, JSON, body.as_bytes());
    let answer = client.send(request)?;
    if answer.status < 300 && !answer.headers.contains("function-error") {
        return Ok(());
    }
    let text = String::from_utf8_lossy(&answer.body).chars().take(300).collect::<String>();
    Err(Failure::usage(format!("{method} {path}: {} {text}", answer.headers.lines().next().unwrap_or_default())))
}
