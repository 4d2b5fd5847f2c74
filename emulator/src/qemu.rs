//! A board's real firmware in QEMU: the image that is flashed, its flash a file, its UART bridged to clients and edge.
//!
//! Not a software device: nothing of the runtime is in this process. Time is that of the machine; what the chip would take
//! is another question.

use std::ffi::OsString;
use std::fmt;
use std::fs;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use nano_device::{Identity, provision};
use nano_wire::link::{self, Decoder, Frame, decoder_bytes};
use nano_wire::message::{Kind, Message};

use crate::event::{DeviceEvent, Happened};
use crate::soft::Sink;
use crate::uplink::EdgePort;

/// The chip's flash, and what of it is the image's and the provisioning's.
const FLASH_BYTES: usize = 4 << 20;
const PROVISION: usize = 0xF_C000;
const SECTOR: usize = 4096;
/// Most bytes of a frame's body, either way.
const MOST_FRAME_BYTES: usize = 64 << 10;
/// Longest that a client that doesn't read is waited for.
const WRITE_TIMEOUT: Duration = Duration::from_millis(200);
/// How often the door looks whether it is to close.
const LOOK: Duration = Duration::from_millis(20);

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

fn io_error(what: impl fmt::Display) -> impl FnOnce(io::Error) -> QemuError {
    move |source| QemuError::Io { what: what.to_string(), source }
}

/// How a board in QEMU is made.
pub struct QemuOptions<'a> {
    /// What its owner calls it.
    pub name: String,
    /// Folder with `esp8266.bin` and `esp8266-rom.elf`.
    pub firmware: PathBuf,
    /// Folder of its flash.
    pub folder: PathBuf,
    /// Who it is.
    pub identity: Identity,
    /// Unix ms.
    pub time_ms: u64,
    /// What is connected to it.
    pub samplers: &'a [provision::Sampler<'a>],
    /// The edge, where there is one.
    pub edge: Option<EdgePort>,
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
    address: SocketAddr,
    threads: Vec<JoinHandle<()>>,
}

impl fmt::Debug for QemuDevice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QemuDevice").field("name", &self.name).field("address", &self.address).finish_non_exhaustive()
    }
}

/// Who is connected to the board, and the way to it.
struct Bridge {
    name: String,
    input: Mutex<Option<ChildStdin>>,
    clients: Mutex<Vec<TcpStream>>,
    edge: Option<EdgePort>,
    sink: Sink,
    stopped: AtomicBool,
    begun: Instant,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl QemuDevice {
    /// Flashes what differs and switches it on.
    pub fn start(options: QemuOptions<'_>) -> Result<Self, QemuError> {
        flash(&options)?;
        let rom = options.firmware.join("esp8266-rom.elf");
        if !rom.is_file() {
            return Err(QemuError::NoFirmware(rom));
        }
        let mut child = Command::new("qemu-system-xtensa")
            .args("-M sim -cpu lx106 -m 16M -display none -serial none -monitor none -semihosting -kernel".split(' '))
            .arg(&rom)
            .args(&options.arguments)
            .current_dir(&options.folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .map_err(io_error("qemu-system-xtensa can't be run (apt-get install qemu-system-misc)"))?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let bridge = Arc::new(Bridge {
            name: options.name.clone(),
            input: Mutex::new(input),
            clients: Mutex::default(),
            edge: options.edge,
            sink: options.sink,
            stopped: AtomicBool::new(false),
            begun: Instant::now(),
        });
        // From here on dropping it ends the process.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(io_error("a port for clients"))?;
        listener.set_nonblocking(true).map_err(io_error("a port for clients"))?;
        let address = listener.local_addr().map_err(io_error("a port for clients"))?;
        let mut device = Self { name: options.name, child, bridge, address, threads: Vec::new() };
        let (door, reader) = (Arc::clone(&device.bridge), Arc::clone(&device.bridge));
        let spawn = |name: &str, work: Box<dyn FnOnce() + Send>| {
            thread::Builder::new().name(name.into()).spawn(work).map_err(io_error("a thread"))
        };
        device.threads.push(spawn("nano-qemu-door", Box::new(move || open_door(&door, &listener)))?);
        if let Some(output) = output {
            device.threads.push(spawn("nano-qemu", Box::new(move || read_board(&reader, output)))?);
        }
        Ok(device)
    }

    /// What its owner calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where clients reach it.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Bytes on the wire as they are: noise, for tests.
    pub fn inject(&self, bytes: &[u8]) {
        self.bridge.send(bytes);
    }

    /// Ends the simulation in order, which the chip never does: what QEMU's plugins have to say is said. Whether it did.
    pub fn end(mut self) -> bool {
        *lock(&self.bridge.input) = None;
        self.child.wait().is_ok_and(|status| status.success())
    }

    /// Whether it is still running.
    pub fn is_on(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for QemuDevice {
    fn drop(&mut self) {
        self.bridge.stopped.store(true, Ordering::Release);
        // As a power cut: nothing is flushed or ended in order.
        let _ = self.child.kill();
        let _ = self.child.wait();
        *lock(&self.bridge.input) = None;
        for client in lock(&self.bridge.clients).drain(..) {
            let _ = client.shutdown(Shutdown::Both);
        }
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

impl Bridge {
    fn send(&self, bytes: &[u8]) {
        if let Some(input) = lock(&self.input).as_mut() {
            // A board that is off hears nothing.
            let _ = input.write_all(bytes).and_then(|()| input.flush());
        }
    }

    fn send_frame(&self, kind: u8, body: &[u8]) {
        self.send(&encode(kind, body));
    }

    fn broadcast(&self, bytes: &[u8]) {
        // Only the asker can open an answer, so that it may be heard by all.
        lock(&self.clients).retain_mut(|client| client.write_all(bytes).is_ok());
    }

    fn tell(&self, text: String) {
        let at_us = u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX);
        (self.sink)(DeviceEvent { device: self.name.clone(), at_us, what: Happened::Progress { text } });
    }

    /// A frame of the board.
    fn hear(self: &Arc<Self>, frame: Frame<'_>, line: &mut String) {
        if frame.kind == Kind::Response as u8 {
            return self.broadcast(&encode(frame.kind, frame.body));
        }
        if frame.kind == Kind::Console as u8 {
            line.push_str(&String::from_utf8_lossy(frame.body));
            while let Some((whole, rest)) = line.split_once('\n') {
                self.tell(whole.to_owned());
                *line = rest.to_owned();
            }
            return;
        }
        let (kind, body, bridge) = (frame.kind, frame.body.to_vec(), Arc::clone(self));
        let answer = move || {
            let (Some(edge), Ok(message)) = (&bridge.edge, Message::decode(kind, &body)) else { return };
            edge.answer(&message, &mut |answer| {
                let mut body = vec![0; MOST_FRAME_BYTES];
                if let Ok(length) = answer.encode(&mut body) {
                    bridge.send_frame(answer.kind() as u8, &body[..length]);
                }
            });
        };
        // A function at the edge may take its time; everything else is quick, and stays in order.
        if kind == Kind::Invoke as u8 {
            let _ = thread::Builder::new().name("nano-offload".into()).spawn(answer);
        } else {
            answer();
        }
    }
}

fn encode(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut wire = vec![0; link::encoded_bytes(body.len())];
    let length = link::encode(kind, &[body], &mut wire).unwrap_or(0);
    wire.truncate(length);
    wire
}

fn read_board(bridge: &Arc<Bridge>, mut output: ChildStdout) {
    let mut decoder = Decoder::new(vec![0; decoder_bytes(MOST_FRAME_BYTES)]);
    let (mut buffer, mut line) = ([0; 4096], String::new());
    while let Ok(count @ 1..) = output.read(&mut buffer) {
        for byte in &buffer[..count] {
            if decoder.push(*byte) == Ok(true)
                && let Some(frame) = decoder.frame()
            {
                bridge.hear(Frame { kind: frame.kind, body: frame.body }, &mut line);
            }
        }
    }
}

fn open_door(bridge: &Arc<Bridge>, listener: &TcpListener) {
    while !bridge.stopped.load(Ordering::Acquire) {
        let Ok((client, _)) = listener.accept() else {
            thread::sleep(LOOK);
            continue;
        };
        let kept =
            client.set_nonblocking(false).and_then(|()| client.set_nodelay(true)).and_then(|()| client.try_clone());
        let Ok(kept) = kept else { continue };
        let _ = kept.set_write_timeout(Some(WRITE_TIMEOUT));
        lock(&bridge.clients).push(kept);
        let bridge = Arc::clone(bridge);
        // Ends when the client goes, or is shut out as the board is switched off.
        let _ = thread::Builder::new().name("nano-qemu-client".into()).spawn(move || serve_client(&bridge, client));
    }
}

/// Lets a client's requests through, whole, so that those of two don't mix.
fn serve_client(bridge: &Bridge, mut client: TcpStream) {
    let mut decoder = Decoder::new(vec![0; decoder_bytes(MOST_FRAME_BYTES)]);
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = client.read(&mut buffer) {
        for byte in &buffer[..count] {
            if decoder.push(*byte) == Ok(true)
                && let Some(frame) = decoder.frame()
                && frame.kind == Kind::Request as u8
            {
                bridge.send_frame(frame.kind, frame.body);
            }
        }
    }
}

/// Makes the flash what it should be: the image as built, the board's identity, and whatever the board keeps there.
fn flash(options: &QemuOptions<'_>) -> Result<(), QemuError> {
    let image_path = options.firmware.join("esp8266.bin");
    let image = match fs::read(&image_path) {
        Ok(image) if image.len() <= PROVISION => image,
        Ok(_) => return Err(QemuError::Damaged(image_path)),
        Err(_) => return Err(QemuError::NoFirmware(image_path)),
    };
    let path = options.folder.join("flash.bin");
    let mut content = match fs::read(&path) {
        Ok(content) if content.len() == FLASH_BYTES => content,
        Ok(_) => return Err(QemuError::Damaged(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => vec![0xFF; FLASH_BYTES],
        Err(source) => return Err(QemuError::Io { what: path.display().to_string(), source }),
    };
    let before = content.clone();
    content[..PROVISION].fill(0xFF);
    content[..image.len()].copy_from_slice(&image);
    let sector = &mut content[PROVISION..PROVISION + SECTOR];
    let key = *options.identity.key.as_bytes();
    match provision::Stored::decode(sector) {
        Ok(stored) if stored.key != key => return Err(QemuError::Foreign(path)),
        Ok(stored) if stored.name == options.name && stored.samplers().eq(options.samplers.iter().copied()) => {}
        _ => {
            let provision = provision::Provision {
                key,
                id: options.identity.id.0,
                time_ms: options.time_ms,
                name: &options.name,
                samplers: options.samplers,
            };
            sector.fill(0xFF);
            provision.encode(sector).map_err(QemuError::Provision)?;
        }
    }
    if content != before || !path.is_file() {
        write_secret(&options.folder, &path, &content).map_err(io_error(path.display()))?;
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
