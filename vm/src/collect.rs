//! The collector: mark, then slide everything alive to one end (Jonkers' threading), in place, without a free list.
//!
//! Marking keeps a small stack of (object, next field) and, where an object graph is deeper than that, leaves grey
//! objects behind and sweeps the heap for them again, so it needs no memory of its own. Threading strings every
//! reference to an object through that object's header word; headers have bit 0 set, references haven't.
//!
//! Source: H. B. M. Jonkers, "A fast garbage compaction algorithm", Information Processing Letters 9 (1), 1979.

use crate::kind::kind;
use crate::vm::{Vm, roots};
use nano_wire::value::{MAX_LENGTH, Value, header, header_kind, object_words};

const MARKS: u32 = 3 << 1;
const BLACK: u32 = 1 << 1;
const GREY: u32 = 2 << 1;
const DEPTH: usize = 40;

impl Vm<'_> {
    /// Collects, and slides the heap so that the stack has `more` bytes more (a multiple of 4) where there is room, or
    /// so many less.
    #[inline(never)]
    pub fn collect(&mut self, more: i32) {
        self.peak = self.peak_bytes();
        self.collections = self.collections.wrapping_add(1);
        self.live = 0;
        self.mark_all();
        if self.guarded {
            self.keep_abandoned();
        }
        let live = self.live;
        let mut shift = i64::from(more);
        if self.limits.stress {
            // Everything moves at every collection: the stack's room breathes by 8 bytes.
            self.stress_shift = !self.stress_shift;
            let breath = if self.stress_shift { 8 } else { -8 };
            if i64::from(self.heap_start) + breath >= i64::from(self.sp) {
                shift += breath;
            }
        }
        let start = i64::from(self.heap_start) + shift;
        let start = if start + i64::from(live) <= i64::from(self.heap_limit) { start as u32 } else { self.heap_start };
        self.thread_roots();
        self.forward(start);
        self.slide(start);
        let low = self.heap_start;
        if start != low {
            self.mem.copy_words(low, start, live / 4);
        }
        self.heap_start = start;
        self.heap_top = start + live;
        self.limit_heap();
        self.shared_below = self.heap_top;
        self.growing = 0;
        // Words above the stack's top are dead: a window may reveal them again, so they must not keep old references.
        for word in self.mem.values_mut(self.sp, (start - self.sp) / 4) {
            *word = Value::UNBOUND;
        }
    }

    /// Keeps what generators that nobody refers to still have to do: they are closed at the next safe point.
    #[cold]
    fn keep_abandoned(&mut self) {
        self.guarded = false;
        let (mut at, mut again) = (self.heap_start, false);
        while at < self.heap_top {
            let header = self.mem.word(at);
            if header_kind(header) == kind::GENERATOR {
                let generator = Value::arena(at);
                if header & MARKS == 0 && self.must_be_closed(generator) {
                    self.abandoned = true;
                    again |= self.mark_from(generator);
                }
                self.guarded |= self.may_wait(generator);
            }
            at += object_words(header) * 4;
        }
        if again {
            self.mark_grey();
        }
    }

    /// Does a mark stand on the object? Between [`Self::mark_all`] and [`Self::clear_marks`].
    pub(crate) fn is_marked(&self, object: Value) -> bool {
        self.mem.word(object.0) & MARKS != 0
    }

    /// Takes the marks away again, where nothing is to be collected.
    pub(crate) fn clear_marks(&mut self) {
        let mut at = self.heap_start;
        while at < self.heap_top {
            let header = self.mem.word(at) & !MARKS;
            self.mem.set_word(at, header);
            at += object_words(header) * 4;
        }
    }

    /// Marks everything that is alive.
    pub(crate) fn mark_all(&mut self) {
        let mut again = false;
        for offset in (roots::EXCEPTION..self.sp).step_by(4) {
            let value = Value(self.mem.word(offset));
            again |= self.mark_from(value);
        }
        if again {
            self.mark_grey();
        }
    }

    /// Goes on at what was left behind as grey.
    fn mark_grey(&mut self) {
        let mut again = true;
        while again {
            again = false;
            let mut at = self.heap_start;
            while at < self.heap_top {
                let header = self.mem.word(at);
                if header & MARKS == GREY {
                    self.mem.set_word(at, header & !MARKS);
                    again |= self.mark_from(Value::arena(at));
                }
                at += object_words(header) * 4;
            }
        }
    }

    /// Marks what is reachable from a value; `true` where grey objects were left behind.
    fn mark_from(&mut self, value: Value) -> bool {
        let mut left_grey = false;
        let mut stack = [(0u32, 0u32); DEPTH];
        let mut height = 0;
        let Some(first) = self.mark_one(value) else { return false };
        let (mut object, mut next) = (first, 0);
        loop {
            let header = self.mem.word(object);
            let count = object_words(header) - 1;
            let mut descend = None;
            while next < count {
                let child = Value(self.mem.word(object + 4 + next * 4));
                next += 1;
                if let Some(child) = self.mark_one(child) {
                    descend = Some(child);
                    break;
                }
            }
            if let Some(child) = descend {
                if next < count {
                    if let Some(place) = stack.get_mut(height) {
                        *place = (object, next);
                        height += 1;
                    } else {
                        // No room to come back: the child waits as grey, this object goes on.
                        let header = self.mem.word(child);
                        self.mem.set_word(child, header & !MARKS | GREY);
                        // It is counted when its turn comes.
                        self.live -= object_words(header) * 4;
                        left_grey = true;
                        continue;
                    }
                }
                object = child;
                next = 0;
            } else if height > 0 {
                height -= 1;
                (object, next) = stack.get(height).copied().unwrap_or_default();
            } else {
                return left_grey;
            }
        }
    }

    /// Marks one object; its offset if it was white and has fields to follow.
    #[inline(always)]
    fn mark_one(&mut self, value: Value) -> Option<u32> {
        if !value.is_arena() {
            return None;
        }
        let header = self.mem.word(value.0);
        if header & MARKS != 0 {
            return None;
        }
        self.mem.set_word(value.0, header | BLACK);
        self.live += object_words(header) * 4;
        if kind::has_values(header_kind(header)) { Some(value.0) } else { None }
    }

    /// Makes one raw object of the dead bytes before `end`.
    #[inline]
    fn bury(&mut self, end: u32, dead: u32) {
        if dead > 0 && dead / 4 <= MAX_LENGTH {
            self.mem.set_word(end - dead, header(kind::RAW, dead / 4 - 1));
        }
    }

    /// Strings the reference in the word at `slot` through the header of what it refers to.
    #[inline(always)]
    fn thread(&mut self, slot: u32) {
        let value = Value(self.mem.word(slot));
        if value.is_arena() {
            let header = self.mem.word(value.0);
            self.mem.set_word(slot, header);
            self.mem.set_word(value.0, slot);
        }
    }

    /// Points all references strung through an object's header to its new place; returns the header.
    #[inline(always)]
    fn unthread(&mut self, object: u32, new: u32) -> u32 {
        let mut word = self.mem.word(object);
        while word & 1 == 0 {
            let next = self.mem.word(word);
            self.mem.set_word(word, new);
            word = next;
        }
        self.mem.set_word(object, word);
        word
    }

    fn thread_roots(&mut self) {
        for offset in (roots::EXCEPTION..self.sp).step_by(4) {
            self.thread(offset);
        }
    }

    /// First pass: references from roots and from lower objects get their new value; references upwards are strung.
    /// Each run of dead objects becomes one, so that the second pass steps over it.
    fn forward(&mut self, start: u32) {
        let (mut at, mut new, mut dead) = (self.heap_start, start, 0);
        while at < self.heap_top {
            let word = self.mem.word(at);
            if word & 1 != 0 && word & MARKS == 0 {
                let bytes = object_words(word) * 4;
                dead += bytes;
                at += bytes;
                continue;
            }
            self.bury(at, dead);
            dead = 0;
            let header = self.unthread(at, new);
            let words = object_words(header);
            if kind::has_values(header_kind(header)) {
                for field in 1..words {
                    self.thread(at + field * 4);
                }
            }
            at += words * 4;
            new += words * 4;
        }
        self.bury(at, dead);
    }

    /// Second pass: references from higher objects get their new value, marks go, objects slide down.
    fn slide(&mut self, start: u32) {
        let (mut at, mut new, mut to) = (self.heap_start, start, self.heap_start);
        while at < self.heap_top {
            let word = self.mem.word(at);
            if word & 1 != 0 && word & MARKS == 0 {
                at += object_words(word) * 4;
                continue;
            }
            let header = self.unthread(at, new) & !MARKS;
            self.mem.set_word(at, header);
            let words = object_words(header);
            if to != at {
                self.mem.copy_words(at, to, words);
            }
            at += words * 4;
            new += words * 4;
            to += words * 4;
        }
    }
}
