# with: order, several managers, suppression, and leaving it.
class Manager:
    def __init__(self, name, suppress=False):
        self.name = name
        self.suppress = suppress

    def __enter__(self):
        print("enter", self.name)
        return self.name + "!"

    def __exit__(self, kind, value, traceback):
        print("exit", self.name, kind and kind.__name__, value)
        return self.suppress


with Manager("a") as a:
    print(a)

with Manager("a") as a, Manager("b") as b:
    print(a, b)

with Manager("s", True):
    raise ValueError("suppressed")
print("after")

try:
    with Manager("outer"):
        with Manager("inner"):
            raise KeyError("through")
except KeyError as error:
    print("caught", error)


def returns():
    with Manager("r") as r:
        return r + " returned"


print(returns())


def returns_deep(value):
    with Manager("x"), Manager("y"):
        try:
            return [value, value + 1]
        finally:
            print("finally")


print(returns_deep(1))


def loops():
    out = []
    for i in range(4):
        with Manager("loop %d" % i):
            if i == 1:
                continue
            if i == 2:
                break
            out.append(i)
    return out


print(loops())


class Box:
    pass


box = Box()
with Manager("target") as box.value:
    print(box.value)
with Manager("pair") as (c, *rest):
    print(c, rest)


class Replaces:
    def __enter__(self):
        return self

    def __exit__(self, *info):
        raise RuntimeError("from exit")


try:
    with Replaces():
        raise ValueError("original")
except RuntimeError as error:
    print(error, repr(error.__context__))

try:
    with 5:
        pass
except TypeError as error:
    print(error)


class OnlyEnter:
    def __enter__(self):
        pass


try:
    with OnlyEnter():
        pass
except TypeError as error:
    print(error)


def generator():
    with Manager("generator"):
        yield 1
        yield 2


for item in generator():
    print(item)


def variable(x):
    with Manager("v"):
        x += 1
        return x


print(variable(1))
with Manager("suppressing", True) as m:
    with Manager("plain"):
        1 / 0
print("end", m)
