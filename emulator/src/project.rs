//! A project: `nano.toml` and the Python files beside it, read once and checked.

mod problem;
mod reader;
mod unit;

pub(crate) use unit::bytes;

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use toml::de::DeTable;

use crate::board::{BoardModel, boards};
pub use problem::{Problem, Problems};
use problem::nearest;
use reader::Table;

/// The project's file.
pub const PROJECT_FILE: &str = "nano.toml";
/// The folder of what belongs to one machine: keys, stores.
pub const LOCAL_FOLDER: &str = ".nano";

/// Largest Python file that is packed.
const MOST_FILE_BYTES: u64 = 1 << 20;
/// Deepest folder that is packed.
const MOST_DEPTH: usize = 8;

/// Where a function runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Where {
    /// In a device's arena.
    Device,
    /// IoTPy at the edge.
    Edge,
    /// CPython.
    Cloud,
    /// On the device where it fits, else at the edge.
    Auto,
}

impl Where {
    /// The words of `nano.toml`.
    pub const WORDS: [(&'static str, Self); 4] =
        [("device", Self::Device), ("edge", Self::Edge), ("cloud", Self::Cloud), ("auto", Self::Auto)];

    /// The word.
    pub fn name(self) -> &'static str {
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
pub struct Function {
    /// Its name.
    pub name: String,
    /// The module of its handler, dotted.
    pub module: String,
    /// The handler's name in the module.
    pub entry: String,
    /// Arena on a device.
    pub memory_bytes: u32,
    /// Longest run.
    pub timeout_ms: u64,
    /// What invokes it.
    pub trigger: Option<Trigger>,
    /// Where.
    pub run: Where,
}

impl Function {
    /// `module.function`, as AWS Lambda has it.
    pub fn handler(&self) -> String {
        format!("{}.{}", self.module, self.entry)
    }
}

/// The appends that invoke a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The log.
    pub woof: String,
    /// After how many.
    pub every: u32,
}

/// A log of the project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// Its name; its namespace is the project.
    pub name: String,
    /// Most bytes of a record.
    pub element: u32,
    /// How many stay.
    pub history: u32,
}

/// A device of the project.
#[derive(Clone, Debug)]
pub struct Device {
    /// Its name.
    pub name: String,
    /// Its board.
    pub board: BoardModel,
    /// What it samples.
    pub sensors: Vec<Sensor>,
}

/// A sensor that is sampled into a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sensor {
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
    /// Its name, and the namespace of its logs.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// Its functions, in the file's order.
    pub functions: Vec<Function>,
    /// Its logs (`[woofs.NAME]`), in the file's order.
    pub logs: Vec<Log>,
    /// Its devices, in the file's order.
    pub devices: Vec<Device>,
}

/// What is wrong with a project, for a person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ProjectError {
    /// What is wrong; where it is in `nano.toml`, with the line and a caret.
    pub message: String,
    /// The next step.
    pub hint: String,
}

impl ProjectError {
    fn unreadable(path: &Path, error: &io::Error) -> Self {
        Self { message: format!("{} can't be read: {error}", path.display()), hint: "check the path and its rights".into() }
    }
}

impl From<Problems> for ProjectError {
    fn from(mut problems: Problems) -> Self {
        // A single hint stands where hints stand; several stay with what they belong to.
        let hint = match problems.all.as_mut_slice() {
            [one] => one.hint.take(),
            _ => None,
        };
        let hint = hint.unwrap_or_else(|| format!("mend {} and try again", problems.file));
        Self { message: problems.to_string(), hint }
    }
}

impl Project {
    /// Reads the project in a folder (or the one of a `nano.toml`).
    pub fn read(path: &Path) -> Result<Self, ProjectError> {
        let is_file = path.file_name().is_some_and(|name| name == PROJECT_FILE) && !path.is_dir();
        let folder = if is_file { path.parent().unwrap_or(Path::new("")) } else { path };
        let file = folder.join(PROJECT_FILE);
        let text = fs::read_to_string(&file).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ProjectError {
                message: format!("there is no {PROJECT_FILE} in {}", folder.display()),
                hint: "start a project with: nano new my-app".into(),
            },
            _ => ProjectError::unreadable(&file, &error),
        })?;
        Ok(Self::parse(folder, &text)?)
    }

    /// Reads a project from the text of its `nano.toml`; files it names are looked for in `folder`.
    pub fn parse(folder: &Path, text: &str) -> Result<Self, Problems> {
        let mut problems = Vec::new();
        let project = match DeTable::parse(text) {
            Ok(document) => {
                let mut root = Table::new(document.get_ref(), PROJECT_FILE.into(), 0..0, &mut problems);
                let project = Self::read_tables(folder, &mut root);
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

    fn read_tables(folder: &Path, root: &mut Table<'_, '_>) -> Option<Self> {
        let name = root.table("project", "{ name = \"my-app\" }", |table| {
            let (name, span) = table.required("name", "\"my-app\"")?;
            if !nano_woof::is_name(name) {
                table.problem(Problem::new(span, format!("\"{name}\" can't be a project's name")).hint(NAMES));
            }
            Some(name.to_owned())
        });
        if name.is_none() {
            let problem = Problem::new(0..0, "the section [project] is missing");
            root.problem(problem.hint("add:\n[project]\nname = \"my-app\""));
        }
        let logs = root.tables("woofs", "[woofs.light]", |table, name, span| {
            check_name(table, name, span);
            let element = table.parsed("element", "\"64 B\"", 64, unit::bytes);
            let history = table.number("history", 1..=1_000_000, 128);
            Log { name: name.to_owned(), element, history }
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
            match logs.iter().find(|log| log.name == woof) {
                None => root.problem(unknown_woof(&woof, &logs, span)),
                Some(log) if log.history < every => {
                    let message = format!("every {every} appends, but `{woof}` keeps only {} records", log.history);
                    root.problem(Problem::new(span, message).hint(format!("[woofs.{woof}] history = {every}")));
                }
                Some(_) => {}
            }
        }
        for (woof, span) in sensed {
            if !logs.iter().any(|log| log.name == woof) {
                root.problem(unknown_woof(&woof, &logs, span));
            }
        }
        let devices = devices.into_iter().collect::<Option<Vec<_>>>()?;
        Some(Self { name: name??, folder: folder.to_path_buf(), functions, logs, devices })
    }

    /// The function with this name.
    pub fn find(&self, name: &str) -> Result<&Function, ProjectError> {
        let names = || self.functions.iter().map(|function| function.name.as_str());
        self.functions.iter().find(|function| function.name == name).ok_or_else(|| {
            let hint = match nearest(name, names()) {
                Some(near) => format!("did you mean {near}?"),
                None if self.functions.is_empty() => format!("{PROJECT_FILE} has no [functions.NAME] yet"),
                None => format!("the functions are: {}", names().collect::<Vec<_>>().join(", ")),
            };
            ProjectError { message: format!("there is no function {name}"), hint }
        })
    }

    /// Whether a function belongs on a device: the log that invokes it is sampled there, or sampled nowhere.
    pub fn runs_on(&self, function: &Function, device: &Device) -> bool {
        let samples = |device: &Device, woof: &str| device.sensors.iter().any(|sensor| sensor.woof == woof);
        match &function.trigger {
            Some(trigger) => samples(device, &trigger.woof) || !self.devices.iter().any(|d| samples(d, &trigger.woof)),
            None => matches!(function.run, Where::Device | Where::Auto),
        }
    }

    /// The project's Python files, as they stand in a Lambda package: paths with `/`, sorted.
    pub fn python_files(&self) -> Result<Vec<(String, Vec<u8>)>, ProjectError> {
        let mut files = Vec::new();
        add_files(&self.folder, "", 0, &mut files)?;
        files.sort();
        Ok(files)
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

fn unknown_woof(woof: &str, logs: &[Log], span: Range<usize>) -> Problem {
    let near = nearest(woof, logs.iter().map(|log| log.name.as_str()));
    let hint = near.map_or(format!("add:\n[woofs.{woof}]\nelement = \"64 B\"\nhistory = 128"), |near| {
        format!("did you mean \"{near}\"?")
    });
    Problem::new(span, format!("there is no log `{woof}`")).hint(hint)
}

fn read_function(
    folder: &Path,
    table: &mut Table<'_, '_>,
    name: &str,
    triggers: &mut Vec<(String, u32, Range<usize>)>,
) -> Function {
    let handler = table.required("handler", "\"module.function\"").map_or("", |(handler, span)| {
        check_handler(folder, table, handler, span);
        handler
    });
    let (module, entry) = handler.rsplit_once('.').unwrap_or_default();
    let memory_bytes = table.parsed("memory", "\"16 KiB\"", 16 << 10, unit::bytes);
    let timeout_us = table.parsed("timeout", "\"1 s\"", 3_000_000, unit::time_us);
    let run = table.choice("run", &Where::WORDS, Where::Auto);
    let trigger = table.table("trigger", "{ woof = \"light\", every = 1 }", |table| {
        let woof = table.required("woof", "\"light\"");
        // An event is put together in a device's memory.
        let every = table.number("every", 1..=4096, 1);
        let (woof, span) = woof?;
        triggers.push((woof.to_owned(), every, span));
        Some(Trigger { woof: woof.to_owned(), every })
    });
    Function {
        name: name.to_owned(),
        module: module.to_owned(),
        entry: entry.to_owned(),
        memory_bytes,
        // Devices count milliseconds.
        timeout_ms: timeout_us.div_ceil(1000),
        trigger: trigger.flatten(),
        run,
    }
}

fn check_handler(folder: &Path, table: &mut Table<'_, '_>, handler: &str, span: Range<usize>) {
    let is_identifier = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_alphanumeric() || c == '_')
            && !part.starts_with(|c: char| c.is_ascii_digit())
    };
    let Some((module, _)) = handler.rsplit_once('.').filter(|_| handler.split('.').all(is_identifier)) else {
        let problem = Problem::new(span, format!("\"{handler}\" is no handler"));
        return table.problem(problem.hint("module.function, as in AWS Lambda: \"lights.handler\" is handler() in lights.py"));
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
) -> Option<Device> {
    let board = table.required("board", "\"esp8266\"").and_then(|(board, span)| {
        let known = boards().into_iter().find(|known| known.name == board);
        if known.is_none() {
            let boards = boards();
            let names: Vec<&str> = boards.iter().map(|board| board.name.as_str()).collect();
            let hint = match nearest(board, names.iter().copied()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => format!("the boards are {}", names.join(", ")),
            };
            table.problem(Problem::new(span, format!("there is no board \"{board}\"")).hint(hint));
        }
        known
    });
    let sensors = table.tables("sensors", "sensors.light = { pin = \"ADC0\", rate = \"5 Hz\" }", |table, woof, span| {
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
        Sensor { woof: woof.to_owned(), pin, period_us, source }
    });
    Some(Device { name: name.to_owned(), board: board?, sensors })
}

fn add_files(folder: &Path, prefix: &str, depth: usize, files: &mut Vec<(String, Vec<u8>)>) -> Result<(), ProjectError> {
    let unreadable = |path: &Path| {
        let path = path.to_path_buf();
        move |error: io::Error| ProjectError::unreadable(&path, &error)
    };
    for entry in fs::read_dir(folder).map_err(unreadable(folder))? {
        let path = entry.map_err(unreadable(folder))?.path();
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        // Hidden folders, caches and virtual environments are no part of the program.
        if name.starts_with('.') || name == "__pycache__" || path.join("pyvenv.cfg").exists() {
            continue;
        }
        let Ok(metadata) = path.metadata() else { continue };
        if metadata.is_dir() && depth < MOST_DEPTH {
            add_files(&path, &format!("{prefix}{name}/"), depth + 1, files)?;
        } else if metadata.is_file() && name.ends_with(".py") && metadata.len() <= MOST_FILE_BYTES {
            files.push((format!("{prefix}{name}"), fs::read(&path).map_err(unreadable(&path))?));
        }
    }
    Ok(())
}
