//! Arithmetic on magnitudes: slices of 32-bit limbs, lowest first. No allocation; the caller sizes the results.
//!
//! Sources: D. E. Knuth, The Art of Computer Programming 2, 4.3.1 (algorithms A, S, M, D); A. Karatsuba, Y. Ofman,
//! "Multiplication of multidigit numbers on automata", 1962.

use core::cmp::Ordering;

/// Operands of at least this many limbs are multiplied by Karatsuba's method.
pub(super) const KARATSUBA: usize = 48;

/// Limbs up to the highest that is not zero.
pub(super) fn trimmed(limbs: &[u32]) -> usize {
    limbs.iter().rposition(|limb| *limb != 0).map_or(0, |top| top + 1)
}

/// The limbs without zeros at the top.
pub(super) fn trim(limbs: &[u32]) -> &[u32] {
    limbs.get(..trimmed(limbs)).unwrap_or(limbs)
}

/// Bits up to the highest that is set.
pub(super) fn bits(limbs: &[u32]) -> u64 {
    let limbs = trim(limbs);
    match limbs.last() {
        Some(top) => limbs.len() as u64 * 32 - u64::from(top.leading_zeros()),
        None => 0,
    }
}

/// Is it a power of two?
pub(super) fn is_power_of_two(limbs: &[u32]) -> bool {
    limbs.split_last().is_some_and(|(top, rest)| top.is_power_of_two() && rest.iter().all(|limb| *limb == 0))
}

/// Order of two trimmed magnitudes.
pub(super) fn compare(a: &[u32], b: &[u32]) -> Ordering {
    a.len().cmp(&b.len()).then_with(|| a.iter().rev().cmp(b.iter().rev()))
}

/// `out = a + b`; `a` is no shorter than `b`, `out` one limb longer than `a`.
pub(super) fn add(a: &[u32], b: &[u32], out: &mut [u32]) {
    let mut carry = 0u64;
    let addends = b.iter().chain(core::iter::repeat(&0));
    let mut places = out.iter_mut();
    for ((x, y), place) in a.iter().zip(addends).zip(&mut places) {
        let sum = u64::from(*x) + u64::from(*y) + carry;
        *place = sum as u32;
        carry = sum >> 32;
    }
    if let Some(place) = places.next() {
        *place = carry as u32;
    }
}

/// `out = a - b`, of `a >= b`; `out` is at least as long as `a`, `b` no longer.
pub(super) fn subtract(a: &[u32], b: &[u32], out: &mut [u32]) {
    let mut borrow = false;
    let subtrahends = b.iter().chain(core::iter::repeat(&0));
    let mut places = out.iter_mut();
    for ((x, y), place) in a.iter().zip(subtrahends).zip(&mut places) {
        (*place, borrow) = x.borrowing_sub(*y, borrow);
    }
    for place in places {
        *place = 0;
    }
}

/// `target += addend`; what is carried out of it.
pub(super) fn add_to(target: &mut [u32], addend: &[u32]) -> bool {
    let mut carry = 0u64;
    let mut places = target.iter_mut();
    // (The shorter goes first: `zip` takes from its first before it finds the second at its end.)
    for (y, place) in addend.iter().zip(&mut places) {
        let sum = u64::from(*place) + u64::from(*y) + carry;
        *place = sum as u32;
        carry = sum >> 32;
    }
    carry != 0 && increment_rest(places)
}

/// Adds 1; what is carried out.
pub(super) fn increment(target: &mut [u32]) -> bool {
    increment_rest(target.iter_mut())
}

fn increment_rest(places: core::slice::IterMut<'_, u32>) -> bool {
    for place in places {
        *place = place.wrapping_add(1);
        if *place != 0 {
            return false;
        }
    }
    true
}

/// `target -= subtrahend`, which is no larger.
pub(super) fn subtract_from(target: &mut [u32], subtrahend: &[u32]) {
    let mut borrow = false;
    let mut places = target.iter_mut();
    for (y, place) in subtrahend.iter().zip(&mut places) {
        (*place, borrow) = place.borrowing_sub(*y, borrow);
    }
    if borrow {
        for place in places {
            *place = place.wrapping_sub(1);
            if *place != u32::MAX {
                return;
            }
        }
    }
}

/// `target = target * factor + addend`; the limb carried out.
pub(super) fn multiply_small(target: &mut [u32], factor: u32, addend: u32) -> u32 {
    let mut carry = u64::from(addend);
    for place in target {
        let product = u64::from(*place) * u64::from(factor) + carry;
        *place = product as u32;
        carry = product >> 32;
    }
    carry as u32
}

/// `target /= divisor`; the remainder. A divisor of 0 leaves it as it is.
pub(super) fn divide_small(target: &mut [u32], divisor: u32) -> u32 {
    let mut remainder = 0u64;
    for place in target.iter_mut().rev() {
        let dividend = remainder << 32 | u64::from(*place);
        let quotient = dividend.checked_div(u64::from(divisor)).unwrap_or(0);
        *place = quotient as u32;
        remainder = dividend - quotient * u64::from(divisor);
    }
    remainder as u32
}

/// The remainder of a division by one limb (not 0).
pub(super) fn remainder_small(limbs: &[u32], divisor: u32) -> u32 {
    limbs
        .iter()
        .rev()
        .fold(0u64, |rest, limb| (rest << 32 | u64::from(*limb)).checked_rem(u64::from(divisor)).unwrap_or(0))
        as u32
}

/// Two limbs as one.
#[cfg(target_pointer_width = "64")]
fn join(low: u32, high: u32) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

/// `out += a * b` by schoolbook; `out` has at least as many limbs as both together, and the sum fits.
/// Where the processor multiplies 64 bits, two limbs at a time.
#[cfg(target_pointer_width = "64")]
fn multiply_add(a: &[u32], b: &[u32], out: &mut [u32]) {
    let (a_pairs, a_last) = a.as_chunks::<2>();
    let (b_pairs, b_last) = b.as_chunks::<2>();
    for (index, [x_low, x_high]) in a_pairs.iter().enumerate() {
        let Some(rest) = out.get_mut(2 * index..) else { return };
        let x = join(*x_low, *x_high);
        let mut carry = 0u64;
        let mut step = |y: u64, [low, high]: &mut [u32; 2]| {
            let sum = u128::from(x) * u128::from(y) + u128::from(join(*low, *high)) + u128::from(carry);
            (*low, *high) = (sum as u32, (sum >> 32) as u32);
            carry = (sum >> 64) as u64;
        };
        let (places, _) = rest.as_chunks_mut::<2>();
        let mut places = places.iter_mut();
        for ([y_low, y_high], place) in b_pairs.iter().zip(&mut places) {
            step(join(*y_low, *y_high), place);
        }
        let done = 2 * b_pairs.len()
            + if let [y] = b_last {
                if let Some(place) = places.next() {
                    step(u64::from(*y), place);
                }
                2
            } else {
                0
            };
        if let Some(rest) = rest.get_mut(done..) {
            for place in rest {
                if carry == 0 {
                    break;
                }
                let sum = u128::from(*place) + u128::from(carry);
                *place = sum as u32;
                carry = (sum >> 32) as u64;
            }
        }
    }
    if let [_] = a_last
        && let Some(rest) = out.get_mut(2 * a_pairs.len()..)
    {
        multiply_add_by_limbs(a_last, b, rest);
    }
}

#[cfg(not(target_pointer_width = "64"))]
fn multiply_add(a: &[u32], b: &[u32], out: &mut [u32]) {
    multiply_add_by_limbs(a, b, out);
}

/// The same, limb by limb.
fn multiply_add_by_limbs(a: &[u32], b: &[u32], out: &mut [u32]) {
    for (shift, x) in a.iter().enumerate() {
        let Some(rest) = out.get_mut(shift..) else { return };
        let mut carry = 0u64;
        let mut places = rest.iter_mut();
        for (y, place) in b.iter().zip(&mut places) {
            let sum = u64::from(*x) * u64::from(*y) + u64::from(*place) + carry;
            *place = sum as u32;
            carry = sum >> 32;
        }
        for place in places {
            if carry == 0 {
                break;
            }
            let sum = u64::from(*place) + carry;
            *place = sum as u32;
            carry = sum >> 32;
        }
    }
}

/// Scratch limbs that [`multiply_equal`] takes for operands of `length` limbs.
pub(super) fn multiply_scratch(mut length: usize) -> usize {
    let mut total = 0;
    while length >= KARATSUBA {
        let low = length.div_ceil(2);
        total += 4 * (low + 1);
        length = low + 1;
    }
    total
}

/// `out = a * b` of operands of one length; `out` is twice as long.
pub(super) fn multiply_equal(a: &[u32], b: &[u32], out: &mut [u32], scratch: &mut [u32]) {
    let length = a.len();
    let low = length.div_ceil(2);
    let sum = low + 1;
    if length < KARATSUBA || scratch.len() < 4 * sum {
        out.fill(0);
        return multiply_add(a, b, out);
    }
    let (Some((a_low, a_high)), Some((b_low, b_high))) = (a.split_at_checked(low), b.split_at_checked(low)) else {
        return;
    };
    let Some((out_low, out_high)) = out.split_at_mut_checked(2 * low) else { return };
    multiply_equal(a_low, b_low, out_low, scratch);
    multiply_equal(a_high, b_high, out_high, scratch);
    let Some((sums, scratch)) = scratch.split_at_mut_checked(2 * sum) else { return };
    let Some((middle, scratch)) = scratch.split_at_mut_checked(2 * sum) else { return };
    let Some((a_sum, b_sum)) = sums.split_at_mut_checked(sum) else { return };
    add(a_low, a_high, a_sum);
    add(b_low, b_high, b_sum);
    multiply_equal(a_sum, b_sum, middle, scratch);
    subtract_from(middle, out_low);
    subtract_from(middle, out_high);
    if let Some(target) = out.get_mut(low..) {
        add_to(target, trim(middle));
    }
}

/// `out = a * b` by schoolbook; `out` is zero and as long as both together.
pub(super) fn multiply(a: &[u32], b: &[u32], out: &mut [u32]) {
    if a.len() <= b.len() { multiply_add(a, b, out) } else { multiply_add(b, a, out) }
}

/// `out = a << bits` of less than 32 bits; `out` is one limb longer.
pub(super) fn shift_left(a: &[u32], bits: u32, out: &mut [u32]) {
    let mut carry = 0u64;
    let mut places = out.iter_mut();
    for (x, place) in a.iter().zip(&mut places) {
        let wide = u64::from(*x) << bits | carry;
        *place = wide as u32;
        carry = wide >> 32;
    }
    if let Some(place) = places.next() {
        *place = carry as u32;
    }
}

/// `target >>= bits` of less than 32 bits.
pub(super) fn shift_right_in_place(target: &mut [u32], bits: u32) {
    let mut above = 0u64;
    for place in target.iter_mut().rev() {
        let wide = above << 32 | u64::from(*place);
        *place = (wide >> bits) as u32;
        above = wide & 0xFFFF_FFFF;
    }
}

/// One step of Knuth's algorithm D: the quotient digit of `window` (one limb longer than the divisor), which becomes
/// the remainder. The divisor has at least two limbs, and its top bit is set; `window / divisor` is below 2^32.
pub(super) fn divide_step(window: &mut [u32], divisor: &[u32]) -> u32 {
    let (Some([.., below, top]), Some([.., w2, w1, w0])) = (Some(divisor), Some(&*window)) else { return 0 };
    let (top, below) = (u64::from(*top), u64::from(*below));
    let dividend = u64::from(*w0) << 32 | u64::from(*w1);
    let mut digit = dividend.checked_div(top).unwrap_or(0);
    let mut rest = dividend - digit * top;
    while digit >> 32 != 0 || digit * below > (rest << 32 | u64::from(*w2)) {
        digit -= 1;
        rest += top;
        if rest >> 32 != 0 {
            break;
        }
    }
    let (mut carry, mut borrow) = (0u64, false);
    let mut places = window.iter_mut();
    for (y, place) in divisor.iter().zip(&mut places) {
        let product = digit * u64::from(*y) + carry;
        carry = product >> 32;
        (*place, borrow) = place.borrowing_sub(product as u32, borrow);
    }
    if let Some(place) = places.next() {
        (*place, borrow) = place.borrowing_sub(carry as u32, borrow);
    }
    if borrow {
        digit -= 1;
        add_to(window, divisor);
    }
    digit as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::vec;
    use std::vec::Vec;

    /// Limbs with long runs of ones and zeros, where carries travel far.
    fn limbs_of(seed: u32, length: usize) -> Vec<u32> {
        let mut state = seed.wrapping_mul(2_654_435_761) | 1;
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                match state >> 28 {
                    0..4 => 0,
                    4..8 => u32::MAX,
                    _ => state.rotate_left(7),
                }
            })
            .collect()
    }

    #[test]
    fn karatsuba_is_schoolbook() {
        for (seed, length) in (0u32..).zip([1, 47, 48, 49, 97, 100, 255, 401]) {
            let (a, b) = (limbs_of(seed, length), limbs_of(seed + 100, length));
            let (mut quick, mut plain) = (vec![7; 2 * length], vec![0; 2 * length]);
            let mut scratch = vec![9; multiply_scratch(length)];
            multiply_equal(&a, &b, &mut quick, &mut scratch);
            multiply(&a, &b, &mut plain);
            assert_eq!(quick, plain, "{length}");
            let mut narrow = vec![0; 2 * length];
            multiply_add_by_limbs(&a, &b, &mut narrow);
            assert_eq!(narrow, plain, "{length}");
        }
    }

    #[test]
    fn quotient_times_divisor_and_remainder_is_the_dividend() {
        for seed in 0..300 {
            let (n, m) = (2 + seed as usize % 7, seed as usize % 9);
            let mut divisor = limbs_of(seed, n);
            *divisor.last_mut().unwrap() |= 1 << 31;
            let quotient = limbs_of(seed + 1000, m);
            let mut rest = limbs_of(seed + 2000, n);
            *rest.last_mut().unwrap() &= (1 << 31) - 1;
            if compare(trim(&rest), &divisor) != Ordering::Less {
                continue;
            }
            let mut dividend = vec![0; n + m + 1];
            multiply(&quotient, &divisor, &mut dividend);
            add_to(&mut dividend, &rest);
            for place in (0..=m).rev() {
                let digit = divide_step(&mut dividend[place..=place + n], &divisor);
                assert_eq!(digit, quotient.get(place).copied().unwrap_or(0));
            }
            assert_eq!(trim(&dividend), trim(&rest));
        }
    }

    #[test]
    fn shifts_and_small_factors() {
        let a = limbs_of(5, 9);
        for bits in 0..32 {
            let mut shifted = vec![0; 10];
            shift_left(&a, bits, &mut shifted);
            shift_right_in_place(&mut shifted, bits);
            assert_eq!(trim(&shifted), trim(&a));
        }
        let mut b = a.clone();
        let carry = multiply_small(&mut b, 1_000_000_007, 5);
        b.push(carry);
        assert_eq!(remainder_small(&b, 1_000_000_007), 5);
        assert_eq!(divide_small(&mut b, 1_000_000_007), 5);
        assert_eq!(trim(&b), trim(&a));
    }
}
