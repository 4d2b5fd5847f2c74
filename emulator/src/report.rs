//! The log of an invocation on a device, in the lines that Lambda writes: kept at the edge beside all other logs.

use std::fmt::Write as _;

use crate::event::Invocation;

/// Id of the invocation in its log: the record that invoked it, or the time when none did.
pub(crate) fn request_id(device: &str, invocation: &Invocation, at_us: u64) -> String {
    if invocation.sequence > 0 {
        format!("{device}/{}#{}", invocation.woof, invocation.sequence)
    } else {
        format!("{device}@{at_us}")
    }
}

/// START, what the handler printed, its traceback, END, REPORT.
pub(crate) fn text(request_id: &str, invocation: &Invocation) -> String {
    let mut log = String::with_capacity(invocation.logs.len() + 256);
    // Writing to a String cannot fail.
    let _ = writeln!(log, "START RequestId: {request_id} Version: {}", short(&invocation.module));
    log.push_str(&invocation.logs);
    if !log.ends_with('\n') {
        log.push('\n');
    }
    if let Some(error) = &invocation.error {
        match &error.traceback {
            Some(traceback) => log.push_str(traceback),
            None => {
                let _ = writeln!(log, "RequestId: {request_id} Error: {}: {}", error.kind, error.message);
            }
        }
        if !log.ends_with('\n') {
            log.push('\n');
        }
    }
    let _ = writeln!(
        log,
        "END RequestId: {request_id}\nREPORT RequestId: {request_id}\tDuration: {:.3} ms\tEnergy (estimated): {:.1} uJ\tMax \
         Memory Used: {} B\t",
        invocation.duration_us as f64 / 1000.0,
        invocation.energy_uj,
        invocation.heap_peak_bytes,
    );
    log
}

/// The first digits of a module's hash, which tell versions apart.
fn short(module: &str) -> &str {
    module.get(..12).unwrap_or("$LATEST")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::InvocationError;
    use serde_json::Value;

    #[test]
    fn a_failure_shows_its_traceback() {
        let invocation = Invocation {
            function: "f".into(),
            on: "device",
            result: Value::Null,
            error: Some(InvocationError {
                kind: "ValueError".into(),
                message: "no".into(),
                traceback: Some("Traceback (most recent call last):\nValueError: no".into()),
            }),
            duration_us: 1500,
            instructions: 10,
            energy_uj: 2.04,
            heap_peak_bytes: 400,
            logs: "printed".into(),
            woof: "app/light".into(),
            sequence: 7,
            input: "[1]".into(),
            cold: true,
            module: "0123456789abcdef".into(),
        };
        let id = request_id("walkway", &invocation, 5);
        assert_eq!(id, "walkway/app/light#7");
        assert_eq!(
            text(&id, &invocation),
            "START RequestId: walkway/app/light#7 Version: 0123456789ab\nprinted\nTraceback (most recent call last):\n\
             ValueError: no\nEND RequestId: walkway/app/light#7\nREPORT RequestId: walkway/app/light#7\tDuration: 1.500 ms\t\
             Energy (estimated): 2.0 uJ\tMax Memory Used: 400 B\t\n"
        );
    }
}
