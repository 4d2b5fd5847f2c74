//! Classes made by the program: their parts, method resolution order, instances and slots.
//!
//! A class remembers the names its instances have been given, in order; an instance keeps its values by that order:
//! the first ones inline, later ones in an overflow buffer. So an attribute is an index, and inline caches hold it.

use crate::error::Outcome;
use crate::features::FEATURES;
use crate::kind::kind;
use crate::native::Attributes;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{Value, hash_bytes};

/// Fields of a CLASS.
pub(crate) mod field {
    pub const NAME: u32 = 0;
    pub const BASES: u32 = 1;
    pub const MRO: u32 = 2;
    pub const DICT: u32 = 3;
    /// Changes whenever an attribute of the class or of a base changes; unique among classes.
    pub const VERSION: u32 = 4;
    /// The builtin type it derives from (`object` for most).
    pub const BASE: u32 = 5;
    /// LIST of the names of instance attributes, or unbound.
    pub const SLOTS: u32 = 6;
    /// Slots that a new instance has inline.
    pub const INLINE: u32 = 7;
    /// Cached `__init__` (FUNCTION), None where there is none, unbound where not looked up.
    pub const INIT: u32 = 8;
    /// Bits of [`super::trait_of`].
    pub const FLAGS: u32 = 9;
    pub const COUNT: u32 = 10;
}

/// What a class has that most have not.
pub(crate) mod trait_of {
    /// `__setattr__` or `__delattr__`.
    pub const SETTER: u32 = 1;
    /// `__getattribute__`.
    pub const GETTER: u32 = 2;
    /// `__new__`.
    pub const NEW: u32 = 4;
    /// It derives from a builtin type with values (`int`, `list`): an instance holds one, in its first slot.
    pub const HOLDS: u32 = 8;
    /// Methods of the class itself that syntax asks for (`__class_iter__`, ..): what a metaclass would give it.
    pub const META: u32 = 16;
    /// Some instance keeps its attributes in a dict: one can have a name that the class doesn't know.
    pub const DICTS: u32 = 32;
    /// Classes derive from it.
    pub const BASE: u32 = 64;
    /// From this bit on: how many slots of an instance stay slots when the others move to its dict.
    pub const FIXED_SHIFT: u32 = 8;
}

/// Name of the slot that holds the builtin value; no identifier, so nothing else can be called so.
pub(crate) const HELD: &str = ".held";

/// What a class method is called that does for a class what a metaclass's method would do. A class that has one of these
/// may have `__class_delattr__`, `__class_reversed__` and `__class_dir__` besides, where there is introspection.
const META_METHODS: [&str; 9] = [
    "__class_call__",
    "__class_iter__",
    "__class_len__",
    "__class_contains__",
    "__class_repr__",
    "__class_getattr__",
    "__class_setattr__",
    "__class_instancecheck__",
    "__class_subclasscheck__",
];

/// Slot names beyond this many go to a dict per instance.
const MAX_SLOTS: u32 = 200;

/// Types whose values an instance of a derived class can hold.
fn is_held(builtin: Builtin) -> bool {
    is_held_fixed(builtin)
        || matches!(builtin, Builtin::ListType | Builtin::DictType | Builtin::SetType | Builtin::BytearrayType)
}

/// Of these the ones whose value is made before `__init__` and never changes.
pub(crate) fn is_held_fixed(builtin: Builtin) -> bool {
    matches!(
        builtin,
        Builtin::IntType
            | Builtin::FloatType
            | Builtin::ComplexType
            | Builtin::StrType
            | Builtin::BytesType
            | Builtin::TupleType
            | Builtin::FrozensetType
    )
}

/// Versions fit 18 bits of an inline cache.
const MAX_VERSION: u32 = (1 << 18) - 1;

/// Where an instance attribute is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    Slot(u32),
    Dict,
}

impl Vm<'_> {
    /// Is class `a` the class `b` or derived from it? (Both builtin types or CLASS objects.)
    pub(crate) fn is_subclass(&self, a: Value, b: Value) -> bool {
        if a == b || b == Value::builtin(Builtin::ObjectType) {
            return true;
        }
        // The one builtin class with two bases.
        if b == Value::builtin(Builtin::Exception) && self.is_subclass(a, Value::builtin(Builtin::ExceptionGroup)) {
            return true;
        }
        if self.is(a, kind::CLASS) {
            return self.items(self.field(a, field::MRO)).contains(&b);
        }
        let mut at = a.as_builtin();
        while let Some(class) = at {
            if Value::builtin(class) == b {
                return true;
            }
            at = Self::builtin_parent(class);
        }
        false
    }

    /// The attribute `name` of a class, along its method resolution order; for builtin types a method value.
    pub(crate) fn lookup(&self, class: Value, name: Value) -> Option<Value> {
        if let Some(builtin) = class.as_builtin() {
            return self.lookup_builtin(builtin, name);
        }
        if !self.is(class, kind::CLASS) {
            return None;
        }
        let mro = self.field(class, field::MRO);
        for index in 0..self.length(mro) {
            let one = self.field(mro, index);
            if let Some(builtin) = one.as_builtin() {
                if let Some(index) = crate::native::method_index(builtin, self.text(name)) {
                    return Some(crate::native::method_value(builtin, index));
                }
            } else if let Some(found) = self.dict_get_str(self.field(one, field::DICT), name) {
                return Some(found);
            }
        }
        None
    }

    pub(crate) fn lookup_builtin(&self, class: Builtin, name: Value) -> Option<Value> {
        let mut at = Some(class);
        while let Some(one) = at {
            if let Some(index) = crate::native::method_index(one, self.text(name)) {
                return Some(crate::native::method_value(one, index));
            }
            at = Self::builtin_parent(one);
        }
        None
    }

    /// As [`Vm::lookup`], but only what the program's classes define: builtin bases are not asked.
    pub(crate) fn lookup_defined(&self, class: Value, name: Value) -> Option<Value> {
        if !FEATURES.has(Feature::Classes) || !self.is(class, kind::CLASS) {
            return None;
        }
        let mro = self.field(class, field::MRO);
        for index in 0..self.length(mro) {
            let one = self.field(mro, index);
            if let Some(builtin) = one.as_builtin() {
                if Self::hides(builtin, self.text(name)) {
                    return None;
                }
            } else if let Some(found) = self.dict_get_str(self.field(one, field::DICT), name) {
                return Some(found);
            }
        }
        None
    }

    /// Does a builtin base have the method, so that classes behind it in the order are not asked?
    fn hides(builtin: Builtin, name: &str) -> bool {
        is_held(builtin) && crate::native::method_index(builtin, name).is_some()
    }

    /// As [`Vm::lookup_defined`], by a Rust name.
    pub(crate) fn lookup_defined_text(&self, class: Value, name: &str) -> Option<Value> {
        if !FEATURES.has(Feature::Classes) || !self.is(class, kind::CLASS) {
            return None;
        }
        let hash = hash_bytes(name.as_bytes());
        let mro = self.field(class, field::MRO);
        for index in 0..self.length(mro) {
            let one = self.field(mro, index);
            if let Some(builtin) = one.as_builtin() {
                if Self::hides(builtin, name) {
                    return None;
                }
            } else if let Some(found) = self.dict_get_text(self.field(one, field::DICT), hash, name) {
                return Some(found);
            }
        }
        None
    }

    /// The `__module__` that stands in the class itself: a str; `None`: it is the program's.
    pub(crate) fn module_of_class(&self, class: Value) -> Option<Value> {
        self.own_text_entry(class, "__module__")
    }

    /// A str that stands in the class itself under one of the names that no class inherits.
    pub(crate) fn own_text_entry(&self, class: Value, name: &str) -> Option<Value> {
        if !FEATURES.has(Feature::Classes) || !self.is(class, kind::CLASS) {
            return None;
        }
        self.own_entry(class, name).filter(|item| self.kind(*item) == kind::STR)
    }

    /// `__qualname__` of a class: one that stands inside another or a function has it written down.
    pub(crate) fn qualified_name(&self, class: Value) -> crate::vm::Line {
        match self.own_text_entry(class, "__qualname__") {
            Some(name) => self.name_line(name),
            None => self.class_name(class),
        }
    }

    /// The name of a class with that of its module, as a traceback shows it: without the program's own module.
    pub(crate) fn traceback_name(&self, class: Value) -> crate::vm::Line {
        let Some(module) = self.module_of_class(class) else { return self.qualified_name(class) };
        if self.text(module) == "builtins" { self.class_name(class) } else { self.name_in(self.text(module), class) }
    }

    /// The name of a class with that of its module, as `repr` shows it.
    pub(crate) fn full_class_name(&self, class: Value) -> crate::vm::Line {
        if self.is(class, kind::CLASS) && self.module_of_class(class).is_none() {
            return self.name_in("__main__", class);
        }
        self.traceback_name(class)
    }

    fn name_in(&self, module: &str, class: Value) -> crate::vm::Line {
        let mut line = crate::vm::Line::default();
        let _ = core::fmt::Write::write_fmt(&mut line, format_args!("{module}.{}", self.qualified_name(class)));
        line
    }

    /// A version no class has had.
    pub(crate) fn fresh_version(&mut self) -> u32 {
        if self.next_version > MAX_VERSION {
            self.flush_caches();
            self.renumber_classes();
        }
        let version = self.next_version;
        self.next_version += 1;
        version
    }

    fn flush_caches(&mut self) {
        self.mem.values_mut(self.caches_at, (self.stack_at - self.caches_at) / 4).fill(Value::UNBOUND);
        self.recent.attributes = Attributes::default();
    }

    fn renumber_classes(&mut self) {
        self.next_version = 1024;
        let mut at = self.heap_start;
        while at < self.heap_top {
            let object = Value::arena(at);
            let header = self.header(object);
            if nano_wire::value::header_kind(header) == kind::CLASS && self.next_version < MAX_VERSION {
                let version = self.next_version;
                self.next_version += 1;
                self.set_number(object, field::VERSION, version);
            }
            at += nano_wire::value::object_words(header) * 4;
        }
    }

    /// An attribute of the class has changed: caches that know it or a class derived from it are void.
    pub(crate) fn class_changed(&mut self, class: Value, name: Value) {
        let is_special = self.text(name).starts_with("__");
        if !is_special && self.number(class, field::FLAGS) & trait_of::BASE == 0 {
            let version = self.fresh_version();
            self.set_number(class, field::VERSION, version);
            return;
        }
        // They may also know an object of the class as no descriptor.
        self.flush_caches();
        if !is_special {
            return;
        }
        let mut at = self.heap_start;
        while at < self.heap_top {
            let object = Value::arena(at);
            let header = self.header(object);
            if nano_wire::value::header_kind(header) == kind::CLASS
                && (object == class || self.is_subclass(object, class))
            {
                let version = self.fresh_version();
                self.set_number(object, field::VERSION, version);
                self.set_field(object, field::INIT, Value::UNBOUND);
                self.set_class_flags(object);
            }
            at += nano_wire::value::object_words(header) * 4;
        }
    }

    fn set_class_flags(&mut self, class: Value) {
        // A class without anything in it, on its own, is not asked thirteen times.
        let mro = self.field(class, field::MRO);
        let is_bare = (0..self.length(mro)).all(|index| {
            let one = self.field(mro, index);
            one.as_builtin().is_some() || self.dict_length(self.field(one, field::DICT)) == 0
        });
        let has = |vm: &Self, name| !is_bare && vm.lookup_defined_text(class, name).is_some();
        let kept = trait_of::DICTS | trait_of::BASE | u32::MAX << trait_of::FIXED_SHIFT;
        let mut flags = self.number(class, field::FLAGS) & kept;
        for (bit, names) in [
            (trait_of::SETTER, &["__setattr__", "__delattr__"][..]),
            (trait_of::GETTER, &["__getattribute__"]),
            (trait_of::NEW, &["__new__"]),
            (trait_of::META, &META_METHODS),
        ] {
            if names.iter().any(|name| has(self, name)) {
                flags |= bit;
            }
        }
        let base = self.field(class, field::BASE).as_builtin().unwrap_or(Builtin::ObjectType);
        if base != Builtin::ObjectType && !base.is_exception() {
            flags |= trait_of::HOLDS;
        }
        self.set_number(class, field::FLAGS, flags);
    }

    /// Makes a class. `bases` is a tuple (may be empty), `namespace` a dict; both, and the name, are roots.
    pub(crate) fn new_class(&mut self, name: Root, bases: Root, namespace: Root) -> Outcome<Value> {
        let mark = self.mark();
        if self.length(self.get(bases)) == 0 {
            let object = self.alloc(kind::TUPLE, 1)?;
            self.set_field(object, 0, Value::builtin(Builtin::ObjectType));
            self.set(bases, object);
        }
        let base = self.base_of(self.get(bases))?;
        let class = self.alloc(kind::CLASS, field::COUNT)?;
        self.set_field(class, field::NAME, self.get(name));
        self.set_field(class, field::BASES, self.get(bases));
        self.set_field(class, field::DICT, self.get(namespace));
        self.set_number(class, field::VERSION, 0);
        self.set_field(class, field::BASE, Value::builtin(base));
        self.set_number(class, field::INLINE, 0);
        self.set_number(class, field::FLAGS, 0);
        let class = self.root(class)?;
        let mro = self.linearize(class, bases)?;
        let object = self.get(class);
        self.set_field(object, field::MRO, mro);
        for index in 1..self.length(mro) {
            let one = self.field(mro, index);
            if self.is(one, kind::CLASS) {
                let flags = self.number(one, field::FLAGS);
                self.set_number(one, field::FLAGS, flags | trait_of::BASE);
            }
        }
        if base != Builtin::ObjectType && !base.is_exception() {
            let name = self.new_str(HELD)?;
            let name = self.root(name)?;
            let slots = self.new_list_with(4)?;
            let slots = self.root(slots)?;
            self.list_push(slots, name)?;
            let (object, slots) = (self.get(class), self.get(slots));
            self.set_field(object, field::SLOTS, slots);
            self.set_number(object, field::INLINE, 1);
        }
        let version = self.fresh_version();
        let object = self.get(class);
        self.set_number(object, field::VERSION, version);
        self.set_class_flags(object);
        self.bind_hooks(class)?;
        self.place_declared_slots(class)?;
        let object = self.get(class);
        self.release(mark);
        Ok(object)
    }

    /// Two functions of a class are class methods without saying so. `class` is a root.
    fn bind_hooks(&mut self, class: Root) -> Outcome<()> {
        for name in ["__init_subclass__", "__class_getitem__"] {
            let is_function = |vm: &Self, found: &Value| vm.is(*found, kind::FUNCTION);
            let Some(function) = self.own_entry(self.get(class), name).filter(|found| is_function(self, found)) else {
                continue;
            };
            let mark = self.mark();
            let function = self.root(function)?;
            let method = self.alloc(kind::CLASS_METHOD, 1)?;
            self.set_field(method, 0, self.get(function));
            let method = self.root(method)?;
            let name = self.new_str(name)?;
            let name = self.root(name)?;
            let dict = self.field(self.get(class), field::DICT);
            let dict = self.root(dict)?;
            self.dict_set(dict, name, method)?;
            self.release(mark);
        }
        Ok(())
    }

    /// The builtin type that instances of a class with these bases are made of.
    fn base_of(&mut self, bases: Value) -> Outcome<Builtin> {
        let mut base = Builtin::ObjectType;
        for index in 0..self.length(bases) {
            let one = self.field(bases, index);
            let of = if self.is(one, kind::CLASS) {
                self.field(one, field::BASE).as_builtin().unwrap_or(Builtin::ObjectType)
            } else if let Some(builtin) = one.as_builtin().filter(|builtin| builtin.is_type()) {
                builtin
            } else {
                return self.raise(Builtin::TypeError, "bases must be types");
            };
            if of != Builtin::ObjectType && !of.is_exception() && !is_held(of) {
                let name = self.class_name(one);
                if matches!(of, Builtin::TypeType | Builtin::PropertyType | Builtin::SuperType) {
                    return self.raise_fmt(
                        Builtin::TypeError,
                        format_args!("classes derived from '{name}' are not supported"),
                    );
                }
                return self
                    .raise_fmt(Builtin::TypeError, format_args!("type '{name}' is not an acceptable base type"));
            }
            if base == Builtin::ObjectType || self.is_subclass(Value::builtin(of), Value::builtin(base)) {
                base = of;
            } else if of.is_exception() && base.is_exception() {
                // All exceptions are laid out alike.
            } else if of != Builtin::ObjectType && !self.is_subclass(Value::builtin(base), Value::builtin(of)) {
                return self.raise(Builtin::TypeError, "multiple bases have instance lay-out conflict");
            }
        }
        Ok(base)
    }

    /// C3 linearization (as CPython's `mro_implementation`): a tuple that begins with the class.
    fn linearize(&mut self, class: Root, bases: Root) -> Outcome<Value> {
        const MOST: usize = 16;
        let count = self.length(self.get(bases)) as usize;
        if count > MOST {
            return self.raise(Builtin::TypeError, "a class can have at most 16 bases");
        }
        let items = self.items(self.get(bases));
        let twice = items.iter().enumerate().find(|(index, base)| items.iter().take(*index).any(|one| one == *base));
        if let Some((_, base)) = twice {
            let name = self.class_name(*base);
            return self.raise_fmt(Builtin::TypeError, format_args!("duplicate base class {name}"));
        }
        let mark = self.mark();
        let list = self.new_list_with(4)?;
        let list = self.root(list)?;
        self.list_push(list, class)?;
        // Position in the order of each base, and in the tuple of bases itself (the last).
        let mut positions = [0u32; MOST + 1];
        loop {
            let mut chosen = None;
            let mut open = false;
            for sequence in 0..=count {
                let Some(head) =
                    self.sequence_item(bases, sequence, count, positions.get(sequence).copied().unwrap_or(0))
                else {
                    continue;
                };
                open = true;
                let blocked = (0..=count).any(|other| {
                    let mut at = positions.get(other).copied().unwrap_or(0) + 1;
                    while let Some(item) = self.sequence_item(bases, other, count, at) {
                        if item == head {
                            return true;
                        }
                        at += 1;
                    }
                    false
                });
                if !blocked {
                    chosen = Some(head);
                    break;
                }
            }
            match chosen {
                Some(head) => {
                    for sequence in 0..=count {
                        if let Some(position) = positions.get_mut(sequence)
                            && self.sequence_item(bases, sequence, count, *position) == Some(head)
                        {
                            *position += 1;
                        }
                    }
                    let item = self.root(head)?;
                    self.list_push(list, item)?;
                    self.release(item.0);
                }
                None if open => {
                    let mut names = crate::vm::Line::default();
                    let mut seen = [Value::UNBOUND; MOST + 1];
                    for sequence in 0..=count {
                        let at = positions.get(sequence).copied().unwrap_or(0);
                        let Some(head) = self.sequence_item(bases, sequence, count, at) else { continue };
                        if seen.contains(&head) {
                            continue;
                        }
                        let comma = if seen.iter().all(|one| one.is_unbound()) { "" } else { ", " };
                        let name = self.class_name(head);
                        let _ = core::fmt::Write::write_fmt(&mut names, format_args!("{comma}{name}"));
                        if let Some(place) = seen.get_mut(sequence) {
                            *place = head;
                        }
                    }
                    return self.raise_fmt(
                        Builtin::TypeError,
                        format_args!("Cannot create a consistent method resolution\norder (MRO) for bases {names}"),
                    );
                }
                None => break,
            }
        }
        let length = self.number(self.get(list), 0);
        let tuple = self.alloc(kind::TUPLE, length)?;
        let buffer = self.field(self.get(list), 1);
        self.mem.copy_words(buffer.0 + 4, tuple.0 + 4, length);
        self.release(mark);
        Ok(tuple)
    }

    /// Item `at` of the order of base `sequence`, or, for `sequence == count`, of the bases.
    fn sequence_item(&self, bases: Root, sequence: usize, count: usize, at: u32) -> Option<Value> {
        let bases = self.get(bases);
        if sequence == count {
            return if at < count as u32 { Some(self.field(bases, at)) } else { None };
        }
        let base = self.field(bases, sequence as u32);
        if self.is(base, kind::CLASS) {
            let mro = self.field(base, field::MRO);
            return if at < self.length(mro) { Some(self.field(mro, at)) } else { None };
        }
        let mut one = base.as_builtin()?;
        for _ in 0..at {
            one = Self::builtin_parent(one)?;
        }
        Some(Value::builtin(one))
    }

    // ---- instances ----

    /// The builtin value that an instance of a class derived from a builtin type holds.
    #[inline(never)]
    pub(crate) fn held(&self, value: Value) -> Option<Value> {
        if !FEATURES.has(Feature::Classes) || !self.is(value, kind::INSTANCE) {
            return None;
        }
        let class = self.field(value, 0);
        if !self.is(class, kind::CLASS) || self.number(class, field::FLAGS) & trait_of::HOLDS == 0 {
            return None;
        }
        let held = self.slot(value, 0);
        (!held.is_unbound()).then_some(held)
    }

    /// The builtin value that stands behind a value: the one it holds, or itself.
    pub(crate) fn plain(&self, value: Value) -> Value {
        self.held(value).unwrap_or(value)
    }

    /// Does the class have methods of [`META_METHODS`]?
    pub(crate) fn has_meta(&self, class: Value) -> bool {
        FEATURES.has(Feature::Classes)
            && self.is(class, kind::CLASS)
            && self.number(class, field::FLAGS) & trait_of::META != 0
    }

    /// Does the class have this method of [`META_METHODS`]? It is called with the class and the arguments.
    pub(crate) fn call_meta(&mut self, class: Value, name: &str, arguments: &[Value]) -> Outcome<Option<Value>> {
        if !FEATURES.has(Feature::Classes) {
            return Ok(None);
        }
        if !self.is(class, kind::CLASS) || self.number(class, field::FLAGS) & trait_of::META == 0 {
            return Ok(None);
        }
        let Some(found) = self.lookup_defined_text(class, name) else { return Ok(None) };
        let function = if self.is(found, kind::CLASS_METHOD) { self.field(found, 0) } else { found };
        let mut all = [class; 4];
        for (place, argument) in all.iter_mut().skip(1).zip(arguments) {
            *place = *argument;
        }
        self.call_values(function, all.get(..=arguments.len()).unwrap_or(&all)).map(Some)
    }

    /// A new instance of a class that derives from a builtin type, holding a value.
    pub(crate) fn new_holder(&mut self, class: Value, held: Value) -> Outcome<Value> {
        self.must_have(Feature::Classes)?;
        let (class, held) = self.root2(class, held)?;
        let object = self.new_instance(self.get(class))?;
        let object = self.root(object)?;
        self.set_slot(object, 0, held)?;
        let object = self.get(object);
        self.release(class.0);
        Ok(object)
    }

    /// A new instance without attributes.
    pub(crate) fn new_instance(&mut self, class: Value) -> Outcome<Value> {
        let inline = self.number(class, field::INLINE);
        let class = self.root(class)?;
        let object = self.alloc(kind::INSTANCE, 2 + inline)?;
        self.set_field(object, 0, self.get(class));
        self.release(class.0);
        Ok(object)
    }

    /// Index of an instance attribute's name in its class.
    pub(crate) fn slot_of(&self, class: Value, name: Value) -> Option<u32> {
        if !self.is(class, kind::CLASS) {
            return None;
        }
        let slots = self.field(class, field::SLOTS);
        if !self.is(slots, kind::LIST) {
            return None;
        }
        let items = self.items(slots);
        if let Some(index) = items.iter().position(|item| *item == name) {
            return Some(index as u32);
        }
        let text = self.text(name);
        items.iter().position(|item| self.text(*item) == text).map(|index| index as u32)
    }

    /// The value in a slot of an instance; unbound where it has none.
    #[inline]
    pub(crate) fn slot(&self, instance: Value, slot: u32) -> Value {
        let header = self.mem.word(instance.0);
        let inline = if nano_wire::value::header_kind(header) == kind::INSTANCE {
            nano_wire::value::header_length(header) - 2
        } else {
            0
        };
        if slot < inline {
            return self.field(instance, 2 + slot);
        }
        let overflow = self.field(instance, 1);
        match self.kind(overflow) {
            kind::BUFFER if slot - inline < self.length(overflow) => self.field(overflow, slot - inline),
            kind::DICT => self.slot_in_dict(instance, slot),
            _ => Value::UNBOUND,
        }
    }

    /// Sets a slot of an instance (roots).
    pub(crate) fn set_slot(&mut self, instance: Root, slot: u32, value: Root) -> Outcome<()> {
        let object = self.get(instance);
        let header = self.mem.word(object.0);
        let inline = if nano_wire::value::header_kind(header) == kind::INSTANCE {
            nano_wire::value::header_length(header) - 2
        } else {
            0
        };
        if slot < inline {
            self.set_field(object, 2 + slot, self.get(value));
            return Ok(());
        }
        let index = slot - inline;
        let overflow = self.field(object, 1);
        if self.is(overflow, kind::DICT) {
            return self.set_slot_in_dict(instance, slot, value);
        }
        let capacity = if self.is(overflow, kind::BUFFER) { self.length(overflow) } else { 0 };
        if index >= capacity {
            let longer = self.alloc(kind::BUFFER, index + 2)?;
            let object = self.get(instance);
            let overflow = self.field(object, 1);
            if capacity > 0 {
                self.mem.copy_words(overflow.0 + 4, longer.0 + 4, capacity);
            }
            self.set_field(object, 1, longer);
        }
        let overflow = self.field(self.get(instance), 1);
        self.set_field(overflow, index, self.get(value));
        Ok(())
    }

    /// May instances have an attribute of this name? Not where every class in the order has `__slots__` without it.
    fn allows(&mut self, class: Value, name: Value) -> Outcome<bool> {
        let mark = self.mark();
        let (class, name) = self.root2(class, name)?;
        let mut at = 0;
        let allowed = loop {
            let mro = self.field(self.get(class), field::MRO);
            if at >= self.length(mro) {
                break false;
            }
            let one = self.field(mro, at);
            at += 1;
            if one.as_builtin().is_some() {
                continue;
            }
            let Some(slots) = self.own_entry(one, "__slots__") else { break true };
            if self.kind(slots) == kind::STR {
                if self.text(slots) == self.text(self.get(name)) {
                    break true;
                }
                continue;
            }
            let slots = self.list_from(slots)?;
            let wanted = self.text(self.get(name));
            let is_there = self.items(slots).iter().any(|slot| {
                // A private name (`__x`) is mangled in code, and not in the list.
                let is_own = |slot: &str| wanted == slot || (slot.starts_with("__") && wanted.ends_with(slot));
                self.kind(*slot) == kind::STR && (is_own(self.text(*slot)) || self.text(*slot) == "__dict__")
            });
            if is_there {
                break true;
            }
        };
        self.release(mark);
        Ok(allowed)
    }

    /// An entry of a class's own dict, by a Rust name.
    pub(crate) fn own_entry(&self, class: Value, name: &str) -> Option<Value> {
        self.dict_get_text(self.field(class, field::DICT), hash_bytes(name.as_bytes()), name)
    }

    /// Where the class keeps an attribute of its instances, making a place for a new name. `class` and `name` are roots.
    pub(crate) fn place_for(&mut self, class: Root, name: Root) -> Outcome<Place> {
        let object = self.get(class);
        if let Some(slot) = self.slot_of(object, self.get(name)) {
            return Ok(Place::Slot(slot));
        }
        let slots = self.field(object, field::SLOTS);
        let count = if self.is(slots, kind::LIST) { self.number(slots, 0) } else { 0 };
        if count >= MAX_SLOTS {
            return Ok(Place::Dict);
        }
        if !self.allows(object, self.get(name))? {
            let (class, name) = (self.class_name(self.get(class)), self.name_line(self.get(name)));
            return self.raise_fmt(Builtin::AttributeError, format_args!("'{class}' object has no attribute '{name}'"));
        }
        let mark = self.mark();
        if count == 0 {
            let list = self.new_list_with(4)?;
            let object = self.get(class);
            self.set_field(object, field::SLOTS, list);
        }
        let list = self.field(self.get(class), field::SLOTS);
        let list = self.root(list)?;
        self.list_push(list, name)?;
        self.release(mark);
        let object = self.get(class);
        self.set_number(object, field::INLINE, count + 1);
        if self.lookup(object, self.get(name)).is_some() {
            // Instances may now shadow a class attribute that caches know.
            let version = self.fresh_version();
            self.set_number(object, field::VERSION, version);
        }
        Ok(Place::Slot(count))
    }
}
