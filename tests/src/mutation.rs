//! Modules with damage: what `Module::load` accepts must run without a panic, within its fuel and its arena.

use crate::Collector;
use nano_compiler::{Options, Package, compile};
use nano_vm::{Aligned, Failure, Instance, Invocation, Limits, LoadError, Module, Stop};
use nano_wire::module::with_snapshot;
use std::path::{Path, PathBuf};

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

impl Tally {
    /// Adds what became of one.
    pub fn count(&mut self, fate: &Fate) {
        match fate {
            Fate::Refused(_) => self.refused += 1,
            Fate::Ran(runs) => {
                self.ran += 1;
                let stopped = runs.iter().filter(|run| run.result == Err(Failure::Stopped(Stop::Fuel)));
                self.fuel += stopped.count() as u64;
            }
        }
    }
}

/// What became of a mutant.
#[derive(Clone, Debug)]
pub enum Fate {
    /// `Module::load` refused it.
    Refused(LoadError),
    /// What its top level came to, and its function `bench`.
    Ran(Box<[Invocation; 2]>),
}

/// The programs that mutants are made of: those of `bench/corpus` and `tests/hostile`.
///
/// # Panics
/// When a folder is not where it was.
pub fn programs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = ["../bench/corpus", "hostile"]
        .into_iter()
        .flat_map(|folder| std::fs::read_dir(root.join(folder)).expect("a folder").flatten().map(|entry| entry.path()));
    let mut programs: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "py")).collect();
    programs.sort();
    programs
}

/// A program's module, whole.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The program's name; with a `+` behind it where the module has a snapshot.
    pub name: String,
    /// As it travels.
    pub module: Vec<u8>,
}

/// The modules of [`programs`], without and with snapshots.
///
/// # Panics
/// When one does not compile.
pub fn seeds() -> Vec<Seed> {
    let mut all = Vec::new();
    for path in programs() {
        let source = std::fs::read_to_string(&path).expect("readable");
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        let compiled = compile(&Package::single("seed.py", &source), &Options::default()).expect("compiles");
        let module = Module::load(Aligned::new(&compiled.module)).expect("verified");
        let words = module.snapshot(256 << 10, Limits { fuel: 10_000_000, ..Limits::default() }).expect("a snapshot");
        let started = with_snapshot(&compiled.module, &words).expect("a module");
        all.push(Seed { name: format!("{name}+"), module: started });
        all.push(Seed { name, module: compiled.module });
    }
    all
}

/// Damages a module or its image: bits, bytes, words, and words that look like others of it.
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

/// Loads a module, and runs what is accepted; with `stress`, everything moves at every allocation meanwhile.
///
/// # Panics
/// When what is accepted runs beyond its fuel, or what it leaves behind is not taken back: both are faults of the VM.
pub fn run(bytes: &[u8], stress: bool) -> Fate {
    let module = match Module::load(Aligned::new(bytes)) {
        Ok(module) => module,
        Err(error) => return Fate::Refused(error),
    };
    let limits = Limits { fuel: FUEL, stress, ..Limits::default() };
    let mut instance = Instance::new(module, ARENA, limits);
    let first = instance.run_main(&mut Collector::default());
    let second = instance.bench(&mut Collector::default(), "bench", 1);
    for invocation in [&first, &second] {
        assert!(invocation.instructions <= FUEL + 1, "{} instructions", invocation.instructions);
    }
    if let Some(words) = instance.checkpoint() {
        let module = instance.module().clone();
        let resumed = Instance::resume(module, 2 * ARENA, limits, &words);
        assert!(resumed.is_some(), "what was taken is accepted");
    }
    Fate::Ran(Box::new([first, second]))
}
