//! What of all that happens is told on a board's console, beside results and what handlers print.

use alloc::format;
use alloc::string::String;
use nano_device::Trace;

/// The line, if it is news: that a version of a function was refused.
pub fn news(event: &Trace<'_>) -> Option<String> {
    match event {
        Trace::Refused { function, hash, why } => {
            Some(format!("{function}: version {hash:.8} is refused, the one before goes on: {why}\n"))
        }
        _ => None,
    }
}
