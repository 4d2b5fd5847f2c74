//! Running a program or a handler on a machine: from an event to a result, without anything but the arena.

use crate::error::{Outcome, Raise};
use crate::kind::kind;
use crate::vm::{Root, Vm, roots};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// The event a handler gets.
#[derive(Clone, Copy, Debug)]
pub enum Event<'e> {
    /// A JSON document.
    Json(&'e str),
    /// Bytes as they are.
    Bytes(&'e [u8]),
}

/// What the context object tells a handler: attributes by name, all text.
pub type Context<'c> = [(&'c str, &'c str)];

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
        for slot in first..first + u32::from(entry.globals) {
            let constant = *self.image.global_names.get(slot as usize)?;
            if self.text(self.image.constant(constant)) == name {
                let value = Value(self.mem.word(roots::END + slot * 4));
                return if value.is_unbound() { None } else { Some(value) };
            }
        }
        None
    }

    /// Calls a handler. `None`: the module has no such function.
    pub fn invoke(&mut self, handler: &str, event: Event<'_>, context: &Context<'_>) -> Outcome<Option<Value>> {
        let Some(handler) = self.global(handler) else { return Ok(None) };
        let mark = self.mark();
        let handler = self.root(handler)?;
        let event = match event {
            Event::Json(text) => self.json_parse(text)?,
            Event::Bytes(bytes) => self.new_bytes(bytes)?,
        };
        let event = self.root(event)?;
        let context = self.new_context(context)?;
        let (handler, event) = (self.get(handler), self.get(event));
        let result = self.call_values(handler, &[event, context])?;
        self.release(mark);
        Ok(Some(result))
    }

    fn new_context(&mut self, attributes: &Context<'_>) -> Outcome<Value> {
        let mark = self.mark();
        if self.mem.word(roots::CONTEXT_CLASS) == 0 {
            let name = self.new_str("LambdaContext")?;
            let name = self.root(name)?;
            let bases = self.alloc(kind::TUPLE, 0)?;
            let bases = self.root(bases)?;
            let namespace = self.new_dict(0)?;
            let namespace = self.root(namespace)?;
            let class = self.new_class(name, bases, namespace)?;
            self.mem.set_word(roots::CONTEXT_CLASS, class.0);
            self.release(mark);
        }
        let class = Value(self.mem.word(roots::CONTEXT_CLASS));
        let object = self.new_instance(class)?;
        let object = self.root(object)?;
        for (name, text) in attributes {
            let value = self.new_str(text)?;
            self.set_context(object, name, value)?;
        }
        self.set_context(object, "get_remaining_time_in_millis", Value::builtin(Builtin::DeviceRemainingTime))?;
        let result = self.get(object);
        self.release(mark);
        Ok(result)
    }

    fn set_context(&mut self, object: Root, name: &str, value: Value) -> Outcome<()> {
        let mark = self.mark();
        let value = self.root(value)?;
        let name = self.new_str(name)?;
        self.set_attr(object, name, value)?;
        self.release(mark);
        Ok(())
    }

    /// The class name of an exception, as its last traceback line begins.
    pub fn exception_class(&self, exception: Value) -> crate::vm::Line {
        let class = if exception.as_builtin().is_some() { exception } else { self.type_of(exception) };
        if class == Value::builtin(Builtin::JSONDecodeError) {
            let mut line = crate::vm::Line::default();
            let _ = core::fmt::Write::write_str(&mut line, "json.decoder.JSONDecodeError");
            return line;
        }
        match self.module_of_class(class) {
            Some(module) => self.qualified(module, class),
            None => self.class_name(class),
        }
    }

    /// `str(exception)`, or a note that it failed; never raises.
    pub fn exception_message(&mut self, exception: Value) -> Outcome<Value> {
        if exception.as_builtin().is_some() || exception.is_unbound() {
            return Err(Raise);
        }
        self.str(exception)
    }
}
