//! The digits of a double's exact value, from the first one on: at most 767 of them are not zero.

use core::cmp::Ordering;

use crate::number::limbs;
use crate::number::real::parts;

/// What is taken from a number at a time: nine digits.
const PART: u32 = 1_000_000_000;
/// Nine digits each: the largest double has 309.
const WHOLE: usize = 35;
/// Bits behind the point, 1,076 at most, and as many before it, 1,026.
const LIMBS: usize = 34;

/// Digits of `mantissa * 2^exponent`, in turn.
#[derive(Debug)]
pub(crate) struct Expansion {
    /// What is before the point, in parts, lowest first.
    whole: [u32; WHOLE],
    wholes: usize,
    /// What is behind it: limbs, lowest first.
    fraction: [u32; LIMBS],
    /// Limbs below are zero.
    lowest: usize,
    /// The part that digits are taken from, and what its next digit counts.
    part: u32,
    unit: u32,
    /// Where the point is, from the first digit that isn't 0 on.
    pub point: i32,
}

impl Expansion {
    /// Of a finite number's magnitude.
    pub fn of(number: f64) -> Self {
        let (mantissa, exponent) = parts(number);
        Self::new(mantissa, exponent)
    }

    /// Of a number below 2^1027 whose lowest bit counts 2^-1076 or more.
    pub fn new(mantissa: u64, exponent: i32) -> Self {
        let mut new =
            Self { whole: [0; WHOLE], wholes: 0, fraction: [0; LIMBS], lowest: 0, part: 0, unit: 0, point: 0 };
        if exponent >= 0 {
            new.place(mantissa, exponent as u32);
            loop {
                let limbs = limbs::trimmed(&new.fraction);
                if limbs == 0 {
                    break;
                }
                let part = limbs::divide_small(new.fraction.get_mut(..limbs).unwrap_or(&mut []), PART);
                new.push_whole(part);
            }
        } else {
            let behind = exponent.unsigned_abs();
            let mut whole = mantissa.checked_shr(behind).unwrap_or(0);
            while whole > 0 {
                new.push_whole((whole % u64::from(PART)) as u32);
                whole /= u64::from(PART);
            }
            let fraction = 1u64.checked_shl(behind).map_or(mantissa, |unit| mantissa & (unit - 1));
            new.place(fraction, LIMBS as u32 * 32 - behind);
        }
        new.skip_zeros();
        new.find_first();
        new
    }

    /// Puts a number among the limbs, so many bits up.
    fn place(&mut self, number: u64, bits: u32) {
        let shifted = u128::from(number) << (bits % 32);
        let limbs = self.fraction.iter_mut().skip(bits as usize / 32);
        for (limb, at) in limbs.zip([0, 32, 64]) {
            *limb = (shifted >> at) as u32;
        }
    }

    fn push_whole(&mut self, part: u32) {
        if let Some(place) = self.whole.get_mut(self.wholes) {
            *place = part;
            self.wholes += 1;
        }
    }

    /// Goes to the first digit that isn't 0. Zero has none, and its point is behind one digit.
    fn find_first(&mut self) {
        self.point = 9 * self.wholes as i32;
        while self.part == 0 {
            if self.is_zero() {
                self.point = 1;
                return;
            }
            self.part = self.next_part();
            if self.part == 0 {
                self.point -= 9;
            }
        }
        self.unit = PART / 10;
        while self.part < self.unit {
            self.unit /= 10;
            self.point -= 1;
        }
    }

    fn next_part(&mut self) -> u32 {
        if let Some(rest) = self.wholes.checked_sub(1) {
            self.wholes = rest;
            return self.whole.get(rest).copied().unwrap_or(0);
        }
        let part = limbs::multiply_small(self.fraction.get_mut(self.lowest..).unwrap_or(&mut []), PART, 0);
        self.skip_zeros();
        part
    }

    fn skip_zeros(&mut self) {
        while self.fraction.get(self.lowest) == Some(&0) {
            self.lowest += 1;
        }
    }

    /// The next digit; 0 behind the last.
    pub fn next_digit(&mut self) -> u8 {
        if self.unit == 0 {
            self.part = self.next_part();
            self.unit = PART / 10;
        }
        let digit = self.part.checked_div(self.unit).unwrap_or(0);
        self.part -= digit * self.unit;
        self.unit /= 10;
        digit as u8
    }

    /// Is all that follows 0?
    fn is_zero(&self) -> bool {
        let mut wholes = self.whole.iter().take(self.wholes);
        self.part == 0 && self.lowest == LIMBS && wholes.all(|part| *part == 0)
    }

    /// What follows, compared with half a unit of the digit before.
    pub fn rest(mut self) -> Ordering {
        self.next_digit().cmp(&5).then_with(|| if self.is_zero() { Ordering::Equal } else { Ordering::Greater })
    }

    /// Whether to round up what was taken, half to even.
    pub fn rounds_up(self, is_last_odd: bool) -> bool {
        match self.rest() {
            Ordering::Less => false,
            Ordering::Equal => is_last_odd,
            Ordering::Greater => true,
        }
    }

    /// Digits, the first of which isn't 0, compared with these; `0.ddd * 10^point` is their value.
    pub fn compare(mut self, digits: impl Iterator<Item = u8>, point: i32) -> Ordering {
        point.cmp(&self.point).then_with(|| {
            for digit in digits {
                let order = digit.cmp(&self.next_digit());
                if order.is_ne() {
                    return order;
                }
            }
            if self.is_zero() { Ordering::Equal } else { Ordering::Less }
        })
    }
}
