//! The context object: the second argument of a handler.
//!
//! From one invocation to the next most of it stays the same. So the machine keeps one that no handler ever gets, as a
//! template: what has changed is set there, and the handler gets a copy. One whose code does not name that parameter gets
//! none, and its instance makes neither class nor template.

use crate::class::field;
use crate::error::Outcome;
use crate::host::{Host, NoHost};
use crate::kind::kind;
use crate::vm::{Args, Vm, roots};
use alloc::boxed::Box;
use nano_wire::builtins::Builtin;
use nano_wire::module::flags;
use nano_wire::value::Value;

/// What the context object tells a handler: attributes, all of them text, which [`Host::context_text`] says. Besides, it
/// has `get_remaining_time_in_millis`.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    /// Their names. Whoever gives the same names time after time gives the same `static`, which is recognised by where
    /// it is.
    pub names: &'static [&'static str],
    /// How many of them, from the first on, may differ from those that this instance was given with these names the last
    /// time. All of them, where nobody keeps account.
    pub changed: usize,
}

impl Context {
    /// It tells nothing.
    pub const NONE: Self = Self { names: &[], changed: 0 };
}

/// Fields of an instance in front of its slots.
const SLOTS: u32 = 2;

/// Which parameter of a handler it is, and so which register.
const PARAMETER: u8 = 1;

impl Vm<'_> {
    /// What a handler gets: the object, or nothing where nobody will know.
    pub(crate) fn context_for(&mut self, handler: Value) -> Outcome<Value> {
        if !self.may_look_at_context(handler) {
            return Ok(Value::NONE);
        }
        // Its texts are the host's, and stay while the machine is changed.
        let nobody: &mut dyn Host = Box::leak(Box::new(NoHost));
        let host = core::mem::replace(&mut self.host, nobody);
        let made = self.new_context(host);
        self.host = host;
        made
    }

    /// Anything but a plain function of two parameters may; of such a function, one whose code names the register.
    fn may_look_at_context(&mut self, handler: Value) -> bool {
        if !self.is(handler, kind::FUNCTION) {
            return true;
        }
        let index = self.number(handler, 0);
        if self.looks_at_context.0 != index {
            let function = self.image.function(index);
            let is_plain = function.flags == flags::SIMPLE && function.positional == 2;
            self.looks_at_context = (index, !is_plain || self.image.names_register(&function, PARAMETER));
        }
        self.looks_at_context.1
    }

    fn new_context(&mut self, host: &mut dyn Host) -> Outcome<Value> {
        let Context { names, mut changed } = host.context();
        if !self.context_names.is_some_and(|known| core::ptr::eq(known, names)) {
            self.context_template(names)?;
            changed = names.len();
        }
        // Until all of them are set, they are those of no invocation.
        self.context_names = None;
        for (slot, index) in (SLOTS..).zip(0..names.len().min(changed)) {
            let text = host.context_text(index);
            let known = self.field(Value(self.mem.word(roots::CONTEXT)), slot);
            if !self.is_text(known, text) {
                let new = self.new_str(text)?;
                self.set_field(Value(self.mem.word(roots::CONTEXT)), slot, new);
            }
        }
        self.context_names = Some(names);
        let length = self.length(Value(self.mem.word(roots::CONTEXT)));
        let object = self.alloc(kind::INSTANCE, length)?;
        self.mem.copy_words(self.mem.word(roots::CONTEXT) + 4, object.0 + 4, length);
        Ok(object)
    }

    fn is_text(&self, value: Value, text: &str) -> bool {
        self.is(value, kind::STR)
            && self.length(value) as usize == text.len()
            && self.mem.slice(value.0 + 8, text.len() as u32) == text.as_bytes()
    }

    /// Makes the class and its first instance, which stays where it is.
    fn context_template(&mut self, names: &[&str]) -> Outcome<()> {
        let mark = self.mark();
        let name = self.new_str("LambdaContext")?;
        let name = self.root(name)?;
        let bases = self.alloc(kind::TUPLE, 0)?;
        let bases = self.root(bases)?;
        let namespace = self.new_dict(0)?;
        let namespace = self.root(namespace)?;
        let class = self.new_class(name, bases, namespace)?;
        let class = self.root(class)?;
        // As if each had been set; nothing that `object` has is called so.
        let slots = Args { base: self.mark(), count: names.len() as u32 + 1 };
        for name in names.iter().copied().chain(["get_remaining_time_in_millis"]) {
            let name = self.new_str(name)?;
            self.root(name)?;
        }
        let list = self.new_list(slots)?;
        let object = self.get(class);
        self.set_field(object, field::SLOTS, list);
        self.set_number(object, field::INLINE, slots.count);
        let template = self.new_instance(self.get(class))?;
        let last = self.length(template) - 1;
        self.set_field(template, last, Value::builtin(Builtin::DeviceRemainingTime));
        self.mem.set_word(roots::CONTEXT, template.0);
        self.release(mark);
        Ok(())
    }
}
