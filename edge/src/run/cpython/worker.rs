//! One worker: a copy of the zygote, its private end of the Runtime API, and what it prints.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream as Pair;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use rustix::process::Signal;
use serde_json::json;
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::task::AbortHandle;

use super::crew::Endpoint;
use super::device::Device;
use super::link::{Head, Link, Said};
use super::memory;
use super::output::Output;
use super::pause::Pause;
use super::runtime_api::{self, InitFailure, Job, Mailbox, Reply};
use super::sandbox::NetworkLimit;
use super::task::{Folder, Folders};
use super::watch::Watch;
use super::zygote::Zygote;
use crate::lambda::Configuration;
use crate::run::environment::variables;
use crate::run::{Call, EventKind};

/// Where Lambda has the Runtime API, and a worker with a network of its own, too.
const LAMBDAS_PORT: u16 = 9001;

/// What a worker and all that it started may have beyond the function's memory: one process alone gets a `MemoryError` before.
const MORE_MEGABYTES: u64 = 96;

/// What a worker's environment is made of, beside the configuration of its function.
#[derive(Debug, Clone)]
pub(super) struct Surroundings<'a> {
    pub folders: &'a Folders,
    /// Where interpreters and programs are searched.
    pub path: &'a str,
    /// Where the edge answers, for boto3 inside a handler.
    pub endpoint: Option<&'a Endpoint>,
    pub log_stream: &'a str,
    /// What the function signs requests with: access key and secret.
    pub keys: (String, String),
}

/// A process that runs one version of a function. Dropping it ends the process and everything the process started.
#[derive(Debug)]
pub(super) struct Worker {
    mailbox: Arc<Mailbox>,
    /// How the edge's own runtime gets its events. AWS's client fetches them from the mailbox.
    link: Option<Link>,
    started: Started,
    pub output: Output,
    pub log_stream: String,
    life: Arc<Life>,
    tasks: Vec<AbortHandle>,
    /// When this end is closed, the keeper ends the worker, however the edge ended.
    _control: OwnedWriteHalf,
    _unpacked: Unpacked,
    _temporary: Option<Folder>,
    _permit: Arc<OwnedSemaphorePermit>,
}

/// What a worker is to see of its function's zips.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub task: Arc<Folder>,
    /// Laid over each other.
    pub layers: Option<Arc<Folder>>,
}

/// What the keeper has told.
#[derive(Debug, Default)]
pub(super) struct Life {
    /// The process that the worker's is the only child of; 0 until it is known.
    pub keeper: AtomicU32,
    /// The worker's largest size, when it has ended.
    pub kilobytes: AtomicU64,
    pause: Pause,
}

/// Told when a worker with AWS's client is ready for its first event, or when any worker fails to start.
type Started = oneshot::Receiver<Result<(), InitFailure>>;

/// What a process said before it ended may be on its way for so long.
const LAST_WORDS: Duration = Duration::from_millis(10);

impl Worker {
    /// Asks the zygote for it.
    pub async fn start(
        zygote: &Zygote,
        configuration: &Configuration,
        surroundings: Surroundings<'_>,
        device: Device,
        unpacked: Unpacked,
        permit: Arc<OwnedSemaphorePermit>,
    ) -> io::Result<Self> {
        let folders = surroundings.folders;
        let (task, layers) = (&unpacked.task, unpacked.layers.as_deref().map(Folder::path));
        let hidden = zygote.about.sandbox.namespaces;
        let temporary = if hidden { None } else { Some(folders.temporary()?) };
        let runtime = folders.runtime();
        let places = match &temporary {
            Some(temporary) => Places { task: task.path(), temporary: temporary.path(), runtime: &runtime, layers },
            None => Places::lambda(layers),
        };
        // A package that brings AWS's own runtime client is run by it, and that wants an address.
        let brings_client = task.path().join("awslambdaric").is_dir();
        let own_network = zygote.about.sandbox.network == NetworkLimit::Own;
        let listens = brings_client && !own_network;
        let listener = if listens { Some(TcpListener::bind(("127.0.0.1", 0)).await?) } else { None };
        let endpoint = surroundings.endpoint.map(|endpoint| {
            // In a network of its own it is always there.
            if own_network { SocketAddr::from(([127, 0, 0, 1], endpoint.addr.port())) } else { endpoint.addr }
        });
        let taken = endpoint.is_some_and(|endpoint| endpoint.port() == LAMBDAS_PORT);
        let api = match &listener {
            Some(listener) => Some(listener.local_addr()?),
            None => brings_client.then_some(SocketAddr::from(([127, 0, 0, 1], LAMBDAS_PORT + u16::from(taken)))),
        };
        let doors: Vec<u16> = endpoint.iter().chain(&api).map(SocketAddr::port).collect();
        // The loader reads where libraries are when a program starts, so such a worker is a fresh one.
        let has_libraries = layers.is_some_and(|layers| layers.join("lib").is_dir());
        let request = json!({
            "number": folders.number(),
            "environment": environment(configuration, &surroundings, &places, (endpoint, api), has_libraries, own_network),
            "doors": doors,
            "task": task.path(),
            "runtime": runtime,
            "layers": layers,
            "temporary": temporary.as_ref().map(Folder::path),
            "memory_megabytes": configuration.memory_size,
            "file_megabytes": file_megabytes(configuration),
        });
        let (output, writer) = Output::new()?;
        let (control, its_control) = Pair::pair()?;
        let (link, its_link) = Pair::pair()?;
        let (device_link, its_device_link) = Pair::pair()?;
        let files = [its_control.as_fd(), writer.as_fd(), its_link.as_fd(), its_device_link.as_fd()];
        zygote.fork(request.to_string().as_bytes(), files).await?;
        // The ends that are the worker's now: their end is seen only when they are closed here.
        drop((its_control, writer, its_link, its_device_link));
        let (mailbox, started) = Mailbox::new(device);
        let life = Arc::new(Life::default());
        let mut tasks = Vec::with_capacity(4);
        tasks.push(tokio::spawn(runtime_api::serve(connected(device_link)?, Arc::clone(&mailbox))).abort_handle());
        let link = if brings_client { None } else { Some(Link::new(connected(link)?)) };
        if let Some(listener) = listener {
            tasks.push(tokio::spawn(runtime_api::listen(listener, Arc::clone(&mailbox))).abort_handle());
        }
        let (told, control) = connected(control)?.into_split();
        let guests = surroundings.endpoint.map(|endpoint| endpoint.guests.clone());
        let watching =
            Watch { mailbox: Arc::clone(&mailbox), life: Arc::clone(&life), guests, serves_api: brings_client };
        tasks.push(tokio::spawn(watching.watch(told)).abort_handle());
        tasks.push(tokio::spawn(keep_in_bounds(Arc::clone(&life), configuration.memory_size)).abort_handle());
        let worker = Self {
            mailbox,
            link,
            started,
            output,
            log_stream: surroundings.log_stream.to_owned(),
            life,
            tasks,
            _control: control,
            _unpacked: unpacked,
            _temporary: temporary,
            _permit: permit,
        };
        Ok(worker)
    }

    /// Waits until it is ready for its first event.
    pub async fn ready(&mut self) -> Result<(), InitFailure> {
        let killed = || InitFailure::Exited(ExitStatus::from_raw(Signal::KILL.as_raw()));
        let Some(link) = &mut self.link else {
            return (&mut self.started).await.unwrap_or_else(|_| Err(killed()));
        };
        let said = tokio::select! {
            biased;
            said = link.receive() => said,
            told = &mut self.started => match tokio::time::timeout(LAST_WORDS, link.receive()).await {
                Ok(Ok(said)) => Ok(said),
                _ => return told.unwrap_or_else(|_| Err(killed())),
            },
        };
        match said {
            Ok(Said::Ready) => Ok(()),
            Ok(Said::NotInitialised(report)) => Err(InitFailure::Error(report)),
            Ok(_) => Err(killed()),
            // How it ended is about to be told.
            Err(_) => (&mut self.started).await.unwrap_or_else(|_| Err(killed())),
        }
    }

    /// Runs one event. `None` when the time is up; the worker is of no more use then, nor after [`Reply::Exited`].
    pub async fn run(&mut self, call: &Call, now_ms: u64) -> Option<Reply> {
        let timeout_ms = call.version.configuration.timeout_ms();
        self.life.pause.end();
        let deadline_ms = now_ms + timeout_ms;
        let timeout = Duration::from_millis(timeout_ms);
        let reply = match &mut self.link {
            Some(link) => tokio::time::timeout(timeout, run_over(link, &self.mailbox, call, deadline_ms)).await.ok(),
            None => {
                let (reply, answer) = oneshot::channel();
                let request_id = call.request_id.clone();
                let headers = headers(call, deadline_ms);
                self.mailbox.put(Job { request_id, event: call.event.clone(), headers, reply });
                // The mailbox answers every job or the time runs out.
                tokio::time::timeout(timeout, answer).await.ok().and_then(Result::ok)
            }
        };
        self.life.pause.allow();
        reply
    }

    /// The most memory the process has used, in bytes, as the kernel tells.
    pub fn memory_bytes(&self) -> u64 {
        let ended = self.life.kilobytes.load(Ordering::Relaxed);
        if ended > 0 {
            return ended << 10;
        }
        let keeper = self.life.keeper.load(Ordering::Relaxed);
        let peak = || {
            let children = std::fs::read_to_string(format!("/proc/{keeper}/task/{keeper}/children")).ok()?;
            let process: u32 = children.split_whitespace().next()?.parse().ok()?;
            let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        };
        peak().unwrap_or(0) << 10
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

/// Runs one event over a link.
async fn run_over(link: &mut Link, mailbox: &Mailbox, call: &Call, deadline_ms: u64) -> Reply {
    let mut ended = mailbox.end();
    let head = Head {
        request_id: &call.request_id,
        deadline_ms,
        function_arn: &call.version.configuration.function_arn,
        trace_id: &trace_id(&call.request_id),
        is_bytes: call.kind == EventKind::Bytes,
        client_context: call.client_context.as_deref().unwrap_or_default(),
    };
    let exchange = async {
        link.send(&head, &call.event).await?;
        link.receive().await
    };
    let killed = || Reply::Exited(ExitStatus::from_raw(Signal::KILL.as_raw()));
    let said = tokio::select! {
        biased;
        said = exchange => said,
        told = &mut ended => match tokio::time::timeout(LAST_WORDS, link.receive()).await {
            Ok(Ok(said)) => Ok(said),
            _ => return told.unwrap_or_else(|_| killed()),
        },
    };
    match said {
        Ok(Said::Result(body, kilobytes)) => Reply::Result(body, Some(kilobytes)),
        Ok(Said::Error(report)) => Reply::Error(report),
        Ok(Said::TooLarge) => Reply::TooLarge,
        // What no runtime says: the handler has written to what is not its own.
        Ok(Said::Ready | Said::NotInitialised(_)) => killed(),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => killed(),
        // How it ended is about to be told.
        Err(_) => ended.await.unwrap_or_else(|_| killed()),
    }
}

/// Ends the worker when with all that it started it has more memory than its function may have, and lets none of that run while
/// the worker has nothing to do.
async fn keep_in_bounds(life: Arc<Life>, megabytes: u32) {
    let most = (u64::from(megabytes) + MORE_MEGABYTES) << 10;
    while life.kilobytes.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(memory::EVERY).await;
        let keeper = life.keeper.load(Ordering::Relaxed);
        if keeper > 0 {
            let life = Arc::clone(&life);
            let look = move || {
                if !memory::enforce(keeper, most) {
                    life.pause.consider(keeper);
                }
            };
            let _ = tokio::task::spawn_blocking(look).await;
        }
    }
}

fn connected(stream: Pair) -> io::Result<UnixStream> {
    stream.set_nonblocking(true)?;
    UnixStream::from_std(stream)
}

/// Where a worker finds its things.
struct Places<'a> {
    task: &'a Path,
    temporary: &'a Path,
    runtime: &'a Path,
    layers: Option<&'a Path>,
}

impl Places<'_> {
    fn lambda(layers: Option<&Path>) -> Self {
        Self {
            task: Path::new("/var/task"),
            temporary: Path::new("/tmp"),
            runtime: Path::new("/var/runtime"),
            layers: layers.map(|_| Path::new("/opt")),
        }
    }
}

/// `exit status 1`, `signal: killed`; `None` for an end without a reason.
pub(super) fn reason(status: ExitStatus) -> Option<String> {
    match (status.code(), status.signal()) {
        (Some(0), _) | (None, None) => None,
        (Some(code), _) => Some(format!("exit status {code}")),
        (None, Some(signal)) => Some(match Signal::from_named_raw(signal) {
            Some(Signal::KILL) => "signal: killed".to_owned(),
            Some(Signal::SEGV) => "signal: segmentation fault".to_owned(),
            Some(Signal::ABORT) => "signal: aborted".to_owned(),
            Some(Signal::TERM) => "signal: terminated".to_owned(),
            _ => format!("signal: {signal}"),
        }),
    }
}

fn trace_id(request_id: &str) -> String {
    let root = request_id.replace('-', "");
    let (epoch, unique) = root.split_at_checked(8).unwrap_or((&root, ""));
    format!("Root=1-{epoch}-{unique};Sampled=0")
}

fn headers(call: &Call, deadline_ms: u64) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(6);
    let mut put = |name: &'static str, value: &str| {
        // Names and ids of ours are plain; a client context was checked to be JSON and may not be ASCII.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    put("content-type", "application/json");
    put("lambda-runtime-aws-request-id", &call.request_id);
    put("lambda-runtime-deadline-ms", &deadline_ms.to_string());
    put("lambda-runtime-invoked-function-arn", &call.version.configuration.function_arn);
    put("lambda-runtime-trace-id", &trace_id(&call.request_id));
    if call.kind == EventKind::Bytes {
        put("content-type", "application/octet-stream");
    }
    if let Some(context) = &call.client_context {
        put("lambda-runtime-client-context", context);
    }
    headers
}

/// Most of what is written to one file, and to all of `/tmp` where that is the worker's own.
fn file_megabytes(configuration: &Configuration) -> u64 {
    configuration.ephemeral_storage.get("Size").and_then(serde_json::Value::as_u64).unwrap_or(512)
}

fn environment(
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
    places: &Places<'_>,
    (endpoint, api): (Option<SocketAddr>, Option<SocketAddr>),
    has_libraries: bool,
    own_network: bool,
) -> serde_json::Map<String, serde_json::Value> {
    let (task, temporary) = (places.task.to_string_lossy(), places.temporary.to_string_lossy());
    let runtime = places.runtime.to_string_lossy();
    let own = [
        ("HOME", &*temporary),
        ("LAMBDA_RUNTIME_DIR", &runtime),
        ("LAMBDA_TASK_ROOT", &task),
        ("PATH", surroundings.path),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("TMPDIR", &temporary),
    ];
    let mut more: Vec<(String, String)> = own.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    if let Some(endpoint) = endpoint {
        more.push(("AWS_ENDPOINT_URL".to_owned(), format!("http://{endpoint}")));
    }
    if let Some(layers) = places.layers {
        more.push(("_NANO_LAYERS".to_owned(), layers.to_string_lossy().into_owned()));
        let path = format!("{}:{}", surroundings.path, layers.join("bin").display());
        more.retain(|(name, _)| name != "PATH");
        more.push(("PATH".to_owned(), path));
        if has_libraries {
            more.push(("LD_LIBRARY_PATH".to_owned(), layers.join("lib").to_string_lossy().into_owned()));
        }
    }
    if own_network {
        more.push(("_NANO_OWN_NETWORK".to_owned(), "1".to_owned()));
    }
    if let Some(api) = api {
        more.push(("AWS_LAMBDA_RUNTIME_API".to_owned(), api.to_string()));
    }
    let (access_key, secret) = &surroundings.keys;
    let variables = variables(configuration, surroundings.log_stream, (access_key, secret), more);
    variables.into_iter().map(|(name, value)| (name, value.into())).collect()
}
