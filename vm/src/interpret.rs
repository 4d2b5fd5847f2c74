//! The interpreter: one loop over verified words, without recursion for calls of Python by Python.
//!
//! What is frequent and simple is done in its arm; everything else is a call of a method that may allocate, raise, or
//! run native code. The loop keeps the cursor, the window, its register count and a slice of fuel in locals.
//!
//! With the feature `assembly`, a quick loop runs before each instruction here, and comes back with the first that it
//! can't finish or, at a jump, with fuel used up.
//!
//! The info word of a frame record says what becomes of its result:
//! `caller's registers:8 | words from the caller's window:9 | destination:8 | kind:4 | 1`.

use crate::abandon::watch;
use crate::attribute::Cached;
use crate::call::{Called, MARGIN, RECORD};
use crate::error::{Outcome, Raise, Stop};
use crate::generator::{GENERATOR_RECORD, field as generator_field, state as generator_state};
use crate::kind::kind;
use crate::leave::Left;
use crate::number::small::{
    add_small, divide_float, floor_divide_small, left_one, modulo_small, multiply_small, no_small, right_one,
    shift_left_small, shift_right_small, subtract_small,
};
use crate::protocol::{Binary, Comparison};
use crate::raw::{Cursor, Registers};
use crate::vm::{Args, Root, Vm, roots};
use nano_wire::builtins::Builtin;
use nano_wire::isa::Opcode;
use nano_wire::module::{Function, flags};
use nano_wire::value::{Value, header_kind, header_length};

/// What becomes of a frame's result.
pub(crate) mod result {
    /// It goes into the caller's destination register.
    pub const VALUE: u32 = 0;
    /// The frame was entered from native code.
    pub const NATIVE: u32 = 1;
    /// An `__init__`: the instance under the record is the result.
    pub const INIT: u32 = 2;
    /// A class body: the class is made.
    pub const CLASS: u32 = 3;
    /// A generator in a `for`: yields go into the destination and jump, its return falls through.
    pub const FOR: u32 = 4;
    /// A generator in a `yield from` of another.
    pub const DELEGATE: u32 = 5;
    /// A generator resumed from native code.
    pub const GENERATOR: u32 = 6;
    /// As `VALUE`; the frame may hold generators that nobody else does.
    pub const WATCHED: u32 = 7;
}

const fn info(kind: u32, destination: u32, delta: u32, count: u32) -> u32 {
    count << 22 | delta << 13 | destination << 5 | kind << 1 | 1
}

/// The quick loop in assembly runs before each instruction: what it can finish is not looked for again here.
const QUICK: bool = cfg!(feature = "assembly");

/// Instructions between two looks at the clock. Natives that take as long as a thousand of them are waited for so often.
const SLICE: i32 = 1000;

/// Where a run is: the window, how many registers it has, the next instruction. Handed on by value: the loop's own
/// three stay in machine registers only as long as nobody has their address.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) regs: Registers<'a>,
    pub(crate) count: u32,
    pub(crate) cursor: Cursor<'a>,
}

impl<'a> Vm<'a> {
    /// Runs a prepared frame to its end.
    pub(crate) fn run_frame(&mut self, base: u32, index: u32) -> Outcome<Value> {
        let function = self.image.function(index);
        self.enter_checked(base, &function)?;
        self.mem.set_word(base - 8, 1);
        self.mem.set_word(base - 4, info(result::NATIVE, 0, 0, 0));
        self.depth += 1;
        let depth = self.depth;
        let result = self.run(base, function.code, u32::from(function.registers), false);
        self.depth = depth - 1;
        result.map(|(value, _)| value)
    }

    /// Runs a mounted generator until it yields (`true`) or returns (`false`).
    pub(crate) fn run_mounted(&mut self, base: u32, resume: u32, throwing: bool) -> Outcome<(Value, bool)> {
        let generator = Value(self.mem.word(base - GENERATOR_RECORD));
        let count = self.length(generator) - generator_field::REGISTERS;
        self.mem.set_word(base - 8, 1);
        self.mem.set_word(base - 4, info(result::GENERATOR, 0, 0, 0));
        self.depth += 1;
        let depth = self.depth;
        let result = self.run(base, resume, count, throwing);
        self.depth = depth - 1;
        result
    }

    /// Checks that a window has room, that recursion may go deeper, and clears its registers beyond the parameters.
    #[inline(always)]
    fn enter_checked(&mut self, base: u32, function: &Function) -> Outcome<()> {
        self.enter_window(base, function.parameters() as u32, function.registers.into())
    }

    fn enter_window(&mut self, base: u32, parameters: u32, registers: u32) -> Outcome<()> {
        let end = base + registers * 4;
        if end + MARGIN > self.heap_start {
            let needed = (end + MARGIN).saturating_sub(self.sp);
            self.grow_stack(needed)?;
        }
        if self.depth >= self.deepest {
            return self.raise(Builtin::RecursionError, "maximum recursion depth exceeded");
        }
        for place in (base + parameters * 4..end).step_by(4) {
            self.mem.set_word(place, 0);
        }
        self.sp = end;
        Ok(())
    }

    /// Takes a slice of fuel; `None` stops the run.
    #[cold]
    #[inline(never)]
    fn refuel(&mut self, left: i32) -> Outcome<i32> {
        self.settle(left);
        self.pay()?;
        if self.fuel == 0 {
            self.stop = Some(Stop::Fuel);
            return Err(Raise);
        }
        if self.mem.is_damaged() {
            self.stop = Some(Stop::Damaged);
            return Err(Raise);
        }
        if self.host.interrupted() {
            self.stop = Some(Stop::Interrupted);
            return Err(Raise);
        }
        if self.abandoned {
            self.close_abandoned()?;
        }
        Ok(self.take_slice())
    }

    /// Moves fuel into a loop: at most half of what there is, so that Python code which natives call has some too.
    fn take_slice(&mut self) -> i32 {
        let slice = self.fuel.div_ceil(2).min(SLICE as u64) as i32;
        self.fuel -= slice as u64;
        slice
    }

    /// Takes back what a loop has left of its slice. Negative: it ran on for a few instructions to the next check.
    #[inline(always)]
    fn settle(&mut self, left: i32) {
        match u64::try_from(left) {
            // It was taken from there.
            Ok(left) => self.fuel = self.fuel.wrapping_add(left),
            Err(_) => self.fuel = self.fuel.saturating_sub(left.unsigned_abs().into()),
        }
    }

    #[allow(clippy::cognitive_complexity, reason = "one arm an opcode")]
    fn run(&mut self, base: u32, start: u32, registers: u32, throwing: bool) -> Outcome<(Value, bool)> {
        let image = self.image;
        let code = image.code;
        let mut regs: Registers<'a> = self.mem.window(base);
        let mut count = registers;
        let mut cursor = Cursor::new(code, start);
        let mut raising = throwing;
        // A generator that is resumed over and over never comes to a check of its own.
        if self.fuel == 0 {
            self.stop = Some(Stop::Fuel);
            raising = true;
        }
        let mut fuel = self.take_slice();
        let mut skip_place = false;
        let native_level = self.native_depth;

        'run: loop {
            macro_rules! check_fuel {
                () => {
                    if fuel < 0 {
                        fuel = match self.refuel(fuel) {
                            Ok(fuel) => fuel,
                            Err(Raise) => {
                                fuel = 0;
                                raising = true;
                                continue 'run;
                            }
                        };
                    }
                };
            }
            if raising {
                self.native_depth = native_level;
                match self.unwind(Place { regs, count, cursor }, skip_place) {
                    Ok(place) => {
                        Place { regs, count, cursor } = place;
                        skip_place = false;
                    }
                    Err(Raise) => {
                        self.settle(fuel);
                        return Err(Raise);
                    }
                }
                // A handler may lie in its own range: code that raises there again and again never jumps.
                check_fuel!();
            }

            macro_rules! try_or_raise {
                ($e:expr) => {
                    match $e {
                        Ok(value) => value,
                        Err(Raise) => {
                            raising = true;
                            continue 'run;
                        }
                    }
                };
            }

            loop {
                #[cfg(feature = "assembly")]
                {
                    (Place { regs, count, cursor }, fuel) = self.quick(Place { regs, count, cursor }, fuel);
                    if fuel < 0 {
                        check_fuel!();
                        continue;
                    }
                }
                let (opcode, word) = cursor.next_instruction();
                fuel -= 1;
                let a = (word >> 8) as u8;
                let b = (word >> 16) as u8;
                let c = (word >> 24) as u8;
                let imm = (word >> 16) as u16;

                macro_rules! root_of {
                    ($r:expr) => {
                        Root(self.mem.offset_of(regs) + u32::from($r) * 4)
                    };
                }
                macro_rules! args_of {
                    ($r:expr, $n:expr) => {
                        Args { base: self.mem.offset_of(regs) + u32::from($r) * 4, count: u32::from($n) }
                    };
                }
                macro_rules! set {
                    ($r:expr, $e:expr) => {{
                        let value = try_or_raise!($e);
                        regs.set($r, value);
                    }};
                }
                // A float result: a new object, where there is room for it.
                macro_rules! set_float {
                    ($number:expr) => {{
                        let number: f64 = $number;
                        let at = self.heap_top;
                        if at + 12 <= self.quick_limit {
                            self.heap_top = at + 12;
                            self.mem.set_float(at, number);
                            regs.set(a, Value::arena(at));
                        } else {
                            set!(a, self.new_float(number));
                        }
                    }};
                }
                // Small integers by a checked operation on their tagged words, floats in place, the rest by `binary`.
                macro_rules! arithmetic {
                    ($binary:expr, $place:expr, $small:expr, $float:expr) => {{
                        let (x, y) = (regs.get(b), regs.get(c));
                        if !QUICK && x.0 & y.0 & 1 != 0 {
                            let small: Option<Value> = $small(x, y);
                            if let Some(value) = small {
                                regs.set(a, value);
                                continue;
                            }
                        } else if !QUICK && let (Some(x), Some(y)) = (self.as_float(x), self.as_float(y)) {
                            set_float!($float(x, y));
                            continue;
                        }
                        set!(a, self.arithmetic_slow($binary, x, y, $place));
                    }};
                }
                // As `arithmetic`; one operand is a temporary, and where it is a float of this loop's own making that
                // nobody else can have seen, the result takes its place.
                macro_rules! arithmetic_over {
                    ($temporary:expr, $binary:expr, $small:expr, $float:expr) => {{
                        let (x, y) = (regs.get(b), regs.get(c));
                        if !QUICK && x.0 & y.0 & 1 != 0 {
                            let small: Option<Value> = $small(x, y);
                            if let Some(value) = small {
                                regs.set(a, value);
                                continue;
                            }
                        } else if !QUICK && let (Some(p), Some(q)) = (self.as_float(x), self.as_float(y)) {
                            let number: Option<f64> = $float(p, q);
                            if let Some(number) = number {
                                let over: Value = $temporary(x, y);
                                if over.is_arena() && over.0 >= self.shared_below {
                                    self.mem.set_float(over.0, number);
                                    regs.set(a, over);
                                } else {
                                    set_float!(number);
                                }
                                continue;
                            }
                        }
                        set!(a, self.arithmetic_slow($binary, x, y, false));
                    }};
                }
                macro_rules! bitwise {
                    ($binary:expr, $place:expr, $small:expr) => {{
                        let (x, y) = (regs.get(b), regs.get(c));
                        if QUICK {
                            set!(a, self.integers_slow($binary, x, y, $place));
                            continue;
                        }
                        if x.0 & y.0 & 1 != 0 {
                            let small: Option<Value> = $small(x, y);
                            if let Some(value) = small {
                                regs.set(a, value);
                                continue;
                            }
                        }
                        set!(a, self.binary_any($binary, x, y, $place));
                    }};
                }
                macro_rules! compare {
                    ($comparison:expr, $x:expr, $y:expr, $operator:tt) => {{
                        let (x, y) = ($x, $y);
                        if QUICK {
                            try_or_raise!(self.compare($comparison, x, y))
                        } else if x.0 & y.0 & 1 != 0 {
                            (x.0 as i32) $operator (y.0 as i32)
                        } else if let (Some(x), Some(y)) = (self.as_float(x), self.as_float(y)) {
                            x $operator y
                        } else {
                            try_or_raise!(self.compare($comparison, x, y))
                        }
                    }};
                }
                macro_rules! compare_value {
                    ($comparison:expr, $operator:tt) => {{
                        let (x, y) = (regs.get(b), regs.get(c));
                        if QUICK {
                            set!(a, self.compare_value($comparison, x, y));
                        } else if x.0 & y.0 & 1 != 0 {
                            regs.set(a, Value::bool((x.0 as i32) $operator (y.0 as i32)));
                        } else if let (Some(x), Some(y)) = (self.as_float(x), self.as_float(y)) {
                            regs.set(a, Value::bool(x $operator y));
                        } else {
                            set!(a, self.compare_value($comparison, x, y));
                        }
                    }};
                }
                macro_rules! jump_compare {
                    ($comparison:expr, $operator:tt) => {{
                        let holds = compare!($comparison, regs.get(a), regs.get(b), $operator);
                        let distance = cursor.next() as i32;
                        if holds == (c != 0) {
                            cursor.jump(distance);
                            check_fuel!();
                        }
                    }};
                }
                macro_rules! jump_compare_int {
                    ($comparison:expr, $operator:tt) => {{
                        let x = regs.get(a);
                        let y = Value::small_unchecked(i32::from(b.cast_signed()));
                        let holds = if !QUICK && x.is_small() {
                            (x.0 as i32) $operator (y.0 as i32)
                        } else {
                            try_or_raise!(self.compare($comparison, x, y))
                        };
                        let distance = cursor.next() as i32;
                        if holds == (c != 0) {
                            cursor.jump(distance);
                            check_fuel!();
                        }
                    }};
                }

                match opcode {
                    Opcode::Move => regs.set(a, regs.get(b)),
                    Opcode::LoadConst => {
                        let value = image.constant(imm);
                        regs.set(a, value);
                    }
                    Opcode::LoadInt => regs.set(a, Value::small_unchecked(i32::from(imm.cast_signed()))),
                    Opcode::LoadBuiltin => {
                        let value = Value(0x8000_0002 | u32::from(imm) << 2);
                        if imm >= Builtin::MathPi as u16 {
                            set!(a, self.load_builtin_member(value));
                        } else {
                            regs.set(a, value);
                        }
                    }
                    Opcode::LoadGlobal => {
                        let value = Value(self.mem.word(roots::END + u32::from(imm) * 4));
                        if value.is_unbound() {
                            set!(a, self.load_unbound_global(imm));
                        } else {
                            regs.set(a, value);
                        }
                    }
                    Opcode::StoreGlobal => self.mem.set_word(roots::END + u32::from(imm) * 4, regs.get(a).0),
                    Opcode::DeleteGlobal => try_or_raise!(self.delete_global(imm)),
                    Opcode::MakeCell => {
                        let content = root_of!(a);
                        set!(a, self.make_cell(content));
                    }
                    Opcode::LoadCell => set!(a, self.load_cell(regs.get(b))),
                    Opcode::StoreCell => try_or_raise!(self.store_cell(regs.get(a), regs.get(b))),
                    Opcode::LoadFree => set!(a, self.load_free(Value(regs.record(3)), imm)),
                    Opcode::StoreFree => try_or_raise!(self.store_free(Value(regs.record(3)), imm, regs.get(a))),
                    Opcode::Unbind => {
                        let value = regs.get(a);
                        regs.set(a, Value::UNBOUND);
                        if self.is_guarded() && value.is_arena() {
                            try_or_raise!(self.give_up(value, a, Place { regs, count, cursor }));
                        }
                    }
                    Opcode::CheckLocal => {
                        if regs.get(a).is_unbound() {
                            try_or_raise!(self.unbound_local(imm));
                        }
                    }
                    Opcode::CheckFree => {
                        if regs.get(a).is_unbound() {
                            try_or_raise!(self.unbound_free(imm));
                        }
                    }

                    Opcode::Add => arithmetic!(Binary::Add, false, add_small, |x: f64, y: f64| x + y),
                    Opcode::InplaceAdd => arithmetic!(Binary::Add, true, add_small, |x: f64, y: f64| x + y),
                    Opcode::Subtract => arithmetic!(Binary::Subtract, false, subtract_small, |x: f64, y: f64| x - y),
                    Opcode::InplaceSubtract => {
                        arithmetic!(Binary::Subtract, true, subtract_small, |x: f64, y: f64| x - y);
                    }
                    Opcode::Multiply => arithmetic!(Binary::Multiply, false, multiply_small, |x: f64, y: f64| x * y),
                    Opcode::InplaceMultiply => {
                        arithmetic!(Binary::Multiply, true, multiply_small, |x: f64, y: f64| x * y);
                    }
                    Opcode::TrueDivide | Opcode::InplaceTrueDivide => {
                        let (x, y) = (regs.get(b), regs.get(c));
                        if QUICK {
                            set!(
                                a,
                                self.arithmetic_slow(Binary::TrueDivide, x, y, opcode == Opcode::InplaceTrueDivide)
                            );
                        } else if x.0 & y.0 & 1 != 0 && y.as_small() != 0 {
                            set_float!(f64::from(x.as_small()) / f64::from(y.as_small()));
                        } else if let (Some(x), Some(y)) = (self.as_float(x), self.as_float(y))
                            && y != 0.0
                        {
                            set_float!(x / y);
                        } else {
                            set!(
                                a,
                                self.arithmetic_slow(Binary::TrueDivide, x, y, opcode == Opcode::InplaceTrueDivide)
                            );
                        }
                    }
                    Opcode::AddOverLeft => arithmetic_over!(left_one, Binary::Add, add_small, |x, y| Some(x + y)),
                    Opcode::SubtractOverLeft => {
                        arithmetic_over!(left_one, Binary::Subtract, subtract_small, |x, y| Some(x - y));
                    }
                    Opcode::MultiplyOverLeft => {
                        arithmetic_over!(left_one, Binary::Multiply, multiply_small, |x, y| Some(x * y));
                    }
                    Opcode::TrueDivideOverLeft => {
                        arithmetic_over!(left_one, Binary::TrueDivide, no_small, divide_float);
                    }
                    Opcode::AddOverRight => arithmetic_over!(right_one, Binary::Add, add_small, |x, y| Some(x + y)),
                    Opcode::SubtractOverRight => {
                        arithmetic_over!(right_one, Binary::Subtract, subtract_small, |x, y| Some(x - y));
                    }
                    Opcode::MultiplyOverRight => {
                        arithmetic_over!(right_one, Binary::Multiply, multiply_small, |x, y| Some(x * y));
                    }
                    Opcode::TrueDivideOverRight => {
                        arithmetic_over!(right_one, Binary::TrueDivide, no_small, divide_float);
                    }
                    Opcode::FloorDivide => bitwise!(Binary::FloorDivide, false, floor_divide_small),
                    Opcode::InplaceFloorDivide => bitwise!(Binary::FloorDivide, true, floor_divide_small),
                    Opcode::Modulo => bitwise!(Binary::Modulo, false, modulo_small),
                    Opcode::InplaceModulo => bitwise!(Binary::Modulo, true, modulo_small),
                    Opcode::Power => set!(a, self.binary_any(Binary::Power, regs.get(b), regs.get(c), false)),
                    Opcode::InplacePower => set!(a, self.binary_any(Binary::Power, regs.get(b), regs.get(c), true)),
                    Opcode::MatrixMultiply => {
                        set!(a, self.binary_any(Binary::MatrixMultiply, regs.get(b), regs.get(c), false));
                    }
                    Opcode::InplaceMatrixMultiply => {
                        set!(a, self.binary_any(Binary::MatrixMultiply, regs.get(b), regs.get(c), true));
                    }
                    Opcode::ShiftLeft => bitwise!(Binary::ShiftLeft, false, shift_left_small),
                    Opcode::InplaceShiftLeft => bitwise!(Binary::ShiftLeft, true, shift_left_small),
                    Opcode::ShiftRight => bitwise!(Binary::ShiftRight, false, shift_right_small),
                    Opcode::InplaceShiftRight => bitwise!(Binary::ShiftRight, true, shift_right_small),
                    Opcode::And => bitwise!(Binary::And, false, |x: Value, y: Value| Some(Value(x.0 & y.0))),
                    Opcode::InplaceAnd => bitwise!(Binary::And, true, |x: Value, y: Value| Some(Value(x.0 & y.0))),
                    Opcode::Or => bitwise!(Binary::Or, false, |x: Value, y: Value| Some(Value(x.0 | y.0))),
                    Opcode::InplaceOr => bitwise!(Binary::Or, true, |x: Value, y: Value| Some(Value(x.0 | y.0))),
                    Opcode::Xor => bitwise!(Binary::Xor, false, |x: Value, y: Value| Some(Value((x.0 ^ y.0) | 1))),
                    Opcode::InplaceXor => {
                        bitwise!(Binary::Xor, true, |x: Value, y: Value| Some(Value((x.0 ^ y.0) | 1)));
                    }
                    Opcode::InplaceGrow => {
                        let (x, y) = (regs.get(b), regs.get(c));
                        set!(a, self.grow(x, y));
                    }
                    Opcode::ForgetGrowing => self.growing = 0,
                    Opcode::AddInt => {
                        let x = regs.get(b);
                        let number = i32::from(c.cast_signed());
                        if !QUICK
                            && x.is_small()
                            && let Some(sum) = (x.0 as i32).checked_add(number << 1)
                        {
                            regs.set(a, Value(sum as u32));
                        } else {
                            set!(a, self.binary_with_int(Binary::Add, x, number));
                        }
                    }
                    Opcode::MultiplyInt => {
                        let x = regs.get(b);
                        let number = i32::from(c.cast_signed());
                        if !QUICK
                            && x.is_small()
                            && let Some(product) = (x.0 as i32 & !1).checked_mul(number)
                        {
                            regs.set(a, Value(product as u32 | 1));
                        } else {
                            set!(a, self.binary_with_int(Binary::Multiply, x, number));
                        }
                    }
                    Opcode::FloorDivideInt => {
                        let (x, y) = (regs.get(b), Value::small_unchecked(i32::from(c.cast_signed())));
                        match if !QUICK && x.is_small() { floor_divide_small(x, y) } else { None } {
                            Some(value) => regs.set(a, value),
                            None => set!(a, self.binary_with_int(Binary::FloorDivide, x, y.as_small())),
                        }
                    }
                    Opcode::ModuloInt => {
                        let (x, y) = (regs.get(b), Value::small_unchecked(i32::from(c.cast_signed())));
                        match if !QUICK && x.is_small() { modulo_small(x, y) } else { None } {
                            Some(value) => regs.set(a, value),
                            None => set!(a, self.binary_with_int(Binary::Modulo, x, y.as_small())),
                        }
                    }
                    Opcode::ShiftLeftInt => {
                        let (x, y) = (regs.get(b), Value::small_unchecked(i32::from(c.cast_signed())));
                        match if !QUICK && x.is_small() { shift_left_small(x, y) } else { None } {
                            Some(value) => regs.set(a, value),
                            None => set!(a, self.binary_with_int(Binary::ShiftLeft, x, y.as_small())),
                        }
                    }
                    Opcode::ShiftRightInt => {
                        let (x, y) = (regs.get(b), Value::small_unchecked(i32::from(c.cast_signed())));
                        match if !QUICK && x.is_small() { shift_right_small(x, y) } else { None } {
                            Some(value) => regs.set(a, value),
                            None => set!(a, self.binary_with_int(Binary::ShiftRight, x, y.as_small())),
                        }
                    }
                    Opcode::AndInt => {
                        let (x, y) = (regs.get(b), Value::small_unchecked(i32::from(c.cast_signed())));
                        if !QUICK && x.is_small() {
                            regs.set(a, Value(x.0 & y.0));
                        } else {
                            set!(a, self.binary_with_int(Binary::And, x, y.as_small()));
                        }
                    }
                    Opcode::Negate => {
                        let x = regs.get(b);
                        match if !QUICK && x.is_small() { Value::small(-x.as_small()) } else { None } {
                            Some(value) => regs.set(a, value),
                            None => set!(a, self.negate(x)),
                        }
                    }
                    Opcode::Positive => set!(a, self.positive(regs.get(b))),
                    Opcode::Invert => {
                        let x = regs.get(b);
                        if !QUICK && x.is_small() {
                            regs.set(a, Value(!x.0 | 1));
                        } else {
                            set!(a, self.invert(x));
                        }
                    }
                    Opcode::Not => {
                        let answer = try_or_raise!(self.truth(regs.get(b)));
                        regs.set(a, Value::bool(!answer));
                    }

                    Opcode::Less => compare_value!(Comparison::Less, <),
                    Opcode::LessEqual => compare_value!(Comparison::LessEqual, <=),
                    Opcode::Equal => compare_value!(Comparison::Equal, ==),
                    Opcode::NotEqual => compare_value!(Comparison::NotEqual, !=),
                    Opcode::Greater => compare_value!(Comparison::Greater, >),
                    Opcode::GreaterEqual => compare_value!(Comparison::GreaterEqual, >=),
                    Opcode::Is => regs.set(a, Value::bool(regs.get(b) == regs.get(c))),
                    Opcode::IsNot => regs.set(a, Value::bool(regs.get(b) != regs.get(c))),
                    Opcode::In => {
                        let found = try_or_raise!(self.contains(regs.get(c), regs.get(b)));
                        regs.set(a, Value::bool(found));
                    }
                    Opcode::NotIn => {
                        let found = try_or_raise!(self.contains(regs.get(c), regs.get(b)));
                        regs.set(a, Value::bool(!found));
                    }

                    Opcode::Jump => {
                        cursor.jump(word as i32 >> 8);
                        check_fuel!();
                    }
                    Opcode::JumpIf => {
                        let value = regs.get(a);
                        let holds = if value == Value::TRUE {
                            true
                        } else if value == Value::FALSE {
                            false
                        } else {
                            try_or_raise!(self.truth(value))
                        };
                        if holds {
                            cursor.jump(i32::from(imm.cast_signed()));
                            check_fuel!();
                        }
                    }
                    Opcode::JumpIfNot => {
                        let value = regs.get(a);
                        let holds = if value == Value::TRUE {
                            true
                        } else if value == Value::FALSE {
                            false
                        } else {
                            try_or_raise!(self.truth(value))
                        };
                        if !holds {
                            cursor.jump(i32::from(imm.cast_signed()));
                            check_fuel!();
                        }
                    }
                    Opcode::JumpNone => {
                        if regs.get(a) == Value::NONE {
                            cursor.jump(i32::from(imm.cast_signed()));
                            check_fuel!();
                        }
                    }
                    Opcode::JumpNotNone => {
                        if regs.get(a) != Value::NONE {
                            cursor.jump(i32::from(imm.cast_signed()));
                            check_fuel!();
                        }
                    }
                    Opcode::JumpLess => jump_compare!(Comparison::Less, <),
                    Opcode::JumpLessEqual => jump_compare!(Comparison::LessEqual, <=),
                    Opcode::JumpEqual => {
                        let (x, y) = (regs.get(a), regs.get(b));
                        let holds = if !QUICK && (x.0 & y.0 & 1 != 0 || (x.is_letter() && y.is_letter())) {
                            x == y
                        } else if let Some(same) = self.same_strings(x, y) {
                            same
                        } else {
                            try_or_raise!(self.compare(Comparison::Equal, x, y))
                        };
                        let distance = cursor.next() as i32;
                        if holds == (c != 0) {
                            cursor.jump(distance);
                            check_fuel!();
                        }
                    }
                    Opcode::JumpNotEqual => {
                        let (x, y) = (regs.get(a), regs.get(b));
                        let holds = if !QUICK && x.0 & y.0 & 1 != 0 {
                            x != y
                        } else if let Some(same) = self.same_strings(x, y) {
                            !same
                        } else {
                            try_or_raise!(self.compare(Comparison::NotEqual, x, y))
                        };
                        let distance = cursor.next() as i32;
                        if holds == (c != 0) {
                            cursor.jump(distance);
                            check_fuel!();
                        }
                    }
                    Opcode::JumpGreater => jump_compare!(Comparison::Greater, >),
                    Opcode::JumpGreaterEqual => jump_compare!(Comparison::GreaterEqual, >=),
                    Opcode::JumpIs => {
                        let holds = regs.get(a) == regs.get(b);
                        let distance = cursor.next() as i32;
                        if holds == (c != 0) {
                            cursor.jump(distance);
                            check_fuel!();
                        }
                    }
                    Opcode::JumpIn => {
                        let holds = try_or_raise!(self.contains(regs.get(b), regs.get(a)));
                        let distance = cursor.next() as i32;
                        if holds == (c != 0) {
                            cursor.jump(distance);
                            check_fuel!();
                        }
                    }
                    Opcode::JumpLessInt => jump_compare_int!(Comparison::Less, <),
                    Opcode::JumpLessEqualInt => jump_compare_int!(Comparison::LessEqual, <=),
                    Opcode::JumpEqualInt => jump_compare_int!(Comparison::Equal, ==),
                    Opcode::JumpNotEqualInt => jump_compare_int!(Comparison::NotEqual, !=),
                    Opcode::JumpGreaterInt => jump_compare_int!(Comparison::Greater, >),
                    Opcode::JumpGreaterEqualInt => jump_compare_int!(Comparison::GreaterEqual, >=),

                    Opcode::GetIter => {
                        set!(a, self.iter(regs.get(b)));
                        if self.is_guarded() {
                            watch(Place { regs, count, cursor });
                        }
                    }
                    Opcode::ForIter => {
                        let iterator = regs.get(a);
                        if self.is(iterator, kind::GENERATOR) {
                            let finished = self.number(iterator, generator_field::STATE) == generator_state::FINISHED;
                            let distance = cursor.next();
                            let _ = distance;
                            if !finished {
                                let at = self.mem.offset_of(regs) + count * 4;
                                try_or_raise!(self.check_depth());
                                let (base, resume) =
                                    try_or_raise!(self.mount_generator(iterator, at, Value::NONE, false));
                                let back = cursor.position(code);
                                let delta = (base - self.mem.offset_of(regs)) / 4;
                                self.mem.set_word(base - 8, back << 1 | 1);
                                self.mem.set_word(base - 4, info(result::FOR, u32::from(b), delta, count));
                                self.depth += 1;
                                count = self.length(Value(self.mem.word(at))) - generator_field::REGISTERS;
                                regs = self.mem.window(base);
                                cursor = Cursor::new(code, resume);
                                check_fuel!();
                            }
                            continue;
                        }
                        // Lists and the like: no call for the frequent kinds.
                        let item = match if QUICK { None } else { self.next_quick(iterator) } {
                            Some(item) => Some(item),
                            None => try_or_raise!(self.next(iterator)),
                        };
                        let distance = cursor.next() as i32;
                        if let Some(item) = item {
                            regs.set(b, item);
                            cursor.jump(distance);
                            check_fuel!();
                        } else if self.is_guarded() {
                            // What ended may have been over something that has not.
                            let iterator = regs.get(a);
                            regs.set(a, Value::UNBOUND);
                            try_or_raise!(self.give_up(iterator, a, Place { regs, count, cursor }));
                        }
                    }
                    Opcode::RangePrepare => {
                        let (first, stop, step) = (regs.get(a), regs.get(a + 1), regs.get(a + 2));
                        if first.0 & stop.0 & step.0 & 1 == 0 || step.as_small() == 0 {
                            let args = args_of!(a, 3u8);
                            try_or_raise!(self.prepare_range(args));
                        }
                        cursor.jump(i32::from(imm.cast_signed()));
                    }
                    Opcode::ForRange => {
                        let (at, stop, step) = (regs.get(a), regs.get(a + 1), regs.get(a + 2));
                        let distance = cursor.next() as i32;
                        if !QUICK && at.0 & stop.0 & step.0 & 1 != 0 {
                            let (now, end, by) = (at.0 as i32, stop.0 as i32, step.as_small());
                            if if by > 0 { now < end } else { now > end } {
                                regs.set(b, at);
                                let next = now.checked_add(by << 1).unwrap_or(end);
                                regs.set(a, Value(next as u32));
                                cursor.jump(distance);
                                check_fuel!();
                            }
                        } else {
                            // An iterator over numbers that small integers don't hold.
                            let item = try_or_raise!(self.next(at));
                            if let Some(item) = item {
                                regs.set(b, item);
                                cursor.jump(distance);
                                check_fuel!();
                            }
                        }
                    }

                    Opcode::Unpack => {
                        let source = regs.get(b);
                        if matches!(self.kind(source), kind::TUPLE | kind::LIST) {
                            let items = self.items(source);
                            if items.len() == usize::from(c) {
                                for (place, item) in (a..).zip(items) {
                                    regs.set(place, *item);
                                }
                                continue;
                            }
                        }
                        let to = args_of!(a, c);
                        try_or_raise!(self.unpack(to, source));
                    }
                    Opcode::UnpackStar => {
                        let after = cursor.next();
                        let to = args_of!(a, 0u8);
                        try_or_raise!(self.unpack_star(to.base, regs.get(b), u32::from(c), after));
                    }
                    Opcode::BuildTuple => set!(a, self.new_tuple(args_of!(b, c))),
                    Opcode::BuildList => set!(a, self.new_list(args_of!(b, c))),
                    Opcode::BuildSet => set!(a, self.build_set(args_of!(b, c))),
                    Opcode::BuildDict => set!(a, self.build_dict(args_of!(b, 2 * u16::from(c)))),
                    Opcode::BuildSlice => {
                        let (start, stop, step) = (root_of!(b), root_of!(b + 1), root_of!(b + 2));
                        set!(a, self.new_slice(start, stop, Some(step)));
                    }
                    Opcode::BuildString => set!(a, self.build_string(args_of!(b, c))),
                    Opcode::Convert => {
                        let value = regs.get(b);
                        set!(
                            a,
                            match c {
                                0 => self.str(value),
                                1 => self.repr(value),
                                _ => self.ascii(value),
                            }
                        );
                    }
                    Opcode::Format => {
                        let value = regs.get(b);
                        if self.kind(value) == kind::STR {
                            regs.set(a, value);
                        } else {
                            set!(a, self.format_plain(value));
                        }
                    }
                    Opcode::FormatSpec => set!(a, self.format(regs.get(b), regs.get(c))),
                    Opcode::ListAppend => {
                        if self.is(regs.get(a), kind::LIST) {
                            let (list, item) = (root_of!(a), root_of!(b));
                            try_or_raise!(self.list_push(list, item));
                        } else {
                            try_or_raise!(self.wrong_register());
                        }
                    }
                    Opcode::ListExtend => {
                        if self.is(regs.get(a), kind::LIST) {
                            let (list, items) = (root_of!(a), root_of!(b));
                            let callee = if c == 0 || a < 3 { Value::UNBOUND } else { regs.get(a - 3) };
                            try_or_raise!(self.spread(list, items, callee));
                        } else {
                            try_or_raise!(self.wrong_register());
                        }
                    }
                    Opcode::ListToTuple => {
                        if self.is(regs.get(b), kind::LIST) {
                            let list = root_of!(b);
                            set!(a, self.tuple_from_register(list));
                        } else {
                            try_or_raise!(self.wrong_register());
                        }
                    }
                    Opcode::SetAdd => {
                        if self.is(regs.get(a), kind::SET) {
                            let (set, item) = (root_of!(a), root_of!(b));
                            try_or_raise!(self.set_add(set, item));
                        } else {
                            try_or_raise!(self.wrong_register());
                        }
                    }
                    Opcode::SetUpdate => {
                        if self.is(regs.get(a), kind::SET) {
                            let (set, items) = (root_of!(a), root_of!(b));
                            try_or_raise!(self.set_update(set, items));
                        } else {
                            try_or_raise!(self.wrong_register());
                        }
                    }
                    Opcode::DictInsert => {
                        if self.is(regs.get(a), kind::DICT) {
                            let (dict, key, item) = (root_of!(a), root_of!(b), root_of!(c));
                            try_or_raise!(self.dict_set(dict, key, item));
                        } else {
                            try_or_raise!(self.wrong_register());
                        }
                    }
                    Opcode::DictMerge => {
                        if self.is(regs.get(a), kind::DICT) {
                            let (dict, other) = (root_of!(a), root_of!(b));
                            let callee = (c != 0 && a >= 4).then(|| root_of!(a - 4));
                            try_or_raise!(self.dict_merge(dict, other, callee));
                        } else {
                            try_or_raise!(self.wrong_register());
                        }
                    }

                    Opcode::GetAttr => {
                        let extra = cursor.next();
                        let value = regs.get(b);
                        if !QUICK && value.is_arena() && header_kind(self.mem.word(value.0)) == kind::INSTANCE {
                            let version = self.version_of(value);
                            if let Some(Cached::Slot(slot)) = self.cached(extra >> 16, version) {
                                let header = self.mem.word(value.0);
                                if slot + 2 < header_length(header) {
                                    let found = self.field(value, slot + 2);
                                    if !found.is_unbound() {
                                        regs.set(a, found);
                                        continue;
                                    }
                                }
                            }
                        }
                        set!(a, self.get_attr_cached(value, image.constant(extra as u16), extra >> 16));
                    }
                    Opcode::SetAttr => {
                        let extra = cursor.next();
                        let value = regs.get(a);
                        if !QUICK && value.is_arena() && header_kind(self.mem.word(value.0)) == kind::INSTANCE {
                            let version = self.version_of(value);
                            if let Some(Cached::Slot(slot)) = self.cached(extra >> 16, version) {
                                let header = self.mem.word(value.0);
                                if slot + 2 < header_length(header) {
                                    self.set_field(value, slot + 2, regs.get(b));
                                    continue;
                                }
                            }
                        }
                        let (value, item) = (root_of!(a), root_of!(b));
                        try_or_raise!(self.set_attr_cached(value, image.constant(extra as u16), item, extra >> 16));
                    }
                    Opcode::DeleteAttr => {
                        let extra = cursor.next();
                        try_or_raise!(self.delete_attr(regs.get(a), image.constant(extra as u16)));
                    }
                    Opcode::LoadMethod => {
                        let extra = cursor.next();
                        let value = regs.get(b);
                        let version = self.version_of(value);
                        if let Some(Cached::Method(method)) = self.cached(extra >> 16, version) {
                            regs.set(a + 3, value);
                            regs.set(a, method);
                            continue;
                        }
                        let receiver = root_of!(b);
                        let (method, takes) =
                            try_or_raise!(self.load_method(value, image.constant(extra as u16), extra >> 16));
                        let value = self.get(receiver);
                        regs.set(a + 3, if takes { value } else { Value::UNBOUND });
                        regs.set(a, method);
                    }
                    Opcode::LoadTypeMethod => {
                        let extra = cursor.next();
                        let receiver = root_of!(b);
                        let (method, takes) =
                            try_or_raise!(self.load_type_method(regs.get(b), image.constant(extra as u16)));
                        let value = self.get(receiver);
                        regs.set(a + 3, if takes { value } else { Value::UNBOUND });
                        regs.set(a, method);
                    }
                    Opcode::GetItem => {
                        let (value, key) = (regs.get(b), regs.get(c));
                        if !QUICK
                            && key.is_small()
                            && value.is_arena()
                            && let Some(item) = self.item_quick(value, key.as_small())
                        {
                            regs.set(a, item);
                            continue;
                        }
                        if self.is(value, kind::DICT)
                            && let Some(item) = self.dict_get_plain(value, key)
                        {
                            regs.set(a, item);
                            continue;
                        }
                        set!(a, self.get_item(value, key));
                    }
                    Opcode::GetItemInt => {
                        let value = regs.get(b);
                        let index = i32::from(c.cast_signed());
                        if !QUICK
                            && value.is_arena()
                            && let Some(item) = self.item_quick(value, index)
                        {
                            regs.set(a, item);
                            continue;
                        }
                        set!(a, self.get_item(value, Value::small_unchecked(index)));
                    }
                    Opcode::SetItem => {
                        let (value, key) = (regs.get(a), regs.get(b));
                        if !QUICK && key.is_small() && self.is(value, kind::LIST) {
                            let length = self.number(value, 0) as i32;
                            let index = key.as_small();
                            let index = if index < 0 { index + length } else { index };
                            if index >= 0 && index < length {
                                let buffer = self.field(value, 1);
                                self.set_field(buffer, index as u32, regs.get(c));
                                continue;
                            }
                        } else if self.is(value, kind::DICT) {
                            if !self.dict_set_plain(value, key, regs.get(c)) {
                                let (dict, key, item) = (root_of!(a), root_of!(b), root_of!(c));
                                try_or_raise!(self.dict_set(dict, key, item));
                            }
                            continue;
                        }
                        try_or_raise!(self.set_item(value, key, regs.get(c)));
                    }
                    Opcode::DeleteItem => try_or_raise!(self.delete_item(regs.get(a), regs.get(b))),
                    Opcode::GetSlice => set!(a, self.get_slice(regs.get(b), regs.get(c), regs.get(c + 1))),

                    Opcode::Call | Opcode::CallMethod => {
                        let mut a = a;
                        let mut argc = u32::from(b);
                        if opcode == Opcode::CallMethod {
                            if regs.get(a + 3).is_unbound() {
                                regs.set(a + 1, regs.get(a));
                                a += 1;
                            } else {
                                argc += 1;
                            }
                        }
                        let callee = regs.get(a);
                        if !QUICK && callee.is_arena() && header_kind(self.mem.word(callee.0)) == kind::FUNCTION {
                            let index = self.number(callee, 0);
                            let function = image.function(index);
                            if function.flags & flags::SIMPLE != 0 && u32::from(function.positional) == argc {
                                let delta = u32::from(a) + 3;
                                let base = self.mem.offset_of(regs) + delta * 4;
                                let end = base + u32::from(function.registers) * 4;
                                if end + MARGIN <= self.heap_start && self.depth < self.deepest && fuel >= 0 {
                                    let back = cursor.position(code);
                                    regs = regs.up(delta as usize);
                                    regs.set_record(2, back << 1 | 1);
                                    regs.set_record(1, info(result::VALUE, u32::from(c), delta, count));
                                    count = u32::from(function.registers);
                                    regs.clear(argc as usize, count as usize);
                                    self.sp = end;
                                    self.depth += 1;
                                    cursor = Cursor::new(code, function.code);
                                    continue;
                                }
                            }
                        } else if opcode == Opcode::CallMethod
                            && !callee.is_object()
                            && let Some(native) = self.native_of(callee)
                            && native.parameter_count() == 0
                            && native.accepts(argc)
                            && self.method_fits(callee, regs.get(a + 3))
                        {
                            let args = args_of!(a + 3, argc as u8);
                            let mark = self.sp;
                            let result = (native.run)(self, args);
                            self.sp = mark;
                            set!(c, result);
                            continue;
                        }
                        check_fuel!();
                        let at = self.mem.offset_of(regs) + u32::from(a) * 4;
                        let mark = self.sp;
                        match try_or_raise!(self.prepare(at, argc, Value::UNBOUND)) {
                            Called::Value(value) => {
                                self.sp = mark;
                                regs.set(c, value);
                                if self.is_guarded() {
                                    watch(Place { regs, count, cursor });
                                }
                            }
                            Called::Frame { base, index, init } => {
                                let function = image.function(index);
                                try_or_raise!(self.enter_checked(base, &function));
                                let back = cursor.position(code);
                                let delta = (base - self.mem.offset_of(regs)) / 4;
                                let kind = if init { result::INIT } else { result::VALUE };
                                self.mem.set_word(base - 8, back << 1 | 1);
                                self.mem.set_word(base - 4, info(kind, u32::from(c), delta, count));
                                self.depth += 1;
                                count = u32::from(function.registers);
                                regs = self.mem.window(base);
                                cursor = Cursor::new(code, function.code);
                            }
                        }
                    }
                    Opcode::CallKeywords | Opcode::CallSpread => {
                        check_fuel!();
                        let at = self.mem.offset_of(regs) + u32::from(a) * 4;
                        let mark = self.sp;
                        let called = if opcode == Opcode::CallKeywords {
                            let names = image.constant(cursor.next() as u16);
                            self.prepare(at, u32::from(b), names)
                        } else {
                            self.prepare_spread(at)
                        };
                        match try_or_raise!(called) {
                            Called::Value(value) => {
                                self.sp = mark;
                                regs.set(c, value);
                                if self.is_guarded() {
                                    watch(Place { regs, count, cursor });
                                }
                            }
                            Called::Frame { base, index, init } => {
                                let function = image.function(index);
                                try_or_raise!(self.enter_checked(base, &function));
                                let back = cursor.position(code);
                                let delta = (base - self.mem.offset_of(regs)) / 4;
                                if delta > 511 {
                                    try_or_raise!(self.wrong_register());
                                }
                                let kind = if init { result::INIT } else { result::VALUE };
                                self.mem.set_word(base - 8, back << 1 | 1);
                                self.mem.set_word(base - 4, info(kind, u32::from(c), delta, count));
                                self.depth += 1;
                                count = u32::from(function.registers);
                                regs = self.mem.window(base);
                                cursor = Cursor::new(code, function.code);
                            }
                        }
                    }
                    Opcode::CallBuiltin => {
                        let builtin = cursor.next() as u16;
                        let args = args_of!(a, b);
                        if !QUICK && builtin == Builtin::Len as u16 && b == 1 {
                            let value = regs.get(a);
                            if matches!(self.kind(value), kind::LIST | kind::DICT) {
                                regs.set(c, self.field(value, 0));
                                continue;
                            }
                        }
                        let mark = self.sp;
                        let result = self.call_builtin(builtin, args);
                        self.sp = mark;
                        set!(c, result);
                        if self.is_guarded() {
                            watch(Place { regs, count, cursor });
                        }
                    }
                    Opcode::Return | Opcode::ReturnNone => {
                        let value = if opcode == Opcode::Return { regs.get(a) } else { Value::NONE };
                        let record = regs.record(1);
                        if record >> 1 & 15 == result::VALUE {
                            cursor = Cursor::new(code, regs.record(2) >> 1);
                            count = record >> 22;
                            regs = regs.down((record >> 13 & 511) as usize);
                            regs.set((record >> 5) as u8, value);
                            self.sp = self.mem.offset_of(regs) + count * 4;
                            self.depth -= 1;
                            continue;
                        }
                        match try_or_raise!(self.leave(value, Place { regs, count, cursor })) {
                            Left::Resumed(place) => Place { regs, count, cursor } = place,
                            Left::Over(value) => {
                                self.settle(fuel);
                                return Ok((value, false));
                            }
                        }
                    }
                    Opcode::Yield => {
                        let value = regs.get(b);
                        let resume = cursor.position(code);
                        let place = Place { regs, count, cursor };
                        match try_or_raise!(self.deliver(value, generator_state::YIELDED, resume, place)) {
                            Left::Resumed(place) => Place { regs, count, cursor } = place,
                            Left::Over(value) => {
                                self.settle(fuel);
                                return Ok((value, true));
                            }
                        }
                    }
                    Opcode::YieldFrom => {
                        check_fuel!();
                        let (iterator, sent) = (regs.get(b), regs.get(b + 1));
                        let here = cursor.position(code) - 1;
                        if self.is(iterator, kind::GENERATOR)
                            && self.number(iterator, generator_field::STATE) != generator_state::FINISHED
                            && (sent == Value::NONE
                                || self.number(iterator, generator_field::STATE) != generator_state::NEW)
                        {
                            let at = self.mem.offset_of(regs) + count * 4;
                            try_or_raise!(self.check_depth());
                            let (base, resume) = try_or_raise!(self.mount_generator(iterator, at, sent, false));
                            let delta = (base - self.mem.offset_of(regs)) / 4;
                            self.mem.set_word(base - 8, (here + 1) << 1 | 1);
                            self.mem.set_word(base - 4, info(result::DELEGATE, u32::from(a), delta, count));
                            self.depth += 1;
                            count = self.length(Value(self.mem.word(at))) - generator_field::REGISTERS;
                            regs = self.mem.window(base);
                            cursor = Cursor::new(code, resume);
                            continue;
                        }
                        match try_or_raise!(self.delegate_step(iterator, sent)) {
                            (value, true) => {
                                let place = Place { regs, count, cursor };
                                match try_or_raise!(self.deliver(value, generator_state::DELEGATING, here, place)) {
                                    Left::Resumed(place) => Place { regs, count, cursor } = place,
                                    Left::Over(value) => {
                                        self.settle(fuel);
                                        return Ok((value, true));
                                    }
                                }
                            }
                            (value, false) => regs.set(a, value),
                        }
                    }

                    Opcode::MakeFunction => set!(a, self.make_function(imm)),
                    Opcode::SetDefaults => try_or_raise!(self.set_defaults(regs.get(a), regs.get(b))),
                    Opcode::SetKeywordDefaults => {
                        let (function, defaults) = (root_of!(a), root_of!(b));
                        try_or_raise!(self.set_keyword_defaults(function, defaults));
                    }
                    Opcode::Capture => try_or_raise!(self.capture(regs.get(a), b, regs.get(c))),
                    Opcode::CaptureFree => {
                        let cell = try_or_raise!(self.free_cell(Value(regs.record(3)), u16::from(c)));
                        try_or_raise!(self.capture(regs.get(a), b, cell));
                    }
                    Opcode::BuildClass => {
                        check_fuel!();
                        let _ = cursor.next();
                        let at = self.mem.offset_of(regs) + (u32::from(a) + 3 + u32::from(b)) * 4;
                        let body = root_of!(a);
                        let (base, index) = try_or_raise!(self.prepare_class_body(body, at));
                        let function = image.function(index);
                        try_or_raise!(self.enter_checked(base, &function));
                        let back = cursor.position(code);
                        let delta = (base - self.mem.offset_of(regs)) / 4;
                        self.mem.set_word(base - 8, back << 1 | 1);
                        self.mem.set_word(base - 4, info(result::CLASS, u32::from(c), delta, count));
                        self.depth += 1;
                        count = u32::from(function.registers);
                        regs = self.mem.window(base);
                        cursor = Cursor::new(code, function.code);
                    }
                    Opcode::LoadName => {
                        let extra = cursor.next();
                        set!(a, self.load_name(regs.get(b), image.constant(extra as u16), (extra >> 16) as u16));
                    }
                    Opcode::StoreName => {
                        let extra = cursor.next();
                        let (dict, item) = (root_of!(a), root_of!(b));
                        try_or_raise!(self.store_name(dict, image.constant(extra as u16), item));
                    }
                    Opcode::DeleteName => {
                        let extra = cursor.next();
                        try_or_raise!(self.delete_name(regs.get(a), image.constant(extra as u16)));
                    }
                    Opcode::ImportModule => {
                        check_fuel!();
                        set!(a, self.import_module(u32::from(imm)));
                    }
                    Opcode::ImportFrom => {
                        let extra = cursor.next();
                        set!(a, self.import_from(regs.get(b), image.constant(extra as u16)));
                    }

                    Opcode::Raise => try_or_raise!(self.raise_any(regs.get(a))),
                    Opcode::RaiseFrom => try_or_raise!(self.raise_from(regs.get(a), regs.get(b))),
                    Opcode::RaiseCurrent => {
                        let handling = self.handling();
                        if handling.is_unbound() {
                            try_or_raise!(self.raise(Builtin::RuntimeError, "No active exception to reraise"));
                        }
                        self.set_exception(handling);
                        skip_place = true;
                        raising = true;
                        continue 'run;
                    }
                    Opcode::Reraise => {
                        let exception = regs.get(a);
                        if self.is(exception, kind::EXCEPTION) {
                            self.set_exception(exception);
                            skip_place = true;
                        } else {
                            let _: Outcome<()> = self.wrong_register();
                        }
                        raising = true;
                        continue 'run;
                    }
                    Opcode::CatchBegin => {
                        self.materialize_exception();
                        let handled = self.handling();
                        let exception = self.take_exception();
                        regs.set(a, exception);
                        regs.set(a + 1, handled);
                        self.set_handling(exception);
                    }
                    Opcode::CatchEnd => {
                        let outer = regs.get(a + 1);
                        self.set_handling(if self.is(outer, kind::EXCEPTION) { outer } else { Value::UNBOUND });
                        if self.left_behind {
                            try_or_raise!(self.close_abandoned());
                        }
                    }
                    Opcode::MatchException => {
                        let answer = try_or_raise!(self.matches(regs.get(b), regs.get(c)));
                        regs.set(a, Value::bool(answer));
                    }
                    Opcode::Illegal => try_or_raise!(self.wrong_register()),
                }
            }
        }
    }

    /// Arithmetic on what isn't two small integers or two floats.
    ///
    /// The result may be any object of the program, so no float that there is now counts as the interpreter loop's own
    /// any more: those from `shared_below` on are in one register only, by which `.._over_..` instructions may write
    /// into them. (A temporary that such an instruction names was made by arithmetic; that is what the compiler
    /// guarantees. Where a module doesn't keep to that it computes other numbers, and breaks nothing else.)
    #[inline(never)]
    pub(crate) fn arithmetic_slow(&mut self, operation: Binary, x: Value, y: Value, in_place: bool) -> Outcome<Value> {
        if let (Some(p), Some(q)) = (self.float_or_small(x), self.float_or_small(y)) {
            match operation {
                _ if x.is_small() && y.is_small() => {
                    if QUICK && let Some(value) = small(operation, x, y) {
                        return Ok(value);
                    }
                }
                Binary::Add => return self.new_float(p + q),
                Binary::Subtract => return self.new_float(p - q),
                Binary::Multiply => return self.new_float(p * q),
                Binary::TrueDivide if q != 0.0 => return self.new_float(p / q),
                _ => {}
            }
        } else if operation == Binary::Add && self.kind(x) == kind::STR && self.kind(y) == kind::STR {
            return self.join_strings(x, y);
        }
        let result = self.binary_any(operation, x, y, in_place);
        self.shared_below = self.heap_top;
        result
    }

    /// The same of what has no results of floats: those of the quick loop in assembly are not all that are small.
    #[inline(never)]
    fn integers_slow(&mut self, operation: Binary, x: Value, y: Value, in_place: bool) -> Outcome<Value> {
        match if x.0 & y.0 & 1 != 0 { small(operation, x, y) } else { None } {
            Some(value) => Ok(value),
            None => self.binary_any(operation, x, y, in_place),
        }
    }

    fn float_or_small(&self, value: Value) -> Option<f64> {
        if value.is_small() { Some(f64::from(value.as_small())) } else { self.as_float(value) }
    }

    fn check_depth(&mut self) -> Outcome<()> {
        if self.depth >= self.deepest {
            return self.raise(Builtin::RecursionError, "maximum recursion depth exceeded");
        }
        Ok(())
    }

    /// An instruction found something in a register that no compiler puts there.
    #[cold]
    pub(crate) fn wrong_register<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::SystemError, "the module's code is inconsistent")
    }

    #[inline(always)]
    fn item_quick(&self, value: Value, index: i32) -> Option<Value> {
        let header = self.mem.word(value.0);
        match header_kind(header) {
            kind::LIST => {
                let length = self.number(value, 0) as i32;
                let index = if index < 0 { index + length } else { index };
                if index >= 0 && index < length { Some(self.field(self.field(value, 1), index as u32)) } else { None }
            }
            kind::TUPLE => {
                let length = header_length(header) as i32;
                let index = if index < 0 { index + length } else { index };
                if index >= 0 && index < length { Some(self.field(value, index as u32)) } else { None }
            }
            _ => None,
        }
    }

    /// Next item of a list iterator.
    #[inline(always)]
    fn next_quick(&mut self, iterator: Value) -> Option<Value> {
        if !self.is(iterator, kind::ITERATOR) || self.field(iterator, 0) != Value::builtin(Builtin::ListIteratorType) {
            return None;
        }
        let list = self.field(iterator, 1);
        let at = self.number(iterator, 2);
        if !self.is(list, kind::LIST) || at >= self.number(list, 0) {
            return None;
        }
        let item = self.field(self.field(list, 1), at);
        self.set_number(iterator, 2, at + 1);
        Some(item)
    }

    /// Calls a builtin by its number, as `call_builtin` does.
    #[inline]
    fn call_builtin(&mut self, builtin: u16, args: Args) -> Outcome<Value> {
        let callee = Value(0x8000_0002 | u32::from(builtin) << 2);
        if let Some(native) = self.native_of(callee) {
            if native.parameter_count() == 0 && native.accepts(args.count) {
                return (native.run)(self, args);
            }
            return self.call_native(native, args, Value::UNBOUND);
        }
        self.call_value(callee, args)
    }

    #[cold]
    fn load_builtin_member(&mut self, value: Value) -> Outcome<Value> {
        match value.as_builtin() {
            Some(builtin) if matches!(builtin.category(), nano_wire::builtins::Category::Member(_)) => {
                self.load_member(builtin)
            }
            _ => Ok(value),
        }
    }
}

/// A small result of two small integers, where the quick loop in assembly does not look for all there are.
fn small(operation: Binary, x: Value, y: Value) -> Option<Value> {
    match operation {
        Binary::Multiply => multiply_small(x, y),
        Binary::FloorDivide => floor_divide_small(x, y),
        Binary::Modulo => modulo_small(x, y),
        Binary::ShiftLeft => shift_left_small(x, y),
        Binary::ShiftRight => shift_right_small(x, y),
        _ => None,
    }
}

/// Frames begin behind their record.
const _: () = assert!(RECORD == 12 && GENERATOR_RECORD == 16);
