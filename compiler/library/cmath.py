"""Functions of complex numbers, after W. Kahan, "Branch cuts for complex elementary functions", 1987, and annex G of C99."""

import math as _math
from _supplied import _length
from math import copysign as _copysign, e, inf, ldexp as _ldexp, log as _log, nan, pi, tau

infj = complex(0.0, inf)
nanj = complex(0.0, nan)

_ln2 = _math.log(2.0)
# Where squares and sums would leave the range of a float.
_large = 1.7976931348623157e308 / 4
_large_root = _math.sqrt(_large)
_large_log = _math.log(_large)
_least = 2.2250738585072014e-308


def _domain():
    return ValueError("math domain error")


def _range():
    return OverflowError("math range error")


def _given(x):
    if isinstance(x, (complex, float, int)):
        return complex(x)
    if hasattr(type(x), "__complex__") or hasattr(type(x), "__float__") or hasattr(type(x), "__index__"):
        return complex(x)
    raise TypeError(f"must be real number, not {type(x).__name__}")


def _turned(z):
    """z * i, without its roundings."""
    return complex(-z.imag, z.real)


def _back(z):
    """z / i."""
    return complex(z.imag, -z.real)


def _is_finite(z):
    return _math.isfinite(z.real) and _math.isfinite(z.imag)


def isfinite(z, /):
    return _is_finite(_given(z))


def isinf(z, /):
    z = _given(z)
    return _math.isinf(z.real) or _math.isinf(z.imag)


def isnan(z, /):
    z = _given(z)
    return _math.isnan(z.real) or _math.isnan(z.imag)


def isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0):
    a, b = _given(a), _given(b)
    if rel_tol < 0.0 or abs_tol < 0.0:
        raise ValueError("tolerances must be non-negative")
    if a == b:
        return True
    if isinf(a) or isinf(b):
        return False
    difference = abs(a - b)
    return difference <= rel_tol * abs(b) or difference <= rel_tol * abs(a) or difference <= abs_tol


def phase(z, /):
    z = _given(z)
    return _math.atan2(z.imag, z.real)


def polar(z, /):
    z = _given(z)
    size = _length(z.real, z.imag)
    if size == inf and _is_finite(z):
        raise _range()
    return size, _math.atan2(z.imag, z.real)


def rect(r, phi, /):
    for one in (r, phi):
        if isinstance(one, complex):
            raise TypeError("must be real number, not complex")
    r, phi = float(r), float(phi)
    if _math.isfinite(r) and _math.isfinite(phi):
        if phi == 0.0:
            return complex(r, r * phi)
        return complex(r * _math.cos(phi), r * _math.sin(phi))
    if _math.isinf(phi) and not _math.isnan(r) and r != 0.0:
        raise _domain()
    if _math.isinf(r) and _math.isfinite(phi) and phi != 0.0:
        return complex(_copysign(inf, r * _math.cos(phi)), _copysign(inf, r * _math.sin(phi)))
    if _math.isinf(r) and phi == 0.0:
        return complex(r, _copysign(0.0, phi) if r > 0 else _copysign(0.0, -phi))
    if r == 0.0:
        return complex(0.0, 0.0)
    if _math.isinf(r):
        return complex(inf, nan)
    return complex(nan, 0.0) if phi == 0.0 else complex(nan, nan)


def sqrt(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(y):
            return complex(inf, y)
        if _math.isnan(x):
            return complex(nan, nan)
        if x == inf:
            return complex(inf, y if _math.isnan(y) else _copysign(0.0, y))
        if x == -inf:
            return complex(nan, inf) if _math.isnan(y) else complex(0.0, _copysign(inf, y))
        return complex(nan, nan)
    if x == 0.0 and y == 0.0:
        return complex(0.0, y)
    a, b = abs(x), abs(y)
    if a < _least and b < _least:
        # So that the length is no subnormal number.
        a = _ldexp(a, 53)
        s = _ldexp(_math.sqrt(a + _length(a, _ldexp(b, 53))), -27)
    else:
        a /= 8.0
        s = 2.0 * _math.sqrt(a + _length(a, b / 8.0))
    d = b / (2.0 * s)
    return complex(s, _copysign(d, y)) if x >= 0.0 else complex(d, _copysign(s, y))


def _logarithm(z):
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(x) or _math.isinf(y):
            return complex(inf, _math.atan2(y, x))
        return complex(nan, nan)
    a, b = abs(x), abs(y)
    if a > _large or b > _large:
        real = _log(_length(a / 2.0, b / 2.0)) + _ln2
    elif a < _least and b < _least:
        if a == 0.0 and b == 0.0:
            raise _domain()
        real = _log(_length(_ldexp(a, 53), _ldexp(b, 53))) - 53 * _ln2
    else:
        size = _length(a, b)
        if 0.71 <= size <= 1.73:
            a, b = max(a, b), min(a, b)
            real = _math.log1p((a - 1) * (a + 1) + b * b) / 2.0
        else:
            real = _log(size)
    return complex(real, _math.atan2(y, x))


_no_base = object()


def log(z, base=_no_base, /):
    z = _given(z)
    if base is _no_base:
        return _logarithm(z)
    z = complex(-inf, _math.atan2(z.imag, z.real)) if z == 0 else _logarithm(z)
    base = _logarithm(_given(base))
    if base == 0:
        raise _domain()
    return z / base


def log10(z, /):
    z = _logarithm(_given(z))
    ten = 2.302585092994045684
    return complex(z.real / ten, z.imag / ten)


def _within(z):
    if _math.isinf(z.real) or _math.isinf(z.imag):
        raise _range()
    return z


def exp(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(x) and _math.isfinite(y) and y != 0.0:
            size = inf if x > 0 else 0.0
            return complex(_copysign(size, _math.cos(y)), _copysign(size, _math.sin(y)))
        if _math.isinf(y) and (_math.isfinite(x) or x == inf):
            raise _domain()
        if y == 0.0:
            return complex(nan if _math.isnan(x) else inf if x > 0 else 0.0, y)
        if x == -inf:
            return complex(0.0, 0.0)
        return complex(inf, nan) if x == inf else complex(nan, nan)
    if x > _large_log:
        size = _exp(x - 1.0)
        return _within(complex(size * _math.cos(y) * e, size * _math.sin(y) * e))
    size = _math.exp(x)
    return _within(complex(size * _math.cos(y), size * _math.sin(y)))


def _exp(x):
    try:
        return _math.exp(x)
    except OverflowError:
        return inf


def _hyperbolic(function, x):
    try:
        return function(x)
    except OverflowError:
        return _copysign(inf, x) if function is _math.sinh else inf


def cosh(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(y) and not _math.isnan(x):
            raise _domain()
        if _math.isinf(x) and _math.isfinite(y) and y != 0.0:
            imag = _math.sin(y) if x > 0 else -_math.sin(y)
            return complex(_copysign(inf, _math.cos(y)), _copysign(inf, imag))
        if _math.isinf(x):
            return complex(inf, nan if _math.isnan(y) else y if x > 0 else -y)
        if y == 0.0:
            return complex(nan, 0.0)
        return complex(nan, 0.0) if x == 0.0 else complex(nan, nan)
    if abs(x) > _large_log:
        near = x - _copysign(1.0, x)
        real = _math.cos(y) * _hyperbolic(_math.cosh, near) * e
        return _within(complex(real, _math.sin(y) * _hyperbolic(_math.sinh, near) * e))
    return complex(_math.cos(y) * _math.cosh(x), _math.sin(y) * _math.sinh(x))


def sinh(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(y) and not _math.isnan(x):
            raise _domain()
        if _math.isinf(x) and _math.isfinite(y) and y != 0.0:
            return complex(_copysign(inf, x * _math.cos(y)), _copysign(inf, _math.sin(y)))
        if _math.isinf(x):
            return complex(inf, nan) if _math.isnan(y) else complex(x, y)
        if y == 0.0:
            return complex(nan, y)
        return complex(0.0, nan) if x == 0.0 else complex(nan, nan)
    if abs(x) > _large_log:
        near = x - _copysign(1.0, x)
        real = _math.cos(y) * _hyperbolic(_math.sinh, near) * e
        return _within(complex(real, _math.sin(y) * _hyperbolic(_math.cosh, near) * e))
    return complex(_math.cos(y) * _math.sinh(x), _math.sin(y) * _math.cosh(x))


def tanh(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(y) and _math.isfinite(x):
            raise _domain()
        if _math.isinf(x) and _math.isfinite(y) and y != 0.0:
            return complex(_copysign(1.0, x), _copysign(0.0, _math.sin(y) * _math.cos(y)))
        if _math.isinf(x):
            return complex(_copysign(1.0, x), y if y == 0.0 else 0.0)
        if y == 0.0:
            return complex(nan, y)
        return complex(nan, nan)
    if abs(x) > _large_log:
        return complex(_copysign(1.0, x), 4.0 * _math.sin(y) * _math.cos(y) * _exp(-2.0 * abs(x)))
    tx, ty = _math.tanh(x), _math.tan(y)
    cx = 1.0 / _math.cosh(x)
    both = tx * ty
    over = 1.0 + both * both
    return complex(tx * (1.0 + ty * ty) / over, ty / over * cx * cx)


def cos(z, /):
    return cosh(_turned(_given(z)))


def sin(z, /):
    return _back(sinh(_turned(_given(z))))


def tan(z, /):
    return _back(tanh(_turned(_given(z))))


def _far(x, y):
    """The logarithm of twice the length of what is far away."""
    return _log(_length(x / 2.0, y / 2.0)) + _ln2 * 2.0


def acos(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isnan(x) or _math.isnan(y):
            if _math.isinf(x):
                return complex(nan, inf)
            if _math.isinf(y):
                return complex(nan, -y)
            return complex(pi / 2 if x == 0.0 else nan, nan)
        return complex(_math.atan2(abs(y), x), -_copysign(inf, y))
    if abs(x) > _large or abs(y) > _large:
        return complex(_math.atan2(abs(y), x), _copysign(_far(x, y), -y))
    a, b = sqrt(complex(1.0 - x, -y)), sqrt(complex(1.0 + x, y))
    return complex(2.0 * _math.atan2(a.real, b.real), _math.asinh(b.real * a.imag - b.imag * a.real))


def acosh(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(x) or _math.isinf(y):
            return complex(inf, _math.atan2(y, x))
        return complex(nan, nan)
    if abs(x) > _large or abs(y) > _large:
        return complex(_far(x, y), _math.atan2(y, x))
    a, b = sqrt(complex(x - 1.0, y)), sqrt(complex(x + 1.0, y))
    return complex(_math.asinh(a.real * b.real + a.imag * b.imag), 2.0 * _math.atan2(a.imag, b.real))


def asinh(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isnan(x):
            if _math.isinf(y):
                return complex(inf, nan)
            return complex(nan, y if y == 0.0 else nan)
        if _math.isnan(y):
            return complex(x if _math.isinf(x) else nan, nan)
        return complex(_copysign(inf, x), _math.atan2(y, abs(x)))
    if abs(x) > _large or abs(y) > _large:
        return complex(_copysign(_far(x, y), x), _math.atan2(y, abs(x)))
    a, b = sqrt(complex(1.0 + y, -x)), sqrt(complex(1.0 - y, x))
    return complex(_math.asinh(a.real * b.imag - b.real * a.imag), _math.atan2(y, a.real * b.real - a.imag * b.imag))


def asin(z, /):
    return _back(asinh(_turned(_given(z))))


def atanh(z, /):
    z = _given(z)
    x, y = z.real, z.imag
    if not _is_finite(z):
        if _math.isinf(x):
            return complex(_copysign(0.0, x), nan if _math.isnan(y) else _copysign(pi / 2, y))
        if _math.isinf(y):
            return complex(0.0 if _math.isnan(x) else _copysign(0.0, x), _copysign(pi / 2, y))
        return complex(x if x == 0.0 else nan, nan)
    if x < 0.0 or x == 0.0 and _copysign(1.0, x) < 0.0:
        return -atanh(-z)
    b = abs(y)
    if x > _large_root or b > _large_root:
        size = _length(x / 2.0, y / 2.0)
        return complex(x / 4.0 / size / size, -_copysign(pi / 2.0, -y))
    if x == 1.0 and b < 1.4916681462400413e-154:
        if b == 0.0:
            raise _domain()
        real = -_log(_math.sqrt(b) / _math.sqrt(_length(b, 2.0)))
        return complex(real, _copysign(_math.atan2(2.0, -b) / 2, y))
    real = _math.log1p(4.0 * x / ((1 - x) * (1 - x) + b * b)) / 4.0
    return complex(real, -_math.atan2(-2.0 * y, (1 - x) * (1 + x) - b * b) / 2.0)


def atan(z, /):
    return _back(atanh(_turned(_given(z))))
