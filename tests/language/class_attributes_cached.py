# What one place of a program has learnt of an attribute, when classes and instances change behind it.

import gc
import weakref


class Plain:
    shared = [1]
    count = 0
    hidden = "class"

    def __init__(self):
        self.hidden = "own"


class Derived(Plain):
    pass


class Reader:
    def __get__(self, instance, owner):
        return ("read", instance is None)


class Writer:
    def __set__(self, instance, value):
        print("set", value)


class Value:
    pass


def read(of):
    hidden = of.hidden
    return of.shared, of.count, "itself" if isinstance(hidden, property) else hidden


for step in range(6):
    own, derived = Plain(), Derived()
    print(read(own), read(derived), read(Plain), read(Derived))
    if step == 0:
        Plain.count += 1
    elif step == 1:
        Derived.shared = (2,)
        del derived.hidden
        print(derived.hidden)
    elif step == 2:
        Plain.hidden = property(lambda self: "property", lambda self, value: print("given", value))
    elif step == 3:
        Plain.hidden = 5
        Plain.shared = staticmethod(len)
        print(own.shared("abc"), Plain.shared("ab"), Derived.shared)
        Plain.shared = None
    elif step == 4:
        del Derived.shared
        Plain.count = classmethod(lambda cls: cls.__name__)
        print(own.count(), Derived.count())
        Plain.count = -1


class Holder:
    value = Value()
    reader = Reader()
    writer = Writer()


def look(holder):
    return type(holder.value).__name__, holder.reader, type(holder.writer).__name__


def give(holder, what):
    holder.value = what
    holder.writer = what


holder = Holder()
for step in range(3):
    print(look(holder), look(Holder))
    if step == 0:
        # Its class becomes one of descriptors.
        Value.__get__ = lambda self, instance, owner: "got"
    elif step == 1:
        give(holder, 1)
        del Value.__get__
        Value.__set__ = lambda self, instance, value: print("value", value)
        give(holder, 2)


class Many:
    def __init__(self, given):
        self.given = given

    # Enough of them that they are not looked for one after the other.
    def a(self): return 1
    def b(self): return 2
    def c(self): return 3
    def d(self): return 4
    def e(self): return 5
    def f(self): return 6
    def g(self): return 7
    def __len__(self): return 8
    def __add__(self, other): return self.given + other.given
    def __eq__(self, other): return self.given == other.given
    def __hash__(self): return hash(self.given)
    def __contains__(self, item): return item == self.given


class More(Many):
    __hash__ = None

    def __radd__(self, other): return "reflected"


one, two = Many(1), More(1)
print(len(one), one + two, two + one, one == two, 1 in one, {one: 3}[Many(1)])
try:
    {two: 1}
except TypeError as error:
    print(error)
del Many.__add__
print(one + two)
More.__radd__ = lambda self, other: NotImplemented
try:
    one + two
except TypeError as error:
    print(error)


# What a place has read from a class keeps nothing alive.
class Held:
    pass


class Owner:
    held = Held()


def read():
    return Owner.held is not None


seen = weakref.ref(Owner.held)
print(read(), read(), seen() is None)
del Owner.held
gc.collect()
print(seen() is None)
