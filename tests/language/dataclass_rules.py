from dataclasses import *
from typing import ClassVar
def wrong(make):
    try: print(make())
    except Exception as e: print(type(e).__name__, e)
def unannotated():
    @dataclass
    class A: x = field()
def twice():
    @dataclass
    class A:
        a: KW_ONLY
        b: KW_ONLY
def factory():
    @dataclass
    class A: x: ClassVar[int] = field(default_factory=int)
def only():
    @dataclass
    class A: x: ClassVar[int] = field(kw_only=True)
def hashed():
    @dataclass(unsafe_hash=True)
    class A:
        def __hash__(self): return 1
def set_already():
    @dataclass(frozen=True)
    class A:
        def __setattr__(self, name, value): pass
class Unhashable: __hash__ = None
def mutable():
    @dataclass
    class A: x: object = Unhashable()
def weak():
    @dataclass(weakref_slot=True)
    class A: pass
for one in unannotated, twice, factory, only, hashed, set_already, mutable, weak: wrong(one)
for names in ["a", "a"], ["for"], ["()"], [()], [("a", int, 1, 2)]: wrong(lambda: make_dataclass("C", names))
M = make_dataclass("M", ["x", ("y", int), ("z", ClassVar[int], 3)])
print(M(1, 2), M.z, fields(M)[1].type)
@dataclass
class Own:
    x: int = 0
    def __init__(self, a): self.x = 2 * a
print(Own(3))
@dataclass
class Watched:
    x: int
    y: int = 5
    def __setattr__(self, name, value):
        print("set", name)
        super().__setattr__(name, value)
print(Watched(1))
@dataclass(frozen=True)
class Frozen:
    x: int
class Plain(Frozen): pass
p = Plain(1)
p.other = 2
wrong(lambda: setattr(p, "x", 3))
print(p, p.other, hash(p) == hash(Frozen(1)))
class Named:
    def __set_name__(self, owner, name): self.name = name
@dataclass
class Set:
    n: Named = field(default=Named())
print(Set.n.name, InitVar[int], InitVar[int].type)
@dataclass
class Descr:
    class D:
        def __get__(self, i, o): return 100 if i is None else i._d
        def __set__(self, i, v): i._d = v + 1
    d: int = D()
print(Descr(5), Descr(), Descr().d)
