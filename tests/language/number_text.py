# int() and float() of text and other values; numbers to text.
def show(action, *args, **named):
    try:
        print(repr(action(*args, **named)))
    except Exception as error:
        print(type(error).__name__ + ":", error)


for text in (
    "0", "-0", "+7", " 42 ", "\t-1_000\n", "1__0", "_1", "1_", "", " ", "+", "- 1", "--1", "1.5", "1e5", "0x10", "010", "00", "0_0",
    "12345678901234567890", "-1073741824", "1073741824", "9" * 40, "\u0664\u0662", "\u00a07\u2003", "5\u00e9", "\x1c5", "\x1c5\u2003",
):
    show(int, text)
for text, base in (
    ("0x1F", 16), ("0x1f", 0), ("0b101", 0), ("0o17", 0), ("0B_1_0", 2), ("017", 0), ("0", 0), ("0_1", 2), ("z", 36), ("Zz", 36), ("z", 35),
    ("0b1", 16), ("0x_f", 16), ("0x", 16), ("102", 2), ("ffffffffffffffffffffffff", 16), ("-777777777777777777777777", 8), ("1" * 200, 3),
    ("1", 1), ("1", 37), ("1", -2), ("11", True + 1), ("1", "2"), ("1", None), ("1", 2.0), (5, 10), (None, 10), (b"11", 2), (bytearray(b"ff"), 16),
):
    show(int, text, base)
show(int)
show(int, base=10)
show(int, "12", base=3)
for value in (1.9, -1.9, 1e20, -1e300, 0.0, -0.0, True, None, [], "a" * 300, b"12", b"1 2", b"\xff", bytearray(b" 7 "), float("nan"), float("inf"), -float("inf")):
    show(int, value)
print(int("1" * 4300) % 1000007, int("f" * 5000, 16) % 1000007)
show(int, "1" * 4301)
show(int, "-" + "1_1" * 3000)
show(lambda: str(10**4300))
show(lambda: len(str(10**4299)))
show(lambda: len(hex(10**4300)))
show(lambda: repr(-(10**5000)))

for number in (0, 1, -1, 2**30, -(2**31), 10**18, -(10**19), 2**64, 10**9 * (10**9), 10**27, 10**36 - 1, 7**300):
    print(number, str(number), bin(number), oct(number), hex(number), sep=" ")
print([10**n for n in range(0, 60, 7)], [-(10**n) for n in range(0, 60, 9)], [10**n - 1 for n in range(0, 40, 9)])

for text in (
    "1", "1.5", " -2.5e3 ", ".5", "5.", "1e400", "-1e400", "1e-400", "inf", "-Infinity", "nan", "+NaN", "infin", "1_0.2_5", "1__0", "1_.5", "1._5", "1e1_0",
    "_1", "1_", "", ".", "e5", "0x10", "1e", "1e+", "--1", "1 2", "\u0663.\u0665", "\u2003 1.25\u00a0", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324",
    "1.7976931348623158e308", "1.7976931348623159e308", "9007199254740993", "9007199254740993.0000000000000000000000000000001", "1" * 400, "0." + "0" * 330 + "1", "123456789" * 60 + "e-500",
):
    show(float, text)
for value in (1, True, 10**300, b"1.5", b" inf ", b"x", bytearray(b"2"), None, [], {}):
    show(float, value)
show(float, 10**400)
show(float)
for value in (0, 0.0, -0.0, 1, 0.5, "", "0", [], [0], None, float("nan"), 10**30):
    print(bool(value), end=" ")
print(bool())


class Index:
    def __index__(self):
        return 7


class Whole:
    def __int__(self):
        return 12

    def __float__(self):
        return 2.5

    def __round__(self, *digits):
        return digits

    def __abs__(self):
        return "abs"

    def __divmod__(self, other):
        return ("divmod", other)

    def __rdivmod__(self, other):
        return ("rdivmod", other)

    def __pow__(self, other, modulus=None):
        return ("pow", other, modulus)

    def __trunc__(self):
        return 99


class Wrong:
    def __int__(self):
        return "x"

    def __float__(self):
        return 1

    def __index__(self):
        return 1.5


class Truncated:
    def __trunc__(self):
        return 5


for action in (int, float, round, abs, bool):
    for instance in (Index(), Whole(), Wrong(), Truncated()):
        if action is int and type(instance) is Truncated:
            continue
        try:
            print(action(instance), end="; ")
        except Exception as error:
            message = str(error)
            print(type(error).__name__, message, end="; ")
    print()
show(round, Whole(), 3)
show(round, 2.5, Index())
show(divmod, Whole(), 2)
show(divmod, 2, Whole())
show(pow, Whole(), 2)
show(pow, Whole(), 2, 3)
show(int, "11", Index())
show(int, "11", Wrong())
print([10, 20, 30, 40, 50, 60, 70, 80][Index()], range(10)[Index()], "abcdefghij"[Index()])
show(lambda: [1][Wrong()])
show(lambda: [1][1.0])
