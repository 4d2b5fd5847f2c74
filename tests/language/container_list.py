# Lists and tuples: construction, indexing, slices, methods, comparison, messages.
def show(action, *args):
    try:
        print(action(*args))
    except Exception as error:
        print(type(error).__name__ + ":", error)


# Construction
print(list(), list([1, 2]), list((1, 2)), list("abc"), list(range(5)), list({"x": 1, "y": 2}), list(x * x for x in range(4)))
print(tuple(), tuple([1]), tuple("ab"), tuple(range(3)), (1,), (), (1, 2))
show(lambda: list(5))
show(lambda: tuple(None))
show(lambda: list(1, 2))

# Indexing
l = [10, 20, 30, 40, 50]
t = (10, 20, 30)
for i in (0, 1, 4, -1, -5, True, False):
    print(l[i], end=" ")
print()
show(lambda: l[5])
show(lambda: l[-6])
show(lambda: t[3])
show(lambda: t[-4])
show(lambda: l["a"])
show(lambda: t["a"])
show(lambda: l[1.0])
show(lambda: l[None])
show(lambda: l[10**30])
show(lambda: l[-10**30])


class Index:
    def __init__(self, n):
        self.n = n

    def __index__(self):
        return self.n


class NoIndex:
    pass


print(l[Index(1)], l[Index(-1)], t[Index(2)], l[Index(1):Index(3)])
show(lambda: l[NoIndex()])
show(lambda: l[Index(9)])


def assign(key, value):
    c = list(l)
    c[key] = value
    return c


show(assign, 0, 1)
show(assign, -1, 1)
show(assign, 5, 1)
show(assign, -6, 1)
show(assign, "x", 1)
show(assign, True, "one")
show(assign, Index(2), "two")


def delete(key):
    c = list(l)
    del c[key]
    return c


show(delete, 0)
show(delete, -1)
show(delete, 5)
show(delete, "x")
show(delete, Index(2))


def set_tuple():
    t[0] = 1


def delete_tuple():
    del t[0]


show(set_tuple)
show(delete_tuple)

# Slices
for start in (None, 0, 1, 3, 7, -1, -3, -9):
    for stop in (None, 0, 2, 5, 9, -1, -4, -8):
        for step in (None, 1, 2, -1, -2, 7, -7):
            s = slice(start, stop, step)
            assert l[s] == [l[i] for i in range(*s.indices(5))], s
            assert t[s] == tuple([t[i] for i in range(*s.indices(3))]), s
            c = list(l)
            del c[s]
            gone = set(range(*s.indices(5)))
            assert c == [l[i] for i in range(5) if i not in gone], (s, c)
            c = list(l)
            n = len(range(*s.indices(5)))
            if step not in (None, 1):
                c[s] = range(n)
                assert [c[i] for i in range(*s.indices(5))] == list(range(n))
            else:
                c[s] = "xyz"
                print(start, stop, c)
print(l[::2], l[::-1], l[1:], l[:-1], l[10:], l[-3:-1], t[::-1], t[1:1], l[2:1])
print(l[:10**20], l[-10**20:2], l[::10**20])
show(lambda: l[::0])
show(lambda: l["a":])
show(lambda: l[1.5:2])
show(lambda: t[::0])
show(assign, slice(0, 4, 2), [1])
show(assign, slice(0, 4, 2), [1, 2, 3])
show(assign, slice(0, 4, 2), 7)
show(assign, slice(0, 4), 7)
show(assign, slice(1, 3), [])
show(assign, slice(1, 3), [1, 2, 3, 4])
show(assign, slice(3, 1), ["in"])
show(assign, slice(9, 9), ["end"])
c = [1, 2, 3]
c[:] = c
print(c)
c[1:1] = c
print(c)
c[::2] = c[1::2]
print(c)
c[:] = (x for x in "ab")
print(c)
big = list(range(100))
del big[10:90]
print(big, len(big))
del big[::3]
print(big)

# Methods
a = []
for x in range(20):
    a.append(x * 3)
print(a, a.append(1), a.pop(), a.pop(0), a.pop(-2), a)
a.clear()
print(a)
show(lambda: [].pop())
show(lambda: [1].pop(1))
show(lambda: [1].pop(-2))
show(lambda: [1].pop("a"))
a = [1, 2, 3]
b = a.copy()
b.append(4)
print(a, b, a is b)
print(a.insert(0, 0), a.insert(100, 9), a.insert(-1, 8), a.insert(-100, 7), a)
show(lambda: a.insert("x", 1))
print([1, 2, 1, 1].count(1), [1, 1.0, True, "1"].count(1), (1, 2, 1).count(1), [].count(3))
print([5, 6, 7, 6].index(6), [5, 6, 7, 6].index(6, 2), [5, 6, 7, 6].index(6, -1), (5, 6).index(6), [5, 6].index(5, -100, 100))
show(lambda: [1, 2].index(3))
show(lambda: [1, 2, "x"].index("yy"))
show(lambda: [1, 2].index(1, 1))
show(lambda: (1, 2).index(3))
show(lambda: [1, 2].index(1, "a"))
a = [3, 1, 2, 1]
print(a.remove(1), a)
show(lambda: a.remove(9))
a.reverse()
print(a)
a.extend([7, 8])
a.extend((9,))
a.extend("xy")
a.extend({"k": 1})
a.extend(range(3))
a.extend(x for x in (1, 2))
a.extend(a)
print(a, len(a))
show(lambda: a.extend(5))
show(lambda: [].frobnicate())

# Joining and repeating
print([1] + [2, 3], (1,) + (2, 3), () + (1,), [] + [], [1, 2] * 3, 3 * [1], (1, 2) * 2, 2 * (0,), [1] * 0, [1] * -5, (1,) * 0, [None] * 4)
show(lambda: [1] + (2,))
show(lambda: (1,) + [2])
show(lambda: [1] + 5)
show(lambda: 5 + [1])
show(lambda: [1] * 1.5)
show(lambda: "a" + [1])
show(lambda: [1] * "a")
show(lambda: [1] * [2])
show(lambda: [1] - [1])
show(lambda: (1,) * None)
a = [1, 2]
b = a
a += [3]
a += "xy"
a *= 2
print(a, b is a)
a *= 0
print(a, b)
t = (1, 2)
u = t
t += (3,)
t *= 2
print(t, u)


def add_in_place(x):
    r = [1]
    r += x
    return r


show(add_in_place, 5)
show(add_in_place, {"a": 1})

# Membership and comparison
print(1 in [1, 2], 3 in [1, 2], "a" in ["b", "a"], 1.0 in (1,), None in [None], [] in [[]], (1, 2) in [(1, 2)], float("nan") in [float("nan")])
n = float("nan")
print(n in [n], [n] == [n], [n].count(n), [n].index(n))
print([1, 2] == [1, 2], [1, 2] == (1, 2), [1, 2] != [1, 3], [1, 2] < [1, 3], [1] < [1, 2], [] < [1], [2] > [1, 9], (1, 2) <= (1, 2), (1, "a") < (1, "b"), [1, 2] == [1.0, 2.0], [True] == [1], [[1], [2]] == [[1], [2]], [[1, [2]]] < [[1, [3]]])
show(lambda: [1] < [None])
show(lambda: [1] < (1,))
show(lambda: (1, "a") < (1, 2))
print([1, "a"] < [2, 2])


class Weird:
    def __eq__(self, other):
        return other == "weird"


print(Weird() in ["weird"], "weird" in [Weird()], [Weird()] == ["weird"], [1, Weird()].index("weird"), [Weird(), 2].count("weird"))


class Clearing:
    def __init__(self, target):
        self.target = target

    def __eq__(self, other):
        self.target.clear()
        return False


victim = [0, 1, 2]
victim.append(Clearing(victim))
victim += [4, 5]
print(7 in victim, victim)
victim = [Clearing([]), 1]
victim[0].target = victim
show(lambda: victim == [5, 1])

# Nesting, identity, truth
a = [[0] * 3] * 2
a[0][1] = 5
print(a)
print(bool([]), bool([0]), bool(()), bool((0,)), len([1, 2]), len(()))
a = [1, 2]
a.append(a)
print(a, a[2] is a)
print([1, 2] is [1, 2], repr([1, "a", None, (2,), {}]))
deep = []
for i in range(40):
    deep = [deep]
print(deep == deep, str(deep)[:10])
x, *y = [1, 2, 3]
print(x, y)
(p, q), r = [[1, 2], 3]
print(p, q, r)
print(hash((1, 2)) == hash((1.0, 2.0)), hash((1, 2, 3)), hash(()), hash((1,)), hash((-1, 0)), hash(((1, 2), 3)))
show(lambda: hash([1]))
show(lambda: hash(([1],)))
show(lambda: {[1]: 2})
