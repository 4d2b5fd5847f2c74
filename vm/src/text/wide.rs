//! UTF-16 and UTF-32: characters in units of two or four bytes, with or without a mark of their order in front.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::vm::{Root, Vm};
use nano_wire::value::Value;

/// Which end of a unit comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Little,
    Big,
    /// As a mark in front says; written little end first, as on the machines that CPython runs on.
    Marked,
}

/// One of the codecs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wide {
    /// Bytes of a unit: 2 or 4.
    unit: u32,
    order: Order,
}

const MARK: u32 = 0xFEFF;

const NAMES: [(u32, Order, &str); 6] = [
    (2, Order::Marked, "utf-16 utf16 u16"),
    (2, Order::Little, "utf-16-le utf-16le utf16-le"),
    (2, Order::Big, "utf-16-be utf-16be utf16-be"),
    (4, Order::Marked, "utf-32 utf32 u32"),
    (4, Order::Little, "utf-32-le utf-32le utf32-le"),
    (4, Order::Big, "utf-32-be utf-32be utf32-be"),
];

impl Wide {
    /// The codec of a name in lower case, with `-` between its parts.
    pub(super) fn named(name: &[u8]) -> Option<Self> {
        let named = |(_, _, names): &&(u32, Order, &str)| names.split(' ').any(|one| one.as_bytes() == name);
        NAMES.iter().find(named).map(|(unit, order, _)| Self { unit: *unit, order: *order })
    }

    /// As CPython's messages call it.
    pub(super) const fn name(self) -> &'static str {
        match (self.unit, self.order) {
            (2, Order::Big) => "utf-16-be",
            (2, _) => "utf-16-le",
            (_, Order::Big) => "utf-32-be",
            _ => "utf-32-le",
        }
    }

    /// Takes a mark at the start of what is decoded: the codec for the rest, and where that begins.
    pub(super) fn marked(self, bytes: &[u8]) -> (Self, u32) {
        if self.order != Order::Marked {
            return (self, 0);
        }
        for order in [Order::Little, Order::Big] {
            let codec = Self { order, ..self };
            if codec.unit_at(bytes, 0) == Some(MARK) {
                return (codec, self.unit);
            }
        }
        (Self { order: Order::Little, ..self }, 0)
    }

    fn unit_at(self, bytes: &[u8], at: usize) -> Option<u32> {
        let unit = bytes.get(at..at + self.unit as usize)?;
        let add = |sum: u32, byte: &u8| sum << 8 | u32::from(*byte);
        Some(if self.order == Order::Big { unit.iter().fold(0, add) } else { unit.iter().rev().fold(0, add) })
    }

    /// The first character and how many bytes it takes; or how many bytes are none, and why.
    pub(super) fn character(self, bytes: &[u8]) -> Result<(char, u32), (u32, &'static str)> {
        let left = bytes.len() as u32;
        let Some(first) = self.unit_at(bytes, 0) else { return Err((left, "truncated data")) };
        if self.unit == 4 {
            return match char::from_u32(first) {
                Some(character) => Ok((character, 4)),
                None if first < 0x11_0000 => Err((4, "code point in surrogate code point range(0xd800, 0xe000)")),
                None => Err((4, "code point not in range(0x110000)")),
            };
        }
        if let Some(character) = char::from_u32(first) {
            return Ok((character, 2));
        }
        if first >= 0xDC00 {
            return Err((2, "illegal encoding"));
        }
        match self.unit_at(bytes, 2) {
            None => Err((left, "unexpected end of data")),
            Some(second @ 0xDC00..=0xDFFF) => {
                let code = 0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00);
                Ok((char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER), 4))
            }
            Some(_) => Err((2, "illegal UTF-16 surrogate")),
        }
    }

    fn push(self, vm: &mut Vm<'_>, out: &mut TextBuilder, unit: u32) -> Outcome<()> {
        let bytes = unit.to_le_bytes();
        let used = bytes.get(..self.unit as usize).unwrap_or(&bytes);
        for at in 0..used.len() {
            let at = if self.order == Order::Big { used.len() - 1 - at } else { at };
            out.push_byte(vm, used.get(at).copied().unwrap_or(0))?;
        }
        Ok(())
    }

    /// A str (a root) in this encoding.
    pub(super) fn encode(self, vm: &mut Vm<'_>, text: Root) -> Outcome<Value> {
        let length = vm.length(vm.get(text));
        let mut out = TextBuilder::bytes(vm, length.saturating_add(1).saturating_mul(self.unit))?;
        if self.order == Order::Marked {
            self.push(vm, &mut out, MARK)?;
        }
        let mut at = 0;
        while let Some((character, next)) = vm.char_at(vm.get(text), at) {
            vm.work(1)?;
            if self.unit == 4 {
                self.push(vm, &mut out, character as u32)?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    self.push(vm, &mut out, u32::from(*unit))?;
                }
            }
            at = next;
        }
        Ok(out.finish_and_release(vm))
    }
}
