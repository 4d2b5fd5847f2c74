//! `text += more` in a loop, where the variable is the only one that holds the text: it grows where it is.
//!
//! The compiler says where that is so (`inplace_grow`), and where it ends (`forget_growing`). What this file keeps to
//! itself: only a text that [`Vm::grow`] has made grows, and after a collection none. Behind it lies room for half as
//! much again, as a RAW object, so that the heap can be walked at any time.

use crate::error::Outcome;
use crate::kind::kind;
use crate::protocol::Binary;
use crate::vm::Vm;
use nano_wire::value::{MAX_LENGTH, Value, header, header_kind};

/// Bytes of a str object of this length.
const fn size(length: u32) -> u32 {
    8 + ((length + 3) & !3)
}

impl Vm<'_> {
    /// `a += b`, of an `a` that nobody else holds if it is the text made here last.
    #[inline(never)]
    pub(crate) fn grow(&mut self, a: Value, b: Value) -> Outcome<Value> {
        let both = a.is_object()
            && b.is_object()
            && header_kind(self.header(a)) == kind::STR
            && header_kind(self.header(b)) == kind::STR;
        if !both {
            return self.arithmetic_slow(Binary::Add, a, b, true);
        }
        let (left, right) = (self.length(a), self.length(b));
        let total = left + right;
        if left == 0 || right == 0 || total > MAX_LENGTH {
            return self.join_strings(a, b);
        }
        let ascii = self.is_ascii(a) && self.is_ascii(b);
        let object = if a.0 == self.growing && a.is_arena() {
            let (old_end, end) = (a.0 + size(left), a.0 + size(total));
            if end > self.growing_end {
                if self.growing_end != self.heap_top || end > self.quick_limit {
                    // It moves, and gets more room.
                    self.growing = 0;
                    return self.grow(a, b);
                }
                self.heap_top = end;
                self.growing_end = end;
            }
            if end > old_end {
                // The padding is zero.
                self.mem.set_word(end - 4, 0);
            }
            a.0
        } else {
            self.work_on(left)?;
            let (at, bytes) = (self.heap_top, size(total));
            let Some(free) = self.quick_limit.checked_sub(at + bytes) else { return self.join_strings(a, b) };
            let room = (total / 2).max(16).min(free / 8) & !3;
            self.heap_top = at + bytes + room;
            self.growing = at;
            self.growing_end = at + bytes + room;
            self.mem.set_word(at + bytes - 4, 0);
            self.copy_text(a, 0, at + 8, left);
            at
        };
        let end = object + size(total);
        self.mem.set_word(object, header(kind::STR, total));
        self.mem.set_word(object + 4, u32::from(ascii));
        match (b.as_letter(), self.mem.slice_mut(object + 8 + left, right)) {
            (Some(letter), [place]) => *place = letter,
            _ => self.copy_text(b, 0, object + 8 + left, right),
        }
        if end < self.growing_end {
            self.mem.set_word(end, header(kind::RAW, (self.growing_end - end) / 4 - 1));
        }
        Ok(Value::arena(object))
    }
}
