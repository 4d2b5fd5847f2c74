//! Times programs of the benchmark corpus on IoTPy: `corpus FILE.. [--stress]`.
use nano_compiler::{Options, Package, compile};
use nano_tests::Collector;
use nano_vm::{Aligned, Instance, Limits, Module};
use std::time::Instant;

fn main() {
    for file in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&file).expect("readable");
        let compiled = compile(&Package::single(&file, &text), &Options { main: true }).expect("compiles");
        let module = Module::load(Aligned::new(&compiled.module)).expect("verified");
        let mut instance = Instance::new(module, 64 << 10, Limits::default());
        let mut host = Collector::default();
        let first = instance.bench(&mut host, "bench", 1);
        let mut best = f64::MAX;
        let mut count = 1u32;
        let begin = Instant::now();
        while begin.elapsed().as_millis() < 300 {
            let now = Instant::now();
            let _ = instance.bench(&mut host, "bench", count);
            let took = now.elapsed().as_secs_f64();
            best = best.min(took / f64::from(count));
            if took < 0.01 {
                count *= 2;
            }
        }
        println!(
            "{file}: {:.2} us, {} instructions, {} bytes, {:?}",
            best * 1e6,
            first.instructions,
            compiled.module.len(),
            first.result
        );
    }
}
