# Names: local, global, nonlocal, unbound, deleted, class bodies, comprehensions.
x = "module"


def shadow():
    x = "local"

    def inner():
        return x

    return inner(), x


print(shadow(), x)


def writes():
    global x, y
    x = "written"
    y = "made"


writes()
print(x, y)


def unbound(flag):
    if flag:
        value = 1
    try:
        return value
    except UnboundLocalError as error:
        return str(error)


print(unbound(True), unbound(False))


def deleted():
    value = 1
    del value
    try:
        value
    except UnboundLocalError as error:
        print(error)
    try:
        del value
    except UnboundLocalError as error:
        print(error)
    value = 2
    return value


print(deleted())


def free():
    def inner():
        return later

    try:
        inner()
    except NameError as error:
        print(type(error).__name__, error)
    later = 1
    print(inner())
    del later
    try:
        inner()
    except NameError as error:
        print(error)


free()
try:
    missing
except NameError as error:
    print(error)
try:
    del missing
except NameError as error:
    print(error)


def counter():
    count = 0

    def up():
        nonlocal count
        count += 1
        return count

    def reset():
        nonlocal count
        count = 0

    return up, reset


up, reset = counter()
print(up(), up())
reset()
print(up())


class Scope:
    x = "class"
    y = x + "!"

    def method(self):
        return x

    values = [x for _ in range(1)]
    first = [i for i in x]


print(Scope.y, Scope().method(), Scope.values, Scope.first)


def outer():
    x = "enclosing"

    class Inner:
        x = x if False else "own"
        z = [x for _ in range(1)]

        def m(self):
            return x

    return Inner.x, Inner.z, Inner().m()


print(outer())


def class_free():
    name = "free"

    class Inner:
        copy = name

    return Inner.copy


print(class_free())
i = "untouched"
print([i for i in range(3)], {i: i for i in range(2)}, i)


def walrus():
    if (n := 10) > 5:
        pass
    total = [last := k for k in range(4)]
    return n, total, last


print(walrus())
print([y := 5, y**2], y)


def late():
    functions = []
    for k in range(3):
        functions.append(lambda: k)
    bound = [lambda k=k: k for k in range(3)]
    shared = [lambda: k for k in range(3)]
    return [f() for f in functions], [f() for f in bound], [f() for f in shared]


print(late())


def defaults(a, b=[]):
    b.append(a)
    return b


print(defaults(1), defaults(2))


def order():
    out = []

    def mark(n):
        out.append(n)
        return n

    d = {mark(1): mark(2), mark(3): mark(4)}
    d[mark(5)] = mark(6)
    mark(7) + mark(8) * mark(9)
    [mark(10)][mark(0)] += mark(11)
    mark(12) < mark(13) < mark(14)
    mark(15) > mark(16) > mark(17)
    return out, d


print(order())


def swaps():
    a, b, c = 1, 2, 3
    a, b = b, a
    b, c, a = a, b, c
    x = [1, 2, 3]
    i = 0
    i, x[i] = 2, "i"
    return a, b, c, i, x


print(swaps())


def reuse(x):
    x = [x, x or 1, x if x else 2]
    x = x and [y for y in x] or x
    return x


print(reuse(0), reuse(3))


def same(x):
    x = (x := x + 1) + x
    return x


print(same(1))
print(__name__)


def recursive(n):
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    return even(n)


print(recursive(10), recursive(7))


class Private:
    __hidden = 1

    def get(self):
        return self.__hidden, [self.__hidden for _ in range(1)]


print(Private().get(), Private._Private__hidden)
del Private
try:
    Private
except NameError as error:
    print(error)
