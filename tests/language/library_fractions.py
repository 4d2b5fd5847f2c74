# Fractions.
import math
from fractions import Fraction


def show(f):
    try:
        print(f())
    except Exception as e:
        print(type(e).__name__, e)


values = [Fraction(1, 3), Fraction(-7, 2), Fraction("0.125"), Fraction("-3/6"), Fraction(2.5), Fraction("1e-3"), Fraction(0), Fraction(7)]
for a in values:
    print(repr(a), a, float(a), int(a), round(a), round(a, 1), hash(a) == hash(Fraction(a)), -a, abs(a), bool(a))
    for b in [Fraction(2, 3), 3, -2, 0.5, 0, 1 + 2j]:
        for op in [lambda: a + b, lambda: b - a, lambda: a * b, lambda: a / b, lambda: b / a, lambda: a // b, lambda: a % b,
                   lambda: divmod(b, a), lambda: abs(a) ** b, lambda: a < b, lambda: a == b, lambda: b >= a]:
            try:
                print(repr(op()), end=" ")
            except Exception as e:
                print(type(e).__name__, e, end=" ")
    print()
for text in ["x", "1/0", "1_000/3", " 3 / 4", "-1.5e3", ".5", "5.", "1__0", "", "-", "1/-2", "0x10", "\u0663"]:
    show(lambda: repr(Fraction(text)))
show(lambda: Fraction(1.5, 2))
show(lambda: Fraction([]))
show(lambda: Fraction(float("nan")))
print(Fraction(3.141592653589793).limit_denominator(100), Fraction("3.14159").limit_denominator(10), Fraction(1, 3) == 1 / 3)
print(hash(Fraction(5)) == hash(5), hash(Fraction(1, 2)) == hash(0.5), hash(Fraction(-1)), {Fraction(5): 1}[5], {-7: 2}[Fraction(-7)])
for format, width in [("%*d", 10**20), ("%.*f", 2**31), ("%*d", -(10**20)), ("%*d", 5)]:
    show(lambda: format % (width, 1))
print(sum([Fraction(1, n) for n in range(1, 11)]), max(values), sorted(values), f"{Fraction(1, 2)}")
print(math.floor(Fraction(-7, 2)), math.ceil(Fraction(-7, 2)), math.trunc(Fraction(-7, 2)), Fraction(4, 6).as_integer_ratio())
