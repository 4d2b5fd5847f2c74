//! Generators: frames that rest in the heap between two values.
//!
//! A GENERATOR is `[state, function, resume word, handled exception, registers ..]`. When resumed its registers are
//! copied onto the stack, behind a frame record of four words (the fourth is the generator), and copied back at `yield`.

use crate::call::MARGIN;
use crate::error::{Outcome, Raise};
use crate::kind::kind;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::isa::{Instruction, Opcode};
use nano_wire::module::{Function, flags};
use nano_wire::value::Value;

/// Fields of a GENERATOR.
pub(crate) mod field {
    pub const STATE: u32 = 0;
    pub const FUNCTION: u32 = 1;
    pub const RESUME: u32 = 2;
    pub const HANDLING: u32 = 3;
    pub const REGISTERS: u32 = 4;
}

/// States of a generator.
pub(crate) mod state {
    pub const NEW: u32 = 0;
    /// Stopped behind a `yield`.
    pub const YIELDED: u32 = 1;
    /// Stopped at a `yield from`.
    pub const DELEGATING: u32 = 2;
    pub const RUNNING: u32 = 3;
    pub const FINISHED: u32 = 4;
}

/// Words of the frame record under a generator's window.
pub(crate) const GENERATOR_RECORD: u32 = 16;

impl Vm<'_> {
    /// Is the generator a coroutine (of `async def`)?
    pub(crate) fn is_coroutine(&self, generator: Value) -> bool {
        let function = self.field(generator, field::FUNCTION);
        self.is(function, kind::FUNCTION) && self.image.function(self.number(function, 0)).flags & flags::COROUTINE != 0
    }

    /// A generator of the function whose arguments lie in the window at `base`.
    pub(crate) fn new_generator(&mut self, base: u32, function: &Function) -> Outcome<Value> {
        self.must_have(Feature::Generators)?;
        let registers = u32::from(function.registers);
        let object = self.alloc(kind::GENERATOR, field::REGISTERS + registers)?;
        self.note_generator(function);
        let callee = Value(self.mem.word(base - crate::call::RECORD));
        self.set_number(object, field::STATE, state::NEW);
        self.set_field(object, field::FUNCTION, callee);
        self.set_number(object, field::RESUME, function.code);
        self.mem.copy_words(base, object.0 + 4 + field::REGISTERS * 4, function.parameters() as u32);
        if self.is_guarded() {
            // The generator alone refers to its arguments.
            for word in self.mem.values_mut(base, function.parameters() as u32) {
                *word = Value::UNBOUND;
            }
        }
        Ok(object)
    }

    /// Puts a generator's frame on the stack at `at` (its window begins at `at + 16`) and marks it running; the sent
    /// value goes where its `yield` stands. The caller sets the return address and the info word. `at` is free stack.
    pub(crate) fn mount_generator(
        &mut self,
        generator: Value,
        at: u32,
        sent: Value,
        throwing: bool,
    ) -> Outcome<(u32, u32)> {
        self.must_have(Feature::Generators)?;
        let running = self.number(generator, field::STATE);
        if running == state::RUNNING {
            return self.raise(Builtin::ValueError, "generator already executing");
        }
        let count = self.length(generator) - field::REGISTERS;
        let base = at + GENERATOR_RECORD;
        if base + count * 4 + MARGIN > self.heap_start {
            let (generator, sent) = self.root2(generator, sent)?;
            let needed = (base + count * 4 + MARGIN).saturating_sub(self.sp);
            self.grow_stack(needed)?;
            let (generator_now, sent) = (self.get(generator), self.get(sent));
            self.release(generator.0);
            return self.mount_generator(generator_now, at, sent, throwing);
        }
        self.mem.set_word(at, generator.0);
        let function = self.field(generator, field::FUNCTION);
        self.mem.set_word(at + 4, function.0);
        self.mem.copy_words(generator.0 + 4 + field::REGISTERS * 4, base, count);
        let resume = self.number(generator, field::RESUME);
        // An exception that is thrown in leaves the register of the `yield` alone.
        if running != state::NEW && !throwing {
            // Behind the `yield` (one word) or on the `yield from`.
            let word = if running == state::YIELDED { resume - 1 } else { resume };
            if let Some(instruction) = self.image.code.get(word as usize..).and_then(Instruction::decode) {
                let register = if instruction.opcode == Opcode::YieldFrom {
                    u32::from(instruction.b) + 1
                } else {
                    u32::from(instruction.a)
                };
                self.mem.set_word(base + register * 4, sent.0);
            }
        }
        if self.is_guarded() && self.waits(generator) {
            self.waiting = self.waiting.saturating_sub(1);
        }
        self.set_number(generator, field::STATE, state::RUNNING);
        let (own, outer) = (self.field(generator, field::HANDLING), self.handling());
        self.set_field(generator, field::HANDLING, outer);
        if !own.is_unbound() {
            self.set_handling(own);
        }
        self.sp = base + count * 4;
        Ok((base, resume))
    }

    /// Puts a running generator's frame back into the heap.
    pub(crate) fn unmount_generator(&mut self, base: u32, how: u32, resume: u32) {
        let generator = Value(self.mem.word(base - GENERATOR_RECORD));
        if !self.is(generator, kind::GENERATOR) {
            return;
        }
        let count = self.length(generator) - field::REGISTERS;
        let (outer, own) = (self.field(generator, field::HANDLING), self.handling());
        self.set_handling(outer);
        if how == state::FINISHED {
            if self.is_guarded() {
                self.note_finished(generator);
            }
            self.set_field(generator, field::HANDLING, Value::UNBOUND);
            for register in 0..count {
                self.set_field(generator, field::REGISTERS + register, Value::UNBOUND);
            }
        } else {
            self.set_field(generator, field::HANDLING, if own == outer { Value::UNBOUND } else { own });
            self.mem.copy_words(base, generator.0 + 4 + field::REGISTERS * 4, count);
        }
        self.set_number(generator, field::RESUME, resume);
        self.set_number(generator, field::STATE, how);
        if self.is_guarded() && self.waits(generator) {
            self.waiting = self.waiting.saturating_add(1);
        }
    }

    /// Next value of a generator, from native code; `None` at its end (what it returned is dropped).
    pub(crate) fn generator_next(&mut self, generator: Value) -> Outcome<Option<Value>> {
        match self.generator_send(generator, Value::NONE)? {
            (value, true) => Ok(Some(value)),
            (_, false) => Ok(None),
        }
    }

    /// Resumes a generator with a value: (value, true) for a yield, (value, false) for its return.
    pub(crate) fn generator_send(&mut self, generator: Value, sent: Value) -> Outcome<(Value, bool)> {
        self.must_have(Feature::Generators)?;
        let now = self.number(generator, field::STATE);
        if now == state::FINISHED {
            if self.is_coroutine(generator) {
                return self.raise(Builtin::RuntimeError, "cannot reuse already awaited coroutine");
            }
            return Ok((Value::NONE, false));
        }
        if now == state::NEW && sent != Value::NONE {
            if self.is_coroutine(generator) {
                return self.raise(Builtin::TypeError, "can't send non-None value to a just-started coroutine");
            }
            return self.raise(Builtin::TypeError, "can't send non-None value to a just-started generator");
        }
        let depth = self.native_depth;
        self.nest()?;
        let result = self.run_generator(generator, sent, false);
        self.native_depth = depth;
        result
    }

    /// Raises the exception (already set as the one being raised) inside a generator.
    pub(crate) fn generator_throw(&mut self, generator: Value) -> Outcome<(Value, bool)> {
        self.must_have(Feature::Generators)?;
        let mut generator = generator;
        let now = self.number(generator, field::STATE);
        if now == state::RUNNING {
            return self.raise(Builtin::ValueError, "generator already executing");
        }
        if now == state::NEW {
            self.set_number(generator, field::STATE, state::FINISHED);
            if self.raised_is(Builtin::StopIteration) {
                self.stop_iteration_escapes()?;
            }
            return Err(Raise);
        }
        if now == state::FINISHED {
            return Err(Raise);
        }
        if now == state::DELEGATING {
            // The exception goes to the innermost generator first.
            let resume = self.number(generator, field::RESUME);
            let instruction = self.image.code.get(resume as usize..).and_then(Instruction::decode);
            if let Some(instruction) = instruction {
                let inner = self.field(generator, field::REGISTERS + u32::from(instruction.b));
                if self.is(inner, kind::GENERATOR) {
                    let kept = self.root(generator)?;
                    let depth = self.native_depth;
                    self.nest()?;
                    let closes = self.raised_is(Builtin::GeneratorExit);
                    let result = self.generator_throw(inner);
                    self.native_depth = depth;
                    let result = match result {
                        // It was to be closed, and this generator after it.
                        Ok((_, true)) if closes => self.ignored_exit(),
                        Ok((_, false)) if closes => self.exit(),
                        result => result,
                    };
                    generator = self.get(kept);
                    self.release(kept.0);
                    match result {
                        Ok((value, true)) => return Ok((value, true)),
                        Ok((value, false)) => {
                            // The delegation is over: its value, and on behind the `yield from`.
                            self.set_field(generator, field::REGISTERS + u32::from(instruction.a), value);
                            self.set_number(generator, field::RESUME, resume + 1);
                            self.set_number(generator, field::STATE, state::NEW);
                            let depth = self.native_depth;
                            self.nest()?;
                            let result = self.run_generator(generator, Value::NONE, false);
                            self.native_depth = depth;
                            return result;
                        }
                        Err(Raise) => {}
                    }
                }
            }
        }
        let depth = self.native_depth;
        self.nest()?;
        // What the generator handles is the context there.
        let (thrown, outer) = (self.exception(), self.handling());
        self.set_handling(self.field(generator, field::HANDLING));
        let _: Outcome<()> = self.raise_object(thrown);
        self.set_handling(outer);
        let result = self.run_generator(generator, Value::NONE, true);
        self.native_depth = depth;
        result
    }

    fn run_generator(&mut self, generator: Value, sent: Value, throwing: bool) -> Outcome<(Value, bool)> {
        let top = self.sp;
        let (base, resume) = self.mount_generator(generator, top, sent, throwing)?;
        let result = self.run_mounted(base, resume, throwing);
        self.sp = top;
        result
    }

    /// A StopIteration that leaves a generator is a RuntimeError.
    #[cold]
    pub(crate) fn stop_iteration_escapes(&mut self) -> Outcome<()> {
        let cause = self.take_exception();
        let cause = self.root(cause)?;
        let _: Outcome<()> = self.raise(Builtin::RuntimeError, "generator raised StopIteration");
        let (exception, cause_value) = (self.exception(), self.get(cause));
        if self.is(exception, kind::EXCEPTION) {
            self.set_field(exception, crate::exception::field::CAUSE, cause_value);
            self.set_field(exception, crate::exception::field::CONTEXT, cause_value);
            self.set_number(exception, crate::exception::field::FLAGS, 1);
        }
        self.release(cause.0);
        Ok(())
    }

    /// `generator.close()`.
    pub(crate) fn generator_close(&mut self, generator: Value) -> Outcome<()> {
        self.must_have(Feature::Generators)?;
        let now = self.number(generator, field::STATE);
        if now == state::FINISHED || now == state::NEW {
            self.set_number(generator, field::STATE, state::FINISHED);
            return Ok(());
        }
        let kept = self.root(generator)?;
        let _: Outcome<()> = self.exit();
        let result = self.generator_throw(self.get(kept));
        self.release(kept.0);
        match result {
            Ok((_, true)) => self.ignored_exit(),
            Ok((_, false)) => Ok(()),
            Err(Raise) if self.raised_is(Builtin::GeneratorExit) || self.raised_is(Builtin::StopIteration) => {
                self.take_exception();
                Ok(())
            }
            Err(Raise) => Err(Raise),
        }
    }

    fn exit<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::GeneratorExit, "")
    }

    fn ignored_exit<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::RuntimeError, "generator ignored GeneratorExit")
    }

    /// What `next(generator)` and `send` do for a program: the value, or StopIteration with what was returned.
    pub(crate) fn generator_step(&mut self, generator: Value, sent: Value) -> Outcome<Value> {
        match self.generator_send(generator, sent)? {
            (value, true) => Ok(value),
            (value, false) => self.stop_iteration(value),
        }
    }

    /// Raises StopIteration with a value (none where it is None).
    pub(crate) fn stop_iteration<T>(&mut self, value: Value) -> Outcome<T> {
        self.raise_value(Builtin::StopIteration, if value == Value::NONE { Value::UNBOUND } else { value })
    }

    /// Methods of generators.
    pub(crate) fn generator_method_throw(&mut self, args: Args) -> Outcome<Value> {
        let mut given = self.arg(args, 1);
        if args.len() >= 3 && self.arg(args, 2) != Value::NONE {
            let value = self.arg(args, 2);
            // A value that is no exception is what one is made of.
            given = if self.is(value, kind::EXCEPTION) { value } else { self.call_values(given, &[value])? };
        }
        let thrown = self.exception_from(given)?;
        self.set_exception(thrown);
        let generator = self.arg(args, 0);
        match self.generator_throw(generator)? {
            (value, true) => Ok(value),
            (value, false) => self.stop_iteration(value),
        }
    }
}
