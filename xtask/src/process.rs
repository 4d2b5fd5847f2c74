//! Running programs: always shown, never fed from the terminal, never left behind.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;

/// The command as a person would type it.
pub fn display(command: &Command) -> String {
    let mut text = command.get_program().to_string_lossy().rsplit('/').next().unwrap_or_default().to_owned();
    for argument in command.get_args() {
        let argument = argument.to_string_lossy();
        text.push(' ');
        if argument.is_empty() || argument.contains([' ', '"', '(', '|', '*', '{']) {
            text.push('\'');
            text.push_str(&argument);
            text.push('\'');
        } else {
            text.push_str(&argument);
        }
    }
    text
}

/// Runs to the end with the output going where ours goes; an unsuccessful end is an error.
pub fn run(command: &mut Command) -> Result<(), String> {
    eprintln!("   $ {}", display(command));
    // Children print on stderr: stdout carries only this program's own results.
    let status = command
        .stdin(Stdio::null())
        .stdout(io::stderr())
        .status()
        .map_err(|error| format!("{}: {error}", display(command)))?;
    check(command, status)
}

/// Runs to the end quietly and returns standard output; what it said on standard error becomes the error.
pub fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| format!("{}: {error}", display(command)))?;
    if output.status.success() {
        return String::from_utf8(output.stdout).map_err(|_| format!("{}: output is not UTF-8", display(command)));
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}: {}\n{}", display(command), output.status, said.trim_end()))
}

/// Runs to the end and returns standard output; what it says on standard error is shown as it comes.
pub fn stdout(command: &mut Command) -> Result<String, String> {
    eprintln!("   $ {}", display(command));
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("{}: {error}", display(command)))?;
    check(command, output.status)?;
    String::from_utf8(output.stdout).map_err(|_| format!("{}: output is not UTF-8", display(command)))
}

/// Whether it starts and ends well; its output is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Runs to the end, showing the output as it comes and returning all of it as well.
pub fn tee(command: &mut Command) -> Result<(ExitStatus, String), String> {
    eprintln!("   $ {}", display(command));
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("{}: {error}", display(command)))?;
    let readers: Vec<_> = [
        child.stdout.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
        child.stderr.take().map(|pipe| Box::new(pipe) as Box<dyn Read + Send>),
    ]
    .into_iter()
    .flatten()
    .map(|pipe| thread::spawn(move || show(pipe)))
    .collect();
    let status = child.wait().map_err(|error| format!("{}: {error}", display(command)))?;
    let text = readers.into_iter().map(|reader| reader.join().unwrap_or_default()).collect();
    Ok((status, text))
}

fn show(pipe: impl Read) -> String {
    let mut text = String::new();
    let mut pipe = BufReader::new(pipe);
    let mut line = Vec::new();
    while pipe.read_until(b'\n', &mut line).is_ok_and(|bytes| bytes > 0) {
        let shown = String::from_utf8_lossy(&line);
        // A closed terminal is no reason to stop the child.
        let _ = io::stderr().write_all(shown.as_bytes());
        text.push_str(&shown);
        line.clear();
    }
    text
}

fn check(command: &Command, status: ExitStatus) -> Result<(), String> {
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", display(command))) }
}
