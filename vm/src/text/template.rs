//! `str.format` and `str.format_map`: replacement fields in a text.

use super::builder::TextBuilder;
use crate::error::Outcome;
use crate::kind::kind;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

/// Fields within fields: a specification may have fields, those may not.
const DEPTH: u32 = 2;

/// What fields refer to.
struct Sources {
    /// Arguments by position; `None` of `format_map`.
    positional: Option<Args>,
    /// The mapping of names, if there is one.
    named: Option<Root>,
    /// How fields without a number are counted.
    numbering: Numbering,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Numbering {
    Unknown,
    Automatic(u32),
    Manual,
}

/// One replacement field, as byte ranges of the text.
struct Field {
    name: (u32, u32),
    spec: (u32, u32),
    conversion: Option<char>,
    nested: bool,
}

/// `str.format(*args, **kwargs)`.
pub(super) fn format(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let has_names = vm.take_keywords_given();
    let count = args.count.saturating_sub(u32::from(has_names));
    let named = has_names.then(|| args.root(count as usize));
    let positional = Args { base: args.base, count }.from(1);
    let mut sources = Sources { positional: Some(positional), named, numbering: Numbering::Unknown };
    run(vm, args.root(0), &mut sources)
}

/// `str.format_map(mapping)`.
pub(super) fn format_map(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut sources = Sources { positional: None, named: Some(args.root(1)), numbering: Numbering::Unknown };
    run(vm, args.root(0), &mut sources)
}

fn run(vm: &mut Vm<'_>, text: Root, sources: &mut Sources) -> Outcome<Value> {
    let length = vm.length(vm.get(text));
    let mut out = TextBuilder::new(vm, length + 16)?;
    build(vm, &mut out, text, (0, length), sources, DEPTH)?;
    Ok(out.finish(vm))
}

fn byte(vm: &Vm<'_>, text: Root, at: u32) -> u8 {
    vm.bytes(vm.get(text)).get(at as usize).copied().unwrap_or(0)
}

/// Appends the text in a range with its fields replaced.
fn build(
    vm: &mut Vm<'_>,
    out: &mut TextBuilder,
    text: Root,
    range: (u32, u32),
    sources: &mut Sources,
    depth: u32,
) -> Outcome<()> {
    if depth == 0 {
        return vm.raise(Builtin::ValueError, "Max string recursion exceeded");
    }
    let (mut at, end) = range;
    while at < end {
        let rest = vm.view_part(vm.get(text), at, end);
        let run = rest.iter().position(|byte| matches!(byte, b'{' | b'}')).unwrap_or(rest.len()) as u32;
        out.push_part(vm, text, at, at + run)?;
        at += run;
        if at == end {
            break;
        }
        let brace = byte(vm, text, at);
        at += 1;
        if at < end && byte(vm, text, at) == brace {
            out.push_byte(vm, brace)?;
            at += 1;
            continue;
        }
        if brace == b'}' {
            return vm.raise(Builtin::ValueError, "Single '}' encountered in format string");
        }
        if at == end {
            return vm.raise(Builtin::ValueError, "Single '{' encountered in format string");
        }
        let (field, next) = parse_field(vm, text, at, end)?;
        let mark = vm.mark();
        replace(vm, out, text, &field, sources, depth)?;
        vm.release(mark);
        at = next;
    }
    Ok(())
}

/// Reads a field from behind its `{`; and the offset behind its `}`.
fn parse_field(vm: &mut Vm<'_>, text: Root, from: u32, end: u32) -> Outcome<(Field, u32)> {
    let mut at = from;
    let mut last = 0;
    while at < end {
        last = byte(vm, text, at);
        at += 1;
        match last {
            b'{' => return vm.raise(Builtin::ValueError, "unexpected '{' in field name"),
            b'[' => {
                while at < end && byte(vm, text, at) != b']' {
                    at += 1;
                }
            }
            b'}' | b':' | b'!' => break,
            _ => {}
        }
        last = 0;
    }
    let name = (from, at - u32::from(last != 0));
    let mut field = Field { name, spec: (at, at), conversion: None, nested: false };
    match last {
        b'}' => return Ok((field, at)),
        b'!' | b':' => {}
        _ => return vm.raise(Builtin::ValueError, "expected '}' before end of string"),
    }
    if last == b'!' {
        if at >= end {
            return vm.raise(Builtin::ValueError, "end of string while looking for conversion specifier");
        }
        let (character, next) = vm.char_at(vm.get(text), at).unwrap_or(('\0', at + 1));
        field.conversion = Some(character);
        at = next;
        if at < end {
            let behind = byte(vm, text, at);
            at += 1;
            if behind == b'}' {
                return Ok((field, at));
            }
            if behind != b':' {
                return vm.raise(Builtin::ValueError, "expected ':' after conversion specifier");
            }
        }
    }
    let start = at;
    let mut open = 1;
    while at < end {
        let next = byte(vm, text, at);
        at += 1;
        match next {
            b'{' => {
                field.nested = true;
                open += 1;
            }
            b'}' => {
                open -= 1;
                if open == 0 {
                    field.spec = (start, at - 1);
                    return Ok((field, at));
                }
            }
            _ => {}
        }
    }
    vm.raise(Builtin::ValueError, "unmatched '{' in format spec")
}

/// Appends the value of a field.
fn replace(
    vm: &mut Vm<'_>,
    out: &mut TextBuilder,
    text: Root,
    field: &Field,
    sources: &mut Sources,
    depth: u32,
) -> Outcome<()> {
    let value = vm.root(Value::UNBOUND)?;
    find(vm, text, field.name, sources, value)?;
    if let Some(conversion) = field.conversion {
        let object = vm.get(value);
        let made = match conversion {
            'r' => vm.repr(object)?,
            's' => vm.str(object)?,
            'a' => vm.ascii(object)?,
            other => {
                let other = super::spec::Code(other);
                return vm.raise_fmt(Builtin::ValueError, format_args!("Unknown conversion specifier {other}"));
            }
        };
        vm.set(value, made);
    }
    let (from, to) = field.spec;
    if from == to && !matches!(vm.kind(vm.get(value)), kind::INSTANCE | kind::EXCEPTION) {
        return out.push_str_of(vm, vm.get(value));
    }
    let spec = if field.nested {
        let mut spec = TextBuilder::new(vm, 16)?;
        build(vm, &mut spec, text, field.spec, sources, depth - 1)?;
        spec.finish(vm)
    } else {
        vm.new_part(text, from, to)?
    };
    let spec = vm.root(spec)?;
    out.push_format(vm, value, spec)
}

/// Digits from an offset on: the number they make (`None`: there are none) and the offset behind them.
fn digits(vm: &mut Vm<'_>, text: Root, from: u32, to: u32) -> Outcome<Option<u32>> {
    let mut number = 0u64;
    for at in from..to {
        let digit = byte(vm, text, at).wrapping_sub(b'0');
        if digit > 9 {
            return Ok(None);
        }
        number = number * 10 + u64::from(digit);
        if number > i64::MAX as u64 / 16 {
            return vm.raise(Builtin::ValueError, "Too many decimal digits in format string");
        }
    }
    Ok((from < to).then(|| u32::try_from(number).unwrap_or(u32::MAX)))
}

/// The object that a field's name means: `0`, `name`, `0.attribute[index]`.
fn find(vm: &mut Vm<'_>, text: Root, name: (u32, u32), sources: &mut Sources, value: Root) -> Outcome<()> {
    let (from, to) = name;
    let end_of_part = |vm: &Vm<'_>, from: u32| {
        let rest = vm.view_part(vm.get(text), from, to);
        from + rest.iter().position(|byte| matches!(byte, b'.' | b'[')).unwrap_or(rest.len()) as u32
    };
    let first_end = end_of_part(vm, from);
    let index = digits(vm, text, from, first_end)?;
    let automatic = from == first_end;
    if automatic || index.is_some() {
        let index = number_of_field(vm, automatic, index, sources)?;
        let Some(positional) = sources.positional else {
            return vm.raise(Builtin::ValueError, "Format string contains positional fields");
        };
        if index >= positional.count {
            return vm.raise_fmt(
                Builtin::IndexError,
                format_args!("Replacement index {index} out of range for positional args tuple"),
            );
        }
        let found = vm.arg(positional, index as usize);
        vm.set(value, found);
    } else {
        let key = vm.new_part(text, from, first_end)?;
        let Some(named) = sources.named else {
            return vm.raise_value(Builtin::KeyError, key);
        };
        let found = vm.get_item(vm.get(named), key)?;
        vm.set(value, found);
    }
    let mut at = first_end;
    while at < to {
        let kind = byte(vm, text, at);
        at += 1;
        if kind == b'.' {
            let end = end_of_part(vm, at);
            if end == at {
                return vm.raise(Builtin::ValueError, "Empty attribute in format string");
            }
            let name = vm.new_part(text, at, end)?;
            let found = vm.get_attr(vm.get(value), name)?;
            vm.set(value, found);
            at = end;
        } else if kind == b'[' {
            let rest = vm.view_part(vm.get(text), at, to);
            let Some(width) = rest.iter().position(|byte| *byte == b']') else {
                return vm.raise(Builtin::ValueError, "Missing ']' in format string");
            };
            let end = at + width as u32;
            if end == at {
                return vm.raise(Builtin::ValueError, "Empty attribute in format string");
            }
            let key = match digits(vm, text, at, end)? {
                Some(index) => Value::small(index.min(1 << 29) as i32).unwrap_or(Value::NONE),
                None => vm.new_part(text, at, end)?,
            };
            let found = vm.get_item(vm.get(value), key)?;
            vm.set(value, found);
            at = end + 1;
        } else {
            return vm.raise(Builtin::ValueError, "Only '.' or '[' may follow ']' in format field specifier");
        }
    }
    Ok(())
}

/// The position a field means; all are counted, or none is.
fn number_of_field(vm: &mut Vm<'_>, automatic: bool, index: Option<u32>, sources: &mut Sources) -> Outcome<u32> {
    match (sources.numbering, automatic) {
        (Numbering::Unknown, true) => {
            sources.numbering = Numbering::Automatic(1);
            Ok(0)
        }
        (Numbering::Automatic(next), true) => {
            sources.numbering = Numbering::Automatic(next + 1);
            Ok(next)
        }
        (Numbering::Unknown | Numbering::Manual, false) => {
            sources.numbering = Numbering::Manual;
            Ok(index.unwrap_or(0))
        }
        (Numbering::Manual, true) => {
            vm.raise(Builtin::ValueError, "cannot switch from manual field specification to automatic field numbering")
        }
        (Numbering::Automatic(_), false) => {
            vm.raise(Builtin::ValueError, "cannot switch from automatic field numbering to manual field specification")
        }
    }
}
