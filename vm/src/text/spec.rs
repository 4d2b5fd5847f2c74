//! The format mini-language: what stands behind the colon in `f"{value:>10.2f}"`.

use crate::error::Outcome;
use crate::vm::Vm;
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// A parsed format specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spec {
    /// Fills up to the width.
    pub fill: char,
    /// One of `<`, `>`, `=`, `^`.
    pub align: u8,
    /// `+`, `-` or a space; 0: not given.
    pub sign: u8,
    /// `z`: no negative zero.
    pub positive_zero: bool,
    /// `#`.
    pub alternate: bool,
    /// Least characters.
    pub width: u32,
    /// `,` or `_` between groups of digits; 0: none.
    pub separator: u8,
    /// Digits behind the point, or most characters of text.
    pub precision: Option<u32>,
    /// Type code; `None`: not given.
    pub code: Option<char>,
}

/// Why a specification is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SpecError {
    TooManyDigits,
    MissingPrecision,
    BothSeparators,
    Invalid,
    Separator(u8, char),
}

impl Spec {
    /// What an empty specification means, for a type whose values are aligned this way.
    pub(crate) const fn plain(align: u8) -> Self {
        Self {
            fill: ' ',
            align,
            sign: 0,
            positive_zero: false,
            alternate: false,
            width: 0,
            separator: 0,
            precision: None,
            code: None,
        }
    }

    /// `default_code` stands in messages where no type code is given.
    fn parse(text: &str, align: u8, default_code: char) -> Result<Self, SpecError> {
        let mut spec = Self::plain(align);
        let is_align = |character: char| matches!(character, '<' | '>' | '=' | '^');
        let mut rest = text.chars();
        let mut ahead = rest.clone();
        let (first, second) = (ahead.next(), ahead.next());
        let (mut has_fill, mut has_align) = (false, false);
        if let (Some(fill), Some(align)) = (first, second)
            && is_align(align)
        {
            (spec.fill, spec.align, has_fill, has_align) = (fill, align as u8, true, true);
            rest = ahead;
        } else if let Some(align) = first
            && is_align(align)
        {
            (spec.align, has_align) = (align as u8, true);
            rest.next();
        }
        let peek = |rest: &core::str::Chars<'_>| rest.clone().next();
        if let Some(sign @ ('+' | '-' | ' ')) = peek(&rest) {
            spec.sign = sign as u8;
            rest.next();
        }
        if peek(&rest) == Some('z') {
            spec.positive_zero = true;
            rest.next();
        }
        if peek(&rest) == Some('#') {
            spec.alternate = true;
            rest.next();
        }
        if !has_fill && peek(&rest) == Some('0') {
            spec.fill = '0';
            if !has_align && align == b'>' {
                spec.align = b'=';
            }
            rest.next();
        }
        spec.width = number(&mut rest)?.unwrap_or(0);
        if peek(&rest) == Some(',') {
            spec.separator = b',';
            rest.next();
        }
        if peek(&rest) == Some('_') {
            if spec.separator != 0 {
                return Err(SpecError::BothSeparators);
            }
            spec.separator = b'_';
            rest.next();
        }
        if peek(&rest) == Some(',') && spec.separator == b'_' {
            return Err(SpecError::BothSeparators);
        }
        if peek(&rest) == Some('.') {
            rest.next();
            match number(&mut rest)? {
                Some(precision) => spec.precision = Some(precision),
                None => return Err(SpecError::MissingPrecision),
            }
        }
        spec.code = rest.next();
        if rest.next().is_some() {
            return Err(SpecError::Invalid);
        }
        if spec.separator != 0 {
            let allowed = match spec.code.unwrap_or(default_code) {
                'd' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0' => true,
                'b' | 'o' | 'x' | 'X' => spec.separator == b'_',
                _ => false,
            };
            if !allowed {
                return Err(SpecError::Separator(spec.separator, spec.code.unwrap_or(default_code)));
            }
        }
        Ok(spec)
    }
}

/// Decimal digits, if there are any.
fn number(rest: &mut core::str::Chars<'_>) -> Result<Option<u32>, SpecError> {
    let mut found = None;
    while let Some(digit) = rest.clone().next().and_then(super::chars::decimal_digit) {
        let value = found.unwrap_or(0u64) * 10 + u64::from(digit);
        if value > i64::MAX as u64 / 16 {
            return Err(SpecError::TooManyDigits);
        }
        found = Some(value);
        rest.next();
    }
    // Wider than any text can be is as wide as the widest.
    Ok(found.map(|value| u32::try_from(value).unwrap_or(u32::MAX)))
}

/// A type code as messages show it.
pub(crate) struct Code(pub char);

impl core::fmt::Display for Code {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self.0 {
            '!'..='~' => write!(f, "{}", self.0),
            other => write!(f, "\\x{:x}", other as u32),
        }
    }
}

impl Vm<'_> {
    /// Parses the specification in a str object, for a value of the named type; ValueError.
    pub(crate) fn parse_spec(&mut self, text: Value, align: u8, default_code: char, owner: &str) -> Outcome<Spec> {
        let error = match Spec::parse(self.text(text), align, default_code) {
            Ok(spec) => return Ok(spec),
            Err(error) => error,
        };
        match error {
            SpecError::TooManyDigits => self.raise(Builtin::ValueError, "Too many decimal digits in format string"),
            SpecError::MissingPrecision => self.raise(Builtin::ValueError, "Format specifier missing precision"),
            SpecError::BothSeparators => self.raise(Builtin::ValueError, "Cannot specify both ',' and '_'."),
            SpecError::Invalid => {
                let given = self.line_of(text);
                self.raise_fmt(
                    Builtin::ValueError,
                    format_args!("Invalid format specifier '{given}' for object of type '{owner}'"),
                )
            }
            SpecError::Separator(separator, code) => {
                let (separator, code) = (separator as char, Code(code));
                self.raise_fmt(Builtin::ValueError, format_args!("Cannot specify '{separator}' with '{code}'."))
            }
        }
    }

    /// Raises that a type code isn't one of a type's.
    #[cold]
    pub(crate) fn unknown_code<T>(&mut self, code: char, owner: &str) -> Outcome<T> {
        let code = Code(code);
        self.raise_fmt(Builtin::ValueError, format_args!("Unknown format code '{code}' for object of type '{owner}'"))
    }
}
