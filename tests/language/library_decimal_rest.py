# The operations of the specification that few programs use.
from decimal import *

D = Decimal
print(D(2).fma(3, 5), D("Infinity").fma(1, 2), getcontext().fma(D("0.1"), 3, 4))
print([str(D(number).remainder_near(10)) for number in (18, 25, 35, -18)])
print(D("250").logb(), D("0.03").logb(), D("7.5").scaleb(-2), D(34).shift(2), D(34).shift(-1), D(34).rotate(1))
print(D(1).next_plus(), D(1).next_minus(), D(1).next_toward(2), D(1).next_toward(-2), D(1).next_toward(1))
print([D(text).number_class() for text in ("1", "-0", "Infinity", "NaN", "1E-1000020", "-sNaN")])
print(D(1100).logical_and(1010), D(1100).logical_or(1010), D(1100).logical_xor(1010))
print(D("-3").max_mag(2), D("-3").min_mag(2), D("-7").compare_total_mag(7), D(1).compare_signal(2))
context = Context(prec=3)
print(context.is_nan(D("NaN")), context.copy_abs(D(-1)), context.logical_invert(D(1)), context.exp(1), context.next_plus(1))
for ask in (
    lambda: D(1).remainder_near(0), lambda: D(0).remainder_near(0), lambda: D(12).logical_and(1), lambda: D(0).logb(),
    lambda: D(1).shift(99), lambda: D(1).quantize("x"), lambda: D(1).fma(1.5, 2), lambda: D("NaN").compare_signal(1),
    lambda: D("1e9999999999999999999"),
):
    try:
        print(ask())
    except Exception as error:
        print(type(error).__name__, error)
getcontext().traps[FloatOperation] = True
try:
    D("3.5") < 3.7
except FloatOperation as error:
    print(error)
print(D("3.5") == 3.5, getcontext().traps[Inexact])
getcontext().clear_flags()
D(1) / 3
print(getcontext())
