//! Arithmetic and data structures by a fixed sequence of chance, as lines of text that must be equal on every core.
//!
//! A compiler for a rare core can be silently wrong: the lx106's 128-bit division was. Each line is a group of a hundred
//! results, digested; a line that differs from the host's names what is broken there. It tests the compiler and its
//! library, not nano.
//!
//! ```
//! let mut lines = String::new();
//! nano_battery::run(&mut lines);
//! assert!(lines.lines().count() > 600);
//! ```
#![no_std]

extern crate alloc;

mod chance;
mod collections;
mod digest;
mod floats;
mod hashes;
mod integers;
mod memory;
mod objects;
mod text;

use chance::Chance;
use core::fmt::Write;
use digest::Digest;

/// Results in a group.
const GROUP: usize = 100;

/// Writes all lines: `name digest`.
pub fn run(out: &mut impl Write) {
    let mut battery = Battery { out, chance: Chance::new(0x6e61_6e6f) };
    integers::run(&mut battery);
    floats::run(&mut battery);
    text::run(&mut battery);
    memory::run(&mut battery);
    collections::run(&mut battery);
    objects::run(&mut battery);
    hashes::run(&mut battery);
}

/// Where the lines go and what drives them.
struct Battery<'a, W: Write> {
    out: &'a mut W,
    chance: Chance,
}

impl<W: Write> Battery<'_, W> {
    /// One line: a hundred results of `one`.
    fn group(&mut self, what: &str, how: &str, one: impl FnMut(&mut Chance, &mut Digest)) {
        self.many(GROUP, what, how, one);
    }

    /// One line: as many results of `one`.
    fn many(&mut self, count: usize, what: &str, how: &str, mut one: impl FnMut(&mut Chance, &mut Digest)) {
        let mut digest = Digest::new();
        for _ in 0..count {
            one(&mut self.chance, &mut digest);
        }
        // Whoever reads the lines sees when one is missing.
        let _ = writeln!(self.out, "{what} {how} {:016x}", digest.value());
    }
}
