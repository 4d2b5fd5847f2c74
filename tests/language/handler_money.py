"""Money: decimals, fractions, rounding, statistics, invoices."""
import decimal
import fractions
import json
import math
import random
import statistics
from decimal import Decimal, ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP, localcontext, getcontext, Context, InvalidOperation, DivisionByZero, Inexact

CENT = Decimal("0.01")


def t(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


class Money:
    __slots__ = ("amount", "currency")

    def __init__(self, amount, currency="EUR"):
        self.amount = Decimal(str(amount)).quantize(CENT, ROUND_HALF_EVEN)
        self.currency = currency

    def __add__(self, other):
        if other == 0:
            return self
        if not isinstance(other, Money) or other.currency != self.currency:
            return NotImplemented
        return Money(self.amount + other.amount, self.currency)

    __radd__ = __add__
    def __mul__(self, n): return Money(self.amount * Decimal(n), self.currency)
    __rmul__ = __mul__
    def __neg__(self): return Money(-self.amount, self.currency)
    def __eq__(self, o): return isinstance(o, Money) and (self.amount, self.currency) == (o.amount, o.currency)
    def __lt__(self, o): return self.amount < o.amount if isinstance(o, Money) else NotImplemented
    def __hash__(self): return hash((self.amount, self.currency))
    def __format__(self, spec): return f"{self.amount:{spec or ',.2f'}} {self.currency}"
    def __repr__(self): return f"Money({self.amount!r}, {self.currency!r})"
    def __bool__(self): return bool(self.amount)

    def allocate(self, *ratios):
        total = sum(ratios)
        shares = [Money((self.amount * r / total).quantize(CENT, ROUND_DOWN), self.currency) for r in ratios]
        rest = self.amount - sum(s.amount for s in shares)
        for i in range(int(rest / CENT)):
            shares[i] = shares[i] + Money(CENT, self.currency)
        return shares


print(Money("10.005"), sum([Money(1), Money("2.50")]), 3 * Money("1.10"), Money(100).allocate(1, 1, 1), max(Money(1), Money(2)), f"{Money(-1234567.5)}", bool(Money(0)))
t(lambda: Money(1) + Money(1, "USD")); t(lambda: Money(1) < 5); t(lambda: Money("x")); t(lambda: Money(1).x)
for mode in (ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, ROUND_05UP):
    print(mode, [str(Decimal(x).quantize(Decimal("0.1"), rounding=mode)) for x in ("2.25", "2.35", "-2.25", "2.05", "-0.01")])
with localcontext() as ctx:
    ctx.prec = 6
    print(Decimal(1) / Decimal(7), Decimal(2).sqrt(), Decimal("1e10") + 1, +Decimal("1.23456789"))
    ctx.traps[Inexact] = True
    t(lambda: Decimal(1) / 3)
print(Decimal(1) / 7, getcontext().prec)
for a, b in [("1.1", "2.2"), ("-7", "3"), ("1e-10", "1e10"), ("0", "-0"), ("NaN", "1"), ("Infinity", "-1"), ("7.5", "2.5")]:
    a, b = Decimal(a), Decimal(b)
    for op in ("+", "-", "*", "/", "//", "%"):
        f = {"+": lambda: a + b, "-": lambda: a - b, "*": lambda: a * b, "/": lambda: a / b, "//": lambda: a // b, "%": lambda: a % b}[op]
        try:
            print(a, op, b, "=", f())
        except decimal.DecimalException as e:
            print(a, op, b, type(e).__name__, e)
t(lambda: Decimal("1") == 1.0); t(lambda: Decimal("0.1") == 0.1); t(lambda: Decimal(0.1)); t(lambda: Decimal("1_000.5")); t(lambda: Decimal("  12 ")); t(lambda: Decimal((1, (1, 2, 3), -2))); t(lambda: Decimal("sNaN") + 1); t(lambda: int(Decimal("NaN"))); t(lambda: Decimal("Infinity") // 1); t(lambda: round(Decimal("2.5"))); t(lambda: round(Decimal("2.675"), 2)); t(lambda: math.floor(Decimal("-1.5"))); t(lambda: float(Decimal("1e400"))); t(lambda: hash(Decimal("1.5")) == hash(1.5)); t(lambda: Decimal(10) ** -2); t(lambda: Decimal(2) ** Decimal("0.5")); t(lambda: Decimal("1.50").normalize()); t(lambda: Decimal("123.4500").as_tuple()); t(lambda: Decimal("1E+5").to_eng_string()); t(lambda: f"{Decimal('1234567.891'):,.1f} {Decimal('0.00001')} {Decimal('1E-7')} {Decimal('1.5'):>10} {Decimal('12.5'):e} {Decimal('0.5'):.0%}"); t(lambda: Decimal("3.14").compare(Decimal("3"))); t(lambda: Decimal("5").is_signed()); t(lambda: Decimal("1.1").as_integer_ratio()); t(lambda: sorted([Decimal("2"), 1, 1.5])); t(lambda: Decimal(2).ln()); t(lambda: Decimal(2).exp()); t(lambda: Decimal(2).log10()); t(lambda: Decimal("100").log10()); t(lambda: Decimal(10).ln()); t(lambda: Decimal("0.5").exp())
F = fractions.Fraction
print(F("1/3") + F(1, 6), F(0.75), F("2.5") * 2, F(7, 3).limit_denominator(2), float(F(1, 3)), F(3) == 3, repr(F(-1, 2)), F(5, 2) // 1, round(F(5, 2)), F(1, 3) < 0.34)
xs = [1.5, 2.5, 2.5, 2.75, 3.25, 4.75]
print(statistics.mean(xs), statistics.median_low(xs), statistics.mode(xs), statistics.pstdev(xs), statistics.variance(xs), statistics.harmonic_mean(xs), statistics.geometric_mean(xs), statistics.multimode("aabbc"), statistics.mean([Decimal("1.1"), Decimal("2.2")]), statistics.correlation([1, 2, 3], [1, 2, 4]), statistics.linear_regression([1, 2, 3], [2, 4, 6]))
random.seed("invoice")
print(random.random(), random.gauss(0, 1), random.shuffle(x := list(range(10))), x, random.choices("abc", weights=[5, 3, 1], k=5), random.randrange(0, 100, 7), random.getrandbits(70), random.triangular(), random.expovariate(2), random.betavariate(1, 2))
print(math.isclose(0.1 + 0.2, 0.3), math.fsum([0.1] * 10), math.gcd(12, 18), math.comb(10, 3), math.prod([1, 2, 3]), math.hypot(3, 4), math.isqrt(99), math.trunc(-2.7), math.copysign(1, -0.0), math.modf(3.25), math.frexp(8.0), math.ulp(1.0), math.nextafter(1, 2))
