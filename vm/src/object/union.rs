//! `int | None`: a union of types, which `isinstance` and `match` ask.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::Vm;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    fn is_union_part(&self, value: Value) -> bool {
        let is_type = value.as_builtin().is_some_and(Builtin::is_type);
        value == Value::NONE || is_type || self.is(value, kind::CLASS) || self.is(value, kind::UNION)
    }

    /// `a | b` of types; `None`: they are none, or None twice.
    pub(crate) fn union_of(&mut self, a: Value, b: Value) -> Outcome<Option<Value>> {
        if !self.is_union_part(a) || !self.is_union_part(b) || a == Value::NONE && b == Value::NONE {
            return Ok(None);
        }
        let mark = self.mark();
        let both = self.root_all(&[a, b])?;
        let list = self.new_list_with(4)?;
        let list = self.root(list)?;
        for side in 0..2 {
            let mut index = 0;
            loop {
                let part = self.arg(both, side);
                let one = if self.is(part, kind::UNION) { self.field(part, 0) } else { part };
                let one = if self.is(part, kind::UNION) {
                    match self.items(one).get(index) {
                        Some(one) => *one,
                        None => break,
                    }
                } else if index > 0 {
                    break;
                } else {
                    one
                };
                index += 1;
                let one = if one == Value::NONE { Value::builtin(Builtin::NoneTypeType) } else { one };
                if !self.items(self.get(list)).contains(&one) {
                    let step = self.mark();
                    let one = self.root(one)?;
                    self.list_push(list, one)?;
                    self.release(step);
                }
            }
        }
        let result = if let [only] = *self.items(self.get(list)) {
            only
        } else {
            let parts = self.tuple_from_register(list)?;
            let parts = self.root(parts)?;
            let union = self.alloc(kind::UNION, 1)?;
            self.set_field(union, 0, self.get(parts));
            union
        };
        self.release(mark);
        Ok(Some(result))
    }

    /// The types of a UNION.
    pub(crate) fn union_parts(&self, union: Value) -> &[Value] {
        self.items(self.field(union, 0))
    }

    /// Do two unions have the same types, in any order?
    pub(crate) fn same_union(&self, a: Value, b: Value) -> bool {
        let (a, b) = (self.union_parts(a), self.union_parts(b));
        a.len() == b.len() && a.iter().all(|part| b.contains(part))
    }
}
