//! `nano logs`: what functions printed.

use crate::arguments::Logs;
use crate::client;
use crate::failure::Failure;
use serde_json::Value;
use std::io::Write as _;

/// Prints the last records of a function's log; with `-f` also those to come.
pub fn logs(arguments: &Logs) -> Result<u8, Failure> {
    let names: Vec<String> = match &arguments.function {
        Some(name) => vec![name.clone()],
        None => {
            let functions = client::request("GET", &arguments.endpoint, "/_nano/functions", b"")?;
            functions
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|f| f.get("name")?.as_str().map(str::to_string))
                .collect()
        }
    };
    if arguments.follow {
        crate::reader::end_when_gone();
    }
    let mut after: Vec<u64> = vec![0; names.len()];
    let mut first = true;
    loop {
        for (name, after) in names.iter().zip(&mut after) {
            let wait = if arguments.follow && names.len() == 1 && !first { 20_000 } else { 0 };
            let path = if first {
                format!("/_nano/logs/{}?count={}", client::segment(name), arguments.count)
            } else {
                format!("/_nano/logs/{}?after={after}&wait_ms={wait}", client::segment(name))
            };
            let records = client::request("GET", &arguments.endpoint, &path, b"")?;
            for record in records.as_array().into_iter().flatten() {
                *after = record.get("sequence").and_then(Value::as_u64).unwrap_or(*after);
                print(name, record, arguments.json, names.len() > 1)?;
            }
        }
        std::io::stdout().flush()?;
        if !arguments.follow {
            return Ok(0);
        }
        if names.len() > 1 && !first {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        first = false;
    }
}

fn print(name: &str, record: &Value, json: bool, several: bool) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    if json {
        writeln!(out, "{record}")?;
        return Ok(());
    }
    let message = record.get("message").or_else(|| record.get("text")).and_then(Value::as_str).unwrap_or_default();
    for line in message.lines() {
        if several {
            writeln!(out, "{name}  {line}")?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}
