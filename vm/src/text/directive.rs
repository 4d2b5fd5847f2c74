//! The directives of `text % values`: what stands behind each `%`, and the values they take.

use super::spec::Spec;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// Where the values come from.
pub(super) struct Values {
    /// A tuple, or the one value.
    pub source: Root,
    /// The value of a key, where a directive names one.
    pub keyed: Option<Root>,
    /// How many of a tuple were taken; of one value, whether it was (1).
    pub taken: u32,
    /// How many there are.
    pub count: u32,
    pub is_tuple: bool,
    /// Not all of them need to be taken.
    pub is_mapping: bool,
}

/// One directive, as `%-5.2f`.
pub(super) struct Directive {
    pub spec: Spec,
    pub code: char,
}

/// A format string and the place reached in it.
pub(super) struct Reader {
    pub format: Root,
    pub length: u32,
    pub at: u32,
}

impl Reader {
    pub fn next(&mut self, vm: &Vm<'_>) -> Option<char> {
        if self.at >= self.length {
            return None;
        }
        let format = vm.get(self.format);
        let bytes = vm.bytes(format).get(self.at as usize..self.length as usize)?;
        let (character, width) = if vm.is_str(format) {
            super::view::first_char(bytes)?
        } else {
            (bytes.first().copied().unwrap_or(0) as char, 1)
        };
        self.at += width;
        Some(character)
    }
}

impl Vm<'_> {
    /// The value that is next.
    pub(super) fn next_value(&mut self, values: &mut Values) -> Outcome<Value> {
        if values.taken >= values.count {
            return self.raise(Builtin::TypeError, "not enough arguments for format string");
        }
        values.taken += 1;
        let source = self.get(values.keyed.unwrap_or(values.source));
        Ok(if values.is_tuple && values.keyed.is_none() { self.field(source, values.taken - 1) } else { source })
    }

    /// Reads what stands behind a `%`; `None`: it is a `%` itself.
    pub(super) fn read_directive(
        &mut self,
        reader: &mut Reader,
        values: &mut Values,
        keyed: Root,
    ) -> Outcome<Option<Directive>> {
        let mut spec = Spec::plain(b'>');
        let mut zero = false;
        let mut next = reader.next(self);
        if next == Some('%') {
            return Ok(None);
        }
        if next == Some('(') {
            self.read_key(reader, values, keyed)?;
            next = reader.next(self);
        }
        loop {
            match next {
                Some('-') => spec.align = b'<',
                Some('+') => spec.sign = b'+',
                Some(' ') if spec.sign == 0 => spec.sign = b' ',
                Some(' ') => {}
                Some('#') => spec.alternate = true,
                Some('0') => zero = true,
                _ => break,
            }
            next = reader.next(self);
        }
        if next == Some('*') {
            let width = self.star(values, "Python int too large to convert to C ssize_t", i64::MAX as u64 - 1)?;
            if width < 0 {
                spec.align = b'<';
            }
            spec.width = u32::try_from(width.unsigned_abs()).unwrap_or(u32::MAX);
            next = reader.next(self);
        } else {
            let (width, behind) = self.read_number(reader, next, "width too big")?;
            spec.width = width.unwrap_or(0);
            next = behind;
        }
        if next == Some('.') {
            next = reader.next(self);
            if next == Some('*') {
                let most = i32::MAX as u64;
                let precision = self.star(values, "Python int too large to convert to C int", most)?.max(0);
                spec.precision = Some(precision as u32);
                next = reader.next(self);
            } else {
                let (precision, behind) = self.read_number(reader, next, "precision too big")?;
                spec.precision = Some(precision.unwrap_or(0));
                next = behind;
            }
        }
        if matches!(next, Some('h' | 'l' | 'L')) {
            next = reader.next(self);
        }
        let Some(code) = next else {
            return self.raise(Builtin::ValueError, "incomplete format");
        };
        if zero && spec.align != b'<' {
            spec.fill = '0';
        }
        Ok(Some(Directive { spec, code }))
    }

    /// Digits, the first of which was read; and what stands behind them.
    fn read_number(
        &mut self,
        reader: &mut Reader,
        first: Option<char>,
        message: &str,
    ) -> Outcome<(Option<u32>, Option<char>)> {
        let (mut next, mut found) = (first, None);
        while let Some(digit) = next.and_then(|character| character.to_digit(10)) {
            let value = found.unwrap_or(0u64) * 10 + u64::from(digit);
            let most = if message.starts_with('w') { i64::MAX as u64 / 16 } else { i32::MAX as u64 };
            if value > most {
                return self.raise(Builtin::ValueError, message);
            }
            found = Some(value);
            next = reader.next(self);
        }
        Ok((found.map(|value| u32::try_from(value).unwrap_or(u32::MAX)), next))
    }

    /// `*`: the next value is the number.
    fn star(&mut self, values: &mut Values, too_large: &str, most: u64) -> Outcome<i64> {
        let value = self.next_value(values)?;
        if !self.is_int(value) {
            return self.raise(Builtin::TypeError, "* wants int");
        }
        let number = self.index_of(value)?.unwrap_or(0);
        if number.unsigned_abs() <= most { Ok(number) } else { self.raise(Builtin::OverflowError, too_large) }
    }

    /// `(key)`: what the mapping has under it is the value.
    fn read_key(&mut self, reader: &mut Reader, values: &mut Values, keyed: Root) -> Outcome<()> {
        if !values.is_mapping {
            return self.raise(Builtin::TypeError, "format requires a mapping");
        }
        let from = reader.at;
        let mut depth = 1;
        while depth > 0 {
            match reader.next(self) {
                Some('(') => depth += 1,
                Some(')') => depth -= 1,
                Some(_) => {}
                None => return self.raise(Builtin::ValueError, "incomplete format key"),
            }
        }
        let key = if self.is_str(self.get(reader.format)) {
            self.new_part(reader.format, from, reader.at - 1)?
        } else {
            let key = self.alloc(kind::BYTES, reader.at - 1 - from)?;
            self.copy_text(self.get(reader.format), from, key.0 + 4, reader.at - 1 - from);
            key
        };
        let found = self.get_item(self.get(values.source), key)?;
        self.set(keyed, found);
        values.keyed = Some(keyed);
        (values.taken, values.count) = (0, 1);
        Ok(())
    }
}
