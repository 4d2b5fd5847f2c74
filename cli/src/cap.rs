//! `nano cap`: capabilities as a person handles them. The format and its rules are `nano_caps`'.
//!
//! A capability is a secret: it is kept in files of mode 0600, and what commands print and take is `@FILE`. Only
//! `--reveal` prints the capability itself.

mod arguments;
mod audit;
mod bind;
mod check;
mod derive;
mod describe;
mod device;
mod flatten;
mod inspect;
mod leaks;
mod make;
mod resolve;
mod revoke;
mod store;
mod vectors;
mod verify;
mod why_denied;

pub use arguments::{Cap, Into};
pub use bind::lane;
pub use derive::from_now as expiry;
pub use store::hand_out;

use crate::failure::Failure;
use arguments::CapCommand;
use nano_caps::{Capability, Error, MAX_TEXT, TEXT_PREFIX};
use std::io::Read as _;
use std::path::Path;

/// Runs one of the commands.
pub fn cap(arguments: &Cap) -> Result<u8, Failure> {
    match &arguments.command {
        CapCommand::New(arguments) => make::make(arguments),
        CapCommand::Derive(arguments) => derive::derive(arguments),
        CapCommand::Inspect(arguments) => inspect::inspect(arguments),
        CapCommand::Check(arguments) => check::check(arguments),
        CapCommand::Bind(arguments) => bind::bind(arguments),
        CapCommand::Verify(arguments) => verify::verify(arguments),
        CapCommand::Flatten(arguments) => flatten::flatten(arguments),
        CapCommand::Revoke(arguments) => revoke::revoke(arguments),
        CapCommand::Resolve(arguments) => resolve::resolve(arguments),
        CapCommand::WhyDenied(arguments) => why_denied::why_denied(arguments),
        CapCommand::Audit(arguments) => audit::audit(arguments),
        CapCommand::Vectors(_) => vectors::vectors(),
    }
}

/// Most bytes that are read as a capability or request.
const MOST_INPUT: u64 = 1 << 18;

/// The bytes of an argument: of `@FILE`, of standard input (`-`), or the argument itself.
fn bytes(argument: &str) -> Result<Vec<u8>, Failure> {
    if argument == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().take(MOST_INPUT).read_to_end(&mut bytes)?;
        return Ok(bytes);
    }
    let Some(path) = argument.strip_prefix('@') else { return Ok(argument.as_bytes().to_vec()) };
    if path.is_empty() {
        return Err(Failure::with_hint("'@' names no file", "write @FILE"));
    }
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::with_hint(format!("{path} does not exist"), "check the path: @FILE is looked up from this folder")
        }
        _ => Failure::usage(format!("{path} can't be read: {error}")),
    })?;
    let mut bytes = Vec::new();
    let read = file.take(MOST_INPUT).read_to_end(&mut bytes);
    read.map_err(|error| Failure::usage(format!("{path} can't be read: {error}")))?;
    Ok(bytes)
}

/// A capability from its text, from `@FILE`, or from standard input (`-`).
pub fn read(argument: &str) -> Result<Capability, Failure> {
    if let Some(path) = argument.strip_prefix('@') {
        store::warn_if_exposed(Path::new(path));
    } else if argument.starts_with(TEXT_PREFIX) {
        anstream::eprintln!("{TYPED}");
    }
    let bytes = bytes(argument)?;
    let text = std::str::from_utf8(&bytes).ok().map(str::trim);
    let given = text.ok_or(Error::Text).and_then(Capability::from_text);
    given.map_err(|error| misread(argument, text, error))
}

/// A request from its hexadecimal digits, from `@FILE` (digits or bytes), or from standard input (`-`).
pub fn request(argument: &str) -> Result<Vec<u8>, Failure> {
    let given = bytes(argument)?;
    if given.is_empty() {
        return Err(Failure::with_hint("there is no request in it", "nano cap bind prints one"));
    }
    if given.starts_with(TEXT_PREFIX.as_bytes()) {
        return Err(Failure::with_hint("this is a capability and no request", "nano cap bind makes a request with it"));
    }
    let digits = std::str::from_utf8(&given).ok().map(|text| text.split_whitespace().collect::<String>());
    match digits.as_deref().and_then(unhex) {
        Some(request) => Ok(request),
        None if argument.starts_with('@') || argument == "-" => Ok(given),
        None => Err(Failure::with_hint(
            "the request is not pairs of hexadecimal digits",
            "nano cap bind prints them; of a file: @FILE",
        )),
    }
}

/// What is wrong with what should have been a capability. It may be one, nearly: no part of it is printed.
fn misread(argument: &str, text: Option<&str>, error: Error) -> Failure {
    let place = match argument.strip_prefix('@') {
        _ if argument == "-" => "standard input",
        Some(path) => path,
        None => "this",
    };
    let Some(text) = text else {
        return Failure::with_hint(format!("{place} is no capability: it is not text"), WHOLE);
    };
    let Some(digits) = text.strip_prefix(TEXT_PREFIX) else {
        return if text.is_empty() {
            Failure::with_hint(format!("{place} is empty"), WHOLE)
        } else if place == "this" && Path::new(argument).exists() {
            Failure::with_hint("this is a file's name and no capability", format!("write @{argument}"))
        } else {
            Failure::with_hint(format!("{place} is no capability: it does not begin with {TEXT_PREFIX}"), WHOLE)
        };
    };
    let strange = digits.chars().position(|digit| !digit.is_ascii_alphanumeric() && digit != '-' && digit != '_');
    let why = match (error, strange) {
        (Error::Text, Some(at)) => {
            format!("its character {} is none of base64url's", at + TEXT_PREFIX.len() + 1)
        }
        (Error::Text, None) => "it was copied incompletely or mistyped".to_string(),
        (error, _) => format!("it {error}"),
    };
    Failure::with_hint(format!("{place} is no capability: {why}"), WHOLE)
}

/// Said where a capability was given as an argument: whoever lists processes reads it, and so does the shell's history.
const TYPED: &str = "warning: others can see what is typed as an argument; give @FILE, or - and standard input";

/// What a capability looks like.
const WHOLE: &str = "it begins with ncap1. and must be whole; give a file as @FILE";

/// Text form of a capability.
fn text(capability: &Capability) -> Result<String, Failure> {
    let mut buffer = [0; MAX_TEXT];
    capability.write_text(&mut buffer).map(str::to_string).map_err(internal)
}

/// What can't happen with the sizes that are used here.
fn internal(error: Error) -> Failure {
    Failure::Internal(anyhow::anyhow!("the capability {error}"))
}

/// Bytes as hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes from hexadecimal digits.
fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(text.get(at..at + 2)?, 16).ok()).collect()
}

/// `N` bytes from hexadecimal digits.
fn from_hex<const N: usize>(text: &str) -> Result<[u8; N], Failure> {
    unhex(text)
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| Failure::usage(format!("'{text}' is not {} hexadecimal digits", N * 2)))
}
