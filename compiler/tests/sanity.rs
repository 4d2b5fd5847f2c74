//! What must hold of every module the compiler writes: jumps land on instructions, operands are in range.

mod check;

use nano_compiler::{Options, Package, compile};

#[test]
fn the_corpus_compiles_to_sound_modules() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../bench/corpus");
    let mut count = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let package = Package::single(path.file_name().unwrap().to_str().unwrap(), &text);
        let compiled = compile(&package, &Options::default()).unwrap_or_else(|errors| panic!("{path:?}: {errors:?}"));
        assert!(compiled.warnings.is_empty(), "{path:?}: {:?}", compiled.warnings);
        check::check(&compiled).unwrap_or_else(|error| panic!("{path:?}: {error}"));
        count += 1;
    }
    assert!(count >= 13);
}

/// A small generator of random numbers, the same in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 16) as usize % bound.max(1)
    }
}

/// Lines, words and characters moved, copied and dropped.
fn mutate(random: &mut Random, sources: &[String]) -> String {
    let mut text = sources[random.below(sources.len())].clone();
    const WORDS: &[&str] = &[
        "yield ",
        "return ",
        "del ",
        "global x\n",
        "nonlocal x\n",
        "lambda x: ",
        "*",
        "**",
        "(",
        ")",
        "[",
        "]",
        ":=",
        " if x else ",
        " for x in y",
        "try:\n",
        "finally:\n",
        "except:\n",
        "with x as y:\n",
        "break",
        "continue",
        "\n",
        "\t",
        "    ",
        "'",
        "\"\"\"",
        "f'{",
        "}",
        "\\",
        "é",
        "1e999",
        "0x",
        "class A:\n",
        "def f(",
        "):\n",
        "=",
        ",",
        "not ",
        "in ",
        "is ",
        "await ",
        "async ",
        "import x",
        "from . import y",
        "@",
        "super()",
        "__class__",
        "x.__y",
    ];
    for _ in 0..=random.below(6) {
        let boundary = |random: &mut Random, text: &str| {
            let mut at = random.below(text.len() + 1);
            while !text.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        match random.below(5) {
            0 => {
                let (a, b) = (boundary(random, &text), boundary(random, &text));
                let end = a.max(b).min(a.min(b) + 40);
                let end = (end..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len());
                text.replace_range(a.min(b)..end, "");
            }
            1 => {
                let at = boundary(random, &text);
                text.insert_str(at, WORDS[random.below(WORDS.len())]);
            }
            2 => {
                let mut lines: Vec<&str> = text.lines().collect();
                if !lines.is_empty() {
                    let (from, to) = (random.below(lines.len()), random.below(lines.len()));
                    let line = lines[from];
                    lines.insert(to, line);
                    text = lines.join("\n");
                }
            }
            3 => {
                let mut lines: Vec<&str> = text.lines().collect();
                if !lines.is_empty() {
                    lines.remove(random.below(lines.len()));
                    text = lines.join("\n");
                }
            }
            _ => {
                let mut lines: Vec<String> = text.lines().map(str::to_string).collect();
                if !lines.is_empty() {
                    let at = random.below(lines.len());
                    lines[at] = format!("    {}", lines[at]);
                    text = lines.join("\n");
                }
            }
        }
    }
    text
}

fn sources() -> Vec<String> {
    ["tests/cases", "../bench/corpus"]
        .iter()
        .flat_map(|folder| std::fs::read_dir(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap())
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect()
}

fn mutated_sources(count: usize, seed: u64) {
    let mut random = Random(seed);
    let sources = sources();
    let mut compiled = 0;
    for _ in 0..count {
        let text = mutate(&mut random, &sources);
        if let Ok(module) = compile(&Package::single("a.py", &text), &Options::default()) {
            compiled += 1;
            check::check(&module).unwrap_or_else(|error| panic!("{error}\n{text}"));
        }
    }
    assert!(compiled > count / 20, "{compiled} of {count}");
}

#[test]
fn mutated_sources_never_panic_and_never_make_unsound_modules() {
    // More of them, after changes of the lowering: cargo xtask soak sources.
    let rounds = std::env::var("NANO_FUZZ_ROUNDS").ok().and_then(|rounds| rounds.parse().ok());
    mutated_sources(rounds.unwrap_or(1500), 0x9E37_79B9_7F4A_7C15);
}
