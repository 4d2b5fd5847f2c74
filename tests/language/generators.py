def count(n):
    i = 0
    while i < n:
        got = yield i
        if got: i += got
        i += 1
    return "end"
print(list(count(4)))
g = count(10)
print(next(g), g.send(3), next(g))
def outer():
    r = yield from count(3)
    print("r", r)
    yield from [10, 20]
    yield from (x for x in "ab")
    return 5
print(list(outer()))
g = outer()
try:
    while True: print(next(g), end=" ")
except StopIteration as e:
    print("stop", e.value)
def tree(d):
    if d:
        yield from tree(d - 1)
        yield d
        yield from tree(d - 1)
print(list(tree(4)))
def throwing():
    while True:
        try:
            yield 1
        except ValueError as e:
            print("got", e)
            yield 2
g = throwing()
print(next(g), g.throw(ValueError("z")), next(g))
try:
    g.throw(KeyError("q"))
except KeyError as e:
    print("key", e)
print(next(g, "done"))
def fib():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b
print([x for x, _ in zip(fib(), range(15))])
print(sum(x for x in fib_gen) if (fib_gen := (i for i in range(5))) else 0)
def pipeline(src):
    for x in src:
        if x % 2: yield x * x
print(list(pipeline(pipeline(range(20)))))
def g2():
    x = yield
    while x:
        x = yield x * 2
h = g2(); next(h)
print(h.send(1), h.send(5))
try:
    h.send(0)
except StopIteration as e:
    print("value", e.value)
def bad():
    yield 1
    raise StopIteration
try:
    list(bad())
except RuntimeError as e:
    print(e)
def with_try():
    try:
        yield 1
    except GeneratorExit:
        print("exit")
        raise
w = with_try(); next(w); w.close()
print(any(x > 3 for x in range(10)), all(x < 3 for x in range(2)), max((x for x in [3, 1, 2])), sorted(x for x in "hello"))
print(dict((k, v) for k, v in [("a", 1)]), tuple(x for x in range(3)), set(x % 2 for x in range(5)), ",".join(c for c in "abc"))
e = enumerate(c for c in "xy")
print(next(e), list(e))
