//! Symbols of a program, and the module that each is of.

use std::process::Command;

use crate::process;

/// What `nm` prints of a program of the lx106, with sizes.
pub fn listing(elf: &std::path::Path) -> Result<String, String> {
    process::output(Command::new("xtensa-lx106-elf-nm").arg("--print-size").arg(elf))
}

/// Bytes of a crate's symbols in a listing.
pub fn of_crate(listing: &str, name: &str) -> u64 {
    let symbols = listing.lines().filter_map(Symbol::of);
    symbols.filter(|symbol| symbol.path().first().is_some_and(|one| one == name)).map(|symbol| symbol.bytes).sum()
}

/// A symbol that takes room.
#[derive(Debug, PartialEq, Eq)]
pub struct Symbol<'a> {
    name: &'a str,
    /// How much.
    pub bytes: u64,
}

impl<'a> Symbol<'a> {
    /// A line of `nm --print-size`: address, size, kind, name. `None`: without a size, or not in flash.
    pub fn of(line: &'a str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (_, bytes, kind, name) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let bytes = u64::from_str_radix(bytes, 16).ok()?;
        "tTrRdDvVwW".contains(kind).then_some(Self { name, bytes })
    }

    /// Crate and modules. What is no Rust is of `(other)`, but for the arithmetic that the compiler calls by name.
    pub fn path(&self) -> Vec<String> {
        let mut path = Vec::new();
        if let Some(mangled) = self.name.strip_prefix("_R") {
            Mangled { rest: mangled }.path(&mut path);
        }
        if path.is_empty() {
            let is_arithmetic = self.name.starts_with("__") || self.name.starts_with("mem");
            path.push(if is_arithmetic { "compiler_builtins" } else { "(other)" }.to_owned());
        }
        path
    }
}

/// What is left of a name in Rust's mangling (RFC 2603), of which the first path to a crate is read.
struct Mangled<'a> {
    rest: &'a str,
}

/// Whether what surrounds a path may say more of it.
#[derive(PartialEq, Eq)]
enum Path {
    Open,
    /// It was the place of an `impl`, or that of a generic function: what follows names other things.
    Closed,
}

impl Mangled<'_> {
    fn take(&mut self) -> Option<char> {
        let mut letters = self.rest.chars();
        let letter = letters.next()?;
        self.rest = letters.as_str();
        Some(letter)
    }

    /// `s`, a number in base 62, `_`; there need not be one.
    fn disambiguator(&mut self) -> Option<()> {
        if let Some(rest) = self.rest.strip_prefix('s') {
            self.rest = rest.split_once('_')?.1;
        }
        Some(())
    }

    fn identifier(&mut self) -> Option<String> {
        self.disambiguator()?;
        self.rest = self.rest.strip_prefix('u').unwrap_or(self.rest);
        let digits = self.rest.find(|letter: char| !letter.is_ascii_digit())?;
        let (length, rest) = self.rest.split_at(digits);
        let rest = rest.strip_prefix('_').unwrap_or(rest);
        let (name, rest) = rest.split_at_checked(length.parse().ok()?)?;
        self.rest = rest;
        Some(name.to_owned())
    }

    /// Appends the crate and its modules.
    fn path(&mut self, path: &mut Vec<String>) -> Option<Path> {
        match self.take()? {
            'C' => {
                path.push(self.identifier()?);
                Some(Path::Open)
            }
            'N' => {
                let namespace = self.take()?;
                let place = self.path(path)?;
                if place == Path::Open {
                    let name = self.identifier()?;
                    // Modules and types; a function closes the path of what is within it.
                    if namespace == 't' {
                        path.push(name);
                        return Some(Path::Open);
                    }
                }
                Some(Path::Closed)
            }
            // An implementation says where it stands; then come type and trait.
            'M' | 'X' => {
                self.disambiguator()?;
                self.path(path)?;
                Some(Path::Closed)
            }
            // Generic; and types and their modifiers before a path.
            'I' | 'Y' | 'R' | 'Q' | 'P' | 'O' | 'S' | 'A' | 'T' => {
                self.path(path)?;
                Some(Path::Closed)
            }
            // A basic type: the trait's path follows.
            letter if letter.is_ascii_lowercase() => self.path(path),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Symbol, of_crate};

    fn path(name: &str) -> String {
        Symbol { name, bytes: 0 }.path().join("::")
    }

    #[test]
    fn symbols_are_of_the_module_that_they_stand_in() {
        assert_eq!(
            path("_RNvMNtNtCscAJSq9NmV0n_7nano_vm9container4listNtNtB6_2vm2Vm11list_extend"),
            "nano_vm::container::list"
        );
        assert_eq!(
            path("_RNvMs_NtNtCscAJSq9NmV0n_7nano_vm9container3setNtNtB8_2vm2Vm7set_has"),
            "nano_vm::container::set"
        );
        assert_eq!(path("_RNvNtCscAJSq9NmV0n_7nano_vm6native8function"), "nano_vm::native");
        assert_eq!(path("_RINvNtNtCsll8VTQ40jQd_4core5slice4sort9quicksortTmmENvYB17_E"), "core::slice::sort");
        assert_eq!(path("_RNvXsd_NtNtNtCsll8VTQ40jQd_4core3fmt3num3impjNtB9_7Display3fmt"), "core::fmt::num::imp");
        assert_eq!(path("_RNvYdNtCsx_7nano_vm4Some3get"), "nano_vm::Some");
        assert_eq!(path("__adddf3"), "compiler_builtins");
        assert_eq!(path("board_main"), "(other)");
        assert_eq!(path("_R"), "(other)");
        assert_eq!(path("_RNvMNt"), "(other)");
    }

    #[test]
    fn symbols_of_a_crate_add_up() {
        let listing = "40100000 0000000c T main\n40100010 0000000f t _RNvNtCsx_7nano_vm6native8function\n\
            40100020 00000010 t _RNvNtCsy_7nano_vm6native6method\n40100030 00000001 t _RNvNtCsz_4core6native6method\n";
        assert_eq!(of_crate(listing, "nano_vm"), 31);
        assert_eq!(of_crate(listing, "alloc"), 0);
    }

    #[test]
    fn lines_without_a_size_are_none() {
        assert_eq!(Symbol::of("40100000 0000000c T main"), Some(Symbol { name: "main", bytes: 12 }));
        assert_eq!(Symbol::of("40100000 T main"), None);
        assert_eq!(Symbol::of("3ffe8000 00000020 b heap"), None);
        assert_eq!(Symbol::of("U nothing"), None);
    }
}
