//! `text % values`, of str and of bytes.

use super::builder::TextBuilder;
use super::directive::{Reader, Values};
use super::float::Style;
use super::spec::Spec;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

impl Vm<'_> {
    /// `format % values`, of str, bytes or bytearray.
    pub(crate) fn percent(&mut self, format: Value, values: Value) -> Outcome<Value> {
        let mark = self.mark();
        let held = self.plain(values);
        let values = if self.kind(held) == kind::TUPLE { held } else { values };
        let (text, source) = self.root2(format, values)?;
        let is_tuple = self.kind(values) == kind::TUPLE;
        let mut values = Values {
            source,
            keyed: None,
            taken: 0,
            count: if is_tuple { self.length(values) } else { 1 },
            is_tuple,
            is_mapping: !is_tuple
                && self.is_mapping(values)
                && (self.is_str(format) || !matches!(self.kind(values), kind::BYTES | kind::BYTEARRAY)),
        };
        let is_str = self.is_str(self.get(text));
        let (format, length) = self.blob_root(self.get(text))?;
        let mut reader = Reader { format, length, at: 0 };
        let mut out =
            if is_str { TextBuilder::new(self, length + 16)? } else { TextBuilder::bytes(self, length + 16)? };
        let keyed = self.root(Value::UNBOUND)?;
        loop {
            let rest = self.bytes(self.get(format)).get(reader.at as usize..length as usize).unwrap_or(&[]);
            let run = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len()) as u32;
            out.push_part(self, format, reader.at, reader.at + run)?;
            reader.at += run + 1;
            if reader.at > length {
                break;
            }
            let inner = self.mark();
            self.percent_one(&mut out, &mut reader, &mut values, keyed)?;
            self.release(inner);
        }
        if values.taken < values.count && !values.is_mapping {
            return self.raise(
                Builtin::TypeError,
                if is_str {
                    "not all arguments converted during string formatting"
                } else {
                    "not all arguments converted during bytes formatting"
                },
            );
        }
        let made = out.finish(self);
        let made = self.as_kind_of(text, made)?;
        self.release(mark);
        Ok(made)
    }

    /// Can it be asked by keys (so that not taking all of it is no mistake)?
    fn is_mapping(&self, value: Value) -> bool {
        match self.kind(value) {
            kind::DICT | kind::LIST | kind::BYTES | kind::BYTEARRAY | kind::RANGE => true,
            kind::INSTANCE => {
                self.lookup_defined_text(self.type_of(value), "__getitem__").is_some()
                    || matches!(self.kind(self.plain(value)), kind::DICT | kind::LIST | kind::BYTES | kind::BYTEARRAY)
            }
            _ => false,
        }
    }

    fn percent_one(
        &mut self,
        out: &mut TextBuilder,
        reader: &mut Reader,
        values: &mut Values,
        keyed: Root,
    ) -> Outcome<()> {
        let Some(directive) = self.read_directive(reader, values, keyed)? else {
            return out.push_byte(self, b'%');
        };
        let (spec, code) = (directive.spec, directive.code);
        let value = self.next_value(values)?;
        let value = self.root(value)?;
        let is_str = out.is_text();
        match code {
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => self.percent_int(out, value, &spec, code),
            'e' | 'E' | 'f' | 'F' | 'g' | 'G' => self.percent_float(out, value, &spec, code),
            'c' => self.percent_char(out, value, &spec),
            's' | 'r' | 'a' if is_str => {
                let object = self.get(value);
                let made = match code {
                    's' => self.str(object)?,
                    'r' => self.repr(object)?,
                    _ => self.ascii(object)?,
                };
                self.set(value, made);
                out.push_text(self, value, spec.precision, spec.width, text_align(&spec), ' ')
            }
            'r' | 'a' => {
                let made = self.ascii(self.get(value))?;
                self.set(value, made);
                out.push_bytes_text(self, value, &spec)
            }
            's' | 'b' if !is_str => {
                let object = self.get(value);
                if self.is(object, kind::INSTANCE)
                    && let Some(made) = self.call_special(object, "__bytes__", &[])?
                {
                    self.set(value, made);
                }
                if !self.is_bytes_like(self.get(value)) {
                    return self.raise_type(
                        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
                        self.get(value),
                    );
                }
                out.push_bytes_text(self, value, &spec)
            }
            _ => {
                let at = self.position_at(self.get(reader.format), reader.at).saturating_sub(1);
                let shown = if (' '..='~').contains(&code) { code } else { '?' };
                let number = code as u32;
                self.raise_fmt(
                    Builtin::ValueError,
                    format_args!("unsupported format character '{shown}' ({number:#x}) at index {at}"),
                )
            }
        }
    }

    fn percent_int(&mut self, out: &mut TextBuilder, value: Root, spec: &Spec, code: char) -> Outcome<()> {
        let object = self.get(value);
        let whole = matches!(code, 'd' | 'i' | 'u');
        if !self.is_int(object) {
            let converted = if whole { self.truncated(object)? } else { self.as_index(object)? };
            let Some(converted) = converted else {
                let name = self.type_name(self.get(value));
                let wanted = if whole { "a real number" } else { "an integer" };
                return self
                    .raise_fmt(Builtin::TypeError, format_args!("%{code} format: {wanted} is required, not {name}"));
            };
            self.set(value, converted);
        }
        let (radix, prefix) = match code {
            'o' => (8, "0o"),
            'x' => (16, "0x"),
            'X' => (16, "0X"),
            _ => (10, ""),
        };
        let start = out.len();
        self.percent_sign(out, self.int_is_negative(self.get(value)), spec)?;
        if spec.alternate {
            out.push_str(self, prefix)?;
        }
        let digits = out.len();
        out.push_int_magnitude(self, self.get(value), radix, code == 'X')?;
        let missing = spec.precision.unwrap_or(0).saturating_sub(out.len() - digits);
        out.insert(self, digits, missing, b'0')?;
        self.percent_pad(out, start, digits, spec)
    }

    /// What `%d` makes of a value that isn't an integer: floats are cut, instances asked.
    fn truncated(&mut self, value: Value) -> Outcome<Option<Value>> {
        if self.kind(value) == kind::FLOAT {
            return self.int_of_float(value).map(Some);
        }
        let held = self.plain(value);
        if self.is_int(held) {
            return Ok(Some(held));
        }
        if self.is(value, kind::INSTANCE) {
            for method in ["__int__", "__index__"] {
                let root = self.root(value)?;
                let made = self.call_special(self.get(root), method, &[])?;
                self.release(root.0);
                if let Some(made) = made
                    && self.is_int(made)
                {
                    return Ok(Some(made));
                }
            }
        }
        Ok(None)
    }

    fn as_index(&mut self, value: Value) -> Outcome<Option<Value>> {
        let held = self.plain(value);
        if self.is_int(held) {
            return Ok(Some(held));
        }
        if !self.is(value, kind::INSTANCE) {
            return Ok(None);
        }
        Ok(self.call_special(value, "__index__", &[])?.filter(|made| self.is_int(*made)))
    }

    /// The integer that a float is when its fraction is cut.
    fn int_of_float(&mut self, value: Value) -> Outcome<Value> {
        let args = self.root_all(&[value])?;
        match crate::native::function(Builtin::IntType) {
            Some(native) => self.call_native(native, args, Value::UNBOUND),
            None => Ok(Value::small_unchecked(0)),
        }
    }

    fn percent_float(&mut self, out: &mut TextBuilder, value: Root, spec: &Spec, code: char) -> Outcome<()> {
        let object = self.plain(self.get(value));
        let number = if self.kind(object) == kind::FLOAT {
            self.float(object)
        } else if self.is_int(object) {
            self.to_float(object)?
        } else {
            let made = self.call_special(object, "__float__", &[])?;
            match made {
                Some(made) if self.kind(made) == kind::FLOAT => self.float(made),
                _ => {
                    let name = self.type_name(self.get(value));
                    let message = if out.is_text() { "must be real number" } else { "float argument required" };
                    return self.raise_fmt(Builtin::TypeError, format_args!("{message}, not {name}"));
                }
            }
        };
        let precision = spec.precision.unwrap_or(6);
        let style = match code {
            'e' | 'E' => Style::Exponent(precision),
            'f' | 'F' => Style::Fixed(precision),
            _ => Style::General(precision, false),
        };
        let start = out.len();
        self.percent_sign(out, number.is_sign_negative() && !number.is_nan(), spec)?;
        let digits = out.len();
        out.push_magnitude(self, number.abs(), style, spec.alternate)?;
        if code.is_ascii_uppercase()
            && let Some(text) = out.written_mut(self).get_mut(digits as usize..)
        {
            text.make_ascii_uppercase();
        }
        self.percent_pad(out, start, digits, spec)
    }

    fn percent_sign(&mut self, out: &mut TextBuilder, negative: bool, spec: &Spec) -> Outcome<()> {
        match spec.sign {
            _ if negative => out.push_byte(self, b'-'),
            b'+' | b' ' => out.push_byte(self, spec.sign),
            _ => Ok(()),
        }
    }

    /// Fills a number up to the width, with zeros behind its sign and prefix where asked.
    fn percent_pad(&mut self, out: &mut TextBuilder, start: u32, digits: u32, spec: &Spec) -> Outcome<()> {
        let missing = spec.width.saturating_sub(out.len() - start);
        if spec.align == b'<' {
            return out.push_repeated(self, ' ', missing);
        }
        let (at, byte) = if spec.fill == '0' { (digits, b'0') } else { (start, b' ') };
        out.insert(self, at, missing, byte)
    }

    fn percent_char(&mut self, out: &mut TextBuilder, value: Root, spec: &Spec) -> Outcome<()> {
        let object = self.get(value);
        if !out.is_text() {
            let byte = if self.is_bytes_like(object) && self.blob(object).1 == 1 {
                self.view(object).first().copied()
            } else {
                self.index_of(object)?.and_then(|number| u8::try_from(number).ok())
            };
            let Some(byte) = byte else {
                return if self.is_int(self.get(value)) {
                    self.raise(Builtin::OverflowError, "%c arg not in range(256)")
                } else {
                    self.raise(Builtin::TypeError, "%c requires an integer in range(256) or a single byte")
                };
            };
            let one = self.new_bytes(&[byte])?;
            self.set(value, one);
            return out.push_bytes_text(self, value, spec);
        }
        if !self.is_str(object) {
            let Some(number) = self.index_of(object)? else {
                return self.raise(Builtin::TypeError, "%c requires int or char");
            };
            let Some(character) = u32::try_from(number).ok().and_then(char::from_u32) else {
                return self.raise(Builtin::OverflowError, "%c arg not in range(0x110000)");
            };
            let one = self.new_char(character)?;
            self.set(value, one);
        } else if self.text_length(object) != 1 {
            return self.raise(Builtin::TypeError, "%c requires int or char");
        }
        out.push_text(self, value, None, spec.width, text_align(spec), ' ')
    }
}

/// Text isn't filled with zeros, and stands to the right unless told otherwise.
fn text_align(spec: &Spec) -> u8 {
    if spec.align == b'<' { b'<' } else { b'>' }
}

impl TextBuilder {
    /// Appends a bytes-like or an ASCII str to bytes, at most `precision` bytes, filled up to the width.
    fn push_bytes_text(&mut self, vm: &mut Vm<'_>, value: Root, spec: &Spec) -> Outcome<()> {
        let (blob, length) = vm.blob_root(vm.get(value))?;
        let end = spec.precision.map_or(length, |most| most.min(length));
        let missing = spec.width.saturating_sub(end);
        let left = if spec.align == b'<' { 0 } else { missing };
        self.push_repeated(vm, ' ', left)?;
        self.push_part(vm, blob, 0, end)?;
        self.push_repeated(vm, ' ', missing - left)
    }
}
