# The module math: results are compared to the last bit.
import math


def show(action, *args, **named):
    try:
        print(repr(action(*args, **named)))
    except Exception as error:
        print(type(error).__name__ + ":", error)


print(math.pi, math.e, math.tau, math.inf, -math.inf, math.nan)
seed = 4711


def uniform(low, high):
    global seed
    seed = (seed * 6364136223846793005 + 1442695040888963407) % 18446744073709551616
    return low + (high - low) * ((seed >> 11) / 9007199254740992)


# Of these all are equal to CPython's on glibc, not just most.
exact = (
    (math.exp, -745, 709), (math.exp2, -1070, 1023), (math.expm1, -40, 700), (math.log, 0, 1000), (math.log2, 0, 1000), (math.log10, 0, 1000),
    (math.log1p, -1, 100), (math.sqrt, 0, 1e10), (math.sin, -100, 100), (math.cos, -100, 100), (math.sinh, -700, 700), (math.cosh, -700, 700),
    (math.tanh, -5, 5), (math.asinh, -1e6, 1e6), (math.acosh, 1, 1e6), (math.atanh, -1, 1), (math.cbrt, -1e9, 1e9), (math.erf, -4, 4),
    (math.erfc, -4, 27), (math.gamma, -20, 170), (math.lgamma, -20, 1000), (math.sin, -1e300, 1e300), (math.cos, 1e5, 1e9), (math.log, 0.9, 1.1),
)
for function, low, high in exact:
    total = 0
    for _ in range(300):
        total = (total * 31 + hash(function(uniform(low, high)))) % 1000000007
    print(total)
total = 0
for _ in range(1000):
    x, y, z = uniform(0, 50), uniform(-30, 30), uniform(-1e3, 1e3)
    for result in (math.pow(x, y), x**y, math.fmod(z, y), math.remainder(z, y), math.hypot(x, y, z), math.hypot(x, y), math.dist((x, y), (y, z))):
        total = (total * 31 + hash(result)) % 1000000007
print(total)
for function in (math.tan, math.asin, math.acos, math.atan):
    print([round(function(x / 16), 14) for x in range(-16, 17)])
print([round(math.atan2(y, x), 14) for x in (-2, -0.0, 0.0, 3) for y in (-1, -0.0, 0.0, 5)])

print(math.floor(2.7), math.floor(-2.7), math.ceil(2.1), math.ceil(-2.1), math.trunc(-2.7), math.floor(1e300) == int(1e300), math.floor(5), math.ceil(True))
print(math.fabs(-3), math.copysign(3, -0.0), math.degrees(1), math.radians(180), math.isnan(math.nan), math.isinf(-math.inf), math.isfinite(1))
print(math.frexp(10), math.frexp(-0.3), math.frexp(0.0), math.frexp(5e-324), math.ldexp(0.75, 4), math.ldexp(1, -1074), math.ldexp(1.5, -1075), math.ldexp(1, -2000))
print(math.modf(3.25), math.modf(-3.25), math.modf(-0.0), math.modf(math.inf), math.nextafter(1, 2), math.nextafter(0, -1), math.ulp(1), math.ulp(0), math.ulp(1.7e308))
print(math.gcd(), math.gcd(12, 18), math.gcd(-12, 0, 8), math.gcd(10**30, 6**20), math.lcm(), math.lcm(4, 6), math.lcm(0, 5), math.lcm(10**20, 15), math.lcm(-3, 7))
print(math.factorial(0), math.factorial(5), math.factorial(25), math.factorial(300) % 10**20, math.comb(5, 2), math.comb(100, 50), math.comb(3, 5), math.comb(10**20, 2))
print(math.perm(5), math.perm(10, 3), math.perm(3, 5), math.perm(100, 20), math.perm(10**20, 3), math.comb(67, 33), math.comb(68, 34), math.comb(1000, 3))
print(math.isqrt(0), math.isqrt(15), math.isqrt(16), math.isqrt(10**40), math.isqrt(10**41 - 1), math.isqrt(2**64 - 1), math.isqrt(2**127 + 12345), math.isqrt(7**500) % 10**15)
print(math.prod([]), math.prod([2, 3.5]), math.prod(range(1, 30)), math.prod([1, 2], start=10), math.prod("a" for _ in range(0)))
print(math.fsum([0.1] * 10), math.fsum([1e100, 1, -1e100, 1e-3]), math.fsum([]), math.fsum([1e16, 1, 1e-16] * 50), math.fsum(x / 7 for x in range(100)), math.fsum([math.inf, 1]))
print(math.isclose(1, 1 + 1e-10), math.isclose(1, 1.1), math.isclose(1, 1.1, rel_tol=0.2), math.isclose(0, 1e-9, abs_tol=1e-8), math.isclose(math.inf, math.inf), math.isclose(math.nan, math.nan))
print(math.hypot(), math.hypot(-3), math.hypot(3, 4), math.hypot(1e308, 1e308), math.hypot(5e-324, 0), math.hypot(math.inf, math.nan), math.hypot(1e-310, 1e-310), math.dist([1, 2], [4, 6]))
print(math.log(10**400), math.log2(2**5000), math.log10(10**1000), math.log(8, 2), math.log(2**2000, 2), math.log(0.5), math.log(100, 10))
print(math.pow(2, 0.5), math.pow(0, 0), math.pow(-2, 3), math.pow(math.inf, -1), math.pow(1, math.nan), math.pow(-1, math.inf), math.pow(0.5, 1100))
print(math.sqrt(2), math.sqrt(10**30), math.sqrt(True), math.cbrt(-27), math.exp(0), math.sin(0), math.cos(0), math.atan2(0, -1))
for function in (math.sqrt, math.log, math.log2, math.log10, math.log1p, math.asin, math.acos, math.acosh, math.atanh, math.exp, math.cosh, math.sinh, math.sin, math.tan, math.gamma, math.lgamma, math.floor, math.isqrt, math.factorial, math.expm1, math.exp2):
    for value in (-1, 0, 1, -2.5, 1e5, math.inf, -math.inf, math.nan, "a", None, -(10**400)):
        if function is math.factorial and value == 1e5:
            continue
        try:
            print(function(value), end=" ")
        except Exception as error:
            print(type(error).__name__, error, end=" ")
    print()
for arguments in ((1, 0), (math.inf, 1), (1, math.inf), (-1, 0.5), (0, -1), (10, 400), ("a", 1), (1, "a"), (math.nan, 0)):
    for function in (math.fmod, math.remainder, math.pow, math.atan2, math.copysign, math.log, math.nextafter, math.ldexp):
        try:
            print(function(*arguments), end=" ")
        except Exception as error:
            print(type(error).__name__, error, end=" ")
    print()
show(math.comb, -1, 2)
show(math.comb, 2, -1)
show(math.comb, 2.0, 1)
show(math.perm, 5, -1)
show(math.comb, 10**30, 10**20)
show(math.perm, 10**30, 10**20)
show(math.factorial, 10**30)
show(math.gcd, 1.5)
show(math.fsum, [1e308, 1e308])
show(math.fsum, [math.inf, -math.inf])
show(math.fsum, ["a"])
show(math.dist, (1, 2), (1,))
show(math.dist, 1, 2)
show(math.isclose, 1, 1, rel_tol=-1)
show(math.ldexp, 1.0, 5000)
show(math.ldexp, 1.0, 10**30)
show(math.ldexp, 1.0, 2.0)
show(math.ceil, "a")
show(math.trunc, "a")
show(math.ceil, math.nan)
show(math.prod, ["a", "b"])


class Real:
    def __float__(self):
        return 6.25

    def __floor__(self):
        return "floor"

    def __ceil__(self):
        return "ceil"

    def __trunc__(self):
        return "trunc"


class Index:
    def __index__(self):
        return 9


print(math.sqrt(Real()), math.floor(Real()), math.ceil(Real()), math.trunc(Real()), math.sqrt(Index()), math.gcd(Index(), 6), math.isqrt(Index()), math.floor(Index()))
print(math.fsum([Real(), Index(), 1]), math.hypot(Index(), 12), math.factorial(Index()), math.isfinite(Real()))
