//! strip and pad: strip, lstrip, rstrip, center, ljust, rjust, zfill, expandtabs.

use super::builder::TextBuilder;
use super::space::Set;
use crate::error::Outcome;
use crate::fuel::PACE;
use crate::kind::kind;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

fn strip_ends(vm: &mut Vm<'_>, args: Args, left: bool, right: bool) -> Outcome<Value> {
    let (text, set) = (vm.arg(args, 0), vm.arg(args, 1));
    let is_str = vm.is_str(text);
    let space = set.is_unbound() || set == Value::NONE;
    if !space && is_str && !vm.is_text_argument(args, 1, true) {
        let method = match (left, right) {
            (true, true) => "strip",
            (true, false) => "lstrip",
            _ => "rstrip",
        };
        return vm.raise_fmt(Builtin::TypeError, format_args!("{method} arg must be None or str"));
    }
    if !space {
        vm.same_kind_argument(args, 1)?;
    }
    let set = vm.arg(args, 1);
    let (mut from, mut to) = (0, vm.blob(text).1 as usize);
    // Each character is looked for among the members: as many at a time as that can be paid for.
    let steps = 1 + vm.blob(set).1 / 8;
    let most = (PACE / steps).max(1) as usize;
    for (wanted, back) in [(left, false), (right, true)] {
        while wanted && from < to {
            let (bytes, members) = (vm.view(text), vm.view(set));
            let set = match (space, is_str) {
                (true, _) => vm.spaces_of(text),
                (false, true) => Set::Chars(crate::raw::text(members)),
                (false, false) => Set::Bytes(members),
            };
            let gone = if back {
                to - set.skip_some_back(bytes, to, true, most).max(from)
            } else {
                set.skip_some(bytes, from, true, most) - from
            };
            if gone == 0 {
                break;
            }
            (from, to) = if back { (from, to - gone) } else { (from + gone, to) };
            vm.work((gone as u32).saturating_mul(steps))?;
        }
    }
    vm.part(args.root(0), from as u32, to as u32)
}

pub(super) fn strip(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    strip_ends(vm, args, true, true)
}

pub(super) fn lstrip(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    strip_ends(vm, args, true, false)
}

pub(super) fn rstrip(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    strip_ends(vm, args, false, true)
}

impl Vm<'_> {
    /// The character that fills, argument 2 of the methods that justify.
    fn fill_argument(&mut self, args: Args, method: &str) -> Outcome<char> {
        let fill = self.arg(args, 2);
        if fill.is_unbound() {
            return Ok(' ');
        }
        let is_str = self.is_str(self.arg(args, 0));
        let (given, fill) = (fill, self.plain(fill));
        if !is_str {
            if self.is_bytes_like(fill)
                && let [byte] = *self.view(fill)
            {
                return Ok(byte as char);
            }
            let name = self.given_name(given);
            return self.raise_fmt(
                Builtin::TypeError,
                format_args!("{method}() argument 2 must be a byte string of length 1, not {name}"),
            );
        }
        if !self.is_str(fill) {
            return self.raise_type("The fill character must be a unicode character, not {}", given);
        }
        let mut chars = self.text(fill).chars();
        match (chars.next(), chars.next()) {
            (Some(fill), None) => Ok(fill),
            _ => self.raise(Builtin::TypeError, "The fill character must be exactly one character long"),
        }
    }

    /// Argument 0 with `left` and `right` fill characters beside it.
    fn padded(&mut self, args: Args, left: i64, right: i64, fill: char) -> Outcome<Value> {
        let text = args.root(0);
        let (source, length) = self.blob_root(self.get(text))?;
        if left <= 0 && right <= 0 {
            return self.part(text, 0, length);
        }
        let (Ok(left), Ok(right)) = (u32::try_from(left.max(0)), u32::try_from(right.max(0))) else {
            return self.memory_error();
        };
        let is_str = self.is_str(self.get(text));
        let width = if is_str { fill.len_utf8() as u64 } else { 1 };
        let total = (u64::from(left) + u64::from(right)) * width + u64::from(length);
        let Ok(total) = u32::try_from(total) else { return self.memory_error() };
        let mut out = if is_str { TextBuilder::new(self, total)? } else { TextBuilder::bytes(self, total)? };
        out.push_fill(self, fill, left)?;
        out.push_part(self, source, 0, length)?;
        out.push_fill(self, fill, right)?;
        let made = out.finish(self);
        self.as_kind_of(text, made)
    }

    /// Fill characters that are missing from the width in argument 1.
    fn missing(&mut self, args: Args) -> Outcome<i64> {
        let width = self.integer_argument(self.arg(args, 1))?;
        Ok(width.saturating_sub(i64::from(self.text_length(self.arg(args, 0)))).max(0))
    }
}

impl TextBuilder {
    /// Appends a character many times, to bytes as the one byte it is.
    fn push_fill(&mut self, vm: &mut Vm<'_>, fill: char, count: u32) -> Outcome<()> {
        if self.is_text() || fill.is_ascii() {
            return self.push_repeated(vm, fill, count);
        }
        for _ in 0..count {
            self.push_byte(vm, fill as u8)?;
        }
        Ok(())
    }
}

pub(super) fn center(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let missing = vm.missing(args)?;
    let fill = vm.fill_argument(args, "center")?;
    let width = missing.saturating_add(i64::from(vm.text_length(vm.arg(args, 0))));
    // CPython puts the odd one to the left where the width is odd.
    let left = missing / 2 + (missing & width & 1);
    vm.padded(args, left, missing - left, fill)
}

pub(super) fn ljust(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let missing = vm.missing(args)?;
    let fill = vm.fill_argument(args, "ljust")?;
    vm.padded(args, 0, missing, fill)
}

pub(super) fn rjust(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let missing = vm.missing(args)?;
    let fill = vm.fill_argument(args, "rjust")?;
    vm.padded(args, missing, 0, fill)
}

pub(super) fn zfill(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let missing = vm.missing(args)?;
    let made = vm.padded(args, missing, 0, '0')?;
    if missing > 0 {
        // The sign goes before the zeros. Nothing is shared yet: the text was just made.
        let store = if vm.kind(made) == kind::BYTEARRAY { vm.field(made, 1) } else { made };
        let bytes = vm.bytes_mut(store);
        if let Some(sign) = bytes.get(missing as usize).copied()
            && matches!(sign, b'+' | b'-')
        {
            for (at, byte) in [(missing as usize, b'0'), (0, sign)] {
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
        }
    }
    Ok(made)
}

pub(super) fn expandtabs(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let size = vm.integer_or(vm.arg(args, 1), 8)?;
    let size = u32::try_from(size.clamp(0, 1 << 30)).unwrap_or(0);
    let text = args.root(0);
    let (source, length) = vm.blob_root(vm.get(text))?;
    let is_str = vm.is_str(vm.get(text));
    let mut out = if is_str { TextBuilder::new(vm, length)? } else { TextBuilder::bytes(vm, length)? };
    let (mut column, mut from) = (0u32, 0);
    for at in 0..length {
        vm.work(1)?;
        let byte = vm.bytes(vm.get(source)).get(at as usize).copied().unwrap_or(0);
        if byte == b'\t' {
            out.push_part(vm, source, from, at)?;
            from = at + 1;
            if size > 0 {
                let gap = size - column % size;
                out.push_repeated(vm, ' ', gap)?;
                column = column.wrapping_add(gap);
            }
        } else if matches!(byte, b'\n' | b'\r') {
            column = 0;
        } else if !is_str || super::view::is_start(byte) {
            column = column.wrapping_add(1);
        }
    }
    out.push_part(vm, source, from, length)?;
    let made = out.finish(vm);
    vm.as_kind_of(text, made)
}
