# Builtins that walk iterables, lazy iterators, range, slice objects.
def show(action, *args, **named):
    try:
        print(action(*args, **named))
    except Exception as error:
        print(type(error).__name__ + ":", error)


class Count:
    """An iterable made by the program."""

    def __init__(self, n):
        self.n = n

    def __iter__(self):
        return CountIterator(self.n)


class CountIterator:
    def __init__(self, n):
        self.n, self.i = n, 0

    def __iter__(self):
        return self

    def __next__(self):
        self.i += 1
        if self.i > self.n:
            raise StopIteration
        return self.i


class Old:
    """Iterable by index only."""

    def __init__(self, items):
        self.items = items

    def __getitem__(self, i):
        return self.items[i]

    def __len__(self):
        return len(self.items)


def generate(n):
    for i in range(n):
        yield i


# len, iter, next
print(len([1]), len(()), len({}), len("abc"), len({1}), len(range(5)), len(range(10**10)), len(b"ab"), len({}.keys()), len(Old("abc")))
show(lambda: len(5))
show(lambda: len(generate(3)))
show(lambda: len(None))
show(lambda: len(range(10**30)))
it = iter([1, 2])
print(next(it), next(it), next(it, "end"), next(it, None))
show(lambda: next(it))
show(lambda: next([1]))
show(lambda: next(5, 1))
show(lambda: iter(5))
show(lambda: iter(5, 6))
numbers = [3, 2, 1, 0, 7]
print(list(iter(numbers.pop, 1)), numbers)
print(list(iter(Old("xyz"))), list(Old([])), "b" in Old("abc"), [x for x in Old([1, 2])])
it = iter(Count(3))
print(list(it), list(it), list(Count(2)), sum(Count(4)), max(Count(3)), tuple(Count(2)), 2 in Count(3), 9 in Count(3))
print(iter(it) is it, 2 in iter([1, 2, 3]), 5 in generate(3), list("añ→😀"), [c for c in "añ→😀"], list(b"ab"))
l = [1, 2, 3]
for x in l:
    if x < 10:
        l.append(x + 10)
    if len(l) > 8:
        break
print(l)
it = iter(l)
l.clear()
print(list(it))
l.append(1)
print(list(it))
print(type(iter([])).__name__, type(iter(())).__name__, type(iter({})).__name__, type(iter({}.values())).__name__, type(iter({}.items())).__name__, type(iter(set())).__name__, type(iter(range(3))).__name__, type(iter("a")).__name__, type(reversed([])).__name__, type(zip()).__name__, type(enumerate([])).__name__, type(map(len, [])).__name__)

# any, all
print(any([]), all([]), any([0, "", 1]), all([1, "a", [0]]), any(x > 2 for x in range(5)), all(x < 4 for x in range(5)), any({0: 1}), all(Count(3)))
show(lambda: any(5))

# sum
print(sum([]), sum([1, 2, 3]), sum(range(100)), sum([0.1] * 10), sum([1, 2.5, 3]), sum([True, True, False]), sum([1, 2], 10), sum([1.5], start=2), sum([[1], [2, 3]], []), sum(((1,), (2,)), ()), sum([2**40, 2**40]), sum([10**20, 1, 0.5]), sum([0.1, 0.2, 0.3]), sum([1e308, 1e308]), sum([2**30] * 8), sum([2**29] * 16), sum([-(2**30)] * 5), sum([1, True, 2.5, 10**18]))
show(lambda: sum(["a", "b"]))
show(lambda: sum(["a", "b"], ""))
show(lambda: sum([1], [2]))
show(lambda: sum(5))
show(lambda: sum([1, None]))

# min, max
print(min([3, 1, 2]), max([3, 1, 2]), min(3, 1, 2), max("banana"), min("b", "a"), max([1.5, 2, True]), min([[2], [1, 5]]), max({"a": 1, "b": 0}), max(1, 1.0), max(1.0, 1), min([5], default=1), max([], default="none"), min((), default=None))
print(max(["aa", "b", "cccc"], key=len), min([3, -4, 2], key=abs), max([1, -3, 3], key=abs), min("bA", key=str.lower), max(2, -5, key=abs), max([(1, "b"), (1, "a")]), min([1, 2], key=None), max(generate(5)), max(3, 7), min(2.5, 2))
show(lambda: min([]))
show(lambda: max([]))
show(lambda: max(5))
show(lambda: max())
show(lambda: min(1, "a"))
show(lambda: max([1, None]))
show(lambda: max(1, 2, default=3))
show(lambda: max([1], keys=1))

# sorted, list.sort
print(sorted([3, 1, 2]), sorted("hello"), sorted({3: 1, 1: 2}), sorted([3, 1, 2], reverse=True), sorted(["bb", "a", "ccc"], key=len), sorted(["B", "a", "C"], key=str.lower), sorted([1.5, 0.5, -1.0]), sorted([(2, "b"), (1, "z"), (2, "a")]), sorted(generate(4), key=lambda x: -x), sorted([True, False, 2, 0.5]), sorted([]), sorted([10**20, 5, -(10**20)]))
data = [(i * 7919) % 101 for i in range(250)]
assert sorted(data) == [x for x in range(101) for _ in range(data.count(x))]
pairs = [(x % 10, i) for i, x in enumerate(data)]
assert sorted(pairs, key=lambda p: p[0]) == sorted(pairs)
backwards = sorted(pairs, key=lambda p: p[0], reverse=True)
assert backwards == sorted(pairs, key=lambda p: (-p[0], p[1]))
for n in range(40):
    part = data[:n]
    part.sort()
    assert all(part[i] <= part[i + 1] for i in range(n - 1)) and sum(part) == sum(data[:n])
    words = [str(x) for x in data[:n]]
    assert sorted(words) == sorted(words, key=lambda w: w) and sorted(words, reverse=True) == sorted(words)[::-1]
    floats = [x / 3 for x in data[:n]]
    assert sorted(floats) == [x / 3 for x in part]
    assert sorted(part) == part and sorted(part[::-1]) == part
l = [3, 1, 2]
print(l.sort(), l, l.sort(key=lambda x: -x), l, l.sort(reverse=True), l, l.sort(key=None, reverse=False), l)
show(lambda: sorted([1, "a"]))
show(lambda: sorted([1, None, 2]))
show(lambda: sorted(5))
show(lambda: [2, 1].sort(key=5))
show(lambda: sorted([2, 1], reverse="x"))
show(lambda: sorted([{}, {}]))
l = [5, 4, 3, 2, 1]


def fails(x):
    if x == 2:
        raise ValueError("key")
    return x


show(lambda: l.sort(key=fails))
print(sorted(l))


def changes(x):
    l.append(9)
    return x


show(lambda: l.sort(key=changes))
print(sorted(l)[:5], len(l))


class Ordered:
    def __init__(self, n):
        self.n = n

    def __lt__(self, other):
        if other.n == 1000 or self.n == 1000:
            raise RuntimeError("unlucky")
        return self.n < other.n


items = [Ordered(x) for x in data]
items.sort()
print([x.n for x in items[:6]]) if all(a.n <= b.n for a, b in zip(items, items[1:])) else None
items.append(Ordered(1000))
show(lambda: sorted(items))
nan = float("nan")
print(sorted(["é", "z", "a", "Z", "😀", "→"]), sorted([b"b", b"a"]), sorted([[2, 1], [1, 9], [1]]))

# enumerate, zip, map, filter, reversed
print(list(enumerate("abc")), list(enumerate([1, 2], 5)), list(enumerate([1], start=-1)), list(enumerate([])), list(enumerate(["x"], 10**20)), dict(enumerate("ab")), next(enumerate("z")))
show(lambda: enumerate(5))
show(lambda: enumerate([1], "a"))
print(list(zip()), list(zip([1])), list(zip([1, 2], "ab")), list(zip([1, 2, 3], "ab", (7, 8, 9, 10))), list(zip(range(2), generate(5))), list(zip([1, 2], [3, 4], strict=True)), list(zip(*[(1, 2), (3, 4)])))
show(lambda: list(zip([1, 2], [3], strict=True)))
show(lambda: list(zip([1], [3, 4], strict=True)))
show(lambda: list(zip([1], [3], [], strict=True)))
show(lambda: list(zip([1], [3], [5, 6], strict=True)))
show(lambda: zip([1], 5))
print(list(map(str, [1, 2])), list(map(lambda a, b: a + b, [1, 2, 3], [10, 20])), list(map(len, ["a", "bb"])), list(map(int, "123")), list(map(None.__class__, [])), sum(map(abs, [-1, -2])), list(map(max, [1, 5], [3, 2], [2, 9])))
show(lambda: map(str))
show(lambda: list(map(5, [1])))
show(lambda: list(map(lambda a: 1 // a, [1, 0])))
show(lambda: map(str, 5))
print(list(filter(None, [0, 1, "", "a", [], [0]])), list(filter(lambda x: x % 2, range(6))), list(filter(bool, [1, 0])), list(filter(str.isdigit, "a1b2")))
show(lambda: list(filter(5, [1])))
show(lambda: filter(None))
print(list(reversed([1, 2, 3])), list(reversed((1, 2))), list(reversed("abc")), list(reversed(range(5))), list(reversed(range(1, 10, 3))), list(reversed({"a": 1, "b": 2})), list(reversed(Old([1, 2]))), list(reversed(range(0))), list(reversed(range(10**12, 10**12 + 3))), list(reversed(b"ab")), list(reversed("é→")))
show(lambda: reversed({1, 2}))
show(lambda: reversed(5))
show(lambda: reversed(generate(2)))


class Back:
    def __reversed__(self):
        return iter("back")


print(list(reversed(Back())))
it = map(str, [1])
print(iter(it) is it, next(it), next(it, "end"), list(it))
first, *rest = map(int, "4567")
print(first, rest)
a, b = zip([1, 2], [3, 4])
print(a, b)

# range
print(range(5), range(1, 5), range(0, 10, 2), range(5, 0, -1), range(0), repr(range(1, 2, 1)))
print(list(range(3)), list(range(2, 5)), list(range(0, 10, 3)), list(range(5, 0, -2)), list(range(0)), list(range(5, 1)), list(range(10**20, 10**20 + 2)), list(range(-3)))
r = range(3, 30, 4)
print(len(r), r[0], r[-1], r[2], r[1:4], r[::-1], r[::2], r[5:1], 7 in r, 8 in r, 3.0 in r, "a" in r, r.index(11), r.count(7), r.count(8), r.start, r.stop, r.step, bool(r), bool(range(0)))
show(lambda: r[7])
show(lambda: r[-8])
show(lambda: r["a"])
show(lambda: r.index(4))
show(lambda: r.index("x"))
show(lambda: range())
show(lambda: range(1, 2, 0))
show(lambda: range(1.5))
show(lambda: range("a"))
show(lambda: range(1, 2, 3, 4))
show(lambda: r[::0])
print(range(3) == range(0, 3, 1), range(0) == range(5, 5), range(0, 3, 2) == range(0, 4, 2), range(3) == [0, 1, 2], range(3) != range(4), hash(range(3)) == hash(range(0, 3)), {range(2): "r"}[range(2)])
big = range(0, 10**20, 10**19)
print(len(big), big[3], list(big)[-1], 3 * 10**19 in big, 5 in big, big[2:4], range(2**62, 2**62 + 10)[5], range(-(2**40), 2**40, 2**39)[1:], big[-1], 10**40 in big)
print(range(True), list(range(True, 3)), [i for i in range(10, 0, -3)], sum(range(1, 1000001)))
for i in range(2**30 - 2, 2**30 + 2):
    print(i, end=" ")
print()

# slice
s = slice(1, 10, 2)
print(s, s.start, s.stop, s.step, slice(5), slice(1, 2), s.indices(5), slice(None, None, -1).indices(4), s == slice(1, 10, 2), slice(-3, None).indices(10))
show(lambda: slice())
show(lambda: s.indices(-1))
show(lambda: hash(s))
show(lambda: slice(1.5).indices(3))


class Keys:
    def __getitem__(self, key):
        return key


k = Keys()
print(k[1:2], k[::3], k[1, 2], k[1:2, 3], k[...])
