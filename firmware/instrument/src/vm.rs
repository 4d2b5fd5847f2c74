//! A module's `bench`, counted.

use crate::stopwatch::count;
use core::fmt::Write;
use nano_lx106::simulator::Console;
use nano_vm::{Aligned, Collected, Event, Failure, Host, Instance, Invocation, Limits, Module, NoHost};

/// Loads the module and calls its `bench` once, then `repeat` times; prints what each came to.
pub fn run(module: &[u8], arena: usize, repeat: u32) {
    let (loaded, load) = count(|| Module::load(Aligned::new(module)));
    let module = match loaded {
        Ok(module) => module,
        Err(error) => {
            let _ = writeln!(Console, "failed {error}");
            return;
        }
    };
    let Some(mut instance) = instance(module, arena, Limits::default()) else { return };
    // The first call also runs the top level and fills the inline caches.
    let (first, cold) = count(|| instance.bench(&mut NoHost, "bench", 1));
    if !succeeded(&first) {
        return;
    }
    let (second, warm) = count(|| instance.bench(&mut NoHost, "bench", repeat));
    if !succeeded(&second) {
        return;
    }
    let _ = writeln!(Console, "load {load}\ncold {cold}\nwarm {warm}");
    let _ = writeln!(Console, "bytecodes {}\npeak {}", second.instructions, second.heap_peak_bytes);
    let _ = writeln!(Console, "result {}", second.result.unwrap_or_default());
}

/// An instance, or a line about what there is no memory for.
fn instance(module: Module<Aligned>, arena: usize, limits: Limits) -> Option<Instance<Aligned>> {
    Instance::try_new(module, arena, limits)
        .map_err(|shortage| {
            let _ = writeln!(Console, "failed {shortage}");
        })
        .ok()
}

/// Loads the module and invokes a handler of it, then counts a collection of what it left.
pub fn run_collection(module: &[u8], function: &str, arena: usize) {
    let module = match Module::load(Aligned::new(module)) {
        Ok(module) => module,
        Err(error) => {
            let _ = writeln!(Console, "failed {error}");
            return;
        }
    };
    let Some(mut instance) = instance(module, arena, Limits::default()) else { return };
    if !succeeded(&instance.invoke(&mut NoHost, function, Event::Json("null"))) {
        return;
    }
    let (collected, instructions) = count(|| instance.collect(&mut NoHost));
    if let Some(Collected { before, after }) = collected {
        let _ = writeln!(Console, "collect {instructions}\nbefore {before}\nafter {after}");
    }
}

/// Everything printed goes to the simulator's output.
struct Printer;

impl Host for Printer {
    fn print(&mut self, text: &str) {
        let _ = Console.write_str(text);
    }

    fn print_error(&mut self, _: &str) {}
}

/// Loads the module and runs it as a program, under `stress` as [`Limits`] has it; prints what it prints.
pub fn run_main(module: &[u8], arena: usize, stress: bool) {
    match Module::load(Aligned::new(module)) {
        Ok(module) => {
            let Some(mut instance) = instance(module, arena, Limits { stress, ..Limits::default() }) else { return };
            let invocation = instance.run_main(&mut Printer);
            instance.end(&mut Printer);
            succeeded(&invocation);
        }
        Err(error) => {
            let _ = writeln!(Console, "failed {error}");
        }
    }
}

fn succeeded(invocation: &Invocation) -> bool {
    let _ = match &invocation.result {
        Ok(_) => return true,
        Err(Failure::Exception(exception)) => writeln!(Console, "failed {}: {}", exception.class, exception.message),
        Err(failure) => writeln!(Console, "failed {failure:?}"),
    };
    false
}
