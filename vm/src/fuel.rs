//! What work costs that is not an instruction's: natives pay for what they do, so that no instruction outlasts the run's
//! fuel or its deadline however much it sets off.
//!
//! A loop takes a step for each item; what is copied, compared or searched at once takes one for some bytes. Four steps
//! cost an instruction, and are paid for a thousand at a time. Where nothing can fail, steps are noted, and whoever works
//! or jumps back next pays for them.

use crate::error::{Outcome, Raise, Stop};
use crate::kind::kind;
use crate::vm::Vm;
use nano_wire::value::Value;

/// Steps of native code in the time of an instruction.
const STEPS_AN_INSTRUCTION: u32 = 4;
/// Bytes that are copied, compared or searched in the time of a step.
const BYTES_A_STEP: u32 = 16;
/// Steps after which they are paid for.
pub(crate) const PACE: u32 = 1024;

impl Vm<'_> {
    /// Accounts for work that is not an instruction's: stops the run where its fuel is used up or its host wants it to end.
    pub(crate) fn spend(&mut self, instructions: u64) -> Outcome<()> {
        let before = self.fuel;
        let Some(left) = before.checked_sub(instructions) else {
            self.fuel = 0;
            self.stop = Some(Stop::Fuel);
            return Err(Raise);
        };
        self.fuel = left;
        // The host is asked about every thousand instructions' worth.
        if left >> 10 != before >> 10 && self.host.interrupted() {
            self.stop = Some(Stop::Interrupted);
            return Err(Raise);
        }
        Ok(())
    }

    /// Accounts for steps of native code: a loop takes one for each item, and pays now and then, so that no instruction
    /// outlasts its fuel or its deadline however much it sets off.
    #[inline]
    pub(crate) fn work(&mut self, steps: u32) -> Outcome<()> {
        self.note(steps);
        if self.steps.get() < PACE { Ok(()) } else { self.pay() }
    }

    /// The same of so many bytes that are gone through at once.
    #[inline]
    pub(crate) fn work_on(&mut self, bytes: u32) -> Outcome<()> {
        self.work(bytes / BYTES_A_STEP)
    }

    /// Counts steps that whoever works or jumps back next pays for.
    #[inline]
    pub(crate) fn note(&self, steps: u32) {
        self.steps.set(self.steps.get().saturating_add(steps));
    }

    /// Counts the steps of comparing so many bytes, where they are more than an instruction's worth.
    #[inline]
    pub(crate) fn note_compared(&self, bytes: usize) {
        if bytes > (BYTES_A_STEP * STEPS_AN_INSTRUCTION) as usize {
            self.note(bytes as u32 / BYTES_A_STEP);
        }
    }

    /// Pays for the steps so far.
    #[cold]
    #[inline(never)]
    pub(crate) fn pay(&mut self) -> Outcome<()> {
        let steps = self.steps.take();
        self.spend(u64::from(steps / STEPS_AN_INSTRUCTION))
    }

    /// Steps of a comparison with this value, at most: text is compared as a whole.
    pub(crate) fn steps_to_compare(&self, value: Value) -> u32 {
        match self.kind(value) {
            kind::STR | kind::BYTES => 1 + self.length(value) / BYTES_A_STEP,
            _ => 1,
        }
    }
}
