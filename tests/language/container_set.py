# Sets: CPython's order for numbers, methods, operators, frozensets.
def show(action, *args):
    try:
        print(action(*args))
    except Exception as error:
        print(type(error).__name__ + ":", error)


# Order: of small numbers, large ones, negative ones, floats, tuples of numbers
s = set()
seed = 7
for i in range(200):
    seed = (seed * 1103515245 + 12345) % 2147483648
    s.add(seed % 1000 - 300)
    if i % 5 == 4:
        s.discard(seed % 37)
    if i % 20 == 19:
        print(s)
print({1, 2, 3}, {3, 2, 1}, {10, 8, 16, 0}, {-1, -2, -3}, {100, 5, 33, 7}, set([5, 3, 9, 1, 17, 33, 65, 4]))
print(set(range(20)), set(range(100, 0, -7)), {x * x for x in range(15)}, {x * 64 for x in range(12)})
print({0.5, 1.5, 2.25, 100.125, -0.5}, {1.0, 2, 3.0}, {1e10, 1e20, 2.0**70}, set([10**10, 10**20, -(10**20), 2**61 - 1, 2**61]))
print({(1, 2), (3, 4), (0, 0), (5, 6, 7)}, {(i, j) for i in range(3) for j in range(3)}, {((1, 2), 3), (1, (2, 3))})
print({True, 1, 1.0, False, 0}, {1 << 40, 1 << 41, 5})
print(set(), frozenset(), frozenset([3, 1, 2]), {frozenset([1, 2]), frozenset([3])} == {frozenset([3]), frozenset([2, 1])})
# Constants: CPython's compiler makes a frozenset of them, and copies it where it isn't only walked over
print({1, 2, 30, 4, 50}, {40, 41, 57, 8, 9, 25, 73}, {1, -1, 33, 65, 17, 18})
print([x for x in {1, 2, 30, 4, 50, 17}], list({40, 41, 57, 8, 9, 25, 73}))
for x in {40, 41, 57, 8, 9, 25, 73, 33}:
    print(x, end=" ")
print({0, 64, 128, 192, 256, 1, 65, 129, 193, 257, 2, 66, 130, 194, 258, 3, 67, 131, 195, 259, 4, 68, 132, 196, 260, 5, 69, 133, 197, 261, 6, 70, 134, 198, 262, 7, 71, 135, 199, 263, 8, 72, 136, 200})
# Order after removals, which leave dummies
s = set(range(10))
for i in (1, 3, 5, 7):
    s.remove(i)
s.add(33)
s.add(17)
s.add(65)
print(s, s.pop(), s.pop(), s)
s = {8, 0, 16, 24}
s.remove(8)
s.add(32)
print(s)
print(list(set(range(30)) - set(range(3, 25))), list(set(range(30)) & set(range(20, 40))), list(set(range(5)) | {100, 50}), list({1, 2, 3, 40} ^ {3, 40, 99}))
s = set(range(60))
s -= set(range(55))
print(s)
s |= {7, 1000, 64, 128}
s &= {64, 128, 7, 5, 1000}
s ^= {7, 8, 9}
print(s)
s = set([1, 2])
s.update([3, 4], (5,), range(6, 9), {9: 1})
print(s, s.copy(), set(s), frozenset(s))
while s:
    print(s.pop(), end=" ")
print()

# Methods
a, b = {1, 2, 3, 4}, {3, 4, 5}
print(a.union(b), a.union([9], (8,)), a.intersection(b), a.intersection([1, 9], [1]), a.difference(b), a.difference([1], [2]), a.symmetric_difference(b), a.union(), a.intersection(), a.difference())
print(a.issubset(b), {3}.issubset(b), {3}.issubset([3, 4]), a.issuperset({1}), a.issuperset([1, 2]), a.isdisjoint(b), a.isdisjoint({7}), a.isdisjoint([7, 1]))
print(a == {4, 3, 2, 1}, a != b, a <= a, a < a, {1} < a, a >= {1}, a > {1}, {1} <= b, frozenset([1]) == {1}, {1} == frozenset([1]), a == [1, 2, 3, 4])
c = set(a)
print(c.add(9), c.discard(1), c.discard(77), c.remove(2), c)
show(lambda: c.remove(77))
show(lambda: c.remove((1, 2)))
show(lambda: set().pop())
c.difference_update([3], {4})
print(c)
c.intersection_update([9, 1])
print(c)
c.symmetric_difference_update([9, 10])
print(c)
c.symmetric_difference_update(c)
print(c)
c.clear()
print(c)
print(3 in {1, 2, 3, 4, 5, 6}, 9 in {1, 2, 3, 4, 5, 6}, 9 not in {1, 2})
show(lambda: [] in {1, 2, 3, 4, 5})
print(1 in a, 9 in a, "x" in a, 1.0 in a, (1,) in a, {1} in {frozenset([1])})
show(lambda: [] in a)
show(lambda: {[]})
show(lambda: {1} | [2])
show(lambda: {1} & 2)
show(lambda: {1} - [1])
show(lambda: {1} + {2})
show(lambda: {1} < [1])
show(lambda: set(5))
show(lambda: set([1, []]))
show(lambda: set(1, 2))
show(lambda: {1}.frob())
show(lambda: frozenset([1]).add(2))
show(lambda: hash({1}))
show(lambda: a.union(5))
show(lambda: {1}.update(5))
s = {1, 2}
t = s
s |= {3}
print(t is s, t)
f = frozenset([1, 2])
g = f
f |= {3}
print(f, g, f | {9}, f & {1}, f - {1}, type(f | {1}), type({1} | f), f.copy() is f, frozenset(f) is f)


def iadd(x):
    s = {1}
    s |= x


show(iadd, [1])
# Hashes of frozensets and ranges
print(hash(frozenset([1, 2, 3])), hash(frozenset()), hash(frozenset([(1, 2), 5])), hash(frozenset(range(30))))
d = {frozenset([1, 2]): "x", (1, 2): "y"}
print(d[frozenset([2, 1])], d[(1, 2)])

# Iteration


def grow(s):
    for x in s:
        s.add(x + 1000)


def shrink(s):
    for x in s:
        s.discard(x)


show(grow, {1, 2})
show(shrink, {1, 2, 3})
it = iter({1, 2})
print(next(it), list(it), list(it))
print(sorted({"b", "a", "c"}), len({"a", "b", "a"}), sorted("hello world".replace(" ", "")), len(set("mississippi")), sum({1, 2, 3}), max({4, 9, 2}))
print({None}, {"one"}, {(1, "a")}, {b"x"})
print(bool(set()), bool({0}), len(frozenset("aab")))


class Key:
    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 4

    def __eq__(self, other):
        return isinstance(other, Key) and other.n == self.n

    def __repr__(self):
        return "Key(%d)" % self.n


s = {Key(i) for i in range(12)}
s.discard(Key(5))
s.add(Key(6))
s.add(Key(50))
print(len(s), Key(3) in s, Key(5) in s, sorted(k.n for k in s), len(s & {Key(1), Key(99)}))
