//! The module `time`, over the clocks of the host.

use super::arithmetic::multiply;
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// The native behind a function of `time`.
pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
    static MONOTONIC: Native = Native::new("monotonic", |vm, _| seconds(vm, monotonic), 0, 0).part_of(Feature::Time);
    static MONOTONIC_NS: Native =
        Native::new("monotonic_ns", |vm, _| nanoseconds(vm, monotonic), 0, 0).part_of(Feature::Time);
    static PERF_COUNTER: Native =
        Native::new("perf_counter", |vm, _| seconds(vm, monotonic), 0, 0).part_of(Feature::Time);
    static PERF_COUNTER_NS: Native =
        Native::new("perf_counter_ns", |vm, _| nanoseconds(vm, monotonic), 0, 0).part_of(Feature::Time);
    static SLEEP: Native = Native::new("sleep", sleep, 1, 1).part_of(Feature::Time);
    static TIME: Native = Native::new("time", |vm, _| seconds(vm, wall), 0, 0).part_of(Feature::Time);
    static TIME_NS: Native = Native::new("time_ns", |vm, _| nanoseconds(vm, wall), 0, 0).part_of(Feature::Time);
    Some(match builtin {
        Builtin::TimeMonotonic => &MONOTONIC,
        Builtin::TimeMonotonicNs => &MONOTONIC_NS,
        Builtin::TimePerfCounter => &PERF_COUNTER,
        Builtin::TimePerfCounterNs => &PERF_COUNTER_NS,
        Builtin::TimeSleep => &SLEEP,
        Builtin::TimeTime => &TIME,
        Builtin::TimeTimeNs => &TIME_NS,
        _ => return None,
    })
}

fn monotonic(vm: &mut Vm<'_>) -> u64 {
    vm.host.monotonic_ns()
}

fn wall(vm: &mut Vm<'_>) -> u64 {
    vm.host.wall_clock_ns()
}

fn seconds(vm: &mut Vm<'_>, clock: fn(&mut Vm<'_>) -> u64) -> Outcome<Value> {
    let now = clock(vm);
    vm.new_float(now as f64 / 1e9)
}

fn nanoseconds(vm: &mut Vm<'_>, clock: fn(&mut Vm<'_>) -> u64) -> Outcome<Value> {
    let now = clock(vm);
    vm.new_uint(now)
}

/// `sleep(seconds)`.
fn sleep(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    const NEGATIVE: &str = "sleep length must be non-negative";
    const SECOND: i64 = 1_000_000_000;
    let given = vm.arg(args, 0);
    let value = vm.held(given).unwrap_or(given);
    let nanoseconds = if vm.kind(value) == kind::FLOAT {
        let seconds = vm.float(value);
        if seconds.is_nan() {
            return vm.raise(Builtin::ValueError, "Invalid value NaN (not a number)");
        }
        if seconds < 0.0 {
            return vm.raise(Builtin::ValueError, NEGATIVE);
        }
        let nanoseconds = libm::ceil(seconds * 1e9);
        if nanoseconds >= 9_223_372_036_854_775_808.0 {
            return vm.raise(Builtin::OverflowError, "timestamp out of range for platform time_t");
        }
        nanoseconds as u64
    } else {
        let Some(seconds) = vm.index_of(value)? else {
            let value = vm.arg(args, 0);
            return vm.not_an_integer(value);
        };
        if seconds < 0 {
            return vm.raise(Builtin::ValueError, NEGATIVE);
        }
        match multiply(seconds, SECOND) {
            Some(nanoseconds) => nanoseconds as u64,
            None => {
                return vm.raise(Builtin::OverflowError, "timestamp too large to convert to C _PyTime_t");
            }
        }
    };
    vm.host.sleep_ns(nanoseconds);
    Ok(Value::NONE)
}
