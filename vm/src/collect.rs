//! The collector: one walk over what is alive strings references through headers and marks by it, one over the heap
//! points them to where their objects will be, and what is alive slides to one end, run by run, without a free list.
//!
//! A reference is *strung* by putting the word of the object's header into its place, and its place into the header: the
//! header leads from place to place and ends at the word it was, whose bit 0 is set. An object that anything refers to
//! is thereby marked. Runs of dead objects hold where the run of living ones behind them begins and ends.
//!
//! Following references takes a small stack of (next word, end) pairs. Where an object graph is deeper than that, grey
//! objects are left behind and looked for in the heap, so the collector needs no memory of its own.
//!
//! Sources: J. J. Martin, "An efficient garbage compaction algorithm", Communications of the ACM 25 (8), 1982, for
//! stringing while marking; H. B. M. Jonkers, "A fast garbage compaction algorithm", Information Processing Letters 9 (1),
//! 1979, for headers of one word.

use crate::abandon::Waiting;
use crate::identity;
use crate::kind::kind;
use crate::raw::Cells;
use crate::vm::{Vm, roots};
use nano_wire::value::{Value, header_kind, header_length, object_bytes};

const MARKS: u32 = 3 << 1;
/// Alive, though nothing that is alive refers to it.
const BLACK: u32 = 1 << 1;
/// Of a header that is strung: what the object refers to is still to be followed.
const GREY: u32 = 2 << 1;
/// Places in the stack of marking.
const DEPTH: usize = 40;

/// Is the word at an object's place a header that no reference leads to, without a mark?
#[inline(always)]
pub(crate) const fn is_white(word: u32) -> bool {
    word & (MARKS | 1) == 1
}

/// Is the word at an object's place, or one that it leads to, the place of a reference?
#[inline(always)]
const fn is_strung(word: u32) -> bool {
    word & 3 == 0
}

/// Where the first and the last of the grey objects are.
#[derive(Clone, Copy)]
struct Grey {
    low: u32,
    high: u32,
}

impl Grey {
    const NONE: Self = Self { low: u32::MAX, high: 0 };

    #[cold]
    fn add(&mut self, object: u32) {
        self.low = self.low.min(object);
        self.high = self.high.max(object);
    }
}

/// Strings each reference among the words from `place` to `end`, and among those of the objects they lead to.
fn string(cells: Cells<'_>, mut place: u32, mut end: u32, grey: &mut Grey) {
    if !cells.reaches(end) {
        return;
    }
    let mut stack = [(0u32, 0u32); DEPTH];
    let mut height = 0;
    loop {
        while place < end {
            let here = place;
            let object = cells.get(here);
            place += 4;
            if !Value(object).is_arena() || !cells.has(object) {
                continue;
            }
            let header = cells.get(object);
            cells.set(here, header);
            cells.set(object, here);
            if !is_white(header) || !kind::has_values(header_kind(header)) {
                continue;
            }
            let (first, behind) = (object + 4, object + 4 + header_length(header) * 4);
            if !cells.reaches(behind) {
                continue;
            }
            if place < end {
                let Some(top) = stack.get_mut(height) else {
                    // No room to come back: the object waits.
                    cells.set(here, header | GREY);
                    grey.add(object);
                    continue;
                };
                *top = (place, end);
                height += 1;
            }
            (place, end) = (first, behind);
        }
        if height == 0 {
            return;
        }
        height -= 1;
        (place, end) = stack.get(height).copied().unwrap_or_default();
    }
}

/// Where the header of an object is while references are strung, and the header.
pub(crate) fn header_of(cells: Cells<'_>, object: u32) -> (u32, u32) {
    let (mut place, mut word) = (object, cells.get(object));
    while is_strung(word) && cells.has(word) {
        (place, word) = (word, cells.get(word));
    }
    (place, word)
}

/// Gives all references that lead from an object's place, where `word` is, their new value, and the object its header,
/// without marks; returns it.
#[inline(always)]
fn unstring(cells: Cells<'_>, object: u32, mut word: u32, new: u32) -> u32 {
    while is_strung(word) && cells.has(word) {
        let next = cells.get(word);
        cells.set(word, new);
        word = next;
    }
    let header = word & !MARKS;
    cells.set(object, header);
    header
}

/// Points all references to where their objects will be, once what is alive from `low` to `top` begins at `start`;
/// returns where the first dead object is, and where the last living one will end.
///
/// The first word of each run of dead objects becomes the end of the run of living ones behind it, the second word that
/// run's beginning; where there is no second word, bit 0 of the first says so.
fn forward(cells: Cells<'_>, low: u32, top: u32, start: u32) -> (u32, u32) {
    let (mut at, mut to) = (low, start);
    let (mut first, mut last, mut only) = (top, None, 0);
    loop {
        while at < top {
            let word = cells.get(at);
            if is_white(word) {
                break;
            }
            let bytes = object_bytes(unstring(cells, at, word, to));
            at += bytes;
            to += bytes;
        }
        // Objects end at the heap's end, unless somebody has damaged them.
        at = at.min(top);
        match last {
            Some(dead) => cells.set(dead, at | only),
            None => first = at,
        }
        if at == top {
            return (first, to);
        }
        let dead = at;
        while at < top {
            let word = cells.get(at);
            if !is_white(word) {
                break;
            }
            at += object_bytes(word);
        }
        at = at.min(top);
        last = Some(dead);
        only = u32::from(at - dead == 4);
        if only == 0 {
            cells.set(dead + 4, at);
        }
    }
}

impl Vm<'_> {
    /// Collects, and slides the heap so that the stack has `more` bytes more (a multiple of 4) where there is room, or
    /// so many less.
    #[inline(never)]
    pub fn collect(&mut self, more: i32) {
        self.peak = self.peak_bytes();
        self.collections = self.collections.wrapping_add(1);
        if self.is_guarded() {
            (self.guarded, self.waiting) = self.guarded_generators();
        }
        self.let_cached_go();
        // Read before it is strung.
        let identities = self.mem.word(roots::IDENTITIES);
        self.mark_all();
        if self.is_guarded() {
            self.keep_abandoned();
        }
        if identities != 0 {
            identity::forget_dead(self.mem.cells(), identities);
        }
        let (low, top) = (self.heap_start, self.heap_top);
        let start = self.next_start(more);
        let (first, end) = forward(self.mem.cells(), low, top, start);
        self.slide(first, top);
        if start != low {
            self.mem.copy_words(low, start, (end - start) / 4);
        }
        self.heap_start = start;
        self.heap_top = end;
        self.limit_heap();
        self.shared_below = self.heap_top;
        self.growing = 0;
        self.recent.walked = core::cell::Cell::default();
        self.recent.forget_values();
        // Words above the stack's top are dead: a window may reveal them again, so they must not keep old references.
        for word in self.mem.values_mut(self.sp, (start - self.sp) / 4) {
            *word = Value::UNBOUND;
        }
    }

    /// An object that a cache has from a class lives no longer for it. Functions stay: nearly all that is cached are.
    fn let_cached_go(&mut self) {
        for at in (self.caches_at..self.stack_at).step_by(8) {
            let held = Value(self.mem.word(at + 4));
            if held.is_arena() && !self.is(held, kind::FUNCTION) {
                self.mem.values_mut(at, 2).fill(Value::UNBOUND);
            }
        }
    }

    /// Where the heap is to start: higher by `more` bytes where there is room for what is alive.
    fn next_start(&mut self, more: i32) -> u32 {
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
        let room = i64::from(self.heap_limit) - start;
        // What is alive is counted only where all that is there would not fit.
        let fits =
            shift <= 0 || i64::from(self.heap_top - self.heap_start) <= room || i64::from(self.live_bytes()) <= room;
        if fits { start as u32 } else { self.heap_start }
    }

    /// Bytes of what is alive, while references are strung.
    #[cold]
    fn live_bytes(&mut self) -> u32 {
        let (mut at, top, cells) = (self.heap_start, self.heap_top, self.mem.cells());
        let mut live = 0;
        while at < top {
            let bytes = object_bytes(header_of(cells, at).1);
            live += if is_white(cells.get(at)) { 0 } else { bytes };
            at += bytes;
        }
        live
    }

    /// Slides what is alive down to `first`, the first of the dead runs that [`forward`] has made.
    fn slide(&mut self, first: u32, top: u32) {
        let (mut dead, mut to) = (first, first);
        while dead < top {
            let word = self.mem.word(dead);
            let end = word & !3;
            let from = if word & 1 == 0 { self.mem.word(dead + 4) } else { dead + 4 };
            if from <= dead || end < from {
                return;
            }
            self.mem.copy_words(from, to, (end - from) / 4);
            to += end - from;
            dead = end;
        }
    }

    /// Marks everything that is alive, and strings the references to it.
    pub(crate) fn mark_all(&mut self) {
        let mut grey = Grey::NONE;
        string(self.mem.cells(), roots::EXCEPTION, self.sp, &mut grey);
        self.mark_grey(grey);
    }

    /// Goes on at what was left behind as grey.
    fn mark_grey(&mut self, mut grey: Grey) {
        let cells = self.mem.cells();
        while grey.low <= grey.high {
            let Grey { low: mut at, high } = core::mem::replace(&mut grey, Grey::NONE);
            while at <= high {
                let (place, header) = header_of(cells, at);
                let behind = at + object_bytes(header);
                if header & MARKS == GREY {
                    cells.set(place, header & !MARKS);
                    string(cells, at + 4, behind, &mut grey);
                }
                at = behind;
            }
        }
    }

    /// Does anything refer to the object? Between [`Self::mark_all`] and [`Self::clear_marks`].
    pub(crate) fn is_marked(&self, object: Value) -> bool {
        !is_white(self.mem.word(object.0))
    }

    /// Gives all references and headers back what they were, where nothing is to be collected.
    pub(crate) fn clear_marks(&mut self) {
        let (mut at, top, cells) = (self.heap_start, self.heap_top, self.mem.cells());
        while at < top {
            at += object_bytes(unstring(cells, at, cells.get(at), at));
        }
    }

    /// In how many generators of the heap code may still wait inside a guarded range, and in how many it does. Before
    /// [`Self::mark_all`].
    #[cold]
    fn guarded_generators(&self) -> (u32, u32) {
        let (mut at, mut guarded, mut waiting) = (self.heap_start, 0, 0);
        while at < self.heap_top {
            let header = self.mem.word(at);
            if header_kind(header) == kind::GENERATOR {
                guarded += u32::from(self.may_wait(Value::arena(at)));
                waiting += u32::from(self.waits(Value::arena(at)));
            }
            at += object_bytes(header);
        }
        (guarded, waiting)
    }

    /// Generators that nobody refers to and that still have something to do, the oldest first. Between
    /// [`Self::mark_all`] and [`Self::clear_marks`].
    #[cold]
    pub(crate) fn forgotten(&mut self) -> Waiting {
        let (mut at, mut found) = (self.heap_start, Waiting::NONE);
        while at < self.heap_top {
            let (place, header) = header_of(self.mem.cells(), at);
            let is_forgotten = header_kind(header) == kind::GENERATOR && place == at && is_white(header);
            if is_forgotten && self.must_be_closed(Value::arena(at)) {
                found.add(Value::arena(at));
            }
            at += object_bytes(header);
        }
        found
    }

    /// Keeps what generators that nobody refers to still have to do: they are closed at the next safe point.
    #[cold]
    fn keep_abandoned(&mut self) {
        let (mut at, mut grey) = (self.heap_start, Grey::NONE);
        while at < self.heap_top {
            let (place, header) = header_of(self.mem.cells(), at);
            let behind = at + object_bytes(header);
            let is_forgotten = header_kind(header) == kind::GENERATOR && place == at && is_white(header);
            if is_forgotten && self.must_be_closed(Value::arena(at)) {
                self.abandoned = true;
                self.mem.set_word(at, header | BLACK);
                string(self.mem.cells(), at + 4, behind, &mut grey);
            }
            at = behind;
        }
        self.mark_grey(grey);
    }

    /// Kind of an object, while references are strung.
    pub(crate) fn kind_of_strung(&mut self, value: Value) -> u8 {
        if value.is_arena() { header_kind(header_of(self.mem.cells(), value.0).1) } else { self.kind(value) }
    }
}

#[cfg(test)]
mod tests {
    use crate::kind::kind;
    use crate::testing::{rounds, with_vm};
    use crate::vm::{Root, Vm};
    use core::cell::Cell;
    use nano_wire::value::{Value, header_kind, object_bytes};
    use std::vec::Vec;

    /// What can be reached from the roots from `first` on: words as they are, references by the order of their first
    /// sight; and how many bytes it takes.
    fn graph(vm: &Vm<'_>, first: Root) -> (Vec<u32>, u32) {
        let (mut seen, mut words, mut bytes) = (Vec::new(), Vec::new(), 0);
        let name = |word: u32, seen: &mut Vec<u32>| {
            if !Value(word).is_arena() {
                return word;
            }
            let index = seen.iter().position(|object| *object == word).unwrap_or_else(|| {
                seen.push(word);
                seen.len() - 1
            });
            index as u32
        };
        words.extend((first.0..vm.sp).step_by(4).map(|at| name(vm.mem.word(at), &mut seen)));
        let mut next = 0;
        while let Some(&object) = seen.get(next) {
            next += 1;
            let header = vm.mem.word(object);
            words.push(header);
            for at in (object + 4..object + object_bytes(header)).step_by(4) {
                let word = vm.mem.word(at);
                words.push(if kind::has_values(header_kind(header)) { name(word, &mut seen) } else { word });
            }
            bytes += object_bytes(header);
        }
        (words, bytes)
    }

    fn used(vm: &Vm<'_>) -> u32 {
        vm.heap_top - vm.heap_start
    }

    /// Objects of all shapes that refer to each other as chance has it; most are garbage.
    fn grow(vm: &mut Vm<'_>, chance: &Cell<u32>) -> Root {
        let random = |below: u32| {
            chance.set(chance.get().wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
            (chance.get() >> 8) % below
        };
        let roots: Vec<Root> = (0..6).map(|_| vm.root(Value::NONE).unwrap()).collect();
        for _ in 0..rounds(200).max(40) {
            let object = match random(6) {
                0 => vm.new_float(f64::from(random(100))).unwrap(),
                1 => vm.new_str(&"texts"[..random(6) as usize]).unwrap(),
                2 => vm.new_bytes(&b"bytes"[..random(6) as usize]).unwrap(),
                _ => vm.alloc([kind::TUPLE, kind::BUFFER, kind::CELL][random(3) as usize], random(5)).unwrap(),
            };
            if kind::has_values(vm.kind(object)) {
                for index in 0..vm.length(object) {
                    let value = vm.get(roots[random(6) as usize]);
                    vm.set_field(object, index, if random(4) == 0 { Value::UNBOUND } else { value });
                }
            }
            vm.set(roots[random(6) as usize], object);
        }
        // What is older may refer to what is newer, and to itself.
        for root in &roots {
            let object = vm.get(*root);
            if kind::has_values(vm.kind(object)) && vm.length(object) > 0 {
                vm.set_field(object, 0, vm.get(roots[random(6) as usize]));
            }
        }
        roots[0]
    }

    #[test]
    fn what_can_be_reached_is_kept_and_nothing_else() {
        let chance = Cell::new(7);
        with_vm(64 << 10, |vm| {
            for more in [0, 0, 64, -32, 0, 1 << 20, 0] {
                let first = grow(vm, &chance);
                let before = graph(vm, first);
                vm.collect(more);
                let after = graph(vm, first);
                assert_eq!(after, before);
                assert_eq!(used(vm), after.1);
                vm.release(first.0);
            }
        });
    }

    #[test]
    fn marks_can_be_taken_away_again() {
        let chance = Cell::new(99);
        with_vm(64 << 10, |vm| {
            let first = grow(vm, &chance);
            let garbage = vm.alloc(kind::TUPLE, 1).unwrap();
            let before = vm.mem.words().to_vec();
            vm.mark_all();
            assert!(vm.is_marked(vm.get(first)) || !vm.get(first).is_arena());
            assert!(!vm.is_marked(garbage));
            vm.clear_marks();
            assert_eq!(vm.mem.words(), before);
        });
    }

    const LENGTH: i32 = if cfg!(miri) { 200 } else { 1000 };

    /// Deeper than the stack of marking: by the first of two fields, by the last, by both at once.
    #[test]
    fn chains_are_followed_to_their_end() {
        with_vm(64 << 10, |vm| {
            for shape in 0..3 {
                let chain = vm.root(Value::NONE).unwrap();
                for number in 0..LENGTH {
                    let pair = vm.alloc(kind::TUPLE, 3).unwrap();
                    vm.set_field(pair, 1, Value::small_unchecked(number));
                    for side in [0, 2] {
                        if shape == 2 || shape * 2 == side {
                            vm.set_field(pair, side, vm.get(chain));
                        }
                    }
                    vm.set(chain, pair);
                    vm.new_float(0.5).unwrap();
                }
                vm.collect(0);
                assert_eq!(used(vm), LENGTH as u32 * 16);
                let mut object = vm.get(chain);
                for number in (0..LENGTH).rev() {
                    assert_eq!(vm.field(object, 1), Value::small_unchecked(number));
                    object = vm.field(object, if shape == 1 { 2 } else { 0 });
                }
                assert_eq!(object, Value::NONE);
                vm.release(chain.0);
            }
        });
    }
}
