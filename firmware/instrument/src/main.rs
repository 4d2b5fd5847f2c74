//! Measures on the lx106 core, in the simulator: the interpreter, capabilities, the runtime's whole path.
//!
//! Requests come on the simulator's standard input, a line each, and answers go to its standard output;
//! `nano bench --target lx106` speaks with it.
//!
//! ```text
//! vm ARENA REPEAT BYTES     a module of so many bytes follows; its `bench` is called once, then REPEAT times
//! main ARENA BYTES          a module of so many bytes follows; runs it as a program, with what it prints
//! stress ARENA BYTES        the same, and everything moves at every allocation
//! collect FUNCTION ARENA BYTES     a module of so many bytes follows; its handler FUNCTION is invoked, then a collection counted
//! caps                      capability operations
//! vectors                   the published vectors of the capability format
//! version                   what it speaks: the number of these requests, and of the instruction set
//! path HANDLER MEMORY EVERY BYTES RECORDS     a module, and as many bytes of records, a line each: one event
//! ```
#![no_std]
#![no_main]

extern crate alloc;

mod caps;
mod path;
mod request;
mod stopwatch;
mod vectors;
mod vm;

use core::fmt::Write;
use nano_instrument as _;
use nano_lx106::heap;
use nano_lx106::simulator::{self, Console};
use request::{Request, next};

/// Called by `start.S` on a fresh stack.
// SAFETY: the name is unique; `start.S` passes nothing.
#[unsafe(no_mangle)]
extern "C" fn instrument_main() -> ! {
    heap::start();
    while let Some(request) = next() {
        match request {
            Request::Vm { arena, repeat, module } => vm::run(&module, arena, repeat),
            Request::Main { arena, stress, module } => vm::run_main(&module, arena, stress),
            Request::Collect { function, arena, module } => vm::run_collection(&module, &function, arena),
            Request::Caps => caps::run(),
            Request::Vectors => vectors::run(),
            Request::Path(path) => path::run(&path),
            Request::Version => {
                let [requests, isa] = nano_wire::instrument::SPEAKS;
                let _ = writeln!(Console, "version {requests} {isa}");
            }
            Request::Unknown => {
                let _ = writeln!(Console, "error unknown request");
            }
        }
        let _ = writeln!(Console, "end");
    }
    simulator::exit(0)
}
