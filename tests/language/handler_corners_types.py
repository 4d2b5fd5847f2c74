"""Odd corners of classes that the author of a handler meets."""
import collections, decimal, typing
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
class Meta:
    def __init_subclass__(cls, /, registry=None, **kw): super().__init_subclass__(**kw); (registry if registry is not None else {}).update({cls.__name__: cls})
reg = {}
class A(Meta, registry=reg): pass
class B(A, registry=reg): pass
show(lambda: reg)
class Money(collections.namedtuple("Money", "amount cur")):
    __slots__ = ()
    def __new__(cls, amount, cur="EUR"): return super().__new__(cls, decimal.Decimal(str(amount)), cur)
    def __add__(s, o):
        if not isinstance(o, Money): return NotImplemented
        if s.cur != o.cur: raise ValueError(f"{s.cur}+{o.cur}")
        return Money(s.amount + o.amount, s.cur)
    __radd__ = lambda s, o: s if o == 0 else NotImplemented
    def __str__(s): return f"{s.amount:,.2f} {s.cur}"
    def __format__(s, spec): return format(str(s), spec)
show(lambda: f"{sum([Money('1.10'), Money(2.25)]):>12}"); show(lambda: Money(1) + 5); show(lambda: Money(1) + Money(1, "USD")); show(lambda: sorted([Money(3), Money(1)])); show(lambda: Money(1)._replace(cur="X")); show(lambda: hash(Money(1)) == hash((decimal.Decimal(1), "EUR")))
class Env(typing.TypedDict, total=False): a: int
show(lambda: Env(a=1)); show(lambda: typing.get_type_hints(lambda: 0)); show(lambda: typing.cast(int, "x")); show(lambda: typing.Optional[int] is not None)
T = typing.TypeVar("T")
class Stack(typing.Generic[T]):
    def __init__(s): s._i: list[T] = []
    def push(s, x: T) -> "Stack[T]": s._i.append(x); return s
show(lambda: Stack[int]().push(1)._i)
