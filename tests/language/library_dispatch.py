# functools.singledispatch by class, by annotation and by union.
import functools
@functools.singledispatch
def f(x): return "object"
@f.register
def _(x: int): return "int"
@f.register
def _(x: str, y=1): return "str"
@f.register(list)
def _(x): return "list"
class A: pass
@f.register
def _(a: A): return "A"
@f.register
def _(a: float | complex): return "number"
for v in (1, "a", [1], A(), 2.5, 1j, None, True): print(f(v))
try:
    @f.register
    def _(x): pass
except TypeError as e: print(str(e).split(" at ")[0])
print(f.dispatch(bool)(1), sorted(str(k) for k in f.registry))
class M:
    @functools.singledispatchmethod
    def g(self, x): return "obj"
    @g.register
    def _(self, x: int): return "int"
    @g.register
    def _(self, x: str): return "str"
print(M().g(1), M().g("s"), M().g(None), M().g.__name__)


import collections.abc


@functools.singledispatch
def size(x): return "other"
@size.register
def _(x: collections.abc.Sized): return "sized"
@size.register
def _(x: "bytes"): return "bytes"
print(size([1]), size(b""), size(1))
