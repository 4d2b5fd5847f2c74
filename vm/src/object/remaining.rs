//! `context.get_remaining_time_in_millis()`.

use crate::error::Outcome;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::value::Value;

const REMAINING: Native = Native::new("get_remaining_time_in_millis", remaining, 0, 0);

pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    if builtin == Builtin::DeviceRemainingTime { Some(&REMAINING) } else { None }
}

/// Without a limit: 15 minutes, the longest an AWS Lambda function may run.
fn remaining(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let _ = args;
    let left = vm.host.remaining_ms().unwrap_or(900_000);
    vm.new_uint(left)
}
