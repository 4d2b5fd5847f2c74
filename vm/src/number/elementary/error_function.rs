//! erf and erfc.
//!
//! Source: fdlibm (Copyright 1993 Sun Microsystems, Inc.; "Permission to use, copy, modify, and distribute this software
//! is freely granted"), with sums grouped as glibc groups them.

use super::exponential::exp;

const ERX: f64 = 0.8450629115104675;
const EFX: f64 = 0.1283791670955126;
const PP: [f64; 5] =
    [0.12837916709551256, -0.3250421072470015, -0.02848174957559851, -0.005770270296489442, -2.3763016656650163e-05];
const QQ: [f64; 6] = [
    1.0,
    0.39791722395915535,
    0.0650222499887673,
    0.005081306281875766,
    0.00013249473800432164,
    -3.960228278775368e-06,
];
const PA: [f64; 7] = [
    -0.0023621185607526594,
    0.41485611868374833,
    -0.3722078760357013,
    0.31834661990116175,
    -0.11089469428239668,
    0.035478304325618236,
    -0.002166375594868791,
];
const QA: [f64; 7] = [
    1.0,
    0.10642088040084423,
    0.540397917702171,
    0.07182865441419627,
    0.12617121980876164,
    0.01363708391202905,
    0.011984499846799107,
];
const RA: [f64; 8] = [
    -0.009864944034847148,
    -0.6938585727071818,
    -10.558626225323291,
    -62.375332450326006,
    -162.39666946257347,
    -184.60509290671104,
    -81.2874355063066,
    -9.814329344169145,
];
const SA: [f64; 9] = [
    1.0,
    19.651271667439257,
    137.65775414351904,
    434.56587747522923,
    645.3872717332679,
    429.00814002756783,
    108.63500554177944,
    6.570249770319282,
    -0.0604244152148581,
];
const RB: [f64; 7] = [
    -0.0098649429247001,
    -0.799283237680523,
    -17.757954917754752,
    -160.63638485582192,
    -637.5664433683896,
    -1025.0951316110772,
    -483.5191916086514,
];
const SB: [f64; 8] = [
    1.0,
    30.33806074348246,
    325.7925129965739,
    1536.729586084437,
    3199.8582195085955,
    2553.0504064331644,
    474.52854120695537,
    -22.44095244658582,
];

fn size_word(x: f64) -> u32 {
    (x.to_bits() >> 32) as u32 & 0x7FFF_FFFF
}

/// `erf(x) / x - 1` of |x| < 0.84375, of z = x^2.
fn near_zero(z: f64) -> f64 {
    let z2 = z * z;
    let z4 = z2 * z2;
    let r = (PP[0] + z * PP[1]) + z2 * (PP[2] + z * PP[3]) + z4 * PP[4];
    let s = (1.0 + z * QQ[1]) + z2 * (QQ[2] + z * QQ[3]) + z4 * (QQ[4] + z * QQ[5]);
    r / s
}

/// `erf(|x|) - ERX` of 0.84375 <= |x| < 1.25.
fn near_one(x: f64) -> f64 {
    let s = x.abs() - 1.0;
    let s2 = s * s;
    let s4 = s2 * s2;
    let s6 = s4 * s2;
    let p = (PA[0] + s * PA[1]) + s2 * (PA[2] + s * PA[3]) + s4 * (PA[4] + s * PA[5]) + s6 * PA[6];
    let q = (1.0 + s * QA[1]) + s2 * (QA[2] + s * QA[3]) + s4 * (QA[4] + s * QA[5]) + s6 * QA[6];
    p / q
}

/// `erfc(x) * x` of 1.25 <= x < 28.
fn tail(x: f64) -> f64 {
    let s = 1.0 / (x * x);
    let s2 = s * s;
    let s4 = s2 * s2;
    let s6 = s4 * s2;
    let (r, t) = if size_word(x) < 0x4006_DB6D {
        let s8 = s4 * s4;
        (
            (RA[0] + s * RA[1]) + s2 * (RA[2] + s * RA[3]) + s4 * (RA[4] + s * RA[5]) + s6 * (RA[6] + s * RA[7]),
            (1.0 + s * SA[1])
                + s2 * (SA[2] + s * SA[3])
                + s4 * (SA[4] + s * SA[5])
                + s6 * (SA[6] + s * SA[7])
                + s8 * SA[8],
        )
    } else {
        (
            (RB[0] + s * RB[1]) + s2 * (RB[2] + s * RB[3]) + s4 * (RB[4] + s * RB[5]) + s6 * RB[6],
            (1.0 + s * SB[1]) + s2 * (SB[2] + s * SB[3]) + s4 * (SB[4] + s * SB[5]) + s6 * (SB[6] + s * SB[7]),
        )
    };
    let z = f64::from_bits(x.to_bits() & !0u64 << 32);
    exp(-z * z - 0.5625) * exp((z - x) * (z + x) + r / t)
}

/// The error function.
pub fn erf(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let word = size_word(x);
    if word < 0x3FEB_0000 {
        if word < 0x3E30_0000 {
            if word < 0x0080_0000 {
                return 0.0625 * (16.0 * x + (16.0 * EFX) * x);
            }
            return x + EFX * x;
        }
        return x + x * near_zero(x * x);
    }
    let size = x.abs();
    let value = if word < 0x3FF4_0000 {
        ERX + near_one(x)
    } else if word >= 0x4018_0000 {
        1.0
    } else {
        1.0 - tail(size) / size
    };
    value.copysign(x)
}

/// `1 - erf(x)`.
pub fn erfc(x: f64) -> f64 {
    if x.is_nan() {
        return x;
    }
    let word = size_word(x);
    if word < 0x3FEB_0000 {
        if word < 0x3C70_0000 {
            return 1.0 - x;
        }
        let y = near_zero(x * x);
        // x < 1/4.
        return if x < 0.25 { 1.0 - (x + x * y) } else { 0.5 - (x * y + (x - 0.5)) };
    }
    if word < 0x3FF4_0000 {
        let value = near_one(x);
        return if x >= 0.0 { (1.0 - ERX) - value } else { 1.0 + (ERX + value) };
    }
    let size = x.abs();
    if word >= 0x403C_0000 || (x < 0.0 && word >= 0x4018_0000) {
        return if x > 0.0 { 0.0 } else { 2.0 };
    }
    let value = tail(size) / size;
    if x > 0.0 { value } else { 2.0 - value }
}
