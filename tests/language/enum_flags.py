import enum
from enum import Flag, IntFlag, auto, STRICT, CONFORM, EJECT, KEEP
class A(Flag):
    X = 1; Z = 4; XZ = 5; BIG = 48
class B(Flag, boundary=CONFORM): X = 1; Z = 4
class C(IntFlag, boundary=EJECT): X = 1; Z = 4
class D(Flag, boundary=KEEP): X = 1; Z = 4
class P(IntFlag):
    R = 4; W = 2; X = 1; RWX = 7
class Q(IntFlag):
    HI = 8; LO = 1
def show(f):
    try: r = f(); print(repr(r), str(r), type(r).__name__)
    except Exception as e: print(type(e).__name__, e)
for c in (A, B, C, D, P, Q):
    print(c, list(c), c.__members__.keys() if c is not A else sorted(c.__members__))
    for v in (0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 32, 48, 49, 64, -1, -2, -5, -9, 1000, -1000, "x", 1.5):
        show(lambda: c(v))
    m = list(c)
    show(lambda: ~m[0]); show(lambda: m[0] | m[-1]); show(lambda: m[0] ^ m[-1]); show(lambda: m[0] & m[-1]); show(lambda: m[0] | 2); show(lambda: ~(m[0] | m[-1])); show(lambda: 64 | m[0])
    show(lambda: list(c(5))); show(lambda: len(c(5))); show(lambda: m[0] in c(5)); show(lambda: 1 in c(5)); show(lambda: bool(c(0)))
class E(Flag):
    A = auto(); B = auto(); C = A | B; D = auto()
print(list(E), E.C, E.D.value, ~E.C, E.A | E.D, E(7), E.C & E.A, E.C in E(7), [x.name for x in E.C])
class W(Flag):
    TWO = 2; ONE = 1; THREE = 3
print(list(W), list(W(3)), W(3), W.ONE | W.TWO, repr(~W.ONE))
print(enum.FlagBoundary.KEEP, repr(STRICT))
