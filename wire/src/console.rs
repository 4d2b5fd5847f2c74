//! How a board's console says where an exception was raised: in numbers, which the host's line tables turn into lines.
//!
//! ```text
//! raised 1a2b3c4d5e6f7a8b 0:12 3:7x40 KeyError 'x'
//!        the module       places: function:word, and how often in a row
//! ```
//!
//! ```
//! use nano_wire::console::{read_raised, write_raised};
//! use nano_wire::message::ModuleHash;
//! use nano_wire::traceback::Place;
//!
//! let (mut line, places) = (String::new(), [Place { function: 3, word: 7, repeats: 40 }]);
//! write_raised(&mut line, &ModuleHash([0x1A; 32]), places, "KeyError", "'x'").unwrap();
//! assert_eq!(line, "raised 1a1a1a1a1a1a1a1a 3:7x40 KeyError 'x'");
//! let raised = read_raised(&line).unwrap();
//! assert_eq!((raised.module, &raised.places[..], raised.message), ("1a1a1a1a1a1a1a1a", &places[..], "'x'"));
//! ```

use crate::message::ModuleHash;
use crate::traceback::Place;
use alloc::vec::Vec;
use core::fmt;

/// What such a line begins with.
const WORD: &str = "raised ";

/// An exception, as a line has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised<'a> {
    /// The first 16 hexadecimal digits of the module's hash.
    pub module: &'a str,
    /// Outermost first.
    pub places: Vec<Place>,
    /// Its class.
    pub class: &'a str,
    /// Its text, on one line.
    pub message: &'a str,
}

/// Writes the line, without its end.
pub fn write_raised(
    out: &mut impl fmt::Write,
    module: &ModuleHash,
    places: impl IntoIterator<Item = Place>,
    class: &str,
    message: &str,
) -> fmt::Result {
    write!(out, "{WORD}{module:.16}")?;
    for Place { function, word, repeats } in places {
        write!(out, " {function}:{word}")?;
        if repeats > 1 {
            write!(out, "x{repeats}")?;
        }
    }
    write!(out, " {class} ")?;
    message.chars().try_for_each(|c| out.write_char(if c.is_control() { ' ' } else { c }))
}

/// Reads it back.
pub fn read_raised(line: &str) -> Option<Raised<'_>> {
    let (module, mut rest) = line.strip_prefix(WORD)?.split_once(' ')?;
    if module.len() != 16 || !module.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut places = Vec::new();
    while let Some((place, after)) = rest.split_once(' ').and_then(|(word, after)| Some((place(word)?, after))) {
        places.push(place);
        rest = after;
    }
    let (class, message) = rest.split_once(' ').unwrap_or((rest, ""));
    Some(Raised { module, places, class, message })
}

fn place(text: &str) -> Option<Place> {
    let (function, word) = text.split_once(':')?;
    let (word, repeats) = word.split_once('x').unwrap_or((word, "1"));
    Some(Place { function: function.parse().ok()?, word: word.parse().ok()?, repeats: repeats.parse().ok()? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_lines_are_none() {
        for line in ["", "raised", "raised x 0:1 E m", "light(light 1) -> 1", "raised 1a2b3c4d5e6f7a8 0:1 E m"] {
            assert_eq!(read_raised(line), None, "{line}");
        }
        let raised = read_raised("raised 1a2b3c4d5e6f7a8b ValueError").unwrap();
        assert_eq!((raised.places.len(), raised.class, raised.message), (0, "ValueError", ""));
        assert_eq!(read_raised("raised 1a2b3c4d5e6f7a8b 0:1 70000:1 m").unwrap().class, "70000:1");
    }
}
