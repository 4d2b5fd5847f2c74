//! `nano deploy`: the firmware onto a board by its serial line, and functions onto it, onto an edge, into the cloud.

mod air;
mod dialect;
mod install;
mod lambda;
mod link;
mod loader;
mod monitor;
mod network;
mod port;
mod record;
mod usb;

pub use monitor::monitor;

use crate::arguments::{Deploy, DeployTarget};
use crate::failure::Failure;
use dialect::Dialect;
use indicatif::{ProgressBar, ProgressStyle};
use loader::{Loader, LoaderError};
use nano_emulator::project::{Project, ProjectError};
use nano_emulator::{BoardTable, Chip, DeviceFolder, FlashLayout, Identity, provision};
use nano_wire::link::crc32;
use nano_wire::message::operation::FunctionState;
use network::Told;
use port::{Console, Serial};
use record::Record;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What of a board's table deploying needs.
struct Board {
    table: BoardTable,
    name: &'static str,
    chip: Chip,
    layout: FlashLayout,
    /// Where in flash its image begins.
    image: u32,
    dialect: &'static Dialect,
}

impl Board {
    fn named(name: &'static str, dialect: &'static Dialect) -> Result<Self, Failure> {
        let parts = BoardTable::named(name).and_then(|table| {
            let layout = table.flash?;
            Some(Self { name, chip: table.chip.clone()?, layout, image: layout.image?, dialect, table })
        });
        parts.ok_or_else(|| Failure::usage(format!("the table of the {name} has no chip or no flash")))
    }

    fn esp8266() -> Result<Self, Failure> {
        Self::named("esp8266", &dialect::ESP8266)
    }

    fn esp32c3() -> Result<Self, Failure> {
        Self::named("esp32c3", &dialect::ESP32C3)
    }
}

/// What a board says of itself when it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Introduction {
    board: String,
    version: String,
    holds: Held,
}

/// What `nano deploy` puts on a board, as the board says it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Held {
    image: u32,
    key: u32,
    name: String,
}

/// `nano 0.1.0 on esp8266, image 1a2b3c4d, key 5e6f7a8b, walkway`
fn introduction(line: &str) -> Option<Introduction> {
    let (firmware, rest) = line.strip_prefix("nano ")?.split_once(", image ")?;
    let (version, board) = firmware.split_once(" on ")?;
    let (image, rest) = rest.split_once(", key ")?;
    let (key, name) = rest.split_once(", ")?;
    let number = |text| u32::from_str_radix(text, 16).ok();
    let holds = Held { image: number(image)?, key: number(key)?, name: name.to_owned() };
    Some(Introduction { board: board.to_owned(), version: version.to_owned(), holds })
}

/// What the board is to say.
fn wanted(image: &[u8], identity: &Identity, name: &str) -> Held {
    let key = Sha256::new_with_prefix(provision::FINGERPRINT).chain_update(identity.key.as_bytes()).finalize();
    Held { image: crc32(0, image), key: provision::fingerprint(&key), name: name.to_owned() }
}

/// Deploys: to a board by its serial line, or functions through the Lambda API.
pub fn deploy(arguments: &Deploy) -> Result<u8, Failure> {
    match arguments.target {
        DeployTarget::Esp8266 if arguments.ota => air::deploy(arguments),
        DeployTarget::Esp32c3 if arguments.ota => Err(Failure::with_hint(
            "the ESP32-C3's flash has one place for a firmware, which an update by the link would write over",
            "bring it by the cable: leave --ota out",
        )),
        DeployTarget::Edge | DeployTarget::Cloud if arguments.ota => {
            Err(Failure::usage("--ota brings a firmware to a board; functions go to an edge or the cloud without it"))
        }
        DeployTarget::Esp8266 if arguments.wifi.is_some() || arguments.devices.is_some() => Err(Failure::with_hint(
            "the ESP8266's firmware has no Wi-Fi: its link is the serial line",
            "leave --wifi and --devices out, or take an ESP32-C3: --target esp32c3",
        )),
        DeployTarget::Esp8266 => board(arguments, &Board::esp8266()?),
        DeployTarget::Esp32c3 => board(arguments, &Board::esp32c3()?),
        DeployTarget::Edge | DeployTarget::Cloud => lambda::deploy(arguments),
    }
}

/// What a board is to be: its image, who it is, what it samples.
struct Goal<'a> {
    board: &'a Board,
    image: &'a [u8],
    sector: Vec<u8>,
    /// Of what it is told of itself, without the time.
    told: u32,
    wanted: Held,
    key_file: PathBuf,
    /// The secret that is there may be another one.
    may_replace: bool,
}

/// What a board is called that gets a firmware and nothing else.
const NAMELESS: &str = "device";

/// What the device is called: as was said, or as the project calls the only one that has such a board.
fn device_name(said: Option<&str>, project: Option<&Project>, board: &str) -> Result<String, Failure> {
    let devices = project.map_or(&[][..], |project| &project.devices);
    let there =
        || devices.iter().map(|spec| format!("{} ({})", spec.name, spec.board.model)).collect::<Vec<_>>().join(", ");
    if let Some(name) = said {
        // Its keys are in a folder of that name.
        if !nano_woof::is_name(name) {
            return Err(Failure::with_hint(
                format!("{name:?} is no device name"),
                "use letters, digits, -, _ and ., beginning with a letter, a digit or _",
            ));
        }
        if !devices.is_empty() && devices.iter().all(|spec| spec.name != name) {
            anstream::eprintln!("note: nano.toml has no device {name}, so it gets no functions; it has: {}", there());
        }
        return Ok(name.to_owned());
    }
    let mut fitting = devices.iter().filter(|spec| spec.board.model == board);
    match (fitting.next(), fitting.next()) {
        (Some(spec), None) => Ok(spec.name.clone()),
        (None, _) if devices.is_empty() => Ok(NAMELESS.to_owned()),
        (None, _) => Err(Failure::with_hint(
            format!("nano.toml has no device with the board {board:?}; it has: {}", there()),
            "say what is plugged in: --target; or name a device that gets no functions: --device NAME",
        )),
        _ => Err(Failure::with_hint(
            format!("nano.toml has several devices; which is this? {}", there()),
            "name it: --device NAME",
        )),
    }
}

/// Flashes what differs, then installs the project's functions.
fn board(arguments: &Deploy, board: &Board) -> Result<u8, Failure> {
    let image = image(board)?;
    let world = nano_edge::World::system();
    let project = match Project::load(&arguments.project) {
        Ok(project) => Some(project),
        // A board can be flashed without a project, and get its functions later.
        Err(ProjectError::NotFound(_)) => None,
        Err(error) => return Err(error.into()),
    };
    let device = device_name(arguments.device.as_deref(), project.as_ref(), board.name)?;
    let spec = project.as_ref().and_then(|p| p.devices.iter().find(|spec| spec.name == device));
    if let Some(spec) = spec.filter(|spec| spec.board.model != board.name) {
        let told = &spec.board.model;
        return Err(Failure::with_hint(
            format!("nano.toml says that {} is a board {told:?}, and --target is {}", device, board.name),
            format!("say the one that is plugged in: --target, or board = \"{}\" in nano.toml", board.name),
        ));
    }
    let samplers = match (&project, spec) {
        (Some(project), Some(spec)) => project.samplers(spec),
        _ => Vec::new(),
    };
    let folder = DeviceFolder::new(&arguments.project.join(".nano"), &device);
    let functions = match (&project, spec) {
        (Some(project), Some(spec)) => Some((project, spec, install::translations_for(project, &board.table)?)),
        _ => None,
    };
    let duty = spec.and_then(|spec| spec.duty);
    if duty.is_some() && board.dialect.chip == dialect::ESP8266.chip {
        return Err(Failure::with_hint(
            format!("{device} is to sleep, which the ESP8266's firmware can't"),
            "take `awake` and `asleep` out of nano.toml",
        ));
    }
    let told = Told::of(arguments, folder.path())?;
    let port = port::choose(arguments.port.as_deref())?;
    let mut serial = Serial::open(&port)?;
    let identity = folder.open(&world).map_err(Failure::usage)?;
    told.keep(folder.path())?;
    let say = Say { identity: &identity, name: &device, samplers: &samplers, network: &told, duty };
    let goal = Goal {
        board,
        image: &image,
        sector: say.sector(&board.layout, world.now_ms())?,
        told: crc32(0, &say.sector(&board.layout, 0)?),
        wanted: wanted(&image, &identity, &device),
        key_file: folder.key_file(),
        may_replace: arguments.replace_secret,
    };
    let record = Record::new(folder.path());

    // Whether there is a firmware already is not worth as much time as whether the new one starts.
    let patience = Duration::from_secs(arguments.patience);
    let found = introduce(&mut serial, patience / 4).map(|found| found.holds);
    let mut written = 0;
    if found.as_ref() != Some(&goal.wanted) || !record.told(goal.told) {
        if let Some(other) = found.as_ref().filter(|found| found.key != goal.wanted.key && !arguments.replace_secret) {
            return Err(holds_another(&format!("the board at {port} is {:?} and", other.name), &goal));
        }
        (serial, written) = flash(serial, &port, &goal, &record, found.as_ref(), patience)?;
    }
    if let Some(endpoint) = &arguments.edge {
        pair(endpoint, &folder, &identity, &device)?;
        if told.network().ssid.is_empty() {
            anstream::eprintln!(
                "its line reaches the edge by: nano monitor --port {port} --devices HOST:PORT, of nano serve --devices"
            );
        }
    }
    let mut installed = None;
    if let Some((project, spec, translations)) = &functions {
        installed = Some(install::functions(&serial, (project, translations), spec, (&folder, &identity), patience)?);
    }
    Ok(done(arguments, &port, &goal.wanted, written, installed.as_ref()))
}

/// Whose board it is, is not nano's to decide.
fn holds_another(who: &str, goal: &Goal<'_>) -> Failure {
    Failure::with_hint(
        format!("{who} holds another secret than {}", goal.key_file.display()),
        "choose its project or --device; with --replace-secret it gets this one, and its capabilities die",
    )
}

/// Whether the flash has a secret, and another one. Of that no more is read than the first word that differs.
fn has_other_secret<L: loader::Line>(loader: &mut Loader<L>, goal: &Goal<'_>) -> Result<bool, LoaderError> {
    let mut differs = |at: usize| {
        let word =
            goal.sector.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |word| u32::from_le_bytes(*word));
        Ok::<_, LoaderError>(loader.read_word(goal.board.layout.provision + at as u32)? != word)
    };
    if differs(0)? {
        return Ok(false);
    }
    for at in provision::KEY.step_by(4) {
        if differs(at)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Writes what the board lacks and waits until it confirms it; where a part did not do, everything.
fn flash(
    mut serial: Serial,
    port: &str,
    goal: &Goal<'_>,
    record: &Record,
    found: Option<&Held>,
    patience: Duration,
) -> Result<(Serial, usize), Failure> {
    let (crc, layout) = (goal.wanted.image, &goal.board.layout);
    let parts = if found.is_some_and(|found| found.image == crc) {
        Vec::new()
    } else {
        record.missing(goal.image, found.map(|found| found.image))
    };
    let whole: Vec<_> = std::iter::once(0..goal.image.len()).collect();
    let is_partial = !parts.is_empty() && parts != whole;
    let mut written = 0;
    for parts in [Some(parts), is_partial.then_some(whole)].into_iter().flatten() {
        let board = goal.board;
        let mut loader =
            Loader::enter(serial, &board.chip, board.dialect).map_err(|(_, error)| explain(port, board, &error))?;
        let failed = |error: LoaderError| explain(port, board, &error);
        let size = loader.flash_bytes().map_err(failed)?;
        let least = layout.least;
        if size < u64::from(least) {
            return Err(Failure::with_hint(
                format!(
                    "the flash of the board at {port} has {size} bytes and the firmware needs {least}; nothing was written"
                ),
                format!("take one whose flash has {} bytes or more", least.next_power_of_two()),
            ));
        }
        // Who says nothing, since its firmware does not run, may be somebody's all the same.
        if found.is_none() && !goal.may_replace && has_other_secret(&mut loader, goal).map_err(failed)? {
            return Err(holds_another(&format!("the board at {port} says nothing, and its flash"), goal));
        }
        // Where the ROM can tell what is there, nothing else is believed.
        let parts = loader.differing(goal.image).map_err(failed)?.unwrap_or(parts);
        let bar = ProgressBar::new(parts.iter().map(|part| part.len() as u64).sum());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {bytes}/{total_bytes} {eta}") {
            bar.set_style(style);
        }
        let mut before = 0;
        for part in parts {
            let bytes = goal.image.get(part.clone()).unwrap_or_default();
            let progress = |now: usize| {
                bar.set_position((before + now) as u64);
                record.note(crc, part.start + now);
            };
            loader.write(part.start as u32, bytes, progress).map_err(failed)?;
            before += part.len();
        }
        bar.finish_and_clear();
        loader.write(layout.provision, &goal.sector, |_| ()).map_err(failed)?;
        if let Some(notes) = layout.notes {
            // Blank: of two images the one runs that is flashed here.
            let blank = vec![0xFF; (layout.notes_sectors * layout.sector) as usize];
            loader.write(notes, &blank, |_| ()).map_err(failed)?;
        }
        written += before + goal.sector.len();
        loader.verify(goal.image).map_err(failed)?;
        loader.finish().map_err(failed)?;
        // What the board then says of itself is the image as its processor reads it: the check of what was written.
        serial = loader.leave();
        match introduce(&mut serial, patience).map(|found| found.holds) {
            Some(found) if found == goal.wanted => {
                record.confirm(goal.image, goal.told);
                return Ok((serial, written));
            }
            Some(found) if !is_partial => {
                record.forget();
                return Err(Failure::Code(format!(
                    "error: the board reads image {:08x} from its flash, {crc:08x} was sent: deploy again; if it stays so, its flash is worn\n",
                    found.image
                )));
            }
            // What was remembered of its flash is not so.
            _ => record.forget(),
        }
    }
    Err(Failure::Code(format!(
        "error: everything is written, and the board does not start: press its reset button, then: nano monitor --port {port}\n"
    )))
}

/// The edge gets the root of its slot on the board, and can prove it from then on.
fn pair(endpoint: &str, folder: &DeviceFolder, identity: &Identity, device: &str) -> Result<(), Failure> {
    let root = folder.edge_root(identity).map_err(Failure::usage)?;
    let mut buffer = [0; nano_caps::MAX_TEXT];
    let text = root.write_text(&mut buffer).map_err(|error| Failure::usage(error.to_string()))?;
    let path = format!("/_nano/devices/{}/capability", crate::client::segment(device));
    let said = crate::client::put(endpoint, &path, text.as_bytes())?;
    match said.status {
        404 => Err(Failure::with_hint(
            format!("the edge at {endpoint} lets no boards in"),
            "start it with a door for them: nano serve --devices PORT",
        )),
        400.. => Err(said.refusal(endpoint)),
        _ => Ok(()),
    }?;
    anstream::eprintln!("paired with the edge at {endpoint}: it holds the root of its slot on {device}");
    Ok(())
}

fn done(arguments: &Deploy, port: &str, board: &Held, written: usize, installed: Option<&install::Installed>) -> u8 {
    if arguments.json {
        let functions: Vec<_> = installed.iter().flat_map(|installed| &installed.functions).collect();
        let functions: Vec<_> = functions
            .iter()
            .map(|f| serde_json::json!({"name": f.name, "ready": f.state == FunctionState::Ready, "bytes": f.bytes}))
            .collect();
        println!(
            "{}",
            serde_json::json!({
                "device": board.name, "port": port, "image": format!("{:08x}", board.image), "written_bytes": written,
                "functions": functions, "first": installed.and_then(|installed| installed.first.clone()),
            })
        );
        return 0;
    }
    if written == 0 {
        anstream::println!("{} at {port} has this firmware and this name already; nothing was written", board.name);
    } else {
        anstream::println!("{} at {port}: {written} bytes written and read back by the board itself", board.name);
        anstream::println!("its secret is in .nano/devices/{}; what it says: nano monitor --port {port}", board.name);
    }
    let Some(installed) = installed else {
        anstream::println!("the project has no device {}: no function was installed", board.name);
        return 0;
    };
    for function in &installed.functions {
        let how = match (function.state, function.bytes) {
            (FunctionState::Ready, 0) => "is there already".to_owned(),
            (FunctionState::Ready, bytes) => format!("installed, {bytes} bytes"),
            (FunctionState::TooLarge, _) => "is too large for the board: the edge runs it".to_owned(),
            (FunctionState::Lacks, _) => {
                "needs what the board's firmware was built without: the edge runs it; nano monitor says what".to_owned()
            }
            (FunctionState::Wanted, _) => "waits for its module, which the edge has".to_owned(),
            (FunctionState::Refused, _) => "was refused by the board: nano monitor says why".to_owned(),
        };
        anstream::println!("{}: {how}", function.name);
    }
    match &installed.first {
        Some(first) => anstream::println!("first event: {first}"),
        None => anstream::println!("no event yet; the results will be in woof nano/results"),
    }
    0
}

/// Restarts the board and hears who it is; `None` when it says nothing that nano knows.
fn introduce(serial: &mut Serial, patience: Duration) -> Option<Introduction> {
    serial.restart();
    let mut console = Console::default();
    let mut found = None;
    console.listen(serial, patience, |line| {
        found = introduction(line);
        found.is_none() && !line.starts_with("nano: ")
    });
    found
}

/// What a board is told of itself.
struct Say<'a> {
    identity: &'a Identity,
    name: &'a str,
    samplers: &'a [provision::Sampler<'a>],
    network: &'a Told,
    duty: Option<provision::Duty>,
}

impl Say<'_> {
    /// The sector that says it.
    fn sector(&self, layout: &FlashLayout, time_ms: u64) -> Result<Vec<u8>, Failure> {
        let provision = provision::Provision {
            key: *self.identity.key.as_bytes(),
            id: self.identity.id.0,
            time_ms,
            name: self.name,
            samplers: self.samplers,
            network: self.network.network(),
            duty: self.duty,
        };
        let mut sector = vec![0xFF; layout.sector as usize];
        provision
            .encode(&mut sector)
            .map_err(|_| Failure::usage("the device's name is too long: 255 bytes at most"))?;
        Ok(sector)
    }
}

/// The flash's content, as `cargo xtask firmware` leaves it in the cache folder.
fn image(board: &Board) -> Result<Vec<u8>, Failure> {
    let build = format!("in nano's repository: cargo xtask firmware {}", board.name);
    let path = firmware_folder()?.join(board.name).with_extension("bin");
    let mut image = std::fs::read(&path)
        .map_err(|_| Failure::with_hint(format!("there is no {}", path.display()), format!("build it, {build}")))?;
    let room = board.layout.provision;
    if image.len() > room as usize {
        return Err(Failure::with_hint(
            format!(
                "{} has {} bytes and the board's flash has room for {room}; nothing was written",
                path.display(),
                image.len()
            ),
            format!(
                "leave parts of the VM out, in [vm] of emulator/boards/{}.toml, and build it anew, {build}",
                board.name
            ),
        ));
    }
    if image.first() != Some(&0xE9) {
        return Err(Failure::with_hint(
            format!("{} is no image for this board", path.display()),
            format!("build it anew, {build}"),
        ));
    }
    // Before anything is written: whether it is what was built, from its first byte to its last.
    let crc = std::fs::read_to_string(path.with_extension("crc")).ok();
    let crc = crc.and_then(|text| u32::from_str_radix(text.trim(), 16).ok());
    if crc != Some(crc32(0, &image)) {
        return Err(Failure::with_hint(
            format!(
                "{} is damaged or cut short: its checksum is not that of {}",
                path.display(),
                path.with_extension("crc").display()
            ),
            format!("build it anew, {build}"),
        ));
    }
    image.resize(image.len().next_multiple_of(4), 0xFF);
    Ok(image)
}

/// Where `cargo xtask firmware` leaves images.
pub fn firmware_folder() -> Result<PathBuf, Failure> {
    let cache = match (std::env::var_os("XDG_CACHE_HOME"), std::env::var_os("HOME")) {
        (Some(folder), _) if Path::new(&folder).is_absolute() => PathBuf::from(folder),
        (_, Some(home)) => Path::new(&home).join(".cache"),
        _ => return Err(Failure::usage("neither XDG_CACHE_HOME nor HOME is set: there is no cache folder")),
    };
    Ok(cache.join("nano/firmware"))
}

fn explain(port: &str, board: &Board, error: &LoaderError) -> Failure {
    match error {
        LoaderError::NoAnswer => Failure::with_hint(
            format!("the board at {port} does not answer"),
            "hold its FLASH (or BOOT) button while you press RESET, then deploy again (it goes on where it was); is it the right port?",
        ),
        LoaderError::OtherChip(word) => Failure::with_hint(
            format!(
                "the chip at {port} is no {} (it is known by {word:#010x}); nothing was written",
                board.dialect.chip
            ),
            match [Board::esp8266(), Board::esp32c3()]
                .into_iter()
                .flatten()
                .find(|other| other.chip.words.contains(word))
            {
                Some(other) => format!("it is an {}: --target {}", other.dialect.chip, other.name),
                None => "is it the right port? name another: --port".to_owned(),
            },
        ),
        LoaderError::Differs => Failure::with_hint(
            format!("the flash of the board at {port} does not hold what was written"),
            "deploy again; if it stays so, its flash is worn",
        ),
        LoaderError::Refused(status, reason) => Failure::with_hint(
            format!("the board at {port} refused to write (status {status}, reason {reason})"),
            "deploy again (it goes on where it was); if it stays so, its flash is worn or protected",
        ),
        LoaderError::Io(error) => Failure::with_hint(
            format!("{port} has gone while the board was spoken to ({error})"),
            "is its cable loose? plug it in, then deploy again (it goes on where it was)",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Held, device_name, introduction};
    use nano_emulator::project::Project;

    #[test]
    fn a_device_is_the_one_that_has_such_a_board() {
        let folder = tempfile::tempdir().unwrap();
        let project = |devices: &[(&str, &str)]| {
            let devices: String =
                devices.iter().map(|(name, board)| format!("[devices.{name}]\nboard = \"{board}\"\n")).collect();
            std::fs::write(folder.path().join("nano.toml"), format!("[project]\nname = \"app\"\n{devices}")).unwrap();
            Project::load(folder.path()).unwrap()
        };
        let name = |said, project| device_name(said, project, "esp8266").map_err(|error| format!("{error:?}"));
        assert_eq!(name(None, None).unwrap(), "device");
        let one = project(&[("yard", "esp32c3"), ("walkway", "esp8266")]);
        assert_eq!(name(None, Some(&one)).unwrap(), "walkway");
        assert_eq!(name(Some("other"), Some(&one)).unwrap(), "other");
        let two = project(&[("yard", "esp8266"), ("walkway", "esp8266")]);
        assert!(name(None, Some(&two)).unwrap_err().contains("several"));
        let none = project(&[("yard", "esp32c3")]);
        assert!(name(None, Some(&none)).unwrap_err().contains("no device with the board"));
    }

    #[test]
    fn boards_introduce_themselves() {
        let found = introduction("nano 0.1.0 on esp8266, image 1a2b3c4d, key 0000007b, walk, way").unwrap();
        assert_eq!((found.board.as_str(), found.version.as_str()), ("esp8266", "0.1.0"));
        assert_eq!(found.holds, Held { image: 0x1A2B_3C4D, key: 123, name: "walk, way".into() });
        assert_eq!(introduction("nano: this board has no name"), None);
        assert_eq!(introduction("light(light 1) -> 1"), None);
    }
}
