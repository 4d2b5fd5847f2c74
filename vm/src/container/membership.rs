//! Finding items: `in`, `index`, `count`, `remove`.

use super::key::Same;
use crate::error::Outcome;
use crate::fuel::PACE;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::value::Value;

impl Vm<'_> {
    /// Position of the first item from `from` on and before `to` that is equal to `wanted`, as far as that can be told
    /// without Python code: `Err` is the position of the first item of which it can't.
    #[inline]
    fn find_plain(&self, sequence: Value, wanted: Value, from: u32, to: u32) -> Result<Option<u32>, u32> {
        let items = self.items(sequence);
        let Some(rest) = items.get(from as usize..items.len().min(to as usize)) else { return Ok(None) };
        for (index, candidate) in rest.iter().enumerate() {
            match self.same_key(*candidate, wanted) {
                Same::Yes => return Ok(Some(from + index as u32)),
                Same::No => {}
                Same::Ask => return Err(from + index as u32),
            }
        }
        Ok(None)
    }

    /// Position of the first item equal to `item` (a root) in a list or tuple, from `from` on and before `to`.
    pub(super) fn find_item(&mut self, sequence: Root, item: Root, from: u32, to: u32) -> Outcome<Option<u32>> {
        let mut from = from;
        loop {
            let (object, wanted) = (self.get(sequence), self.get(item));
            // As many at a time as are compared in the time of a look at the fuel.
            let steps = self.steps_to_compare(wanted);
            let part = to.min(from.saturating_add((PACE / steps).max(1)));
            match self.find_plain(object, wanted, from, part) {
                Ok(Some(at)) => {
                    self.note((at - from).saturating_mul(steps));
                    return Ok(Some(at));
                }
                Ok(None) => {
                    let end = to.min(self.items(object).len() as u32);
                    self.work(part.min(end).saturating_sub(from).saturating_mul(steps))?;
                    if part >= end {
                        return Ok(None);
                    }
                    from = part;
                }
                Err(at) => {
                    self.work((at - from + 1).saturating_mul(steps))?;
                    let candidate = self.item_at(object, i64::from(at)).unwrap_or(Value::NONE);
                    if self.equal(candidate, wanted)? {
                        return Ok(Some(at));
                    }
                    from = at + 1;
                }
            }
        }
    }

    /// Is an item (a root) among those of an iterable?
    pub(super) fn walk_contains(&mut self, iterable: Value, item: Root) -> Outcome<bool> {
        let before = self.mark();
        let mut walk = self.walk(iterable)?;
        let mark = self.mark();
        while let Some(found) = self.step(&mut walk)? {
            if self.identical_or_equal(found, self.get(item))? {
                self.release(before);
                return Ok(true);
            }
            self.release(mark);
        }
        self.release(before);
        Ok(false)
    }

    /// `item in container`, of a list, tuple, dict or set and where that takes no Python code.
    #[inline]
    pub(crate) fn contains_plain(&mut self, container: Value, item: Value) -> Option<bool> {
        match self.kind(container) {
            kind::LIST | kind::TUPLE => {
                let steps = self.steps_to_compare(item).saturating_mul(self.items(container).len() as u32);
                if steps > PACE {
                    return None;
                }
                self.note(steps);
                self.find_plain(container, item, 0, u32::MAX).ok().map(|at| at.is_some())
            }
            kind::DICT => self.dict_has_plain(container, item),
            kind::SET | kind::FROZENSET => self.set_has_plain(container, item),
            _ => None,
        }
    }

    /// `item in container`; `None`: not such a kind.
    pub fn contains_container(&mut self, container: Value, item: Value) -> Outcome<Option<bool>> {
        let found = match self.kind(container) {
            kind::LIST | kind::TUPLE => {
                let (container, item) = self.root2(container, item)?;
                let found = self.find_item(container, item, 0, u32::MAX)?;
                self.release(container.0);
                found.is_some()
            }
            kind::DICT => self.dict_get(container, item)?.is_some(),
            kind::SET | kind::FROZENSET => self.set_contains(container, item)?,
            kind::RANGE => self.range_contains(container, item)?,
            kind::DICT_VIEW => self.view_contains(container, item)?,
            kind::ITERATOR => {
                let (container, item) = self.root2(container, item)?;
                let found = self.walk_contains(self.get(container), item)?;
                self.release(container.0);
                found
            }
            _ => return Ok(None),
        };
        Ok(Some(found))
    }

    /// `a is b or a == b`, as containers compare.
    #[inline]
    pub(crate) fn identical_or_equal(&mut self, a: Value, b: Value) -> Outcome<bool> {
        match self.same_key(a, b) {
            Same::Yes => Ok(true),
            Same::No => Ok(false),
            Same::Ask => self.equal(a, b),
        }
    }
}
