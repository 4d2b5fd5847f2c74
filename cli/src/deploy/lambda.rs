//! `nano deploy --target edge|cloud`: the project's functions through the Lambda API, as any client of AWS would.

use crate::arguments::{Deploy, DeployTarget};
use crate::client::{self, Credentials, variable};
use crate::failure::Failure;
use crate::requirements::{CLOUD_PYTHON, Machine};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use nano_emulator::project::{FunctionSpec, RunOn};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::io::IsTerminal;
use std::time::{Duration, Instant};

const FUNCTIONS: &str = "/2015-03-31/functions";
/// Least memory of a function in the cloud, MiB.
const MEMORY_MB: u32 = 128;
/// Longest that the cloud may take to make an update effective.
const PATIENCE: Duration = Duration::from_secs(120);

/// What is to be done for a function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Create,
    Update,
    Nothing,
}

impl Step {
    fn word(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Nothing => "unchanged",
        }
    }
}

/// Where the API is, and who asks.
struct Api {
    endpoint: String,
    region: String,
    credentials: Option<Credentials>,
    agent: ureq::Agent,
}

/// Says what it will do, asks, and does it.
pub fn deploy(arguments: &Deploy) -> Result<u8, Failure> {
    let machine = if arguments.target == DeployTarget::Cloud { Machine::Lambda } else { Machine::Here };
    let project = crate::project::complete(&arguments.project, machine)?;
    let package = crate::project::package(&project)?;
    let api = Api::new(arguments)?;
    let in_cloud = arguments.target == DeployTarget::Cloud;
    // What runs on a device only is code for devices: their edge hands it out, the cloud has no use for it.
    let functions: Vec<&FunctionSpec> =
        project.functions.iter().filter(|function| !in_cloud || function.run != RunOn::Device).collect();
    let sha256 = BASE64.encode(Sha256::digest(package.zip()));
    let mut plan = Vec::new();
    for function in functions {
        plan.push((function, api.step(function, &sha256)?));
    }
    anstream::eprintln!("at {} ({}), as {}:", api.endpoint, api.region, api.who());
    for (function, step) in &plan {
        anstream::eprintln!("  {:<10} {} ({})", step.word(), function.name, function.handler);
    }
    if plan.iter().any(|(_, step)| *step != Step::Nothing) && !arguments.yes && !confirmed()? {
        anstream::eprintln!("nothing was changed");
        return Ok(1);
    }
    if in_cloud && arguments.role.is_none() && plan.iter().any(|(_, step)| *step == Step::Create) {
        return Err(Failure::with_hint(
            "a function that is new needs a role that it may assume",
            "name one: --role arn:aws:iam::ACCOUNT:role/NAME (nothing was changed)",
        ));
    }
    let zip = BASE64.encode(package.zip());
    for (function, step) in &plan {
        match step {
            Step::Create => api.create(function, &zip, arguments)?,
            Step::Update => api.update(function, &zip)?,
            Step::Nothing => {}
        }
        if arguments.json {
            println!("{}", json!({"function": function.name, "step": step.word(), "endpoint": api.endpoint}));
        } else {
            let done = match step {
                Step::Create => "created",
                Step::Update => "updated",
                Step::Nothing => "unchanged",
            };
            anstream::println!("{}: {done}", function.name);
        }
    }
    Ok(0)
}

fn confirmed() -> Result<bool, Failure> {
    if !std::io::stdin().is_terminal() {
        return Err(Failure::with_hint("nobody is there to be asked", "to do it without asking: --yes"));
    }
    let asked = dialoguer::Confirm::new().with_prompt("Do it").default(false).interact();
    asked.map_err(|error| Failure::usage(error.to_string()))
}

/// What a new function runs on, where CPython does: at the edge this machine's Python, for which its packages were
/// installed.
fn runtime(target: DeployTarget) -> String {
    let here = crate::python::version().filter(|_| target == DeployTarget::Edge);
    let short = here.as_deref().and_then(|version| version.rsplit_once('.')).map(|(short, _)| short);
    format!("python{}", short.unwrap_or(CLOUD_PYTHON))
}

/// Seconds, as Lambda counts.
fn timeout_s(function: &FunctionSpec) -> u32 {
    function.timeout_ms.div_ceil(1000).clamp(1, 900)
}

impl Api {
    fn new(arguments: &Deploy) -> Result<Self, Failure> {
        let region = arguments.region.clone().unwrap_or_else(client::region);
        let in_cloud = arguments.target == DeployTarget::Cloud;
        // As AWS's own programs take it: for one service before for all of them.
        let from_environment = || variable("AWS_ENDPOINT_URL_LAMBDA").or_else(|| variable("AWS_ENDPOINT_URL"));
        let named = arguments.endpoint.clone().or_else(|| if in_cloud { from_environment() } else { None });
        let endpoint = named.unwrap_or_else(|| {
            if in_cloud { format!("https://lambda.{region}.amazonaws.com") } else { client::local() }
        });
        let credentials = Credentials::find(variable);
        if in_cloud && credentials.is_none() {
            return Err(Failure::with_hint(
                "there are no credentials for AWS",
                "aws configure; or for a session: eval \"$(aws configure export-credentials --format env)\"",
            ));
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(120)))
            .build()
            .into();
        Ok(Self { endpoint: endpoint.trim_end_matches('/').to_owned(), region, credentials, agent })
    }

    fn who(&self) -> &str {
        self.credentials.as_ref().map_or("nobody (unsigned)", |credentials| &credentials.access)
    }

    /// A signed request; status and JSON of the answer.
    fn request(&self, method: &str, path: &str, body: &[u8]) -> Result<(u16, Value), Failure> {
        let url = format!("{}{path}", self.endpoint);
        let failed = |error: String| {
            Failure::with_hint(format!("{}: {error}", self.endpoint), "is it there? name another by --endpoint URL")
        };
        let request = ureq::http::Request::builder().method(method).uri(&url);
        let request = request.header("content-type", "application/json").body(body.to_vec());
        let mut request = request.map_err(|error| failed(error.to_string()))?;
        if let Some(credentials) = &self.credentials {
            request = client::signed(request, credentials, &self.region)?;
        }
        let mut answer = self.agent.run(request).map_err(|error| failed(error.to_string()))?;
        let status = answer.status().as_u16();
        let text = answer.body_mut().read_to_string().map_err(|error| failed(error.to_string()))?;
        Ok((status, serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    fn must(&self, what: &str, method: &str, path: &str, body: &Value) -> Result<Value, Failure> {
        let (status, answer) = self.request(method, path, body.to_string().as_bytes())?;
        if status < 300 {
            return Ok(answer);
        }
        let message = ["message", "Message"].iter().find_map(|key| answer.get(*key)?.as_str());
        let message = message.map_or_else(|| answer.to_string(), str::to_owned);
        Err(Failure::usage(format!("{what}: {} answered {status}: {message}", self.endpoint)))
    }

    /// What a function needs.
    fn step(&self, function: &FunctionSpec, sha256: &str) -> Result<Step, Failure> {
        let path = format!("{FUNCTIONS}/{}", function.name);
        let (status, answer) = self.request("GET", &path, b"")?;
        match status {
            404 => Ok(Step::Create),
            200 => {
                let configuration = &answer["Configuration"];
                let same = configuration["CodeSha256"] == sha256
                    && configuration["Handler"] == function.handler
                    && configuration["Timeout"] == timeout_s(function);
                Ok(if same { Step::Nothing } else { Step::Update })
            }
            403 => Err(Failure::with_hint(
                format!("{} may not see {}: {answer}", self.who(), function.name),
                "the credentials need lambda:GetFunction, CreateFunction, UpdateFunctionCode, UpdateFunctionConfiguration",
            )),
            other => Err(Failure::usage(format!("{}: {} answered {other}: {answer}", function.name, self.endpoint))),
        }
    }

    fn create(&self, function: &FunctionSpec, zip: &str, arguments: &Deploy) -> Result<(), Failure> {
        let mut body = json!({
            "FunctionName": function.name, "Runtime": runtime(arguments.target), "Handler": function.handler,
            "Role": arguments.role.as_deref().unwrap_or("arn:aws:iam::000000000000:role/nano"),
            "Timeout": timeout_s(function), "MemorySize": MEMORY_MB, "Code": {"ZipFile": zip},
        });
        if arguments.target == DeployTarget::Edge {
            body["Environment"] = json!({"Variables": {"NANO_RUN": function.run.word()}});
        }
        self.must(&function.name, "POST", FUNCTIONS, &body).map(|_| ())
    }

    fn update(&self, function: &FunctionSpec, zip: &str) -> Result<(), Failure> {
        let path = format!("{FUNCTIONS}/{}", function.name);
        self.must(&function.name, "PUT", &format!("{path}/code"), &json!({"ZipFile": zip}))?;
        self.settle(function)?;
        let settings = json!({"Handler": function.handler, "Timeout": timeout_s(function)});
        self.must(&function.name, "PUT", &format!("{path}/configuration"), &settings)?;
        self.settle(function)
    }

    /// Waits until an update has taken effect.
    fn settle(&self, function: &FunctionSpec) -> Result<(), Failure> {
        let until = Instant::now() + PATIENCE;
        let path = format!("{FUNCTIONS}/{}/configuration", function.name);
        loop {
            let configuration = self.must(&function.name, "GET", &path, &Value::Null)?;
            match configuration["LastUpdateStatus"].as_str() {
                Some("InProgress") if Instant::now() < until => std::thread::sleep(Duration::from_millis(500)),
                Some("Failed") => {
                    let why = configuration["LastUpdateStatusReason"].as_str().unwrap_or("no reason given");
                    return Err(Failure::usage(format!("{}: the update failed: {why}", function.name)));
                }
                _ => return Ok(()),
            }
        }
    }
}
