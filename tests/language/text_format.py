# The format mini-language.


def show(value, spec):
    try:
        print(repr(format(value, spec)), end=" ")
    except Exception as e:
        print(type(e).__name__, e, end=" ")


integers = [0, 1, -1, 7, 42, -42, 255, 1000, 1234567, -1234567, 2**31, 2**64 + 1, -(10**30), True, False]
specs = ["", "d", "5", "<5", ">5", "^5", "=5", "05", "+", "-", " ", "+5", "+05", " 05", "*>8", "*<8", "*^8", "*=8", "*^+9", "x",
         "X", "#x", "#X", "o", "#o", "b", "#b", "#010x", "08b", "_b", "_x", "#_x", ",", "_", ",d", "015,", "016,", "017,", "+016,",
         "#018_x", "*>15,", "*=15,", "n", "c", "5c", "e", ".2f", "10.1f", "g", "%", ".1%", "010.2f", "+.3e", "s", "r", ".3d", "5.d",
         "xx", ",x", ",_d", "_,d", ",,d", ",s", "+c", "#c", ",c", "z", "zd", "0<5", "<05", "^05", "é>5", "😀^7", "0", "00", "0005",
         "=+#08x", "99999999999999999999d", "\t>4", "{>4", "}^5", "_o", "020_b", "y", "é", "\x01", ",f", "_f", ",e", ",%", ",g"]
for spec in specs:
    print(repr(spec), end=" ")
    for value in integers:
        show(value, spec)
    print()
floats = [0.0, -0.0, 1.0, -1.5, 3.14159, 1234567.891, -1e10, 1e-7, 1e20, float("inf"), float("-inf"), float("nan"), 0.5, 2.5, -0.001]
specs = ["", "f", ".0f", ".1f", ".3f", "e", ".2e", "g", ".3g", ".10g", "10", "<10", "^10", "=10", "010", "+", " ", "+010.2f", "*>12",
         "*^12.1f", ",", ",.2f", "_", "_.3f", "015,.2f", "016,.2f", "+017,.1f", "%", ".1%", "08.1%", "n", ".3", ".1", ".0", "#.3g", "#",
         "#.0f", "#.0e", "E", "G", "F", "z", "z.0f", "z.1f", "+z.1f", " z.0f", "z.3", "d", "x", "s", "c", "10.", ",n", ".2,", "010,",
         "é^12.2f", ".400f", ".30e", ".25g", "_e", ",e", "20,.4f", "0=12.3f", "-<12", "020"]
for spec in specs:
    print(repr(spec), end=" ")
    for value in floats:
        show(value, spec)
    print()
texts = ["", "a", "abc", "äö€😀", "longer text here"]
specs = ["", "s", "5", "<6", ">6", "^6", "^7", ".2", ".0", "*^8.2", "é>8", "05", "<05", ">05", "=5", "=05", "+5", " 5", "#5", "z5", ",", "_",
         "d", "x", "10s", ".3s", "10.3s", "s5", "5.", "99999999999999999999", "\u20ac<4", "}^9", "c", "\x80"]
for spec in specs:
    print(repr(spec), end=" ")
    for value in texts:
        show(value, spec)
    print()
for value in (None, [], (1,), {}, b"x", len, int, object(), range(3), ValueError("x")):
    show(value, "5") if type(value) is not object else None
    show(value, "s") if type(value) is not object else None
    print(format(value)) if type(value) is not object else None
show(1, 5)
show(10**400, "f")
show(2**1024, "e")
show(2**1023, "e")
show(2**53 + 1, ".0f")
show(2**54 + 2, ".0f")
show(123456789012345678901234567890, ".20g")
show(-(2**100) - 1, ".40f")
print()
width, name = 12, "x"
print(f"{name:>{width}}|{name!r:^{width}}|{3.14159:{width}.{3}f}|{width:#0{width}b}|{name:{'<'}{4}}|{1 + 1=}|{name=!s}|{width=:5}")
print(f"{{}} {name}{{{name}}}", f"{'nested ' + f'{width}'}", f"{width:,}", f"{None} {True:>5} {True:d} {1.0} {1:.2f}")
