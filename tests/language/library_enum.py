from enum import Enum, IntEnum, Flag, IntFlag, auto, unique, StrEnum
class Color(Enum):
    RED = 1
    GREEN = 2
    BLUE = 3
    CRIMSON = 1
    def hot(self): return self is Color.RED
    @property
    def low(self): return self.name.lower()
print(Color.RED, repr(Color.RED), Color.RED.name, Color.RED.value, Color(2), Color["BLUE"], list(Color), len(Color), Color.CRIMSON, Color.RED.hot(), Color.BLUE.low, Color.RED in Color, Color.RED == Color.RED, Color.RED != Color.BLUE, Color.RED == 1, isinstance(Color.RED, Color), Color, list(Color.__members__), f"{Color.RED}", {Color.RED: 1}[Color.RED])
try: Color(9)
except ValueError as e: print(e)
try: Color["X"]
except KeyError as e: print(e)
try: Color.RED = 5
except AttributeError as e: print(e)
class N(IntEnum):
    A = 1
    B = auto()
print(N.A, repr(N.B), N.A + 1, N.B > N.A, sorted([N.B, N.A]), f"{N.A}", "%d" % N.B, int(N.A), N(2), [10, 20, 30][N.A])
class Perm(Flag):
    R = auto()
    W = auto()
    X = auto()
    RW = R | W
p = Perm.R | Perm.W
print(p, repr(p), Perm.R in p, Perm.X in p, bool(Perm.R & Perm.X), Perm(0), ~Perm.R, list(p), Perm.RW, repr(Perm.R | Perm.X), Perm.R ^ Perm.RW)
class IP(IntFlag):
    A = 1
    B = 2
print(IP.A | IP.B, repr(IP.A | IP.B), (IP.A | IP.B) == 3, IP.A | 8)
class S(StrEnum):
    A = auto()
    B = "bee"
print(S.A, S.B, repr(S.B), S.B == "bee", S.A.upper())
class SM(str, Enum):
    X = "x"
print(SM.X, SM.X == "x", repr(SM.X), SM.X.value, SM("x"), {"x": 1}[SM.X])
class Planet(Enum):
    EARTH = (5.9, 6.3)
    MARS = (6.4, 3.3)
    def __init__(self, mass, radius): self.mass, self.radius = mass, radius
print(Planet.EARTH.mass, Planet.MARS, Planet((6.4, 3.3)))
try:
    @unique
    class U(Enum):
        A = 1
        B = 1
except ValueError as e: print(e)
F = Enum("F", "A B C"); print(list(F))
match Color.RED:
    case Color.GREEN: print("g")
    case Color.RED: print("r")
import json
print(json.dumps({"n": N.A, "s": SM.X}))
class Sh(Enum):
    SQ = "sq"
    @classmethod
    def default(cls): return cls.SQ
    def __str__(self): return self.value
print(Sh.default(), Sh.SQ, [m.value for m in Sh], hash(Sh.SQ) == hash(Sh.SQ), Sh.SQ.__class__)
