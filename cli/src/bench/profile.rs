//! Where the instructions of a part of the path go, by function of the firmware.
//!
//! QEMU's trace plugin (`firmware/targets/trace.c`) writes each block of code that ran; the image's symbols say whose it
//! is, and calls and returns who called.

use super::instrument;
use crate::failure::Failure;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::Path;
use std::process::{Command, Stdio};

/// Bits of a block's second word; the rest is how many instructions it has.
const CALLS: u32 = 1 << 31;
const RETURNS: u32 = 1 << 30;
/// Longest name that is printed whole.
const NAME: usize = 90;

/// What a function came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Cost {
    calls: u64,
    /// Its own instructions.
    own: u64,
    /// With those of what it called.
    all: u64,
}

/// A function called from a place in the tree.
#[derive(Debug, Default)]
struct Node {
    function: usize,
    cost: Cost,
    children: BTreeMap<usize, usize>,
}

/// Functions of an image: where each begins, in order, and its name.
pub struct Symbols(Vec<(u32, String)>);

impl Symbols {
    /// Of an image, as LLVM's `nm` lists them.
    pub fn of(image: &Path) -> Result<Self, Failure> {
        let nm = "llvm-nm-22";
        let output = Command::new(nm)
            .args(["--defined-only", "--numeric-sort", "--demangle"])
            .arg(image)
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| match error.kind() {
                ErrorKind::NotFound => Failure::with_hint(format!("{nm} is missing"), "apt-get install llvm-22"),
                _ => Failure::usage(format!("{nm} can't be run: {error}")),
            })?;
        Ok(Self::parse(&String::from_utf8_lossy(&output.stdout)))
    }

    fn parse(listing: &str) -> Self {
        let mut symbols: Vec<(u32, String)> = Vec::new();
        for line in listing.lines() {
            let mut words = line.splitn(3, ' ');
            let (Some(address), Some(kind), Some(name)) = (words.next(), words.next(), words.next()) else { continue };
            let Ok(address) = u32::from_str_radix(address, 16) else { continue };
            // Where one place has several names the first will do; labels within a function are none of them.
            let is_function = "tTwW".contains(kind) && !name.starts_with(".L");
            if is_function && symbols.last().is_none_or(|(last, _)| *last != address) {
                symbols.push((address, name.to_owned()));
            }
        }
        Self(symbols)
    }

    pub fn address(&self, name: &str) -> Option<u32> {
        self.0.iter().find(|(_, other)| other == name).map(|(address, _)| *address)
    }

    /// The function that this instruction is of.
    pub fn at(&self, address: u32) -> usize {
        self.0.partition_point(|(from, _)| *from <= address).saturating_sub(1)
    }

    fn name(&self, function: usize) -> &str {
        self.0.get(function).map_or("?", |(_, name)| name)
    }
}

/// Who called whom, and what each came to.
pub struct Profile {
    nodes: Vec<Node>,
    costs: HashMap<usize, Cost>,
    total: u64,
}

impl Profile {
    /// Of the blocks of a trace.
    pub fn of(blocks: impl Iterator<Item = (u32, u32)>, symbols: &Symbols) -> Self {
        let mut profile = Self { nodes: vec![Node::default()], costs: HashMap::new(), total: 0 };
        // Places in the tree; the first is where all began.
        let mut stack = vec![0];
        let mut enters = true;
        for (address, word) in blocks {
            let function = symbols.at(address);
            let is_same = stack.last().is_some_and(|top| *top != 0 && profile.nodes[*top].function == function);
            if enters || !is_same {
                // Not entered by a call: a jump in place of the last call of a function, which will not be returned to.
                if !enters && stack.len() > 1 {
                    stack.pop();
                }
                let node = profile.child(stack.last().copied().unwrap_or(0), function);
                profile.nodes[node].cost.calls += 1;
                profile.costs.entry(function).or_default().calls += 1;
                stack.push(node);
            }
            let count = u64::from(word & !(CALLS | RETURNS));
            profile.spend(&stack, count);
            enters = word & CALLS != 0;
            if word & RETURNS != 0 {
                stack.pop();
            }
        }
        profile
    }

    /// All instructions.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Those of a function with what it called.
    pub fn of_function(&self, function: usize) -> u64 {
        self.costs.get(&function).map_or(0, |cost| cost.all)
    }

    fn child(&mut self, parent: usize, function: usize) -> usize {
        if let Some(node) = self.nodes[parent].children.get(&function) {
            return *node;
        }
        let node = self.nodes.len();
        self.nodes.push(Node { function, ..Node::default() });
        self.nodes[parent].children.insert(function, node);
        node
    }

    fn spend(&mut self, stack: &[usize], count: u64) {
        self.total += count;
        let Some((top, _)) = stack.split_last() else { return };
        self.nodes[*top].cost.own += count;
        let function = self.nodes[*top].function;
        self.costs.entry(function).or_default().own += count;
        let mut seen = HashSet::new();
        for node in stack.iter().skip(1) {
            self.nodes[*node].cost.all += count;
            let function = self.nodes[*node].function;
            // A function that calls itself is counted once.
            if seen.insert(function) {
                self.costs.entry(function).or_default().all += count;
            }
        }
    }

    /// Prints it: as a table of so many functions, or as a tree of what is above so many thousandths.
    pub fn print(&self, symbols: &Symbols, top: usize, tree: Option<u64>) {
        match tree {
            Some(thousandths) => {
                anstream::println!("{:>9} {:>8} {:>5}  function", "with its", "own", "calls");
                self.print_tree(symbols, 0, 0, self.total * thousandths / 1000);
            }
            None => self.print_table(symbols, top),
        }
    }

    fn print_table(&self, symbols: &Symbols, top: usize) {
        let mut costs: Vec<(usize, Cost)> = self.costs.iter().map(|(function, cost)| (*function, *cost)).collect();
        costs.sort_by_key(|(function, cost)| (std::cmp::Reverse(cost.own), *function));
        anstream::println!("{:>9} {:>6} {:>9} {:>6}  function", "own", "%", "with its", "calls");
        for (function, Cost { calls, own, all }) in costs.iter().take(top) {
            let percent = *own as f64 * 100.0 / self.total.max(1) as f64;
            anstream::println!("{own:>9} {percent:>6.1} {all:>9} {calls:>6}  {}", short(symbols.name(*function)));
        }
        anstream::println!("{:>9}        of {} functions", self.total, costs.len());
    }

    fn print_tree(&self, symbols: &Symbols, node: usize, depth: usize, least: u64) {
        let Some(Node { function, cost, children }) = self.nodes.get(node) else { return };
        if node != 0 {
            let indent = "  ".repeat(depth.saturating_sub(1));
            let name = short(symbols.name(*function));
            anstream::println!("{:>9} {:>8} {:>5}  {indent}{name}", cost.all, cost.own, cost.calls);
        }
        let mut children: Vec<usize> = children.values().copied().collect();
        children.sort_by_key(|child| std::cmp::Reverse(self.nodes[*child].cost.all));
        for child in children.into_iter().filter(|child| self.nodes[*child].cost.all >= least) {
            self.print_tree(symbols, child, depth + 1, least);
        }
    }
}

/// A name without the middle, if it is long.
fn short(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= NAME {
        return name.to_owned();
    }
    let (head, tail) = (&letters[..NAME / 2 - 1], &letters[letters.len() - NAME / 2 + 1..]);
    head.iter().chain(['.', '.'].iter()).chain(tail).collect()
}

/// Runs the request with the plugin listening to a part of it, and prints where the instructions went.
pub fn print(request: &[u8], part: &str, top: usize, tree: Option<u64>) -> Result<(), Failure> {
    let image = instrument::image()?;
    let plugin = image.with_file_name("trace.so");
    let symbols = Symbols::of(&image)?;
    let stale = || {
        Failure::with_hint(
            format!("{} can't be profiled", image.display()),
            "build it anew, in nano's repository: cargo xtask firmware instrument",
        )
    };
    if !plugin.is_file() {
        return Err(stale());
    }
    let from = symbols.address(&format!("profile_{part}")).ok_or_else(stale)?;
    let until = symbols.address("profile_end").ok_or_else(stale)?;
    let out = std::env::temp_dir().join(format!("nano-trace-{}", std::process::id()));
    let mut plugin = plugin.into_os_string();
    plugin.push(format!(",out={},from={from:x},until={until:x}", out.display()));
    let trace =
        instrument::run(&image, &[OsString::from("-plugin"), plugin], request).and_then(|_| Ok(std::fs::read(&out)?));
    let _ = std::fs::remove_file(&out);
    let trace = trace?;
    let word = |bytes: &[u8]| bytes.first_chunk().map_or(0, |word| u32::from_le_bytes(*word));
    let blocks = trace.chunks_exact(8).map(|block| (word(block), word(&block[4..])));
    let profile = Profile::of(blocks, &symbols);
    profile.print(&symbols, top, tree);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instructions_are_of_who_ran_them_and_of_who_called() {
        let listing = "00000100 T outer\n00000140 t .Llabel\n00000200 t inner\n00000200 T alias\n00000300 T tail\n";
        let symbols = Symbols::parse(listing);
        assert_eq!(symbols.address("tail"), Some(0x300));
        assert_eq!(symbols.name(symbols.at(0x150)), "outer");
        let trace = [
            (0x100, 5 | CALLS),
            (0x200, 2),
            // Leaves by a jump to another function, which returns to the first.
            (0x300, 3 | RETURNS),
            (0x150, 4 | CALLS),
            (0x200, 7 | RETURNS),
            (0x160, 1 | RETURNS),
        ];
        let profile = Profile::of(trace.into_iter(), &symbols);
        let cost = |name: &str| profile.costs[&symbols.at(symbols.address(name).unwrap())];
        assert_eq!(cost("outer"), Cost { calls: 1, own: 10, all: 22 });
        assert_eq!(cost("inner"), Cost { calls: 2, own: 9, all: 9 });
        assert_eq!(cost("tail"), Cost { calls: 1, own: 3, all: 3 });
        assert_eq!(profile.total, 22);
    }
}
