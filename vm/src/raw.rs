//! The one file with `unsafe`: words of the arena, words of a module, and the interpreter's cursors into both.
//!
//! Four invariants carry every block below:
//!
//! 1. A [`Memory`] covers exactly the arena it was made of, and borrows it mutably for its whole life. Its word and
//!    byte accessors check their bounds, so no argument of theirs can be wrong.
//! 2. A [`Cursor`] is made of code that `verify` accepted: every instruction lies whole within the code section, every
//!    jump lands on an instruction of the same function, and no function runs off its end.
//! 3. A [`Registers`] window is made by `Vm::enter`, which has checked that `base + registers of the function` lies
//!    below the stack's limit; `verify` has checked that each operand is below the function's register count. The
//!    frame record (three words, for generators four) lies directly below the window, above the stack's start.
//! 4. What is asked of [`Cells`] is a multiple of 4 below their end: the collector asks [`Cells::has`] about each
//!    reference, whatever else may be wrong with it, before it follows it, and goes over the words of an object only after
//!    [`Cells::reaches`], over the heap only below its top.
//! 5. Bytes of a module stay where they are, and the same, as long as the value that names them or a clone of it is there:
//!    [`ModuleBytes`] is sealed, and is a slice or a shared allocation.
#![allow(unsafe_code, reason = "the only file where it is allowed; each block says why it is sound")]

use crate::image::{Image, ModuleBytes};
use crate::verify::LoadError;
use alloc::alloc::alloc_zeroed;
use alloc::boxed::Box;
use core::alloc::Layout;
use core::cell::Cell;
use core::marker::PhantomData;
use core::ptr::NonNull;
use nano_wire::isa::Opcode;
use nano_wire::value::{Kind, MAX_LENGTH, Value, header};

/// Header of a float outside a collection.
const FLOAT_HEADER: u32 = header(Kind::Float as u8, 2);

/// The arena: words addressed by byte offset.
#[repr(C)]
pub struct Memory<'a> {
    base: NonNull<u32>,
    bytes: u32,
    /// Below this offset [`FIXED`] bytes are inside.
    object_end: u32,
    /// A float begins below this offset: its three words end at `bytes` at the latest.
    float_end: u32,
    /// An access outside was asked for.
    damaged: Cell<bool>,
    life: PhantomData<&'a mut [u32]>,
}

impl<'a> Memory<'a> {
    /// Covers the arena; at most 1 GiB of it.
    pub fn new(arena: &'a mut [u32]) -> Self {
        let words = arena.len().min(1 << 28);
        let bytes = (words as u32) * 4;
        Self {
            base: NonNull::from(&mut *arena).cast(),
            bytes,
            object_end: bytes.saturating_sub(FIXED),
            float_end: bytes.saturating_sub(8),
            damaged: Cell::new(false),
            life: PhantomData,
        }
    }

    /// Notes an access outside the arena. It comes to nothing: a read gives 0 or nothing, a write is dropped.
    ///
    /// A module that lies about what is in a register can cause it, and a defect of the VM could; the run is stopped
    /// for it when it is next looked at, see `Vm::refuel`.
    #[cold]
    #[inline(never)]
    fn outside(&self) -> u32 {
        self.damaged.set(true);
        0
    }

    /// Was there an access outside the arena?
    pub fn is_damaged(&self) -> bool {
        self.damaged.get()
    }

    /// Size in bytes.
    #[inline]
    pub fn bytes(&self) -> u32 {
        self.bytes
    }

    /// The word at a byte offset (rounded down to words).
    #[inline]
    pub fn word(&self, offset: u32) -> u32 {
        if offset >= self.bytes {
            return self.outside();
        }
        // SAFETY: `offset < bytes`, and `bytes` is a multiple of 4, so the word at `offset & !3` is inside the arena (1).
        unsafe { self.base.as_ptr().byte_add((offset & !3) as usize).read() }
    }

    /// Writes the word at a byte offset (rounded down to words).
    #[inline]
    pub fn set_word(&mut self, offset: u32, word: u32) {
        if offset >= self.bytes {
            self.outside();
            return;
        }
        // SAFETY: as in `word`; `&mut self` excludes every other access.
        unsafe { self.base.as_ptr().byte_add((offset & !3) as usize).write(word) }
    }

    /// Header and first payload words of the object that a value refers to; `None`: it refers to none in the arena, or
    /// to one so near its end that no object of the machine can be there.
    #[inline(always)]
    pub fn head<const WORDS: usize>(&self, value: Value) -> Option<&[Value; WORDS]> {
        const { assert!(WORDS <= FIXED as usize / 4) }
        if value.0 & 3 != 0 || value.0 >= self.object_end {
            return None;
        }
        // SAFETY: a multiple of 4, and `FIXED` bytes from it are inside the arena (1); `Value` is a transparent `u32`.
        Some(unsafe { &*self.base.as_ptr().byte_add(value.0 as usize).cast() })
    }

    /// The number of the float object at a byte offset; `None`: another object, or none.
    #[inline]
    pub fn float(&self, offset: u32) -> Option<f64> {
        if offset >= self.float_end {
            return None;
        }
        // SAFETY: `offset + 8 < bytes`, both but `offset` multiples of 4, so three words from `offset & !3` are inside (1).
        unsafe {
            let at = self.base.as_ptr().byte_add((offset & !3) as usize);
            if at.read() != FLOAT_HEADER {
                return None;
            }
            let (low, high) = (at.add(1).read(), at.add(2).read());
            Some(f64::from_bits(u64::from(low) | u64::from(high) << 32))
        }
    }

    /// Writes a float object at a byte offset.
    #[inline]
    pub fn set_float(&mut self, offset: u32, number: f64) {
        if offset >= self.float_end {
            self.outside();
            return;
        }
        let bits = number.to_bits();
        // SAFETY: as in `float`; `&mut self` excludes every other access.
        unsafe {
            let at = self.base.as_ptr().byte_add((offset & !3) as usize);
            at.write(FLOAT_HEADER);
            at.add(1).write(bits as u32);
            at.add(2).write((bits >> 32) as u32);
        }
    }

    /// `length` bytes from a byte offset.
    #[inline]
    pub fn slice(&self, offset: u32, length: u32) -> &[u8] {
        if offset > self.bytes || length > self.bytes - offset {
            self.outside();
            return &[];
        }
        // SAFETY: the range lies inside the arena (1); bytes have no alignment; `&self` excludes writers.
        unsafe { core::slice::from_raw_parts(self.base.as_ptr().cast::<u8>().add(offset as usize), length as usize) }
    }

    /// `length` bytes from a byte offset, to write.
    #[inline]
    pub fn slice_mut(&mut self, offset: u32, length: u32) -> &mut [u8] {
        if offset > self.bytes || length > self.bytes - offset {
            self.outside();
            return &mut [];
        }
        // SAFETY: as in `slice`; `&mut self` excludes every other access.
        unsafe {
            core::slice::from_raw_parts_mut(self.base.as_ptr().cast::<u8>().add(offset as usize), length as usize)
        }
    }

    /// Words from a byte offset, as values (every bit pattern is one).
    #[inline]
    pub fn values(&self, offset: u32, count: u32) -> &[Value] {
        if offset > self.bytes || count > (self.bytes - offset) / 4 {
            self.outside();
            return &[];
        }
        // SAFETY: inside the arena (1); `Value` is a transparent `u32`; `offset & !3` is aligned.
        unsafe {
            core::slice::from_raw_parts(self.base.as_ptr().byte_add((offset & !3) as usize).cast(), count as usize)
        }
    }

    /// Values from a byte offset, three by three. (Not `values` in chunks: that divides by three.)
    #[inline(always)]
    pub fn triples(&self, offset: u32, count: u32) -> &[[Value; 3]] {
        if offset > self.bytes || count > MAX_LENGTH || count * 12 > self.bytes - offset {
            self.outside();
            return &[];
        }
        // SAFETY: as in `values`, with three values an array. `count * 12` doesn't overflow below the longest object.
        unsafe {
            core::slice::from_raw_parts(self.base.as_ptr().byte_add((offset & !3) as usize).cast(), count as usize)
        }
    }

    /// Words from a byte offset, as values, to write.
    #[inline]
    pub fn values_mut(&mut self, offset: u32, count: u32) -> &mut [Value] {
        if offset > self.bytes || count > (self.bytes - offset) / 4 {
            self.outside();
            return &mut [];
        }
        // SAFETY: as in `values`; `&mut self` excludes every other access.
        unsafe {
            core::slice::from_raw_parts_mut(self.base.as_ptr().byte_add((offset & !3) as usize).cast(), count as usize)
        }
    }

    /// All words of the arena, to write: for arithmetic on limbs.
    #[inline]
    pub fn words_mut(&mut self) -> &mut [u32] {
        // SAFETY: exactly the arena (1); `&mut self` excludes every other access.
        unsafe { core::slice::from_raw_parts_mut(self.base.as_ptr(), (self.bytes / 4) as usize) }
    }

    /// All words of the arena.
    #[inline]
    pub fn words(&self) -> &[u32] {
        // SAFETY: exactly the arena (1); `&self` excludes writers.
        unsafe { core::slice::from_raw_parts(self.base.as_ptr(), (self.bytes / 4) as usize) }
    }

    /// Copies words within the arena; the ranges may overlap.
    #[inline]
    pub fn copy_words(&mut self, from: u32, to: u32, words: u32) {
        let limit = self.bytes / 4;
        if words > limit || from / 4 > limit - words || to / 4 > limit - words {
            self.outside();
            return;
        }
        // SAFETY: both ranges lie inside the arena (1); `copy` allows overlap.
        unsafe {
            let base = self.base.as_ptr();
            base.byte_add((from & !3) as usize).copy_to(base.byte_add((to & !3) as usize), words as usize);
        }
    }

    /// Copies bytes within the arena; the ranges may overlap.
    #[inline]
    pub fn copy_bytes(&mut self, from: u32, to: u32, length: u32) {
        if length > self.bytes || from > self.bytes - length || to > self.bytes - length {
            self.outside();
            return;
        }
        // SAFETY: both ranges lie inside the arena (1); `copy` allows overlap.
        unsafe {
            let base = self.base.as_ptr().cast::<u8>();
            base.add(from as usize).copy_to(base.add(to as usize), length as usize);
        }
    }

    /// The arena's words, for the collector.
    #[inline(always)]
    pub fn cells(&mut self) -> Cells<'_> {
        Cells { base: self.base.as_ptr(), bytes: self.bytes, damaged: &self.damaged }
    }

    /// The window that starts at a byte offset. Invariant 3 must hold for it.
    #[inline]
    pub fn window(&mut self, base: u32) -> Registers<'a> {
        debug_assert!(base < self.bytes && base >= 16);
        // SAFETY: the caller (`Vm::enter` and what derives from it) has checked the window's extent (3).
        Registers { base: unsafe { self.base.as_ptr().byte_add(base as usize) }, life: PhantomData }
    }

    /// Byte offset of a window.
    #[inline]
    pub fn offset_of(&self, window: Registers<'a>) -> u32 {
        (window.base.addr() - self.base.as_ptr().addr()) as u32
    }
}

/// The arena's words, as the collector reads and writes them: it checks a reference once, not at each access. Copy, so
/// that the arena's place and size stay in machine registers over its loops.
#[derive(Clone, Copy)]
pub struct Cells<'m> {
    base: *mut u32,
    bytes: u32,
    damaged: &'m Cell<bool>,
}

impl Cells<'_> {
    /// Is there a word at this byte offset? Where there is none, the arena is damaged: see `Memory::outside`.
    #[inline(always)]
    pub fn has(self, offset: u32) -> bool {
        let inside = offset < self.bytes;
        if !inside {
            self.damaged.set(true);
        }
        inside
    }

    /// Do the words go up to this byte offset?
    #[inline(always)]
    pub fn reaches(self, end: u32) -> bool {
        let inside = end <= self.bytes;
        if !inside {
            self.damaged.set(true);
        }
        inside
    }

    /// The word at a byte offset. Invariant 4 must hold for it.
    #[inline(always)]
    pub fn get(self, offset: u32) -> u32 {
        debug_assert!(offset & 3 == 0 && offset < self.bytes);
        // SAFETY: a multiple of 4 below the end (4), so its word is inside the arena, which these borrow (1).
        unsafe { self.base.byte_add(offset as usize).read() }
    }

    /// Writes the word at a byte offset. Invariant 4 must hold for it.
    #[inline(always)]
    pub fn set(self, offset: u32, word: u32) {
        debug_assert!(offset & 3 == 0 && offset < self.bytes);
        // SAFETY: as in `get`; nothing else refers to the arena while these do, and they belong to one thread.
        unsafe { self.base.byte_add(offset as usize).write(word) }
    }
}

/// A module's bytes beside the sections in them: these are looked for once, not at every invocation.
#[derive(Clone, Debug)]
pub struct Viewed<B: ModuleBytes> {
    /// Of `bytes`, whatever its type says: lent out for as long as those are borrowed.
    image: Image<'static>,
    bytes: B,
}

impl<B: ModuleBytes> Viewed<B> {
    /// The sections as `view` finds them.
    pub fn new(
        bytes: B,
        view: impl for<'b> FnOnce(&'b [u8]) -> Result<Image<'b>, LoadError>,
    ) -> Result<Self, LoadError> {
        let image = view(bytes.image()?)?;
        // SAFETY: only the life is another. `view` can have its slices from nowhere but the bytes or a static, and the bytes
        // stay as long as `Self` or a clone does, wherever it is moved (5); `image` shortens the life to such a borrow.
        let image = unsafe { core::mem::transmute::<Image<'_>, Image<'static>>(image) };
        Ok(Self { image, bytes })
    }

    /// The sections.
    #[inline]
    pub fn image(&self) -> &Image<'_> {
        &self.image
    }

    /// The bytes.
    pub fn bytes(&self) -> &B {
        &self.bytes
    }
}

/// What a quick loop in assembly needs of the module.
#[repr(C)]
pub struct Parts<'a> {
    code: *const u32,
    constants: *const u32,
    functions: *const u32,
    function_words: u32,
    objects: *const u32,
    object_words: u32,
    life: PhantomData<&'a [u32]>,
}

impl<'a> Parts<'a> {
    /// Those of a module.
    pub fn of(image: &Image<'a>) -> Self {
        Self {
            code: image.code.as_ptr(),
            constants: image.constants.as_ptr(),
            functions: image.functions.as_ptr(),
            function_words: image.functions.len() as u32,
            objects: image.objects.as_ptr(),
            object_words: image.objects.len() as u32,
            life: PhantomData,
        }
    }
}

/// The quick loop in assembly, which the program is linked with: `firmware/lx106/quick.S`.
#[cfg(feature = "assembly")]
mod assembly {
    use super::{Cursor, Memory, Parts, PhantomData, Registers, Value};
    use crate::class::field::VERSION;
    use crate::interpret::{Place, result};
    use crate::kind::kind;
    use crate::vm::{Vm, roots};
    use core::mem::offset_of;
    use nano_wire::module::{Function, flags};
    use nano_wire::value::LETTERS;

    /// Where a run is, as the assembly keeps it.
    #[repr(C)]
    struct State {
        cursor: *const u32,
        regs: *mut u32,
        count: u32,
        fuel: i32,
    }

    unsafe extern "C" {
        fn nano_quick(vm: *mut (), state: *mut State);
    }

    impl<'a> Vm<'a> {
        /// Runs what the assembly can; where it stopped, and the fuel left.
        #[inline(always)]
        pub(crate) fn quick(&mut self, place: Place<'a>, fuel: i32) -> (Place<'a>, i32) {
            let Place { regs, count, cursor } = place;
            let mut state = State { cursor: cursor.at, regs: regs.base, count, fuel };
            // SAFETY: the machine is borrowed for the call. The assembly does what arms of the loop in `interpret.rs` do:
            // it fetches and jumps within verified code (2), reads and writes registers below the function's count and
            // enters and leaves frames under the same conditions (3), and checks that a reference is a multiple of 4 and
            // what it reads or writes there inside the arena (1). Places and numbers it uses are asserted below.
            unsafe { nano_quick((&raw mut *self).cast(), &raw mut state) }
            let State { cursor, regs, count, fuel } = state;
            let regs = Registers { base: regs, life: PhantomData };
            let cursor = Cursor { at: cursor, life: PhantomData };
            (Place { regs, count, cursor }, fuel)
        }
    }

    /// The numbers at the top of `quick.S`.
    const _: () = {
        assert!(offset_of!(Vm<'_>, mem) == 0);
        assert!(offset_of!(Memory<'_>, base) == 0 && offset_of!(Memory<'_>, bytes) == 4);
        assert!(offset_of!(Memory<'_>, object_end) == 8 && size_of::<Memory<'_>>() == 20);
        assert!(offset_of!(Vm<'_>, parts) == 20 && size_of::<Parts<'_>>() == 24);
        assert!(offset_of!(Vm<'_>, heap_start) == 44 && offset_of!(Vm<'_>, heap_top) == 48);
        assert!(offset_of!(Vm<'_>, quick_limit) == 52 && offset_of!(Vm<'_>, shared_below) == 56);
        assert!(offset_of!(Vm<'_>, sp) == 60 && offset_of!(Vm<'_>, depth) == 64 && offset_of!(Vm<'_>, deepest) == 68);
        assert!(offset_of!(Vm<'_>, caches_at) == 72 && offset_of!(Vm<'_>, growing) == 76);
        assert!(roots::END == 40 && VERSION == 4 && result::VALUE == 0 && super::FIXED == 64);
        assert!(Function::WORDS == 5 && flags::SIMPLE == 16 && LETTERS == 1 << 30);
        assert!(
            kind::FLOAT == 0
                && kind::STR == 2
                && kind::TUPLE == 4
                && kind::LIST == 7
                && kind::DICT == 8
                && kind::FUNCTION == 14
        );
        assert!(kind::CELL == 16 && kind::INSTANCE == 19 && kind::ITERATOR == 21);
        assert!(Value::small_unchecked(1).0 == 3 && crate::call::MARGIN == 128);
    };
}

/// Bytes that are inside the arena from the start of any object that the machine makes: the heap ends earlier by what is
/// kept back for errors. Header and fixed fields of every kind lie in them.
const FIXED: u32 = 64;

/// A window of registers. Copy, because the interpreter keeps it in a machine register while it also calls the VM.
#[derive(Clone, Copy)]
pub struct Registers<'a> {
    base: *mut u32,
    life: PhantomData<&'a mut [u32]>,
}

impl Registers<'_> {
    /// Reads a register.
    #[inline]
    pub fn get(self, register: u8) -> Value {
        // SAFETY: the register is below the function's count and the window inside the arena (3); the stack never moves.
        Value(unsafe { *self.base.add(register as usize) })
    }

    /// Writes a register.
    #[inline]
    pub fn set(self, register: u8, value: Value) {
        // SAFETY: as in `get`.
        unsafe { *self.base.add(register as usize) = value.0 }
    }

    /// Reads the word `below` words under the window: 1 info, 2 return address, 3 function, 4 generator or instance.
    #[inline]
    pub fn record(self, below: usize) -> u32 {
        debug_assert!(below <= 4);
        // SAFETY: the frame record lies below the window, inside the arena (3).
        unsafe { *self.base.sub(below) }
    }

    /// Writes the word `below` words under the window.
    #[inline]
    pub fn set_record(self, below: usize, word: u32) {
        debug_assert!(below <= 4);
        // SAFETY: as in `record`.
        unsafe { *self.base.sub(below) = word }
    }

    /// The window `words` further up. The caller has checked its extent.
    #[inline]
    pub fn up(self, words: usize) -> Self {
        // SAFETY: `Vm::enter` has checked that the new window ends below the stack's limit (3).
        Self { base: unsafe { self.base.add(words) }, life: PhantomData }
    }

    /// The window `words` further down, as an earlier `up` came from.
    #[inline]
    pub fn down(self, words: usize) -> Self {
        // SAFETY: undoes an `up` of the same distance, which the frame record holds (3).
        Self { base: unsafe { self.base.sub(words) }, life: PhantomData }
    }

    /// Makes registers `from..to` unbound.
    #[inline]
    pub fn clear(self, from: usize, to: usize) {
        let mut register = from;
        while register < to {
            // SAFETY: `to` is at most the function's register count (3). Volatile, for they are few: a call of `memset`,
            // which the compiler would make of the loop, takes longer.
            unsafe { self.base.add(register).write_volatile(0) }
            register += 1;
        }
    }
}

/// A position in verified code.
#[derive(Clone, Copy)]
pub struct Cursor<'a> {
    at: *const u32,
    life: PhantomData<&'a [u32]>,
}

impl<'a> Cursor<'a> {
    /// The cursor at a word of the code; the word must be the first of an instruction (2).
    #[inline]
    pub fn new(code: &'a [u32], word: u32) -> Self {
        debug_assert!((word as usize) < code.len());
        // SAFETY: `word` is the start of a function or a return address, inside verified code (2).
        Self { at: unsafe { code.as_ptr().add(word as usize) }, life: PhantomData }
    }

    /// Reads a word and moves behind it.
    #[inline]
    pub fn next(&mut self) -> u32 {
        // SAFETY: instructions lie whole within the code and no function runs off its end (2).
        unsafe {
            let word = *self.at;
            self.at = self.at.add(1);
            word
        }
    }

    /// Reads the first word of an instruction and moves behind it; its opcode, and the word.
    #[inline]
    pub fn next_instruction(&mut self) -> (Opcode, u32) {
        let word = self.next();
        // SAFETY: the cursor stands before an instruction, whose opcode `verify` has found to be one (2); `Opcode` is
        // its number as a byte. That the `match` over it then needs no range check is a tenth of a dispatch.
        let opcode = unsafe { core::mem::transmute::<u8, Opcode>(word as u8) };
        (opcode, word)
    }

    /// Reads the word before the cursor.
    #[inline]
    pub fn previous(self) -> u32 {
        // SAFETY: the cursor stands behind an instruction (2).
        unsafe { *self.at.sub(1) }
    }

    /// Moves by a jump distance.
    #[inline]
    pub fn jump(&mut self, distance: i32) {
        // SAFETY: verified jumps land on an instruction of the same function (2).
        self.at = unsafe { self.at.offset(distance as isize) };
    }

    /// Words from the start of the code.
    #[inline]
    pub fn position(self, code: &[u32]) -> u32 {
        ((self.at.addr() - code.as_ptr().addr()) / 4) as u32
    }
}

/// As many words of zeros, where there is memory for them. What the machine gives zeroed costs nothing until it is used.
pub fn zeroed(words: usize) -> Option<Box<[u32]>> {
    let layout = Layout::array::<u32>(words).ok()?;
    if words == 0 {
        return Some(Box::default());
    }
    // SAFETY: the layout is not empty.
    let base = NonNull::new(unsafe { alloc_zeroed(layout) })?;
    // SAFETY: the allocator that a box gives its memory back to has just lent `words` words under the layout of a slice
    // of them, to nobody else, and zero is a `u32`.
    Some(unsafe { Box::from_raw(NonNull::slice_from_raw_parts(base.cast::<u32>(), words).as_ptr()) })
}

/// Views bytes as words where they are aligned and whole.
pub fn words(bytes: &[u8]) -> Option<&[u32]> {
    // SAFETY: every bit pattern is a `u32`.
    let (before, words, after) = unsafe { bytes.align_to::<u32>() };
    if before.is_empty() && after.is_empty() { Some(words) } else { None }
}

/// Views bytes as half-words where they are aligned and whole.
pub fn half_words(bytes: &[u8]) -> Option<&[u16]> {
    // SAFETY: every bit pattern is a `u16`.
    let (before, halves, after) = unsafe { bytes.align_to::<u16>() };
    if before.is_empty() && after.is_empty() { Some(halves) } else { None }
}

/// Views words as bytes.
#[inline]
pub fn bytes(words: &[u32]) -> &[u8] {
    // SAFETY: bytes have no alignment and no invalid patterns; the length is that of the words.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), words.len() * 4) }
}

/// Views words as values.
#[inline]
pub fn values(words: &[u32]) -> &[Value] {
    // SAFETY: `Value` is a transparent `u32` and every bit pattern is one.
    unsafe { core::slice::from_raw_parts(words.as_ptr().cast(), words.len()) }
}

/// Views bytes as text; they are UTF-8 by construction (`verify` checks those of a module, the VM writes no other).
#[inline]
pub fn text(bytes: &[u8]) -> &str {
    debug_assert!(core::str::from_utf8(bytes).is_ok());
    // SAFETY: string objects hold UTF-8: constants are checked when a module is loaded, and all other strings are made
    // by `Vm::new_str` from `&str` or by slicing at character boundaries.
    unsafe { core::str::from_utf8_unchecked(bytes) }
}
