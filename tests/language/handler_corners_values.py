"""Odd corners of values and their messages that the author of a handler meets."""
import functools, datetime, random, time
def show(f):
    try: print(f())
    except Exception as e: print(type(e).__name__, e)
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
