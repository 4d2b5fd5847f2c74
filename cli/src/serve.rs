//! `nano serve`: the edge alone.

use crate::arguments::{NetworkWord, Serve, ServeCommand, Sync};
use crate::failure::Failure;
use crate::request_log::RequestLog;
use crate::running::Marker;
use nano_edge::{Config, Edge, EdgeError, Network, Server, World};
use nano_emulator::{DeviceEvent, Gateway, Happened};
use nano_woof::SyncPolicy;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

impl From<EdgeError> for Failure {
    fn from(error: EdgeError) -> Self {
        match error {
            EdgeError::PortInUse { .. } => Self::with_hint(error, "see who listens: ss -ltnp"),
            other if other.is_locked() => Self::with_hint(
                other,
                "another nano dev or nano serve works on this data: end it, or choose another folder with --data",
            ),
            other => Self::usage(other),
        }
    }
}

impl From<NetworkWord> for Network {
    fn from(word: NetworkWord) -> Self {
        match word {
            NetworkWord::Edge => Self::Edge,
            NetworkWord::Host => Self::Host,
        }
    }
}

impl From<Sync> for SyncPolicy {
    fn from(sync: Sync) -> Self {
        match sync {
            Sync::EveryAppend => Self::EveryAppend,
            Sync::Group => Self::Group,
            Sync::Os => Self::Os,
        }
    }
}

/// More open files than these nobody needs.
const MOST_FILES: u64 = 1 << 16;

/// Serves until it is interrupted.
pub fn serve(arguments: &Serve) -> Result<u8, Failure> {
    match &arguments.command {
        Some(ServeCommand::Keys(command)) => return crate::keys::keys(command),
        None if arguments.check => return check(arguments),
        None => {}
    }
    crate::signal::outlive_file_size_limit();
    let files = most_files();
    let path = std::env::var("PATH").unwrap_or_default();
    let mut config = Config::new(arguments.port, arguments.data.clone(), path);
    config.addr = SocketAddr::from((arguments.host, arguments.port));
    config.edge.policy = arguments.sync.into();
    config.edge.network = arguments.network.into();
    config.names.clone_from(&arguments.name);
    // The rest is for logs, workers and whatever else has files open: those must not go without because many connect.
    config.limits.most_connections = config.limits.most_connections.min(files / 2).max(1);
    if let Some(day) = arguments.lifecycle_day {
        config.edge.lifecycle_day = day;
    }
    if !arguments.auth.is_empty() || !arguments.host.is_loopback() {
        config.keys = Some(crate::keys::access_keys(&arguments.data, &arguments.auth)?);
    }
    let verifies = config.keys.is_some();
    if crate::keys::is_seen(&arguments.auth) {
        anstream::eprintln!(
            "warning: a secret on the command line is in the list of processes, for everyone on this machine; keep it in a \
             file: --auth @FILE, or nano serve keys add"
        );
    }
    let (running, devices) = match arguments.devices {
        None => (Server::start(config)?, None),
        Some(address) => {
            let edge = Edge::open(config.edge)?;
            let gateway = Gateway::open(address, edge.clone(), Arc::default(), Arc::new(|event| told(&event)))
                .map_err(|error| Failure::usage(format!("boards can't be let in at {address}: {error}")))?;
            let gateway = Arc::new(gateway);
            let devices = gateway.address();
            (Server::attach(edge, config.addr, config.keys, config.names, Some(gateway), config.limits)?, Some(devices))
        }
    };
    let marker = placed(&arguments.data, running.addr());
    anstream::eprintln!("serving S3 and Lambda at http://{} (data in {})", running.addr(), arguments.data.display());
    for refused in &running.edge().store().start().refused {
        let (path, reason) = (refused.path.display(), &refused.reason);
        anstream::eprintln!("the checkpoint {path} was not used and is gone: {reason}; the journal has it all");
    }
    if verifies {
        anstream::eprintln!("signatures are verified");
    }
    anstream::eprintln!("try: aws --endpoint-url http://{} lambda list-functions", running.addr());
    if let Some(devices) = devices {
        anstream::eprintln!("boards connect to {devices}");
    }
    // Before anybody is told where it listens.
    let log = RequestLog::start(arguments.log, arguments.json);
    if let Some(log) = &log {
        running.watch(log.watch());
    }
    if arguments.json {
        let mut ready = serde_json::json!({"endpoint": format!("http://{}", running.addr())});
        if let Some(devices) = devices {
            ready["devices"] = devices.to_string().into();
        }
        println!("{ready}");
    }
    crate::signal::wait_as_server();
    anstream::eprintln!("ending: requests under way are finished first");
    drop(marker);
    running.shutdown();
    if let Some(log) = log {
        log.end();
    }
    Ok(0)
}

/// How many files this process may have open: as many as its user may give it.
pub fn most_files() -> usize {
    let limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(MOST_FILES).min(MOST_FILES);
    if limit.current.is_some_and(|current| current < most) {
        let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(most), maximum: limit.maximum });
        if raised.is_err() {
            return limit.current.and_then(|current| usize::try_from(current).ok()).unwrap_or(usize::MAX);
        }
    }
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// Has the project's commands find the edge; without it they look where edges usually are.
pub fn placed(data: &Path, address: SocketAddr) -> Option<Marker> {
    Marker::place(data, address)
        .inspect_err(|error| {
            anstream::eprintln!(
                "other commands must be told --endpoint: {} can't be written to: {error}",
                data.display()
            );
        })
        .ok()
}

/// What happens on boards, for who watches.
fn told(event: &DeviceEvent) {
    if let Happened::Progress { text } | Happened::Note { text } = &event.what {
        anstream::eprintln!("{:<10} {text}", event.device);
    }
}

/// Reads and checks every record.
fn check(arguments: &Serve) -> Result<u8, Failure> {
    if !arguments.data.is_dir() {
        return Err(Failure::usage(format!("there is no folder {}", arguments.data.display())));
    }
    let checked = match nano_edge::check(&arguments.data, World::system()) {
        Ok(checked) => checked,
        Err(error) if error.is_locked() => return Err(error.into()),
        Err(error) => {
            let hint = "nano restore makes the folder of a backup; what is damaged is not repaired by guessing";
            return Err(Failure::with_hint(error, hint));
        }
    };
    if arguments.json {
        println!("{}", serde_json::json!(checked));
    } else {
        anstream::println!(
            "{} records of objects and functions, {} of {} WooFs: all as they were written",
            checked.object_records,
            checked.woof_records,
            checked.woofs
        );
        if checked.truncated_bytes > 0 {
            anstream::println!("{} bytes of an unfinished write were cut off", checked.truncated_bytes);
        }
    }
    Ok(0)
}
