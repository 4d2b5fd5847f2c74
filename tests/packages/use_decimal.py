# Decimal arithmetic: what the documentation shows, and thousands of operations on random numbers in random contexts.
import random
from decimal import *

print(getcontext())
print(Decimal(10), Decimal("3.14"), Decimal(3.14), Decimal((0, (3, 1, 4), -2)), Decimal("NaN"), Decimal("-Infinity"), Decimal(" 1_000.5 "))
print(repr(Decimal("0E+3")), Decimal("3.0"), Decimal(str(2.0 ** 0.5)), Decimal(2) ** 10, Decimal(7) / 3, -Decimal("0"), Decimal("1E+400"))
data = list(map(Decimal, "1.34 1.87 3.45 2.35 1.00 0.03 9.25".split()))
print(max(data), min(data), sorted(data), sum(data), data[0] * 5, data[0] % data[1], float(data[0]), int(data[2]), str(data[0]))
print(Decimal("7.325").quantize(Decimal(".01"), rounding=ROUND_DOWN), Decimal("7.325").quantize(Decimal("1."), rounding=ROUND_UP))
print(Decimal(-7) % Decimal(4), Decimal(-7) // Decimal(4), divmod(Decimal(17), 5), Decimal(2).sqrt(), 5 - Decimal("0.5"), 1 / Decimal(8))
print(Decimal("1.10") + Decimal("2.20"), Decimal("1.20") * Decimal("1.30"), Decimal("200").normalize(), Decimal("32.1000").normalize())
print(Decimal("321.5").as_tuple(), Decimal("-3.20").as_integer_ratio(), Decimal("123E+1").adjusted(), Decimal("123").to_eng_string())
print(hash(Decimal("2.50")) == hash(2.5), Decimal("2.5") == 2.5, Decimal(3) == 3, Decimal(1) in {1}, Decimal("1.1") == 1.1, Decimal("0.1") < 0.1)
print(f"{Decimal('1234567.891'):,.2f} {Decimal('0.5'):%} {Decimal('1.5'):>10} {Decimal('12'):e} {Decimal('0.00001'):f} {Decimal('9.99'):.1f}")
print(round(Decimal("2.675"), 2), round(Decimal("2.5")), Decimal("2.5").to_integral_value(), Decimal("1.23E+5").to_integral_value(), abs(Decimal("-2")))
with localcontext() as context:
    context.prec = 42
    print(Decimal(1) / Decimal(7))
with localcontext(prec=5, rounding=ROUND_FLOOR) as context:
    print(Decimal(-1) / 3, context.flags[Inexact], +Decimal("1.2345678"), context.create_decimal("9.87654321"))
print(Decimal(1) / 7, Context(prec=3).divide(1, 7), ExtendedContext.copy().divide(1, 0), BasicContext.prec)
for text, operation in (
    ("division by zero", lambda: Decimal(1) / 0), ("undefined", lambda: Decimal(0) / 0), ("syntax", lambda: Decimal("x")),
    ("kind", lambda: Decimal([])), ("infinity", lambda: int(Decimal("Infinity"))),
    ("nan", lambda: Decimal("NaN") < 1), ("signaling", lambda: Decimal("sNaN") + 1), ("too long", lambda: Decimal("1e30").quantize(Decimal("1e-5"))),
    ("overflow", lambda: Decimal("9e999999") * 10), ("negative root", lambda: Decimal(-1).sqrt()), ("format", lambda: f"{Decimal(1):.}"),
    ("prec", lambda: Context(prec=0)),
):
    try:
        print(text, operation())
    except Exception as error:
        print(text, type(error).__name__, error)
print(issubclass(DivisionByZero, ZeroDivisionError), issubclass(Overflow, Inexact), DivisionByZero.__mro__[1].__name__)


def number():
    if random.random() < 0.1:
        return random.choice(["0", "-0", "0E+5", "0.000", "NaN", "Infinity", "-Infinity", "sNaN"])
    digits = "".join([random.choice("0123456789") for _ in range(random.choice([1, 2, 3, 8, 28, 35]))])
    if random.random() < 0.6:
        point = random.randrange(len(digits) + 1)
        digits = digits[:point] + "." + digits[point:]
    if random.random() < 0.3:
        digits += "E%+d" % random.choice([1, -1, 5, -7, 30, -30])
    return random.choice(["", "-"]) + digits


OPERATIONS = [
    lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b, lambda a, b: a // b, lambda a, b: a % b,
    lambda a, b: divmod(a, b), lambda a, b: (a < b, a <= b, a == b, a != b, a > b, a >= b), lambda a, b: (-a, +a, abs(a)),
    lambda a, b: a.quantize(b), lambda a, b: a.normalize(), lambda a, b: a.sqrt(), lambda a, b: a.compare(b), lambda a, b: a.max(b),
    lambda a, b: a.min(b), lambda a, b: int(a), lambda a, b: hash(a) if a.is_finite() else 0, lambda a, b: (str(a), a.to_eng_string()),
    lambda a, b: a.as_tuple(), lambda a, b: (a.adjusted(), a.is_zero(), a.is_signed(), bool(a)), lambda a, b: a.to_integral_value(),
    lambda a, b: round(a, 2), lambda a, b: a.copy_sign(b), lambda a, b: a.compare_total(b), lambda a, b: (a ** 3, a ** -2),
    lambda a, b: (a + 5, 7 - a, 3 / a), lambda a, b: a.as_integer_ratio(), lambda a, b: f"{a:.2f} {a:,.3f} {a:e} {a:+012.1f} {a:g}",
    lambda a, b: float(a), lambda a, b: a.same_quantum(b), lambda a, b: a.to_integral_exact(),
]
ROUNDINGS = [ROUND_HALF_EVEN, ROUND_DOWN, ROUND_UP, ROUND_HALF_UP, ROUND_HALF_DOWN, ROUND_CEILING, ROUND_FLOOR, ROUND_05UP]
random.seed(19)
for step in range(2500):
    context = Context(prec=random.choice([28, 28, 9, 5, 1]), rounding=random.choice(ROUNDINGS))
    if step % 3 == 0:
        context.clear_traps()
    setcontext(context)
    a, b, operation = number(), number(), random.randrange(len(OPERATIONS))
    try:
        result = OPERATIONS[operation](Decimal(a), Decimal(b))
    except Exception as error:
        result = type(error).__name__, str(error)
    flags = sorted([signal.__name__ for signal, is_set in getcontext().flags.items() if is_set])
    print(step, operation, a, b, result, flags)
