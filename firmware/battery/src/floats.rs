//! f64 and f32 in software: every operation, conversions between them, printing and reading.

use crate::Battery;
use core::fmt::Write;
use core::hint::black_box;

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
    battery.group("f64", "bits", |chance, digest| digest.wide(black_box(chance.float()).to_bits().into()));
    battery.group("f64", "to_f32", |chance, digest| digest.float(f64::from(black_box(chance.float()) as f32)));
}
