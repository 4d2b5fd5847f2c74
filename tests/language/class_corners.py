def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
class A:
    def __init_subclass__(cls, /, tag=None, **k): super().__init_subclass__(**k); cls.tag = tag; print("sub", cls.__name__, tag)
class B(A, tag="b"): pass
t(lambda: type("C", (A,), {}, tag="dyn").tag)
class D:
    def __set_name__(s, o, n): s.n = n; print("set_name", o.__name__, n)
    def __get__(s, o, t=None): return (s.n, o is None)
    def __set__(s, o, v): print("set", v)
    def __delete__(s, o): print("del")
class E:
    d = D(); e = D()
print(E.d, E().e); x = E(); x.d = 5; del x.d
class X: pass
class Y: pass
class Z(X, Y): pass
class W(Y, X): pass
def mro():
    class V(Z, W): pass
t(mro)
print([c.__name__ for c in Z.__mro__])
class G:
    def __class_getitem__(cls, k): return f"{cls.__name__}[{k}]"
print(G[int], G[1, 2])
class N:
    def __add__(s, o): return NotImplemented
    def __radd__(s, o): return "radd"
    def __eq__(s, o): return NotImplemented
    def __lt__(s, o): return NotImplemented
n = N()
t(lambda: n + 1); t(lambda: 1 + n); t(lambda: n == 1); t(lambda: n < 1); t(lambda: hash(n)); t(lambda: n + n)
class P(int):
    def __radd__(s, o): return "P"
t(lambda: 1 + P(2)); t(lambda: P(1) + 2); t(lambda: type(P(1) + 2)); t(lambda: type(-P(1)))
class Idx:
    def __index__(s): return 2
t(lambda: [1, 2, 3][Idx()]); t(lambda: hex(Idx())); t(lambda: range(Idx())); t(lambda: "a" * Idx()); t(lambda: [1,2,3,4][Idx():]); t(lambda: int(Idx())); t(lambda: bytes(Idx())); t(lambda: round(2.34567, Idx())); t(lambda: float(Idx()))
class BadIdx:
    def __index__(s): return "x"
t(lambda: [1][BadIdx()]); t(lambda: int(BadIdx()))
class R:
    def __repr__(s): return 5
t(lambda: repr(R())); t(lambda: f"{R()}")
class S:
    def __str__(s): return "str"
    def __format__(s, spec): return f"<{spec}>"
print(f"{S()} {S():abc} {S()!s}", "{:x}".format(S()), [S()].__class__.__name__)
class H:
    def __hash__(s): return "x"
t(lambda: hash(H()))
class L:
    def __len__(s): return 3
    def __getitem__(s, i):
        if isinstance(i, slice): return i
        if i >= 3: raise IndexError("end")
        return i
    def __contains__(s, v): return "yes"
print(list(L()), 5 in L(), list(reversed(L())), L()[1:2, ...] if False else L()[::2])
class Call:
    def __call__(s, *a, **k): return a, k
print(Call()(1, x=2), callable(Call()))
class GA:
    def __getattr__(s, n):
        if n.startswith("q"): raise AttributeError(n)
        return n
t(lambda: GA().foo); t(lambda: GA().qq); t(lambda: hasattr(GA(), "q")); t(lambda: getattr(GA(), "q", "dflt"))
class GT:
    def __getattribute__(s, n): return object.__getattribute__(s, n) if n == "real" else "always"
    real = 1
print(GT().real, GT().other)
class Pr:
    def __init__(s): s._v = 1
    @property
    def v(s): "doc"; return s._v
    @v.setter
    def v(s, x): s._v = x
    @v.deleter
    def v(s): print("deleted")
    @property
    def ro(s): return 1
    @classmethod
    def cm(cls): return cls.__name__
    @staticmethod
    def sm(): return "sm"
p = Pr(); p.v = 5; print(p.v); del p.v
t(lambda: setattr(p, "ro", 1)); t(lambda: delattr(p, "ro")); print(p.cm(), Pr.cm(), p.sm(), Pr.sm())
class Sup(Pr):
    @property
    def v(s): return super().v + 1
    @classmethod
    def cm(cls): return "sub " + super().cm()
print(Sup().v, Sup.cm())
class New:
    def __new__(cls, *a): o = super().__new__(cls); print("new", a); return o
    def __init__(s, *a): print("init", a)
New(1, 2)
class NotSelf:
    def __new__(cls): return 5
    def __init__(s): print("never")
print(NotSelf())
class BadInit:
    def __init__(s): return 5
t(BadInit); t(lambda: object(1)); t(lambda: X(1))
class Slots:
    __slots__ = ("a", "b")
s = Slots(); s.a = 1
t(lambda: s.b); t(lambda: setattr(s, "c", 1)); t(lambda: s.__dict__); t(lambda: delattr(s, "b"))
class Exc(Exception):
    def __init__(s, a, b): s.a, s.b = a, b
t(lambda: repr(Exc(1, 2))); t(lambda: str(Exc(1, b=2))); t(lambda: Exc(1, 2).args)
class Cmp:
    def __init__(s, v): s.v = v
    def __lt__(s, o): print("lt"); return s.v < o.v
    def __eq__(s, o): print("eq"); return s.v == o.v
t(lambda: Cmp(1) > Cmp(0)); t(lambda: Cmp(1) != Cmp(1)); t(lambda: Cmp(1) <= Cmp(1)); t(lambda: Cmp(1) in [Cmp(2), Cmp(1)]); t(lambda: [Cmp(3), Cmp(1)].index(Cmp(1)))
class Ctx:
    def __enter__(s): return s
t(lambda: exec_with())
def exec_with():
    with Ctx(): pass
t(exec_with)
class M:
    def __missing__(s, k): return k
class MD(dict):
    def __missing__(s, k): s[k] = len(s); return s[k]
m = MD(); print(m["a"], m["b"], m["a"], m, m.get("z"))
class IterBad:
    def __iter__(s): return 5
t(lambda: list(IterBad()))
class Rev:
    def __reversed__(s): return iter("rev")
print(list(reversed(Rev())))
class Mat:
    def __matmul__(s, o): return "mm"
    def __imatmul__(s, o): return "imm"
    def __rmatmul__(s, o): return "rmm"
    def __pow__(s, o, m=None): return ("pow", o, m)
    def __rpow__(s, o): return "rpow"
    def __divmod__(s, o): return "dm"
    def __invert__(s): return "inv"
    def __pos__(s): return "pos"
    def __trunc__(s): return 7
    def __round__(s, n=None): return ("round", n)
    def __floor__(s): return "floor"
    def __complex__(s): return 1j
    def __ior__(s, o): return "ior"
a = Mat(); b = Mat(); b @= 1; c = Mat(); c |= 2
print(a @ 1, 1 @ a, b, c, a ** 2, pow(a, 2, 3), 2 ** a, divmod(a, 1), ~a, +a, round(a), round(a, 2), complex(a))
import math
print(math.floor(a), math.trunc(a)); t(lambda: math.ceil(a))
t(lambda: a - 1); t(lambda: a < 1); t(lambda: a[0]); t(lambda: len(a)); t(lambda: iter(a)); t(lambda: a()); t(lambda: 1 in a); t(lambda: -a)
t(lambda: setattr(A, "x", 1) or A.x); t(lambda: delattr(A, "nope")); t(lambda: A.nope); 
print(X.__name__, X.__qualname__, X.__module__, X().__class__, type(X), X.__bases__, repr(X))
def outer():
    class In:
        def m(self): pass
    return In
print(outer().m.__qualname__)
class NoIter:
    __iter__ = None
t(lambda: iter(NoIter())); t(lambda: 1 in NoIter())
class NoHash:
    def __eq__(s, o): return True
t(lambda: hash(NoHash())); t(lambda: {NoHash()})
