//! Text or bytes that grow in the arena: what `repr`, `join`, `format` and `json` write into.
//!
//! The object under construction is a str or bytes object whose header says its capacity. It is a root, so it survives
//! collections; as long as it is the last object of the heap it grows in place.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use core::fmt;
use nano_wire::value::{MAX_LENGTH, Value};

/// Text (or bytes) under construction. It holds one root; [`TextBuilder::finish`] gives the object.
#[derive(Clone, Copy, Debug)]
pub struct TextBuilder {
    root: Root,
    length: u32,
    capacity: u32,
    ascii: bool,
    /// Offset of the text in its object: 8 of a str, 4 of bytes.
    start: u32,
}

impl TextBuilder {
    /// An empty text, with room for some bytes.
    pub fn new(vm: &mut Vm<'_>, capacity: u32) -> Outcome<Self> {
        Self::of_kind(vm, kind::STR, 8, capacity)
    }

    /// An empty bytes object, with room for some bytes.
    pub fn bytes(vm: &mut Vm<'_>, capacity: u32) -> Outcome<Self> {
        Self::of_kind(vm, kind::BYTES, 4, capacity)
    }

    fn of_kind(vm: &mut Vm<'_>, kind: u8, start: u32, capacity: u32) -> Outcome<Self> {
        let root = vm.root(Value::UNBOUND)?;
        let object = vm.alloc(kind, capacity)?;
        vm.set(root, object);
        Ok(Self { root, length: 0, capacity, ascii: true, start })
    }

    /// Bytes so far.
    #[inline]
    pub fn len(&self) -> u32 {
        self.length
    }

    /// Does it make a str?
    #[inline]
    pub(crate) fn is_text(&self) -> bool {
        self.start == 8
    }

    /// Is everything so far below 128?
    #[inline]
    pub fn is_ascii(&self) -> bool {
        self.ascii
    }

    /// What was written so far.
    pub fn written<'v>(&self, vm: &'v Vm<'_>) -> &'v [u8] {
        let object = vm.get(self.root);
        vm.mem.slice(object.0 + self.start, self.length)
    }

    /// What was written so far, to change in place (the caller keeps text UTF-8).
    pub(crate) fn written_mut<'v>(&self, vm: &'v mut Vm<'_>) -> &'v mut [u8] {
        let object = vm.get(self.root);
        vm.mem.slice_mut(object.0 + self.start, self.length)
    }

    /// Makes room for `more` bytes behind what was written.
    #[inline]
    pub fn reserve(&mut self, vm: &mut Vm<'_>, more: u32) -> Outcome<()> {
        if more <= self.capacity - self.length { Ok(()) } else { self.grow(vm, more) }
    }

    #[cold]
    #[inline(never)]
    fn grow(&mut self, vm: &mut Vm<'_>, more: u32) -> Outcome<()> {
        let needed = match self.length.checked_add(more) {
            Some(needed) if needed <= MAX_LENGTH => needed,
            _ => return vm.memory_error(),
        };
        let wanted = needed.max(self.capacity + self.capacity / 2).saturating_add(24).min(MAX_LENGTH);
        let object = vm.get(self.root);
        let in_place = vm.extend_last(object, wanted) || {
            // No room, or not the last: whatever can be moved away may help, before two copies have to fit.
            if vm.heap_limit - vm.heap_top < wanted {
                vm.collect_paid(0)?;
            }
            let object = vm.get(self.root);
            vm.extend_last(object, wanted) || vm.extend_last(object, needed)
        };
        if !in_place {
            let room = vm.heap_limit - vm.heap_top;
            let capacity = if wanted.saturating_add(12) > room { needed } else { wanted };
            let kind = if self.start == 8 { kind::STR } else { kind::BYTES };
            let new = vm.alloc(kind, capacity)?;
            let old = vm.get(self.root);
            vm.mem.copy_bytes(old.0 + self.start, new.0 + self.start, self.length);
            vm.set(self.root, new);
        }
        let capacity = vm.length(vm.get(self.root));
        let grown = capacity.saturating_sub(self.capacity);
        self.capacity = capacity;
        vm.work_on(grown)
    }

    /// Appends text.
    #[inline]
    pub fn push_str(&mut self, vm: &mut Vm<'_>, text: &str) -> Outcome<()> {
        self.push_bytes(vm, text.as_bytes())
    }

    /// Appends bytes that lie outside the arena; of text, UTF-8.
    pub fn push_bytes(&mut self, vm: &mut Vm<'_>, bytes: &[u8]) -> Outcome<()> {
        let count = bytes.len() as u32;
        self.reserve(vm, count)?;
        let object = vm.get(self.root);
        vm.mem.slice_mut(object.0 + self.start + self.length, count).copy_from_slice(bytes);
        self.length += count;
        self.ascii &= bytes.is_ascii();
        Ok(())
    }

    /// Appends a character.
    #[inline]
    pub fn push_char(&mut self, vm: &mut Vm<'_>, character: char) -> Outcome<()> {
        if character.is_ascii() {
            return self.push_byte(vm, character as u8);
        }
        let mut buffer = [0; 4];
        self.push_str(vm, character.encode_utf8(&mut buffer))
    }

    /// Appends a byte; of text, below 128.
    #[inline]
    pub fn push_byte(&mut self, vm: &mut Vm<'_>, byte: u8) -> Outcome<()> {
        self.reserve(vm, 1)?;
        let object = vm.get(self.root);
        if let Some(place) = vm.mem.slice_mut(object.0 + self.start + self.length, 1).first_mut() {
            *place = byte;
        }
        self.length += 1;
        self.ascii &= byte < 128;
        Ok(())
    }

    /// Appends a character many times.
    pub fn push_repeated(&mut self, vm: &mut Vm<'_>, character: char, count: u32) -> Outcome<()> {
        let mut buffer = [0; 4];
        let unit = character.encode_utf8(&mut buffer).as_bytes();
        let width = unit.len() as u32;
        let Some(bytes) = count.checked_mul(width) else { return vm.memory_error() };
        self.reserve(vm, bytes)?;
        let object = vm.get(self.root);
        let target = vm.mem.slice_mut(object.0 + self.start + self.length, bytes);
        match unit {
            [byte] => target.fill(*byte),
            _ => target.chunks_exact_mut(unit.len()).for_each(|place| place.copy_from_slice(unit)),
        }
        self.length += bytes;
        self.ascii &= count == 0 || character.is_ascii();
        Ok(())
    }

    /// Appends all of a str or bytes object (it may move).
    pub fn push_value(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        let count = vm.length(value);
        if count <= self.capacity - self.length {
            self.copy(vm, value, 0, count);
            return Ok(());
        }
        let root = vm.root(value)?;
        let result = self.push_part(vm, root, 0, count);
        vm.release(root.0);
        result
    }

    /// Appends part of a str or bytes object: bytes `from..to`, of text at character boundaries.
    pub fn push_part(&mut self, vm: &mut Vm<'_>, of: Root, from: u32, to: u32) -> Outcome<()> {
        self.reserve(vm, to - from)?;
        let source = vm.get(of);
        self.copy(vm, source, from, to);
        Ok(())
    }

    /// Copies part of an object to the end; there is room.
    fn copy(&mut self, vm: &mut Vm<'_>, source: Value, from: u32, to: u32) {
        let count = to - from;
        let target = vm.get(self.root).0 + self.start + self.length;
        vm.copy_text(source, from, target, count);
        self.ascii &= vm.kind(source) == kind::STR && vm.is_ascii(source) || vm.mem.slice(target, count).is_ascii();
        self.length += count;
    }

    /// Appends what a format string says.
    pub fn push_fmt(&mut self, vm: &mut Vm<'_>, arguments: fmt::Arguments<'_>) -> Outcome<()> {
        let mut writer = Writer { vm, builder: self };
        fmt::write(&mut writer, arguments).map_err(|_| crate::error::Raise)
    }

    /// What was written in place isn't ASCII (if so).
    pub(crate) fn note_not_ascii(&mut self, wide: bool) {
        self.ascii &= !wide;
    }

    /// Makes a gap of `count` bytes at `at`, filled with `byte` (below 128).
    pub(crate) fn insert(&mut self, vm: &mut Vm<'_>, at: u32, count: u32, byte: u8) -> Outcome<()> {
        self.reserve(vm, count)?;
        let tail = self.length.saturating_sub(at);
        let place = vm.get(self.root).0 + self.start + at;
        vm.mem.copy_bytes(place, place + count, tail);
        vm.mem.slice_mut(place, count).fill(byte);
        self.length += count;
        Ok(())
    }

    /// Forgets everything behind `length`.
    pub(crate) fn truncate(&mut self, vm: &mut Vm<'_>, length: u32) {
        let object = vm.get(self.root);
        // What is behind the text of an object is zero.
        vm.mem.slice_mut(object.0 + self.start + length, self.length.saturating_sub(length)).fill(0);
        self.length = length.min(self.length);
    }

    /// The finished object; the builder is used up (its root stays until the caller releases it).
    pub fn finish(self, vm: &mut Vm<'_>) -> Value {
        let object = vm.get(self.root);
        vm.shrink(object, self.length);
        if self.start == 8 {
            vm.set_word(object, 0, u32::from(self.ascii));
        }
        object
    }

    /// As [`TextBuilder::finish`], and drops the builder's root and all made since.
    pub fn finish_and_release(self, vm: &mut Vm<'_>) -> Value {
        let object = self.finish(vm);
        vm.release(self.root.0);
        object
    }
}

/// A builder with its machine: `core::fmt` writes through it.
struct Writer<'b, 'v, 'a> {
    vm: &'v mut Vm<'a>,
    builder: &'b mut TextBuilder,
}

impl fmt::Write for Writer<'_, '_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.builder.push_str(self.vm, text).map_err(|_| fmt::Error)
    }
}
