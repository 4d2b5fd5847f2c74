# ordering and finally subtleties
def f():
    for i in range(3):
        try:
            if i == 1: continue
            if i == 2: break
            print("body", i)
        finally:
            print("fin", i)
    else:
        print("else")
    return "done"
print(f())
def g():
    try:
        return "try"
    finally:
        return "finally"
print(g())
def h():
    while True:
        try:
            raise ValueError
        finally:
            break
    return "swallowed"
print(h())
def k():
    try:
        try:
            1 / 0
        finally:
            raise KeyError("k")
    except KeyError as e:
        print(repr(e), repr(e.__context__), e.__cause__, e.__suppress_context__)
k()
try:
    try: raise ValueError("a")
    except ValueError as e: raise TypeError("b") from None
except TypeError as e: print(e.__cause__, repr(e.__context__), e.__suppress_context__)
try: e
except NameError as x: print(x)
def order(x): print("o", x); return x
d = {order("k1"): order("v1"), order("k2"): order("v2")}
order(d)[order("k1")] = order("new")
print(d)
def fn(*a, **k): print(a, k)
fn(order(1), *[order(2)], x=order(3), **{"y": order(4)})
a = [0, 1, 2]
i = 0
i, a[i] = 1, 9
print(a, i)
x = [1, 2, 3, 4, 5, 6]
for n in x[:]:
    if n % 2: x.remove(n)
print(x)
y = [1, 2, 3, 4]
for n in y: y.remove(n)
print(y)
def u():
    print(z)
    z = 1
try: u()
except UnboundLocalError as e: print(type(e).__name__, e)
def v():
    del w
    w = 1
try: v()
except UnboundLocalError as e: print(type(e).__name__, e)
def closure():
    def inner(): return late
    try: inner()
    except NameError as e: print(type(e).__name__, e)
    late = 1
    del late
    try: inner()
    except NameError as e: print(type(e).__name__, e)
closure()
try: raise 5
except TypeError as e: print(e)
try: raise ValueError from 5
except TypeError as e: print(e)
try: a, b = 1
except TypeError as e: print(e)
try: a, b = [1]
except ValueError as e: print(e)
try: a, b = 1, 2, 3
except ValueError as e: print(e)
try: a, *b, c = [1]
except ValueError as e: print(e)
try: [*1]
except TypeError as e: print(e)
try: {**1}
except TypeError as e: print(e)
try: fn(**{1: 2})
except TypeError as e: print(e)
try: fn(x=1, **{"x": 2})
except TypeError as e: print(e)
def pos(a, b, /, c, *, d): pass
for call in (lambda: pos(), lambda: pos(1), lambda: pos(1, 2, 3), lambda: pos(1, b=2, c=3, d=4), lambda: pos(1, 2, 3, 4, d=5), lambda: pos(1, 2, c=3, d=4, e=5)):
    try: call()
    except TypeError as e: print(e)
assert_ = True
try: assert 1 == 2, ("tuple", 1)
except AssertionError as e: print(repr(e))
match {"a": 1, "b": [1, 2, {"c": 3}]}:
    case {"a": int(n), "b": [first, *_, {"c": last}], **rest}: print(n, first, last, rest)
match 5:
    case int() | str() as q if q > 3: print("q", q)
class Pt:
    __match_args__ = ("x", "y")
    def __init__(s, x, y): s.x, s.y = x, y
match Pt(1, 2):
    case Pt(1, y=yy): print(yy)
try:
    match Pt(1, 2):
        case Pt(1, 2, 3): pass
except TypeError as e: print(e)
match "str":
    case [*_]: print("no")
    case str(s): print(s)
match (1, 2, 3):
    case (1, *mid, 3): print(mid)
match -1.5:
    case -1.5: print("neg")
match None:
    case None: print("none")
