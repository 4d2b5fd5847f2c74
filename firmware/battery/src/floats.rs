//! f64 and f32 in software: every operation, conversions between them, printing and reading.

use crate::Battery;
use crate::chance::Chance;
use crate::digest::Digest;
use core::fmt::Write;
use core::hint::black_box;

/// Pairs that go through every operation that a core without floats has in its library.
const PAIRS: usize = 1_000_000;

/// One pair: of two numbers, of neighbours, of what is far apart, of what is at the edge of subnormal or infinite.
fn pair(chance: &mut Chance, digest: &mut Digest) {
    let a = chance.float();
    let b = match chance.below(8) {
        0 => f64::from_bits(a.to_bits() ^ (chance.next() >> chance.below(64))),
        1 => -f64::from_bits(a.to_bits().wrapping_add(chance.next() % 5).wrapping_sub(2)),
        2 => f64::from_bits(a.to_bits() ^ (chance.next() & 0x807F << 48)),
        3 => f64::from_bits((0x7FE - (a.to_bits() >> 52 & 0x7FF)) << 52 | chance.next() >> 12),
        4 => f64::from_bits((0x3FF_u64.wrapping_sub(a.to_bits() >> 52) & 0x7FF) << 52 | chance.next() >> 12),
        _ => chance.float(),
    };
    let (a, b) = (black_box(a), black_box(b));
    for result in [a + b, a - b, a * b, a / b, f64::from(a.to_bits() as i32), f64::from(b.to_bits() as u32)] {
        digest.float(result);
    }
    digest.bytes(&[u8::from(a < b), u8::from(a <= b), u8::from(a == b), u8::from(a != b), u8::from(a > b)]);
    digest.bytes(&[u8::from(a >= b)]);
    let (n, d) = (a.to_bits() as u32 >> chance.below(32), (b.to_bits() >> 20) as u32 >> chance.below(32) | 1);
    digest.wide(u128::from(n / d) << 64 | u128::from(n % d));
    digest.wide(
        u128::from((n as i32).wrapping_div(d as i32) as u32) << 64 | u128::from(a.to_bits().wrapping_mul(b.to_bits())),
    );
    digest.wide(((n as i32).wrapping_rem(d as i32) as u32).into());
}

macro_rules! width {
    ($battery:ident, $type:ident) => {{
        let name = stringify!($type);
        macro_rules! binary {
            ($how:literal, $a:ident, $b:ident, $result:expr) => {
                $battery.group(name, $how, |chance, digest| {
                    let ($a, $b) = (black_box(chance.float() as $type), black_box(chance.float() as $type));
                    digest.float(f64::from($result));
                });
            };
        }
        binary!("add", a, b, a + b);
        binary!("sub", a, b, a - b);
        binary!("mul", a, b, a * b);
        binary!("div", a, b, a / b);
        binary!("rem", a, b, a % b);
        binary!("rem_small", a, b, (a % 1000.0) % (b % 7.0 + 0.5));
        binary!("neg", a, _b, -a);
        binary!("abs", a, _b, a.abs());
        // Which zero they choose is not said, so a zero becomes +0.
        binary!("min", a, b, a.min(b) + 0.0);
        binary!("max", a, b, a.max(b) + 0.0);
        binary!("copysign", a, b, a.copysign(b));
        binary!("square", a, _b, a * a);
        binary!("axpy", a, b, a * b + a);
        binary!("polynomial", a, b, ((a * 0.5 + b) * a - 1.25) * a + 3.0);
        binary!("sum", a, b, (0..20).fold(0.0, |sum, i| sum + a / (b + i as $type)));
        $battery.group(name, "compare", |chance, digest| {
            let (a, b) = (black_box(chance.float() as $type), black_box(chance.float() as $type));
            digest.bytes(&[u8::from(a < b), u8::from(a <= b), u8::from(a == b), u8::from(a != b), u8::from(a > b)]);
            digest.bytes(&[a.total_cmp(&b) as u8, a.partial_cmp(&b).map_or(9, |order| order as u8)]);
        });
        $battery.group(name, "classify", |chance, digest| {
            let a = black_box(chance.float() as $type);
            digest.bytes(&[a.classify() as u8, u8::from(a.is_sign_negative()), u8::from(a.is_finite())]);
        });
        $battery.group(name, "shortest", |chance, digest| {
            let _ = write!(digest, "{} ", black_box(chance.float() as $type));
        });
        $battery.group(name, "exponent", |chance, digest| {
            let _ = write!(digest, "{:e} {:.3e}", black_box(chance.float() as $type), chance.float() as $type);
        });
        $battery.group(name, "fixed", |chance, digest| {
            let _ =
                write!(digest, "{:.6} {:9.2}", black_box(chance.float() as $type % 1e9), chance.float() as $type % 1e6);
        });
        $battery.group(name, "parse_shortest", |chance, digest| {
            let text = alloc::format!("{:e}", chance.float());
            digest.float(black_box(text.as_str()).parse::<$type>().map_or(f64::NAN, f64::from));
        });
        $battery.group(name, "parse_long", |chance, digest| {
            let text = alloc::format!("{}.{}e{}", chance.next(), chance.next(), chance.below(600) as i32 - 300);
            digest.float(black_box(text.as_str()).parse::<$type>().map_or(f64::NAN, f64::from));
        });
    }};
}

#[allow(clippy::cognitive_complexity, clippy::unnecessary_cast, reason = "one code for both widths")]
pub fn run<W: Write>(battery: &mut Battery<'_, W>) {
    width!(battery, f64);
    width!(battery, f32);
    for _ in 0..40 {
        battery.many(PAIRS / 40, "f64", "pairs", pair);
    }
    battery.group("f64", "bits", |chance, digest| digest.wide(black_box(chance.float()).to_bits().into()));
    battery.group("f64", "to_f32", |chance, digest| digest.float(f64::from(black_box(chance.float()) as f32)));
}
