# Sorted lists, dicts and sets: their whole interface, and long runs compared with plain lists.
import random

import sortedcontainers
from sortedcontainers import SortedDict, SortedItemsView, SortedKeyList, SortedKeysView, SortedList, SortedListWithKey
from sortedcontainers import SortedSet, SortedValuesView


class Negative:
    """A key whose text is the same everywhere."""

    def __call__(self, value):
        return -value

    def __repr__(self):
        return "neg"


neg = Negative()


def fails(function, *args):
    try:
        print("no error", function(*args))
    except Exception as error:
        print(type(error).__name__, error)


def lists():
    sl = SortedList(["e", "a", "c", "d", "b"])
    print(sl, len(sl), "c" in sl, "z" in sl, sl.count("c"), sl[-3:], sl[0], sl[::2])
    sl *= 3
    print(sl.count("c"), sl[4:9], sl.index("b"), sl.index("b", 4), sl.bisect("c"), sl.bisect_left("c"), sl.bisect_right("z"))
    sl.discard("zz")
    sl.discard("a")
    sl.remove("b")
    fails(sl.remove, "zz")
    print(sl, sl.pop(), sl.pop(0), sl.pop(3))
    fails(sl.__getitem__, 99)
    fails(sl.append, "q")
    fails(sl.insert, 0, "q")
    fails(sl.extend, ["q"])
    fails(sl.reverse)
    fails(sl.__setitem__, 0, "q")
    numbers = SortedList(range(20))
    del numbers[3:8]
    del numbers[0]
    print(numbers, list(numbers.irange(9, 15)), list(numbers.irange(9, 15, inclusive=(False, False), reverse=True)))
    print(list(numbers.islice(2, 5)), list(numbers.islice(2, 5, reverse=True)), list(reversed(numbers)))
    print(numbers + [5, 6], numbers == list(numbers), numbers < [2], numbers >= [1], numbers != [1], numbers * 2)
    other = numbers.copy()
    other.add(100)
    other.update([7, -3, 55])
    print(other, other is numbers, numbers, hash is not None)
    other.clear()
    print(other, bool(other), SortedList(), repr(SortedList([1.5, 2])))
    fails(SortedList().pop)
    fails(SortedList([1]).index, 5)
    fails(SortedList, [1, "a"])


def keyed():
    skl = SortedKeyList([3, 1, 4, 1, 5, 9, 2, 6], key=neg)
    print(skl, skl.key is neg, skl.bisect_key(-4), skl.bisect_key_left(-4), list(skl.irange_key(-6, -2)))
    skl.add(7)
    skl.update([0, 10])
    skl.remove(4)
    skl.discard(11)
    print(list(skl), skl.index(5), skl.count(1), skl.pop(), 9 in skl, skl[1:3], list(skl.irange(9, 2)))
    print(type(SortedList([2, 1], key=neg)).__name__, SortedListWithKey is SortedKeyList or SortedListWithKey([2, 3], key=neg))
    words = SortedKeyList("the quick brown fox jumps over the lazy dog".split(), key=lambda word: (len(word), word))
    print(list(words), words.bisect_left("cat"), (words + ["a"])[0], (words * 2)[:4])


def dicts():
    sd = SortedDict({"c": 3, "a": 1, "b": 2})
    print(sd, sd.popitem(index=-1), sd, sd.keys(), sd.values(), sd.items(), sd.peekitem(0))
    sd.update(d=4, z=26)
    sd.setdefault("m", 13)
    print(sd, sd.bisect("c"), sd.index("m"), list(sd.irange("b", "n")), sd.get("q"), sd.get("q", 0), sd.pop("a"), sd.pop("q", None))
    fails(sd.pop, "q")
    fails(sd.__getitem__, "q")
    del sd["z"]
    print(list(sd), list(reversed(sd)), len(sd), "m" in sd, sd == {"b": 2, "d": 4, "m": 13}, sd.copy())
    keys, values, items = sd.keys(), sd.values(), sd.items()
    print(keys[0], values[-1], items[0], keys[:2], items[1:], isinstance(keys, SortedKeysView), isinstance(values, SortedValuesView))
    print(isinstance(items, SortedItemsView), sorted(keys & {"b"}), keys.index("d"), values.count(13))
    print(SortedDict.fromkeys([3, 1, 2], 0), SortedDict(neg, {1: "a", 2: "b"}), SortedDict([(2, 1), (1, 2)]), sd | {"a": 0}, {"a": 0} | sd)
    sd.clear()
    print(sd, bool(sd))
    fails(sd.popitem)


def sets():
    ss = SortedSet("abracadabra")
    print(ss, len(ss), ss.bisect_left("c"), ss[0], ss[-1], ss[1:3], ss.index("d"), ss.count("r"), "q" in ss)
    ss.add("z")
    ss.add("a")
    ss.discard("b")
    ss.remove("c")
    fails(ss.remove, "c")
    print(ss, ss.pop(), ss.pop(0), ss | {"x"}, ss & {"d", "x"}, ss - {"d"}, ss ^ {"d", "x"}, {"d"} <= set(ss), ss >= {"d"})
    a, b = SortedSet([1, 2, 3, 4]), SortedSet([3, 4, 5])
    print(a.union(b, [9]), a.intersection(b), a.difference(b), a.symmetric_difference(b), a.isdisjoint([7]), a.issubset(range(9)), a.issuperset([1]))
    a |= {7}
    a &= {1, 2, 7}
    a -= {1}
    a ^= {8}
    a.update([0, 3], [5])
    a.difference_update([0])
    a.intersection_update([2, 3, 5, 7])
    a.symmetric_difference_update([7, 11])
    print(a, list(reversed(a)), a == {2, 3, 5, 11}, a < {2, 3, 5, 11, 12}, a.copy(), SortedSet([3, 1, 2], key=neg), list(a.irange(3, 9)))
    del a[0]
    print(a, [x for x in a.islice(1)])
    a.clear()
    print(a)


def long_runs():
    random.seed(12)
    sl, plain = SortedList(), []
    sl._reset(7)
    for step in range(600):
        value = random.randrange(100)
        action = random.randrange(4)
        if action < 2 or not plain:
            sl.add(value)
            plain.append(value)
            plain.sort()
        elif action == 2:
            at = random.randrange(len(plain))
            if sl.pop(at) != plain.pop(at):
                print("different at", step)
        else:
            sl.discard(value)
            if value in plain:
                plain.remove(value)
        if step % 100 == 0:
            sl._check()
            print(step, len(sl), sl == plain, sum(sl), sl.bisect(50))
    sl._check()
    print(list(sl) == plain, sl)
    sd = SortedDict()
    for _ in range(300):
        sd[random.randrange(50)] = random.random()
        if len(sd) > 20:
            sd.popitem(random.randrange(-3, 3))
    sd._check()
    print(list(sd.items())[:4])


print(sortedcontainers.__version__, sortedcontainers.__title__, sortedcontainers.__all__)
lists()
keyed()
dicts()
sets()
long_runs()
