//! Leaving a frame: by an exception, with a result, or with a value that a generator yields.

use crate::abandon::watch;
use crate::error::{Outcome, Raise};
use crate::generator::state as generator_state;
use crate::interpret::{Place, result};
use crate::kind::kind;
use crate::raw::Cursor;
use crate::vm::Vm;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// What leaving a frame comes to.
pub(crate) enum Left<'a> {
    /// The run goes on in another frame.
    Resumed(Place<'a>),
    /// The run is over, with this value.
    Over(Value),
}

impl<'a> Vm<'a> {
    /// Finds the handler of the exception being raised, leaving frames on the way. `Err`: it leaves this run.
    pub(crate) fn unwind(&mut self, place: Place<'a>, mut skip_place: bool) -> Outcome<Place<'a>> {
        let Place { mut regs, mut count, mut cursor } = place;
        let image = self.image;
        loop {
            let base = self.mem.offset_of(regs);
            self.sp = base + count * 4;
            let word = cursor.position(image.code).wrapping_sub(1);
            let callee = Value(regs.record(3));
            let index = if self.is(callee, kind::FUNCTION) { self.number(callee, 0) } else { 0 };
            let function = image.function(index);
            let within = word.wrapping_sub(function.code);
            if self.stop.is_none() {
                if skip_place || core::mem::take(&mut self.left_frame) {
                    skip_place = false;
                } else {
                    self.add_place(index, within);
                }
                let first = usize::from(function.first_handler);
                let all = image.handlers.get(first * 2..(first + usize::from(function.handlers)) * 2).unwrap_or(&[]);
                for pair in all.chunks_exact(2) {
                    let &[range, target] = pair else { continue };
                    if within >= range & 0xFFFF && within < range >> 16 {
                        cursor = Cursor::new(image.code, function.code + (target & 0xFFFF));
                        if self.is_guarded() {
                            // What the handler's own registers stand on, and what is above, was the guarded body's.
                            let catch = image.code.get(cursor.position(image.code) as usize).copied().unwrap_or(0);
                            self.give_up_loops(catch >> 8 & 255, Place { regs, count, cursor })?;
                        }
                        return Ok(Place { regs, count, cursor });
                    }
                }
            }
            if self.is_guarded() && self.stop.is_none() {
                self.give_up_loops(0, Place { regs, count, cursor })?;
            }
            let record = regs.record(1);
            let kind = record >> 1 & 15;
            if matches!(kind, result::FOR | result::DELEGATE | result::GENERATOR) {
                self.unmount_generator(base, generator_state::FINISHED, 0);
                if self.raised_is(Builtin::StopIteration) {
                    self.stop_iteration_escapes()?;
                }
            }
            if matches!(kind, result::NATIVE | result::GENERATOR) {
                return Err(Raise);
            }
            self.depth = self.depth.saturating_sub(1);
            cursor = Cursor::new(image.code, regs.record(2) >> 1);
            count = record >> 22;
            regs = regs.down((record >> 13 & 511) as usize);
        }
    }

    /// Returns from a frame whose result isn't simply stored.
    #[inline(never)]
    pub(crate) fn leave(&mut self, value: Value, place: Place<'a>) -> Outcome<Left<'a>> {
        let regs = place.regs;
        let base = self.mem.offset_of(regs);
        let record = regs.record(1);
        let mut value = value;
        if self.is_guarded() {
            value = self.give_up_frame(value, place)?;
        }
        match record >> 1 & 15 {
            result::NATIVE => return Ok(Left::Over(value)),
            result::GENERATOR => {
                self.unmount_generator(base, generator_state::FINISHED, 0);
                return Ok(Left::Over(value));
            }
            result::INIT => {
                self.check_init_result(value)?;
                value = Value(regs.record(4));
            }
            result::CLASS => {
                let namespace = regs.get(0);
                let kept = self.root2(value, namespace)?;
                // An error in making the class is the class statement's, not the body's.
                let made = self.finish_class(kept.0, kept.1, Value(regs.record(2)).0 >> 1, base, record);
                self.left_frame = made.is_err();
                value = made?;
            }
            result::WATCHED => {}
            _ => self.unmount_generator(base, generator_state::FINISHED, 0),
        }
        let cursor = Cursor::new(self.image.code, regs.record(2) >> 1);
        let count = record >> 22;
        let regs = regs.down((record >> 13 & 511) as usize);
        self.sp = self.mem.offset_of(regs) + count * 4;
        self.depth -= 1;
        if record >> 1 & 15 != result::FOR {
            regs.set((record >> 5) as u8, value);
        }
        if self.is_guarded() {
            watch(Place { regs, count, cursor });
        }
        Ok(Left::Resumed(Place { regs, count, cursor }))
    }

    /// Hands a yielded value to whoever resumed the generator.
    pub(crate) fn deliver(&mut self, value: Value, how: u32, resume: u32, place: Place<'a>) -> Outcome<Left<'a>> {
        self.must_have(Feature::Generators)?;
        let (mut how, mut resume) = (how, resume);
        let mut regs = place.regs;
        loop {
            let base = self.mem.offset_of(regs);
            let record = regs.record(1);
            let back = regs.record(2) >> 1;
            let kind = record >> 1 & 15;
            if !matches!(kind, result::FOR | result::DELEGATE | result::GENERATOR) {
                return self.wrong_register();
            }
            self.unmount_generator(base, how, resume);
            if kind == result::GENERATOR {
                return Ok(Left::Over(value));
            }
            let count = record >> 22;
            regs = regs.down((record >> 13 & 511) as usize);
            self.sp = self.mem.offset_of(regs) + count * 4;
            self.depth -= 1;
            if kind == result::FOR {
                let mut cursor = Cursor::new(self.image.code, back);
                let distance = cursor.previous() as i32;
                regs.set((record >> 5) as u8, value);
                cursor.jump(distance);
                return Ok(Left::Resumed(Place { regs, count, cursor }));
            }
            // The one that delegates yields it in turn.
            how = generator_state::DELEGATING;
            resume = back - 1;
        }
    }

    /// One step of a `yield from` over something that isn't a resting generator.
    pub(crate) fn delegate_step(&mut self, iterator: Value, sent: Value) -> Outcome<(Value, bool)> {
        self.must_have(Feature::Generators)?;
        if self.is(iterator, kind::GENERATOR) {
            return self.generator_send(iterator, sent);
        }
        if sent == Value::NONE {
            if self.is(iterator, kind::ITERATOR) {
                return Ok(self.next(iterator)?.map_or((Value::NONE, false), |value| (value, true)));
            }
            return match self.call_special(iterator, "__next__", &[]) {
                Ok(Some(value)) => Ok((value, true)),
                Ok(None) => self.raise(Builtin::TypeError, "object is not an iterator"),
                Err(Raise) if self.raised_is(Builtin::StopIteration) => Ok((self.take_stop_iteration(), false)),
                Err(Raise) => Err(Raise),
            };
        }
        let kept = self.root2(iterator, sent)?;
        let Some(send) = self.get_attr_text(iterator, "send")? else {
            let name = self.type_name(self.get(kept.0));
            return self.raise_fmt(Builtin::AttributeError, format_args!("'{name}' object has no attribute 'send'"));
        };
        let sent = self.get(kept.1);
        self.release(kept.0.0);
        match self.call1(send, sent) {
            Ok(value) => Ok((value, true)),
            Err(Raise) if self.raised_is(Builtin::StopIteration) => Ok((self.take_stop_iteration(), false)),
            Err(Raise) => Err(Raise),
        }
    }
}
