//! Code that a program makes: `exec`, `eval` and `compile` in what the top level does when it is run at build.
//!
//! A device has no compiler, whoever builds for it has. The module is run as far as it is known. Where it asks for a
//! source that it lacks, the source becomes a unit of the module, and the top level runs again from its start: it does
//! the same and comes one source further. In the end the module has all that it asks for, and what it would ask for
//! elsewhere is an error there.
//!
//! A unit made of a source is a function of two dicts, its globals and its locals, in which it looks for names as
//! CPython does; functions inside it hold the first. So nothing of this costs a VM anything.

use crate::diagnostic::{Diagnostic, code};
use crate::front::{self, Problem, ast};
use crate::names;
use crate::nesting;
use crate::scope::collect::collect;
use crate::source::{Lines, Package, SourceFile};
use std::fmt::Write as _;

/// The module of the library that runs them.
pub(crate) const MODULE: &str = "_compiled";
/// What it calls a unit made of a source, by number.
pub(crate) const UNIT: &str = "_unit";
/// The builtins it has.
pub(crate) const NAMES: [&str; 3] = ["compile", "eval", "exec"];

/// Sources of one program.
const MOST: usize = 400;
/// Bytes of all of them.
const MOST_BYTES: usize = 512 << 10;

/// A source that the top level of a program wants compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeSource {
    /// Its text.
    pub text: String,
    /// What tracebacks call it (`<string>`).
    pub name: String,
    /// Is it an expression, whose value is wanted?
    pub is_expression: bool,
}

/// What a program asked for so far.
#[derive(Debug, Default)]
pub(crate) struct Made {
    pub sources: Vec<Unit>,
    /// All is known; whatever else is asked for is an error.
    pub is_complete: bool,
}

/// A source, and the file that stands for it.
#[derive(Debug)]
pub(crate) struct Unit {
    pub file: SourceFile,
    pub is_expression: bool,
    /// It is no Python: what is wrong, with the line and the column.
    error: Option<(String, u32, u32)>,
}

impl Unit {
    /// Does it become part of the module?
    pub fn is_code(&self) -> bool {
        self.error.is_none()
    }

    /// Does it nest so deep that it takes a stack of its own?
    pub fn is_deep(&self) -> bool {
        nesting::nesting(&self.file.text).is_ok_and(|nesting| nesting.is_deep())
    }

    /// Its statements.
    pub fn parse(&self) -> Result<Vec<ast::Stmt>, Vec<Problem>> {
        let nesting = nesting::nesting(&self.file.text).map_err(|problem| vec![problem])?;
        if self.is_expression {
            front::parse_expression(&self.file.text, nesting)
        } else {
            front::parse(&self.file.text, nesting)
        }
    }
}

impl Made {
    /// Adds a source that the program asked for.
    pub fn add(&mut self, package: &Package, source: MadeSource) -> Result<(), Vec<Diagnostic>> {
        let refused = |message: String| {
            let hint = "code that is made should depend on nothing but the program; write out what it is";
            let mut diagnostic = Diagnostic::of_program(code::LIMIT, package, message);
            diagnostic.hint = Some(hint.to_owned());
            Err(vec![diagnostic])
        };
        let MadeSource { text, name, is_expression } = source;
        let bytes = self.sources.iter().map(|unit| unit.file.text.len()).sum::<usize>() + text.len();
        let is_known =
            |unit: &Unit| (&unit.file.text, &unit.file.name, unit.is_expression) == (&text, &name, is_expression);
        if self.sources.len() >= MOST || self.sources.iter().any(is_known) {
            return refused(format!("the top level makes code without an end: {} sources so far", self.sources.len()));
        }
        if bytes > MOST_BYTES {
            return refused(format!("the top level makes more than {MOST_BYTES} bytes of code"));
        }
        // No name that an import could have.
        let module = format!(".made{}", self.sources.len());
        let mut unit = Unit { is_expression, file: SourceFile { name, module, is_package: false, text }, error: None };
        let check = || match unit.parse() {
            Ok(body) => collect(&body, &names::module).problems,
            Err(problems) => problems,
        };
        let problems = if unit.is_deep() {
            let Some(problems) = crate::on_deep_stack(check) else {
                return refused(format!("no memory for the stack that the code made as {} needs", unit.file.name));
            };
            problems
        } else {
            check()
        };
        // Python that IoTPy lacks is refused when it is compiled, with its place.
        let is_wrong = |problem: &Problem| matches!(problem.code, code::SYNTAX | code::MISPLACED | code::NAMES);
        unit.error = problems.into_iter().find(is_wrong).map(|problem| {
            let (line, column) = Lines::new(&unit.file.text).position(problem.span.start);
            (problem.message, line, column)
        });
        self.sources.push(unit);
        Ok(())
    }

    /// The units that are code, with their numbers.
    pub fn units(&self) -> impl Iterator<Item = &Unit> {
        self.sources.iter().filter(|unit| unit.is_code())
    }

    /// The functions of the library's module that know the sources.
    pub fn table(&self) -> Vec<ast::Stmt> {
        let mut text = "def _known(source, filename, mode):\n".to_owned();
        let mut number = 0;
        for unit in &self.sources {
            let mode = if unit.is_expression { "eval" } else { "exec" };
            let (name, body) = (literal(&unit.file.name), literal(&unit.file.text));
            let _ = writeln!(text, "  if mode == '{mode}' and filename == {name} and source == {body}:");
            match &unit.error {
                Some((message, line, column)) => {
                    let message = literal(message);
                    let _ = writeln!(text, "    _wrong({message}, filename, {line}, {column}, source)");
                }
                None => {
                    let _ = writeln!(text, "    return {UNIT}({number})");
                    number += 1;
                }
            }
        }
        text.push_str("  return None\n");
        // Only a build is asked; what is built has nothing that could ask.
        text.push_str(if self.is_complete {
            "def _ask(source, filename, mode):\n  pass\n"
        } else {
            "from _iotpy import request as _request\n\
             def _ask(source, filename, mode):\n  _request('compile', mode, filename, '', source.encode())\n"
        });
        front::snippet(&text)
    }
}

/// A text as Python writes it.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                literal.push('\\');
                literal.push(c);
            }
            ' '..='~' => literal.push(c),
            _ => drop(write!(literal, "\\U{:08x}", u32::from(c))),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(text: &str) -> MadeSource {
        MadeSource { text: text.into(), name: "<string>".into(), is_expression: false }
    }

    fn nested(depth: usize) -> String {
        format!("x = {}1{}\n", "[".repeat(depth), "]".repeat(depth))
    }

    #[test]
    fn what_has_no_end_is_refused() {
        let package = Package::single("a.py", "");
        let mut made = Made::default();
        for number in 0..MOST {
            made.add(&package, source(&format!("x = {number}\n"))).unwrap();
        }
        let refused = made.add(&package, source("y = 1\n")).unwrap_err();
        assert_eq!(refused[0].message, "the top level makes code without an end: 400 sources so far");
        let large = source(&" ".repeat(MOST_BYTES + 1));
        assert!(Made::default().add(&package, large).unwrap_err()[0].message.contains("bytes of code"));
    }

    #[test]
    fn what_is_no_python_is_known_too() {
        let package = Package::single("a.py", "");
        let mut made = Made::default();
        for text in ["x = = 1", "return 1", "\"\\\u{e9}\n", "x = 1", &nested(60)] {
            made.add(&package, source(text)).unwrap();
        }
        assert_eq!(made.units().count(), 2);
        assert!(made.sources.iter().any(Unit::is_deep));
        assert_eq!(made.table().len(), 3);
    }
}
