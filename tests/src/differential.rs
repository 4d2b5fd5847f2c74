//! Programs written by a grammar, on CPython and on IoTPy: both must print the same and end the same.

use crate::grammar::Grammar;
use crate::mutation::Random;
use crate::{Run, run_source};
use nano_vm::Limits;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// One process of CPython that runs many programs, one after the other.
#[derive(Debug)]
pub struct CPython {
    child: Child,
    programs: Option<ChildStdin>,
    results: BufReader<ChildStdout>,
}

impl CPython {
    /// Starts python3.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn start() -> Self {
        let mut child = Command::new("python3")
            .args(["-c", include_str!("../grammar/driver.py")])
            .env("PYTHONHASHSEED", "0")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 is needed: apt-get install python3");
        let programs = child.stdin.take();
        let results = BufReader::new(child.stdout.take().expect("piped"));
        CPython { child, programs, results }
    }

    /// Runs a program; `None` where CPython does not compile it, or not end it in time.
    ///
    /// # Panics
    /// When the process is gone.
    pub fn run(&mut self, source: &str) -> Option<Run> {
        let programs = self.programs.as_mut().expect("there until the end");
        write!(programs, "{}\n{source}", source.len()).expect("python3 listens");
        programs.flush().expect("python3 listens");
        let mut line = String::new();
        self.results.read_line(&mut line).expect("python3 answers");
        let numbers: Vec<i64> = line.split_whitespace().map(|number| number.parse().expect("a number")).collect();
        let &[status, stdout, stderr] = numbers.as_slice() else { panic!("python3 answered {line:?}") };
        let mut text = |length: i64| {
            let mut bytes = vec![0; usize::try_from(length).expect("a length")];
            self.results.read_exact(&mut bytes).expect("python3 answers");
            String::from_utf8_lossy(&bytes).into_owned()
        };
        let (stdout, stderr) = (text(stdout), text(stderr));
        (status >= 0).then(|| Run { stdout, stderr, status: i32::try_from(status).expect("a status") })
    }
}

impl Drop for CPython {
    fn drop(&mut self) {
        // The end of what it reads is its end.
        self.programs.take();
        let _ = self.child.wait();
    }
}

/// The grammar of `tests/grammar`.
#[must_use]
pub fn grammar() -> Grammar {
    Grammar::parse(&[
        include_str!("../grammar/values.txt"),
        include_str!("../grammar/calls.txt"),
        include_str!("../grammar/format.txt"),
        include_str!("../grammar/statements.txt"),
        include_str!("../grammar/library.txt"),
        include_str!("../grammar/wide.txt"),
    ])
}

const PRELUDE: &str = include_str!("../grammar/prelude.py");
const WORLD: &str = include_str!("../grammar/world.py");

/// Writes one program.
#[must_use]
pub fn program(grammar: &Grammar, random: &mut Random) -> String {
    let kind = random.below(5);
    if kind >= 2 {
        let rule = ["flow", "library", "wide"][kind - 2];
        return format!("{PRELUDE}\n\n{WORLD}\n\n{}\n", grammar.write(rule, random));
    }
    let rule = if kind == 0 { "call" } else { "formatting" };
    let lines: String = (0..30).map(|_| format!("show(lambda: {})\n", grammar.write(rule, random))).collect();
    format!("{PRELUDE}\n\n{lines}")
}

/// What a program does on IoTPy.
#[must_use]
pub fn on_iotpy(source: &str, stress: bool) -> Run {
    run_source("program.py", source, 4 << 20, Limits { fuel: 50_000_000, stress, ..Limits::default() })
}

/// The first line that differs, of both; `None` where nothing does.
#[must_use]
pub fn difference(expected: &Run, got: &Run) -> Option<(String, String)> {
    if expected == got {
        return None;
    }
    let lines = |run: &Run| -> Vec<String> {
        let lines = run.stdout.lines().chain(run.stderr.lines()).map(without_addresses);
        lines.chain([format!("status {}", run.status)]).collect()
    };
    let (left, right) = (lines(expected), lines(got));
    if left == right {
        return None;
    }
    let at = left.iter().zip(&right).position(|(a, b)| a != b).unwrap_or(left.len().min(right.len()));
    let line = |lines: &[String]| lines.get(at).cloned().unwrap_or_default();
    Some((line(&left), line(&right)))
}

/// Takes lines (with what is indented below them) out of a program for as long as it keeps differing.
pub fn minimise(source: &str, cpython: &mut CPython) -> String {
    let kind = |pair: &Option<(String, String)>| pair.as_ref().map(|(a, b)| (shape(a), shape(b)));
    let mut differs = |lines: &[String]| {
        let source = format!("{PRELUDE}\n\n{}\n", lines.join("\n"));
        let expected = cpython.run(&source)?;
        difference(&expected, &on_iotpy(&source, false))
    };
    let rest = source.strip_prefix(PRELUDE).unwrap_or(source);
    let mut lines: Vec<String> = rest.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
    let wanted = kind(&differs(&lines));
    let indent = |line: &str| line.len() - line.trim_start().len();
    let mut size = lines.len() / 2;
    while size > 1 {
        let mut at = 0;
        while at < lines.len() {
            let end = (at + size).min(lines.len());
            let without: Vec<String> = lines[..at].iter().chain(&lines[end..]).cloned().collect();
            if kind(&differs(&without)) == wanted {
                lines = without;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    loop {
        let before = lines.len();
        let mut at = lines.len();
        while at > 0 {
            at -= 1;
            if at >= lines.len() {
                continue;
            }
            let deep = indent(&lines[at]);
            let end = at + 1 + lines[at + 1..].iter().take_while(|line| indent(line) > deep).count();
            let without: Vec<String> = lines[..at].iter().chain(&lines[end..]).cloned().collect();
            let dedented = lines[at + 1..end].iter().map(|line| line.get(4..).unwrap_or("").to_owned());
            let opened: Vec<String> =
                lines[..at].iter().cloned().chain(dedented).chain(lines[end..].iter().cloned()).collect();
            for candidate in [without, opened] {
                if candidate.len() < lines.len() && kind(&differs(&candidate)) == wanted {
                    lines = candidate;
                    break;
                }
            }
        }
        if lines.len() == before {
            return lines.join("\n") + "\n";
        }
    }
}

/// A line without what its numbers and names are, so that one fault keeps one shape.
fn shape(line: &str) -> String {
    line.chars().take_while(|c| *c != '|').filter(|c| c.is_alphabetic()).take(24).collect()
}

/// A line without the addresses of objects, and without what CPython's printer guesses a wrong name was meant to be.
fn without_addresses(line: &str) -> String {
    let line = line.split_once(". Did you mean").map_or(line, |(before, _)| before);
    let mut parts = line.split(" at 0x");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(" at ");
        text.push_str(part.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    text
}
