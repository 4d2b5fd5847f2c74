# Dicts: construction, lookup, order, methods, views, changes while iterating, keys with code of their own.
def show(action, *args, **named):
    try:
        print(action(*args, **named))
    except Exception as error:
        print(type(error).__name__ + ":", error)


# Construction
print(dict(), dict(a=1, b=2), dict([("x", 1), ("y", 2)]), dict({"q": 1}), dict({"q": 1}, r=2), dict([("a", 1)], a=5), dict(zip("abc", range(3))), dict(["ab", "cd"]), dict({}, **{"k": 0}))
show(lambda: dict(5))
show(lambda: dict([1]))
show(lambda: dict([(1, 2, 3)]))
show(lambda: dict([(1, 2), "abc"]))
show(lambda: dict(["a"]))
show(lambda: dict(1, 2))
show(lambda: dict([([], 1)]))
print({**{"a": 1}, "b": 2, **{"a": 3}}, {i: i * i for i in range(5)}, {"a": 1, "a": 2})


class Mapping:
    def keys(self):
        return ["m", "n"]

    def __getitem__(self, key):
        return key * 2


print(dict(Mapping()), dict(Mapping(), x=1))

# Lookup
d = {"a": 1, 2: "two", (1, 2): "tuple", None: "none", 1.5: "float", True: "true"}
print(d["a"], d[2], d[(1, 2)], d[None], d[1.5], d[True], d[1], d[1.0], d[2.0], len(d))
show(lambda: d["missing"])
show(lambda: d[7])
show(lambda: d[(3, 4)])
show(lambda: d[[]])
show(lambda: d[{}])
show(lambda: d[{1}])
show(lambda: d.get([]))
print(d.get("a"), d.get("z"), d.get("z", 0), "a" in d, "z" in d, 1 in d, (1, 2) in d, None in d)
show(lambda: [] in d)
d[1] = "one"
print(list(d))
big = 10**20
d = {big: "big", -big: "neg", 2**31: 1, float(2**31): 2, 0.5: "half", -1: "m1", -2: "m2", 10**20: "again"}
print(d, d[2**31], d[-1.0], d[1e20])
nan = float("nan")
d = {nan: 1, float("nan"): 2}
print(len(d), d[nan])
e = {b"x": 1, "x": 2, b"y": 3}
print(e[b"x"], e["x"], len(e))

# Order under deletion and insertion, across growth and the change to an index
d = {}
for i in range(50):
    d[i * 7 % 50] = i
for i in range(0, 50, 3):
    del d[i]
for i in range(100, 110):
    d[i] = i
d[0] = "back"
print(d)
print(len(d), list(d.keys())[:5], list(reversed(d))[:5])
for n in (0, 1, 4, 5, 8, 9, 10, 13, 16, 17, 30, 200, 1000):
    m = {}
    for i in range(n):
        m[str(i)] = i
    assert list(m.values()) == list(range(n))
    assert all(m[str(i)] == i for i in range(n))
    assert m.get("x") is None and m.get(5) is None
    for i in range(0, n, 2):
        assert m.pop(str(i)) == i
    assert list(m) == [str(i) for i in range(1, n, 2)], n
    for i in range(n):
        m[str(i)] = -i
    assert len(m) == n and sum(m.values()) == -sum(range(n))
queue = {}
for i in range(300):
    queue[i] = i
    if i >= 5:
        first = next(iter(queue))
        assert queue.pop(first) == i - 5
print(queue)
stack = {}
for i in range(100):
    stack[i] = 1
    if i % 3 == 0:
        stack.popitem()
print(len(stack), stack.popitem())
collide = {i * 1024: i for i in range(300)}
print(all(collide[i * 1024] == i for i in range(300)), 5 in collide)

# Methods
d = {"a": 1, "b": 2}
print(d.pop("a"), d.pop("zz", None), d)
show(lambda: d.pop("zz"))
show(lambda: d.pop())
show(lambda: {}.popitem())
d = {"a": 1, "b": 2, "c": 3}
print(d.popitem(), d.popitem(), d)
print(d.setdefault("a", 9), d.setdefault("n"), d.setdefault("l", []), d)
d["l"].append(1)
print(d.setdefault("l", []))
d.update({"x": 1}, y=2)
d.update([("z", 3)])
d.update(w=4)
d.update()
d.update(d)
print(d)
show(lambda: d.update(5))
show(lambda: d.update([1]))
show(lambda: d.update({}, {}))
c = d.copy()
c["new"] = 1
print("new" in d, c == d, d == d.copy(), d.clear(), d)
print(dict.fromkeys("abc"), dict.fromkeys([1, 2], 0), dict.fromkeys(range(3), []), {}.fromkeys("xy", 1))
show(lambda: dict.fromkeys(5))
show(lambda: dict.fromkeys([[]]))
show(lambda: {}.nothing)
show(lambda: {}.get())
del c["x"]


def delete(m, k):
    del m[k]


show(delete, {}, "k")
show(delete, {1: 2}, 2)
show(delete, {1: 2}, [])

# Comparison and merging
print({"a": 1, "b": 2} == {"b": 2, "a": 1}, {1: 2} == {1.0: 2.0}, {} == {}, {1: 2} != {1: 3}, {1: [1, {2: 3}]} == {1: [1, {2: 3}]}, {1: 1} == [1])
show(lambda: {} < {})
print({"a": 1} | {"b": 2, "a": 3}, {1: 1} | {})
show(lambda: {} | [])
show(lambda: {} | 5)
d = {"a": 1}
e = d
d |= {"b": 2}
d |= [("c", 3)]
print(d, e is d)
show(lambda: {} + {})

# Views
d = {"a": 1, "b": 2, "c": 3}
k, v, i = d.keys(), d.values(), d.items()
print(k, v, i, len(k), len(v), len(i))
d["d"] = 4
print(list(k), list(v), list(i), "d" in k, 4 in v, ("d", 4) in i, ("d", 5) in i, ("q", 1) in i, 5 in i, "zz" in k)
print(sorted(k & {"a", "z"}), sorted(k | ["q"]), sorted(k - {"a"}), sorted(k ^ {"a", "q"}), sorted(i & {("a", 1)}), sorted({"a", "q"} & k), sorted({"a", "q"} - k))
print(k == {"a", "b", "c", "d"}, k == {"a"}, k <= {"a", "b", "c", "d", "e"}, k > {"a"}, {"a"} < k, i == {("a", 1)}, k == d.keys(), k.isdisjoint(["zz"]), k.isdisjoint("a"))
print(list(reversed(d)), list(reversed(d.items())), list(reversed(d.values())), list(reversed(k)))
show(lambda: k[0])
show(lambda: hash(k))
show(lambda: k & 5)
print(max(d, key=d.get), min(d.values()), sorted(d.items(), key=lambda p: -p[1]))

# Changes while iterating


def grow(d):
    for x in d:
        d[x * 10] = 1


def shrink(d):
    for x in d.keys():
        del d[x]


def replace(d):
    for x in d:
        d[x] = "new"
    return d


show(grow, {1: 1})
show(shrink, {1: 1, 2: 2})
show(replace, {1: 1, 2: 2})
it = iter({1: 1})
print(next(it), next(it, "end"), next(it, "end"))
show(lambda: next(iter({})))

# Keys with code of their own


class Key:
    def __init__(self, n, h):
        self.n, self.h = n, h

    def __hash__(self):
        return self.h

    def __eq__(self, other):
        return isinstance(other, Key) and self.n == other.n

    def __repr__(self):
        return "Key(%d)" % self.n


d = {Key(i, i % 3): i for i in range(20)}
print(len(d), d[Key(7, 1)], Key(7, 1) in d, Key(7, 2) in d, Key(99, 0) in d, d.pop(Key(4, 1)), len(d))
print(d)


class NoHash:
    def __eq__(self, other):
        return True


class Unhashable:
    __hash__ = None


show(lambda: {NoHash(): 1})
show(lambda: {Unhashable(): 1})


class Text:
    def __init__(self, t):
        self.t = t

    def __hash__(self):
        return hash(self.t)

    def __eq__(self, other):
        return self.t == other


d = {"abc": 1, 5: 2}
print(d[Text("abc")], d[Text(5)], Text("x") in d)


class Raising:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        raise ValueError("no comparing")


d = {1: "one"}
show(lambda: d[Raising()])
show(lambda: Raising() in d)
e = {Raising(): 1}
show(lambda: e[1])


class Mutating:
    """Its comparison changes the dict that is being searched."""

    def __init__(self, target):
        self.target = target

    def __hash__(self):
        return 7

    def __eq__(self, other):
        for i in range(30):
            self.target[i + 100] = i
        return False


d = {}
d[Mutating(d)] = 1
print(7 in d, len(d), d[105])


class Plain:
    pass


p, q = Plain(), Plain()
d = {p: 1, q: 2}
print(d[p], d[q], len(d), Plain() in d, {Plain: 1}[Plain], {print: 1}[print], {int: 1, str: 2}[str])
d = {}
d["self"] = d
print(d)
print(str({1: "a", "b": [1], (): {}}))
print(bool({}), bool({0: 0}), len({1: 1}))
for i, (k, v) in enumerate({"x": 1, "y": 2}.items()):
    print(i, k, v)
