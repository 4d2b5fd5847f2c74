//! The devices of a project, switched on, provisioned by their owner's capability, and kept up with the project's code.

mod error;
mod member;
mod provision;
mod status;

use std::collections::HashMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use nano_caps::{Capability, FrameBuilder, KeyRing};
use nano_edge::{Deployment, EDGE_RIGHTS, Edge, NanoSettings, Package, Translation, TranslationError, Trigger, World};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{ANY, Configuration, Place};

use crate::bridge::Bridge;
use crate::client::DeviceClient;
use crate::device::{DeviceError, DeviceOptions, SoftDevice};
use crate::emulated::{EmulatedDevice, EmulatedOptions};
use crate::event::Invocation;
use crate::feed::Feed;
use crate::gateway::Gateway;
use crate::keys::{DeviceFolder, KeyError};
use crate::library::Library;
use crate::machine::Machine;
use crate::network::Link;
use crate::operator::Operator;
use crate::project::{DeviceSpec, FunctionSpec, Project, RunOn};
use crate::qemu::QemuError;
use crate::table::{BoardTable, Wiring};
pub use error::EmulatorError;
use member::{Body, Headers, Member, Placed};
use provision::{provision, samplers};
use status::status_of;
pub use status::{DeviceStatus, FunctionStatus, LogStatus};

/// What deploying did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deployed {
    /// The functions that are others than before, with the hash of their module where they have one.
    pub changed: Vec<(String, Option<ModuleHash>)>,
    /// Time to compile all functions, microseconds.
    pub compile_us: u64,
    /// Time to tell edge and devices, microseconds.
    pub deploy_us: u64,
    /// What the person should know.
    pub notes: Vec<String>,
}

/// Which devices are emulated, and where the images are.
#[derive(Clone, Debug, Default)]
pub struct Emulated {
    /// Device and board.
    pub devices: Vec<(String, String)>,
    /// Folder of the images, as `cargo xtask firmware` leaves it.
    pub firmware: PathBuf,
}

struct Inner {
    edge: Edge,
    world: World,
    library: Arc<Library>,
    feed: Arc<Feed>,
    link: Link,
    seed: u64,
    members: Mutex<Vec<Member>>,
    project: Mutex<Option<Project>>,
    operator: OnceLock<Operator>,
    ready: AtomicBool,
    emulated: Emulated,
    /// The door of boards on a network, once there is one.
    gateway: Mutex<Option<Arc<Gateway>>>,
}

/// Software devices beside an edge. Clones are the same; the devices are switched off when the last one goes.
#[derive(Clone)]
pub struct Emulator(Arc<Inner>);

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator").finish_non_exhaustive()
    }
}

impl Emulator {
    /// Without devices yet. Delays and losses of links follow from the seed.
    pub fn new(edge: Edge, world: World, link: Link, seed: u64) -> Self {
        Self::with_emulated(edge, world, link, seed, Emulated::default())
    }

    /// As [`Emulator::new`]; these devices will be real images in QEMU.
    pub fn with_emulated(edge: Edge, world: World, link: Link, seed: u64, emulated: Emulated) -> Self {
        Self(Arc::new(Inner {
            edge,
            world,
            library: Arc::default(),
            feed: Arc::default(),
            link,
            seed,
            members: Mutex::default(),
            project: Mutex::default(),
            operator: OnceLock::new(),
            ready: AtomicBool::new(false),
            emulated,
            gateway: Mutex::default(),
        }))
    }

    /// What happens on the devices.
    pub fn feed(&self) -> &Arc<Feed> {
        &self.0.feed
    }

    /// The edge.
    pub fn edge(&self) -> &Edge {
        &self.0.edge
    }

    /// Whether devices and functions are as the project says.
    pub fn is_ready(&self) -> bool {
        self.0.ready.load(Ordering::Acquire)
    }

    /// What runs functions by hand; there is none before a project is deployed.
    pub fn operator(&self) -> Option<&Operator> {
        self.0.operator.get()
    }

    /// The names of the devices.
    pub fn device_names(&self) -> Vec<String> {
        self.members().iter().map(|member| member.spec.name.clone()).collect()
    }

    /// Where clients reach a device.
    pub fn address(&self, device: &str) -> Option<SocketAddr> {
        let members = self.members();
        members.iter().find(|member| member.spec.name == device).map(|member| member.device.address())
    }

    /// The line to a device that is real firmware: clients share it, while those of a software device have a port each.
    pub(crate) fn bridge(&self, device: &str) -> Option<Arc<Bridge>> {
        let members = self.members();
        match &members.iter().find(|member| member.spec.name == device)?.device {
            Body::Soft(_) => None,
            Body::Emulated(device) => Some(device.bridge()),
        }
    }

    fn members(&self) -> MutexGuard<'_, Vec<Member>> {
        self.0.members.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes edge and devices what the project says: switches on devices that aren't on, compiles, deploys, provisions. When
    /// the code does not compile nothing changes, and what ran before goes on.
    pub fn deploy(&self, project: &Project) -> Result<Deployed, EmulatorError> {
        self.deploy_with(project, |_| ())
    }

    /// As [`Emulator::deploy`]; `expect` learns what will change before any device does.
    pub fn deploy_with(&self, project: &Project, expect: impl FnOnce(&Deployed)) -> Result<Deployed, EmulatorError> {
        let begun = Instant::now();
        if let Some((device, _)) =
            self.0.emulated.devices.iter().find(|(name, _)| !project.devices.iter().any(|spec| spec.name == *name))
        {
            let devices: Vec<&str> = project.devices.iter().map(|spec| spec.name.as_str()).collect();
            return Err(EmulatorError::NoDevice { device: device.clone(), devices: devices.join(", ") });
        }
        let files = project.files()?;
        let package = Package::build(files.iter().map(|(path, content)| (path.as_str(), content.as_slice())))?;
        let mut translations = HashMap::new();
        for function in &project.functions {
            if let Some(translation) = self.compile(&package, function)? {
                translations.insert(function.name.as_str(), translation);
            }
        }
        let compile_us = elapsed_us(begun);

        let begun = Instant::now();
        let mut deployed = Deployed { compile_us, ..Deployed::default() };
        for function in &project.functions {
            let deployment = self.deployment(project, function)?;
            let refused = |error| EmulatorError::Edge { function: function.name.clone(), error };
            let (_, changed) = self.0.edge.deploy(&deployment, &package).map_err(refused)?;
            let hash = translations.get(function.name.as_str()).map(|translation| ModuleHash(translation.hash));
            if changed {
                deployed.changed.push((function.name.clone(), hash));
            }
        }
        expect(&deployed);
        if self.0.operator.get().is_none() {
            let operator = Operator::create(&project.local_folder(), &self.0.world).map_err(EmulatorError::Operator)?;
            let _ = self.0.operator.set(operator);
        }
        let mut members = self.members();
        for spec in &project.devices {
            match members.iter_mut().find(|member| member.spec.name == spec.name) {
                Some(member) if member.spec.board == spec.board => member.sampling &= same_sensors(&member.spec, spec),
                Some(_) => deployed.notes.push(format!("{} is another board now: restart nano dev", spec.name)),
                None => members.push(self.switch_on(project, spec)?),
            }
        }
        let gone = |member: &Member| !project.devices.iter().any(|spec| spec.name == member.spec.name);
        members.retain(|member| !gone(member));
        for member in members.iter_mut() {
            self.follow_keys(project, member)?;
            if let Some(spec) = project.devices.iter().find(|spec| spec.name == member.spec.name) {
                member.spec.sensors.clone_from(&spec.sensors);
            }
            provision(project, member, &translations, &deployed, self.is_ready())?;
        }
        drop(members);
        *self.0.project.lock().unwrap_or_else(PoisonError::into_inner) = Some(project.clone());
        self.0.ready.store(true, Ordering::Release);
        deployed.deploy_us = elapsed_us(begun);
        Ok(deployed)
    }

    /// Compiles a function; nothing where CPython runs it in any case. What stops it from running where it should is an
    /// error.
    fn compile(&self, package: &Package, function: &FunctionSpec) -> Result<Option<Arc<Translation>>, EmulatorError> {
        match self.0.edge.check(package, &function.handler, function.run.at_edge()) {
            Ok(translation) => Ok(Some(self.0.library.add(translation))),
            Err(error) if matches!(function.run, RunOn::Auto | RunOn::Cloud) && !is_fault(&error) => Ok(None),
            Err(error) => Err(EmulatorError::Code { function: function.name.clone(), text: error.to_string() }),
        }
    }

    /// How the edge takes a function. One that a device's log invokes is invoked by the device, not by a log at the edge.
    fn deployment(&self, project: &Project, function: &FunctionSpec) -> Result<Deployment, EmulatorError> {
        let mut trigger = None;
        if let (Some(spec), true) = (&function.trigger, project.devices.is_empty()) {
            if let Some(log) = project.woofs.iter().find(|log| log.name == spec.woof) {
                let name = format!("{}/{}", project.name, log.name);
                match self.0.edge.woofs().create(&name, log.element, log.history.into()) {
                    // It has been made with another size before; its records stay.
                    Ok(()) | Err(nano_woof::Error::Exists(_)) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            trigger = Some(Trigger { woof: spec.woof.clone(), every: spec.every.into() });
        }
        Ok(Deployment {
            name: function.name.clone(),
            handler: function.handler.clone(),
            environment: std::collections::BTreeMap::new(),
            nano: NanoSettings {
                run: function.run.at_edge(),
                arena_bytes: Some(function.memory),
                timeout_ms: Some(function.timeout_ms),
                namespace: Some(project.name.clone()),
                trigger,
            },
        })
    }

    fn switch_on(&self, project: &Project, spec: &DeviceSpec) -> Result<Member, EmulatorError> {
        let folder = DeviceFolder::new(&project.local_folder(), &spec.name);
        let identity = folder.open(&self.0.world)?;
        if let Some((_, board)) = self.0.emulated.devices.iter().find(|(device, _)| *device == spec.name) {
            return self.switch_on_emulated(project, spec, board, &folder);
        }
        let feed = Arc::clone(&self.0.feed);
        let failed = |error: DeviceError| EmulatorError::Device { device: spec.name.clone(), error };
        let device = SoftDevice::start(DeviceOptions {
            name: spec.name.clone(),
            table: spec.board.clone(),
            identity,
            flash: folder.flash(),
            edge: self.0.edge.clone(),
            link: self.0.link,
            // Each device has luck of its own.
            seed: spec.name.bytes().fold(self.0.seed, |seed, byte| seed.wrapping_mul(31).wrapping_add(byte.into())),
            world: self.0.world.clone(),
            library: Arc::clone(&self.0.library),
            sink: Arc::new(move |event| feed.tell(event)),
        })
        .map_err(failed)?;
        let root = folder.root(&identity)?;
        let headers = Headers::of(&folder.ring(&identity)?)?;
        let client = self.connect(&spec.name, device.address(), root)?;
        let mut member = Member {
            spec: spec.clone(),
            device: Body::Soft(device),
            client,
            installed: HashMap::new(),
            logs: HashMap::new(),
            sampling: false,
            headers,
            paired: false,
        };
        self.pair(&folder.ring(&identity)?, &mut member)?;
        Ok(member)
    }

    /// Switches on a device that is a real image in QEMU.
    fn switch_on_emulated(
        &self,
        project: &Project,
        spec: &DeviceSpec,
        board: &str,
        folder: &DeviceFolder,
    ) -> Result<Member, EmulatorError> {
        let failed = |error| EmulatorError::Board { device: spec.name.clone(), error };
        let machine = Machine::of(board).ok_or_else(|| failed(QemuError::NoMachine(board.to_owned())))?;
        let identity = folder.open(&self.0.world)?;
        let (ring, root) = (folder.ring(&identity)?, folder.root(&identity)?);
        self.hold(&ring, &spec.name)?;
        let gateway = match machine.qemu.link {
            Wiring::Serial => None,
            Wiring::Network => Some(
                self.gateway()
                    .map_err(|error| failed(QemuError::Io { what: "a port for boards".into(), source: error }))?,
            ),
        };
        let samplers = samplers(project, spec);
        let feed = Arc::clone(&self.0.feed);
        let device = EmulatedDevice::start(EmulatedOptions {
            name: spec.name.clone(),
            machine,
            table: BoardTable::named(board).unwrap_or_else(|| spec.board.clone()),
            firmware: self.0.emulated.firmware.clone(),
            folder: folder.board(board),
            identity,
            root: root.clone(),
            samplers: &samplers,
            edge: self.0.edge.clone(),
            gateway,
            world: self.0.world.clone(),
            library: Arc::clone(&self.0.library),
            sink: Arc::new(move |event| feed.tell(event)),
        })
        .map_err(failed)?;
        let client = self.connect(&spec.name, device.address(), root)?;
        let headers = Headers::of(&ring)?;
        Ok(Member {
            spec: spec.clone(),
            device: Body::Emulated(device),
            client,
            installed: HashMap::new(),
            logs: HashMap::new(),
            sampling: false,
            headers,
            paired: true,
        })
    }

    /// The door of boards on a network, opened when the first one needs it.
    fn gateway(&self) -> std::io::Result<Arc<Gateway>> {
        let mut gateway = self.0.gateway.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(gateway) = &*gateway {
            return Ok(Arc::clone(gateway));
        }
        let (feed, edge) = (Arc::clone(&self.0.feed), self.0.edge.clone());
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let sink = Arc::new(move |event| feed.tell(event));
        let opened = Arc::new(Gateway::open(address, edge, Arc::clone(&self.0.library), sink)?);
        *gateway = Some(Arc::clone(&opened));
        Ok(opened)
    }

    fn connect(&self, name: &str, address: SocketAddr, root: Capability) -> Result<DeviceClient, EmulatorError> {
        DeviceClient::connect(address, root, &self.0.world).map_err(|error| EmulatorError::Refused {
            device: name.to_owned(),
            what: "a connection".into(),
            error,
        })
    }

    /// The edge gets a root of its own slot, which neither installs nor revokes, and proves to the device that it has it.
    fn pair(&self, ring: &KeyRing, member: &mut Member) -> Result<(), EmulatorError> {
        let name = member.spec.name.clone();
        self.hold(ring, &name)?;
        // A board in QEMU has the wire for itself, or has paired when it connected.
        member.paired = member
            .device
            .soft()
            .map_or(Ok(true), SoftDevice::pair)
            .map_err(|error| EmulatorError::Device { device: name, error })?;
        Ok(())
    }

    /// The edge holds the root of its slot on a device.
    fn hold(&self, ring: &KeyRing, name: &str) -> Result<(), EmulatorError> {
        let frame = FrameBuilder::new().grant(ANY, ANY, EDGE_RIGHTS).build().map_err(KeyError::Ring)?;
        let root = ring.root(1, &frame).map_err(KeyError::Ring)?;
        let failed = |error: std::io::Error| EmulatorError::Device { device: name.to_owned(), error: error.into() };
        self.0.edge.holdings().hold(name, &root).map_err(failed)?;
        self.0.edge.queues().handle(name).map(|_| ()).map_err(failed)
    }

    /// Where the owner has raised a generation or the epoch, owner and edge go on with the new keys.
    fn follow_keys(&self, project: &Project, member: &mut Member) -> Result<(), EmulatorError> {
        let folder = DeviceFolder::new(&project.local_folder(), &member.spec.name);
        let Some(identity) = folder.identity()? else { return Ok(()) };
        let ring = folder.ring(&identity)?;
        let headers = Headers::of(&ring)?;
        if headers.owner != member.headers.owner {
            member.client = self.connect(&member.spec.name, member.device.address(), folder.root(&identity)?)?;
        }
        if headers.edge != member.headers.edge || !member.paired {
            self.pair(&ring, member)?;
        }
        member.headers = headers;
        Ok(())
    }

    /// Follows a function whose code was changed at the edge, by an AWS client for instance.
    pub fn follow(&self, function: &str) -> Result<(), EmulatorError> {
        let project = self.0.project.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(project) = project.filter(|project| project.function(function).is_some()) else { return Ok(()) };
        let Ok(translation) = self.0.edge.translate(function, u32::MAX) else { return Ok(()) };
        let translation = self.0.library.add(translation);
        let mut members = self.members();
        for member in members.iter_mut() {
            let Some(placed) = member.installed.get(function).filter(|placed| placed.place == Place::Device) else {
                continue;
            };
            let placed = Placed { hash: ModuleHash(translation.hash), ..placed.clone() };
            if member.installed.get(function) == Some(&placed) {
                continue;
            }
            let configuration = Configuration {
                hash: placed.hash,
                size: translation.module.bytes().len() as u32, // at most 8 MiB
                memory: placed.memory,
                timeout_ms: u32::try_from(placed.timeout_ms).unwrap_or(u32::MAX),
                every: placed.every,
                place: Place::Device,
                name: function,
                handler: &placed.handler,
            };
            let what = format!("function {function}");
            let device = member.spec.name.clone();
            let configured = member.client.configure(placed.log, configuration);
            configured.map_err(|error| EmulatorError::Refused { device, what, error })?;
            member.installed.insert(function.to_owned(), placed);
        }
        drop(project);
        Ok(())
    }

    /// Runs the last event of a function again on a device, without a record; nothing where there is none.
    pub fn replay(&self, device: &str, function: &str) {
        let function = function.to_owned();
        if let Some(member) = self.members().iter().find(|member| member.spec.name == device)
            && let Some(device) = member.device.soft()
        {
            device.later(move |runtime| {
                runtime.replay(&function);
            });
        }
    }

    /// Runs a function on a device with this event, and waits for it. `None`: there is no such device, or it can't run the
    /// function itself now.
    pub fn invoke(&self, device: &str, function: &str, event: &[u8]) -> Result<Option<Invocation>, EmulatorError> {
        let (function, event) = (function.to_owned(), event.to_vec());
        let members = self.members();
        let Some(member) = members.iter().find(|member| member.spec.name == device) else { return Ok(None) };
        // A board in QEMU runs what its logs say, and nothing else.
        let Some(soft) = member.device.soft() else { return Ok(None) };
        let ran = soft.with(move |runtime| {
            let here = runtime.functions().any(|stat| stat.name == function && stat.place == Place::Device);
            runtime.board_mut().take_last();
            (here && runtime.invoke(&function, &event)).then(|| runtime.board_mut().take_last()).flatten()
        });
        ran.map_err(|error| EmulatorError::Device { device: device.to_owned(), error })
    }

    /// The first device that runs a function itself.
    pub fn device_of(&self, function: &str) -> Option<String> {
        let members = self.members();
        let placed =
            |member: &&Member| member.installed.get(function).is_some_and(|placed| placed.place == Place::Device);
        members.iter().find(placed).map(|member| member.spec.name.clone())
    }

    /// Plugs a device's link to the edge in, or pulls it out.
    pub fn set_linked(&self, device: &str, linked: bool) {
        if let Some(member) = self.members().iter().find(|member| member.spec.name == device)
            && let Some(device) = member.device.soft()
        {
            device.later(move |runtime| runtime.board_mut().set_linked(linked));
        }
    }

    /// Switches a software device's radio on, or off as if it slept; whether it is one.
    pub fn set_awake(&self, device: &str, awake: bool) -> bool {
        let members = self.members();
        let soft = members.iter().find(|member| member.spec.name == device).and_then(|member| member.device.soft());
        soft.is_some_and(|soft| {
            soft.set_awake(awake);
            true
        })
    }

    /// Who is there.
    pub fn devices(&self) -> Vec<DeviceStatus> {
        let mut all: Vec<DeviceStatus> = self.members().iter().filter_map(status_of).collect();
        for device in &mut all {
            device.waiting = self.edge().waiting().count(&device.name);
            device.queue = self.edge().queues().handle(&device.name).unwrap_or(ANY);
        }
        all
    }
}

/// Is the code wrong, rather than beyond what IoTPy takes?
fn is_fault(error: &TranslationError) -> bool {
    error.is_syntax_error() || matches!(error, TranslationError::NoModule(_) | TranslationError::HandlerName(_))
}

fn elapsed_us(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn same_sensors(before: &DeviceSpec, now: &DeviceSpec) -> bool {
    before.sensors == now.sensors
}
