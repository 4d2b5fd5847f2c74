//! The same seed gives the same trace, to the byte, whatever happens on the way.

use crate::bench::Bench;
use nano_caps::Op;
use nano_device::Source;

/// The handler of the paper's Figure 3.
const LIGHTS: &str = "import device\n\ndef handler(payload, ctx):\n    if payload[0] < 100:\n        device.set_pin_high(2)\n    else:\n        device.set_pin_low(2)\n    return payload\n";

/// splitmix64.
struct Rng(u64);

impl Rng {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (z ^ (z >> 31)) % bound
    }
}

fn trace(seed: u64) -> String {
    let mut rng = Rng(seed);
    let mut bench = Bench::new();
    let log = bench.light();
    bench.outside.borrow_mut().adc.extend((0..400).map(|_| rng.below(1024) as u32));
    bench.edge.loses = Some(|number| number % 4 == 1);
    bench.edge.result = Some("1");
    bench.deploy(log, "lamp", LIGHTS);
    bench.runtime.sample(log.0, log.1, Source::Adc(0), 50_000).unwrap();
    for round in 0..40 {
        match rng.below(6) {
            0 => {
                bench.deploy(log, "lamp", &format!("{LIGHTS}\nround = {round}\n"));
            }
            1 => {
                bench.must(Op::Exec, log.0, log.1, b"[7]");
            }
            2 => bench.push(nano_device::Port(1), &[1, 2, 3, 0]),
            3 => {
                let unlinked = bench.outside.borrow().unlinked;
                bench.outside.borrow_mut().unlinked = !unlinked;
            }
            _ => bench.run(rng.below(400_000)),
        }
    }
    let outside = bench.outside.borrow();
    format!("{}\n{}\n{:?}", outside.trace.join("\n"), outside.console, outside.flash)
}

#[test]
fn same_seed_same_trace() {
    for seed in 1..=3 {
        let (first, second) = (trace(seed), trace(seed));
        assert!(first.lines().count() > 50);
        assert_eq!(first, second);
    }
    assert_ne!(trace(1), trace(2));
}
