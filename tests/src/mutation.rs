//! Modules with damage: what `Module::load` accepts must run without a panic, within its fuel and its arena.

use crate::Collector;
use nano_compiler::{Options, Package, compile};
use nano_vm::{Aligned, Failure, Instance, Limits, Module, Stop};
use nano_wire::module::with_snapshot;

/// Instructions a mutant may execute.
const FUEL: u64 = 3_000;
const ARENA: usize = 12 << 10;

/// xorshift64*: the same seed gives the same mutants.
#[derive(Clone, Copy, Debug)]
pub struct Random(pub u64);

impl Random {
    /// The numbers of one case of many.
    #[must_use]
    pub fn seeded(seed: u64, case: u64) -> Self {
        let mut random = Self((seed << 32) + case + 1);
        // Near seeds begin alike.
        for _ in 0..4 {
            random.number();
        }
        random
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        (self.number() >> 33) as usize % bound.max(1)
    }
}

/// What became of mutants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Refused by `Module::load`.
    pub refused: u64,
    /// Loaded and run to some end.
    pub ran: u64,
    /// Of those, stopped by fuel.
    pub fuel: u64,
}

/// Compiles sources; of each that has one, also the module with its snapshot.
///
/// # Panics
/// When one does not compile.
pub fn seeds(sources: &[String]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for source in sources {
        let compiled = compile(&Package::single("seed.py", source), &Options::default()).expect("compiles");
        let module = Module::load(Aligned::new(&compiled.module)).expect("verified");
        if let Ok(words) = module.snapshot(256 << 10, Limits { fuel: 10_000_000, ..Limits::default() }) {
            all.push(with_snapshot(&compiled.module, &words).expect("a module"));
        }
        all.push(compiled.module);
    }
    all
}

/// Damages a module: bits, bytes, words, and words that look like others of it.
pub fn mutate(seed: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) * random.below(2) {
        let word = random.below(bytes.len() / 4) * 4;
        match random.below(6) {
            0 => bytes[word] ^= 1 << random.below(8),
            1 => {
                let at = random.below(bytes.len());
                bytes[at] = random.number() as u8;
            }
            2 => {
                let from = random.below(bytes.len() / 4) * 4;
                let copied: [u8; 4] = bytes[from..from + 4].try_into().expect("four bytes");
                bytes[word..word + 4].copy_from_slice(&copied);
            }
            3 => {
                let value = u32::from_le_bytes(bytes[word..word + 4].try_into().expect("four bytes"));
                let near = value.wrapping_add([4, 1, 2, 8, 256, u32::MAX, u32::MAX - 3][random.below(7)]);
                bytes[word..word + 4].copy_from_slice(&near.to_le_bytes());
            }
            4 => {
                let at = word + 1 + random.below(3);
                bytes[at] = random.below(24) as u8;
            }
            _ => {
                let special = [0u32, 1, 3, 0x8000_0002, 0x8000_0006, u32::MAX, 0x4000_0002];
                bytes[word..word + 4].copy_from_slice(&special[random.below(special.len())].to_le_bytes());
            }
        }
    }
    bytes
}

/// Loads a module, and runs what is accepted.
pub fn run(bytes: &[u8], tally: &mut Tally) {
    let Ok(module) = Module::load(Aligned::new(bytes)) else {
        tally.refused += 1;
        return;
    };
    let mut instance = Instance::new(module, ARENA, Limits { fuel: FUEL, ..Limits::default() });
    let first = instance.run_main(&mut Collector::default());
    let second = instance.bench(&mut Collector::default(), "bench", 1);
    for invocation in [first, second] {
        assert!(invocation.instructions <= FUEL + 1, "{} instructions", invocation.instructions);
        tally.fuel += u64::from(invocation.result == Err(Failure::Stopped(Stop::Fuel)));
    }
    if let Some(words) = instance.checkpoint() {
        let module = instance.module().clone();
        let resumed = Instance::resume(module, 2 * ARENA, Limits { fuel: FUEL, ..Limits::default() }, &words);
        assert!(resumed.is_some(), "what was taken is accepted");
    }
    tally.ran += 1;
}
