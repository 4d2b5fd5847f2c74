//! `json.dumps`: values to text, with the containers that are open on the VM's stack.
//!
//! Source: CPython's json.encoder; the text and the messages are its own.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::text::TextBuilder;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

pub(super) const DUMPS: Native = Native::new(
    "dumps,obj,skipkeys,ensure_ascii,check_circular,allow_nan,cls,indent,separators,default,sort_keys",
    dumps,
    1,
    1,
);

/// Positions among the arguments.
mod argument {
    pub const SKIP_KEYS: usize = 1;
    pub const ENSURE_ASCII: usize = 2;
    pub const CHECK_CIRCULAR: usize = 3;
    pub const ALLOW_NAN: usize = 4;
    pub const CLASS: usize = 5;
    pub const INDENT: usize = 6;
    pub const SEPARATORS: usize = 7;
    pub const DEFAULT: usize = 8;
    pub const SORT_KEYS: usize = 9;
}

/// How to write.
#[expect(clippy::struct_excessive_bools, reason = "each is an argument of json.dumps")]
#[derive(Clone, Copy)]
struct Style {
    skip_keys: bool,
    ensure_ascii: bool,
    check_circular: bool,
    allow_nan: bool,
    sort_keys: bool,
    /// Separators given by the program: str objects.
    separators: Option<(Root, Root)>,
    /// What a level of indentation is; `None`: all in one line.
    indent: Option<Indent>,
    default: Option<Root>,
}

#[derive(Clone, Copy)]
enum Indent {
    Spaces(u32),
    Text(Root),
}

/// A container that is open: three roots.
mod frame {
    /// The container, or the object that `default` was asked about.
    pub const CONTAINER: u32 = 0;
    /// Next position * 2 + whether an item was written.
    pub const POSITION: u32 = 4;
    /// The sorted keys of a dict, or unbound.
    pub const KEYS: u32 = 8;
    pub const BYTES: u32 = 12;
}

fn dumps(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    if let Some(result) = by_class(vm, args, argument::CLASS, "_dumps")? {
        return Ok(result);
    }
    let flag = |vm: &mut Vm<'_>, index: usize, unless_given: bool| match vm.arg(args, index) {
        Value::UNBOUND => Ok(unless_given),
        value => vm.truth(value),
    };
    let mut style = Style {
        skip_keys: flag(vm, argument::SKIP_KEYS, false)?,
        ensure_ascii: flag(vm, argument::ENSURE_ASCII, true)?,
        check_circular: flag(vm, argument::CHECK_CIRCULAR, true)?,
        allow_nan: flag(vm, argument::ALLOW_NAN, true)?,
        sort_keys: flag(vm, argument::SORT_KEYS, false)?,
        separators: None,
        indent: None,
        default: None,
    };
    let given = |vm: &Vm<'_>, index: usize| {
        let value = vm.arg(args, index);
        (!matches!(value, Value::UNBOUND | Value::NONE)).then_some(value)
    };
    if given(vm, argument::DEFAULT).is_some() {
        style.default = Some(args.root(argument::DEFAULT));
    }
    if let Some(indent) = given(vm, argument::INDENT) {
        style.indent = Some(if vm.kind(indent) == kind::STR {
            Indent::Text(args.root(argument::INDENT))
        } else {
            Indent::Spaces(vm.integer_index(indent)?.clamp(0, 1 << 16) as u32)
        });
    }
    if let Some(separators) = given(vm, argument::SEPARATORS) {
        let list = vm.list_from(separators)?;
        let &[item, key] = vm.items(list) else {
            let count = vm.items(list).len();
            return if count < 2 {
                vm.raise_fmt(Builtin::ValueError, format_args!("not enough values to unpack (expected 2, got {count})"))
            } else {
                vm.raise(Builtin::ValueError, "too many values to unpack (expected 2)")
            };
        };
        if vm.kind(item) != kind::STR || vm.kind(key) != kind::STR {
            return vm.raise(Builtin::TypeError, "separators must be strings");
        }
        style.separators = Some(vm.root2(item, key)?);
    }
    vm.json_write(args.root(0), style)
}

/// What `cls=` asks for: a method of the class, which the library has in Python, takes the arguments over.
pub(super) fn by_class(vm: &mut Vm<'_>, args: Args, index: usize, method: &str) -> Outcome<Option<Value>> {
    let class = vm.arg(args, index);
    if matches!(class, Value::UNBOUND | Value::NONE) {
        return Ok(None);
    }
    let Some(method) = vm.get_attr_text(class, method)? else { return Ok(None) };
    for index in 0..args.len() {
        if vm.arg(args, index).is_unbound() {
            vm.set(args.root(index), Value::NONE);
        }
    }
    vm.call(method, args).map(Some)
}

impl Vm<'_> {
    /// `json.dumps(value)`: a str object.
    pub fn json_text(&mut self, value: Value) -> Outcome<Value> {
        let value = self.root(value)?;
        let style = Style {
            skip_keys: false,
            ensure_ascii: true,
            check_circular: true,
            allow_nan: true,
            sort_keys: false,
            separators: None,
            indent: None,
            default: None,
        };
        let text = self.json_write(value, style)?;
        self.release(value.0);
        Ok(text)
    }

    fn json_write(&mut self, value: Root, style: Style) -> Outcome<Value> {
        let current = self.root(self.get(value))?;
        let out = TextBuilder::new(self, 32)?;
        let base = self.mark();
        let mut writer = Writer { style, out, current, base };
        writer.run(self)?;
        self.release(base);
        let text = writer.out.finish(self);
        self.release(current.0);
        Ok(text)
    }
}

struct Writer {
    style: Style,
    out: TextBuilder,
    /// The value to be written next.
    current: Root,
    /// Where the frames begin on the stack.
    base: u32,
}

impl Writer {
    fn depth(&self, vm: &Vm<'_>) -> u32 {
        (vm.mark() - self.base) / frame::BYTES
    }

    /// A word of the innermost frame.
    fn top(vm: &Vm<'_>, word: u32) -> Root {
        Root(vm.mark() - frame::BYTES + word)
    }

    fn run(&mut self, vm: &mut Vm<'_>) -> Outcome<()> {
        loop {
            self.value(vm)?;
            // What is complete with it closes.
            loop {
                if self.depth(vm) == 0 {
                    return Ok(());
                }
                if self.next(vm)? {
                    break;
                }
            }
        }
    }

    /// Writes the current value, or opens it.
    fn value(&mut self, vm: &mut Vm<'_>) -> Outcome<()> {
        loop {
            let value = vm.get(self.current);
            return match vm.kind(value) {
                255 if value.is_small() => self.small(vm, value.as_small()),
                255 if value == Value::NONE => self.out.push_str(vm, "null"),
                255 if value == Value::TRUE => self.out.push_str(vm, "true"),
                255 if value == Value::FALSE => self.out.push_str(vm, "false"),
                kind::STR => self.string(vm, self.current),
                kind::FLOAT => self.float(vm, value),
                kind::BIG_INT => self.big(vm, value),
                kind::LIST | kind::TUPLE if vm.items(value).is_empty() => self.out.push_str(vm, "[]"),
                kind::LIST | kind::TUPLE => self.open(vm, b'['),
                kind::DICT if vm.dict_length(value) == 0 => self.out.push_str(vm, "{}"),
                kind::DICT => self.open(vm, b'{'),
                _ => {
                    if let Some(held) = vm.held(value)
                        && !matches!(vm.kind(held), kind::SET | kind::FROZENSET | kind::BYTES | kind::BYTEARRAY)
                    {
                        vm.set(self.current, held);
                        continue;
                    }
                    let Some(default) = self.style.default else {
                        let name = vm.type_name(value);
                        let name = name.as_str().rsplit('.').next().unwrap_or_default();
                        return vm.raise_fmt(
                            Builtin::TypeError,
                            format_args!("Object of type {name} is not JSON serializable"),
                        );
                    };
                    // A frame stands for the object until what `default` gives for it is written.
                    self.push_frame(vm)?;
                    let made = vm.call1(vm.get(default), vm.get(self.current))?;
                    vm.set(self.current, made);
                    continue;
                }
            };
        }
    }

    fn big(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        let text = vm.str(value)?;
        self.out.push_value(vm, text)
    }

    /// A frame for the current value; ValueError where it is open already.
    fn push_frame(&mut self, vm: &mut Vm<'_>) -> Outcome<()> {
        let value = vm.get(self.current);
        if self.style.check_circular {
            vm.work(self.depth(vm) / 4)?;
            for at in (self.base..vm.mark()).step_by(frame::BYTES as usize) {
                if vm.get(Root(at + frame::CONTAINER)) == value {
                    return vm.raise(Builtin::ValueError, "Circular reference detected");
                }
            }
        }
        if self.depth(vm) >= vm.limits.recursion {
            return vm.raise(Builtin::RecursionError, "maximum recursion depth exceeded while encoding a JSON object");
        }
        vm.root_all(&[value, Value::small_unchecked(0), Value::UNBOUND])?;
        Ok(())
    }

    fn open(&mut self, vm: &mut Vm<'_>, bracket: u8) -> Outcome<()> {
        self.push_frame(vm)?;
        self.out.push_byte(vm, bracket)?;
        if self.style.sort_keys && bracket == b'{' {
            let mark = vm.mark();
            let keys = vm.list_from(vm.get(self.current))?;
            let (keys, no_key) = vm.root2(keys, Value::UNBOUND)?;
            vm.sort_list(keys, no_key, false)?;
            let keys = vm.get(keys);
            vm.release(mark);
            vm.set(Self::top(vm, frame::KEYS), keys);
        }
        self.new_line(vm, 0)
    }

    /// A line's end and the indentation of the open containers less `fewer`, if there is indentation.
    fn new_line(&mut self, vm: &mut Vm<'_>, fewer: u32) -> Outcome<()> {
        let Some(indent) = self.style.indent else { return Ok(()) };
        self.out.push_byte(vm, b'\n')?;
        vm.work(self.depth(vm) / 4)?;
        // Frames of `default` are no levels.
        let levels = (self.base..vm.mark())
            .step_by(frame::BYTES as usize)
            .filter(|at| matches!(vm.kind(vm.get(Root(*at))), kind::LIST | kind::TUPLE | kind::DICT))
            .count() as u32
            - fewer;
        match indent {
            Indent::Spaces(count) => self.out.push_repeated(vm, ' ', count.saturating_mul(levels)),
            Indent::Text(text) => {
                for _ in 0..levels {
                    let unit = vm.get(text);
                    self.out.push_value(vm, unit)?;
                }
                Ok(())
            }
        }
    }

    /// Sets the current value to the next item of the innermost container, or closes that (`false`).
    fn next(&mut self, vm: &mut Vm<'_>) -> Outcome<bool> {
        vm.work(1)?;
        let container = vm.get(Self::top(vm, frame::CONTAINER));
        let is_dict = match vm.kind(container) {
            kind::DICT => true,
            kind::LIST | kind::TUPLE => false,
            _ => {
                vm.release(vm.mark() - frame::BYTES);
                return Ok(false);
            }
        };
        let position = vm.get(Self::top(vm, frame::POSITION)).as_small() as u32;
        let (mut at, started) = (position / 2, position & 1 != 0);
        if !is_dict {
            let Some(item) = vm.items(container).get(at as usize).copied() else {
                return self.close(vm, b']');
            };
            vm.set(self.current, item);
            vm.set(Self::top(vm, frame::POSITION), Value::small_unchecked((at as i32 + 1) * 2 + 1));
            if started {
                self.separate(vm)?;
            }
            return Ok(true);
        }
        loop {
            let container = vm.get(Self::top(vm, frame::CONTAINER));
            let keys = vm.get(Self::top(vm, frame::KEYS));
            let found = if keys.is_unbound() {
                vm.dict_entry(container, at)
            } else {
                match vm.items(keys).get(at as usize).copied() {
                    Some(key) => vm.dict_get(container, key)?.map(|item| (at + 1, key, item)),
                    None => None,
                }
            };
            let Some((next, key, item)) = found else { return self.close(vm, b'}') };
            at = next;
            vm.set(self.current, item);
            if self.key(vm, key, started)? {
                vm.set(Self::top(vm, frame::POSITION), Value::small_unchecked(at as i32 * 2 + 1));
                return Ok(true);
            }
        }
    }

    fn close(&mut self, vm: &mut Vm<'_>, bracket: u8) -> Outcome<bool> {
        self.new_line(vm, 1)?;
        self.out.push_byte(vm, bracket)?;
        vm.release(vm.mark() - frame::BYTES);
        Ok(false)
    }

    /// What stands between two items.
    fn separate(&mut self, vm: &mut Vm<'_>) -> Outcome<()> {
        match self.style.separators {
            Some((item, _)) => {
                let text = vm.get(item);
                self.out.push_value(vm, text)?;
            }
            None if self.style.indent.is_some() => self.out.push_byte(vm, b',')?,
            None => self.out.push_bytes(vm, b", ")?,
        }
        self.new_line(vm, 0)
    }

    /// Writes a key, and what stands before and behind it; `false` where it is left out.
    fn key(&mut self, vm: &mut Vm<'_>, key: Value, started: bool) -> Outcome<bool> {
        let mark = vm.mark();
        let given = key;
        let key = vm.held(given).unwrap_or(given);
        let is_key = matches!(vm.kind(key), kind::STR | kind::FLOAT | kind::BIG_INT)
            || key.is_small()
            || matches!(key, Value::NONE | Value::TRUE | Value::FALSE);
        if !is_key {
            if self.style.skip_keys {
                return Ok(false);
            }
            return vm.raise_type("keys must be str, int, float, bool or None, not {}", given);
        }
        // The frames end where `mark` is: a root above them is given back before they are looked at again.
        let kept = vm.root(key)?;
        if started {
            let key = vm.get(kept);
            vm.release(mark);
            // Only separators are written here: they allocate, so the key goes through the frame's own root.
            let keys = Self::top(vm, frame::POSITION);
            let position = vm.get(keys);
            vm.set(keys, key);
            self.separate(vm)?;
            let key = vm.get(keys);
            vm.set(keys, position);
            let again = vm.root(key)?;
            debug_assert_eq!(again, kept);
        }
        if vm.kind(vm.get(kept)) == kind::STR {
            self.string(vm, kept)?;
        } else {
            self.out.push_byte(vm, b'"')?;
            let key = vm.get(kept);
            match vm.kind(key) {
                255 if key.is_small() => self.small(vm, key.as_small())?,
                255 if key == Value::NONE => self.out.push_str(vm, "null")?,
                255 => self.out.push_str(vm, if key == Value::TRUE { "true" } else { "false" })?,
                kind::FLOAT => self.float(vm, key)?,
                _ => self.big(vm, key)?,
            }
            self.out.push_byte(vm, b'"')?;
        }
        vm.release(mark);
        match self.style.separators {
            Some((_, key)) => {
                let text = vm.get(key);
                self.out.push_value(vm, text)?;
            }
            None => self.out.push_bytes(vm, b": ")?,
        }
        Ok(true)
    }

    fn small(&mut self, vm: &mut Vm<'_>, number: i32) -> Outcome<()> {
        let mut digits = [0; 11];
        let mut left = number.unsigned_abs();
        let mut count = 0;
        for place in digits.iter_mut().rev() {
            *place = b'0' + (left % 10) as u8;
            left /= 10;
            count += 1;
            if left == 0 {
                break;
            }
        }
        if number < 0 {
            self.out.push_byte(vm, b'-')?;
        }
        self.out.push_bytes(vm, digits.get(digits.len() - count..).unwrap_or(&[]))
    }

    fn float(&mut self, vm: &mut Vm<'_>, value: Value) -> Outcome<()> {
        let number = vm.float(value);
        if number.is_finite() {
            return self.out.push_float(vm, number);
        }
        if !self.style.allow_nan {
            return vm.raise(Builtin::ValueError, "Out of range float values are not JSON compliant");
        }
        self.out.push_str(
            vm,
            if number.is_nan() {
                "NaN"
            } else if number > 0.0 {
                "Infinity"
            } else {
                "-Infinity"
            },
        )
    }

    /// A str in quotes.
    fn string(&mut self, vm: &mut Vm<'_>, text: Root) -> Outcome<()> {
        let length = vm.length(vm.get(text));
        self.out.reserve(vm, length + 2)?;
        self.out.push_byte(vm, b'"')?;
        let ascii = self.style.ensure_ascii;
        let mut at = 0usize;
        loop {
            let object = vm.get(text);
            let rest = vm.bytes(object).get(at..).unwrap_or(&[]);
            let plain = |byte: &u8| match byte {
                b'"' | b'\\' | ..=0x1F => false,
                0x7F.. => !ascii,
                _ => true,
            };
            let run = rest.iter().position(|byte| !plain(byte)).unwrap_or(rest.len());
            let special = crate::raw::text(rest.get(run..).unwrap_or(&[])).chars().next();
            if run > 0 {
                self.out.push_part(vm, text, at as u32, (at + run) as u32)?;
            }
            let Some(character) = special else { break };
            at += run + character.len_utf8();
            self.escape(vm, character)?;
        }
        self.out.push_byte(vm, b'"')
    }

    fn escape(&mut self, vm: &mut Vm<'_>, character: char) -> Outcome<()> {
        let short = match character {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            _ => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    let mut text = *b"\\u0000";
                    for (place, shift) in text.iter_mut().skip(2).zip([12, 8, 4, 0]) {
                        let digit = (*unit >> shift & 15) as u8;
                        *place = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
                    }
                    self.out.push_bytes(vm, &text)?;
                }
                return Ok(());
            }
        };
        self.out.push_str(vm, short)
    }
}
