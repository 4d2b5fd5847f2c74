//! What of all that happens is told on a board's console, beside what handlers print.

use alloc::format;
use alloc::string::String;
use nano_device::{Exception, Failure, Fault, ModuleHash, Place, Trace, VersionError, console};

/// The lines, if it is news: what became of an event, where a handler failed, and that a version of a function was refused.
pub fn news(event: &Trace<'_>) -> Option<String> {
    match event {
        Trace::Finished(report) => {
            let place = match &report.result {
                Err(Fault::Failed(Failure::Exception(exception))) => {
                    raised(&report.hash, exception).unwrap_or_default()
                }
                _ => String::new(),
            };
            Some(format!("{place}{report}\n"))
        }
        Trace::Refused { function, hash, why } => {
            let place = match why {
                VersionError::Start(Failure::Exception(exception)) => raised(hash, exception).unwrap_or_default(),
                _ => String::new(),
            };
            Some(format!("{place}{function}: version {hash:.8} is refused, the one before goes on: {why}\n"))
        }
        _ => None,
    }
}

/// Where it was raised; the host's line tables know the rest.
fn raised(hash: &ModuleHash, exception: &Exception) -> Option<String> {
    let mut line = String::new();
    let places = exception.frames.iter().map(|frame| Place {
        function: frame.function,
        word: frame.word,
        repeats: frame.repeats,
    });
    console::write_raised(&mut line, hash, places, &exception.class, &exception.message).ok()?;
    line.push('\n');
    Some(line)
}
