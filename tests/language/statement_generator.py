# Generators: send, throw, close, yield from, return values, expressions.
def count(n):
    while n:
        received = yield n
        if received:
            n = received
        else:
            n -= 1
    return "done"


g = count(3)
print(next(g), g.send(None), g.send(10), next(g))
print(list(count(3)))


def delegate():
    result = yield from count(2)
    print("result", result)
    result = yield from [7, 8]
    print("result", result)
    return "end"


g = delegate()
while True:
    try:
        print(next(g))
    except StopIteration as stop:
        print("stop", stop.value)
        break


def resilient():
    while True:
        try:
            yield "waiting"
        except ValueError as error:
            print("caught", error)
            yield "recovered"


g = resilient()
print(next(g), g.throw(ValueError("v")), next(g))
try:
    g.throw(KeyError("k"))
except KeyError as error:
    print("out", error)
print(next(g, "exhausted"))


def inner():
    try:
        yield 1
        yield 2
    except ValueError:
        yield "inner handled"
    finally:
        print("inner closed")


def outer():
    yield from inner()
    yield "outer"


g = outer()
print(next(g), g.throw(ValueError), next(g), list(g))
g = outer()
next(g)
g.close()
print(sum(x * x for x in range(4)), list(x + y for x in "ab" for y in "cd" if y != "c"))
squares = (n * n for n in [1, 2, 3])
print(next(squares), list(squares), list(squares))


def fibonacci():
    a, b = 0, 1
    while True:
        yield a
        a, b = b, a + b


out = []
for value in fibonacci():
    if value > 50:
        break
    out.append(value)
print(out)


def flatten(items):
    for item in items:
        if isinstance(item, list):
            yield from flatten(item)
        else:
            yield item


print(list(flatten([1, [2, [3, [4]], 5], []])))


def echo():
    value = None
    while True:
        value = yield value


g = echo()
next(g)
print(g.send(1), g.send("two"))
try:
    count(1).send(5)
except TypeError as error:
    print(error)


def raises():
    yield 1
    raise StopIteration("inside")


g = raises()
next(g)
try:
    next(g)
except RuntimeError as error:
    print(error, repr(error.__cause__))


def reenter():
    yield next(me)


me = reenter()
try:
    next(me)
except ValueError as error:
    print(error)


def handled():
    # What is being handled belongs to the generator while it is suspended.
    try:
        raise ValueError("own")
    except ValueError:
        yield "in handler"
        try:
            raise
        except ValueError as error:
            yield str(error)


g = handled()
print(next(g))
try:
    raise KeyError("outside")
except KeyError:
    print(next(g))
a, *b = (i for i in range(4))
print(a, b, dict((k, v) for k, v in [("x", 1)]), any(v > 2 for v in [1, 3]), " ".join(str(i) for i in range(3)))
print((yield_ for yield_ in ()), type(g).__name__) if False else print(type(g).__name__)
