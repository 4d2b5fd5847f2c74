# `__qualname__` of what stands in functions and classes, and where it shows.
def outer():
    def inner():
        class Local:
            def method(self): pass
            class Deep: pass
        return Local
    lam = lambda: 0
    return inner, lam
class A:
    class B:
        def f(self): pass
        g = lambda self: 0
    def m(self):
        def k(): pass
        return k
inner, lam = outer()
L = inner()
for x in (outer, inner, lam, L, L.method, L.Deep, A, A.B, A.B.f, A.B.g, A().m, A().m()):
    print(x.__qualname__, x.__name__)
print(L, A.B, repr(L()).split(" at ")[0])
print(repr(L().method).split(" of ")[0], repr(inner).split(" at ")[0], repr(A.B().f).split(" of ")[0])
def deco(f):
    import functools
    @functools.wraps(f)
    def w(*a): return f(*a)
    return w
@deco
def wrapped(): pass
print(wrapped.__qualname__, wrapped.__name__)
def gen():
    def g(): yield 1
    return g()
g = gen()
print(g.__qualname__, g.__name__, repr(g).split(" at ")[0])
async def co():
    async def c(): pass
    return c()
try: L().method(1, 2)
except TypeError as e: print(e)
try: inner(1)
except TypeError as e: print(e)
try: A().m(x=1)
except TypeError as e: print(e)
try: lam(2)
except TypeError as e: print(e)
def f():
    class E(Exception): pass
    raise E("x")
try: f()
except Exception as e: print(type(e), type(e).__qualname__, repr(e))
global_made = None
def h():
    global G, gf
    class G: 
        def z(self): pass
    def gf(): pass
h()
print(G.__qualname__, gf.__qualname__, G.z.__qualname__)
print([x.__qualname__ for x in [lambda: 0]], (lambda: (lambda: 0))().__qualname__)
print([(lambda: 0).__qualname__ for _ in [1]])
class Q:
    __qualname__ = "Other.Q"
    def m(self): pass
    print(__qualname__)
print(Q.__qualname__, Q.__name__, Q, Q.m.__qualname__)
class R:
    print(__qualname__, __module__)
    def __init_subclass__(cls): print(cls.__qualname__)
class S(R): pass
f.__qualname__ = "renamed"
print(f.__qualname__, f.__name__)
A.__qualname__ = "AA"; print(A, A.__name__)
A.__name__ = "An"; print(A, A.__name__, A.__qualname__)
import enum, dataclasses, collections
def mk():
    @dataclasses.dataclass
    class D:
        x: int = 1
    class C(enum.Enum):
        X = 1
    return D, C
D, C = mk()
print(D(), D.__qualname__, C.X, repr(C.X), C, C.__qualname__)
