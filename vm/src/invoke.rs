//! Running a program or a handler on a machine: from an event to a result, without anything but the arena.

use crate::error::{Outcome, Raise};
use crate::vm::{Vm, roots};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// The event a handler gets.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// A JSON document.
    Json(&'e str),
    /// Bytes as they are.
    Bytes(&'e [u8]),
    /// The JSON document (RFC 8259, of at most 64 levels) that the bytes are, else the bytes.
    Record(&'e [u8]),
}

impl Vm<'_> {
    /// Runs the top level of the handler's module, unless an earlier run has.
    pub fn start(&mut self) -> Outcome<()> {
        self.set_exception(Value::UNBOUND);
        self.set_handling(Value::UNBOUND);
        if !self.started {
            self.import_module(0)?;
            self.started = true;
        }
        Ok(())
    }

    /// A global of the handler's module.
    pub fn global(&mut self, name: &str) -> Option<Value> {
        let entry = self.image.module(0);
        let first = u32::from(entry.first_global);
        let slots = first..first + u32::from(entry.globals);
        // Mostly it is the one that was asked for last.
        let known = self.handler_slot;
        if !slots.contains(&known) || !self.is_global(known, name) {
            self.handler_slot = slots.into_iter().find(|slot| self.is_global(*slot, name))?;
        }
        let value = Value(self.mem.word(roots::END + self.handler_slot * 4));
        if value.is_unbound() { None } else { Some(value) }
    }

    fn is_global(&self, slot: u32, name: &str) -> bool {
        let constant = self.image.global_names.get(slot as usize);
        constant.is_some_and(|constant| self.bytes(self.image.constant(*constant)) == name.as_bytes())
    }

    /// Calls a handler. `None`: the module has no such function.
    pub fn invoke(&mut self, handler: &str, event: Event<'_>) -> Outcome<Option<Value>> {
        let Some(handler) = self.global(handler) else { return Ok(None) };
        let mark = self.mark();
        let handler = self.root(handler)?;
        let event = match event {
            Event::Json(text) => self.json_parse(text)?,
            Event::Bytes(bytes) => self.new_bytes(bytes)?,
            Event::Record(bytes) => match self.json_parse_record(bytes)? {
                Some(value) => value,
                None => self.new_bytes(bytes)?,
            },
        };
        let event = self.root(event)?;
        let context = self.context_for(self.get(handler))?;
        let (handler, event) = (self.get(handler), self.get(event));
        let result = self.call_values(handler, &[event, context])?;
        self.release(mark);
        Ok(Some(result))
    }

    /// The class name of an exception, as its last traceback line begins.
    pub fn exception_class(&self, exception: Value) -> crate::vm::Line {
        let class = if exception.as_builtin().is_some() { exception } else { self.type_of(exception) };
        if class == Value::builtin(Builtin::JSONDecodeError) {
            let mut line = crate::vm::Line::default();
            let _ = core::fmt::Write::write_str(&mut line, "json.decoder.JSONDecodeError");
            return line;
        }
        self.traceback_name(class)
    }

    /// `str(exception)`, or a note that it failed; never raises.
    pub fn exception_message(&mut self, exception: Value) -> Outcome<Value> {
        if exception.as_builtin().is_some() || exception.is_unbound() {
            return Err(Raise);
        }
        self.str(exception)
    }
}
