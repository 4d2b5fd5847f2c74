# Complex numbers.


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


values = [0j, 1j, -1j, 1 + 2j, -0.5j, 3 - 4j, complex(-0.0, 2.5), 1e300 + 1e-300j, complex("inf"), 2.5 + 0j]
for a in values:
    print(a, str(a), a.real, a.imag, a.conjugate(), -a, +a, bool(a), abs(a), hash(a) == hash(complex(a)))
    for b in values[1:6]:
        show(lambda: a + b)
        show(lambda: a - b)
        show(lambda: a * b)
        show(lambda: a / b)
        print(a == b, a != b)
    for b in (2, 1.5, True, -3):
        show(lambda: (a + b, b + a, a - b, b - a, a * b, b * a, a / b, a == b))
    for n in (0, 1, 2, 3, -1, -2):
        show(lambda: a ** n)
show(lambda: 1j / 0)
show(lambda: 0j ** -1)
show(lambda: 1j < 2j)
show(lambda: 1j // 2)
show(lambda: 1j % 2)
show(lambda: 1j + "a")
show(lambda: "a" + 1j)
show(lambda: int(1j))
show(lambda: float(1j))
show(lambda: complex("a"))
show(lambda: complex([]))
show(lambda: complex("1", 2))
show(lambda: complex(1, "2"))
for text in ("1", "1j", "-j", " 1+2j ", "(3-4j)", "1e5-2.5e-3j", "nan", "j", "+1-j"):
    show(lambda: complex(text))
print(complex(1, 2), complex(1j, 2j), complex(imag=3), complex(), complex(True))
print(hash(2 + 0j) == hash(2), hash(2.5 + 0j) == hash(2.5), hash(1 + 2j), {1 + 0j: "one"}[1], 1j in [1j])
print(f"{1 + 2j:.2f}", f"{1.5j!r:>10}", "{:>12}".format(3j), "{:+.1e}".format(1 - 1j), "%s" % (1 + 1j))
show(lambda: format(1j, "010"))
print(type(1j), isinstance(1j, complex), isinstance(1, complex), sum([1j, 2, 3.5]))
match 1 + 2j:
    case complex(real=1.0, imag=i):
        print("matched", i)
print((1 + 2j) ** 2, pow(2, 1j) == 2 ** 1j, round(abs((1 + 1j) ** 0.5), 10))
x = 1
x += 2j
print(x, [2j, (1 + 0j)])
