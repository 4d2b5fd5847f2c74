//! Walking any iterable from native code, without an iterator object where it is a list or tuple.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::value::Value;

/// A walk under way. Its root lives until the native returns, or `release` of an earlier mark.
pub(crate) struct Walk {
    /// The list or tuple, or an iterator.
    source: Root,
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
        let source = self.get(walk.source);
        if !walk.direct {
            return self.next(source);
        }
        let item = self.items(source).get(walk.at as usize).copied();
        walk.at += 1;
        Ok(item)
    }
}
