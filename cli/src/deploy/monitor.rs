//! `nano monitor`: a board's console, with tracebacks by source lines; reconnects when the board is plugged in again.

use super::link::Link;
use super::port::{self, Console, Said, Serial};
use crate::arguments::Monitor;
use crate::failure::Failure;
use nano_edge::Translation;
use nano_emulator::project::{Project, ProjectError};
use nano_vm::{Exception, Frame};
use nano_wire::console::read_raised;
use nano_wire::symbols::Symbols;
use serde_json::json;
use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

/// How often a board that is gone is looked for.
const PACE: Duration = Duration::from_millis(300);
/// How often the way to the edge is looked after.
const LOOK: Duration = Duration::from_secs(1);

/// Shows the console until it is interrupted; where an edge is named, the board is linked to it meanwhile.
pub fn monitor(arguments: &Monitor) -> Result<u8, Failure> {
    let tables = tables(arguments);
    let port = port::choose(arguments.port.as_deref())?;
    let mut serial = Serial::open(&port)?;
    let mut console = Console::default();
    let again = |serial: &Serial| serial.again().map_err(|error| Failure::usage(format!("{port}: {error}")));
    let mut link = match &arguments.devices {
        Some(edge) => Some(Link::new(again(&serial)?, edge)),
        None => None,
    };
    loop {
        if link.is_some() {
            // Who it is it says when it starts.
            serial.restart();
        }
        if !listen(arguments, &port, &mut console, &mut serial, &mut link, &tables) {
            // Nobody reads any more.
            return Ok(0);
        }
        anstream::eprintln!("{port} is gone; waiting for it");
        serial = loop {
            std::thread::sleep(PACE);
            if let Ok(serial) = Serial::open(&port) {
                break serial;
            }
        };
        if let Some(link) = &mut link {
            link.attach(again(&serial)?);
        }
        anstream::eprintln!("{port} is back");
    }
}

/// Listens to the board until its line has gone, or nobody reads what is shown: then `false`.
fn listen(
    arguments: &Monitor,
    port: &str,
    console: &mut Console,
    serial: &mut Serial,
    link: &mut Option<Link>,
    tables: &BTreeMap<String, Arc<Translation>>,
) -> bool {
    loop {
        let mut is_read = true;
        let is_there = console.hear(serial, LOOK, |said| {
            match said {
                Said::Line(line) => {
                    is_read = show(arguments, port, line, tables).is_ok();
                    if let Some(link) = link.as_mut() {
                        link.hear(line);
                    }
                }
                Said::Frame(frame) => {
                    if let Some(link) = link.as_mut() {
                        link.send(&frame);
                    }
                }
            }
            is_read
        });
        if !(is_read && is_there) {
            return is_read;
        }
        if let Some(link) = link.as_mut() {
            link.keep();
        }
    }
}

/// The line tables of the project's functions, as the code is now; a board with other code is shown in numbers.
fn tables(arguments: &Monitor) -> BTreeMap<String, Arc<Translation>> {
    let translations = match Project::load(&arguments.project) {
        Ok(project) => super::install::translations(&project),
        // A board can be watched without a project.
        Err(ProjectError::NotFound(_)) => return BTreeMap::new(),
        Err(error) => Err(error.into()),
    };
    match translations {
        Ok(translations) => translations.into_values().map(|t| (digits(&t.hash), t)).collect(),
        Err(error) => {
            anstream::eprintln!("tracebacks will have numbers for lines, because the project can't be compiled now:");
            error.print();
            BTreeMap::new()
        }
    }
}

/// The digits of a module's hash that a console says.
fn digits(hash: &[u8; 32]) -> String {
    hash.iter().take(8).fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn show(
    arguments: &Monitor,
    port: &str,
    line: &str,
    tables: &BTreeMap<String, Arc<Translation>>,
) -> std::io::Result<()> {
    let traceback = traceback(line, tables);
    let mut out = std::io::stdout().lock();
    if arguments.json {
        let mut value = json!({"port": port, "line": line});
        if let Some(traceback) = traceback {
            value["traceback"] = traceback.into();
        }
        writeln!(out, "{value}")?;
    } else {
        writeln!(out, "{}", traceback.as_deref().unwrap_or(line).trim_end())?;
    }
    out.flush()
}

/// A traceback as Python prints it, of a line that says where an exception was raised.
fn traceback(line: &str, tables: &BTreeMap<String, Arc<Translation>>) -> Option<String> {
    let raised = read_raised(line)?;
    let frames = raised.places.iter().map(|p| Frame { function: p.function, word: p.word, repeats: p.repeats });
    let exception = Exception {
        class: raised.class.to_owned(),
        message: raised.message.to_owned(),
        frames: frames.collect(),
        ..Exception::default()
    };
    let nothing = Symbols::default();
    Some(exception.text(tables.get(raised.module).map_or(&nothing, |translation| &translation.symbols)))
}
