# Loops, unpacking, slices, comparisons, augmented assignment, del.
for i in range(3):
    for j in range(3):
        if j == 2:
            break
        if i == j:
            continue
        print(i, j)
    else:
        print("never")
else:
    print("outer else", i, j)

for i in range(5, 0, -2):
    print(i, end=" ")
    i = 100
print(i)
for i in range(0):
    pass
print(i)
for n in range(2, 2):
    print("no")
try:
    for i in range(1, 2, 0):
        pass
except ValueError as error:
    print(error)
try:
    for i in range("x"):
        pass
except TypeError as error:
    print(error)
for i in range(2**40, 2**40 + 2):
    print(i)
for i in range(True, 3):
    print(i)
for a, (b, c), *d in [(1, (2, 3)), (4, (5, 6), 7, 8)]:
    print(a, b, c, d)
n = 0
while n < 3:
    n += 1
    if n == 2:
        continue
else:
    print("while else", n)
while True:
    n -= 1
    if not n:
        break
print(n)
first, *middle, last = range(5)
print(first, middle, last)
[p, q], r = (1, 2), 3
print(p, q, r)
*s, = "abc"
print(s)
for bad in ((1,), (1, 2, 3), 5):
    try:
        a, b = bad
    except (ValueError, TypeError) as error:
        print(error)
try:
    a, *b, c = (1,)
except ValueError as error:
    print(error)
a = b = c = []
a.append(1)
print(b, c is a)
x = [1, 2, 3, 4, 5, 6]
x[1:3] = ["a"]
x[::2] = [0, 0, 0]
print(x, x[1:], x[:-1], x[::-1], x[-3:-1], x[10:], x[slice(1, 3)])
del x[0], x[-1]
del x[1:2]
print(x)
y = x
y += [9]
y *= 2
print(x)
t = (1,)
t += (2,)
print(t, 1 < 2 < 3, 1 < 3 < 2, 1 == 1.0 == True, 2 in [1, 2] in [[1, 2]], not 1 == 2)
s = "a"
s += "b"
s *= 3
print(s, s[1], s[-1], "ab" in s, "x" not in s)
n = 17
n -= 3
n //= 2
n **= 2
n %= 20
n <<= 3
n >>= 1
n |= 1
n &= 0x1F
n ^= 5
n /= 4
print(n)
d = {"k": [1]}
d["k"] += [2]
d["n"] = d.get("n", 0) + 1
print(d)


class O:
    pass


o = O()
o.v = 1
o.v += 5
o.items = {1: 2}
o.items[1] -= 7
print(o.v, o.items)
print([a for a in range(10) if a % 2 if a > 3], {a % 3 for a in range(9)}, {a: b for a, b in zip("xy", (1, 2))})
print([[i * j for j in range(i)] for i in range(4)])
print([y for x in (1, 2) for y in ([x] if x == 1 else [x, x])])
print(1 if n else 2, (n or 5) and "both", [] or 0 or "", None and 1, not [])
print(f"{n:.3f}|{s!r:>10}|{n=}|{'nested'}|{{}}|{o.v:{3 + 2}}|{d['k']}")
z = 5
print(z.__class__, (-z) ** 2, -z**2, ~z, +z, z if z else 0, 3 if not z else 4)
x = 1_000_000_007 * 998_244_353
print(x, x % 1000, -x // 7, x << 70 >> 65, 0xFF, 0b101, 0o17, 1e3, 1.5e-7)
print(10 // 3, -10 // 3, 10 % -3, 7.5 // 2, -7.5 % 2, 2**-1, 2**0.5, 10 / 4)
print("%s %5.2f %r %x" % ("a", 3.14159, "q", 255), b"bytes\x00"[1:3], "é" * 2, "\N{BULLET}")
if (m := len("abc")) == 3 and m:
    print("walrus", m)
print(*[1, 2], *"ab", sep="-")
print({**{"a": 1}, "b": 2, **{"a": 3}}, [*range(2), *"x"], (*[1], 2), {*[1], 1})
pass
...
"a string statement"
assert True
del z
try:
    z
except NameError as error:
    print(error)
