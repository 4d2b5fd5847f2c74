class A:
    count = 0
    def __init__(self, x, y=2):
        self.x = x
        self.y = y
        A.count += 1
    def total(self):
        return self.x + self.y
    @property
    def double(self):
        return self.x * 2
    @double.setter
    def double(self, v):
        self.x = v // 2
    @staticmethod
    def helper(v):
        return v + 1
    @classmethod
    def make(cls, v):
        return cls(v)
    def __repr__(self):
        return f"A({self.x}, {self.y})"
    def __eq__(self, other):
        return isinstance(other, A) and self.x == other.x
    def __hash__(self):
        return hash(self.x)
    def __lt__(self, other):
        return self.x < other.x
    def __add__(self, other):
        return A(self.x + (other.x if isinstance(other, A) else other))
    def __radd__(self, other):
        return A(other + self.x)
    def __len__(self):
        return self.x
    def __getitem__(self, i):
        if i >= self.x:
            raise IndexError(i)
        return i * 10
    def __contains__(self, v):
        return v == 42
    def __call__(self, *a):
        return ("called", a)
    def __bool__(self):
        return self.x != 0

a = A(3)
print(a, a.total(), a.double, A.helper(1), a.helper(2), A.make(7), A.count)
a.double = 20
print(a.x, a == A(10), a != A(10), a == 5, hash(a) == hash(A(10)))
print(a + 1, 1 + a, a + a, len(a), a[2], list(A(3)), 42 in a, 1 in a, a(1, 2), bool(A(0)), not A(0))
print(sorted([A(3), A(1), A(2)]), max(A(1), A(5)), {A(1): "one"}[A(1)])

class B(A):
    def __init__(self, x):
        super().__init__(x, y=100)
        self.z = 5
    def total(self):
        return super().total() + self.z
b = B(1)
print(b, b.total(), isinstance(b, A), issubclass(B, A), issubclass(A, B), B.__name__, type(b) is B, B.__mro__[1] is A)
print(B.make(2), type(B.make(2)).__name__)

class Meta1:
    def who(self): return "M1"
class Meta2:
    def who(self): return "M2"
    def other(self): return "o"
class C(Meta1, Meta2):
    pass
class D(Meta2, Meta1):
    def who(self): return "D" + super().who()
print(C().who(), C().other(), D().who(), [k.__name__ for k in D.__mro__])
try:
    class E(C, D): pass
except TypeError as e:
    print("TypeError")
try:
    a.missing
except AttributeError as e:
    print(e)
try:
    A.missing
except AttributeError as e:
    print(e)
try:
    A()
except TypeError as e:
    print(e)
try:
    Meta1(1)
except TypeError as e:
    print(e)
a.extra = 1
print(a.extra, hasattr(a, "extra"), hasattr(a, "nope"), getattr(a, "nope", 7))
del a.extra
print(hasattr(a, "extra"))
setattr(a, "dyn", 9)
print(a.dyn, vars(A(1)))

class Dyn:
    def __getattr__(self, name):
        return "dyn_" + name
    def __setattr__(self, name, value):
        object.__setattr__(self, name, value * 2)
d = Dyn()
d.k = 4
print(d.k, d.other)

class Desc:
    def __set_name__(self, owner, name): self.name = name
    def __get__(self, obj, cls): return (self.name, obj is None)
    def __set__(self, obj, v): print("set", self.name, v)
class HasDesc:
    d = Desc()
print(HasDesc.d, HasDesc().d)
HasDesc().d = 3

class It:
    def __init__(self, n): self.n = n
    def __iter__(self): return self
    def __next__(self):
        if self.n == 0: raise StopIteration
        self.n -= 1
        return self.n
print(list(It(3)), [x for x in It(4)], sum(It(5)), 2 in It(4))
class Sub:
    def __init_subclass__(cls, **kw):
        print("sub", cls.__name__, kw)
class Sub2(Sub, tag=1): pass
class Ctx:
    def __enter__(self):
        print("enter"); return 5
    def __exit__(self, t, v, tb):
        print("exit", t.__name__ if t else None); return True
with Ctx() as v:
    print(v)
    raise ValueError("x")
print("after")
class Stat:
    n = 1
    m = n + 1
    def f(self): return self.m
print(Stat.m, Stat().f())
Stat.n = 5
print(Stat().n)
class Slots:
    pass
s = [Slots() for _ in range(5)]
for i, o in enumerate(s):
    for k in "abcdefgh"[: i + 1]:
        setattr(o, k, i)
print([vars(o) for o in s])
print(A, type(A), type(type), A.total.__name__)
class Cmp:
    def __init__(self, v): self.v = v
    def __le__(self, o): return self.v <= o.v
    def __gt__(self, o): return self.v > o.v
print(Cmp(1) <= Cmp(2), Cmp(1) >= Cmp(2), Cmp(1) > Cmp(2), Cmp(1) < Cmp(2))
try:
    Cmp(1) + 1
except TypeError as e:
    print(e)
def local():
    class L:
        v = 3
        def get(self): return self.v, L.__name__
    return L().get()
print(local())
