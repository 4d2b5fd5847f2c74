//! All workers: started when needed, kept warm, ended when their function changes, stands idle or overruns.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::net::TcpStream;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore, mpsc};

use super::device::Device;
use super::pythons::Pythons;
use super::runtime_api::{InitFailure, Reply};
use super::sandbox::{Network, Sandbox};
use super::task::Folders;
use super::worker::{Surroundings, Unpacked, Worker, reason};
use super::zygote::Zygote;
use crate::lambda::Version;
use crate::run::credentials::Credentials;
use crate::run::{Call, Failure, Ran};
use crate::woofs::Woofs;
use crate::world::{World, log_day};

/// Time a handler's module may take to be imported, as on AWS.
const INIT_TIMEOUT: Duration = Duration::from_secs(10);

/// A worker that had nothing to do for so long is ended.
const MOST_IDLE: Duration = Duration::from_mins(10);

/// How workers are run.
#[derive(Debug, Clone)]
pub(crate) struct CrewOptions {
    /// The Python interpreter, as a path or a name to be found in `path`.
    pub interpreter: PathBuf,
    /// Where programs are searched (`PATH`).
    pub path: String,
    /// Most workers at once.
    pub most_workers: usize,
    /// Scratch space.
    pub folder: PathBuf,
    /// What functions reach of the network.
    pub network: Network,
}

/// Where the edge answers, for handlers that use AWS's SDK.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub addr: SocketAddr,
    /// Takes connections that come by the doors of workers' own networks.
    pub guests: mpsc::Sender<TcpStream>,
}

/// A worker that waits.
#[derive(Debug)]
struct Idle {
    version: Weak<Version>,
    worker: Box<Worker>,
    since: Instant,
}

/// What an invocation that needs a worker gets.
#[derive(Debug)]
enum Obtained {
    Worker(Box<Worker>),
    Room(OwnedSemaphorePermit),
}

/// All workers.
#[derive(Debug)]
pub(crate) struct Crew {
    options: CrewOptions,
    folders: Arc<Folders>,
    pythons: Arc<Pythons>,
    /// Longest idle first.
    idle: Mutex<Vec<Idle>>,
    permits: Arc<Semaphore>,
    /// Told when a worker has nothing to do any more.
    idled: Notify,
    endpoint: OnceLock<Endpoint>,
    /// By the interpreter's file.
    zygotes: tokio::sync::Mutex<HashMap<PathBuf, Arc<Zygote>>>,
    woofs: Arc<Woofs>,
    credentials: Arc<Credentials>,
    world: World,
}

impl Crew {
    /// Nobody yet. Ends idle workers from time to time while it exists; must be called within the runtime.
    pub fn new(
        options: CrewOptions,
        woofs: Arc<Woofs>,
        credentials: Arc<Credentials>,
        world: World,
    ) -> io::Result<Arc<Self>> {
        let crew = Arc::new(Self {
            folders: Arc::new(Folders::new(&options.folder)?),
            pythons: Arc::new(Pythons::new(options.interpreter.clone(), options.path.clone())),
            idle: Mutex::default(),
            permits: Arc::new(Semaphore::new(options.most_workers)),
            idled: Notify::new(),
            endpoint: OnceLock::new(),
            zygotes: tokio::sync::Mutex::default(),
            options,
            woofs,
            credentials,
            world,
        });
        let weak = Arc::downgrade(&crew);
        tokio::spawn(async move {
            loop {
                tokio::time::sleep(Duration::from_secs(1)).await;
                let Some(crew) = weak.upgrade() else { return };
                crew.end_useless();
            }
        });
        Ok(crew)
    }

    /// Where the edge can be reached, for handlers that use AWS's SDK.
    pub fn set_endpoint(&self, endpoint: Endpoint) {
        let _ = self.endpoint.set(endpoint);
    }

    /// Ends the workers whose function has changed or gone, and those idle for long.
    pub fn end_useless(&self) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept, ended) = std::mem::take(&mut *idle)
            .into_iter()
            .partition(|idle| idle.version.strong_count() > 0 && idle.since.elapsed() < MOST_IDLE);
        *idle = kept;
        drop(idle);
        // Directories are removed with them, which takes a moment.
        drop::<Vec<Idle>>(ended);
    }

    /// Ends all that wait.
    pub fn end_idle(&self) {
        drop(std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner)));
    }

    fn take_idle(&self, version: &Arc<Version>) -> Option<Box<Worker>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        // The one used last is the warmest.
        let at = idle.iter().rposition(|idle| std::ptr::eq(idle.version.as_ptr(), Arc::as_ptr(version)))?;
        Some(idle.remove(at).worker)
    }

    fn put_idle(&self, version: &Arc<Version>, worker: Box<Worker>) {
        let idle = Idle { version: Arc::downgrade(version), worker, since: Instant::now() };
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(idle);
        self.idled.notify_one();
    }

    /// A worker of the version that waits, or room for a new one: the one idle for longest makes way. Where all are at
    /// work, the next one that is done decides.
    async fn obtain(&self, version: &Arc<Version>) -> Option<Obtained> {
        loop {
            let idled = self.idled.notified();
            if let Some(worker) = self.take_idle(version) {
                return Some(Obtained::Worker(worker));
            }
            if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
                return Some(Obtained::Room(permit));
            }
            let oldest = {
                let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
                (!idle.is_empty()).then(|| idle.remove(0))
            };
            if oldest.is_some() {
                // Its room is free as soon as it is gone.
                drop(oldest);
                continue;
            }
            tokio::select! {
                permit = Arc::clone(&self.permits).acquire_owned() => return permit.ok().map(Obtained::Room),
                () = idled => {}
            }
        }
    }

    /// Starts Python before anybody asks for it.
    pub fn prepare(self: &Arc<Self>) {
        let crew = Arc::clone(self);
        tokio::spawn(async move {
            // An interpreter that is not there is said when a function needs it.
            let _ = crew.sandbox().await;
        });
    }

    /// The Pythons of this machine.
    pub fn pythons(&self) -> &Pythons {
        &self.pythons
    }

    /// What workers of this machine are kept from.
    pub async fn sandbox(&self) -> io::Result<Sandbox> {
        let interpreter = self.pythons.usual().ok_or(io::ErrorKind::NotFound)?;
        Ok(self.zygote(&interpreter, None).await?.about.sandbox.clone())
    }

    /// The zygote of an interpreter; another one than `lost`.
    async fn zygote(&self, interpreter: &Path, lost: Option<&Arc<Zygote>>) -> io::Result<Arc<Zygote>> {
        let mut zygotes = self.zygotes.lock().await;
        if let Some(zygote) = zygotes.get(interpreter)
            && !lost.is_some_and(|lost| Arc::ptr_eq(lost, zygote))
        {
            return Ok(Arc::clone(zygote));
        }
        let zygote =
            Arc::new(Zygote::start(interpreter, &self.options.path, &self.folders, self.options.network).await?);
        zygotes.insert(interpreter.to_owned(), Arc::clone(&zygote));
        Ok(zygote)
    }

    async fn start(&self, version: &Arc<Version>, permit: Arc<OwnedSemaphorePermit>) -> io::Result<Worker> {
        let (folders, pythons, wanted) = (Arc::clone(&self.folders), Arc::clone(&self.pythons), Arc::clone(version));
        let found = tokio::task::spawn_blocking(move || {
            // The version was refused when the function was made, if it was asked for and not there. It may have gone
            // since, or nobody asked for one: then the usual one does.
            let interpreter = pythons.find(&wanted.configuration.runtime).or_else(|| pythons.usual());
            io::Result::Ok((
                folders.task(&wanted)?,
                folders.layers(&wanted)?,
                interpreter.ok_or(io::ErrorKind::NotFound)?,
            ))
        });
        let (task, layers, interpreter) = found.await.map_err(io::Error::other)??;
        let configuration = &version.configuration;
        let stream = format!(
            "{}/[{}]{}",
            log_day(self.world.now_ms()),
            configuration.version,
            self.world.uuid().replace('-', "")
        );
        let surroundings = Surroundings {
            folders: &self.folders,
            path: &self.options.path,
            endpoint: self.endpoint.get(),
            keys: self.credentials.of(&configuration.role, &self.world.random),
            log_stream: &stream,
        };
        let mut zygote = self.zygote(&interpreter, None).await?;
        let mut again = true;
        loop {
            let device = Device::new(Arc::clone(&self.woofs), configuration.nano.clone());
            let unpacked = Unpacked { task: Arc::clone(&task), layers: layers.clone() };
            let permit = Arc::clone(&permit);
            match Worker::start(&zygote, configuration, surroundings.clone(), device, unpacked, permit).await {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe && again => {
                    // Somebody ended it; another one can be had.
                    again = false;
                    zygote = self.zygote(&interpreter, Some(&zygote)).await?;
                }
                other => return other,
            }
        }
    }

    /// Runs an invocation in a worker.
    pub async fn invoke(&self, call: &Call) -> Ran {
        let mut ran = Ran {
            result: Err(Failure::exited(&call.request_id, None)),
            output: String::new(),
            duration: Duration::ZERO,
            init: None,
            log_stream: String::new(),
            memory_bytes: 0,
            instructions: None,
        };
        let worker = match self.obtain(&call.version).await {
            Some(Obtained::Worker(worker)) => Ok(worker),
            Some(Obtained::Room(permit)) => self.begin(call, permit, &mut ran).await,
            None => Err(Failure::no_runtime(&call.request_id, "the edge is shutting down")),
        };
        let mut worker = match worker {
            Ok(worker) => worker,
            Err(failure) => {
                ran.result = Err(failure);
                return ran;
            }
        };
        let begun = Instant::now();
        let reply = worker.run(call, self.world.now_ms()).await;
        ran.duration = begun.elapsed();
        ran.output.push_str(&worker.output.take());
        worker.log_stream.clone_into(&mut ran.log_stream);
        let request_id = &call.request_id;
        let usable = matches!(reply, Some(Reply::Result(..) | Reply::Error(_) | Reply::TooLarge));
        let mut size = None;
        ran.result = match reply {
            Some(Reply::Result(body, kilobytes)) => {
                size = kilobytes.map(|kilobytes| kilobytes << 10);
                Ok(body)
            }
            Some(Reply::TooLarge) => Err(Failure::too_large()),
            Some(Reply::Error(body)) => Err(Failure::reported(&body, request_id)),
            Some(Reply::Exited(status)) => Err(Failure::exited(request_id, reason(status).as_deref())),
            None => {
                ran.duration = Duration::from_millis(call.version.configuration.timeout_ms());
                Err(Failure::timed_out(request_id, call.version.configuration.timeout_ms()))
            }
        };
        ran.memory_bytes = size.unwrap_or_else(|| worker.memory_bytes());
        if usable {
            self.put_idle(&call.version, worker);
        }
        ran
    }

    /// A new worker, ready.
    async fn begin(&self, call: &Call, permit: OwnedSemaphorePermit, ran: &mut Ran) -> Result<Box<Worker>, Failure> {
        self.end_useless();
        let request_id = &call.request_id;
        let no_runtime = |why: String| Failure::no_runtime(request_id, &why);
        let begun = Instant::now();
        let mut worker = self.start(&call.version, Arc::new(permit)).await.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => no_runtime(self.pythons.missing()),
            _ => no_runtime(format!("a worker could not be started: {error}")),
        })?;
        let started = tokio::time::timeout(INIT_TIMEOUT, worker.ready()).await;
        let init = begun.elapsed();
        ran.init = Some(init);
        worker.log_stream.clone_into(&mut ran.log_stream);
        let failure = match started {
            Ok(Ok(())) => return Ok(Box::new(worker)),
            Ok(Err(InitFailure::Error(body))) => Failure::reported(&body, request_id),
            Ok(Err(InitFailure::NotStarted(why))) => no_runtime(format!("a worker could not be started: {why}")),
            Ok(Err(InitFailure::Exited(status))) => Failure::exited(request_id, reason(status).as_deref()),
            Err(_) => Failure::timed_out(request_id, INIT_TIMEOUT.as_millis() as u64),
        };
        ran.output = worker.output.take();
        ran.memory_bytes = worker.memory_bytes();
        Err(failure)
    }
}
