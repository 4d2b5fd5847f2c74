# Calls: every kind of parameter and argument, decorators, errors.
def f(a, b=2, /, c=3, *args, d, e=5, **rest):
    return a, b, c, args, d, e, sorted(rest.items())


print(f(1, d=4))
print(f(1, 2, 3, 4, 5, d=6, z=7, y=8))
print(f(*[1, 2], **{"c": 9, "d": 4}))
print(f(1, *(2, 3), *[4], d=0, **{"q": 1}, r=2))


def g(*args, **kwargs):
    return args, kwargs


print(g(), g(1), g(a=1), g(1, 2, a=3, b=4), g(*"ab", *range(2)), g(**{"x": 1}, y=2))

for call in (
    lambda: f(),
    lambda: f(1),
    lambda: f(1, 2, 3),
    lambda: f(a=1, d=2),
    lambda: (lambda x: x)(1, 2),
    lambda: (lambda x, y: x)(1),
    lambda: (lambda *, k: k)(),
    lambda: (lambda x: x)(x=1, y=2),
    lambda: (lambda x: x)(1, x=2),
    lambda: 5(),
    lambda: None.x,
):
    try:
        print(call())
    except (TypeError, AttributeError) as error:
        print(type(error).__name__, error)


def deco(arg):
    print("deco", arg)

    def wrap(function):
        print("wrap", arg, function.__name__)
        return lambda *a: (arg, function(*a))

    return wrap


@deco(1)
@deco(2)
def decorated(x):
    return x * 2


print(decorated(4))


@deco("class")
class Decorated:
    value = 1


print(Decorated()[1].value)


def many(a, b, c, d, e, f, g, h, i, j):
    return a + b + c + d + e + f + g + h + i + j


print(many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10))
print(many(*range(10)))
print(max(3, 1, 2), min([4, 2], key=lambda v: -v), sum([1, 2], 10), sorted([3, 1, 2], reverse=True))
print("{} {k}".format(1, k=2), "a-b-c".split("-", 1))


class Callable:
    def __call__(self, *args, **kwargs):
        return "called", args, kwargs

    def method(self, x=1):
        return x

    @classmethod
    def make(cls, *args):
        return cls.__name__, args

    @staticmethod
    def static(a, b=2):
        return a, b


c = Callable()
print(c(1, k=2), c.method(), c.method(x=3), Callable.method(c, 4), c.make(1), Callable.make(2), c.static(1))
bound = c.method
print(bound(7), bound(x=8))


def recursion(n):
    return 0 if n == 0 else 1 + recursion(n - 1)


print(recursion(200))


def forever():
    return forever()


try:
    forever()
except RecursionError as error:
    print(error)


def closure_default(n):
    def inner(m=n):
        return m

    n = 5
    return inner()


print(closure_default(3))
print((lambda *a, k=1, **r: (a, k, r))(1, 2, k=3, z=4))
