//! Abandoned generators: one that nothing refers to any more, and that waits inside `try` or `with`, is closed.
//!
//! CPython does that the moment its last reference goes. Here nobody counts references, so it is done where the last
//! reference usually goes: where a `for` is left early, where a frame returns or is left by an exception, where a
//! variable is deleted, behind `next`, `any`, `all` and `in` of a temporary. At these places the registers that are
//! given up are looked at; only when one of them holds a generator that waits inside a guarded range does a marking
//! pass find out whether something else refers to it. What slips through is found by the collector, or when the
//! invocation ends. All of it depends on nothing but the program, its event and the arena: it is deterministic.

use crate::call::RECORD;
use crate::error::{Outcome, Raise};
use crate::features::FEATURES;
use crate::generator::{field, state};
use crate::interpret::{Place, result};
use crate::kind::kind;
use crate::vm::{Root, Vm, roots};
use nano_wire::features::Feature;
use nano_wire::isa::{Instruction, Opcode};
use nano_wire::module::{Function, flags};
use nano_wire::value::{Value, header_kind, object_words};

/// Generators that are closed together, at most; others have their turn later.
const TOGETHER: usize = 16;
/// Marking for nothing so often in a row is no reason to do it more rarely.
const FRUITLESS: u32 = 16;
/// Iterators over iterators are looked through so deep.
const DEPTH: u32 = 6;
/// Most objects that a register is looked through for: lists of lists have more than anybody has time for.
const LOOKS: u32 = 64;

/// Generators that wait inside a guarded range, in the order of their closing.
pub(crate) struct Waiting {
    generators: [Value; TOGETHER],
    count: usize,
    /// Objects that may still be looked at.
    looks: u32,
}

impl Waiting {
    pub(crate) const NONE: Self = Self { generators: [Value::UNBOUND; TOGETHER], count: 0, looks: LOOKS };

    pub(crate) fn add(&mut self, generator: Value) {
        if !self.as_slice().contains(&generator)
            && let Some(place) = self.generators.get_mut(self.count)
        {
            *place = generator;
            self.count += 1;
        }
    }

    fn is_full(&self) -> bool {
        self.count == TOGETHER
    }

    fn as_slice(&self) -> &[Value] {
        self.generators.get(..self.count).unwrap_or_default()
    }
}

/// What becomes of a frame's result.
fn record_kind(place: Place<'_>) -> u32 {
    place.regs.record(1) >> 1 & 15
}

/// The frame may be given a generator to look after: its return is looked at (see [`Vm::give_up_frame`]).
#[cold]
#[inline(never)]
pub(crate) fn watch(place: Place<'_>) {
    if record_kind(place) == result::VALUE {
        place.regs.set_record(1, place.regs.record(1) | result::WATCHED << 1);
    }
}

impl<'a> Vm<'a> {
    /// Notes that a generator has been made; of functions with guarded ranges there may be something to close.
    #[inline(always)]
    pub(crate) fn note_generator(&mut self, function: &Function) {
        self.guarded = self.guarded.saturating_add(u32::from(function.handlers != 0));
    }

    /// Notes that a generator has come to its end.
    pub(crate) fn note_finished(&mut self, generator: Value) {
        let function = self.function_of(self.field(generator, field::FUNCTION));
        if function.is_some_and(|function| function.handlers != 0) {
            self.guarded = self.guarded.saturating_sub(1);
        }
    }

    /// May there be a generator that waits inside `try` or `with`?
    #[inline(always)]
    pub(crate) fn is_guarded(&self) -> bool {
        FEATURES.has(Feature::Generators) && self.guarded != 0
    }

    /// Does a generator wait where closing it runs code?
    pub(crate) fn waits(&self, generator: Value) -> bool {
        let callee = self.field(generator, field::FUNCTION);
        self.is(callee, kind::FUNCTION) && self.waits_in(generator, callee)
    }

    /// The same, of a generator of this FUNCTION.
    fn waits_in(&self, generator: Value, callee: Value) -> bool {
        let now = self.number(generator, field::STATE);
        if now != state::YIELDED && now != state::DELEGATING {
            return false;
        }
        let function = self.image.function(self.number(callee, 0));
        // An asynchronous generator is closed by its loop, or not at all.
        if function.handlers == 0 || now == state::YIELDED && function.flags & flags::COROUTINE != 0 {
            return false;
        }
        let within = self.number(generator, field::RESUME).wrapping_sub(1).wrapping_sub(function.code);
        let first = usize::from(function.first_handler);
        let all = self.image.handlers.get(first * 2..(first + usize::from(function.handlers)) * 2).unwrap_or(&[]);
        all.chunks_exact(2).any(|pair| {
            let &[range, _] = pair else { return false };
            within >= range & 0xFFFF && within < range >> 16
        })
    }

    /// Generators that wait among what a register holds, iterators over iterators looked through.
    fn gather(&self, held: Value, found: &mut Waiting) {
        if self.waiting != 0 {
            found.looks = LOOKS;
            self.gather_in(held, DEPTH, found);
        }
    }

    fn gather_in(&self, value: Value, depth: u32, found: &mut Waiting) {
        if depth == 0 || found.looks == 0 || !value.is_arena() {
            return;
        }
        found.looks -= 1;
        match self.kind(value) {
            kind::GENERATOR => {
                if !matches!(self.number(value, field::STATE), state::NEW | state::YIELDED | state::DELEGATING) {
                    return;
                }
                if self.waits(value) {
                    // What it holds is given up when it is closed.
                    found.add(value);
                    return;
                }
                for register in field::REGISTERS..self.length(value) {
                    self.gather_inner(self.field(value, register), depth, found);
                }
            }
            kind::ITERATOR => {
                for index in 1..4 {
                    self.gather_inner(self.field(value, index), depth, found);
                }
            }
            kind::TUPLE | kind::LIST => {
                for item in self.items(value).iter().take(16) {
                    self.gather_inner(*item, depth, found);
                }
            }
            kind::INSTANCE => {
                for index in 1..self.length(value) {
                    self.gather_inner(self.field(value, index), depth.min(3), found);
                }
            }
            _ => {}
        }
    }

    /// Is it of a kind that is looked through?
    fn may_hold(&self, value: Value) -> bool {
        value.is_arena()
            && matches!(self.kind(value), kind::GENERATOR | kind::ITERATOR | kind::TUPLE | kind::LIST | kind::INSTANCE)
    }

    fn gather_inner(&self, value: Value, depth: u32, found: &mut Waiting) {
        if self.may_hold(value) {
            self.gather_in(value, depth - 1, found);
        }
    }

    /// Closes those of them that nothing below `live` on the stack, nor the machine itself, refers to.
    fn close_unreachable(&mut self, found: &Waiting, live: u32) -> Outcome<()> {
        if !self.is_worth_marking() {
            return Ok(());
        }
        self.spend(self.going_through())?;
        let top = self.sp;
        self.sp = live.min(top);
        self.mark_all();
        self.sp = top;
        let mut dead = Waiting::NONE;
        for generator in found.as_slice() {
            if !self.is_marked(*generator) {
                dead.add(*generator);
            }
        }
        self.clear_marks();
        self.note_marked(&dead);
        self.close_all(&dead)
    }

    /// Is it time to look for generators that nobody refers to? Where others hold those that are given up (tasks are
    /// held by their loop), that would be for nothing each time, and takes as long as the heap is large: it is done
    /// ever more rarely then, and the collector finds what is left.
    fn is_worth_marking(&mut self) -> bool {
        let is_worth = self.fruitless <= FRUITLESS || self.fruitless.is_power_of_two();
        self.fruitless = self.fruitless.saturating_add(u32::from(!is_worth));
        is_worth
    }

    fn note_marked(&mut self, dead: &Waiting) {
        self.fruitless = if dead.count == 0 { self.fruitless.saturating_add(1) } else { 0 };
    }

    /// Closes generators that nobody refers to.
    fn close_all(&mut self, dead: &Waiting) -> Outcome<()> {
        let first = self.mark();
        for generator in dead.as_slice() {
            // Before anything is allocated: all of them have room, or none of the rest is closed now.
            if self.sp + 4 + crate::call::MARGIN > self.heap_start {
                self.abandoned = true;
                break;
            }
            self.root(*generator)?;
        }
        let end = self.mark();
        let mut closed = Ok(());
        for at in (first..end).step_by(4) {
            closed = closed.and(self.close_quietly(Root(at)));
        }
        self.release(first);
        closed
    }

    /// Closes a generator for nobody: what it raises is told, and comes to nothing. `Err`: a limit stops the run.
    fn close_quietly(&mut self, generator: Root) -> Outcome<()> {
        if !self.waits(self.get(generator)) {
            return Ok(());
        }
        let left_frame = core::mem::take(&mut self.left_frame);
        let mark = self.mark();
        let exception = self.take_exception();
        let (exception, handling) = self.root2(exception, self.handling())?;
        let result = self.generator_close(self.get(generator));
        if self.waits(self.get(generator)) {
            // It goes on whatever it is told; it is gone all the same.
            self.set_number(self.get(generator), field::STATE, state::FINISHED);
        }
        if result.is_err() {
            if self.stop.is_some() {
                return Err(Raise);
            }
            self.tell_ignored(generator);
        }
        if self.left_behind {
            self.close_abandoned()?;
        }
        let (exception, handling) = (self.get(exception), self.get(handling));
        self.set_exception(exception);
        self.set_handling(handling);
        self.left_frame = left_frame;
        self.release(mark);
        Ok(())
    }

    /// Says what a generator that was closed for nobody raised.
    #[cold]
    fn tell_ignored(&mut self, generator: Root) {
        let exception = self.take_exception();
        let class = self.exception_class(exception);
        let described = self.repr(self.get(generator));
        if let Ok(text) = described {
            let mut line = crate::vm::Line::default();
            let _ = core::fmt::Write::write_str(&mut line, self.text(text));
            self.host.print_error("Exception ignored in: ");
            self.host.print_error(line.as_str());
            self.host.print_error("\n");
        }
        self.host.print_error(class.as_str());
        self.host.print_error("\n");
        self.take_exception();
    }

    /// While a generator runs its registers are on the stack: those in the heap are old ones that keep nothing.
    fn forget_copies(&mut self, place: Place<'a>) {
        if !matches!(record_kind(place), result::FOR | result::DELEGATE | result::GENERATOR) {
            return;
        }
        let generator = Value(place.regs.record(4));
        if self.is(generator, kind::GENERATOR) && self.number(generator, field::STATE) == state::RUNNING {
            for register in field::REGISTERS..self.length(generator) {
                self.set_field(generator, register, Value::UNBOUND);
            }
        }
    }

    /// A register has been given up: what was in it, and whether what stands above it is dead, too.
    #[cold]
    #[inline(never)]
    pub(crate) fn give_up(&mut self, value: Value, register: u8, place: Place<'a>) -> Outcome<()> {
        let mut found = Waiting::NONE;
        self.gather(value, &mut found);
        if found.count == 0 {
            return Ok(());
        }
        let base = self.mem.offset_of(place.regs);
        self.forget_copies(place);
        let callee = Value(place.regs.record(3));
        let live = match self.function_of(callee) {
            Some(function) if self.is_iterator(&function, register) => base + u32::from(register) * 4,
            _ => self.sp,
        };
        self.close_unreachable(&found, live)
    }

    /// A frame is about to return a value: nothing in its window outlives it. The value, where it is now.
    #[cold]
    #[inline(never)]
    pub(crate) fn give_up_frame(&mut self, value: Value, place: Place<'a>) -> Outcome<Value> {
        let base = self.mem.offset_of(place.regs);
        let mut found = Waiting::NONE;
        for register in 0..place.count.min(255) {
            if found.count == 0 {
                self.gather(place.regs.get(register as u8), &mut found);
            }
        }
        // Nearly always there is none.
        if found.count == 0 {
            Self::leave_window(place);
            return Ok(value);
        }
        found = Waiting::NONE;
        let function = self.function_of(Value(place.regs.record(3)));
        // The iterators of its loops go first, the innermost before the others; then its variables.
        for iterators in [true, false] {
            for index in 0..place.count.min(255) {
                let register = if iterators { place.count.min(255) - 1 - index } else { index } as u8;
                let held = place.regs.get(register);
                if self.may_hold(held)
                    && function.as_ref().is_some_and(|function| self.is_iterator(function, register)) == iterators
                {
                    self.gather(held, &mut found);
                }
            }
        }
        Self::leave_window(place);
        self.forget_copies(place);
        let kept = self.root(value)?;
        self.mem.set_word(roots::SCRATCH, value.0);
        let result = self.close_unreachable(&found, base - RECORD);
        self.mem.set_word(roots::SCRATCH, 0);
        let value = self.get(kept);
        self.release(kept.0);
        result.map(|()| value)
    }

    /// A window may reveal registers again: then they must not keep old references.
    fn leave_window(place: Place<'a>) {
        if record_kind(place) != result::CLASS {
            place.regs.clear(0, place.count as usize);
        }
    }

    /// An exception leaves the loops of a frame: registers from `first` on are given up. Variables of a frame that is
    /// left for good stay until the exception has been handled, as its traceback holds them.
    #[cold]
    #[inline(never)]
    pub(crate) fn give_up_loops(&mut self, first: u32, place: Place<'a>) -> Outcome<()> {
        let base = self.mem.offset_of(place.regs);
        let Some(function) = self.function_of(Value(place.regs.record(3))) else { return Ok(()) };
        for register in (first..place.count.min(255)).rev() {
            let mut found = Waiting::NONE;
            self.gather(place.regs.get(register as u8), &mut found);
            if found.count == 0 {
                continue;
            }
            if self.is_iterator(&function, register as u8) {
                self.forget_copies(place);
                self.close_unreachable(&found, base + register * 4)?;
            } else if first == 0 {
                self.left_behind |= self.is_worth_marking();
            }
        }
        Ok(())
    }

    /// Closes every generator that waits and that nothing refers to.
    #[cold]
    #[inline(never)]
    pub(crate) fn close_abandoned(&mut self) -> Outcome<()> {
        if !FEATURES.has(Feature::Generators) {
            return Ok(());
        }
        (self.abandoned, self.left_behind) = (false, false);
        loop {
            self.spend(self.going_through())?;
            self.mark_all();
            let dead = self.forgotten();
            self.clear_marks();
            self.note_marked(&dead);
            self.close_all(&dead)?;
            // There may be more of them; where there was no room to close these, they wait for the next time.
            if !dead.is_full() || self.abandoned {
                return Ok(());
            }
        }
    }

    /// Does any generator of the heap wait?
    fn any_waits(&self) -> bool {
        let mut at = self.heap_start;
        while at < self.heap_top {
            let header = self.mem.word(at);
            if header_kind(header) == kind::GENERATOR && self.waits(Value::arena(at)) {
                return true;
            }
            at += object_words(header) * 4;
        }
        false
    }

    /// The end of an invocation: nothing of its stack is left.
    pub(crate) fn end_invocation(&mut self) -> Outcome<()> {
        if self.is_guarded() { self.close_abandoned() } else { Ok(()) }
    }

    /// The end of a program: its globals go, one after the other.
    pub(crate) fn end_program(&mut self) -> Outcome<()> {
        if !self.is_guarded() {
            return Ok(());
        }
        self.close_abandoned()?;
        let entry = self.image.module(0);
        let first = u32::from(entry.first_global);
        for slot in first..first + u32::from(entry.globals) {
            if !self.any_waits() {
                return Ok(());
            }
            self.mem.set_word(roots::END + slot * 4, Value::NONE.0);
            self.close_abandoned()?;
        }
        // What modules of the library hold.
        for slot in 0..u32::from(self.image.globals) {
            self.mem.set_word(roots::END + slot * 4, Value::NONE.0);
        }
        self.close_abandoned()
    }

    fn function_of(&self, callee: Value) -> Option<Function> {
        self.is(callee, kind::FUNCTION).then(|| self.image.function(self.number(callee, 0)))
    }

    /// Does a loop of the function keep its iterator in this register?
    fn is_iterator(&self, function: &Function, register: u8) -> bool {
        let end = function.code + u32::from(function.words);
        let mut at = function.code;
        while at < end {
            let Some(instruction) = self.image.code.get(at as usize..).and_then(Instruction::decode) else {
                return false;
            };
            if instruction.opcode == Opcode::ForIter && instruction.a == register {
                return true;
            }
            at += instruction.words() as u32;
        }
        false
    }

    /// What the collector asks for each generator that it found nobody refers to: must it be kept, to be closed?
    pub(crate) fn must_be_closed(&mut self, generator: Value) -> bool {
        // Before the way to the header of the function is gone along, which is as long as it has generators.
        if !matches!(self.number(generator, field::STATE), state::YIELDED | state::DELEGATING) {
            return false;
        }
        let callee = self.field(generator, field::FUNCTION);
        self.kind_of_strung(callee) == kind::FUNCTION && self.waits_in(generator, callee)
    }

    /// Can code still wait inside a guarded range of this generator?
    pub(crate) fn may_wait(&self, generator: Value) -> bool {
        self.number(generator, field::STATE) != state::FINISHED
            && self.function_of(self.field(generator, field::FUNCTION)).is_some_and(|function| function.handlers != 0)
    }
}
