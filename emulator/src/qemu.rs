//! A board's real firmware in QEMU: the image that is flashed, its flash a file, its UART bridged to clients and edge.
//!
//! Not a software device: nothing of the runtime is in this process. Time is that of the machine; what the chip would take
//! is another question.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use nano_device::{Identity, provision};
use nano_wire::link::crc32;

use crate::bridge::Bridge;
use crate::machine::Machine;
use crate::soft::Sink;
use crate::table::Wiring;
use crate::uplink::EdgePort;

const SECTOR: usize = 4096;
/// This machine, as a board in QEMU sees it on its network.
const HOST: &str = "10.0.2.2";

/// Why a board is not on.
#[derive(Debug, thiserror::Error)]
pub enum QemuError {
    /// A file or process.
    #[error("{what}: {source}")]
    Io {
        /// Which.
        what: String,
        /// The operating system's error.
        source: io::Error,
    },
    /// There is no firmware.
    #[error("there is no {}; build it, in nano's repository: cargo xtask firmware", .0.display())]
    NoFirmware(PathBuf),
    /// There is no QEMU.
    #[error("{program} is not installed: sudo apt-get install {package}")]
    NoQemu {
        /// QEMU's program for this processor.
        program: String,
        /// What it comes with.
        package: String,
    },
    /// QEMU can't be this board.
    #[error("there is no emulated {0}; QEMU can be: {names}", names = names())]
    NoMachine(String),
    /// It is on and says nothing.
    #[error("{0} does not answer; what it says: nano dev --json")]
    Silent(String),
    /// Its flash belongs to another device.
    #[error("{} holds another device's secret; delete it to begin anew", .0.display())]
    Foreign(PathBuf),
    /// Its flash is none.
    #[error("{} is no flash content; delete it to begin anew", .0.display())]
    Damaged(PathBuf),
    /// A name or a sampler is too long.
    #[error("what the board is to be told does not fit: {0:?}")]
    Provision(nano_wire::message::MessageError),
}

fn names() -> String {
    Machine::all().into_iter().map(|machine| machine.board).collect::<Vec<_>>().join(", ")
}

fn io_error(what: impl fmt::Display) -> impl FnOnce(io::Error) -> QemuError {
    move |source| QemuError::Io { what: what.to_string(), source }
}

/// How a board in QEMU is made.
pub struct QemuOptions<'a> {
    /// What its owner calls it.
    pub name: String,
    /// Which board it is: `esp8266`, ..
    pub board: String,
    /// Folder of the images, as `cargo xtask firmware` leaves it.
    pub firmware: PathBuf,
    /// Folder of its flash.
    pub folder: PathBuf,
    /// Who it is.
    pub identity: Identity,
    /// Unix ms.
    pub time_ms: u64,
    /// What is connected to it.
    pub samplers: &'a [provision::Sampler<'a>],
    /// The edge, where there is one and the board's link is a wire.
    pub edge: Option<EdgePort>,
    /// Where on this machine the edge listens for boards, where the board's link is a network.
    pub gateway: Option<SocketAddr>,
    /// More arguments for QEMU (`-plugin`, ..).
    pub arguments: Vec<OsString>,
    /// Who watches.
    pub sink: Sink,
}

/// A board that is on. Its power is cut when this is dropped.
pub struct QemuDevice {
    name: String,
    child: Child,
    bridge: Arc<Bridge>,
    address: Option<SocketAddr>,
    threads: Vec<JoinHandle<()>>,
}

impl fmt::Debug for QemuDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QemuDevice").field("name", &self.name).field("address", &self.address).finish_non_exhaustive()
    }
}

impl QemuDevice {
    /// Flashes what differs and switches it on.
    pub fn start(options: QemuOptions<'_>) -> Result<Self, QemuError> {
        let machine = Machine::of(&options.board).ok_or_else(|| QemuError::NoMachine(options.board.clone()))?;
        flash(&machine, &options)?;
        let kernel = options.firmware.join(machine.kernel());
        if !kernel.is_file() {
            return Err(QemuError::NoFirmware(kernel));
        }
        let mut child = run(&machine, &kernel, &options)?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let bridge = Bridge::new(&options.name, options.edge, options.sink);
        bridge.attach(input.map(|input| Box::new(input) as _));
        // From here on dropping it ends the process.
        let mut device = Self { name: options.name, child, bridge, address: None, threads: Vec::new() };
        if machine.qemu.link == Wiring::Serial {
            let (address, door) = device.bridge.open_door().map_err(io_error("a port for clients"))?;
            device.address = Some(address);
            device.threads.push(door);
            let bridge = Arc::clone(&device.bridge);
            let waking = move || bridge.hand_over(&|| !bridge.is_closed());
            let waking = thread::Builder::new().name("nano-waking".into()).spawn(waking);
            device.threads.push(waking.map_err(io_error("a thread"))?);
        }
        if let Some(output) = output {
            let bridge = Arc::clone(&device.bridge);
            let listen = move || match machine.qemu.link {
                Wiring::Serial => bridge.listen(output),
                Wiring::Network => bridge.show(output),
            };
            let listening = thread::Builder::new().name("nano-qemu".into()).spawn(listen);
            device.threads.push(listening.map_err(io_error("a thread"))?);
        }
        Ok(device)
    }

    /// What its owner calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where clients reach it, where its link is a wire; else its edge's gateway knows.
    pub fn address(&self) -> Option<SocketAddr> {
        self.address
    }

    /// Bytes on the wire as they are: noise, for tests.
    pub fn inject(&self, bytes: &[u8]) {
        self.bridge.send(bytes);
    }

    /// Ends the simulation in order, which the chip never does: what QEMU's plugins have to say is said. Whether it did.
    pub fn end(mut self) -> bool {
        self.bridge.attach(None);
        self.child.wait().is_ok_and(|status| status.success())
    }

    /// Its UART.
    pub(crate) fn bridge(&self) -> &Arc<Bridge> {
        &self.bridge
    }

    /// Whether it is still running.
    pub fn is_on(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for QemuDevice {
    fn drop(&mut self) {
        // As a power cut: nothing is flushed or ended in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
        self.bridge.close();
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Runs QEMU so that it ends with this process, however that ends: a second one on the same flash would damage it.
fn run(machine: &Machine, kernel: &Path, options: &QemuOptions<'_>) -> Result<Child, QemuError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound => {
            QemuError::NoQemu { program: machine.qemu.program.clone(), package: machine.qemu.package.clone() }
        }
        _ => QemuError::Io { what: machine.qemu.program.clone(), source },
    };
    Command::new(&machine.qemu.program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status()
        .map_err(failed)?;
    let spawn = |mut command: Command| {
        command
            .args(machine.arguments())
            .arg(kernel)
            .args(&options.arguments)
            .current_dir(&options.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
    };
    let mut bound = Command::new("setpriv");
    bound.args(["--pdeathsig", "KILL", &machine.qemu.program]);
    match spawn(bound) {
        // Without that program (of util-linux) it goes on when this process is killed.
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            spawn(Command::new(&machine.qemu.program)).map_err(failed)
        }
        other => other.map_err(failed),
    }
}

/// Makes the flash what it should be: the image as built, the board's identity, and whatever the board keeps there.
fn flash(machine: &Machine, options: &QemuOptions<'_>) -> Result<(), QemuError> {
    let mut image = Vec::new();
    if let Some(name) = machine.image() {
        let path = options.firmware.join(name);
        image = match fs::read(&path) {
            Ok(image) if image.len() <= machine.provision() => image,
            Ok(_) => return Err(QemuError::Damaged(path)),
            Err(_) => return Err(QemuError::NoFirmware(path)),
        };
    }
    let path = options.folder.join("flash.bin");
    let mut content = match fs::read(&path) {
        Ok(content) if machine.may_have(content.len()) => content,
        Ok(_) => return Err(QemuError::Damaged(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => vec![0xFF; machine.flash_bytes()],
        Err(source) => return Err(QemuError::Io { what: path.display().to_string(), source }),
    };
    let before = content.clone();
    // What was built is flashed once: afterwards an update by the link may have brought another image.
    let built = format!("{:08x}\n", crc32(0, &image));
    let witness = options.folder.join("flash.image");
    let is_new = !path.is_file() || fs::read_to_string(&witness).ok().as_ref() != Some(&built);
    if is_new {
        content[..machine.provision()].fill(0xFF);
        content[..image.len()].copy_from_slice(&image);
        if let Some((from, bytes)) = machine.notes() {
            content[from..from + bytes].fill(0xFF);
        }
    }
    let sector = &mut content[machine.provision()..][..SECTOR];
    let key = *options.identity.key.as_bytes();
    let edge = options.gateway.map_or(String::new(), |address| format!("{HOST}:{}", address.port()));
    let network = provision::Network { edge: &edge, ..provision::Network::default() };
    match provision::Stored::decode(sector) {
        Ok(stored) if stored.key != key => return Err(QemuError::Foreign(path)),
        Ok(stored)
            if stored.name == options.name
                && stored.samplers().eq(options.samplers.iter().copied())
                && stored.network() == network => {}
        _ => {
            let provision = provision::Provision {
                key,
                id: options.identity.id.0,
                time_ms: options.time_ms,
                name: &options.name,
                samplers: options.samplers,
                network,
                duty: None,
            };
            sector.fill(0xFF);
            provision.encode(sector).map_err(QemuError::Provision)?;
        }
    }
    if content != before || !path.is_file() {
        write_secret(&options.folder, &path, &content).map_err(io_error(path.display()))?;
    }
    // Last: what is not known to be flashed is flashed again.
    if is_new {
        fs::write(&witness, built).map_err(io_error(witness.display()))?;
    }
    Ok(())
}

/// The flash holds the device's secret.
fn write_secret(folder: &Path, path: &Path, content: &[u8]) -> io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let new = path.with_extension("new");
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&new)?;
    file.write_all(content)?;
    file.sync_all()?;
    fs::rename(new, path)
}
