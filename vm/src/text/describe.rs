//! `repr` and `str` of what holds no items: numbers, text, functions, classes, instances, exceptions.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::exception::field as exception;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::{Builtin, Category};
use nano_wire::value::Value;

impl TextBuilder {
    /// `repr` of what holds no items.
    pub(super) fn push_simple_repr(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        let root = vm.root(value)?;
        match vm.kind(value) {
            kind::STR | kind::BYTES => {
                if vm.kind(value) == kind::BYTES {
                    self.push_byte(vm, b'b')?;
                }
                self.push_quoted(vm, vm.get(root), false)?;
            }
            kind::BYTEARRAY => {
                self.push_str(vm, "bytearray(b")?;
                self.push_quoted(vm, vm.get(root), false)?;
                self.push_byte(vm, b')')?;
            }
            kind::FLOAT => {
                let number = vm.float(value);
                self.push_float(vm, number)?;
            }
            kind::BIG_INT => self.push_int(vm, value)?,
            kind::UNION => {
                let mut index = 0;
                while let Some(part) = vm.union_parts(vm.get(root)).get(index).copied() {
                    let name = match part.as_builtin() {
                        Some(Builtin::NoneTypeType) => vm.given_name(Value::NONE),
                        _ => vm.full_class_name(part),
                    };
                    self.push_str(vm, if index == 0 { "" } else { " | " })?;
                    self.push_str(vm, name.as_str())?;
                    index += 1;
                }
            }
            kind::RANGE => {
                self.push_str(vm, "range(")?;
                self.push_int(vm, vm.field(vm.get(root), 0))?;
                self.push_str(vm, ", ")?;
                self.push_int(vm, vm.field(vm.get(root), 1))?;
                if vm.field(vm.get(root), 2) != Value::small_unchecked(1) {
                    self.push_str(vm, ", ")?;
                    self.push_int(vm, vm.field(vm.get(root), 2))?;
                }
                self.push_byte(vm, b')')?;
            }
            kind::INSTANCE => {
                let made = vm.own_text(value, "__repr__")?;
                match made {
                    Some(made) => self.push_returned(vm, made, "__repr__")?,
                    None => match vm.held(vm.get(root)) {
                        Some(held) => self.push_held_repr(vm, root, held)?,
                        None => self.push_default_repr(vm, root)?,
                    },
                }
            }
            kind::CLASS if vm.has_meta(value) => {
                let made = vm.call_meta(value, "__class_repr__", &[])?;
                match made {
                    Some(made) => self.push_returned(vm, made, "__repr__")?,
                    None => {
                        let name = vm.full_class_name(vm.get(root));
                        self.push_fmt(vm, format_args!("<class '{name}'>"))?;
                    }
                }
            }
            kind::CLASS => {
                let name = vm.full_class_name(value);
                self.push_fmt(vm, format_args!("<class '{name}'>"))?;
            }
            kind::FUNCTION => {
                self.push_str(vm, "<function ")?;
                self.push_function_name(vm, vm.get(root))?;
                self.push_address(vm, root)?;
            }
            kind::GENERATOR => {
                let is_coroutine = vm.is_coroutine(value);
                self.push_str(vm, if is_coroutine { "<coroutine object " } else { "<generator object " })?;
                self.push_function_name(vm, vm.field(vm.get(root), 1))?;
                self.push_address(vm, root)?;
            }
            kind::BOUND_METHOD => self.push_method_repr(vm, root)?,
            kind::STATIC_METHOD | kind::CLASS_METHOD => {
                let is_static = vm.kind(value) == kind::STATIC_METHOD;
                self.push_str(vm, if is_static { "<staticmethod(" } else { "<classmethod(" })?;
                vm.nest()?;
                self.push_repr(vm, vm.field(vm.get(root), 0))?;
                vm.unnest();
                self.push_str(vm, ")>")?;
            }
            kind::SUPER => {
                let class = vm.class_name(vm.field(value, 0));
                let receiver = vm.type_name(vm.field(value, 1));
                self.push_fmt(vm, format_args!("<super: <class '{class}'>, <{receiver} object>>"))?;
            }
            kind::MODULE => {
                self.push_str(vm, "<module ")?;
                self.push_quoted(vm, vm.field(vm.get(root), 1), false)?;
                self.push_byte(vm, b'>')?;
            }
            kind::CELL => {
                let at = vm.identity(value)?;
                let content = vm.field(vm.get(root), 0);
                let name = vm.type_name(content);
                if content.is_unbound() {
                    self.push_fmt(vm, format_args!("<cell at {at:#x}: empty>"))?;
                } else {
                    let inner = vm.identity(content)?;
                    self.push_fmt(vm, format_args!("<cell at {at:#x}: {name} object at {inner:#x}>"))?;
                }
            }
            255 => self.push_immediate_repr(vm, value)?,
            _ => {
                let name = vm.type_name(value);
                self.push_fmt(vm, format_args!("<{name} object"))?;
                self.push_address(vm, root)?;
            }
        }
        vm.release(root.0);
        Ok(())
    }

    /// `repr` of a builtin or of a method of a builtin type.
    fn push_immediate_repr(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        if value.is_small() {
            return self.push_int(vm, value);
        }
        let Some(builtin) = value.as_builtin() else {
            if let (Some(native), Some((owner, _))) = (crate::native::method(value), value.as_method()) {
                let (name, owner) = (native.name(), crate::native::type_of_index(owner).name());
                return self.push_fmt(vm, format_args!("<method '{name}' of '{owner}' objects>"));
            }
            return self.push_str(vm, "<unbound>");
        };
        let name = builtin.name();
        match builtin.category() {
            Category::Constant => self.push_str(vm, name),
            _ if builtin == Builtin::JSONDecodeError => self.push_str(vm, "<class 'json.decoder.JSONDecodeError'>"),
            Category::Type | Category::HiddenType | Category::Exception(_) => {
                self.push_fmt(vm, format_args!("<class '{name}'>"))
            }
            Category::Module => self.push_fmt(vm, format_args!("<module '{name}' (built-in)>")),
            Category::Function | Category::Member(_) => self.push_fmt(vm, format_args!("<built-in function {name}>")),
        }
    }

    fn push_method_repr(&mut self, vm: &mut Vm<'_>, method: Root) -> Outcome<()> {
        let function = vm.field(vm.get(method), 0);
        if vm.is(function, kind::FUNCTION) {
            self.push_str(vm, "<bound method ")?;
            self.push_function_name(vm, vm.field(vm.get(method), 0))?;
            self.push_str(vm, " of ")?;
            vm.nest()?;
            self.push_repr(vm, vm.field(vm.get(method), 1))?;
            vm.unnest();
            return self.push_byte(vm, b'>');
        }
        let name = crate::native::method(function).map_or("?", |native| native.name());
        let receiver = vm.field(vm.get(method), 1);
        let owner = vm.type_name(receiver);
        let at = vm.identity(receiver)?;
        self.push_fmt(vm, format_args!("<built-in method {name} of {owner} object at {at:#x}>"))
    }

    fn push_function_name(&mut self, vm: &mut Vm<'_>, function: Value) -> Outcome<()> {
        if !vm.is(function, kind::FUNCTION) {
            return self.push_str(vm, "?");
        }
        let name = vm.given_qualified_name(function);
        let name = name.unwrap_or_else(|| vm.image.constant(vm.image.function(vm.number(function, 0)).name));
        if vm.is_str(name) { self.push_value(vm, name) } else { self.push_str(vm, "?") }
    }

    /// `repr` of an instance that holds a builtin value: that of the value; of a set with the class's name.
    fn push_held_repr(&mut self, vm: &mut Vm<'_>, value: Root, held: Value) -> Outcome<()> {
        if !matches!(vm.kind(held), kind::SET | kind::FROZENSET | kind::BYTEARRAY) {
            return self.push_repr(vm, held);
        }
        let name = vm.type_name(vm.get(value));
        self.push_fmt(vm, format_args!("{name}("))?;
        let held = vm.plain(vm.get(value));
        let is_empty = vm.length_of(held)? == 0;
        match vm.kind(held) {
            kind::BYTEARRAY => {
                self.push_byte(vm, b'b')?;
                let held = vm.plain(vm.get(value));
                self.push_quoted(vm, held, false)?;
            }
            _ if is_empty => {}
            _ => {
                let items = vm.call1(Value::builtin(Builtin::SetType), held)?;
                self.push_repr(vm, items)?;
            }
        }
        self.push_byte(vm, b')')
    }

    /// `<__main__.A object at 0x..>`.
    fn push_default_repr(&mut self, vm: &mut Vm<'_>, value: Root) -> Outcome<()> {
        let class = vm.type_of(vm.get(value));
        let name = vm.full_class_name(class);
        self.push_fmt(vm, format_args!("<{name} object"))?;
        self.push_address(vm, value)
    }

    fn push_address(&mut self, vm: &mut Vm<'_>, value: Root) -> Outcome<()> {
        let at = vm.identity(vm.get(value))?;
        self.push_fmt(vm, format_args!(" at {at:#x}>"))
    }

    /// Appends what `__repr__` or `__str__` returned, which must be text.
    pub(super) fn push_returned(&mut self, vm: &mut Vm<'_>, made: Value, method: &str) -> Outcome<()> {
        if vm.is_str(made) {
            return self.push_value(vm, made);
        }
        let name = vm.type_name(made);
        vm.raise_fmt(Builtin::TypeError, format_args!("{method} returned non-string (type {name})"))
    }

    /// Appends `str(value)`.
    pub fn push_str_of(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        match vm.kind(value) {
            kind::STR => self.push_value(vm, value),
            kind::DICT_VIEW => {
                let shown = vm.behind_proxy(value).unwrap_or(value);
                self.push_repr(vm, shown)
            }
            kind::INSTANCE => {
                let root = vm.root(value)?;
                let made = vm.own_text(value, "__str__")?;
                let value = vm.get(root);
                vm.release(root.0);
                match made {
                    Some(made) => self.push_returned(vm, made, "__str__"),
                    None => {
                        let held = vm.plain(value);
                        // `str` has a `__str__` of its own; other types use `__repr__`.
                        if vm.kind(held) == kind::STR {
                            return self.push_value(vm, held);
                        }
                        match vm.own_text(value, "__repr__")? {
                            Some(made) => self.push_returned(vm, made, "__str__"),
                            None => self.push_repr(vm, value),
                        }
                    }
                }
            }
            kind::EXCEPTION => {
                let root = vm.root(value)?;
                let made = vm.own_text(value, "__str__")?;
                match made {
                    Some(made) => self.push_returned(vm, made, "__str__")?,
                    None => self.push_exception_text(vm, root)?,
                }
                vm.release(root.0);
                Ok(())
            }
            _ => self.push_repr(vm, value),
        }
    }

    /// `str` of an exception: what its arguments say.
    fn push_exception_text(&mut self, vm: &mut Vm<'_>, exception: Root) -> Outcome<()> {
        let value = vm.get(exception);
        let args = vm.field(value, exception::ARGS);
        let class = vm.type_of(value);
        let is = |vm: &Vm<'_>, builtin| vm.is_subclass(class, Value::builtin(builtin));
        let count = if vm.kind(args) == kind::TUPLE { vm.length(args) } else { 0 };
        vm.nest()?;
        match count {
            0 => {}
            2 if is(vm, Builtin::BaseExceptionGroup) => {
                let args = vm.root(args)?;
                self.push_str_of(vm, vm.field(vm.get(args), 0))?;
                let inner = vm.field(vm.get(args), 1);
                let inner = vm.length_of(inner)?;
                let plural = if inner == 1 { "" } else { "s" };
                self.push_fmt(vm, format_args!(" ({inner} sub-exception{plural})"))?;
            }
            1 if is(vm, Builtin::KeyError) => self.push_repr(vm, vm.field(args, 0))?,
            1 => self.push_str_of(vm, vm.field(args, 0))?,
            2 | 3 if is(vm, Builtin::OSError) => {
                let args = vm.root(args)?;
                self.push_str(vm, "[Errno ")?;
                self.push_str_of(vm, vm.field(vm.get(args), 0))?;
                self.push_str(vm, "] ")?;
                self.push_str_of(vm, vm.field(vm.get(args), 1))?;
                if count == 3 {
                    self.push_str(vm, ": ")?;
                    self.push_repr(vm, vm.field(vm.get(args), 2))?;
                }
            }
            _ => self.push_repr(vm, args)?,
        }
        vm.unnest();
        Ok(())
    }
}
