//! `__dict__` of an object: made when somebody asks for it, and from then on the place where its attributes are.
//!
//! An instance keeps its attributes in slots, which inline caches know by number. Asked for its `__dict__`, it moves
//! them to a dict, which takes the place of its overflow buffer, and gives its slots up: it is shorter by them, so that
//! every quick way to a slot finds none and goes the slow way, which looks into the dict. Objects whose `__dict__` nobody
//! asks for pay nothing.

use crate::class::{field, trait_of};
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    /// The dict with the attributes of an instance or an exception, if it has been asked for.
    #[inline]
    pub(crate) fn own_dict(&self, object: Value) -> Option<Value> {
        let dict = self.field(object, 1);
        self.is(dict, kind::DICT).then_some(dict)
    }

    /// `object.__dict__` of an instance or an exception, to read and to write; `None` where `__slots__` leave it none.
    pub(crate) fn namespace(&mut self, object: Value) -> Outcome<Option<Value>> {
        if let Some(dict) = self.own_dict(object) {
            return Ok(Some(dict));
        }
        let object = self.root(object)?;
        let class = self.field(self.get(object), 0);
        let dict = if self.has_namespace(class) { Some(self.move_to_dict(object)?) } else { None };
        self.release(object.0);
        Ok(dict)
    }

    /// `object.__dict__ = dict` of an instance or an exception (roots).
    pub(crate) fn set_namespace(&mut self, object: Root, dict: Root) -> Outcome<()> {
        let given = self.get(dict);
        let plain = self.plain(given);
        if !self.is(plain, kind::DICT) {
            return self.raise_type("__dict__ must be set to a dictionary, not a '{}'", given);
        }
        if self.namespace(self.get(object))?.is_none() {
            let class = self.type_name(self.get(object));
            return self
                .raise_fmt(Builtin::AttributeError, format_args!("'{class}' object has no attribute '__dict__'"));
        }
        let plain = self.plain(self.get(dict));
        let object = self.get(object);
        self.set_field(object, 1, plain);
        Ok(())
    }

    /// The attributes that a function has been given, if it has been given any: they lie under `True` in its extra dict.
    pub(crate) fn function_attributes(&mut self, function: Value) -> Option<Value> {
        let extra = self.field(function, 2);
        if !self.is(extra, kind::DICT) {
            return None;
        }
        self.dict_get_plain(extra, Value::TRUE).filter(|dict| self.is(*dict, kind::DICT))
    }

    /// `function.__dict__`, to read and to write.
    pub(crate) fn function_namespace(&mut self, function: Value) -> Outcome<Value> {
        if let Some(dict) = self.function_attributes(function) {
            return Ok(dict);
        }
        let function = self.root(function)?;
        let dict = self.new_dict(0)?;
        self.set_function_namespace(function, dict)?;
        let dict = self.function_attributes(self.get(function)).unwrap_or(Value::NONE);
        self.release(function.0);
        Ok(dict)
    }

    /// `function.__dict__ = dict`; the function is a root, the dict a DICT.
    pub(crate) fn set_function_namespace(&mut self, function: Root, dict: Value) -> Outcome<()> {
        let mark = self.mark();
        let (dict, key) = self.root2(dict, Value::TRUE)?;
        let mut extra = self.field(self.get(function), 2);
        if !self.is(extra, kind::DICT) {
            extra = self.new_dict(1)?;
            let object = self.get(function);
            self.set_field(object, 2, extra);
        }
        let extra = self.root(extra)?;
        self.dict_set(extra, key, dict)?;
        self.release(mark);
        Ok(())
    }

    /// Have instances of the class a `__dict__`? Not where every class in the order has `__slots__` without it.
    pub(crate) fn has_namespace(&self, class: Value) -> bool {
        if let Some(builtin) = class.as_builtin() {
            return builtin.is_exception();
        }
        let mro = self.field(class, field::MRO);
        (0..self.length(mro)).any(|index| {
            let one = self.field(mro, index);
            match one.as_builtin() {
                Some(builtin) => builtin.is_exception(),
                None => self.own_entry(one, "__slots__").is_none_or(|slots| self.names(slots, "__dict__")),
            }
        })
    }

    /// Does a class in the order have the name in its `__slots__`?
    pub(crate) fn is_declared_slot(&self, class: Value, name: &str) -> bool {
        if !self.is(class, kind::CLASS) {
            return false;
        }
        let mro = self.field(class, field::MRO);
        (0..self.length(mro)).any(|index| {
            let one = self.field(mro, index);
            one.as_builtin().is_none() && self.own_entry(one, "__slots__").is_some_and(|slots| self.names(slots, name))
        })
    }

    /// Is the name in a `__slots__`?
    fn names(&self, slots: Value, name: &str) -> bool {
        match self.kind(slots) {
            kind::STR => self.text(slots) == name,
            kind::LIST | kind::TUPLE => {
                self.items(slots).iter().any(|slot| self.kind(*slot) == kind::STR && self.text(*slot) == name)
            }
            _ => false,
        }
    }

    /// In a class whose instances have both `__slots__` and a `__dict__` the slots come first: they stay slots when the
    /// dict is asked for. `class` is a root.
    pub(crate) fn place_declared_slots(&mut self, class: Root) -> Outcome<()> {
        if !self.has_namespace(self.get(class)) {
            return Ok(());
        }
        let count = self.length(self.field(self.get(class), field::MRO));
        for index in (0..count).rev() {
            let mark = self.mark();
            let one = self.field(self.field(self.get(class), field::MRO), index);
            if one.as_builtin().is_some() {
                continue;
            }
            let Some(slots) = self.own_entry(one, "__slots__") else { continue };
            let length = match self.kind(slots) {
                kind::STR => 1,
                kind::LIST | kind::TUPLE => self.items(slots).len(),
                _ => 0,
            };
            let (one, slots) = self.root2(one, slots)?;
            for at in 0..length {
                let slots = self.get(slots);
                let name = if self.kind(slots) == kind::STR { Some(slots) } else { self.items(slots).get(at).copied() };
                let Some(name) = name.filter(|name| self.kind(*name) == kind::STR) else { continue };
                if matches!(self.text(name), "__dict__" | "__weakref__") {
                    continue;
                }
                let inner = self.mark();
                let name = self.mangled(self.get(one), name)?;
                let name = self.root(name)?;
                self.place_for(class, name)?;
                self.release(inner);
            }
            self.release(mark);
        }
        let class = self.get(class);
        let slots = self.field(class, field::SLOTS);
        let count = if self.is(slots, kind::LIST) { self.number(slots, 0) } else { 0 };
        let flags = self.number(class, field::FLAGS);
        self.set_number(class, field::FLAGS, flags | count << trait_of::FIXED_SHIFT);
        Ok(())
    }

    /// How many slots of the class's instances stay slots when their `__dict__` is asked for.
    fn fixed_slots(&self, class: Value) -> u32 {
        if !self.is(class, kind::CLASS) {
            return 0;
        }
        let flags = self.number(class, field::FLAGS);
        (flags >> trait_of::FIXED_SHIFT).max(u32::from(flags & trait_of::HOLDS != 0))
    }

    /// A private name (`__x`) as code in the class has it (`_Class__x`).
    fn mangled(&mut self, class: Value, name: Value) -> Outcome<Value> {
        let text = self.name_line(name);
        if !text.as_str().starts_with("__") || text.as_str().ends_with("__") {
            return Ok(name);
        }
        let class = self.class_name(class);
        let mut line = crate::vm::Line::default();
        let _ = core::fmt::Write::write_fmt(
            &mut line,
            format_args!("_{}{}", class.as_str().trim_start_matches('_'), text.as_str()),
        );
        self.new_str(line.as_str())
    }

    /// Moves the attributes of an instance or an exception, a root, from its slots to a dict; the dict.
    pub(crate) fn move_to_dict(&mut self, object: Root) -> Outcome<Value> {
        if let Some(dict) = self.own_dict(self.get(object)) {
            return Ok(dict);
        }
        let mark = self.mark();
        let class = self.field(self.get(object), 0);
        let fixed = self.fixed_slots(class);
        let dict = self.slots_dict(object, fixed)?;
        let dict = self.root(dict)?;
        let class = self.field(self.get(object), 0);
        if self.is(class, kind::CLASS) && self.number(class, field::FLAGS) & trait_of::DICTS == 0 {
            // From now on an instance can have any attribute without the class knowing it: what caches know of methods
            // that no instance hides is void, and what they learn from now on they look for in the instance's dict first.
            let version = self.fresh_version();
            let flags = self.number(class, field::FLAGS);
            self.set_number(class, field::FLAGS, flags | trait_of::DICTS);
            self.set_number(class, field::VERSION, version);
        }
        let (object, dict) = (self.get(object), self.get(dict));
        self.set_field(object, 1, dict);
        if self.is(object, kind::INSTANCE) && self.length(object) > 2 + fixed {
            self.shrink(object, 2 + fixed);
        }
        self.release(mark);
        Ok(dict)
    }

    /// A dict of what an instance's slots hold, from `first` on.
    fn slots_dict(&mut self, object: Root, first: u32) -> Outcome<Value> {
        let mark = self.mark();
        let class = self.field(self.get(object), 0);
        let slots = if self.is(class, kind::CLASS) { self.field(class, field::SLOTS) } else { Value::UNBOUND };
        let count = if self.is(slots, kind::LIST) { self.number(slots, 0) } else { 0 };
        let dict = self.new_dict(count.saturating_sub(first))?;
        let dict = self.root(dict)?;
        for slot in first..count {
            let found = self.slot(self.get(object), slot);
            if found.is_unbound() {
                continue;
            }
            let slots = self.field(self.field(self.get(object), 0), field::SLOTS);
            let Some(name) = self.items(slots).get(slot as usize).copied() else { break };
            let (name, found) = self.root2(name, found)?;
            self.dict_set(dict, name, found)?;
            self.release(name.0);
        }
        let result = self.get(dict);
        self.release(mark);
        Ok(result)
    }

    /// A dict of all attributes of an instance or an exception, declared slots included: a copy.
    pub(crate) fn attributes(&mut self, object: Value) -> Outcome<Value> {
        let mark = self.mark();
        let object = self.root(object)?;
        let class = self.field(self.get(object), 0);
        let holds = self.is(class, kind::CLASS) && self.number(class, field::FLAGS) & trait_of::HOLDS != 0;
        let dict = self.slots_dict(object, u32::from(holds))?;
        let dict = self.root(dict)?;
        if let Some(own) = self.own_dict(self.get(object)) {
            let own = self.root(own)?;
            self.dict_update(dict, own)?;
        }
        let result = self.get(dict);
        self.release(mark);
        Ok(result)
    }

    /// What a slot means in an instance that has moved to a dict.
    #[cold]
    #[inline(never)]
    pub(crate) fn slot_in_dict(&self, object: Value, slot: u32) -> Value {
        match (self.own_dict(object), self.name_of_slot(object, slot)) {
            (Some(dict), Some(name)) => self.dict_get_str(dict, name).unwrap_or(Value::UNBOUND),
            _ => Value::UNBOUND,
        }
    }

    /// Sets (with unbound: deletes) what a slot means in an instance that has moved to a dict (roots).
    #[cold]
    #[inline(never)]
    pub(crate) fn set_slot_in_dict(&mut self, object: Root, slot: u32, item: Root) -> Outcome<()> {
        let object = self.get(object);
        let (Some(dict), Some(name)) = (self.own_dict(object), self.name_of_slot(object, slot)) else { return Ok(()) };
        if self.get(item).is_unbound() {
            self.dict_remove(dict, name)?;
            return Ok(());
        }
        let (dict, name) = self.root2(dict, name)?;
        self.dict_set(dict, name, item)?;
        self.release(dict.0);
        Ok(())
    }

    fn name_of_slot(&self, object: Value, slot: u32) -> Option<Value> {
        let class = self.field(object, 0);
        if !self.is(class, kind::CLASS) {
            return None;
        }
        let slots = self.field(class, field::SLOTS);
        if !self.is(slots, kind::LIST) {
            return None;
        }
        self.items(slots).get(slot as usize).copied().filter(|name| self.kind(*name) == kind::STR)
    }
}
