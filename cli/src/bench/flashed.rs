//! The image that is flashed, at work: what one event takes on it, from its sensor's reading to the next rest.
//!
//! The very image boots in QEMU, samples its sensor as it does on the board, and a plugin writes down every block of code
//! that runs between a reading and the idling after it. What the stand-in for the boot ROM does counts for nothing: on the chip that
//! is hardware.

use super::profile::{Profile, Symbols};
use crate::failure::Failure;
use nano_caps::{ANY, DeviceId, DeviceKey, FrameBuilder, KeyRing, Rights};
use nano_edge::World;
use nano_emulator::provision::Sampler;
use nano_emulator::{DeviceClient, DeviceEvent, Identity, QemuDevice, QemuOptions, Selection};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{Configuration, FunctionState, Place};
use sha2::{Digest, Sha256};
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The device's own log of results.
const RESULTS: (u16, u16) = (1, 1);
/// Events that are waited for; the later half is measured.
const EVENTS: u64 = 16;
/// How often the sensor is read, ms.
const PERIOD_MS: u32 = 100;
/// Bytes of a module in one request.
const CHUNK: usize = 512;
/// Longest that is waited for all events.
const PATIENCE: Duration = Duration::from_secs(120);
/// Where the image's code is: instruction RAM, and flash. All else that runs stands for the ROM.
const IMAGE: [std::ops::Range<u32>; 2] = [0x4010_0000..0x4010_8000, 0x4020_0000..0x4030_0000];
/// Bits of a block's second word that say how many instructions it has.
const COUNT: u32 = 0x3FFF_FFFF;

/// Instructions of one event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// All: from the sensor's reading to the next rest.
    pub all: u64,
    /// Of these, those up to where the handler drives its pin.
    pub pin: u64,
    /// Of all, those that keep two records in flash.
    pub keep: u64,
    /// Of those up to the pin, those that keep one.
    pub keep_before_pin: u64,
    /// Of all, those that write a line to the console.
    pub console: u64,
    /// Of all, those that read the sensor.
    pub sensor: u64,
}

impl Event {
    /// What the instrument measures: the runtime, the interpreter and the handler.
    pub fn path(&self) -> u64 {
        self.all - self.keep - self.console - self.sensor
    }

    /// The same up to the pin.
    pub fn path_to_pin(&self) -> u64 {
        self.pin - self.keep_before_pin - self.sensor
    }
}

/// Measures the event of a function with a sensor; `None` where there is no image.
pub fn event(module: &[u8], handler: &str) -> Result<Option<Event>, Failure> {
    Ok(warm(module, handler)?.map(|(event, ..)| event))
}

/// Where the instructions of that event go, by function of the image.
pub fn profile(module: &[u8], handler: &str, top: usize, tree: Option<u64>) -> Result<(), Failure> {
    let Some((_, blocks, symbols)) = warm(module, handler)? else {
        return Err(Failure::with_hint(
            "the image that is flashed is not here",
            "build it, in nano's repository: cargo xtask firmware",
        ));
    };
    Profile::of(blocks.into_iter(), &symbols).print(&symbols, top, tree);
    Ok(())
}

/// Address and second word of each block that ran.
type Blocks = Vec<(u32, u32)>;

/// The event in the middle of those that are warm, and what ran for it.
fn warm(module: &[u8], handler: &str) -> Result<Option<(Event, Blocks, Symbols)>, Failure> {
    let firmware = crate::deploy::firmware_folder()?;
    let (image, plugin) = (firmware.join("esp8266.elf"), firmware.join("trace.so"));
    if !image.is_file() || !firmware.join("esp8266-rom.elf").is_file() || !plugin.is_file() {
        return Ok(None);
    }
    let symbols = Symbols::of(&image)?;
    let marks = Marks::of(&symbols).ok_or_else(|| {
        Failure::with_hint(
            format!("{} can't be measured: functions of it have other names", image.display()),
            "build it anew, in nano's repository: cargo xtask firmware esp8266",
        )
    })?;
    let folder = std::env::temp_dir().join(format!("nano-flashed-{}", std::process::id()));
    let measured = run(&firmware, &plugin, &folder, &marks, (module, handler));
    let trace = measured.and_then(|()| Ok(std::fs::read(folder.join("trace"))?));
    let _ = std::fs::remove_dir_all(&folder);
    let mut events = events(&blocks(&trace?), &marks, &symbols);
    // The first were cold, or met a client's question.
    let mut warm = events.split_off(events.len() / 2);
    warm.sort_unstable();
    if warm.is_empty() {
        return Err(Failure::Internal(anyhow::anyhow!("the flashed image ran no event")));
    }
    let (event, blocks) = warm.swap_remove(warm.len() / 2);
    Ok(Some((event, blocks, symbols)))
}

/// Where in the image things happen.
struct Marks {
    /// The sensor is read.
    reading: u32,
    /// There is nothing to do.
    resting: u32,
    /// A handler drives a pin.
    pin: u32,
    /// A record is kept.
    keep: u32,
    /// What happens is told.
    console: u32,
}

impl Marks {
    fn of(symbols: &Symbols) -> Option<Self> {
        let board = "<nano_board::chip::Whole<esp8266::board::Esp8266> as nano_device::board::Board>";
        let view =
            "<nano_device::invoke::View<nano_board::chip::Whole<esp8266::board::Esp8266>> as nano_vm::host::Host>";
        Some(Self {
            reading: symbols.address(&format!("{board}::read_adc"))?,
            resting: symbols.address(&format!("{board}::idle"))?,
            pin: symbols.address(&format!("{view}::set_pin"))?,
            keep: symbols.address("<nano_board::store::Store<esp8266::flash::Part>>::keep_log")?,
            console: symbols.address(&format!("{board}::trace"))?,
        })
    }
}

/// Boots the image with the plugin, gives it the function, and lets its sensor invoke it.
fn run(
    firmware: &Path,
    plugin: &Path,
    folder: &Path,
    marks: &Marks,
    (module, handler): (&[u8], &str),
) -> Result<(), Failure> {
    let failed = |error: nano_emulator::ClientError| Failure::Internal(anyhow::anyhow!("the flashed image: {error}"));
    std::fs::create_dir_all(folder)?;
    let identity = Identity { key: DeviceKey::new([7; 32]), id: DeviceId([7; 8]) };
    let everything = FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build();
    let mut ring = KeyRing::new(identity.key, identity.id, 0);
    let root = ring.enable(0).and_then(|()| ring.root(0, &everything?));
    let root = root.map_err(|error| Failure::Internal(anyhow::anyhow!("{error}")))?;
    let mut option = plugin.as_os_str().to_owned();
    let (from, until) = (marks.reading, marks.resting);
    option.push(format!(",out={},from={from:x},until={until:x}", folder.join("trace").display()));
    let world = World::system();
    let sampler =
        Sampler { namespace: "app", log: "light", element: 64, history: 64, channel: 0, period_ms: PERIOD_MS };
    let device = QemuDevice::start(QemuOptions {
        name: "walkway".into(),
        board: "esp8266".into(),
        firmware: firmware.into(),
        folder: folder.into(),
        identity,
        time_ms: world.now_ms(),
        samplers: &[sampler],
        edge: None,
        gateway: None,
        // Its time is that of its instructions, a microsecond each: however busy this machine is, no sample comes late.
        arguments: vec!["-icount".into(), "shift=10".into(), OsString::from("-plugin"), option],
        sink: Arc::new(|_: DeviceEvent| ()),
    })
    .map_err(|error| Failure::usage(error.to_string()))?;
    let address = device.address().ok_or_else(|| Failure::Internal(anyhow::anyhow!("the board has no address")))?;
    let mut client = DeviceClient::connect(address, root, &world).map_err(failed)?;
    let ns = client.make_namespace("app").map_err(failed)?;
    let log = (ns, client.make_log(ns, "light", 64, 64).map_err(failed)?);
    let hash = ModuleHash(Sha256::digest(module).into());
    let configuration = Configuration {
        hash,
        size: module.len() as u32, // some kilobytes
        memory: 4096,
        timeout_ms: 1000,
        every: 1,
        place: Place::Device,
        name: "handler",
        handler,
    };
    let mut installed = client.configure(log, configuration).map_err(failed)?;
    while installed.state == FunctionState::Wanted {
        let rest = module.get(installed.next as usize..).filter(|rest| !rest.is_empty());
        let Some(rest) = rest else { break };
        let chunk = rest.get(..CHUNK).unwrap_or(rest);
        installed = client.push(log, hash, installed.next, chunk).map_err(failed)?;
    }
    let until = Instant::now() + PATIENCE;
    loop {
        let newest = client.get(RESULTS.0, RESULTS.1, Selection::Latest).ok().and_then(|mut records| records.pop());
        if newest.is_some_and(|record| record.sequence >= EVENTS) {
            break;
        }
        if Instant::now() > until {
            return Err(Failure::Internal(anyhow::anyhow!("the flashed image runs no events")));
        }
        // Seldom, for each question is work, too.
        std::thread::sleep(Duration::from_secs(2));
    }
    // In order, so that the plugin says all.
    device.end();
    Ok(())
}

/// Of a trace. Those of the ROM count for nothing, and still say who calls and returns.
fn blocks(trace: &[u8]) -> Blocks {
    let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
    let blocks = trace.chunks_exact(8).map(|block| (word(block), word(&block[4..])));
    let is_image = |address: u32| IMAGE.iter().any(|range| range.contains(&address));
    blocks.map(|(address, word)| (address, if is_image(address) { word } else { word & !COUNT })).collect()
}

/// The events of a trace, each begins with a reading; with what ran for it.
fn events(blocks: &[(u32, u32)], marks: &Marks, symbols: &Symbols) -> Vec<(Event, Blocks)> {
    let begins: Vec<usize> = (0..blocks.len()).filter(|index| blocks[*index].0 == marks.reading).collect();
    let ends = begins.iter().skip(1).copied().chain([blocks.len()]);
    let mut events = Vec::new();
    for (from, to) in begins.iter().copied().zip(ends) {
        let event = &blocks[from..to];
        // A reading that invoked nothing has none.
        let Some(pin) = event.iter().position(|(address, _)| *address == marks.pin) else { continue };
        let profile = |blocks: &[(u32, u32)]| Profile::of(blocks.iter().copied(), symbols);
        let (all, to_pin) = (profile(event), profile(&event[..pin]));
        let of = |profile: &Profile, address: u32| profile.of_function(symbols.at(address));
        let counted = Event {
            all: all.total(),
            pin: to_pin.total(),
            keep: of(&all, marks.keep),
            keep_before_pin: of(&to_pin, marks.keep),
            console: of(&all, marks.console),
            sensor: of(&all, marks.reading),
        };
        events.push((counted, event.to_vec()));
    }
    events
}
