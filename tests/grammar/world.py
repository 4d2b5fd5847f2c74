y = [1, 2, 3]
a, b, c, d, x = 1, 2, [4, 5], None, "x"


class Oops(LookupError):
    pass


class Point:
    __match_args__ = ("p", "q")

    def __init__(self, p=1, q=2):
        self.p, self.q = p, q

    def __repr__(self):
        return "Point"


class Base:
    def m(self, *args):
        return "Base", args


class Descriptor:
    def __set_name__(self, owner, name):
        print("named", owner.__name__, name)

    def __get__(self, instance, owner):
        return "got", instance is None, owner.__name__

    def __set__(self, instance, value):
        print("descriptor set", value)


o = Point()


class manage:
    def __init__(self, number, suppress=False):
        self.number, self.suppress = number, suppress

    def __repr__(self):
        return f"manage({self.number})"

    def __enter__(self):
        print("enter", self.number)
        if self.number == 5:
            raise Oops("enter")
        return self

    def __exit__(self, kind, value, trace):
        print("exit", self.number, kind and kind.__name__)
        if self.number == 7:
            raise ValueError("exit")
        return self.suppress


def t(value):
    print("t", canon(value))
    return value


def wrap(function):
    def inner(*args, **kwargs):
        print("calling")
        return function(*args, **kwargs)
    return inner


def decorate(cls):
    cls.decorated = True
    return cls


def count(n=2):
    for i in range(n):
        yield i


depth = 0


def deep(function, *args, **kwargs):
    global depth
    if depth > 5:
        return "deep"
    depth += 1
    try:
        return function(*args, **kwargs)
    finally:
        depth -= 1


def inner(n):
    try:
        for i in range(n):
            got = yield i
            if got is not None:
                print("inner got", canon(got))
    except LookupError as error:
        say(error)
        yield "recovered"
    return n * 10


def f(a=0, b=0, c=0):
    return [a, b]


class K(Base):
    def __init__(self, p=0):
        self.p = p

    def __repr__(self):
        return f"K({self.p})"


L = K


def drive(generator, steps):
    for step in steps:
        try:
            if isinstance(step, BaseException) or isinstance(step, type):
                print("threw", canon(generator.throw(step)))
            elif step == "close":
                print("closed", generator.close())
            else:
                print("gave", canon(generator.send(step)))
        except StopIteration as error:
            print("stop", canon(error.value))
        except Exception as error:
            say(error)
    finish(generator)


def finish(generator):
    try:
        print("finished", generator.close())
    except Exception as error:
        say(error)


def use(*generators):
    for generator in generators:
        try:
            for item in generator:
                print("item", canon(item))
        except Exception as error:
            say(error)
        finish(generator)


def act(cls, function):
    try:
        k = cls()
        print(canon(function(k)))
        print(canon(getattr(k, "p", "no p")))
    except Exception as error:
        say(error)


def with_it(cls):
    try:
        with cls() as got:
            print(canon(got))
            raise Oops("inside")
        print("after")
    except Exception as error:
        say(error)


def operator_iadd(k, other):
    k += other
    return k


def json_dumps(value):
    import json
    return json.dumps([value, {"k": value}])


def sys_exit(value):
    import sys
    sys.exit(value)
