class A:
    kind = "a"
    def __init__(self, x): self.x = x; self.y = 2
    def hello(self): return "hello"
a = A(1)
d = a.__dict__
print(d, d is a.__dict__, vars(a) is d)
d["z"] = 3; print(a.z, a.x)
a.w = 4; print(d)
del a.x; print(d)
try: a.x
except AttributeError as e: print(e)
del d["y"]
try: a.y
except AttributeError as e: print(e)
d["hello"] = lambda: "hidden"; print(a.hello()); del a.hello; print(a.hello())
d["kind"] = "own"; print(a.kind, A.kind, A(5).kind)
a.__dict__.update(p=1, q=2); print(sorted(d), a.p + a.q)
a.__dict__ = {"n": 9}; print(a.n, a.__dict__, hasattr(a, "z"), d["z"])
try: a.__dict__ = 5
except TypeError as e: print(e)
del a.__dict__; print(a.__dict__); a.b = 1; print(a.__dict__)
class S:
    def __setattr__(self, k, v): self.__dict__[k] = v * 2
    def __delattr__(self, k): self.__dict__.pop(k)
s = S(); s.a = 4; print(s.a, s.__dict__); del s.a; print(s.__dict__)
class cached:
    def __init__(self, f): self.f = f
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, cls):
        if obj is None: return self
        print("computed")
        v = obj.__dict__[self.name] = self.f(obj)
        return v
class C:
    @cached
    def value(self): return 42
c = C(); print(c.value, c.value, c.__dict__)
class P:
    __slots__ = ("x",)
p = P(); p.x = 1
try: p.__dict__
except AttributeError as e: print(e)
try: vars(p)
except TypeError as e: print(e)
class Q(P): pass
q = Q(); q.x = 1; q.y = 2; print(q.__dict__); q.x = 5; q.__dict__["y"] = 7; print(q.x, q.y, q.__dict__)
class B:
    def __init__(self, **k): self.__dict__.update(k)
b = B(m=1, n=2); print(b.m, b.n, b.__dict__ == {"m": 1, "n": 2})
for i in range(3):
    o = B(v=i); o.v += 10; print(o.v, end=" ")
print()
class L(list): pass
l = L([1, 2]); l.t = 1; print(l.__dict__, l); l.__dict__["u"] = 2; l.append(3); print(l, l.u, len(l))
e = ValueError("x"); e.code = 1; print(e.__dict__); e.__dict__["more"] = 2; print(e.more)
class E(Exception):
    def __init__(self, a): super().__init__(a); self.a = a
e = E(3); e.__dict__["b"] = 4; e.a = 5; print(e.__dict__, e.a, e.b, e)
def f(): pass
f.tag = 1; print(f.__dict__); f.__dict__["x"] = 2; print(f.x); del f.tag; print(f.__dict__)
def g(*, k=1): return k
g.a = 1; print(g.__dict__, g())
try: A.__dict__["n"] = 1
except TypeError as e: print(e)
try: del A.__dict__["kind"]
except TypeError as e: print(e)
m = A.__dict__; A.later = 1; print(m["later"], "kind" in m, m.get("nothing"), type(m).__name__)
print([k for k in m if not k.startswith("__")], len(m) > 2)
print({k: v for k, v in vars(A).items() if k in ("kind", "later")}, dict(m)["kind"])
try: m["nothing"]
except KeyError as e: print("KeyError", e)
class Many: pass
x = Many()
for i in range(250): setattr(x, f"a{i}", i)
print(x.a0, x.a249, len(x.__dict__)); del x.a3; print(len(vars(x)))
class Borg:
    state = {}
    def __init__(self): self.__dict__ = self.state
b1 = Borg(); b2 = Borg(); b1.x = 1; print(b2.x, b1.__dict__ is b2.__dict__); b2.x = 8; print(b1.x, Borg.state)
class T:
    def __init__(self): self.a = 1
    def __getattr__(self, n): return "dyn " + n
t = T(); t.__dict__["b"] = 3; print(t.a, t.b, t.c); t.__dict__.clear(); print(t.a)
class Prop:
    @property
    def v(self): return "property"
r = Prop(); r.__dict__["v"] = "dict"; print(r.v)
it = iter(b1.__dict__)
b1.fresh = 1
try: next(it)
except RuntimeError as e: print(e)
import copy
k = A(1); k.__dict__["l"] = [1]; j = copy.copy(k); j.l.append(2); print(k.l, j.__dict__ == k.__dict__, j.__dict__ is k.__dict__)
j = copy.deepcopy(k); j.l.append(2); print(k.l, j.l)
p2 = copy.copy(p); print(p2.x); q2 = copy.deepcopy(q); print(q2.x, q2.y)
