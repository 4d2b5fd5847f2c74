//! What `boto3` and `input` ask the host: services beside the function, and standard input.

use crate::error::Outcome;
use crate::host::ServiceRequest;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use alloc::string::String;
use alloc::vec::Vec;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

const REQUEST: Native = Native::new("request", request, 5, 5).part_of(Feature::Services);
const READ_LINE: Native = Native::new("read_line", read_line, 0, 0).part_of(Feature::Services);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    Some(match builtin {
        Builtin::MachineRequest => &REQUEST,
        Builtin::MachineReadLine => &READ_LINE,
        _ => return None,
    })
}

/// (service, method, target, headers, body): (status, headers, body). OSError where the host has no such service.
fn request(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let is_fine = (0..4).all(|index| vm.kind(vm.arg(args, index)) == kind::STR);
    if !is_fine || vm.kind(vm.arg(args, 4)) != kind::BYTES {
        return vm.raise(Builtin::TypeError, "request() takes four str and bytes");
    }
    let text = |vm: &Vm<'_>, index| String::from(vm.text(vm.arg(args, index)));
    let (service, method, target, headers) = (text(vm, 0), text(vm, 1), text(vm, 2), text(vm, 3));
    let body = vm.arg(args, 4);
    let body: Vec<u8> = vm.bytes(body).get(..vm.length(body) as usize).unwrap_or(&[]).into();
    let asked = ServiceRequest { service: &service, method: &method, target: &target, headers: &headers, body: &body };
    let Ok(answer) = vm.host.request(&asked) else {
        return vm.raise_fmt(Builtin::OSError, format_args!("there is no service '{service}' here"));
    };
    drop(body);
    let mark = vm.mark();
    let headers = vm.new_str(&answer.headers)?;
    let headers = vm.root(headers)?;
    let body = vm.new_bytes(&answer.body)?;
    let headers = vm.get(headers);
    let parts = vm.root_all(&[Value::small_unchecked(i32::from(answer.status)), headers, body])?;
    let made = vm.new_tuple(parts)?;
    vm.release(mark);
    Ok(made)
}

/// A line of standard input; None behind the last.
fn read_line(vm: &mut Vm<'_>, _: Args) -> Outcome<Value> {
    match vm.host.read_line() {
        Some(line) => vm.new_str(&line),
        None => Ok(Value::NONE),
    }
}
