def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
from dataclasses import dataclass, field, replace, asdict, astuple, FrozenInstanceError, fields, KW_ONLY, InitVar
@dataclass(order=True)
class P:
    x: int
    y: int = 2
    z: list = field(default_factory=list, compare=False, repr=False)
print(P(1), P(1) < P(2), P(1) == P(1, 2), sorted([P(3), P(1)]), asdict(P(1)), astuple(P(1)), replace(P(1), x=5), [f.name for f in fields(P)])
@dataclass(frozen=True)
class F:
    a: int
    def __post_init__(s): object.__setattr__(s, "a", s.a + 1)
f = F(1); print(f, hash(f) == hash(F(1)))
t(lambda: setattr(f, "a", 3)); t(lambda: delattr(f, "a")); t(lambda: P()); t(lambda: P(1, 2, 3, 4)); t(lambda: P(q=1))
@dataclass(slots=True, kw_only=True)
class S:
    a: int
    b: int = 3
print(S(a=1)); t(lambda: S(1))
@dataclass
class I:
    a: int
    c: InitVar[int]
    def __post_init__(s, c): s.a += c
print(I(1, 2))
def bad():
    @dataclass
    class B:
        a: int = 1
        b: int
t(bad)
def bad2():
    @dataclass
    class B:
        a: list = []
t(bad2)
@dataclass
class Ch(P):
    w: str = "w"
print(Ch(1, w="q"), Ch.__match_args__)
from enum import Enum, IntEnum, Flag, IntFlag, auto, unique, StrEnum
class C(Enum):
    RED = 1
    GREEN = auto()
    ALIAS = 1
    def hello(s): return s.name
print(C.RED, repr(C.GREEN), C(1), C["RED"], list(C), C.ALIAS is C.RED, C.RED.hello(), C.RED in C, len(C), C.__members__)
t(lambda: C(9)); t(lambda: C["NO"]); t(lambda: setattr(C, "RED", 5)); t(lambda: C.RED < C.GREEN); t(lambda: hash(C.RED) == hash("RED"))
class N(IntEnum): A = 1; B = 2
print(N.A + 1, N.A < N.B, N.B == 2, f"{N.A}", str(N.A), repr(N.A), N(2), sorted([N.B, N.A]))
class Fl(Flag): R = auto(); W = auto(); X = auto(); RW = R | W
print(Fl.R | Fl.X, repr(Fl.RW), ~Fl.R, Fl.R & Fl.W, bool(Fl.R & Fl.W), Fl(3), Fl.R in Fl.RW, list(Fl.RW), Fl(0)); t(lambda: Fl(16))
class IF(IntFlag): A = 1; B = 2
print(IF.A | IF.B, IF.A | 8, repr(IF(3)), IF.A + 1)
class SE(StrEnum): AA = auto(); BB = "x"
print(SE.AA, SE.BB == "x", f"{SE.AA}")
def dup():
    @unique
    class D(Enum): A = 1; B = 1
t(dup)
class Planet(Enum):
    E = (1, 2)
    def __init__(s, m, r): s.m, s.r = m, r
    @property
    def sum(s): return s.m + s.r
print(Planet.E.sum, Planet.E.value)
from collections import OrderedDict, deque, Counter, ChainMap, namedtuple, defaultdict, UserDict
o = OrderedDict(a=1, b=2, c=3); o.move_to_end("a"); print(o); o.move_to_end("c", last=False); print(o, o.popitem(last=False), o == {"b": 2, "a": 1}); t(lambda: o.move_to_end("zz"))
d = deque([1, 2, 3, 4], maxlen=3); d.append(5); d.appendleft(0); print(d, d.maxlen); d.rotate(1); print(d, d[1], d.index(0)); d.extend([7, 8]); print(d); t(lambda: d.insert(1, 1)); t(lambda: deque().pop()); t(lambda: d.remove(99)); print(deque("abc", 2), deque([1]) < deque([2]), list(reversed(d)))
c = Counter("abracadabra"); print(c, c.most_common(2), c["zz"], c.total()); c.subtract("aaa"); print(c, +c, -c, Counter(a=3) - Counter(a=1, b=2), Counter(a=1) | Counter(a=2), Counter(a=1) & Counter(a=2), sorted(c.elements()), Counter(a=1) == Counter(a=1, b=0), Counter(a=1) <= Counter(a=2))
m = ChainMap({"a": 1}, {"a": 2, "b": 3}); print(m["a"], m["b"], list(m), len(m), m.new_child({"c": 4}), m.parents); m["b"] = 9; print(m.maps); t(lambda: m["q"]); t(lambda: m.pop("zz"))
T = namedtuple("T", "a b c", defaults=[5]); x = T(1, 2); print(x, x._replace(a=9), x._asdict(), T._fields, T._make([1, 2, 3]), x == (1, 2, 5), T._field_defaults); t(lambda: T(1)); t(lambda: x._replace(q=1)); t(lambda: namedtuple("B", "a a")); t(lambda: namedtuple("B", "1a")); print(namedtuple("R", "a def a", rename=True)._fields)
dd = defaultdict(list); dd["a"].append(1); print(dd, dd.get("z"), "z" in dd); t(lambda: defaultdict(5)); t(lambda: defaultdict(None)["q"])
class U(UserDict):
    def __setitem__(s, k, v): super().__setitem__(k, v * 2)
u = U(a=1); u["b"] = 2; u.update(c=3); print(u, dict(u))
