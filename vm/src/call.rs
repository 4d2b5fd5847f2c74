//! Calls: from a window of callee and arguments to a result or to a frame that is ready to run.
//!
//! A call window is `[callee][free][free][argument 0]..`; entering a Python function turns the first three words into
//! its frame record `[function][return address][info]` and the arguments into its first registers, in place. Where a
//! receiver has to be put before the arguments they are moved up by a word.

use crate::class;
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::{self, Native};
use crate::vm::{Args, Vm};
use core::convert::Infallible;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::module::{Function, flags};
use nano_wire::value::{Value, hash_bytes};

/// Words of the frame record under a window.
pub(crate) const RECORD: u32 = 12;
/// Stack that stays free above a window, for the roots of natives.
pub(crate) const MARGIN: u32 = 128;

/// What a call came to.
pub(crate) enum Called {
    /// It is done.
    Value(Value),
    /// A frame is to be run: its window, its function, and whether it is an `__init__` (the instance lies in the word
    /// under the frame record, and is the result).
    Frame { base: u32, index: u32, init: bool },
}

impl Vm<'_> {
    /// Calls whatever stands at `at` (byte offset of the callee's word) with `count` arguments from `at + 12`, the
    /// last of them named by the tuple `keywords` (unbound: none).
    pub(crate) fn prepare(&mut self, at: u32, count: u32, keywords: Value) -> Outcome<Called> {
        self.sp = self.sp.max(at + RECORD + count * 4);
        // Nearly always; the rest has a frame of its own.
        let callee = Value(self.mem.word(at));
        if self.sp + MARGIN <= self.heap_start && self.is(callee, kind::FUNCTION) {
            return self.prepare_function(at, count, keywords);
        }
        self.prepare_other(at, count, keywords)
    }

    /// [`Vm::prepare`] of what is no function, or where the stack has to grow first.
    #[inline(never)]
    fn prepare_other(&mut self, at: u32, count: u32, keywords: Value) -> Outcome<Called> {
        if self.sp + MARGIN > self.heap_start {
            let keywords_at = roots_keep(self, keywords);
            self.grow_stack(MARGIN * 2)?;
            let keywords = Value(self.mem.word(keywords_at));
            self.mem.set_word(keywords_at, 0);
            return self.prepare(at, count, keywords);
        }
        let callee = Value(self.mem.word(at));
        if let Some(builtin) = callee.as_builtin() {
            return self.call_builtin_value(builtin, at, count, keywords).map(Called::Value);
        }
        if let Some(native) = native::method(callee) {
            return self.call_method_value(callee, native, at, count, keywords).map(Called::Value);
        }
        match self.kind(callee) {
            kind::BOUND_METHOD => {
                self.shift_arguments(at, count, 1);
                let (function, receiver) = (self.field(callee, 0), self.field(callee, 1));
                self.mem.set_word(at, function.0);
                self.mem.set_word(at + RECORD, receiver.0);
                self.prepare_through(at, count + 1, keywords)
            }
            kind::CLASS => self.prepare_class(at, count, keywords),
            kind::INSTANCE | kind::EXCEPTION => {
                let Some(call) = self.lookup_defined_text(self.field(callee, 0), "__call__") else {
                    return self.not_callable(callee);
                };
                if !self.is(call, kind::FUNCTION) {
                    return self.prepare_special(at, count, keywords);
                }
                self.shift_arguments(at, count, 1);
                self.mem.set_word(at, call.0);
                self.mem.set_word(at + RECORD, callee.0);
                self.prepare(at, count + 1, keywords)
            }
            kind::STATIC_METHOD => {
                let function = self.field(callee, 0);
                self.mem.set_word(at, function.0);
                self.prepare_through(at, count, keywords)
            }
            _ => self.not_callable(callee),
        }
    }

    /// [`Vm::prepare`] of what a callable calls in its turn, which may be another such: a class whose `__call__` is an
    /// instance of it has no end.
    #[inline(never)]
    fn prepare_through(&mut self, at: u32, count: u32, keywords: Value) -> Outcome<Called> {
        self.nest()?;
        let called = self.prepare(at, count, keywords);
        self.unnest();
        called
    }

    /// [`Vm::prepare`] of an instance whose class has something other than a function as `__call__`.
    #[cold]
    #[inline(never)]
    fn prepare_special(&mut self, at: u32, count: u32, keywords: Value) -> Outcome<Called> {
        self.sp = self.sp.max(at + RECORD + count * 4);
        let kept = self.root(keywords)?;
        let bound = self.special(Value(self.mem.word(at)), "__call__")?.unwrap_or(Value::NONE);
        self.mem.set_word(at, bound.0);
        let keywords = self.get(kept);
        self.release(kept.0);
        self.prepare_through(at, count, keywords)
    }

    fn not_callable<T>(&mut self, callee: Value) -> Outcome<T> {
        self.raise_type("'{}' object is not callable", callee)
    }

    /// Moves the arguments up by `words`.
    fn shift_arguments(&mut self, at: u32, count: u32, words: u32) {
        self.mem.copy_words(at + RECORD, at + RECORD + words * 4, count);
        self.sp = self.sp.max(at + RECORD + (count + words) * 4);
    }

    // ---- Python functions ----

    fn prepare_function(&mut self, at: u32, count: u32, keywords: Value) -> Outcome<Called> {
        let index = self.number(Value(self.mem.word(at)), 0);
        let function = self.image.function(index);
        let base = at + RECORD;
        // Nearly always; the rest has a frame of its own.
        if function.flags & flags::SIMPLE != 0 && u32::from(function.positional) == count && keywords.is_unbound() {
            return Ok(Called::Frame { base, index, init: false });
        }
        self.prepare_bound(base, index, count, keywords)
    }

    /// [`Vm::prepare_function`] of one whose arguments do not stand where its parameters are, or a generator.
    #[inline(never)]
    fn prepare_bound(&mut self, base: u32, index: u32, count: u32, keywords: Value) -> Outcome<Called> {
        let function = self.image.function(index);
        self.bind_arguments(&function, base, count, keywords)?;
        if function.flags & flags::GENERATOR != 0 {
            return self.new_generator(base, &function).map(Called::Value);
        }
        Ok(Called::Frame { base, index, init: false })
    }

    /// Puts arguments where the parameters are: defaults, `*args`, keywords, `**kwargs`.
    #[inline(never)]
    fn bind_arguments(&mut self, function: &Function, base: u32, count: u32, keywords: Value) -> Outcome<()> {
        let parameters = function.parameters() as u32;
        let positional = u32::from(function.positional);
        let keyword_only = u32::from(function.keyword_only);
        let named = if keywords.is_unbound() { 0 } else { self.length(keywords) };
        let given = count - named;
        let room = base + parameters.max(count) * 4;
        // Above the window: values of keywords, then the tuple of names, the *args tuple, the **kwargs dict.
        let values = room;
        let extra = values + named * 4;
        let (names_at, rest_at, dict_at) = (extra, extra + 4, extra + 8);
        let top = extra + 12;
        if top + MARGIN > self.heap_start {
            let kept = roots_keep(self, keywords);
            self.grow_stack(top + MARGIN - self.sp)?;
            let keywords = Value(self.mem.word(kept));
            self.mem.set_word(kept, 0);
            return self.bind_arguments(function, base, count, keywords);
        }
        self.mem.copy_words(base + given * 4, values, named);
        self.mem.set_word(names_at, keywords.0);
        self.mem.set_word(rest_at, 0);
        self.mem.set_word(dict_at, 0);
        for place in (base + given * 4..values).step_by(4) {
            self.mem.set_word(place, 0);
        }
        self.sp = self.sp.max(top);
        let varargs = function.flags & flags::VARARGS != 0;
        if given > positional && varargs {
            let tuple = self.new_tuple(Args { base: base + positional * 4, count: given - positional })?;
            self.mem.set_word(rest_at, tuple.0);
        } else if varargs {
            let tuple = self.alloc(kind::TUPLE, 0)?;
            self.mem.set_word(rest_at, tuple.0);
        }
        for place in positional..given {
            self.mem.set_word(base + place * 4, 0);
        }
        if function.flags & flags::KEYWORDS != 0 {
            let dict = self.new_dict(named)?;
            self.mem.set_word(dict_at, dict.0);
        }
        for index in 0..named {
            self.bind_keyword(function, base, values, extra, index)?;
        }
        if given > positional && !varargs {
            let places = (positional..positional + keyword_only).map(|place| base + place * 4);
            let named = places.filter(|place| self.mem.word(*place) != 0).count() as u32;
            return self.too_many(function, base, given, named);
        }
        if varargs {
            let word = self.mem.word(rest_at);
            self.mem.set_word(base + (positional + keyword_only) * 4, word);
        }
        if function.flags & flags::KEYWORDS != 0 {
            let word = self.mem.word(dict_at);
            self.mem.set_word(base + (positional + keyword_only + u32::from(varargs)) * 4, word);
        }
        self.fill_defaults(function, base)
    }

    /// Puts keyword argument `index` into its parameter or into `**kwargs`.
    fn bind_keyword(&mut self, function: &Function, base: u32, values: u32, extra: u32, index: u32) -> Outcome<()> {
        let name = self.field(Value(self.mem.word(extra)), index);
        let value = self.mem.word(values + index * 4);
        let positional = u32::from(function.positional);
        let all = positional + u32::from(function.keyword_only);
        for parameter in 0..all {
            if self.parameter_name(function, parameter) != Some(name) && !self.same_parameter(function, parameter, name)
            {
                continue;
            }
            if parameter < u32::from(function.positional_only) {
                break;
            }
            if self.mem.word(base + parameter * 4) != 0 {
                let (callee, name) = (self.name_of_called(function, base), self.name_line(name));
                return self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("{callee}() got multiple values for argument '{name}'"),
                );
            }
            self.mem.set_word(base + parameter * 4, value);
            return Ok(());
        }
        let dict = Value(self.mem.word(extra + 8));
        if dict.is_unbound() {
            return self.unexpected_keyword(function, base, Value(self.mem.word(extra)), name);
        }
        let mark = self.mark();
        let (dict, name, item) = self.root3(dict, name, Value(self.mem.word(values + index * 4)))?;
        self.dict_set(dict, name, item)?;
        self.release(mark);
        Ok(())
    }

    /// A keyword that is no parameter: parameters that can't be given by name are named before it.
    #[cold]
    fn unexpected_keyword<T>(&mut self, function: &Function, base: u32, names: Value, name: Value) -> Outcome<T> {
        self.raise_wordless(Builtin::TypeError)?;
        use core::fmt::Write as _;
        let callee = self.name_of_called(function, base);
        let mut listed = crate::vm::Line::default();
        for parameter in 0..u32::from(function.positional_only) {
            let Some(own) = self.parameter_name(function, parameter) else { continue };
            if self.items(names).iter().any(|given| self.same_parameter(function, parameter, *given)) {
                let own = self.name_line(own);
                let _ = write!(listed, "{}{own}", if listed.as_str().is_empty() { "" } else { ", " });
            }
        }
        if !listed.as_str().is_empty() {
            return self.raise_fmt(
                Builtin::TypeError,
                format_args!("{callee}() got some positional-only arguments passed as keyword arguments: '{listed}'"),
            );
        }
        let name = self.name_line(name);
        self.raise_fmt(Builtin::TypeError, format_args!("{callee}() got an unexpected keyword argument '{name}'"))
    }

    fn parameter_name(&self, function: &Function, parameter: u32) -> Option<Value> {
        let at = u32::from(function.first_parameter) + parameter;
        self.image.parameters.get(at as usize).map(|constant| self.image.constant(*constant))
    }

    fn same_parameter(&self, function: &Function, parameter: u32, name: Value) -> bool {
        self.kind(name) == kind::STR
            && self.parameter_name(function, parameter).is_some_and(|own| self.bytes(own) == self.bytes(name))
    }

    /// The qualified name of the function whose arguments begin at `base`: the one it was given, or the one it has.
    fn name_of_called(&mut self, function: &Function, base: u32) -> crate::vm::Line {
        let callee = Value(self.mem.word(base - RECORD));
        let given = if self.is(callee, kind::FUNCTION) { self.given_qualified_name(callee) } else { None };
        self.name_line(given.unwrap_or_else(|| self.image.constant(function.name)))
    }

    /// `__qualname__` of a FUNCTION, where the program set it.
    pub(crate) fn given_qualified_name(&mut self, function: Value) -> Option<Value> {
        let dict = self.function_attributes(function)?;
        let name = "__qualname__";
        self.dict_get_text(dict, hash_bytes(name.as_bytes()), name).filter(|item| self.kind(*item) == kind::STR)
    }

    fn too_many<T>(&mut self, function: &Function, base: u32, given: u32, named: u32) -> Outcome<T> {
        self.raise_wordless(Builtin::TypeError)?;
        let callee = self.name_of_called(function, base);
        let most = u32::from(function.positional);
        let defaults = self.field(Value(self.mem.word(base - RECORD)), 1);
        let defaults = if defaults.is_unbound() { 0 } else { self.length(defaults) };
        let least = most.saturating_sub(defaults);
        let plural = |n: u32| if n == 1 { "" } else { "s" };
        let verb = |n: u32| if n == 1 { "was" } else { "were" };
        if function.keyword_only > 0 && named > 0 {
            let (p, k) = (plural(given), plural(named));
            return if least == most {
                self.raise_fmt(
                    Builtin::TypeError,
                    format_args!(
                        "{callee}() takes {most} positional argument{} but {given} positional argument{p} (and {named} keyword-only argument{k}) were given",
                        plural(most)
                    ),
                )
            } else {
                self.raise_fmt(
                    Builtin::TypeError,
                    format_args!(
                        "{callee}() takes from {least} to {most} positional arguments but {given} positional argument{p} (and {named} keyword-only argument{k}) were given"
                    ),
                )
            };
        }
        if least == most {
            self.raise_fmt(
                Builtin::TypeError,
                format_args!(
                    "{callee}() takes {most} positional argument{} but {given} {} given",
                    plural(most),
                    verb(given)
                ),
            )
        } else {
            self.raise_fmt(
                Builtin::TypeError,
                format_args!(
                    "{callee}() takes from {least} to {most} positional arguments but {given} {} given",
                    verb(given)
                ),
            )
        }
    }

    fn fill_defaults(&mut self, function: &Function, base: u32) -> Outcome<()> {
        let positional = u32::from(function.positional);
        let object = Value(self.mem.word(base - RECORD));
        let defaults = self.field(object, 1);
        let count = if defaults.is_unbound() { 0 } else { self.length(defaults) };
        let first = positional.saturating_sub(count);
        let mut missing = 0;
        for parameter in 0..positional {
            if self.mem.word(base + parameter * 4) != 0 {
                continue;
            }
            if parameter >= first {
                let default = self.field(defaults, parameter - first);
                self.mem.set_word(base + parameter * 4, default.0);
            } else {
                missing += 1;
            }
        }
        if missing > 0 {
            return self.missing_arguments(function, base, 0, first, missing, "positional");
        }
        let all = positional + u32::from(function.keyword_only);
        let extra = self.field(object, 2);
        let keyword_defaults = if self.is(extra, kind::DICT) { self.keyword_defaults(extra) } else { Value::UNBOUND };
        for parameter in positional..all {
            if self.mem.word(base + parameter * 4) != 0 {
                continue;
            }
            let name = self.parameter_name(function, parameter).unwrap_or(Value::NONE);
            match if keyword_defaults.is_unbound() { None } else { self.dict_get_str(keyword_defaults, name) } {
                Some(default) => self.mem.set_word(base + parameter * 4, default.0),
                None => missing += 1,
            }
        }
        if missing > 0 {
            return self.missing_arguments(function, base, positional, all, missing, "keyword-only");
        }
        Ok(())
    }

    /// The dict of keyword-only defaults in a function's extra dict (under a key no program can write).
    pub(crate) fn keyword_defaults(&self, extra: Value) -> Value {
        let mut at = 0;
        while let Some((next, key, item)) = self.dict_entry(extra, at) {
            if key == Value::NONE {
                return item;
            }
            at = next;
        }
        Value::UNBOUND
    }

    fn missing_arguments<T>(
        &mut self,
        function: &Function,
        base: u32,
        from: u32,
        to: u32,
        missing: u32,
        what: &str,
    ) -> Outcome<T> {
        self.raise_wordless(Builtin::TypeError)?;
        use core::fmt::Write as _;
        let mut line = crate::vm::Line::default();
        let callee = self.name_of_called(function, base);
        let _ = write!(
            line,
            "{callee}() missing {missing} required {what} argument{}: ",
            if missing == 1 { "" } else { "s" }
        );
        let mut seen = 0;
        for parameter in from..to {
            if self.mem.word(base + parameter * 4) != 0 {
                continue;
            }
            let is_missing = what == "positional" || {
                let extra = self.field(Value(self.mem.word(base - RECORD)), 2);
                let defaults = if self.is(extra, kind::DICT) { self.keyword_defaults(extra) } else { Value::UNBOUND };
                let name = self.parameter_name(function, parameter).unwrap_or(Value::NONE);
                defaults.is_unbound() || self.dict_get_str(defaults, name).is_none()
            };
            if !is_missing {
                continue;
            }
            let name = self.name_line(self.parameter_name(function, parameter).unwrap_or(Value::NONE));
            let separator = match (seen, missing) {
                (0, _) => "",
                (1, 2) => " and ",
                (seen, missing) if seen + 1 == missing => ", and ",
                _ => ", ",
            };
            let _ = write!(line, "{separator}'{name}'");
            seen += 1;
        }
        self.raise(Builtin::TypeError, line.as_str())
    }

    // ---- classes ----

    fn prepare_class(&mut self, at: u32, count: u32, keywords: Value) -> Outcome<Called> {
        self.must_have(Feature::Classes)?;
        let class = Value(self.mem.word(at));
        if self.number(class, class::field::FLAGS) & class::trait_of::META != 0
            && !core::mem::take(&mut self.skip_meta)
            && let Some(call) = self.lookup_defined_text(class, "__class_call__")
        {
            let call = if self.is(call, kind::CLASS_METHOD) { self.field(call, 0) } else { call };
            self.shift_arguments(at, count, 1);
            self.mem.set_word(at, call.0);
            self.mem.set_word(at + RECORD, class.0);
            return self.prepare(at, count + 1, keywords);
        }
        let mark = self.mark();
        // The keyword names live in the module, or are a tuple that only the caller knows: kept as a root.
        let keywords = self.root(keywords)?;
        let instance = self.make_instance(at, count, keywords)?;
        let keywords_value = self.get(keywords);
        self.release(mark);
        let class_now = self.type_of(instance);
        let is_exception = self.is(instance, kind::EXCEPTION);
        // `__new__` may give an instance of a derived class, whose `__init__` is the one that counts.
        if class_now != Value(self.mem.word(at))
            && !(self.is(class_now, kind::CLASS) && self.is_subclass(class_now, Value(self.mem.word(at))))
        {
            return Ok(Called::Value(instance));
        }
        let mut init = self.field(class_now, class::field::INIT);
        if init.is_unbound() {
            init = self.lookup_defined_text(class_now, "__init__").unwrap_or(Value::NONE);
            self.set_field(class_now, class::field::INIT, init);
        }
        if init == Value::NONE && self.number(class_now, class::field::FLAGS) & class::trait_of::NEW != 0 {
            init = self.builtin_init(class_now);
        }
        if init == Value::NONE {
            if is_exception && self.kind(keywords_value) == kind::TUPLE && self.length(keywords_value) > 0 {
                let name = self.class_name(class_now);
                return self.raise_fmt(Builtin::TypeError, format_args!("{name}() takes no keyword arguments"));
            }
            let takes_any = is_exception
                || self.number(class_now, class::field::FLAGS) & (class::trait_of::NEW | class::trait_of::HOLDS) != 0;
            if count > 0 && !takes_any {
                let name = self.class_name(class_now);
                return self.raise_fmt(Builtin::TypeError, format_args!("{name}() takes no arguments"));
            }
            return Ok(Called::Value(instance));
        }
        // [instance][init][..][..][instance][arguments]: the instance stays under the frame record as the result.
        self.shift_arguments(at, count, 2);
        self.mem.set_word(at, instance.0);
        self.mem.set_word(at + 4, init.0);
        self.mem.set_word(at + 8, 0);
        self.mem.set_word(at + 12, 0);
        self.mem.set_word(at + 4 + RECORD, instance.0);
        match self.prepare(at + 4, count + 1, keywords_value)? {
            Called::Frame { base, index, init: _ } => Ok(Called::Frame { base, index, init: true }),
            Called::Value(result) => {
                self.check_init_result(result)?;
                Ok(Called::Value(Value(self.mem.word(at))))
            }
        }
    }

    /// The `__init__` that fills what `__new__` made, of a class of exceptions or of values that change; None: it has
    /// none.
    fn builtin_init(&self, class: Value) -> Value {
        let base = self.field(class, class::field::BASE).as_builtin().unwrap_or(Builtin::ObjectType);
        let owner = if base.is_exception() {
            Builtin::BaseException
        } else if base == Builtin::ObjectType || class::is_held_fixed(base) {
            return Value::NONE;
        } else {
            base
        };
        native::method_index(owner, "__init__").map_or(Value::NONE, |index| native::method_value(owner, index))
    }

    pub(crate) fn check_init_result(&mut self, result: Value) -> Outcome<()> {
        if result == Value::NONE {
            return Ok(());
        }
        self.raise_type("__init__() should return None, not '{}'", result)
    }

    /// `__new__`: that of the class, or the plain one.
    fn make_instance(&mut self, at: u32, count: u32, keywords: crate::vm::Root) -> Outcome<Value> {
        let class = Value(self.mem.word(at));
        if self.number(class, class::field::FLAGS) & 4 != 0
            && let Some(new) = self.lookup_defined_text(class, "__new__")
        {
            let new = if self.is(new, kind::STATIC_METHOD) { self.field(new, 0) } else { new };
            let top = self.sp;
            let end = top + RECORD + 4 + count * 4;
            if end + MARGIN > self.heap_start {
                self.grow_stack(end + MARGIN - self.sp)?;
                return self.make_instance(at, count, keywords);
            }
            self.mem.set_word(top, new.0);
            self.mem.set_word(top + 4, 0);
            self.mem.set_word(top + 8, 0);
            self.mem.set_word(top + RECORD, class.0);
            self.mem.copy_words(at + RECORD, top + RECORD + 4, count);
            self.sp = end;
            let keywords = self.get(keywords);
            let result = self.call_at(top, count + 1, keywords);
            self.sp = top;
            return result;
        }
        let base = self.field(class, class::field::BASE).as_builtin().unwrap_or(Builtin::ObjectType);
        let names = self.get(keywords);
        let named = if self.kind(names) == kind::TUPLE { self.length(names) } else { 0 };
        if base.is_exception() {
            // Keywords are for `__init__`: they are not among the exception's `args`.
            return self.new_exception(class, Args { base: at + RECORD, count: count.saturating_sub(named) });
        }
        if base != Builtin::ObjectType {
            // What is changed later begins empty where `__init__` fills it.
            let has_init = self.lookup_defined_text(class, "__init__").is_some();
            let begins_empty = has_init && !class::is_held_fixed(base);
            // Of these keywords are for `__init__` alone.
            let is_plain = matches!(base, Builtin::FloatType | Builtin::TupleType | Builtin::FrozensetType);
            let drops = has_init && (begins_empty || is_plain);
            let given = if begins_empty { 0 } else { count - if drops { named } else { 0 } };
            let top = self.sp;
            let end = top + RECORD + given * 4;
            if end + MARGIN > self.heap_start {
                self.grow_stack(end + MARGIN - self.sp)?;
                return self.make_instance(at, count, keywords);
            }
            self.mem.set_word(top, Value::builtin(base).0);
            self.mem.set_word(top + 4, 0);
            self.mem.set_word(top + 8, 0);
            self.mem.copy_words(at + RECORD, top + RECORD, given);
            self.sp = end;
            let keywords = if drops { Value::UNBOUND } else { self.get(keywords) };
            let held = self.call_at(top, given, keywords)?;
            self.sp = top;
            let class = Value(self.mem.word(at));
            return self.new_holder(class, held);
        }
        self.new_instance(class)
    }

    // ---- natives ----

    fn call_builtin_value(&mut self, builtin: Builtin, at: u32, count: u32, keywords: Value) -> Outcome<Value> {
        if builtin.is_exception() {
            return self.call_exception_class(builtin, at, count, keywords);
        }
        match native::function(builtin) {
            Some(native) => self.call_native(native, Args { base: at + RECORD, count }, keywords),
            None if builtin.is_type() => {
                let name = builtin.name();
                self.raise_fmt(Builtin::TypeError, format_args!("cannot create '{name}' instances"))
            }
            None => self.not_callable(Value::builtin(builtin)),
        }
    }

    fn call_exception_class(&mut self, builtin: Builtin, at: u32, count: u32, keywords: Value) -> Outcome<Value> {
        if !keywords.is_unbound() && self.length(keywords) > 0 {
            let name = builtin.name();
            return self.raise_fmt(Builtin::TypeError, format_args!("{name}() takes no keyword arguments"));
        }
        self.new_exception(Value::builtin(builtin), Args { base: at + RECORD, count })
    }

    /// A method of a builtin type: the receiver is the first argument and must be of the type.
    fn call_method_value(
        &mut self,
        method: Value,
        native: &'static Native,
        at: u32,
        count: u32,
        keywords: Value,
    ) -> Outcome<Value> {
        let args = Args { base: at + RECORD, count };
        let owner = native::type_of_index(method.as_method().map_or(0, |(owner, _)| owner));
        if owner != Builtin::ObjectType && !self.receiver_fits(native, args, owner) {
            let (name, owner) = (native.name(), owner.name());
            if count == 0 {
                return self
                    .raise_fmt(Builtin::TypeError, format_args!("unbound method {owner}.{name}() needs an argument"));
            }
            let given = self.type_name(self.arg(args, 0));
            return self.raise_fmt(
                Builtin::TypeError,
                format_args!("descriptor '{name}' for '{owner}' objects doesn't apply to a '{given}' object"),
            );
        }
        if owner != Builtin::ObjectType && !native::is_shared(method) {
            self.unwrap_arguments(args, owner);
        }
        self.call_native(native, args, keywords)
    }

    fn receiver_fits(&self, native: &'static Native, args: Args, owner: Builtin) -> bool {
        // Static and class methods of builtin types have no receiver, or the type.
        if matches!(native.name(), "maketrans" | "fromkeys" | "fromhex" | "from_bytes") {
            return true;
        }
        let receiver = self.arg(args, 0);
        !receiver.is_unbound() && self.is_subclass(self.type_of(receiver), Value::builtin(owner))
    }

    /// Is the receiver of exactly the type that the method belongs to? (Enough for the quick path.)
    #[inline(always)]
    pub(crate) fn method_fits(&self, method: Value, receiver: Value) -> bool {
        method.as_method().is_some_and(|(owner, _)| {
            self.builtin_type(receiver) as u16 == Builtin::ObjectType as u16 + u16::from(owner)
        })
    }

    /// Methods of builtin types work on builtin values: the receiver's, and of text and numbers the others' too.
    fn unwrap_arguments(&mut self, args: Args, owner: Builtin) {
        let takes_plain = matches!(
            owner,
            Builtin::StrType | Builtin::BytesType | Builtin::BytearrayType | Builtin::IntType | Builtin::FloatType
        );
        for index in 0..if takes_plain { args.len() } else { args.len().min(1) } {
            if let Some(held) = self.held(self.arg(args, index)) {
                self.set(args.root(index), held);
            }
        }
    }

    /// Runs a native; keyword values are the last of the arguments.
    pub(crate) fn call_native(&mut self, native: &'static Native, args: Args, keywords: Value) -> Outcome<Value> {
        let named = if keywords.is_unbound() { 0 } else { self.length(keywords) };
        let given = args.count - named;
        if named > 0 && native.parameter_count() == 0 {
            return self.call_native_with_dict(native, args, keywords, given);
        }
        let count = native.parameter_count();
        let too_many = native.max().is_some_and(|max| given > max) || named > 0 && given + named > count;
        if given < native.min() && named == 0 || too_many {
            return self.wrong_count(native, given, named);
        }
        let mark = self.mark();
        let args = if count == 0 { args } else { self.arrange(native, args, keywords, given)? };
        let result = (native.run)(self, args);
        self.sp = mark;
        result
    }

    /// Natives that take any keyword (`dict`, `str.format`): a DICT of them is the last argument.
    fn call_native_with_dict(
        &mut self,
        native: &'static Native,
        args: Args,
        keywords: Value,
        given: u32,
    ) -> Outcome<Value> {
        if !native.takes_any_keywords() {
            let name = native.name();
            let (of, dot) = native::owner_of(native).map_or(("", ""), |owner| (owner.name(), "."));
            return self.raise_fmt(Builtin::TypeError, format_args!("{of}{dot}{name}() takes no keyword arguments"));
        }
        let mark = self.mark();
        let keywords = self.root(keywords)?;
        let dict = self.new_dict(args.count - given)?;
        let dict = self.root(dict)?;
        for index in given..args.count {
            let name = self.field(self.get(keywords), index - given);
            let value = Value(self.mem.word(args.base + index * 4));
            let (name, value) = self.root2(name, value)?;
            self.dict_set(dict, name, value)?;
            self.release(name.0);
        }
        let copy = self.sp;
        if copy + (given + 1) * 4 + MARGIN > self.heap_start {
            self.grow_stack((given + 1) * 4 + MARGIN)?;
        }
        self.mem.copy_words(args.base, copy, given);
        let word = self.get(dict);
        self.mem.set_word(copy + given * 4, word.0);
        self.sp = copy + (given + 1) * 4;
        let kept = self.keywords_given;
        self.keywords_given = true;
        let result = (native.run)(self, Args { base: copy, count: given + 1 });
        self.keywords_given = kept;
        self.sp = mark;
        result
    }

    /// True for a native that takes any keywords, when its last argument is the DICT of them. Reading it resets it.
    pub(crate) fn take_keywords_given(&mut self) -> bool {
        core::mem::take(&mut self.keywords_given)
    }

    /// Lays positional and keyword arguments out as the native's parameters.
    fn arrange(&mut self, native: &'static Native, args: Args, keywords: Value, given: u32) -> Outcome<Args> {
        let count = native.parameter_count();
        let base = self.sp;
        if base + count * 4 + MARGIN > self.heap_start {
            let kept = roots_keep(self, keywords);
            self.grow_stack(count * 4 + MARGIN)?;
            let keywords = Value(self.mem.word(kept));
            self.mem.set_word(kept, 0);
            return self.arrange(native, args, keywords, given);
        }
        for place in 0..count {
            let word = if place < given { self.mem.word(args.base + place * 4) } else { 0 };
            self.mem.set_word(base + place * 4, word);
        }
        for index in given..args.count {
            let name = self.field(keywords, index - given);
            let text = self.text(name);
            let Some(place) = native.parameter(text) else {
                let (callee, name) = (native.name(), self.name_line(name));
                return self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("'{name}' is an invalid keyword argument for {callee}()"),
                );
            };
            let place = base + (place as u32) * 4;
            if self.mem.word(place) != 0 {
                let (callee, name) = (native.name(), self.name_line(name));
                return self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("argument for {callee}() given by name ('{name}') and position"),
                );
            }
            let word = self.mem.word(args.base + index * 4);
            self.mem.set_word(place, word);
        }
        for place in 0..native.min() {
            if self.mem.word(base + place * 4) == 0 {
                return self.wrong_count(native, place, 0);
            }
        }
        self.sp = base + count * 4;
        Ok(Args { base, count })
    }

    #[inline(always)]
    fn wrong_count<T>(&mut self, native: &'static Native, given: u32, named: u32) -> Outcome<T> {
        self.raise_wordless(Builtin::TypeError)?;
        match self.says_wrong_count(native, given, named)? {}
    }

    #[cold]
    #[inline(never)]
    fn says_wrong_count(&mut self, native: &'static Native, given: u32, named: u32) -> Outcome<Infallible> {
        // CPython doesn't count the receiver of a method.
        let owner = native::owner_of(native);
        let skip = u32::from(owner.is_some());
        let (min, max, given) = (
            native.min().saturating_sub(skip),
            native.max().map_or(u32::MAX, |max| max.saturating_sub(skip)),
            given.saturating_sub(skip),
        );
        let name = native.name();
        let plural = |n: u32| if n == 1 { "" } else { "s" };
        if min == max && name.starts_with("__") {
            return self
                .raise_fmt(Builtin::TypeError, format_args!("expected {min} argument{}, got {given}", plural(min)));
        }
        let texts = [Some(Builtin::StrType), Some(Builtin::BytesType), Some(Builtin::BytearrayType)];
        let parses = texts.contains(&owner)
            && matches!(name, "find" | "rfind" | "index" | "rindex" | "count" | "startswith" | "endswith");
        if parses || native.parameter_count() > 0 && name != "sorted" {
            let all = if parses { max } else { native.parameter_count() - skip };
            let total = given + named;
            let (word, limit, kind) = match () {
                () if total > all => ("at most", all, if given == 0 && total > 1 { "keyword " } else { "" }),
                () if given > max && max == 0 => {
                    return self.raise_fmt(Builtin::TypeError, format_args!("{name}() takes no positional arguments"));
                }
                () if given > max => (if min == max { "exactly" } else { "at most" }, max, "positional "),
                () => match native.parameter_name(given + skip) {
                    "" => ("at least", min, if parses { "" } else { "positional " }),
                    missing => {
                        let place = given + 1;
                        return self.raise_fmt(
                            Builtin::TypeError,
                            format_args!("{name}() missing required argument '{missing}' (pos {place})"),
                        );
                    }
                },
            };
            let s = plural(limit);
            return self.raise_fmt(
                Builtin::TypeError,
                format_args!("{name}() takes {word} {limit} {kind}argument{s} ({total} given)"),
            );
        }
        if name == "object" {
            return self.raise(Builtin::TypeError, "object() takes no arguments");
        }
        if min == max && min < 2 {
            let (of, dot) = owner.map_or(("", ""), |owner| (owner.name(), "."));
            return match min {
                0 => self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("{of}{dot}{name}() takes no arguments ({given} given)"),
                ),
                _ if matches!(name, "sorted" | "reversed" | "classmethod" | "staticmethod") => {
                    self.raise_fmt(Builtin::TypeError, format_args!("{name} expected 1 argument, got {given}"))
                }
                _ => self.raise_fmt(
                    Builtin::TypeError,
                    format_args!("{of}{dot}{name}() takes exactly one argument ({given} given)"),
                ),
            };
        }
        if min == max {
            return self.raise_fmt(Builtin::TypeError, format_args!("{name} expected {min} arguments, got {given}"));
        }
        if given < min {
            return self.raise_fmt(
                Builtin::TypeError,
                format_args!("{name} expected at least {min} argument{}, got {given}", plural(min)),
            );
        }
        self.raise_fmt(
            Builtin::TypeError,
            format_args!("{name} expected at most {max} argument{}, got {given}", plural(max)),
        )
    }

    // ---- from native code ----

    /// Calls with arguments by position and a dict of those by name (all roots).
    pub(crate) fn call_with_dict(
        &mut self,
        callable: crate::vm::Root,
        args: Args,
        dict: crate::vm::Root,
    ) -> Outcome<Value> {
        let count = self.number(self.get(dict), 0);
        let top = self.sp;
        let end = top + RECORD + (args.count + count) * 4;
        if end + MARGIN > self.heap_start {
            self.grow_stack(end + MARGIN - top)?;
            return self.call_with_dict(callable, args, dict);
        }
        let names = self.alloc(kind::TUPLE, count)?;
        let (callee, named) = (self.get(callable), self.get(dict));
        self.mem.set_word(top, callee.0);
        self.mem.set_word(top + 4, 0);
        self.mem.set_word(top + 8, 0);
        self.mem.copy_words(args.base, top + RECORD, args.count);
        let (mut position, mut index) = (0, 0);
        while let Some((next, key, item)) = self.dict_entry(named, position) {
            self.set_field(names, index, key);
            self.mem.set_word(top + RECORD + (args.count + index) * 4, item.0);
            position = next;
            index += 1;
        }
        self.sp = end;
        let result = self.call_at(top, args.count + count, names);
        self.sp = top;
        result
    }

    /// Calls `callable` with arguments that are consecutive roots.
    pub(crate) fn call_value(&mut self, callable: Value, args: Args) -> Outcome<Value> {
        let top = self.sp;
        let end = top + RECORD + args.count * 4;
        if end + MARGIN > self.heap_start {
            let callable = self.root(callable)?;
            self.grow_stack(end + MARGIN - top)?;
            let callable_value = self.get(callable);
            self.release(callable.0);
            return self.call_value(callable_value, args);
        }
        self.begin_window(top, callable);
        self.mem.copy_words(args.base, top + RECORD, args.count);
        self.sp = end;
        let result = self.call_at(top, args.count, Value::UNBOUND);
        self.sp = top;
        result
    }

    /// Calls `callable` with these arguments, at most 4. None of them need be a root.
    pub fn call_values(&mut self, callable: Value, arguments: &[Value]) -> Outcome<Value> {
        let (top, count) = (self.sp, arguments.len() as u32);
        let end = top + RECORD + count * 4;
        if end + MARGIN > self.heap_start {
            return self.call_values_above(callable, arguments);
        }
        self.begin_window(top, callable);
        for (place, argument) in (top + RECORD..).step_by(4).zip(arguments) {
            self.mem.set_word(place, argument.0);
        }
        self.sp = end;
        let result = self.call_at(top, count, Value::UNBOUND);
        self.sp = top;
        result
    }

    /// [`Vm::call_values`] where the stack has to grow first, which moves what is no root.
    #[cold]
    #[inline(never)]
    fn call_values_above(&mut self, callable: Value, arguments: &[Value]) -> Outcome<Value> {
        let mark = self.mark();
        let mut all = [callable; 5];
        for (place, argument) in all.iter_mut().skip(1).zip(arguments) {
            *place = *argument;
        }
        let args = self.root_all(all.get(..=arguments.len()).unwrap_or(&all))?;
        let result = self.call(self.arg(args, 0), args.from(1));
        self.release(mark);
        result
    }

    #[inline(always)]
    fn begin_window(&mut self, at: u32, callable: Value) {
        self.mem.set_word(at, callable.0);
        self.mem.set_word(at + 4, 0);
        self.mem.set_word(at + 8, 0);
    }

    /// Calls the window at `at`, running Python code to its end.
    pub(crate) fn call_at(&mut self, at: u32, count: u32, keywords: Value) -> Outcome<Value> {
        match self.prepare(at, count, keywords)? {
            Called::Value(value) => Ok(value),
            Called::Frame { base, index, init } => {
                let depth = self.native_depth;
                self.nest()?;
                let result = self.run_frame(base, index);
                self.native_depth = depth;
                let result = result?;
                if init {
                    self.check_init_result(result)?;
                    return Ok(Value(self.mem.word(base - RECORD - 4)));
                }
                Ok(result)
            }
        }
    }
}

/// Parks a value in a scratch root while the stack is widened.
fn roots_keep(vm: &mut Vm<'_>, value: Value) -> u32 {
    let at = crate::vm::roots::SCRATCH + 16;
    vm.mem.set_word(at, value.0);
    at
}
