//! The corpus of modules that lie: which bytes of which modules were changed, and what that shows.
//!
//! Each entry shows something that no other does: a refusal for damage of its kind, an instruction that is led astray, a
//! message. The modules they change are kept with them, so that the entries mean the same whatever the compiler makes.

use crate::mutation::{Fate, Random, Seed, Tally, mutate, run};
use nano_vm::{Failure, Invocation, LoadError};
use nano_wire::isa::Instruction;
use nano_wire::module::{Function, encode, parse, unpack};
use nano_wire::value::{header_kind, object_words};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Where the corpus is.
pub const CORPUS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/hostile/kept.txt");
/// How to take the corpus over to another version of modules, or to another compiler: what then shows nothing is dropped.
pub const ANEW: &str = "make it anew: cargo run -p nano-tests --example fuzz_modules -- 0 --keep";
/// Words of a message that tell it from others; more would tell apart what one place of the VM says.
const MESSAGE_WORDS: usize = 4;
/// Parts that a module is taken to have while it travels, where nothing stands at a place of its own.
const MODULE_PARTS: usize = 32;
/// Words of a snapshot that each have a meaning of their own; behind them is the heap.
const SNAPSHOT_ROOTS: usize = 16;
/// Ends that come sooner or later with what the collector does.
const LIMITS: [&str; 3] = ["Fuel", "MemoryError", "RecursionError"];
/// Changes that an entry may have.
const MOST_CHANGES: usize = 12;

/// What is changed: the module as it travels, or the image that it becomes, which then is packed again. Damage of the
/// first kind mostly ends where it is unpacked, damage of the second gets beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// As it travels.
    Module,
    /// As it is run.
    Image,
}

/// One mutant: which seed, and which of its bytes have which other values.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Recipe {
    seed: String,
    form: Form,
    changes: BTreeMap<usize, u8>,
}

impl Recipe {
    fn of(line: &str) -> Option<Self> {
        let mut words = line.split(' ');
        let seed = words.next()?.to_owned();
        let form = match words.next()? {
            "module" => Form::Module,
            "image" => Form::Image,
            _ => return None,
        };
        let mut changes = BTreeMap::new();
        for word in words {
            let (place, bytes) = word.split_once(':')?;
            changes.extend((usize::from_str_radix(place, 16).ok()?..).zip(unhex(bytes)?));
        }
        Some(Self { seed, form, changes })
    }
}

/// `SEED FORM PLACE:BYTES..`, in hexadecimal digits: bytes that follow each other stand together.
impl fmt::Display for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.form {
            Form::Module => "module",
            Form::Image => "image",
        };
        write!(f, "{} {form}", self.seed)?;
        let mut next = None;
        for (place, byte) in &self.changes {
            if next != Some(*place) {
                write!(f, " {place:x}:")?;
            }
            write!(f, "{byte:02x}")?;
            next = Some(place + 1);
        }
        Ok(())
    }
}

/// What an entry shows, in words.
type Signs = BTreeSet<String>;

/// Seeds, and what is kept of their mutants.
#[derive(Debug)]
pub struct Corpus {
    seeds: Vec<Seed>,
    images: HashMap<String, Vec<u8>>,
    entries: Vec<(Recipe, Signs)>,
    seen: HashSet<String>,
    /// What became of all that were tried.
    pub tally: Tally,
}

impl Corpus {
    /// With seeds and nothing kept.
    ///
    /// # Panics
    /// When a seed is no module, or of another version.
    pub fn new(seeds: Vec<Seed>) -> Self {
        let image = |seed: &Seed| (seed.name.clone(), bytes_of(&unpack(&seed.module).expect(ANEW)));
        let images = seeds.iter().map(image).collect();
        Self { seeds, images, entries: Vec::new(), seen: HashSet::new(), tally: Tally::default() }
    }

    /// The seeds and the recipes of a text, none of them tried yet.
    ///
    /// # Panics
    /// When a line is neither.
    pub fn read(text: &str) -> (Vec<Seed>, Vec<Recipe>) {
        let (mut seeds, mut recipes) = (Vec::new(), Vec::new());
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix("seed ").and_then(|seed| seed.split_once(' ')) {
                Some((name, digits)) => {
                    seeds.push(Seed { name: name.to_owned(), module: unhex(digits).expect("a module in digits") });
                }
                None => recipes.push(Recipe::of(line).unwrap_or_else(|| panic!("no recipe: {line}"))),
            }
        }
        (seeds, recipes)
    }

    /// How many are kept, and how much they show.
    pub fn found(&self) -> (usize, usize) {
        (self.entries.len(), self.seen.len())
    }

    /// What is shown.
    pub fn signs(&self) -> impl Iterator<Item = &str> {
        self.seen.iter().map(String::as_str)
    }

    /// The mutant of a recipe; none where there is no such seed, or what is changed has no packed form.
    pub fn module(&self, recipe: &Recipe) -> Option<Vec<u8>> {
        let bytes = self.changed(recipe)?;
        match recipe.form {
            Form::Module => Some(bytes),
            Form::Image => Some(encode(&parse(&bytes).ok()?.parts())),
        }
    }

    fn whole(&self, seed: &str, form: Form) -> Option<&[u8]> {
        match form {
            Form::Module => self.seeds.iter().find(|one| one.name == seed).map(|seed| &seed.module[..]),
            Form::Image => self.images.get(seed).map(|image| &image[..]),
        }
    }

    fn changed(&self, recipe: &Recipe) -> Option<Vec<u8>> {
        let mut bytes = self.whole(&recipe.seed, recipe.form)?.to_vec();
        for (place, byte) in &recipe.changes {
            *bytes.get_mut(*place)? = *byte;
        }
        Some(bytes)
    }

    /// A seed, or something that is kept, with damage.
    ///
    /// # Panics
    /// When there is no seed.
    pub fn mutant(&self, random: &mut Random) -> Recipe {
        let kept = match random.below(2) {
            0 => self.entries.get(random.below(self.entries.len())).map(|(recipe, _)| recipe.clone()),
            _ => None,
        };
        let base = kept.filter(|recipe| recipe.changes.len() < MOST_CHANGES).unwrap_or_else(|| Recipe {
            seed: self.seeds[random.below(self.seeds.len())].name.clone(),
            form: [Form::Module, Form::Image][random.below(2)],
            changes: BTreeMap::new(),
        });
        let (whole, changed) = (self.whole(&base.seed, base.form), self.changed(&base));
        let (whole, changed) = whole.zip(changed).expect("a seed");
        let mutant = mutate(&changed, random);
        let changes = (0..).zip(whole.iter().zip(&mutant)).filter(|(_, (whole, mutant))| whole != mutant);
        Recipe { changes: changes.map(|(place, (_, byte))| (place, *byte)).collect(), ..base }
    }

    /// Loads and runs a mutant, and keeps its recipe, without what is not needed of it, if it shows something new.
    pub fn try_out(&mut self, recipe: &Recipe) {
        let Some((fate, mut signs)) = self.signs_of(recipe) else { return };
        self.tally.count(&fate);
        let is_new = |sign: &String| !self.seen.contains(sign);
        let new: Signs = signs.iter().filter(|sign| is_new(sign)).cloned().collect();
        if new.is_empty() {
            return;
        }
        let mut least = recipe.clone();
        for place in recipe.changes.keys() {
            let mut less = least.clone();
            less.changes.remove(place);
            match self.signs_of(&less) {
                Some((_, all)) if new.is_subset(&all) => (least, signs) = (less, all),
                _ => {}
            }
        }
        self.seen.extend(signs.iter().cloned());
        self.entries.push((least, signs));
    }

    /// Tries every recipe.
    ///
    /// # Panics
    /// When one panics: with its recipe.
    pub fn try_all(&mut self, recipes: &[Recipe]) {
        for recipe in recipes {
            unless_panics(recipe, || self.try_out(recipe));
        }
    }

    /// Runs every recipe while everything moves at every allocation, which must change nothing of what becomes of it, except
    /// where fuel or memory ends: text that just moved is not extended in place, and copying it costs.
    ///
    /// # Panics
    /// When one panics, or becomes something else: with its recipe.
    pub fn move_all(&self, recipes: &[Recipe]) {
        for recipe in recipes {
            let Some(module) = self.module(recipe) else { continue };
            let [rests, moves] = [false, true].map(|stress| unless_panics(recipe, || outcome(&run(&module, stress))));
            let is_at_limit = |outcome: &String| LIMITS.iter().any(|limit| outcome.contains(limit));
            if !is_at_limit(&rests) && !is_at_limit(&moves) {
                assert_eq!(rests, moves, "while everything moves: {recipe}");
            }
        }
    }

    fn signs_of(&self, recipe: &Recipe) -> Option<(Fate, Signs)> {
        let module = self.module(recipe)?;
        let fate = run(&module, false);
        // Where the damage is says more of a refusal than the refusal does; of several places it would say too much.
        let place = match recipe.changes.keys().collect::<Vec<_>>()[..] {
            [place] => {
                let whole = self.whole(&recipe.seed, recipe.form)?;
                Some(match recipe.form {
                    Form::Module => format!("part {} of {MODULE_PARTS}", place * MODULE_PARTS / whole.len()),
                    Form::Image => describe_place(whole, *place),
                })
            }
            _ => None,
        };
        let signs = signs(&fate, place.as_deref(), &module);
        Some((fate, signs))
    }

    /// Drops what others show as well, the longest first.
    pub fn shrink(&mut self) {
        self.entries.sort_by_key(|(recipe, _)| (recipe.changes.len(), recipe.clone()));
        let mut shown = HashMap::<String, usize>::new();
        for sign in self.entries.iter().flat_map(|(_, signs)| signs) {
            *shown.entry(sign.clone()).or_default() += 1;
        }
        for at in (0..self.entries.len()).rev() {
            if self.entries[at].1.iter().all(|sign| shown[sign] > 1) {
                for sign in self.entries.remove(at).1 {
                    *shown.entry(sign).or_default() -= 1;
                }
            }
        }
        self.entries.sort();
    }
}

/// Seeds first, then recipes; only seeds that have some.
impl fmt::Display for Corpus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let used: HashSet<&str> = self.entries.iter().map(|(recipe, _)| recipe.seed.as_str()).collect();
        for seed in self.seeds.iter().filter(|seed| used.contains(seed.name.as_str())) {
            writeln!(f, "seed {} {}", seed.name, hex(&seed.module))?;
        }
        self.entries.iter().try_for_each(|(recipe, _)| writeln!(f, "{recipe}"))
    }
}

fn unless_panics<T>(recipe: &Recipe, work: impl FnOnce() -> T) -> T {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| panic!("this recipe panics: {recipe}"))
}

fn signs(fate: &Fate, place: Option<&str>, module: &[u8]) -> Signs {
    let opcode = |function, word| opcode(module, function, word).unwrap_or("nothing");
    let mut signs = Signs::new();
    match fate {
        Fate::Refused(LoadError::Instruction { function, word }) => {
            signs.insert(format!("refused {}", opcode(*function, *word)));
        }
        Fate::Refused(_) => {}
        Fate::Ran(runs) => {
            for run in runs.iter() {
                if let Err(Failure::Exception(exception)) = &run.result
                    && let Some(frame) = exception.frames.last()
                {
                    let (opcode, message) = (opcode(frame.function, frame.word), message(&exception.message));
                    signs.insert(format!("{opcode} raises {} {message}", exception.class));
                }
            }
        }
    }
    let outcome = outcome(fate);
    signs.extend(place.map(|place| format!("{place}: {outcome}")));
    signs.insert(outcome);
    signs
}

/// What became of a mutant, in words without numbers.
fn outcome(fate: &Fate) -> String {
    match fate {
        Fate::Refused(error) => {
            let words: Vec<String> = format!("{error:?}")
                .split(|letter: char| !letter.is_alphabetic())
                .filter(|word| word.starts_with(char::is_uppercase))
                .map(ToOwned::to_owned)
                .collect();
            format!("refused {}", words.join(" "))
        }
        Fate::Ran(runs) => runs.iter().map(end).collect::<Vec<_>>().join(", then "),
    }
}

/// How a run ends.
fn end(run: &Invocation) -> String {
    match &run.result {
        Ok(_) => "returns".to_owned(),
        Err(Failure::Exception(exception)) => exception.class.clone(),
        Err(Failure::Stopped(stop)) => format!("{stop:?}"),
        Err(Failure::NotFound) => "NotFound".to_owned(),
        Err(Failure::Unserializable(_)) => "Unserializable".to_owned(),
        Err(Failure::ArenaTooSmall(_)) => "ArenaTooSmall".to_owned(),
        Err(Failure::Memory(_)) => "Memory".to_owned(),
    }
}

/// A message without names and numbers.
fn message(text: &str) -> String {
    let is_word = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase());
    text.split(' ').filter(is_word).take(MESSAGE_WORDS).collect::<Vec<_>>().join(" ")
}

/// The mnemonic of a function's instruction.
fn opcode(module: &[u8], function: u16, word: u16) -> Option<&'static str> {
    let image = bytes_of(&unpack(module).ok()?);
    let sections = parse(&image).ok()?;
    let functions = words_of(sections.functions);
    let function = functions.as_chunks::<{ Function::WORDS }>().0.get(usize::from(function))?;
    let at = Function::from_words(*function).code as usize + usize::from(word);
    let code = words_of(sections.code);
    Instruction::decode(code.get(at..)?).map(|instruction| instruction.opcode.mnemonic())
}

/// What a byte of an image belongs to.
fn describe_place(image: &[u8], place: usize) -> String {
    let Ok(sections) = parse(image) else { return String::new() };
    let parts = [
        ("code", sections.code),
        ("constants", sections.constants),
        ("objects", sections.objects),
        ("functions", sections.functions),
        ("handlers", sections.handlers),
        ("modules", sections.modules),
        ("snapshot", sections.snapshot),
    ];
    let known: usize = parts.iter().map(|(_, section)| section.len()).sum();
    let names = sections.parameters.len().next_multiple_of(4) + sections.global_names.len().next_multiple_of(4);
    let Some(mut at) = place.checked_sub(image.len() - known - names) else { return "header".to_owned() };
    for (name, section) in parts {
        if at < section.len() {
            return match name {
                "code" => describe_code(&words_of(section), at),
                "objects" => describe_object(&words_of(section), at),
                "functions" => format!("{name} {}", at % (Function::WORDS * 4)),
                "handlers" | "modules" => format!("{name} {}", at % 8),
                "snapshot" => format!("{name} {}", describe_word(&words_of(section), at / 4)),
                _ => name.to_owned(),
            };
        }
        at -= section.len();
    }
    "names".to_owned()
}

/// An instruction, and which of its bytes.
fn describe_code(code: &[u32], place: usize) -> String {
    let mut at = 0;
    while let Some(instruction) = Instruction::decode(&code[at..]) {
        let behind = at + instruction.words();
        if place < behind * 4 {
            return format!("{} {}", instruction.opcode.mnemonic(), place - at * 4);
        }
        at = behind;
    }
    "code".to_owned()
}

/// A kind of object: its header, what stands behind that, or the rest.
fn describe_object(objects: &[u32], place: usize) -> String {
    let mut at = 0;
    while let Some(header) = objects.get(at) {
        let behind = at + object_words(*header) as usize;
        if place < behind * 4 {
            return format!("object {} {}", header_kind(*header), (place / 4 - at).min(2));
        }
        at = behind;
    }
    "objects".to_owned()
}

/// A word of a snapshot: which, or on the heap what it looks like.
fn describe_word(snapshot: &[u32], at: usize) -> String {
    match snapshot[at] {
        _ if at < SNAPSHOT_ROOTS => at.to_string(),
        header if header & 7 == 1 => format!("object {}", header_kind(header)),
        value => format!("value {}", value & 3),
    }
}

fn bytes_of(words: &[u32]) -> Vec<u8> {
    words.iter().flat_map(|word| word.to_le_bytes()).collect()
}

fn words_of(bytes: &[u8]) -> Vec<u32> {
    bytes.as_chunks().0.iter().map(|word| u32::from_le_bytes(*word)).collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok();
    if rest.is_empty() { pairs.iter().map(byte).collect() } else { None }
}
