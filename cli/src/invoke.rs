//! `nano invoke`: a function of a running edge.

use crate::arguments::Invoke;
use crate::client;
use crate::event;
use crate::failure::Failure;
use serde_json::Value;

/// Invokes, and prints the result.
pub fn invoke(arguments: &Invoke) -> Result<u8, Failure> {
    let event = event::read(&arguments.event)?;
    let path = format!(
        "/_nano/functions/{}/invoke?on={}",
        client::segment(&arguments.function),
        client::segment(&arguments.on)
    );
    let answer = client::request_as_operator("POST", &arguments.endpoint, &path, event.as_bytes())?;
    let error = answer.get("error").filter(|error| !error.is_null());
    if arguments.json {
        println!("{answer}");
        return Ok(u8::from(error.is_some()));
    }
    if let Some(logs) = answer.get("logs").and_then(Value::as_str) {
        anstream::eprint!("{logs}");
    }
    let us = answer.get("duration_us").and_then(Value::as_u64).unwrap_or(0);
    let on = answer.get("on").and_then(Value::as_str).unwrap_or("edge");
    if let Some(error) = error {
        let text = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default().to_string();
        match error.get("traceback") {
            // A device's ends with the exception.
            Some(Value::String(text)) => anstream::eprint!("{text}"),
            Some(Value::Array(lines)) => {
                lines.iter().filter_map(Value::as_str).for_each(|line| anstream::eprintln!("{}", line.trim_end()));
                anstream::eprintln!("{}: {}", text("type"), text("message"));
            }
            _ => anstream::eprintln!("{}: {}", text("type"), text("message")),
        }
        anstream::eprintln!("failed on {on} ({us} us)");
        return Ok(1);
    }
    println!("{}", answer.get("result").unwrap_or(&Value::Null));
    anstream::eprintln!("ok on {on} ({us} us)");
    Ok(0)
}
