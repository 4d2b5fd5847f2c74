//! What changes a bytearray in place. Its bytes are in a RAW object that may be longer than they are.

use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// What a key that is no integer is told.
pub(super) const BYTEARRAY_INDEX: &str = "bytearray indices must be integers or slices, not {}";

impl Vm<'_> {
    /// Replaces bytes `from..to` of a bytearray by `count` others, which the caller writes: their place in the store.
    fn splice(&mut self, array: Root, from: u32, to: u32, count: u32) -> Outcome<()> {
        let object = self.get(array);
        let length = self.number(object, 0);
        self.work_on(length - from)?;
        let Some(longer) = (length - (to - from)).checked_add(count) else { return self.memory_error() };
        let store = self.field(object, 1);
        let capacity = self.length(store) * 4;
        if longer > capacity {
            let wanted = longer.max(capacity + capacity / 2).div_ceil(4);
            if !self.extend_last(store, wanted) {
                let room = (self.heap_limit - self.heap_top) / 4;
                let words = if wanted + 1 > room { longer.div_ceil(4) } else { wanted };
                let new = self.alloc(kind::RAW, words)?;
                let object = self.get(array);
                let old = self.field(object, 1);
                self.mem.copy_bytes(old.0 + 4, new.0 + 4, length);
                self.set_field(object, 1, new);
            }
        }
        let object = self.get(array);
        let start = self.field(object, 1).0 + 4;
        self.mem.copy_bytes(start + to, start + from + count, length - to);
        if longer < length {
            self.mem.slice_mut(start + longer, length - longer).fill(0);
        }
        self.set_number(object, 0, longer);
        Ok(())
    }

    fn set_byte(&mut self, array: Value, at: u32, byte: u8) {
        let store = self.field(array, 1);
        if let Some(place) = self.bytes_mut(store).get_mut(at as usize) {
            *place = byte;
        }
    }

    /// Position that an integer key means in a bytearray.
    fn bytearray_position(&mut self, array: Root, key: Root) -> Outcome<u32> {
        let Some(index) = self.index_of(self.get(key))? else {
            return self.raise_type(BYTEARRAY_INDEX, self.get(key));
        };
        let length = i64::from(self.number(self.get(array), 0));
        let at = if index < 0 { index.saturating_add(length) } else { index };
        if at < 0 || at >= length {
            return self.raise(Builtin::IndexError, "bytearray index out of range");
        }
        Ok(at as u32)
    }

    /// `array[key] = item` of a bytearray; the key may be a SLICE.
    pub(crate) fn set_item_bytearray(&mut self, array: Value, key: Value, item: Value) -> Outcome<()> {
        self.must_have(Feature::Bytearray)?;
        let mark = self.mark();
        let (array, key, item) = self.root3(array, key, item)?;
        if self.is(self.get(key), kind::SLICE) {
            self.set_slice_bytearray(array, key, Some(item))?;
        } else {
            // What is stored is looked at before where.
            if !self.is_integer(self.get(key)) {
                self.bytearray_position(array, key)?;
            }
            let number = self.integer_argument(self.get(item))?;
            let byte = self.byte_of(number)?;
            let at = self.bytearray_position(array, key)?;
            let object = self.get(array);
            if at >= self.number(object, 0) {
                return self.raise(Builtin::IndexError, "bytearray index out of range");
            }
            self.set_byte(object, at, byte);
        }
        self.release(mark);
        Ok(())
    }

    /// `del array[key]` of a bytearray; the key may be a SLICE.
    pub(crate) fn delete_item_bytearray(&mut self, array: Value, key: Value) -> Outcome<()> {
        self.must_have(Feature::Bytearray)?;
        let mark = self.mark();
        let (array, key) = self.root2(array, key)?;
        if self.is(self.get(key), kind::SLICE) {
            self.set_slice_bytearray(array, key, None)?;
        } else {
            let at = self.bytearray_position(array, key)?;
            self.splice(array, at, at + 1, 0)?;
        }
        self.release(mark);
        Ok(())
    }

    /// `array[slice] = item`, or `del array[slice]`.
    fn set_slice_bytearray(&mut self, array: Root, key: Root, item: Option<Root>) -> Outcome<()> {
        let source = match item {
            Some(item) => self.bytes_of_any(item)?,
            None => self.alloc(kind::BYTES, 0)?,
        };
        let source = self.root(source)?;
        let bounds = self.slice_object_bounds(self.get(key))?;
        let span = bounds.span(self.number(self.get(array), 0));
        let (blob, count) = self.blob_root(self.get(source))?;
        if span.step == 1 {
            let from = span.start.max(0) as u32;
            self.splice(array, from, from + span.count, count)?;
            let store = self.field(self.get(array), 1);
            self.copy_text(self.get(blob), 0, store.0 + 4 + from, count);
            return Ok(());
        }
        if item.is_none() {
            return self.delete_span(array, span.at(0), span.step, span.count);
        }
        if count != span.count {
            let wanted = span.count;
            return self.raise_fmt(
                Builtin::ValueError,
                format_args!("attempt to assign bytes of size {count} to extended slice of size {wanted}"),
            );
        }
        self.work(count)?;
        for index in 0..count {
            let byte = self.bytes(self.get(blob)).get(index as usize).copied().unwrap_or(0);
            self.set_byte(self.get(array), span.at(index), byte);
        }
        Ok(())
    }

    /// Deletes every `step`th byte: what stays moves up.
    fn delete_span(&mut self, array: Root, start: u32, step: i64, count: u32) -> Outcome<()> {
        if count == 0 {
            return Ok(());
        }
        let stride = u32::try_from(step.unsigned_abs()).unwrap_or(u32::MAX);
        let first = if step < 0 { start - (count - 1) * stride } else { start };
        let object = self.get(array);
        let length = self.number(object, 0);
        let mut to = first;
        self.work(length - first)?;
        for from in first..length {
            let distance = from - first;
            if distance.is_multiple_of(stride) && distance / stride < count {
                continue;
            }
            let store = self.field(object, 1);
            let byte = self.bytes(store).get(from as usize).copied().unwrap_or(0);
            self.set_byte(object, to, byte);
            to += 1;
        }
        self.splice(array, to, length, 0)
    }

    /// What can be put into a bytearray at once: a bytes-like as it is (a copy of a bytearray), or an iterable.
    fn bytes_of_any(&mut self, item: Root) -> Outcome<Value> {
        let value = self.get(item);
        match self.kind(value) {
            kind::BYTES => Ok(value),
            kind::BYTEARRAY => {
                let (blob, length) = self.blob_root(value)?;
                let copy = self.alloc(kind::BYTES, length)?;
                self.copy_text(self.get(blob), 0, copy.0 + 4, length);
                self.release(blob.0);
                Ok(copy)
            }
            kind::STR | 255 | kind::FLOAT | kind::BIG_INT => {
                self.raise(Builtin::TypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)")
            }
            _ => self.bytes_from_iterable(item, "bytearray"),
        }
    }
}

pub(super) fn append(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let number = vm.integer_argument(vm.arg(args, 1))?;
    let byte = vm.byte_of(number)?;
    let array = args.root(0);
    let length = vm.number(vm.get(array), 0);
    vm.splice(array, length, length, 1)?;
    vm.set_byte(vm.get(array), length, byte);
    Ok(Value::NONE)
}

pub(super) fn extend(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let given = vm.arg(args, 1);
    if matches!(vm.kind(given), 255 | kind::FLOAT | kind::BIG_INT) {
        return vm.raise_type("can't extend bytearray with {}", given);
    }
    let source = if vm.kind(given) == kind::STR && vm.length(given) > 0 {
        return vm.raise(Builtin::TypeError, "'str' object cannot be interpreted as an integer");
    } else if vm.kind(given) == kind::STR {
        return Ok(Value::NONE);
    } else {
        vm.bytes_of_any(args.root(1))?
    };
    let (blob, count) = vm.blob_root(source)?;
    let array = args.root(0);
    let length = vm.number(vm.get(array), 0);
    vm.splice(array, length, length, count)?;
    let store = vm.field(vm.get(array), 1);
    vm.copy_text(vm.get(blob), 0, store.0 + 4 + length, count);
    Ok(Value::NONE)
}

pub(super) fn insert(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let index = vm.integer_argument(vm.arg(args, 1))?;
    let number = vm.integer_argument(vm.arg(args, 2))?;
    let byte = vm.byte_of(number)?;
    let array = args.root(0);
    let length = i64::from(vm.number(vm.get(array), 0));
    let index = if index < 0 { index.saturating_add(length) } else { index }.clamp(0, length) as u32;
    vm.splice(array, index, index, 1)?;
    vm.set_byte(vm.get(array), index, byte);
    Ok(Value::NONE)
}

pub(super) fn pop(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let index = vm.integer_or(vm.arg(args, 1), -1)?;
    let array = args.root(0);
    let length = i64::from(vm.number(vm.get(array), 0));
    if length == 0 {
        return vm.raise(Builtin::IndexError, "pop from empty bytearray");
    }
    let at = if index < 0 { index.saturating_add(length) } else { index };
    if at < 0 || at >= length {
        return vm.raise(Builtin::IndexError, "pop index out of range");
    }
    let byte = vm.view(vm.get(array)).get(at as usize).copied().unwrap_or(0);
    vm.splice(array, at as u32, at as u32 + 1, 0)?;
    Ok(Value::small_unchecked(i32::from(byte)))
}

pub(super) fn remove(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let number = vm.integer_argument(vm.arg(args, 1))?;
    let byte = vm.byte_of(number)?;
    let array = args.root(0);
    let found = vm.view(vm.get(array)).iter().position(|candidate| *candidate == byte);
    vm.work_on(vm.blob(vm.get(array)).1)?;
    match found {
        Some(at) => vm.splice(array, at as u32, at as u32 + 1, 0)?,
        None => return vm.raise(Builtin::ValueError, "value not found in bytearray"),
    }
    Ok(Value::NONE)
}

pub(super) fn clear(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let array = args.root(0);
    let length = vm.number(vm.get(array), 0);
    vm.splice(array, 0, length, 0)?;
    Ok(Value::NONE)
}

pub(super) fn reverse(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let object = vm.arg(args, 0);
    let (store, length) = vm.blob(object);
    vm.work_on(length)?;
    if let Some(bytes) = vm.bytes_mut(store).get_mut(..length as usize) {
        bytes.reverse();
    }
    Ok(Value::NONE)
}

/// `copy` of a bytearray.
pub(super) fn copy(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let length = vm.number(vm.arg(args, 0), 0);
    vm.part(args.root(0), 0, length)
}

impl Vm<'_> {
    /// `array += other` of a bytearray (and `array *= n` is made anew by the caller): in place.
    pub(crate) fn extend_bytearray(&mut self, array: Value, other: Value) -> Outcome<Value> {
        self.must_have(Feature::Bytearray)?;
        let mark = self.mark();
        let args = self.root_all(&[array, other])?;
        if !self.is_bytes_like(other) {
            return self.cannot_join_text(self.arg(args, 0), self.arg(args, 1));
        }
        extend(self, args)?;
        let array = self.arg(args, 0);
        self.release(mark);
        Ok(array)
    }
}
