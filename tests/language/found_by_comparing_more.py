# What programs at random found, each once: classes, enumerations, dataclasses and views.
import itertools
from dataclasses import dataclass, field
from enum import Enum, IntEnum


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


# Two functions of a class are class methods without saying so, also when `super()` finds them.
class A:
    def __class_getitem__(cls, item):
        return cls.__name__, item


class B(A):
    def __init_subclass__(cls, tag=None, **kw):
        print("B", cls.__name__, tag)
        super().__init_subclass__(**kw)

    def __class_getitem__(cls, item):
        return "B", super().__class_getitem__(item)


class C(A):
    def __init_subclass__(cls, tag=None, **kw):
        print("C", cls.__name__, tag)


class D(B, C, tag=1):
    pass


show(lambda: (A[1], B[2], D[3], D.__class_getitem__(4)))
show(lambda: D.__init_subclass__(tag=5))
show(lambda: type("E", (B, B), {}))


# A message names the class, not the builtin type below it.
class I(int):
    pass


class F(float):
    pass


class V:
    pass


for f in (lambda: I() < V(), lambda: V() >= I(), lambda: 1 in I(), lambda: F()[0], lambda: I()["a"], lambda: I() < "a"):
    show(f)


# What two methods leave open is told by identity, not by the builtin type below.
class W(dict):
    def __eq__(self, other):
        return NotImplemented


w = W()
show(lambda: (w == w, W() == W(), w == {}, {} == w, w in [W()], w in [w]))


class Quiet(Exception):
    def __bool__(self):
        return False


class Counted(Exception):
    def __len__(self):
        return 0


show(lambda: (bool(Quiet()), bool(Counted()), not Quiet(), bool(ValueError())))


# Enumerations.
class Colour(Enum):
    RED = 1
    BLUE = 2


class Number(IntEnum):
    ONE = 1

    def __str__(self):
        return "number " + self.name


for f in (
    lambda: Colour(),
    lambda: Colour.GREEN,
    lambda: hasattr(Colour, "GREEN"),
    lambda: setattr(Colour.RED, "value", 5),
    lambda: setattr(Colour.RED, "name", "x"),
    lambda: f"{Number.ONE} {Number.ONE:>12} {Number.ONE + 1}",
):
    show(f)


# Dataclasses: a field without `init` stays in the class.
@dataclass
class Point:
    x: int = field(init=False, default=3)
    y: list = field(init=False, default_factory=list)
    z: int = 0


class Sub(Point):
    pass


p = Point(5)
show(lambda: (p, vars(p)))
show(lambda: delattr(p, "x"))
show(lambda: Sub(1, 2))
show(lambda: Point(a=1))


@dataclass(slots=True)
class Slotted:
    x: int = field(init=False, default=3)
    z: int = 0


show(lambda: Slotted())

# Views of bytes are bytes to join and to add.
view = memoryview(b"abcdef")
show(lambda: b"-".join([view[:2], b"x", view[3:]]))
show(lambda: bytearray(b",").join((view[1:3], view)))
show(lambda: b"<" + view + b">")
show(lambda: [1] + view)
show(lambda: "-".join([view]))
show(lambda: b"-".join([view, 1]))

for stop in (-1, -5, "x", 1.5):
    show(lambda: list(itertools.islice([1, 2, 3], stop)))
show(lambda: list(itertools.islice([1, 2, 3], -1, 2)))
show(lambda: list(itertools.islice([1, 2, 3], 0, -1)))
