//! Whether words are an arena at rest that this VM could have left: kinds, fields, references, storage.
//!
//! What it proves is what the VM relies on without asking: objects whole and of known kinds, text UTF-8, each field of
//! the kind its owner expects, storage (of lists, dicts, sets, classes) reachable through its owner only, indices and
//! tables of dicts and sets with an end to every search, generators stopped behind a `yield` of their own code. What
//! natives ask about a value anyway (is it a list?) is not looked at. Hashes may be wrong: then keys aren't found.

use super::{fixed_words, heap_base};
use crate::class;
use crate::container::is_of_dict;
use crate::generator::{field as generator_field, state};
use crate::identity;
use crate::image::Image;
use crate::kind::kind;
use crate::native;
use crate::protocol::type_of_kind;
use crate::verify::{Bits, LoadError, is_big, objects, padding_is_zero};
use nano_wire::builtins::Builtin;
use nano_wire::isa::{Instruction, Opcode};
use nano_wire::module::{Function, flags};
use nano_wire::value::{Value, hash_bytes, header_kind, header_length, object_words};

struct Heap<'a> {
    image: &'a Image<'a>,
    words: &'a [u32],
    base: u32,
    version: u32,
    starts: Bits,
    constants: Bits,
    /// Storage that an owner has claimed.
    owned: Bits,
}

/// `Ok`: they are.
pub(crate) fn check(image: &Image<'_>, all: &[u32]) -> Result<(), LoadError> {
    let constants = objects(image)?;
    let count = all.len();
    let (starts, owned) = (Bits::new(count)?, Bits::new(count)?);
    holds(image, all, constants, starts, owned).ok_or(LoadError::Snapshot)
}

fn holds(image: &Image<'_>, all: &[u32], constants: Bits, starts: Bits, owned: Bits) -> Option<()> {
    let fixed = fixed_words(image);
    let (roots, words) = (all.get(1..fixed)?, all.get(fixed..)?);
    let version = *all.first()? & !super::GUARDED;
    if !(1024..1 << 18).contains(&version) || words.len() > 1 << 26 {
        return None;
    }
    let base = heap_base(image);
    let mut heap = Heap { image, words, base, version, starts, constants, owned };
    heap.find_starts()?;
    let identities = Value(*roots.get((crate::vm::roots::IDENTITIES - crate::vm::roots::EXCEPTION) as usize / 4)?);
    heap.own_or_unbound(identities, kind::RAW)?;
    heap.each(Heap::claim)?;
    heap.each(Heap::fields_hold)?;
    let own = (crate::vm::roots::END - crate::vm::roots::EXCEPTION) as usize / 4;
    let context = (crate::vm::roots::CONTEXT - crate::vm::roots::EXCEPTION) as usize / 4;
    let (machine, rest) = roots.split_at_checked(own)?;
    for (index, word) in machine.iter().enumerate() {
        let value = Value(*word);
        let fits = value.is_unbound() || value == identities || (index == context && heap.is(value, kind::INSTANCE));
        fits.then_some(())?;
    }
    (identities.is_unbound() || heap.identities_hold(identities)).then_some(())?;
    let (globals, modules) = rest.split_at_checked(usize::from(image.globals))?;
    globals.iter().all(|word| heap.is_any_or_unbound(Value(*word))).then_some(())?;
    for (index, word) in modules.iter().enumerate() {
        let value = Value(*word);
        let fits = value.is_unbound()
            || (heap.is(value, kind::MODULE) && heap.field(value, 0) == Value::small_unchecked(index as i32));
        fits.then_some(())?;
    }
    // The handler's module has been started.
    modules.first().is_some_and(|word| *word != 0).then_some(())
}

impl<'a> Heap<'a> {
    fn index(&self, value: Value) -> usize {
        (value.0.wrapping_sub(self.base) / 4) as usize
    }

    /// Is it an object of this heap?
    fn is_object(&self, value: Value) -> bool {
        value.is_arena() && value.0 >= self.base && self.starts.has(self.index(value))
    }

    fn header(&self, value: Value) -> u32 {
        self.words.get(self.index(value)).copied().unwrap_or(0)
    }

    fn is(&self, value: Value, kind: u8) -> bool {
        self.is_object(value) && header_kind(self.header(value)) == kind
    }

    fn length(&self, value: Value) -> u32 {
        header_length(self.header(value))
    }

    fn field(&self, value: Value, index: u32) -> Value {
        Value(self.words.get(self.index(value) + 1 + index as usize).copied().unwrap_or(0))
    }

    /// A number that isn't negative.
    fn number(&self, value: Value, index: u32) -> Option<u32> {
        let field = self.field(value, index);
        if field.is_small() { u32::try_from(field.as_small()).ok() } else { None }
    }

    fn payload(&self, value: Value) -> &'a [u32] {
        let at = self.index(value);
        self.words.get(at + 1..at + object_words(self.header(value)) as usize).unwrap_or(&[])
    }

    fn find_starts(&mut self) -> Option<()> {
        let mut at = 0;
        while let Some(&header) = self.words.get(at) {
            let words = object_words(header) as usize;
            if header & 7 != 1 || at + words > self.words.len() {
                return None;
            }
            self.starts.set(at);
            at += words;
        }
        Some(())
    }

    fn each(&mut self, visit: fn(&mut Self, Value, u8) -> Option<()>) -> Option<()> {
        let mut at = 0;
        while let Some(&header) = self.words.get(at) {
            visit(self, Value::arena(self.base + at as u32 * 4), header_kind(header))?;
            at += object_words(header) as usize;
        }
        Some(())
    }

    /// Notes that `value` is storage of one owner.
    fn own(&mut self, value: Value, kind: u8) -> Option<()> {
        if !self.is(value, kind) || self.owned.has(self.index(value)) {
            return None;
        }
        self.owned.set(self.index(value));
        Some(())
    }

    fn own_or_unbound(&mut self, value: Value, kind: u8) -> Option<()> {
        if value.is_unbound() { Some(()) } else { self.own(value, kind) }
    }

    fn claim(&mut self, value: Value, of: u8) -> Option<()> {
        let length = self.length(value);
        match of {
            kind::LIST if length == 2 => self.own(self.field(value, 1), kind::BUFFER),
            kind::DICT if length == 4 => {
                self.own_or_unbound(self.field(value, 2), kind::BUFFER)?;
                self.own_or_unbound(self.field(value, 3), kind::RAW)
            }
            kind::SET | kind::FROZENSET if length == 4 => self.own_or_unbound(self.field(value, 2), kind::BUFFER),
            kind::BYTEARRAY if length == 2 => self.own(self.field(value, 1), kind::RAW),
            // A dict in this place is the instance's `__dict__`, which the program may hold as well.
            kind::INSTANCE if length >= 2 && self.is(self.field(value, 1), kind::DICT) => Some(()),
            kind::INSTANCE if length >= 2 => self.own_or_unbound(self.field(value, 1), kind::BUFFER),
            kind::CLASS if length == class::field::COUNT => {
                self.own_or_unbound(self.field(value, class::field::SLOTS), kind::LIST)
            }
            kind::FUNCTION if length >= 3 => self.own_or_unbound(self.field(value, 2), kind::DICT),
            kind::LIST
            | kind::DICT
            | kind::SET
            | kind::FROZENSET
            | kind::BYTEARRAY
            | kind::INSTANCE
            | kind::CLASS
            | kind::FUNCTION => None,
            _ => Some(()),
        }
    }

    /// A value that a program may have in its hands.
    fn is_any(&self, value: Value) -> bool {
        if value.is_small() || value.as_letter().is_some() {
            return true;
        }
        if value.is_image() {
            return self.constants.has((value.offset() / 4) as usize) && value.offset().is_multiple_of(4);
        }
        if value.is_arena() {
            return self.is_object(value)
                && !self.owned.has(self.index(value))
                && !matches!(header_kind(self.header(value)), kind::BUFFER | kind::RAW);
        }
        value.as_builtin().is_some() || native::method(value).is_some()
    }

    fn is_any_or_unbound(&self, value: Value) -> bool {
        value.is_unbound() || self.is_any(value)
    }

    fn is_text(&self, value: Value) -> bool {
        self.is_constant_of(value, kind::STR) || (self.is(value, kind::STR))
    }

    fn is_constant_of(&self, value: Value, kind: u8) -> bool {
        value.is_image() && self.is_any(value) && header_kind(self.image.object_word(value.offset())) == kind
    }

    fn is_tuple(&self, value: Value) -> bool {
        self.is(value, kind::TUPLE) || self.is_constant_of(value, kind::TUPLE)
    }

    fn is_type(&self, value: Value) -> bool {
        self.is(value, kind::CLASS) || value.as_builtin().is_some_and(Builtin::is_type)
    }

    fn all_any(&self, value: Value) -> bool {
        self.payload(value).iter().all(|word| self.is_any(Value(*word)))
    }

    fn fields_hold(&mut self, value: Value, of: u8) -> Option<()> {
        let length = self.length(value);
        let holds = match of {
            kind::FLOAT => length == 2,
            kind::BIG_INT => is_big(self.payload(value)),
            kind::STR => self.text_holds(value),
            kind::BYTES => padding_is_zero(self.payload(value), length as usize),
            kind::TUPLE => self.all_any(value),
            kind::BUFFER | kind::RAW => self.owned.has(self.index(value)),
            kind::LIST => self.list_holds(value),
            kind::DICT => self.dict_holds(value)?,
            kind::SET | kind::FROZENSET => self.set_holds(value)?,
            kind::BYTEARRAY => self.number(value, 0)? <= self.length(self.field(value, 1)) * 4,
            kind::RANGE => length == 4 && self.range_holds(value)?,
            kind::SLICE => length == 3 && self.all_any(value),
            kind::UNION => length == 1 && self.is(self.field(value, 0), kind::TUPLE),
            kind::FUNCTION => self.function_holds(value)?,
            kind::BOUND_METHOD => {
                let function = self.field(value, 0);
                let callable = self.is(function, kind::FUNCTION) || native::method(function).is_some();
                length == 2 && callable && self.is_any(self.field(value, 1))
            }
            kind::CELL => length == 1 && self.is_any_or_unbound(self.field(value, 0)),
            kind::GENERATOR => self.generator_holds(value)?,
            kind::CLASS => self.class_holds(value)?,
            kind::INSTANCE => {
                let overflow = self.field(value, 1);
                let slots = (2..length).all(|index| self.is_any_or_unbound(self.field(value, index)));
                let more = overflow.is_unbound()
                    || self.is(overflow, kind::DICT) && self.is_any(overflow)
                    || self.is(overflow, kind::BUFFER)
                        && self.payload(overflow).iter().all(|word| self.is_any_or_unbound(Value(*word)));
                let class = self.field(value, 0);
                let plain = class == Value::builtin(Builtin::ObjectType) && length == 2 && overflow.is_unbound();
                (self.is(class, kind::CLASS) || plain) && slots && more && self.held_holds(value)
            }
            kind::ITERATOR => {
                let is_of_dict = is_of_dict(self.field(value, 0));
                length == 4 + u32::from(is_of_dict)
                    && (!is_of_dict || self.field(value, 4).is_small())
                    && self.iterator_holds(value)?
            }
            kind::DICT_VIEW => {
                let view = self.field(value, 0).as_builtin();
                let known = matches!(
                    view,
                    Some(
                        Builtin::DictKeysType
                            | Builtin::DictValuesType
                            | Builtin::DictItemsType
                            | Builtin::MappingproxyType
                    )
                );
                let dict = self.field(value, 1);
                length == 2 && known && self.is(dict, kind::DICT) && self.is_any(dict)
            }
            kind::MODULE => {
                length == 2 && self.number(value, 0)? < self.image.module_count() && self.is_text(self.field(value, 1))
            }
            kind::PROPERTY => length == 4 && self.all_any(value),
            kind::STATIC_METHOD | kind::CLASS_METHOD => {
                let function = self.field(value, 0);
                let chain = self.is(function, kind::STATIC_METHOD) || self.is(function, kind::CLASS_METHOD);
                length == 1 && self.is_any(function) && !chain
            }
            _ => false,
        };
        holds.then_some(())
    }

    fn text_holds(&self, value: Value) -> bool {
        let (payload, length) = (self.payload(value), self.length(value) as usize);
        let Some((word, _)) = payload.split_first() else { return false };
        let Some(text) = crate::raw::bytes(payload).get(4..4 + length) else { return false };
        core::str::from_utf8(text).is_ok()
            && (word & 1 != 0) == text.is_ascii()
            && (word >> 1 == 0 || word >> 1 == hash_bytes(text))
            && padding_is_zero(payload, length + 4)
    }

    fn list_holds(&self, value: Value) -> bool {
        let items = self.payload(self.field(value, 1));
        let Some(count) = self.number(value, 0) else { return false };
        items.len() >= count as usize
            && (0..).zip(items).all(
                |(index, word)| {
                    if index < count { self.is_any(Value(*word)) } else { Value(*word).is_unbound() }
                },
            )
    }

    fn dict_holds(&self, value: Value) -> Option<bool> {
        let (live, used) = (self.number(value, 0)?, self.number(value, 1)?);
        let (buffer, index) = (self.field(value, 2), self.field(value, 3));
        let entries = if buffer.is_unbound() { &[] } else { self.payload(buffer).as_chunks::<3>().0 };
        if used as usize > entries.len() {
            return Some(false);
        }
        let mut count = 0;
        for (at, &[hash, key, item]) in entries.iter().enumerate() {
            let (hash, key, item) = (Value(hash), Value(key), Value(item));
            if key.is_unbound() {
                if !hash.is_unbound() || !self.is_any_or_unbound(item) {
                    return Some(false);
                }
            } else {
                count += 1;
                if at >= used as usize || !hash.is_small() || !self.is_any(key) || !self.is_any(item) {
                    // The dict behind a function's keyword defaults is nobody's else.
                    return Some(false);
                }
            }
        }
        if count != live {
            return Some(false);
        }
        Some(index.is_unbound() || self.index_holds(index, entries.get(..used as usize)?, live))
    }

    /// Every live entry is found, and every search ends.
    fn index_holds(&self, index: Value, entries: &[[u32; 3]], live: u32) -> bool {
        use crate::container::index::{home, place_bytes};
        let raw = self.payload(index);
        let bytes = raw.len() as u32 * 4;
        let width = place_bytes(bytes);
        let places = bytes / width;
        if !places.is_power_of_two() || places < 16 || live >= places {
            return false;
        }
        let read = |place: u32| {
            let bytes = crate::raw::bytes(raw).get((place * width) as usize..((place + 1) * width) as usize);
            bytes.unwrap_or(&[]).iter().rev().fold(0u32, |word, byte| word << 8 | u32::from(*byte))
        };
        let mut filled = 0;
        for place in 0..places {
            let entry = read(place);
            if entry == 0 {
                continue;
            }
            filled += 1;
            if entries.get(entry as usize - 1).is_none_or(|entry| entry[1] == 0) {
                return false;
            }
        }
        filled == live
            && (1..).zip(entries).filter(|(_, entry)| entry[1] != 0).all(|(number, entry)| {
                let mut place = home(Value(entry[0]), places);
                loop {
                    match read(place) {
                        0 => return false,
                        found if found == number => return true,
                        _ => place = (place + 1) & (places - 1),
                    }
                }
            })
    }

    fn set_holds(&self, value: Value) -> Option<bool> {
        let (live, used, finger) = (self.number(value, 0)?, self.number(value, 1)?, self.number(value, 3)?);
        let table = self.field(value, 2);
        if table.is_unbound() {
            return Some(live == 0 && used == 0 && finger == 0);
        }
        let payload = self.payload(table);
        let places = payload.as_chunks::<2>().0;
        if places.len() < 8 || !places.len().is_power_of_two() || places.len() * 2 != payload.len() {
            return Some(false);
        }
        let (mut active, mut dummies) = (0, 0);
        for &[hash, key] in places {
            match (Value(hash), Value(key)) {
                (Value::UNBOUND, Value::UNBOUND) => {}
                (Value::NONE, Value::UNBOUND) => dummies += 1,
                (hash, key) if hash.is_small() && self.is_any(key) => active += 1,
                _ => return Some(false),
            }
        }
        Some(active == live && active + dummies == used && (used as usize) < places.len())
    }

    /// Small numbers only, and as many as the range has.
    fn range_holds(&self, value: Value) -> Option<bool> {
        if !self.payload(value).iter().all(|word| Value(*word).is_small()) {
            return Some(false);
        }
        let [start, stop, step] = [0, 1, 2].map(|index| i64::from(self.field(value, index).as_small()));
        let span = if step > 0 { stop - start } else { start - stop };
        let count = if step == 0 {
            return Some(false);
        } else if span <= 0 {
            0
        } else {
            (span - 1) / step.abs() + 1
        };
        Some(i64::from(self.number(value, 3)?) == count)
    }

    /// Entries in the order of their numbers; the places behind them are to be filled.
    fn identities_hold(&self, table: Value) -> bool {
        let Some((next, entries)) = identity::entries(self.payload(table)) else { return false };
        entries.iter().all(|&[object, _]| Value(object).is_arena() && self.is_any(Value(object)))
            && entries.is_sorted_by(|[_, one], [_, other]| one < other)
            && entries.last().is_none_or(|[_, number]| *number < next)
    }

    fn function(&self, value: Value) -> Option<Function> {
        let index = self.number(value, 0)?;
        (index < self.image.function_count()).then(|| self.image.function(index))
    }

    fn function_holds(&self, value: Value) -> Option<bool> {
        let function = self.function(value)?;
        let (defaults, extra) = (self.field(value, 1), self.field(value, 2));
        let captured = (3..self.length(value)).all(|index| self.is(self.field(value, index), kind::CELL));
        // What lies under None in the extra dict is the dict of keyword-only defaults, under True that of attributes.
        let keyword_defaults = extra.is_unbound() || {
            let buffer = self.field(extra, 2);
            let entries = if buffer.is_unbound() { &[] } else { self.payload(buffer).as_chunks::<3>().0 };
            entries.iter().all(|entry| {
                !matches!(Value(entry[1]), Value::NONE | Value::TRUE) || self.is(Value(entry[2]), kind::DICT)
            })
        };
        Some(
            self.length(value) == 3 + u32::from(function.captures)
                && (defaults.is_unbound() || self.is_tuple(defaults))
                && keyword_defaults
                && captured,
        )
    }

    fn generator_holds(&self, value: Value) -> Option<bool> {
        let callee = self.field(value, generator_field::FUNCTION);
        if !self.is(callee, kind::FUNCTION) {
            return Some(false);
        }
        let function = self.function(callee)?;
        let registers = u32::from(function.registers);
        let values = (0..registers).all(|register| {
            let word = self.field(value, generator_field::REGISTERS + register);
            self.is_any_or_unbound(word)
        });
        let resume = self.number(value, generator_field::RESUME)?;
        let stands = match self.number(value, generator_field::STATE)? {
            state::NEW => resume == function.code,
            state::YIELDED => resume > 0 && self.instruction_at(&function, resume - 1) == Some(Opcode::Yield),
            state::DELEGATING => self.instruction_at(&function, resume) == Some(Opcode::YieldFrom),
            state::FINISHED => true,
            _ => false,
        };
        Some(
            self.length(value) == generator_field::REGISTERS + registers
                && function.flags & flags::GENERATOR != 0
                && self.field(value, generator_field::HANDLING).is_unbound()
                && values
                && stands,
        )
    }

    /// The opcode of the instruction that begins at this word of the code, if one of the function does.
    fn instruction_at(&self, function: &Function, word: u32) -> Option<Opcode> {
        let end = function.code + u32::from(function.words);
        let mut at = function.code;
        while at < end {
            let instruction = self.image.code.get(at as usize..).and_then(Instruction::decode)?;
            if at == word {
                return Some(instruction.opcode);
            }
            at += instruction.words() as u32;
        }
        None
    }

    fn class_holds(&self, value: Value) -> Option<bool> {
        use class::field as f;
        let field = |index| self.field(value, index);
        let types = |tuple: Value| {
            self.is(tuple, kind::TUPLE) && self.payload(tuple).iter().all(|word| self.is_type(Value(*word)))
        };
        let slots = field(f::SLOTS);
        let names = slots.is_unbound() || {
            let count = self.number(slots, 0)? as usize;
            self.payload(self.field(slots, 1)).iter().take(count).all(|word| self.is_text(Value(*word)))
        };
        let init = field(f::INIT);
        let version = self.number(value, f::VERSION)?;
        let flags = self.number(value, f::FLAGS)?;
        let dict = field(f::DICT);
        Some(
            self.is_text(field(f::NAME))
                && types(field(f::BASES))
                && types(field(f::MRO))
                && self.is(dict, kind::DICT)
                && self.is_any(dict)
                && version < self.version
                && field(f::BASE).as_builtin().is_some_and(Builtin::is_type)
                && names
                && self.number(value, f::INLINE)? <= 255
                && (init.is_unbound() || init == Value::NONE || self.is(init, kind::FUNCTION))
                && flags & !(127 | 255 << class::trait_of::FIXED_SHIFT) == 0
                && (flags & class::trait_of::HOLDS == 0 || self.first_slot_is_held(value)),
        )
    }

    /// The slot of what instances hold has a name that no attribute can have, and is inline.
    fn first_slot_is_held(&self, class: Value) -> bool {
        let slots = self.field(class, class::field::SLOTS);
        let name = if slots.is_unbound() { slots } else { self.field(self.field(slots, 1), 0) };
        self.number(slots, 0).is_some_and(|count| count > 0)
            && self.is(name, kind::STR)
            && crate::raw::bytes(self.payload(name)).get(4..4 + class::HELD.len()) == Some(class::HELD.as_bytes())
            && self.length(name) as usize == class::HELD.len()
            && self.number(class, class::field::INLINE).is_some_and(|inline| inline > 0)
    }

    /// What an instance of such a class holds is a value of the class's builtin type, or nothing yet.
    fn held_holds(&self, instance: Value) -> bool {
        let class = self.field(instance, 0);
        if !self.is(class, kind::CLASS)
            || self.number(class, class::field::FLAGS).is_none_or(|flags| flags & class::trait_of::HOLDS == 0)
        {
            return true;
        }
        let held = self.field(instance, 2);
        let header = if held.is_image() { self.image.object_word(held.offset()) } else { self.header(held) };
        let of = if held.is_small() { Some(Builtin::IntType) } else { type_of_kind(header_kind(header)) };
        self.length(instance) > 2
            && (held.is_unbound() || self.is_any(held) && of == self.field(class, class::field::BASE).as_builtin())
    }

    /// Places in one container.
    fn iterator_holds(&self, value: Value) -> Option<bool> {
        let (source, position, extra) = (self.field(value, 1), self.field(value, 2), self.field(value, 3));
        if !position.is_small() || !(extra.is_small() || extra.is_unbound()) {
            return Some(false);
        }
        let ended = source.is_unbound();
        let of = |kind| ended || (self.is(source, kind) && self.is_any(source));
        Some(match self.field(value, 0).as_builtin()? {
            Builtin::ListIteratorType => of(kind::LIST) && position.as_small() >= 0,
            Builtin::TupleIteratorType => (ended || self.is_tuple(source)) && position.as_small() >= 0,
            Builtin::StrIteratorType => (ended || self.is_text(source)) && position.as_small() >= 0,
            Builtin::RangeIteratorType => source.is_small() && extra.is_small() && position.as_small() >= 0,
            Builtin::DictKeyIteratorType | Builtin::DictValueIteratorType | Builtin::DictItemIteratorType => {
                of(kind::DICT) && extra.is_small()
            }
            _ => false,
        })
    }
}
