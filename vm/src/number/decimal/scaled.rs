//! Numbers of 64 bits and an exponent, and powers of ten as such.

use crate::number::arithmetic::power_of_ten;

/// `mantissa * 2^exponent`; the highest bit of the mantissa is set, but of zero's.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scaled {
    pub mantissa: u64,
    pub exponent: i32,
}

/// Powers of ten are products of one of 10^0 to 10^15, which are exact, and one of 10^(16n).
const STEP: i32 = 16;
const SMALL: [u64; STEP as usize] = small();
/// The lowest and highest multiple of 16 among exponents: those of digits that may be a double.
const FIRST: i32 = -22;
const LAST: i32 = 20;
/// Mantissas of 10^(16n), to the nearest.
const LARGE: [u64; (LAST - FIRST + 1) as usize] = large();

#[expect(clippy::indexing_slicing, reason = "a constant: out of bounds would not compile")]
const fn small() -> [u64; STEP as usize] {
    let mut powers = [1; STEP as usize];
    let mut at = 1;
    while at < powers.len() {
        powers[at] = powers[at - 1] * 10;
        at += 1;
    }
    powers
}

/// From 1 upwards and downwards in 128 bits, of which each step leaves 90 right: errors come to less than 2^-80.
#[expect(clippy::indexing_slicing, reason = "a constant: out of bounds would not compile")]
const fn large() -> [u64; (LAST - FIRST + 1) as usize] {
    /// 5^16, of 38 bits: what multiplies a mantissa.
    const FACTOR: u128 = 152_587_890_625;
    const fn rounded(mantissa: u128) -> u64 {
        ((mantissa >> 64) + (mantissa >> 63 & 1)) as u64
    }
    let mut powers = [1 << 63; (LAST - FIRST + 1) as usize];
    let one = -FIRST as usize;
    let mut at = one;
    let (mut up, mut down) = (1u128 << 127, 1u128 << 127);
    while at > 0 {
        at -= 1;
        down /= FACTOR;
        down <<= down.leading_zeros();
        powers[at] = rounded(down);
    }
    at = one;
    while at + 1 < powers.len() {
        at += 1;
        up = (up >> 38) * FACTOR;
        up <<= up.leading_zeros();
        powers[at] = rounded(up);
    }
    powers
}

impl Scaled {
    pub fn new(number: u64, exponent: i32) -> Self {
        let shift = number.leading_zeros();
        Self { mantissa: number << (shift & 63), exponent: exponent - shift as i32 }
    }

    /// 10^power, of a power within what doubles need; wrong by one and a half units at most.
    pub fn power_of_ten(power: i32) -> Self {
        let (large, small) = (power.div_euclid(STEP), power.rem_euclid(STEP));
        let small = SMALL.get(small as usize).copied().unwrap_or(1);
        let mantissa = LARGE.get((large - FIRST) as usize).copied().unwrap_or(1 << 63);
        // The power of two below it: log2 of 10, in 65,536ths.
        let exponent = ((large * STEP * 217_706) >> 16) - 63;
        Self { mantissa, exponent }.times(Self::new(small, 0))
    }

    /// The product, wrong by half a unit besides what the factors are wrong by.
    pub fn times(self, other: Self) -> Self {
        let (high, low) = product(self.mantissa, other.mantissa);
        let exponent = self.exponent + other.exponent + 64;
        if high >> 63 == 0 {
            let (high, low) = (high << 1 | low >> 63, low << 1);
            return Self { mantissa: high.saturating_add(low >> 63), exponent: exponent - 1 };
        }
        Self { mantissa: high.saturating_add(low >> 63), exponent }
    }
}

/// `mantissa * 10^digits / 2^shift`, rounded half to even, `shift` below 128; `None`: it, or the power, takes more than 64
/// bits.
#[inline(never)]
pub(crate) fn fixed(mantissa: u64, digits: u32, shift: u32) -> Option<u64> {
    let (high, low) = product(mantissa, power_of_ten(digits)?.unsigned_abs());
    if shift == 0 {
        return (high == 0).then_some(low);
    }
    let product = u128::from(high) << 64 | u128::from(low);
    let (whole, rest, half) = (product >> shift, product & ((1 << shift) - 1), 1u128 << (shift - 1));
    u64::try_from(whole + u128::from(rest > half || (rest == half && whole & 1 == 1))).ok()
}

/// The product's 128 bits: high and low ones. By halves: a core of 32 bits has a call for each of those, and a longer one
/// for the whole.
fn product(a: u64, b: u64) -> (u64, u64) {
    let halves = |number: u64| (number >> 32, number & 0xFFFF_FFFF);
    let ((a, b), (c, d)) = (halves(a), halves(b));
    let (high, low) = (a * c, b * d);
    let (one, other) = (a * d, b * c);
    let (middle, carry) = (one & 0xFFFF_FFFF, other & 0xFFFF_FFFF);
    let middle = middle + carry + (low >> 32);
    (high + (one >> 32) + (other >> 32) + (middle >> 32), middle << 32 | low & 0xFFFF_FFFF)
}
