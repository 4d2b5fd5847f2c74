//! Whether a project's logs fit the boards of its devices. It is asked while the file is at hand: a device can only say
//! that it is full.

use std::ops::Range;

use nano_woof::RingLog;

use super::{DeviceSpec, Problem, Project};

/// Bytes of a device's memory that a log takes.
const fn bytes_for(element: u32, history: u32) -> usize {
    RingLog::<&[u8]>::bytes_for(element, history)
}

/// What is wrong with the first log for which a device has no room. `places` are those of the project's logs in the file.
pub fn problem(project: &Project, device: &DeviceSpec, places: &[Range<usize>]) -> Option<Problem> {
    let config = device.board.config(1);
    let (who, model) = (&device.name, &device.board.model);
    // The log of results is the device's own.
    let own = if config.results == 0 { 0 } else { bytes_for(config.result_bytes.into(), config.results.into()) };
    let mut left = (config.log_bytes as usize).saturating_sub(own);
    let here = project.woofs.iter().zip(places).filter(|(log, _)| project.has_log(&log.name, device));
    for (index, (log, place)) in here.enumerate() {
        if index >= usize::from(config.logs) {
            let message = format!("`{who}` gets more than {index} logs, the most that the {model} keeps");
            return Some(Problem::new(place.clone(), message).hint("keep several kinds of records in one log"));
        }
        let bytes = bytes_for(log.element, log.history);
        let Some(rest) = left.checked_sub(bytes) else {
            let message =
                format!("`{}` takes {bytes} bytes of `{who}`; the {model} has {left} left for logs", log.name);
            let (empty, record) = (bytes_for(log.element, 0), bytes_for(log.element, 1) - bytes_for(log.element, 0));
            let hint = match left.saturating_sub(empty) / record {
                0 => "lower `history` or `element` of the logs before it".to_owned(),
                most => format!("lower it, or that of the logs before it: history = {most}"),
            };
            return Some(Problem::new(place.clone(), message).hint(hint));
        };
        left = rest;
    }
    None
}
