//! The context object: the second argument of a handler.
//!
//! From one invocation to the next most of it stays the same. So the machine keeps one that no handler ever gets, as a
//! template: what has changed is set there, and the handler gets a copy.

use crate::class::field;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Vm, roots};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// What the context object tells a handler: attributes, all of them text. Besides, it has
/// `get_remaining_time_in_millis`.
#[derive(Clone, Copy, Debug)]
pub struct Context<'c> {
    /// Their names. Whoever gives the same names time after time gives the same `static`, which is recognised by where
    /// it is.
    pub names: &'static [&'static str],
    /// Their values, as many.
    pub texts: &'c [&'c str],
    /// How many of them, from the first on, may differ from those that this instance was given with these names the last
    /// time. All of them, where nobody keeps account.
    pub changed: usize,
}

impl Context<'_> {
    /// It tells nothing.
    pub const NONE: Self = Self { names: &[], texts: &[], changed: 0 };
}

/// Fields of an instance in front of its slots.
const SLOTS: u32 = 2;

impl Vm<'_> {
    /// The object.
    pub(crate) fn new_context(&mut self, context: Context<'_>) -> Outcome<Value> {
        let mut changed = context.changed;
        if !self.context_names.is_some_and(|names| core::ptr::eq(names, context.names)) {
            self.context_template(context.names)?;
            changed = context.names.len();
        }
        // Until all of them are set, they are those of no invocation.
        self.context_names = None;
        for (slot, text) in (SLOTS..).zip(context.texts).take(context.names.len().min(changed)) {
            let known = self.field(Value(self.mem.word(roots::CONTEXT)), slot);
            if !self.is_text(known, text) {
                let new = self.new_str(text)?;
                self.set_field(Value(self.mem.word(roots::CONTEXT)), slot, new);
            }
        }
        self.context_names = Some(context.names);
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
