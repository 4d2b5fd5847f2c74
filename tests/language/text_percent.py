# Formatting with the percent operator.


def show(format, *values):
    for value in values:
        try:
            print(repr(format % value), end=" ")
        except Exception as e:
            print(type(e).__name__, e, end=" ")
    print()


class A:
    def __str__(self):
        return "str"

    def __repr__(self):
        return "repr"

    def __int__(self):
        return 65

    def __index__(self):
        return 66

    def __float__(self):
        return 2.5

    def __getitem__(self, key):
        return "<" + key + ">"


numbers = (0, 5, -5, 255, -255, 2**40, -(2**70), True, 1.0, -2.75, 1e20)
for format in ("%d", "%i", "%u", "%5d", "%-5d|", "%05d", "%+d", "% d", "%+05d", "%-05d|", "%.3d", "%8.3d", "%-8.3d|", "%+.0d", "%08.3d"):
    show(format, *numbers)
for format in ("%x", "%X", "%o", "%#x", "%#X", "%#o", "%#10x", "%#010x", "%-#10x|", "%.6x", "%#.6x", "%+x", "% o", "%08X"):
    show(format, *(n for n in numbers if type(n) is not float))
for format in ("%f", "%.2f", "%10.3f", "%-10.1f|", "%010.2f", "%+.1f", "% .0f", "%#.0f", "%e", "%.0e", "%E", "%g", "%G", "%.3g", "%#g", "%F", "%12g", "%012.4e"):
    show(format, *numbers, float("inf"), float("-inf"), float("nan"), 0.0001, 1e-5, 123456789.0)
for format in ("%s", "%r", "%a", "%10s|", "%-10s|", "%.2s|", "%5.1s|", "%-5.3r|", "%05s|", "%+s", "%#s"):
    show(format, "abc", "é€", 5, None, [1, "x"], A(), 1.5, b"q", ("t",), "")
for format in ("%c", "%5c|", "%-5c|", "%05c|"):
    show(format, "a", "€", 65, 8364, True, A())
show("%c", "ab", "", 1.5, 1 << 40, -1, None, [])
show("%d", "a", None, [], A(), float("nan"), float("inf"), b"1")
show("%x", "a", 1.5, None, A())
show("%f", "a", None, A(), 10**400)
show("%s %s", (1, 2), (1,), 1, (1, 2, 3), [1, 2])
show("%s", (), (1,), (1, 2), (None,))
show("plain", (), {}, [], {"a": 1}, 1, (1,), "x", None)
show("%%", (), 1, {})
show("%5%|", (), (1,), 1)
show("%z", 1, (1,))
show("%", 1, (1,))
show("%5", 1, (1,))
show("a%", (), (1,))
show("%(a)s", {"a": 1}, 1, (1,), {"b": 1}, [1], A(), "x")
show("%(a)5.2f|%(b)-5s|%(a)d", {"a": 1.239, "b": "x"})
show("%(a", {"a": 1})
show("%(a(b)c)s", {"a(b)c": 1})
show("%()s", {"": "empty"})
show("%(a)s %s", {"a": 1}, ({"a": 1},))
show("%s %(a)s", {"a": 1})
show("%*d", (5, 3), (-5, 3), ("a", 3), (5,), 5, (5, 3, 1))
show("%.*f", (2, 3), (-2, 3), (1.5, 3))
show("%-*d|", (5, 3))
show("%*.*f|", (8, 2, 3.14159))
show("%*(a)d", {"a": 1.234})
show("%ld %hd %Lf", (3, 4, 5))
show("%é", 1)
show("é%s€%d😀", ("ä", 1))
show("%.100000000000000000000f", 1)
show("%100000000000000000000d", 1)
show("%.3000000000f", 1)
print("%s and %s" % ("a", "b"), "%d%%" % 50, "%s" % [1, 2], "%s" % {"a": 1}, "%(x)s %(x)r" % {"x": "v"})
print("%-10s|%10s|%+d" % ("left", "right", 7), "%s" % A(), "%r" % A(), "%d" % A(), "%x" % A(), "%.1f" % A(), "%(k)s" % A())
