//! One worker: a process, its private end of the Runtime API, and what it prints.

use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::net::TcpListener;
use tokio::process::{ChildStdin, Command};
use tokio::sync::{OwnedSemaphorePermit, oneshot};
use tokio::task::AbortHandle;

use super::device::Device;
use super::output::Output;
use super::runtime_api::{self, InitFailure, Job, Mailbox, Reply};
use super::task::Folder;
use crate::lambda::Configuration;
use crate::run::{Call, EventKind};

/// What a worker's environment is made of, beside the configuration of its function.
#[derive(Debug, Clone)]
pub(super) struct Surroundings<'a> {
    pub interpreter: &'a Path,
    pub bootstrap: &'a Path,
    /// Where interpreters and programs are searched.
    pub path: &'a str,
    /// The edge's own address, for boto3 inside a handler.
    pub endpoint: Option<&'a str>,
    pub log_stream: &'a str,
}

/// A process that runs one version of a function. Dropping it ends the process and everything the process started.
#[derive(Debug)]
pub(super) struct Worker {
    mailbox: Arc<Mailbox>,
    pub output: Output,
    pub log_stream: String,
    process: Pid,
    server: AbortHandle,
    /// When this end is closed, the kernel ends the process, however the edge ended.
    _alive: ChildStdin,
    _task: Arc<Folder>,
    _temporary: Folder,
    _permit: OwnedSemaphorePermit,
}

/// Told when the worker is ready for its first event.
pub(super) type Started = oneshot::Receiver<Result<(), InitFailure>>;

impl Worker {
    /// Starts the process.
    pub async fn start(
        configuration: &Configuration,
        surroundings: Surroundings<'_>,
        device: Device,
        task: Arc<Folder>,
        temporary: Folder,
        permit: OwnedSemaphorePermit,
    ) -> io::Result<(Self, Started)> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let api = listener.local_addr()?.to_string();
        let (output, writer) = Output::new()?;
        let mut command = Command::new(surroundings.interpreter);
        command
            .arg(surroundings.bootstrap)
            .env_clear()
            .envs(environment(configuration, &surroundings, &api, task.path(), temporary.path()))
            .current_dir(task.path())
            .stdin(Stdio::piped())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            // Its own group, so that what it starts ends with it, and Ctrl-C at the terminal is not its business.
            .process_group(0)
            .kill_on_drop(true);
        let mut child = command.spawn()?;
        // The command holds the writing end of the pipe; its end is seen only when that is closed.
        drop(command);
        let lost = || io::Error::other("the process ended at once");
        let alive = child.stdin.take().ok_or_else(lost)?;
        let process = child.id().and_then(|id| Pid::from_raw(id.cast_signed())).ok_or_else(lost)?;
        let (mailbox, started) = Mailbox::new(device);
        let server = tokio::spawn(runtime_api::serve(listener, Arc::clone(&mailbox))).abort_handle();
        let told = Arc::clone(&mailbox);
        tokio::spawn(async move {
            if let Ok(status) = child.wait().await {
                told.exited(status);
            }
        });
        let worker = Self {
            mailbox,
            output,
            log_stream: surroundings.log_stream.to_owned(),
            process,
            server,
            _alive: alive,
            _task: task,
            _temporary: temporary,
            _permit: permit,
        };
        Ok((worker, started))
    }

    /// Runs one event. `None` when the time is up; the worker is of no more use then, nor after [`Reply::Exited`].
    pub async fn run(&self, call: &Call, now_ms: u64) -> Option<Reply> {
        let (reply, answer) = oneshot::channel();
        let timeout_ms = call.version.configuration.timeout_ms();
        let request_id = call.request_id.clone();
        let headers = headers(call, now_ms + timeout_ms);
        self.mailbox.put(Job { request_id, event: call.event.clone(), headers, reply });
        match tokio::time::timeout(Duration::from_millis(timeout_ms), answer).await {
            Ok(Ok(reply)) => Some(reply),
            // The mailbox answers every job or the time runs out.
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// The most memory the process has used, in bytes, as the kernel tells.
    pub fn memory_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.as_raw_nonzero()));
        let peak = status.ok().and_then(|status| {
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
            line.trim().strip_suffix(" kB")?.parse::<u64>().ok()
        });
        peak.unwrap_or(0) << 10
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.server.abort();
        // Fails when the group is gone already.
        let _ = kill_process_group(self.process, Signal::KILL);
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

fn headers(call: &Call, deadline_ms: u64) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(6);
    let mut put = |name: &'static str, value: &str| {
        // Names and ids of ours are plain; a client context was checked to be JSON and may not be ASCII.
        if let Ok(value) = HeaderValue::from_bytes(value.as_bytes()) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    let root = call.request_id.replace('-', "");
    put("content-type", "application/json");
    put("lambda-runtime-aws-request-id", &call.request_id);
    put("lambda-runtime-deadline-ms", &deadline_ms.to_string());
    put("lambda-runtime-invoked-function-arn", &call.version.configuration.function_arn);
    put(
        "lambda-runtime-trace-id",
        &format!("Root=1-{}-{};Sampled=0", &root[..8.min(root.len())], &root[8.min(root.len())..]),
    );
    if call.kind == EventKind::Bytes {
        put("content-type", "application/octet-stream");
    }
    if let Some(context) = &call.client_context {
        put("lambda-runtime-client-context", context);
    }
    headers
}

fn environment(
    configuration: &Configuration,
    surroundings: &Surroundings<'_>,
    api: &str,
    task: &Path,
    temporary: &Path,
) -> Vec<(String, String)> {
    let region = configuration.function_arn.split(':').nth(3).unwrap_or(crate::lambda::DEFAULT_REGION);
    let (task, temporary) = (task.to_string_lossy(), temporary.to_string_lossy());
    let memory = configuration.memory_size.to_string();
    let execution = format!("AWS_Lambda_{}", configuration.runtime);
    let runtime = surroundings.bootstrap.parent().unwrap_or_else(|| Path::new("/")).to_string_lossy().into_owned();
    let files = configuration.ephemeral_storage.get("Size").and_then(serde_json::Value::as_u64).unwrap_or(512);
    let variables = [
        ("AWS_ACCESS_KEY_ID", "nano"),
        ("AWS_DEFAULT_REGION", region),
        ("AWS_EXECUTION_ENV", &execution),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", &memory),
        ("AWS_LAMBDA_FUNCTION_NAME", &configuration.function_name),
        ("AWS_LAMBDA_FUNCTION_VERSION", &configuration.version),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", configuration.log_group()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", surroundings.log_stream),
        ("AWS_LAMBDA_RUNTIME_API", api),
        ("AWS_REGION", region),
        ("AWS_SECRET_ACCESS_KEY", "nano"),
        ("HOME", &temporary),
        ("LAMBDA_RUNTIME_DIR", &runtime),
        ("LAMBDA_TASK_ROOT", &task),
        ("LANG", "C.UTF-8"),
        ("PATH", surroundings.path),
        ("PYTHONDONTWRITEBYTECODE", "1"),
        ("TMPDIR", &temporary),
        ("TZ", ":UTC"),
        ("_HANDLER", &configuration.handler),
        ("_NANO_FILE_MB", &files.to_string()),
        ("_NANO_MEMORY_MB", &memory),
    ];
    let mut variables: Vec<(String, String)> =
        variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    if let Some(endpoint) = surroundings.endpoint {
        variables.push(("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned()));
    }
    // The function's own come last and win, but for those that it cannot have set anyway.
    let own = configuration.environment.iter().flat_map(|environment| &environment.variables);
    variables.extend(own.map(|(name, value)| (name.clone(), value.clone())));
    variables
}
