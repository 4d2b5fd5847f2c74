def f(x, y):
    xbar = 2.0
    a = [(xi - xbar) * (yi - xbar) for xi, yi in zip(x, y)]
    b = [(xi - xbar) ** 2.0 for xi in x]
    return a, b
print(f([1, 2, 3], [2, 4, 7]))
import math
def g(x, y, p, q):
    a = [math.hypot(x, y), math.dist(p, q), list(map(str, p)), list(zip(p, q)), sorted(p), max(p), range(x, 10)]
    return x, y, p, q, a
print(g(-3, True, [1, 2], [4, 6]))
from math import fsum as _fsum, sqrt as _sqrt
def correlation(x, y, /):
    n = len(x)
    xbar, ybar = _fsum(x) / n, _fsum(y) / n
    sxy = _fsum([(xi - xbar) * (yi - ybar) for xi, yi in zip(x, y)])
    sxx = _fsum([(xi - xbar) ** 2.0 for xi in x])
    syy = _fsum([(yi - ybar) ** 2.0 for yi in y])
    print(sxy, sxx, syy)
    print(_sqrt(sxx * syy))
correlation([1, 2, 3], [2, 4, 7])
