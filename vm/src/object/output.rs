//! `print`: text for the host, a line at a time.

use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Root, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

const PRINT: Native = Native::any_keywords("print", print, 0, 255);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    if builtin == Builtin::Print { Some(&PRINT) } else { None }
}

fn print(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let mut args = args;
    let (mut separator, mut end, mut file) = (None, None, None);
    if vm.take_keywords_given() {
        let keywords = args.root(args.len().saturating_sub(1));
        args = Args { base: args.base, count: args.count.saturating_sub(1) };
        let mut at = 0;
        while let Some((next, name, item)) = vm.dict_entry(vm.get(keywords), at) {
            at = next;
            let text = vm.name_line(name);
            match text.as_str() {
                "sep" | "end" => {
                    let place = if text.as_str() == "sep" { &mut separator } else { &mut end };
                    if item != Value::NONE {
                        if vm.kind(item) != kind::STR {
                            let given = vm.type_name(item);
                            return vm.raise_fmt(
                                Builtin::TypeError,
                                format_args!("{text} must be None or a string, not {given}"),
                            );
                        }
                        *place = Some(vm.root(item)?);
                    }
                }
                "flush" => {}
                "file" if item == Value::NONE => {}
                "file" => file = Some(vm.root(item)?),
                other => {
                    return vm.raise_fmt(
                        Builtin::TypeError,
                        format_args!("'{other}' is an invalid keyword argument for print()"),
                    );
                }
            }
        }
    }
    if let Some(file) = file {
        return print_to(vm, args, separator, end, file);
    }
    for index in 0..args.len() {
        if index > 0 {
            write(vm, separator, " ");
        }
        let value = vm.arg(args, index);
        let text = vm.str(value)?;
        emit(vm, text);
    }
    write(vm, end, "\n");
    Ok(Value::NONE)
}

/// `print(.., file=file)`: calls of its `write`.
fn print_to(vm: &mut Vm<'_>, args: Args, separator: Option<Root>, end: Option<Root>, file: Root) -> Outcome<Value> {
    let name = vm.new_str("write")?;
    let file = vm.get(file);
    let method = vm.get_attr(file, name)?;
    let method = vm.root(method)?;
    for index in 0..=args.len() {
        let mark = vm.mark();
        let joint = if index == args.len() { end } else { separator };
        if index > 0 || index == args.len() {
            let text = match joint {
                Some(text) => vm.get(text),
                None => vm.new_str(if index == args.len() { "\n" } else { " " })?,
            };
            let write = vm.get(method);
            vm.call1(write, text)?;
        }
        if index < args.len() {
            let value = vm.arg(args, index);
            let text = vm.str(value)?;
            let write = vm.get(method);
            vm.call1(write, text)?;
        }
        vm.release(mark);
    }
    Ok(Value::NONE)
}

fn write(vm: &mut Vm<'_>, text: Option<Root>, default: &str) {
    match text {
        Some(root) => {
            let value = vm.get(root);
            emit(vm, value);
        }
        None => vm.host.print(default),
    }
}

fn emit(vm: &mut Vm<'_>, text: Value) {
    // The host and the text are different parts of the machine; a field borrow keeps both at hand.
    let Vm { mem, image, host, .. } = vm;
    let bytes = crate::vm::text_bytes(mem, image, text);
    host.print(crate::raw::text(bytes));
}
