//! An exception that nothing caught: what is known of it outside, and the text that CPython 3.11 prints for it.

use crate::error::Raise;
use crate::exception::field;
use crate::kind::kind;
use crate::vm::Vm;
use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::Write as _;
use nano_wire::builtins::Builtin;
use nano_wire::symbols::Symbols;
use nano_wire::traceback::{self, Place};
use nano_wire::value::Value;

/// Chains and groups are described so deep.
const MOST_DEPTH: u32 = 16;

/// Exceptions of a group that are shown, and levels of groups in groups, as CPython has them.
const MOST_SHOWN: usize = 15;
const MOST_GROUPS: usize = 10;

/// One place of a traceback, outermost first; symbols turn it into file, line and name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Function of the module.
    pub function: u16,
    /// Word within it.
    pub word: u16,
    /// How often in a row.
    pub repeats: u32,
}

/// An exception that no handler caught.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exception {
    /// Name of its class.
    pub class: String,
    /// `str()` of it.
    pub message: String,
    /// Its traceback.
    pub frames: Vec<Frame>,
    /// What it came from, and whether by `raise .. from ..`.
    pub origin: Option<(Box<Exception>, bool)>,
    /// What few have.
    pub inside: Option<Box<Inside>>,
    /// Exit status, of SystemExit.
    pub exit: Option<i32>,
    /// `sys.exit` was given something that is neither None nor a number: the message is said before the end.
    pub says_why: bool,
}

/// What few exceptions have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inside {
    /// What a group consists of.
    pub parts: Vec<Exception>,
    /// What `add_note` added.
    pub notes: Vec<String>,
}

impl Exception {
    /// Reads an exception out of the machine; may run code of the program (`__str__`).
    pub(crate) fn describe(vm: &mut Vm<'_>, exception: Value, depth: u32) -> Self {
        let mut made = Self { class: vm.exception_class(exception).as_str().to_string(), ..Self::default() };
        let mark = vm.mark();
        let Ok(root) = vm.root(exception) else { return made };
        while let Some(place) = vm.traceback_place(exception, made.frames.len() as u32) {
            made.frames.push(Frame { function: place.function, word: place.word, repeats: place.repeats });
        }
        made.message = match vm.exception_message(exception) {
            Ok(text) => vm.text(text).to_string(),
            Err(Raise) => {
                vm.take_exception();
                if exception.is_object() { String::from("<exception str() failed>") } else { String::new() }
            }
        };
        let exception = vm.get(root);
        if vm.is_subclass(vm.type_of(exception), Value::builtin(Builtin::SystemExit)) {
            let (status, is_said) = exit_status(vm, exception);
            made.exit = Some(status);
            made.says_why = is_said;
        }
        let mut inside = Inside { parts: Vec::new(), notes: notes(vm, exception) };
        if depth < MOST_DEPTH {
            let group = Value::builtin(Builtin::BaseExceptionGroup);
            let mut index = 0;
            while vm.kind(vm.get(root)) == kind::EXCEPTION && vm.is_subclass(vm.type_of(vm.get(root)), group) {
                let args = vm.field(vm.get(root), field::ARGS);
                let parts = vm.items(args).get(1).copied().unwrap_or(Value::NONE);
                let Some(part) = vm.items(parts).get(index).copied() else { break };
                index += 1;
                inside.parts.push(Self::describe(vm, part, depth + 1));
            }
            if let Some((origin, explicit)) = vm.origin(vm.get(root)) {
                made.origin = Some((Box::new(Self::describe(vm, origin, depth + 1)), explicit));
            }
        }
        if inside != Inside::default() {
            made.inside = Some(Box::new(inside));
        }
        vm.release(mark);
        made
    }

    fn parts(&self) -> &[Self] {
        self.inside.as_ref().map_or(&[], |inside| &inside.parts)
    }

    /// What CPython prints for it: what it came from first, each with its traceback; groups as trees.
    pub fn text(&self, symbols: &Symbols) -> String {
        let mut page = Page { text: String::new(), groups: 0, need_close: false };
        page.exception(self, symbols);
        page.text
    }

    /// The last lines: class, message and notes.
    fn last_lines(&self) -> String {
        let mut text = traceback::last_line(&self.class, &self.message);
        text.push('\n');
        let notes = self.inside.as_ref().map_or(&[][..], |inside| &inside.notes);
        for line in notes.iter().flat_map(|note| note.split('\n')) {
            text.push_str(line);
            text.push('\n');
        }
        text
    }

    fn stack(&self, symbols: &Symbols) -> String {
        let place = |frame: &Frame| Place { function: frame.function, word: frame.word, repeats: frame.repeats };
        let places: Vec<Place> = self.frames.iter().map(place).collect();
        traceback::render(symbols, &places)
    }
}

/// What is written so far, and how deep in groups it stands.
struct Page {
    text: String,
    groups: usize,
    need_close: bool,
}

impl Page {
    fn indent(&mut self) {
        self.text.extend(core::iter::repeat_n(' ', 2 * self.groups));
    }

    fn emit(&mut self, lines: &str, margin: char) {
        for line in lines.split_inclusive('\n') {
            self.indent();
            if self.groups > 0 {
                self.text.push(margin);
                self.text.push(' ');
            }
            self.text.push_str(line);
        }
    }

    fn exception(&mut self, one: &Exception, symbols: &Symbols) {
        if let Some((origin, explicit)) = &one.origin {
            self.exception(origin, symbols);
            self.emit(
                if *explicit {
                    "\nThe above exception was the direct cause of the following exception:\n\n"
                } else {
                    "\nDuring handling of the above exception, another exception occurred:\n\n"
                },
                '|',
            );
        }
        if !one.parts().is_empty() {
            return self.group(one, symbols);
        }
        // One that was never raised has no traceback.
        if !one.frames.is_empty() {
            self.emit("Traceback (most recent call last):\n", '|');
            self.emit(&one.stack(symbols), '|');
        }
        self.emit(&one.last_lines(), '|');
    }

    fn group(&mut self, one: &Exception, symbols: &Symbols) {
        if self.groups > MOST_GROUPS {
            self.emit("... (max_group_depth is 10)\n", '|');
            return;
        }
        let is_outermost = self.groups == 0;
        self.groups += usize::from(is_outermost);
        if !one.frames.is_empty() {
            let margin = if is_outermost { '+' } else { '|' };
            self.emit("Exception Group Traceback (most recent call last):\n", margin);
            self.emit(&one.stack(symbols), '|');
        }
        self.emit(&one.last_lines(), '|');
        let shown = one.parts().len().min(MOST_SHOWN + 1);
        self.need_close = false;
        for (index, part) in one.parts().iter().take(shown).enumerate() {
            // The line that closes may have been written for a group within.
            self.need_close |= index + 1 == shown;
            self.indent();
            self.text.push_str(if index == 0 { "+-" } else { "  " });
            let is_left_out = index >= MOST_SHOWN;
            let _ = if is_left_out {
                writeln!(self.text, "+---------------- ... ----------------")
            } else {
                writeln!(self.text, "+---------------- {} ----------------", index + 1)
            };
            self.groups += 1;
            if is_left_out {
                let more = one.parts().len() - MOST_SHOWN;
                let plural = if more > 1 { "s" } else { "" };
                self.emit(&alloc::format!("and {more} more exception{plural}\n"), '|');
            } else {
                self.exception(part, symbols);
            }
            if index + 1 == shown && self.need_close {
                self.indent();
                self.text.push_str("+------------------------------------\n");
                self.need_close = false;
            }
            self.groups -= 1;
        }
        self.groups -= usize::from(is_outermost);
    }
}

fn notes(vm: &mut Vm<'_>, exception: Value) -> Vec<String> {
    let mut notes = Vec::new();
    if vm.kind(exception) != kind::EXCEPTION {
        return notes;
    }
    let mark = vm.mark();
    match vm.get_attr_text(exception, "__notes__") {
        Ok(Some(list)) if vm.kind(list) == kind::LIST => {
            for note in vm.items(list).iter().filter(|note| vm.kind(**note) == kind::STR) {
                notes.push(vm.text(*note).to_string());
            }
        }
        Ok(_) => {}
        Err(Raise) => {
            vm.take_exception();
        }
    }
    vm.release(mark);
    notes
}

/// Status of a SystemExit, as the shell sees it, and whether what it was given is printed.
fn exit_status(vm: &Vm<'_>, exception: Value) -> (i32, bool) {
    if vm.kind(exception) != kind::EXCEPTION {
        return (0, false);
    }
    let args = vm.exception_args(exception);
    match vm.items(args) {
        [] => (0, false),
        [code] if *code == Value::NONE || *code == Value::FALSE => (0, false),
        [code] if *code == Value::TRUE => (1, false),
        [code] if code.is_small() => (code.as_small() & 0xFF, false),
        [code] if vm.kind(*code) == kind::BIG_INT => (255, false),
        _ => (1, true),
    }
}
