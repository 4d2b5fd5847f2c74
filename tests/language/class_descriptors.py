# Descriptors with a part of the protocol, through super() too; names that functions were given.
import functools


class Computed:
    def __init__(self, value):
        self.value = value

    def __get__(self, instance, owner):
        return self.value, instance is None, owner.__name__


class Stores:
    def __set__(self, instance, value):
        instance.__dict__["stored"] = "kept", value


class Guarded:
    def __delete__(self, instance):
        print("deleted")


class Base:
    computed = Computed(1)
    stored = Stores()
    guarded = Guarded()

    @property
    def p(self):
        return "p"


class Derived(Base):
    computed = 5


def show(function):
    try:
        print(function())
    except Exception as error:
        print(type(error).__name__, "|", error)


d = Derived()
show(lambda: (super(Derived, d).computed, super(Derived, Derived).computed, d.computed, Base.computed))
show(lambda: (super(Derived, d).p, type(super(Derived, Derived).p).__name__))
show(lambda: type(d.stored).__name__)
d.stored = 2
show(lambda: d.stored)
show(lambda: setattr(d, "guarded", 1))
show(lambda: delattr(d, "stored"))
del d.guarded


def wrap(function):
    @functools.wraps(function)
    def inner(a, *, b=2):
        return function(a)

    return inner


@wrap
def given(a):
    return a


show(lambda: given())
show(lambda: given(1, 2))
show(lambda: given(1, **{"b": 1}, **{"b": 2}))
show(lambda: (given.__kwdefaults__, show.__kwdefaults__, repr(given)[:16], given.__qualname__))


class Count(int):
    pass


show(lambda: (Count(5).real, Count(5).denominator, Count(5).imag))
show(lambda: type("Z", (set,), {})([1])[0])
