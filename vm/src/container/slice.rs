//! Slices: what `start:stop:step` means for a sequence of some length.

use crate::error::Outcome;
use crate::features::FEATURES;
use crate::vm::Vm;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// A slice's three numbers, defaults filled in, before they meet a length.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
}

/// The positions a slice picks of a sequence: `start + i * step` for `i` below `count`, all inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: i64,
    pub stop: i64,
    pub step: i64,
    pub count: u32,
}

impl Bounds {
    /// Fits the slice to a length.
    pub fn span(self, length: u32) -> Span {
        let (start, stop, step, count) = self.fit(i64::from(length));
        Span { start, stop, step, count: count as u32 }
    }

    /// Start, stop, step and count for a length that isn't negative.
    pub fn fit(self, length: i64) -> (i64, i64, i64, i64) {
        let step = if FEATURES.has(Feature::Slices) { self.step } else { 1 };
        let fit = |at: i64| {
            if at < 0 {
                let at = at.saturating_add(length);
                if at >= 0 {
                    at
                } else if step < 0 {
                    -1
                } else {
                    0
                }
            } else if at >= length {
                if step < 0 { length - 1 } else { length }
            } else {
                at
            }
        };
        let (start, stop) = (fit(self.start), fit(self.stop));
        let count = if step < 0 {
            if stop < start { (start - stop - 1) / step.saturating_neg() + 1 } else { 0 }
        } else if start < stop {
            (stop - start - 1) / step.max(1) + 1
        } else {
            0
        };
        (start, stop, step, count)
    }
}

impl Span {
    /// Position of item `index`.
    #[inline]
    pub fn at(&self, index: u32) -> u32 {
        (self.start.wrapping_add(i64::from(index).wrapping_mul(self.step))) as u32
    }
}

impl Vm<'_> {
    /// Reads a slice's three values, each an integer or None. May run `__index__`.
    pub(crate) fn slice_bounds(&mut self, start: Value, stop: Value, step: Value) -> Outcome<Bounds> {
        let args = self.root_all(&[start, stop, step])?;
        let step = match self.slice_index(self.arg(args, 2))? {
            None => 1,
            Some(0) => return self.raise(Builtin::ValueError, "slice step cannot be zero"),
            Some(step) => step.max(-i64::MAX),
        };
        let (first, last) = if step < 0 { (i64::MAX, i64::MIN) } else { (0, i64::MAX) };
        let start = self.slice_index(self.arg(args, 0))?.unwrap_or(first);
        let stop = self.slice_index(self.arg(args, 1))?.unwrap_or(last);
        self.release(args.root(0).0);
        Ok(Bounds { start, stop, step })
    }

    /// The bounds of a SLICE object.
    pub(crate) fn slice_object_bounds(&mut self, slice: Value) -> Outcome<Bounds> {
        let (start, stop, step) = (self.field(slice, 0), self.field(slice, 1), self.field(slice, 2));
        self.slice_bounds(start, stop, step)
    }

    fn slice_index(&mut self, value: Value) -> Outcome<Option<i64>> {
        if value.is_small() {
            return Ok(Some(i64::from(value.as_small())));
        }
        if value == Value::NONE {
            return Ok(None);
        }
        match self.index_of(value)? {
            Some(number) => Ok(Some(number)),
            None => {
                self.raise(Builtin::TypeError, "slice indices must be integers or None or have an __index__ method")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_those_of_python() {
        let span = |start, stop, step, length| Bounds { start, stop, step }.span(length);
        assert_eq!(span(0, i64::MAX, 1, 5), Span { start: 0, stop: 5, step: 1, count: 5 });
        assert_eq!(span(i64::MAX, i64::MIN, -1, 5), Span { start: 4, stop: -1, step: -1, count: 5 });
        assert_eq!(span(-2, i64::MAX, 1, 5), Span { start: 3, stop: 5, step: 1, count: 2 });
        assert_eq!(span(1, 5, 3, 5).count, 2);
        assert_eq!(span(7, 2, 1, 5).count, 0);
        assert_eq!(span(i64::MAX, i64::MIN, -i64::MAX, 3), Span { start: 2, stop: -1, step: -i64::MAX, count: 1 });
        assert_eq!(span(0, i64::MAX, 1, 0).count, 0);
    }
}
