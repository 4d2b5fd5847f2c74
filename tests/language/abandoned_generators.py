# Generators that nothing refers to any more are closed: what stands in `finally` and behind `with` runs.


def gen(name="g"):
    try:
        yield 1
        yield 2
        yield 3
    finally:
        print("closed", name)

def early():
    for x in gen("early"):
        print(x)
        break
    print("after")
early()

def ret():
    for x in gen("ret"):
        return x
print(ret())

def exc():
    for x in gen("exc"):
        raise ValueError(x)
try:
    exc()
except ValueError as e:
    print("caught", e)

def first(it):
    for x in it:
        return x
print(first(gen("arg")))
print(next(gen("next")))
print(any(gen("any")))
print("then")
def local():
    g = gen("local")
    print(next(g))
    print("end of local")
local()
def local2():
    g = gen("local2")
    next(g)
    raise KeyError(1)
try:
    local2()
except KeyError:
    print("in except")
print("after except")
def deleted():
    g = gen("deleted")
    print(next(g))
    del g
    print("after del")
deleted()
for i, x in enumerate(gen("enumerate")):
    break
print("-")
for a, b in zip([1], gen("zip")):
    print(a, b)
print("-")
def keeps():
    g = gen("kept")
    for x in g:
        break
    for x in g:
        print("again", x)
        break
    print("end keeps")
    return g
k = keeps()
print(next(k))
def outer():
    try:
        for x in gen("inner"):
            yield x
    finally:
        print("outer closed")
for x in outer():
    break
def outer2():
    for x in gen("inner2"):
        try:
            yield x
        finally:
            print("outer2 closed")
for x in outer2():
    break
print("--")
def deleg():
    try:
        yield from gen("delegate")
    finally:
        print("deleg closed")
for x in deleg():
    break
class Cm:
    def __enter__(self): print("enter"); return self
    def __exit__(self, *a): print("exit", a[0])
def w():
    with Cm():
        yield 1
        yield 2
for x in w(): break
def r():
    with Cm():
        for x in gen("in with"):
            return 5
print(r())
try:
    for x in gen("try"):
        raise KeyError(2)
except KeyError:
    print("handler")
def bad():
    try:
        yield 1
    finally:
        raise ValueError("ignored")
for x in bad(): break
from itertools import islice, takewhile, chain
for x in islice(gen("islice"), 2):
    print(x)
print(list(islice(gen("list islice"), 2)))
def f():
    print(list(zip(range(1), gen("list zip"))))
f()
print([x for x in takewhile(lambda v: v < 2, gen("takewhile"))])
a, *b = gen("star")
print(a, b)
try:
    a, b = gen("unpack")
except ValueError as e:
    print(e)
from contextlib import contextmanager
@contextmanager
def cm():
    print("cm in")
    try:
        yield 5
    finally:
        print("cm out")
with cm() as v:
    print(v)
    for x in gen("within"):
        break
import asyncio
async def numbers():
    try:
        yield 1
        yield 2
    finally:
        print("numbers closed")
async def agen():
    n = numbers()
    async for x in n:
        break
    await n.aclose()
asyncio.run(agen())
async def waits():
    try:
        await asyncio.sleep(100)
    finally:
        print("cancelled")
async def main():
    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    print("main ends")
asyncio.run(main())
def tree(n):
    try:
        if n:
            yield from tree(n - 1)
        yield n
    finally:
        print("tree", n)
def walk():
    for x in tree(3):
        if x == 1:
            return x
print(walk())
def exits():
    try:
        for x in tree(1):
            yield x
    except GeneratorExit:
        print("GeneratorExit seen")
        raise
for x in exits(): break
def comp():
    return [next(gen(str(i))) for i in range(3)]
print(comp())
def nested():
    for a in gen("a"):
        for b in gen("b"):
            if b == 2:
                return a, b
print(nested())
def cont():
    for a in [1, 2]:
        for b in gen(f"cont {a}"):
            if b == 2:
                break
cont()
def else_():
    for a in gen("else"):
        pass
    else:
        print("else")
else_()
def first_or(it, default=None):
    return next(iter(it), default)
print(first_or(gen("first_or")))
print(first_or(x for x in gen("genexp")))
def kw(*, it): return next(it)
print(kw(it=gen("kw")))
print(max(next(gen("m1")), next(gen("m2"))))
print(sorted([next(gen("s")), 0]))
lam = lambda: next(gen("lambda"))
print(lam())
g1 = gen("global 1"); next(g1)
_g2 = gen("global 2"); next(_g2)
l = [gen("listed")]
next(l[0])
print("end")
