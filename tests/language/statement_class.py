# Classes: bodies, inheritance, super, properties, special methods.
class Base:
    """Doc."""

    registry = []
    count = 0

    def __init_subclass__(cls, /, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.registry.append((cls.__name__, tag))

    def __init__(self, name):
        self.name = name
        Base.count += 1

    def describe(self):
        return "Base(%s)" % self.name

    def __repr__(self):
        return type(self).__name__ + "<" + self.name + ">"

    @property
    def upper(self):
        return self.name.upper()

    @upper.setter
    def upper(self, value):
        self.name = value.lower()


class Left(Base, tag="l"):
    def describe(self):
        return "Left+" + super().describe()


class Right(Base, tag="r"):
    def describe(self):
        return "Right+" + super().describe()


class Both(Left, Right):
    def describe(self):
        inner = lambda: super(Both, self).describe()
        return "Both+" + inner()

    def late(self):
        return __class__.__name__, [c.__name__ for c in __class__.__mro__]


b = Both("x")
print(b, b.describe(), b.late(), Base.registry, Base.count)
b.upper = "ABC"
print(b.upper, b.name)
del b.name
try:
    b.name
except AttributeError as error:
    print(error)


class Vector:
    __slots__ = ("x", "y")

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __radd__(self, other):
        return Vector(self.x + other, self.y + other)

    def __iadd__(self, other):
        self.x += other
        return self

    def __eq__(self, other):
        return isinstance(other, Vector) and (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))

    def __lt__(self, other):
        return self.x < other.x

    def __getitem__(self, index):
        return (self.x, self.y)[index]

    def __len__(self):
        return 2

    def __iter__(self):
        yield self.x
        yield self.y

    def __contains__(self, value):
        return value in (self.x, self.y)

    def __bool__(self):
        return bool(self.x or self.y)

    def __call__(self, k):
        return Vector(self.x * k, self.y * k)

    def __repr__(self):
        return f"Vector({self.x}, {self.y})"

    def __neg__(self):
        return Vector(-self.x, -self.y)


v = Vector(1, 2)
w = v
w += 10
print(v, w is v, v + Vector(1, 1), 5 + v, v == Vector(11, 2), v != Vector(0, 0), -v)
print(v[0], v[-1], len(v), list(v), 2 in v, bool(Vector(0, 0)), v(2), sorted([Vector(3, 0), Vector(1, 0)]))
x, y = v
print(x, y, {Vector(1, 1): "a"}[Vector(1, 1)], max(v, Vector(99, 0)))


class Meta:
    values = {}
    for i in range(3):
        values[i] = i * i
    del i
    if True:
        flag = "set"

    def method(self, *, k=values):
        return k

    nested = [j for j in range(2)]

    class Inner:
        z = 1

    print("in body", flag, Inner.__name__)


print(Meta.values, Meta().method(), Meta.nested, Meta.Inner.z, hasattr(Meta, "i"), Meta.method.__qualname__)


class Attr:
    def __getattr__(self, name):
        if name.startswith("dyn_"):
            return name[4:]
        raise AttributeError(name)

    def __setattr__(self, name, value):
        object.__setattr__(self, name, value * 2)


a = Attr()
a.x = 4
print(a.x, a.dyn_test, getattr(a, "nope", "default"))


class Descriptor:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner):
        return (self.name, instance is None)


class Uses:
    field = Descriptor()


print(Uses.field, Uses().field)


def make(base):
    class Local(base):
        def who(self):
            return super().describe() + "/" + base.__name__

    return Local


print(make(Base)("q").who())
print(Base.__name__, Base.__mro__, type(b).__bases__, issubclass(Both, Base), isinstance(b, (int, Right)))
print(type("Dynamic", (Base,), {"extra": 5})("d").extra)
