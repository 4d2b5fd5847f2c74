# Classes derived from property, staticmethod, classmethod and from builtin iterators.
def show(f):
    try:
        print(repr(f()))
    except Exception as error:
        print(type(error).__name__, error)


class cached(property):
    def __get__(self, obj, owner=None):
        if obj is None:
            return self
        if self._name not in obj.__dict__:
            obj.__dict__[self._name] = super().__get__(obj, owner)
        return obj.__dict__[self._name]

    def __set_name__(self, owner, name):
        self._name = name
        super().__set_name__(owner, name)


class Circle:
    def __init__(self, radius):
        self.radius = radius

    @cached
    def area(self):
        print("area of", self.radius)
        return 3 * self.radius ** 2

    @property
    def size(self):
        return self.radius

    @size.setter
    def size(self, value):
        self.radius = value


circle = Circle(2)
print(circle.area, circle.area, isinstance(Circle.area, property), isinstance(Circle.size, property))
circle.size = 5
print(circle.size, circle.radius)
show(lambda: setattr(circle, "area", 1))
show(lambda: delattr(circle, "size"))


class tagged(staticmethod):
    tag = "static"


class counted(classmethod):
    def __get__(self, obj, owner=None):
        print("bound to", owner.__name__)
        return super().__get__(obj, owner)


class Maker:
    @tagged
    def add(a, b):
        return a + b

    @counted
    def make(cls, value):
        return cls.__name__, value


class Other(Maker): pass


print(Maker.add(1, 2), Maker().add(3, 4), Maker.__dict__["add"].tag)
print(Maker.make(1), Other().make(2))


class numbered(enumerate):
    def __next__(self):
        number, item = super().__next__()
        return f"{number}:{item}"


class backwards(reversed): pass
class pairs(zip): pass


print(list(numbered("ab", 1)), list(enumerate("cd")), list(backwards([1, 2])), list(pairs("ab", (1, 2))))
