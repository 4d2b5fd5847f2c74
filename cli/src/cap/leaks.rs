//! Capabilities and device secrets in the files that git tracks: in the working tree, and as they are staged.

use super::describe;
use crate::failure::Failure;
use nano_caps::{ANY, Capability, TEXT_PREFIX};
use std::path::Path;
use std::process::Command;

/// What was found, without the secret itself.
#[derive(Debug, PartialEq, Eq)]
pub struct Leak {
    /// Path as git has it.
    pub file: String,
    /// From 1.
    pub line: u64,
    /// Not in the working tree any more.
    pub staged_only: bool,
    /// In words.
    pub what: String,
}

/// What may be a capability, the key file of a device or an edge, or the token file of a `nano dev`.
const PATTERNS: &str = r"ncap1\.[A-Za-z0-9_-]{20,}|^[0-9a-f]{80}$|^[0-9a-f]{32}$";

/// Looks through everything tracked in a folder and below.
pub fn scan(folder: &Path) -> Result<Vec<Leak>, Failure> {
    let mut leaks: Vec<Leak> = grep(folder, false)?;
    for leak in grep(folder, true)? {
        // Lines may have moved since: what counts is the file and what is in it.
        if !leaks.iter().any(|known| known.file == leak.file && known.what == leak.what) {
            leaks.push(leak);
        }
    }
    leaks.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    Ok(leaks)
}

fn grep(folder: &Path, staged: bool) -> Result<Vec<Leak>, Failure> {
    let mut command = Command::new("git");
    command.arg("-C").arg(folder).args(["grep", "--text", "--null", "--line-number", "--only-matching", "-E"]);
    if staged {
        command.arg("--cached");
    }
    let output = command.args(["-e", PATTERNS, "--", "."]).output().map_err(|error| {
        Failure::with_hint(format!("git can't be run: {error}"), "install git, or check one capability at a time")
    })?;
    match output.status.code() {
        Some(0) => {}
        Some(1) => return Ok(Vec::new()),
        _ => {
            let text = String::from_utf8_lossy(&output.stderr).trim().to_string();
            return Err(Failure::with_hint(
                format!("git does not search {}: {text}", folder.display()),
                "run it in a folder that git tracks, or name one: nano cap check --git FOLDER",
            ));
        }
    }
    Ok(Matches(&output.stdout)
        .filter_map(|(file, line, text)| {
            let line = std::str::from_utf8(line).ok()?.parse().ok()?;
            let what = judge(file, std::str::from_utf8(text).ok()?)?;
            Some(Leak { what, file: shown(file), line, staged_only: staged })
        })
        .collect())
}

/// `FILE \0 LINE \0 MATCH \n`, again and again; a file's name may hold anything but a zero.
struct Matches<'a>(&'a [u8]);

impl<'a> Iterator for Matches<'a> {
    type Item = (&'a [u8], &'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut until = |end: u8| {
            let at = self.0.iter().position(|byte| *byte == end)?;
            let (part, rest) = self.0.split_at(at);
            self.0 = rest.get(1..)?;
            Some(part)
        };
        Some((until(0)?, until(0)?, until(b'\n')?))
    }
}

/// A name on one line, whatever is in it.
fn shown(file: &[u8]) -> String {
    let name = String::from_utf8_lossy(file);
    if name.contains(char::is_control) { format!("{name:?}") } else { name.into_owned() }
}

/// What a match is, if it is something.
fn judge(file: &[u8], text: &str) -> Option<String> {
    if !text.starts_with(TEXT_PREFIX) {
        // Hexadecimal digits may be anything; in such a file they are a secret.
        let named = |name: &str| file.rsplit(|byte| *byte == b'/').next() == Some(name.as_bytes());
        return match text.len() {
            80 if file.ends_with(b"queues/key") => {
                Some("an edge's key: everything in the queues of its devices".to_string())
            }
            80 if named("key") => Some("a device's secret key: everything on that device".to_string()),
            32 if named("operator") => {
                Some("the token of a nano dev: whoever reads it runs functions there".to_string())
            }
            _ => None,
        };
    }
    let capability = Capability::from_text(text).ok()?;
    let (body, summary) = (capability.body(), capability.body().summary());
    let until =
        summary.expires.map_or("never expires".to_string(), |at| format!("until {}", describe::time(at.into())));
    let rights = match body.rights(ANY, ANY) {
        rights if !rights.is_empty() => format!("{} on everything", describe::rights(rights)),
        _ => describe::count(summary.frames, "frame"),
    };
    Some(format!("a capability of slot {} ({rights}, {until})", body.header().slot()))
}
