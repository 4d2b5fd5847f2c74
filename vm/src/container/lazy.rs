//! `enumerate`, `zip`, `map` and `filter`: iterators over iterators.

use super::iterator::{EXTRA, POSITION, SOURCE, types};
use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    /// Next item of an iterator over a list or tuple; `None` at its end, and of all others.
    #[inline]
    fn next_of_items(&mut self, iterator: Value) -> Option<Value> {
        if !self.is(iterator, kind::ITERATOR) || !matches!(self.field(iterator, 0), types::LIST | types::TUPLE) {
            return None;
        }
        let source = self.field(iterator, SOURCE);
        if source.is_unbound() {
            return None;
        }
        let position = self.number(iterator, POSITION);
        let item = self.items(source).get(position as usize).copied()?;
        self.set_number(iterator, POSITION, position + 1);
        Some(item)
    }

    /// The frequent cases of `enumerate` and of `zip` with two, over lists and tuples; `None`: something else.
    pub(super) fn next_of_simple(&mut self, iterator: Value, source: Value) -> Outcome<Option<Value>> {
        match self.field(iterator, 0) {
            types::ENUMERATE => {
                let count = self.field(iterator, POSITION);
                let Some(next) = count.is_small().then(|| Value::small(count.as_small() + 1)).flatten() else {
                    return Ok(None);
                };
                let Some(item) = self.next_of_items(source) else { return Ok(None) };
                self.set_field(iterator, POSITION, next);
                self.new_pair(count, item).map(Some)
            }
            types::ZIP if self.length(self.field(iterator, EXTRA)) == 2 => {
                let both = self.field(iterator, EXTRA);
                let (first, second) = (self.field(both, 0), self.field(both, 1));
                if first == second {
                    return Ok(None);
                }
                let Some(a) = self.next_of_items(first) else { return Ok(None) };
                match self.next_of_items(second) {
                    Some(b) => self.new_pair(a, b).map(Some),
                    None => {
                        // The other way will ask the first again.
                        let position = self.number(first, POSITION);
                        self.set_number(first, POSITION, position - 1);
                        Ok(None)
                    }
                }
            }
            _ => Ok(None),
        }
    }

    pub(super) fn next_enumerated(&mut self, iterator: Value, source: Value) -> Outcome<Option<Value>> {
        let iterator = self.root(iterator)?;
        let Some(item) = self.next(source)? else {
            self.release(iterator.0);
            return Ok(None);
        };
        let count = self.field(self.get(iterator), POSITION);
        let pair = self.new_pair(count, item)?;
        let pair = self.root(pair)?;
        let count = self.field(self.get(iterator), POSITION);
        let next = match count.is_small().then(|| Value::small(count.as_small() + 1)).flatten() {
            Some(next) => next,
            None => self.binary(Binary::Add, count, Value::small_unchecked(1))?,
        };
        self.set_field(self.get(iterator), POSITION, next);
        let pair = self.get(pair);
        self.release(iterator.0);
        Ok(Some(pair))
    }

    /// Next item of each of the iterators in the tuple in `EXTRA`, as roots; `Err(index)` where one has ended.
    fn next_of_each(&mut self, iterator: Root) -> Outcome<Result<Args, u32>> {
        let count = self.length(self.field(self.get(iterator), EXTRA));
        self.work(count)?;
        let base = self.mark();
        if count <= 4 {
            self.root_all([Value::UNBOUND; 4].get(..count as usize).unwrap_or(&[]))?;
        } else {
            for _ in 0..count {
                self.root(Value::UNBOUND)?;
            }
        }
        let items = Args { base, count };
        for index in 0..count {
            let one = self.field(self.field(self.get(iterator), EXTRA), index);
            match self.next(one)? {
                Some(item) => self.set(items.root(index as usize), item),
                None => return Ok(Err(index)),
            }
        }
        Ok(Ok(items))
    }

    pub(super) fn next_zipped(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let iterator = self.root(iterator)?;
        let count = self.length(self.field(self.get(iterator), EXTRA));
        if count == 0 {
            self.release(iterator.0);
            return Ok(None);
        }
        let result = match self.next_of_each(iterator)? {
            Ok(items) => Some(self.new_tuple(items)?),
            Err(ended) => {
                if self.field(self.get(iterator), POSITION) == Value::TRUE {
                    self.check_strict(iterator, ended, count)?;
                }
                None
            }
        };
        self.release(iterator.0);
        Ok(result)
    }

    fn check_strict(&mut self, iterator: Root, ended: u32, count: u32) -> Outcome<()> {
        let plural = |others: u32| if others == 1 { " " } else { "s 1-" };
        if ended > 0 {
            let (number, plural) = (ended + 1, plural(ended));
            return self.raise_fmt(
                Builtin::ValueError,
                format_args!("zip() argument {number} is shorter than argument{plural}{ended}"),
            );
        }
        for index in 1..count {
            let one = self.field(self.field(self.get(iterator), EXTRA), index);
            if self.next(one)?.is_some() {
                let (number, plural) = (index + 1, plural(index));
                return self.raise_fmt(
                    Builtin::ValueError,
                    format_args!("zip() argument {number} is longer than argument{plural}{index}"),
                );
            }
        }
        Ok(())
    }

    pub(super) fn next_mapped(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let iterator = self.root(iterator)?;
        let result = match self.next_of_each(iterator)? {
            Ok(items) => {
                let function = self.field(self.get(iterator), SOURCE);
                Some(self.call(function, items)?)
            }
            Err(_) => None,
        };
        self.release(iterator.0);
        Ok(result)
    }

    pub(super) fn next_filtered(&mut self, iterator: Value) -> Outcome<Option<Value>> {
        let (iterator, item) = self.root2(iterator, Value::UNBOUND)?;
        loop {
            self.work(1)?;
            let source = self.field(self.get(iterator), EXTRA);
            let Some(found) = self.next(source)? else {
                self.release(iterator.0);
                return Ok(None);
            };
            self.set(item, found);
            let function = self.field(self.get(iterator), SOURCE);
            let chosen = if function == Value::NONE || function == Value::builtin(Builtin::BoolType) {
                self.truth(found)?
            } else {
                let answer = self.call1(function, found)?;
                self.truth(answer)?
            };
            if chosen {
                let item = self.get(item);
                self.release(iterator.0);
                return Ok(Some(item));
            }
        }
    }
}
