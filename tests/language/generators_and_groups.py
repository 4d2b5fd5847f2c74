import sys
def gen():
    try:
        x = yield 1
        print("got", x)
        yield 2
    except ValueError as e:
        print("caught", e)
        yield 3
    finally:
        print("cleanup")
g = gen(); print(next(g), g.send("s")); g.close()
g = gen(); print(next(g)); print(g.throw(ValueError("v"))); 
try: next(g)
except StopIteration as e: print("stop", e.value)
g = gen()
try: g.send(1)
except TypeError as e: print(e)
g.close()
try: next(g)
except StopIteration: print("closed")
def bad():
    try: yield
    except GeneratorExit: yield 1
b = bad(); next(b)
try: b.close()
except RuntimeError as e: print(e)
def ret():
    return 5
    yield
try: next(ret())
except StopIteration as e: print(e.value)
def outer():
    r = yield from inner()
    print("r", r)
    return r
def inner():
    try:
        x = yield "a"
        print("x", x)
    except KeyError as e:
        print("inner caught", e)
        yield "after"
    return "ret"
o = outer(); print(next(o))
try: o.send(3)
except StopIteration as e: print(e.value)
o = outer(); next(o); print(o.throw(KeyError("k")))
try: next(o)
except StopIteration as e: print(e.value)
def raiser():
    yield 1
    raise StopIteration("x")
r = raiser(); next(r)
try: next(r)
except RuntimeError as e: print(e, repr(e.__cause__))
def self_iter():
    yield next(me)
me = self_iter()
try: next(me)
except ValueError as e: print(e)
g = gen()
try: g.throw(ValueError("early"))
except ValueError as e: print("early", e)
print([*map(lambda *a: a, [1, 2], "ab")])
class It:
    def __init__(s): s.n = 0
    def __iter__(s): return s
    def __next__(s):
        s.n += 1
        if s.n > 3: raise StopIteration
        return s.n
print(list(It()), sum(It()), dict(zip(It(), It())))
class Old:
    def __getitem__(s, i):
        if i > 2: raise IndexError
        return i * i
print(list(Old()), 4 in Old())
class CM:
    def __init__(s, n, sup=False): s.n, s.sup = n, sup
    def __enter__(s): print("enter", s.n); return s
    def __exit__(s, *a): print("exit", s.n, a[0].__name__ if a[0] else None); return s.sup
with CM(1) as a, CM(2, True) as b:
    raise ValueError
with CM(3, True):
    with CM(4): raise KeyError
def wr():
    with CM(5): return "v"
print(wr())
for i in range(2):
    with CM(6):
        if i == 0: continue
        break
try:
    with 5: pass
except TypeError as e: print(e)
try:
    raise ExceptionGroup("eg", [ValueError(1), TypeError(2), ExceptionGroup("in", [KeyError(3)])])
except* ValueError as e: print("V", e.exceptions)
except* (TypeError, KeyError) as e: print("T", e, e.exceptions)
try:
    try: raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
    except* ValueError as e: raise
except ExceptionGroup as e: print("re", repr(e), e.exceptions)
try:
    try: raise ExceptionGroup("eg", [ValueError(1), TypeError(2)])
    except* ValueError as e: raise KeyError("n")
except ExceptionGroup as e: print("re", repr(e), [repr(x) for x in e.exceptions])
try:
    try: raise ValueError("bare")
    except* ValueError as e: print(repr(e)); raise
except BaseException as e: print("re", repr(e))
class MyEG(ExceptionGroup):
    def derive(self, excs): return MyEG(self.message + "!", excs)
m = MyEG("m", [ValueError(1), TypeError(2)])
print(repr(m.split(ValueError)), repr(m.subgroup(TypeError)), type(m.subgroup(lambda e: True)).__name__)
m2 = ExceptionGroup("q", [ValueError(1)]); print(repr(m2.derive([KeyError(1)])))
try:
    try: raise m
    except* ValueError as e: print(type(e).__name__, e)
except MyEG as e: print(repr(e))
def deep(n): return deep(n + 1)
try: deep(0)
except RecursionError as e: print(e)
e1 = ValueError("a"); e1.add_note("note"); print(e1.__notes__)
try: e1.add_note(5)
except TypeError as e: print(e)
try: ExceptionGroup("x", [])
except ValueError as e: print(e)
try: ExceptionGroup("x", [5])
except ValueError as e: print(e)
try: ExceptionGroup("x", [KeyboardInterrupt()])
except TypeError as e: print(e)
print(repr(BaseExceptionGroup("x", [ValueError()])))
