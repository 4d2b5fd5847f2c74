"""Plugins, descriptors, registries, observers, immutable records: class machinery handlers lean on."""
import abc, collections, copy, dataclasses, enum, functools, json, operator, re, types, typing
from collections.abc import Mapping, MutableMapping, Sequence, Iterable, Callable, Hashable
from dataclasses import dataclass, field, make_dataclass, replace
from typing import Generic, TypeVar, NamedTuple, Optional


def t(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


class Field:
    def __init__(self, kind, *, default=None, required=False):
        self.kind, self.default, self.required = kind, default, required

    def __set_name__(self, owner, name):
        self.name = name
        owner.__dict__.get("_fields", {}).update({name: self}) if "_fields" in owner.__dict__ else setattr(owner, "_fields", {name: self})

    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        return obj.__dict__.get(self.name, self.default)

    def __set__(self, obj, value):
        if value is not None and not isinstance(value, self.kind):
            raise TypeError(f"{self.name} must be {self.kind.__name__}, not {type(value).__name__}")
        obj.__dict__[self.name] = value

    def __delete__(self, obj):
        del obj.__dict__[self.name]


class Model:
    def __init__(self, **kw):
        for name, f in self._fields.items():
            if f.required and name not in kw:
                raise ValueError(f"{type(self).__name__}.{name} is required")
        for k, v in kw.items():
            if k not in self._fields:
                raise AttributeError(f"unknown field {k!r}")
            setattr(self, k, v)

    def __repr__(self): return f"{type(self).__name__}({', '.join(f'{k}={getattr(self, k)!r}' for k in self._fields)})"
    def __eq__(self, other): return type(self) is type(other) and vars(self) == vars(other)


class User(Model):
    name = Field(str, required=True)
    age = Field(int, default=0)


u = User(name="x")
print(u, u == User(name="x"), User.name.kind, u != User(name="y"))
t(lambda: User()); t(lambda: User(name=1)); t(lambda: User(name="a", z=1)); t(lambda: setattr(u, "age", "old"))
u.age = 5; del u.age; print(u.age)
t(lambda: hash(u))


class CaseInsensitive(MutableMapping):
    def __init__(self, data=(), **kw):
        self._data = {}
        self.update(data, **kw)
    def __getitem__(self, k): return self._data[k.lower()][1]
    def __setitem__(self, k, v): self._data[k.lower()] = (k, v)
    def __delitem__(self, k): del self._data[k.lower()]
    def __iter__(self): return (k for k, _ in self._data.values())
    def __len__(self): return len(self._data)
    def __repr__(self): return f"{type(self).__name__}({dict(self.items())})"


h = CaseInsensitive({"Content-Type": "json"}, accept="*")
h["CONTENT-TYPE"] = "xml"
print(h, h["content-type"], "Accept" in h, h.get("nope", 1), h.pop("accept"), list(h.items()), h == {"CONTENT-TYPE": "xml"}, h.setdefault("X", 2), isinstance(h, Mapping), len(h))
t(lambda: h["nope"]); t(lambda: h.popitem())

T = TypeVar("T")


class Stack(Generic[T]):
    def __init__(self, items: Iterable[T] = ()): self._items: list[T] = list(items)
    def push(self, x: T) -> "Stack[T]": self._items.append(x); return self
    def __iter__(self): return reversed(self._items)
    def __len__(self): return len(self._items)
    def __getitem__(self, i): return self._items[i]
    def __contains__(self, x): return x in self._items
    def __bool__(self): return bool(self._items)
    def __iadd__(self, other): self._items.extend(other); return self
    def __matmul__(self, other): return [(a, b) for a in self for b in other]
    def __call__(self, *a, **k): return a, k
    def __enter__(self): return self
    def __exit__(self, *a): return False
    def __index__(self): return len(self)
    def __int__(self): return 42
    def __float__(self): return 4.2
    def __round__(self, n=None): return ("round", n)
    def __invert__(self): return "inv"
    def __neg__(self): return "neg"
    def __divmod__(self, o): return ("divmod", o)
    def __rsub__(self, o): return ("rsub", o)
    def __lshift__(self, o): return ("<<", o)
    def __missing__(self, k): return k
    def __format__(self, spec): return f"<{spec}>"
    def __bytes__(self): return b"stack"
    def __hash__(self): return 7
    def __length_hint__(self): return 3
    def __reversed__(self): return iter(self._items)
    def __copy__(self): return Stack(self._items + ["copied"])
    def __deepcopy__(self, memo): return Stack(["deep"])
    def __dir__(self): return ["a", "b"]
    def __sizeof__(self): return 1
    def __complex__(self): return 1j
    def __trunc__(self): return 9
    def __ceil__(self): return 10
    def __floor__(self): return 8


s = Stack[int]([1, 2]).push(3)
s += [4]
print(list(s), len(s), s[0], s[-1], s[1:3], 3 in s, bool(Stack()), s @ s if False else len(s @ s), s(1, k=2), [10, 20, 30, 40, 50][s], int(s), float(s), round(s), round(s, 2), ~s, -s, divmod(s, 1), 5 - s, s << 2, f"{s:abc}", bytes(s), hash(s), list(reversed(s)), list(copy.copy(s)), list(copy.deepcopy(s)), "x" * s, hex(s), range(s), complex(s))
import math
print(math.ceil(s), math.floor(s), math.trunc(s))
t(lambda: s + 1); t(lambda: s < s); t(lambda: s - 1); t(lambda: Stack.nope); t(lambda: s.nope); t(lambda: Stack.push()); t(lambda: s[10]); t(lambda: s["x"])


class Point(NamedTuple):
    x: int
    y: int = 0
    @property
    def norm(self): return (self.x ** 2 + self.y ** 2) ** 0.5
    def __add__(self, o): return Point(self.x + o.x, self.y + o.y)


p = Point(3, 4)
print(p, p.norm, p + Point(1), p._replace(x=0), p == (3, 4), Point._fields, Point._field_defaults, p._asdict(), Point._make([1, 2]), *p, sorted([Point(2), Point(1)]))
t(lambda: setattr(p, "x", 1)); t(lambda: Point()); t(lambda: Point(1, 2, 3)); t(lambda: p[5])


@dataclass(order=True, frozen=True)
class Ver:
    major: int
    minor: int = 0
    tags: tuple = field(default=(), compare=False, repr=False)
    extra: dict = field(default_factory=dict, hash=False, compare=False)

    def __str__(self): return f"v{self.major}.{self.minor}"


v = Ver(1, 2)
print(v, repr(v), v < Ver(1, 3), {v: 1}[Ver(1, 2)], replace(v, minor=9), max(Ver(1), Ver(2)), dataclasses.fields(v)[2].name, dataclasses.is_dataclass(v))
t(lambda: setattr(v, "major", 3)); t(lambda: delattr(v, "major")); t(lambda: Ver()); t(lambda: Ver(1, 2, 3, 4, 5)); t(lambda: v < 3)



@dataclass
class Base:
    a: int
    b: str = "b"


@dataclass
class Child(Base):
    c: float = 1.5
    items: list = field(default_factory=list)
    def __post_init__(self): self.items.append(self.a)


print(Child(1), Child(1) == Child(1), Child(1, c=2).items, dataclasses.asdict(Child(1, items=[Base(2)])), Child.__match_args__)
match Child(7, "z"):
    case Child(a=7, b=str(b)) if b > "a":
        print("matched", b)


class Color(enum.Enum):
    RED = "r"
    GREEN = "g"
    CRIMSON = "r"
    @property
    def pretty(self): return self.name.title()
    @classmethod
    def parse(cls, s): return cls[s.upper()]
    def __str__(self): return self.pretty


print(list(Color), Color.CRIMSON is Color.RED, Color("g"), Color.parse("green"), repr(Color.RED), f"{Color.RED}", Color.__members__, len(Color), Color.RED in Color, isinstance(Color.RED, Color), {Color.RED: 1}, Color.RED.pretty)
t(lambda: Color("x")); t(lambda: Color["X"]); t(lambda: setattr(Color, "RED", 1)); t(lambda: Color.RED < Color.GREEN); t(lambda: json.dumps(Color.RED)); t(lambda: Color()); t(lambda: setattr(Color.RED, "value", 2))


class Perm(enum.IntFlag):
    R = 4
    W = 2
    X = 1


print(Perm.R | Perm.W, Perm(7), repr(Perm(5)), Perm.R in Perm(6), int(Perm(3)), Perm(0), ~Perm.R, Perm.R & 6, [p.name for p in Perm(6)], json.dumps(Perm.R))


class Planet(enum.Enum):
    EARTH = (5.976e24, 6.37814e6)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
    @property
    def gravity(self): return 6.67300e-11 * self.mass / self.radius ** 2


print(round(Planet.EARTH.gravity, 6), Planet.EARTH.value)


class A:
    def who(self): return ["A"]
class B(A):
    def who(self): return ["B"] + super().who()
class C(A):
    def who(self): return ["C"] + super().who()
class D(B, C):
    def who(self): return ["D"] + super().who()


print(D().who(), [k.__name__ for k in D.__mro__], issubclass(D, A), D.__bases__, D.__name__, D.__qualname__, D.__module__)
t(lambda: type("E", (A, D), {}))


class Lazy:
    def __getattr__(self, name):
        if name.startswith("_"):
            raise AttributeError(name)
        value = name.upper()
        setattr(self, name, value)
        return value
    def __setattr__(self, name, value):
        print("set", name)
        super().__setattr__(name, value)


z = Lazy()
print(z.abc, z.abc, hasattr(z, "_x"), getattr(z, "_y", "dflt"), vars(z))


class Single:
    _instance = None
    def __new__(cls, *a, **k):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance
    def __init__(self, x): self.x = x


print(Single(1) is Single(2), Single(3).x)


class Temp:
    def __init__(self): self._c = 0
    @property
    def f(self): "fahrenheit"; return self._c * 9 / 5 + 32
    @f.setter
    def f(self, v): self._c = (v - 32) * 5 / 9
    @f.deleter
    def f(self): self._c = None
    ro = property(lambda self: 1)


x = Temp(); x.f = 212; print(x._c, x.f)
t(lambda: setattr(x, "ro", 2)); t(lambda: delattr(x, "ro")); del x.f; print(x._c)


def counter():
    n = 0
    def inc(by=1):
        nonlocal n
        n += by
        return n
    inc.reset = lambda: None
    return inc


c = counter(); c(); print(c(5), c.reset(), counter.__code__.co_name if False else counter.__name__)
funcs = [lambda i=i: i for i in range(3)]; late = [lambda: i for i in range(3)]
print([f() for f in funcs], [f() for f in late])
def variadic(*args, sep=",", **kw): return sep.join(map(str, args)) + str(kw)
print(variadic(*[1, 2], **{"sep": "-", "z": 1}), variadic(*"ab", *range(2), x=1, **{"y": 2}))
