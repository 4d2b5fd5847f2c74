//! Names and functions: cells, globals, class namespaces, imports, making functions and classes.

use crate::call::RECORD;
use crate::class::field as class_field;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm, roots};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::module::{NONE, flags};
use nano_wire::value::Value;

/// Payload words of a FUNCTION before its captured cells.
const FUNCTION_FIELDS: u32 = 3;

impl Vm<'_> {
    pub(crate) fn make_cell(&mut self, content: Root) -> Outcome<Value> {
        let cell = self.alloc(kind::CELL, 1)?;
        self.set_field(cell, 0, self.get(content));
        Ok(cell)
    }

    #[inline(always)]
    pub(crate) fn load_cell(&mut self, cell: Value) -> Outcome<Value> {
        if self.is(cell, kind::CELL) { Ok(self.field(cell, 0)) } else { self.wrong_register() }
    }

    #[inline(always)]
    pub(crate) fn store_cell(&mut self, cell: Value, value: Value) -> Outcome<()> {
        if self.is(cell, kind::CELL) {
            self.set_field(cell, 0, value);
            Ok(())
        } else {
            self.wrong_register()
        }
    }

    /// Captured cell `index` of a function object.
    #[inline(always)]
    pub(crate) fn free_cell(&mut self, function: Value, index: u16) -> Outcome<Value> {
        if self.is(function, kind::FUNCTION) && u32::from(index) + FUNCTION_FIELDS < self.length(function) {
            Ok(self.field(function, FUNCTION_FIELDS + u32::from(index)))
        } else {
            self.wrong_register()
        }
    }

    #[inline(always)]
    pub(crate) fn load_free(&mut self, function: Value, index: u16) -> Outcome<Value> {
        let cell = self.free_cell(function, index)?;
        self.load_cell(cell)
    }

    #[inline(always)]
    pub(crate) fn store_free(&mut self, function: Value, index: u16, value: Value) -> Outcome<()> {
        let cell = self.free_cell(function, index)?;
        self.store_cell(cell, value)
    }

    #[cold]
    pub(crate) fn unbound_local(&mut self, name: u16) -> Outcome<()> {
        let name = self.name_line(self.image.constant(name));
        self.raise_fmt(
            Builtin::UnboundLocalError,
            format_args!("cannot access local variable '{name}' where it is not associated with a value"),
        )
    }

    #[cold]
    pub(crate) fn unbound_free(&mut self, name: u16) -> Outcome<()> {
        let name = self.name_line(self.image.constant(name));
        self.raise_fmt(
            Builtin::NameError,
            format_args!(
                "cannot access free variable '{name}' where it is not associated with a value in enclosing scope"
            ),
        )
    }

    fn global_name(&self, slot: u16) -> Value {
        self.image.global_names.get(usize::from(slot)).map_or(Value::NONE, |constant| self.image.constant(*constant))
    }

    #[cold]
    fn not_defined<T>(&mut self, name: Value) -> Outcome<T> {
        let name = self.name_line(name);
        self.raise_fmt(Builtin::NameError, format_args!("name '{name}' is not defined"))
    }

    #[cold]
    pub(crate) fn load_unbound_global(&mut self, slot: u16) -> Outcome<Value> {
        let name = self.global_name(slot);
        self.builtin_named(name)
    }

    fn builtin_named(&mut self, name: Value) -> Outcome<Value> {
        if self.kind(name) == kind::STR
            && let Some(builtin) = Builtin::in_scope(self.text(name))
        {
            return Ok(Value::builtin(builtin));
        }
        self.not_defined(name)
    }

    pub(crate) fn delete_global(&mut self, slot: u16) -> Outcome<()> {
        let at = roots::END + u32::from(slot) * 4;
        if self.mem.word(at) == 0 {
            let name = self.global_name(slot);
            return self.not_defined(name);
        }
        self.mem.set_word(at, 0);
        Ok(())
    }

    /// A name in a class body: the namespace, then the global, then the builtin.
    pub(crate) fn load_name(&mut self, namespace: Value, name: Value, slot: u16) -> Outcome<Value> {
        self.must_have(Feature::Classes)?;
        if self.is(namespace, kind::DICT)
            && let Some(found) = self.dict_get_str(namespace, name)
        {
            return Ok(found);
        }
        if slot != NONE {
            let value = Value(self.mem.word(roots::END + u32::from(slot) * 4));
            if !value.is_unbound() {
                return Ok(value);
            }
        }
        self.builtin_named(name)
    }

    pub(crate) fn store_name(&mut self, namespace: Root, name: Value, item: Root) -> Outcome<()> {
        self.must_have(Feature::Classes)?;
        if !self.is(self.get(namespace), kind::DICT) {
            return self.wrong_register();
        }
        let name = self.root(name)?;
        let result = self.dict_set(namespace, name, item);
        self.release(name.0);
        result
    }

    pub(crate) fn delete_name(&mut self, namespace: Value, name: Value) -> Outcome<()> {
        self.must_have(Feature::Classes)?;
        if !self.is(namespace, kind::DICT) {
            return self.wrong_register();
        }
        if self.dict_remove(namespace, name)?.is_none() {
            return self.not_defined(name);
        }
        Ok(())
    }

    // ---- functions ----

    /// The cells of a function, in a tuple; None where it has none.
    pub(crate) fn closure(&mut self, function: Value) -> Outcome<Value> {
        self.must_have(Feature::Introspection)?;
        let count = self.length(function).saturating_sub(FUNCTION_FIELDS);
        if count == 0 {
            return Ok(Value::NONE);
        }
        let function = self.root(function)?;
        let tuple = self.alloc(kind::TUPLE, count)?;
        for index in 0..count {
            let cell = self.field(self.get(function), FUNCTION_FIELDS + index);
            self.set_field(tuple, index, cell);
        }
        self.release(function.0);
        Ok(tuple)
    }

    pub(crate) fn make_function(&mut self, index: u16) -> Outcome<Value> {
        let captures = u32::from(self.image.function(u32::from(index)).captures);
        let function = self.alloc(kind::FUNCTION, FUNCTION_FIELDS + captures)?;
        self.set_number(function, 0, u32::from(index));
        Ok(function)
    }

    pub(crate) fn set_defaults(&mut self, function: Value, defaults: Value) -> Outcome<()> {
        if self.is(function, kind::FUNCTION) && self.kind(defaults) == kind::TUPLE {
            self.set_field(function, 1, defaults);
            Ok(())
        } else {
            self.wrong_register()
        }
    }

    /// Keyword-only defaults are kept in the function's dict, under None: no program can reach that key.
    pub(crate) fn set_keyword_defaults(&mut self, function: Root, defaults: Root) -> Outcome<()> {
        if !self.is(self.get(function), kind::FUNCTION) || !self.is(self.get(defaults), kind::DICT) {
            return self.wrong_register();
        }
        let dict = self.new_dict(1)?;
        let dict = self.root(dict)?;
        let key = self.root(Value::NONE)?;
        self.dict_set(dict, key, defaults)?;
        let (function, dict_value) = (self.get(function), self.get(dict));
        self.set_field(function, 2, dict_value);
        self.release(dict.0);
        Ok(())
    }

    pub(crate) fn capture(&mut self, function: Value, index: u8, cell: Value) -> Outcome<()> {
        if self.is(function, kind::FUNCTION)
            && self.is(cell, kind::CELL)
            && u32::from(index) + FUNCTION_FIELDS < self.length(function)
        {
            self.set_field(function, FUNCTION_FIELDS + u32::from(index), cell);
            Ok(())
        } else {
            self.wrong_register()
        }
    }

    // ---- modules ----

    /// A module of the package, its top level having run (or, in a circle of imports, having begun to).
    pub(crate) fn import_module(&mut self, index: u32) -> Outcome<Value> {
        let at = self.modules_at + index * 4;
        let known = Value(self.mem.word(at));
        if !known.is_unbound() {
            return Ok(known);
        }
        let entry = self.image.module(index);
        let module = self.alloc(kind::MODULE, 2)?;
        self.set_number(module, 0, index);
        self.set_field(module, 1, self.image.constant(entry.name));
        self.mem.set_word(at, module.0);
        let function = self.make_function(entry.function)?;
        if let Err(raise) = self.call(function, Args { base: self.sp, count: 0 }) {
            self.mem.set_word(at, 0);
            return Err(raise);
        }
        Ok(Value(self.mem.word(at)))
    }

    pub(crate) fn import_from(&mut self, module: Value, name: Value) -> Outcome<Value> {
        let kept = self.root2(module, name)?;
        match self.get_attr(module, name) {
            Ok(value) => {
                self.release(kept.0.0);
                Ok(value)
            }
            Err(_) if self.raised_is(Builtin::AttributeError) => {
                self.take_exception();
                let module = self.get(kept.0);
                let name = self.name_line(self.get(kept.1));
                // In a circle of imports a package doesn't have all of its modules yet.
                if let Some(index) = self.submodule(module, name.as_str()) {
                    self.release(kept.0.0);
                    return self.import_module(index);
                }
                let from = if self.is(module, kind::MODULE) {
                    self.name_line(self.field(module, 1))
                } else {
                    self.type_name(module)
                };
                self.raise_fmt(Builtin::ImportError, format_args!("cannot import name '{name}' from '{from}'"))
            }
            Err(raise) => Err(raise),
        }
    }

    /// The module of this name in a package.
    fn submodule(&self, package: Value, name: &str) -> Option<u32> {
        if !self.is(package, kind::MODULE) {
            return None;
        }
        let package = self.text(self.field(package, 1));
        (0..self.image.module_count()).find(|index| {
            let module = self.text(self.image.constant(self.image.module(*index).name));
            let rest = module.strip_prefix(package).and_then(|rest| rest.strip_prefix('.'));
            rest == Some(name)
        })
    }

    // ---- classes ----

    /// Sets the body of a class up as a frame at `at`, with a new namespace as its argument.
    pub(crate) fn prepare_class_body(&mut self, body: Root, at: u32) -> Outcome<(u32, u32)> {
        self.must_have(Feature::Classes)?;
        let function = self.get(body);
        if !self.is(function, kind::FUNCTION) {
            return self.wrong_register();
        }
        let index = self.number(function, 0);
        if self.image.function(index).flags & flags::CLASS_BODY == 0 {
            return self.wrong_register();
        }
        let namespace = self.new_dict(4)?;
        let function = self.get(body);
        self.mem.set_word(at, function.0);
        self.mem.set_word(at + RECORD, namespace.0);
        // The collector must see it when the stack grows for the body.
        self.sp = self.sp.max(at + RECORD + 4);
        Ok((at + RECORD, index))
    }

    /// Tells the values in a new class their names (`__set_name__`).
    pub(crate) fn name_descriptors(&mut self, class: Root) -> Outcome<()> {
        let mut at = 0;
        loop {
            let object = self.get(class);
            let dict = self.field(object, class_field::DICT);
            let Some((next, key, item)) = self.dict_entry(dict, at) else { return Ok(()) };
            at = next;
            if self.is(item, kind::INSTANCE) {
                self.call_special(item, "__set_name__", &[object, key])?;
            }
        }
    }

    /// Calls `__init_subclass__` of the next class in the order, with the keywords of the class statement.
    pub(crate) fn init_subclass(&mut self, class: Root, values: Args, names: Value) -> Outcome<()> {
        let object = self.get(class);
        let mro = self.field(object, class_field::MRO);
        for index in 1..self.length(mro) {
            let one = self.field(mro, index);
            if one.as_builtin().is_some() {
                continue;
            }
            let Some(found) = self.own_entry(one, "__init_subclass__") else { continue };
            let function = if matches!(self.kind(found), kind::CLASS_METHOD | kind::STATIC_METHOD) {
                self.field(found, 0)
            } else {
                found
            };
            let top = self.sp;
            let end = top + RECORD + 4 + values.count * 4;
            let function = self.root(function)?;
            if end + crate::call::MARGIN > self.heap_start {
                self.grow_stack(end + crate::call::MARGIN - top)?;
            }
            let (function_value, object) = (self.get(function), self.get(class));
            self.mem.set_word(top, function_value.0);
            self.mem.set_word(top + 4, 0);
            self.mem.set_word(top + 8, 0);
            self.mem.set_word(top + RECORD, object.0);
            self.mem.copy_words(values.base, top + RECORD + 4, values.count);
            self.sp = end;
            let result = self.call_at(top, 1 + values.count, names);
            self.sp = top;
            return result.map(|_| ());
        }
        if values.count > 0 {
            let name = self.class_name(self.get(class));
            return self
                .raise_fmt(Builtin::TypeError, format_args!("{name}.__init_subclass__() takes no keyword arguments"));
        }
        Ok(())
    }
}
