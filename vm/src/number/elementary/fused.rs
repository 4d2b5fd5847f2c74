//! `a * b + c` rounded once, on processors that have no such instruction: half of what doing it by doubles takes.
//!
//! The product has 106 bits and is exact in two words of 64; the other summand is moved to where it belongs, and of what
//! falls out at the lower end a bit tells.

/// The biased exponent of what is infinite or no number.
const ENDLESS: i32 = 0x7FF;
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

/// The biased exponent of a number, and its significand with the leading bit at 52; of a subnormal one as if there were
/// exponents below 1. Not of zero.
fn parts(number: u64) -> (i32, u64) {
    let (exponent, fraction) = ((number >> 52) as i32 & ENDLESS, number & ((1 << 52) - 1));
    if exponent > 0 {
        return (exponent, fraction | 1 << 52);
    }
    let by = fraction.leading_zeros() - 11;
    (1 - by as i32, fraction << by)
}

/// `a * b + c`.
pub(super) fn fma(a: f64, b: f64, c: f64) -> f64 {
    if !c.is_finite() && a.is_finite() && b.is_finite() {
        // Even where the product alone would be infinite.
        return c;
    }
    if a == 0.0 || b == 0.0 || !a.is_finite() || !b.is_finite() {
        return a * b + c;
    }
    if c == 0.0 {
        // A product that is no zero keeps its sign, even where it becomes one.
        return a * b;
    }
    let (x, y, z) = (a.to_bits(), b.to_bits(), c.to_bits());
    let ((exponent_x, x_of), (exponent_y, y_of), (exponent_z, of)) = (parts(x), parts(y), parts(z));
    // Of the product, if its leading bit is the lower one.
    let mut product = exponent_x + exponent_y - 1023;
    // How many bits further up the summand begins.
    let mut above = exponent_z - product;
    let (mut high, mut low) = wide_product(x_of << 10, y_of << 10);
    let mut of = of;
    // So far below the other the smaller one matters by its sign only.
    if above > 60 {
        (product, above, high, low) = (exponent_z - 60, 60, 0, 1 << 60);
    } else if above < -72 {
        (above, of) = (-72, 1);
    }
    // The summand's leading bit lies at 124 + above, and at 125 at most: the product is moved down instead.
    let down = (above - 1).max(0);
    if down > 0 {
        let lost = low << (64 - down) != 0;
        low = low >> down | high << (64 - down) | u64::from(lost);
        high >>= down;
    }
    let up = 72 + above.min(1);
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
            return 0.0;
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
    if exponent >= ENDLESS {
        return f64::from_bits(sign << 63 | (ENDLESS as u64) << 52);
    }
    if exponent < 1 {
        // Subnormal: of what lies below the last bit that is kept a bit tells.
        let down = (1 - exponent).min(63);
        low |= high << (64 - down);
        (high, exponent) = (high >> down, 1);
    }
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
                // With the widest spread some are subnormal, zero, infinite or no number.
                let exponent = 1023 + (bits >> 20) % (2 * spread + 2) - spread;
                let exponent =
                    if spread == 1023 && bits % 16 < 4 { (bits % 4).wrapping_sub(1) & 0x7FF } else { exponent };
                f64::from_bits(
                    bits & (1 << 63)
                        | exponent << 52
                        | (bits & ((1 << 52) - 1)) >> (round % 3 * 20) << (round % 3 * 20),
                )
            };
            let spread = [2, 40, 700, 1023][round as usize % 4];
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
