# A negative number to a fractional power is complex; powers of complex numbers; cmath.
import cmath


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error)


x, third = -8, 1 / 3
show(lambda: [x**third, (-2.5) ** -0.5, pow(x, 0.5), x**2.0, 4**0.5])
x **= 0.5
show(lambda: x)
show(lambda: [(1 + 2j) ** 2, (1 + 2j) ** 0.5, 2 ** (1 + 2j), (1 + 1j) ** -3, (1 + 2j) ** (1 + 2j)])
show(lambda: (-1e300) ** 1.5)
show(lambda: (1 + 2j) ** float("inf"))
show(lambda: 0j**-1)
show(lambda: [cmath.sqrt(-4), cmath.exp(1j * cmath.pi), cmath.log(-1), cmath.phase(-1), cmath.polar(3 + 4j)])
show(lambda: [cmath.rect(2, 1), cmath.sin(1 + 1j), cmath.acos(2), cmath.tanh(1j), cmath.log(8, 2), abs(0.5 - 0.3j)])
show(lambda: cmath.log(0))
show(lambda: [cmath.isclose(1, 1 + 1e-12j), cmath.isinf(complex("inf")), cmath.isnan(cmath.nanj)])
