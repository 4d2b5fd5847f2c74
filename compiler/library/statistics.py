"""Averages and spreads."""

from math import fsum as _fsum, sqrt as _sqrt, erf as _erf, log as _log, tau as _tau, fabs as _fabs, exp as _exp
from math import gcd as _gcd, hypot as _hypot


class StatisticsError(ValueError):
    pass


def _ratio(value):
    """A number as a quotient; over 0 where it is not finite."""
    if isinstance(value, int):
        return int(value), 1
    try:
        return value.as_integer_ratio()
    except (OverflowError, ValueError):
        return value, 0
    except AttributeError:
        raise TypeError(f"can't convert type '{type(value).__name__}' to numerator/denominator") from None


def _common(one, other):
    """The class that a result of two classes of numbers has."""
    if one is other or issubclass(other, one):
        return other
    if issubclass(one, int):
        return other
    if issubclass(other, int) or issubclass(one, other):
        return one
    for real, rest in ((one, other), (other, one)):
        if issubclass(real, float) and hasattr(rest, "limit_denominator"):
            return real
    raise TypeError(f"don't know how to coerce {one.__name__} and {other.__name__}")


def _sum(data):
    """The exact sum as a ratio, the class that a result has (int where a float may be one), and the count."""
    partials = {}
    whole = int
    count = 0
    for value in data:
        count += 1
        n, d = _ratio(value)
        if type(value) is not whole and type(value) is not bool:
            whole = _common(whole, type(value))
        partials[d] = partials.get(d, 0) + n
    if 0 in partials:
        return partials[0], 0, whole, count
    numerator, denominator = 0, 1
    for d, n in partials.items():
        numerator, denominator = numerator * d + n * denominator, denominator * d
        common = _gcd(numerator, denominator)
        numerator //= common
        denominator //= common
    return numerator, denominator, whole, count


def _convert(numerator, denominator, whole):
    if not denominator:
        return numerator
    if issubclass(whole, int):
        return numerator / denominator if numerator % denominator else whole(numerator // denominator)
    if whole is float:
        return numerator / denominator
    if issubclass(whole, float):
        return whole(numerator / denominator)
    if hasattr(whole, "limit_denominator"):
        return whole(numerator, denominator)
    return whole(numerator) / denominator


def mean(data):
    n, d, whole, count = _sum(data)
    if count < 1:
        raise StatisticsError("mean requires at least one data point")
    return _convert(n, d * count, whole)


def fmean(data, weights=None):
    data = list(data)
    if weights is None:
        if not data:
            raise StatisticsError("fmean requires at least one data point")
        return _fsum(data) / len(data)
    weights = list(weights)
    if len(weights) != len(data):
        raise StatisticsError("data and weights must be the same length")
    total = _fsum(weights)
    if not total:
        raise StatisticsError("sum of weights must be non-zero")
    return _fsum([x * w for x, w in zip(data, weights)]) / total


def geometric_mean(data):
    try:
        return _exp(fmean([_log(x) for x in data]))
    except ValueError:
        raise StatisticsError("geometric mean requires a non-empty dataset containing positive numbers") from None


def _none_negative(values):
    for value in values:
        if value < 0:
            raise StatisticsError("harmonic mean does not support negative values")
    return values


def harmonic_mean(data, weights=None):
    data = list(data)
    if not data:
        raise StatisticsError("harmonic_mean requires at least one data point")
    if len(data) == 1 and weights is None:
        if not hasattr(data[0], "as_integer_ratio"):
            raise TypeError("unsupported type")
        return _none_negative(data)[0]
    weights = [1] * len(data) if weights is None else list(weights)
    if len(weights) != len(data):
        raise StatisticsError("Number of weights does not match data size")
    wn, wd, _, _ = _sum(_none_negative(weights))
    try:
        n, d, whole, _ = _sum([w / x if w else 0 for w, x in zip(weights, _none_negative(data))])
    except ZeroDivisionError:
        return 0
    if n <= 0:
        raise StatisticsError("Weighted sum must be positive")
    return _convert(wn * d, wd * n, whole) if d else wn / wd / n


def median(data):
    data = sorted(data)
    n = len(data)
    if n == 0:
        raise StatisticsError("no median for empty data")
    if n % 2:
        return data[n // 2]
    i = n // 2
    return (data[i - 1] + data[i]) / 2


def median_low(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    return data[(len(data) - 1) // 2]


def median_high(data):
    data = sorted(data)
    if not data:
        raise StatisticsError("no median for empty data")
    return data[len(data) // 2]


def median_grouped(data, interval=1.0):
    data = sorted(data)
    n = len(data)
    if not n:
        raise StatisticsError("no median for empty data")
    x = data[n // 2]
    i = data.index(x)
    j = i + data.count(x)
    try:
        interval, x = float(interval), float(x)
    except ValueError:
        raise TypeError("Value cannot be converted to a float") from None
    return x - interval / 2.0 + interval * (n / 2 - i) / (j - i)


def mode(data):
    best = None
    counts = {}
    for value in data:
        counts[value] = counts.get(value, 0) + 1
    if not counts:
        raise StatisticsError("no mode for empty data")
    most = max(counts.values())
    for value, count in counts.items():
        if count == most:
            return value
    return best


def multimode(data):
    counts = {}
    for value in data:
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return [value for value, count in counts.items() if count == most]


def quantiles(data, *, n=4, method="exclusive"):
    if n < 1:
        raise StatisticsError("n must be at least 1")
    data = sorted(data)
    ld = len(data)
    if ld < 2:
        raise StatisticsError("must have at least two data points")
    result = []
    if method == "inclusive":
        m = ld - 1
        for i in range(1, n):
            j, delta = divmod(i * m, n)
            result.append((data[j] * (n - delta) + data[j + 1] * delta) / n)
        return result
    if method == "exclusive":
        m = ld + 1
        for i in range(1, n):
            j = i * m // n
            j = 1 if j < 1 else ld - 1 if j > ld - 1 else j
            delta = i * m - j * n
            result.append((data[j - 1] * (n - delta) + data[j] * delta) / n)
        return result
    raise ValueError(f"Unknown method: {method!r}")


def _squares(data, center):
    """The exact sum of squared distances as a ratio."""
    values = list(data)
    n, d, whole, count = _sum(values)
    if count == 0 or not d:
        return n, d, whole, count
    if center is None:
        # sum((x - mean)^2) = (count * sum(x^2) - sum(x)^2) / count
        sn, sd = 0, 1
        for x in values:
            xn, xd = _ratio(x)
            sn, sd = sn * xd * xd + xn * xn * sd, sd * xd * xd
            common = _gcd(sn, sd)
            sn //= common
            sd //= common
        return count * sn * d * d - n * n * sd, count * sd * d * d, whole, count
    sn, sd = 0, 1
    cn, cd = _ratio(center)
    if not cd:
        return center * center, 0, whole, count
    for x in values:
        xn, xd = _ratio(x)
        dn, dd = xn * cd - cn * xd, xd * cd
        sn, sd = sn * dd * dd + dn * dn * sd, sd * dd * dd
    return sn, sd, float if isinstance(center, float) else whole, count


def variance(data, xbar=None):
    n, d, whole, count = _squares(data, xbar)
    if count < 2:
        raise StatisticsError("variance requires at least two data points")
    return _convert(n, d * (count - 1), whole)


def pvariance(data, mu=None):
    n, d, whole, count = _squares(data, mu)
    if count < 1:
        raise StatisticsError("pvariance requires at least one data point")
    return _convert(n, d * count, whole)


def _root(n, m, kind):
    """The square root of n/m, rounded once."""
    from math import isqrt
    if not m:
        return _sqrt(n)
    if hasattr(kind, "sqrt"):
        return (kind(n) / m).sqrt()
    if n == 0:
        return 0.0
    q = (n.bit_length() - m.bit_length() - 109) // 2
    if q >= 0:
        a, b = n, m << 2 * q
    else:
        a, b = n << -2 * q, m
    root = isqrt(a // b)
    root |= root * root * b != a
    return root / (1 << -q) if q < 0 else float(root << q)


def stdev(data, xbar=None):
    n, d, kind, count = _squares(data, xbar)
    if count < 2:
        raise StatisticsError("stdev requires at least two data points")
    return _root(n, d * (count - 1), kind)


def pstdev(data, mu=None):
    n, d, kind, count = _squares(data, mu)
    if count < 1:
        raise StatisticsError("pstdev requires at least one data point")
    return _root(n, d * count, kind)


def covariance(x, y, /):
    n = len(x)
    if len(y) != n:
        raise StatisticsError("covariance requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("covariance requires at least two data points")
    xbar, ybar = _fsum(x) / n, _fsum(y) / n
    return _fsum([(xi - xbar) * (yi - ybar) for xi, yi in zip(x, y)]) / (n - 1)


def correlation(x, y, /):
    n = len(x)
    if len(y) != n:
        raise StatisticsError("correlation requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("correlation requires at least two data points")
    xbar, ybar = _fsum(x) / n, _fsum(y) / n
    sxy = _fsum([(xi - xbar) * (yi - ybar) for xi, yi in zip(x, y)])
    sxx = _fsum([(xi - xbar) ** 2.0 for xi in x])
    syy = _fsum([(yi - ybar) ** 2.0 for yi in y])
    try:
        return sxy / _sqrt(sxx * syy)
    except ZeroDivisionError:
        raise StatisticsError("at least one of the inputs is constant")


def linear_regression(x, y, /, *, proportional=False):
    from collections import namedtuple
    n = len(x)
    if len(y) != n:
        raise StatisticsError("linear regression requires that both inputs have same number of data points")
    if n < 2:
        raise StatisticsError("linear regression requires at least two data points")
    if proportional:
        sxy = _fsum([xi * yi for xi, yi in zip(x, y)])
        sxx = _fsum([xi * xi for xi in x])
        xbar = ybar = 0.0
    else:
        xbar, ybar = _fsum(x) / n, _fsum(y) / n
        sxy = _fsum([(xi - xbar) * (yi - ybar) for xi, yi in zip(x, y)])
        sxx = _fsum([(xi - xbar) ** 2.0 for xi in x])
    try:
        slope = sxy / sxx
    except ZeroDivisionError:
        raise StatisticsError("x is constant")
    return namedtuple("LinearRegression", ("slope", "intercept"))(slope, 0.0 if proportional else ybar - slope * xbar)


# Algorithm AS 241 (Wichura 1988): the quotients of polynomials near the middle, in the tails and far out, highest power first.
_AS241 = (
    (
        (
            2.5090809287301226727e+3, 3.3430575583588128105e+4, 6.7265770927008700853e+4, 4.5921953931549871457e+4,
            1.3731693765509461125e+4, 1.9715909503065514427e+3, 1.3314166789178437745e+2, 3.3871328727963666080e+0,
        ),
        (
            5.2264952788528545610e+3, 2.8729085735721942674e+4, 3.9307895800092710610e+4, 2.1213794301586595867e+4,
            5.3941960214247511077e+3, 6.8718700749205790830e+2, 4.2313330701600911252e+1, 1.0,
        ),
    ),
    (
        (
            7.74545014278341407640e-4, 2.27238449892691845833e-2, 2.41780725177450611770e-1, 1.27045825245236838258e+0,
            3.64784832476320460504e+0, 5.76949722146069140550e+0, 4.63033784615654529590e+0, 1.42343711074968357734e+0,
        ),
        (
            1.05075007164441684324e-9, 5.47593808499534494600e-4, 1.51986665636164571966e-2, 1.48103976427480074590e-1,
            6.89767334985100004550e-1, 1.67638483018380384940e+0, 2.05319162663775882187e+0, 1.0,
        ),
    ),
    (
        (
            2.01033439929228813265e-7, 2.71155556874348757815e-5, 1.24266094738807843860e-3, 2.65321895265761230930e-2,
            2.96560571828504891230e-1, 1.78482653991729133580e+0, 5.46378491116411436990e+0, 6.65790464350110377720e+0,
        ),
        (
            2.04426310338993978564e-15, 1.42151175831644588870e-7, 1.84631831751005468180e-5, 7.86869131145613259100e-4,
            1.48753612908506148525e-2, 1.36929880922735805310e-1, 5.99832206555887937690e-1, 1.0,
        ),
    ),
)


def _polynomial(coefficients, r):
    total = 0.0
    for coefficient in coefficients:
        total = total * r + coefficient
    return total


class NormalDist:
    __slots__ = ("_mu", "_sigma")

    def __init__(self, mu=0.0, sigma=1.0):
        if sigma < 0.0:
            raise StatisticsError("sigma must be non-negative")
        self._mu = float(mu)
        self._sigma = float(sigma)

    mean = property(lambda self: self._mu)
    median = property(lambda self: self._mu)
    mode = property(lambda self: self._mu)
    stdev = property(lambda self: self._sigma)
    variance = property(lambda self: self._sigma ** 2.0)

    @classmethod
    def from_samples(cls, data):
        data = list(data)
        return cls(fmean(data), stdev(data))

    def pdf(self, x):
        variance = self._sigma ** 2.0
        if not variance:
            raise StatisticsError("pdf() not defined when sigma is zero")
        diff = x - self._mu
        return _exp(diff * diff / (-2.0 * variance)) / _sqrt(_tau * variance)

    def cdf(self, x):
        if not self._sigma:
            raise StatisticsError("cdf() not defined when sigma is zero")
        return 0.5 * (1.0 + _erf((x - self._mu) / (self._sigma * _sqrt(2.0))))

    def inv_cdf(self, p):
        if p <= 0.0 or p >= 1.0:
            raise StatisticsError("p must be in the range 0.0 < p < 1.0")
        if self._sigma <= 0.0:
            raise StatisticsError("cdf() not defined when sigma at or below zero")
        q = p - 0.5
        if _fabs(q) <= 0.425:
            over, under = _AS241[0]
            r = 0.180625 - q * q
            x = _polynomial(over, r) * q / _polynomial(under, r)
            return self._mu + x * self._sigma
        r = _sqrt(-_log(p if q <= 0.0 else 1.0 - p))
        (over, under), r = (_AS241[1], r - 1.6) if r <= 5.0 else (_AS241[2], r - 5.0)
        x = _polynomial(over, r) / _polynomial(under, r)
        return self._mu + (-x if q < 0.0 else x) * self._sigma

    def quantiles(self, n=4):
        return [self.inv_cdf(i / n) for i in range(1, n)]

    def samples(self, n, *, seed=None):
        from random import Random, gauss
        draw = gauss if seed is None else Random(seed).gauss
        return [draw(self._mu, self._sigma) for _ in range(n)]

    def overlap(self, other):
        if not isinstance(other, NormalDist):
            raise TypeError("Expected another NormalDist instance")
        one, two = self, other
        if (two._sigma, two._mu) < (one._sigma, one._mu):
            one, two = two, one
        if not one._sigma or not two._sigma:
            raise StatisticsError("overlap() not defined when sigma is zero")
        first, second = one.variance, two.variance
        more = second - first
        apart = _fabs(two._mu - one._mu)
        if not more:
            return 1.0 - _erf(apart / (2.0 * one._sigma * _sqrt(2.0)))
        middle = one._mu * second - two._mu * first
        wide = one._sigma * two._sigma * _sqrt(apart * apart + more * _log(second / first))
        places = (middle + wide) / more, (middle - wide) / more
        low, high = [_fabs(two.cdf(x) - one.cdf(x)) for x in places]
        return 1.0 - (low + high)

    def zscore(self, x):
        if not self._sigma:
            raise StatisticsError("zscore() not defined when sigma is zero")
        return (x - self._mu) / self._sigma

    def __repr__(self):
        return f"{type(self).__name__}(mu={self._mu!r}, sigma={self._sigma!r})"

    def __eq__(self, other):
        if not isinstance(other, NormalDist):
            return NotImplemented
        return self._mu == other._mu and self._sigma == other._sigma

    def __hash__(self): return hash((self._mu, self._sigma))
    def __pos__(self): return NormalDist(self._mu, self._sigma)
    def __neg__(self): return NormalDist(-self._mu, self._sigma)

    def __add__(self, other):
        if isinstance(other, NormalDist):
            return NormalDist(self._mu + other._mu, _hypot(self._sigma, other._sigma))
        return NormalDist(self._mu + other, self._sigma)

    def __sub__(self, other):
        if isinstance(other, NormalDist):
            return NormalDist(self._mu - other._mu, _hypot(self._sigma, other._sigma))
        return NormalDist(self._mu - other, self._sigma)

    def __mul__(self, other): return NormalDist(self._mu * other, self._sigma * _fabs(other))
    def __truediv__(self, other): return NormalDist(self._mu / other, self._sigma / _fabs(other))

    __radd__ = __add__
    __rmul__ = __mul__

    def __rsub__(self, other): return -(self - other)
