//! Attributes: `value.name` to read, write and delete, methods without binding, and the inline caches for them.
//!
//! A cache is two words beside the code: `version:18 | slot:10 | kind:2 | 1` and a value. The version is that of the
//! receiver's class (a number of its own for every builtin type), so one comparison tells whether it still holds.

use crate::class::{Place, field, trait_of};
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::native;
use crate::vm::{Args, Root, Vm};
use core::convert::Infallible;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// What a cache says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cached {
    /// The instance's slot.
    Slot(u32),
    /// A function or method that takes the receiver.
    Method(Value),
    /// The same, unless the receiver has a dict with another value of this name.
    Guarded(Value),
    /// An attribute of the class (or module) that takes none.
    Plain(Value),
}

/// What looking a name up on an object gives, before binding.
enum Found {
    /// The value itself.
    Value(Value),
    /// Something in the class that takes the receiver when called.
    Method(Value),
    /// A property: its getter.
    Getter(Value),
}

const SLOT: u32 = 0;
const METHOD: u32 = 1;
const PLAIN: u32 = 2;
const GUARDED: u32 = 3;
const MAX_CACHED_SLOT: u32 = 1023;
/// Of the version of a receiver that is a class: instances of it are others.
const CLASS_ITSELF: u32 = 1 << 18;
/// Versions of receivers are not above it.
const MOST_VERSION: u32 = (1 << 19) - 1;
/// Of the version, where it is about setting the attribute.
const TO_SET: u32 = 1 << 19;

/// Is it a class method of a builtin type, whose receiver is the class?
fn takes_class(method: Value) -> bool {
    native::method(method).is_some_and(|native| matches!(native.name(), "fromkeys" | "fromhex" | "from_bytes"))
}

impl Vm<'_> {
    /// Version of a value's class, 0 where nothing may be cached.
    #[inline(always)]
    pub(crate) fn version_of(&self, value: Value) -> u32 {
        match self.kind(value) {
            // Those of contexts alone are not worth it.
            kind::INSTANCE if !FEATURES.has(Feature::Classes) => 0,
            kind::INSTANCE => {
                // What `object()` made has no class of the program's.
                let class = self.field(value, 0);
                if class.is_arena() { self.number(class, field::VERSION) } else { 0 }
            }
            kind::CLASS => self.number(value, field::VERSION) | CLASS_ITSELF,
            kind::EXCEPTION | kind::MODULE | kind::FUNCTION | kind::BOUND_METHOD | kind::SUPER | kind::GENERATOR => 0,
            255 => match value.as_builtin() {
                Some(module) if matches!(module.category(), nano_wire::builtins::Category::Module) => module as u32,
                Some(builtin) if builtin.is_type() => 0,
                _ => self.builtin_type(value) as u32,
            },
            _ => self.builtin_type(value) as u32,
        }
    }

    /// What the cache holds for a class of this version.
    #[inline(always)]
    pub(crate) fn cached(&self, cache: u32, version: u32) -> Option<Cached> {
        let at = self.caches_at + cache * 8;
        let word = self.mem.word(at);
        if word >> 13 != version || version == 0 {
            return None;
        }
        match word >> 1 & 3 {
            SLOT => Some(Cached::Slot(word >> 3 & MAX_CACHED_SLOT)),
            METHOD => Some(Cached::Method(Value(self.mem.word(at + 4)))),
            GUARDED => Some(Cached::Guarded(Value(self.mem.word(at + 4)))),
            _ => Some(Cached::Plain(Value(self.mem.word(at + 4)))),
        }
    }

    fn cache(&mut self, cache: u32, version: u32, name: Value, what: Cached) {
        let (kind, slot, value) = match what {
            Cached::Slot(slot) => (SLOT, slot, Value::UNBOUND),
            Cached::Method(value) => (METHOD, 0, value),
            Cached::Guarded(value) => (GUARDED, 0, value),
            Cached::Plain(value) => (PLAIN, 0, value),
        };
        if version != 0 && slot <= MAX_CACHED_SLOT {
            let words = [(version & MOST_VERSION) << 13 | slot << 3 | kind << 1 | 1, value.0];
            self.set_cache(cache, words);
            if let Some(place) = self.recent.attribute(version, name) {
                *place = (version, name, words);
            }
        }
    }

    fn set_cache(&mut self, cache: u32, [first, second]: [u32; 2]) {
        let at = self.caches_at + cache * 8;
        self.mem.set_word(at, first);
        self.mem.set_word(at + 4, second);
    }

    /// Fills a cache with what another has learnt; was there anything?
    fn recall(&mut self, cache: u32, version: u32, name: Value) -> bool {
        match self.recent.attribute(version, name) {
            Some(&mut (known, called, words)) if known == version && called == name && version != 0 => {
                self.set_cache(cache, words);
                true
            }
            _ => false,
        }
    }

    /// `value.name`, filling the cache.
    pub(crate) fn get_attr_cached(&mut self, value: Value, name: Value, cache: u32) -> Outcome<Value> {
        match self.known(value, name, cache) {
            Some(Cached::Slot(slot)) => {
                let found = self.slot(value, slot);
                if !found.is_unbound() {
                    return Ok(found);
                }
            }
            Some(Cached::Method(method)) => return self.bind(method, value),
            Some(Cached::Guarded(method)) if !self.is_hidden_by(value, name) => return self.bind(method, value),
            Some(Cached::Plain(found)) => return Ok(found),
            Some(Cached::Guarded(_)) | None => {}
        }
        self.get_attr(value, name)
    }

    /// What a cache says of a value; where it says nothing, it is filled if the answer is the same for every receiver
    /// of this class. That is for nothing, as it depends on how much is remembered here.
    fn known(&mut self, value: Value, name: Value, cache: u32) -> Option<Cached> {
        let version = self.version_of(value);
        let known = self.cached(cache, version);
        if known.is_some() || version == 0 {
            return known;
        }
        if self.recall(cache, version, name) {
            return self.cached(cache, version);
        }
        let steps = self.steps.get();
        let learnt = self.learn(value, name);
        self.steps.set(steps);
        if let Some(learnt) = learnt {
            self.cache(cache, version, name, learnt);
        }
        learnt
    }

    fn learn(&self, value: Value, name: Value) -> Option<Cached> {
        if self.is(value, kind::INSTANCE) {
            if !FEATURES.has(Feature::Classes) {
                return None;
            }
            let class = self.field(value, 0);
            let flags = self.number(class, field::FLAGS);
            if flags & trait_of::GETTER != 0 {
                return None;
            }
            let slot = self.slot_of(class, name);
            let has_dicts = flags & trait_of::DICTS != 0;
            return match (self.lookup(class, name), slot) {
                (None, slot) => slot.map(Cached::Slot),
                (Some(found), None) if self.is(found, kind::FUNCTION) || found.as_method().is_some() => {
                    Some(if has_dicts { Cached::Guarded(found) } else { Cached::Method(found) })
                }
                (Some(found), slot) => {
                    let found = self.read_plainly(found)?;
                    slot.map(Cached::Slot).or_else(|| (!has_dicts).then_some(Cached::Plain(found)))
                }
            };
        }
        if self.is(value, kind::CLASS) {
            // Some names of that form a class does not inherit.
            if self.text(name).starts_with("__") {
                return None;
            }
            let found = self.lookup(value, name).filter(|found| !takes_class(*found))?;
            return self.read_plainly(found).map(Cached::Plain);
        }
        let module = value.as_builtin().filter(|builtin| builtin.category() == nano_wire::builtins::Category::Module);
        if let Some(module) = module {
            let member = Builtin::member(module, self.text(name))?;
            return native::function(member).map(|_| Cached::Plain(Value::builtin(member)));
        }
        let method = self.lookup_builtin(self.builtin_type(value), name)?;
        if self.builtin_attribute_first(value, name).is_some() { None } else { Some(Cached::Method(method)) }
    }

    /// What an attribute of a class is to all who read it, where it is the same to all.
    fn read_plainly(&self, found: Value) -> Option<Value> {
        match self.kind(found) {
            kind::STATIC_METHOD => Some(self.field(found, 0)),
            kind::PROPERTY | kind::CLASS_METHOD => None,
            kind::INSTANCE if self.lookup_defined_text(self.field(found, 0), "__get__").is_some() => None,
            _ => Some(found),
        }
    }

    /// Has an instance a dict, and in it a value of this name?
    fn is_hidden_by(&self, instance: Value, name: Value) -> bool {
        self.own_dict(instance).is_some_and(|dict| self.dict_get_str(dict, name).is_some())
    }

    /// Attributes of builtin kinds that are values, not methods.
    fn builtin_attribute_first(&self, value: Value, name: Value) -> Option<Value> {
        let text = self.text(name);
        self.number_attribute(value, text).or_else(|| self.container_attribute(value, text))
    }

    /// For a call `value.name(..)`: the function and whether it takes the receiver.
    pub(crate) fn load_method(&mut self, value: Value, name: Value, cache: u32) -> Outcome<(Value, bool)> {
        match self.known(value, name, cache) {
            Some(Cached::Method(method)) => return Ok((method, true)),
            Some(Cached::Guarded(method)) if !self.is_hidden_by(value, name) => return Ok((method, true)),
            Some(Cached::Plain(found)) => return Ok((found, false)),
            Some(Cached::Slot(slot)) => {
                let found = self.slot(value, slot);
                if !found.is_unbound() {
                    return Ok((found, false));
                }
            }
            Some(Cached::Guarded(_)) | None => {}
        }
        match self.find(value, name)? {
            Some(Found::Method(method)) => Ok((method, true)),
            Some(Found::Value(found)) => Ok((found, false)),
            Some(Found::Getter(getter)) => Ok((self.call_getter(getter, value, name)?, false)),
            None => Ok((self.missing_attribute(value, name)?, false)),
        }
    }

    /// The special method of a value's type, for `with`: the function and whether it takes the receiver.
    pub(crate) fn load_type_method(&mut self, value: Value, name: Value) -> Outcome<(Value, bool)> {
        let class = self.type_of(value);
        match self.lookup(class, name) {
            Some(found) if self.is(found, kind::STATIC_METHOD) => Ok((self.field(found, 0), false)),
            Some(found) => Ok((found, true)),
            None => {
                let class = self.type_name(value);
                let (kind, missed) = match self.text(name) {
                    "__exit__" => ("", " (missed __exit__ method)"),
                    "__aenter__" => ("asynchronous ", ""),
                    "__aexit__" => ("asynchronous ", " (missed __aexit__ method)"),
                    _ => ("", ""),
                };
                self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("'{class}' object does not support the {kind}context manager protocol{missed}"),
                )
            }
        }
    }

    /// `value.name`; AttributeError where there is none.
    pub fn get_attr(&mut self, value: Value, name: Value) -> Outcome<Value> {
        match self.find(value, name)? {
            Some(Found::Value(found)) => Ok(found),
            Some(Found::Method(method)) => self.bind(method, value),
            Some(Found::Getter(getter)) => self.call_getter(getter, value, name),
            None => self.missing_attribute(value, name),
        }
    }

    fn call_getter(&mut self, getter: Value, value: Value, name: Value) -> Outcome<Value> {
        let kept = self.root2(value, name)?;
        let got = self.call1(getter, value);
        let got = self.or_getattr(kept, got);
        self.release(kept.0.0);
        got
    }

    /// What a getter gave; where that raised AttributeError, `__getattr__` of the class is asked.
    fn or_getattr(&mut self, kept: (Root, Root), got: Outcome<Value>) -> Outcome<Value> {
        let (value, name) = (self.get(kept.0), self.get(kept.1));
        if got.is_err()
            && matches!(self.kind(value), kind::INSTANCE | kind::EXCEPTION)
            && self.raised_is(Builtin::AttributeError)
            && let Some(getattr) = self.lookup_defined_text(self.field(value, 0), "__getattr__")
        {
            self.take_exception();
            return self.call_values(getattr, &[value, name]);
        }
        got
    }

    /// `value.name` by a Rust name, `None` where there is none.
    pub fn get_attr_text(&mut self, value: Value, name: &str) -> Outcome<Option<Value>> {
        let value = self.root(value)?;
        let name = self.new_str(name)?;
        let result = self.get_attr(self.get(value), name);
        self.release(value.0);
        match result {
            Ok(found) => Ok(Some(found)),
            Err(raise) if self.raised_is(Builtin::AttributeError) => {
                let _ = raise;
                self.take_exception();
                Ok(None)
            }
            Err(raise) => Err(raise),
        }
    }

    /// A bound method.
    pub(crate) fn bind(&mut self, function: Value, receiver: Value) -> Outcome<Value> {
        let (function, receiver) = self.root2(function, receiver)?;
        let object = self.alloc(kind::BOUND_METHOD, 2)?;
        self.set_field(object, 0, self.get(function));
        self.set_field(object, 1, self.get(receiver));
        self.release(function.0);
        Ok(object)
    }

    #[cold]
    fn lacks_accessor<T>(&mut self, class: Value, name: Value, accessor: &str) -> Outcome<T> {
        let (class, name) = (self.qualified_name(class), self.name_line(name));
        self.raise_fmt(Builtin::AttributeError, format_args!("property '{name}' of '{class}' object has no {accessor}"))
    }

    /// An attribute found in the class of an object, as its instance sees it.
    fn as_seen_by_instance(&mut self, found: Value, class: Value, name: Value) -> Outcome<Found> {
        Ok(match self.kind(found) {
            kind::FUNCTION => Found::Method(found),
            kind::PROPERTY => {
                let getter = self.field(found, 0);
                if getter == Value::NONE {
                    return self.lacks_accessor(class, name, "getter");
                }
                Found::Getter(getter)
            }
            kind::STATIC_METHOD => Found::Value(self.field(found, 0)),
            kind::CLASS_METHOD => Found::Value(self.bind_to_class(found, class)?),
            _ if found.as_method().is_some() => Found::Method(found),
            _ => Found::Value(found),
        })
    }

    /// What a class method is of its class; a property in one is asked.
    fn bind_to_class(&mut self, found: Value, class: Value) -> Outcome<Value> {
        let function = self.field(found, 0);
        if self.is(function, kind::PROPERTY) {
            return self.call_values(self.field(function, 0), &[class]);
        }
        match self.through_descriptor(function, class, class)? {
            Some(got) => Ok(got),
            None => self.bind(function, class),
        }
    }

    /// A descriptor of the program's own: `__get__` of the found object, called with (instance, class).
    fn through_descriptor(&mut self, found: Value, instance: Value, class: Value) -> Outcome<Option<Value>> {
        if !FEATURES.has(Feature::Classes) || !self.is(found, kind::INSTANCE) {
            return Ok(None);
        }
        let Some(get) = self.lookup_defined_text(self.field(found, 0), "__get__") else { return Ok(None) };
        self.call_values(get, &[found, instance, class]).map(Some)
    }

    /// Does its class have `__set__` or `__delete__`? Then it comes before what instances have of their own.
    fn is_data_descriptor(&self, found: Value) -> bool {
        self.is(found, kind::INSTANCE)
            && ["__set__", "__delete__"]
                .iter()
                .any(|name| self.lookup_defined_text(self.field(found, 0), name).is_some())
    }

    /// Raises what is said of a descriptor that has `__set__` or `__delete__`, but not the one that is needed.
    fn lacks_descriptor<T>(&mut self, needed: &str) -> Outcome<T> {
        self.raise(Builtin::AttributeError, needed)
    }

    fn find(&mut self, value: Value, name: Value) -> Outcome<Option<Found>> {
        match self.kind(value) {
            kind::INSTANCE | kind::EXCEPTION => self.find_on_instance(value, name),
            kind::CLASS => self.find_on_class(value, name),
            kind::MODULE => match self.find_in_module(value, self.text(name)) {
                Some(found) => Ok(Some(Found::Value(found))),
                None => match self.find_in_module(value, "__getattr__") {
                    _ if self.text(name) == "__class__" => Ok(Some(Found::Value(self.type_of(value)))),
                    Some(getattr) => self.call1(getattr, name).map(|found| Some(Found::Value(found))),
                    None => Ok(None),
                },
            },
            kind::SUPER => self.find_on_super(value, name),
            kind::FUNCTION => {
                if let Some(dict) = self.function_attributes(value)
                    && let Some(found) = self.dict_get_str(dict, name)
                {
                    return Ok(Some(Found::Value(found)));
                }
                self.find_on_builtin(value, name)
            }
            _ => self.find_on_builtin(value, name),
        }
    }

    fn find_on_instance(&mut self, value: Value, name: Value) -> Outcome<Option<Found>> {
        let class = self.field(value, 0);
        if FEATURES.has(Feature::Classes) && self.is(class, kind::CLASS) && self.number(class, field::FLAGS) & 2 != 0 {
            let getattribute = self.lookup_defined_text(class, "__getattribute__").unwrap_or(Value::NONE);
            let kept = self.root2(value, name)?;
            let got = self.call_values(getattribute, &[value, name]);
            let got = self.or_getattr(kept, got);
            self.release(kept.0.0);
            return got.map(|found| Some(Found::Value(found)));
        }
        self.find_plainly(value, name, true)
    }

    /// `object.__getattribute__`, which asks `__getattr__` where it is the whole of a lookup.
    fn find_plainly(&mut self, value: Value, name: Value, asks: bool) -> Outcome<Option<Found>> {
        let class = self.field(value, 0);
        let in_class = self.lookup(class, name);
        if FEATURES.has(Feature::Classes)
            && let Some(found) = in_class
        {
            if self.is(found, kind::PROPERTY) {
                return self.as_seen_by_instance(found, class, name).map(Some);
            }
            if self.is_data_descriptor(found) {
                // Without `__get__` nothing runs here.
                let kept = self.root2(value, name)?;
                let got = self.through_descriptor(found, value, class);
                if let Some(got) = got.transpose() {
                    let got = if asks { self.or_getattr(kept, got)? } else { got? };
                    self.release(kept.0.0);
                    return Ok(Some(Found::Value(got)));
                }
                self.release(kept.0.0);
            }
        }
        if let Some(found) = self.own_attribute(value, name) {
            return Ok(Some(Found::Value(found)));
        }
        if let Some(found) = in_class {
            let (value, class) = (value, class);
            if FEATURES.has(Feature::Classes) && self.is(found, kind::INSTANCE) {
                let kept = self.root3(found, value, name)?;
                let got = self.through_descriptor(found, value, class);
                let got = match got.transpose() {
                    Some(got) if asks => self.or_getattr((kept.1, kept.2), got)?,
                    Some(got) => got?,
                    None => self.get(kept.0),
                };
                self.release(kept.0.0);
                return Ok(Some(Found::Value(got)));
            }
            return self.as_seen_by_instance(found, class, name).map(Some);
        }
        let kept = self.root2(value, name)?;
        let text = self.name_line(name);
        let special = match text.as_str() {
            "__class__" => Some(class),
            "__dict__" => self.namespace(value)?,
            _ if self.is(value, kind::EXCEPTION) => self.exception_attribute(value, text.as_str())?,
            name => self.held(value).and_then(|held| self.number_attribute(held, name)),
        };
        let (value, name) = (self.get(kept.0), self.get(kept.1));
        self.release(kept.0.0);
        if let Some(found) = special {
            return Ok(Some(Found::Value(found)));
        }
        let class = self.field(value, 0);
        if asks && let Some(getattr) = self.lookup_defined_text(class, "__getattr__") {
            return self.call_values(getattr, &[value, name]).map(|found| Some(Found::Value(found)));
        }
        Ok(None)
    }

    /// `object.__getattribute__(value, name)`.
    pub(crate) fn get_attr_plainly(&mut self, value: Value, name: Value) -> Outcome<Value> {
        if !matches!(self.kind(value), kind::INSTANCE | kind::EXCEPTION) {
            return self.get_attr(value, name);
        }
        match self.find_plainly(value, name, false)? {
            Some(Found::Value(found)) => Ok(found),
            Some(Found::Method(method)) => self.bind(method, value),
            Some(Found::Getter(getter)) => self.call1(getter, value),
            None => self.missing_attribute(value, name),
        }
    }

    /// A copy of a name on the native stack.
    pub(crate) fn name_line(&self, name: Value) -> crate::vm::Line {
        use core::fmt::Write as _;
        let mut line = crate::vm::Line::default();
        if self.kind(name) == kind::STR {
            let _ = line.write_str(self.text(name));
        }
        line
    }

    /// The instance's own attribute.
    fn own_attribute(&self, value: Value, name: Value) -> Option<Value> {
        if let Some(slot) = self.slot_of(self.field(value, 0), name) {
            let found = self.slot(value, slot);
            return if found.is_unbound() { None } else { Some(found) };
        }
        self.own_dict(value).and_then(|dict| self.dict_get_str(dict, name))
    }

    fn find_on_class(&mut self, class: Value, name: Value) -> Outcome<Option<Found>> {
        self.must_have(Feature::Classes)?;
        // A class does not inherit these.
        let own = match self.text(name) {
            "__module__" => Some(self.module_of_class(class).map_or_else(|| self.new_str("__main__"), Ok)?),
            "__qualname__" => {
                let own = self.own_text_entry(class, "__qualname__");
                Some(own.unwrap_or_else(|| self.field(class, field::NAME)))
            }
            _ => None,
        };
        if let Some(own) = own {
            return Ok(Some(Found::Value(own)));
        }
        if let Some(found) = self.lookup(class, name) {
            let kept = self.root2(class, found)?;
            let result = match self.kind(found) {
                kind::CLASS_METHOD => self.bind_to_class(found, class)?,
                kind::STATIC_METHOD => self.field(found, 0),
                kind::INSTANCE => match self.through_descriptor(found, Value::NONE, class)? {
                    Some(got) => got,
                    None => self.get(kept.1),
                },
                _ if takes_class(found) => self.bind(found, class)?,
                _ => found,
            };
            self.release(kept.0.0);
            return Ok(Some(Found::Value(result)));
        }
        let kept = self.root2(class, name)?;
        if let Some(found) = self.call_meta(class, "__class_getattr__", &[name])?
            && found != Value::NOT_IMPLEMENTED
        {
            self.release(kept.0.0);
            return Ok(Some(Found::Value(found)));
        }
        let (class, name) = (self.get(kept.0), self.get(kept.1));
        self.release(kept.0.0);
        let text = self.name_line(name);
        let found = match text.as_str() {
            "__name__" => {
                // A name for messages has a dot; then the other one is written down.
                let name = self.field(class, field::NAME);
                let plain =
                    if self.text(name).contains('.') { self.own_text_entry(class, "__qualname__") } else { None };
                plain.unwrap_or(name)
            }
            "__bases__" => self.field(class, field::BASES),
            "__mro__" => self.field(class, field::MRO),
            "__dict__" => self.new_proxy(self.field(class, field::DICT))?,
            "__class__" => Value::builtin(Builtin::TypeType),
            "__doc__" => Value::NONE,
            "mro" if FEATURES.has(Feature::Introspection) => match self.lookup_builtin(Builtin::TypeType, name) {
                Some(method) => self.bind(method, class)?,
                None => return Ok(None),
            },
            // What stands for a slot is a descriptor, which hides nothing: its instances know the slot.
            slot if FEATURES.has(Feature::Introspection) && self.is_declared_slot(class, slot) => {
                let object = self.alloc(kind::PROPERTY, 4)?;
                (0..4).for_each(|index| self.set_field(object, index, Value::NONE));
                object
            }
            _ => return Ok(None),
        };
        Ok(Some(Found::Value(found)))
    }

    fn find_in_module(&self, module: Value, text: &str) -> Option<Value> {
        if text == "__name__" && self.kind(self.field(module, 1)) == kind::STR {
            return Some(self.field(module, 1));
        }
        let entry = self.image.module(self.number(module, 0));
        let first = u32::from(entry.first_global);
        for slot in first..first + u32::from(entry.globals) {
            let Some(constant) = self.image.global_names.get(slot as usize) else { break };
            if self.text(self.image.constant(*constant)) == text {
                let found = Value(self.mem.word(crate::vm::roots::END + slot * 4));
                return if found.is_unbound() { None } else { Some(found) };
            }
        }
        None
    }

    fn find_on_super(&mut self, value: Value, name: Value) -> Outcome<Option<Found>> {
        if !FEATURES.has(Feature::Classes) {
            return Ok(None);
        }
        let (class, receiver, of) = (self.field(value, 0), self.field(value, 1), self.field(value, 2));
        let mut passed = false;
        let count = if self.is(of, kind::CLASS) { self.length(self.field(of, field::MRO)) } else { 0 };
        for index in 0..count {
            let one = self.field(self.field(of, field::MRO), index);
            if !passed {
                passed = one == class;
                continue;
            }
            let found = match one.as_builtin() {
                Some(builtin) => {
                    native::method_index(builtin, self.text(name)).map(|index| native::method_value(builtin, index))
                }
                None => self.dict_get_str(self.field(one, field::DICT), name),
            };
            if let Some(found) = found {
                if self.text(name) == "__new__" {
                    // It takes the class as it is given.
                    let found = if self.is(found, kind::STATIC_METHOD) { self.field(found, 0) } else { found };
                    return Ok(Some(Found::Value(found)));
                }
                let on_class = receiver == of;
                return Ok(Some(match self.kind(found) {
                    kind::FUNCTION if on_class => Found::Value(found),
                    kind::FUNCTION => Found::Value(self.bind(found, receiver)?),
                    _ if found.as_method().is_some() => Found::Value(self.bind(found, receiver)?),
                    kind::PROPERTY if !on_class => {
                        let getter = self.field(found, 0);
                        Found::Value(self.call1(getter, receiver)?)
                    }
                    kind::INSTANCE => {
                        let found = self.root(found)?;
                        let receiver = if on_class { Value::NONE } else { receiver };
                        let got = self.through_descriptor(self.get(found), receiver, of)?;
                        let got = got.unwrap_or(self.get(found));
                        self.release(found.0);
                        Found::Value(got)
                    }
                    kind::STATIC_METHOD => Found::Value(self.field(found, 0)),
                    kind::CLASS_METHOD => {
                        let receiver = if on_class { receiver } else { of };
                        Found::Value(self.bind_to_class(found, receiver)?)
                    }
                    _ => Found::Value(found),
                }));
            }
        }
        Ok(None)
    }

    fn find_on_builtin(&mut self, value: Value, name: Value) -> Outcome<Option<Found>> {
        if let Some(builtin) = value.as_builtin() {
            if builtin.category() == nano_wire::builtins::Category::Module {
                return self.find_in_builtin_module(builtin, name);
            }
            if builtin.is_type() {
                return self.find_on_builtin_type(builtin, name);
            }
        }
        if let Some(found) = self.builtin_attribute_first(value, name) {
            return Ok(Some(Found::Value(found)));
        }
        if let Some(method) = self.lookup_builtin(self.builtin_type(value), name) {
            return Ok(Some(Found::Method(method)));
        }
        let text = self.name_line(name);
        let found = match (text.as_str(), self.kind(value)) {
            ("__class__", _) => Some(self.type_of(value)),
            ("__name__" | "__qualname__", kind::FUNCTION) => {
                let function = self.image.function(self.number(value, 0));
                let qualified = self.image.constant(function.name);
                let from = if text.as_str() == "__name__" {
                    self.text(qualified).rfind('.').map_or(0, |dot| dot + 1)
                } else {
                    0
                };
                if from == 0 {
                    Some(qualified)
                } else {
                    let root = self.root(qualified)?;
                    let end = self.length(self.get(root));
                    let name = self.new_part(root, from as u32, end)?;
                    self.release(root.0);
                    Some(name)
                }
            }
            ("__name__", 255) if native_name(value).is_some() => {
                Some(self.new_str(native_name(value).unwrap_or_default())?)
            }
            _ if !FEATURES.has(Feature::Classes) => None,
            ("__args__", kind::UNION) => Some(self.field(value, 0)),
            ("imag", kind::FLOAT) => Some(self.new_float(0.0)?),
            ("__defaults__", kind::FUNCTION) => {
                let defaults = self.field(value, 1);
                Some(if defaults.is_unbound() { Value::NONE } else { defaults })
            }
            ("__kwdefaults__", kind::FUNCTION) => {
                let extra = self.field(value, 2);
                let defaults = if self.is(extra, kind::DICT) { self.keyword_defaults(extra) } else { Value::UNBOUND };
                Some(if defaults.is_unbound() { Value::NONE } else { defaults })
            }
            ("__doc__", kind::FUNCTION) => Some(Value::NONE),
            ("__module__", kind::FUNCTION) => {
                Some(self.module_of_function(self.number(value, 0)).unwrap_or(Value::NONE))
            }
            ("__dict__", kind::FUNCTION) => Some(self.function_namespace(value)?),
            ("__closure__", kind::FUNCTION) => Some(self.closure(value)?),
            ("cell_contents", kind::CELL) => {
                self.must_have(Feature::Introspection)?;
                let content = self.field(value, 0);
                if content.is_unbound() {
                    return self.raise(Builtin::ValueError, "Cell is empty");
                }
                Some(content)
            }
            ("__func__", kind::BOUND_METHOD | kind::STATIC_METHOD | kind::CLASS_METHOD) => Some(self.field(value, 0)),
            ("__self__", kind::BOUND_METHOD) => Some(self.field(value, 1)),
            ("__wrapped__", kind::STATIC_METHOD | kind::CLASS_METHOD) if FEATURES.has(Feature::Introspection) => {
                Some(self.field(value, 0))
            }
            // A method has what its function has, which may be any object: that is what the attribute is bound to.
            (_, kind::BOUND_METHOD) => {
                let function = self.field(value, 0);
                return self.get_attr(function, name).map(|found| Some(Found::Value(found)));
            }
            (_, kind::STATIC_METHOD | kind::CLASS_METHOD) => return self.find(self.field(value, 0), name),
            ("__name__" | "__qualname__", kind::GENERATOR) => {
                return self.find(self.field(value, crate::generator::field::FUNCTION), name);
            }
            ("__doc__", kind::PROPERTY) => match self.field(value, 3) {
                Value::NONE => {
                    return self
                        .find(self.field(value, 0), name)
                        .map(|found| found.or(Some(Found::Value(Value::NONE))));
                }
                said => Some(said),
            },
            ("fget", kind::PROPERTY) => Some(self.field(value, 0)),
            ("fset", kind::PROPERTY) => Some(self.field(value, 1)),
            ("fdel", kind::PROPERTY) => Some(self.field(value, 2)),
            _ => None,
        };
        Ok(found.map(Found::Value))
    }

    fn find_in_builtin_module(&mut self, module: Builtin, name: Value) -> Outcome<Option<Found>> {
        if self.text(name) == "__name__" {
            return Ok(Some(Found::Value(self.new_str(module.name())?)));
        }
        if self.text(name) == "__class__" {
            return Ok(Some(Found::Value(self.type_of(Value::builtin(module)))));
        }
        let Some(member) = Builtin::member(module, self.text(name)) else { return Ok(None) };
        Ok(Some(Found::Value(self.load_member(member)?)))
    }

    /// A member of a builtin module as a value: constants become objects.
    pub(crate) fn load_member(&mut self, member: Builtin) -> Outcome<Value> {
        if let Some(number) = Self::member_value(member) {
            return self.new_float(number);
        }
        if member == Builtin::DeviceName {
            let mut line = crate::vm::Line::default();
            let _ = core::fmt::Write::write_str(&mut line, self.host.device_name());
            return self.new_str(line.as_str());
        }
        Ok(Value::builtin(member))
    }

    fn find_on_builtin_type(&mut self, class: Builtin, name: Value) -> Outcome<Option<Found>> {
        if let Some(method) = self.lookup_builtin(class, name) {
            let method = if takes_class(method) { self.bind(method, Value::builtin(class))? } else { method };
            return Ok(Some(Found::Value(method)));
        }
        let text = self.name_line(name);
        Ok(match text.as_str() {
            "__name__" | "__qualname__" => Some(Found::Value(self.new_str(class.name())?)),
            "__class__" => Some(Found::Value(Value::builtin(Builtin::TypeType))),
            _ if !FEATURES.has(Feature::Classes) => None,
            "__module__" => {
                let is_json = class == Builtin::JSONDecodeError;
                Some(Found::Value(self.new_str(if is_json { "json.decoder" } else { "builtins" })?))
            }
            "__doc__" => Some(Found::Value(Value::NONE)),
            // Of the others nobody has asked; the library tells classes of a program by it.
            "__dict__" if FEATURES.has(Feature::Introspection) && class == Builtin::ObjectType => {
                let dict = self.new_dict(0)?;
                let dict = self.root(dict)?;
                for native in native::methods(class) {
                    let name = self.new_str(native.name())?;
                    let name = self.root(name)?;
                    if let Some(method) = self.lookup_builtin(class, self.get(name)) {
                        let method = self.root(method)?;
                        self.dict_set(dict, name, method)?;
                    }
                    self.release(name.0);
                }
                let proxy = self.new_proxy(self.get(dict))?;
                self.release(dict.0);
                Some(Found::Value(proxy))
            }
            "__bases__" | "__mro__" => {
                let list = self.new_list_with(3)?;
                let list = self.root(list)?;
                let mut at = if text.as_str() == "__mro__" { Some(class) } else { Self::builtin_parent(class) };
                while let Some(one) = at {
                    let item = self.root(Value::builtin(one))?;
                    self.list_push(list, item)?;
                    self.release(item.0);
                    at = if text.as_str() == "__mro__" { Self::builtin_parent(one) } else { None };
                }
                let count = self.number(self.get(list), 0);
                let tuple = self.alloc(kind::TUPLE, count)?;
                let buffer = self.field(self.get(list), 1);
                self.mem.copy_words(buffer.0 + 4, tuple.0 + 4, count);
                self.release(list.0);
                Some(Found::Value(tuple))
            }
            _ => None,
        })
    }

    #[inline(always)]
    fn missing_attribute<T>(&mut self, value: Value, name: Value) -> Outcome<T> {
        self.raise_wordless(Builtin::AttributeError)?;
        match self.says_missing_attribute(value, name)? {}
    }

    #[cold]
    #[inline(never)]
    fn says_missing_attribute(&mut self, value: Value, name: Value) -> Outcome<Infallible> {
        let name = self.name_line(name);
        if self.is(value, kind::CLASS) || value.as_builtin().is_some_and(Builtin::is_type) {
            let class = self.class_name(value);
            return self
                .raise_fmt(Builtin::AttributeError, format_args!("type object '{class}' has no attribute '{name}'"));
        }
        if self.is(value, kind::MODULE) {
            let module = self.name_line(self.field(value, 1));
            return self
                .raise_fmt(Builtin::AttributeError, format_args!("module '{module}' has no attribute '{name}'"));
        }
        if let Some(module) =
            value.as_builtin().filter(|builtin| builtin.category() == nano_wire::builtins::Category::Module)
        {
            let module = module.name();
            return self
                .raise_fmt(Builtin::AttributeError, format_args!("module '{module}' has no attribute '{name}'"));
        }
        let holder = if self.is(value, kind::BOUND_METHOD) { self.field(value, 0) } else { value };
        let class = self.type_name(holder);
        self.raise_fmt(Builtin::AttributeError, format_args!("'{class}' object has no attribute '{name}'"))
    }

    // ---- writing ----

    /// `value.name = item` (roots), filling the cache.
    pub(crate) fn set_attr_cached(&mut self, value: Root, name: Value, item: Root, cache: u32) -> Outcome<()> {
        self.must_have(Feature::Classes)?;
        let object = self.get(value);
        if self.is(object, kind::INSTANCE) {
            let class = self.field(object, 0);
            let version = self.version_of(object);
            if let Some(Cached::Slot(slot)) = self.cached(cache, version) {
                return self.set_slot(value, slot, item);
            }
            if self.recall(cache, version | TO_SET, name)
                && let Some(Cached::Slot(slot)) = self.cached(cache, version)
            {
                return self.set_slot(value, slot, item);
            }
            let steps = self.steps.get();
            if self.is(class, kind::CLASS)
                && self.number(class, field::FLAGS) & trait_of::SETTER == 0
                && self.own_dict(object).is_none()
                && match self.lookup(class, name) {
                    None => self.text(name) != "__dict__",
                    Some(found) => {
                        !matches!(self.kind(found), kind::PROPERTY | kind::INSTANCE)
                            && !self.text(name).starts_with("__")
                    }
                }
            {
                let mark = self.mark();
                let (class, name) = self.root2(class, name)?;
                let place = self.place_for(class, name)?;
                let name = self.get(name);
                if let Place::Slot(slot) = place {
                    let version = self.number(self.get(class), field::VERSION);
                    self.cache(cache, version | TO_SET, name, Cached::Slot(slot));
                    self.steps.set(steps);
                    self.release(mark);
                    return self.set_slot(value, slot, item);
                }
                self.release(mark);
                return self.set_attr(value, name, item);
            }
        }
        self.set_attr(value, name, item)
    }

    /// `value.name = item` (value and item are roots).
    pub fn set_attr(&mut self, value: Root, name: Value, item: Root) -> Outcome<()> {
        self.must_have(Feature::Classes)?;
        let object = self.get(value);
        match self.kind(object) {
            kind::INSTANCE | kind::EXCEPTION => {
                let class = self.field(object, 0);
                if self.is(class, kind::CLASS)
                    && self.number(class, field::FLAGS) & 1 != 0
                    && let Some(setattr) = self.lookup_defined_text(class, "__setattr__")
                {
                    let item = self.get(item);
                    self.call_values(setattr, &[object, name, item])?;
                    return Ok(());
                }
                self.set_attr_plainly(value, name, item)
            }
            kind::CLASS => {
                let mark = self.mark();
                let name = self.root(name)?;
                let given = self.get(item);
                let name_value = self.get(name);
                if let Some(answer) = self.call_meta(object, "__class_setattr__", &[name_value, given])?
                    && answer != Value::NOT_IMPLEMENTED
                {
                    self.release(mark);
                    return Ok(());
                }
                let dict = self.field(self.get(value), field::DICT);
                let dict = self.root(dict)?;
                self.dict_set(dict, name, item)?;
                let (class, name) = (self.get(value), self.get(name));
                self.class_changed(class, name);
                self.release(mark);
                Ok(())
            }
            kind::FUNCTION => {
                let mark = self.mark();
                let name = self.root(name)?;
                if self.text(self.get(name)) == "__dict__" && self.is(self.get(item), kind::DICT) {
                    let dict = self.get(item);
                    self.set_function_namespace(value, dict)?;
                    self.release(mark);
                    return Ok(());
                }
                let dict = self.function_namespace(self.get(value))?;
                let dict = self.root(dict)?;
                self.dict_set(dict, name, item)?;
                self.release(mark);
                Ok(())
            }
            kind::CELL if FEATURES.has(Feature::Introspection) && self.text(name) == "cell_contents" => {
                let item = self.get(item);
                self.set_field(object, 0, item);
                Ok(())
            }
            kind::MODULE => {
                let text = self.name_line(name);
                let entry = self.image.module(self.number(object, 0));
                let first = u32::from(entry.first_global);
                for slot in first..first + u32::from(entry.globals) {
                    let Some(constant) = self.image.global_names.get(slot as usize) else { break };
                    if self.text(self.image.constant(*constant)) == text.as_str() {
                        let item = self.get(item);
                        self.mem.set_word(crate::vm::roots::END + slot * 4, item.0);
                        return Ok(());
                    }
                }
                let module = self.name_line(self.field(object, 1));
                self.raise_fmt(
                    Builtin::AttributeError,
                    format_args!(
                        "module '{module}' has no variable '{text}', and new ones can't be added from outside"
                    ),
                )
            }
            _ => {
                let class = self.type_name(object);
                let name = self.name_line(name);
                if object.as_builtin().is_some_and(Builtin::is_type) {
                    let class = self.class_name(object);
                    return self.raise_fmt(
                        Builtin::TypeError,
                        format_args!("cannot set '{name}' attribute of immutable type '{class}'"),
                    );
                }
                let found = self.get_attr_text(object, name.as_str())?.is_some();
                if found {
                    return self.raise_fmt(
                        Builtin::AttributeError,
                        format_args!("'{class}' object attribute '{name}' is read-only"),
                    );
                }
                self.raise_fmt(Builtin::AttributeError, format_args!("'{class}' object has no attribute '{name}'"))
            }
        }
    }

    /// `object.__setattr__`.
    pub(crate) fn set_attr_plainly(&mut self, value: Root, name: Value, item: Root) -> Outcome<()> {
        let mark = self.mark();
        let object = self.get(value);
        let class = self.field(object, 0);
        if let Some(found) = self.lookup_defined(class, name) {
            if self.is(found, kind::PROPERTY) {
                let setter = self.field(found, 1);
                if setter == Value::NONE {
                    return self.lacks_accessor(class, name, "setter");
                }
                let item = self.get(item);
                self.call_values(setter, &[object, item])?;
                return Ok(());
            }
            if self.is(found, kind::INSTANCE)
                && let Some(set) = self.lookup_defined_text(self.field(found, 0), "__set__")
            {
                let item = self.get(item);
                self.call_values(set, &[found, object, item])?;
                return Ok(());
            }
            if self.is_data_descriptor(found) {
                return self.lacks_descriptor("__set__");
            }
        }
        let (class, name) = self.root2(class, name)?;
        if self.is(object, kind::EXCEPTION) {
            let text = self.name_line(self.get(name));
            let given = self.get(item);
            let field = match text.as_str() {
                "args" if self.kind(given) == kind::TUPLE => Some(crate::exception::field::ARGS),
                "__cause__" => Some(crate::exception::field::CAUSE),
                "__context__" => Some(crate::exception::field::CONTEXT),
                _ => None,
            };
            if let Some(field) = field {
                let object = self.get(value);
                self.set_field(object, field, given);
                self.release(mark);
                return Ok(());
            }
        }
        if self.text(self.get(name)) == "__dict__" {
            self.set_namespace(value, item)?;
            self.release(mark);
            return Ok(());
        }
        if self.is(object, kind::INSTANCE) && self.get(class).as_builtin().is_some() {
            let name = self.get(name);
            return self.missing_attribute(object, name);
        }
        let known = self.slot_of(self.get(class), self.get(name));
        let place = match known {
            Some(slot) => Place::Slot(slot),
            None if self.get(class).as_builtin().is_some() || self.own_dict(object).is_some() => Place::Dict,
            None => self.place_for(class, name)?,
        };
        match place {
            Place::Slot(slot) => self.set_slot(value, slot, item)?,
            Place::Dict => {
                let dict = self.move_to_dict(value)?;
                let dict = self.root(dict)?;
                self.dict_set(dict, name, item)?;
            }
        }
        self.release(mark);
        Ok(())
    }

    /// `del value.name`.
    pub fn delete_attr(&mut self, value: Value, name: Value) -> Outcome<()> {
        self.delete_attr_as(value, name, false)
    }

    /// `object.__delattr__`.
    pub(crate) fn delete_attr_plainly(&mut self, value: Value, name: Value) -> Outcome<()> {
        self.delete_attr_as(value, name, true)
    }

    fn delete_attr_as(&mut self, value: Value, name: Value, plainly: bool) -> Outcome<()> {
        self.must_have(Feature::Classes)?;
        let mark = self.mark();
        let (value, name) = self.root2(value, name)?;
        let (object, key) = (self.get(value), self.get(name));
        match self.kind(object) {
            kind::INSTANCE | kind::EXCEPTION => {
                let class = self.field(object, 0);
                if !plainly && let Some(delattr) = self.lookup_defined_text(class, "__delattr__") {
                    self.call_values(delattr, &[object, key])?;
                    self.release(mark);
                    return Ok(());
                }
                if let Some(found) = self.lookup_defined(class, key)
                    && self.is(found, kind::PROPERTY)
                {
                    let deleter = self.field(found, 2);
                    if deleter == Value::NONE {
                        return self.lacks_accessor(class, key, "deleter");
                    }
                    self.call_values(deleter, &[object])?;
                    self.release(mark);
                    return Ok(());
                }
                if let Some(found) = self.lookup_defined(class, key)
                    && self.is(found, kind::INSTANCE)
                    && let Some(delete) = self.lookup_defined_text(self.field(found, 0), "__delete__")
                {
                    self.call_values(delete, &[found, object])?;
                    self.release(mark);
                    return Ok(());
                }
                if let Some(found) = self.lookup_defined(class, key)
                    && self.is_data_descriptor(found)
                {
                    return self.lacks_descriptor("__delete__");
                }
                if let Some(slot) = self.slot_of(class, key)
                    && !self.slot(object, slot).is_unbound()
                {
                    let nothing = self.root(Value::UNBOUND)?;
                    self.set_slot(value, slot, nothing)?;
                    self.release(mark);
                    return Ok(());
                }
                if let Some(dict) = self.own_dict(object)
                    && self.dict_remove(dict, key)?.is_some()
                {
                    self.release(mark);
                    return Ok(());
                }
                if self.text(self.get(name)) == "__dict__" {
                    let dict = self.new_dict(0)?;
                    let dict = self.root(dict)?;
                    self.set_namespace(value, dict)?;
                    self.release(mark);
                    return Ok(());
                }
            }
            kind::FUNCTION => {
                let dict = self.function_namespace(object)?;
                if self.dict_remove(dict, self.get(name))?.is_some() {
                    self.release(mark);
                    return Ok(());
                }
            }
            kind::CLASS => {
                if FEATURES.has(Feature::Introspection)
                    && let Some(answer) = self.call_meta(object, "__class_delattr__", &[key])?
                    && answer != Value::NOT_IMPLEMENTED
                {
                    self.release(mark);
                    return Ok(());
                }
                let dict = self.field(self.get(value), field::DICT);
                if self.dict_remove(dict, self.get(name))?.is_some() {
                    let (class, name) = (self.get(value), self.get(name));
                    self.class_changed(class, name);
                    self.release(mark);
                    return Ok(());
                }
            }
            _ => {}
        }
        let (value, name) = (self.get(value), self.get(name));
        self.release(mark);
        if self.is(value, kind::CLASS) || !self.is(value, kind::INSTANCE) {
            return self.missing_attribute(value, name);
        }
        if self.is_declared_slot(self.type_of(value), self.text(name)) {
            let name = self.name_line(name);
            return self.raise_fmt(Builtin::AttributeError, format_args!("{name}"));
        }
        let (class, name) = (self.type_name(value), self.name_line(name));
        self.raise_fmt(Builtin::AttributeError, format_args!("'{class}' object has no attribute '{name}'"))
    }

    /// The special method `name` of a value's class, bound; `None`: it has none. Only classes made by the program are
    /// asked; builtin kinds give `None`.
    pub fn special(&mut self, value: Value, name: &str) -> Outcome<Option<Value>> {
        if !FEATURES.has(Feature::Classes) {
            return Ok(None);
        }
        let class = match self.kind(value) {
            kind::INSTANCE | kind::EXCEPTION => self.field(value, 0),
            _ => return Ok(None),
        };
        let Some(found) = self.lookup_defined_text(class, name) else { return Ok(None) };
        let kept = self.root_all(&[value, class, found])?;
        let (value, class) = (kept.root(0), kept.root(1));
        let bound = match self.as_seen_by_instance(self.arg(kept, 2), self.get(class), Value::NONE)? {
            Found::Method(function) => self.bind(function, self.get(value))?,
            Found::Getter(getter) => self.call1(getter, self.get(value))?,
            Found::Value(found) => self.through_descriptor(found, self.get(value), self.get(class))?.unwrap_or(found),
        };
        self.release(value.0);
        Ok(Some(bound))
    }

    /// Calls the special method `name` of a value's class with these further arguments (at most 2); `None`: it has none.
    pub(crate) fn call_special(&mut self, value: Value, name: &str, arguments: &[Value]) -> Outcome<Option<Value>> {
        if !FEATURES.has(Feature::Classes) {
            return Ok(None);
        }
        let class = match self.kind(value) {
            kind::INSTANCE | kind::EXCEPTION => self.field(value, 0),
            _ => return Ok(None),
        };
        let Some(found) = self.lookup_defined_text(class, name) else { return Ok(None) };
        if self.is(found, kind::FUNCTION) {
            let mut all = [value; 4];
            for (place, argument) in all.iter_mut().skip(1).zip(arguments) {
                *place = *argument;
            }
            return self.call_values(found, all.get(..=arguments.len()).unwrap_or(&all)).map(Some);
        }
        let mark = self.mark();
        let args: Args = self.root_all(arguments)?;
        let bound = self.special(value, name)?.unwrap_or(Value::NONE);
        let result = self.call(bound, args);
        self.release(mark);
        result.map(Some)
    }
}

fn native_name(value: Value) -> Option<&'static str> {
    match value.as_builtin() {
        Some(builtin) => native::function(builtin).map(native::Native::name),
        None => native::method(value).map(native::Native::name),
    }
}
