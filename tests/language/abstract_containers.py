# Classes derived from the abstract containers: what they lack is said, and what they get works.
from collections.abc import Generator, Hashable, Iterator, Mapping, MutableMapping, MutableSet, Sequence, Set
from random import Random


def show(f):
    try:
        print(f())
    except Exception as error:
        print(type(error).__name__, error)


class Half(Mapping):
    def __len__(self): return 0


class Whole(Half):
    def __iter__(self): return iter("ab")
    def __getitem__(self, key): return key * 2


class NoStore(Whole, MutableMapping):
    pass


class Counts(Iterator):
    pass


show(Half)
show(lambda: dict(Whole()))
show(lambda: sorted(Whole().keys() & {"b", "c"}))
show(NoStore)
show(Counts)
show(lambda: Sequence())


class Letters(Set):
    def __init__(self, letters=""): self.letters = "".join(dict.fromkeys(letters))
    def __contains__(self, letter): return letter in self.letters
    def __iter__(self): return iter(self.letters)
    def __len__(self): return len(self.letters)
    def __repr__(self): return f"Letters({self.letters!r})"
    def __hash__(self): return self._hash()


a, b = Letters("abc"), Letters("bd")
print(a & b, a | "xy", sorted({"b", "c"} & a), "ba" - a, ["z"] - a, a - ["a"], a ^ b, a ^ "cz", "cz" ^ a)
print(a <= Letters("abcd"), a < {"a", "b", "c"}, a >= {"a"}, a == {"a", "b", "c"}, hash(a) == hash(frozenset("abc")))
show(lambda: a <= "abcd")
show(lambda: a & 5)


class Bag(MutableSet):
    def __init__(self, items=()): self.items = list(items)
    def __contains__(self, item): return item in self.items
    def __iter__(self): return iter(self.items)
    def __len__(self): return len(self.items)
    def add(self, item): self.items.append(item) if item not in self.items else None
    def discard(self, item): self.items.remove(item) if item in self.items else None


bag = Bag([1, 2, 3])
bag &= {2, 3, 4}
bag ^= {3, 5}
print(sorted(bag))


class Echo(Generator):
    def send(self, value): return value
    def throw(self, typ, val=None, tb=None): super().throw(typ, val, tb)


echo = Echo()
print(next(echo), echo.send(2), echo.close(), iter(echo) is echo)
show(lambda: echo.throw(ValueError, ValueError("told")))


class Plain(Hashable):
    __hash__ = None


print(isinstance(1, Hashable), issubclass(int, Plain), isinstance([], Hashable))


class Fixed(Random):
    def random(self): return 0.5


print(Fixed().randrange(10), Fixed().choice("abcd"), Fixed().shuffle([1, 2, 3]))
