//! `nano monitor`: a board's console, with tracebacks by source lines; reconnects when the board is plugged in again.

use super::port::{self, Console, Serial};
use crate::arguments::Monitor;
use crate::failure::Failure;
use nano_edge::Translation;
use nano_emulator::project::Project;
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

/// Shows the console until it is interrupted.
pub fn monitor(arguments: &Monitor) -> Result<u8, Failure> {
    let tables = tables(arguments);
    let port = port::choose(arguments.port.as_deref())?;
    let mut serial = Serial::open(&port)?;
    let mut console = Console::default();
    loop {
        let mut heard = true;
        let whole = console.listen(&mut serial, Duration::from_secs(3600), |line| {
            heard = show(arguments, &port, line, &tables).is_ok();
            heard
        });
        if !heard {
            // Nobody reads any more.
            return Ok(0);
        }
        if whole {
            continue;
        }
        anstream::eprintln!("{port} is gone; waiting for it");
        serial = loop {
            std::thread::sleep(PACE);
            if let Ok(serial) = Serial::open(&port) {
                break serial;
            }
        };
        anstream::eprintln!("{port} is back");
    }
}

/// The line tables of the project's functions, as the code is now; a board with other code is shown in numbers.
fn tables(arguments: &Monitor) -> BTreeMap<String, Arc<Translation>> {
    let Ok(project) = Project::load(&arguments.project) else { return BTreeMap::new() };
    match super::install::translations(&project) {
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
