# A class of which one object was asked for its `__dict__`: methods are found as before, unless an object hides them.
class A:
    limit = 10

    def __init__(self, x):
        self.x = x

    def get(self):
        return self.x

    def both(self):
        return self.get(), self.limit


def ask(objects):
    return [(o.get(), o.both(), o.limit, o.get.__name__) for o in objects]


a, b = A(1), A(2)
print(ask([a, b, a, b]))
print(a.__dict__)
for _ in range(3):
    print(ask([a, b]))
b.__dict__["get"] = lambda: "hidden"
b.__dict__["limit"] = 3
for _ in range(3):
    print([o.get() for o in (a, b, a, b)], [o.both() for o in (a, b)], [o.limit for o in (a, b)])
a.__dict__.update(get=lambda: "updated")
print([o.get() for o in (a, b)])
del a.__dict__["get"]
b.__dict__.pop("get")
print([o.get() for o in (a, b)])
A.get = lambda self: ("new", self.x)
print([o.get() for o in (a, b, A(3))])
a.get = lambda: "own"
print([o.get() for o in (a, b, A(3))])
a.__dict__ = {"x": 9}
print([o.get() for o in (a, b, A(3))])
setattr(b, "both", lambda: "both")
print([o.both() for o in (a, b, A(3))])
vars(a).clear()
try:
    a.get()
except AttributeError as e:
    print(e)


class B(A):
    def get(self):
        return super().get(), "B"


objects = [B(i) for i in range(3)]
vars(objects[1])["both"] = lambda: "vars"
for _ in range(2):
    print([o.both() for o in objects], [o.get() for o in objects])
