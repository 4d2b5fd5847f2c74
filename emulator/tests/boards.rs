//! Real firmware in QEMU, most of all the ESP8266's: the whole path, power cuts, hostile bytes. `cargo xtask test firmware` runs it.

use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use nano_caps::{Capability, DeviceId, DeviceKey, FrameBuilder, KeyRing, Request, Right, Rights, Sequence, Status};
use nano_edge::{Deployment, Edge, EdgeOptions, NanoSettings, Package, Run, WaitState, World};
use nano_emulator::{
    ANY, BoardTable, ClientError, DeviceClient, DeviceEvent, EdgePort, FlashLayout, Identity, Library, Machine, Op,
    QemuDevice, QemuError, QemuOptions, Selection, Updated, Wiring,
};
use nano_wire::message::ModuleHash;
use nano_wire::message::operation::{Configuration, FunctionState, Place, Refused};
use nano_wire::provision::Sampler;
use nano_woof::RingLog;
use tempfile::TempDir;

/// Longest that anything is waited for. No test depends on how soon it comes.
const PATIENCE: Duration = Duration::from_secs(60);
/// The device's own log of results.
const RESULTS: (u16, u16) = (1, 1);

/// The handler of the paper's Figure 3, as `nano new` writes it.
const SOURCE: &str = include_str!("../../templates/sensor-app/lights.py");

fn identity(seed: u8) -> Identity {
    Identity { key: DeviceKey::new([seed; 32]), id: DeviceId([seed; 8]) }
}

fn root(identity: &Identity) -> Capability {
    slot_root(identity, 0)
}

fn slot_root(identity: &Identity, slot: u8) -> Capability {
    let mut ring = KeyRing::new(identity.key, identity.id, 0);
    ring.enable(slot).unwrap();
    ring.root(slot, &FrameBuilder::new().grant(ANY, ANY, Rights::ALL).build().unwrap()).unwrap()
}

fn firmware() -> PathBuf {
    PathBuf::from(std::env::var_os("NANO_TEST_FIRMWARE").expect("cargo xtask test firmware says where the images are"))
}

/// A folder with a board's flash, and the edge beside it.
struct Bench {
    board: String,
    folder: TempDir,
    edge: Edge,
    console: Arc<Mutex<Vec<String>>>,
}

impl Bench {
    fn new() -> Self {
        Self::of("esp8266")
    }

    fn of(board: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let edge = folder.path().join("edge");
        let edge = Edge::open(EdgeOptions::new(edge, std::env::var("PATH").unwrap_or_default())).unwrap();
        // Without it the board would not hear the edge.
        edge.holdings().hold("walkway", &slot_root(&identity(7), 1)).unwrap();
        Self { board: board.to_owned(), folder, edge, console: Arc::default() }
    }

    fn board_folder(&self) -> PathBuf {
        self.folder.path().join("board")
    }

    fn options(&self) -> QemuOptions<'static> {
        let console = Arc::clone(&self.console);
        QemuOptions {
            name: "walkway".into(),
            board: self.board.clone(),
            firmware: firmware(),
            folder: self.board_folder(),
            identity: identity(7),
            time_ms: World::system().now_ms(),
            samplers: &[],
            edge: Some(EdgePort::new("walkway", self.edge.clone(), Arc::new(Library::default()))),
            gateway: None,
            arguments: Vec::new(),
            sink: Arc::new(move |event: DeviceEvent| console.lock().unwrap().push(event.to_string())),
        }
    }

    fn start(&self) -> QemuDevice {
        QemuDevice::start(self.options()).unwrap()
    }

    /// Puts a function's code to the edge; its module's hash and size.
    fn deploy(&self, source: &str) -> (ModuleHash, u32) {
        let package = Package::build([("lights.py", source.as_bytes())]).unwrap();
        let deployment = Deployment {
            name: "light".into(),
            handler: "lights.new_light_lvl".into(),
            environment: std::collections::BTreeMap::new(),
            nano: NanoSettings {
                run: Run::Device,
                arena_bytes: Some(4096),
                timeout_ms: Some(1000),
                namespace: Some("app".into()),
                trigger: None,
            },
        };
        self.edge.deploy(&deployment, &package).unwrap();
        let translation = self.edge.check(&package, "lights.new_light_lvl", Run::Device).unwrap();
        (ModuleHash(translation.hash), translation.module.bytes().len() as u32)
    }
}

fn owner(device: &QemuDevice) -> DeviceClient {
    DeviceClient::connect(device.address().unwrap(), root(&identity(7)), &World::system()).unwrap()
}

fn configuration(hash: ModuleHash, size: u32) -> Configuration<'static> {
    Configuration {
        hash,
        size,
        memory: 4096,
        timeout_ms: 1000,
        every: 1,
        place: Place::Device,
        name: "light",
        handler: "lights.new_light_lvl",
    }
}

fn wait<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + PATIENCE;
    while Instant::now() < deadline {
        if let Some(found) = look() {
            return found;
        }
        thread::sleep(Duration::from_millis(5));
    }
    panic!("it did not happen: {what}");
}

/// The newest result, once there are `count`.
fn result(client: &mut DeviceClient, count: u64) -> String {
    wait("a result", || {
        let record = client.get(RESULTS.0, RESULTS.1, Selection::Latest).ok()?.pop()?;
        (record.sequence >= count).then(|| String::from_utf8_lossy(&record.payload).into_owned())
    })
}

#[test]
fn a_function_is_fetched_and_run_and_outlives_a_power_cut_without_the_edge() {
    fetch_run_and_outlive(&Bench::new());
}

/// The same runtime on every other board whose line is at hand here, or on the one that `NANO_TEST_BOARD` names.
#[test]
fn every_other_board_does_so() {
    let chosen = std::env::var("NANO_TEST_BOARD").ok();
    let boards: Vec<String> =
        boards_on_a_line().filter(|board| chosen.as_ref().is_none_or(|name| name == board)).collect();
    assert!(!boards.is_empty(), "QEMU can be no such board");
    for board in boards.iter().filter(|board| *board != "esp8266") {
        fetch_run_and_outlive(&Bench::of(board));
    }
}

fn boards_on_a_line() -> impl Iterator<Item = String> {
    Machine::all().into_iter().filter(|machine| machine.qemu.link == Wiring::Serial).map(|machine| machine.board)
}

fn fetch_run_and_outlive(bench: &Bench) {
    let (hash, size) = bench.deploy(SOURCE);
    let device = bench.start();
    let mut owner = owner(&device);
    let (board, version, _) = owner.device().unwrap();
    assert_eq!((board.as_str(), version.as_str()), (bench.board.as_str(), env!("CARGO_PKG_VERSION")));
    let ns = owner.make_namespace("app").unwrap();
    let light = owner.make_log(ns, "light", 32, 8).unwrap();
    owner.configure((ns, light), configuration(hash, size)).unwrap();
    wait("the module", || {
        owner.functions(ANY, ANY).unwrap().iter().any(|f| f.state == FunctionState::Ready).then_some(())
    });
    owner.exec(ns, light, b"[42]").unwrap();
    let first = result(&mut owner, 1);
    assert!(first.contains("42") && first.contains("on"), "{first}");

    // A weaker capability reads and may not write.
    let frame = FrameBuilder::new().grant(ns, light, Right::Get.into()).build().unwrap();
    let readonly = root(&identity(7)).derive(&frame).unwrap();
    let mut reader = DeviceClient::connect(device.address().unwrap(), readonly, &World::system()).unwrap();
    assert_eq!(reader.get(ns, light, Selection::Latest).unwrap()[0].payload, b"[42]");
    assert!(matches!(
        reader.put(ns, light, b"[1]"),
        Err(ClientError::Refused { status: Status::Denied, reason: None })
    ));

    drop((device, owner));
    let device = QemuDevice::start(QemuOptions { edge: None, ..bench.options() }).unwrap();
    let mut owner = self::owner(&device);
    assert_eq!(owner.get(ns, light, Selection::Latest).unwrap()[0].payload, b"[42]");
    owner.exec(ns, light, b"[512]").unwrap();
    let second = result(&mut owner, 2);
    assert!(second.contains("512") && second.contains("off"), "{second}; {:?}", bench.console.lock().unwrap());
}

/// Runs the path under the plugin; narrow accesses of flash, all accesses, instructions, and what it says of them. What it
/// starts from, logs and a function of the run before, it restores under the plugin, too.
fn narrow_accesses(firmware: &Path) -> (u64, u64, u64, String) {
    let bench = Bench::new();
    let sampler = Sampler { namespace: "app", log: "samples", element: 16, history: 4, channel: 0, period_ms: 20 };
    let samplers = [sampler];
    let options = || QemuOptions { firmware: firmware.to_owned(), samplers: &samplers, ..bench.options() };
    let (hash, size) = bench.deploy(SOURCE);
    let device = QemuDevice::start(options()).unwrap();
    let mut client = owner(&device);
    let ns = client.make_namespace("app").unwrap();
    let light = client.make_log(ns, "light", 32, 8).unwrap();
    client.configure((ns, light), configuration(hash, size)).unwrap();
    client.exec(ns, light, b"[42]").unwrap();
    result(&mut client, 1);
    drop((device, client));

    let plugin = std::env::var("NANO_TEST_NARROW").expect("cargo xtask test firmware says where the plugin is");
    let out = bench.folder.path().join("narrow");
    let arguments = vec!["-plugin".into(), format!("{plugin},out={}", out.display()).into()];
    let device = QemuDevice::start(QemuOptions { arguments, ..options() }).unwrap();
    let mut client = owner(&device);
    assert_eq!(client.get(ns, light, Selection::Latest).unwrap()[0].payload, b"[42]");
    client.exec(ns, light, b"[512]").unwrap();
    assert!(result(&mut client, 2).contains("off"));
    // Who may read only.
    let frame = FrameBuilder::new().grant(ns, light, Right::Get.into()).build().unwrap();
    let readonly = root(&identity(7)).derive(&frame).unwrap();
    let mut reader = DeviceClient::connect(device.address().unwrap(), readonly, &World::system()).unwrap();
    assert_eq!(reader.get(ns, light, Selection::Latest).unwrap()[0].payload, b"[512]");
    assert!(matches!(reader.put(ns, light, b"[1]"), Err(ClientError::Refused { status: Status::Denied, .. })));
    // Another version, fetched over the link.
    let (hash, size) = bench.deploy(&SOURCE.replace("\"on\"", "\"bright\""));
    client.configure((ns, light), configuration(hash, size)).unwrap();
    wait("the new version", || {
        client.exec(ns, light, b"[43]").ok()?;
        let newest = client.get(RESULTS.0, RESULTS.1, Selection::Latest).ok()?.pop()?;
        String::from_utf8_lossy(&newest.payload).contains("bright").then_some(())
    });
    let samples = client.logs(ns, ANY).unwrap().into_iter().find(|log| log.name == "samples").unwrap();
    wait("samples", || (client.get(ns, samples.woof, Selection::Latest).ok()?.pop()?.sequence > 2).then_some(()));
    drop((client, reader));
    assert!(device.end());
    let said = std::fs::read_to_string(&out).unwrap();
    let mut counts = said.lines().next().unwrap().split(' ').map(|count| count.parse::<u64>().unwrap());
    let mut next = || counts.next().unwrap();
    (next(), next(), next(), said.clone())
}

/// Code and constants lie in flash there, and every byte of them is read by aligned words.
#[test]
fn flash_is_read_by_aligned_words_only() {
    let (narrow, all, instructions, said) = narrow_accesses(&firmware());
    println!("{narrow} narrow accesses of flash among {all}, {instructions} instructions");
    assert_eq!(narrow, 0, "{said}");
    assert!(all > 100_000, "{said}");
}

/// An image that reads one byte of its code, where the real one does not.
#[test]
fn a_deliberate_narrow_load_is_found() {
    let image = std::env::var_os("NANO_TEST_DELIBERATE").expect("cargo xtask test firmware says where the image is");
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(firmware().join("esp8266-rom.elf"), folder.path().join("esp8266-rom.elf")).unwrap();
    std::fs::copy(image, folder.path().join("esp8266.bin")).unwrap();
    let (narrow, _, _, said) = narrow_accesses(folder.path());
    let code = layout().mapped.unwrap() + layout().code.unwrap();
    assert!(narrow > 0 && said.contains(&format!("load of 1 bytes at {code:#x}")), "{said}");
}

#[test]
fn power_cuts_lose_nothing_that_was_acknowledged() {
    let rounds: u64 = std::env::var("NANO_TEST_POWER_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(20);
    let bench = Bench::new();
    let device = bench.start();
    let mut client = owner(&device);
    let ns = client.make_namespace("app").unwrap();
    let log = client.make_log(ns, "light", 16, 16).unwrap();
    drop((device, client));
    let mut acknowledged = 0;
    let mut chance = 0x9E37_79B9_u64;
    let (mut cut, mut appended) = (0, 0);
    for round in 0..rounds {
        let device = bench.start();
        let mut client = owner(&device);
        // What was acknowledged is there; what was under way may be.
        let last = client.get(ns, log, Selection::Latest).ok().and_then(|mut records| records.pop());
        let last = last.map_or(0, |record| {
            assert_eq!(record.payload, format!("{}", record.sequence).into_bytes(), "round {round}");
            record.sequence
        });
        assert!(last >= acknowledged && last <= acknowledged + 1, "round {round}: {last}, {acknowledged} acknowledged");
        acknowledged = last;
        let stop = Arc::new(AtomicBool::new(false));
        let writer = {
            let stop = Arc::clone(&stop);
            thread::spawn(move || {
                let mut acknowledged = last;
                while !stop.load(Ordering::Acquire) {
                    match client.put(ns, log, format!("{}", acknowledged + 1).as_bytes()) {
                        Ok(sequence) => acknowledged = sequence,
                        Err(_) => return (acknowledged, true),
                    }
                }
                (acknowledged, false)
            })
        };
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        thread::sleep(Duration::from_micros(chance >> 33 & 0x7FFF));
        drop(device);
        stop.store(true, Ordering::Release);
        let (now, was_cut) = writer.join().unwrap();
        appended += now - acknowledged;
        cut += u64::from(was_cut);
        acknowledged = now;
    }
    println!("{rounds} power cuts, {cut} during an append, {appended} appends acknowledged");
    assert!(cut > rounds / 4 && appended > rounds, "{cut} of {rounds} cut an append short, {appended} appends");
    assert!(no_defect(&bench.console), "{:?}", bench.console.lock().unwrap());
}

/// Whether the firmware never said that it starts anew.
fn no_defect(console: &Mutex<Vec<String>>) -> bool {
    !console.lock().unwrap().iter().any(|line| line.contains("starting anew") || line.contains("exception"))
}

#[test]
fn hostile_bytes_harm_nobody() {
    for board in boards_on_a_line() {
        withstand(&Bench::of(&board));
    }
}

fn withstand(bench: &Bench) {
    let mut device = bench.start();
    let mut client = owner(&device);
    let ns = client.make_namespace("app").unwrap();
    let log = client.make_log(ns, "light", 16, 16).unwrap();
    let mut chance = 1_u64;
    for round in 0..40 {
        let noise: Vec<u8> = (0..4096)
            .map(|_| {
                chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                // Many ends of frames, and frames that look right at first.
                if chance >> 60 == 0 { 0 } else { (chance >> 33) as u8 }
            })
            .collect();
        device.inject(&noise);
        for kind in [0x10, 0x11, 0x21, 0x23, 0x31, 0x60] {
            let mut wire = vec![0; nano_wire::link::encoded_bytes(900)];
            let body = &noise[..(round * 20).min(900)];
            let length = nano_wire::link::encode(kind, &[body], &mut wire).unwrap();
            device.inject(&wire[..length]);
        }
    }
    device.inject(&[0]);
    assert!(device.is_on());
    // It may still be busy with the noise when it is asked first.
    let sequence = wait("it answers after the noise", || client.put(ns, log, b"still here").ok());
    assert!(sequence >= 1);
    assert!(no_defect(&bench.console), "{:?}", bench.console.lock().unwrap());
}

/// Most that the runtime takes of data RAM for good, besides its stack and what functions, modules and logs are given.
const MOST_MEMORY: usize = 6 << 10;

#[test]
fn the_runtime_itself_takes_little_memory() {
    let bench = Bench::new();
    let _device = bench.start();
    let bytes: usize = wait("it says what memory it uses", || {
        let lines = bench.console.lock().unwrap();
        let line = lines.iter().find_map(|line| line.split_once("memory: ").map(|(_, rest)| rest.to_owned()))?;
        line.split_once(" bytes in use")?.0.parse().ok()
    });
    // The log of results is there from the first start on.
    let config = BoardTable::named("esp8266").unwrap().config(1);
    let log = RingLog::<Vec<u8>>::bytes_for(config.result_bytes.into(), config.results.into());
    println!("{bytes} bytes, {log} of them the log of results");
    assert!(bytes - log <= MOST_MEMORY, "{bytes} bytes, {log} of them the log of results");
}

#[test]
fn flash_of_another_device_is_not_overwritten() {
    let bench = Bench::new();
    drop(bench.start());
    let other = QemuOptions { identity: identity(8), ..bench.options() };
    assert!(matches!(QemuDevice::start(other), Err(QemuError::Foreign(_))));
    let nothing = QemuOptions { firmware: Path::new("/nowhere").into(), ..bench.options() };
    assert!(matches!(QemuDevice::start(nothing), Err(QemuError::NoFirmware(_))));
}

/// Where an image lies in flash: behind the first stage, which no update brings.
const IMAGE: usize = 0x1000;
fn layout() -> FlashLayout {
    BoardTable::named("esp8266").unwrap().flash.unwrap()
}

/// The image that is built, with another version; and one whose code is gone.
fn other_images() -> (Vec<u8>, Vec<u8>) {
    let mut image = std::fs::read(firmware().join("esp8266.bin")).unwrap().split_off(IMAGE);
    let version = concat!(env!("CARGO_PKG_VERSION"), "").as_bytes();
    let places: Vec<_> = (0..image.len() - version.len()).filter(|at| image[*at..].starts_with(version)).collect();
    assert!(!places.is_empty(), "the image names its version");
    for at in places {
        image[at + version.len() - 1] = b'9';
    }
    let mut broken = image.clone();
    broken[layout().code.unwrap() as usize - IMAGE..].fill(0);
    (image, broken)
}

fn version(client: &mut DeviceClient) -> Option<String> {
    client.device().ok().map(|(_, version, _)| version)
}

/// Brings an image, and where this machine has much else to do and no answer comes in time, goes on where it was.
fn bring(client: &mut DeviceClient, image: &[u8], mut progress: impl FnMut(usize)) -> Result<Updated, ClientError> {
    for attempt in 0..60 {
        match client.update("esp8266", image, &mut progress) {
            Err(ClientError::Silent) => {}
            // It is about to start, by the attempt before.
            Err(ClientError::Refused { status: Status::Busy, .. }) if attempt > 0 => {
                thread::sleep(Duration::from_secs(1));
            }
            // It was started by the attempt before.
            Ok(Updated::Already) if attempt > 0 => return Ok(Updated::Runs),
            other => return other,
        }
    }
    Err(ClientError::Silent)
}

#[test]
fn another_firmware_comes_by_the_link_and_one_that_fails_is_left() {
    let bench = Bench::new();
    let (image, broken) = other_images();
    let device = bench.start();
    let mut client = owner(&device);
    let ns = client.make_namespace("app").unwrap();
    let log = client.make_log(ns, "light", 16, 16).unwrap();
    client.put(ns, log, b"kept").unwrap();
    assert_eq!(version(&mut client).as_deref(), Some(env!("CARGO_PKG_VERSION")));
    let mut reader = DeviceClient::connect(
        device.address().unwrap(),
        root(&identity(7))
            .derive(&FrameBuilder::new().grant(ANY, ANY, Right::Stat | Right::Install).build().unwrap())
            .unwrap(),
        &World::system(),
    )
    .unwrap();
    let refused = reader.update("esp8266", &image, |_| ()).unwrap_err();
    assert!(matches!(refused, ClientError::Refused { status: Status::Denied, reason: None }), "{refused}");
    let refused = client.update("esp32c3", &image, |_| ()).unwrap_err();
    assert!(matches!(refused, ClientError::Refused { reason: Some(Refused::Image), .. }), "{refused}");

    let mut seen = 0;
    assert_eq!(bring(&mut client, &image, |at| seen = at).unwrap(), Updated::Runs);
    assert_eq!((seen, version(&mut client).as_deref()), (image.len(), Some("0.1.9")));
    assert_eq!(bring(&mut client, &image, |_| ()).unwrap(), Updated::Already);
    drop((device, client, reader));

    let device = bench.start();
    let mut client = owner(&device);
    assert_eq!(version(&mut client).as_deref(), Some("0.1.9"), "it stays over a power cut");
    assert_eq!(client.get(ns, log, Selection::Latest).unwrap()[0].payload, b"kept");
    // One that does not run: whole, and so it is tried.
    let brought = AtomicUsize::new(0);
    thread::scope(|scope| {
        let lost = scope.spawn(|| bring(&mut client, &broken, |at| brought.store(at, Ordering::Relaxed)));
        // However long that takes.
        while brought.load(Ordering::Relaxed) < broken.len() {
            assert!(!lost.is_finished(), "it is not brought: {:?}", lost.join());
            thread::sleep(Duration::from_millis(5));
        }
        wait("the broken image is tried", || (!bench.notes_are_kept()).then_some(()));
        // What the chip's watchdog does.
        drop(device);
        assert!(lost.join().unwrap().is_err());
    });
    let mut starts = 0;
    let (device, mut client) = loop {
        let device = bench.start();
        let mut client = owner(&device);
        match version(&mut client) {
            Some(_) => break (device, client),
            None => starts += 1,
        }
        assert!(starts < 4, "it is tried three times");
    };
    assert_eq!(version(&mut client).as_deref(), Some("0.1.9"), "the one before is back after {starts} starts");
    assert_eq!(client.get(ns, log, Selection::Latest).unwrap()[0].payload, b"kept");
    drop(device);
}

/// The chip that the paper's board has: all that it keeps goes round in ten sectors.
#[test]
fn half_a_megabyte_of_flash_is_enough() {
    const FLASH_BYTES: usize = 512 << 10;
    let bench = Bench::new();
    let flash = bench.board_folder().join("flash.bin");
    std::fs::create_dir_all(bench.board_folder()).unwrap();
    std::fs::write(&flash, vec![0xFF; FLASH_BYTES]).unwrap();
    let (mut acknowledged, ns, log) = {
        let device = bench.start();
        let mut client = owner(&device);
        let ns = client.make_namespace("app").unwrap();
        let log = client.make_log(ns, "light", 64, 32).unwrap();
        (0, ns, log)
    };
    // More than there is room for, several times over.
    for _ in 0..3 {
        let device = bench.start();
        let mut client = owner(&device);
        if acknowledged > 0 {
            let kept = client.get(ns, log, Selection::Latest).unwrap();
            assert_eq!(
                (kept[0].sequence, &kept[0].payload[..4]),
                (acknowledged, &(acknowledged as u32).to_le_bytes()[..])
            );
        }
        for _ in 0..400 {
            let next = acknowledged + 1;
            acknowledged = client.put(ns, log, &[(next as u32).to_le_bytes(); 16].concat()).unwrap();
            assert_eq!(acknowledged, next);
        }
    }
    let content = std::fs::read(&flash).unwrap();
    let (from, sectors) = (layout().kept as usize, layout().kept_sectors as usize);
    assert_eq!((content.len(), from + sectors * layout().sector as usize), (FLASH_BYTES, FLASH_BYTES));
    // Every sector has been erased and written.
    assert!(content[from..].chunks(layout().sector as usize).filter(|sector| sector.starts_with(b"KEP2")).count() > 7);
    let device = bench.start();
    let mut client = owner(&device);
    let refused = client.update("esp8266", &other_images().0, |_| ()).unwrap_err();
    assert!(matches!(refused, ClientError::Refused { reason: Some(Refused::Firmware), .. }), "{refused}");
    assert_eq!(client.get(ns, log, Selection::Latest).unwrap()[0].sequence, acknowledged);
    assert!(no_defect(&bench.console), "{:?}", bench.console.lock().unwrap());
}

impl Bench {
    /// Whether the newest note of which image runs says that it stays.
    fn notes_are_kept(&self) -> bool {
        let mut flash = std::fs::File::open(self.board_folder().join("flash.bin")).unwrap();
        let mut notes = [0; 0x2000];
        flash.seek(SeekFrom::Start(layout().notes.unwrap().into())).and_then(|_| flash.read_exact(&mut notes)).unwrap();
        let word = |at: usize| u32::from_le_bytes(notes[at..at + 4].try_into().unwrap());
        let notes = (0..notes.len()).step_by(32).filter(|at| word(*at) != u32::MAX);
        notes.max_by_key(|at| word(at + 4)).is_none_or(|at| word(at + 20) == 0)
    }
}

/// When the power goes while an update is under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// When so many bytes are there.
    At(usize),
    /// So long after all of them are there: while they are checked, noted, and started.
    Ending(Duration),
    /// When it is noted that it runs from the next start on.
    OnTrial,
    /// When whoever brings it was told that it runs.
    Done,
}

#[test]
fn power_is_cut_during_an_update_and_the_board_always_starts() {
    let cuts: u64 = std::env::var("NANO_TEST_POWER_CUTS").ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    // One of each kind at least.
    let rounds = (cuts / 40).max(4);
    let bench = Bench::new();
    let built = std::fs::read(firmware().join("esp8266.bin")).unwrap().split_off(IMAGE);
    let images = [(env!("CARGO_PKG_VERSION"), built), ("0.1.9", other_images().0)];
    let mut chance = 0x1234_5678_u64;
    let mut below = |bound: u64| {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (chance >> 33) % bound
    };
    // Which image runs, as far as is known; what was kept; how long the end of an update takes here.
    let (mut running, mut kept, mut ending) = (0, 0, Duration::ZERO);
    let (mut back, mut forward, mut finished) = (0, 0, 0);
    let log = {
        let device = bench.start();
        let mut client = owner(&device);
        let ns = client.make_namespace("app").unwrap();
        (ns, client.make_log(ns, "light", 16, 16).unwrap())
    };
    for round in 0..rounds {
        let device = bench.start();
        let mut client = owner(&device);
        kept = client.put(log.0, log.1, b"kept").unwrap_or_else(|error| panic!("round {round}: {error}"));
        let (brought, image) = (1 - running, &images[1 - running].1);
        // The first comes to its end, and is measured.
        let cut = match round % 4 {
            0 => Cut::Done,
            1 => Cut::At(below(image.len() as u64) as usize),
            2 => Cut::Ending(ending.mul_f64(below(1000) as f64 / 1000.0)),
            _ => Cut::OnTrial,
        };
        let (at, is_done) = (AtomicUsize::new(0), AtomicBool::new(false));
        let is_told = thread::scope(|scope| {
            let bringing = scope.spawn(|| {
                let updated = bring(&mut client, image, |there| at.store(there, Ordering::Release));
                is_done.store(true, Ordering::Release);
                updated
            });
            // However long that takes; what ends early is looked at below.
            let until = |holds: &dyn Fn() -> bool| {
                while !holds() && !is_done.load(Ordering::Acquire) {
                    thread::sleep(Duration::from_millis(2));
                }
            };
            until(&|| at.load(Ordering::Acquire) >= if let Cut::At(bytes) = cut { bytes } else { image.len() });
            let all_there = Instant::now();
            match cut {
                Cut::At(_) => {}
                Cut::Ending(time) => thread::sleep(time),
                Cut::OnTrial => until(&|| !bench.notes_are_kept()),
                Cut::Done => until(&|| false),
            }
            if cut == Cut::Done {
                ending = all_there.elapsed();
            }
            drop(device);
            match bringing.join().unwrap() {
                Ok(updated) => {
                    assert_eq!(updated, Updated::Runs, "round {round}, {cut:?}");
                    true
                }
                Err(error) => {
                    assert_ne!(cut, Cut::Done, "round {round}: {error}");
                    false
                }
            }
        });

        let device = bench.start();
        let mut client = owner(&device);
        let runs = wait("the board starts", || version(&mut client));
        let found = images.iter().position(|(version, _)| *version == runs);
        running = found.unwrap_or_else(|| panic!("round {round}, {cut:?}: {runs} runs"));
        assert!(running == brought || !is_told, "round {round}, {cut:?}: what was said to run does not");
        match (running == brought, is_told) {
            (true, true) => finished += 1,
            (true, false) => forward += 1,
            _ => back += 1,
        }
        let newest = client.get(log.0, log.1, Selection::Latest).unwrap();
        assert_eq!((newest[0].sequence, &newest[0].payload[..]), (kept, &b"kept"[..]), "round {round}, {cut:?}");
    }
    println!(
        "{rounds} rounds: {finished} updates finished; of those cut {forward} went forward and {back} back, {kept} records; \
         an update ends in {ending:?}"
    );
    assert!(finished > 0 && forward > 0 && back > 0, "{finished} finished, {forward} forward, {back} back");
    assert!(no_defect(&bench.console), "{:?}", bench.console.lock().unwrap());
}

/// Asked while the board's power is off, of its queue; the answer, from a board that takes it with the capability that its
/// edge has entrusted it with.
fn takes_what_waited(bench: &Bench) {
    let (ns, light) = {
        let device = bench.start();
        let mut owner = owner(&device);
        let ns = owner.make_namespace("app").unwrap();
        (ns, owner.make_log(ns, "light", 32, 8).unwrap())
    };
    let waiting = bench.edge.waiting();
    bench.edge.queues().handle("walkway").unwrap();
    let frame = FrameBuilder::new().grant(ns, light, Right::Put | Right::Get).lane(5).build().unwrap();
    let writer = root(&identity(7)).derive(&frame).unwrap();
    // Ahead of the mark that the board goes by when its power was cut: up to a minute behind what it took last.
    let now_ms = World::system().now_ms() + 120_000;
    let bind = |op: Op, payload: &[u8], counter: u16| {
        let seq = Sequence::new(now_ms, counter);
        let request = Request { op, lane: 5, seq, ns, woof: light, payload, wide_tag: false };
        let mut out = vec![0; 512];
        let bound = request.bind(&[writer.token()], &mut out).unwrap();
        out.truncate(bound.len);
        (out, bound.exchange)
    };
    // Latest.
    let asked = [bind(Op::Put, b"[7]", 1), bind(Op::Put, b"[8]", 2), bind(Op::Get, &[0], 3)];
    let keep = Duration::from_secs(600);
    let ids: Vec<_> = asked.iter().map(|(request, _)| waiting.queue("walkway", request, keep).unwrap()).collect();
    let device = bench.start();
    let answers: Vec<_> = ids
        .iter()
        .map(|id| {
            wait("an answer", || match waiting.state("walkway", *id).unwrap().unwrap().state {
                WaitState::Answered(answer) => Some(answer),
                _ => None,
            })
        })
        .collect();
    let opened: Vec<_> =
        answers.iter().zip(&asked).map(|(answer, (_, exchange))| exchange.open(answer).unwrap()).collect();
    assert!(opened.iter().all(|answer| answer.status == Status::Ok), "{opened:?}");
    assert_eq!((opened[0].rseq, opened[1].rseq), (1, 2));
    assert!(opened[2].payload.ends_with(b"[8]"));
    // Whoever is there goes on above the mark in the same call.
    owner(&device).put(ns, light, b"[9]").unwrap();
    let log = owner(&device).tail(ns, light, 8).unwrap();
    assert_eq!(log.iter().map(|record| &record.payload[..]).collect::<Vec<_>>(), [b"[7]", b"[8]", b"[9]"]);
}

#[test]
fn a_board_takes_what_waited_for_it_and_brings_the_answers() {
    takes_what_waited(&Bench::new());
}
