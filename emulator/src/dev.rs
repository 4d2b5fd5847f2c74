//! What `nano dev` runs: the edge, the software devices and the watch over the project's files, in one process.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_edge::{ClientLimits, Edge, EdgeError, EdgeEvent, EdgeOptions, Running, Server};

use crate::emulator::{Deployed, Emulated, Emulator, EmulatorError};
use crate::event::{DeviceEvent, Happened, Invocation};
use crate::network::Link;
use crate::project::{Project, ProjectError};
use crate::report;
use crate::watch::Watch;

/// How often the watch looks whether it is to end.
const PACE: Duration = Duration::from_millis(100);

/// Completes a project each time it has been read; an error is for a person.
type Complete = dyn Fn(&mut Project) -> Result<(), String> + Send + Sync;

/// What is done to a project between reading it and deploying it: nothing, or what the library can't do by itself, such as
/// installing the packages that its functions import.
#[derive(Clone)]
pub struct Prepare(Arc<Complete>);

impl Prepare {
    /// Does this.
    pub fn by(complete: impl Fn(&mut Project) -> Result<(), String> + Send + Sync + 'static) -> Self {
        Self(Arc::new(complete))
    }

    fn load(&self, folder: &std::path::Path) -> Result<Project, DevError> {
        let mut project = Project::load(folder)?;
        (self.0)(&mut project).map_err(DevError::Prepare)?;
        Ok(project)
    }
}

impl Default for Prepare {
    fn default() -> Self {
        Self::by(|_| Ok(()))
    }
}

impl fmt::Debug for Prepare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Prepare").finish_non_exhaustive()
    }
}

/// How it is started.
#[derive(Clone, Debug)]
pub struct DevOptions {
    /// The project's folder.
    pub folder: PathBuf,
    /// Where the edge listens; port 0: any that is free.
    pub address: SocketAddr,
    /// The edge.
    pub edge: EdgeOptions,
    /// The way from devices to the edge.
    pub link: Link,
    /// Delays and losses follow from it.
    pub seed: u64,
    /// Devices that are real images in QEMU.
    pub emulated: Emulated,
    /// What is done to the project before it is deployed.
    pub prepare: Prepare,
}

/// Why it does not start.
#[derive(Debug, thiserror::Error)]
pub enum DevError {
    /// The project.
    #[error(transparent)]
    Project(#[from] ProjectError),
    /// Its packages can't be had.
    #[error("{0}")]
    Prepare(String),
    /// Edge and port.
    #[error(transparent)]
    Edge(#[from] EdgeError),
    /// Code and devices.
    #[error(transparent)]
    Emulator(#[from] EmulatorError),
    /// The folder can't be watched.
    #[error("the project's folder can't be watched: {0}")]
    Watch(#[from] notify::Error),
    /// No thread.
    #[error("a thread can't be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// Something to tell the person.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum DevEvent {
    /// On a device.
    Device(DeviceEvent),
    /// At the edge.
    Edge(EdgeEvent),
    /// A save was taken over: what changed, and how long that took.
    Saved {
        /// The files, as paths in the project.
        files: Vec<String>,
        /// What deploying did.
        deployed: Deployed,
    },
    /// The new code's first result on a device: the last event, run again.
    Reloaded {
        /// The device.
        device: String,
        /// The invocation.
        invocation: Box<Invocation>,
        /// From the first sign of the save to this result.
        since_save: Duration,
    },
    /// A save can't be taken over: for a person, with source and caret. What ran before goes on.
    Refused {
        /// The files, as paths in the project.
        files: Vec<String>,
        /// Why.
        text: String,
    },
}

/// A save whose new code has not shown a result yet.
struct Pending {
    function: String,
    module: String,
    saved: Instant,
}

struct Shared {
    emulator: Emulator,
    prepare: Prepare,
    pending: Mutex<Vec<Pending>>,
    /// The functions that are being deployed because of a save: the edge's own events about them are no news.
    deploying: AtomicBool,
    ended: AtomicBool,
    tell: Mutex<Sender<DevEvent>>,
}

impl Shared {
    fn tell(&self, event: DevEvent) {
        // Nobody may be listening.
        let _ = self.tell.lock().unwrap_or_else(PoisonError::into_inner).send(event);
    }
}

/// Edge, devices and watch at work. All of it ends when this is dropped.
pub struct Dev {
    running: Option<Running>,
    shared: Arc<Shared>,
    events: Option<Receiver<DevEvent>>,
    threads: Vec<JoinHandle<()>>,
    project: Project,
}

impl fmt::Debug for Dev {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dev").field("project", &self.project.name).finish_non_exhaustive()
    }
}

impl Dev {
    /// Starts everything. When it returns, functions and devices are as the project says.
    pub fn start(options: DevOptions) -> Result<Self, DevError> {
        let DevOptions { folder, address, edge, link, seed, emulated, prepare } = options;
        let project = prepare.load(&folder)?;
        // The watch first: a save while the rest starts is not missed.
        let watch = Watch::new(&project.folder)?;
        let world = edge.world.clone();
        let edge = Edge::open(edge)?;
        let emulator = Emulator::with_emulated(edge.clone(), world, link, seed, emulated);
        let running =
            Server::attach(edge, address, None, vec![], Some(Arc::new(emulator.clone())), ClientLimits::default())?;
        let (sender, events) = mpsc::channel();
        let shared = Arc::new(Shared {
            emulator,
            prepare,
            pending: Mutex::default(),
            deploying: AtomicBool::new(true),
            ended: AtomicBool::new(false),
            tell: Mutex::new(sender),
        });
        let mut dev = Self { running: Some(running), shared, events: Some(events), threads: Vec::new(), project };
        dev.spawn("nano-dev-devices", devices)?;
        dev.spawn("nano-dev-edge", edge_events)?;
        dev.shared.emulator.deploy(&dev.project)?;
        dev.shared.deploying.store(false, Ordering::Release);
        let project = dev.project.clone();
        dev.spawn("nano-dev-watch", move |shared| saves(shared, watch, &project))?;
        Ok(dev)
    }

    fn spawn(&mut self, name: &str, run: impl FnOnce(&Arc<Shared>) + Send + 'static) -> Result<(), DevError> {
        let shared = Arc::clone(&self.shared);
        let thread = thread::Builder::new().name(name.into()).stack_size(16 << 20).spawn(move || run(&shared))?;
        self.threads.push(thread);
        Ok(())
    }

    /// Where the edge listens.
    pub fn address(&self) -> SocketAddr {
        self.running.as_ref().map_or(SocketAddr::from(([127, 0, 0, 1], 0)), Running::addr)
    }

    /// The project as it was when this started.
    pub fn project(&self) -> &Project {
        &self.project
    }

    /// The devices.
    pub fn emulator(&self) -> &Emulator {
        &self.shared.emulator
    }

    /// What happens from the start on; there is one receiver, and it is taken once.
    pub fn take_events(&mut self) -> Option<Receiver<DevEvent>> {
        self.events.take()
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
        if let Some(running) = self.running.take() {
            running.shutdown();
        }
    }
}

/// Passes on what happens on devices; new code is run on the last event, and its result completes the save.
fn devices(shared: &Arc<Shared>) {
    let events = shared.emulator.feed().listen();
    while !shared.ended.load(Ordering::Acquire) {
        let Ok(event) = events.recv_timeout(PACE) else { continue };
        let reloaded = match &event.what {
            Happened::Fetched { function, .. } if is_pending(shared, function) => {
                shared.emulator.replay(&event.device, function);
                None
            }
            Happened::Invocation(invocation) => {
                // The edge has written those that ran there.
                if invocation.on == "device" {
                    let id = report::request_id(&event.device, invocation, event.at_us);
                    let text = report::text(&id, invocation);
                    shared.emulator.edge().logs().write(&invocation.function, &id, &event.device, &text);
                }
                complete(shared, &event.device, invocation)
            }
            _ => None,
        };
        shared.tell(DevEvent::Device(event));
        if let Some(reloaded) = reloaded {
            shared.tell(reloaded);
        }
    }
}

fn is_pending(shared: &Shared, function: &str) -> bool {
    let pending = shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
    pending.iter().any(|pending| pending.function == function)
}

fn complete(shared: &Shared, device: &str, invocation: &Invocation) -> Option<DevEvent> {
    let mut pending = shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
    let index = pending.iter().position(|p| p.function == invocation.function && p.module == invocation.module)?;
    let since_save = pending.swap_remove(index).saved.elapsed();
    Some(DevEvent::Reloaded { device: device.to_owned(), invocation: Box::new(invocation.clone()), since_save })
}

/// Passes on what happens at the edge; a function that somebody else deployed there is followed by the devices.
fn edge_events(shared: &Arc<Shared>) {
    let mut events = shared.emulator.edge().events();
    while !shared.ended.load(Ordering::Acquire) {
        match events.try_recv() {
            Ok(event) => {
                if let EdgeEvent::Deployed { function } = &event
                    && !shared.deploying.load(Ordering::Acquire)
                    && let Err(error) = shared.emulator.follow(function)
                {
                    shared.tell(DevEvent::Refused { files: Vec::new(), text: error.to_string() });
                }
                shared.tell(DevEvent::Edge(event));
            }
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// The life of each save.
fn saves(shared: &Arc<Shared>, mut watch: Watch, project: &Project) {
    while !shared.ended.load(Ordering::Acquire) {
        let Some((paths, saved)) = watch.next(PACE) else { continue };
        let shown = |path: &PathBuf| path.strip_prefix(&project.folder).unwrap_or(path).display().to_string();
        let files: Vec<String> = paths.iter().map(shown).collect();
        shared.deploying.store(true, Ordering::Release);
        let told = match take_over(shared, project, saved) {
            Ok(deployed) => DevEvent::Saved { files, deployed },
            Err(text) => DevEvent::Refused { files, text },
        };
        shared.tell(told);
        // The edge's events about it have been sent by now, but may not have been read.
        thread::sleep(Duration::from_millis(20));
        shared.deploying.store(false, Ordering::Release);
    }
}

fn take_over(shared: &Shared, project: &Project, saved: Instant) -> Result<Deployed, String> {
    let project = shared.prepare.load(&project.folder).map_err(|error| error.to_string())?;
    let expect = |deployed: &Deployed| {
        let mut pending = shared.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for (function, hash) in &deployed.changed {
            pending.retain(|pending| pending.function != *function);
            if let Some(hash) = hash {
                pending.push(Pending { function: function.clone(), module: hash.to_string(), saved });
            }
        }
    };
    shared.emulator.deploy_with(&project, expect).map_err(|error| error.to_string())
}
