import statistics as st
from decimal import Decimal as D
from fractions import Fraction as F


def t(f):
    try: print(repr(f()))
    except Exception as e: print(type(e).__name__, e)


inf, nan = float("inf"), float("nan")
print(st.mean([1, inf]), st.mean([inf, -inf]), st.mean([1, nan]), st.pvariance([1.5, inf]), st.harmonic_mean([inf, 2.0]))
print(st.harmonic_mean([F(3, 4)]), st.harmonic_mean([F(1, 2), F(1, 3)]), st.harmonic_mean([D("0.05"), D("0.10")]))
print(st.harmonic_mean([40, 60], weights=[5, 30]), st.harmonic_mean([1, 0]))
t(lambda: st.harmonic_mean([1, 2], weights=[1])); t(lambda: st.harmonic_mean([1, -2])); t(lambda: st.harmonic_mean(["a"]))
t(lambda: st.harmonic_mean([1, 2], weights=[0, 0]))
t(lambda: st.mean([D(1), 0.5])); t(lambda: st.mean([F(1, 3), 0.5])); t(lambda: st.mean(["x"])); t(lambda: st.mean([F(1, 3), F(1, 2)]))
print(st.median_grouped([D(1), D(2), D(2)]), st.geometric_mean([54, 24, 36]), st.geometric_mean([1.0, inf]))
t(lambda: st.geometric_mean([0.0, 1]))


class Metres(float):
    pass


print(type(st.mean([Metres(1), Metres(2)])).__name__, type(st.variance([Metres(1), Metres(2)])).__name__)
n = st.NormalDist(100, 15)
print([n.inv_cdf(p) for p in (1e-20, 0.01, 0.3, 0.5, 0.9, 0.999999)])
print(n.quantiles(), n + 5, n * 2, -n, 10 - n, n - st.NormalDist(1, 8), n / 4, +n == n, hash(n) == hash(+n))
print(n.overlap(st.NormalDist(110, 20)), n.overlap(st.NormalDist(110, 15)), n.samples(2, seed=7))
t(lambda: n.inv_cdf(0)); t(lambda: n.overlap(5))
