//! Events from the command line: JSON, `@FILE`, or `-` for standard input.

use crate::failure::Failure;
use std::io::Read as _;
use std::path::Path;

/// Reads and checks an event.
pub fn read(argument: &str) -> Result<String, Failure> {
    let text = if argument == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        text
    } else if let Some(path) = argument.strip_prefix('@') {
        crate::load::read(Path::new(path))?
    } else {
        argument.to_string()
    };
    if let Err(error) = serde_json::from_str::<serde_json::Value>(&text) {
        return Err(Failure::with_hint(
            format!("the event is no JSON: {error}"),
            "quote it for the shell: --event '{\"level\": 42}', or give a file: --event @event.json",
        ));
    }
    Ok(text)
}
