"""Odd corners that the author of a handler meets."""
import asyncio, json, re, sys, types, functools, collections, enum, dataclasses, datetime, decimal, random, string, time, itertools, contextvars, copy, pprint, shlex, html, base64, binascii, hashlib, calendar, gzip, csv, io, threading, queue, concurrent.futures, operator, numbers, fractions, typing, urllib.parse, email.utils, mimetypes
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
show(lambda: json.dumps({"é": "☃\u2028", (1): None, 1.5: [float("inf")], None: 1, True: 2}, ensure_ascii=False)); show(lambda: json.dumps({(1, 2): 3})); show(lambda: json.dumps([set()])); show(lambda: json.dumps(5, indent="--")); show(lambda: json.loads('{"a":1,"a":2}', object_pairs_hook=list)); show(lambda: json.loads("[1.10, 2]", parse_float=decimal.Decimal, parse_int=str)); show(lambda: json.loads("NaN")); show(lambda: json.loads(b'\xef\xbb\xbf{}')); show(lambda: json.loads("1 2")); show(lambda: json.loads("")); show(lambda: json.loads('"\t"')); show(lambda: json.loads(None)); show(lambda: json.dumps("x", default=1, allow_nan=False)); show(lambda: json.dumps(float("nan"), allow_nan=False))
ctx = contextvars.ContextVar("rid", default="-")
async def who(n): ctx.set(n); await asyncio.sleep(0); return ctx.get()
show(lambda: (asyncio.run(asyncio.wait_for(who("a"), 1)), ctx.get()))
async def main2(): return await asyncio.gather(who(1), who(2)), ctx.get()
show(lambda: asyncio.run(main2()))
with concurrent.futures.ThreadPoolExecutor(2) as ex: show(lambda: (list(ex.map(lambda x: x * 2, range(3))), [f.result() for f in concurrent.futures.as_completed([ex.submit(pow, 2, 3)])], repr(ex.submit(lambda: 1 / 0).exception())))
show(lambda: pprint.pformat({"a": list(range(30)), "b": {"c": "x" * 90}}, width=60)); show(lambda: shlex.split("a 'b c' \"d\\\"e\" f\\ g # h")); show(lambda: shlex.join(["a b", "c'd"])); show(lambda: fractions.Fraction("3/4") + fractions.Fraction(1.5)); show(lambda: calendar.monthcalendar(2024, 2)[0]); show(lambda: gzip.decompress(base64.b64decode("H4sIAAAAAAAAA8tIzcnJBwCGphA2BQAAAA=="))); show(lambda: email.utils.formatdate(0, usegmt=True)); show(lambda: mimetypes.guess_type("a/b.tar.gz")); show(lambda: binascii.hexlify(b"ab", "-")); show(lambda: base64.b32encode(b"hi")); show(lambda: base64.b64decode("a b=c", validate=True)); show(lambda: urllib.parse.urlsplit("https://u:p@h:8080/a;b?c=d#e").port); show(lambda: urllib.parse.urljoin("http://a/b/c", "../d?x")); show(lambda: urllib.parse.quote("a b/é~"))
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
def coroutine_pipeline():
    total = 0
    while True:
        try: total += yield total
        except KeyError as e: print("ke", e); total = -1
g = coroutine_pipeline(); next(g); show(lambda: (g.send(5), g.send(6), g.throw(KeyError("z")), g.send(3), g.close()))
show(lambda: [*range(10)][8:2:-2]); show(lambda: "abc"[::-1] * 2 + "x" % ()); show(lambda: "%s %r %5.1f %-4d| %x %c %%" % ("a", "b", 2.25, 7, 255, "z")); show(lambda: "%d" % "x"); show(lambda: "%(a)s" % {"b": 1}); show(lambda: "{0.real} {1[k]} {x!s:>4}".format(5, {"k": 2}, x="y")); show(lambda: "{}".format()); show(lambda: f"{'a':>{3}}" f"{1_000=}"); show(lambda: "a,b,,c".split(",", 2)); show(lambda: "  a  b ".split()); show(lambda: "x=1;y=2".partition(";")); show(lambda: "Straße".casefold().encode("latin-1")); show(lambda: "ß".upper()); show(lambda: "\u0130".lower().encode()); show(lambda: "tEst".swapcase().title().zfill(7)); show(lambda: "a\tb".expandtabs(4)); show(lambda: "abc".translate(str.maketrans("ab", "xy", "c"))); show(lambda: "é".encode("ascii", "xmlcharrefreplace")); show(lambda: b"\xff".decode()); show(lambda: "é".encode("ascii")); show(lambda: bytes([65, 256])); show(lambda: int("0x1f", 16) + int("z", 36) + int(" 1_0 ")); show(lambda: int("1.5")); show(lambda: float(" -inf ")); show(lambda: float("1e")); show(lambda: [1, 2].index(3)); show(lambda: {}["k"]); show(lambda: [].pop()); show(lambda: (1).foo); show(lambda: None + 1); show(lambda: "a" + 1); show(lambda: 1 < "a"); show(lambda: len(5)); show(lambda: int([])); show(lambda: [1, 2, 3][1:"x"]); show(lambda: {[]: 1}); show(lambda: (lambda a, b: 0)(1)); show(lambda: (lambda a: 0)(1, 2)); show(lambda: (lambda a: 0)(b=1)); show(lambda: (lambda *, k: 0)()); show(lambda: max([])); show(lambda: next(iter([]))); show(lambda: dict([1])); show(lambda: sorted([1, "a"])); show(lambda: sum(["a"])); show(lambda: chr(-1)); show(lambda: range(1, 5, 0)); show(lambda: "abc".index("z")); show(lambda: open) if False else None
show(lambda: [x for x in (lambda: (yield))()]); show(lambda: functools.reduce(lambda a, b: a + b, [])); show(lambda: random.Random(3).sample(range(100), 5)); show(lambda: random.Random("s").choices("abc", [1, 2, 3], k=5)); show(lambda: datetime.datetime.strptime("31/12/99 23h", "%d/%m/%y %Hh")); show(lambda: datetime.date(2024, 13, 1)); show(lambda: datetime.datetime.fromisoformat("2024-1-1")); show(lambda: time.strftime("%Y-%m-%d", time.gmtime(86400 * 365))); show(lambda: datetime.timedelta(days=-1, seconds=1)); show(lambda: str(datetime.timedelta(hours=25, microseconds=5)))
x = 5
def scope():
    try: print(x)
    except UnboundLocalError as e: print(e)
    x = 1
scope()
try: exec_ = undefined_thing
except NameError as e: print(e)
for i in range(3):
    for j in range(3):
        if j == 1: continue
        if i == 1: break
    else: print("else", i); continue
    print("broke", i)
print([(lambda: i)() for i in range(3)], [f() for f in [lambda i=i: i for i in range(3)]], (y := 5) + y, [z := 1, z + 1], {**{"a": 1}, "b": 2} | {"c": 3}, [*"ab", *range(2)], *(1, 2), sep=" ")
del i
try: i
except NameError as e: print(e)
