//! The machine: one arena, one module, one host. Allocation, roots and access to objects.
//!
//! ```text
//! arena   0     reserved (offset 0 is "unbound")
//!         4     roots of the machine: exception, handled exception, scratch
//!               globals | modules of the package | inline caches (two words each)
//!               stack of frames, growing up ->            | gap |
//!               heap, bump-allocated, growing up ->       | free | reserve for errors
//! ```
//!
//! The stack's room is widened when needed: the collector slides the heap up by the difference.
//!
//! # Rules for native code
//! Any allocation may move every object. A `Value` that must live across one is kept in a [`Root`] (a word of the
//! stack, which the collector updates) and read again afterwards. Arguments of natives are roots already, but those of
//! a function without named parameters may be variables of the caller: they are read, never set ([`Vm::own_args`]).

use crate::call::MARGIN;
use crate::error::{Outcome, Raise, Stop};
use crate::features::FEATURES;
use crate::host::Host;
use crate::image::Image;
use crate::kind::kind;
use crate::native::Recent;
use crate::raw::{self, Memory};
use core::cell::Cell;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{self, Value, header, header_kind, header_length};

/// Root words below the globals.
pub(crate) mod roots {
    pub const EXCEPTION: u32 = 4;
    pub const HANDLING: u32 = 8;
    pub const SCRATCH: u32 = 12;
    /// What the context objects that handlers get are copied from.
    pub const CONTEXT: u32 = 32;
    /// Which objects have numbers, see `identity.rs`; unbound where none has.
    pub const IDENTITIES: u32 = 36;
    pub const END: u32 = 40;
}

/// Bytes kept back for making the MemoryError that says there are no more.
const RESERVE: u32 = 160;
/// Bytes of the heap that are gone through in the time of an instruction.
const BYTES_AN_INSTRUCTION: u32 = 16;
/// Objects longer than this, in words or of text in bytes, cost fuel to make.
const LARGE: u32 = 1024;
/// Bytes of stack an instance starts with, beside the first frame.
pub(crate) const FIRST_STACK: u32 = 256;

/// What a run may use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Instructions of one invocation.
    pub fuel: u64,
    /// Python frames, as CPython's recursion limit.
    pub recursion: u32,
    /// Calls from native code back into Python (sort keys, `__eq__` of a dict key, ..) that may be nested.
    pub native_depth: u32,
    /// Collect, and move everything, at every allocation. For tests.
    pub stress: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { fuel: u64::MAX, recursion: 1000, native_depth: 60, stress: false }
    }
}

/// What of the machine outlives a run, besides the arena.
#[derive(Clone, Copy, Debug)]
pub struct State {
    pub(crate) heap_start: u32,
    pub(crate) heap_top: u32,
    pub(crate) sp: u32,
    pub(crate) next_version: u32,
    pub(crate) peak: u32,
    pub(crate) collections: u32,
    pub(crate) started: bool,
    pub(crate) guarded: bool,
    pub(crate) context_names: Option<&'static [&'static str]>,
    pub(crate) looks_at_context: (u32, bool),
    pub(crate) handler_slot: u32,
}

/// A machine at work: borrowed for one run.
#[repr(C)]
pub struct Vm<'a> {
    // The first fields have their places: a quick loop in assembly reads and writes them, see `raw.rs`.
    pub(crate) mem: Memory<'a>,
    pub(crate) parts: raw::Parts<'a>,
    pub(crate) heap_start: u32,
    pub(crate) heap_top: u32,
    /// Up to where objects are allocated without further questions: `heap_limit`, or 0 where each one collects.
    pub(crate) quick_limit: u32,
    /// Floats from here on were made by arithmetic of the interpreter's own loop since code of the program last had
    /// a hand in a result, and since the last collection: see `arithmetic_slow` in `interpret.rs`.
    pub(crate) shared_below: u32,
    pub(crate) sp: u32,
    pub(crate) depth: u32,
    /// Frames that there may be: `limits.recursion`.
    pub(crate) deepest: u32,
    pub(crate) caches_at: u32,
    /// The text that `inplace_grow` made last, and where the room behind it ends; 0: it may be held by others.
    pub(crate) growing: u32,
    pub(crate) image: &'a Image<'a>,
    pub(crate) host: &'a mut dyn Host,
    pub(crate) limits: Limits,
    /// At least `heap_top`, always.
    pub(crate) heap_limit: u32,
    pub(crate) growing_end: u32,
    pub(crate) modules_at: u32,
    pub(crate) stack_at: u32,
    pub(crate) next_version: u32,
    pub(crate) native_depth: u32,
    pub(crate) recent: &'a mut Recent,
    /// Newest record of the `repr` under way (see `text/repr.rs`); 0: none.
    pub(crate) repr_chain: u32,
    /// Instructions left beyond those the interpreter loop holds.
    pub(crate) fuel: u64,
    /// Steps of native code that are not paid for yet; a cell, for searches that change nothing else count theirs too.
    pub(crate) steps: Cell<u32>,
    pub(crate) stop: Option<Stop>,
    pub(crate) peak: u32,
    pub(crate) collections: u32,
    pub(crate) stress_shift: bool,
    /// An exception that says memory is used up is being made.
    pub(crate) reserve_open: bool,
    /// The running native's last argument is a DICT of keyword arguments.
    pub(crate) keywords_given: bool,
    /// The exception that is being raised did not come from where its frame stands.
    pub(crate) left_frame: bool,
    /// The next `__repr__` or `__str__` of a class is passed over: `object.__repr__` itself was called.
    pub(crate) plainly: bool,
    /// The next class that is called makes an instance, whatever its `__class_call__` does.
    pub(crate) skip_meta: bool,
    pub(crate) started: bool,
    /// Generators that may come to wait inside `try` or `with`, no fewer than there are; see `abandon.rs`.
    pub(crate) guarded: u32,
    /// How many of them wait there, no fewer.
    pub(crate) waiting: u32,
    /// How often in a row marking to find one that nobody refers to found none.
    pub(crate) fruitless: u32,
    /// The collector found one that nobody refers to.
    pub(crate) abandoned: bool,
    /// One was left in a frame that an exception has left.
    pub(crate) left_behind: bool,
    /// Names of the attributes of the context that is kept, if one is.
    pub(crate) context_names: Option<&'static [&'static str]>,
    /// The function that was last called as a handler, and whether its code may look at its context.
    pub(crate) looks_at_context: (u32, bool),
    /// The global where the handler was last found.
    pub(crate) handler_slot: u32,
}

/// A value kept where the collector sees it: a word of the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Root(pub(crate) u32);

/// The arguments of a native: `count` consecutive roots.
#[derive(Clone, Copy, Debug)]
pub struct Args {
    pub(crate) base: u32,
    pub(crate) count: u32,
}

impl Args {
    /// How many there are.
    #[inline]
    pub fn len(self) -> usize {
        self.count as usize
    }

    /// The root of argument `index`.
    #[inline]
    pub fn root(self, index: usize) -> Root {
        debug_assert!((index as u32) < self.count);
        Root(self.base + (index as u32) * 4)
    }

    /// All but the first `skip`.
    #[inline]
    pub fn from(self, skip: usize) -> Self {
        let skip = (skip as u32).min(self.count);
        Self { base: self.base + skip * 4, count: self.count - skip }
    }
}

impl<'a> Vm<'a> {
    /// Smallest arena for a module, in bytes: fixed areas, first stack, error reserve.
    pub fn fixed_bytes(image: &Image<'_>) -> u32 {
        roots::END
            + u32::from(image.globals) * 4
            + (image.modules.len() as u32 / 2) * 4
            + u32::from(image.caches) * 8
            + FIRST_STACK
            + RESERVE
    }

    /// A machine over an arena; `state` is that of an earlier run on it, or `None` to begin afresh.
    /// `Err` says how many bytes the arena would have to have at least.
    pub fn new(
        arena: &'a mut [u32],
        image: &'a Image<'a>,
        host: &'a mut dyn Host,
        limits: Limits,
        (state, recent): (Option<State>, &'a mut Recent),
    ) -> Result<Self, u32> {
        Self::has_room(arena, image)?;
        let mut vm = Self::idle(arena, image, host, limits, recent);
        vm.begin(state.as_ref())?;
        Ok(vm)
    }

    /// Takes up the state of an earlier run, or begins as the module's snapshot says.
    pub(crate) fn begin(&mut self, state: Option<&State>) -> Result<(), u32> {
        let fresh = state.is_none();
        self.resume(state);
        let snapshot = if FEATURES.has(Feature::Snapshot) { self.image.snapshot } else { &[] };
        if fresh && !snapshot.is_empty() && !self.restore(snapshot) {
            return Err(self.heap_start + snapshot.len() as u32 * 4 + RESERVE);
        }
        Ok(())
    }

    /// `Err` says how many bytes the arena would have to have at least.
    pub(crate) fn has_room(arena: &[u32], image: &Image<'_>) -> Result<(), u32> {
        let least = Self::fixed_bytes(image) + 64;
        if arena.len() < least as usize / 4 { Err(least) } else { Ok(()) }
    }

    /// A machine over an arena that has room, before it takes up what is in there. Made where it is used: it is large,
    /// and moving it is most of what making it costs a small core.
    #[inline(always)]
    pub(crate) fn idle(
        arena: &'a mut [u32],
        image: &'a Image<'a>,
        host: &'a mut dyn Host,
        limits: Limits,
        recent: &'a mut Recent,
    ) -> Self {
        let mem = Memory::new(arena);
        let modules_at = roots::END + u32::from(image.globals) * 4;
        let caches_at = modules_at + (image.modules.len() as u32 / 2) * 4;
        let stack_at = caches_at + u32::from(image.caches) * 8;
        let heap_limit = mem.bytes() - RESERVE;
        Self {
            mem,
            parts: raw::Parts::of(image),
            deepest: limits.recursion,
            image,
            host,
            limits,
            heap_start: stack_at + FIRST_STACK,
            heap_top: stack_at + FIRST_STACK,
            heap_limit,
            quick_limit: 0,
            shared_below: 0,
            reserve_open: false,
            growing: 0,
            growing_end: 0,
            sp: stack_at,
            modules_at,
            caches_at,
            stack_at,
            next_version: 1024,
            depth: 0,
            native_depth: 0,
            recent,
            repr_chain: 0,
            fuel: limits.fuel,
            steps: Cell::new(0),
            stop: None,
            peak: 0,
            collections: 0,
            stress_shift: false,
            keywords_given: false,
            left_frame: false,
            plainly: false,
            skip_meta: false,
            started: false,
            guarded: 0,
            waiting: 0,
            fruitless: 0,
            abandoned: false,
            left_behind: false,
            context_names: None,
            looks_at_context: (u32::MAX, true),
            handler_slot: 0,
        }
    }

    /// Takes up the state of an earlier run, or begins afresh.
    fn resume(&mut self, state: Option<&State>) {
        if let Some(state) = state {
            self.heap_start = state.heap_start;
            self.heap_top = state.heap_top;
            self.sp = state.sp;
            self.next_version = state.next_version;
            self.peak = state.peak;
            self.collections = state.collections;
            self.started = state.started;
            // They are counted again at the next collection.
            self.guarded = if state.guarded { u32::MAX } else { 0 };
            self.waiting = self.guarded;
            self.context_names = state.context_names;
            self.looks_at_context = state.looks_at_context;
            self.handler_slot = state.handler_slot;
        } else {
            self.mem.values_mut(0, self.heap_start / 4).fill(Value::UNBOUND);
            self.recent.attributes = crate::native::Attributes::default();
        }
        self.limit_heap();
        self.shared_below = self.heap_top;
    }

    /// What the next run on this arena needs.
    pub fn state(&self) -> State {
        State {
            heap_start: self.heap_start,
            heap_top: self.heap_top,
            sp: self.stack_at,
            next_version: self.next_version,
            peak: self.peak_bytes(),
            collections: self.collections,
            started: self.started,
            guarded: self.guarded != 0,
            context_names: self.context_names,
            looks_at_context: self.looks_at_context,
            handler_slot: self.handler_slot,
        }
    }

    /// Instructions spent in this run.
    pub fn instructions(&self) -> u64 {
        // There is never more left than there was.
        self.limits.fuel.wrapping_sub(self.fuel)
    }

    /// Most bytes of the arena that were in use at any time: fixed areas, stack and heap.
    pub fn peak_bytes(&self) -> u32 {
        self.peak.max(self.bytes_in_use())
    }

    /// Bytes of the arena that are in use: fixed areas, stack and heap.
    pub(crate) fn bytes_in_use(&self) -> u32 {
        self.heap_top - self.heap_start + self.sp
    }

    /// Collections so far.
    pub fn collections(&self) -> u32 {
        self.collections
    }

    /// The world of this run.
    pub fn host(&mut self) -> &mut dyn Host {
        self.host
    }

    // ---- roots ----

    /// Keeps a value where the collector sees it, until the native that asked returns.
    #[inline(never)]
    pub fn root(&mut self, value: Value) -> Outcome<Root> {
        if self.sp + 4 > self.heap_start {
            return self.root_above(value);
        }
        let at = self.sp;
        self.mem.set_word(at, value.0);
        self.sp += 4;
        Ok(Root(at))
    }

    /// [`Vm::root`] where the stack has to grow first.
    #[cold]
    #[inline(never)]
    fn root_above(&mut self, value: Value) -> Outcome<Root> {
        self.mem.set_word(roots::SCRATCH, value.0);
        self.grow_stack(64)?;
        let value = Value(self.mem.word(roots::SCRATCH));
        self.mem.set_word(roots::SCRATCH, 0);
        self.root(value)
    }

    /// Makes roots of up to 5 values at once, consecutive, so that none is stale because of another.
    pub fn root_all(&mut self, values: &[Value]) -> Outcome<Args> {
        let count = values.len() as u32;
        if self.sp + count * 4 > self.heap_start {
            debug_assert!(count <= 5);
            for (place, value) in (roots::SCRATCH..roots::CONTEXT).step_by(4).zip(values) {
                self.mem.set_word(place, value.0);
            }
            self.grow_stack(64)?;
            for place in 0..count {
                let word = self.mem.word(roots::SCRATCH + place * 4);
                self.mem.set_word(self.sp + place * 4, word);
                self.mem.set_word(roots::SCRATCH + place * 4, 0);
            }
        } else {
            for (place, value) in (self.sp..).step_by(4).zip(values) {
                self.mem.set_word(place, value.0);
            }
        }
        let base = self.sp;
        self.sp += count * 4;
        Ok(Args { base, count })
    }

    /// Makes roots of two values.
    pub fn root2(&mut self, a: Value, b: Value) -> Outcome<(Root, Root)> {
        let args = self.root_all(&[a, b])?;
        Ok((args.root(0), args.root(1)))
    }

    /// Makes roots of three values.
    pub fn root3(&mut self, a: Value, b: Value, c: Value) -> Outcome<(Root, Root, Root)> {
        let args = self.root_all(&[a, b, c])?;
        Ok((args.root(0), args.root(1), args.root(2)))
    }

    /// The value of a root.
    #[inline]
    pub fn get(&self, root: Root) -> Value {
        Value(self.mem.word(root.0))
    }

    /// Sets a root.
    #[inline]
    pub fn set(&mut self, root: Root, value: Value) {
        self.mem.set_word(root.0, value.0);
    }

    /// Where roots stand now; [`Vm::release`] drops all that were made since.
    #[inline]
    pub fn mark(&self) -> u32 {
        self.sp
    }

    /// Drops the roots made since `mark`. (The return of a native does it too.)
    #[inline]
    pub fn release(&mut self, mark: u32) {
        self.sp = mark;
    }

    /// Argument `index`, unbound where there are fewer.
    #[inline]
    pub fn arg(&self, args: Args, index: usize) -> Value {
        if (index as u32) < args.count { Value(self.mem.word(args.base + (index as u32) * 4)) } else { Value::UNBOUND }
    }

    /// Copies of the arguments, to work on: those of a function may be the caller's own variables.
    pub(crate) fn own_args(&mut self, args: Args) -> Outcome<Args> {
        let bytes = args.count * 4;
        if self.sp + bytes + MARGIN > self.heap_start {
            self.grow_stack(bytes + MARGIN)?;
        }
        let base = self.sp;
        self.mem.copy_words(args.base, base, args.count);
        self.sp += bytes;
        Ok(Args { base, count: args.count })
    }

    // ---- objects ----

    /// Header of an object.
    #[inline]
    pub fn header(&self, object: Value) -> u32 {
        if object.is_image() { self.image.object_word(object.offset()) } else { self.mem.word(object.0) }
    }

    /// Kind of an object; 255 for everything that is none (small integers, immediates, unbound).
    #[inline]
    pub fn kind(&self, value: Value) -> u8 {
        if value.is_arena() {
            header_kind(self.mem.word(value.0))
        } else if value.is_image() {
            header_kind(self.image.object_word(value.offset()))
        } else {
            255
        }
    }

    /// Is it an arena object of this kind?
    #[inline(always)]
    pub fn is(&self, value: Value, kind: u8) -> bool {
        kind::exists(kind) && self.is_object_of(value, kind)
    }

    #[inline]
    fn is_object_of(&self, value: Value, kind: u8) -> bool {
        value.is_arena() && header_kind(self.mem.word(value.0)) == kind
    }

    /// Payload word `index` of an object, in the arena or in the module.
    #[inline]
    pub fn word(&self, object: Value, index: u32) -> u32 {
        if object.is_image() {
            self.image.object_word(object.offset() + 4 + index * 4)
        } else {
            self.mem.word(object.0 + 4 + index * 4)
        }
    }

    /// Payload value `index` of an object.
    #[inline]
    pub fn field(&self, object: Value, index: u32) -> Value {
        Value(self.word(object, index))
    }

    /// Sets payload value `index` of an object in the arena.
    #[inline]
    pub fn set_field(&mut self, object: Value, index: u32, value: Value) {
        self.mem.set_word(object.0 + 4 + index * 4, value.0);
    }

    /// Sets payload word `index` of a raw object in the arena.
    #[inline]
    pub fn set_word(&mut self, object: Value, index: u32, word: u32) {
        self.mem.set_word(object.0 + 4 + index * 4, word);
    }

    /// Payload number `index` (a small integer) of an object.
    #[inline]
    pub fn number(&self, object: Value, index: u32) -> u32 {
        self.field(object, index).as_small() as u32
    }

    /// Sets payload number `index` (below 2^30).
    #[inline]
    pub fn set_number(&mut self, object: Value, index: u32, number: u32) {
        self.set_field(object, index, Value::small_unchecked(number as i32));
    }

    /// Length in the header: payload words; bytes of text and bytes.
    #[inline]
    pub fn length(&self, object: Value) -> u32 {
        header_length(self.header(object))
    }

    /// Allocates an object; its payload is zero (unbound values). May collect: values in Rust variables are stale then.
    #[inline]
    pub fn alloc(&mut self, kind: u8, length: u32) -> Outcome<Value> {
        if length > LARGE {
            self.pay_for_large(kind, length)?;
        }
        let head = header(kind, length);
        let bytes = value::object_words(head) * 4;
        if self.heap_top + bytes > self.quick_limit {
            self.make_room(bytes)?;
        }
        let at = self.heap_top;
        self.heap_top += bytes;
        self.mem.set_word(at, head);
        for word in self.mem.values_mut(at + 4, bytes / 4 - 1) {
            *word = Value::UNBOUND;
        }
        Ok(Value::arena(at))
    }

    /// Accounts for the making of a large object: zeroing it, and filling it from somewhere.
    #[cold]
    #[inline(never)]
    fn pay_for_large(&mut self, kind: u8, length: u32) -> Outcome<()> {
        if length > value::MAX_LENGTH {
            return self.memory_error();
        }
        self.work_on(value::object_words(header(kind, length)) * 4)
    }

    /// Grows the object, if it is the last of the heap, to a new length, zeroing what is new. `false` where it isn't
    /// the last or there is no room; nothing has changed then and nothing moved.
    pub fn extend_last(&mut self, object: Value, length: u32) -> bool {
        let old = self.mem.word(object.0);
        let end = object.0 + value::object_words(old) * 4;
        let head = header(header_kind(old), length);
        let new_end = object.0 + value::object_words(head) * 4;
        if end != self.heap_top || length > value::MAX_LENGTH || new_end > self.heap_limit || self.limits.stress {
            return false;
        }
        for offset in (end..new_end).step_by(4) {
            self.mem.set_word(offset, 0);
        }
        self.mem.set_word(object.0, head);
        self.heap_top = new_end;
        true
    }

    /// Shortens an object in the arena in place; what is cut off becomes garbage that the collector can walk over.
    pub fn shrink(&mut self, object: Value, length: u32) {
        let old = self.mem.word(object.0);
        let head = header(header_kind(old), length);
        let (old_words, new_words) = (value::object_words(old), value::object_words(head));
        self.mem.set_word(object.0, head);
        let end = object.0 + old_words * 4;
        if end == self.heap_top {
            self.heap_top = object.0 + new_words * 4;
        } else if old_words > new_words {
            self.mem.set_word(object.0 + new_words * 4, header(kind::RAW, old_words - new_words - 1));
        }
    }

    /// What it costs to go through the heap, in instructions.
    pub(crate) fn going_through(&self) -> u64 {
        u64::from((self.heap_top - self.heap_start) / BYTES_AN_INSTRUCTION)
    }

    /// A collection, paid for as far as what it frees is not worth it: a program that lives at the end of its memory would
    /// collect for nearly every object that it makes, at no price.
    pub(crate) fn collect_paid(&mut self, more: i32) -> Outcome<()> {
        let before = self.heap_top - self.heap_start;
        self.collect(more);
        let freed = before.saturating_sub(self.heap_top - self.heap_start);
        let unpaid = before.saturating_sub(freed.saturating_mul(8)) / BYTES_AN_INSTRUCTION;
        // Where every allocation collects, that is not the program's doing.
        if unpaid == 0 || self.limits.stress { Ok(()) } else { self.spend(unpaid.into()) }
    }

    #[cold]
    #[inline(never)]
    fn make_room(&mut self, bytes: u32) -> Outcome<()> {
        self.collect_paid(0)?;
        if self.heap_limit - self.heap_top < bytes {
            // Stack that was needed once, by a deep recursion, and isn't now. A callee's window lies within its
            // caller's, which may end further up: none ends beyond the longest window from here.
            let longest = (0..self.image.function_count()).map(|index| self.image.function(index).registers).max();
            let above = u32::from(longest.unwrap_or(0)) * 4;
            let spare = self.heap_start.saturating_sub(self.sp + above + MARGIN) & !3;
            if spare > 0 {
                self.collect_paid(-(spare as i32))?;
            }
        }
        if self.heap_limit - self.heap_top < bytes { self.memory_error() } else { Ok(()) }
    }

    /// Widens the stack's room by at least `bytes`, or raises.
    #[cold]
    #[inline(never)]
    pub(crate) fn grow_stack(&mut self, bytes: u32) -> Outcome<()> {
        let needed = (self.sp + bytes).saturating_sub(self.heap_start);
        let wanted = ((self.heap_start - self.stack_at) / 4).max(needed + 64) & !3;
        for more in [wanted, (needed + 3) & !3] {
            self.collect(more as i32);
            if self.heap_start >= self.sp + bytes {
                return Ok(());
            }
        }
        self.spend(self.going_through())?;
        let message = "maximum recursion depth exceeded (the function's memory is used up)";
        // The message is worth some of what is kept back, as long as enough is left for the exception itself.
        let fits = self.mem.bytes() - self.heap_top >= 8 + message.len() as u32 + 64;
        self.with_reserve(|vm| vm.raise(Builtin::RecursionError, if fits { message } else { "" }))
    }

    /// Raises MemoryError.
    #[cold]
    pub fn memory_error<T>(&mut self) -> Outcome<T> {
        self.with_reserve(|vm| vm.raise(Builtin::MemoryError, ""))
    }

    /// Raises what says that memory is used up, with the memory kept back for that.
    fn with_reserve<T>(&mut self, raise: impl FnOnce(&mut Self) -> Outcome<T>) -> Outcome<T> {
        self.reserve_open = true;
        self.limit_heap();
        let result = raise(self);
        self.reserve_open = false;
        self.limit_heap();
        result
    }

    /// Sets how far the heap may grow: to the reserve, or over it where the reserve is open or in use already.
    pub(crate) fn limit_heap(&mut self) {
        let reserve = if self.reserve_open { 0 } else { RESERVE };
        self.heap_limit = (self.mem.bytes() - reserve).max(self.heap_top);
        self.quick_limit = if self.limits.stress { 0 } else { self.heap_limit };
    }

    // ---- numbers ----

    /// A float.
    #[inline]
    pub fn new_float(&mut self, number: f64) -> Outcome<Value> {
        if self.heap_top + 12 > self.quick_limit {
            self.make_room(12)?;
        }
        let at = self.heap_top;
        self.heap_top += 12;
        self.mem.set_float(at, number);
        Ok(Value::arena(at))
    }

    /// The number of a value that is a float.
    #[inline]
    pub(crate) fn as_float(&self, value: Value) -> Option<f64> {
        if value.0 & 3 == 0 { self.mem.float(value.0) } else { self.image.float(value) }
    }

    /// The number of a float object.
    #[inline]
    pub fn float(&self, object: Value) -> f64 {
        f64::from_bits(u64::from(self.word(object, 0)) | u64::from(self.word(object, 1)) << 32)
    }

    /// An integer of up to 64 bits.
    #[inline]
    pub fn new_int(&mut self, number: i64) -> Outcome<Value> {
        if let Ok(number) = i32::try_from(number)
            && let Some(small) = Value::small(number)
        {
            return Ok(small);
        }
        self.new_big(number < 0, number.unsigned_abs())
    }

    /// An unsigned integer of up to 64 bits.
    pub fn new_uint(&mut self, number: u64) -> Outcome<Value> {
        match i64::try_from(number) {
            Ok(number) => self.new_int(number),
            Err(_) => self.new_big(false, number),
        }
    }

    fn new_big(&mut self, negative: bool, magnitude: u64) -> Outcome<Value> {
        let high = (magnitude >> 32) as u32;
        let object = self.alloc(kind::BIG_INT, if high == 0 { 2 } else { 3 })?;
        self.set_word(object, 0, u32::from(negative));
        self.set_word(object, 1, magnitude as u32);
        if high != 0 {
            self.set_word(object, 2, high);
        }
        Ok(object)
    }

    // ---- text and bytes ----

    /// A string.
    pub fn new_str(&mut self, text: &str) -> Outcome<Value> {
        let object = match self.new_str_quickly(u32::try_from(text.len()).unwrap_or(u32::MAX), text.is_ascii()) {
            Some(object) => object,
            None => {
                let object = self.alloc(kind::STR, text.len() as u32)?;
                self.set_word(object, 0, u32::from(text.is_ascii()));
                object
            }
        };
        self.mem.slice_mut(object.0 + 8, text.len() as u32).copy_from_slice(text.as_bytes());
        Ok(object)
    }

    /// A string of `length` zero bytes for the caller to fill, with UTF-8, by [`Vm::bytes_mut`]; `ascii` as it will be.
    pub fn new_str_unfilled(&mut self, length: u32, ascii: bool) -> Outcome<Value> {
        let object = self.alloc(kind::STR, length)?;
        self.set_word(object, 0, u32::from(ascii));
        Ok(object)
    }

    /// A string for the caller to fill completely, where there is room without a collection.
    #[inline]
    pub(crate) fn new_str_quickly(&mut self, length: u32, ascii: bool) -> Option<Value> {
        let bytes = 8 + (length.checked_add(3)? & !3);
        let at = self.heap_top;
        if length > LARGE || at + bytes > self.quick_limit {
            return None;
        }
        self.heap_top += bytes;
        self.mem.set_word(at, header(kind::STR, length));
        // The padding is zero; of an empty text this is the hash word, which comes next.
        self.mem.set_word(at + bytes - 4, 0);
        self.mem.set_word(at + 4, u32::from(ascii));
        Some(Value::arena(at))
    }

    /// A bytes object.
    pub fn new_bytes(&mut self, bytes: &[u8]) -> Outcome<Value> {
        let object = self.alloc(kind::BYTES, bytes.len() as u32)?;
        self.mem.slice_mut(object.0 + 4, bytes.len() as u32).copy_from_slice(bytes);
        Ok(object)
    }

    /// A copy of part of the text or bytes of an object (a root, for it may move): same kind. The range must lie in it
    /// and, of text, at character boundaries.
    pub fn new_part(&mut self, of: Root, from: u32, to: u32) -> Outcome<Value> {
        let is_text = self.kind(self.get(of)) == kind::STR;
        let object = self.alloc(if is_text { kind::STR } else { kind::BYTES }, to - from)?;
        let source = self.get(of);
        let target = object.0 + if is_text { 8 } else { 4 };
        self.copy_text(source, from, target, to - from);
        if is_text {
            let ascii = self.is_ascii(source) || self.mem.slice(target, to - from).is_ascii();
            self.set_word(object, 0, u32::from(ascii));
        }
        Ok(object)
    }

    /// Copies bytes of a text or bytes object to an arena offset.
    pub(crate) fn copy_text(&mut self, source: Value, from: u32, target: u32, length: u32) {
        if source.is_image() {
            let image = self.image;
            let start = (source.offset() + self.text_start(source) + from) as usize;
            if let Some(bytes) = image.object_bytes(start, length as usize) {
                self.mem.slice_mut(target, length).copy_from_slice(bytes);
            }
        } else {
            let start = source.0 + self.text_start(source) + from;
            self.mem.copy_bytes(start, target, length);
        }
    }

    #[inline]
    fn text_start(&self, object: Value) -> u32 {
        if header_kind(self.header(object)) == kind::STR { 8 } else { 4 }
    }

    /// The bytes of a str (UTF-8), bytes or RAW object.
    #[inline]
    pub fn bytes(&self, object: Value) -> &[u8] {
        let head = self.header(object);
        let (start, length) = match header_kind(head) {
            kind::STR => (8, header_length(head)),
            kind::BYTES => (4, header_length(head)),
            _ => (4, header_length(head) * 4),
        };
        if object.is_image() {
            let at = (object.offset() + start) as usize;
            self.image.object_bytes(at, length as usize).unwrap_or(&[])
        } else {
            self.mem.slice(object.0 + start, length)
        }
    }

    /// The bytes of a str, bytes or RAW object in the arena, to write. Of a str the caller keeps them UTF-8.
    #[inline]
    pub fn bytes_mut(&mut self, object: Value) -> &mut [u8] {
        let head = self.header(object);
        let (start, length) = match header_kind(head) {
            kind::STR => (8, header_length(head)),
            kind::BYTES => (4, header_length(head)),
            _ => (4, header_length(head) * 4),
        };
        self.mem.slice_mut(object.0 + start, length)
    }

    /// The text of a str object.
    #[inline]
    pub fn text(&self, object: Value) -> &str {
        // Natives have looked at the kind; where a module lies about a register, nothing else may count as UTF-8.
        if self.kind(object) == kind::STR { raw::text(self.bytes(object)) } else { "" }
    }

    /// Is every character of the str object below 128?
    #[inline]
    pub fn is_ascii(&self, object: Value) -> bool {
        self.word(object, 0) & 1 != 0
    }

    /// Hash of a str object, 31 bits; computed once.
    #[inline]
    pub fn str_hash(&mut self, object: Value) -> u32 {
        let word = self.word(object, 0);
        if word >> 1 != 0 {
            return word >> 1;
        }
        let hash = value::hash_bytes(self.bytes(object));
        if object.is_arena() {
            self.set_word(object, 0, hash << 1 | word & 1);
        }
        hash
    }

    // ---- tuples and lists ----

    /// A tuple of the values of consecutive roots.
    pub fn new_tuple(&mut self, items: Args) -> Outcome<Value> {
        let object = self.alloc(kind::TUPLE, items.count)?;
        self.mem.copy_words(items.base, object.0 + 4, items.count);
        Ok(object)
    }

    /// A list of the values of consecutive roots.
    pub fn new_list(&mut self, items: Args) -> Outcome<Value> {
        let buffer = self.alloc(kind::BUFFER, items.count)?;
        self.mem.copy_words(items.base, buffer.0 + 4, items.count);
        self.list_of_buffer(buffer, items.count)
    }

    /// An empty list with room for `capacity` items.
    pub fn new_list_with(&mut self, capacity: u32) -> Outcome<Value> {
        let buffer = self.alloc(kind::BUFFER, capacity)?;
        self.list_of_buffer(buffer, 0)
    }

    /// A list whose items are the first `count` of a BUFFER.
    pub fn list_of_buffer(&mut self, buffer: Value, count: u32) -> Outcome<Value> {
        let buffer = self.root(buffer)?;
        let list = self.alloc(kind::LIST, 2)?;
        self.set_number(list, 0, count);
        self.set_field(list, 1, self.get(buffer));
        self.release(buffer.0);
        Ok(list)
    }

    /// Items of a list (arena) or tuple (arena or module).
    #[inline]
    pub fn items(&self, sequence: Value) -> &[Value] {
        let head = self.header(sequence);
        if header_kind(head) == kind::LIST {
            let buffer = self.field(sequence, 1);
            let count = self.number(sequence, 0).min(self.length(buffer));
            return self.mem.values(buffer.0 + 4, count);
        }
        let length = header_length(head);
        if sequence.is_image() {
            let at = (sequence.offset() / 4 + 1) as usize;
            raw::values(self.image.objects.get(at..at + length as usize).unwrap_or(&[]))
        } else {
            self.mem.values(sequence.0 + 4, length)
        }
    }

    /// Items of a list, to write in place.
    #[inline]
    pub fn items_mut(&mut self, list: Value) -> &mut [Value] {
        let buffer = self.field(list, 1);
        let count = self.number(list, 0).min(self.length(buffer));
        self.mem.values_mut(buffer.0 + 4, count)
    }

    /// Appends to a list (both roots).
    pub fn list_push(&mut self, list: Root, item: Root) -> Outcome<()> {
        let object = self.get(list);
        let count = self.number(object, 0);
        let buffer = self.field(object, 1);
        let capacity = self.length(buffer);
        if count >= capacity {
            self.list_reserve(list, count + 1)?;
        }
        let object = self.get(list);
        let buffer = self.field(object, 1);
        self.set_field(buffer, count, self.get(item));
        self.set_number(object, 0, count + 1);
        Ok(())
    }

    /// Makes room for `capacity` items in a list (growing by half beyond small sizes).
    #[inline(never)]
    pub fn list_reserve(&mut self, list: Root, capacity: u32) -> Outcome<()> {
        let object = self.get(list);
        let (count, buffer) = (self.number(object, 0), self.field(object, 1));
        let old = self.length(buffer);
        if capacity <= old {
            return Ok(());
        }
        let wanted = capacity.max(if old < 8 { old + 4 } else { old + old / 2 });
        if buffer.is_arena() && self.extend_last(buffer, wanted) {
            return Ok(());
        }
        let room = self.heap_limit - self.heap_top;
        let wanted = if wanted.saturating_add(1).saturating_mul(4) > room { capacity } else { wanted };
        let new = self.alloc(kind::BUFFER, wanted)?;
        let object = self.get(list);
        let buffer = self.field(object, 1);
        self.mem.copy_words(buffer.0 + 4, new.0 + 4, count);
        self.set_field(object, 1, new);
        Ok(())
    }

    // ---- errors ----

    /// Raises a builtin exception with a message (none where empty).
    #[inline(always)]
    pub fn raise<T>(&mut self, class: Builtin, message: &str) -> Outcome<T> {
        self.raise_wordless(class)?;
        Err(self.raised(class, message))
    }

    /// Raises at once where messages were left out: nothing refers to a message, or to what makes it, any more.
    #[inline(always)]
    pub(crate) fn raise_wordless(&mut self, class: Builtin) -> Outcome<()> {
        if FEATURES.has(Feature::Messages) { Ok(()) } else { self.raise_value(class, Value::UNBOUND) }
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn raised(&mut self, class: Builtin, message: &str) -> Raise {
        let text = if message.is_empty() { Ok(Value::UNBOUND) } else { self.new_str(message) };
        match text.and_then(|text| self.raise_value(class, text)) {
            Ok(()) | Err(Raise) => Raise,
        }
    }

    /// Raises a builtin exception with a formatted message of at most 255 bytes (longer ones are cut).
    #[inline(always)]
    pub fn raise_fmt<T>(&mut self, class: Builtin, message: core::fmt::Arguments<'_>) -> Outcome<T> {
        self.raise_wordless(class)?;
        Err(self.raised_fmt(class, message))
    }

    /// Raises a `TypeError` about a value: `{}` in the message stands for the name of its type.
    #[inline(always)]
    pub(crate) fn raise_type<T>(&mut self, message: &str, value: Value) -> Outcome<T> {
        self.raise_wordless(Builtin::TypeError)?;
        Err(self.raised_type(message, value))
    }

    #[cold]
    #[inline(never)]
    fn raised_type(&mut self, message: &str, value: Value) -> Raise {
        let (name, mut line) = (self.type_name(value), Line::default());
        let at = message.bytes().position(|byte| byte == b'{').unwrap_or(message.len());
        line.push(message.get(..at).unwrap_or(""));
        line.push(name.as_str());
        line.push(message.get(at + "{}".len()..).unwrap_or(""));
        self.raised(Builtin::TypeError, line.as_str())
    }

    #[cold]
    #[inline(never)]
    fn raised_fmt(&mut self, class: Builtin, message: core::fmt::Arguments<'_>) -> Raise {
        let mut line = Line::default();
        let _ = core::fmt::write(&mut line, message);
        self.raised(class, line.as_str())
    }
}

/// The bytes of a str object, where the machine's other parts are borrowed at the same time.
pub(crate) fn text_bytes<'b>(mem: &'b Memory<'_>, image: &Image<'b>, object: Value) -> &'b [u8] {
    if object.is_image() {
        let at = (object.offset() + 8) as usize;
        let length = header_length(image.object_word(object.offset())) as usize;
        image.object_bytes(at, length).unwrap_or(&[])
    } else {
        mem.slice(object.0 + 8, header_length(mem.word(object.0)))
    }
}

/// A short piece of text on the native stack, for messages.
pub struct Line {
    bytes: [u8; 255],
    length: usize,
}

impl Default for Line {
    fn default() -> Self {
        Self { bytes: [0; 255], length: 0 }
    }
}

impl Line {
    /// What was written.
    pub fn as_str(&self) -> &str {
        self.bytes.get(..self.length).map_or("", raw::text)
    }

    /// Appends as much of a text as has room.
    pub(crate) fn push(&mut self, text: &str) {
        let mut fits = text.len().min(self.bytes.len() - self.length);
        while !text.is_char_boundary(fits) {
            fits -= 1;
        }
        if let (Some(target), Some(source)) =
            (self.bytes.get_mut(self.length..self.length + fits), text.as_bytes().get(..fits))
        {
            target.copy_from_slice(source);
            self.length += fits;
        }
    }
}

impl core::fmt::Display for Line {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl core::fmt::Write for Line {
    fn write_str(&mut self, text: &str) -> core::fmt::Result {
        self.push(text);
        Ok(())
    }
}
