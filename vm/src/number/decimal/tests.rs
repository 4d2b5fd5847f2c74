//! Everything is compared with `core`, to the bit.

use super::{Expansion, increment, read, shortest};
use crate::number::real::parts;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Numbers by xorshift, multiplied.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn below(&mut self, limit: u64) -> i32 {
        (self.next() % limit) as i32
    }
}

fn is_read_alike(text: &str) {
    let bits = |number: Option<f64>| number.map(|number| if number.is_nan() { 1 } else { number.to_bits() });
    assert_eq!(bits(read(text.as_bytes())), bits(text.parse().ok()), "{text}");
}

fn is_written_alike(number: f64) {
    let digits = shortest(number);
    let ours = core::str::from_utf8(digits.as_bytes()).unwrap();
    let text = format!("{number:e}");
    let (theirs, exponent) = text.split_once('e').unwrap();
    let theirs = theirs.replace('.', "");
    assert_eq!(digits.point - 1, exponent.parse().unwrap(), "{text}");
    if ours != theirs {
        // Of two that are equally near `core` takes the larger one, and CPython the even one.
        let (ours, theirs): (u64, u64) = (ours.parse().unwrap(), theirs.parse().unwrap());
        assert!(ours + 1 == theirs && ours % 2 == 0, "{text}: {ours}");
        let mut half_way = Expansion::of(number);
        let taken = (0..digits.as_bytes().len()).fold(0, |all, _| all * 10 + u64::from(half_way.next_digit()));
        assert_eq!((taken, half_way.rest()), (ours, core::cmp::Ordering::Equal), "{text}");
    }
}

/// As `{:.*e}` has it.
fn rounded(number: f64, count: usize) -> String {
    let mut expansion = Expansion::of(number);
    let mut point = expansion.point;
    let mut digits: Vec<u8> = (0..count).map(|_| b'0' + expansion.next_digit()).collect();
    if expansion.rounds_up(digits.last().is_some_and(|digit| digit & 1 == 1)) && increment(&mut digits) {
        point += 1;
    }
    let digits = String::from_utf8(digits).unwrap();
    let (first, rest) = digits.split_at(1);
    let separator = if rest.is_empty() { "" } else { "." };
    format!("{first}{separator}{rest}e{}", point - 1)
}

#[test]
fn what_is_no_number_is_refused_and_words_are_read() {
    for text in [
        "",
        "+",
        "-",
        ".",
        "e5",
        "1e",
        "1e+",
        "1e-5",
        ".5",
        "5.",
        "+.5e1",
        "-.e1",
        "inf",
        "-INF",
        "Infinity",
        "nan",
        "-nan",
        "+nan",
        "infinit",
        "1_0",
        "1..2",
        "1.2.3",
        "1e5.",
        "0x10",
        " 1",
        "1 ",
        "--1",
        "1e99999999999999",
        "1e-99999999999999",
        "0e99999999999",
        "-0",
        "-0.0e5",
        "é",
        "1e5e5",
    ] {
        is_read_alike(text);
    }
}

#[test]
#[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
fn every_exponent_at_its_edges() {
    let mut random = Random(88_172_645_463_325_252);
    for exponent in 0..2047u64 {
        for mantissa in [0, 1, 2, (1 << 52) - 1, 1 << 51] {
            let number = f64::from_bits(exponent << 52 | mantissa);
            is_written_alike(number);
            is_read_alike(&format!("{number:e}"));
            is_read_alike(&format!("{number:.17e}"));
            is_read_alike(&format!("{number:.25e}"));
            let count = 1 + random.below(767) as usize;
            assert_eq!(rounded(number, count), format!("{number:.*e}", count - 1));
        }
    }
}

#[test]
#[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
fn half_way_between_doubles_and_a_hair_beside() {
    let mut random = Random(2_463_534_242);
    for exponent in 0..2047u64 {
        let (mantissa, exponent) = parts(f64::from_bits(exponent << 52 | random.next() >> 12));
        let mut expansion = Expansion::new(2 * mantissa + 1, exponent - 1);
        let point = expansion.point;
        let digits: String = (0..800).map(|_| char::from(b'0' + expansion.next_digit())).collect();
        let digits = digits.trim_end_matches('0');
        is_read_alike(&format!("0.{digits}e{point}"));
        is_read_alike(&format!("0.{digits}0000000001e{point}"));
        let mut below = digits.as_bytes().to_vec();
        *below.last_mut().unwrap() -= 1;
        is_read_alike(&format!("0.{}999999999e{point}", String::from_utf8(below).unwrap()));
    }
}

#[test]
#[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
fn doubles_and_texts_by_chance() {
    let mut random = Random(1_181_783_497_276_652_981);
    for round in 0..30_000 {
        let number = f64::from_bits(match round % 4 {
            0 => random.next() >> 1,
            1 => (f64::from(random.below(1 << 30)) / 10f64.powi(random.below(12))).to_bits(),
            2 => random.next() >> 12 | (1023 - 30 + random.next() % 60) << 52,
            _ => (random.next() >> 12) >> random.below(52),
        });
        if number.is_finite() {
            is_written_alike(number);
            let precision = random.below(25) as usize;
            is_read_alike(&format!("{number:.precision$e}"));
        }
        let whole = random.next() >> random.below(64);
        is_read_alike(&format!("{whole}e{}", random.below(720) - 360));
        is_read_alike(&format!("{whole}{}.{}e{}", random.next(), random.next(), random.below(680) - 360));
    }
}
