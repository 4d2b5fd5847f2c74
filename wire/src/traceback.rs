//! Tracebacks as CPython 3.11 prints them, from places in a module and its symbols.

use crate::caret;
use crate::symbols::{File, LIBRARY, Position, Symbols};
use alloc::string::{String, ToString};
use core::fmt::Write as _;
use core::ops::Range;

/// A place of a traceback: function and word, and how often in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Function of the module.
    pub function: u16,
    /// Word within it.
    pub word: u16,
    /// How often in a row.
    pub repeats: u32,
}

/// The lines of a traceback between its heading and the exception, outermost place first.
pub fn render(symbols: &Symbols, places: &[Place]) -> String {
    let mut text = String::new();
    for place in places {
        let Some((function, file, position)) = symbols.position(usize::from(place.function), place.word) else {
            let _ = writeln!(text, "  File \"?\", in function {} at word {}", place.function, place.word);
            continue;
        };
        let name = file.map_or("?", |file| file.name.as_str());
        if name.starts_with(LIBRARY) {
            continue;
        }
        let mut entry = String::new();
        let _ = writeln!(entry, "  File \"{name}\", line {}, in {}", position.line, function.name);
        if let Some(file) = file {
            push_source(&mut entry, file, position);
        }
        // As CPython: three times as they are, then a count.
        for _ in 0..place.repeats.min(3) {
            text.push_str(&entry);
        }
        if place.repeats > 3 {
            let more = place.repeats - 3;
            let _ = writeln!(text, "  [Previous line repeated {more} more time{}]", if more == 1 { "" } else { "s" });
        }
    }
    text
}

/// The source line and, where it says more than the whole line, carets below it.
fn push_source(text: &mut String, file: &File, position: Position) {
    let Some(line) = file.source.lines().nth((position.line as usize).wrapping_sub(1)) else { return };
    let shown = line.trim_start();
    if shown.is_empty() {
        return;
    }
    let _ = writeln!(text, "    {shown}");
    let Some(marks) = Marks::of(line, position) else { return };
    let pointed = marks.anchor.clone().unwrap_or(0..marks.width);
    let _ = write!(text, "    {}", " ".repeat(marks.start));
    text.extend((0..marks.width).map(|at| if pointed.contains(&at) { '^' } else { '~' }));
    text.push('\n');
}

/// What is marked below a source line, in characters of the line without its indent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    /// Where the marks begin.
    pub start: usize,
    /// How many there are.
    pub width: usize,
    /// Which of them are carets, the others being `~`; all of them where there is none.
    pub anchor: Option<Range<usize>>,
}

impl Marks {
    /// The marks of a position in its line; none where they would say no more than the line.
    pub fn of(line: &str, position: Position) -> Option<Self> {
        let stripped = line.trim();
        let indent = line.len() - line.trim_start().len();
        let end = if position.line_span > 0 { line.trim_end().len() } else { usize::from(position.end_column) };
        let start = usize::from(position.column).max(indent);
        let (before, marked) = (line.get(indent..start)?, line.get(start..end.max(start))?);
        let width = marked.trim_end().chars().count();
        let anchor = if position.line_span == 0 { caret::anchor(marked) } else { None };
        if width == 0 || (anchor.is_none() && before.is_empty() && marked.trim_end().len() == stripped.len()) {
            return None;
        }
        let characters = |end: usize| marked.get(..end).map_or(0, |text| text.chars().count());
        Some(Self {
            start: before.chars().count(),
            width: if anchor.is_some() { marked.chars().count() } else { width },
            anchor: anchor.map(|anchor| characters(anchor.start)..characters(anchor.end)),
        })
    }
}

/// `Class: message`, or the class alone where the message is empty.
pub fn last_line(class: &str, message: &str) -> String {
    if message.is_empty() { class.to_string() } else { alloc::format!("{class}: {message}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::symbols::FunctionSymbols;
    use alloc::vec;

    #[test]
    fn carets_stand_under_the_part_that_failed() {
        let symbols = Symbols {
            module_hash: [0; 32],
            files: vec![File { name: "a.py".into(), source: "def f(x):\n    return 1 + x.y\n".into() }],
            functions: vec![FunctionSymbols {
                name: "f".into(),
                file: 0,
                first_line: 1,
                positions: vec![Position { word: 0, line: 2, column: 15, line_span: 0, end_column: 18 }],
                registers: vec![],
            }],
        };
        let places = [Place { function: 0, word: 0, repeats: 5 }];
        let text = render(&symbols, &places);
        let entry = "  File \"a.py\", line 2, in f\n    return 1 + x.y\n               ^^^\n";
        assert_eq!(text, alloc::format!("{entry}{entry}{entry}  [Previous line repeated 2 more times]\n"));
        assert_eq!(last_line("KeyError", "'a'"), "KeyError: 'a'");
        assert_eq!(last_line("KeyError", ""), "KeyError");
    }
}
