//! The square root of a double on processors that have none in hardware: a third of what calculating it bit by bit takes.
//!
//! The significand's root is found in digits of 13 bits. Each is guessed from the rest by one product with an inverse root
//! of 15 bits and may be off by one or two; the next makes it good, and at the end the root moves until the rest says that
//! it is the nearest. No root lies halfway between two doubles.

/// For the upper bits of a significand, 2^22 by their root: what it is where an interval begins, in the upper half of a
/// word, and by how much it falls within it. The first half is for 2^14 to 2^15, the other for up to 2^16.
static INVERSE: [u32; 2 * INTERVALS] = {
    let mut table = [0; 2 * INTERVALS];
    let mut index = 0;
    while index < table.len() {
        let half = index / INTERVALS;
        let width = (1 << 14 << half) / INTERVALS as u64;
        let from = (1 << 14 << half) + (index % INTERVALS) as u64 * width;
        let (first, last) = (inverse(2 * from), inverse(2 * (from + width)));
        // The line through both ends is lowered so that it is wrong by as much in its middle, and by half for being cut.
        let lower = (first + last - 2 * inverse(2 * from + width)) / 4 + (1 << SCALE) / 2;
        let start = (first - lower + (1 << SCALE) / 2) >> SCALE;
        let fall = (first - last + (1 << SCALE) / 2) >> SCALE;
        #[expect(clippy::indexing_slicing, reason = "constant evaluation: the loop's condition")]
        {
            table[index] = (start as u32) << 16 | fall as u32;
        }
        index += 1;
    }
    table
};
const INTERVALS: usize = 64;
const TWO_TO_27: f64 = 134_217_728.0;
const TWO_TO_54: f64 = TWO_TO_27 * TWO_TO_27;
/// Bits behind the point while the table is made.
const SCALE: u32 = 8;

/// 2^22 by the root of half of `doubled` and a half, as the middle of what was cut.
const fn inverse(doubled: u64) -> u64 {
    ((1 << (2 * (22 + SCALE) + 1)) / (doubled + 1)).isqrt()
}

/// The square root, as IEEE 754 has it.
pub(super) fn sqrt(number: f64) -> f64 {
    let bits = number.to_bits();
    let exponent = (bits >> 52) as i32;
    if !(1..0x7FF).contains(&exponent) {
        return if number == 0.0 || number.is_nan() || number == f64::INFINITY {
            number
        } else if number < 0.0 {
            f64::NAN
        } else {
            // Subnormal: by powers of two, which are exact, among the others.
            sqrt(number * TWO_TO_54) / TWO_TO_27
        };
    }
    let doubled = exponent & 1 == 0;
    let significand = (bits & ((1 << 52) - 1) | 1 << 52) << u32::from(doubled);
    let root = nearest(significand);
    // The leading bit counts for the exponent.
    let exponent = ((exponent + 1023 - i32::from(doubled)) >> 1) as u64 - 1;
    f64::from_bits((exponent << 52) + root)
}

/// The integer nearest to the root of `of` * 2^52, for 2^52 <= `of` < 2^54.
fn nearest(of: u64) -> u64 {
    let upper = (of >> 38) as u32;
    let (interval, within, bits) = if upper < 1 << 15 {
        (upper >> 8 & 63, upper & 255, 8)
    } else {
        ((upper >> 9 & 63) + INTERVALS as u32, upper & 511, 9)
    };
    let entry = INVERSE.get(interval as usize).copied().unwrap_or(0);
    let inverse = (entry >> 16) - (((entry & 0xFFFF) * within) >> bits);
    let guess = |rest: i32| {
        let half = (inverse as i32 >> 1) + (1 << 15);
        rest.wrapping_mul(inverse as i32).wrapping_add(half) >> 16
    };
    let root = guess(upper as i32) as u32;
    let rest = of.wrapping_sub(u64::from(root * root) << 26);
    // The digits, and what is left of `of` without the square of what is known, modulo 2^64, where it is small.
    let digit = guess((rest as i64 >> 26) as i32);
    let mut rest = rest.wrapping_sub((i64::from(digit) * i64::from((root << 14) as i32 + digit)) as u64);
    let mut root = u64::from((root << 13).wrapping_add_signed(digit));
    for down in [13, 26] {
        let digit = i64::from(guess((rest as i64 >> down) as i32));
        rest = (rest << 26).wrapping_sub((digit as u64).wrapping_mul((root << 14).wrapping_add_signed(digit)));
        root = (root << 13).wrapping_add_signed(digit);
    }
    loop {
        let left = rest as i64;
        if left > root as i64 {
            rest = rest.wrapping_sub(2 * root + 1);
            root += 1;
        } else if left <= -(root as i64) {
            root -= 1;
            rest = rest.wrapping_add(2 * root + 1);
        } else {
            return root;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
    fn roots_are_those_of_the_processor() {
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..400_000_u32 {
            let bits = match round % 4 {
                0 => next(),
                // Around squares and powers of four, where a root is nearly exact.
                1 => (f64::from(next() as u32).powi(2)).to_bits().wrapping_add(next() % 5).wrapping_sub(2),
                2 => (next() & 0x7FF << 52).wrapping_add(next() % 64).wrapping_sub(32),
                3 if round % 64 == 3 => next() >> 12 >> (next() % 53),
                _ => 0x3FF0_0000_0000_0000 + (next() >> 11),
            };
            let number = f64::from_bits(bits);
            let (ours, expected) = (sqrt(number), libm::sqrt(number));
            assert!(ours.to_bits() == expected.to_bits() || ours.is_nan() && expected.is_nan(), "{number:e}");
        }
    }
}
