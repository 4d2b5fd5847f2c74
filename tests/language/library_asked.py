from decimal import *
import statistics, inspect, asyncio, warnings, functools, types, typing
from fractions import Fraction
def t(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
for x in ("2", "10", "0.5", "1", "0", "-1", "1.0000001", "0.99999", "123456789.987654321", "1e-30", "1e50", "Infinity", "-Infinity", "NaN", "7e3", "100", "0.001", "3.14159265358979"):
    d = Decimal(x)
    for f in (d.ln, d.log10, d.exp):
        t(f)
for a, b in (("2", "0.5"), ("4", "0.5"), ("10", "-0.3"), ("1.05", "12.5"), ("0.9", "100.1"), ("2", "1e-20"), ("0", "0.5"), ("-2", "0.5"), ("1", "0.5"), ("Infinity", "0.5"), ("2", "Infinity"), ("0.5", "Infinity"), ("0.5", "-Infinity"), ("123.456", "7.89")):
    t(lambda: Decimal(a) ** Decimal(b))
with localcontext() as c:
    c.prec = 50
    print(Decimal(2).ln(), Decimal(1).exp(), Decimal(3) ** Decimal("0.1"))
    c.prec = 5
    print(Decimal(2).ln(), Decimal(7).exp(), Decimal("1e-10").exp(), Decimal("-0.3").exp())
print(statistics.mean([Decimal("1.1"), Decimal("2.2")]), statistics.mean([Fraction(1, 2), Fraction(1, 3)]), statistics.mean([1, 2.5]), statistics.mean([1, 2]), statistics.mean([2, 4]))
async def co(): pass
def gen(): yield
def plain(): pass
class A:
    async def m(self): pass
    @staticmethod
    async def s(): pass
print([inspect.iscoroutinefunction(f) for f in (co, gen, plain, A.m, A().m, A.s, len, functools.partial(co))], [inspect.isgeneratorfunction(f) for f in (co, gen, plain)], asyncio.iscoroutinefunction(co))
def both(f):
    if asyncio.iscoroutinefunction(f):
        @functools.wraps(f)
        async def w(*a):
            print("async"); return await f(*a)
    else:
        @functools.wraps(f)
        def w(*a):
            print("sync"); return f(*a)
    return w
both(plain)(); asyncio.run(both(co)())
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("old", DeprecationWarning); warnings.warn("u")
    print(len(caught), [(w.category.__name__, str(w.message)) for w in caught])
with warnings.catch_warnings():
    warnings.simplefilter("error")
    t(lambda: warnings.warn("raised", RuntimeWarning))
    warnings.filterwarnings("ignore", message="quiet.*")
    t(lambda: warnings.warn("quiet please"))
t(lambda: warnings.warn("x", int))
t(lambda: types.SimpleNamespace(a=1).b)
t(lambda: types.MappingProxyType({}).__setitem__)
t(lambda: type(types.MappingProxyType({"a": 1})))
try: types.MappingProxyType({})["x"] = 1
except TypeError as e: print(e)
print(typing.Union[int, str, None], typing.get_args(typing.Dict[str, int]))
