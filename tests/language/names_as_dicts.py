# `globals()`, `locals()` and `vars()`, to be read.
import math
from math import sqrt as root

LIMIT = 10
here = globals()


def text(first, second=2, *rest, third=3, **more):
    total = first + second
    return "{first} {total} {rest} {third} {more} {LIMIT}".format(LIMIT=LIMIT, **locals())


def late():
    global made
    made = 5
    return "made" in globals()


def pairs(values):
    count = 0
    for value in values:
        count += 1
        print(sorted(locals().items()))


def with_percent(name, size):
    size *= 2
    return "%(name)s is %(size)d" % locals() + str(len(vars()))


class Box:
    def __init__(self, width, height):
        for key, value in locals().items():
            if key != "self":
                setattr(self, key, value)

    def area(self):
        return self.width * self.height


print("made" in here, late(), "made" in here, here["made"])
print(text(1), text(1, 5, 6, third=7, z=8))
pairs([4, 5])
print(with_percent("box", 4))
print(Box(3, 4).area(), vars(Box(3, 4)))
print(globals()["LIMIT"], globals().get("nothing"), "root" in globals(), globals()["math"].pi == math.pi)
print([name for name in sorted(globals()) if name[0] in "LBt"])
print(sorted(key for key, value in globals().items() if callable(value)))
print(__name__ == globals()["__name__"], isinstance(globals(), dict), globals() is globals())
print([name for name in locals() if name == "LIMIT"], vars()["LIMIT"])
LIMIT = 11
print(here["LIMIT"], "LIMIT" in here, here.get("LIMIT"), globals()[text.__name__] is text)
if "Circle" not in globals():
    Circle = Box
print("Circle" in globals())
del Circle
print("Circle" in globals())
try:
    globals()["unknown"]
except KeyError as error:
    print(repr(error))


# A variable may hold the namespace, which is like any dict.
held = globals()
print("held" in list(held), held is globals(), held == held, held == dict(held))
print((held | {"q": 1})["q"], ({"q": 1} | held)["held"] is held, next(reversed(held)) in held)
