//! The edge itself, for those in the same process: deploy, invoke, logs, WooFs, translation. The server is built on it.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use nano_wire::features::Features;
use nano_woof::{LogOptions, Sequence, SyncPolicy};
use serde::{Deserialize, Serialize};
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::broadcast;

use crate::accepted::Accepted;
use crate::audit::Audit;
use crate::holdings::Holdings;
use crate::lambda::{
    ApiError, Configuration, DEFAULT_REGION, Deployment, ErrorKind, FunctionName, Functions, Run, Version,
};
use crate::log_groups::LogGroups;
use crate::logs::Logs;
use crate::origins::Origins;
use crate::package::Package;
use crate::queues::Queues;
use crate::roles::Roles;
use crate::run::credentials::Credentials;
use crate::run::services::Services;
use crate::run::{
    Call, Crew, CrewOptions, Endpoint, EventKind, Failure, Loaded, Network, Ran, Sandbox, Surroundings, report,
};
use crate::secret::make_data_folder;
use crate::store::{ObjectStore, StoreError, StoreOptions};
use crate::translate::{Translation, TranslationError, Translations, fits};
use crate::trigger;
use crate::upkeep::{self, Upkeep};
use crate::waiting::Waiting;
use crate::woofs::Woofs;
use crate::world::{World, log_day};

/// Most invocations under way at once; AWS's default.
pub(crate) const MOST_INVOCATIONS: usize = 1000;

/// An IoTPy handler whose last run took longer than this may run on a thread that serves connections no more.
const MOST_INLINE: Duration = Duration::from_micros(500);

/// Stack of the threads that run handlers.
const STACK_BYTES: usize = 16 << 20;

/// How an edge is opened.
#[derive(Debug, Clone)]
pub struct EdgeOptions {
    /// Where everything is kept; made if it is missing.
    pub data: PathBuf,
    /// What a power cut may take.
    pub policy: SyncPolicy,
    /// Time and randomness.
    pub world: World,
    /// CPython: a path, or a name to be found in `path`.
    pub interpreter: PathBuf,
    /// Where programs are searched, as in `PATH`.
    pub path: String,
    /// Most CPython processes at once.
    pub most_workers: usize,
    /// Threads that serve; 0: one for each core that the process may use.
    pub threads: usize,
    /// What functions on CPython reach of the network.
    pub network: Network,
    /// What lifecycle rules of buckets count: a day, but for tests that can't wait for one.
    pub lifecycle_day: Duration,
}

impl EdgeOptions {
    /// The usual ones over a data folder. `path` is where programs are searched (`PATH`).
    pub fn new(data: impl Into<PathBuf>, path: impl Into<String>) -> Self {
        Self {
            data: data.into(),
            policy: SyncPolicy::default(),
            world: World::system(),
            interpreter: PathBuf::from("python3"),
            path: path.into(),
            most_workers: 32,
            threads: 0,
            network: Network::default(),
            lifecycle_day: Duration::from_hours(24),
        }
    }
}

/// Why a device's append did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The log.
    #[error(transparent)]
    Woof(#[from] nano_woof::Error),
    /// The store of lanes.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// More senders than a log can tell apart.
    #[error("the log has no lane left for another sender")]
    Lanes,
}

/// Why an edge could not be opened or served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EdgeError {
    /// The store in the data folder.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The `WooFs` in the data folder.
    #[error(transparent)]
    Woof(#[from] nano_woof::Error),
    /// A thread, a folder or a process.
    #[error("cannot {what}: {source}")]
    Io {
        /// What was attempted.
        what: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// Another program listens there.
    #[error("port {port} is in use: end the other program, or choose another port with --port")]
    PortInUse {
        /// The port.
        port: u16,
    },
}

impl EdgeError {
    /// Whether another process (or another edge in this one) works on the data folder.
    pub fn is_locked(&self) -> bool {
        use nano_woof::Error::Locked;
        matches!(self, Self::Woof(Locked(_)) | Self::Store(StoreError::Log(Locked(_))))
    }
}

/// What runs an invocation here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Arm {
    /// IoTPy in process.
    Edge,
    /// A CPython worker.
    Cloud,
}

/// Which arm an invocation asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum On {
    /// What the function is configured for.
    #[default]
    Configured,
    /// IoTPy in process, or an error that says why not.
    Edge,
    /// A CPython worker.
    Cloud,
}

/// An invocation.
#[derive(Debug, Clone, Default)]
pub struct Invoke {
    /// JSON (empty is `{}`), or bytes, as `kind` says.
    pub event: Bytes,
    /// What the event is made of.
    pub kind: EventKind,
    /// Where.
    pub on: On,
    /// The caller's context, JSON.
    pub client_context: Option<String>,
}

impl Invoke {
    /// With this event, where the function is configured to run.
    pub fn new(event: impl Into<Bytes>) -> Self {
        Self { event: event.into(), ..Self::default() }
    }
}

/// What an invocation came to.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its id.
    pub request_id: String,
    /// The version that ran.
    pub version: String,
    /// What ran it.
    pub on: Arm,
    /// The result as JSON, or how it failed.
    pub result: Result<Bytes, Failure>,
    /// Its whole log: START, prints, END, REPORT.
    pub log: String,
    /// What it printed.
    pub output: String,
    /// Time of the handler, the start excluded.
    pub duration: Duration,
    /// Time of the start, if there was one.
    pub init: Option<Duration>,
    /// Most memory in use: of the arena, or of the process.
    pub memory_bytes: u64,
    /// Instructions of IoTPy.
    pub instructions: Option<u64>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub enum EdgeEvent {
    /// A function was made or changed.
    Deployed {
        /// Its name.
        function: String,
    },
    /// A record was appended to one of the edge's `WooFs`.
    Appended {
        /// `namespace/name`.
        woof: String,
        /// The record.
        sequence: u64,
    },
    /// An invocation ended.
    Invoked {
        /// The function's name.
        function: String,
        /// The append that caused it: the `WooF` and the record.
        cause: Option<(String, u64)>,
        /// What it came to.
        answer: Arc<Answer>,
    },
}

#[derive(Debug)]
struct Inner {
    store: Arc<ObjectStore>,
    functions: Arc<Functions>,
    accepted: Accepted,
    translations: Translations,
    crew: Arc<Crew>,
    woofs: Arc<Woofs>,
    logs: Logs,
    log_groups: LogGroups,
    audit: Audit,
    holdings: Holdings,
    origins: Origins,
    roles: Roles,
    queues: Queues,
    events: broadcast::Sender<EdgeEvent>,
    upkeep: Arc<Upkeep>,
    under_way: AtomicUsize,
    link_secret: [u8; 32],
    services: Services,
    credentials: Arc<Credentials>,
    world: World,
    handle: Handle,
    runtime: Mutex<Option<Runtime>>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.crew.end_idle();
        if let Some(runtime) = self.runtime.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // It may be one of the runtime's own threads that lets go last; those cannot wait for themselves.
            runtime.shutdown_background();
        }
    }
}

/// An edge. Clones are the same edge; it closes when the last one goes.
///
/// Methods block unless they are `async`; an asynchronous caller uses those, or a thread.
#[derive(Debug, Clone)]
pub struct Edge(Arc<Inner>);

/// Whether there is room for one more, who is counted then. Whoever is refused never counts, not even for a moment: others
/// would be refused for it.
fn counts(count: &AtomicUsize, most: usize) -> bool {
    count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |now| (now < most).then_some(now + 1)).is_ok()
}

/// An invocation that counts, among all and among those of its function, for as long as it runs.
struct UnderWay {
    edge: Edge,
    version: Arc<Version>,
}

impl UnderWay {
    fn enter(edge: &Edge, version: &Arc<Version>) -> Result<Self, ApiError> {
        let refused = |kind| ApiError::new(kind, "Rate Exceeded.");
        if !counts(&edge.0.under_way, MOST_INVOCATIONS) {
            return Err(refused(ErrorKind::TooManyRequests));
        }
        let limits = &version.limits;
        if !counts(&limits.under_way, limits.most.load(Ordering::Relaxed)) {
            edge.0.under_way.fetch_sub(1, Ordering::Relaxed);
            return Err(refused(ErrorKind::ReservedConcurrency));
        }
        Ok(Self { edge: edge.clone(), version: Arc::clone(version) })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        for count in [&self.version.limits.under_way, &self.edge.0.under_way] {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

impl Edge {
    /// Opens the edge in a data folder: everything that was acknowledged is there again.
    pub fn open(options: EdgeOptions) -> Result<Self, EdgeError> {
        let io = |what: &str| {
            let what = what.to_owned();
            move |source| EdgeError::Io { what, source }
        };
        // More than there are cores would take turns of milliseconds, and a request would wait for those of others.
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let threads = if options.threads == 0 { cores } else { options.threads };
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads)
            .thread_name("nano-edge")
            .thread_stack_size(STACK_BYTES)
            .enable_all()
            .build()
            .map_err(io("start threads"))?;
        let handle = runtime.handle().clone();
        let data = &options.data;
        crate::backup::is_whole("open", data)?;
        make_data_folder(data).map_err(io(&format!("make the folder {}", data.display())))?;
        let world = options.world.clone();
        let clock = Arc::clone(&world.clock);
        let policy = options.policy;
        let lifecycle_day_ms = u64::try_from(options.lifecycle_day.as_millis()).unwrap_or(u64::MAX);
        let store = Arc::new(ObjectStore::open(
            &data.join("objects"),
            StoreOptions { policy, lifecycle_day_ms, ..StoreOptions::default() },
            clock,
        )?);
        let functions = Arc::new(Functions::open(&store, world.clone())?);
        let accepted = Accepted::open(&store)?;
        let translations = Translations::new(store.namespace("modules")?);
        let log_options = LogOptions { policy, ..LogOptions::default() };
        let woofs = Arc::new(Woofs::open(&data.join("woofs"), log_options, world.clone())?);
        let logs = Logs::start(Arc::clone(&woofs), world.clone()).map_err(io("start a thread"))?;
        let log_groups = LogGroups::open(&store)?;
        let audit = Audit::start(Arc::clone(&woofs), world.clone()).map_err(io("start a thread"))?;
        let roles = Roles::open(&store)?;
        let origins = Origins::new(store.namespace("origins")?);
        let waiting = Waiting::new(Arc::clone(&woofs), world.clone());
        let queues = Queues::open(data, world.clone(), waiting).map_err(io("open the key of the queues"))?;
        let credentials = Arc::new(Credentials::default());
        let crew = {
            let _entered = handle.enter();
            let crew = CrewOptions {
                interpreter: options.interpreter,
                path: options.path,
                most_workers: options.most_workers.max(1),
                folder: data.join("work"),
                network: options.network,
            };
            Crew::new(crew, Arc::clone(&woofs), Arc::clone(&credentials), world.clone())
                .map_err(io("prepare the folder for workers"))?
        };
        let mut link_secret = [0; 32];
        (world.random)(&mut link_secret);
        let edge = Self(Arc::new(Inner {
            store,
            functions,
            accepted,
            translations,
            crew,
            woofs,
            logs,
            log_groups,
            audit,
            holdings: Holdings::new(data.join("capabilities"), world.clone()),
            origins,
            roles,
            queues,
            events: broadcast::channel(1024).0,
            upkeep: Arc::default(),
            under_way: AtomicUsize::new(0),
            services: Services::default(),
            credentials,
            link_secret,
            world,
            handle,
            runtime: Mutex::new(Some(runtime)),
        }));
        trigger::start(&edge);
        upkeep::start(&edge);
        Ok(edge)
    }

    /// Who asked devices for what.
    pub fn audit(&self) -> &Audit {
        &self.0.audit
    }

    /// What this edge holds of devices.
    pub fn holdings(&self) -> &Holdings {
        &self.0.holdings
    }

    /// The queues of devices that sleep, and who may reach them.
    pub fn queues(&self) -> &Queues {
        &self.0.queues
    }

    /// What waits for devices that sleep.
    pub fn waiting(&self) -> &Waiting {
        self.0.queues.waiting()
    }

    // ---- functions ----

    /// All of Lambda's operations on functions.
    pub fn functions(&self) -> &Functions {
        &self.0.functions
    }

    /// Events that nobody waits for.
    pub(crate) fn accepted(&self) -> &Accepted {
        &self.0.accepted
    }

    pub(crate) fn functions_shared(&self) -> Arc<Functions> {
        Arc::clone(&self.0.functions)
    }

    /// Makes a function or changes it. Its configuration now, and whether it is another than before.
    pub fn deploy(&self, deployment: &Deployment, package: &Package) -> Result<(Configuration, bool), ApiError> {
        let deployed = self.0.functions.deploy(deployment, package)?;
        if deployed.1 {
            self.deployed(&deployment.name);
        }
        Ok(deployed)
    }

    /// Tells whoever listens that a function is another than before.
    pub(crate) fn deployed(&self, function: &str) {
        let _ = self.0.events.send(EdgeEvent::Deployed { function: function.to_owned() });
    }

    /// Runs a function, by any form of its name, and waits for it.
    pub fn invoke(&self, function: &str, invoke: Invoke) -> Result<Answer, ApiError> {
        let edge = self.clone();
        let name = FunctionName::parse(function, 256)?;
        self.block_on(async move {
            let version = edge.0.functions.find(&name, DEFAULT_REGION)?;
            edge.invoke_version(version, invoke, edge.0.world.uuid(), None).await
        })
    }

    /// Runs one version of a function.
    pub(crate) async fn invoke_version(
        &self,
        version: Arc<Version>,
        invoke: Invoke,
        request_id: String,
        cause: Option<(String, u64)>,
    ) -> Result<Answer, ApiError> {
        let under_way = UnderWay::enter(self, &version)?;
        let Invoke { event, kind, client_context, on } = invoke;
        let event = if event.is_empty() && kind == EventKind::Json { Bytes::from_static(b"{}") } else { event };
        let arm = self.arm(&version, on);
        let call = Call { version, event, kind, request_id, client_context };
        match arm {
            Arm::Edge => {
                let ran = self.run_here(&call);
                Ok(self.ended(call, arm, ran, cause))
            }
            Arm::Cloud => {
                // A task of its own: it goes on, counts, and is in the log, although the caller may hang up.
                let task = async move {
                    let edge = &under_way.edge;
                    let ran = edge.0.crew.invoke(&call).await;
                    edge.ended(call, arm, ran, cause)
                };
                let ended = self.0.handle.spawn(task).await;
                ended.map_err(|error| ApiError::new(ErrorKind::Service, format!("the invocation was lost: {error}")))
            }
        }
    }

    /// Writes the log of an invocation, and tells whoever listens.
    fn ended(&self, call: Call, arm: Arm, ran: Ran, cause: Option<(String, u64)>) -> Answer {
        let inner = &*self.0;
        let configuration = &call.version.configuration;
        let log = report::text(configuration, &call.request_id, &ran, inner.world.now_ms());
        inner.logs.write(&configuration.function_name, &call.request_id, &ran.log_stream, &log);
        let answer = Answer {
            request_id: call.request_id,
            version: configuration.version.clone(),
            on: arm,
            result: ran.result,
            log,
            output: ran.output,
            duration: ran.duration,
            init: ran.init,
            memory_bytes: ran.memory_bytes,
            instructions: ran.instructions,
        };
        if inner.events.receiver_count() > 0 {
            let function = configuration.function_name.clone();
            let _ = inner.events.send(EdgeEvent::Invoked { function, cause, answer: Arc::new(answer.clone()) });
        }
        answer
    }

    /// What runs a version. Device functions run in IoTPy here, as they would there.
    fn arm(&self, version: &Arc<Version>, on: On) -> Arm {
        match (on, version.configuration.nano.run) {
            (On::Edge, _) | (On::Configured, Run::Edge | Run::Device) => Arm::Edge,
            (On::Configured, Run::Auto) if self.loaded(version).is_ok() => Arm::Edge,
            (On::Cloud, _) | (On::Configured, Run::Cloud | Run::Auto) => Arm::Cloud,
        }
    }

    /// Which arm a version is run by when nobody asks for one, and why by that one.
    pub fn placement(&self, version: &Arc<Version>) -> (Arm, String) {
        let arm = self.arm(version, On::Configured);
        let why = match version.configuration.nano.run {
            Run::Auto => match self.loaded(version) {
                Ok(_) => "the package compiles for IoTPy".to_owned(),
                Err(error) => format!("the package does not compile for IoTPy: {}", error.reason()),
            },
            Run::Cloud => "it was deployed with run = \"cloud\"".to_owned(),
            Run::Edge => "it was deployed with run = \"edge\"".to_owned(),
            Run::Device => "it was deployed with run = \"device\", and IoTPy runs it here as there".to_owned(),
        };
        (arm, why)
    }

    fn loaded<'v>(&self, version: &'v Arc<Version>) -> Result<&'v Loaded, Cow<'v, TranslationError>> {
        match version.runners.iotpy.get() {
            Some(known) => known.as_ref().map_err(Cow::Borrowed),
            // Compiling takes long: the other work of a thread that serves goes to another one meanwhile.
            None => tokio::task::block_in_place(|| self.load(version)),
        }
    }

    fn load<'v>(&self, version: &'v Arc<Version>) -> Result<&'v Loaded, Cow<'v, TranslationError>> {
        let runners = &version.runners;
        // One for all who come meanwhile.
        let _alone = runners.loading.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = runners.iotpy.get() {
            return known.as_ref().map_err(Cow::Borrowed);
        }
        let loaded = self.translation(version).map(|translation| {
            let day = log_day(self.0.world.now_ms());
            let id = self.0.world.uuid().replace('-', "");
            let stream = format!("{day}/[{}]{id}", version.configuration.version);
            Loaded::new(Arc::new(translation), stream)
        });
        match loaded {
            // The store may have it the next time.
            Err(error @ TranslationError::Store(_)) => Err(Cow::Owned(error)),
            loaded => runners.iotpy.get_or_init(|| loaded).as_ref().map_err(Cow::Borrowed),
        }
    }

    /// Runs IoTPy on this thread, which is one of those that serve. Where that may take long, the thread's other work
    /// is handed to another one first, which costs some microseconds; where it takes long after all, then.
    fn run_here(&self, call: &Call) -> Ran {
        let inner = &*self.0;
        let loaded = match self.loaded(&call.version) {
            Ok(loaded) => loaded,
            Err(error) => return not_translated(call, &error),
        };
        let last_us = &call.version.runners.last_us;
        let quick = u64::from(last_us.load(Ordering::Relaxed)) <= MOST_INLINE.as_micros() as u64;
        let surroundings = Surroundings {
            woofs: &inner.woofs,
            world: &inner.world,
            services: &inner.services,
            credentials: &inner.credentials,
            handle: &inner.handle,
        };
        let ran = if quick {
            loaded.invoke(call, surroundings, Some(MOST_INLINE))
        } else {
            tokio::task::block_in_place(|| loaded.invoke(call, surroundings, None))
        };
        last_us.store(u32::try_from(ran.duration.as_micros()).unwrap_or(u32::MAX), Ordering::Relaxed);
        ran
    }

    // ---- translation ----

    fn translation(&self, version: &Version) -> Result<Translation, TranslationError> {
        let configuration = &version.configuration;
        let store = |error: ApiError| TranslationError::Store(error.message);
        // The hash of the zip is in the configuration; the zip itself is read only when it must be compiled.
        let sha256 = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &configuration.code_sha256)
            .ok()
            .and_then(|bytes| bytes.try_into().ok());
        match sha256 {
            Some(sha256) => {
                let hash = configuration.code_hash(sha256);
                let package = || version.package_with_layers().map_err(store);
                self.0.translations.translate(hash, &configuration.handler, configuration.nano.run, package)
            }
            None => Err(TranslationError::Store(format!("the hash {:?} is damaged", configuration.code_sha256))),
        }
    }

    /// A function's module, for a device with an arena of so many bytes: its module, or why not.
    ///
    /// [`TranslationError::TooLarge`] is an answer the device may meet by asking the edge to run the function.
    pub fn translate(&self, function: &str, arena_bytes: u32) -> Result<Translation, TranslationError> {
        let missing = |error: ApiError| TranslationError::Store(error.message);
        let name = FunctionName::parse(function, 256).map_err(missing)?;
        let version = self.0.functions.find(&name, DEFAULT_REGION).map_err(missing)?;
        let translation = {
            let _entered = self.0.handle.enter();
            self.translation(&version)?
        };
        fits(&translation.module, arena_bytes)?;
        Ok(translation)
    }

    /// As [`Edge::translate`], for a device whose firmware has these parts of the VM.
    pub fn translate_for(
        &self,
        function: &str,
        arena_bytes: u32,
        features: Features,
    ) -> Result<Translation, TranslationError> {
        let translation = self.translate(function, arena_bytes)?;
        let lacks = translation.module.needs().without(features);
        if lacks.is_empty() { Ok(translation) } else { Err(TranslationError::Lacks(lacks)) }
    }

    /// Compiles a package that need not be deployed, to learn whether it could be; then deploying it costs no more time.
    pub fn check(&self, package: &Package, handler: &str, run: Run) -> Result<Translation, TranslationError> {
        let _entered = self.0.handle.enter();
        self.0.translations.translate(package.sha256(), handler, run, || Ok(package.clone()))
    }

    /// Refuses a function whose Python is not on this machine, unless it runs without.
    pub(crate) fn check_runtime(&self, configuration: &Configuration, package: &Package) -> Result<(), ApiError> {
        let runs_here = match configuration.nano.run {
            Run::Edge | Run::Device => true,
            Run::Cloud => false,
            Run::Auto => {
                let whole = self.0.functions.with_layers(configuration, package.clone())?;
                self.check(&whole, &configuration.handler, Run::Auto).is_ok()
            }
        };
        let pythons = self.0.crew.pythons();
        if runs_here || pythons.find(&configuration.runtime).is_some() {
            return Ok(());
        }
        let offered = pythons.offered();
        let what_to_do = match offered.as_slice() {
            [] => "no Python is. Install it: sudo apt install python3".to_owned(),
            offered => format!("choose one of: {}", offered.join(", ")),
        };
        let message = format!("The runtime {} is not on this machine; {what_to_do}.", configuration.runtime);
        Err(ApiError::invalid(message))
    }

    // ---- the rest ----

    /// Logs of functions.
    pub fn logs(&self) -> &Logs {
        &self.0.logs
    }

    /// Roles, as IAM has them.
    pub(crate) fn roles(&self) -> &Roles {
        &self.0.roles
    }

    /// Groups of logs, as CloudWatch has them.
    pub(crate) fn log_groups(&self) -> &LogGroups {
        &self.0.log_groups
    }

    /// Appends what a device sent, once: a retry, with the same lane and number, gets the first attempt's sequence, also
    /// when that was before the edge's last start.
    pub fn append_once(
        &self,
        woof: &str,
        payload: &[u8],
        (device, lane): (&str, u8),
        client_sequence: u64,
    ) -> Result<Sequence, AppendError> {
        let inner = &self.0;
        // Nobody takes lanes of what is not there.
        inner.woofs.takes_appends(woof)?;
        let origin = inner.origins.of(&inner.store, woof, (device, lane), client_sequence)?;
        Ok(inner.woofs.append_once(woof, payload, origin.ok_or(AppendError::Lanes)?)?)
    }

    /// The edge's `WooFs`.
    pub fn woofs(&self) -> &Arc<Woofs> {
        &self.0.woofs
    }

    /// Buckets and objects.
    pub fn store(&self) -> &Arc<ObjectStore> {
        &self.0.store
    }

    /// What happens from now on. A receiver that is more than 1024 events behind misses the oldest.
    pub fn events(&self) -> broadcast::Receiver<EdgeEvent> {
        self.0.events.subscribe()
    }

    pub(crate) fn tell(&self, event: EdgeEvent) {
        let _ = self.0.events.send(event);
    }

    /// What CPython workers are kept from on this machine. Starts Python to find out.
    pub fn sandbox(&self) -> io::Result<Sandbox> {
        let crew = Arc::clone(&self.0.crew);
        self.block_on(async move { crew.sandbox().await })
    }

    /// Time and randomness.
    pub fn world(&self) -> &World {
        &self.0.world
    }

    /// Where AWS's SDK inside a handler finds the edge; set once it is served.
    pub(crate) fn set_endpoint(&self, endpoint: Endpoint) {
        self.0.crew.set_endpoint(endpoint);
        let _entered = self.0.handle.enter();
        self.0.crew.prepare();
    }

    /// What answers the requests of handlers in this process.
    pub(crate) fn services(&self) -> &Services {
        &self.0.services
    }

    /// What handlers sign their requests with.
    pub(crate) fn credentials(&self) -> &Credentials {
        &self.0.credentials
    }

    /// See [`Translations::drop_oldest`].
    pub(crate) fn drop_old_translations(&self) -> Result<usize, StoreError> {
        self.0.translations.drop_oldest()
    }

    pub(crate) fn upkeep(&self) -> Arc<Upkeep> {
        Arc::clone(&self.0.upkeep)
    }

    /// How many invocations are under way.
    pub(crate) fn invocations_under_way(&self) -> usize {
        self.0.under_way.load(Ordering::Relaxed)
    }

    /// What links that this edge gives out are made with.
    pub(crate) fn link_secret(&self) -> &[u8; 32] {
        &self.0.link_secret
    }

    pub(crate) fn handle(&self) -> &Handle {
        &self.0.handle
    }

    pub(crate) fn downgrade(&self) -> WeakEdge {
        WeakEdge(Arc::downgrade(&self.0))
    }

    /// Waits for a future on one of the edge's threads.
    pub(crate) fn block_on<T: Send + 'static>(&self, future: impl Future<Output = T> + Send + 'static) -> T {
        let (told, done) = std::sync::mpsc::channel();
        self.0.handle.spawn(async move {
            let _ = told.send(future.await);
        });
        match done.recv() {
            Ok(value) => value,
            // The future panicked, which is a bug of ours: let it be seen where it was asked for.
            Err(_) => unreachable!("a task of the edge ended without an answer"),
        }
    }
}

/// An edge that may be gone.
#[derive(Debug, Clone)]
pub(crate) struct WeakEdge(std::sync::Weak<Inner>);

impl WeakEdge {
    pub fn upgrade(&self) -> Option<Edge> {
        self.0.upgrade().map(Edge)
    }
}

/// A function that is to run in IoTPy and cannot.
fn not_translated(call: &Call, error: &TranslationError) -> Ran {
    let request_id = &call.request_id;
    let handler = &call.version.configuration.handler;
    let module = handler.rsplit_once('.').map_or(handler.as_str(), |(module, _)| module);
    let (kind, message) = match error {
        TranslationError::HandlerName(_) => ("Runtime.MalformedHandlerName", error.to_string()),
        TranslationError::NoModule(_) => ("Runtime.ImportModuleError", error.to_string()),
        error if error.is_syntax_error() => {
            ("Runtime.UserCodeSyntaxError", format!("Syntax error in module '{module}': {}", error.reason()))
        }
        TranslationError::Refused(_) => {
            ("Runtime.Unsupported", format!("IoTPy does not take '{module}': {}", error.reason()))
        }
        error => ("Runtime.Unknown", error.to_string()),
    };
    let failure = Failure::exception(kind, &message, Vec::new(), request_id);
    let mut output = failure.to_log();
    if matches!(error, TranslationError::Refused(_)) {
        // The place in the source, with the caret.
        output.push_str(&error.to_string());
        output.push('\n');
    }
    Ran {
        result: Err(failure),
        output,
        duration: Duration::ZERO,
        init: None,
        log_stream: String::new(),
        memory_bytes: 0,
        instructions: None,
    }
}
