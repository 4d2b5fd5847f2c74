//! The lines that `nano serve` writes of requests: JSON on standard output with `--json`, else text on standard error.
//!
//! Threads that answer hand a line over and go on; one thread writes. Where it can't keep up (a terminal that was stopped,
//! a slow pipe) lines are left out, and how many is said: a log must not be what a server waits for.

use crate::arguments::Requests;
use crate::time;
use nano_edge::{Answered, Watch};
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Lines that may wait to be written.
const MOST_WAITING: usize = 4096;

/// Time that the lines still waiting have when the server has ended.
const END_TIMEOUT: Duration = Duration::from_secs(1);

/// Writes lines until it is ended.
#[derive(Debug)]
pub struct RequestLog {
    lines: SyncSender<Option<String>>,
    left_out: Arc<AtomicU64>,
    failed_only: bool,
    json: bool,
    writer: JoinHandle<()>,
}

impl RequestLog {
    /// Begins; nothing where no request is to be logged.
    pub fn start(which: Requests, json: bool) -> Option<Self> {
        let failed_only = match which {
            Requests::Off => return None,
            Requests::Failed => true,
            Requests::All => false,
        };
        let (lines, waiting) = sync_channel(MOST_WAITING);
        let left_out = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&left_out);
        let writer = std::thread::Builder::new().name("request log".into());
        let writer = writer.spawn(move || write(&waiting, &counted, json)).ok()?;
        Some(Self { lines, left_out, failed_only, json, writer })
    }

    /// What the server tells of its answers.
    pub fn watch(&self) -> Watch {
        let (lines, left_out) = (self.lines.clone(), Arc::clone(&self.left_out));
        let (failed_only, json) = (self.failed_only, self.json);
        Arc::new(move |answered| {
            if failed_only && answered.status < 400 {
                return;
            }
            let line = if json { as_json(answered) } else { as_text(answered) };
            if lines.try_send(Some(line)).is_err() {
                left_out.fetch_add(1, Ordering::Relaxed);
            }
        })
    }

    /// Writes what is waiting, and ends: after a second whatever is left, where nobody reads.
    pub fn end(self) {
        let begun = Instant::now();
        let mut told = false;
        while !self.writer.is_finished() && begun.elapsed() < END_TIMEOUT {
            told = told || self.lines.try_send(None).is_ok();
            std::thread::sleep(Duration::from_millis(1));
        }
    }
}

/// A write that fails (nobody reads any more) ends the log, not the server.
fn write(waiting: &Receiver<Option<String>>, left_out: &AtomicU64, json: bool) {
    while let Ok(Some(line)) = waiting.recv() {
        let missing = left_out.swap(0, Ordering::Relaxed);
        let missing = match (missing, json) {
            (0, _) => String::new(),
            (_, true) => format!("{}\n", serde_json::json!({"left_out": missing})),
            (_, false) => format!("{missing} lines were left out here\n"),
        };
        let text = format!("{missing}{line}\n");
        let written = if json {
            std::io::stdout().lock().write_all(text.as_bytes())
        } else {
            std::io::stderr().lock().write_all(text.as_bytes())
        };
        if written.is_err() {
            return;
        }
    }
}

/// `2026-11-27T02:34:45.013Z`.
fn time_of(answered: &Answered<'_>) -> String {
    let utc = time::utc(answered.time_ms / 1000);
    let mut parts = utc.split(' ');
    let (day, hour) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    format!("{day}T{hour}.{:03}Z", answered.time_ms % 1000)
}

fn as_json(answered: &Answered<'_>) -> String {
    serde_json::json!({
        "time": time_of(answered),
        "request_id": answered.request_id,
        "service": answered.service,
        "method": answered.method,
        "path": answered.path,
        "status": answered.status,
        "duration_us": answered.duration_us,
        "received_bytes": answered.received_bytes,
        "sent_bytes": answered.sent_bytes,
    })
    .to_string()
}

fn as_text(answered: &Answered<'_>) -> String {
    let mut line = format!("{} {} {} ", time_of(answered), answered.service, answered.method);
    // A path comes from outside: nothing in it may move a terminal's cursor or begin a line.
    for c in answered.path.chars() {
        if c.is_control() {
            let _ = write!(line, "\\u{{{:x}}}", u32::from(c));
        } else {
            line.push(c);
        }
    }
    let ms = answered.duration_us as f64 / 1000.0;
    let _ = write!(line, " {} {ms:.1} ms {}", answered.status, answered.request_id);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANSWERED: Answered<'static> = Answered {
        time_ms: 1_800_000_000_042,
        request_id: "B54CDA58FBBEE87E",
        service: "s3",
        method: "GET",
        path: "/bucket/a\u{1b}[2J",
        status: 404,
        duration_us: 412,
        received_bytes: Some(0),
        sent_bytes: None,
    };

    #[test]
    fn a_line_has_the_id_and_no_control_characters() {
        assert_eq!(
            as_text(&ANSWERED),
            "2027-01-15T08:00:00.042Z s3 GET /bucket/a\\u{1b}[2J 404 0.4 ms B54CDA58FBBEE87E"
        );
        let json: serde_json::Value = serde_json::from_str(&as_json(&ANSWERED)).unwrap();
        assert_eq!(json["path"], "/bucket/a\u{1b}[2J");
        assert_eq!((&json["status"], &json["sent_bytes"]), (&404.into(), &serde_json::Value::Null));
    }

    #[test]
    fn what_can_not_be_written_in_time_is_counted() {
        let (lines, waiting) = sync_channel(1);
        let left_out = Arc::new(AtomicU64::new(0));
        let writer = std::thread::spawn(|| ());
        let log = RequestLog { lines, left_out: Arc::clone(&left_out), failed_only: true, json: false, writer };
        let watch = log.watch();
        for status in [200, 404, 500, 503] {
            watch(&Answered { status, ..ANSWERED });
        }
        assert_eq!(left_out.load(Ordering::Relaxed), 2);
        assert!(waiting.recv().unwrap().unwrap().contains(" 404 "));
    }
}
