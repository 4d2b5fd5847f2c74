//! Exceptions: making and raising them, their tracebacks, what handlers match.
//!
//! The exception being raised and the one being handled live in root words. A traceback is a BUFFER of
//! `[count, (function, word, repeats) ..]`, innermost first; the host turns it into lines with the module's symbols.

use crate::error::{Outcome, Raise};
use crate::kind::kind;
use crate::vm::{Args, Root, Vm, roots};
use nano_wire::builtins::{Builtin, Category};
use nano_wire::value::{Value, header};

/// Fields of an EXCEPTION.
pub(crate) mod field {
    pub const CLASS: u32 = 0;
    pub const ARGS: u32 = 2;
    pub const TRACEBACK: u32 = 3;
    pub const CAUSE: u32 = 4;
    pub const CONTEXT: u32 = 5;
    /// 1: `raise .. from ..` was used, the context is not shown.
    pub const FLAGS: u32 = 6;
    pub const COUNT: u32 = 7;
}

/// Most places a traceback keeps; a run of equal ones counts once.
const MAX_PLACES: u32 = 48;

/// One place of a traceback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Function of the module.
    pub function: u16,
    /// Word within it.
    pub word: u16,
    /// How often in a row.
    pub repeats: u32,
}

impl Vm<'_> {
    /// The exception being raised; unbound when there is none.
    pub fn exception(&self) -> Value {
        Value(self.mem.word(roots::EXCEPTION))
    }

    pub(crate) fn set_exception(&mut self, exception: Value) {
        self.mem.set_word(roots::EXCEPTION, exception.0);
    }

    /// Takes the exception being raised: it is no longer.
    pub fn take_exception(&mut self) -> Value {
        let exception = self.exception();
        self.set_exception(Value::UNBOUND);
        exception
    }

    /// The exception being handled (inside `except`), unbound when there is none.
    pub(crate) fn handling(&self) -> Value {
        Value(self.mem.word(roots::HANDLING))
    }

    pub(crate) fn set_handling(&mut self, exception: Value) {
        self.mem.set_word(roots::HANDLING, exception.0);
    }

    /// Makes an exception object; `class` is an exception class, the arguments are roots.
    pub(crate) fn new_exception(&mut self, class: Value, args: Args) -> Outcome<Value> {
        let mark = self.mark();
        let class = self.checked_group(class, args)?;
        let class = if class == Value::builtin(Builtin::OSError) && (2..=5).contains(&args.len()) {
            os_error_class(self.arg(args, 0))
        } else {
            class
        };
        let class = self.root(class)?;
        let tuple = self.new_tuple(args)?;
        let tuple = self.root(tuple)?;
        let object = self.alloc(kind::EXCEPTION, field::COUNT)?;
        self.set_field(object, field::CLASS, self.get(class));
        self.set_field(object, field::ARGS, self.get(tuple));
        self.set_number(object, field::FLAGS, 0);
        self.release(mark);
        Ok(object)
    }

    /// Raises a builtin exception with one argument (none where unbound).
    #[inline(always)]
    pub fn raise_value<T>(&mut self, class: Builtin, argument: Value) -> Outcome<T> {
        Err(self.raised_value(class, argument))
    }

    #[cold]
    #[inline(never)]
    fn raised_value(&mut self, class: Builtin, argument: Value) -> Raise {
        // Built by hand: this also runs when memory is out, with the reserve only, and must not raise again.
        let mark = self.mark();
        let has = !argument.is_unbound();
        self.mem.set_word(roots::SCRATCH, argument.0);
        let needed = (1 + u32::from(has) + 1 + field::COUNT) * 4;
        if (self.heap_limit - self.heap_top < needed || self.limits.stress) && self.collect_paid(0).is_err() {
            self.mem.set_word(roots::SCRATCH, 0);
            return Raise;
        }
        if self.mem.bytes() - self.heap_top < needed {
            // Not even the reserve is left: the class itself stands for the exception.
            self.mem.set_word(roots::SCRATCH, 0);
            self.set_exception(Value::builtin(class));
            return Raise;
        }
        let tuple = self.heap_top;
        self.mem.set_word(tuple, header(kind::TUPLE, u32::from(has)));
        if has {
            self.mem.set_word(tuple + 4, self.mem.word(roots::SCRATCH));
        }
        let object = tuple + 4 + u32::from(has) * 4;
        self.mem.set_word(object, header(kind::EXCEPTION, field::COUNT));
        self.heap_top = object + (1 + field::COUNT) * 4;
        self.mem.set_word(roots::SCRATCH, 0);
        let object = Value::arena(object);
        for index in 0..field::COUNT {
            self.set_field(object, index, Value::UNBOUND);
        }
        self.set_field(object, field::CLASS, Value::builtin(class));
        self.set_field(object, field::ARGS, Value::arena(tuple));
        self.set_number(object, field::FLAGS, 0);
        self.release(mark);
        self.raised_object(object)
    }

    /// Raises an exception object, with the one being handled as its context.
    #[inline(always)]
    pub(crate) fn raise_object<T>(&mut self, exception: Value) -> Outcome<T> {
        Err(self.raised_object(exception))
    }

    #[inline(never)]
    fn raised_object(&mut self, exception: Value) -> Raise {
        let handling = self.handling();
        if self.is(exception, kind::EXCEPTION) && self.is(handling, kind::EXCEPTION) && handling != exception {
            // As CPython: the exception is cut out of the chain it would close to a circle.
            let mut at = handling;
            let mut steps = 0;
            while self.is(at, kind::EXCEPTION) && steps < 1000 {
                let next = self.field(at, field::CONTEXT);
                if next == exception {
                    self.set_field(at, field::CONTEXT, Value::UNBOUND);
                    break;
                }
                at = next;
                steps += 1;
            }
            self.set_field(exception, field::CONTEXT, handling);
        }
        self.set_exception(exception);
        Raise
    }

    /// `raise value`: an exception object, or a class to make one of.
    pub(crate) fn raise_any<T>(&mut self, value: Value) -> Outcome<T> {
        let exception = self.exception_from(value)?;
        self.raise_object(exception)
    }

    /// `raise value from cause`.
    pub(crate) fn raise_from<T>(&mut self, value: Value, cause: Value) -> Outcome<T> {
        let (value, cause) = self.root2(value, cause)?;
        let exception = self.exception_from(self.get(value))?;
        self.set(value, exception);
        let given = self.get(cause);
        let given = if given == Value::NONE {
            given
        } else if self.is_exception_class(given) || self.is(given, kind::EXCEPTION) {
            self.exception_from(given)?
        } else {
            return self.raise(Builtin::TypeError, "exception causes must derive from BaseException");
        };
        let exception = self.get(value);
        self.set_field(exception, field::CAUSE, given);
        self.set_number(exception, field::FLAGS, 1);
        self.release(value.0);
        self.raise_object(exception)
    }

    pub(crate) fn exception_from(&mut self, value: Value) -> Outcome<Value> {
        if self.is(value, kind::EXCEPTION) {
            return Ok(value);
        }
        if self.is_exception_class(value) {
            let made = self.call_values(value, &[])?;
            if self.is(made, kind::EXCEPTION) {
                return Ok(made);
            }
        }
        self.raise(Builtin::TypeError, "exceptions must derive from BaseException")
    }

    /// Is it a class that derives from BaseException?
    pub(crate) fn is_exception_class(&self, value: Value) -> bool {
        match value.as_builtin() {
            Some(builtin) => builtin.is_exception(),
            None => self.is(value, kind::CLASS) && self.is_subclass(value, Value::builtin(Builtin::BaseException)),
        }
    }

    /// Does an exception match what stands behind `except`?
    pub(crate) fn matches(&mut self, exception: Value, class: Value) -> Outcome<bool> {
        let exception_class = if exception.as_builtin().is_some() { exception } else { self.type_of(exception) };
        if self.kind(class) == kind::TUPLE {
            let mut found = false;
            for index in 0..self.length(class) {
                self.work(1)?;
                let one = self.field(class, index);
                if !self.is_exception_class(one) {
                    return self.catching_what_is_no_exception();
                }
                found |= self.is_subclass(exception_class, one);
            }
            return Ok(found);
        }
        if !self.is_exception_class(class) {
            return self.catching_what_is_no_exception();
        }
        Ok(self.is_subclass(exception_class, class))
    }

    fn catching_what_is_no_exception<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::TypeError, "catching classes that do not inherit from BaseException is not allowed")
    }

    /// Is the exception being raised of this builtin class?
    pub fn raised_is(&self, class: Builtin) -> bool {
        let exception = self.exception();
        let of = if exception.as_builtin().is_some() { exception } else { self.type_of(exception) };
        self.stop.is_none() && !exception.is_unbound() && self.is_subclass(of, Value::builtin(class))
    }

    /// Makes an object of an exception that memory was too short for when it was raised.
    pub(crate) fn materialize_exception(&mut self) {
        let exception = self.exception();
        if let Some(class) = exception.as_builtin() {
            self.set_exception(Value::UNBOUND);
            let Raise = self.raised_value(class, Value::UNBOUND);
        }
    }

    /// Adds the place to the traceback of the exception being raised, if memory allows.
    pub(crate) fn add_place(&mut self, function: u32, word: u32) {
        let exception = self.exception();
        if !self.is(exception, kind::EXCEPTION) {
            return;
        }
        let traceback = self.field(exception, field::TRACEBACK);
        let (count, capacity) = if self.is(traceback, kind::BUFFER) {
            (self.number(traceback, 0), (self.length(traceback) - 1) / 3)
        } else {
            (0, 0)
        };
        if count > 0 {
            let last = (count - 1) * 3 + 1;
            if self.number(traceback, last) == function && self.number(traceback, last + 1) == word {
                let repeats = self.number(traceback, last + 2);
                self.set_number(traceback, last + 2, repeats + 1);
                return;
            }
        }
        let mut traceback = traceback;
        if count == capacity {
            if capacity >= MAX_PLACES {
                return;
            }
            let length = 1 + (capacity + 3) * 3;
            // Where it was raised is worth the memory that is kept back for errors; the frames above are not.
            let open = self.reserve_open;
            self.reserve_open = open || capacity == 0;
            self.limit_heap();
            if self.heap_limit.saturating_sub(self.heap_top) < length * 4 + 4 {
                self.collect(0);
            }
            let fits = self.heap_limit.saturating_sub(self.heap_top) >= length * 4 + 4;
            let longer = if fits { self.alloc(kind::BUFFER, length).ok() } else { None };
            self.reserve_open = open;
            self.limit_heap();
            let Some(longer) = longer else { return };
            let exception = self.exception();
            let old = self.field(exception, field::TRACEBACK);
            if self.is(old, kind::BUFFER) {
                let words = self.length(old);
                self.mem.copy_words(old.0 + 4, longer.0 + 4, words);
            }
            self.set_field(exception, field::TRACEBACK, longer);
            traceback = longer;
        }
        let at = count * 3 + 1;
        self.set_number(traceback, at, function);
        self.set_number(traceback, at + 1, word);
        self.set_number(traceback, at + 2, 1);
        self.set_number(traceback, 0, count + 1);
    }

    /// Forgets what an exception came by after its first `count` places.
    pub(crate) fn forget_places(&mut self, exception: Value, count: u32) {
        if !self.is(exception, kind::EXCEPTION) {
            return;
        }
        let traceback = self.field(exception, field::TRACEBACK);
        if self.is(traceback, kind::BUFFER) && self.number(traceback, 0) > count {
            self.set_number(traceback, 0, count);
        }
    }

    /// Place `index` of an exception's traceback, outermost first.
    pub fn traceback_place(&self, exception: Value, index: u32) -> Option<Place> {
        if !self.is(exception, kind::EXCEPTION) {
            return None;
        }
        let traceback = self.field(exception, field::TRACEBACK);
        if !self.is(traceback, kind::BUFFER) {
            return None;
        }
        let count = self.number(traceback, 0);
        let at = count.checked_sub(index + 1)? * 3 + 1;
        Some(Place {
            function: self.number(traceback, at) as u16,
            word: self.number(traceback, at + 1) as u16,
            repeats: self.number(traceback, at + 2),
        })
    }

    /// The exception this one came from, as a traceback shows it: (exception, was it `raise .. from ..`).
    pub fn origin(&self, exception: Value) -> Option<(Value, bool)> {
        if !self.is(exception, kind::EXCEPTION) {
            return None;
        }
        let cause = self.field(exception, field::CAUSE);
        if self.is(cause, kind::EXCEPTION) {
            return Some((cause, true));
        }
        let context = self.field(exception, field::CONTEXT);
        let hidden = self.number(exception, field::FLAGS) & 1 != 0;
        if !hidden && self.is(context, kind::EXCEPTION) { Some((context, false)) } else { None }
    }

    /// The value a StopIteration that is being raised carries; the exception is taken.
    pub(crate) fn take_stop_iteration(&mut self) -> Value {
        let exception = self.take_exception();
        if self.is(exception, kind::EXCEPTION) {
            let args = self.field(exception, field::ARGS);
            if self.length(args) > 0 {
                return self.field(args, 0);
            }
        }
        Value::NONE
    }

    /// `str(exception)` for builtin exceptions, as a root's content: the arguments decide.
    pub(crate) fn exception_args(&self, exception: Value) -> Value {
        self.field(exception, field::ARGS)
    }

    /// An attribute of an exception that isn't in its dictionary.
    pub(crate) fn exception_attribute(&mut self, exception: Value, name: &str) -> Outcome<Option<Value>> {
        let args = self.field(exception, field::ARGS);
        let or_none = |value: Value| if value.is_unbound() { Value::NONE } else { value };
        let class = self.type_of(exception);
        let is = |vm: &Self, builtin| vm.is_subclass(class, Value::builtin(builtin));
        let nth = |vm: &Self, index: u32| if vm.length(args) > index { vm.field(args, index) } else { Value::NONE };
        Ok(Some(match name {
            "args" => args,
            "__cause__" => or_none(self.field(exception, field::CAUSE)),
            "__context__" => or_none(self.field(exception, field::CONTEXT)),
            "__suppress_context__" => Value::bool(self.number(exception, field::FLAGS) & 1 != 0),
            "__traceback__" => Value::NONE,
            "value" if is(self, Builtin::StopIteration) => nth(self, 0),
            "code" if is(self, Builtin::SystemExit) => nth(self, 0),
            "errno" if is(self, Builtin::OSError) => {
                if self.length(args) >= 2 {
                    nth(self, 0)
                } else {
                    Value::NONE
                }
            }
            "strerror" if is(self, Builtin::OSError) => nth(self, 1),
            "filename" if is(self, Builtin::OSError) => nth(self, 2),
            "name"
                if is(self, Builtin::NameError)
                    || is(self, Builtin::AttributeError)
                    || is(self, Builtin::ImportError) =>
            {
                Value::NONE
            }
            "obj" if is(self, Builtin::AttributeError) => Value::NONE,
            "path" if is(self, Builtin::ImportError) => Value::NONE,
            "msg"
                if is(self, Builtin::JSONDecodeError)
                    || is(self, Builtin::SyntaxError)
                    || is(self, Builtin::ImportError) =>
            {
                nth(self, 0)
            }
            "message" if is(self, Builtin::BaseExceptionGroup) => nth(self, 0),
            "exceptions" if is(self, Builtin::BaseExceptionGroup) => {
                let inner = nth(self, 1);
                self.tuple_from(inner)?
            }
            _ => return Ok(None),
        }))
    }

    /// Parent of a builtin class.
    pub(crate) fn builtin_parent(class: Builtin) -> Option<Builtin> {
        match class.category() {
            Category::Exception(parent) => Some(parent),
            _ if class == Builtin::ObjectType => None,
            _ if class == Builtin::BoolType => Some(Builtin::IntType),
            _ => Some(Builtin::ObjectType),
        }
    }

    /// Keeps an exception out of the way while other code runs: returns it as a root.
    pub(crate) fn hold_exception(&mut self) -> Outcome<Root> {
        let exception = self.take_exception();
        self.root(exception)
    }
}

/// The class that `OSError(number, ..)` makes an instance of: Linux's error numbers, as CPython maps them.
fn os_error_class(number: Value) -> Value {
    let class = if number.is_small() { number.as_small() } else { 0 };
    Value::builtin(match class {
        1 | 13 => Builtin::PermissionError,
        2 => Builtin::FileNotFoundError,
        3 => Builtin::ProcessLookupError,
        4 => Builtin::InterruptedError,
        10 => Builtin::ChildProcessError,
        11 | 114 | 115 => Builtin::BlockingIOError,
        17 => Builtin::FileExistsError,
        20 => Builtin::NotADirectoryError,
        21 => Builtin::IsADirectoryError,
        32 | 108 => Builtin::BrokenPipeError,
        103 => Builtin::ConnectionAbortedError,
        104 => Builtin::ConnectionResetError,
        110 => Builtin::TimeoutError,
        111 => Builtin::ConnectionRefusedError,
        _ => Builtin::OSError,
    })
}
