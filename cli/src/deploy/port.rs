//! Serial ports: which there are, why one can't be opened, and the frames of a board's console.

use super::loader::Line;
use crate::failure::Failure;
use nano_wire::link::{Decoder, Frame, decoder_bytes};
use nano_wire::message::Kind;
use serialport::{ClearBuffer, ErrorKind, SerialPort};
use std::io::{self, IsTerminal, Read, Write};
use std::time::{Duration, Instant};

const BAUD: u32 = 115_200;
/// How long a read waits.
const LOOK: Duration = Duration::from_millis(20);
/// Most bytes of a frame that a board sends.
const MOST_FRAME: usize = 4096;
/// Bytes of a line of a console from which on it is shown though it has no end.
const MOST_LINE: usize = 64 << 10;

/// The port that was named; else the only one with a board, or the one the person chooses.
pub fn choose(named: Option<&str>) -> Result<String, Failure> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    let boards = super::usb::candidates(serialport::available_ports().unwrap_or_default());
    match boards.as_slice() {
        [] => Err(Failure::with_hint(
            "no board is plugged in",
            "plug it in by a USB cable that carries data; or name its port: --port /dev/ttyUSB0",
        )),
        [only] => Ok(only.port.clone()),
        several if io::stdin().is_terminal() => {
            let chosen = dialoguer::Select::new().with_prompt("Which port").items(several).default(0).interact();
            chosen
                .ok()
                .and_then(|index| several.get(index).map(|chosen| chosen.port.clone()))
                .ok_or_else(|| Failure::usage("no port was chosen"))
        }
        several => Err(Failure::with_hint(
            format!(
                "there are several boards: {}",
                several.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
            ),
            "name the port: --port",
        )),
    }
}

/// The group that a port belongs to: Debian's dialout, others' uucp.
fn group(port: &str) -> String {
    use std::os::unix::fs::MetadataExt;
    let id = std::fs::metadata(port).map(|port| port.gid().to_string()).unwrap_or_default();
    let groups = std::fs::read_to_string("/etc/group").unwrap_or_default();
    // name:password:number:members
    let named = groups.lines().map(|line| line.split(':').collect::<Vec<_>>());
    let found = named.into_iter().find_map(|fields| match fields.as_slice() {
        [name, _, number, ..] if *number == id && *name != "root" => Some((*name).to_owned()),
        _ => None,
    });
    found.unwrap_or_else(|| "dialout".into())
}

/// Whether something has this name that is no line, as serial ports are.
fn is_no_line(name: &str) -> bool {
    use rustix::fs::{Mode, OFlags, open};
    let flags = OFlags::RDONLY | OFlags::NONBLOCK | OFlags::NOCTTY | OFlags::CLOEXEC;
    open(name, flags, Mode::empty()).is_ok_and(|file| !file.is_terminal())
}

/// A serial line that is open.
pub struct Serial(Box<dyn SerialPort>);

impl Serial {
    /// Opens it.
    pub fn open(name: &str) -> Result<Self, Failure> {
        let opened = serialport::new(name, BAUD).timeout(LOOK).open();
        opened.map(Self).map_err(|error| match error.kind() {
            ErrorKind::Io(io::ErrorKind::PermissionDenied) => Failure::with_hint(
                format!("you may not use {name}"),
                format!("join its group, then log in again: sudo usermod -aG {} $USER", group(name)),
            ),
            ErrorKind::NoDevice | ErrorKind::Io(io::ErrorKind::NotFound) if !std::path::Path::new(name).exists() => {
                Failure::with_hint(
                    format!("there is no port {name}"),
                    "is the board plugged in? ls /dev/ttyUSB* /dev/ttyACM*",
                )
            }
            // What the system says where it was opened for one alone, and what is said where it is locked.
            _ if error.description.contains("busy") || error.description.contains("exclusive lock") => {
                Failure::with_hint(
                    format!("{name} is in use by another program"),
                    "end it, then try again: nano monitor and nano deploy of another terminal are such programs",
                )
            }
            _ if is_no_line(name) => Failure::with_hint(
                format!("{name} is no serial port"),
                "name the one that the board is at: ls /dev/ttyUSB* /dev/ttyACM*",
            ),
            _ => Failure::usage(format!("{name} can't be opened: {error}")),
        })
    }

    /// The same line once more, for another thread.
    pub fn again(&self) -> io::Result<Self> {
        Ok(Self(self.0.try_clone().map_err(io::Error::from)?))
    }

    /// Resets the board and lets it run.
    pub fn restart(&mut self) {
        self.signal(false, true);
        std::thread::sleep(Duration::from_millis(100));
        self.clear();
        self.signal(false, false);
    }
}

impl Read for Serial {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Serial {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl Line for Serial {
    fn signal(&mut self, dtr: bool, rts: bool) {
        // A line without these wires can't be reset; the person has buttons.
        let _ = self.0.write_data_terminal_ready(dtr);
        let _ = self.0.write_request_to_send(rts);
    }
    fn clear(&mut self) {
        let _ = self.0.clear(ClearBuffer::Input);
    }
}

/// What a board says.
pub enum Said<'a> {
    /// A line on its console.
    Line(&'a str),
    /// A frame for whoever it is for.
    Frame(Frame<'a>),
}

/// Lines of a board's console, out of the frames on its line.
pub struct Console {
    decoder: Decoder<Vec<u8>>,
    text: String,
}

impl Default for Console {
    fn default() -> Self {
        Self { decoder: Decoder::new(vec![0; decoder_bytes(MOST_FRAME)]), text: String::new() }
    }
}

impl Console {
    /// Tells lines of the console until `tell` says `false` or the time is over; `false` when the line has gone.
    pub fn listen(&mut self, serial: &mut Serial, patience: Duration, mut tell: impl FnMut(&str) -> bool) -> bool {
        self.hear(serial, patience, |said| match said {
            Said::Line(line) => tell(line),
            Said::Frame(_) => true,
        })
    }

    /// As [`Console::listen`], with all that comes.
    pub fn hear(&mut self, serial: &mut Serial, patience: Duration, mut tell: impl FnMut(Said<'_>) -> bool) -> bool {
        let until = Instant::now() + patience;
        let mut buffer = [0; 256];
        while Instant::now() < until {
            let count = match serial.read(&mut buffer) {
                // The end of a line that has gone.
                Ok(0) => return false,
                Ok(count) => count,
                Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock) => continue,
                Err(_) => return false,
            };
            for byte in &buffer[..count] {
                if self.decoder.push(*byte) != Ok(true) {
                    continue;
                }
                let Some(frame) = self.decoder.frame() else { continue };
                if frame.kind != Kind::Console as u8 {
                    if !tell(Said::Frame(frame)) {
                        return true;
                    }
                    continue;
                }
                self.text.push_str(&String::from_utf8_lossy(frame.body));
                if self.text.len() > MOST_LINE && !self.text.contains('\n') {
                    self.text.push('\n');
                }
                while let Some((line, rest)) = self.text.split_once('\n') {
                    let (line, rest) = (line.to_owned(), rest.to_owned());
                    self.text = rest;
                    if !tell(Said::Line(&line)) {
                        return true;
                    }
                }
            }
        }
        true
    }
}
