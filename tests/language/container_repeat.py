# Sequences repeated by objects, class methods on derived classes, and what comparisons do to what they compare.
class Two:
    def __index__(self):
        return 2


class Own(Two):
    def __rmul__(self, other):
        return "own"


class Items(list):
    pass


for value in ("ab", b"a", bytearray(b"a"), [1], (1,), Items([3])):
    print(value * Two(), Two() * value, value * Own())
items = [1]
items *= Two()
print(items)
for wrong in (None, 1.5, "a", object):
    try:
        [1] * wrong
    except TypeError as e:
        print(e)


class Doubled(dict):
    def __setitem__(self, key, value):
        dict.__setitem__(self, key, value * 2)

    @classmethod
    def made(cls):
        return super().fromkeys("xy", 1)


class Whole(int):
    pass


class Real(float):
    pass


print(Doubled.fromkeys("ab", 1), type(Doubled.fromkeys("")).__name__, Doubled.made(), {}.fromkeys("q"))
print(repr(bool.from_bytes(b"\1", "big")), type(Whole.from_bytes(b"\2", "big")).__name__, type(Real.fromhex("0x1p3")).__name__)


class Pair(tuple):
    def __init__(self, items, name=None):
        self.name = name


class Degrees(float):
    def __init__(self, value, unit="C"):
        self.unit = unit


pair, degrees = Pair([1, 2], name="p"), Degrees("1.5", unit="F")
print(pair, pair.name, degrees, degrees.unit)


class Chosen(set):
    pass


sets = {frozenset((1, 2))}
print(Chosen((1, 2)) in sets, Chosen() in sets)
sets.discard(Chosen((2, 1)))
print(sets)


class Even:
    def __eq__(self, other):
        return other % 2 == 0


print(range(10).count(Even()), range(1, 10).index(Even()), range(3).count("a"))


class Empties:
    def __init__(self, other):
        self.other = other

    def __eq__(self, other):
        self.other.clear()
        return NotImplemented


left, right = [], []
left.append(Empties(right))
right.append(Empties(left))
print(left == right, left, right)
