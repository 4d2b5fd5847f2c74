//! The lines that Lambda writes around an invocation: START, END, REPORT.

use std::fmt::Write as _;

use super::Ran;
use crate::lambda::Configuration;
use crate::world::log_time;

/// Most bytes at the end of a log that a caller gets who asks for its tail.
const TAIL_BYTES: usize = 4 << 10;

/// The whole log of an invocation.
pub(crate) fn text(configuration: &Configuration, request_id: &str, ran: &Ran, now_ms: u64) -> String {
    let mut log = String::with_capacity(ran.output.len() + 320);
    // Writing to a String cannot fail.
    let _ = writeln!(log, "START RequestId: {request_id} Version: {}", configuration.version);
    log.push_str(&ran.output);
    if !log.ends_with('\n') {
        log.push('\n');
    }
    if let Err(failure) = &ran.result
        && failure.request_id.is_none()
    {
        // What the service itself noticed; the runtime has no line for it.
        let message =
            failure.message.strip_prefix(&format!("RequestId: {request_id} Error: ")).unwrap_or(&failure.message);
        if failure.error_type == "Sandbox.Timedout" {
            let _ = writeln!(log, "{} {request_id} {message}\n", log_time(now_ms));
        } else {
            let _ = writeln!(log, "RequestId: {request_id} Error: {message}\n{}", failure.error_type);
        }
    }
    let milliseconds = ran.duration.as_secs_f64() * 1000.0;
    let _ = write!(
        log,
        "END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {milliseconds:.2} ms\tBilled Duration: \
         {} ms\tMemory Size: {} MB\tMax Memory Used: {} MB\t",
        milliseconds.ceil(),
        configuration.memory_size,
        ran.memory_bytes.div_ceil(1 << 20)
    );
    if let Some(init) = ran.init {
        let _ = write!(log, "Init Duration: {:.2} ms\t", init.as_secs_f64() * 1000.0);
    }
    if let Err(failure) = &ran.result
        && failure.error_type == "Sandbox.Timedout"
    {
        log.push_str("Status: timeout");
    }
    log.push('\n');
    log
}

/// The last 4 KiB, from a character on.
pub(crate) fn tail(log: &str) -> &str {
    let mut from = log.len().saturating_sub(TAIL_BYTES);
    while !log.is_char_boundary(from) {
        from += 1;
    }
    &log[from..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tail_begins_with_a_character() {
        assert_eq!(tail("short"), "short");
        let long = "é".repeat(3000) + "x";
        assert_eq!(tail(&long).len(), 4095);
        assert!(tail(&long).ends_with("éx"));
    }
}
