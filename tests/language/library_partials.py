import copy
from collections.abc import Mapping, Sized
from contextlib import ExitStack
from functools import (cached_property, cmp_to_key, lru_cache, partial, partialmethod, singledispatch, singledispatchmethod,
    update_wrapper, wraps)
from typing import Union


def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)


def show(*args, **kw): return args[1:], kw


class A:
    m = partialmethod(show, 1, b=2)
    twice = partialmethod(m, 3)
    over = partialmethod(partial(show, "first", 7), c=1)
    made = partialmethod(classmethod(show), "c")
    fixed = partialmethod(staticmethod(show), "s", "t")

    @lru_cache(maxsize=2)
    def cached(self, x): return x * 2

    @singledispatchmethod
    @classmethod
    def of(cls, x): return cls.__name__, "other"

    @of.register(int)
    @classmethod
    def _(cls, x): return cls.__name__, "int"

    @singledispatchmethod
    @staticmethod
    def kind(x): return "other"

    @kind.register(str)
    @staticmethod
    def _(x): return "text"


a = A()
print(a.m(5), A.m(a, 6), a.twice(4), a.over(9)[0][0], a.made(1), A.made(1), a.fixed(2), A.fixed(2))
print(repr(A.__dict__["m"]).split(",", 1)[1])
print(a.cached(2), a.cached(2), a.cached.cache_info(), a.of(1), A.of("x"), a.kind("x"), A.kind(1))
t(lambda: partialmethod(5)); t(lambda: singledispatchmethod(5))


@lru_cache
def known(x): return x


print(copy.copy(known) is known, copy.deepcopy({"f": known})["f"] is known)


@singledispatch
def what(x): return "object"


@what.register(Sized)
def _(x): return "sized"


@what.register(Mapping)
def _(x): return "mapping"


@what.register(Union[int, None])
def _(x): return "whole or nothing"


print(what({}), what([]), what(1), what(None), what(1.5))


class Slotted:
    __slots__ = ()
    @cached_property
    def x(self): return 1


class Named: pass


Named.y = cached_property(lambda self: 2)
t(lambda: Slotted().x); t(lambda: Named().y)
key = cmp_to_key(lambda x, y: y - x)
print(sorted([1, 3, 2], key=key), key(obj=1) < key(0))


def f(): "doc"


f.table = {"a": 1}


def g(): "mine"


g.table = {"b": 2}
update_wrapper(g, f, (), ("table",))
print(g.__name__, g.__doc__, g.table, wraps(f, updated=())(lambda: 1).__name__)


class Sub(partial): pass


print(repr(Sub(len)).split("(")[0])
def leave(error):
    def exit(*exc): raise error
    return exit


try:
    with ExitStack() as stack:
        stack.push(leave(KeyError(3)))
        stack.push(leave(ValueError(2)))
        raise TypeError(1)
except Exception as e:
    print(repr(e), repr(e.__context__), repr(e.__context__.__context__), repr(e.__context__.__context__.__context__))
