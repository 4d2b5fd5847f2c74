"""Module doc."""
import functools, inspect
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple
def deco(f):
    @functools.wraps(f)
    def g(*a):
        "inner"
        return f(*a)
    return g
@deco
def f():
    """F doc.

        indented
    """
def nodoc(): pass
class A:
    """A doc."""
    def m(self):
        'method'
    @property
    def p(self):
        "prop"
    @staticmethod
    def s(): "static"
    @classmethod
    def c(cls): "class"
class B(A): pass
@dataclass
class D:
    x: int = 1
@dataclass
class D2:
    "has"
    x: int
class E(Enum):
    "enum doc"
    X = 1
class N(NamedTuple):
    "nt doc"
    x: int
async def co(): "co"
async def ag():
    "ag"
    yield
def ge():
    "ge"
    yield
print(__doc__, f.__doc__, nodoc.__doc__, A.__doc__, A.m.__doc__, A().m.__doc__, B.__doc__, B.m.__doc__, D2.__doc__, E.__doc__, N.__doc__, co.__doc__, ag.__doc__, ge.__doc__, A.s.__doc__, A.c.__doc__, (lambda: 1).__doc__)
print(inspect.getdoc(f), f.__wrapped__.__doc__ == f.__doc__, A().__doc__, A.p.__doc__, "__doc__" in vars(A), "__doc__" in vars(B), list(E))
f.__doc__ = "new"
print(f.__doc__)
commands = {name: fn for name, fn in list(vars(A).items()) if callable(fn)}
print({k: v.__doc__ for k, v in commands.items()})
def usage():
    return "\n".join(f"{fn.__name__}: {fn.__doc__.strip().splitlines()[0]}" for fn in (f, A.m))
print(usage(), vars(A)["s"]())
