//! The module `math`: functions of floats.

use super::elementary as f;
use super::{math_integer, math_sequence, real};
use crate::error::Outcome;
use crate::kind::kind;
use crate::native::Native;
use crate::vm::{Args, Vm};
use core::f64::consts;
use nano_wire::builtins::Builtin;
use nano_wire::features::Feature;
use nano_wire::value::Value;

/// What is infinite although its argument isn't.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Infinite {
    /// OverflowError.
    Overflow,
    /// ValueError.
    Domain,
}

macro_rules! functions {
    ($($builtin:ident $name:literal $(in $feature:ident)? $run:expr, $min:literal, $max:literal;)*) => {
        /// The native behind a function of `math`.
        pub(super) fn function(builtin: Builtin) -> Option<&'static Native> {
            Some(match builtin {
                $(Builtin::$builtin => {
                    static NATIVE: Native = Native::new($name, $run, $min, $max)$(.part_of(Feature::$feature))?;
                    &NATIVE
                })*
                _ => return None,
            })
        }
    };
}

functions! {
    MathAcos "acos" in MathTrigonometry |vm, args| one(vm, args, f::acos, Infinite::Domain), 1, 1;
    MathAcosh "acosh" in MathSpecial |vm, args| one(vm, args, f::acosh, Infinite::Domain), 1, 1;
    MathAsin "asin" in MathTrigonometry |vm, args| one(vm, args, f::asin, Infinite::Domain), 1, 1;
    MathAsinh "asinh" in MathSpecial |vm, args| one(vm, args, f::asinh, Infinite::Domain), 1, 1;
    MathAtan "atan" in MathTrigonometry |vm, args| one(vm, args, f::atan, Infinite::Domain), 1, 1;
    MathAtan2 "atan2" in MathTrigonometry |vm, args| two(vm, args, f::atan2), 2, 2;
    MathAtanh "atanh" in MathSpecial |vm, args| one(vm, args, f::atanh, Infinite::Domain), 1, 1;
    MathCbrt "cbrt" in MathSpecial |vm, args| one(vm, args, f::cbrt, Infinite::Domain), 1, 1;
    MathCeil "ceil" |vm, args| to_int(vm, args, libm::ceil, "__ceil__"), 1, 1;
    MathComb "comb" in MathInteger math_integer::comb, 2, 2;
    MathCopysign "copysign" |vm, args| two(vm, args, f64::copysign), 2, 2;
    MathCos "cos" in MathTrigonometry |vm, args| one(vm, args, f::cos, Infinite::Domain), 1, 1;
    MathCosh "cosh" in MathSpecial |vm, args| one(vm, args, f::cosh, Infinite::Overflow), 1, 1;
    MathDegrees "degrees" |vm, args| one(vm, args, |x| x * (180.0 / consts::PI), Infinite::Overflow), 1, 1;
    MathDist "dist" in MathSums math_sequence::dist, 2, 2;
    MathErf "erf" in MathSpecial |vm, args| one(vm, args, f::erf, Infinite::Domain), 1, 1;
    MathErfc "erfc" in MathSpecial |vm, args| one(vm, args, f::erfc, Infinite::Domain), 1, 1;
    MathExp "exp" in MathExponential |vm, args| one(vm, args, f::exp, Infinite::Overflow), 1, 1;
    MathExp2 "exp2" in MathSpecial |vm, args| one(vm, args, f::exp2, Infinite::Overflow), 1, 1;
    MathExpm1 "expm1" in MathSpecial |vm, args| one(vm, args, f::expm1, Infinite::Overflow), 1, 1;
    MathFabs "fabs" |vm, args| one(vm, args, f64::abs, Infinite::Domain), 1, 1;
    MathFactorial "factorial" in MathInteger math_integer::factorial, 1, 1;
    MathFloor "floor" |vm, args| to_int(vm, args, libm::floor, "__floor__"), 1, 1;
    MathFmod "fmod" fmod, 2, 2;
    MathFrexp "frexp" frexp, 1, 1;
    MathFsum "fsum" in MathSums math_sequence::fsum, 1, 1;
    MathGamma "gamma" in MathSpecial gamma, 1, 1;
    MathGcd "gcd" in MathInteger math_integer::gcd, 0, 255;
    MathHypot "hypot" in MathSums math_sequence::hypot, 0, 255;
    MathIsclose "isclose,a,b,rel_tol,abs_tol" isclose, 2, 2;
    MathIsfinite "isfinite" |vm, args| is(vm, args, f64::is_finite), 1, 1;
    MathIsinf "isinf" |vm, args| is(vm, args, f64::is_infinite), 1, 1;
    MathIsnan "isnan" |vm, args| is(vm, args, f64::is_nan), 1, 1;
    MathIsqrt "isqrt" in MathInteger math_integer::isqrt, 1, 1;
    MathLcm "lcm" in MathInteger math_integer::lcm, 0, 255;
    MathLdexp "ldexp" ldexp, 2, 2;
    MathLgamma "lgamma" in MathSpecial lgamma, 1, 1;
    MathLog "log" in MathExponential log, 1, 2;
    MathLog10 "log10" in MathExponential |vm, args| { let x = logarithm(vm, args, 0, f::log10)?; vm.new_float(x) }, 1, 1;
    MathLog1p "log1p" in MathSpecial |vm, args| one(vm, args, f::log1p, Infinite::Domain), 1, 1;
    MathLog2 "log2" in MathExponential |vm, args| { let x = logarithm(vm, args, 0, f::log2)?; vm.new_float(x) }, 1, 1;
    MathModf "modf" modf, 1, 1;
    MathNextafter "nextafter" |vm, args| two(vm, args, libm::nextafter), 2, 2;
    MathPerm "perm" in MathInteger math_integer::perm, 1, 2;
    MathPow "pow" in MathExponential pow, 2, 2;
    MathProd "prod,,start" in MathSums math_sequence::prod, 1, 1;
    MathRadians "radians" |vm, args| one(vm, args, |x| x * (consts::PI / 180.0), Infinite::Overflow), 1, 1;
    MathRemainder "remainder" remainder, 2, 2;
    MathSin "sin" in MathTrigonometry |vm, args| one(vm, args, f::sin, Infinite::Domain), 1, 1;
    MathSinh "sinh" in MathSpecial |vm, args| one(vm, args, f::sinh, Infinite::Overflow), 1, 1;
    MathSqrt "sqrt" |vm, args| one(vm, args, super::elementary::sqrt, Infinite::Domain), 1, 1;
    MathTan "tan" in MathTrigonometry |vm, args| one(vm, args, f::tan, Infinite::Domain), 1, 1;
    MathTanh "tanh" in MathSpecial |vm, args| one(vm, args, f::tanh, Infinite::Domain), 1, 1;
    MathTrunc "trunc" trunc, 1, 1;
    MathUlp "ulp" |vm, args| one(vm, args, ulp, Infinite::Overflow), 1, 1;
}

impl Vm<'_> {
    /// The value of a constant of a builtin module; `None`: it is no such constant.
    pub(crate) fn member_value(member: Builtin) -> Option<f64> {
        Some(match member {
            Builtin::MathPi => consts::PI,
            Builtin::MathE => consts::E,
            Builtin::MathTau => consts::TAU,
            Builtin::MathInf => f64::INFINITY,
            Builtin::MathNan => f64::NAN,
            _ => return None,
        })
    }

    /// Argument `index` as a float; TypeError where it is none.
    pub(super) fn real_argument(&mut self, args: Args, index: usize) -> Outcome<f64> {
        let value = self.arg(args, index);
        if self.kind(value) == kind::FLOAT {
            return Ok(self.float(value));
        }
        self.real_or_type_error(value)
    }

    /// A value as a float; TypeError where it is none.
    pub(super) fn real_or_type_error(&mut self, value: Value) -> Outcome<f64> {
        let kept = self.root(value)?;
        let Some(number) = self.real_value(value)? else {
            return self.raise_type("must be real number, not {}", self.get(kept));
        };
        self.release(kept.0);
        Ok(number)
    }

    #[cold]
    pub(super) fn domain_error<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::ValueError, "math domain error")
    }

    #[cold]
    pub(super) fn range_error<T>(&mut self) -> Outcome<T> {
        self.raise(Builtin::OverflowError, "math range error")
    }
}

/// A function of one argument.
fn one(vm: &mut Vm<'_>, args: Args, function: fn(f64) -> f64, infinite: Infinite) -> Outcome<Value> {
    let x = vm.real_argument(args, 0)?;
    let y = function(x);
    if !y.is_finite() {
        if y.is_nan() && !x.is_nan() {
            return vm.domain_error();
        }
        if y.is_infinite() && x.is_finite() {
            return if infinite == Infinite::Overflow { vm.range_error() } else { vm.domain_error() };
        }
    }
    vm.new_float(y)
}

/// A function of two arguments that has a result for all.
fn two(vm: &mut Vm<'_>, args: Args, function: fn(f64, f64) -> f64) -> Outcome<Value> {
    let (x, y) = (vm.real_argument(args, 0)?, vm.real_argument(args, 1)?);
    vm.new_float(function(x, y))
}

fn is(vm: &mut Vm<'_>, args: Args, function: fn(f64) -> bool) -> Outcome<Value> {
    vm.real_argument(args, 0).map(|x| Value::bool(function(x)))
}

/// `ceil` and `floor`.
fn to_int(vm: &mut Vm<'_>, args: Args, function: fn(f64) -> f64, method: &str) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if vm.is_integer(value) {
        return Ok(vm.positive_number(value)?.unwrap_or(value));
    }
    if let Some(method) = vm.special(value, method)? {
        return vm.call_values(method, &[]);
    }
    let x = vm.real_argument(args, 0)?;
    vm.int_from_float(function(x))
}

fn trunc(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let value = vm.arg(args, 0);
    if vm.is_integer(value) {
        return Ok(vm.positive_number(value)?.unwrap_or(value));
    }
    if vm.kind(value) == kind::FLOAT {
        return vm.int_from_float(vm.float(value));
    }
    if let Some(method) = vm.special(value, "__trunc__")? {
        return vm.call_values(method, &[]);
    }
    vm.raise_type("type {} doesn't define __trunc__ method", vm.arg(args, 0))
}

fn fmod(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (x, y) = (vm.real_argument(args, 0)?, vm.real_argument(args, 1)?);
    if y.is_infinite() && x.is_finite() {
        return vm.new_float(x);
    }
    let rest = real::remainder(x, y);
    if rest.is_nan() && !x.is_nan() && !y.is_nan() {
        return vm.domain_error();
    }
    vm.new_float(rest)
}

fn remainder(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (x, y) = (vm.real_argument(args, 0)?, vm.real_argument(args, 1)?);
    if x.is_nan() || y.is_nan() {
        return vm.new_float(if x.is_nan() { x } else { y });
    }
    if x.is_infinite() || y == 0.0 {
        return vm.domain_error();
    }
    vm.new_float(if y.is_infinite() { x } else { libm::remainder(x, y) })
}

fn pow(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (x, y) = (vm.real_argument(args, 0)?, vm.real_argument(args, 1)?);
    let z = f::pow(x, y);
    if !z.is_finite() && x.is_finite() && y.is_finite() {
        return if z.is_nan() || x == 0.0 { vm.domain_error() } else { vm.range_error() };
    }
    vm.new_float(z)
}

fn frexp(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let x = vm.real_argument(args, 0)?;
    let (mantissa, exponent) = if x.is_finite() && x != 0.0 { libm::frexp(x) } else { (x, 0) };
    let mantissa = vm.new_float(mantissa)?;
    vm.pair(mantissa, Value::small_unchecked(exponent))
}

fn ldexp(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let x = vm.real_argument(args, 0)?;
    let Some(exponent) = vm.to_i64_clamped(vm.arg(args, 1)) else {
        return vm.raise(Builtin::TypeError, "Expected an int as second argument to ldexp.");
    };
    if x == 0.0 || !x.is_finite() {
        return vm.new_float(x);
    }
    let (mantissa, scale) = real::parts(x);
    match real::scaled(mantissa, i64::from(scale).saturating_add(exponent.clamp(-100_000, 100_000))) {
        Some(number) => vm.new_float(number.copysign(x)),
        None => vm.range_error(),
    }
}

fn modf(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let x = vm.real_argument(args, 0)?;
    let (fraction, whole) = if x.is_infinite() {
        (0.0f64.copysign(x), x)
    } else if x.is_nan() {
        (x, x)
    } else {
        let whole = libm::trunc(x);
        ((x - whole).copysign(x), whole)
    };
    vm.pair_of_floats(fraction, whole)
}

fn gamma(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let x = vm.real_argument(args, 0)?;
    let y = f::gamma(x);
    if (y.is_nan() && !x.is_nan()) || x == 0.0 {
        return vm.domain_error();
    }
    if y.is_infinite() && x.is_finite() {
        return vm.range_error();
    }
    vm.new_float(y)
}

fn lgamma(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let x = vm.real_argument(args, 0)?;
    let y = f::lgamma(x);
    if y.is_infinite() && x.is_finite() {
        return if x <= 0.0 { vm.domain_error() } else { vm.range_error() };
    }
    vm.new_float(y)
}

fn ulp(x: f64) -> f64 {
    let x = x.abs();
    if !x.is_finite() {
        return x;
    }
    let above = libm::nextafter(x, f64::INFINITY);
    if above.is_infinite() { x - libm::nextafter(x, 0.0) } else { above - x }
}

/// A logarithm of argument `index`, which may be an int beyond the range of floats.
fn logarithm(vm: &mut Vm<'_>, args: Args, index: usize, function: fn(f64) -> f64) -> Outcome<f64> {
    let value = vm.arg(args, index);
    if let Some(integer) = vm.integer(value)
        && integer.len() > 2
    {
        if integer.negative {
            return vm.domain_error();
        }
        let (top, exponent, lost) = real::top_bits(vm.limbs(&integer));
        if let Some(number) = real::scaled(top | u64::from(lost), exponent) {
            return Ok(function(number));
        }
        let fraction = real::scaled(top | u64::from(lost), -64).unwrap_or(0.0);
        let (fraction, carried) = if fraction == 1.0 { (0.5, 1) } else { (fraction, 0) };
        return Ok(function(fraction) + function(2.0) * (exponent + 64 + carried) as f64);
    }
    let x = vm.real_argument(args, index)?;
    if x <= 0.0 {
        return vm.domain_error();
    }
    Ok(function(x))
}

fn log(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let x = logarithm(vm, args, 0, f::log)?;
    if args.len() < 2 {
        return vm.new_float(x);
    }
    let base = logarithm(vm, args, 1, f::log)?;
    if base == 0.0 {
        return vm.raise(Builtin::ZeroDivisionError, "float division by zero");
    }
    vm.new_float(x / base)
}

fn isclose(vm: &mut Vm<'_>, args: Args) -> Outcome<Value> {
    let (a, b) = (vm.real_argument(args, 0)?, vm.real_argument(args, 1)?);
    let relative = if vm.arg(args, 2).is_unbound() { 1e-9 } else { vm.real_argument(args, 2)? };
    let absolute = if vm.arg(args, 3).is_unbound() { 0.0 } else { vm.real_argument(args, 3)? };
    if relative < 0.0 || absolute < 0.0 {
        return vm.raise(Builtin::ValueError, "tolerances must be non-negative");
    }
    if a == b {
        return Ok(Value::TRUE);
    }
    if a.is_infinite() || b.is_infinite() {
        return Ok(Value::FALSE);
    }
    let difference = (b - a).abs();
    Ok(Value::bool(difference <= (relative * b).abs() || difference <= (relative * a).abs() || difference <= absolute))
}
