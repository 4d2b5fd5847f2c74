# What the own tests of packages found: attributes through methods of objects, dict |= anything, text of derived bytes.
from types import MappingProxyType, MethodType, ModuleType
import json
d = {"a": 1}
d |= MappingProxyType({"b": 2})
print(d, d | MappingProxyType({"c": 3}), MappingProxyType({"x": 0}) | d)
class M:
    def __init__(self): self._p = {"q": 9}
    def keys(self): return self._p.keys()
    def __getitem__(self, k): return self._p[k]
d |= M()
print(d)
d |= [("r", 1)]
print(d)
try: d | M()
except TypeError as e: print(e)
try: d |= 5
except TypeError as e: print(e)
class B(bytes):
    def decode(self, *a): return "bad"
print(str(B(b"abc"), "utf-8"), str(B(b"abc"), encoding="ascii"))
print(json.__class__, json.__class__ is ModuleType)
class W:
    def __init__(self): self.hits = 0
    def __call__(self, who, x): self.hits += 1; return x
    def __get__(self, obj, kind=None): return self if obj is None else MethodType(self, obj)
    def info(self): return self.hits
    def clear(self): self.hits = 0
    @property
    def double(self): return self.hits * 2
class C:
    get = W()
c = C()
print(c.get(3), c.get.info(), C.get.info(), c.get.double)
c.get.clear(); print(c.get.info())
try: c.get.nothing
except AttributeError as e: print(e)
import os
print(os.SEEK_SET, os.SEEK_CUR, os.SEEK_END)
from collections import OrderedDict
class Moves:
    def __init__(self, n): self.n = n
    def __hash__(self): return self.n
    def __eq__(self, other):
        order.move_to_end((self,))
        return self.n == other.n
order = OrderedDict([((Moves(1),), "a"), ((Moves(2),), "b")])
order.move_to_end((Moves(1),))
print([key[0].n for key in order])
order.move_to_end((Moves(1),))
print([key[0].n for key in order], list(order.values()))
try: OrderedDict().move_to_end(1)
except KeyError as e: print("KeyError", e)
