//! What `await` and `async for` are compiled to: the iterator that an awaitable is run by.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const AWAIT: Native = Native::new("await", await_, 1, 1).part_of(Feature::Async);
const ITER: Native = Native::new("async iter", iter, 1, 1).part_of(Feature::Async);
const NEXT: Native = Native::new("async next", next, 1, 1).part_of(Feature::Async);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::Await => &AWAIT,
        Builtin::AsyncIter => &ITER,
        Builtin::AsyncNext => &NEXT,
        _ => return None,
    })
}

fn await_(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if vm.is(value, kind::GENERATOR) && vm.is_coroutine(value) {
        return Ok(value);
    }
    if let Some(iterator) = vm.call_special(value, "__await__", &[])? {
        return vm.iter_of_await(iterator);
    }
    vm.raise_type("object {} can't be used in 'await' expression", vm.arg(args, 0))
}

fn iter(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if let Some(iterator) = vm.call_special(value, "__aiter__", &[])? {
        return Ok(iterator);
    }
    vm.raise_type("'async for' requires an object with __aiter__ method, got {}", vm.arg(args, 0))
}

fn next(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if let Some(awaitable) = vm.call_special(value, "__anext__", &[])? {
        let awaitable = vm.root_all(&[awaitable])?;
        return await_(vm, awaitable);
    }
    vm.raise_type("'async for' received an invalid object from __anext__: {}", vm.arg(args, 0))
}

impl Vm<'_> {
    /// What `__await__` returned, which must be an iterator.
    fn iter_of_await(&mut self, iterator: Value) -> Outcome<Value> {
        let fits = match self.kind(iterator) {
            kind::GENERATOR | kind::ITERATOR => true,
            kind::INSTANCE => self.lookup_defined_text(self.type_of(iterator), "__next__").is_some(),
            _ => false,
        };
        if fits {
            return Ok(iterator);
        }
        self.raise_type("__await__() returned non-iterator of type '{}'", iterator)
    }
}
