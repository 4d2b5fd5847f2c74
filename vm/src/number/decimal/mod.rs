//! Doubles from decimal text and back, exact in every bit, without tables that weigh more than the code.
//!
//! Both ways a 64-bit multiple of a power of ten ([`scaled`]) decides where its error bound allows it, which is nearly
//! always; where it doesn't, the digits of the exact value ([`expansion`]) are compared. `core` does the same with tables
//! of 12 KB, and in three algorithms.
//!
//! Sources: W. D. Clinger, "How to read floating point numbers accurately", 1990 (its Bellerophon); G. L. Steele,
//! J. L. White, "How to print floating-point numbers accurately", 1990; F. Loitsch, "Printing floating-point numbers
//! quickly and accurately with integers", 2010.

mod expansion;
mod read;
mod scaled;
mod shortest;
#[cfg(test)]
mod tests;

pub(crate) use expansion::Expansion;
pub(super) use read::nearest;
pub(crate) use read::read;
pub(crate) use scaled::fixed;
pub(crate) use shortest::shortest;

/// The most significant digits that the shortest text of a double has.
const MOST: usize = 17;

/// Decimal digits, the first of which is not 0 but for zero itself: `0.ddd * 10^point`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Digits {
    /// In ASCII; one place more than any number needs, for half a unit of the last one.
    bytes: [u8; MOST + 1],
    length: usize,
    /// Where the point is, from the first digit on.
    pub point: i32,
}

impl Digits {
    /// None yet.
    pub fn new(point: i32) -> Self {
        Self { bytes: [0; MOST + 1], length: 0, point }
    }

    /// What was pushed.
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or(&self.bytes)
    }

    /// One digit more, 0 to 9. What doesn't fit is left out.
    pub fn push(&mut self, digit: u8) {
        if let Some(place) = self.bytes.get_mut(self.length) {
            *place = b'0' + digit;
            self.length += 1;
        }
    }

    /// Adds a unit of the last digit; where there is none, one in front of the point.
    pub fn increment(&mut self) {
        if increment(self.bytes.get_mut(..self.length).unwrap_or(&mut [])) {
            self.point += 1;
            if self.length == 0 {
                self.push(1);
            }
        }
    }
}

/// Adds a unit of the last of some digits; `true`: they were all 9, or none, and the first of `100..` now counts ten times
/// as much.
pub(crate) fn increment(digits: &mut [u8]) -> bool {
    for digit in digits.iter_mut().rev() {
        if *digit < b'9' {
            *digit += 1;
            return false;
        }
        *digit = b'0';
    }
    if let Some(first) = digits.first_mut() {
        *first = b'1';
    }
    true
}
