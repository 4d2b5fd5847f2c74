//! What `except*` is compiled to: taking a group of exceptions apart and putting one together.

use crate::error::Outcome;
use crate::exception::field;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const SPLIT: Native = Native::new("group split", split, 2, 2).part_of(Feature::ExceptionGroups);
const JOIN: Native = Native::new("group join", join, 3, 3).part_of(Feature::ExceptionGroups);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::GroupSplit => &SPLIT,
        Builtin::GroupJoin => &JOIN,
        _ => return None,
    })
}

/// Methods of groups.
pub(super) const METHODS: &[Native] = &[
    Native::new("derive", derive, 2, 2).part_of(Feature::ExceptionGroups),
    Native::new("split", method_split, 2, 2).part_of(Feature::ExceptionGroups),
    Native::new("subgroup", method_subgroup, 2, 2).part_of(Feature::ExceptionGroups),
];

/// `group.derive(exceptions)`: a group with the same message, and nothing else of it.
fn derive(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let message = vm.items(vm.field(vm.arg(args, 0), field::ARGS)).first().copied().unwrap_or(Value::NONE);
    let given = vm.arg(args, 1);
    vm.call_values(Value::builtin(Builtin::BaseExceptionGroup), &[message, given])
}

/// `group.split(condition)`: a type, a tuple of types, or a function of an exception.
fn method_split(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let condition = vm.arg(args, 1);
    let is_class = |vm: &Vm<'_>, value: Value| vm.is_exception_class(value);
    let all = vm.kind(condition) == kind::TUPLE && vm.items(condition).iter().all(|one| is_class(vm, *one));
    if !all && !is_class(vm, condition) && !matches!(vm.kind(condition), kind::FUNCTION | kind::BOUND_METHOD) {
        return vm.raise(Builtin::TypeError, "expected a function, exception type or tuple of exception types");
    }
    let parts = vm.root_all(&[Value::NONE, Value::NONE])?;
    if fulfils(vm, args.root(0), args.root(1))? {
        let group = vm.arg(args, 0);
        vm.set(parts.root(0), group);
    } else {
        split_group(vm, args.root(0), args.root(1), parts)?;
    }
    vm.new_tuple(parts)
}

fn method_subgroup(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let both = method_split(vm, args)?;
    Ok(vm.items(both).first().copied().unwrap_or(Value::NONE))
}

/// Is the exception of the classes, or does the function say so? A list has the very exceptions that are.
fn fulfils(vm: &mut Vm<'_>, exception: Root, condition: Root) -> Outcome<bool> {
    let (exception, condition) = (vm.get(exception), vm.get(condition));
    if matches!(vm.kind(condition), kind::FUNCTION | kind::BOUND_METHOD) {
        let answer = vm.call1(condition, exception)?;
        return vm.truth(answer);
    }
    if vm.is(condition, kind::LIST) {
        return Ok(vm.items(condition).contains(&exception));
    }
    vm.matches(exception, condition)
}

fn is_group(vm: &Vm<'_>, exception: Value) -> bool {
    vm.is(exception, kind::EXCEPTION)
        && vm.is_subclass(vm.type_of(exception), Value::builtin(Builtin::BaseExceptionGroup))
}

/// (exception or None, classes): a tuple of the part that matches, as a group, and of the rest; either may be None.
fn split(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (exception, classes) = (vm.arg(args, 0), vm.arg(args, 1));
    let one = [classes];
    let listed = if vm.kind(classes) == kind::TUPLE { vm.items(classes) } else { &one };
    let group = Value::builtin(Builtin::BaseExceptionGroup);
    if listed.iter().any(|class| vm.is_exception_class(*class) && vm.is_subclass(*class, group)) {
        return vm
            .raise(Builtin::TypeError, "catching ExceptionGroup with except* is not allowed. Use except instead.");
    }
    let parts = vm.root_all(&[Value::NONE, Value::NONE])?;
    if exception != Value::NONE {
        if is_group(vm, exception) {
            split_group(vm, args.root(0), args.root(1), parts)?;
        } else if vm.matches(exception, classes)? {
            let only = vm.new_tuple(Args { base: args.base, count: 1 })?;
            let only = vm.root(only)?;
            let made = new_group(vm, None, only)?;
            vm.set(parts.root(0), made);
        } else {
            let exception = vm.arg(args, 0);
            vm.set(parts.root(1), exception);
        }
    }
    vm.new_tuple(parts)
}

/// Splits a group into two of its shape; `parts` are the roots for both.
fn split_group(vm: &mut Vm<'_>, group: Root, classes: Root, parts: Args) -> Outcome<()> {
    let mark = vm.mark();
    vm.nest()?;
    let lists = vm.root_all(&[Value::NONE, Value::NONE])?;
    for index in 0..2 {
        let list = vm.new_list_with(2)?;
        vm.set(lists.root(index), list);
    }
    let inner = inner_exceptions(vm, vm.get(group));
    let inner = vm.list_from(inner)?;
    let inner = vm.root(inner)?;
    let mut at = 0;
    while let Some(one) = vm.items(vm.get(inner)).get(at).copied() {
        vm.work(1)?;
        at += 1;
        let step = vm.mark();
        let one = vm.root(one)?;
        let halves = vm.root_all(&[Value::NONE, Value::NONE])?;
        let matches = fulfils(vm, one, classes)?;
        if !matches && is_group(vm, vm.get(one)) {
            split_group(vm, one, classes, halves)?;
        } else {
            let exception = vm.get(one);
            vm.set(halves.root(usize::from(!matches)), exception);
        }
        for half in 0..2 {
            if vm.get(halves.root(half)) != Value::NONE {
                vm.list_push(lists.root(half), halves.root(half))?;
            }
        }
        vm.release(step);
    }
    for half in 0..2 {
        let list = vm.get(lists.root(half));
        let other = vm.get(lists.root(1 - half));
        let part = if vm.items(list).is_empty() {
            Value::NONE
        } else if vm.items(other).is_empty() {
            vm.get(group)
        } else {
            new_group(vm, Some(group), lists.root(half))?
        };
        vm.set(parts.root(half), part);
    }
    vm.unnest();
    vm.release(mark);
    Ok(())
}

fn inner_exceptions(vm: &Vm<'_>, group: Value) -> Value {
    let args = vm.field(group, field::ARGS);
    vm.items(args).get(1).copied().unwrap_or(Value::NONE)
}

/// A group of the exceptions in a list or tuple, with the message and the origin of another.
fn new_group(vm: &mut Vm<'_>, like: Option<Root>, list: Root) -> Outcome<Value> {
    let mark = vm.mark();
    if let Some(like) = like
        && let Some(derive) = vm.lookup_defined_text(vm.type_of(vm.get(like)), "derive")
    {
        let made = vm.call_values(derive, &[vm.get(like), vm.get(list)])?;
        if !is_group(vm, made) {
            return vm.raise(Builtin::TypeError, "derive must return an instance of BaseExceptionGroup");
        }
        let made = vm.root(made)?;
        like_another(vm, made, like)?;
        let made = vm.get(made);
        vm.release(mark);
        return Ok(made);
    }
    let mut class = Builtin::ExceptionGroup;
    for one in vm.items(vm.get(list)) {
        if !vm.is_subclass(vm.type_of(*one), Value::builtin(Builtin::Exception)) {
            class = Builtin::BaseExceptionGroup;
        }
    }
    let message = match like {
        Some(like) => vm.items(vm.field(vm.get(like), field::ARGS)).first().copied().unwrap_or(Value::NONE),
        None => vm.new_str("")?,
    };
    let args = vm.root_all(&[message, vm.get(list)])?;
    let made = vm.new_exception(Value::builtin(class), args)?;
    let made = vm.root(made)?;
    if let Some(like) = like {
        like_another(vm, made, like)?;
    }
    let made = vm.get(made);
    vm.release(mark);
    Ok(made)
}

/// Gives an exception the origin of another (roots), with a traceback of its own to go on with.
fn like_another(vm: &mut Vm<'_>, made: Root, like: Root) -> Outcome<()> {
    let length = match vm.field(vm.get(like), field::TRACEBACK) {
        places if vm.is(places, kind::BUFFER) => vm.length(places),
        _ => 0,
    };
    let copy = if length > 0 { vm.alloc(kind::BUFFER, length)? } else { Value::UNBOUND };
    let (made, like) = (vm.get(made), vm.get(like));
    if length > 0 {
        let places = vm.field(like, field::TRACEBACK);
        vm.mem.copy_words(places.0 + 4, copy.0 + 4, length);
    }
    vm.set_field(made, field::TRACEBACK, copy);
    for place in [field::CAUSE, field::CONTEXT, field::FLAGS] {
        let value = vm.field(like, place);
        vm.set_field(made, place, value);
    }
    Ok(())
}

/// How many places are in an exception's traceback.
fn places(vm: &Vm<'_>, exception: Value) -> u32 {
    let places = vm.field(exception, field::TRACEBACK);
    if vm.is(places, kind::BUFFER) { vm.number(places, 0) } else { 0 }
}

/// Puts the exceptions in a group, and in groups in it, into a list.
fn leaves(vm: &mut Vm<'_>, exception: Root, list: Root) -> Outcome<()> {
    if !is_group(vm, vm.get(exception)) {
        return vm.list_push(list, exception);
    }
    let mark = vm.mark();
    vm.nest()?;
    let inner = inner_exceptions(vm, vm.get(exception));
    let inner = vm.root(inner)?;
    let mut at = 0;
    while let Some(one) = vm.items(vm.get(inner)).get(at).copied() {
        vm.work(1)?;
        at += 1;
        let one = vm.root(one)?;
        leaves(vm, one, list)?;
        vm.release(one.0);
    }
    vm.unnest();
    vm.release(mark);
    Ok(())
}

/// (caught, rest, raised by clauses): what goes on, or None.
fn join(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (caught, rest) = (vm.arg(args, 0), vm.arg(args, 1));
    let raised = vm.items(vm.arg(args, 2));
    let Some(first) = raised.first().copied() else { return Ok(rest) };
    if !is_group(vm, caught) {
        // Of a single exception at most one clause ran.
        return Ok(first);
    }
    // What clauses raised again, of the same origin as the whole, goes on with what none took, in the whole's shape.
    let lists = vm.root_all(&[Value::NONE, Value::NONE])?;
    for index in 0..2 {
        let list = vm.new_list_with(2)?;
        vm.set(lists.root(index), list);
    }
    let (new, kept) = (lists.root(0), lists.root(1));
    let mut at = 0;
    while let Some(one) = vm.items(vm.arg(args, 2)).get(at).copied() {
        at += 1;
        let caught = vm.arg(args, 0);
        let is_same = |place| vm.field(one, place) == vm.field(caught, place);
        let again = places(vm, one) == places(vm, caught) && is_same(field::CAUSE) && is_same(field::CONTEXT);
        let one = vm.root(one)?;
        if again {
            leaves(vm, one, kept)?;
        } else {
            vm.list_push(new, one)?;
        }
        vm.release(one.0);
    }
    if vm.arg(args, 1) != Value::NONE {
        leaves(vm, args.root(1), kept)?;
    }
    let parts = vm.root_all(&[Value::NONE, Value::NONE])?;
    if !vm.items(vm.get(kept)).is_empty() {
        split_group(vm, args.root(0), kept, parts)?;
    }
    if vm.items(vm.get(new)).is_empty() {
        return Ok(vm.get(parts.root(0)));
    }
    if vm.get(parts.root(0)) != Value::NONE {
        vm.list_push(new, parts.root(0))?;
    }
    new_group(vm, None, new)
}

impl Vm<'_> {
    /// The class of a group made of a class and arguments, which must be a message and exceptions; of other exceptions
    /// the class as it is.
    pub(crate) fn checked_group(&mut self, class: Value, args: Args) -> Outcome<Value> {
        let base = match class.as_builtin() {
            Some(builtin) => builtin,
            None => self.field(class, crate::class::field::BASE).as_builtin().unwrap_or(Builtin::Exception),
        };
        if !matches!(base, Builtin::BaseExceptionGroup | Builtin::ExceptionGroup) {
            return Ok(class);
        }
        self.must_have(Feature::ExceptionGroups)?;
        if args.len() != 2 {
            let given = args.len();
            return self.raise_fmt(
                Builtin::TypeError,
                format_args!("BaseExceptionGroup.__new__() takes exactly 2 arguments ({given} given)"),
            );
        }
        let (message, inner) = (self.arg(args, 0), self.arg(args, 1));
        if self.kind(self.plain(message)) != kind::STR {
            let given = self.given_name(message);
            return self.raise_fmt(Builtin::TypeError, format_args!("argument 1 must be str, not {given}"));
        }
        if !matches!(self.kind(inner), kind::LIST | kind::TUPLE) {
            return self.raise(Builtin::TypeError, "second argument (exceptions) must be a sequence");
        }
        let items = self.items(inner);
        if items.is_empty() {
            return self.raise(Builtin::ValueError, "second argument (exceptions) must be a non-empty sequence");
        }
        if let Some(at) = items.iter().position(|one| !self.is(*one, kind::EXCEPTION)) {
            return self.raise_fmt(
                Builtin::ValueError,
                format_args!("Item {at} of second argument (exceptions) is not an exception"),
            );
        }
        let exception = Value::builtin(Builtin::Exception);
        let all = items.iter().all(|one| self.is_subclass(self.type_of(*one), exception));
        if all && class == Value::builtin(Builtin::BaseExceptionGroup) {
            return Ok(Value::builtin(Builtin::ExceptionGroup));
        }
        if !all && class == Value::builtin(Builtin::ExceptionGroup) {
            return self.raise(Builtin::TypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
        }
        if !all && self.is_subclass(class, exception) {
            let name = self.class_name(class);
            return self.raise_fmt(Builtin::TypeError, format_args!("Cannot nest BaseExceptions in '{name}'"));
        }
        Ok(class)
    }
}
