# Integers of any size: operators, comparison, shifts, bits, powers, text.
def show(action, *args):
    try:
        print(action(*args))
    except Exception as error:
        print(type(error).__name__ + ":", error)


seed = 12345


def chance(bound):
    global seed
    seed = (seed * 6364136223846793005 + 1442695040888963407) % 18446744073709551616
    return (seed >> 33) % bound


def number():
    kind = chance(8)
    if kind == 0:
        value = chance(40)
    elif kind == 1:
        value = (1 << (29 + chance(6))) + chance(5) - 2
    elif kind == 2:
        value = (1 << (61 + chance(6))) + chance(5) - 2
    elif kind == 3:
        value = ((1 << (1 + chance(300))) - 1) << chance(300)
    else:
        value = 0
        for _ in range(1 + chance(20)):
            value = value << 31 | chance(1 << 31)
    return -value if chance(2) else value


total = 0
for i in range(400):
    a, b = number(), number()
    results = [a + b, a - b, a * b, a & b, a | b, a ^ b, ~a, -a, +a, abs(a), a << chance(100), a >> chance(200)]
    if b:
        results += [a // b, a % b, divmod(a, b)[0]]
        assert a == (a // b) * b + a % b and (a % b == 0 or (a % b < 0) == (b < 0))
    results += [a < b, a <= b, a == b, a != b, a > b, a >= b, hash(a), a.bit_length(), a.bit_count()]
    for result in results:
        total = (total * 31 + result) % 1000000007
    if i % 40 == 0:
        print(a, hex(b), total)
print(total)

# Where small integers end
for edge in (2**30, 2**31, 2**32, 2**62, 2**63, 2**64):
    for value in (edge - 1, edge, edge + 1, -edge - 1, -edge, 1 - edge):
        print(value, value + 1, value - 1, value * 2, value * value, value // 3, value % 7, -value, ~value, value >> 1, value << 1)

# Large products and quotients
for length in (200, 1000, 3000, 6000, 12000):
    a = (1 << length) // 7 * 3 + 12345678901234567890
    b = 3 ** (length // 2) + 1
    c = a * b
    print(c % 1000000007, c // a == b, c % b, (c + 5) // a == b, (c - 1) // a == b - 1, (a * a) % 998244353)

# Powers
print(2**100, 3**50, (-7) ** 33, 10**40, 0**0, 1**1000000, (-1) ** 1000001, 2**-2, 10**-3, (-2) ** -3, True**5)
print((1 << 70) ** 3, (10**20) ** 5, 7**0, (-(10**15)) ** 3)
print(pow(3, 1000, 1000007), pow(3, -1, 7), pow(10**30, 10**20, 10**18 + 9), pow(-5, 3, 13), pow(5, 3, -13), pow(2, 10, 1))
print(pow(12345678901234567890, 98765432109876543210, 2**127 - 1), pow(7, -5, 10**25 + 13))
show(pow, 2, -1, 4)
show(pow, 2, 3, 0)
show(pow, 2, 3, 1.5)
show(pow, 2, "a")
show(pow, 2, 3, "a")
show(lambda: 0**-1)
show(lambda: 2**-(10**20))

# Division
show(lambda: 1 // 0)
show(lambda: 1 % 0)
show(lambda: 1 / 0)
show(lambda: 10**30 // 0)
show(lambda: 10**30 % 0)
show(lambda: 10**30 / 0)
show(divmod, 5, 0)
show(divmod, "a", 5)
print(divmod(-7, 2), divmod(7, -2), divmod(-7, -2), divmod(10**30, 7), divmod(-(10**30), 10**12 + 1), divmod(True, 2))
print(7 // -2, -7 // 2, 7 % -3, -7 % 3, 0 // 5, 0 % -5, (-(2**63)) // -1, (-(2**30)) // -1)
print(1 / 3, 10**30 / 3, 2**70 / 2**69, (2**1100) / (2**1099 + 1), 5 / 10**320, -(10**25) / 7, 10**400 / 10**399, 1 / 10**400)
print((2**53 + 1) / 1, (2**54 + 3) / 2, (2**64 - 1) / 2**64, (3 * 2**1073) / 3**700)
show(lambda: 10**400 / 3)
show(lambda: 10**400 * 1.0)
show(lambda: float(10**400))
print(2**1023 * 1.0, float(2**1024 - 2**970 - 1), float(2**53 + 1), float(2**54 + 2), float(-(2**64) - 2**11))

# Shifts and bits
show(lambda: 1 << -1)
show(lambda: 1 >> -1)
show(lambda: 1 << 10**30)
print(0 << 10**30, 1 >> 10**30, -1 >> 10**30, -5 >> 1, -(2**70) >> 69, (-(2**70) - 1) >> 70, 1 << 100, -3 << 65)
print(5 & -2, -5 | 3, -1 ^ 2**70, ~(2**70), -(2**70) & (2**71 - 1), True & 5, True | False, True ^ True, True & True)
print((255).bit_length(), (-256).bit_length(), (0).bit_length(), (2**100 - 1).bit_count(), (-7).bit_count())

# Order across int, bool and float
for a in (0, 1, True, -1, 2**53, 2**53 + 1, 2**63, -(2**63), 2**64, 10**308, 10**309, -(10**309)):
    for b in (0.0, 1.0, -1.0, 0.5, 2.0**53, 2.0**63, -(2.0**63), 2.0**64, 1e308, float("inf"), -float("inf"), float("nan")):
        print(int(a < b), int(a == b), int(a > b), int(b < a), int(b >= a), end=" ")
    print()
print(hash(1) == hash(1.0) == hash(True), hash(2**70) == hash(2.0**70), hash(-1), hash(2**61 - 1), hash(2**61), hash(-(2**61)), hash(10**40))
print(hash(0.5), hash(-0.5), hash(1e300), hash(5e-324), hash(float("inf")), hash(-float("inf")), hash(-1.0), hash(0.1))
print({1: "a", 2**70: "b"}[2.0**70], {1.0: "c"}[True], {10**20: 1}[1e20], 2**70 in {2.0**70}, 3 in {3.5, 3.0})

# Attributes and methods
print((5).real, (5).imag, True.real, (5).numerator, (-5).denominator, (7).conjugate(), True.conjugate(), (10**20).as_integer_ratio())
print(int.from_bytes(b"\x01\x02"), int.from_bytes(b"\xff\xfe", "little"), int.from_bytes(b"\xff\xfe", "big", signed=True))
print(int.from_bytes(b"\x80" + b"\0" * 20, "big", signed=True), int.from_bytes(b"", "big"), int.from_bytes([1, 2, 3], "little"))
print(int.from_bytes(bytearray(b"\xff" * 9), "little", signed=True), int.from_bytes(b"\xff" * 12, byteorder="big"))
print((1024).to_bytes(2), (5).to_bytes(), (2**80).to_bytes(11, "little"), (-1).to_bytes(5, "big", signed=True), (0).to_bytes(0, "big"))
print((-(2**63)).to_bytes(8, "big", signed=True), (2**63 - 1).to_bytes(length=8, byteorder="little", signed=True), (300).to_bytes(5, "big"))
for args in ((256,), (-1, 1, "big"), (5, 1, "x"), (5, -1, "big")):
    show(lambda value, *rest: value.to_bytes(*rest), *args)
show(lambda: (128).to_bytes(1, "big", signed=True))
show(lambda: (-129).to_bytes(1, "big", signed=True))
show(lambda: int.from_bytes("ab", "big"))
show(lambda: int.from_bytes(5, "big"))
show(lambda: int.from_bytes([300], "big"))
print(round(15, -1), round(25, -1), round(-25, -1), round(12345, -2), round(10**30 + 5 * 10**14, -15), round(7, 5), round(True), round(4, -5))
print(abs(-5), abs(-(10**30)), abs(True), +True, -True, ~True)
show(abs, "x")
show(lambda: 1 + "a")
show(lambda: [] - 1)
show(lambda: 1.5 & 2)
