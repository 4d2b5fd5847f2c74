//! The shortest digits that are read as the same double, and the nearest of those.

use core::cmp::Ordering;

use super::scaled::Scaled;
use super::{Digits, Expansion};
use crate::number::real::parts;

/// Fixed point: a digit before the point, 60 bits behind it.
const BITS: i32 = 60;
const ONE: u64 = 1 << BITS;

/// Digits of a number that isn't negative and is finite. Of two that are equally near the even one.
pub(crate) fn shortest(number: f64) -> Digits {
    if number == 0.0 {
        let mut digits = Digits::new(1);
        digits.push(0);
        return digits;
    }
    let double = Double::new(number);
    let mut fixed = Fixed::new(&double);
    let mut digits = Digits::new(fixed.power + 1);
    loop {
        let digit = fixed.rest >> BITS;
        fixed.rest &= ONE - 1;
        digits.push(digit as u8);
        let mut above = digits;
        above.increment();
        let is_below_fine = fixed.within(fixed.rest, fixed.low).unwrap_or_else(|| double.is_above_low(&digits));
        let is_above_fine = fixed.within(ONE - fixed.rest, fixed.high).unwrap_or_else(|| double.is_below_high(&above));
        match (is_below_fine, is_above_fine) {
            (true, false) => return digits,
            (false, true) => return above,
            (true, true) => {
                let is_above = fixed.is_above_half().unwrap_or_else(|| double.rounds_up(digits));
                return if is_above { above } else { digits };
            }
            (false, false) => fixed.next(),
        }
    }
}

/// `mantissa * 2^exponent`, and the numbers between which all are read as this one.
struct Double {
    mantissa: u64,
    exponent: i32,
    /// The double below is only half as far away as the one above.
    is_power: bool,
}

impl Double {
    fn new(number: f64) -> Self {
        let (mantissa, exponent) = parts(number);
        Self { mantissa, exponent, is_power: mantissa == 1 << 52 && exponent > -1074 }
    }

    /// Are digits, compared with what lies half-way to another double, read as this one?
    fn is_inside(&self, digits: &Digits, half_way: (u64, i32), inside: Ordering) -> bool {
        let order = Expansion::new(half_way.0, half_way.1).compare(values(digits), digits.point);
        order == inside || (order.is_eq() && self.mantissa & 1 == 0)
    }

    fn is_above_low(&self, digits: &Digits) -> bool {
        let half_way = if self.is_power {
            (4 * self.mantissa - 1, self.exponent - 2)
        } else {
            (2 * self.mantissa - 1, self.exponent - 1)
        };
        self.is_inside(digits, half_way, Ordering::Greater)
    }

    fn is_below_high(&self, digits: &Digits) -> bool {
        self.is_inside(digits, (2 * self.mantissa + 1, self.exponent - 1), Ordering::Less)
    }

    /// Is this nearer to the digits with a unit of the last one more?
    fn rounds_up(&self, digits: Digits) -> bool {
        let mut half = digits;
        half.push(5);
        match Expansion::new(self.mantissa, self.exponent).compare(values(&half), half.point) {
            Ordering::Less => true,
            Ordering::Equal => digits.as_bytes().last().is_some_and(|digit| digit & 1 == 1),
            Ordering::Greater => false,
        }
    }
}

fn values(digits: &Digits) -> impl Iterator<Item = u8> {
    digits.as_bytes().iter().map(|digit| digit - b'0')
}

/// What is left of a number, in units of the last digit, with its distances to what lies half-way to other doubles.
struct Fixed {
    rest: u64,
    low: u64,
    high: u64,
    /// What `rest` and the distances are wrong by together.
    error: u64,
    /// The first digit's power of ten.
    power: i32,
}

impl Fixed {
    fn new(double: &Double) -> Self {
        let number = Scaled::new(double.mantissa, double.exponent);
        // log2 in 256ths: of the exponent, and of the mantissa by a straight line, which is never above it. Less a bit more
        // than log10(2) as 1233/4096 is wrong by.
        let log2 = (number.exponent + 63) * 256 + (number.mantissa >> 55) as i32 - 256 - 8;
        let mut power = (log2 * 1233) >> 20;
        loop {
            let factor = Scaled::power_of_ten(-power);
            let product = number.times(factor);
            let rest = product.mantissa >> (-BITS - product.exponent).clamp(0, 63);
            if rest >= 10 * ONE {
                power += 1;
                continue;
            }
            let high = factor.mantissa >> (1 - BITS - factor.exponent - double.exponent).clamp(0, 63);
            let low = if double.is_power { high >> 1 } else { high };
            // The product's three units and a half, where they count most, and what both shifts cut off.
            return Self { rest, low, high, error: 3 + (rest >> 62), power };
        }
    }

    /// Is a distance less than this bound? `None`: that is not known.
    fn within(&self, distance: u64, bound: u64) -> Option<bool> {
        (distance.abs_diff(bound) > self.error).then_some(distance < bound)
    }

    fn is_above_half(&self) -> Option<bool> {
        (self.rest.abs_diff(ONE / 2) > self.error).then_some(self.rest > ONE / 2)
    }

    /// On to the next digit.
    fn next(&mut self) {
        for number in [&mut self.rest, &mut self.low, &mut self.high, &mut self.error] {
            *number *= 10;
        }
    }
}
