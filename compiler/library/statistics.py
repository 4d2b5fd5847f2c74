"""Averages and spreads."""

from math import fsum as _fsum, sqrt as _sqrt, erf as _erf, log as _log, tau as _tau, fabs as _fabs, exp as _exp
from math import gcd as _gcd


class StatisticsError(ValueError):
    pass


def _ratio(value):
    return (int(value), 1) if isinstance(value, int) else value.as_integer_ratio()


def _sum(data):
    """The exact sum as a ratio, the class that a result has (int where a float may be one), and the count."""
    partials = {}
    whole = int
    count = 0
    for value in data:
        count += 1
        if not isinstance(value, int):
            if isinstance(value, float):
                whole = float
            elif not hasattr(value, "as_integer_ratio"):
                raise TypeError(f"can't convert type '{type(value).__name__}' to numerator/denominator")
            elif whole is not float:
                whole = type(value)
        n, d = _ratio(value)
        partials[d] = partials.get(d, 0) + n
    numerator, denominator = 0, 1
    for d, n in partials.items():
        numerator, denominator = numerator * d + n * denominator, denominator * d
        common = _gcd(numerator, denominator)
        numerator //= common
        denominator //= common
    return numerator, denominator, whole, count


def _convert(numerator, denominator, whole):
    if whole is int and numerator % denominator == 0:
        return numerator // denominator
    if whole is int or whole is float:
        return numerator / denominator
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
    values = [_log(x) if x > 0 else _bad() for x in data]
    if not values:
        raise StatisticsError("geometric mean requires a non-empty dataset containing positive numbers")
    return _exp(fmean(values))


def _bad():
    raise StatisticsError("geometric mean requires a non-empty dataset containing positive numbers")


def harmonic_mean(data, weights=None):
    data = list(data)
    if not data:
        raise StatisticsError("harmonic_mean requires at least one data point")
    weights = [1] * len(data) if weights is None else list(weights)
    for x in data:
        if x < 0:
            raise StatisticsError("harmonic mean does not support negative values")
        if x == 0:
            return 0
    n, d = 0, 1
    for x, w in zip(data, weights):
        xn, xd = _ratio(x)
        n, d = n * xn + w * xd * d, d * xn
    total = sum(weights)
    return _convert(total * d, n, int if all(isinstance(x, int) for x in data) else float)


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
    if count == 0:
        return 0, 1, whole, 0
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


class NormalDist:
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
