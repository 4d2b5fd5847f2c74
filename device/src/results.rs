//! The records of the log of results: JSON, whatever is cut.

use crate::json;
use crate::text::Line;
use crate::trace::Report;
use alloc::string::ToString;
use nano_wire::message::operation::Place;

/// What a record tells of: function, namespace, log. Their handles are given out once, so they say what the names are.
type Of = (u16, u16, u16);

/// The record that is being written. Most are of what the one before was of, and begin like it.
#[derive(Debug, Default)]
pub struct Results {
    line: Line,
    /// Whose beginning stands in the line, and how long it is.
    head: Option<(Of, usize)>,
}

impl Results {
    /// The record of a report in at most so many bytes; `None` when not even the names fit.
    pub fn record(&mut self, of: Of, report: &Report<'_>, most: usize) -> Option<&[u8]> {
        match self.head {
            // What has no name any more is not found by its handle.
            Some((known, length)) if known == of && !report.log.is_empty() => self.line.truncate(length),
            _ => self.write_head(of, (report.function, report.namespace, report.log), most),
        }
        let out = &mut self.line;
        out.push_decimal(report.sequence);
        out.push(if report.place == Place::Edge {
            ", \"on\": \"edge\", \"us\": "
        } else {
            ", \"on\": \"device\", \"us\": "
        });
        out.push_decimal(report.finished_us.wrapping_sub(report.started_us));
        out.push(", \"instructions\": ");
        out.push_decimal(report.instructions);
        out.push(", \"heap\": ");
        out.push_decimal(report.heap_peak.into());
        let mark = out.bytes().len();
        match &report.result {
            Ok(result) => {
                out.push(", \"result\": ");
                out.push(result);
            }
            Err(fault) => {
                out.push(", \"error\": ");
                json::write_string(out, &fault.to_string()).ok()?;
            }
        }
        out.push("}");
        if out.bytes().len() > most {
            out.truncate(mark);
            out.push(match report.result {
                Ok(_) => ", \"result\": null, \"cut\": true}",
                Err(_) => ", \"error\": \"\", \"cut\": true}",
            });
        }
        Some(self.line.bytes()).filter(|record| record.len() <= most)
    }

    #[inline(never)]
    fn write_head(&mut self, of: Of, (function, namespace, log): (&str, &str, &str), most: usize) {
        let out = &mut self.line;
        out.clear();
        out.reserve(most);
        out.push("{\"function\": ");
        // Writing into a line does not fail.
        let _ = json::write_string(out, function);
        for text in [", \"woof\": \"", namespace, "/", log, "\", \"sequence\": "] {
            out.push(text);
        }
        self.head = Some((of, self.line.bytes().len()));
    }
}
