# What programs at random found, each once.


def show(f):
    try:
        print(repr(f()))
    except Exception as e:
        print(type(e).__name__, e)


# A sort with a key looked at the first of no keys.
for i in range(40):
    show(lambda: sorted([], key=len))
show(lambda: sorted(None))


# What is thrown into a generator leaves the target of its `yield` alone.
def closing(a=5):
    try:
        a = yield 1
    finally:
        print("closing", a)


generator = closing()
next(generator)
generator.close()
generator = closing()
show(lambda: generator.throw(StopIteration(3)))


def arguments(a, b=2, *c, d=4, **e):
    return a, b, c, d, e


def positional(a, /, b, *, c=3):
    return a, b, c


show(lambda: positional(1, 2, 3, d=4))
show(lambda: positional(*[1, 2], d=1, **dict(a=1, b=2)))
show(lambda: positional(1, 2, 3, c=4))
show(lambda: arguments(*None))
show(lambda: arguments(1, *None))
show(lambda: arguments(**5))
show(lambda: arguments(a=1, **{"a": 2}))
show(lambda: print(*5))
show(lambda: [*5])
show(lambda: "".lower(1))
show(lambda: [].append())
show(lambda: "".__len__(1))
show(lambda: object(1))

# A union of types.
print(int | None, int | str | int, isinstance(5, int | None), isinstance("", int | float), issubclass(bool, int | str))
print((int | str) == (str | int), (int | None).__args__, None | int)
match 5:
    case int() | str() as found:
        print(found)
show(lambda: int | 5)
show(lambda: isinstance(5, (int | str, float)))


# What a callback raises may end the iteration.
def stop(x):
    raise StopIteration


print(list(map(stop, [1, 2])))


class Number(float):
    def __len__(self):
        return 2


class Made(list):
    def __new__(cls, *args):
        return super().__new__(cls)


class Failed(Exception):
    def __new__(cls, *args):
        return super().__new__(cls)

    def __call__(self):
        return "called"


print(bool(Number()), Made([1, 2]), Failed(1, 2).args, Failed()())
show(lambda: -Made())
show(lambda: 3 - Made())
show(lambda: iter(Number()))
show(lambda: len(Failed()))
show(lambda: list(reversed(Made([1, 2]))))
show(lambda: {}.pop([], 1))
show(lambda: {1, 2}.issuperset([3, []]))
show(lambda: (0,) + ValueError())
show(lambda: {}.keys() | 5)
show(lambda: "a" * ValueError())
show(lambda: [1].__iadd__(5))
show(lambda: (1.5).imag)
show(lambda: "a".replace(None, "b"))
show(lambda: b"%s" % b"a" + b"" % b"x")
show(lambda: OSError(2, "gone"))
show(lambda: b"".hex(5))


class Slots:
    __slots__ = ("a",)


try:
    class Conflict:
        __slots__ = ("a", "b")
        b = 1
except ValueError as error:
    print(error)


def delete(x, key):
    del x[key]


for value in 5, (1,), "a", {1}:
    show(lambda: delete(value, 0))
    show(lambda: delete(value, "k"))


def assign(x, items):
    x[0:1] = items


show(lambda: assign([1], map(lambda q: q + [], [1])))
show(lambda: assign([1], 5))
