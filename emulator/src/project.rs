//! A project: `nano.toml` and the Python files beside it, read once and checked.

mod files;
mod problem;
mod reader;
mod room;
mod unit;

pub(crate) use unit::bytes;

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use nano_device::provision::{self, Duty};
use nano_edge::{Network, Run};
use toml::de::DeTable;

use crate::table::BoardTable;
use problem::nearest;
pub use problem::{Problem, Problems};
use reader::Table;

/// The project's file.
pub const PROJECT_FILE: &str = "nano.toml";
/// The folder of what belongs to one machine: keys, stores.
pub const LOCAL_FOLDER: &str = ".nano";

/// Where a function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RunOn {
    /// In a device's arena.
    Device,
    /// IoTPy at the edge.
    Edge,
    /// CPython.
    Cloud,
    /// On the device where it fits, else at the edge.
    Auto,
}

impl RunOn {
    /// What the edge calls it.
    #[must_use]
    pub const fn at_edge(self) -> Run {
        match self {
            Self::Device => Run::Device,
            Self::Edge => Run::Edge,
            Self::Cloud => Run::Cloud,
            Self::Auto => Run::Auto,
        }
    }
}

impl RunOn {
    /// The words of `nano.toml`.
    pub const WORDS: [(&'static str, Self); 4] =
        [("device", Self::Device), ("edge", Self::Edge), ("cloud", Self::Cloud), ("auto", Self::Auto)];

    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Device => "device",
            Self::Edge => "edge",
            Self::Cloud => "cloud",
            Self::Auto => "auto",
        }
    }
}

/// A function of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FunctionSpec {
    /// Its name.
    pub name: String,
    /// `module.function`.
    pub handler: String,
    /// Arena on a device, bytes.
    pub memory: u32,
    /// Longest run.
    pub timeout_ms: u32,
    /// What invokes it.
    pub trigger: Option<TriggerSpec>,
    /// Where.
    pub run: RunOn,
}

/// The appends that invoke a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TriggerSpec {
    /// The log.
    pub woof: String,
    /// After how many.
    pub every: u16,
}

/// A log of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WoofSpec {
    /// Its name; its namespace is the project.
    pub name: String,
    /// Most bytes of a record.
    pub element: u32,
    /// How many stay.
    pub history: u32,
}

/// A device of the project.
#[derive(Clone, Debug)]
pub struct DeviceSpec {
    /// Its name.
    pub name: String,
    /// Its board.
    pub board: BoardTable,
    /// What it samples.
    pub sensors: Vec<SensorSpec>,
    /// When a real board sleeps deeply between two times of work; `None`: never.
    pub duty: Option<Duty>,
}

/// A sensor that is sampled into a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensorSpec {
    /// The log.
    pub woof: String,
    /// Where it is connected.
    pub pin: SensorPin,
    /// How often.
    pub period_us: u64,
    /// What the software device reads instead of a sensor; a file of comma-separated values.
    pub source: Option<PathBuf>,
}

/// Where a sensor is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SensorPin {
    /// `ADC0`: an analogue channel.
    Adc(u32),
    /// `GPIO4`: a digital pin.
    Gpio(u32),
    /// `I2C0`, `SPI0`, `UART0`: a sensor with a driver of its own.
    Bus(u32),
}

impl SensorPin {
    fn parse(text: &str) -> Result<Self, String> {
        let letters = text.find(|c: char| c.is_ascii_digit()).unwrap_or(text.len());
        let (kind, number) = text.split_at(letters);
        let number = number.parse().ok().filter(|number| *number < 256);
        match (kind, number) {
            ("ADC", Some(number)) => Ok(Self::Adc(number)),
            ("GPIO", Some(number)) => Ok(Self::Gpio(number)),
            ("I2C" | "SPI" | "UART", Some(number)) => Ok(Self::Bus(number)),
            // The 2 of I2C is a digit.
            ("I", _) if text.starts_with("I2C") => text[3..].parse().map(Self::Bus).map_err(|_| Self::words(text)),
            _ => Err(Self::words(text)),
        }
    }

    fn words(text: &str) -> String {
        format!("\"{text}\" is no pin: ADC0, GPIO4, I2C0, SPI0, UART0")
    }
}

/// A project whose parts fit together: handlers are in files, triggers and sensors name logs, boards are known.
#[derive(Clone, Debug)]
pub struct Project {
    /// Its folder.
    pub folder: PathBuf,
    /// Its name, and the namespace of its logs.
    pub name: String,
    /// Its functions, in the file's order.
    pub functions: Vec<FunctionSpec>,
    /// Its logs, in the file's order.
    pub woofs: Vec<WoofSpec>,
    /// Its devices, in the file's order.
    pub devices: Vec<DeviceSpec>,
    /// What of the network its functions reach on CPython.
    pub network: Network,
    /// Files and folders that its functions read on CPython, beside its Python files: paths below the folder.
    pub data: Vec<String>,
    /// Where the packages that its functions import are installed. [`Project::load`] looks for none: whoever installs them
    /// says so.
    pub packages: Option<PathBuf>,
}

/// Why there is no project.
#[derive(Debug, thiserror::Error)]
pub enum ProjectError {
    /// There is no `nano.toml`.
    #[error("there is no {PROJECT_FILE} in {}", .0.display())]
    NotFound(PathBuf),
    /// It can't be read.
    #[error("{} can't be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's error.
        source: io::Error,
    },
    /// A file of the package is too long.
    #[error("{} has {bytes} bytes, and at most {most} are packed", path.display())]
    TooLong {
        /// The file.
        path: PathBuf,
        /// How long it is.
        bytes: u64,
        /// How long it may be.
        most: u64,
    },
    /// It is wrong.
    #[error(transparent)]
    Wrong(#[from] Problems),
}

impl Project {
    /// Reads the project in a folder (or the one of a `nano.toml`).
    pub fn load(path: &Path) -> Result<Self, ProjectError> {
        let is_file = path.file_name().is_some_and(|name| name == PROJECT_FILE) && !path.is_dir();
        let folder = if is_file { path.parent().unwrap_or(Path::new("")) } else { path };
        let file = folder.join(PROJECT_FILE);
        let text = fs::read_to_string(&file).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ProjectError::NotFound(folder.to_path_buf()),
            _ => ProjectError::Unreadable { path: file, source },
        })?;
        Self::parse(folder, &text).map_err(ProjectError::Wrong)
    }

    /// Reads a project from the text of its `nano.toml`; files it names are looked for in `folder`.
    pub fn parse(folder: &Path, text: &str) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let project = match DeTable::parse(text) {
            Ok(document) => {
                let mut root = Table::new(document.get_ref(), PROJECT_FILE.into(), 0..0, &mut problems);
                let project = Self::read(folder, &mut root);
                root.end();
                project
            }
            Err(error) => {
                problems.push(Problem { message: error.message().to_owned(), span: error.span(), hint: None });
                None
            }
        };
        match project {
            Some(project) if problems.is_empty() => Ok(project),
            _ => {
                problems.sort_by_key(|problem| problem.span.as_ref().map_or(0, |span| span.start));
                Err(Problems { file: PROJECT_FILE.into(), text: text.to_owned(), all: problems })
            }
        }
    }

    fn read(folder: &Path, root: &mut Table<'_, '_>) -> Option<Self> {
        let mut network = Network::default();
        let mut data = Vec::new();
        let name = root.table("project", "{ name = \"my-app\" }", |table| {
            let (name, span) = table.required("name", "\"my-app\"")?;
            if !nano_woof::is_name(name) {
                table.problem(Problem::new(span, format!("\"{name}\" can't be a project's name")).hint(NAMES));
            }
            network = table.choice("network", &[Network::Edge, Network::Host].map(|n| (n.word(), n)), Network::Edge);
            for (path, span) in table.texts("files", "[\"model.json\", \"tables\"]") {
                match files::check_data(folder, path) {
                    Ok(path) => data.push(path),
                    Err(problem) => table.problem(Problem::new(span, problem)),
                }
            }
            Some(name.to_owned())
        });
        if name.is_none() {
            let problem = Problem::new(0..0, "the section [project] is missing");
            root.problem(problem.hint("add:\n[project]\nname = \"my-app\""));
        }
        let mut places = Vec::new();
        let woofs = root.tables("woofs", "[woofs.light]", |table, name, span| {
            places.push(span.clone());
            check_name(table, name, span);
            let element = table.parsed("element", "\"64 B\"", 64, bytes);
            let history = table.number("history", 1..=1_000_000, 128);
            WoofSpec { name: name.to_owned(), element, history }
        });
        let mut triggers = Vec::new();
        let functions = root.tables("functions", "[functions.light]", |table, name, span| {
            check_name(table, name, span);
            read_function(folder, table, name, &mut triggers)
        });
        let mut sensed = Vec::new();
        let devices = root.tables("devices", "[devices.walkway]", |table, name, span| {
            check_name(table, name, span);
            read_device(folder, table, name, &mut sensed)
        });
        for (woof, every, span) in triggers {
            match woofs.iter().find(|spec| spec.name == woof) {
                None => root.problem(unknown_woof(&woof, &woofs, span)),
                Some(spec) if spec.history < u32::from(every) => {
                    let message = format!("every {every} appends, but `{woof}` keeps only {} records", spec.history);
                    root.problem(Problem::new(span, message).hint(format!("[woofs.{woof}] history = {every}")));
                }
                Some(_) => {}
            }
        }
        for (woof, span) in sensed {
            if !woofs.iter().any(|spec| spec.name == woof) {
                root.problem(unknown_woof(&woof, &woofs, span));
            }
        }
        let devices = devices.into_iter().collect::<Option<Vec<_>>>()?;
        let project = Self {
            folder: folder.to_path_buf(),
            name: name??,
            functions,
            woofs,
            devices,
            network,
            data,
            packages: None,
        };
        for problem in project.devices.iter().filter_map(|device| room::problem(&project, device, &places)) {
            root.problem(problem);
        }
        Some(project)
    }

    /// The function with this name, or the one whose handler ends in it.
    pub fn function(&self, name: &str) -> Option<&FunctionSpec> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// A name of a function that was probably meant.
    pub fn nearest_function(&self, name: &str) -> Option<&str> {
        nearest(name, self.functions.iter().map(|function| function.name.as_str()))
    }

    /// Whether a function belongs on a device: the log that invokes it is sampled there, or sampled nowhere.
    pub fn runs_on(&self, function: &FunctionSpec, device: &DeviceSpec) -> bool {
        match &function.trigger {
            Some(trigger) => self.has_log(&trigger.woof, device),
            None => matches!(function.run, RunOn::Device | RunOn::Auto),
        }
    }

    /// Whether a log belongs on a device: it is sampled there, or sampled nowhere (results, say).
    pub fn has_log(&self, woof: &str, device: &DeviceSpec) -> bool {
        let samples = |device: &DeviceSpec| device.sensors.iter().any(|sensor| sensor.woof == woof);
        samples(device) || !self.devices.iter().any(samples)
    }

    /// The project's Python files, the others that it names, and all of installed packages, as they stand in a Lambda
    /// package: paths with `/`, sorted.
    pub fn files(&self) -> Result<Vec<(String, Vec<u8>)>, ProjectError> {
        files::of(&self.folder, &self.data, self.packages.as_deref())
    }

    /// What a board of this device samples itself: its analogue channels, as it is told when it is flashed.
    pub fn samplers<'a>(&'a self, device: &'a DeviceSpec) -> Vec<provision::Sampler<'a>> {
        let sampler = |sensor: &'a SensorSpec| {
            let SensorPin::Adc(channel) = sensor.pin else { return None };
            let log = self.woofs.iter().find(|log| log.name == sensor.woof)?;
            Some(provision::Sampler {
                namespace: &self.name,
                log: &log.name,
                element: u16::try_from(log.element).ok()?,
                history: u16::try_from(log.history).unwrap_or(u16::MAX),
                channel: u8::try_from(channel).ok()?,
                period_ms: u32::try_from(sensor.period_us / 1000).unwrap_or(u32::MAX).max(1),
            })
        };
        device.sensors.iter().filter_map(sampler).collect()
    }

    /// The folder of what belongs to one machine.
    pub fn local_folder(&self) -> PathBuf {
        self.folder.join(LOCAL_FOLDER)
    }
}

/// What names may be.
const NAMES: &str = "1 to 64 letters, digits, '_', '-' or '.', beginning with a letter, digit or '_'";

fn check_name(table: &mut Table<'_, '_>, name: &str, span: Range<usize>) {
    if !nano_woof::is_name(name) {
        table.problem(Problem::new(span, format!("\"{name}\" can't be a name")).hint(NAMES));
    }
}

fn unknown_woof(woof: &str, woofs: &[WoofSpec], span: Range<usize>) -> Problem {
    let near = nearest(woof, woofs.iter().map(|spec| spec.name.as_str()));
    let hint = near.map_or(format!("add:\n[woofs.{woof}]\nelement = \"64 B\"\nhistory = 128"), |near| {
        format!("did you mean \"{near}\"?")
    });
    Problem::new(span, format!("there is no log `{woof}`")).hint(hint)
}

fn read_function(
    folder: &Path,
    table: &mut Table<'_, '_>,
    name: &str,
    triggers: &mut Vec<(String, u16, Range<usize>)>,
) -> FunctionSpec {
    let handler = table.required("handler", "\"module.function\"").map_or(String::new(), |(handler, span)| {
        check_handler(folder, table, handler, span);
        handler.to_owned()
    });
    let memory = table.parsed("memory", "\"16 KiB\"", 16 << 10, bytes);
    let timeout_us = table.parsed("timeout", "\"1 s\"", 3_000_000, unit::time_us);
    let run = table.choice("run", &RunOn::WORDS, RunOn::Auto);
    let trigger = table.table("trigger", "{ woof = \"light\", every = 1 }", |table| {
        let woof = table.required("woof", "\"light\"");
        // An event is put together in a device's memory.
        let every = table.number("every", 1..=4096, 1) as u16;
        let (woof, span) = woof?;
        triggers.push((woof.to_owned(), every, span));
        Some(TriggerSpec { woof: woof.to_owned(), every })
    });
    // Devices count milliseconds.
    let timeout_ms = u32::try_from(timeout_us.div_ceil(1000)).unwrap_or(u32::MAX);
    FunctionSpec { name: name.to_owned(), handler, memory, timeout_ms, trigger: trigger.flatten(), run }
}

fn check_handler(folder: &Path, table: &mut Table<'_, '_>, handler: &str, span: Range<usize>) {
    let is_identifier = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !part.starts_with(|c: char| c.is_ascii_digit())
    };
    let Some((module, _)) = handler.rsplit_once('.').filter(|_| handler.split('.').all(is_identifier)) else {
        let problem = Problem::new(span, format!("\"{handler}\" is no handler"));
        return table
            .problem(problem.hint("module.function, as in AWS Lambda: \"lights.handler\" is handler() in lights.py"));
    };
    let path = module.replace('.', "/");
    let files = [format!("{path}.py"), format!("{path}/__init__.py")];
    if !files.iter().any(|file| folder.join(file).is_file()) {
        table.problem(Problem::new(span, format!("the handler's file {} does not exist", files[0])));
    }
}

fn read_device(
    folder: &Path,
    table: &mut Table<'_, '_>,
    name: &str,
    sensed: &mut Vec<(String, Range<usize>)>,
) -> Option<DeviceSpec> {
    let board = table.required("board", "\"esp8266\"").and_then(|(board, span)| {
        let known = BoardTable::named(board);
        if known.is_none() {
            let names = BoardTable::names();
            let hint = match nearest(board, names.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the boards are {}", names.join(", ")),
            };
            table.problem(Problem::new(span, format!("there is no board \"{board}\"")).hint(hint));
        }
        known
    });
    let sensors =
        table.tables("sensors", "sensors.light = { pin = \"ADC0\", rate = \"5 Hz\" }", |table, woof, span| {
            sensed.push((woof.to_owned(), span));
            let pin = table.required("pin", "\"ADC0\"").map_or(SensorPin::Adc(0), |(pin, span)| {
                SensorPin::parse(pin).unwrap_or_else(|message| {
                    table.problem(Problem::new(span, message));
                    SensorPin::Adc(0)
                })
            });
            let period_us = table.parsed("rate", "\"5 Hz\"", 1_000_000, unit::period_us);
            let source = table.text("source", "\"data/light.csv\"").map(|(source, span)| {
                let path = folder.join(source);
                if !path.is_file() {
                    table.problem(Problem::new(span, format!("the file {source} does not exist")));
                }
                path
            });
            SensorSpec { woof: woof.to_owned(), pin, period_us, source }
        });
    let duty = read_duty(table);
    Some(DeviceSpec { name: name.to_owned(), board: board?, sensors, duty })
}

/// What a board needs at least to wake, to join its network and to be asked, seconds.
const LEAST_AWAKE_S: u16 = 5;

/// `awake = "20 s"` and `asleep = "10 min"`, both or neither.
fn read_duty(table: &mut Table<'_, '_>) -> Option<Duty> {
    let mut seconds = |key, example| {
        let (text, span) = table.text(key, example)?;
        let seconds = unit::time_us(text).and_then(|us| match us % 1_000_000 {
            0 => Ok(us / 1_000_000),
            _ => Err("a board sleeps and wakes by whole seconds".to_owned()),
        });
        match seconds {
            Ok(seconds) => Some((seconds, span)),
            Err(message) => {
                table.problem(Problem::new(span, format!("`{key}`: {message}")));
                None
            }
        }
    };
    let (awake, asleep) = (seconds("awake", "\"20 s\""), seconds("asleep", "\"10 min\""));
    match (awake, asleep) {
        (Some((awake, awake_span)), Some((asleep, asleep_span))) => {
            let awake = u16::try_from(awake).ok().filter(|awake_s| *awake_s >= LEAST_AWAKE_S);
            let asleep = u32::try_from(asleep).ok().filter(|asleep_s| *asleep_s > 0);
            if awake.is_none() {
                // A board that is not awake for long enough to join its network is never heard.
                table.problem(Problem::new(awake_span, format!("`awake`: from {LEAST_AWAKE_S} s to 18 h")));
            }
            if asleep.is_none() {
                table.problem(Problem::new(asleep_span, "`asleep`: from 1 s to 136 years"));
            }
            Some(Duty { awake_s: awake?, asleep_s: asleep? })
        }
        (Some((_, span)), None) | (None, Some((_, span))) => {
            table.problem(
                Problem::new(span, "a board that sleeps has both `awake` and `asleep`")
                    .hint("write: awake = \"20 s\" and asleep = \"10 min\"".to_owned()),
            );
            None
        }
        (None, None) => None,
    }
}
