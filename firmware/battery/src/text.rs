//! Text by code point: iterating, searching, splitting, case, checking UTF-8.

use crate::{Battery, chance::Chance};
use alloc::string::String;
use core::fmt::Write;
use core::hint::black_box;

fn words(chance: &mut Chance) -> String {
    const PIECES: [&str; 10] = ["a", "Zebra", "ß", "é", "日本", "🦀", " ", "\n", "x1", "-"];
    (0..chance.below(24)).map(|_| PIECES[chance.below(PIECES.len())]).collect()
}

pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    battery.group("text", "chars", |chance, digest| {
        let text = black_box(words(chance));
        for (at, letter) in text.char_indices() {
            digest.wide((u128::from(u32::from(letter)) << 32) | at as u128);
        }
    });
    battery.group("text", "reverse", |chance, digest| {
        let text: String = black_box(words(chance)).chars().rev().collect();
        digest.bytes(text.as_bytes());
    });
    battery.group("text", "upper", |chance, digest| digest.bytes(black_box(words(chance)).to_uppercase().as_bytes()));
    battery.group("text", "lower", |chance, digest| digest.bytes(black_box(words(chance)).to_lowercase().as_bytes()));
    battery.group("text", "find", |chance, digest| {
        let (text, other) = (black_box(words(chance)), words(chance));
        let found = text.find(other.get(..1).unwrap_or("é")).map_or(u128::MAX, |at| at as u128);
        digest.wide(found);
    });
    battery.group("text", "split", |chance, digest| {
        for word in black_box(words(chance)).split([' ', '-']) {
            digest.wide(word.len() as u128);
        }
    });
    battery.group("text", "trim", |chance, digest| digest.bytes(black_box(words(chance)).trim().as_bytes()));
    battery.group("text", "replace", |chance, digest| {
        digest.bytes(black_box(words(chance)).replace("é", "<e>").as_bytes());
    });
    battery.group("text", "escape", |chance, digest| {
        for letter in black_box(words(chance)).chars().flat_map(char::escape_default) {
            digest.wide(u32::from(letter).into());
        }
    });
    battery.group("text", "utf8", |chance, digest| {
        let mut bytes = words(chance).into_bytes();
        if !bytes.is_empty() {
            let at = chance.below(bytes.len());
            bytes[at] ^= 1 << chance.below(8);
        }
        let valid =
            core::str::from_utf8(black_box(&bytes)).map_or_else(|error| error.valid_up_to(), |_| usize::from(u16::MAX));
        digest.wide(valid as u128);
    });
    battery.group("text", "utf16", |chance, digest| {
        for unit in black_box(words(chance)).encode_utf16() {
            digest.wide(unit.into());
        }
    });
}
