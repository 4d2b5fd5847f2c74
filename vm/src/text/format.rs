//! `format(value, spec)`: text, integers and floats laid out as a specification says.

use super::builder::TextBuilder;
use super::float::Style;
use super::spec::Spec;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

impl TextBuilder {
    /// Appends `format(value, spec)` (roots; the specification is a str).
    pub(crate) fn push_format(&mut self, vm: &mut Vm<'_>, value: Root, spec: Root) -> Outcome<()> {
        let object = vm.get(value);
        let kind = vm.kind(object);
        if matches!(kind, kind::INSTANCE | kind::EXCEPTION)
            && let Some(made) = vm.call_special(object, "__format__", &[vm.get(spec)])?
        {
            if vm.is_str(made) {
                return self.push_value(vm, made);
            }
            return vm.raise_type("__format__ must return a str, not {}", made);
        }
        let object = vm.get(value);
        if vm.length(vm.get(spec)) == 0 {
            return self.push_str_of(vm, object);
        }
        vm.must_have(Feature::FormatSpec)?;
        if let Some(held) = vm.held(object)
            && (matches!(vm.kind(held), kind::STR | kind::FLOAT) || vm.is_int(held))
        {
            vm.set(value, held);
            return self.push_format(vm, value, spec);
        }
        if kind == kind::STR {
            return self.push_format_str(vm, value, spec);
        }
        if kind == kind::FLOAT {
            let number = vm.float(object);
            let spec = vm.parse_spec(vm.get(spec), b'>', '\0', "float")?;
            return self.push_format_float(vm, number, &spec, "float");
        }
        if vm.is_int(object) {
            return self.push_format_int(vm, value, spec);
        }
        vm.raise_type("unsupported format string passed to {}.__format__", object)
    }

    fn push_format_str(&mut self, vm: &mut Vm<'_>, value: Root, spec: Root) -> Outcome<()> {
        let spec = vm.parse_spec(vm.get(spec), b'<', 's', "str")?;
        let refused = if let Some(code) = spec.code
            && code != 's'
        {
            return vm.unknown_code(code, "str");
        } else if spec.sign == b' ' {
            "Space not allowed in string format specifier"
        } else if spec.sign != 0 {
            "Sign not allowed in string format specifier"
        } else if spec.positive_zero {
            "Negative zero coercion (z) not allowed in string format specifier"
        } else if spec.alternate {
            "Alternate form (#) not allowed in string format specifier"
        } else if spec.align == b'=' {
            "'=' alignment not allowed in string format specifier"
        } else {
            ""
        };
        if !refused.is_empty() {
            return vm.raise(Builtin::ValueError, refused);
        }
        self.push_text(vm, value, spec.precision, spec.width, spec.align, spec.fill)
    }

    /// Appends a str (a root): at most `precision` characters, filled up to `width`.
    pub(crate) fn push_text(
        &mut self,
        vm: &mut Vm<'_>,
        text: Root,
        precision: Option<u32>,
        width: u32,
        align: u8,
        fill: char,
    ) -> Outcome<()> {
        let value = vm.get(text);
        let mut end = vm.length(value);
        if let Some(most) = precision
            && most < end
        {
            end = vm.offset_at(value, most);
        }
        if width == 0 {
            return self.push_part(vm, text, 0, end);
        }
        let length = vm.position_at(value, end);
        let missing = width.saturating_sub(length);
        let left = match align {
            b'>' | b'=' => missing,
            b'^' => missing / 2,
            _ => 0,
        };
        self.push_repeated(vm, fill, left)?;
        self.push_part(vm, text, 0, end)?;
        self.push_repeated(vm, fill, missing - left)
    }

    fn push_format_int(&mut self, vm: &mut Vm<'_>, value: Root, spec: Root) -> Outcome<()> {
        let owner = if vm.get(value) == Value::TRUE || vm.get(value) == Value::FALSE { "bool" } else { "int" };
        let spec = vm.parse_spec(vm.get(spec), b'>', 'd', owner)?;
        let (radix, prefix) = match spec.code {
            None | Some('d' | 'n') => (10, ""),
            Some('b') => (2, "0b"),
            Some('o') => (8, "0o"),
            Some('x') => (16, "0x"),
            Some('X') => (16, "0X"),
            Some('c') => return self.push_format_char(vm, value, &spec),
            Some('e' | 'E' | 'f' | 'F' | 'g' | 'G' | '%') => {
                let number = vm.to_float(vm.get(value))?;
                return self.push_format_float(vm, number, &spec, owner);
            }
            Some(code) => return vm.unknown_code(code, owner),
        };
        if spec.precision.is_some() {
            return vm.raise(Builtin::ValueError, "Precision not allowed in integer format specifier");
        }
        if spec.positive_zero {
            return vm.raise(Builtin::ValueError, "Negative zero coercion (z) not allowed in integer format specifier");
        }
        let start = self.len();
        self.push_sign(vm, vm.int_is_negative(vm.get(value)), spec.sign)?;
        if spec.alternate {
            self.push_str(vm, prefix)?;
        }
        let digits = self.len();
        self.push_int_magnitude(vm, vm.get(value), radix, spec.code == Some('X'))?;
        let every = if radix == 10 { 3 } else { 4 };
        self.lay_out(vm, start, digits, every, &spec)
    }

    fn push_format_char(&mut self, vm: &mut Vm<'_>, value: Root, spec: &Spec) -> Outcome<()> {
        let refused = if spec.precision.is_some() {
            "Precision not allowed in integer format specifier"
        } else if spec.positive_zero {
            "Negative zero coercion (z) not allowed in integer format specifier"
        } else if spec.sign != 0 {
            "Sign not allowed with integer format specifier 'c'"
        } else if spec.alternate {
            "Alternate form (#) not allowed with integer format specifier 'c'"
        } else {
            ""
        };
        if !refused.is_empty() {
            return vm.raise(Builtin::ValueError, refused);
        }
        let number = vm.index_of(vm.get(value))?.unwrap_or(-1);
        if number == i64::MAX || number == i64::MIN {
            return vm.raise(Builtin::OverflowError, "Python int too large to convert to C long");
        }
        let Some(character) = u32::try_from(number).ok().and_then(char::from_u32) else {
            return vm.raise(Builtin::OverflowError, "%c arg not in range(0x110000)");
        };
        let start = self.len();
        self.push_char(vm, character)?;
        self.pad(vm, start, start, spec)
    }

    /// Appends a float as a specification with one of the float codes says.
    fn push_format_float(&mut self, vm: &mut Vm<'_>, number: f64, spec: &Spec, owner: &str) -> Outcome<()> {
        let code = spec.code.unwrap_or('\0');
        if spec.precision.is_some_and(|precision| precision > i32::MAX as u32) {
            return vm.raise(Builtin::ValueError, "precision too big");
        }
        let precision = spec.precision.unwrap_or(6);
        let (number, style) = match (code, spec.precision) {
            ('\0', None) => (number, Style::Shortest),
            ('\0', Some(precision)) => (number, Style::General(precision, true)),
            ('e' | 'E', _) => (number, Style::Exponent(precision)),
            ('f' | 'F', _) => (number, Style::Fixed(precision)),
            ('g' | 'G' | 'n', _) => (number, Style::General(precision, false)),
            ('%', _) => (number * 100.0, Style::Fixed(precision)),
            (code, _) => return vm.unknown_code(code, owner),
        };
        let start = self.len();
        let negative = number.is_sign_negative() && !number.is_nan();
        self.push_sign(vm, negative, spec.sign)?;
        let digits = self.len();
        self.push_magnitude(vm, number.abs(), style, spec.alternate)?;
        if spec.positive_zero && negative {
            let text = self.written(vm).get(digits as usize..).unwrap_or(&[]);
            let mantissa = text.split(|byte| *byte == b'e').next().unwrap_or(&[]);
            if number.is_finite() && mantissa.iter().all(|byte| matches!(byte, b'0' | b'.')) {
                return self.push_without_sign(vm, start, digits, spec);
            }
        }
        self.finish_float(vm, start, digits, spec)
    }

    /// `z`: the minus of a number that was rounded to zero goes.
    fn push_without_sign(&mut self, vm: &mut Vm<'_>, start: u32, digits: u32, spec: &Spec) -> Outcome<()> {
        let length = self.len();
        let keep = u32::from(matches!(spec.sign, b'+' | b' '));
        if let Some(tail) = self.written_mut(vm).get_mut(start as usize..) {
            if keep == 1 {
                if let Some(sign) = tail.first_mut() {
                    *sign = spec.sign;
                }
            } else {
                tail.copy_within((digits - start) as usize.., 0);
            }
        }
        self.truncate(vm, length - (digits - start) + keep);
        self.finish_float(vm, start, start + keep, spec)
    }

    fn finish_float(&mut self, vm: &mut Vm<'_>, start: u32, digits: u32, spec: &Spec) -> Outcome<()> {
        if matches!(spec.code, Some('E' | 'F' | 'G'))
            && let Some(text) = self.written_mut(vm).get_mut(digits as usize..)
        {
            text.make_ascii_uppercase();
        }
        if spec.code == Some('%') {
            self.push_byte(vm, b'%')?;
        }
        self.lay_out(vm, start, digits, 3, spec)
    }

    fn push_sign(&mut self, vm: &mut Vm<'_>, negative: bool, sign: u8) -> Outcome<()> {
        match sign {
            _ if negative => self.push_byte(vm, b'-'),
            b'+' | b' ' => self.push_byte(vm, sign),
            _ => Ok(()),
        }
    }

    /// Lays out the number written from `start` on, whose sign and prefix end and digits begin at `digits`: separators
    /// between groups, zeros or fill characters up to the width.
    pub(crate) fn lay_out(&mut self, vm: &mut Vm<'_>, start: u32, digits: u32, every: u32, spec: &Spec) -> Outcome<()> {
        let written = self.written(vm).get(digits as usize..).unwrap_or(&[]);
        let hexadecimal = every == 4;
        let whole = written
            .iter()
            .take_while(|byte| if hexadecimal { byte.is_ascii_hexdigit() } else { byte.is_ascii_digit() })
            .count() as u32;
        let zeros = spec.fill == '0' && spec.align == b'=';
        if whole == 0 || (spec.separator == 0 && !zeros) {
            return self.pad(vm, start, digits, spec);
        }
        // Zeros belong to the digits and are grouped with them.
        let around = self.len() - start - whole;
        let wanted = if zeros { spec.width.saturating_sub(around) } else { 0 };
        let mut total = whole;
        if spec.separator == 0 {
            total = total.max(wanted);
        } else if wanted > total + (total - 1) / every {
            // n digits take n + (n - 1) / every; the least n that fills the width.
            total = (u64::from(wanted) * u64::from(every) / u64::from(every + 1)) as u32;
            while total + (total.max(1) - 1) / every < wanted {
                total += 1;
            }
            total = total.max(whole);
        }
        self.insert(vm, digits, total - whole, b'0')?;
        if spec.separator != 0 {
            let separators = (total - 1) / every;
            self.insert(vm, digits, separators, spec.separator)?;
            if let Some(text) = self.written_mut(vm).get_mut(digits as usize..(digits + separators + total) as usize) {
                let mut to = 0;
                for index in 0..total {
                    if index > 0 && (total - index).is_multiple_of(every) {
                        if let Some(place) = text.get_mut(to) {
                            *place = spec.separator;
                        }
                        to += 1;
                    }
                    let digit = text.get((separators + index) as usize).copied().unwrap_or(b'0');
                    if let Some(place) = text.get_mut(to) {
                        *place = digit;
                    }
                    to += 1;
                }
            }
        }
        self.pad(vm, start, digits, spec)
    }

    /// Fills what was written from `start` on up to the width; `=` fills at `inside`.
    fn pad(&mut self, vm: &mut Vm<'_>, start: u32, inside: u32, spec: &Spec) -> Outcome<()> {
        let written = self.written(vm).get(start as usize..).unwrap_or(&[]);
        let length = written.iter().filter(|byte| super::view::is_start(**byte)).count() as u32;
        let missing = spec.width.saturating_sub(length);
        if missing == 0 {
            return Ok(());
        }
        let (at, left) = match spec.align {
            b'<' => (start, 0),
            b'^' => (start, missing / 2),
            b'=' => (inside, missing),
            _ => (start, missing),
        };
        self.insert_char(vm, at, left, spec.fill)?;
        self.push_repeated(vm, spec.fill, missing - left)
    }

    fn insert_char(&mut self, vm: &mut Vm<'_>, at: u32, count: u32, character: char) -> Outcome<()> {
        let mut buffer = [0; 4];
        let unit = character.encode_utf8(&mut buffer).as_bytes();
        let Some(bytes) = count.checked_mul(unit.len() as u32) else { return vm.memory_error() };
        if bytes == 0 {
            return Ok(());
        }
        self.insert(vm, at, bytes, b' ')?;
        let gap = self.written_mut(vm).get_mut(at as usize..(at + bytes) as usize).unwrap_or(&mut []);
        gap.chunks_exact_mut(unit.len()).for_each(|place| place.copy_from_slice(unit));
        self.note_not_ascii(!character.is_ascii());
        Ok(())
    }
}

impl Vm<'_> {
    /// `format(value, spec)`, spec a str object: a str object.
    pub fn format(&mut self, value: Value, spec: Value) -> Outcome<Value> {
        if self.kind(value) == kind::STR && self.length(spec) == 0 {
            return Ok(value);
        }
        let mark = self.mark();
        let (value, spec) = self.root2(value, spec)?;
        let mut out = TextBuilder::new(self, 16)?;
        out.push_format(self, value, spec)?;
        let made = out.finish(self);
        self.release(mark);
        Ok(made)
    }
}
