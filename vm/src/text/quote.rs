//! str and bytes as `repr` writes them: quotes and escapes.

use super::builder::TextBuilder;
use super::chars;
use super::view::first_char;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::Vm;
use core::fmt;
use nano_wire::value::Value;

/// A character as an escape: `\xe9`, `\u20ac`, `\U0001f600`.
pub(crate) struct Escape(pub u32);

impl fmt::Display for Escape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0..=0xFF => write!(f, "\\x{:02x}", self.0),
            0x100..=0xFFFF => write!(f, "\\u{:04x}", self.0),
            _ => write!(f, "\\U{:08x}", self.0),
        }
    }
}

/// Appends a character as an escape.
pub(crate) fn push_escape(vm: &mut Vm<'_>, out: &mut TextBuilder, code: u32) -> Outcome<()> {
    out.push_fmt(vm, format_args!("{}", Escape(code)))
}

/// Length of what can be copied as it is.
fn plain(bytes: &[u8], quotes: [u8; 2], is_str: bool, ascii: bool) -> usize {
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += match *byte {
            b'\\' => break,
            byte if quotes.contains(&byte) => break,
            0x20..=0x7e => 1,
            0x80.. if is_str && !ascii => match bytes.get(at..).and_then(first_char) {
                Some((character, length)) if chars::is_printable(character) => length as usize,
                _ => break,
            },
            _ => break,
        };
    }
    at
}

impl TextBuilder {
    /// Appends `repr` of a str, bytes or bytearray's content; `ascii`: with everything beyond ASCII escaped.
    pub(crate) fn push_quoted(&mut self, vm: &mut Vm<'_>, value: Value, ascii: bool) -> Outcome<()> {
        let mark = vm.mark();
        let is_str = vm.kind(value) == kind::STR;
        let (source, length) = vm.blob_root(value)?;
        let is_bytearray = vm.kind(vm.get(source)) == kind::RAW;
        let content = vm.bytes(vm.get(source)).get(..length as usize).unwrap_or(&[]);
        let quote = if content.contains(&b'\'') && !content.contains(&b'"') { b'"' } else { b'\'' };
        // CPython escapes the apostrophe in a bytearray whether it is the quote or not.
        let quotes = [quote, if is_bytearray { b'\'' } else { quote }];
        self.reserve(vm, length.saturating_add(2))?;
        self.push_byte(vm, quote)?;
        let mut at = 0;
        loop {
            let rest = vm.bytes(vm.get(source)).get(at as usize..length as usize).unwrap_or(&[]);
            let run = plain(rest, quotes, is_str, ascii) as u32;
            self.push_part(vm, source, at, at + run)?;
            at += run;
            let rest = vm.bytes(vm.get(source)).get(at as usize..length as usize).unwrap_or(&[]);
            let Some(byte) = rest.first().copied() else { break };
            let (character, width) = if is_str { first_char(rest).unwrap_or(('\0', 1)) } else { (byte as char, 1) };
            match byte {
                b'\\' => self.push_str(vm, "\\\\")?,
                b'\n' => self.push_str(vm, "\\n")?,
                b'\r' => self.push_str(vm, "\\r")?,
                b'\t' => self.push_str(vm, "\\t")?,
                b'\'' => self.push_str(vm, "\\'")?,
                _ => push_escape(vm, self, character as u32)?,
            }
            at += width;
        }
        self.push_byte(vm, quote)?;
        vm.release(mark);
        Ok(())
    }
}
