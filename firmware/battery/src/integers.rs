//! Every operation on every width, by operands that the compiler can't know.

use crate::Battery;
use core::fmt::Write;
use core::hint::black_box;

/// Takes an optional result, present or not.
macro_rules! put {
    ($digest:ident, $result:expr) => {
        match $result {
            Some(value) => $digest.wide(value as u128),
            None => $digest.bytes(b"-"),
        }
    };
}

macro_rules! width {
    ($battery:ident, $type:ident) => {{
        let name = stringify!($type);
        macro_rules! binary {
            ($how:literal, $a:ident, $b:ident, $result:expr) => {
                $battery.group(name, $how, |chance, digest| {
                    let ($a, $b) = (black_box(chance.wide() as $type), black_box(chance.wide() as $type));
                    put!(digest, $result);
                });
            };
        }
        binary!("wrapping_add", a, b, Some(a.wrapping_add(b)));
        binary!("wrapping_sub", a, b, Some(a.wrapping_sub(b)));
        binary!("wrapping_mul", a, b, Some(a.wrapping_mul(b)));
        binary!("checked_add", a, b, a.checked_add(b));
        binary!("checked_sub", a, b, a.checked_sub(b));
        binary!("checked_mul", a, b, a.checked_mul(b));
        binary!("saturating_add", a, b, Some(a.saturating_add(b)));
        binary!("saturating_sub", a, b, Some(a.saturating_sub(b)));
        binary!("saturating_mul", a, b, Some(a.saturating_mul(b)));
        binary!("div", a, b, a.checked_div(b));
        binary!("rem", a, b, a.checked_rem(b));
        binary!("div_euclid", a, b, a.checked_div_euclid(b));
        binary!("rem_euclid", a, b, a.checked_rem_euclid(b));
        binary!("and", a, b, Some(a & b));
        binary!("or", a, b, Some(a | b));
        binary!("xor", a, b, Some(a ^ b));
        binary!("shl", a, b, Some(a.wrapping_shl(b as u32)));
        binary!("shr", a, b, Some(a.wrapping_shr(b as u32)));
        binary!("rotate_left", a, b, Some(a.rotate_left((b as u32) % $type::BITS)));
        binary!("rotate_right", a, b, Some(a.rotate_right((b as u32) % $type::BITS)));
        binary!("pow", a, b, a.checked_pow((b as u32) % 12));
        binary!("min", a, b, Some(a.min(b)));
        binary!("max", a, b, Some(a.max(b)));
        binary!("abs_diff", a, b, Some(a.abs_diff(b)));
        binary!("cmp", a, b, Some(a.cmp(&b) as i8));
        binary!("less", a, b, Some(u8::from(a < b) | u8::from(a <= b) << 1 | u8::from(a == b) << 2));
        binary!("leading_zeros", a, _b, Some(a.leading_zeros()));
        binary!("trailing_zeros", a, _b, Some(a.trailing_zeros()));
        binary!("count_ones", a, _b, Some(a.count_ones()));
        binary!("swap_bytes", a, _b, Some(a.swap_bytes()));
        binary!("reverse_bits", a, _b, Some(a.reverse_bits()));
        binary!("isqrt", a, _b, Some((a >> 1 & $type::MAX).isqrt()));
        binary!("div_10", a, _b, Some(a / 10));
        binary!("rem_10", a, _b, Some(a % 10));
        binary!("div_7", a, _b, Some(a / 7));
        binary!("div_1000", a, _b, Some(i128::from(a as i16) / 1000));
        binary!("to_u8", a, _b, Some(a as u8));
        binary!("to_i16", a, _b, Some(a as i16));
        binary!("to_u32", a, _b, Some(a as u32));
        binary!("to_i64", a, _b, Some(a as i64));
        binary!("to_u128", a, _b, Some(a as u128));
        binary!("try_i8", a, _b, i8::try_from(a).ok());
        binary!("try_u32", a, _b, u32::try_from(a).ok());
        binary!("try_i64", a, _b, i64::try_from(a).ok());
        $battery.group(name, "decimal", |chance, digest| {
            let _ = write!(digest, "{}", black_box(chance.wide() as $type));
        });
        $battery.group(name, "hexadecimal", |chance, digest| {
            let number = black_box(chance.wide() as $type);
            let _ = write!(digest, "{number:x} {number:#010X} {number:b} {number:o}");
        });
        $battery.group(name, "padded", |chance, digest| {
            let _ = write!(digest, "{:>12}|{:<+9}|{0:05}", black_box(chance.wide() as $type), chance.wide() as $type);
        });
        $battery.group(name, "parse", |chance, digest| {
            let text = alloc::format!("{}", chance.wide() as i128 >> chance.below(100));
            put!(digest, black_box(text.as_str()).parse::<$type>().ok());
        });
        $battery.group(name, "to_f64", |chance, digest| digest.float(black_box(chance.wide() as $type) as f64));
        $battery.group(name, "to_f32", |chance, digest| {
            digest.float(f64::from(black_box(chance.wide() as $type) as f32));
        });
        $battery.group(name, "from_f64", |chance, digest| digest.wide(black_box(chance.float()) as $type as u128));
        $battery.group(name, "from_f32", |chance, digest| {
            digest.wide(black_box(chance.float() as f32) as $type as u128);
        });
    }};
}

#[allow(
    clippy::cognitive_complexity,
    clippy::unnecessary_cast,
    trivial_numeric_casts,
    reason = "one code for all widths"
)]
pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    width!(battery, u8);
    width!(battery, i8);
    width!(battery, u16);
    width!(battery, i16);
    width!(battery, u32);
    width!(battery, i32);
    width!(battery, u64);
    width!(battery, i64);
    width!(battery, u128);
    width!(battery, i128);
}
