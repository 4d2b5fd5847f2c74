//! 128-bit division as LLVM calls it here.
//!
//! LLVM passes the second operand of these library calls in a6, a7 and two words of the stack; rustc's own convention,
//! which the weak copies in `compiler_builtins` were compiled with, expects all of it on the stack. With those copies
//! `i128 / i128` is silently wrong, and so is `f64 % f64`, which divides 128-bit integers. Eight words are passed alike
//! in both, so these strong definitions take words.

/// Quotient and remainder by shifting and subtracting. Must not divide 128-bit integers itself.
fn divide(numerator: u128, denominator: u128) -> (u128, u128) {
    if denominator > numerator {
        return (0, numerator);
    }
    if let (Ok(numerator), Ok(denominator)) = (u64::try_from(numerator), u64::try_from(denominator)) {
        // Division by zero was excluded by the caller's own check, as for every integer division in Rust.
        let quotient = numerator.checked_div(denominator).unwrap_or(0);
        let remainder = numerator.checked_rem(denominator).unwrap_or(0);
        return (quotient.into(), remainder.into());
    }
    let shift = denominator.leading_zeros() - numerator.leading_zeros();
    let (mut quotient, mut remainder) = (0, numerator);
    for place in (0..=shift).rev() {
        quotient <<= 1;
        let shifted = denominator << place;
        if remainder >= shifted {
            remainder -= shifted;
            quotient |= 1;
        }
    }
    (quotient, remainder)
}

fn join(words: [u32; 4]) -> u128 {
    words.iter().rev().fold(0, |joined, word| joined << 32 | u128::from(*word))
}

macro_rules! library_calls {
    ($($name:ident($a:ident, $b:ident) = $result:expr;)*) => {$(
        #[doc = "See the module's description."]
        #[allow(clippy::too_many_arguments, reason = "the words of two operands")]
        // SAFETY: the name is that of the library call that LLVM emits, and the definition does what it is to do.
        #[unsafe(no_mangle)]
        pub extern "C" fn $name(a0: u32, a1: u32, a2: u32, a3: u32, b0: u32, b1: u32, b2: u32, b3: u32) -> u128 {
            let ($a, $b) = (join([a0, a1, a2, a3]), join([b0, b1, b2, b3]));
            $result
        }
    )*};
}

fn signed(magnitude: u128, negative: bool) -> u128 {
    if negative { magnitude.wrapping_neg() } else { magnitude }
}

library_calls! {
    __udivti3(a, b) = divide(a, b).0;
    __umodti3(a, b) = divide(a, b).1;
    __divti3(a, b) = {
        let (a, b) = (a as i128, b as i128);
        signed(divide(a.unsigned_abs(), b.unsigned_abs()).0, (a < 0) != (b < 0))
    };
    __modti3(a, b) = {
        let (a, b) = (a as i128, b as i128);
        signed(divide(a.unsigned_abs(), b.unsigned_abs()).1, a < 0)
    };
}
