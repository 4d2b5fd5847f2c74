//! Walking any iterable from native code, without an iterator object where it is a list or tuple.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::value::Value;

/// A walk under way. Its root lives until the native returns, or `release` of an earlier mark.
pub(crate) struct Walk {
    /// The list or tuple, or an iterator.
    source: Root,
    /// Where in the list or tuple.
    at: u32,
    direct: bool,
}

impl Vm<'_> {
    /// Begins to walk an iterable; TypeError where it is none.
    pub(crate) fn walk(&mut self, iterable: Value) -> Outcome<Walk> {
        let direct = matches!(self.kind(iterable), kind::LIST | kind::TUPLE);
        let source = if direct { iterable } else { self.iter(iterable)? };
        Ok(Walk { source: self.root(source)?, at: 0, direct })
    }

    /// Its next item; `None` at the end. May run Python code, unless the iterable is a list or tuple.
    #[inline]
    pub(crate) fn step(&mut self, walk: &mut Walk) -> Outcome<Option<Value>> {
        self.work(1)?;
        let source = self.get(walk.source);
        if walk.direct {
            let item = self.items(source).get(walk.at as usize).copied();
            walk.at += 1;
            return Ok(item);
        }
        self.next(source)
    }
}

#[cfg(test)]
mod tests {
    use crate::error::Stop;
    use crate::testing::with_vm;
    use nano_wire::builtins::Builtin;
    use nano_wire::value::Value;

    #[test]
    fn walks_without_end_are_stopped() {
        with_vm(64 * 1024, |vm| {
            for function in [Builtin::Sum, Builtin::All, Builtin::Any, Builtin::Max, Builtin::SetType] {
                vm.fuel = 100_000;
                vm.stop = None;
                let mark = vm.mark();
                // iter(int, 1) is 0 for ever, iter(str, None) is the empty string for ever.
                let (step, sentinel) = match function {
                    Builtin::All => (Value::builtin(Builtin::StrType), Value::NONE),
                    _ => (Value::builtin(Builtin::IntType), Value::small(1).unwrap()),
                };
                let zeros = vm.iterator_of(Builtin::CallableIteratorType, step, Value::small(0).unwrap(), sentinel);
                let source = if function == Builtin::All {
                    // `all` would end at the first; a filter walks over it.
                    vm.iterator_of(Builtin::FilterType, Value::NONE, Value::small(0).unwrap(), zeros.unwrap())
                } else {
                    zeros
                };
                assert!(vm.call_values(Value::builtin(function), &[source.unwrap()]).is_err());
                assert_eq!(vm.stop, Some(Stop::Fuel), "{function}");
                vm.release(mark);
            }
        });
    }
}
