//! `a * b + c` rounded once, on processors that have no such instruction: half of what doing it by doubles takes.
//!
//! The product has 106 bits and is exact in two words of 64; the other summand is moved to where it belongs, and of what
//! falls out at the lower end a bit tells. What is zero, subnormal, infinite, no number, or far from the middle of the
//! exponents' range is left to `libm`.

/// The exponents, as they are biased, with which nothing here becomes subnormal or infinite.
const MIDDLE: core::ops::Range<i32> = 300..1750;
/// The leading bit of a product of significands that were moved up by ten bits each, or the one below it.
const TOP: i32 = 125;

/// High and low half of a product.
fn wide_product(x: u64, y: u64) -> (u64, u64) {
    let (x1, x0, y1, y0) = ((x >> 32) as u32, x as u32, (y >> 32) as u32, y as u32);
    let times = |x: u32, y: u32| u64::from(x) * u64::from(y);
    let low = times(x0, y0);
    let middle = times(x1, y0) + (low >> 32);
    let other = times(x0, y1) + (middle & 0xFFFF_FFFF);
    (times(x1, y1) + (middle >> 32) + (other >> 32), other << 32 | (low & 0xFFFF_FFFF))
}

/// `a * b + c`.
pub(super) fn fma(a: f64, b: f64, c: f64) -> f64 {
    let (x, y, z) = (a.to_bits(), b.to_bits(), c.to_bits());
    let exponent = |bits: u64| (bits >> 52) as i32 & 0x7FF;
    // Of the product, if its leading bit is the lower one.
    let product = exponent(x) + exponent(y) - 1023;
    // How many bits further up the summand begins.
    let above = exponent(z) - product;
    let is_common = MIDDLE.contains(&exponent(x)) && MIDDLE.contains(&exponent(y)) && MIDDLE.contains(&exponent(z));
    if !is_common || !MIDDLE.contains(&product) || !(-72..=60).contains(&above) {
        return libm::fma(a, b, c);
    }
    let significand = |bits: u64| bits & ((1 << 52) - 1) | 1 << 52;
    let (mut high, mut low) = wide_product(significand(x) << 10, significand(y) << 10);
    // The summand's leading bit lies at 124 + above, and at 125 at most: the product is moved down instead.
    let down = (above - 1).max(0);
    if down > 0 {
        let lost = low << (64 - down) != 0;
        low = low >> down | high << (64 - down) | u64::from(lost);
        high >>= down;
    }
    let up = 72 + above.min(1);
    let of = significand(z);
    let (summand_high, summand_low) = match up {
        64.. => (of << (up - 64), 0),
        0 => (0, of),
        _ => (of >> (64 - up), of << up),
    };
    let mut sign = (x ^ y) >> 63;
    if sign == z >> 63 {
        let (sum, carried) = low.overflowing_add(summand_low);
        (high, low) = (high + summand_high + u64::from(carried), sum);
    } else {
        let (mut minuend, mut subtrahend) = ((high, low), (summand_high, summand_low));
        if minuend < subtrahend {
            (minuend, subtrahend) = (subtrahend, minuend);
            sign = z >> 63;
        }
        let (difference, borrowed) = minuend.1.overflowing_sub(subtrahend.1);
        (high, low) = (minuend.0 - subtrahend.0 - u64::from(borrowed), difference);
    }
    // The leading bit to the top.
    let mut exponent = product + down + (127 - TOP) + 1;
    if high == 0 {
        if low == 0 {
            return libm::fma(a, b, c);
        }
        (high, low) = (low, 0);
        exponent -= 64;
    }
    let by = high.leading_zeros();
    if by > 0 {
        high = high << by | low >> (64 - by);
        low <<= by;
    }
    exponent -= by as i32;
    let (kept, rest) = (high >> 11, high & 0x7FF | u64::from(low != 0));
    let round_up = rest > 0x400 || rest == 0x400 && kept & 1 == 1;
    // The leading bit, and a carry out of the significand, count for the exponent.
    f64::from_bits(sign << 63 | (((exponent as u64 - 1) << 52) + kept + u64::from(round_up)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg_attr(miri, ignore = "numbers only, and too many for Miri")]
    fn results_are_those_of_doing_it_by_doubles() {
        let mut state = 88_172_645_463_325_252_u64;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        };
        for round in 0..600_000_u32 {
            let number = |bits: u64, spread: u64| {
                let exponent = 1023 + (bits >> 20) % (2 * spread) - spread;
                f64::from_bits(
                    bits & (1 << 63)
                        | exponent << 52
                        | (bits & ((1 << 52) - 1)) >> (round % 3 * 20) << (round % 3 * 20),
                )
            };
            let spread = [2, 40, 700][round as usize % 3];
            let (a, b) = (number(next(), spread), number(next(), spread));
            let c = match round % 5 {
                0 => f64::from_bits((-(a * b)).to_bits().wrapping_add(next() % 7).wrapping_sub(3)),
                1 => f64::from_bits((a * b).to_bits() ^ next() >> (next() % 64)),
                2 => number(next(), spread) * a * b,
                _ => number(next(), spread),
            };
            let (ours, expected) = (fma(a, b, c), libm::fma(a, b, c));
            assert!(ours.to_bits() == expected.to_bits() || ours.is_nan() && expected.is_nan(), "{a:e} {b:e} {c:e}");
        }
    }
}
