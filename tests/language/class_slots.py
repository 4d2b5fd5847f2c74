class A:
    __slots__ = ("x", "y")
    def __init__(self, x): self.x = x
a = A(1); a.y = 2; print(a.x, a.y)
try: a.z = 3
except AttributeError as e: print(e)
class B(A): pass
b = B(1); b.z = 5; print(b.z)
class C(A):
    __slots__ = "w"
c = C(1); c.w = 9; c.y = 3; print(c.w, c.y)
try: c.q = 1
except AttributeError as e: print(e)
from collections import namedtuple
P = namedtuple("P", "x")
try: P(1).zz = 5
except AttributeError as e: print(e)
try: raise ExceptionGroup("g", [ValueError(1), TypeError(2)])
except ExceptionGroup as g: print(g, g.exceptions, g.message)
print(issubclass(TabError, SyntaxError), FutureWarning("x"))
class D:
    __slots__ = ["a", "__dict__"]
d = D(); d.any = 1; print(d.any)


class Marked:
    __slots__ = ("name", "__hash__")

    def __init__(self, name):
        self.name = name
        self.__hash__ = lambda: hash(name)

    def __eq__(self, other):
        return self.name == other


print(hash(Marked("a")) == hash("a"), {Marked("b"): 1}["b"])
