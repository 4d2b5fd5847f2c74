//! A software device that is switched on: a thread with a runtime, a TCP port for clients, a link to the edge.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_device::{BootError, Config, Identity, Port, Runtime};
use nano_edge::{Edge, World};
use nano_wire::link;
use nano_wire::message::{Message, Pair};

use crate::bridge::encode;
use crate::clients::{Clients, Door, MOST_CLIENTS};
use crate::clock::Clock;
use crate::flash::Flash;
use crate::handover::hand_over;
use crate::inbox::Inbox;
use crate::library::Library;
use crate::network::Link;
use crate::random::Random;
use crate::soft::{Parts, Sink, SoftBoard};
use crate::table::BoardTable;
use crate::uplink::{EdgePort, Uplink};

/// Stack of a device's thread: natives that call back into Python nest.
const STACK_BYTES: usize = 32 << 20;
/// Longest wait for work on a device's thread; a handler may be running.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often it is looked whether a device that sleeps has woken.
const LOOK: Duration = Duration::from_millis(100);

/// How often a device and its edge try to pair, and how long each time.
const PAIRINGS: u32 = 4;
const PAIRING_PATIENCE: Duration = Duration::from_millis(500);

/// Why a software device is not on.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// No thread or port.
    #[error("the device can't be started: {0}")]
    Io(#[from] io::Error),
    /// Its store.
    #[error("{0}; delete its folder under .nano/devices to begin anew")]
    Boot(#[from] BootError),
    /// Its thread has ended.
    #[error("the device is off")]
    Off,
}

/// How a software device is made.
pub struct DeviceOptions {
    /// What its owner calls it.
    pub name: String,
    /// What it imitates.
    pub table: BoardTable,
    /// Who it is.
    pub identity: Identity,
    /// What survives a reset.
    pub flash: Flash,
    /// The edge.
    pub edge: Edge,
    /// What the way there is like.
    pub link: Link,
    /// Delays and losses follow from it.
    pub seed: u64,
    /// Time and entropy.
    pub world: World,
    /// Modules.
    pub library: Arc<Library>,
    /// Who watches.
    pub sink: Sink,
}

/// A software device in real time. It is switched off when this is dropped.
pub struct SoftDevice {
    name: String,
    inbox: Arc<Inbox>,
    edge: Edge,
    door: Door,
    thread: Option<JoinHandle<()>>,
    waking: Option<JoinHandle<()>>,
    awake: Arc<AtomicBool>,
}

impl fmt::Debug for SoftDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftDevice").field("name", &self.name).field("door", &self.door).finish_non_exhaustive()
    }
}

impl SoftDevice {
    /// Switches a device on.
    pub fn start(options: DeviceOptions) -> Result<Self, DeviceError> {
        let DeviceOptions { name, table, identity, flash, edge, link, seed, world, library, sink } = options;
        let inbox = Arc::new(Inbox::default());
        let clients = Arc::new(Clients::default());
        let config = Config { pairing: true, ..table.config(1 + MOST_CLIENTS) };
        let audit = Some(edge.clone());
        let held = edge.clone();
        let port = Arc::new(EdgePort::new(&name, edge, Arc::clone(&library)));
        let uplink = Uplink::thread(Arc::clone(&port), link, seed ^ 1, &inbox)?;
        let awake = Arc::new(AtomicBool::new(true));
        let board = SoftBoard::new(Parts {
            name: name.clone(),
            table,
            clock: Clock::real_time(Instant::now()),
            flash,
            inbox: Arc::clone(&inbox),
            clients: Arc::clone(&clients),
            uplink,
            link,
            random: Random::new(seed),
            world: Some(world),
            library,
            sink,
            audit,
            awake: Arc::clone(&awake),
        });
        let (booted, boots) = mpsc::channel();
        let thread = {
            let inbox = Arc::clone(&inbox);
            // The runtime is made and stays on its own thread.
            let builder = thread::Builder::new().name(format!("nano-{name}")).stack_size(STACK_BYTES);
            builder.spawn(move || match Runtime::boot(board, &identity, config) {
                Ok(runtime) => {
                    let _ = booted.send(Ok(()));
                    run(runtime, &inbox);
                }
                Err(error) => {
                    let _ = booted.send(Err(error));
                }
            })?
        };
        boots.recv().map_err(|_| DeviceError::Off)??;
        let door = Door::open(&inbox, &clients)?;
        let waking = {
            let (inbox, awake) = (Arc::clone(&inbox), Arc::clone(&awake));
            let hand = move || loop {
                let is_here = || awake.load(Ordering::Acquire) && !inbox.is_stopped();
                let handed =
                    hand_over(&port, &mut |kind, body| inbox.deliver(Port::EDGE, 0, encode(kind, body)), &is_here);
                // A disk that keeps nothing may come back.
                if inbox.is_stopped() {
                    return;
                }
                thread::sleep(if handed.is_ok() { LOOK } else { LOOK * 10 });
            };
            thread::Builder::new().name("nano-waking".into()).spawn(hand)?
        };
        Ok(Self { name, inbox, edge: held, door, thread: Some(thread), waking: Some(waking), awake })
    }

    /// Switches its radio on, or off as if it slept: nobody reaches it then. Its sensors and functions go on.
    pub fn set_awake(&self, awake: bool) {
        self.awake.store(awake, Ordering::Release);
    }

    /// Whether it can be reached.
    pub fn is_awake(&self) -> bool {
        self.awake.load(Ordering::Acquire)
    }

    /// Lets edge and device prove to each other that both hold the root of the edge's slot; whether they did within a
    /// while. The link between them may lose what they say, so it is said again.
    pub fn pair(&self) -> Result<bool, DeviceError> {
        for _ in 0..PAIRINGS {
            let Some((nonce, root)) = self.edge.holdings().begin(&self.name) else { return Ok(false) };
            let message = Message::Pair(Pair { nonce, root: &root });
            let (mut body, mut wire) = ([0; 1024], [0; 2048]);
            let length = message.encode(&mut body).map_err(|_| DeviceError::Off)?;
            let body = body.get(..length).unwrap_or_default();
            let length = link::encode(message.kind() as u8, &[body], &mut wire).map_err(|_| DeviceError::Off)?;
            self.inbox.deliver(Port::EDGE, 0, wire.get(..length).unwrap_or_default().to_vec());
            let asked = Instant::now();
            while asked.elapsed() < PAIRING_PATIENCE {
                if self.with(|runtime| runtime.is_paired())? {
                    return Ok(true);
                }
                thread::sleep(Duration::from_millis(2));
            }
        }
        Ok(false)
    }

    /// What its owner calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.door.address()
    }

    /// Does something on the device's thread, between two turns of its loop, and waits for it.
    pub fn with<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Runtime<SoftBoard>) -> T + Send + 'static,
    ) -> Result<T, DeviceError> {
        let (told, done) = mpsc::channel();
        self.inbox.work(Box::new(move |runtime| {
            let _ = told.send(work(runtime));
        }));
        done.recv_timeout(PATIENCE).map_err(|_| DeviceError::Off)
    }

    /// Does something on the device's thread, sooner or later.
    pub fn later(&self, work: impl FnOnce(&mut Runtime<SoftBoard>) + Send + 'static) {
        self.inbox.work(Box::new(work));
    }
}

impl Drop for SoftDevice {
    fn drop(&mut self) {
        self.inbox.stop();
        for thread in [self.thread.take(), self.waking.take()].into_iter().flatten() {
            let _ = thread.join();
        }
    }
}

fn run(mut runtime: Runtime<SoftBoard>, inbox: &Inbox) {
    use nano_device::Board as _;
    while !inbox.is_stopped() {
        while let Some(work) = inbox.take_work() {
            work(&mut runtime);
        }
        let poll = runtime.poll();
        if !poll.busy {
            runtime.board_mut().idle(poll.next_us);
        }
    }
    runtime.settle();
}
