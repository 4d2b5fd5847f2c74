from enum import Enum, IntEnum, StrEnum, Flag, auto
import enum
class Numbered(Enum):
    def __new__(cls):
        made = object.__new__(cls)
        made._value_ = len(cls.__members__) + 1
        return made
class Colour(Numbered):
    red = ()
    green = ()
print(list(Colour), list(reversed(Colour)), Colour.mro()[1].__name__)
class Base(Enum):
    @enum.property
    def first(self): return f"{self.name} is first"
    def seen(self): pass
class Main(Base):
    first = auto()
    second = auto()
print(Main.first, Main.first.value, Main.second.first)
print([n for n in dir(Main) if n[0] != "_"], [n for n in dir(Main.second) if n[0] != "_"])
class Once(Enum):
    def __init__(self, *args):
        if any(self.value == one.value for one in type(self)):
            raise ValueError(f"{self.name} again")
def wrong(make):
    try: print(make())
    except Exception as e: print(type(e).__name__, e, repr(e.__context__))
def twice():
    class Two(Once):
        a = 1
        b = 1
def reserved():
    class R(Enum): _any_ = 1
def named():
    class R(Enum): mro = 1
class Asked(Enum):
    A = 1
    @classmethod
    def _missing_(cls, value):
        if value == 2: return cls.A
        if value == 3: raise KeyError("three")
        if value == 4: return "four"
        if value == 5: raise ValueError("five")
wrong(twice); wrong(reserved)
try: named()
except ValueError: print("named")
for n in 2, 3, 4, 5, 6: wrong(lambda: Asked(n))
def delete(): del Asked.A
try: delete()
except AttributeError as e: print(e)
class Mixed(int, Flag):
    R = 4
    W = 2
class S(StrEnum):
    A = auto()
    def __str__(self): return "<" + self._value_ + ">"
print(repr(Mixed.R | Mixed.W), f"{S.A}", f"{S.A:>4}")
class N(IntEnum):
    name = 1
    value = 2
print(repr(N.name), N.value.name, N.name.value, repr(N.from_bytes(b"\2", "big")))
class Point(tuple, Enum):
    A = (1, 2)
print(Point.A, Point((1, 2)), len(Point.A))
class Kind(Enum):
    whole = int
    part = float
print(Kind(int), Kind.part.value)
class Skipped(Enum):
    _ignore_ = "skip other"
    skip = 3
    one = 1
print(list(Skipped), hasattr(Skipped, "skip"))
