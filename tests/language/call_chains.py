# What is called may be called through others: bound methods, static methods, instances whose class has a `__call__`.
import types


def count(*arguments):
    return len(arguments)


class Endless:
    pass


Endless.__call__ = Endless()
try:
    Endless()()
except RecursionError as error:
    print(type(error).__name__)


class Doubled:
    def __call__(self, value):
        return value * 2


class Indirect:
    __call__ = Doubled()


print(Indirect()(4))
bound = count
for number in range(20):
    bound = types.MethodType(bound, number)
print(bound("more"))
static = count
for number in range(20):
    static = staticmethod(static)
print(static(1, 2))


class Given:
    """A descriptor of the program's own gives the special method."""

    def __get__(self, instance, owner):
        return lambda *arguments: (type(instance).__name__, owner.__name__, arguments)


class Special:
    __call__ = Given()
    __add__ = Given()
    __len__ = Doubled()
    __getitem__ = staticmethod(lambda key: key * 3)
    __contains__ = classmethod(lambda cls, item: cls.__name__ == item)
    __str__ = property(lambda self: lambda: "from a property")
    __format__ = str.__format__


special = Special()
print(special(1, 2), special + 3, special["ab"], "Special" in special, str(special))
try:
    len(special)
except TypeError as error:
    print(error)
