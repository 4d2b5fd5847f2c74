//! Methods about upper and lower case, and the predicates (isalpha, isdigit, ..).

use super::builder::TextBuilder;
use super::chars;
use super::space;
use crate::error::Outcome;
use crate::features::FEATURES;
use crate::raw;
use crate::vm::{Args, Vm};
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// What a character becomes, of what is before it in its word.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    Upper,
    Lower,
    Swap,
    Fold,
    /// The first letter of each word.
    Title,
    /// The first letter of the text.
    Capitalize,
}

fn change(vm: &mut Vm<'_>, args: Args, change: Change) -> Outcome<Value> {
    let text = args.root(0);
    if vm.is_wide(vm.get(text)) {
        return change_wide(vm, args, change);
    }
    let (source, length) = vm.blob_root(vm.get(text))?;
    let is_str = vm.is_str(vm.get(text));
    let mut out = if is_str { TextBuilder::new(vm, length)? } else { TextBuilder::bytes(vm, length)? };
    out.push_part(vm, source, 0, length)?;
    vm.work(length / 4)?;
    let bytes = out.written_mut(vm);
    match change {
        Change::Upper => bytes.make_ascii_uppercase(),
        Change::Lower | Change::Fold => bytes.make_ascii_lowercase(),
        Change::Swap => {
            for byte in bytes {
                *byte ^= u8::from(byte.is_ascii_alphabetic()) << 5;
            }
        }
        Change::Title | Change::Capitalize => {
            let mut inside = false;
            for byte in bytes {
                *byte = if inside { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
                inside = change == Change::Capitalize || byte.is_ascii_alphabetic();
            }
        }
    }
    let made = out.finish(vm);
    vm.as_kind_of(text, made)
}

fn change_wide(vm: &mut Vm<'_>, args: Args, change: Change) -> Outcome<Value> {
    check_known(vm, args)?;
    if !FEATURES.has(Feature::Unicode) {
        return Ok(Value::NONE);
    }
    let length = vm.length(vm.arg(args, 0));
    let mut out = TextBuilder::new(vm, length)?;
    let (mut at, mut inside) = (0, false);
    while let Some((character, next)) = vm.char_at(vm.arg(args, 0), at) {
        vm.work(1)?;
        let lower = match change {
            Change::Upper | Change::Fold => false,
            Change::Lower => true,
            Change::Swap => chars::is_upper(character),
            Change::Title | Change::Capitalize => inside,
        };
        let mapped = match change {
            Change::Fold => chars::fold(character),
            Change::Swap if !lower && !chars::is_lower(character) => [character, '\0', '\0'],
            _ if lower && character == 'Σ' => {
                let bytes = vm.bytes(vm.arg(args, 0));
                let before = raw::text(bytes.get(..at as usize).unwrap_or(&[]));
                let behind = raw::text(bytes.get(next as usize..).unwrap_or(&[]));
                [if chars::is_final_sigma(before, behind) { 'ς' } else { 'σ' }, '\0', '\0']
            }
            _ if lower => chars::lower(character),
            Change::Title | Change::Capitalize => chars::title(character),
            _ => chars::upper(character),
        };
        for (index, character) in mapped.into_iter().enumerate() {
            if index == 0 || character != '\0' {
                out.push_char(vm, character)?;
            }
        }
        inside = change == Change::Capitalize || chars::is_cased(character);
        at = next;
    }
    Ok(out.finish(vm))
}

pub(super) fn upper(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    change(vm, args, Change::Upper)
}

pub(super) fn lower(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    change(vm, args, Change::Lower)
}

pub(super) fn swapcase(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    change(vm, args, Change::Swap)
}

pub(super) fn casefold(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    change(vm, args, Change::Fold)
}

pub(super) fn title(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    change(vm, args, Change::Title)
}

pub(super) fn capitalize(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    change(vm, args, Change::Capitalize)
}

/// Fails for text beyond ASCII where this VM knows none of it.
fn check_known(vm: &mut Vm<'_>, args: Args) -> Outcome<()> {
    if !FEATURES.has(Feature::Unicode) && vm.is_str(vm.arg(args, 0)) && vm.is_wide(vm.arg(args, 0)) {
        return vm.lacks(Feature::Unicode as u8);
    }
    Ok(())
}

/// The characters of a str, or the bytes of a bytes-like (those from 128 as a character that is nothing in particular).
fn characters(vm: &Vm<'_>, value: Value) -> impl Iterator<Item = char> {
    let is_str = vm.is_str(value);
    let bytes = vm.view(value);
    let wide = if is_str { raw::text(bytes) } else { "" };
    let narrow = if is_str { &[][..] } else { bytes };
    wide.chars().chain(narrow.iter().map(|byte| if *byte < 128 { *byte as char } else { '\u{80}' }))
}

/// Not empty, and of nothing but such characters?
fn all(vm: &mut Vm<'_>, args: Args, test: impl Fn(char) -> bool) -> Outcome<Value> {
    check_known(vm, args)?;
    let value = vm.arg(args, 0);
    let other = characters(vm, value).position(|character| !test(character));
    let length = vm.blob(value).1;
    vm.work(other.map_or(length, |at| at as u32))?;
    Ok(Value::bool(length > 0 && other.is_none()))
}

pub(super) fn isalpha(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    all(vm, args, chars::is_letter)
}

pub(super) fn isalnum(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    all(vm, args, |character| chars::is_letter(character) || chars::is_numeric(character))
}

pub(super) fn isdecimal(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    all(vm, args, |character| chars::decimal_digit(character).is_some())
}

pub(super) fn isdigit(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    all(vm, args, chars::is_digit)
}

pub(super) fn isnumeric(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    all(vm, args, chars::is_numeric)
}

pub(super) fn isspace(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let is_str = vm.is_str(vm.arg(args, 0));
    all(vm, args, |character| if is_str { space::is_space(character) } else { matches!(character, ' ' | '\t'..='\r') })
}

pub(super) fn isprintable(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.work(vm.length(vm.arg(args, 0)))?;
    let printable = vm.text(vm.arg(args, 0)).chars().all(chars::is_printable);
    Ok(Value::bool(printable))
}

pub(super) fn isascii(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    vm.work_on(vm.blob(vm.arg(args, 0)).1)?;
    Ok(Value::bool(vm.view(vm.arg(args, 0)).is_ascii()))
}

pub(super) fn isidentifier(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    check_known(vm, args)?;
    vm.work(vm.length(vm.arg(args, 0)))?;
    let mut characters = vm.text(vm.arg(args, 0)).chars();
    let starts = characters.next().is_some_and(chars::starts_identifier);
    Ok(Value::bool(starts && characters.all(chars::continues_identifier)))
}

pub(super) fn isupper(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    of_case(vm, args, true)
}

pub(super) fn islower(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    of_case(vm, args, false)
}

/// Is there a letter with case, and all of them of this one?
fn of_case(vm: &mut Vm<'_>, args: Args, upper: bool) -> Outcome<Value> {
    check_known(vm, args)?;
    vm.work(vm.blob(vm.arg(args, 0)).1)?;
    let mut found = false;
    for character in characters(vm, vm.arg(args, 0)) {
        let (wanted, other) = if upper {
            (chars::is_upper(character), chars::is_lower(character))
        } else {
            (chars::is_lower(character), chars::is_upper(character))
        };
        if other || chars::is_title(character) {
            return Ok(Value::FALSE);
        }
        found |= wanted;
    }
    Ok(Value::bool(found))
}

pub(super) fn istitle(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    check_known(vm, args)?;
    vm.work(vm.blob(vm.arg(args, 0)).1)?;
    let (mut found, mut inside) = (false, false);
    for character in characters(vm, vm.arg(args, 0)) {
        if chars::is_upper(character) || chars::is_title(character) {
            if inside {
                return Ok(Value::FALSE);
            }
            (found, inside) = (true, true);
        } else if chars::is_lower(character) {
            if !inside {
                return Ok(Value::FALSE);
            }
            found = true;
        } else {
            inside = false;
        }
    }
    Ok(Value::bool(found))
}
