# Floats: operators with their rules of signs, rounding, methods.
def show(action, *args):
    try:
        print(repr(action(*args)))
    except Exception as error:
        print(type(error).__name__ + ":", error)


values = [0.0, -0.0, 1.0, -1.0, 0.1, -0.3, 2.5, 7.25, -7.25, 1e16, 1e-16, 1e300, -1e300, 5e-324, float("inf"), -float("inf"), float("nan"), 3, -4, True]
for a in values:
    line = []
    for b in values:
        for operation in (lambda: a + b, lambda: a - b, lambda: a * b, lambda: a / b, lambda: a // b, lambda: a % b, lambda: divmod(a, b), lambda: a**b):
            try:
                result = operation()
                if type(result) is complex:
                    result = "complex"
            except ZeroDivisionError as error:
                result = "Z" + str(len(str(error)))
            except OverflowError as error:
                # (CPython may try complex numbers first.)
                result = "complex" if "complex" in str(error) else "O" + str(error.args[0])
            except TypeError:
                result = "complex"
            line.append(str(result))
    print(" ".join(line))
show(lambda: 1.0 / 0)
show(lambda: 1.0 // 0)
show(lambda: 1.0 % 0)
show(lambda: divmod(1.0, 0))
show(lambda: 0.0**-1)
show(lambda: 10.0**400)
try:
    10.0**400
except OverflowError as error:
    print(error.args, str(error))

seed = 99


def uniform():
    global seed
    seed = (seed * 1103515245 + 12345) % 2147483648
    return seed / 2147483648


total = 0
for i in range(2000):
    x, y = (uniform() - 0.5) * 10 ** (i % 12), (uniform() - 0.5) * 10 ** (i % 7)
    q, r = divmod(x, y)
    assert q == x // y and r == x % y
    total = (total * 31 + hash(q) + hash(r) + hash(x**3) + hash(abs(x) ** (y / 1e5))) % 1000000007
print(total)

for number in (0.5, 1.5, 2.5, -0.5, -1.5, 0.49999999999999994, 1e15 + 0.5, 4503599627370497.5, 1e20, -2.4, 2.6):
    print(round(number), end=" ")
print()
for number in (2.675, 1.005, 0.125, 0.375, 1.15, 1.25, 1.35, 25.0, 35.0, 1e22, 1.5e-10, 123456.789, -0.05, 5e-324, 9.995, 0.5, 1e16, 1e23, 5e22):
    print([round(number, digits) for digits in (-23, -22, -3, -2, -1, 0, 1, 2, 3, 5, 10, 11, 17, 22, 300, 323, 324)])
show(round, float("nan"))
show(round, float("inf"))
show(round, float("nan"), 2)
show(round, float("inf"), -2)
show(round, 1.7e308, -308)
show(round, 1.5, "a")
show(round, "a")
show(round, 1.5, 10**30)
show(round, 1.5, -(10**30))
print(round(2.5, None), round(number=2.675, ndigits=2), round(-0.4), round(-0.4, 0), round(0.4, -1))

for number in (0.0, -0.0, 1.0, 0.1, -2.5, 5e-324, 2.2250738585072014e-308, 1e300, float("inf"), -float("inf"), float("nan")):
    text = number.hex()
    print(text, float.fromhex(text), number.is_integer())
for text in ("0x1.8p1", " -0X1.8P+3\n", "1.8", "0x1.fffffffffffff8p0", "0x1p-1075", "0x1.8p-1075", "0x.8p1", "0x1.p1", "inf", "-INFINITY", "nan", "0x", "", "0x.p1", "0x1p", "1p5000", "0x1.0000000000000800000001p0", "0x1.00000000000008p0"):
    show(float.fromhex, text)
show(float.fromhex, 5)
for number in (0.0, -0.0, 0.5, -0.1, 1e20, 5e-324, 3.0):
    print(number.as_integer_ratio())
show((1.5).conjugate)
show(float("inf").as_integer_ratio)
show(float("nan").as_integer_ratio)
print((1e16).is_integer(), (0.5).is_integer(), (2.5).real, int(1e23), int(-1.7976931348623157e308) % 1000000007)
print(0.1 + 0.2, 1 / 3, 1e22, 1e21 + 1, 123456789012345680.0, 1e-5, 0.0001, -1.5e-7, 100000.0 * 3)
show(lambda: 1.5 + "a")
show(lambda: 1.5 << 1)
# Shortest texts that are equally near: the even digit
seed = 5
for exponent in range(-7, 4):
    for _ in range(40):
        uniform()
        high = seed
        uniform()
        print((2**52 + (high << 31 | seed) % 2**52) * 2.0**exponent, end=" ")
    print()

# Temporaries of float arithmetic are overwritten, but only those nobody else has.
class Shared:
    def __init__(self):
        self.kept = 1.5

    def __add__(self, other):
        self.kept = self.kept * 1.0
        return self.kept

    __mul__ = __sub__ = __truediv__ = __radd__ = __rmul__ = __add__


def overwritten():
    s = Shared()
    seen = []
    for i in range(6):
        seen.append((s + 1) * 2.0 - 0.25)
        seen.append((s * i) + 1.0)
        seen.append(1.0 - (i + s) / 4.0)
        seen.append((s - 2.0) * (s / 3.0) * 0.5)
        seen.append(s.kept)
    a = 0.5
    b = a
    for i in range(4):
        c = a * 2.0 + 1.0
        d = c
        a = (c - b) * (d + b) / 3.0
        b = d
        seen += [a, b, c, d]
    x = 3
    seen.append((x * 2) / (x + 1) * 2.0)
    try:
        seen.append((x * 2.0) / (a - a))
    except ZeroDivisionError as error:
        seen.append(str(error))
    return seen


print(overwritten())
