//! `json.loads`: one pass over the bytes of a str, with the values under construction on the VM's stack.
//!
//! Nothing here recurses: an array or object that is open is a root with the place where its outer one began, and its
//! items so far are the roots above it. When it closes they become a list or dict of just that size.
//!
//! Source: RFC 8259; the messages are those of CPython's json module.

use super::json_string::{Piece, Pieces};
use super::json_write::by_class;
use crate::error::{Outcome, Raise};
use crate::features::FEATURES;
use crate::kind::kind;
use crate::native::Native;
use crate::number::decimal;
use crate::raw;
use crate::vm::{Args, Root, Vm};
use core::convert::Infallible;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::{Value, hash_bytes};

pub(super) const LOADS: Native =
    Native::new("loads,s,cls,object_hook,parse_float,parse_int,parse_constant,object_pairs_hook", loads, 1, 1);

/// Keys that are remembered, so that records share theirs.
const MEMO: u32 = 16;

/// Powers of ten that a double holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
];

/// Where the document is.
#[derive(Clone, Copy)]
enum Source<'t> {
    /// In a str, which may move.
    Str(Root),
    /// Outside of the arena, where it stays.
    Text(&'t str),
    /// As that, and JSON or nothing: what Python reads beyond RFC 8259 is none, and nobody is told what is wrong with it.
    Record(&'t str),
}

/// Deepest nesting of a record.
const DEEPEST_RECORD: u32 = 64;

/// A parse under way.
struct Parser<'t> {
    source: Source<'t>,
    /// Next byte.
    at: usize,
    /// Up to where reading is paid for.
    paid: usize,
    /// The arguments of `loads`, for its hooks.
    hooks: Option<Args>,
    memo: Args,
    /// Stack offset of the first item of the open container.
    base: u32,
    /// Is the open container an object?
    in_object: bool,
    depth: u32,
}

/// Positions of hooks among the arguments.
mod hook {
    pub const CLASS: usize = 1;
    pub const OBJECT: usize = 2;
    pub const FLOAT: usize = 3;
    pub const INT: usize = 4;
    pub const CONSTANT: usize = 5;
    pub const PAIRS: usize = 6;
}

fn loads(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let source = vm.arg(args, 0);
    match vm.kind(source) {
        kind::STR => {}
        kind::BYTES | kind::BYTEARRAY => {
            let text = vm.json_decode_bytes(args.root(0))?;
            vm.set(args.root(0), text);
        }
        _ => {
            return vm.raise_type("the JSON object must be str, bytes or bytearray, not {}", source);
        }
    }
    if let Some(result) = by_class(vm, args, hook::CLASS, "_loads")? {
        return Ok(result);
    }
    let has_hooks = (1..args.len()).any(|index| !matches!(vm.arg(args, index), Value::UNBOUND | Value::NONE));
    vm.json_parse_source(Source::Str(args.root(0)), has_hooks.then_some(args))
}

impl Vm<'_> {
    /// Parses a JSON document into values.
    pub fn json_parse(&mut self, text: &str) -> Outcome<Value> {
        self.json_parse_source(Source::Text(text), None)
    }

    /// Parses a record; `None`: it is no JSON document.
    pub(crate) fn json_parse_record(&mut self, bytes: &[u8]) -> Outcome<Option<Value>> {
        if let Some(number) = sampled(bytes) {
            // What the parser's three turns cost.
            self.work(3 + (bytes.len() as u32 - 1) / 8)?;
            let items = self.root_all(&[number])?;
            let list = self.new_list(items)?;
            self.sp = items.base;
            return Ok(Some(list));
        }
        // Most are ASCII, which is told in less.
        let text = if bytes.is_ascii() { Some(raw::text(bytes)) } else { core::str::from_utf8(bytes).ok() };
        let Some(text) = text else { return Ok(None) };
        let mark = self.mark();
        match self.json_parse_source(Source::Record(text), None) {
            Ok(value) => Ok(Some(value)),
            Err(_) if self.stop.is_none() && self.exception().is_unbound() => {
                self.release(mark);
                Ok(None)
            }
            Err(raise) => Err(raise),
        }
    }

    /// The str that a bytes object or bytearray with a document holds: UTF-8, its mark of byte order left out.
    fn json_decode_bytes(&mut self, source: Root) -> Outcome<Value> {
        let object = self.get(source);
        let bytes = if self.kind(object) == kind::BYTES {
            self.bytes(object)
        } else {
            let all = self.bytes(self.field(object, 1));
            all.get(..self.number(object, 0) as usize).unwrap_or(all)
        };
        let skip = if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
        let length = bytes.len() - skip;
        if let Err(error) = core::str::from_utf8(bytes.get(skip..).unwrap_or(bytes)) {
            let at = error.valid_up_to() + skip;
            let byte = bytes.get(at).copied().unwrap_or(0);
            let why = if error.error_len().is_none() { "unexpected end of data" } else { "invalid start byte" };
            return self.raise_fmt(
                Builtin::UnicodeDecodeError,
                format_args!("'utf-8' codec can't decode byte 0x{byte:02x} in position {at}: {why}"),
            );
        }
        let text = self.new_str_unfilled(length as u32, false)?;
        let object = self.get(source);
        let blob = if self.kind(object) == kind::BYTES { object } else { self.field(object, 1) };
        self.copy_text(blob, skip as u32, text.0 + 8, length as u32);
        let ascii = self.bytes(text).is_ascii();
        self.set_word(text, 0, u32::from(ascii));
        Ok(text)
    }

    fn json_parse_source(&mut self, source: Source<'_>, hooks: Option<Args>) -> Outcome<Value> {
        let mark = self.mark();
        if mark + MEMO * 4 > self.heap_start {
            self.grow_stack(MEMO * 4)?;
        }
        self.mem.values_mut(mark, MEMO).fill(Value::UNBOUND);
        self.sp = mark + MEMO * 4;
        let memo = Args { base: mark, count: MEMO };
        let mut parser = Parser { source, at: 0, paid: 0, hooks, memo, base: 0, in_object: false, depth: 0 };
        if !parser.is_record() && parser.bytes(self).starts_with(b"\xEF\xBB\xBF") {
            return parser.error(self, "Unexpected UTF-8 BOM (decode using utf-8-sig)", 0);
        }
        let value = parser.document(self);
        parser.pay(self)?;
        self.release(mark);
        value
    }
}

/// The number of a record that a sampler of a channel or a pin appends: `[512]`. It is what most events are made of, and
/// the parser takes four times as long for it.
fn sampled(bytes: &[u8]) -> Option<Value> {
    let [b'[', digits @ .., b']'] = bytes else { return None };
    // Of at most eight digits, so that it is a small one; and 0 begins no other.
    if digits.len() > 8 || (digits.len() > 1 && digits.first() == Some(&b'0')) {
        return None;
    }
    let mut number = 0;
    for digit in digits {
        match digit.wrapping_sub(b'0') {
            digit @ 0..=9 => number = number * 10 + i32::from(digit),
            _ => return None,
        }
    }
    if digits.is_empty() { None } else { Value::small(number) }
}

impl<'t> Parser<'t> {
    #[inline]
    fn bytes<'v>(&self, vm: &'v Vm<'_>) -> &'v [u8]
    where
        't: 'v,
    {
        match self.source {
            Source::Str(root) => vm.bytes(vm.get(root)),
            Source::Text(text) | Source::Record(text) => text.as_bytes(),
        }
    }

    /// A str of part of the document, at character boundaries.
    fn part(&self, vm: &mut Vm<'_>, from: usize, to: usize) -> Outcome<Value> {
        match self.source {
            Source::Str(root) => vm.new_part(root, from as u32, to as u32),
            Source::Text(text) | Source::Record(text) => vm.new_str(text.get(from..to).unwrap_or("")),
        }
    }

    /// Skips whitespace; the byte there, 0 at the end.
    #[inline]
    fn skip(&mut self, vm: &Vm<'_>) -> u8 {
        let bytes = self.bytes(vm);
        loop {
            match bytes.get(self.at) {
                Some(b' ' | b'\t' | b'\n' | b'\r') => self.at += 1,
                Some(byte) => return *byte,
                None => return 0,
            }
        }
    }

    fn hook(&self, vm: &Vm<'_>, index: usize) -> Option<Value> {
        let value = vm.arg(self.hooks?, index);
        (!matches!(value, Value::UNBOUND | Value::NONE)).then_some(value)
    }

    /// Accounts for what was read since.
    fn pay(&mut self, vm: &mut Vm<'_>) -> Outcome<()> {
        // Reading never goes back.
        let bytes = self.at.wrapping_sub(self.paid);
        self.paid = self.at;
        vm.work(1 + bytes as u32 / 8)
    }

    fn document(&mut self, vm: &mut Vm<'_>) -> Outcome<Value> {
        loop {
            self.pay(vm)?;
            let mut value = match self.skip(vm) {
                b'"' => self.string(vm, false)?,
                b'{' => {
                    self.at += 1;
                    if self.skip(vm) == b'}' {
                        self.at += 1;
                        self.open(vm, true)?;
                        self.close(vm)?
                    } else {
                        self.open(vm, true)?;
                        self.key(vm)?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    if self.skip(vm) == b']' {
                        self.at += 1;
                        vm.new_list_with(0)?
                    } else {
                        self.open(vm, false)?;
                        continue;
                    }
                }
                b'-' | b'0'..=b'9' => self.number(vm)?,
                byte => self.word(vm, byte)?,
            };
            // A value is complete: it goes into the open container, which may be complete with it.
            loop {
                if self.depth == 0 {
                    let value = vm.root(value)?;
                    self.skip(vm);
                    if self.at < self.bytes(vm).len() {
                        return self.error(vm, "Extra data", self.at);
                    }
                    return Ok(vm.get(value));
                }
                push(vm, value)?;
                match (self.skip(vm), self.in_object) {
                    (b',', false) => {
                        self.at += 1;
                        break;
                    }
                    (b',', true) => {
                        self.at += 1;
                        self.skip(vm);
                        self.key(vm)?;
                        break;
                    }
                    (b']', false) | (b'}', true) => {
                        self.at += 1;
                        value = self.close(vm)?;
                    }
                    _ => return self.error(vm, "Expecting ',' delimiter", self.at),
                }
            }
        }
    }

    fn is_record(&self) -> bool {
        matches!(self.source, Source::Record(_))
    }

    fn open(&mut self, vm: &mut Vm<'_>, object: bool) -> Outcome<()> {
        if self.depth >= DEEPEST_RECORD && self.is_record() {
            return Err(Raise);
        }
        if self.depth >= vm.limits.recursion {
            let what = if object { "object" } else { "array" };
            return vm.raise_fmt(
                Builtin::RecursionError,
                format_args!("maximum recursion depth exceeded while decoding a JSON {what} from a unicode string"),
            );
        }
        // Where the outer container's items begin (a multiple of 4), and which kind it is.
        let outer = ((self.base / 2) | u32::from(self.in_object)) as i32;
        push(vm, Value::small_unchecked(outer))?;
        self.base = vm.mark();
        self.in_object = object;
        self.depth += 1;
        Ok(())
    }

    /// Makes the container of the items on the stack and goes back to the outer one.
    fn close(&mut self, vm: &mut Vm<'_>) -> Outcome<Value> {
        let items = Args { base: self.base, count: (vm.mark() - self.base) / 4 };
        let value = if self.in_object { self.object(vm, items)? } else { vm.new_list(items)? };
        let outer = vm.get(Root(self.base - 4)).as_small() as u32;
        vm.release(self.base - 4);
        self.base = (outer & !1) * 2;
        self.in_object = outer & 1 != 0;
        self.depth -= 1;
        Ok(value)
    }

    fn object(&mut self, vm: &mut Vm<'_>, items: Args) -> Outcome<Value> {
        if let Some(pairs_hook) = self.hook(vm, hook::PAIRS) {
            let hook = vm.root(pairs_hook)?;
            let list = vm.new_list_with(items.count / 2)?;
            let (list, pair) = vm.root2(list, Value::UNBOUND)?;
            for index in (0..items.len()).step_by(2) {
                let made = vm.new_pair(vm.arg(items, index), vm.arg(items, index + 1))?;
                vm.set(pair, made);
                vm.list_push(list, pair)?;
            }
            return vm.call1(vm.get(hook), vm.get(list));
        }
        let dict = vm.new_dict_of(items)?;
        match self.hook(vm, hook::OBJECT) {
            Some(hook) => vm.call1(hook, dict),
            None => Ok(dict),
        }
    }

    /// Reads a key and the colon behind it; the key is pushed.
    fn key(&mut self, vm: &mut Vm<'_>) -> Outcome<()> {
        if self.bytes(vm).get(self.at) != Some(&b'"') {
            return self.error(vm, "Expecting property name enclosed in double quotes", self.at);
        }
        let key = self.string(vm, true)?;
        push(vm, key)?;
        if self.skip(vm) != b':' {
            return self.error(vm, "Expecting ':' delimiter", self.at);
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self, vm: &mut Vm<'_>, is_key: bool) -> Outcome<Value> {
        let start = self.at + 1;
        let rest = self.bytes(vm).get(start..).unwrap_or(&[]);
        let special = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | ..=0x1F));
        let Some(length) = special.filter(|at| rest.get(*at) == Some(&b'"')) else {
            return self.string_with_escapes(vm);
        };
        let end = start + length;
        self.at = end + 1;
        if !is_key {
            return self.part(vm, start, end);
        }
        let text = rest.get(..length).unwrap_or(&[]);
        let hash = hash_bytes(text);
        let place = self.memo.root((hash % MEMO) as usize);
        let known = vm.get(place);
        if !known.is_unbound() && vm.word(known, 0) >> 1 == hash && vm.bytes(known) == text {
            return Ok(known);
        }
        let key = self.part(vm, start, end)?;
        let ascii = vm.word(key, 0) & 1;
        vm.set_word(key, 0, hash << 1 | ascii);
        vm.set(place, key);
        Ok(key)
    }

    fn string_with_escapes(&mut self, vm: &mut Vm<'_>) -> Outcome<Value> {
        let mut pieces = Pieces { at: self.at + 1, start: self.at };
        let (mut length, mut ascii) = (0, true);
        let bytes = self.bytes(vm);
        loop {
            match pieces.next(bytes) {
                Ok(Piece::Run(from, to)) => {
                    length += to - from;
                    ascii &= bytes.get(from..to).is_none_or(<[u8]>::is_ascii);
                }
                Ok(Piece::Character(character)) => {
                    length += character.len_utf8();
                    ascii &= character.is_ascii();
                }
                Ok(Piece::End) => break,
                Err((message, at)) => return self.error(vm, message, at),
            }
        }
        let text = vm.new_str_unfilled(length as u32, ascii)?;
        let mut to = text.0 + 8;
        let mut pieces = Pieces { at: self.at + 1, start: self.at };
        loop {
            match pieces.next(self.bytes(vm)) {
                Ok(Piece::Run(from, end)) => {
                    let count = (end - from) as u32;
                    match self.source {
                        Source::Str(root) => vm.copy_text(vm.get(root), from as u32, to, count),
                        Source::Text(text) | Source::Record(text) => {
                            let run = text.as_bytes().get(from..end).unwrap_or(&[]);
                            vm.mem.slice_mut(to, count).copy_from_slice(run);
                        }
                    }
                    to += count;
                }
                Ok(Piece::Character(character)) => {
                    let mut utf8 = [0; 4];
                    let encoded = character.encode_utf8(&mut utf8).as_bytes();
                    let count = encoded.len() as u32;
                    vm.mem.slice_mut(to, count).copy_from_slice(encoded);
                    to += count;
                }
                _ => break,
            }
        }
        self.at = pieces.at;
        Ok(text)
    }

    /// `true`, `false`, `null`, `NaN`, `Infinity`, `-Infinity`.
    fn word(&mut self, vm: &mut Vm<'_>, byte: u8) -> Outcome<Value> {
        let (word, value) = match byte {
            b't' => ("true", Value::TRUE),
            b'f' => ("false", Value::FALSE),
            b'n' => ("null", Value::NONE),
            b'N' => ("NaN", Value::UNBOUND),
            b'I' => ("Infinity", Value::UNBOUND),
            b'-' => ("-Infinity", Value::UNBOUND),
            _ => return self.error(vm, "Expecting value", self.at),
        };
        if !self.bytes(vm).get(self.at..).is_some_and(|rest| rest.starts_with(word.as_bytes())) {
            return self.error(vm, "Expecting value", self.at);
        }
        self.at += word.len();
        if !value.is_unbound() {
            return Ok(value);
        }
        if self.is_record() {
            return Err(Raise);
        }
        if let Some(hook) = self.hook(vm, hook::CONSTANT) {
            let hook = vm.root(hook)?;
            let text = vm.new_str(word)?;
            let made = vm.call1(vm.get(hook), text)?;
            vm.release(hook.0);
            return Ok(made);
        }
        vm.new_float(match byte {
            b'N' => f64::NAN,
            b'I' => f64::INFINITY,
            _ => f64::NEG_INFINITY,
        })
    }

    fn number(&mut self, vm: &mut Vm<'_>) -> Outcome<Value> {
        let start = self.at;
        let Some(Numeral { end: at, negative, mantissa, digits, power, is_float }) = numeral(self.bytes(vm), start)
        else {
            let rest = self.bytes(vm).get(start..).unwrap_or(&[]);
            return if rest.starts_with(b"-I") {
                self.word(vm, b'-')
            } else {
                self.error(vm, "Expecting value", start)
            };
        };
        self.at = at;
        let hook =
            if self.hooks.is_some() { self.hook(vm, if is_float { hook::FLOAT } else { hook::INT }) } else { None };
        if let Some(hook) = hook {
            let hook = vm.root(hook)?;
            let text = self.part(vm, start, at)?;
            let made = vm.call1(vm.get(hook), text)?;
            vm.release(hook.0);
            return Ok(made);
        }
        if !is_float {
            if digits <= 18 {
                let number = mantissa as i64;
                return vm.new_int(if negative { -number } else { number });
            }
            let text = self.part(vm, start, at)?;
            return vm.call1(Value::builtin(Builtin::IntType), text);
        }
        let exact = POWERS.get(power.unsigned_abs() as usize).filter(|_| digits <= 19 && mantissa < 1 << 53);
        let number = if let Some(factor) = exact {
            // Both are exact doubles, so their product or quotient is rounded once.
            let number = u32::try_from(mantissa).map_or(mantissa as f64, f64::from);
            let number = if power < 0 { number / factor } else { number * factor };
            if negative { -number } else { number }
        } else {
            let text = self.bytes(vm).get(start..at).unwrap_or(&[]);
            decimal::read(text).unwrap_or(f64::NAN)
        };
        vm.new_float(number)
    }

    /// Raises JSONDecodeError for a byte position.
    #[inline(always)]
    fn error<T>(&self, vm: &mut Vm<'_>, message: &str, at: usize) -> Outcome<T> {
        if self.is_record() {
            return Err(Raise);
        }
        vm.raise_wordless(Builtin::JSONDecodeError)?;
        match self.says_error(vm, message, at)? {}
    }

    #[cold]
    #[inline(never)]
    fn says_error(&self, vm: &mut Vm<'_>, message: &str, at: usize) -> Outcome<Infallible> {
        let before = self.bytes(vm).get(..at).unwrap_or(&[]);
        let characters = |bytes: &[u8]| bytes.iter().filter(|byte| **byte & 0xC0 != 0x80).count();
        let position = characters(before);
        #[expect(clippy::naive_bytecount, reason = "no crate for one line")]
        let line = before.iter().filter(|byte| **byte == b'\n').count() + 1;
        let column = match before.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => characters(before.get(last..).unwrap_or(&[])),
            None => position + 1,
        };
        let source = self.source;
        let _: Outcome<()> = vm.raise_fmt(
            Builtin::JSONDecodeError,
            format_args!("{message}: line {line} column {column} (char {position})"),
        );
        if FEATURES.has(Feature::Classes) && vm.is(vm.exception(), kind::EXCEPTION) {
            // The exception is out of the way while its attributes are made.
            let exception = vm.hold_exception()?;
            let text = vm.new_str(message)?;
            let item = vm.root(text)?;
            let number = |number: usize| Value::small_unchecked(number as i32);
            for (name, value) in [
                ("msg", Value::UNBOUND),
                ("doc", Value::UNBOUND),
                ("pos", number(position)),
                ("lineno", number(line)),
                ("colno", number(column)),
            ] {
                let value = match name {
                    "msg" => vm.get(item),
                    "doc" => match source {
                        Source::Str(root) => vm.get(root),
                        Source::Text(text) | Source::Record(text) => vm.new_str(text)?,
                    },
                    _ => value,
                };
                vm.set(item, value);
                let name = vm.new_str(name)?;
                vm.set_attr(exception, name, item)?;
            }
            let exception = vm.get(exception);
            vm.set_exception(exception);
        }
        Err(Raise)
    }
}

/// A numeral, read.
struct Numeral {
    /// Position behind it.
    end: usize,
    negative: bool,
    /// All its digits as one integer, as long as they fit, ..
    mantissa: u64,
    /// .. how many they are, but for a lone zero in front of the point, ..
    digits: u32,
    /// .. and the power of ten that is left.
    power: i32,
    is_float: bool,
}

/// Digits as an integer, so that most of the work is done in words of 32 bits.
#[derive(Default)]
struct Digits {
    high: u64,
    low: u32,
    /// How many are in `low`, nine at most, and how many there are.
    held: u32,
    count: u32,
}

impl Digits {
    /// Reads digits until something else comes; how many.
    #[inline]
    fn read(&mut self, text: &[u8]) -> usize {
        let (mut count, mut held, mut low) = (0, self.held, self.low);
        for byte in text {
            let digit = u32::from(byte.wrapping_sub(b'0'));
            if digit > 9 {
                break;
            }
            if held == 9 {
                (self.low, self.held) = (low, held);
                self.high = self.value();
                (low, held) = (0, 0);
            }
            low = low * 10 + digit;
            held += 1;
            count += 1;
        }
        (self.low, self.held) = (low, held);
        self.count = self.count.saturating_add(count as u32);
        count
    }

    /// Wraps where it doesn't fit.
    fn value(&self) -> u64 {
        if self.high == 0 {
            return u64::from(self.low);
        }
        self.high.wrapping_mul(10u64.pow(self.held)).wrapping_add(u64::from(self.low))
    }
}

/// Reads a numeral; `None` where there is none.
#[inline(never)]
fn numeral(bytes: &[u8], start: usize) -> Option<Numeral> {
    let text = bytes.get(start..)?;
    let (negative, text) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    let mut digits = Digits::default();
    let whole = if text.first() == Some(&b'0') { 1 } else { digits.read(text) };
    if whole == 0 {
        return None;
    }
    let mut rest = text.get(whole..)?;
    let (mut is_float, mut power) = (false, 0i32);
    if let Some((b'.', behind)) = rest.split_first() {
        let count = digits.read(behind);
        if count > 0 {
            is_float = true;
            power = -(count as i32);
            rest = behind.get(count..)?;
        }
    }
    if let Some((b'e' | b'E', behind)) = rest.split_first() {
        let (minus, behind) = match behind.split_first() {
            Some((b'-', behind)) => (true, behind),
            Some((b'+', behind)) => (false, behind),
            _ => (false, behind),
        };
        let count = behind.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count > 0 {
            is_float = true;
            let exponent = behind
                .iter()
                .take(count)
                .fold(0i32, |exponent, byte| exponent.saturating_mul(10).saturating_add(i32::from(byte - b'0')));
            power = power.saturating_add(if minus { -exponent } else { exponent });
            rest = behind.get(count..)?;
        }
    }
    let end = bytes.len() - rest.len();
    Some(Numeral { end, negative, mantissa: digits.value(), digits: digits.count, power, is_float })
}

/// Keeps a value on the stack. That there is no room means here that memory is out.
#[inline]
fn push(vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
    match vm.root(value) {
        Ok(_) => Ok(()),
        Err(_) if vm.caught(Builtin::RecursionError) => vm.memory_error(),
        Err(raise) => Err(raise),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::{rounds, with_vm};
    use std::string::{String, ToString};
    use std::vec::Vec;

    const DOCUMENT: &str = r#"{"device": "esp-01", "ts": 1700000, "ok": true, "err": null, "readings": [{"t": "temp", "v": 21.5}, {"t": "hum", "v": -0.25}], "text": "\u00e9\ud83d\ude00\n\"", "deep": [[[]], {}], "big": 1.5e300}"#;

    #[test]
    fn a_document_comes_back_as_it_was() {
        with_vm(64 * 1024, |vm| {
            let before = vm.mark();
            let value = vm.json_parse(DOCUMENT).unwrap();
            let text = vm.json_text(value).unwrap();
            assert_eq!(vm.text(text).replace("1.5e+300", "1.5e300"), DOCUMENT);
            assert_eq!(vm.mark(), before);
        });
    }

    #[test]
    fn a_sample_is_what_the_parser_makes_of_it_for_as_much() {
        with_vm(64 * 1024, |vm| {
            let records = ["[0]", "[7]", "[1023]", "[99999999]", "[]", "[00]", "[07]", "[-1]", "[+1]", "[1 ]", "[ 1]"];
            let others = ["[123456789]", "[99999999999]", "[1.5]", "[1,2]", "[1,]", "[:]", "[/]", "[1", "1]", "[[1]]"];
            for record in records.into_iter().chain(others) {
                let before = (vm.mark(), vm.steps.get());
                let sample = vm.json_parse_record(record.as_bytes()).unwrap().map(|value| vm.repr(value).unwrap());
                let sample = sample.map(|text| vm.text(text).to_string());
                // A space behind it is none of the sample's, and JSON.
                let spaced = [record, " "].concat();
                let between = vm.steps.get();
                let parsed = vm.json_parse_record(spaced.as_bytes()).unwrap().map(|value| vm.repr(value).unwrap());
                let parsed = parsed.map(|text| vm.text(text).to_string());
                assert_eq!(sample, parsed, "{record}");
                assert_eq!(vm.mark(), before.0);
                // A byte more is a step more at most.
                let (first, second) = (between - before.1, vm.steps.get() - between);
                assert!(first == second || first + 1 == second, "{record}: {first} and {second} steps");
            }
        });
    }

    #[test]
    fn nesting_is_bounded_by_the_recursion_limit() {
        with_vm(1024 * 1024, |vm| {
            vm.limits.recursion = 100;
            for (depth, fits) in [(1, true), (99, true), (100, true), (101, false), (5000, false)] {
                for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
                    let text = [&open.repeat(depth), "1", &close.repeat(depth)].concat();
                    assert_eq!(vm.json_parse(&text).is_ok(), fits, "{depth} {open}");
                    vm.set_exception(nano_wire::value::Value::UNBOUND);
                    vm.release(vm.stack_at);
                }
            }
        });
    }

    #[test]
    fn damaged_documents_end_in_an_exception_or_a_value() {
        with_vm(64 * 1024, |vm| {
            let mut seed = 99u32;
            let mut next = move || {
                seed = seed.wrapping_mul(1_103_515_245).wrapping_add(12345);
                seed >> 8
            };
            for _ in 0..rounds(if vm.limits.stress { 300 } else { 20_000 }) {
                let mut bytes = Vec::from(DOCUMENT);
                for _ in 0..=next() % 4 {
                    let at = next() as usize % bytes.len();
                    match next() % 4 {
                        0 => bytes[at] = next() as u8,
                        1 => bytes[at] = b"[]{},:\"\\-+.eE019tfnNI \n"[next() as usize % 23],
                        2 => bytes.truncate(at.max(1)),
                        _ => {
                            bytes.remove(at);
                            bytes.push(b'"');
                        }
                    }
                }
                let text = String::from_utf8_lossy(&bytes).to_string();
                let mark = vm.mark();
                if let Ok(value) = vm.json_parse(&text) {
                    let written = vm.json_text(value).unwrap();
                    let written = vm.text(written).to_string();
                    let again = vm.json_parse(&written).unwrap();
                    let again = vm.json_text(again).unwrap();
                    assert_eq!(vm.text(again), written);
                }
                vm.set_exception(nano_wire::value::Value::UNBOUND);
                vm.release(mark);
            }
        });
    }
}
